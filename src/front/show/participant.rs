//! Participants, their breakers and incidents as they are shown.

use super::name_of;
use crate::desk::live;
use crate::front::clock::iso;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::{Mode, ParticipantKind};
use ascall_engine::domain::ids::Time;
use schemars::JsonSchema;
use serde::Serialize;

/// A participant, or the stage `assign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ParticipantJson {
    /// Its name.
    pub name: String,
    /// `local`, `http`, `command`, or `stage` for `assign`.
    pub kind: String,
    /// `running`, `stopped`, `slow` or `failing`.
    pub mode: String,
    /// The least delay of a slow one, in milliseconds.
    pub delay_ms: Option<u64>,
    /// Up to this much more.
    pub delay_random_ms: Option<u64>,
    /// How a failing one fails.
    pub fails: Option<String>,
    /// Requests that are out.
    pub in_flight: u32,
    /// At most this many at once.
    pub bulkhead: Option<u32>,
    /// Calls that wait because of it.
    pub waiting: u64,
}

impl ParticipantJson {
    /// A participant.
    pub(crate) fn of(participant: &live::Participant) -> Self {
        let kind = match &participant.kind {
            None => "stage",
            Some(ParticipantKind::Local) => "local",
            Some(ParticipantKind::Http { .. }) => "http",
            Some(ParticipantKind::Command { .. }) => "command",
        };
        let (mut delay_ms, mut delay_random_ms, mut fails) = (None, None, None);
        match participant.mode {
            Mode::Slow { fixed, random } => {
                delay_ms = Some(fixed.0);
                delay_random_ms = Some(random.0);
            }
            Mode::Failing(how) => fails = Some(name_of(&how)),
            Mode::Running | Mode::Stopped => {}
        }
        Self {
            name: participant.name.clone(),
            kind: kind.to_owned(),
            mode: name_of(&participant.mode),
            delay_ms,
            delay_random_ms,
            fails,
            in_flight: participant.in_flight,
            bulkhead: participant.bulkhead,
            waiting: participant.waiting,
        }
    }

    fn mode_words(&self, look: &Look) -> String {
        match self.mode.as_str() {
            "running" => look.word(Word::Running),
            "stopped" => look.word(Word::Stopped),
            "slow" => {
                let fixed = self.delay_ms.unwrap_or(0);
                let span = match self.delay_random_ms.unwrap_or(0) {
                    0 => format!("{fixed} ms"),
                    random => format!("{fixed}-{} ms", fixed + random),
                };
                look.say(Word::Slowed, &[&span])
            }
            _ => {
                let how = look.term(self.fails.as_deref().unwrap_or_default());
                look.say(Word::Failing, &[&how])
            }
        }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        format!("{}  {}", self.name, self.mode_words(look))
    }
}

impl Show for ParticipantJson {
    fn id(&self) -> String {
        self.name.clone()
    }
    const CSV: &'static [&'static str] = &[
        "name",
        "kind",
        "mode",
        "delay_ms",
        "delay_random_ms",
        "fails",
        "in_flight",
        "bulkhead",
        "waiting",
    ];
    const HEADS: &'static [Word] =
        &[Word::Participant, Word::Kind, Word::Mode, Word::InFlight, Word::Waiting];
    fn cells(&self, look: &Look) -> Vec<String> {
        let flying = match self.bulkhead {
            Some(most) => format!("{}/{most}", self.in_flight),
            None => String::new(),
        };
        vec![
            self.name.clone(),
            if self.kind == "http" { self.kind.clone() } else { look.term(&self.kind) },
            self.mode_words(look),
            flying,
            self.waiting.to_string(),
        ]
    }
}

/// A breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BreakerJson {
    /// Whose.
    pub participant: String,
    /// `closed`, `open`, `half_open`, `forced_open` or `disabled`.
    pub state: String,
    /// When an open one lets a probe out.
    pub retry_at: Option<String>,
    /// The operator's words for a forced one.
    pub reason: Option<String>,
    /// Answers in the window.
    pub calls: u32,
    /// Of these, failures.
    pub failed: u32,
    /// Of these, slow ones.
    pub slow: u32,
    /// Failures in a row.
    pub consecutive_failures: u32,
    /// The open incident, when there is one.
    pub incident: Option<IncidentJson>,
    #[serde(skip)]
    pub until: Option<Time>,
}

impl BreakerJson {
    /// A breaker.
    pub(crate) fn of(breaker: &live::Breaker) -> Self {
        let open = breaker.incidents.last().filter(|incident| incident.closed_at.is_none());
        Self {
            participant: breaker.participant.clone(),
            state: name_of(&breaker.state),
            retry_at: breaker.until.map(iso),
            reason: breaker.reason.clone(),
            calls: breaker.calls,
            failed: breaker.failed,
            slow: breaker.slow,
            consecutive_failures: breaker.consecutive_failures,
            incident: open.map(IncidentJson::of),
            until: breaker.until,
        }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        let until = self.until.map(|at| format!("  {}", look.clock.exact(at))).unwrap_or_default();
        let reason = self.reason.as_ref().map(|r| format!("  \"{r}\"")).unwrap_or_default();
        format!("{}  {}{until}{reason}", self.participant, self.state_words(look))
    }
}

