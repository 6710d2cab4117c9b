//! The rule book as data, and the log of what was checked and what was found wrong.
//!
//! Invariant: memory is bounded whatever the journal holds: at most [`FAULTS_MAX`] faults are kept,
//! the others are counted. Knows no model of a desk.

use crate::domain::ids::Seq;
use std::fmt;

/// How many faults are kept in full. A broken journal breaks the same rule again and again.
pub const FAULTS_MAX: usize = 1_000;

macro_rules! rules {
    ($($id:ident $text:literal,)*) => {
        /// A rule of the rule book, by the name it has there.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $(#[doc = $text] $id,)* }

        impl Rule {
            /// Every rule, in the order of the book.
            pub const ALL: &'static [Self] = &[$(Self::$id,)*];

            /// Its name in the book, e.g. `C3`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$id => stringify!($id),)* }
            }

            /// What it says.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$id => $text,)* }
            }
        }
    };
}

rules! {
    J1 "seq is dense from 1, the desk is opened once and first, a cause comes before its effect",
    T1 "time never goes back",
    T2 "a timer fires once, not early, and only in its state",
    T3 "an appointment lies ahead when it is made and lasts as long as its profile says",
    P2 "no text in a record looks like a phone number",
    C1 "a call is in exactly one phase and keeps the worker that phase needs",
    C2 "a call that has ended stays as it is",
    C3 "only the moves of the lifecycle happen, each under its own condition",
    C5 "no call is silent: every live call has an owner",
    C6 "what only a person may do is done by one, and within the profile's rule",
    C7 "an ended call is recalled before anything more happens to it, and as it was left",
    C8 "a completed call is rated once, from 1 to 5, for who served it; a disposition is one of its profile's",
    I1 "one key of one actor has one effect within its day",
    I7 "ids are dense and never used again",
    I9 "what a record names is known",
    I10 "the calls of a line are counted from 1, without a gap, and none is counted as another",
    M1 "money is not negative, no price is above the line's limit, no more is given back than was captured",
    M2 "what is captured, given back or settled is booked once, to the won, in the record that learns of it",
    M3 "a call that came to nothing costs nothing, unless an operator let its charge go",
    M4 "an entry of the books adds up to zero and moves what its reason says",
    M5 "a call completes when every end gate and owed step said ok or a named operator settled it, with a reason, and its price is captured or settled",
    M6 "a charge of which nobody knows is in no book",
    M7 "no field of a call looks like a card number",
    M8 "a fixed price stays once its charge is asked; a metered fare is reported once, with the end of the work",
    M9 "a coupon is earned by every n-th completed call, as the profile says, and used once, by its member",
    G1 "stock adds up: what calls hold is there, and nothing is ever less than none",
    G2 "goods are set aside once for a call, as many as it asks for, and given back or sent off once",
    G3 "an ended call holds no goods",
    U1 "no two members share a number",
    U2 "a call keeps its member as known when it was taken, and a line for members takes nobody else",
    U3 "no two accepted calls of a line share the client's own number",
    U4 "no two workers came along by themselves under one name",
    Z1 "lists in records keep to their limits",
    A1 "a call has at most one live or reserved assignment",
    A2 "a worker has at most one live assignment, no open question beside it, and no two reservations that overlap",
    A3 "an assigned or asked worker is on duty, serves the line, has the skill and is not excluded, or the override is on record",
    A4 "an offer has one outcome for each worker it asked, and it is the outcome of an offer that was sent",
    A5 "an accepted offer is the assignment of the same record, and nothing else is",
    A6 "what ends a call, or gives it to a worker, frees everybody else in the same record",
    A7 "a worker is busy with exactly the call that has the worker",
    A8 "automation picks nobody while `assign` is stopped, the call is held or its appointment is far off",
    A9 "one open question per call, and one that is not a broadcast per worker",
    A10 "a reservation falls due once, not before its lead, and only its worker is given the call",
    A11 "only what is on the open list is claimed, and not while `assign` is stopped",
    A12 "a broadcast widens ring by ring while its stage lasts, and is over once: whoever it asked and does not have the call has lost",
    A13 "calls of a line that is matched are given out in rounds, by the clock, from the tick after they began to wait on (under `foresight` at once while as many workers are free as calls wait), and to nobody too far away",
    A14 "in a round nobody whose turn comes first is passed over",
    A15 "a round leaves no call waiting that somebody free could have",
    X1 "after a cancel the call is never opened, offered, assigned, started, completed or done",
    X3 "a call is canceled once",
    X7 "at quiet an ended call holds nothing",
    K1 "an answer answers a request that was asked, once",
    K3 "everything done or unknown is undone, in reverse, and nothing else is",
    K4 "an undo or an end gate refused for good waits for a human, visibly",
    K5 "a request's key changes only after a confirmed undo, and its number only rises",
    K6 "a late ok of something undone is undone again, or a human is told",
    B1 "a breaker moves by its own four moves or by an operator's order",
    B2 "a breaker opens if, and only if, its rule holds by our own count",
    B3 "an open breaker lets nothing out before its time",
    B4 "a half-open breaker lets out its probes and no more",
    B5 "a half-open breaker decides after its last probe or its first failure",
    B6 "a request carries the generation it was let out under",
    B8 "a call whose gate is not being asked is parked or rejected before the record ends",
    B9 "a breaker's move continues from where the breaker was",
    B10 "the numbers of a breaker's move are true",
    B11 "no more requests are out than the bulkhead allows",
    Q1 "a call is parked once and resumed once",
    Q2 "parked calls resume oldest first within their priority",
    O1 "every event that notifies has exactly one notice per rule and recipient, in its record",
    O2 "a notice has one end",
    O4 "a notice's key follows from the event, the rule and the recipient",
    O5 "a recipient hears of a call in order",
    O6 "no notice without its event",
    O7 "tries of a notice are counted from 1 and not early",
    O8 "who cannot be reached is sent nothing",
    O9 "only a provider's notice is accepted first, once a try, and only a refused alimtalk turns to SMS, once",
    O10 "only what has ended is sent again, by a named operator",
    H1 "a concern is raised for its cause, once while it is open, and taken or done only then",
    H2 "what a human must decide is raised in the record that caused it",
    H3 "given-up notices stay with a human until each was delivered after all, or the human is done",
    L1 "at quiet every call has ended or waits for a named human",
    L2 "at quiet every notice has ended",
    L3 "at quiet no breaker keeps anybody waiting",
    L4 "at quiet nothing is parked",
    L5 "at quiet no worker is busy without a call",
    L6 "at quiet every undo and refund is done or waits for a human",
    L7 "no call needs more events than its age explains",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A rule that was broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which rule.
    pub rule: Rule,
    /// The record in which it shows; at quiet, the last one.
    pub seq: Seq,
    /// One line that names what is concerned.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at record {}: {}", self.rule, self.seq, self.what)
    }
}

