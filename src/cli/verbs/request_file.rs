//! `ascall request -f`: takes the calls of a file, many at once, one result per row.
//!
//! Invariant: results come in the order of the rows, and each row is taken at most once however often the file is run.

use crate::cli::args::{self, Change, priority, won};
use crate::cli::cx::Cx;
use crate::cli::rows::{self, Row};
use crate::cli::ui::{Format, Look, Show};
use crate::desk::{Asking, CallRow, Desk, DeskError};
use crate::front::clock::iso;
use crate::front::draft::{self, Draft};
use crate::front::error::{Said, UserError};
use crate::front::exit::Exit;
use crate::front::mark::mark;
use crate::front::show::call::CallCard;
use crate::front::show::export;
use crate::front::words::Word;
use ascall_engine::domain::command::{Command, Receipt};
use ascall_engine::domain::ids::MemberId;
use ascall_engine::domain::profile::Lang;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::task::Poll;
use tokio::task::JoinHandle;

/// Rows asked at once: they share commits.
const AT_ONCE: usize = 64;

/// What holds for every row.
pub(crate) struct Base<'a> {
    pub file: &'a Path,
    pub profile: &'a str,
    pub priority: u8,
    pub change: &'a Change,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RowResult {
    /// Its line in the file, from 1.
    pub row: u64,
    /// `taken`, `replayed`, `would_take`, `ended` (exported after its end), `refused`, `held_off` or `invalid`.
    pub result: &'static str,
    /// The idempotency key it was asked under.
    pub key: Option<String>,
    /// The call's number.
    pub id: Option<String>,
    /// The call.
    pub call: Option<CallCard>,
    /// What the dispatcher should know although it worked.
    pub warnings: Vec<String>,
    /// Why it did not work.
    pub error: Option<String>,
    /// The error and the hint in Korean, for people.
    #[serde(skip)]
    korean: Option<(String, Option<String>)>,
    /// The next thing to do.
    pub hint: Option<String>,
    /// When it makes sense to come back.
    pub retry_at: Option<String>,
}

impl RowResult {
    fn new(row: u64, result: &'static str) -> Self {
        Self {
            row,
            result,
            key: None,
            id: None,
            call: None,
            warnings: Vec::new(),
            error: None,
            korean: None,
            hint: None,
            retry_at: None,
        }
    }

    fn with(self, card: CallCard) -> Self {
        Self { id: Some(card.id.clone()), call: Some(card), ..self }
    }

    fn failed(row: u64, result: &'static str, said: &Said) -> Self {
        let said = said.clone().in_one_line();
        Self {
            error: Some(said.text.clone()),
            korean: said.korean.clone(),
            hint: said.hint.clone(),
            retry_at: said.retry_at.map(iso),
            ..Self::new(row, result)
        }
    }

    fn line(&self, look: &Look) -> String {
        let korean = self.korean.as_ref().filter(|_| look.lang == Lang::Ko);
        let (error, hint) = match korean {
            Some((text, hint)) => (Some(text), hint),
            None => (self.error.as_ref(), &self.hint),
        };
        let body = match (&self.call, error) {
            (Some(card), _) => card.line(look),
            (None, Some(error)) => error.replace("\n  ", " · "),
            (None, None) => self.result.to_owned(),
        };
        let mut parts = vec![format!("{} {}: {body}", look.word(Word::Row), self.row)];
        if self.result == "replayed" {
            parts.push(format!("({})", look.word(Word::Replayed)));
        }
        parts.extend(self.warnings.iter().map(|warning| format!("! {warning}")));
        if let (None, Some(hint)) = (&self.call, hint) {
            parts.push(format!("({hint})"));
        }
        parts.join("  ")
    }
}

impl Show for RowResult {
    fn id(&self) -> String {
        self.id.clone().unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &[
        "row",
        "result",
        "id",
        "call.phase",
        "call.worker.id",
        "error",
        "hint",
        "retry_at",
        "warnings",
        "key",
    ];
    const HEADS: &'static [Word] = &[Word::Row, Word::Result];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![self.row.to_string(), self.line(look)]
    }
}

