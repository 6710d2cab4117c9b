//! An ended call as it stood when it was forgotten, from the records that speak of it.
//!
//! Invariant: the fold of those records alone, by the same `evolve`, in a world of its own: nothing is kept for it, and
//! nobody else is changed by it. Must not know where the records come from.

use super::call::Call;
use super::event::{About, Record};
use super::ids::{CallId, Seq};
use super::world::World;
use crate::planted::planted;

impl World {
    /// The call `id` as the records that speak of it left it, oldest first; none: they do not end it.
    ///
    /// `seqs` are the places of all that speak of it, also of those that changed nothing about it.
    #[must_use]
    pub fn as_it_stood(&self, id: CallId, records: &[Record], seqs: Vec<Seq>) -> Option<Call> {
        let mut apart = Self::new(self.settings);
        apart.desk.seed = self.desk.seed;
        apart.desk.profiles.clone_from(&self.desk.profiles);
        apart.desk.participants.clone_from(&self.desk.participants);
        let mut ended = None;
        for record in records {
            apart.replay(record);
            ended = apart.departed.iter().find(|call| call.id == id).cloned().or(ended);
        }
        ended.map(|call| self.recallable(Call { seqs, ..call }))
    }

    /// A call that ended and was forgotten, with what this world still knows of it.
    #[must_use]
    pub fn recallable(&self, call: Call) -> Call {
        let about = About::Call(call.id);
        let open = self.desk.attention.values().filter(|item| item.about == about);
        let attention = open.map(|item| (item.concern, item.id)).collect();
        let refunds = if planted!(StaleRecall) { Vec::new() } else { call.refunds };
        Call { attention, refunds, linger_until: None, ..call }
    }
}
