//! Coming back when the server says so: a verb that sends many requests keeps to the limits instead
//! of failing at them.

use std::time::Duration;

use alexandria_core::error::{ErrorKind, Result};

/// How often a request is sent again.
const AGAIN_MAX: u32 = 20;

/// The longest wait that a verb waits out. Whoever is told to come back later than that is told why.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Sends something; again after the wait that a refusal names.
///
/// # Errors
/// What the last sending came to.
pub(super) async fn patiently<T>(mut send: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    for _ in 0..AGAIN_MAX {
        let sent = send().await;
        let wait = match &sent {
            Err(error) if error.kind() == ErrorKind::Exhausted => error.retry_after(),
            Ok(_) | Err(_) => None,
        };
        let Some(wait) = wait.filter(|wait| *wait <= WAIT_MAX) else {
            return sent;
        };
        tokio::time::sleep(wait).await;
    }
    send().await
}

#[cfg(test)]
mod tests {
    use alexandria_core::error::Error;

    use super::*;

    async fn check(refusals: u32, wait: Duration, sendings: u32) {
        let mut sent = 0;
        let ended = patiently(async || {
            sent += 1;
            if sent <= refusals {
                let error = Error::new(ErrorKind::Exhausted, "come back");
                return Err(error.with_retry_after(wait));
            }
            Ok(())
        })
        .await;
        assert_eq!(sent, sendings);
        assert_eq!(ended.is_ok(), sendings > refusals);
    }

    #[tokio::test]
    async fn a_refusal_is_waited_out_unless_that_takes_long() {
        check(0, Duration::ZERO, 1).await;
        check(3, Duration::from_millis(1), 4).await;
        check(3, WAIT_MAX * 2, 1).await;
        check(1_000, Duration::ZERO, AGAIN_MAX + 1).await;
    }
}
