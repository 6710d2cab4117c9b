//! Calls and workers as files, out and in again.

use crate::sealed::Sealed;
use crate::told::{ends, later, tell};
use insta::assert_snapshot;

fn desk() -> Sealed {
    let desk = Sealed::new();
    desk.write(
        "workers.csv",
        "name,tel,at,skills,services,duty\n김하나,010-0000-0101,\"37.5663,126.9779\",TV;냉장고,repair,on\n\
         =박두리,010-0000-0102,,수동,driver;taxi,suspended\n최세나,010-0000-0103,,,,break\n",
    );
    ends(&desk, 0, "worker import workers.csv");
    ends(
        &desk,
        0,
        "request --tel 010-0000-0001 --name =1+1 --kind TV --cost 25500 --location 37.566,126.978",
    );
    ends(
        &desk,
        0,
        "request --tel 010-0000-0002 --name 'O, \"K\"' --profile driver --field transmission=수동 --priority urgent",
    );
    let visit = later(48);
    desk.ok(&["request", "--tel", "010-0000-0003", "--kind", "TV", "--at", &visit]);
    ends(&desk, 0, "request --tel 010-0000-0004 --kind TV");
    ends(&desk, 0, "cancel C-4");
    desk
}

#[test]
fn an_export_is_masked_unless_revealed_and_no_cell_is_a_formula() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        "export workers --lang en",
        "export workers -o ndjson",
        "export workers --reveal --lang en",
        "export workers -o json --lang en",
        "export calls -o id --lang en",
        "tail -n 1 --lang en",
        "export calls --since 1h --lang en",
        "export calls --since tomorrow --lang en",
    ]), @r#"
    $ export workers --lang en
    worker,name,tel,at,skills,services,duty
    W-1,김*나,010-****-0101,,TV;냉장고,repair,on
    W-2,'=***,010-****-0102,,수동,driver;taxi,suspended
    W-3,최*나,010-****-0103,,,,break
    ! names, numbers and addresses are masked, and a masked file cannot be imported; write them whole with --reveal (journalled)
    $ export workers -o ndjson
    {"duty":"on","name":"김*나","services":["repair"],"skills":["TV","냉장고"],"tel":"010-****-0101","worker":"W-1"}
    {"duty":"suspended","name":"=***","services":["driver","taxi"],"skills":["수동"],"tel":"010-****-0102","worker":"W-2"}
    {"duty":"break","name":"최*나","tel":"010-****-0103","worker":"W-3"}
    ! 이름, 전화번호, 주소를 가렸습니다. 가린 파일은 다시 가져올 수 없습니다. 그대로 내보내려면 --reveal (기록에 남습니다)
    $ export workers --reveal --lang en
    worker,name,tel,at,skills,services,duty
    W-1,김하나,010-0000-0101,"37.566300,126.977900",TV;냉장고,repair,on
    W-2,'=박두리,010-0000-0102,,수동,driver;taxi,suspended
    W-3,최세나,010-0000-0103,,,,break
    ! personal data stands in this as it is; that it was exported is journalled
    $ export workers -o json --lang en
    ! error: an export is written as csv or ndjson
    = 2
    $ export calls -o id --lang en
    ! error: an export is written as csv or ndjson
    = 2
    $ tail -n 1 --lang en
    15  00:00:00  kim  personal data revealed export workers
    $ export calls --since 1h --lang en
    profile,tel,member,name,location,kind,cost,priority,at,product,qty,reference,to,transmission,visit,call,phase,received_at,ended_at,worker,paid,refunded,outcome,rating,disposition
    repair,010-****-0001,,'=***,"37.56,126.97",TV,25500,normal,,,,,,,,C-1,assigned,0000-00-00T00:00:00.000Z,,W-1,0,0,,,
    driver,010-****-0002,,"O* ""**",,수동,,urgent,,,,,,수동,,C-2,open,0000-00-00T00:00:00.000Z,,,0,0,,,
    repair,010-****-0003,,,,TV,,normal,0000-00-00T00:00:00.000Z,,,,,,,C-3,open,0000-00-00T00:00:00.000Z,,,0,0,,,
    repair,010-****-0004,,,,TV,,normal,,,,,,,,C-4,canceled,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,0,0,,,
    ! names, numbers and addresses are masked, and a masked file cannot be imported; write them whole with --reveal (journalled)
    $ export calls --since tomorrow --lang en
    ! error: `tomorrow` is not a time (expected a form like `00:00`, `30m` or `00-00 00:00`)
    ! hint: write a clock time (00:00), a span (30m), or a date and a time
    = 2
    "#);
    let whole = desk.ok(&["export", "calls", "--reveal"]);
    let first = whole.lines().nth(1).unwrap();
    assert!(
        first.starts_with("repair,010-0000-0001,,'=1+1,\"37.566,126.978\",TV,25500,normal,,"),
        "{whole}"
    );
    assert_eq!(whole.lines().count(), 5);
    let none = desk.run(&["--store", "none.redb", "export", "calls", "--reveal"]);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(!desk.path("none.redb").exists());
}

/// The columns of a row that say what was asked for.
fn asked(row: &serde_json::Value) -> serde_json::Value {
    let mut row = row.clone();
    for name in ["call", "phase", "received_at", "worker"] {
        row.as_object_mut().unwrap().remove(name);
    }
    row
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_was_exported_is_imported_into_another_desk_as_it_was() {
    let desk = desk();
    for form in ["csv", "ndjson"] {
        for what in ["workers", "calls"] {
            let text = desk.ok(&["export", what, "--reveal", "-o", form]);
            desk.write(&format!("{what}.{form}"), &text);
        }
        let store = format!("{form}.redb");
        let there = |line: &str| {
            let line = format!("--store {store} {line}");
            ends(&desk, 0, &line)
        };
        there(&format!("import workers workers.{form}"));
        let told = there(&format!("import calls calls.{form} --lang ko"));
        assert!(told.contains("ended"), "the canceled call is passed over: {told}");
        let export = |store: &str, what: &str| {
            lines(&desk.ok(&["--store", store, "export", what, "--reveal", "-o", "ndjson"]))
        };
        let here = desk.store().display().to_string();
        assert_eq!(export(&here, "workers"), export(&store, "workers"), "{form}");
        let (before, after) = (export(&here, "calls"), export(&store, "calls"));
        assert_eq!(after.len(), 3, "{form}");
        for (old, new) in before.iter().zip(&after) {
            assert_eq!(asked(old), asked(new), "{form}");
        }
        // Once more changes nothing.
        there(&format!("import calls calls.{form}"));
        assert_eq!(export(&store, "calls").len(), 3);
        there("verify");
    }
}

#[test]
fn a_file_of_others_is_imported_by_the_same_rules() {
    let desk = Sealed::new();
    desk.write("calls.csv", "tel,phase,transmission\n010-0000-0001,,수동\n010-0000-0002,open,\n");
    let told = ends(&desk, 1, "import calls calls.csv --profile driver --priority high --lang en");
    assert!(told.contains("C-1  open  수동  high"), "{told}");
    assert!(
        told.contains("there is no field `phase`") || told.contains("no field `phase`"),
        "{told}"
    );
    let told = ends(&desk, 0, "import workers - --dry-run --lang en");
    assert_eq!(told, "");
}
