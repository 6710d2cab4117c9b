//! Where each value of the configuration comes from.
//!
//! Invariant: the environment is given, never that of the test.

use super::*;
use crate::front::error::Said;
use ascall_engine::domain::ids::Millis;

fn env(vars: &[(&str, &str)]) -> Env {
    Env {
        vars: vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        config_dir: None,
        data_dir: Some(PathBuf::from("/home/desk/.local/share/ascall")),
    }
}

fn with_file(text: &str) -> (tempfile::TempDir, Flags) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ascall.toml");
    std::fs::write(&path, text).unwrap();
    (dir, Flags { config: Some(path), ..Flags::default() })
}

fn refused(text: &str) -> Said {
    let (_dir, flags) = with_file(text);
    match configure(&flags, &env(&[])).unwrap_err() {
        UserError::Said(said) => *said,
        UserError::Closed => panic!("nothing was said"),
    }
}

#[test]
fn with_nothing_said_everything_has_its_default() {
    let c = configure(&Flags::default(), &env(&[])).unwrap();
    assert_eq!(c.lang, Known { value: Lang::Ko, source: Source::Default });
    assert_eq!(c.store.value, Path::new("/home/desk/.local/share/ascall/desk.redb"));
    assert_eq!(c.lock_timeout.value, Duration::from_secs(5));
    assert_eq!(c.operator.value, "desk");
    assert!(!c.tel_strict.value && c.participants.is_empty());
}

#[test]
fn a_flag_beats_the_environment_and_that_the_file() {
    let (_dir, mut flags) = with_file("store = 'mine.redb'\nlang = 'en'\n");
    let file = flags.config.clone().unwrap();
    let c = configure(&flags, &env(&[])).unwrap();
    assert_eq!(c.store.value, file.with_file_name("mine.redb"), "from where the file is");
    assert_eq!(c.store.source, Source::File(file, Some(1)));
    assert_eq!(c.lang.value, Lang::En);
    let c = configure(&flags, &env(&[("ASCALL_STORE", "/e.redb")])).unwrap();
    assert_eq!(c.store.source, Source::Env("ASCALL_STORE".to_owned()));
    flags.store = Some(PathBuf::from("/f.redb"));
    let c = configure(&flags, &env(&[("ASCALL_STORE", "/e.redb")])).unwrap();
    assert_eq!(c.store, Known { value: PathBuf::from("/f.redb"), source: Source::Flag("--store") });
}

#[test]
fn the_language_comes_from_the_locale_unless_that_says_nothing() {
    let lang = |vars: &[(&str, &str)]| configure(&Flags::default(), &env(vars)).unwrap().lang;
    assert_eq!(lang(&[("LANG", "en_US.UTF-8")]).value, Lang::En);
    assert_eq!(lang(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "ko_KR.UTF-8")]).value, Lang::Ko);
    assert_eq!(lang(&[("LANG", "C.UTF-8")]).source, Source::Default);
}

#[test]
fn participants_are_read_with_their_breaker() {
    let (_dir, flags) = with_file(
        "[participants.manage]\nkind = 'http'\nurl = 'http://127.0.0.1:9/m'\nbulkhead = 7\n\
         [participants.manage.breaker]\nopen_ms = 2000\nslow_rate_pct = 0\n",
    );
    let c = configure(&flags, &env(&[])).unwrap();
    let manage = &c.participants[0].value;
    assert_eq!(manage.kind, ParticipantKind::Http { url: "http://127.0.0.1:9/m".to_owned() });
    assert_eq!((manage.bulkhead, manage.breaker.open_ms), (7, Millis(2000)));
    assert_eq!(manage.breaker.slow_rate_pct, None);
    assert_eq!(manage.breaker.consecutive_failures, Some(5));
}

#[test]
fn unknown_keys_are_refused_with_the_nearest() {
    let said = refused("stroe = 'x'\n");
    assert!(said.text.ends_with(":1: unknown key `stroe`"), "{}", said.text);
    assert_eq!(said.hint.as_deref(), Some("did you mean `store`?"));
    let said = refused("[participants.manage]\nkind = 'htpp'\n");
    assert_eq!(said.hint.as_deref(), Some("did you mean `http`?"));
}

