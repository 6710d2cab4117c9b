//! `ascall replay`: a recorded day against one policy or several, side by side.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::{Book, CallFilter};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use crate::load::replay::{self, CallResult, Day, Past, ReplayError, Span, Verdict, Way};
use ascall_engine::domain::ids::Seq;
use chrono::NaiveDate;
use clap::Args;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Replay a recorded day through the real engine, in virtual time, and show what each policy makes of it: a day described
/// in a file, or, without one, a day of the desk's own journal.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The description of the day (see docs/replay.md); none: the desk's own journal.
    file: Option<PathBuf>,
    /// Which day, `2026-11-20`; in the journal the newest with calls, in a file the one that stands there.
    #[arg(long, value_name = "DATE", value_parser = date)]
    day: Option<NaiveDate>,
    /// In the journal, the service line; the one with the most calls.
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    profile: Option<String>,
    /// Who gets a call: `nearest`, `longest_idle`, `random`, `batch`, `foresight`, several with commas; all but the last
    /// also with `:newest_first` or `:longest_first`.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "nearest,batch,foresight",
        value_name = "POLICY"
    )]
    policy: Vec<Way>,
    /// The seed of every choice that looks random.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Write what became of each call to this file: CSV when it ends in `.csv`, else one JSON object per line.
    #[arg(long, value_name = "FILE")]
    calls: Option<PathBuf>,
}

impl Replay {
    /// Whether it needs no desk.
    pub(crate) fn is_apart(&self) -> bool {
        self.file.is_some()
    }
}

fn date(text: &str) -> Result<NaiveDate, String> {
    let bad = |_| "expected a form like `2026-11-20`".to_owned();
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(bad)
}

impl Show for replay::Result {
    fn id(&self) -> String {
        self.policy.clone()
    }
    const CSV: &'static [&'static str] = &[
        "policy",
        "calls",
        "served",
        "failed",
        "failed_pct",
        "wait_mean_min",
        "wait_p50_min",
        "wait_p90_min",
        "wait_max_min",
        "wait_30plus_pct",
        "pickup_mean_km",
        "pickup_mean_min",
        "workers",
        "workers_used",
        "busy_h",
        "idle_h",
        "gini",
        "beside.verdict",
        "beside.hours",
        "beside.failed_pct.seen",
        "beside.failed_pct.low",
        "beside.failed_pct.high",
        "beside.wait_mean_min.seen",
        "beside.wait_mean_min.low",
        "beside.wait_mean_min.high",
        "agreement.same",
        "agreement.of",
        "seed",
        "records",
        "journal",
        "faults",
        "elapsed_s",
    ];
    const HEADS: &'static [Word] = &[
        Word::Policy,
        Word::Served,
        Word::FailedPct,
        Word::WaitMean,
        Word::WaitHalf,
        Word::WaitMost,
        Word::WaitMax,
        Word::WaitLate,
        Word::PickupKm,
        Word::WorkersUsed,
        Word::IdleHours,
        Word::Gini,
        Word::Took,
    ];
    fn cells(&self, _: &Look) -> Vec<String> {
        let one = |number: f64| format!("{number:.1}");
        let two = |number: f64| format!("{number:.2}");
        vec![
            self.policy.clone(),
            format!("{}/{}", self.served, self.calls),
            two(self.failed_pct),
            two(self.wait_mean_min),
            two(self.wait_p50_min),
            two(self.wait_p90_min),
            two(self.wait_max_min),
            two(self.wait_30plus_pct),
            two(self.pickup_mean_km),
            format!("{}/{}", self.workers_used, self.workers),
            one(self.idle_h),
            two(self.gini),
            if self.seed.is_some() { format!("{:.2} s", self.elapsed_s) } else { String::new() },
        ]
    }
}

/// So many records are read at once.
const PAGE: usize = 1_000;

/// Replays the day under each policy.
pub(crate) async fn run(args: &Replay, cx: &mut Cx) -> Result<Exit, UserError> {
    let twice = args.policy.iter().enumerate().find(|(i, way)| args.policy[..*i].contains(way));
    if let Some((_, way)) = twice {
        return Err(UserError::usage(format!("--policy names `{way}` twice")));
    }
    let day = match &args.file {
        Some(file) => Day::read(file, args.day).map_err(said)?,
        None => from_journal(args, cx).await?,
    };
    let file = args.calls.as_deref().map(|path| Fates::create(path, &day.files)).transpose()?;
    let mut outcomes = Vec::with_capacity(args.policy.len());
    for way in &args.policy {
        outcomes.push(replay::replay(&day, *way, args.seed).map_err(said)?);
    }
    replay::compare(&mut outcomes, args.seed);
    outcomes.splice(0..0, replay::as_it_was(&day));
    if let Some(mut file) = file {
        outcomes.iter().try_for_each(|outcome| file.write(&outcome.calls))?;
        file.done()?;
    }
    let results: Vec<replay::Result> = outcomes.into_iter().map(|outcome| outcome.result).collect();
    cx.ui.many(&results)?;
    if cx.ui.format == Format::Table {
        for line in advice(&results, &cx.ui.look) {
            cx.ui.line(&line)?;
        }
        tell(&day, &results, cx)?;
    }
    let sound = results.iter().all(|result| result.faults == 0);
    Ok(if sound { Exit::Done } else { Exit::Failed })
}

