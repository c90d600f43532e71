//! Outlines as flat buffers: rows of runs of vertices. Knows nothing of tiles.

use crate::space::mercator;
use alloc::vec::Vec;
use core::ops::Range;

/// Steps of the world per axis. Outlines reach both of its edges; a coordinate of `u32::MAX` stands for the far one.
pub(crate) const WORLD: i64 = 1 << 32;

/// What a run of vertices is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// Single positions.
    Points = 0,
    /// A line.
    Line = 1,
    /// The outer ring of a polygon, which is not closed by repeating its first vertex.
    Shell = 2,
    /// An inner ring of the polygon whose shell stands before it.
    Hole = 3,
}

impl Role {
    /// All of them, by their numbers.
    pub const ALL: [Self; 4] = [Self::Points, Self::Line, Self::Shell, Self::Hole];

    /// Whether its last vertex is joined to its first.
    #[must_use]
    pub const fn is_ring(self) -> bool {
        matches!(self, Self::Shell | Self::Hole)
    }
}

/// The outlines of some rows: a view of flat buffers, cheap to make and to copy.
#[derive(Clone, Copy, Debug)]
pub struct Outlines<'a> {
    pub(crate) rows: &'a [u32],
    pub(crate) rings: &'a [u32],
    pub(crate) roles: &'a [Role],
    pub(crate) x: &'a [u32],
    pub(crate) y: &'a [u32],
}

/// Outlines that are being put together, or kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flat {
    /// The run after the last of each row.
    pub rows: Vec<u32>,
    /// The vertex after the last of each run.
    pub rings: Vec<u32>,
    /// What each run is.
    pub roles: Vec<Role>,
    /// Steps east of the antimeridian.
    pub x: Vec<u32>,
    /// Steps south of latitude 85.05°.
    pub y: Vec<u32>,
}

impl Flat {
    /// A view of it.
    #[must_use]
    pub fn view(&self) -> Outlines<'_> {
        Outlines { rows: &self.rows, rings: &self.rings, roles: &self.roles, x: &self.x, y: &self.y }
    }

    /// The same for some of the rows, in this order.
    #[must_use]
    pub fn pick(&self, rows: &[u32]) -> Self {
        let (from, mut picked) = (self.view(), Self::default());
        let sum = |of: &dyn Fn(usize) -> usize| rows.iter().map(|&row| of(row as usize)).sum();
        let (rings, vertices) = (sum(&|row| from.rings_of(row).len()), sum(&|row| from.vertices_in(row)));
        picked.rows.reserve_exact(rows.len());
        picked.rings.reserve_exact(rings);
        picked.roles.reserve_exact(rings);
        picked.x.reserve_exact(vertices);
        picked.y.reserve_exact(vertices);
        for &row in rows {
            for ring in from.rings_of(row as usize) {
                let vertices = from.vertices_of(ring);
                picked.x.extend_from_slice(&self.x[vertices.clone()]);
                picked.y.extend_from_slice(&self.y[vertices]);
                picked.rings.push(picked.x.len() as u32);
                picked.roles.push(self.roles[ring]);
            }
            picked.rows.push(picked.rings.len() as u32);
        }
        picked
    }

    /// Puts the runs from one on, all of which stand in `order`, in another order.
    pub(crate) fn reorder(&mut self, start: usize, order: impl Iterator<Item = usize>) {
        let first = start.checked_sub(1).map_or(0, |before| self.rings[before] as usize);
        let (rings, roles) = (self.rings.split_off(start), self.roles.split_off(start));
        let (x, y) = (self.x.split_off(first), self.y.split_off(first));
        for run in order {
            let at = run - start;
            let begin = at.checked_sub(1).map_or(first, |before| rings[before] as usize);
            let vertices = begin - first..rings[at] as usize - first;
            self.x.extend_from_slice(&x[vertices.clone()]);
            self.y.extend_from_slice(&y[vertices]);
            self.rings.push(self.x.len() as u32);
            self.roles.push(roles[at]);
        }
    }

    /// Appends the rows of another.
    pub fn append(&mut self, other: &Self) {
        let (rings, vertices) = (self.rings.len() as u32, self.x.len() as u32);
        self.rows.extend(other.rows.iter().map(|&end| end + rings));
        self.rings.extend(other.rings.iter().map(|&end| end + vertices));
        self.roles.extend_from_slice(&other.roles);
        self.x.extend_from_slice(&other.x);
        self.y.extend_from_slice(&other.y);
    }
}

