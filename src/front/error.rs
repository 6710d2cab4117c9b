//! What the user is told when something did not work: one sentence, its causes, and the next thing to type.
//!
//! Invariant: every hint of the command line is in this file or below it, and every error has exactly one exit code. Nothing in
//! here prints.

mod network;
mod refused;
mod store;

pub(crate) use refused::flag_of;
#[cfg(test)]
pub(crate) use refused::hint;

use super::exit::Exit;
use crate::toml_file::{TomlFault, nearest};
use ascall_engine::domain::geo::BadPoint;
use ascall_engine::domain::ids::{BadId, CallId, ProfileId, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::tel::BadTel;
use std::io;
use std::path::Path;

/// Why a verb did not do what was asked.
#[derive(Debug)]
pub(crate) enum UserError {
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
    /// The rule that said no, when it was one.
    pub refusal: Option<Refusal>,
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

impl UserError {
    fn said(exit: Exit, text: impl Into<String>, hint: Option<String>) -> Self {
        let text = text.into();
        Self::Said(Box::new(Said {
            exit,
            text,
            causes: Vec::new(),
            hint,
            retry_at: None,
            korean: None,
            refusal: None,
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

    /// The command was used wrongly, and something like it was perhaps meant.
    pub(crate) fn slip(text: impl Into<String>, nearest: Option<&str>) -> Self {
        Self::said(Exit::Usage, text, nearest.map(|near| format!("did you mean `{near}`?")))
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
            refusal: None,
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

    /// A request that does not say whose it is.
    pub(crate) fn nobody_calls() -> Self {
        Self::said(
            Exit::Usage,
            "nobody is named who calls",
            Some("add --tel 010-0000-1234, or for a member --member M-1".to_owned()),
        )
        .in_korean(
            "누구의 호출인지 알 수 없습니다".to_owned(),
            "--tel 010-0000-1234를 더하거나, 회원이면 --member M-1",
        )
    }

    /// A field of the desk's own among the profile's.
    pub(crate) fn own_field(name: &str) -> Self {
        let hint = format!("write --{name} … instead of --field {name}=…");
        Self::said(Exit::Usage, format!("`{name}` has a flag of its own"), Some(hint)).in_korean(
            format!("`{name}`은(는) 따로 쓰는 값입니다"),
            format!("--field {name}=… 대신 --{name} …으로 쓰세요"),
        )
    }

    /// No member has the phone number that was typed.
    pub(crate) fn no_member_under() -> Self {
        Self::said(
            Exit::Refused,
            "no member has this number",
            Some("see who there is: ascall member list".to_owned()),
        )
        .in_korean("이 번호의 회원이 없습니다".to_owned(), "회원 보기: ascall member list")
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
            refusal: None,
        }))
    }

    /// A column nobody knows.
    pub(crate) fn unknown_column(name: &str, known: &str, nearest: Option<&str>) -> Self {
        let hint = nearest.map(|n| format!("did you mean `{n}`?"));
        Self::said(Exit::Usage, format!("there is no column `{name}` (known: {known})"), hint)
    }

    /// A profile's file that a desk cannot run; what is wrong with it has been said.
    pub(crate) fn bad_profile(file: &str, faults: usize) -> Self {
        let hint = "every key is explained in docs/profiles.md; a sound one to compare with: ascall profile new NAME";
        let korean = "모든 설정은 docs/profiles.md에 있습니다. 올바른 예: ascall profile new NAME";
        let count = if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") };
        Self::said(Exit::Usage, format!("{file}: {count}"), Some(hint.to_owned()))
            .in_korean(format!("{file}: 잘못된 곳 {faults}군데"), korean)
    }

    /// A name that no service line may have.
    pub(crate) fn bad_profile_name(what: &str) -> Self {
        let hint = "write it in lower case, e.g. locksmith".to_owned();
        Self::said(Exit::Usage, what, Some(hint))
    }

    /// No version of a profile has this number.
    pub(crate) fn no_version(id: ProfileId) -> Self {
        let hint = "see which the desk runs: ascall profile list".to_owned();
        Self::said(Exit::Refused, format!("there is no profile version {id}"), Some(hint))
            .in_korean(
                format!("프로필 버전 {id}이(가) 없습니다"),
                "지금 버전 보기: ascall profile list",
            )
    }

    /// A file cannot be written, or is there already.
    pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Self::said(
                Exit::Usage,
                format!("{path} is there already"),
                Some("name another file; nothing was written".to_owned()),
            )
            .in_korean(
                format!("{path} 파일이 이미 있습니다"),
                "다른 이름을 쓰세요. 아무것도 쓰지 않았습니다",
            );
        }
        Self::said(
            Exit::Usage,
            format!("{path} cannot be written: {error}"),
            Some("name a file in a folder that is there and yours".to_owned()),
        )
        .in_korean(
            format!("{path} 파일을 쓸 수 없습니다: {error}"),
            "쓸 수 있는 폴더의 파일을 지정하세요",
        )
    }

    /// No service line has a list of that name.
    pub(crate) fn unknown_view(name: &str, known: &[&str]) -> Self {
        let near = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        let known = known.join(", ");
        let error = Self::said(
            Exit::Usage,
            format!("there is no view `{name}` (known: {known})"),
            Some(
                near.clone()
                    .unwrap_or_else(|| "name one of them, or list without --view".to_owned()),
            ),
        );
        let hint = near.unwrap_or_else(|| "있는 이름을 쓰거나 --view 없이 보세요".to_owned());
        error.in_korean(format!("`{name}` 목록이 없습니다 (있는 것: {known})"), hint)
    }

    /// More than one service line has a list of that name.
    pub(crate) fn many_views(name: &str, lines: &[&str]) -> Self {
        let first = lines.first().copied().unwrap_or_default();
        let lines = lines.join(", ");
        let hint = format!("ascall list --view {name} --profile {first}");
        Self::said(
            Exit::Usage,
            format!("more than one service has a view `{name}`: {lines}"),
            Some(format!("say which: {hint}")),
        )
        .in_korean(
            format!("`{name}` 목록이 여러 서비스에 있습니다: {lines}"),
            format!("하나를 고르세요: {hint}"),
        )
    }

    /// The directories of the user cannot be told.
    pub(crate) fn no_home() -> Self {
        Self::said(
            Exit::Usage,
            "the home directory is not known, so there is no place for the store",
            Some("say where: ascall --store /path/to/desk.redb …, or set ASCALL_STORE".to_owned()),
        )
    }

    /// There is no terminal for the console.
    pub(crate) fn no_terminal() -> Self {
        Self::said(
            Exit::Usage,
            "the console needs a terminal",
            Some(
                "without one: ascall tui --plain, ascall tui --snapshot txt, or ascall list"
                    .to_owned(),
            ),
        )
    }

    /// The terminal cannot be drawn on.
    pub(crate) fn dumb_terminal() -> Self {
        Self::said(
            Exit::Usage,
            "this terminal cannot show the console (TERM=dumb)",
            Some("line by line: ascall tui --plain".to_owned()),
        )
    }

    /// Nobody would see the demonstration.
    pub(crate) fn demo_without_terminal() -> Self {
        Self::said(
            Exit::Usage,
            "the demonstration needs a terminal",
            Some("without one: ascall demo --headless 20s".to_owned()),
        )
    }

    /// What makes a store of its own never touches one that is there.
    pub(crate) fn store_exists(store: &std::path::Path) -> Self {
        let store = store.display();
        let hint =
            format!("name a file that is not there yet, or look at it: ascall tui --store {store}");
        Self::said(Exit::Usage, format!("{store} exists already"), Some(hint))
    }

    /// Nothing says how many customers come.
    pub(crate) fn no_load() -> Self {
        Self::said(
            Exit::Usage,
            "nothing says how many customers come",
            Some("name a scenario, or say it: ascall load --rate 50 --for 60s".to_owned()),
        )
    }

    /// A desk was named and not meant, or meant and not named.
    pub(crate) fn load_here(named: bool) -> Self {
        if named {
            let hint = "say so with --here; without --store and --url it has a desk of its own";
            return Self::said(
                Exit::Usage,
                "a load on your own desk leaves its calls there",
                Some(hint.to_owned()),
            );
        }
        let hint = "name it in this line: --here --store FILE, or --here --url URL";
        Self::said(Exit::Usage, "which desk is to bear the load is not said", Some(hint.to_owned()))
    }

    /// A load is to go to another machine.
    pub(crate) fn load_far() -> Self {
        let hint = "if that is what you want, say so with --far";
        Self::said(Exit::Usage, "that desk is on another machine", Some(hint.to_owned()))
    }

    /// A load on a desk of the user's was broken off.
    pub(crate) fn load_left() -> Self {
        let hint = "look at it: ascall participant list, ascall worker list";
        Self::said(
            Exit::Interrupted,
            "interrupted: what goes wrong on purpose may go on, and the load's workers are on duty",
            Some(hint.to_owned()),
        )
    }

    /// A report of a load of a shape that is not known here.
    pub(crate) fn other_report(path: &Path, schema: u32, known: u32) -> Self {
        let path = path.display();
        let text = format!("{path} is a report of the shape {schema}; this ascall knows {known}");
        let hint = "make it again with this ascall: ascall load ... --out FILE";
        Self::said(Exit::Usage, text, Some(hint.to_owned()))
    }

    /// A report of a load from which nothing can be learnt.
    pub(crate) fn idle_report(path: &Path) -> Self {
        let text = format!("{} is of a load in which nobody asked for anything", path.display());
        let hint = "there is nothing to compare with; make it again";
        Self::said(Exit::Usage, text, Some(hint.to_owned()))
    }

    /// Two flags name the same file.
    pub(crate) fn same_file(one: &str, other: &str, path: &Path) -> Self {
        let text = format!("{one} and {other} name the same file: {}", path.display());
        Self::said(Exit::Usage, text, Some("name a file of its own for each".to_owned()))
    }

    /// Scenarios that cannot be carried out.
    pub(crate) fn bad_scenario(faults: usize) -> Self {
        let what = if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") };
        let hint = "every key is in docs/load.md".to_owned();
        Self::said(Exit::Usage, format!("the scenario cannot be carried out: {what}"), Some(hint))
    }

    /// A line of the console that only a shell can carry out.
    pub(crate) fn not_in_console(verb: &str) -> Self {
        let hint = format!("type it in a shell: ascall {verb}");
        Self::said(Exit::Usage, format!("`{verb}` cannot run inside the console"), Some(hint))
    }

    /// A variable says something that makes no sense.
    pub(crate) fn variable(name: &str, what: &str, hint: &str) -> Self {
        Self::said(Exit::Usage, format!("{name}: {what}"), Some(format!("what it takes: {hint}")))
    }

    /// No key of the configuration has this name.
    pub(crate) fn unknown_key(key: &str, near: Option<&str>) -> Self {
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see all of them: ascall config show, or docs/config.md".to_owned(),
        };
        Self::said(Exit::Usage, format!("there is no key `{key}`"), Some(hint.clone()))
            .in_korean(format!("`{key}` 설정이 없습니다"), hint)
    }

    /// The configuration has no participant of this name.
    pub(crate) fn unknown_block(name: &str) -> Self {
        let hint = format!("it is made by a block [participants.{name}]: ascall config path");
        Self::said(Exit::Usage, format!("the file has no participant `{name}`"), Some(hint.clone()))
            .in_korean(format!("설정 파일에 참여자 `{name}`이(가) 없습니다"), hint)
    }

    /// The configuration says something that makes no sense together.
    pub(crate) fn config(path: &Path, what: &str, hint: &str) -> Self {
        Self::said(Exit::Usage, format!("{}: {what}", path.display()), Some(hint.to_owned()))
    }
}

impl From<io::Error> for UserError {
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
            refusal: None,
        }))
    }
}

impl From<BadId> for UserError {
    fn from(error: BadId) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<BadTel> for UserError {
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

impl From<TomlFault> for UserError {
    fn from(fault: TomlFault) -> Self {
        Self::in_file(&fault, "docs/config.md")
    }
}

impl UserError {
    /// A fault of a file whose keys are listed in `page`.
    pub(crate) fn in_file(fault: &TomlFault, page: &str) -> Self {
        let hint = match (&fault.nearest, fault.line) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(_)) => format!("mend that line; the keys are listed in {page}"),
            (None, None)
                if fault.what.starts_with("cannot be read") && page == "docs/config.md" =>
            {
                "check the name; which configuration is read: ascall config path".to_owned()
            }
            (None, None) if fault.what.starts_with("cannot be read") => {
                format!("check the name; how such a file is written: {page}")
            }
            (None, None) if fault.what.starts_with("is not UTF-8") => {
                "convert it first: iconv -f CP949 -t UTF-8 OLD > NEW".to_owned()
            }
            (None, None) => "mend that file; the shipped profiles are good examples".to_owned(),
        };
        Self::said(Exit::Usage, fault.to_string(), Some(hint))
    }
}

#[cfg(test)]
mod tests;
