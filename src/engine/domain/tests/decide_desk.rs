//! What every command about the desk does whatever state a call is in.

#[test]
fn every_command_about_the_desk_in_every_state() {
    super::decide_table::check(super::decide_table::ABOUT_DESK, EXPECTED);
}

const EXPECTED: &str = r#"
open desk: refused DeskAlreadyOpen
    everywhere
step clock: ClockStepped AttentionRaised
    everywhere
profile, another: ProfileAdopted
    everywhere
profile, the same: nothing
    everywhere
participant, other probes: ParticipantSet
    everywhere
participant stop manage: ParticipantModeSet
    Unknown Gating ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied Completed Canceled
participant stop manage: nothing
    Parked UnwindingRejected
participant stop manage: refused NotLocal { name: "manage" }
    CanceledLingering
participant start manage: nothing
    Unknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied Completed Canceled
participant start manage: ParticipantModeSet
    Gating
participant start manage: ParticipantModeSet CallResumed StepAsked StepAnswered CallOpened StepAsked StepAnswered AssignmentCommitted
    Parked ParkedUnknown
participant start manage: ParticipantModeSet StepAsked StepAnswered CallEnded
    UnwindingRejected
participant start manage: refused NotLocal { name: "manage" }
    CanceledLingering
participant start stock: nothing
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual Assigned AssignedStrict Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingRejected Completed Canceled CanceledLingering
participant start stock: ParticipantModeSet StepAsked StepAnswered
    OpenStepMissing
participant start stock: ParticipantModeSet
    AssignedStepDenied UnwindingAsked UnwindingDenied
participant start stock: ParticipantModeSet StepAsked StepAnswered StepAsked StepAnswered CallEnded
    UnwindingWaiting
participant start pay: nothing
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
participant start pay: ParticipantModeSet
    ClosingAsked ClosingDenied
participant start pay: ParticipantModeSet StepAsked StepAnswered CallCompleted
    ClosingWaiting
participant stop assign: AssignModeSet
    Unknown Gating Parked ParkedUnknown OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
participant stop assign: nothing
    OpenFresh
participant start assign: nothing
    Unknown Gating Parked ParkedUnknown OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
participant start assign: AssignModeSet AssignmentCommitted QueueSwept
    OpenFresh
breaker open: BreakerMoved
    everywhere
breaker close: nothing
    everywhere
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound
    Unknown OpenWaiting OpenHeld OpenExhausted OpenStepMissing Assigned AssignedStrict Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingWaiting Completed Canceled
request: CallReceived StepAsked
    Gating ParkedUnknown CanceledLingering
request: CallReceived StepAsked StepAnswered CallParked
    Parked UnwindingRejected
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered
    OpenFresh
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound PlanExhausted AttentionRaised
    OpenOffered
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered AttentionRaised
    OpenManual
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound AttentionRaised
    AssignedStepDenied UnwindingDenied
request: CallReceived StepAsked StepAnswered CallOpened StepAsked NobodyFound
    UnwindingAsked
worker add: WorkerAdded
    Unknown Gating Parked ParkedUnknown OpenFresh OpenHeld OpenOffered OpenManual Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed Canceled CanceledLingering
worker add: WorkerAdded AssignmentCommitted
    OpenWaiting OpenStepMissing
worker add: WorkerAdded AssignmentCommitted AttentionDone
    OpenExhausted
keep positions: nothing
    everywhere
answer ok to the gate's first request: refused StaleAnswer
    Unknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing Assigned AssignedStrict AssignedStepDenied Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CanceledLingering
answer ok to the gate's first request: StepAnswered CallOpened StepAsked StepAnswered AssignmentCommitted
    Gating
answer ok to the gate's first request: StepAnswered CallResumed CallOpened StepAsked StepAnswered AssignmentCommitted
    Parked ParkedUnknown
answer ok to the gate's first request: AttentionRaised
    Completed Canceled
deliveries: nothing
    everywhere
tick: nothing
    everywhere
attention take: refused NoSuchAttention(AttentionId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenStepMissing Assigned AssignedStrict Arrived InService ClosingAsked ClosingWaiting UnwindingAsked UnwindingWaiting UnwindingRejected Completed Canceled CanceledLingering
attention take: AttentionTaken
    OpenExhausted OpenManual AssignedStepDenied ClosingDenied UnwindingDenied
attention done: refused NoSuchAttention(AttentionId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenStepMissing Assigned AssignedStrict Arrived InService ClosingAsked ClosingWaiting UnwindingAsked UnwindingWaiting UnwindingRejected Completed Canceled CanceledLingering
attention done: refused AttentionStands { attention: AttentionId(1), call: CallId(1) }
    OpenExhausted OpenManual AssignedStepDenied ClosingDenied UnwindingDenied
reveal: Revealed
    everywhere
"#;
