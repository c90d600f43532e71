//! Columns that a query makes of others: the formulas enter, the columns leave.

use super::columns::{Owned, Stored};
use alloc::{string::ToString as _, vec::Vec};
use duotile_core::{Facts, Let, MadeValues, Points, QueryError, Work};

/// A column for each formula.
pub(super) fn made(lets: &[Let], points: &Points<'_>) -> Result<Vec<Stored>, QueryError> {
    let one = |made: &Let| {
        let work = Work::free();
        let formula = made.fit(points, &work)?;
        let column = formula.values(points, points.keys(), 0..points.len(), &work);
        let column = column.map_err(|stopped| QueryError::new("let", stopped.to_string()))?;
        let valid = (!column.is_full()).then(|| column.valid.clone());
        let held = Facts::of(column.view(), valid.as_deref());
        let values = match column.values {
            MadeValues::Integers(values) => Owned::I64(values),
            MadeValues::Floats(values) => Owned::F64(values),
            MadeValues::Times(values) => Owned::Time(values),
            MadeValues::Booleans(bytes, len) => Owned::Bool(bytes, len),
        };
        Ok(Stored { name: made.name.clone(), values, valid, held, full: None })
    };
    lets.iter().map(one).collect()
}
