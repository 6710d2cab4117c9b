//! The pages, key by key.

use super::*;
use crate::tui::keys::{TABLE, When};
use crate::tui::state::overlay::Overlay;
use crate::tui::state::{Past, UNDO};
use crate::tui::testing::{
    Town, attend, busy, click, console, empty, failing, lines, now, press, quiet, shown, type_in,
};
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::{CallId, Millis, Time, WorkerId};
use ascall_engine::domain::profile::Lang;

fn at_page(mut town: Town, keys: &str) -> (Town, State) {
    let picture = town.picture();
    let mut state = console(Lang::En, picture);
    press(&mut state, keys);
    attend(&mut state, &town);
    (town, state)
}

fn workers(state: &State) -> Vec<u64> {
    state.pages.workers.list.ids().iter().map(|id| id.0).collect()
}

fn choose_worker(state: &mut State, id: u64) {
    let at = workers(state).iter().position(|known| *known == id).unwrap();
    press(state, "g");
    press(state, &"j ".repeat(at));
    assert_eq!(state.chosen_worker(), Some(WorkerId(id)));
}

#[test]
fn free_workers_stand_first_and_the_order_turns() {
    let (_, mut state) = at_page(busy(), "2");
    let free =
        |state: &State, id| state.live.workers[&WorkerId(id)].availability.name() == "available";
    let ids = workers(&state);
    assert!(free(&state, ids[0]), "{ids:?}");
    assert_eq!(*ids.last().unwrap(), 8, "who is off stands last: {ids:?}");
    press(&mut state, "C");
    assert_eq!(workers(&state), (1..=8).collect::<Vec<_>>());
    press(&mut state, "C");
    let metres: Vec<u32> = workers(&state)
        .iter()
        .map(|id| state.metres_to_call(&state.live.workers[&WorkerId(*id)]).unwrap())
        .collect();
    assert!(metres.is_sorted(), "{metres:?}");
}

#[test]
fn workers_are_found_by_name_skill_state_and_call() {
    let (_, mut state) = at_page(busy(), "2");
    for (typed, found) in [
        ("ㄱㅎㄴ", vec![1]),
        ("off", vec![8]),
        ("!세탁기 냉장고 scheduled", vec![]),
        ("에어컨 w-8", vec![8]),
    ] {
        press(&mut state, "/");
        type_in(&mut state, typed);
        let mut ids = workers(&state);
        ids.sort_unstable();
        assert_eq!(ids, found, "{typed}");
        press(&mut state, "esc");
        assert_eq!(workers(&state).len(), 8);
    }
    press(&mut state, "/");
    type_in(&mut state, "off");
    press(&mut state, "enter esc");
    assert_eq!(workers(&state).len(), 8, "Esc on the page takes the filter away");
}

#[test]
fn what_is_done_to_a_worker_is_a_line() {
    let (_, mut state) = at_page(quiet(), "2");
    choose_worker(&mut state, 8);
    assert_eq!(lines(&press(&mut state, "s")), ["ascall worker on W-8"]);
    choose_worker(&mut state, 1);
    assert_eq!(lines(&press(&mut state, "x")), ["ascall worker off W-1"], "nothing is lost by it");
    assert_eq!(lines(&press(&mut state, "b")), ["ascall worker break W-1"]);
    press(&mut state, "M");
    type_in(&mut state, "용산구 한남동");
    let done = press(&mut state, "enter");
    assert_eq!(lines(&done), ["ascall worker at W-1 '용산구 한남동'"]);
    press(&mut state, "N");
    type_in(&mut state, "한새로");
    press(&mut state, "tab");
    type_in(&mut state, "010-0000-0099");
    press(&mut state, "tab");
    type_in(&mut state, "마포구 공덕동");
    press(&mut state, "tab tab right right");
    let done = press(&mut state, "enter");
    let line =
        "ascall worker add --name=한새로 --tel=010-0000-0099 '--at=마포구 공덕동' --service=driver";
    assert_eq!(lines(&done), [line]);
}

