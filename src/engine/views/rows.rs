//! The view row of a call: what a list and a status show, without building the world.
//!
//! Invariant: a row is a function of the call as it stood after its newest record, and is written in that record's
//! commit. Rows can be made anew from the journal, so their form may change with [`ROW_FORMAT`].

use crate::domain::call::{AssignmentState, Call, Money, Step, StepState};
use crate::domain::event::{Card, Concern, Spot, TelDigest, Why, Window, WorkOutcome};
use crate::domain::geo::Point;
use crate::domain::ids::{
    CallId, MemberId, OfferId, ProfileId, Seq, SubjectId, Time, Won, WorkerId,
};
use crate::domain::member::Member;
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::Lang;
use crate::domain::world::World;
use crate::planted::planted;
use serde::{Deserialize, Serialize};

/// The form of a row; another one is not read.
pub const ROW_FORMAT: u8 = 4;

/// A call as lists and status show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// Its number.
    pub call: CallId,
    /// Its profile version.
    pub profile: ProfileId,
    /// The profile's name.
    pub profile_name: String,
    /// The how manyth call of that name it is.
    pub ordinal: u64,
    /// Whose call.
    pub subject: SubjectId,
    /// The digest of the number.
    pub tel: Option<TelDigest>,
    /// Whether the customer can be told anything.
    pub reachable: bool,
    /// The language the customer is told in.
    pub lang: Lang,
    /// The skill it asks for.
    pub kind: Option<String>,
    /// Where: the point and, when only the district is known, how far off it may be in metres.
    pub spot: Option<(i32, i32, Option<u32>)>,
    /// Price, estimate or fare.
    pub cost: Option<Won>,
    /// 0 low, 1 normal, 2 high, 3 urgent.
    pub priority: u8,
    /// The profile's other fields.
    pub fields: Vec<(String, String)>,
    /// Where it stands.
    pub phase: Phase,
    /// Since when.
    pub phase_at: Time,
    /// When it was taken.
    pub received_at: Time,
    /// Where an unwinding or ended call goes or went, why, and when trying again makes sense.
    pub unwinding: Option<(Target, Why, Option<Time>)>,
    /// The worker who has or had it, and that worker's subject.
    pub worker: Option<(WorkerId, SubjectId)>,
    /// How far the work is.
    pub work: Option<AssignmentState>,
    /// What came of the work.
    pub outcome: Option<WorkOutcome>,
    /// Automation leaves it alone until then.
    pub held_until: Option<Time>,
    /// Why a human should look.
    pub attention: Vec<Concern>,
    /// The call it follows up.
    pub parent: Option<CallId>,
    /// The records that speak of it, oldest first.
    pub seqs: Vec<Seq>,
    /// Everybody who was asked or had it, by number.
    pub told: Vec<WorkerId>,
    /// The member who called.
    pub member: Option<MemberId>,
    /// The appointment.
    pub window: Option<Window>,
    /// Workers may take it by themselves.
    pub claimable: bool,
    /// The question to several that is out, and how many it went to.
    pub broadcast: Option<(OfferId, u32)>,
    /// What is or was to be paid, once that is known.
    pub due: Option<Won>,
    /// What was paid, given back, settled by hand, taken off.
    pub money: Money,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// How the work ended, by the profile's list.
    pub disposition: Option<String>,
    /// How far each gate and step is, in the profile's order; refunds behind them.
    pub steps: Vec<StepMark>,
}

/// How far a gate or step is, as lists and status show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepMark {
    /// Not asked yet.
    Idle,
    /// Asked, not answered.
    Asked,
    /// To be asked again.
    Waiting,
    /// Perhaps done; it will be asked whether.
    Unknown,
    /// Done.
    Done,
    /// Refused.
    Denied,
    /// Settled by hand.
    Settled,
    /// Being undone.
    Undoing,
    /// Its undo was refused.
    UndoDenied,
    /// Undone.
    Undone,
    /// Its undo was let go.
    Waived,
}

impl StepMark {
    fn of(step: &Step) -> Self {
        match &step.state {
            StepState::Idle | StepState::Waiting { unknown: false, .. } if step.out.is_some() => {
                Self::Asked
            }
            StepState::Idle => Self::Idle,
            StepState::Waiting { unknown: true, .. } => Self::Unknown,
            StepState::Waiting { .. } => Self::Waiting,
            StepState::Done => Self::Done,
            StepState::Denied { .. } => Self::Denied,
            StepState::Settled { .. } => Self::Settled,
            StepState::Undoing { .. } => Self::Undoing,
            StepState::UndoDenied { .. } => Self::UndoDenied,
            StepState::Undone => Self::Undone,
            StepState::Waived => Self::Waived,
        }
    }

    /// The name used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Asked => "asked",
            Self::Waiting => "waiting",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::Denied => "denied",
            Self::Settled => "settled",
            Self::Undoing => "undoing",
            Self::UndoDenied => "undo_denied",
            Self::Undone => "undone",
            Self::Waived => "waived",
        }
    }
}

