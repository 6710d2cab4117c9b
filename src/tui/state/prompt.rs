//! The command line: what is typed, what was typed before, and what may come next.
//!
//! Invariant: it takes the words of the command line and no others; what comes next is said by the command line itself, and
//! by what the console knows of numbers. Completing changes nothing but the word that is being typed.

use super::overlay::{Overlay, typed};
use super::reading::Part;
use super::{Page, State};
use crate::tui::msg::{Effect, Job, Then};
use crate::tui::typed::{Candidate, Line};
use crate::tui::words::Label;
use ascall_engine::domain::ids::CallId;
use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

/// How many lines are remembered.
const HISTORY: usize = 200;

/// How many words are shown that may come next.
const SHOWN: usize = 8;

/// The command line while it is typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prompt {
    /// What is typed.
    pub input: Input,
    /// What may come next, and which of it stands there now.
    pub next: Vec<Candidate>,
    /// Which of them stands there now.
    pub at: Option<usize>,
    /// The line before it was completed.
    stem: String,
    /// How far back in what was typed before, and what was typed instead.
    back: usize,
    draft: String,
}

impl Prompt {
    /// With something typed already.
    pub(crate) fn with(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()), ..Self::default() }
    }

    fn value(&self) -> &str {
        self.input.value()
    }

    fn set(&mut self, text: String) {
        self.input = Input::new(text);
    }

    /// What may come next, those around the chosen one.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (usize, &Candidate)> {
        let first = self.at.map_or(0, |at| (at / SHOWN) * SHOWN);
        self.next.iter().enumerate().skip(first).take(SHOWN)
    }
}

impl State {
    pub(super) fn command_key(&mut self, mut prompt: Prompt, key: KeyEvent) -> Option<Effect> {
        match key.code {
            KeyCode::Enter => return self.entered(prompt),
            KeyCode::Backspace if prompt.input.value().is_empty() => return None,
            KeyCode::Tab => self.complete(&mut prompt, false),
            KeyCode::BackTab => self.complete(&mut prompt, true),
            KeyCode::Up => self.recall(&mut prompt, true),
            KeyCode::Down => self.recall(&mut prompt, false),
            _ => {
                typed(&mut prompt.input, key);
                prompt.next.clear();
                prompt.at = None;
                prompt.back = 0;
            }
        }
        self.overlay = Some(Overlay::Command(prompt));
        None
    }

    fn entered(&mut self, prompt: Prompt) -> Option<Effect> {
        let text = prompt.input.value().trim().to_owned();
        if let Some(call) = call_named(&text) {
            self.open(call, Part::default());
            return None;
        }
        let Some(line) = Line::parse(&text) else {
            self.tell(Label::QuoteOpen, false);
            self.overlay = Some(Overlay::Command(prompt));
            return None;
        };
        let [first, ..] = line.0.as_slice() else { return None };
        // A number by itself is a call to be looked at.
        if let (Ok(call), 1) = (first.parse::<CallId>(), line.0.len()) {
            self.go(Page::Call(call));
            return None;
        }
        self.history.retain(|before| *before != text);
        self.history.push(text);
        let over = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..over);
        Some(Effect::Run(vec![Job { line, then: Then::Show }]))
    }

    /// A line that was typed before, or the one after it.
    fn recall(&self, prompt: &mut Prompt, older: bool) {
        if prompt.back == 0 {
            prompt.draft = prompt.value().to_owned();
        }
        prompt.back = if older {
            (prompt.back + 1).min(self.history.len())
        } else {
            prompt.back.saturating_sub(1)
        };
        let text = match self.history.len().checked_sub(prompt.back) {
            Some(at) if prompt.back > 0 => self.history[at].clone(),
            _ => prompt.draft.clone(),
        };
        prompt.set(text);
        prompt.next.clear();
        prompt.at = None;
    }

    /// Puts in place of the last word what may stand there: the first time as far as all agree, then one after the other.
    fn complete(&self, prompt: &mut Prompt, back: bool) {
        if prompt.next.is_empty() {
            let text = prompt.value().to_owned();
            let at = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
            let (stem, last) = text.split_at(at);
            stem.clone_into(&mut prompt.stem);
            prompt.next = self.next_words(stem, last);
            if prompt.next.len() > 1 {
                let shared = shared(&prompt.next);
                if shared.len() > last.len() && shared.starts_with(last) {
                    let text = format!("{}{shared}", prompt.stem);
                    prompt.set(text);
                }
                return;
            }
        }
        let all = prompt.next.len();
        let step = |at: usize| (at + if back { all - 1 } else { 1 }) % all;
        let first = if back { all.saturating_sub(1) } else { 0 };
        let at = prompt.at.filter(|_| all > 0).map_or(first, step);
        let Some(chosen) = prompt.next.get(at) else { return };
        let end = if all == 1 && !chosen.word.ends_with('=') { " " } else { "" };
        let text = format!("{}{}{end}", prompt.stem, chosen.word);
        prompt.set(text);
        prompt.at = Some(at);
        if all == 1 {
            prompt.next.clear();
            prompt.at = None;
        }
    }

    /// What may stand in place of the last word: words of the command line, and numbers of what is there.
    fn next_words(&self, stem: &str, last: &str) -> Vec<Candidate> {
        let Some(Line(mut words)) = Line::parse(stem) else { return Vec::new() };
        words.push(last.to_owned());
        let mut next = (self.completes)(&words);
        if words.len() > 1 {
            let begins = |candidate: &Candidate| {
                let word = candidate.word.get(..last.len());
                !last.is_empty() && word.is_some_and(|word| word.eq_ignore_ascii_case(last))
            };
            next.extend(self.numbers().into_iter().filter(begins));
        }
        next
    }

    /// Numbers of what is there, each with what it is.
    fn numbers(&self) -> Vec<Candidate> {
        let of = |word: String, help: String| Candidate { word, help };
        let calls = self.live.calls.values().map(|row| {
            of(row.call.to_string(), self.phase_word(&row.profile_name, row.phase).to_owned())
        });
        let workers = self.live.workers.values();
        let state = |name: &str| self.look().term(name);
        let workers = workers.map(|w| of(w.id.to_string(), state(w.availability.name())));
        let offers = self.live.rest.offers.iter();
        let offers = offers.map(|asked| of(asked.offer.to_string(), asked.call.to_string()));
        let items = self.live.rest.attention.iter();
        let items =
            items.map(|item| of(item.id.to_string(), crate::front::show::name_of(&item.concern)));
        calls.chain(workers).chain(offers).chain(items).collect()
    }
}

/// What all the words begin with.
fn shared(next: &[Candidate]) -> String {
    let mut words = next.iter().map(|candidate| candidate.word.as_str());
    let first = words.next().unwrap_or_default();
    words.fold(first.to_owned(), |shared, word| {
        let same = shared.chars().zip(word.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a).collect()
    })
}

/// The call that somebody names, live or ended: `C-12`.
pub(super) fn call_named(text: &str) -> Option<CallId> {
    let text = text.trim().to_uppercase();
    text.starts_with("C-").then(|| text.parse().ok())?
}
