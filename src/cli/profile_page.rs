//! The reference page of a profile's keys: what `docs/profiles.md` is made from.
//!
//! Invariant: every key that a profile takes is in the tables with its true default, and no other; every value of an
//! enumeration is named; the example is sound. The page on disk is what the tables say.

mod keys;

use crate::desk::profiles;
use crate::front::exit::tests::page;
use crate::toml_file::Source;
use ascall_engine::domain::breaker::BreakerSettings;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{
    AppointmentRule, CancelRule, CancelUntil, Column, Dispatch, Does, Fallback, Field, FieldKind,
    Foresight, Matching, MembershipRule, NoticeOn, NoticeRule, OnAbort, OnDenied, PaymentRule,
    Policy, Position, Price, Profile, Repeat, RequiredBefore, Resource, ResourceOf, RewardRule,
    Role, Stage, StepSpec, StockRule, Transport, Travel, Turn, UnknownProduct, ViewSpec, Words,
};
use keys::{BLANKS, COLUMNS, Key, TABLES, WHEN};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::path::Path;

/// The example of the page: a sixth service line.
const LOCKSMITH: &str = include_str!("profile_page/locksmith.toml");

const WORD: &str = "{ ko = 'a', en = 'a' }";

/// The names that a table takes, as its reader lists them.
fn taken<T: DeserializeOwned>(before: &str) -> Vec<String> {
    let Err(error) = toml::from_str::<T>(&format!("{before}\nno_such_key = 1\n")) else {
        panic!("{before}: any key is taken")
    };
    let message = error.message();
    assert!(message.starts_with("unknown field `no_such_key`"), "{message}");
    message.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

/// The values of an enumeration, as its reader lists them.
fn values<T: DeserializeOwned>() -> Vec<String> {
    #[derive(Deserialize)]
    struct Holds<T> {
        #[serde(rename = "v")]
        _value: T,
    }
    let Err(error) = toml::from_str::<Holds<T>>("v = 'no_such_value'") else {
        panic!("any value is taken")
    };
    error.message().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn keys_of(table: &str) -> Vec<&'static Key> {
    let found = TABLES.iter().find(|(name, ..)| *name == table);
    found.unwrap_or_else(|| panic!("no table {table}")).2.iter().collect()
}

/// The page has the keys of `T` in `table`, and each default on it is the true one: a table that names it is the same as
/// the least one.
fn agree<T: DeserializeOwned + PartialEq + Debug>(table: &str, least: &str) {
    let tagged = table.starts_with("plan");
    let mut known = taken::<T>(if tagged { least } else { "" });
    known.extend(tagged.then(|| "stage".to_owned()));
    let mut page: Vec<String> = keys_of(table).iter().map(|key| key.name.to_owned()).collect();
    known.sort();
    page.sort();
    assert_eq!(known, page, "{table}");
    let read = |text: &str| toml::from_str::<T>(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    for key in keys_of(table) {
        let Some(default) = key.default.strip_prefix('`').and_then(|d| d.strip_suffix('`')) else {
            continue;
        };
        let said = format!("{} = {default}\n{least}", key.name);
        assert_eq!(read(&said), read(least), "{table}.{}", key.name);
    }
}

#[test]
fn every_key_of_a_profile_is_on_the_page_with_its_default() {
    let least = format!(
        "name = 'a'\ntitle = {WORD}\nworker = {WORD}\nplan = []\ncancel = {{ until = 'open' }}\n\
         dispatch = {{ search_ms = 1 }}"
    );
    agree::<Profile>("", &least);
    agree::<Words>("words", "ko = 'a'\nen = 'a'");
    agree::<Field>("fields", &format!("name = 'a'\nlabel = {WORD}\ntype = 'text'"));
    agree::<StepSpec>("steps", "name = 'a'\nposition = 'after_open'");
    agree::<BreakerSettings>("steps.breaker", "");
    agree::<PaymentRule>("payment", "price = 'fixed'");
    agree::<StockRule>("stock", "product = 'a'\nquantity = 'b'");
    agree::<MembershipRule>("membership", "");
    agree::<RewardRule>("rewards", "every = 1\ncoupon = 1");
    agree::<Dispatch>("dispatch", "search_ms = 1");
    agree::<Travel>("dispatch.travel", "factor_pct = 1\nmetres_per_min = 1\nfixed_s = 1");
    agree::<Matching>("dispatch.matching", "tick_ms = 1");
    agree::<Foresight>("dispatch.foresight", "");
    agree::<CancelRule>("cancel", "until = 'open'");
    agree::<AppointmentRule>("appointment", "duration_ms = 1\nlead_ms = 1");
    agree::<NoticeRule>("notices", &format!("on = 'opened'\nto = 'worker'\ntext = {WORD}"));
    agree::<Repeat>("notices.repeat", "every_ms = 1\nmost = 1");
    agree::<ViewSpec>("views", &format!("name = 'a'\ntitle = {WORD}\ncolumns = []"));
    agree::<Resource>("resources", "path = 'a'\nof = 'calls'");
    for (stage, least) in [
        ("auto", ""),
        ("offer", "deadline_ms = 1"),
        ("broadcast", "rings_m = []\nring_ms = 1"),
        ("claim", ""),
        ("manual", ""),
        ("none", "promise_ms = 1"),
    ] {
        agree::<Stage>(&format!("plan.{stage}"), &format!("stage = '{stage}'\n{least}"));
    }
}

#[test]
fn the_defaults_of_whole_tables_are_the_true_ones() {
    let travel = serde_json::to_value(Travel::default()).unwrap();
    let visit = serde_json::to_value(AppointmentRule::default()).unwrap();
    for (table, values) in [("dispatch.travel", travel), ("appointment", visit)] {
        for key in keys_of(table) {
            let said = format!("usually {}", values[key.name]);
            assert!(key.default.contains(&said), "{table}.{}: {said}", key.name);
        }
    }
}

#[test]
fn every_value_of_an_enumeration_is_named_on_the_page() {
    let named = |table: &str, key: &str, values: Vec<String>| {
        let keys = keys_of(table);
        let key = keys.iter().find(|k| k.name == key).unwrap_or_else(|| panic!("{table}.{key}"));
        for value in values {
            assert!(key.kind.contains(&format!("`{value}`")), "{table}.{}: {value}", key.name);
        }
    };
    named("", "on_abort", values::<OnAbort>());
    named("fields", "type", values::<FieldKind>());
    named("steps", "does", values::<Does>());
    named("steps", "position", values::<Position>());
    named("steps", "fallback", values::<Fallback>());
    named("steps", "on_denied", values::<OnDenied>());
    named("steps", "required_before", values::<RequiredBefore>());
    named("payment", "price", values::<Price>());
    named("stock", "unknown", values::<UnknownProduct>());
    named("dispatch", "policy", values::<Policy>());
    named("dispatch.matching", "order", values::<Turn>());
    named("cancel", "until", values::<CancelUntil>());
    named("notices", "to", values::<Role>());
    named("notices", "transport", values::<Transport>());
    named("resources", "of", values::<ResourceOf>());
    let whens: Vec<&str> = WHEN.iter().map(|(name, _)| *name).collect();
    assert_eq!(whens, values::<NoticeOn>());
    let blanks: Vec<&str> = BLANKS.iter().map(|(name, _)| *name).collect();
    assert_eq!(blanks, NoticeRule::BLANKS);
    let columns: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let known: Vec<String> = Column::ALL.iter().map(|c| c.name().to_owned()).collect();
    assert_eq!(columns, known);
}

#[test]
fn the_example_is_sound() {
    let read = profiles::parse(&Source::of(Path::new("locksmith.toml"), LOCKSMITH));
    assert_eq!(read.unwrap().name, "locksmith");
}

fn table(head: [&str; 2], rows: &[(&str, &str)], mark: &str) -> String {
    let mut text = format!("| {} | {} |\n| --- | --- |\n", head[0], head[1]);
    text.extend(rows.iter().map(|(name, what)| {
        format!("| `{mark}{name}{}` | {what} |\n", if mark.is_empty() { "" } else { "}" })
    }));
    text
}

/// Written anew with `ASCALL_BLESS=1 cargo test`.
#[test]
fn the_page_of_profiles_is_what_the_tables_say() {
    let mut text = String::from(keys::INTRO);
    text.extend(["\n```toml\n", LOCKSMITH, "```\n", keys::REFERENCE]);
    for (name, prose, keys) in TABLES {
        let head = match *name {
            "" => "The top of the file".to_owned(),
            "words" => "Words".to_owned(),
            "cancel" | "notices.repeat" => format!("`{name} = {{ … }}`"),
            "fields" | "steps" | "rewards" | "notices" | "views" | "resources" => {
                format!("`[[{name}]]`")
            }
            name => match name.strip_prefix("plan.") {
                Some(stage) => format!("`[[plan]]` with `stage = \"{stage}\"`"),
                None => format!("`[{name}]`"),
            },
        };
        text.extend(["\n### ", &head, "\n\n", prose, "\n\n"]);
        text.push_str("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        text.extend(keys.iter().map(|key| {
            format!("| `{}` | {} | {} | {} |\n", key.name, key.kind, key.default, key.meaning)
        }));
    }
    let phases: Vec<String> = Phase::ALL.iter().map(|phase| format!("`{phase}`")).collect();
    text.extend(["\n## Phases\n\n", keys::PHASES, ": ", &phases.join(", "), ".\n"]);
    text.push_str("\n## What a notice tells of\n\n");
    text.push_str(&table(["`on`", "when"], WHEN, ""));
    text.push_str("\n## What is filled in\n\n");
    text.push_str(&table(["in a sentence", "becomes"], BLANKS, "{"));
    text.push_str(keys::OWN_FIELDS);
    text.push_str("\n## Columns of a list\n\n");
    text.push_str(&table(["column", "shows"], COLUMNS, ""));
    text.push_str(keys::AFTER);
    page("profiles.md", &text);
}
