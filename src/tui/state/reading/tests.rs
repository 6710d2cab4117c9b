//! What is read: a call's page, messages, the journal, another moment; key by key. How it looks is in `looks`.

mod looks;

use crate::desk::board::{Board, Changes, Rest};
use crate::desk::past::{Glimpse, Past};
use crate::front::clock::Clock;
use crate::tui::msg::{Effect, Msg, Then, Want};
use crate::tui::picture::Picture;
use crate::tui::state::reading::Part;
use crate::tui::state::{Link, Page, State};
use crate::tui::testing::{
    Town, attend, busy, console, empty, failing, key, lines, now, press, quiet, shown, type_in,
};
use ascall_engine::domain::ids::{CallId, Millis, Seq, Time};
use ascall_engine::domain::profile::Lang;
use std::collections::BTreeMap;
use std::time::Duration;

/// A console before a made desk, with everything fetched that it lacks.
fn before(mut town: Town, lang: Lang, size: (u16, u16)) -> (State, Town) {
    let mut state = console(lang, town.picture());
    state.update(Msg::Resize(size.0, size.1));
    attend(&mut state, &town);
    (state, town)
}

/// Presses keys and answers what that makes the console lack.
fn go(state: &mut State, town: &Town, keys: &str) {
    for text in keys.split_whitespace() {
        state.update(Msg::Key(key(text)));
        attend(state, town);
    }
}

/// The present, some time after that of the tests.
fn later(state: &mut State, at: &str) {
    state.update(Msg::Tick(Clock::still(at)));
}

#[test]
fn the_parts_of_a_page_are_turned_with_left_and_right_and_why_goes_to_its_own() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "enter");
    assert_eq!(state.part, Part::Facts);
    go(&mut state, &town, "l right");
    assert_eq!(state.part, Part::Why);
    go(&mut state, &town, "h h left");
    assert_eq!(state.part, Part::Raw, "they go round");
    assert!(shown(&mut state, 80, 24).contains("\"events\": ["));
    go(&mut state, &town, "esc w");
    assert_eq!(state.part, Part::Why);
    assert!(shown(&mut state, 80, 24).contains("the 8 workers now: lacks the skill 6"));
}

#[test]
fn scrolling_ends_where_the_text_does() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "enter left G");
    let last = shown(&mut state, 80, 24);
    assert!(last.contains('}'), "{last}");
    go(&mut state, &town, "j j j");
    assert_eq!(shown(&mut state, 80, 24), last);
    go(&mut state, &town, "k");
    assert_ne!(shown(&mut state, 80, 24), last, "one step up is one step");
}

#[test]
fn a_call_that_has_ended_is_opened_by_its_number() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    assert!(!state.live.calls.contains_key(&CallId(1)));
    press(&mut state, "@");
    type_in(&mut state, "c-1");
    go(&mut state, &town, "enter");
    assert_eq!(state.page, Page::Call(CallId(1)));
    assert!(shown(&mut state, 80, 24).contains("completed"));
    go(&mut state, &town, "esc :");
    type_in(&mut state, "C-1");
    go(&mut state, &town, "enter");
    assert_eq!(state.page, Page::Call(CallId(1)));
}

#[test]
fn a_step_back_is_a_minute_and_many_in_a_row_go_farther() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "[");
    assert_eq!(state.shown_at(), Time(now().0 - 60_000));
    go(&mut state, &town, "[ [ [ [");
    assert_eq!(state.shown_at(), Time(now().0 - 5 * 60_000));
    go(&mut state, &town, "[");
    assert_eq!(state.shown_at(), Time(now().0 - 10 * 60_000), "the key is held");
    go(&mut state, &town, "]");
    assert_eq!(state.shown_at(), Time(now().0 - 9 * 60_000), "another direction begins anew");
    later(&mut state, "2026-11-21T14:00:05+09:00");
    go(&mut state, &town, "[");
    assert_eq!(state.shown_at(), Time(now().0 - 10 * 60_000));
    go(&mut state, &town, "esc");
    assert_eq!(state.past.as_ref().map(|past| past.at), None);
}

