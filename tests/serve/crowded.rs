//! More than is carried out at once: who is sent away, who has to wait for the first, and that nothing is lost by it.

use crate::client::{Answer, ask, post, serve, until};
use crate::sealed::Sealed;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;

/// Asks for one call each at the same time, each under a key of its own.
fn all_at_once(at: SocketAddr, callers: u32, headers: &[&str]) -> Vec<(u32, Answer)> {
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for n in 1..=callers {
            let answers = &answers;
            scope.spawn(move || {
                let answer = take(at, n, headers);
                answers.lock().unwrap().push((n, answer));
            });
        }
    });
    answers.into_inner().unwrap()
}

fn take(at: SocketAddr, n: u32, headers: &[&str]) -> Answer {
    let key = format!("Idempotency-Key: call-{n}");
    let body = format!(r#"{{"tel": "010-0000-{n:04}", "kind": "TV"}}"#);
    post(at, "/v1/calls", &[&[key.as_str()], headers].concat(), &body)
}

/// A desk whose gate takes its time, so that what is asked is under way for a while.
fn slow(config: &str) -> Sealed {
    let desk = Sealed::new();
    desk.write("config.toml", config);
    desk.ok(&["participant", "slow", "manage", "--fixed", "400ms"]);
    desk
}

/// Who was taken, and that everybody else was sent away with this status and a time.
fn taken(answers: &[(u32, Answer)], status: u16, kind: &str) -> BTreeSet<u32> {
    let mut taken = BTreeSet::new();
    for (n, answer) in answers {
        if answer.status == 201 {
            taken.insert(*n);
            continue;
        }
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.json()["type"], format!("urn:ascall:{kind}"));
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&after), "{answer:?}");
    }
    taken
}

#[test]
fn who_is_too_many_is_sent_away_with_a_time_and_nothing_acknowledged_is_lost() {
    let desk = slow("[http]\nchanges = 3\n");
    let (_host, at) = serve(&desk, &["--config", "config.toml"]);
    let first = all_at_once(at, 24, &[]);
    let done = taken(&first, 503, "overload");
    assert!(!done.is_empty() && done.len() < 24, "{done:?}");
    // To look is never too much.
    assert_eq!(ask(at, "GET /v1/calls", &[]).status, 200);
    // Whoever was sent away has had nothing done, and comes again; whoever was taken is not taken twice.
    for n in 1..=24 {
        let said = until(|| Some(take(at, n, &[])).filter(|said| said.status != 503));
        assert_eq!(said.status, 201, "{said:?}");
        let replayed = said.header("idempotency-replayed") == Some("true");
        assert_eq!(replayed, done.contains(&n), "{n}: {said:?}");
    }
    let calls = desk.ok(&["list", "--all", "--limit", "0", "-o", "id"]);
    assert_eq!(calls.lines().count(), 24);
    desk.verified();
}

#[test]
fn no_bearer_takes_all_the_room() {
    let desk = slow("[http]\nchanges = 4\n");
    let token = |name: &str| {
        let token = desk.ok(&["token", "new", "--scope", "operate", "--name", name]);
        format!("Authorization: Bearer {}", token.trim())
    };
    let (greedy, modest) = (token("greedy"), token("modest"));
    let (_host, at) = serve(&desk, &["--config", "config.toml"]);
    std::thread::scope(|scope| {
        let crowd = scope.spawn(|| all_at_once(at, 16, &[&greedy]));
        // There is always room for another one.
        for n in 0..3 {
            assert_eq!(take(at, 900 + n, &[&modest]).status, 201);
        }
        let done = taken(&crowd.join().unwrap(), 429, "too-many");
        assert!(!done.is_empty() && done.len() < 16, "{done:?}");
    });
    desk.verified();
}

#[test]
fn a_key_that_is_being_asked_under_is_not_asked_under_twice() {
    let desk = slow("");
    let (_host, at) = serve(&desk, &[]);
    std::thread::scope(|scope| {
        let twins = [(); 2].map(|()| scope.spawn(|| take(at, 1, &[])));
        let mut twins = twins.map(|twin| twin.join().unwrap());
        twins.sort_by_key(|answer| answer.status);
        let [first, second] = twins;
        assert_eq!((first.status, second.status), (201, 409), "{first:?} {second:?}");
        assert_eq!(second.json()["type"], "urn:ascall:key-in-flight");
        assert_eq!(second.header("retry-after"), Some("1"));
        let again = take(at, 1, &[]);
        assert_eq!((again.status, &again.body), (201, &first.body));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    });
    assert_eq!(desk.ok(&["list", "--all", "-o", "id"]).lines().count(), 1);
}