/// Names of the geometries that there are, the one of most rows first, as `GeoJSON` and statistics of tiles have them.
#[must_use]
pub fn geometries_of(kinds: [u64; 3]) -> Vec<&'static str> {
    let mut all: Vec<(u64, &'static str)> = Vec::new();
    for (rows, name) in kinds.into_iter().zip(["Point", "LineString", "Polygon"]).filter(|&(rows, _)| rows > 0) {
        let at = all.iter().position(|&(others, _)| others < rows).unwrap_or(all.len());
        all.insert(at, (rows, name));
    }
    all.into_iter().map(|(_, name)| name).collect()
}

/// Degrees with few digits that are what they were; with nine, a hundredth of a step, where fewer are not.
fn rounded(degrees: f64, is_same: impl Fn(f64) -> bool) -> f64 {
    // Without −0.0.
    let to = |scale: f64| libm::round(degrees * scale) / scale + 0.0;
    [1e7, 1e8].map(to).into_iter().find(|&rounded| is_same(rounded)).unwrap_or_else(|| to(1e9))
}

impl<'a> Outlines<'a> {
    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows are points, lines and polygons, by what their first run is.
    #[must_use]
    pub fn kinds(&self) -> [u64; 3] {
        let mut kinds = [0; 3];
        for ring in (0..self.len()).filter_map(|row| self.rings_of(row).next()) {
            kinds[self.role(ring).min(Role::Shell) as usize] += 1;
        }
        kinds
    }

    /// How many vertices all rows have.
    #[must_use]
    pub const fn vertices(&self) -> usize {
        self.x.len()
    }

    /// The runs of a row.
    #[must_use]
    pub fn rings_of(&self, row: usize) -> Range<usize> {
        run(self.rows, row)
    }

    /// The vertices of a run.
    #[must_use]
    pub fn vertices_of(&self, ring: usize) -> Range<usize> {
        run(self.rings, ring)
    }

    /// How many vertices a row has.
    #[must_use]
    pub fn vertices_in(&self, row: usize) -> usize {
        let rings = self.rings_of(row);
        let end = |ring: usize| ring.checked_sub(1).map_or(0, |before| self.rings[before] as usize);
        end(rings.end) - end(rings.start)
    }

    /// What a run is.
    #[must_use]
    pub fn role(&self, ring: usize) -> Role {
        self.roles[ring]
    }

    /// The vertices of a run, one by one.
    pub(crate) fn path(&self, ring: usize) -> impl DoubleEndedIterator<Item = Vertex> + Clone + use<'a> {
        let run = self.vertices_of(ring);
        self.x[run.clone()].iter().zip(&self.y[run]).map(|(&x, &y)| [wide(x), wide(y)])
    }

    /// The vertices of a run in degrees, longitude first, with so many digits that they are the same vertices when they are read again:
    /// seven where these do, a centimetre. What lies on the edge of the world is at the edge.
    #[must_use]
    pub fn degrees(&self, ring: usize) -> impl DoubleEndedIterator<Item = (f64, f64)> + Clone + use<'a> {
        self.path(ring).map(move |[x, y]| {
            let lon = match x {
                0 => -180.0,
                WORLD => 180.0,
                _ => rounded(mercator::longitude(x as u32), |lon| {
                    mercator::project_free(lon, 0.0).map(|at| at[0]) == Some(x)
                }),
            };
            let is_same =
                |lat: f64| matches!(y, 0 | WORLD) || mercator::project_free(0.0, lat).map(|at| at[1]) == Some(y);
            (lon, rounded(mercator::latitude(narrow(y)), is_same))
        })
    }

    /// The smallest box around each row: west, north, east, south; of nothing for a row without vertices.
    #[must_use]
    pub fn boxes(&self) -> Vec<Frame> {
        let around = |row| {
            let rings = self.rings_of(row);
            let start = rings.start.checked_sub(1).map_or(0, |before| self.rings[before] as usize);
            let end = rings.end.checked_sub(1).map_or(0, |last| self.rings[last] as usize);
            frame(self.x.get(start..end).unwrap_or_default(), self.y.get(start..end).unwrap_or_default())
        };
        (0..self.len()).map(around).collect()
    }
}

/// A vertex in steps, at most [`WORLD`] where it lies in the world.
pub(crate) type Vertex = [i64; 2];

