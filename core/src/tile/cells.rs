//! Cells as features: some hundred at a time, first each property of all of them, then the features.
//!
//! What enters is what is [shown](Shown) of some cells; what leaves is a feature for each. Done property by property, what
//! is known of many cells is fetched from memory at once instead of one after the other, and each loop is short and of
//! one kind.

use crate::{
    plan::{Extra, Plan},
    points::cells::quadbin,
    query::Shape,
    small::work::{Stopped, Toll},
    space::{
        mercator::World,
        morton,
        tile::{EXTENT_BITS, TileId},
    },
    tile::{
        layer::{Geometry, Layer},
        shown::Shown,
        sketched::Sketched,
        values::{NONE, Value},
    },
};
use alloc::{format, string::String, vec::Vec};

/// Most cells done at a time.
pub const BLOCK: usize = 256;

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Blocks {
    /// The properties but categories.
    properties: Vec<usize>,
    /// Indices of values, a block for each property but categories.
    indices: Vec<u32>,
    /// Categories of the cells, one after the other: property and index of the value; and where those of a cell end.
    categories: Vec<(u32, u32)>,
    ends: Vec<usize>,
}

impl Blocks {
    /// Bytes held.
    pub fn size(&self) -> usize {
        self.indices.capacity() * 4
            + (self.properties.capacity() + self.ends.capacity() + self.categories.capacity()) * 8
    }
}

/// What the cells of a tile have in common.
#[derive(Clone, Copy)]
pub struct Grid {
    /// The tile.
    pub tile: TileId,
    /// The level of the cells.
    pub level: u8,
    /// Whether features have ids.
    pub ids: bool,
}

/// How the cells of a tile are named and drawn.
#[derive(Clone, Copy)]
pub enum Drawn<'b> {
    /// Squares.
    Squares(Grid),
    /// Cells of H3, those of the block.
    Hexagons(Sketched<'b>),
}

impl<'b> Drawn<'b> {
    /// The id of the feature of a cell, by its code.
    #[inline]
    fn id(self, code: u64) -> Option<u64> {
        match self {
            Self::Squares(grid) => grid.id(code),
            Self::Hexagons(_) => Some(Sketched::id(code)),
        }
    }

    /// What a cell is called elsewhere.
    fn name(self, code: u64) -> Option<u64> {
        match self {
            Self::Squares(grid) => quadbin(grid.level, code),
            Self::Hexagons(_) => Some(code),
        }
    }

    #[inline]
    fn geometry(self, shape: Shape, at: usize, code: u64) -> Geometry<'b> {
        match self {
            Self::Squares(grid) => grid.geometry(shape, code),
            Self::Hexagons(sketched) => sketched.geometry(shape, at),
        }
    }

    /// A place in the tile.
    fn mean(self, of: World) -> Geometry<'static> {
        let (Self::Squares(Grid { tile, .. }) | Self::Hexagons(Sketched { tile, .. })) = self;
        let (x, y) = tile.local(of, EXTENT_BITS);
        Geometry::Point { x, y }
    }
}

