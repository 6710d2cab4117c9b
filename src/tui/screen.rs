//! The console on the terminal: what happens is told to the state, and the state is drawn.
//!
//! Invariant: the terminal is a [`Canvas`], so that it is given back whatever ends the console. Nothing wakes up while
//! nothing happens.

use super::canvas::{self, Canvas, Turn};
use super::msg::{Effect, Job, Msg, Want};
use super::state::State;
use super::view::view;
use super::words::Label;
use crate::front::clock::Clock;
use ascall_engine::domain::profile::Lang;
use std::io;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The ways between the screen and those who work for it.
pub(crate) struct Ports {
    /// What happens.
    pub inbox: mpsc::UnboundedReceiver<Msg>,
    /// Where what happens is told.
    pub tell: mpsc::UnboundedSender<Msg>,
    /// Lines to be carried out.
    pub jobs: mpsc::UnboundedSender<Task>,
    /// What the screen lacks.
    pub wanted: watch::Sender<Option<Want>>,
}

/// Something to be done beside the screen.
#[derive(Debug)]
pub(crate) enum Task {
    /// Lines, one after the other, in this language.
    Run(Vec<Job>, Lang),
    /// That persons are shown is to be journalled; what goes wrong is told in this language.
    Reveal(Lang),
}

/// Shows the console until it ends.
///
/// # Errors
/// The terminal failed, otherwise than by being gone.
pub(crate) async fn run(state: &mut State, ports: Ports) -> io::Result<()> {
    let shown = show(state, ports).await;
    // Nobody is there to be told.
    if canvas::is_gone() { Ok(()) } else { shown }
}

async fn show(state: &mut State, mut ports: Ports) -> io::Result<()> {
    let mut canvas = Canvas::begin(state.mouse, ports.tell.clone())?;
    state.size = canvas.size()?;
    loop {
        while let Some(want) = state.want() {
            ports.wanted.send_replace(Some(want));
        }
        canvas.draw(|frame| view(state, frame))?;
        let wake = Duration::from_millis(state.next_change().0.max(1));
        let tick = || Msg::Tick(Clock::of_machine());
        let first = tokio::select! {
            msg = ports.inbox.recv() => msg,
            () = tokio::time::sleep(wake) => Some(tick()),
            turned = canvas.turned() => match turned? {
                Turn::Resized(columns, rows) => Some(Msg::Resize(columns, rows)),
                Turn::Back(_) => Some(Msg::Back),
                Turn::Over => return Ok(()),
            },
        };
        // Whatever has come meanwhile is drawn together, at the time that it is now.
        let mut next = first;
        let mut last = Some(tick());
        while let Some(msg) = next {
            let effect = state.update(msg);
            match effect {
                None => {}
                Some(Effect::Quit) => return Ok(()),
                // Who carries them out lives as long as the console.
                Some(Effect::Run(jobs)) => {
                    drop(ports.jobs.send(Task::Run(jobs, state.look().lang)));
                }
                Some(Effect::Reveal) => {
                    drop(ports.jobs.send(Task::Reveal(state.look().lang)));
                }
                Some(Effect::Copy(text)) => canvas::copy(&text)?,
                Some(Effect::Mouse(mouse)) => canvas.mouse(mouse)?,
                Some(Effect::Suspend) => {
                    let stopped = canvas.suspend();
                    if !stopped {
                        state.tell(Label::NoShell, false);
                    }
                }
            }
            next = ports.inbox.try_recv().ok().or_else(|| last.take());
        }
    }
}
