//! Every state a call can be in, and how it gets there: the columns of the tables that enumerate `decide`.
//!
//! Invariant: in each of them the call is `C-1`, its worker (if any) is `W-1`, and `W-2` is on shift, free and so far
//! away that only a dispatcher would send them. Each is reached by commands and by time alone.

use super::kit::{cancel, kind, mode, offers, stepped};
use crate::domain::command::{Command, Current};
use crate::domain::event::{Duty, Event, FailKind, Mode, Outcome};
use crate::domain::ids::{CallId, Millis, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{CancelUntil, Position, Profile, RequiredBefore, Stage};
use crate::domain::testing::{Bench, START};

/// The call.
pub(super) const CALL: CallId = CallId(1);
/// The worker who is near.
pub(super) const NEAR: WorkerId = WorkerId(1);
/// The worker who is far.
pub(super) const FAR: WorkerId = WorkerId(2);

/// Where a call stands, as finely as any rule looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// No call was ever taken.
    Unknown,
    /// The gate has been asked and has not answered.
    Gating,
    /// The gate could surely not be asked.
    Parked,
    /// The gate may have passed.
    ParkedUnknown,
    /// An attempt is owed: `assign` is stopped.
    OpenFresh,
    /// Nobody suits.
    OpenWaiting,
    /// Left alone for an hour.
    OpenHeld,
    /// The near worker is being asked.
    OpenOffered,
    /// The plan is over.
    OpenExhausted,
    /// The plan leaves it to a dispatcher.
    OpenManual,
    /// A step that start needs is not done.
    OpenStepMissing,
    /// The near worker has it.
    Assigned,
    /// The near worker has it and the profile lets nobody cancel any more.
    AssignedStrict,
    /// The near worker has it, but a step that start needs was refused.
    AssignedStepDenied,
    /// The near worker is there.
    Arrived,
    /// Work goes on.
    InService,
    /// The last gate has been asked and has not answered.
    ClosingAsked,
    /// The last gate waits to be asked again.
    ClosingWaiting,
    /// The last gate was refused.
    ClosingDenied,
    /// Canceled; an undo is out.
    UnwindingAsked,
    /// Canceled; an undo waits.
    UnwindingWaiting,
    /// Canceled; an undo was refused.
    UnwindingDenied,
    /// On the way to rejected; an undo waits.
    UnwindingRejected,
    /// Done and forgotten.
    Completed,
    /// Canceled and forgotten.
    Canceled,
    /// Canceled, and remembered because an answer may be under way.
    CanceledLingering,
}

impl State {
    /// All of them, in the order of a call's life.
    pub(super) const ALL: [Self; 26] = [
        Self::Unknown,
        Self::Gating,
        Self::Parked,
        Self::ParkedUnknown,
        Self::OpenFresh,
        Self::OpenWaiting,
        Self::OpenHeld,
        Self::OpenOffered,
        Self::OpenExhausted,
        Self::OpenManual,
        Self::OpenStepMissing,
        Self::Assigned,
        Self::AssignedStrict,
        Self::AssignedStepDenied,
        Self::Arrived,
        Self::InService,
        Self::ClosingAsked,
        Self::ClosingWaiting,
        Self::ClosingDenied,
        Self::UnwindingAsked,
        Self::UnwindingWaiting,
        Self::UnwindingDenied,
        Self::UnwindingRejected,
        Self::Completed,
        Self::Canceled,
        Self::CanceledLingering,
    ];

    /// The phase in it; none: there is no call.
    pub(super) fn phase(self) -> Option<Phase> {
        Some(match self {
            Self::Unknown => return None,
            Self::Gating => Phase::Gating,
            Self::Parked | Self::ParkedUnknown => Phase::Parked,
            Self::OpenFresh
            | Self::OpenWaiting
            | Self::OpenHeld
            | Self::OpenOffered
            | Self::OpenExhausted
            | Self::OpenManual
            | Self::OpenStepMissing => Phase::Open,
            Self::Assigned | Self::AssignedStrict | Self::AssignedStepDenied | Self::Arrived => {
                Phase::Assigned
            }
            Self::InService => Phase::InService,
            Self::ClosingAsked | Self::ClosingWaiting | Self::ClosingDenied => Phase::Closing,
            Self::UnwindingAsked
            | Self::UnwindingWaiting
            | Self::UnwindingDenied
            | Self::UnwindingRejected => Phase::Unwinding,
            Self::Completed => Phase::Completed,
            Self::Canceled | Self::CanceledLingering => Phase::Canceled,
        })
    }

