//! What the screen lacks, and what the desk answers.
//!
//! Invariant: each thing is asked for once; an answer to what is not asked any more changes nothing that is shown.

use super::{Page, State};
use crate::desk::CallRow;
use crate::front::error::UserError;
use crate::tui::msg::{Got, Want};
use crate::tui::words::Label;
use ascall_engine::domain::ids::{CallId, Seq};

impl State {
    /// What the present screen lacks and nobody was asked for yet.
    pub(crate) fn want(&mut self) -> Option<Want> {
        let want = self.lacks()?;
        if self.asked.as_ref() == Some(&want) || self.failed.as_ref() == Some(&want) {
            return None;
        }
        self.asked = Some(want.clone());
        Some(want)
    }

    /// Whether something was asked for and not answered yet.
    pub(crate) fn waits(&self) -> bool {
        self.asked.is_some()
    }

    fn lacks(&self) -> Option<Want> {
        if let Some(past) = self.past.as_ref().filter(|past| !past.is_there()) {
            return Some(Want::Past(past.at));
        }
        if self.picture().seq == Seq(0) {
            return None;
        }
        if let Some(want) = self.caller_lacks().or_else(|| self.page_lacks()) {
            return Some(want);
        }
        let call = match self.page {
            Page::Call(call) => Some(call),
            Page::Board if self.shows_detail() => self.chosen_call(),
            Page::Messages => {
                let want = self.letters_wanted();
                return self.messages.lacks(&want, self.now()).then_some(want);
            }
            Page::Journal => return self.journal.lacks(self.picture().seq, self.look().lang),
            _ => None,
        };
        let want = self.want_of_call(call?);
        (self.call.as_ref().map(|(had, _)| had) != Some(&want)).then_some(want)
    }

    fn want_of_call(&self, call: CallId) -> Want {
        let picture = self.picture();
        let seq = picture.calls.get(&call).map_or(Seq(0), CallRow::seq);
        let until = self.past.as_ref().map(|_| picture.seq);
        Want::Call { call, seq, until, reveal: self.is_revealed(), lang: self.look().lang }
    }

    /// The desk has answered.
    pub(super) fn got(&mut self, want: Want, got: Result<Got, UserError>) {
        if self.asked.as_ref() == Some(&want) {
            self.asked = None;
        }
        match got {
            Ok(Got::Past(picture)) => {
                let Some(past) = &mut self.past else { return };
                if want != Want::Past(past.at) {
                    return;
                }
                past.read = None;
                if let Some(picture) = picture {
                    past.picture = Some(*picture);
                    self.listed();
                } else {
                    self.stay();
                    self.tell(Label::NothingThen, false);
                }
            }
            Ok(Got::Stock(goods)) => self.got_stock(want, *goods),
            Ok(Got::Member(member)) => self.got_caller(want, member.map(|member| *member)),
            Ok(Got::Members(company)) => self.got_members(want, *company),
            Ok(Got::Call(page)) => self.call = Some((want, *page)),
            Ok(Got::Records(records)) => {
                if let Want::Records { from, lang, .. } = want
                    && lang == self.look().lang
                {
                    self.journal.take(from, records);
                    self.list_journal();
                }
            }
            Ok(Got::Letters(told)) => {
                let now = self.now();
                self.messages.take(want, told, now);
                self.list_messages();
            }
            Err(UserError::Said(said)) => {
                if matches!(want, Want::Past(_)) {
                    self.stay();
                }
                self.failed = Some(want);
                let text = said.in_lang(self.look().lang).0.to_owned();
                self.news(text, false, None);
            }
            Err(UserError::Closed) => {}
        }
    }
}
