//! `ascall watch`, and the waiting of `request --wait`: open, look, close; never hold the desk between looks.

use crate::cli::clock;
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::call::CallCard;
use crate::cli::show::event::HappeningJson;
use crate::cli::show::status::{StatusCard, under_way};
use crate::desk::{CallRow, Desk, DeskError};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use clap::{Args, ValueEnum};
use std::time::{Duration, Instant};

/// Follow a call: a line for each thing that happens, and for each new place of its worker, until it ends.
///
/// Between looks the desk is free for others. What is due is done at each look.
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

/// The time between two looks: short at first, longer when nothing happens.
const PAUSE: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Looks until the call is that far.
pub(crate) async fn run(args: &Watch, cx: &mut Cx) -> Result<Exit, CliError> {
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
) -> Result<Exit, CliError> {
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
        crate::cli::cx::accepted(call, card)?;
    }
    verdict(call, goal, &row)
}

fn verdict(call: CallId, goal: Goal, row: &CallRow) -> Result<Exit, CliError> {
    match goal.reached(row.phase) {
        Ok(_) => Ok(Exit::Done),
        Err(()) => Err(CliError::ended_as(call, row.phase)),
    }
}

/// Opens, looks and closes until the call is as far as `goal` or never will be. A desk that others have in the
/// meantime is looked at a little later.
async fn look_until(
    cx: &mut Cx,
    call: CallId,
    goal: Goal,
    timeout: Option<Duration>,
    see: &mut dyn FnMut(&mut Cx, StatusCard) -> Result<(), CliError>,
) -> Result<CallRow, CliError> {
    let began = Instant::now();
    let mut pause = PAUSE;
    let mut last: Option<CallRow> = None;
    loop {
        match look(cx, call).await {
            Ok((row, status)) => {
                let moved = last.as_ref().is_none_or(|before| before.seq() != row.seq());
                pause = if moved { PAUSE } else { (pause * 2).min(PAUSE_MAX) };
                see(cx, status)?;
                if goal.reached(row.phase) != Ok(false) {
                    return Ok(row);
                }
                last = Some(row);
            }
            Err(Look::Busy(_)) if last.is_some() => {}
            Err(Look::Busy(error)) => return Err(error.into()),
            Err(Look::Other(error)) => return Err(error),
        }
        if let Some(timeout) = timeout
            && began.elapsed() + pause > timeout
        {
            let phase = last.map_or(Phase::Received, |row| row.phase);
            return Err(CliError::timed_out(call, goal.name(), phase));
        }
        tokio::time::sleep(pause).await;
    }
}

/// Why a look came to nothing.
enum Look {
    Busy(DeskError),
    Other(CliError),
}

impl From<DeskError> for Look {
    fn from(error: DeskError) -> Self {
        Self::Other(error.into())
    }
}

/// One look, which also does what is due.
async fn look(cx: &mut Cx, call: CallId) -> Result<(CallRow, StatusCard), Look> {
    let desk = match Desk::open(&cx.setup, "watch").await {
        Ok(desk) => desk,
        Err(error @ DeskError::Busy { .. }) => return Err(Look::Busy(error)),
        Err(error) => return Err(error.into()),
    };
    let settled = desk.settle(call).await;
    let seen = seen(cx, &desk, call).await;
    desk.close().await?;
    settled?;
    seen.map_err(Look::Other)
}

async fn seen(cx: &Cx, desk: &Desk, call: CallId) -> Result<(CallRow, StatusCard), CliError> {
    let book = desk.book();
    let row = book.call(call)?.ok_or_else(|| CliError::no_call(call))?;
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
