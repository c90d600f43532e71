//! Cells of points: rows are grouped by walking the index, some hundred cells at a time.
//!
//! What enters is a tile being cut and the level of its cells; what leaves goes to whoever takes blocks of cells, as
//! [`Shown`].

use crate::{
    measure::{
        category::Categories,
        numbers::{Measured, Measures, Space},
    },
    plan::Plan,
    points::cells::{self, Cell},
    small::work::{STEP, Stopped, Toll},
    space::{mercator::World, morton},
    table::{columns::Column, values::Values},
    tile::{cells::BLOCK, cut::Cut, rows, shown::Shown, values::Value},
};
use alloc::{string::String, vec::Vec};

/// Where the values of their rows are needed, cells are done as soon as they have so many together, or memory would be
/// needed for all of them.
const ROWS: usize = STEP;

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Groups {
    cells: Vec<Cell>,
    space: Space,
    counts: Vec<u32>,
}

impl Groups {
    /// Bytes held.
    pub fn size(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>() + self.space.size() + self.counts.capacity() * 4
    }
}

/// A cell of some squares of the map.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Its code.
    pub code: u64,
    /// Its number among those that were met.
    pub number: u32,
    /// Its rows that pass.
    pub count: u64,
    /// The square after its last.
    pub end: u32,
}

/// Cells, each of one square of the map or of some.
#[derive(Clone, Copy)]
pub enum Grouped<'b> {
    /// Of one.
    Squares(&'b [Cell]),
    /// Of some: where those of the first begin, and all squares.
    Groups(&'b [Group], usize, &'b [Cell]),
}

impl<'b> Grouped<'b> {
    const fn len(self) -> usize {
        match self {
            Self::Squares(cells) => cells.len(),
            Self::Groups(groups, ..) => groups.len(),
        }
    }

    /// The code of a cell, and how many rows it has.
    #[inline]
    fn cell(self, at: usize) -> (u64, u64) {
        match self {
            Self::Squares(cells) => (cells[at].code, cells[at].count as u64),
            Self::Groups(groups, ..) => (groups[at].code, groups[at].count),
        }
    }

    /// The squares of a cell, all with rows that pass.
    #[inline]
    fn squares(self, at: usize) -> &'b [Cell] {
        match self {
            Self::Squares(cells) => core::slice::from_ref(&cells[at]),
            Self::Groups(groups, first, cells) => {
                let start = at.checked_sub(1).map_or(first, |before| groups[before].end as usize);
                &cells[start..groups[at].end as usize]
            }
        }
    }
}

/// Some cells of points.
pub struct Block<'b, 'p, 'a> {
    pub cut: &'b Cut<'p, 'a>,
    pub cells: Grouped<'b>,
    pub space: &'b mut Space,
    pub counts: &'b mut Vec<u32>,
}

/// Rows of cells that are done together, after which the cells so far are.
pub(super) fn most(plan: &Plan) -> usize {
    if plan.measures.iter().any(Measures::needs_values) { ROWS } else { usize::MAX }
}

/// Walks the cells of a level that have passing rows, and gives them to `take` in blocks, until it says to stop. Tells how
/// many rows were in those that were taken.
///
/// # Errors
/// [`Stopped`], of this or of `take`.
pub fn walk<'p, 'a>(
    plan: &Plan,
    cut: &Cut<'p, 'a>,
    level: u8,
    toll: &mut Toll<'_>,
    groups: &mut Groups,
    mut take: impl FnMut(&mut Block<'_, 'p, 'a>, &mut Toll<'_>) -> Result<bool, Stopped>,
) -> Result<u64, Stopped> {
    let most = most(plan);
    let Groups { cells: found, space, counts } = groups;
    found.clear();
    let (mut shown, mut rows) = (0, 0);
    let mut flush = |found: &mut Vec<Cell>, toll: &mut Toll<'_>| {
        toll.pay(found.len())?;
        let go_on = take(&mut Block { cut, cells: Grouped::Squares(found), space, counts }, toll)?;
        if go_on {
            shown += found.drain(..).map(|cell| cell.count as u64).sum::<u64>();
        }
        Ok(go_on)
    };
    let range = cut.range.clone();
    let whole = cells::walk(cut.points.sorted(), cut.selection.mask, range, level, toll, |cell, toll| {
        rows += cell.count;
        found.push(cell);
        if found.len() < BLOCK && rows < most {
            return Ok(true);
        }
        rows = 0;
        flush(found, toll)
    })?;
    if whole && !found.is_empty() {
        flush(found, toll)?;
    }
    Ok(shown)
}

