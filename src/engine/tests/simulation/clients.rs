//! What the people at the desk ask for: drawn from the seed and from what they can see.
//!
//! Invariant: a client sees the world as a status shows it, so that most orders make sense and some do not.

use crate::rng::Rng;
use crate::town;
use ascall_engine::domain::breaker::Order as BreakerOrder;
use ascall_engine::domain::command::{Amendment, Command, Current, MemberCard, NewCall, Order};
use ascall_engine::domain::event::{
    Actor, Duty, FailKind, Mode, NoticeKey, SettledBy, Spot, WorkOutcome,
};
use ascall_engine::domain::ids::{CallId, MemberId, Millis, OfferId, Time, Won, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Price;
use ascall_engine::domain::world::World;
use ascall_engine::verify::CallFacts;
use std::collections::BTreeMap;

/// What is shown at the desk.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub world: &'a World,
    pub ended: &'a BTreeMap<CallId, CallFacts>,
    pub sent: &'a [(NoticeKey, Option<WorkerId>)],
}

/// The people at the desk.
const OPERATORS: [&str; 3] = ["kim", "lee", "park"];

/// Draws one order. `evil` also draws what hurts the desk: modes and breakers.
pub fn order(rng: &mut Rng, desk: Seen<'_>, now: Time) -> Order {
    let (command, world) = (command(rng, desk, now), desk.world);
    let operator = || OPERATORS[0].to_owned();
    let mut actor =
        Actor::Operator(rng.pick(&OPERATORS).map_or_else(operator, |n| (*n).to_owned()));
    match &command {
        Command::RequestCall(_)
        | Command::CancelCall { force: false, .. }
        | Command::RateCall { .. }
            if rng.chance(30) =>
        {
            actor = Actor::Customer;
        }
        Command::AcceptOffer { worker: Some(worker), .. }
        | Command::DeclineOffer { worker: Some(worker), .. }
        | Command::ClaimCall { worker, .. }
            if world.worker(*worker).is_some() && rng.chance(70) =>
        {
            actor = Actor::Worker(*worker);
        }
        Command::AcceptOffer { offer, worker: None }
        | Command::DeclineOffer { offer, worker: None } => {
            let asked = world.offer(*offer).and_then(|call| call.offer).map(|offer| offer.worker);
            actor = asked.map_or(actor, Actor::Worker);
        }
        _ => {}
    }
    let reason = rng.chance(85).then(|| "because".to_owned());
    Order { actor, key: None, reason, causation: None, seen: None, trace: None, command }
}

/// A call in one of these phases; sometimes any call, or one that never was.
fn a_call(rng: &mut Rng, world: &World, phases: &[Phase]) -> CallId {
    let fits =
        |c: &&ascall_engine::domain::call::Call| phases.is_empty() || phases.contains(&c.phase);
    let fitting: Vec<CallId> = world.calls().filter(fits).map(|c| c.id).collect();
    if !fitting.is_empty() && rng.chance(88) {
        return rng.pick(&fitting).copied().unwrap_or_default();
    }
    let newest = world.calls().last().map_or(3, |c| c.id.0);
    CallId(rng.below(newest + 3))
}

fn a_worker(rng: &mut Rng, world: &World) -> WorkerId {
    let last = world.workers().last().map_or(1, |w| w.id.0);
    if rng.chance(60) {
        let free: Vec<WorkerId> =
            world.workers().filter(|w| w.current.is_none()).map(|w| w.id).collect();
        if let Some(id) = rng.pick(&free) {
            return *id;
        }
    }
    WorkerId(rng.below(last + 2))
}

fn a_spot(rng: &mut Rng) -> ascall_engine::domain::geo::Point {
    town::spot(rng.below(150), rng.below(150))
}

fn a_mode(rng: &mut Rng) -> Mode {
    match rng.below(9) {
        0 => Mode::Stopped,
        1 => Mode::Slow { fixed: Millis(rng.below(900)), random: Millis(rng.below(900)) },
        2 => Mode::Failing(FailKind::Denied),
        3 => Mode::Failing(FailKind::Unavailable),
        4 | 5 => Mode::Failing(FailKind::Lost),
        _ => Mode::Running,
    }
}

/// Some time within the next hour, now and then one that is over.
fn a_time(rng: &mut Rng, now: Time) -> Time {
    if rng.chance(6) { Time(now.0 - 1_000) } else { now.plus(Millis(rng.below(40 * 60_000))) }
}

