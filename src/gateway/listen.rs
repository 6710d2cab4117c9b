//! Listening: connections are taken, served, and sent away when the host leaves.
//!
//! Invariant: on the desk's own socket a peer of another user gets no answer; there are never more connections than there
//! are places; who owes something for too long is cut off ([`super::pulse`]); stopping takes at most [`DRAIN`].

use super::entry::{Entry, enter};
use super::gate::Gate;
use super::guard::{Guard, Names};
use super::metrics::Metrics;
use super::ops::{self, Ops};
use super::pulse::{Felt, Pulse};
use super::{api, attach, service};
use crate::desk::local::Local;
use crate::desk::socket;
use crate::desk::{Desk, DeskError};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::middleware;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::Service as HyperService;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use prometheus_client::metrics::gauge::Gauge;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tower::Service as _;

/// The most connections at once on the desk's own socket; more wait in line.
const ATTACHED_MAX: usize = 256;

/// The most connections at once over the network; more wait in line.
const CONNECTIONS_MAX: usize = 16_384;

/// How many files are kept free of connections: the store, the sockets, the programs that are asked.
const FILES_KEPT: u64 = 256;

/// How many may wait in line for a listener. The system may allow fewer (`net.core.somaxconn`).
const BACKLOG: u32 = 4_096;

/// How much the system keeps of what a peer does not read: as much as one takes who reads, and no more, however many there
/// are who do not.
const UNREAD_MAX: usize = 128 << 10;

/// The most bytes of a head. It may have 100 headers, which is what hyper allows.
const HEAD_MAX: usize = 16 << 10;

/// How long those who are being answered are waited for. Longer than a call takes to settle.
const DRAIN: Duration = Duration::from_secs(3);

/// How long a peer of the network that asks for nothing is given to ask once more, when the host leaves: so it learns from
/// an answer that the connection ends, and sends nothing into one that has ended.
const LAST_WORD: Duration = Duration::from_millis(300);

/// How long a peer that is still sending after its last answer is listened to, and how many bytes.
const SEEN_OFF: Duration = Duration::from_secs(1);
const SEEN_OFF_MAX: usize = 256 << 10;

/// The rest after the system refused a connection: it has no files to spare.
const BREATH: Duration = Duration::from_millis(50);

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// A process of the desk's own user, on its own socket.
    Own,
    /// Somebody on the network.
    Net {
        /// Where they are.
        from: SocketAddr,
        /// Where they came to.
        to: SocketAddr,
    },
}

/// How far a host has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It takes whoever comes.
    Open,
    /// It says that it will leave, and takes whoever comes still.
    Lingering,
    /// It takes nobody new.
    Leaving,
}

/// What is listened on.
pub(super) struct Listening {
    desk: Local,
    place: PathBuf,
    address: Option<SocketAddr>,
    entry: Arc<Entry>,
    routes: Router,
    stage: watch::Sender<Stage>,
    serving: Vec<JoinHandle<()>>,
    beside: Vec<JoinHandle<()>>,
}

impl Listening {
    /// Listens for those who want to attach to `desk`; `guard` stands before the network, when that is to be let in.
    pub(super) fn start(desk: &Local, guard: Option<Guard>) -> Result<Self, DeskError> {
        let setup = desk.setup();
        let places = socket::places(&setup.store, setup.runtime_dir.as_deref());
        let (listener, place) = socket::listen(&places)?;
        let stage = watch::Sender::new(Stage::Open);
        let metrics = Arc::new(Metrics::new(desk.tally()));
        let asked = Desk::from(desk.clone());
        let ops = Ops {
            desk: asked.clone(),
            store: setup.store.clone(),
            metrics: Arc::clone(&metrics),
            stage: stage.subscribe(),
            begun: Instant::now(),
        };
        let operator = &setup.operator;
        let entry = Entry::new(guard, operator, Arc::clone(&metrics), stage.subscribe());
        let entry = Arc::new(entry);
        let routes = api::routes(Gate::to(asked.clone(), setup)).merge(ops::routes(ops));
        let way_in = || middleware::from_fn_with_state(Arc::clone(&entry), enter);
        let routes = routes.layer(way_in());
        let attached = attach::routes(desk.clone()).merge(routes.clone());
        let routes = attach::routes(desk.clone()).layer(way_in()).merge(routes);
        let hall = Hall { routes: attached, stage: stage.subscribe(), connections: None };
        let serving = vec![tokio::spawn(serve(listener, ATTACHED_MAX, hall))];
        let beside = vec![tokio::spawn(service::watched(asked))];
        let desk = desk.clone();
        Ok(Self { desk, place, address: None, entry, routes, stage, serving, beside })
    }

