//! The lists that a service line has under names of its own, and the columns a list may have.
//!
//! Invariant: a column is called what its profile calls it; a program reads the same calls in JSON whatever the columns
//! are. Decides nothing about which calls are shown.

use super::call::{CallCard, WorkerRef, concern_word};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::show::Cell;
use crate::front::words::Word;
use ascall_engine::domain::ids::Won;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Column, Field, FieldKind, Profile, ViewSpec};

/// A list by name.
#[derive(Debug, Clone)]
pub(crate) struct View<'a> {
    /// What it is called.
    pub title: String,
    /// The only service line it is of; none: any.
    pub profile: Option<&'a Profile>,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// The phases it shows; empty: all.
    pub phases: Vec<Phase>,
    /// It shows only what workers may claim.
    pub is_open_list: bool,
}

/// The columns of the list of what may be claimed, where no profile says otherwise.
const OPEN_LIST: [Column; 7] = [
    Column::Call,
    Column::Phase,
    Column::Age,
    Column::Kind,
    Column::Place,
    Column::Visit,
    Column::Cost,
];

impl<'a> View<'a> {
    /// The list called `name`, of the line called `of` when one is named.
    pub(crate) fn find(
        profiles: &'a [Profile],
        name: &str,
        of: Option<&str>,
        look: &Look,
    ) -> Result<Self, UserError> {
        let lines = || profiles.iter().filter(|line| of.is_none_or(|of| line.name == of));
        let found: Vec<(&Profile, &ViewSpec)> = lines()
            .filter_map(|line| Some((line, line.views.iter().find(|view| view.name == name)?)))
            .collect();
        let is_open_list = name == ViewSpec::OPEN_LIST;
        match found[..] {
            [(line, view)] if of.is_some() || !is_open_list => Ok(Self {
                title: view.title.in_lang(look.lang).to_owned(),
                profile: Some(line),
                columns: view.columns.clone(),
                phases: view.phases.clone(),
                is_open_list,
            }),
            _ if is_open_list => Ok(Self {
                title: look.word(Word::OpenList),
                profile: of.and_then(|_| lines().next()),
                columns: OPEN_LIST.to_vec(),
                phases: Vec::new(),
                is_open_list,
            }),
            [] => {
                let mut known: Vec<&str> =
                    lines().flat_map(|line| &line.views).map(|view| view.name.as_str()).collect();
                known.push(ViewSpec::OPEN_LIST);
                known.sort_unstable();
                known.dedup();
                Err(UserError::unknown_view(name, &known))
            }
            _ => {
                let lines: Vec<&str> = found.iter().map(|(line, _)| line.name.as_str()).collect();
                Err(UserError::many_views(name, &lines))
            }
        }
    }

    /// The columns: the name in CSV, and what the line calls it.
    pub(crate) fn heads(&self, look: &Look) -> Vec<(String, String)> {
        let head = |column: &Column| head(column, self.profile, look);
        self.columns.iter().map(|column| (column.name().to_owned(), head(column))).collect()
    }

    /// The cells of a call.
    pub(crate) fn cells(&self, card: &CallCard, look: &Look) -> Vec<Cell> {
        self.columns.iter().map(|column| cell(column, card, look)).collect()
    }
}

/// What people call a column: a field by its label, a call and a worker by the words of the line.
fn head(column: &Column, line: Option<&Profile>, look: &Look) -> String {
    let lang = look.lang;
    let label = |is: &dyn Fn(&Field) -> bool| {
        let field = line?.fields.iter().find(|field| is(field))?;
        Some(field.label.in_lang(lang).to_owned())
    };
    let said = match column {
        Column::Call => line.map(|line| line.noun.in_lang(lang).to_owned()),
        Column::Worker => line.map(|line| line.worker.in_lang(lang).to_owned()),
        Column::Kind => label(&|field| field.skill),
        Column::Place => label(&|field| field.name == "location"),
        Column::Cost => label(&|field| field.name == "cost"),
        Column::Visit => label(&|field| field.kind == FieldKind::Time),
        Column::Field(name) => label(&|field| field.name == *name),
        _ => None,
    };
    let word = match column {
        Column::Call => Word::Call,
        Column::Phase => Word::Phase,
        Column::Age => Word::Age,
        Column::Customer => Word::Customer,
        Column::Tel => Word::Phone,
        Column::Member => Word::Member,
        Column::Worker => Word::Worker,
        Column::Kind => Word::Kind,
        Column::Place => Word::Place,
        Column::Cost => Word::Cost,
        Column::Paid => Word::Paid,
        Column::Visit => Word::Visit,
        Column::Outcome => Word::Outcome,
        Column::Rating => Word::Rating,
        Column::Attention => Word::Attention,
        Column::Field(name) => return said.unwrap_or_else(|| name.clone()),
    };
    said.filter(|said| !said.is_empty()).unwrap_or_else(|| look.word(word))
}

/// What stands in a column of a call.
pub(crate) fn cell(column: &Column, card: &CallCard, look: &Look) -> Cell {
    let same = |text: Option<&String>| {
        let text = text.cloned().unwrap_or_default();
        Cell { shown: text.clone(), plain: text }
    };
    let both = |shown: String, plain: String| Cell { shown, plain };
    match column {
        Column::Call => same(Some(&card.id)),
        Column::Phase => both(card.phase_word.clone(), card.phase.name().to_owned()),
        Column::Age => {
            let age = look.clock.now().since(card.times.phase);
            both(look.age(age), (age.0 / 1_000).to_string())
        }
        Column::Customer => same(card.name.as_ref().or(card.tel.as_ref())),
        Column::Tel => same(card.tel.as_ref()),
        Column::Member => same(card.member.as_ref()),
        Column::Worker => {
            let worker = card.worker.as_ref();
            let id = worker.map(|worker| worker.id.clone()).unwrap_or_default();
            both(worker.map(WorkerRef::line).unwrap_or_default(), id)
        }
        Column::Kind => same(card.kind.as_ref()),
        Column::Place => same(card.location.as_ref()),
        Column::Cost => won(card.cost, look),
        Column::Paid => paid(card, look),
        Column::Visit => {
            let visit = card.visit.as_ref().map(|visit| visit.from.clone());
            let shown = card.times.visit.map(|at| look.clock.short(at));
            both(shown.unwrap_or_default(), visit.unwrap_or_default())
        }
        Column::Outcome => {
            let shown = card.outcome.as_ref().map(|outcome| look.term(outcome));
            both(shown.unwrap_or_default(), card.outcome.clone().unwrap_or_default())
        }
        Column::Rating => same(card.rating.map(|stars| stars.to_string()).as_ref()),
        Column::Attention => {
            let words: Vec<String> =
                card.attention.iter().map(|name| concern_word(name, look)).collect();
            both(words.join(", "), card.attention.join(";"))
        }
        Column::Field(name) => same(card.fields.get(name)),
    }
}

fn won(won: Option<i64>, look: &Look) -> Cell {
    won.map_or_else(Cell::default, |won| Cell { shown: look.won(Won(won)), plain: won.to_string() })
}

/// What was paid, by card or by hand, and what of it was given back.
fn paid(card: &CallCard, look: &Look) -> Cell {
    let money = card.money;
    let (paid, back) = (money.captured + money.settled, money.refunded);
    match (paid, back) {
        (0, _) => Cell::default(),
        (_, 0) => won(Some(paid), look),
        _ => {
            let shown = format!(
                "{} ({} {})",
                look.won(Won(paid)),
                look.word(Word::GivenBack),
                look.won(Won(back))
            );
            Cell { shown, plain: (paid - money.refunded).to_string() }
        }
    }
}
