//! What the user types: global flags and verbs.
//!
//! Invariant: this file and the verbs' own args structs are the whole grammar; doc comments are the help text.

use super::log::LogFormat;
use super::ui::Format;
use super::verbs;
use crate::desk::Asking;
use crate::front::clock;
use crate::front::exit;
use ascall_engine::domain::event::Actor;
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::profile::Lang;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// The dispatch desk of a service business in one binary.
///
/// `ascall request --tel 010-0000-1234 --location "마포구 공덕동" --kind 냉장고` takes a call, finds the nearest
/// suitable worker and tells both.
#[derive(Debug, Parser)]
#[command(name = "ascall", version, after_help = exit::help(), max_term_width = 100)]
#[command(disable_help_subcommand = true, infer_long_args = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub verb: Verb,
}

/// Flags of every verb, before or after it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// In what form results are written.
    #[arg(short, long, global = true, value_enum, default_value_t, value_name = "FORM")]
    pub output: Format,
    /// The desk's file (or the variable `ASCALL_STORE`).
    #[arg(long, global = true, value_name = "FILE", help_heading = "Desk")]
    pub store: Option<PathBuf>,
    /// A desk on the network instead of a file, e.g. `http://127.0.0.1:8080` (or the variable `ASCALL_URL`). It may take a
    /// token, which stands in the variable `ASCALL_TOKEN` or in a file.
    #[arg(long, global = true, value_name = "URL", help_heading = "Desk")]
    pub url: Option<String>,
    /// The file with the token for `--url` (or the variable `ASCALL_TOKEN_FILE`); nobody else may read it.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Desk")]
    pub token_file: Option<PathBuf>,
    /// The configuration file (or the variable `ASCALL_CONFIG`).
    #[arg(long, global = true, value_name = "FILE", help_heading = "Desk")]
    pub config: Option<PathBuf>,
    /// The language of words and tables.
    #[arg(long, global = true, value_enum, help_heading = "Desk")]
    pub lang: Option<Tongue>,
    /// How long to wait for a store that is in use, e.g. `500ms`, `30s`.
    #[arg(long, global = true, value_parser = clock::span, allow_hyphen_values = true, value_name = "TIME", help_heading = "Desk")]
    pub lock_timeout: Option<Duration>,
    /// What to say on stderr of how the desk runs: `off`, `error`, `warn`, `info`, `debug` (or the variable `ASCALL_LOG`).
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Desk")]
    pub log: Option<String>,
    /// In what form the log is written (or the variable `ASCALL_LOG_FORMAT`).
    #[arg(long, global = true, value_enum, value_name = "FORM", help_heading = "Desk")]
    pub log_format: Option<LogFormat>,
    /// Show names, phone numbers and addresses unmasked; that they were shown is journalled.
    #[arg(long, global = true, help_heading = "Desk")]
    pub reveal: bool,
}

/// A language of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tongue {
    /// Korean.
    Ko,
    /// English.
    En,
}

impl From<Tongue> for Lang {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Ko => Self::Ko,
            Tongue::En => Self::En,
        }
    }
}

/// Flags of every verb that changes something.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Change {
    /// Print what would happen and change nothing.
    #[arg(long, help_heading = "Change")]
    pub dry_run: bool,
    /// An idempotency key: asked again under it within a day, the answer is the same and nothing is done twice.
    #[arg(long, value_parser = key, help_heading = "Change")]
    pub key: Option<String>,
    /// Why, in your words; it is journalled.
    #[arg(long, help_heading = "Change")]
    pub reason: Option<String>,
    /// For whom the desk speaks, when it is not for itself.
    #[arg(skip)]
    pub by: Option<Actor>,
    /// The state of a call that the asker knows.
    #[arg(skip)]
    pub seen: Option<(CallId, Seq)>,
}

/// Flags of every verb that changes a call that is there.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CallChange {
    #[command(flatten)]
    change: Change,
    /// Only while nothing has happened to the call since this record: `seq` in what `status` and `list` show.
    #[arg(long, value_name = "SEQ", help_heading = "Change")]
    seen: Option<u64>,
}

impl CallChange {
    /// The flags, about this call.
    pub(crate) fn of(&self, call: CallId) -> Change {
        Change { seen: self.seen.map(|seq| (call, Seq(seq))), ..self.change.clone() }
    }
}

