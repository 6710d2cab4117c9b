//! What stands over a page.

#[cfg(test)]
mod tests;

use super::put;
use crate::tui::state::State;
use crate::tui::state::confirm::Confirm;
use crate::tui::state::form::{Form, Kind};
use crate::tui::state::overlay::Overlay;
use crate::tui::state::prompt::Prompt;
use crate::tui::text::{fit, width, wrap};
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget as _};

/// Draws it.
pub(super) fn draw(state: &State, overlay: &Overlay, area: Rect, buffer: &mut Buffer) {
    match overlay {
        Overlay::Command(prompt) => {
            bottom_line(state, ":", &prompt.input, "", area, buffer);
            next_words(state, prompt, area, buffer);
        }
        Overlay::Filter { input, .. } => bottom_line(state, "/", input, "", area, buffer),
        Overlay::GoTo(input) => {
            bottom_line(state, "@", input, state.say(Label::GoToTime), area, buffer);
        }
        Overlay::Form(form) => {
            let (rows, here) = filled(state, form);
            boxed(state, &form.title, rows, Label::FormKeys, Some(here), area, buffer);
        }
        Overlay::Moved(moved) => {
            let mut rows = vec![(moved.line.shell(), Role::Dim), (String::new(), Role::Text)];
            let since = state.since(moved.call, moved.seen);
            if since.is_empty() {
                rows.push((state.say(Label::AskingDesk).to_owned(), Role::Dim));
            }
            rows.extend(since.into_iter().map(|line| (format!("• {line}"), Role::Warn)));
            let title = Label::HasMoved.fill(state.look().lang, &[&moved.call.to_string()]);
            boxed(state, &title, rows, Label::MovedKeys, None, area, buffer);
        }
        Overlay::Choose(choose) => {
            let found = choose.found();
            let mut rows = vec![(format!("/{}", caret(&choose.input)), Role::Focus)];
            rows.extend(found.iter().enumerate().map(|(at, (shown, _))| {
                (shown.clone(), if at == choose.at { Role::Chosen } else { Role::Text })
            }));
            boxed(state, &choose.title, rows, Label::ChooseKeys, Some(choose.at + 1), area, buffer);
        }
        Overlay::Confirm(confirm) => confirmed(state, confirm, area, buffer),
        Overlay::Text { title, lines, scroll } => {
            let rows = lines.iter().skip(*scroll).map(|line| (line.clone(), Role::Text)).collect();
            boxed(state, title, rows, Label::ReadKeys, None, area, buffer);
        }
        Overlay::Palette { input, at } => {
            let mut rows = vec![(format!("?{}", caret(input)), Role::Focus)];
            for (row, (binding, possible)) in state.palette(input.value()).iter().enumerate() {
                let key = state.setting.keys.shown(binding.action);
                let line = format!("{} {}", fit(&key, 9), state.say(binding.label));
                let role = match (row == *at, possible) {
                    (true, _) => Role::Chosen,
                    (false, true) => Role::Text,
                    (false, false) => Role::Dim,
                };
                rows.push((line, role));
            }
            let title = state.say(Label::PaletteTitle).to_owned();
            boxed(state, &title, rows, Label::ChooseKeys, Some(at + 1), area, buffer);
        }
    }
}

/// The rows of a form, and the one that is being filled in.
fn filled(state: &State, form: &Form) -> (Vec<(String, Role)>, usize) {
    let wide = form.fields.iter().map(|f| width(&f.label)).max().unwrap_or(0);
    let (mut rows, mut here) = (Vec::new(), 0);
    for (at, field) in form.fields.iter().enumerate() {
        let is_here = at == form.at;
        let mark = if is_here { "▸" } else { " " };
        let must = if field.required { "*" } else { " " };
        let is_choice = matches!(field.kind, Kind::Choice(_));
        let value = match (is_here, is_choice) {
            (true, true) => format!("‹ {} ›", field.shown()),
            (true, false) => caret(&field.input),
            (false, _) => field.shown().to_owned(),
        };
        let is_empty = field.input.value().is_empty();
        let hint = if is_empty && !field.hint.is_empty() {
            format!(" ({})", field.hint)
        } else {
            String::new()
        };
        let role = match (is_here, is_empty) {
            (true, _) => Role::Focus,
            (false, true) => Role::Dim,
            (false, false) => Role::Text,
        };
        rows.push((format!("{mark} {}{must} {value}{hint}", fit(&field.label, wide)), role));
        if is_here {
            here = rows.len();
            let gap = " ".repeat(wide + 4);
            rows.extend(form.suggestions.iter().enumerate().map(|(at, (_, shown))| {
                let picked = form.picked == Some(at);
                let role = if picked { Role::Chosen } else { Role::Dim };
                (format!("{gap}{} {shown}", if picked { "▸" } else { " " }), role)
            }));
            here += form.picked.map_or(0, |at| at + 1);
        }
    }
    if let Some(missing) = form.missing {
        rows.push((format!("✗ {}", state.say(missing)), Role::Bad));
    }
    if let Some(remark) = &form.remark {
        rows.push((format!("✓ {remark}"), Role::Good));
    }
    if let Some(warning) = &form.warning {
        rows.push((format!("! {warning}"), Role::Warn));
    }
    // The same from a shell, as far as it is filled in.
    if let Ok(lines) = form.made() {
        rows.push((String::new(), Role::Text));
        rows.extend(lines.first().map(|line| (line.shell(), Role::Dim)));
    }
    (rows, here)
}

