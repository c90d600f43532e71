//! The whole pipeline on one screen: a plan, points and a tile address go in, the bytes of the tile come out.
//!
//! The rows of the tile are one range; of those that pass, either each becomes a feature or each occupied cell does. An
//! empty tile is zero bytes. Nothing here can fail, and nothing is allocated once the scratch space is warm.

use crate::{
    category::Categories,
    cells::{self, Cell},
    mask::Mask,
    measure::Measured,
    morton,
    mvt::{Buffers, Geometry, Layer},
    plan::{Extra, Plan},
    points::{EXTENT_BITS, Points},
    profile::Profile,
    query::{Mode, Shape},
    rows::{self, Blocks},
    summary::Summary,
    tile::TileId,
    values::Value,
};
use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

/// A tile takes no further features past this size. Far beyond what a client can draw: a guard, not a tool.
pub const MAX_TILE_BYTES: usize = 16 << 20;

/// Which rows pass, and how full tiles are because of it.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The rows that pass; `None` for all. It covers at least the range of the tiles that are cut with it.
    pub mask: Option<&'a Mask>,
    /// Fullness under that mask and the plan's limit; `Profile::default()` where the plan does not need one.
    pub profile: &'a Profile,
    /// Summaries of these rows, by column; `None`, or too few, where there is none.
    pub summaries: &'a [Option<Summary<'a>>],
}

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Scratch {
    buffers: Buffers,
    blocks: Blocks,
    gathered: Vec<i64>,
    counts: Vec<u32>,
    text: String,
}

impl Scratch {
    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.buffers.size() + self.blocks.size() + self.gathered.capacity() * 8 + self.counts.capacity() * 4
    }
}

/// What is in a tile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Features written.
    pub features: u32,
    /// Rows of the tile that pass the filter.
    pub rows: u64,
    /// Of these, rows that are neither a feature nor counted in one.
    pub omitted: u64,
    /// Whether features are cells.
    pub cells: bool,
}

/// A tile being cut: its address and its rows.
struct Cut<'p, 'a> {
    points: &'p Points<'a>,
    selection: Selection<'p>,
    tile: TileId,
    range: Range<usize>,
}

/// What the features of a tile are.
enum View {
    Rows,
    /// Cells of a level, with their ids or without.
    Cells(u8, bool),
}

