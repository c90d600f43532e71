//! Answers that are on their way out: given to connections in pieces, and bounded in bytes all together.
//!
//! A slow client holds the answer it has not taken yet. Beyond a number of bytes held like that, larger answers are
//! refused with 503, so that many slow clients fill no memory; small ones, such as health and errors, always go out.

use super::{Problem, answer::Route};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    response::{IntoResponse as _, Response},
};
use hyper::body::{Frame, SizeHint};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

/// Bytes that a connection is given at once: what it holds of an answer beyond what the network took.
pub const PIECE: usize = 64 << 10;
/// Answers up to this many bytes are never refused.
const SMALL: u64 = 16 << 10;

/// The bytes of all answers on their way out: of those that are whole, and of files that are made piece by piece, which
/// hold little for long. Neither keeps the other out.
#[derive(Debug)]
pub struct Outgoing {
    whole: Arc<AtomicU64>,
    files: Arc<AtomicU64>,
    most: u64,
}

impl Outgoing {
    /// Lets `most` bytes of answers be on their way, and half as many of files; one may be larger than that if it is alone.
    #[must_use]
    pub fn new(most: u64) -> Arc<Self> {
        Arc::new(Self { whole: Arc::default(), files: Arc::default(), most })
    }

    /// Bytes on their way.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.whole.load(Ordering::Relaxed) + self.files.load(Ordering::Relaxed)
    }

    /// Counts bytes that an answer which is made piece by piece will hold, until what is given is dropped. `None` where
    /// there is no room for them.
    #[must_use]
    pub fn hold(self: &Arc<Self>, size: u64) -> Option<Held> {
        let (before, held) = Held::count(&self.files, size);
        (before == 0 || before.saturating_add(size) <= self.most / 2).then_some(held)
    }

    /// The same answer, counted until it is gone and given out in pieces; or 503 where there is no room for it.
    #[must_use]
    pub fn admit(self: &Arc<Self>, response: Response) -> Response {
        let size = response.body().size_hint().exact().unwrap_or(0);
        if size == 0 {
            return response;
        }
        let (before, held) = Held::count(&self.whole, size);
        if size > SMALL && before > 0 && before.saturating_add(size) > self.most {
            // What it was about stays known, for counting.
            let mut refused = Problem::full().into_response();
            let (parts, _) = response.into_parts();
            parts.extensions.get::<Route>().map(|route| refused.extensions_mut().insert(*route));
            return refused;
        }
        response.map(|inner| in_portions(inner, held))
    }
}

/// Takes its bytes from the count when dropped.
#[derive(Debug)]
pub struct Held {
    of: Arc<AtomicU64>,
    size: u64,
}

impl Held {
    /// Adds bytes to a count, and tells what that was before.
    fn count(of: &Arc<AtomicU64>, size: u64) -> (u64, Self) {
        (of.fetch_add(size, Ordering::Relaxed), Self { of: of.clone(), size })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.of.fetch_sub(self.size, Ordering::Relaxed);
    }
}

/// A body that comes in portions of at most [`PIECE`] bytes, so that it is seen whether a client takes any, and is counted
/// until the last of them is taken.
pub fn in_portions(inner: Body, held: Held) -> Body {
    Body::new(Portions { inner, rest: Bytes::new(), _held: held })
}

#[derive(Debug)]
struct Portions {
    inner: Body,
    rest: Bytes,
    _held: Held,
}

impl hyper::body::Body for Portions {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                other => return other,
            }
        }
        let piece = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.inner.size_hint();
        let rest = self.rest.len() as u64;
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    fn answer(bytes: usize) -> Response {
        Response::new(Body::from(vec![7u8; bytes]))
    }

    #[tokio::test]
    async fn a_body_comes_in_pieces_and_is_the_same() {
        let all = Outgoing::new(1 << 30);
        let data: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
        let mut body = all.admit(Response::new(Body::from(data.clone()))).into_body();
        assert_eq!((body.size_hint().exact(), all.held()), (Some(200_000), 200_000));
        let mut taken = Vec::new();
        while let Some(frame) = body.frame().await {
            let piece = frame.expect("in memory").into_data().expect("data");
            assert!(piece.len() <= PIECE);
            taken.extend_from_slice(&piece);
            assert_eq!(body.size_hint().exact(), Some((data.len() - taken.len()) as u64));
        }
        assert!(body.is_end_stream());
        assert_eq!(taken, data);
        drop(body);
        assert_eq!(all.held(), 0);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_what_is_small_or_alone_is_not() {
        let all = Outgoing::new(100_000);
        let large = all.admit(answer(150_000));
        assert_eq!(large.status(), 200);
        let refused = all.admit(answer(20_000));
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()["retry-after"], "1");
        let small = all.admit(answer(1000));
        assert_eq!(small.status(), 200);
        assert_eq!(all.held(), 151_000);
        drop(large);
        let fits = all.admit(answer(99_000));
        assert_eq!((fits.status(), all.held()), (axum::http::StatusCode::OK, 100_000));
        drop((small, fits, refused));
        assert_eq!(all.held(), 0);
    }
}
