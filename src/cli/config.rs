//! The configuration: flags over environment over file over defaults, each value knowing where it came from.
//!
//! Invariant: a key nobody knows is refused with the nearest one. Reads files and nothing else; the environment is given.

mod console;
pub(crate) mod notices;

use super::log::LogFormat;
use crate::desk::{ParticipantConfig, Setup, profiles};
use crate::front::clock;
use crate::front::error::UserError;
use crate::gateway::CHANGES;
use crate::tui::keys::Keymap;
use crate::tui::theme::Theme;
use ascall_engine::couriers::CourierSettings;
use ascall_engine::domain::breaker::BreakerSettings;
use ascall_engine::domain::event::ParticipantKind;
use ascall_engine::domain::profile::Lang;
use notices::{Messenger, Notices};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) mod keys;
mod spoken;
mod way;

pub(crate) use spoken::Place;
use spoken::{CONFIG, Spoken};
use way::Way;

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
            "LC_ALL",
            "LC_MESSAGES",
            "LANG",
            "USER",
            "LOGNAME",
            "XDG_RUNTIME_DIR",
            "NO_COLOR",
            "COLORTERM",
        ];
        let means = |name: &str| names.contains(&name) || name.starts_with(keys::PREFIX);
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, value)| means(name) && !value.is_empty())
            .collect();
        let base = etcetera::choose_base_strategy().ok();
        Self {
            vars,
            config_dir: base.as_ref().map(|b| b.config_dir().join("ascall")),
            data_dir: base.as_ref().map(|b| b.data_dir().join("ascall")),
        }
    }

    /// The same with no file to read.
    pub(crate) fn without_file(&self) -> Self {
        let mut vars = self.vars.clone();
        vars.retain(|name, _| !name.starts_with(keys::PREFIX) || name == "ASCALL_STORE");
        Self { vars, config_dir: None, data_dir: self.data_dir.clone() }
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
    pub url: Option<String>,
    pub token_file: Option<PathBuf>,
    pub lang: Option<Lang>,
    pub lock_timeout: Option<Duration>,
    pub log: Option<String>,
    pub log_format: Option<LogFormat>,
}

