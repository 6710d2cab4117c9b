//! One event in words: what happened, to whom, and the values that matter.
//!
//! Invariant: pure; an event is said in the words of its call's profile where the profile has some.

use super::names::{Names, NamesOf};
use crate::front::look::Look;
use crate::front::show::name_of;
use crate::front::words::Word;
use ascall_engine::domain::event::{
    About, AssignedBy, Event, Line, MoneyMove, Outcome, Why, Window, call_of,
};
use ascall_engine::domain::ids::{MemberId, Won, WorkerId};

/// Whom or what an event is about, when it is anybody: a call, a participant, a worker or a member.
pub(super) fn subject(event: &Event, names: &mut NamesOf<'_>) -> String {
    if let Some(call) = call_of(event) {
        return call.to_string();
    }
    match event {
        Event::BreakerMoved { participant, .. }
        | Event::ParticipantModeSet { participant, .. }
        | Event::AttentionRaised { about: About::Participant(participant), .. } => {
            names.of_participant(*participant)
        }
        Event::ParticipantSet { participant, .. } => participant.to_string(),
        Event::WorkerAdded { worker, .. } | Event::DutySet { worker, .. } => worker.to_string(),
        Event::MemberAdded { member, .. } | Event::MemberChanged { member, .. } => {
            member.to_string()
        }
        _ => String::new(),
    }
}

/// The event's word.
pub(super) fn word(event: &Event) -> Word {
    match event {
        Event::DeskOpened { .. } => Word::EvDeskOpened,
        Event::ClockStepped { .. } => Word::EvClockStepped,
        Event::ProfileAdopted { .. } => Word::EvProfileAdopted,
        Event::ParticipantSet { .. } => Word::EvParticipantSet,
        Event::ParticipantModeSet { .. } | Event::AssignModeSet { .. } => Word::EvModeSet,
        Event::QueueSwept => Word::EvQueueSwept,
        Event::RoundHeld { .. } => Word::EvRoundHeld,
        Event::BreakerMoved { .. } => Word::EvBreakerMoved,
        Event::CallReceived { .. } => Word::EvCallReceived,
        Event::StepAsked { .. } => Word::EvStepAsked,
        Event::StepAnswered { .. } => Word::EvStepAnswered,
        Event::StepWaived { .. } => Word::EvStepWaived,
        Event::StepSettled { .. } => Word::EvStepSettled,
        Event::StepRetried { .. } => Word::EvStepRetried,
        Event::CallParked { .. } => Word::EvCallParked,
        Event::CallResumed { .. } => Word::EvCallResumed,
        Event::CallOpened { .. } => Word::EvCallOpened,
        Event::StageEntered { .. } => Word::EvStageEntered,
        Event::PlanExhausted { .. } => Word::EvPlanExhausted,
        Event::NobodyFound { .. } => Word::EvNobodyFound,
        Event::OfferSent { .. } => Word::EvOfferSent,
        Event::OfferAccepted { .. } => Word::EvOfferAccepted,
        Event::OfferDeclined { .. } => Word::EvOfferDeclined,
        Event::OfferExpired { .. } => Word::EvOfferExpired,
        Event::OfferWithdrawn { .. } => Word::EvOfferWithdrawn,
        Event::AssignmentCommitted { .. } => Word::EvAssigned,
        Event::AssignmentReleased { .. } => Word::EvReleased,
        Event::WorkerArrived { .. } => Word::EvArrived,
        Event::WorkStarted { .. } => Word::EvStarted,
        Event::WorkFinished { .. } => Word::EvFinished,
        Event::WorkAborted { .. } => Word::EvAborted,
        Event::CallUnwinding { .. } => Word::EvUnwinding,
        Event::CallEnded { .. } => Word::EvEnded,
        Event::CallClosing { .. } => Word::EvClosing,
        Event::CallCompleted { .. } => Word::EvCompleted,
        Event::CallAmended { .. } => Word::EvAmended,
        Event::PrioritySet { .. } => Word::EvPrioritySet,
        Event::CallHeld { .. } => Word::EvHeld,
        Event::HoldEnded { .. } => Word::EvHoldEnded,
        Event::NoteAdded { .. } => Word::EvNoteAdded,
        Event::WorkerAdded { .. } => Word::EvWorkerAdded,
        Event::DutySet { .. } => Word::EvDutySet,
        Event::PositionsKept { .. } => Word::EvPositionsKept,
        Event::NoticeIssued { .. } => Word::EvNoticeIssued,
        Event::NoticeSuppressed { .. } => Word::EvNoticeSuppressed,
        Event::NoticeDelivered { .. } => Word::EvNoticeDelivered,
        Event::NoticeFailed { .. } => Word::EvNoticeFailed,
        Event::NoticeAccepted { .. } => Word::EvNoticeAccepted,
        Event::NoticeResent { .. } => Word::EvNoticeResent,
        Event::AttentionRaised { .. } => Word::EvAttentionRaised,
        Event::AttentionTaken { .. } => Word::EvAttentionTaken,
        Event::AttentionDone { .. } => Word::EvAttentionDone,
        Event::Revealed { .. } => Word::EvRevealed,
        Event::CallRecalled { .. } => Word::EvRecalled,
        Event::DispatchDue { .. } => Word::EvDispatchDue,
        Event::StillSearching { .. } => Word::EvStillSearching,
        Event::BroadcastSent { .. } => Word::EvBroadcastSent,
        Event::BroadcastOver { .. } => Word::EvBroadcastOver,
        Event::AssignmentReserved { .. } => Word::EvReserved,
        Event::ReservationDue { .. } => Word::EvReservationDue,
        Event::CallRescheduled { .. } => Word::EvRescheduled,
        Event::WorkerEnRoute { .. } => Word::EvEnRoute,
        Event::MoneyMoved { .. } => Word::EvMoneyMoved,
        Event::RefundAsked { .. } => Word::EvRefundAsked,
        Event::CouponGranted { .. } => Word::EvCouponGranted,
        Event::CouponUsed { .. } => Word::EvCouponUsed,
        Event::CallRated { .. } => Word::EvRated,
        Event::DispositionSet { .. } => Word::EvDispositionSet,
        Event::StockMoved { .. } => Word::EvStockMoved,
        Event::MemberAdded { .. } => Word::EvMemberAdded,
        Event::MemberChanged { .. } => Word::EvMemberChanged,
        Event::WorkersTold { .. } => Word::EvWorkersTold,
    }
}

