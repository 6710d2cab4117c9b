//! Notices, derived again: which rules of a call's profile each event sets off, and for whom.
//!
//! Invariant: holds only notices that have not ended. Knows no sentence and no transport.

use super::model::Call;
use super::rule::{Log, Rule};
use super::{Checker, Ctx, table};
use crate::domain::event::{Event, MoneyMove, NoticeKey, Op, Outcome};
use crate::domain::ids::{CallId, Seq, SubjectId, Time, WorkerId};
use crate::domain::phase::Target;
use crate::domain::profile::{NoticeOn, NoticeRule, OnDenied, Position, Role, Transport};
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
    /// What they allow but do not ask for: an end told to whoever had the call, a payment told when nobody wanted it.
    allowed: BTreeMap<Due, Option<bool>>,
    /// What this record issued or suppressed.
    said: BTreeSet<NoticeKey>,
    /// Notices on their way.
    open: BTreeMap<NoticeKey, Open>,
    /// The same by call and recipient, oldest first.
    lines: BTreeMap<(CallId, SubjectId), VecDeque<NoticeKey>>,
}

/// A notice on its way.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    /// The last try.
    tried: u32,
    /// When the next may be.
    not_before: Option<Time>,
    /// A provider has it and is asked what became of it.
    accepted: bool,
    /// Its own way was refused: it goes as a text message.
    by_sms: bool,
    /// It is sent again, and so out of order.
    again: bool,
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

/// What happened, in the words of a notice rule.
struct Told {
    call: CallId,
    on: NoticeOn,
    /// The workers it is about.
    workers: Vec<WorkerId>,
    /// Whether it must be told, or only may be.
    must: bool,
}

impl Told {
    fn new(call: CallId, on: NoticeOn, workers: &[WorkerId]) -> Self {
        Self { call, on, workers: workers.to_vec(), must: true }
    }

    /// What the event tells of, when its call alone does not decide it.
    fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::CallParked { call, .. } => Self::new(*call, NoticeOn::Parked, &[]),
            Event::CallOpened { call } => Self::new(*call, NoticeOn::Opened, &[]),
            Event::StillSearching { call, .. } => Self::new(*call, NoticeOn::Searching, &[]),
            Event::AssignmentReserved { call, worker, .. } => {
                Self::new(*call, NoticeOn::Scheduled, &[*worker])
            }
            Event::CallRescheduled { call, .. } => Self::new(*call, NoticeOn::Rescheduled, &[]),
            Event::AssignmentCommitted { call, worker, .. } => {
                Self::new(*call, NoticeOn::Assigned, &[*worker])
            }
            Event::AssignmentReleased { call, worker, .. } => {
                Self::new(*call, NoticeOn::Released, &[*worker])
            }
            Event::OfferSent { call, worker, .. } => {
                Self::new(*call, NoticeOn::Offered, &[*worker])
            }
            Event::BroadcastSent { call, workers, .. } => {
                Self::new(*call, NoticeOn::Offered, workers)
            }
            Event::OfferWithdrawn { call, worker, .. } => {
                Self::new(*call, NoticeOn::Withdrawn, &[*worker])
            }
            Event::BroadcastOver { call, losers, .. } => {
                Self::new(*call, NoticeOn::Withdrawn, losers)
            }
            Event::WorkerEnRoute { call, worker } => {
                Self::new(*call, NoticeOn::EnRoute, &[*worker])
            }
            Event::WorkerArrived { call, worker } => {
                Self::new(*call, NoticeOn::Arrived, &[*worker])
            }
            Event::WorkStarted { call, worker } => {
                Self::new(*call, NoticeOn::Started, worker.as_slice())
            }
            Event::WorkFinished { call, worker, .. } => {
                Self::new(*call, NoticeOn::Finished, worker.as_slice())
            }
            Event::CallCompleted { call } => Self::new(*call, NoticeOn::Completed, &[]),
            Event::CouponGranted { call, .. } => Self::new(*call, NoticeOn::Coupon, &[]),
            Event::CallUnwinding { call, target, .. } => {
                let on = match target {
                    Target::Canceled => NoticeOn::Canceled,
                    Target::Unfilled => NoticeOn::Unfilled,
                    Target::Rejected => NoticeOn::Rejected,
                };
                Self::new(*call, on, &[])
            }
            _ => return None,
        })
    }
}

/// What a move of money tells of: what was captured when nobody wanted it any more need not be told, nor its way back.
fn told_of_money(c: &Call, call: CallId, what: MoneyMove) -> Told {
    let on = match what {
        MoneyMove::Captured | MoneyMove::Settled(_) => NoticeOn::Paid,
        MoneyMove::Refunded => NoticeOn::Refunded,
    };
    let by_hand = matches!(what, MoneyMove::Settled(_));
    Told { must: !c.paid_late && !by_hand, ..Told::new(call, on, &[]) }
}

