//! What a host and its guests see of each other.

use crate::running::Running;
use crate::sealed::Sealed;
use crate::told::tell;
use rustix::process::Signal;

/// Whether a line was answered by a host: the lock file names it all the while.
fn holder(desk: &Sealed) -> String {
    std::fs::read_to_string(desk.path("desk.redb.lock")).unwrap()
}

#[test]
fn a_request_is_assigned_by_the_host_and_seen_by_everybody() {
    let desk = Sealed::new();
    let host = Running::host(&desk);
    assert!(holder(&desk).starts_with(&format!("{} ", host.pid())));
    let worker = desk.worker("한가람", 101, "37.5663,126.9779", "TV");
    let call = desk.request(1, &["--kind", "TV", "--location", "37.566,126.978"]);
    assert_eq!(desk.stands(&call), ("assigned".to_owned(), Some(worker)));
    let mut watching = Running::start(&desk, &["watch", &call, "-o", "ndjson"]);
    assert!(watching.says().contains("call_received"));
    desk.ok(&["start", &call]);
    desk.ok(&["finish", &call]);
    assert_eq!(watching.ends(), Some(0), "it ends with the call");
    assert!(
        holder(&desk).starts_with(&format!("{} ", host.pid())),
        "the host held it all the while"
    );
    desk.verified();
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    assert_eq!(holder(&desk), "");
    desk.verified();
}

#[test]
fn what_a_guest_does_is_journalled_under_the_guests_own_name() {
    let mut desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.set("USER", "park");
    let call = desk.request(1, &[]);
    let status = desk.json(&["status", &call]);
    assert_eq!(status["timeline"][0]["by"], "park", "{status}");
}

/// A day at the desk: every kind of answer that a one-shot prints, refusals and errors too.
const DAY: &str = "
    worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --skill 냉장고 --skill TV
    worker add --name 박두리 --tel 010-0000-0102 --at 37.5700,126.9820 --skill TV --service repair
    worker list --skill TV
    worker show W-1
    worker show W-9
    worker at W-2 37.57,126.99
    request --tel 010-0000-0001 --name 이고객 --location 37.5665,126.9780 --kind TV --cost 25,500
    request --tel 010-0000-0002 --kind 보일러 --priority urgent --key k-2
    request --tel 010-0000-0002 --kind 보일러 --priority urgent --key k-2
    request --tel 010-0000-0003 --kind 보일러 --priority urgent --key k-2
    request --tel 010-0000-0003 --kind TV --dry-run
    request --tel 010-0000-0003 --profile nowhere
    request --tel 12
    note C-1 '벨이 고장'
    priority C-1 high
    start C-2
    start C-1
    cancel C-1
    finish C-1 --cost 30000
    cancel C-2 --reason '고객 변심'
    cancel C-2
    cancel C-77
    list
    list --all -o csv
    list --all --tel 010-0000-0002 -o json
    status C-1
    status C-2 -o json
    status C-9
    why C-1
    why C-1 W-2
    inbox --tel 010-0000-0001
    inbox --worker W-1 -o json
    participant stop manage
    participant list
    participant start manage
    participant slow nobody
    breaker list
    breaker list -o json
    attention list
    offer list
    tail -n 3
    tail --from 1
    tail --from 1 -o id
    list --reveal
    verify
";

/// A line without the key that a record was asked under.
fn without_key(line: &str) -> String {
    match line.split_once("\"key\":").map(|(head, rest)| (head, rest.split_once(','))) {
        Some((head, Some((_, rest)))) => format!("{head}{rest}"),
        _ => line.to_owned(),
    }
}

#[test]
fn a_guest_prints_what_a_host_of_its_own_would_print() {
    let lines: Vec<&str> = DAY.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (alone, shared) = (Sealed::new(), Sealed::new());
    let _host = Running::host(&shared);
    for line in lines {
        // Both worlds go through the day side by side, so that they are of one age.
        let (by_itself, attached) = (tell(&alone, &[line]), tell(&shared, &[line]));
        // A guest gives every change a key of its own, and leaves no work behind.
        let told = |text: &str| {
            let lines = text.lines().filter(|line| !line.contains("ascall serve"));
            lines.map(without_key).collect()
        };
        let (by_itself, attached): (Vec<String>, Vec<String>) = (told(&by_itself), told(&attached));
        for (by_itself, attached) in by_itself.iter().zip(&attached) {
            assert_eq!(by_itself, attached, "{line}");
        }
        assert_eq!(by_itself.len(), attached.len(), "{line}");
    }
}

#[test]
fn a_file_of_calls_is_taken_in_its_order_by_the_host() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    let rows = (1..=150).map(|n| format!("010-0000-{n:04},{}\n", 10_000 + n));
    let file: String = std::iter::once("tel,cost\n".to_owned()).chain(rows).collect();
    let file = desk.write("calls.csv", &file);
    let taken = desk.ok(&["request", "-f", file.to_str().unwrap(), "-o", "csv"]);
    let ids: Vec<String> =
        taken.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect();
    let expected: Vec<String> = (1..=150).map(|n| format!("C-{n}")).collect();
    assert_eq!(ids, expected);
    let cost = desk.json(&["status", "C-150"])["cost"].clone();
    assert_eq!(cost, 10_150);
    desk.verified();
}

#[test]
fn the_store_is_checked_while_its_host_works() {
    let desk = Sealed::new();
    let _host = Running::host(&desk);
    desk.worker("한가람", 101, "37.5663,126.9779", "TV");
    let file: String = std::iter::once("tel\n".to_owned())
        .chain((1..=300).map(|n| format!("010-0000-{n:04}\n")))
        .collect();
    let file = desk.write("calls.csv", &file);
    let mut busy = Running::start(&desk, &["request", "-f", file.to_str().unwrap(), "-o", "id"]);
    busy.says();
    desk.verified();
    assert_eq!(busy.ends(), Some(0));
    desk.verified();
}
