//! Before something that cannot be taken back: what would happen, the question, the seconds in which it can still be taken
//! back, and the answer when the call had moved on.
//!
//! Invariant: nothing is sent that was not answered by Enter, and nothing that the desk said it would refuse. What waits to
//! be sent is sent once, in the order in which it was said, or not at all.

use super::form::Manner;
use super::forms::manner_of;
use super::overlay::Overlay;
use super::{Pending, State, UNDO};
use crate::front::show::event::{HappeningJson, Names, NamesOf};
use crate::tui::msg::{Effect, Job, Then};
use crate::tui::typed::{Line, Ran};
use crate::tui::words::Label;
use ascall_engine::domain::event::call_of;
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::refusal::Refusal;
use crossterm::event::{KeyCode, KeyEvent};

/// Something would happen.
#[derive(Debug, Clone)]
pub(crate) struct Confirm {
    /// What is asked about, in order.
    pub asked: Vec<Asked>,
    /// Whether it can be taken back for a while once it is said.
    pub undo: bool,
    /// How far it is scrolled.
    pub scroll: usize,
}

/// A line that is asked about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The line.
    pub line: Line,
    /// What would happen, or why it would be refused; none: the desk is still being asked.
    pub would: Option<Result<Vec<String>, String>>,
}

/// A change that was refused because the call had moved on.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    /// The line that was refused.
    pub line: Line,
    /// The call.
    pub call: CallId,
    /// Its record that was known when the line was made.
    pub seen: Seq,
}

impl Confirm {
    /// Whether the desk has answered for each line.
    pub(crate) fn is_ready(&self) -> bool {
        self.asked.iter().all(|asked| asked.would.is_some())
    }

    /// The lines that would be carried out.
    fn lines(self) -> Vec<Line> {
        let would = |asked: &Asked| matches!(asked.would, Some(Ok(_)));
        self.asked.into_iter().filter(would).map(|asked| asked.line).collect()
    }
}

impl State {
    /// Has lines carried out, with whatever is to be asked before.
    pub(super) fn carry_out(&mut self, lines: Vec<Line>, manner: Manner) -> Option<Effect> {
        if lines.is_empty() {
            return None;
        }
        if manner == Manner::AtOnce {
            return Some(Effect::Run(self.jobs(lines)));
        }
        let undo = manner == Manner::AfterDryRunWithUndo;
        let ask = |line: &Line| Job { line: line.clone().word("--dry-run"), then: Then::Ask };
        let jobs = lines.iter().map(ask).collect();
        let asked = lines.into_iter().map(|line| Asked { line, would: None }).collect();
        self.overlay = Some(Overlay::Confirm(Confirm { asked, undo, scroll: 0 }));
        Some(Effect::Run(jobs))
    }

    /// The lines as they are sent: one is told of, several are counted together.
    fn jobs(&mut self, lines: Vec<Line>) -> Vec<Job> {
        if lines.len() == 1 {
            return lines.into_iter().map(|line| Job { line, then: Then::Tell }).collect();
        }
        self.bulk.clear();
        let item = |line: &Line| line.0.get(1).cloned().unwrap_or_default();
        lines.into_iter().map(|line| Job { then: Then::Bulk { item: item(&line) }, line }).collect()
    }

    /// What a line would do.
    pub(super) fn would(&mut self, line: &Line, ran: &Ran, first: String) {
        let Some(Overlay::Confirm(confirm)) = &mut self.overlay else { return };
        let alone = confirm.asked.len() == 1;
        let is_meant = |asked: &&mut Asked| {
            asked.would.is_none() && asked.line.clone().word("--dry-run") == *line
        };
        let Some(asked) = confirm.asked.iter_mut().find(is_meant) else { return };
        let real = asked.line.clone();
        if ran.is_done() {
            asked.would = Some(Ok(ran.out.lines().map(str::to_owned).collect()));
            return;
        }
        asked.would = Some(Err(first.clone()));
        if alone {
            self.overlay = None;
            if !self.moved(&real, ran) {
                self.news(first, false, Some(real));
            }
        }
    }

