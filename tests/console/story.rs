//! A dispatcher's day in short, at the real console.

use crate::running::Running;
use crate::sealed::Sealed;
use crate::terminal::Console;
use rustix::process::Signal;

#[test]
fn a_dispatcher_takes_parks_starts_cancels_and_looks_back() {
    let desk = Sealed::new();
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    desk.worker("이두리", 102, "37.5700,126.9800", "TV");
    let mut console = Console::start(desk.command(&["tui", "--lang", "en"]), 120, 40);
    console.shows("no live calls");

    // Take, and see it assigned.
    console.command("request --tel 010-0000-0001 --location 37.5663,126.9779 --kind TV");
    console.shows("assigned");
    console.shows("C-1");
    assert!(!console.contents().contains("010-0000-0001"), "{}", console.contents());

    // Why this worker?
    console.press("w");
    console.shows("W-1");
    console.command("why C-1");
    console.shows("any key closes it");
    console.press("\u{1b}");
    console.shows_no("any key closes it");
    console.press("1");

    // A participant stops: the next call is kept, and nothing is lost.
    console.command("participant stop manage");
    console.shows("‖ manage stopped");
    console.command("request --tel 010-0000-0002 --location 37.5700,126.9800 --kind TV");
    console.shows("parked");

    // It comes back.
    console.command("participant start manage");
    console.shows_no("‖ manage stopped");
    console.shows_no("parked");
    assert_eq!(desk.stands("C-2"), ("assigned".to_owned(), Some("W-2".to_owned())));

    // Work begins on the one.
    console.command("start C-1");
    console.shows("in service");

    // The other is canceled, and taken back in time.
    console.press("/C-2\r");
    console.shows_no("C-1 ");
    console.press("x");
    console.shows("cancel C-2");
    // Past the reason and the rule.
    console.press("\r\r");
    console.shows("this would happen");
    console.shows("• ");
    console.press("\r");
    console.shows("sent in");
    console.press("u");
    console.shows("taken back");
    assert_eq!(desk.stands("C-2").0, "assigned");

    // Canceled for good: what runs out of time is sent.
    console.press("x");
    console.shows("cancel C-2");
    // Past the reason and the rule.
    console.press("\r\r");
    console.shows("• ");
    console.press("\r");
    console.shows("sent in");
    console.shows("canceled");
    assert_eq!(desk.stands("C-2").0, "canceled");
    console.press("\u{1b}");
    console.shows_no("no call answers the filter");

    // The desk before all of it.
    console.press("[");
    console.until("the past, or that there was none", |screen| {
        let shown = screen.contents();
        shown.contains("read-only") || shown.contains("there was no record then")
    });
    console.press("q");
    assert_eq!(console.ends(), Some(0));
    console.is_given_back();
    desk.verified();
}

#[test]
fn that_persons_are_shown_is_journalled_as_the_console() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let mut console = Console::start(desk.command(&["tui", "--lang", "en"]), 120, 40);
    console.shows("C-1");
    console.shows("010-****-0001");
    console.press("p");
    console.shows("persons shown for");
    console.shows("010-0000-0001");
    let told = desk.ok(&["tail", "-n", "1", "--lang", "en"]);
    assert!(told.trim_end().ends_with("personal data revealed console"), "{told}");
    console.press("q");
    assert_eq!(console.ends(), Some(0));
    desk.verified();
}

#[test]
fn when_the_host_leaves_the_console_becomes_the_desk_and_goes_on() {
    let desk = Sealed::new();
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    let mut host = Console::start(desk.command(&["tui", "--lang", "en"]), 120, 40);
    host.shows("is open here");
    let mut guest = Console::start(desk.command(&["tui", "--lang", "en"]), 120, 40);
    guest.shows("attached");
    host.command("request --tel 010-0000-0001 --kind TV");
    guest.shows("C-1");
    host.press("q");
    assert_eq!(host.ends(), Some(0));
    guest.shows("is open here");
    guest.shows("C-1");
    guest.command("start C-1");
    guest.shows("in service");
    guest.press("q");
    assert_eq!(guest.ends(), Some(0));
    desk.verified();
}

/// A host on the network, and its address.
fn serve(desk: &Sealed, listen: &str) -> (Running, String) {
    let mut host = Running::start(desk, &["serve", "--listen", listen]);
    loop {
        let line = host.says_aside();
        if let Some((_, rest)) = line.split_once("http://") {
            let end = rest.find([',', ';']).unwrap();
            return (host, rest[..end].to_owned());
        }
    }
}

#[test]
fn a_console_at_a_desk_on_the_network_says_when_that_is_gone_and_goes_on_when_it_is_back() {
    let desk = Sealed::new();
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    let (host, at) = serve(&desk, "127.0.0.1:0");
    let away = Sealed::new();
    let url = format!("http://{at}");
    let command = away.command(&["tui", "--lang", "en", "--url", &url]);
    let mut console = Console::start(command, 120, 40);
    console.shows("attached");
    console.command("request --tel 010-0000-0001 --kind TV");
    console.shows("C-1");
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    console.shows("connection lost");
    // What stood there stays.
    console.shows("C-1");
    let (_host, _) = serve(&desk, &at);
    console.shows_no("connection lost");
    console.command("start C-1");
    console.shows("in service");
    console.press("q");
    assert_eq!(console.ends(), Some(0));
    assert!(!away.store().exists());
}
