//! Everybody's notices, read from the end of a real journal.

use super::*;
use crate::desk::profiles;
use ascall_engine::core::{Core, Founding};
use ascall_engine::domain::command::{Command, Contact, NewCall, Order};
use ascall_engine::domain::event::TelDigest;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::memory::MemoryJournal;

/// A desk that took this many repair calls.
fn desk(calls: u64) -> Core<MemoryJournal> {
    let founding = Founding { seed: 7, secret: [1; 32] };
    let mut core =
        Core::open(MemoryJournal::new(), Settings::default(), &founding, Time(1)).unwrap();
    let mut run = |command| {
        core.run(&[Order::by_operator("kim", command)], Time(1)).unwrap().answers.remove(0).unwrap()
    };
    let mut all = profiles::load(&[]).unwrap();
    all.retain(|profile| profile.name == "repair");
    run(Command::AdoptProfile(Box::new(all.remove(0))));
    for n in 1..=calls {
        let person = Person {
            name: Some("한가람".to_owned()),
            tel: Some(format!("0100000{n:04}")),
            address: Some("마포구 공덕동".to_owned()),
            card: None,
        };
        run(Command::RequestCall(NewCall {
            profile: "repair".to_owned(),
            contact: Contact { person, digest: Some(TelDigest(n)), reachable: true },
            kind: Some("냉장고".to_owned()),
            spot: None,
            cost: None,
            priority: 1,
            fields: BTreeMap::new(),
            lang: Lang::Ko,
            parent: None,
            member: None,
            visit: None,
        }));
    }
    core
}

/// The calls of everybody's newest notices.
fn newest(core: &Core<MemoryJournal>, limit: usize, until: Option<Seq>, open: &[u64]) -> Vec<u64> {
    let book = Book::of(core.store().clone());
    let reading = Reading { book: &book, subjects: &Subjects::new(), until };
    let open = open.iter().map(|call| CallId(*call)).collect();
    let found = reading.everybody(limit, &open).unwrap();
    assert!(found.is_sorted_by_key(|sent| sent.key), "oldest first");
    found.iter().map(|sent| sent.key.call.0).collect()
}

#[test]
fn everybodys_newest_notices_are_those_at_the_end_of_the_journal() {
    let core = desk(700);
    assert_eq!(newest(&core, 3, None, &[]), [698, 699, 700]);
    assert_eq!(newest(&core, 2_000, None, &[]).len(), 700, "page after page");
}

#[test]
fn what_was_told_later_was_not_known_then() {
    let core = desk(5);
    let of = |call| core.store().call(CallId(call)).unwrap().unwrap().seq();
    assert_eq!(newest(&core, 9, Some(of(3)), &[]), [1, 2, 3]);
    assert_eq!(newest(&core, 9, Some(Seq(1)), &[]), [] as [u64; 0]);
}

#[test]
fn an_older_notice_is_shown_besides_only_while_it_is_not_delivered() {
    let core = desk(5);
    assert_eq!(newest(&core, 2, None, &[1]), [4, 5], "the inbox has it at once");
}
