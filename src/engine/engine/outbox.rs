//! The outbox: hands due notices to their courier, in order per call and recipient, and brings back what became of it.
//!
//! Invariant: at most one try of a notice is out at a time; a notice is tried again under the same id. A failing transport
//! never holds up a command, nor another transport.

use super::Message;
use crate::couriers::{Couriers, Parcel};
use crate::domain::command::{Came, Delivery};
use crate::domain::event::{NoticeKey, Said};
use crate::domain::ids::Time;
use crate::domain::profile::Transport;
use crate::domain::world::World;
use crate::views::Store;
use crate::views::letter::{self, Face};
use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};

/// How many notices of one transport are out at once.
const OUT_MAX: usize = 16;

/// The transports that leave the desk.
const LANES: [Transport; 4] =
    [Transport::Command, Transport::Webhook, Transport::Alimtalk, Transport::Sms];

pub(super) struct Outbox {
    couriers: Arc<Couriers>,
    face: Face,
    /// Those that are out.
    out: BTreeMap<NoticeKey, Out>,
    /// Transports that asked to be left alone until then.
    resting: BTreeMap<Transport, Time>,
}

/// A notice that is out.
#[derive(Debug, Clone, Copy)]
struct Out {
    /// The number of the try.
    attempt: u32,
    /// A provider has it; it is only asked what became of it.
    asked_after: bool,
}

impl Outbox {
    pub(super) fn new(couriers: Couriers, face: Face) -> Self {
        let (out, resting) = (BTreeMap::new(), BTreeMap::new());
        Self { couriers: Arc::new(couriers), face, out, resting }
    }

    /// When the next notice may go out; none: nothing waits, or as many are out as may be.
    pub(super) fn next_due(&self, world: &World) -> Option<Time> {
        let of_lane = |lane: Transport| {
            let full = self.places(lane) == 0;
            let mut due = world.notices_due(lane, Time(i64::MAX));
            let next = due.find(|(_, key)| !self.out.contains_key(key)).filter(|_| !full);
            next.map(|(at, _)| self.resting.get(&lane).map_or(at, |until| at.max(*until)))
        };
        LANES.into_iter().filter_map(of_lane).min()
    }

    /// How many more of this transport may go out.
    fn places(&self, lane: Transport) -> usize {
        let out = self.out.iter().filter(|(key, out)| key.transport == lane && !out.asked_after);
        OUT_MAX.saturating_sub(out.count())
    }

    pub(super) fn came_back(&mut self, deliveries: &[Delivery], now: Time) {
        for delivery in deliveries {
            self.out.remove(&delivery.notice);
            if let Came::Failed { wait: Some(wait), .. } = delivery.came {
                self.resting.insert(delivery.notice.transport, now.plus(wait));
            }
        }
    }

    /// Whether any is out whose outcome is worth waiting for.
    pub(super) fn is_out(&self) -> bool {
        self.out.values().any(|out| !out.asked_after)
    }

    /// Gives up on those that are out: as good as a failed try, because the courier ends with its host. What a provider has
    /// is asked after by the next host.
    pub(super) fn give_up(&mut self) -> Vec<Delivery> {
        let out = std::mem::take(&mut self.out).into_iter();
        let given_up = out.filter(|(_, out)| !out.asked_after);
        let came = Came::Failed { said: Said::Abandoned, wait: None };
        given_up
            .map(|(notice, out)| Delivery { notice, attempt: out.attempt, came: came.clone() })
            .collect()
    }

    pub(super) fn send_due(
        &mut self,
        world: &World,
        now: Time,
        store: &Store,
        runtime: &tokio::runtime::Handle,
        own: &mpsc::Sender<Message>,
    ) {
        self.resting.retain(|_, until| *until > now);
        for lane in LANES {
            if self.resting.contains_key(&lane) {
                continue;
            }
            let due: Vec<NoticeKey> = world
                .notices_due(lane, now)
                .map(|(_, key)| key)
                .filter(|key| !self.out.contains_key(key))
                .take(self.places(lane))
                .collect();
            for notice in due {
                self.send(world, now, store, notice, runtime, own);
            }
        }
    }

    fn send(
        &mut self,
        world: &World,
        now: Time,
        store: &Store,
        notice: NoticeKey,
        runtime: &tokio::runtime::Handle,
        own: &mpsc::Sender<Message>,
    ) {
        let Some(owed) = world.owed(&notice) else { return };
        let attempt = owed.attempt();
        self.out.insert(notice, Out { attempt, asked_after: owed.reference.is_some() });
        let letter = letter::of_notice(world, store, self.face, self.couriers.forms(), &notice);
        let issued_at = store.record(notice.seq).ok().flatten().map(|record| record.at);
        let parcel = letter.zip(issued_at).map(|(letter, issued_at)| Parcel {
            notice,
            id: Parcel::id_of(world.desk.seed, &notice),
            issued_at,
            at: now,
            by_sms: owed.by_sms,
            reference: owed.reference.clone(),
            surely: owed.surely,
            again: owed.again,
            letter,
        });
        let (couriers, own) = (Arc::clone(&self.couriers), own.clone());
        runtime.spawn(async move {
            let came = match parcel {
                Some(parcel) => couriers.carry(&parcel).await,
                // Its rows cannot be read now.
                None => Came::Failed { said: Said::NotStarted, wait: None },
            };
            // A desk that has closed tries again when it opens.
            drop(own.send(Message::Deliveries(vec![Delivery { notice, attempt, came }])));
        });
    }
}
