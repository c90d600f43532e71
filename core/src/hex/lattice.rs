//! The cells of a resolution, as far as they were met, and which of them a place or a square of the map lies in.
//!
//! The edges of a cell are great circles between the vertices of its boundary. So what is so far on the inner side of each of
//! them is in the cell, for certain, and neither H3's index nor anything else is asked; what is not is asked, if it is a
//! place, and not decided, if it is more.

use super::{
    sphere::{SIZE, Vector, cross, dot, level, minus, of_angles, of_map},
    steps,
};
use alloc::{collections::BTreeMap, vec::Vec};
use h3o::{CellIndex, LatLng, Resolution};

/// What is nearer to an edge than this (in radians: 6 mm on the ground) is asked of H3.
const MARGIN: f64 = 1e-9;
/// Edges shorter than this are none: where a vertex and the edge of a face of the icosahedron meet.
const SHORT: f64 = 1e-13;
/// Cells that are tried first, as rows next to each other are in the same few.
const RECENT: usize = 4;

/// A great circle through a place; what is on the left of it is inside.
#[derive(Clone, Copy, Debug)]
struct Edge {
    from: Vector,
    inwards: Vector,
}

/// A cell that was met.
#[derive(Clone, Copy, Debug)]
struct Known {
    cell: CellIndex,
    /// The edge after its last.
    end: u32,
}

/// The cells that were met, each by its number.
#[derive(Debug, Default)]
pub struct Lattice {
    resolution: u8,
    known: Vec<Known>,
    edges: Vec<Edge>,
    numbers: BTreeMap<u64, u32>,
    /// The last is the one of the last place.
    recent: [u32; RECENT],
}

impl Lattice {
    /// Forgets all cells.
    pub fn clear(&mut self, resolution: u8) {
        self.resolution = resolution;
        self.known.clear();
        self.edges.clear();
        self.numbers.clear();
        self.recent = [u32::MAX; RECENT];
    }

    /// Bytes held, about.
    pub fn size(&self) -> usize {
        self.edges.capacity() * size_of::<Edge>() + self.known.capacity() * size_of::<Known>() + self.numbers.len() * 24
    }

    /// How many cells were met.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// A cell by its number.
    pub fn cell(&self, number: u32) -> CellIndex {
        self.known[number as usize].cell
    }

    /// The cell that all within a distance of a place lies in, if that is certain. The place in degrees is asked for where it is
    /// needed.
    pub fn around(&mut self, place: Vector, distance: f64, degrees: impl FnOnce() -> (f64, f64)) -> Option<u32> {
        let (number, depth) = self.tried(place).unwrap_or_else(|| {
            let number = self.look_up(degrees());
            (number, self.depth(number, place))
        });
        (depth >= distance + MARGIN).then_some(number)
    }

    /// The cell that a square of the map lies in, whole, if that is certain: its middle and half of its side, in steps. Far from
    /// certain is what is wider than an eighth of the map.
    pub fn square(&mut self, [x, y]: [f64; 2], half: f64) -> Option<u32> {
        let middle = of_map(x, y);
        // Half of a side in radians where the map is true; the map's scale changes by its exponential at most.
        let wide = half / SIZE * 2.0 * core::f64::consts::PI;
        let distance = core::f64::consts::SQRT_2 * wide * level(middle) * libm::exp(wide);
        self.around(middle, distance, || {
            let lat = libm::asin(middle[2].clamp(-1.0, 1.0)).to_degrees();
            (libm::atan2(middle[1], middle[0]).to_degrees(), lat)
        })
    }

    /// The cell of a place.
    pub fn of(&mut self, place: Vector, degrees: impl FnOnce() -> (f64, f64)) -> u32 {
        match self.tried(place) {
            Some((number, _)) => number,
            None => self.look_up(degrees()),
        }
    }

    /// Which of the last cells a place lies in, and how far from its edges.
    fn tried(&mut self, place: Vector) -> Option<(u32, f64)> {
        for at in (0..RECENT).rev() {
            let number = self.recent[at];
            if number == u32::MAX {
                return None;
            }
            let depth = self.depth(number, place);
            if depth >= MARGIN {
                self.recent[at..].rotate_left(1);
                return Some((number, depth));
            }
        }
        None
    }

    /// How far a place lies inside the edge that is nearest; negative outside.
    fn depth(&self, number: u32, place: Vector) -> f64 {
        let start = (number as usize).checked_sub(1).map_or(0, |before| self.known[before].end as usize);
        let edges = &self.edges[start..self.known[number as usize].end as usize];
        edges.iter().map(|edge| dot(edge.inwards, minus(place, edge.from))).fold(f64::INFINITY, f64::min)
    }

    /// Asks H3.
    fn look_up(&mut self, (lon, lat): (f64, f64)) -> u32 {
        let resolution = steps::resolution(self.resolution);
        let cell = LatLng::new(lat, lon).map_or_else(|_| CellIndex::first(resolution), |at| at.to_cell(resolution));
        let next = self.known.len() as u32;
        let number = *self.numbers.entry(cell.into()).or_insert(next);
        if number == next {
            self.meet(cell);
        }
        // Where it was among the last it is not there twice.
        let from = self.recent.iter().position(|&recent| recent == number).unwrap_or(0);
        self.recent[from..].rotate_left(1);
        self.recent[RECENT - 1] = number;
        number
    }

