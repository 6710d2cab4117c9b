//! Questions to several workers: rings, the first yes, those who lose, and what takes a question back.

use super::kit::{cancel, has, kinds, mode, offers, planned};
use crate::domain::call::Broadcast;
use crate::domain::command::{Amendment, Command, Current};
use crate::domain::event::{AssignedBy, Concern, Duty, Event, Mode, Spot, Verdict, Why};
use crate::domain::ids::{CallId, Millis, OfferId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Profile, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::snapshot::Part;
use crate::domain::testing::{Bench, START, request, seoul};
use crate::domain::worker::Availability;

/// Rings of 500, 1,500 and 5,000 metres, ten seconds each. A thousandth of a degree north is 111 metres.
fn rings(most: u32) -> Stage {
    Stage::Broadcast {
        rings_m: vec![500, 1_500, 5_000],
        ring_ms: Millis::secs(10),
        most,
        claimable: false,
    }
}

fn desk(plan: &[Stage]) -> Bench {
    Bench::with(&[planned(plan)])
}

fn broadcast(desk: &Bench, call: CallId) -> &Broadcast {
    desk.world.call(call).unwrap().live_broadcast().unwrap()
}

fn asked(desk: &Bench, call: CallId) -> Vec<WorkerId> {
    broadcast(desk, call).asked.iter().copied().collect()
}

fn accept(offer: OfferId, worker: WorkerId) -> Command {
    Command::AcceptOffer { offer, worker: Some(worker) }
}

fn decline(offer: OfferId, worker: WorkerId) -> Command {
    Command::DeclineOffer { offer, worker: Some(worker) }
}

/// Why the newest broadcast is over, and who lost it.
fn over(events: &[Event]) -> (Why, Vec<WorkerId>) {
    let over = events.iter().find_map(|event| match event {
        Event::BroadcastOver { why, losers, .. } => Some((*why, losers.clone())),
        _ => None,
    });
    over.unwrap()
}

#[test]
fn the_nearest_of_the_first_ring_are_asked_at_once_and_stay_available() {
    let mut desk = desk(&[rings(2)]);
    let (third, first, second) = (desk.worker(3, 0), desk.worker(1, 0), desk.worker(2, 0));
    desk.worker(9, 0);
    let call = desk.one();
    assert_eq!(asked(&desk, call), [first, second]);
    assert_eq!(broadcast(&desk, call).deadline, desk.now.plus(Millis::secs(10)));
    let world = &desk.world;
    let available = world.workers().all(|w| w.availability() == Availability::Available);
    assert!(available && !asked(&desk, call).contains(&third));
    let Some(Event::BroadcastSent { workers, ring, decision, .. }) =
        desk.journal.last().unwrap().events.last()
    else {
        unreachable!("the record ends with the question");
    };
    assert_eq!((workers.as_slice(), *ring), ([first, second].as_slice(), 0));
    assert_eq!(decision.chosen.unwrap().worker, first);
    assert_eq!(decision.counts, [(Verdict::Suitable, 2)].into());
}

#[test]
fn the_first_yes_has_the_call_and_every_other_is_told_who_was_first() {
    let mut desk = desk(&[rings(20)]);
    let (late, first, other) = (desk.worker(1, 0), desk.worker(2, 0), desk.worker(3, 0));
    let call = desk.one();
    let offer = broadcast(&desk, call).id;
    let events = desk.ok(accept(offer, first));
    assert_eq!(kinds(&events), ["OfferAccepted", "BroadcastOver", "AssignmentCommitted"]);
    assert_eq!(over(&events), (Why::Taken, vec![late, other]));
    let has = desk.world.call(call).unwrap().assignment.unwrap();
    assert_eq!((has.worker, has.by), (first, AssignedBy::Offer(offer)));
    assert_eq!(desk.no(accept(offer, late)), Refusal::CallTaken { call, worker: first });
    assert!(desk.ok(accept(offer, first)).is_empty(), "the winner says it again");
    assert_eq!(desk.no(decline(offer, late)), Refusal::OfferOver(offer));
    desk.ok(Command::ReleaseCall { call, no_show: false });
    assert_ne!(broadcast(&desk, call).id, offer, "it is asked about anew");
    assert_eq!(desk.no(accept(offer, late)), Refusal::OfferOver(offer));
}

#[test]
fn who_answers_must_be_named_and_must_have_been_asked() {
    let mut desk = desk(&[rings(20)]);
    let near = desk.worker(1, 0);
    let far = desk.worker(100, 0);
    let call = desk.one();
    let offer = broadcast(&desk, call).id;
    for worker in [None, Some(far), Some(WorkerId(9))] {
        let expected = match worker {
            None => Refusal::NameTheWorker(offer),
            Some(worker) if worker == far => Refusal::NotAsked { offer, worker },
            Some(worker) => Refusal::NoSuchWorker(worker),
        };
        assert_eq!(desk.no(Command::AcceptOffer { offer, worker }), expected);
        assert_eq!(desk.no(Command::DeclineOffer { offer, worker }), expected);
    }
    desk.ok(decline(offer, near));
    assert_eq!(desk.no(accept(offer, near)), Refusal::NotAsked { offer, worker: near });

    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    let (asked, other) = (desk.worker(1, 0), desk.worker(2, 0));
    let call = desk.one();
    let offer = desk.offer_of(call).unwrap();
    let not_asked = Refusal::NotAsked { offer, worker: other };
    assert_eq!(desk.no(accept(offer, other)), not_asked);
    assert_eq!(desk.no(decline(offer, other)), not_asked);
    desk.ok(accept(offer, asked));
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(asked));
}

