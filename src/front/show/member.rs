//! A member as shown.
//!
//! Invariant: of a card's token only the last four characters are ever shown, to programs too.

use crate::desk::Book;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::ids::Won;
use ascall_engine::views::MemberRow;
use schemars::JsonSchema;
use serde::Serialize;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MemberJson {
    /// `M-1`.
    pub id: String,
    /// The name; null when erased.
    pub name: Option<String>,
    /// The number; null when erased.
    pub tel: Option<String>,
    /// The end of the card's token: `tok_…4242`.
    pub card: Option<String>,
    /// The friend who is told of rides.
    pub friend: Option<FriendJson>,
    /// Completed calls.
    pub rides: u32,
    /// What each coupon that is not used yet is worth, oldest first.
    pub coupons: Vec<i64>,
}

/// A member's friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FriendJson {
    /// The name.
    pub name: Option<String>,
    /// The number.
    pub tel: Option<String>,
}

impl FriendJson {
    /// Name and number.
    pub(crate) fn line(&self) -> String {
        [self.name.clone(), self.tel.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

impl MemberJson {
    /// A member with their persons, as much of them as `veil` lets through.
    pub(crate) fn read(book: &Book, row: &MemberRow, veil: Veil) -> Result<Self, UserError> {
        let person = book.person(row.subject)?.unwrap_or_default();
        let friend = match row.friend {
            None => None,
            Some(friend) => {
                let known = book.person(friend)?.unwrap_or_default();
                Some(FriendJson {
                    name: known.name.map(|name| veil.name(&name)),
                    tel: known.tel.map(|tel| veil.tel(&tel)),
                })
            }
        };
        Ok(Self {
            id: row.member.to_string(),
            name: person.name.map(|name| veil.name(&name)),
            tel: person.tel.map(|tel| veil.tel(&tel)),
            card: person.card.map(|token| ending(&token)),
            friend,
            rides: row.rides,
            coupons: row.coupons.iter().map(|won| won.0).collect(),
        })
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        let coupons = self.coupons.len();
        let parts = [
            Some(self.id.clone()),
            self.name.clone(),
            self.tel.clone(),
            self.card.clone(),
            self.friend.as_ref().map(|f| format!("{}: {}", look.word(Word::Friend), f.line())),
            (coupons > 0).then(|| format!("{} {coupons}", look.word(Word::Coupons))),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
    }
}

/// What may be seen of a card's token: the last four characters, when it has more.
fn ending(token: &str) -> String {
    let body = token.strip_prefix("tok_").unwrap_or(token);
    let hidden = body.chars().count().saturating_sub(4);
    let end: String = if hidden > 0 { body.chars().skip(hidden).collect() } else { String::new() };
    format!("tok_…{end}")
}

impl Show for MemberJson {
    fn id(&self) -> String {
        self.id.clone()
    }
    const CSV: &'static [&'static str] =
        &["id", "name", "tel", "card", "friend.name", "friend.tel", "rides", "coupons"];
    const HEADS: &'static [Word] = &[
        Word::Member,
        Word::Name,
        Word::Phone,
        Word::Card,
        Word::Friend,
        Word::Rides,
        Word::Coupons,
    ];
    fn cells(&self, look: &Look) -> Vec<String> {
        let coupons = self.coupons.iter().map(|won| look.won(Won(*won)));
        vec![
            self.id.clone(),
            self.name.clone().unwrap_or_else(|| look.word(Word::Erased)),
            self.tel.clone().unwrap_or_default(),
            self.card.clone().unwrap_or_default(),
            self.friend.as_ref().map(FriendJson::line).unwrap_or_default(),
            self.rides.to_string(),
            coupons.collect::<Vec<_>>().join(", "),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::profile::Lang;

    #[test]
    fn of_a_token_only_its_end_is_shown() {
        assert_eq!(ending("tok_visa_4242"), "tok_…4242");
        assert_eq!(ending("billing-key-9f3a"), "tok_…9f3a");
        assert_eq!(ending("tok_1234"), "tok_…", "four characters would be all of it");
        assert_eq!(ending("토큰이름카드끝"), "tok_…름카드끝");
    }

    #[test]
    fn a_member_is_one_line_and_every_head_has_a_cell() {
        let json = MemberJson {
            id: "M-1".to_owned(),
            name: Some("홍*동".to_owned()),
            tel: Some("010-****-0001".to_owned()),
            card: Some("tok_…4242".to_owned()),
            friend: Some(FriendJson { name: None, tel: Some("010-****-0002".to_owned()) }),
            rides: 3,
            coupons: vec![5_000],
        };
        let look = look(Lang::En);
        assert_eq!(
            json.line(&look),
            "M-1  홍*동  010-****-0001  tok_…4242  friend: 010-****-0002  coupons 1"
        );
        assert_eq!(json.cells(&look).len(), MemberJson::HEADS.len());
    }
}
