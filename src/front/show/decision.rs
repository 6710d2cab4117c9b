//! A decision about who gets a call, as it is shown.
//!
//! Invariant: made from what was journalled with the decision, never from how things are now.

use super::event::actor_json;
use super::{PointJson, name_of};
use crate::front::clock::iso;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::{
    Actor, AssignedBy, Candidate, Decision, Event, Record, Verdict, Weighed, Window,
};
use ascall_engine::domain::ids::{Time, WorkerId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A decision about who gets a call.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DecisionJson {
    /// Its record.
    pub seq: u64,
    /// When.
    at: String,
    /// `auto`, `offer`, `broadcast`, `claim`, `claim_override`, `manual`, `manual_override` or `nobody`.
    how: &'static str,
    /// Who decided, when it was a person.
    by: Option<String>,
    /// Why, in that person's words.
    reason: Option<String>,
    /// The worker chosen.
    chosen: Option<CandidateJson>,
    /// Who was asked at once.
    asked: Vec<String>,
    /// The ring that was asked, from 1.
    ring: Option<u32>,
    /// The begin of the appointment it was for.
    visit: Option<String>,
    /// The best others, best first.
    others: Vec<CandidateJson>,
    /// How many workers got which verdict, among those looked at.
    counts: BTreeMap<String, u32>,
    /// How far the search went, in metres.
    radius_m: Option<u32>,
    /// The calls it was weighed against, when several were looked at together.
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<RoundJson>,
    #[serde(skip)]
    passed_over: Verdict,
    #[serde(skip)]
    time: Time,
    #[serde(skip)]
    visit_time: Option<Time>,
}

/// What a call was weighed against when several were looked at together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RoundJson {
    /// The policy: `batch`, `foresight`, or one that chooses for each call in turn.
    policy: &'static str,
    /// How many calls had their turn together with it, itself included.
    calls: u32,
    /// How many workers any of them could have had.
    workers: u32,
    /// The worker it waits for.
    awaits: Option<String>,
    /// In how many seconds that worker is expected to be free.
    awaits_s: Option<u32>,
}

impl From<&Weighed> for RoundJson {
    fn from(round: &Weighed) -> Self {
        Self {
            policy: round.policy.name(),
            calls: round.calls,
            workers: round.workers,
            awaits: round.awaits.map(|(worker, _)| worker.to_string()),
            awaits_s: round.awaits.map(|(_, seconds)| seconds),
        }
    }
}

/// A worker that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct CandidateJson {
    worker: String,
    metres: Option<u32>,
    travel_s: Option<u32>,
    idle_s: Option<u32>,
    at: Option<PointJson>,
    from_home: bool,
    /// What became of one who was not chosen: `outranked`, `matched` or `out_of_reach`.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
}

impl From<&Candidate> for CandidateJson {
    fn from(c: &Candidate) -> Self {
        Self {
            worker: c.worker.to_string(),
            metres: c.metres,
            travel_s: c.travel_s,
            idle_s: Some(c.idle_s),
            at: c.at.map(PointJson::from),
            from_home: c.from_home,
            verdict: None,
        }
    }
}

impl Show for DecisionJson {
    fn id(&self) -> String {
        self.chosen.as_ref().map(|chosen| chosen.worker.clone()).unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &[
        "seq",
        "at",
        "how",
        "by",
        "reason",
        "chosen.worker",
        "chosen.metres",
        "chosen.travel_s",
        "radius_m",
        "asked",
        "ring",
        "visit",
    ];
    const HEADS: &'static [Word] = CANDIDATE_HEADS;
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![self.head(look)]
    }
}

/// The heads of the table of candidates.
pub(crate) const CANDIDATE_HEADS: &[Word] =
    &[Word::Worker, Word::Distance, Word::Travel, Word::Idle, Word::From, Word::Verdict];

/// Every decision in a call's records, oldest first.
pub(crate) fn decisions(records: &[Record]) -> Vec<DecisionJson> {
    let mut found = Vec::new();
    for record in records {
        for event in &record.events {
            let made = match event {
                Event::NobodyFound { decision, .. } => of(record, "nobody", Some(decision), None),
                Event::OfferSent { worker, decision, .. } => {
                    of(record, "offer", Some(decision), Some(*worker))
                }
                Event::BroadcastSent { workers, ring, decision, .. } => DecisionJson {
                    asked: workers.iter().map(ToString::to_string).collect(),
                    ring: Some(u32::from(*ring) + 1),
                    ..of(record, "broadcast", Some(decision), None)
                },
                // The decision was made when the worker was asked.
                Event::AssignmentCommitted { by: AssignedBy::Offer(_), .. } => continue,
                Event::AssignmentCommitted { worker, by, decision, .. } => {
                    of(record, how(*by), decision.as_ref(), Some(*worker))
                }
                Event::AssignmentReserved { worker, by, window, .. } => {
                    of(record, how(*by), None, Some(*worker)).for_visit(*window)
                }
                _ => continue,
            };
            found.push(made);
        }
    }
    found
}

