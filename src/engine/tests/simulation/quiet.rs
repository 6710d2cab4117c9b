//! The second phase: faults stop, people do their work, and within an hour nothing is owed any more.
//!
//! Invariant: nothing new is asked for; what is done by hand is what a dispatcher would do with what is shown.

use crate::checks;
use crate::history::Broken;
use crate::sim::{Happening, Sim};
use crate::town;
use ascall_engine::domain::breaker::{Order as BreakerOrder, State};
use ascall_engine::domain::call::Call;
use ascall_engine::domain::carry::key_mark;
use ascall_engine::domain::command::{Command, Current, Order};
use ascall_engine::domain::event::{Actor, Concern, Duty, Event, Mode, SettledBy, WorkOutcome};
use ascall_engine::domain::ids::{Millis, Won};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Price, Profile, Stage, Transport};
use ascall_engine::domain::world::World;
use ascall_engine::verify::{Quiet, StepState};
use std::collections::BTreeMap;

impl Sim {
    /// Faults off; up to one virtual hour.
    pub fn settle(&mut self) -> Result<(), Broken> {
        self.calm = true;
        self.storage.heal();
        let end = self.now.plus(Millis::mins(60));
        if self.core.is_none()
            && !self.queue.values().any(|h| matches!(h, Happening::Reopen { .. }))
        {
            self.later(Millis(0), Happening::Reopen { new_process: true });
        }
        let mut started = false;
        let mut round = self.now.plus(Millis::secs(30));
        while self.now < end {
            if self.core.is_some() && !started {
                started = true;
                let orders = self.all_on();
                self.submit(orders)?;
            }
            if !self.step(Some(round.min(end)))? {
                self.now = round.min(end);
            }
            if self.now >= round {
                round = self.now.plus(Millis::mins(2));
                let orders = self.core.as_ref().map(|core| chores(core.world()));
                self.submit(orders.unwrap_or_default())?;
            }
        }
        if !started {
            return Err(("R1", "the desk did not open again within an hour".to_owned()));
        }
        Ok(())
    }

    /// Everything that was switched off is switched on.
    fn all_on(&self) -> Vec<Order> {
        let mut commands = Vec::new();
        for name in town::LOCAL.iter().chain(&["assign"]) {
            commands.push(Command::SetMode { name: (*name).to_owned(), mode: Mode::Running });
        }
        for name in town::LOCAL.iter().chain(&town::OUTSIDE) {
            let forced = self.mirror.participant(name).is_some_and(|p| {
                matches!(p.breaker.state(), State::ForcedOpen { .. } | State::Disabled)
            });
            if forced {
                let (name, to) = ((*name).to_owned(), BreakerOrder::Auto);
                commands.push(Command::ForceBreaker { name, to });
            }
        }
        for worker in self.mirror.workers() {
            let (worker, current) = (worker.id, Current::Keep);
            commands.push(Command::SetDuty { worker, duty: Duty::On, current });
        }
        commands.extend(town::GOODS.iter().map(|product| town::received(product, 500)));
        commands.into_iter().map(by_hand).collect()
    }

    /// The rules of rest.
    pub fn check_quiet(&mut self) -> Result<(), Broken> {
        self.check_whole()?;
        let report = self.checker.finish(Quiet::Yes { at: self.now });
        if let Some(fault) = report.faults.first() {
            return Err((fault.rule.id(), fault.to_string()));
        }
        if let Some(key) = self.outside.twice() {
            return Err(("K3", format!("{key:?} was done or undone twice")));
        }
        self.check_effects()?;
        self.check_bank()?;
        self.check_goods()?;
        self.check_messages()?;
        self.check_histories()?;
        if let Some(core) = self.core.as_ref() {
            checks::lists(core, &self.checker, self.checker_calls())?;
            let checked = core.store().reader().view().and_then(|view| view.check());
            checked.map_err(|error| ("J7", error.to_string()))?;
        }
        // Once more from the disk alone.
        self.core = None;
        let core = self.open_core().map_err(|error| ("R1", error.to_string()))?;
        checks::whole(&core, &self.mirror)?;
        self.core = Some(core);
        Ok(())
    }

