//! Reports as they are shown: what members use the desk for, and the books.

use crate::desk::usage::Usage;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::Account;
use ascall_engine::domain::ids::{MemberId, Won};
use ascall_engine::domain::phase::Phase;
use serde::Serialize;

/// How many hours and places of a member are named.
const NAMED: usize = 3;

/// What one member uses the desk for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct UsageJson {
    /// `M-1`; null: everybody who is no member.
    pub member: Option<String>,
    /// The name; null when erased.
    pub name: Option<String>,
    /// The number; null when erased.
    pub tel: Option<String>,
    /// Calls taken.
    pub calls: u64,
    /// Of these, completed.
    pub completed: u64,
    /// Of these, canceled.
    pub canceled: u64,
    /// Of these, nobody found.
    pub unfilled: u64,
    /// Of these, not accepted.
    pub rejected: u64,
    /// Whole won paid and not given back.
    pub spend: i64,
    /// Whole won given back.
    pub refunded: i64,
    /// Whole won taken off by coupons.
    pub discount: i64,
    /// Coupons not used yet.
    pub coupons: usize,
    /// The hours of the day with the most calls, the busiest first.
    pub busiest_hours: Vec<usize>,
    /// Calls taken in each hour of the day, from 0.
    pub hours: [u64; 24],
    /// The places with the most calls, most often first.
    pub top_places: Vec<String>,
    /// How many calls each of these had.
    pub place_calls: Vec<u64>,
}

impl UsageJson {
    /// What a member, or everybody who is none, uses the desk for.
    pub(crate) fn of(
        member: Option<MemberId>,
        person: Person,
        coupons: usize,
        usage: &Usage,
        veil: Veil,
    ) -> Self {
        let mut hours: Vec<(u64, usize)> =
            usage.hours.iter().copied().zip(0..).filter(|(calls, _)| *calls > 0).collect();
        hours.sort_by_key(|(calls, hour)| (std::cmp::Reverse(*calls), *hour));
        let mut places: Vec<(&String, u64)> = usage.places.iter().map(|(p, n)| (p, *n)).collect();
        places.sort_by_key(|(place, calls)| (std::cmp::Reverse(*calls), *place));
        places.truncate(NAMED);
        Self {
            member: member.map(|member| member.to_string()),
            name: person.name.map(|name| veil.name(&name)),
            tel: person.tel.map(|tel| veil.tel(&tel)),
            calls: usage.calls,
            completed: usage.of(Phase::Completed),
            canceled: usage.of(Phase::Canceled),
            unfilled: usage.of(Phase::Unfilled),
            rejected: usage.of(Phase::Rejected),
            spend: usage.spend(),
            refunded: usage.refunded,
            discount: usage.discount,
            coupons,
            busiest_hours: hours.iter().take(NAMED).map(|(_, hour)| *hour).collect(),
            hours: usage.hours,
            top_places: places.iter().map(|(place, _)| (*place).clone()).collect(),
            place_calls: places.iter().map(|(_, calls)| *calls).collect(),
        }
    }
}

impl Show for UsageJson {
    fn id(&self) -> String {
        self.member.clone().unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &[
        "member",
        "name",
        "tel",
        "calls",
        "completed",
        "canceled",
        "unfilled",
        "rejected",
        "spend",
        "refunded",
        "discount",
        "coupons",
        "busiest_hours",
        "top_places",
        "place_calls",
    ];
    const HEADS: &'static [Word] = &[
        Word::Member,
        Word::Name,
        Word::CallCount,
        Word::EvCompleted,
        Word::Canceled,
        Word::Unfilled,
        Word::Spend,
        Word::GivenBack,
        Word::Coupons,
        Word::Hours,
        Word::Places,
    ];
    fn cells(&self, look: &Look) -> Vec<String> {
        let hours = self.busiest_hours.iter();
        let hours = hours.map(|hour| look.say(Word::Hour, &[&format!("{hour:02}")]));
        let places = self.top_places.iter().zip(&self.place_calls);
        let places = places.map(|(place, calls)| format!("{place} {calls}"));
        let nobody = || look.word(Word::NoMember);
        vec![
            self.member.clone().unwrap_or_else(nobody),
            self.name.clone().unwrap_or_default(),
            self.calls.to_string(),
            self.completed.to_string(),
            self.canceled.to_string(),
            self.unfilled.to_string(),
            look.won(Won(self.spend)),
            look.won(Won(self.refunded)),
            self.coupons.to_string(),
            hours.collect::<Vec<_>>().join(" "),
            places.collect::<Vec<_>>().join(" · "),
        ]
    }
}

