//! `ascall why`: explains an assignment, or a call nobody took.

use crate::cli::clock::iso;
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::{PointJson, event::actor_json, name_of};
use crate::cli::ui::{Format, Look, Show};
use crate::cli::words::Word;
use crate::desk::Book;
use ascall_engine::domain::event::{
    Actor, AssignedBy, Candidate, Decision, Event, Mode, Record, Verdict,
};
use ascall_engine::domain::ids::{CallId, Seq, Time, WorkerId};
use ascall_engine::domain::phase::Phase;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;

/// Explain who got a call and why, or why nobody did; with a worker, why that one did or did not.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// A worker.
    #[arg(value_name = "W")]
    worker: Option<WorkerId>,
}

/// A decision about who gets a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DecisionJson {
    /// Its record.
    seq: u64,
    /// When.
    at: String,
    /// `auto`, `offer`, `manual`, `manual_override` or `nobody`.
    how: &'static str,
    /// Who decided, when it was a person.
    by: Option<String>,
    /// Why, in that person's words.
    reason: Option<String>,
    /// The worker chosen.
    chosen: Option<CandidateJson>,
    /// The best others, best first.
    others: Vec<CandidateJson>,
    /// How many workers got which verdict, among those looked at.
    counts: BTreeMap<String, u32>,
    /// How far the search went, in metres.
    radius_m: Option<u32>,
    #[serde(skip)]
    time: Time,
}

/// A worker that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct CandidateJson {
    worker: String,
    metres: Option<u32>,
    travel_s: Option<u32>,
    idle_s: Option<u32>,
    at: Option<PointJson>,
    from_home: bool,
}

/// What a worker was, or is, for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct VerdictJson {
    call: String,
    worker: String,
    /// The decision it is about; null: as it would be now.
    seq: Option<u64>,
    /// `chosen`, `outranked`, `no_skill` and so on; null when the worker was not there yet.
    verdict: Option<String>,
    /// The place among the suitable ones, from 1.
    rank: Option<usize>,
    #[serde(skip)]
    line: String,
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
    ];
    const HEADS: &'static [Word] = CANDIDATE_HEADS;
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![self.head(look)]
    }
}

impl Show for VerdictJson {
    fn id(&self) -> String {
        self.verdict.clone().unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &["call", "worker", "seq", "verdict", "rank"];
    const HEADS: &'static [Word] = &[Word::Verdict];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.line.clone()]
    }
}

const CANDIDATE_HEADS: &[Word] =
    &[Word::Worker, Word::Distance, Word::Travel, Word::Idle, Word::From, Word::Verdict];

/// Explains.
pub(crate) async fn run(args: &Why, cx: &mut Cx) -> Result<Exit, CliError> {
    let book = cx.book("why").await?;
    let row = book.call(args.call)?.ok_or_else(|| CliError::no_call(args.call))?;
    let decisions = decisions(&book.timeline(&row)?);
    if let Some(worker) = args.worker {
        let has_it =
            row.worker_now().is_some_and(|(id, _)| id == worker) && !row.phase.is_terminal();
        return one_worker(cx, book, args.call, worker, &decisions, has_it).await;
    }
    drop(book);
    if cx.ui.format != Format::Table {
        cx.ui.many(&decisions)?;
        return Ok(Exit::Done);
    }
    if decisions.is_empty() {
        let phase = cx.ui.look.phase(&row.profile_name, row.phase);
        let text = cx.ui.look.say(Word::NoDecision, &[&phase]);
        cx.ui.line(&text)?;
    }
    for decision in &decisions {
        let look = &cx.ui.look;
        let head = decision.head(look);
        let rows = decision.rows(look);
        let counts = decision.counts_line(look);
        cx.ui.line(&head)?;
        if !rows.is_empty() {
            cx.ui.table(CANDIDATE_HEADS, &rows)?;
        }
        if let Some(counts) = counts {
            cx.ui.line(&counts)?;
        }
    }
    if row.phase == Phase::Open {
        now(cx, args.call).await?;
    }
    Ok(Exit::Done)
}

