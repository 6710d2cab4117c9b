//! `ascall doctor`: what is wrong with a desk, and what to type.
//!
//! Invariant: a line per check, each time the same checks in the same order; a check that cannot be made is said to be
//! unknown and not left out. Changes nothing.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::health::{self, FileFacts, Health, Inside, LockFacts, SocketFacts};
use crate::desk::wire::PROTOCOL;
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use ascall_engine::domain::ids::Time;
use ascall_engine::domain::profile::Lang;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Look at everything a desk needs: configuration, file, disk, lock, socket, clock, what is overdue or waits, the terminal.
/// One line per check, with what to type where something is wrong. Changes nothing. Ends with 5 when a check fails.
#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// How serious it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warn,
    Fail,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was looked at.
    check: &'static str,
    state: State,
    what: String,
    /// The next thing to type.
    remedy: Option<String>,
    /// What people read.
    #[serde(skip)]
    shown: String,
}

impl Show for Finding {
    fn id(&self) -> String {
        self.check.to_owned()
    }
    const CSV: &'static [&'static str] = &["check", "state", "what", "remedy"];
    const HEADS: &'static [Word] = &[Word::Result, Word::Text];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.state.name().to_owned(), self.shown.clone()]
    }
}

impl Finding {
    fn line(&self) -> String {
        let remedy = self.remedy.as_ref().map(|remedy| format!("  ->  {remedy}"));
        let (state, check) = (self.state.name(), self.check);
        format!("{state:<5}{check:<11}{}{}", self.shown, remedy.unwrap_or_default())
    }
}

/// What was found so far.
struct Findings {
    lang: Lang,
    all: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, check: &'static str, state: State, word: Word, values: &[&str]) {
        let what = word.fill(Lang::En, values);
        let shown = word.fill(self.lang, values);
        self.all.push(Finding { check, state, what, remedy: None, shown });
    }

    fn ok(&mut self, check: &'static str, word: Word, values: &[&str]) {
        self.add(check, State::Ok, word, values);
    }

    /// Something is wrong with it; `remedy` is what to type.
    fn ill(
        &mut self,
        (check, state): (&'static str, State),
        word: Word,
        values: &[&str],
        remedy: impl Into<String>,
    ) {
        self.add(check, state, word, values);
        if let Some(last) = self.all.last_mut() {
            last.remedy = Some(remedy.into());
        }
    }

    /// What somebody else has said in both languages.
    fn said(&mut self, check: &'static str, error: UserError) {
        let UserError::Said(said) = error else { return };
        let causes = said.causes.join("; ");
        let with = |text: &str| {
            if causes.is_empty() { text.to_owned() } else { format!("{text}: {causes}") }
        };
        let (shown, _) = said.in_lang(self.lang);
        let (what, shown) = (with(&said.text), with(shown));
        self.all.push(Finding { check, state: State::Fail, what, remedy: said.hint, shown });
    }
}

/// How far the wall clock may lie behind the journal.
const CLOCK_BEHIND_MS: i64 = 60_000;

/// What must be free on the disk, whatever the size of the store.
const FREE_BYTES_MIN: u64 = 64 << 20;

/// The columns that three syllables take.
const HANGUL_COLUMNS: u16 = 6;

/// What keeps a desk going.
const SERVE: &str = "ascall serve";

/// Looks.
pub(crate) async fn run(_: &Doctor, cx: &mut Cx) -> Result<Exit, UserError> {
    let now = cx.ui.look.clock.now();
    let health = health::examine(&cx.setup, now).await;
    let mut found = Findings { lang: cx.ui.look.lang, all: Vec::new() };
    configuration(cx, &mut found);
    let store = cx.setup.store.display().to_string();
    file(&health, &store, &mut found);
    disk(&health, &mut found);
    lock(&health, &mut found);
    let is_hosted = health.sockets.iter().any(|(_, facts)| matches!(facts, SocketFacts::Host(_)));
    socket(health.sockets, &health.lock, &mut found);
    match health.inside {
        Some(Ok(inside)) => self::inside(inside, is_hosted, now, &mut found),
        Some(Err(error)) => found.said("journal", error.into()),
        None if health.file.is_ok() => {
            found.ill(("journal", State::Warn), Word::DocShut, &[&store], "ascall doctor");
        }
        None => {}
    }
    terminal(cx, &mut found);
    let worst = found.all.iter().map(|finding| finding.state).max();
    if cx.ui.format == Format::Table {
        found.all.iter().try_for_each(|finding| cx.ui.line(&finding.line()))?;
    } else {
        cx.ui.many(&found.all)?;
    }
    Ok(if worst == Some(State::Fail) { Exit::Failed } else { Exit::Done })
}

