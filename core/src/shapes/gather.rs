//! Lines and rings as given become outlines.
//!
//! Degrees enter, row by row; what leaves is vertices in steps of the world. Equal neighbours are dropped, rings run as
//! their role says, those that cross themselves as loops that do not ([`untie`](super::untie)), and what goes over the antimeridian is cut there, so that all of it lies in the one world: its parts
//! stay one row. A ring that winds a pole is closed over it. What cannot be used is counted.

use crate::{
    shapes::{
        Flat, Role, Vertex, WORLD, frame_of, narrow, seam,
        untie::{Untie, Untied},
        unwrap::{clip, crossing, unwrap},
        wind,
    },
    small,
    space::mercator::MAX_LATITUDE,
};
use alloc::vec::Vec;

/// Vertices of a hole by which its shell is found, and looks at shells and their vertices for all holes of a polygon.
const SOME: usize = 8;
const LOOKS: usize = 20_000_000;

/// Latitudes that are beyond the edge of the map by more than a metre; many files have the edge itself.
const EDGE: f64 = MAX_LATITUDE + 1e-5;

/// Collects outlines row by row.
#[derive(Clone, Debug, Default)]
pub struct Gather {
    flat: Flat,
    told: Told,
    given: Vec<(f64, f64)>,
    path: Vec<Vertex>,
    untie: Untie,
    /// The first run of the last polygon, if there is anything of its shell.
    polygon: Option<usize>,
    /// Whether a ring of it was cut or moved at a border of the world.
    cut: bool,
    /// Whether the row goes over the antimeridian, and whether it leaves the map.
    crosses: bool,
    leaves: bool,
}

/// What was met while outlines were gathered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Rows of which nothing could be used.
    pub empty: u64,
    /// Parts with a position that is none.
    pub unusable: u64,
    /// Lines of one position and rings of less than three, repeated ones left out.
    pub short: u64,
    /// Parts of a lower dimension than others of their row, such as the points of a collection with polygons.
    pub lower: u64,
    /// Rings that cross themselves, of which all was taken that they do not go round as often one way as the other.
    pub untied: u64,
    /// Rings that are too large to be looked at for crossings, or cross themselves too often: some that they go round may be left out.
    pub tangled: u64,
    /// Rows that go over the antimeridian.
    pub crossing: u64,
    /// Rows that reach beyond 85.05°, where the map ends: what lies there is moved to its edge.
    pub beyond: u64,
}

impl Told {
    /// Adds what was met elsewhere.
    pub const fn add(&mut self, other: Self) {
        self.empty += other.empty;
        self.unusable += other.unusable;
        self.short += other.short;
        self.lower += other.lower;
        self.untied += other.untied;
        self.tangled += other.tangled;
        self.crossing += other.crossing;
        self.beyond += other.beyond;
    }
}

impl Gather {
    /// Adds a part to the row that is being gathered: positions in degrees, longitude first. A ring may repeat its first
    /// position at its end. Holes follow their shell.
    pub fn part(&mut self, role: Role, positions: impl IntoIterator<Item = (f64, f64)>) {
        if role == Role::Hole {
            // Those of a shell that could not be used went with it.
            if self.polygon.is_none() {
                return;
            }
        } else {
            self.end_polygon();
        }
        let before = self.flat.rings.len();
        self.given.clear();
        self.given.extend(positions);
        match unwrap(&self.given, role, &mut self.path) {
            Some(jumped) => {
                self.crosses |= jumped;
                let leaves = self.given.iter().any(|&(_, lat)| lat.abs() > EDGE);
                self.leaves |= leaves;
                self.cut |= leaves;
                self.ring_or_run(role);
            }
            None => self.told.unusable += 1,
        }
        if role == Role::Shell {
            self.polygon = (self.flat.rings.len() > before).then_some(before);
        }
    }

    fn ring_or_run(&mut self, role: Role) {
        if role.is_ring() {
            match self.untie.loops(&self.path) {
                Untied::Sound => {}
                Untied::Tangled => self.told.tangled += 1,
                Untied::Loops(loops) => {
                    self.told.untied += 1;
                    return self.loops(role, loops);
                }
            }
            wind::wind(&mut self.path, role);
        }
        self.run(role);
    }

    /// Adds the loops of a ring: each where it is inside of the largest behind that one.
    fn loops(&mut self, role: Role, loops: Vec<Vec<Vertex>>) {
        let area = |ring: &Vec<Vertex>| wind::area2(ring.iter().copied());
        let mut loops: Vec<(i128, Vec<Vertex>)> = loops.into_iter().map(|ring| (area(&ring), ring)).collect();
        small::sort_by(&mut loops, |a, b| a.0 > b.0);
        let inner = loops.iter().filter(|(area, _)| *area > 0).count();
        let others = loops.split_off(1.min(inner));
        let (others, inner) = others.split_at(inner.saturating_sub(1).min(others.len()));
        let opposite = if role == Role::Shell { Role::Hole } else { Role::Shell };
        let roles = [role, opposite, role];
        for (loops, role) in [&loops[..], inner, others].into_iter().zip(roles) {
            for (_, ring) in loops {
                self.path.clone_from(ring);
                wind::wind(&mut self.path, role);
                self.run(role);
            }
        }
    }