/// The name of a way to a worker.
fn how(by: AssignedBy) -> &'static str {
    match by {
        AssignedBy::Auto => "auto",
        AssignedBy::Offer(_) => "offer",
        AssignedBy::Claim { overridden: false } => "claim",
        AssignedBy::Claim { overridden: true } => "claim_override",
        AssignedBy::Manual { overridden: false } => "manual",
        AssignedBy::Manual { overridden: true } => "manual_override",
    }
}

fn of(
    record: &Record,
    how: &'static str,
    decision: Option<&Decision>,
    worker: Option<WorkerId>,
) -> DecisionJson {
    let known = decision.and_then(|d| d.chosen.as_ref()).map(CandidateJson::from);
    let named = worker.map(|worker| CandidateJson {
        worker: worker.to_string(),
        metres: None,
        travel_s: None,
        idle_s: None,
        at: None,
        from_home: false,
        verdict: None,
    });
    let by = match &record.actor {
        Actor::Clock | Actor::Participant(_) => None,
        actor if how.starts_with("manual") => Some(actor_json(actor)),
        _ => None,
    };
    DecisionJson {
        seq: record.seq.0,
        at: iso(record.at),
        how,
        by,
        reason: record.reason.clone().filter(|_| how.starts_with("manual")),
        chosen: known.or(named),
        others: decision.map(others).unwrap_or_default(),
        counts: decision
            .map(|d| d.counts.iter().map(|(v, n)| (name_of(v), *n)).collect())
            .unwrap_or_default(),
        radius_m: decision.and_then(|d| d.radius_m),
        asked: Vec::new(),
        ring: None,
        visit: None,
        round: decision.and_then(|d| d.round.as_ref()).map(RoundJson::from),
        passed_over: decision.map_or(Verdict::Outranked, passed_over),
        time: record.at,
        visit_time: None,
    }
}

/// Those who were looked at and not chosen, with what became of them.
fn others(decision: &Decision) -> Vec<CandidateJson> {
    let elsewhere = decision.round.as_ref().map(|round| round.elsewhere.as_slice());
    let of = |candidate: &Candidate| {
        let is_elsewhere = elsewhere.is_some_and(|them| them.contains(&candidate.worker));
        let verdict = if is_elsewhere { Verdict::Matched } else { passed_over(decision) };
        CandidateJson { verdict: Some(name_of(&verdict)), ..CandidateJson::from(candidate) }
    };
    decision.others.iter().map(of).collect()
}

/// What those were who could have had the call and did not, when no other call got them.
fn passed_over(decision: &Decision) -> Verdict {
    let is_out = decision.counts.contains_key(&Verdict::OutOfReach);
    if is_out { Verdict::OutOfReach } else { Verdict::Outranked }
}

impl DecisionJson {
    fn for_visit(self, window: Window) -> Self {
        Self { visit: Some(iso(window.from)), visit_time: Some(window.from), ..self }
    }

