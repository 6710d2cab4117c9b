//! Every state a call can be in, and how it gets there: the columns of the tables that enumerate `decide`.
//!
//! Invariant: in each of them the call is `C-1`, its worker (if any) is `W-1`, and `W-2` is on shift, free and so far
//! away that only a dispatcher would send them; there is one member, who has not called, and ten of [`PRODUCT`]. Each is
//! reached by commands and by time alone.

use super::goods::field;
use super::kit::{cancel, kind, mode, offers, stepped};
use super::money::ended;
use crate::domain::command::{Command, Current};
use crate::domain::event::{Duty, Event, FailKind, Mode, Outcome};
use crate::domain::ids::{CallId, Millis, OfferId, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{
    CancelUntil, Does, Field, FieldKind, PaymentRule, Position, Price, Profile, RequiredBefore,
    Stage, StockRule, UnknownProduct,
};
use crate::domain::testing::{Bench, START};

/// The call.
pub(super) const CALL: CallId = CallId(1);
/// The worker who is near.
pub(super) const NEAR: WorkerId = WorkerId(1);
/// The worker who is far.
pub(super) const FAR: WorkerId = WorkerId(2);
/// What there is ten of.
pub(super) const PRODUCT: &str = "mask";
/// The begin of the appointment, in the states that have one.
pub(super) const VISIT: Time = Time(START.0 + 5 * 3_600_000);

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
    /// On the open list.
    OpenListed,
    /// The near worker is being asked, and so might others be.
    OpenBroadcast,
    /// Nobody is needed.
    OpenNobody,
    /// For a visit in five hours; nobody is searched yet.
    OpenVisit,
    /// The near worker is reserved for a visit in five hours.
    Scheduled,
    /// The near worker is reserved for a visit in twenty minutes, and on a break.
    ScheduledDue,
    /// The near worker has it.
    Assigned,
    /// The near worker has it and the profile lets nobody cancel any more.
    AssignedStrict,
    /// The near worker has it, but a step that start needs was refused.
    AssignedStepDenied,
    /// The near worker has it, but there are too few goods.
    AssignedShort,
    /// The near worker was the first to say yes.
    AssignedFirst,
    /// The near worker is on the way.
    EnRoute,
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
    /// Done, paid with 20,000 won, and forgotten.
    CompletedPaid,
    /// Done and paid; all of it is to be given back, which was refused.
    CompletedRefund,
    /// Canceled and forgotten.
    Canceled,
    /// Canceled, and remembered because an answer may be under way.
    CanceledLingering,
    /// Nobody was found.
    Unfilled,
    /// The gate was refused.
    Rejected,
}

