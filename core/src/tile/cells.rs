//! Cells as features: some hundred at a time, first each property of all of them, then the features.
//!
//! What enters is the cells of a tile as the walk finds them; what leaves is a feature for each. Done property by
//! property, the aggregates of many cells are fetched from memory at once instead of one after the other, and each loop
//! is short and of one kind.

use crate::{
    measure::numbers::{Measured, Measures, Space},
    plan::{Extra, Plan},
    points::cells::{self, Cell},
    query::Shape,
    small::work::{STEP, Stopped, Toll},
    space::{morton, tile::EXTENT_BITS},
    tile::{
        cut::{Cut, MAX_TILE_BYTES},
        layer::{Geometry, Layer},
        values::{NONE, Value},
    },
};
use alloc::{format, string::String, vec::Vec};

/// Cells done at a time.
const BLOCK: usize = 256;
/// Where the values of their rows are needed, cells are done as soon as they have so many together, or memory would be
/// needed for all of them.
const ROWS: usize = STEP;

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Blocks {
    cells: Vec<Cell>,
    /// The properties but categories.
    properties: Vec<usize>,
    /// Indices of values, a block for each property but categories.
    indices: Vec<u32>,
    /// Categories of the cells, one after the other: property and index of the value; and where those of a cell end.
    categories: Vec<(u32, u32)>,
    ends: Vec<usize>,
    pub space: Space,
    pub counts: Vec<u32>,
}

impl Blocks {
    /// Bytes held.
    pub fn size(&self) -> usize {
        let small = (self.indices.capacity() + self.counts.capacity()) * 4 + self.ends.capacity() * 8;
        small + self.cells.capacity() * size_of::<Cell>() + self.categories.capacity() * 8 + self.space.size()
    }
}

/// What the cells of a tile have in common.
#[derive(Clone, Copy)]
struct Grid {
    level: u8,
    /// Whether features have ids.
    ids: bool,
}

/// Writes a feature for each cell of a level that has passing rows, with ids or without, and tells how many rows they
/// count. Stops where the layer becomes too large.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn write(
    plan: &Plan,
    cut: &Cut<'_, '_>,
    (level, ids): (u8, bool),
    layer: &mut Layer<'_>,
    toll: &mut Toll<'_>,
    blocks: &mut Blocks,
) -> Result<u64, Stopped> {
    let grid = Grid { level, ids: ids && level <= 26 };
    let most = if plan.measures.iter().any(Measures::needs_values) { ROWS } else { usize::MAX };
    let (mut shown, mut rows) = (0, 0);
    blocks.cells.clear();
    let mut flush = |blocks: &mut Blocks, toll: &mut Toll<'_>| {
        if layer.size() > MAX_TILE_BYTES {
            return Ok(false);
        }
        plan.block(cut, grid, layer, toll, blocks)?;
        shown += blocks.cells.drain(..).map(|cell| cell.count as u64).sum::<u64>();
        Ok(true)
    };
    let range = cut.range.clone();
    let whole = cells::walk(cut.points.sorted(), cut.selection.mask, range, level, toll, |cell, toll| {
        rows += cell.count;
        blocks.cells.push(cell);
        if blocks.cells.len() < BLOCK && rows < most {
            return Ok(true);
        }
        rows = 0;
        flush(blocks, toll)
    })?;
    if whole {
        flush(blocks, toll)?;
    }
    Ok(shown)
}

impl Plan {
    /// Writes the cells of a block.
    fn block(
        &self,
        cut: &Cut<'_, '_>,
        grid: Grid,
        layer: &mut Layer<'_>,
        toll: &mut Toll<'_>,
        blocks: &mut Blocks,
    ) -> Result<(), Stopped> {
        let Blocks { cells, properties, indices, categories, ends, space, counts } = blocks;
        properties.clear();
        properties.push(0);
        properties.extend(self.measures.iter().flat_map(|measures| measures.kinds.iter().map(|&(_, at)| at)));
        properties.extend(self.extras.iter().map(|&(_, at)| at));
        indices.clear();
        indices.resize(properties.len() * BLOCK, NONE);
        let mut places = indices.chunks_exact_mut(BLOCK);
        if let Some(places) = places.next() {
            for (place, cell) in places.iter_mut().zip(&*cells) {
                *place = layer.index(0, Value::Integer(cell.count as i64));
            }
        }
        for measures in &self.measures {
            let column = &cut.points.columns()[measures.column];
            let summary = cut.selection.summary(measures.column);
            measures.prepare(column, summary, cells, cut.selection.mask, toll, space)?;
            for (kind, &(_, property)) in measures.kinds.iter().enumerate() {
                let Some(places) = places.next() else { break };
                measures.each(column, kind, space, |at, value| {
                    places[at] = layer.index(property, value.value(column));
                });
            }
        }
        for (&(extra, property), places) in self.extras.iter().zip(places) {
            for (place, cell) in places.iter_mut().zip(&*cells) {
                *place = index(extra, property, grid.id(cell), cell.count, layer);
            }
        }
        categories.clear();
        ends.clear();
        for cell in cells.iter().filter(|_| self.categories.is_some()) {
            self.count(cut, cell, toll, counts, |property, count| {
                categories.push((property as u32, layer.index(property, Value::Integer(count.into()))));
            })?;
            ends.push(categories.len());
        }
        let mut start = 0;
        for (at, cell) in cells.iter().enumerate() {
            let tags =
                properties.iter().zip(indices.chunks_exact(BLOCK)).map(|(&property, indices)| (property, indices[at]));
            let tags = tags.filter(|&(_, index)| index != NONE);
            let geometry = geometry(self.shape, cut, grid.level, cell, toll)?;
            if categories.is_empty() {
                layer.tagged(grid.id(cell), tags, geometry);
            } else {
                let end = ends[at];
                let counted = categories[start..end].iter().map(|&(property, index)| (property as usize, index));
                layer.tagged(grid.id(cell), tags.chain(counted), geometry);
                start = end;
            }
        }
        Ok(())
    }

