//! Every way out gives the terminal back and leaves the desk to the next one.

use crate::sealed::Sealed;
use crate::terminal::Console;
use rustix::process::Signal;

/// A console over a desk with a worker and a call.
fn console(desk: &Sealed) -> Console {
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    desk.request(1, &["--kind", "TV"]);
    let mut console = Console::start(desk.command(&["tui", "--lang", "en"]), 120, 40);
    console.shows("C-1");
    console.is_taken();
    console
}

/// Nobody has the desk any more: it can be opened and checked at once.
fn is_left(desk: &Sealed) {
    desk.ok(&["--lock-timeout", "0ms", "list"]);
    desk.verified();
    assert!(!desk.store().with_extension("redb.sock").exists());
}

#[test]
fn q_gives_the_terminal_back_and_leaves_the_desk() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.press("q");
    assert_eq!(console.ends(), Some(0), "{}", console.contents());
    console.is_given_back();
    is_left(&desk);
}

#[test]
fn with_the_korean_input_method_on_q_is_q() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.press("ㅂ");
    assert_eq!(console.ends(), Some(0));
    console.is_given_back();
}

#[test]
fn a_signal_gives_the_terminal_back_and_leaves_the_desk() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let desk = Sealed::new();
        let mut console = console(&desk);
        console.signal(signal);
        assert_eq!(console.ends(), Some(130), "{signal:?}");
        console.is_given_back();
        is_left(&desk);
    }
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let desk = Sealed::new();
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    let mut command = desk.command(&["tui", "--lang", "en"]);
    command.env("ASCALL_PANIC_AT", "console");
    let mut console = Console::start(command, 120, 40);
    assert_eq!(console.ends(), Some(70));
    console.is_given_back();
    let told = console.contents();
    assert!(told.contains("error: bug in ascall") && told.contains("hint: "), "{told}");
    desk.verified();
}

#[test]
fn ctrl_z_leaves_the_screen_to_the_shell_and_fg_brings_it_back() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.press("\u{1a}");
    console.is_stopped();
    console.is_given_back();
    console.spoil();
    console.signal(Signal::CONT);
    console.is_taken();
    console.shows("C-1");
    console.press("q");
    assert_eq!(console.ends(), Some(0));
    console.is_given_back();
}

#[test]
fn stopped_from_outside_it_gives_the_screen_back_too() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.signal(Signal::TSTP);
    console.is_stopped();
    console.is_given_back();
    console.signal(Signal::CONT);
    console.is_taken();
    console.shows("C-1");
    console.press("q");
    assert_eq!(console.ends(), Some(0));
}

#[test]
fn a_terminal_that_vanishes_ends_the_console_in_order() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.close();
    assert_eq!(console.ends(), Some(0));
    is_left(&desk);
}

#[test]
fn a_resize_is_followed_down_to_nothing_and_back() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.resize(30, 8);
    console.shows("too small");
    console.resize(1, 1);
    console.resize(80, 24);
    console.shows("C-1");
    console.press("q");
    assert_eq!(console.ends(), Some(0));
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_told_what_to_do() {
    let desk = Sealed::new();
    let mut command = desk.command(&["tui", "--lang", "en"]);
    command.env("TERM", "dumb");
    let mut console = Console::start(command, 80, 24);
    assert_eq!(console.ends(), Some(2));
    console.shows("ascall tui --plain");
    let told = desk.fails(2, &["tui", "--lang", "en"]);
    assert!(
        told.contains("error: the console needs a terminal") && told.contains("--snapshot"),
        "{told}"
    );
}

#[test]
fn alone_on_a_terminal_the_command_opens_the_console_when_there_is_a_desk() {
    let desk = Sealed::new();
    let mut without = Console::start(desk.command(&[]), 120, 120);
    assert_eq!(without.ends(), Some(2));
    without.shows("Usage: ascall");
    assert!(!desk.store().exists());
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    let mut with = Console::start(desk.command(&["--lang", "en"]), 120, 40);
    with.shows("no live calls");
    with.press("q");
    assert_eq!(with.ends(), Some(0));
    let ran = desk.run(&[]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("Usage: ascall"), "{}", ran.err);
}

#[test]
fn the_mouse_is_left_to_the_terminal_for_as_long_as_it_is_wanted() {
    let desk = Sealed::new();
    let mut console = console(&desk);
    console.mouse_is(true);
    console.press("\u{14}");
    console.shows("the terminal has the mouse");
    console.mouse_is(false);
    // It stays so when the console comes back from the shell.
    console.press("\u{1a}");
    console.is_stopped();
    console.is_given_back();
    console.signal(Signal::CONT);
    console.is_taken();
    console.shows("C-1");
    console.mouse_is(false);
    console.press("\u{14}");
    console.shows("the console has the mouse");
    console.mouse_is(true);
    console.press("q");
    assert_eq!(console.ends(), Some(0));
    console.is_given_back();
}
