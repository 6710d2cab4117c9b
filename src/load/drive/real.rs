//! A load in real time: at a desk in this process, at one in another over its socket, or over HTTP.
//!
//! Invariant: in an open load a step is sent when it is meant to be sent, whatever is under way; what would be one too many
//! is dropped and counted. Who is under way is bounded, and so is how long they are waited for when nobody else comes. What
//! was measured is never lost with the desk.

use super::bearer::{self, Bearer};
use super::by_desk::{self, ByDesk};
use super::havoc::{BREATH, Happened, Havoc, Slot};
use super::http::Http;
use super::order::Papers;
use super::timeline::Timeline;
use super::undo::Undo;
use super::witness::Witness;
use super::{Control, Ending, Ground, Onlooker, Reach, alone, micros, not_happened, not_over};
use crate::desk::scratch::Scratch;
use crate::desk::{Desk, Setup, fresh_key};
use crate::front::clock::millis;
use crate::load::LoadError;
use crate::load::crowd::{Crowd, Said, Step, What};
use crate::load::meter::{Meter, Micros};
use crate::load::report::{in_ms, lasting};
use crate::load::scenario::{Fault, Scenario, Target, Trouble};
use crate::load::words::SUSPENDED;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::{CallId, Millis, Seq};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

/// The most steps under way at once; over HTTP each has a connection.
const UNDER_WAY: usize = 4_096;
const CONNECTIONS: usize = 768;

/// How often somebody may look on.
const SHOW_EVERY: Duration = Duration::from_millis(250);

/// How long the desk may take to come to rest when somebody ended it.
const SETTLE_INTERRUPTED: Millis = Millis::secs(2);

/// How much longer those who are under way then are waited for.
const LAST: Millis = Millis::secs(30);

/// The way by which steps are asked.
enum Window {
    Desk(ByDesk),
    Http(Http),
}

/// What comes in while a load goes on.
enum News {
    Answered { number: u64, said: Said, sent: Micros, at: Micros },
    Records(Vec<Record>),
}

/// A step that was sent and not answered so far.
struct Sent {
    step: Arc<Step>,
    at: Micros,
    /// The desk was away on purpose when it was sent.
    away: bool,
}

struct Real<'a> {
    crowd: Crowd,
    meter: &'a mut Meter,
    witness: Witness,
    timeline: Timeline,
    reach: Reach,
    undo: &'a mut Undo,
    bearer: &'a Bearer,
    begun: Instant,
    under_way: BTreeMap<u64, Sent>,
    most: usize,
    /// The newest call that was seen in the journal.
    newest: Option<CallId>,
    /// Somebody ended it.
    stopped: bool,
    /// The desk is gone, and not on purpose.
    lost: bool,
    /// Nothing more is sent.
    closing: bool,
    slot: Slot,
    havoc: Havoc,
    /// Processes that were ended on purpose and are to come again.
    away: usize,
    window: Arc<Window>,
    news: mpsc::UnboundedSender<News>,
    /// Those who wait for answers; they end with this.
    asking: JoinSet<()>,
}

/// What is known when nobody is asked any more.
struct Ran {
    witness: Witness,
    lasted: Micros,
    stopped: bool,
    cpu: Option<Duration>,
}

