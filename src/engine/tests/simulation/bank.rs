//! The bank outside: its own ledger of what it charged and gave back, by the keys it was given.
//!
//! Invariant: under one key money moves once and in one amount; nothing is given back that was not charged. It knows
//! nothing of the desk's books, which must agree with it at quiet.

use crate::history::Broken;
use crate::outside::Request;
use ascall_engine::domain::event::{Op, Outcome};
use ascall_engine::domain::ids::CallId;
use std::collections::BTreeMap;

/// What a request to the bank is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// So much is to be charged.
    Charge(i64),
    /// So much is to be given back of what was charged.
    Refund(i64),
}

/// What the bank did for one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    pub captures: u32,
    pub captured: i64,
    pub refunded: i64,
}

/// A charge or a refund under its key.
#[derive(Debug, Clone, Copy)]
struct Entry {
    money: Money,
    done: bool,
    /// Taken back, or forbidden before it was done.
    over: bool,
}

#[derive(Debug, Default)]
pub struct Bank {
    entries: BTreeMap<(CallId, u8, u32), Entry>,
    accounts: BTreeMap<CallId, Account>,
    /// The first thing it was asked that no bank understands.
    pub complaint: Option<Broken>,
}

impl Bank {
    /// A request arrives: what it moves, and what the bank says.
    pub fn take(&mut self, request: &Request, money: Money, denies: bool) -> Outcome {
        let no = |why: &str| Outcome::Denied(why.to_owned());
        let key = (request.call, request.step, request.group);
        let entry = self.entries.entry(key).or_insert(Entry { money, done: false, over: false });
        if entry.money != money {
            let what = format!("{key:?} was {:?} and is now {money:?}", entry.money);
            self.complaint.get_or_insert(("M8", what));
        }
        let account = self.accounts.entry(request.call).or_default();
        let left = account.captured - account.refunded;
        match (request.op, money) {
            (Op::Do, _) if entry.over => no("taken back before"),
            (Op::Do | Op::Query, _) if entry.done => Outcome::Ok,
            (Op::Query, _) => no("not done"),
            (Op::Do, _) if denies => no("no credit"),
            (Op::Do, Money::Refund(won)) if won > left => no("more than was charged"),
            (Op::Do, Money::Refund(won)) => {
                entry.done = true;
                account.refunded += won;
                Outcome::Ok
            }
            (Op::Do, Money::Charge(won)) => {
                entry.done = true;
                account.captures += 1;
                account.captured += won;
                Outcome::Ok
            }
            (Op::Undo, _) if denies && entry.done => no("too late"),
            (Op::Undo, Money::Charge(_)) => {
                entry.over = true;
                if std::mem::take(&mut entry.done) {
                    account.refunded = account.captured;
                }
                Outcome::Ok
            }
            (Op::Undo, Money::Refund(_)) => {
                self.complaint.get_or_insert(("M3", format!("{key:?}: a refund is undone")));
                no("never")
            }
        }
    }

    /// Whose money it moved, and how.
    pub fn accounts(&self) -> impl Iterator<Item = (CallId, Account)> {
        self.accounts.iter().map(|(call, account)| (*call, *account))
    }

    /// What the bank did for a call.
    pub fn of(&self, call: CallId) -> Account {
        self.accounts.get(&call).copied().unwrap_or_default()
    }

    /// The keys under which something stands.
    pub fn standing(&self) -> impl Iterator<Item = (CallId, u8, u32)> {
        self.entries.iter().filter(|(_, entry)| entry.done).map(|(key, _)| *key)
    }
}
