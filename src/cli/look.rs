//! How values look to people: language, clock, and the words of the services.
//!
//! Invariant: pure; what is shown depends on the value and on what was chosen at the start of the run. Writes nothing.

use super::clock::Clock;
use super::words::Word;
use ascall_engine::domain::event::{FailKind, Mode};
use ascall_engine::domain::ids::{Time, Won};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Lang, Profile};

/// How values look to people: language, clock, masking, and the words of the services.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// The language of words.
    pub lang: Lang,
    /// The present and its zone.
    pub clock: Clock,
    /// Whether personal data is to be shown.
    pub reveal: bool,
    /// The profiles whose words are used for phases.
    pub profiles: Vec<Profile>,
}

impl Look {
    /// A word.
    pub(crate) fn word(&self, word: Word) -> String {
        word.text(self.lang).to_owned()
    }

    /// A sentence with its values.
    pub(crate) fn say(&self, word: Word, values: &[&str]) -> String {
        word.fill(self.lang, values)
    }

    /// A phase in the words of its service.
    pub(crate) fn phase(&self, service: &str, phase: Phase) -> String {
        let profile = self.profiles.iter().find(|profile| profile.name == service);
        profile
            .and_then(|profile| profile.phases.get(&phase))
            .map_or_else(|| phase.name().to_owned(), |words| words.in_lang(self.lang).to_owned())
    }

    /// Money.
    pub(crate) fn won(&self, won: Won) -> String {
        self.say(Word::Won, &[&grouped(won.0)])
    }

    /// A distance.
    pub(crate) fn metres(&self, metres: u32) -> String {
        if metres < 1000 {
            self.say(Word::Metres, &[&metres.to_string()])
        } else {
            let tenths = (metres + 50) / 100;
            self.say(Word::Kilometres, &[&format!("{}.{}", tenths / 10, tenths % 10)])
        }
    }

    /// A span in seconds, rounded to minutes when long.
    pub(crate) fn seconds(&self, seconds: u64) -> String {
        if seconds < 120 {
            self.say(Word::Seconds, &[&seconds.to_string()])
        } else {
            self.say(Word::Minutes, &[&((seconds + 30) / 60).to_string()])
        }
    }

    /// When to come back.
    pub(crate) fn retry(&self, at: Option<Time>) -> String {
        let Some(at) = at else { return self.word(Word::RetryLater) };
        let now = self.clock.again().now();
        let wait = self.seconds(at.since(now).0.div_ceil(1000));
        self.say(Word::RetryIn, &[&self.clock.exact(at), &wait])
    }

    /// How urgent.
    pub(crate) fn priority(&self, priority: u8) -> String {
        self.word(match priority {
            0 => Word::Low,
            1 => Word::Normal,
            2 => Word::High,
            _ => Word::Urgent,
        })
    }

