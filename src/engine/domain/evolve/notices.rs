//! The fold of a notice on its way: owed, accepted, delivered, given up, sent again.
//!
//! Invariant: a notice is owed from the record that issues it to the one that delivers it or gives it up.

use crate::domain::event::{Event, NoticeKey, Said};
use crate::domain::ids::WorkerId;
use crate::domain::world::{Owed, World};

impl World {
    /// A notice is to be delivered from here on.
    pub(super) fn owe(&mut self, notice: NoticeKey, worker: Option<WorkerId>) {
        self.desk.notices.insert(notice, Owed::new(worker, self.desk.at));
        self.reindex_notices(notice);
    }

    pub(super) fn evolve_notice(&mut self, event: &Event) {
        let notice = match event {
            Event::NoticeAccepted { notice, attempt, reference } => {
                let at = self.desk.at;
                if let Some(owed) = self.desk.notices.get_mut(notice) {
                    owed.tries = *attempt;
                    owed.not_before = at;
                    owed.reference = Some(reference.clone());
                }
                notice
            }
            Event::NoticeDelivered { notice, .. } => {
                self.desk.notices.remove(notice);
                self.desk.dead.remove(notice);
                notice
            }
            Event::NoticeFailed { notice, attempt, retry_at, said, by_sms } => {
                match (self.desk.notices.get_mut(notice), retry_at) {
                    (Some(owed), Some(at)) => {
                        owed.tries = *attempt;
                        owed.not_before = *at;
                        owed.reference = None;
                        owed.by_sms |= *by_sms;
                        if !said.as_ref().is_some_and(Said::is_doubtful) {
                            owed.surely = *attempt;
                        }
                    }
                    (_, None) => {
                        self.desk.notices.remove(notice);
                        self.desk.dead.insert(*notice);
                    }
                    (None, _) => {}
                }
                notice
            }
            Event::NoticeResent { notice, worker } => {
                self.owe(*notice, *worker);
                if let Some(owed) = self.desk.notices.get_mut(notice) {
                    owed.again = true;
                }
                notice
            }
            _ => return,
        };
        self.reindex_notices(*notice);
        self.touched.insert(notice.call);
    }
}
