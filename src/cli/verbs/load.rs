//! `ascall load`: a load on a desk, with faults, measured and judged.
//!
//! Invariant: the desk that bears it is one of its own, in a store that is gone afterwards; the user's own bears it only when
//! that is said (`--here`), and one on another machine only when that is said too.

mod fresh;
mod seen;
mod shown;

use crate::cli::args::whole;
use crate::cli::config::Source;
use crate::cli::cx::Cx;
use crate::cli::ui::Format;
use crate::front::clock;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::profile::FaultJson;
use crate::front::words::Word;
use crate::load::LoadError;
use crate::load::drive::{self, Control, Ground, Onlooker, Outcome};
use crate::load::expect::Expectation;
use crate::load::live::Wish;
use crate::load::meter::Meter;
use crate::load::report;
use crate::load::report::compare::{Verdict, compare};
use crate::load::scenario::{Fault, Flags, Scenario, Slip, Target};
use crate::tui::canvas;
use ascall_engine::domain::ids::Millis;
use clap::{Args, Subcommand, ValueEnum};
use fresh::Fresh;
use seen::Seen;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long the desk may take to come to rest in real time, when no scenario says it.
const SETTLE: Millis = Millis::secs(3);

/// Put a load on a desk: customers, workers and faults by a scenario or by a few flags; measured, judged and checked.
///
/// `ascall load --rate 50 --for 60s --fault 'at 20s stop manage for 15s' --expect 'p99(assign)<2s'`. Ends with 5 when a
/// threshold does not hold, something acknowledged is lost, or the load could not be carried out.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Load {
    #[command(subcommand)]
    verb: Option<LoadVerb>,
    #[command(flatten)]
    run: Run,
}

/// What else there is to do about loads.
#[derive(Debug, Subcommand)]
enum LoadVerb {
    /// Check scenario files: every fault with its file and line.
    Check {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// What changed from one load to another, judged by everything that was measured. Ends with 5 when it is worse.
    Compare {
        /// The report of the first, as `--out` wrote it.
        before: PathBuf,
        /// The report of the second.
        after: PathBuf,
        /// Write it to this file, as Markdown.
        #[arg(long, value_name = "FILE")]
        markdown: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct Run {
    /// The scenario (see docs/load.md); without one the flags of `Without a scenario` say what happens.
    #[arg(value_name = "FILE", conflicts_with_all = ["rate", "users", "span", "profile", "workers"])]
    file: Option<PathBuf>,
    /// So many customers come per second, whether or not the desk keeps up.
    #[arg(
        long,
        allow_hyphen_values = true,
        conflicts_with = "users",
        value_name = "N",
        help_heading = "Without a scenario"
    )]
    rate: Option<f64>,
    /// So many customers, each of whom comes again once answered.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), value_name = "N", help_heading = "Without a scenario")]
    users: Option<u32>,
    /// How long customers come.
    #[arg(id = "span", long = "for", value_parser = clock::span, allow_hyphen_values = true, default_value = "60s", value_name = "TIME", help_heading = "Without a scenario")]
    span: Duration,
    /// What they call for.
    #[arg(
        long,
        default_value = "repair",
        value_name = "NAME",
        help_heading = "Without a scenario"
    )]
    profile: String,
    /// How many work; as many as it takes when nobody says.
    #[arg(long, value_parser = clap::value_parser!(u32), value_name = "N", help_heading = "Without a scenario")]
    workers: Option<u32>,
    /// Which desk bears it; the first of embedded, attached and http that can when nobody says.
    #[arg(long, value_enum, value_name = "WHERE")]
    target: Option<Where>,
    /// The seed of every choice that looks random.
    #[arg(long, value_parser = whole, allow_hyphen_values = true, value_name = "N")]
    seed: Option<u64>,
    /// Something that goes wrong, beside what the scenario says: `at 20s stop manage for 15s`, `at 5s slow payment 800ms`,
    /// `at 30s kill host`; may be given again.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Something that must hold at the end: `p99(assign)<2s`, `refused<1%`; may be given again.
    #[arg(long, value_parser = expectation, value_name = "WHAT")]
    expect: Vec<Expectation>,
    /// Write the report to this file, as JSON.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Write the report to this file, as a page with its charts that needs nothing else.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    html: Option<PathBuf>,
    /// Write the report to this file, as Markdown.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    markdown: Option<PathBuf>,
    /// Write what became of each request to this file, one JSON object per line.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    calls: Option<PathBuf>,
    /// Compare with this report of an earlier load; ends with 5 when it got worse.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    baseline: Option<PathBuf>,
    /// Say nothing until the end.
    #[arg(long, help_heading = "Output")]
    quiet: bool,
    /// Keep the desk's store, in this file.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// The desk of `--store` or `--url` bears the load, and keeps what came of it.
    #[arg(long, conflicts_with = "keep")]
    here: bool,
    /// With `--here`: also when that desk is on another machine.
    #[arg(long, requires = "here")]
    far: bool,
}

