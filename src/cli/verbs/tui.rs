//! `ascall tui`: the dispatcher's console.

use super::plain;
use crate::cli::config::{Known, Source};
use crate::cli::cx::Cx;
use crate::cli::log;
use crate::cli::typist::{self, Typist};
use crate::desk::Desk;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::look::Look;
use crate::tui::canvas;
use crate::tui::msg::Msg;
use crate::tui::screen::{self, Ports, Task};
use crate::tui::state::{Page, Setting, State};
use crate::tui::theme::Theme;
use crate::tui::typed::Typed;
use crate::tui::{feed, snapshot};
use clap::{Args, ValueEnum};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// The dispatcher's console: live calls, what needs somebody, and a key for everything.
///
/// Holds the desk open while nobody else does, as `serve` would; otherwise attaches to whoever does. `ascall` alone opens it,
/// too, on a terminal with a desk.
#[derive(Debug, Args)]
pub(crate) struct Tui {
    /// Print the console once instead of showing it.
    #[arg(long, value_enum, value_name = "FORM")]
    snapshot: Option<Form>,
    /// The size of what is printed.
    #[arg(long, value_parser = size, value_name = "COLUMNSxROWS", default_value = "120x40", requires = "snapshot")]
    size: (u16, u16),
    /// A line for each change instead of a screen, for screen readers and simple terminals; what is typed is a command.
    #[arg(long, conflicts_with_all = ["snapshot", "at", "page", "theme"])]
    plain: bool,
    /// Begin with the desk as it was then: `14:32`, `30m`, `2026-11-21 14:32`.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Begin with this page: `board`, `workers`, `services`, `messages`, `journal`, `profiles`, `stock`, `members`, or a call.
    #[arg(long, value_parser = page, value_name = "PAGE", default_value = "board")]
    page: Page,
    /// The colours; without it, those that the terminal has, for a dark background.
    #[arg(long, value_enum, value_name = "THEME")]
    theme: Option<Colours>,
}

/// In what form the console is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Plain text.
    Txt,
    /// Text with its colours, as a terminal takes it.
    Ansi,
    /// A picture.
    Svg,
}

/// Which colours a screen has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colours {
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// Sixteen, as the terminal sets them.
    #[value(name = "16")]
    Sixteen,
    /// None.
    None,
}

impl From<Colours> for Theme {
    fn from(colours: Colours) -> Self {
        match colours {
            Colours::Dark => Self::Dark,
            Colours::Light => Self::Light,
            Colours::Sixteen => Self::Sixteen,
            Colours::None => Self::Plain,
        }
    }
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let (columns, rows) = text.split_once('x').ok_or("write it as 120x40")?;
    let number = |text: &str| text.parse().ok().filter(|n| (1..=1_000).contains(n));
    number(columns).zip(number(rows)).ok_or_else(|| "from 1x1 to 1000x1000".to_owned())
}

fn page(text: &str) -> Result<Page, String> {
    Ok(match text {
        "board" => Page::Board,
        "workers" => Page::Workers,
        "services" => Page::Services,
        "messages" => Page::Messages,
        "journal" => Page::Journal,
        "profiles" => Page::Profiles,
        "stock" => Page::Stock,
        "members" => Page::Members,
        call => Page::Call(call.parse().map_err(|_| "no such page".to_owned())?),
    })
}

/// Shows it.
pub(crate) async fn run(args: &Tui, cx: &mut Cx) -> Result<Exit, UserError> {
    if args.plain {
        return plain::run(cx).await;
    }
    let usual = match args.snapshot {
        Some(_) => printed(&cx.configured.theme),
        None => cx.configured.theme.value,
    };
    let theme = args.theme.map_or(usual, Theme::from);
    let at = args.at.as_deref().map(|text| cx.ui.look.clock.past(text)).transpose();
    let setting = Setting { at: at.map_err(UserError::usage)?, theme, ..setting(cx) };
    let mut state = State::new(setting, args.size);
    state.page = args.page;
    let Some(form) = args.snapshot else {
        return console(cx, "tui", state, |_, _| {}).await;
    };
    let drawn = |state: &State| {
        let buffer = snapshot::buffer(state);
        match form {
            Form::Txt => snapshot::txt(&buffer),
            Form::Ansi => snapshot::ansi(&buffer),
            Form::Svg => snapshot::svg(&buffer, theme),
        }
    };
    if cx.is_there() {
        let filled = cx.with_desk("tui", async |_: &mut Cx, desk| fill(&mut state, desk).await);
        filled.await?;
    } else {
        // A desk that is not there yet has nothing to show, and must not come into being by being looked at.
        state.update(Msg::Attached { picture: Box::default(), host: true });
    }
    cx.ui.raw(&drawn(&state))?;
    Ok(Exit::Done)
}

