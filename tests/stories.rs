//! The acceptance stories of the services `repair` and `driver`, told through the installed command, and the defects of
//! the systems they replace, each shown absent.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod sealed;

use sealed::Sealed;

fn on_both(story: impl Fn(&str)) {
    for profile in ["repair", "driver"] {
        story(profile);
    }
}

fn texts(desk: &Sealed, tel: &str) -> Vec<String> {
    let inbox = desk.json(&["inbox", "--tel", tel]);
    let notices = inbox.as_array().cloned().unwrap_or_default();
    notices.iter().map(|n| n["text"].as_str().unwrap().to_owned()).collect()
}

/// Story 1: `assign` stopped and started, two calls, one cancel.
#[test]
fn story_1_assign_stopped_and_started() {
    on_both(|profile| {
        let desk = Sealed::new();
        let w1 = desk.worker("한가람", 101, "37.5663,126.9779", "TV");
        let w2 = desk.worker("나두리", 102, "37.5700,126.9820", "TV");
        desk.ok(&["participant", "stop", "assign"]);
        let calls: Vec<String> = (1..=2)
            .map(|n| desk.request(n, &["--profile", profile, "--location", "37.566,126.978"]))
            .collect();
        for call in &calls {
            assert_eq!(desk.stands(call), ("open".to_owned(), None));
            assert_eq!(desk.json(&["status", call])["phase_word"], "호출중");
        }
        desk.ok(&["participant", "start", "assign"]);
        let workers: Vec<_> = calls.iter().map(|call| desk.stands(call)).collect();
        assert!(workers.iter().all(|(phase, _)| phase == "assigned"), "{workers:?}");
        assert_ne!(workers[0].1, workers[1].1);
        assert_eq!(desk.json(&["status", &calls[0]])["phase_word"], "호출확정");

        desk.ok(&["cancel", &calls[0]]);
        assert_eq!(desk.stands(&calls[0]).0, "canceled");
        assert_eq!(desk.json(&["status", &calls[0]])["phase_word"], "호출취소");
        let freed = workers[0].1.clone().unwrap();
        assert!(freed == w1 || freed == w2);
        let listed = desk.json(&["worker", "list"]);
        let state = listed.as_array().unwrap().iter().find(|w| w["id"] == freed.as_str()).unwrap();
        assert_eq!(state["availability"], "available");
        // Exactly one message per change: opened, assigned, canceled.
        let told = texts(&desk, "010-0000-0001");
        assert_eq!(told.len(), 3, "{told:?}");
        desk.verified();
    });
}

/// Story 2, `park`: the gate is down, the call waits through restarts and goes on by itself.
#[test]
fn story_2_a_gate_that_is_down_parks() {
    on_both(|profile| {
        let desk = Sealed::new();
        desk.worker("한가람", 101, "37.5663,126.9779", "TV");
        desk.ok(&["participant", "stop", "manage"]);
        let mut states = Vec::new();
        let call = desk.request(1, &["--profile", profile]);
        for n in 2..12 {
            desk.request(n, &["--profile", profile]);
            states.push(breaker(&desk));
        }
        assert!(states.contains(&"open".to_owned()), "{states:?}");
        assert_eq!(desk.stands(&call).0, "parked");
        assert_eq!(desk.json(&["status", &call])["phase_word"], "호출(대기접수)");
        desk.ok(&["participant", "start", "manage"]);
        let waited = desk.run(&["watch", &call, "--until", "assigned", "--timeout", "30s"]);
        assert_eq!(waited.code, Some(0), "{}{}", waited.out, waited.err);
        assert_eq!(desk.stands(&call).0, "assigned");
        assert_eq!(breaker(&desk), "closed");
        let tail = desk.ok(&["tail", "-o", "ndjson"]);
        assert!(tail.contains("half_open"), "the breaker half-opened on its way");
        desk.verified();
    });
}

fn breaker(desk: &Sealed) -> String {
    let list = desk.json(&["breaker", "list"]);
    let manage = list.as_array().unwrap().iter().find(|b| b["participant"] == "manage").unwrap();
    manage["state"].as_str().unwrap().to_owned()
}

/// Story 2, `reject`: the caller is sent away with a time, and nothing is live.
#[test]
fn story_2_a_gate_that_is_down_rejects() {
    on_both(|profile| {
        let mut desk = Sealed::new();
        let text = std::fs::read_to_string(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("fixtures/services/{profile}.toml")),
        )
        .unwrap();
        let file =
            desk.write("own.toml", &text.replace("fallback = \"park\"", "fallback = \"reject\""));
        let config = desk.write("config.toml", &format!("profiles = [{file:?}]\n"));
        desk.set("ASCALL_CONFIG", config.to_str().unwrap());
        desk.ok(&["participant", "stop", "manage"]);
        let mut refused = Vec::new();
        for n in 1..10 {
            let tel = format!("010-0000-{n:04}");
            let words = desk.fails(4, &["request", "--profile", profile, "--tel", &tel]);
            assert!(words.contains("다시") || words.contains("again"), "{words}");
            refused.push(words);
        }
        assert_eq!(breaker(&desk), "open");
        assert_eq!(desk.json(&["list"]).as_array().unwrap().len(), 0);
        let before = desk.ok(&["list", "--all", "-o", "id"]).lines().count();
        desk.fails(4, &["request", "--profile", profile, "--tel", "010-0000-0099"]);
        let after = desk.ok(&["list", "--all", "-o", "id"]).lines().count();
        assert_eq!(before, after, "an open breaker leaves nothing at all");
        desk.ok(&["participant", "start", "manage"]);
        let call = desk.request(50, &["--profile", profile]);
        assert_eq!(desk.stands(&call).0, "open");
        desk.verified();
    });
}

