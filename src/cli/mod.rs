//! The command line: reads what was typed, asks the desk, shows the answer.
//!
//! Invariant: one file per verb under `verbs/`; `ui.rs` alone writes; `error.rs` holds the hints, `exit.rs` the codes,
//! `words.rs` the words. Decides nothing about calls.

mod args;
mod config;
#[cfg(test)]
mod config_page;
mod cx;
mod log;
#[cfg(test)]
mod profile_page;
mod rows;
mod stop;
mod typist;
mod ui;
mod verbs;
mod works;

use crate::front::error::UserError;
use crate::front::exit::Exit;
use args::{Cli, Verb};
use clap::Parser as _;
use config::{Env, Flags, Known, Source};
use cx::Cx;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use ui::{Look, Ui};

/// Runs the command of this process.
pub(crate) fn main() -> ExitCode {
    on_panic();
    let env = Env::of_process();
    let outcome = std::panic::catch_unwind(|| run(std::env::args_os().collect(), &env));
    // The panic hook has already said what happened.
    outcome.unwrap_or(Exit::Bug).into()
}

/// One line instead of a back trace: a bug is ours to read, not the dispatcher's.
fn on_panic() {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write as _;

        // The storage library panics on what a damaged file holds; the journal answers for that, as damage.
        if ascall_engine::journal::redb::is_shielded() {
            return;
        }
        // On the console's screen nobody would read it.
        crate::tui::canvas::panicked();
        let text = info.payload_as_str().unwrap_or("no message");
        let line = text.lines().next().unwrap_or_default();
        let at = info.location().map(|l| format!(" ({}:{})", l.file(), l.line()));
        let report = format!(
            "error: bug in ascall {}: {line}{}\nhint: nothing acknowledged is lost; please report this line\n",
            env!("CARGO_PKG_VERSION"),
            at.unwrap_or_default()
        );
        drop(std::io::stderr().write_all(report.as_bytes()));
    }));
}

fn run(argv: Vec<OsString>, env: &Env) -> Exit {
    let (cli, nothing_said) = match Cli::try_parse_from(&argv) {
        Ok(cli) => (cli, None),
        // Nothing but flags, at a terminal: whoever has a desk wants to see it.
        Err(error) if is_bare(&error) && crate::tui::canvas::has_terminal() => {
            match Cli::try_parse_from(argv.into_iter().chain([OsString::from("tui")])) {
                Ok(cli) => (cli, Some(error)),
                Err(_) => return usage(&error),
            }
        }
        Err(error) => return usage(&error),
    };
    let mut ui = ui_of(&cli);
    let flags = Flags {
        config: cli.global.config.clone(),
        store: cli.global.store.clone(),
        url: cli.global.url.clone(),
        token_file: cli.global.token_file.clone(),
        lang: cli.global.lang.map(Into::into),
        lock_timeout: cli.global.lock_timeout,
        log: cli.global.log.clone(),
        log_format: cli.global.log_format,
    };
    let mut faults = Vec::new();
    let configured = match config::configure(&flags, env) {
        // Who is asked what is wrong goes on without what is.
        Err(fault) if matches!(cli.verb, Verb::Doctor(_)) => {
            faults.push(fault);
            config::configure(&Flags { config: None, ..flags.clone() }, &env.without_file())
        }
        configured => configured,
    };
    let done = match configured {
        Ok(configured) if nothing_said.is_some() && !configured.is_there() => {
            return nothing_said.as_ref().map_or(Exit::Usage, usage);
        }
        Ok(mut configured) => {
            if matches!(cli.verb, Verb::Doctor(_))
                && let Err(fault) = configured.setup()
            {
                faults.push(fault);
                configured.profiles.value.clear();
            }
            if let Verb::Profile(args) = &cli.verb
                && args.is_apart()
            {
                // A file that is being mended may be one that the configuration names.
                configured.profiles.value.clear();
            }
            ui.look.lang = configured.lang.value;
            let format = configured.log_format.value;
            let logged = match (&configured.log, &cli.verb) {
                (Known { source: Source::Default, .. }, Verb::Serve(_) | Verb::Tui(_)) => {
                    log::start(log::DEFAULT, format)
                }
                // Whoever asks once and leaves is told by the verb itself, unless they want more.
                (Known { source: Source::Default, .. }, _) => Ok(()),
                (said, _) => log::start(&said.value, format),
            };
            if let Err(error) = logged {
                return ended(&mut ui, Err(error));
            }
            match Cx::new(configured, ui) {
                Ok(mut cx) => {
                    let env = env.clone();
                    cx.reread = Some(Box::new(move || config::configure(&flags, &env)));
                    cx.faults = faults;
                    let ended = drive(&cli.verb, &mut cx);
                    ui = cx.ui;
                    ended
                }
                Err((error, back)) => {
                    ui = back;
                    Err(error)
                }
            }
        }
        Err(error) => Err(error),
    };
    let done = done.and_then(|exit| ui.flush().map(|()| exit));
    ended(&mut ui, done)
}

