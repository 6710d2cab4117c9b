//! What every command about a call does in every state.

#[test]
fn every_command_about_a_call_in_every_state() {
    super::decide_table::check(super::decide_table::ABOUT_CALLS, EXPECTED);
}

const EXPECTED: &str = r#"
cancel: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
cancel: CallUnwinding
    Gating
cancel: CallUnwinding CallEnded
    Parked
cancel: CallUnwinding StepAsked
    ParkedUnknown
cancel: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenFresh OpenWaiting OpenHeld
cancel: OfferWithdrawn CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenOffered
cancel: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded AttentionDone
    OpenExhausted OpenManual
cancel: CallUnwinding StepAsked StepAnswered CallEnded
    OpenStepMissing
cancel: AssignmentReleased CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    Assigned Arrived
cancel: refused CancelTooLate { call: CallId(1), worker: WorkerId(1), profile: "repair" }
    AssignedStrict
cancel: AssignmentReleased CallUnwinding StepAsked StepAnswered CallEnded AttentionDone
    AssignedStepDenied
cancel: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
cancel: refused WrongPhase { call: CallId(1), phase: _, verb: "canceled" }
    ClosingAsked ClosingWaiting ClosingDenied
cancel: nothing
    UnwindingAsked UnwindingWaiting UnwindingDenied CanceledLingering
cancel: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
cancel --force: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
cancel --force: CallUnwinding
    Gating
cancel --force: CallUnwinding CallEnded
    Parked
cancel --force: CallUnwinding StepAsked
    ParkedUnknown
cancel --force: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenFresh OpenWaiting OpenHeld
cancel --force: OfferWithdrawn CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    OpenOffered
cancel --force: CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded AttentionDone
    OpenExhausted OpenManual
cancel --force: CallUnwinding StepAsked StepAnswered CallEnded
    OpenStepMissing
cancel --force: AssignmentReleased CallUnwinding StepAsked StepAnswered StepAsked StepAnswered CallEnded
    Assigned AssignedStrict Arrived
cancel --force: AssignmentReleased CallUnwinding StepAsked StepAnswered CallEnded AttentionDone
    AssignedStepDenied
cancel --force: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
cancel --force: refused WrongPhase { call: CallId(1), phase: _, verb: "canceled" }
    ClosingAsked ClosingWaiting ClosingDenied
cancel --force: nothing
    UnwindingAsked UnwindingWaiting UnwindingDenied CanceledLingering
cancel --force: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend place, near: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
amend place, near: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenHeld OpenManual Assigned AssignedStrict AssignedStepDenied Arrived
amend place, near: CallAmended NobodyFound
    OpenWaiting OpenExhausted OpenStepMissing
amend place, near: OfferWithdrawn CallAmended OfferSent
    OpenOffered
amend place, near: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
amend place, near: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
amend place, near: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend place, near: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend place, far: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
amend place, far: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenHeld OpenManual
amend place, far: CallAmended NobodyFound
    OpenWaiting OpenExhausted OpenStepMissing
amend place, far: OfferWithdrawn CallAmended NobodyFound PlanExhausted AttentionRaised
    OpenOffered
amend place, far: AssignmentReleased CallAmended NobodyFound
    Assigned AssignedStrict AssignedStepDenied Arrived
amend place, far: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
amend place, far: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
amend place, far: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend place, far: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend kind: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
amend kind: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenHeld OpenManual
amend kind: CallAmended NobodyFound
    OpenWaiting OpenExhausted OpenStepMissing
amend kind: OfferWithdrawn CallAmended NobodyFound PlanExhausted AttentionRaised
    OpenOffered
amend kind: AssignmentReleased CallAmended NobodyFound
    Assigned AssignedStrict AssignedStepDenied Arrived
amend kind: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
amend kind: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
amend kind: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend kind: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend cost: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
amend cost: CallAmended
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService
amend cost: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
amend cost: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend cost: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
amend nothing: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
amend nothing: refused NothingToAmend(CallId(1))
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService
amend nothing: refused WrongPhase { call: CallId(1), phase: _, verb: "amended" }
    ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
amend nothing: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
amend nothing: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
priority: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
priority: PrioritySet
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected
priority: refused WrongPhase { call: CallId(1), phase: _, verb: "given a priority" }
    CanceledLingering
hold: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
hold: refused WrongPhase { call: CallId(1), phase: _, verb: "held" }
    Gating Parked ParkedUnknown Assigned AssignedStrict AssignedStepDenied Arrived ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
hold: CallHeld
    OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing
hold: OfferWithdrawn CallHeld
    OpenOffered