/// A call that has ended, perhaps long ago: one of those of which `of` is true, or any.
fn an_ended(rng: &mut Rng, desk: Seen<'_>, of: impl Fn(&CallFacts) -> bool) -> CallId {
    let fitting: Vec<CallId> =
        desk.ended.values().filter(|facts| of(facts)).map(|facts| facts.call).collect();
    match rng.pick(&fitting) {
        Some(call) if rng.chance(85) => *call,
        _ => a_call(rng, desk.world, &[]),
    }
}

fn a_request(rng: &mut Rng, world: &World, now: Time) -> NewCall {
    let line = rng.pick(&town::LINES).copied().unwrap_or("repair");
    let line = if rng.chance(2) { "nothing" } else { line };
    let reachable = rng.chance(85);
    let at = rng.chance(85).then(|| a_spot(rng));
    let plain = matches!(line, "tutoring" | "taxi" | "shop") && rng.chance(80);
    let kind = match rng.below(10) {
        0 => Some("piano"),
        1..=3 if !plain => Some("TV"),
        _ => None,
    };
    let mut new = town::new_call(line, town::contact(rng.below(10), reachable), at, kind);
    new.priority = u8::try_from([1, 1, 1, 0, 2, 3, 9][usize::try_from(rng.below(7)).unwrap_or(0)])
        .unwrap_or(1);
    new.cost = rng.chance(50).then(|| Won(i64::try_from(rng.below(90_000)).unwrap_or(0)));
    match line {
        "tutoring" => tutoring(rng, &mut new),
        "taxi" => {
            let to = if rng.chance(95) { "to" } else { "over" };
            new.fields.insert(to.to_owned(), "시청".to_owned());
            let last = world.members().last().map_or(0, |member| member.id.0);
            if rng.chance(50) {
                new.member = Some(MemberId(1 + rng.below(last + 1)));
            }
        }
        "shop" => shop(rng, &mut new),
        "dash" if rng.chance(80) => {
            new.fields.insert("to".to_owned(), a_spot(rng).to_string());
        }
        _ => {}
    }
    if matches!(line, "ask" | "tutoring" | "taxi") && rng.chance(25) {
        new.visit = Some(a_time(rng, now));
    }
    new
}

/// Now and then the same request once more, under the client's own number.
fn tutoring(rng: &mut Rng, new: &mut NewCall) {
    let number = rng.below(30);
    if rng.chance(50) {
        let cost = Some(Won(20_000 + i64::try_from(number).unwrap_or(0)));
        *new = NewCall {
            cost,
            ..town::new_call("tutoring", town::contact(number % 8, true), None, None)
        };
    } else if rng.chance(95) {
        new.cost = Some(Won(i64::try_from(rng.below(85_000)).unwrap_or(0)));
    }
    if rng.chance(60) {
        new.fields.insert("reference".to_owned(), format!("m-{number}"));
    }
}

fn shop(rng: &mut Rng, new: &mut NewCall) {
    let number = rng.below(30);
    let sample = if rng.chance(50) {
        *new = town::new_call("shop", town::contact(number % 8, true), None, None);
        number
    } else {
        rng.next() >> 20
    };
    let product = town::GOODS[usize::try_from(sample % 13).unwrap_or(0).min(12) / 6];
    new.fields.insert("product".to_owned(), product.to_owned());
    if !sample.is_multiple_of(4) {
        let qty = if sample.is_multiple_of(29) { 0 } else { 1 + sample % 12 };
        new.fields.insert("qty".to_owned(), qty.to_string());
    }
    if rng.chance(60) {
        new.fields.insert("reference".to_owned(), format!("o-{number}"));
    }
}

/// What the work cost, as whoever did it reports it: mostly as the line wants it.
fn a_fare(rng: &mut Rng, world: &World, call: CallId) -> Option<Won> {
    let known = world.call(call);
    let line = known.and_then(|call| Some((call, world.profile(call.profile)?)));
    let price = line.and_then(|(_, adopted)| adopted.spec.payment).map(|rule| rule.price);
    let some = Some(Won(i64::try_from(rng.below(70_000)).unwrap_or(0)));
    match price {
        Some(Price::Fixed) if rng.chance(90) => None,
        Some(Price::Metered) if rng.chance(5) => Some(Won(0)),
        Some(Price::Metered) if rng.chance(90) => some,
        _ => some.filter(|_| rng.chance(50)),
    }
}

