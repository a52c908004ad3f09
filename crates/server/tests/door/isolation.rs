//! One tenant reads nothing of another's: every operation that our own description names is called with
//! the credentials of one tenant and the ids and names of the other, and must answer as it does for ids
//! and names that nobody has. An operation that is added later is called as well, because the
//! description is read anew; only a new kind of id has to be added to [`Things`].

mod bodies;
mod calls;
mod things;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use self::calls::{Call, operations, tools};
use self::things::Things;
use super::access::{Caller, accept, join, tenant, with_accounts};
use super::support::python;

/// A word that only one tenant's texts, names and questions hold.
const CANARY: &str = "quokkafinch";

/// What came back: the status, and the body without what is new in every reply.
#[derive(Clone, Debug, PartialEq)]
struct Reply {
    status: u16,
    shape: Value,
    text: String,
    time: Duration,
}

async fn reply(caller: &Caller<'_>, call: &Call) -> Reply {
    let begun = std::time::Instant::now();
    let mut response = call.send(caller).await;
    let status = response.status().as_u16();
    let streams = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if streams {
            break;
        }
    }
    let time = begun.elapsed();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let shape = serde_json::from_slice(&bytes).map_or(json!(bytes.len()), |body: Value| {
        // A tool tells a refusal in its result.
        let is_refusal = status >= 400 || body["result"]["isError"] == true;
        shape(&body, is_refusal)
    });
    Reply {
        status,
        shape,
        text,
        time,
    }
}

/// A body without its values, save the sentence of a refusal.
fn shape(body: &Value, is_refusal: bool) -> Value {
    match body {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "instance" && *name != "timings")
            .map(|(name, value)| (name.clone(), shape(value, is_refusal)))
            .collect(),
        Value::Array(items) => items
            .first()
            .map_or(json!([]), |item| json!([shape(item, is_refusal)])),
        Value::String(text) if is_refusal => json!(without_numbers(text)),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!(0),
        Value::Bool(_) => json!(true),
        Value::Null => Value::Null,
    }
}

/// A sentence without the numbers that tell one made-up text from another.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split(bodies::WORDS);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        told.push_str(bodies::WORDS);
        told.push_str(part.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    }
    told
}

#[tokio::test]
async fn another_tenant_s_ids_answer_as_ids_that_nobody_has() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, token) = tenant(&ada, "Alpha House", "anna@alpha.example").await;
    let alpha = Caller {
        server: &server,
        token,
    };
    let things = Things::of(&alpha, &id, CANARY).await;
    let (_, token) = tenant(&ada, "Beta House", "bob@beta.example").await;
    let beta = Caller {
        server: &server,
        token,
    };
    let before = state(&alpha).await;
    let (mut compared, mut table) = (0, Vec::new());
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let mut all = operations(&server).await;
    all.extend(tools(&beta).await);
    for operation in all {
        let pairs = operation.pairs(&things);
        for (foreign, unknown) in &pairs {
            let was = reply(&beta, unknown).await;
            let is = reply(&beta, foreign).await;
            let told = foreign.with_names_of(unknown, &is.shape);
            assert_eq!(
                (is.status, told),
                (was.status, was.shape),
                "{} tells another tenant's {foreign:?} from {unknown:?}",
                operation.id
            );
            // What was sent may be repeated.
            let told = is.text.replace(&foreign.name, "");
            assert!(!told.contains(CANARY), "{}: {}", operation.id, is.text);
            if operation.is_reading() {
                let own = quickest(&beta, foreign, is.time).await;
                times.entry("foreign").or_default().push(own);
                let other = quickest(&beta, unknown, was.time).await;
                times.entry("unknown").or_default().push(other);
            }
        }
        compared += pairs.len();
        table.push(format!("{:<45} {:>3}", operation.id, pairs.len()));
    }
    assert_eq!(
        state(&alpha).await,
        before,
        "something of the other tenant was changed"
    );
    let median = |name: &str| {
        let mut all = times[name].clone();
        all.sort_unstable();
        all[all.len() / 2]
    };
    let (foreign, unknown) = (median("foreign"), median("unknown"));
    println!("{}", table.join("\n"));
    println!(
        "{compared} pairs of calls to {} operations; foreign ids {foreign:?}, unknown ids {unknown:?} (medians)",
        table.len()
    );
    assert!(compared > 150, "only {compared} pairs were compared");
    let ratio = foreign.as_secs_f64() / unknown.as_secs_f64();
    assert!(
        (0.5..2.0).contains(&ratio),
        "the time tells them apart: {ratio:.2}"
    );
}

/// The quickest of some replies to a call: what else the machine does is in the others.
async fn quickest(caller: &Caller<'_>, call: &Call, first: Duration) -> Duration {
    let mut quickest = first;
    for _ in 0..2 {
        quickest = quickest.min(reply(caller, call).await.time);
    }
    quickest
}

/// What a tenant has, as its owner sees it.
async fn state(owner: &Caller<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/api/v1/collections",
        "/api/v1/documents",
        "/api/v1/conversations",
        "/api/v1/personas",
        "/api/v1/experiments",
        "/api/v1/evaluation/cases",
        "/api/v1/evaluations",
        "/api/v1/feedback",
        "/api/v1/answers",
        "/api/v1/users",
        "/api/v1/invitations",
        "/api/v1/keys",
        "/api/v1/me/sessions",
        "/v1/vector_stores",
    ] {
        let (status, found) = owner.get(path).await;
        assert_eq!(status, 200, "{path}: {found}");
        all.push(found);
    }
    all
}