/// The exit of a run, with its error said.
fn ended(ui: &mut Ui, done: Result<Exit, UserError>) -> Exit {
    match done {
        Ok(exit) => exit,
        Err(error) => {
            if let UserError::Said(said) = &error {
                ui.error(said);
            }
            error.exit()
        }
    }
}

/// Whether nothing was said but flags.
fn is_bare(error: &clap::Error) -> bool {
    use clap::error::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// What clap has to say: help and version are results, everything else is an error in the form of all errors.
fn usage(error: &clap::Error) -> Exit {
    use std::io::Write as _;
    let help = error.exit_code() == 0;
    let text = error.render().to_string();
    // A reader that went away misses nothing.
    drop(if help {
        std::io::stdout().write_all(text.as_bytes())
    } else {
        std::io::stderr().write_all(usage_text(&text).as_bytes())
    });
    if help { Exit::Done } else { Exit::Usage }
}

/// Clap's page as lines: what is wrong, and a hint.
fn usage_text(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(tip) = line.trim_start().strip_prefix("tip: ") {
            lines.push(format!("hint: {tip}"));
        } else if line.starts_with("For more information") {
            lines.push("hint: see what it takes with --help".to_owned());
        } else {
            lines.push(ui::clipped(&ascall_engine::domain::text::inert(line)));
        }
    }
    lines.join("\n") + "\n"
}

fn ui_of(cli: &Cli) -> Ui {
    let stdout = std::io::stdout();
    let width = if stdout.is_terminal() {
        terminal_size::terminal_size().map(|(width, _)| width.0)
    } else {
        None
    };
    let look = Look {
        lang: cli.global.lang.map_or_else(Default::default, Into::into),
        clock: crate::front::clock::Clock::of_machine(),
        reveal: cli.global.reveal,
    };
    let out = std::io::BufWriter::new(stdout);
    Ui::new(Box::new(out), Box::new(std::io::stderr()), cli.global.output, look, width)
}

/// Runs a verb to its end, or until the user stops it.
fn drive(verb: &Verb, cx: &mut Cx) -> Result<Exit, UserError> {
    driven(cx, async |cx| dispatch(verb, cx).await)
}

/// Does something at the desk to its end, or until the user stops it.
fn driven(
    cx: &mut Cx,
    work: impl AsyncFnOnce(&mut Cx) -> Result<Exit, UserError>,
) -> Result<Exit, UserError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build()?;
    let ended = runtime.block_on(async {
        let staying = cx.staying.clone();
        tokio::select! {
            ended = work(cx) => ended,
            () = staying.interrupted() => Err(UserError::interrupted()),
        }
    });
    // What still waits for an outside answer is asked again by the next one who opens the desk.
    runtime.shutdown_background();
    ended
}

