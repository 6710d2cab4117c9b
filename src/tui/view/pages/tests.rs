//! The pages as they are seen.

use crate::tui::state::State;
use crate::tui::testing::{Town, attend, busy, console, empty, failing, press, quiet, shown};
use crate::tui::text::width;
use ascall_engine::domain::profile::Lang;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 50)];

fn see(mut town: Town, lang: Lang, keys: &str, (columns, rows): (u16, u16)) -> String {
    let picture = town.picture();
    let mut state = console(lang, picture);
    press(&mut state, keys);
    attend(&mut state, &town);
    shown(&mut state, columns, rows)
}

fn pages(state: &mut State, town: &Town, look: impl Fn(&mut State, &str)) {
    for page in ["2", "3", "6", "7", "8"] {
        press(state, page);
        attend(state, town);
        for keys in ["left", "right"] {
            press(state, keys);
            look(state, page);
        }
    }
}

#[test]
fn no_page_is_wider_than_the_screen_at_any_size_in_any_state_and_language() {
    for make in [empty, quiet, busy, failing] {
        for lang in [Lang::Ko, Lang::En] {
            let mut town = make();
            let picture = town.picture();
            let mut state = console(lang, picture);
            pages(&mut state, &town, |state, page| {
                let odd = [(1, 1), (40, 13), (59, 20), (60, 16), (109, 19), (110, 12), (300, 12)];
                for (columns, rows) in SIZES.into_iter().chain(odd) {
                    let text = shown(state, columns, rows);
                    assert_eq!(text.lines().count(), usize::from(rows));
                    for line in text.lines() {
                        assert!(
                            width(line) <= usize::from(columns),
                            "page {page} {columns}x{rows}: {line}"
                        );
                    }
                }
            });
        }
    }
}

#[test]
fn every_page_says_who_is_chosen_wherever_it_is_shown() {
    for size in SIZES {
        let mut town = failing();
        let picture = town.picture();
        let mut state = console(Lang::Ko, picture);
        for (page, text) in
            [("2", "W-"), ("3", "manage"), ("6", "수리기사"), ("7", "마스크"), ("8", "M-1")]
        {
            press(&mut state, page);
            attend(&mut state, &town);
            let screen = shown(&mut state, size.0, size.1);
            assert!(screen.contains(text), "{page} {size:?}\n{screen}");
        }
    }
}

#[test]
fn persons_are_masked() {
    for page in ["2", "8"] {
        let screen = see(busy(), Lang::Ko, page, (200, 50));
        for bare in ["김하나", "차오름", "010-0000-0", "tok_visa"] {
            assert!(!screen.contains(bare), "{bare} on page {page}\n{screen}");
        }
    }
}

