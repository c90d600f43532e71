//! Cells of H3: rows are grouped by walking the squares that may matter, then each cell is drawn.
//!
//! What enters is a tile being cut and a resolution; what leaves goes to whoever takes blocks of cells, as
//! [`Shown`](super::shown::Shown) and [`Sketched`]. A cell has all of its rows, wherever they are, so that it is the same in every
//! tile that it comes into.

use crate::{
    hex::{
        lattice::Lattice,
        reach::Reach,
        sketch::{Sketch, middle},
        steps,
        walk::{COARSEST, FRESH, Piece, Walk},
    },
    measure::numbers,
    outlines::WORLD,
    plan::Plan,
    points::cells::Cell,
    query::Shape,
    shapes::grid,
    small::work::{STEP, Stopped, Toll},
    space::tile::TileId,
    tile::{
        cells::BLOCK,
        cut::Cut,
        grouped::{Block, Group, Grouped},
        sketched::{AWAY, Met, Sketched},
    },
};
use alloc::vec::Vec;
use core::ops::Range;

/// Rows that one tile is walked for where all cells of the world are asked for.
const MANY: usize = if cfg!(test) { 500 } else { 1 << 20 };

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Hexagons {
    lattice: Lattice,
    sketch: Sketch,
    /// The cells that were met, by their numbers in the lattice.
    met: Vec<Met>,
    /// Their rows as they were found: number, first row, row after the last, landmark.
    found: Vec<[u32; 4]>,
    /// The cells to be shown, in the order of their indices, and their rows.
    groups: Vec<Group>,
    cells: Vec<Cell>,
    space: numbers::Space,
    counts: Vec<u32>,
}

/// What is drawn for cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Outline,
    Middle,
}

impl Hexagons {
    /// Bytes held, about.
    pub fn size(&self) -> usize {
        self.lattice.size()
            + self.sketch.size()
            + self.met.capacity() * size_of::<Met>()
            + self.found.capacity() * 16
            + self.groups.capacity() * size_of::<Group>()
            + self.cells.capacity() * size_of::<Cell>()
            + self.space.size()
            + self.counts.capacity() * 4
    }

    /// Groups the rows of all cells of a resolution that come into a tile, and gives them to `take` in blocks, until it says to
    /// stop. Tells how many rows of the tile are shown, here or where the middle of their cell is.
    ///
    /// # Errors
    /// [`Stopped`], of this or of `take`.
    pub fn walk<'p, 'a>(
        &mut self,
        plan: &Plan,
        cut: &Cut<'p, 'a>,
        resolution: u8,
        toll: &mut Toll<'_>,
        take: impl FnMut(Sketched<'_>, &mut Block<'_, 'p, 'a>, &mut Toll<'_>) -> Result<bool, Stopped>,
    ) -> Result<u64, Stopped> {
        let look = if plan.shape == Shape::Polygon { Look::Outline } else { Look::Middle };
        self.gather(plan, cut, (resolution, look), toll)?;
        self.give(plan, cut, toll, take)
    }

    /// Whether tiles of a zoom within a tile that holds no row have the same bytes at a glance: all of them, with what is drawn about
    /// them, lie in one cell, far from its edges, and cells are drawn as outlines.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn alike(&mut self, plan: &Plan, tile: TileId, resolution: u8, toll: &mut Toll<'_>) -> Result<bool, Stopped> {
        if plan.shape != Shape::Polygon || tile.z() < COARSEST {
            return Ok(false);
        }
        toll.pay(FRESH)?;
        self.lattice.clear(resolution);
        let half = WORLD as f64 / f64::from(2u32 << tile.z());
        let middle = [tile.corner().x, tile.corner().y].map(|at| f64::from(at) + half);
        // An edge is drawn straight for some way, which its great circle is not.
        Ok(self.lattice.square(middle, 2.0 * half).is_some())
    }

    /// Visits all cells of the world that a zoom has, some at a time: those whose middle is in one tile after the other.
    ///
    /// # Errors
    /// [`Stopped`], of this or of `take`.
    pub fn walk_world<'p, 'a>(
        &mut self,
        plan: &Plan,
        (cut, z): (&Cut<'p, 'a>, u8),
        resolution: u8,
        toll: &mut Toll<'_>,
        mut take: impl FnMut(&mut Block<'_, 'p, 'a>, &mut Toll<'_>) -> Result<bool, Stopped>,
    ) -> Result<(), Stopped> {
        let (mut open, mut go_on) = (Vec::from([cut.tile]), true);
        while let Some(tile) = open.pop().filter(|_| go_on) {
            let range = cut.points.range(tile);
            if range.len() > MANY && tile.z() < z {
                open.extend(tile.children().into_iter().flatten());
                continue;
            }
            let cut = Cut { points: cut.points, selection: cut.selection, tile, range };
            self.gather(plan, &cut, (resolution, Look::Middle), toll)?;
            self.give(plan, &cut, toll, |_, block, toll| {
                go_on = take(block, toll)?;
                Ok(go_on)
            })?;
        }
        Ok(())
    }

