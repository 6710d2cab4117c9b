//! A load in real time: at a desk in this process, at one in another over its socket, or over HTTP.
//!
//! Invariant: in an open load a step is sent when it is meant to be sent, whatever is under way; what would be one too many
//! is dropped and counted. Who is under way is bounded.

use super::by_desk::{self, ByDesk};
use super::host::Host;
use super::http::Http;
use super::order::Papers;
use super::timeline::{Timeline, Turn};
use super::witness::{Account, Witness};
use super::{Control, Ending, Ground, Onlooker, alone, cost, faults, micros};
use crate::desk::scratch::Scratch;
use crate::desk::{Asking, Book, Desk, Setup, check, fresh_key};
use crate::front::clock::millis;
use crate::load::LoadError;
use crate::load::crowd::{Crowd, Said, Step, What};
use crate::load::meter::{Meter, Micros};
use crate::load::scenario::{Fault, Scenario, Target, Trouble};
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::{Event, Mode, Record};
use ascall_engine::domain::ids::{CallId, Millis, Seq};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

/// The most steps under way at once; over HTTP each has a connection.
const UNDER_WAY: usize = 4_096;
const CONNECTIONS: usize = 768;

/// How often somebody may look on.
const SHOW_EVERY: Duration = Duration::from_millis(250);

/// How long the desk may take to come to rest when somebody ended it.
const SETTLE_INTERRUPTED: Millis = Millis::secs(2);

/// The rest between two tries to follow a desk that does not answer.
const BREATH: Duration = Duration::from_millis(20);

/// Records read at once.
const PAGE: usize = 1_000;

/// Who has the desk that bears the load.
enum Bearer {
    /// This process.
    Us,
    /// A process of ours.
    Child(Arc<Mutex<Host>>),
    /// Whoever the user says.
    Given,
}

/// The way by which steps are asked.
enum Window {
    Desk(ByDesk),
    Http(Http),
}

/// What comes in while a load goes on.
enum News {
    Answered {
        step: Step,
        said: Said,
        sent: Micros,
        at: Micros,
    },
    Records(Vec<Record>),
    /// The process that was ended for a fault is there again, or not.
    Back(Trouble, Result<(), LoadError>),
}

struct Real {
    crowd: Crowd,
    meter: Meter,
    witness: Witness,
    timeline: Timeline,
    begun: Instant,
    under_way: usize,
    most: usize,
    /// The newest call that was seen in the journal.
    newest: Option<CallId>,
    stopped: bool,
    desk: watch::Sender<Option<Desk>>,
    bearer: Bearer,
    /// Hosts that are being started again.
    away: usize,
    window: Arc<Window>,
    news: mpsc::UnboundedSender<News>,
}

/// Carries the scenario out.
///
/// # Errors
/// The desk could not be opened, reached or prepared, or did not come again.
pub(super) async fn drive(
    scenario: &Scenario,
    target: Target,
    ground: Ground,
    meter: Meter,
    onlooker: Onlooker,
) -> Result<(Meter, Ending), LoadError> {
    let scratch = match &ground.keep {
        _ if ground.here => None,
        keep => Some(Scratch::new("load", keep.as_deref()).map_err(LoadError::Store)?),
    };
    let setup = match &scratch {
        Some(scratch) => Setup { store: scratch.store.clone(), ..alone(ground.setup, scenario) },
        None => ground.setup,
    };
    // A process of ours reads its configuration from a folder that goes with it.
    let files = Scratch::new("load-host", None).map_err(LoadError::Store)?;
    let folder = files.store.parent().unwrap_or(&files.store);
    let place = Place { setup, given: scratch.is_none(), folder };
    drive_at(scenario, target, place, meter, onlooker).await
}

/// Where the load goes.
struct Place<'a> {
    setup: Setup,
    /// It is a desk that the user has.
    given: bool,
    /// For the files of a process of ours.
    folder: &'a Path,
}

