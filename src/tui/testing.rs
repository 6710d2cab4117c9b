//! What the tests of the console are made of: a desk in memory, driven by orders; keys as people write them; the screen as
//! text.
//!
//! Invariant: every picture is what a real desk answers after real orders; nothing in it is made up. The clock stands
//! still at [`NOW`], so that what is shown is the same on every run.

use super::feed::{Found, company, goods, page};
use super::keys::Keymap;
use super::msg::{Effect, Got, Msg, Told, Want};
use super::picture::Picture;
use super::snapshot;
use super::state::{Setting, State};
use super::theme::Theme;
use crate::desk::letters::{Fate, Letter};
use crate::desk::live::verdicts;
use crate::desk::past::{Glimpse, Past};
use crate::desk::{Book, profiles};
use crate::front::clock::Clock;
use crate::front::draft::point;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::decision::stand_lines;
use crate::front::show::event::{NamesOf, RecordJson};
use crate::front::show::letter::LetterJson;
use crate::front::show::member::MemberJson;
use ascall_engine::core::{Core, Founding};
use ascall_engine::domain::breaker::{BreakerSettings, Order as BreakerOrder};
use ascall_engine::domain::command::{
    Command, Contact, Current, MemberCard, NewCall, NewWorker, Order, Person, Receipt,
};
use ascall_engine::domain::event::{Duty, Mode, ParticipantKind, Spot, TelDigest, WorkOutcome};
use ascall_engine::domain::ids::{CallId, Millis, Seq, Time, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Lang, NoticeOn, Role};
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::journal::memory::MemoryJournal;
use ascall_engine::views::Store;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

/// The moment at which the clock of the tests stands.
pub(crate) const NOW: &str = "2026-11-21T14:00:00+09:00";

/// How long before [`NOW`] a made desk opens.
const BEFORE: Millis = Millis::mins(60);

/// The present of the tests.
pub(crate) fn now() -> Time {
    Clock::still(NOW).now()
}

/// A console of the shipped service lines, without colours.
pub(crate) fn setting(lang: Lang) -> Setting {
    Setting {
        desk: "desk.ascall".to_owned(),
        look: Look { lang, clock: Clock::still(NOW), reveal: false },
        keys: Keymap::default(),
        theme: Theme::Plain,
        profiles: profiles::load(&[]).unwrap(),
        at: None,
    }
}

/// A console of 80 by 24 that has this before it.
pub(crate) fn console(lang: Lang, picture: Picture) -> State {
    let mut state = State::new(setting(lang), (80, 24));
    state.update(Msg::Attached { picture: Box::new(picture), host: true });
    state
}

/// The key that is written so: `j`, `G`, `enter`, `ctrl-d`, `:`.
pub(crate) fn key(text: &str) -> KeyEvent {
    let mut letters = text.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        let held = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        return KeyEvent::new(KeyCode::Char(letter), held);
    }
    let key = crokey::parse(text).unwrap();
    KeyEvent::new(*key.codes.first(), key.modifiers)
}

/// Presses keys that are written with a space between them. Says what they caused outside.
pub(crate) fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    keys.split_whitespace().filter_map(|text| state.update(Msg::Key(key(text)))).collect()
}

/// Types a text letter by letter.
pub(crate) fn type_in(state: &mut State, text: &str) {
    for letter in text.chars() {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        assert_eq!(state.update(Msg::Key(key)), None, "{letter} of {text}");
    }
}

