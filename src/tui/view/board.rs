//! The opening page: what needs a human, the live calls, the chosen one beside them.

use super::{Areas, MIDDLE, Spot, call, first_seen, framed, put};
use crate::desk::CallRow;
use crate::desk::live::Attention;
use crate::front::show::attention::AttentionJson;
use crate::front::show::call::concern_word;
use crate::front::show::name_of;
use crate::tui::keys::Action;
use crate::tui::state::State;
use crate::tui::state::board::{Order, Pane};
use crate::tui::text::{fit, fit_right};
use crate::tui::theme::{self, Role};
use crate::tui::words::Label;
use ascall_engine::domain::ids::Time;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Draws it.
pub(super) fn draw(state: &State, areas: &Areas, buffer: &mut Buffer) {
    attention(state, areas.attention, buffer);
    calls(state, areas.calls, buffer);
    if areas.detail.width > 0 {
        if let Some(chosen) = state.chosen_call() {
            call::draw(state, chosen, areas.detail, state.board.pane == Pane::Detail, buffer);
        } else {
            let inside = framed(state, areas.detail, "", false, buffer);
            let style = state.setting.theme.style(Role::Dim);
            put(buffer, inside, 1, 0, state.say(Label::NoCallChosen), style);
        }
    }
}

/// What stands at a spot of the page.
pub(super) fn at(state: &State, areas: &Areas, spot: Position) -> Option<Spot> {
    let row_in = |area: Rect, heads: u16| spot.y.checked_sub(area.y + 1 + heads).map(usize::from);
    if areas.attention.contains(spot) {
        let row = row_in(areas.attention, 0)?;
        let all = state.picture().rest.attention.len();
        let height = usize::from(areas.attention.height.saturating_sub(1));
        let at = first_seen(state.board.item_at().unwrap_or(0), all, height) + row;
        return (at < all).then_some(Spot::Item(at));
    }
    if areas.calls.contains(spot) {
        let all = state.board.calls.len();
        if all > 0 && spot.y == areas.calls.y + 1 {
            let columns = Columns::of(areas.calls.width.saturating_sub(1));
            let column = spot.x.checked_sub(areas.calls.x + 1)?;
            return columns.order_at(usize::from(column)).map(Spot::Order);
        }
        let row = row_in(areas.calls, 1)?;
        let height = usize::from(areas.calls.height.saturating_sub(2));
        let at = first_seen(state.board.call_at().unwrap_or(0), all, height) + row;
        return (at < all).then_some(Spot::Call(at));
    }
    None
}

fn attention(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let items = &state.picture().rest.attention;
    let focus = state.board.pane == Pane::Attention;
    let title = format!("{} {}", state.say(Label::NeedsHuman), items.len());
    let inside = framed(state, area, &title, focus, buffer);
    if items.is_empty() {
        let text = format!("✓ {}", state.say(Label::NobodyNeeded));
        put(buffer, inside, 1, 0, &text, theme.style(Role::Good));
        return;
    }
    let height = usize::from(inside.height);
    let chosen = state.board.item_at().unwrap_or(0);
    let first = first_seen(chosen, items.len(), height);
    for (row, (at, item)) in items.iter().enumerate().skip(first).take(height).enumerate() {
        let Ok(row) = u16::try_from(row) else { return };
        let style = theme.style(match (at == chosen, focus) {
            (true, true) => Role::Chosen,
            (true, false) => Role::ChosenElsewhere,
            (false, _) => Role::Text,
        });
        let line = fit(&item_line(state, item), usize::from(inside.width));
        put(buffer, inside, 0, row, &line, style);
        put(buffer, inside, 1, row, "!", theme.style(Role::Warn).patch(style));
    }
}

/// What an item says: about what, why, since when, what to do.
fn item_line(state: &State, item: &Attention) -> String {
    let look = state.look();
    let json = AttentionJson::of(item);
    let why = concern_word(&json.concern, look);
    let age = look.age(state.shown_at().since(item.raised_at));
    let taken = item.taken_by.as_ref().map(|by| format!("  @{by}")).unwrap_or_default();
    let key = state.setting.keys.shown(Action::Fix);
    format!(" ! {}  {age}  {why}{taken}  [{key}] {}", json.about, json.remedy)
}

/// The heads of the columns, and the order of the calls that each stands for.
const HEADS: [(Label, Option<Order>); 8] = [
    (Label::Number, Some(Order::Number)),
    (Label::Phase, Some(Order::Phase)),
    (Label::Age, Some(Order::Age)),
    (Label::Place, Some(Order::Place)),
    (Label::Kind, None),
    (Label::Worker, Some(Order::Worker)),
    (Label::Promise, None),
    (Label::Marks, None),
];

/// Which of them is set to the right.
const AGE: usize = 2;

/// How wide each column of the list is; 0: there is no room for it. The place takes what is left.
struct Columns([usize; 8]);

impl Columns {
    fn of(width: u16) -> Self {
        let width = usize::from(width);
        // The number, the phase, the age and the place are always there; the others as there is room.
        let (number, phase, age) = if width < usize::from(MIDDLE) { (5, 9, 6) } else { (7, 11, 6) };
        let (kind, worker, promise, marks) = match width {
            w if w < usize::from(MIDDLE) => (0, 0, 0, 0),
            w if w < 72 => (0, 10, 10, 4),
            w if w < 90 => (8, 12, 11, 6),
            _ => (10, 16, 14, 14),
        };
        let columns = [number, phase, age, kind, worker, promise, marks];
        let used: usize = columns.iter().filter(|wide| **wide > 0).map(|wide| wide + 1).sum();
        let place = width.saturating_sub(used + 1);
        Self([number, phase, age, place, kind, worker, promise, marks])
    }

