//! The order of the calls: by a click, and after changes.

use super::*;
use crate::tui::testing::{busy, click, console, shown};
use crate::tui::text::width;
use ascall_engine::domain::ids::Time;
use ascall_engine::domain::profile::Lang;

/// Where the head stands on the screen: column and row.
fn head(screen: &str, head: &str) -> (u16, u16) {
    let mut rows = screen.lines().enumerate();
    let (row, line) = rows.find(|(_, line)| line.starts_with(" id ")).unwrap();
    let before = width(&line[..line.find(head).unwrap()]);
    (u16::try_from(before).unwrap(), u16::try_from(row).unwrap())
}

#[test]
fn a_click_on_a_head_puts_the_calls_in_the_order_of_its_column() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut state = console(Lang::En, busy().picture());
        let screen = shown(&mut state, columns, rows);
        for (name, order) in [
            ("age", Order::Age),
            ("place", Order::Place),
            ("worker", Order::Worker),
            ("id", Order::Number),
            ("phase", Order::Phase),
        ] {
            let (column, row) = head(&screen, name);
            click(&mut state, column, row);
            assert_eq!(state.board.order, order, "{name} at {columns}x{rows}\n{screen}");
            let mut again = state.board.clone();
            again.list(&state.live, &state.setting);
            assert_eq!(state.board.calls, again.calls);
        }
        let chosen = state.chosen_call();
        for name in ["promise", "mar"] {
            let (column, row) = head(&screen, name);
            click(&mut state, column, row);
            assert_eq!(state.board.order, Order::Phase, "{name} is no order");
        }
        assert_eq!(state.chosen_call(), chosen);
    }
}

/// So many live calls, made of those of a busy desk.
fn many(count: u64) -> Picture {
    let mut picture = busy().picture();
    let rows: Vec<CallRow> = picture.calls.values().cloned().collect();
    for number in 0..count {
        let mut row = rows[usize::try_from(number).unwrap() % rows.len()].clone();
        row.call = CallId(1_000 + number);
        row.received_at = Time(row.received_at.0 + i64::try_from(number * 7_919 % 50_000).unwrap());
        picture.calls.insert(row.call, row);
    }
    picture
}

#[test]
fn after_any_changes_the_calls_stand_as_if_all_had_been_listed_anew() {
    let phases = [Phase::Open, Phase::Parked, Phase::Assigned, Phase::InService, Phase::Unwinding];
    for filter in ["", "phase:open", "!서울 place:구"] {
        for order in Order::ALL {
            let mut picture = many(200);
            let state = console(Lang::Ko, Picture::default());
            let setting = &state.setting;
            let filter = Filter::of(filter);
            let mut board = Board { order, filter, ..Board::default() };
            board.list(&picture, setting);
            board.choose_call(40);
            // A walk over the numbers that comes to each of them, in no order.
            for step in 0..300_u64 {
                let number = |turn: u64| CallId(1_000 + (step * 37 + turn * 101) % 220);
                let changed: BTreeSet<CallId> = (0..3).map(number).collect();
                for (turn, call) in changed.iter().enumerate() {
                    let known = picture.calls.remove(call);
                    let phase = phases[usize::try_from(step).unwrap() % phases.len()];
                    match known {
                        // It ends.
                        Some(_) if (usize::try_from(step).unwrap() + turn) % 3 == 0 => {}
                        Some(row) => {
                            let priority = u8::try_from(step % 4).unwrap();
                            let row = CallRow { phase, priority, ..row };
                            picture.calls.insert(*call, row);
                        }
                        None => {
                            let row = picture.calls.values().next().unwrap().clone();
                            picture.calls.insert(*call, CallRow { call: *call, phase, ..row });
                        }
                    }
                }
                let chosen = board.chosen_call(&picture);
                board.put(&changed, &picture, setting);
                let mut anew = Board { order, filter: board.filter.clone(), ..Board::default() };
                anew.list(&picture, setting);
                assert_eq!(board.calls, anew.calls, "{order:?} after {step}");
                if chosen.is_some_and(|call| board.calls.contains(&call)) {
                    assert_eq!(board.chosen_call(&picture), chosen, "{order:?} after {step}");
                }
            }
        }
    }
}

#[test]
fn a_change_of_one_call_leaves_the_others_where_they_are() {
    let mut picture = many(10_000);
    let state = console(Lang::Ko, Picture::default());
    let mut board = Board { order: Order::Age, ..Board::default() };
    board.list(&picture, &state.setting);
    // Two at the end stand the wrong way round: whoever looks at all of them would see it.
    let last = board.calls.len() - 1;
    board.calls.swap(last - 1, last);
    let wrong = board.calls[last];
    let call = board.calls[5_000];
    let row = picture.calls.get_mut(&call).unwrap();
    row.received_at = Time(0);
    let changed = BTreeSet::from([call]);
    board.put(&changed, &picture, &state.setting);
    assert_eq!((board.calls[0], board.calls.len()), (call, last + 1));
    assert_eq!(board.calls[last], wrong);
}
