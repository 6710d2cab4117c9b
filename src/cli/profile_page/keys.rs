//! The tables and the prose of the page about profiles.
//!
//! Invariant: a default in one pair of back quotes is a TOML value, and is compared with the program's.

/// One key of a table.
pub(super) struct Key {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub kind: &'static str,
    /// What holds when nobody says anything.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const fn key(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Key {
    Key { name, kind, default, meaning }
}

/// What stands before the example.
pub(super) const INTRO: &str = "\
<!-- Made from tables by a test; ASCALL_BLESS=1 cargo test writes it anew. -->

# Profiles: a service line in a file

A profile describes one service: what a request is asked for, who must agree, how a worker is found, what is paid and
shipped, who is told what. Five are built in (`ascall profile list`); a file adds a sixth, or takes the place of a built-in
one by having its name. No code is needed.

1. `ascall profile new locksmith --to locksmith.toml` writes a small one with every key explained (`--lang ko` in Korean).
   `ascall profile show taxi` prints a built-in one, in a form that can be changed and read again.
2. `ascall profile check locksmith.toml` says in one paragraph what a call of it goes through, or everything that is wrong,
   each with its line and the nearest thing that would have been right. It ends with 2 when something is.
3. Name the file in the configuration: `profiles = [\"locksmith.toml\"]` (see [config.md](config.md)). The next command runs it:
   `ascall request --profile locksmith --tel 010-0000-1234 --location \"서울 마포구 공덕동\" --field lock=safe`.

A call keeps the version of the profile it was taken under, to its end: its plan, its rules and its words. A changed file is a
new version for new calls. `ascall profile list` shows which version the desk runs, `ascall profile show P-1` an older one.

## An example
";

/// What stands between the example and the tables.
pub(super) const REFERENCE: &str = "
## Every key

A key that is not here is refused. Names (of services, fields, steps, views) begin with a lower-case letter and go on with
letters, digits, `_` and `-`, 40 at most. Times are milliseconds, up to a year; money is whole won; distances are metres.
`required` in a table's third column means that the key must be there.
";

/// What stands before the list of phases.
pub(super) const PHASES: &str = "\
Where a call stands, in the order of its life; [lifecycle.md](lifecycle.md) tells what leads from one to the next. The words
of `[phases]` are keyed by these names, and a view may name them";

/// What stands behind the blanks.
pub(super) const OWN_FIELDS: &str = "
Every field of the profile's own is filled in by its name, too: a field `lock` as `{lock}`. What is not known leaves nothing
behind, not even the space before it.
";

/// What stands behind the columns.
pub(super) const AFTER: &str = "
A field of the profile's own is a column by its name. `ascall list --view NAME` shows a view: its title, its columns, its
phases; `-o csv` has the same columns, `-o json` every call whole. The view `open` is there for every service: the calls
that workers may claim, with `--worker W-1` only those that this worker could claim now.

## What is checked

Beyond names, types and bounds: every name that is used is there (`stock.product`, columns, what is filled in), once; a
`charge` has its `[payment]` and stands where its price is known; a `reserve` has its `[stock]` and is done before the start;
rewards have a meter; no stage of the plan stands behind one that never ends; rings rise; what is said again and
again says how often; a setting that would have no effect is a fault. Steps with one participant protect it alike.

A step is answered by a participant: the desk itself, unless the configuration names a server or a program for it
([participants.md](participants.md)). What the configuration says of a participant outranks what profiles say; where two
profiles share one and differ, the one adopted last counts.
";

