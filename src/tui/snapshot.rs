//! The console as text, as a terminal would write it, or as a picture, without a terminal.
//!
//! Invariant: what is drawn is what the screen would show, at most the columns asked for in each line.

use super::state::State;
use super::text::width;
use super::theme::Theme;
use super::view::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use std::fmt::Write as _;

/// What the screen would show.
pub(crate) fn buffer(state: &State) -> Buffer {
    let (columns, rows) = state.size;
    let mut backend = Terminal::new(TestBackend::new(columns, rows));
    match &mut backend {
        Ok(terminal) => {
            // A backend in memory does not fail.
            let _ = terminal.draw(|frame| view(state, frame));
            terminal.backend().buffer().clone()
        }
        Err(never) => match *never {},
    }
}

/// Letters of one look that stand beside each other.
struct Run {
    /// Its first column.
    column: usize,
    text: String,
    style: Style,
}

/// The runs of a row, without what is empty at its end.
fn runs(buffer: &Buffer, row: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut hidden = 0;
    for x in 0..buffer.area.width {
        let Some(cell) = buffer.cell((x, row)) else { continue };
        if hidden > 0 {
            hidden -= 1;
            continue;
        }
        let symbol = cell.symbol();
        hidden = width(symbol).saturating_sub(1);
        match runs.last_mut() {
            Some(run) if run.style == cell.style() => run.text.push_str(symbol),
            _ => runs.push(Run { column: x.into(), text: symbol.to_owned(), style: cell.style() }),
        }
    }
    let is_empty = |run: &Run| run.text.trim().is_empty() && !paints(run.style);
    while runs.last().is_some_and(is_empty) {
        runs.pop();
    }
    if let Some(last) = runs.last_mut().filter(|run| !paints(run.style)) {
        last.text.truncate(last.text.trim_end().len());
    }
    runs
}

/// Whether a space of this look can be seen.
fn paints(style: Style) -> bool {
    let background = style.bg.is_some_and(|colour| colour != Color::Reset);
    background || style.add_modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED)
}

