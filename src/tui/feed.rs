//! The console's way to the desk: what changes is followed, what is wanted is fetched.
//!
//! Invariant: one feed for as long as a desk answers; when it ends, with or without an error, whoever opened the desk
//! decides what comes next. Changes come in the journal's order and none is left out: after a gap the whole board is
//! fetched anew. Decides nothing and draws nothing.

use super::msg::{CallPage, Got, Msg, Told, Want};
use super::picture::Picture;
use super::state::members::Company;
use super::state::stock::Goods;
use crate::desk::letters::{Letter, Whose};
use crate::desk::past::Glimpse;
use crate::desk::{Book, CallRow, Desk};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show as _;
use crate::front::show::decision::{decisions, stand_lines};
use crate::front::show::event::{NamesOf, RecordJson};
use crate::front::show::letter::{LetterJson, TryJson};
use crate::front::show::member::MemberJson;
use crate::front::show::status::{StatusCard, under_way};
use crate::front::show::stock::{MovementJson, StockJson};
use crate::front::words::Word;
use ascall_engine::domain::event::{Mode, Record};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Seq, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::tel::Tel;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How many of the newest records a console begins with.
const BEGIN_WITH: u64 = 500;

/// How many movements of a product are fetched.
const MOVES: usize = 100;

/// How many members are fetched.
const MEMBERS: usize = 300;

/// How many messages are fetched at once.
const LETTERS: usize = 200;

/// The rest between two looks at what changed: changes that come faster are shown together.
const REST: Duration = Duration::from_millis(25);

/// Follows the desk and fetches what is wanted until the desk is gone or nobody listens any more.
///
/// # Errors
/// The desk is gone, or its storage failed.
pub(crate) async fn attend(
    desk: &Desk,
    look: &Look,
    tell: &mpsc::UnboundedSender<Msg>,
    wanted: &mut watch::Receiver<Option<Want>>,
) -> Result<(), UserError> {
    let board = desk.board().await?;
    let seq = board.seq;
    let records = recent(desk, seq).await?;
    let picture = Box::new(Picture::of(board, records));
    let host = desk.local().is_some();
    if tell.send(Msg::Attached { picture, host }).is_err() {
        return Ok(());
    }
    // What was wanted before may have been asked of a desk that is gone.
    wanted.mark_changed();
    let ended = tokio::select! {
        ended = follow(desk, seq, tell) => ended,
        ended = fetch(desk, look, tell, wanted) => ended,
    };
    // Nobody listens any more once the console has ended.
    drop(tell.send(Msg::Lost));
    ended
}

async fn recent(desk: &Desk, seq: Seq) -> Result<Vec<Record>, UserError> {
    let book = desk.book();
    let from = Seq(seq.0.saturating_sub(BEGIN_WITH) + 1);
    let limit = usize::try_from(seq.0 + 1 - from.0.min(seq.0 + 1)).unwrap_or(0);
    if limit == 0 {
        return Ok(Vec::new());
    }
    aside(move || Ok(book.records(from, limit)?)).await
}

async fn follow(
    desk: &Desk,
    mut seq: Seq,
    tell: &mpsc::UnboundedSender<Msg>,
) -> Result<(), UserError> {
    loop {
        let changes = desk.board_since(seq).await?;
        seq = changes.seq;
        if tell.send(Msg::Changed(Box::new(changes))).is_err() {
            return Ok(());
        }
        tokio::time::sleep(REST).await;
    }
}

async fn fetch(
    desk: &Desk,
    look: &Look,
    tell: &mpsc::UnboundedSender<Msg>,
    wanted: &mut watch::Receiver<Option<Want>>,
) -> Result<(), UserError> {
    while wanted.changed().await.is_ok() {
        let Some(want) = wanted.borrow_and_update().clone() else { continue };
        let got = match want {
            Want::Past(at) => travel(desk, at, tell, wanted).await.transpose(),
            Want::Call { call, until, reveal, lang, .. } => {
                Some(read_call(desk, call, until, veil(reveal), said(look, lang)).await)
            }
            Want::Records { from, count, lang } => {
                Some(read_records(desk, from, count, said(look, lang)).await)
            }
            Want::Stock { ref product, until, .. } => {
                let (book, product) = (desk.book(), product.clone());
                let goods = aside(move || goods(&book, product.as_deref(), until)).await;
                Some(goods.map(|goods| Got::Stock(Box::new(goods))))
            }
            Want::Member { ref tel } => Some(member(desk, tel).await),
            Want::Members { reveal, .. } => {
                let book = desk.book();
                let company = aside(move || company(&book, veil(reveal))).await;
                Some(company.map(|company| Got::Members(Box::new(company))))
            }
            Want::Letters { seq, then, reveal, lang } => {
                let until = then.then_some(seq);
                let told = told(desk, Whose::All, until, veil(reveal), &said(look, lang)).await;
                Some(told.map(Got::Letters))
            }
        };
        // Something else is wanted by now.
        let Some(got) = got else { continue };
        if desk.host_has_left() {
            got?;
            continue;
        }
        if tell.send(Msg::Got(want, got)).is_err() {
            break;
        }
    }
    Ok(())
}

