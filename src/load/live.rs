//! A load while it goes on: what is seen of it, and what the keys do to it.
//!
//! Invariant: pure. Knows neither the terminal nor the desk: it is given a [`Glance`] and keys, it draws into a buffer and
//! says what is wanted. A colour never carries a meaning alone.

use super::drive::Control;
use super::meter::Glance;
use super::report::{Band, folded, lasting, moment};
use super::scenario::{Fault, Scenario, Target};
use super::words::{self, Label};
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::{clip, inert};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Sparkline, Widget as _};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// By how much a key raises or lowers the rate, in hundredths of what the scenario says.
const STEP_PCT: u32 = 25;
/// The most a key raises it to.
const MOST_PCT: u32 = 1_000;
/// How far in the figures begin, and what one takes at least.
const HEAD: usize = 14;
const CELL: usize = 7;
/// The most faults of those that happened that are shown.
const FAULTS_MAX: usize = 6;
/// The most rows of the picture.
const PICTURE_MAX: u16 = 5;
/// The phases that are always shown; the others only while somebody stands there.
const PHASES: [Phase; 5] =
    [Phase::Parked, Phase::Open, Phase::Assigned, Phase::InService, Phase::Closing];
/// The most letters of a fault that is typed.
const LETTERS_MAX: usize = 80;

/// What a key wants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// Of the load.
    Load(Control),
    /// That nobody waits for its end any more.
    Interrupt,
    /// That the terminal is the shell's for a while.
    Suspend,
}

/// The view of a load.
#[derive(Debug)]
pub(crate) struct Live {
    scenario: Scenario,
    target: Target,
    lang: Lang,
    colours: bool,
    pct: u32,
    /// The fault that is being typed.
    typed: Option<String>,
    /// What there is to say about what was pressed or typed last.
    told: Option<String>,
    stopping: bool,
}

/// A figure: what it is, how much, and in what colour.
type Figure = (String, String, Style);

impl Live {
    /// Of a scenario that is carried out there.
    pub(crate) fn new(scenario: &Scenario, target: Target, lang: Lang, colours: bool) -> Self {
        let scenario = scenario.clone();
        let (typed, told) = (None, None);
        Self { scenario, target, lang, colours, pct: 100, typed, told, stopping: false }
    }

