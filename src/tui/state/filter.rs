//! Which calls are shown: words that are searched for everywhere, and words that ask for one thing.
//!
//! Invariant: pure. Every word must be answered; `!` before a word turns it round. `phase:parked place:강남 !tel 냉장고`.

use super::Setting;
use crate::desk::CallRow;
use crate::front::show::name_of;
use crate::tui::hangul::fuzzy;
use crate::tui::picture::Picture;

/// The things that may be asked for, by name and the names they have besides.
pub(crate) const FIELDS: &[(&str, &[&str])] = &[
    ("phase", &["상태"]),
    ("place", &["gu", "location", "위치"]),
    ("worker", &["기사"]),
    ("kind", &["종류"]),
    ("profile", &["service", "서비스"]),
    ("tel", &["phone", "전화"]),
    ("name", &["이름"]),
    ("why", &["attention", "확인"]),
];

/// Which calls are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// As typed.
    pub text: String,
    words: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    not: bool,
    /// The thing it asks for; none: any.
    field: Option<&'static str>,
    /// What it is to be; empty: anything at all.
    text: String,
}

impl Filter {
    /// What somebody typed.
    pub(crate) fn of(text: &str) -> Self {
        let words = text.split_whitespace().filter(|word| *word != "!").map(|word| {
            let (not, word) = word.strip_prefix('!').map_or((false, word), |rest| (true, rest));
            let named = |name: &str| {
                let is =
                    |(field, others): &&(&str, &[&str])| *field == name || others.contains(&name);
                FIELDS.iter().find(is).map(|(field, _)| *field)
            };
            let (field, text) = match word.split_once(':') {
                Some((name, text)) => match named(name) {
                    Some(field) => (Some(field), text),
                    None => (None, word),
                },
                // A thing by itself, turned round, asks for calls that have none.
                None => match named(word).filter(|_| not) {
                    Some(field) => (Some(field), ""),
                    None => (None, word),
                },
            };
            Word { not, field, text: text.to_owned() }
        });
        Self { text: text.to_owned(), words: words.collect() }
    }

    /// Whether everything is shown.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether something that is no call is shown, by everything that is said of it.
    pub(crate) fn takes_text(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        let is_initials = |word: &str| word.chars().all(|c| ('ㄱ'..='ㅎ').contains(&c));
        self.words.iter().all(|word| {
            let has = lower.contains(&word.text.to_lowercase())
                || (is_initials(&word.text)
                    && fuzzy(&word.text, text).is_some_and(|cost| cost < 64));
            has != word.not
        })
    }

    /// Whether one of these answers each word: for what has no things of its own to ask for.
    pub(crate) fn finds(&self, values: &[&str]) -> bool {
        self.words.iter().all(|word| {
            let answers = values.iter().any(|value| word.answers(value));
            answers != word.not
        })
    }

    /// Whether a call is shown.
    pub(crate) fn takes(&self, row: &CallRow, picture: &Picture, setting: &Setting) -> bool {
        self.words.iter().all(|word| {
            let mut fields = FIELDS.iter().map(|(field, _)| *field);
            let answers = match word.field {
                Some(field) => word.answered(&values(field, row, picture, setting)),
                None if row.call.to_string().eq_ignore_ascii_case(&word.text) => true,
                None => fields.any(|field| word.answered(&values(field, row, picture, setting))),
            };
            answers != word.not
        })
    }
}

impl Word {
    fn answered(&self, values: &[String]) -> bool {
        values.iter().any(|value| self.answers(value))
    }

    fn answers(&self, value: &str) -> bool {
        !value.is_empty() && fuzzy(&self.text, value).is_some_and(|cost| cost < 64)
    }
}

/// What a call is in one respect, in every way it may be typed.
fn values(field: &str, row: &CallRow, picture: &Picture, setting: &Setting) -> Vec<String> {
    let customer = picture.customer(row);
    let texts: Vec<Option<String>> = match field {
        "phase" => {
            let word = setting.phase_word(&row.profile_name, row.phase).to_owned();
            vec![Some(row.phase.name().to_owned()), Some(word)]
        }
        "place" => vec![customer.and_then(|person| person.address.clone())],
        "worker" => {
            let worker = picture.worker_of(row);
            vec![worker.map(|w| w.id.to_string()), worker.and_then(|w| w.person.name.clone())]
        }
        "kind" => vec![row.kind.clone()],
        "profile" => vec![Some(row.profile_name.clone())],
        "tel" => vec![customer.and_then(|person| person.tel.clone())],
        "name" => vec![customer.and_then(|person| person.name.clone())],
        "why" => row.attention.iter().map(|concern| Some(name_of(concern))).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().flatten().collect()
}
