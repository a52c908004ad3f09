//! Directories that look after a tenant's people (SCIM 2.0), as they talk.

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, join, sign_in, tenant, with_accounts};
use super::support::Server;

const USERS: &str = "/scim/v2/Users";

/// A key with which a directory looks after the people of the caller's tenant.
async fn directory<'a>(server: &'a Server, owner: &Caller<'_>, scopes: Value) -> Caller<'a> {
    let body = json!({ "name": "directory", "scopes": scopes });
    let (status, made) = owner.send("POST", "/api/v1/keys", &body).await;
    assert_eq!(status, 201, "{made}");
    Caller {
        server,
        token: made["key"].as_str().unwrap().to_owned(),
    }
}

fn draft(email: &str) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": email,
        "externalId": format!("dir-{email}"), "name": { "givenName": "Grace", "familyName": "H" },
        "emails": [{ "value": email }], "title": "not kept", "active": true })
}

fn found(path: &str, filter: &str) -> String {
    let escaped = filter
        .replace(' ', "%20")
        .replace('"', "%22")
        .replace('@', "%40");
    format!("{path}?filter={escaped}")
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn a_directory_makes_people_changes_them_and_lets_them_go() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let scopes = json!(["people", "ask", "ingest"]);
    let directory = directory(&server, &ada, scopes).await;
    let (status, config) = directory.get("/scim/v2/ServiceProviderConfig").await;
    assert_eq!(status, 200);
    assert_eq!(config["patch"]["supported"], true);
    let (_, schemas) = directory.get("/scim/v2/Schemas").await;
    assert_eq!(schemas["totalResults"], 2);
    assert_eq!(
        directory.get("/scim/v2/ResourceTypes").await.1["totalResults"],
        2
    );
    // Made, once.
    let (status, made) = directory
        .send("POST", USERS, &draft("grace@example.org"))
        .await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["userName"], "grace@example.org");
    assert_eq!(made["displayName"], "Grace H");
    assert_eq!(made["roles"][0]["value"], "reader");
    let (status, told) = directory
        .send("POST", USERS, &draft("Grace@Example.org"))
        .await;
    assert_eq!(status, 409, "{told}");
    assert_eq!(told["scimType"], "uniqueness");
    assert_eq!(
        told["schemas"][0],
        "urn:ietf:params:scim:api:messages:2.0:Error"
    );
    assert_eq!(told["status"], "409");
    let one = format!("{USERS}/{}", made["id"].as_str().unwrap());
    assert_eq!(directory.get(&one).await.1, made);
    // Found.
    for filter in [
        "userName eq \"grace@example.org\"",
        "userName eq \"GRACE@example.org\"",
        "externalId eq \"dir-grace@example.org\"",
    ] {
        let (status, list) = directory.get(&found(USERS, filter)).await;
        assert_eq!(status, 200, "{list}");
        assert_eq!(list["totalResults"], 1, "{filter}");
        assert_eq!(list["Resources"][0]["id"], made["id"]);
    }
    let nobody = found(USERS, "userName eq \"nobody@example.org\"");
    assert_eq!(directory.get(&nobody).await.1["totalResults"], 0);
    let (_, page) = directory
        .get(&format!("{USERS}?startIndex=2&count=1"))
        .await;
    assert_eq!(page["totalResults"], 2);
    assert_eq!(page["startIndex"], 2);
    assert_eq!(page["Resources"][0]["id"], made["id"]);
    // Changed.
    let operations = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "Replace", "path": "displayName", "value": "Grace Hopper" },
            { "op": "replace", "path": "userName", "value": "hopper@example.org" },
            { "op": "add", "path": "roles", "value": [{ "value": "editor" }] }] });
    let (status, changed) = directory.send("PATCH", &one, &operations).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["userName"], "hopper@example.org");
    assert_eq!(changed["roles"][0]["value"], "editor");
    let (status, put) = directory
        .send("PUT", &one, &draft("grace@example.org"))
        .await;
    assert_eq!(status, 200, "{put}");
    assert_eq!(put["roles"][0]["value"], "editor", "what is not said stays");
    // Groups are roles.
    let readers = "/scim/v2/Groups/reader";
    let add = json!({ "Operations": [{ "op": "add", "path": "members",
        "value": [{ "value": made["id"] }] }] });
    let (status, group) = directory.send("PATCH", readers, &add).await;
    assert_eq!(status, 200, "{group}");
    assert_eq!(group["members"][0]["value"], made["id"]);
    let (_, groups) = directory.get("/scim/v2/Groups").await;
    assert_eq!(groups["totalResults"], 6);
    let editors = found("/scim/v2/Groups", "displayName eq \"editor\"");
    assert_eq!(directory.get(&editors).await.1["totalResults"], 1);
    // Let go.
    assert_eq!(directory.delete(&one).await, 204);
    assert_eq!(directory.get(&one).await.0, 404);
    assert_eq!(directory.delete(&one).await, 404);
}

