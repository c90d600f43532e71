//! Where rows lie to a shape, in the order of the map: from cell to cell, each cut only as far as there are rows in it.
//!
//! Cells are quarters of quarters, as the order of rows has them. A cell that no edge touches is inside or outside as a whole. One
//! on the border is cut while there are enough rows ahead that it pays; then the few edges in it are looked at for each row.

use super::{
    cell::{Cell, Location},
    near::{Near, Rows},
    region::Region,
};
use crate::space::morton;
use alloc::vec::Vec;
use core::ops::Range;

/// Rows ahead in a quarter for which it is looked at by itself: some, and more where few edges are left.
const AHEAD: usize = 2;
const FEW: usize = 96;
/// What a quarter, an edge looked at for it, a row on the border, and one that is decided exactly cost, in looks at rows.
const QUARTER: usize = 100;
const EDGE: usize = 6;
const OPEN: usize = 200;

/// What matters in a cell of a part: whether the north-west corner is inside it, and how many edges it has there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    pub part: u32,
    pub inside: bool,
    pub edges: u32,
}

/// What matters in a cell, and where that begins in the lists of all cells on the way to it.
struct Node {
    cell: Cell,
    /// Where all of it lies, if that is so.
    whole: Option<Location>,
    middle: Option<[f64; 2]>,
    groups: usize,
    edges: usize,
}

/// A place on the way through the cells of a region.
pub(crate) struct Walk<'r> {
    region: &'r Region,
    nodes: Vec<Node>,
    groups: Vec<Group>,
    edges: Vec<u32>,
    /// The edges of the last cell, made ready, if they are.
    near: Vec<Near>,
    ready: bool,
    rows: Rows,
    /// Rows that all lie so, found out with one of them.
    sure: (Range<usize>, Location),
    /// What was looked at and is not paid for.
    pub owed: usize,
}

impl<'r> Walk<'r> {
    pub fn new(region: &'r Region) -> Self {
        let world = Node { cell: Cell::world(), whole: None, middle: None, groups: 0, edges: 0 };
        let (groups, edges) = (region.groups.clone(), region.edges.clone());
        let owed = edges.len();
        Self {
            region,
            nodes: Vec::from([world]),
            groups,
            edges,
            near: Vec::new(),
            ready: false,
            rows: Rows::NONE,
            sure: (0..0, Location::Outside),
            owed,
        }
    }

