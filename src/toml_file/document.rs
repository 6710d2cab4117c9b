//! A TOML text with the places of its keys: where a fault of the reader stands, and what it was about.
//!
//! Invariant: the reader's faults are found by their span; where the reader lost it (entries that say by a key what they
//! are), by what the fault names. Knows nothing of files or lines.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

/// A parsed text.
pub(super) struct Document<'t> {
    table: Spanned<DeTable<'t>>,
}

/// What a fault of the reader is about.
#[derive(Debug, Clone)]
pub(super) struct Slip {
    /// Where, as a path.
    pub at: Option<String>,
    /// Where, in bytes.
    pub offset: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// The nearest of what is known there.
    pub nearest: Option<String>,
    /// How the reading can go on.
    remedy: Remedy,
    path: Vec<Seg>,
}

/// What lets the reading go on behind a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// The key is taken out.
    Remove,
    /// The nearest known value takes its place.
    Replace,
    /// Nothing does.
    None,
}

/// A step on the way to a key or an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seg {
    Key(String),
    At(usize),
}

/// A key or an entry with its place.
struct Node {
    path: Vec<Seg>,
    /// Where the key stands; none for an entry of a list.
    key: Option<std::ops::Range<usize>>,
    value: std::ops::Range<usize>,
    /// The value as the reader would quote it; none for tables and lists.
    scalar: Option<String>,
}

impl<'t> Document<'t> {
    /// Parses `text`; what is wrong with its form otherwise, each with its place in bytes.
    pub(super) fn parse(text: &'t str) -> Result<Self, Vec<(String, usize)>> {
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            vec![(first_line(error.message()), at)]
        })?;
        Ok(Self { table })
    }

    /// What it says, as a `T`.
    pub(super) fn to<T: DeserializeOwned>(&self) -> Result<T, Error> {
        T::deserialize(Deserializer::from(self.table.clone()))
    }

    /// Where the deepest key or entry on the way of `path` stands, in bytes.
    pub(super) fn place_of(&self, path: &str) -> Option<usize> {
        let nodes = self.nodes();
        let on_the_way = nodes.iter().filter(|node| {
            let there = text_of(&node.path);
            let rest = path.strip_prefix(there.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        });
        on_the_way.max_by_key(|node| node.path.len()).map(Node::place)
    }

    /// The fault that the reader of a `T` found, in our words, with its place.
    pub(super) fn explain<T: DeserializeOwned>(&self, error: &Error) -> Slip {
        let nodes = self.nodes();
        let said = Said::of(&first_line(error.message()));
        let found = error.span().and_then(|span| {
            let by_key = nodes.iter().find(|node| node.key.as_ref() == Some(&span));
            let by_value = nodes.iter().find(|node| node.value == span);
            match (by_key, by_value) {
                (Some(node), _) => Some(node),
                (None, Some(above)) => {
                    let above = self.entry_of::<T>(&nodes, above, error).unwrap_or(above);
                    Some(within(&nodes, above, &said).unwrap_or(above))
                }
                (None, None) => None,
            }
        });
        let is_key = found.is_some_and(|node| node.key == error.span());
        let remedy = match &said {
            Said::Key { .. } => Remedy::Remove,
            Said::Value { .. } if is_key => Remedy::Remove,
            Said::Value { .. } => Remedy::Replace,
            Said::Type { .. } | Said::Other(_) => Remedy::None,
        };
        Slip {
            at: found.map(|node| text_of(&node.path)),
            offset: found.map(Node::place).or_else(|| error.span().map(|span| span.start)),
            what: said.text(is_key),
            nearest: said.nearest(),
            remedy,
            path: found.map(|node| node.path.clone()).unwrap_or_default(),
        }
    }

    /// Takes out or replaces what the slip was about, to see what else is wrong; whether that could be done.
    pub(super) fn mend(&mut self, slip: &Slip) -> bool {
        let table = self.table.get_mut();
        match (slip.remedy, &slip.nearest, slip.path.split_last()) {
            (Remedy::Remove, _, Some((Seg::Key(key), []))) => table.remove(key.as_str()).is_some(),
            (Remedy::Remove, _, Some((Seg::Key(key), way))) => match walk_mut(table, way) {
                Some(DeValue::Table(table)) => table.remove(key.as_str()).is_some(),
                _ => false,
            },
            (Remedy::Replace, Some(near), _) => match walk_mut(table, &slip.path) {
                Some(value) => {
                    *value = DeValue::String(near.clone().into());
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    /// The entry of the list `above` that the reader stumbled over, when it told of the list only: the last one that must
    /// be there for it to stumble.
    fn entry_of<'n, T: DeserializeOwned>(
        &self,
        nodes: &'n [Node],
        above: &Node,
        error: &Error,
    ) -> Option<&'n Node> {
        let DeValue::Array(all) = walk(self.table.get_ref(), &above.path)? else { return None };
        let mut cut = Self { table: self.table.clone() };
        let mut some = DeArray::new();
        for (at, entry) in all.iter().enumerate() {
            some.push(entry.clone());
            *walk_mut(cut.table.get_mut(), &above.path)? = DeValue::Array(some.clone());
            if cut.to::<T>().is_err_and(|e| e.message() == error.message()) {
                let mut path = above.path.clone();
                path.push(Seg::At(at));
                return nodes.iter().find(|node| node.path == path);
            }
        }
        None
    }

    fn nodes(&self) -> Vec<Node> {
        let mut nodes = Vec::new();
        collect(self.table.get_ref(), &mut Vec::new(), &mut nodes);
        nodes
    }
}

impl Node {
    fn place(&self) -> usize {
        self.key.as_ref().unwrap_or(&self.value).start
    }
}

/// The node below `above` that the fault names: the reader told only of the whole entry.
fn within<'n>(nodes: &'n [Node], above: &Node, said: &Said) -> Option<&'n Node> {
    let below =
        |node: &&Node| node.path.len() > above.path.len() && node.path.starts_with(&above.path);
    let named = |node: &&Node| match said {
        Said::Key { name, .. } => node.path.last() == Some(&Seg::Key(name.clone())),
        Said::Value { name, .. } => node.scalar.as_deref() == Some(&format!("\"{name}\"")),
        Said::Type { found, .. } => node.scalar.as_deref() == Some(found),
        Said::Other(_) => false,
    };
    nodes.iter().filter(below).find(named)
}

