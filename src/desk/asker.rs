//! Who asks a desk that is open here, and how much they may.
//!
//! Invariant: what an order does under whose name is settled here and nowhere else: a process of the desk's own user is
//! believed, whoever comes over the network is who their token says. Knows no token and no HTTP.

use super::wire::Asked;
use super::{Asking, DeskError};
use ascall_engine::domain::command::{Command, Order};
use ascall_engine::domain::event::Actor;
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

/// Who may ask a question over the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Whoever may look.
    Read,
    /// Whoever may take calls; of an order it is looked at again what it is ([`Asker::order`]).
    Operate,
    /// Nobody: it is about the desk's own machine.
    Here,
}

impl Needs {
    /// What it takes; none: nobody has it.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Self::Read => Some(Scope::Read),
            Self::Operate => Some(Scope::Operate),
            Self::Here => None,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A process of the desk's own user.
    Own,
    /// Somebody on the network.
    Bearer {
        /// Their name: what they call themselves does not count.
        name: String,
        /// How much they may.
        scope: Scope,
    },
}

impl Asker {
    /// Refuses a question that they may not ask.
    pub(crate) fn may_ask(&self, needs: Needs) -> Result<(), DeskError> {
        self.may(needs.scope())
    }

    fn may(&self, needs: Option<Scope>) -> Result<(), DeskError> {
        match self {
            Self::Bearer { scope, .. } if needs.is_none_or(|needs| *scope < needs) => {
                Err(DeskError::NotAllowed { needs, has: *scope })
            }
            _ => Ok(()),
        }
    }

    /// The order as it is carried out.
    ///
    /// # Errors
    /// They may not give it.
    pub(crate) fn order(&self, asked: Asked) -> Result<Order, DeskError> {
        let Self::Bearer { name, .. } = self else { return Ok(asked.into()) };
        self.may(scope_of(&asked.command))?;
        let asking = match asked.asking.by {
            Some(Actor::Customer) => asked.asking.for_customer(name),
            _ => Asking { by: None, ..asked.asking },
        };
        Ok(Asked { operator: name.clone(), asking, ..asked }.into())
    }
}

/// What it takes to give a command over the network; none: nobody there may, because it is the engine's own.
fn scope_of(command: &Command) -> Option<Scope> {
    use Command as C;
    match command {
        C::OpenDesk { .. }
        | C::StepClock { .. }
        | C::AdoptProfile(_)
        | C::SetParticipant { .. }
        | C::Answer(_)
        | C::Deliveries(_)
        | C::Tick => None,
        C::SetMode { .. } | C::ForceBreaker { .. } => Some(Scope::Admin),
        C::RequestCall(_)
        | C::CancelCall { .. }
        | C::AmendCall { .. }
        | C::SetPriority { .. }
        | C::HoldCall { .. }
        | C::ReleaseCall { .. }
        | C::ClaimCall { .. }
        | C::Reschedule { .. }
        | C::RefundCall { .. }
        | C::RateCall { .. }
        | C::SetDisposition { .. }
        | C::AddNote { .. }
        | C::ReopenCall { .. }
        | C::AssignCall { .. }
        | C::ReassignCall { .. }
        | C::Depart { .. }
        | C::Arrive { .. }
        | C::StartWork { .. }
        | C::FinishWork { .. }
        | C::AbortWork { .. }
        | C::SettleCall { .. }
        | C::WaiveStep { .. }
        | C::RetryCall { .. }
        | C::AcceptOffer { .. }
        | C::DeclineOffer { .. }
        | C::ReceiveStock { .. }
        | C::WriteOffStock { .. }
        | C::AddMember(_)
        | C::AmendMember { .. }
        | C::AddWorker(_)
        | C::SetDuty { .. }
        | C::KeepPositions
        | C::ResendNotice { .. }
        | C::TakeAttention { .. }
        | C::CloseAttention { .. }
        | C::Reveal { .. } => Some(Scope::Operate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ascall_engine::domain::event::Mode;
    use ascall_engine::domain::ids::{CallId, WorkerId};

    fn bearer(scope: Scope) -> Asker {
        Asker::Bearer { name: "phone-app".to_owned(), scope }
    }

    fn asked(by: Option<Actor>, command: Command) -> Asked {
        let asking = Asking { key: Some("k".to_owned()), by, ..Asking::default() };
        Asked { operator: "boss".to_owned(), asking, command }
    }

    fn cancel() -> Command {
        Command::CancelCall { call: CallId(1), force: false }
    }

    #[test]
    fn over_the_network_an_order_is_its_tokens_whatever_name_it_brings() {
        let theirs = Actor::Operator("phone-app".to_owned());
        for by in [
            None,
            Some(Actor::Operator("boss".to_owned())),
            Some(Actor::Worker(WorkerId(1))),
            Some(Actor::Clock),
        ] {
            let order = bearer(Scope::Operate).order(asked(by, cancel())).unwrap();
            assert_eq!((&order.actor, order.key.as_deref()), (&theirs, Some("k")));
        }
        let customer = asked(Some(Actor::Customer), cancel());
        let order = bearer(Scope::Operate).order(customer.clone()).unwrap();
        assert_eq!((order.actor, order.key.as_deref()), (Actor::Customer, Some("9 phone-app k")));
        let own = Asker::Own.order(customer).unwrap();
        assert_eq!((own.actor, own.key.as_deref()), (Actor::Customer, Some("k")));
        let own = Asker::Own.order(asked(None, cancel())).unwrap();
        assert_eq!(own.actor, Actor::Operator("boss".to_owned()));
    }

    #[test]
    fn a_question_is_asked_by_those_who_may_and_everything_by_the_desks_own_user() {
        for needs in [Needs::Read, Needs::Operate, Needs::Here] {
            for has in [Scope::Read, Scope::Operate, Scope::Admin] {
                let may = needs.scope().is_some_and(|needs| has >= needs);
                assert_eq!(bearer(has).may_ask(needs).is_ok(), may, "{needs:?} {has}");
            }
            assert!(Asker::Own.may_ask(needs).is_ok());
        }
    }

    #[test]
    fn an_order_takes_the_scope_of_what_it_does_and_the_engines_own_are_nobodys() {
        let stop = Command::SetMode { name: "manage".to_owned(), mode: Mode::Stopped };
        for (command, needs) in [
            (cancel(), Some(Scope::Operate)),
            (stop, Some(Scope::Admin)),
            (Command::Tick, None),
            (Command::OpenDesk { seed: 1 }, None),
        ] {
            for has in [Scope::Read, Scope::Operate, Scope::Admin] {
                let order = bearer(has).order(asked(None, command.clone()));
                match order {
                    Ok(_) => assert!(needs.is_some_and(|needs| has >= needs), "{command:?} {has}"),
                    Err(DeskError::NotAllowed { needs: said, has: by }) => {
                        assert!(needs.is_none_or(|needs| has < needs), "{command:?} {has}");
                        assert_eq!((said, by), (needs, has));
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            assert!(Asker::Own.order(asked(None, command)).is_ok());
        }
    }
}
