//! The desk: the one handle through which the command line reaches the engine.
//!
//! Invariant: a [`Desk`] is the engine in this process, which holds the store's lock from `open` to `close`, or a link to
//! the host that has it; whoever asks cannot tell which. A [`Book`] reads rows and decides nothing. Nothing in here prints
//! or knows a word of a human language.

pub(crate) mod ask;
pub(crate) mod asker;
pub(crate) mod backup;
pub(crate) mod board;
pub(crate) mod book;
pub(crate) mod check;
mod door;
pub(crate) mod error;
pub(crate) mod health;
pub(crate) mod letters;
mod line;
mod link;
pub(crate) mod live;
pub(crate) mod local;
pub(crate) mod past;
pub(crate) mod profiles;
pub(crate) mod remote;
pub(crate) mod scratch;
pub(crate) mod socket;
pub(crate) mod stock;
pub(crate) mod tally;
pub(crate) mod usage;
pub(crate) mod vitals;
pub(crate) mod wire;

pub(crate) use ascall_engine::engine::ParticipantConfig;
pub(crate) use ascall_engine::views::{CallFilter, CallRow};
pub(crate) use asker::Scope;
pub(crate) use book::Book;
pub(crate) use error::DeskError;

use ascall_engine::couriers::CourierSettings;
use ascall_engine::domain::command::{Command, Receipt};
use ascall_engine::domain::event::{
    Account, Actor, Event, NoticeKey, NoticeName, Record, TelDigest, Verdict,
};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, MemberId, OfferId, Seq, Time, WorkerId};
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::tel::Tel;
use ascall_engine::domain::trace::Trace;
use ascall_engine::views::MemberRow;
use ascall_engine::views::letter::Face;
use ask::Question;
use asker::Asker;
use door::Found;
use letters::{Letter, Whose};
use link::Link;
use local::{Local, Manner};
use remote::Remote;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wire::Asked;

/// How long a one-shot waits for its own call to be answered before it leaves.
pub(crate) const SETTLE: Duration = Duration::from_secs(2);

/// Everything needed to open a desk.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// The store's file.
    pub store: PathBuf,
    /// The desk that is meant instead, when it is one that is asked over the network.
    pub remote: Option<Remote>,
    /// The user's folder of the running system, for the sockets of stores whose own path is too long.
    pub runtime_dir: Option<PathBuf>,
    /// How long to wait for a store that somebody else has.
    pub lock_timeout: Duration,
    /// The profiles, built in or from files; one per name.
    pub profiles: Vec<Profile>,
    /// Who answers for which step, as far as configured.
    pub participants: Vec<ParticipantConfig>,
    /// Who carries notices outside.
    pub couriers: CourierSettings,
    /// How times are written in notices.
    pub clock_face: Face,
    /// Under whose name commands are journalled.
    pub operator: String,
    /// Whether a phone number of no known form is refused.
    pub tel_strict: bool,
    /// Whether a worker whom nobody added is refused when they report over a service's own API.
    pub workers_strict: bool,
}

impl Setup {
    /// The desk, as errors name it: its file, or its address.
    fn named(&self) -> PathBuf {
        self.remote.as_ref().map_or_else(|| self.store.clone(), |remote| remote.url().into())
    }

    /// What the desk is called in few letters: the name of its file, or where it is on the network.
    pub(crate) fn short_name(&self) -> String {
        let place = self.named();
        let file = place.file_name().filter(|_| self.remote.is_none());
        file.map_or_else(|| place.display().to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// The newest profile called `name`.
    pub(crate) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// Refuses a name that no profile has.
    pub(crate) fn must_know(&self, name: &str) -> Result<(), Refusal> {
        if self.profile(name).is_some() {
            return Ok(());
        }
        Err(self.unknown(name))
    }

    /// The refusal of a name that no profile has.
    pub(crate) fn unknown(&self, name: &str) -> Refusal {
        let mut known: Vec<&str> = self.profiles.iter().map(|p| p.name.as_str()).collect();
        known.sort_unstable();
        Refusal::NoSuchProfile { name: name.to_owned(), known: known.join(", ") }
    }
}

/// Under which key and why something is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Asking {
    /// The idempotency key.
    pub key: Option<String>,
    /// The asker's words.
    pub reason: Option<String>,
    /// Who asks, when it is not the operator.
    pub by: Option<Actor>,
    /// The state of a call that the asker knows: when it has moved on since, nothing is done.
    pub seen: Option<(CallId, Seq)>,
    /// The trace of the request that this came with.
    pub trace: Option<Trace>,
}

impl Asking {
    /// The same in the name of the customer, whom `asker` speaks for. All askers speak for the same customers, so the key
    /// has the asker's name before it.
    pub(crate) fn for_customer(self, asker: &str) -> Self {
        let key = self.key.map(|key| format!("{} {asker} {key}", asker.len()));
        Self { key, by: Some(Actor::Customer), ..self }
    }
}

/// What remains to be done when a one-shot leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Remaining {
    /// Calls that wait for an answer or their turn.
    pub calls: usize,
    /// Notices that are still to be delivered.
    pub notices: usize,
    /// When something is due next.
    pub next_due: Option<Time>,
}

