//! `ascall demo`: a desk at work, in a store of its own that is gone afterwards.
//!
//! Invariant: everything goes through verbs at a real desk in real time; nobody outside is asked or told anything, whatever
//! the configuration says; the user's own store is never touched.

mod script;

use super::{tui, verify};
use crate::cli::args::whole;
use crate::cli::cx::Cx;
use crate::cli::typist::Typist;
use crate::desk::Desk;
use crate::desk::scratch::Scratch;
use crate::front::clock;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use crate::tui::msg::Msg;
use crate::tui::state::State;
use crate::tui::typed::{Line, Typed};
use ascall_engine::couriers::CourierSettings;
use ascall_engine::domain::profile::Lang;
use clap::Args;
use script::{Script, Step};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// A desk at work, to look at: workers over Seoul, calls coming in, an outage after 20 seconds, and a short tour.
///
/// Opens the console over a temporary store with invented people; at the end it prints the commands that do the same, and
/// the store is gone.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Without a screen, for this long; then the figures and what `verify` says of the store. Ends with 5 when that is bad.
    #[arg(long, value_parser = clock::span, allow_hyphen_values = true, value_name = "TIME")]
    headless: Option<Duration>,
    /// Keep the store, in this file.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// What happens: the same seed, the same calls.
    #[arg(long, value_parser = whole, allow_hyphen_values = true, default_value = "7", value_name = "N")]
    seed: u64,
}

/// How many lines are printed at the end at most.
const PRINTED: usize = 40;

/// Shows it.
pub(crate) async fn run(args: &Demo, cx: &mut Cx) -> Result<Exit, UserError> {
    if args.headless.is_none() && !crate::tui::canvas::has_terminal() {
        return Err(UserError::demo_without_terminal());
    }
    let place = Scratch::new("demo", args.keep.as_deref()).map_err(|error| {
        match (&args.keep, error.kind()) {
            (Some(store), ErrorKind::AlreadyExists) => UserError::store_exists(store),
            _ => error.into(),
        }
    })?;
    alone(cx, &place)?;
    let mut traffic = None;
    let shown = if let Some(span) = args.headless {
        let typist: Arc<dyn Typed> = Arc::new(Typist::new(cx.configured.clone()));
        cx.stay("demo", None, async |cx: &mut Cx, _: &Desk| {
            traffic.get_or_insert_with(|| {
                Traffic::begin(args.seed, Arc::clone(&typist), cx.ui.look.lang, None)
            });
            tokio::time::sleep(span).await;
            Ok(Exit::Done)
        })
        .await
    } else {
        let (seed, lang) = (args.seed, cx.ui.look.lang);
        let state = State::new(tui::setting(cx), (0, 0));
        let begin = |typist, tell| traffic = Some(Traffic::begin(seed, typist, lang, Some(tell)));
        tui::console(cx, "demo", state, begin).await
    };
    let lines = traffic.map(Traffic::end).unwrap_or_default();
    let shown = shown?;
    show(cx, args, &lines)?;
    if args.headless.is_none() || shown != Exit::Done {
        return Ok(shown);
    }
    verify::run(&verify::Verify {}, cx).await
}

/// The desk of the demonstration: its own store, and nobody outside.
fn alone(cx: &mut Cx, place: &Scratch) -> Result<(), UserError> {
    cx.configured.store.value.clone_from(&place.store);
    cx.configured.way.url.value = None;
    cx.configured.participants.clear();
    cx.configured.couriers.value = CourierSettings::default();
    cx.configured.profiles.value.clear();
    cx.setup = cx.configured.setup()?;
    Ok(())
}

/// Says what was done and how it is done again.
fn show(cx: &mut Cx, args: &Demo, lines: &[Done]) -> Result<(), UserError> {
    for (done, fault) in lines.iter().filter_map(|done| Some((done, done.fault.as_ref()?))) {
        let fault = fault.lines().next().unwrap_or_default();
        cx.ui.warn(&format!("{}: {fault}", done.line.shell()))?;
    }
    let requests =
        lines.iter().filter(|done| done.line.0.first().is_some_and(|verb| verb == "request"));
    let (taken, all) = (requests.filter(|done| done.ok).count(), lines.len());
    let text = cx.ui.look.say(Word::DemoDone, &[&all.to_string(), &taken.to_string()]);
    cx.ui.line(&text)?;
    let text = cx.ui.look.word(Word::DemoByHand);
    cx.ui.line(&format!("# {text}"))?;
    cx.ui.line("export ASCALL_STORE=/tmp/ascall-by-hand.redb")?;
    for done in lines.iter().filter(|done| done.ok).take(PRINTED) {
        cx.ui.line(&done.line.shell())?;
    }
    let text = cx.ui.look.word(Word::DemoAgain);
    cx.ui.line(&format!("# {text}"))?;
    cx.ui.line(&format!("ascall demo --seed {}", args.seed))?;
    if let Some(keep) = &args.keep {
        let store = Line::of(&["tui"]).flag("--store", keep.display());
        let text = cx.ui.look.word(Word::DemoKept);
        cx.ui.line(&format!("# {text}"))?;
        cx.ui.line(&store.shell())?;
    }
    cx.ui.flush()
}

/// A line that was carried out.
struct Done {
    line: Line,
    ok: bool,
    /// What went wrong, when it is neither that a rule said no nor that the desk was busy.
    fault: Option<String>,
}

/// What happens, on a thread of its own, until it is ended.
struct Traffic {
    end: Sender<()>,
    thread: JoinHandle<Vec<Done>>,
}

impl Traffic {
    fn begin(
        seed: u64,
        typist: Arc<dyn Typed>,
        lang: Lang,
        tell: Option<mpsc::UnboundedSender<Msg>>,
    ) -> Self {
        let (end, ended) = channel();
        let thread = std::thread::spawn(move || {
            let mut script = Script::new(seed);
            let mut done = Vec::new();
            let begun = Instant::now();
            while let Some(at) = script.next_at() {
                let wait = Duration::from_millis(at).saturating_sub(begun.elapsed());
                if ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
                match script.take() {
                    Some((at, Step::Do(line, then))) => {
                        let ran = typist.run(&line, lang);
                        let by_rule =
                            [Exit::Done, Exit::Refused, Exit::HeldOff, Exit::Busy].map(Exit::code);
                        let fault = (!by_rule.contains(&ran.exit)).then(|| ran.err.clone());
                        done.push(Done { line: line.clone(), ok: ran.is_done(), fault });
                        // A desk that is slower than the script is not buried under it.
                        let now = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                        script.done(at.max(now), &line, then, &ran);
                    }
                    // A console that has ended needs no guide.
                    Some((_, Step::Say(label))) => {
                        if let Some(tell) = &tell {
                            drop(tell.send(Msg::Guided(label)));
                        }
                    }
                    None => break,
                }
            }
            done
        });
        Self { end, thread }
    }

    /// Ends it after the line it is at; all that was done.
    fn end(self) -> Vec<Done> {
        drop(self.end);
        self.thread.join().unwrap_or_default()
    }
}
