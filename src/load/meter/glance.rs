//! What somebody who looks on a load sees of it at a moment.
//!
//! Invariant: data only; made from a meter, and knows nothing of how it is drawn.

use super::timeline::live;
use super::{Meter, Micros};
use crate::load::histogram::Histogram;
use crate::load::report::{Asked, Band, Calls, in_ms, in_s};
use std::collections::BTreeMap;

/// How many stretches of time the latencies and rates at a moment are of.
const RECENT: usize = 10;
/// How many stretches the picture shows.
const SHOWN: usize = 60;

/// A load at a moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Glance {
    /// How long it goes on.
    pub elapsed_s: f64,
    /// Requests so far.
    pub asked: Asked,
    /// Calls so far.
    pub calls: Calls,
    /// Tries of requests sent per second, in the stretches of late that are over.
    pub rate: f64,
    /// How much time is meant by late.
    pub recent_s: f64,
    /// Half and 99 of a hundred of the requests done of late took at most so long.
    pub request_ms: (Option<f64>, Option<f64>),
    /// The same of the calls that got a worker.
    pub assign_ms: (Option<f64>, Option<f64>),
    /// How many calls stand in which live phase.
    pub phases: BTreeMap<String, u64>,
    /// Each breaker that ever moved: whose, its state, since when.
    pub breakers: Vec<(String, String, f64)>,
    /// What went wrong on purpose.
    pub faults: Vec<Band>,
    /// Tries sent per second in each stretch of late that is over, oldest first.
    pub sent: Vec<u64>,
    /// How late one of a hundred steps was sent.
    pub late_ms: Option<f64>,
    /// What last went otherwise than it was to go.
    pub amiss: Option<String>,
}

impl Meter {
    /// The load as it stands.
    pub(crate) fn glance(&self, now: Micros) -> Glance {
        let (recent, width) = self.timeline.last(RECENT, now);
        let (mut request, mut assign) = (Histogram::default(), Histogram::default());
        for stretch in recent {
            request.merge(&stretch.request);
            assign.merge(&stretch.assign);
        }
        // The stretch that goes on would always look like a fall.
        let before = now.saturating_sub(width.saturating_mul(1_000_000));
        let over =
            |many: usize| self.timeline.last(many, before).0.iter().map(|one| one.tries.sent);
        let rate = share(over(RECENT).sum(), span(over(RECENT).len(), width).max(1.0));
        let both = |of: &Histogram| (of.quantile(0.5).map(in_ms), of.quantile(0.99).map(in_ms));
        let mut breakers: BTreeMap<&str, (&str, f64)> = BTreeMap::new();
        for moved in &self.breakers {
            breakers.insert(&moved.participant, (&moved.to, moved.at_s));
        }
        Glance {
            elapsed_s: in_s(now),
            asked: self.asked().0,
            calls: self.calls,
            rate,
            recent_s: span(RECENT, width),
            request_ms: both(&request),
            assign_ms: both(&assign),
            phases: live(&self.ledger.phases()),
            breakers: breakers
                .into_iter()
                .map(|(name, (state, since))| (name.to_owned(), state.to_owned(), since))
                .collect(),
            faults: self.faults.iter().map(|(_, band)| band.clone()).collect(),
            sent: over(SHOWN).map(|sent| sent / width.max(1)).collect(),
            late_ms: self.late.quantile(0.99).map(in_ms),
            amiss: self.amiss.last().cloned(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn share(many: u64, span: f64) -> f64 {
    many as f64 / span
}

#[expect(clippy::cast_precision_loss, reason = "a few stretches")]
fn span(stretches: usize, width: u64) -> f64 {
    stretches as f64 * width as f64
}