    /// All category counts of a cell: property, count.
    fn count(
        &self,
        cut: &Cut<'_, '_>,
        cell: &Cell,
        toll: &mut Toll<'_>,
        counts: &mut Vec<u32>,
        mut emit: impl FnMut(usize, u32),
    ) -> Result<(), Stopped> {
        let Some(categories) = &self.categories else { return Ok(()) };
        let column = &cut.points.columns()[categories.column];
        let emit = |slot, count| emit(self.first_category + slot, count);
        categories.count(column, cell.run.clone(), cut.selection.mask, toll, counts, emit)
    }

    /// The numbers that a cell carries: property, value.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(crate) fn numbers(
        &self,
        cut: &Cut<'_, '_>,
        cell: &Cell,
        toll: &mut Toll<'_>,
        blocks: &mut Blocks,
        mut emit: impl FnMut(usize, f64),
    ) -> Result<(), Stopped> {
        emit(0, cell.count as f64);
        let Blocks { space, counts, .. } = blocks;
        for measures in &self.measures {
            let column = &cut.points.columns()[measures.column];
            let summary = cut.selection.summary(measures.column);
            measures.prepare(column, summary, core::slice::from_ref(cell), cut.selection.mask, toll, space)?;
            for (kind, &(_, property)) in measures.kinds.iter().enumerate() {
                let number = |value: Measured| value.number();
                measures.each(column, kind, space, |_, value| {
                    if let Some(number) = number(value) {
                        emit(property, number);
                    }
                });
            }
        }
        self.count(cut, cell, toll, counts, |property, count| emit(property, count.into()))
    }
}

/// The index of something made of a cell's count.
fn index(extra: Extra, property: usize, id: Option<u64>, count: usize, layer: &mut Layer<'_>) -> u32 {
    match extra {
        Extra::Log => layer.index(property, Value::Double(libm::log10(count as f64))),
        Extra::Cluster | Extra::Clustered => layer.index(property, Value::Boolean(true)),
        Extra::ClusterId => id.map_or(NONE, |id| layer.index(property, Value::Integer(id as i64))),
        Extra::Abbreviated => layer.index(property, Value::Text(&abbreviated(count))),
        Extra::Sqrt => {
            let root = libm::round(libm::sqrt(count as f64) * 100.0) / 100.0;
            layer.index(property, Value::Double(root))
        }
    }
}

impl Grid {
    /// A marker bit in front makes ids unique across levels; past 2⁵³ clients would round them.
    fn id(self, cell: &Cell) -> Option<u64> {
        self.ids.then(|| 1 << (2 * self.level) | cell.code)
    }
}

fn geometry(shape: Shape, cut: &Cut<'_, '_>, level: u8, cell: &Cell, toll: &mut Toll<'_>) -> Result<Geometry, Stopped> {
    let tile = cut.tile;
    // A tile is 2^deeper cells wide, and no cell is finer than a local unit.
    let deeper = level.saturating_sub(tile.z());
    let (corner, unit) = (morton::position(cell.code), EXTENT_BITS.saturating_sub(deeper));
    let local = |cell: u32, tile: u32| cell.wrapping_sub(tile << deeper) << unit;
    let (x, y) = (local(corner.x, tile.x()), local(corner.y, tile.y()));
    let side = 1u32 << unit;
    Ok(match shape {
        Shape::Point => Geometry::Point { x: x + side / 2, y: y + side / 2 },
        Shape::Polygon => Geometry::Square { x, y, side },
        Shape::Centroid => {
            let (mut east, mut south, mut rows) = (0u64, 0u64, 0u64);
            let mut add = |row: usize| {
                let world = morton::position(cut.points.keys()[row]);
                (east, south, rows) = (east + u64::from(world.x), south + u64::from(world.y), rows + 1);
            };
            toll.each_step(cell.run.clone(), |part| match cut.selection.mask {
                Some(mask) => mask.rows(part).for_each(&mut add),
                None => part.for_each(&mut add),
            })?;
            let mean = crate::World { x: (east / rows.max(1)) as u32, y: (south / rows.max(1)) as u32 };
            let (x, y) = tile.local(mean, EXTENT_BITS);
            Geometry::Point { x, y }
        }
    })
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
