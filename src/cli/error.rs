//! What the user is told when something did not work: one sentence, its causes, and the next thing to type.
//!
//! Invariant: every hint of the command line is in this file, and every error has exactly one exit code. Nothing in
//! here prints.

use super::exit::Exit;
use super::korean;
use crate::desk::DeskError;
use crate::toml_file::TomlFault;
use ascall_engine::domain::geo::BadPoint;
use ascall_engine::domain::ids::{BadId, CallId, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::tel::BadTel;
use ascall_engine::journal::{Corruption, JournalError};
use std::error::Error;
use std::io;
use std::path::Path;

/// Why a verb did not do what was asked.
#[derive(Debug)]
pub(crate) enum CliError {
    /// The reader of our output went away: nothing to say, and nobody to say it to.
    Closed,
    /// Something to say.
    Said(Box<Said>),
}

/// An error as the user reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// How the run ends.
    pub exit: Exit,
    /// One lowercase fragment that names the value.
    pub text: String,
    /// What lies behind it, outermost first.
    pub causes: Vec<String>,
    /// The next thing to type.
    pub hint: Option<String>,
    /// When it makes sense to come back.
    pub retry_at: Option<Time>,
    /// The sentence and the hint in Korean, where there are.
    pub korean: Option<(String, Option<String>)>,
}

impl Said {
    /// The same with each of its texts in one line: for a row of a table.
    pub(crate) fn in_one_line(mut self) -> Self {
        let flat = |text: &str| text.replacen(":\n  ", ": ", 1).replace("\n  ", ", ");
        self.text = flat(&self.text);
        self.korean = self.korean.map(|(text, hint)| (flat(&text), hint));
        self
    }

    /// The sentence and the hint as they are shown to people.
    pub(crate) fn in_lang(&self, lang: Lang) -> (&str, Option<&str>) {
        match (&self.korean, lang) {
            (Some((text, hint)), Lang::Ko) => (text, hint.as_deref()),
            _ => (&self.text, self.hint.as_deref()),
        }
    }
}

impl CliError {
    fn said(exit: Exit, text: impl Into<String>, hint: Option<String>) -> Self {
        let text = text.into();
        Self::Said(Box::new(Said {
            exit,
            text,
            causes: Vec::new(),
            hint,
            retry_at: None,
            korean: None,
        }))
    }

    fn in_korean(mut self, text: String, hint: impl Into<String>) -> Self {
        if let Self::Said(said) = &mut self {
            said.korean = Some((text, Some(hint.into())));
        }
        self
    }