    /// Finds the cells and their rows.
    fn gather(
        &mut self,
        plan: &Plan,
        cut: &Cut<'_, '_>,
        (resolution, look): (u8, Look),
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let Self { lattice, sketch, met, found, groups, cells, .. } = self;
        sketch.clear();
        met.clear();
        found.clear();
        groups.clear();
        cells.clear();
        let (tile, mask) = (cut.tile, cut.selection.mask);
        let grid = grid::Grid::of(tile);
        let needs_rows = !plan.measures.is_empty() || plan.categories.is_some() || !plan.lone().is_empty();
        let take = |lattice: &Lattice, piece: Piece, toll: &mut Toll<'_>| {
            let Piece { number, run, landmark } = piece;
            // Cells that were met since are next to be drawn.
            while met.len() <= number as usize {
                let cell = lattice.cell(met.len() as u32);
                let shown = match look {
                    Look::Outline => sketch.draw(cell, (tile, &grid), toll)?,
                    Look::Middle => middle(cell, tile).map(|_| 0),
                };
                met.push(Met { sketch: shown.unwrap_or(AWAY), pieces: 0, count: 0, own: 0 });
            }
            let of = &mut met[number as usize];
            if of.sketch == AWAY {
                return Ok(());
            }
            let passing = |run: Range<usize>| mask.map_or(run.len(), |mask| mask.count(run)) as u64;
            of.count += passing(run.clone());
            of.own += passing(run.start.max(cut.range.start)..run.end.min(cut.range.end));
            if needs_rows {
                let landmark = landmark.map_or(u32::MAX, |at| at as u32);
                match found.last_mut() {
                    Some([last, _, end, u32::MAX])
                        if *last == number && *end as usize == run.start && landmark == u32::MAX =>
                    {
                        *end = run.end as u32;
                    }
                    _ => {
                        of.pieces += 1;
                        found.push([number, run.start as u32, run.end as u32, landmark]);
                    }
                }
            }
            Ok(())
        };
        let reach = Reach::of(tile, steps::resolution(resolution));
        Walk::new((cut.points.sorted(), mask), (reach, resolution), lattice, take).go(toll)?;
        let shown = met.iter().enumerate().filter(|(_, met)| met.count > 0);
        groups.extend(shown.map(|(number, met)| Group {
            code: lattice.cell(number as u32).into(),
            number: number as u32,
            count: met.count,
            end: 0,
        }));
        toll.pay(groups.len())?;
        groups.sort_unstable_by_key(|group| group.code);
        let mut end = 0;
        for group in groups.iter_mut() {
            let met = &mut met[group.number as usize];
            (met.pieces, end) = (end, end + met.pieces);
            group.end = end;
        }
        toll.pay(found.len())?;
        cells.resize(found.len(), Cell { code: 0, run: 0..0, count: 0, landmark: None });
        for &[number, start, end, landmark] in found.iter() {
            let place = &mut met[number as usize].pieces;
            let run = start as usize..end as usize;
            let count = mask.map_or(run.len(), |mask| mask.count(run.clone()));
            let landmark = (landmark != u32::MAX).then_some(landmark as usize);
            cells[*place as usize] = Cell { code: 0, run, count, landmark };
            *place += 1;
        }
        Ok(())
    }

    /// Gives what was found away, in blocks.
    fn give<'p, 'a>(
        &mut self,
        plan: &Plan,
        cut: &Cut<'p, 'a>,
        toll: &mut Toll<'_>,
        mut take: impl FnMut(Sketched<'_>, &mut Block<'_, 'p, 'a>, &mut Toll<'_>) -> Result<bool, Stopped>,
    ) -> Result<u64, Stopped> {
        let Self { sketch, met, groups, cells, space, counts, .. } = self;
        let most = if plan.measures.iter().any(numbers::Measures::needs_values) { STEP as u64 } else { u64::MAX };
        let (mut start, mut first, mut own) = (0, 0, 0);
        while start < groups.len() {
            let rest = &groups[start..];
            let mut rows = 0;
            let fits = |group: &&Group| {
                let fits = rows < most;
                rows += group.count;
                fits
            };
            let some = &rest[..rest.iter().take(BLOCK).take_while(fits).count().max(1)];
            let sketched = Sketched { tile: cut.tile, groups: some, met, sketch };
            toll.pay(some.len())?;
            let cells = Grouped::Groups(some, first, cells);
            if !take(sketched, &mut Block { cut, cells, space, counts }, toll)? {
                break;
            }
            own += some.iter().map(|group| met[group.number as usize].own).sum::<u64>();
            (start, first) = (start + some.len(), some.last().map_or(first, |last| last.end as usize));
        }
        // Rows of cells whose middle is in another tile are shown there.
        let all = || cut.selection.mask.map_or(cut.range.len(), |mask| mask.count(cut.range.clone())) as u64;
        Ok(if start == groups.len() { all() } else { own })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        filter::mask::Mask,
        hex::crowds::{expected, scattered},
        points::{index::Points, landmarks::Landmarks, profile::Profile},
        query::TileQuery,
        small::work::Work,
        space::morton,
        table::view::Roles,
        tile::{cut::Selection, layer::Geometry, shown::Shown as _},
    };
    use alloc::collections::BTreeMap;

    #[test]
    fn cells_of_tiles_are_those_of_h3_with_all_of_their_rows() {
        let (keys, rows) = scattered();
        let words = Landmarks::build(&keys);
        let bare = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let known = bare.with_landmarks(Landmarks::new(&words, keys.len()));
        let some = Mask::new(
            0..keys.len(),
            (0..keys.len() as u64 / 64).map(|i| i.wrapping_mul(0xd134_2543_de82_ef95)).collect(),
        );
        let (mut space, work, profile) = (Hexagons::default(), Work::free(), Profile::default());
        for (points, mask) in [(known, None), (bare, None), (known, Some(&some))] {
            for shape in ["polygon", "point"] {
                for (z, resolution) in
                    [(0, 0), (0, 1), (0, 3), (1, 0), (2, 2), (3, 4), (5, 3), (7, 8), (9, 7), (9, 2), (13, 12), (19, 15)]
                {
                    let query = alloc::format!("mode=cells&cell=h3&res={resolution}&shape={shape}");
                    let plan = TileQuery::parse(&query).expect("a query").plan(&points, &work).expect("fits");
                    let expected = expected(&keys, mask, resolution);
                    // At deep zooms the tiles of some rows, and those beside them.
                    let tiles: alloc::collections::BTreeSet<TileId> = match z {
                        0..=3 => (0..1 << (2 * z))
                            .filter_map(|at| TileId::new(z, at >> z, at & ((1 << z) - 1)).ok())
                            .collect(),
                        _ => keys
                            .iter()
                            .step_by(97)
                            .flat_map(|&key| {
                                let tile = TileId::containing(morton::position(key), z as u8);
                                (0..9).filter_map(move |at| {
                                    TileId::new(
                                        z,
                                        (tile.x() + at % 3).wrapping_sub(1),
                                        (tile.y() + at / 3).wrapping_sub(1),
                                    )
                                    .ok()
                                })
                            })
                            .collect(),
                    };
                    let mut met = BTreeMap::new();
                    for &tile in &tiles {
                        let selection = Selection { mask, profile: &profile, summaries: &[] };
                        let cut = Cut { points: &points, selection, tile, range: points.range(tile) };
                        let mut here = BTreeMap::new();
                        let shown = space.walk(&plan, &cut, resolution, &mut work.toll(), |sketched, block, _| {
                            for at in 0..block.len() {
                                let (code, count) = block.cell(at);
                                assert!(here.insert(code, count as usize).is_none());
                                let geometry = sketched.geometry(plan.shape, at);
                                assert!(
                                    matches!(geometry, Geometry::Paths(paths) if !paths.ends.is_empty())
                                        || matches!(geometry, Geometry::Point { .. }) && shape == "point"
                                );
                            }
                            Ok(true)
                        });
                        let what = alloc::format!("{tile} {query}");
                        let passing = |row: &usize| mask.is_none_or(|mask| mask.get(*row));
                        assert_eq!(shown, Ok(cut.range.clone().filter(passing).count() as u64), "{what}");
                        for (code, &count) in &here {
                            assert_eq!(Some(count), expected.get(code).map(Vec::len), "{what} {code:x}");
                        }
                        if shape == "polygon" {
                            for (code, rows) in &expected {
                                assert!(
                                    here.contains_key(code) || !rows.iter().any(|row| cut.range.contains(row)),
                                    "{what} {code:x}"
                                );
                            }
                        } else {
                            assert!(here.keys().all(|code| !met.contains_key(code)), "{what}");
                        }
                        met.extend(here);
                    }
                    if z < 4 {
                        assert_eq!(met.len(), expected.len(), "{query} at {z}");
                    }
                }
            }
        }
    }

    #[test]
    fn all_cells_of_the_world_come_once() {
        let (keys, rows) = scattered();
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let (mut space, work, profile) = (Hexagons::default(), Work::free(), Profile::default());
        let plan = TileQuery::parse("mode=cells&cell=h3").expect("a query").plan(&points, &work).expect("fits");
        for z in [0, 4, 9] {
            let resolution = plan.resolution(z).expect("cells");
            let selection = Selection { mask: None, profile: &profile, summaries: &[] };
            let cut = Cut { points: &points, selection, tile: TileId::WORLD, range: 0..keys.len() };
            let mut met = BTreeMap::new();
            let walked = space.walk_world(&plan, (&cut, z), resolution, &mut work.toll(), |block, _| {
                met.extend((0..block.len()).map(|at| block.cell(at)));
                Ok(true)
            });
            assert_eq!(walked, Ok(()));
            let expected = expected(&keys, None, resolution);
            assert!(met.into_iter().eq(expected.into_iter().map(|(code, rows)| (code, rows.len() as u64))));
        }
    }
}
