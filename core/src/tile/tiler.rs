//! The whole pipeline on one screen: a plan, points and a tile address go in, the bytes of the tile come out.
//!
//! The rows of the tile are one range; of those that pass, either each becomes a feature or each occupied cell does. An
//! empty tile is zero bytes. Nothing here can fail but be told to stop, and nothing is allocated once the scratch space
//! is warm.

use crate::{
    plan::Plan,
    points::{
        cells::{MAX_LEVEL, count as count_cells},
        index::Points,
        profile::ALL,
        steps::scramble,
    },
    query::Mode,
    shapes::{Shapes, alike, draw::Drawing, grid},
    small::work::{Stopped, Toll, Work},
    space::tile::{EXTENT_BITS, TileId},
    tile::{
        cells::{self, Drawn, Grid},
        cut::{Cut, MAX_TILE_BYTES, Selection},
        grouped::{self, Groups},
        hexagons::Hexagons,
        layer::{Buffers, Layer},
        order::Order,
        outlined::Outlined,
        rows::{self, Places},
        shown::Shown as _,
    },
};
use alloc::vec::Vec;

/// Space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) buffers: Buffers,
    rows: rows::Blocks,
    groups: Groups,
    pub(super) cells: cells::Blocks,
    drawing: Drawing,
    /// Rows that meet the tile.
    met: Order,
    pub(super) alike: alike::Space,
    pub(super) hexagons: Hexagons,
}

impl Scratch {
    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.buffers.size()
            + self.rows.size()
            + self.groups.size()
            + self.cells.size()
            + self.drawing.size()
            + self.met.size()
            + self.alike.size()
            + self.hexagons.size()
    }
}

/// What is in a tile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Features written.
    pub features: u32,
    /// Rows of the tile that pass the filter.
    pub rows: u64,
    /// Of these, rows that are neither a feature nor counted in one.
    pub omitted: u64,
    /// Whether features are cells.
    pub cells: bool,
    /// Corners of the outlines of all features.
    pub corners: u64,
}

/// The deepest level whose cells have ids that every client reads exactly.
pub(super) const MAX_ID_LEVEL: u8 = 26;

/// What the features of a tile are.
pub(super) enum View<'s, 'a> {
    Rows,
    /// Rows with their outlines.
    Shapes(&'s Shapes<'a>),
    /// Cells of a level, with their ids or without.
    Cells(u8, bool),
    /// Cells of H3, of a resolution.
    Hexagons(u8),
}