/// A box in steps: west, north, east, south, all inside.
pub type Frame = [u32; 4];

/// The box of nothing.
pub(crate) const NOWHERE: Frame = [u32::MAX, u32::MAX, 0, 0];

/// The smallest box around some vertices.
pub(crate) fn frame(x: &[u32], y: &[u32]) -> Frame {
    let ends = |of: &[u32]| of.iter().fold((u32::MAX, 0), |(low, high), &v| (v.min(low), v.max(high)));
    let ((west, east), (north, south)) = (ends(x), ends(y));
    [west, north, east, south]
}

/// The box of a run.
pub(crate) fn frame_of(outlines: &Outlines<'_>, run: usize) -> Frame {
    let vertices = outlines.vertices_of(run);
    frame(&outlines.x[vertices.clone()], &outlines.y[vertices])
}

/// A coordinate, of which the last stands for the far edge of the world.
pub(crate) const fn wide(of: u32) -> i64 {
    of as i64 + (of == u32::MAX) as i64
}

/// The same, the other way.
pub(crate) fn narrow(of: i64) -> u32 {
    of.clamp(0, u32::MAX.into()) as u32
}

/// A quotient rounded to the nearest, halves up.
pub(crate) fn divide(of: i128, by: i128) -> i64 {
    let (of, by) = if by < 0 { (-of, -by) } else { (of, by) };
    if let (Ok(of), Ok(by)) = (i64::try_from(of), i64::try_from(by))
        && of.unsigned_abs() < 1 << 61
        && by < 1 << 61
    {
        return (2 * of + by).div_euclid(2 * by);
    }
    (2 * of + by).div_euclid(2 * by) as i64
}

fn run(ends: &[u32], at: usize) -> Range<usize> {
    at.checked_sub(1).map_or(0, |before| ends[before] as usize)..ends[at] as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_picked_and_appended_with_their_runs() {
        let flat = Flat {
            rows: Vec::from([1, 1, 3]),
            rings: Vec::from([2, 5, 8]),
            roles: Vec::from([Role::Line, Role::Shell, Role::Hole]),
            x: Vec::from([1, 2, 10, 20, 30, 11, 12, 13]),
            y: Vec::from([5, 4, 3, 2, 1, 9, 8, 7]),
        };
        assert_eq!(flat.pick(&[0, 1, 2]), flat);
        let picked = flat.pick(&[2, 0]);
        assert_eq!((&picked.rows[..], &picked.rings[..]), (&[2, 3][..], &[3, 6, 8][..]));
        assert_eq!(picked.x, [10, 20, 30, 11, 12, 13, 1, 2]);
        assert_eq!(picked.view().boxes(), [[10, 1, 30, 9], [1, 4, 2, 5]]);
        let mut both = flat.pick(&[2]);
        both.append(&flat.pick(&[0]));
        assert_eq!(both, picked);
        assert_eq!(flat.view().boxes()[1], NOWHERE);
    }

    #[test]
    fn degrees_are_the_same_vertices_when_they_are_read_again() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state
        };
        let mut flat = Flat {
            rows: Vec::from([1]),
            rings: Vec::from([20_000]),
            roles: Vec::from([Role::Line]),
            ..Flat::default()
        };
        (0..20_000).for_each(|_| {
            flat.x.push(next());
            flat.y.push(next());
        });
        let mut digits = [0; 10];
        for (at, (lon, lat)) in flat.view().degrees(0).enumerate() {
            let read = mercator::project_free(lon, lat).expect("a position");
            assert_eq!(read.map(narrow), [flat.x[at], flat.y[at]], "{lon} {lat}");
            let text = alloc::format!("{lon}");
            digits[text.split_once('.').map_or(0, |(_, digits)| digits.len())] += 1;
        }
        // Most are those of a centimetre.
        assert!(digits[..8].iter().sum::<usize>() > 14_000, "{digits:?}");
    }

    #[test]
    fn quotients_are_rounded_halves_up() {
        let expected = [(7, 2, 4), (-7, 2, -3), (7, -2, -3), (-8, 3, -3), (1 << 100, 1 << 70, 1 << 30)];
        expected.into_iter().for_each(|(of, by, quotient)| assert_eq!(divide(of, by), quotient, "{of} / {by}"));
        assert_eq!(divide((1 << 100) + (1 << 69), 1 << 70), (1 << 30) + 1);
    }
}
