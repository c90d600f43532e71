//! What is known of a column under a filter: count, range, most frequent values. And values as JSON has them.

use duotile_core::{Column, Facts, MAX_EXACT, Mask, Scalar, Values};
use serde_json::{Number, Value, json};
use std::borrow::Cow;

/// How points in time are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Milliseconds since 1970 UTC, as in tiles.
    Milliseconds,
    /// As `2024-01-31T12:00:00Z`.
    Iso,
}

/// Facts of the rows of a mask, or of all rows.
#[must_use]
pub fn of<'a>(column: &Column<'a>, mask: Option<&Mask>) -> Cow<'a, Facts> {
    let Some(mask) = mask else { return Cow::Borrowed(column.facts) };
    let both = mask.words().iter().enumerate();
    let bits: Vec<u8> = both.flat_map(|(i, word)| (word & column.valid_word(i * 64)).to_le_bytes()).collect();
    Cow::Owned(Facts::of(column.values, Some(&bits)))
}

/// A value as JSON. Integers beyond ±(2⁵³ − 1) are texts, because most readers of JSON would round them.
#[must_use]
pub fn value(column: &Column<'_>, value: Scalar, times: Times) -> Value {
    match value {
        Scalar::Integer(value) => integer(value),
        Scalar::Float(value) if matches!(column.values, Values::F32(_)) => single(value as f32),
        Scalar::Float(value) => json!(value),
        Scalar::Boolean(value) => json!(value),
        Scalar::Text(code) => match column.values {
            Values::Text(_, words) => json!(words.get(code as usize)),
            _ => json!(code),
        },
        Scalar::Time(micros) => match times {
            Times::Milliseconds => json!(micros.div_euclid(1000)),
            Times::Iso => json!(iso(micros)),
        },
    }
}

/// The value of a row; null where there is none.
#[must_use]
pub fn cell(column: &Column<'_>, row: usize, times: Times) -> Value {
    if column.is_valid(row) { value(column, column.values.get(row), times) } else { Value::Null }
}

/// An integer that every reader reads exactly.
#[must_use]
pub fn integer(value: i64) -> Value {
    if value.unsigned_abs() <= MAX_EXACT.unsigned_abs() { json!(value) } else { json!(value.to_string()) }
}

/// A single float in its own shortest digits, not in those of the double it widens to.
fn single(value: f32) -> Value {
    value.to_string().parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// Microseconds since 1970 as ISO 8601 in UTC; the number itself for years that it cannot write.
#[must_use]
pub fn iso(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::{Codes, Dictionary};

    #[test]
    fn facts_under_a_mask_are_those_of_its_rows() {
        let values: Vec<i64> = (0..200).map(|i| i * i % 17).collect();
        let valid: Vec<u8> = (0..25).map(|i| (i * 37) | 1).collect();
        let all = Facts::of(Values::I64(&values), Some(&valid));
        let column = Column::new("a", Values::I64(&values), Some(&valid), &all).expect("fits");
        let mask = Mask::new(0..200, vec![0x0f0f_1234_5678_9abc, 0, u64::MAX, 0xff]);
        let rows: Vec<i64> = mask.rows(0..200).filter(|&row| column.is_valid(row)).map(|row| values[row]).collect();
        let facts = of(&column, Some(&mask));
        assert_eq!(facts.present, rows.len() as u64);
        let range =
            (Scalar::Integer(*rows.iter().min().expect("some")), Scalar::Integer(*rows.iter().max().expect("some")));
        assert_eq!(facts.range, Some(range));
        assert_eq!(*of(&column, None), all);
    }

    #[test]
    fn values_are_written_so_that_nobody_misreads_them() {
        let facts = Facts::default();
        let words = Dictionary::new(["a", "b"]).expect("sorted");
        let text = Column::new("t", Values::Text(Codes::U8(&[1]), &words), None, &facts).expect("fits");
        assert_eq!(cell(&text, 0, Times::Iso), json!("b"));
        let float = Column::new("f", Values::F32(&[0.1]), None, &facts).expect("fits");
        assert_eq!(cell(&float, 0, Times::Iso).to_string(), "0.1");
        let time = Column::new("z", Values::Time(&[1_704_067_200_000_000]), None, &facts).expect("fits");
        assert_eq!(cell(&time, 0, Times::Iso), json!("2024-01-01T00:00:00Z"));
        assert_eq!(cell(&time, 0, Times::Milliseconds), json!(1_704_067_200_000_i64));
        assert_eq!(integer(MAX_EXACT + 1), json!("9007199254740992"));
        let null = Column::new("n", Values::I32(&[7]), Some(&[0]), &facts).expect("fits");
        assert_eq!(cell(&null, 0, Times::Iso), Value::Null);
    }
}
