//! Which calls somebody wants to see, as typed, and finding them.
//!
//! Invariant: what a view of a service line shows is its line's own business; what is asked beside it only makes it fewer.

use super::draft::read_tel;
use super::error::UserError;
use super::look::Look;
use super::show::view::View;
use crate::desk::{Book, CallFilter, CallRow, Setup};
use ascall_engine::domain::ids::{CallId, MemberId, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::text::nfc;

/// Which calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub tel: Option<String>,
    /// With this worker; of an open list, those that this worker could claim.
    pub worker: Option<WorkerId>,
    pub member: Option<MemberId>,
    /// A list of a service's own, by its name.
    pub view: Option<String>,
    pub phases: Vec<Phase>,
    /// Taken since.
    pub since: Option<String>,
    /// Whose place, as typed, has this in it.
    pub place: Option<String>,
    pub profile: Option<String>,
    /// Ended ones too.
    pub all: bool,
    /// With a lower number.
    pub below: Option<CallId>,
}

/// Reads a phase by its name.
pub(crate) fn phase(text: &str) -> Result<Phase, String> {
    let found = Phase::ALL.into_iter().find(|phase| phase.name() == text.replace('-', "_"));
    found.ok_or_else(|| {
        let names: Vec<&str> = Phase::ALL.iter().map(|phase| phase.name()).collect();
        let near = crate::toml_file::nearest(text, &names);
        let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        format!("there is no such phase (known: {}){near}", names.join(", "))
    })
}

impl Wanted {
    /// The view that is meant.
    pub(crate) fn view<'a>(
        &self,
        setup: &'a Setup,
        look: &Look,
    ) -> Result<Option<View<'a>>, UserError> {
        let Some(name) = &self.view else { return Ok(None) };
        if let Some(profile) = &self.profile {
            setup.must_know(profile)?;
        }
        View::find(&setup.profiles, name, self.profile.as_deref(), look).map(Some)
    }

    /// Whoever may claim what is asked for, and does not have it yet.
    pub(crate) fn claimer(&self, view: Option<&View<'_>>) -> Option<WorkerId> {
        self.worker.filter(|_| view.is_some_and(|view| view.is_open_list))
    }

    /// The calls, oldest first, but for what only the live state knows: the newest `limit` (0: all) and one more, to
    /// tell whether something is left out.
    pub(crate) fn rows(
        &self,
        view: Option<&View<'_>>,
        limit: usize,
        setup: &Setup,
        book: &Book,
        look: &Look,
    ) -> Result<Vec<CallRow>, UserError> {
        let mut filter = self.filter(view, look)?;
        if let Some(text) = &self.tel {
            filter.tel = Some(book.digest(read_tel(setup, text)?.as_str())?);
        }
        let Some(place) = self.place.as_deref().map(nfc) else {
            filter.limit = if limit == 0 { 0 } else { limit.saturating_add(1) };
            return Ok(book.calls(&filter)?);
        };
        // A place is not in the rows: then all are looked at.
        let mut there = Vec::new();
        for row in book.calls(&filter)? {
            let known = book.person(row.subject)?.and_then(|person| person.address);
            if known.is_some_and(|address| address.contains(&place)) {
                there.push(row);
            }
        }
        Ok(there)
    }

    /// Which calls are asked for, but for what is not in the rows.
    pub(crate) fn filter(
        &self,
        view: Option<&View<'_>>,
        look: &Look,
    ) -> Result<CallFilter, UserError> {
        let since = match &self.since {
            Some(text) => Some(look.clock.parse_past(text).map_err(UserError::bad_time)?),
            None => None,
        };
        let is_open_list = view.is_some_and(|view| view.is_open_list);
        let shown = view.map_or(&[][..], |view| &view.phases);
        if let Some(phase) = self.phases.iter().find(|p| !shown.is_empty() && !shown.contains(p)) {
            let name = self.view.as_deref().unwrap_or_default();
            let what = format!("the view `{name}` shows no call that is {phase}");
            return Err(UserError::usage(what));
        }
        let phases = if self.phases.is_empty() { shown.to_vec() } else { self.phases.clone() };
        let all = self.all || (view.is_some() && !is_open_list && phases.is_empty());
        Ok(CallFilter {
            worker: self.worker.filter(|_| !is_open_list),
            member: self.member,
            claimable: is_open_list,
            ended: all || phases.iter().any(|phase| phase.is_terminal()),
            phases,
            since,
            profile: view
                .and_then(|view| view.profile)
                .map(|profile| profile.name.clone())
                .or_else(|| self.profile.clone()),
            below: self.below,
            ..CallFilter::default()
        })
    }
}

/// The newest `limit` of the calls (0: all), and whether there were more.
pub(crate) fn newest(mut rows: Vec<CallRow>, limit: usize) -> (Vec<CallRow>, bool) {
    let cut = limit > 0 && rows.len() > limit;
    if cut {
        rows.drain(..rows.len() - limit);
    }
    (rows, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_read_by_name_and_a_slip_is_answered_with_the_nearest() {
        assert_eq!(phase("in_service"), Ok(Phase::InService));
        assert_eq!(phase("in-service"), Ok(Phase::InService));
        assert!(phase("asigned").unwrap_err().ends_with("did you mean `assigned`?"));
    }
}