/// What a console is begun with.
pub(super) fn setting(cx: &Cx) -> Setting {
    Setting {
        desk: cx.setup.short_name(),
        look: cx.ui.look.clone(),
        keys: cx.configured.keys.clone(),
        theme: cx.configured.theme.value,
        profiles: cx.setup.profiles.clone(),
        at: None,
    }
}

/// The colours of what is printed: all of them, when nobody said otherwise.
fn printed(configured: &Known<Theme>) -> Theme {
    if configured.source == Source::Default { Theme::Dark } else { configured.value }
}

/// Shows a console until it is left, over the desk that is stayed at for as long; `begun` is called once the desk is there.
pub(super) async fn console(
    cx: &mut Cx,
    verb: &str,
    mut state: State,
    begun: impl FnOnce(Arc<dyn Typed>, mpsc::UnboundedSender<Msg>),
) -> Result<Exit, UserError> {
    if !canvas::has_terminal() {
        return Err(UserError::no_terminal());
    }
    if canvas::is_dumb() {
        return Err(UserError::dumb_terminal());
    }
    state.completes = typist::complete;
    let (tell, inbox) = mpsc::unbounded_channel();
    let (wanted, mut wants) = watch::channel(None);
    let (jobs, tasks) = mpsc::unbounded_channel();
    let typist: Arc<dyn Typed> = Arc::new(Typist::new(cx.configured.clone()));
    work(Arc::clone(&typist), tasks, tell.clone());
    let logged = tell.clone();
    let _kept_back = log::keep_back(move |line| drop(logged.send(Msg::Logged(line.to_owned()))));
    let ports = Ports { inbox, tell: tell.clone(), jobs, wanted };
    let look = state.look().clone();
    let staying = cx.staying.clone();
    let mut begun = Some(begun);
    let stay = cx.stay(verb, None, async |_: &mut Cx, desk| {
        if let Some(begun) = begun.take() {
            begun(Arc::clone(&typist), tell.clone());
        }
        feed::attend(desk, &look, &tell, &mut wants).await
    });
    tokio::pin!(stay);
    let shown = tokio::select! {
        shown = screen::run(&mut state, ports) => shown,
        ended = &mut stay => return ended.map(|()| Exit::Done),
    };
    if canvas::is_broken() {
        return Ok(Exit::Bug);
    }
    // The desk is left in order, whoever waits for it next.
    staying.leave();
    let left = stay.await;
    shown?;
    match left {
        Err(error) if error.exit() != Exit::Interrupted => Err(error),
        _ => Ok(Exit::Done),
    }
}

/// Carries lines out, one after the other, on a thread of its own.
fn work(
    typist: Arc<dyn Typed>,
    mut tasks: mpsc::UnboundedReceiver<Task>,
    tell: mpsc::UnboundedSender<Msg>,
) {
    std::thread::spawn(move || {
        while let Some(task) = tasks.blocking_recv() {
            match task {
                Task::Run(all, lang) => {
                    for job in all {
                        let ran = typist.run(&job.line, lang);
                        // A console that has ended needs no result.
                        drop(tell.send(Msg::Ran(job, ran)));
                    }
                }
                Task::Reveal(lang) => drop(tell.send(Msg::Revealed(typist.reveal(lang)))),
            }
        }
    });
}

/// Has the state know what its screen shows.
async fn fill(state: &mut State, desk: &Desk) -> Result<(), UserError> {
    let (tell, mut inbox) = mpsc::unbounded_channel();
    let (wanted, mut wants) = watch::channel(None);
    let look: Look = state.look().clone();
    let filled = async {
        // The board comes first; then whatever the screen lacks, until it lacks nothing.
        while let Some(msg) = inbox.recv().await {
            state.update(msg);
            while let Some(want) = state.want() {
                wanted.send_replace(Some(want));
            }
            if !state.waits() {
                return;
            }
        }
    };
    tokio::select! {
        () = filled => Ok(()),
        ended = feed::attend(desk, &look, &tell, &mut wants) => ended,
    }
}