    /// Something in the arguments or the input that makes no sense.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::said(Exit::Usage, text, None)
    }

    /// How the run ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Closed => Exit::Done,
            Self::Said(said) => said.exit,
        }
    }

    /// There is no such call.
    pub(crate) fn no_call(call: CallId) -> Self {
        Refusal::NoSuchCall(call).into()
    }

    /// Numbers that are no place on earth.
    pub(crate) fn bad_point(error: &BadPoint) -> Self {
        let hint = "latitude first, then longitude: 37.5663,126.9779".to_owned();
        Self::said(Exit::Usage, error.to_string(), Some(hint))
    }

    /// A time that cannot be read.
    pub(crate) fn bad_time(what: String) -> Self {
        let hint = "write a clock time (14:30), a span (30m), or a date and a time".to_owned();
        Self::said(Exit::Usage, what, Some(hint))
    }

    /// A text longer than its limit.
    pub(crate) fn too_long(what: &str, max: usize) -> Self {
        let hint = "shorten it; longer text can be a note: ascall note".to_owned();
        Self::said(Exit::Usage, format!("{what} is longer than {max} characters"), Some(hint))
            .in_korean(
                format!("{what}이(가) {max}자보다 깁니다"),
                "줄이고, 긴 글은 메모로: ascall note",
            )
    }

    /// A level of the log that is none.
    pub(crate) fn bad_log_level(level: &str) -> Self {
        Self::said(
            Exit::Usage,
            format!("`{level}` is no level of the log"),
            Some("take off, error, warn, info, debug or trace".to_owned()),
        )
    }

    /// A place that could be several.
    pub(crate) fn ambiguous_place(text: &str, candidates: &[String]) -> Self {
        let list = candidates.join("\n  ");
        let first = candidates.first().map_or("37.5663,126.9779", String::as_str);
        Self::said(
            Exit::Usage,
            format!("`{text}` could be more than one place:\n  {list}"),
            Some(format!("say which, e.g. \"{first}\", or give LAT,LON")),
        )
        .in_korean(
            format!("`{text}`은(는) 여러 곳일 수 있습니다:\n  {list}"),
            format!("하나를 고르세요. 예: \"{first}\", 또는 LAT,LON"),
        )
    }

    /// A place that is needed and not known.
    pub(crate) fn unknown_place(text: &str) -> Self {
        Self::said(
            Exit::Usage,
            format!("`{text}` is not a place the desk knows"),
            Some("give a district (\"마포구 공덕동\") or LAT,LON (37.5481,126.9550)".to_owned()),
        )
        .in_korean(
            format!("`{text}`은(는) 알 수 없는 위치입니다"),
            "동 이름(\"마포구 공덕동\")이나 LAT,LON(37.5481,126.9550)으로 쓰세요",
        )
    }

    /// The wait is over and it did not happen.
    pub(crate) fn timed_out(call: CallId, waited_for: &str, phase: Phase) -> Self {
        Self::said(
            Exit::TimedOut,
            format!("call {call} is not {waited_for} yet: it is {phase}"),
            Some(format!("the call goes on; look again with: ascall status {call}")),
        )
        .in_korean(
            format!("호출 {call}은(는) 아직 {waited_for} 상태가 아닙니다 (지금 {phase})"),
            format!("호출은 계속됩니다. 다시 보기: ascall status {call}"),
        )
    }

    /// The call ended without what was waited for.
    pub(crate) fn ended_as(call: CallId, phase: Phase) -> Self {
        Self::said(
            Exit::Refused,
            format!("call {call} ended as {phase}"),
            Some(format!("what happened: ascall status {call}; ask again: ascall reopen {call}")),
        )
        .in_korean(
            format!("호출 {call}은(는) {phase} 상태로 끝났습니다"),
            format!("경과: ascall status {call}, 다시 받기: ascall reopen {call}"),
        )
    }

    /// The call was taken back because its gate did not answer.
    pub(crate) fn held_off(call: CallId, at: Option<Time>) -> Self {
        Self::Said(Box::new(Said {
            exit: Exit::HeldOff,
            text: format!("call {call} could not be accepted now"),
            causes: Vec::new(),
            hint: at.is_none().then(|| "try again a little later".to_owned()),
            retry_at: at,
            korean: Some((
                format!("지금은 호출 {call}을(를) 받을 수 없습니다"),
                at.is_none().then(|| "잠시 후에 다시 요청하세요".to_owned()),
            )),
        }))
    }

    /// The call was refused by a gate.
    pub(crate) fn denied(call: CallId, why: Option<&str>) -> Self {
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        Self::said(
            Exit::Refused,
            format!("call {call} was not accepted{why}"),
            Some(format!("who refused it and why: ascall status {call}")),
        )
        .in_korean(
            format!("호출 {call}이(가) 접수되지 않았습니다"),
            format!("누가 왜 거절했는지: ascall status {call}"),
        )
    }

    /// The user stopped it.
    pub(crate) fn interrupted() -> Self {
        Self::said(Exit::Interrupted, "interrupted", None)
    }

    /// A row of a file cannot be read.
    pub(crate) fn not_utf8(what: &str) -> Self {
        Self::said(
            Exit::Usage,
            format!("{what} is not UTF-8 text"),
            Some("convert it first: iconv -f CP949 -t UTF-8 OLD > NEW".to_owned()),
        )
    }

    /// A file as some spreadsheets save it.
    pub(crate) fn utf16(what: &str) -> Self {
        Self::said(
            Exit::Usage,
            format!("{what} is UTF-16 and not UTF-8 text"),
            Some("convert it first: iconv -f UTF-16 -t UTF-8 OLD > NEW".to_owned()),
        )
    }

    /// An input file cannot be opened or read.
    pub(crate) fn input(path: &Path, error: &io::Error) -> Self {
        let text = format!("{} cannot be read", path.display());
        Self::Said(Box::new(Said {
            exit: Exit::Usage,
            text,
            causes: vec![error.to_string()],
            hint: Some("name a file that can be read, or - for standard input".to_owned()),
            retry_at: None,
            korean: Some((
                format!("{}을(를) 읽을 수 없습니다", path.display()),
                Some("읽을 수 있는 파일이나, 표준 입력이면 -를 쓰세요".to_owned()),
            )),
        }))
    }

    /// A column nobody knows.
    pub(crate) fn unknown_column(name: &str, known: &str, nearest: Option<&str>) -> Self {
        let hint = nearest.map(|n| format!("did you mean `{n}`?"));
        Self::said(Exit::Usage, format!("there is no column `{name}` (known: {known})"), hint)
    }

    /// The directories of the user cannot be told.
    pub(crate) fn no_home() -> Self {
        Self::said(
            Exit::Usage,
            "the home directory is not known, so there is no place for the store",
            Some("say where: ascall --store /path/to/desk.redb …, or set ASCALL_STORE".to_owned()),
        )
    }

    /// The configuration says something that makes no sense together.
    pub(crate) fn config(path: &Path, what: &str, hint: &str) -> Self {
        Self::said(Exit::Usage, format!("{}: {what}", path.display()), Some(hint.to_owned()))
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::Said(Box::new(Said {
            exit: Exit::Storage,
            text: "the output cannot be written".to_owned(),
            causes: vec![error.to_string()],
            hint: Some("what was asked is done; look at it with: ascall list".to_owned()),
            retry_at: None,
            korean: None,
        }))
    }
}

