//! What a key is about: the chosen call, item, worker or participant, and which actions are possible because of it.
//!
//! Invariant: in the past nothing is possible that changes the desk.

use super::{Page, State};
use crate::tui::keys::When;
use ascall_engine::domain::ids::{CallId, WorkerId};

impl State {
    /// Whether something holds that an action needs.
    pub(crate) fn stands(&self, when: When) -> bool {
        let now = self.past.is_none();
        match when {
            When::Always | When::List => true,
            When::Call => {
                now && self.chosen_call().is_some_and(|c| self.live.calls.contains_key(&c))
            }
            When::AnyCall => now && self.chosen_call().is_some(),
            When::SeenCall => self.chosen_call().is_some(),
            When::Attention => now && self.chosen_attention().is_some(),
            When::Workers => now && self.page == Page::Workers,
            When::Worker => now && self.chosen_worker().is_some(),
            When::Participant => now && self.chosen_participant().is_some(),
            When::Message => now && self.page == Page::Messages && self.messages.chosen().is_some(),
            When::Breaker => {
                now && self.chosen_participant().is_some_and(|name| self.breaker_of(name).is_some())
            }
            When::Stock => now && self.page == Page::Stock,
            When::Product => now && self.chosen_product().is_some(),
            When::Members => now && self.page == Page::Members,
            When::Member => now && self.chosen_member().is_some(),
            When::Pending => !self.pending.is_empty(),
            When::Now => now,
            When::Past => !now,
        }
    }

    /// The call that a key is about.
    pub(crate) fn chosen_call(&self) -> Option<CallId> {
        match self.page {
            Page::Call(call) => Some(call),
            Page::Board => self.board.chosen_call(self.picture()),
            Page::Messages => self.messages.chosen()?.call(),
            Page::Journal => self.journal.call(),
            _ => None,
        }
    }

    /// The attention item that a key is about.
    pub(crate) fn chosen_attention(&self) -> Option<&crate::desk::live::Attention> {
        let items = &self.picture().rest.attention;
        let chosen = self.board.chosen_attention().filter(|_| self.page == Page::Board)?;
        items.iter().find(|item| item.id == chosen)
    }

    /// The worker that a key is about.
    pub(crate) fn chosen_worker(&self) -> Option<WorkerId> {
        self.worker_here().map(|worker| worker.id).filter(|_| self.page == Page::Workers)
    }

    /// The participant that a key is about.
    pub(crate) fn chosen_participant(&self) -> Option<&str> {
        let here = self.participant_here().filter(|_| self.page == Page::Services);
        here.map(|participant| participant.name.as_str())
    }
}