/// Every table of a profile: its name, what it is for, its keys.
pub(super) const TABLES: &[(&str, &str, &[Key])] = &[
    (
        "",
        "What the service is called, and what holds for all its calls.",
        &[
            key(
                "name",
                "a name",
                "required",
                "how commands and workers name the service: `--profile locksmith`",
            ),
            key("title", "words", "required", "what people call it"),
            key("worker", "words", "required", "what a worker of it is called"),
            key(
                "noun",
                "words",
                "none",
                "what one call of it is called, e.g. an order; used as the head of lists",
            ),
            key(
                "phases",
                "a table of words by phase",
                "none",
                "the words of the phases; a phase without one is shown by its name",
            ),
            key(
                "fields",
                "tables, see below",
                "none",
                "what a request is asked for, in this order",
            ),
            key(
                "steps",
                "tables, see below",
                "none",
                "gates and steps, done in this order and undone in reverse",
            ),
            key(
                "plan",
                "tables, see below",
                "required",
                "the stages by which a worker is found, in this order",
            ),
            key(
                "dispatch",
                "a table, see below",
                "required",
                "who is chosen, and how long somebody is searched",
            ),
            key("cancel", "a table, see below", "required", "until when a call may be canceled"),
            key(
                "park_max_ms",
                "milliseconds",
                "`7_200_000`",
                "how long a call may wait for a gate that is down, counted from its reception; then it is rejected and the customer told",
            ),
            key(
                "on_abort",
                "`reopen` or `end`",
                "`\"reopen\"`",
                "what becomes of a call whose work is broken off: somebody else is searched, or it ends as unfilled",
            ),
            key("notices", "tables, see below", "none", "who is told what, when"),
            key("payment", "a table, see below", "none", "what is paid; needs a step that charges"),
            key(
                "stock",
                "a table, see below",
                "none",
                "which fields name the goods; needs a step that reserves",
            ),
            key("membership", "a table, see below", "none", "whether only members may call"),
            key("appointment", "a table, see below", "see there", "how long an appointment lasts"),
            key(
                "dispositions",
                "an array of words",
                "`[]`",
                "the codes that say how work ended; without them any is taken",
            ),
            key("rewards", "tables, see below", "none", "what members earn by calling often"),
            key("views", "tables, see below", "none", "lists of this service's own"),
            key(
                "resources",
                "tables, see below",
                "none",
                "under which names other programs find it over HTTP",
            ),
        ],
    ),
    (
        "words",
        "A word or a sentence in both languages, such as `{ ko = \"수리기사\", en = \"technician\" }`.",
        &[key("ko", "text", "required", "in Korean"), key("en", "text", "required", "in English")],
    ),
    (
        "fields",
        "One field of a request. `tel`, `location`, `cost` and `visit` are the desk's own, with the types `tel`, `place`, `won`\n\
         and `time`: they are given by flags of their own (`--tel`, `--location`, `--cost`, `--at`). Every other name is yours, and\n\
         is given as `--field NAME=VALUE`. Do not ask for a person's data in a field of your own: fields are journalled.",
        &[
            key("name", "a name", "required", "how commands name it"),
            key("label", "words", "required", "what people see, e.g. as the head of a column"),
            key(
                "type",
                "`tel`, `place`, `won`, `text`, `count` (a whole number from 1 on), `reference` (the client's own number: the same request sent again is the same call) or `time`",
                "required",
                "what may stand in it; at most one field is a `reference`",
            ),
            key("required", "`true` or `false`", "`false`", "a request without it is refused"),
            key("default", "text", "none", "what is taken when the request does not name it"),
            key(
                "skill",
                "`true` or `false`",
                "`false`",
                "its value is the skill that the worker must have; at most one field, of type `text`. `--kind` names it, too",
            ),
            key("one_of", "an array of texts", "`[]`", "the only values allowed; empty: any"),
            key(
                "no_skill",
                "an array of texts",
                "`[]`",
                "values of the skill's field that ask for no skill",
            ),
        ],
    ),
    (
        "steps",
        "A gate or a step: something a participant does for a call, and undoes when the call ends undone.",
        &[
            key("name", "a name", "required", "its name; not `assign`"),
            key(
                "participant",
                "a name",
                "the step's name",
                "who answers, when it is not called like the step",
            ),
            key(
                "does",
                "`confirm` (says yes or no), `charge` (authorises and captures the price; its undo is a refund) or `reserve` (sets the goods aside; its undo gives them back)",
                "`\"confirm\"`",
                "what it is about; at most one step charges and one reserves",
            ),
            key(
                "position",
                "`before_open` (a gate: the call opens when it has said yes), `after_open` (beside the search) or `before_complete` (a gate: the call completes when it has said yes)",
                "required",
                "when it is done. A fixed price may be charged at any time, a metered one `before_complete`",
            ),
            key(
                "deadline_ms",
                "milliseconds, at most 10 minutes",
                "`610`",
                "how long one request may take; what has not answered by then is asked whether it was done",
            ),
            key(
                "fallback",
                "`park` (the call is kept and asked again by itself) or `reject` (the caller is sent away with the time to try again)",
                "`\"park\"`",
                "what a `before_open` gate does while its participant is down",
            ),
            key(
                "on_denied",
                "`wait` (flagged, until it can be done or an operator retries it) or `end` (the call ends as unfilled)",
                "`\"wait\"`",
                "what the refusal of an `after_open` step does, e.g. a shortage of goods",
            ),
            key(
                "required_before",
                "`start` or `finish`",
                "none",
                "the command that is refused until this `after_open` step is done; a `reserve` must be done before `start`",
            ),
            key(
                "undo",
                "`true` or `false`",
                "`true`",
                "whether it is undone when the call ends undone; money and goods always are",
            ),
            key("bulkhead", "1 to 10,000", "64", "how many requests its participant gets at once"),
            key(
                "breaker",
                "a table, see below",
                "the desk's defaults",
                "when its participant is left alone for a while",
            ),
        ],
    ),
    (
        "steps.breaker",
        "The circuit breaker of the step's participant. Three rules may open it; 0 switches one off, and one must be left.",
        &[
            key(
                "consecutive_failures",
                "a number; 0: off",
                "`5`",
                "it opens after so many failures in a row",
            ),
            key(
                "failure_rate_pct",
                "1 to 100; 0: off",
                "`50`",
                "it opens at this share of failures in the window",
            ),
            key(
                "slow_rate_pct",
                "1 to 100; 0: off",
                "`80`",
                "it opens at this share of slow answers in the window",
            ),
            key("slow_call_ms", "milliseconds", "`600`", "an answer that takes longer is slow"),
            key(
                "window_ms",
                "milliseconds, up to a day",
                "`900_000`",
                "how far back outcomes count",
            ),
            key(
                "minimum_calls",
                "a number",
                "`5`",
                "with fewer outcomes in the window no share is judged",
            ),
            key(
                "open_ms",
                "milliseconds, up to a day",
                "`10_000`",
                "how long it stays open the first time; each failed try doubles it",
            ),
            key(
                "open_ms_max",
                "milliseconds, up to a day",
                "`60_000`",
                "how long it stays open at most",
            ),
            key("probes", "1 to 100", "`2`", "how many tries must succeed before it closes"),
            key(
                "probe_lease_ms",
                "milliseconds, up to a day",
                "`5_000`",
                "a try that is not answered by then has failed",
            ),
        ],
    ),
    (
        "payment",
        "What is paid for a call. It must be there when a step charges, and only then.",
        &[
            key(
                "price",
                "`fixed` (named in the request: a required field `cost`) or `metered` (reported with `finish --fare`)",
                "required",
                "when the price is known",
            ),
            key("limit", "whole won", "none", "the most that may be charged"),
        ],
    ),
    (
        "stock",
        "Which goods a call asks for. It must be there when a step reserves, and only then.",
        &[
            key(
                "product",
                "the name of a field of type `text`",
                "required",
                "the field that names the product; it is required or has a default",
            ),
            key(
                "quantity",
                "the name of a field of type `count`",
                "required",
                "the field that says how many; a request without it asks for one",
            ),
            key(
                "unknown",
                "`refuse` (the request is refused) or `shortage` (it waits like any other shortage)",
                "`\"refuse\"`",
                "what a product does that the desk has never had",
            ),
        ],
    ),
    (
        "membership",
        "Members are known by `ascall member add`.",
        &[key("required", "`true` or `false`", "`false`", "strangers are refused")],
    ),
    (
        "rewards",
        "A coupon for members who call often; the next metered fare is lowered by it. Needs a metered price.",
        &[
            key(
                "every",
                "a number from 1 on",
                "required",
                "every so many completed calls earn one",
            ),
            key("coupon", "whole won", "required", "what it is worth"),
        ],
    ),
    (
        "plan.auto",
        "The desk gives the call to the best suitable worker at once.",
        &[
            key("stage", "`auto`", "required", "which stage this is"),
            key(
                "for_ms",
                "milliseconds",
                "none: for ever",
                "how long the stage lasts when nobody suits",
            ),
            key(
                "claimable",
                "`true` or `false`",
                "`false`",
                "any suitable worker may take the call by themselves meanwhile",
            ),
        ],
    ),
    (
        "plan.offer",
        "Suitable workers are asked one after the other, the best first. Who says no is not asked about this call again.",
        &[
            key("stage", "`offer`", "required", "which stage this is"),
            key("deadline_ms", "milliseconds", "required", "how long one worker may think"),
            key(
                "most",
                "1 to 1,000",
                "none: everybody suitable",
                "after how many offers the stage is over",
            ),
            key("for_ms", "milliseconds", "none", "how long the stage lasts at most"),
            key(
                "claimable",
                "`true` or `false`",
                "`false`",
                "any suitable worker may take the call by themselves meanwhile",
            ),
        ],
    ),
    (
        "plan.broadcast",
        "The nearest are asked all at once, and whoever says yes first has the call; ring by ring more are asked.",
        &[
            key("stage", "`broadcast`", "required", "which stage this is"),
            key(
                "rings_m",
                "an array of metres, rising",
                "required",
                "the radii of the rings, from the inside; a call without a place asks the longest idle",
            ),
            key("ring_ms", "milliseconds", "required", "how long a ring is waited for"),
            key("most", "1 to 1,000", "`20`", "how many workers are asked in one ring at most"),
            key(
                "claimable",
                "`true` or `false`",
                "`false`",
                "any suitable worker may take the call by themselves meanwhile",
            ),
        ],
    ),
    (
        "plan.claim",
        "Workers take the call from the open list (`ascall list --view open`, `ascall claim`); the first has it, perhaps for an\nappointment.",
        &[
            key("stage", "`claim`", "required", "which stage this is"),
            key("for_ms", "milliseconds", "none: for ever", "how long the stage lasts at most"),
        ],
    ),
    (
        "plan.manual",
        "A dispatcher must give the call to somebody (`ascall assign`). It never ends by itself.",
        &[
            key("stage", "`manual`", "required", "which stage this is"),
            key(
                "claimable",
                "`true` or `false`",
                "`false`",
                "any suitable worker may take the call by themselves meanwhile",
            ),
        ],
    ),
    (
        "plan.none",
        "Nobody is needed: `ascall start` begins the work. A dispatcher may assign somebody all the same.",
        &[
            key("stage", "`none`", "required", "which stage this is"),
            key(
                "promise_ms",
                "milliseconds",
                "required",
                "by when it is to be started; then a dispatcher must look",
            ),
            key(
                "claimable",
                "`true` or `false`",
                "`false`",
                "any suitable worker may take the call by themselves meanwhile",
            ),
        ],
    ),
    (
        "dispatch",
        "Who is chosen among suitable workers: on shift, free, serving this service, with the skill.",
        &[
            key(
                "policy",
                "`nearest` (least travel time, then longest idle), `longest_idle` (then nearest), `random` (by the desk's seed), `batch` (all calls that wait together, the shortest ways in all) or `foresight` (as `batch`, and workers about to be free count)",
                "`\"nearest\"`",
                "the order among them",
            ),
            key("max_metres", "metres", "none", "workers farther away are not sent by themselves"),
            key(
                "search_ms",
                "milliseconds",
                "required",
                "how long somebody is searched before the call ends as unfilled and the customer is told; it does not run while `assign` is stopped",
            ),
            key(
                "travel",
                "a table, see below",
                "city driving",
                "how a distance becomes a travel time",
            ),
            key(
                "destination",
                "the name of a text field",
                "none",
                "where work ends, as `LAT,LON`: the worker is there afterwards",
            ),
            key(
                "matching",
                "a table, see below",
                "none; under `batch` and `foresight` every two seconds",
                "when the calls that wait are looked at together",
            ),
            key(
                "foresight",
                "a table, see below",
                "as is usual",
                "what the policy `foresight` goes by",
            ),
        ],
    ),
    (
        "dispatch.matching",
        "Calls that wait in a stage `auto` are looked at together from time to time. More urgent ones have their turn first.",
        &[
            key(
                "tick_ms",
                "0 to 60,000",
                "required; usually 2000",
                "at every multiple of this; 0: as soon as there is something to decide, and so under `foresight` while as many workers are free as calls wait",
            ),
            key(
                "order",
                "`whole` (all together), `newest_first` or `longest_first` (tick by tick)",
                "`\"whole\"`",
                "which calls have their turn first",
            ),
        ],
    ),
    (
        "dispatch.foresight",
        "Giving a call to a worker costs the travel time, and for a worker who is not free yet the weighed wait until then.",
        &[
            key(
                "horizon_ms",
                "milliseconds, up to an hour",
                "usually 420000",
                "workers who will be free within this count",
            ),
            key(
                "later_pct",
                "0 to 10,000",
                "usually 500",
                "what a second until then weighs, in hundredths of a second of travel",
            ),
            key(
                "reach_s",
                "seconds, up to a day",
                "usually 3000",
                "while more calls wait than workers are free nobody is sent farther",
            ),
            key(
                "stay_s",
                "seconds, up to a day",
                "usually 600",
                "how long work at the place of the call lasts; what is learnt of the newest 64 corrects it",
            ),
            key(
                "leave_s",
                "seconds, up to a day",
                "usually 0",
                "how long work at the destination lasts",
            ),
        ],
    ),
    (
        "dispatch.travel",
        "Travel time = distance as the crow flies x factor / speed + a fixed part. All three must be there when the table is.",
        &[
            key(
                "factor_pct",
                "1 to 10,000",
                "required; usually 133",
                "metres on the road per 100 metres as the crow flies",
            ),
            key("metres_per_min", "1 to 100,000", "required; usually 400", "the speed on the road"),
            key(
                "fixed_s",
                "seconds, up to a day",
                "required; usually 120",
                "to get going and to arrive",
            ),
        ],
    ),
    (
        "cancel",
        "An operator with `--force` and a reason may cancel until the work begins, whatever stands here.",
        &[
            key(
                "until",
                "`parked` (while its gates have not said yes), `open` (while nobody has it), `scheduled` (while somebody is only reserved for its appointment) or `assigned` (while work has not begun)",
                "required",
                "the last moment at which anybody may cancel",
            ),
            key(
                "customer",
                "as `until`, and no later",
                "as `until`",
                "the last moment at which the customer may",
            ),
        ],
    ),
    (
        "appointment",
        "For calls with an appointment: asked for with the field `visit`, or named by whoever claims the call. Both must be there\nwhen the table is.",
        &[
            key(
                "duration_ms",
                "milliseconds",
                "required; usually 3600000",
                "how long one lasts: a worker's appointments never overlap",
            ),
            key(
                "lead_ms",
                "milliseconds",
                "required; usually 1800000",
                "how long before its begin the worker is committed; one that is nearer is a call for now",
            ),
        ],
    ),
    (
        "notices",
        "One sentence to one person. Two rules may tell the same news to different people, not twice to the same one.",
        &[
            key("on", "see [below](#what-a-notice-tells-of)", "required", "what it tells of"),
            key(
                "to",
                "`customer`, `worker` or `friend` (whom a member named)",
                "required",
                "who is told",
            ),
            key(
                "transport",
                "`inbox` (kept on the desk: `ascall inbox`), or one that the [configuration](notices.md) names a carrier for: `command`, `webhook`, `alimtalk`, `sms`",
                "`\"inbox\"`",
                "by what",
            ),
            key(
                "text",
                "words",
                "required",
                "the sentence, in which [names in braces](#what-is-filled-in) are filled in; 500 characters at most",
            ),
            key(
                "repeat",
                "a table, see below",
                "none",
                "how often it is said again: for `on = \"searching\"`, which must have it, and no other",
            ),
        ],
    ),
    (
        "notices.repeat",
        "All rules on `searching` have the same one.",
        &[
            key(
                "every_ms",
                "milliseconds, up to a day",
                "required",
                "at this interval, while nobody has the call",
            ),
            key("most", "1 to 1,000", "required", "at most so often"),
        ],
    ),
    (
        "views",
        "A list of this service's calls under a name of its own.",
        &[
            key(
                "name",
                "a name",
                "required",
                "for `list --view`; a view called `open` gives the list of what may be claimed its columns",
            ),
            key("title", "words", "required", "its heading"),
            key(
                "columns",
                "an array of [columns](#columns-of-a-list)",
                "required",
                "what it shows, from left to right",
            ),
            key(
                "phases",
                "an array of phases",
                "`[]`",
                "the calls it shows, ended ones too when they are named; empty: all",
            ),
        ],
    ),
    (
        "resources",
        "A name under which other programs find something of this service over HTTP.",
        &[
            key(
                "path",
                "letters, digits, `_`, `-`",
                "required",
                "the path, e.g. `jobs` for `/jobs`",
            ),
            key(
                "of",
                "`calls`, `gates` (what its first gate answered), `assignments`, `open_list`, `workers`, `members`, `payments`, `notices`, `stock`, `customer_page` or `service_view`",
                "required",
                "what is found there",
            ),
            key("aliases", "an array of paths", "`[]`", "other paths to the same"),
        ],
    ),
];

