//! A client's own number for a call: the same request is the same call, another one is refused.

use super::goods::{MASK, asking, field, shop};
use super::kit::{cancel, gated, mode};
use crate::domain::breaker::Order as BreakerOrder;
use crate::domain::command::{Amendment, Command, NewCall, Order, Receipt};
use crate::domain::event::{FailKind, Mode, Spot, TelDigest};
use crate::domain::ids::{CallId, Millis, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{Fallback, Field, FieldKind, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, seoul};

fn order(reference: &str) -> NewCall {
    asking("shop", &[("product", MASK), ("qty", "3"), ("order", reference)])
}

fn desk() -> Bench {
    let mut desk = Bench::with(&[shop()]);
    desk.receive(100);
    desk
}

/// The answer to a request.
fn ask(desk: &mut Bench, new: &NewCall) -> Result<Receipt, Refusal> {
    let order = Order::by_operator("kim", Command::RequestCall(new.clone()));
    let carried = desk.world.carry_out(&order, desk.now)?;
    desk.journal.extend(carried.record);
    Ok(carried.receipt)
}

#[test]
fn the_same_request_under_the_same_number_is_the_same_call() {
    let mut desk = desk();
    let first = ask(&mut desk, &order("O-1")).unwrap();
    assert!(!first.replayed);
    desk.pass(Millis::mins(1));
    desk.ok(Command::SetPriority { call: CallId(1), priority: 2 });
    let records = desk.journal.len();
    let second = ask(&mut desk, &order(" O-1 ")).unwrap();
    assert_eq!(second, Receipt { replayed: true, ..first });
    assert_eq!((desk.journal.len(), desk.stock()), (records, (100, 3)));
    assert_ne!(ask(&mut desk, &order("O-2")).unwrap().call, second.call);
}

#[test]
fn another_request_under_the_same_number_is_refused_whatever_differs() {
    let mut desk = desk();
    ask(&mut desk, &order("O-1")).unwrap();
    let used = Refusal::ReferenceUsed { reference: "O-1".to_owned(), call: CallId(1) };
    let same = order("O-1");
    let mut fields = same.clone();
    fields.fields.insert("qty".to_owned(), "4".to_owned());
    let mut tel = same.clone();
    tel.contact.digest = Some(TelDigest(2));
    let spot = Some(Spot { point: seoul(9, 9), within_m: None });
    for other in [
        fields,
        tel,
        NewCall { spot, ..same.clone() },
        NewCall { cost: Some(Won(1)), ..same.clone() },
        NewCall { kind: Some("urgent".to_owned()), ..same.clone() },
        NewCall { visit: Some(desk.now.plus(Millis::hours(1))), ..same.clone() },
    ] {
        assert_eq!(ask(&mut desk, &other).unwrap_err(), used, "{other:?}");
    }
    // How urgent it is and in which language is told are no part of what is asked for.
    assert!(ask(&mut desk, &NewCall { priority: 3, ..same }).unwrap().replayed);
}

#[test]
fn it_is_the_same_request_although_the_call_has_changed_since() {
    let mut desk = desk();
    ask(&mut desk, &order("O-1")).unwrap();
    let spot = Some((Spot { point: seoul(5, 5), within_m: None }, "there".to_owned()));
    let change = Amendment { spot, cost: Some(Won(9_000)), ..Amendment::default() };
    desk.ok(Command::AmendCall { call: CallId(1), change });
    assert!(ask(&mut desk, &order("O-1")).unwrap().replayed);
    // Also when the customer has become a member.
    desk.join(1, None);
    assert!(ask(&mut desk, &order("O-1")).unwrap().replayed);
}

#[test]
fn each_line_has_numbers_of_its_own() {
    let other = Profile { name: "flowers".to_owned(), ..shop() };
    let mut desk = Bench::with(&[shop(), other]);
    desk.receive(100);
    ask(&mut desk, &order("O-1")).unwrap();
    let mut flowers = order("O-1");
    flowers.profile = "flowers".to_owned();
    assert_eq!(ask(&mut desk, &flowers).unwrap().call, Some(CallId(2)));
}

#[test]
fn a_request_that_was_refused_or_held_off_does_not_bind_its_number() {
    let reference = Field { required: true, ..field("order", FieldKind::Reference) };
    let profile =
        Profile { name: "shop".to_owned(), fields: vec![reference], ..gated(Fallback::Reject) };
    let mut desk = Bench::with(&[profile]);
    let new = asking("shop", &[("order", "O-1")]);
    let bad = NewCall { priority: 9, ..new.clone() };
    assert!(matches!(ask(&mut desk, &bad).unwrap_err(), Refusal::OutOfRange { .. }));
    let to = BreakerOrder::Open { reason: "maintenance".to_owned() };
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    assert!(matches!(ask(&mut desk, &new).unwrap_err(), Refusal::TryLater { .. }));
    let to = BreakerOrder::Close;
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    assert_eq!(ask(&mut desk, &new).unwrap().call, Some(CallId(1)));
    // A replay does not depend on who can be asked now.
    let to = BreakerOrder::Open { reason: "maintenance".to_owned() };
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    assert!(ask(&mut desk, &new).unwrap().replayed);
}

#[test]
fn what_was_rejected_before_it_was_accepted_may_be_asked_for_again() {
    let reference = field("order", FieldKind::Reference);
    let profile =
        Profile { name: "shop".to_owned(), fields: vec![reference], ..gated(Fallback::Park) };
    let mut desk = Bench::with(&[profile]);
    let new = asking("shop", &[("order", "O-1")]);
    desk.ok(mode("manage", Mode::Failing(FailKind::Denied)));
    ask(&mut desk, &new).unwrap();
    assert_eq!(desk.phase(CallId(1)), Phase::Rejected);
    desk.ok(mode("manage", Mode::Running));
    let again = ask(&mut desk, &new).unwrap();
    assert_eq!((again.call, again.replayed), (Some(CallId(2)), false));
}

#[test]
fn a_reference_is_a_text_of_a_bounded_length() {
    let mut desk = desk();
    for bad in ["", "  ", &"9".repeat(201)] {
        let refused = ask(&mut desk, &order(bad)).unwrap_err();
        assert!(matches!(refused, Refusal::FieldNotAllowed { field, .. } if field == "order"));
    }
    // It is kept as it is, however much it looks like a phone number.
    ask(&mut desk, &order("01000001234")).unwrap();
    assert_eq!(desk.world.call(CallId(1)).unwrap().fields["order"], "01000001234");
}

#[test]
fn a_call_that_is_opened_again_does_not_take_its_parents_number_along() {
    let mut profile = shop();
    profile.fields[2].required = true;
    let mut desk = Bench::with(&[profile]);
    desk.receive(100);
    ask(&mut desk, &order("O-1")).unwrap();
    desk.ok(cancel(CallId(1)));
    desk.ok(Command::ReopenCall { parent: CallId(1), new: order("O-1") });
    let again = desk.world.call(CallId(2)).unwrap();
    assert_eq!((again.parent, again.fields.get("order")), (Some(CallId(1)), None));
}
