//! How values look to people: language and clock.
//!
//! Invariant: pure; what is shown depends on the value and on what was chosen at the start of the run. Writes nothing.

use super::clock::Clock;
use super::show::event::REFUND;
use super::words::Word;
use ascall_engine::domain::event::{FailKind, Mode, Said};
use ascall_engine::domain::ids::{Millis, Time, Won};
use ascall_engine::domain::profile::Lang;

/// How values look to people: language, clock, and masking.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// The language of words.
    pub lang: Lang,
    /// The present and its zone.
    pub clock: Clock,
    /// Whether personal data is to be shown.
    pub reveal: bool,
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

    /// How long something has been so: in the unit that tells it best.
    pub(crate) fn age(&self, span: Millis) -> String {
        let minutes = span.0 / 60_000;
        match (minutes / 60, minutes / (24 * 60)) {
            (hours, _) if hours < 2 => self.seconds(span.0 / 1_000),
            (hours, days) if days < 2 => self.say(Word::HoursLong, &[&hours.to_string()]),
            (_, days) => self.say(Word::DaysLong, &[&days.to_string()]),
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

    /// How far a notice is, or what one try of it came to.
    pub(crate) fn delivery(&self, name: &str) -> String {
        self.word(match name {
            "owed" => Word::Owed,
            "accepted" => Word::NoticeAccepted,
            "delivered" => Word::NoticeTaken,
            "suppressed" => Word::Skipped,
            "failed" => Word::TriedAgain,
            "by_sms" => Word::TurnedToSms,
            "dead" => Word::Dead,
            "resent" => Word::SentAgain,
            other => return other.to_owned(),
        })
    }

    /// By what a notice travels.
    pub(crate) fn transport(&self, name: &str) -> String {
        self.word(match name {
            "inbox" => Word::Inbox,
            "command" => Word::Program,
            "webhook" => Word::Webhook,
            "alimtalk" => Word::Alimtalk,
            "sms" => Word::Sms,
            other => return other.to_owned(),
        })
    }

    /// What came back from one try of a notice.
    pub(crate) fn said(&self, said: &Said) -> String {
        let word = self.word(match said {
            Said::Status(_) => Word::SaidStatus,
            Said::Code(_) => Word::SaidCode,
            Said::Exit(_) => Word::SaidExit,
            Said::Killed => Word::SaidKilled,
            Said::NotStarted => Word::SaidNotStarted,
            Said::Timeout => Word::SaidTimeout,
            Said::Unreached => Word::NotReached,
            Said::Broken => Word::SaidBroken,
            Said::Unreadable => Word::SaidUnreadable,
            Said::Abandoned => Word::SaidAbandoned,
            Said::Unconfirmed => Word::SaidUnconfirmed,
            Said::Gone => Word::SaidGone,
            Said::NotConfigured => Word::SaidNotConfigured,
            Said::NoTemplate => Word::SaidNoTemplate,
            Said::NoNumber => Word::SaidNoNumber,
        });
        said.detail().map_or(word.clone(), |detail| format!("{word} {detail}"))
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
            "nothing" => Word::NothingDue,
            "missed" => Word::Missed,
            "rescheduled" => Word::Rescheduled,
            "captured" => Word::Captured,
            "refunded" => Word::Refunded,
            "received" => Word::GoodsReceived,
            "written_off" => Word::WrittenOff,
            "reserved" => Word::GoodsReserved,
            "returned" => Word::Returned,
            "shipped" => Word::Shipped,
            "friend" => Word::Friend,
            "searching" => Word::Searching,
            "scheduled" => Word::Scheduling,
            "en_route" => Word::Departing,
            "finished" => Word::Finishing,
            "paid" => Word::Paying,
            "short" => Word::Short,
            "coupon" => Word::Coupon,
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

    /// Why a worker lost a call or a call is undone, by its name in JSON.
    pub(crate) fn why(&self, name: &str) -> String {
        match name {
            // As an outcome of work the same name is said of the customer.
            "no_show" => self.word(Word::WorkerNoShow),
            other => self.term(other),
        }
    }

    /// A step of a call: its profile's name for it, or the word for what gives money back.
    pub(crate) fn step(&self, name: &str) -> String {
        match name.strip_prefix(REFUND) {
            Some(number) => self.say(Word::RefundStep, &[number]),
            None => name.to_owned(),
        }
    }

    /// How far a step is, by its name in JSON.
    pub(crate) fn mark(&self, name: &str) -> String {
        self.word(match name {
            "idle" => Word::MarkIdle,
            "asked" => Word::MarkAsked,
            "waiting" => Word::MarkWaiting,
            "unknown" => Word::NotSure,
            "settled" => Word::MarkSettled,
            "undoing" => Word::MarkUndoing,
            "undo_denied" => Word::UndoDenied,
            "undone" => Word::MarkUndone,
            "waived" => Word::LetGo,
            other => return self.term(other),
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
pub(crate) mod tests {
    use super::*;
    use crate::front::show::name_of;
    use ascall_engine::domain::event::{MoneyMove, SettledBy, StockMove, Why, WorkOutcome};
    use ascall_engine::domain::profile::{NoticeOn, Role};

    pub(crate) fn look(lang: Lang) -> Look {
        let clock = Clock::still("2026-11-21T14:00:00+09:00");
        Look { lang, clock, reveal: false }
    }

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
        let ages = [Millis::secs(5), Millis::mins(90), Millis::hours(30), Millis::hours(72)];
        assert_eq!(ages.map(|age| look.age(age)), ["5 s", "90 min", "30 h", "3 d"]);
    }

    #[test]
    fn every_reason_has_a_word_in_both_languages() {
        use Why::{
            Aborted, Amended, Canceled, Denied, GateUnavailable, Held, Missed, NoShow,
            ParkedTooLong, Reassigned, Released, Rescheduled, SearchOver, Taken, WorkerOff,
        };
        for why in [
            Aborted,
            Amended,
            Canceled,
            Denied,
            GateUnavailable,
            Held,
            Missed,
            NoShow,
            ParkedTooLong,
            Reassigned,
            Released,
            Rescheduled,
            SearchOver,
            Taken,
            WorkerOff,
        ] {
            let (name, korean) = (name_of(&why), look(Lang::Ko).why(&name_of(&why)));
            assert!(korean.chars().any(|c| ('가'..='힣').contains(&c)), "{name}: {korean}");
        }
        assert_ne!(look(Lang::En).why("no_show"), look(Lang::En).term("no_show"));
    }

    #[test]
    fn every_term_of_an_event_has_a_word() {
        use NoticeOn::{
            Arrived, Assigned, Canceled, Completed, Coupon, EnRoute, Finished, Offered, Opened,
            Paid, Parked, Refunded, Rejected, Released, Rescheduled, Scheduled, Searching, Short,
            Started, Unfilled, Withdrawn,
        };
        let told = [
            Arrived,
            Assigned,
            Canceled,
            Completed,
            Coupon,
            EnRoute,
            Finished,
            Offered,
            Opened,
            Paid,
            Parked,
            Refunded,
            Rejected,
            Released,
            Rescheduled,
            Scheduled,
            Searching,
            Short,
            Started,
            Unfilled,
            Withdrawn,
        ];
        let mut names: Vec<String> = told.iter().map(name_of).collect();
        names.extend([Role::Customer, Role::Worker, Role::Friend].iter().map(name_of));
        let by = [SettledBy::Cash, SettledBy::Card, SettledBy::Waive, SettledBy::Nothing];
        names.extend(by.iter().map(name_of));
        names.extend([MoneyMove::Captured, MoneyMove::Refunded].iter().map(name_of));
        let done = [WorkOutcome::Done, WorkOutcome::Partial, WorkOutcome::NoShow];
        names.extend(done.iter().map(name_of));
        let moves = [
            StockMove::Received,
            StockMove::WrittenOff,
            StockMove::Reserved,
            StockMove::Returned,
            StockMove::Shipped,
        ];
        names.extend(moves.map(|m| m.name().to_owned()));
        for name in names {
            let korean = look(Lang::Ko).term(&name);
            assert!(korean.chars().any(|c| ('가'..='힣').contains(&c)), "{name}: {korean}");
        }
    }
}
