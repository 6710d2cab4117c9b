//! The v1 API: the desk's own resources, in the shapes that the command line prints as JSON.
//!
//! Invariant: reads are masked unless one object is asked for by its number; every change is a command.

mod calls;
pub(super) mod events;
mod given;
mod people;
mod roster;
mod running;
mod stock;
mod told;
mod verbs;

use super::openapi::Api;

/// The routes below `/v1`.
pub(super) fn routes(api: Api) -> Api {
    let parts = [
        calls::routes,
        events::routes,
        verbs::routes,
        roster::routes,
        people::routes,
        told::routes,
        running::routes,
        stock::routes,
    ];
    parts.into_iter().fold(api, |api, add| add(api))
}
