//! Under which domain and origins passkeys work.

use std::net::IpAddr;

use alexandria_library::access::RelyingParty;

use super::Config;

/// The name of this machine for its own browsers.
const LOCAL: &str = "localhost";

/// What the settings say, or what follows from the address that the server listens on: its name, or
/// `localhost` on this machine alone. An address of numbers has no passkeys.
pub(crate) fn relying_party(config: &Config) -> RelyingParty {
    let listens_on = config.host.as_str();
    let address = listens_on.parse::<IpAddr>();
    let named = config.webauthn_rp_id.clone();
    let id = named.or_else(|| match address {
        Ok(address) if address.is_loopback() => Some(LOCAL.to_owned()),
        Ok(_) => None,
        Err(_a_name) => Some(listens_on.to_lowercase()),
    });
    let origins = match &id {
        Some(id) if config.webauthn_origins.is_empty() => origins(config, id),
        Some(_) | None => config.webauthn_origins.clone(),
    };
    RelyingParty { id, origins }
}

/// The origins of the pages under a domain. Browsers take pages of the machine itself for safe without
/// encryption, and no others.
fn origins(config: &Config, id: &str) -> Vec<String> {
    let port = config.port;
    let mut origins = vec![format!("https://{id}"), format!("https://{id}:{port}")];
    if id == LOCAL {
        origins.push(format!("http://{id}:{port}"));
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_bound_to_the_name_that_browsers_know() {
        let party = |host: &str, id: Option<&str>, origins: &[&str]| {
            relying_party(&Config {
                host: host.to_owned(),
                port: 8000,
                webauthn_rp_id: id.map(str::to_owned),
                webauthn_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
                ..Config::default()
            })
        };
        let local = party("127.0.0.1", None, &[]);
        assert_eq!(local.id.as_deref(), Some("localhost"));
        assert!(
            local
                .origins
                .iter()
                .any(|own| own == "http://localhost:8000")
        );
        assert_eq!(party("0.0.0.0", None, &[]).id, None);
        let named = party("0.0.0.0", Some("library.example.org"), &[]);
        assert_eq!(named.id.as_deref(), Some("library.example.org"));
        assert!(named.origins.iter().all(|own| own.starts_with("https://")));
        let given = ["https://app.example.org"];
        assert_eq!(party("0.0.0.0", Some("example.org"), &given).origins, given);
    }
}
