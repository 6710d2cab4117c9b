//! The customer is told at intervals that nobody has the call yet, and not any longer than that is so.

use super::goods::{field, said};
use super::kit::{bare, cancel, has, mode};
use crate::domain::command::{Command, NewCall};
use crate::domain::event::{Event, Mode};
use crate::domain::ids::{CallId, Millis, Time};
use crate::domain::profile::{
    FieldKind, NoticeOn, NoticeRule, Profile, Repeat, Role, Stage, Transport,
};
use crate::domain::testing::{Bench, START};

const CALL: CallId = CallId(1);

/// Told every five minutes, at most four times.
fn patient() -> Profile {
    let repeat = Some(Repeat { every_ms: Millis::mins(5), most: 4 });
    let (on, to, transport) = (NoticeOn::Searching, Role::Customer, Transport::Inbox);
    let rule = NoticeRule { on, to, transport, text: said(), repeat };
    let plan = vec![Stage::Auto { for_ms: None, claimable: false }];
    let fields = vec![field("visit", FieldKind::Time)];
    Profile { notices: vec![rule], plan, fields, ..bare() }
}

/// Minutes since the desk opened at which the customer was told, and the number of the interval.
fn told(desk: &Bench) -> Vec<(i64, u32)> {
    let minutes = |at: Time| (at.0 - START.0) / 60_000;
    let mut told = Vec::new();
    for record in &desk.journal {
        for event in &record.events {
            if let Event::StillSearching { nth, .. } = event {
                assert!(has(&record.events, "NoticeIssued"), "told in the same record");
                told.push((minutes(record.at), *nth));
            }
        }
    }
    told
}

#[test]
fn every_interval_once_and_no_more_than_so_often() {
    let mut desk = Bench::with(&[patient()]);
    desk.one();
    desk.pass(Millis::hours(3));
    assert_eq!(told(&desk), [(5, 1), (10, 2), (15, 3), (20, 4)]);
}

#[test]
fn after_a_downtime_it_is_said_once_for_all_intervals_that_passed() {
    let mut desk = Bench::with(&[patient()]);
    desk.one();
    desk.now = desk.now.plus(Millis::mins(12));
    desk.ok(Command::Tick);
    assert!(desk.ok(Command::Tick).is_empty());
    desk.pass(Millis::mins(4));
    assert_eq!(told(&desk), [(12, 2), (15, 3)]);
    desk.now = desk.now.plus(Millis::hours(9));
    desk.ok(Command::Tick);
    desk.pass(Millis::hours(1));
    assert_eq!(told(&desk)[2..], [(556, 4)], "the last of them");
}

#[test]
fn whoever_has_a_worker_is_not_told_and_whoever_lost_one_is_told_anew() {
    let mut desk = Bench::with(&[patient()]);
    desk.one();
    desk.pass(Millis::mins(6));
    desk.worker(0, 0);
    desk.pass(Millis::hours(1));
    assert_eq!(told(&desk), [(5, 1)]);
    desk.ok(Command::ReleaseCall { call: CALL, no_show: false });
    desk.pass(Millis::mins(6));
    assert_eq!(told(&desk), [(5, 1), (71, 1)]);
    desk.ok(cancel(CALL));
    desk.pass(Millis::hours(1));
    assert_eq!(told(&desk).len(), 2);
}

#[test]
fn a_held_call_is_not_spoken_of_and_begins_anew_afterwards() {
    let mut desk = Bench::with(&[patient()]);
    desk.one();
    desk.pass(Millis::mins(6));
    let until = desk.now.plus(Millis::mins(30));
    desk.ok(Command::HoldCall { call: CALL, until });
    desk.pass(Millis::mins(36));
    assert_eq!(told(&desk), [(5, 1), (41, 1)]);
}

#[test]
fn it_is_said_also_while_assign_is_stopped() {
    let mut desk = Bench::with(&[patient()]);
    desk.ok(mode("assign", Mode::Stopped));
    desk.one();
    desk.pass(Millis::mins(11));
    assert_eq!(told(&desk), [(5, 1), (10, 2)]);
}

#[test]
fn for_an_appointment_it_counts_from_when_somebody_is_searched() {
    let mut desk = Bench::with(&[patient()]);
    let Command::RequestCall(new) = crate::domain::testing::request("repair", 1, None) else {
        unreachable!("a request is one")
    };
    let visit = Some(desk.now.plus(Millis::mins(90)));
    desk.ok(Command::RequestCall(NewCall { visit, ..new }));
    desk.pass(Millis::mins(71));
    assert_eq!(told(&desk), [(65, 1), (70, 2)], "half an hour before it somebody is searched");
}