#[test]
fn one_worker_is_never_given_two_calls() {
    let desk = Sealed::new();
    desk.worker("한가람", 101, "37.5663,126.9779", "TV");
    let calls: Vec<String> = (1..=5).map(|n| desk.request(n, &[])).collect();
    let assigned = calls.iter().filter(|call| desk.stands(call).0 == "assigned").count();
    assert_eq!(assigned, 1);
    desk.verified();
}

#[test]
fn a_freed_technician_takes_what_waits() {
    let desk = Sealed::new();
    let worker = desk.worker("한가람", 101, "37.5663,126.9779", "TV");
    let (first, second) = (desk.request(1, &[]), desk.request(2, &[]));
    desk.ok(&["start", &first]);
    desk.fails(1, &["cancel", &first]);
    desk.ok(&["finish", &first]);
    assert_eq!(desk.stands(&first).0, "completed");
    assert_eq!(desk.stands(&second), ("assigned".to_owned(), Some(worker)));
}

#[test]
fn numbers_are_not_given_again_and_a_canceled_call_stays_on_record() {
    let desk = Sealed::new();
    let first = desk.request(1, &[]);
    desk.ok(&["cancel", &first]);
    let second = desk.request(1, &[]);
    assert_ne!(first, second);
    assert_eq!(desk.stands(&first).0, "canceled");
    let all = desk.ok(&["list", "--all", "-o", "id"]);
    assert_eq!(all.lines().collect::<Vec<_>>(), [first.as_str(), second.as_str()]);
}

#[test]
fn a_second_cancel_gets_the_first_ones_answer_and_sends_nothing() {
    let desk = Sealed::new();
    let call = desk.request(1, &[]);
    desk.ok(&["cancel", &call]);
    let told = texts(&desk, "010-0000-0001").len();
    let head = desk.json(&["status", &call])["seq"].clone();
    desk.ok(&["cancel", &call]);
    assert_eq!(texts(&desk, "010-0000-0001").len(), told);
    assert_eq!(desk.json(&["status", &call])["seq"], head);
}

#[test]
fn the_same_key_is_one_call_and_another_body_is_refused() {
    let desk = Sealed::new();
    let first = desk.request(1, &["--key", "k1"]);
    assert_eq!(desk.request(1, &["--key", "k1"]), first);
    let words = desk.fails(1, &["request", "--tel", "010-0000-0002", "--key", "k1"]);
    assert!(words.contains("k1"), "{words}");
    assert_eq!(desk.ok(&["list", "-o", "id"]).lines().count(), 1);
}

/// Story 6, with a participant outside: killed before and after each external send and at each commit.
#[test]
fn story_6_killed_anywhere_nothing_is_lost_or_done_twice() {
    let program =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/participants/manage.py");
    let points = ["before_commit", "after_commit", "before_send", "after_answer"];
    for point in points {
        for nth in 1..=3 {
            let mut desk = Sealed::new();
            let config = desk.write(
                "config.toml",
                &format!(
                    "[participants.manage]\nkind = \"command\"\nargv = [\"python3\", {program:?}]\n"
                ),
            );
            let record = desk.path("manage.sqlite");
            desk.set("ASCALL_CONFIG", config.to_str().unwrap());
            desk.set("MANAGE_RECORD", record.to_str().unwrap());
            desk.worker("한가람", 101, "37.5663,126.9779", "TV");
            let halt = desk.with("ASCALL_HALT_AT", &format!("{point}:{nth}"));
            let args = ["request", "--tel", "010-0000-0001", "--key", "k1", "-o", "json"];
            let killed = desk.run_with(&args, &halt);
            // Every point is reached once; whether it is reached again depends on how fast the program answers.
            assert!(nth > 1 || killed.code.is_none(), "{point}: not killed: {killed:?}");
            let again = desk.json(&args[..5]);
            let call = again["id"].as_str().unwrap().to_owned();
            let waited = desk.run(&["watch", &call, "--until", "assigned", "--timeout", "20s"]);
            assert_eq!(waited.code, Some(0), "{point}:{nth} {killed:?} {waited:?}");
            assert_eq!(desk.ok(&["list", "--all", "-o", "id"]).lines().count(), 1, "{point}:{nth}");
            desk.verified();
        }
    }
}
