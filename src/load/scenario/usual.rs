//! What a scenario means where it says nothing, and the scenario of a few flags.
//!
//! Invariant: what is usual is said in `docs/load.md`.

use super::read::{COUNT_MAX, RATE_MAX, check_fault};
use super::{Area, Arrivals, Crew, Fault, Scenario, Share, Slip, Stage, Traffic};
use crate::load::expect::Expectation;
use crate::toml_file::nearest;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::{FieldKind, Price, Profile, Stage as Plan};
use ascall_engine::places::{Resolution, resolve};
use std::collections::{BTreeMap, BTreeSet};

/// Parts of Seoul where calls come from.
const PARTS: [&str; 6] = [
    "서울 강남구 역삼동",
    "서울 마포구 공덕동",
    "서울 송파구 잠실동",
    "서울 영등포구 여의도동",
    "서울 종로구 혜화동",
    "서울 관악구 봉천동",
];

/// How far from these, in metres.
pub(super) const WITHIN_M: u32 = 1_500;

/// How long a worker takes to answer an offer.
pub(super) const ANSWER: (Millis, Millis) = (Millis(2_000), Millis(8_000));

/// How long a worker is under way.
pub(super) const TRAVEL: (Millis, Millis) = (Millis(5_000), Millis(15_000));

/// How long a worker works.
pub(super) const WORK: (Millis, Millis) = (Millis(10_000), Millis(30_000));

/// How often workers look for calls where nobody is sent to them.
const CLAIM_EVERY: Millis = Millis::secs(5);

/// How many members there are.
pub(super) const MEMBERS: u32 = 200;

/// How many of each product there are.
const STOCK: u32 = 1_000_000;

/// What is asked for in a shop.
const PRODUCT: &str = "마스크";

/// What a call costs, in won.
const COST: (u64, u64) = (20_000, 60_000);

/// How many workers serve a closed load.
const WORKERS: u32 = 1_000;

/// The most workers an open load has by itself.
const WORKERS_MAX: u32 = 5_000;

/// Around some parts of Seoul.
pub(super) fn area() -> Area {
    let point = |name: &&str| match resolve(name) {
        Resolution::Exact(place) => Some((place.point, 1)),
        _ => None,
    };
    Area::Around(PARTS.iter().filter_map(point).collect(), WITHIN_M)
}

/// The price of a call, where every call must name one.
pub(super) fn cost(profile: &Profile) -> Option<(u64, u64)> {
    let fixed = profile.payment.is_some_and(|rule| rule.price == Price::Fixed);
    let asked = profile.fields.iter().any(|f| f.required && f.kind == FieldKind::Won);
    (fixed || asked).then_some(COST)
}

/// Whether workers of this line are asked before they have a call.
pub(super) fn asks_workers(line: &Profile) -> bool {
    let asked = |stage: &Plan| matches!(stage, Plan::Offer { .. } | Plan::Broadcast { .. });
    line.plan.iter().any(asked)
}

/// How often workers of these lines look for calls to take: where nobody is ever sent to them.
pub(super) fn claim_every(profiles: &[Profile], names: &[String]) -> Option<Millis> {
    let theirs = profiles.iter().filter(|profile| names.contains(&profile.name));
    let mut stages = theirs.flat_map(|profile| &profile.plan).peekable();
    stages.peek()?;
    let (mut claimable, mut automatic) = (false, false);
    for stage in stages {
        claimable |= stage.is_claimable();
        automatic |= stage.is_automatic();
    }
    (claimable && !automatic).then_some(CLAIM_EVERY)
}

/// The goods that those who come ask for.
pub(super) fn stock(mix: &[Share], profiles: &[Profile]) -> BTreeMap<String, u32> {
    let mut goods = BTreeMap::new();
    for share in mix {
        let rule = profiles.iter().find(|p| p.name == share.profile).and_then(|p| p.stock.as_ref());
        let values =
            rule.and_then(|rule| share.fields.iter().find(|(name, _)| *name == rule.product));
        for product in values.into_iter().flat_map(|(_, values)| values) {
            goods.insert(product.clone(), STOCK);
        }
    }
    goods
}

/// What a load without a file is told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flags {
    /// The profile of all calls.
    pub profile: String,
    /// So many come per second; not together with `users`.
    pub rate: Option<f64>,
    /// So many come again once answered.
    pub users: Option<u32>,
    /// How long.
    pub lasts: Millis,
    /// How many work; none: as many as the load needs.
    pub workers: Option<u32>,
    /// Of every choice that looks random.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// What must hold.
    pub expect: Vec<Expectation>,
}

