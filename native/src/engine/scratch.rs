//! Space to cut tiles in, warm where there is some.

use duotile_core::Scratch;
use std::sync::{Mutex, PoisonError};

/// Space that is larger than this is let go.
const ROOMY: usize = 8 << 20;

/// As much space as there were tiles at once.
#[derive(Debug, Default)]
pub(crate) struct Scratches(Mutex<Vec<Scratch>>);

impl Scratches {
    /// Calls `f` with some. What grew for a tile far larger than most is let go afterwards.
    pub fn with<R>(&self, f: impl FnOnce(&mut Scratch) -> R) -> R {
        let all = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = all().pop().unwrap_or_default();
        let made = f(&mut scratch);
        if scratch.size() <= ROOMY {
            all().push(scratch);
        }
        made
    }
}
