//! The same desk for every service line: what a complete service costs per event written, and what a broadcast to a
//! thousand workers and a hundred thousand positions a minute do to intake.
//!
//! A line of the table is one profile as it ships, driven by 200 callers from the request to the end. The floor is that
//! of `rates`: redb alone, writing records and rows of the same sizes in commits as large.

use crate::counting::{Counts, counting};
use crate::rates::{Written, floor, written};
use crate::rig::{finish, median, place, request, say, start, worker};
use crate::{Failure, Outcome};
use ascall_engine::domain::command::{Command, Contact, MemberCard, NewCall, Order, Person};
use ascall_engine::domain::event::{Card, TelDigest};
use ascall_engine::domain::ids::{CallId, MemberId, WorkerId};
use ascall_engine::domain::profile::{Price, Profile, Stage};
use ascall_engine::engine::{Config, Engine};
use redb::StorageBackend;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The profiles that ship.
const LINES: [(&str, &str); 5] = [
    ("repair", include_str!("../../../../fixtures/services/repair.toml")),
    ("driver", include_str!("../../../../fixtures/services/driver.toml")),
    ("tutoring", include_str!("../../../../fixtures/services/tutoring.toml")),
    ("taxi", include_str!("../../../../fixtures/services/taxi.toml")),
    ("shop", include_str!("../../../../fixtures/services/shop.toml")),
];

const CALLERS: u64 = 200;
const CALLS: u64 = 10_000;
const WORKERS: u64 = 2_000;
const ROUNDS: u32 = 3;

/// Positions a minute, and workers a broadcast goes to, in the second table.
const POSITIONS: u64 = 100_000;
const ASKED: u32 = 1_000;

/// Every line, from the request to the end.
pub fn lines() -> Outcome<()> {
    say("  line      services/s  events each   events/s  floor events/s  ratio")?;
    for (name, text) in LINES {
        let profile: Profile = toml::from_str(text)?;
        let mut figures: [Vec<f64>; 5] = Default::default();
        for _ in 0..ROUNDS {
            let run = on_runtime(serve(&profile))?;
            let commits = (run.syncs / 2).max(1);
            let per_commit = (run.written.records.len() as u64).div_ceil(commits).max(1);
            let (floor, _) = floor(&run.written, usize::try_from(per_commit)?)?;
            let (events, took) = (run.written.events as f64, run.took.as_secs_f64());
            let one = [
                CALLS as f64 / took,
                events / CALLS as f64,
                events / took,
                events / floor.as_secs_f64(),
                floor.as_secs_f64() / took,
            ];
            figures.iter_mut().zip(one).for_each(|(all, one)| all.push(one));
        }
        let [rate, each, events, floor, ratio] = figures.map(median);
        say(&format!(
            "  {name:<8} {rate:>11.0} {each:>12.1} {events:>10.0} {floor:>15.0} {ratio:>6.2}"
        ))?;
    }
    Ok(())
}

/// Intake of the repair line: alone, beside positions, beside broadcasts.
pub fn beside() -> Outcome<()> {
    say("  beside it                              calls/s  against alone")?;
    let mut alone = f64::NAN;
    for (name, load) in [
        ("nothing", Beside::Nothing),
        ("100,000 positions a minute", Beside::Positions),
        ("10 broadcasts a second to 1,000 workers", Beside::Broadcasts),
    ] {
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(on_runtime(intake(load))?);
        }
        let rate = median(rates);
        if load == Beside::Nothing {
            alone = rate;
        }
        say(&format!("  {name:<38} {rate:>7.0} {:>14.2}", rate / alone))?;
    }
    Ok(())
}

/// What one run came to.
struct Run {
    took: Duration,
    syncs: u64,
    written: Written,
}

fn on_runtime<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build()?.block_on(work)
}

fn opened(dir: &Path, profiles: Vec<Profile>, counts: &Arc<Counts>) -> Outcome<Engine> {
    let path = dir.join("desk.redb");
    let mut config = Config::at(&path, "bench");
    config.profiles = profiles;
    let made = Arc::clone(counts);
    let source =
        move || -> io::Result<Box<dyn StorageBackend>> { Ok(Box::new(counting(&path, &made)?)) };
    Ok(Engine::over(Box::new(source), &config)?)
}

