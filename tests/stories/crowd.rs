//! Many processes at once on one store: what only one can have goes to one, and goods add up to the piece.

use crate::sealed::{Ran, Sealed};

/// Types every line at once, each in a process of its own; what came of each.
fn at_once(desk: &Sealed, lines: &[String]) -> Vec<Ran> {
    let typed = |line: &String| {
        let mut args: Vec<&str> = line.split_whitespace().collect();
        args.extend(["--lock-timeout", "60s"]);
        desk.run(&args)
    };
    std::thread::scope(|scope| {
        let runs: Vec<_> = lines.iter().map(|line| scope.spawn(move || typed(line))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

#[test]
fn twenty_teachers_claim_from_twenty_processes_and_one_has_it() {
    let desk = Sealed::new();
    for n in 1..=20 {
        let tel = format!("010-0000-{:04}", 800 + n);
        desk.ok(&["worker", "add", "--name", "문해솔", "--tel", &tel, "--service", "tutoring"]);
    }
    let call =
        desk.request(1, &["--profile", "tutoring", "--cost", "50000", "--field", "reference=R-1"]);
    let claims: Vec<String> =
        (1..=20).map(|n| format!("claim {call} --worker W-{n} --at +2h -o id")).collect();
    let answers = at_once(&desk, &claims);
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.iter().zip(1..).partition(|(ran, _)| ran.code == Some(0));
    let [(_, winner)] = won[..] else { panic!("{answers:?}") };
    let winner = format!("W-{winner}");
    for (ran, _) in lost {
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains(&winner), "{winner} is named: {}", ran.err);
    }
    assert_eq!(desk.stands(&call), ("scheduled".to_owned(), Some(winner)));
    desk.verified();
}

#[test]
fn a_hundred_orders_from_twenty_processes_at_a_time_take_exactly_what_there_is() {
    let desk = Sealed::new();
    desk.ok(&["stock", "receive", "마스크", "800"]);
    let orders: Vec<String> = (1..=100)
        .map(|n| {
            format!(
                "request --profile shop --tel 010-0000-{n:04} -o id \
                 --field product=마스크 --field qty=10 --field reference=O-{n}"
            )
        })
        .collect();
    let mut calls = Vec::new();
    for twenty in orders.chunks(20) {
        for ran in at_once(&desk, twenty) {
            assert_eq!(ran.code, Some(0), "{ran:?}");
            calls.push(ran.out.trim().to_owned());
        }
    }
    let masks = |desk: &Sealed| {
        let stock = desk.json(&["stock", "list"]);
        let row = &stock.as_array().unwrap()[0];
        ["on_hand", "reserved", "available"].map(|name| row[name].as_u64().unwrap())
    };
    assert_eq!(masks(&desk), [800, 800, 0]);
    // Twenty wait for goods; when they cancel, each twice, those who have goods keep them.
    let listed = desk.json(&["list"]);
    let waits = |row: &&serde_json::Value| row["attention"] == serde_json::json!(["step_denied"]);
    let short: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(waits)
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(short.len(), 20);
    let cancels: Vec<String> = short
        .iter()
        .flat_map(|call| [format!("cancel {call}"), format!("cancel {call}")])
        .collect();
    for ran in at_once(&desk, &cancels) {
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_eq!(masks(&desk), [800, 800, 0]);
    let having: Vec<&String> = calls.iter().filter(|call| !short.contains(call)).take(20).collect();
    let cancels: Vec<String> = having
        .iter()
        .flat_map(|call| [format!("cancel {call}"), format!("cancel {call}")])
        .collect();
    for ran in at_once(&desk, &cancels) {
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_eq!(masks(&desk), [800, 600, 200]);
    desk.verified();
}