/// A day of the desk's own journal.
async fn from_journal(args: &Replay, cx: &mut Cx) -> Result<Day, UserError> {
    let book = cx.book("replay").await?;
    if let Some(name) = &args.profile {
        cx.setup.must_know(name)?;
    }
    let clock = cx.ui.look.clock;
    let newest = || -> Result<Option<NaiveDate>, UserError> {
        let filter = CallFilter {
            profile: args.profile.clone(),
            ended: true,
            limit: 1,
            ..CallFilter::default()
        };
        Ok(book.calls(&filter)?.first().and_then(|call| clock.date(call.received_at)))
    };
    let date = match args.day {
        Some(date) => Some(date),
        None => newest()?,
    };
    let day = date.and_then(|date| Some((date, clock.day(date)?)));
    let Some((date, (from, until))) = day else {
        return Err(said(ReplayError::Empty { what: "calls", outside: 0 }));
    };
    let mut past = Past::new(Span { from, until });
    read(&book, &mut past)?;
    let mut day = past.day(args.profile.as_deref(), &date.to_string()).map_err(said)?;
    day.files.push(cx.setup.store.clone());
    Ok(day)
}

/// Reads the journal as far as it matters.
fn read(book: &Book, past: &mut Past) -> Result<(), UserError> {
    let mut from = Seq(1);
    loop {
        let page = book.records(from, PAGE)?;
        for record in &page {
            past.record(record);
        }
        match page.last() {
            Some(last) if !past.is_over(last.at) => from = last.seq.next(),
            _ => return Ok(()),
        }
    }
}

/// Which policy to use, and why, in sentences.
fn advice(results: &[replay::Result], look: &Look) -> Vec<String> {
    let short = results.iter().filter_map(|result| result.beside.as_ref());
    if let Some(beside) = short.into_iter().find(|beside| beside.verdict == Verdict::TooShort) {
        let (hours, least) = (beside.hours.to_string(), replay::PIECES_LEAST.to_string());
        return vec![look.say(Word::TooShort, &[&hours, &least]), look.word(Word::OneDay)];
    }
    let beside = |result: &&replay::Result| result.beside.as_ref().map(|beside| beside.verdict);
    let best = results.iter().find(|result| beside(result) == Some(Verdict::Best));
    // Nearest to the best first.
    let mut others: Vec<&replay::Result> = results
        .iter()
        .filter(|r| beside(r).is_some_and(|verdict| verdict != Verdict::Best))
        .collect();
    others.sort_by(|a, b| {
        let rank = |r: &replay::Result| (r.failed, beside(&r) != Some(Verdict::Level));
        rank(a).cmp(&rank(b)).then(a.wait_mean_min.total_cmp(&b.wait_mean_min))
    });
    let Some(best) = best else { return Vec::new() };
    let (level, worse): (Vec<&replay::Result>, Vec<&replay::Result>) =
        others.into_iter().partition(|r| beside(r) == Some(Verdict::Level));
    let mut said: Vec<String> = Vec::new();
    if let Some(next) = worse.first() {
        said.push(rather(best, next, look));
        let (mean, most) = (best.wait_mean_min, best.wait_max_min);
        if mean > next.wait_mean_min {
            said.push(
                look.say(Word::ButMean, &[&two(mean), &next.policy, &two(next.wait_mean_min)]),
            );
        }
        if most > next.wait_max_min {
            said.push(
                look.say(Word::ButMost, &[&two(most), &next.policy, &two(next.wait_max_min)]),
            );
        }
    }
    let word = if worse.is_empty() { Word::UseEither } else { Word::UseAsWell };
    said.extend(level.iter().map(|other| level_with(word, best, other, look)));
    if !said.is_empty() {
        said.push(look.word(Word::OneDay));
    }
    said
}

fn two(number: f64) -> String {
    format!("{number:.2}")
}

/// That what lies between the best and another one may be chance.
fn level_with(word: Word, best: &replay::Result, other: &replay::Result, look: &Look) -> String {
    let numbers =
        [best.failed_pct, other.failed_pct, best.wait_mean_min, other.wait_mean_min].map(two);
    let [a, b, c, d] = numbers.each_ref().map(String::as_str);
    look.say(word, &[&best.policy, &other.policy, a, b, c, d])
}

/// Why the best is better than another one.
fn rather(best: &replay::Result, next: &replay::Result, look: &Look) -> String {
    let Some(beside) = &next.beside else { return String::new() };
    let gap = match beside.verdict {
        Verdict::FailsMore => beside.failed_pct,
        _ => beside.wait_mean_min,
    };
    let (low, high) = (two(gap.low.unwrap_or(gap.seen)), two(gap.high.unwrap_or(gap.seen)));
    if beside.verdict == Verdict::FailsMore {
        let (calls, fewer) = (best.calls.to_string(), next.failed.saturating_sub(best.failed));
        let (one, other) = (two(best.failed_pct), two(next.failed_pct));
        let fewer = fewer.to_string();
        let words = [&best.policy, &next.policy, &calls, &fewer, &one, &other, &low, &high];
        return look.say(Word::UseFewer, &words.map(String::as_str));
    }
    let (one, other) = (two(best.wait_mean_min), two(next.wait_mean_min));
    let words = [&best.policy, &next.policy, &two(gap.seen), &one, &other, &low, &high];
    look.say(Word::UseShorter, &words.map(String::as_str))
}