#[test]
fn a_ring_without_an_answer_widens_under_the_same_number() {
    let mut desk = desk(&[rings(20)]);
    let (near, middle, far) = (desk.worker(1, 0), desk.worker(9, 0), desk.worker(40, 0));
    let call = desk.one();
    let offer = broadcast(&desk, call).id;
    assert_eq!(asked(&desk, call), [near]);
    desk.pass(Millis(9_999));
    assert_eq!(asked(&desk, call), [near]);
    desk.pass(Millis(1));
    assert_eq!(asked(&desk, call), [near, middle]);
    desk.pass(Millis::secs(10));
    assert_eq!((broadcast(&desk, call).id, broadcast(&desk, call).ring), (offer, 2));
    assert_eq!(asked(&desk, call), [near, middle, far]);
    desk.ok(accept(offer, near));
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(near), "asked in the first ring");
    let sent = desk.events().into_iter().filter_map(|event| match event {
        Event::BroadcastSent { workers, .. } => Some(workers),
        _ => None,
    });
    assert_eq!(sent.collect::<Vec<_>>(), [[near], [middle], [far]], "nobody is asked twice");
}

#[test]
fn a_ring_in_which_nobody_is_and_one_in_which_all_said_no_are_not_waited_for() {
    let mut desk = desk(&[rings(20)]);
    let (one, two, far) = (desk.worker(9, 0), desk.worker(10, 0), desk.worker(40, 0));
    let call = desk.one();
    assert_eq!((asked(&desk, call), broadcast(&desk, call).ring), (vec![one, two], 1));
    let offer = broadcast(&desk, call).id;
    desk.ok(decline(offer, one));
    assert_eq!(asked(&desk, call), [two], "the other may still say yes");
    desk.ok(decline(offer, two));
    assert_eq!((asked(&desk, call), broadcast(&desk, call).ring), (vec![far], 2));
    assert_eq!(broadcast(&desk, call).deadline, desk.now.plus(Millis::secs(10)));
    let excluded = &desk.world.call(call).unwrap().search.excluded;
    assert!(excluded.contains(&one) && excluded.contains(&two));
}

