//! Where rows lie to a shape: cells in the order of rows, of which only those on the border look at rows.
//!
//! The latitude of a row is a logarithm's inverse; within a cell on the border the straight line between the cell's top and
//! bottom is near enough to decide almost all rows, and how far it may be off is known. The others are decided exactly.

use super::{
    Shape,
    cell::{Border, Cell, Group, Location},
    cover::cover,
    parts::{Edge, Parts},
    side::{ERROR, crosses, side},
};
use crate::{
    small::work::{Stopped, Work},
    space::{
        mercator::{World, latitude, longitude},
        morton,
    },
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A shape as cells over the order of rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region {
    parts: Parts,
    cells: Vec<Cell>,
    borders: Vec<Border>,
}

impl Region {
    /// A shape on the grid, in cells.
    ///
    /// # Errors
    /// [`Stopped`] when that costs too much, or nobody waits.
    pub fn of(shape: &Shape, work: &Work<'_>) -> Result<Self, Stopped> {
        let parts = Parts::of(shape);
        let (cells, borders) = cover(&parts, &mut work.toll())?;
        Ok(Self { parts, cells, borders })
    }

    /// What a row costs, in looks at rows: as if all were on the border.
    pub fn price(&self) -> usize {
        let edges: usize = self.borders.iter().map(|border| border.edges.len()).sum();
        2 + edges.checked_div(self.borders.len()).unwrap_or(0)
    }

    /// Bytes held, about.
    pub fn size(&self) -> usize {
        let borders =
            self.borders.iter().map(|border| border.groups.len() * size_of::<Group>() + border.edges.len() * 4);
        borders.sum::<usize>()
            + self.borders.len() * size_of::<Border>()
            + self.cells.len() * size_of::<Cell>()
            + self.parts.edges.len() * size_of::<Edge>()
    }

    /// Which of up to 64 rows lie so, as bits; `hint` is the cell of the row before.
    pub fn word(&self, keys: &[u64], hint: &mut usize, wanted: impl Fn(Location) -> bool) -> u64 {
        let (Some(&first), Some(&last)) = (keys.first(), keys.last()) else { return 0 };
        let mut at = self.cell(first, *hint);
        if self.ends_after(at, last)
            && let Some(Cell { kind: Ok(location), .. }) = self.cells.get(at)
        {
            *hint = at;
            return u64::from(wanted(*location)).wrapping_neg();
        }
        let mut word = 0;
        for (row, &key) in keys.iter().enumerate() {
            at = self.cell(key, at);
            let location = match self.cells.get(at).map(|cell| cell.kind) {
                Some(Ok(location)) => location,
                Some(Err(border)) => self.locate(&self.borders[border as usize], morton::position(key)),
                None => Location::Outside,
            };
            word |= u64::from(wanted(location)) << row;
        }
        *hint = at;
        word
    }

    fn ends_after(&self, cell: usize, key: u64) -> bool {
        self.cells.get(cell + 1).is_none_or(|next| next.first > key)
    }

    /// The cell of a key, which is likely the hinted one or the next.
    fn cell(&self, key: u64, hint: usize) -> usize {
        for at in [hint, hint + 1] {
            if self.cells.get(at).is_some_and(|cell| cell.first <= key) && self.ends_after(at, key) {
                return at;
            }
        }
        self.cells.partition_point(|cell| cell.first <= key).saturating_sub(1)
    }

    /// Where a row of a cell on the border lies.
    fn locate(&self, border: &Border, world: World) -> Location {
        let lon = longitude(world.x);
        let lat = border.north + f64::from(world.y.wrapping_sub(border.top)) * border.slope;
        self.place(border, [lon, lat], border.off)
            .or_else(|| self.place(border, [lon, latitude(world.y)], 0.0))
            .unwrap_or(Location::Outside)
    }

    /// Where a position lies whose latitude may be off by so much; `None` where that leaves it open.
    fn place(&self, border: &Border, p: [f64; 2], off: f64) -> Option<Location> {
        let (mut on_border, mut start) = (false, 0);
        for group in &border.groups {
            let part = &self.parts.parts[group.part as usize];
            let edges = &border.edges[start..start + group.edges as usize];
            start += edges.len();
            let (mut inside, mut on) = (group.inside, false);
            for edge in edges.iter().map(|&edge| &self.parts.edges[edge as usize]) {
                let [a, b] = edge;
                let near = |lat: f64| off > 0.0 && (lat - p[1]).abs() <= off;
                if near(a[1]) || near(b[1]) {
                    return None;
                }
                let crossed = crosses(edge, p[1]);
                // Exactly on an edge a position can be where it is level with it, too.
                if crossed || off == 0.0 && within(edge, p) {
                    match beside(edge, p, off)? {
                        Ordering::Equal => on |= within(edge, p),
                        side if part.area && crossed => {
                            inside ^= side == if a[1] < b[1] { Ordering::Less } else { Ordering::Greater };
                        }
                        _ => {}
                    }
                }
            }
            match (part.area, on) {
                (true, true) => on_border = true,
                (true, false) if inside => return Some(Location::Inside),
                (false, true) if part.ends.contains(&p) => on_border = true,
                (false, true) => return Some(Location::Inside),
                _ => {}
            }
        }
        Some(if on_border { Location::Border } else { Location::Outside })
    }
}

/// The side of an edge a position is on; `None` where its latitude leaves that open.
fn beside([a, b]: &Edge, p: [f64; 2], off: f64) -> Option<Ordering> {
    if off == 0.0 {
        return Some(side(*a, *b, p));
    }
    let (left, right) = ((a[0] - p[0]) * (b[1] - p[1]), (a[1] - p[1]) * (b[0] - p[0]));
    let made = left - right;
    let open = (b[0] - a[0]).abs() * off + ERROR * (left.abs() + right.abs());
    if made.abs() > open { made.partial_cmp(&0.0) } else { None }
}

/// Whether a position is in the box of an edge.
fn within([a, b]: &Edge, p: [f64; 2]) -> bool {
    (0..2).all(|axis| a[axis].min(b[axis]) <= p[axis] && p[axis] <= a[axis].max(b[axis]))
}
