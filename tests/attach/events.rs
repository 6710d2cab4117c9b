//! The journal as programs follow it over HTTP: on the host's socket.

use crate::running::Running;
use crate::sealed::Sealed;
use rustix::process::Signal;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// An answer that is read line by line, as it comes.
struct Stream {
    head: Vec<String>,
    lines: BufReader<UnixStream>,
}

impl Stream {
    fn open(desk: &Sealed, path: &str, headers: &str) -> Self {
        let mut stream = UnixStream::connect(desk.path("desk.redb.attach/socket")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").unwrap();
        let mut all = Self { head: Vec::new(), lines: BufReader::new(stream) };
        loop {
            match all.line() {
                Some(line) if !line.is_empty() => all.head.push(line),
                _ => return all,
            }
        }
    }

    /// The next line of the answer; none: it is over.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).unwrap();
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next line that holds `part`, past the chunk marks.
    fn until(&mut self, part: &str) -> String {
        loop {
            let line = self.line().unwrap_or_else(|| panic!("the stream ended before `{part}`"));
            if line.starts_with(part) || line.contains(part) && !part.ends_with(": ") {
                return line;
            }
        }
    }

    fn status(&self) -> &str {
        self.head.first().map_or("", |line| &line[9..12])
    }
}

fn head_of(desk: &Sealed) -> u64 {
    desk.json(&["tail", "-n", "1"])["seq"].as_u64().unwrap()
}

#[test]
fn a_follower_with_a_cursor_sees_each_record_once_and_goes_on_with_what_comes() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.request(1, &[]);
    let head = head_of(&desk);
    let mut stream = Stream::open(&desk, "/v1/events?after=1", "accept: text/event-stream\r\n");
    assert_eq!(stream.status(), "200", "{:?}", stream.head);
    assert!(stream.head.iter().any(|line| line == "content-type: text/event-stream"));
    for seq in 2..=head {
        assert_eq!(stream.until("id: "), format!("id: 0-{seq}"));
    }
    desk.request(2, &[]);
    assert_eq!(stream.until("id: "), format!("id: 0-{}", head + 1));
    let data = stream.until("data: ");
    assert!(data.contains("call_received") && !data.contains("0000-0002"), "{data}");
}

#[test]
fn the_cursor_of_a_browser_that_comes_back_counts_more() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.request(1, &[]);
    let head = head_of(&desk);
    let back = format!("accept: text/event-stream\r\nlast-event-id: 0-{}\r\n", head - 1);
    let mut stream = Stream::open(&desk, "/v1/events?after=1", &back);
    assert_eq!(stream.until("id: "), format!("id: 0-{head}"));
    let nonsense = Stream::open(&desk, "/v1/events", "last-event-id: soon\r\n");
    assert_eq!(nonsense.status(), "400");
}

#[test]
fn a_cursor_of_another_journal_is_reset_and_told_so() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.request(1, &[]);
    let head = head_of(&desk);
    let mut stream = Stream::open(&desk, "/v1/events?after=999999", "");
    assert_eq!(stream.until("reset"), format!("{{\"reset\":\"0-{head}\"}}"));
    desk.request(2, &[]);
    assert!(stream.until("call_received").contains(&format!("\"seq\":{}", head + 1)));
}

