//! The page of workers: who they are and how they stand, where they are, and the chosen one at length.

use super::list::{self, Halves, Parted, Table, columns};
use super::map;
use crate::desk::live::Worker;
use crate::front::words::Word;
use crate::tui::state::State;
use crate::tui::state::listed::Side;
use crate::tui::state::workers::{Order, appointments, place};
use crate::tui::text::width;
use crate::tui::theme::{self, Role};
use crate::tui::words::Label;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::worker::Availability;
use ascall_engine::places;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Every way a worker may stand.
const ALL: [Availability; 7] = [
    Availability::Suspended,
    Availability::Off,
    Availability::Break,
    Availability::Working,
    Availability::Committed,
    Availability::Offered,
    Availability::Available,
];

/// From how many rows on the chosen worker stands below the map.
const ROOM: u16 = 14;

/// Where the list and the map stand.
pub(super) fn halves(state: &State, page: Rect) -> Halves {
    Halves::of(page, state.pages.workers.list.side, 3, Parted::Turned)
}

/// Draws it.
pub(super) fn draw(state: &State, page: Rect, buffer: &mut Buffer) {
    let halves = halves(state, page);
    let listed = &state.pages.workers.list;
    workers(state, halves.list, buffer);
    let focus = listed.side == Side::Beside;
    let Some(worker) = state.worker_here() else {
        map::draw(state, halves.beside, focus, buffer);
        return;
    };
    let lines = at_length(state, worker);
    // The map leaves room for the chosen one where there is enough for both.
    let low = match u16::try_from(lines.len() + 1) {
        Ok(low) if halves.beside.height >= ROOM => low.min(halves.beside.height / 2),
        _ => 0,
    };
    let top = Rect { height: halves.beside.height - low, ..halves.beside };
    map::draw(state, top, focus, buffer);
    let bottom = Rect { y: top.y + top.height, height: low, ..halves.beside };
    let title = name(state, worker);
    list::paper(state, bottom, &title, false, 0, &lines, buffer);
}

fn name(state: &State, worker: &Worker) -> String {
    let name = worker.person.name.as_deref().map(|name| state.veil().name(name));
    format!("{} {}", worker.id, name.unwrap_or_else(|| state.look().word(Word::Erased)))
}

fn workers(state: &State, area: Rect, buffer: &mut Buffer) {
    let look = state.look();
    let listed = &state.pages.workers.list;
    let aim = state.call_aimed_at().filter(|row| row.spot().is_some()).map(|row| row.call);
    let order = state.say(match state.pages.workers.order {
        Order::Free => Label::OrderFree,
        Order::Number => Label::OrderById,
        Order::Near => Label::OrderNear,
    });
    let all = state.picture().workers.len();
    let shown = listed.ids().len();
    let count = if shown == all { all.to_string() } else { format!("{shown}/{all}") };
    let mut title = format!("{} {count} · {order}", state.say(Label::DoWorkers));
    if let Some(call) = aim {
        title.push_str(" · ");
        title.push_str(&Label::DistanceTo.fill(look.lang, &[&call.to_string()]));
    }
    let word = |word| look.word(word);
    let narrow = area.width < 50;
    let states = ALL.map(|one| width(&look.availability(one.name())) + 2);
    let states = states.into_iter().max().unwrap_or(0);
    let columns = columns(
        area.width,
        &[
            (word(Word::State), if narrow { 8 } else { states }, false, 0),
            (word(Word::Worker), if narrow { 10 } else { 12 }, false, 0),
            (word(Word::Call), if narrow { 0 } else { 13 }, false, 0),
            (word(Word::Idle), if narrow { 6 } else { 7 }, true, 0),
            (word(Word::Distance), 8, true, if aim.is_some() { 50 } else { u16::MAX }),
            (word(Word::Skills), 0, false, 50),
            (word(Word::Services), 13, false, 90),
            (word(Word::Seen), 22, false, 110),
        ],
    );
    let label = if all == 0 { Label::NoWorkers } else { Label::NothingFound };
    let table = Table {
        title: &title,
        empty: state.say(label),
        focus: listed.side == Side::List,
        columns: &columns,
        count: shown,
        at: listed.at(),
    };
    let picture = state.picture();
    let row = |at: usize| {
        let worker = listed.ids().get(at).and_then(|id| picture.workers.get(id));
        worker.map(|worker| cells(state, worker)).unwrap_or_default()
    };
    list::draw(state, area, &table, row, buffer);
}

