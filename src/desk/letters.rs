//! The inbox: what somebody was told, in sentences.
//!
//! Invariant: a sentence is made by the engine when it is read, from the rows as they are now; an erased person is
//! erased in it. Nothing is masked here: that is for whoever shows it, who is told what to mask.

mod sent;

pub(crate) use sent::Try;

use super::ask::{self, Question as _};
use super::asker::Asker;
use super::local::Local;
use super::{Book, CallFilter, CallRow, DeskError};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{About, Concern, Event, NoticeKey, NoticeName, Record};
use ascall_engine::domain::ids::{CallId, MemberId, ProfileId, Seq, SubjectId, Time, WorkerId};
use ascall_engine::domain::profile::{NoticeOn, Profile, Role};
use ascall_engine::domain::tel::Tel;
use ascall_engine::domain::world::World;
use ascall_engine::views::letter::{self, Forms};
use sent::{Sent, Subjects, sent_in};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many records are read at once, and at most, when everybody's notices are looked for.
const RECORDS_EACH: u64 = 500;
const RECORDS_MAX: usize = 5_000;

/// Of how many calls with undelivered notices the older ones are looked for.
const OLDER_CALLS_MAX: usize = 100;

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Fate {
    /// Its transport has not taken it yet.
    Owed,
    /// A provider has it and has not told yet what became of it.
    Accepted,
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
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Suppressed => "suppressed",
            Self::Dead => "dead",
        }
    }
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub notice: NoticeName,
    pub at: Time,
    pub call: CallId,
    /// The worker it speaks of.
    pub worker: Option<WorkerId>,
    pub role: Role,
    pub on: NoticeOn,
    pub fate: Fate,
    pub text: String,
    /// The persons who may be named in the text.
    pub persons: Vec<Person>,
    /// What was tried, oldest first.
    pub tries: Vec<Try>,
}

/// Whose inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Whose {
    /// The customer with this number, or the friend of a member.
    Tel(Tel),
    /// A worker, and who that is.
    Worker(WorkerId, SubjectId),
    /// A member and the member's friend.
    Member(MemberId),
    /// Everybody concerned by one call.
    Call(CallId),
    /// Everybody: the newest ones, and of the older ones those that wait or were given up.
    All,
}

/// The newest `limit` notices, oldest first: found by the calls of a customer, or by those a worker was told of. With
/// `until`, as they stood after that record.
pub(super) async fn inbox(
    desk: &Local,
    whose: Whose,
    limit: usize,
    until: Option<Seq>,
) -> Result<Vec<Letter>, DeskError> {
    let book = Book::here(desk);
    let subjects = ask::Subjects {}.answer(desk, &Asker::Own).await?;
    let open = match whose {
        Whose::All if until.is_none() => undelivered(desk).await?,
        _ => BTreeSet::new(),
    };
    let sent = sent_to(&Reading { book: &book, subjects: &subjects, until }, &whose, &open, limit)?;
    let mut writer = Writer { desk, book, profiles: BTreeMap::new() };
    let mut letters = Vec::new();
    for one in sent {
        letters.extend(writer.write(&one).await?);
    }
    Ok(letters)
}

/// The notice of this name and the worker it speaks of, as its record has them.
pub(super) async fn named(
    desk: &Local,
    name: NoticeName,
) -> Result<Option<(NoticeKey, Option<WorkerId>)>, DeskError> {
    let subjects = ask::Subjects {}.answer(desk, &Asker::Own).await?;
    let records = ask::Records { from: name.seq, limit: 1 }.answer(desk, &Asker::Own).await?;
    let mut sent = sent_in(&records, &subjects).into_iter();
    Ok(sent.find(|sent| sent.key.name() == name).map(|sent| (sent.key, sent.worker)))
}

/// The newest `limit` notices of somebody, oldest first, before they are put into words.
fn sent_to(
    reading: &Reading,
    whose: &Whose,
    open: &BTreeSet<CallId>,
    limit: usize,
) -> Result<Vec<Sent>, DeskError> {
    let Reading { book, subjects, .. } = *reading;
    let all = CallFilter { ended: true, ..CallFilter::default() };
    let newest =
        |calls, takes: &dyn Fn(&CallRow, &Sent) -> bool| reading.newest(calls, limit, takes);
    match whose {
        Whose::Tel(tel) => {
            let digest = book.digest(tel.as_str())?;
            let mut calls = book.calls(&CallFilter { tel: Some(digest), ..all.clone() })?;
            let friends = friendships(book, tel)?;
            for member in friends.keys() {
                calls.extend(book.calls(&CallFilter { member: Some(*member), ..all.clone() })?);
            }
            calls.sort_by_key(|row| row.call);
            calls.dedup_by_key(|row| row.call);
            newest(calls, &|row, sent| {
                let customer = row.tel == Some(digest) && sent.key.to == row.subject;
                customer || friends.values().any(|friend| sent.key.to == *friend)
            })
        }
        Whose::Call(call) => newest(book.call(*call)?.into_iter().collect(), &|_, _| true),
        Whose::Worker(worker, subject) => {
            let calls = book.calls(&CallFilter { told: Some(*worker), ..all })?;
            newest(calls, &|_, sent| sent.key.to == *subject)
        }
        Whose::Member(member) => {
            let workers: BTreeSet<SubjectId> = subjects.values().copied().collect();
            let calls = book.calls(&CallFilter { member: Some(*member), ..all })?;
            newest(calls, &|_, sent| !workers.contains(&sent.key.to))
        }
        Whose::All => reading.everybody(limit, open),
    }
}