impl Change {
    /// The same for a part of what is asked: under a key of its own, when there is one.
    pub(crate) fn part(&self, name: &str) -> Self {
        Self { key: self.key.as_ref().map(|key| format!("{key}/{name}")), ..self.clone() }
    }

    /// Under which key and why.
    pub(crate) fn asking(&self) -> Asking {
        let text = |t: &Option<String>| t.as_deref().map(ascall_engine::domain::text::nfc);
        Asking {
            key: text(&self.key),
            reason: text(&self.reason),
            by: self.by.clone(),
            seen: self.seen,
            ..Asking::default()
        }
    }
}

/// Everything the desk can be asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Request(verbs::request::Request),
    Cancel(verbs::cancel::Cancel),
    Amend(verbs::amend::Amend),
    Priority(verbs::priority::Priority),
    Hold(verbs::hold::Hold),
    Release(verbs::release::Release),
    Note(verbs::note::Note),
    Reopen(verbs::reopen::Reopen),
    Reschedule(verbs::reschedule::Reschedule),
    Claim(verbs::claim::Claim),
    Assign(verbs::assign::Assign),
    Reassign(verbs::reassign::Reassign),
    Depart(verbs::depart::Depart),
    Arrive(verbs::arrive::Arrive),
    Start(verbs::start::Start),
    Finish(verbs::finish::Finish),
    Abort(verbs::abort::Abort),
    Settle(verbs::settle::Settle),
    Refund(verbs::refund::Refund),
    Rate(verbs::rate::Rate),
    Waive(verbs::waive::Waive),
    Retry(verbs::retry::Retry),
    Status(verbs::status::Status),
    List(verbs::list::List),
    Watch(verbs::watch::Watch),
    Why(verbs::why::Why),
    #[command(subcommand)]
    Worker(verbs::worker::Worker),
    #[command(subcommand)]
    Offer(verbs::offer::Offer),
    #[command(subcommand)]
    Stock(verbs::stock::Stock),
    #[command(subcommand)]
    Member(verbs::member::Member),
    #[command(subcommand)]
    Profile(verbs::profile::Profile),
    #[command(subcommand)]
    Participant(verbs::participant::Participant),
    #[command(subcommand)]
    Breaker(verbs::breaker::Breaker),
    Inbox(verbs::inbox::Inbox),
    #[command(subcommand)]
    Attention(verbs::attention::Attention),
    #[command(subcommand)]
    Report(verbs::report::Report),
    Replay(verbs::replay::Replay),
    Load(verbs::load::Load),
    Tail(verbs::tail::Tail),
    Verify(verbs::verify::Verify),
    #[command(subcommand)]
    Export(verbs::export::Export),
    #[command(subcommand)]
    Import(verbs::import::Import),
    Backup(verbs::backup::Backup),
    Restore(verbs::restore::Restore),
    Doctor(verbs::doctor::Doctor),
    Tui(verbs::tui::Tui),
    Demo(verbs::demo::Demo),
    #[cfg(feature = "bench")]
    #[command(hide = true)]
    BenchConsole(verbs::bench_console::BenchConsole),
    Serve(verbs::serve::Serve),
    #[command(subcommand)]
    Token(verbs::token::TokenVerb),
    #[command(subcommand)]
    Config(verbs::config::Config),
    Completions(verbs::completions::Completions),
}

/// Reads how urgent a call is: a word or a number.
pub(crate) fn priority(text: &str) -> Result<u8, String> {
    match text.trim() {
        "low" | "낮음" | "0" => Ok(0),
        "normal" | "보통" | "1" => Ok(1),
        "high" | "높음" | "2" => Ok(2),
        "urgent" | "긴급" | "3" => Ok(3),
        other => Err(format!(
            "`{}` is not a priority (low, normal, high, urgent, or 0 to 3)",
            other.chars().take(40).collect::<String>()
        )),
    }
}

/// Reads a rating.
pub(crate) fn stars(text: &str) -> Result<u8, String> {
    text.trim().parse().ok().filter(|stars| (1..=5).contains(stars)).ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not a rating (from 1 to 5)")
    })
}

/// Reads whole won: `25500`, `25,500`, `25,500원`.
pub(crate) fn won(text: &str) -> Result<i64, String> {
    let bad = || {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not whole won (expected a form like `25500` or `25,500`)")
    };
    let number = text.trim().trim_end_matches('원').trim_end_matches("won").trim();
    let plain: String = number.chars().filter(|c| *c != ',').collect();
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    plain.parse().map_err(|_| bad())
}

