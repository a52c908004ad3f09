//! The server: it listens, works on jobs, and stops in order.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::Library;
use alexandria_library::clock::SystemClock;
use axum::serve::{Listener as _, ListenerExt as _};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::alerts::Alerts;
use crate::api::{self, App};
use crate::config::{Config, Origins, Role};
use crate::presence::Presence;
use crate::telemetry::measures;

pub(crate) mod certificates;
mod entrance;
mod redirect;
mod seed;
mod warnings;

use certificates::Certificates;
use entrance::Entrance;

/// How often old keys of requests are forgotten and the measures are tidied.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(600);

/// How long the key of a request is remembered.
const REQUEST_KEYS_KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// How often the measures are tidied, so that they stay small between two scrapes.
const MEASURES_EVERY: Duration = Duration::from_secs(5);

/// What to do beside serving, and to tell beside the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    /// The folder that fills an empty library.
    pub(crate) seed: Option<PathBuf>,
    /// Where the settings came from.
    pub(crate) origins: Origins,
}

/// What is told once the server listens.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    /// Where it answers; nothing for a process that only works on jobs.
    pub(crate) address: Option<String>,
    /// What can be asked.
    pub(crate) holdings: Holdings,
}

/// What a library holds when its server begins to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holdings {
    /// No document.
    Nothing,
    /// The seed, or it is about to.
    Seed,
    /// Documents, and no seed among them.
    Documents,
}

/// Serves until the process is told to stop.
///
/// # Errors
/// When it cannot listen, or the library cannot be opened.
pub(crate) async fn serve(
    config: Config,
    beside: Beside,
    tell: impl FnOnce(&Listening),
) -> Result<()> {
    let doors = match config.role {
        Role::Worker => None,
        Role::All | Role::Api => Some(Doors::open(&config).await?),
    };
    let measures = measures::begin()?;
    let library = crate::library::open(&config).await?;
    warnings::warn(&config, &library).await?;
    let stop = CancellationToken::new();
    let tracker = TaskTracker::new();
    let app = App::new(
        Arc::clone(&library),
        (config.clone(), beside.origins),
        Some(measures.clone()),
        doors.as_ref().and_then(|doors| doors.certificates.clone()),
        stop.clone(),
    )?;
    if doors.is_some() {
        refuse_open_to_all(&app).await?;
    }
    begin(&app, measures, &tracker)?;
    let holdings = seed::holdings(&library, beside.seed.as_deref()).await?;
    if let Some(folder) = beside.seed {
        let (library, stop) = (Arc::clone(&library), stop.clone());
        tracker.spawn(async move { seed::plant(&library, &folder, &stop).await });
    }
    let ended = match doors {
        Some(doors) => {
            let certificates = doors.certificates.as_ref();
            redirect::begin(doors.redirect, doors.bound, certificates, &stop, &tracker);
            let tell = |address| {
                let address = Some(address);
                tell(&Listening { address, holdings });
            };
            answer(app, doors.entrance, doors.certificates, tell).await
        }
        None => {
            let address = None;
            tell(&Listening { address, holdings });
            stop.cancelled().await;
            Ok(())
        }
    };
    stop.cancel();
    end(&library, &tracker).await?;
    ended
}

/// Waits for what was begun, and closes the library.
async fn end(library: &Library, tracker: &TaskTracker) -> Result<()> {
    tracker.close();
    tracker.wait().await;
    library.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Begins what is done beside answering.
fn begin(app: &App, measures: PrometheusHandle, tracker: &TaskTracker) -> Result<()> {
    let (library, stop) = (&app.library, &app.stop);
    if matches!(app.config.role, Role::All | Role::Worker) {
        work(library, stop, tracker);
    }
    let alerts = Alerts::new(&app.config)?.run(Arc::clone(library));
    tracker.spawn(stop.clone().run_until_cancelled_owned(alerts));
    warn_of_attacks(&app.config, library, stop, tracker)?;
    keep_house(library, measures, stop, tracker);
    watch_signals(stop, tracker)
}

/// Where the server can be reached.
struct Doors {
    entrance: Entrance,
    bound: SocketAddr,
    certificates: Option<Arc<Certificates>>,
    redirect: Option<TcpListener>,
}

impl Doors {
    async fn open(config: &Config) -> Result<Self> {
        let certificates = Certificates::of(config)?;
        let listener = listen(&config.host, config.port).await?;
        let bound = listener.local_addr().context(ErrorKind::Internal, || {
            "cannot tell the address that is listened on".to_owned()
        })?;
        Ok(Self {
            entrance: Entrance::new(listener, certificates.as_ref())?,
            bound,
            redirect: redirect::listen(config).await?,
            certificates,
        })
    }
}

/// Refuses to serve other machines while nobody has an account and there is no key.
async fn refuse_open_to_all(app: &App) -> Result<()> {
    let closed = app.gate.is_closed(&app.library).await?;
    if closed || !app.config.is_public() {
        return Ok(());
    }
    let sentence = crate::config::open_to_all(&app.config.host);
    Err(Error::new(ErrorKind::Invalid, sentence))
}

/// Takes the address, or says what is in the way.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the reasons that have a remedy of their own are named"
)]
async fn listen(host: &str, port: u16) -> Result<TcpListener> {
    let bound = match host.parse::<IpAddr>() {
        Ok(address) => TcpListener::bind(SocketAddr::new(address, port)).await,
        Err(_name) => TcpListener::bind((host, port)).await,
    };
    bound.map_err(|source| {
        let sentence = match source.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "port {port} is in use by another program; stop it, or choose another port: \
                 alexandria serve --port {}",
                port.checked_add(1).unwrap_or(8001)
            ),
            std::io::ErrorKind::PermissionDenied => format!(
                "may not listen on port {port}: ports below 1024 belong to the administrator; \
                 choose another one: alexandria serve --port 8000"
            ),
            _ => format!("cannot listen on {host} port {port}"),
        };
        Error::new(ErrorKind::Unavailable, sentence).with_source(source)
    })
}

