//! Key by key: the exact line that comes of each action, and what is asked before it is sent.
//!
//! Invariant: a line is compared whole; `#` stands for the newest record of its call, which the console must have seen.

mod together;

use super::*;
use crate::tui::keys::{Binding, TABLE, When};
use crate::tui::msg::{Job, Then};
use crate::tui::testing::{busy, console, lines, press, shown, type_in};
use crate::tui::typed::Ran;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::refusal::Refusal;
use overlay::Overlay;

/// A console before a busy desk, with a call chosen.
fn at(call: u64) -> State {
    let mut state = console(Lang::Ko, busy().picture());
    state.board.find_call(CallId(call));
    assert_eq!(state.chosen_call(), Some(CallId(call)));
    state
}

/// Presses keys, and types what stands behind `=`.
fn play(state: &mut State, steps: &[&str]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for step in steps {
        match step.strip_prefix('=') {
            Some(text) => type_in(state, text),
            None => effects.extend(press(state, step)),
        }
    }
    effects
}

fn ran(exit: u8, out: &str) -> Ran {
    let err = if exit == 0 { String::new() } else { format!("error: {out}\nhint: h\n") };
    let out = if exit == 0 { out.to_owned() } else { String::new() };
    Ran { exit, out, err, refused: None }
}

/// Answers each line that was sent.
fn answer(state: &mut State, effects: &[Effect], exit: u8, out: &str) -> Vec<Effect> {
    let runs = effects.iter().filter_map(|effect| match effect {
        Effect::Run(jobs) => Some(jobs.clone()),
        _ => None,
    });
    let runs: Vec<Job> = runs.flatten().collect();
    runs.into_iter().filter_map(|job| state.update(Msg::Ran(job, ran(exit, out)))).collect()
}

/// The clock of the console goes on.
fn later(state: &mut State, millis: u64) -> Vec<Effect> {
    let at = state.now().plus(Millis(millis));
    let text = crate::front::clock::iso(at);
    state.update(Msg::Tick(Clock::still(&text))).into_iter().collect()
}

/// The lines that are sent in the end: after the dry run was answered and agreed to, and nothing was taken back.
fn sent(state: &mut State, steps: &[&str]) -> Vec<String> {
    let mut effects = play(state, steps);
    if let Some(Overlay::Confirm(_)) = &state.overlay {
        assert!(lines(&effects).iter().all(|line| line.ends_with(" --dry-run")), "{effects:?}");
        answer(state, &effects, 0, "C-1 …");
        effects = press(state, "enter");
    }
    if !state.pending.is_empty() {
        assert_eq!(effects, [], "nothing is sent before its time");
        effects = later(state, UNDO.0);
    }
    let known = state.live.calls.values();
    let known: Vec<_> = known.map(|row| (row.call, row.seq().0)).collect();
    let of = |line: String| {
        let on = known.iter().find(|(call, _)| line.split(' ').any(|w| w == call.to_string()));
        on.map_or(line.clone(), |(_, seq)| line.replace(&format!("--seen={seq}"), "--seen=#"))
    };
    lines(&effects).into_iter().map(of).collect()
}