#[test]
fn a_cursor_of_before_a_restore_is_reset_although_its_number_is_there_again() {
    let desk = Sealed::new();
    let host = Running::host(&desk);
    desk.request(1, &[]);
    desk.json(&["backup", "copy.redb"]);
    let copied = head_of(&desk);
    desk.request(2, &[]);
    let lost = desk.json(&["tail", "-n", "1"])["cursor"].as_str().unwrap().to_owned();
    assert_eq!(lost, format!("0-{}", head_of(&desk)));
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    let epoch = desk.json(&["restore", "copy.redb", "--force"])["epoch"].as_u64().unwrap();
    let _host = Running::host(&desk);
    // The numbers that were given after the copy are given again.
    while head_of(&desk) <= copied + 1 {
        desk.request(3, &["--kind", "TV"]);
    }
    let head = head_of(&desk);
    let back = format!("accept: text/event-stream\r\nlast-event-id: {lost}\r\n");
    let mut stream = Stream::open(&desk, "/v1/events", &back);
    assert_eq!(stream.until("event: "), "event: reset");
    assert_eq!(stream.until("id: "), format!("id: {epoch}-{head}"));
    assert_eq!(stream.until("data: "), format!("data: {{\"reset\":\"{epoch}-{head}\"}}"));
    desk.request(4, &["--kind", "TV"]);
    assert_eq!(stream.until("id: "), format!("id: {epoch}-{}", head + 1));
    // A number without an epoch may be of either; only the beginning is the beginning everywhere.
    let mut bare = Stream::open(&desk, "/v1/events?follow=false&after=1", "");
    assert!(bare.until("{\"").starts_with("{\"reset\":"));
    let mut whole = Stream::open(&desk, "/v1/events?follow=false&after=0", "");
    assert!(whole.until("{\"").starts_with(&format!("{{\"seq\":1,\"cursor\":\"{epoch}-1\"")));
    let mut known = Stream::open(&desk, &format!("/v1/events?after={epoch}-{head}"), "");
    assert!(known.until("{\"").starts_with(&format!("{{\"seq\":{}", head + 1)));
}

#[test]
fn a_tail_that_stays_goes_on_anew_after_a_restore_between_two_hosts() {
    let desk = Sealed::new();
    let host = Running::host(&desk);
    desk.request(1, &[]);
    desk.json(&["backup", "copy.redb"]);
    let mut tail = Running::start(&desk, &["tail", "--after", "0", "--follow", "-o", "ndjson"]);
    for seq in 1..=head_of(&desk) {
        assert!(tail.says().starts_with(&format!("{{\"seq\":{seq},\"cursor\":\"0-{seq}\"")));
    }
    // It cannot take the desk over while it stands still.
    tail.signal(Signal::STOP);
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    let epoch = desk.json(&["restore", "copy.redb", "--force"])["epoch"].as_u64().unwrap();
    tail.signal(Signal::CONT);
    assert!(tail.says().starts_with(&format!("{{\"reset\":\"{epoch}-")));
    desk.request(2, &[]);
    assert!(tail.says().contains(&format!("\"cursor\":\"{epoch}-")));
}

#[test]
fn what_there_is_about_one_call_is_a_page_that_ends() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.request(1, &[]);
    let second = desk.request(2, &[]);
    let path = format!("/v1/events?after=0&follow=false&call={second}");
    let mut page = Stream::open(&desk, &path, "connection: close\r\n");
    let mut records = Vec::new();
    while let Some(line) = page.line() {
        if line.starts_with('{') {
            records.push(line);
        }
    }
    assert!(!records.is_empty());
    assert!(records.iter().all(|line| line.contains("\"call\":2")), "{records:?}");
    let unknown = Stream::open(&desk, "/v1/events?since=1", "");
    assert_eq!(unknown.status(), "400");
}

#[test]
fn more_followers_than_there_is_room_for_are_sent_away_with_a_time() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.request(1, &[]);
    let followers: Vec<Stream> = (0..64).map(|_| Stream::open(&desk, "/v1/events", "")).collect();
    assert!(followers.iter().all(|stream| stream.status() == "200"));
    let late = Stream::open(&desk, "/v1/events", "");
    assert_eq!(late.status(), "503");
    assert!(late.head.iter().any(|line| line == "retry-after: 5"), "{:?}", late.head);
    assert!(!desk.request(2, &[]).is_empty(), "the desk itself is not full");
}

#[test]
fn a_host_that_leaves_ends_its_streams() {
    let desk = Sealed::new();
    let host = Running::host(&desk);
    desk.request(1, &[]);
    let mut stream = Stream::open(&desk, "/v1/events", "");
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    while stream.line().is_some() {}
    desk.verified();
}