async fn drive_at(
    scenario: &Scenario,
    target: Target,
    Place { setup, given, folder }: Place<'_>,
    mut meter: Meter,
    mut onlooker: Onlooker,
) -> Result<(Meter, Ending), LoadError> {
    let mut remote = setup.remote.clone();
    let (bearer, desk) = match target {
        _ if given => (Bearer::Given, Desk::open(&setup, "load").await?),
        Target::Embedded => (Bearer::Us, Desk::host(&setup, "load").await?),
        _ => {
            let host = Host::start(setup.clone(), folder, target == Target::Http).await?;
            let desk = host.attach().await?;
            remote = host.remote();
            (Bearer::Child(Arc::new(Mutex::new(host))), desk)
        }
    };
    let names = desk.participants().await?;
    let names = names.iter().map(|participant| participant.name.as_str()).collect();
    super::faults_make_sense(scenario, if given { Target::Embedded } else { target }, &names)?;
    let mut crowd = Crowd::new(scenario.clone());
    if given {
        crowd = crowd.tagged(fresh_key());
    }
    let from = if given { desk.book().head()?.next() } else { Seq(1) };
    let mut papers = Papers::of(setup.clone());
    by_desk::found(&desk, &mut crowd, &mut papers).await?;
    let mut seen = Seq(from.0.saturating_sub(1));
    for record in records(&desk.book(), from)? {
        seen = record.seq;
        meter.saw(&record, 0);
    }
    let window = match (target, remote) {
        (Target::Http, Some(remote)) => Window::Http(Http::new(remote, papers)),
        (Target::Http, None) => {
            let what = "over HTTP a desk of yours is named by --url";
            return Err(LoadError::Target(what.to_owned()));
        }
        _ => Window::Desk(ByDesk::new(papers)),
    };
    let (news, inbox) = mpsc::unbounded_channel();
    let (slot, _) = watch::channel(Some(desk.clone()));
    let follower = follow(slot.subscribe(), seen, news.clone());
    let own_cost = || match desk.local() {
        Some(_) => None,
        None => cost::of(std::process::id()),
    };
    let cost_before = own_cost();
    let mut real = Real {
        crowd,
        meter,
        witness: Witness::default(),
        timeline: Timeline::of(scenario),
        begun: Instant::now(),
        under_way: 0,
        most: if matches!(window, Window::Http(_)) { CONNECTIONS } else { UNDER_WAY },
        newest: None,
        stopped: false,
        desk: slot,
        bearer,
        away: 0,
        window: Arc::new(window),
        news,
    };
    real.run(scenario.settle, inbox, &mut onlooker).await?;
    let lasted = real.micros();
    let own = cost_before.zip(own_cost()).map(|(before, after)| after.saturating_sub(before));
    follower.abort();
    let Real { meter, witness, stopped, desk: slot, bearer, .. } = real;
    slot.send_replace(None);
    match bearer {
        Bearer::Us | Bearer::Given => drop(desk.close().await?),
        Bearer::Child(host) => {
            drop(desk);
            host.lock().await.leave().await;
        }
    }
    let checked = check::check(&setup).await?;
    let mut account = Account::default();
    for record in records(&Book::open(&setup, "load").await?, from)? {
        account.note(&record);
    }
    let (lost, doubled) = witness.judge(&account);
    let ending = Ending {
        lasted,
        interrupted: stopped,
        lost,
        doubled,
        faults: faults(&checked),
        journal: None,
        cpu: own,
    };
    Ok((meter, ending))
}

