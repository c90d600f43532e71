//! From which zoom on a row shows: areas and lengths in the order of rows enter, a rank for each row leaves.
//!
//! All areas are added up in the order of rows. A row shows from the first zoom at which its stretch of that sum holds a
//! multiple of a square of [`SQUARE`] units, drawn in its place while it is smaller ([`crate::shapes`]). A row at least
//! as large holds one for certain; of smaller ones so many show that what is drawn comes to what there is, in every tile
//! but for one square. Nothing is a multiple, too, so the first row shows from afar. A multiple at one zoom is one at the next: what
//! shows goes on showing. Filters play no part.
//! Lines are added up by length, for a stick of as many units, and points by number.
//!
//! The same goes on before zoom 0, with squares as large as whole tiles: a rank is a zoom, and [`BEFORE`] more. Where a tile would
//! have more rows than fit, those of the last ranks are left out everywhere, first of all what is small ([`crate::points::steps`]).
//!
//! A row that has borders in common with others is drawn as itself sooner, and shows from there on whatever its rank. Its rank stays
//! what it is: of an even coverage, whose rows are all drawn from one zoom on, some go before others where not all fit.

use crate::{
    shapes::{Outlines, Role, Vertex, covered},
    small::work::{Stopped, Work},
    space::tile::{EXTENT_BITS, MAX_ZOOM},
};
use alloc::vec::Vec;

/// The side of the square that stands for small polygons, and the length of the stick that does for lines: 2 pixels.
pub const SQUARE: i64 = 1 << SQUARE_BITS;
pub const SQUARE_BITS: u32 = 4;
/// The square's side in steps at zoom 0, as a power of two.
const BITS: u32 = 32 - EXTENT_BITS as u32 + SQUARE_BITS;

/// A row that has borders in common with others is drawn as itself so many zooms earlier, from a sixteenth of a pixel on: a
/// coverage has neither holes nor squares in it as long as its parts can be seen at all.
const EARLIER: u8 = 3;

/// Ranks before that of zoom 0: in the first, a square is 16 tiles wide.
pub const BEFORE: u8 = 12;
/// The last rank: rows that show from the deepest zoom on.
pub const LAST: u8 = BEFORE + MAX_ZOOM;

/// Where sums start: before nothing, so that the first row holds that multiple of every square, and something shows at every zoom.
const START: u128 = u128::MAX;

/// A rank and a zoom of each row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zooms {
    /// The rank, [`BEFORE`] and a zoom: see [`shows`].
    pub ranks: Vec<u8>,
    /// The first at which it is drawn as itself, and not as a square or stick.
    pub wholes: Vec<u8>,
}

impl Zooms {
    /// Looks at all rows, in their order; `shared` are those that have borders in common.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn of(outlines: &Outlines<'_>, shared: &[bool], work: &Work<'_>) -> Result<Self, Stopped> {
        let (mut areas, mut lengths, mut points) = ([START; 2], START, START);
        let mut zooms = Self::default();
        let toll = &mut work.toll();
        for row in 0..outlines.len() {
            let rings = outlines.rings_of(row);
            work.pay(1 + rings.clone().map(|ring| outlines.vertices_of(ring).len()).sum::<usize>())?;
            let (first, whole) = match rings.clone().next().map(|ring| outlines.role(ring)) {
                None => (LAST, MAX_ZOOM + 1),
                // Each is as large as a stick of zoom 0.
                Some(Role::Points) => (next(&mut points, 1 << BITS, 1), 0),
                Some(Role::Line) => {
                    let length = rings.map(|ring| length(outlines.path(ring))).sum();
                    (next(&mut lengths, length, 1), whole(length, 1))
                }
                Some(Role::Shell | Role::Hole) => {
                    let (area, shared) = (covered::area(outlines, row, toll)?, shared.get(row) == Some(&true));
                    // Two sums: what is drawn as itself earlier takes nothing from the others.
                    let first = next(&mut areas[usize::from(shared)], area, 2);
                    (first, whole(area, 2).saturating_sub(if shared { EARLIER } else { 0 }))
                }
            };
            zooms.ranks.push(first);
            zooms.wholes.push(whole);
        }
        Ok(zooms)
    }
}

/// The rank from which a row shows: its own, unless it is drawn as itself from a zoom before.
#[inline]
pub(super) const fn shows(rank: u8, whole: u8) -> u8 {
    let itself = BEFORE.saturating_add(whole);
    if rank < itself { rank } else { itself }
}

/// The first zoom at which a size is as large as a square or stick; one that no tile has where it never is.
pub(super) fn whole(size: u128, dimension: u32) -> u8 {
    let Some(log) = size.checked_ilog2() else { return MAX_ZOOM + 1 };
    (dimension * BITS).saturating_sub(log).div_ceil(dimension).min(u32::from(MAX_ZOOM) + 1) as u8
}