/// An open desk, here or at its host. Cheap to clone; one of the clones closes it.
#[derive(Clone)]
pub(crate) struct Desk {
    way: Way,
    operator: String,
}

#[derive(Clone)]
enum Way {
    Here(Local),
    There(Link),
}

impl From<Local> for Desk {
    fn from(desk: Local) -> Self {
        let operator = desk.setup().operator.clone();
        Self { way: Way::Here(desk), operator }
    }
}

impl Desk {
    /// Attaches to the desk's host, or takes the lock, opens or creates the store, and does what is due; waits for a busy
    /// store as long as the set-up says.
    pub(crate) async fn open(setup: &Setup, verb: &str) -> Result<Self, DeskError> {
        let setup = Arc::new(setup.clone());
        let open = || Local::open(&setup, verb, Manner::OneShot);
        Ok(match door::enter(&setup, setup.lock_timeout, open).await? {
            Found::Here(desk) => desk.into(),
            Found::There(place) => Self::at(Link::to(place, Arc::clone(&setup), verb)?),
        })
    }

    /// As [`Desk::open`], for one who stays: who finds no host becomes it and is to listen, but not before `not_before`;
    /// who finds one is told by [`Desk::host_has_left`] when it is gone.
    pub(crate) async fn stay(
        setup: &Setup,
        verb: &str,
        not_before: Instant,
    ) -> Result<Self, DeskError> {
        let setup = Arc::new(setup.clone());
        let open = || {
            if Instant::now() < not_before {
                return Err(DeskError::Busy { store: setup.store.clone(), holder: None });
            }
            Local::open(&setup, verb, Manner::InPassing)
        };
        Ok(match door::enter(&setup, setup.lock_timeout, open).await? {
            Found::Here(desk) => desk.into(),
            Found::There(place) => Self::at(Link::while_there(place, Arc::clone(&setup))?),
        })
    }

    /// As [`Desk::open`], for one who must be the host and is to listen. Who is it only in passing gives way.
    pub(crate) async fn host(setup: &Setup, verb: &str) -> Result<Self, DeskError> {
        let setup = Arc::new(setup.clone());
        let open = || Local::open(&setup, verb, Manner::Host);
        Ok(door::take(&setup, setup.lock_timeout, open).await?.into())
    }

    fn at(link: Link) -> Self {
        let operator = link.setup().operator.clone();
        Self { way: Way::There(link), operator }
    }

    /// The desk in this process; none: it is its host's.
    pub(crate) fn local(&self) -> Option<&Local> {
        match &self.way {
            Way::Here(desk) => Some(desk),
            Way::There(_) => None,
        }
    }

    /// Whether the host is gone, for one who stays.
    pub(crate) fn host_has_left(&self) -> bool {
        match &self.way {
            Way::Here(_) => false,
            Way::There(link) => link.has_left(),
        }
    }

    async fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, DeskError> {
        match &self.way {
            Way::Here(desk) => question.answer(desk, &Asker::Own).await,
            Way::There(link) => link.ask(&question).await,
        }
    }

    /// Asks for one thing; answered after the commit.
    pub(crate) async fn handle(
        &self,
        asking: Asking,
        command: Command,
    ) -> Result<Receipt, DeskError> {
        let mut asked = self.asked(asking, command);
        match &self.way {
            Way::Here(desk) => desk.handle(asked.into()).await,
            Way::There(link) => {
                // Without a key it could not be asked again when the host dies before it answers.
                let is_fresh = asked.asking.key.is_none();
                asked.asking.key.get_or_insert_with(fresh_key);
                let (receipt, was_lost) = link.order(asked).await?;
                // Nobody but the link itself can have asked under a fresh key before.
                let replayed = receipt.replayed && !(is_fresh && was_lost);
                Ok(Receipt { replayed, ..receipt })
            }
        }
    }

    /// What would happen; nothing does.
    pub(crate) async fn dry_run(
        &self,
        asking: Asking,
        command: Command,
    ) -> Result<Vec<Event>, DeskError> {
        self.ask(ask::DryRun { order: self.asked(asking, command) }).await
    }

