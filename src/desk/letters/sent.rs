//! Notices as the journal tells of them: issued, tried, delivered, given up, sent again.
//!
//! Invariant: pure; what it says of a notice is what the records say, each try with its answer. Knows no words.

use super::Fate;
use ascall_engine::domain::event::{Event, NoticeKey, Record, Said};
use ascall_engine::domain::ids::{Seq, SubjectId, Time, WorkerId};
use ascall_engine::domain::profile::Transport;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that happened to a notice on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Try {
    pub seq: Seq,
    pub at: Time,
    /// By what it went: for a refused alimtalk from then on `sms`.
    pub by: Transport,
    /// Which try, from 1; 0: none, a person had it sent again.
    pub attempt: u32,
    pub became: Became,
    /// What was answered.
    pub said: Option<Said>,
    /// The provider's own number for it.
    pub reference: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<Time>,
}

/// What one try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Became {
    /// Its transport took it.
    Delivered,
    /// A provider took it.
    Accepted,
    /// It is tried again.
    Failed,
    /// Refused; it goes as a text message.
    BySms,
    /// Given up.
    Dead,
    /// A person has it sent again.
    Resent,
}

impl Became {
    /// The name used in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::BySms => "by_sms",
            Self::Dead => "dead",
            Self::Resent => "resent",
        }
    }
}

/// A notice before it is put into words.
pub(super) struct Sent {
    pub key: NoticeKey,
    pub at: Time,
    pub worker: Option<WorkerId>,
    pub fate: Fate,
    pub tries: Vec<Try>,
}

impl Sent {
    fn new(key: NoticeKey, record: &Record, worker: Option<WorkerId>, fate: Fate) -> Self {
        let mut sent = Self { key, at: record.at, worker, fate, tries: Vec::new() };
        // The commit that issues one to the inbox is its delivery.
        if fate == Fate::Delivered {
            sent.tried(record, 1, Became::Delivered);
        }
        sent
    }

    /// One more thing that happened to it.
    fn tried(&mut self, record: &Record, attempt: u32, became: Became) -> Option<&mut Try> {
        let (seq, at) = (record.seq, record.at);
        let (said, reference, retry_at) = (None, None, None);
        let mut round = self.tries.iter().rev().take_while(|one| one.became != Became::Resent);
        let turned = became != Became::Resent && round.any(|one| one.became == Became::BySms);
        let by = if turned { Transport::Sms } else { self.key.transport };
        self.tries.push(Try { seq, at, by, attempt, became, said, reference, retry_at });
        self.fate = match became {
            Became::Delivered => Fate::Delivered,
            Became::Accepted => Fate::Accepted,
            Became::Failed | Became::BySms | Became::Resent => Fate::Owed,
            Became::Dead => Fate::Dead,
        };
        self.tries.last_mut()
    }

    /// The number of the try of which nothing was heard yet.
    fn attempt(&self) -> u32 {
        match self.tries.last() {
            Some(Try { became: Became::Accepted, attempt, .. }) => *attempt,
            Some(one) => one.attempt + 1,
            None => 1,
        }
    }
}

/// Who each worker is, for notices that name their recipients by number.
pub(super) type Subjects = BTreeMap<WorkerId, SubjectId>;

/// The notices that these records tell of, oldest first.
pub(super) fn sent_in(records: &[Record], subjects: &Subjects) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    for record in records {
        for event in &record.events {
            note(event, record, subjects, &mut sent);
        }
    }
    sent
}

/// The notice under this key, as far as it is known by now.
fn known<'a>(sent: &'a mut [Sent], key: &NoticeKey) -> Option<&'a mut Sent> {
    sent.iter_mut().rev().find(|sent| sent.key == *key)
}

fn note(event: &Event, record: &Record, subjects: &Subjects, sent: &mut Vec<Sent>) {
    match event {
        Event::NoticeIssued { notice, worker } => {
            sent.push(Sent::new(*notice, record, *worker, issued(notice.transport)));
        }
        Event::WorkersTold { call, rule, transport, workers } => {
            let known = workers.iter().filter_map(|id| Some((*id, *subjects.get(id)?)));
            sent.extend(known.map(|(worker, to)| {
                let (seq, call, rule, transport) = (record.seq, *call, *rule, *transport);
                let key = NoticeKey { seq, call, rule, to, transport };
                Sent::new(key, record, Some(worker), issued(transport))
            }));
        }
        // One that was never issued does not say about whom it is: the record it stands in does.
        Event::NoticeSuppressed { notice } => {
            sent.push(Sent::new(*notice, record, worker_in(record), Fate::Suppressed));
        }
        Event::NoticeAccepted { notice, attempt, reference } => {
            let one = known(sent, notice).and_then(|s| s.tried(record, *attempt, Became::Accepted));
            if let Some(one) = one {
                one.reference = Some(reference.clone());
            }
        }
        Event::NoticeDelivered { notice, said } => {
            let one =
                known(sent, notice).and_then(|s| s.tried(record, s.attempt(), Became::Delivered));
            if let Some(one) = one {
                one.said.clone_from(said);
            }
        }
        Event::NoticeFailed { notice, attempt, retry_at, said, by_sms } => {
            let became = match retry_at {
                Some(_) if *by_sms => Became::BySms,
                Some(_) => Became::Failed,
                None => Became::Dead,
            };
            if let Some(one) = known(sent, notice).and_then(|s| s.tried(record, *attempt, became)) {
                one.said.clone_from(said);
                one.retry_at = *retry_at;
            }
        }
        Event::NoticeResent { notice, .. } => {
            known(sent, notice).and_then(|s| s.tried(record, 0, Became::Resent));
        }
        _ => {}
    }
}

