//! Files that changed, and whether they have been left alone since: one that is being written is not read.

use crate::read::Stand;
use std::time::{Duration, Instant};

/// How long a file that changed must stay as it is before it is read.
const QUIET: Duration = Duration::from_secs(2);

/// How files stood when they were last read, and what differs from that.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// As they were read, well or not.
    read: Option<Stand>,
    /// How they stand instead, and since when it has been so.
    changed: Option<(Stand, Instant)>,
}

impl Quiet {
    /// They are read as they stand now.
    pub fn read(&mut self, stand: Stand) {
        *self = Self { read: Some(stand), changed: None };
    }

    /// Whether they were ever read.
    pub fn is_new(&self) -> bool {
        self.read.is_none()
    }

    /// Whether they were last read when they stood like this.
    pub fn is_same(&self, stand: &Stand) -> bool {
        self.read.as_ref() == Some(stand)
    }

    /// Whether files that stand like this are to be read now.
    pub fn is_due(&mut self, stand: Stand, now: Instant) -> bool {
        if self.is_same(&stand) {
            self.changed = None;
            return false;
        }
        match &self.changed {
            Some((last, since)) if *last == stand => now.duration_since(*since) >= QUIET,
            _ => {
                self.changed = Some((stand, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_change_is_read_once_and_only_when_it_has_been_quiet() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let stand = |text: &str| {
            fs::write(&path, text).expect("written");
            Stand::of(std::slice::from_ref(&path))
        };
        let mut quiet = Quiet::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let same = stand("22");
        assert!(quiet.is_new());
        quiet.read(same.clone());
        let (half, whole) = (stand("333"), stand("4444"));
        assert!(!quiet.is_due(same, after(1)));
        assert!(!quiet.is_due(half.clone(), after(2)), "just changed");
        assert!(!quiet.is_due(half, after(3)), "not for long");
        assert!(!quiet.is_due(whole.clone(), after(9)), "changed again");
        assert!(quiet.is_due(whole.clone(), after(11)), "quiet");
        quiet.read(whole.clone());
        assert!(!quiet.is_due(whole, after(100)), "read, well or not");
    }
}
