//! Charts over the time of a load, as SVG.
//!
//! Invariant: every chart of a report has the same axis of time at the same place, so that what stands above each other
//! happened at the same moment. Colours are classes that the page gives a meaning. Every text goes through [`escaped`].

use ascall_engine::domain::text::inert;
use std::fmt::Write as _;

/// The width of a chart, and what is left free at its sides.
const WIDTH: f64 = 960.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
/// Where it is over the plot and below it.
const TOP: f64 = 8.0;
const FOOT: f64 = 20.0;

/// A text that is no markup and does nothing, wherever it comes from.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in inert(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A span as people read it: `250 µs`, `12.5 ms`, `1.91 s`, `4 min`.
pub(crate) fn span(ms: f64) -> String {
    let (value, unit) = match ms {
        ms if ms < 1.0 => (ms * 1_000.0, "µs"),
        ms if ms < 1_000.0 => (ms, "ms"),
        ms if ms < 600_000.0 => (ms / 1_000.0, "s"),
        ms => (ms / 60_000.0, "min"),
    };
    let digits = match value {
        value if value >= 100.0 || value.fract() == 0.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}")
}

/// A moment of the load: `12 s`, `4:05`, `3:00:00`.
pub(crate) fn moment(s: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time")]
    let whole = s.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    match whole {
        0..120 if s.fract() != 0.0 => format!("{s:.1} s"),
        0..120 => format!("{whole} s"),
        120..3_600 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// How values become heights.
#[derive(Clone, Copy)]
pub(super) enum Scale {
    /// From zero to this.
    Linear(f64),
    /// From this to that, each step ten times the one before.
    Decades(f64, f64),
}

impl Scale {
    /// One that holds everything up to `most`, and its lines.
    pub(super) fn linear(most: f64) -> (Self, Vec<f64>) {
        let rough = most.max(1.0) / 4.0;
        let decade = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * decade);
        let step = step.into_iter().find(|step| *step >= rough).unwrap_or(rough).max(1.0);
        let lines = (most.max(1.0) / step).ceil();
        let at = |line: u32| f64::from(line) * step;
        let all = (0..=12).map(at).take_while(|value| *value <= lines * step).collect();
        (Self::Linear(lines * step), all)
    }

    /// One that holds everything from `least` to `most`, and its lines.
    pub(super) fn decades(least: f64, most: f64) -> (Self, Vec<f64>) {
        let low = least.max(0.001).log10().floor();
        let high = most.max(0.001).log10().ceil().max(low + 1.0);
        let all = (-3..=9).map(f64::from).filter(|power| (low..=high).contains(power));
        let lines = all.map(|power| 10_f64.powf(power)).collect();
        (Self::Decades(10_f64.powf(low), 10_f64.powf(high)), lines)
    }

    /// Between 0 at the foot and 1 at the top.
    fn share(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear(most) => value / most,
            Self::Decades(low, high) => (value / low).log10() / (high / low).log10(),
        };
        share.clamp(0.0, 1.0)
    }
}

/// A chart that is being drawn.
pub(super) struct Chart {
    svg: String,
    height: f64,
    lasts_s: f64,
}