/// Carries the scenario out.
///
/// # Errors
/// The desk could not be opened, reached or prepared.
pub(super) async fn drive(
    scenario: &Scenario,
    target: Target,
    ground: Ground,
    mut meter: Meter,
    mut onlooker: Onlooker,
) -> Result<(Meter, Ending), LoadError> {
    let given = ground.here;
    let scratch = match &ground.keep {
        _ if given => None,
        keep => Some(Scratch::new("load", keep.as_deref()).map_err(LoadError::Store)?),
    };
    let setup = match &scratch {
        Some(scratch) => Setup { store: scratch.store.clone(), ..alone(ground.setup, scenario) },
        None => ground.setup,
    };
    // A process of ours reads its configuration from a folder that goes with it.
    let files = Scratch::new("load-host", None).map_err(LoadError::Store)?;
    let bearer = if given {
        Bearer::given(&setup, target).await?
    } else {
        Bearer::own(&setup, target, files.store.parent().unwrap_or(&files.store)).await?
    };
    let participants = bearer.desk.participants().await?;
    let names = participants.iter().map(|participant| participant.name.clone());
    let reach = Reach::of(bearer.host.is_some(), names);
    reach.has_all(scenario)?;
    let from = if given { bearer.desk.book().head()?.next() } else { Seq(1) };
    let crowd = Crowd::new(scenario.clone());
    let crowd = if given { crowd.tagged(fresh_key()) } else { crowd };
    let mut undo = Undo::of(&participants);
    let load = Load { scenario, setup: &setup, bearer: &bearer, from };
    let ran = load.carry_out(crowd, reach, &mut undo, &mut meter, &mut onlooker).await;
    if given {
        undo.run(&bearer.desk).await.into_iter().for_each(|left| meter.amiss(left));
    }
    let target = bearer.target;
    let in_order = ran.as_ref().is_ok_and(|ran| !ran.stopped && ran.witness.unanswered() == 0);
    if let Err(why) = bearer.leave(in_order).await {
        meter.amiss(format!("the desk was not left in order: {why}"));
    }
    let Ran { witness, lasted, stopped, cpu, .. } = ran?;
    let found = bearer::look(&setup, from, &witness).await;
    let ending = Ending {
        target,
        lasted,
        interrupted: stopped,
        lost: found.lost,
        doubled: found.doubled,
        faults: found.faults,
        journal: None,
        cpu,
    };
    Ok((meter, ending))
}

/// A load on a desk that is open.
struct Load<'a> {
    scenario: &'a Scenario,
    setup: &'a Setup,
    bearer: &'a Bearer,
    /// Its first record.
    from: Seq,
}

impl Load<'_> {
    /// Makes everybody known who is to be, and has them do what they do.
    async fn carry_out(
        self,
        mut crowd: Crowd,
        reach: Reach,
        undo: &mut Undo,
        meter: &mut Meter,
        onlooker: &mut Onlooker,
    ) -> Result<Ran, LoadError> {
        let Self { scenario, setup, bearer, from } = self;
        let mut papers = Papers::of(setup.clone());
        by_desk::found(&bearer.desk, &mut crowd, &mut papers, &mut undo.hired).await?;
        let mut seen = Seq(from.0.saturating_sub(1));
        for record in bearer::records(&bearer.desk.book(), from)? {
            seen = record.seq;
            meter.saw(&record, 0);
        }
        let window = match (bearer.target, bearer.remote.clone()) {
            (Target::Http, Some(remote)) => Window::Http(Http::new(remote, papers)),
            (Target::Http, None) => {
                let what = "over HTTP a desk of yours is named by --url";
                return Err(LoadError::Target(what.to_owned()));
            }
            _ => Window::Desk(ByDesk::new(papers)),
        };
        let (news, inbox) = mpsc::unbounded_channel();
        let (slot, _) = watch::channel(Some(bearer.desk.clone()));
        let follower = follow(slot.subscribe(), seen, news.clone());
        let (havoc, happened) = Havoc::new(slot.clone());
        let cost_before = bearer.generator_cost();
        let mut real = Real {
            crowd,
            meter,
            witness: Witness::default(),
            timeline: Timeline::of(scenario).over(undo.before().clone()),
            reach,
            undo,
            bearer,
            begun: Instant::now(),
            under_way: BTreeMap::new(),
            most: if matches!(window, Window::Http(_)) { CONNECTIONS } else { UNDER_WAY },
            newest: None,
            stopped: false,
            lost: false,
            closing: false,
            slot,
            havoc,
            away: 0,
            window: Arc::new(window),
            news,
            asking: JoinSet::new(),
        };
        real.run(scenario.settle, inbox, happened, onlooker).await;
        follower.abort();
        let cost = cost_before.zip(bearer.generator_cost());
        let cpu = cost.map(|(before, after)| after.saturating_sub(before));
        let lasted = real.micros();
        Ok(Ran { witness: real.witness, lasted, stopped: real.stopped, cpu })
    }
}

/// Brings in what the desk journals, whichever desk it is at the moment.
fn follow(
    mut slot: watch::Receiver<Option<Desk>>,
    mut seen: Seq,
    news: mpsc::UnboundedSender<News>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let desk = slot.borrow_and_update().clone();
            let Some(desk) = desk else {
                if slot.changed().await.is_err() {
                    return;
                }
                continue;
            };
            match desk.follow(seen).await {
                Ok(records) => {
                    seen = records.last().map_or(seen, |last| last.seq);
                    if !records.is_empty() && news.send(News::Records(records)).is_err() {
                        return;
                    }
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
    })
}

