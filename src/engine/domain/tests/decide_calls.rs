//! What every command about what was asked for does in every state of the call.

#[test]
fn every_command_about_what_was_asked_for_in_every_state() {
    super::decide_table::check(super::decide_table::ABOUT_CALLS, EXPECTED);
}

const EXPECTED: &str = r#"
cancel: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
cancel: CallUnwinding
    Gating
cancel: CallUnwinding CallEnded
    Parked
cancel: CallUnwinding StepAsked
    ParkedUnknown
cancel: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenFresh OpenWaiting OpenHeld OpenListed OpenNobody OpenVisit
cancel: OfferWithdrawn CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenOffered
cancel: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded AttentionDone
    OpenExhausted OpenManual
cancel: CallUnwinding StepAsked StepAnswered CallEnded
    OpenStepMissing
cancel: BroadcastOver CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenBroadcast
cancel: AssignmentReleased CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    Scheduled ScheduledDue Assigned AssignedFirst EnRoute Arrived
cancel: refused CancelTooLate { call: CallId(1), worker: WorkerId(1), profile: "repair" }
    AssignedStrict
cancel: AssignmentReleased CallUnwinding StepAsked StepAnswered CallEnded AttentionDone
    AssignedStepDenied AssignedShort
cancel: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
cancel: refused WrongPhase { call: CallId(1), phase: _, verb: "canceled" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund
cancel: nothing
    UnwindingAsked UnwindingWaiting UnwindingDenied CanceledLingering
cancel: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
cancel by the customer: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
cancel by the customer: CallUnwinding
    Gating
cancel by the customer: CallUnwinding CallEnded
    Parked
cancel by the customer: CallUnwinding StepAsked
    ParkedUnknown
cancel by the customer: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenFresh OpenWaiting OpenHeld OpenListed OpenNobody OpenVisit
cancel by the customer: OfferWithdrawn CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenOffered
cancel by the customer: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded AttentionDone
    OpenExhausted OpenManual
cancel by the customer: CallUnwinding StepAsked StepAnswered CallEnded
    OpenStepMissing
cancel by the customer: BroadcastOver CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenBroadcast
cancel by the customer: refused CustomerCancelTooLate { call: CallId(1), phase: _, profile: "repair" }
    Scheduled ScheduledDue Assigned AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
cancel by the customer: refused CancelTooLate { call: CallId(1), worker: WorkerId(1), profile: "repair" }
    AssignedStrict
cancel by the customer: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
cancel by the customer: refused WrongPhase { call: CallId(1), phase: _, verb: "canceled" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund
cancel by the customer: nothing
    UnwindingAsked UnwindingWaiting UnwindingDenied CanceledLingering
cancel by the customer: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
cancel --force: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
cancel --force: CallUnwinding
    Gating
cancel --force: CallUnwinding CallEnded
    Parked
cancel --force: CallUnwinding StepAsked
    ParkedUnknown
cancel --force: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenFresh OpenWaiting OpenHeld OpenListed OpenNobody OpenVisit
cancel --force: OfferWithdrawn CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenOffered
cancel --force: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded AttentionDone
    OpenExhausted OpenManual
cancel --force: CallUnwinding StepAsked StepAnswered CallEnded
    OpenStepMissing
cancel --force: BroadcastOver CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenBroadcast
cancel --force: AssignmentReleased CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    Scheduled ScheduledDue Assigned AssignedStrict AssignedFirst EnRoute Arrived
cancel --force: AssignmentReleased CallUnwinding StepAsked StepAnswered CallEnded AttentionDone
    AssignedStepDenied AssignedShort
cancel --force: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
cancel --force: refused WrongPhase { call: CallId(1), phase: _, verb: "canceled" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund
cancel --force: nothing
    UnwindingAsked UnwindingWaiting UnwindingDenied CanceledLingering
cancel --force: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend place, near: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
amend place, near: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenHeld OpenManual OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
amend place, near: CallAmended NobodyFound
    OpenWaiting OpenExhausted OpenStepMissing
amend place, near: OfferWithdrawn CallAmended OfferSent
    OpenOffered
amend place, near: BroadcastOver CallAmended BroadcastSent
    OpenBroadcast
amend place, near: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
amend place, near: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
amend place, near: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend place, near: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend place, far: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
amend place, far: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenHeld OpenManual OpenListed OpenNobody OpenVisit Scheduled ScheduledDue
amend place, far: CallAmended NobodyFound
    OpenWaiting OpenExhausted OpenStepMissing
amend place, far: OfferWithdrawn CallAmended NobodyFound PlanExhausted AttentionRaised
    OpenOffered
amend place, far: BroadcastOver CallAmended NobodyFound PlanExhausted AttentionRaised
    OpenBroadcast
amend place, far: AssignmentReleased CallAmended NobodyFound
    Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived
amend place, far: AssignmentReleased CallAmended NobodyFound PlanExhausted AttentionRaised
    AssignedFirst
amend place, far: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
amend place, far: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
amend place, far: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend place, far: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend kind: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
amend kind: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenHeld OpenManual OpenListed OpenNobody OpenVisit
amend kind: CallAmended NobodyFound
    OpenWaiting OpenExhausted OpenStepMissing
amend kind: OfferWithdrawn CallAmended NobodyFound PlanExhausted AttentionRaised
    OpenOffered
amend kind: BroadcastOver CallAmended NobodyFound PlanExhausted AttentionRaised
    OpenBroadcast
amend kind: AssignmentReleased CallAmended
    Scheduled
amend kind: AssignmentReleased CallAmended NobodyFound
    ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived
amend kind: AssignmentReleased CallAmended NobodyFound PlanExhausted AttentionRaised
    AssignedFirst
amend kind: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
amend kind: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
amend kind: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend kind: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend cost: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
amend cost: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService
amend cost: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
amend cost: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend cost: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend nothing: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
amend nothing: refused NothingToAmend(CallId(1))
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService
amend nothing: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
amend nothing: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend nothing: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
priority: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
priority: PrioritySet
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected
priority: refused WrongPhase { call: CallId(1), phase: _, verb: "given a priority" }
    CompletedRefund CanceledLingering
hold: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
hold: refused WrongPhase { call: CallId(1), phase: _, verb: "held" }
    Gating Parked ParkedUnknown Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
hold: CallHeld
    OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit
hold: OfferWithdrawn CallHeld
    OpenOffered
hold: BroadcastOver CallHeld
    OpenBroadcast
hold: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
hold: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
hold: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
release: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
release: refused WrongPhase { call: CallId(1), phase: _, verb: "released" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
release: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit
release: HoldEnded NobodyFound
    OpenHeld
release: AssignmentReleased
    Scheduled
release: AssignmentReleased NobodyFound
    ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived
release: AssignmentReleased NobodyFound PlanExhausted AttentionRaised
    AssignedFirst
release: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
release: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
release: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
release --no-show: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
release --no-show: refused WrongPhase { call: CallId(1), phase: _, verb: "released" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
release --no-show: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit
release --no-show: AssignmentReleased
    Scheduled
release --no-show: AssignmentReleased NobodyFound
    ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived
release --no-show: AssignmentReleased NobodyFound PlanExhausted AttentionRaised
    AssignedFirst
release --no-show: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
release --no-show: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
release --no-show: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
claim near: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
claim near: refused NotClaimable { call: CallId(1) }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenNobody OpenVisit ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
claim near: AssignmentCommitted
    OpenListed
claim near: BroadcastOver AssignmentCommitted
    OpenBroadcast
claim near: refused SameWorker { call: CallId(1), worker: WorkerId(1) }
    Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService
claim far: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
claim far: refused NotClaimable { call: CallId(1) }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenNobody OpenVisit ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
claim far: AssignmentCommitted
    OpenListed
claim far: BroadcastOver AssignmentCommitted
    OpenBroadcast
claim far: refused CallTaken { call: CallId(1), worker: WorkerId(1) }
    Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService
claim near, for a visit: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
claim near, for a visit: refused NotClaimable { call: CallId(1) }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenNobody OpenVisit ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
claim near, for a visit: AssignmentReserved
    OpenListed
claim near, for a visit: BroadcastOver AssignmentReserved
    OpenBroadcast
claim near, for a visit: refused SameWorker { call: CallId(1), worker: WorkerId(1) }
    Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService
reschedule, the visit: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
reschedule, the visit: refused WrongPhase { call: CallId(1), phase: _, verb: "rescheduled" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
reschedule, the visit: CallRescheduled
    OpenFresh OpenWaiting OpenHeld OpenManual OpenStepMissing OpenListed OpenNobody
reschedule, the visit: OfferWithdrawn CallRescheduled
    OpenOffered
reschedule, the visit: CallRescheduled AttentionDone
    OpenExhausted
reschedule, the visit: BroadcastOver CallRescheduled
    OpenBroadcast
reschedule, the visit: nothing
    OpenVisit Scheduled ScheduledDue
reschedule, the visit: AssignmentReleased CallRescheduled AssignmentReserved
    Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
reschedule, the visit: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reschedule, the visit: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reschedule, the visit: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reschedule, tomorrow: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
reschedule, tomorrow: refused WrongPhase { call: CallId(1), phase: _, verb: "rescheduled" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
reschedule, tomorrow: CallRescheduled
    OpenFresh OpenWaiting OpenHeld OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue
reschedule, tomorrow: OfferWithdrawn CallRescheduled
    OpenOffered
reschedule, tomorrow: CallRescheduled AttentionDone
    OpenExhausted
reschedule, tomorrow: BroadcastOver CallRescheduled
    OpenBroadcast
reschedule, tomorrow: AssignmentReleased CallRescheduled AssignmentReserved
    Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
reschedule, tomorrow: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reschedule, tomorrow: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reschedule, tomorrow: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reschedule, soon: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
reschedule, soon: refused WrongPhase { call: CallId(1), phase: _, verb: "rescheduled" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
reschedule, soon: CallRescheduled
    OpenFresh OpenHeld OpenManual OpenListed OpenNobody Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
reschedule, soon: CallRescheduled NobodyFound
    OpenWaiting OpenStepMissing
reschedule, soon: OfferWithdrawn CallRescheduled OfferSent
    OpenOffered
reschedule, soon: CallRescheduled NobodyFound AttentionDone
    OpenExhausted
reschedule, soon: BroadcastOver CallRescheduled BroadcastSent
    OpenBroadcast
reschedule, soon: CallRescheduled AssignmentCommitted
    OpenVisit
reschedule, soon: CallRescheduled ReservationDue AssignmentCommitted
    Scheduled
reschedule, soon: CallRescheduled ReservationDue
    ScheduledDue
reschedule, soon: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reschedule, soon: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reschedule, soon: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
note: refused NoSuchCall(CallId(1))
    Unknown
note: NoteAdded
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
reopen: refused NoSuchCall(CallId(1))
    Unknown
reopen: refused WrongPhase { call: CallId(1), phase: _, verb: "reopened" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived ClosingAsked ClosingWaiting ClosingDenied
reopen: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reopen: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reopen: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reopen: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound
    Completed CompletedPaid CompletedRefund Canceled Unfilled
reopen: CallReceived StepAsked
    CanceledLingering
reopen: CallReceived StepAsked StepAnswered CallUnwinding CallEnded
    Rejected
"#;
