//! What was usual on a day of a desk's journal: the rules of its service line, the pace of its ways, and how that is told.
//!
//! Invariant: what the journal says nothing of is put in by the profile and by the means of what is recorded.

use super::day::{Call, Happened, Rules, Travel, Worker, millis, minutes};
use super::words::{Fact, Known};
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::world::Settings;

/// The rules of the line, and what was usual that day where the journal says nothing.
pub(super) fn rules(spec: &Profile, calls: &[Call], happened: &[Happened]) -> Rules {
    let dispatch = &spec.dispatch;
    let foresight = dispatch.foresight.unwrap_or_default();
    let travel = Travel::of_profile(&dispatch.travel);
    let ways = happened.iter().filter_map(|h| Some(h.there?.since(h.given?)));
    let fixed = Millis::secs(dispatch.travel.fixed_s.into());
    let stay = mean(calls.iter().filter_map(|call| call.work));
    Rules {
        tick: dispatch.matching.unwrap_or_default().tick_ms,
        give_up: dispatch.search_ms,
        stay: stay.unwrap_or(Millis::secs(foresight.stay_s.into())),
        leave: Millis::default(),
        usual_way: mean(ways).unwrap_or(fixed),
        travel,
        pace: 1.0,
        stale_after: Some(Settings::default().stale_after),
        max_metres: dispatch.max_metres,
        foresight,
    }
}

fn mean(spans: impl Iterator<Item = Millis>) -> Option<Millis> {
    let (sum, count) = spans.fold((0, 0), |(sum, count), span| (sum + span.0, count + 1));
    (count > 0).then(|| Millis(sum / count))
}

/// Of fewer recorded ways nobody can tell how far the rule is off.
const WAYS_LEAST: usize = 20;

/// The ways that are recorded, beside what the rule says of them, in minutes on the mean.
pub(super) struct Pace {
    count: usize,
    real: f64,
    rule: f64,
}

impl Pace {
    pub(super) fn of(travel: &Travel, happened: &[Happened]) -> Self {
        let (fixed, per_km) = travel.believed();
        let both = happened.iter().filter_map(|h| {
            let km = f64::from(h.metres?) / 1_000.0;
            Some((h.there?.since(h.given?), millis(fixed + per_km * km)))
        });
        let both: Vec<(Millis, Millis)> = both.collect();
        let mean = |spans: Vec<Millis>| mean(spans.into_iter()).map_or(0.0, minutes);
        let real = mean(both.iter().map(|(real, _)| *real).collect());
        let rule = mean(both.iter().map(|(_, rule)| *rule).collect());
        Self { count: both.len(), real, rule }
    }

    /// So many times as long as by the rule; none: that cannot be told.
    pub(super) fn ratio(&self) -> Option<f64> {
        (self.count >= WAYS_LEAST && self.rule > 0.0).then(|| self.real / self.rule)
    }

    fn say(&self, known: &mut Known) {
        let [real, rule] = [self.real, self.rule].map(|minutes| format!("{minutes:.1}"));
        match self.ratio() {
            Some(ratio) => {
                let times = format!("{ratio:.2}");
                known.modelled.push(Fact::Paced.with([&times, &self.count, &real, &rule]));
                if !(0.5..=2.0).contains(&ratio) {
                    known.modelled.push(Fact::PaceUnlikely.with([&times]));
                }
            }
            None if self.count > 0 => {
                let few = Fact::PaceOfFew.with([&self.count, &WAYS_LEAST, &real, &rule]);
                known.modelled.push(few);
            }
            None => known.modelled.push(Fact::PaceUnknown.plain()),
        }
    }
}

/// What the journal holds, and what it does not.
pub(super) fn say(
    known: &mut Known,
    rules: &Rules,
    pace: &Pace,
    calls: &[Call],
    happened: &[Happened],
    workers: &[Worker],
) {
    let one = |span: Millis| format!("{:.1}", minutes(span));
    let worked = happened.iter().filter(|h| h.free.is_some()).count();
    let gave_up = calls.iter().filter(|call| call.gave_up.is_some()).count();
    let seen: usize = workers.iter().map(|worker| worker.seen.len()).sum();
    let held: usize = calls.iter().map(|call| call.holds.len()).sum();
    known.observed = vec![
        Fact::CameIn.with([&calls.len(), &gave_up]),
        Fact::OnShift.with([&workers.len(), &seen]),
        Fact::WaysAndWork.with([&worked]),
    ];
    if held > 0 {
        known.observed.push(Fact::Held.with([&held]));
    }
    let (fixed, per_km) = rules.travel.believed();
    let (fixed, per_km) = (format!("{fixed:.1}"), format!("{per_km:.1}"));
    known.modelled = vec![Fact::OtherWay.with([&fixed, &per_km])];
    pace.say(known);
    known.modelled.extend([
        Fact::OtherWork.with([&one(rules.stay)]),
        Fact::OtherPatience.with([&one(rules.give_up)]),
        Fact::WillingAndSeen.plain(),
    ]);
    let nowhere = calls.iter().filter(|call| call.spot.is_none()).count();
    if nowhere > 0 {
        known.modelled.push(Fact::UsualWay.with([&nowhere, &one(rules.usual_way)]));
    }
}