hold: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
hold: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
hold: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
release: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
release: refused WrongPhase { call: CallId(1), phase: _, verb: "released" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
release: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenOffered OpenExhausted OpenManual OpenStepMissing
release: HoldEnded NobodyFound
    OpenHeld
release: AssignmentReleased NobodyFound
    Assigned AssignedStrict AssignedStepDenied Arrived
release: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
release: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
release: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
note: refused NoSuchCall(CallId(1))
    Unknown
note: NoteAdded
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
reopen: refused NoSuchCall(CallId(1))
    Unknown
reopen: refused WrongPhase { call: CallId(1), phase: _, verb: "reopened" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived ClosingAsked ClosingWaiting ClosingDenied
reopen: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reopen: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reopen: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reopen: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound
    Completed Canceled
reopen: CallReceived StepAsked
    CanceledLingering
assign near: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
assign near: refused WrongPhase { call: CallId(1), phase: _, verb: "assigned" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
assign near: AssignmentCommitted
    OpenFresh
assign near: refused WorkerNotOnDuty { worker: WorkerId(1), duty: Off }
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing
assign near: OfferWithdrawn AssignmentCommitted
    OpenOffered
assign near: AssignmentCommitted AttentionDone
    OpenManual
assign near: refused SameWorker { call: CallId(1), worker: WorkerId(1) }
    Assigned AssignedStrict AssignedStepDenied Arrived
assign near: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
assign near: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
assign near: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
assign far: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
assign far: refused WrongPhase { call: CallId(1), phase: _, verb: "assigned" }
    Gating Parked ParkedUnknown Assigned AssignedStrict AssignedStepDenied Arrived ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
assign far: AssignmentCommitted
    OpenFresh OpenWaiting OpenHeld OpenStepMissing
assign far: OfferWithdrawn AssignmentCommitted
    OpenOffered
assign far: AssignmentCommitted AttentionDone
    OpenExhausted OpenManual
assign far: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
assign far: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
assign far: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reassign near: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
reassign near: refused WrongPhase { call: CallId(1), phase: _, verb: "reassigned" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
reassign near: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing
reassign near: refused SameWorker { call: CallId(1), worker: WorkerId(1) }
    Assigned AssignedStrict AssignedStepDenied Arrived
reassign near: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reassign near: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reassign near: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
reassign far: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
reassign far: refused WrongPhase { call: CallId(1), phase: _, verb: "reassigned" }
    Gating Parked ParkedUnknown ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
reassign far: refused NoWorker { call: CallId(1) }
    OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing
reassign far: AssignmentReleased AssignmentCommitted
    Assigned AssignedStrict AssignedStepDenied Arrived
reassign far: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
reassign far: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
reassign far: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
arrive: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
arrive: refused WrongPhase { call: CallId(1), phase: _, verb: "arrived at" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
arrive: WorkerArrived
    Assigned AssignedStrict AssignedStepDenied
arrive: nothing
    Arrived
arrive: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
arrive: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
arrive: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
start: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
start: refused WrongPhase { call: CallId(1), phase: _, verb: "started" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
start: WorkStarted
    Assigned AssignedStrict Arrived
start: refused StepNotDone { call: CallId(1), step: "stock" }
    AssignedStepDenied
start: refused CallInService { call: CallId(1), worker: WorkerId(1) }
    InService
start: refused AlreadyUnwinding { call: CallId(1), target: Canceled }
    UnwindingAsked UnwindingWaiting UnwindingDenied
start: refused AlreadyUnwinding { call: CallId(1), target: Rejected }
    UnwindingRejected
finish: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
finish: refused WrongPhase { call: CallId(1), phase: _, verb: "finished" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
finish: WorkStarted WorkFinished CallClosing StepAsked StepAnswered CallCompleted
    Assigned AssignedStrict Arrived
finish: refused StepNotDone { call: CallId(1), step: "stock" }
    AssignedStepDenied
finish: WorkFinished CallClosing StepAsked StepAnswered CallCompleted
    InService
abort: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
abort: refused WrongPhase { call: CallId(1), phase: _, verb: "aborted" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
abort: WorkAborted NobodyFound
    InService
settle: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
settle: refused NotClosing { call: CallId(1), phase: _, by: Cash }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
settle: refused StepNotDone { call: CallId(1), step: "pay" }
    ClosingAsked
settle: StepSettled CallCompleted
    ClosingWaiting
settle: StepSettled CallCompleted AttentionDone
    ClosingDenied
waive stock: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
waive stock: refused NothingToWaive { call: CallId(1), step: "stock" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingRejected CanceledLingering
waive stock: StepWaived StepAsked StepAnswered CallEnded
    UnwindingWaiting
waive stock: StepWaived StepAsked StepAnswered CallEnded AttentionDone
    UnwindingDenied
waive manage: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
waive manage: refused NothingToWaive { call: CallId(1), step: "manage" }
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied CanceledLingering
waive manage: StepWaived
    UnwindingAsked UnwindingWaiting UnwindingDenied
waive manage: StepWaived CallEnded
    UnwindingRejected
retry: refused NoSuchCall(CallId(1))
    Unknown Completed Canceled
retry: refused NothingToRetry { call: CallId(1) }
    Gating OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual Assigned AssignedStrict Arrived InService ClosingAsked UnwindingAsked CanceledLingering
retry: StepRetried
    Parked
retry: StepRetried CallResumed StepAsked
    ParkedUnknown
retry: StepRetried StepAsked StepAnswered
    OpenStepMissing AssignedStepDenied ClosingWaiting ClosingDenied UnwindingWaiting UnwindingDenied UnwindingRejected
offer accept: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
offer accept: OfferAccepted AssignmentCommitted
    OpenOffered
offer decline: refused OfferOver(OfferId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
offer decline: OfferDeclined NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off: DutySet
    Unknown Gating Parked ParkedUnknown OpenFresh OpenManual ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
worker off: nothing
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing
worker off: DutySet OfferWithdrawn NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off: DutySet AssignmentReleased NobodyFound
    Assigned AssignedStrict AssignedStepDenied Arrived
worker off: refused WorkerWorking { worker: WorkerId(1), call: CallId(1) }
    InService
worker off --after-current: DutySet
    Unknown Gating Parked ParkedUnknown OpenFresh OpenManual Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
worker off --after-current: nothing
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing
worker off --after-current: DutySet OfferWithdrawn NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off --abort: DutySet
    Unknown Gating Parked ParkedUnknown OpenFresh OpenManual ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
worker off --abort: nothing
    OpenWaiting OpenHeld OpenExhausted OpenStepMissing
worker off --abort: DutySet OfferWithdrawn NobodyFound PlanExhausted AttentionRaised
    OpenOffered
worker off --abort: DutySet AssignmentReleased NobodyFound
    Assigned AssignedStrict AssignedStepDenied Arrived
worker off --abort: DutySet WorkAborted NobodyFound
    InService
"#;
