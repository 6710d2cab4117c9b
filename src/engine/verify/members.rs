//! Members: who they are, what a call keeps of them, their rides and coupons; and the client's own numbers.
//!
//! Invariant: a coupon earned in a record is granted in that record.

use super::Checker;
use super::model::Member;
use super::rule::Rule;
use crate::domain::event::{Event, MemberRef, TelDigest};
use crate::domain::ids::{CallId, MemberId, SubjectId, Won};
use crate::domain::profile::{FieldKind, Profile};
use std::collections::BTreeMap;

/// All members.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub by_id: BTreeMap<MemberId, Member>,
    by_tel: BTreeMap<TelDigest, MemberId>,
    /// Coupons earned in the record being read and not granted yet: member, call, how many rides, worth.
    earned: Vec<(MemberId, CallId, u32, Won)>,
}

/// A mark of the client's own number of a call within its line; none: the line has none, or the call.
pub(super) fn reference(spec: &Profile, fields: &BTreeMap<String, String>) -> Option<u64> {
    let field = spec.fields.iter().find(|field| field.kind == FieldKind::Reference)?;
    let given = fields.get(&field.name)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(spec.name.as_bytes()).update(&[0]).update(given.as_bytes());
    let mut eight = [0; 8];
    eight.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    Some(u64::from_le_bytes(eight))
}

impl Checker {
    pub(super) fn member_event(&mut self, event: &Event) {
        match event {
            Event::MemberAdded { member, subject, tel, friend, friend_reachable, card, .. } => {
                self.ids.members.next(&mut self.log, "member", member.0);
                self.subjects_seen([Some(*subject), *friend]);
                let new = Member {
                    subject: *subject,
                    tel: *tel,
                    friend: friend.map(|friend| (friend, *friend_reachable)),
                    card: *card,
                    rides: 0,
                    coupons: Vec::new(),
                };
                let is_new = self.members.by_id.insert(*member, new).is_none();
                self.log.check(Rule::I7, is_new, || format!("{member} is added again"));
                self.number_taken(*member, *tel);
            }
            Event::MemberChanged { member, subject, tel, friend, card } => {
                self.subjects_seen([*subject, friend.map(|(friend, _)| friend)]);
                let Some(m) = self.member(*member) else { return };
                m.subject = subject.unwrap_or(m.subject);
                m.friend = friend.or(m.friend);
                m.card = card.or(m.card);
                let old = m.tel;
                m.tel = tel.map_or(old, |(tel, _)| tel);
                if let Some((tel, _)) = tel {
                    self.members.by_tel.remove(&old);
                    self.number_taken(*member, *tel);
                }
            }
            _ => {}
        }
    }

    /// New people of one event, in whichever order they were numbered.
    fn subjects_seen(&mut self, mut subjects: [Option<SubjectId>; 2]) {
        subjects.sort_unstable();
        for subject in subjects.into_iter().flatten() {
            self.ids.subjects.seen(&mut self.log, "subject", subject.0);
        }
    }

    fn member(&mut self, id: MemberId) -> Option<&mut Member> {
        let known = self.members.by_id.contains_key(&id);
        self.log.check(Rule::I9, known, || format!("there is no member {id}"));
        self.members.by_id.get_mut(&id)
    }

    fn number_taken(&mut self, member: MemberId, tel: TelDigest) {
        let other = self.members.by_tel.insert(tel, member).filter(|other| *other != member);
        self.log
            .check(Rule::U1, other.is_none(), || format!("{member} has the number of {other:?}"));
    }

    /// What a call keeps of its member.
    pub(super) fn check_member(&mut self, call: CallId, kept: Option<&MemberRef>, spec: &Profile) {
        let needs = spec.membership.required;
        self.log.check(Rule::U2, kept.is_some() || !needs, || {
            format!("{call} is a stranger's, and `{}` is for members only", spec.name)
        });
        let Some(kept) = kept else { return };
        let Some(m) = self.member(kept.member) else { return };
        let known = MemberRef {
            member: kept.member,
            friend: m.friend.map(|(friend, _)| friend),
            friend_reachable: m.friend.is_some_and(|(_, reachable)| reachable),
            card: m.card,
        };
        self.log.check(Rule::U2, *kept == known, || {
            format!("{call} keeps {kept:?}, the member was {known:?}")
        });
    }

    /// A completed call is a ride of its member, and some of them earn a coupon.
    pub(super) fn count_ride(&mut self, call: CallId) {
        let Some(c) = self.calls.known.get(&call) else { return };
        let Some(kept) = c.member else { return };
        let rewards = c.spec.rewards.clone();
        let Some(m) = self.members.by_id.get_mut(&kept.member) else { return };
        m.rides = m.rides.saturating_add(1);
        let rides = m.rides;
        let earned = rewards
            .iter()
            .filter(|r| r.every > 0 && r.coupon.0 > 0 && rides.is_multiple_of(r.every));
        self.members.earned.extend(earned.map(|r| (kept.member, call, rides, r.coupon)));
    }

    pub(super) fn coupon_event(&mut self, event: &Event) {
        match event {
            Event::CouponGranted { member, call, nth, won } => {
                self.calls.past(&mut self.log, *call, "a coupon");
                let coupon = (*member, *call, *nth, *won);
                let at = self.members.earned.iter().position(|earned| *earned == coupon);
                self.log.check(Rule::M9, at.is_some(), || {
                    format!("{member} gets a coupon of {won} won for {call}, ride {nth}, and earned none")
                });
                if let Some(at) = at {
                    self.members.earned.remove(at);
                }
                if let Some(m) = self.member(*member) {
                    m.coupons.push(*won);
                }
            }
            Event::CouponUsed { member, call, won } => self.coupon_used(*member, *call, *won),
            _ => {}
        }
    }

    fn coupon_used(&mut self, member: MemberId, call: CallId, won: Won) {
        let Some(c) = self.calls.live(&mut self.log, call, "a coupon") else { return };
        let (own, agreed) = (c.member.map(|kept| kept.member), super::money::is_charged(c));
        let price = c.fare.or(c.cost);
        c.money.discount = Won(c.money.discount.0.saturating_add(won.0));
        self.log.check(Rule::M8, !agreed, || {
            format!("the price of {call} falls by {won} won after it was agreed on")
        });
        let Some(m) = self.member(member) else { return };
        let oldest = (!m.coupons.is_empty()).then(|| m.coupons.remove(0));
        // Of one that is worth more than the price the rest is gone.
        let worth = oldest.map(|coupon| price.map_or(coupon, |price| coupon.min(price)));
        self.log.check(Rule::M9, worth == Some(won) && own == Some(member), || {
            format!("{call} of {own:?} uses a coupon of {member} for {won} won, worth {worth:?}")
        });
    }

    /// Every coupon that was earned must have been granted.
    pub(super) fn check_granted(&mut self) {
        for (member, call, nth, won) in std::mem::take(&mut self.members.earned) {
            self.log.fault(Rule::M9, || {
                format!(
                    "{call} is ride {nth} of {member} and earned {won} won, which nobody granted"
                )
            });
        }
    }

    /// A call that ends without ever having been accepted leaves the client's number free.
    pub(super) fn free_reference(&mut self, call: CallId) {
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        if let (Some(reference), None) = (c.reference, c.opened_at) {
            self.references.remove(&reference);
            c.reference = None;
        }
    }
}