impl Plan {
    /// Cuts a tile and appends its bytes to `out`.
    pub fn tile_into(
        &self,
        points: &Points<'_>,
        selection: Selection<'_>,
        tile: TileId,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Report {
        let range = points.range(tile);
        let rows = selection.mask.map_or(range.len(), |mask| mask.count(range.clone()));
        if rows == 0 {
            return Report::default();
        }
        let Scratch { buffers, blocks, gathered, counts, text } = scratch;
        let mut layer = Layer::new(out, points.layer(), 1 << EXTENT_BITS, &self.names, buffers);
        let cut = Cut { points, selection, tile, range };
        let view = self.view(&cut, rows);
        let shown = match view {
            View::Rows => self.rows(&cut, &mut layer, blocks),
            View::Cells(level, ids) => self.cells(&cut, (level, ids), &mut layer, (gathered, counts, text)),
        };
        let features = layer.finish();
        let (rows, cells) = (rows as u64, matches!(view, View::Cells(..)));
        Report { features, rows, omitted: rows - shown, cells }
    }

    /// Rows or cells: see `mode` and `limit` in the design. Neighbouring tiles differ only where one is overfull.
    fn view(&self, cut: &Cut<'_, '_>, rows: usize) -> View {
        let &Cut { points, selection, tile, .. } = cut;
        let (z, limit) = (tile.z(), self.limit as usize);
        match self.mode {
            Mode::Points => View::Rows,
            Mode::Auto if selection.profile.points_minzoom().is_some_and(|minzoom| minzoom <= z) => {
                if rows <= limit {
                    return View::Rows;
                }
                // Too many rows at too few places: the finest cells that fit.
                let levels = (z + self.grid..=(z + EXTENT_BITS).min(cells::MAX_LEVEL)).rev();
                let mut fitting = levels.filter(|&level| {
                    cells::count(points.sorted(), selection.mask, cut.range.clone(), level, limit) <= limit
                });
                View::Cells(fitting.next().unwrap_or(z + self.grid), false)
            }
            Mode::Auto | Mode::Cells => View::Cells(z + self.grid, true),
        }
    }

    /// Writes rows and tells how many.
    fn rows(&self, cut: &Cut<'_, '_>, layer: &mut Layer<'_>, blocks: &mut Blocks) -> u64 {
        let &Cut { points, selection: Selection { mask, profile, .. }, tile, ref range } = cut;
        let range = range.clone();
        let kept = |&row: &usize| profile.keeps(points.rows()[row], tile.z());
        let thinned = self.mode == Mode::Points && !profile.is_whole(tile.z());
        // Each its own loop: what is not asked is not asked for every row.
        match (mask, thinned) {
            (None, false) => rows::write(points, &self.columns, tile, range, layer, blocks),
            (None, true) => rows::write(points, &self.columns, tile, range.filter(kept), layer, blocks),
            (Some(mask), false) => rows::write(points, &self.columns, tile, mask.rows(range), layer, blocks),
            (Some(mask), true) => {
                rows::write(points, &self.columns, tile, mask.rows(range).filter(kept), layer, blocks)
            }
        }
    }

    /// Writes cells and tells how many rows they count.
    fn cells(
        &self,
        cut: &Cut<'_, '_>,
        (level, ids): (u8, bool),
        layer: &mut Layer<'_>,
        (gathered, counts, text): (&mut Vec<i64>, &mut Vec<u32>, &mut String),
    ) -> u64 {
        let &Cut { points, selection, .. } = cut;
        let mut shown = 0;
        cells::walk(points.sorted(), selection.mask, cut.range.clone(), level, |cell| {
            let Cell { code, count, .. } = cell;
            if layer.size() > MAX_TILE_BYTES {
                return false;
            }
            // A marker bit in front makes ids unique across levels; past 2⁵³ clients would round them.
            let id = (ids && level <= 26).then(|| 1 << (2 * level) | code);
            layer.property(0, Value::Integer(count as i64));
            self.measure(points, selection, &cell, gathered, |column, property, value| {
                layer.property(property, value.value(&points.columns()[column]));
            });
            if let Some(categories) = &self.categories {
                self.count(categories, points, cell.run.clone(), selection.mask, counts, |property, count| {
                    layer.property(property, Value::Integer(count.into()));
                });
            }
            for &(extra, property) in &self.extras {
                match extra {
                    Extra::Log => layer.property(property, Value::Double(libm::log10(count as f64))),
                    Extra::Cluster | Extra::Clustered => layer.property(property, Value::Boolean(true)),
                    Extra::ClusterId => {
                        if let Some(id) = id {
                            layer.property(property, Value::Integer(id as i64));
                        }
                    }
                    Extra::Abbreviated => {
                        *text = abbreviated(count);
                        layer.property(property, Value::Text(text));
                    }
                    Extra::Sqrt => {
                        let root = libm::round(libm::sqrt(count as f64) * 100.0) / 100.0;
                        layer.property(property, Value::Double(root));
                    }
                }
            }
            layer.feature(id, self.geometry(cut, (level, code), cell.run));
            shown += count as u64;
            true
        });
        shown
    }

    fn geometry(&self, cut: &Cut<'_, '_>, (level, code): (u8, u64), run: Range<usize>) -> Geometry {
        let &Cut { points, selection: Selection { mask, .. }, tile, .. } = cut;
        // A tile is 2^deeper cells wide, and no cell is finer than a local unit.
        let deeper = level.saturating_sub(tile.z());
        let (corner, unit) = (morton::position(code), EXTENT_BITS.saturating_sub(deeper));
        let local = |cell: u32, tile: u32| cell.wrapping_sub(tile << deeper) << unit;
        let (x, y) = (local(corner.x, tile.x()), local(corner.y, tile.y()));
        let side = 1u32 << unit;
        match self.shape {
            Shape::Point => Geometry::Point { x: x + side / 2, y: y + side / 2 },
            Shape::Polygon => Geometry::Square { x, y, side },
            Shape::Centroid => {
                let (mut east, mut south, mut rows) = (0u64, 0u64, 0u64);
                let mut add = |row: usize| {
                    let world = morton::position(points.keys()[row]);
                    (east, south, rows) = (east + u64::from(world.x), south + u64::from(world.y), rows + 1);
                };
                match mask {
                    Some(mask) => mask.rows(run).for_each(&mut add),
                    None => run.for_each(&mut add),
                }
                let mean = crate::World { x: (east / rows.max(1)) as u32, y: (south / rows.max(1)) as u32 };
                let (x, y) = tile.local(mean, EXTENT_BITS);
                Geometry::Point { x, y }
            }
        }
    }

    /// All measures of a cell: column, property, value.
    fn measure(
        &self,
        points: &Points<'_>,
        selection: Selection<'_>,
        cell: &Cell,
        gathered: &mut Vec<i64>,
        mut emit: impl FnMut(usize, usize, Measured),
    ) {
        for measures in &self.measures {
            let column = &points.columns()[measures.column];
            let summary = selection.summaries.get(measures.column).copied().flatten();
            measures.measure(column, summary, cell, selection.mask, gathered, |property, value| {
                emit(measures.column, property, value);
            });
        }
    }

    /// All category counts of a run: property, count.
    fn count(
        &self,
        categories: &Categories,
        points: &Points<'_>,
        run: Range<usize>,
        mask: Option<&Mask>,
        counts: &mut Vec<u32>,
        mut emit: impl FnMut(usize, u32),
    ) {
        let column = &points.columns()[categories.column];
        categories.count(column, run, mask, counts, |slot, count| emit(self.first_category + slot, count));
    }

    /// Visits the cells of a zoom, over the whole world, with the numbers they carry: (position among
    /// [`Plan::properties`], value). This is what legends and the ranges in metadata are made of. `visit` says whether to
    /// go on.
    pub fn each_cell(
        &self,
        points: &Points<'_>,
        selection: Selection<'_>,
        z: u8,
        scratch: &mut Scratch,
        mut visit: impl FnMut(&[(usize, f64)]) -> bool,
    ) {
        let Scratch { gathered, counts, .. } = scratch;
        let level = (z + self.grid).min(cells::MAX_LEVEL);
        let mut numbers = Vec::new();
        cells::walk(points.sorted(), selection.mask, 0..points.len(), level, |cell| {
            numbers.clear();
            numbers.push((0, cell.count as f64));
            self.measure(points, selection, &cell, gathered, |_, property, value| {
                numbers.extend(value.number().map(|number| (property, number)));
            });
            if let Some(categories) = &self.categories {
                self.count(categories, points, cell.run, selection.mask, counts, |property, count| {
                    numbers.push((property, count.into()));
                });
            }
            visit(&numbers)
        });
    }
}

/// A count as people read it: `950`, `1.2k`, `15k`, as supercluster has it.
fn abbreviated(count: usize) -> String {
    match count {
        0..1000 => format!("{count}"),
        1000..10_000 => {
            let tenths = (count + 50) / 100;
            if tenths.is_multiple_of(10) {
                format!("{}k", tenths / 10)
            } else {
                format!("{}.{}k", tenths / 10, tenths % 10)
            }
        }
        _ => format!("{}k", (count + 500) / 1000),
    }
}
