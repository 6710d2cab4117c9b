//! The vital signs of a desk: how much of what there is, for those who look after the machine.
//!
//! Invariant: counts and names of the configuration only; nothing in here leads to a person.

use ascall_engine::domain::breaker::StateKind;
use ascall_engine::domain::event::Concern;
use ascall_engine::domain::ids::Seq;
use ascall_engine::domain::ids::{Millis, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Transport;
use ascall_engine::domain::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a desk does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vitals {
    /// The newest record.
    pub seq: Seq,
    /// For how long something has been due that has not been done.
    pub lag: Millis,
    /// Live calls by profile and phase.
    pub calls: BTreeMap<(String, Phase), u64>,
    /// How each participant's breaker stands.
    pub breakers: BTreeMap<String, StateKind>,
    /// Notices that are still to be delivered, by each transport that a profile tells somebody by.
    pub notices: BTreeMap<Transport, u64>,
    /// Open attention items, by each reason there is.
    pub attention: BTreeMap<Concern, u64>,
}

impl Vitals {
    /// Those of the live state.
    pub(super) fn of(world: &World, now: Time) -> Self {
        let mut vitals = Self {
            seq: world.seq(),
            lag: world.next_due().map_or(Millis(0), |due| now.since(due)),
            calls: BTreeMap::new(),
            breakers: BTreeMap::new(),
            notices: BTreeMap::new(),
            attention: Concern::ALL.into_iter().map(|concern| (concern, 0)).collect(),
        };
        let rules = world.profiles().flat_map(|(_, profile)| &profile.notices);
        vitals.notices.extend(rules.map(|rule| (rule.transport, 0)));
        let mut calls: BTreeMap<_, u64> = BTreeMap::new();
        for call in world.calls().filter(|call| !call.phase.is_terminal()) {
            *calls.entry((call.profile, call.phase)).or_default() += 1;
        }
        for ((profile, phase), count) in calls {
            let name = world.profile(profile).map_or("", |p| p.spec.name.as_str());
            *vitals.calls.entry((name.to_owned(), phase)).or_default() += count;
        }
        for participant in world.participants() {
            let state = participant.breaker.state().kind();
            vitals.breakers.insert(participant.name.clone(), state);
        }
        for (key, _) in world.notices() {
            *vitals.notices.entry(key.transport).or_default() += 1;
        }
        for item in world.attention() {
            *vitals.attention.entry(item.concern).or_default() += 1;
        }
        vitals
    }
}