    /// A desk with `C-1` in this state.
    pub(super) fn bench(self) -> Bench {
        let mut desk = Bench::with(&[profile(self)]);
        desk.worker(0, 0);
        desk.worker(5_000, 0);
        self.before(&mut desk);
        if self != Self::Unknown {
            assert_eq!(desk.one(), CALL);
        }
        self.after(&mut desk);
        if let Some(phase) = self.phase() {
            assert_eq!(desk.phase(CALL), phase, "{self:?}: {:?}", desk.events());
        }
        desk
    }

    /// What is the case before the call comes in.
    fn before(self, desk: &mut Bench) {
        let slow = Mode::Slow { fixed: Millis(100), random: Millis(0) };
        match self {
            Self::Gating => drop(desk.ok(mode("manage", slow))),
            Self::Parked => drop(desk.ok(mode("manage", Mode::Stopped))),
            Self::ParkedUnknown | Self::UnwindingRejected => {
                desk.ok(mode("manage", Mode::Failing(FailKind::Lost)));
            }
            Self::OpenFresh => drop(desk.ok(mode("assign", Mode::Stopped))),
            Self::OpenWaiting | Self::OpenHeld | Self::OpenExhausted => {
                desk.ok(Command::SetDuty { worker: NEAR, duty: Duty::Off, current: Current::Keep });
            }
            Self::OpenStepMissing => {
                desk.ok(Command::SetDuty { worker: NEAR, duty: Duty::Off, current: Current::Keep });
                desk.ok(mode("stock", Mode::Stopped));
            }
            Self::AssignedStepDenied => {
                desk.ok(mode("stock", Mode::Failing(FailKind::Denied)));
            }
            Self::CanceledLingering => desk.outside("manage"),
            _ => {}
        }
    }

    /// What happens once it is there.
    fn after(self, desk: &mut Bench) {
        let slow = Mode::Slow { fixed: Millis(100), random: Millis(0) };
        match self {
            Self::ParkedUnknown => desk.pass(Millis(700)),
            Self::OpenHeld => {
                let until = Time(START.0 + 3_600_000);
                desk.ok(Command::HoldCall { call: CALL, until });
            }
            Self::OpenExhausted => desk.pass(Millis::mins(11)),
            Self::Arrived => drop(desk.ok(Command::Arrive { call: CALL })),
            Self::InService | Self::ClosingAsked | Self::ClosingWaiting | Self::ClosingDenied => {
                desk.start(CALL);
                match self {
                    Self::ClosingAsked => drop(desk.ok(mode("pay", slow))),
                    Self::ClosingWaiting => drop(desk.ok(mode("pay", Mode::Stopped))),
                    Self::ClosingDenied => {
                        desk.ok(mode("pay", Mode::Failing(FailKind::Denied)));
                    }
                    _ => return,
                }
                desk.finish(CALL);
            }
            Self::UnwindingAsked | Self::UnwindingWaiting | Self::UnwindingDenied => {
                desk.ok(mode(
                    "stock",
                    match self {
                        Self::UnwindingAsked => slow,
                        Self::UnwindingWaiting => Mode::Stopped,
                        _ => Mode::Failing(FailKind::Denied),
                    },
                ));
                desk.ok(cancel(CALL));
            }
            Self::UnwindingRejected => {
                desk.pass(Millis(700));
                desk.ok(mode("manage", Mode::Stopped));
                desk.pass(Millis::hours(2));
            }
            Self::Completed => {
                desk.start(CALL);
                desk.finish(CALL);
            }
            Self::Canceled => drop(desk.ok(cancel(CALL))),
            Self::CanceledLingering => {
                desk.answer(CALL, 0, Outcome::Ok);
                desk.ok(cancel(CALL));
                desk.answer(CALL, 0, Outcome::Ok);
            }
            _ => {}
        }
    }
}

/// A gate at each end and a step between them, and the plan that the state needs. Nobody is told anything.
fn profile(state: State) -> Profile {
    let mut profile = stepped(&[
        ("manage", Position::BeforeOpen),
        ("stock", Position::AfterOpen),
        ("pay", Position::BeforeComplete),
    ]);
    profile.steps[1].required_before = Some(RequiredBefore::Start);
    profile.dispatch.max_metres = Some(50_000);
    match state {
        State::OpenOffered => profile.plan = vec![offers(None)],
        State::OpenManual => profile.plan = vec![Stage::Manual],
        State::AssignedStrict => profile.cancel.until = CancelUntil::Open,
        _ => {}
    }
    profile
}

/// The names of events, those that follow one another collapsed.
pub(super) fn row(events: &[Event]) -> String {
    events.iter().map(kind).collect::<Vec<_>>().join(" ")
}