#[test]
fn who_works_leaves_when_the_work_is_done_or_breaks_it_off_for_a_reason() {
    let (_, mut state) = at_page(busy(), "2");
    let working = state.live.workers.values().find(|w| w.availability.name() == "working");
    let id = working.unwrap().id;
    choose_worker(&mut state, id.0);
    assert_eq!(press(&mut state, "x"), [], "first it is asked how");
    let done = press(&mut state, "enter");
    assert_eq!(lines(&done), [format!("ascall worker off {id} --after-current --dry-run")]);
    press(&mut state, "esc b");
    type_in(&mut state, "사고");
    let done = press(&mut state, "enter");
    assert_eq!(lines(&done), [format!("ascall worker break {id} --abort=사고 --dry-run")]);
}

#[test]
fn who_has_a_call_that_has_not_begun_is_taken_off_after_a_look_at_what_it_does() {
    let (_, mut state) = at_page(busy(), "2");
    let has = state.live.workers.values().find(|w| w.availability.name() == "committed");
    let id = has.unwrap().id;
    choose_worker(&mut state, id.0);
    assert_eq!(lines(&press(&mut state, "x")), [format!("ascall worker off {id} --dry-run")]);
    assert!(matches!(state.overlay, Some(Overlay::Confirm(_))));
    assert!(UNDO > Millis(0));
}

#[test]
fn the_calls_of_a_worker_are_opened() {
    let mut town = busy();
    let (mut one, mut none) = (None, None);
    for worker in town.world().workers() {
        let calls = worker.reserved.len() + usize::from(worker.current.is_some());
        match calls {
            0 => none = Some(worker.id),
            1 => one = Some((worker.id, worker.current.map(|(call, _)| call))),
            _ => {}
        }
    }
    let ((one, call), none) = (one.unwrap(), none.unwrap());
    // Somebody with a call and an appointment.
    let mut visit = town.request("repair", "봄", "종로구 사직동", "");
    visit.visit = Some(now().plus(Millis::hours(6)));
    let visit = town.take(visit);
    let working = town.world().workers().find(|w| w.current.is_some() && w.reserved.is_empty());
    let both = working.unwrap().id;
    town.run(Command::AssignCall { call: visit, worker: both, force: true });
    let (_, mut state) = at_page(town, "2");
    choose_worker(&mut state, none.0);
    assert_eq!(lines(&press(&mut state, "enter")), [format!("ascall worker show {none}")]);
    choose_worker(&mut state, both.0);
    press(&mut state, "enter");
    assert_eq!((state.page, state.board.calls.len()), (Page::Board, 2));
    if one != both {
        press(&mut state, "2");
        choose_worker(&mut state, one.0);
        press(&mut state, "enter");
        assert!(matches!(state.page, Page::Call(found) if call.is_none_or(|call| call == found)));
    }
}

#[test]
fn an_empty_desk_can_be_given_its_first_worker_its_first_goods_its_first_member() {
    for (keys, line) in [("2 N", "worker add"), ("7 +", "stock receive"), ("8 N", "member add")] {
        let (_, mut state) = at_page(empty(), "");
        press(&mut state, keys);
        let Some(Overlay::Form(form)) = &state.overlay else { panic!("{keys}") };
        assert!(form.lines[0].shell().ends_with(line), "{keys}");
    }
}

#[test]
fn every_order_to_a_participant_says_what_it_means_and_is_a_line() {
    for (key, typed, line) in [
        ("x", "점검", "ascall participant stop manage --reason=점검"),
        ("s", "", "ascall participant start manage"),
        ("z", "", "ascall participant slow manage --fixed=400ms --random=220ms"),
        ("f", "", "ascall participant fail manage --as=unavailable"),
        ("o", "점검", "ascall breaker open manage --reason=점검"),
        ("c", "", "ascall breaker close manage"),
        ("d", "", "ascall breaker disable manage"),
        ("a", "", "ascall breaker auto manage"),
    ] {
        let (_, mut state) = at_page(quiet(), "3");
        let at = state.pages.services.list.ids().iter().position(|name| name == "manage").unwrap();
        press(&mut state, &"j ".repeat(at));
        assert_eq!(state.chosen_participant(), Some("manage"));
        press(&mut state, key);
        let Some(Overlay::Form(form)) = &state.overlay else { panic!("{key}") };
        assert!(form.title.contains("manage: "), "{}", form.title);
        let more = form.fields.len() - 1;
        type_in(&mut state, if more == 0 { typed } else { "" });
        let done = press(&mut state, &"enter ".repeat(more + 1));
        assert_eq!(lines(&done), [line]);
    }
}

