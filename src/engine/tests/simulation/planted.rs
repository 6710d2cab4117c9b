//! Each planted bug is caught, and by a rule that speaks of it: a checker that never failed proves nothing.

use crate::run;
use ascall_engine::planted::{Bug, plant};
use std::num::NonZero;
use std::sync::Mutex;

/// Within so many seeds a bug must show.
const SEEDS: u64 = 400;

/// The rules that may catch a bug. A panic of the engine's own assertions counts as `assertion`.
fn expected(bug: Bug) -> &'static [&'static str] {
    match bug {
        Bug::AckBeforeCommit => &["J10", "J3"],
        Bug::SkipUndo => &["K3"],
        Bug::UndoForward => &["K3"],
        Bug::FreshKey => &["K5"],
        Bug::LostNotice => &["O1"],
        Bug::NoticeTwice => &["O2", "O7"],
        Bug::IdReused => &["I7"],
        Bug::OrdinalReused => &["I10"],
        Bug::PermitLeaked => &["V5", "L1", "L3", "L4", "L6", "T2"],
        Bug::StaleTimer => &["T2"],
        Bug::LostTimer => &["T2", "L1", "L4"],
        Bug::WrongRow => &["V1"],
        Bug::OldRow => &["V1"],
        Bug::WrongEvolve => &["A2"],
        Bug::KeyForgotten => &["I1", "I2"],
        Bug::LateOkIgnored => &["K3"],
        Bug::DoubleAssignment => &["A2"],
        Bug::ParkedReversed => &["Q2"],
        Bug::BreakerOpensEarly => &["B2"],
        Bug::BreakerLeaks => &["B3"],
        Bug::CancelForgotten => &["X1", "X3"],
        Bug::CancelKeepsOffer => &["A6"],
        Bug::SnapshotMissesChunk => &["V5"],
        Bug::SilentCall => &["K4"],
        Bug::UnpaidCompleted => &["M5"],
        Bug::DirtyRefusal => &["V5", "I7"],
        Bug::ChargedAgain => &["K5", "M2"],
        Bug::RefundLost => &["L6", "M3"],
        Bug::ReturnedTwice => &["G1", "G2"],
        Bug::ClaimOverwritten => &["A11"],
        Bug::CouponKept => &["M9", "V1"],
        Bug::ReservationOverlaps => &["A2"],
        Bug::BroadcastTakenTwice => &["A4", "A5", "A12", "assertion"],
        Bug::WorkersNotTold => &["O1"],
        Bug::RatedTwice => &["C8"],
        Bug::StaleRecall => &["C7", "M1"],
        Bug::RoundTooEarly => &["A13"],
        Bug::TurnsReversed => &["A14"],
        Bug::TakenForgotten => &["A2"],
        Bug::CallPassedOver => &["A15"],
    }
}

/// What is wrong with how a bug is caught; nothing: it is caught by a rule that speaks of it.
fn wrong_with(bug: Bug) -> Option<String> {
    // It is planted for this thread only.
    plant(Some(bug));
    let caught = (1..=SEEDS).find_map(|seed| run(seed).err());
    plant(None);
    let Some(failure) = caught else { return Some(format!("{bug:?} is never caught")) };
    println!("{bug:?}: {} (seed {})", failure.rule, failure.seed);
    let speaks = expected(bug).contains(&failure.rule.as_str());
    (!speaks).then(|| format!("{bug:?}: {failure}"))
}

#[test]
fn every_planted_bug_is_caught_by_a_rule_that_speaks_of_it() {
    let only = std::env::var("ASCALL_BUG").ok();
    let asked = |bug: &Bug| only.as_ref().is_none_or(|name| *name == format!("{bug:?}"));
    let bugs = Mutex::new(Bug::ALL.iter().copied().filter(asked));
    let next = || bugs.lock().unwrap().next();
    let work = || std::iter::from_fn(next).filter_map(wrong_with).collect::<Vec<_>>();
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let wrong = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
