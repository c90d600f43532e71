//! Connections: how many there may be, how long one may ask for nothing, how slowly it may take an answer.
//!
//! One rule for each state of a connection, whatever its protocol. While nothing is being answered, the next request must
//! be there within the idle time: that bounds silence, headers that come drop by drop, and connections kept for later.
//! While answers go out, a piece of one of them must be taken within the stall time. While one is being made, nothing is
//! asked of the client. Where all seats are taken, the one that has asked for nothing for longest gives its up, and where
//! all have asked, the one that has taken nothing for longest. All of them are looked over together from time to time, by
//! a task that waits for nothing else, so that a request costs next to nothing.

use super::{
    outgoing::PIECE,
    pulse::{Answering, Paced, Pulse},
    typed::Typed,
};
use crate::settings::limits::Connections as Limits;
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
use std::{
    collections::HashMap,
    convert::Infallible,
    io::ErrorKind,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::AbortHandle,
};

/// Bytes of headers that are read, and of an answer that wait in a connection of HTTP/1.
const BUFFER: usize = 2 * PIECE;
/// Requests that a connection of HTTP/2 may make at once.
const STREAMS: u32 = 128;
/// How long no connection is taken after the system could give none.
const PAUSE: Duration = Duration::from_millis(200);
/// How often connections are looked over, where no limit is shorter.
const ROUND: Duration = Duration::from_secs(1);

/// The seats for connections.
#[derive(Debug)]
pub struct Seats {
    limits: Limits,
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
    /// Whether there is a task that looks over them.
    watched: AtomicBool,
}

/// The connections that are open, by a number.
#[derive(Debug, Default)]
struct Taken {
    next: u64,
    /// Each with what ends its task, once that has begun.
    all: HashMap<u64, (Arc<Pulse>, Option<AbortHandle>)>,
}

impl Taken {
    /// One more, and its number.
    fn add(&mut self, pulse: Arc<Pulse>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.all.insert(number, (pulse, None));
        number
    }
}

impl Seats {
    /// As many as the limits say.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        let limits = Limits { most: limits.most.clamp(1, 1 << 20), ..limits };
        let free = Arc::new(Semaphore::new(limits.most));
        Arc::new(Self { limits, free, taken: Mutex::default(), watched: AtomicBool::new(false) })
    }

    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.limits.most - self.free.available_permits()
    }

    /// Waits until all connections have ended.
    pub async fn emptied(&self) {
        let _ = self.free.acquire_many(self.limits.most as u32).await;
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat, as soon as there is one; meanwhile those that do nothing are ended.
    async fn take(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(seat) = self.free.clone().try_acquire_owned() {
                return Some(seat);
            }
            self.make_room();
            if let Ok(seat) = tokio::time::timeout(PAUSE, self.free.clone().acquire_owned()).await {
                return seat.ok();
            }
        }
    }

    /// Ends the connection that has been without a request for longest, if that is long enough; else the one that has
    /// taken nothing of its answers for longest, if that is.
    fn make_room(&self) {
        let taken = self.taken();
        let longest = |time: fn(&Pulse) -> Option<Duration>, least: Duration| {
            let times = taken.all.values().filter_map(|(pulse, task)| Some((time(pulse)?, task.as_ref()?)));
            times.max_by_key(|(time, _)| *time).filter(|(time, _)| *time >= least).map(|(_, task)| task)
        };
        let gives_way = longest(Pulse::idle, self.limits.idle_in_crowd)
            .or_else(|| longest(Pulse::stalled, self.limits.stall_in_crowd));
        if let Some(task) = gives_way {
            task.abort();
        }
    }

    /// Ends all connections that have broken a limit.
    fn look_over(&self) {
        let taken = self.taken();
        let overdue = taken.all.values().filter(|(pulse, _)| pulse.is_overdue(&self.limits));
        overdue.filter_map(|(_, task)| task.as_ref()).for_each(AbortHandle::abort);
    }

    /// Looks them over from now on, for as long as there are seats; once, however many listeners fill them.
    fn watch(self: &Arc<Self>) {
        if self.watched.swap(true, Ordering::Relaxed) {
            return;
        }
        let (seats, round) = (Arc::downgrade(self), self.round());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(round).await;
                let Some(seats) = seats.upgrade() else { return };
                seats.look_over();
            }
        });
    }

    /// How often to do that.
    fn round(&self) -> Duration {
        let Limits { idle, stall, .. } = self.limits;
        (idle.min(stall) / 2).clamp(Duration::from_millis(1), ROUND)
    }

    /// Answers on a connection, in a task of its own.
    fn begin<I>(self: &Arc<Self>, seat: OwnedSemaphorePermit, stream: I, app: Router, stop: watch::Receiver<bool>)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.watch();
        let pulse = Arc::new(Pulse::default());
        let seat = Seat { number: self.taken().add(pulse.clone()), seats: self.clone(), _permit: seat };
        let number = seat.number;
        // Not while the list is held: what is begun as the program ends is dropped here, and gives its seat back here.
        let task = tokio::spawn(async move {
            let _seat = seat;
            connection(stream, app, pulse, stop).await;
        });
        if let Some((_, handle)) = self.taken().all.get_mut(&number) {
            *handle = Some(task.abort_handle());
        }
    }
}

/// A seat that is given back when dropped, however its connection ends.
#[derive(Debug)]
struct Seat {
    seats: Arc<Seats>,
    number: u64,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().all.remove(&self.number);
    }
}

/// Takes connections and answers on them until `stop` says true. Those that are open then finish what they are at; see
/// [`Seats::emptied`].
pub async fn serve(listener: TcpListener, app: Router, seats: Arc<Seats>, mut stop: watch::Receiver<bool>) {
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
                seats.make_room();
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        failing = false;
        // Small answers must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let seat = tokio::select! {
            seat = seats.take() => seat,
            () = stopped(&mut stop) => return,
        };
        let Some(seat) = seat else { return };
        seats.begin(seat, stream, app.clone(), stop.clone());
    }
}

/// Whether an error is about one connection, which its client has given up already.
fn is_of_one(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Answers on one connection until it ends.
async fn connection<I>(stream: I, app: Router, pulse: Arc<Pulse>, mut stop: watch::Receiver<bool>)
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let app = TowerToHyperService::new(app);
    let service = service_fn(|request: Request<Incoming>| {
        let answering = Answering::new(&pulse);
        let answer = app.call(request);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Paced::new(body, answering))) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(BUFFER);
    builder.http2().max_concurrent_streams(STREAMS).max_header_list_size(BUFFER as u32).max_send_buf_size(PIECE);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Typed::new(stream, pulse.clone())), service));
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}

#[cfg(test)]
mod tests;
