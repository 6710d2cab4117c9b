//! `ascall config`: what the configuration says, and where.

use crate::cli::config::keys::Key;
use crate::cli::config::{Configured, Known, Place, Source, notices};
use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::remote::Remote;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use ascall_engine::couriers::{CourierSettings, MessengerSettings, ProviderKind};
use ascall_engine::domain::event::ParticipantKind;
use ascall_engine::domain::profile::Lang;
use clap::{Args, Subcommand};
use serde::Serialize;

/// Show the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print every value and where it came from.
    Show,
    /// Print what a key means, its value, and everywhere it may be said, in falling rank: `config explain store`.
    Explain(Explain),
    /// Print the file that is read, whether it is there or not.
    Path,
}

/// One key.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Its name, as `config show` prints it.
    key: String,
}

/// A key, and all that was said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Explained {
    key: String,
    value: String,
    /// Where the value came from.
    from: String,
    /// What it does.
    means: &'static str,
    /// What may stand there.
    takes: String,
    /// Everywhere it may be said, in falling rank.
    places: Vec<PlaceJson>,
}

/// Somewhere that a value may be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct PlaceJson {
    place: String,
    /// What is said there; null: nothing.
    value: Option<String>,
    /// Whether it is what counts.
    counts: bool,
}

impl Show for Explained {
    fn id(&self) -> String {
        self.key.clone()
    }
    const CSV: &'static [&'static str] = &["key", "value", "from", "means", "takes"];
    const HEADS: &'static [Word] = &[Word::Key, Word::Value, Word::Source];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.key.clone(), self.value.clone(), self.from.clone()]
    }
}

impl Show for PlaceJson {
    fn id(&self) -> String {
        self.place.clone()
    }
    const CSV: &'static [&'static str] = &["place", "value", "counts"];
    const HEADS: &'static [Word] = &[Word::Source, Word::Value, Word::Result];
    fn cells(&self, look: &Look) -> Vec<String> {
        let said = match (&self.value, self.counts) {
            (_, true) => look.word(Word::Counts),
            (Some(_), false) => look.word(Word::Overruled),
            (None, false) => look.word(Word::NotSaid),
        };
        vec![self.place.clone(), self.value.clone().unwrap_or_default(), said]
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Setting {
    key: String,
    value: String,
    from: String,
}

impl Show for Setting {
    fn id(&self) -> String {
        self.key.clone()
    }
    const CSV: &'static [&'static str] = &["key", "value", "from"];
    const HEADS: &'static [Word] = &[Word::Key, Word::Value, Word::Source];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.key.clone(), self.value.clone(), self.from.clone()]
    }
}

/// Shows it.
pub(crate) fn run(args: &Config, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Config::Path => {
            let path = cx.configured.file.as_ref().ok_or_else(UserError::no_home)?;
            let text = path.display().to_string();
            cx.ui.line(&text)?;
        }
        Config::Explain(args) => {
            let explained = explained(&args.key, &cx.configured)?;
            if cx.ui.format == Format::Table {
                let pairs = [
                    (Word::Key, explained.key.clone()),
                    (Word::Value, explained.value.clone()),
                    (Word::Source, explained.from.clone()),
                    (Word::Means, explained.means.to_owned()),
                    (Word::Takes, explained.takes.clone()),
                ];
                cx.ui.pairs(&pairs)?;
                cx.ui.raw("\n")?;
                cx.ui.many(&explained.places)?;
            } else {
                cx.ui.one(&explained, "")?;
            }
        }
        Config::Show => {
            let settings = settings(&cx.configured);
            cx.ui.many(&settings)?;
        }
    }
    Ok(Exit::Done)
}

fn explained(path: &str, configured: &Configured) -> Result<Explained, UserError> {
    let key = Key::find(path)
        .ok_or_else(|| UserError::unknown_key(path, Key::nearest(path).as_deref()))?;
    let name = path.strip_prefix("participants.").and_then(|path| path.split_once('.'));
    if let Some((name, _)) = name
        && !configured.spoken.participants().iter().any(|known| known == name)
    {
        return Err(UserError::unknown_block(name));
    }
    let mut places = configured.spoken.places(path, key);
    let settled = settings(configured).into_iter().find(|setting| setting.key == path);
    // A locale may be set and say nothing of a language, for one.
    if let Some(setting) = &settled {
        let skipped = |place: &&mut Place| place.place != setting.from;
        places.iter_mut().take_while(skipped).for_each(|place| place.value = None);
    }
    let counts = places.iter().position(|place| place.value.is_some());
    let first = counts.and_then(|at| places.get(at)).cloned();
    let first = first.unwrap_or(Place { place: String::new(), value: None });
    let (value, from) = match settled {
        Some(setting) => (setting.value, setting.from),
        None => (first.value.unwrap_or_default(), first.place),
    };
    let places = places.into_iter().enumerate().map(|(at, Place { place, value })| PlaceJson {
        place,
        value,
        counts: Some(at) == counts,
    });
    let (means, takes) = (key.effect, key.kind.replace('`', ""));
    Ok(Explained { key: path.to_owned(), value, from, means, takes, places: places.collect() })
}

