//! Limits of use, through the door: how many requests, how many at once, how many tokens.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, PATIENCE, Server, read};

#[path = "../../../store/tests/support/redis.rs"]
pub(super) mod redis;

const COLLECTIONS: &str = "/api/v1/collections";

fn header<'a>(reply: &'a Response, name: &str) -> &'a str {
    reply
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn body(reply: Response) -> Value {
    serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap()
}

async fn get(server: &Server) -> Response {
    server.request("GET", COLLECTIONS).send().await.unwrap()
}

async fn get_for(server: &Server, address: &str) -> (u16, Value) {
    let request = server.request("GET", COLLECTIONS);
    read(request.header("X-Forwarded-For", address)).await
}

/// Asks until it is answered again.
async fn until_answered(server: &Server, mut ask: impl AsyncFnMut(&Server) -> u16) {
    let begun = Instant::now();
    loop {
        match ask(server).await {
            200 => return,
            status => assert_eq!(status, 429),
        }
        assert!(begun.elapsed() < PATIENCE, "still refused");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn one_request_too_many_is_told_when_to_come_back() {
    let server = Server::start_with(&[("RATE_LIMIT_RPS", "1"), ("RATE_LIMIT_BURST", "2")]);
    let first = get(&server).await;
    assert_eq!(first.status(), 200);
    let policy = "\"tenant\";q=10;w=10, \"tenant-burst\";q=3;w=1, \"user\";q=10;w=10, \
                  \"user-burst\";q=3;w=1";
    assert_eq!(header(&first, "ratelimit-policy"), policy);
    let left = header(&first, "ratelimit");
    assert!(left.starts_with("\"tenant-burst\";r=2;t=1"), "{left}");
    let mut refused = first;
    // A slow machine may need longer than a second for four requests; the ten seconds hold then.
    for _ in 0..10 {
        refused = get(&server).await;
        if refused.status() == 429 {
            break;
        }
    }
    assert_eq!(refused.status(), 429);
    let wait: u64 = header(&refused, RETRY_AFTER.as_str()).parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert!(header(&refused, "ratelimit").contains(";r=0;t="));
    let problem = body(refused).await;
    assert_eq!(problem["type"], "urn:alexandria:problem:too-many-requests");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("the limit \"") && detail.contains("come back in"),
        "{detail}"
    );
    // Operators see it whatever happens.
    for path in [
        "/health",
        "/healthz",
        "/health/live",
        "/health/ready",
        "/metrics",
    ] {
        let reply = server.request("GET", path).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        assert_eq!(header(&reply, "ratelimit"), "");
    }
    let metrics = server.request("GET", "/metrics").send().await.unwrap();
    assert!(
        metrics
            .text()
            .await
            .unwrap()
            .contains("limit_refusals_total{limit=\"")
    );
    until_answered(&server, async |server| get(server).await.status().as_u16()).await;
}

#[tokio::test]
async fn the_default_is_fifty_a_second() {
    let server = Server::start_with(&[("RATE_LIMIT_RPS", "")]);
    let reply = get(&server).await;
    let policy = header(&reply, "ratelimit-policy").to_owned();
    assert!(
        policy.contains("\"user\";q=500;w=10, \"user-burst\";q=100;w=1"),
        "{policy}"
    );
}

#[tokio::test]
async fn an_address_is_limited_whoever_claims_to_be_behind_it() {
    let limit = [("RATE_LIMIT_ADDRESS_RPS", "1"), ("RATE_LIMIT_BURST", "0")];
    let server = Server::start_with(&limit);
    // Nobody is trusted: what a caller says about itself changes nothing.
    let mut last = (0, Value::Null);
    for number in 1..20 {
        last = get_for(&server, &format!("203.0.113.{number}")).await;
        if last.0 == 429 {
            break;
        }
    }
    assert_eq!(last.0, 429);
    let detail = last.1["detail"].as_str().unwrap();
    assert!(detail.contains("the limit \"address"), "{detail}");

    let [rate, burst] = limit;
    let server = Server::start_with(&[rate, burst, ("TRUSTED_PROXIES", "127.0.0.1")]);
    for number in 1..20 {
        let (status, _) = get_for(&server, &format!("203.0.113.{number}")).await;
        // Refused for want of a token, but not counted with the others.
        assert_ne!(status, 429, "another caller's requests were counted");
    }
    let mut status = 200;
    for number in 1..20 {
        // The caller has put an address of its own before the one that the proxy has seen.
        status = get_for(&server, &format!("10.0.0.{number}, 203.0.113.77"))
            .await
            .0;
        if status == 429 {
            break;
        }
    }
    assert_eq!(status, 429);
}

#[tokio::test]
async fn who_comes_through_a_trusted_proxy_is_not_of_this_machine() {
    let server = Server::start_with(&[("TRUSTED_PROXIES", "127.0.0.0/8")]);
    let limits = || server.request("GET", "/api/v1/limits");
    assert_eq!(read(limits()).await.0, 200);
    let through = |path: &str| {
        let request = server.request("GET", path);
        request.header("X-Forwarded-For", "203.0.113.5")
    };
    assert!([401, 403].contains(&read(through("/api/v1/limits")).await.0));
    let (status, _) = read(through("/metrics")).await;
    assert!([401, 403].contains(&status));
}

#[tokio::test]
async fn a_request_under_way_holds_its_place_until_its_caller_leaves() {
    let server = Server::start_with(&[("ALEXANDRIA_TENANT_REQUESTS_MAX", "1")]);
    let mut slow = TcpStream::connect(server.address.trim_start_matches("http://")).unwrap();
    let half = "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{";
    slow.write_all(half.as_bytes()).unwrap();
    let begun = Instant::now();
    // The one that asks, and the slow one: from now on it holds the only place.
    let active = "\nhttp_requests_active 2\n";
    loop {
        let measures = server.request("GET", "/metrics").send().await.unwrap();
        if measures.text().await.unwrap().contains(active) {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the slow request has not come");
    }
    let refused = loop {
        let reply = get(&server).await;
        if reply.status() == 429 {
            break reply;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "the slow request holds no place"
        );
    };
    assert_eq!(header(&refused, RETRY_AFTER.as_str()), "1");
    let detail = body(refused).await["detail"].to_string();
    assert!(detail.contains("tenant-requests"), "{detail}");
    drop(slow);
    until_answered(&server, async |server| get(server).await.status().as_u16()).await;
}

#[tokio::test]
async fn a_flood_of_tokens_opens_a_circuit_and_a_trial_closes_it() {
    let server = Server::start_with(&[
        ("ALEXANDRIA_TOKENS_MAX", "40"),
        ("ALEXANDRIA_TOKENS_SECONDS", "1"),
        ("ALEXANDRIA_TOKENS_PAUSE_SECONDS", "3"),
    ]);
    server.add("lighthouse.md", LIGHTHOUSE).await;
    let question = json!({ "question": "Who built the lighthouse of Orvane?", "fresh": true });
    let ask = async |server: &Server| server.send("POST", "/api/v1/ask", &question).await;
    let begun = Instant::now();
    let problem = loop {
        let (status, reply) = ask(&server).await;
        if status == 429 {
            break reply;
        }
        assert_eq!(status, 200, "{reply}");
        assert!(begun.elapsed() < PATIENCE, "the circuit does not open");
    };
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("\"user-tokens\""), "{detail}");
    let (status, limits) = server.get("/api/v1/limits").await;
    assert_eq!(status, 200, "{limits}");
    assert_eq!(limits["circuits_total"], 1);
    assert_eq!(limits["circuits"][0]["actor"], "owner");
    assert_eq!(limits["circuits"][0]["state"], "open");
    assert_eq!(limits["counted_in"], "process");
    assert_eq!(
        limits["tokens"],
        json!({ "max": 40, "seconds": 1, "pause_seconds": 3 })
    );
    let metrics = server.request("GET", "/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(
        metrics.contains("token_flood_circuits{state=\"open\"} 1"),
        "{metrics}"
    );
    assert!(
        !metrics.contains("owner"),
        "a caller is named in the measures"
    );
    // Other things than answers go on.
    assert_eq!(server.get(COLLECTIONS).await.0, 200);
    // The dialect of OpenAI says it in its own words, also where the answer would stream.
    for stream in [false, true] {
        let body = json!({
            "model": "alexandria", "stream": stream,
            "messages": [{ "role": "user", "content": "Who built the lighthouse?" }],
        });
        let (status, reply) = server.send("POST", "/v1/chat/completions", &body).await;
        assert_eq!(status, 429, "{reply}");
        assert!(
            reply["error"]["message"]
                .to_string()
                .contains("user-tokens"),
            "{reply}"
        );
    }
    until_answered(&server, async |server| ask(server).await.0).await;
    let (_, limits) = server.get("/api/v1/limits").await;
    assert_eq!(limits["circuits_total"], 0, "{limits}");
}

#[tokio::test]
async fn two_servers_share_limits_in_redis_and_go_on_without_it() {
    let Some(mut shared) = redis::Server::start() else {
        return;
    };
    let url = shared.url();
    let settings = [
        ("REDIS_URL", url.as_str()),
        ("RATE_LIMIT_TENANT_RPS", "1"),
        ("RATE_LIMIT_BURST", "9"),
    ];
    let servers = [Server::start_with(&settings), Server::start_with(&settings)];
    for server in &servers {
        let begun = Instant::now();
        while server.get("/api/v1/limits").await.1["shared"] != true {
            assert!(begun.elapsed() < PATIENCE, "no connection to Redis");
            tokio::time::sleep(Duration::from_millis(1_100)).await;
        }
    }
    // Ten in ten seconds, whichever server is asked.
    let begun = Instant::now();
    let mut answered = 0;
    loop {
        let [one, other] = &servers;
        let (one, other) = (get(one).await.status(), get(other).await.status());
        answered += [one, other].iter().filter(|status| **status == 200).count();
        if one == 429 && other == 429 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "no limit holds");
    }
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!(
        answered <= 10 + 2 * seconds,
        "{answered} answered in {seconds} s"
    );

    shared.kill();
    let [server, _] = &servers;
    until_answered(server, async |server| get(server).await.status().as_u16()).await;
    let metrics = server.request("GET", "/metrics").send().await.unwrap();
    assert!(
        metrics
            .text()
            .await
            .unwrap()
            .contains("cache_shared_away 1")
    );
    shared.start_again();
    let begun = Instant::now();
    loop {
        let (status, limits) = server.get("/api/v1/limits").await;
        if status == 200 && limits["shared"] == true {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "Redis is not used again");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