    pub const fn region(&self) -> &'r Region {
        self.region
    }

    /// Which of up to 64 rows lie so, as bits.
    pub fn word(&mut self, keys: &[u64], rows: &Range<usize>, wanted: impl Fn(Location) -> bool) -> u64 {
        let (mut at, mut word) = (rows.start, 0);
        if self.sure.0.start <= rows.start && rows.end <= self.sure.0.end {
            return u64::from(wanted(self.sure.1)).wrapping_neg();
        }
        while at < rows.end {
            let Some(cell) = self.to(keys, at) else { return word };
            // Ascending, so that the last tells of all; but for damaged files.
            let left = &keys[at..rows.end];
            let last = cell.last();
            let all = left.last().is_some_and(|&key| key <= last);
            let run = if all { left.len() } else { left.iter().take_while(|&&key| key <= last).count().max(1) };
            let bits = match self.nodes.last().and_then(|node| node.whole) {
                Some(location) => {
                    if all {
                        self.sure = (at..after(keys, rows.end, last), location);
                    }
                    u64::from(wanted(location)).wrapping_neg()
                }
                None => self.look(&left[..run], cell, &wanted),
            };
            let some = u64::MAX >> (64 - run);
            word |= (bits & some) << (at - rows.start);
            at += run;
        }
        word
    }

    /// Goes to the cell of a row, as far down as the rows after it make worth while.
    fn to(&mut self, keys: &[u64], row: usize) -> Option<Cell> {
        let &key = keys.get(row)?;
        while self.nodes.len() > 1 && self.nodes.last().is_some_and(|node| !node.cell.contains(key)) {
            if let Some(node) = self.nodes.pop() {
                self.groups.truncate(node.groups);
                self.edges.truncate(node.edges);
                self.ready = false;
            }
        }
        loop {
            let node = self.nodes.last_mut()?;
            let edges = self.edges.len() - node.edges;
            if node.whole.is_some() {
                return Some(node.cell);
            }
            let ahead = keys.get(row + AHEAD + FEW / edges.max(1)).copied();
            let level = node.cell.level - 1;
            if ahead.is_none_or(|ahead| (ahead ^ key) >> (2 * level) != 0) {
                return Some(node.cell);
            }
            let cell = node.cell;
            let middle = *node.middle.get_or_insert_with(|| cell.middle());
            self.down(cell, cell.quarter(key, middle));
        }
    }

    /// Goes to a quarter of the last cell.
    fn down(&mut self, cell: Cell, quarter: Cell) {
        let (groups, edges) = self.nodes.last().map_or((0, 0), |node| (node.groups, node.edges));
        let (to_groups, to_edges) = (self.groups.len(), self.edges.len());
        let corner = quarter.corner_position();
        self.owed += QUARTER + (to_edges - edges) * EDGE;
        let (mut whole, mut start) = (None, edges);
        for group in groups..to_groups {
            let Group { part, mut inside, edges } = self.groups[group];
            let kept = self.edges.len();
            let area = self.region.parts.parts[part as usize].area;
            if cell.is_beside(&quarter, self.region.frames[part as usize]) {
                start += edges as usize;
                whole = whole.or(Some(Location::Inside).filter(|_| area && inside));
                continue;
            }
            for at in start..start + edges as usize {
                let number = self.edges[at];
                let edge = &self.region.parts.edges[number as usize];
                inside ^= area && cell.parts(edge, quarter.corner.y, corner);
                if quarter.touches(edge) {
                    self.edges.push(number);
                }
            }
            start += edges as usize;
            let edges = (self.edges.len() - kept) as u32;
            match (edges, area && inside) {
                (0, true) => whole = Some(Location::Inside),
                (0, false) => {}
                _ => self.groups.push(Group { part, inside, edges }),
            }
        }
        if self.groups.len() == to_groups {
            whole = whole.or(Some(Location::Outside));
        }
        self.ready = false;
        self.nodes.push(Node { cell: quarter, whole, middle: None, groups: to_groups, edges: to_edges });
        // All of a step is one position.
        if quarter.level == 0 && whole.is_none() {
            let location = self.locate(quarter, quarter.first);
            if let Some(node) = self.nodes.last_mut() {
                node.whole = Some(location);
            }
        }
    }

    /// Looks at rows of the last cell, which is on the border.
    fn look(&mut self, keys: &[u64], cell: Cell, wanted: impl Fn(Location) -> bool) -> u64 {
        let (groups, edges) = self.nodes.last().map_or((0, 0), |node| (node.groups, node.edges));
        if !self.ready {
            self.near.clear();
            let all = &self.region.parts.edges;
            self.near.extend(self.edges[edges..].iter().map(|&edge| Near::new(&all[edge as usize], &cell)));
            self.owed += self.near.len() * EDGE;
            self.ready = true;
        }
        self.owed += keys.len() * self.near.len();
        self.rows.fill(keys, &cell);
        let (mut inside, mut start) = (0, 0);
        for group in &self.groups[groups..] {
            let edges = &self.near[start..start + group.edges as usize];
            start += edges.len();
            let area = self.region.parts.parts[group.part as usize].area;
            let word = self.rows.inside(keys.len(), group.inside, edges);
            inside |= if area { word } else { 0 };
        }
        let [is_inside, is_outside] = [Location::Inside, Location::Outside].map(&wanted);
        let mut word = inside & u64::from(is_inside).wrapping_neg() | !inside & u64::from(is_outside).wrapping_neg();
        let mut open = self.rows.open();
        while open != 0 {
            let row = open.trailing_zeros() as usize;
            open &= open - 1;
            self.owed += OPEN + self.near.len() * EDGE;
            let location = keys.get(row).map_or(Location::Outside, |&key| self.locate(cell, key));
            word = word & !(1 << row) | u64::from(wanted(location)) << row;
        }
        word
    }

    /// Where a row of the last cell lies, exactly.
    fn locate(&self, cell: Cell, key: u64) -> Location {
        let (groups, mut start) = self.nodes.last().map_or((0, 0), |node| (node.groups, node.edges));
        let parts = &self.region.parts;
        let groups = self.groups[groups..].iter().map(|group| {
            let edges = &self.edges[start..start + group.edges as usize];
            start += edges.len();
            (&parts.parts[group.part as usize], group.inside, edges)
        });
        cell.locate(morton::position(key), groups, &parts.edges)
    }
}

/// The first row from a row on whose key is beyond one: by steps that double, so that few keys are looked at.
fn after(keys: &[u64], from: usize, last: u64) -> usize {
    let (mut end, mut step) = (from, 64);
    while keys.get(end + step - 1).is_some_and(|&key| key <= last) {
        end += step;
        step *= 2;
    }
    while step > 1 {
        step /= 2;
        if keys.get(end + step - 1).is_some_and(|&key| key <= last) {
            end += step;
        }
    }
    end
}
