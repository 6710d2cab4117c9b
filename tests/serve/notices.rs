//! What was sent to people outside, and sending it again, over HTTP.

use crate::client::{ask, post, serve, until};
use crate::sealed::Sealed;

#[test]
fn a_notice_that_was_given_up_is_found_among_its_tries_and_sent_again() {
    let desk = Sealed::new();
    let profile = include_str!("../../fixtures/services/repair.toml");
    let opened = "on = \"opened\"\nto = \"customer\"";
    assert!(profile.contains(opened));
    let sent_out = format!("{opened}\ntransport = \"command\"");
    desk.write("own.toml", &profile.replace(opened, &sent_out));
    // It fails until there is a file that says otherwise.
    let program = "command = [\"sh\", \"-c\", \"test -e back\"]";
    desk.write("config.toml", &format!("profiles = [\"own.toml\"]\n[notices]\n{program}\n"));
    let (_host, at) = serve(&desk, &["--config", "config.toml"]);
    let said = post(at, "/v1/calls", &[], r#"{"tel": "010-0000-0001", "kind": "TV"}"#);
    assert_eq!(said.status, 201, "{said:?}");
    let tries = || ask(at, "GET /v1/calls/C-1/tries", &[]).json()["items"].clone();
    let failed = until(|| {
        let tries = tries();
        let failed = tries.as_array()?.iter().find(|one| one["became"] == "failed")?;
        Some(failed.clone())
    });
    assert_eq!((&failed["by"], &failed["attempt"]), (&"command".into(), &1.into()));
    let notice = failed["notice"].as_str().unwrap().to_owned();
    let again = format!(r#"{{"notice": "{notice}", "reason": "다시"}}"#);
    // It is still being tried.
    assert_eq!(post(at, "/v1/notices/resend", &[], &again).status, 409);
    desk.write("back", "");
    let delivered = |wanted: usize| {
        until(|| {
            let tries = tries();
            let delivered = |one: &&serde_json::Value| {
                one["notice"] == notice.as_str() && one["became"] == "delivered"
            };
            let found = tries.as_array()?.iter().filter(delivered).count();
            (found == wanted).then_some(())
        });
    };
    delivered(1);
    let key = &["Idempotency-Key: again-1"];
    let said = post(at, "/v1/notices/resend", key, &again);
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(said.json()["notice"], notice.as_str());
    assert_eq!(post(at, "/v1/notices/resend", key, &again).status, 200);
    delivered(2);
    let found = post(at, "/v1/notices/tries", &[], r#"{"tel": "010-0000-0001"}"#).json();
    let became: Vec<_> = found["items"].as_array().unwrap().iter().map(|t| &t["became"]).collect();
    assert_eq!(became.iter().filter(|b| **b == "resent").count(), 1, "sent again once: {found}");
    desk.ok(&["--config", "config.toml", "verify"]);
}