fn work(library: &Arc<Library>, stop: &CancellationToken, tracker: &TaskTracker) {
    let (library, stop) = (Arc::clone(library), stop.clone());
    tracker.spawn(async move { crate::library::work(&library, &stop).await });
}

/// Sends security events to the address of the settings, if they name one.
fn warn_of_attacks(
    config: &Config,
    library: &Arc<Library>,
    stop: &CancellationToken,
    tracker: &TaskTracker,
) -> Result<()> {
    if let Some(sender) = crate::alerts::attacks::sender(config, library.security().listen())? {
        tracker.spawn(stop.clone().run_until_cancelled_owned(sender));
    }
    Ok(())
}

/// Does what has to be done now and then.
fn keep_house(
    library: &Arc<Library>,
    measures: PrometheusHandle,
    stop: &CancellationToken,
    tracker: &TaskTracker,
) {
    let (library, stop) = (Arc::clone(library), stop.clone());
    tracker.spawn(stop.clone().run_until_cancelled_owned(async move {
        let mut tidy = tokio::time::interval(MEASURES_EVERY);
        let mut forget = tokio::time::interval(HOUSEKEEPING_EVERY);
        loop {
            tokio::select! {
                _ = tidy.tick() => {
                    library.limits().measure();
                    measures.run_upkeep();
                }
                _ = forget.tick() => forget_requests(&library).await,
            }
        }
    }));
    drop(stop);
}

async fn forget_requests(library: &Library) {
    let before = SystemClock.now() - REQUEST_KEYS_KEPT;
    if let Err(error) = library.catalog().prune_requests(before).await {
        tracing::warn!("cannot forget the keys of old requests: {}", error.chain());
    }
}

/// Stops in order on Ctrl-C and on the signal of service managers.
fn watch_signals(stop: &CancellationToken, tracker: &TaskTracker) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| {
        signal(kind).context(ErrorKind::Internal, || {
            "cannot listen to signals".to_owned()
        })
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let stop = stop.clone();
    tracker.spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("stopping on an interrupt"),
            _ = terminate.recv() => tracing::info!("stopping on request"),
            () = stop.cancelled() => {}
        }
        stop.cancel();
    });
    Ok(())
}

/// Answers until told to stop, then lets the requests under way finish.
async fn answer(
    app: api::Shared,
    entrance: Entrance,
    certificates: Option<Arc<Certificates>>,
    tell: impl FnOnce(String),
) -> Result<()> {
    let about = || "cannot answer requests".to_owned();
    let bound = entrance.local_addr().context(ErrorKind::Internal, about)?;
    let scheme = if certificates.is_some() {
        "https"
    } else {
        "http"
    };
    let address = format!("{scheme}://{bound}");
    let presence = Presence {
        pid: std::process::id(),
        address: reachable(scheme, bound),
        instance: app.instance.clone(),
        version: app.config.version.clone(),
        certificate: certificates.as_ref().map(|shown| shown.fingerprint()),
        token: app.gate.local().reveal().to_owned(),
    };
    let announced = presence.clone().announce(&app.config.data)?;
    if let Some(certificates) = certificates {
        follow(&app, certificates, presence);
    }
    let (name, environment) = (app.config.name.clone(), app.config.environment());
    tracing::info!(address, name, environment, "listening");
    tell(address);
    let served = answer_requests(app, entrance).await;
    drop(announced);
    served
}

/// Answers until told to stop, and lets what is under way finish for a while.
async fn answer_requests(app: api::Shared, entrance: Entrance) -> Result<()> {
    let about = || "cannot answer requests".to_owned();
    let (stop, drain) = (
        app.stop.clone(),
        Duration::from_secs(app.config.drain_seconds_max),
    );
    let streams = app.streams.tracker.clone();
    let router = api::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(entrance.tap_io(|_stream| {}), router)
        .with_graceful_shutdown({
            let stop = stop.clone();
            async move { stop.cancelled().await }
        })
        .into_future();
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    let served = tokio::select! {
        served = serving => served.context(ErrorKind::Unavailable, about),
        () = late => {
            tracing::warn!("requests were still under way after {} s", drain.as_secs());
            Ok(())
        }
    };
    stop.cancel();
    streams.close();
    streams.wait().await;
    served
}

/// Shows a new certificate once its files have changed, and says so to the command line.
fn follow(app: &api::Shared, certificates: Arc<Certificates>, presence: Presence) {
    let (stop, data) = (app.stop.clone(), app.config.data.clone());
    app.streams.tracker.spawn(async move {
        let changed = |fingerprint: &str| {
            if let Err(error) = presence.show(&data, fingerprint) {
                tracing::warn!(
                    "the command line will not find this server: {}",
                    error.chain()
                );
            }
        };
        certificates.follow(&stop, changed).await;
    });
}

/// The address under which this machine reaches what listens there.
fn reachable(scheme: &str, bound: SocketAddr) -> String {
    match bound.ip() {
        IpAddr::V4(address) if address.is_unspecified() => {
            format!("{scheme}://127.0.0.1:{}", bound.port())
        }
        IpAddr::V6(address) if address.is_unspecified() => {
            format!("{scheme}://[::1]:{}", bound.port())
        }
        IpAddr::V4(_) | IpAddr::V6(_) => format!("{scheme}://{bound}"),
    }
}
