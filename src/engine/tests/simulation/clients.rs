//! What the people at the desk ask for: drawn from the seed and from what they can see.
//!
//! Invariant: a client sees the world as a status shows it, so that most orders make sense and some do not.

use crate::rng::Rng;
use crate::town;
use ascall_engine::domain::breaker::Order as BreakerOrder;
use ascall_engine::domain::command::{Amendment, Command, Current, Order};
use ascall_engine::domain::event::{Actor, Duty, FailKind, Mode, SettledBy, Spot, WorkOutcome};
use ascall_engine::domain::ids::{CallId, Millis, OfferId, Time, Won, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::world::World;

/// The people at the desk.
const OPERATORS: [&str; 3] = ["kim", "lee", "park"];

/// Draws one order. `evil` also draws what hurts the desk: modes and breakers.
pub fn order(rng: &mut Rng, world: &World, now: Time) -> Order {
    let command = command(rng, world, now);
    let operator = || OPERATORS[0].to_owned();
    let mut actor =
        Actor::Operator(rng.pick(&OPERATORS).map_or_else(operator, |n| (*n).to_owned()));
    match &command {
        Command::RequestCall(_) | Command::CancelCall { force: false, .. } if rng.chance(30) => {
            actor = Actor::Customer;
        }
        Command::AcceptOffer { offer } | Command::DeclineOffer { offer } => {
            let asked = world.offer(*offer).and_then(|call| call.offer).map(|offer| offer.worker);
            actor = asked.map_or(actor, Actor::Worker);
        }
        _ => {}
    }
    let reason = rng.chance(85).then(|| "because".to_owned());
    Order { actor, key: None, reason, causation: None, command }
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
    match rng.below(7) {
        0 => Mode::Stopped,
        1 => Mode::Slow { fixed: Millis(rng.below(900)), random: Millis(rng.below(900)) },
        2 => Mode::Failing(FailKind::Denied),
        3 => Mode::Failing(FailKind::Unavailable),
        4 => Mode::Failing(FailKind::Lost),
        _ => Mode::Running,
    }
}

fn a_request(rng: &mut Rng) -> ascall_engine::domain::command::NewCall {
    let line = rng.pick(&["repair", "quick", "ask", "full", "full"]).copied().unwrap_or("repair");
    let line = if rng.chance(2) { "nothing" } else { line };
    let reachable = rng.chance(85);
    let at = rng.chance(85).then(|| a_spot(rng));
    let kind = match rng.below(10) {
        0 => Some("piano"),
        1..=3 => Some("TV"),
        _ => None,
    };
    let mut new = town::new_call(line, town::contact(rng.below(10), reachable), at, kind);
    new.priority = u8::try_from([1, 1, 1, 0, 2, 3, 9][usize::try_from(rng.below(7)).unwrap_or(0)])
        .unwrap_or(1);
    new.cost = rng.chance(50).then(|| Won(i64::try_from(rng.below(90_000)).unwrap_or(0)));
    new
}

#[allow(clippy::too_many_lines, reason = "one arm per command, each a few lines")]
fn command(rng: &mut Rng, world: &World, now: Time) -> Command {
    use Phase::{Assigned, Closing, Gating, InService, Open, Parked, Unwinding};
    match rng.below(200) {
        0..=44 => Command::RequestCall(a_request(rng)),
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
        73..=77 => Command::ReleaseCall { call: a_call(rng, world, &[Open, Assigned]) },
        78..=85 => Command::AssignCall {
            call: a_call(rng, world, &[Open]),
            worker: a_worker(rng, world),
            force: rng.chance(50),
        },
        86..=89 => Command::ReassignCall {
            call: a_call(rng, world, &[Assigned]),
            worker: a_worker(rng, world),
            force: rng.chance(50),
        },
        90..=95 => Command::Arrive { call: a_call(rng, world, &[Assigned]) },
        96..=106 => Command::StartWork { call: a_call(rng, world, &[Assigned]) },
        107..=126 => Command::FinishWork {
            call: a_call(rng, world, &[InService, InService, Assigned]),
            outcome: [WorkOutcome::Done, WorkOutcome::Partial, WorkOutcome::NoShow]
                [usize::try_from(rng.below(3)).unwrap_or(0)],
            fare: rng.chance(50).then(|| Won(i64::try_from(rng.below(70_000)).unwrap_or(0))),
        },
        127..=130 => Command::AbortWork { call: a_call(rng, world, &[InService]) },
        131..=142 => {
            let offers: Vec<OfferId> =
                world.calls().filter_map(|c| c.offer.map(|offer| offer.id)).collect();
            let open = rng.pick(&offers).copied().filter(|_| rng.chance(90));
            let offer = open.unwrap_or(OfferId(rng.below(20)));
            if rng.chance(65) {
                Command::AcceptOffer { offer }
            } else {
                Command::DeclineOffer { offer }
            }
        }
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
                .pick(&["manage", "stock", "credit", "parts", "insure", "nothing"])
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
                .pick(&["manage", "insure", "diary", "assign", "assign", "pay", "nobody"])
                .map_or_else(String::new, |s| (*s).to_owned()),
            mode: a_mode(rng),
        },
        175..=177 => Command::ForceBreaker {
            name: rng
                .pick(&["manage", "insure", "credit", "stock", "pay", "nobody"])
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
            new: a_request(rng),
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
            let mut profiles = town::profiles();
            let at = usize::try_from(rng.below(4)).unwrap_or(0);
            let mut profile = profiles.swap_remove(at);
            profile.dispatch.search_ms = Millis::mins(5 + rng.below(40));
            if rng.chance(20) {
                profile.plan.clear();
            }
            Command::AdoptProfile(Box::new(profile))
        }
        195..=196 => {
            let name = rng.pick(&["manage", "credit", "stock", "pay", "parts"]).copied();
            let failures = u32::try_from(1 + rng.below(6)).unwrap_or(1);
            let most = u32::try_from(1 + rng.below(8)).unwrap_or(1);
            town::participant(name.unwrap_or("manage"), failures, most)
        }
        _ => Command::KeepPositions,
    }
}

/// The verb, for the coverage of commands.
pub fn verb(command: &Command) -> &'static str {
    match command {
        Command::RequestCall(_) => "request",
        Command::CancelCall { .. } => "cancel",
        Command::AmendCall { .. } => "amend",
        Command::SetPriority { .. } => "priority",
        Command::HoldCall { .. } => "hold",
        Command::ReleaseCall { .. } => "release",
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
        _ => "",
    }
}
