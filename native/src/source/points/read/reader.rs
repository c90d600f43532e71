//! One file that gives columns: what it has, and its rows in chunks.

use super::{field::Field, geometry::Declared};
use crate::kind::Kind;
use anyhow::{Result, anyhow};
use polars_core::prelude::{DataFrame, Series};
use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

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

    /// Gives all rows in chunks with (at least) these columns. A column that has a kind here is going to be that; the
    /// reader may give it as text where that says more.
    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()>;
}

/// Calls into decoders that may panic on damaged input: a panic is an error like any other, and prints nothing.
pub(super) fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // The decoders' own threads panic too, so it goes by where the panic comes from.
            let theirs = info.location().is_some_and(|at| at.file().contains("polars-"));
            if !theirs || GUARDED.load(Ordering::Relaxed) == 0 {
                before(info);
            }
        }));
    });
    GUARDED.fetch_add(1, Ordering::Relaxed);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    GUARDED.fetch_sub(1, Ordering::Relaxed);
    let result = result.map(|result| {
        // Decoders give advice for their own callers over several lines.
        result.map_err(|error| match format!("{error:#}").split_once('\n') {
            Some((first, _)) => anyhow!("{}", first.trim_end()),
            None => error,
        })
    });
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(anyhow!("the file is damaged ({})", text.lines().next().unwrap_or("the decoder gave up")))
    })
}

/// Calls that are under way.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// A chunk from arrays and their fields.
pub(super) fn frame(
    height: usize,
    parts: impl Iterator<Item = (polars_arrow::datatypes::Field, polars_arrow::array::ArrayRef)>,
) -> Result<DataFrame> {
    let columns: Result<Vec<_>> = parts
        .map(|(field, array)| Ok(polars_core::prelude::IntoColumn::into_column(Series::try_from((&field, array))?)))
        .collect();
    Ok(DataFrame::new(height, columns?)?)
}
