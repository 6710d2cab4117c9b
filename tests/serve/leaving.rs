//! How a host leaves the network: nobody is refused who could be served, and what has begun is finished.

use crate::client::{Client, ask, begin, request, serve, until};
use crate::running::{PATIENCE, Running};
use crate::sealed::Sealed;
use rustix::process::Signal;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[test]
fn a_request_that_has_begun_is_answered_and_nobody_new_is_taken() {
    let desk = Sealed::new();
    let (mut host, at) = serve(&desk, &[]);
    let mut begun = Client::to(at);
    begun.says(request("POST /v1/calls/C-1", &["Content-Length: 2"]).as_bytes());
    let mut idle = Client::to(at);
    idle.says(request("GET /livez", &[]).as_bytes());
    assert_eq!(idle.hears().unwrap().status, 200);
    host.signal(Signal::TERM);
    until(|| TcpStream::connect(at).is_err().then_some(()));
    begun.says(b"{}");
    let answer = begun.hears().unwrap();
    assert_eq!(answer.header("connection"), Some("close"), "{answer:?}");
    assert!(begun.hears().is_none() && idle.hears().is_none());
    assert_eq!(host.ends(), Some(0));
}

#[test]
fn who_lingers_says_first_that_it_leaves() {
    let desk = Sealed::new();
    desk.write("config.toml", "[http]\nlinger = \"2s\"\n");
    let (mut host, at) = serve(&desk, &["--config", "config.toml"]);
    assert_eq!(ask(at, "GET /readyz", &[]).status, 200);
    host.signal(Signal::TERM);
    let said = until(|| Some(ask(at, "GET /readyz", &[])).filter(|said| said.status == 503));
    assert_eq!(said.header("connection"), Some("close"), "{said:?}");
    assert!(said.header("retry-after").is_some());
    // It says so and still takes whoever comes.
    assert_eq!(ask(at, "GET /livez", &[]).status, 200);
    assert_eq!(host.ends(), Some(0));
}

/// A generation of the service, on a socket that somebody else holds open, as systemd does it.
fn generation(desk: &Sealed, socket: &TcpListener) -> (Running, SocketAddr) {
    let mut command: Command = desk.program("sh");
    let line = "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" serve 3<&0 0</dev/null";
    command.args(["-c", line, env!("CARGO_BIN_EXE_ascall")]);
    command.stdin(Stdio::from(OwnedFd::from(socket.try_clone().unwrap())));
    begin(command)
}

/// Asks on a connection of its own, as a client that does not try again.
fn once(at: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let line = request("GET /v1/calls/C-1", &["Connection: close"]);
    stream.write_all(line.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_restart_under_load_refuses_nobody_when_the_socket_stays() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    let (mut host, listens) = generation(&desk, &socket);
    assert_eq!(listens, at, "it says the address of the socket that it was given");
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let answer = once(at).unwrap_or_else(|error| panic!("refused: {error}"));
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let more = |than: usize| until(|| (answered.load(Ordering::Relaxed) >= than).then_some(()));
    for _ in 0..3 {
        more(answered.load(Ordering::Relaxed) + 50);
        assert_eq!(host.ends_by(Signal::TERM), Some(0));
        host = generation(&desk, &socket).0;
    }
    more(answered.load(Ordering::Relaxed) + 50);
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().unwrap();
    }
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
}

#[test]
fn the_manager_of_services_is_told_how_the_service_stands() {
    let mut desk = Sealed::new();
    let told = UnixDatagram::bind(desk.path("notify")).unwrap();
    told.set_read_timeout(Some(PATIENCE)).unwrap();
    let path = desk.path("notify");
    desk.set("NOTIFY_SOCKET", path.to_str().unwrap());
    desk.set("WATCHDOG_USEC", "300000");
    let next = || {
        let mut text = [0; 512];
        let read = told.recv(&mut text).unwrap();
        String::from_utf8_lossy(&text[..read]).trim().to_owned()
    };
    let (mut host, _) = serve(&desk, &[]);
    let mut heard = vec![next(), next(), next()];
    host.signal(Signal::HUP);
    while !heard.iter().any(|line| line.starts_with("RELOADING=1")) {
        heard.push(next());
    }
    host.signal(Signal::TERM);
    while heard.last().unwrap() != "STOPPING=1" {
        heard.push(next());
    }
    assert!(heard.iter().filter(|line| *line == "READY=1").count() >= 2, "{heard:?}");
    assert!(heard.iter().any(|line| line == "WATCHDOG=1"), "{heard:?}");
    assert!(heard.iter().any(|line| line.contains("MONOTONIC_USEC=")), "{heard:?}");
    assert_eq!(host.ends(), Some(0));
}
