//! One call at length, a part at a time; where there is room, what happened beside what it is.
//!
//! Invariant: what is seen of a part and how many rows it has come from the same lines, so that scrolling ends where the
//! text does.

use super::{WIDE, framed, put};
use crate::front::look::Look;
use crate::front::show::Show as _;
use crate::front::show::decision::{CANDIDATE_HEADS, DecisionJson};
use crate::front::show::event::HappeningJson;
use crate::tui::msg::{CallPage, Told};
use crate::tui::state::State;
use crate::tui::state::reading::Part;
use crate::tui::text::{fit, width, wrap};
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ascall_engine::domain::ids::CallId;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A line: pieces of text, each with what it means.
pub(super) type Line = Vec<(String, Role)>;

/// Draws a call into an area, with the keys' focus or without.
pub(super) fn draw(state: &State, call: CallId, area: Rect, focus: bool, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let known = state.call.as_ref().filter(|(want, _)| want.is_call(call));
    let phase = known.map(|(_, page)| page.phase.as_str()).unwrap_or_default();
    let inside = framed(state, area, &format!("{call} {phase}"), focus, buffer);
    tabs(state, inside, buffer);
    let text = below(inside);
    let Some((_, page)) = known else {
        put(buffer, text, 1, 0, state.say(Label::Fetching), theme.style(Role::Dim));
        return;
    };
    for (column, part) in columns(state, text) {
        let lines = lines(state, page, part, usize::from(column.width.saturating_sub(2)));
        draw_lines(state, &lines, state.board.scroll, column, buffer);
    }
}

/// How many rows the part that is read has.
pub(super) fn rows(state: &State, call: CallId, area: Rect) -> usize {
    let Some((_, page)) = state.call.as_ref().filter(|(want, _)| want.is_call(call)) else {
        return 0;
    };
    let text = below(below(area));
    let columns = columns(state, text).into_iter();
    let each = columns.map(|(column, part)| {
        lines(state, page, part, usize::from(column.width.saturating_sub(2))).len()
    });
    each.max().unwrap_or(0)
}

fn below(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// Draws lines from the one that is scrolled to.
pub(super) fn draw_lines(
    state: &State,
    lines: &[Line],
    scroll: usize,
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = state.setting.theme;
    let scroll = scroll.min(lines.len().saturating_sub(1));
    for (row, line) in lines.iter().skip(scroll).take(usize::from(area.height)).enumerate() {
        let Ok(row) = u16::try_from(row) else { return };
        let mut column = 1;
        for (text, role) in line {
            column = put(buffer, area, column, row, text, theme.style(*role));
        }
    }
}

/// The parts by name, the one that is read marked.
fn tabs(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let names: Vec<String> =
        Part::ALL.iter().map(|part| state.say(part.label()).to_owned()).collect();
    let wide: usize = names.iter().map(|name| width(name) + 1).sum();
    let mut column = 1;
    for (part, name) in Part::ALL.iter().zip(names) {
        let is_here = *part == state.part;
        // Where they do not all fit, the others are dots.
        let fits = wide + 3 <= usize::from(area.width) || is_here;
        let text = match (is_here, fits) {
            (true, _) => format!("[{name}]"),
            (false, true) => name,
            (false, false) => "·".to_owned(),
        };
        let role = if is_here { Role::Focus } else { Role::Dim };
        column = put(buffer, area, column, 0, &text, theme.style(role)) + 1;
    }
}

/// What is seen of a page in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// One part.
    Only(Part),
    /// What it is, and below that what happened.
    Both,
}

/// What stands where at once.
fn columns(state: &State, area: Rect) -> Vec<(Rect, Seen)> {
    if state.part != Part::Facts {
        return vec![(area, Seen::Only(state.part))];
    }
    if area.width < WIDE {
        // Beside a list there is no room for two columns, but for one below the other.
        let seen = if state.shows_detail() { Seen::Both } else { Seen::Only(Part::Facts) };
        return vec![(area, seen)];
    }
    let left = area.width * 2 / 5;
    let right = Rect { x: area.x + left, width: area.width - left, ..area };
    let left = Rect { width: left, ..area };
    vec![(left, Seen::Only(Part::Facts)), (right, Seen::Only(Part::Timeline))]
}

