//! `ascall watch`, and the waiting of `request --wait`: as a guest at the desk, or as its host when there is none.

use crate::cli::cx::Cx;
use crate::desk::{CallRow, Desk};
use crate::front::clock;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::call::CallCard;
use crate::front::show::event::HappeningJson;
use crate::front::show::status::{StatusCard, under_way};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use clap::{Args, ValueEnum};
use std::time::{Duration, Instant};

/// Follow a call: a line for each thing that happens, and for each new place of its worker, until it ends.
///
/// When nobody else holds the desk, this does meanwhile: what is due is done, and others share it.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// Stop once the call is that far.
    #[arg(long, value_enum, value_name = "PHASE", default_value = "ended")]
    until: Goal,
    /// How long to watch at most; without it, until the call is that far.
    #[arg(long, value_parser = clock::span, allow_hyphen_values = true, value_name = "TIME")]
    timeout: Option<Duration>,
}

/// How far a call is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Goal {
    /// Its gates have passed.
    Open,
    /// A worker will come at its appointment, or has it already.
    Scheduled,
    /// A worker has it.
    Assigned,
    /// Work has begun.
    InService,
    /// It has ended.
    Ended,
}

impl Goal {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Scheduled => "scheduled",
            Self::Assigned => "assigned",
            Self::InService => "in_service",
            Self::Ended => "ended",
        }
    }

    /// Whether a call in `phase` is that far; `Err` when it never will be.
    fn reached(self, phase: Phase) -> Result<bool, ()> {
        let rank = match phase {
            Phase::Received | Phase::Gating | Phase::Parked => 0,
            Phase::Open => 1,
            Phase::Scheduled => 2,
            Phase::Assigned => 3,
            Phase::InService => 4,
            Phase::Closing => 5,
            Phase::Completed => 6,
            Phase::Unwinding => return Ok(false),
            Phase::Canceled | Phase::Unfilled | Phase::Rejected => {
                return if self == Self::Ended { Ok(true) } else { Err(()) };
            }
        };
        let needed = match self {
            Self::Open => 1,
            Self::Scheduled => 2,
            Self::Assigned => 3,
            Self::InService => 4,
            Self::Ended => 6,
        };
        Ok(rank >= needed)
    }
}

/// How often the place of a worker on the way is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Looks until the call is that far.
pub(crate) async fn run(args: &Watch, cx: &mut Cx) -> Result<Exit, UserError> {
    cx.must_exist()?;
    let (mut shown, mut place) = (0, None);
    let row = look_until(cx, args.call, args.until, args.timeout, &mut |cx, status| {
        let fresh: Vec<_> = status.timeline.iter().skip(shown).cloned().collect();
        shown = status.timeline.len();
        for happening in fresh {
            let line = happening.line(&cx.ui.look);
            cx.ui.next(&happening, &line)?;
        }
        let seen = status.place.as_ref().map(|place| place.time);
        if let Some(now) = status.place.as_ref().filter(|_| seen != place) {
            let moved = HappeningJson::moved(&status.call, now, &cx.ui.look);
            let line = moved.line(&cx.ui.look);
            cx.ui.next(&moved, &line)?;
        }
        place = seen.or(place);
        Ok(())
    })
    .await?;
    verdict(args.call, args.until, &row)
}

/// Waits for one call and shows it at the end.
pub(crate) async fn wait(
    cx: &mut Cx,
    call: CallId,
    goal: Goal,
    timeout: Duration,
) -> Result<Exit, UserError> {
    let mut last: Option<CallCard> = None;
    let ended = look_until(cx, call, goal, Some(timeout), &mut |_, status| {
        last = Some(status.call);
        Ok(())
    })
    .await;
    if let Some(card) = &last {
        let line = card.line(&cx.ui.look);
        cx.ui.one(card, &line)?;
    }
    let row = ended?;
    if let Some(card) = &last {
        card.accepted(call)?;
    }
    verdict(call, goal, &row)
}

fn verdict(call: CallId, goal: Goal, row: &CallRow) -> Result<Exit, UserError> {
    match goal.reached(row.phase) {
        Ok(_) => Ok(Exit::Done),
        Err(()) => Err(UserError::ended_as(call, row.phase)),
    }
}

/// Stays at the desk until the call is as far as `goal`, or never will be.
async fn look_until(
    cx: &mut Cx,
    call: CallId,
    goal: Goal,
    timeout: Option<Duration>,
    see: &mut dyn FnMut(&mut Cx, StatusCard) -> Result<(), UserError>,
) -> Result<CallRow, UserError> {
    let end = timeout.map(|timeout| Instant::now() + timeout);
    cx.stay("watch", end, async |cx: &mut Cx, desk| {
        loop {
            let (row, status) = seen(cx, desk, call).await?;
            see(cx, status)?;
            if goal.reached(row.phase) != Ok(false) {
                return Ok(row);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(UserError::timed_out(call, goal.name(), row.phase));
            }
            // Where a worker is on the way is no record, so it is looked at from time to time.
            let look = under_way(&row).map(|_| LOOK);
            let within = left.into_iter().chain(look).min().unwrap_or(Duration::MAX);
            desk.moved(call, row.seq(), within).await?;
        }
    })
    .await
}

async fn seen(cx: &Cx, desk: &Desk, call: CallId) -> Result<(CallRow, StatusCard), UserError> {
    let book = desk.book();
    let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
    let live = match under_way(&row) {
        Some(worker) => desk.place(worker).await?,
        None => None,
    };
    let status = StatusCard::read(&book, &row, live, cx.ui.veil_of_one(), &cx.ui.look)?;
    Ok((row, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_phase_reaches_an_earlier_goal() {
        assert_eq!(Goal::Assigned.reached(Phase::Open), Ok(false));
        for phase in [Phase::Assigned, Phase::InService, Phase::Closing, Phase::Completed] {
            assert_eq!(Goal::Assigned.reached(phase), Ok(true), "{phase}");
        }
        assert_eq!(Goal::Ended.reached(Phase::Closing), Ok(false));
        assert_eq!(Goal::Scheduled.reached(Phase::Scheduled), Ok(true));
        assert_eq!(Goal::Assigned.reached(Phase::Scheduled), Ok(false));
    }

    #[test]
    fn a_call_that_ended_otherwise_never_gets_there() {
        for phase in [Phase::Canceled, Phase::Unfilled, Phase::Rejected] {
            assert_eq!(Goal::Assigned.reached(phase), Err(()), "{phase}");
            assert_eq!(Goal::Ended.reached(phase), Ok(true), "{phase}");
        }
        assert_eq!(Goal::Assigned.reached(Phase::Unwinding), Ok(false));
    }
}