/// The value at the end of the way.
fn walk<'a, 't>(table: &'a DeTable<'t>, way: &[Seg]) -> Option<&'a DeValue<'t>> {
    let (Seg::Key(first), rest) = way.split_first()? else { return None };
    let mut here = table.get(first.as_str())?;
    for seg in rest {
        here = match (here.get_ref(), seg) {
            (DeValue::Table(table), Seg::Key(key)) => table.get(key.as_str())?,
            (DeValue::Array(array), Seg::At(at)) => array.get(*at)?,
            _ => return None,
        };
    }
    Some(here.get_ref())
}

/// As [`walk`], to change it.
fn walk_mut<'a, 't>(table: &'a mut DeTable<'t>, way: &[Seg]) -> Option<&'a mut DeValue<'t>> {
    let (Seg::Key(first), rest) = way.split_first()? else { return None };
    let mut here = table.get_mut(first.as_str())?;
    for seg in rest {
        here = match (here.get_mut(), seg) {
            (DeValue::Table(table), Seg::Key(key)) => table.get_mut(key.as_str())?,
            (DeValue::Array(array), Seg::At(at)) => array.get_mut(*at)?,
            _ => return None,
        };
    }
    Some(here.get_mut())
}

fn collect(table: &DeTable<'_>, path: &mut Vec<Seg>, nodes: &mut Vec<Node>) {
    for (key, value) in table {
        path.push(Seg::Key(key.get_ref().to_string()));
        visit(Some(key.span()), value, path, nodes);
        path.pop();
    }
}

