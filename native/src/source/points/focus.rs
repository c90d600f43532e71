//! Frames of all rows, as core finds them, with the looking at keys spread over all processors.

use duotile_core::frame::{self, Extent, Frame};
use rayon::prelude::*;

/// West, south, east, north of all keys in degrees, a step wider on each side. `None` for no keys.
pub(crate) fn bounds(keys: &[u64]) -> Option<Frame> {
    extent(&[keys]).bounds()
}

/// The frame of the densest 99 % of the rows.
pub(crate) fn focus(keys: &[u64]) -> Frame {
    frame::focus(keys, extent)
}

fn extent(runs: &[&[u64]]) -> Extent {
    let pieces = runs.par_iter().flat_map_iter(|run| run.chunks(1 << 16));
    pieces.map(Extent::of).reduce(|| Extent::NONE, Extent::join)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_pieces_give_the_frame_of_one() {
        let keys: Vec<u64> = (0..200_000u64).map(|i| (i << 44) | (i * i)).collect();
        assert_eq!(bounds(&keys), Extent::of(&keys).bounds());
        let alone = |runs: &[&[u64]]| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join);
        assert_eq!(focus(&keys), frame::focus(&keys, alone));
        assert_eq!(bounds(&[]), None);
    }
}
