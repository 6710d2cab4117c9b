//! What is compared with what: rows with the checker, the world with a full replay.
//!
//! Invariant: reads only.

use crate::history::Broken;
use crate::storage::SimJournal;
use ascall_engine::core::Core;
use ascall_engine::domain::call::AssignmentState;
use ascall_engine::domain::ids::{CallId, WorkerId};
use ascall_engine::domain::snapshot::Part;
use ascall_engine::domain::world::World;
use ascall_engine::journal::JournalError;
use ascall_engine::verify::{CallFacts, CallMoney, Checker, MemberFacts};
use ascall_engine::views::{CallFilter, CallRow, MemberRow};
use std::collections::{BTreeMap, BTreeSet};

/// The world as its parts' bytes.
pub fn parts(world: &World) -> BTreeMap<Part, Vec<u8>> {
    let mut parts: BTreeSet<Part> = BTreeSet::from([Part::Desk, Part::of_call(CallId(0))]);
    parts.extend(world.calls().map(|call| Part::of_call(call.id)));
    parts.extend(world.workers().map(|worker| Part::of_worker(worker.id)));
    parts.insert(Part::of_worker(WorkerId(0)));
    parts.extend(world.members().map(|member| Part::of_member(member.id)));
    parts.into_iter().map(|part| (part, world.part(part).unwrap_or_default())).collect()
}

/// The rows of these calls say what the checker says.
pub fn rows(
    core: &Core<SimJournal>,
    checker: &Checker,
    ended: &BTreeMap<CallId, CallFacts>,
    touched: &BTreeSet<CallId>,
) -> Result<(), Broken> {
    for id in touched {
        let row = core.store().call(*id).map_err(|error| match error {
            JournalError::Stopped => {
                ("J10", "an answer left although its commit failed".to_owned())
            }
            error => ("V1", error.to_string()),
        })?;
        let Some(row) = row else { return Err(("V1", format!("{id} has no row"))) };
        let Some(facts) = ended.get(id).cloned().or_else(|| checker.call_facts(*id)) else {
            return Err(("V1", format!("{id} has a row and no record")));
        };
        differs(&row, &facts).map_or(Ok(()), |what| Err(("V1", format!("{id}: {what}"))))?;
    }
    Ok(())
}

fn differs(row: &CallRow, facts: &CallFacts) -> Option<String> {
    macro_rules! same {
        ($what:literal, $ours:expr, $theirs:expr) => {
            let (ours, theirs) = ($ours, $theirs);
            if ours != theirs {
                return Some(format!(
                    "{} in the row is {ours:?}, by the journal {theirs:?}",
                    $what
                ));
            }
        };
    }
    let live = |w: &AssignmentState| *w != AssignmentState::Finished;
    let worker = row.worker.filter(|_| row.work.as_ref().is_some_and(live)).map(|(id, _)| id);
    let has = facts.worker.or(facts.reserved.map(|(worker, _)| worker));
    let told: Vec<_> = facts.told.iter().copied().collect();
    let money = CallMoney {
        captured: row.money.captured,
        refunded: row.money.refunded,
        settled: row.money.settled,
        discount: row.money.discount,
    };
    same!("the profile", row.profile, facts.profile);
    same!("the subject", row.subject, facts.subject);
    same!("the phase", row.phase, facts.phase);
    same!("the phase's time", row.phase_at, facts.phase_at);
    same!("the target", row.unwinding.map(|(target, ..)| target), facts.target);
    same!("the worker", worker, has);
    same!("the priority", row.priority, facts.priority);
    same!("the kind", &row.kind, &facts.kind);
    same!("the price", row.cost, facts.cost);
    same!("the sum due", row.due, facts.due);
    same!("the money", money, facts.money);
    same!("the number", (row.tel, row.reachable), (facts.tel, facts.reachable));
    same!("the member", row.member, facts.member);
    same!("the appointment", row.window, facts.window);
    same!("the place on the open list", row.claimable, facts.claimable);
    same!("the broadcast", row.broadcast, facts.broadcast);
    same!("those who were told", &row.told, &told);
    same!("the number of steps", row.steps.len(), facts.steps.len());
    same!("the outcome", row.outcome, facts.outcome);
    same!("the rating", row.rating, facts.rating);
    same!("the disposition", &row.disposition, &facts.disposition);
    same!("the reception", row.received_at, facts.received_at);
    same!("the end", row.ended_at(), facts.ended_at);
    same!("the hold", row.held_until, facts.held_until);
    same!("the parent", row.parent, facts.parent);
    None
}

/// The world in memory is the fold of the journal, and every live call's row is up to date.
pub fn whole(core: &Core<SimJournal>, mirror: &World) -> Result<(), Broken> {
    let (ours, theirs) = (parts(mirror), parts(core.world()));
    if let Some((part, _)) = ours.iter().find(|(part, bytes)| theirs.get(part) != Some(bytes)) {
        let (a, b) = (shown(mirror, *part), shown(core.world(), *part));
        return Err((
            "V5",
            format!("{part:?} differs from a full replay: {}", first_difference(&a, &b)),
        ));
    }
    if ours.len() != theirs.len() {
        return Err(("V5", "the world has parts that a full replay has not".to_owned()));
    }
    for call in mirror.calls() {
        let row = core.store().call(call.id).map_err(|error| ("V1", error.to_string()))?;
        let due = CallRow::of(call, mirror);
        if row.as_ref() != Some(&due) {
            let (a, b) = (format!("{due:?}"), format!("{row:?}"));
            return Err((
                "V1",
                format!("the row of {} is old: {}", call.id, first_difference(&a, &b)),
            ));
        }
    }
    let seq = core.head().seq;
    if seq != core.world().seq() || seq != mirror.seq() {
        return Err(("R1", format!("the head is {seq}, the world {}", core.world().seq())));
    }
    Ok(())
}

