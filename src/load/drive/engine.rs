//! A load at the engine in this process, in virtual time: a day passes in seconds, and the same scenario and seed write the
//! same journal.
//!
//! Invariant: knows no clock but the virtual one; the machine's is looked at to say what it cost and to let others look on.
//! At one instant faults come first, then what people do, in one batch; then the clock ticks. An answer is there a
//! millisecond later, so that time passes for those who do nothing but ask.

use super::order::{self, Papers};
use super::timeline::Timeline;
use super::witness::{Account, Witness};
use super::{Control, Ending, Onlooker, Reach, faults, not_happened};
use crate::desk::{CallFilter, Setup, check, live};
use crate::load::LoadError;
use crate::load::crowd::{Crowd, Said, Step, What};
use crate::load::meter::{Meter, Micros};
use crate::load::scenario::{Fault, Scenario, Target, Traffic, Trouble};
use ascall_engine::core::{Core, Done, Founding};
use ascall_engine::domain::command::{Came, Command, Delivery, Order, Receipt};
use ascall_engine::domain::event::{Record, Said as Carried};
use ascall_engine::domain::ids::{Millis, Seq, Time};
use ascall_engine::domain::profile::Transport;
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::memory::MemoryJournal;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// When the load begins: a Monday at noon in Seoul.
const BEGIN: Time = Time((20_458 * 24 + 3) * 3_600_000);

/// How long an answer takes.
const ANSWER: Millis = Millis(1);

/// How often somebody may look on, and how many instants pass before the machine's clock is asked whether it is time.
const SHOW_EVERY: Duration = Duration::from_millis(250);
const INSTANTS: u32 = 64;

/// A second under the secret of the digests: the journal of a load holds invented numbers only, and is to be the same again.
const SECRET: [u8; 32] = [7; 32];

struct Drive {
    core: Core<MemoryJournal>,
    papers: Papers,
    crowd: Crowd,
    meter: Meter,
    witness: Witness,
    timeline: Timeline,
    reach: Reach,
    now: Millis,
    /// What the engine took of the machine's time.
    engine: Duration,
    stopped: bool,
}

/// Carries the scenario out.
///
/// # Errors
/// The scenario asks for what virtual time does not have, or the desk refuses what it must know beforehand.
pub(super) fn drive(
    scenario: &Scenario,
    setup: Setup,
    meter: Meter,
    onlooker: &mut Onlooker,
) -> Result<(Meter, Ending), LoadError> {
    if matches!(scenario.traffic, Traffic::Closed { think: Millis(0), .. }) {
        let what = "users who never rest need real time: name a rest (`think`) or another target";
        return Err(LoadError::Target(what.to_owned()));
    }
    let began = Instant::now();
    let settings = Settings { stale_after: Millis::hours(24 * 365), ..Settings::default() };
    let founding = Founding { seed: scenario.seed, secret: SECRET };
    let core = Core::open(MemoryJournal::new(), settings, &founding, BEGIN)?;
    let mut drive = Drive {
        core,
        papers: Papers::of(setup),
        crowd: Crowd::new(scenario.clone()),
        meter,
        witness: Witness::default(),
        timeline: Timeline::of(scenario),
        reach: Reach::of(false, std::iter::empty()),
        now: Millis(0),
        engine: Duration::ZERO,
        stopped: false,
    };
    drive.found(scenario)?;
    drive.run(scenario, onlooker)?;
    let took = began.elapsed();
    drive.end(took)
}

impl Drive {
    /// The desk with its service lines, and everybody whom it must know.
    fn found(&mut self, scenario: &Scenario) -> Result<(), LoadError> {
        let lines = self.papers.setup.profiles.iter().cloned();
        let lines = lines.map(|line| Order::by_clock(Command::AdoptProfile(Box::new(line))));
        let lines: Vec<Order> = lines.collect();
        self.must(&lines)?;
        self.reach = Reach::of(false, self.core.world().participants().map(|p| p.name.clone()));
        self.reach.has_all(scenario)?;
        let store = self.core.store();
        let digest = |tel: &str| Ok(store.digest(&order::canonical(tel))?);
        let orders = order::founding(&self.crowd, digest)?;
        let orders: Vec<Order> = orders.into_iter().map(by_desk).collect();
        let receipts = self.must(&orders)?;
        let (members, workers) = order::numbered(&receipts);
        self.papers.members = members;
        self.crowd.enlisted(&workers);
        let mut records = Vec::new();
        self.core.store().each_record(Seq(1), |record| {
            records.push(record);
            ControlFlow::Continue(())
        })?;
        for record in &records {
            self.meter.saw(record, 0);
        }
        Ok(())
    }

