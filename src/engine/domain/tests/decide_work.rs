//! What every command about the work, its worker and what comes after does in every state of the call.

#[test]
fn every_command_about_the_work_in_every_state() {
    super::decide_table::check(super::decide_table::ABOUT_WORK, EXPECTED);
}

const EXPECTED: &str = r#"
assign near: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
assign near: refused WrongPhase { call: CallId(1), phase: _, verb: "assigned" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
assign near: AssignmentCommitted
    OpenFresh OpenListed OpenNobody
assign near: refused WorkerNotOnDuty { worker: WorkerId(1), duty: Off }
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing
assign near: OfferWithdrawn AssignmentCommitted
    OpenOffered
assign near: AssignmentCommitted AttentionDone
    OpenManual
assign near: BroadcastOver AssignmentCommitted
    OpenBroadcast
assign near: AssignmentReserved
    OpenVisit
assign near: refused SameWorker { call: CallId(1), worker: WorkerId(1) }
    Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
assign near: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
assign near: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
assign near: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
assign far: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
assign far: refused WrongPhase { call: CallId(1), phase: _, verb: "assigned" }
    Gating Parked ParkedUnknown Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
assign far: AssignmentCommitted
    OpenFresh OpenWaiting OpenHeld OpenStepMissing OpenListed OpenNobody
assign far: OfferWithdrawn AssignmentCommitted
    OpenOffered
assign far: AssignmentCommitted AttentionDone
    OpenExhausted OpenManual
assign far: BroadcastOver AssignmentCommitted
    OpenBroadcast
assign far: AssignmentReserved
    OpenVisit
assign far: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
assign far: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
assign far: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reassign near: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
reassign near: refused WrongPhase { call: CallId(1), phase: _, verb: "reassigned" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
reassign near: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit
reassign near: refused SameWorker { call: CallId(1), worker: WorkerId(1) }
    Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
reassign near: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reassign near: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reassign near: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reassign far: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
reassign far: refused WrongPhase { call: CallId(1), phase: _, verb: "reassigned" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
reassign far: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit
reassign far: AssignmentReleased AssignmentReserved
    Scheduled
reassign far: AssignmentReleased AssignmentCommitted
    ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived
reassign far: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reassign far: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reassign far: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
depart: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
depart: refused WrongPhase { call: CallId(1), phase: _, verb: "departed for" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Arrived ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
depart: WorkerEnRoute
    Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst
depart: nothing
    EnRoute
depart: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
depart: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
depart: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
arrive: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
arrive: refused WrongPhase { call: CallId(1), phase: _, verb: "arrived at" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
arrive: WorkerArrived
    Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute
arrive: nothing
    Arrived
arrive: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
arrive: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
arrive: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
start: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
start: refused WrongPhase { call: CallId(1), phase: _, verb: "started" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenVisit ClosingAsked ClosingWaiting ClosingDenied CompletedRefund CanceledLingering
start: WorkStarted
    OpenNobody Assigned AssignedStrict AssignedFirst EnRoute Arrived
start: AssignmentCommitted WorkStarted
    Scheduled
start: refused WorkerNotOnDuty { worker: WorkerId(1), duty: Break }
    ScheduledDue
start: refused StepNotDone { call: CallId(1), step: "stock" }
    AssignedStepDenied AssignedShort
start: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
start: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
start: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
finish: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
finish: refused WrongPhase { call: CallId(1), phase: _, verb: "finished" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenVisit ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
finish: WorkStarted WorkFinished CallClosing StepAsked StepAnswered CallCompleted
    OpenNobody Assigned AssignedStrict AssignedFirst EnRoute Arrived
finish: AssignmentCommitted WorkStarted WorkFinished CallClosing StepAsked StepAnswered CallCompleted
    Scheduled
finish: refused WorkerNotOnDuty { worker: WorkerId(1), duty: Break }
    ScheduledDue
finish: refused StepNotDone { call: CallId(1), step: "stock" }
    AssignedStepDenied AssignedShort
finish: WorkFinished CallClosing StepAsked StepAnswered CallCompleted
    InService
abort: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
abort: refused WrongPhase { call: CallId(1), phase: _, verb: "aborted" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
abort: WorkAborted NobodyFound
    InService
settle: refused NoSuchCall(CallId(1))
    Unknown Completed CompletedPaid Canceled Unfilled Rejected
settle: refused NotClosing { call: CallId(1), phase: _, by: Cash }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
settle: refused StepNotDone { call: CallId(1), step: "pay" }
    ClosingAsked
settle: StepSettled CallCompleted
    ClosingWaiting
settle: StepSettled CallCompleted AttentionDone
    ClosingDenied
waive stock: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
waive stock: refused NothingToWaive { call: CallId(1), step: "stock" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingRejected Completed CompletedPaid CompletedRefund CanceledLingering
waive stock: StepWaived StepAsked StepAnswered CallEnded
    UnwindingWaiting
waive stock: StepWaived StepAsked StepAnswered CallEnded AttentionDone
    UnwindingDenied
waive manage: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
waive manage: refused NothingToWaive { call: CallId(1), step: "manage" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied Completed CompletedPaid CompletedRefund CanceledLingering
waive manage: StepWaived
    UnwindingAsked UnwindingWaiting UnwindingDenied
waive manage: StepWaived CallEnded
    UnwindingRejected
waive refund: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
waive refund: refused NoSuchStep { call: CallId(1), step: "refund", known: "manage, stock, pay" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CanceledLingering
waive refund: StepWaived AttentionDone
    CompletedRefund
retry: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
retry: refused NothingToRetry { call: CallId(1) }
    Gating OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedFirst EnRoute Arrived InService ClosingAsked UnwindingAsked Completed CompletedPaid CanceledLingering
retry: StepRetried
    Parked
retry: StepRetried CallResumed StepAsked
    ParkedUnknown
retry: StepRetried StepAsked StepAnswered
    OpenStepMissing AssignedStepDenied AssignedShort ClosingWaiting ClosingDenied UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund
refund: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
refund: refused WrongPhase { call: CallId(1), phase: _, verb: "refunded" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
refund: refused RefundTooMuch { call: CallId(1), left: Won(0) }
    Completed CompletedRefund
refund: CallRecalled RefundAsked StepAsked StepAnswered MoneyMoved
    CompletedPaid
refund a part: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
refund a part: refused WrongPhase { call: CallId(1), phase: _, verb: "refunded" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
refund a part: refused RefundTooMuch { call: CallId(1), left: Won(0) }
    Completed CompletedRefund
refund a part: CallRecalled RefundAsked StepAsked StepAnswered MoneyMoved
    CompletedPaid
refund too much: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
refund too much: refused WrongPhase { call: CallId(1), phase: _, verb: "refunded" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
refund too much: refused RefundTooMuch { call: CallId(1), left: Won(0) }
    Completed CompletedRefund
refund too much: refused RefundTooMuch { call: CallId(1), left: Won(20000) }
    CompletedPaid
refund by the customer: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
refund by the customer: refused OnlyOperator { verb: "refund" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund CanceledLingering
rate: refused NoSuchCall(CallId(1))
    Unknown Canceled Unfilled Rejected
rate: refused WrongPhase { call: CallId(1), phase: _, verb: "rated" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
rate: CallRecalled CallRated
    Completed CompletedPaid
rate: CallRated
    CompletedRefund
disposition: refused NoSuchCall(CallId(1))
    Unknown
disposition: refused WrongPhase { call: CallId(1), phase: _, verb: "given a disposition" }
    Gating Parked ParkedUnknown
disposition: DispositionSet
    OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
disposition: CallRecalled DispositionSet
    Completed CompletedPaid Canceled Unfilled Rejected
offer accept: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
offer accept: OfferAccepted AssignmentCommitted
    OpenOffered
offer accept: refused NameTheWorker(OfferId(1))
    OpenBroadcast AssignedFirst
offer accept near: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
offer accept near: OfferAccepted AssignmentCommitted
    OpenOffered
offer accept near: OfferAccepted BroadcastOver AssignmentCommitted
    OpenBroadcast
offer accept near: nothing
    AssignedFirst
offer accept far: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
offer accept far: refused NotAsked { offer: OfferId(1), worker: WorkerId(2) }
    OpenOffered OpenBroadcast AssignedFirst
offer decline: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
offer decline: OfferDeclined NobodyFound PlanExhausted AttentionRaised
    OpenOffered
offer decline: refused NameTheWorker(OfferId(1))
    OpenBroadcast
offer decline near: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
offer decline near: OfferDeclined NobodyFound PlanExhausted AttentionRaised
    OpenOffered
offer decline near: OfferDeclined BroadcastOver PlanExhausted AttentionRaised
    OpenBroadcast
offer decline far: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
offer decline far: refused NotAsked { offer: OfferId(1), worker: WorkerId(2) }
    OpenOffered OpenBroadcast
worker off: DutySet
    Unknown Gating Parked ParkedUnknown OpenFresh OpenManual OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Rejected
worker off: nothing
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing Unfilled
worker off: DutySet OfferWithdrawn NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off: DutySet AssignmentReleased NobodyFound
    Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived
worker off: DutySet AssignmentReleased NobodyFound PlanExhausted AttentionRaised
    AssignedFirst
worker off: refused WorkerWorking { worker: WorkerId(1), call: CallId(1) }
    InService
worker off --after-current: DutySet
    Unknown Gating Parked ParkedUnknown OpenFresh OpenManual OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Rejected
worker off --after-current: nothing
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing Unfilled
worker off --after-current: DutySet OfferWithdrawn NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off --abort: DutySet
    Unknown Gating Parked ParkedUnknown OpenFresh OpenManual OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Rejected
worker off --abort: nothing
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing Unfilled
worker off --abort: DutySet OfferWithdrawn NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off --abort: DutySet AssignmentReleased NobodyFound
    Assigned AssignedStrict AssignedStepDenied AssignedShort EnRoute Arrived
worker off --abort: DutySet AssignmentReleased NobodyFound PlanExhausted AttentionRaised
    AssignedFirst
worker off --abort: DutySet WorkAborted NobodyFound
    InService
"#;
