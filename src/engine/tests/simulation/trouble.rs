//! What goes wrong with the storage and the process, and what must be true when the desk is open again.
//!
//! Invariant: a crash takes with it all that was on its way to the process; what was acknowledged must be there.

use crate::sim::{Happening, Sim, Step};
use crate::storage::SimJournal;
use ascall_engine::core::{Core, Founding};
use ascall_engine::domain::carry::key_mark;
use ascall_engine::domain::command::{Command, Order};
use ascall_engine::domain::event::{Actor, Record};
use ascall_engine::domain::ids::{CallId, Millis, Seq};
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::JournalError;
use std::sync::Arc;

impl Sim {
    pub fn trouble(&mut self) -> Step {
        if self.calm {
            return Ok(());
        }
        self.later(Millis(self.rng.clone().below(90_000)), Happening::Trouble);
        if !self.rng.chance(self.options.trouble) || self.core.is_none() {
            return Ok(());
        }
        match self.rng.below(4) {
            0 => {
                self.cover.fault("crash");
                self.crash();
            }
            1 => {
                self.cover.fault("crash in maintenance");
                let (after, done) = (self.rng.below(7), self.rng.chance(50));
                let seed = self.rng.next();
                self.storage.die_at(after, done, seed);
                self.maintain()?;
            }
            _ => {
                let (after, how) = (self.rng.below(4), self.rng.next());
                let name = self.storage.fail(after, how);
                self.cover.fault(name);
            }
        }
        Ok(())
    }

    /// The storage failed: nothing more is accepted until the desk is opened again.
    pub fn stopped(&mut self, error: &JournalError) -> Step {
        if !error.stops() && !matches!(error, JournalError::Stopped) {
            return Err(("R3", format!("an unexpected error: {error}")));
        }
        if let Some(core) = self.core.as_mut() {
            if !core.is_stopped() {
                return Err(("R3", format!("the desk goes on after: {error}")));
            }
            if !matches!(
                core.run(&[Order::by_clock(Command::Tick)], self.now),
                Err(JournalError::Stopped)
            ) {
                return Err(("R3", "a stopped desk takes an order".to_owned()));
            }
        }
        if self.rng.chance(30) {
            self.crash();
            return Ok(());
        }
        // The same process opens it again, as the engine's writer does.
        let wait = Millis(self.rng.below(3_000));
        let reopening = self.queue.values().any(|h| matches!(h, Happening::Reopen { .. }));
        if !reopening {
            self.later(wait, Happening::Reopen { new_process: false });
        }
        // Until then it answers nobody.
        self.hide();
        Ok(())
    }

    /// Takes the desk away from everybody for a moment; it is put back by the reopen.
    pub fn hide(&mut self) {
        if let Some(core) = self.core.take() {
            self.hidden = Some(core);
        }
    }

    pub fn crash(&mut self) {
        self.cover.crashes += 1;
        let seed = self.rng.next();
        self.storage.crash(seed);
        self.core = None;
        self.hidden = None;
        // What was in the air towards the process is gone.
        let rng = &mut self.rng;
        self.queue.retain(|_, what| match what {
            Happening::Reported(_) | Happening::Post(..) | Happening::Maintain => false,
            Happening::Reopen { .. } => false,
            Happening::Heard(..) => rng.chance(50),
            _ => true,
        });
        self.messenger.under_way.clear();
        let wait = Millis(self.rng.below(20_000));
        self.later(wait, Happening::Reopen { new_process: true });
    }

    pub fn reopen(&mut self, new_process: bool) -> Step {
        if !self.calm && self.rng.chance(20) && self.options.trouble > 0 {
            self.cover.fault("crash in recovery");
            let (done, seed) = (self.rng.chance(50), self.rng.next());
            self.storage.die_at(0, done, seed);
        }
        let opened = if new_process {
            self.open_core()
        } else {
            match self.hidden.take() {
                Some(mut core) => core.reopen().map(|_| core),
                None => return Ok(()),
            }
        };
        match opened {
            Ok(core) => {
                self.core = Some(core);
                self.recovered(new_process)
            }
            Err(error) if error.stops() || matches!(error, JournalError::Stopped) => {
                self.crash();
                Ok(())
            }
            Err(error) => Err(("R1", format!("the desk does not open: {error}"))),
        }
    }

    pub fn open_core(&self) -> Result<Core<SimJournal>, JournalError> {
        let founding = Founding { seed: self.seed, secret: [7; 32] };
        Core::open(self.storage.open()?, Settings::default(), &founding, self.now)
    }

    /// After an opening: the journal is what was acknowledged, and perhaps what nobody knew of.
    pub fn recovered(&mut self, new_process: bool) -> Step {
        let unknown = std::mem::take(&mut self.unknown);
        let Some(core) = self.core.as_ref() else { return Ok(()) };
        let all = core.store().records(Seq(1), usize::MAX);
        let all = all.map_err(|error| ("J7", format!("the journal is not readable: {error}")))?;
        if all.len() < self.log.len() {
            let what =
                format!("{} records are there, {} were acknowledged", all.len(), self.log.len());
            return Err(("J3", what));
        }
        if let Some(at) = (0..self.log.len()).find(|at| all[*at] != self.log[*at]) {
            return Err(("J2", format!("record {} is not what it was", at + 1)));
        }
        let late: Vec<Arc<Record>> = all[self.log.len()..].iter().cloned().map(Arc::new).collect();
        let ticking = late.iter().filter(|r| r.actor == Actor::Clock).count();
        if late.len() > unknown.len() + ticking.min(1) {
            return Err(("J4", format!("{} records that nobody asked for", late.len())));
        }
        for record in late.iter().filter(|r| r.actor != Actor::Clock) {
            let asked = unknown.iter().any(|order| {
                order.actor == record.actor
                    && order.key.as_deref().map(key_mark)
                        == record.key.as_ref().map(|k| k.key.clone())
            });
            if !asked {
                return Err(("J4", format!("record {} by nobody that asked", record.seq)));
            }
        }
        for record in &late {
            self.read(record)?;
        }
        if let Some(core) = self.core.as_ref() {
            if core.world().next_due() != self.mirror.next_due() {
                let (ours, theirs) = (self.mirror.next_due(), core.world().next_due());
                return Err((
                    "V5",
                    format!("after opening the next due is {theirs:?}, not {ours:?}"),
                ));
            }
        }
        self.check_whole()?;
        for record in &late {
            self.send(record);
        }
        if new_process {
            self.resend();
        }
        self.look_for_notices();
        Ok(())
    }

    /// A new process asks again what is out, under the same key; or waits for the deadline.
    pub fn resend(&mut self) {
        let calls: Vec<(CallId, u8)> = (1..=self.checker_calls())
            .filter_map(|id| self.mirror.call(CallId(id)))
            .flat_map(|c| {
                let outs = c.steps.iter().enumerate().filter(|(_, s)| s.out.is_some());
                let id = c.id;
                outs.filter_map(move |(i, _)| Some((id, u8::try_from(i).ok()?))).collect::<Vec<_>>()
            })
            .collect();
        for (call, step) in calls {
            if self.calm || self.rng.chance(70) {
                self.send_step(call, step, self.mirror.seq());
            }
        }
    }
}