impl Real<'_> {
    /// Until everybody has come and the desk is at rest, or has had its time to.
    async fn run(
        &mut self,
        settle: Millis,
        mut inbox: mpsc::UnboundedReceiver<News>,
        mut happened: mpsc::UnboundedReceiver<Happened>,
        onlooker: &mut Onlooker,
    ) {
        let mut over: Option<Millis> = None;
        let mut shown = Instant::now();
        loop {
            self.turn();
            self.send();
            if shown.elapsed() >= SHOW_EVERY {
                shown = Instant::now();
                (onlooker.show)(self.meter, self.micros());
                self.watch_host();
            }
            let mut wake = shown + SHOW_EVERY;
            if self.lost {
                break;
            }
            if self.crowd.is_over() || self.stopped {
                let (settle, last) = if self.stopped {
                    (settle.min(SETTLE_INTERRUPTED), Millis(0))
                } else {
                    (settle, LAST)
                };
                let end = over.get_or_insert(self.now()).0.saturating_add(settle.0);
                self.closing = self.now().0 >= end;
                let is_idle = self.under_way.is_empty() && self.havoc.is_idle();
                let is_late = self.now().0 >= end.saturating_add(last.0);
                if self.is_at_rest() || (self.closing && (is_idle || is_late)) {
                    break;
                }
                wake = wake.min(self.instant(Millis(end)).max(Instant::now() + BREATH));
            }
            if !self.closing {
                for at in self.crowd.next_at().into_iter().chain(self.timeline.next_at()) {
                    wake = wake.min(self.instant(at));
                }
            }
            tokio::select! {
                biased;
                news = inbox.recv() => {
                    let mut next = news;
                    while let Some(news) = next {
                        self.take(news);
                        next = inbox.try_recv().ok();
                    }
                }
                Some(happened) = happened.recv() => self.happened(happened),
                Some(control) = onlooker.controls.recv() => self.obey(control),
                () = tokio::time::sleep_until(wake.into()) => {}
            }
        }
        self.end();
    }

    /// Nobody waits any more: of what is under way it is not known, what did not happen is said.
    fn end(&mut self) {
        self.asking.abort_all();
        let now = self.micros();
        for Sent { step, at, away } in std::mem::take(&mut self.under_way).into_values() {
            self.witness.answered(&step, &Said::Unknown, away || self.away > 0);
            self.meter.answered(&step, &Said::Unknown, at, now);
        }
        for (what, begins) in self.havoc.awaited() {
            let say = if begins { not_happened } else { not_over };
            self.meter.amiss(say(what, "the desk did not answer until the end"));
        }
        let unanswered = self.witness.unanswered();
        if unanswered > 0 && !self.stopped && !self.lost {
            self.meter.amiss(format!("the desk never answered {unanswered} requests"));
        }
    }

    fn micros(&self) -> Micros {
        micros(self.begun.elapsed())
    }

    fn now(&self) -> Millis {
        millis(self.begun.elapsed())
    }

    fn instant(&self, at: Millis) -> Instant {
        self.begun + Duration::from_millis(at.0)
    }

    /// Whether nobody waits for anything: all answered, all that was acknowledged seen, no call under way.
    fn is_at_rest(&self) -> bool {
        self.crowd.is_over()
            && self.under_way.is_empty()
            && self.havoc.is_idle()
            && !self.crowd.has_live()
            && self.witness.newest() <= self.newest
    }

    /// Whether the process that has the desk is there, unless it was ended on purpose.
    fn watch_host(&mut self) {
        if self.away > 0 || self.lost {
            return;
        }
        if let Some(how) = self.bearer.has_ended() {
            let after = lasting(in_ms(self.micros()));
            self.meter
                .amiss(format!("the process that had the desk was gone after {after}: {how}"));
            self.lost = true;
        }
    }

    /// Faults that are due begin and end.
    fn turn(&mut self) {
        while !self.closing
            && let Some(turn) = self.timeline.take(self.now())
        {
            match (&turn.what, &self.bearer.host) {
                (Trouble::Mode(name, _), _) => {
                    self.undo.touches(name);
                    let mode = self.timeline.mode(name);
                    self.havoc.set_mode(turn, mode);
                }
                (Trouble::KillHost | Trouble::RestartHost, Some(host)) => {
                    self.away += 1;
                    self.havoc.end_host(host, turn);
                }
                // Refused before it was planned.
                (Trouble::KillHost | Trouble::RestartHost, None) => {}
            }
        }
    }

    /// A fault began or ended, or did not.
    fn happened(&mut self, Happened { serial, turn, came }: Happened) {
        self.havoc.told(serial);
        let is_host = matches!(turn.what, Trouble::KillHost | Trouble::RestartHost);
        if is_host && !turn.begins {
            self.away = self.away.saturating_sub(1);
            self.lost |= came.is_err();
        }
        match came {
            Ok(()) => turn.show(self.meter, self.micros()),
            Err(why) if turn.begins => self.meter.amiss(not_happened(&turn.what, &why)),
            Err(why) => self.meter.amiss(not_over(&turn.what, &why)),
        }
    }

    /// Steps that are due are sent.
    fn send(&mut self) {
        // Whoever has been answered is through.
        while self.asking.try_join_next().is_some() {}
        let now = self.now();
        while !self.closing
            && let Some(step) = self.crowd.take(now)
        {
            let can_wait = matches!(step.what, What::Request(_) | What::Status(_) | What::Claim(_));
            if self.under_way.len() >= self.most && can_wait {
                self.meter.dropped(&step);
                self.crowd.dropped(&step, now);
                continue;
            }
            let at = self.micros();
            self.meter.sent(&step, at);
            let step = Arc::new(step);
            let sent = Sent { step: Arc::clone(&step), at, away: self.away > 0 };
            self.under_way.insert(step.number, sent);
            let (window, news, begun) = (Arc::clone(&self.window), self.news.clone(), self.begun);
            let desk = self.slot.borrow().clone();
            self.asking.spawn(async move {
                let sent = micros(begun.elapsed());
                let said = match (&*window, desk) {
                    (Window::Http(http), _) => http.ask(&step.what).await,
                    (Window::Desk(way), Some(desk)) => way.ask(&desk, &step.what).await,
                    (Window::Desk(_), None) => Said::Failed("the desk is away".to_owned()),
                };
                let (number, at) = (step.number, micros(begun.elapsed()));
                // Nobody listens any more when the load has ended meanwhile.
                drop(news.send(News::Answered { number, said, sent, at }));
            });
        }
    }

    fn take(&mut self, news: News) {
        match news {
            News::Answered { number, said, sent, at } => {
                let Some(Sent { step, away, .. }) = self.under_way.remove(&number) else { return };
                self.meter.late(sent.saturating_sub(step.due.0.saturating_mul(1_000)));
                self.witness.answered(&step, &said, away || self.away > 0);
                self.meter.answered(&step, &said, sent, at);
                self.crowd.answered(&step, &said, Millis(at / 1_000));
            }
            News::Records(records) => {
                let (at, now) = (self.micros(), self.now());
                for record in &records {
                    self.newest = self.newest.max(taken(record));
                    self.meter.saw(record, at);
                    self.crowd.saw(record, now);
                }
            }
        }
    }

    fn obey(&mut self, control: Control) {
        let now = self.now();
        match control {
            Control::Hurry(pct) => self.crowd.hurry(now, pct),
            Control::Trouble(what, lasts) => match self.reach.has(&what) {
                Ok(()) => {
                    self.timeline.plan(&Fault { at: now, what, lasts: lasts.map(millis) });
                }
                Err(why) => self.meter.amiss(not_happened(&what, &why.to_string())),
            },
            Control::StoodStill(span) => {
                let until = self.micros();
                self.meter.stood_still(SUSPENDED, until.saturating_sub(micros(span)), until);
            }
            Control::Stop => {
                self.crowd.close();
                self.stopped = true;
            }
        }
    }
}

/// The newest call that a record took.
fn taken(record: &Record) -> Option<CallId> {
    let calls = record.events.iter().filter_map(|event| match event {
        Event::CallReceived { call, .. } => Some(*call),
        _ => None,
    });
    calls.max()
}
