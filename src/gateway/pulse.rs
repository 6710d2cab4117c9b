//! The pulse of a connection: what its peer owes, since when, and when that has been too long.
//!
//! Invariant: a peer that owes something and does not give it is cut off: the next request within [`IDLE`], the rest of a
//! head within [`HEAD`], room for an answer within [`WRITE`]. Who is being answered owes nothing. Knows no HTTP.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How long a peer may keep a connection without asking for anything.
pub(super) const IDLE: Duration = Duration::from_secs(75);

/// How long a peer may take from the first byte of a head to the last.
pub(super) const HEAD: Duration = Duration::from_secs(10);

/// How long a peer may leave no room for what it asked for.
pub(super) const WRITE: Duration = Duration::from_secs(10);

/// How a connection is doing. Shared by those who read, answer and watch.
#[derive(Debug)]
pub(super) struct Pulse {
    begun: Instant,
    /// What the peer owes, in the two lowest bits, and since when, in milliseconds.
    owed: AtomicU64,
    /// Since when the peer takes nothing, in milliseconds, and one; 0: it does.
    full: AtomicU64,
}

/// What a peer owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owed {
    /// A request.
    Request,
    /// The rest of a head.
    Head,
    /// Nothing: it waits for its answer.
    Nothing,
}

impl Pulse {
    /// That of a connection that was just taken.
    pub(super) fn new() -> Self {
        let begun = Instant::now();
        Self { begun, owed: AtomicU64::new(Owed::Request as u64), full: AtomicU64::new(0) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX >> 2)
    }

    fn set(&self, owed: Owed) {
        self.owed.store(self.now() << 2 | owed as u64, Ordering::Relaxed);
    }

    fn get(&self) -> (Owed, u64) {
        let held = self.owed.load(Ordering::Relaxed);
        let owed = match held & 3 {
            0 => Owed::Request,
            1 => Owed::Head,
            _ => Owed::Nothing,
        };
        (owed, held >> 2)
    }

    /// Bytes have come.
    fn heard(&self) {
        if self.get().0 == Owed::Request {
            self.set(Owed::Head);
        }
    }

    /// A whole head is here, and is being answered.
    pub(super) fn asked(&self) {
        self.set(Owed::Nothing);
    }

    /// It has its answer.
    pub(super) fn answered(&self) {
        self.set(Owed::Request);
    }

    /// Whether the peer asks for nothing now.
    pub(super) fn is_quiet(&self) -> bool {
        self.get().0 == Owed::Request
    }

    fn took(&self, all: bool) {
        let full = self.full.load(Ordering::Relaxed) != 0;
        if full == all {
            let since = if all { 0 } else { self.now() + 1 };
            self.full.store(since, Ordering::Relaxed);
        }
    }

    /// How long to wait before looking again; none: it has been too long.
    fn left(&self) -> Option<Duration> {
        let now = self.now();
        let rest = |limit: Duration, since: u64| {
            limit.checked_sub(Duration::from_millis(now.saturating_sub(since)))
        };
        let (owed, since) = self.get();
        let asking = match owed {
            Owed::Request => rest(IDLE, since)?,
            Owed::Head => rest(HEAD, since)?,
            Owed::Nothing => HEAD,
        };
        let taking = match self.full.load(Ordering::Relaxed) {
            0 => WRITE,
            since => rest(WRITE, since - 1)?,
        };
        // Whatever the peer begins to owe meanwhile is not overdue before the next look.
        let pause = asking.min(taking).min(HEAD).min(WRITE);
        Some(pause.max(Duration::from_millis(1)))
    }

    /// Waits until the peer has owed something for too long.
    pub(super) async fn stops(&self) {
        while let Some(pause) = self.left() {
            tokio::time::sleep(pause).await;
        }
    }
}

/// A stream whose pulse is felt.
pub(super) struct Felt<S> {
    stream: S,
    pulse: Arc<Pulse>,
}

impl<S> Felt<S> {
    /// This stream, and where its pulse is kept.
    pub(super) fn new(stream: S, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse }
    }

    fn wrote(&self, wrote: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.pulse.took(wrote.is_ready());
        wrote
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Felt<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.pulse.heard();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Felt<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn aged(pulse: Pulse, by: Duration) -> Pulse {
        Pulse { begun: pulse.begun.checked_sub(by).unwrap(), ..pulse }
    }

    #[test]
    fn who_asks_for_nothing_may_stay_longer_than_who_does_not_finish_a_head() {
        let second = Duration::from_secs(1);
        assert!(aged(Pulse::new(), HEAD + second).left().is_some());
        assert!(aged(Pulse::new(), IDLE + second).left().is_none());
        let pulse = Pulse::new();
        pulse.heard();
        // More bytes of the same head do not lengthen the time.
        let pulse = aged(pulse, HEAD.saturating_sub(second));
        pulse.heard();
        assert!(pulse.left().is_some_and(|left| left <= second));
        assert!(aged(pulse, second * 2).left().is_none());
    }

    #[test]
    fn who_waits_for_an_answer_owes_nothing_until_it_has_it() {
        let pulse = Pulse::new();
        pulse.heard();
        pulse.asked();
        let pulse = aged(pulse, IDLE * 100);
        assert!(pulse.left().is_some());
        pulse.answered();
        assert!(pulse.left().is_some());
        assert!(aged(pulse, IDLE * 2).left().is_none());
    }

    #[tokio::test]
    async fn who_takes_nothing_is_overdue_and_who_takes_again_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let pulse = Arc::new(Pulse::new());
        pulse.asked();
        let mut felt = Felt::new(ours, Arc::clone(&pulse));
        let mut rest = [0_u8; 20];
        let wrote = tokio::time::timeout(Duration::ZERO, felt.write_all(&rest)).await;
        assert!(wrote.is_err(), "there was no room");
        let since = pulse.full.load(Ordering::Relaxed);
        assert!(since > 0);
        let late = Pulse { full: AtomicU64::new(since), ..aged(Pulse::new(), WRITE * 2) };
        late.asked();
        assert!(late.left().is_none());
        theirs.read_exact(&mut rest[..8]).await.unwrap();
        felt.write_all(&[0; 4]).await.unwrap();
        assert_eq!(pulse.full.load(Ordering::Relaxed), 0);
    }
}
