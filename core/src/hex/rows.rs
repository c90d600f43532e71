//! The rows of one cell: those that its tiles count, found by the same walk.

use super::{
    index::Cell,
    lattice::Lattice,
    reach::Reach,
    walk::{Piece, Walk},
};
use crate::{
    filter::mask::Mask,
    points::landmarks::Keys,
    small::work::{Stopped, Toll},
};
use core::ops::Range;

/// Gives the runs of rows of a cell among which some pass a mask to `take`, in their order.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn each(
    (keys, mask): (Keys<'_>, Option<&Mask>),
    Cell(cell): Cell,
    toll: &mut Toll<'_>,
    mut take: impl FnMut(Range<usize>),
) -> Result<(), Stopped> {
    let mut lattice = Lattice::default();
    let resolution = cell.resolution().into();
    let take = |lattice: &Lattice, Piece { number, run, .. }: Piece, _: &mut Toll<'_>| {
        if lattice.cell(number) == cell {
            take(run);
        }
        Ok(())
    };
    Walk::new((keys, mask), (Reach::of_cell(cell), resolution), &mut lattice, take).go(toll)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        answers::page::{Page, Within},
        hex::crowds::{expected, scattered},
        points::index::Points,
        small::work::Work,
        space::tile::TileId,
        table::view::Roles,
    };
    use alloc::{format, vec::Vec};

    #[test]
    fn the_rows_of_a_cell_are_those_that_it_counts() {
        let (keys, rows) = scattered();
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let some = Mask::new(0..keys.len(), (0..keys.len() as u64 / 64).map(|i| i.wrapping_mul(0x9e37_79b9)).collect());
        for (mask, resolution) in [(None, 0), (None, 1), (Some(&some), 2), (None, 5), (Some(&some), 8), (None, 15)] {
            for (code, rows) in expected(&keys, mask, resolution) {
                let hexagon = Cell::parse(&format!("{code:x}"));
                assert!(hexagon.is_some());
                let of = |within, skip| Page::of(&points, mask, within, skip, &Work::free()).expect("free");
                let page = of(Within { hexagon, ..Within::default() }, (0, usize::MAX));
                assert_eq!((page.matched, &page.rows), (rows.len(), &rows), "{code:x}");
                // Some of them, and those in a tile.
                let page = of(Within { hexagon, ..Within::default() }, (1, 2));
                let few: Vec<usize> = rows.iter().copied().skip(1).take(2).collect();
                assert_eq!((page.matched, page.rows), (rows.len(), few), "{code:x}");
                let tile = TileId::new(1, 1, 0).expect("a tile");
                let page = of(Within { hexagon, tile: Some(tile), keys: None }, (0, usize::MAX));
                let there: Vec<usize> = rows.into_iter().filter(|row| points.range(tile).contains(row)).collect();
                assert_eq!(page.rows, there, "{code:x}");
            }
        }
    }
}
