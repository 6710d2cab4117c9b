//! The configuration: flags over environment over file over defaults, each value knowing where it came from.
//!
//! Invariant: a key nobody knows is refused with the nearest one. Reads files and nothing else; the environment is given.

use super::clock;
use super::error::CliError;
use crate::desk::{ParticipantConfig, Setup, profiles};
use crate::toml_file;
use ascall_engine::domain::breaker::BreakerSettings;
use ascall_engine::domain::event::ParticipantKind;
use ascall_engine::domain::ids::Millis;
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
    breaker: BreakerFile,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Local,
    Http,
    Command,
}

/// The keys of a breaker: what is left out keeps its default; 0 switches one of the three rules off.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakerFile {
    consecutive_failures: Option<u32>,
    failure_rate_pct: Option<u8>,
    slow_rate_pct: Option<u8>,
    slow_call_ms: Option<u64>,
    window_ms: Option<u64>,
    minimum_calls: Option<u32>,
    open_ms: Option<u64>,
    open_ms_max: Option<u64>,
    probes: Option<u32>,
    probe_lease_ms: Option<u64>,
}

impl BreakerFile {
    fn settings(&self) -> BreakerSettings {
        let known = BreakerSettings::default();
        let ms = |said: Option<u64>, default| said.map_or(default, Millis);
        BreakerSettings {
            consecutive_failures: match self.consecutive_failures {
                None => known.consecutive_failures,
                Some(n) => Some(n).filter(|n| *n > 0),
            },
            failure_rate_pct: match self.failure_rate_pct {
                None => known.failure_rate_pct,
                Some(n) => Some(n).filter(|n| *n > 0),
            },
            slow_rate_pct: match self.slow_rate_pct {
                None => known.slow_rate_pct,
                Some(n) => Some(n).filter(|n| *n > 0),
            },
            slow_call_ms: ms(self.slow_call_ms, known.slow_call_ms),
            window_ms: ms(self.window_ms, known.window_ms),
            minimum_calls: self.minimum_calls.unwrap_or(known.minimum_calls),
            open_ms: ms(self.open_ms, known.open_ms),
            open_ms_max: ms(self.open_ms_max, known.open_ms_max),
            probes: self.probes.unwrap_or(known.probes),
            probe_lease_ms: ms(self.probe_lease_ms, known.probe_lease_ms),
        }
    }
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
    let breaker = said.breaker.settings();
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
            operator: self.operator.value.clone(),
            tel_strict: self.tel_strict.value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Said;

    fn env(vars: &[(&str, &str)]) -> Env {
        Env {
            vars: vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            config_dir: None,
            data_dir: Some(PathBuf::from("/home/desk/.local/share/ascall")),
        }
    }

