//! The configuration: flags over environment over file over defaults, each value knowing where it came from.
//!
//! Invariant: a key nobody knows is refused with the nearest one. Reads files and nothing else; the environment is given.

use super::clock;
use super::error::CliError;
use crate::desk::{ParticipantConfig, Setup, profiles};
use crate::toml_file;
use ascall_engine::domain::breaker::BreakerSettings;
use ascall_engine::domain::event::ParticipantKind;
use ascall_engine::domain::profile::Lang;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is taken from the environment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Env {
    /// Variables that mean something, by name.
    pub vars: BTreeMap<String, String>,
    /// Where the user's configuration lives.
    pub config_dir: Option<PathBuf>,
    /// Where the user's data lives.
    pub data_dir: Option<PathBuf>,
}

impl Env {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        use etcetera::BaseStrategy as _;
        let names = [
            "ASCALL_STORE",
            "ASCALL_CONFIG",
            "ASCALL_LOG",
            "LC_ALL",
            "LC_MESSAGES",
            "LANG",
            "USER",
            "LOGNAME",
        ];
        let vars = names
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let base = etcetera::choose_base_strategy().ok();
        Self {
            vars,
            config_dir: base.as_ref().map(|b| b.config_dir().join("ascall")),
            data_dir: base.as_ref().map(|b| b.data_dir().join("ascall")),
        }
    }

    fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    /// The language of the environment: Korean or English when it says so.
    fn lang(&self) -> Option<(Lang, &'static str)> {
        let name = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find(|n| self.var(n).is_some())?;
        let value = self.var(name)?;
        let lang = match value {
            v if v.starts_with("ko") => Lang::Ko,
            v if v.starts_with("en") => Lang::En,
            // `C` and `POSIX` say nothing about a language.
            _ => return None,
        };
        Some((lang, name))
    }
}

