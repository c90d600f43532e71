//! A row in a tile: which row and which tile enter, its paths in units of the tile leave.
//!
//! Polygons that are smaller than a square of a few pixels are drawn as one, lines that are shorter than a stick as one
//! ([`first`](super::first)); everything else as its outline at the zoom, cut to the tile and valid, and so is what has many
//! parts, each too small to be seen, such as a nation of islands. Paths of some rows are
//! held at a time, until they are written.

use crate::{
    shapes::{
        Outlines, Role, Shapes, Vertex,
        clean::Clean,
        clip::{self, Pieces, Point},
        covered,
        dust::{self, Dust},
        first::{BEFORE, SQUARE, whole},
        grid::{EXTENT, Grid, HIGH, LOW},
        wide,
        wind::area2,
    },
    small::work::{Stopped, Toll},
    space::mercator::World,
};
use alloc::vec::Vec;
use core::{iter, ops::Range};

/// Points of a line's part: clients break on parts of more than 6,553.
const PART: usize = 6500;

/// Of a row of more positions than this, one is drawn in each square of a tile: the first of them, so that what is drawn at a zoom is
/// drawn at every deeper one.
const MANY: usize = 1000;
/// Squares of a tile, as large as those that stand for small polygons.
const SQUARES: usize = ((EXTENT / SQUARE) * (EXTENT / SQUARE)) as usize;

/// What paths are, by the number that tiles have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Points.
    Points = 1,
    /// Lines.
    Lines = 2,
    /// Polygons.
    Polygons = 3,
}

/// The paths of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paths<'d> {
    /// What they are.
    pub kind: Kind,
    /// Their points, one path after the other.
    pub points: &'d [Point],
    /// The point after the last of each, counted from the first of these.
    pub ends: &'d [u32],
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// Paths.
    Paths,
    /// Nothing of it is in the tile, or large enough to be seen.
    Nothing,
}

/// Paths of some rows, and space to make them.
#[derive(Debug, Default)]
pub struct Drawing {
    /// For each row what it is, and the point and the path after its last.
    rows: Vec<(Kind, u32, u32)>,
    points: Vec<Point>,
    ends: Vec<u32>,
    path: Vec<Vertex>,
    /// A bit for each square of the tile, set where it has a position.
    taken: Vec<u64>,
    pieces: Pieces,
    polygons: Pieces,
    clean: Clean,
    dust: Dust,
}