/// The calls with notices that wait or were given up, as far as the live state knows them.
async fn undelivered(desk: &Local) -> Result<BTreeSet<CallId>, DeskError> {
    let of = |world: &World, _: Time| {
        let waiting = world.notices().map(|(key, _)| key.call).take(OLDER_CALLS_MAX);
        let dead = world.attention().filter(|item| item.concern == Concern::NoticeDead);
        let dead = dead.filter_map(|item| match item.about {
            About::Call(call) => Some(call),
            _ => None,
        });
        waiting.chain(dead.take(OLDER_CALLS_MAX)).collect()
    };
    desk.ask(of).await
}

/// The members whose friend has this number now, and who that is.
fn friendships(book: &Book, tel: &Tel) -> Result<BTreeMap<MemberId, SubjectId>, DeskError> {
    let mut friends: BTreeMap<MemberId, SubjectId> =
        book.members()?.iter().filter_map(|row| Some((row.member, row.friend?))).collect();
    let people = book.people(friends.values().copied().collect())?;
    friends.retain(|_, friend| {
        let known = people.get(friend).and_then(|person| person.tel.as_deref());
        known == Some(tel.as_str())
    });
    Ok(friends)
}

/// Where notices are read, and up to which record.
struct Reading<'a> {
    book: &'a Book,
    subjects: &'a Subjects,
    until: Option<Seq>,
}

impl Reading<'_> {
    fn knows(&self, record: &Record) -> bool {
        self.until.is_none_or(|until| record.seq <= until)
    }

    /// The notices of a call, oldest first.
    fn of_call(&self, row: &CallRow) -> Result<Vec<Sent>, DeskError> {
        let mut records = self.book.timeline(row)?;
        records.retain(|record| self.knows(record));
        Ok(sent_in(&records, self.subjects))
    }

    /// The newest `limit` notices of these calls that `takes` takes, oldest first. Calls are read from the one spoken of
    /// last, until no other can hold a newer notice.
    fn newest(
        &self,
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
            found.extend(self.of_call(&row)?.into_iter().filter(|sent| takes(&row, sent)));
            found.sort_by_key(|sent| sent.key);
            found.drain(..found.len().saturating_sub(limit));
        }
        Ok(found)
    }

    /// The newest `limit` notices of all, read from the end of the journal, and those of the calls named besides that are
    /// not delivered.
    fn everybody(&self, limit: usize, open: &BTreeSet<CallId>) -> Result<Vec<Sent>, DeskError> {
        let end = match self.until {
            Some(until) => until,
            None => self.book.head()?,
        };
        let mut records: VecDeque<Record> = VecDeque::new();
        let (mut from, mut found) = (end.next(), 0);
        while found < limit && records.len() < RECORDS_MAX && from > Seq(1) {
            let start = Seq(from.0.saturating_sub(RECORDS_EACH).max(1));
            let each = usize::try_from(from.0 - start.0).unwrap_or(usize::MAX);
            for record in self.book.records(start, each)?.into_iter().rev() {
                found += record.events.iter().filter(|event| issues(event)).count();
                records.push_front(record);
            }
            from = start;
        }
        let mut sent = sent_in(records.make_contiguous(), self.subjects);
        sent.drain(..sent.len().saturating_sub(limit));
        let is_open = |sent: &Sent| matches!(sent.fate, Fate::Owed | Fate::Accepted | Fate::Dead);
        for call in open {
            let Some(row) = self.book.call(*call)? else { continue };
            let older = self.of_call(&row)?.into_iter().filter(is_open);
            let missing: Vec<Sent> =
                older.filter(|one| sent.iter().all(|known| known.key != one.key)).collect();
            sent.extend(missing);
        }
        sent.sort_by_key(|sent| sent.key);
        Ok(sent)
    }
}

/// Whether an event issues a notice, or says that one was not.
fn issues(event: &Event) -> bool {
    matches!(
        event,
        Event::NoticeIssued { .. } | Event::WorkersTold { .. } | Event::NoticeSuppressed { .. }
    )
}

/// Puts notices into words.
struct Writer<'a> {
    desk: &'a Local,
    book: Book,
    profiles: BTreeMap<ProfileId, Option<Profile>>,
}

impl Writer<'_> {
    async fn write(&mut self, sent: &Sent) -> Result<Option<Letter>, DeskError> {
        let Some(row) = self.book.call(sent.key.call)? else { return Ok(None) };
        let Some(profile) = self.profile(row.profile)? else { return Ok(None) };
        let helper = match sent.worker {
            Some(worker) => ask::Worker { worker }.answer(self.desk, &Asker::Own).await?,
            None => None,
        };
        let named = helper.as_ref().map(|worker| (worker.id, worker.subject));
        let (store, face) = (self.desk.store(), self.desk.setup().clock_face);
        let written = letter::write(store, face, &Forms::new(), &profile, &row, &sent.key, named);
        let rule = profile.notices.get(usize::from(sent.key.rule));
        let (Some(written), Some(rule)) = (written, rule) else { return Ok(None) };
        Ok(Some(Letter {
            notice: sent.key.name(),
            at: sent.at,
            call: sent.key.call,
            worker: sent.worker,
            role: rule.to,
            on: rule.on,
            fate: sent.fate,
            text: written.text,
            persons: self.persons(&row, sent.key.to, helper.map(|worker| worker.person))?,
            tries: sent.tries.clone(),
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
mod tests;