impl Chart {
    /// One of so many seconds, with a plot so high, and what it shows.
    pub(super) fn new(lasts_s: f64, height: f64, title: &str) -> Self {
        let lasts_s = lasts_s.max(1.0);
        let all = TOP + height + FOOT;
        let svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {all}\" role=\"img\" aria-label=\"{}\">\n",
            escaped(title)
        );
        let mut chart = Self { svg, height, lasts_s };
        chart.moments();
        chart
    }

    fn put(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = self.svg.write_fmt(line);
        self.svg.push('\n');
    }

    fn x(&self, s: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (s / self.lasts_s).clamp(0.0, 1.0)
    }

    fn y(&self, scale: Scale, value: f64) -> f64 {
        TOP + self.height * (1.0 - scale.share(value))
    }

    /// The axis of time.
    fn moments(&mut self) {
        let steps = [
            1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
            7_200.0, 14_400.0, 28_800.0, 86_400.0,
        ];
        let step = steps.into_iter().find(|step| self.lasts_s / step <= 12.0).unwrap_or(604_800.0);
        let foot = TOP + self.height;
        let mut at = 0.0;
        while at <= self.lasts_s {
            let x = self.x(at);
            self.put(format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {TOP}V{foot:.1}\"/>\
                 <text class=\"tick mid\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                foot + 14.0,
                moment(at)
            ));
            at += step;
        }
    }

    /// The lines across, each with its value.
    pub(super) fn lines(&mut self, scale: Scale, values: &[f64], text: impl Fn(f64) -> String) {
        for value in values {
            let y = self.y(scale, *value);
            self.put(format_args!(
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{}\"/>\
                 <text class=\"tick end\" x=\"{}\" y=\"{:.1}\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 8.0,
                y + 3.5,
                text(*value)
            ));
        }
    }

    /// Something lasted from here to there: the whole height is shaded.
    pub(super) fn shade(&mut self, class: &str, from_s: f64, to_s: f64) {
        let (x, width) = (self.x(from_s), (self.x(to_s) - self.x(from_s)).max(1.0));
        let height = self.height;
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\"/>"
        ));
    }

    /// Something happened at a moment: a line from top to foot.
    pub(super) fn mark(&mut self, class: &str, at_s: f64) {
        let (x, foot) = (self.x(at_s), TOP + self.height);
        self.put(format_args!("<path class=\"mark {class}\" d=\"M{x:.1} {TOP}V{foot:.1}\"/>"));
    }

    /// A bar in a lane, the first lane being 0, with its name before it when it has one.
    pub(super) fn bar(&mut self, lane: usize, class: &str, from_s: f64, to_s: f64, title: &str) {
        let (x, y) = (self.x(from_s), lane_y(lane));
        let width = (self.x(to_s) - x).max(2.0);
        self.put(format_args!(
            "<rect class=\"bar {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
             height=\"{}\" rx=\"2\"><title>{}</title></rect>",
            LANE - 8.0,
            escaped(title)
        ));
        let letters = title.chars().map(|letter| if letter.is_ascii() { 1.0 } else { 1.8 });
        if letters.sum::<f64>() * 6.3 + 10.0 < width {
            self.put(format_args!(
                "<text class=\"inbar {class}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                x + 6.0,
                y + 11.5,
                escaped(title)
            ));
        }
    }

    /// The name of a lane.
    pub(super) fn lane(&mut self, lane: usize, name: &str) {
        self.put(format_args!(
            "<text class=\"tick end\" x=\"{}\" y=\"{:.1}\">{}</text>",
            LEFT - 8.0,
            lane_y(lane) + 11.5,
            escaped(&ascall_engine::domain::text::clip(name, 9))
        ));
    }

    /// A surface between two rows of values, each for a stretch of time.
    pub(super) fn surface(&mut self, class: &str, scale: Scale, width_s: f64, rows: &[(f64, f64)]) {
        if rows.iter().all(|(low, high)| low >= high) {
            return;
        }
        let mut path = String::new();
        let mut from = 0.0;
        for (place, (_, high)) in rows.iter().enumerate() {
            let (y, to) = (self.y(scale, *high), from + width_s);
            let begin = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{begin}{:.1} {y:.1}H{:.1}", self.x(from), self.x(to));
            from = to;
        }
        for (low, _) in rows.iter().rev() {
            let y = self.y(scale, *low);
            let _ = write!(path, "L{:.1} {y:.1}H{:.1}", self.x(from), self.x(from - width_s));
            from -= width_s;
        }
        self.put(format_args!("<path class=\"surface {class}\" d=\"{path}Z\"/>"));
    }

    /// A line through the middles of the stretches; where there is no value it is broken.
    pub(super) fn curve(
        &mut self,
        class: &str,
        scale: Scale,
        width_s: f64,
        values: impl Iterator<Item = Option<f64>>,
    ) {
        let (mut path, mut at, mut joined) = (String::new(), width_s / 2.0, false);
        for value in values {
            if let Some(value) = value {
                let (x, y) = (self.x(at), self.y(scale, value));
                // A value alone is a dot.
                let _ = if joined {
                    write!(path, "L{x:.1} {y:.1}")
                } else {
                    write!(path, "M{x:.1} {y:.1}h.1")
                };
            }
            joined = value.is_some();
            at += width_s;
        }
        if !path.is_empty() {
            self.put(format_args!("<path class=\"curve {class}\" d=\"{path}\"/>"));
        }
    }

    /// What a pointer over a stretch is told.
    pub(super) fn tell(&mut self, from_s: f64, to_s: f64, text: &str) {
        let (x, width) = (self.x(from_s), self.x(to_s) - self.x(from_s));
        let height = self.height;
        if width > 0.0 {
            self.put(format_args!(
                "<rect class=\"tell\" x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" \
                 height=\"{height}\"><title>{}</title></rect>",
                escaped(text)
            ));
        }
    }

    /// The picture.
    pub(super) fn done(mut self) -> String {
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

/// The height of a lane.
pub(super) const LANE: f64 = 24.0;

#[expect(clippy::cast_precision_loss, reason = "a few lanes")]
fn lane_y(lane: usize) -> f64 {
    TOP + 4.0 + LANE * lane as f64
}
