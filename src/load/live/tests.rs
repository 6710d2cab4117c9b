//! What is seen of a load that goes on, and what the keys do to it.

use super::*;
use crate::load::report::{Asked, Calls};
use crate::load::scenario::Trouble;
use ascall_engine::domain::event::Mode;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

fn outage() -> Fault {
    "at 20s stop manage for 15s".parse().unwrap()
}

fn live(lang: Lang) -> Live {
    Live::new("an <outage>\u{1b}[31m", &[outage()], lang, false)
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
    an <outage>␛[31m  26 s  50 /s  ×100%
    requests      sent 1290  answered 1200  refused 4  held off 80
    calls         accepted 1100  parked 96  opened later 12  assigned 1050
    request       p50 2.25 ms  p99 41 ms
    assign        p50 3.50 ms  p99 –
    phases        assigned 31  parked 84
                  ▁▁▂▃▃▄▄▅▆▆▇█
     ▁▁▂▃▃▄▄▅▆▆▇██████████████
    ██████████████████████████
    ██████████████████████████
    ██████████████████████████

    manage        open  21.3 s
    fault         5 s – 15 s  slow payment 800ms
    fault         20 s – now  stop manage
    1 stop manage for 15s







    + - rate   1-9 fault   f type a fault   q stop
    ");
}

#[test]
fn the_load_is_seen_on_a_large_screen_in_korean() {
    insta::assert_snapshot!(screen(&live(Lang::Ko), 120, 40), @"
    an <outage>␛[31m  26 s  50 /s  ×100%
    요청          보냄 1290  처리됨 1200  거절 4  나중에 다시 80
    호출          접수 1100  보류 96  보류 후 접수 12  배정 1050
    요청          p50 2.25 ms  p99 41 ms
    배정          p50 3.50 ms  p99 –
    단계          assigned 31  parked 84
                  ▁▁▂▃▃▄▄▅▆▆▇█
     ▁▁▂▃▃▄▄▅▆▆▇██████████████
    ██████████████████████████
    ██████████████████████████
    ██████████████████████████

    manage        open  21.3 s
    장애          5 s – 15 s  slow payment 800ms
    장애          20 s – 지금  stop manage
    1 stop manage for 15s























    + - 속도   1-9 장애   f 장애 입력   q 멈춤
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
    assert_eq!(press(&mut live, "f\n"), None);
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