async fn dispatch(verb: &Verb, cx: &mut Cx) -> Result<Exit, UserError> {
    use verbs as v;
    cx.go_to(verb.works()).await?;
    match verb {
        Verb::Request(args) => v::request::run(args, cx).await,
        Verb::Cancel(args) => v::cancel::run(args, cx).await,
        Verb::Amend(args) => v::amend::run(args, cx).await,
        Verb::Priority(args) => v::priority::run(args, cx).await,
        Verb::Hold(args) => v::hold::run(args, cx).await,
        Verb::Release(args) => v::release::run(args, cx).await,
        Verb::Note(args) => v::note::run(args, cx).await,
        Verb::Reopen(args) => v::reopen::run(args, cx).await,
        Verb::Reschedule(args) => v::reschedule::run(args, cx).await,
        Verb::Claim(args) => v::claim::run(args, cx).await,
        Verb::Assign(args) => v::assign::run(args, cx).await,
        Verb::Reassign(args) => v::reassign::run(args, cx).await,
        Verb::Depart(args) => v::depart::run(args, cx).await,
        Verb::Arrive(args) => v::arrive::run(args, cx).await,
        Verb::Start(args) => v::start::run(args, cx).await,
        Verb::Finish(args) => v::finish::run(args, cx).await,
        Verb::Abort(args) => v::abort::run(args, cx).await,
        Verb::Settle(args) => v::settle::run(args, cx).await,
        Verb::Refund(args) => v::refund::run(args, cx).await,
        Verb::Rate(args) => v::rate::run(args, cx).await,
        Verb::Waive(args) => v::waive::run(args, cx).await,
        Verb::Retry(args) => v::retry::run(args, cx).await,
        Verb::Status(args) => v::status::run(args, cx).await,
        Verb::List(args) => v::list::run(args, cx).await,
        Verb::Watch(args) => v::watch::run(args, cx).await,
        Verb::Why(args) => v::why::run(args, cx).await,
        Verb::Worker(args) => v::worker::run(args, cx).await,
        Verb::Offer(args) => v::offer::run(args, cx).await,
        Verb::Stock(args) => v::stock::run(args, cx).await,
        Verb::Member(args) => v::member::run(args, cx).await,
        Verb::Profile(args) => v::profile::run(args, cx).await,
        Verb::Participant(args) => v::participant::run(args, cx).await,
        Verb::Breaker(args) => v::breaker::run(args, cx).await,
        Verb::Inbox(args) => v::inbox::run(args, cx).await,
        Verb::Attention(args) => v::attention::run(args, cx).await,
        Verb::Report(args) => v::report::run(args, cx).await,
        Verb::Replay(args) => v::replay::run(args, cx).await,
        Verb::Load(args) => v::load::run(args, cx).await,
        Verb::Tail(args) => v::tail::run(args, cx).await,
        Verb::Verify(args) => v::verify::run(args, cx).await,
        Verb::Export(args) => v::export::run(args, cx).await,
        Verb::Import(args) => v::import::run(args, cx).await,
        Verb::Backup(args) => v::backup::run(args, cx).await,
        Verb::Restore(args) => v::restore::run(args, cx).await,
        Verb::Doctor(args) => v::doctor::run(args, cx).await,
        Verb::Tui(args) => v::tui::run(args, cx).await,
        Verb::Demo(args) => v::demo::run(args, cx).await,
        #[cfg(feature = "bench")]
        Verb::BenchConsole(args) => v::bench_console::run(args, cx).await,
        Verb::Serve(args) => v::serve::run(args, cx).await,
        Verb::Token(args) => v::token::run(args, cx),
        Verb::Config(args) => v::config::run(args, cx),
        Verb::Completions(args) => v::completions::run(args, cx),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(argv: &[&str]) -> String {
        usage_text(&Cli::try_parse_from(argv).unwrap_err().render().to_string())
    }

    #[test]
    fn a_slip_is_answered_with_the_nearest_verb() {
        let text = said(&["ascall", "canel"]);
        assert!(text.starts_with("error: unrecognized subcommand 'canel'\n"), "{text}");
        assert!(text.contains("hint: a similar subcommand exists: 'cancel'\n"), "{text}");
        assert!(!text.contains("\n\n"), "{text}");
    }

    #[test]
    fn escape_characters_in_an_argument_are_shown_inert() {
        assert!(!said(&["ascall", "status", "\u{1b}[31mred"]).contains('\u{1b}'));
    }
}
