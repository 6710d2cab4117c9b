//! `ascall worker`: the people who serve.

use super::{worker_import, worker_page};
use crate::cli::args::{Change, count, word};
use crate::cli::cx::Cx;
use crate::cli::ui::Format;
use crate::desk::{Asking, Desk, live};
use crate::front::draft::{self, WorkerDraft};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::mask::Veil;
use crate::front::show::event::NamesOf;
use crate::front::show::worker::WorkerCard;
use crate::front::words::Word;
use ascall_engine::domain::command::{Command, Current, Receipt};
use ascall_engine::domain::event::{Duty, Event};
use ascall_engine::domain::ids::WorkerId;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::text::nfc;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Workers: the people who serve.
#[derive(Debug, Subcommand)]
pub(crate) enum Worker {
    /// Make a worker known: `worker add --name 김하나 --tel 010-0000-0001 --at "마포구 공덕동" --skill 냉장고`.
    Add(Add),
    /// Make the workers of a CSV or NDJSON file known, one result line per row.
    Import(Import),
    /// On shift.
    On(Which),
    /// Off shift.
    Off(Leave),
    /// On a break.
    Break(Leave),
    /// Out of service, by the desk.
    Suspend(Leave),
    /// Say where a worker is.
    At(At),
    /// List workers.
    List(List),
    /// Show one worker: where, with which call, which appointments and offers, and the calls of today.
    Show(One),
}

/// A new worker.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The name.
    #[arg(long, value_parser = word)]
    name: String,
    /// The phone number.
    #[arg(long)]
    tel: String,
    /// Where the worker starts from: a name or LAT,LON.
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,
    /// What the worker can do. Repeatable.
    #[arg(long = "skill", value_parser = word, value_name = "SKILL")]
    skills: Vec<String>,
    /// A service line the worker serves; without one, any. Repeatable.
    #[arg(long = "service", value_parser = word, value_name = "PROFILE")]
    services: Vec<String>,
    /// Not on shift yet.
    #[arg(long)]
    off: bool,
    #[command(flatten)]
    change: Change,
}

/// A file of workers.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Columns: name, tel, at, skills (apart by `;`), services (apart by `;`), duty (on, off, break or suspended), key; a
    /// column worker, as exports have it, is passed over; `-` is standard input.
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) change: Change,
}

/// One worker.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The worker.
    #[arg(value_name = "W")]
    worker: WorkerId,
    #[command(flatten)]
    change: Change,
}

/// One worker who leaves.
#[derive(Debug, Args)]
pub(crate) struct Leave {
    /// The worker.
    #[arg(value_name = "W")]
    worker: WorkerId,
    /// Only once the call the worker has is done.
    #[arg(long, conflicts_with = "abort")]
    after_current: bool,
    /// Break off the call the worker has, for this reason.
    #[arg(long, value_name = "REASON", conflicts_with = "reason")]
    abort: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// Where a worker is.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The worker.
    #[arg(value_name = "W")]
    worker: WorkerId,
    /// The place: a name or LAT,LON.
    place: String,
}

/// Which workers.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those who can do this.
    #[arg(long)]
    skill: Option<String>,
    /// Only those who serve this line.
    #[arg(long, value_name = "PROFILE")]
    service: Option<String>,
    /// Only those in this state, e.g. `available`, `working`, `off`.
    #[arg(long)]
    state: Option<String>,
    /// At most this many; 0: all. A table has 1000 unless told otherwise, the other forms have all.
    #[arg(long, value_parser = count, allow_hyphen_values = true, value_name = "N")]
    limit: Option<usize>,
}

/// One worker.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The worker.
    #[arg(value_name = "W")]
    worker: WorkerId,
}

/// Does it.
pub(crate) async fn run(args: &Worker, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Worker::Add(add) => self::add(add, cx).await,
        Worker::Import(import) => worker_import::run(&import.file, &import.change, cx).await,
        Worker::On(which) => {
            let command =
                Command::SetDuty { worker: which.worker, duty: Duty::On, current: Current::Keep };
            change(cx, "worker on", which.worker, &which.change, command).await
        }
        Worker::Off(leave) => self::leave(cx, "worker off", leave, Duty::Off).await,
        Worker::Break(leave) => self::leave(cx, "worker break", leave, Duty::Break).await,
        Worker::Suspend(leave) => self::leave(cx, "worker suspend", leave, Duty::Suspended).await,
        Worker::At(at) => self::at(cx, at).await,
        Worker::List(list) => self::list(cx, list).await,
        Worker::Show(one) => worker_page::run(cx, one.worker).await,
    }
}

async fn add(args: &Add, cx: &mut Cx) -> Result<Exit, UserError> {
    let draft = WorkerDraft {
        name: args.name.clone(),
        tel: args.tel.clone(),
        at: args.at.clone(),
        skills: args.skills.clone(),
        services: args.services.clone(),
        duty: if args.off { Duty::Off } else { Duty::On },
    };
    cx.with_desk("worker add", async |cx: &mut Cx, desk| {
        let new = draft.resolve(&cx.setup, &desk.book())?;
        let receipt = cx.ask(desk, &args.change, Command::AddWorker(new)).await?;
        match receipt.and_then(|receipt| receipt.worker) {
            Some(worker) => show(cx, desk, worker).await,
            None => Ok(Exit::Done),
        }
    })
    .await
}