    /// A key was pressed.
    pub(crate) fn press(&mut self, key: KeyEvent) -> Option<Wish> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c') => Some(Wish::Interrupt),
                KeyCode::Char('z') => Some(Wish::Suspend),
                _ => None,
            };
        }
        if self.typed.is_some() {
            return self.typing(key.code);
        }
        self.told = None;
        match key.code {
            KeyCode::Char('+' | '=') => self.hurry(self.pct.saturating_add(STEP_PCT)),
            KeyCode::Char('-') => self.hurry(self.pct.saturating_sub(STEP_PCT)),
            KeyCode::Char('f' | ':') => {
                self.typed = Some(String::new());
                None
            }
            KeyCode::Char('q') if !self.stopping => Some(Wish::Load(Control::Stop)),
            KeyCode::Char(digit @ '1'..='9') => {
                let nth = digit.to_digit(10).and_then(|nth| usize::try_from(nth).ok())?;
                self.scenario.faults.get(nth - 1).map(begin)
            }
            _ => None,
        }
    }

    /// Whether letters are of a text that is being typed, and no keys.
    pub(crate) fn is_typing(&self) -> bool {
        self.typed.is_some()
    }

    /// The load is ending: nobody comes any more.
    pub(crate) fn stopping(&mut self) {
        self.stopping = true;
    }

    /// There is no shell to which the terminal could be left.
    pub(crate) fn no_shell(&mut self) {
        self.told = Some(Label::NoShell.text(self.lang).to_owned());
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
                let read = text.parse::<Fault>();
                match read
                    .and_then(|fault| self.scenario.allows(&fault, self.target).map(|()| fault))
                {
                    Ok(fault) => return Some(begin(&fault)),
                    Err(slip) => self.told = Some(slip),
                }
            }
            _ => {}
        }
        None
    }

    /// Draws the load as it stands: figures, a picture of what was sent, what goes wrong, and at the foot the keys.
    pub(crate) fn draw(&self, glance: &Glance, area: Rect, buffer: &mut Buffer) {
        let wide = usize::from(area.width);
        let figures = self.figures(glance);
        let foot = self.foot(wide);
        let trouble = self.trouble(glance, wide);
        let rows = |lines: &[Line<'_>]| u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let under = rows(&foot).min(area.height);
        let above = rows(&figures).min(area.height - under);
        let bottom = area.bottom() - under;
        let mut y = area.y + above;
        let picture = (bottom - y).saturating_sub(rows(&trouble) + 2).min(PICTURE_MAX);
        Paragraph::new(figures).render(Rect { height: above, ..area }, buffer);
        if picture > 0 {
            let sent = &glance.sent[glance.sent.len().saturating_sub(wide)..];
            let most = sent.iter().max().copied().unwrap_or(0).to_string();
            let title = Line::styled(Label::Picture.fill(self.lang, &[&most]), Self::dim());
            title.render(Rect { y, height: 1, ..area }, buffer);
            let place = Rect { y: y + 1, height: picture, ..area };
            Sparkline::default().data(sent).style(self.style(Color::Cyan)).render(place, buffer);
            y += picture + 1;
        }
        // What happened longest ago goes first when there is no room.
        let room = bottom.saturating_sub(y);
        let skip = trouble.len().saturating_sub(usize::from(room));
        let trouble: Vec<Line<'_>> = trouble.into_iter().skip(skip).collect();
        Paragraph::new(trouble).render(Rect { y, height: room, ..area }, buffer);
        let place = Rect { y: bottom, height: area.bottom() - bottom, ..area };
        Paragraph::new(foot).render(place, buffer);
    }

    fn figures(&self, glance: &Glance) -> Vec<Line<'static>> {
        let (asked, calls) = (&glance.asked, &glance.calls);
        let say = |label: Label| label.text(self.lang).to_owned();
        let plain = |label: Label, value: String| (say(label), value, Style::new());
        let count = |label: Label, many: u64, colour: Color| {
            let style = if many > 0 { self.style(colour) } else { Self::dim() };
            (say(label), many.to_string(), style)
        };
        let ms = |ms: Option<f64>| ms.map_or("–".to_owned(), lasting);
        let pair = |(p50, p99): (Option<f64>, Option<f64>)| {
            [("p50", p50), ("p99", p99)]
                .map(|(name, value)| (name.to_owned(), format!("{:8}", ms(value)), Style::new()))
        };
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let title = Span::styled(clip(&inert(&self.scenario.title), 48).into_owned(), bold);
        let lasts = seconds(self.scenario.traffic.lasts());
        let resting = !self.stopping && glance.elapsed_s >= lasts;
        let resting = if resting { say(Label::Resting) } else { String::new() };
        let mut lines =
            vec![Line::from(vec![title, Span::styled(format!("  {resting}"), Self::dim())])];
        let [names, values] = Self::row(
            "",
            &[
                plain(Label::Time, moment(glance.elapsed_s.floor())),
                plain(Label::Of, moment(lasts)),
                plain(Label::PerSecond, format!("{:.1}", glance.rate)),
                plain(Label::Pace, format!("{}%", self.pct)),
                plain(Label::LateTail, ms(glance.late_ms)),
            ],
        );
        lines.extend([names, values]);
        lines.extend(Self::row(
            Label::Requests.text(self.lang),
            &[
                count(Label::Sent, asked.sent, Color::Reset),
                count(Label::Answered, asked.answered, Color::Green),
                count(Label::Refused, asked.refused, Color::Red),
                count(Label::HeldOff, asked.held_off, Color::Yellow),
                count(Label::Failed, asked.failed + asked.unknown, Color::Red),
                count(Label::Dropped, asked.dropped, Color::Red),
                count(Label::Again, asked.retried, Color::Yellow),
            ],
        ));
        lines.extend(Self::row(
            Label::TheirCalls.text(self.lang),
            &[
                count(Label::Accepted, calls.accepted, Color::Green),
                count(Label::Parked, calls.parked, Color::Yellow),
                count(Label::OpenedLate, calls.opened_late, Color::Reset),
                count(Label::Rejected, calls.rejected, Color::Red),
                count(Label::Assigned, calls.assigned, Color::Green),
                count(Label::Completed, calls.completed, Color::Reset),
            ],
        ));
        let there = |phase: &Phase| glance.phases.get(phase.name()).copied().unwrap_or(0);
        let phases =
            Phase::ALL.into_iter().filter(|phase| PHASES.contains(phase) || there(phase) > 0);
        let phases: Vec<Figure> = phases
            .map(|phase| {
                let style = if there(&phase) > 0 { Style::new() } else { Self::dim() };
                (words::phase(phase.name(), self.lang).to_owned(), there(&phase).to_string(), style)
            })
            .collect();
        lines.extend(Self::row(Label::PhasesNow.text(self.lang), &phases));
        let [mut names, request] =
            Self::row(Label::Request.text(self.lang), &pair(glance.request_ms));
        let [_, assign] = Self::row(Label::Assign.text(self.lang), &pair(glance.assign_ms));
        let late = Label::OfLate.fill(self.lang, &[&moment(glance.recent_s)]);
        names.spans.first_mut().into_iter().for_each(|head| *head = Self::head(&late));
        lines.extend([names, request, assign]);
        lines
    }

    /// Figures under their names, each in a column that stays where it is whatever its value.
    fn row(head: &str, figures: &[Figure]) -> [Line<'static>; 2] {
        let mut names = vec![Self::head("")];
        let mut values = vec![Self::head(head)];
        for (name, value, style) in figures {
            let wide = name.width().max(value.width()).max(CELL) + 2;
            let pad =
                |text: &str| format!("{text}{}", " ".repeat(wide.saturating_sub(text.width())));
            names.push(Span::styled(pad(name), Self::dim()));
            values.push(Span::styled(pad(value), *style));
        }
        [Line::from(names), Line::from(values)]
    }

    /// Breakers, what went wrong, and what could be begun.
    fn trouble(&self, glance: &Glance, wide: usize) -> Vec<Line<'static>> {
        let mut lines = vec![Line::default()];
        let mut bands: Vec<&Band> = glance.faults.iter().rev().take(FAULTS_MAX).collect();
        bands.reverse();
        for band in bands {
            let (until, style) = match band.ended_s {
                Some(ended) => (moment(ended), Self::dim()),
                None => (Label::Now.text(self.lang).to_owned(), self.style(Color::Red)),
            };
            let what = inert(words::fault(&band.label, self.lang));
            lines.push(Line::from(vec![
                Self::head(Label::Fault.text(self.lang)),
                Span::styled(format!("{} – {until}  {what}", moment(band.began_s)), style),
            ]));
        }
        if let Some(amiss) = &glance.amiss {
            let words: Vec<String> = inert(amiss).split_whitespace().map(str::to_owned).collect();
            for line in folded(&words, " ", wide) {
                lines.push(Line::styled(line, self.style(Color::Red)));
            }
        }
        for (name, state, since) in &glance.breakers {
            let colour = match state.as_str() {
                "closed" => Color::Green,
                "half-open" => Color::Yellow,
                _ => Color::Red,
            };
            let since = Label::Since.fill(self.lang, &[&moment(*since)]);
            lines.push(Line::from(vec![
                Self::head(&clip(&inert(name), HEAD - 2)),
                Span::styled(words::breaker(state, self.lang).to_owned(), self.style(colour)),
                Span::styled(format!("  {since}"), Self::dim()),
            ]));
        }
        let at_hand = self.at_hand().enumerate();
        let at_hand: Vec<String> =
            at_hand.map(|(nth, what)| format!("{} {}", nth + 1, inert(&what))).collect();
        let mut head = Label::AtHand.text(self.lang);
        for line in folded(&at_hand, "   ", wide.saturating_sub(HEAD + 2)) {
            lines.push(Line::from(vec![Self::head(head), Span::raw(line)]));
            head = "";
        }
        lines
    }

    /// What the faults of the scenario do, without when.
    fn at_hand(&self) -> impl Iterator<Item = String> {
        self.scenario.faults.iter().take(9).map(|fault| {
            let now = Fault { at: Millis(0), ..fault.clone() }.to_string();
            now.strip_prefix("at 0s ").map_or(now.clone(), str::to_owned)
        })
    }

    /// At the foot: what is typed, what was wrong with it, or what the keys do.
    fn foot(&self, wide: usize) -> Vec<Line<'static>> {
        let broken = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            folded(&words, " ", wide)
        };
        if let Some(typed) = &self.typed {
            let names = self.scenario.stoppable().join(", ");
            let forms = broken(&Label::Forms.fill(self.lang, &[&names]));
            let mut lines: Vec<Line<'_>> =
                forms.into_iter().map(|line| Line::styled(line, Self::dim())).collect();
            lines.push(Line::from(format!("{}: {}▏", Label::Fault.text(self.lang), inert(typed))));
            return lines;
        }
        if let Some(told) = &self.told {
            let told = broken(&inert(told));
            return told
                .into_iter()
                .map(|line| Line::styled(line, self.style(Color::Red)))
                .collect();
        }
        if self.stopping {
            return vec![Line::styled(Label::Stopping.text(self.lang), Self::dim())];
        }
        let many = self.at_hand().count();
        let digits = match many {
            0 => None,
            1 => Some("1".to_owned()),
            many => Some(format!("1-{many}")),
        };
        let faults = digits.map(|digits| Label::KeyFaults.fill(self.lang, &[&digits]));
        let keys = [Label::KeyType, Label::KeySuspend, Label::KeyStop]
            .map(|key| key.text(self.lang).to_owned());
        let rate = Label::KeyRate.text(self.lang).to_owned();
        let keys: Vec<String> = [rate].into_iter().chain(faults).chain(keys).collect();
        folded(&keys, "   ", wide).into_iter().map(|line| Line::styled(line, Self::dim())).collect()
    }

    fn head(text: &str) -> Span<'static> {
        let room = HEAD.saturating_sub(text.width()).max(1);
        Span::styled(format!("{text}{}", " ".repeat(room)), Self::dim())
    }

    fn style(&self, colour: Color) -> Style {
        if self.colours { Style::new().fg(colour) } else { Style::new() }
    }

    fn dim() -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }
}

#[expect(clippy::cast_precision_loss, reason = "the span of a load")]
fn seconds(span: Millis) -> f64 {
    span.0 as f64 / 1_000.0
}

/// It goes wrong now.
fn begin(fault: &Fault) -> Wish {
    let lasts = fault.lasts.map(|lasts| Duration::from_millis(lasts.0));
    Wish::Load(Control::Trouble(fault.what.clone(), lasts))
}

#[cfg(test)]
mod tests;
