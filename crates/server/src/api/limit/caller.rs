//! The address of a caller, behind proxies or not.
//!
//! Anybody can send `X-Forwarded-For`, so it is believed only as far as proxies that the settings trust
//! have written it. Each proxy adds to its end whom it was asked by: read from the end, the first
//! address that is not a trusted proxy's is the caller's. What stands before it, and whatever cannot
//! be read, is the caller's own claim and counts for nothing.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

use crate::config::network::Network;

/// The header in which proxies say whom they were asked by.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Proxies behind each other that are followed at most.
const PROXIES_MAX: usize = 16;

/// The address of the caller of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller(pub(crate) IpAddr);

/// The address of whoever asks through this peer.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address| trusted.iter().any(|network| network.has(address));
    let mut address = peer;
    if !is_trusted(address) {
        return address;
    }
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let named = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for name in named.take(PROXIES_MAX) {
        let Some(named) = read(name) else {
            return address;
        };
        address = named;
        if !is_trusted(address) {
            return address;
        }
    }
    address
}

/// An address, with a port or without.
fn read(name: &[u8]) -> Option<IpAddr> {
    let name = std::str::from_utf8(name).ok()?.trim();
    let bare = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(name);
    let with_port = || name.parse::<SocketAddr>().map(|address| address.ip());
    let address = bare.parse::<IpAddr>().or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn trusted(list: &str) -> Vec<Network> {
        let networks = list.split(", ").filter(|network| !network.is_empty());
        networks
            .map(|network| Network::parse(network).unwrap())
            .collect()
    }

    #[test]
    fn only_what_trusted_proxies_have_written_is_believed() {
        let check = |trusted_list: &str, peer: &str, lines: &[&str], expected: &str| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
            }
            let found = address(peer.parse().unwrap(), &headers, &trusted(trusted_list));
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{lines:?}");
        };
        let nobody = "";
        check(nobody, "192.0.2.1", &["203.0.113.9"], "192.0.2.1");
        check(nobody, "127.0.0.1", &["203.0.113.9"], "127.0.0.1");
        let proxy = "127.0.0.1, 10.0.0.0/8";
        check(proxy, "127.0.0.1", &[], "127.0.0.1");
        check(proxy, "127.0.0.1", &["203.0.113.9"], "203.0.113.9");
        // Not a proxy: what it says about others is nothing.
        check(proxy, "192.0.2.1", &["203.0.113.9"], "192.0.2.1");
        // The caller has put addresses before its own, in the same line or in one of its own.
        check(
            proxy,
            "127.0.0.1",
            &["127.0.0.1, 203.0.113.9"],
            "203.0.113.9",
        );
        check(
            proxy,
            "127.0.0.1",
            &["1.1.1.1", "203.0.113.9"],
            "203.0.113.9",
        );
        check(
            proxy,
            "127.0.0.1",
            &["1.1.1.1, 203.0.113.9, 10.1.1.1"],
            "203.0.113.9",
        );
        // What cannot be read ends the chain at the last proxy.
        check(
            proxy,
            "127.0.0.1",
            &["203.0.113.9, unknown, 10.1.1.1"],
            "10.1.1.1",
        );
        check(proxy, "127.0.0.1", &["203.0.113.9, "], "127.0.0.1");
        check(proxy, "127.0.0.1", &["203.0.113.9:4711"], "203.0.113.9");
        check(proxy, "127.0.0.1", &["[2001:db8::7]:443"], "2001:db8::7");
        check(proxy, "127.0.0.1", &["[2001:db8::7]"], "2001:db8::7");
        check(proxy, "127.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9");
        let long = vec!["10.0.0.1"; 1_000].join(",");
        check(proxy, "127.0.0.1", &["203.0.113.9", &long], "10.0.0.1");
    }
}
