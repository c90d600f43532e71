//! A file of which parts are fetched, as who reads it says: a file of the same length on this machine, with holes where nothing was fetched.
//!
//! Of a Parquet file the beginning and the footer come first; its reader says by the footer [which parts](Parts::bring) it is going to read.
//! All of them are of the same file, or it is an error, and the file has to be looked at [anew](Parts::changed).

use super::{
    super::spool::Spool,
    ask::{self, Answer, Idle},
    fetch::{SILENCE, TELL, TRIES, WAIT, megabytes, so_far},
    link::Link,
    ranged::{Ranged, wait},
    spans,
    told::Told,
};
use crate::{
    disk,
    read::{Fetched, Progress},
    source::bytes::{read_at, write_at},
};
use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::{BodyExt as _, Limited};
use std::{
    env, fmt,
    fs::File,
    hash::{Hash, Hasher},
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use xxhash_rust::xxh3::xxh3_128;

/// Bytes of the beginning that are looked at, and of the end, where the footer is: most are shorter.
const HEAD: u64 = 512;
const TAIL: u64 = 64 << 10;
/// Parts with fewer bytes between them are fetched as one: about what a server sends while a question is on its way.
const GAP: u64 = 1 << 20;
/// Bytes that are asked for at once, and how many such questions are under way.
const PIECE: u64 = 16 << 20;
const AT_ONCE: usize = 4;

/// Parts of a file that lies elsewhere.
#[derive(Clone)]
pub struct Parts(Arc<Held>);

struct Held {
    ranged: Ranged,
    file: File,
    /// What was fetched, in order.
    here: Mutex<Vec<Range<u64>>>,
    bytes: AtomicU64,
}

/// What a look at a file gives.
pub(super) enum Looked {
    /// It can be fetched in parts.
    Parts(Spool),
    /// It is to be fetched whole, with the answer that is all of it, if there is one.
    Whole(Option<Answer>),
}

/// Looks whether a file is Parquet that can be fetched in parts, and fetches its footer.
pub(super) async fn look(link: &Link, progress: &dyn Progress) -> Result<Looked> {
    let idle = Idle::default();
    let head = format!("bytes=0-{}", HEAD - 1);
    let mut tries = 0;
    let answer = loop {
        let answer = ask::ask_on(link, &[("range", &head)], Some(&idle)).await?;
        if !answer.is_passing() || tries == TRIES {
            break answer;
        }
        tokio::time::sleep(WAIT * 2_u32.pow(tries)).await;
        tries += 1;
    };
    match answer.status.as_u16() {
        206 => {}
        // An empty file has no beginning.
        416 => return Ok(Looked::Whole(None)),
        _ => return Ok(Looked::Whole(Some(answer))),
    }
    let told = Told::of(&answer);
    let Some(size) = told.size.filter(|_| told.start == 0 && told.same().is_some()) else {
        return Ok(Looked::Whole(None));
    };
    let body = Limited::new(answer.body, HEAD as usize).collect();
    let Ok(Ok(body)) = tokio::time::timeout(SILENCE, body).await else { return Ok(Looked::Whole(None)) };
    idle.give(answer.back);
    let body = body.to_bytes();
    if !body.starts_with(b"PAR1") || body.len() as u64 != size.min(HEAD) {
        return Ok(Looked::Whole(None));
    }
    let version = told.version().unwrap_or_default();
    let parts = Parts::new(Ranged::of(link.clone(), told, size, idle), &body)?;
    let tail = size.saturating_sub(TAIL)..size;
    parts.come(vec![tail.clone()], progress).await?;
    let mut end = vec![0; (tail.end - tail.start) as usize];
    read_at(&parts.0.file, &mut end, tail.start)?;
    // A footer that says to be longer than the file is none, which its reader says.
    if let Some((_, &[a, b, c, d, b'P', b'A', b'R', b'1'])) = end.split_last_chunk()
        && let Some(start) = size.checked_sub(u64::from(u32::from_le_bytes([a, b, c, d])) + 8)
    {
        parts.come(std::iter::once(start..size).collect(), progress).await?;
    }
    let stamp = format!("{:032x}", xxh3_128(&[version.as_bytes(), &end].concat()));
    let file = parts.0.file.try_clone()?;
    let fetched = Fetched { stamp, lines: Vec::new(), name: Some(link.name().to_owned()), parts: Some(parts) };
    Ok(Looked::Parts(Spool::of_parts(file, size, fetched)))
}

impl Parts {
    /// Of a file of which the beginning is known.
    fn new(ranged: Ranged, head: &[u8]) -> Result<Self> {
        let folder = env::temp_dir();
        let cannot = || format!("cannot write into {}", folder.display());
        let file = tempfile::tempfile().with_context(cannot)?;
        file.set_len(ranged.size()).with_context(cannot)?;
        write_at(&file, head, 0).with_context(cannot)?;
        let length = head.len() as u64;
        Ok(Self(Arc::new(Held {
            ranged,
            file,
            here: Mutex::new(std::iter::once(0..length).collect()),
            bytes: AtomicU64::new(length),
        })))
    }

    /// Whether the file was seen to be another than that which was looked at first.
    pub(crate) fn changed(&self) -> bool {
        self.0.ranged.check().is_err()
    }

    /// Whether all of some parts was fetched.
    pub(crate) fn has(&self, parts: Vec<Range<u64>>) -> bool {
        spans::without(spans::joined(parts, 0), &self.here()).is_empty()
    }

    /// Fetches what of some parts was not. It is for threads that may wait.
    ///
    /// # Errors
    /// When a part is none of the file, or cannot be fetched, and when the file is another.
    pub(crate) fn bring(&self, parts: Vec<Range<u64>>, progress: &dyn Progress) -> Result<()> {
        let start = Instant::now();
        if wait(self.come(parts, progress))?? == 0 {
            return Ok(());
        }
        progress.line(&format!(
            "fetched {} of the {} of {} in {:.1} s: the columns that are read",
            megabytes(self.0.bytes.load(Ordering::Relaxed)),
            megabytes(self.0.ranged.size()),
            self.0.ranged.link(),
            start.elapsed().as_secs_f64()
        ));
        Ok(())
    }

    fn here(&self) -> Vec<Range<u64>> {
        self.0.here.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many bytes came.
    async fn come(&self, parts: Vec<Range<u64>>, progress: &dyn Progress) -> Result<u64> {
        let size = self.0.ranged.size();
        ensure!(
            parts.iter().all(|part| part.start <= part.end && part.end <= size),
            "it is damaged: a part of it lies beyond its end"
        );
        let missing = spans::without(spans::joined(parts, GAP), &self.here());
        let (total, before) = (spans::length(&missing), self.0.bytes.load(Ordering::Relaxed));
        disk::has_room(&env::temp_dir(), total, "fetching it")?;
        let (start, last) = (Instant::now(), Mutex::new(Instant::now()));
        let tell = || {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() > TELL {
                *last = Instant::now();
                let come = self.0.bytes.load(Ordering::Relaxed) - before;
                progress.stage(&so_far(come, Some(total), come as f64 / start.elapsed().as_secs_f64()), None);
            }
        };
        let pieces = stream::iter(spans::pieces(&missing, PIECE)).map(|piece| self.piece(piece, &tell, progress));
        pieces.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(total)
    }

    /// Fetches a piece, and goes on where a connection was cut.
    async fn piece(&self, piece: Range<u64>, tell: &(dyn Fn() + Sync), progress: &dyn Progress) -> Result<()> {
        let (mut left, mut failures) = (piece.clone(), 0);
        while !left.is_empty() {
            let from = left.start;
            let Some(error) = self.stream(&mut left, tell).await? else { break };
            failures = if left.start > from { 1 } else { failures + 1 };
            if failures > TRIES {
                return Err(error.context(format!("{TRIES} times in a row nothing more came of a part of it")));
            }
            tokio::time::sleep(WAIT * 2_u32.pow(failures - 1)).await;
            progress.line(&format!("{error}: it goes on"));
        }
        let mut here = self.0.here.lock().unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut *here).into_iter().chain([piece]).collect();
        *here = spans::joined(all, 0);
        Ok(())
    }

    /// Takes what comes of a range, which becomes what is left of it; why that is something, if it may come in a moment.
    async fn stream(&self, left: &mut Range<u64>, tell: &(dyn Fn() + Sync)) -> Result<Option<Error>> {
        let answer = match self.0.ranged.ask(left.clone()).await? {
            Ok(answer) => answer,
            Err(passing) => return Ok(Some(passing)),
        };
        let (mut body, back) = (answer.body, answer.back);
        loop {
            let frame = match tokio::time::timeout(SILENCE, body.frame()).await {
                Err(_) => return Ok(Some(anyhow!("nothing more came for {} s", SILENCE.as_secs()))),
                Ok(None) => break,
                Ok(Some(Err(error))) => return Ok(Some(anyhow!("the connection was cut ({error})"))),
                Ok(Some(Ok(frame))) => frame,
            };
            let Some(bytes) = frame.data_ref() else { continue };
            if bytes.len() as u64 > left.end - left.start {
                bail!("more bytes came than were asked for");
            }
            write_at(&self.0.file, bytes, left.start)?;
            left.start += bytes.len() as u64;
            self.0.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            tell();
        }
        if left.is_empty() {
            self.0.ranged.give(back);
            return Ok(None);
        }
        Ok(Some(anyhow!("fewer bytes came than were asked for")))
    }
}

impl fmt::Debug for Parts {
    /// The same for all: the version of a dataset goes by it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Parts {}

impl Hash for Parts {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
