//! `ascall config`: what the configuration says, and where.

use crate::cli::config::{Configured, Known};
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ui::{Look, Show};
use crate::cli::words::Word;
use ascall_engine::domain::event::ParticipantKind;
use ascall_engine::domain::profile::Lang;
use clap::Subcommand;
use serde::Serialize;

/// Show the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print every value and where it came from.
    Show,
    /// Print the file that is read, whether it is there or not.
    Path,
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
pub(crate) fn run(args: &Config, cx: &mut Cx) -> Result<Exit, CliError> {
    match args {
        Config::Path => {
            let path = cx.configured.file.as_ref().ok_or_else(CliError::no_home)?;
            let text = path.display().to_string();
            cx.ui.line(&text)?;
        }
        Config::Show => {
            let settings = settings(&cx.configured);
            cx.ui.many(&settings)?;
        }
    }
    Ok(Exit::Done)
}

fn settings(configured: &Configured) -> Vec<Setting> {
    fn one<T>(key: &str, known: &Known<T>, value: impl FnOnce(&T) -> String) -> Setting {
        let from = known.source.to_string();
        Setting { key: key.to_owned(), value: value(&known.value), from }
    }
    let lang = |lang: &Lang| match lang {
        Lang::Ko => "ko".to_owned(),
        Lang::En => "en".to_owned(),
    };
    let tel = |strict: &bool| if *strict { "strict" } else { "lenient" }.to_owned();
    let mut all = vec![
        one("lang", &configured.lang, lang),
        one("store", &configured.store, |path| path.display().to_string()),
        one("tel", &configured.tel_strict, tel),
        one("lock_timeout", &configured.lock_timeout, |span| format!("{} ms", span.as_millis())),
        one("operator", &configured.operator, Clone::clone),
        one("log", &configured.log, Clone::clone),
        one("profiles", &configured.profiles, |files| {
            let files = files.iter().map(|file| file.display().to_string());
            files.collect::<Vec<_>>().join(" ")
        }),
        one("notices.command", &configured.notice_command, |argv| {
            argv.as_ref().map(|argv| argv.join(" ")).unwrap_or_default()
        }),
    ];
    for known in &configured.participants {
        let name = &known.value.name;
        all.push(one(&format!("participants.{name}"), known, |p| match &p.kind {
            ParticipantKind::Local => "local".to_owned(),
            ParticipantKind::Http { url } => format!("http {url}"),
            ParticipantKind::Command { argv } => format!("command {}", argv.join(" ")),
        }));
        all.push(one(&format!("participants.{name}.bulkhead"), known, |p| p.bulkhead.to_string()));
        all.push(one(&format!("participants.{name}.breaker"), known, |p| {
            serde_json::to_string(&p.breaker).unwrap_or_default()
        }));
    }
    all
}