fn veil(reveal: bool) -> Veil {
    if reveal { Veil::Whole } else { Veil::Masked }
}

fn said(look: &Look, lang: Lang) -> Look {
    Look { clock: look.clock.again(), lang, ..look.clone() }
}

/// The desk at another moment; none: meanwhile something else is wanted.
async fn travel(
    desk: &Desk,
    at: Time,
    tell: &mpsc::UnboundedSender<Msg>,
    wanted: &watch::Receiver<Option<Want>>,
) -> Result<Option<Got>, UserError> {
    loop {
        match desk.board_at(at).await? {
            Glimpse::Nothing => return Ok(Some(Got::Past(None))),
            Glimpse::Whole(board) => {
                let records = recent(desk, board.seq).await?;
                return Ok(Some(Got::Past(Some(Box::new(Picture::of(*board, records))))));
            }
            Glimpse::Underway(from, read, goal) => {
                let is_heard = tell.send(Msg::Underway(at, [from, read, goal])).is_ok();
                if !is_heard || wanted.has_changed().unwrap_or(true) {
                    return Ok(None);
                }
            }
        }
    }
}

async fn read_records(desk: &Desk, from: Seq, count: u64, look: Look) -> Result<Got, UserError> {
    let book = desk.book();
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    let records = aside(move || {
        let records = book.records(from, limit)?;
        let (epoch, mut names) = (book.epoch()?, NamesOf::new(&book));
        Ok(records.iter().map(|r| RecordJson::of(r, epoch, &mut names, &look)).collect())
    });
    Ok(Got::Records(records.await?))
}

/// Goods as they stand, or as they stood after a record, and the newest movements of one of them.
pub(crate) fn goods(
    book: &Book,
    product: Option<&str>,
    until: Option<Seq>,
) -> Result<Goods, UserError> {
    let mut rows = book.stock()?;
    let mut moves = Vec::new();
    match until {
        None => {
            if let Some(product) = product {
                moves = book.stock_moves(product, None, MOVES)?.0;
            }
        }
        Some(until) => {
            let mut then = Vec::new();
            for mut row in rows {
                let mut all = book.stock_moves(&row.product, None, 0)?.0;
                all.retain(|moved| moved.seq <= until);
                let Some(last) = all.last() else { continue };
                (row.on_hand, row.reserved) = (last.after.on_hand, last.after.reserved);
                if product == Some(row.product.as_str()) {
                    moves = all.split_off(all.len().saturating_sub(MOVES));
                }
                then.push(row);
            }
            rows = then;
        }
    }
    let products = rows.iter().map(StockJson::of).collect();
    Ok(Goods { products, moves: moves.iter().map(MovementJson::of).collect() })
}

/// Whoever is a member under a number, masked.
async fn member(desk: &Desk, tel: &Tel) -> Result<Got, UserError> {
    let Some(row) = desk.member_under(tel).await? else { return Ok(Got::Member(None)) };
    let book = desk.book();
    let member = aside(move || MemberJson::read(&book, &row, Veil::Masked)).await?;
    Ok(Got::Member(Some(Box::new(member))))
}

/// The newest members.
pub(crate) fn company(book: &Book, veil: Veil) -> Result<Company, UserError> {
    let mut rows = book.members()?;
    let all = rows.len();
    let newest = rows.split_off(all.saturating_sub(MEMBERS));
    let members: Result<_, UserError> =
        newest.iter().map(|row| MemberJson::read(book, row, veil)).collect();
    Ok(Company { members: members?, all })
}

