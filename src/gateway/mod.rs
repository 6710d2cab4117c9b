//! The gateway: a desk that is open here, for other processes.
//!
//! Invariant: it listens only while the desk is open here and its lock held, and it is left in order: nobody new, those
//! who are being answered, the socket, the store, the lock. Knows no verb and prints nothing.

mod answer;
mod api;
mod asked;
mod attach;
mod caller;
mod change;
mod entry;
mod gate;
mod guard;
mod home;
mod listen;
mod load;
mod metrics;
mod openapi;
mod ops;
mod originals;
mod part;
mod problem;
mod pulse;
mod replay;
mod rows;
mod service;
#[cfg(test)]
mod tests;
mod tokens;
mod trace;
mod v1;

pub(crate) use caller::Scope;
pub(crate) use guard::Names;
pub(crate) use load::CHANGES;
pub(crate) use tokens::{Token, Tokens};

use crate::desk::{Desk, DeskError, Remaining, Setup};
use crate::front::error::UserError;
use guard::Guard;
use listen::{Listening, NetListener};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

/// How programs on the network are served.
#[derive(Debug)]
pub(crate) struct Http {
    /// Where it listens; port 0: wherever there is room.
    listen: SocketAddr,
    /// A socket that is listened on already.
    inherited: Option<TcpListener>,
    /// By which names it is called.
    pub names: Names,
    /// How long it says that it will leave before it takes nobody new.
    pub linger: Duration,
    /// How many changes are under way at most.
    pub changes: usize,
}

impl Http {
    /// At the socket that the manager of services gives, or else at `listen`.
    ///
    /// # Errors
    /// What the manager gives is no socket that connections come from.
    pub(crate) fn new(listen: SocketAddr) -> Result<Self, UserError> {
        let bad = |error| UserError::cannot_listen(listen, &error);
        let inherited = service::inherited().map_err(bad)?;
        let given = inherited.as_ref().map(TcpListener::local_addr).transpose().map_err(bad)?;
        let (names, linger, changes) = (Names::default(), Duration::ZERO, CHANGES);
        Ok(Self { listen: given.unwrap_or(listen), inherited, names, linger, changes })
    }

    /// The address, as far as it is known before there is a socket.
    fn address(&self) -> SocketAddr {
        self.listen
    }

    fn socket(self) -> io::Result<NetListener> {
        match self.inherited {
            Some(socket) => NetListener::inherited(socket),
            None => NetListener::bind(self.listen),
        }
    }
}

/// A stay at a desk for as long as a verb lasts: as its host, or as a guest of the host that there is.
pub(crate) struct Stay {
    desk: Desk,
    listening: Option<Listening>,
    linger: Duration,
}

impl Stay {
    /// Attaches to the desk's host, or becomes it, but not before `not_before`.
    ///
    /// # Errors
    /// As opening a desk; or its socket cannot be listened on.
    pub(crate) async fn begin(
        setup: &Setup,
        verb: &str,
        not_before: Instant,
    ) -> Result<Self, DeskError> {
        Self::at(Desk::stay(setup, verb, not_before).await?, None).await
    }

    /// Becomes the desk's host, for programs on the network, too, when it is said how. Who is host only in passing gives
    /// way.
    ///
    /// # Errors
    /// As [`Stay::begin`]; there is another such host; or the address cannot be listened on.
    pub(crate) async fn host(
        setup: &Setup,
        verb: &str,
        http: Option<Http>,
    ) -> Result<Self, UserError> {
        let guard = http.as_ref().map(|http| Guard::of(setup, http)).transpose()?;
        let mut stay = Self::at(Desk::host(setup, verb).await?, guard).await?;
        if let (Some(http), Some(listening)) = (http, &mut stay.listening) {
            stay.linger = http.linger;
            listen::raise_file_limit();
            let address = http.listen;
            // Only now: the host before, if there was one, has left the address together with the lock.
            let opened = http.socket().and_then(|socket| listening.open_to(socket));
            if let Err(error) = opened {
                stay.end().await?;
                return Err(UserError::cannot_listen(address, &error));
            }
        }
        service::ready();
        Ok(stay)
    }

    /// From now on called by these names; the tokens are read anew.
    pub(crate) fn reload(&self, names: Names) {
        service::reloading();
        if let Some(listening) = &self.listening {
            listening.reload(names);
        }
        service::ready();
    }

    /// Where programs on the network find it.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listening.as_ref().and_then(Listening::address)
    }

    async fn at(desk: Desk, guard: Option<Guard>) -> Result<Self, DeskError> {
        let started = desk.local().map(|desk| Listening::start(desk, guard));
        let listening = match started.transpose() {
            Ok(listening) => listening,
            Err(deaf) => {
                desk.close().await?;
                return Err(deaf);
            }
        };
        Ok(Self { desk, listening, linger: Duration::ZERO })
    }

    /// The desk.
    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Waits until somebody wants to be the host in our place who is made for it.
    pub(crate) async fn asked_to_give_way(&self) {
        match self.desk.local() {
            Some(desk) => desk.asked_to_give_way().await,
            None => std::future::pending().await,
        }
    }

    /// Leaves. Says what is left to do and nobody does.
    ///
    /// # Errors
    /// The storage failed at the end; everything acknowledged is safe.
    pub(crate) async fn end(self) -> Result<Remaining, DeskError> {
        if let Some(listening) = self.listening {
            service::stopping();
            listening.stop(self.linger).await;
        }
        self.desk.close().await
    }
}
