//! The house rules that no compiler checks: who may import whom, what a file begins with, what the release contains.

#![allow(clippy::unwrap_used, reason = "a house that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

/// Lines of code: without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn is_test(path: &Path) -> bool {
    path.components().any(|c| {
        let name = c.as_os_str().to_string_lossy();
        name == "tests" || name == "testing" || name.ends_with("tests.rs") || name == "testing.rs"
    })
}

fn forbid(folder: &str, words: &[&str], why: &str) {
    for (path, text) in sources(folder) {
        if is_test(&path) {
            continue;
        }
        for line in code(&text) {
            for word in words {
                assert!(!line.contains(word), "{}: `{word}`: {why}\n{line}", path.display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder) {
            assert!(text.starts_with("//!"), "{} does not open with `//!`", path.display());
        }
    }
}

#[test]
fn the_domain_is_pure() {
    let words = [
        "std::time",
        "SystemTime",
        "Instant::",
        "std::fs",
        "std::net",
        "std::env",
        "HashMap",
        "HashSet",
        "tokio",
        "crate::journal",
        "crate::core",
        "crate::engine",
        "crate::views",
        "crate::verify",
        "crate::couriers",
        "crate::participants",
    ];
    forbid("src/engine/domain", &words, "the domain knows no clock, no I/O and nothing above it");
}

#[test]
fn the_checker_shares_nothing_with_what_it_checks() {
    let words = [
        "domain::decide",
        "domain::evolve",
        "domain::follow",
        "domain::carry",
        "domain::world",
        "World",
        "MOVES",
        "may_move",
        "crate::views",
        "Breaker::new",
    ];
    let sources = sources("src/engine/verify");
    for (path, text) in sources.iter().filter(|(path, _)| !is_test(path)) {
        for line in code(text) {
            let found = words.iter().find(|word| line.contains(*word));
            assert!(found.is_none(), "{}: {found:?}\n{line}", path.display());
        }
    }
}

#[test]
fn the_journal_knows_only_seq_and_time_of_the_domain() {
    for (path, text) in sources("src/engine/journal") {
        for line in code(&text).filter(|line| line.contains("crate::domain")) {
            assert!(line.contains("crate::domain::ids"), "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_console_knows_no_verb_and_one_file_of_it_asks_the_desk() {
    let words = ["crate::cli", "crate::gateway"];
    forbid("src/tui", &words, "what the console does is a line, carried out by whoever gave it");
    for (path, text) in sources("src/tui") {
        let asks = code(&text).any(|line| line.contains("&Desk") || line.contains(": Desk"));
        assert!(!asks || path.ends_with("tui/feed.rs"), "{} asks the desk", path.display());
    }
}

#[test]
fn a_load_is_borne_by_a_desk_and_knows_nobody_who_asks_for_it() {
    let words = ["crate::cli", "crate::tui", "crate::gateway"];
    forbid("src/load", &words, "who looks on gives it what it shows with");
}

#[test]
fn only_the_ui_prints() {
    for (path, text) in sources("src") {
        if path.ends_with("cli/ui.rs")
            || is_test(&path)
            || path.components().any(|c| c.as_os_str() == "benches")
        {
            continue;
        }
        for line in code(&text) {
            for word in ["println!", "print!(", "eprintln!", "eprint!("] {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn one_file_asks_the_clock() {
    for (path, text) in sources("src/engine") {
        if path.ends_with("engine/clock.rs")
            || is_test(&path)
            || path.components().any(|c| c.as_os_str() == "benches")
        {
            continue;
        }
        assert!(
            !code(&text).any(|line| line.contains("SystemTime")),
            "{} asks the wall clock",
            path.display()
        );
    }
}

#[test]
fn planted_bugs_are_not_in_the_release() {
    let manifest = fs::read_to_string(root().join("src/engine/Cargo.toml")).unwrap();
    let features: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .collect();
    assert!(features.iter().any(|line| line.starts_with("planted")), "no feature `planted`");
    assert!(!features.iter().any(|line| line.starts_with("default") && line.contains("planted")));
    let top = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(!top.contains("planted"), "the binary must not ask for the planted bugs");
}

#[test]
fn no_test_is_switched_off_or_sleeps() {
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder) {
            for line in code(&text) {
                let off = line.trim_start().starts_with("#[ignore");
                assert!(!off, "{}: {line}", path.display());
            }
            if is_test(&path) && !path.ends_with("tests/tidy.rs") {
                let sleeps = code(&text).any(|l| l.contains("thread::sleep("));
                assert!(!sleeps, "{} sleeps", path.display());
            }
        }
    }
}

#[test]
fn examples_use_invented_numbers() {
    let files = ["README.md", "fixtures/sample/calls.csv", "fixtures/sample/workers.csv"];
    for file in files {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let digits: String = text
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    c
                } else if c == '-' {
                    '-'
                } else {
                    ' '
                }
            })
            .collect();
        for word in digits.split_whitespace() {
            let plain: String = word.chars().filter(char::is_ascii_digit).collect();
            if plain.len() == 11 && plain.starts_with("010") {
                assert!(plain.starts_with("0100000"), "{file}: {word}");
            }
        }
    }
}
