//! Rows of geometries that are more than points: their keys, and their outlines beside them.

use super::{Positions, SAMPLE, is_close};
use crate::read::{
    geometry::{Encoding, Outlined},
    spot::degrees,
};
use anyhow::Result;
use duotile_core::{Flat, Role, World, morton};
use polars_core::prelude::Column;

impl Positions {
    /// Adds the rows of a chunk of geometries that are more than points; `first` is the first of them.
    pub(super) fn outline(&mut self, column: &Column, encoding: Encoding, first: u32) -> Result<()> {
        let (crs, projection) = (self.crs, self.projection.as_ref());
        let mut found = encoding.outlines(column, &|x, y| degrees(crs, projection, x, y))?;
        for (row, key) in (first..).zip(std::mem::take(&mut found.keys)) {
            if let Some(key) = key {
                self.keys.push(key);
                self.rows.push(row);
                self.kept += 1;
                self.close += u64::from(is_close(key));
            }
        }
        self.missing += found.missing + found.damaged;
        self.not_points += found.damaged;
        let room = SAMPLE.saturating_sub(self.sample.len());
        self.sample.extend(std::mem::take(&mut found.sample).into_iter().take(room));
        self.longitudes.shaped = true;
        if self.outlined.is_none() {
            let before = self.points_so_far(first);
            self.outlined = Some(Outlined { flat: before, ..Outlined::default() });
        }
        self.outlined.get_or_insert_default().append(found)
    }

    /// The rows before one as outlines: they were points.
    fn points_so_far(&self, end: u32) -> Flat {
        let mut flat = Flat::default();
        let mut known = self.rows.iter().zip(&self.keys).peekable();
        for row in 0..end {
            if let Some((_, &key)) = known.next_if(|(at, _)| **at == row) {
                let World { x, y } = morton::position(key);
                flat.x.push(x);
                flat.y.push(y);
                flat.rings.push(flat.x.len() as u32);
                flat.roles.push(Role::Points);
            }
            flat.rows.push(flat.rings.len() as u32);
        }
        flat
    }
}