#[test]
fn a_breaker_is_held_open_for_a_reason_only_and_the_stage_that_finds_workers_has_none() {
    let (_, mut state) = at_page(quiet(), "3");
    press(&mut state, "o");
    assert_eq!(press(&mut state, "enter"), []);
    assert!(state.overlay.is_some(), "the reason is missing");
    press(&mut state, "esc G");
    assert_eq!(state.chosen_participant(), Some("assign"));
    press(&mut state, "o");
    assert!(state.overlay.is_none());
    press(&mut state, "x");
    assert!(state.overlay.is_some());
}

#[test]
fn goods_are_received_and_written_off() {
    let (_, mut state) = at_page(busy(), "7");
    assert_eq!(state.chosen_product(), Some("마스크"));
    press(&mut state, "+ tab");
    type_in(&mut state, "50");
    assert_eq!(lines(&press(&mut state, "tab enter")), ["ascall stock receive 마스크 50"]);
    press(&mut state, "-");
    type_in(&mut state, "2");
    press(&mut state, "tab");
    type_in(&mut state, "파손");
    let done = press(&mut state, "enter");
    assert_eq!(lines(&done), ["ascall stock write-off 마스크 2 --reason=파손 --dry-run"]);
}

#[test]
fn goods_are_fetched_again_when_some_have_moved_and_only_then() {
    let (town, mut state) = at_page(busy(), "7");
    assert_eq!(state.want(), None);
    assert_eq!(state.movements().unwrap().len(), 3);
    press(&mut state, "j");
    assert!(state.movements().is_none(), "another product has other movements");
    let lacks = state.page_lacks();
    assert!(matches!(lacks, Some(Want::Stock { product: Some(p), .. }) if p == "손소독제"));
    attend(&mut state, &town);
    press(&mut state, "1 7");
    assert_eq!(state.want(), None, "what was fetched is still there");
    assert_eq!(state.movements().map(<[_]>::len), Some(1));
}

#[test]
fn of_the_past_the_goods_of_then_are_shown_and_members_are_not() {
    let (mut town, mut state) = at_page(busy(), "7");
    let then = Time(now().0 - 40 * 60_000);
    state.travel(then);
    assert!(state.goods().is_none(), "what there is now was not there then");
    attend(&mut state, &town);
    let mask = state.product("마스크").unwrap();
    assert_eq!((mask.on_hand, mask.reserved), (97, 0));
    assert!(!state.stands(When::Stock) && !state.stands(When::Product));
    press(&mut state, "8");
    attend(&mut state, &town);
    assert_eq!(state.want(), None);
    assert!(shown(&mut state, 80, 24).contains("known as they are now only"));
    drop(town.picture());
}

#[test]
fn members_are_added_and_changed() {
    let (_, mut state) = at_page(busy(), "8");
    assert_eq!(state.chosen_member().unwrap().name.as_deref(), Some("차*름"), "masked");
    press(&mut state, "e tab tab");
    type_in(&mut state, "tok_new_1234");
    assert_eq!(
        lines(&press(&mut state, "tab tab enter")),
        ["ascall member amend M-1 --card=tok_new_1234"]
    );
    press(&mut state, "N");
    type_in(&mut state, "하늘");
    press(&mut state, "tab");
    type_in(&mut state, "010-0000-0077");
    let done = press(&mut state, "tab tab tab enter");
    assert_eq!(lines(&done), ["ascall member add --name=하늘 --tel=010-0000-0077"]);
}

#[test]
fn persons_shown_whole_are_gone_as_soon_as_the_time_for_it_is_over() {
    let (town, mut state) = at_page(busy(), "8");
    state.revealed = Some(now().plus(Millis::secs(10)));
    attend(&mut state, &town);
    assert!(shown(&mut state, 80, 24).contains("차오름"));
    state.revealed = None;
    assert!(!shown(&mut state, 80, 24).contains("차오름"), "not even until they are fetched again");
    attend(&mut state, &town);
    assert!(shown(&mut state, 80, 24).contains("차*름"));
}