fn visit(
    key: Option<std::ops::Range<usize>>,
    value: &Spanned<DeValue<'_>>,
    path: &mut Vec<Seg>,
    nodes: &mut Vec<Node>,
) {
    let scalar = match value.get_ref() {
        DeValue::String(text) => Some(format!("{text:?}")),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    };
    nodes.push(Node { path: path.clone(), key, value: value.span(), scalar });
    match value.get_ref() {
        DeValue::Table(table) => collect(table, path, nodes),
        DeValue::Array(array) => {
            for (at, value) in array.iter().enumerate() {
                path.push(Seg::At(at));
                visit(None, value, path, nodes);
                path.pop();
            }
        }
        _ => {}
    }
}

fn text_of(path: &[Seg]) -> String {
    let mut text = String::new();
    for seg in path {
        match seg {
            Seg::Key(key) if text.is_empty() => text.push_str(key),
            Seg::Key(key) => text.extend([".", key]),
            Seg::At(at) => text.extend(["[", &at.to_string(), "]"]),
        }
    }
    text
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// What the reader said.
enum Said {
    /// A key that is not known.
    Key { name: String, known: Vec<String> },
    /// A value that is not known.
    Value { name: String, known: Vec<String> },
    /// A value of another type or outside its bounds.
    Type { found: String, expected: String },
    /// Something else, in our words.
    Other(String),
}

impl Said {
    fn of(message: &str) -> Self {
        let named = |start: &str| {
            let (name, expected) = message.strip_prefix(start)?.split_once('`')?;
            let known = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            Some((name.to_owned(), known))
        };
        if let Some((name, known)) = named("unknown field `") {
            return Self::Key { name, known };
        }
        if let Some((name, known)) = named("unknown variant `") {
            return Self::Value { name, known };
        }
        let type_of = message
            .strip_prefix("invalid type: ")
            .or_else(|| message.strip_prefix("invalid value: "))
            .and_then(|rest| rest.split_once(", expected "));
        if let Some((found, expected)) = type_of {
            let outside = message.starts_with("invalid value: ");
            return Self::Type { found: plain(found), expected: wanted(expected, outside) };
        }
        let missing = message.strip_prefix("missing field `").and_then(|r| r.strip_suffix('`'));
        Self::Other(match missing {
            Some(name) => format!("the key `{name}` is missing"),
            None if message == "wanted string or table" || message.starts_with("data did not") => {
                "a word in quotes is expected".to_owned()
            }
            None => message.to_owned(),
        })
    }

    fn text(&self, is_key: bool) -> String {
        match self {
            Self::Key { name, .. } => format!("unknown key `{name}`"),
            Self::Value { name, .. } if is_key => format!("unknown key `{name}`"),
            Self::Value { name, .. } => format!("unknown value `{name}`"),
            Self::Type { found, expected } => format!("{expected} is expected, not {found}"),
            Self::Other(text) => text.clone(),
        }
    }

    fn nearest(&self) -> Option<String> {
        match self {
            Self::Key { name, known } | Self::Value { name, known } => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                super::nearest(name, &known).map(str::to_owned)
            }
            Self::Type { .. } | Self::Other(_) => None,
        }
    }
}

/// A value as it is written: the reader says what kind it is, too.
fn plain(found: &str) -> String {
    match found {
        "sequence" => "a list".to_owned(),
        "map" => "a table".to_owned(),
        _ => {
            let quoted = found.split_once('`').and_then(|(_, rest)| rest.strip_suffix('`'));
            quoted.or(found.strip_prefix("string ")).unwrap_or(found).to_owned()
        }
    }
}

/// What the reader wanted, in plain words.
fn wanted(expected: &str, outside: bool) -> String {
    let text = match (expected, outside) {
        ("u8", true) => "a whole number from 0 to 255",
        ("u16" | "u32" | "u64" | "usize", true) => {
            "a whole number from 0 on that is not absurdly large"
        }
        ("u8" | "u16" | "u32" | "u64" | "usize" | "i64" | "i32", _) => "a whole number",
        ("a boolean", _) => "true or false",
        ("a string", _) => "a text in quotes",
        ("a sequence", _) => "a list",
        (other, _) if other.starts_with("struct") || other == "a map" => "a table",
        (other, _) => other,
    };
    text.to_owned()
}