/// An account of the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AccountJson {
    /// `card`, `cash`, `card_outside`, `waived` or `revenue`; `sum` for all together.
    pub account: &'static str,
    /// Whole won, debits positive. All accounts together are zero.
    pub balance: i64,
}

impl AccountJson {
    /// An account.
    pub(crate) fn of(account: Account, balance: i64) -> Self {
        Self { account: account.name(), balance }
    }

    /// All accounts together.
    pub(crate) fn sum(all: &[Self]) -> Self {
        Self { account: "sum", balance: all.iter().map(|one| one.balance).sum() }
    }
}

impl Show for AccountJson {
    fn id(&self) -> String {
        self.account.to_owned()
    }
    const CSV: &'static [&'static str] = &["account", "balance"];
    const HEADS: &'static [Word] = &[Word::Account, Word::Balance];
    fn cells(&self, look: &Look) -> Vec<String> {
        let account = match self.account {
            "card" => Word::Card,
            "cash" => Word::Cash,
            "card_outside" => Word::CardOutside,
            "waived" => Word::LetGo,
            "revenue" => Word::Revenue,
            _ => Word::Sum,
        };
        vec![look.word(account), look.won(Won(self.balance))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::profile::Lang;

    fn usage() -> Usage {
        let mut usage = Usage { calls: 6, paid: 20_000, refunded: 5_000, ..Usage::default() };
        usage.phases = [(Phase::Completed, 4), (Phase::Canceled, 2)].into();
        for (hour, calls) in [(8, 1), (18, 3), (23, 1), (0, 1)] {
            usage.hours[hour] = calls;
        }
        let places = [("다동", 1), ("가동", 1), ("공덕동", 3), ("나동", 1)];
        usage.places = places.map(|(place, calls)| (place.to_owned(), calls)).into();
        usage
    }

    #[test]
    fn the_busiest_hours_and_the_places_most_often_come_first() {
        let json = UsageJson::of(Some(MemberId(1)), Person::default(), 2, &usage(), Veil::Masked);
        assert_eq!(json.busiest_hours, [18, 0, 8]);
        assert_eq!(json.top_places, ["공덕동", "가동", "나동"]);
        assert_eq!(json.place_calls, [3, 1, 1]);
        assert_eq!((json.spend, json.refunded, json.completed), (15_000, 5_000, 4));
        assert_eq!(json.cells(&look(Lang::Ko)).len(), UsageJson::HEADS.len());
    }

    #[test]
    fn those_who_are_no_members_are_one_line() {
        let json = UsageJson::of(None, Person::default(), 0, &usage(), Veil::Masked);
        assert_eq!(json.cells(&look(Lang::En))[0], "no member");
        assert_eq!(serde_json::to_value(&json).unwrap()["member"], serde_json::Value::Null);
    }

    #[test]
    fn every_account_has_a_word_of_its_own() {
        use Account::{Card, CardOutside, Cash, Revenue, Waived};
        let all = [Card, Cash, CardOutside, Waived, Revenue].map(|a| AccountJson::of(a, 0));
        let words: std::collections::BTreeSet<String> = all
            .iter()
            .chain([&AccountJson::sum(&all)])
            .map(|account| account.cells(&look(Lang::Ko))[0].clone())
            .collect();
        assert_eq!(words.len(), 6);
    }
}