/// Which desk bears a load.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Where {
    /// The engine in this process, in memory and in virtual time: a day in seconds, the same journal every time.
    Engine,
    /// A desk in this process, in real time.
    Embedded,
    /// A desk in another process, over its socket.
    Attached,
    /// A desk in another process, over HTTP.
    Http,
}

impl From<Where> for Target {
    fn from(target: Where) -> Self {
        match target {
            Where::Engine => Self::Engine,
            Where::Embedded => Self::Embedded,
            Where::Attached => Self::Attached,
            Where::Http => Self::Http,
        }
    }
}

impl Load {
    /// Whether no desk of the user's is asked anything.
    pub(crate) fn is_apart(&self) -> bool {
        !self.run.here
    }
}

/// Carries it out, or does what else there is to do.
pub(crate) async fn run(args: &Load, cx: &mut Cx) -> Result<Exit, UserError> {
    match &args.verb {
        None => args.run.run(cx).await,
        Some(LoadVerb::Check { files }) => check(files, cx),
        Some(LoadVerb::Compare { before, after, markdown }) => {
            let (first, second) = (shown::read(before)?, shown::read(after)?);
            apart(&[("BEFORE", Some(before)), ("--markdown", markdown.as_ref())])?;
            apart(&[("AFTER", Some(after)), ("--markdown", markdown.as_ref())])?;
            let comparison = compare(&first, &second);
            if let Some(file) = markdown {
                let text = report::comparison(&comparison, cx.ui.look.lang);
                Fresh::new(file)?.text(&text)?;
            }
            shown::comparison(&comparison, cx)?;
            Ok(judged(comparison.verdict))
        }
    }
}

fn check(files: &[PathBuf], cx: &mut Cx) -> Result<Exit, UserError> {
    let mut bad = 0;
    for file in files {
        match Scenario::read(file) {
            Ok(scenario) => {
                let name = file.display().to_string();
                let text = cx.ui.look.say(Word::LoadSound, &[&name, &scenario.title]);
                cx.ui.line(&text)?;
            }
            Err(faults) => {
                bad += faults.len();
                for fault in &faults {
                    let line = FaultJson::of(fault).line(&cx.ui.look);
                    cx.ui.line(&line)?;
                }
            }
        }
    }
    if bad > 0 { Err(UserError::bad_scenario(bad)) } else { Ok(Exit::Done) }
}

