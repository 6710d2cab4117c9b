//! Who asks over HTTP, and how much they may.
//!
//! Invariant: the guard puts a caller into every request of the network before a route sees it; a request that names nobody
//! came over the desk's own socket and is its operator's. Knows no token and no path.

use super::gate::Gate;
use super::problem::Problem;
use ascall_engine::domain::trace::Trace;
use axum::http::{Extensions, StatusCode};

pub(crate) use crate::desk::Scope;

/// Who asks. The guard puts one into the extensions of each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    /// Under whose name it is journalled, and whose idempotency keys are meant.
    pub name: String,
    /// How much they may.
    pub scope: Scope,
    /// The trace that the request is a step of.
    pub trace: Option<Trace>,
}

impl Caller {
    /// Who asks, by the extensions of a request; nobody named: the operator of the desk.
    pub(super) fn of(extensions: &Extensions, gate: &Gate) -> Self {
        extensions.get().cloned().unwrap_or_else(|| Self {
            name: gate.setup().operator.clone(),
            scope: Scope::Admin,
            trace: None,
        })
    }

    /// Refuses what needs more than the caller may.
    pub(super) fn may(&self, needed: Scope) -> Result<(), Problem> {
        if self.scope >= needed {
            return Ok(());
        }
        let detail = format!("this needs the scope `{needed}`, and the token has `{}`", self.scope);
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
            .hint(format!("make one that may: ascall token new --scope {needed} --name NAME")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Scope; 3] = [Scope::Read, Scope::Operate, Scope::Admin];

    #[test]
    fn each_scope_takes_in_the_ones_before() {
        for (has, scope) in ALL.into_iter().enumerate() {
            let caller = Caller { name: "phone-app".to_owned(), scope, trace: None };
            for (needs, needed) in ALL.into_iter().enumerate() {
                assert_eq!(caller.may(needed).is_ok(), has >= needs, "{scope} {needed}");
            }
        }
    }
}