/// What people say of members and of their numbers, cards and friends.
fn of_members(rng: &mut Rng, world: &World) -> Command {
    let n = rng.below(14);
    if rng.chance(50) {
        let mut card = town::new_member(n, rng.chance(60));
        if rng.chance(8) {
            card.contact.person.name = None;
        }
        return Command::AddMember(card);
    }
    let last = world.members().last().map_or(0, |member| member.id.0);
    let member = MemberId(rng.below(last + 2));
    let mut change = MemberCard::default();
    match rng.below(4) {
        0 => change.card = town::new_member(n, false).card,
        1 => change.friend = Some(town::contact(900 + n, true)),
        2 => change.contact = town::contact(n, rng.chance(80)),
        _ => change.contact.person.name = Some("새 이름".to_owned()),
    }
    Command::AmendMember { member, change }
}

/// What is said to questions: mostly by somebody who was asked.
fn an_answer(rng: &mut Rng, world: &World) -> Command {
    let mut asked: Vec<(OfferId, Option<WorkerId>)> = Vec::new();
    for call in world.calls() {
        asked.extend(call.offer.map(|offer| (offer.id, None)));
        for broadcast in call.broadcast.iter().filter(|b| !b.over || rng.chance(20)) {
            asked.extend(broadcast.asked.iter().map(|worker| (broadcast.id, Some(*worker))));
        }
    }
    if asked.is_empty() && rng.chance(70) {
        let (call, worker) = (a_call(rng, world, &[Phase::Open]), a_worker(rng, world));
        return Command::ClaimCall { call, worker, at: None };
    }
    let open = rng.pick(&asked).copied().filter(|_| rng.chance(92));
    let (offer, worker) = open.unwrap_or((OfferId(rng.below(20)), None));
    let worker = if rng.chance(4) { Some(a_worker(rng, world)) } else { worker };
    if rng.chance(70) {
        Command::AcceptOffer { offer, worker }
    } else {
        Command::DeclineOffer { offer, worker }
    }
}

