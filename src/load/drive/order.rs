//! What a step asks of a desk, in the desk's own commands.
//!
//! Invariant: the same step is the same command at every target that takes commands, made by the same draft that the
//! command line uses. Everybody in it is invented.

use crate::desk::Setup;
use crate::front::clock::Clock;
use crate::front::draft::{Draft, card};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::load::LoadError;
use crate::load::crowd::{Asked, Crowd, Said, What};
use ascall_engine::domain::command::{
    Command, Contact, Current, MemberCard, NewWorker, Person, Receipt,
};
use ascall_engine::domain::event::{Actor, Duty, TelDigest, WorkOutcome};
use ascall_engine::domain::ids::{CallId, MemberId, Millis, Time, Won, WorkerId};
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::tel::Tel;

/// Under whose name a load is journalled.
pub(super) const NAME: &str = "load";

/// What steps are read with: the profiles of the desk, and the numbers that it gave to those who were enrolled.
#[derive(Debug, Clone)]
pub(super) struct Papers {
    pub setup: Setup,
    look: Look,
    pub members: Vec<MemberId>,
}

impl Papers {
    /// For a desk that is set up like this.
    pub(super) fn of(setup: Setup) -> Self {
        let look = Look { lang: Lang::default(), clock: Clock::of_machine(), reveal: false };
        Self { setup, look, members: Vec::new() }
    }

    /// The member who asks.
    pub(super) fn member(&self, asked: &Asked) -> Option<MemberId> {
        self.members.get(usize::try_from(asked.member?).ok()?).copied()
    }

    /// A request for a call, by somebody under this number.
    pub(super) fn request(&self, asked: &Asked, digest: TelDigest) -> Result<Command, Said> {
        let draft = Draft {
            tel: None,
            member: self.member(asked),
            name: None,
            location: asked.spot.map(|point| point.to_string()),
            cost: asked.cost.map(won).map(|won| won.0),
            kind: asked.kind.clone(),
            profile: asked.profile.clone(),
            priority: 1,
            at: None,
            fields: asked.fields.clone(),
        };
        let contact = contact(None, &asked.tel, digest);
        match draft.resolve_for(contact, &self.setup, &self.look) {
            Ok((new, _)) => Ok(Command::RequestCall(new)),
            Err(UserError::Said(said)) => Err(Said::Refused(said.text)),
            Err(UserError::Closed) => Err(Said::Failed("closed".to_owned())),
        }
    }
}

/// An invented number as the desk keeps it.
pub(super) fn canonical(tel: &str) -> String {
    Tel::parse(tel).map_or_else(|_| tel.to_owned(), |tel| tel.as_str().to_owned())
}

fn contact(name: Option<&str>, tel: &str, digest: TelDigest) -> Contact {
    let reachable = Tel::parse(tel).is_ok_and(|tel| tel.recognised());
    let person =
        Person { name: name.map(str::to_owned), tel: Some(canonical(tel)), ..Person::default() };
    Contact { digest: Some(digest), reachable, person }
}

fn won(won: u64) -> Won {
    Won(i64::try_from(won).unwrap_or(i64::MAX))
}

/// What changes something that is there, and who does it; none: the step only looks, or has to look first.
pub(super) fn change(what: &What) -> Option<(Actor, Command)> {
    let by_desk = |command| (Actor::Operator(NAME.to_owned()), command);
    Some(match *what {
        What::Request(_) | What::Status(_) | What::Claim(_) => return None,
        What::Cancel(call) => (Actor::Customer, Command::CancelCall { call, force: false }),
        What::Answer(offer, worker, yes) => {
            let worker = Some(worker);
            by_desk(if yes {
                Command::AcceptOffer { offer, worker }
            } else {
                Command::DeclineOffer { offer, worker }
            })
        }
        What::Start(call) => by_desk(Command::StartWork { call }),
        What::Finish(call, fare) => {
            by_desk(Command::FinishWork { call, outcome: WorkOutcome::Done, fare: fare.map(won) })
        }
        What::Release(call) => by_desk(Command::ReleaseCall { call, no_show: true }),
        What::Duty(worker, on) => by_desk(Command::SetDuty {
            worker,
            duty: if on { Duty::On } else { Duty::Off },
            current: if on { Current::Keep } else { Current::Finish },
        }),
    })
}

/// A worker takes a call.
pub(super) fn claim(worker: WorkerId, call: CallId) -> Command {
    Command::ClaimCall { call, worker, at: None }
}

/// Everybody and everything that a desk must know before the first customer comes: members, goods, workers. The digest is
/// the desk's own of each number.
///
/// # Errors
/// A number has no digest, or a card is none.
pub(super) fn founding(
    crowd: &Crowd,
    mut digest: impl FnMut(&str) -> Result<TelDigest, LoadError>,
) -> Result<Vec<Command>, LoadError> {
    let founding = crowd.founding();
    let mut orders = Vec::new();
    for member in &founding.members {
        let mut contact = contact(Some(&member.name), &member.tel, digest(&member.tel)?);
        let (token, card) = card(&member.card).map_err(LoadError::said)?;
        contact.person.card = Some(token);
        orders.push(Command::AddMember(MemberCard { contact, card: Some(card), friend: None }));
    }
    for (product, qty) in founding.goods {
        orders.push(Command::ReceiveStock { product, qty });
    }
    for hired in crowd.hired() {
        let contact = contact(Some(&hired.name), &hired.tel, digest(&hired.tel)?);
        orders.push(Command::AddWorker(NewWorker {
            contact,
            services: hired.profiles,
            skills: hired.skills,
            home: hired.home,
            duty: if hired.on { Duty::On } else { Duty::Off },
            handle: None,
        }));
    }
    Ok(orders)
}

/// The numbers that a desk gave to members and to workers.
pub(super) fn numbered(receipts: &[Receipt]) -> (Vec<MemberId>, Vec<WorkerId>) {
    let members = receipts.iter().filter_map(|receipt| receipt.member).collect();
    (members, receipts.iter().filter_map(|receipt| receipt.worker).collect())
}

/// What a refusal is to whoever asked.
pub(super) fn refused(refusal: &Refusal, now: Time) -> Said {
    match refusal {
        Refusal::TryLater { at, .. } | Refusal::DeskFull { at, .. } => {
            Said::HeldOff(Some(wait(*at, now)))
        }
        _ => Said::Refused(word(refusal)),
    }
}

/// From now to then.
pub(super) fn wait(then: Time, now: Time) -> Millis {
    then.since(now)
}

/// A refusal in a word: its own name.
fn word(refusal: &Refusal) -> String {
    match serde_json::to_value(refusal) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(of)) => of.keys().next().cloned().unwrap_or_default(),
        _ => refusal.to_string(),
    }
}