/// Every record from there on.
fn records(book: &Book, from: Seq) -> Result<impl Iterator<Item = Record> + use<>, LoadError> {
    let (mut all, mut next) = (Vec::new(), from);
    loop {
        let page = book.records(next, PAGE)?;
        let Some(last) = page.last() else { return Ok(all.into_iter()) };
        next = last.seq.next();
        all.extend(page);
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

impl Real {
    /// Until everybody has come and the desk is at rest, or has had its time to.
    async fn run(
        &mut self,
        settle: Millis,
        mut inbox: mpsc::UnboundedReceiver<News>,
        onlooker: &mut Onlooker,
    ) -> Result<(), LoadError> {
        let mut over: Option<Millis> = None;
        let mut shown = Instant::now();
        loop {
            self.turn();
            self.send();
            if shown.elapsed() >= SHOW_EVERY {
                shown = Instant::now();
                (onlooker.show)(&self.meter, self.micros());
            }
            let mut wake = shown + SHOW_EVERY;
            if self.crowd.is_over() {
                let settle = if self.stopped { settle.min(SETTLE_INTERRUPTED) } else { settle };
                let end = over.get_or_insert(self.now()).0.saturating_add(settle.0);
                if self.is_at_rest() {
                    return Ok(());
                }
                if self.now().0 >= end && self.under_way == 0 && self.away == 0 {
                    return Ok(());
                }
                wake = wake.min(self.instant(Millis(end)).max(Instant::now() + BREATH));
            }
            for at in self.crowd.next_at().into_iter().chain(self.timeline.next_at()) {
                wake = wake.min(self.instant(at));
            }
            tokio::select! {
                biased;
                news = inbox.recv() => {
                    let mut next = news;
                    while let Some(news) = next {
                        self.take(news)?;
                        next = inbox.try_recv().ok();
                    }
                }
                Some(control) = onlooker.controls.recv() => self.obey(control),
                () = tokio::time::sleep_until(wake.into()) => {}
            }
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
        self.under_way == 0
            && self.away == 0
            && self.crowd.live() == 0
            && self.witness.newest() <= self.newest
    }

    /// Faults that are due begin and end.
    fn turn(&mut self) {
        while let Some(Turn { what, begins, lasts }) = self.timeline.take(self.now()) {
            self.meter.fault(&what.to_string(), begins, self.micros());
            match what {
                Trouble::Mode(name, mode) => {
                    let mode = if begins { mode } else { Mode::Running };
                    self.set_mode(name, mode);
                }
                Trouble::KillHost | Trouble::RestartHost => self.end_host(what, lasts),
            }
        }
    }

    fn set_mode(&self, name: String, mode: Mode) {
        let Some(desk) = self.desk.borrow().clone() else { return };
        tokio::spawn(async move {
            let command = Command::SetMode { name, mode };
            if let Err(error) = desk.handle(Asking::default(), command).await {
                tracing::warn!(%error, "a fault did not happen");
            }
        });
    }

    /// Ends the process of the desk, and starts it again after a while.
    fn end_host(&mut self, what: Trouble, lasts: Option<Millis>) {
        let Bearer::Child(host) = &self.bearer else { return };
        let (host, slot, news) = (Arc::clone(host), self.desk.clone(), self.news.clone());
        self.away += 1;
        tokio::spawn(async move {
            let mut host = host.lock().await;
            if what == Trouble::KillHost {
                host.kill().await;
            } else {
                host.leave().await;
            }
            slot.send_replace(None);
            if let Some(lasts) = lasts {
                tokio::time::sleep(Duration::from_millis(lasts.0)).await;
            }
            let back = async {
                host.begin().await?;
                slot.send_replace(Some(host.attach().await?));
                Ok(())
            };
            let back = back.await;
            // Nobody listens any more when the load has ended meanwhile.
            drop(news.send(News::Back(what, back)));
        });
    }

    /// Steps that are due are sent.
    fn send(&mut self) {
        let now = self.now();
        while let Some(step) = self.crowd.take(now) {
            let can_wait = matches!(step.what, What::Request(_) | What::Status(_) | What::Claim(_));
            if self.under_way >= self.most && can_wait {
                self.meter.dropped(&step);
                self.crowd.dropped(&step, now);
                continue;
            }
            self.under_way += 1;
            self.meter.sent(&step, self.micros());
            let (window, news, begun) = (Arc::clone(&self.window), self.news.clone(), self.begun);
            let desk = self.desk.borrow().clone();
            tokio::spawn(async move {
                let sent = micros(begun.elapsed());
                let said = match (&*window, desk) {
                    (Window::Http(http), _) => http.ask(&step.what).await,
                    (Window::Desk(way), Some(desk)) => way.ask(&desk, &step.what).await,
                    (Window::Desk(_), None) => Said::Failed("the desk is away".to_owned()),
                };
                let at = micros(begun.elapsed());
                // Nobody listens any more when the load has ended meanwhile.
                drop(news.send(News::Answered { step, said, sent, at }));
            });
        }
    }

    fn take(&mut self, news: News) -> Result<(), LoadError> {
        match news {
            News::Answered { step, said, sent, at } => {
                self.under_way = self.under_way.saturating_sub(1);
                self.meter.late(sent.saturating_sub(step.due.0.saturating_mul(1_000)));
                self.witness.answered(&step, &said);
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
            News::Back(what, back) => {
                self.away = self.away.saturating_sub(1);
                back?;
                self.meter.fault(&what.to_string(), false, self.micros());
            }
        }
        Ok(())
    }

    fn obey(&mut self, control: Control) {
        let now = self.now();
        match control {
            Control::Hurry(pct) => self.crowd.hurry(now, pct),
            Control::Trouble(what, lasts) => {
                let lasts = lasts.map(millis);
                let is_there =
                    matches!(what, Trouble::Mode(..)) || matches!(self.bearer, Bearer::Child(_));
                if is_there {
                    self.timeline.plan(&Fault { at: now, what, lasts });
                }
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