/// Carries out orders side by side.
async fn all(engine: &Engine, orders: Vec<Order>) -> Outcome<()> {
    let mut tasks = JoinSet::new();
    for order in orders {
        let engine = engine.clone();
        tasks.spawn(async move { engine.handle(order).await });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// Workers, members and goods.
async fn furnish(engine: &Engine) -> Outcome<()> {
    all(engine, (0..WORKERS).map(worker).collect::<Outcome<_>>()?).await?;
    all(engine, (0..CALLERS).map(member).collect()).await?;
    let goods = Command::ReceiveStock { product: "mask".to_owned(), qty: 1_000_000 };
    all(engine, vec![Order::by_operator("kim", goods)]).await
}

fn member(n: u64) -> Order {
    let person = Person {
        name: Some(format!("회원 {n}")),
        tel: Some(format!("0100000{n:04}")),
        card: Some(format!("tok_{n}")),
        ..Person::default()
    };
    let contact = Contact { person, digest: Some(TelDigest(1 << 40 | n)), reachable: true };
    let card = MemberCard { contact, card: Some(Card::Token), friend: None };
    Order::by_operator("kim", Command::AddMember(card))
}

async fn serve(profile: &Profile) -> Outcome<Run> {
    let dir = tempfile::tempdir()?;
    let counts = Arc::new(Counts::default());
    let engine = opened(dir.path(), vec![profile.clone()], &counts)?;
    furnish(&engine).await?;
    let before = engine.store().head()?.seq;
    let syncs = counts.syncs.load(Ordering::Relaxed);
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for caller in 0..CALLERS {
        let (engine, next, profile) = (engine.clone(), Arc::clone(&next), profile.clone());
        tasks.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= CALLS {
                    return Ok::<(), Failure>(());
                }
                one(&engine, &profile, caller, n).await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let took = started.elapsed();
    let syncs = counts.syncs.load(Ordering::Relaxed) - syncs;
    let written = written(engine.store(), before)?;
    engine.close().await?;
    Ok(Run { took, syncs, written })
}

/// One service from the request to the end, by a caller who is a customer and a worker of their own.
async fn one(engine: &Engine, profile: &Profile, caller: u64, n: u64) -> Outcome<()> {
    let call = engine.handle(asked(profile, caller, n)?).await?.call.ok_or("no call")?;
    if profile.plan.first().is_some_and(Stage::is_claimable) {
        let claim = Command::ClaimCall { call, worker: WorkerId(caller + 1), at: None };
        engine.handle(Order::by_operator("kim", claim)).await?;
    }
    engine.handle(start(call)).await?;
    let metered = profile.payment.is_some_and(|rule| rule.price == Price::Metered);
    engine.handle(finish_for(call, metered || profile.payment.is_none())).await?;
    Ok(())
}

fn finish_for(call: CallId, fare: bool) -> Order {
    let mut order = finish(call);
    if let Command::FinishWork { fare: reported, .. } = &mut order.command {
        *reported = reported.filter(|_| fare);
    }
    order
}

/// The request of `rig`, with what the line asks for besides.
fn asked(profile: &Profile, caller: u64, n: u64) -> Outcome<Order> {
    let mut order = request(n)?;
    if let Command::RequestCall(new) = &mut order.command {
        fill(new, profile, caller, n);
    }
    Ok(order)
}

fn fill(new: &mut NewCall, profile: &Profile, caller: u64, n: u64) {
    new.profile.clone_from(&profile.name);
    if profile.membership.required {
        new.member = Some(MemberId(caller + 1));
    }
    for field in &profile.fields {
        let value = match field.name.as_str() {
            "reference" => format!("R{n}"),
            "product" => "mask".to_owned(),
            "qty" => "1".to_owned(),
            "to" => "서울역".to_owned(),
            _ => continue,
        };
        new.fields.insert(field.name.clone(), value);
    }
}

/// What happens beside the intake that is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Positions,
    Broadcasts,
}

async fn intake(load: Beside) -> Outcome<f64> {
    let dir = tempfile::tempdir()?;
    let counts = Arc::new(Counts::default());
    let repair: Profile = toml::from_str(LINES[0].1)?;
    let mut taxi: Profile = toml::from_str(LINES[3].1)?;
    taxi.plan = vec![Stage::Broadcast {
        rings_m: vec![500_000],
        ring_ms: ascall_engine::domain::ids::Millis::mins(10),
        most: ASKED,
        claimable: true,
    }];
    let engine = opened(dir.path(), vec![repair.clone(), taxi.clone()], &counts)?;
    furnish(&engine).await?;
    // Those who take what is measured serve nothing else.
    all(&engine, (0..CALLS).map(own_worker).collect::<Outcome<_>>()?).await?;
    let over = Arc::new(AtomicBool::new(false));
    let noise = tokio::spawn(noise(engine.clone(), load, taxi, Arc::clone(&over)));
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..CALLERS {
        let (engine, next) = (engine.clone(), Arc::clone(&next));
        tasks.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= CALLS {
                    return Ok::<(), Failure>(());
                }
                engine.handle(request(n)?).await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let rate = CALLS as f64 / started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    noise.await??;
    engine.close().await?;
    Ok(rate)
}

fn own_worker(n: u64) -> Outcome<Order> {
    let mut order = worker(n)?;
    if let Command::AddWorker(new) = &mut order.command {
        new.services = vec!["repair".to_owned()];
    }
    Ok(order)
}

async fn noise(engine: Engine, load: Beside, taxi: Profile, over: Arc<AtomicBool>) -> Outcome<()> {
    let mut clock = tokio::time::interval(Duration::from_millis(100));
    let (mut moved, mut asked_for) = (0_u64, 0_u64);
    while !over.load(Ordering::Relaxed) && load != Beside::Nothing {
        clock.tick().await;
        match load {
            Beside::Positions => {
                for _ in 0..POSITIONS / 600 {
                    moved += 1;
                    engine.position(WorkerId(moved % WORKERS + 1), place(moved)?);
                }
            }
            Beside::Broadcasts => {
                asked_for += 1;
                let order = asked(&taxi, asked_for % CALLERS, CALLS + asked_for)?;
                engine.handle(order).await?;
            }
            Beside::Nothing => {}
        }
    }
    Ok(())
}
