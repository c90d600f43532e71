//! Frames of points: where all of them lie, and where the densest 99 % do, for the first view.
//!
//! Keys in Morton order enter, degrees leave. A few rows far away (often at 0, 0) must not decide what a map opens on, so
//! the first view goes by cells: the fullest are taken until they hold enough rows.

use duotile_core::{World, mercator, morton};
use rayon::prelude::*;

/// Levels of cells that are tried, coarse to fine, until the frame is at least [`ACROSS`] cells wide or high.
const LEVELS: [u32; 3] = [8, 12, 16];
const ACROSS: u32 = 16;

/// West, south, east, north of all keys in degrees, a step wider on each side. `None` for no keys.
pub(crate) fn bounds(keys: &[u64]) -> Option<[f64; 4]> {
    let all = Extent::of(&[keys])?;
    let low = World { x: all.plain.0, y: all.y.0 };
    Some(frame(low, World { x: all.plain.1, y: all.y.1 }))
}

/// The frame of the densest 99 % of the rows; the world for none. East is above 180 where the rows lie on both sides of
/// the antimeridian.
pub(crate) fn focus(keys: &[u64]) -> [f64; 4] {
    let world = [-180.0, -mercator::MAX_LATITUDE, 180.0, mercator::MAX_LATITUDE];
    // Rows exactly at 0, 0 are mostly rows without a position.
    let zero = morton::key(World { x: 1 << 31, y: 1 << 31 });
    let (start, end) = (keys.partition_point(|&key| key < zero), keys.partition_point(|&key| key <= zero));
    let parts = if end - start < keys.len() / 2 { [&keys[..start], &keys[end..]] } else { [keys, &[]] };
    let mut extent = None;
    for level in LEVELS {
        extent = Extent::of(&densest(&parts, level));
        let (width, height) = extent.as_ref().map_or((0, 0), |extent| (extent.width(), extent.y.1 - extent.y.0));
        if width.max(height) >> (32 - level) >= ACROSS {
            break;
        }
    }
    extent.map_or(world, |extent| extent.degrees())
}

/// The runs of the fullest cells of a level that together hold 99 % of the rows.
fn densest<'k>(parts: &[&'k [u64]], level: u32) -> Vec<&'k [u64]> {
    let shift = 64 - 2 * level;
    let mut cells: Vec<&[u64]> = parts.iter().flat_map(|part| part.chunk_by(|a, b| a >> shift == b >> shift)).collect();
    let rows: usize = cells.iter().map(|cell| cell.len()).sum();
    let wanted = rows - rows / 100;
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.len()));
    let mut taken = 0;
    let enough = cells.iter().position(|cell| {
        taken += cell.len();
        taken >= wanted
    });
    cells.truncate(enough.map_or(0, |last| last + 1));
    cells
}

/// Ranges of positions.
#[derive(Clone, Copy, Debug)]
struct Extent {
    /// Of x.
    plain: (u32, u32),
    /// Of x turned by half the world, which does not break at the antimeridian.
    turned: (u32, u32),
    y: (u32, u32),
}

impl Extent {
    fn of(runs: &[&[u64]]) -> Option<Self> {
        let none = Self { plain: (u32::MAX, 0), turned: (u32::MAX, 0), y: (u32::MAX, 0) };
        let grow = |(low, high): (u32, u32), step: u32| (low.min(step), high.max(step));
        let add = |extent: Self, key: &u64| {
            let World { x, y } = morton::position(*key);
            Self {
                plain: grow(extent.plain, x),
                turned: grow(extent.turned, x.wrapping_add(1 << 31)),
                y: grow(extent.y, y),
            }
        };
        let join = |a: Self, b: Self| {
            let join = |a: (u32, u32), b: (u32, u32)| (a.0.min(b.0), a.1.max(b.1));
            Self { plain: join(a.plain, b.plain), turned: join(a.turned, b.turned), y: join(a.y, b.y) }
        };
        let some = runs.iter().any(|run| !run.is_empty());
        let pieces = runs.par_iter().flat_map_iter(|run| run.chunks(1 << 16));
        let extent = pieces.map(|piece| piece.iter().fold(none, add)).reduce(|| none, join);
        some.then_some(extent)
    }

