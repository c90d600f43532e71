//! Points and columns owned by the module, and what is known of the last queries.
//!
//! Knows nothing of JavaScript, so that native tests cut the very tiles the browser gets.

mod bad;
mod columns;
mod facts;
mod frames;
mod made;
mod order;
mod pyramid;
mod roles;
mod selected;
mod shapes;
#[cfg(test)]
mod tests;

pub use bad::BadInput;
pub use columns::{Given, Words};
pub use facts::{GivenFacts, GivenScalar};
pub use frames::Frames;
pub use pyramid::{Batch, Pyramid, Taken, Wanted};
pub use selected::Selected;
pub use shapes::GivenOutlines;

use alloc::{string::String, vec::Vec};
use columns::Stored;
use duotile_core::{Built, Roles, Scratch, Told, Zone, h3, mercator};
use order::Order;

/// Points in Morton order with columns in the same order.
#[derive(Debug)]
pub struct Dataset {
    name: String,
    order: Order,
    /// Where rows are more than points.
    shapes: Option<(Built, Told)>,
    columns: Vec<Stored>,
    roles: Roles,
    /// Whose clock days and hours go by, where a query names none.
    zone: Option<String>,
    /// Finds the clock of a zone over a span of times. Without it none is known.
    pub clocks: fn(&str, (i64, i64)) -> Option<Zone>,
    /// The last queries, the very last first.
    recent: Vec<Selected>,
    scratch: Scratch,
}

impl Dataset {
    /// Projects positions (degrees) and sorts them. Rows without a position on the map are left out and counted.
    ///
    /// # Errors
    /// [`BadInput`] when the slices differ in length or are too long.
    pub fn new(name: &str, lon: &[f64], lat: &[f64]) -> Result<Self, BadInput> {
        Order::of_degrees(lon, lat).map(|order| Self::of(name, order))
    }

    /// Takes rows that are cells of H3, by their indices: each is in the middle of its cell. Rows whose number is no cell's are left out
    /// and counted.
    ///
    /// # Errors
    /// [`BadInput`] when the slice is too long, or no number is a cell's.
    pub fn of_cells(name: &str, cells: &[u64]) -> Result<Self, BadInput> {
        let places = cells.iter().map(|&cell| h3::place(cell).and_then(|(lon, lat)| mercator::project(lon, lat)));
        let order = Order::of_positions(places)?;
        if order.keys.is_empty()
            && let Some(&first) = cells.first()
        {
            return Err(BadInput::Cells { got: cells.len(), first });
        }
        Ok(Self::of(name, order))
    }

    /// Takes rows of a dataset that was projected elsewhere: Morton keys, and the number of each row there. They are
    /// sorted if they are not.
    ///
    /// # Errors
    /// [`BadInput`] when the slices differ in length or are too long.
    pub fn from_keys(name: &str, keys: &[u64], rows: &[u32]) -> Result<Self, BadInput> {
        Order::of_keys(keys, rows).map(|order| Self::of(name, order))
    }

    fn of(name: &str, order: Order) -> Self {
        Self {
            name: name.into(),
            order,
            shapes: None,
            columns: Vec::new(),
            roles: Roles::default(),
            zone: None,
            clocks: |_, _| None,
            recent: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// The name of the layer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Morton keys, ascending.
    #[must_use]
    pub fn keys(&self) -> &[u64] {
        &self.order.keys
    }

    /// Rows that were given but have no position on the map.
    #[must_use]
    pub const fn unusable(&self) -> usize {
        self.order.given - self.order.keys.len()
    }

    /// The place of the column of a name.
    fn find(&self, name: &str) -> Result<usize, BadInput> {
        self.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let known = self.columns.iter().map(|column| column.name.clone()).collect();
            BadInput::Missing { name: name.into(), known }
        })
    }
}
