//! People whom somebody else vouches for: signing in with a real provider of identities, and tokens of
//! outside issuers. The provider is oidc-provider, as `scripts/fetch-clients` installs it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, sign_in};
use super::clients::installed;
use super::support::{Server, read};

/// A provider of identities; ended when dropped.
struct Provider {
    child: Child,
    address: String,
    client: reqwest::Client,
}

impl Provider {
    /// Starts one; nothing when the clients are to be left out.
    fn start() -> Option<Self> {
        let clients = installed()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/provider.mjs");
        let mut child = Command::new(clients.join("node"))
            .arg(script)
            .arg(clients.join("js"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none());
        Some(Self {
            child,
            address: line.trim().to_owned(),
            client: client.build().unwrap(),
        })
    }

    async fn control(&self, what: &str, body: Value) -> Value {
        let url = format!("{}/test/{what}", self.address);
        let (status, said) = read(self.client.post(url).body(body.to_string())).await;
        assert_eq!(status, 200, "{said}");
        said
    }

    /// A token signed with one of its keys.
    async fn token(&self, how: Value) -> String {
        let said = self.control("sign", how).await;
        said["token"].as_str().unwrap().to_owned()
    }

    /// The claims of a token that is right, with this changed.
    fn claims(&self, subject: &str, changes: Value) -> Value {
        let now = jiff::Timestamp::now().as_second();
        let mut claims = json!({ "iss": self.address, "aud": "library", "sub": subject,
            "iat": now, "exp": now + 300, "email": format!("{subject}@example.org"),
            "email_verified": true, "name": subject });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What a person sits in front of.
struct Browser<'a> {
    provider: &'a Provider,
    server: &'a Server,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn new(provider: &'a Provider, server: &'a Server) -> Self {
        Self {
            provider,
            server,
            cookies: BTreeMap::new(),
        }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let pairs = self.cookies.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header("cookie", pairs.join("; "));
        let response = request.send().await.unwrap();
        for set in response.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    async fn get(&mut self, url: &str) -> reqwest::Response {
        self.send(self.provider.client.get(url)).await
    }

    /// Begins to sign in; gives the address of the provider that the library sends to.
    async fn start(&mut self, query: &str) -> String {
        let url = format!("{}/api/v1/auth/oidc/start{query}", self.server.address);
        let response = self.get(&url).await;
        assert_eq!(response.status(), 303, "{:?}", response.text().await);
        location(&response)
    }

    /// Signs in at the provider; gives the address that the provider sends back to.
    async fn at_provider(&mut self, begin: &str, login: &str) -> String {
        let mut url = begin.to_owned();
        for _step in 0..10 {
            if url.starts_with(&self.server.address) {
                return url;
            }
            let response = self.get(&url).await;
            if response.status().is_redirection() {
                url = self.absolute(&location(&response));
                continue;
            }
            let page = response.text().await.unwrap();
            let form = if page.contains("value=\"login\"") {
                format!("prompt=login&login={login}&password=anything")
            } else {
                assert!(page.contains("value=\"consent\""), "{page}");
                "prompt=consent".to_owned()
            };
            let request = self.provider.client.post(&url).body(form);
            let kind = "application/x-www-form-urlencoded";
            let response = self.send(request.header("content-type", kind)).await;
            url = self.absolute(&location(&response));
        }
        panic!("the provider leads in circles: {url}");
    }

    /// Signs in; gives what the library says.
    async fn sign_in(&mut self, login: &str) -> (u16, Value) {
        let begin = self.start("").await;
        let back = self.at_provider(&begin, login).await;
        self.come_back(&back).await
    }

    async fn come_back(&mut self, url: &str) -> (u16, Value) {
        let response = self.get(url).await;
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Signs in from a page; gives the code that the page gets.
    async fn sign_in_from_a_page(&mut self, login: &str) -> String {
        let begin = self.start("?return_to=/library").await;
        let back = self.at_provider(&begin, login).await;
        let response = self.get(&back).await;
        assert_eq!(response.status(), 303);
        let page = location(&response);
        page.strip_prefix("/library#code=").unwrap().to_owned()
    }

    async fn redeem(&mut self, code: &str) -> (u16, Value) {
        let url = format!("{}/api/v1/auth/oidc/token", self.server.address);
        let request = self.provider.client.post(url);
        let request = request.header("content-type", "application/json");
        let body = json!({ "code": code }).to_string();
        let response = self.send(request.body(body)).await;
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') {
            return format!("{}{url}", self.provider.address);
        }
        url.to_owned()
    }
}

fn location(response: &reqwest::Response) -> String {
    let location = &response.headers()["location"];
    location.to_str().unwrap().to_owned()
}

/// A server whose owner is Ada and that has these settings.
async fn server(settings: &[(&str, &str)]) -> Server {
    let mut server = Server::start();
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    let (status, made) = server.send("POST", "/api/v1/init", &body).await;
    assert_eq!(status, 200, "{made}");
    let mut all = vec![("ALEXANDRIA_WEB_PRIVATE_ADDRESSES", "true")];
    all.extend(settings);
    server.kill_and_restart(&all);
    server
}

fn with_provider(provider: &Provider) -> [(&str, &str); 5] {
    [
        ("ALEXANDRIA_OIDC_ISSUER", &provider.address),
        ("ALEXANDRIA_OIDC_CLIENT_ID", "library"),
        (
            "ALEXANDRIA_OIDC_CLIENT_SECRET",
            "what & the % library: shows",
        ),
        ("ALEXANDRIA_OIDC_ROLE", "reader"),
        ("ALEXANDRIA_OIDC_DOMAINS", "Example.org"),
    ]
}

#[tokio::test]
async fn people_sign_in_with_a_provider_of_identities() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let server = server(&with_provider(&provider)).await;
    // Known by the address that the provider has verified, and from then on by who they are there.
    let (status, begun) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200, "{begun}");
    assert_eq!(begun["user"]["role"], "owner");
    let ada = Caller {
        server: &server,
        token: begun["access_token"].as_str().unwrap().to_owned(),
    };
    let (_, sessions) = ada.get("/api/v1/me/sessions").await;
    assert_eq!(sessions["items"][0]["strength"], "oidc", "{sessions}");
    let (_, again) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(again["user"]["id"], begun["user"]["id"]);
    // New, and given the role of the settings.
    let (status, grace) = Browser::new(&provider, &server).sign_in("grace").await;
    assert_eq!(status, 200, "{grace}");
    assert_eq!(grace["user"]["role"], "reader");
    assert_eq!(grace["user"]["name"], "grace by name");
    // An address that is not verified, and one of another domain.
    for login in ["mallory", "olga"] {
        let (status, told) = Browser::new(&provider, &server).sign_in(login).await;
        assert_eq!(status, 401, "{told}");
    }
    // A page gets its session once, in the browser that began.
    let mut browser = Browser::new(&provider, &server);
    let code = browser.sign_in_from_a_page("ada").await;
    let mut other = Browser::new(&provider, &server);
    assert_eq!(other.redeem(&code).await.0, 401, "another browser");
    assert_eq!(browser.redeem(&code).await.0, 401, "somebody had a copy");
    let code = browser.sign_in_from_a_page("ada").await;
    let (status, paged) = browser.redeem(&code).await;
    assert_eq!(status, 200, "{paged}");
    assert_eq!(paged["user"]["id"], begun["user"]["id"]);
    assert_eq!(browser.redeem(&code).await.0, 401, "used");
    // Whoever is suspended is not let in by anybody's word.
    let path = format!("/api/v1/users/{}", grace["user"]["id"].as_str().unwrap());
    let (status, told) = ada
        .send("PATCH", &path, &json!({ "state": "suspended" }))
        .await;
    assert_eq!(status, 200, "{told}");
    let (status, _) = Browser::new(&provider, &server).sign_in("grace").await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_sign_in_that_is_not_what_was_begun_lets_nobody_in() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let server = server(&with_provider(&provider)).await;
    let mut browser = Browser::new(&provider, &server);
    let begin = browser.start("").await;
    for needed in [
        "code_challenge_method=S256",
        "state=",
        "nonce=",
        "scope=openid",
    ] {
        assert!(begin.contains(needed), "{begin}");
    }
    let back = browser.at_provider(&begin, "ada").await;
    let (status, _) = Browser::new(&provider, &server).come_back(&back).await;
    assert_eq!(status, 401, "a browser that has begun nothing");
    let other = back.replace("state=alx_one_", "state=alx_one_0");
    assert_eq!(browser.come_back(&other).await.0, 401, "another state");
    assert_eq!(browser.come_back(&back).await.0, 200);
    assert_eq!(browser.come_back(&back).await.0, 401, "replayed");
    // The code of one sign-in with the state of another: it was not begun with that verifier.
    let mut victim = Browser::new(&provider, &server);
    let begin = victim.start("").await;
    let own = victim.at_provider(&begin, "ada").await;
    let mut attacker = Browser::new(&provider, &server);
    let begin = attacker.start("").await;
    let foreign = attacker.at_provider(&begin, "grace").await;
    let code = |url: &str| {
        let after = url.split_once("code=").unwrap().1;
        after.split('&').next().unwrap().to_owned()
    };
    let mixed = own.replace(&code(&own), &code(&foreign));
    assert_ne!(mixed, own);
    assert_eq!(
        victim.come_back(&mixed).await.0,
        401,
        "a code that was pushed in"
    );
    // The token of another sign-in, by its nonce.
    let mut browser = Browser::new(&provider, &server);
    let begin = browser.start("").await;
    let nonce = begin
        .split_once("nonce=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap();
    let changed = begin.replace(nonce, "another");
    let back = browser.at_provider(&changed, "ada").await;
    assert_eq!(browser.come_back(&back).await.0, 401, "another nonce");
    // A provider that calls itself otherwise, or not at all.
    for named in ["iss=https%3A%2F%2Fevil.example&x=", "x="] {
        let begin = browser.start("").await;
        let back = browser.at_provider(&begin, "ada").await;
        let mixed = back.replace("iss=", named);
        assert_ne!(mixed, back);
        assert_eq!(browser.come_back(&mixed).await.0, 401, "{named}");
    }
    // Nobody is sent to another site.
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "library",
    ] {
        let path = format!("/api/v1/auth/oidc/start?return_to={elsewhere}");
        assert_eq!(server.get(&path).await.0, 422, "{elsewhere}");
    }
}

