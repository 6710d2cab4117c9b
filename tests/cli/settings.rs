//! The configuration: where each value comes from, what each key does, and what is said of a bad file.

use crate::sealed::Sealed;
use crate::told::{ends, tell};
use insta::assert_snapshot;

/// The shipped repair profile with some of its lines changed.
pub fn profile(changes: &[(&str, &str)]) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/services/repair.toml");
    let mut text = std::fs::read_to_string(path).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// Writes a profile and a configuration that names it; `--config config.toml` makes the desk adopt it.
pub fn adopt(desk: &Sealed, profile: &str) {
    desk.write("own.toml", profile);
    desk.write("config.toml", "profiles = [\"own.toml\"]\n");
}

#[test]
fn each_value_says_where_it_came_from() {
    let mut desk = Sealed::new();
    desk.write("config.toml", "lang = \"en\"\nlock_timeout = \"2s\"\noperator = \"desk-2\"\n[notices]\ncommand = [\"cat\"]\n[participants.manage]\nkind = \"command\"\nargv = [\"true\"]\nbulkhead = 3\n");
    desk.set("ASCALL_CONFIG", desk.path("config.toml").to_str().unwrap());
    assert_snapshot!(tell(&desk, &[
        "config show -o csv",
        "config show --lang ko --lock-timeout 1s --store other.redb -o csv",
        "config path",
        "config show -o id",
    ]), @r#"
    $ config show -o csv
    key,value,from
    lang,en,HERE/config.toml:1
    store,HERE/desk.redb,ASCALL_STORE
    url,,default
    token_file,,default
    tel,lenient,default
    workers,lenient,default
    lock_timeout,2000 ms,HERE/config.toml:2
    operator,desk-2,HERE/config.toml:3
    log,warn,default
    log_format,text,default
    http.listen,127.0.0.1:8080,default
    http.hosts,,default
    http.origins,,default
    http.linger,0 ms,default
    http.changes,2048,default
    profiles,,default
    console.theme,16,default
    notices.command,cat,HERE/config.toml:5
    notices.webhook.url,,default
    notices.webhook.secrets,unset,default
    messenger.provider,,default
    messenger.url,,default
    messenger.sms_url,,default
    messenger.key,unset,default
    messenger.secret,unset,default
    messenger.sms_key,unset,default
    messenger.sms_secret,unset,default
    messenger.from,,default
    messenger.channel,unset,default
    participants.manage,command true,HERE/config.toml:7
    participants.manage.bulkhead,3,HERE/config.toml:9
    participants.manage.breaker,"{""consecutive_failures"":5,""failure_rate_pct"":50,""slow_rate_pct"":80,""slow_call_ms"":600,""window_ms"":900000,""minimum_calls"":5,""open_ms"":10000,""open_ms_max"":60000,""probes"":2,""probe_lease_ms"":5000}",default
    $ config show --lang ko --lock-timeout 1s --store other.redb -o csv
    key,value,from
    lang,ko,--lang
    store,other.redb,--store
    url,,default
    token_file,,default
    tel,lenient,default
    workers,lenient,default
    lock_timeout,1000 ms,--lock-timeout
    operator,desk-2,HERE/config.toml:3
    log,warn,default
    log_format,text,default
    http.listen,127.0.0.1:8080,default
    http.hosts,,default
    http.origins,,default
    http.linger,0 ms,default
    http.changes,2048,default
    profiles,,default
    console.theme,16,default
    notices.command,cat,HERE/config.toml:5
    notices.webhook.url,,default
    notices.webhook.secrets,unset,default
    messenger.provider,,default
    messenger.url,,default
    messenger.sms_url,,default
    messenger.key,unset,default
    messenger.secret,unset,default
    messenger.sms_key,unset,default
    messenger.sms_secret,unset,default
    messenger.from,,default
    messenger.channel,unset,default
    participants.manage,command true,HERE/config.toml:7
    participants.manage.bulkhead,3,HERE/config.toml:9
    participants.manage.breaker,"{""consecutive_failures"":5,""failure_rate_pct"":50,""slow_rate_pct"":80,""slow_call_ms"":600,""window_ms"":900000,""minimum_calls"":5,""open_ms"":10000,""open_ms_max"":60000,""probes"":2,""probe_lease_ms"":5000}",default
    $ config path
    HERE/config.toml
    $ config show -o id
    lang
    store
    url
    token_file
    tel
    workers
    lock_timeout
    operator
    log
    log_format
    http.listen
    http.hosts
    http.origins
    http.linger
    http.changes
    profiles
    console.theme
    notices.command
    notices.webhook.url
    notices.webhook.secrets
    messenger.provider
    messenger.url
    messenger.sms_url
    messenger.key
    messenger.secret
    messenger.sms_key
    messenger.sms_secret
    messenger.from
    messenger.channel
    participants.manage
    participants.manage.bulkhead
    participants.manage.breaker
    "#);
    let table = ends(&desk, 0, "config show --lang ko");
    assert!(table.starts_with("설정 ") && table.contains("config.toml"), "{table}");
    let bare = Sealed::new();
    assert_snapshot!(tell(&bare, &["config show -o csv", "config path"]), @"
    $ config show -o csv
    key,value,from
    lang,ko,LC_ALL
    store,HERE/desk.redb,ASCALL_STORE
    url,,default
    token_file,,default
    tel,lenient,default
    workers,lenient,default
    lock_timeout,5000 ms,default
    operator,kim,USER
    log,warn,default
    log_format,text,default
    http.listen,127.0.0.1:8080,default
    http.hosts,,default
    http.origins,,default
    http.linger,0 ms,default
    http.changes,2048,default
    profiles,,default
    console.theme,16,default
    notices.command,,default
    notices.webhook.url,,default
    notices.webhook.secrets,unset,default
    messenger.provider,,default
    messenger.url,,default
    messenger.sms_url,,default
    messenger.key,unset,default
    messenger.secret,unset,default
    messenger.sms_key,unset,default
    messenger.sms_secret,unset,default
    messenger.from,,default
    messenger.channel,unset,default
    $ config path
    HERE/.config/ascall/config.toml
    ");
}

#[test]
fn a_bad_file_is_named_with_line_key_and_the_nearest() {
    let desk = Sealed::new();
    let mut told = String::new();
    for text in [
        "stroe = \"x\"",
        "lang = \"kr\"",
        "lang = ",
        "lang = 5",
        "tel = \"strikt\"",
        "lock_timeout = \"soon\"",
        "profiles = [\"nothing.toml\"]",
        "[notices]\ncommand = []",
        "[notices]\ncomand = [\"x\"]",
        "[participants.manage]\nurl = \"x\"",
        "[participants.manage]\nkind = \"htp\"",
        "[participants.manage]\nkind = \"http\"",
        "[participants.manage]\nkind = \"command\"\nargv = []",
        "[participants.manage]\nkind = \"local\"\nurl = \"x\"",
        "[participants.manage]\nkind = \"local\"\nbulkhead = 0",
        "[participants.manage]\nkind = \"local\"\n[participants.manage.breaker]\nwindow = 5",
        "[participants.manage]\nkind = \"local\"\n[participants.manage.breaker]\nfailure_rate_pct = 101",
    ] {
        desk.write("config.toml", text);
        let said = ends(&desk, 2, "--config config.toml list --lang en");
        assert!(said.contains("hint: "), "{text}\n{said}");
        told += &format!("--- {}\n{said}", text.replace('\n', " / "));
    }
    std::fs::write(desk.path("config.toml"), b"\xff\xfe").unwrap();
    told += &ends(&desk, 2, "--config config.toml list --lang en");
    told += &ends(&desk, 2, "--config nothing.toml list --lang en");
    assert_snapshot!(told, @r#"
    --- stroe = "x"
    error: config.toml:1: unknown key `stroe`
    hint: did you mean `store`?
    --- lang = "kr"
    error: config.toml:1: unknown value `kr`
    hint: did you mean `ko`?
    --- lang = 
    error: config.toml:1: string values must be quoted, expected literal string
    hint: mend that line; the keys are listed in docs/config.md
    --- lang = 5
    error: config.toml:1: a word in quotes is expected
    hint: mend that line; the keys are listed in docs/config.md
    --- tel = "strikt"
    error: config.toml:1: unknown value `strikt`
    hint: did you mean `strict`?
    --- lock_timeout = "soon"
    error: config.toml: lock_timeout: `soon` is not a span of time (expected a form like `30s`, `500ms`, `10m`, `2h`)
    hint: write it as "5s"
    --- profiles = ["nothing.toml"]
    error: nothing.toml: cannot be read: No such file or directory (os error 2)
    hint: check the name; which configuration is read: ascall config path
    --- [notices] / command = []
    error: config.toml: notices.command is empty
    hint: name the program and its words: command = ["/usr/local/bin/send-sms"]
    --- [notices] / comand = ["x"]
    error: config.toml:2: unknown key `comand`
    hint: did you mean `command`?
    --- [participants.manage] / url = "x"
    error: config.toml:1: the key `kind` is missing
    hint: mend that line; the keys are listed in docs/config.md
    --- [participants.manage] / kind = "htp"
    error: config.toml:2: unknown value `htp`
    hint: did you mean `http`?
    --- [participants.manage] / kind = "http"
    error: config.toml: participants.manage needs a url and no argv
    hint: add url = "http://127.0.0.1:8080/manage"
    --- [participants.manage] / kind = "command" / argv = []
    error: config.toml: participants.manage needs an argv and no url
    hint: add argv = ["/usr/local/bin/manage"]
    --- [participants.manage] / kind = "local" / url = "x"
    error: config.toml: participants.manage is local and has a url or argv
    hint: leave them out, or say kind = "http" or "command"
    --- [participants.manage] / kind = "local" / bulkhead = 0
    error: config.toml: participants.manage.bulkhead is 0, so it could never be asked
    hint: to keep requests away: ascall breaker open NAME --reason …
    --- [participants.manage] / kind = "local" / [participants.manage.breaker] / window = 5
    error: config.toml:4: unknown key `window`
    hint: did you mean `window_ms`?
    --- [participants.manage] / kind = "local" / [participants.manage.breaker] / failure_rate_pct = 101
    error: config.toml: participants.manage.breaker: failure_rate_pct is 101, not a share from 1 to 100 percent
    hint: see the limits in the message
    error: config.toml: is not UTF-8 text
    hint: convert it first: iconv -f CP949 -t UTF-8 OLD > NEW
    error: nothing.toml: cannot be read: No such file or directory (os error 2)
    hint: check the name; which configuration is read: ascall config path
    "#);
}

#[test]
fn a_bad_profile_is_named_with_its_file() {
    let desk = Sealed::new();
    let mut told = String::new();
    for (from, to) in [
        ("fallback = ", "fallbak = "),
        ("\"park\"", "\"parc\""),
        ("deadline_ms = 610", "deadline_ms = 0"),
        ("position = \"before_open\"\n", ""),
        ("for_ms = 600_000", "for_ms = \"long\""),
        ("name = \"repair\"", "nmae = \"repair\""),
        ("name = \"manage\"", "name = \"assign\""),
    ] {
        adopt(&desk, &profile(&[(from, to)]));
        let said = ends(&desk, 2, "--config config.toml request --tel 010-0000-0001 --lang en");
        assert!(said.contains("own.toml") && said.contains("hint: "), "{to}\n{said}");
        told += &said;
    }
    assert!(!desk.store().exists(), "a bad profile opens no desk");
    assert_snapshot!(told.replace(desk.path("").to_str().unwrap(), ""), @r#"
    error: own.toml:65: unknown key `fallbak`
    hint: did you mean `fallback`?
    error: own.toml:65: unknown value `parc`
    hint: did you mean `park`?
    error: own.toml:64: `steps[0].deadline_ms` is 0, not from 1 to 600000
    hint: mend that line; the keys are listed in docs/config.md
    error: own.toml:61: the key `position` is missing
    hint: mend that line; the keys are listed in docs/config.md
    error: own.toml:70: a whole number is expected, not "long"
    hint: mend that line; the keys are listed in docs/config.md
    error: own.toml:4: unknown key `nmae`
    hint: did you mean `name`?
    error: own.toml:62: `steps[0].name` is `assign`, a name of the desk's own
    hint: mend that line; the keys are listed in docs/config.md
    "#);
}

#[test]
fn each_key_does_what_it_says() {
    let desk = Sealed::new();
    let with = |text: &str, code: i32, line: &str| {
        desk.write("config.toml", text);
        ends(&desk, code, &format!("--config config.toml {line}"))
    };
    assert!(with("lang = \"en\"", 1, "list --store none.redb").contains("there is no desk"));
    with("tel = \"lenient\"", 0, "request --tel 12");
    with("tel = \"strict\"", 2, "request --tel 12");
    with("operator = \"desk-2\"", 0, "note C-1 x");
    assert!(desk.ok(&["tail", "-n", "1"]).contains("desk-2"));
    // A participant that is a program: it says no, so the call is rejected.
    let denies = "[participants.manage]\nkind = \"command\"\nargv = [\"sh\", \"-c\", \"cat >/dev/null; echo '{\\\"result\\\":\\\"denied\\\",\\\"reason\\\":\\\"closed\\\"}'\"]\n";
    let said = with(denies, 1, "request --tel 010-0000-0001 --store program.redb");
    assert!(said.contains("C-1"), "{said}");
    // One that cannot be reached: the call is parked, and with one failure allowed its breaker opens.
    let away = "[participants.manage]\nkind = \"http\"\nurl = \"http://127.0.0.1:9/manage\"\nbulkhead = 7\n[participants.manage.breaker]\nconsecutive_failures = 1\nfailure_rate_pct = 0\nslow_rate_pct = 0\nslow_call_ms = 500\nwindow_ms = 60000\nminimum_calls = 2\nopen_ms = 30000\nopen_ms_max = 60000\nprobes = 1\nprobe_lease_ms = 2000\n";
    with(away, 0, "request --tel 010-0000-0001 --store away.redb");
    let list = with(away, 0, "breaker list --store away.redb -o csv");
    assert!(list.contains("manage,open,"), "{list}");
    assert!(with(away, 0, "participant list --store away.redb -o csv").contains(",7,"));
    let shown = with(away, 0, "config show -o csv");
    for value in ["\"\"open_ms\"\":30000", "\"\"probe_lease_ms\"\":2000", "\"\"minimum_calls\"\":2"]
    {
        assert!(shown.contains(value), "{value}\n{shown}");
    }
    // Its opening is told to the log, unless the log is off.
    let logged = |level: &str, more: &str| {
        desk.write("config.toml", &format!("log = \"{level}\"\n{away}"));
        let store = format!("log-{level}{}.redb", more.len());
        let line =
            format!("--config config.toml request --tel 010-0000-0001 --store {store}{more}");
        desk.run(&line.split(' ').collect::<Vec<_>>()).err
    };
    assert!(logged("warn", "").contains("a breaker has opened"));
    assert!(!logged("off", "").contains("a breaker has opened"));
    assert!(logged("off", " --log warn").contains("a breaker has opened"));
    // The console's colours and keys.
    let shown = with(
        "[console]\ntheme = \"light\"\n[console.keys]\nquit = \"ctrl-q\"\n",
        0,
        "config show -o csv",
    );
    assert!(shown.contains("console.theme,light,"), "{shown}");
    assert!(shown.contains("console.keys.quit,ctrl-q,"), "{shown}");
    let said = with("[console.keys]\nquit = \"j\"\n", 2, "list");
    assert!(said.contains(":2: console.keys.quit: `j` is the key of `down` already"), "{said}");
    // The program that notices are handed to.
    let opened = "on = \"opened\"\nto = \"customer\"";
    let sent_out = format!("{opened}\ntransport = \"command\"");
    desk.write("own.toml", &profile(&[(opened, &sent_out)]));
    let notices =
        "profiles = [\"own.toml\"]\n[notices]\ncommand = [\"sh\", \"-c\", \"cat >>told.txt\"]\n";
    with(notices, 0, "request --tel 010-0000-0001 --store told.redb --wait open --timeout 5s");
    // Each look sends what is due; one of the first few sees the program's file.
    let sent = (0..20).any(|_| {
        with(notices, 0, "watch C-1 --store told.redb --until open --timeout 5s");
        desk.path("told.txt").exists()
    });
    assert!(sent, "the program was not asked");
    with(&format!("store = \"kept.redb\"\nlock_timeout = \"1s\"\n{notices}"), 0, "config show");
    // The variable of the sealed world outranks the file: without it the file says where.
    let mut command =
        desk.command(&["--config", "config.toml", "request", "--tel", "010-0000-0001"]);
    assert!(command.env_remove("ASCALL_STORE").output().unwrap().status.success());
    assert!(desk.path("kept.redb").exists());
}

#[test]
fn a_key_is_explained_with_everywhere_it_may_be_said() {
    let mut desk = Sealed::new();
    desk.write(
        "config.toml",
        "lang = \"ko\"\n\nlock_timeout = \"2s\"\noperator = \"desk-2\"\n[participants.manage]\nkind = \"local\"\nbulkhead = 3\n",
    );
    desk.set("ASCALL_CONFIG", "config.toml");
    desk.set("ASCALL_LANG", "en");
    desk.set("ASCALL_OPERATOR", "desk-3");
    desk.set("ASCALL_PARTICIPANTS_MANAGE_BULKHEAD", "9");
    assert_snapshot!(tell(&desk, &[
        "config explain lang",
        "config explain lang --lang ko",
        "config explain lock_timeout --lock-timeout 1s",
        "config explain operator",
        "config explain profiles",
        "config explain participants.manage.bulkhead -o json",
        "config explain participants.manage.breaker.open_ms -o csv",
        "config explain oprator",
        "config explain participants.manage.bulkhed",
        "config explain participants.payment.url",
        "config show -o csv",
    ]), @r#"
    $ config explain lang
    key    lang
    value  en
    from   ASCALL_LANG
    means  the language of words, tables and the notices of new calls
    takes  ko or en

    from           value                                    result
    --lang                                                  not said
    ASCALL_LANG    en                                       counts
    config.toml:1  ko                                       overruled
    LC_ALL         ko_KR.UTF-8                              overruled
    LC_MESSAGES                                             not said
    LANG                                                    not said
    default        ko, or as LC_ALL, LC_MESSAGES, LANG say  overruled
    $ config explain lang --lang ko
    설정           lang
    값             ko
    출처           --lang
    뜻             the language of words, tables and the notices of new calls
    쓸 수 있는 값  ko or en

    출처           값                                       결과
    --lang         ko                                       적용됨
    ASCALL_LANG    en                                       밀려남
    config.toml:1  ko                                       밀려남
    LC_ALL         ko_KR.UTF-8                              밀려남
    LC_MESSAGES                                             없음
    LANG                                                    없음
    default        ko, or as LC_ALL, LC_MESSAGES, LANG say  밀려남
    $ config explain lock_timeout --lock-timeout 1s
    key    lock_timeout
    value  1000 ms
    from   --lock-timeout
    means  how long to wait for a store that is in use
    takes  a span such as "5s"

    from                 value   result
    --lock-timeout       1000ms  counts
    ASCALL_LOCK_TIMEOUT          not said
    config.toml:3        2s      overruled
    default              5s      overruled
    $ config explain operator
    key    operator
    value  desk-3
    from   ASCALL_OPERATOR
    means  under whose name commands are journalled
    takes  a name

    from             value                   result
    ASCALL_OPERATOR  desk-3                  counts
    config.toml:4    desk-2                  overruled
    USER             kim                     overruled
    LOGNAME                                  not said
    default          USER, LOGNAME, or desk  overruled
    $ config explain profiles
    key    profiles
    from   default
    means  profiles of your own; one with the name of a shipped one takes its place
    takes  an array of paths

    from         value  result
    config.toml         not said
    default      none   counts
    $ config explain participants.manage.bulkhead -o json
    {
      "key": "participants.manage.bulkhead",
      "value": "9",
      "from": "ASCALL_PARTICIPANTS_MANAGE_BULKHEAD",
      "means": "how many requests are in flight at once at most",
      "takes": "a number above 0",
      "places": [
        {
          "place": "ASCALL_PARTICIPANTS_MANAGE_BULKHEAD",
          "value": "9",
          "counts": true
        },
        {
          "place": "config.toml:7",
          "value": "3",
          "counts": false
        },
        {
          "place": "default",
          "value": "64",
          "counts": false
        }
      ]
    }
    $ config explain participants.manage.breaker.open_ms -o csv
    key,value,from,means,takes
    participants.manage.breaker.open_ms,10000,default,how long it stays open the first time,milliseconds
    $ config explain oprator
    ! error: there is no key `oprator`
    ! hint: did you mean `operator`?
    = 2
    $ config explain participants.manage.bulkhed
    ! error: there is no key `participants.manage.bulkhed`
    ! hint: did you mean `participants.manage.bulkhead`?
    = 2
    $ config explain participants.payment.url
    ! error: the file has no participant `payment`
    ! hint: it is made by a block [participants.payment]: ascall config path
    = 2
    $ config show -o csv
    key,value,from
    lang,en,ASCALL_LANG
    store,HERE/desk.redb,ASCALL_STORE
    url,,default
    token_file,,default
    tel,lenient,default
    workers,lenient,default
    lock_timeout,2000 ms,config.toml:3
    operator,desk-3,ASCALL_OPERATOR
    log,warn,default
    log_format,text,default
    http.listen,127.0.0.1:8080,default
    http.hosts,,default
    http.origins,,default
    http.linger,0 ms,default
    http.changes,2048,default
    profiles,,default
    console.theme,16,default
    notices.command,,default
    notices.webhook.url,,default
    notices.webhook.secrets,unset,default
    messenger.provider,,default
    messenger.url,,default
    messenger.sms_url,,default
    messenger.key,unset,default
    messenger.secret,unset,default
    messenger.sms_key,unset,default
    messenger.sms_secret,unset,default
    messenger.from,,default
    messenger.channel,unset,default
    participants.manage,local,config.toml:6
    participants.manage.bulkhead,9,ASCALL_PARTICIPANTS_MANAGE_BULKHEAD
    participants.manage.breaker,"{""consecutive_failures"":5,""failure_rate_pct"":50,""slow_rate_pct"":80,""slow_call_ms"":600,""window_ms"":900000,""minimum_calls"":5,""open_ms"":10000,""open_ms_max"":60000,""probes"":2,""probe_lease_ms"":5000}",default
    "#);
}

#[test]
fn a_variable_says_what_the_file_could_say() {
    let desk = Sealed::new();
    desk.write("config.toml", "[participants.manage]\nkind = \"local\"\n");
    let with = |vars: &[(&str, &str)], line: &str| {
        let vars: Vec<_> = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let words: Vec<&str> = line.split(' ').collect();
        desk.run_with(&words, &vars)
    };
    assert_eq!(with(&[("ASCALL_TEL", "strict")], "request --tel 12").code, Some(2));
    assert_eq!(with(&[("ASCALL_TEL", "lenient")], "request --tel 12").code, Some(0));
    with(&[("ASCALL_OPERATOR", "desk-9")], "note C-1 x");
    assert!(desk.ok(&["tail", "-n", "1"]).contains("desk-9"));
    let away = [
        ("ASCALL_PARTICIPANTS_MANAGE_KIND", "http"),
        ("ASCALL_PARTICIPANTS_MANAGE_URL", "http://127.0.0.1:9/m"),
        ("ASCALL_PARTICIPANTS_MANAGE_BREAKER_OPEN_MS", "7000"),
    ];
    let shown = with(&away, "--config config.toml config show -o csv").out;
    assert!(
        shown.contains(
            "participants.manage,http http://127.0.0.1:9/m,ASCALL_PARTICIPANTS_MANAGE_KIND"
        ),
        "{shown}"
    );
    assert!(shown.contains("\"\"open_ms\"\":7000"), "{shown}");
    let mut told = String::new();
    for (name, value) in [
        ("ASCALL_LANG", "kr"),
        ("ASCALL_LOCK_TIMEOUT", "soon"),
        ("ASCALL_PARTICIPANTS_MANAGE_BULKHEAD", "many"),
    ] {
        let ran = with(&[(name, value)], "--config config.toml list --lang en");
        assert_eq!(ran.code, Some(2), "{name}: {ran:?}");
        told += &ran.err;
    }
    assert_snapshot!(told, @r#"
    error: ASCALL_LANG: `kr` cannot stand there (ko or en)
    hint: what it takes: ascall config explain lang
    error: ASCALL_LOCK_TIMEOUT: lock_timeout: `soon` is not a span of time (expected a form like `30s`, `500ms`, `10m`, `2h`)
    hint: write it as "5s"
    error: ASCALL_PARTICIPANTS_MANAGE_BULKHEAD: `many` is not a whole number
    hint: what it takes: ascall config explain participants.manage.bulkhead
    "#);
}
