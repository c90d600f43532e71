//! What a tile shows of cells, apart from how it is written: the seam between those who group rows and the layer.
//!
//! Cells come some at a time, each a code of its level with a count, and can be asked what a plan wants to know of them.
//! Who answers need not have the rows: an engine that grouped them elsewhere can.

use crate::{
    measure::{category::Categories, numbers::Measures},
    plan::Plan,
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

    /// The numbers that each cell carries: `emit` gets the property and the value.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn numbers(&mut self, plan: &Plan, toll: &mut Toll<'_>, mut emit: impl FnMut(usize, f64)) -> Result<(), Stopped> {
        (0..self.len()).for_each(|at| emit(0, self.cell(at).1 as f64));
        for measures in &plan.measures {
            self.measure(measures, toll)?;
            for (kind, &(_, property)) in measures.kinds.iter().enumerate() {
                self.measured(measures, kind, |_, value| {
                    if let Some(number) = value.number() {
                        emit(property, number);
                    }
                });
            }
        }
        if let Some(by) = &plan.categories {
            for at in 0..self.len() {
                self.count(at, by, toll, |slot, count| emit(plan.first_category + slot, count.into()))?;
            }
        }
        Ok(())
    }

    /// The mean position of a cell's rows.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    fn centroid(&self, at: usize, toll: &mut Toll<'_>) -> Result<World, Stopped>;
}