    /// Orders that belong to the set-up.
    fn must(&mut self, orders: &[Order]) -> Result<Vec<Receipt>, LoadError> {
        let done = self.core.run(orders, BEGIN)?;
        let receipts: Result<Vec<Receipt>, _> = done.answers.into_iter().collect();
        Ok(receipts?)
    }

    /// Until everybody has come and the desk is at rest, or has had its time to.
    fn run(&mut self, scenario: &Scenario, onlooker: &mut Onlooker) -> Result<(), LoadError> {
        let mut over: Option<Millis> = None;
        let mut shown = Instant::now();
        for instant in 1_u32.. {
            if instant % INSTANTS == 0 && shown.elapsed() >= SHOW_EVERY {
                shown = Instant::now();
                (onlooker.show)(&self.meter, micros(self.now));
                self.obey(onlooker);
            }
            if self.crowd.is_over() || self.stopped {
                let end = over.get_or_insert(self.now).0.saturating_add(scenario.settle.0);
                if !self.crowd.has_live() && !self.timeline_goes_on() {
                    return Ok(());
                }
                if self.next().is_none_or(|next| next.0 > end) {
                    // Nothing happens until then, and whoever waits has waited so long.
                    self.now = self.now.max(Millis(end));
                    return Ok(());
                }
            }
            let Some(next) = self.next() else { return Ok(()) };
            self.now = self.now.max(next);
            self.instant()?;
        }
        Ok(())
    }

    /// Whether a fault is still to end or to begin while somebody is to come.
    fn timeline_goes_on(&self) -> bool {
        !self.stopped && !self.crowd.is_over() && self.timeline.next_at().is_some()
    }

    /// When something happens next.
    fn next(&self) -> Option<Millis> {
        let world = self.core.world();
        let due = [world.next_due(), world.next_notice_due()];
        let due = due.into_iter().flatten().map(|due| due.since(BEGIN));
        due.chain(self.crowd.next_at()).chain(self.timeline.next_at()).min()
    }

    fn wall(&self) -> Time {
        BEGIN.plus(self.now)
    }

    /// What whoever looks on wants.
    fn obey(&mut self, onlooker: &mut Onlooker) {
        while let Ok(control) = onlooker.controls.try_recv() {
            match control {
                Control::Hurry(pct) => self.crowd.hurry(self.now, pct),
                Control::Trouble(what, lasts) => {
                    let lasts = lasts.map(crate::front::clock::millis);
                    match self.reach.has(&what) {
                        Ok(()) => self.timeline.plan(&Fault { at: self.now, what, lasts }),
                        Err(why) => self.meter.amiss(not_happened(&what, &why.to_string())),
                    }
                }
                // Virtual time stood still, too.
                Control::StoodStill(_) => {}
                Control::Stop => {
                    self.crowd.close();
                    self.stopped = true;
                }
            }
        }
    }

