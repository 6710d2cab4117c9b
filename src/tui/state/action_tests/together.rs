//! Several calls at once, whoever calls, and the mouse.

use super::*;
use crate::tui::testing::attend;

/// A console with these calls marked.
fn marked(calls: &[u64]) -> State {
    let mut state = at(calls[0]);
    state.marked.extend(calls.iter().map(|call| CallId(*call)));
    state
}

/// The verbs with what they are about.
fn heads(effects: &[Effect]) -> Vec<String> {
    let head = |line: String| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ");
    lines(effects).into_iter().map(head).collect()
}

#[test]
fn marked_calls_go_to_one_worker_by_one_choice_and_each_has_its_result() {
    let mut state = marked(&[3, 7]);
    assert_eq!(play(&mut state, &["a"]), []);
    let Some(Overlay::Choose(choose)) = &state.overlay else { panic!("nothing to choose") };
    assert!(choose.title.ends_with("2건 표시"), "{}", choose.title);
    // Nobody has the skill of either, so that it is asked why.
    let effects = play(&mut state, &["=W-1", "enter", "=급함", "enter"]);
    assert_eq!(heads(&effects), ["assign C-3", "assign C-7"]);
    for line in lines(&effects) {
        assert!(line.ends_with(" W-1 --force --reason=급함"), "{line}");
        assert!(line.contains(" --seen="), "{line}");
    }
    let Some(Effect::Run(jobs)) = effects.first() else { panic!("{effects:?}") };
    state.update(Msg::Ran(jobs[0].clone(), ran(0, "C-3  배정")));
    state.update(Msg::Ran(jobs[1].clone(), ran(1, "W-1 has a call")));
    let screen = shown(&mut state, 120, 40);
    assert!(screen.contains("✓ C-3  C-3  배정"), "{screen}");
    assert!(screen.contains("✗ C-7  W-1 has a call (h)"), "{screen}");
}

#[test]
fn when_one_of_them_has_a_worker_it_is_asked_first_and_who_has_it_already_keeps_it() {
    let mut state = marked(&[3, 4]);
    let choose = |state: &mut State, worker: &str| {
        play(state, &["a", &format!("={worker}"), "enter", "=급함", "ctrl-enter"])
    };
    let effects = choose(&mut state, "W-1");
    assert_eq!(heads(&effects), ["assign C-3", "reassign C-4"]);
    assert!(lines(&effects).iter().all(|line| line.ends_with(" --dry-run")), "{effects:?}");
    assert!(matches!(&state.overlay, Some(Overlay::Confirm(confirm)) if confirm.asked.len() == 2));
    let mut state = marked(&[3, 4]);
    assert_eq!(heads(&choose(&mut state, "W-3")), ["assign C-3"], "W-3 has C-4");
}

#[test]
fn a_number_in_the_form_of_a_new_call_finds_its_member_masked() {
    let mut town = busy();
    let mut state = console(Lang::Ko, town.picture());
    let book = crate::desk::Book::of(town.store().clone());
    let member = book.members().unwrap().remove(0);
    let tel = book.person(member.subject).unwrap().unwrap().tel.unwrap();
    play(&mut state, &["n", &format!("={}", &tel[..6])]);
    attend(&mut state, &town);
    assert!(!shown(&mut state, 120, 40).contains("회원 M-1"));
    play(&mut state, &[&format!("={}", &tel[6..])]);
    attend(&mut state, &town);
    let screen = shown(&mut state, 120, 40);
    assert!(screen.contains("✓ 회원 M-1  차*름"), "{screen}");
    assert!(!screen.contains("차오름"), "{screen}");
    play(&mut state, &["backspace", "=9"]);
    attend(&mut state, &town);
    let screen = shown(&mut state, 120, 40);
    assert!(!screen.contains("회원 M-1"), "another number is another person\n{screen}");
}

#[test]
fn the_mouse_is_left_to_the_terminal_and_taken_back() {
    let mut state = at(3);
    assert_eq!(play(&mut state, &["ctrl-t"]), [Effect::Mouse(false)]);
    assert!(!state.mouse);
    let screen = shown(&mut state, 120, 40);
    assert!(screen.contains("터미널") && screen.contains("ctrl-t"), "{screen}");
    assert_eq!(play(&mut state, &["ctrl-t"]), [Effect::Mouse(true)]);
    assert!(state.mouse && shown(&mut state, 120, 40).contains("마우스를 콘솔이 씁니다"));
}