/// A row that was asked, or that could not be.
enum Asked {
    Out {
        row: u64,
        key: Option<String>,
        warnings: Vec<String>,
        twin: Option<Box<CallRow>>,
        answer: JoinHandle<Answer>,
    },
    Not(Box<RowResult>, Exit),
}

type Answer = Result<Option<Receipt>, DeskError>;

/// Takes the calls of the file.
pub(crate) async fn run(base: &Base<'_>, cx: &mut Cx) -> Result<Exit, UserError> {
    let rows = rows::open(base.file)?;
    cx.with_desk("request", async |cx: &mut Cx, desk| {
        let mut sum = Sum::default();
        let mut keys = Keys::new(base);
        let mut out: VecDeque<Asked> = VecDeque::new();
        for row in rows {
            if out.len() >= AT_ONCE
                && let Some(asked) = out.pop_front()
            {
                sum.report(cx, desk, asked).await?;
            }
            let asked = ask(cx, desk, base, &mut keys, row).await?;
            out.push_back(asked);
        }
        for asked in out {
            sum.report(cx, desk, asked).await?;
        }
        sum.end(cx)
    })
    .await
}

async fn ask(
    cx: &Cx,
    desk: &Desk,
    base: &Base<'_>,
    keys: &mut Keys,
    row: Row,
) -> Result<Asked, UserError> {
    let line = row.line;
    let cells = match row.cells {
        Ok(cells) => cells,
        Err(error) => return not(line, error),
    };
    let Some(cells) = export::still_asked(cells) else {
        return Ok(Asked::Not(Box::new(RowResult::new(line, "ended")), Exit::Done));
    };
    let (draft, own_key) = match draft_of(base, cells) {
        Ok(read) => read,
        Err(error) => return not(line, error),
    };
    let key = own_key.or_else(|| keys.next(&draft));
    let book = desk.book();
    let (new, warnings) = match draft.resolve(&cx.setup, &book, &cx.ui.look) {
        Ok(resolved) => resolved,
        Err(error) => return not(line, error),
    };
    let twin = draft::twin(&cx.setup, desk, &new).await?.map(Box::new);
    let asking = Asking { key: key.clone(), ..base.change.asking() };
    let (desk, dry) = (desk.clone(), base.change.dry_run);
    let mut asked = Box::pin(async move {
        let command = Command::RequestCall(new);
        if dry {
            return desk.dry_run(asking, command).await.map(|_| None);
        }
        let receipt = desk.handle(asking, command).await?;
        if let Some(call) = receipt.call {
            desk.settle(call).await?;
        }
        Ok(Some(receipt))
    });
    // The first step puts the order into the desk's queue, so that calls are taken in the order of their rows.
    let first = std::future::poll_fn(|task| Poll::Ready(asked.as_mut().poll(task))).await;
    let answer = match first {
        Poll::Ready(answer) => tokio::spawn(std::future::ready(answer)),
        Poll::Pending => tokio::spawn(asked),
    };
    Ok(Asked::Out { row: line, key, warnings, twin, answer })
}

fn not(row: u64, error: UserError) -> Result<Asked, UserError> {
    match error {
        UserError::Said(said) if said.exit == Exit::Usage => {
            let failed = RowResult::failed(row, "invalid", &said);
            Ok(Asked::Not(Box::new(failed), Exit::Usage))
        }
        other => Err(other),
    }
}

/// A row as a request, and the key it brought.
fn draft_of(
    base: &Base<'_>,
    mut cells: BTreeMap<String, String>,
) -> Result<(Draft, Option<String>), UserError> {
    let mut take = |name: &str| cells.remove(name);
    let (tel, at) = (take("tel"), take("at"));
    let member = take("member").map(|text| text.parse::<MemberId>()).transpose()?;
    let (name, location, kind, key) = (take("name"), take("location"), take("kind"), take("key"));
    let key = key.map(|text| args::key(&text)).transpose().map_err(UserError::usage)?;
    let cost = take("cost").map(|text| won(&text)).transpose().map_err(UserError::usage)?;
    let urgency = take("priority").map(|text| priority(&text)).transpose();
    let profile = take("profile").unwrap_or_else(|| base.profile.to_owned());
    let draft = Draft {
        tel,
        member,
        at,
        name,
        location,
        cost,
        kind,
        profile,
        priority: urgency.map_err(UserError::usage)?.unwrap_or(base.priority),
        fields: cells,
    };
    Ok((draft, key))
}