    /// The order that the head at a column stands for.
    fn order_at(&self, column: usize) -> Option<Order> {
        let mut end = 0;
        let shown = self.0.into_iter().zip(HEADS).filter(|(wide, _)| *wide > 0);
        for (wide, (_, order)) in shown {
            end += wide + 1;
            if column < end {
                return order;
            }
        }
        None
    }

    /// Cells in their columns, one after the other.
    fn line(&self, cells: [&str; 8]) -> String {
        let mut line = String::with_capacity(160);
        for (at, (cell, wide)) in cells.into_iter().zip(self.0).enumerate() {
            if wide == 0 {
                continue;
            }
            line.push_str(&if at == AGE { fit_right(cell, wide) } else { fit(cell, wide) });
            line.push(' ');
        }
        line
    }
}

fn calls(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let picture = state.picture();
    let focus = state.board.pane == Pane::Calls;
    let order = state.say(match state.board.order {
        Order::Phase => Label::OrderPhase,
        Order::Age => Label::OrderAge,
        Order::Number => Label::OrderNumber,
        Order::Place => Label::OrderPlace,
        Order::Worker => Label::OrderWorker,
    });
    let shown = state.board.calls.len();
    let all = picture.calls.len();
    let count = if shown == all { all.to_string() } else { format!("{shown}/{all}") };
    let title = format!("{} {count} · {order}", state.say(Label::Calls));
    let inside = framed(state, area, &title, focus, buffer);
    if shown == 0 {
        let label = if all == 0 { Label::NoCalls } else { Label::NoneFound };
        put(buffer, inside, 1, 0, state.say(label), theme.style(Role::Dim));
        return;
    }
    let columns = Columns::of(inside.width.saturating_sub(1));
    let heads = HEADS.map(|(head, _)| state.say(head));
    put(buffer, inside, 1, 0, &columns.line(heads), theme.style(Role::Dim));
    let height = usize::from(inside.height.saturating_sub(1));
    let chosen = state.board.call_at().unwrap_or(0);
    let first = first_seen(chosen, shown, height);
    let seen = state.board.calls.iter().enumerate().skip(first).take(height);
    for (row, (at, id)) in seen.enumerate() {
        let (Ok(row), Some(call)) = (u16::try_from(row + 1), picture.calls.get(id)) else {
            continue;
        };
        let (mark, role) = theme::phase(call.phase);
        let style = match (at == chosen, focus) {
            (true, true) => theme.style(Role::Chosen),
            (true, false) => theme.style(Role::ChosenElsewhere),
            (false, _) => theme.style(Role::Text),
        };
        let line = line(state, call, mark, &columns);
        put(buffer, inside, 1, row, &line, style);
        if at != chosen {
            let [number, wide, ..] = columns.0;
            let phase_at = u16::try_from(number + 2).unwrap_or(0);
            let word = state.phase_word(&call.profile_name, call.phase);
            let phase = fit(&format!("{mark} {word}"), wide);
            put(buffer, inside, phase_at, row, &phase, theme.style(role));
        }
        if state.marked.contains(id) {
            put(buffer, inside, 0, row, "▪", theme.style(Role::Key));
        }
    }
}

fn line(state: &State, row: &CallRow, mark: &str, columns: &Columns) -> String {
    let picture = state.picture();
    let look = state.look();
    let veil = state.veil();
    let customer = picture.customer(row);
    let place = customer.and_then(|person| person.address.as_deref()).map(|a| veil.address(a));
    let worker = picture.worker_of(row).map(|worker| {
        let name = worker.person.name.as_deref().map(|name| veil.name(name)).unwrap_or_default();
        format!("{} {name}", worker.id)
    });
    columns.line([
        &row.call.to_string(),
        &format!("{mark} {}", state.phase_word(&row.profile_name, row.phase)),
        &look.age(state.shown_at().since(row.phase_at)),
        &place.unwrap_or_default(),
        row.kind.as_deref().unwrap_or_default(),
        &worker.unwrap_or_default(),
        &promise(state, row),
        &marks(state, row),
    ])
}

/// What is to happen by when: an appointment, the end of a hold, of an offer, of the search.
fn promise(state: &State, row: &CallRow) -> String {
    let look = state.look();
    let left = |until: Time| look.age(until.since(state.shown_at()));
    if let Some(window) = row.window {
        return format!("◷{}", look.clock.short(window.from));
    }
    if let Some(until) = row.held_until {
        return format!("‖{}", look.clock.short(until));
    }
    let picture = state.picture();
    if let Some(asked) = picture.asked(row.call) {
        let who = asked.worker.map_or_else(|| asked.count.to_string(), |worker| worker.to_string());
        return format!("?{who} {}", left(asked.until));
    }
    picture.searches.get(&row.call).map(|until| format!("≤{}", left(*until))).unwrap_or_default()
}

/// What is unusual about a call, in few letters.
fn marks(state: &State, row: &CallRow) -> String {
    let look = state.look();
    let mut marks = Vec::new();
    if let Some(concern) = row.attention.first() {
        marks.push(format!("!{}", concern_word(&name_of(concern), look)));
    }
    if row.priority >= 2 {
        marks.push(format!("↑{}", look.priority(row.priority)));
    } else if row.priority == 0 {
        marks.push(format!("↓{}", look.priority(row.priority)));
    }
    marks.join(" ")
}