/// The square of a zoom in steps², as a power of two.
pub(super) const fn square_bits(z: u8) -> u32 {
    2 * (BITS - z as u32)
}

/// Adds to a sum and says at which rank first its stretch, without its beginning, holds a multiple of a square (or stick) of
/// that rank, which is 2 to the power of [`BITS`] − z, times the dimension.
fn next(sum: &mut u128, more: u128, dimension: u32) -> u8 {
    let before = *sum;
    *sum = sum.wrapping_add(more);
    let highest = (before ^ *sum).checked_ilog2().map_or(0, |bit| bit + 1);
    // Multiples of 2^k lie in it when a bit from k on changes.
    let bits = (dimension * (BITS + u32::from(BEFORE)) + 1).saturating_sub(highest);
    bits.div_ceil(dimension).min(LAST.into()) as u8
}

/// The length of a path in steps; each edge is rounded down.
pub(crate) fn length(path: impl Iterator<Item = Vertex>) -> u128 {
    let (mut before, mut sum) = (None::<Vertex>, 0);
    for vertex in path {
        if let Some(before) = before {
            let [x, y] = [0, 1].map(|axis| u128::from(vertex[axis].abs_diff(before[axis])));
            sum += (x * x + y * y).isqrt();
        }
        before = Some(vertex);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{Flat, nodes::tests::rings};

    #[test]
    fn a_row_shows_where_its_stretch_of_the_sum_holds_a_multiple() {
        let mut state = 1u64;
        for dimension in [1, 2] {
            let (mut sum, mut counted) = (0, [0u128; 23]);
            for _ in 0..5000 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let more = u128::from(state >> (state % 40 + 20));
                let before = sum;
                let first = next(&mut sum, more, dimension);
                let whole = whole(more, dimension);
                for rank in 0..=u32::from(LAST) {
                    let size = 1u128 << (dimension * (BITS + u32::from(BEFORE) - rank));
                    let holds = sum / size > before / size;
                    let last = rank == u32::from(LAST);
                    assert_eq!(u32::from(first) <= rank, holds || last, "rank {rank}: {before} + {more}");
                    let Some(z) = rank.checked_sub(BEFORE.into()) else { continue };
                    assert_eq!(u32::from(whole) <= z, more >= size, "zoom {z}: {more}");
                    assert!(u32::from(whole) > z || u32::from(first) <= rank);
                    counted[z as usize] += u128::from(more < size && holds) * size + if more < size { 0 } else { more };
                }
            }
            // What is drawn is what there is, but for a square for each row that is larger than one.
            assert!(counted[10].abs_diff(sum) < sum / 20, "{} {sum}", counted[10]);
        }
    }

    #[test]
    fn known_sizes_have_known_zooms() {
        // A square of 16 units at zoom 10 begins the sum and shows from afar; one of a quarter begins at its multiple, and is drawn as
        // itself three zooms earlier if it has borders in common: one of those begins their sum, and the next is of the rank that it
        // would be of anyway, though it shows sooner.
        let side = 16 << 10;
        let square = |x: u32, side: u32| [[x, 0], [x + side, 0], [x + side, side], [x, side]];
        let flat = rings(Role::Shell, &[&square(0, side), &square(1 << 20, side / 2)]);
        let zooms = |flat: &Flat, shared| Zooms::of(&flat.view(), shared, &Work::free()).expect("goes on");
        let expected = Zooms { ranks: Vec::from([0, 0]), wholes: Vec::from([10, 8]) };
        assert_eq!(zooms(&flat, &[]).ranks, [0, BEFORE + 10]);
        assert_eq!(zooms(&flat, &[false, true]), expected);
        let expected = Zooms { ranks: Vec::from([0, BEFORE + 10]), wholes: Vec::from([7, 8]) };
        assert_eq!(zooms(&flat, &[true, true]), expected);
        assert_eq!([shows(0, 7), shows(BEFORE + 10, 8), shows(LAST, MAX_ZOOM + 1)], [0, BEFORE + 8, LAST]);
        let flat = rings(Role::Line, &[&[[0, 0], [3 * side, 4 * side]], &[[0, 0], [0, 0]]]);
        // Five times the stick of zoom 10 is as long as one of zoom 8.
        assert_eq!(zooms(&flat, &[]).ranks, [0, LAST]);
        assert_eq!(zooms(&flat, &[]).wholes, [8, MAX_ZOOM + 1]);
        assert_eq!(length(flat.view().path(0)), 5 * u128::from(side));
        assert_eq!(zooms(&Flat::default(), &[]), Zooms::default());
        // Of points every second is of a rank before zoom 0, every fourth of one before that, and the first before all.
        let points = rings(Role::Points, &[&[[1, 1]][..]; 8]);
        assert_eq!(
            zooms(&points, &[]).ranks.iter().map(|rank| BEFORE - rank).collect::<Vec<_>>(),
            [BEFORE, 0, 1, 0, 2, 0, 1, 0]
        );
    }
}