async fn leave(cx: &mut Cx, verb: &str, args: &Leave, duty: Duty) -> Result<Exit, UserError> {
    let current = match (args.after_current, &args.abort) {
        (true, _) => Current::Finish,
        (false, Some(_)) => Current::Abort,
        (false, None) => Current::Keep,
    };
    let mut asked = args.change.clone();
    asked.reason = asked.reason.or_else(|| args.abort.clone());
    let command = Command::SetDuty { worker: args.worker, duty, current };
    change(cx, verb, args.worker, &asked, command).await
}

async fn change(
    cx: &mut Cx,
    verb: &str,
    worker: WorkerId,
    asked: &Change,
    command: Command,
) -> Result<Exit, UserError> {
    cx.must_exist()?;
    cx.with_desk(verb, async |cx: &mut Cx, desk| match cx.ask(desk, asked, command).await? {
        Some(receipt) => {
            let shown = show(cx, desk, worker).await?;
            say_lost(cx, desk, worker, &receipt)?;
            Ok(shown)
        }
        None => Ok(Exit::Done),
    })
    .await
}

/// Says which calls the worker lost by it and where they are now: somebody must ring them up, or need not.
fn say_lost(
    cx: &mut Cx,
    desk: &Desk,
    worker: WorkerId,
    receipt: &Receipt,
) -> Result<(), UserError> {
    let book = desk.book();
    let record = book.records(receipt.seq, 1)?.into_iter().next();
    let events = record.into_iter().filter(|_| !receipt.replayed).flat_map(|r| r.events);
    for event in events {
        let lost = match event {
            Event::AssignmentReleased { call, worker: of, .. }
            | Event::WorkAborted { call, worker: Some(of) } => (of == worker).then_some(call),
            _ => None,
        };
        if let Some(row) = lost.map(|call| book.call(call)).transpose()?.flatten() {
            let look = &cx.ui.look;
            let names = NamesOf::new(&book).of_profile(row.profile);
            let mut now = names.phase(row.phase, look);
            if let Some((next, _)) = row.worker_now() {
                now = format!("{now} {next}");
            }
            let text = look.say(Word::LostCall, &[&row.call.to_string(), &now]);
            cx.ui.note(&text)?;
        }
    }
    Ok(())
}

async fn at(cx: &mut Cx, args: &At) -> Result<Exit, UserError> {
    let place = draft::point(&args.place)?;
    cx.must_exist()?;
    cx.with_desk("worker at", async |cx: &mut Cx, desk| {
        known(desk, args.worker).await?;
        desk.position(args.worker, place).await?;
        // A one-shot leaves at once, so the place is kept now and not with the next coalesced record.
        desk.handle(Asking::default(), Command::KeepPositions).await?;
        show(cx, desk, args.worker).await
    })
    .await
}

async fn list(cx: &mut Cx, args: &List) -> Result<Exit, UserError> {
    if let Some(service) = &args.service {
        cx.setup.must_know(service)?;
    }
    cx.must_exist()?;
    let filter = live::WorkerFilter {
        skill: args.skill.as_deref().map(nfc),
        service: args.service.as_deref().map(nfc),
        state: args.state.clone(),
        above: None,
    };
    // One more than is shown tells whether something is left out.
    // Whoever counts what a program prints must not be cut short.
    let short = if cx.ui.format == Format::Table { super::list::TABLE_LIMIT } else { 0 };
    let limit = args.limit.unwrap_or(short);
    let most = if limit == 0 { usize::MAX } else { limit };
    let mut workers = cx
        .with_desk("worker list", async move |_: &mut Cx, desk| {
            Ok(desk.workers(filter, most.saturating_add(1)).await?)
        })
        .await?;
    let veil = cx.ui.veil();
    let cut = workers.len() > most;
    workers.truncate(most);
    let cards: Vec<WorkerCard> = workers.iter().map(|w| WorkerCard::of(w, veil)).collect();
    cx.ui.many(&cards)?;
    if cut {
        let text = cx.ui.look.say(Word::CutFirst, &[&limit.to_string()]);
        cx.ui.note(&text)?;
    }
    Ok(Exit::Done)
}

async fn known(desk: &Desk, worker: WorkerId) -> Result<live::Worker, UserError> {
    let found = desk.worker(worker).await?;
    Ok(found.ok_or(Refusal::NoSuchWorker(worker))?)
}

/// Shows one worker in the short form.
async fn show(cx: &mut Cx, desk: &Desk, worker: WorkerId) -> Result<Exit, UserError> {
    let card = WorkerCard::of(&known(desk, worker).await?, cx.ui.veil_of_one());
    let line = card.line(&cx.ui.look);
    cx.ui.one(&card, &line)?;
    Ok(Exit::Done)
}

/// A worker's card for a list.
pub(crate) async fn card(
    desk: &Desk,
    worker: WorkerId,
    veil: Veil,
) -> Result<WorkerCard, UserError> {
    Ok(WorkerCard::of(&known(desk, worker).await?, veil))
}