fn shown(world: &World, part: Part) -> String {
    match part {
        Part::Desk => {
            let participants: Vec<_> = world.participants().collect();
            let attention: Vec<_> = world.attention().collect();
            let notices: Vec<_> = world.notices().collect();
            format!(
                "{participants:?} {attention:?} {notices:?} {:?} {:?} {:?} {}",
                world.stock().collect::<Vec<_>>(),
                world.books(),
                world.assign(),
                world.at().0
            )
        }
        Part::Calls(_) => {
            let calls: Vec<_> =
                world.calls().filter(|call| Part::of_call(call.id) == part).collect();
            format!("{calls:?}")
        }
        Part::Workers(_) => format!("{:?}", world.workers().collect::<Vec<_>>()),
        Part::Members(_) => format!("{:?}", world.members().collect::<Vec<_>>()),
    }
}

fn first_difference(a: &str, b: &str) -> String {
    let at = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let part =
        |text: &str| -> String { text.chars().skip(at.saturating_sub(160)).take(260).collect() };
    format!("…{}… against …{}…", part(a), part(b))
}

/// Every list finds what a look at all rows finds, and every call has exactly one row.
pub fn lists(core: &Core<SimJournal>, checker: &Checker, calls: u64) -> Result<(), Broken> {
    let store = core.store();
    let storage = |error: ascall_engine::journal::JournalError| ("V4", error.to_string());
    let all = store.calls(&CallFilter { ended: true, ..CallFilter::default() }).map_err(storage)?;
    let ids: Vec<u64> = all.iter().map(|row| row.call.0).collect();
    if ids != (1..=calls).collect::<Vec<_>>() {
        return Err(("V4", format!("{calls} calls were taken, the list of all shows {ids:?}")));
    }
    for row in &all {
        if checker.call_phase(row.call) != Some(row.phase) {
            return Err(("V1", format!("{} is {} in the list", row.call, row.phase)));
        }
    }
    let tels: BTreeSet<_> = all.iter().filter_map(|row| row.tel).collect();
    for tel in tels {
        let filter = CallFilter { tel: Some(tel), ended: true, ..CallFilter::default() };
        let found = store.calls(&filter).map_err(storage)?;
        let due: Vec<_> = all.iter().filter(|row| row.tel == Some(tel)).collect();
        if found.iter().collect::<Vec<_>>() != due {
            return Err(("V4", format!("by number: {}", unlike(&found, &due))));
        }
    }
    let workers: BTreeSet<_> = all.iter().filter_map(|row| row.worker.map(|(id, _)| id)).collect();
    for worker in workers {
        let filter = CallFilter { worker: Some(worker), ended: true, ..CallFilter::default() };
        let found = store.calls(&filter).map_err(storage)?;
        let due: Vec<_> =
            all.iter().filter(|row| row.worker.is_some_and(|(id, _)| id == worker)).collect();
        if found.iter().collect::<Vec<_>>() != due {
            return Err(("V4", format!("by worker: {}", unlike(&found, &due))));
        }
    }
    Ok(())
}

/// The rows of goods and members say what the checker says.
pub fn registers(core: &Core<SimJournal>, checker: &Checker) -> Result<(), Broken> {
    let storage = |error: JournalError| ("V1", error.to_string());
    let shelves = core.store().stock().map_err(storage)?;
    let shelves: BTreeMap<_, _> =
        shelves.into_iter().map(|row| (row.product, (row.on_hand, row.reserved))).collect();
    let facts = checker.stock_facts().map(|f| (f.product, (f.on_hand, f.reserved)));
    let facts: BTreeMap<_, _> = facts.collect();
    if shelves != facts {
        return Err(("V1", format!("goods: rows {shelves:?}, by the journal {facts:?}")));
    }
    let rows = core.store().members().map_err(storage)?;
    let facts: Vec<MemberRow> = checker
        .member_facts()
        .map(|MemberFacts { member, subject, tel, friend, card, rides, coupons }| MemberRow {
            member,
            subject,
            tel,
            friend,
            card,
            rides,
            coupons,
        })
        .collect();
    if rows != facts {
        return Err(("V1", format!("members: rows {rows:?}, by the journal {facts:?}")));
    }
    Ok(())
}

/// What a timer that does nothing may belong to.
pub fn waiting(world: &World, due: ascall_engine::domain::ids::Time) -> String {
    let calls: Vec<_> = world
        .calls()
        .filter(|call| {
            call.offer.is_some_and(|o| o.deadline == due)
                || call.held_until == Some(due)
                || call.search.fresh
                || call
                    .steps
                    .iter()
                    .any(|s| s.retry_at() == Some(due) || s.out.is_some_and(|o| o.deadline == due))
        })
        .collect();
    let participants: Vec<_> = world
        .participants()
        .map(|p| (&p.name, p.mode, p.breaker.state(), p.in_flight, p.drain, p.bulkhead))
        .collect();
    format!("{:?} {participants:?} {calls:?}", world.assign())
}

fn unlike(found: &[CallRow], due: &[&CallRow]) -> String {
    let ids = |rows: &[&CallRow]| rows.iter().map(|row| row.call.0).collect::<Vec<_>>();
    let refs: Vec<&CallRow> = found.iter().collect();
    let bad = refs.iter().zip(due).find(|(a, b)| a != b);
    format!("{:?} found, {:?} are there, first unlike {bad:?}", ids(&refs), ids(due))
}