    fn meet(&mut self, cell: CellIndex) {
        let boundary = cell.boundary();
        let vertices = boundary.iter().map(|at| of_angles(at.lat_radians(), at.lng_radians()));
        let next = vertices.clone().cycle().skip(1);
        for (from, to) in vertices.zip(next) {
            let across = cross(from, minus(to, from));
            let length = libm::sqrt(dot(across, across));
            if length > SHORT {
                self.edges.push(Edge { from, inwards: across.map(|of| of / length) });
            }
        }
        self.known.push(Known { cell, end: self.edges.len() as u32 });
    }
}

/// How far the vertices of a cell are from its middle at most, in radians.
pub fn radius(resolution: Resolution) -> f64 {
    /// At resolution 0; each is smaller by the root of seven.
    const RADIUS: f64 = 0.28;
    RADIUS / libm::pow(7.0, f64::from(u8::from(resolution)) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_reaches_farther_than_it_may() {
        let mut widest = 0f64;
        for resolution in (0..=15).map(steps::resolution) {
            let few = 5882;
            let all = core::iter::successors(Some(CellIndex::first(resolution)), |cell| cell.succ());
            let wanted = all.take(few).chain(CellIndex::base_cells().filter_map(|cell| cell.center_child(resolution)));
            for cell in wanted {
                let middle = LatLng::from(cell);
                for vertex in cell.boundary().iter() {
                    widest = widest.max(middle.distance_rads(*vertex) / radius(resolution));
                }
            }
        }
        assert!((0.7..0.99).contains(&widest), "{widest}");
    }

    /// Positions with their cells at resolutions 0 to 15, as Python's h3 4.5.0 gives them: of the world, of pentagons, at its ends.
    const KNOWN: &str = include_str!("known.txt");

    #[test]
    fn cells_are_those_that_another_library_gives() {
        assert_eq!(KNOWN.lines().count(), 64);
        let mut lattice = Lattice::default();
        for resolution in 0..=15u8 {
            lattice.clear(resolution);
            for line in KNOWN.lines() {
                let mut words = line.split(' ');
                let mut degrees = || words.next().and_then(|word| word.parse::<f64>().ok()).expect("degrees");
                let (lon, lat) = (degrees(), degrees());
                let expected = words.nth(resolution.into()).expect("a cell");
                // Twice: as it is met first, and as it is known.
                for _ in 0..2 {
                    let number = lattice.of(of_angles(lat.to_radians(), lon.to_radians()), || (lon, lat));
                    assert_eq!(alloc::format!("{:x}", u64::from(lattice.cell(number))), expected, "{line}");
                }
            }
        }
    }

    #[test]
    fn a_place_lies_in_the_cell_that_h3_says() {
        let mut state = 5u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        // The middles of pentagons, the poles, the antimeridian; then anywhere.
        let mut about: Vec<(f64, f64)> = CellIndex::base_cells()
            .filter(|cell| cell.is_pentagon())
            .map(|cell| (LatLng::from(cell).lng(), LatLng::from(cell).lat()))
            .collect();
        about.extend([(0.0, 90.0), (0.0, -90.0), (180.0, 0.0), (-180.0, 60.0)]);
        about.extend((0..40).map(|_| (random() * 360.0 - 180.0, libm::asin(random() * 2.0 - 1.0).to_degrees())));
        let mut decided = [0, 0];
        for number in 0..=15 {
            let resolution = steps::resolution(number);
            let mut lattice = Lattice::default();
            lattice.clear(number);
            let wide = radius(resolution);
            for &(lon, lat) in &about {
                for _ in 0..150 {
                    let reach = wide.to_degrees() * 6.0;
                    let lat = (lat + (random() - 0.5) * reach).clamp(-90.0, 90.0);
                    let lon = lon + (random() - 0.5) * reach / libm::cos(lat.to_radians()).max(0.01);
                    let lon = (lon + 540.0).rem_euclid(360.0) - 180.0;
                    let place = of_angles(lat.to_radians(), lon.to_radians());
                    let expected = LatLng::new(lat, lon).expect("a place").to_cell(resolution);
                    let got = lattice.of(place, || (lon, lat));
                    assert_eq!(lattice.cell(got), expected, "{number}: {lon} {lat}");
                    // What is said of all about it holds for some of it.
                    let distance = wide * random() * 0.4;
                    let Some(whole) = lattice.around(place, distance, || (lon, lat)) else {
                        decided[0] += 1;
                        continue;
                    };
                    decided[1] += 1;
                    for turn in 0..6 {
                        let (sin, cos) = libm::sincos(f64::from(turn));
                        let lat = lat + (distance * sin).to_degrees() * 0.999;
                        if lat.abs() >= 89.0 {
                            continue;
                        }
                        let east = (distance * cos).to_degrees() * 0.999;
                        let lon =
                            lon + east / libm::cos((lat.abs() + distance.to_degrees()).min(89.9).to_radians()).max(1.0);
                        let there = LatLng::new(lat, lon).expect("a place");
                        let chord = minus(of_angles(there.lat_radians(), there.lng_radians()), place);
                        if dot(chord, chord) < distance * distance {
                            assert_eq!(there.to_cell(resolution), lattice.cell(whole));
                        }
                    }
                }
            }
        }
        assert!(decided.iter().all(|&count| count > 5000), "{decided:?}");
    }
}
