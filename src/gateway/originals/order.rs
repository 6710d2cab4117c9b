//! Writes to what is there: a word in a status is a command, and other members are amendments.
//!
//! Invariant: no status is ever written; a write that names no command is refused, and so is one that names two things at
//! once. What a member already says is no change, so that a whole object may be sent back with one member changed.

use super::facts::Facts;
use super::given::{Said, invalid};
use super::read;
use super::surface::Place;
use super::workers;
use crate::desk::CallRow;
use crate::front::draft::{self, Amend};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::originals::{Act, Slot};
use crate::gateway::asked::Asked;
use crate::gateway::gate::Gate;
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::{Amendment, Command};
use ascall_engine::domain::event::WorkOutcome;
use ascall_engine::domain::ids::{Time, Won};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::ResourceOf;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::text::nfc;

/// A word as it is compared.
pub(super) fn word(text: &str) -> String {
    nfc(text.trim())
}

/// A client's text, short enough to be said back.
pub(super) fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A point in time as it is read: a day without an hour is nine o'clock, and its parts may stand behind slashes or dots.
pub(super) fn moment(text: &str) -> String {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let day = match parts.as_slice() {
        [day] if day.len() == 8 && is_number(day) => {
            format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..])
        }
        [year, month, day] if parts.iter().all(is_number) => match year.len() {
            4 => format!("{year}-{month}-{day}"),
            2 => format!("20{year}-{month}-{day}"),
            _ => return text.to_owned(),
        },
        _ => return text.to_owned(),
    };
    format!("{day} 09:00")
}

/// Does what a client says of a call, and gives what is known of it then.
pub(super) async fn carry_out(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    look: &Look,
    row: CallRow,
    said: Said,
) -> Result<Facts, Problem> {
    let call = row.call;
    if let Some(command) = commands(gate, place, asked, look, &row, &said).await? {
        gate.desk().handle(asked.asking_about(call, None), command).await?;
    }
    let row = gate.read(move |book, _| Ok(book.call(call)?)).await?;
    read::whole(gate, place, row.ok_or_else(|| UserError::no_call(call))?).await
}

/// Calls it off.
pub(super) async fn cancel(gate: &Gate, asked: &Asked, row: &CallRow) -> Result<(), Problem> {
    let command = Command::CancelCall { call: row.call, force: false };
    gate.desk().handle(asked.asking_about(row.call, None), command).await?;
    Ok(())
}

/// What a client's words mean: one command, or none when it is so already.
async fn commands(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    look: &Look,
    row: &CallRow,
    said: &Said,
) -> Result<Option<Command>, Problem> {
    let line = &place.line;
    let status = said.get(&Slot::Status).map(word).filter(|word| !word.is_empty());
    let act = match &status {
        Some(word) if line.act(word) == Some(Act::Rate) => Some(Act::Rate),
        Some(word) if line.is_word(row.phase, word) => None,
        Some(word) => Some(line.act(word).ok_or_else(|| no_command(place, word))?),
        // Whoever reports a visit takes it.
        None if place.of == ResourceOf::Assignments => Some(Act::Claim),
        None => None,
    };
    if let Some(act) = act {
        return self::act(gate, place, asked, look, row, said, act).await;
    }
    let changes = amendments(gate, look, row, said).await?;
    if changes.is_none() && status.is_none() && !says_something(said) {
        return Err(invalid("nothing is said that could be done")
            .hint(format!("name a status, one of: {}", words(place))));
    }
    Ok(changes)
}

fn no_command(place: &Place, word: &str) -> Problem {
    invalid(format!("`{}` names nothing that can be done", clipped(word)))
        .hint(format!("what can: {}", words(place)))
}

fn words(place: &Place) -> String {
    place.line.words().collect::<Vec<_>>().join(", ")
}

/// Whether anything is said that a call could be amended by.
fn says_something(said: &Said) -> bool {
    [Slot::Tel, Slot::Location, Slot::Cost, Slot::Kind, Slot::Visit]
        .iter()
        .any(|slot| said.get(slot).is_some())
}