impl Checker {
    /// Notes which notices the event asks for. To be called after the event was read.
    pub(super) fn expect_notices(&mut self, event: &Event) {
        let told = match event {
            Event::MoneyMoved { call, what, .. } => {
                self.calls.known.get(call).map(|c| told_of_money(c, *call, *what))
            }
            Event::StepAnswered { call, step, op: Op::Do, outcome: Outcome::Denied(_), .. } => {
                let c = self.calls.known.get(call);
                c.filter(|c| waits_after(c, usize::from(*step)))
                    .map(|_| Told::new(*call, NoticeOn::Short, &[]))
            }
            other => Told::of(other),
        };
        let Some(mut told) = told else { return };
        let Some(c) = self.calls.known.get(&told.call) else { return };
        if told.on == NoticeOn::Parked && c.parkings > 1 {
            return;
        }
        if told.on == NoticeOn::Rescheduled {
            told.workers.extend(c.worker.or(c.reserved.map(|r| r.worker)));
        }
        for (rule, spec) in c.spec.notices.iter().enumerate().filter(|(_, r)| r.on == told.on) {
            let Ok(rule) = u8::try_from(rule) else { continue };
            for (to, reachable) in self.recipients(c, spec, &told) {
                let due = (told.call, rule, to);
                if told.must && reachable.is_some() {
                    self.notices.due.insert(due, (spec.transport, reachable == Some(true)));
                } else {
                    self.notices.allowed.insert(due, reachable);
                }
            }
        }
    }

