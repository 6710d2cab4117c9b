//! `ascall serve`: holds the desk open and serves it, so that timers, parked calls and notices go on with nobody at the
//! keyboard.

use crate::cli::config::Configured;
use crate::cli::cx::Cx;
use crate::cli::log;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use crate::gateway::{Http, Names, Stay};
use clap::Args;
use std::io;
use std::net::SocketAddr;
use tokio::sync::oneshot;

/// Hold the desk open and serve it over HTTP: timers fire, parked calls are asked again, notices are sent.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one. `127.0.0.1:8080` when nobody says.
    #[arg(long, value_name = "ADDR:PORT", conflicts_with = "no_http")]
    listen: Option<SocketAddr>,
    /// A name by which programs call this machine, besides its addresses and `localhost`; may be given again.
    #[arg(long, value_name = "NAME", conflicts_with = "no_http")]
    host: Vec<String>,
    /// Without a port: only commands on this machine, of this user, share the desk.
    #[arg(long)]
    no_http: bool,
    /// Leave also when standard input ends, as a pipe does when whoever started this is gone.
    #[arg(long)]
    until_eof: bool,
}

impl Serve {
    /// How programs on the network are served; none: they are not.
    fn http(&self, configured: &Configured) -> Result<Option<Http>, UserError> {
        if self.no_http {
            return Ok(None);
        }
        let mut http = Http::new(self.listen.unwrap_or(configured.http_listen.value))?;
        http.names = self.names(configured);
        http.linger = configured.http_linger.value;
        http.changes = configured.http_changes.value;
        Ok(Some(http))
    }

    fn names(&self, configured: &Configured) -> Names {
        let mut hosts = configured.http_hosts.value.clone();
        hosts.extend(self.host.iter().cloned());
        Names { hosts, origins: configured.http_origins.value.clone() }
    }
}

/// Holds it until told to leave.
pub(crate) async fn run(args: &Serve, cx: &mut Cx) -> Result<Exit, UserError> {
    // Listening first: a signal that comes while the desk opens must not be lost.
    let mut stop = cx.staying.begin()?;
    let mut left_alone = LeftAlone::begin(args.until_eof)?;
    let http = args.http(&cx.configured)?;
    let stay = tokio::select! {
        stay = Stay::host(&cx.setup, "serve", http) => stay?,
        exit = stop.asked() => return Ok(exit),
        () = left_alone.wait() => return Ok(Exit::Done),
    };
    let store = cx.setup.store.display().to_string();
    let text = match stay.address() {
        Some(address) => cx.ui.look.say(Word::ServeOpenAt, &[&store, &address.to_string()]),
        None => cx.ui.look.say(Word::ServeOpen, &[&store]),
    };
    let exit = match cx.ui.note(&text) {
        Ok(()) => loop {
            let told = tokio::select! {
                told = stop.asked_or_to_reload() => told,
                () = left_alone.wait() => Some(Exit::Done),
            };
            match told {
                Some(exit) => break Ok(exit),
                None => reload(args, cx, &stay),
            }
        },
        Err(error) => Err(error),
    };
    stay.end().await?;
    let text = cx.ui.look.word(Word::ServeClosed);
    cx.ui.note(&text)?;
    exit
}

/// Whether standard input, when that matters, has ended.
struct LeftAlone(Option<oneshot::Receiver<()>>);

impl LeftAlone {
    /// Begins to look. On a thread that nobody waits for: a read cannot be called off.
    fn begin(matters: bool) -> Result<Self, UserError> {
        if !matters {
            return Ok(Self(None));
        }
        let (tell, told) = oneshot::channel();
        let thread = std::thread::Builder::new().name("ascall-eof".to_owned());
        thread.spawn(move || {
            // One that cannot be read is over, too.
            drop(io::copy(&mut io::stdin().lock(), &mut io::sink()));
            let _ = tell.send(());
        })?;
        Ok(Self(Some(told)))
    }

    /// Waits until it has; for ever, where it does not matter.
    async fn wait(&mut self) {
        match &mut self.0 {
            Some(told) => drop(told.await),
            None => std::future::pending().await,
        }
    }
}

/// Reads the configuration again and takes from it what can be taken while the desk is open. One that makes no sense
/// changes nothing.
fn reload(args: &Serve, cx: &Cx, stay: &Stay) {
    let again = cx.reread.as_ref().map(|reread| reread());
    match again {
        Some(Ok(configured)) => {
            stay.reload(args.names(&configured));
            log::set_level(&configured.log.value);
            tracing::info!("the configuration was read anew");
        }
        Some(Err(UserError::Said(said))) => {
            tracing::error!(why = said.text, "the configuration was not read anew");
        }
        _ => {}
    }
}