/// The keys of rows that bring none: from `--key` or the file's name, and what the row says.
struct Keys {
    base: Option<String>,
    seen: BTreeMap<String, u32>,
}

impl Keys {
    fn new(base: &Base<'_>) -> Self {
        // Standard input has no name, and piping the same line again may well be meant.
        let name = base.file.file_name().filter(|_| base.file.as_os_str() != "-");
        let name = name.map(|name| name.to_string_lossy().into_owned());
        Self { base: base.change.key.clone().or(name), seen: BTreeMap::new() }
    }

    /// By content and not by place: a line that is put in or mended changes no other line's key.
    fn next(&mut self, draft: &Draft) -> Option<String> {
        let base = self.base.as_ref()?;
        let hash = mark(&format!("{draft:?}"));
        let times = self.seen.entry(hash.clone()).or_insert(0);
        *times += 1;
        Some(format!("{base}/{hash}/{times}"))
    }
}

/// What became of all rows.
#[derive(Debug, Default)]
struct Sum {
    rows: u64,
    taken: u64,
    replayed: u64,
    failed: u64,
    worst: Option<Exit>,
    kept: Vec<RowResult>,
}

impl Sum {
    async fn report(&mut self, cx: &mut Cx, desk: &Desk, asked: Asked) -> Result<(), UserError> {
        let (result, exit) = match asked {
            Asked::Not(result, exit) => (*result, exit),
            Asked::Out { row, key, mut warnings, twin, answer } => {
                let answer = answer.await.map_err(|e| UserError::usage(e.to_string()))?;
                let (mut result, exit) = outcome(cx, desk, row, answer)?;
                result.key = key;
                // A row that was taken before is not its own twin.
                if let Some(twin) = twin.filter(|_| result.result == "taken") {
                    warnings.push(draft::twin_warning(&cx.ui.look, &desk.book(), &twin));
                }
                result.warnings = warnings;
                (result, exit)
            }
        };
        self.rows += 1;
        match result.result {
            "taken" => self.taken += 1,
            "replayed" => self.replayed += 1,
            "would_take" | "ended" => {}
            _ => self.failed += 1,
        }
        if exit != Exit::Done {
            self.worst = Some(worse(self.worst, exit));
        }
        if cx.ui.format == Format::Json {
            self.kept.push(result);
        } else {
            let line = result.line(&cx.ui.look);
            cx.ui.next(&result, &line)?;
        }
        Ok(())
    }

    fn end(self, cx: &mut Cx) -> Result<Exit, UserError> {
        if cx.ui.format == Format::Json {
            cx.ui.many(&self.kept)?;
        }
        let numbers = [self.rows, self.taken, self.replayed, self.failed].map(|n| n.to_string());
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let text = cx.ui.look.say(Word::RowsDone, &numbers);
        cx.ui.note(&text)?;
        Ok(self.worst.unwrap_or(Exit::Done))
    }
}

/// What one answer means for its row. What stops the desk stops the file.
fn outcome(cx: &Cx, desk: &Desk, row: u64, answer: Answer) -> Result<(RowResult, Exit), UserError> {
    let receipt = match answer {
        Ok(None) => return Ok((RowResult::new(row, "would_take"), Exit::Done)),
        Ok(Some(receipt)) => receipt,
        Err(error) => {
            return match UserError::from(error) {
                UserError::Said(said) if said.exit == Exit::HeldOff => {
                    Ok((RowResult::failed(row, "held_off", &said), Exit::HeldOff))
                }
                UserError::Said(said) if said.exit == Exit::Refused => {
                    Ok((RowResult::failed(row, "refused", &said), Exit::Refused))
                }
                other => Err(other),
            };
        }
    };
    let Some(call) = receipt.call else {
        return Ok((RowResult::new(row, "taken"), Exit::Done));
    };
    let book = desk.book();
    let found = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
    let card = CallCard::read(&book, &found, cx.ui.veil(), &cx.ui.look)?;
    let result = match card.accepted(call) {
        Ok(()) if receipt.replayed => RowResult::new(row, "replayed"),
        Ok(()) => RowResult::new(row, "taken"),
        Err(UserError::Said(said)) => {
            let name = if said.exit == Exit::HeldOff { "held_off" } else { "refused" };
            return Ok((RowResult::failed(row, name, &said).with(card), said.exit));
        }
        Err(other) => return Err(other),
    };
    Ok((result.with(card), Exit::Done))
}

