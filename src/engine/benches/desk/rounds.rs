//! Rounds: calls that wait and free workers, looked at together.
//!
//! Beside the time of a round stands that of giving the same calls out one by one, which looks at each call once and
//! weighs nothing.

use crate::Outcome;
use crate::rig::{cpu, median, repair, request, say, worker};
use ascall_engine::domain::command::{Command, Order};
use ascall_engine::domain::ids::{Millis, Time};
use ascall_engine::domain::profile::{Foresight, Matching, Policy, Turn};
use ascall_engine::domain::world::{Settings, World};

const TICK: Millis = Millis::secs(5);

const ROUNDS: usize = 5;

/// Calls, workers and how many of them have a call when the round is held.
const SIZES: &[(u64, u64, u64)] = &[
    (100, 1_000, 0),
    (1_000, 1_000, 0),
    (1_000, 10_000, 0),
    (1_000, 100, 0),
    (1_000, 10_000, 5_000),
];

pub fn run() -> Outcome<()> {
    for (calls, workers, busy) in SIZES {
        for policy in [Policy::Batch, Policy::Foresight, Policy::Nearest] {
            let (world, now) = waiting(policy, *calls, *workers, *busy)?;
            let (mut took, mut events) = (Vec::new(), 0);
            for _ in 0..ROUNDS {
                let mut world = world.clone();
                let begun = cpu()?;
                let carried = world.carry_out(&Order::by_clock(Command::Tick), now)?;
                let span = cpu()?.checked_sub(begun).ok_or("the clock went back")?;
                took.push(span.as_secs_f64() * 1e3);
                events = carried.record.map_or(0, |record| record.events.len());
            }
            let (took, name) = (median(took), policy.name());
            say(&format!(
                "  {calls:>5} calls, {workers:>6} workers, {busy:>5} at work: {name:<10}{took:>8.1} ms, {events} events"
            ))?;
        }
    }
    Ok(())
}

/// A desk on which so many calls wait for the next tick, and when that is.
fn waiting(policy: Policy, calls: u64, workers: u64, busy: u64) -> Outcome<(World, Time)> {
    let mut profile = repair()?;
    profile.steps.clear();
    profile.dispatch.policy = policy;
    profile.dispatch.matching = Some(Matching { tick_ms: TICK, order: Turn::Whole });
    profile.dispatch.foresight = (policy == Policy::Foresight).then(Foresight::default);
    let mut world = World::new(Settings::default());
    let mut now = Time(1_800_000_000_000);
    let order = |world: &mut World, command: Command, now: Time| -> Outcome<()> {
        world.carry_out(&Order::by_operator("kim", command), now)?;
        Ok(())
    };
    order(&mut world, Command::OpenDesk { seed: 7 }, now)?;
    order(&mut world, Command::AdoptProfile(Box::new(profile)), now)?;
    for n in 0..workers {
        world.carry_out(&worker(n)?, now)?;
    }
    now = now.plus(Millis(1));
    for n in 0..busy + calls {
        if n == busy && busy > 0 {
            now = world.next_due().ok_or("no round")?;
            while world.next_due().is_some_and(|due| due <= now) {
                order(&mut world, Command::Tick, now)?;
            }
            now = now.plus(Millis(1));
        }
        world.carry_out(&request(n)?, now)?;
    }
    Ok((world, now.plus(TICK)))
}
