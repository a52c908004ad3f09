//! The cache in Redis (or Valkey), for processes that share their limits.
//!
//! All counters of a request go to the server as one script, which it runs as one step: nothing comes
//! between asking and counting, whichever process asks. The counters of one call may lie anywhere on
//! one server; a cluster, which spreads keys over servers, is refused.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use async_trait::async_trait;
use fred::clients::Client;
use fred::error::ErrorKind as Trouble;
use fred::interfaces::{ClientLike as _, EventInterface as _, KeysInterface as _};
use fred::types::Expiration;
use fred::types::config::{Config, ConnectionConfig, PerformanceConfig, ReconnectPolicy};
use fred::types::scripts::Script;
use jiff::Timestamp;

use super::{COUNTER_QUOTA_MAX, Cache, Count, Counter, Taken, milliseconds};

/// How long the server may take for a command.
const COMMAND_TIMEOUT: Duration = Duration::from_millis(250);

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The pause before a lost connection is made again, in milliseconds.
const RECONNECT_PAUSE_MS: u32 = 500;

/// Commands that wait for the connection at most; further ones are refused.
const COMMANDS_QUEUED_MAX: usize = 4_096;

/// How much longer the server keeps a value than its time: what is over is told by the value itself.
const KEPT_LONGER_MS: u64 = 60_000;

/// The bytes before a value that say when its time is over.
const END_BYTES: usize = 8;

/// The script that counts.
const COUNTED: &str = include_str!("counted.lua");

/// The cache in Redis.
#[derive(Debug)]
pub struct RedisCache {
    client: Client,
    script: Script,
}

impl RedisCache {
    /// Begins to connect to `redis://…`, or `rediss://…` with TLS, and does not wait for it: until
    /// the server answers, calls fail.
    ///
    /// # Errors
    /// `Invalid` when that is not the address of a single server.
    pub fn open(url: &str) -> Result<Self> {
        let about = || {
            "the address of Redis must look like redis://HOST:6379/0, or rediss://… with TLS"
                .to_owned()
        };
        if !["redis://", "rediss://", "valkey://", "valkeys://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(Error::new(ErrorKind::Invalid, about()));
        }
        let mut config = Config::from_url_centralized(url)
            .map_err(|error| fault(&error))
            .context(ErrorKind::Invalid, about)?;
        config.fail_fast = false;
        let performance = PerformanceConfig {
            default_command_timeout: COMMAND_TIMEOUT,
            ..PerformanceConfig::default()
        };
        let connection = ConnectionConfig {
            connection_timeout: CONNECT_TIMEOUT,
            internal_command_timeout: CONNECT_TIMEOUT,
            max_command_attempts: 1,
            max_command_buffer_len: COMMANDS_QUEUED_MAX,
            reconnect_on_auth_error: true,
            ..ConnectionConfig::default()
        };
        let reconnect = ReconnectPolicy::new_constant(0, RECONNECT_PAUSE_MS);
        let client = Client::new(config, Some(performance), Some(connection), Some(reconnect));
        let told = Mutex::new(String::new());
        // Both tasks end when the client is told to.
        drop(client.on_error(move |(error, _)| {
            tell(&told, fault(&error));
            std::future::ready(Ok(()))
        }));
        drop(client.connect());
        Ok(Self {
            client,
            script: Script::from_lua(COUNTED),
        })
    }

    async fn count(&self, counters: &[Counter], now: Timestamp, asks: u64) -> Result<Taken> {
        self.present()?;
        let keys: Vec<String> = counters
            .iter()
            .map(|counter| counter_key(counter.key()))
            .collect();
        let mut arguments = vec![milliseconds(now), asks, COUNTER_QUOTA_MAX];
        for counter in counters {
            arguments.extend([counter.quota, counter.window_ms, counter.cost]);
        }
        let arguments: Vec<String> = arguments.iter().map(u64::to_string).collect();
        let reply: Vec<u64> = self
            .script
            .evalsha_with_reload(&self.client, keys, arguments)
            .await
            .map_err(failed)?;
        read(&reply, counters.len())
    }