fn configuration(cx: &mut Cx, found: &mut Findings) {
    let faults = std::mem::take(&mut cx.faults);
    if faults.is_empty() {
        let file = cx.configured.file.as_ref().filter(|file| file.exists());
        let profiles = cx.setup.profiles.len().to_string();
        match file {
            Some(file) => {
                let file = file.display().to_string();
                found.ok("config", Word::DocConfig, &[&file, &profiles]);
            }
            None => found.ok("config", Word::DocNoConfig, &[&profiles]),
        }
    }
    for fault in faults {
        found.said("config", fault);
    }
    for (name, near) in cx.configured.spoken.strangers() {
        let remedy =
            near.map_or_else(|| "ascall config show".to_owned(), |near| format!("{near}=…"));
        found.ill(("config", State::Warn), Word::DocStranger, &[&name], remedy);
    }
}

fn file(health: &Health, store: &str, found: &mut Findings) {
    match &health.file {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let remedy = "ascall request --tel 010-0000-1234";
            found.ill(("store", State::Warn), Word::DocNoStore, &[store], remedy);
        }
        Err(error) => {
            let remedy = format!("ls -la {store}");
            let error = error.to_string();
            found.ill(("store", State::Fail), Word::DocBadFile, &[store, &error], remedy);
        }
        Ok(FileFacts { is_file: false, .. }) => {
            let remedy = format!("ascall --store {store}/desk.redb doctor");
            found.ill(("store", State::Fail), Word::DocNoFile, &[store], remedy);
        }
        Ok(FileFacts { is_open_to_others: true, .. }) => {
            let remedy = format!("chmod 600 {store}");
            found.ill(("store", State::Warn), Word::DocOpenFile, &[store], remedy);
        }
        Ok(FileFacts { bytes, .. }) => {
            let format = ascall_engine::journal::redb::FORMAT.to_string();
            found.ok("store", Word::DocStore, &[store, &size(*bytes), &format]);
        }
    }
}

fn disk(health: &Health, found: &mut Findings) {
    let bytes = health.file.as_ref().map_or(0, |file| file.bytes);
    match health.free_bytes {
        None => found.ok("disk", Word::DocUnknown, &[]),
        Some(free) if free < FREE_BYTES_MIN => {
            found.ill(("disk", State::Fail), Word::DocDisk, &[&size(free), &size(bytes)], "df -h");
        }
        // A copy of it would not fit beside it.
        Some(free) if free < bytes => {
            found.ill(("disk", State::Warn), Word::DocDisk, &[&size(free), &size(bytes)], "df -h");
        }
        Some(free) => found.ok("disk", Word::DocDisk, &[&size(free), &size(bytes)]),
    }
}

fn lock(health: &Health, found: &mut Findings) {
    match &health.lock {
        LockFacts::Free { died: None } => found.ok("lock", Word::DocLockFree, &[]),
        LockFacts::Free { died: Some(holder) } => {
            let who = holder.to_string();
            found.ill(("lock", State::Warn), Word::DocCrash, &[&who], "ascall verify");
        }
        LockFacts::Held { holder, alive } => {
            let who = holder.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
            match (holder, alive) {
                (Some(holder), Some(false)) => {
                    let remedy = format!("ps -p {}", holder.pid);
                    found.ill(("lock", State::Warn), Word::DocLockGhost, &[&who], remedy);
                }
                _ => found.ok("lock", Word::DocLockHeld, &[&who]),
            }
        }
        LockFacts::Unusable(error) => {
            let error = error.to_string();
            found.ill(("lock", State::Fail), Word::DocBadLock, &[&error], "ls -la");
        }
    }
}

