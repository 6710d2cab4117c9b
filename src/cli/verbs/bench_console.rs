//! `ascall bench-console`: what the console's own work costs over the configured desk: opening, a frame, changes, a jump in
//! time. Built only with `--features bench`.
//!
//! A verb, and neither a `cargo bench` nor an example, because the console is part of the program and of no library; and no
//! test, because what takes long on a busy machine is not wrong. Changes nothing.

use crate::cli::cx::Cx;
use crate::desk::Desk;
use crate::desk::board::Changes;
use crate::desk::past::Glimpse;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::tui::keys::Keymap;
use crate::tui::msg::Msg;
use crate::tui::picture::Picture;
use crate::tui::state::{Setting, State};
use crate::tui::theme::Theme;
use crate::tui::view::view;
use ascall_engine::domain::ids::{Seq, Time};
use clap::Args;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The screen.
const SIZE: (u16, u16) = (200, 50);

/// How often each thing is done.
const TIMES: usize = 300;

/// How many records come with one change: those of a fortieth of a second at a thousand a second.
const RECORDS: usize = 25;

/// How many moments are gone to.
const MOMENTS: i64 = 20;

/// Measure the console over this desk.
#[derive(Debug, Args)]
pub(crate) struct BenchConsole {
    /// How far back the farthest jump in time goes, in seconds.
    #[arg(long, default_value = "86400", value_name = "SECONDS")]
    back: i64,
}

/// Measures.
pub(crate) async fn run(args: &BenchConsole, cx: &mut Cx) -> Result<Exit, UserError> {
    cx.must_exist()?;
    let back = args.back;
    cx.with_desk("bench-console", async |cx: &mut Cx, desk| {
        let mut opened = Vec::new();
        let mut state = open(cx, desk).await?;
        for _ in 0..5 {
            let begun = Instant::now();
            state = open(cx, desk).await?;
            draw(&state);
            opened.push(begun.elapsed());
        }
        let live = state.live.calls.len();
        cx.ui.line(&format!("live calls {live}, records {}", state.live.seq))?;
        say(cx, "opening and first frame", opened)?;
        say(cx, "frame 200x50", frames(&state))?;
        say(cx, "change of 25 records", changes(&mut state))?;
        let (jumps, steps) = jumps(desk, state.now(), back).await?;
        say(cx, "jump in time", jumps)?;
        say(cx, "step of a minute after it", steps)?;
        Ok(Exit::Done)
    })
    .await
}

async fn open(cx: &Cx, desk: &Desk) -> Result<State, UserError> {
    let setting = Setting {
        desk: String::new(),
        keys: Keymap::default(),
        theme: Theme::default(),
        profiles: cx.setup.profiles.clone(),
        at: None,
        look: cx.ui.look.clone(),
    };
    let board = desk.board().await?;
    let from = Seq(board.seq.0.saturating_sub(499).max(1));
    let records = desk.book().records(from, 500)?;
    let mut state = State::new(setting, SIZE);
    let picture = Box::new(Picture::of(board, records));
    state.update(Msg::Attached { picture, host: true });
    Ok(state)
}

fn draw(state: &State) {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(SIZE.0, SIZE.1));
    let Ok(_) = terminal.draw(|frame| view(state, frame));
}

fn frames(state: &State) -> Vec<Duration> {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(SIZE.0, SIZE.1));
    let mut spans = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let Ok(_) = terminal.draw(|frame| view(state, frame));
        spans.push(begun.elapsed());
    }
    spans
}

/// Changes as a busy desk sends them: each touches as many calls as it has records.
fn changes(state: &mut State) -> Vec<Duration> {
    let rows: Vec<_> = state.live.calls.values().cloned().collect();
    let Some(newest) = state.live.records.back().cloned() else { return Vec::new() };
    let mut spans = Vec::with_capacity(TIMES);
    for turn in 0..TIMES {
        let some = rows.iter().cycle().skip(turn * RECORDS).take(RECORDS.min(rows.len()));
        let changes = Changes {
            seq: Seq(state.live.seq.0 + RECORDS as u64),
            at: state.now(),
            records: vec![newest.clone(); RECORDS],
            calls: some.cloned().collect(),
            searches: BTreeMap::new(),
            gone: Vec::new(),
            workers: Vec::new(),
            people: BTreeMap::new(),
            rest: state.live.rest.clone(),
        };
        let begun = Instant::now();
        state.update(Msg::Changed(Box::new(changes)));
        spans.push(begun.elapsed());
    }
    spans
}

async fn jumps(
    desk: &Desk,
    now: Time,
    back: i64,
) -> Result<(Vec<Duration>, Vec<Duration>), UserError> {
    let (mut jumps, mut steps) = (Vec::new(), Vec::new());
    for n in 0..MOMENTS {
        // Near and far in turns, so that none begins where the last one ended.
        let part = (n * 7) % MOMENTS + 1;
        let at = Time(now.0 - back * 1_000 * part / MOMENTS);
        jumps.extend(jump(desk, at).await?);
        steps.extend(jump(desk, Time(at.0 + back.min(60) * 1_000)).await?);
    }
    Ok((jumps, steps))
}

/// How long a jump takes; none: there was no record yet.
async fn jump(desk: &Desk, at: Time) -> Result<Option<Duration>, UserError> {
    let begun = Instant::now();
    loop {
        match desk.board_at(at).await? {
            Glimpse::Nothing => return Ok(None),
            Glimpse::Whole(board) => {
                drop(Picture::of(*board, Vec::new()));
                return Ok(Some(begun.elapsed()));
            }
            Glimpse::Underway(..) => {}
        }
    }
}

fn say(cx: &mut Cx, what: &str, mut spans: Vec<Duration>) -> Result<(), UserError> {
    spans.sort_unstable();
    let at = |hundredths: usize| {
        let found = spans.get(spans.len().saturating_sub(1) * hundredths / 100);
        found.map_or(0.0, |span| span.as_secs_f64() * 1_000.0)
    };
    let (half, most, last) = (at(50), at(99), at(100));
    cx.ui.line(&format!("{what:<28} {half:>9.3} ms  p99 {most:>9.3}  most {last:>9.3}"))
}
