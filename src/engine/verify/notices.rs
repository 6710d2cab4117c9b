//! Notices, derived again: which rules of a call's profile each event sets off, and for whom.
//!
//! Invariant: holds only notices that have not ended. Knows no sentence and no transport.

use super::rule::{Log, Rule};
use super::{Checker, Ctx};
use crate::domain::event::{Event, NoticeKey};
use crate::domain::ids::{CallId, Seq, SubjectId, Time};
use crate::domain::phase::Target;
use crate::domain::profile::{NoticeOn, Role, Transport};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// More tries than any transport is given.
const TRIES_MAX: u32 = 100;

/// A call, a rule of its profile, a recipient.
type Due = (CallId, u8, SubjectId);

/// What is owed to whom.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// What the events of this record ask for: the transport, and whether it can be sent.
    due: BTreeMap<Due, (Transport, bool)>,
    /// What they allow but do not ask for: an end told to whoever had the call.
    allowed: BTreeSet<Due>,
    /// What this record issued or suppressed.
    said: BTreeSet<NoticeKey>,
    /// Notices on their way, with the last try and when the next may be.
    open: BTreeMap<NoticeKey, (u32, Option<Time>)>,
    /// The same by call and recipient, oldest first.
    lines: BTreeMap<(CallId, SubjectId), VecDeque<NoticeKey>>,
}

impl Notices {
    /// A notice that has not ended, if there is one.
    pub fn first_open(&self) -> Option<&NoticeKey> {
        self.open.keys().next()
    }

    fn end(&mut self, key: &NoticeKey) {
        self.open.remove(key);
        let line = (key.call, key.to);
        if let Some(waiting) = self.lines.get_mut(&line) {
            waiting.retain(|k| k != key);
            if waiting.is_empty() {
                self.lines.remove(&line);
            }
        }
    }

    /// What was due must have been said.
    fn end_record(&mut self, log: &mut Log, seq: Seq) {
        for ((call, rule, to), (transport, _)) in std::mem::take(&mut self.due) {
            let key = NoticeKey { seq, call, rule, to, transport };
            log.check(Rule::O1, self.said.contains(&key), || {
                format!("{call}: rule {rule} has no notice to {to}")
            });
        }
        self.allowed.clear();
        self.said.clear();
    }
}

/// What happened, in the words of a notice rule, with the worker it is about.
fn told(event: &Event) -> Option<(CallId, NoticeOn, Option<crate::domain::ids::WorkerId>)> {
    Some(match event {
        Event::CallParked { call, .. } => (*call, NoticeOn::Parked, None),
        Event::CallOpened { call } => (*call, NoticeOn::Opened, None),
        Event::AssignmentCommitted { call, worker, .. } => {
            (*call, NoticeOn::Assigned, Some(*worker))
        }
        Event::AssignmentReleased { call, worker, .. } => {
            (*call, NoticeOn::Released, Some(*worker))
        }
        Event::OfferSent { call, worker, .. } => (*call, NoticeOn::Offered, Some(*worker)),
        Event::OfferWithdrawn { call, worker, .. } => (*call, NoticeOn::Withdrawn, Some(*worker)),
        Event::WorkerArrived { call, worker } => (*call, NoticeOn::Arrived, Some(*worker)),
        Event::WorkStarted { call, worker } => (*call, NoticeOn::Started, Some(*worker)),
        Event::CallCompleted { call } => (*call, NoticeOn::Completed, None),
        Event::CallUnwinding { call, target, .. } => {
            let on = match target {
                Target::Canceled => NoticeOn::Canceled,
                Target::Unfilled => NoticeOn::Unfilled,
                Target::Rejected => NoticeOn::Rejected,
            };
            (*call, on, None)
        }
        _ => return None,
    })
}

impl Checker {
    /// Notes which notices the event asks for. To be called after the event was read.
    pub(super) fn expect_notices(&mut self, event: &Event) {
        let Some((call, on, worker)) = told(event) else { return };
        let Some(c) = self.calls.known.get(&call) else { return };
        if on == NoticeOn::Parked && c.parkings > 1 {
            return;
        }
        for (rule, spec) in c.spec.notices.iter().enumerate().filter(|(_, r)| r.on == on) {
            let Ok(rule) = u8::try_from(rule) else { continue };
            match (spec.to, worker) {
                (Role::Customer, _) => {
                    let due = (call, rule, c.subject);
                    self.notices.due.insert(due, (spec.transport, c.reachable));
                }
                (Role::Worker, Some(worker)) => {
                    if let Some(w) = self.workers.get(&worker) {
                        let due = (call, rule, w.subject);
                        self.notices.due.insert(due, (spec.transport, true));
                    }
                }
                // The event names no worker: whoever is concerned by this record may be told.
                (Role::Worker, None) => {
                    let near = self.touched_workers.iter().chain(c.last_worker.iter());
                    for w in near.filter_map(|w| self.workers.get(w)) {
                        self.notices.allowed.insert((call, rule, w.subject));
                    }
                }
            }
        }
    }

