//! What is seen of a load that goes on, and what the keys do to it.

use super::*;
use crate::desk::profiles;
use crate::load::report::{Asked, Calls};
use crate::load::scenario::{Flags, Trouble};
use ascall_engine::domain::event::Mode;
use std::collections::BTreeMap;

fn outage() -> Fault {
    "at 20s stop manage for 15s".parse().unwrap()
}

fn live(lang: Lang) -> Live {
    let flags = Flags {
        profile: "repair".to_owned(),
        rate: Some(50.0),
        users: None,
        lasts: Millis::secs(60),
        workers: None,
        seed: 1,
        faults: vec![outage()],
        expect: Vec::new(),
    };
    let made = Scenario::from_flags(&flags, &profiles::load(&[]).unwrap()).unwrap();
    let scenario = Scenario { title: "an <outage>\u{1b}[31m".to_owned(), ..made };
    Live::new(&scenario, Target::Embedded, lang, false)
}

fn glance() -> Glance {
    let asked = Asked {
        intended: 1_300,
        sent: 1_290,
        answered: 1_200,
        refused: 4,
        held_off: 80,
        ..Asked::default()
    };
    let calls = Calls {
        received: 1_200,
        accepted: 1_100,
        parked: 96,
        opened_late: 12,
        assigned: 1_050,
        ..Calls::default()
    };
    Glance {
        elapsed_s: 26.0,
        asked,
        calls,
        rate: 49.96,
        recent_s: 10.0,
        request_ms: (Some(2.25), Some(41.0)),
        assign_ms: (Some(3.5), None),
        phases: BTreeMap::from([("assigned".to_owned(), 31), ("parked".to_owned(), 84)]),
        breakers: vec![("manage".to_owned(), "open".to_owned(), 21.3)],
        faults: vec![
            Band { label: "slow payment 800ms".to_owned(), began_s: 5.0, ended_s: Some(15.0) },
            Band { label: "stop manage".to_owned(), began_s: 20.0, ended_s: None },
        ],
        sent: (0..26).map(|second| 40 + second).collect(),
        late_ms: Some(0.2),
        amiss: None,
    }
}

fn screen(live: &Live, width: u16, height: u16) -> String {
    let area = Rect { x: 0, y: 0, width, height };
    let mut buffer = Buffer::empty(area);
    live.draw(&glance(), area, &mut buffer);
    let rows = (0..height).map(|y| {
        let (mut row, mut x) = (String::new(), 0);
        while let Some(cell) = buffer.cell((x, y)) {
            row.push_str(cell.symbol());
            // Behind a wide letter there is a cell that nothing stands in.
            x += u16::try_from(cell.symbol().width()).unwrap().max(1);
        }
        row.trim_end().to_owned() + "\n"
    });
    rows.collect()
}

fn press(live: &mut Live, keys: &str) -> Option<Wish> {
    let codes = keys.chars().map(|letter| match letter {
        '\n' => KeyCode::Enter,
        '\u{8}' => KeyCode::Backspace,
        letter => KeyCode::Char(letter),
    });
    codes.map(|code| live.press(KeyEvent::from(code))).last().flatten()
}

