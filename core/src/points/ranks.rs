//! Who stays where there are too many: a column enters, a rank for each row leaves.
//!
//! At each zoom the world is squares of [`SQUARE`](crate::shapes::first::SQUARE) units. Of the rows of a square that with the highest value wins it, of equal
//! ones the first of the file, and a row is of the rank of the first zoom at which it wins its square. The winner of a square wins
//! the smaller one about itself, too: what shows goes on showing. Filters play no part.
//!
//! A square is a run of rows, as they are in Morton order. It has a higher row than one in it exactly if it has the nearest
//! higher one before that, or behind it. Those are found for all rows in one pass: the rows that none behind them is higher
//! than are a falling stack.

use crate::{
    points::index::Points,
    shapes::first::{BEFORE, LAST},
    small::work::{Stopped, Work},
    space::tile::EXTENT_BITS,
    table::{columns::Column, values::Values},
};
use alloc::{vec, vec::Vec};
use core::cmp::Reverse;

/// What ranking a row costs, beside looking at one.
pub const ROW: usize = 4;

/// The rank whose squares are the whole world.
const WORLD: u8 = BEFORE + crate::shapes::first::SQUARE_BITS as u8 - EXTENT_BITS;

/// The rank of each row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranks {
    pub(crate) rows: Vec<u8>,
    /// Of rows with outlines the first rank from which any of a landmark shows: its own, or that from which it is large enough.
    pub(crate) landmarks: Vec<u8>,
}

impl Ranks {
    /// Ranks rows by a column, the highest values first and rows without one last.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn of(points: &Points<'_>, column: usize, work: &Work<'_>) -> Result<Self, Stopped> {
        let (keys, column, mut toll) = (points.keys(), &points.columns()[column], work.toll());
        let height = |row: usize| (height(column, row), Reverse(points.rows()[row]));
        // The first rank at whose zoom two rows are in unlike squares.
        let apart = |a: usize, b: usize| ((keys[a] ^ keys[b]).leading_zeros() as u8 / 2 + 1 + WORLD).min(LAST);
        let mut rows = vec![WORLD; keys.len()];
        // Their values are looked up again: an entry takes four bytes.
        let mut open: Vec<u32> = Vec::new();
        for row in 0..keys.len() {
            toll.pay(ROW)?;
            let here = height(row);
            while let Some(lower) = open.pop_if(|lower| height(*lower as usize) < here) {
                let lower = lower as usize;
                rows[lower] = rows[lower].max(apart(lower, row));
            }
            if let Some(&higher) = open.last() {
                rows[row] = apart(higher as usize, row);
            }
            open.push(row as u32);
        }
        let landmarks = points.shapes().map(|shapes| shapes.firsts_of(&rows)).unwrap_or_default();
        Ok(Self { rows, landmarks })
    }

    /// Bytes held.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.rows.capacity() + self.landmarks.capacity()
    }
}

/// The value of a row as a number that orders as the values do; none for none.
fn height(column: &Column<'_>, row: usize) -> Option<u64> {
    let whole = |value: i64| value.cast_unsigned() ^ 1 << 63;
    let float = |value: f64| {
        let bits = value.to_bits();
        if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
    };
    column.is_valid(row).then(|| match column.values {
        Values::I32(values) => whole(values[row].into()),
        Values::I64(values) | Values::Time(values) => whole(values[row]),
        Values::F32(values) => float(values[row].into()),
        Values::F64(values) => float(values[row]),
        Values::Bool(bits) => bits.get(row).into(),
        // A plan refuses to rank by texts.
        Values::Text(..) => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        space::{mercator::World, morton},
        table::{facts::Facts, view::Roles},
    };
    use alloc::collections::BTreeMap;

    #[test]
    fn ranks_are_what_looking_at_the_squares_of_every_zoom_gives() {
        let mut state = 9u32;
        let mut next = |bits: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> (32 - bits)
        };
        // Clusters, some at one place; values that are often equal, and some that are none.
        let mut keys: Vec<u64> = (0..3000)
            .map(|at| morton::key(World { x: next(3) << 29 | next(1 + at % 28), y: next(2) << 30 | next(1 + at % 28) }))
            .collect();
        keys.sort_unstable();
        let rows: Vec<u32> = (0..3000).map(|row: u32| row.wrapping_mul(1123) % 3000).collect();
        let values: Vec<f64> = (0..3000).map(|_| f64::from(next(7)) - 60.0).collect();
        let valid: Vec<u8> = (0..375).map(|_| !(next(8) & next(8)) as u8).collect();
        let facts = Facts::of(Values::F64(&values), Some(&valid));
        let columns = [Column::new("v", Values::F64(&values), Some(&valid), &facts).expect("fits")];
        let points = Points::new("p", &keys, &rows, &columns, Roles::default()).expect("fits");
        let ranks = Ranks::of(&points, 0, &Work::free()).expect("goes on");
        let mut expected = vec![LAST; keys.len()];
        for rank in (0..LAST).rev() {
            // A square of 16 units of zoom z is the 2^-(z + 8) th part of the world.
            let Some(level) = (u32::from(rank) + 8).checked_sub(BEFORE.into()) else { continue };
            let mut winners: BTreeMap<u64, usize> = BTreeMap::new();
            for (row, key) in keys.iter().enumerate() {
                let square = key.checked_shr(64 - 2 * level).unwrap_or(0);
                let worth = |row: usize| {
                    let value = columns[0].is_valid(row).then(|| values[row]);
                    (value.is_some(), value.map(|value| value as i64), -i64::from(rows[row]))
                };
                let winner = winners.entry(square).or_insert(row);
                if worth(row) > worth(*winner) {
                    *winner = row;
                }
            }
            winners.values().for_each(|&row| expected[row] = rank);
        }
        assert_eq!(ranks.rows, expected);
        assert!(expected.iter().collect::<alloc::collections::BTreeSet<_>>().len() > 10);
    }

    #[test]
    fn values_of_every_type_keep_their_order() {
        let order = |values: Values<'_>, rows: usize| {
            let facts = Facts::of(values, None);
            let column = Column::new("v", values, None, &facts).expect("fits");
            let heights: Vec<_> = (0..rows).map(|row| height(&column, row)).collect();
            assert!(heights.is_sorted_by(|a, b| a < b) && heights[0].is_some(), "{values:?}");
        };
        order(Values::I32(&[i32::MIN, -1, 0, 5, i32::MAX]), 5);
        order(Values::I64(&[i64::MIN, -1, 0, 5, i64::MAX]), 5);
        order(Values::Time(&[-5, 0, 7]), 3);
        order(Values::F32(&[f32::MIN, -1.5, -0.0, 1e-30, 3.5, f32::MAX]), 6);
        order(Values::F64(&[f64::MIN, -1e300, -1.0, 0.0, 1e-300, 2.0]), 6);
    }
}