/// A part in lines of at most `columns`.
fn lines(state: &State, page: &CallPage, seen: Seen, columns: usize) -> Vec<Line> {
    let look = state.look();
    let part = match seen {
        Seen::Only(part) => part,
        Seen::Both => {
            let mut lines = pairs(&page.facts, columns);
            lines.push(Line::new());
            lines.extend(timeline(&page.timeline, look, columns));
            return lines;
        }
    };
    let mut lines = match part {
        Part::Facts => pairs(&page.facts, columns),
        Part::Timeline => timeline(&page.timeline, look, columns),
        Part::Why => why(state, page, columns),
        Part::Told => page.told.iter().flat_map(|told| letter(told, look, columns)).collect(),
        Part::Money => {
            let moved = page.timeline.iter().filter(|happening| is_money(&happening.event));
            let moved: Vec<HappeningJson> = moved.cloned().collect();
            let mut lines = pairs(&page.money, columns);
            lines.extend(timeline(&moved, look, columns));
            lines
        }
        Part::Raw => {
            let lines = page.raw.iter().flat_map(|line| wrap_indented(line, columns));
            lines.map(|line| vec![(line, Role::Text)]).collect()
        }
    };
    if lines.is_empty() {
        lines.push(vec![(state.say(Label::NothingHere).to_owned(), Role::Dim)]);
    }
    lines
}

/// A line of indented text, which stays indented where it is broken.
pub(super) fn wrap_indented(line: &str, columns: usize) -> Vec<String> {
    let text = line.trim_start();
    let indent = " ".repeat((line.len() - text.len()).min(columns / 2));
    let room = columns.saturating_sub(indent.len());
    wrap(text, room).into_iter().map(|line| format!("{indent}{line}")).collect()
}

/// Names and values in two columns.
fn pairs(pairs: &[(String, String)], columns: usize) -> Vec<Line> {
    let widest = pairs.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let head = widest.min(columns / 3) + 2;
    let hang = |(name, value): &(String, String)| {
        hung((name, Role::Dim), (value, Role::Text), head, columns)
    };
    pairs.iter().flat_map(hang).collect()
}

/// A text that hangs beside its head.
fn hung(head: (&str, Role), text: (&str, Role), wide: usize, columns: usize) -> Vec<Line> {
    let mut wrapped = wrap(text.0, columns.saturating_sub(wide));
    if wrapped.is_empty() {
        wrapped.push(String::new());
    }
    let first = fit(head.0, wide);
    let heads = std::iter::once(first).chain(std::iter::repeat(" ".repeat(wide)));
    wrapped.into_iter().zip(heads).map(|(line, of)| vec![(of, head.1), (line, text.1)]).collect()
}

/// What happened: a line for each event; when, who and why once for all that happened together.
fn timeline(all: &[HappeningJson], look: &Look, columns: usize) -> Vec<Line> {
    let times: Vec<String> = all.iter().map(|happening| look.clock.exact(happening.time)).collect();
    let wide = times.iter().map(|time| width(time)).max().unwrap_or(0) + 2;
    let mut lines = Vec::new();
    let mut before = None;
    for (happening, time) in all.iter().zip(&times) {
        let is_first = before != Some(happening.seq);
        before = Some(happening.seq);
        let event = happening.word.map_or_else(|| happening.event.clone(), |word| look.word(word));
        let mut text = event;
        if !happening.detail.is_empty() {
            text = format!("{text}  {}", happening.detail);
        }
        if is_first {
            let by = format!("  ‹{}›", happening.by_word);
            let why =
                happening.reason.as_ref().map(|why| format!(" \"{why}\"")).unwrap_or_default();
            text = format!("{text}{by}{why}");
        }
        let time = if is_first { time.as_str() } else { "" };
        let role = role_of(&happening.event);
        lines.extend(hung((time, Role::Dim), (&text, role), wide, columns));
    }
    lines
}

/// How much an event matters to somebody who reads quickly.
fn role_of(event: &str) -> Role {
    match event {
        "assignment_committed" | "call_completed" | "work_started" => Role::Good,
        "call_parked" | "attention_raised" | "nobody_found" | "plan_exhausted" => Role::Warn,
        event if event.starts_with("notice_") || event == "step_asked" => Role::Dim,
        _ => Role::Text,
    }
}