/// As text.
pub(crate) fn txt(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in 0..buffer.area.height {
        let line: String = runs(buffer, row).into_iter().map(|run| run.text).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// As a terminal would write it: text with its colours (ECMA-48, select graphic rendition).
pub(crate) fn ansi(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in 0..buffer.area.height {
        for run in runs(buffer, row) {
            let codes = codes(run.style);
            if codes.is_empty() {
                out.push_str(&run.text);
            } else {
                // Writing into a string does not fail.
                let _ = write!(out, "\u{1b}[{}m{}\u{1b}[0m", codes.join(";"), run.text);
            }
        }
        out.push('\n');
    }
    out
}

fn codes(style: Style) -> Vec<String> {
    let modifiers = [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
    ];
    let has = |(modifier, _): &(Modifier, &str)| style.add_modifier.contains(*modifier);
    let mut codes: Vec<String> =
        modifiers.iter().filter(|m| has(m)).map(|(_, code)| (*code).to_owned()).collect();
    codes.extend(style.fg.and_then(|colour| code(colour, 30)));
    codes.extend(style.bg.and_then(|colour| code(colour, 40)));
    codes
}

fn code(colour: Color, base: u8) -> Option<String> {
    let of = |number: u8| Some((base + number).to_string());
    match colour {
        Color::Reset => None,
        Color::Rgb(red, green, blue) => Some(format!("{};2;{red};{green};{blue}", base + 8)),
        Color::Indexed(number) => Some(format!("{};5;{number}", base + 8)),
        named => SIXTEEN.iter().position(|(known, _)| *known == named).and_then(|at| {
            let at = u8::try_from(at).ok()?;
            if at < 8 { of(at) } else { of(60 + at - 8) }
        }),
    }
}

/// The sixteen colours in their order, as pictures show them.
const SIXTEEN: [(Color, &str); 16] = [
    (Color::Black, "#1e2127"),
    (Color::Red, "#be1e2d"),
    (Color::Green, "#287828"),
    (Color::Yellow, "#965f00"),
    (Color::Blue, "#0164b4"),
    (Color::Magenta, "#783cb4"),
    (Color::Cyan, "#006e7d"),
    (Color::Gray, "#abb2bf"),
    (Color::DarkGray, "#6b7280"),
    (Color::LightRed, "#e06c75"),
    (Color::LightGreen, "#98c379"),
    (Color::LightYellow, "#e5c07b"),
    (Color::LightBlue, "#61afef"),
    (Color::LightMagenta, "#c6a0f6"),
    (Color::LightCyan, "#56b6c2"),
    (Color::White, "#ffffff"),
];

/// The width of a column and the height of a row of a picture.
const CELL: (usize, usize) = (8, 18);

/// The edge around a picture.
const EDGE: usize = 12;

/// As a picture (SVG 1.1): each run is as wide as its columns, whatever the font thinks.
pub(crate) fn svg(buffer: &Buffer, theme: Theme) -> String {
    let (paper, ink) = match theme {
        Theme::Light => ("#fafafa", "#282c34"),
        Theme::Dark | Theme::Sixteen | Theme::Plain => ("#1e2127", "#dcdfe4"),
    };
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (wide, tall) = (columns * CELL.0 + 2 * EDGE, rows * CELL.1 + 2 * EDGE);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{tall}\" viewBox=\"0 0 {wide} {tall}\">\n\
         <rect width=\"{wide}\" height=\"{tall}\" rx=\"8\" fill=\"{paper}\"/>\n\
         <g font-family=\"D2Coding, 'Noto Sans Mono CJK KR', 'Nanum Gothic Coding', ui-monospace, Menlo, Consolas, monospace\" \
         font-size=\"14\" xml:space=\"preserve\">\n"
    );
    for row in 0..buffer.area.height {
        for run in runs(buffer, row) {
            draw(&mut out, &run, row.into(), paper, ink);
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn draw(out: &mut String, run: &Run, row: usize, paper: &str, ink: &str) {
    let reversed = run.style.add_modifier.contains(Modifier::REVERSED);
    let front = run.style.fg.and_then(hex).unwrap_or_else(|| ink.to_owned());
    let back = run.style.bg.and_then(hex);
    let (front, back) = if reversed {
        (back.unwrap_or_else(|| paper.to_owned()), Some(front))
    } else {
        (front, back)
    };
    let (x, y) = (EDGE + run.column * CELL.0, EDGE + row * CELL.1);
    let long = width(&run.text) * CELL.0;
    if let Some(back) = back {
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"{}\" fill=\"{back}\"/>",
            CELL.1
        );
    }
    let mut look = String::new();
    for (modifier, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::DIM, " opacity=\"0.6\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
    ] {
        if run.style.add_modifier.contains(modifier) {
            look.push_str(attribute);
        }
    }
    // Letters of one width together: a run of both would be stretched unevenly.
    let mut column = run.column;
    for (text, columns) in of_one_width(&run.text) {
        let (x, long) = (EDGE + column * CELL.0, columns * CELL.0);
        column += columns;
        if text.trim().is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{}\" textLength=\"{long}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{front}\"{look}>{}</text>",
            y + 14,
            escaped(&text)
        );
    }
}

/// The parts of a text whose letters are all as wide, and the columns of each.
fn of_one_width(text: &str) -> Vec<(String, usize)> {
    let mut parts: Vec<(String, usize)> = Vec::new();
    let mut before = 0;
    for letter in text.chars() {
        let wide = width(letter.encode_utf8(&mut [0; 4]));
        match parts.last_mut() {
            Some((part, columns)) if wide == before => {
                part.push(letter);
                *columns += wide;
            }
            _ => parts.push((letter.to_string(), wide)),
        }
        before = wide;
    }
    parts
}

fn hex(colour: Color) -> Option<String> {
    match colour {
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        named => {
            SIXTEEN.iter().find(|(known, _)| *known == named).map(|(_, hex)| (*hex).to_owned())
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    fn drawn() -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        buffer.set_string(
            0,
            0,
            "가<b> ",
            Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD),
        );
        buffer.set_string(0, 1, "ab", Style::new().add_modifier(Modifier::REVERSED));
        buffer
    }

    #[test]
    fn text_has_no_empty_ends() {
        assert_eq!(txt(&drawn()), "가<b>\nab\n");
    }

    #[test]
    fn a_terminal_would_write_the_same_with_its_colours() {
        assert_eq!(ansi(&drawn()), "\u{1b}[1;38;2;1;2;3m가<b>\u{1b}[0m\n\u{1b}[7mab\u{1b}[0m\n");
    }

    #[test]
    fn a_picture_gives_every_letter_its_columns() {
        let picture = svg(&drawn(), Theme::Dark);
        assert!(picture.contains(r##"x="12" y="26" textLength="16" lengthAdjust="spacingAndGlyphs" fill="#010203" font-weight="bold">가<"##), "{picture}");
        assert!(picture.contains(r#"x="28" y="26" textLength="24""#), "{picture}");
        assert!(picture.contains("&lt;b&gt;"), "{picture}");
        assert!(
            picture.contains(r##"<rect x="12" y="30" width="16" height="18" fill="#dcdfe4"/>"##),
            "{picture}"
        );
    }

    #[test]
    fn every_named_colour_has_its_code() {
        assert_eq!(code(Color::Red, 30).as_deref(), Some("31"));
        assert_eq!(code(Color::DarkGray, 30).as_deref(), Some("90"));
        assert_eq!(code(Color::White, 40).as_deref(), Some("107"));
        assert_eq!(code(Color::Indexed(7), 30).as_deref(), Some("38;5;7"));
        assert_eq!(code(Color::Reset, 30), None);
    }
}
