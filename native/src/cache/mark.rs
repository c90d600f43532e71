//! Which versions of a dataset are served, and since when others are not: an empty file in the folder of each that a server has
//! served, so that all servers and `duotile cache` agree. One without was written beforehand and waits to be served.

use super::tree::absent;
use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

const CURRENT: &str = ".current";
const OLD: &str = ".old";

/// How a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// No server has served it yet.
    New,
    /// It is served.
    Current,
    /// Another took its place, then.
    Old(SystemTime),
}

impl Mark {
    /// How the version of a folder stands.
    pub(super) fn of(folder: &Path) -> Self {
        match folder.join(OLD).metadata().and_then(|old| old.modified()) {
            Ok(since) => Self::Old(since),
            Err(_) if folder.join(CURRENT).exists() => Self::Current,
            Err(_) => Self::New,
        }
    }

    /// Says that it is served.
    pub(super) fn serve(self, folder: &Path) -> io::Result<()> {
        if self == Self::New {
            fs::write(folder.join(CURRENT), "")?;
        }
        if matches!(self, Self::Old(_)) {
            fs::write(folder.join(CURRENT), "")?;
            absent(fs::remove_file(folder.join(OLD)))?;
        }
        Ok(())
    }

    /// Says that another took its place; and whether that is so long ago that nobody asks for it any more.
    pub(super) fn retire(self, folder: &Path, keep: Duration, now: SystemTime) -> io::Result<bool> {
        match self {
            Self::New => Ok(false),
            Self::Current => {
                fs::write(folder.join(OLD), "")?;
                absent(fs::remove_file(folder.join(CURRENT)))?;
                Ok(keep.is_zero())
            }
            Self::Old(since) => match now.duration_since(since) {
                Ok(passed) => Ok(passed >= keep),
                // The clock was wrong then, or is now: it counts from here.
                Err(_) => fs::write(folder.join(OLD), "\n").map(|()| false),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_goes_after_its_time_and_what_waits_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, now) = (folder.path(), SystemTime::now());
        let hour = Duration::from_hours(1);
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!((Mark::of(path), Mark::New.retire(path, hour, later(9_000_000)).ok()), (Mark::New, Some(false)));
        Mark::of(path).serve(path).expect("marked");
        assert_eq!(Mark::of(path), Mark::Current);
        assert!(!Mark::of(path).retire(path, hour, now).expect("marked"));
        let Mark::Old(since) = Mark::of(path) else { panic!("{:?}", Mark::of(path)) };
        assert!(since.duration_since(now).map_or(true, |passed| passed < hour), "{since:?}");
        let due = |at| Mark::of(path).retire(path, hour, at).expect("looked at");
        assert!(!due(later(3500)) && due(later(3700)));
        // Another server has it still, and one more.
        let seen = Mark::of(path);
        [seen, seen].iter().for_each(|seen| seen.serve(path).expect("marked"));
        assert_eq!(Mark::of(path), Mark::Current);
        for _ in 0..2 {
            assert!(!Mark::Current.retire(path, hour, now).expect("marked"));
        }
        assert!(matches!(Mark::of(path), Mark::Old(_)));
    }

    #[test]
    fn a_clock_that_was_wrong_does_not_keep_a_version_for_good() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        Mark::New.serve(path).expect("marked");
        Mark::Current.retire(path, Duration::from_secs(1), SystemTime::now()).expect("marked");
        let ahead = SystemTime::now() + Duration::from_hours(9000);
        fs::File::options().write(true).open(path.join(OLD)).and_then(|old| old.set_modified(ahead)).expect("set");
        assert_eq!(Mark::of(path), Mark::Old(ahead));
        assert!(!Mark::of(path).retire(path, Duration::from_hours(1), SystemTime::now()).expect("looked at"));
        let Mark::Old(since) = Mark::of(path) else { panic!("old") };
        assert!(since < ahead);
    }
}
