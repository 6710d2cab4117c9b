//! What the tests about goods, members and references share: a shop, a taxi line, and their requests.
//!
//! Must not know what any single test proves.

use super::kit::bare;
use crate::domain::command::{Command, Contact, MemberCard, NewCall, Person};
use crate::domain::event::{Card, Event, StockMove, TelDigest};
use crate::domain::ids::{CallId, MemberId};
use crate::domain::profile::{
    Does, Field, FieldKind, MembershipRule, PaymentRule, Position, Price, Profile, RequiredBefore,
    StockRule, UnknownProduct, Words,
};
use crate::domain::stock::Stock;
use crate::domain::testing::{Bench, request, seoul, step};

/// The product that the tests are about.
pub(super) const MASK: &str = "마스크";

/// A word or a sentence that no test looks at.
pub(super) fn said() -> Words {
    Words { ko: "말".to_owned(), en: "word".to_owned() }
}

/// A field that a request may name.
pub(super) fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        label: said(),
        kind,
        required: false,
        default: None,
        skill: false,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    }
}

/// A line that sells goods: nothing ships before it is reserved, and what is short waits.
pub(super) fn shop() -> Profile {
    let mut stock = step("stock", Position::AfterOpen);
    stock.does = Does::Reserve;
    stock.required_before = Some(RequiredBefore::Start);
    let product = Field { required: true, ..field("product", FieldKind::Text) };
    let qty = Field { default: Some("1".to_owned()), ..field("qty", FieldKind::Count) };
    Profile {
        name: "shop".to_owned(),
        fields: vec![product, qty, field("order", FieldKind::Reference)],
        steps: vec![stock],
        stock: Some(StockRule {
            product: "product".to_owned(),
            quantity: "qty".to_owned(),
            unknown: UnknownProduct::Refuse,
        }),
        ..bare()
    }
}

/// A line for members only, whose fare is charged to their card.
pub(super) fn taxi() -> Profile {
    let mut payment = step("payment", Position::BeforeComplete);
    payment.does = Does::Charge;
    let tel = Field { required: true, ..field("tel", FieldKind::Tel) };
    Profile {
        name: "taxi".to_owned(),
        fields: vec![tel],
        steps: vec![payment],
        payment: Some(PaymentRule { price: Price::Metered, limit: None }),
        membership: MembershipRule { required: true },
        ..bare()
    }
}

/// A request to a line with these fields.
pub(super) fn asking(profile: &str, fields: &[(&str, &str)]) -> NewCall {
    let Command::RequestCall(mut new) = request(profile, 1, Some(seoul(0, 0))) else {
        unreachable!("a request is one")
    };
    new.fields = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    new
}

/// An order of so many.
pub(super) fn order(qty: u32) -> Command {
    Command::RequestCall(asking("shop", &[("product", MASK), ("qty", &qty.to_string())]))
}

/// What is to be known of a member with this number and card token.
pub(super) fn member(tel: u64, token: Option<&str>) -> MemberCard {
    let person = Person {
        name: Some("홍길동".to_owned()),
        tel: Some(format!("0100000{tel:04}")),
        address: None,
        card: token.map(str::to_owned),
    };
    let contact = Contact { person, digest: Some(TelDigest(tel)), reachable: true };
    MemberCard { contact, card: token.map(|_| Card::Token), friend: None }
}

impl Bench {
    /// The number of the newest call.
    pub(super) fn newest(&self) -> CallId {
        CallId(self.world.desk.next.call)
    }

    /// An order of so many is taken.
    pub(super) fn ordered(&mut self, qty: u32) -> CallId {
        self.ok(order(qty));
        self.newest()
    }

    /// Goods come in.
    pub(super) fn receive(&mut self, qty: u32) -> Vec<Event> {
        self.ok(Command::ReceiveStock { product: MASK.to_owned(), qty })
    }

    /// What is in the storeroom, and what of it calls hold.
    pub(super) fn stock(&self) -> (u64, u64) {
        let stock = self.world.stock().find(|(name, _)| *name == MASK).map(|(_, stock)| *stock);
        let Stock { on_hand, reserved, .. } = stock.unwrap_or_default();
        assert!(reserved <= on_hand, "{reserved} of {on_hand} are reserved");
        (on_hand, reserved)
    }

    /// Every move of stock for a call, in order.
    pub(super) fn moves(&self, id: CallId) -> Vec<(StockMove, u32)> {
        let moved = |event: &Event| match event {
            Event::StockMoved { what, qty, call, .. } if *call == Some(id) => Some((*what, *qty)),
            _ => None,
        };
        self.events().iter().filter_map(moved).collect()
    }

    /// A member with this number and card token.
    pub(super) fn join(&mut self, tel: u64, token: Option<&str>) -> MemberId {
        self.ok(Command::AddMember(member(tel, token)));
        MemberId(self.world.desk.next.member)
    }
}
