//! A file is fetched whole, and where its connection is cut it goes on from there: with the rest of the same file, or from its
//! beginning where its server knows no rest, or the file is another by now.

use super::{
    super::spool::{Spool, Spooling},
    ask::{self, Answer},
    link::Link,
    parts::{self, Looked},
    told::Told,
};
use crate::{
    disk,
    read::{self, Progress},
};
use anyhow::{Error, Result, anyhow, bail};
use http_body_util::BodyExt as _;
use std::{
    env,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

/// How long nothing more may come before that is a connection that was cut.
pub(super) const SILENCE: Duration = Duration::from_mins(1);
/// How often in a row nothing new may come.
pub(super) const TRIES: u32 = 5;
/// How long to wait before the first of them; twice as long before each that follows.
pub(super) const WAIT: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 250 });
/// How often it is told how far it is.
pub(super) const TELL: Duration = Duration::from_millis(300);

/// What came so far.
struct Held {
    spool: Spooling,
    told: Told,
}

/// How a question ended.
enum End {
    /// All of it came.
    Whole,
    /// Some of it did, or nothing.
    Cut(Error),
}

/// Fetches all of it, or what tells which parts of it are read, where its name says that it is a Parquet file.
pub(in super::super) async fn fetch(link: &Link, progress: &dyn Progress) -> Result<Spool> {
    progress.stage("connect", None);
    let mut answer = None;
    if cfg!(unix) && read::is_parquet(Path::new(link.name())) {
        match parts::look(link, progress).await? {
            Looked::Parts(spool) => return Ok(spool),
            Looked::Whole(all) => answer = all,
        }
    }
    let (start, mut held, mut furthest, mut failures) = (Instant::now(), None, 0, 0);
    while let End::Cut(error) = part(link, &mut held, answer.take(), progress).await? {
        let come = held.as_ref().map_or(0, |held: &Held| held.spool.bytes());
        failures = if come > furthest { 1 } else { failures + 1 };
        furthest = furthest.max(come);
        if failures > TRIES {
            return Err(error.context(format!("{TRIES} times in a row nothing more came than {}", megabytes(furthest))));
        }
        tokio::time::sleep(WAIT * 2_u32.pow(failures - 1)).await;
        progress.line(&format!("{error}: it goes on from {}", megabytes(come)));
    }
    let Some(Held { spool, told }) = held else { bail!("nothing came") };
    if spool.bytes() == 0 {
        bail!("the file is empty");
    }
    let spool = spool.finish(Vec::new(), Some(name(link, &told)))?;
    progress.line(&format!("fetched {} from {link} in {:.1} s", megabytes(spool.bytes), start.elapsed().as_secs_f64()));
    Ok(spool)
}

/// Asks for it, or for the rest of it, unless there is an answer already; and takes what comes.
async fn part(link: &Link, held: &mut Option<Held>, answer: Option<Answer>, progress: &dyn Progress) -> Result<End> {
    let begun = held.is_some();
    let rest = held.as_ref().filter(|held| held.spool.bytes() > 0);
    let rest = rest.and_then(|held| Some((format!("bytes={}-", held.spool.bytes()), held.told.same()?.to_owned())));
    let more =
        rest.as_ref().map_or(Vec::new(), |(range, same)| vec![("range", range.as_str()), ("if-range", same.as_str())]);
    let answer = match answer {
        Some(answer) => answer,
        None => match ask::ask(link, &more).await {
            // It was there a moment ago.
            Err(error) if begun => return Ok(End::Cut(error)),
            other => other?,
        },
    };
    let told = Told::of(&answer);
    match answer.status.as_u16() {
        200 => {
            if let Some(size) = told.size {
                disk::has_room(&env::temp_dir(), size, "fetching it")?;
            }
            let named = name(link, &told).to_ascii_lowercase().ends_with(".gpkg");
            *held = Some(Held { spool: Spooling::new(named)?, told });
        }
        206 if rest.is_some()
            && held.as_ref().is_some_and(|held| held.told.is(&told) && held.spool.bytes() == told.start) => {}
        206 | 416 if rest.is_some() => {
            // Nothing of it is asked for by what it was.
            if let Some(held) = held {
                held.told = Told::default();
            }
            return Ok(End::Cut(anyhow!("the file changed while it was fetched")));
        }
        _ if answer.is_passing() => return Ok(End::Cut(answer.refused(link).await)),
        _ => return Err(answer.refused(link).await),
    }
    let Some(Held { spool, told }) = held else { bail!("nothing came") };
    let mut body = answer.body;
    let (start, before, mut last) = (Instant::now(), spool.bytes(), Instant::now());
    loop {
        let frame = match tokio::time::timeout(SILENCE, body.frame()).await {
            Err(_) => return Ok(End::Cut(anyhow!("nothing more came for {} s", SILENCE.as_secs()))),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Ok(End::Cut(anyhow!("the connection was cut ({error})"))),
            Ok(Some(Ok(frame))) => frame,
        };
        let Some(bytes) = frame.data_ref() else { continue };
        if let Some(what) = read::stranger(bytes).filter(|_| spool.bytes() == 0) {
            bail!("it is {what}");
        }
        spool.write_all(bytes)?;
        if last.elapsed() > TELL {
            last = Instant::now();
            progress.stage(
                &so_far(spool.bytes(), told.size, (spool.bytes() - before) as f64 / start.elapsed().as_secs_f64()),
                None,
            );
        }
    }
    match told.size {
        Some(size) if spool.bytes() != size => {
            Ok(End::Cut(anyhow!("{} bytes came where {size} were announced", spool.bytes())))
        }
        _ => Ok(End::Whole),
    }
}

/// What the file is called: with an ending that tells what it is, if its address has none.
fn name(link: &Link, told: &Told) -> String {
    let name = link.name();
    if read::is_named(Path::new(name)) { name.to_owned() } else { format!("{name}{}", told.ending()) }
}

pub(super) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
}

/// How far it is, and at so many bytes in a second how long it will take.
pub(super) fn so_far(bytes: u64, size: Option<u64>, rate: f64) -> String {
    let speed = format!("{}/s", megabytes(rate as u64));
    match size {
        None => format!("fetched {}, {speed}", megabytes(bytes)),
        Some(size) => {
            let left = (size.saturating_sub(bytes) as f64 / rate.max(1.0)).min(1e6) as u64;
            let left = if left < 100 { format!("{left} s") } else { format!("{} min", left.div_ceil(60)) };
            format!("fetched {} of {}, {speed}, {left} left", megabytes(bytes), megabytes(size))
        }
    }
}