#[test]
fn after_the_last_ring_the_next_stage_has_its_turn() {
    let mut desk = desk(&[rings(20), Stage::Manual { claimable: false }]);
    let only = desk.worker(1, 0);
    let call = desk.one();
    desk.pass(Millis::secs(10));
    assert_eq!(desk.world.call(call).unwrap().search.stage, 1);
    let last = &desk.journal.last().unwrap().events;
    assert_eq!(kinds(last), ["BroadcastOver", "StageEntered", "AttentionRaised"]);
    assert_eq!(over(last), (Why::SearchOver, vec![only]));
    assert_eq!(desk.concerns(), [Concern::NeedsDispatcher]);
}

#[test]
fn nobody_anywhere_is_noted_once_and_a_worker_who_comes_is_asked() {
    let mut desk = desk(&[rings(20)]);
    desk.worker(100, 0);
    let call = desk.one();
    let last = &desk.journal.last().unwrap().events;
    assert!(has(last, "NobodyFound") && has(last, "PlanExhausted"));
    assert_eq!(desk.concerns(), [Concern::PlanExhausted]);
    desk.pass(Millis::mins(5));
    let noted = kinds(&desk.events()).iter().filter(|kind| *kind == "NobodyFound").count();
    assert_eq!((noted, desk.phase(call)), (1, Phase::Open));
    desk.worker(101, 0);
    assert!(desk.world.call(call).unwrap().broadcast.is_none(), "too far to be asked");
    let near = desk.worker(1, 0);
    assert_eq!(asked(&desk, call), [near]);
    desk.pass(Millis::secs(10));
    assert!(desk.world.call(call).unwrap().live_broadcast().is_none());
    assert_eq!(desk.concerns(), [Concern::PlanExhausted]);
}

#[test]
fn who_said_nothing_is_asked_again_only_after_other_work() {
    let mut desk = desk(&[rings(20)]);
    let (silent, worked) = (desk.worker(1, 0), desk.worker(2, 0));
    let call = desk.one();
    let first = broadcast(&desk, call).id;
    desk.pass(Millis::secs(10));
    let third = desk.worker(3, 0);
    assert_eq!(asked(&desk, call), [third], "the silent are left alone");
    desk.pass(Millis::mins(1));
    let other = desk.call(2, 0);
    let offer = broadcast(&desk, other).id;
    desk.ok(accept(offer, worked));
    desk.pass(Millis::secs(10));
    desk.finish(other);
    assert_eq!(asked(&desk, call), [worked]);
    assert_ne!(broadcast(&desk, call).id, first);
    assert!(desk.world.call(call).unwrap().search.asked.contains(&silent));
}

#[test]
fn who_becomes_free_or_comes_near_is_asked_beside_the_others() {
    let mut desk = desk(&[rings(20)]);
    let (first, moving) = (desk.worker(1, 0), desk.worker(60, 0));
    let call = desk.one();
    let sent = broadcast(&desk, call).clone();
    desk.pass(Millis::secs(5));
    let new = desk.worker(2, 0);
    assert!(desk.world.carry_position(moving, seoul(20, 0), desk.now).is_none(), "the next ring");
    let carried = desk.world.carry_position(moving, seoul(3, 0), desk.now).unwrap();
    let record = carried.record.unwrap();
    let [Event::BroadcastSent { offer, workers, deadline, .. }] = record.events.as_slice() else {
        unreachable!("{:?}", record.events);
    };
    assert_eq!(
        (*offer, workers.as_slice(), *deadline),
        (sent.id, [moving].as_slice(), sent.deadline)
    );
    desk.journal.push(record);
    assert_eq!(asked(&desk, call), [first, moving, new]);
    assert_eq!((broadcast(&desk, call).ring, broadcast(&desk, call).deadline), (0, sent.deadline));
    assert!(desk.world.carry_position(moving, seoul(2, 0), desk.now).is_none(), "asked already");
}