impl Flags {
    /// Those that were given, as they would be typed.
    fn typed(&self) -> BTreeMap<&'static str, String> {
        let lang = self.lang.map(|lang| if lang == Lang::Ko { "ko" } else { "en" }.to_owned());
        let store = self.store.as_ref().map(|store| store.display().to_string());
        let wait = self.lock_timeout.map(|span| format!("{}ms", span.as_millis()));
        let given = [
            ("--lang", lang),
            ("--store", store),
            ("--url", self.url.clone()),
            ("--token-file", self.token_file.as_ref().map(|file| file.display().to_string())),
            ("--lock-timeout", wait),
            ("--log", self.log.clone()),
            ("--log-format", self.log_format.map(|format| format.as_ref().to_owned())),
        ];
        given.into_iter().filter_map(|(flag, value)| Some((flag, value?))).collect()
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody said anything.
    Default,
    /// The configuration file, and the line as far as known.
    File(PathBuf, Option<usize>),
    /// A variable of the environment.
    Env(String),
    /// A flag of this command.
    Flag(&'static str),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, Some(line)) => write!(f, "{}:{line}", path.display()),
            Self::File(path, None) => write!(f, "{}", path.display()),
            Self::Env(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
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
    /// What was said, and where.
    pub spoken: Spoken,
    /// The user's folder of the running system, as the environment says.
    pub runtime_dir: Option<PathBuf>,
    pub lang: Known<Lang>,
    pub store: Known<PathBuf>,
    pub way: Way,
    pub tel_strict: Known<bool>,
    pub workers_strict: Known<bool>,
    pub lock_timeout: Known<Duration>,
    pub operator: Known<String>,
    pub log: Known<String>,
    pub log_format: Known<LogFormat>,
    pub http_listen: Known<SocketAddr>,
    pub http_hosts: Known<Vec<String>>,
    pub http_origins: Known<Vec<String>>,
    pub http_linger: Known<Duration>,
    pub http_changes: Known<usize>,
    pub profiles: Known<Vec<PathBuf>>,
    pub couriers: Known<CourierSettings>,
    pub participants: Vec<Known<ParticipantConfig>>,
    pub theme: Known<Theme>,
    pub keys: Keymap,
}

/// The keys of the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    lang: Option<Lang>,
    store: Option<PathBuf>,
    url: Option<String>,
    #[serde(rename = "token_file")]
    token_at: Option<PathBuf>,
    tel: Option<Strictness>,
    workers: Option<Strictness>,
    lock_timeout: Option<String>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    operator: Option<String>,
    profiles: Option<Vec<PathBuf>>,
    #[serde(default)]
    participants: BTreeMap<String, ParticipantFile>,
    #[serde(default)]
    notices: Notices,
    messenger: Option<Messenger>,
    #[serde(default)]
    http: HttpFile,
    #[serde(default)]
    console: console::Console,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpFile {
    listen: Option<String>,
    hosts: Option<Vec<String>>,
    origins: Option<Vec<String>>,
    linger: Option<String>,
    changes: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Strictness {
    Lenient,
    Strict,
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

/// Where programs are served when nobody says where.
pub(super) const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The file's name inside the user's configuration folder.
const FILE: &str = "config.toml";

/// Puts flags, environment, file and defaults together.
///
/// # Errors
/// The file is named and not there, or says something that makes no sense; or there is no place for the store.
pub(crate) fn configure(flags: &Flags, env: &Env) -> Result<Configured, UserError> {
    let named = flags.config.clone().or_else(|| env.var(CONFIG).map(PathBuf::from));
    let must_be_there = named.is_some();
    let path = named.or_else(|| env.config_dir.as_ref().map(|dir| dir.join(FILE)));
    let mut spoken = Spoken::read(path.clone(), must_be_there, env)?;
    spoken.flags = flags.typed();
    let file = spoken.file()?;
    let of = |key: &str| spoken.origin(&[key]).unwrap_or(Source::Default);
    // Paths in the file are meant from where the file is.
    let base = path.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();

    let said_lang = [
        flags.lang.map(|lang| (lang, Source::Flag("--lang"))),
        file.lang.map(|lang| (lang, of("lang"))),
        env.lang().map(|(lang, name)| (lang, Source::Env(name.to_owned()))),
    ];
    let lang = Known::first(said_lang, Lang::Ko);
    let store = way::store(flags, env, &file, &base, of)?;
    let way = Way::of(flags, env, &file, &base, of)?;
    let said = said_span("lock_timeout", file.lock_timeout.as_deref(), of)?;
    let lock_timeout = Known::first(
        [flags.lock_timeout.map(|t| (t, Source::Flag("--lock-timeout"))), said],
        LOCK_TIMEOUT,
    );
    let user = |name: &str| env.var(name).map(|user| (user.to_owned(), Source::Env(name.into())));
    let operator = Known::first(
        [file.operator.clone().map(|name| (name, of("operator"))), user("USER"), user("LOGNAME")],
        "desk".to_owned(),
    );
    let log = Known::first(
        [
            flags.log.clone().map(|level| (level, Source::Flag("--log"))),
            file.log.clone().map(|level| (level, of("log"))),
        ],
        super::log::DEFAULT.to_owned(),
    );
    let log_format = Known::first(
        [
            flags.log_format.map(|format| (format, Source::Flag("--log-format"))),
            file.log_format.map(|format| (format, of("log_format"))),
        ],
        LogFormat::default(),
    );
    let http = http(&file.http, of)?;
    let tel_strict =
        Known::first([file.tel.map(|tel| (matches!(tel, Strictness::Strict), of("tel")))], false);
    let workers =
        file.workers.map(|workers| (matches!(workers, Strictness::Strict), of("workers")));
    let workers_strict = Known::first([workers], false);
    let profiles = file.profiles.clone().map(|files| {
        let files = files.into_iter().map(|file| base.join(file)).collect();
        (files, of("profiles"))
    });
    let profiles = Known::first([profiles], Vec::new());
    let where_ = path.clone().unwrap_or_default();
    let couriers = notices::couriers(&where_, &file.notices, file.messenger.as_ref())?;
    let said = couriers != CourierSettings::default();
    let from = spoken
        .origin(&["notices.command", "notices.webhook", "messenger"])
        .unwrap_or(Source::Default);
    let couriers = Known::first([said.then_some((couriers, from))], CourierSettings::default());

    let participants = file
        .participants
        .iter()
        .map(|(name, said)| {
            let value = participant(&where_, name, said)?;
            let [kind, url, argv] =
                ["kind", "url", "argv"].map(|key| format!("participants.{name}.{key}"));
            let source = spoken.origin(&[&kind, &url, &argv]).unwrap_or(Source::Default);
            Ok(Known { value, source })
        })
        .collect::<Result<_, UserError>>()?;
    let theme = console::theme(&file.console, env, of);
    let keys = console::keys(&file.console, &spoken)?;
    let runtime_dir = env.var("XDG_RUNTIME_DIR").map(PathBuf::from);
    Ok(Configured {
        file: path,
        spoken,
        runtime_dir: runtime_dir.filter(|dir| dir.is_absolute()),
        lang,
        store,
        way,
        tel_strict,
        workers_strict,
        lock_timeout,
        operator,
        log,
        log_format,
        http_listen: http.listen,
        http_hosts: http.hosts,
        http_origins: http.origins,
        http_linger: http.linger,
        http_changes: http.changes,
        profiles,
        couriers,
        participants,
        theme,
        keys,
    })
}

/// How programs are served.
struct Http {
    listen: Known<SocketAddr>,
    hosts: Known<Vec<String>>,
    origins: Known<Vec<String>>,
    linger: Known<Duration>,
    changes: Known<usize>,
}

/// What the file and the variables say of it; `of` knows where each key was said.
fn http(file: &HttpFile, of: impl Fn(&str) -> Source) -> Result<Http, UserError> {
    let listen = |text: &String| {
        let source = of("http.listen");
        let bad = |_| UserError::bad_address(text, &source.to_string());
        let address = text.parse().map_err(bad)?;
        Ok::<_, UserError>((address, source))
    };
    let listen = file.listen.as_ref().map(listen).transpose()?;
    let hosts = file.hosts.clone().map(|hosts| (hosts, of("http.hosts")));
    let origins = file.origins.clone().map(|origins| (origins, of("http.origins")));
    let linger = said_span("http.linger", file.linger.as_deref(), &of)?;
    let changes = file.changes.map(|changes| (changes.get(), of("http.changes")));
    Ok(Http {
        listen: Known::first([listen], LISTEN),
        hosts: Known::first([hosts], Vec::new()),
        origins: Known::first([origins], Vec::new()),
        linger: Known::first([linger], Duration::ZERO),
        changes: Known::first([changes], CHANGES),
    })
}

/// A span that the file or a variable says under `key`.
fn said_span(
    key: &str,
    text: Option<&str>,
    of: impl Fn(&str) -> Source,
) -> Result<Option<(Duration, Source)>, UserError> {
    let Some(text) = text else { return Ok(None) };
    let source = of(key);
    let place = match &source {
        Source::File(path, _) => path.clone(),
        other => PathBuf::from(other.to_string()),
    };
    let said = clock::span(text)
        .map_err(|what| UserError::config(&place, &format!("{key}: {what}"), "write it as \"5s\""));
    Ok(Some((said?, source)))
}

fn participant(
    file: &Path,
    name: &str,
    said: &ParticipantFile,
) -> Result<ParticipantConfig, UserError> {
    let bad = |what: String, hint: &str| UserError::config(file, &what, hint);
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
    /// Whether there is a desk already, as far as can be told without asking it.
    pub(crate) fn is_there(&self) -> bool {
        self.way.url.value.is_some() || self.store.value.exists()
    }

    /// What the desk needs to open.
    ///
    /// # Errors
    /// A profile's file is bad, a template fits no notice, or a token cannot be read.
    pub(crate) fn setup(&self) -> Result<Setup, UserError> {
        let profiles = profiles::load(&self.profiles.value)?;
        let file = self.file.clone().unwrap_or_default();
        notices::check_forms(&file, &self.couriers.value, &profiles)?;
        Ok(Setup {
            store: self.store.value.clone(),
            remote: self.way.remote(&self.store.source)?,
            runtime_dir: self.runtime_dir.clone(),
            lock_timeout: self.lock_timeout.value,
            profiles,
            participants: self.participants.iter().map(|p| p.value.clone()).collect(),
            couriers: self.couriers.value.clone(),
            clock_face: clock::face,
            operator: self.operator.value.clone(),
            tel_strict: self.tel_strict.value,
            workers_strict: self.workers_strict.value,
        })
    }
}

#[cfg(test)]
mod tests;