#[tokio::test]
async fn whom_a_directory_lets_go_is_signed_out_at_once() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let directory = directory(&server, &ada, json!(["people", "ask"])).await;
    let token = join(&ada, "grace@example.org", "reader").await;
    let grace = Caller {
        server: &server,
        token,
    };
    let (_, me) = grace.get("/api/v1/me").await;
    let one = format!("{USERS}/{}", me["user"]["id"].as_str().unwrap());
    let active = |active: bool| json!({ "Operations": [{ "op": "replace", "value": { "active": active } }] });
    let (status, changed) = directory.send("PATCH", &one, &active(false)).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["active"], false);
    assert_eq!(grace.get("/api/v1/me").await.0, 401);
    let body = json!({ "email": "grace@example.org", "password": PASSWORD });
    let (status, _) = server.send("POST", "/api/v1/auth/sign-in", &body).await;
    assert_eq!(status, 401);
    assert_eq!(directory.send("PATCH", &one, &active(true)).await.0, 200);
    sign_in(&server, "grace@example.org", PASSWORD).await;
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn a_directory_reaches_its_own_tenant_and_gives_no_more_than_it_has() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (_, token) = tenant(&ada, "Other", "olga@other.example").await;
    let olga = Caller {
        server: &server,
        token,
    };
    let theirs = directory(&server, &olga, json!(["people", "ask"])).await;
    let (_, me) = ada.get("/api/v1/me").await;
    let foreign = me["user"]["id"].as_str().unwrap().to_owned();
    let unknown = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";
    let off = json!({ "Operations": [{ "op": "replace", "path": "active", "value": false }] });
    let same = |told: &Value, id: &str| told.to_string().replace(id, "ID");
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let body = if method == "PATCH" {
            off.clone()
        } else {
            draft("x@example.org")
        };
        let (status, told) = theirs
            .send(method, &format!("{USERS}/{foreign}"), &body)
            .await;
        let (other, nothing) = theirs
            .send(method, &format!("{USERS}/{unknown}"), &body)
            .await;
        assert_eq!((status, other), (404, 404), "{method}");
        assert_eq!(same(&told, &foreign), same(&nothing, unknown), "{method}");
    }
    let (_, list) = theirs.get(USERS).await;
    assert_eq!(list["totalResults"], 1);
    let ada_there = found(USERS, "userName eq \"ada@example.org\"");
    assert_eq!(theirs.get(&ada_there).await.1["totalResults"], 0);
    let add = json!({ "Operations": [{ "op": "add", "path": "members",
        "value": [{ "value": foreign }] }] });
    assert_eq!(
        theirs.send("PATCH", "/scim/v2/Groups/reader", &add).await.0,
        404
    );
    // Not the owner, and no role beyond its own scopes.
    let own = list["Resources"][0]["id"].as_str().unwrap();
    let (status, told) = theirs.send("PATCH", &format!("{USERS}/{own}"), &off).await;
    assert_eq!(status, 403, "{told}");
    let mut admin = draft("grace@example.org");
    admin["roles"] = json!([{ "value": "admin" }]);
    assert_eq!(theirs.send("POST", USERS, &admin).await.0, 403);
    // Who may not look after people sees none.
    let asking = directory(&server, &ada, json!(["ask"])).await;
    for path in [USERS, "/scim/v2/Groups", "/scim/v2/Groups/reader"] {
        let (status, told) = asking.get(path).await;
        assert_eq!(status, 403, "{told}");
        assert_eq!(
            told["schemas"][0],
            "urn:ietf:params:scim:api:messages:2.0:Error"
        );
    }
    assert_eq!(server.get(USERS).await.0, 401);
    // What cannot be is told in the words of SCIM.
    for (path, kind) in [
        (found(USERS, "userName co \"a\""), "invalidFilter"),
        (found(USERS, "password eq \"a\""), "invalidFilter"),
    ] {
        let (status, told) = theirs.get(&path).await;
        assert_eq!(
            (status, told["scimType"].as_str()),
            (400, Some(kind)),
            "{told}"
        );
    }
    let (status, told) = theirs.send("POST", USERS, &draft("not an address")).await;
    assert_eq!(
        (status, told["scimType"].as_str()),
        (400, Some("invalidValue")),
        "{told}"
    );
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn a_directory_says_who_all_the_members_of_a_role_are() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let directory = directory(&server, &ada, json!(["people", "ask", "ingest"])).await;
    let mut ids = Vec::new();
    for name in ["grace", "hedy", "joan"] {
        let body = draft(&format!("{name}@example.org"));
        let (status, made) = directory.send("POST", USERS, &body).await;
        assert_eq!(status, 201, "{made}");
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let [grace, hedy, joan] = ids.as_slice() else {
        panic!("three people");
    };
    let editors = "/scim/v2/Groups/editor";
    let member = |id: &String| json!({ "value": id });
    let patch = async |operation: Value| {
        let body = json!({ "Operations": [operation] });
        directory.send("PATCH", editors, &body).await
    };
    let names = |group: &Value| -> Vec<String> {
        let members = group["members"].as_array().unwrap().iter();
        let mut ids: Vec<String> = members
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect();
        ids.sort_unstable();
        ids
    };
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort_unstable();
        ids
    };
    let two = json!([member(grace), member(hedy)]);
    let (status, group) = patch(json!({ "op": "replace", "path": "members", "value": two })).await;
    assert_eq!(status, 200, "{group}");
    assert_eq!(names(&group), sorted(&[grace, hedy]));
    // Without a path; an id in capitals is the same id, and who is left out becomes a reader.
    let others = json!([{ "value": hedy.to_uppercase() }, member(joan)]);
    let (status, group) = patch(json!({ "op": "Replace", "value": { "members": others } })).await;
    assert_eq!(status, 200, "{group}");
    assert_eq!(names(&group), sorted(&[hedy, joan]));
    let (_, left) = directory.get(&format!("{USERS}/{grace}")).await;
    assert_eq!(left["roles"][0]["value"], "reader", "{left}");
    // One who is not known, or a list that is not understood, changes nothing.
    let unknown = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69".to_owned();
    let strange = json!([member(grace), member(&unknown)]);
    let (status, told) =
        patch(json!({ "op": "replace", "path": "members", "value": strange })).await;
    assert_eq!(status, 404, "{told}");
    for odd in [json!("x"), json!([{ "display": "Grace" }]), Value::Null] {
        let (status, told) =
            patch(json!({ "op": "replace", "path": "members", "value": odd })).await;
        assert_eq!(
            (status, told["scimType"].as_str()),
            (400, Some("invalidValue")),
            "{told}"
        );
    }
    let (_, group) = directory.get(editors).await;
    assert_eq!(names(&group), sorted(&[hedy, joan]), "nothing has changed");
    // Nobody at all.
    let (status, group) = patch(json!({ "op": "replace", "path": "members", "value": [] })).await;
    assert_eq!((status, &group["members"]), (200, &json!([])), "{group}");
    // Everybody has a role: the readers cannot be fewer than they are, but more.
    let readers = "/scim/v2/Groups/reader";
    let replace = |members: Value| json!({ "Operations": [{ "op": "replace", "path": "members", "value": members }] });
    let (status, told) = directory
        .send("PATCH", readers, &replace(json!([member(grace)])))
        .await;
    assert_eq!(
        (status, told["scimType"].as_str()),
        (400, Some("mutability")),
        "{told}"
    );
    let all = json!([member(grace), member(hedy), member(joan)]);
    let (status, told) = directory.send("PATCH", readers, &replace(all)).await;
    assert_eq!(status, 200, "{told}");
    // The owner stays, because there is always one, and a directory gives no more than it has.
    let owners = "/scim/v2/Groups/owner";
    let (status, told) = directory
        .send("PATCH", owners, &replace(json!([member(grace)])))
        .await;
    assert!(status == 403 || status == 409, "{told}");
    let (_, group) = directory.get(owners).await;
    assert_eq!(group["members"].as_array().unwrap().len(), 1, "{group}");
}
