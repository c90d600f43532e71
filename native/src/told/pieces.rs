//! Files that are made piece by piece.

use crate::engine::Refusal;
use duotile_core::Work;

/// A file that is made piece by piece, because it may be larger than memory.
pub trait Pieces {
    /// The next piece, which may be empty, and whether it is the last. Between pieces it holds what it needs to go on,
    /// and none of what it told.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal>;
}
