//! Connections: how many there may be, how long one may ask for nothing, how slowly it may take an answer.
//!
//! One rule for each state of a connection, whatever its protocol. While nothing is being answered, the next request must
//! be there within the idle time: that bounds silence, headers that come drop by drop, and connections kept for later.
//! While answers go out, a piece of one of them must be taken within the stall time. While one is being made, nothing is
//! asked of the client. Where all places are taken, connections that ask for nothing give theirs up early.

use super::outgoing::PIECE;
use axum::{Router, body::Body, body::Bytes};
use hyper::{
    Request,
    body::{Frame, Incoming, SizeHint},
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{
    convert::Infallible,
    io::ErrorKind,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
};

/// Bytes of headers that are read, and of an answer that wait in a connection of HTTP/1.
const BUFFER: usize = 2 * PIECE;
/// Requests that a connection of HTTP/2 may make at once.
const STREAMS: u32 = 128;
/// Of several answers that go out at once, each may wait so many stall times for its turn.
const TURNS: u32 = 8;
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

/// What a connection is at.
#[derive(Debug)]
struct Pulse(Mutex<Doing>);

#[derive(Debug)]
struct Doing {
    /// Requests that are not answered to their end.
    requests: usize,
    /// Since when there are none.
    since: Instant,
    /// Answers that go out, each with the time its last piece was taken.
    answers: Vec<(u64, Instant)>,
    next: u64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self(Mutex::new(Doing { requests: 0, since: Instant::now(), answers: Vec::new(), next: 0 }))
    }
}

impl Pulse {
    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long it has been without a request; `None` while there is one.
    fn idle(&self) -> Option<Duration> {
        let doing = self.doing();
        (doing.requests == 0).then(|| doing.since.elapsed())
    }

    /// Ends when the connection has broken a limit.
    async fn overdue(&self, limits: &Limits) {
        loop {
            let left = {
                let doing = self.doing();
                let moved = doing.answers.iter().map(|answer| answer.1);
                match moved.clone().max().zip(moved.min()) {
                    Some((last, first)) => limits
                        .stall
                        .checked_sub(last.elapsed())
                        .min((limits.stall * TURNS).checked_sub(first.elapsed())),
                    None if doing.requests == 0 => limits.idle.checked_sub(doing.since.elapsed()),
                    // An answer is being made: look again when it might be stalled.
                    None => Some(limits.stall),
                }
            };
            match left {
                // What it is at may change meanwhile, so no sleep is longer than the shortest limit.
                Some(left) if !left.is_zero() => tokio::time::sleep(left.min(limits.idle).min(limits.stall)).await,
                _ => return,
            }
        }
    }
}

/// A request from its headers until its answer is gone.
#[derive(Debug)]
struct Answering {
    pulse: Arc<Pulse>,
    answer: Option<u64>,
}

impl Answering {
    fn new(pulse: &Arc<Pulse>) -> Self {
        pulse.doing().requests += 1;
        Self { pulse: pulse.clone(), answer: None }
    }

    /// A piece was taken; the first time, the answer begins to go out.
    fn moved(&mut self) {
        let mut doing = self.pulse.doing();
        let now = Instant::now();
        match self.answer {
            Some(answer) => {
                doing.answers.iter_mut().filter(|(id, _)| *id == answer).for_each(|(_, moved)| *moved = now)
            }
            None => {
                self.answer = Some(doing.next);
                let id = doing.next;
                doing.next += 1;
                doing.answers.push((id, now));
            }
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut doing = self.pulse.doing();
        doing.requests -= 1;
        doing.since = Instant::now();
        let answer = self.answer;
        doing.answers.retain(|(id, _)| Some(*id) != answer);
    }
}

/// A body whose pieces are noticed when they are taken.
#[derive(Debug)]
struct Paced {
    body: Body,
    answering: Answering,
}

impl Paced {
    fn new(body: Body, mut answering: Answering) -> Self {
        answering.moved();
        Self { body, answering }
    }
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(_))) = frame {
            self.answering.moved();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
