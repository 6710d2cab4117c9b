//! What stands over a page, as it is seen in two sizes and both languages.

use crate::tui::msg::{Effect, Msg};
use crate::tui::state::State;
use crate::tui::testing::{attend, busy, console, press, shown, type_in};
use crate::tui::text::width;
use crate::tui::typed::{Candidate, Ran};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::profile::Lang;

/// The screen after this was done, in each size: the rows of the box; without one, the last rows.
fn looks(lang: Lang, does: impl Fn(&mut State)) -> String {
    let mut out = Vec::new();
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut town = busy();
        let mut state = console(lang, town.picture());
        state.update(Msg::Resize(columns, rows));
        state.board.find_call(CallId(4));
        attend(&mut state, &town);
        does(&mut state);
        let text = shown(&mut state, columns, rows);
        let most = text.lines().map(width).max().unwrap_or(0);
        assert!(most <= usize::from(columns), "{most} columns of {columns}:\n{text}");
        let all: Vec<&str> = text.lines().collect();
        let from = all.iter().position(|line| line.contains('╭')).unwrap_or(all.len() - 6);
        let to = all.iter().position(|line| line.contains('╰')).unwrap_or(all.len() - 1);
        out.push(format!("{columns}x{rows}"));
        out.extend(all[from..=to].iter().map(|line| (*line).to_owned()));
    }
    out.join("\n")
}

fn form(state: &mut State) {
    press(state, "n");
    type_in(state, "01000000001");
    press(state, "tab");
    type_in(state, "한");
    press(state, "tab");
    type_in(state, "마포 ㄱ");
    press(state, "down");
}

#[test]
fn a_form_that_is_filled_in() {
    insta::assert_snapshot!(looks(Lang::Ko, form), @r#"
    120x40
     C-7     ○ 호출중 ╭─ 새 호출 ────────────────────────────────────────────────────────────────────────╮
     C-3     ○ 호출중 │   서비스     수리기사 호출                                                       │
     C-6     ○ 호출중 │   전화번호 * 01000000001                                                         │2
     C-8     ○ 배송준 │   이름       한                                                                  │-0003
     C-9     ○ 택시호 │ ▸ 방문 위치  마포 ㄱ▏                                                            │
     C-4     ▸ 호출확 │              ▸ 서울특별시 마포구 공덕동                                          │
     C-2     ● 작업중 │                서울특별시 마포구 구수동                                          │
     C-5     ◷ 방문예 │   예상 비용                                                                      │ 정함"
                      │   방문 일시   (예: 14:00, +2h, 2026-11-22 14:00)                                 │1
                      │   AS종류                                                                         │ 인 (0 ms)
                      │   우선순위   ·                                                                   │
                      │                                                                                  │
                      │ ascall request --profile=repair --tel=01000000001 --name=한 '--location=마포 ㄱ' │2km)
                      │ Tab: 다음, ↓: 고르기, Enter: 다음·실행, Esc: 그만두기                            │W-3
                      ╰──────────────────────────────────────────────────────────────────────────────────╯W-3
    80x24
    ╭─ 새 호출 ────────────────────────────────────────────────────────────────────╮
    │   서비스     수리기사 호출                                                   │
    │   전화번호 * 01000000001                                                     │
    │   이름       한                                                              │
    │ ▸ 방문 위치  마포 ㄱ▏                                                        │
    │              ▸ 서울특별시 마포구 공덕동                                      │
    │                서울특별시 마포구 구수동                                      │
    │   예상 비용                                                                  │
    │   방문 일시   (예: 14:00, +2h, 2026-11-22 14:00)                             │
    │   AS종류                                                                     │
    │   우선순위   ·                                                               │
    │                                                                              │
    │ ascall request --profile=repair --tel=01000000001 --name=한 '--location=마포 │
    │ ㄱ'                                                                          │
    │ Tab: 다음, ↓: 고르기, Enter: 다음·실행, Esc: 그만두기                        │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    "#);
    insta::assert_snapshot!(looks(Lang::En, form), @r#"
    120x40
     C-7     ○ open   ╭─ new call ───────────────────────────────────────────────────────────────────────╮
     C-3     ○ open   │   service          Repair call                                                   │
     C-6     ○ open   │   phone          * 01000000001                                                   │
     C-8     ○ open   │   name             한                                                            │0003
     C-9     ○ open   │ ▸ place            마포 ㄱ▏                                                      │
     C-4     ▸ assigne│                    ▸ 서울특별시 마포구 공덕동                                    │
     C-2     ● in serv│                      서울특별시 마포구 구수동                                    │
     C-5     ◷ schedul│   estimate                                                                       │렇게 정함"
                      │   appointment       (such as 14:00, +2h, 2026-11-22 14:00)                       │
                      │   kind of service                                                                │ ok (0 ms)
                      │   priority         ·                                                             │
                      │                                                                                  │stomer
                      │ ascall request --profile=repair --tel=01000000001 --name=한 '--location=마포 ㄱ' │, 2.2 km)
                      │ Tab: next, ↓: pick, Enter: next or do it, Esc: leave it                          │customer, W-3
                      ╰──────────────────────────────────────────────────────────────────────────────────╯worker, W-3
    80x24
    ╭─ new call ───────────────────────────────────────────────────────────────────╮
    │   service          Repair call                                               │
    │   phone          * 01000000001                                               │
    │   name             한                                                        │
    │ ▸ place            마포 ㄱ▏                                                  │
    │                    ▸ 서울특별시 마포구 공덕동                                │
    │                      서울특별시 마포구 구수동                                │
    │   estimate                                                                   │
    │   appointment       (such as 14:00, +2h, 2026-11-22 14:00)                   │
    │   kind of service                                                            │
    │   priority         ·                                                         │
    │                                                                              │
    │ ascall request --profile=repair --tel=01000000001 --name=한 '--location=마포 │
    │ ㄱ'                                                                          │
    │ Tab: next, ↓: pick, Enter: next or do it, Esc: leave it                      │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    "#);
}