#[test]
fn the_places_of_workers_are_searched_for_and_their_skills_are_known_ones() {
    let (_, mut state) = at_page(busy(), "2");
    choose_worker(&mut state, 1);
    press(&mut state, "M");
    type_in(&mut state, "마포 ㄱㄷ");
    let done = press(&mut state, "down enter enter");
    assert_eq!(lines(&done), ["ascall worker at W-1 '서울특별시 마포구 공덕동'"]);
    press(&mut state, "N");
    type_in(&mut state, "한새로");
    press(&mut state, "enter");
    type_in(&mut state, "01000000099");
    press(&mut state, "enter");
    type_in(&mut state, "마포 ㄱㄷ");
    press(&mut state, "down enter");
    type_in(&mut state, "에어");
    let done = press(&mut state, "down enter ctrl-enter");
    assert_eq!(
        lines(&done),
        [
            "ascall worker add --name=한새로 --tel=01000000099 '--at=서울특별시 마포구 공덕동' --skill=에어컨"
        ]
    );
}

#[test]
fn a_list_is_turned_round_by_key_and_by_a_click_on_its_heads() {
    let (_, mut state) = at_page(busy(), "7");
    let order = state.board.order;
    press(&mut state, "C");
    assert_eq!(state.pages.stock.list.ids(), ["손소독제", "마스크"]);
    assert_eq!(state.board.order, order, "the order of the board stays");
    shown(&mut state, 80, 24);
    click(&mut state, 5, 3);
    assert_eq!(state.pages.stock.list.ids(), ["마스크", "손소독제"]);
    let (_, mut state) = at_page(busy(), "2");
    shown(&mut state, 80, 24);
    click(&mut state, 5, 3);
    assert_eq!(workers(&state), (1..=8).collect::<Vec<_>>());
}

#[test]
fn a_click_chooses_a_row_and_a_click_beside_the_list_takes_the_keys_there() {
    for (page, size) in [("2", (120, 40)), ("3", (80, 24)), ("6", (80, 24)), ("7", (120, 40))] {
        let (_, mut state) = at_page(busy(), page);
        shown(&mut state, size.0, size.1);
        click(&mut state, 5, 5);
        let here = state.page;
        let at = with_list!(state.pages, here, list => (list.at(), list.side)).unwrap();
        assert_eq!(at, (1, Side::List), "{page}");
        click(&mut state, size.0 - 2, size.1 - 4);
        let side = with_list!(state.pages, here, list => list.side).unwrap();
        assert_eq!(side, Side::Beside, "{page}");
    }
}

#[test]
fn left_and_right_and_tab_turn_to_what_stands_beside_the_list_and_back() {
    let (_, mut state) = at_page(failing(), "6");
    for (keys, side) in [
        ("right", Side::Beside),
        ("left", Side::List),
        ("tab", Side::Beside),
        ("backtab", Side::List),
        ("enter", Side::Beside),
        ("esc", Side::List),
    ] {
        press(&mut state, keys);
        assert_eq!(state.pages.profiles.side, side, "{keys}");
    }
    press(&mut state, "right j j j");
    assert_eq!((state.pages.profiles.at(), state.pages.profiles.scroll), (0, 3));
    press(&mut state, "left j");
    assert_eq!((state.pages.profiles.at(), state.pages.profiles.scroll), (1, 0));
    press(&mut state, "2 right j");
    assert_eq!(state.pages.workers.list.at(), 1, "on the map the worker is chosen");
}

#[test]
fn nothing_is_done_to_the_past() {
    let (_, mut state) = at_page(busy(), "2");
    let picture = state.live.clone();
    state.past = Some(Past { at: now(), picture: Some(picture), read: None });
    for page in ["2", "3", "7", "8"] {
        press(&mut state, page);
        for binding in TABLE.iter().filter(|binding| {
            use When::{Breaker, Member, Members, Participant, Product, Stock, Worker, Workers};
            matches!(
                binding.when,
                Breaker | Member | Members | Participant | Product | Stock | Worker | Workers
            )
        }) {
            assert!(!state.stands(binding.when), "{} on page {page}", binding.name);
        }
    }
    assert_eq!(state.chosen_call(), None::<CallId>);
}
