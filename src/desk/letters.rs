//! The inbox: what somebody was told, in sentences.
//!
//! Invariant: a sentence is made by the engine when it is read, from the rows as they are now; an erased person is
//! erased in it. Nothing is masked here: that is for whoever shows it, who is told what to mask.

use super::{Book, CallFilter, CallRow, Desk, DeskError};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Event, NoticeKey, Record};
use ascall_engine::domain::ids::{CallId, MemberId, ProfileId, Seq, SubjectId, Time, WorkerId};
use ascall_engine::domain::profile::{NoticeOn, Profile, Role, Transport};
use ascall_engine::domain::tel::Tel;
use ascall_engine::views::letter;
use std::collections::{BTreeMap, BTreeSet};

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// Its transport has not taken it yet.
    Owed,
    /// Its transport took it.
    Delivered,
    /// Its recipient cannot be reached.
    Suppressed,
    /// Given up.
    Dead,
}

impl Fate {
    /// The name used in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Delivered => "delivered",
            Self::Suppressed => "suppressed",
            Self::Dead => "dead",
        }
    }
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub seq: Seq,
    pub at: Time,
    pub call: CallId,
    pub role: Role,
    pub on: NoticeOn,
    pub fate: Fate,
    pub text: String,
    /// The persons who may be named in the text.
    pub persons: Vec<Person>,
}

/// Whose inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The customer with this number, or the friend of a member.
    Tel(Tel),
    /// A worker, and who that is.
    Worker(WorkerId, SubjectId),
    /// A member and the member's friend.
    Member(MemberId),
    /// Everybody concerned by one call.
    Call(CallId),
}

/// A notice before it is put into words.
struct Sent {
    key: NoticeKey,
    at: Time,
    worker: Option<WorkerId>,
    fate: Fate,
}

/// Who each worker is, for notices that name their recipients by number.
type Subjects = BTreeMap<WorkerId, SubjectId>;

/// The newest `limit` notices, oldest first: found by the calls of a customer, or by those a worker was told of.
pub(crate) async fn inbox(
    desk: &Desk,
    whose: Whose,
    limit: usize,
) -> Result<Vec<Letter>, DeskError> {
    let book = desk.book();
    let subjects = desk.subjects().await?;
    let all = CallFilter { ended: true, ..CallFilter::default() };
    let newest = |calls, takes: &dyn Fn(&CallRow, &Sent) -> bool| {
        newest(&book, &subjects, calls, limit, takes)
    };
    let sent = match whose {
        Whose::Tel(tel) => {
            let digest = book.digest(tel.as_str())?;
            let mut calls = book.calls(&CallFilter { tel: Some(digest), ..all.clone() })?;
            let friends = friendships(&book, &tel)?;
            for member in friends.keys() {
                calls.extend(book.calls(&CallFilter { member: Some(*member), ..all.clone() })?);
            }
            calls.sort_by_key(|row| row.call);
            calls.dedup_by_key(|row| row.call);
            newest(calls, &|row, sent| {
                let customer = row.tel == Some(digest) && sent.key.to == row.subject;
                customer || friends.values().any(|friend| sent.key.to == *friend)
            })?
        }
        Whose::Call(call) => newest(book.call(call)?.into_iter().collect(), &|_, _| true)?,
        Whose::Worker(worker, subject) => {
            let calls = book.calls(&CallFilter { told: Some(worker), ..all })?;
            newest(calls, &|_, sent| sent.key.to == subject)?
        }
        Whose::Member(member) => {
            let workers: BTreeSet<SubjectId> = subjects.values().copied().collect();
            let calls = book.calls(&CallFilter { member: Some(member), ..all })?;
            newest(calls, &|_, sent| !workers.contains(&sent.key.to))?
        }
    };
    let mut writer = Writer { desk, book, profiles: BTreeMap::new() };
    let mut letters = Vec::new();
    for one in sent {
        letters.extend(writer.write(&one).await?);
    }
    Ok(letters)
}

/// The members whose friend has this number now, and who that is.
fn friendships(book: &Book, tel: &Tel) -> Result<BTreeMap<MemberId, SubjectId>, DeskError> {
    let mut found = BTreeMap::new();
    for row in book.members()? {
        let Some(friend) = row.friend else { continue };
        let known = book.person(friend)?.and_then(|person| person.tel);
        if known.is_some_and(|known| known == tel.as_str()) {
            found.insert(row.member, friend);
        }
    }
    Ok(found)
}

/// The newest `limit` notices of these calls that `takes` takes, oldest first. Calls are read from the one spoken of last,
/// until no other can hold a newer notice.
fn newest(
    book: &Book,
    subjects: &Subjects,
    mut calls: Vec<CallRow>,
    limit: usize,
    takes: &dyn Fn(&CallRow, &Sent) -> bool,
) -> Result<Vec<Sent>, DeskError> {
    calls.sort_by_key(|row| std::cmp::Reverse(row.seq()));
    let mut found: Vec<Sent> = Vec::new();
    for row in calls {
        let oldest = found.first().filter(|_| found.len() >= limit).map(|sent| sent.key.seq);
        if oldest.is_some_and(|oldest| oldest > row.seq()) {
            break;
        }
        let of_call = sent_in(&book.timeline(&row)?, subjects);
        found.extend(of_call.into_iter().filter(|sent| takes(&row, sent)));
        found.sort_by_key(|sent| sent.key);
        found.drain(..found.len().saturating_sub(limit));
    }
    Ok(found)
}