    pub(super) fn confirm_key(&mut self, mut confirm: Confirm, key: KeyEvent) -> Option<Effect> {
        match key.code {
            KeyCode::Enter if confirm.is_ready() => {}
            KeyCode::Char('Y') => {
                let lines: Vec<String> = confirm.asked.iter().map(|a| a.line.shell()).collect();
                self.overlay = Some(Overlay::Confirm(confirm));
                return Some(Effect::Copy(lines.join("\n")));
            }
            // Every other key may have begun it, so none of them says yes.
            code => {
                match code {
                    KeyCode::Down => confirm.scroll += 1,
                    KeyCode::Up => confirm.scroll = confirm.scroll.saturating_sub(1),
                    _ => {}
                }
                self.overlay = Some(Overlay::Confirm(confirm));
                return None;
            }
        }
        let undo = confirm.undo;
        let lines = confirm.lines();
        if lines.is_empty() {
            return None;
        }
        self.marked.clear();
        let jobs = self.jobs(lines);
        if !undo {
            return Some(Effect::Run(jobs));
        }
        self.pending.push(Pending { jobs, at: self.now().plus(UNDO) });
        None
    }

    /// Takes back what was said last.
    pub(super) fn undo(&mut self) {
        if self.pending.pop().is_some() {
            self.tell(Label::TakenBack, true);
        }
    }

    /// Sends what can no longer be taken back.
    pub(super) fn send_due(&mut self) -> Option<Effect> {
        let now = self.now();
        let due = self.pending.iter().take_while(|pending| now >= pending.at).count();
        let jobs: Vec<Job> = self.pending.drain(..due).flat_map(|pending| pending.jobs).collect();
        (!jobs.is_empty()).then_some(Effect::Run(jobs))
    }

    /// After a refusal: when the call had moved on, shows what happened to it since. Says whether it had.
    pub(super) fn moved(&mut self, line: &Line, ran: &Ran) -> bool {
        let Some(Refusal::Stale { call, seen, .. }) = ran.refused else { return false };
        let line = line.clone();
        self.overlay = Some(Overlay::Moved(Moved { line, call, seen }));
        true
    }

    /// What happened to a call after a record, as far as it is known by now.
    pub(crate) fn since(&self, call: CallId, seen: Seq) -> Vec<String> {
        let row = self.live.calls.get(&call);
        let profile = row.and_then(|row| self.profile(&row.profile_name));
        let names = profile.map(Names::of).unwrap_or_default();
        let look = self.look();
        let mut desk = NamesOf::over(None);
        let records = self.live.records.iter().filter(|record| record.seq > seen);
        let mut lines = Vec::new();
        for record in records {
            for event in record.events.iter().filter(|event| call_of(event) == Some(call)) {
                lines.push(HappeningJson::of(record, event, &names, &mut desk, look).line(look));
            }
        }
        lines
    }

    pub(super) fn moved_key(&mut self, moved: Moved, key: KeyEvent) -> Option<Effect> {
        let seen = self.live.calls.get(&moved.call).map(crate::desk::CallRow::seq);
        if key.code != KeyCode::Enter {
            self.overlay = Some(Overlay::Moved(moved));
            return None;
        }
        // Asked anew of the call as it stands on the screen now, with the question that belongs to it.
        let mut line = moved.line;
        line.0.retain(|word| !word.starts_with("--seen="));
        if let Some(seen) = seen {
            line = line.flag("--seen", seen.0);
        }
        let manner = manner_of(line.0.first().map_or("", String::as_str));
        self.carry_out(vec![line], manner)
    }

    /// After one more of a selection was carried out.
    pub(super) fn bulk_done(&mut self) {
        let done = self.bulk.iter().filter(|(_, done, _)| *done).count();
        let text = Label::BulkDone
            .fill(self.look().lang, &[&done.to_string(), &self.bulk.len().to_string()]);
        let good = done == self.bulk.len();
        self.news(text, good, None);
        let free = match &self.overlay {
            None => true,
            Some(Overlay::Text { title, .. }) => title == self.say(Label::Results),
            Some(_) => false,
        };
        if !good && free {
            let mark = |done: bool| if done { "✓" } else { "✗" };
            let line = |(item, done, said): &(String, bool, String)| {
                format!("{} {item}  {said}", mark(*done))
            };
            let lines = self.bulk.iter().map(line).collect();
            let title = self.say(Label::Results).to_owned();
            self.overlay = Some(Overlay::Text { title, lines, scroll: 0 });
        }
    }
}