/// The most characters of an idempotency key: it stands in a record and in memory for a day.
const KEY_MAX: usize = 200;

/// Reads an idempotency key.
pub(crate) fn key(text: &str) -> Result<String, String> {
    let text = word(text)?;
    if text.chars().count() > KEY_MAX {
        return Err(format!("a key has at most {KEY_MAX} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err("a key has no control characters".to_owned());
    }
    Ok(text)
}

/// Reads text in which something can be seen.
pub(crate) fn word(text: &str) -> Result<String, String> {
    if ascall_engine::domain::text::is_blank(text) {
        return Err("nothing stands there".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads a whole number.
pub(crate) fn whole(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not a whole number from 0 on")
    })
}

/// Reads how many goods.
pub(crate) fn quantity(text: &str) -> Result<u32, String> {
    text.trim().parse().ok().filter(|number| *number > 0).ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not a whole number from 1 on")
    })
}

/// Reads how many.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    whole(text).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}

/// Reads `NAME=VALUE`.
pub(crate) fn field(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = pair.ok_or_else(|| {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not NAME=VALUE")
    })?;
    let nfc = ascall_engine::domain::text::nfc;
    Ok((nfc(name), nfc(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_and_flag_has_help() {
        fn check(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path} has no help");
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{path} {} has no help", arg.get_id());
            }
            for verb in command.get_subcommands() {
                check(verb, &format!("{path} {}", verb.get_name()));
            }
        }
        let mut command = Cli::command();
        command.build();
        check(&command, "ascall");
    }

    #[test]
    fn global_flags_stand_before_or_after_the_verb() {
        for line in [
            &["ascall", "-o", "json", "--store", "x", "list"][..],
            &["ascall", "list", "-o", "json", "--store", "x"],
            &["ascall", "worker", "list", "-o", "json", "--store", "x"],
        ] {
            let cli = Cli::try_parse_from(line).unwrap();
            assert_eq!(cli.global.output, Format::Json);
            assert_eq!(cli.global.store.as_deref(), Some(std::path::Path::new("x")));
        }
    }

    #[test]
    fn the_first_line_of_the_readme_parses() {
        let line = ["ascall", "request", "--tel", "010-0000-1234", "--cost", "25500"];
        assert!(Cli::try_parse_from(line).is_ok());
    }

    #[test]
    fn a_misspelt_verb_or_flag_is_a_usage_error() {
        for line in [
            &["ascall"][..],
            &["ascall", "requst"],
            &["ascall", "request", "--tel"],
            &["ascall", "request", "--member", "C-1"],
            &["ascall", "claim", "C-1"],
            &["ascall", "rate", "C-1", "6"],
            &["ascall", "stock", "receive", "mask", "0"],
            &["ascall", "member", "amend", "M-1"],
            &["ascall", "member", "show"],
            &["ascall", "cancel", "C-1", "--as", "customer", "--force"],
            &["ascall", "status"],
            &["ascall", "status", "W-1"],
            &["ascall", "list", "-o", "xml"],
            &["ascall", "request", "--tel", "1", "--cost", "many"],
            &["ascall", "serve", "--listen", "here"],
            &["ascall", "serve", "--no-http", "--listen", "127.0.0.1:0"],
            &["ascall", "settle", "C-1", "--by", "shells"],
        ] {
            let error = Cli::try_parse_from(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line:?}");
        }
    }

    #[test]
    fn money_is_whole_won() {
        assert_eq!(won("25500"), Ok(25_500));
        assert_eq!(won("25,500원"), Ok(25_500));
        assert_eq!(won("-1"), Ok(-1));
        for bad in ["", "원", "1.5", "1e3", "십만", "99999999999999999999"] {
            assert!(won(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn priorities_are_words_or_numbers() {
        assert_eq!(["low", "보통", "2", "urgent"].map(priority), [Ok(0), Ok(1), Ok(2), Ok(3)]);
        assert!(priority("4").is_err());
    }

    #[test]
    fn fields_are_names_and_values() {
        assert_eq!(field("transmission=수동"), Ok(("transmission".into(), "수동".into())));
        assert_eq!(field("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert!(field("=x").is_err() && field("x").is_err());
    }

    /// The help of a verb and of those below it, as a page.
    fn page(command: &mut clap::Command, depth: usize, out: &mut String) {
        let name = command.get_bin_name().unwrap_or("ascall").to_owned();
        let help = command.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let body = help.join("\n");
        let head = "#".repeat(depth);
        out.extend([&head, " ", &name, "\n\n```text\n", body.trim(), "\n```\n\n"]);
        for verb in command.get_subcommands_mut() {
            page(verb, depth + 1, out);
        }
    }

    /// Written anew with `ASCALL_BLESS=1 cargo test`.
    #[test]
    fn the_reference_page_is_what_the_help_says() {
        let mut command = Cli::command().term_width(100);
        command.build();
        let mut text = String::from(
            "<!-- Made from the help texts by a test; ASCALL_BLESS=1 cargo test writes it anew. -->\n\n",
        );
        page(&mut command, 1, &mut text);
        let text = text.trim_end().to_owned() + "\n";
        exit::tests::page("cli.md", &text);
    }

    /// Every flag is typed by a command test, with its verb, so that somebody sees what it does.
    #[test]
    fn every_flag_of_every_verb_is_typed_by_a_test() {
        const TESTS: [&str; 27] = [
            include_str!("../../tests/console/lines.rs"),
            include_str!("../../tests/console/demo.rs"),
            include_str!("../../tests/cli/backups.rs"),
            include_str!("../../tests/cli/doctor.rs"),
            include_str!("../../tests/cli/exports.rs"),
            include_str!("../../tests/cli/profiles.rs"),
            include_str!("../../tests/cli/shown.rs"),
            include_str!("../../tests/cli/changes.rs"),
            include_str!("../../tests/cli/offers.rs"),
            include_str!("../../tests/cli/claims.rs"),
            include_str!("../../tests/cli/rides.rs"),
            include_str!("../../tests/cli/sent.rs"),
            include_str!("../../tests/cli/goods.rs"),
            include_str!("../../tests/cli/money.rs"),
            include_str!("../../tests/cli/replays.rs"),
            include_str!("../../tests/cli/loads.rs"),
            include_str!("../../tests/cli/lost.rs"),
            include_str!("../../tests/cli/files.rs"),
            include_str!("../../tests/cli/bad.rs"),
            include_str!("../../tests/cli/settings.rs"),
            include_str!("../../tests/cli/bad_store.rs"),
            include_str!("../../tests/stories/services.rs"),
            include_str!("../../tests/stories/defects.rs"),
            include_str!("../../tests/serve/entry.rs"),
            include_str!("../../tests/serve/tokens.rs"),
            include_str!("../../tests/serve/remote.rs"),
            include_str!("../../README.md"),
        ];
        fn check(command: &clap::Command, path: &str, untyped: &mut Vec<String>) {
            let shared = [
                "help",
                "version",
                "dry-run",
                "key",
                "reason",
                "output",
                "store",
                "url",
                "token-file",
                "config",
                "lang",
                "lock-timeout",
                "log",
                "log-format",
                "reveal",
            ];
            for arg in command.get_arguments() {
                let Some(flag) = arg.get_long().filter(|flag| !shared.contains(flag)) else {
                    continue;
                };
                let long = format!("--{flag}");
                let short = arg.get_short().map(|c| format!(" -{c} "));
                let typed = TESTS.iter().flat_map(|text| text.lines()).any(|line| {
                    let line = line.replace("\", \"", " ");
                    let named = path.is_empty() || line.contains(path.trim());
                    let by = short.as_ref().is_some_and(|short| line.contains(short.as_str()));
                    named && (line.contains(&long) || by)
                });
                if !typed {
                    untyped.push(format!("{path} {long}"));
                }
            }
            for verb in command.get_subcommands() {
                check(verb, &format!("{path} {}", verb.get_name()), untyped);
            }
        }
        let mut command = Cli::command();
        command.build();
        let mut untyped = Vec::new();
        check(&command, "", &mut untyped);
        assert!(untyped.is_empty(), "no test types {untyped:?}");
        for flag in [
            "--dry-run",
            "--key",
            "--reason",
            "-o csv",
            "--store",
            "--url",
            "--token-file",
            "--config",
            "--lang en",
            "--lock-timeout",
            "--log",
            "--log-format",
            "--reveal",
        ] {
            assert!(TESTS.iter().any(|text| text.contains(flag)), "{flag}");
        }
    }
}
