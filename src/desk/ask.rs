//! Everything that a desk can be asked, with the type of each answer and how it is found: the one table for those who
//! ask in this process and for those who attach.
//!
//! Invariant: a question gets the same answer here and over there; who may ask it over the network is said by its place in
//! the table. Whoever changes a question or an answer raises [`super::wire::PROTOCOL`].

use super::asker::{Asker, Needs};
use super::board::{self, Board, Changes};
use super::check::{self, Checked};
use super::letters::{self, Letter, Whose};
use super::local::Local;
use super::past;
use super::stock::{self, Moved};
use super::wire::{Asked, Fault, Reply, pack, unpack};
use super::{CallFilter, CallRow, DeskError, health, live, vitals};
use ascall_engine::domain::command::{Person, Receipt};
use ascall_engine::domain::event::{
    Account, Event, NoticeKey, NoticeName, Record, TelDigest, Verdict,
};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{
    CallId, MemberId, OfferId, ParticipantId, ProfileId, Seq, SubjectId, Time, WorkerId,
};
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::JournalError;
use ascall_engine::views::{MemberRow, StockRow, Store};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

/// How long whoever asks a host waits for its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it may take to go through the whole store, and the questions that do.
const PATIENCE_WHOLE: Duration = Duration::from_hours(24);
const WHOLE: [&str; 2] = [Check::NAME, Copy::NAME];

/// Something that a desk can be asked.
pub(crate) trait Question: Serialize + DeserializeOwned + Send + 'static {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it is answered with.
    type Answer: Serialize + DeserializeOwned + Send + 'static;

    /// The answer of a desk to whoever asks.
    fn answer(
        self,
        desk: &Local,
        asker: &Asker,
    ) -> impl Future<Output = Result<Self::Answer, DeskError>> + Send;

    /// How long whoever asks a host waits for its answer.
    fn patience() -> Duration {
        if WHOLE.contains(&Self::NAME) { PATIENCE_WHOLE } else { PATIENCE }
    }
}

/// A question that the rows answer, without a running desk.
pub(crate) trait Reading: Question {
    /// The answer of the rows.
    fn read(self, rows: &Store) -> Result<Self::Answer, JournalError>;
}

/// Why a host has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// There is no such question.
    NoSuchQuestion,
    /// The question or its answer cannot be read or written.
    NotUnderstood,
    /// The host is leaving; nothing was done.
    Leaving,
}

