//! The page of requirements: what each service must do, and the tests that show it.
//!
//! Invariant: every requirement, story and defect of the five services is in the data and names a test that exists. That
//! each of those tests ran and passed in a run of the gate is proved by `.ci/requirements` from what that run printed.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    part: Vec<Part>,
}

/// A service, the stories, or the defects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    name: String,
    title: String,
    item: Vec<Item>,
}

/// One thing that must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    what: String,
    tests: Vec<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn book() -> Book {
    toml::from_str(&fs::read_to_string(root().join("fixtures/requirements.toml")).unwrap()).unwrap()
}

/// The page that the data makes.
fn page() -> String {
    let parts: String = book().part.iter().map(section).collect();
    format!(
        "<!-- Made from fixtures/requirements.toml by a test; ASCALL_BLESS=1 cargo test writes it anew. -->\n\n\
         # What the services must do, and the tests that show it\n\n\
         A test is named by its binary and its path. `.ci/run` fails when one of them did not run and pass.\n{parts}"
    )
}

fn section(part: &Part) -> String {
    let row = |item: &Item| {
        let tests: Vec<String> = item.tests.iter().map(|test| format!("`{test}`")).collect();
        format!("| {} | {} | {} |", item.id, item.what, tests.join("<br>"))
    };
    let rows: Vec<String> = part.item.iter().map(row).collect();
    let head = "| | what must hold | shown by |\n| --- | --- | --- |";
    format!("\n## {}\n\n{head}\n{}\n", part.title, rows.join("\n"))
}

/// The names of the tests in the sources of a test binary.
fn tests_of(binary: &str) -> BTreeSet<String> {
    let tops: &[&str] = match binary {
        "ascall" => &["src/main.rs", "src/cli", "src/front", "src/gateway", "src/desk"],
        "ascall_engine" => &["src/engine"],
        "cli" => &["tests/cli"],
        "kill" => &["tests/kill.rs"],
        "races" => &["src/engine/tests/races.rs"],
        "simulation" => &["src/engine/tests/simulation"],
        "stories" => &["tests/stories"],
        _ => &[],
    };
    let mut open: Vec<PathBuf> = tops.iter().map(|top| root().join(top)).collect();
    let mut names = BTreeSet::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            names.extend(tests_in(&fs::read_to_string(&path).unwrap()));
        }
    }
    names
}

/// The names of the functions that stand under a test attribute.
fn tests_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        match function.and_then(|rest| rest.split_once('(')) {
            Some((name, _)) if is_test => {
                names.push(name.to_owned());
                is_test = false;
            }
            _ if line.starts_with("#[test]") || line.starts_with("#[tokio::test") => is_test = true,
            _ if line.starts_with("#[") => {}
            _ => is_test = false,
        }
    }
    names
}

#[test]
fn the_page_of_requirements_is_what_the_data_says() {
    let path = root().join("docs/requirements.md");
    if std::env::var_os("ASCALL_BLESS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/requirements.md is stale: ASCALL_BLESS=1 cargo test");
}

#[test]
fn every_requirement_names_tests_that_exist() {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in book().part {
        for item in part.item {
            assert!(!item.tests.is_empty(), "{} {} is shown by nothing", part.name, item.id);
            for test in item.tests {
                let (binary, path) = test.split_once("::").unwrap();
                let name = path.rsplit("::").next().unwrap();
                let tests = known.entry(binary.to_owned()).or_insert_with(|| tests_of(binary));
                assert!(tests.contains(name), "{} {}: no test `{test}`", part.name, item.id);
            }
        }
    }
}

#[test]
fn a_function_is_a_test_only_under_its_attribute() {
    let text =
        "#[test]\nfn one() {}\nfn two() {}\n#[tokio::test]\n#[allow(x)]\nasync fn three() {}\n";
    assert_eq!(tests_in(text), ["one", "three"]);
}

/// The numbers are those of the services' own descriptions: none is left out, none is there twice.
#[test]
fn no_requirement_story_or_defect_is_left_out() {
    let ids = |prefix: &str, from: usize, to: usize| -> Vec<String> {
        (from..=to).map(|n| format!("{prefix}{n}")).collect()
    };
    let with = |fs: Vec<String>, ns: &[&str]| -> Vec<String> {
        fs.into_iter().chain(ns.iter().map(|n| (*n).to_owned())).collect()
    };
    let expected = [
        ("repair", with(ids("F", 1, 7), &["N1", "N2a", "N2b", "N3"])),
        ("driver", with(ids("F", 1, 7), &["N1", "N2a", "N2b", "N3"])),
        ("tutoring", with(ids("F", 1, 11), &["N1", "N2", "N3"])),
        ("taxi", with(ids("F", 0, 11), &["N1", "N2", "N3"])),
        ("shop", with(ids("F", 1, 6), &["N1", "N2a", "N2b", "N2c", "N3"])),
        ("stories", ids("S", 1, 6)),
        ("defects", ids("D", 1, 17)),
    ];
    let found: Vec<(String, Vec<String>)> = book()
        .part
        .into_iter()
        .map(|part| (part.name, part.item.into_iter().map(|item| item.id).collect()))
        .collect();
    let found: Vec<(&str, Vec<String>)> =
        found.iter().map(|(name, ids)| (name.as_str(), ids.clone())).collect();
    assert_eq!(found, expected);
}