/// How often a rule was looked at, and how often it was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: Rule,
    /// How often it was looked at.
    pub checked: u64,
    /// How often it was broken.
    pub broken: u64,
}

/// What came of checking a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Records read.
    pub records: u64,
    /// Events read.
    pub events: u64,
    /// Calls received.
    pub calls: u64,
    /// Faults in all, those that are not kept included.
    pub fault_count: u64,
    /// The first [`FAULTS_MAX`] faults.
    pub faults: Vec<Fault>,
    /// Every rule of the book with its counts: a rule that was never looked at says nothing.
    pub rules: Vec<RuleCount>,
}

impl Report {
    /// Whether no rule was broken.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.fault_count == 0
    }
}

/// Counts and faults of one check.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The record being read.
    pub seq: Seq,
    pub faults: Vec<Fault>,
    pub fault_count: u64,
    checked: Vec<u64>,
    broken: Vec<u64>,
}

impl Log {
    pub fn new() -> Self {
        let zero = vec![0; Rule::ALL.len()];
        Self { checked: zero.clone(), broken: zero, ..Self::default() }
    }

    /// Looks at `rule` once more; `what` is asked for only when it does not hold. Returns `holds`.
    pub fn check(&mut self, rule: Rule, holds: bool, what: impl FnOnce() -> String) -> bool {
        self.checked[rule as usize] += 1;
        if !holds {
            self.broken[rule as usize] += 1;
            self.fault_count += 1;
            if self.faults.len() < FAULTS_MAX {
                self.faults.push(Fault { rule, seq: self.seq, what: what() });
            }
        }
        holds
    }

    /// A rule that was broken, found without a condition at hand.
    pub fn fault(&mut self, rule: Rule, what: impl FnOnce() -> String) {
        self.check(rule, false, what);
    }

    pub fn counts(&self) -> Vec<RuleCount> {
        let count = |&rule: &Rule| RuleCount {
            rule,
            checked: self.checked[rule as usize],
            broken: self.broken[rule as usize],
        };
        Rule::ALL.iter().map(count).collect()
    }
}