/// What may come next on the command line, above it.
fn next_words(state: &State, prompt: &Prompt, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let rows: Vec<_> = prompt.shown().collect();
    let wide = rows.iter().map(|(_, next)| width(&next.word)).max().unwrap_or(0);
    for (up, (at, next)) in rows.iter().rev().enumerate() {
        let Some(y) = u16::try_from(up + 3).ok().and_then(|up| area.height.checked_sub(up)) else {
            return;
        };
        let row = Rect { y: area.y + y, height: 1, ..area };
        Clear.render(row, buffer);
        let role = if prompt.at == Some(*at) { Role::Chosen } else { Role::Text };
        let column = put(buffer, row, 2, 0, &fit(&next.word, wide), theme.style(role));
        put(buffer, row, column + 2, 0, &next.help, theme.style(Role::Dim));
    }
}

/// What is typed, with a bar where the next letter goes.
fn caret(input: &tui_input::Input) -> String {
    let text = input.value();
    let at = text.char_indices().nth(input.cursor()).map_or(text.len(), |(at, _)| at);
    let (before, after) = text.split_at(at);
    format!("{before}▏{after}")
}

fn confirmed(state: &State, confirm: &Confirm, area: Rect, buffer: &mut Buffer) {
    let mut rows = Vec::new();
    for asked in &confirm.asked {
        rows.push((asked.line.shell(), Role::Dim));
        match &asked.would {
            None => rows.push((format!("◌ {}", state.say(Label::AskingDesk)), Role::Dim)),
            Some(Ok(would)) => {
                rows.extend(would.iter().map(|line| (format!("• {line}"), Role::Text)));
            }
            Some(Err(why)) => rows.push((format!("✗ {why}"), Role::Bad)),
        }
    }
    let last = rows.len().saturating_sub(1);
    let rows = rows.into_iter().skip(confirm.scroll.min(last)).collect();
    let title = state.say(Label::WouldHappen).to_owned();
    boxed(state, &title, rows, Label::EnterSays, None, area, buffer);
}

/// A line that is typed at the bottom, with a remark behind it.
fn bottom_line(
    state: &State,
    sign: &str,
    input: &tui_input::Input,
    remark: &str,
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = state.setting.theme;
    let row = Rect { y: area.y + area.height.saturating_sub(2), height: 1, ..area };
    Clear.render(row, buffer);
    let column = put(buffer, row, 0, 0, sign, theme.style(Role::Key));
    // The end is what is being typed.
    let room = usize::from(area.width).saturating_sub(4);
    let skip = input.visual_scroll(room);
    let seen: String = visible(input.value(), skip);
    let column = put(buffer, row, column + 1, 0, &seen, theme.style(Role::Text));
    let column = put(buffer, row, column, 0, "▏", theme.style(Role::Focus));
    put(buffer, row, column + 2, 0, remark, theme.style(Role::Dim));
}

/// The text without its first `skip` columns.
fn visible(text: &str, skip: usize) -> String {
    let mut used = 0;
    let is_before = |c: &char| {
        let before = used < skip;
        used += width(c.encode_utf8(&mut [0; 4]));
        before
    };
    text.chars().skip_while(is_before).collect()
}

/// A box in the middle, with its keys at the bottom; `follow` is a row that must be seen.
fn boxed(
    state: &State,
    title: &str,
    rows: Vec<(String, Role)>,
    keys: Label,
    follow: Option<usize>,
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = state.setting.theme;
    let most = usize::from(area.width.saturating_sub(4));
    let widest = rows
        .iter()
        .map(|(line, _)| width(line))
        .chain([width(title), width(state.say(keys))])
        .max();
    let inner = widest.unwrap_or(0).clamp(30.min(most), most);
    let rows: Vec<(String, Role)> = rows
        .into_iter()
        .flat_map(|(line, role)| {
            // A row that has room keeps its columns.
            let lines = if width(&line) <= inner { vec![line] } else { wrap(&line, inner) };
            lines.into_iter().map(move |line| (line, role))
        })
        .collect();
    let height = rows.len().min(usize::from(area.height.saturating_sub(5)));
    let (Ok(wide), Ok(tall)) = (u16::try_from(inner + 4), u16::try_from(height + 3)) else {
        return;
    };
    let wide = wide.min(area.width);
    let frame = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + area.height.saturating_sub(tall) / 3,
        width: wide,
        height: tall.min(area.height),
    };
    Clear.render(frame, buffer);
    // A wide letter that reaches under the edge would hide it.
    for row in frame.rows() {
        let before = row.x.checked_sub(1).and_then(|x| buffer.cell_mut((x, row.y)));
        if let Some(cell) = before.filter(|cell| width(cell.symbol()) > 1) {
            cell.set_symbol(" ");
        }
    }
    let edge = theme.style(Role::Focus);
    let line =
        |left: &str, right: &str| format!("{left}{}{right}", "─".repeat(usize::from(wide) - 2));
    put(buffer, frame, 0, 0, &line("╭", "╮"), edge);
    put(buffer, frame, 2, 0, &format!(" {title} "), theme.style(Role::Head));
    let first = follow.map_or(0, |row| super::first_seen(row, rows.len(), height));
    for (at, (text, role)) in rows.iter().skip(first).take(height).enumerate() {
        let Ok(row) = u16::try_from(at + 1) else { return };
        put(buffer, frame, 0, row, "│", edge);
        put(buffer, frame, 2, row, &fit(text, inner), theme.style(*role));
        put(buffer, frame, wide - 1, row, "│", edge);
    }
    put(buffer, frame, 0, tall - 2, "│", edge);
    put(buffer, frame, 2, tall - 2, &fit(state.say(keys), inner), theme.style(Role::Dim));
    put(buffer, frame, wide - 1, tall - 2, "│", edge);
    put(buffer, frame, 0, tall - 1, &line("╰", "╯"), edge);
}