/// How far a notice is in the moment it is issued: the commit that issues one to the inbox is its delivery.
fn issued(transport: Transport) -> Fate {
    match transport {
        Transport::Inbox => Fate::Delivered,
        Transport::Command | Transport::Webhook | Transport::Alimtalk | Transport::Sms => {
            Fate::Owed
        }
    }
}

fn worker_in(record: &Record) -> Option<WorkerId> {
    record.events.iter().rev().find_map(|event| match event {
        Event::AssignmentCommitted { worker, .. }
        | Event::AssignmentReserved { worker, .. }
        | Event::WorkerEnRoute { worker, .. }
        | Event::WorkerArrived { worker, .. } => Some(*worker),
        Event::WorkStarted { worker, .. } | Event::WorkFinished { worker, .. } => *worker,
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ascall_engine::domain::ids::CallId;

    fn key(seq: u64, transport: Transport) -> NoticeKey {
        NoticeKey { seq: Seq(seq), call: CallId(1), rule: 0, to: SubjectId(1), transport }
    }

    fn at(ms: i64) -> Record {
        Record {
            seq: Seq(1),
            at: Time(ms),
            actor: ascall_engine::domain::event::Actor::Clock,
            key: None,
            causation: None,
            trace: None,
            reason: None,
            events: Vec::new(),
        }
    }

    #[test]
    fn a_notice_to_the_inbox_is_delivered_by_its_own_record() {
        let mut sent = Vec::new();
        let notice = key(1, Transport::Inbox);
        note(&Event::NoticeIssued { notice, worker: None }, &at(1), &Subjects::new(), &mut sent);
        assert_eq!((sent[0].fate, sent[0].tries.len()), (Fate::Delivered, 1));
    }

    #[test]
    fn the_last_word_about_a_notice_is_its_fate() {
        let mut sent = Vec::new();
        let notice = key(1, Transport::Command);
        note(&Event::NoticeIssued { notice, worker: None }, &at(1), &Subjects::new(), &mut sent);
        assert_eq!(sent[0].fate, Fate::Owed);
        let failed = |retry_at| {
            let (said, by_sms) = (None, false);
            Event::NoticeFailed { notice, attempt: 1, retry_at, said, by_sms }
        };
        note(&failed(Some(Time(9))), &at(2), &Subjects::new(), &mut sent);
        assert_eq!(sent[0].fate, Fate::Owed, "it is tried again");
        note(&failed(None), &at(3), &Subjects::new(), &mut sent);
        assert_eq!((sent.len(), sent[0].fate), (1, Fate::Dead));
    }

    #[test]
    fn the_log_of_a_notice_tells_each_try_and_by_what_it_went() {
        let notice = key(1, Transport::Alimtalk);
        let refused = Some(Said::code("3104"));
        let accepted = |attempt| {
            let reference = "M4".to_owned();
            Event::NoticeAccepted { notice, attempt, reference }
        };
        let failed = |attempt, retry_at, by_sms| {
            let said = refused.clone();
            Event::NoticeFailed { notice, attempt, retry_at, said, by_sms }
        };
        let events = [
            Event::NoticeIssued { notice, worker: None },
            accepted(1),
            failed(1, Some(Time(9)), true),
            failed(2, None, false),
            Event::NoticeResent { notice, worker: None },
            accepted(1),
            Event::NoticeDelivered { notice, said: Some(Said::Unconfirmed) },
        ];
        let mut sent = Vec::new();
        for event in &events {
            note(event, &at(1), &Subjects::new(), &mut sent);
        }
        let log: Vec<String> = sent[0]
            .tries
            .iter()
            .map(|one| format!("{} {} {}", one.by.name(), one.attempt, one.became.name()))
            .collect();
        assert_eq!(
            log,
            [
                "alimtalk 1 accepted",
                "alimtalk 1 by_sms",
                "sms 2 dead",
                "alimtalk 0 resent",
                "alimtalk 1 accepted",
                "alimtalk 1 delivered",
            ]
        );
        assert_eq!((sent[0].fate, &sent[0].tries[1].said), (Fate::Delivered, &refused));
    }

    #[test]
    fn a_suppressed_notice_is_there_and_says_so() {
        let mut sent = Vec::new();
        let notice = key(2, Transport::Inbox);
        note(&Event::NoticeSuppressed { notice }, &at(1), &Subjects::new(), &mut sent);
        assert_eq!(sent[0].fate, Fate::Suppressed);
    }

    #[test]
    fn many_workers_told_at_once_have_a_letter_each() {
        let told = Event::WorkersTold {
            call: CallId(1),
            rule: 2,
            transport: Transport::Inbox,
            workers: vec![WorkerId(1), WorkerId(2), WorkerId(9)],
        };
        let subjects = Subjects::from([(WorkerId(1), SubjectId(11)), (WorkerId(2), SubjectId(12))]);
        let mut sent = Vec::new();
        note(&told, &at(1), &subjects, &mut sent);
        let to: Vec<u64> = sent.iter().map(|one| one.key.to.0).collect();
        assert_eq!(to, [11, 12], "one whom nobody knows has no inbox");
        assert!(sent.iter().all(|one| one.fate == Fate::Delivered && one.key.rule == 2));
    }
}
