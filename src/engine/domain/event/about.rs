//! Whom an event is about: the call, and the workers whose standing it may change.
//!
//! Invariant: pure; a reader that follows the journal and keeps what it knows of calls and workers up to date needs
//! nothing else to know what to look at again.

use super::{About, Event};
use crate::domain::ids::{CallId, WorkerId};

/// The call an event is about.
#[must_use]
pub fn call_of(event: &Event) -> Option<CallId> {
    match event {
        Event::CallReceived { call, .. }
        | Event::StepAsked { call, .. }
        | Event::StepAnswered { call, .. }
        | Event::StepWaived { call, .. }
        | Event::StepSettled { call, .. }
        | Event::StepRetried { call, .. }
        | Event::CallParked { call, .. }
        | Event::CallResumed { call }
        | Event::CallOpened { call }
        | Event::StageEntered { call, .. }
        | Event::PlanExhausted { call }
        | Event::NobodyFound { call, .. }
        | Event::OfferSent { call, .. }
        | Event::OfferAccepted { call, .. }
        | Event::OfferDeclined { call, .. }
        | Event::OfferExpired { call, .. }
        | Event::OfferWithdrawn { call, .. }
        | Event::AssignmentCommitted { call, .. }
        | Event::AssignmentReleased { call, .. }
        | Event::WorkerArrived { call, .. }
        | Event::WorkStarted { call, .. }
        | Event::WorkFinished { call, .. }
        | Event::WorkAborted { call, .. }
        | Event::CallUnwinding { call, .. }
        | Event::CallEnded { call, .. }
        | Event::CallClosing { call }
        | Event::CallCompleted { call }
        | Event::CallAmended { call, .. }
        | Event::PrioritySet { call, .. }
        | Event::CallHeld { call, .. }
        | Event::HoldEnded { call }
        | Event::NoteAdded { call }
        | Event::DispatchDue { call }
        | Event::StillSearching { call, .. }
        | Event::BroadcastSent { call, .. }
        | Event::BroadcastOver { call, .. }
        | Event::AssignmentReserved { call, .. }
        | Event::ReservationDue { call, .. }
        | Event::CallRescheduled { call, .. }
        | Event::WorkerEnRoute { call, .. }
        | Event::MoneyMoved { call, .. }
        | Event::RefundAsked { call, .. }
        | Event::CouponGranted { call, .. }
        | Event::CouponUsed { call, .. }
        | Event::CallRated { call, .. }
        | Event::DispositionSet { call, .. }
        | Event::WorkersTold { call, .. }
        | Event::StockMoved { call: Some(call), .. }
        | Event::AttentionRaised { about: About::Call(call), .. } => Some(*call),
        Event::CallRecalled { call } => Some(call.id),
        Event::NoticeIssued { notice, .. }
        | Event::NoticeSuppressed { notice }
        | Event::NoticeAccepted { notice, .. }
        | Event::NoticeDelivered { notice, .. }
        | Event::NoticeFailed { notice, .. }
        | Event::NoticeResent { notice, .. } => Some(notice.call),
        _ => None,
    }
}

/// The workers whose standing an event may have changed, as far as it names them; whoever has the call of
/// [`call_of`] may be concerned, too.
#[must_use]
pub fn workers_of(event: &Event) -> Vec<WorkerId> {
    match event {
        Event::OfferSent { worker, .. }
        | Event::OfferAccepted { worker, .. }
        | Event::OfferDeclined { worker, .. }
        | Event::OfferExpired { worker, .. }
        | Event::OfferWithdrawn { worker, .. }
        | Event::AssignmentCommitted { worker, .. }
        | Event::AssignmentReserved { worker, .. }
        | Event::ReservationDue { worker, .. }
        | Event::AssignmentReleased { worker, .. }
        | Event::WorkerEnRoute { worker, .. }
        | Event::WorkerArrived { worker, .. }
        | Event::WorkStarted { worker: Some(worker), .. }
        | Event::WorkFinished { worker: Some(worker), .. }
        | Event::WorkAborted { worker: Some(worker), .. }
        | Event::WorkerAdded { worker, .. }
        | Event::DutySet { worker, .. } => vec![*worker],
        Event::PositionsKept { at } => at.iter().map(|(worker, ..)| *worker).collect(),
        _ => Vec::new(),
    }
}
