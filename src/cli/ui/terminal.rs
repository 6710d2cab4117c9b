//! How wide the terminal draws Hangul: three syllables are drawn, and the terminal is asked where its cursor stands.
//!
//! Invariant: nothing is written unless both ends are a terminal, what was drawn is wiped, the terminal's mode is as it
//! was, and a terminal that does not answer is not waited for. The report is `CSI row ; column R`, asked for by `CSI 6 n`:
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use std::io::{IsTerminal as _, Write, stdin};
use std::time::{Duration, Instant};

/// How long a terminal has to say where its cursor stands.
const PATIENCE: Duration = Duration::from_millis(250);

/// The longest report that is read.
const REPORT_MAX: usize = 64;

/// The columns that `가나다` takes, as the terminal behind `out` draws it; none: it does not say.
pub(super) fn hangul_columns(out: &mut dyn Write) -> Option<u16> {
    let input = stdin();
    if !input.is_terminal() || std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return None;
    }
    let before = tcgetattr(&input).ok()?;
    let mut raw = before.clone();
    raw.make_raw();
    tcsetattr(&input, OptionalActions::Now, &raw).ok()?;
    let column = draw(out).and_then(|()| column(&input));
    // The row is wiped and the mode given back whatever the terminal said.
    drop(write!(out, "\r\x1b[K").and_then(|()| out.flush()));
    let _: Result<(), _> = tcflush(&input, QueueSelector::IFlush);
    let _: Result<(), _> = tcsetattr(&input, OptionalActions::Now, &before);
    column?.checked_sub(1)
}

fn draw(out: &mut dyn Write) -> Option<()> {
    write!(out, "\r가나다\x1b[6n").and_then(|()| out.flush()).ok()
}

fn column(input: &std::io::Stdin) -> Option<u16> {
    let end = Instant::now() + PATIENCE;
    let mut report = Vec::new();
    while report.len() < REPORT_MAX {
        let left = end.checked_duration_since(Instant::now())?;
        let nanos = i64::from(left.subsec_nanos());
        let left = Timespec { tv_sec: i64::try_from(left.as_secs()).ok()?, tv_nsec: nanos };
        let mut ready = [PollFd::new(input, PollFlags::IN)];
        if poll(&mut ready, Some(&left)).ok()? == 0 {
            return None;
        }
        // Byte by byte past the buffer of standard input, which would keep what comes behind.
        let mut byte = [0];
        if rustix::io::read(input, &mut byte).ok()? == 0 {
            return None;
        }
        report.push(byte[0]);
        if byte[0] == b'R' {
            return column_of(&report);
        }
    }
    None
}

/// The column of a cursor report, from 1; what was typed before it is passed over.
fn column_of(report: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(report).ok()?;
    let (_, place) = text.rsplit_once("\x1b[")?;
    place.strip_suffix('R')?.split_once(';')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_report_is_read_whatever_was_typed_before_it() {
        assert_eq!(column_of(b"\x1b[12;7R"), Some(7));
        assert_eq!(column_of(b"ls\r\x1b[A\x1b[1;4R"), Some(4));
        for bad in [&b"\x1b[12R"[..], b"12;7R", b"\x1b[1;xR", b"R", b"\xff\x1b[1;2R"] {
            assert_eq!(column_of(bad), None, "{bad:?}");
        }
    }
}