#[tokio::test]
async fn a_word_of_one_tenant_is_in_no_reply_log_or_measure_of_another() {
    let (mut server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, token) = tenant(&ada, "Alpha House", "anna@alpha.example").await;
    let alpha = Caller {
        server: &server,
        token,
    };
    let things = Things::of(&alpha, &id, CANARY).await;
    let (other, token) = tenant(&ada, "Beta House", "bob@beta.example").await;
    let beta = Caller {
        server: &server,
        token,
    };
    for operation in operations(&server).await {
        for call in operation.plain(&things) {
            let found = reply(&beta, &call).await;
            assert!(
                !found.text.contains(CANARY),
                "{}: {}",
                operation.id,
                found.text
            );
        }
    }
    // The same questions as the other tenant has asked, which are kept to be answered again.
    for path in ["/api/v1/ask", "/api/query"] {
        let body = json!({ "question": things.question });
        let (_, answer) = beta.send("POST", path, &body).await;
        assert!(!answer.to_string().contains(CANARY), "{answer}");
    }
    let measures = ada.request("GET", "/metrics").send().await.unwrap();
    assert!(!measures.text().await.unwrap().contains(CANARY));
    assert!(server.stop().success());
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    assert!(!log.contains(CANARY), "the log holds a tenant's words");
    // What is kept: rows of the catalog bear their tenant.
    let kept = rows_with(&server.home.path().join("data/catalog.sqlite"), CANARY);
    let of = |tenant: &str| {
        let tenant = tenant.replace('-', "");
        let mut tables: Vec<&str> = kept
            .iter()
            .filter(|(of, _)| *of == tenant)
            .map(|(_, table)| table.as_str())
            .collect();
        tables.dedup();
        tables
    };
    let own = of(&id);
    for table in ["documents", "answers", "chunks", "conversations"] {
        assert!(own.contains(&table), "{own:?}");
    }
    assert_eq!(
        of(&other),
        [""; 0],
        "rows of one tenant hold another's words"
    );
    println!("the word stands in {own:?} of the one and nowhere of the other");
}

/// The tenants and tables of the rows that hold a word, each pair once.
fn rows_with(catalog: &std::path::Path, word: &str) -> Vec<(String, String)> {
    let script = "import json, sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1])\n\
        found = set()\n\
        for (table,) in db.execute(\"SELECT name FROM sqlite_master WHERE type = 'table'\").fetchall():\n\
        \x20   columns = [row[1] for row in db.execute(f'PRAGMA table_info({table})')]\n\
        \x20   for row in db.execute(f'SELECT * FROM {table}'):\n\
        \x20       row = dict(zip(columns, row))\n\
        \x20       texts = [v if isinstance(v, bytes) else str(v).encode() for v in row.values()]\n\
        \x20       if any(sys.argv[2].encode() in text.lower() for text in texts):\n\
        \x20           owner = row.get('tenant_id', b'')\n\
        \x20           found.add((owner.hex() if isinstance(owner, bytes) else str(owner).replace('-', ''), table))\n\
        print(json.dumps(sorted(found)))";
    let told = python(script, &[catalog.to_str().unwrap(), word]);
    serde_json::from_str(&told).unwrap()
}

#[tokio::test]
async fn each_role_may_do_what_the_table_says() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (_, token) = tenant(&ada, "Beta House", "bob@beta.example").await;
    let bob = Caller {
        server: &server,
        token,
    };
    let mut who = vec![
        ("operator", ada.token.clone()),
        ("owner", bob.token.clone()),
    ];
    for role in ["admin", "editor", "reader", "billing", "auditor"] {
        let email = format!("{role}@beta.example");
        who.push((role, join(&bob, &email, role).await));
    }
    let all = operations(&server).await;
    let mut table = format!("{:<45}", "operation");
    for (role, _) in &who {
        table.push_str(&format!(" {role:>8}"));
    }
    for operation in &all {
        table.push_str(&format!("\n{:<45}", operation.id));
        for (_, token) in &who {
            let caller = Caller {
                server: &server,
                token: token.clone(),
            };
            let told = if operation.id == "sign_out" {
                // It would end the session of the next call.
                "may"
            } else {
                match reply(&caller, &operation.to_nothing()).await.status {
                    403 => "-",
                    401 if operation.is_open => "open",
                    401 => panic!("{} has ended a session", operation.id),
                    _ if operation.is_open => "open",
                    _ => "may",
                }
            };
            table.push_str(&format!(" {told:>8}"));
        }
    }
    insta::assert_snapshot!("policy", table);
    // Without credentials nothing answers but what is open to all.
    let nobody = Caller {
        server: &server,
        token: String::new(),
    };
    for operation in &all {
        if !operation.is_open {
            let status = reply(&nobody, &operation.to_nothing()).await.status;
            assert_eq!(status, 401, "{} is open to all", operation.id);
        }
    }
}

#[tokio::test]
async fn an_invitation_is_for_the_tenant_that_made_it() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, token) = tenant(&ada, "Alpha House", "anna@alpha.example").await;
    let anna = Caller {
        server: &server,
        token,
    };
    let body = json!({ "email": "carl@alpha.example", "role": "reader" });
    let (_, invited) = anna.send("POST", "/api/v1/invitations", &body).await;
    let token = accept(&server, invited["token"].as_str().unwrap()).await;
    let (_, me) = Caller {
        server: &server,
        token,
    }
    .get("/api/v1/me")
    .await;
    assert_eq!(me["tenant_id"].as_str(), Some(id.as_str()));
}