    /// Fails at once while there is no connection, instead of waiting for one.
    fn present(&self) -> Result<()> {
        if self.client.is_connected() {
            return Ok(());
        }
        let sentence = "there is no connection to Redis";
        Err(Error::new(ErrorKind::Unavailable, sentence))
    }
}

/// What the script has said.
fn read(reply: &[u64], counters: usize) -> Result<Taken> {
    let strange = || {
        Error::new(
            ErrorKind::Corrupt,
            "Redis gave a reply that the script cannot give",
        )
    };
    let (counted, rest) = reply.split_first().ok_or_else(strange)?;
    let (counts, []) = rest.as_chunks::<3>() else {
        return Err(strange());
    };
    if counts.len() != counters {
        return Err(strange());
    }
    let counts = counts.iter().map(|[previous, current, elapsed_ms]| Count {
        previous: *previous,
        current: *current,
        elapsed_ms: *elapsed_ms,
    });
    Ok(Taken {
        counted: *counted == 1,
        counts: counts.collect(),
    })
}

fn counter_key(key: &str) -> String {
    format!("alexandria:count:{key}")
}

fn value_key(key: &str) -> String {
    format!("alexandria:value:{key}")
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: fred::error::Error) -> Error {
    let kind = if *error.kind() == Trouble::Timeout {
        ErrorKind::Timeout
    } else {
        ErrorKind::Unavailable
    };
    Error::new(kind, "Redis does not do what it was asked").with_source(fault(&error))
}

/// Says what is in the way of a connection; the same is not said at every attempt.
fn tell(told: &Mutex<String>, why: String) {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    if *told != why {
        tracing::warn!(error = why, "cannot connect to Redis");
        *told = why;
    }
}

/// The server's error without the command, whose arguments are nobody's business.
fn fault(error: &fred::error::Error) -> String {
    format!("{}: {}", error.kind().to_str(), error.details())
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.present()?;
        let kept: Option<Vec<u8>> = self.client.get(value_key(key)).await.map_err(failed)?;
        Ok(kept.and_then(|kept| {
            let (end, value) = kept.split_first_chunk::<END_BYTES>()?;
            (milliseconds(now) < u64::from_be_bytes(*end)).then(|| value.to_vec())
        }))
    }

    async fn put(&self, key: &str, value: &[u8], lives: Duration, now: Timestamp) -> Result<()> {
        self.present()?;
        let key = value_key(key);
        let lives_ms = u64::try_from(lives.as_millis()).unwrap_or(u64::MAX);
        if lives_ms == 0 {
            return self.client.del::<(), _>(key).await.map_err(failed);
        }
        let mut kept = milliseconds(now)
            .saturating_add(lives_ms)
            .to_be_bytes()
            .to_vec();
        kept.extend_from_slice(value);
        let expires = i64::try_from(lives_ms.saturating_add(KEPT_LONGER_MS)).unwrap_or(i64::MAX);
        let set = self.client.set::<(), _, _>(
            key,
            kept.as_slice(),
            Some(Expiration::PX(expires)),
            None,
            false,
        );
        set.await.map_err(failed)
    }

    async fn take(&self, counters: &[Counter], now: Timestamp) -> Result<Taken> {
        self.count(counters, now, 1).await
    }

    async fn add(&self, counters: &[Counter], now: Timestamp) -> Result<Vec<Count>> {
        Ok(self.count(counters, now, 0).await?.counts)
    }

    async fn check(&self) -> Result<()> {
        self.present()?;
        self.client.ping::<()>(None).await.map_err(failed)
    }

    async fn close(&self) {
        if let Err(error) = self.client.quit().await {
            tracing::debug!(
                "the connection to Redis was gone already: {}",
                error.details()
            );
        }
    }
}