/// Messages with their ways; with `until`, as they stood after that record.
async fn told(
    desk: &Desk,
    whose: Whose,
    until: Option<Seq>,
    veil: Veil,
    look: &Look,
) -> Result<Vec<Told>, UserError> {
    let letters = match until {
        Some(seq) => desk.inbox_at(whose, LETTERS, seq).await?,
        None => desk.inbox(whose, LETTERS).await?,
    };
    let told = |letter: &Letter| {
        let tries = TryJson::all(std::slice::from_ref(letter));
        let line = |one: &TryJson| {
            // Which notice it is about stands above it.
            let cells = one.cells(look).into_iter().enumerate().filter(|(at, _)| *at != 1);
            cells.map(|(_, cell)| cell).filter(|c| !c.is_empty()).collect::<Vec<_>>().join("  ")
        };
        Told { letter: LetterJson::of(letter, veil), tries: tries.iter().map(line).collect() }
    };
    Ok(letters.iter().map(told).collect())
}

/// A call at length; with `until`, as it stood after that record.
async fn read_call(
    desk: &Desk,
    call: CallId,
    until: Option<Seq>,
    veil: Veil,
    look: Look,
) -> Result<Got, UserError> {
    let told = told(desk, Whose::Call(call), until, veil, &look).await?;
    let book = desk.book();
    let now = aside(move || book.call(call).map_err(UserError::from)).await?;
    let now = now.ok_or_else(|| UserError::no_call(call))?;
    let mut found = Found { row: now.clone(), now, place: None, stand: Vec::new(), told };
    if let Some(seq) = until {
        let then = desk.call_at(call, seq).await?;
        found.row = then.ok_or_else(|| UserError::no_call(call))?;
    } else {
        if let Some(worker) = under_way(&found.now) {
            found.place = desk.place(worker).await?;
        }
        if found.now.phase == Phase::Open {
            found.stand = stand(desk, call, &look).await?;
        }
    }
    let book = desk.book();
    let page = aside(move || page(&book, found, until.is_some(), veil, &look));
    Ok(Got::Call(Box::new(page.await?)))
}

/// What a call's page is made of, beside the rows.
pub(crate) struct Found {
    /// The call as it stood at the moment that is shown.
    pub row: CallRow,
    /// The call as it stands now.
    pub now: CallRow,
    /// Where its worker is.
    pub place: Option<(Point, Time)>,
    /// How all workers stand to it.
    pub stand: Vec<String>,
    /// What was told.
    pub told: Vec<Told>,
}

/// A call's page in words.
pub(crate) fn page(
    book: &Book,
    found: Found,
    is_past: bool,
    veil: Veil,
    look: &Look,
) -> Result<CallPage, UserError> {
    let Found { row, now, place, stand, told } = found;
    let mut card = StatusCard::read(book, &row, place, veil, look)?;
    if is_past {
        // Where somebody is now was not known then.
        card.place = None;
    }
    let records = book.timeline(&row)?;
    let moments = book.timeline(&now)?.iter().map(|record| record.at).collect();
    let (epoch, mut names) = (book.epoch()?, NamesOf::new(book));
    let own = names.of_profile(row.profile);
    let pairs = |pairs: Vec<(Word, String)>| {
        let known = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        known.map(|(word, value)| (look.word(word), value)).collect::<Vec<_>>()
    };
    let mut facts = pairs(card.facts(look));
    facts.extend(card.fields(&own, look));
    let raw = records.iter().map(|record| RecordJson::of(record, epoch, &mut names, look));
    Ok(CallPage {
        phase: card.call.phase_word.clone(),
        facts,
        money: pairs(card.money(look)),
        decisions: decisions(&records),
        raw: raw.flat_map(|record| record.raw_lines()).collect(),
        timeline: card.timeline,
        stand,
        told,
        moments,
    })
}

/// How all workers stand to a call that nobody has.
async fn stand(desk: &Desk, call: CallId, look: &Look) -> Result<Vec<String>, UserError> {
    let assign = desk.participants().await?.into_iter().find(|p| p.kind.is_none());
    let is_stopped = assign.is_some_and(|assign| assign.mode == Mode::Stopped);
    Ok(stand_lines(&desk.verdicts(call).await?, is_stopped, look))
}

/// Does what waits beside the threads that must not wait.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UserError> + Send + 'static,
) -> Result<T, UserError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // A runtime that ends under it ends the console, too.
        Err(_) => Err(UserError::interrupted()),
    }
}