#[test]
fn values_that_make_no_sense_together_are_refused() {
    for (text, part) in [
        ("[participants.m]\nkind='http'\n", "needs a url"),
        ("[participants.m]\nkind='command'\nargv=[]\n", "needs an argv"),
        ("[participants.m]\nkind='local'\nurl='x'\n", "is local"),
        ("[participants.m]\nkind='local'\nbulkhead=0\n", "never be asked"),
        ("[participants.m]\nkind='local'\nbreaker={probes=0}\n", "probes is 0"),
        ("[notices]\ncommand=[]\n", "notices.command is empty"),
        ("lock_timeout='soon'\n", "lock_timeout"),
        ("profiles='x'\n", "a list is expected"),
        ("store = \n", ":1:"),
    ] {
        let said = refused(text);
        assert!(said.text.contains(part), "{}", said.text);
        assert_eq!(said.exit, crate::front::exit::Exit::Usage);
    }
}

#[test]
fn the_colours_are_those_that_are_said_or_those_of_the_terminal() {
    let theme = |vars: &[(&str, &str)]| configure(&Flags::default(), &env(vars)).unwrap().theme;
    assert_eq!(theme(&[]), Known { value: Theme::Sixteen, source: Source::Default });
    let many = ("COLORTERM", "truecolor");
    assert_eq!(theme(&[many]).value, Theme::Dark);
    assert_eq!(theme(&[("COLORTERM", "yes")]).value, Theme::Sixteen);
    assert_eq!(theme(&[many, ("NO_COLOR", "1")]).source, Source::Env("NO_COLOR".to_owned()));
    for (name, value) in [
        ("dark", Theme::Dark),
        ("light", Theme::Light),
        ("16", Theme::Sixteen),
        ("none", Theme::Plain),
    ] {
        let (_dir, flags) = with_file(&format!("[console]\ntheme = '{name}'\n"));
        assert_eq!(configure(&flags, &env(&[("NO_COLOR", "1")])).unwrap().theme.value, value);
    }
}

#[test]
fn a_key_is_changed_and_one_that_makes_no_sense_is_named_with_its_line() {
    let (_dir, flags) = with_file("[console.keys]\ncancel = 'ctrl-x'\n");
    let keys = configure(&flags, &env(&[])).unwrap().keys;
    assert_eq!(keys.chosen().collect::<Vec<_>>(), [("cancel".to_owned(), "ctrl-x".to_owned())]);
    for (text, part, hint) in [
        (
            "cancel = 'a'",
            ":2: console.keys.cancel: `a` is the key of `assign` already",
            "mend that line",
        ),
        ("cancle = 'b'", ":2: console.keys: there is no action `cancle`", "did you mean `cancel`?"),
        ("cancel = 'hyper-x'", ":2: console.keys.cancel: `hyper-x` is no key", "mend that line"),
        ("cancel = 5", ":2:", ""),
    ] {
        let said = refused(&format!("[console.keys]\n{text}\n"));
        assert!(said.text.contains(part), "{}", said.text);
        assert!(said.hint.unwrap_or_default().contains(hint), "{text}");
    }
    assert!(refused("[console]\ntheme = 'drak'\n").hint.unwrap().contains("dark"));
}

#[test]
fn a_named_file_that_is_not_there_is_refused() {
    let flags = Flags { config: Some(PathBuf::from("/nowhere/a.toml")), ..Flags::default() };
    assert!(configure(&flags, &env(&[])).is_err());
}

#[test]
fn without_a_home_the_store_must_be_named() {
    let env = Env::default();
    assert!(configure(&Flags::default(), &env).is_err());
    let flags = Flags { store: Some(PathBuf::from("x.redb")), ..Flags::default() };
    assert!(configure(&flags, &env).is_ok());
}