/// The exit code of a file: a row nobody will repair by waiting counts more than one to be tried again.
fn worse(so_far: Option<Exit>, next: Exit) -> Exit {
    match (so_far, next) {
        (Some(Exit::Refused), _) | (_, Exit::Refused | Exit::Usage) => Exit::Refused,
        (Some(earlier), _) => earlier,
        (None, exit) => exit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(file: &str) -> (Change, std::path::PathBuf) {
        (Change::default(), std::path::PathBuf::from(file))
    }

    fn cells(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn of(file: &str, key: Option<&str>) -> Keys {
        let (mut change, file) = base(file);
        change.key = key.map(str::to_owned);
        Keys::new(&Base { file: &file, profile: "repair", priority: 1, change: &change })
    }

    #[test]
    fn a_row_is_a_request_and_other_columns_are_fields() {
        let (change, file) = base("a.csv");
        let base = Base { file: &file, profile: "repair", priority: 1, change: &change };
        let row = cells(&[
            ("tel", "010-0000-0001"),
            ("cost", "25,500"),
            ("priority", "urgent"),
            ("profile", "driver"),
            ("transmission", "수동"),
            ("key", "k1"),
        ]);
        let (draft, key) = draft_of(&base, row).unwrap();
        assert_eq!(
            (draft.cost, draft.priority, draft.profile.as_str()),
            (Some(25_500), 3, "driver")
        );
        assert_eq!(draft.fields, cells(&[("transmission", "수동")]));
        assert_eq!(key.as_deref(), Some("k1"));
        let (member, _) = draft_of(&base, cells(&[("member", "M-2"), ("at", "14:00")])).unwrap();
        assert_eq!((member.tel, member.member), (None, Some(MemberId(2))));
        assert!(draft_of(&base, cells(&[("member", "C-2")])).is_err());
        assert!(draft_of(&base, cells(&[("tel", "1"), ("cost", "x")])).is_err());
    }

    #[test]
    fn the_same_rows_get_the_same_keys_and_twins_differ() {
        let draft = Draft { tel: Some("1".to_owned()), ..Draft::default() };
        let other = Draft { tel: Some("2".to_owned()), ..Draft::default() };
        let mut first = of("/tmp/calls.csv", None);
        let run = [first.next(&draft), first.next(&other), first.next(&draft)];
        assert_ne!(run[0], run[2]);
        // A line put in before them changes nothing.
        let mut again = of("/elsewhere/calls.csv", None);
        let third = Draft { tel: Some("3".to_owned()), ..Draft::default() };
        again.next(&third);
        assert_eq!([again.next(&draft), again.next(&other), again.next(&draft)], run);
        assert!(run[0].as_ref().unwrap().starts_with("calls.csv/"));
        assert!(of("a.csv", Some("monday")).next(&draft).unwrap().starts_with("monday/"));
    }

    #[test]
    fn standard_input_has_no_keys_of_its_own() {
        let draft = Draft { tel: Some("1".to_owned()), ..Draft::default() };
        assert_eq!(of("-", None).next(&draft), None);
        assert!(of("-", Some("k")).next(&draft).is_some());
    }

    #[test]
    fn a_refused_row_counts_more_than_one_that_may_come_back() {
        assert_eq!(worse(None, Exit::HeldOff), Exit::HeldOff);
        assert_eq!(worse(Some(Exit::HeldOff), Exit::Usage), Exit::Refused);
        assert_eq!(worse(Some(Exit::Refused), Exit::HeldOff), Exit::Refused);
    }
}
