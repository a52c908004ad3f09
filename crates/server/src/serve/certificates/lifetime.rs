//! From when until when a certificate holds, read from the certificate itself.
//!
//! Of its DER only the way to the two moments is followed; all else is the business of who verifies it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::CertificateDer;

/// The tags of DER that lie on the way.
mod tag {
    pub(super) const INTEGER: u8 = 0x02;
    pub(super) const SEQUENCE: u8 = 0x30;
    pub(super) const VERSION: u8 = 0xa0;
    pub(super) const UTC_TIME: u8 = 0x17;
    pub(super) const GENERALIZED_TIME: u8 = 0x18;
}

/// The share of a lifetime that is left when a certificate is renewed: one of this many parts.
const RENEWED_BEFORE: i32 = 3;

/// The first year of the century that a moment with two digits for its year lies in.
const CENTURY_TURN: &str = "50";

/// From when until when a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// Its first moment.
    pub(crate) from: Timestamp,
    /// Its last moment.
    pub(crate) until: Timestamp,
}

impl Lifetime {
    /// That of a certificate; nothing when it is no certificate.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (whole, _) = expect(tag::SEQUENCE, certificate)?;
        let (body, _) = expect(tag::SEQUENCE, whole)?;
        let body = expect(tag::VERSION, body).map_or(body, |(_version, rest)| rest);
        let (_serial, body) = expect(tag::INTEGER, body)?;
        let (_algorithm, body) = expect(tag::SEQUENCE, body)?;
        let (_issuer, body) = expect(tag::SEQUENCE, body)?;
        let (validity, _) = expect(tag::SEQUENCE, body)?;
        let (from, rest) = moment(validity)?;
        let (until, _) = moment(rest)?;
        Some(Self { from, until })
    }

    /// When a new certificate should be there: before a third of the lifetime is left.
    pub(super) fn renewal(&self) -> Timestamp {
        let third = self.until.duration_since(self.from) / RENEWED_BEFORE;
        let third = third.max(SignedDuration::ZERO);
        self.until.checked_sub(third).unwrap_or(self.from)
    }
}

/// What stands in an element with this tag, and what follows it.
fn expect(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(bytes)?;
    (found == tag).then_some((content, rest))
}

/// The first element: its tag, what stands in it, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        // The number of bytes that the length takes; more than four are no certificate's.
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
            let digits = digits.iter();
            let length = digits.fold(0, |length, &byte| (length << 8) | usize::from(byte));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn moment(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    let digits = str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let digits = match tag {
        tag::UTC_TIME if digits < CENTURY_TURN => format!("20{digits}"),
        tag::UTC_TIME => format!("19{digits}"),
        tag::GENERALIZED_TIME => digits.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%S", &digits).ok()?;
    // The last day of the calendar stands for a certificate without an end.
    let at = TimeZone::UTC.to_timestamp(at).unwrap_or(Timestamp::MAX);
    Some((at, rest))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(from: (i32, u8, u8), until: (i32, u8, u8)) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(["library.example.org".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from.0, from.1, from.2);
        params.not_after = date_time_ymd(until.0, until.1, until.2);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().clone()
    }

    #[test]
    fn both_ways_of_writing_a_moment_are_read() {
        let check = |from, until, expected: [&str; 2]| {
            let lifetime = Lifetime::of(&certificate(from, until)).unwrap();
            assert_eq!(
                [lifetime.from, lifetime.until].map(|at| at.to_string()),
                expected
            );
        };
        check(
            (2026, 1, 1),
            (2026, 4, 1),
            ["2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"],
        );
        check(
            (1975, 12, 31),
            (2049, 12, 31),
            ["1975-12-31T00:00:00Z", "2049-12-31T00:00:00Z"],
        );
        check(
            (2049, 1, 1),
            (2050, 1, 1),
            ["2049-01-01T00:00:00Z", "2050-01-01T00:00:00Z"],
        );
    }

    #[test]
    fn a_third_of_the_lifetime_is_left_for_the_renewal() {
        let lifetime = Lifetime::of(&certificate((2026, 1, 1), (2026, 4, 1))).unwrap();
        assert_eq!(lifetime.renewal().to_string(), "2026-03-02T00:00:00Z");
    }

    #[test]
    fn no_part_of_a_certificate_and_no_other_bytes_are_taken_for_one_or_panic() {
        let whole = certificate((2026, 1, 1), (2050, 4, 1));
        for length in 0..whole.len() {
            let cut = CertificateDer::from(whole.get(..length).unwrap().to_vec());
            assert_eq!(Lifetime::of(&cut), None, "{length}");
        }
        let mut seen = 0;
        for at in 0..whole.len() {
            for change in [0x00, 0x7f, 0x80, 0x84, 0x85, 0xff] {
                let mut other = whole.to_vec();
                *other.get_mut(at).unwrap() = change;
                seen += usize::from(Lifetime::of(&CertificateDer::from(other)).is_none());
            }
        }
        assert!(seen > 0);
    }
}