    fn with_file(text: &str) -> (tempfile::TempDir, Flags) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ascall.toml");
        std::fs::write(&path, text).unwrap();
        (dir, Flags { config: Some(path), ..Flags::default() })
    }

    fn refused(text: &str) -> Said {
        let (_dir, flags) = with_file(text);
        match configure(&flags, &env(&[])).unwrap_err() {
            CliError::Said(said) => *said,
            CliError::Closed => panic!("nothing was said"),
        }
    }

    #[test]
    fn with_nothing_said_everything_has_its_default() {
        let c = configure(&Flags::default(), &env(&[])).unwrap();
        assert_eq!(c.lang, Known { value: Lang::Ko, source: Source::Default });
        assert_eq!(c.store.value, Path::new("/home/desk/.local/share/ascall/desk.redb"));
        assert_eq!(c.lock_timeout.value, Duration::from_secs(5));
        assert_eq!(c.operator.value, "desk");
        assert!(!c.tel_strict.value && c.participants.is_empty());
    }

    #[test]
    fn a_flag_beats_the_environment_and_that_the_file() {
        let (_dir, mut flags) = with_file("store = 'mine.redb'\nlang = 'en'\n");
        let file = flags.config.clone().unwrap();
        let c = configure(&flags, &env(&[])).unwrap();
        assert_eq!(c.store.value, file.with_file_name("mine.redb"), "from where the file is");
        assert_eq!(c.store.source, Source::File(file));
        assert_eq!(c.lang.value, Lang::En);
        let c = configure(&flags, &env(&[("ASCALL_STORE", "/e.redb")])).unwrap();
        assert_eq!(c.store.source, Source::Env("ASCALL_STORE"));
        flags.store = Some(PathBuf::from("/f.redb"));
        let c = configure(&flags, &env(&[("ASCALL_STORE", "/e.redb")])).unwrap();
        assert_eq!(
            c.store,
            Known { value: PathBuf::from("/f.redb"), source: Source::Flag("--store") }
        );
    }

    #[test]
    fn the_language_comes_from_the_locale_unless_that_says_nothing() {
        let lang = |vars: &[(&str, &str)]| configure(&Flags::default(), &env(vars)).unwrap().lang;
        assert_eq!(lang(&[("LANG", "en_US.UTF-8")]).value, Lang::En);
        assert_eq!(lang(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "ko_KR.UTF-8")]).value, Lang::Ko);
        assert_eq!(lang(&[("LANG", "C.UTF-8")]).source, Source::Default);
    }

    #[test]
    fn participants_are_read_with_their_breaker() {
        let (_dir, flags) = with_file(
            "[participants.manage]\nkind = 'http'\nurl = 'http://127.0.0.1:9/m'\nbulkhead = 7\n\
             [participants.manage.breaker]\nopen_ms = 2000\nslow_rate_pct = 0\n",
        );
        let c = configure(&flags, &env(&[])).unwrap();
        let manage = &c.participants[0].value;
        assert_eq!(manage.kind, ParticipantKind::Http { url: "http://127.0.0.1:9/m".to_owned() });
        assert_eq!((manage.bulkhead, manage.breaker.open_ms), (7, Millis(2000)));
        assert_eq!(manage.breaker.slow_rate_pct, None);
        assert_eq!(manage.breaker.consecutive_failures, Some(5));
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest() {
        let said = refused("stroe = 'x'\n");
        assert!(said.text.ends_with(":1: unknown key `stroe`"), "{}", said.text);
        assert_eq!(said.hint.as_deref(), Some("did you mean `store`?"));
        let said = refused("[participants.manage]\nkind = 'htpp'\n");
        assert_eq!(said.hint.as_deref(), Some("did you mean `http`?"));
    }

    #[test]
    fn values_that_make_no_sense_together_are_refused() {
        for (text, part) in [
            ("[participants.m]\nkind='http'\n", "needs a url"),
            ("[participants.m]\nkind='command'\nargv=[]\n", "needs an argv"),
            ("[participants.m]\nkind='local'\nurl='x'\n", "is local"),
            ("[participants.m]\nkind='local'\nbulkhead=0\n", "never be asked"),
            ("[participants.m]\nkind='local'\nbreaker={probes=0}\n", "probes is 0"),
            ("[notices]\ncommand=[]\n", "notices.command is empty"),
            ("lock_timeout='soon'\n", "lock_timeout"),
            ("profiles='x'\n", "invalid type"),
            ("store = \n", ":1:"),
        ] {
            let said = refused(text);
            assert!(said.text.contains(part), "{}", said.text);
            assert_eq!(said.exit, crate::cli::exit::Exit::Usage);
        }
    }

    #[test]
    fn a_named_file_that_is_not_there_is_refused() {
        let flags = Flags { config: Some(PathBuf::from("/nowhere/a.toml")), ..Flags::default() };
        assert!(configure(&flags, &env(&[])).is_err());
    }

    #[test]
    fn without_a_home_the_store_must_be_named() {
        let env = Env::default();
        assert!(configure(&Flags::default(), &env).is_err());
        let flags = Flags { store: Some(PathBuf::from("x.redb")), ..Flags::default() };
        assert!(configure(&flags, &env).is_ok());
    }
}
