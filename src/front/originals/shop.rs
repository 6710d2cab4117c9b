//! Mask shop (마스크 쇼핑몰): order, delivery, inventory, mypage.

use super::{Dialect, Face, Slot, field};

pub(super) static DIALECT: Dialect = Dialect {
    line: "shop",
    by_reference: false,
    faces: &[
        Face {
            path: "orders",
            members: &[
                ("orderId", field("reference")),
                ("productId", field("product")),
                ("qty", field("qty")),
                ("status", Slot::Status),
            ],
        },
        Face {
            path: "deliveries",
            members: &[
                ("orderId", field("reference")),
                ("productId", field("product")),
                ("qty", field("qty")),
                ("courier", Slot::Worker),
                ("status", Slot::Status),
            ],
        },
        Face {
            path: "inventories",
            members: &[
                ("productId", Slot::Product),
                ("invQty", Slot::Available),
                ("onHand", Slot::OnHand),
            ],
        },
        Face {
            path: "mypages",
            members: &[
                ("orderId", field("reference")),
                ("productId", field("product")),
                ("qty", field("qty")),
                ("courier", Slot::Worker),
                ("courierTel", Slot::WorkerTel),
                ("status", Slot::Status),
            ],
        },
    ],
    also: &[("type", Slot::Status)],
    words: &[],
    first_words: &["order"],
};
