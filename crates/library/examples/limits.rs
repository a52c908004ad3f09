//! Measures what all limits of one request cost in processor time: address, tenant, person, place.
//!
//! `cargo run --release -p alexandria-library --example limits [-- redis://127.0.0.1:6379]`

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alexandria_core::access::Scopes;
use alexandria_core::id::{TenantId, UserId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::Library;
use alexandria_library::clock::{SystemClock, SystemIds};
use alexandria_library::settings::LibrarySettings;
use alexandria_models::embedder::EmbedderConfig;
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

type AnyError = Box<dyn std::error::Error>;

/// Requests that are measured.
const REQUESTS: u32 = 20_000;

/// Callers that they come from in turn, each of a tenant of its own.
const CALLERS: u32 = 1_000;

#[expect(clippy::print_stdout, reason = "a program that prints a figure")]
#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let directory = std::env::temp_dir().join(format!("alexandria-limits-{}", std::process::id()));
    let mut settings = LibrarySettings::new(&directory, &directory);
    settings.embedder = EmbedderConfig::Off {};
    settings.limiting.redis = std::env::args().nth(1);
    let place = settings
        .limiting
        .redis
        .as_ref()
        .map_or("in process", |_| "with Redis");
    let library = Library::open(settings, Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    let limits = library.limits();
    while limits.is_shared().await == Some(false) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let callers: Vec<(IpAddr, Principal)> = (0..CALLERS).map(caller).collect();
    for (address, principal) in &callers {
        limits.admit_address(*address).await;
        limits.admit_principal(principal).await;
    }
    let (begun, cpu) = (Instant::now(), cpu_us());
    let mut allowed = 0;
    for (address, principal) in callers.iter().cycle().take(REQUESTS as usize) {
        let first = limits.admit_address(*address).await;
        let second = limits.admit_principal(principal).await;
        let _place = limits.take_place(principal)?;
        allowed += u32::from(first.allowed && second.allowed);
    }
    let cpu = (cpu_us() - cpu) / f64::from(REQUESTS);
    let wall = begun.elapsed().as_secs_f64() * 1e6 / f64::from(REQUESTS);
    println!("{place}: {cpu:.1} µs of processor time a request, {wall:.1} µs by the clock");
    println!("{allowed} of {REQUESTS} were allowed");
    library.close().await?;
    fs_err::remove_dir_all(&directory)?;
    Ok(())
}

fn caller(number: u32) -> (IpAddr, Principal) {
    let id = Uuid::from_u128(number.into());
    let actor = Actor::User(UserId::from_uuid(id));
    let principal = Principal::authenticated(TenantId::from_uuid(id), actor, Scopes::all());
    (
        IpAddr::from((0x0a00_0000 | number).to_be_bytes()),
        principal,
    )
}

/// Processor time of this process so far, in microseconds.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53 microseconds")]
fn cpu_us() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