fn sent_in(records: &[Record], subjects: &Subjects) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    for record in records {
        for event in &record.events {
            note(event, record, subjects, &mut sent);
        }
    }
    sent
}

fn note(event: &Event, record: &Record, subjects: &Subjects, sent: &mut Vec<Sent>) {
    let at = record.at;
    let mut becomes = |key: &NoticeKey, fate| match sent.iter_mut().rev().find(|s| s.key == *key) {
        Some(known) => known.fate = fate,
        // One that was never issued does not say about whom it is: the record it stands in does.
        None => sent.push(Sent { key: *key, at, worker: worker_in(record), fate }),
    };
    match event {
        Event::NoticeIssued { notice, worker } => {
            sent.push(Sent { key: *notice, at, worker: *worker, fate: issued(notice.transport) });
        }
        Event::WorkersTold { call, rule, transport, workers } => {
            let known = workers.iter().filter_map(|id| Some((*id, *subjects.get(id)?)));
            sent.extend(known.map(|(worker, to)| {
                let (seq, call, rule, transport) = (record.seq, *call, *rule, *transport);
                let key = NoticeKey { seq, call, rule, to, transport };
                Sent { key, at, worker: Some(worker), fate: issued(transport) }
            }));
        }
        Event::NoticeSuppressed { notice } => becomes(notice, Fate::Suppressed),
        Event::NoticeDelivered { notice } => becomes(notice, Fate::Delivered),
        Event::NoticeFailed { notice, retry_at: None, .. } => becomes(notice, Fate::Dead),
        _ => {}
    }
}

/// How far a notice is in the moment it is issued: the commit that issues one to the inbox is its delivery.
fn issued(transport: Transport) -> Fate {
    match transport {
        Transport::Inbox => Fate::Delivered,
        Transport::Command => Fate::Owed,
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

/// Puts notices into words.
struct Writer<'a> {
    desk: &'a Desk,
    book: Book,
    profiles: BTreeMap<ProfileId, Option<Profile>>,
}

impl Writer<'_> {
    async fn write(&mut self, sent: &Sent) -> Result<Option<Letter>, DeskError> {
        let Some(row) = self.book.call(sent.key.call)? else { return Ok(None) };
        let Some(profile) = self.profile(row.profile)? else { return Ok(None) };
        let helper = match sent.worker {
            Some(worker) => self.desk.worker(worker).await?,
            None => None,
        };
        let named = helper.as_ref().map(|worker| (worker.id, worker.subject));
        let face = self.desk.setup.clock_face;
        let written = letter::write(self.book.store(), face, &profile, &row, &sent.key, named);
        let rule = profile.notices.get(usize::from(sent.key.rule));
        let (Some(written), Some(rule)) = (written, rule) else { return Ok(None) };
        Ok(Some(Letter {
            seq: sent.key.seq,
            at: sent.at,
            call: sent.key.call,
            role: rule.to,
            on: rule.on,
            fate: sent.fate,
            text: written.text,
            persons: self.persons(&row, sent.key.to, helper.map(|worker| worker.person))?,
        }))
    }

    fn persons(
        &self,
        row: &CallRow,
        to: SubjectId,
        helper: Option<Person>,
    ) -> Result<Vec<Person>, DeskError> {
        let (customer, told) = (self.book.person(row.subject)?, self.book.person(to)?);
        Ok(customer.into_iter().chain(told).chain(helper).collect())
    }

    fn profile(&mut self, id: ProfileId) -> Result<Option<Profile>, DeskError> {
        if let Some(known) = self.profiles.get(&id) {
            return Ok(known.clone());
        }
        let read = self.book.profile(id)?;
        self.profiles.insert(id, read.clone());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            reason: None,
            events: Vec::new(),
        }
    }

    #[test]
    fn a_notice_to_the_inbox_is_delivered_by_its_own_record() {
        let mut sent = Vec::new();
        let notice = key(1, Transport::Inbox);
        note(&Event::NoticeIssued { notice, worker: None }, &at(1), &Subjects::new(), &mut sent);
        assert_eq!(sent[0].fate, Fate::Delivered);
    }

    #[test]
    fn the_last_word_about_a_notice_is_its_fate() {
        let mut sent = Vec::new();
        let notice = key(1, Transport::Command);
        note(&Event::NoticeIssued { notice, worker: None }, &at(1), &Subjects::new(), &mut sent);
        assert_eq!(sent[0].fate, Fate::Owed);
        let failed = |retry_at| Event::NoticeFailed { notice, attempt: 1, retry_at };
        note(&failed(Some(Time(9))), &at(2), &Subjects::new(), &mut sent);
        assert_eq!(sent[0].fate, Fate::Owed, "it is tried again");
        note(&failed(None), &at(3), &Subjects::new(), &mut sent);
        assert_eq!((sent.len(), sent[0].fate), (1, Fate::Dead));
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
