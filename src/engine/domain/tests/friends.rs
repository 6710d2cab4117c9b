//! Who is told what: friends, workers who are asked together, money, goods, appointments. Each once.

use super::goods::{asking, field, member, said, shop, taxi};
use super::kit::{bare, cancel, mode};
use crate::domain::command::{Command, NewCall};
use crate::domain::event::{
    AssignedBy, Decision, Event, FailKind, Mode, MoneyMove, NoticeKey, SettledBy, Why, Window,
    WorkOutcome,
};
use crate::domain::ids::{CallId, MemberId, Millis, OfferId, SubjectId, Won, WorkerId};
use crate::domain::profile::{
    Field, FieldKind, NoticeOn, NoticeRule, Position, Profile, RewardRule, Role, Stage, Transport,
};
use crate::domain::testing::{Bench, step};
use std::collections::BTreeSet;

const CALL: CallId = CallId(1);

fn rule(on: NoticeOn, to: Role) -> NoticeRule {
    NoticeRule { on, to, transport: Transport::Inbox, text: said(), repeat: None }
}

fn telling(rules: &[(NoticeOn, Role)]) -> Profile {
    Profile { notices: rules.iter().map(|(on, to)| rule(*on, *to)).collect(), ..bare() }
}

/// Who was told by which rule, in order; whoever could not be is marked so.
fn told(desk: &Bench) -> Vec<(u8, SubjectId, bool)> {
    let told = |event: &Event| match event {
        Event::NoticeIssued { notice: NoticeKey { rule, to, .. }, .. } => Some((*rule, *to, true)),
        Event::NoticeSuppressed { notice: NoticeKey { rule, to, .. } } => Some((*rule, *to, false)),
        _ => None,
    };
    desk.events().iter().filter_map(told).collect()
}

/// Which workers were told together, by which rule.
fn together(desk: &Bench) -> Vec<(u8, Vec<WorkerId>)> {
    let told = |event: &Event| match event {
        Event::WorkersTold { rule, workers, .. } => Some((*rule, workers.clone())),
        _ => None,
    };
    desk.events().iter().filter_map(told).collect()
}

/// A desk with a member whose friend can be told something or not, and the member's call with a worker.
fn accompanied(profile: Profile, reachable: bool) -> (Bench, SubjectId) {
    let mut desk = Bench::with(&[profile]);
    let mut new = member(1, None);
    let mut friend = member(2, None).contact;
    friend.reachable = reachable;
    new.friend = Some(friend);
    desk.ok(Command::AddMember(new));
    desk.worker(0, 0);
    desk.ok(Command::RequestCall(asking("repair", &[])));
    let call = desk.world.call(CALL).unwrap();
    let friend = call.member.unwrap().friend.unwrap();
    (desk, friend)
}

#[test]
fn the_friend_is_told_of_start_and_end_once_each() {
    let rules = [(NoticeOn::Started, Role::Friend), (NoticeOn::Finished, Role::Friend)];
    let (mut desk, friend) = accompanied(telling(&rules), true);
    desk.start(CALL);
    desk.finish(CALL);
    assert_eq!(told(&desk), [(0, friend, true), (1, friend, true)]);
}

#[test]
fn a_friend_who_cannot_be_reached_is_marked_so_and_without_a_friend_nobody_is() {
    let rules = [(NoticeOn::Started, Role::Friend)];
    let (mut desk, friend) = accompanied(telling(&rules), false);
    desk.start(CALL);
    assert_eq!(told(&desk), [(0, friend, false)]);
    let mut desk = Bench::with(&[telling(&rules)]);
    desk.worker(0, 0);
    desk.one();
    desk.start(CALL);
    assert!(told(&desk).is_empty());
}

#[test]
fn setting_out_and_what_follows_are_each_told() {
    let rules = [NoticeOn::EnRoute, NoticeOn::Arrived, NoticeOn::Started, NoticeOn::Finished]
        .map(|on| (on, Role::Customer));
    let mut desk = Bench::with(&[telling(&rules)]);
    desk.worker(0, 0);
    desk.one();
    desk.ok(Command::Depart { call: CALL });
    desk.ok(Command::Arrive { call: CALL });
    desk.start(CALL);
    desk.ok(Command::FinishWork { call: CALL, outcome: WorkOutcome::Done, fare: Some(Won(1)) });
    let rules: Vec<u8> = told(&desk).iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(rules, [0, 1, 2, 3]);
}

