//! Members: known by their number, paid for by a token, and a call in flight keeps what it was taken with.

use super::goods::{asking, member, taxi};
use crate::domain::card::BadCard;
use crate::domain::command::{Command, Contact, MemberCard, NewCall, Order, Person, RowWrite};
use crate::domain::event::{Card, Event, MemberRef, TelDigest};
use crate::domain::ids::{MemberId, SubjectId};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;
use crate::domain::world::World;

const ONE: MemberId = MemberId(1);

fn amend(change: MemberCard) -> Command {
    Command::AmendMember { member: ONE, change }
}

/// The rows that a command writes.
fn rows(desk: &Bench, command: Command) -> Vec<RowWrite> {
    desk.world.decide(&Order::by_operator("kim", command), desk.now).unwrap().rows
}

/// A request to the taxi line under this number, or under none.
fn ride(tel: Option<u64>) -> NewCall {
    let mut new = asking("taxi", &[]);
    new.contact = tel.map_or_else(Contact::default, |tel| member(tel, None).contact);
    new.contact.person.name = None;
    new
}

#[test]
fn a_member_needs_a_name_and_a_number_of_their_own() {
    let mut desk = Bench::with(&[taxi()]);
    let mut nameless = member(1, None);
    nameless.contact.person.name = Some("\u{3164}".to_owned());
    assert_eq!(desk.no(Command::AddMember(nameless)), Refusal::MemberNeeds { field: "a name" });
    let mut silent = member(1, None);
    silent.contact = Contact { digest: None, ..silent.contact };
    let missing = Refusal::MemberNeeds { field: "a phone number" };
    assert_eq!(desk.no(Command::AddMember(silent)), missing);
    assert_eq!(desk.join(1, None), ONE);
    assert_eq!(desk.no(Command::AddMember(member(1, None))), Refusal::MemberExists(ONE));
    assert_eq!(desk.join(2, None), MemberId(2));
    let taken = MemberCard { contact: member(2, None).contact, ..MemberCard::default() };
    assert_eq!(desk.no(amend(taken)), Refusal::MemberExists(MemberId(2)));
    let nobody = Command::AmendMember { member: MemberId(9), change: MemberCard::default() };
    assert_eq!(desk.no(nobody), Refusal::NoSuchMember(MemberId(9)));
}

#[test]
fn a_friend_is_somebody_of_their_own_who_can_be_told_something() {
    let mut desk = Bench::with(&[taxi()]);
    let mut new = member(1, None);
    new.friend = Some(Contact::default());
    let missing = Refusal::MemberNeeds { field: "the friend's phone number" };
    assert_eq!(desk.no(Command::AddMember(new.clone())), missing);
    new.friend = Some(member(2, None).contact);
    let subjects: Vec<SubjectId> = rows(&desk, Command::AddMember(new.clone()))
        .iter()
        .map(|row| match row {
            RowWrite::Subject(id, person) if person.tel.is_some() => *id,
            other => unreachable!("{other:?}"),
        })
        .collect();
    desk.ok(Command::AddMember(new));
    let known = desk.world.member(ONE).unwrap();
    assert_eq!(subjects, [known.subject, known.friend.unwrap().0]);
    assert!(known.friend.unwrap().1 && known.subject != known.friend.unwrap().0);
}

#[test]
fn a_card_number_is_never_kept_whoever_sends_it() {
    let mut desk = Bench::with(&[taxi()]);
    let number = Refusal::BadCard(BadCard::Number);
    assert_eq!(desk.no(Command::AddMember(member(1, Some("4111 1111 1111 1111")))), number);
    desk.join(1, Some("tok_1"));
    let change = member(1, Some("4111111111111111"));
    assert_eq!(desk.no(amend(change)), number);
    let mut new = ride(Some(1));
    new.contact.person.card = Some("4111111111111111".to_owned());
    assert_eq!(desk.no(Command::RequestCall(new)), number);
    let mut shop = Bench::with(&[super::goods::shop()]);
    let written = asking("shop", &[("product", "4111-1111-1111-1111")]);
    assert_eq!(shop.no(Command::RequestCall(written)), number);
    desk.ok(amend(member(1, Some("tok_declined_1"))));
    assert_eq!(desk.world.member(ONE).unwrap().card, Some(Card::Declined));
}

#[test]
fn nothing_of_a_member_stands_in_the_journal_but_that_there_is_a_card() {
    let mut desk = Bench::with(&[taxi()]);
    desk.join(1, Some("tok_secret"));
    desk.ok(amend(member(3, Some("tok_other"))));
    let journal = serde_json::to_string(&desk.journal).unwrap();
    for secret in ["홍길동", "01000000001", "01000000003", "tok_secret", "tok_other"] {
        assert!(!journal.contains(secret), "{secret}");
    }
}

#[test]
fn only_what_is_named_changes_and_nothing_named_changes_nothing() {
    let mut desk = Bench::with(&[taxi()]);
    desk.join(1, Some("tok_1"));
    let before = desk.world.member(ONE).unwrap().clone();
    assert!(desk.ok(amend(MemberCard::default())).is_empty());
    let mut change = MemberCard::default();
    change.contact.person.name = Some("김영희".to_owned());
    let RowWrite::Copy { to, from, change: row } = rows(&desk, amend(change.clone())).remove(0)
    else {
        unreachable!("a new row like the old one")
    };
    assert_eq!(from, before.subject);
    assert_eq!(row, Person { name: Some("김영희".to_owned()), ..Person::default() });
    desk.ok(amend(change));
    let now = desk.world.member(ONE).unwrap();
    assert_eq!((now.subject, now.tel, now.card), (to, before.tel, before.card));
    desk.ok(amend(MemberCard { contact: member(5, None).contact, ..MemberCard::default() }));
    assert_eq!(desk.world.member_of(TelDigest(5)).map(|m| m.id), Some(ONE));
    assert!(desk.world.member_of(TelDigest(1)).is_none(), "the old number is free");
    assert_eq!(desk.join(1, None), MemberId(2));
}