impl From<BadId> for CliError {
    fn from(error: BadId) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<BadTel> for CliError {
    fn from(error: BadTel) -> Self {
        let hint = match error {
            BadTel::Unrecognised { .. } => {
                "the configuration says tel = \"strict\"; with \"lenient\" it is kept as typed"
            }
            BadTel::Empty | BadTel::NoDigits | BadTel::TooLong { .. } => {
                "give a number like 010-0000-1234"
            }
        };
        Self::said(Exit::Usage, error.to_string(), Some(hint.to_owned()))
    }
}

impl From<TomlFault> for CliError {
    fn from(fault: TomlFault) -> Self {
        let hint = match (&fault.nearest, fault.line) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(_)) => "mend that line; the keys are listed in docs/config.md".to_owned(),
            (None, None) if fault.what.starts_with("cannot be read") => {
                "check the name; which configuration is read: ascall config path".to_owned()
            }
            (None, None) if fault.what.starts_with("is not UTF-8") => {
                "convert it first: iconv -f CP949 -t UTF-8 OLD > NEW".to_owned()
            }
            (None, None) => "mend that file; the shipped profiles are good examples".to_owned(),
        };
        Self::said(Exit::Usage, fault.to_string(), Some(hint))
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let retry_at = match &refusal {
            Refusal::TryLater { at, .. } | Refusal::DeskFull { at, .. } => Some(*at),
            _ => None,
        };
        let exit = if retry_at.is_some() { Exit::HeldOff } else { Exit::Refused };
        Self::Said(Box::new(Said {
            exit,
            text: refusal.to_string(),
            causes: Vec::new(),
            hint: hint(&refusal),
            retry_at,
            korean: korean::refusal(&refusal).map(|text| (text, korean::hint(&refusal))),
        }))
    }
}

