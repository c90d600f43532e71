//! Parts of a file that lies elsewhere, asked for one by one: all of the same file, or none.

use super::{
    ask::{self, Answer, Back, Idle},
    link::Link,
    told::Told,
};
use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use std::{
    future::Future,
    ops::Range,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// How long a part may be on its way.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a part is asked for that did not come.
const TRIES: u32 = 3;

/// Where connections live that are kept from one part to the next.
static WAITING: LazyLock<std::io::Result<Runtime>> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).thread_name("elsewhere").enable_all().build());

/// A file whose parts are asked for. It is for threads that may wait.
#[derive(Debug)]
pub(crate) struct Ranged {
    link: Link,
    told: Told,
    size: u64,
    idle: Idle,
    /// Whether it was seen to be another.
    other: AtomicBool,
}

impl Ranged {
    /// Looks at a file of at least a byte, as the dataset of this name may.
    ///
    /// # Errors
    /// When its server does not answer, refuses, knows no parts, or does not tell by what the file is the same.
    pub fn open(link: &Link, dataset: &str) -> Result<Self> {
        let link = link.with_secret(dataset)?;
        let idle = Idle::default();
        let told = wait(async {
            let answer = ask::ask_on(&link, &[("range", "bytes=0-0")], Some(&idle)).await?;
            match answer.status.as_u16() {
                206 => Ok(Told::of(&answer)),
                200 => bail!("its server knows no parts of files (Range), by which an archive is read"),
                416 => bail!("the file is empty"),
                _ => Err(answer.refused(&link).await),
            }
        })??;
        let size = told.size.context("its server does not tell how large the file is")?;
        ensure!(told.same().is_some(), "its server does not tell by what the file is the same (ETag or Last-Modified)");
        Ok(Self::of(link, told, size, idle))
    }

    /// A file of which so much was told.
    pub(super) const fn of(link: Link, told: Told, size: u64, idle: Idle) -> Self {
        Self { link, told, size, idle, other: AtomicBool::new(false) }
    }

    /// Where it lies.
    pub(super) const fn link(&self) -> &Link {
        &self.link
    }

    /// Bytes of the file.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What differs where the file does.
    pub fn version(&self) -> String {
        self.told.version().unwrap_or_default()
    }

    /// Whether it was still what was opened when a part of it was last asked for.
    ///
    /// # Errors
    /// When it is another.
    pub fn check(&self) -> Result<()> {
        if self.other.load(Ordering::Relaxed) { Err(Other.into()) } else { Ok(()) }
    }

    /// As many bytes as there is room for.
    ///
    /// # Errors
    /// When they cannot be fetched, and when the file is another than that which was opened.
    pub fn read(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        let Some(last) = (bytes.len() as u64).checked_sub(1) else { return Ok(()) };
        let range = offset..offset + last + 1;
        let mut tries = 0;
        let part = loop {
            tries += 1;
            match wait(async { tokio::time::timeout(PATIENCE, self.part(range.clone())).await })? {
                Ok(Ok(Ok(part))) => break part,
                Ok(Ok(Err(error)) | Err(error)) if tries >= TRIES || error.is::<Other>() => return Err(error),
                Err(_) if tries >= TRIES => bail!("no part of it came within {} s", PATIENCE.as_secs()),
                _ => {}
            }
        };
        ensure!(part.len() == bytes.len(), "{} bytes came where {} were asked for", part.len(), bytes.len());
        bytes.copy_from_slice(&part);
        Ok(())
    }

    /// A part; why it did not come, where it may in a moment.
    async fn part(&self, range: Range<u64>) -> Result<Result<Bytes, Error>> {
        let length = (range.end - range.start) as usize;
        let Answer { body, back, .. } = match self.ask(range).await? {
            Ok(answer) => answer,
            Err(passing) => return Ok(Err(passing)),
        };
        let bytes =
            Limited::new(body, length).collect().await.map_err(|error| anyhow!("the connection was cut ({error})"))?;
        self.idle.give(back);
        Ok(Ok(bytes.to_bytes()))
    }

    /// Asks for a part, whose bytes are on their way then; why they are not, where they may be in a moment.
    ///
    /// # Errors
    /// When they will not come, and when the file is another.
    pub(super) async fn ask(&self, range: Range<u64>) -> Result<Result<Answer, Error>> {
        let asked = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        // What is of the same file by a time is looked at when it is there.
        let tag = self.told.same().filter(|tag| tag.starts_with('"'));
        let mut more = vec![("range", asked.as_str())];
        more.extend(tag.map(|tag| ("if-match", tag)));
        let answer = match ask::ask_on(&self.link, &more, Some(&self.idle)).await {
            Ok(answer) => answer,
            // It was there a moment ago.
            Err(error) => return Ok(Err(error)),
        };
        let told = Told::of(&answer);
        match answer.status.as_u16() {
            206 if told.is(&self.told) && told.start == range.start => Ok(Ok(answer)),
            200 | 206 | 412 | 416 => {
                self.other.store(true, Ordering::Relaxed);
                Err(Other.into())
            }
            _ if answer.is_passing() => Ok(Err(answer.refused(&self.link).await)),
            _ => Err(answer.refused(&self.link).await),
        }
    }

    /// Keeps a connection whose answer was read to its end.
    pub(super) fn give(&self, back: Back) {
        self.idle.give(back);
    }
}

/// The file is not what was opened.
#[derive(Debug)]
pub(in super::super) struct Other;

impl std::fmt::Display for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the file is another than that which was opened: it has to be opened again")
    }
}

impl std::error::Error for Other {}

/// Waits, on a thread that may.
pub(super) fn wait<T>(what: impl Future<Output = T>) -> Result<T>
where
    T: Send,
{
    let runtime = WAITING.as_ref().map_err(|error| anyhow!("cannot wait on a network: {error}"))?;
    Ok(runtime.block_on(what))
}
