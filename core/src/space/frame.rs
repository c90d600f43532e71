//! Frames of points: where all of them lie, and where the densest 99 % do.
//!
//! Keys in Morton order enter, degrees leave. A few rows far away (often at 0, 0) must not decide what a map opens on, so
//! the second goes by cells: the fullest are taken until they hold enough rows.

use crate::space::{
    mercator::{self, World},
    morton,
};
use alloc::vec::Vec;

/// Levels of cells that are tried, coarse to fine, until the frame is at least [`ACROSS`] cells wide or high.
const LEVELS: [u32; 3] = [8, 12, 16];
const ACROSS: u32 = 16;

/// Degrees: west, south, east, north.
pub type Frame = [f64; 4];

/// The frame of the whole map.
pub const WORLD: Frame = [-180.0, -mercator::MAX_LATITUDE, 180.0, mercator::MAX_LATITUDE];

/// Where some positions lie.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Of x.
    plain: (u32, u32),
    /// Of x turned by half the world, which does not break at the antimeridian.
    turned: (u32, u32),
    y: (u32, u32),
}

impl Extent {
    /// Of no positions.
    pub const NONE: Self = Self { plain: (u32::MAX, 0), turned: (u32::MAX, 0), y: (u32::MAX, 0) };

    /// Of some keys.
    #[must_use]
    pub fn of(keys: &[u64]) -> Self {
        let grow = |(low, high): (u32, u32), step: u32| (low.min(step), high.max(step));
        keys.iter().fold(Self::NONE, |extent, &key| {
            let World { x, y } = morton::position(key);
            Self {
                plain: grow(extent.plain, x),
                turned: grow(extent.turned, x.wrapping_add(1 << 31)),
                y: grow(extent.y, y),
            }
        })
    }

    /// Of both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let join = |a: (u32, u32), b: (u32, u32)| (a.0.min(b.0), a.1.max(b.1));
        Self { plain: join(self.plain, other.plain), turned: join(self.turned, other.turned), y: join(self.y, other.y) }
    }

    /// A step wider on each side. `None` for no positions.
    #[must_use]
    pub fn bounds(self) -> Option<Frame> {
        let ((west, east), (north, south)) = (self.plain, self.y);
        (west <= east).then(|| frame(World { x: west, y: north }, World { x: east, y: south }))
    }

    /// Whether going over the antimeridian is clearly the shorter way.
    fn crosses(self) -> bool {
        let (plain, turned) = (self.plain.1 - self.plain.0, self.turned.1 - self.turned.0);
        u64::from(turned) * 10 < u64::from(plain) * 9
    }

    fn width(self) -> u32 {
        if self.crosses() { self.turned.1 - self.turned.0 } else { self.plain.1 - self.plain.0 }
    }

    /// Over the antimeridian where that is shorter: east is above 180 then. `None` for no positions.
    pub(crate) fn degrees(self) -> Option<Frame> {
        if self.y.0 > self.y.1 {
            return None;
        }
        let x = if self.crosses() { self.turned } else { self.plain };
        let mut frame = frame(World { x: x.0, y: self.y.0 }, World { x: x.1, y: self.y.1 });
        if self.crosses() {
            frame[0] += 180.0;
            frame[2] += 180.0;
        }
        Some(frame)
    }
}

/// The frame of the densest 99 % of the rows; the world for none. East is above 180 where the rows lie on both sides of
/// the antimeridian. `extent` looks at all keys of some runs, on as many threads as it likes.
pub fn focus(keys: &[u64], extent: impl Fn(&[&[u64]]) -> Extent) -> Frame {
    // Rows exactly at 0, 0 are mostly rows without a position.
    let zero = morton::key(World { x: 1 << 31, y: 1 << 31 });
    let (start, end) = (keys.partition_point(|&key| key < zero), keys.partition_point(|&key| key <= zero));
    let parts = if end - start < keys.len() / 2 { [&keys[..start], &keys[end..]] } else { [keys, &[]] };
    if keys.is_empty() {
        return WORLD;
    }
    let mut found = Extent::NONE;
    for level in LEVELS {
        found = extent(&densest(parts, level));
        let height = found.y.1 - found.y.0;
        if found.width().max(height) >> (32 - level) >= ACROSS {
            break;
        }
    }
    found.degrees().unwrap_or(WORLD)
}