#[tokio::test]
async fn keys_that_change_are_asked_for_and_a_provider_that_is_gone_is_told() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let mut server = server(&with_provider(&provider)).await;
    let (status, _) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200);
    provider.control("rotate", json!({})).await;
    let (status, told) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200, "{told}");
    let mut browser = Browser::new(&provider, &server);
    let begin = browser.start("").await;
    let back = browser.at_provider(&begin, "ada").await;
    provider.control("down", json!({ "down": true })).await;
    let (status, told) = browser.come_back(&back).await;
    assert_eq!(status, 503, "{told}");
    let settings = with_provider(&provider);
    let mut all = vec![("ALEXANDRIA_WEB_PRIVATE_ADDRESSES", "true")];
    all.extend(settings);
    server.kill_and_restart(&all);
    assert_eq!(server.get("/api/v1/auth/oidc/start").await.0, 503);
    // Passwords go on.
    sign_in(&server, "ada@example.org", PASSWORD).await;
    provider.control("down", json!({ "down": false })).await;
    let (status, told) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200, "{told}");
}

#[tokio::test]
async fn tokens_of_outside_issuers_let_those_in_whom_they_are_for() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let secret = "the secret of a project that signs with HS256";
    let issuers = json!([{ "issuer": provider.address, "audience": "library", "role": "reader",
        "role_claim": "app_metadata.role" }]);
    let issuers = issuers.to_string();
    let server = server(&[
        ("ALEXANDRIA_AUTH_ISSUERS", &issuers),
        ("SUPABASE_URL", "https://project.example"),
        ("SUPABASE_KEY", "anything"),
        ("SUPABASE_JWT_SECRET", secret),
    ])
    .await;
    let me = async |token: String| {
        let caller = Caller {
            server: &server,
            token,
        };
        caller.get("/api/v1/me").await
    };
    for key in ["rsa", "ec", "ed"] {
        let claims = provider.claims("grace", json!({}));
        let token = provider
            .token(json!({ "key": key, "claims": claims }))
            .await;
        let (status, told) = me(token).await;
        assert_eq!(status, 200, "{key}: {told}");
        assert_eq!(told["user"]["email"], "grace@example.org");
        assert_eq!(told["user"]["role"], "reader");
    }
    assert_eq!(provider.control("asked", json!({})).await["asked"], 1);
    let claimed = json!({ "app_metadata": { "role": "editor" } });
    let claims = provider.claims("edith", claimed);
    let token = provider
        .token(json!({ "key": "ec", "claims": claims }))
        .await;
    assert_eq!(me(token).await.1["user"]["role"], "editor");
    let claimed = json!({ "app_metadata": { "role": "owner" } });
    let claims = provider.claims("eve", claimed);
    let token = provider
        .token(json!({ "key": "ec", "claims": claims }))
        .await;
    assert_eq!(
        me(token).await.1["user"]["role"],
        "reader",
        "owners are made by owners"
    );
    let now = jiff::Timestamp::now().as_second();
    let supabase = |changes: Value| {
        let mut claims = provider.claims(
            "ada",
            json!({ "email_verified": null,
            "iss": "https://project.example/auth/v1", "aud": "authenticated" }),
        );
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        json!({ "key": "secret", "secret": secret, "claims": claims })
    };
    let (status, told) = me(provider.token(supabase(json!({}))).await).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["user"]["role"], "owner", "known by her address");
    let unknown = supabase(json!({ "sub": "zoe", "email": "zoe@example.org" }));
    let right = |changes: Value| provider.claims("grace", changes);
    let wrong = [
        unknown,
        supabase(json!({ "aud": "another" })),
        json!({ "key": "rsa", "claims": supabase(json!({}))["claims"] }),
        json!({ "key": "secret", "secret": secret, "claims": right(json!({})) }),
        json!({ "key": "public", "claims": right(json!({})) }),
        json!({ "key": "stranger", "claims": right(json!({})) }),
        json!({ "key": "ec", "kid": null, "claims": right(json!({})) }),
        json!({ "key": "ec", "kid": "unknown", "claims": right(json!({})) }),
        json!({ "key": "ec", "claims": right(json!({ "aud": "another" })) }),
        json!({ "key": "ec", "claims": right(json!({ "iss": "https://other.example" })) }),
        json!({ "key": "ec", "claims": right(json!({ "exp": now - 60 })) }),
        json!({ "key": "ec", "claims": right(json!({ "nbf": now + 120 })) }),
        json!({ "key": "ec", "claims": right(json!({ "sub": "" })) }),
        json!({ "key": "ec", "claims": right(json!({ "sub": "x", "email_verified": false })) }),
        json!({ "key": "ec", "claims": right(json!({ "filler": "x".repeat(9000) })) }),
    ];
    let mut said = Vec::new();
    for how in wrong {
        let (status, told) = me(provider.token(how.clone()).await).await;
        assert_eq!(status, 401, "{how}");
        said.push(told["detail"].as_str().unwrap().to_owned());
    }
    // The oversized one is refused before it is looked at.
    said.pop();
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    // Keys that change are asked for once, and the old ones are good for nothing.
    let old = provider
        .token(json!({ "key": "ec", "claims": right(json!({})) }))
        .await;
    let asked = provider.control("rotate", json!({})).await["asked"]
        .as_u64()
        .unwrap();
    assert_eq!(asked, 2, "an unknown key was asked for once");
    assert_eq!(me(old).await.0, 200, "the keys are kept");
}

#[tokio::test]
async fn the_cost_of_an_outside_token_is_told() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let issuers = json!([{ "issuer": provider.address, "audience": "library", "role": "reader" }]);
    let issuers = issuers.to_string();
    let server = server(&[("ALEXANDRIA_AUTH_ISSUERS", &issuers)]).await;
    let session = sign_in(&server, "ada@example.org", PASSWORD).await;
    let mut tokens = vec![(
        "session",
        session["access_token"].as_str().unwrap().to_owned(),
    )];
    for key in ["rsa", "ec", "ed"] {
        let claims = provider.claims("ada", json!({}));
        tokens.push((
            key,
            provider
                .token(json!({ "key": key, "claims": claims }))
                .await,
        ));
    }
    for (name, token) in tokens {
        let caller = Caller {
            server: &server,
            token,
        };
        let mut times = Vec::new();
        for _request in 0..100 {
            let begun = Instant::now();
            assert_eq!(caller.get("/api/v1/me").await.0, 200);
            times.push(begun.elapsed());
        }
        times.sort();
        println!(
            "{name}: half of the requests took less than {:?}",
            times[50]
        );
        assert!(
            times[50] < Duration::from_millis(500),
            "{name}: {:?}",
            times[50]
        );
    }
}
