//! What a connection is at: since when it asks for nothing, and how its answers are taken. Requests and bodies tell of
//! themselves here; a connection that has broken a limit is ended by who holds it.

use crate::settings::limits::Connections as Limits;
use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// Of several answers that go out at once, each may wait so many stall times for its turn.
const TURNS: u32 = 8;

/// What a connection is at.
#[derive(Debug)]
pub(super) struct Pulse(Mutex<Doing>);

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
    pub fn idle(&self) -> Option<Duration> {
        let doing = self.doing();
        (doing.requests == 0).then(|| doing.since.elapsed())
    }

    /// How long it has taken nothing of its answers; `None` while none goes out.
    pub fn stalled(&self) -> Option<Duration> {
        self.doing().answers.iter().map(|answer| answer.1).max().map(|last| last.elapsed())
    }

    /// Whether the connection has broken a limit.
    pub fn is_overdue(&self, limits: &Limits) -> bool {
        let doing = self.doing();
        let moved = doing.answers.iter().map(|answer| answer.1);
        match moved.clone().max().zip(moved.min()) {
            Some((last, first)) => last.elapsed() > limits.stall || first.elapsed() > limits.stall * TURNS,
            // Where an answer is being made, the client has nothing to do.
            None => doing.requests == 0 && doing.since.elapsed() > limits.idle,
        }
    }
}

/// A request from its headers until its answer is gone.
#[derive(Debug)]
pub(super) struct Answering {
    pulse: Arc<Pulse>,
    answer: Option<u64>,
}

impl Answering {
    /// A request on a connection.
    pub fn new(pulse: &Arc<Pulse>) -> Self {
        pulse.doing().requests += 1;
        Self { pulse: pulse.clone(), answer: None }
    }

    /// A piece was taken; the first time, the answer begins to go out.
    fn moved(&mut self) {
        let mut doing = self.pulse.doing();
        let now = Instant::now();
        if let Some(answer) = self.answer {
            doing.answers.iter_mut().filter(|(id, _)| *id == answer).for_each(|(_, moved)| *moved = now);
        } else {
            let id = doing.next;
            doing.next += 1;
            doing.answers.push((id, now));
            drop(doing);
            self.answer = Some(id);
        }
    }
}

impl Answering {
    /// The next piece is being made: the client has nothing to take.
    fn waits(&mut self) {
        let Some(answer) = self.answer.take() else { return };
        self.pulse.doing().answers.retain(|(id, _)| *id != answer);
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
pub(super) struct Paced {
    body: Body,
    answering: Answering,
}

impl Paced {
    /// The body of the answer to a request.
    pub fn new(body: Body, mut answering: Answering) -> Self {
        answering.moved();
        Self { body, answering }
    }
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match frame {
            Poll::Ready(Some(Ok(_))) => self.answering.moved(),
            Poll::Pending => self.answering.waits(),
            Poll::Ready(_) => {}
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