#[test]
fn whoever_waits_for_goods_is_told_and_whoever_gets_them_is_not() {
    let profile = Profile { notices: vec![rule(NoticeOn::Short, Role::Customer)], ..shop() };
    let mut desk = Bench::with(&[profile]);
    desk.receive(10);
    let served = desk.ordered(10);
    assert!(told(&desk).is_empty());
    let short = desk.ordered(1);
    let subject = desk.world.call(short).unwrap().subject;
    assert_eq!(told(&desk), [(0, subject, true)]);
    desk.ok(cancel(served));
    assert_eq!(told(&desk).len(), 1, "it has them now");
}

#[test]
fn a_gate_that_refuses_tells_of_no_shortage() {
    let mut profile = telling(&[(NoticeOn::Short, Role::Customer)]);
    profile.steps = vec![step("manage", Position::BeforeOpen), step("parts", Position::AfterOpen)];
    let mut desk = Bench::with(&[profile]);
    desk.ok(mode("manage", Mode::Failing(FailKind::Denied)));
    desk.one();
    assert!(told(&desk).is_empty());
}

/// A line that asks several at once, who are told together.
fn broadcasting() -> Profile {
    let rules = [(NoticeOn::Offered, Role::Worker), (NoticeOn::Withdrawn, Role::Worker)];
    let ring_ms = Millis::secs(30);
    let (rings_m, most) = (vec![1_000, 50_000], 20);
    Profile {
        plan: vec![Stage::Broadcast { rings_m, ring_ms, most, claimable: false }],
        ..telling(&rules)
    }
}

#[test]
fn workers_who_are_asked_together_are_told_together_and_so_are_those_who_lost() {
    let mut desk = Bench::with(&[broadcasting()]);
    let near = [desk.worker(0, 1), desk.worker(0, 2)];
    let far = desk.worker(0, 100);
    desk.one();
    assert_eq!(together(&desk), [(0, near.to_vec())]);
    desk.pass(Millis::secs(30));
    assert_eq!(together(&desk)[1..], [(0, vec![far])], "only those who are asked now");
    let offer = desk.world.call(CALL).unwrap().live_broadcast().unwrap().id;
    desk.ok(Command::AcceptOffer { offer, worker: Some(near[1]) });
    assert_eq!(together(&desk)[2..], [(1, vec![near[0], far])]);
    assert!(told(&desk).is_empty());
}

#[test]
fn in_one_record_nobody_is_told_the_same_twice() {
    let desk = {
        let mut desk = Bench::with(&[broadcasting()]);
        desk.worker(0, 1);
        desk.worker(0, 2);
        desk.one();
        desk
    };
    let ask = |workers: &[u64]| Event::BroadcastSent {
        offer: OfferId(9),
        call: CALL,
        workers: workers.iter().copied().map(WorkerId).collect(),
        ring: 0,
        deadline: desk.now,
        decision: Decision::default(),
    };
    let mut keys = BTreeSet::new();
    let mut told = |workers: &[u64]| -> Vec<Event> {
        let notices = desk.world.notices_after(&ask(workers));
        notices.into_iter().filter_map(|n| desk.world.untold(n, &mut keys)).collect()
    };
    assert!(matches!(&told(&[1])[..], [Event::WorkersTold { workers, .. }] if workers.len() == 1));
    assert!(
        matches!(&told(&[1, 2])[..], [Event::WorkersTold { workers, .. }] if workers == &[WorkerId(2)])
    );
    assert!(told(&[1, 2]).is_empty());
}

#[test]
fn what_is_not_delivered_by_the_commit_is_owed_to_each_of_them() {
    let mut profile = broadcasting();
    profile.notices[0].transport = Transport::Command;
    let mut desk = Bench::with(&[profile]);
    desk.worker(0, 1);
    desk.worker(0, 2);
    desk.one();
    let owed: Vec<Option<WorkerId>> = desk.world.notices().map(|(_, owed)| owed.worker).collect();
    assert_eq!(owed, [Some(WorkerId(1)), Some(WorkerId(2))]);
}

