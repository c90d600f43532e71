//! Rows of geometries that are more than points: their keys, and their outlines beside them.

use super::{Positions, SAMPLE};
use crate::read::{
    geometry::{Encoding, Outlined},
    spot::{degrees, project},
};
use anyhow::Result;
use duotile_core::{Flat, Role, World, morton};
use polars_core::prelude::Column;
use std::ops::Range;

impl Positions {
    /// Adds the rows of a chunk of geometries that are more than points; `first` is the first of them. Those that are a point are
    /// what they are in a chunk of points.
    pub(super) fn outline(&mut self, column: &Column, encoding: Encoding, first: u32) -> Result<()> {
        let (crs, projection) = (self.crs, self.projection.as_ref());
        let spot = |x, y| project(crs, projection, x, y);
        let mut found = encoding.outlines(column, &|x, y| degrees(crs, projection, x, y), &spot)?;
        let mut points = std::mem::take(&mut found.points).into_iter().peekable();
        for (at, key) in (0..).zip(std::mem::take(&mut found.keys)) {
            if let Some((_, place, spot)) = points.next_if(|(row, ..)| *row == at) {
                self.put(first + at, place, spot);
            } else if let Some(key) = key {
                self.push(first + at, key);
            }
        }
        self.missing += found.missing + found.damaged;
        self.not_points += found.damaged;
        self.see(found.first_damaged.take(), (first + self.first).into());
        let room = SAMPLE.saturating_sub(self.sample.len());
        self.sample.extend(std::mem::take(&mut found.sample).into_iter().take(room));
        self.longitudes.shaped = true;
        if self.outlined.is_none() {
            let before = self.points_of(0..first);
            self.outlined = Some(Outlined { flat: before, ..Outlined::default() });
        }
        self.outlined.get_or_insert_default().append(found)
    }

    /// Rows that are points as outlines.
    pub(super) fn points_of(&self, rows: Range<u32>) -> Flat {
        let mut flat = Flat::default();
        let start = self.rows.partition_point(|&row| row < rows.start);
        let mut known = self.rows[start..].iter().zip(&self.keys[start..]).peekable();
        for row in rows {
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