impl From<DeskError> for CliError {
    fn from(error: DeskError) -> Self {
        if let DeskError::Refused(refusal) = error {
            return refusal.into();
        }
        let (exit, hint) = match &error {
            DeskError::Refused(_) => (Exit::Refused, None),
            DeskError::Busy { .. } => (
                Exit::Busy,
                Some("wait longer with --lock-timeout 30s, or stop what holds it".to_owned()),
            ),
            DeskError::Missing { .. } => (
                Exit::Refused,
                Some("take the first call: ascall request --tel 010-0000-1234".to_owned()),
            ),
            DeskError::Full { .. } => {
                (Exit::Storage, Some("make room on the disk and try again".to_owned()))
            }
            DeskError::Damaged {
                source: JournalError::Corrupt(Corruption::NotAJournal), ..
            } => {
                (Exit::Storage, Some("name the desk's own file: ascall --store FILE …".to_owned()))
            }
            DeskError::Damaged { source: JournalError::Corrupt(Corruption::Structure), .. } => (
                Exit::Storage,
                Some(
                    "copy the file away first, then put the last good copy in its place".to_owned(),
                ),
            ),
            DeskError::Damaged { .. } => (
                Exit::Storage,
                Some("copy the file away before anything else, then: ascall verify".to_owned()),
            ),
            DeskError::Newer { .. } => {
                (Exit::Storage, Some("use the newer ascall that wrote it".to_owned()))
            }
            DeskError::Storage { store, .. } => (Exit::Storage, Some(storage_hint(store))),
            DeskError::Unknown { key, .. } => (Exit::Unknown, Some(unknown_hint(key.as_deref()))),
            DeskError::Closing => (Exit::Busy, Some("ask again in a moment".to_owned())),
            DeskError::Participant(_) => {
                (Exit::Usage, Some("see what is configured: ascall config show".to_owned()))
            }
        };
        let mut causes = Vec::new();
        let mut source = error.source();
        if let DeskError::Damaged { source: JournalError::Corrupt(corruption), .. } = &error {
            // That the store is damaged has been said.
            causes.push(corruption.to_string());
            source = None;
        }
        while let Some(cause) = source {
            let text = cause.to_string();
            // An error that quotes its source in its own words has said it already.
            if !causes.last().is_some_and(|last: &String| last.ends_with(&text)) {
                causes.push(text);
            }
            source = cause.source();
        }
        let text = error.to_string();
        let korean = korean::desk(&error, hint.as_deref());
        Self::Said(Box::new(Said { exit, text, causes, hint, retry_at: None, korean }))
    }
}

fn storage_hint(store: &Path) -> String {
    if store.is_dir() {
        return format!("that is a folder; name a file in it: {}/desk.redb", store.display());
    }
    match store.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            format!("there is no folder {0}; make it: mkdir -p {0}", folder.display())
        }
        _ => format!("check that {} may be read and written", store.display()),
    }
}

fn unknown_hint(key: Option<&str>) -> String {
    match key {
        Some(key) => format!("ask again with the same words and --key {key}: it is done only once"),
        None => "look whether it happened before asking again: ascall list".to_owned(),
    }
}

