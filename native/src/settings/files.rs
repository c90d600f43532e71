//! Tiles as files, for a web server in front.

use std::{path::PathBuf, time::Duration};

/// Where tiles are written as files, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The folder.
    pub folder: PathBuf,
    /// Bytes that they may take of its disk.
    pub most: u64,
    /// How long those of a version stay that was replaced.
    pub keep: Duration,
}

impl Files {
    /// A folder, with bounds where they are said.
    #[must_use]
    pub fn new(folder: PathBuf, most: Option<u64>, keep: Option<Duration>) -> Self {
        Self { folder, most: most.unwrap_or(20 << 30), keep: keep.unwrap_or(Duration::from_hours(1)) }
    }
}
