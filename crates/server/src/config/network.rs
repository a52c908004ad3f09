//! Networks of addresses, as settings name them: `10.0.0.0/8`, `2001:db8::/32`, or a single address.

use std::net::IpAddr;

use super::value::Value;

/// All addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    /// How many bits are the same.
    bits: u32,
}

impl Network {
    /// Reads a network, or a single address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address = address.parse::<IpAddr>().ok()?;
        let bits_max = length(address);
        let bits = bits.unwrap_or(bits_max);
        (bits <= bits_max).then_some(Self { address, bits })
    }

    /// Whether an address lies in it.
    pub(crate) fn has(self, address: IpAddr) -> bool {
        let both = match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits()), u128::from(other.to_bits()))
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits()),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        let free = length(self.address) - self.bits;
        // A shift by all bits is none at all.
        let begin = |bits: u128| bits.checked_shr(free).unwrap_or_default();
        begin(both.0) == begin(both.1)
    }
}

const fn length(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl Value for Vec<Network> {
    fn read(text: &str) -> Result<Self, String> {
        let items = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let networks: Option<Self> = items.map(Network::parse).collect();
        networks.ok_or_else(|| {
            "addresses or networks separated by commas, such as 10.0.0.0/8, ::1".to_owned()
        })
    }

    fn show(&self) -> String {
        let show = |network: &Network| match network.bits == length(network.address) {
            true => network.address.to_string(),
            false => format!("{}/{}", network.address, network.bits),
        };
        self.iter().map(show).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_that_begin_as_it_does() {
        let check = |network: &str, address: &str, has: bool| {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.has(address.parse().unwrap()), has, "{network:?}");
        };
        check("10.0.0.0/8", "10.255.1.2", true);
        check("10.0.0.0/8", "11.0.0.0", false);
        check("10.0.0.0/8", "::ffff:10.1.1.1", true);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("::/0", "2001:db8::1", true);
        check("192.0.2.7", "192.0.2.7", true);
        check("192.0.2.7", "192.0.2.6", false);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
    }

    #[test]
    fn a_list_is_shown_as_it_is_read() {
        let read = <Vec<Network> as Value>::read;
        let shown = |text: &str| read(text).map(|networks| networks.show());
        assert_eq!(shown(""), Ok(String::new()));
        assert_eq!(shown(" ::1 , 10.0.0.0/8"), Ok("::1,10.0.0.0/8".to_owned()));
        for wrong in [
            "10.0.0.0/33",
            "::/129",
            "10.0.0",
            "proxy",
            "10.0.0.0/-1",
            "10.0.0.0/",
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