fn is_money(event: &str) -> bool {
    let whole = ["money_moved", "refund_asked", "coupon_used", "coupon_granted", "step_settled"];
    whole.contains(&event)
}

fn is_offer(event: &str) -> bool {
    event.starts_with("offer_") || event.starts_with("broadcast_")
}

/// Why this worker, or why nobody: each decision with those who were looked at, the offers, how it stands now.
fn why(state: &State, page: &CallPage, columns: usize) -> Vec<Line> {
    let look = state.look();
    let mut lines = Vec::new();
    if page.decisions.is_empty() {
        let text = look.say(crate::front::words::Word::NoDecision, &[&page.phase]);
        lines.push(vec![(text, Role::Dim)]);
    }
    // The newest is what somebody asks about first.
    for decision in page.decisions.iter().rev() {
        lines.extend(decided(decision, look, columns));
        lines.push(Line::new());
    }
    for line in &page.stand {
        lines.extend(wrap(line, columns).into_iter().map(|line| vec![(line, Role::Waiting)]));
    }
    let offers = page.timeline.iter().filter(|happening| is_offer(&happening.event));
    let offers: Vec<HappeningJson> = offers.cloned().collect();
    if !offers.is_empty() {
        lines.push(vec![(look.word(crate::front::words::Word::Offers), Role::Head)]);
        lines.extend(timeline(&offers, look, columns));
    }
    lines
}

fn decided(decision: &DecisionJson, look: &Look, columns: usize) -> Vec<Line> {
    let head = wrap(&decision.head(look), columns);
    let mut lines: Vec<Line> = head.into_iter().map(|line| vec![(line, Role::Head)]).collect();
    let rows = decision.rows(look);
    if !rows.is_empty() {
        let heads: Vec<String> = CANDIDATE_HEADS.iter().map(|head| look.word(*head)).collect();
        let wide = |at: usize| {
            let cells = rows.iter().chain(std::iter::once(&heads)).filter_map(|row| row.get(at));
            cells.map(|cell| width(cell)).max().unwrap_or(0)
        };
        let wides: Vec<usize> = (0..heads.len()).map(wide).collect();
        let row = |cells: &[String]| {
            let cells = cells.iter().zip(&wides).map(|(cell, wide)| fit(cell, *wide));
            cells.collect::<Vec<_>>().join("  ")
        };
        lines.push(vec![(row(&heads), Role::Dim)]);
        for (at, cells) in rows.iter().enumerate() {
            let role = if at == 0 { Role::Good } else { Role::Text };
            lines.push(vec![(row(cells), role)]);
        }
    }
    if let Some(counts) = decision.counts_line(look) {
        lines.extend(wrap(&counts, columns).into_iter().map(|line| vec![(line, Role::Dim)]));
    }
    lines
}

/// The mark of how far a message is, and what it means.
pub(super) fn fate(delivery: &str) -> (&'static str, Role) {
    match delivery {
        "delivered" => ("✓", Role::Good),
        "accepted" => ("▸", Role::Moving),
        "owed" => ("◌", Role::Waiting),
        "dead" => ("✗", Role::Bad),
        _ => ("–", Role::Dim),
    }
}

/// A message with its way so far.
pub(super) fn letter(told: &Told, look: &Look, columns: usize) -> Vec<Line> {
    let letter = &told.letter;
    let (mark, role) = fate(letter.delivery);
    let cells = letter.cells(look);
    let to = cells.get(2).cloned().unwrap_or_default();
    let head = [
        look.clock.exact(letter.time),
        to,
        look.transport(letter.transport),
        look.delivery(letter.delivery),
    ];
    let mut lines = vec![vec![(format!("{mark} "), role), (head.join("  "), Role::Dim)]];
    lines.extend(
        wrap(&letter.text, columns.saturating_sub(2))
            .into_iter()
            .map(|line| vec![("  ".to_owned(), Role::Text), (line, Role::Text)]),
    );
    // One that arrived at the first try has no way worth telling.
    if told.tries.len() > 1 || letter.delivery == "dead" {
        for one in &told.tries {
            let wrapped = wrap(one, columns.saturating_sub(4));
            lines.extend(wrapped.into_iter().map(|line| vec![(format!("    {line}"), Role::Dim)]));
        }
    }
    lines
}
