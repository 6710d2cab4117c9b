//! Who asks over HTTP, and how much they may.
//!
//! Invariant: the guard puts a caller into every request of the network before a route sees it; a request that names nobody
//! came over the desk's own socket and is its operator's. Knows no token and no path.

use super::gate::Gate;
use super::problem::Problem;
use ascall_engine::domain::trace::Trace;
use axum::http::{Extensions, StatusCode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much somebody may: each as much as the one before, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Look.
    Read,
    /// Take calls and look after them.
    Operate,
    /// Change how the desk runs: participants, breakers.
    Admin,
}

impl Scope {
    /// Its name, as tokens have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