impl Scenario {
    /// The scenario of a few flags; the profile is one of these.
    ///
    /// # Errors
    /// What cannot be, in a sentence.
    pub(crate) fn from_flags(flags: &Flags, profiles: &[Profile]) -> Result<Self, Slip> {
        let profile = profiles.iter().find(|profile| profile.name == flags.profile);
        let Some(profile) = profile.cloned() else {
            let known: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
            let what = format!("there is no profile `{}` ({})", flags.profile, known.join(", "));
            let nearest = nearest(&flags.profile, &known).map(str::to_owned);
            return Err(Slip { what, nearest });
        };
        let traffic = traffic(flags)?;
        let lasts = flags.lasts;
        if flags.workers.is_some_and(|workers| workers > COUNT_MAX) {
            return Err(Slip::from(format!("at most {COUNT_MAX} workers are expected")));
        }
        let profiles = vec![profile];
        for fault in &flags.faults {
            check_fault(fault, &profiles, lasts)?;
        }
        let mut faults = flags.faults.clone();
        faults.sort_by_key(|fault| fault.at);
        let mix = vec![share(&profiles[0])?];
        let count = flags.workers.unwrap_or_else(|| workers(&traffic));
        let names = vec![flags.profile.clone()];
        let crew = Crew {
            count,
            claim_every: claim_every(&profiles, &names),
            skills: (skills(&mix, &names), None),
            profiles: names,
            area: area(),
            shift: None,
            answer: ANSWER,
            accept_pct: 100,
            travel: TRAVEL,
            work: WORK,
            no_show_pct: 0,
        };
        let members = profiles.iter().any(|profile| profile.membership.required);
        Ok(Self {
            title: flags.profile.clone(),
            seed: flags.seed,
            members: if members { MEMBERS } else { 0 },
            stock: stock(&mix, &profiles),
            traffic,
            mix,
            profiles,
            crews: if count == 0 { Vec::new() } else { vec![crew] },
            faults,
            expect: flags.expect.clone(),
            settle: Millis::mins(1),
        })
    }

    /// How long after the last customer came workers may take to answer what they are asked, or to look for a call.
    pub(crate) fn until_answered(&self) -> Millis {
        let asks = |name: &String| {
            self.profiles.iter().any(|line| line.name == *name && asks_workers(line))
        };
        let crews = self.crews.iter().map(|crew| {
            let answer = if crew.profiles.iter().any(asks) { crew.answer.1 } else { Millis(0) };
            answer.max(crew.claim_every.unwrap_or(Millis(0)))
        });
        crews.max().unwrap_or(Millis(0))
    }
}

/// Who comes when.
fn traffic(flags: &Flags) -> Result<Traffic, Slip> {
    let lasts = flags.lasts;
    if lasts == Millis(0) {
        return Err(Slip::from("a load lasts more than no time at all".to_owned()));
    }
    match (flags.rate, flags.users) {
        (Some(_), Some(_)) => Err(Slip::from("a load has a rate or users, not both".to_owned())),
        (None, Some(users)) if (1..=COUNT_MAX).contains(&users) => {
            Ok(Traffic::Closed { users, think: Millis(0), lasts })
        }
        (None, Some(_)) => Err(Slip::from(format!("1 to {COUNT_MAX} users are expected"))),
        (Some(rate), None) if (0.0..=RATE_MAX).contains(&rate) => {
            let arrivals = Arrivals::Poisson(rate, rate);
            let traffic = Traffic::Open(vec![Stage { lasts, arrivals }]);
            if traffic.expected().is_some_and(|all| all < 1.0) {
                let what =
                    "nobody ever comes: of so few per second not one is expected in that time";
                return Err(Slip::from(what.to_owned()));
            }
            Ok(traffic)
        }
        (Some(_), None) => Err(Slip::from(format!("a rate is 0 to {RATE_MAX} per second"))),
        (None, None) => Err(Slip::from("a load has a rate or users".to_owned())),
    }
}

/// What everybody does where nothing else is said.
fn share(profile: &Profile) -> Result<Share, Slip> {
    let mut fields = Vec::new();
    let open = |field: &&ascall_engine::domain::profile::Field| {
        field.required && field.default.is_none() && field.is_own() && !field.skill
    };
    for field in profile.fields.iter().filter(open) {
        let product = profile.stock.as_ref().is_some_and(|rule| rule.product == field.name);
        let values = match field.kind {
            FieldKind::Place | FieldKind::Reference => continue,
            FieldKind::Count => vec!["1".to_owned()],
            _ if product => vec![PRODUCT.to_owned()],
            _ if !field.one_of.is_empty() => field.one_of.clone(),
            _ => {
                return Err(Slip::from(format!(
                    "every call of `{}` needs `{}`: write a scenario that says it",
                    profile.name, field.name
                )));
            }
        };
        fields.push((field.name.clone(), values));
    }
    Ok(Share {
        profile: profile.name.clone(),
        weight: 1,
        area: area(),
        kinds: profile.skill_field().map(|field| field.one_of.clone()).unwrap_or_default(),
        cost: cost(profile),
        fields,
        patience: None,
        cancel_pct: 0,
        looks: 0,
        address: None,
    })
}

/// All skills that are asked for in these lines.
pub(super) fn skills(mix: &[Share], names: &[String]) -> Vec<String> {
    let theirs = mix.iter().filter(|share| names.contains(&share.profile));
    let all: BTreeSet<&String> = theirs.flat_map(|share| &share.kinds).collect();
    all.into_iter().cloned().collect()
}

/// As many as are at work at once, and half as many more.
fn workers(traffic: &Traffic) -> u32 {
    let Traffic::Open(stages) = traffic else { return WORKERS };
    let busiest = stages.iter().map(|stage| match stage.arrivals {
        Arrivals::Poisson(from, to) | Arrivals::Constant(from, to) => from.max(to),
        Arrivals::Recorded(_) => 0.0,
    });
    let mean_s = f64::midpoint(5.0, 15.0) + f64::midpoint(10.0, 30.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive, and the cast saturates"
    )]
    let needed = (busiest.fold(0.0, f64::max) * mean_s * 1.5).ceil() as u32;
    needed.clamp(1, WORKERS_MAX)
}
