//! What a refusal is to the user: its exit code, and the next thing to type.
//!
//! Invariant: every refusal has one arm; `korean.rs` says the same words to type.

use super::{Exit, Said, UserError};
use crate::front::korean;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::refusal::Refusal;

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let retry_at = match &refusal {
            Refusal::TryLater { at, .. } | Refusal::DeskFull { at, .. } => Some(*at),
            _ => None,
        };
        let exit = if retry_at.is_some() { Exit::HeldOff } else { Exit::Refused };
        Self::Said(Box::new(Said {
            exit,
            text: refusal.to_string(),
            causes: Vec::new(),
            hint: hint(&refusal),
            retry_at,
            korean: korean::refusal(&refusal).map(|text| (text, korean::hint(&refusal))),
            refusal: Some(refusal),
        }))
    }
}

/// The next thing to type after a refusal.
#[expect(clippy::too_many_lines, reason = "one arm per refusal; each arm is a line or two")]
pub(crate) fn hint(refusal: &Refusal) -> Option<String> {
    let text = match refusal {
        Refusal::NoSuchCall(_) => "see which there are: ascall list --all".to_owned(),
        Refusal::NoSuchWorker(_) => "see who there is: ascall worker list".to_owned(),
        Refusal::OfferOver(_) => "see what is open: ascall offer list".to_owned(),
        Refusal::NoSuchNotice { .. } | Refusal::NoticeStays { .. } => {
            "see what was sent, and by which name: ascall inbox --call C-… --tries".to_owned()
        }
        Refusal::NoticeOwed { .. } => {
            "it is tried again by itself; see how far it is: ascall inbox --call C-… --tries"
                .to_owned()
        }
        Refusal::NoSuchAttention(_) => "see what is open: ascall attention list".to_owned(),
        Refusal::NoSuchParticipant { .. } => "see who there is: ascall participant list".to_owned(),
        Refusal::NotLocal { name } => {
            format!("to keep requests away from it: ascall breaker open {name} --reason …")
        }
        Refusal::NoSuchProfile { .. } => {
            "name one of them with --profile, or add a file to `profiles` in the configuration"
                .to_owned()
        }
        Refusal::NoSuchStep { call, .. } => format!("see its steps: ascall status {call}"),
        Refusal::FieldMissing { field, .. } => format!("add {}", flag_of(field)),
        Refusal::FieldNotAllowed { field, .. } => {
            format!("give one of the allowed values: {}", flag_of(field))
        }
        Refusal::NoSuchField { .. } => "leave it out, or use one of the fields named".to_owned(),
        Refusal::OutOfRange { .. } => "give a number inside the limits".to_owned(),
        Refusal::TooLong { what, .. } if what.contains("note") => {
            "split it into several notes".to_owned()
        }
        Refusal::TooLong { .. } => "shorten it; longer text can be a note: ascall note".to_owned(),
        Refusal::WrongPhase { call, phase, .. } | Refusal::NotClosing { call, phase, .. } => {
            wrong_phase(*call, *phase)
        }
        Refusal::CallInService { call, .. } => {
            format!("end the work first: ascall finish {call}, or ascall abort {call} --reason …")
        }
        Refusal::CancelTooLate { call, .. } => {
            format!("an operator may: ascall cancel {call} --force --reason …")
        }
        Refusal::AlreadyUnwinding { call, .. } => format!("follow it: ascall watch {call}"),
        Refusal::StepNotDone { call, .. } => format!(
            "see what it waits for: ascall status {call}; try again now: ascall retry {call}"
        ),
        Refusal::WorkerBusy { call, .. } => {
            format!("take another worker (ascall worker list), or first: ascall release {call}")
        }
        Refusal::WorkerNotOnDuty { worker, .. } => {
            format!("bring the worker on shift: ascall worker on {worker}")
        }
        Refusal::WorkerLacksSkill { .. }
        | Refusal::WorkerExcluded { .. }
        | Refusal::WorkerOtherService { .. } => {
            "take another worker (ascall worker list), or add --force --reason …".to_owned()
        }
        Refusal::WorkerWorking { worker, .. } => format!(
            "leave when the work is done: ascall worker off {worker} --after-current; or break it off: --abort REASON"
        ),
        Refusal::SameWorker { call, .. } => format!("nothing to do; see: ascall status {call}"),
        Refusal::NoWorker { call } => format!("give it to somebody: ascall assign {call} W-1"),
        Refusal::NothingToRetry { call } | Refusal::NoAppointment { call } => {
            format!("see where it stands: ascall status {call}")
        }
        Refusal::NothingToWaive { call, .. } => {
            format!("see what is still to be undone: ascall status {call}")
        }
        Refusal::HoldInThePast => "give a later end: --until 14:30 or --until 30m".to_owned(),
        Refusal::NothingToAmend(call) => {
            format!("name what changes: ascall amend {call} --location … --tel … --kind … --cost …")
        }
        Refusal::ReasonMissing { .. } => "add --reason \"…\"".to_owned(),
        Refusal::TryLater { participant, .. } => {
            format!(
                "see how it stands: ascall breaker list; why: ascall breaker incidents {participant}"
            )
        }
        Refusal::DeskFull { .. } => {
            "end or cancel calls that are over: ascall list; then try again".to_owned()
        }
        Refusal::KeyReused { .. } => {
            "use a new --key for a new request, or the same words for the same one".to_owned()
        }
        Refusal::ProfileUnsound { .. } => {
            "mend the profile's file; the shipped ones are good examples".to_owned()
        }
        Refusal::AttentionStands { call, .. } => {
            format!("mend its cause and it goes away by itself: ascall status {call}")
        }
        Refusal::OnlyOperator { .. } => "ask a dispatcher to do it".to_owned(),
        Refusal::Stale { call, .. } => {
            format!("look at it again, and ask anew if it still makes sense: ascall status {call}")
        }
        Refusal::CallTaken { .. } => "see what can be claimed: ascall list --view open".to_owned(),
        Refusal::NotClaimable { call } => format!(
            "see what can be claimed: ascall list --view open; give it by hand: ascall assign {call} W-1"
        ),
        Refusal::AssignStopped => "start it again: ascall participant start assign".to_owned(),
        Refusal::WorkerReserved { call, .. } => {
            format!("take another worker or another time; the appointment: ascall status {call}")
        }
        Refusal::BadVisit => {
            "give a later time: --at 14:00, --at +2h or --at \"2026-11-22 14:00\"".to_owned()
        }
        Refusal::NameTheWorker(offer) => {
            format!("name who answers: ascall offer accept {offer} --worker W-1")
        }
        Refusal::NotAsked { .. } => "see who is asked: ascall offer list".to_owned(),
        Refusal::FareMissing { call } => format!("report it: ascall finish {call} --fare 12000"),
        Refusal::PriceFixed { call } => format!(
            "leave it as it is; what was paid can be given back: ascall refund {call} --reason …"
        ),
        Refusal::OutcomeUnknown { call, .. } => {
            format!("it is asked again by itself; to ask now: ascall retry {call}")
        }
        Refusal::RefundTooMuch { call, left } if left.0 > 0 => {
            format!("give back at most that: ascall refund {call} --amount {}", left.0)
        }
        Refusal::RefundTooMuch { call, .. } => format!("see what was paid: ascall status {call}"),
        Refusal::AlreadyRated { call, .. } => {
            format!("a rating stays; write more down with: ascall note {call} …")
        }
        Refusal::UnknownProduct { product, .. } => {
            format!("receive it first: ascall stock receive {product} 10")
        }
        Refusal::StockShort { .. } => "see what there is: ascall stock list".to_owned(),
        Refusal::NotAMember { .. } => {
            "make the caller a member: ascall member add --name … --tel …; or name one: --member M-1"
                .to_owned()
        }
        Refusal::NoSuchMember(_) => "see who there is: ascall member list".to_owned(),
        Refusal::MemberExists(member) => {
            format!("change what is known of them: ascall member amend {member} --card …")
        }
        Refusal::MemberNeeds { field } => match *field {
            "a name" => "add --name …".to_owned(),
            "a phone number" => "add --tel 010-0000-0001".to_owned(),
            _ => "add --friend-tel 010-0000-0002".to_owned(),
        },
        Refusal::BadCard(_) => "give the payment provider's token: --card tok_…".to_owned(),
        Refusal::CardMissing(member) => {
            format!("keep the card's token: ascall member amend {member} --card tok_…")
        }
        Refusal::ReferenceUsed { call, .. } => {
            format!("see what was asked then: ascall status {call}; a new request takes a new number")
        }
        Refusal::CustomerCancelTooLate { call, .. } => {
            format!("the desk may: ascall cancel {call}, or with --force --reason …")
        }
        Refusal::StaleAnswer | Refusal::DeskAlreadyOpen => return None,
    };
    Some(text)
}