async fn act(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    look: &Look,
    row: &CallRow,
    said: &Said,
    act: Act,
) -> Result<Option<Command>, Problem> {
    let call = row.call;
    Ok(Some(match act {
        Act::Cancel => Command::CancelCall { call, force: false },
        Act::Start => Command::StartWork { call },
        Act::Finish => {
            let fare = match said.number(&Slot::Due)? {
                Some(fare) => Some(fare),
                None => said.number(&Slot::Cost)?,
            };
            // Where the price is fixed a whole object that is sent back repeats it.
            let fare = fare.filter(|_| place.line.is_metered()).map(Won);
            Command::FinishWork { call, outcome: WorkOutcome::Done, fare }
        }
        Act::Claim => {
            let name = said.need(&Slot::Worker, place)?;
            let info = said.get(&Slot::WorkerInfo);
            // Who comes too late is not made known for it.
            let worker = match workers::known(gate, place, name).await? {
                Some(worker) => worker,
                None if row.claimable => {
                    workers::comes_along(gate, place, asked, name, info).await?
                }
                None => return Err(not_to_be_had(row).into()),
            };
            let at = said.get(&Slot::Visit).map(|text| at(look, text)).transpose()?;
            let has = row.worker_now().is_some_and(|(has, _)| has == worker);
            let is_same = at.is_none_or(|at| row.window.is_some_and(|window| window.from == at));
            if has && is_same && matches!(row.phase, Phase::Assigned | Phase::Scheduled) {
                return Ok(None);
            }
            Command::ClaimCall { call, worker, at }
        }
        Act::Rate => {
            said.need(&Slot::Stars, place)?;
            let stars = said.number(&Slot::Stars)?.and_then(|stars| u8::try_from(stars).ok());
            let stars = stars.ok_or_else(|| invalid("a rating is 1 to 5"))?;
            let text = said.get(&Slot::Review).map(str::to_owned);
            Command::RateCall { call, stars, text }
        }
    }))
}

/// Why a call cannot be taken, whoever wants it.
fn not_to_be_had(row: &CallRow) -> Refusal {
    let call = row.call;
    match row.worker_now() {
        Some((worker, _)) => Refusal::CallTaken { call, worker },
        None => Refusal::NotClaimable { call },
    }
}

fn at(look: &Look, text: &str) -> Result<Time, Problem> {
    let at = look.clock.parse(&moment(text)).map_err(UserError::bad_time)?;
    Ok(at)
}

/// What is said otherwise than it is.
async fn amendments(
    gate: &Gate,
    look: &Look,
    row: &CallRow,
    said: &Said,
) -> Result<Option<Command>, Problem> {
    let visit = said.get(&Slot::Visit).map(|text| at(look, text)).transpose()?;
    let visit = visit.filter(|at| row.window.is_none_or(|window| window.from != *at));
    let text = |slot| said.get(&slot).map(str::to_owned);
    let mut amend = Amend {
        location: text(Slot::Location),
        tel: text(Slot::Tel),
        name: None,
        kind: text(Slot::Kind).filter(|kind| row.kind.as_ref() != Some(kind)),
        cost: said.number(&Slot::Cost)?.filter(|cost| row.cost != Some(Won(*cost))),
    };
    let (call, subject, look) = (row.call, row.subject, look.clone());
    let change = gate.read(move |book, setup| {
        let person = book.person(subject)?.unwrap_or_default();
        amend.location = amend.location.filter(|text| Some(nfc(text)) != person.address);
        if let Some(tel) = &amend.tel
            && person.tel.as_deref() == Some(draft::read_tel(setup, tel)?.as_str())
        {
            amend.tel = None;
        }
        Ok(amend.resolve(call, setup, book, &look)?.0)
    });
    let change = change.await?;
    match (change == Amendment::default(), visit) {
        (true, None) => Ok(None),
        (true, Some(at)) => Ok(Some(Command::Reschedule { call, at })),
        (false, None) => Ok(Some(Command::AmendCall { call, change })),
        (false, Some(_)) => Err(invalid("an appointment is moved by a write of its own")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_an_hour_is_nine_o_clock_however_it_is_written() {
        for day in
            ["2026-11-25", "2026/11/25", "2026.11.25", "26/11/25", "20261125", " 2026-11-25 "]
        {
            assert_eq!(moment(day), "2026-11-25 09:00", "{day}");
        }
        for other in
            ["2026-11-25 14:30", "14:30", "+2h", "2026-11-25T14:30:00+09:00", "soon", "1-2-3"]
        {
            assert_eq!(moment(other), other);
        }
    }
}
