//! How the certificate does that the server shows.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::serve::certificates::Standing;

/// How the certificate does. It makes the library degraded and never unready: an authority has to
/// reach a server that has none yet.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CertificateHealth")]
pub(crate) struct CertificateBody {
    /// `ok`, `provisional` (one that the server has signed itself until the authority issues) or
    /// `expired`.
    pub(crate) state: String,
    /// When it ends; nothing for a provisional one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
    /// Whether the authority did not issue when it was last asked; the log says why.
    pub(crate) renewal_failing: bool,
}

impl CertificateBody {
    pub(super) fn of(standing: Standing, now: Timestamp) -> Self {
        let state = match standing.expires {
            None => "provisional",
            Some(expires) if expires < now => "expired",
            Some(_) => "ok",
        };
        Self {
            state: state.to_owned(),
            expires: standing.expires,
            renewal_failing: standing.failing,
        }
    }

    fn is_sound(&self) -> bool {
        self.state == "ok" && !self.renewal_failing
    }
}

/// What was found, and how the certificate does.
pub(super) fn with(mut verdict: Verdict, certificate: Option<CertificateBody>) -> Verdict {
    let sound = certificate.as_ref().is_none_or(CertificateBody::is_sound);
    if !sound && verdict.status == "ok" {
        "degraded".clone_into(&mut verdict.status);
    }
    verdict.certificate = certificate;
    verdict
}
