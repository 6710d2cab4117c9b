//! When customers come in an open load.
//!
//! Invariant: nobody is kept back by the desk. Where they come independently of each other the gap to the next one is
//! exponential in the integral of the rate (a Poisson process by inversion of its cumulative rate: Çınlar, Introduction to
//! Stochastic Processes, 1975), so that a ramp needs no thinning and each gap is one choice.

use super::dice::{Dice, Whom};
use crate::load::scenario::{Arrivals, Stage};
use ascall_engine::domain::ids::Millis;

/// Who comes next, and when.
#[derive(Debug, Clone)]
pub(super) struct Coming {
    dice: Dice,
    stages: Vec<Stage>,
    cursor: Cursor,
    /// How often they come, in hundredths of what the stages say.
    pct: u32,
}

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cursor {
    stage: usize,
    /// When the stage began, from the begin of the load, in ms.
    began: f64,
    /// How far into the stage, in ms.
    into: f64,
    /// What is left of the gap: so many arrivals to be expected until the next.
    left: f64,
    /// Of the recorded times of the stage, so many are over.
    recorded: usize,
    /// How many have come.
    come: u64,
}

impl Coming {
    pub(super) fn new(dice: Dice, stages: Vec<Stage>) -> Self {
        let start = Cursor { stage: 0, began: 0.0, into: 0.0, left: 0.0, recorded: 0, come: 0 };
        let mut coming = Self { dice, stages, cursor: start, pct: 100 };
        coming.cursor.left = coming.first_gap(start);
        coming
    }

    /// When the next one comes.
    pub(super) fn next_at(&self) -> Option<Millis> {
        self.ahead().map(|(at, _)| at)
    }

    /// The next one has come: how manyth it was, from 1.
    pub(super) fn come(&mut self) -> Option<u64> {
        let (_, cursor) = self.ahead()?;
        self.cursor = cursor;
        Some(cursor.come)
    }

    /// From `now` on they come so much more often. Recorded times stay what they are.
    pub(super) fn hurry(&mut self, now: Millis, pct: u32) {
        let now = ms(now);
        while let Some(stage) = self.stages.get(self.cursor.stage) {
            let (end, into) = (ms(stage.lasts), now - self.cursor.began);
            if into < end {
                if into > self.cursor.into {
                    let passed = self.expected(stage, self.cursor.into, into);
                    self.cursor.left = (self.cursor.left - passed).max(0.0);
                    self.cursor.into = into;
                }
                break;
            }
            self.cursor = self.entered(self.cursor, stage);
        }
        self.pct = pct;
    }

    /// When the next one comes, and where that leaves us.
    fn ahead(&self) -> Option<(Millis, Cursor)> {
        let mut cursor = self.cursor;
        loop {
            let stage = self.stages.get(cursor.stage)?;
            match self.within(stage, cursor) {
                Some(into) => {
                    let come = cursor.come + 1;
                    let next =
                        Cursor { into, come, recorded: cursor.recorded + 1, left: 0.0, ..cursor };
                    let left = self.gap(next);
                    return Some((whole(cursor.began + into), Cursor { left, ..next }));
                }
                None => cursor = self.entered(cursor, stage),
            }
        }
    }

    /// How far into the stage the next one comes; none: not in this one.
    fn within(&self, stage: &Stage, cursor: Cursor) -> Option<f64> {
        let into = match &stage.arrivals {
            Arrivals::Recorded(times) => ms(*times.get(cursor.recorded)?).max(cursor.into),
            Arrivals::Poisson(from, to) | Arrivals::Constant(from, to) => {
                let (rate, rise) = self.line(stage, *from, *to);
                let rate = rate + rise * cursor.into;
                let root = rate.mul_add(rate, 2.0 * rise * cursor.left);
                let bottom = rate + root.max(0.0).sqrt();
                if root < 0.0 || bottom <= 0.0 {
                    return None;
                }
                cursor.into + 2.0 * cursor.left / bottom
            }
        };
        (into < ms(stage.lasts)).then_some(into)
    }

    /// The next stage, at its begin.
    fn entered(&self, cursor: Cursor, stage: &Stage) -> Cursor {
        let began = cursor.began + ms(stage.lasts);
        let next =
            Cursor { stage: cursor.stage + 1, began, into: 0.0, left: 0.0, recorded: 0, ..cursor };
        Cursor { left: self.first_gap(next), ..next }
    }

    /// How many are expected between two moments of a stage.
    fn expected(&self, stage: &Stage, from: f64, until: f64) -> f64 {
        match &stage.arrivals {
            Arrivals::Recorded(_) => 0.0,
            Arrivals::Poisson(a, b) | Arrivals::Constant(a, b) => {
                let (rate, rise) = self.line(stage, *a, *b);
                (until - from) * (rate + rise * f64::midpoint(from, until))
            }
        }
    }

    /// The rate at the begin of a stage per ms, and its rise per ms and ms.
    fn line(&self, stage: &Stage, from: f64, to: f64) -> (f64, f64) {
        let scale = f64::from(self.pct) / 100.0 / 1_000.0;
        (from * scale, (to - from) * scale / ms(stage.lasts).max(1.0))
    }

    fn first_gap(&self, cursor: Cursor) -> f64 {
        match self.stages.get(cursor.stage).map(|stage| &stage.arrivals) {
            // Half a step from the begin, so that a stage of n has n whole steps and none falls on its end.
            Some(Arrivals::Constant(..)) => 0.5,
            _ => self.gap(cursor),
        }
    }

    /// How many are to be expected until the next, after so many.
    fn gap(&self, cursor: Cursor) -> f64 {
        match self.stages.get(cursor.stage).map(|stage| &stage.arrivals) {
            Some(Arrivals::Poisson(..)) => {
                let whom = Whom(cursor.come, cursor.stage as u64);
                -self.dice.unit(whom, "gap").ln()
            }
            _ => 1.0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a load lasts less than ten thousand years")]
fn ms(span: Millis) -> f64 {
    span.0 as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times are positive and the cast saturates"
)]
fn whole(ms: f64) -> Millis {
    Millis(ms as u64)
}