fn socket(sockets: Vec<(PathBuf, SocketFacts)>, lock: &LockFacts, found: &mut Findings) {
    let is_held = matches!(lock, LockFacts::Held { .. });
    let mut sockets = sockets.into_iter();
    let there = sockets.find(|(_, facts)| !matches!(facts, SocketFacts::Nothing));
    let Some((place, facts)) = there else {
        if is_held {
            let remedy = "ascall doctor";
            return found.ill(("socket", State::Warn), Word::DocDeaf, &[], remedy);
        }
        return found.ok("socket", Word::DocNoHost, &[]);
    };
    let at = place.display().to_string();
    match facts {
        SocketFacts::Nothing => {}
        SocketFacts::Stale if is_held => {
            found.ill(("socket", State::Warn), Word::DocDeaf, &[], "ascall doctor");
        }
        // The next host takes its place.
        SocketFacts::Stale => found.ok("socket", Word::DocStale, &[&at]),
        SocketFacts::Silent => {
            let holder = match lock {
                LockFacts::Held { holder: Some(holder), .. } => holder.pid.to_string(),
                _ => "PID".to_owned(),
            };
            let remedy = format!("kill {holder}");
            found.ill(("socket", State::Fail), Word::DocSilent, &[&at], remedy);
        }
        SocketFacts::Host(hello) if hello.protocol != PROTOCOL => {
            let values =
                [hello.release.as_str(), &hello.protocol.to_string(), &PROTOCOL.to_string()];
            let remedy = format!("kill {}", hello.pid);
            found.ill(("socket", State::Fail), Word::DocOtherProtocol, &values, remedy);
        }
        SocketFacts::Host(hello) => {
            let values = [hello.verb.as_str(), &hello.pid.to_string(), &hello.release];
            found.ok("socket", Word::DocHost, &values);
        }
        SocketFacts::Trouble(error) => found.said("socket", error.into()),
    }
}

fn inside(Inside { epoch, beat }: Inside, is_hosted: bool, now: Time, found: &mut Findings) {
    found.ok(
        "journal",
        Word::DocJournal,
        &[&beat.seq.to_string(), &iso(beat.at), &epoch.to_string()],
    );
    let behind_ms = beat.at.0 - now.0;
    if behind_ms > CLOCK_BEHIND_MS {
        let seconds = (behind_ms / 1_000).to_string();
        let remedy = "timedatectl set-ntp true";
        found.ill(("clock", State::Warn), Word::DocClockBehind, &[&seconds], remedy);
    } else {
        found.ok("clock", Word::DocClock, &[]);
    }
    // What nobody looks after is a matter of starting a host; what a host leaves undone is a fault.
    let (late, idle) =
        if is_hosted { (State::Fail, State::Ok) } else { (State::Warn, State::Warn) };
    let remedy = if is_hosted { "ascall serve --log debug" } else { SERVE };
    match beat.due {
        Some(due) => {
            let values = [beat.overdue.to_string(), iso(due)];
            let values = values.each_ref().map(String::as_str);
            found.ill(("overdue", late), Word::DocOverdue, &values, remedy);
        }
        None => found.ok("overdue", Word::DocNotOverdue, &[]),
    }
    let (calls, waiting) = (beat.calls.to_string(), beat.waiting.to_string());
    if beat.waiting > 0 && idle != State::Ok {
        found.ill(("calls", idle), Word::DocCalls, &[&calls, &waiting], SERVE);
    } else {
        found.ok("calls", Word::DocCalls, &[&calls, &waiting]);
    }
    let numbers = [beat.notices, beat.notices_dead].map(|n| n.to_string());
    let notices = numbers.each_ref().map(String::as_str);
    if beat.notices_dead > 0 {
        found.ill(("notices", State::Warn), Word::DocNotices, &notices, "ascall attention list");
    } else if beat.notices > 0 && idle != State::Ok {
        found.ill(("notices", idle), Word::DocNotices, &notices, SERVE);
    } else {
        found.ok("notices", Word::DocNotices, &notices);
    }
    let numbers = [beat.attention, beat.attention_untaken].map(|n| n.to_string());
    let attention = numbers.each_ref().map(String::as_str);
    if beat.attention_untaken > 0 {
        let remedy = "ascall attention list";
        found.ill(("attention", State::Warn), Word::DocAttention, &attention, remedy);
    } else {
        found.ok("attention", Word::DocAttention, &attention);
    }
}

fn terminal(cx: &mut Cx, found: &mut Findings) {
    match cx.ui.hangul_columns() {
        None => found.ok("terminal", Word::DocUnknown, &[]),
        Some(HANGUL_COLUMNS) => found.ok("terminal", Word::DocWide, &[]),
        Some(columns) => {
            let remedy = "ascall --lang en list";
            found.ill(("terminal", State::Warn), Word::DocNarrow, &[&columns.to_string()], remedy);
        }
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut shown, mut unit) = (bytes, 0);
    while shown >= 10_240 && unit + 1 < units.len() {
        shown /= 1_024;
        unit += 1;
    }
    format!("{shown} {}", units.get(unit).copied().unwrap_or_default())
}