#[test]
fn the_past_is_read_only_and_the_present_goes_on_underneath() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    let seq = state.live.seq;
    go(&mut state, &town, "[ [");
    assert!(state.picture().seq < seq && state.picture().at == Time(now().0 - 120_000));
    for keys in ["x", "s", "a", "n", "i", "p", "!"] {
        assert_eq!(press(&mut state, keys), [], "{keys}");
        assert!(state.overlay.is_none(), "{keys}");
    }
    let changes = Changes {
        seq: seq.next(),
        at: now(),
        records: Vec::new(),
        calls: Vec::new(),
        searches: BTreeMap::new(),
        gone: Vec::new(),
        workers: Vec::new(),
        people: BTreeMap::new(),
        rest: Rest::default(),
    };
    state.update(Msg::Changed(Box::new(changes)));
    assert!(state.picture().seq < seq, "what is shown stays as it was then");
    go(&mut state, &town, "esc");
    assert_eq!(state.picture().seq, seq);
}

#[test]
fn on_a_page_of_a_call_time_goes_from_one_thing_that_happened_to_it_to_the_next() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "enter right");
    assert!(shown(&mut state, 80, 24).contains("13:37:00"));
    go(&mut state, &town, "[");
    let then = shown(&mut state, 80, 24);
    assert!(!then.contains("13:37:00"), "only what was known then:\n{then}");
    assert!(then.contains("13:27:00"));
    go(&mut state, &town, "]");
    assert_eq!(state.shown_at(), Time(now().0 - 23 * 60_000));
    assert!(shown(&mut state, 80, 24).contains("13:37:00"));
}

#[test]
fn on_the_way_to_another_moment_what_was_shown_stays_and_the_way_is_told() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "[");
    let shown_before = state.picture().seq;
    press(&mut state, "[");
    let at = Time(now().0 - 120_000);
    assert_eq!(state.want(), Some(Want::Past(at)));
    assert_eq!(state.want(), None, "nobody is asked twice");
    state.update(Msg::Underway(at, [Seq(0), Seq(10), Seq(40)]));
    assert_eq!(state.picture().seq, shown_before);
    let text = shown(&mut state, 80, 24);
    assert!(text.contains("going to 13:58:00, 25% of the records read"), "{text}");
    state.update(Msg::Key(key("esc")));
    assert!(state.past.is_none() && state.want().is_none());
}

#[test]
fn before_the_first_record_there_is_nothing_to_see() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "[");
    press(&mut state, "@");
    type_in(&mut state, "3h");
    go(&mut state, &town, "enter");
    assert_eq!(state.shown_at(), Time(now().0 - 60_000), "what was shown stays");
    assert!(shown(&mut state, 80, 24).contains("there was no record then"));
}

#[test]
fn the_journal_follows_its_end_until_somebody_goes_up() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "5");
    assert!(state.journal.follows());
    assert_eq!(state.journal.record().unwrap().seq, state.live.seq.0);
    go(&mut state, &town, "k k");
    assert_eq!(state.journal.record().unwrap().seq, state.live.seq.0 - 2);
    assert!(!state.journal.follows());
    go(&mut state, &town, "g");
    assert_eq!(state.journal.record().unwrap().seq, 1);
    go(&mut state, &town, "G");
    assert!(state.journal.follows());
    go(&mut state, &town, "enter");
    assert!(shown(&mut state, 80, 24).contains(&format!("\"seq\": {}", state.live.seq)));
    let call = state.journal.call().unwrap();
    go(&mut state, &town, "w");
    assert_eq!(state.page, Page::Call(call), "the call that the record speaks of");
}

#[test]
fn older_records_come_as_somebody_goes_up() {
    let mut town = quiet();
    for _ in 0..260 {
        town.repair("한가람", "마포구 도화동", "보일러");
    }
    let (mut state, town) = before(town, Lang::En, (80, 24));
    press(&mut state, "5");
    let newest = state.live.seq.0;
    let piece = |state: &mut State| match state.want() {
        Some(Want::Records { from, count, .. }) => (from.0, count),
        other => panic!("{other:?}"),
    };
    assert_eq!(piece(&mut state), (newest - 199, 200));
    state.update(Msg::Lost);
    let (mut state, town) = (console(Lang::En, state.live.clone()), town);
    go(&mut state, &town, "5");
    assert_eq!(state.want(), None, "there is enough to see");
    go(&mut state, &town, "g g");
    assert_eq!(state.journal.record().unwrap().seq, 1);
}

#[test]
fn the_filter_narrows_what_is_read_down_and_says_what_is_missing_by_a_sign() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "4 /");
    type_in(&mut state, "w-1 !c-1");
    go(&mut state, &town, "enter");
    let names = state.messages.shown.iter().map(|told| told.letter.call.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["C-2"]);
    go(&mut state, &town, "5");
    assert!((0..state.journal.len()).all(|at| {
        let line = state.journal.get(at).unwrap().line(state.look());
        line.contains("W-1") && !line.contains("C-1 ")
    }));
}

