//! Gates and steps: who answers, how they are protected, and what waits for them.

use super::Check;
use crate::domain::breaker::{BadSettings, BreakerSettings};
use crate::domain::decide::{ASSIGN, BULKHEAD_MAX};
use crate::domain::ids::Millis;
use crate::domain::profile::{Does, Fallback, OnDenied, Position, StepSpec, Wrong};

/// The longest deadline of one request.
const DEADLINE_MAX: Millis = Millis::mins(10);

impl Check<'_> {
    pub(super) fn steps(&mut self) {
        let steps = &self.profile.steps;
        self.few("steps", steps.len());
        let names = steps.iter().enumerate();
        self.once(names.map(|(i, step)| (format!("steps[{i}].name"), &step.name)));
        for (i, step) in steps.iter().enumerate() {
            let at = format!("steps[{i}]");
            self.answerer(&format!("{at}.name"), &step.name);
            if let Some(participant) = &step.participant {
                self.answerer(&format!("{at}.participant"), participant);
            }
            self.span(&format!("{at}.deadline_ms"), step.deadline_ms, DEADLINE_MAX);
            if let Some(breaker) = &step.breaker {
                self.breaker(&format!("{at}.breaker"), breaker);
            }
            if let Some(bulkhead) = step.bulkhead {
                self.range(&format!("{at}.bulkhead"), bulkhead.into(), 1, BULKHEAD_MAX.into());
            }
            self.position(&at, step);
            self.agrees(i, step);
        }
        for does in [Does::Charge, Does::Reserve] {
            let mut same = steps.iter().enumerate().filter(|(_, step)| step.does == does);
            let first = same.next().map(|(i, _)| format!("steps[{i}].does"));
            for (i, _) in same {
                let (of, first) = (what(does).to_owned(), first.clone().unwrap_or_default());
                self.say(format!("steps[{i}].does"), Wrong::Twice { of, first });
            }
        }
    }

    fn answerer(&mut self, at: &str, name: &str) {
        if name == ASSIGN {
            self.say(at, Wrong::Reserved(name.to_owned()));
        } else {
            self.name(at, name);
        }
    }

    /// What is said for one position only, and what a step that moves money or goods must be.
    fn position(&mut self, at: &str, step: &StepSpec) {
        if step.fallback == Fallback::Reject && step.position != Position::BeforeOpen {
            let why = "only a gate with position = \"before_open\" can send a caller away";
            self.say(format!("{at}.fallback"), Wrong::Idle(why));
        }
        if step.position != Position::AfterOpen {
            let why = "it is for steps with position = \"after_open\"";
            if step.on_denied == OnDenied::End {
                self.say(format!("{at}.on_denied"), Wrong::Idle(why));
            }
            if step.required_before.is_some() {
                self.say(format!("{at}.required_before"), Wrong::Idle(why));
            }
        }
        if step.does != Does::Confirm && !step.undo {
            let because = "money and goods must be given back when the call ends undone";
            self.say(format!("{at}.undo"), Wrong::Must { be: "true", because });
        }
        if step.does == Does::Reserve {
            self.reserve(at, step);
        }
    }

    /// Goods leave when work starts: by then they must have been set aside.
    fn reserve(&mut self, at: &str, step: &StepSpec) {
        use crate::domain::profile::RequiredBefore::Start;
        let because = "goods leave when work starts";
        match step.position {
            Position::BeforeOpen => {}
            Position::AfterOpen if step.required_before == Some(Start) => {}
            Position::AfterOpen => {
                let wrong = Wrong::Must { be: "`start`", because };
                self.say(format!("{at}.required_before"), wrong);
            }
            Position::BeforeComplete => {
                let be = "`before_open` or `after_open`";
                self.say(format!("{at}.position"), Wrong::Must { be, because });
            }
        }
    }

    /// Steps with one participant protect it alike: it has one breaker and one bulkhead.
    fn agrees(&mut self, i: usize, step: &StepSpec) {
        let earlier = self.profile.steps.iter().take(i).enumerate();
        let Some((first, other)) =
            earlier.clone().find(|(_, other)| other.answerer() == step.answerer())
        else {
            return;
        };
        let because = "they have one participant";
        if step.breaker.is_some() && step.breaker != other.breaker {
            let other = format!("steps[{first}].breaker");
            self.say(format!("steps[{i}].breaker"), Wrong::Differs { other, because });
        }
        if step.bulkhead.is_some() && step.bulkhead != other.bulkhead {
            let other = format!("steps[{first}].bulkhead");
            self.say(format!("steps[{i}].bulkhead"), Wrong::Differs { other, because });
        }
    }

    fn breaker(&mut self, at: &str, settings: &BreakerSettings) {
        let Err(bad) = settings.validate() else { return };
        let (field, value, min, max) = match bad {
            BadSettings::NoRule => {
                self.say(at, Wrong::NoRule);
                return;
            }
            BadSettings::Percent { field, pct } => (field, pct.into(), 1, 100),
            BadSettings::Count { field, count, max } => (field, count.into(), 1, max.into()),
            BadSettings::Span { field, span, min, max } => (field, span.0, min.0, max.0),
        };
        self.say(format!("{at}.{field}"), Wrong::Range { value, min, max });
    }
}

fn what(does: Does) -> &'static str {
    match does {
        Does::Confirm => "`confirm`",
        Does::Charge => "`charge`",
        Does::Reserve => "`reserve`",
    }
}