/// What the flags say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    pub config: Option<PathBuf>,
    pub store: Option<PathBuf>,
    pub lang: Option<Lang>,
    pub lock_timeout: Option<Duration>,
    pub log: Option<String>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody said anything.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Env(&'static str),
    /// A flag of this command.
    Flag(&'static str),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Env(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Known<T> {
    /// The first that is there, in falling rank.
    fn first(said: impl IntoIterator<Item = Option<(T, Source)>>, default: T) -> Self {
        let found = said.into_iter().flatten().next();
        let (value, source) = found.unwrap_or((default, Source::Default));
        Self { value, source }
    }
}

/// The whole configuration of one run.
#[derive(Debug, Clone)]
pub(crate) struct Configured {
    /// The file, whether it is there or not; none when there is no place for one.
    pub file: Option<PathBuf>,
    pub lang: Known<Lang>,
    pub store: Known<PathBuf>,
    pub tel_strict: Known<bool>,
    pub lock_timeout: Known<Duration>,
    pub operator: Known<String>,
    pub log: Known<String>,
    pub profiles: Known<Vec<PathBuf>>,
    pub notice_command: Known<Option<Vec<String>>>,
    pub participants: Vec<Known<ParticipantConfig>>,
}

/// The keys of the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    lang: Option<Lang>,
    store: Option<PathBuf>,
    tel: Option<TelMode>,
    lock_timeout: Option<String>,
    log: Option<String>,
    operator: Option<String>,
    profiles: Option<Vec<PathBuf>>,
    #[serde(default)]
    participants: BTreeMap<String, ParticipantFile>,
    #[serde(default)]
    notices: Notices,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TelMode {
    Lenient,
    Strict,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notices {
    command: Option<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParticipantFile {
    kind: Kind,
    url: Option<String>,
    argv: Option<Vec<String>>,
    bulkhead: Option<u32>,
    #[serde(default)]
    breaker: BreakerSettings,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Local,
    Http,
    Command,
}

/// Requests a participant gets at once when nobody says otherwise.
pub(super) const BULKHEAD: u32 = 64;

/// How long a one-shot waits for a store that somebody else has.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The file's name inside the user's configuration folder.
const FILE: &str = "config.toml";

/// Puts flags, environment, file and defaults together.
///
/// # Errors
/// The file is named and not there, or says something that makes no sense; or there is no place for the store.
pub(crate) fn configure(flags: &Flags, env: &Env) -> Result<Configured, CliError> {
    let named = flags.config.clone().or_else(|| env.var("ASCALL_CONFIG").map(PathBuf::from));
    let usual = env.config_dir.as_ref().map(|dir| dir.join(FILE));
    let file = match (&named, &usual) {
        (Some(path), _) => toml_file::read(path)?,
        (None, Some(path)) if path.exists() => toml_file::read(path)?,
        _ => File::default(),
    };
    let path = named.or(usual);
    let here = || Source::File(path.clone().unwrap_or_default());
    // Paths in the file are meant from where the file is.
    let base = path.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();

    let lang = Known::first(
        [
            flags.lang.map(|lang| (lang, Source::Flag("--lang"))),
            file.lang.map(|lang| (lang, here())),
            env.lang().map(|(lang, name)| (lang, Source::Env(name))),
        ],
        Lang::Ko,
    );
    let said_store = [
        flags.store.clone().map(|store| (store, Source::Flag("--store"))),
        env.var("ASCALL_STORE").map(|store| (PathBuf::from(store), Source::Env("ASCALL_STORE"))),
        file.store.clone().map(|store| (base.join(store), here())),
        env.data_dir.as_ref().map(|dir| (dir.join("desk.redb"), Source::Default)),
    ];
    let (value, source) = said_store.into_iter().flatten().next().ok_or_else(CliError::no_home)?;
    let store = Known { value, source };
    let lock_timeout = match (&file.lock_timeout, path.as_deref()) {
        (Some(text), Some(path)) => Some((
            clock::span(text).map_err(|what| {
                CliError::config(path, &format!("lock_timeout: {what}"), "write it as \"5s\"")
            })?,
            here(),
        )),
        _ => None,
    };
    let lock_timeout = Known::first(
        [flags.lock_timeout.map(|t| (t, Source::Flag("--lock-timeout"))), lock_timeout],
        LOCK_TIMEOUT,
    );
    let operator = Known::first(
        [
            file.operator.clone().map(|name| (name, here())),
            env.var("USER").map(|name| (name.to_owned(), Source::Env("USER"))),
            env.var("LOGNAME").map(|name| (name.to_owned(), Source::Env("LOGNAME"))),
        ],
        "desk".to_owned(),
    );
    let log = Known::first(
        [
            flags.log.clone().map(|level| (level, Source::Flag("--log"))),
            env.var("ASCALL_LOG").map(|level| (level.to_owned(), Source::Env("ASCALL_LOG"))),
            file.log.clone().map(|level| (level, here())),
        ],
        super::log::DEFAULT.to_owned(),
    );
    let tel_strict =
        Known::first([file.tel.map(|tel| (matches!(tel, TelMode::Strict), here()))], false);
    let profiles = file.profiles.clone().map(|files| {
        let files = files.into_iter().map(|file| base.join(file)).collect();
        (files, here())
    });
    let profiles = Known::first([profiles], Vec::new());
    let notice_command =
        Known::first([file.notices.command.clone().map(|argv| (Some(argv), here()))], None);
    let where_ = path.clone().unwrap_or_default();
    if notice_command.value.as_ref().is_some_and(Vec::is_empty) {
        return Err(CliError::config(
            &where_,
            "notices.command is empty",
            "name the program and its words: command = [\"/usr/local/bin/send-sms\"]",
        ));
    }
    let participants = file
        .participants
        .iter()
        .map(|(name, said)| {
            let value = participant(&where_, name, said)?;
            Ok(Known { value, source: here() })
        })
        .collect::<Result<_, CliError>>()?;
    Ok(Configured {
        file: path,
        lang,
        store,
        tel_strict,
        lock_timeout,
        operator,
        log,
        profiles,
        notice_command,
        participants,
    })
}

fn participant(
    file: &Path,
    name: &str,
    said: &ParticipantFile,
) -> Result<ParticipantConfig, CliError> {
    let bad = |what: String, hint: &str| CliError::config(file, &what, hint);
    let kind = match (said.kind, &said.url, &said.argv) {
        (Kind::Local, None, None) => ParticipantKind::Local,
        (Kind::Http, Some(url), None) => ParticipantKind::Http { url: url.clone() },
        (Kind::Command, None, Some(argv)) if !argv.is_empty() => {
            ParticipantKind::Command { argv: argv.clone() }
        }
        (Kind::Local, ..) => {
            return Err(bad(
                format!("participants.{name} is local and has a url or argv"),
                "leave them out, or say kind = \"http\" or \"command\"",
            ));
        }
        (Kind::Http, ..) => {
            return Err(bad(
                format!("participants.{name} needs a url and no argv"),
                "add url = \"http://127.0.0.1:8080/manage\"",
            ));
        }
        (Kind::Command, ..) => {
            return Err(bad(
                format!("participants.{name} needs an argv and no url"),
                "add argv = [\"/usr/local/bin/manage\"]",
            ));
        }
    };
    let breaker = said.breaker.clone();
    breaker.validate().map_err(|fault| {
        bad(format!("participants.{name}.breaker: {fault}"), "see the limits in the message")
    })?;
    let bulkhead = said.bulkhead.unwrap_or(BULKHEAD);
    if bulkhead == 0 {
        return Err(bad(
            format!("participants.{name}.bulkhead is 0, so it could never be asked"),
            "to keep requests away: ascall breaker open NAME --reason …",
        ));
    }
    Ok(ParticipantConfig { name: name.to_owned(), kind, breaker, bulkhead })
}

impl Configured {
    /// What the desk needs to open.
    ///
    /// # Errors
    /// A profile's file is bad.
    pub(crate) fn setup(&self) -> Result<Setup, CliError> {
        Ok(Setup {
            store: self.store.value.clone(),
            lock_timeout: self.lock_timeout.value,
            profiles: profiles::load(&self.profiles.value)?,
            participants: self.participants.iter().map(|p| p.value.clone()).collect(),
            notice_command: self.notice_command.value.clone(),
            clock_face: clock::face,
            operator: self.operator.value.clone(),
            tel_strict: self.tel_strict.value,
        })
    }
}

#[cfg(test)]
mod tests;