impl BreakerJson {
    fn state_words(&self, look: &Look) -> String {
        look.word(match self.state.as_str() {
            "closed" => Word::Shut,
            "open" => Word::Broken,
            "half_open" => Word::HalfOpen,
            "forced_open" => Word::ForcedOpen,
            "disabled" => Word::Disabled,
            other => return other.to_owned(),
        })
    }
}

impl Show for BreakerJson {
    fn id(&self) -> String {
        self.participant.clone()
    }
    const CSV: &'static [&'static str] = &[
        "participant",
        "state",
        "retry_at",
        "reason",
        "calls",
        "failed",
        "slow",
        "consecutive_failures",
        "incident.id",
    ];
    const HEADS: &'static [Word] = &[
        Word::Participant,
        Word::State,
        Word::Calls,
        Word::Failed,
        Word::Slow,
        Word::InARow,
        Word::RetryAt,
        Word::Incident,
    ];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            self.participant.clone(),
            self.state_words(look),
            self.calls.to_string(),
            self.failed.to_string(),
            self.slow.to_string(),
            self.consecutive_failures.to_string(),
            self.until.map(|at| look.clock.exact(at)).unwrap_or_default(),
            self.incident.as_ref().map(|i| i.id.clone()).unwrap_or_default(),
        ]
    }
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct IncidentJson {
    /// `I-1`.
    pub id: String,
    /// Whose breaker.
    pub participant: String,
    /// When it opened.
    pub opened_at: String,
    /// When it closed.
    pub closed_at: Option<String>,
    /// Why it opened.
    pub why: String,
    /// Calls parked meanwhile.
    pub parked: u32,
    /// Parked calls let through since.
    pub admitted: u32,
    /// Calls that were parked too long.
    pub expired: u32,
    /// Calls lost: the desk does not lose any.
    pub lost: u32,
    #[serde(skip)]
    pub opened: Time,
    #[serde(skip)]
    pub closed: Option<Time>,
}

impl IncidentJson {
    /// An incident.
    pub(crate) fn of(incident: &live::Incident) -> Self {
        Self {
            id: incident.id.to_string(),
            participant: incident.participant.clone(),
            opened_at: iso(incident.opened_at),
            closed_at: incident.closed_at.map(iso),
            why: name_of(&incident.why),
            parked: incident.parked,
            admitted: incident.admitted,
            expired: incident.expired,
            lost: 0,
            opened: incident.opened_at,
            closed: incident.closed_at,
        }
    }
}

impl Show for IncidentJson {
    fn id(&self) -> String {
        self.id.clone()
    }
    const CSV: &'static [&'static str] = &[
        "id",
        "participant",
        "opened_at",
        "closed_at",
        "why",
        "parked",
        "admitted",
        "expired",
        "lost",
    ];
    const HEADS: &'static [Word] = &[
        Word::Incident,
        Word::Participant,
        Word::Opened,
        Word::Closed,
        Word::Why,
        Word::Parked,
        Word::Admitted,
        Word::Expired,
        Word::Lost,
    ];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            self.id.clone(),
            self.participant.clone(),
            look.clock.exact(self.opened),
            self.closed.map(|at| look.clock.exact(at)).unwrap_or_default(),
            look.term(&self.why),
            self.parked.to_string(),
            self.admitted.to_string(),
            self.expired.to_string(),
            self.lost.to_string(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::breaker::StateKind;
    use ascall_engine::domain::event::FailKind;
    use ascall_engine::domain::ids::{IncidentId, Millis, ParticipantId};
    use ascall_engine::domain::profile::Lang;

    #[test]
    fn a_breaker_has_the_names_that_scripts_rely_on() {
        let breaker = live::Breaker {
            id: ParticipantId(2),
            participant: "manage".to_owned(),
            state: StateKind::Open,
            until: Some(Time(0)),
            reason: None,
            calls: 5,
            failed: 5,
            slow: 0,
            consecutive_failures: 5,
            incidents: vec![live::Incident {
                id: IncidentId(1),
                participant: "manage".to_owned(),
                opened_at: Time(0),
                closed_at: None,
                why: ascall_engine::domain::breaker::Why::ConsecutiveFailures,
                parked: 2,
                admitted: 0,
                expired: 0,
            }],
        };
        let json = BreakerJson::of(&breaker);
        let value = serde_json::to_value(&json).unwrap();
        assert_eq!((&value["participant"], &value["state"]), (&"manage".into(), &"open".into()));
        assert_eq!(value["incident"]["lost"], 0);
        assert_eq!(json.cells(&look(Lang::En)).len(), BreakerJson::HEADS.len());
    }

    #[test]
    fn a_mode_is_said_with_its_numbers() {
        let slow = Mode::Slow { fixed: Millis(400), random: Millis(220) };
        for (mode, words) in [
            (Mode::Running, "running"),
            (Mode::Stopped, "stopped"),
            (slow, "slow 400-620 ms"),
            (Mode::Failing(FailKind::Lost), "failing answer lost"),
        ] {
            let json = ParticipantJson::of(&live::Participant {
                name: "manage".to_owned(),
                kind: Some(ParticipantKind::Local),
                mode,
                in_flight: 0,
                bulkhead: Some(64),
                waiting: 0,
            });
            assert_eq!(json.mode_words(&look(Lang::En)), words);
        }
    }
}
