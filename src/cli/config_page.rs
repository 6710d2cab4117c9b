//! The reference page of the configuration's keys: what `docs/config.md` is made from.
//!
//! Invariant: every key that the file's types take is in the table, and no other; the page on disk is what the table says.

use super::clock;
use super::config::{BULKHEAD, File, LOCK_TIMEOUT};
use ascall_engine::domain::breaker::BreakerSettings;

/// One key of the file, for the reference page.
struct Key {
    /// Its name; `NAME` stands for a participant's.
    name: &'static str,
    /// What may stand there.
    kind: &'static str,
    /// What holds when nobody says anything.
    default: &'static str,
    /// What it does.
    effect: &'static str,
}

/// Every key of the file, in the order of the page.
const KEYS: &[Key] = &[
    key(
        "lang",
        "`ko` or `en`",
        "`ko`, or as `LC_ALL`, `LC_MESSAGES`, `LANG` say",
        "the language of words, tables and the notices of new calls; `--lang` outranks it",
    ),
    key(
        "store",
        "a path",
        "`desk.redb` in the user's data directory",
        "the desk's file; `--store` and `ASCALL_STORE` outrank it",
    ),
    key(
        "tel",
        "`lenient` or `strict`",
        "`lenient`",
        "`strict` refuses phone numbers of no known form; `lenient` keeps them as typed and sends nothing to them",
    ),
    key(
        "lock_timeout",
        "a span such as `\"5s\"`",
        "`\"5s\"`",
        "how long to wait for a store that is in use; `--lock-timeout` outranks it",
    ),
    key(
        "operator",
        "a name",
        "`USER`, `LOGNAME`, or `desk`",
        "under whose name commands are journalled",
    ),
    key(
        "log",
        "`off`, `error`, `warn`, `info`, `debug` or `trace`",
        "`warn`",
        "what the log on standard error tells of, numbers masked; `--log` and `ASCALL_LOG` outrank it",
    ),
    key(
        "profiles",
        "an array of paths",
        "none",
        "profiles of your own; one with the name of a shipped one takes its place",
    ),
    key(
        "notices.command",
        "an array: a program and its words",
        "none",
        "the program that notices are handed to, as JSON on standard input",
    ),
    key(
        "participants.NAME.kind",
        "`local`, `http` or `command`",
        "required",
        "who answers for the step NAME",
    ),
    key(
        "participants.NAME.url",
        "a URL",
        "required for `http`",
        "where requests are sent, as JSON over HTTP",
    ),
    key(
        "participants.NAME.argv",
        "an array: a program and its words",
        "required for `command`",
        "the program that is asked, JSON on standard input and output, no shell",
    ),
    key(
        "participants.NAME.bulkhead",
        "a number above 0",
        "`64`",
        "how many requests are in flight at once at most",
    ),
    key(
        "participants.NAME.breaker.consecutive_failures",
        "a number; 0: off",
        "`5`",
        "the breaker opens after so many failures in a row",
    ),
    key(
        "participants.NAME.breaker.failure_rate_pct",
        "1 to 100; 0: off",
        "`50`",
        "it opens at this share of failures in the window",
    ),
    key(
        "participants.NAME.breaker.slow_rate_pct",
        "1 to 100; 0: off",
        "`80`",
        "it opens at this share of slow answers in the window",
    ),
    key(
        "participants.NAME.breaker.slow_call_ms",
        "milliseconds",
        "`600`",
        "an answer that takes longer is slow",
    ),
    key(
        "participants.NAME.breaker.window_ms",
        "milliseconds",
        "`900000`",
        "how far back outcomes count",
    ),
    key(
        "participants.NAME.breaker.minimum_calls",
        "a number",
        "`5`",
        "with fewer outcomes in the window no share is judged",
    ),
    key(
        "participants.NAME.breaker.open_ms",
        "milliseconds",
        "`10000`",
        "how long it stays open the first time",
    ),
    key(
        "participants.NAME.breaker.open_ms_max",
        "milliseconds",
        "`60000`",
        "how long it stays open at most after opening again and again",
    ),
    key(
        "participants.NAME.breaker.probes",
        "a number",
        "`2`",
        "how many probes must succeed, one lease each, before it closes",
    ),
    key(
        "participants.NAME.breaker.probe_lease_ms",
        "milliseconds",
        "`5000`",
        "a probe that is not answered by then has failed",
    ),
];

const fn key(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    effect: &'static str,
) -> Key {
    Key { name, kind, default, effect }
}

/// The names that the file's types take at `table`, as their reader lists them.
fn known(table: &str) -> Vec<String> {
    let text = format!("{table}\nno_such_key = 1\n");
    let error = toml::from_str::<File>(&text).unwrap_err();
    let names = error.message().split('`').skip(3).step_by(2);
    names.map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_file_is_on_the_page_and_no_other() {
    let at = |prefix: &str, table: &str| {
        known(table).into_iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>()
    };
    let mut all = at("", "");
    all.retain(|name| name != "participants" && name != "notices");
    all.extend(at("notices.", "[notices]"));
    all.extend(at("participants.NAME.", "[participants.manage]"));
    all.retain(|name| name != "participants.NAME.breaker");
    all.extend(at(
        "participants.NAME.breaker.",
        "[participants.m]\nkind='local'\n[participants.m.breaker]",
    ));
    let mut page: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    all.sort();
    page.sort_unstable();
    assert_eq!(all, page);
}

#[test]
fn the_defaults_on_the_page_are_those_of_the_program() {
    let breaker = serde_json::to_value(BreakerSettings::default()).unwrap();
    for key in KEYS {
        let said = key.default.trim_matches('`');
        if let Some(name) = key.name.strip_prefix("participants.NAME.breaker.") {
            assert_eq!(said, breaker[name].to_string(), "{}", key.name);
        }
    }
    let find = |name: &str| KEYS.iter().find(|key| key.name == name).unwrap().default;
    assert_eq!(find("participants.NAME.bulkhead"), format!("`{BULKHEAD}`"));
    assert_eq!(clock::span(find("lock_timeout").trim_matches(['`', '"'])), Ok(LOCK_TIMEOUT));
}

/// A key is shown at work by the command tests: it stands in one of their files as a script would write it.
#[test]
fn every_key_has_a_test_that_sees_what_it_does() {
    let seen = include_str!("../../tests/cli/settings.rs");
    let effects = &seen[seen.find("fn each_key_does_what_it_says").unwrap()..];
    for key in KEYS {
        let last = key.name.rsplit('.').next().unwrap();
        let found =
            effects.contains(&format!("{last} = ")) || seen.contains(&format!("\"{last} = ["));
        assert!(found, "{} is set by no test", key.name);
    }
}

/// Written anew with `ASCALL_BLESS=1 cargo test`.
#[test]
fn the_page_of_keys_is_what_the_table_says() {
    let mut text = String::from(
        "<!-- Made from the table of keys by a test; ASCALL_BLESS=1 cargo test writes it anew. -->\n\n\
         # Configuration\n\n\
         A TOML file, `config.toml` in the user's configuration directory, or the one that `--config` or `ASCALL_CONFIG`\n\
         names. Flags outrank variables, variables outrank the file. `ascall config show` prints every value and where it\n\
         came from. A key that is not in this table is refused. Paths are meant from where the file is.\n\n\
         | key | value | default | effect |\n| --- | --- | --- | --- |\n",
    );
    text.extend(KEYS.iter().map(|key| {
        format!("| `{}` | {} | {} | {} |\n", key.name, key.kind, key.default, key.effect)
    }));
    crate::cli::exit::tests::page("config.md", &text);
}
