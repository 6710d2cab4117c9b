//! Who they are: invented names and numbers, what customers ask for, whom a desk must know before they come.
//!
//! Invariant: every number is `010-0000-nnnn`; members have the upper half of these to themselves, so that no stranger is
//! taken for one.

use super::dice::{Dice, Whom};
use super::{Asked, Crowd, STRANGERS, Staff, Todo};
use crate::load::scenario::{Area, Crew, Share};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{Millis, WorkerId};
use ascall_engine::domain::profile::{FieldKind, Price, Profile};
use std::collections::BTreeMap;

const SURNAMES: [&str; 16] = [
    "김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황",
];

const FIRST: [&str; 12] = ["가", "나", "다", "하", "세", "서", "도", "지", "민", "은", "태", "예"];

const SECOND: [&str; 12] = ["람", "온", "솔", "늘", "린", "결", "빛", "샘", "담", "율", "한", "별"];

/// The most members.
pub(crate) const MEMBERS_MAX: u32 = 5_000;

/// A worker to be added before the load begins. The first is `W-1`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hired {
    /// The name.
    pub name: String,
    /// The number.
    pub tel: String,
    /// For which profiles.
    pub profiles: Vec<String>,
    /// What they can do.
    pub skills: Vec<String>,
    /// Where they are.
    pub home: Option<Point>,
    /// Whether they are there from the begin on.
    pub on: bool,
}

/// A member to be added before the load begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enrolled {
    /// The name.
    pub name: String,
    /// The number; no other member and no other customer has it.
    pub tel: String,
    /// The payment provider's token of a card.
    pub card: String,
}

/// Whom and what a desk must know before the load begins, beside those who are hired.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Founding {
    /// The members, in order: `Asked::member` counts them from 0.
    pub members: Vec<Enrolled>,
    /// What is in the storeroom: products and how many of each.
    pub goods: Vec<(String, u32)>,
}

impl Crowd {
    /// Who is to be hired before the load begins, in order.
    pub(crate) fn hired(&self) -> Vec<Hired> {
        self.crewed().map(|(nth, _, crew)| hired(self.dice, nth, crew)).collect()
    }

    /// Whom and what else the desk must know before.
    pub(crate) fn founding(&self) -> Founding {
        let members = self.scenario.profiles.iter().any(|profile| profile.membership.required);
        let count = if members { self.scenario.members.clamp(1, MEMBERS_MAX) } else { 0 };
        let enrolled = |nth: u32| Enrolled {
            name: name(self.dice, Whom(nth.into(), 0), "member"),
            tel: member_tel(nth),
            card: format!("tok_load_{nth:04}"),
        };
        Founding {
            members: (0..count).map(enrolled).collect(),
            goods: self.scenario.stock.iter().map(|(name, qty)| (name.clone(), *qty)).collect(),
        }
    }

    /// Those who are hired get their numbers, and their shifts are planned.
    pub(super) fn enlist(&mut self, ids: &[WorkerId]) {
        let crewed: Vec<(u64, usize)> = self.crewed().map(|(nth, crew, _)| (nth, crew)).collect();
        self.staff.clear();
        for ((nth, at), id) in crewed.into_iter().zip(ids.iter().copied()) {
            let Some(crew) = self.scenario.crews.get(at) else { continue };
            let (shift, every) = (crew.shift, crew.claim_every);
            let on = is_on_from_begin(crew);
            self.staff
                .insert(id, Staff { crew: at, on, call: None, browsing: on && every.is_some() });
            if let Some((from, until)) = shift {
                if !on {
                    self.plan(from, Todo::Duty(id, true));
                }
                self.plan(until, Todo::Duty(id, false));
            }
            if let Some(every) = every.filter(|_| on) {
                // Not all at once.
                let first = self.dice.below(Whom(nth, 0), "first look", every.0.max(1));
                self.plan(Millis(first), Todo::Browse(id));
            }
        }
    }

    /// Everybody who works: the how manyth, from 0, and of which crew.
    fn crewed(&self) -> impl Iterator<Item = (u64, usize, &Crew)> {
        let each = |(at, crew): (usize, &'_ Crew)| {
            (0..crew.count).map(move |_| at).collect::<Vec<usize>>()
        };
        let crews = &self.scenario.crews;
        let all = crews.iter().enumerate().flat_map(each);
        (0..).zip(all).filter_map(|(nth, at)| Some((nth, at, crews.get(at)?)))
    }