    /// Who a rule sends to, and whether they can be reached; `None`: they may be told, and need not.
    fn recipients(
        &self,
        c: &Call,
        rule: &NoticeRule,
        told: &Told,
    ) -> Vec<(SubjectId, Option<bool>)> {
        let subject = |worker: &WorkerId| self.workers.get(worker).map(|w| w.subject);
        match rule.to {
            Role::Customer => vec![(c.subject, Some(c.reachable))],
            Role::Friend => {
                let friend = c.member.and_then(|m| Some((m.friend?, Some(m.friend_reachable))));
                friend.into_iter().collect()
            }
            Role::Worker if told.workers.is_empty() => {
                // The event names no worker: whoever is concerned by this record may be told.
                let near = self.touched_workers.iter().chain(&c.last_worker).chain(&c.worker);
                let reserved = c.reserved.as_ref().map(|r| &r.worker);
                near.chain(reserved).filter_map(|w| Some((subject(w)?, None))).collect()
            }
            Role::Worker => {
                let workers = told.workers.iter();
                workers.filter_map(|w| Some((subject(w)?, Some(true)))).collect()
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
            Event::WorkersTold { call, rule, transport, workers } => {
                for worker in workers {
                    let Some(to) = self.worker(*worker).map(|w| w.subject) else { continue };
                    let (call, rule, transport) = (*call, *rule, *transport);
                    self.said(ctx, NoticeKey { seq: ctx.seq, call, rule, to, transport }, true);
                }
            }
            Event::NoticeSuppressed { notice } => self.said(ctx, *notice, false),
            Event::NoticeAccepted { notice, attempt, reference } => {
                self.accepted(ctx, *notice, *attempt, reference);
            }
            Event::NoticeDelivered { notice, .. } => self.delivered(*notice),
            Event::NoticeFailed { notice, attempt, retry_at, by_sms, .. } => {
                self.failed(ctx, *notice, *attempt, *retry_at, *by_sms);
            }
            Event::NoticeResent { notice, .. } => self.resent(ctx, *notice),
            _ => {}
        }
    }

    fn said(&mut self, ctx: Ctx<'_>, key: NoticeKey, issued: bool) {
        let Self { notices, log, calls, .. } = self;
        let due = (key.call, key.rule, key.to);
        let asked = notices.due.get(&due).map(|(_, reachable)| Some(*reachable));
        let asked = asked.or_else(|| notices.allowed.get(&due).copied());
        let fits = asked.is_some();
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
        if let Some(Some(reachable)) = asked {
            log.check(Rule::O8, reachable == issued, || {
                let what = if issued { "issued" } else { "suppressed" };
                format!("{key:?} is {what}, recipient reachable: {reachable}")
            });
        }
        let first = notices.said.insert(key);
        log.check(Rule::O1, first, || format!("{key:?} is said twice"));
        if first && issued && key.transport != Transport::Inbox {
            notices.open.insert(key, Open::default());
            notices.lines.entry((key.call, key.to)).or_default().push_back(key);
        }
    }

    fn delivered(&mut self, key: NoticeKey) {
        if self.is_open(key, "delivered") {
            self.check_order(key);
            self.notices.end(&key);
            self.attentions.back(&key);
        }
    }

    fn is_open(&mut self, key: NoticeKey, what: &str) -> bool {
        let open = self.notices.open.contains_key(&key);
        self.log.check(Rule::O2, open, || format!("{key:?} is {what} but does not wait"))
    }

    /// The oldest notice to a recipient about a call goes first, but for what is sent again.
    fn check_order(&mut self, key: NoticeKey) {
        let again = self.notices.open.get(&key).is_some_and(|open| open.again);
        let first = self.notices.lines.get(&(key.call, key.to)).and_then(VecDeque::front).copied();
        let in_turn = first.is_none_or(|first| first == key || first.seq == key.seq);
        self.log.check(Rule::O5, again || in_turn, || {
            format!("{key:?} is sent before {first:?} has ended")
        });
    }

    /// Whether this try is the one that follows, and not before its time.
    fn check_try(&mut self, ctx: Ctx<'_>, key: NoticeKey, attempt: u32) -> Open {
        let open = self.notices.open.get(&key).copied().unwrap_or_default();
        let next = if open.accepted { open.tried } else { open.tried + 1 };
        let in_turn = attempt == next && attempt <= TRIES_MAX;
        self.log.check(Rule::O7, in_turn && open.not_before.is_none_or(|t| ctx.at >= t), || {
            format!("{key:?} has try {attempt} after {open:?}")
        });
        open
    }

    fn accepted(&mut self, ctx: Ctx<'_>, key: NoticeKey, attempt: u32, reference: &str) {
        if !self.is_open(key, "accepted") {
            return;
        }
        self.check_order(key);
        let open = self.check_try(ctx, key, attempt);
        let asks = matches!(key.transport, Transport::Alimtalk | Transport::Sms);
        self.log.check(Rule::O9, asks && !open.accepted && !reference.is_empty(), || {
            format!("{key:?} is accepted, by {:?}, after {open:?}", key.transport)
        });
        let accepted = Open { tried: attempt, not_before: None, accepted: true, ..open };
        self.notices.open.insert(key, accepted);
    }

    fn failed(
        &mut self,
        ctx: Ctx<'_>,
        key: NoticeKey,
        attempt: u32,
        retry_at: Option<Time>,
        by_sms: bool,
    ) {
        if !self.is_open(key, "failed") {
            return;
        }
        self.check_order(key);
        let open = self.check_try(ctx, key, attempt);
        self.log.check(Rule::O7, retry_at.is_none_or(|t| t > ctx.at), || {
            format!("{key:?} is tried again at {retry_at:?}, which is over")
        });
        let turns =
            !by_sms || (key.transport == Transport::Alimtalk && !open.by_sms && retry_at.is_some());
        self.log.check(Rule::O9, turns, || format!("{key:?} turns to SMS after {open:?}"));
        if retry_at.is_some() {
            let by_sms = open.by_sms || by_sms;
            let waits =
                Open { tried: attempt, not_before: retry_at, accepted: false, by_sms, ..open };
            self.notices.open.insert(key, waits);
        } else {
            self.notices.end(&key);
            self.attentions.died.push(key);
        }
    }

    /// A person has it sent again; it had ended, and was one that goes anywhere.
    fn resent(&mut self, ctx: Ctx<'_>, key: NoticeKey) {
        let Self { notices, log, calls, .. } = self;
        let past = key.seq < ctx.seq && key.transport != Transport::Inbox;
        log.check(Rule::O10, past && ctx.is_operator(), || {
            format!("{key:?} is sent again by {:?}", ctx.actor)
        });
        log.check(Rule::I9, calls.was_received(key.call), || format!("nobody knows {key:?}"));
        let again = Open { again: true, ..Open::default() };
        let was_open = notices.open.insert(key, again).is_some();
        log.check(Rule::O10, !was_open, || format!("{key:?} is sent again but had not ended"));
    }

    pub(super) fn check_notices(&mut self, ctx: Ctx<'_>) {
        self.notices.end_record(&mut self.log, ctx.seq);
    }
}

/// Whether the call waits when this step is refused, e.g. for goods.
fn waits_after(c: &Call, step: usize) -> bool {
    let spec = c.spec.steps.get(step);
    let waits = spec.is_some_and(|spec| {
        spec.position == Position::AfterOpen && spec.on_denied == OnDenied::Wait
    });
    waits && table::is_going_forward(c.phase)
}