/// Where a worker was last known to be, as `status` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// Micro-degrees north.
    pub lat_e6: i32,
    /// Micro-degrees east.
    pub lon_e6: i32,
    /// When.
    pub at: Time,
}

impl PlaceRow {
    /// The place as a point; none for what is no point on earth.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        Point::new(self.lat_e6, self.lon_e6).ok()
    }
}

/// Goods as lists show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRow {
    /// What.
    pub product: String,
    /// In the storeroom.
    pub on_hand: u64,
    /// Of that, held by calls.
    pub reserved: u64,
}

impl StockRow {
    /// What another call can still get.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.on_hand.saturating_sub(self.reserved)
    }
}

/// A member as lists show them. Name, phone and card token are in the subject's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The number.
    pub member: MemberId,
    /// Who it is.
    pub subject: SubjectId,
    /// The digest of the phone number.
    pub tel: TelDigest,
    /// The friend who is told of rides.
    pub friend: Option<SubjectId>,
    /// The card.
    pub card: Option<Card>,
    /// Completed calls.
    pub rides: u32,
    /// Coupons not used yet, oldest first.
    pub coupons: Vec<Won>,
}

impl MemberRow {
    /// The row of `member`.
    #[must_use]
    pub fn of(member: &Member) -> Self {
        Self {
            member: member.id,
            subject: member.subject,
            tel: member.tel,
            friend: member.friend.map(|(friend, _)| friend),
            card: member.card,
            rides: member.rides,
            coupons: member.coupons.clone(),
        }
    }
}

impl CallRow {
    /// The row of `call` as it stands in `world`.
    #[must_use]
    pub fn of(call: &Call, world: &World) -> Self {
        let worker = call
            .assignment
            .as_ref()
            .and_then(|a| world.worker(a.worker).map(|worker| (worker.id, worker.subject)));
        let adopted = world.profile(call.profile);
        let spot = call.spot.map(|s| (s.point.lat_e6(), s.point.lon_e6(), s.within_m));
        Self {
            call: call.id,
            profile: call.profile,
            profile_name: adopted.map_or_else(String::new, |p| p.spec.name.clone()),
            ordinal: call.ordinal,
            subject: call.subject,
            tel: call.tel,
            reachable: call.reachable,
            lang: call.lang,
            kind: call.kind.clone(),
            spot,
            cost: call.cost,
            priority: if planted!(WrongRow) { 1 } else { call.priority },
            fields: call.fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            phase: call.phase,
            phase_at: call.phase_at,
            received_at: call.received_at,
            unwinding: call.unwinding.map(|u| (u.target, u.why, u.retry_at)),
            worker,
            work: call.assignment.as_ref().map(|a| a.state),
            outcome: call.outcome,
            held_until: call.held_until,
            attention: call.attention.keys().copied().collect(),
            parent: call.parent,
            seqs: call.seqs.clone(),
            told: call.told.iter().copied().collect(),
            member: call.member.map(|known| known.member),
            window: call.window,
            claimable: adopted.is_some_and(|adopted| call.is_claimable(&adopted.spec)),
            broadcast: call
                .live_broadcast()
                .map(|b| (b.id, u32::try_from(b.asked.len()).unwrap_or(u32::MAX))),
            due: adopted.and_then(|adopted| call.charge(&adopted.spec)),
            money: call.money,
            rating: call.rating,
            disposition: call.disposition.clone(),
            steps: call.steps.iter().map(StepMark::of).collect(),
        }
    }

    /// The newest record that speaks of it.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seqs.last().copied().unwrap_or_default()
    }

    /// When it ended; none while it is live.
    #[must_use]
    pub fn ended_at(&self) -> Option<Time> {
        self.phase.is_terminal().then_some(self.phase_at)
    }

    /// When trying again makes sense, for a call that was sent away.
    #[must_use]
    pub fn retry_at(&self) -> Option<Time> {
        self.unwinding.and_then(|(_, _, at)| at)
    }

    /// Where it is to be served.
    #[must_use]
    pub fn spot(&self) -> Option<Spot> {
        let (lat, lon, within_m) = self.spot?;
        let point = crate::domain::geo::Point::new(lat, lon).ok()?;
        Some(Spot { point, within_m })
    }

    /// The worker while the call has one.
    #[must_use]
    pub fn worker_now(&self) -> Option<(WorkerId, SubjectId)> {
        self.worker.filter(|_| !self.phase.is_terminal() || self.outcome.is_some())
    }

    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(ROW_FORMAT);
        // A row holds nothing that MessagePack cannot say, so an error cannot come; a row without a body does not decode.
        if rmp_serde::encode::write(&mut bytes, self).is_err() {
            bytes.truncate(1);
        }
        bytes
    }

    /// From bytes; none when they are of another format or not a row.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (format, body) = bytes.split_first()?;
        if *format != ROW_FORMAT {
            return None;
        }
        rmp_serde::from_slice(body).ok()
    }
}