    /// Asks for changes that belong together, in their order; none is done when one of them would be refused. Answers what
    /// the last one came to.
    pub(crate) async fn handle_all(
        &self,
        asked: Vec<(Asking, Command)>,
    ) -> Result<Option<Receipt>, DeskError> {
        if asked.len() > 1 {
            self.dry_run_all(asked.clone()).await?;
        }
        let mut last = None;
        for (asking, command) in asked {
            last = Some(self.handle(asking, command).await?);
        }
        Ok(last)
    }

    /// What changes that belong together would do; nothing happens.
    pub(crate) async fn dry_run_all(
        &self,
        asked: Vec<(Asking, Command)>,
    ) -> Result<Vec<Event>, DeskError> {
        let mut events = Vec::new();
        for (asking, command) in asked {
            events.extend(self.dry_run(asking, command).await?);
        }
        Ok(events)
    }

    fn asked(&self, asking: Asking, command: Command) -> Asked {
        Asked { operator: self.operator.clone(), asking, command }
    }

    /// Waits until the call has its first answers, [`SETTLE`] at most.
    pub(crate) async fn settle(&self, call: CallId) -> Result<(), DeskError> {
        self.ask(ask::Settle { call }).await
    }

    /// The records after a cursor as soon as there is one; none when there was none for a while.
    pub(crate) async fn follow(&self, after: Seq) -> Result<Vec<Record>, DeskError> {
        self.ask(ask::Follow { after }).await
    }

    /// Everything that is live.
    pub(crate) async fn board(&self) -> Result<board::Board, DeskError> {
        self.ask(ask::BoardNow {}).await
    }

    /// Everything that was live at a moment, or how far the journal was read for it: asked again, it goes on.
    pub(crate) async fn board_at(&self, at: Time) -> Result<past::Glimpse, DeskError> {
        self.ask(ask::BoardAt { at }).await
    }

    /// A call as it stood after a record; none: it was not there yet.
    pub(crate) async fn call_at(
        &self,
        call: CallId,
        seq: Seq,
    ) -> Result<Option<CallRow>, DeskError> {
        self.ask(ask::CallAt { call, seq }).await
    }

    /// What changed on the board after a record, as soon as something does; nothing after a while without.
    pub(crate) async fn board_since(&self, seen: Seq) -> Result<board::Changes, DeskError> {
        self.ask(ask::BoardSince { seen }).await
    }

    /// Waits until a record after `seen` speaks of a call, at most `within`, and never long.
    pub(crate) async fn moved(
        &self,
        call: CallId,
        seen: Seq,
        within: Duration,
    ) -> Result<(), DeskError> {
        self.ask(ask::CallMoved { call, seen, within }).await
    }

    /// One call, live or ended.
    pub(crate) async fn call(&self, call: CallId) -> Result<Option<CallRow>, DeskError> {
        self.ask(ask::Call { call }).await
    }

    /// Calls by filter, oldest first.
    pub(crate) async fn calls(&self, filter: CallFilter) -> Result<Vec<CallRow>, DeskError> {
        self.ask(ask::Calls { filter }).await
    }

    /// This desk's digest of a canonical phone number.
    pub(crate) async fn digest(&self, tel: &str) -> Result<TelDigest, DeskError> {
        self.ask(ask::Digest { tel: tel.to_owned() }).await
    }

    /// The rows as of the last commit.
    pub(crate) fn book(&self) -> Book {
        match &self.way {
            Way::Here(desk) => Book::here(desk),
            Way::There(link) => Book::there(link),
        }
    }

    /// Says where a worker is.
    pub(crate) async fn position(&self, worker: WorkerId, at: Point) -> Result<(), DeskError> {
        self.ask(ask::Position { worker, at }).await
    }

    /// Finishes what is under way and lets go of the store; says what is left to do and nobody does.
    pub(crate) async fn close(self) -> Result<Remaining, DeskError> {
        match self.way {
            Way::Here(desk) => desk.close().await,
            Way::There(link) => link.close().await,
        }
    }

    /// Workers that the filter takes, by number, at most `limit`.
    pub(crate) async fn workers(
        &self,
        filter: live::WorkerFilter,
        limit: usize,
    ) -> Result<Vec<live::Worker>, DeskError> {
        self.ask(ask::Workers { filter, limit }).await
    }

    /// One worker.
    pub(crate) async fn worker(&self, worker: WorkerId) -> Result<Option<live::Worker>, DeskError> {
        self.ask(ask::Worker { worker }).await
    }

    /// The worker who came along by themselves under this name.
    pub(crate) async fn worker_called(
        &self,
        handle: TelDigest,
    ) -> Result<Option<WorkerId>, DeskError> {
        self.ask(ask::WorkerCalled { handle }).await
    }

