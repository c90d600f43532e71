//! `serve`: listens, reads the files, answers until told to stop.
//!
//! It listens before it reads, so a port that is taken is known at once and `/health` answers while `/ready` says not
//! yet. SIGINT and SIGTERM let requests finish; SIGHUP reads the files again and swaps each dataset whole.

use crate::{
    catalog::Catalog,
    cli::{MetricsAt, Serve, Serving},
    config,
    http::{self, Shared, State},
    load::Source,
    progress::Terminal,
};
use anyhow::{Context as _, Result, anyhow};
use axum::serve::ListenerExt as _;
use std::{
    io::{ErrorKind, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// The port unless said.
const PORT: u16 = 8080;
/// How many ports are tried after it.
const TRIES: u16 = 100;
/// How long requests may take to finish once told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until told to stop.
///
/// # Errors
/// One clear line: a setting, a port or a file.
pub fn run(args: Serve) -> Result<()> {
    let config = args.config.as_deref().map(config::read).transpose()?.unwrap_or_default();
    let named = args.paths.iter().map(|path| Source::parse(path, &args.load));
    let named = named.collect::<Result<Vec<_>>>()?;
    let mut sources: Vec<Source> = named.into_iter().chain(config.sources).collect();
    if sources.is_empty() {
        sources.push(Source::builtin());
    }
    let sources = Source::distinct(sources);
    let serving = args.serving.or(config.serving);
    let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
    let done = runtime.block_on(serve(serving, sources));
    // A file that is still being read is not waited for.
    runtime.shutdown_background();
    done
}

async fn serve(serving: Serving, sources: Vec<Source>) -> Result<()> {
    let addresses = addresses(serving.host.as_deref())?;
    let local = addresses.iter().all(IpAddr::is_loopback);
    let settings = serving.settings(local).map_err(anyhow::Error::msg)?;
    let base = settings.origin.base.clone();
    let (listeners, port) = listen(&addresses, serving.port).await?;
    let metrics = match serving.metrics_at().map_err(anyhow::Error::msg)? {
        MetricsAt::Own(address) => Some(
            TcpListener::bind(address)
                .await
                .map_err(|error| anyhow!("cannot listen at {address}: {}", reason(&error)))?,
        ),
        MetricsAt::Here | MetricsAt::Off => None,
    };
    let state = State::new(Catalog::default(), settings);
    state.reading.store(sources.len(), Ordering::Release);
    let (stop, stopped) = watch::channel(false);
    let mut servers: Vec<JoinHandle<()>> =
        listeners.into_iter().map(|listener| start(listener, http::app(state.clone()), stopped.clone())).collect();
    servers.extend(metrics.map(|listener| start(listener, http::metrics_app(state.clone()), stopped.clone())));

    let sources = Arc::new(sources);
    let reading = tokio::task::spawn_blocking({
        let (state, sources) = (state.clone(), sources.clone());
        move || {
            sources.iter().try_for_each(|source| {
                load(&state, source)?;
                state.reading.fetch_sub(1, Ordering::AcqRel);
                Ok::<_, anyhow::Error>(())
            })
        }
    });
    let mut signals = Signals::new()?;
    tokio::select! {
        read = reading => read.context("reading failed")??,
        () = async { while signals.next().await == Told::Again {} } => return Ok(()),
    }
    let host = match addresses.first() {
        Some(IpAddr::V6(address)) if !address.is_unspecified() => format!("[{address}]"),
        Some(address) if !address.is_unspecified() => address.to_string(),
        _ => Ipv4Addr::LOCALHOST.to_string(),
    };
    let here = format!("http://{host}:{port}");
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "Open {}/", base.unwrap_or(here)).and_then(|()| stdout.flush());
    let turns = Arc::new(Mutex::new(()));
    while signals.next().await == Told::Again {
        let (state, sources, turns) = (state.clone(), sources.clone(), turns.clone());
        // Not waited for, so that being told to stop is heard meanwhile; but one after the other.
        tokio::task::spawn_blocking(move || {
            let _turn = turns.lock().unwrap_or_else(PoisonError::into_inner);
            sources.iter().for_each(|source| again(&state, source));
        });
    }
    let _ = stop.send(true);
    let _ = tokio::time::timeout(GRACE, async {
        for server in servers {
            let _ = server.await;
        }
    })
    .await;
    Ok(())
}

/// Reads a dataset into the catalogue, and says how that went.
fn load(state: &Shared, source: &Source) -> Result<()> {
    let start = Instant::now();
    let entry = source.entry(&Terminal::new(&source.name))?;
    let dataset = &entry.dataset;
    let unusable = match dataset.report().unusable {
        0 => String::new(),
        count => format!(", {count} more without a position"),
    };
    let columns = dataset.with_points(|points| points.columns().len());
    let size = dataset.size() as f64 / f64::from(1 << 20);
    let line = format!(
        "{}: {} rows{unusable}, {columns} columns, {size:.0} MB, read in {:.1} s",
        dataset.name(),
        dataset.len(),
        start.elapsed().as_secs_f64()
    );
    let _ = writeln!(std::io::stderr(), "{line}");
    state.replace(entry);
    Ok(())
}

/// Reads a dataset again; the old one stays where that fails.
fn again(state: &Shared, source: &Source) {
    let failed = load(state, source).err();
    state.metrics.reloaded(failed.is_none());
    if let Some(error) = failed {
        tracing::error!("{}: the old rows stay: {error:#}", source.name);
    }
}

fn start(listener: TcpListener, app: axum::Router, mut stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    // Small answers must not wait for more to send.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    tokio::spawn(async move {
        let stop = async move { drop(stopped.wait_for(|stop| *stop).await) };
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stop).await {
            tracing::error!("a listener ended: {error}");
        }
    })
}

