//! A member: a customer whom the desk knows by name.
//!
//! Invariant: name, phone and card token are rows; in here is only what decisions need. A call in flight keeps what it
//! was taken with.

use super::event::{Card, MemberRef, TelDigest};
use super::ids::{MemberId, SubjectId, Won};
use serde::{Deserialize, Serialize};

/// A customer whom the desk knows by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The number.
    pub id: MemberId,
    /// Who it is.
    pub subject: SubjectId,
    /// The digest of the phone number; no two members share one.
    pub tel: TelDigest,
    /// Whether the member can be told anything under that number.
    pub reachable: bool,
    /// The friend who is told of rides, and whether they can be told anything.
    pub friend: Option<(SubjectId, bool)>,
    /// The card.
    pub card: Option<Card>,
    /// Completed calls.
    pub rides: u32,
    /// Coupons not used yet, oldest first.
    pub coupons: Vec<Won>,
}

impl Member {
    /// What a call taken now keeps of the member.
    #[must_use]
    pub fn snapshot(&self) -> MemberRef {
        MemberRef {
            member: self.id,
            friend: self.friend.map(|(subject, _)| subject),
            friend_reachable: self.friend.is_some_and(|(_, reachable)| reachable),
            card: self.card,
        }
    }
}