    /// Listens for programs on the network, too.
    pub(super) fn open_to(&mut self, listener: NetListener) -> io::Result<()> {
        self.address = Some(listener.socket.local_addr()?);
        let places = places_for(rustix::process::getrlimit(rustix::process::Resource::Nofile));
        let hall = Hall {
            routes: self.routes.clone(),
            stage: self.stage.subscribe(),
            connections: Some(self.entry.metrics.connections().clone()),
        };
        self.serving.push(tokio::spawn(serve(listener, places, hall)));
        let (desk, metrics) = (self.desk.clone().into(), Arc::clone(&self.entry.metrics));
        self.beside.push(tokio::spawn(async move { metrics.follow(desk).await }));
        Ok(())
    }

    /// Where programs on the network find it.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// From now on called by these names; the tokens are read anew.
    pub(super) fn reload(&self, names: Names) {
        if let Some(guard) = &self.entry.guard {
            guard.reload(names);
        }
    }

    /// Says that it will leave, and lingers; then refuses everybody new, finishes with the others, and takes the socket
    /// away. The lock is still held.
    pub(super) async fn stop(self, linger: Duration) {
        self.stage.send_replace(Stage::Lingering);
        tokio::time::sleep(linger).await;
        self.stage.send_replace(Stage::Leaving);
        self.desk.leave();
        for serving in self.serving {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the gateway failed");
            }
        }
        for beside in self.beside {
            beside.abort();
        }
        if let Err(error) = std::fs::remove_file(&self.place) {
            tracing::warn!(%error, socket = %self.place.display(), "the socket stays");
        }
    }
}

/// A socket of the network that is listened on.
pub(super) struct NetListener {
    socket: TcpListener,
    /// The address that everybody comes to; none: there are several.
    at: Option<SocketAddr>,
    /// Somebody else listens on it too, and goes on when we leave.
    shared: bool,
}

impl NetListener {
    /// One at `address`, with a long line and quick to have again after a crash.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Self::of(socket.listen(BACKLOG)?, false)
    }

    /// One that the manager of services listens on.
    pub(super) fn inherited(socket: std::net::TcpListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Self::of(TcpListener::from_std(socket)?, true)
    }

    fn of(socket: TcpListener, shared: bool) -> io::Result<Self> {
        // The connections have both from the listener.
        rustix::net::sockopt::set_socket_send_buffer_size(&socket, UNREAD_MAX)?;
        rustix::net::sockopt::set_tcp_nodelay(&socket, true)?;
        let at = Some(socket.local_addr()?).filter(|at| !at.ip().is_unspecified());
        Ok(Self { socket, at, shared })
    }
}

/// Asks the system for as many files as it allows this process.
pub(super) fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays");
    }
}

/// How many connections there is room for under a limit of open files.
fn places_for(limit: rustix::process::Rlimit) -> usize {
    let files = limit.current.unwrap_or(u64::MAX).saturating_sub(FILES_KEPT);
    usize::try_from(files).unwrap_or(usize::MAX).clamp(16, CONNECTIONS_MAX)
}

/// Something that connections come from.
trait Listener: Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection; none: whoever it was is sent away.
    fn next(&self) -> impl Future<Output = io::Result<Option<(Self::Stream, Peer)>>> + Send;

    /// Whether somebody else goes on with those who stand in line.
    fn is_shared(&self) -> bool {
        false
    }
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn next(&self) -> io::Result<Option<(UnixStream, Peer)>> {
        let (stream, _) = self.accept().await?;
        Ok(is_ours(&stream).then_some((stream, Peer::Own)))
    }
}

impl Listener for NetListener {
    type Stream = TcpStream;

    fn is_shared(&self) -> bool {
        self.shared
    }

    async fn next(&self) -> io::Result<Option<(TcpStream, Peer)>> {
        let (stream, from) = self.socket.accept().await?;
        // One that is gone already is no fault of the listener's.
        let to = self.at.or_else(|| stream.local_addr().ok());
        Ok(to.map(|to| (stream, Peer::Net { from, to })))
    }
}

/// What the connections of a listener have in common.
#[derive(Clone)]
struct Hall {
    routes: Router,
    stage: watch::Receiver<Stage>,
    /// Where they are counted, if they are.
    connections: Option<Gauge>,
}

