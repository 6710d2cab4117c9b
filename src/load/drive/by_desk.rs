//! Steps asked of a desk through the one handle on it: in this process, or over the socket of the host that has it.
//!
//! Invariant: of what may have been done nobody says that it was not.

use super::order::{self, Papers};
use crate::desk::{Asking, CallFilter, Desk, DeskError};
use crate::load::LoadError;
use crate::load::crowd::{Asked, Crowd, Said, What};
use ascall_engine::domain::command::{Command, Receipt};
use ascall_engine::domain::event::{Actor, TelDigest};
use ascall_engine::domain::ids::{CallId, Time, WorkerId};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many orders of the set-up are given at once. They are carried out in the order in which they are given, which
/// `join_all` keeps for as few as these.
pub(super) const AT_ONCE: usize = 24;

/// How many open calls a worker looks through.
const OPEN_MAX: usize = 20;

/// Whoever asks a desk.
pub(super) struct ByDesk {
    papers: Papers,
    /// The desk's own digests of the numbers that came so far.
    digests: Mutex<BTreeMap<String, TelDigest>>,
}

impl ByDesk {
    /// With these papers.
    pub(super) fn new(papers: Papers) -> Self {
        Self { papers, digests: Mutex::default() }
    }

    /// Asks; what came of it.
    pub(super) async fn ask(&self, desk: &Desk, what: &What) -> Said {
        let done = match what {
            What::Request(asked) => self.request(desk, asked).await,
            What::Status(call) => desk.call(*call).await.map(|row| {
                row.map_or_else(
                    || Said::Refused(NO_SUCH_CALL.to_owned()),
                    |row| Said::Done(Some(row.call)),
                )
            }),
            What::Claim(worker) => claim(desk, *worker).await,
            _ => match order::change(what) {
                Some((actor, command)) => change(desk, actor, command).await,
                None => Ok(Said::Done(None)),
            },
        };
        done.unwrap_or_else(of_error)
    }

    async fn request(&self, desk: &Desk, asked: &Asked) -> Result<Said, DeskError> {
        let digest = self.digest(desk, &asked.tel).await?;
        let command = match self.papers.request(asked, digest) {
            Ok(command) => command,
            Err(said) => return Ok(said),
        };
        let asking = Asking { key: Some(asked.key.clone()), ..Asking::default() };
        Ok(done(&desk.handle(asking, command).await?))
    }

    async fn digest(&self, desk: &Desk, tel: &str) -> Result<TelDigest, DeskError> {
        let known = self.digests.lock().unwrap_or_else(PoisonError::into_inner).get(tel).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let digest = digest(desk, tel).await?;
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        digests.insert(tel.to_owned(), digest);
        Ok(digest)
    }
}

const NO_SUCH_CALL: &str = "NoSuchCall";

async fn digest(desk: &Desk, tel: &str) -> Result<TelDigest, DeskError> {
    desk.digest(&order::canonical(tel)).await
}

async fn change(desk: &Desk, actor: Actor, command: Command) -> Result<Said, DeskError> {
    let by = Some(actor).filter(|actor| *actor == Actor::Customer);
    Ok(done(&desk.handle(Asking { by, ..Asking::default() }, command).await?))
}

/// A worker takes the first call that they may.
async fn claim(desk: &Desk, worker: WorkerId) -> Result<Said, DeskError> {
    let open = CallFilter { claimable: true, limit: OPEN_MAX, ..CallFilter::default() };
    let open: Vec<CallId> = desk.calls(open).await?.iter().map(|row| row.call).collect();
    if open.is_empty() {
        return Ok(Said::Done(None));
    }
    match desk.claimable(worker, open).await?.first() {
        Some(call) => change(desk, Actor::Clock, order::claim(worker, *call)).await,
        None => Ok(Said::Done(None)),
    }
}

fn done(receipt: &Receipt) -> Said {
    Said::Done(receipt.call)
}

fn of_error(error: DeskError) -> Said {
    match error {
        DeskError::Refused(refusal) => order::refused(&refusal, wall()),
        DeskError::Overloaded { retry_at, .. } => {
            Said::HeldOff(Some(order::wait(retry_at, wall())))
        }
        DeskError::Unknown { .. } | DeskError::HostGone { .. } => Said::Unknown,
        other => Said::Failed(other.to_string()),
    }
}

/// The present.
pub(super) fn wall() -> Time {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}

/// Makes everybody known whom the desk must know, and tells the crowd and the papers their numbers; `hired` has those of
/// the workers, also when it breaks off.
///
/// # Errors
/// The desk refuses somebody, or cannot be asked.
pub(super) async fn found(
    desk: &Desk,
    crowd: &mut Crowd,
    papers: &mut Papers,
    hired: &mut Vec<WorkerId>,
) -> Result<(), LoadError> {
    let (founding, crew) = (crowd.founding(), crowd.hired());
    let tels = founding.members.iter().map(|m| &m.tel).chain(crew.iter().map(|h| &h.tel));
    let mut digests = BTreeMap::new();
    for tel in tels {
        if !digests.contains_key(tel) {
            digests.insert(tel.clone(), digest(desk, tel).await?);
        }
    }
    let known = |tel: &str| {
        let digest = digests.get(tel).copied();
        digest.ok_or_else(|| LoadError::Target("a number has no digest".to_owned()))
    };
    let orders = order::founding(crowd, known)?;
    for some in orders.chunks(AT_ONCE) {
        let some = some.iter().map(|command| desk.handle(Asking::default(), command.clone()));
        let mut refused = None;
        for receipt in join_all(some).await {
            match receipt {
                Ok(receipt) => {
                    hired.extend(receipt.worker);
                    papers.members.extend(receipt.member);
                }
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        if let Some(why) = refused {
            return Err(why.into());
        }
    }
    crowd.enlisted(hired);
    Ok(())
}
