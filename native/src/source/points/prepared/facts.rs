//! Facts of columns as JSON, of which nothing is lost: they decide the bytes of tiles.
//!
//! Floats are written as texts, since readers of JSON differ in how they round.

use anyhow::{Result, bail};
use duotile_core::{Facts, Kind, MAX_CATEGORIES, Scalar};
use serde::{Deserialize, Serialize};
use std::ops::Not;

/// Facts of a column.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct ColumnFacts {
    present: u64,
    pub nulls: u64,
    range: Option<(One, One)>,
    distinct: Option<u64>,
    categories: Vec<(One, u64)>,
    text_bytes: u64,
    #[serde(default, skip_serializing_if = "Not::not")]
    measured: bool,
}

/// A value.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum One {
    Integer(i64),
    Float(Exact),
    Boolean(bool),
    Text(u32),
    Time(i64),
}

/// A float that comes back as it was.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Exact(pub f64);

impl TryFrom<String> for Exact {
    type Error = std::num::ParseFloatError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<Exact> for String {
    fn from(value: Exact) -> Self {
        value.0.to_string()
    }
}

impl ColumnFacts {
    /// Whether they can be those of a column of so many rows, with so many texts.
    ///
    /// # Errors
    /// What does not fit, to stand after the column's name.
    pub fn fit(&self, kind: Kind, rows: u64, texts: usize) -> Result<()> {
        let is_value = |value: One| match (value, kind) {
            (One::Integer(_), Kind::Integer) | (One::Boolean(_), Kind::Boolean) | (One::Time(_), Kind::Time) => true,
            (One::Float(value), Kind::Float) => value.0.is_finite(),
            (One::Text(code), Kind::Text) => (code as usize) < texts,
            _ => false,
        };
        if self.present.checked_add(self.nulls) != Some(rows) {
            bail!("has {} values and {} rows without one, of {rows} rows", self.present, self.nulls);
        }
        if self.range.is_some() != (self.present > 0)
            || self.range.is_some_and(|(min, max)| !is_value(min) || !is_value(max) || is_below(max, min))
        {
            bail!("has a range that is none of {} of its kind", self.present);
        }
        // Of the most frequent, which are all there are where they are few.
        let counted = self.categories.iter().try_fold(0u64, |all, &(_, count)| all.checked_add(count));
        let most = self.distinct.unwrap_or(0).min(MAX_CATEGORIES as u64);
        if self.categories.len() as u64 != most
            || self.categories.iter().any(|&(value, count)| count == 0 || !is_value(value))
            || counted.is_none_or(|counted| counted > self.present)
        {
            bail!("has frequent values that are none of its kind");
        }
        Ok(())
    }
}

/// Whether a value of a kind is below another of it.
fn is_below(a: One, b: One) -> bool {
    Scalar::from(a).compare(b.into()).is_lt()
}

impl From<&Facts> for ColumnFacts {
    fn from(facts: &Facts) -> Self {
        Self {
            present: facts.present,
            nulls: facts.nulls,
            range: facts.range.map(|(min, max)| (min.into(), max.into())),
            distinct: facts.distinct,
            categories: facts.categories.iter().map(|&(value, count)| (value.into(), count)).collect(),
            text_bytes: facts.text_bytes,
            measured: facts.measured,
        }
    }
}

impl From<&ColumnFacts> for Facts {
    fn from(facts: &ColumnFacts) -> Self {
        Self {
            present: facts.present,
            nulls: facts.nulls,
            range: facts.range.map(|(min, max)| (min.into(), max.into())),
            distinct: facts.distinct,
            categories: facts.categories.iter().map(|&(value, count)| (value.into(), count)).collect(),
            text_bytes: facts.text_bytes,
            measured: facts.measured,
        }
    }
}

impl From<Scalar> for One {
    fn from(value: Scalar) -> Self {
        match value {
            Scalar::Integer(value) => Self::Integer(value),
            Scalar::Float(value) => Self::Float(Exact(value)),
            Scalar::Boolean(value) => Self::Boolean(value),
            Scalar::Text(code) => Self::Text(code),
            Scalar::Time(micros) => Self::Time(micros),
        }
    }
}

impl From<One> for Scalar {
    fn from(value: One) -> Self {
        match value {
            One::Integer(value) => Self::Integer(value),
            One::Float(value) => Self::Float(value.0),
            One::Boolean(value) => Self::Boolean(value),
            One::Text(code) => Self::Text(code),
            One::Time(micros) => Self::Time(micros),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_back_as_they_were() {
        for value in [0.1 + 0.2, f64::MAX, f64::MIN_POSITIVE, -1e-300, 5e-324] {
            let facts = Facts {
                present: 7,
                nulls: 1,
                range: Some((Scalar::Float(value), Scalar::Integer(i64::MIN))),
                distinct: Some(3),
                categories: vec![(Scalar::Text(4), 2), (Scalar::Boolean(true), 1), (Scalar::Time(i64::MAX), 1)],
                text_bytes: u64::MAX,
                measured: true,
            };
            let text = serde_json::to_string(&ColumnFacts::from(&facts)).expect("JSON");
            let back: ColumnFacts = serde_json::from_str(&text).expect("JSON");
            assert_eq!(Facts::from(&back), facts, "{text}");
        }
    }
}