async fn serve(listener: impl Listener, places: usize, mut hall: Hall) {
    let places = Arc::new(Semaphore::new(places));
    let mut open = JoinSet::new();
    let shared = hall.clone();
    let take = |open: &mut JoinSet<()>, place, accepted| match (place, accepted) {
        (Ok(place), Ok(Some((stream, peer)))) => {
            let pulse = Arc::new(Pulse::new());
            let door = Door { routes: shared.routes.clone(), pulse: Arc::clone(&pulse), peer };
            let hall = shared.clone();
            open.spawn(connection(Felt::new(stream, pulse), door, hall, place));
            Ok(())
        }
        (_, Ok(_)) => Ok(()),
        (_, Err(error)) => Err(error),
    };
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.next().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = told(&mut hall.stage) => break,
        };
        while open.try_join_next().is_some() {}
        if let Err(error) = take(&mut open, place, accepted) {
            tracing::warn!(%error, "a connection could not be taken");
            tokio::time::sleep(BREATH).await;
        }
    }
    // Who stood in line before the listener was closed is answered, too, unless somebody else goes on with the line.
    while !listener.is_shared()
        && let Ok(place) = Arc::clone(&places).try_acquire_owned()
        && let Ok(Ok(next)) = tokio::time::timeout(Duration::ZERO, listener.next()).await
    {
        drop(take(&mut open, Ok(place), Ok(next)));
    }
    drop(listener);
    let drained = tokio::time::timeout(DRAIN, async { while open.join_next().await.is_some() {} });
    if drained.await.is_err() {
        tracing::warn!(connections = open.len(), "some were not answered to the end");
    }
}

/// Waits until it is said, or until nobody is there to say it.
async fn told(stage: &mut watch::Receiver<Stage>) {
    drop(stage.wait_for(|stage| *stage == Stage::Leaving).await);
}

/// Whether the peer is a process of the desk's own user.
fn is_ours(stream: &UnixStream) -> bool {
    match stream.peer_cred() {
        Ok(peer) if peer.uid() == socket::user() => true,
        Ok(peer) => {
            tracing::warn!(uid = peer.uid(), "another user knocked and was sent away");
            false
        }
        // Gone before it was looked at.
        Err(_) => false,
    }
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: Felt<S>,
    door: Door,
    mut hall: Hall,
    _place: OwnedSemaphorePermit,
) {
    let _counted = hall.connections.take().map(Counted::new);
    let (pulse, peer) = (Arc::clone(&door.pulse), door.peer);
    let mut http = http1::Builder::new();
    // The deadlines are the pulse's, which knows a peer that has not begun from one that does not finish.
    http.header_read_timeout(None).max_buf_size(HEAD_MAX);
    let mut connection = http.serve_connection(TokioIo::new(stream), door);
    let mut overdue = pin!(pulse.stops());
    let mut last_word = pin!(async {
        told(&mut hall.stage).await;
        if peer != Peer::Own {
            tokio::time::sleep(LAST_WORD).await;
        }
    });
    let mut leaving = false;
    let served = loop {
        tokio::select! {
            served = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break served,
            () = overdue.as_mut() => {
                tracing::debug!("a peer that owed something was cut off");
                return;
            }
            () = last_word.as_mut(), if !leaving => {
                leaving = true;
                Pin::new(&mut connection).graceful_shutdown();
                if peer != Peer::Own && pulse.is_quiet() {
                    return;
                }
            }
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke");
    }
    if peer != Peer::Own {
        see_off(connection.into_parts().io.into_inner()).await;
    }
}

/// Ends a connection so that the peer reads its last answer even while it is still sending what nobody will read: a
/// connection that is closed over unread bytes is reset, and the answer with it.
async fn see_off<S: AsyncRead + AsyncWrite + Unpin>(mut stream: Felt<S>) {
    let parting = async {
        stream.shutdown().await?;
        let mut unread = [0; 1_024];
        let mut left = SEEN_OFF_MAX;
        while left > 0 {
            match stream.read(&mut unread).await? {
                0 => break,
                read => left = left.saturating_sub(read),
            }
        }
        io::Result::Ok(())
    };
    // Whoever does not go by itself is left standing.
    drop(tokio::time::timeout(SEEN_OFF, parting).await);
}

/// A connection that is counted as long as it is open.
struct Counted(Gauge);

impl Counted {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What a connection is served by.
struct Door {
    routes: Router,
    pulse: Arc<Pulse>,
    peer: Peer,
}

impl HyperService<Request<Incoming>> for Door {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.pulse.asked();
        request.extensions_mut().insert(self.peer);
        let pulse = Arc::clone(&self.pulse);
        let answering = self.routes.clone().call(request);
        Box::pin(async move {
            let response = answering.await?;
            Ok(response.map(|body| Answer { body, pulse }))
        })
    }
}

/// The body of an answer; when it is gone the peer has its answer.
struct Answer {
    body: Body,
    pulse: Arc<Pulse>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.pulse.answered();
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
