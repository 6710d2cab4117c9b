//! Whoever carries out the lines of the console: the verbs of this command line, with what they write caught.
//!
//! Invariant: a line does what it does in a shell, at the same desk; what it says is given back and never written to the
//! screen. Verbs that last or want the screen for themselves are refused.

use super::args::{Cli, Verb};
use super::config::Configured;
use super::cx::Cx;
use super::ui::{Format, Look, Ui};
use super::{dispatch, driven, usage_text};
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::tui::typed::{Candidate, Line, Ran, Typed};
use ascall_engine::domain::profile::Lang;
use clap::{CommandFactory as _, Parser as _};
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// What the journal calls the screen on which persons were shown whole.
const CONSOLE: &str = "console";

/// The columns of what a line says.
const COLUMNS: u16 = 100;

/// Carries out lines at the desk that is configured.
pub(crate) struct Typist {
    configured: Configured,
}

/// Something written that is read afterwards.
#[derive(Clone, Default)]
struct Caught(Arc<Mutex<Vec<u8>>>);

impl Caught {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Caught {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Typist {
    /// For the desk of this configuration.
    pub(crate) fn new(configured: Configured) -> Self {
        Self { configured }
    }

    fn with(
        &self,
        look: Look,
        output: Format,
        work: impl FnOnce(&mut Cx) -> Result<Exit, UserError>,
    ) -> Ran {
        let (out, err) = (Caught::default(), Caught::default());
        let (to_out, to_err) = (Box::new(out.clone()), Box::new(err.clone()));
        let ui = Ui::new(to_out, to_err, output, look, Some(COLUMNS));
        let (done, mut ui) = match Cx::new(self.configured.clone(), ui) {
            Ok(mut cx) => {
                let done = work(&mut cx).and_then(|exit| cx.ui.flush().map(|()| exit));
                (done, cx.ui)
            }
            Err((error, ui)) => (Err(error), ui),
        };
        let refused = match &done {
            Err(UserError::Said(said)) => said.refusal.clone(),
            _ => None,
        };
        let exit = super::ended(&mut ui, done);
        Ran { exit: exit.code(), out: out.text(), err: err.text(), refused }
    }
}

impl Typed for Typist {
    fn run(&self, line: &Line, lang: Lang) -> Ran {
        let words = std::iter::once("ascall".to_owned()).chain(line.0.iter().cloned());
        let cli = match Cli::try_parse_from(words) {
            Ok(cli) => cli,
            Err(error) => {
                let text = error.render().to_string();
                let help = error.exit_code() == 0;
                let exit = if help { Exit::Done } else { Exit::Usage };
                let (out, err) =
                    if help { (text, String::new()) } else { (String::new(), usage_text(&text)) };
                return Ran { exit: exit.code(), out, err, refused: None };
            }
        };
        let lang = cli.global.lang.map_or(lang, Lang::from);
        let look = Look { lang, clock: Clock::of_machine(), reveal: cli.global.reveal };
        self.with(look, cli.global.output, |cx| match apart(&cli.verb) {
            Some(verb) => Err(UserError::not_in_console(verb)),
            None => driven(cx, async |cx| dispatch(&cli.verb, cx).await),
        })
    }

    fn reveal(&self, lang: Lang) -> Ran {
        let look = Look { lang, clock: Clock::of_machine(), reveal: true };
        self.with(look, Format::Table, |cx| {
            // Whoever opens the desk to show persons has it journalled; there is nothing else to be done there.
            driven(cx, async |cx| cx.with_desk(CONSOLE, async |_, _| Ok(Exit::Done)).await)
        })
    }
}

/// What the last of these words of the command line may become.
pub(crate) fn complete(words: &[String]) -> Vec<Candidate> {
    let mut args: Vec<OsString> = vec!["ascall".into()];
    args.extend(words.iter().map(OsString::from));
    let last = args.len() - 1;
    let mut command = Cli::command();
    let found = clap_complete::engine::complete(&mut command, args, last, None);
    let candidate = |one: clap_complete::CompletionCandidate| Candidate {
        word: one.get_value().to_string_lossy().into_owned(),
        help: one.get_help().map(ToString::to_string).unwrap_or_default(),
    };
    found.map(|all| all.into_iter().map(candidate).collect()).unwrap_or_default()
}

/// The verb that cannot be done from inside the console.
fn apart(verb: &Verb) -> Option<&'static str> {
    match verb {
        Verb::Serve(_) => Some("serve"),
        Verb::Watch(_) => Some("watch"),
        Verb::Tui(_) => Some("tui"),
        Verb::Demo(_) => Some("demo"),
        Verb::Tail(tail) if tail.follows() => Some("tail --follow"),
        Verb::Restore(_) => Some("restore"),
        _ => None,
    }
}