impl Run {
    async fn run(&self, cx: &mut Cx) -> Result<Exit, UserError> {
        let scenario = self.scenario(cx)?;
        let target = self.target(&scenario)?;
        let ground = self.ground(cx)?;
        let baseline = self.baseline.as_deref().map(shown::read).transpose()?;
        apart(&[
            ("FILE", self.file.as_ref()),
            ("--out", self.out.as_ref()),
            ("--html", self.html.as_ref()),
            ("--markdown", self.markdown.as_ref()),
            ("--calls", self.calls.as_ref()),
            ("--keep", self.keep.as_ref()),
        ])?;
        let files = [&self.out, &self.html, &self.markdown, &self.calls];
        let made = files.map(|file| file.as_deref().map(Fresh::new).transpose());
        let [out, html, markdown, calls] = made;
        let (out, html, markdown, calls) = (out?, html?, markdown?, calls?);
        let carried_out = self.carry_out(&scenario, target, ground, cx).await;
        // Whichever thread it was, what is left is no measurement; it was told already.
        if canvas::is_broken() {
            return Ok(Exit::Bug);
        }
        let Outcome { report, calls: lines, interrupted } = carried_out?;
        let lang = cx.ui.look.lang;
        if let Some(out) = out {
            out.json(&report)?;
        }
        if let Some(html) = html {
            html.text(&report::html(&report, lang))?;
        }
        if let Some(markdown) = markdown {
            markdown.text(&report::markdown(&report, lang))?;
        }
        if let Some(calls) = calls {
            calls.lines(&lines)?;
        }
        shown::report(&report, cx)?;
        let against = baseline.map(|before| compare(&before, &report));
        if let Some(against) = against.as_ref().filter(|_| cx.ui.format == Format::Table) {
            shown::comparison(against, cx)?;
        }
        Ok(match (interrupted, report.held, against) {
            (true, ..) => Exit::Interrupted,
            (false, false, _) => Exit::Failed,
            (false, true, against) => against.map_or(Exit::Done, |a| judged(a.verdict)),
        })
    }

    /// What is to happen: what the file says, or the flags, and what was added.
    fn scenario(&self, cx: &Cx) -> Result<Scenario, UserError> {
        let scenario = match &self.file {
            Some(file) => {
                let mut scenario = Scenario::read(file).map_err(|faults| {
                    let first = faults.into_iter().next();
                    first.map_or_else(
                        || UserError::bad_scenario(1),
                        |fault| UserError::in_file(&fault, "docs/load.md"),
                    )
                })?;
                scenario.seed = self.seed.unwrap_or(scenario.seed);
                for fault in &self.fault {
                    scenario.add_fault(fault.clone()).map_err(slip)?;
                }
                scenario.expect.extend(self.expect.iter().cloned());
                scenario
            }
            None if self.rate.is_none() && self.users.is_none() => {
                return Err(UserError::no_load());
            }
            None => {
                let flags = Flags {
                    profile: self.profile.clone(),
                    rate: self.rate,
                    users: self.users,
                    lasts: clock::millis(self.span),
                    workers: self.workers,
                    seed: self.seed.unwrap_or(1),
                    faults: self.fault.clone(),
                    expect: self.expect.clone(),
                };
                let made = Scenario::from_flags(&flags, &cx.setup.profiles);
                let scenario = made.map_err(slip)?;
                if matches!(self.target, Some(Where::Engine)) {
                    return Ok(scenario);
                }
                // In real time nobody wants to wait until the last call's work is done; but until it has its worker.
                let settle = Millis(SETTLE.0 + scenario.until_answered().0);
                Scenario { settle: settle.min(scenario.settle), ..scenario }
            }
        };
        Ok(scenario)
    }

    /// Where the load goes: where it was said, or the first place that has what the scenario asks for.
    fn target(&self, scenario: &Scenario) -> Result<Target, UserError> {
        let fits = |target: &Target| scenario.fits(*target).is_ok();
        let usual = || [Target::Embedded, Target::Attached].into_iter().find(fits);
        let target = self.target.map(Target::from).or_else(usual).unwrap_or(Target::Http);
        scenario.fits(target).map_err(UserError::usage)?;
        Ok(target)
    }

