//! How an original speaks: which member of its JSON stands for what, and which word in a status means which command.
//!
//! Invariant: data only. What a resource is and under which path it is found says the profile; a line without a dialect
//! speaks by the names of its profile.

use std::borrow::Cow;

/// What a member of an original's JSON stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// The number of the thing itself.
    Id,
    /// The call: the how manyth of its line, or the client's own number.
    Call,
    /// Where the call stands, in the words of its line. In a write: what is to be done.
    Status,
    /// The customer's number.
    Tel,
    /// The customer's name.
    Name,
    /// The place as typed.
    Location,
    /// Price, estimate or fare.
    Cost,
    /// The skill asked for.
    Kind,
    /// The appointment.
    Visit,
    /// The member who calls.
    Member,
    /// A field of the profile's own.
    Field(Cow<'static, str>),
    /// Who has the call: the name, or what stands for it (the number of a taxi).
    Worker,
    /// That worker's phone.
    WorkerTel,
    /// What else is said of that worker.
    WorkerInfo,
    /// Where that worker was last seen.
    WorkerPlace,
    /// What is or was to be paid; in a write: the fare.
    Due,
    /// What was paid.
    Paid,
    /// What was given back.
    Refunded,
    /// How the payment stands.
    Payment,
    /// How it was rated, 1 to 5.
    Stars,
    /// The customer's words to that.
    Review,
    /// What was told about the call.
    Messages,
    /// A member's card: in a write the token, in a read its end.
    Card,
    /// The number of a member's friend.
    FriendTel,
    /// That friend's name.
    FriendName,
    /// Goods.
    Product,
    /// How many of them can still be had; in a write: how many came in.
    Available,
    /// How many of them are in the storeroom.
    OnHand,
}

/// A field of the profile's own.
pub(super) const fn field(name: &'static str) -> Slot {
    Slot::Field(Cow::Borrowed(name))
}

/// What a word in a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The call is called off.
    Cancel,
    /// A worker takes it.
    Claim,
    /// Work begins.
    Start,
    /// Work is over.
    Finish,
    /// The customer says how it was.
    Rate,
}

/// A member and what it stands for.
pub(super) type Member = (&'static str, Slot);

/// How one resource speaks.
#[derive(Debug)]
pub(super) struct Face {
    /// Its path, or one of its aliases.
    pub path: &'static str,
    /// Its members, in their order.
    pub members: &'static [Member],
}

/// How an original speaks.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The line that it is.
    pub line: &'static str,
    /// Its calls are known by the client's own number, not by the how manyth they are.
    pub by_reference: bool,
    /// Its resources.
    pub faces: &'static [Face],
    /// Members that are taken as well, and not shown.
    pub also: &'static [Member],
    /// Words beyond those of the line's phases.
    pub words: &'static [(&'static str, Act)],
    /// Words that a new call may come with, beyond those of the line's first phases.
    pub first_words: &'static [&'static str],
}

/// Every original.
const ALL: [&Dialect; 5] = [
    &super::repair::DIALECT,
    &super::driver::DIALECT,
    &super::tutoring::DIALECT,
    &super::taxi::DIALECT,
    &super::shop::DIALECT,
];

/// A line that is no original.
static PLAIN: Dialect =
    Dialect { line: "", by_reference: false, faces: &[], also: &[], words: &[], first_words: &[] };

impl Dialect {
    /// How the line of this name speaks.
    pub(super) fn of(line: &str) -> &'static Self {
        ALL.into_iter().find(|dialect| dialect.line == line).unwrap_or(&PLAIN)
    }

    /// The members of the resource under this path; none: those that every line has.
    pub(super) fn face(&self, path: &str) -> Option<&'static [Member]> {
        self.faces.iter().find(|face| face.path == path).map(|face| face.members)
    }
}

/// Members that every line takes, beside the names of its fields.
pub(super) static COMMON: [Member; 9] = [
    ("status", Slot::Status),
    ("tel", Slot::Tel),
    ("name", Slot::Name),
    ("location", Slot::Location),
    ("cost", Slot::Cost),
    ("kind", Slot::Kind),
    ("callId", Slot::Call),
    ("memberId", Slot::Member),
    ("worker", Slot::Worker),
];

/// Words that every line understands, beside those of its phases.
pub(super) const COMMON_WORDS: [(&str, Act); 8] = [
    ("cancel", Act::Cancel),
    ("canceled", Act::Cancel),
    ("cancelled", Act::Cancel),
    ("취소", Act::Cancel),
    ("start", Act::Start),
    ("started", Act::Start),
    ("finish", Act::Finish),
    ("finished", Act::Finish),
];
