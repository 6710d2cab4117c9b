//! A load while it goes on: what is seen of it, and what the keys do to it.
//!
//! Invariant: pure. Knows neither the terminal nor the desk: it is given a [`Glance`] and keys, it draws into a buffer and
//! says what is wanted. A colour never carries a meaning alone.

use super::drive::Control;
use super::expect::value;
use super::meter::Glance;
use super::report::{Band, lasting, moment};
use super::scenario::Fault;
use super::words::Label;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::{clip, inert};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Sparkline, Widget as _};
use std::time::Duration;

/// By how much a key raises or lowers the rate, in hundredths of what the scenario says.
const STEP_PCT: u32 = 25;
/// The most a key raises it to.
const MOST_PCT: u32 = 1_000;
/// The most letters of a fault that is typed.
const LETTERS_MAX: usize = 80;

/// What a key wants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// Of the load.
    Load(Control),
    /// That nobody waits for its end any more.
    Interrupt,
}

/// The view of a load.
#[derive(Debug)]
pub(crate) struct Live {
    title: String,
    lang: Lang,
    colours: bool,
    /// Those of the scenario, for the keys 1 to 9.
    faults: Vec<Fault>,
    pct: u32,
    /// The fault that is being typed.
    typed: Option<String>,
    /// Why it was not understood.
    slip: Option<String>,
    stopping: bool,
}

impl Live {
    /// Of a scenario with this title and these faults.
    pub(crate) fn new(title: &str, faults: &[Fault], lang: Lang, colours: bool) -> Self {
        let title = inert(title).into_owned();
        let faults = faults.iter().take(9).cloned().collect();
        let (typed, slip) = (None, None);
        Self { title, lang, colours, faults, pct: 100, typed, slip, stopping: false }
    }

