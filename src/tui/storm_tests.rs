//! Keys, clicks, pastes, sizes and answers without any sense, by the hundred thousand.
//!
//! Invariant: the same seed gives the same storm; a test that fails names the step.

use super::keys::{Keymap, TABLE};
use super::msg::{Effect, Got, Job, Msg, Want};
use super::picture::Picture;
use super::snapshot;
use super::state::State;
use super::testing::{busy, console, empty, failing, key as key_of, quiet};
use super::typed::Ran;
use crate::front::error::UserError;
use ascall_engine::domain::ids::{CallId, Time};
use ascall_engine::domain::profile::Lang;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// How many things happen; with `ASCALL_LONG` all of them are drawn.
const STEPS: u32 = 100_000;

/// One in how many is drawn otherwise.
const DRAWN: u64 = 40;

/// Numbers without sense (xorshift; Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn size(&mut self, most: u64) -> u16 {
        u16::try_from(1 + self.below(most)).unwrap()
    }

    fn key(&mut self) -> KeyEvent {
        const CODES: [KeyCode; 16] = [
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Backspace,
            KeyCode::Delete,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::F(1),
            KeyCode::F(12),
        ];
        const STRANGE: [char; 12] = [
            'ㅓ', 'ㅏ', 'ㅂ', '가', '각', '\u{1100}', '\u{301}', '\u{202e}', '🏠', 'ß', '\0',
            '\u{200b}',
        ];
        let held = match self.below(10) {
            0 => KeyModifiers::CONTROL,
            1 => KeyModifiers::ALT,
            2 => KeyModifiers::SHIFT,
            _ => KeyModifiers::NONE,
        };
        let code = match self.below(10) {
            0..5 => KeyCode::Char(char::from(u8::try_from(32 + self.below(95)).unwrap())),
            5 => KeyCode::Char(*self.one(&STRANGE)),
            _ => *self.one(&CODES),
        };
        KeyEvent::new(code, held)
    }

    fn mouse(&mut self) -> MouseEvent {
        let kinds = [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Right),
            MouseEventKind::ScrollDown,
            MouseEventKind::ScrollUp,
            MouseEventKind::Moved,
        ];
        let (column, row) = (self.size(400) - 1, self.size(150) - 1);
        MouseEvent { kind: *self.one(&kinds), column, row, modifiers: KeyModifiers::NONE }
    }

    fn ran(&mut self) -> Ran {
        let exit = *self.one(&[0, 0, 1, 2, 70]);
        let out = (*self.one(&["", "C-1  배정", "a\nb\n\u{1b}[31mc\n"])).to_owned();
        let err = (*self.one(&["", "error: no\nhint: yes\n"])).to_owned();
        Ran { exit, out, err, refused: None }
    }
}

fn pictures() -> Vec<Picture> {
    [empty(), quiet(), busy(), failing()].iter_mut().map(super::testing::Town::picture).collect()
}

/// An answer to what the screen lacks.
fn answer(dice: &mut Dice, want: &Want, pictures: &[Picture]) -> Result<Got, UserError> {
    match (want, dice.below(4)) {
        (_, 0) => Err(UserError::no_call(CallId(9))),
        (Want::Past(_), 1) => Ok(Got::Past(None)),
        (Want::Past(_), _) => Ok(Got::Past(Some(Box::new(dice.one(pictures).clone())))),
        _ => Err(UserError::no_call(CallId(1))),
    }
}

fn storm(seed: u64) {
    let pictures = pictures();
    let all_drawn = std::env::var_os("ASCALL_LONG").is_some();
    let mut dice = Dice(seed);
    let mut state = console(Lang::Ko, pictures[2].clone());
    for step in 0..STEPS {
        let msg = match dice.below(40) {
            0 => Msg::Resize(dice.size(300), dice.size(100)),
            1 => Msg::Mouse(dice.mouse()),
            2 => Msg::Paste("010-0000-0001\n가\u{1b}[2J".to_owned()),
            3 => {
                let picture = Box::new(dice.one(&pictures).clone());
                Msg::Attached { picture, host: dice.below(2) == 0 }
            }
            4 => Msg::Lost,
            _ => Msg::Key(dice.key()),
        };
        let text = format!("{step} of storm {seed}: {msg:?}");
        if let Some(Effect::Run(jobs)) = state.update(msg) {
            for job in jobs {
                assert!(!job.line.0.is_empty(), "{text}");
                let ran = dice.ran();
                state.update(Msg::Ran(job, ran));
            }
        }
        while let Some(want) = state.want() {
            let got = answer(&mut dice, &want, &pictures);
            state.update(Msg::Got(want, got));
        }
        if all_drawn || dice.below(DRAWN) == 0 {
            let (columns, rows) = state.size;
            let buffer = snapshot::buffer(&state);
            assert_eq!((buffer.area.width, buffer.area.height), (columns, rows), "{text}");
            let shown = snapshot::txt(&buffer);
            let wide = shown.lines().map(super::text::width).max().unwrap_or(0);
            assert!(wide <= usize::from(columns), "{text}: {wide} columns in {columns}");
        }
    }
}

#[test]
fn nothing_that_is_pressed_in_whatever_order_ends_in_a_panic_or_beyond_the_edge() {
    storm(7);
}

#[test]
fn a_key_that_is_bound_to_nothing_changes_nothing() {
    let keys = Keymap::default();
    let mut dice = Dice(11);
    for mut town in [empty(), busy(), failing()] {
        let mut state: State = console(Lang::En, town.picture());
        state.update(Msg::Resize(120, 40));
        let before = snapshot::txt(&snapshot::buffer(&state));
        let mut pressed = 0;
        for _ in 0..20_000 {
            let key = dice.key();
            if keys.action(key, |when| state.stands(when)).is_some() {
                continue;
            }
            pressed += 1;
            assert_eq!(state.update(Msg::Key(key)), None, "{key:?}");
            assert!(
                state.overlay.is_none() && state.pending.is_empty() && state.news.is_none(),
                "{key:?}"
            );
        }
        assert!(pressed > 1_000, "{pressed}");
        assert_eq!(snapshot::txt(&snapshot::buffer(&state)), before);
    }
}

#[test]
fn in_the_past_no_key_changes_the_desk() {
    let picture = busy().picture();
    let mut state = console(Lang::En, picture.clone());
    let changes = |job: &Job| !job.line.0.contains(&"--dry-run".to_owned());
    for binding in TABLE {
        state.travel(Time(picture.at.0 - 60_000));
        let want = state.want().unwrap();
        state.update(Msg::Got(want, Ok(Got::Past(Some(Box::new(picture.clone()))))));
        for key in binding.keys {
            let effect = state.update(Msg::Key(key_of(key)));
            let runs = matches!(&effect, Some(Effect::Run(jobs)) if jobs.iter().any(changes));
            assert!(!runs && effect != Some(Effect::Reveal), "{}: {effect:?}", binding.name);
            assert!(state.pending.is_empty(), "{}", binding.name);
            state.overlay = None;
        }
    }
}