impl Drawing {
    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.points.clear();
        self.ends.clear();
    }

    /// Corners of all rows.
    #[must_use]
    pub const fn corners(&self) -> u64 {
        self.points.len() as u64
    }

    /// The paths of a row, counted from the first that was drawn.
    #[must_use]
    pub fn paths(&self, at: usize) -> Paths<'_> {
        let (kind, points, ends) = self.rows[at];
        let (_, first, end) = at.checked_sub(1).map_or((kind, 0, 0), |before| self.rows[before]);
        Paths {
            kind,
            points: &self.points[first as usize..points as usize],
            ends: &self.ends[end as usize..ends as usize],
        }
    }

    /// Draws a row, whose representative point is given.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn draw(
        &mut self,
        shapes: &Shapes<'_>,
        row: usize,
        point: World,
        grid: &Grid,
        z: u8,
        toll: &mut Toll<'_>,
    ) -> Result<Drawn, Stopped> {
        let outlines = shapes.levelled.outlines;
        let rings = outlines.rings_of(row);
        let Some(role) = rings.clone().next().map(|ring| outlines.role(ring)) else { return Ok(Drawn::Nothing) };
        self.pieces.clear();
        let (kind, fewest) = match role {
            Role::Points => (Kind::Points, 1),
            Role::Line => (Kind::Lines, 2),
            Role::Shell | Role::Hole => (Kind::Polygons, 3),
        };
        match kind {
            Kind::Points => {
                let count: usize = rings.clone().map(|ring| outlines.vertices_of(ring).len()).sum();
                toll.pay(1 + count)?;
                let local = rings.flat_map(|ring| outlines.path(ring)).map(|vertex| grid.local(vertex));
                // What lies on the edge of the world, where there is no next tile, is in the last.
                let last = |axis: usize, at: i64| at - i64::from(at == EXTENT && grid.world[axis + 2]);
                let local = local.map(|[x, y]| [last(0, x), last(1, y)]);
                let inside = local.filter(|at| at.iter().all(|at| (0..EXTENT).contains(at)));
                self.taken.clear();
                self.taken.resize(if count > MANY { SQUARES / 64 } else { 0 }, 0);
                let taken = &mut self.taken;
                let first = inside.filter(|&at| taken.is_empty() || take(taken, at));
                self.pieces.points.extend(first.map(|at| at.map(|at| at as i16)));
                self.pieces.end(fewest);
            }
            Kind::Lines | Kind::Polygons if z < shapes.whole(row) => self.mark(&outlines, row, kind, point, grid),
            Kind::Lines | Kind::Polygons => {
                let frame = shapes.met.boxes[row];
                let mut copies = grid.copies().filter(|copy| !copy.misses(frame));
                let copies = [copies.next(), copies.next()];
                self.outline(shapes, rings, kind, grid, copies, toll)?;
                self.valid(kind, toll)?;
                if self.pieces.ends.is_empty() && is_near(point, grid) && self.is_due(shapes, row, kind, grid, toll)? {
                    self.mark(&outlines, row, kind, point, grid);
                }
            }
        }
        if self.pieces.ends.is_empty() {
            return Ok(Drawn::Nothing);
        }
        self.points.extend_from_slice(&self.pieces.points);
        self.ends.extend_from_slice(&self.pieces.ends);
        self.rows.push((kind, self.points.len() as u32, self.ends.len() as u32));
        Ok(Drawn::Paths)
    }

    /// Whether a row of which nothing is seen near its point is to be a square or stick: nothing of it is left anywhere, and it is as
    /// large as one, or was seen at a zoom before.
    fn is_due(
        &mut self,
        shapes: &Shapes<'_>,
        row: usize,
        kind: Kind,
        grid: &Grid,
        toll: &mut Toll<'_>,
    ) -> Result<bool, Stopped> {
        let (levelled, dust) = (&shapes.levelled, &mut self.dust);
        if dust.is_left(levelled, row, &grid.whole(grid.z), toll)? {
            return Ok(false);
        }
        if kind == Kind::Lines || shapes.rank(row) < BEFORE.saturating_add(shapes.whole(row)) {
            return Ok(true);
        }
        let large = whole(covered::area(&levelled.outlines, row, toll)?, 2);
        for z in shapes.whole(row)..grid.z.min(large) {
            if dust.is_left(levelled, row, &grid.whole(z), toll)? {
                return Ok(true);
            }
        }
        Ok(large <= grid.z)
    }

    /// Makes polygons of pieces, if they are to be polygons.
    fn valid(&mut self, kind: Kind, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        if kind == Kind::Polygons && !self.pieces.ends.is_empty() {
            self.clean.mend(&self.pieces, toll, &mut self.polygons)?;
            core::mem::swap(&mut self.pieces, &mut self.polygons);
            self.pieces.turn();
        }
        Ok(())
    }

    /// Draws a row as a square or stick in its place.
    fn mark(&mut self, outlines: &Outlines<'_>, row: usize, kind: Kind, point: World, grid: &Grid) {
        let mut path = outlines.path(outlines.rings_of(row).start);
        let ends = [path.next().unwrap_or_default(), path.next_back().unwrap_or_default()];
        for grid in iter::once(*grid).chain(grid.copies()) {
            let at = grid.local([wide(point.x), wide(point.y)]);
            match kind {
                Kind::Lines => clip::line(&stick(at, ends), PART, &mut self.pieces),
                _ => self.square(at),
            }
        }
    }

    /// A square about a place.
    fn square(&mut self, at: Vertex) {
        let square = square(at);
        if square.iter().all(|v| v.iter().all(|at| (LOW..=HIGH).contains(at))) {
            self.pieces.points.extend(square.map(|v| v.map(|at| at as i16)));
            self.pieces.end(3);
        }
    }

    /// Cuts the outline of a row at the zoom into pieces, with what of it comes over the antimeridian.
    fn outline(
        &mut self,
        shapes: &Shapes<'_>,
        rings: Range<usize>,
        kind: Kind,
        grid: &Grid,
        copies: [Option<Grid>; 2],
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        if kind == Kind::Lines && copies.iter().any(Option::is_some) {
            return self.lines_across(shapes, rings, grid, copies, toll);
        }
        let outlines = &shapes.levelled.outlines;
        self.dust.lost.clear();
        let is_alone = copies.iter().all(Option::is_none);
        for part in dust::parts(outlines, rings.clone()) {
            // Of many islands most are far away: neither they nor squares in their place come into the tile.
            let is_beyond = |ring| shapes.levelled.is_beyond(ring, grid, SQUARE / 2);
            if is_alone && rings.len() > 1 && part.clone().all(is_beyond) {
                toll.pay(part.len())?;
                continue;
            }
            let (small, before) = (dust::is_small(outlines, &rings, &part), self.pieces.len());
            let mut area = 0;
            for ring in part.clone() {
                let looked = shapes.levelled.draw(ring, grid, &mut self.path);
                toll.pay(1 + looked / 8)?;
                area += if small { area2(self.path.iter().copied()) } else { 0 };
                match kind {
                    Kind::Polygons if self.path.len() > 2 => clip::ring(&self.path, grid.world, &mut self.pieces),
                    Kind::Lines => clip::line(&self.path, PART, &mut self.pieces),
                    _ => {}
                }
                for copy in copies.iter().flatten() {
                    let looked = shapes.levelled.draw(ring, copy, &mut self.path);
                    toll.pay(1 + looked / 8)?;
                    // One that lies along the antimeridian goes on beyond it already, to the edge of the buffer.
                    if self.path.len() > 2 && !clip::follows(&self.path, copy.border()) {
                        clip::ring(&self.path, copy.world, &mut self.pieces);
                    }
                }
            }
            if small && area <= 0 {
                let (place, half) = (dust::place(outlines, part.start), SQUARE / 2);
                let near = iter::once(grid).chain(copies.iter().flatten()).any(|grid| dust::is_near(place, grid, half));
                let matters = near || self.pieces.len() > before;
                if matters && self.dust.is_nothing(&shapes.levelled, part.clone(), grid, toll)? == Some(true) {
                    self.pieces.truncate(before);
                    self.dust.lost.extend(near.then_some(part.start as u32));
                }
            }
        }
        dust::keep(outlines, rings, grid.z, &mut self.dust.lost, toll)?;
        for &ring in &self.dust.lost {
            let place = dust::place(outlines, ring as usize);
            for grid in iter::once(grid).chain(copies.iter().flatten()) {
                clip::ring(&square(grid.local(place)), [false; 4], &mut self.pieces);
            }
        }
        Ok(())
    }

    /// Bytes held, about.
    #[must_use]
    pub fn size(&self) -> usize {
        (self.points.capacity() + self.ends.capacity()) * 4
            + self.rows.capacity() * 12
            + self.path.capacity() * 16
            + self.taken.capacity() * 8
            + self.pieces.size()
            + self.polygons.size()
            + self.clean.size()
            + self.dust.size()
    }

    /// The same of lines: where one run ends at the antimeridian and the next begins beyond it, they are one.
    fn lines_across(
        &mut self,
        shapes: &Shapes<'_>,
        rings: Range<usize>,
        grid: &Grid,
        copies: [Option<Grid>; 2],
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let mut open: Vec<Vec<Vertex>> = Vec::new();
        for ring in rings {
            let end = open.len();
            for grid in iter::once(grid).chain(copies.iter().flatten()) {
                let looked = shapes.levelled.draw(ring, grid, &mut self.path);
                toll.pay(4 + looked / 8)?;
                let Some(first) = self.path.first() else { continue };
                // Those of the run before are the last of all.
                let before = open[end.saturating_sub(3)..end].iter_mut().find(|line| line.last() == Some(first));
                match before {
                    Some(line) => line.extend_from_slice(&self.path[1..]),
                    None => open.push(self.path.clone()),
                }
            }
        }
        open.iter().for_each(|line| clip::line(line, PART, &mut self.pieces));
        Ok(())
    }
}

