//! Bodies that are made piece by piece, each when the connection can take it: whatever their length, one piece is in
//! memory. Between pieces nothing runs, and who goes away ends it.

use super::{
    Problem,
    outgoing::{self, Held},
};
use axum::body::{Body, Bytes};
use hyper::body::Frame;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// A piece that is being made, with whether it is the last.
pub type Making = Pin<Box<dyn Future<Output = Result<(Bytes, bool), Problem>> + Send>>;

/// A body of pieces. How long it will be, it does not say.
struct Streamed<F> {
    next: F,
    making: Option<Making>,
    done: bool,
}

/// A body of the pieces that `next` begins one after the other, given out in portions: a piece may be large. `held` is what
/// it is counted as until the last portion is taken.
pub fn body(held: Held, next: impl FnMut() -> Result<Making, Problem> + Send + Unpin + 'static) -> Body {
    outgoing::in_portions(Body::new(Streamed { next, making: None, done: false }), held)
}

impl<F: FnMut() -> Result<Making, Problem> + Unpin> hyper::body::Body for Streamed<F> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let begun = match self.making.take() {
            Some(making) => Ok(making),
            None => (self.next)(),
        };
        let made = match begun {
            Ok(mut making) => match making.as_mut().poll(cx) {
                Poll::Pending => {
                    self.making = Some(making);
                    return Poll::Pending;
                }
                Poll::Ready(made) => made,
            },
            Err(problem) => Err(problem),
        };
        self.done = made.as_ref().map_or(true, |(_, last)| *last);
        Poll::Ready(match made {
            Ok((bytes, _)) => (!bytes.is_empty()).then(|| Ok(Frame::data(bytes))),
            // The connection is closed before the end, by which the client knows.
            Err(problem) => {
                tracing::warn!("an answer was broken off: {}", problem.detail());
                Some(Err(axum::Error::new(std::io::Error::other(problem.detail().to_owned()))))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.done
    }
}
