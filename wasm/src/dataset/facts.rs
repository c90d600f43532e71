//! What the full dataset knows of a column, for a dataset that holds some of its rows.
//!
//! Facts decide names and types of properties. Taken from the rows of a subset they would give other tiles, so they travel
//! with it.

use super::{Dataset, bad::BadInput, columns::Stored};
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use duotile_core::{Facts, Kind, Scalar, Values};

/// Facts as a subset's metadata has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenFacts {
    /// Rows of the full dataset that have a value.
    pub present: u64,
    /// Rows of it that have none.
    pub nulls: u64,
    /// Smallest and largest value.
    pub range: Option<[GivenScalar; 2]>,
    /// Distinct values, where they were counted.
    pub distinct: Option<u64>,
    /// The most frequent values with their counts.
    pub categories: Vec<(GivenScalar, u64)>,
    /// Bytes of all texts together.
    pub text_bytes: u64,
    /// Whether it was measured on outlines.
    pub measured: bool,
}

/// A value as JSON has it: integers that are too large for a number are texts.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenScalar {
    /// A number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// A text.
    Text(String),
}

impl Dataset {
    /// Takes the facts of the full dataset for a column in place of those of the rows that are held.
    ///
    /// # Errors
    /// [`BadInput`] when there is no such column, or the facts are not those of a dataset that has these rows.
    pub fn set_facts(&mut self, name: &str, given: &GivenFacts) -> Result<(), BadInput> {
        let index = self.find(name)?;
        let column = &mut self.columns[index];
        let full = given.fit(column).map_err(|what| BadInput::column(name, format!("its facts {what}")))?;
        column.full = Some(full);
        self.recent.clear();
        Ok(())
    }
}

impl GivenFacts {
    fn fit(&self, column: &Stored) -> Result<Facts, String> {
        let held = &column.held;
        for (what, told, held) in [("values", self.present, held.present), ("nulls", self.nulls, held.nulls)] {
            if told < held {
                return Err(format!("tell of {told} {what}, expected at least the {held} of the rows given"));
            }
        }
        let range = match &self.range {
            Some([min, max]) => Some((min.fit(column)?, max.fit(column)?)),
            None => None,
        };
        if range.is_some() != (self.present > 0) {
            return Err(format!("tell of {} values, expected a range where there are any", self.present));
        }
        if let (Some((min, max)), Some((low, high))) = (range, held.range)
            && (low.compare(min).is_lt() || high.compare(max).is_gt())
        {
            return Err("tell of a range that leaves out rows given, expected all of them in it".into());
        }
        let distinct = self.distinct.unwrap_or(0);
        if self.categories.len() as u64 > distinct || distinct > self.present {
            let (told, present) = (self.categories.len(), self.present);
            return Err(format!("tell {told} categories of {distinct} distinct values of {present}, expected fewer"));
        }
        let categories = self.categories.iter().map(|(value, count)| Ok((value.fit(column)?, *count)));
        Ok(Facts {
            present: self.present,
            nulls: self.nulls,
            range,
            distinct: self.distinct,
            categories: categories.collect::<Result<_, String>>()?,
            text_bytes: self.text_bytes,
            measured: self.measured,
        })
    }
}

impl GivenScalar {
    /// The value as the column has it.
    fn fit(&self, column: &Stored) -> Result<Scalar, String> {
        let values = column.values.view();
        let kind = values.kind();
        match (self, values) {
            (Self::Text(text), Values::Text(_, words)) => match words.code(text) {
                Ok(code) => Ok(Scalar::Text(code as u32)),
                Err(_) => Err(format!("name the text \"{text}\", expected it among the words of the column")),
            },
            (&Self::Boolean(value), Values::Bool(_)) => Ok(Scalar::Boolean(value)),
            (&Self::Number(value), Values::F32(_) | Values::F64(_)) => Ok(Scalar::Float(value)),
            (_, Values::I32(_) | Values::I64(_) | Values::Time(_)) => {
                let whole = match self {
                    Self::Text(text) => text.parse().ok(),
                    Self::Number(value) if *value as i64 as f64 == *value => Some(*value as i64),
                    _ => None,
                };
                let whole = whole.ok_or_else(|| format!("name {}, expected a whole number", self.told()))?;
                Ok(if kind == Kind::Time { Scalar::Time(whole) } else { Scalar::Integer(whole) })
            }
            _ => Err(format!("name {}, expected a {}", self.told(), kind.name())),
        }
    }

    fn told(&self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Text(text) => format!("\"{text}\""),
        }
    }
}
