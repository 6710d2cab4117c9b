//! What stands over a page and takes the keys: the command line, the filter, forms, choices, questions, texts, the palette.
//!
//! Invariant: while one stands there, keys go nowhere else; Esc takes it away and nothing has happened. What is asked
//! before something happens that cannot be taken back is answered with another key than the one that began it.

use super::State;
use super::confirm::{Confirm, Moved};
use super::filter::Filter;
use super::form::{Field, Form, Kind, Manner, Slot};
use super::prompt::{Prompt, call_named};
use super::reading::Part;
use crate::tui::hangul;
use crate::tui::keys::{Action, Binding};
use crate::tui::msg::Effect;
use crate::tui::typed::Line;
use crate::tui::words::Label;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler as _;

/// What stands over a page.
#[derive(Debug, Clone)]
pub(crate) enum Overlay {
    /// A line of the command line is typed.
    Command(Prompt),
    /// What is shown is narrowed down.
    Filter {
        /// What is typed.
        input: Input,
        /// What it was before.
        before: Filter,
    },
    /// A moment is typed.
    GoTo(Input),
    /// A form is filled in.
    Form(Form),
    /// One of several is chosen.
    Choose(Choose),
    /// Something would happen: is it to?
    Confirm(Confirm),
    /// A change was refused because its call had moved on.
    Moved(Moved),
    /// A text is read.
    Text {
        /// What it is.
        title: String,
        /// Its lines.
        lines: Vec<String>,
        /// How far it is scrolled.
        scroll: usize,
    },
    /// An action is searched for.
    Palette {
        /// What is typed.
        input: Input,
        /// Which of those found is chosen.
        at: usize,
    },
}

/// One of several is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choose {
    /// What for.
    pub title: String,
    /// What there is to choose from: what is shown, and the lines of the command line that carry it out.
    pub items: Vec<(String, Vec<Line>)>,
    /// What is typed to narrow them down.
    pub input: Input,
    /// Which of those found is chosen.
    pub at: usize,
    /// How it is carried out.
    pub manner: Manner,
}

impl Choose {
    /// The items that answer what is typed, best first.
    pub(crate) fn found(&self) -> Vec<&(String, Vec<Line>)> {
        ranked(&self.items, self.input.value(), |(shown, _)| shown.clone())
    }
}

impl Overlay {
    /// A text to be read.
    pub(crate) fn text(title: String, text: &str) -> Self {
        Self::Text { title, lines: text.lines().map(str::to_owned).collect(), scroll: 0 }
    }

    /// Text was pasted.
    pub(crate) fn paste(&mut self, text: &str) {
        let input = match self {
            Self::Command(prompt) => &mut prompt.input,
            Self::GoTo(input) | Self::Filter { input, .. } | Self::Palette { input, .. } => input,
            Self::Choose(choose) => &mut choose.input,
            Self::Form(form) => match form.fields.get_mut(form.at) {
                Some(field) if !matches!(field.kind, Kind::Choice(_)) => &mut field.input,
                _ => return,
            },
            Self::Confirm(_) | Self::Moved(_) | Self::Text { .. } => return,
        };
        for c in text.chars().filter(|c| !c.is_control()) {
            input.handle(tui_input::InputRequest::InsertChar(c));
        }
    }
}

/// Those that answer what is typed, best first; with nothing typed all of them as they stand.
pub(crate) fn ranked<'a, T>(all: &'a [T], typed: &str, text: impl Fn(&T) -> String) -> Vec<&'a T> {
    let mut found: Vec<(usize, &T)> =
        all.iter().filter_map(|one| Some((hangul::fuzzy(typed, &text(one))?, one))).collect();
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().map(|(_, one)| one).collect()
}

impl State {
    /// The actions that answer what is typed into the palette, best first; those that are possible now before the others.
    pub(crate) fn palette(&self, typed: &str) -> Vec<(&'static Binding, bool)> {
        let text =
            |binding: &&Binding| format!("{} {}", self.say(binding.label), binding.key_name());
        let all: Vec<&'static Binding> = crate::tui::keys::TABLE.iter().collect();
        let mut found: Vec<(&Binding, bool)> = ranked(&all, typed, text)
            .into_iter()
            .map(|binding| (*binding, self.stands(binding.when)))
            .collect();
        found.sort_by_key(|(_, possible)| !possible);
        found
    }