    /// The member who has this phone number.
    pub(crate) async fn member_under(&self, tel: &Tel) -> Result<Option<MemberRow>, DeskError> {
        let tel = self.digest(tel.as_str()).await?;
        match self.ask(ask::MemberUnder { tel }).await? {
            Some(id) => self.ask(ask::Member { id }).await,
            None => Ok(None),
        }
    }

    /// The live calls of somebody, by their number or as the member they are, oldest first.
    pub(crate) async fn live_calls_of(
        &self,
        tel: Option<TelDigest>,
        member: Option<MemberId>,
    ) -> Result<Vec<CallRow>, DeskError> {
        self.ask(ask::LiveOf { tel, member }).await
    }

    /// The newest call of a line under a client's own number, live or ended.
    pub(crate) async fn call_named(
        &self,
        line: &str,
        number: &str,
    ) -> Result<Option<CallRow>, DeskError> {
        let (line, number) = (line.to_owned(), number.to_owned());
        self.ask(ask::CallNamed { line, number }).await
    }

    /// Where a worker was last seen: the freshest place the live state knows, and when.
    pub(crate) async fn place(&self, worker: WorkerId) -> Result<Option<(Point, Time)>, DeskError> {
        self.ask(ask::PlaceNow { worker }).await
    }

    /// Open offers, by number: all, or those to one worker.
    pub(crate) async fn offers(&self, to: Option<WorkerId>) -> Result<Vec<live::Offer>, DeskError> {
        self.ask(ask::Offers { to }).await
    }

    /// Which of the calls the worker could claim now.
    pub(crate) async fn claimable(
        &self,
        worker: WorkerId,
        calls: Vec<CallId>,
    ) -> Result<Vec<CallId>, DeskError> {
        self.ask(ask::Claimable { worker, calls }).await
    }

    /// The call an open offer is about.
    pub(crate) async fn call_of_offer(&self, offer: OfferId) -> Result<Option<CallId>, DeskError> {
        self.ask(ask::CallOfOffer { offer }).await
    }

    /// The balance of each account of the books.
    pub(crate) async fn books(&self) -> Result<BTreeMap<Account, i64>, DeskError> {
        self.ask(ask::Books {}).await
    }

    /// Participants by name, and `assign`.
    pub(crate) async fn participants(&self) -> Result<Vec<live::Participant>, DeskError> {
        self.ask(ask::Participants {}).await
    }

    /// Breakers by participant.
    pub(crate) async fn breakers(&self) -> Result<Vec<live::Breaker>, DeskError> {
        self.ask(ask::Breakers {}).await
    }

    /// How it does.
    pub(crate) async fn vitals(&self) -> Result<vitals::Vitals, DeskError> {
        self.ask(ask::Vitals {}).await
    }

    /// Open attention items, oldest first.
    pub(crate) async fn attention(&self) -> Result<Vec<live::Attention>, DeskError> {
        self.ask(ask::Attentions {}).await
    }

    /// How many workers stand to a call in which way now; empty when the call is not live.
    pub(crate) async fn verdicts(&self, call: CallId) -> Result<BTreeMap<Verdict, u32>, DeskError> {
        self.ask(ask::Verdicts { call }).await
    }

    /// What the engine would say of a worker for a call now; none: one of them is not live.
    pub(crate) async fn verdict(
        &self,
        call: CallId,
        worker: WorkerId,
    ) -> Result<Option<Verdict>, DeskError> {
        self.ask(ask::VerdictOn { call, worker }).await
    }

    /// A notice and the worker it speaks of, as [`Command::ResendNotice`] wants them; none: there is none of this name.
    pub(crate) async fn notice(
        &self,
        name: NoticeName,
    ) -> Result<Option<(NoticeKey, Option<WorkerId>)>, DeskError> {
        self.ask(ask::NoticeOf { name }).await
    }

    /// The newest `limit` notices of somebody, oldest first.
    pub(crate) async fn inbox(&self, whose: Whose, limit: usize) -> Result<Vec<Letter>, DeskError> {
        self.ask(ask::Inbox { whose, limit, until: None }).await
    }

    /// As [`Desk::inbox`], as it stood after a record.
    pub(crate) async fn inbox_at(
        &self,
        whose: Whose,
        limit: usize,
        seq: Seq,
    ) -> Result<Vec<Letter>, DeskError> {
        self.ask(ask::Inbox { whose, limit, until: Some(seq) }).await
    }
}

/// A key nobody has used: from the clock, the process, and how many it made before.
pub(crate) fn fresh_key() -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{} {} {made}", now.as_nanos(), std::process::id());
    let hash = blake3::hash(seed.as_bytes()).to_hex();
    format!("cli-{}", &hash[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_differ_and_say_where_they_came_from() {
        let (a, b) = (fresh_key(), fresh_key());
        assert_ne!(a, b);
        assert!(a.starts_with("cli-") && a.len() == 20);
    }
}
