//! What a scenario expects of an answer, and where in the answer it looks.
//!
//! Invariant: an expectation of a place that is not there fails, unless it expects exactly that.

use crate::words::{Names, fill};
use serde::Deserialize;
use serde_json::Value;

/// What is expected at one place of an answer: a value, or a table of tests.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Value")]
pub enum Expected {
    /// This, and nothing else.
    Is(Value),
    /// All of these hold.
    Tests(Tests),
}

/// Tests of one place of an answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    /// It is not this.
    not: Option<Value>,
    /// It is one of these.
    one_of: Option<Vec<Value>>,
    /// A list of so many.
    count: Option<usize>,
    /// A text with this in it, or a list with it among its items.
    has: Option<String>,
    /// A number of at least this.
    at_least: Option<i64>,
    /// A number of at most this.
    at_most: Option<i64>,
    /// There is nothing there, or null.
    #[serde(default)]
    absent: bool,
}

impl TryFrom<toml::Value> for Expected {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        if value.is_table() {
            let tests: Tests =
                value.try_into().map_err(|e: toml::de::Error| e.message().to_owned())?;
            return Ok(Self::Tests(tests));
        }
        serde_json::to_value(value).map(Self::Is).map_err(|e| e.to_string())
    }
}

impl Expected {
    /// Whether `answer` has at `place` what is expected; what it has instead.
    pub fn check(&self, answer: &Value, place: &str, names: &Names) -> Result<(), String> {
        let place = fill(place, names)?;
        let found = find(answer, &place).unwrap_or(&Value::Null);
        let short: String = found.to_string().chars().take(200).collect();
        let wrong = |why: &str| Err(format!("{place} is {short}, {why}"));
        let same = |value: &Value| Ok::<_, String>(*found == filled(value, names)?);
        let tests = match self {
            Self::Is(value) if same(value)? => return Ok(()),
            Self::Is(value) => return wrong(&format!("not {}", filled(value, names)?)),
            Self::Tests(tests) => tests,
        };
        if tests.absent && !found.is_null() {
            return wrong("but nothing should be there");
        }
        if !tests.absent && found.is_null() {
            return wrong("but something should be there");
        }
        if let Some(value) = &tests.not
            && same(value)?
        {
            return wrong("which it must not be");
        }
        if let Some(values) = &tests.one_of {
            let known: Result<Vec<Value>, String> =
                values.iter().map(|v| filled(v, names)).collect();
            if !known?.contains(found) {
                return wrong("which is none of those expected");
            }
        }
        if let Some(count) = tests.count
            && found.as_array().map(Vec::len) != Some(count)
        {
            return wrong(&format!("not a list of {count}"));
        }
        if let Some(part) = &tests.has {
            let part = fill(part, names)?;
            let has = match found {
                Value::String(text) => text.contains(&part),
                Value::Array(items) => items.iter().any(|item| *item == part.as_str()),
                _ => false,
            };
            if !has {
                return wrong(&format!("without {part:?}"));
            }
        }
        if tests.at_least.is_some_and(|least| found.as_i64().is_none_or(|n| n < least)) {
            return wrong("which is too little");
        }
        if tests.at_most.is_some_and(|most| found.as_i64().is_none_or(|n| n > most)) {
            return wrong("which is too much");
        }
        Ok(())
    }
}

/// The part of `answer` at `place`: a JSON pointer, of which a step `id=W-1` is the item of a list that has this `id`.
pub fn find<'a>(answer: &'a Value, place: &str) -> Option<&'a Value> {
    place.split('/').filter(|step| !step.is_empty()).try_fold(answer, |at, step| match at {
        Value::Array(items) => match step.split_once('=') {
            Some((key, value)) => items.iter().find(|item| {
                item.get(key).is_some_and(|v| plain(v).is_some_and(|text| text == value))
            }),
            None => items.get(step.parse::<usize>().ok()?),
        },
        Value::Object(fields) => fields.get(step),
        _ => None,
    })
}

/// A text, number or truth as text.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn filled(value: &Value, names: &Names) -> Result<Value, String> {
    match value {
        Value::String(text) => fill(text, names).map(Value::String),
        Value::Array(items) => {
            items.iter().map(|v| filled(v, names)).collect::<Result<_, _>>().map(Value::Array)
        }
        other => Ok(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Whether an answer is as a line of a scenario expects.
    fn holds(line: &str) -> Result<(), String> {
        let answer = serde_json::json!({
            "phase": "open", "cost": 25_500, "worker": null, "attention": ["late_ok"],
            "workers": [{"id": "W-1", "duty": "on"}, {"id": "W-2", "duty": "off"}],
        });
        let names = Names::from([("W".to_owned(), "W-2".to_owned())]);
        let expected: BTreeMap<String, Expected> = toml::from_str(line).unwrap();
        expected.iter().try_for_each(|(place, expected)| expected.check(&answer, place, &names))
    }

    #[test]
    fn each_test_can_hold_and_can_fail() {
        let pairs = [
            ("'/phase' = 'open'", "'/phase' = 'assigned'"),
            ("'/cost' = 25500", "'/cost' = 25501"),
            ("'/workers/id=$W/duty' = 'off'", "'/workers/id=$W/duty' = 'on'"),
            ("'/workers/0/id' = 'W-1'", "'/workers/2/id' = 'W-3'"),
            ("'/phase' = { not = 'assigned' }", "'/phase' = { not = 'open' }"),
            ("'/phase' = { one_of = ['open', 'assigned'] }", "'/phase' = { one_of = ['parked'] }"),
            ("'/workers' = { count = 2 }", "'/workers' = { count = 1 }"),
            ("'/attention' = { has = 'late_ok' }", "'/attention' = { has = 'late' }"),
            ("'/phase' = { has = 'pe' }", "'/phase' = { has = 'x' }"),
            ("'/cost' = { at_least = 25500 }", "'/cost' = { at_least = 25501 }"),
            ("'/cost' = { at_most = 25500 }", "'/cost' = { at_most = 25499 }"),
            ("'/worker' = { absent = true }", "'/phase' = { absent = true }"),
            ("'/' = { not = 'x' }", "'/nowhere' = { not = 'x' }"),
        ];
        for (good, bad) in pairs {
            assert_eq!(holds(good), Ok(()), "{good}");
            assert!(holds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_test_is_refused() {
        let fault = toml::from_str::<BTreeMap<String, Expected>>("a = 1\nb = { hass = 'x' }");
        let words = fault.unwrap_err().to_string();
        assert!(words.contains("line 2") && words.contains("hass"), "{words}");
    }
}