#[test]
fn what_was_not_delivered_stands_first_and_is_sent_again_after_it_was_asked_about() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "4");
    let fates: Vec<_> = state.messages.shown.iter().map(|told| told.letter.delivery).collect();
    assert_eq!(fates, ["dead", "owed", "delivered"]);
    let effects = press(&mut state, "r");
    assert_eq!(lines(&effects), ["ascall inbox resend 42/1/S-1/webhook --dry-run"]);
    let [Effect::Run(jobs)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(jobs[0].then, Then::Ask);
    press(&mut state, "esc");
    go(&mut state, &town, "j C");
    assert_eq!(state.messages.chosen().unwrap().letter.call, "C-3", "what is chosen stays");
    go(&mut state, &town, "enter");
    assert_eq!((state.page, state.part), (Page::Call(CallId(3)), Part::Told));
}

#[test]
fn messages_are_looked_at_again_when_there_is_news_and_not_all_the_time() {
    let (mut state, town) = before(busy(), Lang::En, (80, 24));
    go(&mut state, &town, "4");
    state.live.told = state.live.told.next();
    assert_eq!(state.want(), None, "they were looked at just now");
    assert!(state.next_change() < Millis(500), "but soon");
    later(&mut state, "2026-11-21T14:00:02+09:00");
    assert!(matches!(state.want(), Some(Want::Letters { then: false, .. })));
}

#[test]
fn every_frame_says_how_old_it_is() {
    let (mut state, _) = before(busy(), Lang::En, (80, 24));
    assert!(shown(&mut state, 80, 24).contains(&format!("#{} 0 s old", state.live.seq)));
    later(&mut state, "2026-11-21T14:00:20+09:00");
    assert!(shown(&mut state, 80, 24).contains(&format!("#{} 20 s old", state.live.seq)));
    state.update(Msg::Lost);
    assert!(matches!(state.link, Link::Lost(_)));
    later(&mut state, "2026-11-21T14:00:30+09:00");
    assert!(shown(&mut state, 80, 24).contains("connection lost for 10 s"));
}

#[test]
fn a_long_way_is_gone_in_pieces_and_ends_where_a_short_one_does() {
    let mut town = quiet();
    for _ in 0..300 {
        town.repair("한가람", "마포구 도화동", "보일러");
    }
    town.wait(Millis::mins(1));
    let whole = |past: &Past, within| loop {
        match past.board(town.store(), now(), within).unwrap() {
            Glimpse::Whole(board) => return *board,
            Glimpse::Underway(from, read, goal) => assert!(from < read && read < goal),
            Glimpse::Nothing => panic!("there are records"),
        }
    };
    let past = Past::default();
    let first = past.board(town.store(), now(), Duration::ZERO).unwrap();
    assert!(matches!(first, Glimpse::Underway(..)), "{first:?}");
    let in_pieces: Board = whole(&past, Duration::ZERO);
    assert_eq!(in_pieces, whole(&Past::default(), Duration::MAX));
    assert_eq!(in_pieces, whole(&past, Duration::ZERO), "once more, from what is kept");
}

#[test]
fn a_call_stands_as_it_stood_after_each_of_its_records() {
    let mut town = busy();
    town.picture();
    let past = Past::default();
    let now = town.store().call(CallId(1)).unwrap().unwrap();
    assert!(now.phase.is_terminal() && now.seqs.len() > 2, "{now:?}");
    let phases = now.seqs.iter().map(|seq| {
        let then = past.call(town.store(), CallId(1), *seq).unwrap().unwrap();
        assert_eq!(then.seq(), *seq);
        then.phase.name()
    });
    assert_eq!(phases.collect::<Vec<_>>(), ["assigned", "in_service", "completed"]);
    assert_eq!(past.call(town.store(), CallId(1), Seq(1)).unwrap(), None, "it was not there yet");
}

/// The desk as [`Picture::of`] has it from the past is the one that changes made.
#[test]
fn the_board_of_the_newest_moment_is_the_board() {
    let mut town = failing();
    let picture = town.picture();
    let again = Past::default().board(town.store(), now(), Duration::MAX).unwrap();
    let Glimpse::Whole(board) = again else { panic!("{again:?}") };
    assert_eq!(Picture::of(*board, Vec::new()).calls, picture.calls);
}
