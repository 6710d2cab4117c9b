//! The commands of the two README files, run as they are written there, against what is printed beside them.
//!
//! Invariant: every `$ ascall …` line of a `console` block is run, in order, on a fresh store for every heading. Times and
//! dates are compared as such, not by their value; a line `…` stands for any lines. `ASCALL_BLESS=1` writes what is printed
//! today into the files, except in blocks with a `…`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

mod sealed;

use sealed::Sealed;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One block: where it begins, and its lines.
struct Block {
    line: usize,
    heading: usize,
    lines: Vec<String>,
}

/// A command and what is printed beside it.
struct Step {
    command: String,
    printed: Vec<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut heading) = (Vec::new(), None::<Block>, 0);
    for (number, line) in text.lines().enumerate() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) => block.lines.push(line.to_owned()),
            None if line == "```console" => {
                open = Some(Block { line: number + 1, heading, lines: Vec::new() });
            }
            None if line.starts_with('#') => heading = number,
            None => {}
        }
    }
    blocks
}

fn steps(block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in &block.lines {
        match line.strip_prefix("$ ") {
            Some(command) => {
                steps.push(Step { command: command.to_owned(), printed: Vec::new() });
            }
            None => steps.last_mut().unwrap().printed.push(line.clone()),
        }
    }
    steps
}

/// What a command prints, on both streams, as a terminal would show it.
fn printed(desk: &Sealed, bin: &Path, lang: &str, command: &str) -> Vec<String> {
    let typed = command.replace("ascall ", &format!("ascall --lang {lang} "));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let ran = Command::new("sh")
        .arg("-c")
        .arg(format!("{{ {typed} ; }} 2>&1"))
        .env_clear()
        .env("PATH", path)
        .env("HOME", desk.path("."))
        .env("USER", "kim")
        .env("TZ", "Asia/Seoul")
        .env("LC_ALL", "en_US.UTF-8")
        .env("ASCALL_STORE", desk.store())
        .current_dir(root())
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap().lines().map(|l| l.trim_end().to_owned()).collect()
}

/// The line with every digit of a time (`9:05`, `09:05:54`) and of a date made a `0`.
fn timeless(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let colon =
        |i: usize| chars.get(i) == Some(&':') && digit(i.checked_sub(1)) && digit(i.checked_add(1));
    let zeroed = |(i, c): (usize, &char)| {
        let timed = (i.saturating_sub(2)..=i + 2).any(colon);
        if c.is_ascii_digit() && timed { '0' } else { *c }
    };
    undated(&chars.iter().enumerate().map(zeroed).collect::<String>())
}

/// `2027-01-10`, `01-10` before a time, and the hour `01시` become zeros.
fn undated(line: &str) -> String {
    let words = line.split_inclusive(' ').map(|word| {
        let shape: String =
            word.trim_end().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let dated = shape.ends_with("0000-00-00") || shape == "00-00" || shape == "00시";
        if dated { word.replace(|c: char| c.is_ascii_digit(), "0") } else { word.to_owned() }
    });
    words.collect()
}

fn agrees(shown: &[String], today: &[String]) -> bool {
    match shown.split_first() {
        None => today.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=today.len()).any(|skipped| agrees(rest, &today[skipped..]))
        }
        Some((first, rest)) => {
            let same = today.first().is_some_and(|line| timeless(line) == timeless(first));
            same && agrees(rest, &today[1..])
        }
    }
}

fn read_aloud(file: &str) {
    let path = root().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let lang = if file.contains(".ko.") { "ko" } else { "en" };
    let tools = tempfile::tempdir().unwrap();
    symlink(env!("CARGO_BIN_EXE_ascall"), tools.path().join("ascall")).unwrap();
    let bless = std::env::var_os("ASCALL_BLESS").is_some();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (mut desk, mut heading, mut wrong, mut run) = (Sealed::new(), 0, Vec::new(), 0);
    let mut written: Vec<(usize, usize, Vec<String>)> = Vec::new();
    for block in blocks(&text) {
        if block.heading != heading {
            (desk, heading) = (Sealed::new(), block.heading);
        }
        let mut now = Vec::new();
        for step in steps(&block) {
            now.push(format!("$ {}", step.command));
            if step.command.starts_with("alias ") {
                continue;
            }
            assert!(step.command.starts_with("ascall "), "{}", step.command);
            run += 1;
            let today = printed(&desk, tools.path(), lang, &step.command);
            if !agrees(&step.printed, &today) {
                let (command, today) = (&step.command, today.join("\n"));
                wrong.push(format!("{file}:{}: $ {command}\n{today}", block.line));
            }
            now.extend(today);
        }
        if !block.lines.iter().any(|line| line == "…") {
            written.push((block.line, block.lines.len(), now));
        }
    }
    assert!(run > 10, "{file}: only {run} commands were found");
    if bless {
        for (at, len, now) in written.into_iter().rev() {
            lines.splice(at..at + len, now);
        }
        fs::write(&path, lines.join("\n") + "\n").unwrap();
    } else {
        assert!(wrong.is_empty(), "these print something else today:\n{}", wrong.join("\n\n"));
    }
}

#[test]
fn the_commands_of_the_readme_print_what_it_says() {
    read_aloud("README.md");
}

#[test]
fn the_commands_of_the_korean_readme_print_what_it_says() {
    read_aloud("README.ko.md");
}

#[test]
fn times_and_dates_are_compared_as_such() {
    assert_eq!(timeless("09:05  C-1  12,000"), "00:00  C-1  12,000");
    assert_eq!(timeless("at 2027-01-10 16:00."), "at 0000-00-00 00:00.");
    assert_eq!(timeless("at 01-10 16:00, 010-0000-1234"), "at 00-00 00:00, 010-0000-1234");
    assert!(agrees(&["a".to_owned(), "…".to_owned()], &["a".to_owned(), "b".to_owned()]));
    assert!(!agrees(&["…".to_owned(), "a".to_owned()], &["a".to_owned(), "b".to_owned()]));
}