/// Takes the square of a position in the tile; false if it was taken.
fn take(taken: &mut [u64], at: Vertex) -> bool {
    let [across, down] = at.map(|at| (at / SQUARE) as usize);
    let square = down * (EXTENT / SQUARE) as usize + across;
    let (word, bit) = (&mut taken[square / 64], 1 << (square % 64));
    let free = *word & bit == 0;
    *word |= bit;
    free
}

/// Whether anything of a square or stick about a place would be in a tile or its buffer.
fn is_near(point: World, grid: &Grid) -> bool {
    let place = [wide(point.x), wide(point.y)];
    iter::once(*grid).chain(grid.copies()).any(|grid| dust::is_near(place, &grid, SQUARE / 2))
}

/// The square about a place.
fn square(at: Vertex) -> [Vertex; 4] {
    let [x, y] = at.map(|at| at - SQUARE / 2);
    [[x, y], [x + SQUARE, y], [x + SQUARE, y + SQUARE], [x, y + SQUARE]]
}

/// A stick about a place, along the line from one vertex to another.
fn stick([x, y]: Vertex, [first, last]: [Vertex; 2]) -> [Vertex; 2] {
    let [dx, dy] = [0, 1].map(|axis| i128::from(last[axis] - first[axis]));
    let length = (dx * dx + dy * dy).cast_unsigned().isqrt().cast_signed();
    let [dx, dy] = if length == 0 {
        [SQUARE / 2, 0]
    } else {
        [dx, dy].map(|along| (along * i128::from(SQUARE / 2) / length) as i64)
    };
    [[x - dx, y - dy], [x + dx, y + dy]]
}