#[test]
fn each_action_on_a_call_makes_its_line() {
    let cases: &[(&[&str], &str)] = &[
        (&["s"], "start C-4 --seen=#"),
        (&["V"], "depart C-4 --seen=#"),
        (&["v"], "arrive C-4 --seen=#"),
        (&["T"], "retry C-4 --seen=#"),
        (
            &["f", "enter", "=32000", "enter", "enter"],
            "finish C-4 --seen=# --outcome=done --fare=32000",
        ),
        (&["f", "right", "ctrl-enter"], "finish C-4 --seen=# --outcome=partial"),
        (&["x", "=늦음", "enter", "enter"], "cancel C-4 --seen=# --reason=늦음"),
        (&["x", "=늦음", "enter", "right", "enter"], "cancel C-4 --seen=# --reason=늦음 --force"),
        (
            &["e", "=마포 ㄱㄷ", "down", "enter", "enter", "=7000", "ctrl-enter"],
            "amend C-4 --seen=# '--location=서울특별시 마포구 공덕동' --cost=7000",
        ),
        (&["t", "=+2h", "ctrl-enter"], "reschedule C-4 --seen=# --at=+2h"),
        (&["+", "right", "right", "right", "enter"], "priority C-4 --seen=# high"),
        (&["z", "=30m", "enter", "=부재", "enter"], "hold C-4 --seen=# --until=30m --reason=부재"),
        (&["R", "right", "enter", "enter"], "release C-4 --seen=# --no-show"),
        (&["c", "=W-4", "enter", "enter"], "claim C-4 --seen=# --worker=W-4"),
        (&["i", "=문 앞", "enter"], "note C-4 --seen=# '문 앞'"),
        (&["*", "enter", "=친절", "enter"], "rate C-4 --seen=# 5 --text=친절"),
        (&["S", "enter", "=받음", "enter"], "settle C-4 --seen=# --by=cash --reason=받음"),
        (&["W", "=manage", "enter", "=폐업", "enter"], "waive C-4 --seen=# manage --reason=폐업"),
        (
            &["F", "=5000", "enter", "=하자", "enter"],
            "refund C-4 --seen=# --amount=5000 --reason=하자",
        ),
        (&["X", "=부품", "enter"], "abort C-4 --seen=# --reason=부품"),
        (&["O", "ctrl-enter"], "reopen C-4"),
        (&["a", "enter"], "reassign C-4 --seen=# W-4"),
    ];
    for (steps, line) in cases {
        assert_eq!(sent(&mut at(4), steps), [format!("ascall {line}")], "{steps:?}");
    }
}

#[test]
fn what_cannot_be_taken_back_is_asked_about_and_every_verb_on_a_call_says_what_was_seen() {
    use super::form::Manner;
    let manner = |action| forms::spec_of(action).map(|spec| spec.manner);
    for action in [
        Action::Finish,
        Action::Amend,
        Action::Reschedule,
        Action::Release,
        Action::Rate,
        Action::Settle,
        Action::Waive,
        Action::Refund,
        Action::Abort,
    ] {
        assert_eq!(manner(action), Some(Manner::AfterDryRun), "{action:?}");
    }
    assert_eq!(manner(Action::Cancel), Some(Manner::AfterDryRunWithUndo));
}

#[test]
fn a_worker_without_the_skill_is_given_a_call_only_with_a_reason() {
    let mut state = at(3);
    assert_eq!(play(&mut state, &["a", "enter", "enter"]), [], "a reason must be given");
    let line = sent(&mut state, &["=급함", "enter"]);
    assert!(line[0].starts_with("ascall assign C-3 --seen=# W-"), "{line:?}");
    assert!(line[0].ends_with(" --force --reason=급함"), "{line:?}");
}

#[test]
fn an_offer_is_answered_for_whoever_was_asked() {
    let asked = at(4).live.rest.offers.clone();
    let asked = asked.first().unwrap();
    let steps: &[&str] = match asked.worker {
        Some(_) => &["o", "right", "ctrl-enter"],
        None => &["o", "right", "enter", "enter", "=W-2", "ctrl-enter"],
    };
    let mut state = at(asked.call.0);
    let worker = asked.worker.map_or("W-2".to_owned(), |worker| worker.to_string());
    let line = format!("ascall offer decline {} --worker={worker}", asked.offer);
    assert_eq!(sent(&mut state, steps), [line]);
    let mut state = at(4);
    assert_eq!(play(&mut state, &["o"]), []);
    assert_eq!(state.news.unwrap().text, Label::NobodyAsked.text(Lang::Ko));
}

#[test]
fn a_new_call_is_asked_for_as_its_service_asks() {
    let mut state = at(4);
    let steps = [
        "n",
        "=010-0000-0099",
        "enter",
        "=홍길동",
        "enter",
        "=마포 ㄱㄷ",
        "down",
        "enter",
        "=25500",
        "enter",
        "enter",
        "=냉",
        "down",
        "enter",
        "enter",
    ];
    let line = "ascall request --profile=repair --tel=010-0000-0099 --name=홍길동 \
                '--location=서울특별시 마포구 공덕동' --cost=25500 --kind=냉장고";
    let effects = play(&mut state, &steps);
    assert_eq!(lines(&effects), [line]);
    // What was taken is chosen, as soon as it is listed.
    answer(&mut state, &effects, 0, "C-7  호출중");
    assert_eq!(state.chosen_call(), Some(CallId(7)));
}

