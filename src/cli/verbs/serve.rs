//! `ascall serve`: holds the desk open, so that timers, parked calls and notices go on with nobody at the keyboard.

use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::words::Word;
use crate::desk::Desk;
use clap::Args;

/// Hold the desk open: timers fire, parked calls are asked again, notices are sent.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Without a port: nobody can ask while it runs.
    #[arg(long, required = true)]
    no_http: bool,
}

/// Holds it until told to leave.
pub(crate) async fn run(_: &Serve, cx: &mut Cx) -> Result<Exit, CliError> {
    // Listening first: a signal that comes while the desk opens must not be lost.
    let stop = stopped();
    tokio::pin!(stop);
    let opening = Desk::host(&cx.setup, "serve");
    let desk = tokio::select! {
        desk = opening => desk?,
        exit = &mut stop => return exit,
    };
    let store = cx.setup.store.display().to_string();
    let text = cx.ui.look.say(Word::ServeOpen, &[&store]);
    let said = cx.ui.note(&text);
    let exit = match said {
        Ok(()) => stop.await,
        Err(error) => Err(error),
    };
    desk.close().await?;
    let text = cx.ui.look.word(Word::ServeClosed);
    cx.ui.note(&text)?;
    exit
}

/// Ends when the user (130) or the system (0) says so.
async fn stopped() -> Result<Exit, CliError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut end = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let interrupted = tokio::select! {
            said = tokio::signal::ctrl_c() => { said?; true }
            _ = end.recv() => false,
            _ = hangup.recv() => false,
        };
        Ok(if interrupted { Exit::Interrupted } else { Exit::Done })
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await?;
        Ok(Exit::Interrupted)
    }
}