#[test]
fn an_appointment_is_told_when_it_is_made_and_when_it_is_moved() {
    let rules = [NoticeOn::Scheduled, NoticeOn::Rescheduled, NoticeOn::Assigned]
        .map(|on| (on, Role::Customer));
    let mut profile = telling(&rules);
    profile.plan = vec![Stage::Claim { for_ms: None }];
    profile.fields = vec![field("visit", FieldKind::Time)];
    let mut desk = Bench::with(&[profile]);
    let worker = desk.worker(0, 0);
    desk.one();
    let at = desk.now.plus(Millis::hours(5));
    desk.ok(Command::ClaimCall { call: CALL, worker, at: Some(at) });
    let window = Window { from: at, until: at.plus(Millis::mins(60)) };
    assert_eq!(desk.world.call(CALL).unwrap().window, Some(window));
    let at = desk.now.plus(Millis::hours(6));
    desk.ok(Command::Reschedule { call: CALL, at });
    desk.pass(Millis::hours(6));
    let subject = desk.world.call(CALL).unwrap().subject;
    assert_eq!(told(&desk), [(0, subject, true), (1, subject, true), (2, subject, true)]);
}

#[test]
fn money_and_coupons_are_told_to_whom_the_profile_says() {
    let rules = [
        (NoticeOn::Paid, Role::Customer),
        (NoticeOn::Refunded, Role::Customer),
        (NoticeOn::Coupon, Role::Customer),
    ];
    let rewards = vec![RewardRule { every: 10, coupon: Won(1_000) }];
    let notices = rules.iter().map(|(on, to)| rule(*on, *to)).collect();
    let mut desk = Bench::with(&[Profile { notices, rewards, ..taxi() }]);
    desk.join(1, Some("tok_1"));
    desk.ok(Command::RequestCall(asking("taxi", &[])));
    let moved = |what| Event::MoneyMoved { call: CALL, step: 0, what, lines: Vec::new() };
    let (member, nth, won) = (MemberId(1), 10, Won(1_000));
    let events = [
        moved(MoneyMove::Captured),
        moved(MoneyMove::Refunded),
        moved(MoneyMove::Settled(SettledBy::Cash)),
        Event::CouponGranted { member, call: CALL, nth, won },
    ];
    let rules: Vec<Option<u8>> = events
        .iter()
        .map(|event| match &desk.world.notices_after(event)[..] {
            [Event::NoticeIssued { notice, .. }] => Some(notice.rule),
            [] => None,
            other => unreachable!("{other:?}"),
        })
        .collect();
    assert_eq!(rules, [Some(0), Some(1), None, Some(2)]);
}

#[test]
fn the_worker_who_was_reserved_is_told_when_the_call_is_canceled() {
    let mut profile = telling(&[(NoticeOn::Released, Role::Worker)]);
    profile.plan = vec![Stage::Claim { for_ms: None }];
    profile.fields = vec![Field { required: true, ..field("visit", FieldKind::Time) }];
    let mut desk = Bench::with(&[profile]);
    let worker = desk.worker(0, 0);
    let visit = Some(desk.now.plus(Millis::hours(5)));
    let new = NewCall { visit, ..asking("repair", &[]) };
    desk.ok(Command::RequestCall(new));
    desk.ok(Command::ClaimCall { call: CALL, worker, at: None });
    let events = desk.ok(cancel(CALL));
    assert!(matches!(
        events[0],
        Event::AssignmentReleased { worker: released, why: Why::Canceled, .. } if released == worker
    ));
    assert!(desk.world.worker(worker).unwrap().reserved.is_empty());
    assert_eq!(told(&desk).len(), 1);
    let by = AssignedBy::Claim { overridden: false };
    assert!(
        desk.events()
            .iter()
            .any(|e| matches!(e, Event::AssignmentReserved { by: how, .. } if *how == by))
    );
}
