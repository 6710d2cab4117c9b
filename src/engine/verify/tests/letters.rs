//! Notices that are accepted, refused, sent as text messages, given up and sent again.

use super::good::*;
use super::*;
use crate::domain::event::Said;

/// The notice to the customer of C-1 that has a worker: by program.
const BY_PROGRAM: (u64, u8) = (4, 0);

fn key((seq, rule): (u64, u8)) -> NoticeKey {
    notice(seq, 1, rule, 3)
}

/// C-1 was given to W-1, and its customer is to be told. Four records.
fn owed() -> Book {
    let told = vec![
        committed(1, 1, AssignedBy::Auto),
        issued(key(BY_PROGRAM)),
        issued(notice(4, 1, 1, 1)),
    ];
    open_full().rec(2_000, told)
}

/// C-1 was canceled, and its customer is to be told by alimtalk. Six records and one more.
fn canceled_and_owed() -> (Book, NoticeKey) {
    let undone = vec![
        canceled(1),
        released(1, 1, false),
        asked(3_000, 1, 1, Op::Undo, 2),
        issued(notice(6, 1, 2, 3)),
    ];
    (assigned_full().by(Actor::Customer, None, 3_000, undone), notice(6, 1, 2, 3))
}

fn accepted(notice: NoticeKey, attempt: u32) -> Event {
    Event::NoticeAccepted { notice, attempt, reference: "M4V2018".to_owned() }
}

fn failed(notice: NoticeKey, attempt: u32, retry_at: Option<i64>, by_sms: bool) -> Event {
    let (retry_at, said) = (retry_at.map(Time), Some(Said::code("3104")));
    Event::NoticeFailed { notice, attempt, retry_at, said, by_sms }
}

fn resent(notice: NoticeKey) -> Event {
    Event::NoticeResent { notice, worker: None }
}

fn dead() -> Event {
    raised(1, About::Call(CallId(1)), Concern::NoticeDead)
}

fn looked_after() -> Event {
    Event::AttentionDone { attention: AttentionId(1) }
}

/// The notice by program was given up, and a person has it sent again. Six records.
fn given_up_and_resent() -> Book {
    owed()
        .rec(2_100, vec![failed(key(BY_PROGRAM), 1, None, false), dead()])
        .desk(2_200, vec![resent(key(BY_PROGRAM))])
}

pub(super) fn cases() -> Vec<Case> {
    let (by_talk, talk) = canceled_and_owed();
    let program = key(BY_PROGRAM);
    let on_its_way = by_talk.clone().rec(3_100, vec![accepted(talk, 1)]);
    let as_sms = on_its_way.clone().rec(3_200, vec![failed(talk, 1, Some(3_201), true)]);
    let gone = owed().rec(2_100, vec![delivered(program)]);
    vec![
        case(Rule::O9, &owed(), |b| b.rec(2_100, vec![accepted(program, 1)])),
        case(Rule::O9, &on_its_way, |b| b.rec(3_200, vec![accepted(talk, 1)])),
        case(Rule::O9, &owed(), |b| b.rec(2_100, vec![failed(program, 1, Some(2_200), true)])),
        case(Rule::O9, &as_sms, |b| b.rec(3_300, vec![failed(talk, 2, Some(3_400), true)])),
        case(Rule::O7, &on_its_way, |b| b.rec(3_200, vec![failed(talk, 2, Some(3_300), false)])),
        case(Rule::O2, &as_sms, |b| {
            b.rec(3_300, vec![delivered(talk)]).rec(3_400, vec![accepted(talk, 2)])
        }),
        case(Rule::O10, &owed(), |b| b.desk(2_100, vec![resent(program)])),
        case(Rule::O10, &gone, |b| b.rec(2_200, vec![resent(program)])),
        case(Rule::O10, &gone, |b| b.desk(2_200, vec![resent(notice(4, 1, 1, 1))])),
        case(Rule::I9, &gone, |b| b.desk(2_200, vec![resent(notice(4, 9, 0, 3))])),
        case(Rule::H3, &given_up_and_resent(), |b| b.rec(2_300, vec![delivered(program)])),
        case(Rule::H3, &given_up_and_resent(), |b| b.rec(2_300, vec![looked_after()])),
        case(Rule::H2, &given_up_and_resent(), |b| {
            b.desk(2_250, vec![looked_after()]).rec(2_300, vec![failed(program, 1, None, false)])
        }),
    ]
}

#[test]
fn a_notice_given_up_and_delivered_after_all_breaks_no_rule() {
    let book = given_up_and_resent().rec(2_300, vec![delivered(key(BY_PROGRAM)), looked_after()]);
    assert_clean(&book, Quiet::No);
    // Once more, although it was delivered: a person may want that.
    let again = book.desk(2_400, vec![resent(key(BY_PROGRAM))]);
    assert_clean(&again.rec(2_500, vec![delivered(key(BY_PROGRAM))]), Quiet::No);
}

#[test]
fn a_refused_alimtalk_goes_as_a_text_message_and_breaks_no_rule() {
    let (book, talk) = canceled_and_owed();
    let book = book
        .rec(3_100, vec![accepted(talk, 1)])
        .rec(3_200, vec![failed(talk, 1, Some(3_201), true)])
        .rec(3_300, vec![accepted(talk, 2)])
        .rec(3_400, vec![failed(talk, 2, Some(3_500), false)])
        .rec(3_500, vec![delivered(talk)]);
    assert_clean(&book, Quiet::No);
}

#[test]
fn what_is_sent_again_is_out_of_order_and_holds_nobody_back() {
    let (book, talk) = canceled_and_owed();
    let book = book.desk(3_050, vec![resent(key(BY_PROGRAM))]).rec(3_100, vec![accepted(talk, 1)]);
    assert_clean(&book.rec(3_200, vec![delivered(key(BY_PROGRAM))]), Quiet::No);
}