    pub(super) fn notice_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::NoticeIssued { notice, worker } => {
                self.said(ctx, *notice, true);
                if let Some(worker) = worker {
                    let known = self.workers.contains_key(worker);
                    self.log.check(Rule::I9, known, || format!("a notice speaks of {worker}"));
                }
            }
            Event::NoticeSuppressed { notice } => self.said(ctx, *notice, false),
            Event::NoticeDelivered { notice } => self.delivered(*notice),
            Event::NoticeFailed { notice, attempt, retry_at } => {
                self.failed(ctx, *notice, *attempt, *retry_at);
            }
            _ => {}
        }
    }

    fn said(&mut self, ctx: Ctx<'_>, key: NoticeKey, issued: bool) {
        let Self { notices, log, calls, .. } = self;
        let due = (key.call, key.rule, key.to);
        let asked = notices.due.get(&due).copied();
        let fits = asked.is_some() || notices.allowed.contains(&due);
        log.check(Rule::O6, fits && key.seq == ctx.seq, || {
            format!("{key:?} tells of nothing in this record")
        });
        let rule = calls
            .known
            .get(&key.call)
            .and_then(|c| c.spec.notices.get(usize::from(key.rule)).map(|rule| rule.transport));
        log.check(Rule::O4, rule == Some(key.transport), || {
            format!("{key:?} goes by another transport than its rule's {rule:?}")
        });
        if let Some((_, reachable)) = asked {
            log.check(Rule::O8, reachable == issued, || {
                let what = if issued { "issued" } else { "suppressed" };
                format!("{key:?} is {what}, recipient reachable: {reachable}")
            });
        }
        let first = notices.said.insert(key);
        log.check(Rule::O1, first, || format!("{key:?} is said twice"));
        if first && issued && key.transport != Transport::Inbox {
            notices.open.insert(key, (0, None));
            notices.lines.entry((key.call, key.to)).or_default().push_back(key);
        }
    }

    fn delivered(&mut self, key: NoticeKey) {
        if self.is_open(key, "delivered") {
            self.check_order(key);
            self.notices.end(&key);
        }
    }

    fn is_open(&mut self, key: NoticeKey, what: &str) -> bool {
        let open = self.notices.open.contains_key(&key);
        self.log.check(Rule::O2, open, || format!("{key:?} is {what} but does not wait"))
    }

    /// The oldest notice to a recipient about a call goes first.
    fn check_order(&mut self, key: NoticeKey) {
        let first = self.notices.lines.get(&(key.call, key.to)).and_then(VecDeque::front).copied();
        self.log.check(
            Rule::O5,
            first.is_none_or(|first| first == key || first.seq == key.seq),
            || format!("{key:?} is sent before {first:?} has ended"),
        );
    }

    fn failed(&mut self, ctx: Ctx<'_>, key: NoticeKey, attempt: u32, retry_at: Option<Time>) {
        if !self.is_open(key, "failed") {
            return;
        }
        self.check_order(key);
        let (last, not_before) = self.notices.open.get(&key).copied().unwrap_or_default();
        let in_turn = attempt == last + 1 && attempt <= TRIES_MAX;
        self.log.check(Rule::O7, in_turn && not_before.is_none_or(|t| ctx.at >= t), || {
            format!(
                "{key:?} fails try {attempt} after {last}, which was to wait until {not_before:?}"
            )
        });
        self.log.check(Rule::O7, retry_at.is_none_or(|t| t > ctx.at), || {
            format!("{key:?} is tried again at {retry_at:?}, which is over")
        });
        if retry_at.is_some() {
            self.notices.open.insert(key, (attempt, retry_at));
        } else {
            self.notices.end(&key);
            self.attentions.died.push(key.call);
        }
    }

    pub(super) fn check_notices(&mut self, ctx: Ctx<'_>) {
        self.notices.end_record(&mut self.log, ctx.seq);
    }
}
