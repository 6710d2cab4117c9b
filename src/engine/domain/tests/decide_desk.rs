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
    Unknown Gating ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied Completed CompletedPaid CompletedRefund Canceled Unfilled Rejected
participant stop manage: nothing
    Parked UnwindingRejected
participant stop manage: refused NotLocal { name: "manage" }
    CanceledLingering
participant start manage: nothing
    Unknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied Completed CompletedPaid CompletedRefund Canceled Unfilled
participant start manage: ParticipantModeSet
    Gating Rejected
participant start manage: ParticipantModeSet CallResumed StepAsked StepAnswered CallOpened StepAsked StepAnswered AssignmentCommitted
    Parked ParkedUnknown
participant start manage: ParticipantModeSet StepAsked StepAnswered CallEnded
    UnwindingRejected
participant start manage: refused NotLocal { name: "manage" }
    CanceledLingering
participant start stock: nothing
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
participant start stock: ParticipantModeSet StepAsked StepAnswered
    OpenStepMissing
participant start stock: ParticipantModeSet
    AssignedStepDenied UnwindingAsked UnwindingDenied
participant start stock: ParticipantModeSet StepAsked StepAnswered StepAsked StepAnswered CallEnded
    UnwindingWaiting
participant start pay: nothing
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid Canceled CanceledLingering Unfilled Rejected
participant start pay: ParticipantModeSet
    ClosingAsked ClosingDenied CompletedRefund
participant start pay: ParticipantModeSet StepAsked StepAnswered CallCompleted
    ClosingWaiting
participant stop assign: AssignModeSet
    Unknown Gating Parked ParkedUnknown OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
participant stop assign: nothing
    OpenFresh
participant start assign: nothing
    Unknown Gating Parked ParkedUnknown OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
participant start assign: AssignModeSet AssignmentCommitted QueueSwept
    OpenFresh
breaker open: BreakerMoved
    everywhere
breaker close: nothing
    everywhere
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound
    Unknown OpenWaiting OpenHeld OpenExhausted OpenStepMissing OpenVisit Scheduled ScheduledDue Assigned AssignedStrict EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingWaiting Completed CompletedPaid CompletedRefund Canceled Unfilled
request: CallReceived StepAsked
    Gating ParkedUnknown CanceledLingering
request: CallReceived StepAsked StepAnswered CallParked
    Parked UnwindingRejected
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered
    OpenFresh OpenListed OpenNobody
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound PlanExhausted AttentionRaised
    OpenOffered OpenBroadcast AssignedFirst
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered AttentionRaised
    OpenManual
request: CallReceived StepAsked StepAnswered CallOpened StepAsked StepAnswered NobodyFound AttentionRaised
    AssignedStepDenied AssignedShort UnwindingDenied
request: CallReceived StepAsked StepAnswered CallOpened StepAsked NobodyFound
    UnwindingAsked
request: CallReceived StepAsked StepAnswered CallUnwinding CallEnded
    Rejected
stock receive: StockMoved
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
stock receive: StockMoved StepRetried StepAsked StepAnswered StockMoved AttentionDone
    AssignedShort
stock write-off: StockMoved
    everywhere
stock write-off, too much: refused StockShort { product: "mask", available: 10 }
    everywhere
stock write-off, unknown: refused UnknownProduct { product: "gloves", known: "mask" }
    everywhere
member add: MemberAdded
    everywhere
member add, known: refused MemberExists(MemberId(1))
    everywhere
member amend: MemberChanged
    everywhere
member amend nothing: nothing
    everywhere
member amend, unknown: refused NoSuchMember(MemberId(2))
    everywhere
worker add: WorkerAdded
    Unknown Gating Parked ParkedUnknown OpenFresh OpenHeld OpenOffered OpenManual OpenListed OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
worker add: WorkerAdded AssignmentCommitted
    OpenWaiting OpenStepMissing
worker add: WorkerAdded AssignmentCommitted AttentionDone
    OpenExhausted
worker add: WorkerAdded BroadcastSent
    OpenBroadcast
keep positions: nothing
    everywhere
answer ok to the gate's first request: refused StaleAnswer
    Unknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected CompletedRefund CanceledLingering
answer ok to the gate's first request: StepAnswered CallOpened StepAsked StepAnswered AssignmentCommitted
    Gating
answer ok to the gate's first request: StepAnswered CallResumed CallOpened StepAsked StepAnswered AssignmentCommitted
    Parked ParkedUnknown
answer ok to the gate's first request: AttentionRaised
    Completed CompletedPaid Canceled Unfilled Rejected
deliveries: nothing
    everywhere
resend: refused NoSuchNotice { notice: NoticeName { seq: Seq(1), rule: 0, to: SubjectId(1), transport: Webhook } }
    Unknown
resend: NoticeResent
    Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenExhausted OpenManual OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedStepDenied AssignedShort AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting ClosingDenied UnwindingAsked UnwindingWaiting UnwindingDenied UnwindingRejected Completed CompletedPaid CompletedRefund Canceled CanceledLingering Unfilled Rejected
resend, not issued yet: refused NoSuchNotice { notice: NoticeName { seq: Seq(9999), rule: 0, to: SubjectId(1), transport: Webhook } }
    everywhere
resend, to the inbox: refused NoticeStays { notice: NoticeName { seq: Seq(1), rule: 0, to: SubjectId(1), transport: Inbox } }
    everywhere
tick: nothing
    everywhere
attention take: refused NoSuchAttention(AttentionId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting UnwindingAsked UnwindingWaiting UnwindingRejected Completed CompletedPaid Canceled CanceledLingering Unfilled Rejected
attention take: AttentionTaken
    OpenExhausted OpenManual AssignedStepDenied AssignedShort ClosingDenied UnwindingDenied CompletedRefund
attention done: refused NoSuchAttention(AttentionId(1))
    Unknown Gating Parked ParkedUnknown OpenFresh OpenWaiting OpenHeld OpenOffered OpenStepMissing OpenListed OpenBroadcast OpenNobody OpenVisit Scheduled ScheduledDue Assigned AssignedStrict AssignedFirst EnRoute Arrived InService ClosingAsked ClosingWaiting UnwindingAsked UnwindingWaiting UnwindingRejected Completed CompletedPaid Canceled CanceledLingering Unfilled Rejected
attention done: refused AttentionStands { attention: AttentionId(1), call: CallId(1) }
    OpenExhausted OpenManual AssignedStepDenied AssignedShort ClosingDenied UnwindingDenied CompletedRefund
reveal: Revealed
    everywhere
"#;