/// The runs of the fullest cells of a level that together hold 99 % of the rows.
fn densest(parts: [&[u64]; 2], level: u32) -> Vec<&[u64]> {
    let shift = 64 - 2 * level;
    let mut cells: Vec<&[u64]> = parts.iter().flat_map(|part| part.chunk_by(|a, b| a >> shift == b >> shift)).collect();
    let rows: usize = cells.iter().map(|cell| cell.len()).sum();
    let wanted = rows - rows / 100;
    let mut sizes: Vec<i64> = cells.iter().map(|cell| cell.len() as i64).collect();
    sizes.sort_unstable();
    // The size of the last cell that is taken, and how many of that size are.
    let (mut taken, mut least, mut of_it) = (0, i64::MAX, 0);
    while taken < wanted
        && let Some(size) = sizes.pop()
    {
        taken += size as usize;
        of_it = if size == least { of_it + 1 } else { 1 };
        least = size;
    }
    cells.retain(|cell| {
        let size = cell.len() as i64;
        size > least
            || (size == least && {
                let more = of_it > 0;
                of_it = (of_it - 1).max(0);
                more
            })
    });
    cells
}

/// Degrees of a closed box of world steps, a step wider on each side.
fn frame(low: World, high: World) -> Frame {
    [
        mercator::longitude(low.x.saturating_sub(1)),
        mercator::latitude(high.y.saturating_add(1)),
        mercator::longitude(high.x.saturating_add(1)),
        mercator::latitude(low.y.saturating_sub(1)),
    ]
}

/// Keys of places in their order, for tests.
#[cfg(test)]
pub(super) fn keys(places: impl IntoIterator<Item = (f64, f64)>) -> Vec<u64> {
    let mut keys: Vec<u64> =
        places.into_iter().map(|(lon, lat)| morton::key(mercator::project(lon, lat).expect("usable"))).collect();
    keys.sort_unstable();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn focused(keys: &[u64]) -> Frame {
        focus(keys, |runs| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join))
    }

    /// A square of 100 × 100 points with this south-west corner and width.
    fn square(west: f64, south: f64, width: f64) -> impl Iterator<Item = (f64, f64)> {
        (0..10_000).map(move |i| (west + width * f64::from(i % 100) / 99.0, south + width * f64::from(i / 100) / 99.0))
    }

    fn near(found: Frame, expected: Frame, slack: f64) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < slack), "{found:?}, expected {expected:?}");
    }

    #[test]
    fn bounds_hold_every_position_and_little_more() {
        let found = Extent::of(&keys([(-10.0, 20.0), (30.0, -40.0)])).bounds().expect("rows");
        near(found, [-10.0, -40.0, 30.0, 20.0], 1e-6);
        assert!(found[0] < -10.0 && found[1] < -40.0 && found[2] > 30.0 && found[3] > 20.0);
        assert_eq!(Extent::of(&[]).bounds(), None);
    }

    #[test]
    fn a_few_rows_far_away_do_not_decide_the_first_view() {
        for width in [0.2, 3.0, 40.0] {
            let far = [(0.0, 0.0); 60].into_iter().chain([(-170.0, 60.0), (100.0, -30.0)]);
            let found = focused(&keys(square(10.0, 45.0, width).chain(far)));
            near(found, [10.0, 45.0, 10.0 + width, 45.0 + width], width * 0.1);
        }
    }

    #[test]
    fn rows_on_both_sides_of_the_antimeridian_stay_together() {
        let both = square(175.0, -20.0, 10.0).map(|(lon, lat)| (if lon >= 180.0 { lon - 360.0 } else { lon }, lat));
        near(focused(&keys(both)), [175.0, -20.0, 185.0, -10.0], 1.0);
    }

    #[test]
    fn few_rows_and_one_place_have_a_view_too() {
        near(focused(&keys([(5.0, 6.0); 3])), [5.0, 6.0, 5.0, 6.0], 1e-6);
        near(focused(&keys([(0.0, 0.0); 3])), [0.0, 0.0, 0.0, 0.0], 1e-6);
        near(focused(&keys([(5.0, 6.0), (-70.0, 40.0)])), [-70.0, 6.0, 5.0, 40.0], 1e-6);
        near(focused(&[]), [-180.0, -85.06, 180.0, 85.06], 0.02);
    }
}
