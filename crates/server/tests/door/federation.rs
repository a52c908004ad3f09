//! People whom somebody else vouches for: signing in with a real provider of identities, and tokens of
//! outside issuers. The provider is oidc-provider, as `scripts/fetch-clients` installs it.

mod issuers;
mod oidc;
mod two_factors;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::access::PASSWORD;
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
    fn claims(&self, subject: &str, changes: &Value) -> Value {
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
