//! What deserves a look of whoever runs the server, said in the log at its start.

use alexandria_core::clock::Clock as _;
use alexandria_core::error::Result;
use alexandria_core::id::TENANT_DEFAULT;
use alexandria_core::principal::Principal;
use alexandria_library::Library;
use alexandria_library::clock::SystemClock;
use alexandria_library::regions::Placed;

use crate::cli::key::KEY_DAYS_MAX;
use crate::config::{Config, Role};

/// Says what deserves a look before anything is served.
pub(super) async fn warn(config: &Config, library: &Library) -> Result<()> {
    warn_of_old_secrets(config);
    warn_of_clear_text(config);
    warn_of_misplaced(library).await
}

/// Says that other machines are served without TLS, if they are.
fn warn_of_clear_text(config: &Config) {
    if config.is_public() && !config.speaks_tls() && config.role != Role::Worker {
        tracing::warn!(
            host = config.host,
            "this machine's network is served without TLS: unless a proxy in front speaks it, passwords, \
             sessions and keys can be read on the way; set tls.acme_domains, or tls.certificate and \
             tls.key"
        );
    }
}

/// Names the tenants whose data must stay in another region than the one that is stored in.
async fn warn_of_misplaced(library: &Library) -> Result<()> {
    let principal = Principal::system(TENANT_DEFAULT, "looking at regions");
    let placed = library.placed_tenants(&principal).await?;
    for Placed { tenant, notes, .. } in placed.iter().filter(|placed| !placed.holds) {
        let note = notes.first().map(String::as_str).unwrap_or_default();
        tracing::warn!(tenant.id = %tenant.id, "a tenant is in the wrong region: {note}");
    }
    Ok(())
}

/// Notes since when each secret is what it is, and warns of those that should be changed.
fn warn_of_old_secrets(config: &Config) {
    match crate::ages::old(config, SystemClock.now(), KEY_DAYS_MAX) {
        Ok(names) => {
            for name in names {
                tracing::warn!(
                    "{name} is older than {KEY_DAYS_MAX} days: alexandria key rotate {name}"
                );
            }
        }
        Err(error) => tracing::warn!("{}", error.chain()),
    }
}