/// What was observed and what was not, and how near each policy came to what happened.
fn tell(day: &Day, results: &[replay::Result], cx: &mut Cx) -> Result<(), UserError> {
    let source = day.source.as_deref().filter(|source| !source.trim().is_empty());
    cx.ui.note(&source.map_or_else(|| day.title.clone(), |s| format!("{}: {s}", day.title)))?;
    let known = &day.known;
    for (word, lines) in [
        (Word::Observed, &known.observed),
        (Word::Modelled, &known.modelled),
        (Word::LeftOut, &known.left_out),
    ] {
        for line in lines {
            let line = line.text(cx.ui.look.lang);
            cx.ui.note(&cx.ui.look.say(word, &[&line]))?;
        }
    }
    for (result, agreed) in results.iter().filter_map(|r| Some((r, r.agreement.as_ref()?))) {
        let (same, of) = (agreed.same.to_string(), agreed.of.to_string());
        let mut text = cx.ui.look.say(Word::AsRecorded, &[&result.policy, &same, &of]);
        if let Some(first) = &agreed.first {
            let (got, hand) =
                (first.replayed.as_deref().unwrap_or("-"), agreed.by_hand.to_string());
            let words = [first.call.as_str(), &first.recorded, got, &hand];
            text = format!("{text}; {}", cx.ui.look.say(Word::PartedAt, &words));
        }
        cx.ui.note(&text)?;
    }
    Ok(())
}

/// The file that says what became of each call: written beside its place, and put there when all of it is.
struct Fates {
    path: PathBuf,
    /// What is written until then; none: the place is no file that could be replaced (a pipe, a screen).
    beside: Option<PathBuf>,
    form: Form,
}

/// How it is written.
enum Form {
    Csv(Box<csv::Writer<std::fs::File>>),
    Ndjson(std::io::BufWriter<std::fs::File>),
}

impl Fates {
    /// `read` are the files the day comes from: none of them is written over.
    fn create(path: &Path, read: &[PathBuf]) -> Result<Self, UserError> {
        let cannot = |error: std::io::Error| UserError::cannot_write(path, &error);
        // Through links, so that what they lead to is what is compared and replaced.
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if read.iter().any(|file| file.canonicalize().is_ok_and(|file| file == place)) {
            let path = path.display();
            return Err(UserError::usage(format!(
                "--calls {path}: the day itself is read from that file; name another one"
            )));
        }
        let is_csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
        let is_other = std::fs::metadata(&place).is_ok_and(|there| !there.is_file());
        let beside = (!is_other).then(|| {
            let mut name = place.as_os_str().to_owned();
            name.push(format!(".{}.part", std::process::id()));
            PathBuf::from(name)
        });
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(beside.is_some()).truncate(beside.is_some());
        let file = options.open(beside.as_ref().unwrap_or(&place)).map_err(cannot)?;
        let form = if is_csv {
            Form::Csv(Box::new(csv::Writer::from_writer(file)))
        } else {
            Form::Ndjson(std::io::BufWriter::new(file))
        };
        Ok(Self { path: place, beside, form })
    }

    /// Puts it in its place.
    fn done(mut self) -> Result<(), UserError> {
        let Some(beside) = &self.beside else { return Ok(()) };
        std::fs::rename(beside, &self.path)
            .map_err(|error| UserError::cannot_write(&self.path, &error))?;
        self.beside = None;
        Ok(())
    }

    fn write(&mut self, calls: &[CallResult]) -> Result<(), UserError> {
        let written = match &mut self.form {
            Form::Csv(file) => rows(file, calls),
            Form::Ndjson(file) => lines(file, calls),
        };
        written.map_err(|error| UserError::cannot_write(&self.path, &error))
    }
}

impl Drop for Fates {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // Half of it is of no use to anybody; nothing is lost when it stays.
            let _ = std::fs::remove_file(beside);
        }
    }
}

fn rows(file: &mut csv::Writer<std::fs::File>, calls: &[CallResult]) -> std::io::Result<()> {
    for call in calls {
        file.serialize(call).map_err(std::io::Error::from)?;
    }
    file.flush()
}

fn lines(
    file: &mut std::io::BufWriter<std::fs::File>,
    calls: &[CallResult],
) -> std::io::Result<()> {
    for call in calls {
        serde_json::to_writer(&mut *file, call)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

fn said(error: ReplayError) -> UserError {
    match error {
        ReplayError::Day(fault) => UserError::in_file(&fault, "docs/replay.md"),
        other => UserError::usage(other.to_string()),
    }
}