/// Clicks.
pub(crate) fn click(state: &mut State, column: u16, row: u16) {
    let kind = MouseEventKind::Down(MouseButton::Left);
    state.update(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

/// The lines of the command line that are about to be carried out.
pub(crate) fn lines(effects: &[Effect]) -> Vec<String> {
    let jobs = effects.iter().flat_map(|effect| match effect {
        Effect::Run(jobs) => jobs.as_slice(),
        _ => &[],
    });
    jobs.map(|job| job.line.shell()).collect()
}

/// What the screen shows at this size.
pub(crate) fn shown(state: &mut State, columns: u16, rows: u16) -> String {
    state.update(Msg::Resize(columns, rows));
    snapshot::txt(&snapshot::buffer(state))
}

/// A desk in memory.
pub(crate) struct Town {
    core: Core<MemoryJournal>,
    /// Its clock.
    pub now: Time,
    /// The digest that the next person gets.
    persons: u64,
}

impl Town {
    /// A desk that has opened an hour ago and knows the shipped service lines.
    pub(crate) fn new() -> Self {
        let begin = Time(now().0.saturating_sub_unsigned(BEFORE.0));
        let founding = Founding { seed: 7, secret: [1; 32] };
        let journal = MemoryJournal::new();
        let core = Core::open(journal, Settings::default(), &founding, begin).unwrap();
        let mut town = Self { core, now: begin, persons: 0 };
        for profile in profiles::load(&[]).unwrap() {
            town.run(Command::AdoptProfile(Box::new(profile)));
        }
        town
    }

    /// The live state.
    pub(crate) fn world(&self) -> &World {
        self.core.world()
    }

    /// The rows.
    pub(crate) fn store(&self) -> &Store {
        self.core.store()
    }

    /// Asks for something as the operator `kim`.
    pub(crate) fn ask(&mut self, command: Command) -> Result<Receipt, Refusal> {
        let reason = Some("그렇게 정함".to_owned());
        let order = Order { reason, ..Order::by_operator("kim", command) };
        self.core.run(&[order], self.now).unwrap().answers.remove(0)
    }

    /// As [`Town::ask`], for what is never refused.
    pub(crate) fn run(&mut self, command: Command) -> Receipt {
        self.ask(command).unwrap()
    }

    /// Lets time go by, and what is due happen.
    pub(crate) fn wait(&mut self, span: Millis) {
        let until = self.now.plus(span);
        while let Some(due) = self.core.world().next_due().filter(|due| *due <= until) {
            self.now = due.max(self.now);
            if self.core.tick(self.now).unwrap().records.is_empty() {
                break;
            }
        }
        self.now = until;
        self.core.tick(until).unwrap();
    }

    fn person(&mut self, name: &str, address: Option<&str>) -> Contact {
        self.persons += 1;
        let person = Person {
            name: Some(name.to_owned()),
            tel: Some(format!("0100000{:04}", self.persons)),
            address: address.map(str::to_owned),
            card: None,
        };
        Contact { person, digest: Some(TelDigest(self.persons)), reachable: true }
    }

    /// A worker on shift.
    pub(crate) fn worker(
        &mut self,
        name: &str,
        place: &str,
        skills: &[&str],
        services: &[&str],
    ) -> WorkerId {
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
        let contact = self.person(name, None);
        let new = NewWorker {
            contact,
            services: words(services),
            skills: words(skills),
            home: Some(point(place).unwrap()),
            duty: Duty::On,
            handle: None,
        };
        self.run(Command::AddWorker(new)).worker.unwrap()
    }

    /// A worker's shift.
    pub(crate) fn duty(&mut self, worker: WorkerId, duty: Duty) {
        self.run(Command::SetDuty { worker, duty, current: Current::Keep });
    }

    /// What a customer of a line may ask for.
    pub(crate) fn request(
        &mut self,
        profile: &str,
        name: &str,
        place: &str,
        kind: &str,
    ) -> NewCall {
        NewCall {
            profile: profile.to_owned(),
            contact: self.person(name, Some(place)),
            kind: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
            spot: Some(Spot { point: point(place).unwrap(), within_m: None }),
            cost: None,
            priority: 1,
            fields: BTreeMap::new(),
            lang: Lang::Ko,
            parent: None,
            member: None,
            visit: None,
        }
    }

    /// Takes a call.
    pub(crate) fn take(&mut self, new: NewCall) -> CallId {
        self.run(Command::RequestCall(new)).call.unwrap()
    }

    /// Takes a repair call.
    pub(crate) fn repair(&mut self, name: &str, place: &str, kind: &str) -> CallId {
        let new = self.request("repair", name, place, kind);
        self.take(new)
    }

    /// How a participant behaves from now on.
    pub(crate) fn mode(&mut self, participant: &str, mode: Mode) {
        self.run(Command::SetMode { name: participant.to_owned(), mode });
    }

    /// The desk as a console has it before it at [`NOW`].
    pub(crate) fn picture(&mut self) -> Picture {
        let left = now().since(self.now);
        self.wait(left);
        let seen = Past::default().board(self.store(), self.now, Duration::MAX).unwrap();
        let Glimpse::Whole(board) = seen else { panic!("{seen:?}") };
        let mut records = Vec::new();
        let each = self.store().each_record(Seq(1), |record| {
            records.push(record);
            ControlFlow::Continue(())
        });
        each.unwrap();
        Picture::of(*board, records)
    }
}

/// Answers what the console lacks, as the feed would, until it lacks nothing.
pub(crate) fn attend(state: &mut State, town: &Town) {
    while let Some(want) = state.want() {
        let got = answer(town, &want, state.look());
        state.update(Msg::Got(want, Ok(got)));
    }
}

fn answer(town: &Town, want: &Want, look: &Look) -> Got {
    let book = Book::of(town.store().clone());
    match want {
        Want::Past(at) => {
            let seen = Past::default().board(town.store(), *at, Duration::MAX).unwrap();
            let Glimpse::Whole(board) = seen else { return Got::Past(None) };
            let records = book.records(Seq(1), usize::try_from(board.seq.0).unwrap()).unwrap();
            Got::Past(Some(Box::new(Picture::of(*board, records))))
        }
        Want::Call { call, until, reveal, .. } => {
            let now = book.call(*call).unwrap().unwrap();
            let seq = until.unwrap_or(now.seq());
            let row = Past::default().call(town.store(), *call, seq).unwrap().unwrap();
            let veil = if *reveal { Veil::Whole } else { Veil::Masked };
            let counts = verdicts(town.world(), *call);
            let is_open = row.phase == Phase::Open && until.is_none();
            let stand = if is_open { stand_lines(&counts, false, look) } else { Vec::new() };
            let told = letters().into_iter().filter(|t| t.letter.call == call.to_string());
            let told = told.filter(|t| t.letter.seq <= seq.0).collect();
            let found = Found { row, now, place: None, stand, told };
            Got::Call(Box::new(page(&book, found, until.is_some(), veil, look).unwrap()))
        }
        Want::Records { from, count, .. } => {
            let records = book.records(*from, usize::try_from(*count).unwrap()).unwrap();
            let (epoch, mut names) = (book.epoch().unwrap(), NamesOf::new(&book));
            let shown = |record| RecordJson::of(record, epoch, &mut names, look);
            Got::Records(records.iter().map(shown).collect())
        }
        Want::Letters { .. } => Got::Letters(letters()),
        Want::Stock { product, until, .. } => {
            Got::Stock(Box::new(goods(&book, product.as_deref(), *until).unwrap()))
        }
        Want::Member { tel } => {
            let whole = company(&book, Veil::Whole).unwrap().members;
            let is = |member: &MemberJson| member.tel == Some(tel.to_string());
            let at = whole.iter().position(is);
            let masked = company(&book, Veil::Masked).unwrap().members;
            Got::Member(at.map(|at| Box::new(masked[at].clone())))
        }
        Want::Members { reveal, .. } => {
            let veil = if *reveal { Veil::Whole } else { Veil::Masked };
            Got::Members(Box::new(company(&book, veil).unwrap()))
        }
    }
}

/// Messages: delivered, on their way, given up.
fn letters() -> Vec<Told> {
    let letter = |name: &str, call, worker, role, on, fate, text: &str, tries: &[&str]| {
        let letter = Letter {
            notice: name.parse().unwrap(),
            at: Time(now().0 - 600_000),
            call: CallId(call),
            worker,
            role,
            on,
            fate,
            text: text.to_owned(),
            persons: Vec::new(),
            tries: Vec::new(),
        };
        let tries = tries.iter().map(|one| (*one).to_owned()).collect();
        Told { letter: LetterJson::of(&letter, Veil::Masked), tries }
    };
    let worker = Some(WorkerId(1));
    vec![
        letter(
            "41/0/S-9/inbox",
            1,
            worker,
            Role::Customer,
            NoticeOn::Assigned,
            Fate::Delivered,
            "C-1: 김*나 수리기사가 배정되었습니다",
            &["13:05:00  데스크  1  전달"],
        ),
        letter(
            "42/1/S-1/webhook",
            2,
            worker,
            Role::Worker,
            NoticeOn::Assigned,
            Fate::Dead,
            "C-2: 용산구 한남동 ***, 냉장고",
            &["13:25:00  웹훅  1  실패  HTTP 상태 503", "13:26:00  웹훅  2  실패"],
        ),
        letter(
            "47/0/S-11/sms",
            3,
            None,
            Role::Customer,
            NoticeOn::Searching,
            Fate::Owed,
            "C-3: 아직 찾고 있습니다",
            &[],
        ),
    ]
}

/// A desk with eight workers over Seoul and nothing to do.
pub(crate) fn quiet() -> Town {
    let mut town = Town::new();
    town.worker("김하나", "마포구 공덕동", &["냉장고", "세탁기"], &["repair"]);
    town.worker("이두리", "용산구 이태원동", &["냉장고"], &["repair", "shop"]);
    town.worker("박세찬", "강남구 역삼동", &["에어컨"], &[]);
    town.worker("최네모", "종로구 사직동", &["냉장고", "에어컨"], &["repair"]);
    town.worker("정다섯", "송파구 잠실동", &["세탁기"], &["repair"]);
    town.worker("강여섯", "마포구 아현동", &[], &["taxi"]);
    town.worker("조일곱", "중구 명동", &[], &["taxi", "driver"]);
    town.worker("윤여덟", "영등포구 여의도동", &["에어컨"], &["repair"]);
    town.duty(WorkerId(8), Duty::Off);
    town
}

/// A desk in the middle of a day: calls in many phases, an appointment, a question to several, goods, members.
pub(crate) fn busy() -> Town {
    let mut town = quiet();
    town.wait(Millis::mins(5));
    town.run(Command::ReceiveStock { product: "마스크".to_owned(), qty: 100 });
    town.run(Command::ReceiveStock { product: "손소독제".to_owned(), qty: 8 });
    town.run(Command::WriteOffStock { product: "마스크".to_owned(), qty: 3 });
    let done = town.repair("한가람", "마포구 도화동", "냉장고");
    town.run(Command::StartWork { call: done });
    let working = town.repair("민들레", "용산구 한남동 12-3", "냉장고");
    town.run(Command::StartWork { call: working });
    town.wait(Millis::mins(20));
    town.run(Command::FinishWork { call: done, outcome: WorkOutcome::Done, fare: None });
    // Nobody can do this: after ten minutes somebody has to look.
    town.repair("서보람", "서대문구 북아현동", "보일러");
    town.wait(Millis::mins(2));
    town.repair("오하늘", "강남구 삼성동", "에어컨");
    let mut visit = town.request("repair", "배나무", "종로구 청운동", "냉장고");
    visit.visit = Some(now().plus(Millis::hours(3)));
    let visit = town.take(visit);
    // An appointment that is far off is given by hand.
    town.run(Command::AssignCall { call: visit, worker: WorkerId(4), force: false });
    let held = town.repair("유채꽃", "송파구 문정동", "보일러");
    town.run(Command::HoldCall { call: held, until: now().plus(Millis::mins(30)) });
    let urgent = town.request("repair", "노을", "동작구 흑석동", "식기세척기");
    town.take(NewCall { priority: 3, ..urgent });
    town.wait(Millis::mins(18));
    let mut order = town.request("shop", "문라이트", "중구 을지로동", "");
    order.fields.insert("product".to_owned(), "마스크".to_owned());
    order.fields.insert("qty".to_owned(), "10".to_owned());
    order.fields.insert("reference".to_owned(), "2026-0001".to_owned());
    town.take(order);
    let mut card = MemberCard { contact: town.person("차오름", None), ..MemberCard::default() };
    card.contact.person.card = Some("tok_visa_4242".to_owned());
    let member = town.run(Command::AddMember(card)).member;
    let mut ride = town.request("taxi", "차오름", "마포구 공덕동", "");
    ride.fields.insert("to".to_owned(), "37.50,127.03".to_owned());
    ride.member = member;
    // So late that the taxis nearby are still being asked.
    town.wait(Millis::secs(14 * 60 + 50));
    town.take(ride);
    town
}

/// As [`busy`], with `manage` down and its breaker open, `payment` held open by hand, `delivery` late, calls parked, one
/// that is being undone and one that waits for its money.
pub(crate) fn failing() -> Town {
    let mut town = busy();
    let kind = ParticipantKind::Local;
    let long = Millis::mins(1);
    let breaker =
        BreakerSettings { open_ms: long, open_ms_max: long, ..BreakerSettings::default() };
    let name = "manage".to_owned();
    town.run(Command::SetParticipant { name, kind, breaker, bulkhead: 64 });
    town.mode("payment", Mode::Stopped);
    let to = BreakerOrder::Open { reason: "카드사 점검".to_owned() };
    town.run(Command::ForceBreaker { name: "payment".to_owned(), to });
    town.mode("delivery", Mode::Slow { fixed: Millis(400), random: Millis(220) });
    town.mode("manage", Mode::Stopped);
    town.run(Command::CancelCall { call: CallId(4), force: false });
    for (name, place) in [
        ("구름이", "성동구 성수동"),
        ("나래", "광진구 자양동"),
        ("도담", "은평구 불광동"),
        ("라온", "강북구 수유동"),
        ("마루", "노원구 상계동"),
    ] {
        town.repair(name, place, "냉장고");
    }
    town
}

/// A desk that has just opened.
pub(crate) fn empty() -> Town {
    Town::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ascall_engine::domain::breaker::StateKind;
    use std::collections::BTreeSet;

    fn phases(picture: &Picture) -> BTreeSet<&'static str> {
        picture.calls.values().map(|row| row.phase.name()).collect()
    }

    #[test]
    fn the_made_desks_have_what_they_say() {
        let picture = empty().picture();
        assert!(picture.calls.is_empty() && picture.workers.is_empty());
        let picture = busy().picture();
        let some = [Phase::Open, Phase::Scheduled, Phase::Assigned, Phase::InService];
        let missing = |picture: &Picture, some: &[Phase]| {
            let there = phases(picture);
            some.iter().map(|p| p.name()).filter(|p| !there.contains(p)).collect::<Vec<_>>()
        };
        assert_eq!(missing(&picture, &some), [] as [&str; 0], "{:?}", phases(&picture));
        assert!(!picture.rest.offers.is_empty() && !picture.rest.attention.is_empty());
        let picture = failing().picture();
        assert_eq!(missing(&picture, &[Phase::Parked, Phase::Unwinding]), [] as [&str; 0]);
        let state = |name: &str| {
            picture.rest.breakers.iter().find(|b| b.participant == name).map(|b| b.state)
        };
        assert_eq!(state("manage"), Some(StateKind::Open));
        assert_eq!(state("payment"), Some(StateKind::ForcedOpen));
    }

    #[test]
    fn keys_are_read_as_people_write_them() {
        assert_eq!(key("enter").code, KeyCode::Enter);
        assert_eq!(key("G"), KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT));
        assert_eq!(key("ctrl-d").modifiers, KeyModifiers::CONTROL);
        let mut state = console(Lang::En, busy().picture());
        assert_eq!(press(&mut state, "q"), [Effect::Quit]);
        assert!(shown(&mut state, 80, 24).contains("C-3"));
    }
}