    /// What a customer asks for.
    pub(super) fn asked(&self, who: u64) -> Asked {
        let whom = Whom(who, 0);
        let key = self.key(who);
        let Some((share, profile)) = self.share(who).zip(self.profile(who)) else {
            return Asked {
                key,
                profile: String::new(),
                tel: customer_tel(0),
                spot: None,
                kind: None,
                cost: None,
                fields: BTreeMap::new(),
                member: None,
                address: None,
            };
        };
        let mut fields = BTreeMap::new();
        for field in profile.fields.iter().filter(|field| field.is_own() && !field.skill) {
            let given = share.fields.iter().find(|(name, _)| *name == field.name);
            let value = match (given, field.kind) {
                (Some((name, values)), _) => self.dice.one_of(whom, name, values).cloned(),
                (None, FieldKind::Reference) => Some(key.clone()),
                (None, FieldKind::Place) => {
                    let place = place(self.dice, Whom(who, 1), &share.area);
                    place.map(|point| point.to_string())
                }
                (None, _) => None,
            };
            if let Some(value) = value {
                fields.insert(field.name.clone(), value);
            }
        }
        let member = profile.membership.required.then(|| {
            let all = u64::from(self.scenario.members.clamp(1, MEMBERS_MAX));
            u32::try_from(self.dice.below(whom, "member", all)).unwrap_or(0)
        });
        let any = u32::try_from(self.dice.below(whom, "tel", 5_000)).unwrap_or(0);
        Asked {
            key,
            profile: profile.name.clone(),
            tel: member.map_or_else(|| customer_tel(any), member_tel),
            spot: place(self.dice, whom, &share.area),
            kind: self.dice.one_of(whom, "kind", &share.kinds).cloned(),
            cost: share.cost.filter(|_| !is_metered(profile)).map(|cost| self.won(who, cost)),
            fields,
            member,
            address: share.address.clone(),
        }
    }

    /// The fare that is reported at the end of the work, where it is metered.
    pub(super) fn fare(&self, who: u64) -> Option<u64> {
        const FARE: (u64, u64) = (4_800, 30_000);
        let (share, profile) = self.share(who).zip(self.profile(who))?;
        is_metered(profile).then(|| self.won(who, share.cost.unwrap_or(FARE)))
    }

    /// A price in whole hundreds, unless the range is narrower than that.
    fn won(&self, who: u64, (least, most): (u64, u64)) -> u64 {
        let won = self.dice.within(Whom(who, 0), "cost", (least, most));
        (won / 100 * 100).max(least)
    }

    /// The idempotency key of a customer.
    pub(super) fn key(&self, who: u64) -> String {
        format!("{}-{who}", self.tag)
    }

    /// What kind of customer this is; none: it is none of ours.
    pub(super) fn share(&self, who: u64) -> Option<&Share> {
        if who >= STRANGERS {
            return None;
        }
        let mix = &self.scenario.mix;
        mix.get(self.dice.by_weight(Whom(who, 0), "share", mix.iter().map(|s| s.weight)))
    }

    /// The profile of a customer's calls.
    pub(super) fn profile(&self, who: u64) -> Option<&Profile> {
        let name = &self.share(who)?.profile;
        self.scenario.profiles.iter().find(|profile| profile.name == *name)
    }
}

/// Whether a crew is there when the load begins.
fn is_on_from_begin(crew: &Crew) -> bool {
    crew.shift.is_none_or(|(from, _)| from == Millis(0))
}

/// Whether the price is only known at the end.
fn is_metered(profile: &Profile) -> bool {
    profile.payment.is_some_and(|rule| rule.price == Price::Metered)
}

fn hired(dice: Dice, nth: u64, crew: &Crew) -> Hired {
    let whom = Whom(nth, 0);
    let (skills, some) = &crew.skills;
    let mut left = skills.clone();
    let mut skills = Vec::new();
    let count = some.map_or(left.len(), |some| left.len().min(some as usize));
    for pick in 0..count {
        skills.push(left.swap_remove(dice.place(Whom(nth, pick as u64), "skill", left.len())));
    }
    Hired {
        name: name(dice, whom, "worker"),
        tel: format!("010-0000-{:04}", nth % 10_000),
        profiles: crew.profiles.clone(),
        skills,
        home: place(dice, Whom(nth, 2), &crew.area),
        on: is_on_from_begin(crew),
    }
}

fn name(dice: Dice, whom: Whom, role: &str) -> String {
    [&SURNAMES[..], &FIRST[..], &SECOND[..]]
        .iter()
        .enumerate()
        .filter_map(|(at, all)| dice.one_of(whom, &format!("{role} {at}"), all))
        .copied()
        .collect()
}

fn customer_tel(nth: u32) -> String {
    format!("010-0000-{:04}", nth % 5_000)
}

fn member_tel(nth: u32) -> String {
    format!("010-0000-{}", 5_000 + nth % 5_000)
}

fn place(dice: Dice, whom: Whom, area: &Area) -> Option<Point> {
    match area {
        Area::Nowhere => None,
        Area::Box(low, high) => dice.in_box(whom, (*low, *high)),
        Area::Around(centres, metres) => {
            let at = dice.by_weight(whom, "centre", centres.iter().map(|(_, weight)| *weight));
            centres.get(at).and_then(|(centre, _)| dice.around(whom, *centre, *metres))
        }
    }
}