    /// A value of an event in words, by its name in JSON.
    pub(crate) fn term(&self, name: &str) -> String {
        self.word(match name {
            "do" => Word::Do,
            "undo" => Word::Undo,
            "query" => Word::Query,
            "ok" => Word::SaidOk,
            "denied" => Word::SaidNo,
            "unavailable" => Word::NotReached,
            "indeterminate" => Word::NotSure,
            "misconfigured" => Word::Misread,
            "breaker_open" => Word::BreakerOpen,
            "bulkhead_full" => Word::BulkheadFull,
            "gate_unavailable" => Word::GateUnavailable,
            "parked_too_long" => Word::ParkedTooLong,
            "search_over" => Word::SearchOver,
            "canceled" => Word::Canceled,
            "aborted" => Word::Aborted,
            "released" => Word::Released,
            "reassigned" => Word::Reassigned,
            "worker_off" => Word::WorkerOff,
            "amended" => Word::Amended,
            "taken" => Word::TakenElsewhere,
            "held" => Word::Held,
            "auto" => Word::ByItself,
            "on" => Word::OnDuty,
            "off" => Word::Off,
            "break" => Word::OnBreak,
            "suspended" => Word::Suspended,
            "done" => Word::Done,
            "partial" => Word::Partial,
            "no_show" => Word::NoShow,
            "cash" => Word::Cash,
            "card" => Word::Card,
            "waive" => Word::LetGo,
            "customer" => Word::Customer,
            "worker" => Word::Worker,
            "parked" => Word::Parked,
            "opened" => Word::Opening,
            "assigned" => Word::Assigning,
            "offered" => Word::Offering,
            "withdrawn" => Word::TakingBack,
            "arrived" => Word::Arriving,
            "started" => Word::Starting,
            "completed" => Word::EvCompleted,
            "unfilled" => Word::Unfilled,
            "rejected" => Word::Rejected,
            "running" => Word::Running,
            "stopped" => Word::Stopped,
            "local" => Word::InProcess,
            "stage" => Word::Stage,
            "command" => Word::Program,
            "lost" => Word::AnswerLost,
            "owed" => Word::Owed,
            "suppressed" => Word::Skipped,
            "dead" => Word::Dead,
            "closed" => Word::Shut,
            "open" => Word::Broken,
            "half_open" => Word::HalfOpen,
            "forced_open" => Word::ForcedOpen,
            "disabled" => Word::Disabled,
            "consecutive_failures" => Word::InARowWhy,
            "failure_rate" => Word::FailureRate,
            "slow_rate" => Word::SlowRate,
            "wait_over" => Word::WaitOver,
            "probes_passed" => Word::ProbesPassed,
            "probe_failed" => Word::ProbeFailed,
            "probes_slow" => Word::ProbesSlow,
            "lease_ran_out" => Word::LeaseRanOut,
            "operator" => Word::ByOperator,
            "clock" => Word::Clock,
            other => return other.replace('_', " "),
        })
    }

    /// How a participant or the stage `assign` behaves.
    pub(crate) fn mode(&self, mode: Mode) -> String {
        match mode {
            Mode::Running => self.word(Word::Running),
            Mode::Stopped => self.word(Word::Stopped),
            Mode::Slow { fixed, random } => {
                let span = match random.0 {
                    0 => format!("{} ms", fixed.0),
                    up_to => format!("{}-{} ms", fixed.0, fixed.0 + up_to),
                };
                self.say(Word::Slowed, &[&span])
            }
            Mode::Failing(how) => {
                let how = match how {
                    FailKind::Denied => Word::SaidNo,
                    FailKind::Unavailable => Word::NotReached,
                    FailKind::Lost => Word::AnswerLost,
                };
                self.say(Word::Failing, &[&self.word(how)])
            }
        }
    }

    /// A worker's availability by its name.
    pub(crate) fn availability(&self, name: &str) -> String {
        self.word(match name {
            "available" => Word::Available,
            "offered" => Word::Offered,
            "committed" => Word::Committed,
            "working" => Word::Working,
            "break" => Word::OnBreak,
            "off" => Word::Off,
            "suspended" => Word::Suspended,
            other => return other.to_owned(),
        })
    }
}

/// Whole won with commas: `25,500`.
fn grouped(won: i64) -> String {
    let digits = won.unsigned_abs().to_string();
    let mut out = String::new();
    if won < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ui::tests::look;

    #[test]
    fn won_are_grouped_by_thousands() {
        assert_eq!(
            [0, 7, 999, 1000, 25_500, 1_234_567, -4000].map(grouped),
            ["0", "7", "999", "1,000", "25,500", "1,234,567", "-4,000"]
        );
    }

    #[test]
    fn distances_and_spans_have_sensible_units() {
        let look = look(Lang::En);
        assert_eq!(look.metres(940), "940 m");
        assert_eq!(look.metres(1_260), "1.3 km");
        assert_eq!(look.seconds(90), "90 s");
        assert_eq!(look.seconds(600), "10 min");
        assert_eq!(look.phase("repair", Phase::Open), "open");
        assert_eq!(
            super::super::ui::tests::look(Lang::Ko).phase("driver", Phase::InService),
            "운행중"
        );
        assert_eq!(look.phase("unknown", Phase::InService), "in_service");
    }
}