impl Plan {
    /// Cuts a tile and appends its bytes to `out`.
    ///
    /// # Errors
    /// [`Stopped`] when nobody waits any more or the budget is used up; what was appended until then is no tile.
    pub fn tile_into(
        &self,
        points: &Points<'_>,
        selection: Selection<'_>,
        tile: TileId,
        work: &Work<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<Report, Stopped> {
        let (toll, points) = (&mut work.toll(), &self.drawn(points));
        let range = points.range(tile);
        let rows = selection.mask.map_or(range.len(), |mask| mask.count(range.clone()));
        // What lies beside the tile may come into it.
        if rows == 0 && points.shapes().is_none() && self.resolution(tile.z()).is_none() {
            return Ok(Report::default());
        }
        let Scratch { buffers, rows: row_blocks, groups, cells: cell_blocks, drawing, met, hexagons, .. } = scratch;
        let mut layer = Layer::new(out, points.layer(), 1 << EXTENT_BITS, &self.names, buffers);
        let cut = Cut { points, selection, tile, range };
        let view = self.view(&cut, rows, toll)?;
        let mut corners = 0;
        let shown = match view {
            View::Rows => self.rows(&cut, &mut layer, toll, row_blocks)?,
            View::Shapes(shapes) => {
                let shown = self.shapes(&cut, shapes, &mut layer, toll, row_blocks, drawing, met)?;
                corners = shown.1;
                shown.0
            }
            View::Cells(level, ids) => {
                let grid = Grid { tile, level, ids: ids && level <= MAX_ID_LEVEL };
                grouped::walk(self, &cut, level, toll, groups, |block, toll| {
                    if layer.size() > MAX_TILE_BYTES {
                        return Ok(false);
                    }
                    cells::write(self, Drawn::Squares(grid), block, &mut layer, toll, cell_blocks)?;
                    Ok(true)
                })?
            }
            View::Hexagons(resolution) => hexagons.walk(self, &cut, resolution, toll, |sketched, block, toll| {
                if layer.size() > MAX_TILE_BYTES {
                    return Ok(false);
                }
                cells::write(self, Drawn::Hexagons(sketched), block, &mut layer, toll, cell_blocks)?;
                Ok(true)
            })?,
        };
        let features = layer.finish();
        let (rows, cells) = (rows as u64, matches!(view, View::Cells(..) | View::Hexagons(_)));
        Ok(Report { features, rows, omitted: rows - shown, cells, corners })
    }

    /// Rows or cells: see `mode` and `limit` in the design. Neighbouring tiles differ only where one has more rows than
    /// the limit.
    pub(super) fn view<'p, 'a>(
        &self,
        cut: &Cut<'p, 'a>,
        rows: usize,
        toll: &mut Toll<'_>,
    ) -> Result<View<'p, 'a>, Stopped> {
        let &Cut { points, selection, tile, .. } = cut;
        let (z, limit) = (tile.z(), self.limit as usize);
        let from = || selection.profile.points_minzoom();
        let rows_fit = || from().is_some_and(|minzoom| minzoom <= z);
        if let Some(resolution) = self.resolution(z)
            && (matches!(self.mode, Mode::Cells | Mode::Places)
                || self.mode == Mode::Auto && !(rows_fit() && (points.shapes().is_some() || rows <= limit)))
        {
            return Ok(View::Hexagons(resolution));
        }
        Ok(match (self.mode, points.shapes()) {
            (Mode::Points, Some(shapes)) => View::Shapes(shapes),
            (Mode::Auto, Some(shapes)) if rows_fit() => View::Shapes(shapes),
            (Mode::Points, None) => View::Rows,
            (Mode::Auto, None) if rows_fit() => {
                if rows <= limit {
                    return Ok(View::Rows);
                }
                // Too many rows at too few places: the finest cells that fit.
                let mut level = (z + EXTENT_BITS).min(MAX_LEVEL);
                while level > z + self.grid
                    && count_cells(points.sorted(), selection.mask, cut.range.clone(), level, limit, toll)? > limit
                {
                    level -= 1;
                }
                View::Cells(level, false)
            }
            (Mode::Auto | Mode::Cells | Mode::Places, _) => View::Cells(z + self.grid, true),
        })
    }

    /// Writes rows with their outlines and tells how many of those of the tile, and corners of all.
    #[expect(clippy::too_many_arguments, reason = "most are space that stays warm")]
    fn shapes(
        &self,
        cut: &Cut<'_, '_>,
        shapes: &Shapes<'_>,
        layer: &mut Layer<'_>,
        toll: &mut Toll<'_>,
        blocks: &mut rows::Blocks,
        drawing: &mut Drawing,
        met: &mut Order,
    ) -> Result<(u64, u64), Stopped> {
        let &Cut { points, selection: Selection { mask, profile, .. }, tile, ref range } = cut;
        met.clear();
        let grid = grid::Grid::of(tile).detailed(self.detail);
        if let Some(most) = profile.most(tile.z()) {
            shapes.meeting(&grid, (most, points.rows()), mask, toll, |row| met.push(shapes.covers(row), row as u32))?;
            toll.pay(2 * met.len())?;
            met.sort();
        }
        let mut outlined = Outlined::new(points, shapes, grid, range.clone(), drawing);
        rows::write(points, &self.columns, &mut outlined, met.rows(), layer, toll, blocks)?;
        Ok((outlined.shown, outlined.corners))
    }

    /// Writes rows and tells how many.
    fn rows(
        &self,
        cut: &Cut<'_, '_>,
        layer: &mut Layer<'_>,
        toll: &mut Toll<'_>,
        blocks: &mut rows::Blocks,
    ) -> Result<u64, Stopped> {
        let &Cut { points, selection: Selection { mask, profile, .. }, tile, ref range } = cut;
        let range = range.clone();
        let (columns, places) = (&self.columns[..], &mut Places { points, tile });
        if let (Mode::Points, Some(ranks)) = (self.mode, points.ranks()) {
            let most = profile.most(tile.z());
            let kept = |&row: &usize| most.is_some_and(|most| most.keeps(ranks[row], points.rows()[row]));
            return match mask {
                None => rows::write(points, columns, places, range.filter(kept), layer, toll, blocks),
                Some(mask) => rows::write(points, columns, places, mask.rows(range).filter(kept), layer, toll, blocks),
            };
        }
        let bound = match (self.mode, mask) {
            (Mode::Points, None) => profile.bound(tile.z(), points.rows()[range.clone()].iter().copied()),
            (Mode::Points, Some(mask)) => {
                profile.bound(tile.z(), mask.rows(range.clone()).map(|row| points.rows()[row]))
            }
            _ => ALL,
        };
        let kept = |&row: &usize| u64::from(scramble(points.rows()[row])) < bound;
        let thinned = bound < ALL;
        // Each its own loop: what is not asked is not asked for every row.
        match (mask, thinned) {
            (None, false) => rows::write(points, columns, places, range, layer, toll, blocks),
            (None, true) => rows::write(points, columns, places, range.filter(kept), layer, toll, blocks),
            (Some(mask), false) => rows::write(points, columns, places, mask.rows(range), layer, toll, blocks),
            (Some(mask), true) => {
                rows::write(points, columns, places, mask.rows(range).filter(kept), layer, toll, blocks)
            }
        }
    }

    /// Visits the cells of a zoom, over the whole world, with the numbers they carry: how many cells it were, and some of
    /// their numbers, each as (position among [`Plan::properties`], value). This is what legends and the ranges in metadata
    /// are made of. `visit` says whether to go on.
    ///
    /// # Errors
    /// [`Stopped`], as [`Plan::tile_into`].
    pub fn each_cell(
        &self,
        points: &Points<'_>,
        selection: Selection<'_>,
        z: u8,
        work: &Work<'_>,
        scratch: &mut Scratch,
        mut visit: impl FnMut(usize, &[(usize, f64)]) -> bool,
    ) -> Result<(), Stopped> {
        let level = (z + self.grid).min(MAX_LEVEL);
        let cut = Cut { points, selection, tile: TileId::WORLD, range: 0..points.len() };
        let mut numbers = Vec::new();
        if let Some(resolution) = self.resolution(z) {
            return scratch.hexagons.walk_world(self, (&cut, z), resolution, &mut work.toll(), |block, toll| {
                numbers.clear();
                block.numbers(self, toll, |property, number| numbers.push((property, number)))?;
                Ok(visit(block.len(), &numbers))
            });
        }
        grouped::walk(self, &cut, level, &mut work.toll(), &mut scratch.groups, |block, toll| {
            numbers.clear();
            block.numbers(self, toll, |property, number| numbers.push((property, number)))?;
            Ok(visit(block.len(), &numbers))
        })?;
        Ok(())
    }
}
