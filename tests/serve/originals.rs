//! The clients of the originals over a real port: numbers that last, Korean addresses as they come over the wire.

use crate::client::{Answer, Client, ask, post, request, serve};
use crate::sealed::Sealed;
use rustix::process::Signal;
use std::net::SocketAddr;

fn created(address: SocketAddr, path: &str, json: &str) -> Answer {
    let answer = post(address, path, &[], json);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

fn location(answer: &Answer) -> &str {
    let location = answer.header("location").unwrap();
    location.strip_prefix("http://localhost").unwrap()
}

#[test]
fn numbers_count_within_their_resource_and_last_over_a_kill() {
    let desk = Sealed::new();
    let (host, address) = serve(&desk, &[]);
    let call = "{\"tel\": \"01000001234\", \"cost\": \"25500\", \"status\": \"호출\"}";
    assert_eq!(location(&created(address, "/ascalls", call)), "/ascalls/1");
    assert_eq!(location(&created(address, "/drivercalls", call)), "/drivercalls/1");
    assert_eq!(location(&created(address, "/ascalls/", call)), "/ascalls/2");
    assert_eq!(host.ends_by(Signal::KILL), None);

    let (host, address) = serve(&desk, &[]);
    assert_eq!(ask(address, "DELETE /ascalls/2", &[]).status, 204);
    assert_eq!(ask(address, "GET /ascalls/2", &[]).json()["status"], "호출취소");
    assert_eq!(ask(address, "GET /drivercalls/1", &[]).json()["status"], "호출중");
    assert_eq!(ask(address, "GET /drivercalls/2", &[]).status, 404);
    assert_eq!(location(&created(address, "/ascalls", call)), "/ascalls/3");
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    desk.verified();
}

#[test]
fn a_korean_address_is_read_raw_and_escaped_on_one_connection() {
    let desk = Sealed::new();
    let (host, address) = serve(&desk, &[]);
    let call = "{\"휴대폰번호\": \"01000001234\", \"호출위치\": \"마포\", \"예상요금\": 25500}";
    let escaped = "/%ED%83%9D%EC%8B%9C%ED%98%B8%EC%B6%9Cs";
    assert_eq!(location(&created(address, escaped, call)), format!("{escaped}/1"));
    let mut client = Client::to(address);
    for path in ["/택시호출s/1", "/택시관리s/1/", &format!("{escaped}/1")] {
        client.says(request(&format!("GET {path}"), &[]).as_bytes());
        let answer = client.hears().unwrap();
        assert_eq!(
            (answer.status, answer.json()["호출위치"].as_str()),
            (200, Some("마포")),
            "{path}"
        );
    }
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
}

#[test]
fn a_worker_whom_nobody_added_is_refused_where_the_configuration_says_so() {
    let mut desk = Sealed::new();
    let file = desk.write("config.toml", "workers = \"strict\"\n");
    desk.set("ASCALL_CONFIG", file.to_str().unwrap());
    let (host, address) = serve(&desk, &[]);
    created(address, "/matches", "{\"id\": 1, \"price\": 50000}");
    let visit = |teacher: &str| format!("{{\"matchId\": 1, \"teacher\": \"{teacher}\"}}");
    assert_eq!(post(address, "/visits", &[], &visit("김선생")).status, 422);
    desk.ok(&[
        "worker",
        "add",
        "--name",
        "김선생",
        "--tel",
        "010-0000-0007",
        "--service",
        "tutoring",
    ]);
    created(address, "/visits", &visit("김선생"));
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    let worker = &desk.json(&["worker", "list"])[0];
    assert_eq!((&worker["id"], &worker["self_registered"]), (&"W-1".into(), &false.into()));
}