/// The addresses of `--host`.
fn addresses(host: Option<&str>) -> Result<Vec<IpAddr>> {
    match host {
        None | Some("localhost") => Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]),
        Some(text) => {
            let address = text.trim_matches(['[', ']']).parse();
            Ok(vec![address.map_err(|_| anyhow!("--host is \"{text}\", expected an address such as 0.0.0.0"))?])
        }
    }
}

/// Listens at all addresses on one port: the one that was said, else the first that is free.
async fn listen(addresses: &[IpAddr], port: Option<u16>) -> Result<(Vec<TcpListener>, u16)> {
    let ports = port.map_or(PORT..=PORT + TRIES, |port| port..=port);
    for candidate in ports {
        match bind(addresses, candidate).await {
            Ok((listeners, bound)) => {
                if port.is_none() && bound != PORT {
                    let _ = writeln!(std::io::stderr(), "port {PORT} is taken, {bound} is free");
                }
                return Ok((listeners, bound));
            }
            Err((_, error)) if port.is_none() && error.kind() == ErrorKind::AddrInUse => {}
            Err((address, error)) => return Err(anyhow!("cannot listen at {address}: {}", reason(&error))),
        }
    }
    Err(anyhow!("ports {PORT} to {} are all taken; --port names another", PORT + TRIES))
}

async fn bind(addresses: &[IpAddr], port: u16) -> Result<(Vec<TcpListener>, u16), (SocketAddr, std::io::Error)> {
    let (mut listeners, mut bound) = (Vec::new(), port);
    for &address in addresses {
        let address = SocketAddr::new(address, bound);
        match TcpListener::bind(address).await {
            Ok(listener) => {
                bound = listener.local_addr().map_or(bound, |address| address.port());
                listeners.push(listener);
            }
            // A machine without IPv6, or a free port for IPv4 that IPv6 has not: one of two is enough.
            Err(error) if !listeners.is_empty() && (error.kind() != ErrorKind::AddrInUse || port == 0) => {}
            Err(error) => return Err((address, error)),
        }
    }
    Ok((listeners, bound))
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => "the port is taken by another program".into(),
        ErrorKind::PermissionDenied => "this user may not listen there".into(),
        ErrorKind::AddrNotAvailable => "this machine has no such address".into(),
        _ => error.to_string(),
    }
}

/// What the operating system tells a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// To stop.
    Stop,
    /// To read the files again.
    Again,
}

/// Waits until the process is told to end.
///
/// # Errors
/// When signals cannot be heard.
#[cfg(unix)]
pub(crate) async fn told_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut end = signal(SignalKind::terminate())?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told,
        _ = end.recv() => Ok(()),
    }
}

/// Waits until the process is told to end.
///
/// # Errors
/// When signals cannot be heard.
#[cfg(not(unix))]
pub(crate) async fn told_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[cfg(unix)]
struct Signals {
    end: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let end = signal(SignalKind::terminate()).context("cannot hear SIGTERM")?;
        Ok(Self { end, hang_up: signal(SignalKind::hangup()).context("cannot hear SIGHUP")? })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Told::Stop,
            _ = self.end.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Again,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Told {
        let _ = tokio::signal::ctrl_c().await;
        Told::Stop
    }
}
