//! A geometry as it was written: its parts one after the other, in the coordinates of its file.
//!
//! Parts stay here until all of a geometry was read: of one that is damaged nothing is taken.

use duotile_core::Role;

/// Collections in collections that are followed; more is nobody's data.
pub(super) const DEPTH: u32 = 32;

/// The parts of one geometry, and space for the next.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    positions: Vec<(f64, f64)>,
    /// What each part is, and the position after its last.
    parts: Vec<(Role, usize)>,
    /// Whether there were heights or measures.
    pub deep: bool,
}

impl Sketch {
    pub fn clear(&mut self) {
        self.positions.clear();
        self.parts.clear();
        self.deep = false;
    }

    /// Adds a position to the part that is being read.
    pub fn push(&mut self, x: f64, y: f64) {
        self.positions.push((x, y));
    }

    /// Ends a part. One of no positions is none.
    pub fn end(&mut self, role: Role) {
        let start = self.parts.last().map_or(0, |&(_, end)| end);
        if self.positions.len() > start {
            self.parts.push((role, self.positions.len()));
        }
    }

    /// Ends a ring of a polygon, whose first is its shell. Says whether there are positions: a hole in nothing is none.
    pub fn end_ring(&mut self, first: bool) -> bool {
        let before = self.parts.len();
        self.end(if first { Role::Shell } else { Role::Hole });
        self.parts.len() > before
    }

    /// The parts with their positions.
    pub fn parts(&self) -> impl Iterator<Item = (Role, &[(f64, f64)])> {
        let start = |at: usize| at.checked_sub(1).map_or(0, |before| self.parts[before].1);
        self.parts.iter().enumerate().map(move |(at, &(role, end))| (role, &self.positions[start(at)..end]))
    }

    /// The position of a geometry that is a point and nothing else.
    pub fn point(&self) -> Option<(f64, f64)> {
        match (&self.parts[..], &self.positions[..]) {
            ([(Role::Points, _)], [point]) => Some(*point),
            _ => None,
        }
    }

    /// Its first position.
    pub fn first(&self) -> Option<(f64, f64)> {
        self.positions.first().copied()
    }
}