/// Every `on` of a notice.
pub(super) const WHEN: &[(&str, &str)] = &[
    ("parked", "the call was taken, but its gate is down; told once"),
    ("opened", "its gates have said yes; somebody is searched"),
    ("assigned", "a worker has it"),
    ("released", "the worker no longer has it, also because it was canceled"),
    ("offered", "a worker is asked, alone or with others"),
    ("withdrawn", "the question was taken back, or somebody else was first"),
    ("arrived", "the worker is there"),
    ("started", "work has begun"),
    ("completed", "all is done, and paid"),
    ("canceled", "it was canceled"),
    ("unfilled", "nobody could be found in time"),
    ("rejected", "a gate said no, or was down for too long"),
    ("searching", "nobody has it yet: said at intervals, until somebody does"),
    ("scheduled", "a worker will come at the appointment"),
    ("rescheduled", "the appointment is another one"),
    ("en_route", "the worker is on the way"),
    ("finished", "work is over; what is to be paid may still be open"),
    ("paid", "the price was captured; needs `[payment]`"),
    ("refunded", "money was given back; needs `[payment]`"),
    ("short", "an `after_open` step was refused and the call waits, e.g. for goods"),
    ("coupon", "a coupon was earned; needs `[[rewards]]`"),
];

/// Everything that may be filled in.
pub(super) const BLANKS: &[(&str, &str)] = &[
    ("call", "the call's number"),
    ("name", "the name of who is told"),
    ("customer", "the customer's name"),
    ("customer_tel", "the customer's number"),
    ("worker", "the worker's name"),
    ("worker_tel", "the worker's number"),
    ("kind", "the skill asked for"),
    ("place", "the place as typed"),
    ("visit", "the begin of the appointment, in the desk's time zone"),
    ("cost", "price, estimate or fare in won, with separators"),
    ("paid", "what was charged, in won"),
    ("refunded", "what was given back, in won"),
    ("reason", "the reason given with what happened"),
];

/// Every column of the desk's own.
pub(super) const COLUMNS: &[(&str, &str)] = &[
    ("call", "the call's number"),
    ("phase", "where it stands"),
    ("age", "for how long"),
    ("customer", "the customer's name, or their number"),
    ("tel", "the customer's number"),
    ("member", "the member who called"),
    ("worker", "who has it"),
    ("kind", "the skill asked for"),
    ("place", "where"),
    ("cost", "price, estimate or fare"),
    ("paid", "what was paid, and what was given back"),
    ("visit", "the appointment"),
    ("outcome", "what came of the work"),
    ("rating", "how it was rated, 1 to 5"),
    ("attention", "why a human should look"),
];
