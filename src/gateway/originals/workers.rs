//! Workers as the originals' clients know them: by a name, or by the number of a taxi.
//!
//! Invariant: one name is one worker. Who is not known comes along by themselves, marked so, unless the configuration
//! has it otherwise.

use super::given::invalid;
use super::surface::Place;
use crate::desk::live::WorkerFilter;
use crate::desk::{Asking, DeskError};
use crate::front::draft;
use crate::front::error::UserError;
use crate::gateway::asked::Asked;
use crate::gateway::gate::Gate;
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::{Command, Contact, NewWorker, Person};
use ascall_engine::domain::event::{Duty, TelDigest};
use ascall_engine::domain::ids::WorkerId;
use axum::http::StatusCode;

/// The worker of this name, who serves the line of the place; none: there is none.
pub(super) async fn known(
    gate: &Gate,
    place: &Place,
    name: &str,
) -> Result<Option<WorkerId>, Problem> {
    let name = named(name)?;
    if name.starts_with("W-")
        && let Ok(worker) = name.parse()
    {
        return Ok(Some(worker));
    }
    if let Some(worker) = gate.desk().worker_called(handle(gate, place, &name)?).await? {
        return Ok(Some(worker));
    }
    // Those whom the desk added are known by their rows alone.
    let service = Some(place.line.profile.name.clone());
    let filter = WorkerFilter { service, ..WorkerFilter::default() };
    let all = gate.desk().workers(filter, usize::MAX).await?;
    let mut same = all.iter().filter(|worker| worker.person.name.as_ref() == Some(&name));
    let found = same.next().map(|worker| worker.id);
    if same.next().is_some() {
        let detail = "several workers have this name";
        return Err(Problem::new(StatusCode::CONFLICT, "refused", detail)
            .hint("name the worker by number, e.g. W-1"));
    }
    Ok(found)
}

/// A worker whom nobody added comes along under this name.
pub(super) async fn comes_along(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    name: &str,
    info: Option<&str>,
) -> Result<WorkerId, Problem> {
    if gate.setup().workers_strict {
        return Err(invalid("no worker has this name, and none comes along by themselves here")
            .hint("add the worker first: ascall worker add, or POST /v1/workers"));
    }
    let name = named(name)?;
    let handle = Some(handle(gate, place, &name)?);
    // The rows have one place for what else is known of a person: for a taxi that is the car.
    let address =
        info.map(|info| draft::text_of("what is said of the worker", info)).transpose()?;
    let person = Person { name: Some(name), address, ..Person::default() };
    let new = NewWorker {
        contact: Contact { person, ..Contact::default() },
        services: vec![place.line.profile.name.clone()],
        skills: Vec::new(),
        home: None,
        duty: Duty::On,
        handle,
    };
    // The name is the key: coming along twice is coming along once.
    let asking = Asking { key: None, seen: None, ..asked.as_operator(None) };
    let receipt = gate.desk().handle(asking, Command::AddWorker(new)).await?;
    receipt.worker.ok_or_else(Problem::closing)
}

fn named(name: &str) -> Result<String, UserError> {
    draft::text_of("the worker's name", name)
}

/// What the desk knows a name by. Who is meant depends on the line: a teacher is no taxi.
fn handle(gate: &Gate, place: &Place, name: &str) -> Result<TelDigest, DeskError> {
    gate.desk().book().digest(&format!("{}\0{name}", place.line.profile.name))
}