/// How every worker stands to a call that nobody has, and whether anybody is searched at all.
async fn now(cx: &mut Cx, call: CallId) -> Result<(), CliError> {
    let (counts, stopped) = cx
        .with_desk("why", async |_: &mut Cx, desk| {
            let assign = desk.participants().await?.into_iter().find(|p| p.kind.is_none());
            let stopped = assign.is_some_and(|assign| assign.mode == Mode::Stopped);
            Ok((desk.verdicts(call).await?, stopped))
        })
        .await?;
    let look = &cx.ui.look;
    let all: u32 = counts.values().sum();
    let words: Vec<String> = counts
        .iter()
        .map(|(verdict, n)| format!("{} {n}", verdict_words(&name_of(verdict), look)))
        .collect();
    let line = look.say(Word::NowAll, &[&all.to_string(), &words.join(", ")]);
    let stopped = stopped.then(|| look.word(Word::AssignStopped));
    cx.ui.line(line.trim_end_matches([':', ' ']))?;
    if let Some(text) = stopped {
        cx.ui.line(&text)?;
    }
    Ok(())
}

/// What one worker was in each decision, and is now while the call is live.
async fn one_worker(
    cx: &mut Cx,
    book: Book,
    call: CallId,
    worker: WorkerId,
    decisions: &[DecisionJson],
    has_it: bool,
) -> Result<Exit, CliError> {
    let look = cx.ui.look.clone();
    let name = worker.to_string();
    let mut found = Vec::new();
    for decision in decisions {
        let (verdict, rank) = if let Some((verdict, rank)) = decision.verdict_on(worker) {
            (Some(verdict), rank)
        } else {
            let then = book.verdict_at(call, worker, Seq(decision.seq))?;
            // Suitable, and still not among the best that are remembered.
            let then = then.map(|v| if v == Verdict::Suitable { Verdict::Outranked } else { v });
            (then.map(|verdict| name_of(&verdict)), None)
        };
        let seq = decision.seq.to_string();
        let line = match &verdict {
            Some(verdict) => {
                let words = verdict_words(verdict, &look);
                look.say(Word::VerdictThen, &[&seq, &name, &words])
            }
            None => look.say(Word::NotThere, &[&seq, &name]),
        };
        found.push(VerdictJson {
            call: call.to_string(),
            worker: name.clone(),
            seq: Some(decision.seq),
            verdict,
            rank,
            line,
        });
    }
    drop(book);
    let now = cx
        .with_desk("why", async |_: &mut Cx, desk| {
            desk.worker(worker).await?.ok_or(CliError::from(
                ascall_engine::domain::refusal::Refusal::NoSuchWorker(worker),
            ))?;
            Ok(desk.verdict(call, worker).await?)
        })
        .await?;
    if let Some(verdict) = now {
        let verdict = if has_it { "has_it".to_owned() } else { name_of(&verdict) };
        let line = look.say(Word::VerdictNow, &[&name, &verdict_words(&verdict, &look)]);
        found.push(VerdictJson {
            call: call.to_string(),
            worker: name,
            seq: None,
            verdict: Some(verdict),
            rank: None,
            line,
        });
    }
    if cx.ui.format == Format::Table {
        for verdict in &found {
            cx.ui.line(&verdict.line)?;
        }
    } else {
        cx.ui.many(&found)?;
    }
    Ok(Exit::Done)
}