#[test]
fn the_palette_while_something_is_typed() {
    let palette = |typed: &'static str| {
        move |state: &mut State| {
            press(state, "?");
            type_in(state, typed);
            press(state, "down");
        }
    };
    insta::assert_snapshot!(looks(Lang::Ko, palette("취소")), @r#"
    120x40
     C-8     ○ 배송준비    15분 중구 을지로동  ╭─ 무엇을 할까요? ───────────────╮       W-3 박*찬 010-****-0003
     C-9     ○ 택시호출    10초 마포구 공덕동  │ ?취소▏                         │       13:27
     C-4     ▸ 호출확정    33분 강남구 삼성동  │ x         취소                 │       manage 완료
     C-2     ● 작업중      55분 용산구 한남동 *│ W         취소 단계 면제       │
     C-5     ◷ 방문예약    33분 종로구 청운동  │ Enter: 선택, Esc: 그만두기     │7:00  접수  ‹kim› "그렇게 정함"
                                               ╰────────────────────────────────╯      요청  manage 처리 #1
    80x24
    ▌ 호출 8 · 상태순 ─────╭─ 무엇을 할까요? ───────────────╮───────────────────────
     번호    상태          │ ?취소▏                         │    약속        표시
     C-7     ○ 호출중      │ x         취소                 │    ≤23시간     !배정…
     C-3     ○ 호출중      │ W         취소 단계 면제       │    ≤23시간     !배정…
     C-6     ○ 호출중      │ Enter: 선택, Esc: 그만두기     │    ‖14:30
     C-8     ○ 배송준비    ╰────────────────────────────────╯    ≤6일
    "#);
    insta::assert_snapshot!(looks(Lang::En, palette("can")), @r#"
    120x40
     C-6     ○ open      33 min 송파구 문정동  ╭─ what would you like to do? ───╮omer  오*늘 010-****-0012
     C-8     ○ open      15 min 중구 을지로동  │ ?can▏                          │er    W-3 박*찬 010-****-0003
     C-9     ○ open        10 s 마포구 공덕동  │ x         cancel               │ived  13:27
     C-4     ▸ assigned  33 min 강남구 삼성동  │ :         command              │s     manage done
     C-2     ● in servi… 55 min 용산구 한남동 *│ n         new call             │
     C-5     ◷ scheduled 33 min 종로구 청운동  │ e         change a member      │7:00  received  ‹kim› "그렇게 정함"
                                               │ Enter: choose, Esc: leave it   │      asked  manage do #1
                                               ╰────────────────────────────────╯      answered  manage do ok (0 ms)
    80x24
                           ╭─ what would you like to do? ───╮
    ▌ calls 8 · by phase ──│ ?can▏                          │───────────────────────
     id      phase         │ x         cancel               │    promise     marks
     C-7     ○ open      33│ :         command              │    ≤23 h       !the …
     C-3     ○ open      35│ n         new call             │    ≤23 h       !the …
     C-6     ○ open      33│ e         change a member      │    ‖14:30
     C-8     ○ open      15│ Enter: choose, Esc: leave it   │    ≤6 d
     C-9     ○ open        ╰────────────────────────────────╯    ?1 10 s
    "#);
}

/// A cancel that is asked about, once the desk has said what would happen.
fn confirm(would: &'static str) -> impl Fn(&mut State) {
    move |state: &mut State| {
        let effects = press(state, "x ctrl-enter");
        let Some(Effect::Run(jobs)) = effects.first() else { panic!("{effects:?}") };
        let ran = Ran { exit: 0, out: would.to_owned(), err: String::new(), refused: None };
        state.update(Msg::Ran(jobs[0].clone(), ran));
    }
}

#[test]
fn what_would_happen_before_it_does() {
    insta::assert_snapshot!(looks(Lang::Ko, confirm("C-4 취소\n배정 해제 W-3\n알림 취소 → 고객\n")), @r#"
    120x40
     C-8     ○ 배송준비    15분 중구 을지로동  ╭─ 이렇게 됩니다 ────────────────╮       W-3 박*찬 010-****-0003
     C-9     ○ 택시호출    10초 마포구 공덕동  │ ascall cancel C-4 --seen=25    │       13:27
     C-4     ▸ 호출확정    33분 강남구 삼성동  │ • C-4 취소                     │       manage 완료
     C-2     ● 작업중      55분 용산구 한남동 *│ • 배정 해제 W-3                │
     C-5     ◷ 방문예약    33분 종로구 청운동  │ • 알림 취소 → 고객             │7:00  접수  ‹kim› "그렇게 정함"
                                               │ Enter: 실행, Esc: 그만두기     │      요청  manage 처리 #1
                                               ╰────────────────────────────────╯      응답  manage 처리 승인 (0 ms)
    80x24
                           ╭─ 이렇게 됩니다 ────────────────╮
    ▌ 호출 8 · 상태순 ─────│ ascall cancel C-4 --seen=25    │───────────────────────
     번호    상태          │ • C-4 취소                     │    약속        표시
     C-7     ○ 호출중      │ • 배정 해제 W-3                │    ≤23시간     !배정…
     C-3     ○ 호출중      │ • 알림 취소 → 고객             │    ≤23시간     !배정…
     C-6     ○ 호출중      │ Enter: 실행, Esc: 그만두기     │    ‖14:30
     C-8     ○ 배송준비    ╰────────────────────────────────╯    ≤6일
    "#);
    insta::assert_snapshot!(looks(Lang::En, confirm("C-4 canceled\nreleased W-3\nnotice canceled → customer\n")), @r#"
    120x40
     C-8     ○ open      15 min 중구 을지로동  ╭─ this would happen ────────────╮er    W-3 박*찬 010-****-0003
     C-9     ○ open        10 s 마포구 공덕동  │ ascall cancel C-4 --seen=25    │ived  13:27
     C-4     ▸ assigned  33 min 강남구 삼성동  │ • C-4 canceled                 │s     manage done
     C-2     ● in servi… 55 min 용산구 한남동 *│ • released W-3                 │
     C-5     ◷ scheduled 33 min 종로구 청운동  │ • notice canceled → customer   │7:00  received  ‹kim› "그렇게 정함"
                                               │ Enter: do it, Esc: leave it    │      asked  manage do #1
                                               ╰────────────────────────────────╯      answered  manage do ok (0 ms)
    80x24
                           ╭─ this would happen ────────────╮
    ▌ calls 8 · by phase ──│ ascall cancel C-4 --seen=25    │───────────────────────
     id      phase         │ • C-4 canceled                 │    promise     marks
     C-7     ○ open      33│ • released W-3                 │    ≤23 h       !the …
     C-3     ○ open      35│ • notice canceled → customer   │    ≤23 h       !the …
     C-6     ○ open      33│ Enter: do it, Esc: leave it    │    ‖14:30
     C-8     ○ open      15╰────────────────────────────────╯    ≤6 d
    "#);
}

/// A line that is being typed, with the words of the command line that may come next.
fn prompt(state: &mut State) {
    state.completes = |_| {
        let all = [("cancel", "Cancel a call"), ("claim", "A worker takes an open call")];
        all.map(|(word, help)| Candidate { word: word.to_owned(), help: help.to_owned() }).into()
    };
    press(state, ":");
    type_in(state, "c");
    press(state, "tab tab");
}

#[test]
fn the_command_line_with_what_may_come_next() {
    insta::assert_snapshot!(looks(Lang::Ko, prompt), @"
    120x40


      cancel  Cancel a call
      claim   A worker takes an open call
    : cancel▏
     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    80x24


      cancel  Cancel a call
      claim   A worker takes an open call
    : cancel▏
     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색
    ");
    insta::assert_snapshot!(looks(Lang::En, prompt), @"
    120x40


      cancel  Cancel a call
      claim   A worker takes an open call
    : cancel▏
     n new call  a assign  s start  f finish  x cancel  w why  enter open  / filter  : command  ? help  [ earlier  q quit
    80x24


      cancel  Cancel a call
      claim   A worker takes an open call
    : cancel▏
     n new call  a assign  s start  f finish  x cancel  w why  enter open  ? help
    ");
}