    /// What the dependencies hold is what the journal says they hold.
    fn check_effects(&self) -> Result<(), Broken> {
        let standing = self.outside.standing();
        for ((call, step), groups) in &standing {
            if groups.len() > 1 {
                return Err(("K5", format!("{call} step {step} stands under groups {groups:?}")));
            }
            let Some(facts) = self.facts(*call) else {
                return Err(("O6", format!("{call} was never taken and step {step} is done")));
            };
            let state = facts.steps.get(usize::from(*step)).map(|s| s.state);
            let kept = matches!(state, Some(StepState::Done | StepState::Waived))
                || facts.steps.get(usize::from(*step)).is_some_and(|s| s.settled.is_some());
            // What is still unknown is still being asked.
            let asked = !facts.phase.is_terminal() && state == Some(StepState::Unknown);
            if !kept && !asked && !self.told_of(*call, Concern::LateOk) {
                let phase = facts.phase;
                return Err((
                    "K3",
                    format!(
                        "orphan: {call} is {phase}, step {step} stands outside and is {state:?} by the journal"
                    ),
                ));
            }
        }
        for (id, facts) in &self.ended {
            if facts.phase != Phase::Completed {
                continue;
            }
            let Some(adopted) = self.mirror.profile(facts.profile) else { continue };
            for (i, (spec, step)) in adopted.spec.steps.iter().zip(&facts.steps).enumerate() {
                let outside = town::OUTSIDE.contains(&spec.answerer());
                let stands = u8::try_from(i).is_ok_and(|i| standing.contains_key(&(*id, i)));
                let settled = step.settled.is_some();
                if outside && step.state == StepState::Done && !stands && !settled {
                    return Err((
                        "M5",
                        format!("{id} is completed and `{}` is not done outside", spec.name),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Everything said was heard, and nothing was heard that was not said.
    fn check_messages(&self) -> Result<(), Broken> {
        let mut issued = BTreeMap::new();
        for event in self.log.iter().flat_map(|r| &r.events) {
            match event {
                Event::NoticeIssued { notice, .. } if notice.transport != Transport::Inbox => {
                    issued.insert(*notice, false);
                }
                Event::NoticeDelivered { notice, .. } => {
                    issued.insert(*notice, true);
                }
                _ => {}
            }
        }
        for (notice, delivered) in &issued {
            if *delivered && !self.messenger.reached.contains_key(notice) {
                return Err(("O3", format!("{notice:?} is called delivered and reached nobody")));
            }
        }
        match self.messenger.reached.keys().find(|key| !issued.contains_key(key)) {
            Some(key) => Err(("O6", format!("{key:?} reached somebody and is in no record"))),
            None => Ok(()),
        }
    }

    /// What was acknowledged is in the journal, by whom it was asked and under its key.
    fn check_histories(&self) -> Result<(), Broken> {
        for (seq, (actor, key)) in &self.history.acked {
            let record =
                self.log.get(usize::try_from(seq.0.saturating_sub(1)).unwrap_or(usize::MAX));
            let there = record.is_some_and(|record| {
                record.actor == *actor
                    && record.key.as_ref().map(|k| k.key.clone()) == key.as_deref().map(key_mark)
            });
            if !there {
                return Err((
                    "J3",
                    format!("record {seq} was acknowledged to {actor:?} and is not theirs"),
                ));
            }
        }
        for call in &self.history.canceled {
            let target = self.facts(*call).and_then(|facts| facts.target);
            if target != Some(ascall_engine::domain::phase::Target::Canceled) {
                return Err((
                    "X1",
                    format!("the cancel of {call} was acknowledged, and it goes to {target:?}"),
                ));
            }
        }
        match self.history.calls.iter().find(|call| self.checker.call_phase(**call).is_none()) {
            Some(call) => Err(("J3", format!("{call} was acknowledged and is not there"))),
            None => Ok(()),
        }
    }
}

fn by_hand(command: Command) -> Order {
    Order {
        actor: Actor::Operator("kim".to_owned()),
        key: None,
        reason: Some("end of the day".to_owned()),
        causation: None,
        trace: None,
        seen: None,
        command,
    }
}

/// What a dispatcher does with what is shown.
fn chores(world: &World) -> Vec<Order> {
    let mut commands = Vec::new();
    let mut free: Vec<_> = world
        .workers()
        .filter(|w| w.current.is_none() && w.duty == Duty::On)
        .map(|w| w.id)
        .collect();
    for call in world.calls() {
        let id = call.id;
        let concerns: Vec<Concern> = call.attention.keys().copied().collect();
        let line = world.profile(call.profile).map(|adopted| &adopted.spec);
        let name_of = |step: usize| line.map_or_else(String::new, |line| line.step_name(step));
        match call.phase {
            Phase::Scheduled | Phase::Assigned => {
                commands.push(Command::StartWork { call: id });
                if concerns.contains(&Concern::StepDenied) {
                    commands.push(Command::RetryCall { call: id });
                }
            }
            Phase::InService => {
                let metered = line.and_then(|l| l.payment).map(|p| p.price) == Some(Price::Metered);
                let (outcome, fare) = (WorkOutcome::Done, metered.then_some(Won(12_300)));
                commands.push(Command::FinishWork { call: id, outcome, fare });
                if concerns.contains(&Concern::StepDenied) {
                    commands.push(Command::RetryCall { call: id });
                }
            }
            Phase::Closing if concerns.contains(&Concern::ClosingDenied) => {
                commands.push(Command::SettleCall { call: id, by: SettledBy::Cash });
            }
            Phase::Unwinding if concerns.contains(&Concern::UndoDenied) => {
                for (i, step) in call.steps.iter().enumerate() {
                    if matches!(
                        step.state,
                        ascall_engine::domain::call::StepState::UndoDenied { .. }
                    ) {
                        commands.push(Command::WaiveStep { call: id, step: name_of(i) });
                    }
                }
            }
            Phase::Completed if concerns.contains(&Concern::RefundDenied) => {
                commands.push(Command::RetryCall { call: id });
            }
            Phase::Open if call.held_until.is_none() && needs_nobody(line, call) => {
                commands.push(Command::StartWork { call: id });
                commands.push(Command::RetryCall { call: id });
            }
            Phase::Open if call.held_until.is_none() && !concerns.is_empty() => {
                if concerns.contains(&Concern::StepDenied) {
                    commands.push(Command::RetryCall { call: id });
                }
                match free.pop() {
                    Some(worker) => {
                        commands.push(Command::AssignCall { call: id, worker, force: true });
                    }
                    None => commands.push(Command::CancelCall { call: id, force: true }),
                }
            }
            _ => {}
        }
    }
    for item in world.attention().filter(|a| {
        matches!(a.concern, Concern::Misconfigured | Concern::NoticeDead | Concern::ClockStepped)
    }) {
        commands.push(Command::CloseAttention { attention: item.id });
    }
    commands.into_iter().map(by_hand).collect()
}

/// Whether the call is served by nobody in particular.
fn needs_nobody(line: Option<&Profile>, call: &Call) -> bool {
    line.and_then(|line| call.stage(line)).is_some_and(|stage| matches!(stage, Stage::None { .. }))
}
