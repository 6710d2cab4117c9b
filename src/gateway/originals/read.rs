//! Reading: one thing by its number, and pages of all of them.
//!
//! Invariant: a page of calls is found by the how manyth they are, without looking at the others. Of a resource that not
//! every call has an entry in, a page counts the calls and leaves out those without one.

use super::facts::{Facts, Shown};
use super::hal::{Base, Collection, Item, Members, Page};
use super::surface::Place;
use crate::desk::letters::Whose;
use crate::desk::{Book, CallFilter, CallRow};
use crate::front::error::UserError;
use crate::front::mask::Veil;
use crate::front::originals::Slot;
use crate::front::show::letter::LetterJson;
use crate::gateway::gate::Gate;
use crate::gateway::problem::Problem;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::profile::ResourceOf;
use axum::http::StatusCode;
use serde::ser::SerializeMap;
use std::sync::Arc;

/// The most notices of a call that are shown.
const MESSAGES_MAX: usize = 100;

impl Members for (Facts, Arc<Place>) {
    fn write<M: SerializeMap>(&self, place: &Place, map: &mut M) -> Result<(), M::Error> {
        self.0.write(place, map)
    }
}

impl Members for Facts {
    fn call(&self) -> Option<CallId> {
        self.call
    }

    fn write<M: SerializeMap>(&self, place: &Place, map: &mut M) -> Result<(), M::Error> {
        for (name, slot) in &place.members {
            map.serialize_entry(name, &self.value(slot, &place.line))?;
        }
        Ok(())
    }
}

/// A thing of a place with its link.
pub(super) fn item(facts: Facts, place: &Place, base: &Base) -> Item<Facts> {
    let href = base.one(place, &facts.key(&place.line));
    Item { facts, href }
}

/// There is none of that number.
pub(super) fn none(place: &Place, id: &str) -> Problem {
    let id: String = id.chars().take(40).collect();
    let detail = format!("there is no `{id}` among {}", place.path);
    Problem::new(StatusCode::NOT_FOUND, "not-found", detail)
}

/// The call under this number.
pub(super) async fn call(gate: &Gate, place: &Place, id: &str) -> Result<CallRow, Problem> {
    let line = &place.line;
    let found = if line.reference().is_some() {
        gate.desk().call_named(&line.profile.name, id).await?
    } else {
        let Ok(ordinal) = id.trim().parse::<u64>() else { return Err(none(place, id)) };
        let name = line.profile.name.clone();
        gate.read(move |book, _| Ok(book.counted(&name, ordinal..=ordinal)?.pop())).await?
    };
    found.ok_or_else(|| none(place, id))
}

/// What is known of a call, whole.
pub(super) async fn whole(gate: &Gate, place: &Place, row: CallRow) -> Result<Facts, Problem> {
    let id = row.call;
    let mut facts = gate.read(move |book, _| Facts::read(book, &row, Veil::Whole)).await?;
    if place.shows(&Slot::Messages) {
        facts.messages = messages(gate, id, Veil::Whole).await?;
    }
    if place.shows(&Slot::WorkerPlace)
        && let Some(worker) = &mut facts.worker
        && let Some((now, _)) = gate.desk().place(worker.id).await?
    {
        worker.place = Some(now);
    }
    Ok(facts)
}

async fn messages(gate: &Gate, call: CallId, veil: Veil) -> Result<Vec<LetterJson>, Problem> {
    let letters = gate.desk().inbox(Whose::Call(call), MESSAGES_MAX).await?;
    Ok(letters.iter().map(|letter| LetterJson::of(letter, veil)).collect())
}

/// One thing that calls have.
pub(super) async fn one(
    gate: &Gate,
    place: &Arc<Place>,
    id: &str,
    base: &Base,
) -> Result<Item<Facts>, Problem> {
    let row = call(gate, place, id).await?;
    let facts = whole(gate, place, row).await?;
    if !facts.is_in(place) {
        return Err(none(place, id));
    }
    Ok(item(facts, place, base))
}

/// A page of what calls have, over all lines that share the path.
pub(super) async fn all(
    gate: &Gate,
    places: &[Arc<Place>],
    page: Page,
    base: &Base,
) -> Result<Collection<Facts>, Problem> {
    let owned = places.to_vec();
    let read = gate.read(move |book, _| rows(book, &owned, page)).await?;
    let (total, rows) = read;
    let mut items = Vec::with_capacity(rows.len());
    for (place, call, mut facts) in rows {
        if place.shows(&Slot::Messages) {
            facts.messages = messages(gate, call, Veil::Masked).await?;
        }
        let item = item(facts, &place, base);
        items.push((place, item));
    }
    Ok(Collection { page, total, items })
}

type Entries = Vec<(Arc<Place>, CallId, Facts)>;

fn rows(book: &Book, places: &[Arc<Place>], page: Page) -> Result<(u64, Entries), UserError> {
    let wanted = page.entries();
    let (mut total, mut found) = (0_u64, Entries::new());
    for place in places {
        let name = &place.line.profile.name;
        let rows = if place.of == ResourceOf::OpenList {
            let profile = Some(name.clone());
            let filter = CallFilter { profile, claimable: true, ..CallFilter::default() };
            let open = book.calls(&filter)?;
            let here = part(&wanted, total, open.len() as u64);
            total += open.len() as u64;
            let skipped = usize::try_from(here.start).unwrap_or(usize::MAX);
            let count = usize::try_from(here.end - here.start).unwrap_or(0);
            open.into_iter().skip(skipped).take(count).collect()
        } else {
            let count = book.count(name)?;
            let here = part(&wanted, total, count);
            total += count;
            // Calls are counted from 1.
            if here.is_empty() {
                Vec::new()
            } else {
                book.counted(name, here.start + 1..=here.end)?
            }
        };
        book.meet(&rows)?;
        for row in rows {
            let facts = Facts::read(book, &row, Veil::Masked)?;
            if facts.is_in(place) {
                found.push((Arc::clone(place), row.call, facts));
            }
        }
    }
    Ok((total, found))
}

/// Which of a line's `count` entries are wanted, when `before` others stand before them.
fn part(wanted: &std::ops::Range<u64>, before: u64, count: u64) -> std::ops::Range<u64> {
    let from = wanted.start.saturating_sub(before).min(count);
    from..wanted.end.saturating_sub(before).min(count).max(from)
}

/// Members and goods: things of which a row is all that there is.
pub(super) struct Plain(pub Vec<(Slot, Option<String>, Option<u64>)>);

impl Members for Plain {
    fn write<M: SerializeMap>(&self, place: &Place, map: &mut M) -> Result<(), M::Error> {
        for (name, slot) in &place.members {
            let known = self.0.iter().find(|(known, ..)| known == slot);
            let value = match known {
                Some((_, Some(text), _)) => Shown::Text(text),
                Some((_, None, Some(number))) => Shown::count(*number),
                _ => Shown::Null,
            };
            map.serialize_entry(name, &value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_page_over_several_lines_takes_from_each_what_falls_into_it() {
        assert_eq!(part(&(0..5), 0, 3), 0..3);
        assert_eq!(part(&(0..5), 3, 4), 0..2);
        assert_eq!(part(&(5..10), 3, 4), 2..4);
        assert!(part(&(5..10), 0, 3).is_empty());
        assert!(part(&(u64::MAX - 1..u64::MAX), 7, 3).is_empty());
    }
}