    /// Adds the path as a run, cut where it goes over the antimeridian.
    fn run(&mut self, role: Role) {
        let fewest = match role {
            Role::Points => 1,
            Role::Line => 2,
            Role::Shell | Role::Hole => 3,
        };
        if self.path.len() < fewest {
            self.told.short += 1;
            return;
        }
        let (west, east) = self.path.iter().fold((i64::MAX, i64::MIN), |(w, e), v| (w.min(v[0]), e.max(v[0])));
        let first = west.div_euclid(WORLD);
        // What lies on the far edge alone lies on the near edge of the next.
        let last = (east - 1).div_euclid(WORLD).max(first);
        match role {
            _ if first == last => self.add(role, first * WORLD, fewest, false),
            Role::Points => (first..=last).for_each(|world| self.add(role, world * WORLD, fewest, true)),
            Role::Line => self.add_lines(),
            Role::Shell | Role::Hole => self.add_parts(role, first, last),
        }
    }

    /// Adds the parts of the path, a ring, in worlds. The half of them on either side of a meridian is cut at a time, so one that
    /// goes round many times costs little more than one that goes round once.
    fn add_parts(&mut self, role: Role, first: i64, last: i64) {
        if first == last {
            return self.add(role, first * WORLD, 3, false);
        }
        self.cut = true;
        let middle = first + (last - first + 1) / 2;
        let path = core::mem::take(&mut self.path);
        for (side, first, last) in [(-1, first, middle - 1), (1, middle, last)] {
            self.path.clear();
            clip(&path, middle * WORLD, side, &mut self.path);
            self.add_parts(role, first, last);
        }
        self.path = path;
    }

    /// Puts each hole of the last polygon behind the shell that it is in, where it has several: of one that was cut or taken apart.
    fn end_polygon(&mut self) {
        let (polygon, is_cut) = (self.polygon.take(), core::mem::take(&mut self.cut));
        let Some(first) = polygon else { return };
        if is_cut {
            seam::join_runs(&mut self.flat, first);
        }
        let runs = first..self.flat.rings.len();
        let is_shell = |run: &usize| self.flat.roles[*run] == Role::Shell;
        let shells: Vec<usize> = runs.clone().filter(is_shell).collect();
        if shells.len() < 2 || shells.len() == runs.len() {
            return;
        }
        let view = self.flat.view();
        let boxes: Vec<_> = shells.iter().map(|&run| frame_of(&view, run)).collect();
        let mut order: Vec<(usize, usize)> = Vec::with_capacity(runs.len());
        let (mut next, mut left) = (0, LOOKS);
        for run in runs.clone() {
            if shells.get(next) == Some(&run) {
                order.push((next, run));
                next += 1;
                continue;
            }
            // Behind the last where all looks are spent.
            let looked = if left > 0 { shells.len() } else { 0 };
            let hole = frame_of(&view, run);
            let within = |at: &usize| {
                let [west, north, east, south] = boxes[*at];
                west <= hole[0] && north <= hole[1] && hole[2] <= east && hole[3] <= south
            };
            // Of the shells whose box holds its box the one that winds about some of its vertices; that before it where none does.
            let about = |at: &usize| {
                let shell = view.vertices_of(shells[*at]).len();
                view.path(run).take(SOME).any(|v| {
                    left = left.saturating_sub(1 + shell);
                    // Or by its box alone.
                    left == 0 || winding(view.path(shells[*at]), v) > 0
                })
            };
            let found = (0..looked).filter(within).find(about);
            left = left.saturating_sub(looked);
            order.push((found.unwrap_or(next - 1), run));
        }
        small::sort(&mut order);
        if !order.is_sorted_by_key(|&(_, run)| run) {
            self.flat.reorder(runs.start, order.iter().map(|&(_, run)| run));
        }
    }

    /// Ends a row and says whether there is anything of it.
    pub fn end_row(&mut self) -> bool {
        self.end_polygon();
        let start = self.flat.rows.last().map_or(0, |&end| end as usize);
        let highest = self.flat.roles[start..].iter().map(|&role| role.min(Role::Shell)).max();
        if let Some(highest) = highest
            && self.flat.roles[start..].iter().any(|&role| role < highest)
        {
            self.keep(start, highest);
        }
        self.flat.rows.push(self.flat.rings.len() as u32);
        self.told.empty += u64::from(highest.is_none());
        self.told.crossing += u64::from(core::mem::take(&mut self.crosses));
        self.told.beyond += u64::from(core::mem::take(&mut self.leaves));
        highest.is_some()
    }

    /// The outlines, and what is to be told of them.
    #[must_use]
    pub fn finish(self) -> (Flat, Told) {
        (self.flat, self.told)
    }

