//! A run at a zoom: levels and vertices enter, the vertices that are drawn leave, on the grid of a tile.
//!
//! Of long runs every 64 vertices have a box and their lowest level. A block of which nothing is drawn is not looked at; one
//! wholly beyond one side of the tile is its first and last vertex, which for cutting is the same.

use crate::shapes::{Frame, NOWHERE, Outlines, Vertex, buffers::BLOCK, frame, grid::Grid, wide};
use alloc::vec::Vec;
use core::ops::Range;

/// What is known of each block of vertices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Their box.
    pub boxes: Vec<Frame>,
    /// Their lowest level.
    pub lowest: Vec<u8>,
}

impl Blocks {
    /// Of all vertices, with their levels.
    #[must_use]
    pub fn of(outlines: &Outlines<'_>, levels: &[u8]) -> Self {
        let vertices = outlines.x.chunks(BLOCK).zip(outlines.y.chunks(BLOCK));
        Self {
            boxes: vertices.map(|(x, y)| frame(x, y)).collect(),
            lowest: levels.chunks(BLOCK).map(|levels| levels.iter().copied().fold(u8::MAX, u8::min)).collect(),
        }
    }
}

/// Outlines with their levels.
#[derive(Clone, Copy, Debug)]
pub struct Levelled<'a> {
    pub outlines: Outlines<'a>,
    pub levels: &'a [u8],
    pub blocks: (&'a [Frame], &'a [u8]),
}

impl Levelled<'_> {
    /// Puts the drawn vertices of a run into `out`, equal neighbours once, and says how many were looked at.
    pub fn draw(&self, ring: usize, grid: &Grid, out: &mut Vec<Vertex>) -> usize {
        out.clear();
        let run = self.outlines.vertices_of(ring);
        let (boxes, lowest) = self.blocks;
        let (mut at, mut looked) = (run.start, 0);
        while at < run.end {
            let block = at / BLOCK;
            let end = run.end.min((block + 1) * BLOCK);
            looked += 1;
            let whole = end - at == BLOCK && block < boxes.len().min(lowest.len());
            if whole && lowest[block] > grid.most {
                at = end;
                continue;
            }
            if whole && grid.misses(boxes[block]) {
                let drawn = |&at: &usize| self.levels[at] <= grid.most;
                let ends = [(at..end).find(drawn), (at..end).rfind(drawn)];
                ends.into_iter().flatten().for_each(|at| self.push(at, grid, out));
            } else {
                self.look(at..end, grid, out);
                looked += end - at;
            }
            at = end;
        }
        while self.outlines.role(ring).is_ring() && out.len() > 1 && out.last() == out.first() {
            out.pop();
        }
        looked
    }

    /// Whether all of a run lies beyond one side of a tile, its buffer and so many units more, as far as its blocks tell.
    pub fn is_beyond(&self, ring: usize, grid: &Grid, more: i64) -> bool {
        let run = self.outlines.vertices_of(ring);
        let Some(blocks) = self.blocks.0.get(run.start / BLOCK..run.end.div_ceil(BLOCK)) else { return false };
        let mut around = NOWHERE;
        blocks.iter().all(|&[west, north, east, south]| {
            let [low_x, low_y, high_x, high_y] = around;
            around = [west.min(low_x), north.min(low_y), east.max(high_x), south.max(high_y)];
            grid.is_beyond(around, more)
        })
    }

    #[inline]
    fn look(&self, run: Range<usize>, grid: &Grid, out: &mut Vec<Vertex>) {
        let (mut at, levels) = (run.start, &self.levels[run.clone()]);
        let eights = levels.chunks_exact(8);
        let rest = eights.remainder();
        for eight in eights {
            let mut drawn = at_most(eight, grid.most);
            while drawn != 0 {
                self.push(at + drawn.trailing_zeros() as usize / 8, grid, out);
                drawn &= drawn - 1;
            }
            at += 8;
        }
        for (at, &level) in (at..run.end).zip(rest) {
            if level <= grid.most {
                self.push(at, grid, out);
            }
        }
    }

    #[inline]
    fn push(&self, at: usize, grid: &Grid, out: &mut Vec<Vertex>) {
        let vertex = grid.local([wide(self.outlines.x[at]), wide(self.outlines.y[at])]);
        if out.last() != Some(&vertex) {
            out.push(vertex);
        }
    }
}

/// Which of eight levels are at most another, which is below 128: the highest bit of each byte, the first of the lowest.
#[inline]
fn at_most(eight: &[u8], most: u8) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let levels = eight.iter().rev().fold(0, |all, &level| all << 8 | u64::from(level));
    let most = u64::from(most) * 0x0101_0101_0101_0101;
    ((most | HIGH) - (levels & !HIGH)) & !levels & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        shapes::{Role, clip, clip::Pieces, grid::LOW, nodes::tests::rings},
        space::{mercator::World, tile::TileId},
    };

    #[test]
    fn blocks_change_nothing_of_what_is_cut() {
        let mut state = 3u32;
        let mut next = |bits: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> (32 - bits)
        };
        // A long walk that leaves the tile and comes back.
        let middle = (1i64 << 30) + (1 << 22);
        let mut at = [middle; 2];
        let walk: Vec<[u32; 2]> = (0..5000)
            .map(|_| {
                at = at.map(|at| at - (at - middle) / 400 + i64::from(next(20)) - (1 << 19));
                at.map(|at| at as u32)
            })
            .collect();
        let flat = rings(Role::Shell, &[&walk[..9], &walk]);
        let levels: Vec<u8> = (0..flat.x.len()).map(|at| if at / 200 % 3 == 0 { 60 } else { next(6) as u8 }).collect();
        let blocks = Blocks::of(&flat.view(), &levels);
        let outlines = flat.view();
        let quick = Levelled { outlines, levels: &levels, blocks: (&blocks.boxes, &blocks.lowest) };
        let plain = Levelled { blocks: (&[], &[]), ..quick };
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let (mut fewer, mut some) = (0, 0);
        for z in 4..11 {
            let tile = TileId::containing(World { x: middle as u32, y: middle as u32 }, z);
            let grid = Grid::of(tile);
            for ring in 0..2 {
                let looked = [quick.draw(ring, &grid, &mut a), plain.draw(ring, &grid, &mut b)];
                fewer += usize::from(looked[0] < looked[1]);
                let cut = [&a, &b].map(|path| {
                    let mut pieces = Pieces::default();
                    clip::ring(path, grid.world, &mut pieces);
                    pieces
                });
                some += cut[0].points.iter().filter(|point| i64::from(point[0]) > LOW).count();
                assert_eq!(cut[0], cut[1], "zoom {z}");
            }
        }
        assert!(fewer > 3 && some > 500, "{fewer} {some}");
    }
}