#[test]
fn another_service_asks_other_things_and_what_was_filled_in_stays() {
    let mut state = at(4);
    play(&mut state, &["n", "=010-0000-0099", "backtab"]);
    let names = |state: &State| match &state.overlay {
        Some(Overlay::Form(form)) => {
            form.fields.iter().map(|field| field.label.clone()).collect::<Vec<_>>()
        }
        _ => panic!("no form"),
    };
    let before = names(&state);
    play(&mut state, &["right"]);
    assert_ne!(names(&state), before);
    let line = lines(&play(&mut state, &["ctrl-enter"]));
    let next = &state.setting.profiles[1].name;
    assert!(line.is_empty() || line[0].contains(&format!("--profile={next}")), "{line:?}");
    let Some(Overlay::Form(form)) = &state.overlay else {
        assert!(line[0].contains("--tel=010-0000-0099"), "{line:?}");
        return;
    };
    assert!(form.fields.iter().any(|field| field.input.value() == "010-0000-0099"));
}

#[test]
fn a_number_that_has_such_a_call_already_is_warned_of_while_it_is_typed() {
    let mut state = at(3);
    let row = &state.live.calls[&CallId(3)];
    let tel = state.live.customer(row).and_then(|person| person.tel.clone()).unwrap();
    play(&mut state, &["n", &format!("={tel}")]);
    let warning = |state: &State| match &state.overlay {
        Some(Overlay::Form(form)) => form.warning.clone(),
        _ => None,
    };
    assert!(warning(&state).unwrap().contains("C-3"), "{:?}", warning(&state));
    assert!(shown(&mut state, 120, 40).contains("C-3"));
    // Another kind is another call.
    play(&mut state, &["tab", "tab", "tab", "tab", "tab", "=세탁기"]);
    assert_eq!(warning(&state), None);
}

#[test]
fn what_would_happen_is_shown_and_another_key_than_enter_does_nothing() {
    let mut state = at(4);
    let effects = play(&mut state, &["x", "ctrl-enter"]);
    assert_eq!(play(&mut state, &["enter"]), [], "the desk has not answered yet");
    answer(&mut state, &effects, 0, "C-4 배정 해제 W-3\nC-4 알림 취소 → 고객\n");
    let screen = shown(&mut state, 100, 30);
    assert!(screen.contains("배정 해제 W-3") && screen.contains("알림 취소 → 고객"), "{screen}");
    assert_eq!(play(&mut state, &["x", "y", "space"]), []);
    assert!(matches!(state.overlay, Some(Overlay::Confirm(_))));
    assert!(
        matches!(play(&mut state, &["Y"]).as_slice(), [Effect::Copy(line)] if line.starts_with("ascall cancel C-4"))
    );
    play(&mut state, &["esc"]);
    assert!(state.overlay.is_none() && state.pending.is_empty());
}

#[test]
fn what_would_be_refused_is_not_asked_about() {
    let mut state = at(4);
    let effects = play(&mut state, &["x", "ctrl-enter"]);
    answer(&mut state, &effects, 1, "too late");
    assert!(state.overlay.is_none());
    let news = state.news.clone().unwrap();
    assert_eq!((news.text.as_str(), news.good), ("too late (h)", false));
}