macro_rules! questions {
    (
        rows { $($(#[$rd:meta])* $rn:ident $([$rm:ident])? { $($rf:ident: $rt:ty),* } -> $ra:ty = |$rows:ident| $rb:expr;)* }
        live { $($(#[$ld:meta])* $ln:ident { $($lf:ident: $lt:ty),* } -> $la:ty = |$world:ident, $now:ident| $lb:expr;)* }
        desk { $($(#[$dd:meta])* $dn:ident { $($df:ident: $dt:ty),* } -> $da:ty = |$desk:ident| $db:expr;)* }
        acts { $($(#[$ad:meta])* $an:ident $([$am:ident])? { $($af:ident: $at:ty),* } -> $aa:ty = |$by:ident, $asker:ident| $ab:expr;)* }
    ) => {
        $(questions!(@type $(#[$rd])* $rn { $($rf: $rt),* });)*
        $(questions!(@type $(#[$ld])* $ln { $($lf: $lt),* });)*
        $(questions!(@type $(#[$dd])* $dn { $($df: $dt),* });)*
        $(questions!(@type $(#[$ad])* $an { $($af: $at),* });)*

        /// Every question, with who may ask it over the network: what looks takes `Read`, what acts takes `Operate`,
        /// unless a mark behind the name says otherwise.
        pub(crate) const NEEDS: &[(&str, Needs)] = &[
            $((stringify!($rn), questions!(@needs Read $($rm)?)),)*
            $((stringify!($ln), questions!(@needs Read)),)*
            $((stringify!($dn), questions!(@needs Read)),)*
            $((stringify!($an), questions!(@needs Operate $($am)?)),)*
        ];

        $(impl Reading for $rn {
            fn read(self, $rows: &Store) -> Result<$ra, JournalError> {
                let Self { $($rf),* } = self;
                $rb
            }
        }

        impl Question for $rn {
            const NAME: &'static str = stringify!($rn);
            type Answer = $ra;
            async fn answer(self, desk: &Local, _: &Asker) -> Result<$ra, DeskError> {
                let at = desk.setup().store.clone();
                let read = move |rows: &Store| {
                    self.read(rows).map_err(|e| DeskError::from_journal(&at, e))
                };
                desk.read(read).await
            }
        })*

        $(impl Question for $ln {
            const NAME: &'static str = stringify!($ln);
            type Answer = $la;
            async fn answer(self, desk: &Local, _: &Asker) -> Result<$la, DeskError> {
                let Self { $($lf),* } = self;
                desk.ask(move |$world, $now| $lb).await
            }
        })*

        $(impl Question for $dn {
            const NAME: &'static str = stringify!($dn);
            type Answer = $da;
            async fn answer(self, $desk: &Local, _: &Asker) -> Result<$da, DeskError> {
                let Self { $($df),* } = self;
                $db
            }
        })*

        $(impl Question for $an {
            const NAME: &'static str = stringify!($an);
            type Answer = $aa;
            async fn answer(self, $by: &Local, $asker: &Asker) -> Result<$aa, DeskError> {
                let Self { $($af),* } = self;
                $ab
            }
        })*

        /// The packed answer to a packed question.
        pub(crate) async fn answer(
            desk: &Local,
            asker: &Asker,
            name: &str,
            body: &[u8],
        ) -> Result<Vec<u8>, NoAnswer> {
            match name {
                $(stringify!($rn) => packed::<$rn>(desk, asker, body).await,)*
                $(stringify!($ln) => packed::<$ln>(desk, asker, body).await,)*
                $(stringify!($dn) => packed::<$dn>(desk, asker, body).await,)*
                $(stringify!($an) => packed::<$an>(desk, asker, body).await,)*
                _ => Err(NoAnswer::NoSuchQuestion),
            }
        }
    };
    (@needs $section:ident) => { Needs::$section };
    (@needs $section:ident $mark:ident) => { Needs::$mark };
    (@type $(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub(crate) struct $name {
            $(pub $field: $type,)*
        }
    };
}

questions! {
    rows {
        /// One call, live or ended.
        Call { call: CallId } -> Option<CallRow> = |rows| rows.call(call);
        /// Calls by filter, oldest first.
        Calls { filter: CallFilter } -> Vec<CallRow> = |rows| rows.calls(&filter);
        /// How many calls a line ever had.
        Count { line: String } -> u64 = |rows| rows.count(&line);
        /// Calls of a line by the how manyth they are, from the first of these to the last, in that order.
        Counted { line: String, from: u64, to: u64 } -> Vec<CallRow> =
            |rows| rows.counted(&line, from..=to);
        /// The records that speak of a call, with its events only.
        Timeline { row: CallRow } -> Vec<Record> = |rows| rows.timeline(&row);
        /// A person's row; none when erased.
        PersonOf { subject: SubjectId } -> Option<Person> = |rows| rows.person(subject);
        /// Several persons' rows; those that are erased are left out.
        People { subjects: BTreeSet<SubjectId> } -> BTreeMap<SubjectId, Person> = |rows| {
            let people = subjects.into_iter().map(|subject| Ok((subject, rows.person(subject)?)));
            let people: BTreeMap<_, _> = people.collect::<Result<_, JournalError>>()?;
            Ok(people.into_iter().filter_map(|(subject, person)| Some((subject, person?))).collect())
        };
        /// The note written with this record; none when erased.
        Note { seq: Seq } -> Option<String> = |rows| rows.note(seq);
        /// At most `limit` records from `from` on.
        Records { from: Seq, limit: usize } -> Vec<Record> = |rows| rows.records(from, limit);
        /// The newest record's place.
        Head {} -> Seq = |rows| Ok(rows.head()?.seq);
        /// The epoch in which the records have their places.
        Epoch {} -> u64 = |rows| rows.epoch();
        /// This desk's digest of a canonical phone number.
        Digest { tel: String } -> TelDigest = |rows| rows.digest(&tel);
        /// A profile version.
        ProfileOf { id: ProfileId } -> Option<Profile> = |rows| rows.profile(id);
        /// Every version of every profile, by number.
        Profiles {} -> Vec<(ProfileId, Profile)> = |rows| rows.profiles();
        /// The name of a participant.
        ParticipantName { id: ParticipantId } -> Option<String> = |rows| rows.participant_name(id);
        /// How a worker stood to a call just before a decision of record `seq` about it.
        VerdictAt { call: CallId, worker: WorkerId, seq: Seq } -> Option<Verdict> =
            |rows| verdict_at(rows, call, worker, seq);
        /// Where a worker was last known to be by the journal, and when; none: never seen.
        PlaceKept { worker: WorkerId } -> Option<(Point, Time)> = |rows| {
            Ok(rows.place(worker)?.and_then(|row| row.point().map(|point| (point, row.at))))
        };
        /// All goods, in the order of their first receipt.
        Stock {} -> Vec<StockRow> = |rows| rows.stock();
        /// The newest `limit` movements of a product before its `below`th, oldest first (0: all), and whether there were
        /// more.
        StockMoves { product: String, below: Option<u64>, limit: usize } -> (Vec<Moved>, bool) =
            |rows| stock::moves(rows, &product, below, limit);
        /// One member.
        Member { id: MemberId } -> Option<MemberRow> = |rows| rows.member(id);
        /// All members, by number.
        Members {} -> Vec<MemberRow> = |rows| rows.members();
        /// The check of the whole store.
        Check [Operate] {} -> Checked = |rows| check::store(rows);
        /// Writes what is committed now into a new file, as a store of its own.
        Copy [Here] { to: PathBuf } -> () = |rows| rows.copy_to(&to);
    }
    live {
        /// How the desk does.
        Vitals {} -> vitals::Vitals = |world, now| vitals::Vitals::of(world, now);
        /// Who each worker is.
        Subjects {} -> BTreeMap<WorkerId, SubjectId> =
            |world, _now| world.workers().map(|worker| (worker.id, worker.subject)).collect();
        /// Where a worker was last seen: the freshest place the live state knows, and when.
        PlaceNow { worker: WorkerId } -> Option<(Point, Time)> =
            |world, _now| world.worker(worker).and_then(|worker| world.last_seen(worker));
        /// The worker who came along by themselves under this name.
        WorkerCalled { handle: TelDigest } -> Option<WorkerId> =
            |world, _now| world.worker_called(handle).map(|worker| worker.id);
        /// The member who has this phone number.
        MemberUnder { tel: TelDigest } -> Option<MemberId> =
            |world, _now| world.member_of(tel).map(|member| member.id);
        /// The live calls of somebody, by their number or as the member they are, oldest first.
        LiveOf { tel: Option<TelDigest>, member: Option<MemberId> } -> Vec<CallRow> =
            |world, _now| live::calls_of(world, tel, member);
        /// Open offers, by number: all, or those to one worker.
        Offers { to: Option<WorkerId> } -> Vec<live::Offer> =
            |world, _now| live::offers(world, to);
        /// The call an open offer is about.
        CallOfOffer { offer: OfferId } -> Option<CallId> =
            |world, _now| world.offer(offer).map(|call| call.id);
        /// The balance of each account of the books.
        Books {} -> BTreeMap<Account, i64> = |world, _now| world.books().clone();
        /// Participants by name, and `assign`.
        Participants {} -> Vec<live::Participant> = |world, _now| live::participants(world);
        /// Breakers by participant.
        Breakers {} -> Vec<live::Breaker> = |world, now| live::breakers(world, now);
        /// What waits, and since when.
        Pulse {} -> health::Beat = |world, now| health::beat(world, now);
        /// Open attention items, oldest first.
        Attentions {} -> Vec<live::Attention> = |world, _now| live::attention(world);
        /// How many workers stand to a call in which way now; empty when the call is not live.
        Verdicts { call: CallId } -> BTreeMap<Verdict, u32> =
            |world, _now| live::verdicts(world, call);
        /// What the engine would say of a worker for a call now; none: one of them is not live.
        VerdictOn { call: CallId, worker: WorkerId } -> Option<Verdict> =
            |world, _now| Some(world.verdict(world.call(call)?, world.worker(worker)?));
    }
    desk {
        /// Which of the calls the worker could claim now.
        Claimable { worker: WorkerId, calls: Vec<CallId> } -> Vec<CallId> = |desk| {
            let could = desk.ask(move |world, now| live::claimable(world, now, worker, calls));
            Ok(could.await??)
        };
        /// The newest call of a line under a client's own number, live or ended.
        CallNamed { line: String, number: String } -> Option<CallRow> =
            |desk| desk.call_named(&line, &number).await;
        /// Waits until a call has its first answers, a little while at most.
        Settle { call: CallId } -> () = |desk| desk.settle(call).await;
        /// Workers that the filter takes, by number, at most `limit`.
        Workers { filter: live::WorkerFilter, limit: usize } -> Vec<live::Worker> = |desk| {
            let found = desk.ask(move |world, _| live::workers(world, &filter, limit)).await?;
            desk.with_persons(found).await
        };
        /// One worker.
        Worker { worker: WorkerId } -> Option<live::Worker> = |desk| {
            let found = desk.ask(move |world, _| world.worker(worker).map(live::Worker::of));
            let found = found.await?.into_iter().collect();
            Ok(desk.with_persons(found).await?.pop())
        };
        /// A notice and the worker it speaks of; none: there is none of this name.
        NoticeOf { name: NoticeName } -> Option<(NoticeKey, Option<WorkerId>)> =
            |desk| letters::named(desk, name).await;
        /// The newest `limit` notices of somebody, oldest first; with `until`, as they stood after that record.
        Inbox { whose: Whose, limit: usize, until: Option<Seq> } -> Vec<Letter> =
            |desk| letters::inbox(desk, whose, limit, until).await;
        /// Everything that is live.
        BoardNow {} -> Board = |desk| board::now(desk).await;
        /// Everything that was live at a moment, or how far the journal was read for it: asked again, it goes on.
        BoardAt { at: Time } -> past::Glimpse = |desk| past::board(desk, at).await;
        /// A call as it stood after a record; none: it was not there yet.
        CallAt { call: CallId, seq: Seq } -> Option<CallRow> =
            |desk| past::call(desk, call, seq).await;
        /// What changed on the board after a record, as soon as something does; nothing after a while without.
        BoardSince { seen: Seq } -> Changes = |desk| board::since(desk, seen).await;
        /// The records after a cursor as soon as there is one; none after a while without.
        Follow { after: Seq } -> Vec<Record> = |desk| desk.follow(after).await;
        /// Waits until a record after `seen` speaks of a call, at most `within`, and never long.
        CallMoved { call: CallId, seen: Seq, within: Duration } -> () =
            |desk| desk.moved(call, seen, within).await;
    }
    acts {
        /// Orders, to be carried out in their order.
        Orders { orders: Vec<Asked> } -> Vec<Reply<Receipt>> = |desk, asker| {
            let done = desk.handle_all(orders.into_iter().map(|asked| asker.order(asked))).await;
            Ok(done.into_iter().map(|one| one.map_err(|e| Fault::from(&e))).collect())
        };
        /// What an order would do; nothing does.
        DryRun { order: Asked } -> Vec<Event> =
            |desk, asker| desk.dry_run(asker.order(order)?).await;
        /// Where a worker is.
        Position { worker: WorkerId, at: Point } -> () = |desk, _asker| {
            desk.position(worker, at);
            Ok(())
        };
        /// Asks a host that is one only in passing to leave its place to one that is made for it; whether it will.
        GiveWay [Here] {} -> bool = |desk, _asker| Ok(desk.give_way());
    }
}

/// Who may ask this question over the network; none: there is no such question.
pub(crate) fn needs(name: &str) -> Option<Needs> {
    NEEDS.iter().find(|(known, _)| *known == name).map(|(_, needs)| *needs)
}

async fn packed<Q: Question>(
    desk: &Local,
    asker: &Asker,
    body: &[u8],
) -> Result<Vec<u8>, NoAnswer> {
    let question: Q = unpack(body).ok_or(NoAnswer::NotUnderstood)?;
    let answer = match asker.may_ask(needs(Q::NAME).unwrap_or(Needs::Here)) {
        Ok(()) => question.answer(desk, asker).await,
        Err(refused) => Err(refused),
    };
    let reply: Reply<Q::Answer> = match answer {
        Err(DeskError::Closing) => return Err(NoAnswer::Leaving),
        answer => answer.map_err(|error| Fault::from(&error)),
    };
    pack(&reply).ok_or(NoAnswer::NotUnderstood)
}

/// How a worker stood to a call just before a decision of record `seq` about it, by replaying the journal from the
/// newest snapshot before it; none: one of them was not there yet.
fn verdict_at(
    rows: &Store,
    call: CallId,
    worker: WorkerId,
    seq: Seq,
) -> Result<Option<Verdict>, JournalError> {
    let mut world = rows.world_before(seq, Settings::default())?;
    if let Some(mut record) = rows.record(seq)? {
        if record.events.iter().any(|event| gave_in_round(event, worker, call)) {
            return Ok(Some(Verdict::Matched));
        }
        let decided = record.events.iter().position(|event| decides(event, call));
        record.events.truncate(decided.unwrap_or(record.events.len()));
        world.replay(&record);
    }
    Ok(world.call(call).zip(world.worker(worker)).map(|(c, w)| world.verdict(c, w)))
}

/// Whether the worker got another call than this one, among those that were looked at together.
fn gave_in_round(event: &Event, wanted: WorkerId, but: CallId) -> bool {
    match event {
        Event::AssignmentCommitted { call, worker, decision: Some(decision), .. } => {
            *worker == wanted && *call != but && decision.round.is_some()
        }
        _ => false,
    }
}

fn decides(event: &Event, wanted: CallId) -> bool {
    match event {
        Event::NobodyFound { call, .. }
        | Event::OfferSent { call, .. }
        | Event::BroadcastSent { call, .. }
        | Event::AssignmentReserved { call, .. }
        | Event::AssignmentCommitted { call, .. } => *call == wanted,
        _ => false,
    }
}