fn settings(configured: &Configured) -> Vec<Setting> {
    let lang = |lang: &Lang| match lang {
        Lang::Ko => "ko".to_owned(),
        Lang::En => "en".to_owned(),
    };
    let strict = |strict: &bool| if *strict { "strict" } else { "lenient" }.to_owned();
    let mut all = vec![
        one("lang", &configured.lang, lang),
        one("store", &configured.store, |path| path.display().to_string()),
        one("url", &configured.way.url, |url| url.as_ref().map(Remote::url).unwrap_or_default()),
        one("token_file", &configured.way.token_file, |file| {
            file.as_ref().map(|file| file.display().to_string()).unwrap_or_default()
        }),
        one("tel", &configured.tel_strict, strict),
        one("workers", &configured.workers_strict, strict),
        one("lock_timeout", &configured.lock_timeout, |span| format!("{} ms", span.as_millis())),
        one("operator", &configured.operator, Clone::clone),
        one("log", &configured.log, Clone::clone),
        one("log_format", &configured.log_format, |format| format!("{format:?}").to_lowercase()),
        one("http.listen", &configured.http_listen, ToString::to_string),
        one("http.hosts", &configured.http_hosts, |hosts| hosts.join(" ")),
        one("http.origins", &configured.http_origins, |origins| origins.join(" ")),
        one("http.linger", &configured.http_linger, |span| format!("{} ms", span.as_millis())),
        one("http.changes", &configured.http_changes, ToString::to_string),
        one("profiles", &configured.profiles, |files| {
            let files = files.iter().map(|file| file.display().to_string());
            files.collect::<Vec<_>>().join(" ")
        }),
    ];
    all.push(one("console.theme", &configured.theme, |theme| theme.name().to_owned()));
    all.extend(configured.keys.chosen().map(|(action, key)| {
        let path = format!("console.keys.{action}");
        let from = configured.spoken.origin_in_file(&path).to_string();
        Setting { key: path, value: key, from }
    }));
    all.extend(of_couriers(&configured.couriers));
    for known in &configured.participants {
        let name = &known.value.name;
        all.push(one(&format!("participants.{name}"), known, |p| match &p.kind {
            ParticipantKind::Local => "local".to_owned(),
            ParticipantKind::Http { url } => format!("http {url}"),
            ParticipantKind::Command { argv } => format!("command {}", argv.join(" ")),
        }));
        let below = |key: &str, value: String| {
            let key = format!("participants.{name}.{key}");
            let from = configured.spoken.origin(&[&key]).unwrap_or(Source::Default).to_string();
            Setting { key, value, from }
        };
        all.push(below("bulkhead", known.value.bulkhead.to_string()));
        let breaker = serde_json::to_string(&known.value.breaker).unwrap_or_default();
        all.push(below("breaker", breaker));
    }
    all
}

fn one<T>(key: &str, known: &Known<T>, value: impl FnOnce(&T) -> String) -> Setting {
    let from = known.source.to_string();
    Setting { key: key.to_owned(), value: value(&known.value), from }
}

/// Who carries notices outside. Of a secret only whether it is there is shown, and of an address only where it is: what
/// comes behind that may be one.
fn of_couriers(known: &Known<CourierSettings>) -> Vec<Setting> {
    let CourierSettings { command, webhook, messenger } = &known.value;
    let set = |is: bool| if is { "set" } else { "unset" }.to_owned();
    // What is not there was said by nobody.
    let from = |is: bool| if is { known.source.clone() } else { Source::Default };
    let mut all = Vec::new();
    let mut row = |is: bool, key: &str, value: String| {
        all.push(one(key, &Known { value, source: from(is) }, Clone::clone));
    };
    let text = command.as_ref().map(|argv| argv.join(" "));
    row(command.is_some(), "notices.command", text.unwrap_or_default());
    let is = webhook.is_some();
    let url = webhook.as_ref().map(|webhook| place_of(&webhook.url));
    row(is, "notices.webhook.url", url.unwrap_or_default());
    let secrets = webhook.as_ref().map(|webhook| format!("{} set", webhook.secrets.len()));
    row(is, "notices.webhook.secrets", secrets.unwrap_or_else(|| set(false)));
    let is = messenger.is_some();
    let of = |value: fn(&MessengerSettings) -> String| messenger.as_ref().map(value);
    let provider = of(|messenger| match messenger.provider {
        ProviderKind::Solapi => "solapi".to_owned(),
        ProviderKind::Nhn => "nhn".to_owned(),
    });
    row(is, "messenger.provider", provider.unwrap_or_default());
    row(is, "messenger.url", of(|m| place_of(&m.url)).unwrap_or_default());
    row(is, "messenger.sms_url", of(|m| place_of(&m.sms_url)).unwrap_or_default());
    row(is, "messenger.key", set(is));
    row(is, "messenger.secret", set(is));
    let own = messenger.as_ref().is_some_and(|messenger| messenger.sms.is_some());
    row(own, "messenger.sms_key", set(own));
    row(own, "messenger.sms_secret", set(own));
    row(is, "messenger.from", of(|m| m.from.clone()).unwrap_or_default());
    let channel = messenger.as_ref().is_some_and(|messenger| messenger.channel.is_some());
    row(channel, "messenger.channel", set(channel));
    for (profile, news) in messenger.iter().flat_map(|messenger| &messenger.forms) {
        for (on, roles) in news {
            for (role, form) in roles {
                row(true, &notices::name_of(profile, *on, *role), form.code.clone());
            }
        }
    }
    all
}

/// Scheme and host of an address.
fn place_of(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let more = if rest.len() > host.len() + 1 { "/…" } else { "" };
    format!("{scheme}://{host}{more}")
}