    /// What was decided, in a sentence.
    pub(crate) fn head(&self, look: &Look) -> String {
        let when = look.clock.exact(self.time);
        let chosen = self.chosen.as_ref().map(|c| c.worker.as_str()).unwrap_or_default();
        let by = self.by.as_deref().unwrap_or_default();
        let line = match self.how {
            "nobody" => match (&self.round, self.passed_over()) {
                (Some(RoundJson { awaits: Some(_), .. }), _) => look.say(Word::NobodyYet, &[&when]),
                (_, Verdict::OutOfReach) => look.say(Word::NobodyNear, &[&when]),
                _ => look.say(Word::NobodySuited, &[&when]),
            },
            "offer" => look.say(Word::AskedWorker, &[&when, chosen]),
            "broadcast" => {
                let ring = self.ring.unwrap_or(1).to_string();
                look.say(Word::AskedMany, &[&when, &self.asked.len().to_string(), &ring])
            }
            "claim" => look.say(Word::ClaimedBy, &[&when, chosen]),
            "claim_override" => look.say(Word::ClaimedOver, &[&when, chosen]),
            "manual" => look.say(Word::ManualBy, &[&when, by, chosen]),
            "manual_override" => look.say(Word::ManualOver, &[&when, by, chosen]),
            _ => look.say(Word::Chose, &[&when, chosen]),
        };
        let visit = self
            .visit_time
            .map(|at| format!("{} {}", look.word(Word::Visit), look.clock.short(at)));
        let reason = self.reason.as_ref().map(|reason| format!("\"{reason}\""));
        let round = self.round.as_ref().map(|round| {
            let (calls, workers) = (round.calls.to_string(), round.workers.to_string());
            let together = look.say(Word::Together, &[round.policy, &calls, &workers]);
            match round.awaits.as_ref().zip(round.awaits_s) {
                Some((worker, seconds)) => {
                    let span = look.seconds(seconds.into());
                    let waits = look.say(Word::AwaitsWorker, &[worker, &span]);
                    format!("({together}; {waits})")
                }
                None => format!("({together})"),
            }
        });
        [Some(line), round, visit, reason].into_iter().flatten().collect::<Vec<_>>().join("  ")
    }

    /// Those who were looked at, best first.
    pub(crate) fn rows(&self, look: &Look) -> Vec<Vec<String>> {
        let row = |c: &CandidateJson, verdict: String| {
            let metres = c.metres.map(|m| look.metres(m)).unwrap_or_default();
            let travel = c.travel_s.map(|s| look.seconds(s.into())).unwrap_or_default();
            let idle = c.idle_s.map(|s| look.seconds(s.into())).unwrap_or_default();
            let from = match (&c.at, c.from_home) {
                (None, _) => String::new(),
                (Some(_), true) => look.word(Word::HomePlace),
                (Some(_), false) => look.word(Word::LivePlace),
            };
            vec![c.worker.clone(), metres, travel, idle, from, verdict]
        };
        let chosen = self.chosen.iter().filter(|c| c.idle_s.is_some());
        let how = if self.how == "offer" { Word::AskedNow } else { Word::Chosen };
        let of = |c: &CandidateJson| match &c.verdict {
            _ if self.asked.contains(&c.worker) => look.word(Word::AskedNow),
            Some(verdict) => verdict_words(verdict, look),
            None => look.word(how),
        };
        chosen.chain(&self.others).map(|c| row(c, of(c))).collect()
    }

    /// How many were looked at, by verdict.
    pub(crate) fn counts_line(&self, look: &Look) -> Option<String> {
        if self.counts.is_empty() {
            return None;
        }
        let counts =
            self.counts.iter().map(|(name, n)| format!("{} {n}", verdict_words(name, look)));
        let line =
            format!("{}: {}", look.word(Word::LookedAt), counts.collect::<Vec<_>>().join(", "));
        Some(match self.radius_m {
            Some(radius) => {
                format!("{line} ({})", look.say(Word::Radius, &[&look.metres(radius)]))
            }
            None => line,
        })
    }

    /// Whether several calls were looked at together.
    pub(crate) fn is_of_round(&self) -> bool {
        self.round.is_some()
    }

    /// Whether it chose this worker.
    pub(crate) fn chose(&self, worker: WorkerId) -> bool {
        self.chosen.as_ref().is_some_and(|c| c.worker == worker.to_string())
    }

    /// What the decision remembers of a worker: the verdict and the rank among the suitable.
    pub(crate) fn verdict_on(&self, worker: WorkerId) -> Option<(String, Option<usize>)> {
        let name = worker.to_string();
        if self.asked.contains(&name) {
            return Some(("was_asked".to_owned(), None));
        }
        if self.chose(worker) {
            return Some(("chosen".to_owned(), Some(1)));
        }
        let place = self.others.iter().position(|c| c.worker == name)?;
        let before = usize::from(self.chosen.is_some());
        Some((self.others.get(place)?.verdict.clone()?, Some(place + before + 1)))
    }

    /// What those were who could have had the call and did not, when no other call got them.
    pub(crate) fn passed_over(&self) -> Verdict {
        self.passed_over
    }
}

/// How all workers stand to a call that nobody has, and that nobody is searched when that is so.
pub(crate) fn stand_lines(
    counts: &BTreeMap<Verdict, u32>,
    is_stopped: bool,
    look: &Look,
) -> Vec<String> {
    let all: u32 = counts.values().sum();
    let words = counts.iter().map(|(v, n)| format!("{} {n}", verdict_words(&name_of(v), look)));
    let words = words.collect::<Vec<_>>().join(", ");
    let line = look.say(Word::NowAll, &[&all.to_string(), &words]);
    let line = line.trim_end_matches([':', ' ']).to_owned();
    std::iter::once(line).chain(is_stopped.then(|| look.word(Word::AssignStopped))).collect()
}