#[test]
fn strangers_are_refused_where_only_members_may_call() {
    let mut desk = Bench::with(&[taxi()]);
    let stranger = Refusal::NotAMember { profile: "taxi".to_owned() };
    assert_eq!(desk.no(Command::RequestCall(ride(Some(1)))), stranger);
    assert_eq!(desk.no(Command::RequestCall(ride(None))), stranger);
    let unknown = NewCall { member: Some(MemberId(9)), ..ride(Some(1)) };
    assert_eq!(desk.no(Command::RequestCall(unknown)), Refusal::NoSuchMember(MemberId(9)));
    desk.join(1, None);
    assert_eq!(desk.no(Command::RequestCall(ride(Some(1)))), Refusal::CardMissing(ONE));
    desk.ok(amend(member(1, Some("tok_1"))));
    desk.ok(Command::RequestCall(ride(Some(1))));
}

#[test]
fn a_member_is_known_by_number_or_by_name_and_a_call_keeps_what_it_was_taken_with() {
    let mut desk = Bench::with(&[taxi()]);
    let mut new = member(1, Some("tok_1"));
    new.friend = Some(member(2, None).contact);
    desk.ok(Command::AddMember(new));
    let known = desk.world.member(ONE).unwrap().clone();

    let named = NewCall { member: Some(ONE), ..ride(None) };
    let RowWrite::Copy { from, change, .. } =
        rows(&desk, Command::RequestCall(named.clone())).remove(0)
    else {
        unreachable!("a copy of the member's row")
    };
    assert_eq!((from, change), (known.subject, Person::default()));
    desk.ok(Command::RequestCall(named));
    let call = desk.world.call(desk.newest()).unwrap().clone();
    assert_eq!((call.tel, call.reachable), (Some(TelDigest(1)), true));
    let snapshot = MemberRef {
        member: ONE,
        friend: known.friend.map(|(friend, _)| friend),
        friend_reachable: true,
        card: Some(Card::Token),
    };
    assert_eq!(call.member, Some(snapshot));
    assert_ne!(call.subject, known.subject, "amending the call does not amend the member");

    let mut change = member(7, Some("tok_declined_9"));
    change.friend = Some(member(8, None).contact);
    desk.ok(amend(change));
    assert_eq!(desk.world.call(call.id).unwrap(), &call);
    desk.ok(Command::RequestCall(ride(Some(7))));
    let later = desk.world.call(desk.newest()).unwrap().member.unwrap();
    assert_eq!((later.member, later.card), (ONE, Some(Card::Declined)));
    assert_ne!(later.friend, snapshot.friend);
}

#[test]
fn what_the_request_says_goes_before_what_is_known_of_the_member() {
    let mut desk = Bench::with(&[taxi()]);
    desk.join(1, Some("tok_1"));
    let mut new = NewCall { member: Some(ONE), ..ride(Some(6)) };
    new.contact.reachable = false;
    new.contact.person.address = Some("마포구 공덕동".to_owned());
    let RowWrite::Copy { change, .. } = rows(&desk, Command::RequestCall(new.clone())).remove(0)
    else {
        unreachable!("a copy of the member's row")
    };
    assert_eq!(change, new.contact.person);
    desk.ok(Command::RequestCall(new));
    let call = desk.world.call(desk.newest()).unwrap();
    assert_eq!((call.tel, call.reachable), (Some(TelDigest(6)), false));
}

#[test]
fn a_member_is_attached_also_where_strangers_may_call() {
    let mut profile = taxi();
    profile.membership.required = false;
    let mut desk = Bench::with(&[profile]);
    desk.join(1, None);
    desk.ok(Command::RequestCall(ride(Some(1))));
    assert_eq!(desk.world.call(desk.newest()).unwrap().member.map(|m| m.member), Some(ONE));
    desk.ok(Command::RequestCall(ride(Some(2))));
    assert!(desk.world.call(desk.newest()).unwrap().member.is_none());
    assert!(matches!(
        desk.no(Command::RequestCall(ride(None))),
        Refusal::FieldMissing { field, .. } if field == "tel"
    ));
}

#[test]
fn a_number_is_taken_in_its_own_place_only() {
    let mut desk = Bench::with(&[taxi()]);
    desk.join(1, Some("tok_1"));
    let mut new = ride(Some(1));
    new.fields.insert("tel".to_owned(), "010-0000-0001".to_owned());
    let refused = desk.no(Command::RequestCall(new));
    assert!(matches!(&refused, Refusal::FieldNotAllowed { field, .. } if field == "tel"));
    assert!(!refused.to_string().contains("0000"), "{refused}");
}

#[test]
fn the_members_of_a_journal_are_those_of_its_desk() {
    let mut desk = Bench::with(&[taxi()]);
    let mut new = member(1, Some("tok_1"));
    new.friend = Some(member(2, None).contact);
    desk.ok(Command::AddMember(new));
    desk.ok(amend(member(3, None)));
    desk.join(4, None);
    let mut again = World::new(desk.world.settings);
    for record in &desk.journal {
        again.replay(record);
    }
    assert_eq!(again.members, desk.world.members);
    assert_eq!(again.index.members, desk.world.index.members);
    let added = |event: &Event| matches!(event, Event::MemberAdded { .. });
    assert_eq!(desk.events().iter().filter(|event| added(event)).count(), 2);
}