/// Every decision in a call's records, oldest first.
fn decisions(records: &[Record]) -> Vec<DecisionJson> {
    let mut found = Vec::new();
    for record in records {
        for event in &record.events {
            let made = match event {
                Event::NobodyFound { decision, .. } => of(record, "nobody", Some(decision), None),
                Event::OfferSent { worker, decision, .. } => {
                    of(record, "offer", Some(decision), Some(*worker))
                }
                Event::AssignmentCommitted { worker, by, decision, .. } => {
                    let how = match by {
                        AssignedBy::Auto => "auto",
                        // The decision was made when the worker was asked.
                        AssignedBy::Offer(_) => continue,
                        AssignedBy::Manual { overridden: false } => "manual",
                        AssignedBy::Manual { overridden: true } => "manual_override",
                    };
                    of(record, how, decision.as_ref(), Some(*worker))
                }
                _ => continue,
            };
            found.push(made);
        }
    }
    found
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
        others: decision.map(|d| d.others.iter().map(Into::into).collect()).unwrap_or_default(),
        counts: decision
            .map(|d| d.counts.iter().map(|(v, n)| (name_of(v), *n)).collect())
            .unwrap_or_default(),
        radius_m: decision.and_then(|d| d.radius_m),
        time: record.at,
    }
}

impl DecisionJson {
    fn head(&self, look: &Look) -> String {
        let when = look.clock.exact(self.time);
        let chosen = self.chosen.as_ref().map(|c| c.worker.as_str()).unwrap_or_default();
        let by = self.by.as_deref().unwrap_or_default();
        let line = match self.how {
            "nobody" => look.say(Word::NobodySuited, &[&when]),
            "offer" => look.say(Word::AskedWorker, &[&when, chosen]),
            "manual" => look.say(Word::ManualBy, &[&when, by, chosen]),
            "manual_override" => look.say(Word::ManualOver, &[&when, by, chosen]),
            _ => look.say(Word::Chose, &[&when, chosen]),
        };
        match &self.reason {
            Some(reason) => format!("{line}  \"{reason}\""),
            None => line,
        }
    }

    fn rows(&self, look: &Look) -> Vec<Vec<String>> {
        let row = |c: &CandidateJson, verdict: Word| {
            let metres = c.metres.map(|m| look.metres(m)).unwrap_or_default();
            let travel = c.travel_s.map(|s| look.seconds(s.into())).unwrap_or_default();
            let idle = c.idle_s.map(|s| look.seconds(s.into())).unwrap_or_default();
            let from = match (&c.at, c.from_home) {
                (None, _) => String::new(),
                (Some(_), true) => look.word(Word::HomePlace),
                (Some(_), false) => look.word(Word::LivePlace),
            };
            vec![c.worker.clone(), metres, travel, idle, from, look.word(verdict)]
        };
        let chosen = self.chosen.iter().filter(|c| c.idle_s.is_some());
        let how = if self.how == "offer" { Word::AskedNow } else { Word::Chosen };
        let chosen = chosen.map(|c| row(c, how));
        chosen.chain(self.others.iter().map(|c| row(c, Word::Outranked))).collect()
    }

    fn counts_line(&self, look: &Look) -> Option<String> {
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

    /// What the decision remembers of a worker: the verdict and the rank among the suitable.
    fn verdict_on(&self, worker: WorkerId) -> Option<(String, Option<usize>)> {
        let name = worker.to_string();
        if self.chosen.as_ref().is_some_and(|c| c.worker == name) {
            return Some(("chosen".to_owned(), Some(1)));
        }
        let place = self.others.iter().position(|c| c.worker == name)?;
        let before = usize::from(self.chosen.is_some());
        Some((name_of(&Verdict::Outranked), Some(place + before + 1)))
    }
}

fn verdict_words(name: &str, look: &Look) -> String {
    look.word(match name {
        "chosen" => Word::Chosen,
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
        other => return other.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ui::tests::look;
    use ascall_engine::domain::ids::Seq;
    use ascall_engine::domain::profile::Lang;

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
        ] {
            let words = verdict_words(&name_of(&verdict), &look(Lang::Ko));
            assert!(words.chars().any(|c| ('가'..='힣').contains(&c)), "{verdict:?}: {words}");
        }
    }
}