    /// Everything that is due now.
    fn instant(&mut self) -> Result<(), LoadError> {
        while let Some(turn) = self.timeline.take(self.now) {
            turn.show(&mut self.meter, micros(self.now));
            if let Trouble::Mode(name, _) = turn.what {
                let mode = self.timeline.mode(&name);
                let done = self.order(&[by_desk(Command::SetMode { name, mode })])?;
                self.show(&done);
            }
        }
        let mut steps = Vec::new();
        let mut orders = Vec::new();
        while let Some(step) = self.crowd.take(self.now) {
            self.meter.late(0);
            self.meter.sent(&step, micros(self.now));
            match self.meant(&step)? {
                Ok(order) => {
                    orders.push(order);
                    steps.push(step);
                }
                Err(said) => self.answered(&step, &said),
            }
        }
        if !orders.is_empty() {
            let done = self.order(&orders)?;
            for (step, answer) in steps.iter().zip(&done.answers) {
                let said = match answer {
                    Ok(receipt) => Said::Done(receipt.call),
                    Err(refusal) => order::refused(refusal, self.wall()),
                };
                self.answered(step, &said);
            }
            self.show(&done);
        }
        self.deliver()?;
        while self.core.world().next_due().is_some_and(|due| due <= self.wall()) {
            let done = self.order(&[Order::by_clock(Command::Tick)])?;
            self.show(&done);
            if done.records.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// What a step asks, or its answer when it changes nothing.
    fn meant(&self, step: &Step) -> Result<Result<Order, Said>, LoadError> {
        if let Some((actor, command)) = order::change(&step.what) {
            return Ok(Ok(Order { actor, ..by_desk(command) }));
        }
        Ok(match &step.what {
            What::Request(asked) => {
                let digest = self.core.store().digest(&order::canonical(&asked.tel))?;
                let order = self.papers.request(asked, digest).map(by_desk);
                order.map(|order| Order { key: Some(asked.key.clone()), ..order })
            }
            What::Claim(worker) => {
                let open = CallFilter { claimable: true, ..CallFilter::default() };
                let open = self.core.store().calls(&open)?;
                let calls = open.iter().map(|row| row.call).collect();
                match live::claimable(self.core.world(), self.wall(), *worker, calls) {
                    Ok(calls) => match calls.first() {
                        Some(call) => Ok(by_desk(order::claim(*worker, *call))),
                        None => Err(Said::Done(None)),
                    },
                    Err(refusal) => Err(order::refused(&refusal, self.wall())),
                }
            }
            What::Status(call) => {
                let row = self.core.store().call(*call)?;
                Err(row.map_or(Said::Refused("NoSuchCall".to_owned()), |row| {
                    Said::Done(Some(row.call))
                }))
            }
            // Everything else changes something.
            _ => Err(Said::Done(None)),
        })
    }

    fn answered(&mut self, step: &Step, said: &Said) {
        let at = Millis(self.now.0 + ANSWER.0);
        self.witness.answered(step, said, false);
        self.meter.answered(step, said, micros(self.now), micros(at));
        self.crowd.answered(step, said, at);
    }

    fn order(&mut self, orders: &[Order]) -> Result<Done, LoadError> {
        let begun = Instant::now();
        let done = self.core.run(orders, self.wall())?;
        self.engine += begun.elapsed();
        Ok(done)
    }

    fn show(&mut self, done: &Done) {
        for record in &done.records {
            let record: &Arc<Record> = record;
            self.meter.saw(record, micros(self.now));
            self.crowd.saw(record, self.now);
        }
    }

    /// Whoever carries notices outside has them at once.
    fn deliver(&mut self) -> Result<(), LoadError> {
        let world = self.core.world();
        let now = self.wall();
        let due = Transport::ALL.into_iter().flat_map(|by| world.notices_due(by, now));
        let came = Came::Taken(Carried::Status(200));
        let due = due.filter_map(|(_, notice)| {
            let attempt = world.owed(&notice)?.attempt();
            Some(Delivery { notice, attempt, came: came.clone() })
        });
        let due: Vec<Delivery> = due.collect();
        if !due.is_empty() {
            let done = self.order(&[Order::by_clock(Command::Deliveries(due))])?;
            self.show(&done);
        }
        Ok(())
    }

    /// What is left of it, checked.
    fn end(self, took: Duration) -> Result<(Meter, Ending), LoadError> {
        let mut account = Account::default();
        self.core.store().each_record(Seq(1), |record| {
            account.note(&record);
            ControlFlow::Continue(())
        })?;
        let (lost, doubled) = self.witness.judge(&account);
        let ending = Ending {
            target: Target::Engine,
            lasted: micros(self.now),
            interrupted: self.stopped,
            lost,
            doubled,
            faults: faults(&check::store(self.core.store())?),
            journal: Some(self.core.head().digits()),
            cpu: Some(took.saturating_sub(self.engine)),
        };
        Ok((self.meter, ending))
    }
}

fn by_desk(command: Command) -> Order {
    Order::by_operator(order::NAME, command)
}

fn micros(at: Millis) -> Micros {
    at.0.saturating_mul(1_000)
}
