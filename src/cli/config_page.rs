//! The reference page of the configuration's keys: what `docs/config.md` is made from.
//!
//! Invariant: every key that the file's types take is in the table, and no other; the page on disk is what the table says.

use super::config::keys::{KEYS, Key};
use super::config::{BULKHEAD, File, LOCK_TIMEOUT};
use crate::front::clock;
use ascall_engine::domain::breaker::BreakerSettings;

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
    all.retain(|name| {
        !["participants", "notices", "messenger", "http", "console"].contains(&name.as_str())
    });
    all.extend(at("notices.", "[notices]"));
    all.extend(at("notices.webhook.", "[notices.webhook]"));
    all.extend(at("messenger.", "[messenger]"));
    all.retain(|name| name != "notices.webhook" && name != "messenger.templates");
    let template = "messenger.templates.PROFILE.NEWS.ROLE.";
    all.extend(at(template, "[messenger.templates.repair.assigned.customer]"));
    all.extend(at("http.", "[http]"));
    all.extend(at("console.", "[console]"));
    all.retain(|name| name != "console.keys");
    // Their names are those of the actions; one that is none is refused with the nearest.
    all.push("console.keys.ACTION".to_owned());
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
    let effects = effects.to_owned()
        + include_str!("../../tests/serve/settings.rs")
        + include_str!("../../tests/serve/leaving.rs")
        + include_str!("../../tests/serve/originals.rs")
        + include_str!("../../tests/serve/remote.rs")
        + include_str!("../../tests/serve/crowded.rs");
    let sent = include_str!("../../tests/cli/sent.rs");
    for key in KEYS {
        let last = key.name.rsplit('.').next().unwrap();
        let found =
            effects.contains(&format!("{last} = ")) || seen.contains(&format!("\"{last} = ["));
        let found = found || sent.contains(&format!("\\n{last} = "));
        let found = found || (last == "ACTION" && effects.contains("[console.keys]\\nquit = "));
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
         came from, `ascall config explain KEY` what else was said. A key that is not in this table is refused. Paths are\n\
         meant from where the file is; those of flags and variables from the working directory. `NAME` is a participant\n\
         that the file has; in a variable it stands in capitals, with `_` for everything that is no letter or digit. What\n\
         takes a list is said in the file only.\n\n\
         | key | value | default | effect | flag, variable |\n| --- | --- | --- | --- | --- |\n",
    );
    let said = |key: &Key| {
        let flag = key.flag.map(str::to_owned);
        let said = flag.into_iter().chain(key.variable(key.name)).map(|name| format!("`{name}`"));
        said.collect::<Vec<_>>().join(", ")
    };
    text.extend(KEYS.iter().map(|key| {
        let Key { name, kind, default, effect, .. } = key;
        format!("| `{name}` | {kind} | {default} | {effect} | {} |\n", said(key))
    }));
    crate::front::exit::tests::page("config.md", &text);
}
