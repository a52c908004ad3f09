//! Security events of medium and high severity, sent to a web address as the API gives them.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::Result;
use alexandria_core::security::Severity;
use alexandria_library::security::SecurityEvent;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::webhook::Webhook;
use crate::api::security_events::SecurityEventBody;
use crate::config::Config;

/// How often an event is sent at most.
const TRIES_MAX: u32 = 4;

/// How long the first pause between two tries is; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// Sends every event that is raised from now on, until the library is gone. Does nothing when the
/// settings name no address.
///
/// # Errors
/// When the system refuses to prepare for it.
pub(crate) fn sender(
    config: &Config,
    events: broadcast::Receiver<Arc<SecurityEvent>>,
) -> Result<Option<impl Future<Output = ()> + Send + use<>>> {
    let webhook = Webhook::open(
        "security.webhook_url",
        config.security_webhook_url.as_deref(),
        config.security_webhook_secret.as_deref(),
    )?;
    Ok(webhook.map(|webhook| run(webhook, events)))
}

async fn run(webhook: Webhook, mut events: broadcast::Receiver<Arc<SecurityEvent>>) {
    loop {
        match events.recv().await {
            Ok(event) if event.severity == Severity::Low => {}
            Ok(event) => send(&webhook, &event).await,
            Err(RecvError::Lagged(missed)) => {
                tracing::error!(missed, "security events were not sent: too many at once");
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// Sends an event, some times if need be.
async fn send(webhook: &Webhook, event: &SecurityEvent) {
    let id = event.id;
    // Twins of the wire always have a JSON form.
    let twin = SecurityEventBody::from(event.clone());
    let body = serde_json::to_vec(&twin).unwrap_or_default();
    let mut pause = PAUSE;
    for attempt in 1..=TRIES_MAX {
        match webhook.send(body.clone()).await {
            Ok(()) => return,
            Err(error) if attempt == TRIES_MAX => {
                tracing::error!(event.id = %id, error = %error.chain(), "cannot send a security event");
            }
            Err(_error) => tokio::time::sleep(pause).await,
        }
        pause = pause.saturating_mul(2);
    }
}
