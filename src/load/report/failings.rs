//! What did not hold under a load, in words.
//!
//! Invariant: told from the report alone, so that it can be told in either language; the report itself has it in English.

use super::{Report, in_ms, lasting};
use crate::load::expect;
use crate::load::meter::LATE_MAX;
use crate::load::words::Label;
use ascall_engine::domain::profile::Lang;

/// What did not hold, a line each; empty: everything did.
pub(crate) fn failings(report: &Report, lang: Lang) -> Vec<String> {
    let broken = report.expect.iter().filter(|judged| !judged.held);
    let mut failings: Vec<String> = broken
        .map(|judged| match expect::measured(judged) {
            Some(measured) => Label::DoesNotHold.fill(lang, &[&judged.text, &measured]),
            None => Label::NothingMeasured.fill(lang, &[&judged.text]),
        })
        .collect();
    if report.asked.intended == 0 {
        failings.push(Label::NobodyAsked.text(lang).to_owned());
    }
    let dropped: u64 = report.steps.values().map(|step| step.counts.dropped).sum();
    let counted = [
        (Label::StepsDropped, dropped),
        (Label::CallsLost, report.lost),
        (Label::CallsDoubled, report.doubled),
    ];
    let counted = counted.into_iter().filter(|(_, many)| *many > 0);
    failings.extend(counted.map(|(label, many)| label.fill(lang, &[&many.to_string()])));
    if let Some(late) = report.generator.late.p99_ms.filter(|late| *late > in_ms(LATE_MAX)) {
        failings.push(Label::TooLate.fill(lang, &[&lasting(late)]));
    }
    failings.extend(report.amiss.iter().cloned());
    failings.extend(report.verify.faults.iter().map(|fault| format!("verify: {fault}")));
    failings
}
