//! Whether a mapped file still is what was opened, asked before its bytes are looked at.
//!
//! A page of a mapped file that is no longer there ends the program when it is looked at, and one that was written over is
//! another. So the length and the time of the open file are asked for each time, which the system answers at once; where the
//! time is another, seal, samples and index are checked again as when it was opened.

use super::{
    checksum::{Stretch, check},
    seal::Seal,
};
use crate::{dataset::Ground, read::content::Content};
use anyhow::{Context as _, Result, anyhow, bail};
use std::{
    fs::File,
    sync::{Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

/// A file as it was when it was opened.
#[derive(Debug)]
pub(super) struct Guard {
    /// Of the dataset, for the log.
    name: String,
    disk: File,
    bytes: Content,
    seal: Seal,
    samples: Vec<(String, Stretch)>,
    index: Stretch,
    /// When it was last changed, as far as that was looked into.
    modified: Mutex<Option<SystemTime>>,
    /// What was found to be wrong with it, which does not get right again.
    broken: OnceLock<String>,
}

impl Guard {
    /// Checks a file whose seal holds, and goes on to watch over it.
    ///
    /// # Errors
    /// What has changed.
    pub fn new(
        name: &str,
        disk: File,
        bytes: Content,
        seal: Seal,
        samples: Vec<(String, Stretch)>,
        index: Stretch,
    ) -> Result<Self> {
        // Before it is looked at: what changes meanwhile is a change.
        let modified = Mutex::new(disk.metadata().and_then(|facts| facts.modified()).ok());
        check(&disk, &samples, &index)?;
        Ok(Self { name: name.to_owned(), disk, bytes, seal, samples, index, modified, broken: OnceLock::new() })
    }

    fn look(&self) -> Result<()> {
        let facts = self.disk.metadata().context("its file cannot be looked at")?;
        if facts.len() < self.seal.length {
            bail!("its file was cut short: {} of {} bytes are left", facts.len(), self.seal.length);
        }
        let now = facts.modified().ok();
        let mut modified = self.modified.lock().unwrap_or_else(PoisonError::into_inner);
        if *modified != now {
            let same = Seal::check(self.bytes.as_ref()).is_ok_and(|seal| seal == self.seal);
            if !same || check(&self.disk, &self.samples, &self.index).is_err() {
                bail!("its file was written over");
            }
            *modified = now;
        }
        Ok(())
    }
}

impl Ground for Guard {
    fn check(&self) -> Result<()> {
        if self.broken.get().is_none()
            && let Err(error) = self.look()
        {
            tracing::error!("{}: {error}; it is not answered from until a whole one takes its place", self.name);
            let _ = self.broken.set(error.to_string());
        }
        match self.broken.get() {
            Some(why) => Err(anyhow!("{why} while it was served; put a whole file in its place by renaming it")),
            None => Ok(()),
        }
    }
}