impl State {
    /// All of them, in the order of a call's life.
    pub(super) const ALL: [Self; 39] = [
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
        Self::OpenListed,
        Self::OpenBroadcast,
        Self::OpenNobody,
        Self::OpenVisit,
        Self::Scheduled,
        Self::ScheduledDue,
        Self::Assigned,
        Self::AssignedStrict,
        Self::AssignedStepDenied,
        Self::AssignedShort,
        Self::AssignedFirst,
        Self::EnRoute,
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
        Self::CompletedPaid,
        Self::CompletedRefund,
        Self::Canceled,
        Self::CanceledLingering,
        Self::Unfilled,
        Self::Rejected,
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
            | Self::OpenStepMissing
            | Self::OpenListed
            | Self::OpenBroadcast
            | Self::OpenNobody
            | Self::OpenVisit => Phase::Open,
            Self::Scheduled | Self::ScheduledDue => Phase::Scheduled,
            Self::Assigned
            | Self::AssignedStrict
            | Self::AssignedStepDenied
            | Self::AssignedShort
            | Self::AssignedFirst
            | Self::EnRoute
            | Self::Arrived => Phase::Assigned,
            Self::InService => Phase::InService,
            Self::ClosingAsked | Self::ClosingWaiting | Self::ClosingDenied => Phase::Closing,
            Self::UnwindingAsked
            | Self::UnwindingWaiting
            | Self::UnwindingDenied
            | Self::UnwindingRejected => Phase::Unwinding,
            Self::Completed | Self::CompletedPaid | Self::CompletedRefund => Phase::Completed,
            Self::Canceled | Self::CanceledLingering => Phase::Canceled,
            Self::Unfilled => Phase::Unfilled,
            Self::Rejected => Phase::Rejected,
        })
    }

    /// A desk with `C-1` in this state.
    pub(super) fn bench(self) -> Bench {
        let mut desk = Bench::with(&[profile(self)]);
        desk.worker(0, 0);
        desk.worker(5_000, 0);
        desk.join(900, None);
        desk.ok(Command::ReceiveStock { product: PRODUCT.to_owned(), qty: 10 });
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
            Self::OpenFresh | Self::OpenVisit | Self::Scheduled | Self::ScheduledDue => {
                desk.ok(mode("assign", Mode::Stopped));
            }
            Self::Rejected => drop(desk.ok(mode("manage", Mode::Failing(FailKind::Denied)))),
            Self::OpenWaiting | Self::OpenHeld | Self::OpenExhausted | Self::Unfilled => {
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
            Self::Unfilled => desk.pass(Millis::hours(25)),
            Self::OpenVisit | Self::Scheduled | Self::ScheduledDue => self.appointed(desk),
            Self::AssignedFirst => {
                desk.ok(Command::AcceptOffer { offer: OfferId(1), worker: Some(NEAR) });
            }
            Self::EnRoute => drop(desk.ok(Command::Depart { call: CALL })),
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
            Self::CompletedPaid | Self::CompletedRefund => {
                desk.ok(ended(CALL, Some(20_000)));
                if self == Self::CompletedRefund {
                    desk.ok(mode("pay", Mode::Failing(FailKind::Denied)));
                    let refund = Command::RefundCall { call: CALL, won: None };
                    desk.after(CALL, refund, Some("too late")).unwrap();
                }
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

    /// What is agreed for later.
    fn appointed(self, desk: &mut Bench) {
        desk.ok(Command::Reschedule { call: CALL, at: VISIT });
        if self != Self::OpenVisit {
            desk.ok(Command::AssignCall { call: CALL, worker: NEAR, force: false });
        }
        desk.ok(mode("assign", Mode::Running));
        if self == Self::ScheduledDue {
            let (duty, current) = (Duty::Break, Current::Keep);
            desk.ok(Command::SetDuty { worker: NEAR, duty, current });
            desk.pass(Millis::mins(4 * 60 + 40));
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
    profile.cancel.customer = Some(CancelUntil::Open);
    match state {
        State::OpenOffered => profile.plan = vec![offers(None)],
        State::OpenManual => profile.plan = vec![Stage::Manual { claimable: false }],
        State::OpenListed => profile.plan = vec![Stage::Claim { for_ms: None }],
        State::OpenBroadcast | State::AssignedFirst => {
            let (rings_m, ring_ms) = (vec![1_000, 5_000], Millis::secs(30));
            profile.plan = vec![Stage::Broadcast { rings_m, ring_ms, most: 5, claimable: true }];
        }
        State::OpenNobody => {
            let promise_ms = Millis::hours(24);
            profile.plan = vec![Stage::None { promise_ms, claimable: false }];
        }
        State::AssignedStrict => {
            (profile.cancel.until, profile.cancel.customer) = (CancelUntil::Open, None);
        }
        State::AssignedShort => {
            let product = Some(PRODUCT.to_owned());
            profile.fields.push(Field { default: product, ..field("product", FieldKind::Text) });
            let eleven = Some("11".to_owned());
            profile.fields.push(Field { default: eleven, ..field("qty", FieldKind::Count) });
            profile.steps[1].does = Does::Reserve;
            profile.stock = Some(StockRule {
                product: "product".to_owned(),
                quantity: "qty".to_owned(),
                unknown: UnknownProduct::Refuse,
            });
        }
        State::CompletedPaid | State::CompletedRefund => {
            profile.steps[2].does = Does::Charge;
            profile.payment = Some(PaymentRule { price: Price::Metered, limit: None });
        }
        _ => {}
    }
    profile
}

/// The names of events, those that follow one another collapsed.
pub(super) fn row(events: &[Event]) -> String {
    events.iter().map(kind).collect::<Vec<_>>().join(" ")
}
