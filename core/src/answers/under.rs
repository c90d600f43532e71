//! What is known of a column over just the rows that pass a filter.

use crate::{
    filter::mask::Mask,
    small::work::{Stopped, Work},
    table::{
        columns::Column,
        facts::{Facts, Tally},
    },
};
use alloc::vec::Vec;

impl Facts {
    /// Facts of just the rows of a column that pass a mask and have a value.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn under(column: &Column<'_>, mask: Option<&Mask>, work: &Work<'_>) -> Result<Self, Stopped> {
        let (mut tally, mut bits) = (Tally::of(&column.values), Vec::new());
        work.each_step(0..column.len(), |rows| {
            bits.clear();
            for row in rows.clone().step_by(64) {
                let passing = mask.map_or(u64::MAX, |mask| mask.word(row)) & column.valid_word(row);
                bits.extend(passing.to_le_bytes());
            }
            tally.add(&column.values, rows, Some(&bits));
        })?;
        tally.facts(&column.values, work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{facts::Scalar, values::Values};

    #[test]
    fn facts_under_a_mask_are_those_of_its_rows() {
        let values: Vec<i64> = (0..200).map(|i| i * i % 17).collect();
        let valid: Vec<u8> = (0..25u8).map(|i| i.wrapping_mul(37) | 1).collect();
        let all = Facts::of(Values::I64(&values), Some(&valid));
        let column = Column::new("a", Values::I64(&values), Some(&valid), &all).expect("fits");
        let mask = Mask::new(0..200, alloc::vec![0x0f0f_1234_5678_9abc, 0, u64::MAX, 0xff]);
        let rows: Vec<i64> = mask.rows(0..200).filter(|&row| column.is_valid(row)).map(|row| values[row]).collect();
        let facts = Facts::under(&column, Some(&mask), &Work::free()).expect("goes on");
        assert_eq!(Facts::under(&column, None, &Work::free()).as_ref(), Ok(&Facts { nulls: 0, ..all.clone() }));
        assert_eq!(facts.present, rows.len() as u64);
        let range =
            (Scalar::Integer(*rows.iter().min().expect("some")), Scalar::Integer(*rows.iter().max().expect("some")));
        assert_eq!(facts.range, Some(range));
    }
}