    /// Whose desk bears it.
    fn ground(&self, cx: &Cx) -> Result<Ground, UserError> {
        let named = [&cx.configured.store.source, cx.configured.way.source()];
        let is_named = named.iter().any(|source| matches!(source, Source::Flag(_)));
        if is_named != self.here {
            return Err(UserError::load_here(is_named));
        }
        let is_far =
            cx.setup.remote.as_ref().is_some_and(crate::desk::remote::Remote::is_overheard);
        if self.here && is_far && !self.far {
            return Err(UserError::load_far());
        }
        Ok(Ground {
            setup: cx.setup.clone(),
            here: self.here,
            keep: self.keep.clone(),
            calls: self.calls.is_some(),
        })
    }

    /// Carries it out, saying how it goes; the first interrupt ends it in order, the second at once.
    async fn carry_out(
        &self,
        scenario: &Scenario,
        target: Target,
        ground: Ground,
        cx: &mut Cx,
    ) -> Result<Outcome, UserError> {
        let mut stop = cx.staying.begin()?;
        let (control, controls) = mpsc::unbounded_channel();
        let (tell, mut told) = mpsc::unbounded_channel();
        // Nobody looks on any more when the verb has ended.
        let show = move |meter: &Meter, at| drop(tell.send(meter.glance(at)));
        let onlooker = Onlooker { controls, show: Box::new(show) };
        let mut seen = Seen::begin(scenario, target, self.quiet, cx)?;
        let keep = ground.keep.clone();
        let running = drive::run(scenario, target, ground, onlooker);
        tokio::pin!(running);
        let mut interrupted = false;
        loop {
            let wish = tokio::select! {
                ran = &mut running => return ran.map_err(|error| match (error, keep) {
                    (LoadError::Desk(error), _) => error.into(),
                    (LoadError::Store(error), Some(store))
                        if error.kind() == std::io::ErrorKind::AlreadyExists =>
                    {
                        UserError::store_exists(&store)
                    }
                    (error, _) => UserError::usage(error.to_string()),
                }),
                Some(glance) = told.recv() => {
                    seen.show(glance, cx)?;
                    None
                }
                wish = seen.wish() => wish,
                _ = stop.asked() => Some(Wish::Interrupt),
            };
            // A load that has just ended needs no telling.
            match wish {
                Some(Wish::Interrupt) if canvas::is_broken() => {
                    return Err(UserError::interrupted());
                }
                Some(Wish::Interrupt) if interrupted && self.here => {
                    return Err(UserError::load_left());
                }
                Some(Wish::Interrupt) if interrupted => return Err(UserError::interrupted()),
                Some(Wish::Interrupt | Wish::Load(Control::Stop)) => {
                    interrupted = true;
                    seen.stopping();
                    drop(control.send(Control::Stop));
                }
                Some(Wish::Load(wanted)) => drop(control.send(wanted)),
                // The terminal has been left to the shell already.
                Some(Wish::Suspend) | None => {}
            }
        }
    }
}

/// What must hold, as it is typed.
fn expectation(text: &str) -> Result<Expectation, String> {
    text.parse::<Expectation>().map_err(|fault| {
        let near = fault.nearest.as_ref().map(|near| format!("; did you mean `{near}`?"));
        format!("{fault}{}", near.unwrap_or_default())
    })
}

fn slip(slip: Slip) -> UserError {
    UserError::slip(slip.what, slip.nearest.as_deref())
}

/// No file is written over by another one of the same run.
fn apart(files: &[(&str, Option<&PathBuf>)]) -> Result<(), UserError> {
    let mut seen: Vec<(&str, PathBuf)> = Vec::new();
    for (name, path) in files {
        // What is no file of a folder (`/dev/null`) takes everything.
        let Some(path) = path.filter(|path| path.is_file() || !path.exists()) else { continue };
        let place = place(path);
        if let Some((other, _)) = seen.iter().find(|(_, known)| *known == place) {
            return Err(UserError::same_file(other, name, path));
        }
        seen.push((name, place));
    }
    Ok(())
}

/// Where a file is or will be, however it is named.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = || {
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

fn judged(verdict: Verdict) -> Exit {
    if verdict == Verdict::Worse { Exit::Failed } else { Exit::Done }
}
