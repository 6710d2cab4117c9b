//! How an original speaks: which member of its JSON stands for what, and which word in a status means which command. The
//! gateway answers in these words, a load asks in them.
//!
//! Invariant: data only. What a resource is and under which path it is found says the profile; a line without a dialect
//! speaks by the names of its profile.

mod driver;
mod repair;
mod shop;
mod taxi;
mod tutoring;

use ascall_engine::domain::profile::{Field, FieldKind, Profile, ResourceOf};
use std::borrow::Cow;

/// What a member of an original's JSON stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
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
const fn field(name: &'static str) -> Slot {
    Slot::Field(Cow::Borrowed(name))
}

/// What a word in a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
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
pub(crate) type Member = (&'static str, Slot);

/// How one resource speaks.
#[derive(Debug)]
pub(crate) struct Face {
    /// Its path, or one of its aliases.
    pub path: &'static str,
    /// Its members, in their order.
    pub members: &'static [Member],
}

/// How an original speaks.
#[derive(Debug)]
pub(crate) struct Dialect {
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
const ALL: [&Dialect; 5] =
    [&repair::DIALECT, &driver::DIALECT, &tutoring::DIALECT, &taxi::DIALECT, &shop::DIALECT];

/// A line that is no original.
static PLAIN: Dialect =
    Dialect { line: "", by_reference: false, faces: &[], also: &[], words: &[], first_words: &[] };

impl Dialect {
    /// How the line of this name speaks.
    pub(crate) fn of(line: &str) -> &'static Self {
        ALL.into_iter().find(|dialect| dialect.line == line).unwrap_or(&PLAIN)
    }

    /// The members of the resource under this path; none: those that every line has.
    fn face(&self, path: &str) -> Option<&'static [Member]> {
        self.faces.iter().find(|face| face.path == path).map(|face| face.members)
    }
}

/// Members that every line takes, beside the names of its fields.
pub(crate) static COMMON: [Member; 9] = [
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
pub(crate) const COMMON_WORDS: [(&str, Act); 8] = [
    ("cancel", Act::Cancel),
    ("canceled", Act::Cancel),
    ("cancelled", Act::Cancel),
    ("취소", Act::Cancel),
    ("start", Act::Start),
    ("started", Act::Start),
    ("finish", Act::Finish),
    ("finished", Act::Finish),
];

/// The members of the resource that a line has under a path, in their order.
pub(crate) fn members(profile: &Profile, of: ResourceOf, path: &str) -> Vec<(String, Slot)> {
    Dialect::of(&profile.name).face(path).map_or_else(
        || members_of(profile, of),
        |face| face.iter().map(|(name, slot)| ((*name).to_owned(), slot.clone())).collect(),
    )
}

/// The members of a resource of a line that is no original.
fn members_of(profile: &Profile, of: ResourceOf) -> Vec<(String, Slot)> {
    let call = [("callId", Slot::Call)];
    let fields = profile.fields.iter().map(|field| (field.name.as_str(), slot_of(field)));
    let status = [("status", Slot::Status)];
    let worker = [("worker", Slot::Worker), ("workerTel", Slot::WorkerTel)];
    let of_worker = call.clone().into_iter().chain(worker.clone());
    let names: Vec<(&str, Slot)> = match of {
        ResourceOf::Calls => fields.chain(status).chain(worker).collect(),
        ResourceOf::Gates | ResourceOf::OpenList => {
            call.into_iter().chain(fields).chain(status).collect()
        }
        ResourceOf::Assignments => {
            of_worker.chain([("visit", Slot::Visit)]).chain(status).collect()
        }
        ResourceOf::Workers => of_worker.chain(status).collect(),
        ResourceOf::CustomerPage | ResourceOf::ServiceView => {
            call.into_iter().chain(fields).chain(status).chain(worker).collect()
        }
        ResourceOf::Payments => vec![
            ("callId", Slot::Call),
            ("due", Slot::Due),
            ("paid", Slot::Paid),
            ("refunded", Slot::Refunded),
            ("status", Slot::Payment),
        ],
        ResourceOf::Notices => {
            call.into_iter().chain(status).chain([("messages", Slot::Messages)]).collect()
        }
        ResourceOf::Members => vec![
            ("memberId", Slot::Id),
            ("name", Slot::Name),
            ("tel", Slot::Tel),
            ("card", Slot::Card),
            ("friendName", Slot::FriendName),
            ("friendTel", Slot::FriendTel),
        ],
        ResourceOf::Stock => vec![
            ("product", Slot::Product),
            ("available", Slot::Available),
            ("onHand", Slot::OnHand),
        ],
    };
    names.into_iter().map(|(name, slot)| (name.to_owned(), slot)).collect()
}

/// What a field of the profile stands for.
pub(crate) fn slot_of(field: &Field) -> Slot {
    match field.kind {
        FieldKind::Tel if field.name == "tel" => Slot::Tel,
        FieldKind::Place if field.name == "location" => Slot::Location,
        FieldKind::Won if field.name == "cost" => Slot::Cost,
        FieldKind::Time if field.name == "visit" => Slot::Visit,
        _ if field.name == "kind" => Slot::Kind,
        _ => Slot::Field(Cow::Owned(field.name.clone())),
    }
}

/// A part of a path as it stands in a link.
pub(crate) fn encoded(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
            text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    text
}
