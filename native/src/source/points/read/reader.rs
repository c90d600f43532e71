//! One file that gives columns: what it has, and its rows in chunks.

use super::{
    Area, Crs, Progress,
    civil::Order,
    field::{Field, in_utc},
    geometry::Declared,
    positions::Place,
};
use crate::kind::Kind;
use anyhow::Result;
use polars_core::prelude::{DataFrame, Series};

/// A file that gives columns.
pub(super) trait Reader {
    /// Its columns, in its order; names are distinct.
    fn fields(&self) -> &[Field];

    /// Rows, where they are known beforehand.
    fn rows(&self) -> Option<u64>;

    /// The geometry column it declares.
    fn geometry(&self) -> Option<&Declared> {
        None
    }

    /// Lines that were too broken to be rows.
    fn left_out(&self) -> u64 {
        0
    }

    /// The order of day and month that its dates prove.
    fn order(&self) -> Option<Order> {
        None
    }

    /// Takes its dates in an order that other files prove, where they do not say so themselves.
    ///
    /// # Errors
    /// When an option does not fit it then.
    fn settle(&mut self, _: Order) -> Result<()> {
        Ok(())
    }

    /// How many columns it has, where its rows have no names above them.
    fn unnamed(&self) -> Option<usize> {
        None
    }

    /// Takes the line that was taken as names for a row, as other files have no names. Nothing changes where it can be none.
    ///
    /// # Errors
    /// When an option does not fit it then.
    fn unname(&mut self) -> Result<()> {
        Ok(())
    }

    /// What is to be told when all rows were read.
    fn told(&self) -> Vec<String> {
        Vec::new()
    }

    /// Need not give rows that are certain to lie outside of a box, by where positions come from and in what they are.
    fn restrict(&mut self, _: Area, _: &Place, _: Option<Crs>) {}

    /// Brings here what of these columns lies elsewhere, before they are read.
    ///
    /// # Errors
    /// When it cannot be brought.
    fn bring(&mut self, _: &[(usize, Option<Kind>)], _: &dyn Progress) -> Result<()> {
        Ok(())
    }

    /// Gives all rows in chunks with (at least) these columns. A column that has a kind here is going to be that; the
    /// reader may give it as text where that says more.
    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()>;
}

/// Room for so many values, if there is as much: how many rows there are is what the file says, which may be nonsense.
pub(super) fn room<T>(rows: usize) -> Vec<T> {
    let mut values = Vec::new();
    let _ = values.try_reserve_exact(rows);
    values
}

/// A chunk from arrays and their fields.
pub(super) fn frame(
    height: usize,
    parts: impl Iterator<Item = (polars_arrow::datatypes::Field, polars_arrow::array::ArrayRef)>,
) -> Result<DataFrame> {
    let columns: Result<Vec<_>> = parts
        .map(|(field, array)| {
            let (field, array) = in_utc(field, array);
            Ok(polars_core::prelude::IntoColumn::into_column(Series::try_from((&field, array))?))
        })
        .collect();
    Ok(DataFrame::new(height, columns?)?)
}