    /// A key was pressed.
    pub(crate) fn press(&mut self, key: KeyEvent) -> Option<Wish> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return (key.code == KeyCode::Char('c')).then_some(Wish::Interrupt);
        }
        if self.typed.is_some() {
            return self.typing(key.code);
        }
        match key.code {
            KeyCode::Char('+' | '=') => self.hurry(self.pct.saturating_add(STEP_PCT)),
            KeyCode::Char('-') => self.hurry(self.pct.saturating_sub(STEP_PCT)),
            KeyCode::Char('f' | ':') => {
                (self.typed, self.slip) = (Some(String::new()), None);
                None
            }
            KeyCode::Char('q') => {
                self.stopping = true;
                Some(Wish::Load(Control::Stop))
            }
            KeyCode::Char(digit @ '1'..='9') => {
                let nth = digit.to_digit(10).and_then(|nth| usize::try_from(nth).ok())?;
                self.faults.get(nth - 1).map(begin)
            }
            _ => None,
        }
    }

    fn hurry(&mut self, pct: u32) -> Option<Wish> {
        let pct = pct.clamp(STEP_PCT, MOST_PCT);
        let changed = pct != std::mem::replace(&mut self.pct, pct);
        changed.then_some(Wish::Load(Control::Hurry(pct)))
    }

    fn typing(&mut self, code: KeyCode) -> Option<Wish> {
        let typed = self.typed.as_mut()?;
        match code {
            KeyCode::Char(letter) if typed.chars().count() < LETTERS_MAX => typed.push(letter),
            KeyCode::Backspace => drop(typed.pop()),
            KeyCode::Esc => self.typed = None,
            KeyCode::Enter => {
                let text = self.typed.take()?;
                if text.trim().is_empty() {
                    return None;
                }
                match text.parse::<Fault>() {
                    Ok(fault) => return Some(begin(&fault)),
                    Err(slip) => self.slip = Some(slip),
                }
            }
            _ => {}
        }
        None
    }

    /// Draws the load as it stands.
    pub(crate) fn draw(&self, glance: &Glance, area: Rect, buffer: &mut Buffer) {
        let lines = self.lines(glance);
        let above = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
        Paragraph::new(lines).render(Rect { height: above, ..area }, buffer);
        // What is below: the last stretches, what goes wrong, the keys at the foot.
        let below = self.below(glance);
        let many = u16::try_from(below.len()).unwrap_or(u16::MAX);
        let picture = area.height.saturating_sub(above + many + 2).min(5);
        let mut y = area.y + above;
        if picture > 0 {
            let wide = usize::from(area.width);
            let sent = &glance.sent[glance.sent.len().saturating_sub(wide)..];
            let place = Rect { y, height: picture, ..area };
            Sparkline::default().data(sent).style(self.style(Color::Cyan)).render(place, buffer);
            y += picture;
        }
        let foot = area.bottom().saturating_sub(1);
        let place = Rect { y, height: foot.saturating_sub(y), ..area };
        Paragraph::new(below).render(place, buffer);
        if area.height > above {
            Paragraph::new(self.foot()).render(Rect { y: foot, height: 1, ..area }, buffer);
        }
    }

    fn lines(&self, glance: &Glance) -> Vec<Line<'static>> {
        let say = |label: Label| label.text(self.lang);
        let (asked, calls) = (&glance.asked, &glance.calls);
        let counts = |label: Label, all: &[(Label, u64, Color)]| {
            let mut line = vec![Self::head(say(label))];
            // What never happened takes no room, but for the two that are always asked for.
            let shown = all.iter().enumerate().filter(|(nth, (_, many, _))| *nth < 2 || *many > 0);
            for (_, (label, many, colour)) in shown {
                let style = if *many > 0 { self.style(*colour) } else { Self::dim() };
                line.push(Span::styled(format!("{} {many}  ", say(*label)), style));
            }
            Line::from(line)
        };
        let pair = |(p50, p99): (Option<f64>, Option<f64>)| {
            let text = |ms: Option<f64>| ms.map_or("–".to_owned(), lasting);
            format!("p50 {}  p99 {}", text(p50), text(p99))
        };
        let phases = glance.phases.iter().map(|(phase, many)| format!("{phase} {many}  "));
        let rate = value((glance.rate * 10.0).round() / 10.0, "/s");
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let pace = format!("  {}  {rate}  ×{}%", moment(glance.elapsed_s), self.pct);
        let title = Span::styled(clip(&self.title, 48).into_owned(), bold);
        vec![
            Line::from(vec![title, Span::raw(pace)]),
            counts(
                Label::Requests,
                &[
                    (Label::Sent, asked.sent, Color::Reset),
                    (Label::Answered, asked.answered, Color::Green),
                    (Label::Refused, asked.refused, Color::Red),
                    (Label::HeldOff, asked.held_off, Color::Yellow),
                    (Label::Failed, asked.failed + asked.unknown, Color::Red),
                    (Label::Dropped, asked.dropped, Color::Red),
                ],
            ),
            counts(
                Label::TheirCalls,
                &[
                    (Label::Accepted, calls.accepted, Color::Green),
                    (Label::Parked, calls.parked, Color::Yellow),
                    (Label::OpenedLate, calls.opened_late, Color::Reset),
                    (Label::Assigned, calls.assigned, Color::Green),
                    (Label::Rejected, calls.rejected, Color::Red),
                ],
            ),
            Line::from(vec![Self::head(say(Label::Request)), Span::raw(pair(glance.request_ms))]),
            Line::from(vec![Self::head(say(Label::Assign)), Span::raw(pair(glance.assign_ms))]),
            Line::from(vec![
                Self::head(say(Label::PhasesNow)),
                Span::raw(phases.collect::<String>()),
            ]),
        ]
    }

    fn below(&self, glance: &Glance) -> Vec<Line<'static>> {
        let mut lines = vec![Line::default()];
        for (name, state, since) in &glance.breakers {
            let colour = match state.as_str() {
                "closed" => Color::Green,
                "half-open" => Color::Yellow,
                _ => Color::Red,
            };
            lines.push(Line::from(vec![
                Self::head(&clip(&inert(name), 12)),
                Span::styled(state.clone(), self.style(colour)),
                Span::styled(format!("  {}", moment(*since)), Self::dim()),
            ]));
        }
        let mut bands: Vec<&Band> = glance.faults.iter().rev().take(6).collect();
        bands.reverse();
        for band in bands {
            let (until, style) = match band.ended_s {
                Some(ended) => (moment(ended), Self::dim()),
                None => (Label::Now.text(self.lang).to_owned(), self.style(Color::Red)),
            };
            let text = format!("{} – {until}  {}", moment(band.began_s), inert(&band.label));
            lines.push(Line::from(vec![
                Self::head(Label::Fault.text(self.lang)),
                Span::styled(text, style),
            ]));
        }
        for (nth, fault) in self.faults.iter().enumerate() {
            let key = Span::styled(format!("{} ", nth + 1), self.style(Color::Cyan));
            let what = fault.to_string();
            let what = what.split_once(' ').and_then(|(_, rest)| rest.split_once(' '));
            let what = what.map_or_else(String::new, |(_, what)| inert(what).into_owned());
            lines.push(Line::from(vec![key, Span::raw(what)]));
        }
        lines
    }

    /// The line at the foot: what is typed, what was wrong with it, or what the keys do.
    fn foot(&self) -> Line<'static> {
        if let Some(typed) = &self.typed {
            return Line::from(format!("{}: {}▏", Label::Fault.text(self.lang), inert(typed)));
        }
        if let Some(slip) = &self.slip {
            return Line::styled(inert(slip).into_owned(), self.style(Color::Red));
        }
        let label = if self.stopping { Label::Stopping } else { Label::Keys };
        Line::styled(label.text(self.lang), Self::dim())
    }

    fn head(text: &str) -> Span<'static> {
        let wide: usize = unicode_width::UnicodeWidthStr::width(text);
        Span::styled(format!("{text}{}", " ".repeat(14_usize.saturating_sub(wide))), Self::dim())
    }

    fn style(&self, colour: Color) -> Style {
        if self.colours { Style::new().fg(colour) } else { Style::new() }
    }

    fn dim() -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }
}

/// It goes wrong now.
fn begin(fault: &Fault) -> Wish {
    let lasts = fault.lasts.map(|lasts| Duration::from_millis(lasts.0));
    Wish::Load(Control::Trouble(fault.what.clone(), lasts))
}

#[cfg(test)]
mod tests;
