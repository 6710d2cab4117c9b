//! What was said of the configuration, and where: flags, variables, the file.
//!
//! Invariant: a variable says of a key what the file could say there, by the same rules; it outranks the file. Variables of
//! participants speak only of those that the file has.

use super::keys::{KEYS, Key, PREFIX, Takes};
use super::{Env, File, Source};
use crate::front::error::UserError;
use crate::toml_file::{self, TomlFault, nearest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// What flags, variables and file said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spoken {
    /// The file, whether it is there or not.
    pub(super) path: Option<PathBuf>,
    /// By flag, as it would be typed.
    pub(super) flags: BTreeMap<&'static str, String>,
    vars: BTreeMap<String, String>,
    text: Option<toml_file::Source>,
    table: Table,
}

/// Somewhere that a value may be said, and what was said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub place: String,
    pub value: Option<String>,
}

impl Spoken {
    /// Reads the file at `path`, if there is one to read, beside the variables of `env`.
    pub(super) fn read(
        path: Option<PathBuf>,
        must_be_there: bool,
        env: &Env,
    ) -> Result<Self, UserError> {
        let mut spoken = Self { path, vars: env.vars.clone(), ..Self::default() };
        if let Some(path) = spoken.path.as_deref().filter(|path| must_be_there || path.exists()) {
            let text = toml_file::Source::read(path)?;
            // The types refuse what a table would take.
            text.parse::<File>().map_err(toml_file::first)?;
            spoken.table = text.parse().map_err(toml_file::first)?;
            spoken.text = Some(text);
        }
        Ok(spoken)
    }

    /// What the file says with the variables over it.
    pub(super) fn file(&self) -> Result<File, UserError> {
        let mut table = self.table.clone();
        for (path, key) in self.paths() {
            let Some((name, said)) = self.variable(&path, key) else { continue };
            let value = match key.takes {
                Takes::Number => said.parse().map(Value::Integer).map_err(|_| {
                    let what = format!("`{said}` is not a whole number");
                    UserError::variable(name, &what, &format!("ascall config explain {path}"))
                })?,
                _ => Value::String(said.to_owned()),
            };
            put(&mut table, &path, value);
            table.clone().try_into::<File>().map_err(|_| {
                let what = format!("`{said}` cannot stand there ({})", key.kind.replace('`', ""));
                UserError::variable(name, &what, &format!("ascall config explain {path}"))
            })?;
        }
        let read = table.try_into();
        read.map_err(|error| UserError::usage(error.message().to_owned()))
    }

    /// Where the value was said that stands at one of `paths`, or in the group of keys there: by a variable, or in the
    /// file.
    pub(crate) fn origin(&self, paths: &[&str]) -> Option<Source> {
        let is_meant = |path: &str| {
            paths.iter().any(|meant| {
                path.strip_prefix(meant)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let mut known = self.paths().into_iter().filter(|(path, _)| is_meant(path));
        let said = known.find_map(|(path, key)| self.variable(&path, key));
        said.map(|(name, _)| Source::Env(name.to_owned())).or_else(|| {
            let path = paths.iter().find(|path| self.in_file(path).is_some())?;
            Some(self.at(path))
        })
    }

    /// Where the file says what stands at `path`, which only a file can say.
    pub(crate) fn origin_in_file(&self, path: &str) -> Source {
        self.in_file(path).map_or(Source::Default, |_| self.at(path))
    }

    /// What is wrong with what stands at `path`.
    pub(super) fn fault(&self, path: &str, what: String, near: Option<String>) -> TomlFault {
        let fault = self.text.as_ref().map(|text| text.fault(path, what.clone(), near.clone()));
        let file = self.path.clone().unwrap_or_default();
        fault.unwrap_or(TomlFault { file, line: None, at: None, what, nearest: near })
    }

    /// Where the file speaks of `path`.
    fn at(&self, path: &str) -> Source {
        let line = self.text.as_ref().and_then(|text| text.line_of(path));
        Source::File(self.path.clone().unwrap_or_default(), line)
    }

    fn in_file(&self, path: &str) -> Option<&Value> {
        let mut parts = path.split('.');
        let first = self.table.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }

    /// What a variable says of the value at `path`.
    fn variable(&self, path: &str, key: &Key) -> Option<(&str, &str)> {
        let (name, said) = self.vars.get_key_value(&key.variable(path)?)?;
        Some((name, said))
    }

    /// Every key that can be said, with the participants of the file.
    fn paths(&self) -> Vec<(String, &'static Key)> {
        let names = self.participants();
        let each = |key: &'static Key| match key.name.strip_prefix("participants.NAME.") {
            Some(rest) => {
                names.iter().map(|name| (format!("participants.{name}.{rest}"), key)).collect()
            }
            None => vec![(key.name.to_owned(), key)],
        };
        KEYS.iter().flat_map(each).collect()
    }

    /// The participants of the file.
    pub(crate) fn participants(&self) -> Vec<String> {
        let table = self.table.get("participants").and_then(Value::as_table);
        table.into_iter().flat_map(Table::keys).cloned().collect()
    }

    /// Everywhere that the value at `path` may be said, in falling rank.
    pub(crate) fn places(&self, path: &str, key: &Key) -> Vec<Place> {
        let mut places = Vec::new();
        let mut add = |place: String, value: Option<String>| {
            let value = value.map(|value| if key.is_secret() { HIDDEN.to_owned() } else { value });
            places.push(Place { place, value });
        };
        if let Some(flag) = key.flag {
            add(flag.to_owned(), self.flags.get(flag).cloned());
        }
        if let Some(name) = key.variable(path) {
            add(name, self.variable(path, key).map(|(_, said)| said.to_owned()));
        }
        let said = self.in_file(path).map(text);
        let file = match (&said, &self.path) {
            (Some(_), _) => Some(self.at(path).to_string()),
            (None, path) => path.as_deref().map(|path: &Path| path.display().to_string()),
        };
        if let Some(file) = file {
            add(file, said);
        }
        for name in key.others {
            add((*name).to_owned(), self.vars.get(*name).cloned());
        }
        let default = key.default.replace(['`', '"'], "");
        places.push(Place { place: "default".to_owned(), value: Some(default) });
        places
    }

    /// Variables that are named like ours and mean nothing, with the nearest that does.
    pub(crate) fn strangers(&self) -> Vec<(String, Option<String>)> {
        let mut known: Vec<String> =
            self.paths().iter().filter_map(|(path, key)| key.variable(path)).collect();
        known.extend([CONFIG, TOKEN].map(str::to_owned));
        let strange = self.vars.keys().filter(|name| name.starts_with(PREFIX));
        let strange = strange.filter(|name| !known.contains(name));
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let near = |name: &String| (name.clone(), nearest(name, &names).map(str::to_owned));
        strange.map(near).collect()
    }
}

/// What is shown in place of a secret.
const HIDDEN: &str = "set";

/// The variable that names the file.
pub(super) const CONFIG: &str = "ASCALL_CONFIG";

/// The variable that holds a token: the only place for it besides a file of its own.
pub(super) const TOKEN: &str = "ASCALL_TOKEN";

/// Writes a value at a path, making the tables on its way.
fn put(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(below) = below {
                put(below, rest, value);
            }
        }
    }
}

/// A value as it would be typed.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
