//! The defects of the systems that the desk replaces, each shown absent.

use crate::play::play;
use crate::sealed::Sealed;
use std::process::Command;

fn told(desk: &Sealed, tel: &str) -> usize {
    desk.json(&["inbox", "--tel", tel]).as_array().unwrap().len()
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
    let before = told(&desk, "010-0000-0001");
    let head = desk.json(&["status", &call])["seq"].clone();
    desk.ok(&["cancel", &call]);
    assert_eq!(told(&desk, "010-0000-0001"), before);
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

#[test]
fn an_update_never_sends_an_old_message_again() {
    play("defect-old-messages");
}

#[test]
fn nobody_writes_a_status() {
    play("defect-any-status");
}

#[test]
fn a_gate_that_accepts_after_its_deadline_leaves_no_orphan() {
    play("defect-late-gate");
}

/// The answer is there as soon as the question: it finds the call that it is about.
#[test]
fn an_answer_that_comes_at_once_is_never_dropped() {
    play("defect-answer-at-once");
}

/// The disk is full in the middle of a batch. What could not be kept is told to nobody.
#[test]
fn what_was_not_committed_is_told_to_nobody() {
    let mut desk = Sealed::new();
    let root = env!("CARGO_MANIFEST_DIR");
    let profile = std::fs::read_to_string(format!("{root}/fixtures/services/repair.toml")).unwrap();
    let by_messenger = "to = \"customer\"\ntransport = \"command\"";
    let profile = desk.write("repair.toml", &profile.replace("to = \"customer\"", by_messenger));
    let config = desk.write(
        "config.toml",
        &format!(
            "profiles = [{profile:?}]\n\
             [notices]\ncommand = [\"sh\", \"-c\", \"printf '%s\\\\n' \\\"$(cat)\\\" >> sent\"]\n"
        ),
    );
    desk.set("ASCALL_CONFIG", config.to_str().unwrap());
    desk.request(1, &[]);
    let blocks = std::fs::metadata(desk.store()).unwrap().len() / 512;
    let rows: Vec<String> = (2..3_000).map(|n| format!("010-0000-{n:04},이름{n:0190}")).collect();
    desk.write("many.csv", &format!("tel,name\n{}\n", rows.join("\n")));
    let ran = limited(&desk.command(&["request", "-f", "many.csv", "-o", "id"]), blocks);
    assert!(matches!(ran.status.code(), Some(7 | 8)), "the disk was not full: {:?}", ran.status);

    let known = desk.ok(&["list", "--all", "-o", "id"]);
    let known: Vec<&str> = known.lines().collect();
    let sent = std::fs::read_to_string(desk.path("sent")).unwrap();
    for line in sent.lines() {
        let letter: serde_json::Value = serde_json::from_str(line).unwrap();
        let call = letter["call"].as_str().unwrap();
        assert!(known.contains(&call), "{call} was told outside and is not in the journal");
    }
    assert!(sent.lines().count() > 1, "nobody was told anything");
    desk.verified();
}

/// The same command with files no larger than so many blocks of 512 bytes.
fn limited(command: &Command, blocks: u64) -> std::process::Output {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(command.get_current_dir().unwrap());
    shell.output().unwrap()
}