impl Shown for Block<'_, '_, '_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, at: usize) -> (u64, u64) {
        self.cells.cell(at)
    }

    fn measure(&mut self, measures: &Measures, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        let column = &self.cut.points.columns()[measures.column];
        let selection = &self.cut.selection;
        let cells = (0..self.cells.len()).map(|at| self.cells.squares(at));
        measures.prepare(column, selection.summary(measures.column), cells, selection.mask, toll, self.space)
    }

    fn measured(&self, measures: &Measures, kind: usize, mut emit: impl FnMut(usize, Value<'_>)) {
        let column = &self.cut.points.columns()[measures.column];
        measures.each(column, kind, self.space, |at, value| emit(at, told(column, &value)));
    }

    fn count(
        &mut self,
        at: usize,
        by: &Categories,
        toll: &mut Toll<'_>,
        emit: impl FnMut(usize, u32),
    ) -> Result<(), Stopped> {
        let (column, mask) = (&self.cut.points.columns()[by.column], self.cut.selection.mask);
        let runs = self.cells.squares(at).iter().map(|square| square.run.clone());
        by.count(column, runs, mask, toll, self.counts, emit)
    }

    fn lone(
        &mut self,
        column: usize,
        toll: &mut Toll<'_>,
        mut emit: impl FnMut(usize, Value<'_>),
    ) -> Result<(), Stopped> {
        let (column, mask) = (&self.cut.points.columns()[column], self.cut.selection.mask);
        toll.pay(self.cells.len())?;
        for at in (0..self.cells.len()).filter(|&at| self.cells.cell(at).1 == 1) {
            let row = self.cells.squares(at).first().and_then(|Cell { run, .. }| match mask {
                Some(mask) => mask.next(run.clone()),
                None => Some(run.start),
            });
            let text = &mut String::new();
            if let Some(value) = row.and_then(|row| rows::value(column, row, text)) {
                emit(at, value);
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn centroid(&self, at: usize, toll: &mut Toll<'_>) -> Result<World, Stopped> {
        let (mut east, mut south, mut rows) = (0u64, 0u64, 0u64);
        let mut add = |row: usize| {
            let world = morton::position(self.cut.points.keys()[row]);
            (east, south, rows) = (east + u64::from(world.x), south + u64::from(world.y), rows + 1);
        };
        self.cells.squares(at).iter().try_for_each(|square| {
            toll.each_step(square.run.clone(), |part| match self.cut.selection.mask {
                Some(mask) => mask.rows(part).for_each(&mut add),
                None => part.for_each(&mut add),
            })
        })?;
        Ok(World { x: (east / rows.max(1)) as u32, y: (south / rows.max(1)) as u32 })
    }
}

/// A measured value as tiles have it.
pub fn told<'v>(column: &Column<'v>, value: &'v Measured) -> Value<'v> {
    match *value {
        Measured::Integer(value) => Value::Integer(value),
        Measured::Wide(ref text) => Value::Text(text),
        Measured::Float(value) => Value::Float(value),
        Measured::Double(value) => Value::Double(value),
        Measured::Boolean(value) => Value::Boolean(value),
        Measured::Code(code) => match column.values {
            Values::Text(_, words) => Value::Code(code, words.get(code as usize)),
            _ => Value::Integer(code.into()),
        },
    }
}
