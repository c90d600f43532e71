//! A cell in a tile: its outline, cut to the tile and valid, or its middle.
//!
//! Edges are great circles ([`edge`](super::edge)), and neighbours have the same.

use super::edge;
use crate::{
    outlines::{Role, Vertex, WORLD, unwrap::unwrap, wind},
    shapes::{
        clean::Clean,
        clip::{self, Pieces},
        draw::{Kind, Paths},
        grid::{EXTENT, Grid, HIGH, LOW},
    },
    small::work::{Stopped, Toll},
    space::{
        mercator::{World, project},
        tile::{EXTENT_BITS, TileId},
    },
};
use alloc::vec::Vec;
use h3o::{CellIndex, LatLng};

/// Half a side of what is drawn of a cell of which nothing else is left, at the edge of the map.
const REST: i64 = 8;

/// Paths of cells, and space to make them.
#[derive(Debug, Default)]
pub struct Sketch {
    degrees: Vec<(f64, f64)>,
    path: Vec<Vertex>,
    ring: Vec<Vertex>,
    local: Vec<Vertex>,
    pieces: Pieces,
    polygons: Pieces,
    clean: Clean,
    all: Pieces,
    /// For each sketch the point and the path after its last.
    ends: Vec<(u32, u32)>,
}

impl Sketch {
    /// Forgets all paths.
    pub fn clear(&mut self) {
        self.all.clear();
        self.ends.clear();
    }

    /// Bytes held, about.
    pub fn size(&self) -> usize {
        let paths = self.path.capacity() + self.ring.capacity() + self.local.capacity() + self.degrees.capacity();
        (paths + self.ends.capacity()) * 16
            + self.pieces.size()
            + self.polygons.size()
            + self.all.size()
            + self.clean.size()
    }

    /// Draws a cell, if anything of it is in the tile, and says which of all sketches it is.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn draw(
        &mut self,
        cell: CellIndex,
        (tile, grid): (TileId, &Grid),
        toll: &mut Toll<'_>,
    ) -> Result<Option<u32>, Stopped> {
        self.outline(cell, tile);
        self.pieces.clear();
        let world = [false, grid.world[1], false, grid.world[3]];
        for shift in [-WORLD, 0, WORLD] {
            self.local.clear();
            for &[x, y] in &self.ring {
                let vertex = grid.local([x + shift, y]);
                if self.local.last() != Some(&vertex) {
                    self.local.push(vertex);
                }
            }
            while self.local.len() > 1 && self.local.first() == self.local.last() {
                self.local.pop();
            }
            let beyond =
                |axis: usize| self.local.iter().all(|at| at[axis] < LOW) || self.local.iter().all(|at| at[axis] > HIGH);
            if self.local.len() > 2 && !beyond(0) && !beyond(1) {
                clip::ring(&self.local, world, &mut self.pieces);
            }
        }
        if !self.pieces.ends.is_empty() {
            self.polygons.clear();
            self.clean.mend(&self.pieces, toll, &mut self.polygons)?;
            core::mem::swap(&mut self.pieces, &mut self.polygons);
        }
        if self.pieces.ends.is_empty()
            && let Some([x, y]) = middle(cell, tile)
        {
            let [x, y] = [x, y].map(|at| i64::from(at).clamp(REST, EXTENT - REST));
            let square = [[x - REST, y - REST], [x + REST, y - REST], [x + REST, y + REST], [x - REST, y + REST]];
            self.pieces.points.extend(square.map(|vertex| vertex.map(|at| at as i16)));
            self.pieces.end(3);
        }
        if self.pieces.ends.is_empty() {
            return Ok(None);
        }
        self.pieces.turn();
        self.all.points.extend_from_slice(&self.pieces.points);
        self.all.ends.extend_from_slice(&self.pieces.ends);
        self.ends.push((self.all.points.len() as u32, self.all.ends.len() as u32));
        Ok(Some(self.ends.len() as u32 - 1))
    }

    /// The paths of a sketch.
    pub fn paths(&self, at: u32) -> Paths<'_> {
        let (points, ends) = self.ends[at as usize];
        let (first, end) = at.checked_sub(1).map_or((0, 0), |before| self.ends[before as usize]);
        Paths {
            kind: Kind::Polygons,
            points: &self.all.points[first as usize..points as usize],
            ends: &self.all.ends[end as usize..ends as usize],
        }
    }

    /// Makes the ring of a cell on the map: clockwise on the screen; one round a pole goes round the world three times, so that no
    /// tile has an end of it.
    fn outline(&mut self, cell: CellIndex, tile: TileId) {
        let Self { degrees, path, ring, .. } = self;
        degrees.clear();
        edge::outline(&cell.boundary(), tile, degrees);
        ring.clear();
        if unwrap(degrees, Role::Shell, path).is_none() {
            return;
        }
        let over_a_pole = |[[end, last], [to, pole], [start, under]]: [Vertex; 3]| {
            (end == to && pole == under && (end - start).abs() == WORLD && last != pole).then_some(end - start)
        };
        let round = path.last_chunk().copied().and_then(over_a_pole);
        match (round, &path[..]) {
            (Some(turn), [once @ .., [end, _], [_, pole], _]) => {
                let turns = [-turn, 0, turn];
                ring.extend(turns.iter().flat_map(|shift| once.iter().map(move |&[x, y]| [x + shift, y])));
                let (first, last) = (once.first().map_or(0, |first| first[0]) - turn, end + turn);
                ring.extend([[last, once.first().map_or(*pole, |first| first[1])], [last, *pole], [first, *pole]]);
            }
            _ => ring.extend_from_slice(path),
        }
        wind::wind(ring, Role::Shell);
    }
}

/// The middle of a cell, if it is in a tile.
pub fn middle(cell: CellIndex, tile: TileId) -> Option<[u32; 2]> {
    let at = LatLng::from(cell);
    let world: World = project(at.lng(), at.lat())?;
    if TileId::containing(world, tile.z()) != tile {
        return None;
    }
    let (x, y) = tile.local(world, EXTENT_BITS);
    Some([x, y])
}