    /// Whether going over the antimeridian is clearly the shorter way.
    fn crosses(&self) -> bool {
        let (plain, turned) = (self.plain.1 - self.plain.0, self.turned.1 - self.turned.0);
        u64::from(turned) * 10 < u64::from(plain) * 9
    }

    fn width(&self) -> u32 {
        if self.crosses() { self.turned.1 - self.turned.0 } else { self.plain.1 - self.plain.0 }
    }

    fn degrees(&self) -> [f64; 4] {
        let x = if self.crosses() { self.turned } else { self.plain };
        let mut frame = frame(World { x: x.0, y: self.y.0 }, World { x: x.1, y: self.y.1 });
        if self.crosses() {
            frame[0] += 180.0;
            frame[2] += 180.0;
        }
        frame
    }
}

/// Degrees of a closed box of world steps, a step wider on each side.
fn frame(low: World, high: World) -> [f64; 4] {
    [
        mercator::longitude(low.x.saturating_sub(1)),
        mercator::latitude(high.y.saturating_add(1)),
        mercator::longitude(high.x.saturating_add(1)),
        mercator::latitude(low.y.saturating_sub(1)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(places: impl IntoIterator<Item = (f64, f64)>) -> Vec<u64> {
        let mut keys: Vec<u64> =
            places.into_iter().map(|(lon, lat)| morton::key(mercator::project(lon, lat).expect("usable"))).collect();
        keys.sort_unstable();
        keys
    }

    /// A square of 100 × 100 points with this south-west corner and width.
    fn square(west: f64, south: f64, width: f64) -> impl Iterator<Item = (f64, f64)> {
        (0..10_000).map(move |i| (west + width * f64::from(i % 100) / 99.0, south + width * f64::from(i / 100) / 99.0))
    }

    fn near(found: [f64; 4], expected: [f64; 4], slack: f64) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < slack), "{found:?}, expected {expected:?}");
    }

    #[test]
    fn bounds_hold_every_position_and_little_more() {
        let found = bounds(&keys([(-10.0, 20.0), (30.0, -40.0)])).expect("rows");
        near(found, [-10.0, -40.0, 30.0, 20.0], 1e-6);
        assert!(found[0] < -10.0 && found[1] < -40.0 && found[2] > 30.0 && found[3] > 20.0);
        assert_eq!(bounds(&[]), None);
    }

    #[test]
    fn a_few_rows_far_away_do_not_decide_the_first_view() {
        for width in [0.2, 3.0, 40.0] {
            let far = [(0.0, 0.0); 60].into_iter().chain([(-170.0, 60.0), (100.0, -30.0)]);
            let found = focus(&keys(square(10.0, 45.0, width).chain(far)));
            near(found, [10.0, 45.0, 10.0 + width, 45.0 + width], width * 0.1);
        }
    }

    #[test]
    fn rows_on_both_sides_of_the_antimeridian_stay_together() {
        let both = square(175.0, -20.0, 10.0).map(|(lon, lat)| (if lon >= 180.0 { lon - 360.0 } else { lon }, lat));
        near(focus(&keys(both)), [175.0, -20.0, 185.0, -10.0], 1.0);
    }

    #[test]
    fn few_rows_and_one_place_have_a_view_too() {
        near(focus(&keys([(5.0, 6.0); 3])), [5.0, 6.0, 5.0, 6.0], 1e-6);
        near(focus(&keys([(0.0, 0.0); 3])), [0.0, 0.0, 0.0, 0.0], 1e-6);
        near(focus(&keys([(5.0, 6.0), (-70.0, 40.0)])), [-70.0, 6.0, 5.0, 40.0], 1e-6);
        near(focus(&[]), [-180.0, -85.06, 180.0, 85.06], 0.02);
    }
}
