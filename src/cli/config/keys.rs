//! Every key of the configuration: what may stand there, what holds when nothing does, what it does, and how else it is said.
//!
//! Invariant: the one home of what `config explain` and `docs/config.md` say; a test compares it with the types that read
//! the file.

use crate::toml_file::nearest;

/// One key of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name; `NAME` stands for a participant's.
    pub name: &'static str,
    /// What may stand there.
    pub kind: &'static str,
    /// What holds when nobody says anything.
    pub default: &'static str,
    /// What it does.
    pub effect: &'static str,
    /// Of what nature it is.
    pub takes: Takes,
    /// The flag that outranks everything.
    pub flag: Option<&'static str>,
    /// Variables of other programs that are heeded when nothing else is said.
    pub others: &'static [&'static str],
}

/// Of what nature a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A word or a text.
    Text,
    /// A whole number.
    Number,
    /// Several texts: only a file can say so.
    List,
}

impl Key {
    const fn flag(self, flag: &'static str) -> Self {
        Self { flag: Some(flag), ..self }
    }

    const fn others(self, others: &'static [&'static str]) -> Self {
        Self { others, ..self }
    }

    /// The key that `path` is one of, and the name it has in place of `NAME`.
    pub(crate) fn find(path: &str) -> Option<&'static Self> {
        let general = match path.strip_prefix("participants.").and_then(|p| p.split_once('.')) {
            Some((_, rest)) => format!("participants.NAME.{rest}"),
            None => path.to_owned(),
        };
        let general = match general.strip_prefix("console.keys.") {
            Some(_) => "console.keys.ACTION".to_owned(),
            None => general,
        };
        KEYS.iter().find(|key| key.name == general)
    }

    /// The key whose name differs least from `path`, with its participant's name.
    pub(crate) fn nearest(path: &str) -> Option<String> {
        let names = KEYS.iter().map(|key| key.name);
        let Some((name, rest)) = path.strip_prefix("participants.").and_then(|p| p.split_once('.'))
        else {
            let names: Vec<&str> = names.collect();
            return nearest(path, &names).map(str::to_owned);
        };
        let rests: Vec<&str> =
            names.filter_map(|key| key.strip_prefix("participants.NAME.")).collect();
        nearest(rest, &rests).map(|rest| format!("participants.{name}.{rest}"))
    }

    /// Whether what stands there must never be shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.name.ends_with("secret") || self.name.ends_with("secrets")
    }

    /// The variable that says the value at `path`; none: a variable cannot.
    pub(crate) fn variable(&self, path: &str) -> Option<String> {
        (self.takes != Takes::List).then(|| variable(path))
    }
}

/// The variable of a path: `ASCALL_PARTICIPANTS_MANAGE_URL`.
fn variable(path: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{PREFIX}{}", path.chars().map(letter).collect::<String>())
}

/// What every variable of this program begins with.
pub(crate) const PREFIX: &str = "ASCALL_";

const fn text(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    effect: &'static str,
) -> Key {
    Key { name, kind, default, effect, takes: Takes::Text, flag: None, others: &[] }
}

const fn number(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    effect: &'static str,
) -> Key {
    Key { takes: Takes::Number, ..text(name, kind, default, effect) }
}

const fn list(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    effect: &'static str,
) -> Key {
    Key { takes: Takes::List, ..text(name, kind, default, effect) }
}

