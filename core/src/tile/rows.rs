//! Rows as features: some hundred at a time, first the values of each column in one go, then the features.
//!
//! What enters is the rows of a tile that are shown; what leaves is a feature for each. Which values a feature has is
//! known as indices into the layer's values before the feature is begun, so both loops are short and of one type.

use crate::{
    points::index::Points,
    small::work::{Stopped, Toll},
    space::{
        morton,
        tile::{EXTENT_BITS, TileId},
    },
    table::{
        columns::Column,
        values::{Values, milliseconds},
    },
    tile::{
        cut::MAX_TILE_BYTES,
        layer::{Geometry, Layer},
        values::{NONE, Value},
    },
};
use alloc::{string::String, vec::Vec};
use core::fmt::Write as _;

/// Rows done at a time: their indices stay in the nearest cache.
const BLOCK: usize = 256;

/// What writing a row costs, beside looking at one.
const ROW: usize = 32;

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Blocks {
    rows: Vec<u32>,
    /// Indices of values, a block for each column.
    indices: Vec<u32>,
    text: String,
}

impl Blocks {
    /// Bytes held.
    pub fn size(&self) -> usize {
        (self.rows.capacity() + self.indices.capacity()) * 4
    }
}

/// Who knows the geometries of rows, some rows at a time.
pub trait Drawn {
    /// Takes the next rows, so many at most, of which there is something to draw, and forgets those before. None are left when it
    /// takes none.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn take(
        &mut self,
        rows: &mut impl Iterator<Item = usize>,
        most: usize,
        block: &mut Vec<u32>,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped>;

    /// The geometry of a row, which was taken as the so-manieth of its block.
    fn geometry(&self, at: usize, row: usize) -> Geometry<'_>;
}

/// Rows as points.
pub struct Places<'p, 'a> {
    pub points: &'p Points<'a>,
    pub tile: TileId,
}

impl Drawn for Places<'_, '_> {
    #[inline]
    fn take(
        &mut self,
        rows: &mut impl Iterator<Item = usize>,
        most: usize,
        block: &mut Vec<u32>,
        _: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        block.extend(rows.take(most).map(|row| row as u32));
        Ok(())
    }

    #[inline]
    fn geometry(&self, _: usize, row: usize) -> Geometry<'_> {
        let (x, y) = self.tile.local(morton::position(self.points.keys()[row]), EXTENT_BITS);
        Geometry::Point { x, y }
    }
}

/// Writes a feature for each of some rows, with the columns that it carries and their properties, and tells how many.
/// Stops where the layer becomes too large.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn write(
    points: &Points<'_>,
    columns: &[(usize, usize)],
    drawn: &mut impl Drawn,
    mut rows: impl Iterator<Item = usize>,
    layer: &mut Layer<'_>,
    toll: &mut Toll<'_>,
    blocks: &mut Blocks,
) -> Result<u64, Stopped> {
    let Blocks { rows: block, indices, text } = blocks;
    indices.resize(columns.len() * BLOCK, NONE);
    let mut shown = 0;
    loop {
        block.clear();
        if layer.size() <= MAX_TILE_BYTES {
            drawn.take(&mut rows, BLOCK, block, toll)?;
        }
        if block.is_empty() {
            return Ok(shown);
        }
        toll.pay(ROW * block.len())?;
        for (&(column, property), indices) in columns.iter().zip(indices.chunks_exact_mut(BLOCK)) {
            index(&points.columns()[column], property, block, layer, indices, text);
        }
        for (at, &row) in block.iter().enumerate() {
            let indices = columns.iter().zip(indices.chunks_exact(BLOCK));
            let tags = indices.map(|(&(_, property), indices)| (property, indices[at]));
            let tags = tags.filter(|&(_, index)| index != NONE);
            layer.tagged(points.feature_id(row as usize), tags, drawn.geometry(at, row as usize));
        }
        shown += block.len() as u64;
    }
}

/// The value that a row has in a column; `text` is where it is written if it is a text that is made for it.
pub fn value<'v>(column: &Column<'v>, row: usize, text: &'v mut String) -> Option<Value<'v>> {
    column.is_valid(row).then(|| match column.values {
        Values::I32(v) => Value::Integer(v[row].into()),
        Values::I64(v) if column.facts.is_wide() => {
            let _ = write!(text, "{}", v[row]);
            Value::Text(text)
        }
        Values::I64(v) => Value::Integer(v[row]),
        Values::F32(v) => Value::Float(v[row]),
        Values::F64(v) => Value::Double(v[row]),
        Values::Bool(bits) => Value::Boolean(bits.get(row)),
        Values::Text(codes, words) => {
            let code = codes.get(row);
            Value::Code(code as u32, words.get(code))
        }
        Values::Time(v) => Value::Integer(milliseconds(v[row])),
    })
}

/// The index of the value that each row of a block has in a column; [`NONE`] where it has none.
fn index(
    column: &Column<'_>,
    property: usize,
    block: &[u32],
    layer: &mut Layer<'_>,
    indices: &mut [u32],
    text: &mut String,
) {
    /// Written for each type of values, so that none is asked for its type.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "or it would be written once, for all types")]
    fn each(column: &Column<'_>, block: &[u32], indices: &mut [u32], mut index: impl FnMut(usize) -> u32) {
        for (place, row) in indices.iter_mut().zip(block.iter().map(|&row| row as usize)) {
            *place = if column.is_valid(row) { index(row) } else { NONE };
        }
    }
    match column.values {
        Values::I32(v) => each(column, block, indices, |row| layer.index(property, Value::Integer(v[row].into()))),
        Values::I64(v) if column.facts.is_wide() => each(column, block, indices, |row| {
            text.clear();
            let _ = write!(text, "{}", v[row]);
            layer.index(property, Value::Text(text))
        }),
        Values::I64(v) => each(column, block, indices, |row| layer.index(property, Value::Integer(v[row]))),
        Values::F32(v) => each(column, block, indices, |row| layer.index(property, Value::Float(v[row]))),
        Values::F64(v) => each(column, block, indices, |row| layer.index(property, Value::Double(v[row]))),
        Values::Bool(bits) => {
            each(column, block, indices, |row| layer.index(property, Value::Boolean(bits.get(row))));
        }
        Values::Text(codes, words) => each(column, block, indices, |row| {
            let code = codes.get(row);
            layer.index(property, Value::Code(code as u32, words.get(code)))
        }),
        Values::Time(v) => {
            each(column, block, indices, |row| layer.index(property, Value::Integer(milliseconds(v[row]))));
        }
    }
}
