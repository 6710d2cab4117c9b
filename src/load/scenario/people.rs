//! Who comes and who works, as a scenario's file says it: shares of the mix, crews, places, goods.
//!
//! Invariant: what a desk would refuse of every customer is refused here.

use super::file::{AreaFile, CrewFile, Numbers, ShareFile, Texts};
use super::read::{COUNT_MAX, Reading};
use super::{Address, Area, Crew, Share, usual};
use crate::load::crowd::MEMBERS_MAX;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::{Field, FieldKind, Profile, Stage};
use ascall_engine::places::{Resolution, resolve};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The farthest somebody may be from a place named.
const WITHIN_MAX: u32 = 200_000;

impl Reading<'_> {
    pub(super) fn mix(&mut self, shares: &[ShareFile]) -> Vec<Share> {
        if shares.is_empty() {
            self.wrong("mix", "nobody asks for anything");
        }
        let mut mix = Vec::new();
        for (at, share) in shares.iter().enumerate() {
            let at = format!("mix[{at}]");
            if let Some(profile) = self.profile(&format!("{at}.profile"), &share.profile) {
                mix.push(self.share(&at, share, &profile));
            }
        }
        mix
    }

    fn profile(&mut self, at: &str, name: &str) -> Option<Profile> {
        let found = self.known.iter().find(|profile| profile.name == name).cloned();
        if found.is_none() {
            let known: Vec<String> = self.known.iter().map(|p| p.name.clone()).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            self.unknown(at, ("profile", name), &known);
        }
        found
    }

    fn share(&mut self, at: &str, share: &ShareFile, profile: &Profile) -> Share {
        if share.weight == 0 {
            self.wrong(&format!("{at}.weight"), "a weight of nothing: nobody would do this");
        }
        let area = match &share.area {
            Some(area) => self.area(&format!("{at}.area"), area),
            None => usual::area(),
        };
        let mut fields = Vec::new();
        let mut kinds = share.kinds.clone();
        for (name, values) in &share.fields {
            let here = format!("{at}.fields.{name}");
            if values.0.is_empty() {
                self.wrong(&here, "at least one value is expected");
            }
            let Some(field) = profile.fields.iter().find(|field| field.name == *name) else {
                let known: Vec<&str> = profile.fields.iter().map(|f| f.name.as_str()).collect();
                self.unknown(&here, ("field", name), &known);
                continue;
            };
            self.values(&here, field, &values.0);
            match name.as_str() {
                _ if field.skill && kinds.is_empty() => kinds.clone_from(&values.0),
                _ if field.skill => self.wrong(&here, "this is what `kinds` says already"),
                "cost" => self.wrong(&here, "prices are said by the key `cost`"),
                "location" => self.wrong(&here, "places are said by the key `area`"),
                "tel" => self.wrong(&here, "numbers are made up"),
                "visit" => self.wrong(&here, "a load has no appointments"),
                _ if field.kind == FieldKind::Reference => {
                    self.wrong(&here, "every customer has a number of their own");
                }
                _ => fields.push((name.clone(), values.0.clone())),
            }
        }
        match profile.skill_field() {
            Some(field) => self.values(&format!("{at}.kinds"), field, &share.kinds),
            None if !share.kinds.is_empty() => {
                self.wrong(&format!("{at}.kinds"), "calls of this profile ask for no skill");
            }
            None => {}
        }
        let patience = share.patience.as_ref();
        let share = Share {
            profile: profile.name.clone(),
            weight: share.weight,
            cost: self.cost(&format!("{at}.cost"), share.cost.as_ref(), profile),
            patience: patience.map(|text| self.times(&format!("{at}.patience"), text)),
            cancel_pct: self.pct(&format!("{at}.cancel_pct"), share.cancel_pct),
            looks: share.looks,
            address: share.path.as_ref().and_then(|path| self.address(at, path, profile)),
            area,
            kinds,
            fields,
        };
        self.required(at, profile, &share);
        share
    }

    fn address(&mut self, at: &str, path: &str, profile: &Profile) -> Option<Arc<Address>> {
        match Address::of(profile, path) {
            Ok(address) => Some(Arc::new(address)),
            Err(known) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.unknown(&format!("{at}.path"), ("address for calls", path), &known);
                None
            }
        }
    }

    fn values(&mut self, at: &str, field: &Field, values: &[String]) {
        let allowed: Vec<&str> = field.one_of.iter().map(String::as_str).collect();
        for value in
            values.iter().filter(|value| !allowed.is_empty() && !allowed.contains(&value.as_str()))
        {
            self.unknown(at, ("value", value), &allowed);
        }
    }

    /// What every request must have and the scenario does not make up.
    fn required(&mut self, at: &str, profile: &Profile, share: &Share) {
        let missing = |field: &&Field| match field.kind {
            _ if !field.required || field.default.is_some() => false,
            FieldKind::Place => share.area == Area::Nowhere,
            FieldKind::Tel | FieldKind::Reference | FieldKind::Won => false,
            _ if field.skill => share.kinds.is_empty(),
            _ => !share.fields.iter().any(|(given, _)| *given == field.name),
        };
        let missing: Vec<String> = profile
            .fields
            .iter()
            .filter(missing)
            .map(|field| format!("`{}`", field.name))
            .collect();
        if !missing.is_empty() {
            let what = format!("every call of `{}` needs {}", profile.name, missing.join(" and "));
            self.wrong(at, &what);
        }
    }

    fn cost(&mut self, at: &str, cost: Option<&Numbers>, profile: &Profile) -> Option<(u64, u64)> {
        let given = match cost.map(|cost| cost.0.as_slice()) {
            None => return usual::cost(profile),
            Some([one]) => (*one, *one),
            Some([least, most]) if least <= most => (*least, *most),
            Some(_) => {
                self.wrong(at, "a price is expected, or the least and the most");
                return None;
            }
        };
        let limit = profile.payment.and_then(|rule| rule.limit);
        let limit = limit.map_or(10_000_000_000, |won| won.0.unsigned_abs());
        if given.0 == 0 || given.1 > limit {
            self.wrong(at, &format!("a price of `{}` is 1 to {limit} won", profile.name));
        }
        Some(given)
    }

    fn area(&mut self, at: &str, area: &AreaFile) -> Area {
        let ways = [area.nowhere, !area.corners.is_empty(), !area.around.is_empty()];
        if ways.iter().filter(|way| **way).count() != 1 {
            self.wrong(at, "one of `box`, `around` and `nowhere` is expected");
            return Area::Nowhere;
        }
        if area.around.is_empty() && (area.within_m.is_some() || !area.weights.is_empty()) {
            self.wrong(at, "`within_m` and `weights` belong to `around`");
        }
        if area.nowhere {
            return Area::Nowhere;
        }
        if let [low, high] = area.corners.as_slice() {
            let (low, high) = (
                self.point(&format!("{at}.box[0]"), low),
                self.point(&format!("{at}.box[1]"), high),
            );
            let Some((low, high)) = low.zip(high) else { return Area::Nowhere };
            if low.lat_e6() >= high.lat_e6() || low.lon_e6() >= high.lon_e6() {
                self.wrong(
                    &format!("{at}.box"),
                    "the south-west corner comes first, then the north-east one",
                );
            }
            return Area::Box(low, high);
        }
        if !area.corners.is_empty() {
            self.wrong(&format!("{at}.box"), "two corners are expected");
            return Area::Nowhere;
        }
        let within = area.within_m.unwrap_or(usual::WITHIN_M);
        if within == 0 || within > WITHIN_MAX {
            self.wrong(
                &format!("{at}.within_m"),
                &format!("1 to {WITHIN_MAX} metres are expected"),
            );
        }
        if !area.weights.is_empty()
            && (area.weights.len() != area.around.len() || area.weights.contains(&0))
        {
            self.wrong(
                &format!("{at}.weights"),
                "each place of `around` has a weight of at least 1",
            );
        }
        let mut centres = Vec::new();
        for (nth, text) in area.around.iter().enumerate() {
            let weight = area.weights.get(nth).copied().unwrap_or(1);
            if let Some(point) = self.point(&format!("{at}.around[{nth}]"), text) {
                centres.push((point, weight));
            }
        }
        Area::Around(centres, within)
    }

    fn point(&mut self, at: &str, text: &str) -> Option<Point> {
        match resolve(text) {
            Resolution::Exact(place) => return Some(place.point),
            Resolution::Coarse(place, _) => {
                self.wrong(at, &format!("of `{text}` only `{}` is known; say that", place.label));
            }
            Resolution::Ambiguous(places) => {
                let labels: Vec<&str> = places.iter().take(4).map(|p| p.label.as_str()).collect();
                self.wrong(at, &format!("`{text}` could be {}", labels.join(", ")));
            }
            Resolution::Unknown => {
                self.wrong(
                    at,
                    &format!("`{text}` is no place that is known (say it as `LAT,LON`)"),
                );
            }
        }
        None
    }

    pub(super) fn crew(
        &mut self,
        at: &str,
        crew: &CrewFile,
        (mix, profiles): (&[Share], &[Profile]),
        load: Millis,
    ) -> Crew {
        if crew.count == 0 || crew.count > COUNT_MAX {
            self.wrong(&format!("{at}.count"), &format!("1 to {COUNT_MAX} workers are expected"));
        }
        for (nth, name) in crew.profiles.iter().enumerate() {
            let here = format!("{at}.profiles[{nth}]");
            if self.profile(&here, name).is_some()
                && !mix.iter().any(|share| share.profile == *name)
            {
                self.wrong(&here, &format!("nobody of the mix asks for `{name}`"));
            }
        }
        let each = crew.skills_each;
        let all: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
        let names = if crew.profiles.is_empty() { all } else { crew.profiles.clone() };
        let skills = crew.skills.clone().unwrap_or_else(|| usual::skills(mix, &names));
        if each.is_some_and(|each| each == 0 || each as usize > skills.len()) {
            self.wrong(
                &format!("{at}.skills_each"),
                "at least one of the skills, at most all of them",
            );
        }
        let area = match &crew.area {
            Some(area) => self.area(&format!("{at}.area"), area),
            None => mix
                .iter()
                .find(|share| names.contains(&share.profile))
                .map_or_else(usual::area, |share| share.area.clone()),
        };
        let shift = crew.shift.as_ref().map(|shift| {
            let here = format!("{at}.shift");
            let (from, until) = self.times(&here, shift);
            if shift.0.len() != 2 || from == until || from >= load {
                self.wrong(
                    &here,
                    "a shift is two times, the first within the load and before the second",
                );
            }
            (from, until)
        });
        let mut spans = |key: &str, given: &Option<Texts>, usual: (Millis, Millis)| {
            given.as_ref().map_or(usual, |given| self.times(&format!("{at}.{key}"), given))
        };
        let (answer, travel, work) = (
            spans("answer", &crew.answer, usual::ANSWER),
            spans("travel", &crew.travel, usual::TRAVEL),
            spans("work", &crew.work, usual::WORK),
        );
        self.without_effect(at, crew, profiles.iter().filter(|p| names.contains(&p.name)));
        let every = crew.claim_every.as_ref();
        Crew {
            count: crew.count,
            claim_every: every
                .map(|every| self.lasting(&format!("{at}.claim_every"), every))
                .or_else(|| usual::claim_every(profiles, &names)),
            profiles: names,
            skills: (skills, each),
            area,
            shift,
            answer,
            accept_pct: self.pct(&format!("{at}.accept_pct"), crew.accept_pct.unwrap_or(100)),
            travel,
            work,
            no_show_pct: self.pct(&format!("{at}.no_show_pct"), crew.no_show_pct.unwrap_or(0)),
        }
    }

    /// Keys that say something about what never happens to these workers.
    fn without_effect<'p>(
        &mut self,
        at: &str,
        crew: &CrewFile,
        lines: impl Iterator<Item = &'p Profile>,
    ) {
        let lines: Vec<&Profile> = lines.collect();
        let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
        let any = |has: fn(&Stage) -> bool| lines.iter().any(|line| line.plan.iter().any(has));
        let asked = lines.iter().any(|line| usual::asks_workers(line));
        let sent = any(|stage| !matches!(stage, Stage::None { .. }) || stage.is_claimable());
        let keys = [
            ("answer", crew.answer.is_some(), asked, "no worker is asked"),
            ("accept_pct", crew.accept_pct.is_some(), asked, "no worker is asked"),
            (
                "claim_every",
                crew.claim_every.is_some(),
                any(Stage::is_claimable),
                "no worker takes calls by themselves",
            ),
            ("no_show_pct", crew.no_show_pct.is_some(), sent, "no worker is sent"),
        ];
        for (key, given, happens, what) in keys {
            if given && !happens && !lines.is_empty() {
                let what = format!("for calls of {} {what}: this has no effect", listed(&names));
                self.wrong(&format!("{at}.{key}"), &what);
            }
        }
    }

    pub(super) fn members(&mut self, members: Option<u32>, profiles: &[Profile]) -> u32 {
        let needed = profiles.iter().any(|profile| profile.membership.required);
        if members.is_some() && !needed {
            self.wrong("members", "no profile of the mix is for members only");
        }
        if members.is_some_and(|members| members == 0 || members > MEMBERS_MAX) {
            self.wrong("members", &format!("1 to {MEMBERS_MAX} members are expected"));
        }
        if needed { members.unwrap_or(usual::MEMBERS) } else { 0 }
    }

    pub(super) fn stock(
        &mut self,
        given: &BTreeMap<String, u32>,
        mix: &[Share],
        profiles: &[Profile],
    ) -> BTreeMap<String, u32> {
        let asked = usual::stock(mix, profiles);
        for name in given.keys().filter(|name| !asked.contains_key(*name)) {
            self.wrong(&format!("stock.{name}"), "nobody of the mix asks for this");
        }
        asked
            .into_iter()
            .map(|(name, usual)| (name.clone(), given.get(&name).copied().unwrap_or(usual)))
            .collect()
    }
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