/// The next thing to type after a refusal.
pub(crate) fn hint(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::NoSuchCall(_) => "see which there are: ascall list --all".to_owned(),
        Refusal::NoSuchWorker(_) => "see who there is: ascall worker list".to_owned(),
        Refusal::OfferOver(_) => "see what is open: ascall offer list".to_owned(),
        Refusal::NoSuchAttention(_) => "see what is open: ascall attention list".to_owned(),
        Refusal::NoSuchParticipant { .. } => "see who there is: ascall participant list".to_owned(),
        Refusal::NotLocal { name } => {
            format!("to keep requests away from it: ascall breaker open {name} --reason …")
        }
        Refusal::NoSuchProfile { .. } => {
            "name one of them with --profile, or add a file to `profiles` in the configuration"
                .to_owned()
        }
        Refusal::NoSuchStep { call, .. } => format!("see its steps: ascall status {call}"),
        Refusal::FieldMissing { field, .. } => match field.as_str() {
            "tel" | "location" | "cost" | "kind" => format!("add --{field} …"),
            _ => format!("add --field {field}=…"),
        },
        Refusal::FieldNotAllowed { field, .. } => {
            format!("give one of the allowed values: --field {field}=…")
        }
        Refusal::NoSuchField { .. } => "leave it out, or use one of the fields named".to_owned(),
        Refusal::OutOfRange { .. } => "give a number inside the limits".to_owned(),
        Refusal::TooLong { what, .. } if what.contains("note") => {
            "split it into several notes".to_owned()
        }
        Refusal::TooLong { .. } => "shorten it; longer text can be a note: ascall note".to_owned(),
        Refusal::WrongPhase { call, phase, .. } | Refusal::NotClosing { call, phase, .. } => {
            wrong_phase(*call, *phase)
        }
        Refusal::CallInService { call, .. } => {
            format!("end the work first: ascall finish {call}, or ascall abort {call} --reason …")
        }
        Refusal::CancelTooLate { call, .. } => {
            format!("an operator may: ascall cancel {call} --force --reason …")
        }
        Refusal::AlreadyUnwinding { call, .. } => format!("follow it: ascall watch {call}"),
        Refusal::StepNotDone { call, .. } => format!(
            "see what it waits for: ascall status {call}; try again now: ascall retry {call}"
        ),
        Refusal::WorkerBusy { call, .. } => {
            format!("take another worker (ascall worker list), or first: ascall release {call}")
        }
        Refusal::WorkerNotOnDuty { worker, .. } => {
            format!("bring the worker on shift: ascall worker on {worker}")
        }
        Refusal::WorkerLacksSkill { .. }
        | Refusal::WorkerExcluded { .. }
        | Refusal::WorkerOtherService { .. } => {
            "take another worker (ascall worker list), or add --force --reason …".to_owned()
        }
        Refusal::WorkerWorking { worker, .. } => format!(
            "leave when the work is done: ascall worker off {worker} --after-current; or break it off: --abort REASON"
        ),
        Refusal::SameWorker { call, .. } => format!("nothing to do; see: ascall status {call}"),
        Refusal::NoWorker { call } => format!("give it to somebody: ascall assign {call} W-1"),
        Refusal::NothingToRetry { call } => format!("see where it stands: ascall status {call}"),
        Refusal::NothingToWaive { call, .. } => {
            format!("see what is still to be undone: ascall status {call}")
        }
        Refusal::HoldInThePast => "give a later end: --until 14:30 or --until 30m".to_owned(),
        Refusal::NothingToAmend(call) => {
            format!("name what changes: ascall amend {call} --location … --tel … --kind … --cost …")
        }
        Refusal::ReasonMissing { .. } => "add --reason \"…\"".to_owned(),
        Refusal::TryLater { participant, .. } => {
            format!(
                "see how it stands: ascall breaker list; why: ascall breaker incidents {participant}"
            )
        }
        Refusal::DeskFull { .. } => {
            "end or cancel calls that are over: ascall list; then try again".to_owned()
        }
        Refusal::KeyReused { .. } => {
            "use a new --key for a new request, or the same words for the same one".to_owned()
        }
        Refusal::ProfileUnsound { .. } => {
            "mend the profile's file; the shipped ones are good examples".to_owned()
        }
        Refusal::AttentionStands { call, .. } => {
            format!("mend its cause and it goes away by itself: ascall status {call}")
        }
        Refusal::OnlyOperator { .. } => "ask a dispatcher to do it".to_owned(),
        Refusal::StaleAnswer | Refusal::DeskAlreadyOpen => return None,
    };
    Some(text)
}

fn wrong_phase(call: CallId, phase: Phase) -> String {
    match phase {
        Phase::Received | Phase::Gating => format!("wait for its gate: ascall watch {call}"),
        Phase::Parked => format!("try its gate now: ascall retry {call}"),
        Phase::Open => format!("give it to somebody first: ascall assign {call} W-1"),
        Phase::Assigned => format!(
            "it has a worker: ascall start {call}, ascall reassign {call} W-1, or ascall release {call}"
        ),
        Phase::InService => format!("finish the work first: ascall finish {call}"),
        Phase::Closing => {
            format!("it is being settled: ascall retry {call}, or ascall settle {call} --by cash")
        }
        Phase::Unwinding => format!("it is being undone: ascall status {call}"),
        Phase::Completed | Phase::Canceled | Phase::Unfilled | Phase::Rejected => {
            format!("an ended call stays ended; take a new one after it: ascall reopen {call}")
        }
    }
}

#[cfg(test)]
mod tests;