#[allow(clippy::too_many_lines, reason = "one arm per command, each a few lines")]
fn command(rng: &mut Rng, desk: Seen<'_>, now: Time) -> Command {
    use Phase::{Assigned, Closing, Gating, InService, Open, Parked, Scheduled, Unwinding};
    let world = desk.world;
    match rng.below(329) {
        0..=44 | 290..=324 => Command::RequestCall(a_request(rng, world, now)),
        45..=56 => Command::CancelCall { call: a_call(rng, world, &[]), force: rng.chance(15) },
        57..=62 => {
            let mut change = Amendment::default();
            match rng.below(5) {
                0 => {
                    let spot = Spot { point: a_spot(rng), within_m: None };
                    change.spot = Some((spot, "새 주소".into()));
                }
                1 => change.contact = Some(town::contact(rng.below(10), rng.chance(80))),
                2 => change.kind = rng.pick(&town::SKILLS).map(|s| (*s).to_owned()),
                3 => change.cost = Some(Won(i64::try_from(rng.below(50_000)).unwrap_or(0))),
                _ => {}
            }
            Command::AmendCall { call: a_call(rng, world, &[]), change }
        }
        63..=67 => Command::SetPriority {
            call: a_call(rng, world, &[]),
            priority: u8::try_from(rng.below(5)).unwrap_or(0),
        },
        68..=72 => Command::HoldCall {
            call: a_call(rng, world, &[Open]),
            until: now.plus(Millis(rng.below(600_000))),
        },
        73..=77 => {
            let call = a_call(rng, world, &[Open, Scheduled, Assigned]);
            Command::ReleaseCall { call, no_show: rng.chance(40) }
        }
        78..=85 => Command::AssignCall {
            call: a_call(rng, world, &[Open]),
            worker: a_worker(rng, world),
            force: rng.chance(50),
        },
        86..=89 => Command::ReassignCall {
            call: a_call(rng, world, &[Scheduled, Assigned]),
            worker: a_worker(rng, world),
            force: rng.chance(50),
        },
        90..=95 => Command::Arrive { call: a_call(rng, world, &[Assigned]) },
        96..=106 => Command::StartWork { call: a_call(rng, world, &[Open, Scheduled, Assigned]) },
        107..=126 => {
            let call = a_call(rng, world, &[InService, InService, Scheduled, Assigned]);
            let outcome = [WorkOutcome::Done, WorkOutcome::Partial, WorkOutcome::NoShow]
                [usize::try_from(rng.below(3)).unwrap_or(0)];
            Command::FinishWork { call, outcome, fare: a_fare(rng, world, call) }
        }
        127..=130 => Command::AbortWork { call: a_call(rng, world, &[InService]) },
        131..=142 => an_answer(rng, world),
        143..=149 => Command::SetDuty {
            worker: a_worker(rng, world),
            duty: [Duty::On, Duty::On, Duty::On, Duty::Off, Duty::Break, Duty::Suspended]
                [usize::try_from(rng.below(6)).unwrap_or(0)],
            current: [Current::Keep, Current::Finish, Current::Abort]
                [usize::try_from(rng.below(3)).unwrap_or(0)],
        },
        150..=152 => {
            let services = [&[][..], &["repair", "full"][..], &["ask"][..]]
                [usize::try_from(rng.below(3)).unwrap_or(0)];
            let home = rng.chance(80).then(|| a_spot(rng));
            town::new_worker(rng.below(100), home, services, &town::SKILLS)
        }
        153..=155 => Command::WaiveStep {
            call: a_call(rng, world, &[Unwinding]),
            step: rng
                .pick(&[
                    "manage", "stock", "credit", "parts", "payment", "goods", "delivery", "nothing",
                ])
                .map_or_else(String::new, |s| (*s).to_owned()),
        },
        156..=159 => Command::SettleCall {
            call: a_call(rng, world, &[Closing]),
            by: [SettledBy::Cash, SettledBy::Card, SettledBy::Waive]
                [usize::try_from(rng.below(3)).unwrap_or(0)],
        },
        160..=166 => Command::RetryCall {
            call: a_call(rng, world, &[Parked, Unwinding, Closing, Gating, Open]),
        },
        167..=174 => Command::SetMode {
            name: rng
                .pick(&["manage", "insure", "diary", "purse", "shelf", "shelf", "assign", "pay"])
                .map_or_else(String::new, |s| (*s).to_owned()),
            mode: a_mode(rng),
        },
        175..=177 => Command::ForceBreaker {
            name: rng
                .pick(&["manage", "insure", "credit", "stock", "pay", "bank", "shelf", "nobody"])
                .map_or_else(String::new, |s| (*s).to_owned()),
            to: match rng.below(4) {
                0 => BreakerOrder::Open { reason: "upkeep".to_owned() },
                1 => BreakerOrder::Close,
                2 => BreakerOrder::Disable,
                _ => BreakerOrder::Auto,
            },
        },
        178..=181 => Command::AddNote {
            call: a_call(rng, world, &[]),
            text: if rng.chance(10) { "긴".repeat(2_000) } else { "문이 잠김".to_owned() },
        },
        182..=184 => Command::ReopenCall {
            parent: a_call(rng, world, &[Phase::Completed]),
            new: a_request(rng, world, now),
        },
        185..=190 => {
            let open: Vec<_> = world.attention().map(|a| a.id).collect();
            let known = rng.pick(&open).copied().filter(|_| rng.chance(90));
            let attention = known.unwrap_or_default();
            if rng.chance(50) {
                Command::TakeAttention { attention }
            } else {
                Command::CloseAttention { attention }
            }
        }
        191 => Command::Reveal { what: "list".to_owned() },
        192 => Command::StepClock { by_ms: if rng.chance(50) { 90_000 } else { -3_700_000 } },
        193..=194 => {
            let held = town::Holders { bank: rng.chance(50), depot: rng.chance(50) };
            let mut profiles = town::profiles(held);
            let at = usize::try_from(rng.below(profiles.len() as u64)).unwrap_or(0);
            let mut profile = profiles.swap_remove(at);
            profile.dispatch.search_ms = Millis::mins(5 + rng.below(40));
            if rng.chance(20) {
                profile.plan.clear();
            }
            Command::AdoptProfile(Box::new(profile))
        }
        195..=196 => {
            let name =
                rng.pick(&["manage", "credit", "stock", "pay", "parts", "bank", "shelf"]).copied();
            let failures = u32::try_from(1 + rng.below(6)).unwrap_or(1);
            let most = u32::try_from(1 + rng.below(8)).unwrap_or(1);
            town::participant(name.unwrap_or("manage"), failures, most)
        }
        197..=199 => Command::KeepPositions,
        200..=215 => {
            let call = a_call(rng, world, &[Open]);
            let at = rng.chance(45).then(|| a_time(rng, now));
            Command::ClaimCall { call, worker: a_worker(rng, world), at }
        }
        216..=223 => {
            let call = a_call(rng, world, &[Open, Scheduled, Scheduled, Assigned]);
            Command::Reschedule { call, at: a_time(rng, now) }
        }
        224..=228 => Command::Depart { call: a_call(rng, world, &[Assigned]) },
        229..=239 => an_answer(rng, world),
        240..=246 => {
            let product = rng.pick(&town::GOODS[..2]).copied().unwrap_or("mask");
            town::received(if rng.chance(4) { "" } else { product }, 1 + rng.less(30))
        }
        247..=249 => {
            let product = rng.pick(&town::GOODS).copied().unwrap_or("mask").to_owned();
            Command::WriteOffStock { product, qty: 1 + rng.less(12) }
        }
        250..=257 => of_members(rng, world),
        258..=268 => {
            let most = if rng.chance(70) { 2_000 } else { 30_000 };
            let won = rng.chance(80).then(|| Won(i64::from(rng.less(most))));
            let again = rng.chance(40);
            let call = an_ended(rng, desk, |f| {
                f.money.captured > f.money.refunded && (!again || f.money.refunded > Won(0))
            });
            Command::RefundCall { call, won }
        }
        269..=275 => Command::RateCall {
            call: an_ended(rng, desk, |f| f.phase == Phase::Completed),
            stars: if rng.chance(5) { 6 } else { u8::try_from(1 + rng.below(5)).unwrap_or(1) },
            text: rng.chance(40).then(|| "친절함".to_owned()),
        },
        276..=280 => Command::SetDisposition {
            call: if rng.chance(50) {
                an_ended(rng, desk, |_| true)
            } else {
                a_call(rng, world, &[])
            },
            code: rng.pick(&["fixed", "no fault", ""]).copied().unwrap_or("fixed").to_owned(),
        },
        281..=284 => Command::RetryCall { call: an_ended(rng, desk, has_refund) },
        325..=328 => match rng.pick(desk.sent).copied() {
            Some((notice, worker)) if rng.chance(90) => Command::ResendNotice { notice, worker },
            // As nobody has ever seen it.
            Some((notice, _)) => Command::ResendNotice {
                notice: NoticeKey { rule: notice.rule + 1, ..notice },
                worker: None,
            },
            None => Command::KeepPositions,
        },
        _ => {
            let call = an_ended(rng, desk, has_refund);
            Command::WaiveStep { call, step: "refund".to_owned() }
        }
    }
}

