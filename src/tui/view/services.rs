//! The page of services: participants with their breakers, and the chosen one at length: numbers, incidents, and what may be
//! done to it.

use super::list::{self, Halves, Parted, Table, columns};
use crate::desk::live::{Breaker, Incident, Participant};
use crate::front::show::name_of;
use crate::front::show::participant::ParticipantJson;
use crate::front::words::Word;
use crate::tui::state::State;
use crate::tui::state::listed::Side;
use crate::tui::state::services::ORDERS;
use crate::tui::text::fit;
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ascall_engine::domain::breaker::StateKind;
use ascall_engine::domain::event::Mode;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Where the list and the chosen one stand.
pub(super) fn halves(state: &State, page: Rect) -> Halves {
    let listed = &state.pages.services.list;
    Halves::of(page, listed.side, 3, Parted::Stacked(listed.ids().len()))
}

/// Draws it.
pub(super) fn draw(state: &State, page: Rect, buffer: &mut Buffer) {
    let halves = halves(state, page);
    let listed = &state.pages.services.list;
    participants(state, halves.list, buffer);
    let (title, lines) = match state.participant_here() {
        Some(participant) => (participant.name.clone(), at_length(state, participant)),
        None => (String::new(), Vec::new()),
    };
    let focus = listed.side == Side::Beside;
    list::paper(state, halves.beside, &title, focus, listed.scroll, &lines, buffer);
}

fn participants(state: &State, area: Rect, buffer: &mut Buffer) {
    let look = state.look();
    let listed = &state.pages.services.list;
    let all = &state.picture().rest.participants;
    let count = listed.ids().len();
    let title = format!("{} {count}{}", state.say(Label::DoServices), listed.sign());
    let word = |word| look.word(word);
    let columns = columns(
        area.width,
        &[
            (word(Word::Participant), 12, false, 0),
            (word(Word::Mode), if area.width < 60 { 10 } else { 18 }, false, 0),
            (word(Word::InFlight), 9, true, 60),
            (word(Word::Waiting), 7, true, 60),
            (state.say(Label::Breaker).to_owned(), 0, false, 0),
        ],
    );
    let label = if all.is_empty() { Label::NoServices } else { Label::NothingFound };
    let table = Table {
        title: &title,
        empty: state.say(label),
        focus: listed.side == Side::List,
        columns: &columns,
        count: listed.ids().len(),
        at: listed.at(),
    };
    let row = |at: usize| {
        let name = listed.ids().get(at);
        let one = name.and_then(|name| all.iter().find(|one| one.name == *name));
        one.map(|one| cells(state, one)).unwrap_or_default()
    };
    list::draw(state, area, &table, row, buffer);
}

fn cells(state: &State, one: &Participant) -> Vec<(String, Role)> {
    let mode = match one.mode {
        Mode::Running => Role::Text,
        Mode::Stopped | Mode::Slow { .. } | Mode::Failing(_) => Role::Warn,
    };
    let flying = one.bulkhead.map(|most| format!("{}/{most}", one.in_flight)).unwrap_or_default();
    let waiting = if one.waiting == 0 { String::new() } else { one.waiting.to_string() };
    let breaker = match state.breaker_of(&one.name) {
        Some(breaker) => breaker_words(state, breaker),
        None => (String::new(), Role::Dim),
    };
    vec![
        (one.name.clone(), Role::Head),
        (format!("{} {}", mode_mark(one.mode), state.look().mode(one.mode)), mode),
        (flying, Role::Text),
        (waiting, Role::Warn),
        breaker,
    ]
}

fn mode_mark(mode: Mode) -> &'static str {
    match mode {
        Mode::Running => "●",
        Mode::Stopped => "‖",
        Mode::Slow { .. } => "◷",
        Mode::Failing(_) => "✗",
    }
}

/// How a breaker stands, until when, and why it was set so.
fn breaker_words(state: &State, breaker: &Breaker) -> (String, Role) {
    let look = state.look();
    let (mark, role) = match breaker.state {
        StateKind::Closed => ("✓", Role::Good),
        StateKind::Open | StateKind::ForcedOpen => ("✗", Role::Bad),
        StateKind::HalfOpen => ("◐", Role::Warn),
        StateKind::Disabled => ("–", Role::Warn),
    };
    let mut text = format!("{mark} {}", look.term(&name_of(&breaker.state)));
    if let Some(until) = breaker.until {
        let left = until.since(state.shown_at()).0.div_ceil(1_000);
        text = format!("{text} {}", look.seconds(left));
    }
    if let Some(reason) = &breaker.reason {
        text = format!("{text}: {reason}");
    }
    (text, role)
}

/// The chosen participant.
fn at_length(state: &State, one: &Participant) -> Vec<(String, Role)> {
    let look = state.look();
    let lang = look.lang;
    let kind = look.term(&ParticipantJson::of(one).kind);
    let mut lines = vec![(format!("{kind} · {}", look.mode(one.mode)), Role::Text)];
    if one.waiting > 0 {
        let text = Label::WaitBehind.fill(lang, &[&one.waiting.to_string()]);
        lines.push((format!("‖ {text}"), Role::Warn));
    }
    match state.breaker_of(&one.name) {
        Some(breaker) => {
            let (text, role) = breaker_words(state, breaker);
            lines.push((format!("{} {text}", state.say(Label::Breaker)), role));
            let numbers =
                [breaker.calls, breaker.failed, breaker.slow, breaker.consecutive_failures];
            let numbers = numbers.map(|number| number.to_string());
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            lines.push((Label::InTheWindow.fill(lang, &numbers), Role::Text));
            lines.push((state.say(Label::Incidents).to_owned(), Role::Head));
            if breaker.incidents.is_empty() {
                lines.push((state.say(Label::NoIncidents).to_owned(), Role::Good));
            }
            let newest = breaker.incidents.iter().rev();
            lines.extend(newest.map(|incident| incident_line(state, incident)));
        }
        None => lines.push((state.say(Label::NoBreaker).to_owned(), Role::Dim)),
    }
    lines.push((state.say(Label::MayBeDone).to_owned(), Role::Head));
    let has_breaker = state.breaker_of(&one.name).is_some();
    for (action, [verb, _], label, means) in ORDERS {
        if verb == "breaker" && !has_breaker {
            continue;
        }
        let key = fit(&state.setting.keys.shown(action), 2);
        lines.push((format!("{key}{}: {}", state.say(label), state.say(means)), Role::Dim));
    }
    lines
}

/// When, why, and what became of the calls.
fn incident_line(state: &State, incident: &Incident) -> (String, Role) {
    let look = state.look();
    let from = look.clock.exact(incident.opened_at);
    let until = incident.closed_at.map(|at| look.clock.exact(at)).unwrap_or_default();
    let why = look.term(&name_of(&incident.why));
    // The desk loses none: a parked call is admitted, expires, or still waits.
    let lost = 0_u32;
    let sums = [incident.parked, incident.admitted, incident.expired, lost].map(|n| n.to_string());
    let sums: Vec<&str> = sums.iter().map(String::as_str).collect();
    let sums = Label::IncidentSums.fill(look.lang, &sums);
    let role = if incident.closed_at.is_some() { Role::Text } else { Role::Bad };
    let mark = if incident.closed_at.is_some() { "✓" } else { "✗" };
    (format!("{mark} {} {from}~{until} {why} · {sums}", incident.id), role)
}
