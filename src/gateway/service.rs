//! What the manager of services gives and is told: a socket that is listened on already, and how the service stands.
//!
//! Invariant: without such a manager nothing happens here. Source:
//! <https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html> and `sd_notify.html` there.

use crate::desk::Desk;
use sd_notify::NotifyState;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

/// The socket that the manager of services listens on for us; none: there is none.
///
/// # Errors
/// What was given is no such socket.
pub(super) fn inherited() -> io::Result<Option<TcpListener>> {
    let mut given = listenfd::ListenFd::from_env();
    if given.len() == 0 {
        return Ok(None);
    }
    given.take_tcp_listener(0)
}

/// The service takes calls.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The service reads its configuration again; [`ready`] follows.
pub(super) fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// The service is leaving.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the manager of services was not told");
    }
}

/// Says again and again that the service is well, as long as the desk answers; ends at once where nobody wants to know.
pub(super) async fn watched(desk: Desk) {
    let Some(every) = sd_notify::watchdog_enabled().filter(|every| !every.is_zero()) else {
        return;
    };
    let pause = every / 3;
    loop {
        let answer = tokio::time::timeout(pause, desk.vitals()).await;
        if matches!(answer, Ok(Ok(_))) {
            tell(&[NotifyState::Watchdog]);
        }
        tokio::time::sleep(pause.max(Duration::from_millis(1))).await;
    }
}
