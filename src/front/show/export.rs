//! Calls and workers as rows that a spreadsheet shows and `import` takes.
//!
//! Invariant: under the same column stands what the import reads there. What became of a call stands in columns of its own,
//! [`HISTORY`], which the import knows and passes over; a call that has ended is not taken again.

use super::call::CallCard;
use crate::desk::live;
use crate::front::mask::Veil;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::worker::Availability;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a request is made from, but for the fields of profiles.
const REQUEST: [&str; 9] =
    ["profile", "tel", "member", "name", "location", "kind", "cost", "priority", "at"];

/// What became of a call.
const HISTORY: [&str; 10] = [
    "call",
    "phase",
    "received_at",
    "ended_at",
    "worker",
    "paid",
    "refunded",
    "outcome",
    "rating",
    "disposition",
];

/// The columns of workers.
pub(crate) const WORKER: [&str; 7] = ["worker", "name", "tel", "at", "skills", "services", "duty"];

/// The columns of calls whose profiles have these fields.
pub(crate) fn call_columns(fields: &BTreeSet<String>) -> Vec<String> {
    let own = |name: &String| !REQUEST.contains(&name.as_str());
    let history = HISTORY.iter().filter(|name| !fields.contains(**name));
    let request = REQUEST.iter().map(|name| (*name).to_owned());
    let fields = fields.iter().filter(|name| own(name)).cloned();
    request.chain(fields).chain(history.map(|name| (*name).to_owned())).collect()
}

/// A call under each of the columns.
pub(crate) fn call(card: &CallCard, columns: &[String]) -> Vec<Value> {
    let cell = |name: &String| {
        let known = card.fields.get(name).map(|value| Value::from(value.clone()));
        known.unwrap_or_else(|| match name.as_str() {
            "profile" => card.profile.clone().into(),
            "tel" => card.tel.clone().into(),
            "member" => card.member.clone().into(),
            "name" => card.name.clone().into(),
            "location" => card.location.clone().into(),
            "kind" => card.kind.clone().into(),
            "cost" => card.cost.into(),
            "priority" => card.priority.into(),
            "at" => card.visit.as_ref().map(|visit| visit.from.clone()).into(),
            "call" => card.id.clone().into(),
            "phase" => card.phase.name().into(),
            "received_at" => card.received_at.clone().into(),
            "ended_at" => card.ended_at.clone().into(),
            "worker" => card.worker.as_ref().map(|worker| worker.id.clone()).into(),
            "paid" => (card.money.captured + card.money.settled).into(),
            "refunded" => card.money.refunded.into(),
            "outcome" => card.outcome.clone().into(),
            "rating" => card.rating.into(),
            "disposition" => card.disposition.clone().into(),
            _ => Value::Null,
        })
    };
    columns.iter().map(cell).collect()
}

/// A worker under each of [`WORKER`].
pub(crate) fn worker(worker: &live::Worker, veil: Veil) -> Vec<Value> {
    let duty = match worker.availability {
        Availability::Off => "off",
        Availability::Break => "break",
        Availability::Suspended => "suspended",
        _ => "on",
    };
    vec![
        worker.id.to_string().into(),
        worker.person.name.as_deref().map(|name| veil.name(name)).into(),
        worker.person.tel.as_deref().map(|tel| veil.tel(tel)).into(),
        worker.home.filter(|_| veil == Veil::Whole).map(|home| home.to_string()).into(),
        worker.skills.clone().into(),
        worker.services.clone().into(),
        duty.into(),
    ]
}

/// What is asked for by a row of a file: without the history of a call that was exported. None: that call has ended.
pub(crate) fn still_asked(mut cells: BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    let is_exported = cells.get("call").is_some_and(|text| text.parse::<CallId>().is_ok());
    let phase = cells
        .get("phase")
        .and_then(|name| Phase::ALL.into_iter().find(|phase| phase.name() == name.as_str()));
    let Some(phase) = phase.filter(|_| is_exported) else { return Some(cells) };
    if phase.is_terminal() {
        return None;
    }
    cells.retain(|name, _| !HISTORY.contains(&name.as_str()));
    Some(cells)
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets a `'` before it. So does what has such a `'`
/// already, so that [`plain`] tells the two apart. Source: OWASP, CSV Injection,
/// <https://owasp.org/www-community/attacks/CSV_Injection>.
pub(crate) fn harmless(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell without the `'` that [`harmless`] put before it.
pub(crate) fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula_and_each_comes_back_as_it_was() {
        let cells = [
            "=1+1", "+82 10", "-5", "@a", "\tx", "\rx", "", "a=b", "'", "'a", "'=1", "''@", "'' x",
            "한-글",
        ];
        for cell in cells {
            let safe = harmless(cell);
            assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?} {safe:?}");
            assert_eq!(plain(&safe), cell);
        }
        assert_eq!(harmless("-5"), "'-5");
        assert_eq!(harmless("'=1"), "''=1");
    }

    #[test]
    fn only_exported_rows_have_a_history_and_only_live_ones_are_asked_again() {
        let row = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let typed = row(&[("tel", "1"), ("phase", "open"), ("worker", "me")]);
        assert_eq!(still_asked(typed.clone()), Some(typed));
        let live = row(&[("tel", "1"), ("call", "C-1"), ("phase", "assigned"), ("worker", "W-1")]);
        assert_eq!(still_asked(live), Some(row(&[("tel", "1")])));
        assert_eq!(still_asked(row(&[("call", "C-1"), ("phase", "completed")])), None);
    }

    #[test]
    fn a_profiles_own_field_outranks_a_column_of_the_history() {
        let fields = BTreeSet::from(["rating".to_owned(), "product".to_owned(), "at".to_owned()]);
        let columns = call_columns(&fields);
        assert_eq!(columns.iter().filter(|name| *name == "rating").count(), 1);
        assert_eq!(columns.iter().filter(|name| *name == "at").count(), 1);
        assert_eq!(
            &columns[..10],
            [
                "profile", "tel", "member", "name", "location", "kind", "cost", "priority", "at",
                "product"
            ]
        );
    }
}