/// Whether something was to be given back after its end.
fn has_refund(facts: &CallFacts) -> bool {
    facts.phase == Phase::Completed && facts.money.captured > Won(0)
}

/// The verb, for the coverage of commands.
pub fn verb(command: &Command) -> &'static str {
    match command {
        Command::RequestCall(_) => "request",
        Command::CancelCall { .. } => "cancel",
        Command::AmendCall { .. } => "amend",
        Command::SetPriority { .. } => "priority",
        Command::HoldCall { .. } => "hold",
        Command::ReleaseCall { no_show: false, .. } => "release",
        Command::ReleaseCall { .. } => "release no-show",
        Command::AssignCall { .. } => "assign",
        Command::ReassignCall { .. } => "reassign",
        Command::Arrive { .. } => "arrive",
        Command::StartWork { .. } => "start",
        Command::FinishWork { .. } => "finish",
        Command::AbortWork { .. } => "abort",
        Command::AcceptOffer { .. } => "accept",
        Command::DeclineOffer { .. } => "decline",
        Command::SetDuty { .. } => "duty",
        Command::WaiveStep { .. } => "waive",
        Command::SettleCall { .. } => "settle",
        Command::RetryCall { .. } => "retry",
        Command::SetMode { .. } => "mode",
        Command::ForceBreaker { .. } => "breaker",
        Command::AddNote { .. } => "note",
        Command::ReopenCall { .. } => "reopen",
        Command::TakeAttention { .. } => "attention take",
        Command::CloseAttention { .. } => "attention done",
        Command::AdoptProfile(_) => "profile",
        Command::ClaimCall { at: None, .. } => "claim",
        Command::ClaimCall { .. } => "claim with a time",
        Command::Reschedule { .. } => "reschedule",
        Command::Depart { .. } => "depart",
        Command::RefundCall { .. } => "refund",
        Command::RateCall { .. } => "rate",
        Command::SetDisposition { .. } => "disposition",
        Command::ReceiveStock { .. } => "stock receive",
        Command::WriteOffStock { .. } => "stock write-off",
        Command::AddMember(_) => "member add",
        Command::AmendMember { .. } => "member amend",
        Command::ResendNotice { .. } => "resend",
        _ => "",
    }
}
