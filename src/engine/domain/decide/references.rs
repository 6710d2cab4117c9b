//! A client's own number for a call: the same request under it again is the same call, another one is refused.
//!
//! Invariant: no two calls of a line that were ever accepted share a number. Knows the live calls only; whoever knows the
//! ended ones asks here what is to be said about them.

use super::Decided;
use super::fields::{Fields, composed};
use crate::domain::call::Call;
use crate::domain::command::NewCall;
use crate::domain::ids::CallId;
use crate::domain::refusal::Refusal;
use crate::domain::world::World;

/// A client's own number in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The service line within which it stands for one call.
    pub profile: String,
    /// The number.
    pub text: String,
    /// The mark of what is asked under it.
    pub asked: u64,
}

impl World {
    /// The client's own number in a request; none: the line has none, or none is given.
    pub(crate) fn reference_in(&self, new: &NewCall) -> Option<Reference> {
        let id = self.desk.newest.get(&new.profile)?;
        let field = self.desk.profiles.get(id)?.spec.reference_field()?;
        let fields = composed(new);
        let text = fields.get(&field.name)?.clone();
        Some(Reference { profile: new.profile.clone(), text, asked: mark(new, &fields) })
    }

    /// The live call under a client's own number.
    pub(crate) fn referred(&self, reference: &Reference) -> Option<&Call> {
        let service = self.index.services.get(&reference.profile)?;
        let id = self.index.references.get(&(service, reference.text.clone()))?;
        self.calls.get(id)
    }
}

impl Reference {
    /// What is said to the request when the number stands for `call`, which was asked for as `then`.
    ///
    /// # Errors
    /// Something else was asked then.
    pub(crate) fn again(&self, call: CallId, then: Option<u64>) -> Result<Decided, Refusal> {
        if then == Some(self.asked) {
            Ok(Decided::nothing().about(call))
        } else {
            Err(Refusal::ReferenceUsed { reference: self.text.clone(), call })
        }
    }
}

/// A mark of what a request asks for, by what the client says and not by what the desk makes of it: a customer who has
/// become a member meanwhile still asks the same.
fn mark(new: &NewCall, fields: &Fields) -> u64 {
    let mut hasher = blake3::Hasher::new();
    let said = (&new.profile, fields, new.cost, &new.kind, new.spot);
    let who = (new.contact.digest, new.member, new.visit);
    // A hash takes whatever is written to it.
    drop(serde_json::to_writer(&mut hasher, &(said, who)));
    let mut eight = [0; 8];
    eight.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(eight)
}
