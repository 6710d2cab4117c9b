//! What becomes of notices: reports of their transports, and the order to send one again.
//!
//! Invariant: a report counts once, and only for the try that is out; whatever is given up is an attention item until it
//! was delivered after all.

use super::Decided;
use crate::domain::chance;
use crate::domain::command::{Came, Delivery};
use crate::domain::event::{About, Concern, Event, NoticeKey, Said};
use crate::domain::ids::{AttentionId, CallId, Millis, Time, WorkerId};
use crate::domain::profile::Transport;
use crate::domain::refusal::Refusal;
use crate::domain::world::{Owed, World};
use crate::planted::planted;
use std::collections::BTreeSet;

/// The longest wait that a receiver may ask for.
const WAIT_MAX: Millis = Millis::hours(1);

/// The longest reference of a provider that is kept, in bytes.
const REFERENCE_MAX: usize = 64;

impl World {
    pub(super) fn take_deliveries(&self, all: &[Delivery], now: Time) -> Decided {
        let mut events = Vec::new();
        let mut reported = BTreeSet::new();
        for delivery in all {
            let Some(owed) = self.desk.notices.get(&delivery.notice) else { continue };
            if delivery.attempt != owed.attempt() {
                continue;
            }
            // The same report twice in one order is one report.
            if !reported.insert(delivery.notice) && !planted!(NoticeTwice) {
                continue;
            }
            events.extend(self.delivered(delivery, owed, now));
        }
        let looked_after = self.looked_after(&events);
        events.extend(looked_after);
        Decided::of(events)
    }

    fn delivered(&self, delivery: &Delivery, owed: &Owed, now: Time) -> Option<Event> {
        let Delivery { notice, attempt, came } = delivery.clone();
        let failed = |retry_at, said, by_sms| {
            Some(Event::NoticeFailed { notice, attempt, retry_at, said: Some(said), by_sms })
        };
        match came {
            Came::Taken(said) => Some(Event::NoticeDelivered { notice, said: Some(said) }),
            Came::Accepted { reference } if owed.reference.is_none() => {
                // Under a reference that is no word nobody could be asked; it is on its way all the same.
                let plain =
                    |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
                let fits = (1..=REFERENCE_MAX).contains(&reference.len());
                Some(if fits && reference.bytes().all(plain) {
                    Event::NoticeAccepted { notice, attempt, reference }
                } else {
                    Event::NoticeDelivered { notice, said: Some(Said::Unconfirmed) }
                })
            }
            Came::Accepted { .. } => None,
            Came::Failed { said, wait } => {
                let tries_max = self.settings.notice_tries_max;
                // A text message in the place of another has tries of its own.
                let over = attempt >= if owed.by_sms { tries_max * 2 } else { tries_max };
                let usual = chance::backoff(self.desk.seed, notice.call, "notice", attempt);
                let wait = wait.map_or(usual, |wait| wait.min(WAIT_MAX).max(usual));
                failed((!over).then(|| now.plus(wait)), said, false)
            }
            Came::Refused(said) if notice.transport == Transport::Alimtalk && !owed.by_sms => {
                failed(Some(now.plus(Millis(1))), said, true)
            }
            Came::Refused(said) => failed(None, said, false),
        }
    }

    /// The attention items that reports open and close: open as long as a notice of the call is given up.
    fn looked_after(&self, reports: &[Event]) -> Vec<Event> {
        let mut dead: BTreeSet<CallId> = BTreeSet::new();
        let mut back: BTreeSet<NoticeKey> = BTreeSet::new();
        for event in reports {
            match event {
                Event::NoticeFailed { notice, retry_at: None, .. } => {
                    dead.insert(notice.call);
                }
                Event::NoticeDelivered { notice, .. } if self.desk.dead.contains(notice) => {
                    back.insert(*notice);
                }
                _ => {}
            }
        }
        let mut events = Vec::new();
        let mut number = self.desk.next.attention;
        for call in &dead {
            let (about, concern) = (About::Call(*call), Concern::NoticeDead);
            if !self.is_raised(about, concern) {
                number += 1;
                let attention = AttentionId(number);
                events.push(Event::AttentionRaised { attention, about, concern });
            }
        }
        let calls: BTreeSet<CallId> = back.iter().map(|notice| notice.call).collect();
        for call in calls {
            let left = self.desk.dead.iter().any(|n| n.call == call && !back.contains(n));
            let item = self.desk.attention.values().find(|item| {
                item.about == About::Call(call) && item.concern == Concern::NoticeDead
            });
            if let (false, false, Some(item)) = (left, dead.contains(&call), item) {
                events.push(Event::AttentionDone { attention: item.id });
            }
        }
        events
    }

    /// Sends again what was delivered or given up. That it was issued is for the core to know.
    pub(super) fn resend(
        &self,
        notice: NoticeKey,
        worker: Option<WorkerId>,
    ) -> Result<Decided, Refusal> {
        if notice.transport == Transport::Inbox {
            return Err(Refusal::NoticeStays { notice: notice.name() });
        }
        if self.desk.notices.contains_key(&notice) {
            return Err(Refusal::NoticeOwed { notice: notice.name() });
        }
        if notice.seq > self.desk.seq || notice.call.0 > self.desk.next.call {
            return Err(Refusal::NoSuchNotice { notice: notice.name() });
        }
        Ok(Decided::of(vec![Event::NoticeResent { notice, worker }]).about(notice.call))
    }
}