#[test]
fn workers_beside_the_map() {
    insta::assert_snapshot!(see(busy(), Lang::En, "2", (120, 40)), @"
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members               #35 0 s old  14:00
     ✓ breakers closed  calls 8  1/min  assign 0ms (p99 0ms)  desk.ascall is open here
    ▌ workers 8 · free ones first · distance to C-7 ───────────────────────── map ──────────────────────────────────────────
     state       worker       call             idle distance skills
     ◆ available W-4 최*모    ◷17:00 C-5     60 min   7.8 km 냉장고,에어컨
     ◆ available W-5 정*섯                   60 min  10.7 km 세탁기
     ◆ available W-6 강*섯                   60 min   5.5 km
     ◆ available W-7 조*곱                   60 min   6.6 km
     ◆ available W-1 김*나                   35 min   4.0 km 냉장고,세탁기
     ▸ committed W-3 박*찬    C-4                     6.7 km 에어컨               ◷
     ● working   W-2 이*리    C-2                     5.2 km 냉장고
     · off       W-8 윤*덟                            3.9 km 에어컨               ◆W-4
                                                                                  ⡇       ○
                                                                               ○  ⡇    ⣤
                                                                               ⣤ ⢰⠁
                                                                               ○ ⢸
                                                                                 ⢸
                                                                             ⠛   ⢸          ●
                                                                                 ⢸
                                                                                 ⡸
                                                                                 ⡇
                                                                                 ⡇                       ▸      ⣤
                                                                                 ○C-7
                                                                                                    ⣤

                                                                                                                          ○






                                                                             ⠶ workers 7  ○▸● calls 8  ├─┤ 1.0 km
                                                                            ─ W-4 최*모 ────────────────────────────────────
                                                                             ◆ available  idle for 60 min
                                                                             010-****-0004  냉장고,에어컨  repair
                                                                             starts from 서울특별시 종로구 사직동
                                                                             ◷ C-5 17:00~18:00

     n new call  N add a worker  s on shift  x off shift  b break  enter open  / filter  : command  ? help  [ earlier
    ");
}

#[test]
fn workers_on_a_usual_screen() {
    insta::assert_snapshot!(see(busy(), Lang::Ko, "2", (80, 24)), @"
     1  2 기사  3  4  5  6  7  8                                  #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)
    ▌ 기사 8 · 대기 기사 먼저 · C-7까지 거리 ───────────────────────────────────────
     현황      기사         호출          쉰 시간     거리 기술
     ◆ 대기    W-4 최*모    ◷17:00 C-5       60분    7.8km 냉장고,에어컨
     ◆ 대기    W-5 정*섯                     60분   10.7km 세탁기
     ◆ 대기    W-6 강*섯                     60분    5.5km
     ◆ 대기    W-7 조*곱                     60분    6.6km
     ◆ 대기    W-1 김*나                     35분    4.0km 냉장고,세탁기
     ▸ 배정    W-3 박*찬    C-4                      6.7km 에어컨
     ● 작업    W-2 이*리    C-2                      5.2km 냉장고
     · 퇴근    W-8 윤*덟                             3.9km 에어컨











     n 새 호출  N 기사 등록  s 출근  x 퇴근  b 휴식  enter 자세히  / 검색  : 명령
    ");
}

#[test]
fn workers_and_their_map_on_a_small_screen() {
    insta::assert_snapshot!(see(busy(), Lang::Ko, "2", (40, 12)), @"
     1  2 기사  3  4  5  6  7  8 #35 0초 전
     ✓ 차단기 정상  호출 8  분당 1건
    ▌ 기사 8 · 대기 기사 먼저 · C-7까지… ───
     현황     기사       호출        쉰 시…
     ◆ 대기   W-4 최*모  ◷17:00 C-5    60분
     ◆ 대기   W-5 정*섯                60분
     ◆ 대기   W-6 강*섯                60분
     ◆ 대기   W-7 조*곱                60분
     ◆ 대기   W-1 김*나                35분
     ▸ 배정   W-3 박*찬  C-4

     n 새 호출  N 기사 등록  s 출근
    ");
    insta::assert_snapshot!(see(busy(), Lang::En, "2 right", (40, 12)), @"
     1  2 workers  3  4  5  6  …#35 0 s old
     ✓ breakers closed  calls 8  1/min
    ▌ map ──────────────────────────────────
                  ◷
                 ○◆W-4
                 ○⡸  ●
                  ⡇
                  ○C-7  ⣤▸ ⠛
                              ○
     ⠶ workers 7  ○▸● calls 8  ├─┤ 3.5 km

     n new call  N add a worker  b break
    ");
    insta::assert_snapshot!(see(empty(), Lang::Ko, "2", (40, 12)), @"
     1  2 기사  3  4  5  6  7  8  #6 0초 전
     ✓ 차단기 정상  호출 0  분당 0건
    ▌ 기사 0 · 대기 기사 먼저 ──────────────
     등록된 기사가 없습니다. N 으로
     등록합니다






     n 새 호출  N 기사 등록  enter 자세히
    ");
}

#[test]
fn services_in_trouble() {
    insta::assert_snapshot!(see(failing(), Lang::Ko, "3 j j", (80, 24)), @"
     1  2  3 서비스  4  5  6  7  8                                #46 0초 전  14:00
     ✗ manage 열림: 연속 실패  ✗ payment 강제 열림: 카드사 점검 @kim  ‖ manage 중지
    ▌ 서비스 5 ─────────────────────────────────────────────────────────────────────
     참여자       동작                 요청 중    대기 차단기
     delivery     ◷ 느림 400-620 ms        0/1         ✓ 닫힘
     manage       ‖ 중지                  0/64       5 ✗ 열림 50초
     payment      ‖ 중지                  0/64         ✗ 강제 열림: 카드사 점검
     stock        ● 정상                  0/64         ✓ 닫힘
     assign       ● 정상                             5
    ─ payment ──────────────────────────────────────────────────────────────────────
     내장 · 중지
     차단기 ✗ 강제 열림: 카드사 점검
     최근 응답 0: 실패 0, 느림 0, 연속 실패 0
     장애 이력
     ✗ I-1 13:59:50~ 직접 조작 · 대기접수 0, 재접수 0, 만료 0, 유실 0
     할 수 있는 일
     x 중지: 응답하지 않습니다. 새 호출은 대기접수됩니다
     s 재개: 다시 응답합니다. 기다리던 호출이 이어집니다
     z 지연: 늦게 응답합니다. 기한을 넘기면 실패입니다
     f 실패시키기: 실패로 응답합니다
     o 차단기 열기: 다른 지시가 있을 때까지 요청을 보내지 않습니다
     c 차단기 닫기: 지금 닫고 그다음은 스스로 판단합니다

     n 새 호출  x 중지  s 재개  o 차단기 열기  c 차단기 닫기  enter 자세히  / 검색
    ");
    insta::assert_snapshot!(see(failing(), Lang::En, "3 j j", (120, 40)), @"
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members               #46 0 s old  14:00
     ✗ manage open: failures in a row  ✗ payment forced open: 카드사 점검 @kim  ‖ delivery slow 400-620 ms  ‖ manage stopped
    ▌ services 5 ──────────────────────────────────────────────────────────── payment ──────────────────────────────────────
     participant  mode               in flight waiting breaker               built in · stopped
     delivery     ◷ slow 400-620 ms        0/1         ✓ closed              breaker ✗ forced open: 카드사 점검
     manage       ‖ stopped               0/64       5 ✗ open 50 s           last 0 answers: 0 failed, 0 slow, 0 failures
     payment      ‖ stopped               0/64         ✗ forced open: 카드…  in a row
     stock        ● running               0/64         ✓ closed              incidents
     assign       ● running                          5                       ✗ I-1 13:59:50~ operator · 0 parked, 0
                                                                             admitted, 0 expired, 0 lost
                                                                             what may be done
                                                                             x stop: it does not answer; new calls wait
                                                                             s start: it answers again; what waits goes on
                                                                             z slow down: it answers late; past the
                                                                             deadline that is a failure
                                                                             f make fail: it answers with a failure
                                                                             o open the breaker: nothing is sent to it
                                                                             until another order
                                                                             c close the breaker: closes it now; it goes on
                                                                             by itself from there
                                                                             d switch the breaker off: everything passes
                                                                             and nothing is counted
                                                                             a breaker by itself: it decides by itself
                                                                             again















     n new call  x stop  s start  o open the breaker  c close the breaker  enter open  / filter  : command  ? help  q quit
    ");
    insta::assert_snapshot!(see(failing(), Lang::En, "3", (40, 12)), @"
     1  2  3 services  4  5  6 …#46 0 s old
     ✗ manage open  ✗ payment forced open
    ▌ services 5 ───────────────────────────
     participant  mode       breaker
     delivery     ◷ slow 40… ✓ closed
     manage       ‖ stopped  ✗ open 50 s
     payment      ‖ stopped  ✗ forced open…
     stock        ● running  ✓ closed
     assign       ● running


     n new call  x stop  s start  / filter
    ");
    insta::assert_snapshot!(see(failing(), Lang::Ko, "3 j j right", (40, 12)), @"
     1  2  3 서비스  4  5  6  7 …#46 0초 전
     ✗ manage 열림  ✗ payment 강제 열림
    ▌ payment ──────────────────────────────
     내장 · 중지
     차단기 ✗ 강제 열림: 카드사 점검
     최근 응답 0: 실패 0, 느림 0, 연속 실패
     0
     장애 이력
     ✗ I-1 13:59:50~ 직접 조작 · 대기접수
     0, 재접수 0, 만료 0, 유실 0

     n 새 호출  x 중지  s 재개  / 검색
    ");
}

#[test]
fn service_lines() {
    insta::assert_snapshot!(see(busy(), Lang::En, "6", (80, 24)), @"
     1  2  3  4  5  6 profiles  7  8                             #35 0 s old  14:00
     ✓ breakers closed  calls 8  1/min  assign 0ms (p99 0ms)
    ▌ profiles 5 ───────────────────────────────────────────────────────────────────
     service    title                                                         calls
     repair     Repair call                                                       6
     driver     Driver call                                                       0
     tutoring   Tutoring                                                          0
     taxi       Taxi call                                                         1
     shop       Mask shop                                                         1
    ─ Repair call ──────────────────────────────────────────────────────────────────
     A call of `repair` (Repair call) must name: phone. First `manage` must say yes
     (within 610 ms; while it is down the call waits, at most 2 h). How a
     technician is found: the best one gets it at once (for 10 min). What nobody
     has taken up after 24 h ends as `unfilled`. It may be canceled up to
     `assigned`. It has 17 notices, for: customer, worker.

     what is asked
     phone*  tel: tel
     place  location: place
     estimate  cost: won
     appointment  visit: time
     kind of service  kind: text

     n new call  enter open  / filter  : command  ? help  [ earlier  q quit
    ");
    insta::assert_snapshot!(see(busy(), Lang::Ko, "6 G", (120, 40)), @"
     1 현황  2 기사  3 서비스  4 알림  5 기록  6 프로필  7 재고  8 회원                                   #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)  desk.ascall 을 여기서 열어 둠
    ▌ 프로필 5 ────────────────────────────────────── 마스크 쇼핑몰 ────────────────────────────────────────────────────────
     서비스     이름                           호출  `shop`(마스크 쇼핑몰) 접수에는 상품, 주문번호 값이 필요합니다. 먼저
     repair     수리기사 호출                     6  `delivery` 단계가 승인해야 합니다 (기한 610 ms, 응답이 없으면
     driver     대리기사 호출                     0  2시간까지 대기). 배송기사 찾는 순서: 없어도 시작 가능, 24시간 안에
     tutoring   과외 매칭                         0  시작해야 함. 그 사이 `stock` 단계가 물품을 확보해야 합니다 (끝나야
     taxi       택시 호출                         1  시작 가능). 7일 안에 시작하지 못하면 '품절취소'(으)로 끝납니다.
     shop       마스크 쇼핑몰                     1  '배송배정'까지 취소할 수 있습니다. 알림은 11가지이고 고객, 기사에게
                                                     갑니다.

                                                     접수 항목
                                                     상품*  product: text
                                                     수량  qty: count = 1
                                                     주문번호*  reference: reference
                                                     전화번호  tel: tel

                                                     진행 순서
                                                     먼저 `delivery` 단계가 승인해야 합니다 (기한 610 ms, 응답이 없으면
                                                     2시간까지 대기).
                                                     1. 없어도 시작 가능, 24시간 안에 시작해야 함
                                                     그 사이 `stock` 단계가 물품을 확보해야 합니다 (끝나야 시작 가능).

                                                     알림 문구
                                                     대기접수 → 고객: [마스크] 주문 {call} 대기 중입니다. {product}
                                                     {qty}개. 순서가 되는 대로 알려 드리겠습니다.
                                                     접수 → 고객: [마스크] 주문 {call} 접수되었습니다. {product} {qty}개.
                                                     재고 부족 → 고객: [마스크] 주문 {call} 재고가 부족합니다. {product}
                                                     들어오는 대로 보내 드리겠습니다.
                                                     배정 → 고객: [마스크] 주문 {call} 배송기사 {worker} 배정되었습니다.
                                                     연락처: {worker_tel}
                                                     배정 → 기사: [배송] {call} {product} {qty}개 {place} · 고객
                                                     {customer_tel}
                                                     해제 → 기사: [해제] {call} 배송이 해제되었습니다.
                                                     작업 시작 → 고객: [마스크] 주문 {call} 배송을 시작했습니다.
                                                     완료 → 고객: [마스크] 주문 {call} 배송이 완료되었습니다. 이용해 주셔서
                                                     감사합니다.
                                                     취소 → 고객: [마스크] 주문 {call} 취소되었습니다.

     n 새 호출  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    ");
    insta::assert_snapshot!(see(busy(), Lang::Ko, "6 right", (40, 12)), @"
     1  2  3  4  5  6 프로필  7 …#35 0초 전
     ✓ 차단기 정상  호출 8  분당 1건
    ▌ 수리기사 호출 ────────────────────────
     `repair`(수리기사 호출) 접수에는
     전화번호 값이 필요합니다. 먼저
     `manage` 단계가 승인해야 합니다 (기한
     610 ms, 응답이 없으면 2시간까지 대기).
     수리기사 찾는 순서: 가장 알맞은
     기사에게 바로 배정 (10분 동안). 24시간
     안에 시작하지 못하면 '미배정'(으)로

     n 새 호출  enter 자세히  / 검색
    ");
}

#[test]
fn goods() {
    insta::assert_snapshot!(see(busy(), Lang::Ko, "7", (80, 24)), @"
     1  2  3  4  5  6  7 재고  8                                  #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)
    ▌ 재고 2 ───────────────────────────────────────────────────────────────────────
     상품                                                   재고      예약     가능
     마스크                                                   97        10       87
     손소독제                                                  8         0        8
    ─ 마스크 · 입출고 내역 ─────────────────────────────────────────────────────────
     순번 시각     사건 수량 호출 재고 가능 누가 사유
     33   13:45:00 예약   10 C-8    97   87 kim  그렇게 정함
     18   13:05:00 폐기    3        97   97 kim  그렇게 정함
     16   13:05:00 입고  100       100  100 kim  그렇게 정함












     n 새 호출  + 입고  - 폐기  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로
    ");
    insta::assert_snapshot!(see(busy(), Lang::En, "7", (120, 40)), @"
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members               #35 0 s old  14:00
     ✓ breakers closed  calls 8  1/min  assign 0ms (p99 0ms)  desk.ascall is open here
    ▌ stock 2 ─────────────────────────────────────── 마스크 · movements ───────────────────────────────────────────────────
     product             on hand  reserved     free  seq time     event       qty call on hand free by  reason
     마스크                   97        10       87  33  13:45:00 reserved     10 C-8       97   87 kim 그렇게 정함
     손소독제                  8         0        8  18  13:05:00 written off   3           97   97 kim 그렇게 정함
                                                     16  13:05:00 received    100          100  100 kim 그렇게 정함
































     n new call  + receive  - write off  enter open  / filter  : command  ? help  [ earlier  q quit
    ");
    insta::assert_snapshot!(see(empty(), Lang::En, "7", (40, 12)), @"
     1  2  3  4  5  6  7 stock  …#6 0 s old
     ✓ breakers closed  calls 0  0/min
    ▌ stock 0 ──────────────────────────────
     no goods; + receives some







     n new call  + receive  enter open
    ");
}

#[test]
fn members() {
    insta::assert_snapshot!(see(busy(), Lang::Ko, "8", (80, 24)), @"
     1  2  3  4  5  6  7  8 회원                                  #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)
    ▌ 회원 1 ───────────────────────────────────────────────────────────────────────
     회원    이름                         전화           카드         이용     쿠폰
     M-1     차*름                        010-****-0017  tok_…4242       0
    ─ M-1 ──────────────────────────────────────────────────────────────────────────
     이름         차*름
     전화         010-****-0017
     카드         tok_…4242
     이용         0













     n 새 호출  N 회원 등록  e 회원 정보 변경  enter 자세히  / 검색  : 명령
    ");
    insta::assert_snapshot!(see(busy(), Lang::En, "8 right", (40, 12)), @"
     1  2  3  4  5  6  7  8 mem…#35 0 s old
     ✓ breakers closed  calls 8  1/min
    ▌ M-1 ──────────────────────────────────
     name     차*름
     phone    010-****-0017
     card     tok_…4242
     rides    0




     n new call  N add a member  / filter
    ");
    insta::assert_snapshot!(see(empty(), Lang::Ko, "8", (40, 12)), @"
     1  2  3  4  5  6  7  8 회원  #6 0초 전
     ✓ 차단기 정상  호출 0  분당 0건
    ▌ 회원 0 ───────────────────────────────
     회원이 없습니다. N 으로 등록합니다







     n 새 호출  N 회원 등록  enter 자세히
    ");
}