    /// Adds the vertices of the path that lie in a world, or all of them, as one run.
    fn add(&mut self, role: Role, corner: i64, fewest: usize, only: bool) {
        let start = self.flat.x.len();
        for &[x, y] in &self.path {
            let x = x - corner;
            if only && !(0..WORLD).contains(&x) {
                continue;
            }
            let (x, y) = (narrow(x), narrow(y));
            if self.flat.x.len() > start
                && role != Role::Points
                && self.flat.x.last() == Some(&x)
                && self.flat.y.last() == Some(&y)
            {
                continue;
            }
            self.flat.x.push(x);
            self.flat.y.push(y);
        }
        while role.is_ring()
            && self.flat.x.len() > start + 1
            && self.flat.x.last() == self.flat.x.get(start)
            && self.flat.y.last() == self.flat.y.get(start)
        {
            self.flat.x.pop();
            self.flat.y.pop();
        }
        self.end_run(role, start, fewest);
    }

    fn end_run(&mut self, role: Role, start: usize, fewest: usize) {
        if self.flat.x.len() < start + fewest {
            self.flat.x.truncate(start);
            self.flat.y.truncate(start);
            self.told.short += u64::from(role != Role::Points);
            return;
        }
        self.flat.rings.push(self.flat.x.len() as u32);
        self.flat.roles.push(role);
    }

    /// Adds the pieces of the path, a line, world by world.
    fn add_lines(&mut self) {
        let path = core::mem::take(&mut self.path);
        let edges = path.iter().zip(&path[1..]).zip(0u32..);
        let mut order: Vec<(i64, u32)> = Vec::with_capacity(path.len());
        for ((a, b), edge) in edges {
            let (low, high) = (a[0].min(b[0]), a[0].max(b[0]));
            // An edge along the border belongs to the world in the east of it; what only reaches a border, to the one it comes from.
            let first = low.div_euclid(WORLD);
            order.extend((first..=(high - 1).div_euclid(WORLD).max(first)).map(|world| (world, edge)));
        }
        small::sort(&mut order);
        for world in order.chunk_by(|a, b| a.0 == b.0) {
            let west = world[0].0 * WORLD;
            let mut start = self.flat.x.len();
            for &(_, edge) in world {
                let (a, b) = (path[edge as usize], path[edge as usize + 1]);
                let ends = [a, b].map(|v| {
                    let x = v[0].clamp(west, west + WORLD);
                    (narrow(x - west), narrow(if x == v[0] { v[1] } else { crossing(a, b, x) }))
                });
                let goes_on = self.flat.x.len() > start
                    && self.flat.x.last() == Some(&ends[0].0)
                    && self.flat.y.last() == Some(&ends[0].1);
                if !goes_on {
                    if self.flat.x.len() > start {
                        self.end_run(Role::Line, start, 2);
                        start = self.flat.x.len();
                    }
                    self.push(ends[0]);
                }
                if ends[1] != ends[0] {
                    self.push(ends[1]);
                }
            }
            self.end_run(Role::Line, start, 2);
        }
        self.path = path;
    }

    fn push(&mut self, (x, y): (u32, u32)) {
        self.flat.x.push(x);
        self.flat.y.push(y);
    }

    /// Leaves only the runs of a dimension in the row that begins at a run.
    fn keep(&mut self, start: usize, highest: Role) {
        let flat = &mut self.flat;
        let from = start.checked_sub(1).map_or(0, |before| flat.rings[before] as usize);
        let (mut read, mut write, mut kept) = (from, from, start);
        for ring in start..flat.rings.len() {
            let end = flat.rings[ring] as usize;
            if flat.roles[ring] >= highest {
                flat.x.copy_within(read..end, write);
                flat.y.copy_within(read..end, write);
                write += end - read;
                flat.rings[kept] = write as u32;
                flat.roles[kept] = flat.roles[ring];
                kept += 1;
            } else {
                self.told.lower += 1;
            }
            read = end;
        }
        flat.x.truncate(write);
        flat.y.truncate(write);
        flat.rings.truncate(kept);
        flat.roles.truncate(kept);
    }
}

/// How often a ring winds about a vertex; of one on its border whatever it is beside it.
fn winding(ring: impl DoubleEndedIterator<Item = Vertex> + Clone, at: Vertex) -> i32 {
    let Some(mut before) = ring.clone().next_back() else { return 0 };
    let mut sum = 0;
    for vertex in ring {
        let below = [before, vertex].map(|v| v[1] > at[1]);
        if below[0] != below[1] {
            let [along, way] =
                [[before, vertex], [before, at]].map(|[a, b]| [0, 1].map(|axis| i128::from(b[axis] - a[axis])));
            let side = along[0] * way[1] - along[1] * way[0];
            // Southwards the inside of what runs clockwise on the screen lies in the west.
            if (side > 0) == below[1] {
                sum += if below[1] { 1 } else { -1 };
            }
        }
        before = vertex;
    }
    sum
}

#[cfg(test)]
mod tests;