/// The values that matter, in words.
#[expect(clippy::too_many_lines, reason = "one arm per event")]
pub(super) fn detail(event: &Event, names: &Names, look: &Look) -> String {
    let step_name = |step: u8| look.step(&names.step(usize::from(step)));
    let notice_name = |rule: u8| match names.notices.get(usize::from(rule)) {
        Some((on, to)) => format!("{} → {}", look.term(on), look.term(to)),
        None => format!("#{}", rule + 1),
    };
    match event {
        Event::StepAsked { step, op, attempt, probe, .. } => {
            let probe =
                if *probe { format!(" ({})", look.word(Word::Probe)) } else { String::new() };
            format!("{} {} #{attempt}{probe}", step_name(*step), look.term(&name_of(op)))
        }
        Event::StepAnswered { step, op, outcome, took_ms, late, .. } => {
            let late = if *late { format!(", {}", look.word(Word::Late)) } else { String::new() };
            let text = outcome_text(outcome, look);
            let op = look.term(&name_of(op));
            format!("{} {op} {text} ({} ms{late})", step_name(*step), took_ms.0)
        }
        Event::StepWaived { step, .. } | Event::StepRetried { step, .. } => step_name(*step),
        Event::StepSettled { step, by, .. } => {
            format!("{} {}", step_name(*step), look.term(&name_of(by)))
        }
        Event::CallParked { why, .. } => look.term(&name_of(why)),
        Event::StageEntered { stage, .. } => format!("{}", stage + 1),
        Event::OfferSent { offer, worker, deadline, .. } => {
            format!("{offer} {worker}, {}", look.clock.exact(*deadline))
        }
        Event::OfferAccepted { offer, worker, .. }
        | Event::OfferDeclined { offer, worker, .. }
        | Event::OfferExpired { offer, worker, .. } => format!("{offer} {worker}"),
        Event::OfferWithdrawn { offer, worker, why, .. } => {
            format!("{offer} {worker}, {}", look.why(&name_of(why)))
        }
        Event::BroadcastSent { offer, workers, ring, deadline, .. } => {
            let asked = look.say(Word::AskedRing, &[&workers.len().to_string(), &ring_text(*ring)]);
            format!("{offer} {asked}, {}", look.clock.exact(*deadline))
        }
        Event::BroadcastOver { offer, why, losers, .. } => {
            let why = match why {
                // Whoever said yes has it.
                Why::Taken => look.word(Word::TakenUp),
                why => look.why(&name_of(why)),
            };
            match losers.len() {
                0 => format!("{offer} {why}"),
                n => format!("{offer} {why}, {}", look.say(Word::WorkersLost, &[&n.to_string()])),
            }
        }
        Event::AssignmentCommitted { worker, by, decision, .. } => {
            let metres = decision
                .as_ref()
                .and_then(|d| d.chosen)
                .and_then(|c| c.metres)
                .map(|m| format!(", {}", look.metres(m)))
                .unwrap_or_default();
            format!("{worker} ({}{metres})", assigned_by(*by, look))
        }
        Event::AssignmentReserved { worker, window, by, .. } => {
            format!("{worker} ({}), {}", assigned_by(*by, look), visit(*window, look))
        }
        Event::CallRescheduled { window, .. } => visit(*window, look),
        Event::StillSearching { nth, .. } => format!("#{nth}"),
        Event::AssignmentReleased { worker, why, .. } => {
            format!("{worker}, {}", look.why(&name_of(why)))
        }
        Event::WorkerArrived { worker, .. }
        | Event::WorkerEnRoute { worker, .. }
        | Event::ReservationDue { worker, .. }
        | Event::WorkerAdded { worker, .. } => worker.to_string(),
        Event::WorkStarted { worker, .. } | Event::WorkAborted { worker, .. } => named(*worker),
        Event::WorkFinished { worker, outcome, fare, .. } => {
            let parts = [
                worker.map(|worker| worker.to_string()),
                Some(look.term(&name_of(outcome))),
                fare.map(|won| look.won(won)),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Event::CallReceived { member, window, .. } => {
            let member = member.map(|known| known.member.to_string());
            let visit = window.map(|window| visit(window, look));
            member.into_iter().chain(visit).collect::<Vec<_>>().join(", ")
        }
        Event::MoneyMoved { what, lines, .. } => {
            let how = match what {
                MoneyMove::Settled(by) => look.term(&name_of(by)),
                MoneyMove::Captured | MoneyMove::Refunded => look.term(&name_of(what)),
            };
            format!("{how} {}", look.won(moved(lines)))
        }
        Event::RefundAsked { won, .. } => look.won(*won),
        Event::CouponGranted { member, nth, won, .. } => {
            format!("{member} {} (#{nth})", look.won(*won))
        }
        Event::CouponUsed { member, won, .. } => of_member(*member, &look.won(*won)),
        Event::CallRated { worker, stars, .. } => {
            let worker = worker.map(|worker| format!(", {worker}")).unwrap_or_default();
            format!("{stars}/5{worker}")
        }
        Event::DispositionSet { code, .. } => code.clone(),
        Event::StockMoved { product, what, qty, .. } => {
            format!("{product} {} {qty}", look.term(what.name()))
        }
        Event::MemberAdded { member, .. } | Event::MemberChanged { member, .. } => {
            member.to_string()
        }
        Event::WorkersTold { rule, workers, .. } => {
            let told = look.say(Word::WorkersTold, &[&workers.len().to_string()]);
            format!("{}, {told}", notice_name(*rule))
        }
        Event::CallUnwinding { target, why, .. } => {
            let end = names.phase(target.phase(), look);
            format!("→ {end} ({})", look.why(&name_of(why)))
        }
        Event::CallEnded { end, .. } => names.phase(end.phase(), look),
        Event::PrioritySet { priority, .. } => look.priority(*priority),
        Event::CallHeld { until, .. } => look.clock.short(*until),
        Event::DutySet { duty, after_current, .. } => {
            let after = if *after_current {
                format!(" ({})", look.word(Word::AfterCurrent))
            } else {
                String::new()
            };
            format!("{}{after}", look.term(&name_of(duty)))
        }
        Event::NoticeIssued { notice, worker } => {
            let worker = worker.map(|w| format!(", {w}")).unwrap_or_default();
            format!("{}{worker}", notice_name(notice.rule))
        }
        Event::NoticeSuppressed { notice } | Event::NoticeResent { notice, .. } => {
            notice_name(notice.rule)
        }
        Event::NoticeDelivered { notice, said } => {
            let said = said.as_ref().map(|said| format!(", {}", look.said(said)));
            format!("{}{}", notice_name(notice.rule), said.unwrap_or_default())
        }
        Event::NoticeAccepted { notice, attempt, reference } => {
            format!("{} ({attempt}), {reference}", notice_name(notice.rule))
        }
        Event::NoticeFailed { notice, attempt, retry_at, said, by_sms } => {
            let parts = [
                Some(format!("{} ({attempt})", notice_name(notice.rule))),
                said.as_ref().map(|said| look.said(said)),
                by_sms.then(|| look.word(Word::TurnedToSms)),
                retry_at.map(|at| look.clock.exact(at)),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Event::AttentionRaised { attention, concern, .. } => {
            format!(
                "{attention} {}",
                crate::front::show::call::concern_word(&name_of(concern), look)
            )
        }
        Event::AttentionTaken { attention, by } => format!("{attention} {by}"),
        Event::AttentionDone { attention } => attention.to_string(),
        Event::BreakerMoved { transition, incident, .. } => {
            let incident = incident.map(|i| format!(" {i}")).unwrap_or_default();
            let from = look.term(&name_of(&transition.from));
            let to = look.term(&name_of(&transition.to.kind()));
            format!("{from} → {to} ({}){incident}", look.term(&name_of(&transition.why)))
        }
        Event::ParticipantModeSet { mode, .. } => look.mode(*mode),
        Event::AssignModeSet { mode } => format!("assign {}", look.mode(*mode)),
        Event::ParticipantSet { name, .. } => name.clone(),
        Event::ProfileAdopted { spec, .. } => spec.name.clone(),
        Event::ClockStepped { by_ms } => format!("{by_ms} ms"),
        Event::Revealed { what } => what.clone(),
        Event::PositionsKept { at } => at.len().to_string(),
        Event::RoundHeld { again: Some(at), .. } => look.clock.exact(*at),
        Event::DeskOpened { .. }
        | Event::QueueSwept
        | Event::RoundHeld { again: None, .. }
        | Event::CallRecalled { .. }
        | Event::CallResumed { .. }
        | Event::CallOpened { .. }
        | Event::PlanExhausted { .. }
        | Event::NobodyFound { .. }
        | Event::DispatchDue { .. }
        | Event::CallClosing { .. }
        | Event::CallCompleted { .. }
        | Event::CallAmended { .. }
        | Event::HoldEnded { .. }
        | Event::NoteAdded { .. } => String::new(),
    }
}

/// How an assignment came about.
fn assigned_by(by: AssignedBy, look: &Look) -> String {
    let (how, overridden) = match by {
        AssignedBy::Auto => (Word::ByItself, false),
        AssignedBy::Offer(_) => (Word::ByOffer, false),
        AssignedBy::Claim { overridden } => (Word::ByClaim, overridden),
        AssignedBy::Manual { overridden } => (Word::ByHand, overridden),
    };
    let how = look.word(how);
    if overridden { format!("{how}, {}", look.word(Word::Overridden)) } else { how }
}

/// When somebody will come.
fn visit(window: Window, look: &Look) -> String {
    look.clock.short(window.from)
}

/// A ring as people count them.
fn ring_text(ring: u8) -> String {
    (u32::from(ring) + 1).to_string()
}

fn named(worker: Option<WorkerId>) -> String {
    worker.map(|worker| worker.to_string()).unwrap_or_default()
}

fn of_member(member: MemberId, what: &str) -> String {
    format!("{member} {what}")
}

/// How much an entry of the books moves.
fn moved(lines: &[Line]) -> Won {
    Won(lines.iter().map(|line| line.won.0.max(0)).sum())
}

fn outcome_text(outcome: &Outcome, look: &Look) -> String {
    let word = look.term(&name_of(outcome));
    // The desk's own participants give the desk's own reasons; what others say is shown as they said it.
    let own = |why: &str| match why {
        "stopped" => look.word(Word::Stopped),
        "made to fail" => look.word(Word::MadeToFail),
        "made to refuse" => look.word(Word::MadeToRefuse),
        other => other.to_owned(),
    };
    match outcome {
        Outcome::Ok => word,
        Outcome::Denied(why)
        | Outcome::Unavailable(why)
        | Outcome::Indeterminate(why)
        | Outcome::Misconfigured(why) => format!("{word}: {}", own(why)),
    }
}
