//! The matrix of two geometries: of what dimension interior, boundary and exterior of one have in common with those of the other;
//! and what predicates ask of it.

use super::edges::Extent;

/// A part of the plane, as a geometry divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Interior,
    Boundary,
    Exterior,
}

use Place::{Boundary, Exterior, Interior};

/// The spatial predicates there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// They have something in common.
    Intersects,
    /// They are the same.
    Equals,
    /// They have nothing in common.
    Disjoint,
    /// They meet with their boundaries alone.
    Touches,
    /// All of the first is in the second.
    Within,
    /// Of two of a dimension, parts of that dimension are in both, and others in one only.
    Overlaps,
    /// The first goes through.
    Crosses,
    /// All of the second is in the first.
    Contains,
}

/// What two geometries are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Matrix {
    /// Of each place of the first in each of the second the dimension; −1 for nothing.
    cells: [[i8; 3]; 3],
    /// The dimensions of both.
    dimensions: [i8; 2],
}

impl Matrix {
    /// Of nothing but their exteriors.
    pub const fn new(first: i8, second: i8) -> Self {
        Self { cells: [[-1, -1, -1], [-1, -1, -1], [-1, -1, 2]], dimensions: [first, second] }
    }

    /// Of two that are apart.
    pub fn apart(first: Extent, second: Extent) -> Self {
        let mut matrix = Self::new(first.dimension, second.dimension);
        matrix.set(Interior, Exterior, first.dimension);
        matrix.set(Exterior, Interior, second.dimension);
        matrix.set(Boundary, Exterior, first.boundary);
        matrix.set(Exterior, Boundary, second.boundary);
        matrix
    }

    /// Of one that lies inside of an area.
    pub fn in_area(first: Extent) -> Self {
        let mut matrix = Self::new(first.dimension, 2);
        matrix.set(Interior, Interior, first.dimension);
        matrix.set(Boundary, Interior, first.boundary);
        matrix.set(Exterior, Interior, 2);
        matrix.set(Exterior, Boundary, 1);
        matrix
    }

    /// They have so much in common there, at least.
    pub fn set(&mut self, first: Place, second: Place, dimension: i8) {
        let cell = &mut self.cells[first as usize][second as usize];
        *cell = dimension.max(*cell);
    }

    /// Whether a predicate holds.
    pub fn holds(&self, relation: Relation) -> bool {
        let at = |first: Place, second: Place| self.cells[first as usize][second as usize];
        let has = |first: Place, second: Place| at(first, second) >= 0;
        let [first, second] = self.dimensions;
        let inner = at(Interior, Interior);
        let edges = has(Interior, Boundary) || has(Boundary, Interior) || has(Boundary, Boundary);
        let within = inner >= 0 && !has(Interior, Exterior) && !has(Boundary, Exterior);
        let contains = inner >= 0 && !has(Exterior, Interior) && !has(Exterior, Boundary);
        match relation {
            Relation::Intersects => inner >= 0 || edges,
            Relation::Disjoint => inner < 0 && !edges,
            Relation::Touches => inner < 0 && edges,
            Relation::Within => within,
            Relation::Contains => contains,
            Relation::Equals => within && contains,
            Relation::Overlaps => {
                first == second && inner == first && has(Interior, Exterior) && has(Exterior, Interior)
            }
            Relation::Crosses if first < second => inner >= 0 && has(Interior, Exterior),
            Relation::Crosses if first > second => inner >= 0 && has(Exterior, Interior),
            Relation::Crosses => first == 1 && inner == 0,
        }
    }

    /// Whether nothing that is still to be found could change what a predicate says: what they have in common only grows.
    pub fn is_settled(&self, relation: Relation) -> bool {
        let at = |first: Place, second: Place| self.cells[first as usize][second as usize];
        let has = |first: Place, second: Place| at(first, second) >= 0;
        let [first, second] = self.dimensions;
        let met = has(Interior, Interior);
        let beyond =
            [has(Interior, Exterior) || has(Boundary, Exterior), has(Exterior, Interior) || has(Exterior, Boundary)];
        match relation {
            Relation::Intersects | Relation::Disjoint => {
                met || has(Interior, Boundary) || has(Boundary, Interior) || has(Boundary, Boundary)
            }
            Relation::Touches => met,
            Relation::Within => first > second || beyond[0],
            Relation::Contains => first < second || beyond[1],
            Relation::Equals => first != second || beyond[0] || beyond[1],
            Relation::Overlaps => first != second || self.holds(relation),
            // Two lines cross in places alone.
            Relation::Crosses if first == second => first != 1 || at(Interior, Interior) == 1,
            Relation::Crosses => self.holds(relation),
        }
    }

    /// As it is written: a letter or figure for each cell.
    #[cfg(test)]
    pub fn text(&self) -> alloc::string::String {
        self.cells.iter().flatten().map(|cell| ['F', '0', '1', '2'][(cell + 1) as usize]).collect()
    }
}
