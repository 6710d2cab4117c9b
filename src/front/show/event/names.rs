//! What a call and its events are called in the profile it was taken under: phases, steps, notices, participants.
//!
//! Invariant: each profile is read once; what cannot be read is left nameless, because a timeline can be read without.

use crate::desk::{Book, CallRow};
use crate::front::look::Look;
use crate::front::show::name_of;
use ascall_engine::domain::ids::{CallId, ParticipantId, ProfileId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Does, FieldKind, NoticeRule, Profile, Words};
use ascall_engine::views::StepMark;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the name of every step begins with that gives money back.
pub(crate) const REFUND: &str = "refund-";

/// What a profile calls its phases, and its steps and notices in its own order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub steps: Vec<String>,
    /// What is told and to whom, as words to be looked up.
    pub notices: Vec<(String, String)>,
    /// The service line.
    pub service: String,
    pub phases: BTreeMap<Phase, Words>,
    pub fields: BTreeMap<String, Words>,
    /// The step that sets goods aside, and the field that names them.
    pub goods: Option<(usize, String)>,
    /// Its own fields that hold a place.
    pub places: BTreeSet<String>,
}

impl Names {
    /// Those of a profile.
    pub(crate) fn of(profile: &Profile) -> Self {
        let places = profile.fields.iter().filter(|field| field.kind == FieldKind::Place);
        let notice = |rule: &NoticeRule| (name_of(&rule.on), name_of(&rule.to));
        Self {
            steps: profile.steps.iter().map(|step| step.name.clone()).collect(),
            notices: profile.notices.iter().map(notice).collect(),
            service: profile.name.clone(),
            phases: profile.phases.clone(),
            fields: profile.fields.iter().map(|f| (f.name.clone(), f.label.clone())).collect(),
            goods: profile
                .steps
                .iter()
                .position(|step| step.does == Does::Reserve)
                .zip(profile.stock.as_ref().map(|rule| rule.product.clone())),
            places: places.map(|field| field.name.clone()).collect(),
        }
    }

    /// A field of a request in the words of the service.
    pub(crate) fn field(&self, name: &str, look: &Look) -> String {
        let words = self.fields.get(name).map(|words| words.in_lang(look.lang));
        words.unwrap_or(name).to_owned()
    }

    /// The product a call waits for: its step that sets goods aside was refused, and the call goes on.
    pub(crate) fn short_of(&self, row: &CallRow) -> Option<String> {
        let (step, product) = self.goods.as_ref()?;
        let waits = matches!(row.phase, Phase::Open | Phase::Scheduled | Phase::Assigned)
            && row.steps.get(*step) == Some(&StepMark::Denied);
        let named = row.fields.iter().find(|(name, _)| name == product);
        named.filter(|_| waits).map(|(_, value)| value.clone())
    }

    /// A phase in the words of the service.
    pub(crate) fn phase(&self, phase: Phase, look: &Look) -> String {
        let words = self.phases.get(&phase).map(|words| words.in_lang(look.lang));
        words.unwrap_or(phase.name()).to_owned()
    }

    /// What a step of a call is called; behind the steps of the profile come its refunds, `refund-1` first.
    pub(crate) fn step(&self, at: usize) -> String {
        match (self.steps.get(at), at.checked_sub(self.steps.len())) {
            (Some(name), _) => name.clone(),
            (None, Some(refund)) if !self.service.is_empty() => format!("{REFUND}{}", refund + 1),
            _ => format!("step {}", at + 1),
        }
    }
}

/// The names of the profiles of calls, each profile read once.
pub(crate) struct NamesOf<'a> {
    /// None: nothing can be looked up.
    book: Option<&'a Book>,
    known: BTreeMap<ProfileId, Arc<Names>>,
    participants: BTreeMap<ParticipantId, String>,
}

impl<'a> NamesOf<'a> {
    /// Of the calls of this desk.
    pub(crate) fn new(book: &'a Book) -> Self {
        Self::over(Some(book))
    }

    /// Of calls that are looked up in this book, or of none.
    pub(crate) fn over(book: Option<&'a Book>) -> Self {
        Self { book, known: BTreeMap::new(), participants: BTreeMap::new() }
    }

    /// Those for a call; none at all when it cannot be read, because a timeline can be read without them.
    pub(crate) fn of_call(&mut self, call: CallId) -> Arc<Names> {
        let row = self.book.and_then(|book| book.call(call).ok().flatten());
        row.map(|row| self.of_profile(row.profile)).unwrap_or_default()
    }

    /// What a participant is called.
    pub(super) fn of_participant(&mut self, id: ParticipantId) -> String {
        if let Some(known) = self.participants.get(&id) {
            return known.clone();
        }
        let read = self.book.and_then(|book| book.participant_name(id).ok().flatten());
        let name = read.unwrap_or_else(|| id.to_string());
        self.participants.insert(id, name.clone());
        name
    }

    /// Those of a profile.
    pub(crate) fn of_profile(&mut self, profile: ProfileId) -> Arc<Names> {
        if let Some(known) = self.known.get(&profile) {
            return Arc::clone(known);
        }
        let read = self.book.and_then(|book| book.profile(profile).ok().flatten());
        let names = Arc::new(read.as_ref().map(Names::of).unwrap_or_default());
        self.known.insert(profile, Arc::clone(&names));
        names
    }
}
