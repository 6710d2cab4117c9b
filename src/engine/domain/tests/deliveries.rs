//! What the desk makes of what transports report.

use crate::domain::command::{Came, Command, Delivery};
use crate::domain::event::{Concern, Event, NoticeKey, Said};
use crate::domain::ids::{Millis, Time};
use crate::domain::profile::Transport;
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, repair};

/// A desk of which somebody is to be told by this transport, and the first notice.
fn owing(transport: Transport) -> (Bench, NoticeKey) {
    let mut profile = repair();
    for rule in &mut profile.notices {
        rule.transport = transport;
    }
    let mut desk = Bench::with(&[profile]);
    desk.call(0, 0);
    let notice = *desk.world.notices().next().unwrap().0;
    (desk, notice)
}

fn report(desk: &mut Bench, notice: NoticeKey, attempt: u32, came: Came) -> Vec<Event> {
    desk.ok(Command::Deliveries(vec![Delivery { notice, attempt, came }]))
}

fn failed(wait: Option<Millis>) -> Came {
    Came::Failed { said: Said::Status(503), wait }
}

fn refused() -> Came {
    Came::Refused(Said::code("3104"))
}

fn accepted(reference: &str) -> Came {
    Came::Accepted { reference: reference.to_owned() }
}

/// When it is tried again, by its one event.
fn again(events: &[Event]) -> Option<Time> {
    match events {
        [Event::NoticeFailed { retry_at, .. }, ..] => *retry_at,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_receiver_names_the_time_of_the_next_try_within_limits() {
    let next = |wait: Option<u64>| {
        let (mut desk, notice) = owing(Transport::Webhook);
        let events = report(&mut desk, notice, 1, failed(wait.map(Millis)));
        again(&events).unwrap().since(desk.now).0
    };
    assert!((1_000..1_250).contains(&next(None)), "as usual");
    assert!((1_000..1_250).contains(&next(Some(0))), "never sooner");
    assert_eq!(next(Some(30_000)), 30_000);
    assert_eq!(next(Some(u64::MAX)), Millis::hours(1).0, "nor never");
}

#[test]
fn only_a_refused_alimtalk_turns_to_sms_and_only_once() {
    let (mut desk, notice) = owing(Transport::Alimtalk);
    let events = report(&mut desk, notice, 1, refused());
    assert!(matches!(&events[..], [Event::NoticeFailed { by_sms: true, retry_at: Some(_), .. }]));
    assert!(desk.world.owed(&notice).unwrap().by_sms);
    let events = report(&mut desk, notice, 2, refused());
    assert!(matches!(
        &events[..],
        [
            Event::NoticeFailed { by_sms: false, retry_at: None, .. },
            Event::AttentionRaised { concern: Concern::NoticeDead, .. }
        ]
    ));
    for transport in [Transport::Command, Transport::Webhook, Transport::Sms] {
        let (mut desk, notice) = owing(transport);
        assert_eq!(again(&report(&mut desk, notice, 1, refused())), None, "{transport:?}");
    }
}

#[test]
fn what_a_provider_has_is_reported_of_under_its_try_and_accepted_once() {
    let (mut desk, notice) = owing(Transport::Sms);
    assert_eq!(report(&mut desk, notice, 1, accepted("M4V1")).len(), 1);
    assert_eq!(desk.world.owed(&notice).unwrap().attempt(), 1, "the same try");
    assert!(report(&mut desk, notice, 1, accepted("M4V2")).is_empty(), "heard before");
    assert!(report(&mut desk, notice, 2, refused()).is_empty(), "no such try");
    assert!(again(&report(&mut desk, notice, 1, failed(None))).is_some());
    assert_eq!(desk.world.owed(&notice).unwrap().attempt(), 2, "a new one");
    // Nobody could be asked under this; it is on its way all the same.
    let events = report(&mut desk, notice, 2, accepted("to 010-0000-0001"));
    let unconfirmed = Some(Said::Unconfirmed);
    assert!(matches!(&events[..], [Event::NoticeDelivered { said, .. }] if *said == unconfirmed));
}

#[test]
fn a_try_in_doubt_is_asked_for_again_under_its_own_key() {
    let (mut desk, notice) = owing(Transport::Alimtalk);
    let surely = |desk: &Bench| desk.world.owed(&notice).unwrap().surely;
    report(&mut desk, notice, 1, Came::Failed { said: Said::Timeout, wait: None });
    assert_eq!(surely(&desk), 0);
    report(&mut desk, notice, 2, failed(None));
    assert_eq!(surely(&desk), 2);
}

#[test]
fn an_attention_item_ends_with_the_last_notice_of_its_call_that_was_given_up() {
    let mut profile = repair();
    for rule in &mut profile.notices {
        rule.transport = Transport::Webhook;
    }
    let mut desk = Bench::with(&[profile]);
    desk.worker(0, 0);
    desk.call(0, 0);
    let notices: Vec<_> = desk.world.notices().map(|(key, owed)| (*key, owed.worker)).collect();
    assert!(notices.len() > 1, "customer and worker are told");
    let report_all = |desk: &mut Bench, came: &Came| {
        for (notice, _) in &notices {
            report(desk, *notice, 1, came.clone());
        }
    };
    report_all(&mut desk, &refused());
    assert_eq!(desk.world.attention().count(), 1, "one for the call");
    for (left, (notice, worker)) in (0..notices.len()).rev().zip(&notices) {
        let (notice, worker) = (*notice, *worker);
        desk.ok(Command::ResendNotice { notice, worker });
        let again = desk.no(Command::ResendNotice { notice, worker });
        assert_eq!(again, Refusal::NoticeOwed { notice: notice.name() });
        report(&mut desk, notice, 1, Came::Taken(Said::Status(200)));
        assert_eq!(desk.world.attention().count(), usize::from(left > 0), "{left} left");
    }
}
