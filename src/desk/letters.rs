//! The inbox: what somebody was told, in sentences.
//!
//! Invariant: a sentence is made by the engine when it is read, from the rows as they are now; an erased person is
//! erased in it. Nothing is masked here: that is for whoever shows it, who is told what to mask.

mod sent;

pub(crate) use sent::Try;

use super::ask::{self, Question as _};
use super::local::Local;
use super::{Book, CallFilter, CallRow, DeskError};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{NoticeKey, NoticeName};
use ascall_engine::domain::ids::{CallId, MemberId, ProfileId, SubjectId, Time, WorkerId};
use ascall_engine::domain::profile::{NoticeOn, Profile, Role};
use ascall_engine::domain::tel::Tel;
use ascall_engine::views::letter::{self, Forms};
use sent::{Sent, Subjects, sent_in};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
}

/// The newest `limit` notices, oldest first: found by the calls of a customer, or by those a worker was told of.
pub(super) async fn inbox(
    desk: &Local,
    whose: Whose,
    limit: usize,
) -> Result<Vec<Letter>, DeskError> {
    let book = Book::here(desk);
    let subjects = ask::Subjects {}.answer(desk).await?;
    let sent = sent_to(&book, &subjects, &whose, limit)?;
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
    let subjects = ask::Subjects {}.answer(desk).await?;
    let records = ask::Records { from: name.seq, limit: 1 }.answer(desk).await?;
    let mut sent = sent_in(&records, &subjects).into_iter();
    Ok(sent.find(|sent| sent.key.name() == name).map(|sent| (sent.key, sent.worker)))
}

/// The newest `limit` notices of somebody, oldest first, before they are put into words.
fn sent_to(
    book: &Book,
    subjects: &Subjects,
    whose: &Whose,
    limit: usize,
) -> Result<Vec<Sent>, DeskError> {
    let all = CallFilter { ended: true, ..CallFilter::default() };
    let newest = |calls, takes: &dyn Fn(&CallRow, &Sent) -> bool| {
        newest(book, subjects, calls, limit, takes)
    };
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
    }
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
            Some(worker) => ask::Worker { worker }.answer(self.desk).await?,
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
