//! `serve`: listens, reads the files, answers until told to stop.
//!
//! It listens before it reads, so a port that is taken is known at once and `/health` answers while `/ready` says not
//! yet. SIGINT and SIGTERM let requests finish; SIGHUP reads the configuration and the files again, as `--watch` does when
//! they change.

mod listen;
mod polled;
mod quiet;
mod reader;
mod signals;
mod watched;

use crate::{
    cache::Keeper,
    catalog::Catalog,
    http::{
        self, State,
        connections::{self, Seats},
    },
    settings::{
        config::{Config, Serve},
        limits::Connections,
        serving::MetricsAt,
    },
};
use anyhow::{Context as _, Result, anyhow};
use listen::{addresses, listen, reason};
use reader::{LOOK, Reader};
pub(crate) use signals::told_to_end;
use signals::{Signals, Told};
use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// How long requests may take to finish once told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Connections to the address of `--metrics`.
const METRICS: usize = 32;

/// Serves until told to stop.
///
/// # Errors
/// One clear line: a setting, a port or a file.
pub fn run(args: Serve) -> Result<()> {
    let config = args.whole()?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
    let done = runtime.block_on(serve(args, config));
    // A file that is still being read is not waited for.
    runtime.shutdown_background();
    done
}

async fn serve(args: Serve, config: Config) -> Result<()> {
    let serving = config.serving.clone();
    let addresses = addresses(serving.host.as_deref())?;
    let local = addresses.iter().all(IpAddr::is_loopback);
    let settings = serving.settings(local)?;
    let base = settings.origin.base.clone();
    let (listeners, port) = listen(&addresses, serving.port)?;
    let metrics = match serving.metrics_at()? {
        MetricsAt::Own(address) => Some(
            TcpListener::bind(address)
                .await
                .map_err(|error| anyhow!("cannot listen at {address}: {}", reason(&error)))?,
        ),
        MetricsAt::Here | MetricsAt::Off => None,
    };
    let few = Seats::new(Connections { most: METRICS, ..settings.limits.connections });
    let files = serving.files().map(|files| Keeper::open(&files)).transpose()?;
    let state = State::new(Catalog::default(), settings);
    if let Some(files) = files {
        let _ = state.files.set(files);
    }
    let reader = Arc::new(Mutex::new(Reader::new(state.clone(), args, config, local)));
    let (stop, stopped) = watch::channel(false);
    for listener in listeners {
        tokio::spawn(connections::serve(listener, http::app(state.clone()), state.seats.clone(), stopped.clone()));
    }
    if let Some(listener) = metrics {
        tokio::spawn(connections::serve(listener, http::metrics_app(state.clone()), few.clone(), stopped));
    }
    let mut signals = Signals::new()?;
    let mut again = false;
    let mut first = with(&reader, Reader::start);
    loop {
        tokio::select! {
            read = &mut first => break read.context("reading failed")??,
            told = signals.next() => match told {
                Told::Stop => return Ok(()),
                Told::Again => again = true,
            },
        }
    }
    let host = match addresses.first() {
        Some(IpAddr::V6(address)) if !address.is_unspecified() => format!("[{address}]"),
        Some(address) if !address.is_unspecified() => address.to_string(),
        _ => Ipv4Addr::LOCALHOST.to_string(),
    };
    let here = format!("http://{host}:{port}");
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "Open {}/", base.unwrap_or(here)).and_then(|()| stdout.flush());
    let watching = reader.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let _ = with(&watching, Reader::look).await;
        }
    });
    while again || signals.next().await == Told::Again {
        again = false;
        // Not waited for, so that being told to stop is heard meanwhile.
        drop(with(&reader, Reader::again));
    }
    let _ = stop.send(true);
    let _ = tokio::time::timeout(GRACE, async { tokio::join!(state.seats.emptied(), few.emptied()) }).await;
    Ok(())
}

/// Does something with the reader, off the async threads, when whatever it is at is done.
fn with<T: Send + 'static>(
    reader: &Arc<Mutex<Reader>>,
    what: impl FnOnce(&mut Reader) -> T + Send + 'static,
) -> JoinHandle<T> {
    let reader = reader.clone();
    tokio::task::spawn_blocking(move || what(&mut reader.lock().unwrap_or_else(PoisonError::into_inner)))
}
