//! The how manyth call of its line: given with the call, found again by it, also when the call has ended.

use super::Core;
use crate::core::Founding;
use crate::domain::command::{Command, Order, Receipt, Standing};
use crate::domain::event::{Event, Record};
use crate::domain::ids::{CallId, Millis, ProfileId, Time};
use crate::domain::phase::Phase;
use crate::domain::profile::Profile;
use crate::domain::testing::{START, repair, request};
use crate::domain::world::{Settings, World};
use crate::journal::memory::MemoryJournal;
use crate::views::Store;

fn opened(journal: MemoryJournal, now: Time) -> Core<MemoryJournal> {
    let founding = Founding { seed: 7, secret: [1; 32] };
    Core::open(journal, Settings::default(), &founding, now).unwrap()
}

fn run(core: &mut Core<MemoryJournal>, commands: &[Command]) -> Vec<Receipt> {
    let orders: Vec<Order> =
        commands.iter().map(|command| Order::by_operator("kim", command.clone())).collect();
    let now = core.world().at().max(START).plus(Millis(1));
    core.run(&orders, now).unwrap().answers.into_iter().map(Result::unwrap).collect()
}

fn line(name: &str, park_max: Millis) -> Command {
    let spec = Profile { name: name.to_owned(), park_max_ms: park_max, ..repair() };
    Command::AdoptProfile(Box::new(spec))
}

fn cancel(call: u64) -> Command {
    Command::CancelCall { call: CallId(call), force: false }
}

/// Two lines; calls 1 and 3 are of the first, 2, 4 and 5 of the second, which has another version since call 4.
fn desk() -> Core<MemoryJournal> {
    let mut core = opened(MemoryJournal::new(), START);
    let hour = Millis::hours(1);
    run(&mut core, &[line("repair", hour), line("driver", hour)]);
    let taken = |line, tel| request(line, tel, None);
    run(&mut core, &[taken("repair", 1), taken("driver", 2), taken("repair", 3)]);
    run(&mut core, &[taken("driver", 4), line("driver", Millis::hours(2)), taken("driver", 5)]);
    core
}

fn calls(store: &Store, line: &str, from: u64, to: u64) -> Vec<u64> {
    store.counted(line, from..=to).unwrap().iter().map(|row| row.call.0).collect()
}

fn found(core: &Core<MemoryJournal>) {
    let store = core.store();
    assert_eq!((calls(store, "repair", 1, 1), calls(store, "driver", 1, 1)), (vec![1], vec![2]));
    assert_eq!(calls(store, "driver", 0, u64::MAX), [2, 4, 5], "a version counts on");
    assert_eq!(calls(store, "driver", 2, 2), [4]);
    assert_eq!(calls(store, "driver", 4, 9), Vec::<u64>::new());
    assert_eq!(calls(store, "repair", u64::MAX, u64::MAX), Vec::<u64>::new());
    assert_eq!(calls(store, "taxi", 1, 9), Vec::<u64>::new());
    let counts = ["repair", "driver", "taxi"].map(|line| store.count(line).unwrap());
    assert_eq!(counts, [2, 3, 0]);
}

#[test]
fn calls_are_counted_in_their_line_and_found_live_ended_archived_and_after_a_crash() {
    let mut core = desk();
    found(&core);
    run(&mut core, &[cancel(1), cancel(4)]);
    found(&core);
    let now = core.world().at();
    core.maintain(now).unwrap();
    found(&core);
    let mut core = opened(core.into_journal(), now);
    found(&core);
    let next = run(&mut core, &[request("repair", 9, None)]);
    assert_eq!(next[0].stands.unwrap().ordinal, 3, "a snapshot and an archive count on");
}

#[test]
fn whoever_asks_is_told_how_their_call_stands_without_its_row() {
    let mut core = desk();
    let told = run(&mut core, &[request("repair", 9, None), cancel(1)]);
    let stands = |phase, ordinal| Some(Standing { ordinal, phase, retry_at: None });
    assert_eq!(told[0].stands, stands(Phase::Open, 3));
    assert_eq!(told[1].stands, stands(Phase::Canceled, 1), "also of a call that is forgotten");
}

#[test]
fn records_from_before_calls_were_counted_are_counted_as_they_are_read() {
    let core = desk();
    let mut old: Vec<Record> = Vec::new();
    core.store()
        .each_record(crate::domain::ids::Seq(1), |record| {
            old.push(record);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    for event in old.iter_mut().flat_map(|record| &mut record.events) {
        if let Event::CallReceived { ordinal, .. } = event {
            *ordinal = 0;
        }
    }
    let mut world = World::new(Settings::default());
    for record in &old {
        world.replay(record);
    }
    let counted: Vec<(u64, u64)> = world.calls().map(|call| (call.id.0, call.ordinal)).collect();
    assert_eq!(counted, [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)]);
    let driver = world.line("driver").unwrap();
    assert_eq!((driver.number, driver.calls), (ProfileId(2), 3), "named by its first version");
}