/// Every key of the file, in the order of the page.
pub(crate) const KEYS: &[Key] = &[
    text(
        "lang",
        "`ko` or `en`",
        "`ko`, or as `LC_ALL`, `LC_MESSAGES`, `LANG` say",
        "the language of words, tables and the notices of new calls",
    )
    .flag("--lang")
    .others(&["LC_ALL", "LC_MESSAGES", "LANG"]),
    text("store", "a path", "`desk.redb` in the user's data directory", "the desk's file")
        .flag("--store"),
    text(
        "url",
        "`http://HOST:PORT`",
        "none: the desk's file",
        "a desk on the network that is asked instead; a `store` that is said in a higher place outranks it",
    )
    .flag("--url"),
    text(
        "token_file",
        "a path",
        "none",
        "the file with the token that is shown to the desk at `url`, readable by nobody else; the variable `ASCALL_TOKEN`, which holds the token itself, stands between the flag and this",
    )
    .flag("--token-file"),
    text(
        "tel",
        "`lenient` or `strict`",
        "`lenient`",
        "`strict` refuses phone numbers of no known form; `lenient` keeps them as typed and sends nothing to them",
    ),
    text(
        "workers",
        "`lenient` or `strict`",
        "`lenient`",
        "what a program of an original does that reports a worker whom nobody added: `lenient` has the worker come along by themselves, marked `self_registered`; `strict` refuses",
    ),
    text(
        "lock_timeout",
        "a span such as `\"5s\"`",
        "`\"5s\"`",
        "how long to wait for a store that is in use",
    )
    .flag("--lock-timeout"),
    text(
        "operator",
        "a name",
        "`USER`, `LOGNAME`, or `desk`",
        "under whose name commands are journalled",
    )
    .others(&["USER", "LOGNAME"]),
    text(
        "log",
        "`off`, `error`, `warn`, `info`, `debug` or `trace`",
        "`warn`",
        "what the log on standard error tells of, numbers masked",
    )
    .flag("--log"),
    text("log_format", "`text` or `json`", "`text`", "in what form the log is written")
        .flag("--log-format"),
    text(
        "http.listen",
        "an address and a port such as `\"127.0.0.1:8080\"`",
        "`127.0.0.1:8080`",
        "where `ascall serve` listens; `--listen` outranks it",
    ),
    list(
        "http.hosts",
        "an array of names",
        "none",
        "names by which programs may call this machine, besides its addresses and `localhost`; `--host` adds to them",
    ),
    list(
        "http.origins",
        "an array such as `[\"https://desk.example\"]`",
        "none",
        "sites whose pages may ask the desk from a browser",
    ),
    text(
        "http.linger",
        "a span such as `\"5s\"`",
        "`\"0s\"`",
        "how long `/readyz` says 503 before nobody new is taken, when the desk is told to leave",
    ),
    number(
        "http.changes",
        "a number above 0",
        "`2048`",
        "how many changes are under way at most; more are sent away with `Retry-After`, and of one token more than half of it",
    ),
    text(
        "console.theme",
        "`\"dark\"`, `\"light\"`, `\"16\"` or `\"none\"`",
        "`\"16\"`; `\"none\"` with `NO_COLOR`, `\"dark\"` with a `COLORTERM` of many colours",
        "the colours of the console: for a dark or a light background, the sixteen of the terminal, or none at all",
    )
    .others(&["NO_COLOR", "COLORTERM"]),
    list(
        "console.keys.ACTION",
        "a key such as `\"ctrl-x\"`",
        "as [the console](console.md) says",
        "the one key of this action in place of its usual ones; one that another action has at the same time is refused",
    ),
    list(
        "profiles",
        "an array of paths",
        "none",
        "profiles of your own; one with the name of a shipped one takes its place",
    ),
    list(
        "notices.command",
        "an array: a program and its words",
        "none",
        "the program that notices are handed to, as JSON on standard input",
    ),
    text(
        "notices.webhook.url",
        "a URL",
        "required for `webhook`",
        "where notices are posted, signed; see [notices](notices.md)",
    ),
    list(
        "notices.webhook.secrets",
        "an array of `\"whsec_…\"` or `\"file:PATH\"`",
        "required for `webhook`",
        "each of them signs; never shown",
    ),
    text(
        "messenger.provider",
        "`solapi` or `nhn`",
        "required for `alimtalk` and `sms`",
        "who sends KakaoTalk 알림톡 and text messages",
    ),
    text("messenger.key", "a text", "required", "API key of solapi, app key of nhn"),
    text(
        "messenger.secret",
        "a text or `\"file:PATH\"`",
        "required",
        "API secret of solapi, secret key of nhn; never shown",
    ),
    text(
        "messenger.sms_key",
        "a text",
        "as `messenger.key`",
        "app key of the service for text messages (`nhn` only)",
    ),
    text(
        "messenger.sms_secret",
        "a text or `\"file:PATH\"`",
        "as `messenger.secret`",
        "its secret key (`nhn` only); never shown",
    ),
    text(
        "messenger.from",
        "a phone number",
        "required",
        "the number messages come from, registered with the provider",
    ),
    text(
        "messenger.channel",
        "a text",
        "required for templates",
        "the KakaoTalk channel: pfId of solapi, sender key of nhn",
    ),
    text("messenger.url", "a URL", "the provider's", "where 알림톡 is sent"),
    text(
        "messenger.sms_url",
        "a URL",
        "the provider's; with `solapi` as `messenger.url`",
        "where text messages are sent",
    ),
    text(
        "messenger.templates.PROFILE.NEWS.ROLE.code",
        "a text",
        "required",
        "the approved template of a notice: its profile, its `on`, its `to`",
    ),
    list(
        "messenger.templates.PROFILE.NEWS.ROLE.variables",
        "a table of texts",
        "none",
        "what goes into each `#{…}` of the template, filled in as a notice's text is",
    ),
    text(
        "participants.NAME.kind",
        "`local`, `http` or `command`",
        "required",
        "who answers for the step NAME",
    ),
    text(
        "participants.NAME.url",
        "a URL",
        "required for `http`",
        "where requests are sent, as JSON over HTTP",
    ),
    list(
        "participants.NAME.argv",
        "an array: a program and its words",
        "required for `command`",
        "the program that is asked, JSON on standard input and output, no shell",
    ),
    number(
        "participants.NAME.bulkhead",
        "a number above 0",
        "`64`",
        "how many requests are in flight at once at most",
    ),
    number(
        "participants.NAME.breaker.consecutive_failures",
        "a number; 0: off",
        "`5`",
        "the breaker opens after so many failures in a row",
    ),
    number(
        "participants.NAME.breaker.failure_rate_pct",
        "1 to 100; 0: off",
        "`50`",
        "it opens at this share of failures in the window",
    ),
    number(
        "participants.NAME.breaker.slow_rate_pct",
        "1 to 100; 0: off",
        "`80`",
        "it opens at this share of slow answers in the window",
    ),
    number(
        "participants.NAME.breaker.slow_call_ms",
        "milliseconds",
        "`600`",
        "an answer that takes longer is slow",
    ),
    number(
        "participants.NAME.breaker.window_ms",
        "milliseconds",
        "`900000`",
        "how far back outcomes count",
    ),
    number(
        "participants.NAME.breaker.minimum_calls",
        "a number",
        "`5`",
        "with fewer outcomes in the window no share is judged",
    ),
    number(
        "participants.NAME.breaker.open_ms",
        "milliseconds",
        "`10000`",
        "how long it stays open the first time",
    ),
    number(
        "participants.NAME.breaker.open_ms_max",
        "milliseconds",
        "`60000`",
        "how long it stays open at most after opening again and again",
    ),
    number(
        "participants.NAME.breaker.probes",
        "a number",
        "`2`",
        "how many probes must succeed, one lease each, before it closes",
    ),
    number(
        "participants.NAME.breaker.probe_lease_ms",
        "milliseconds",
        "`5000`",
        "a probe that is not answered by then has failed",
    ),
];