    /// A key while something stands over the page, which has been taken off and is put back unless it is done with.
    pub(super) fn overlay_key(&mut self, overlay: Overlay, key: KeyEvent) -> Option<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let leaves = key.code == KeyCode::Esc || (control && key.code == KeyCode::Char('c'));
        if leaves {
            if let Overlay::Filter { before, .. } = overlay {
                self.narrow(before);
            }
            return None;
        }
        match overlay {
            Overlay::Command(prompt) => self.command_key(prompt, key),
            Overlay::Filter { input, before } => {
                self.filter_key(input, before, key);
                None
            }
            Overlay::GoTo(input) => {
                self.goto_key(input, key);
                None
            }
            Overlay::Form(form) => self.form_key(form, key),
            Overlay::Choose(choose) => self.choose_key(choose, key),
            Overlay::Confirm(confirm) => self.confirm_key(confirm, key),
            Overlay::Moved(moved) => self.moved_key(moved, key),
            Overlay::Text { title, lines, scroll } => {
                let down = matches!(key.code, KeyCode::Down | KeyCode::Char('j' | 'ㅓ' | ' '));
                let up = matches!(key.code, KeyCode::Up | KeyCode::Char('k' | 'ㅏ'));
                if !down && !up {
                    // Whatever else is pressed, the text has been read; the key does what it does without it.
                    return if key.code == KeyCode::Enter { None } else { self.key(key) };
                }
                let most = lines.len().saturating_sub(1);
                let scroll = if up { scroll.saturating_sub(1) } else { (scroll + 1).min(most) };
                self.overlay = Some(Overlay::Text { title, lines, scroll });
                None
            }
            Overlay::Palette { input, at } => self.palette_key(input, at, key),
        }
    }

    fn filter_key(&mut self, mut input: Input, before: Filter, key: KeyEvent) {
        if key.code == KeyCode::Enter {
            return;
        }
        typed(&mut input, key);
        self.narrow(Filter::of(input.value()));
        self.overlay = Some(Overlay::Filter { input, before });
    }

    fn goto_key(&mut self, mut input: Input, key: KeyEvent) {
        if key.code == KeyCode::Enter {
            if let Some(call) = call_named(input.value()) {
                self.open(call, Part::default());
                return;
            }
            match self.look().clock.past(input.value()) {
                Ok(at) => self.travel(at),
                Err(text) => {
                    self.news(text, false, None);
                    self.overlay = Some(Overlay::GoTo(input));
                }
            }
            return;
        }
        typed(&mut input, key);
        self.overlay = Some(Overlay::GoTo(input));
    }

    fn form_key(&mut self, mut form: Form, key: KeyEvent) -> Option<Effect> {
        let is_choice = form.fields.get(form.at).is_some_and(|f| matches!(f.kind, Kind::Choice(_)));
        let at_once = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter if form.take() => form.step(false),
            KeyCode::Enter if form.at + 1 < form.fields.len() && !at_once => form.step(false),
            KeyCode::Enter => match form.made() {
                Ok(lines) => return self.carry_out(lines, form.manner),
                Err(at) => {
                    form.at = at;
                    form.missing = Some(Label::MustBeFilled);
                    form.suggest();
                }
            },
            KeyCode::Down if form.pick(false) => {}
            KeyCode::Up if form.pick(true) => {}
            KeyCode::Tab | KeyCode::Down => form.step(false),
            KeyCode::BackTab | KeyCode::Up => form.step(true),
            KeyCode::Left if is_choice => form.fields[form.at].turn(true),
            KeyCode::Right | KeyCode::Char(' ') if is_choice => form.fields[form.at].turn(false),
            _ if is_choice => {}
            _ => {
                if let Some(field) = form.fields.get_mut(form.at) {
                    typed(&mut field.input, key);
                }
                form.missing = None;
                form.suggest();
            }
        }
        self.retyped(&mut form);
        self.overlay = Some(Overlay::Form(form));
        None
    }

    fn choose_key(&mut self, mut choose: Choose, key: KeyEvent) -> Option<Effect> {
        let most = choose.found().len().saturating_sub(1);
        match key.code {
            KeyCode::Enter => {
                if let Some((_, lines)) = choose.found().get(choose.at) {
                    let lines = lines.clone();
                    // Against the rules only with a reason.
                    let forces = |line: &Line| line.0.iter().any(|word| word == "--force");
                    if lines.iter().any(forces) {
                        let why = Field::text(self.say(Label::Reason), Slot::Flag("--reason"));
                        let form = Form::new(
                            choose.title,
                            Line::default(),
                            choose.manner,
                            vec![why.required()],
                        );
                        self.overlay = Some(Overlay::Form(form.over(lines)));
                        return None;
                    }
                    return self.carry_out(lines, choose.manner);
                }
            }
            KeyCode::Down | KeyCode::Tab => choose.at = (choose.at + 1).min(most),
            KeyCode::Up | KeyCode::BackTab => choose.at = choose.at.saturating_sub(1),
            _ => {
                typed(&mut choose.input, key);
                choose.at = 0;
            }
        }
        self.overlay = Some(Overlay::Choose(choose));
        None
    }

    fn palette_key(&mut self, mut input: Input, mut at: usize, key: KeyEvent) -> Option<Effect> {
        let found = self.palette(input.value());
        match key.code {
            KeyCode::Enter => match found.get(at) {
                Some((binding, true)) => return self.act(binding.action),
                Some((_, false)) => self.tell(Label::NotPossibleNow, false),
                None => {}
            },
            KeyCode::Down | KeyCode::Tab => at = (at + 1).min(found.len().saturating_sub(1)),
            KeyCode::Up | KeyCode::BackTab => at = at.saturating_sub(1),
            _ => {
                typed(&mut input, key);
                at = 0;
            }
        }
        self.overlay = Some(Overlay::Palette { input, at });
        None
    }
}

/// A key goes into a line that is being typed.
pub(super) fn typed(input: &mut Input, key: KeyEvent) {
    input.handle_event(&Event::Key(key));
}

/// The overlay that an action opens by itself.
pub(crate) fn opened_by(action: Action, state: &State) -> Option<Overlay> {
    match action {
        Action::Command => Some(Overlay::Command(Prompt::default())),
        Action::Palette => Some(Overlay::Palette { input: Input::default(), at: 0 }),
        Action::GoTo => Some(Overlay::GoTo(Input::default())),
        Action::Filter => {
            let before = state.narrowed().clone();
            Some(Overlay::Filter { input: Input::new(before.text.clone()), before })
        }
        _ => None,
    }
}
