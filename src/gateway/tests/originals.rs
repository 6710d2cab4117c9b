//! The originals' clients, service by service: paths, members, words, codes.

use super::kit::{Got, Town};
use crate::gateway::caller::Scope;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// What a resource says under its name in a collection.
fn embedded<'a>(got: &'a Got, name: &str) -> &'a Vec<Value> {
    assert_eq!(got.header("content-type"), "application/hal+json");
    got.body["_embedded"][name].as_array().unwrap()
}

fn link(value: &Value) -> &str {
    value["_links"]["self"]["href"].as_str().unwrap()
}

async fn stop(town: &Town, participant: &str) {
    town.post(&format!("/v1/participants/{participant}/stop"), json!({})).await.must(200);
}

async fn start(town: &Town, participant: &str) {
    town.post(&format!("/v1/participants/{participant}/start"), json!({})).await.must(200);
}

#[tokio::test]
async fn repair_a_call_is_made_read_listed_and_called_off() {
    let town = Town::new().await;
    let body = json!({ "tel": "01000001234", "status": "호출", "cost": "25500" });
    let headers = [("host", "desk.example:8080")];
    let made = town.post_with("/ascalls", &headers, body).await.must(201);
    assert_eq!(made.header("location"), "http://desk.example:8080/ascalls/1");
    assert_eq!(made.header("content-type"), "application/hal+json");
    assert_eq!(link(&made.body), "http://desk.example:8080/ascalls/1");
    let said =
        |got: &Got| (got.body["tel"].clone(), got.body["status"].clone(), got.body["cost"].clone());
    let as_made = (json!("01000001234"), json!("호출중"), json!(25_500));
    assert_eq!(said(&made), as_made);
    assert_eq!(
        said(&town.get("/ascalls/1/").await.must(200)),
        as_made,
        "whole, and as it was sent"
    );

    let all = town.get("/ascalls").await.must(200);
    assert_eq!(embedded(&all, "ascalls")[0]["tel"], "010-****-1234", "a list is masked");
    assert_eq!(town.get("/asmanages/1").await.must(200).body["status"], "호출중");
    town.get("/asassigns/1").await.must(404);
    let worker = town.worker().await;
    let assigned = town.get("/asassigns/1").await.must(200);
    for got in [&made, &assigned] {
        assert_eq!(got.header("ascall-call"), "C-1", "the number that `/v1` knows");
    }
    assert_eq!(all.header("ascall-call"), "", "a list is about many");
    assert_eq!((assigned.body["technician"].clone(), worker.as_str()), (json!("김하나"), "W-1"));

    let off = town.bare("DELETE", "/ascalls/1").await.must(204);
    assert_eq!(off.header("ascall-call"), "C-1");
    town.bare("DELETE", "/ascalls/1").await.must(204);
    assert_eq!(town.get("/ascalls/1").await.body["status"], "호출취소", "a cancel deletes nothing");
    assert_eq!(town.get("/asmanages/1").await.body["status"], "호출취소");
    town.bare("DELETE", "/ascalls/9").await.must(404);
    town.get("/ascalls/C-1").await.must(404);
    town.close().await;
}