/// A verdict in words, by its name in JSON.
pub(crate) fn verdict_words(name: &str, look: &Look) -> String {
    look.word(match name {
        "chosen" => Word::Chosen,
        "was_asked" => Word::AskedNow,
        "has_it" => Word::HasIt,
        "suitable" => Word::Suitable,
        "outranked" => Word::Outranked,
        "no_skill" => Word::NoSkill,
        "other_service" => Word::OtherService,
        "off" => Word::Off,
        "on_break" => Word::OnBreak,
        "suspended" => Word::Suspended,
        "busy" => Word::Busy,
        "offered" => Word::BeingAsked,
        "excluded" => Word::Excluded,
        "asked" => Word::AskedBefore,
        "too_far" => Word::TooFar,
        "reserved" => Word::ReservedThen,
        "matched" => Word::MatchedElse,
        "out_of_reach" => Word::OutOfReach,
        other => return other.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::ids::{CallId, OfferId, Seq};
    use ascall_engine::domain::profile::{Lang, Policy};

    fn candidate(worker: u64, metres: u32) -> Candidate {
        Candidate {
            worker: WorkerId(worker),
            metres: Some(metres),
            travel_s: Some(300),
            idle_s: 60,
            at: "37.5,127.0".parse().ok(),
            from_home: worker == 2,
        }
    }

    fn record(actor: Actor, event: Event) -> Record {
        Record {
            seq: Seq(9),
            at: Time(1_795_237_200_000),
            actor,
            key: None,
            causation: None,
            trace: None,
            reason: None,
            events: vec![event],
        }
    }

    fn chosen() -> DecisionJson {
        let decision = Decision {
            chosen: Some(candidate(1, 940)),
            others: vec![candidate(2, 2_300), candidate(5, 4_000)],
            counts: [(Verdict::Suitable, 3), (Verdict::NoSkill, 4)].into_iter().collect(),
            radius_m: Some(5_000),
            round: None,
        };
        let event = Event::AssignmentCommitted {
            call: CallId(1),
            worker: WorkerId(1),
            by: AssignedBy::Auto,
            decision: Some(decision),
        };
        decisions(&[record(Actor::Operator("kim".to_owned()), event)]).remove(0)
    }

    #[test]
    fn an_automatic_choice_shows_all_terms_of_each_candidate() {
        let (decision, look) = (chosen(), look(Lang::En));
        assert!(decision.head(&look).ends_with("chose W-1"));
        let rows = decision.rows(&look);
        assert_eq!(rows[0], ["W-1", "940 m", "5 min", "60 s", "live position", "chosen"]);
        assert_eq!(rows[1][4], "home");
        assert_eq!(
            decision.counts_line(&look).unwrap(),
            "looked at: lacks the skill 4, suitable 3 (within 5.0 km)"
        );
        assert_eq!(decision.by, None, "who gave the call in did not choose");
    }

    #[test]
    fn a_worker_has_a_verdict_and_a_rank() {
        let decision = chosen();
        assert_eq!(decision.verdict_on(WorkerId(1)), Some(("chosen".to_owned(), Some(1))));
        assert_eq!(decision.verdict_on(WorkerId(5)), Some(("outranked".to_owned(), Some(3))));
        assert_eq!(decision.verdict_on(WorkerId(6)), None);
    }

    /// What a round of seven workers wrote of a call that got none of them.
    fn left(awaits: Option<(WorkerId, u32)>, counts: &[(Verdict, u32)]) -> DecisionJson {
        let elsewhere = vec![WorkerId(2)];
        let round = Weighed { policy: Policy::Foresight, calls: 3, workers: 7, awaits, elsewhere };
        let decision = Decision {
            others: vec![candidate(2, 940), candidate(3, 9_000)],
            counts: counts.iter().copied().collect(),
            round: Some(round),
            ..Decision::default()
        };
        let event = Event::NobodyFound { call: CallId(1), decision };
        decisions(&[record(Actor::Clock, event)]).remove(0)
    }

    #[test]
    fn of_a_call_that_nobody_is_near_enough_for_it_is_said_who_was_free_and_too_far() {
        let decision = left(None, &[(Verdict::Matched, 1), (Verdict::OutOfReach, 1)]);
        let look = look(Lang::En);
        assert!(decision.head(&look).contains("nobody near enough to be sent"));
        let verdicts: Vec<String> = decision.rows(&look).iter().map(|row| row[5].clone()).collect();
        let far = "too far to be sent while more calls wait than workers are free";
        assert_eq!(verdicts, ["got another call of the round", far]);
        assert_eq!(decision.verdict_on(WorkerId(3)).unwrap().0, "out_of_reach");
        let json = serde_json::to_value(&decision).unwrap();
        assert_eq!(json["others"][0]["verdict"], "matched");
    }

    #[test]
    fn a_choice_of_a_round_says_how_many_were_weighed_and_for_whom_a_call_waits() {
        let decision = left(Some((WorkerId(4), 90)), &[(Verdict::Outranked, 1)]);
        let head = decision.head(&look(Lang::En));
        assert!(head.contains("nobody yet") && head.contains("foresight"), "{head}");
        assert!(head.contains("waits for W-4"), "{head}");
        let row = &decision.rows(&look(Lang::En))[1];
        assert_eq!(row[5], "suitable, but another ranked before");
        let json = serde_json::to_value(&decision).unwrap();
        assert_eq!(json["round"]["calls"], 3);
        assert_eq!(json["round"]["workers"], 7);
        assert_eq!(json["round"]["awaits"], "W-4");
        assert_eq!(json["round"]["awaits_s"], 90);
    }

    #[test]
    fn a_manual_assignment_names_who_did_it() {
        let event = Event::AssignmentCommitted {
            call: CallId(1),
            worker: WorkerId(7),
            by: AssignedBy::Manual { overridden: true },
            decision: None,
        };
        let decision = decisions(&[record(Actor::Operator("kim".to_owned()), event)]).remove(0);
        assert_eq!((decision.how, decision.by.as_deref()), ("manual_override", Some("kim")));
        assert!(decision.rows(&look(Lang::Ko)).is_empty());
    }

    #[test]
    fn a_broadcast_names_its_ring_and_who_was_asked() {
        let event = Event::BroadcastSent {
            offer: OfferId(1),
            call: CallId(1),
            workers: vec![WorkerId(1), WorkerId(2)],
            ring: 1,
            deadline: Time(0),
            decision: Decision {
                chosen: Some(candidate(1, 940)),
                others: vec![candidate(2, 990), candidate(3, 1_400)],
                ..Decision::default()
            },
        };
        let decision = decisions(&[record(Actor::Clock, event)]).remove(0);
        assert_eq!((decision.how, decision.ring), ("broadcast", Some(2)));
        assert!(decision.head(&look(Lang::En)).ends_with("asked 2 at once, ring 2"));
        let verdicts: Vec<String> =
            decision.rows(&look(Lang::En)).iter().map(|row| row[5].clone()).collect();
        assert_eq!(verdicts, ["asked", "asked", "suitable, but another ranked before"]);
        assert_eq!(decision.verdict_on(WorkerId(2)), Some(("was_asked".to_owned(), None)));
    }

    #[test]
    fn a_claim_for_later_says_when() {
        let event = Event::AssignmentReserved {
            call: CallId(1),
            worker: WorkerId(7),
            window: Window { from: Time(1_795_327_200_000), until: Time(1_795_330_800_000) },
            by: AssignedBy::Claim { overridden: false },
        };
        let decision = decisions(&[record(Actor::Operator("kim".to_owned()), event)]).remove(0);
        assert_eq!((decision.how, decision.by.as_deref()), ("claim", None));
        assert!(
            decision.head(&look(Lang::En)).ends_with("W-7 claimed it  appointment 11-22 15:00")
        );
    }

    #[test]
    fn every_verdict_has_words_in_both_languages() {
        for verdict in [
            Verdict::Suitable,
            Verdict::Outranked,
            Verdict::NoSkill,
            Verdict::OtherService,
            Verdict::Off,
            Verdict::OnBreak,
            Verdict::Suspended,
            Verdict::Busy,
            Verdict::Offered,
            Verdict::Excluded,
            Verdict::Asked,
            Verdict::TooFar,
            Verdict::Reserved,
            Verdict::Matched,
            Verdict::OutOfReach,
        ] {
            let words = verdict_words(&name_of(&verdict), &look(Lang::Ko));
            assert!(words.chars().any(|c| ('가'..='힣').contains(&c)), "{verdict:?}: {words}");
        }
    }
}