#[test]
fn the_load_is_seen_on_a_small_screen() {
    insta::assert_snapshot!(screen(&live(Lang::En), 80, 24), @"
    an <outage>␛[31m
                  time     of       per second  rate     sent late p99
                  26 s     60 s     50.0        100%     200 µs
                  sent     answered  refused  held off  failed   dropped  again
    requests      1290     1200      4        80        0        0        0
                  accepted  parked   opened later  rejected  assigned  completed
    calls         1100      96       12            0         1050      0
                  parked   open     assigned  in service  closing
    phases        84       0        31        0           0
    last 10 s     p50       p99
    request       2.25 ms   41 ms
    assign        3.50 ms   –
    requests sent per second, at most 65
               ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█
    ▃▄▄▅▅▆▆▇▇█████████████████
    ██████████████████████████
    ██████████████████████████

    fault         5 s – 15 s  slow payment 800ms
    fault         20 s – now  stop manage
    manage        open  since 21.3 s
    at hand       1 stop manage for 15s

    + - rate   1 fault   f type a fault   ctrl-z suspend   q stop
    ");
}

#[test]
fn the_load_is_seen_on_a_small_screen_in_korean() {
    insta::assert_snapshot!(screen(&live(Lang::Ko), 80, 24), @"
    an <outage>␛[31m
                  시간     전체     초당 요청  속도     전송 지연 p99
                  26 s     60 s     50.0       100%     200 µs
                  보냄     처리됨   거절     나중에 다시  실패     보내지 못함  다시
    요청          1290     1200     4        80           0        0            0
                  접수     대기접수  대기 후 접수  접수불가  배정     완료
    호출          1100     96        12            0         1050     0
                  대기접수  배정 대기  배정     작업 중  정산 중
    단계          84        0          31       0        0
    최근 10 s     p50       p99
    요청          2.25 ms   41 ms
    배정          3.50 ms   –
    초당 요청, 최대 65
               ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█
    ▃▄▄▅▅▆▆▇▇█████████████████
    ██████████████████████████
    ██████████████████████████

    장애          5 s – 15 s  slow payment 800ms
    장애          20 s – 지금  stop manage
    manage        열림  21.3 s부터
    준비된 장애   1 stop manage for 15s

    + - 속도   1 장애   f 장애 입력   ctrl-z 잠시 나가기   q 끝내기
    ");
}

#[test]
fn the_load_is_seen_on_a_large_screen_in_korean() {
    insta::assert_snapshot!(screen(&live(Lang::Ko), 120, 40), @"
    an <outage>␛[31m
                  시간     전체     초당 요청  속도     전송 지연 p99
                  26 s     60 s     50.0       100%     200 µs
                  보냄     처리됨   거절     나중에 다시  실패     보내지 못함  다시
    요청          1290     1200     4        80           0        0            0
                  접수     대기접수  대기 후 접수  접수불가  배정     완료
    호출          1100     96        12            0         1050     0
                  대기접수  배정 대기  배정     작업 중  정산 중
    단계          84        0          31       0        0
    최근 10 s     p50       p99
    요청          2.25 ms   41 ms
    배정          3.50 ms   –
    초당 요청, 최대 65
                  ▁▁▂▃▃▄▄▅▆▆▇█
     ▁▁▂▃▃▄▄▅▆▆▇██████████████
    ██████████████████████████
    ██████████████████████████
    ██████████████████████████

    장애          5 s – 15 s  slow payment 800ms
    장애          20 s – 지금  stop manage
    manage        열림  21.3 s부터
    준비된 장애   1 stop manage for 15s
















    + - 속도   1 장애   f 장애 입력   ctrl-z 잠시 나가기   q 끝내기
    ");
}

#[test]
fn the_keys_raise_and_lower_the_rate_within_bounds() {
    let mut live = live(Lang::En);
    assert_eq!(press(&mut live, "+"), Some(Wish::Load(Control::Hurry(125))));
    assert_eq!(press(&mut live, "--"), Some(Wish::Load(Control::Hurry(75))));
    assert_eq!(press(&mut live, "--"), Some(Wish::Load(Control::Hurry(25))));
    assert_eq!(press(&mut live, "-"), None);
    assert_eq!(press(&mut live, "q"), Some(Wish::Load(Control::Stop)));
    live.stopping();
    assert_eq!(press(&mut live, "q"), None, "it is ending already");
    assert!(screen(&live, 80, 24).contains("ctrl-c at once"));
    assert_eq!(
        live.press(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)),
        Some(Wish::Suspend)
    );
    assert_eq!(
        live.press(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)),
        Some(Wish::Interrupt)
    );
}

#[test]
fn a_fault_of_the_scenario_or_one_that_is_typed_begins_now() {
    let mut live = live(Lang::En);
    let stop = |seconds: u64| {
        let what = Trouble::Mode("manage".to_owned(), Mode::Stopped);
        Some(Wish::Load(Control::Trouble(what, Some(Duration::from_secs(seconds)))))
    };
    assert_eq!(press(&mut live, "1"), stop(15));
    assert_eq!(press(&mut live, "2"), None);
    assert_eq!(press(&mut live, "fstop manage for 2s\u{8}\u{8}3s\n"), stop(3));
    assert_eq!(press(&mut live, "fbreak it\n"), None);
    assert!(screen(&live, 80, 24).contains("`break it` is not a fault"));
    // A slip is told in as many lines as it takes, a name that nobody has as well, and what this target cannot do.
    let told: String = screen(&live, 80, 24).lines().rev().take(4).collect();
    assert!(told.contains("for TIME` behind"), "{told}");
    assert_eq!(press(&mut live, "fstop mange\n"), None);
    assert!(screen(&live, 80, 24).contains("nobody is asked for `mange`"));
    assert_eq!(press(&mut live, "fkill host\n"), None);
    assert!(screen(&live, 80, 24).contains("needs a desk in a process of its own"));
    assert_eq!(press(&mut live, "fs"), None);
    assert!(live.is_typing() && screen(&live, 80, 24).contains("enter begins it"));
    press(&mut live, "\u{8}");
    assert_eq!(press(&mut live, "\n"), None);
    assert!(screen(&live, 80, 24).lines().last().unwrap().contains('q'));
}

#[test]
fn a_screen_of_any_size_is_drawn() {
    for (width, height) in [(1, 1), (10, 3), (40, 12), (300, 90)] {
        assert_eq!(screen(&live(Lang::Ko), width, height).lines().count(), usize::from(height));
    }
    let area = Rect { x: 0, y: 0, width: 80, height: 24 };
    live(Lang::En).draw(&Glance::default(), area, &mut Buffer::empty(area));
}