#[test]
fn no_more_join_a_ring_than_it_asks_at_most() {
    let mut desk = desk(&[rings(2)]);
    desk.worker(1, 0);
    let call = desk.one();
    desk.worker(2, 0);
    desk.worker(3, 0);
    assert_eq!(asked(&desk, call).len(), 2);
    desk.pass(Millis::secs(10));
    assert_eq!(asked(&desk, call).len(), 3, "the wider ring has room of its own");
}

#[test]
fn a_worker_who_got_another_call_meanwhile_cannot_accept() {
    let mut desk = desk(&[rings(20)]);
    let (both, free) = (desk.worker(1, 0), desk.worker(2, 0));
    let (one, two) = (desk.one(), desk.one());
    let (first, second) = (broadcast(&desk, one).id, broadcast(&desk, two).id);
    assert_eq!(asked(&desk, two), [both, free], "a question binds nobody");
    desk.ok(accept(first, both));
    assert_eq!(desk.no(accept(second, both)), Refusal::WorkerBusy { worker: both, call: one });
    desk.ok(Command::SetDuty { worker: free, duty: Duty::Break, current: Current::Keep });
    let asleep = Refusal::WorkerNotOnDuty { worker: free, duty: Duty::Break };
    assert_eq!(desk.no(accept(second, free)), asleep);
}

#[test]
fn stopped_assign_asks_nobody_more_and_lets_those_who_were_asked_answer() {
    let mut desk = desk(&[rings(20)]);
    let near = desk.worker(1, 0);
    let (one, two) = (desk.one(), desk.one());
    desk.ok(mode("assign", Mode::Stopped));
    let waits = desk.one();
    desk.worker(2, 0);
    desk.worker(9, 0);
    desk.pass(Millis::hours(30));
    assert_eq!((asked(&desk, one), asked(&desk, two)), (vec![near], vec![near]));
    assert!(desk.world.call(waits).unwrap().broadcast.is_none());
    let offer = broadcast(&desk, one).id;
    desk.ok(accept(offer, near));
    desk.ok(mode("assign", Mode::Running));
    desk.pass(Millis(0));
    assert_eq!(broadcast(&desk, two).ring, 1, "its ring was over long ago");
    assert_eq!(asked(&desk, waits).len(), 1);
}

#[test]
fn slow_assign_asks_late() {
    let mut desk = desk(&[rings(20)]);
    desk.worker(1, 0);
    desk.ok(mode("assign", Mode::Slow { fixed: Millis::secs(3), random: Millis(0) }));
    let call = desk.one();
    assert!(desk.world.call(call).unwrap().broadcast.is_none());
    desk.pass(Millis::secs(3));
    assert_eq!(asked(&desk, call).len(), 1);
}

#[test]
fn a_call_that_leaves_the_search_takes_its_question_back_and_says_why() {
    let spot = Spot { point: seoul(1, 1), within_m: None };
    let moved = Amendment { spot: Some((spot, "there".to_owned())), ..Amendment::default() };
    let kind = Amendment { kind: Some("TV".to_owned()), ..Amendment::default() };
    let call = CallId(1);
    let later = START.plus(Millis::hours(9));
    let cases = [
        (Why::Canceled, cancel(call)),
        (Why::Amended, Command::AmendCall { call, change: moved }),
        (Why::Amended, Command::AmendCall { call, change: kind }),
        (Why::Held, Command::HoldCall { call, until: later }),
        (Why::Rescheduled, Command::Reschedule { call, at: later }),
    ];
    for (why, command) in cases {
        let mut desk = desk(&[rings(20)]);
        let (one, two) = (desk.worker(1, 0), desk.worker(2, 0));
        desk.one();
        let offer = broadcast(&desk, call).id;
        let events = desk.ok(command);
        assert_eq!(over(&events), (why, vec![one, two]));
        assert_eq!(desk.no(accept(offer, one)), Refusal::OfferOver(offer));
    }
}

