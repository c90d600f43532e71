//! What a tile shows of cells, apart from how it is written: the seam between those who group rows and the layer.
//!
//! Cells come some at a time, each a code of its level with a count, and can be asked what a plan wants to know of them.
//! Who answers need not have the rows: an engine that grouped them elsewhere can.

use crate::{
    measure::{category::Categories, numbers::Measures},
    small::work::{Stopped, Toll},
    space::mercator::World,
    tile::values::Value,
};

/// Some cells of a tile, in the order of their codes.
pub trait Shown {
    /// How many cells.
    fn len(&self) -> usize;

    /// The code of a cell, and how many rows it has.
    fn cell(&self, at: usize) -> (u64, u64);

    /// Looks at what some measures want to know of all cells.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn measure(&mut self, measures: &Measures, toll: &mut Toll<'_>) -> Result<(), Stopped>;

    /// The values of one kind of the measures that were looked at last: `emit` gets the place of the cell and the value. A
    /// cell without one is left out.
    fn measured(&self, measures: &Measures, kind: usize, emit: impl FnMut(usize, Value<'_>));

    /// The rows of a cell in each category: `emit` gets the slot of each that is not empty, and its count.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn count(
        &mut self,
        at: usize,
        by: &Categories,
        toll: &mut Toll<'_>,
        emit: impl FnMut(usize, u32),
    ) -> Result<(), Stopped>;

    /// The values of a column in cells that hold one row: `emit` gets the place of the cell and the value. A row without one is
    /// left out.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn lone(&mut self, column: usize, toll: &mut Toll<'_>, emit: impl FnMut(usize, Value<'_>)) -> Result<(), Stopped>;

    /// The mean position of a cell's rows.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn centroid(&self, at: usize, toll: &mut Toll<'_>) -> Result<World, Stopped>;
}
