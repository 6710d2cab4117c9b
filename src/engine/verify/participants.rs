//! Participants as the journal sets them, and the incidents of their breakers.
//!
//! Invariant: a name has one participant and a participant one name. What a breaker may do is next
//! door, in `breakers`.

use super::breakers::Participant;
use super::model::answerer;
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::breaker::{BreakerSettings, StateKind};
use crate::domain::event::{Event, ParticipantKind};
use crate::domain::ids::{ParticipantId, ProfileId};
use crate::domain::profile::Profile;
use std::sync::Arc;

impl Checker {
    /// A profile names for each of its steps somebody who is known.
    pub(super) fn profile_adopted(&mut self, id: ProfileId, spec: &Profile) {
        self.ids.profiles.next(&mut self.log, "profile", u64::from(id.0));
        for step in &spec.steps {
            let known = self.participants.by_name(answerer(step)).is_some();
            self.log.check(Rule::I9, known, || {
                format!("`{}` of `{}` is answered by nobody known", step.name, spec.name)
            });
        }
        self.profiles.insert(id, Arc::new(spec.clone()));
    }

    pub(super) fn participant_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::ParticipantSet { participant, name, kind, breaker, bulkhead } => {
                self.participant_set(*participant, name, breaker, *bulkhead);
                if let Some(p) = self.participants.by_id.get_mut(participant) {
                    p.is_here = *kind == ParticipantKind::Local;
                }
            }
            Event::ParticipantModeSet { participant, .. } => {
                let known = self.participants.by_id.contains_key(participant);
                self.log.check(Rule::I9, known, || format!("the mode of {participant}"));
            }
            Event::BreakerMoved { participant, transition, incident } => {
                let all = &mut self.participants;
                let Some(p) = all.by_id.get_mut(participant) else {
                    self.log.fault(Rule::I9, || format!("the breaker of {participant}"));
                    return;
                };
                let was_closed = passes(p.kind());
                p.moved(&mut self.log, ctx, transition);
                let is_closed = passes(p.kind());
                let ours = p.incident;
                if was_closed && !is_closed {
                    let fresh = incident.is_some_and(|i| {
                        i.0 == all.last_incident + 1 || all.last_incident == 0 && i.0 == 0
                    });
                    self.log.check(Rule::I7, fresh, || {
                        format!(
                            "`{}` opens incident {incident:?} after {}",
                            p.name, all.last_incident
                        )
                    });
                    all.last_incident = incident.map_or(all.last_incident, |i| i.0);
                    p.incident = *incident;
                } else {
                    self.log.check(Rule::B9, *incident == ours, || {
                        format!("`{}` has incident {ours:?}, its move names {incident:?}", p.name)
                    });
                    if is_closed {
                        p.incident = None;
                    }
                }
            }
            _ => {}
        }
    }

    fn participant_set(
        &mut self,
        id: ParticipantId,
        name: &str,
        settings: &BreakerSettings,
        bulkhead: u32,
    ) {
        let all = &mut self.participants;
        if let Some(p) = all.by_id.get_mut(&id) {
            self.log.check(Rule::I7, p.name == name, || {
                format!("{id} was `{}` and is `{name}` now", p.name)
            });
            p.configure(settings, bulkhead);
            return;
        }
        self.ids.participants.next(&mut self.log, "participant", u64::from(id.0));
        let twice = all.names.insert(name.to_owned(), id);
        self.log.check(Rule::I7, twice.is_none(), || format!("`{name}` is {id} and {twice:?}"));
        let new = Participant::new(name.to_owned(), settings.clone(), bulkhead);
        all.by_id.insert(id, new);
    }
}

fn passes(kind: StateKind) -> bool {
    matches!(kind, StateKind::Closed | StateKind::Disabled)
}
