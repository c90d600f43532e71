//! Files that are made of a dataset's rows piece by piece, each on a processor, when the connection can take it. Between
//! pieces no thread is held; who goes away ends it.

use super::{
    Problem, Shared,
    outgoing::Held,
    stream::{self, Making},
};
use crate::{
    catalog::Entry,
    engine::{Refusal, Size, pack::Packer},
    told::pieces::Pieces,
};
use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use duotile_core::Work;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a piece may wait for a processor before the file is broken off.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the rows of a dataset that was replaced are held for a file that is not done.
const GRACE: Duration = Duration::from_mins(5);

/// A file of a dataset, each piece made and compressed on a processor. `held` is what it is counted as while it is on its way.
pub fn body(
    state: Shared,
    entry: Arc<Entry>,
    held: Held,
    pieces: impl Pieces + Send + 'static,
    packer: Packer,
) -> Body {
    let file = Arc::new(Mutex::new(File { pieces, packer }));
    // When the dataset was first seen to be replaced.
    let mut replaced: Option<Instant> = None;
    let next = move || {
        let gone = entry.edition.has_ended();
        if gone && replaced.get_or_insert_with(Instant::now).elapsed() > GRACE {
            return Err(Problem::new(StatusCode::GONE, "the rows of a download were replaced some time ago"));
        }
        // Between two pieces a mapped file may have become another.
        entry.source.check().map_err(|cause| Problem::damaged(entry.source.name(), &cause))?;
        Ok(piece(state.clone(), file.clone()))
    };
    stream::body(held, next)
}

/// A file with what compresses it.
struct File<P> {
    pieces: P,
    packer: Packer,
}

impl<P: Pieces> File<P> {
    /// The next piece, which may be empty, and whether it is the last.
    fn piece(&mut self, work: &Work<'_>) -> Result<(Bytes, bool), Refusal> {
        let (piece, last) = self.pieces.piece(work)?;
        Ok((self.packer.push(piece, last, work)?.into(), last))
    }
}

/// The next piece of a file that is not empty.
fn piece<P: Pieces + Send + 'static>(state: Shared, file: Arc<Mutex<File<P>>>) -> Making {
    Box::pin(async move {
        let mut asked = Instant::now();
        loop {
            let file = file.clone();
            let job = move |work: &Work<'_>| file.lock().unwrap_or_else(PoisonError::into_inner).piece(work);
            match state.engine.pool.run(Size::Long, job).await {
                Ok((bytes, false)) if bytes.is_empty() => asked = Instant::now(),
                // Half a file is worth little: it waits longer than others for its turn.
                Err(Refusal::Busy | Refusal::Late) if asked.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                other => return other.map_err(Problem::from),
            }
        }
    })
}