#[test]
fn the_end_of_the_search_takes_the_question_back() {
    let mut profile = planned(&[rings(20)]);
    profile.dispatch.search_ms = Millis::secs(5);
    let mut desk = Bench::with(&[profile]);
    desk.worker(1, 0);
    let call = desk.one();
    desk.pass(Millis::secs(5));
    assert_eq!(desk.phase(call), Phase::Unfilled);
    assert_eq!(over(&desk.journal.last().unwrap().events).0, Why::SearchOver);
}

#[test]
fn a_dispatcher_may_give_it_away_meanwhile() {
    let mut desk = desk(&[rings(20)]);
    let (first, second) = (desk.worker(1, 0), desk.worker(2, 0));
    let far = desk.worker(100, 0);
    for (worker, losers) in [(far, vec![first, second]), (second, vec![first])] {
        let call = desk.one();
        let events = desk.ok(Command::AssignCall { call, worker, force: false });
        assert_eq!(over(&events), (Why::Taken, losers), "whoever gets it has not lost it");
        assert_eq!(desk.world.call(call).unwrap().worker(), Some(worker));
    }
}

#[test]
fn a_call_without_a_place_asks_the_longest_idle() {
    let mut desk = desk(&[rings(2)]);
    let far = desk.worker(500, 0);
    desk.pass(Millis::mins(1));
    let near = desk.worker(0, 0);
    desk.pass(Millis::mins(1));
    desk.worker(0, 0);
    desk.ok(request("repair", 4, None));
    let call = CallId(1);
    assert_eq!(asked(&desk, call), [far, near]);
    desk.pass(Millis::secs(10));
    assert_eq!(asked(&desk, call).len(), 3);
}

#[test]
fn an_exclusive_question_elsewhere_is_taken_back_from_the_winner() {
    let mut other = planned(&[offers(None)]);
    other.name = "driver".to_owned();
    let mut desk = Bench::with(&[planned(&[rings(20)]), other]);
    let both = desk.worker(1, 0);
    let call = desk.one();
    desk.ok(request("driver", 3, Some(seoul(1, 0))));
    let exclusive = desk.world.worker(both).unwrap().offer;
    assert_eq!(exclusive.map(|(_, call)| call), Some(CallId(2)));
    let offer = broadcast(&desk, call).id;
    let events = desk.ok(accept(offer, both));
    assert!(has(&events, "OfferWithdrawn"));
    assert_eq!(desk.world.worker(both).unwrap().offer, None);
}

#[test]
fn a_broadcast_to_a_thousand_is_one_event_and_moves_no_worker() {
    let mut desk = desk(&[rings(1_000)]);
    for n in 0..1_000 {
        desk.worker(n % 4, n % 3);
    }
    desk.world.changed.clear();
    let before = desk.world.index.workers.clone();
    desk.one();
    let events = &desk.journal.last().unwrap().events;
    let sent = kinds(events).iter().filter(|kind| *kind == "BroadcastSent").count();
    assert_eq!((sent, asked(&desk, CallId(1)).len()), (1, 1_000));
    assert!(desk.world.index.workers == before);
    assert!(!desk.world.changed.contains(&Part::of_worker(WorkerId(1))));
}

#[test]
fn a_narrower_limit_of_the_line_holds_in_every_ring() {
    let mut profile: Profile = planned(&[rings(20)]);
    profile.dispatch.max_metres = Some(1_000);
    let mut desk = Bench::with(&[profile]);
    desk.worker(10, 0);
    let near = desk.worker(2, 0);
    let call = desk.one();
    desk.pass(Millis::secs(9));
    assert_eq!(asked(&desk, call), [near]);
    desk.pass(Millis::secs(1));
    assert!(desk.world.call(call).unwrap().live_broadcast().is_none());
}