fn cells(state: &State, worker: &Worker) -> Vec<(String, Role)> {
    let look = state.look();
    let (mark, role) = theme::availability(worker.availability);
    let availability = format!("{mark} {}", look.availability(worker.availability.name()));
    let metres = state.metres_to_call(worker).map(|metres| look.metres(metres));
    let others = [
        name(state, worker),
        call_words(state, worker),
        idle(state, worker).unwrap_or_default(),
        metres.unwrap_or_default(),
        worker.skills.join(","),
        worker.services.join(","),
        seen(state, worker),
    ];
    let mut cells = vec![(availability, role)];
    cells.extend(others.map(|text| (text, Role::Text)));
    cells
}

/// The call a worker has, or the next appointment.
fn call_words(state: &State, worker: &Worker) -> String {
    let clock = &state.look().clock;
    let next = appointments(worker).into_iter().next();
    match (worker.call, next) {
        (Some(call), None) => call.to_string(),
        (Some(call), Some((_, window))) => format!("{call} ◷{}", clock.short(window.from)),
        (None, Some((call, window))) => format!("◷{} {call}", clock.short(window.from)),
        (None, None) => String::new(),
    }
}

/// How long a worker who could be given a call has had none.
fn idle(state: &State, worker: &Worker) -> Option<String> {
    let is_idle = worker.availability.name() == "available";
    is_idle.then(|| state.look().age(state.shown_at().since(worker.idle_since)))
}

/// Where a worker is, roughly unless persons are shown whole, and how old that is.
fn seen(state: &State, worker: &Worker) -> String {
    let Some(point) = place(worker) else { return String::new() };
    let at = state.veil().address(&point.to_string());
    match worker.seen {
        Some((_, seen)) => format!("{at} {}", state.look().age(state.shown_at().since(seen))),
        None => at,
    }
}

/// The chosen worker.
fn at_length(state: &State, worker: &Worker) -> Vec<(String, Role)> {
    let look = state.look();
    let lang = look.lang;
    let (mark, role) = theme::availability(worker.availability);
    let mut first = format!("{mark} {}", look.availability(worker.availability.name()));
    if let Some(span) = idle(state, worker) {
        first = format!("{first}  {}", Label::IdleFor.fill(lang, &[&span]));
    }
    let mut lines = vec![(first, role)];
    let tel = worker.person.tel.as_deref().map(|tel| state.veil().tel(tel));
    let skills = [tel.unwrap_or_default(), worker.skills.join(","), worker.services.join(",")];
    let skills: Vec<&str> = skills.iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
    lines.push((skills.join("  "), Role::Text));
    lines.push((whereabouts(state, worker), Role::Text));
    let phase = |call: CallId| {
        let row = state.picture().calls.get(&call)?;
        let (mark, role) = theme::phase(row.phase);
        let age = look.age(state.shown_at().since(row.phase_at));
        Some((
            format!("{mark} {call} {} {age}", state.phase_word(&row.profile_name, row.phase)),
            role,
        ))
    };
    lines.extend(worker.call.and_then(phase));
    for (call, window) in appointments(worker) {
        let (from, until) = (look.clock.short(window.from), look.clock.short(window.until));
        lines.push((format!("◷ {call} {from}~{until}"), Role::Text));
    }
    for asked in state.picture().rest.offers.iter().filter(|asked| asked.worker == Some(worker.id))
    {
        let left = look.seconds(asked.until.since(state.shown_at()).0 / 1_000);
        let text = Label::AskedNow.fill(lang, &[&asked.call.to_string(), &left]);
        lines.push((format!("? {text}"), Role::Waiting));
    }
    if worker.rated.0 > 0 {
        let hundredths = u64::from(worker.rated.1) * 100 / u64::from(worker.rated.0);
        let mean = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        lines.push((Label::RatedAs.fill(lang, &[&mean, &worker.rated.0.to_string()]), Role::Text));
    }
    lines
}

/// Where the chosen worker is, by the name of the place.
fn whereabouts(state: &State, worker: &Worker) -> String {
    let look = state.look();
    let named = |point: Point| {
        let known = places::around(point).map(|place| place.label);
        known.unwrap_or_else(|| state.veil().address(&point.to_string()))
    };
    match (worker.seen, worker.home) {
        (Some((point, at)), _) => {
            let age = look.age(state.shown_at().since(at));
            Label::WhereNow.fill(look.lang, &[&named(point), &age])
        }
        (None, Some(home)) => Label::WhereHome.fill(look.lang, &[&named(home)]),
        (None, None) => state.say(Label::WhereUnknown).to_owned(),
    }
}