/// Writes a feature for each of some cells, at most [`BLOCK`].
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn write(
    plan: &Plan,
    drawn: Drawn<'_>,
    shown: &mut impl Shown,
    layer: &mut Layer<'_>,
    toll: &mut Toll<'_>,
    blocks: &mut Blocks,
) -> Result<(), Stopped> {
    let Blocks { properties, indices, categories, ends } = blocks;
    properties.clear();
    properties.push(0);
    properties.extend(plan.measures.iter().flat_map(|measures| measures.kinds.iter().map(|&(_, at)| at)));
    properties.extend(plan.extras.iter().map(|&(_, at)| at));
    properties.extend(plan.lone().iter().map(|&(_, at)| at));
    indices.clear();
    indices.resize(properties.len() * BLOCK, NONE);
    let mut rest = &mut indices[..];
    let mut take = |columns: usize| rest.split_off_mut(..columns * BLOCK).unwrap_or_default();
    let cells = shown.len().min(BLOCK);
    for (at, place) in take(1).iter_mut().enumerate().take(cells) {
        *place = layer.index(0, Value::Integer(shown.cell(at).1 as i64));
    }
    for measures in &plan.measures {
        shown.measure(measures, toll)?;
        for (kind, &(_, property)) in measures.kinds.iter().enumerate() {
            let places = take(1);
            shown.measured(measures, kind, |at, value| places[at] = layer.index(property, value));
        }
    }
    for &(extra, property) in &plan.extras {
        for (at, place) in take(1).iter_mut().enumerate().take(cells) {
            let (code, count) = shown.cell(at);
            *place = index(extra, property, drawn, (code, count), layer);
        }
    }
    for &(column, property) in plan.lone() {
        let places = take(1);
        shown.lone(column, toll, |at, value| places[at] = layer.index(property, value))?;
    }
    categories.clear();
    ends.clear();
    if let Some(by) = &plan.categories {
        for at in 0..cells {
            shown.count(at, by, toll, |slot, count| {
                let property = plan.first_category + slot;
                categories.push((property as u32, layer.index(property, Value::Integer(count.into()))));
            })?;
            ends.push(categories.len());
        }
    }
    let mut start = 0;
    for at in 0..cells {
        let tags =
            properties.iter().zip(indices.chunks_exact(BLOCK)).map(|(&property, indices)| (property, indices[at]));
        let tags = tags.filter(|&(_, index)| index != NONE);
        let (code, _) = shown.cell(at);
        let geometry = match plan.shape {
            Shape::Centroid => drawn.mean(shown.centroid(at, toll)?),
            shape => drawn.geometry(shape, at, code),
        };
        if categories.is_empty() {
            layer.tagged(drawn.id(code), tags, geometry);
        } else {
            let end = ends[at];
            let counted = categories[start..end].iter().map(|&(property, index)| (property as usize, index));
            layer.tagged(drawn.id(code), tags.chain(counted), geometry);
            start = end;
        }
    }
    Ok(())
}

/// The index of something made of a cell's code or count.
fn index(extra: Extra, property: usize, drawn: Drawn<'_>, (code, count): (u64, u64), layer: &mut Layer<'_>) -> u32 {
    match extra {
        Extra::H3 | Extra::Quadbin => {
            drawn.name(code).map_or(NONE, |name| layer.index(property, Value::Text(&format!("{name:x}"))))
        }
        Extra::Log => layer.index(property, Value::Double(libm::log10(count as f64))),
        Extra::Cluster | Extra::Clustered => layer.index(property, Value::Boolean(true)),
        Extra::ClusterId => drawn.id(code).map_or(NONE, |id| layer.index(property, Value::Integer(id as i64))),
        Extra::Abbreviated => layer.index(property, Value::Text(&abbreviated(count))),
        Extra::Sqrt => {
            let root = libm::round(libm::sqrt(count as f64) * 100.0) / 100.0;
            layer.index(property, Value::Double(root))
        }
    }
}

impl Grid {
    /// A marker bit in front makes ids unique across levels; past 2⁵³ clients would round them.
    fn id(self, code: u64) -> Option<u64> {
        self.ids.then(|| 1 << (2 * self.level) | code)
    }

    /// A cell as a square, or its middle.
    fn geometry(self, shape: Shape, code: u64) -> Geometry<'static> {
        let tile = self.tile;
        // A tile is 2^deeper cells wide, and no cell is finer than a local unit.
        let deeper = self.level.saturating_sub(tile.z());
        let (corner, unit) = (morton::position(code), EXTENT_BITS.saturating_sub(deeper));
        let local = |cell: u32, tile: u32| cell.wrapping_sub(tile << deeper) << unit;
        let (x, y) = (local(corner.x, tile.x()), local(corner.y, tile.y()));
        let side = 1u32 << unit;
        match shape {
            Shape::Polygon => Geometry::Square { x, y, side },
            Shape::Point | Shape::Centroid => Geometry::Point { x: x + side / 2, y: y + side / 2 },
        }
    }
}

/// A count as people read it: `950`, `1.2k`, `15k`, as supercluster has it.
fn abbreviated(count: u64) -> String {
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