/// How a field of a request is typed: what is not the desk's own is the profile's.
pub(crate) fn flag_of(field: &str) -> String {
    match field {
        "tel" | "location" | "cost" | "kind" | "disposition" => format!("--{field} …"),
        _ => format!("--field {field}=…"),
    }
}

pub(super) fn wrong_phase(call: CallId, phase: Phase) -> String {
    match phase {
        Phase::Received | Phase::Gating => format!("wait for its gate: ascall watch {call}"),
        Phase::Parked => format!("try its gate now: ascall retry {call}"),
        Phase::Open => format!("give it to somebody first: ascall assign {call} W-1"),
        Phase::Assigned => format!(
            "it has a worker: ascall start {call}, ascall reassign {call} W-1, or ascall release {call}"
        ),
        Phase::Scheduled => format!(
            "it has an appointment: ascall start {call}, ascall reschedule {call} --at 14:00, or ascall release {call}"
        ),
        Phase::InService => format!("finish the work first: ascall finish {call}"),
        Phase::Closing => {
            format!("it is being settled: ascall retry {call}, or ascall settle {call} --by cash")
        }
        Phase::Unwinding => format!("it is being undone: ascall status {call}"),
        Phase::Completed | Phase::Canceled | Phase::Unfilled | Phase::Rejected => {
            format!("an ended call stays ended; take a new one after it: ascall reopen {call}")
        }
    }
}
