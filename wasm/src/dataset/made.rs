//! Columns made of others, for a query or for good: the formulas enter, the columns leave.

use super::{
    Dataset,
    columns::{Owned, Stored},
    selected::unfit,
};
use alloc::{string::ToString as _, vec::Vec};
use duotile_core::{Facts, Let, MadeValues, Points, QueryError, Work};

impl Dataset {
    /// Adds a column made of those that are there: a name, `=` and a formula, by the clock of the dataset.
    ///
    /// # Errors
    /// [`QueryError`] for what is no formula or does not fit, and for a name that is taken.
    pub fn make(&mut self, text: &str) -> Result<(), QueryError> {
        let lets = [Let::parse(text)?.in_zone(self.zone.as_deref())];
        let columns = self.columns.iter().map(Stored::column).collect::<Result<Vec<_>, _>>().map_err(unfit)?;
        let zones = lets[0].clocks(&columns, self.clocks);
        let points =
            Points::new(&self.name, &self.order.keys, &self.order.rows, &columns, self.roles).map_err(unfit)?;
        let made = made(&lets, &points.with_zones(&zones))?;
        self.columns.extend(made);
        // A plan made before may now mean something else.
        self.recent.clear();
        Ok(())
    }
}

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
