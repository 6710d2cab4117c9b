//! The real desk under a random day: whatever is asked of it, its journal keeps every rule.
//!
//! Invariant: everything follows from the seed, which a failure prints. `ASCALL_SEEDS` makes it long.

use super::day::Day;
use super::*;

/// Steps of one day.
const STEPS: u32 = 400;

fn seeds() -> u64 {
    std::env::var("ASCALL_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

#[test]
fn a_random_day_of_the_real_desk_breaks_no_rule() {
    let mut looked_at = vec![0; Rule::ALL.len()];
    let mut found: BTreeMap<Rule, (u64, String)> = BTreeMap::new();
    let days = (0..seeds()).flat_map(|seed| {
        let of_rounds = (seed % 3 == 0).then(|| Day::of_rounds(seed));
        of_rounds.into_iter().chain([Day::new(seed)]).map(move |day| (seed, day))
    });
    for (seed, mut day) in days {
        for step in 0..STEPS {
            day.step();
            if step.is_multiple_of(20) {
                day.compare();
            }
        }
        day.settle();
        day.compare();
        let report = day.checker.finish(Quiet::Yes { at: day.now });
        for count in &report.rules {
            looked_at[count.rule as usize] += count.checked;
        }
        for fault in report.faults {
            let record = day.journal.iter().find(|r| r.seq == fault.seq);
            let sample = || (0, format!("seed {seed}: {fault}\n{record:?}"));
            found.entry(fault.rule).or_insert_with(sample).0 += 1;
        }
    }
    let lines: Vec<String> =
        found.values().map(|(times, sample)| format!("{times} times, first {sample}")).collect();
    assert!(found.is_empty(), "{}", lines.join("\n\n"));
    let idle: Vec<&str> =
        Rule::ALL.iter().filter(|r| looked_at[**r as usize] == 0).map(|r| r.id()).collect();
    assert_eq!(idle, Vec::<&str>::new(), "rules that were never looked at");
}

/// What may vanish without any other record betraying it: what it forbids or allows may never come.
const BETRAYED_BY_NOTHING: [&str; 27] = [
    "AssignModeSet",
    "AssignmentReserved",
    "AttentionDone",
    "AttentionTaken",
    "CallAmended",
    "CallHeld",
    "CallRated",
    "CallRecalled",
    "CallRescheduled",
    "ClockStepped",
    "DispatchDue",
    "DispositionSet",
    "DutySet",
    "HoldEnded",
    "NobodyFound",
    "NoticeAccepted",
    "NoticeFailed",
    "ParticipantModeSet",
    "ParticipantSet",
    "PrioritySet",
    "QueueSwept",
    "RoundHeld",
    "StageEntered",
    "StepRetried",
    "WorkStarted",
    "WorkerArrived",
    "WorkerEnRoute",
];

#[test]
fn an_event_taken_out_of_a_real_journal_is_missed() {
    let mut caught: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for seed in [3, 5, 8] {
        let mut day = Day::new(seed);
        for _ in 0..STEPS {
            day.step();
        }
        day.settle();
        let quiet = Quiet::Yes { at: day.now };
        let mut sampled: BTreeMap<String, u32> = BTreeMap::new();
        for at in 0..day.journal.len() {
            for which in 0..day.journal[at].events.len() {
                let name = kind_name(&day.journal[at].events[which]);
                let times = sampled.entry(name.clone()).or_default();
                *times += 1;
                if *times > 3 {
                    continue;
                }
                let mut book = Book { records: day.journal.clone() };
                book.records[at].events.remove(which);
                let count = caught.entry(name).or_default();
                count.0 += u32::from(!book.check(quiet).is_clean());
                count.1 += 1;
            }
        }
    }
    let missed: Vec<_> = caught
        .iter()
        .filter(|(kind, (n, of))| n < of && !BETRAYED_BY_NOTHING.contains(&kind.as_str()))
        .collect();
    assert!(missed.is_empty(), "taken out and not missed: {missed:?}");
}

fn kind_name(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}
