//! Why an order failed, and what can be done about it.

use alexandria_core::error::{Error, ErrorKind};

/// The beginning of the names of an authority's problems (RFC 8555, 6.7).
const PROBLEMS: &str = "urn:ietf:params:acme:error:";

/// Why an order failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The authority refused, or could not be reached.
    Refused(instant_acme::Error),
    /// The authority takes no proof that this server can give.
    NoWay {
        /// For this name.
        domain: String,
    },
    /// Something else.
    Other(Error),
}

impl From<instant_acme::Error> for Failure {
    fn from(error: instant_acme::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// The failure in a sentence that says what to do.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Other(error) => error,
            Self::NoWay { domain } => Error::new(
                ErrorKind::Invalid,
                format!(
                    "the authority takes neither tls-alpn-01 nor, with a tls.redirect_port, http-01 \
                     as proof that {domain} leads here; choose another authority, or write the \
                     certificate into files (tls.certificate, tls.key)"
                ),
            ),
            Self::Refused(error) => refused(error),
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not told by the authority itself has one remedy"
)]
fn refused(error: instant_acme::Error) -> Error {
    let sentence = match &error {
        instant_acme::Error::Api(problem) => {
            let of = problem.r#type.as_deref().unwrap_or_default();
            remedy(of.strip_prefix(PROBLEMS).unwrap_or_default())
        }
        instant_acme::Error::Timeout(_) => {
            "the authority was not done in time; nothing is to be done unless this goes on"
        }
        _ => {
            "the authority did not answer as one does: see to it that tls.acme_directory is the \
             address of its directory and can be reached from here, and for an authority inside a \
             company that tls.acme_root is the certificate that its own is checked with"
        }
    };
    // The others tell their causes in their own sentences.
    let source = match error {
        instant_acme::Error::Other(source) => std::io::Error::other(source),
        error => std::io::Error::other(error.to_string()),
    };
    Error::new(ErrorKind::Unavailable, sentence).with_source(source)
}

/// What to do about a problem that an authority tells.
fn remedy(problem: &str) -> &'static str {
    match problem {
        "connection" | "dns" | "incorrectResponse" | "tls" | "unauthorized" => {
            "the authority does not find this server under a name: every one of tls.acme_domains must \
             lead to this machine, and port 443 from there to the server's port; or set \
             tls.redirect_port and let port 80 lead to that"
        }
        "rateLimited" => {
            "the authority takes no more orders for a while; nothing is to be done but to wait"
        }
        "caa" => {
            "the CAA record of a name lets another authority alone issue for it: add this one to the \
             record, or choose the one that it names"
        }
        "rejectedIdentifier" | "unsupportedIdentifier" => {
            "the authority does not issue for one of tls.acme_domains: take the name out, or ask those \
             who run the authority"
        }
        "invalidContact" | "unsupportedContact" => {
            "the authority does not take tls.acme_contact: set another mail address"
        }
        "externalAccountRequired" => {
            "the authority issues only to accounts that it has made itself, which this server cannot \
             use: choose another authority, or write the certificate into files"
        }
        "userActionRequired" => {
            "the authority wants its terms of service to be read again, at the address that it names"
        }
        _ => "the authority has refused the order",
    }
}