#[tokio::test]
async fn the_body_of_the_load_test_is_taken_and_a_form_says_the_same() {
    let town = Town::new().await;
    let made = town.post("/ascalls", json!({ "tel": "1234567890", "cost": 3000 })).await.must(201);
    assert_eq!(made.body["tel"], "1234567890");
    let form = Request::post("/ascalls/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("tel=01000001234&status=%ED%98%B8%EC%B6%9C&cost=25500"));
    let made = town.ask(form.unwrap()).await.must(201);
    assert_eq!((made.body["cost"].clone(), link(&made.body)), (json!(25_500), "/ascalls/2"));
    town.close().await;
}

#[tokio::test]
async fn a_status_is_a_command_or_it_is_refused() {
    let town = Town::new().await;
    town.worker().await;
    town.post("/ascalls", json!({ "tel": "01000001234", "kind": "냉장고" })).await.must(201);
    let write = async |method: &str, body: Value| town.send(method, "/ascalls/1", body).await;
    assert_eq!(town.get("/ascalls/1").await.body["status"], "호출확정");
    write("PATCH", json!({ "status": "미배정" })).await.must(422);
    write("PATCH", json!({ "status": "뭐든지" })).await.must(422);
    write("PATCH", json!({})).await.must(422);
    write("PATCH", json!({ "colour": "red" })).await.must(422);
    let again =
        json!({ "tel": "01000001234", "kind": "냉장고", "status": "호출확정", "cost": null });
    let same = write("PUT", again).await.must(200);
    assert_eq!(same.body["status"], "호출확정", "a whole object that says what is changes nothing");
    let dearer = write("PATCH", json!({ "cost": "30000" })).await.must(200);
    assert_eq!(dearer.body["cost"], 30_000);
    assert_eq!(
        write("PATCH", json!({ "status": "작업중" })).await.must(200).body["status"],
        "작업중"
    );
    write("PATCH", json!({ "status": "호출취소" })).await.must(409);
    assert_eq!(write("PUT", json!({ "status": "완료" })).await.must(200).body["status"], "완료");
    let early = json!({ "tel": "01000001235", "status": "완료" });
    town.post("/ascalls", early).await.must(422);
    let timeline = town.get("/v1/calls/C-2").await;
    timeline.must(404);
    town.close().await;
}

#[tokio::test]
async fn driver_korean_paths_and_members_go_in_and_come_out() {
    let town = Town::new().await;
    let body = json!({
        "휴대폰번호": "01000001234", "호출상태": "호출", "호출위치": "마포", "예상요금": "25500",
    });
    let path = "/%ED%83%9D%EC%8B%9C%ED%98%B8%EC%B6%9Cs";
    let made = town.post(path, body).await.must(201);
    assert_eq!(made.header("location"), format!("{path}/1"));
    for name in ["휴대폰번호", "호출위치", "예상요금"] {
        assert_ne!(made.body[name], Value::Null, "{name}");
    }
    let read = town.get(&format!("{path}/1")).await.must(200);
    assert_eq!(read.body["호출위치"], "마포", "as it was typed, although it could be two places");
    assert_eq!(read.body["호출상태"], "호출중");
    for path in ["/drivercalls/1", "/taxicalls/1"] {
        let english = town.get(path).await.must(200);
        assert_eq!(english.body["tel"], read.body["휴대폰번호"], "{path}");
    }
    let manages = town.get("/%ED%83%9D%EC%8B%9C%EA%B4%80%EB%A6%ACs").await.must(200);
    assert_eq!(embedded(&manages, "택시관리s")[0]["orderId"], 1);
    // Decomposed, as some systems write it.
    let decomposed = json!({ "\u{1112}\u{1169}\u{110e}\u{116e}\u{11af}상태": "호출취소" });
    let canceled = town.send("PATCH", &format!("{path}/1"), decomposed).await.must(200);
    assert_eq!(canceled.body["호출상태"], "호출취소");
    town.close().await;
}

#[tokio::test]
async fn a_gate_that_is_down_parks_or_sends_away_with_the_time_to_come_back() {
    let town = Town::new().await;
    stop(&town, "manage").await;
    let body = || json!({ "tel": "01000001234" });
    let parked = town.post("/ascalls", body()).await.must(201);
    assert_eq!(parked.body["status"], "호출(대기접수)");
    let away = town.post("/drivercalls", body()).await.must(503);
    assert_ne!(away.header("retry-after"), "");
    start(&town, "manage").await;
    town.close().await;
}

#[tokio::test]
async fn tutoring_paid_listed_claimed_once_and_finished() {
    let town = Town::new().await;
    let body = || json!({ "id": 5000, "price": "50000", "status": "matchRequest" });
    let made = town.post("/matches", body()).await.must(201);
    assert_eq!(
        (link(&made.body), made.body["status"].clone()),
        ("/matches/5000", json!("결제완료"))
    );
    town.post("/matches", body()).await.must(201);
    town.post("/matches", json!({ "id": 5000, "price": 1 })).await.must(409);
    town.post("/matches", json!({ "id": 5001 })).await.must(422);
    let open = town.get("/visitReqLists").await.must(200);
    assert_eq!(embedded(&open, "visitReqLists").len(), 1, "sent again it is the same request");
    assert_eq!(open.body["page"]["totalElements"], 1);

    let day = chrono::Local::now() + chrono::Days::new(30);
    let (typed, kept) = (day.format("%y/%m/%d").to_string(), day.format("%Y-%m-%d").to_string());
    let visit = |teacher: &str| json!({ "matchId": 5000, "teacher": teacher, "visitDate": typed });
    let claimed = town.post("/visits", visit("김선생")).await.must(201);
    assert_eq!(claimed.body["status"], "방문확정");
    let at = claimed.body["visitDate"].as_str().unwrap();
    let at = chrono::DateTime::parse_from_rfc3339(at).unwrap().with_timezone(&chrono::Local);
    assert_eq!(at.format("%Y-%m-%d %H:%M").to_string(), format!("{kept} 09:00"));
    town.post("/visits", visit("김선생")).await.must(201);
    town.post("/visits", visit("이선생")).await.must(409);
    let workers = town.get("/v1/workers").await.must(200);
    let workers = workers.body["items"].as_array().unwrap().clone();
    assert_eq!(workers.len(), 1, "who comes too late is not made known");
    assert_eq!(workers[0]["self_registered"], true);
    town.post("/visits", json!({ "matchId": 5000 })).await.must(422);
    town.post("/visits", visit("")).await.must(422);

    assert_eq!(town.get("/myPages/5000").await.must(200).body["teacher"], "김선생");
    let open = town.get("/visitReqLists").await.must(200);
    assert_eq!(embedded(&open, "visitReqLists").len(), 0);
    let finish = json!({ "id": "5000", "status": "classFinished" });
    assert_eq!(town.post("/classStatuses", finish).await.must(201).body["status"], "수업완료");
    town.send("PATCH", "/matches/5000", json!({ "status": "cancel" })).await.must(409);

    town.post("/matches", json!({ "id": 5001, "price": 30_000 })).await.must(201);
    let off = town.send("PATCH", "/matches/5001", json!({ "status": "cancel" })).await.must(200);
    assert_eq!(off.body["status"], "매칭취소");
    assert_eq!(town.get("/tutoring/payments/5001").await.must(200).body["status"], "환불완료");
    assert_eq!(town.get("/tutoring/payments/5000").await.must(200).body["status"], "결제완료");
    town.bare("DELETE", "/payments/5000").await.must(405);
    stop(&town, "payment").await;
    let away = town.post("/matches", json!({ "id": 5002, "price": 1000 })).await.must(503);
    assert_ne!(away.header("retry-after"), "");
    assert_eq!((away.header("ascall-call"), &away.body["call"]), ("C-3", &json!("C-3")));
    assert_eq!(
        town.get("/matches/5002").await.body["status"],
        "결제실패",
        "it was asked, and not paid"
    );
    town.close().await;
}

fn member() -> Value {
    json!({
        "name": "홍길동", "phoneNumber": "01000000777", "cardNo": "tok_4242",
        "friendPhoneNumber": "01000000778",
    })
}

#[tokio::test]
async fn taxi_a_stranger_is_refused_and_a_member_is_driven_paid_and_rated() {
    let town = Town::new().await;
    let call = || {
        json!({
            "memberId": 1, "phoneNumber": "01000000777", "startAddress": "서울역", "endAddress": "강남역 2번 출구",
        })
    };
    town.post("/calls", call()).await.must(422);
    let known = town.post("/memberShips", member()).await.must(201);
    assert_eq!(known.body["memberId"], 1);
    town.post(
        "/memberShips",
        json!({ "name": "a", "phoneNumber": "01000000779", "cardNo": "4242424242424242" }),
    )
    .await
    .must(422);
    let made = town.post("/calls", call()).await.must(201);
    assert_eq!(made.body["endAddress"], "강남역 2번 출구", "{}", made.text);
    let records = town.get("/v1/calls/C-1").await.must(200);
    assert_eq!(records.body["fields"]["to"], "***", "an address is in the rows only");

    let taxi = |status: &str| json!({ "taxiNumber": "서울12가3456", "taxiInfo": "소나타", "taxiStatus": status });
    let write = async |body: Value| town.send("PATCH", "/taxis/1", body).await;
    assert_eq!(write(taxi("배정됨")).await.must(200).body["taxiInfo"], "소나타");
    let off = json!({ "callStatus": "호출취소" });
    town.send("PATCH", "/calls/1", off).await.must(409);
    write(taxi("운행시작")).await.must(200);
    write(taxi("운행종료")).await.must(422);
    stop(&town, "payment").await;
    let mut end = taxi("운행종료");
    end["fare"] = json!("12500");
    assert_eq!(write(end).await.must(200).body["taxiStatus"], "정산중");
    start(&town, "payment").await;
    town.send("PATCH", "/calls/1", json!({ "callStatus": "서비스평가" })).await.must(422);
    let told = town.get("/notifies/1").await.must(200);
    let friend = |m: &&Value| m["to"] == "friend";
    assert_eq!(told.body["messages"].as_array().unwrap().iter().filter(friend).count(), 2);
    let seen = town.get("/taxiServiceInfos/1").await.must(200);
    assert_eq!(
        (seen.body["taxiNumber"].clone(), seen.body["price"].clone()),
        (json!("서울12가3456"), json!(12_500))
    );
    let workers = town.get("/v1/workers").await.must(200);
    assert_eq!(
        workers.body["items"].as_array().unwrap().len(),
        1,
        "one taxi, however often it reports"
    );
    town.close().await;
}

#[tokio::test]
async fn shop_goods_come_in_are_ordered_and_come_back_once() {
    let town = Town::new().await;
    let mask = |qty: u32| json!({ "productId": 1, "invQty": qty });
    assert_eq!(town.post("/inventories", mask(60)).await.must(201).body["invQty"], 60);
    assert_eq!(town.post("/inventories", mask(40)).await.must(201).body["invQty"], 100);
    town.post("/inventories", json!({ "productId": 1, "invQty": -5 })).await.must(422);
    let order = |id: &str| json!({ "orderId": id, "productId": "1", "qty": "10" });
    let made = town.post("/orders", order("A-1")).await.must(201);
    assert_eq!(
        (made.body["qty"].clone(), made.body["status"].clone()),
        (json!(10), json!("배송준비"))
    );
    assert_eq!(town.get("/inventories/1").await.must(200).body["invQty"], 90);
    town.post("/orders", json!({ "orderId": "A-2", "productId": "9", "qty": 1 })).await.must(422);
    for _ in 0..2 {
        let off = town.send("PATCH", "/orders/1", json!({ "type": "cancel" })).await.must(200);
        assert_eq!(off.body["status"], "주문취소");
    }
    let shelf = town.get("/inventories").await.must(200);
    assert_eq!(embedded(&shelf, "inventories")[0]["invQty"], 100);
    town.get("/inventories/2").await.must(404);
    town.get("/inventories/0").await.must(404);

    town.post("/orders", order("A-3")).await.must(201);
    assert_eq!(
        town.send("PATCH", "/deliveries/2", json!({ "status": "배송중" })).await.must(200).body["status"],
        "배송중"
    );
    assert_eq!(
        town.send("PUT", "/deliveries/2", json!({ "status": "배송완료" })).await.must(200).body["orderId"],
        "A-3"
    );
    let page = town.get("/mypages?page=1&size=1").await.must(200);
    assert_eq!(embedded(&page, "mypages")[0]["orderId"], "A-3");
    let page_of = &page.body["page"];
    assert_eq!(
        (page_of["totalElements"].clone(), page_of["totalPages"].clone()),
        (json!(2), json!(2))
    );
    assert_eq!(page.body["_links"]["prev"]["href"], "/mypages?page=0&size=1");
    town.close().await;
}

#[tokio::test]
async fn two_lines_share_a_path_and_each_is_found_under_its_name() {
    let town = Town::new().await;
    town.post("/matches", json!({ "id": 1, "price": 1000 })).await.must(201);
    assert_eq!(town.get("/payments/1").await.must(200).body["matchId"], 1);
    let all = town.get("/payments").await.must(200);
    assert_eq!(link(&embedded(&all, "payments")[0]), "/tutoring/payments/1");
    town.get("/taxi/payments/1").await.must(404);
    town.close().await;
}

#[tokio::test]
async fn one_key_is_one_call_and_another_body_under_it_is_refused() {
    let town = Town::new().await;
    let key = [("idempotency-key", "order-7")];
    let body = || json!({ "tel": "01000001234", "cost": 25_500 });
    let first = town.post_with("/ascalls", &key, body()).await.must(201);
    let again = town.post_with("/ascalls", &key, body()).await.must(201);
    assert_eq!(
        (link(&again.body), again.header("idempotency-replayed")),
        (link(&first.body), "true")
    );
    assert_eq!(again.header("ascall-call"), first.header("ascall-call"));
    town.post_with("/ascalls", &key, json!({ "tel": "01000001234" })).await.must(422);
    assert_eq!(town.get("/ascalls").await.body["page"]["totalElements"], 1);
    town.close().await;
}

#[tokio::test]
async fn what_is_not_done_here_is_said_with_what_is() {
    let town = Town::new().await;
    for (path, allowed) in [
        ("/ascalls", "GET, HEAD, POST, OPTIONS"),
        ("/ascalls/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("/payments", "GET, HEAD, OPTIONS"),
        ("/inventories/1", "GET, HEAD, OPTIONS"),
        ("/visits/1", "GET, HEAD, PUT, PATCH, OPTIONS"),
    ] {
        let got = town.bare("OPTIONS", path).await.must(204);
        assert_eq!(got.header("allow"), allowed, "{path}");
        let got = town.bare("TRACE", path).await.must(405);
        assert_eq!(got.header("allow"), allowed, "{path}");
    }
    town.bare("HEAD", "/ascalls").await.must(200);
    assert_eq!(town.bare("HEAD", "/ascalls/1").await.status.as_u16(), 404);
    town.get("/nothing").await.must(404);
    let reads = town.post_as("app", Scope::Read, "/ascalls", json!({ "tel": "01000001234" }));
    reads.await.must(403);
    town.close().await;
}