#[test]
fn a_cancel_is_taken_back_or_sent_in_the_order_it_was_said() {
    let mut state = at(4);
    let cancel = |state: &mut State, call: u64| {
        state.board.find_call(CallId(call));
        let effects = play(state, &["x", "ctrl-enter"]);
        answer(state, &effects, 0, "…");
        assert_eq!(play(state, &["enter"]), []);
    };
    cancel(&mut state, 4);
    assert_eq!(later(&mut state, 2_000), []);
    cancel(&mut state, 3);
    cancel(&mut state, 7);
    assert!(shown(&mut state, 120, 40).contains("+2"));
    assert_eq!(play(&mut state, &["u"]), []);
    let line = |effects: &[Effect]| -> Vec<String> {
        lines(effects)
            .iter()
            .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert_eq!(line(&later(&mut state, 3_000)), ["ascall cancel C-4"], "the first is due");
    assert_eq!(play(&mut state, &["q"]), [], "something is still to be sent");
    assert_eq!(line(&later(&mut state, 2_000)), ["ascall cancel C-3"]);
    assert_eq!(later(&mut state, 60_000), [], "what was taken back is never sent");
    assert_eq!(play(&mut state, &["q"]), [Effect::Quit]);
}

#[test]
fn when_the_call_moved_on_it_is_shown_what_happened_and_asked_again() {
    let mut town = busy();
    let mut state = console(Lang::Ko, town.picture());
    state.board.find_call(CallId(4));
    let seen = state.live.calls[&CallId(4)].seq();
    let effects = play(&mut state, &["s"]);
    town.run(Command::Arrive { call: CallId(4) });
    state.update(Msg::Attached { picture: Box::new(town.picture()), host: true });
    let now = state.live.calls[&CallId(4)].seq();
    assert!(now > seen);
    let Some(Effect::Run(jobs)) = effects.first() else { panic!("{effects:?}") };
    let refused = Some(Refusal::Stale { call: CallId(4), seen, now });
    state.update(Msg::Ran(jobs[0].clone(), Ran { refused, ..ran(1, "moved on") }));
    let screen = shown(&mut state, 100, 30);
    assert!(screen.contains("바뀌었습니다") && screen.contains("도착"), "{screen}");
    assert_eq!(play(&mut state, &["s", "j"]), [], "another key does nothing");
    let again = play(&mut state, &["enter"]);
    assert_eq!(lines(&again), [format!("ascall start C-4 --seen={now}")]);
}

#[test]
fn a_selection_is_asked_about_line_by_line_and_those_that_would_be_refused_are_left_out() {
    let mut state = at(3);
    play(&mut state, &["space"]);
    state.board.find_call(CallId(7));
    play(&mut state, &["space", "x", "=정리", "ctrl-enter"]);
    let Some(Overlay::Confirm(confirm)) = &state.overlay else { panic!("not asked") };
    let asked: Vec<Line> = confirm.asked.iter().map(|asked| asked.line.clone()).collect();
    assert_eq!(asked.len(), 2);
    let job = |line: &Line| Job { line: line.clone().word("--dry-run"), then: Then::Ask };
    state.update(Msg::Ran(job(&asked[0]), ran(0, "C-3 취소")));
    assert_eq!(play(&mut state, &["enter"]), [], "one is still being asked");
    state.update(Msg::Ran(job(&asked[1]), ran(1, "too late")));
    assert!(shown(&mut state, 120, 40).contains("✗ too late"));
    play(&mut state, &["enter"]);
    let effects = later(&mut state, UNDO.0);
    let line = lines(&effects);
    assert!(line.len() == 1 && line[0].starts_with("ascall cancel C-3 "), "{line:?}");
}

#[test]
fn each_of_a_selection_has_its_own_result() {
    let mut state = at(3);
    play(&mut state, &["A"]);
    let all = state.live.calls.len();
    assert_eq!(state.marked.len(), all);
    let effects = play(&mut state, &["T"]);
    let Some(Effect::Run(jobs)) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(jobs.len(), all);
    for (at, job) in jobs.iter().enumerate() {
        state.update(Msg::Ran(
            job.clone(),
            if at == 1 { ran(1, "nothing waits") } else { ran(0, "ok") },
        ));
    }
    let screen = shown(&mut state, 120, 40);
    let item = &jobs[1].line.0[1];
    assert!(screen.contains(&format!("✗ {item}  nothing waits (h)")), "{screen}");
    play(&mut state, &["esc", "A", "A"]);
    assert!(state.marked.len() == all || state.marked.is_empty());
}

#[test]
fn the_command_line_remembers_and_completes() {
    let mut state = at(3);
    state.completes = |words| match words {
        [verb] => ["cancel", "claim"]
            .iter()
            .filter(|known| known.starts_with(verb.as_str()))
            .map(|word| Candidate { word: (*word).to_owned(), help: "h".to_owned() })
            .collect(),
        _ => Vec::new(),
    };
    let typed = |state: &State| match &state.overlay {
        Some(Overlay::Command(prompt)) => prompt.input.value().to_owned(),
        _ => panic!("no command line"),
    };
    play(&mut state, &[":", "=c", "tab"]);
    assert_eq!(typed(&state), "c");
    assert!(shown(&mut state, 80, 24).contains("claim"));
    play(&mut state, &["tab"]);
    assert_eq!(typed(&state), "cancel");
    play(&mut state, &["tab"]);
    assert_eq!(typed(&state), "claim");
    play(&mut state, &["esc", ":", "=ca", "tab"]);
    assert_eq!(typed(&state), "cancel ");
    // Numbers of what is there.
    play(&mut state, &["=c-7", "tab"]);
    assert_eq!(typed(&state), "cancel C-7 ");
    play(&mut state, &["esc", ":", "=note W-", "tab"]);
    assert!(shown(&mut state, 80, 24).contains("W-8"));
    play(&mut state, &["esc", ":", "=status C-3"]);
    assert_eq!(lines(&play(&mut state, &["enter"])), ["ascall status C-3"]);
    assert_eq!(lines(&play(&mut state, &[":", "=list", "enter"])), ["ascall list"]);
    play(&mut state, &[":", "=dr", "up"]);
    assert_eq!(typed(&state), "list");
    play(&mut state, &["up", "up"]);
    assert_eq!(typed(&state), "status C-3");
    play(&mut state, &["down", "down"]);
    assert_eq!(typed(&state), "dr");
    play(&mut state, &["esc", ":", "=C-3", "enter"]);
    assert_eq!(state.page, Page::Call(CallId(3)));
}

#[test]
fn an_attention_item_leads_to_its_one_remedy() {
    let mut state = at(3);
    state.board.pane = board::Pane::Attention;
    let item = state.chosen_attention().unwrap().clone();
    assert_eq!(item.about, ascall_engine::domain::event::About::Call(CallId(3)));
    state.marked.insert(CallId(7));
    play(&mut state, &["!"]);
    assert!(matches!(&state.overlay, Some(Overlay::Choose(c)) if c.title.contains("C-3")));
    assert!(state.marked.contains(&CallId(7)), "what is marked stays marked");
    play(&mut state, &["esc"]);
    assert_eq!(lines(&play(&mut state, &["m"])), [format!("ascall attention take {}", item.id)]);
    assert_eq!(lines(&play(&mut state, &["d"])), [format!("ascall attention done {}", item.id)]);
}

#[test]
fn the_palette_finds_an_action_by_its_word_and_does_it() {
    let mut state = at(4);
    play(&mut state, &["?", "=우선", "enter"]);
    assert!(matches!(&state.overlay, Some(Overlay::Form(form)) if form.title.contains("C-4")));
}

/// A console that shows a page.
fn on(page: Page) -> State {
    let mut state = console(Lang::Ko, busy().picture());
    state.go(page);
    state.listed();
    state
}

#[test]
fn every_action_of_the_table_has_an_effect_in_some_state() {
    let states: [fn() -> State; 9] = [
        || on(Page::Workers),
        || on(Page::Services),
        || on(Page::Stock),
        || on(Page::Members),
        || at(4),
        || {
            let mut state = at(3);
            state.board.pane = board::Pane::Attention;
            state
        },
        || {
            let mut state = at(4);
            state.go(Page::Call(CallId(4)));
            state
        },
        || {
            let mut state = at(4);
            state.travel(Time(state.now().0 - 600_000));
            state
        },
        || {
            let mut state = at(4);
            state.pending.push(Pending { jobs: Vec::new(), at: state.now().plus(UNDO) });
            state
        },
    ];
    let has_effect = |binding: &Binding, mut state: State| {
        if !state.stands(binding.when) {
            return false;
        }
        let before = shown(&mut state, 120, 40);
        let effect = state.act(binding.action);
        let no = state.say(Label::NotPossibleNow);
        let refused = state.news.as_ref().is_some_and(|news| news.text == no);
        !refused
            && (effect.is_some()
                || !state.pending.is_empty()
                || shown(&mut state, 120, 40) != before)
    };
    // What is fetched first has its tests beside its page.
    let fetched = [When::Message, When::Product, When::Member];
    let here = TABLE.iter().filter(|binding| !fetched.contains(&binding.when));
    let idle = here.filter(|binding| !states.iter().any(|state| has_effect(binding, state())));
    let idle: Vec<&str> = idle.map(|binding| binding.name).collect();
    assert_eq!(idle, [] as [&str; 0]);
}
