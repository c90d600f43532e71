//! Connections: how many there may be, how long one may ask for nothing, how slowly it may take an answer.
//!
//! One rule for each state of a connection, whatever its protocol. While nothing is being answered, the next request must
//! be there within the idle time: that bounds silence, headers that come drop by drop, and connections kept for later.
//! While answers go out, a piece of one of them must be taken within the stall time. While one is being made, nothing is
//! asked of the client. Where all places are taken, connections that ask for nothing give theirs up early.

use super::{
    outgoing::PIECE,
    pulse::{Answering, Paced, Pulse},
};
use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{convert::Infallible, io::ErrorKind, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
};

/// Bytes of headers that are read, and of an answer that wait in a connection of HTTP/1.
const BUFFER: usize = 2 * PIECE;
/// Requests that a connection of HTTP/2 may make at once.
const STREAMS: u32 = 128;
/// How long no connection is taken after the system could give none.
const PAUSE: Duration = Duration::from_millis(200);

/// What connections may do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many there may be.
    pub connections: usize,
    /// How long a connection may be without a request.
    pub idle: Duration,
    /// How long it may take none of an answer.
    pub stall: Duration,
    /// How long it may be without a request where all places are taken.
    pub crowded: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 800,
            // Longer than proxies keep theirs, so that these are the ones to close them.
            idle: Duration::from_secs(75),
            stall: Duration::from_secs(30),
            crowded: Duration::from_secs(1),
        }
    }
}

/// The places for connections.
#[derive(Debug)]
pub struct Places {
    limits: Limits,
    free: Arc<Semaphore>,
    crowd: Notify,
}

impl Places {
    /// As many as the limits say.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        let connections = limits.connections.clamp(1, 1 << 20);
        let limits = Limits { connections, ..limits };
        Arc::new(Self { limits, free: Arc::new(Semaphore::new(connections)), crowd: Notify::new() })
    }

    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.limits.connections - self.free.available_permits()
    }

    /// Waits until all connections have ended.
    pub async fn emptied(&self) {
        let _ = self.free.acquire_many(self.limits.connections as u32).await;
    }

    /// A place, as soon as there is one; meanwhile those that do nothing are asked to go.
    async fn take(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(place) = self.free.clone().try_acquire_owned() {
                return Some(place);
            }
            self.crowd.notify_waiters();
            let wait = self.limits.crowded.min(PAUSE);
            if let Ok(place) = tokio::time::timeout(wait, self.free.clone().acquire_owned()).await {
                return place.ok();
            }
        }
    }
}

/// Takes connections and answers on them until `stop` says true. Those that are open then finish what they are at; see
/// [`Places::emptied`].
pub async fn serve(listener: TcpListener, app: Router, places: Arc<Places>, mut stop: watch::Receiver<bool>) {
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) if is_of_one(error.kind()) => continue,
            Err(error) => {
                // Out of file descriptors, most likely: they come back when connections end.
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!("cannot take a connection, and goes on trying: {error}");
                }
                places.crowd.notify_waiters();
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        failing = false;
        // Small answers must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let place = tokio::select! {
            place = places.take() => place,
            () = stopped(&mut stop) => return,
        };
        let Some(place) = place else { return };
        let (app, places, stop) = (app.clone(), places.clone(), stop.clone());
        tokio::spawn(async move {
            connection(stream, app, &places, stop).await;
            drop(place);
        });
    }
}

/// Whether an error is about one connection, which its client has given up already.
fn is_of_one(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Answers on one connection until it ends, or breaks a limit.
async fn connection<I>(stream: I, app: Router, places: &Places, mut stop: watch::Receiver<bool>)
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let pulse = Arc::new(Pulse::default());
    let app = TowerToHyperService::new(app);
    let service = service_fn(|request: Request<Incoming>| {
        let answering = Answering::new(&pulse);
        let answer = app.call(request);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Paced::new(body, answering))) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(BUFFER);
    builder.http2().max_concurrent_streams(STREAMS).max_header_list_size(BUFFER as u32).max_send_buf_size(PIECE);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!("a connection ended: {error}");
                }
                return;
            }
            () = stopped(&mut stop), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = pulse.overdue(&places.limits) => return,
            () = places.crowd.notified() => {
                if pulse.idle().is_some_and(|idle| idle >= places.limits.crowded) {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
