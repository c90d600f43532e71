//! Whole tiles of shapes: what neighbours, zooms and borders have in common.

use super::{
    clip::{Pieces, Point},
    draw::{Drawing, Drawn, Kind},
    first::SQUARE,
    gather::Gather,
    grid::{EXTENT, Grid},
    *,
};
use crate::{
    points::{landmarks::Landmarks, sort::sort, steps::Most},
    small::work::Work,
    space::{
        mercator::{self, World},
        morton,
        tile::TileId,
    },
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use geo::{Coord, LineString, MultiPolygon, Polygon, algorithm::Validation as _};

/// Positions in degrees of each part of a row.
pub(super) type Row = Vec<(Role, Vec<(f64, f64)>)>;

/// Rows as they are kept.
pub(super) struct Set {
    pub keys: Vec<u64>,
    words: Vec<u64>,
    pub built: Built,
    /// The number each row was given with.
    pub numbers: Vec<u32>,
}

/// A row in a tile.
#[derive(Debug, PartialEq)]
pub(super) struct Feature {
    pub number: u32,
    pub kind: Kind,
    pub paths: Pieces,
}

impl Set {
    pub fn of(rows: &[Row]) -> Self {
        let mut gather = Gather::default();
        for row in rows {
            row.iter().for_each(|(role, part)| gather.part(*role, part.iter().copied()));
            gather.end_row();
        }
        let (flat, _) = gather.finish();
        let points = (0..rows.len()).filter_map(|row| {
            let point = inside::point(&flat.view(), row)?;
            Some((morton::key(point), row as u32))
        });
        let (mut keys, mut numbers) = points.unzip();
        sort(&mut keys, &mut numbers);
        let words = Landmarks::build(&keys);
        let built = Built::of(flat.pick(&numbers), Landmarks::new(&words, keys.len()), &Work::free()).expect("goes on");
        Self { keys, words, built, numbers }
    }

    pub fn view(&self) -> Shapes<'_> {
        self.built.view(Landmarks::new(&self.words, self.keys.len()))
    }

    pub fn tile(&self, tile: TileId, drawing: &mut Drawing) -> Vec<Feature> {
        self.tile_of(&self.view(), tile, drawing)
    }

    /// The same of another view of its rows.
    pub fn tile_of(&self, shapes: &Shapes<'_>, tile: TileId, drawing: &mut Drawing) -> Vec<Feature> {
        let (grid, work) = (Grid::of(tile), Work::free());
        let (mut rows, mut features) = (Vec::new(), Vec::new());
        let toll = &mut work.toll();
        shapes.meeting(&grid, (Most::ALL, &self.numbers), None, toll, |row| rows.push(row)).expect("goes on");
        drawing.clear();
        for row in rows {
            let point = morton::position(self.keys[row]);
            match drawing.draw(shapes, row, point, &grid, tile.z(), toll).expect("goes on") {
                Drawn::Nothing => {}
                Drawn::Paths => {
                    let paths = drawing.paths(features.len());
                    let kind = paths.kind;
                    let paths = Pieces { points: paths.points.into(), ends: paths.ends.into() };
                    features.push(Feature { number: self.numbers[row], kind, paths });
                }
            }
        }
        features
    }
}

/// What a row covers, in steps².
pub(super) fn exact_area(set: &Set, row: usize) -> u128 {
    covered::area(&set.view().outlines(), row, &mut Work::free().toll()).expect("goes on")
}

fn twice(ring: &[Point]) -> i128 {
    wind::area2(ring.iter().map(|point| point.map(i64::from)))
}

fn area(ring: &[Point]) -> i128 {
    twice(ring) / 2
}

/// Whether polygons are valid by another library's judgement, and wound as tiles want them.
pub(super) fn is_valid(paths: &Pieces) -> bool {
    let rings: Vec<&[Point]> = paths.each().collect();
    let line = |ring: &&[Point]| -> LineString<f64> {
        ring.iter().chain(&ring[..1]).map(|&[x, y]| Coord { x: x.into(), y: y.into() }).collect()
    };
    let polygons = rings.chunk_by(|_, next| twice(next) < 0).map(|polygon| {
        (twice(polygon[0]) > 0).then(|| Polygon::new(line(&polygon[0]), polygon[1..].iter().map(line).collect()))
    });
    polygons.collect::<Option<Vec<_>>>().is_some_and(|polygons| MultiPolygon(polygons).is_valid())
}

/// Where rings pass an edge of the tile, from one side to the other: where they reach it and leave it.
pub(super) fn passages(features: &[Feature], axis: usize, line: i64) -> Vec<(u32, i16, i16, bool)> {
    let mut found = Vec::new();
    let inside = |at: i16| (0..=EXTENT).contains(&i64::from(at));
    for feature in features {
        for path in feature.paths.each() {
            let (side, along) =
                (|point: &Point| (i64::from(point[axis]) - line).signum(), |point: &Point| point[1 - axis]);
            let closed = feature.kind == Kind::Polygons;
            // Begun off the line, a ring comes back to where it began.
            let Some(first) = path.iter().position(|point| side(point) != 0) else { continue };
            let mut path = path.to_vec();
            if closed {
                path.rotate_left(first);
                path.push(path[0]);
            }
            let mut off = None::<usize>;
            for at in 0..path.len() {
                let here = side(&path[at]);
                if here == 0 {
                    continue;
                }
                if let Some(before) = off.replace(at)
                    && side(&path[before]) == -here
                {
                    let ends = if at == before + 1 { [before, at] } else { [before + 1, at - 1] };
                    let ends = ends.map(|at| along(&path[at]));
                    // What runs along the edge of the buffer is not cut.
                    if ends.iter().all(|&at| inside(at)) {
                        found.push((feature.number, ends[0], ends[1], here > 0));
                    }
                }
            }
        }
    }
    found.sort_unstable();
    found
}

pub(super) fn random(seed: u64) -> impl FnMut(f64) -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64 * below
    }
}

/// A crooked border between two places: halved again and again, each time moved aside a little.
pub(super) fn crooked(
    a: (f64, f64),
    b: (f64, f64),
    depth: u32,
    next: &mut impl FnMut(f64) -> f64,
    out: &mut Vec<(f64, f64)>,
) {
    if depth == 0 {
        return out.push(b);
    }
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let aside = next(0.3) - 0.15;
    let middle = (f64::midpoint(a.0, b.0) - dy * aside, f64::midpoint(a.1, b.1) + dx * aside);
    crooked(a, middle, depth - 1, next, out);
    crooked(middle, b, depth - 1, next, out);
}

/// Countries with crooked borders that they have in common, some with a lake in which another lies; the last is the sea about
/// all.
pub(super) fn coverage(side: usize, depth: u32, west: f64, north: f64, degrees: f64) -> Vec<Row> {
    let mut next = random(side as u64);
    let corner = |x: usize, y: usize| (west + x as f64 * degrees, north - y as f64 * degrees);
    let mut borders: BTreeMap<[usize; 4], Vec<(f64, f64)>> = BTreeMap::new();
    for x in 0..=side {
        for y in 0..=side {
            for (dx, dy) in [(1, 0), (0, 1)] {
                let mut line = Vec::from([corner(x, y)]);
                crooked(corner(x, y), corner(x + dx, y + dy), depth, &mut next, &mut line);
                borders.insert([x, y, x + dx, y + dy], line);
            }
        }
    }
    let turned = |of: [usize; 4]| borders[&of].iter().rev().copied().collect::<Vec<_>>();
    let mut rows = Vec::new();
    for x in 0..side {
        for y in 0..side {
            let mut ring = Vec::new();
            for part in [
                borders[&[x, y, x + 1, y]].clone(),
                borders[&[x + 1, y, x + 1, y + 1]].clone(),
                turned([x, y + 1, x + 1, y + 1]),
                turned([x, y, x, y + 1]),
            ] {
                ring.extend_from_slice(&part[..part.len() - 1]);
            }
            let mut row = Vec::from([(Role::Shell, ring)]);
            if (x + y) % 3 == 0 {
                let (lon, lat) = corner(x, y);
                let lake: Vec<_> = (0..40)
                    .map(|at| {
                        let (turn, far) =
                            (f64::from(at) / 40.0 * core::f64::consts::TAU, degrees * (0.08 + next(0.04)));
                        (lon + degrees / 2.0 + far * libm::cos(turn), lat - degrees / 2.0 + far * libm::sin(turn))
                    })
                    .collect();
                row.push((Role::Hole, lake.clone()));
                rows.push(Vec::from([(Role::Shell, lake)]));
            }
            rows.push(row);
        }
    }
    let mut coast = Vec::new();
    (0..side).for_each(|at| coast.extend_from_slice(&borders[&[at, 0, at + 1, 0]]));
    (0..side).for_each(|at| coast.extend_from_slice(&borders[&[side, at, side, at + 1]]));
    (0..side).rev().for_each(|at| coast.extend(turned([at, side, at + 1, side])));
    (0..side).rev().for_each(|at| coast.extend(turned([0, at, 0, at + 1])));
    let ((west, north), far) = (corner(0, 0), degrees * (side + 1) as f64);
    let (west, north) = (west - degrees, north + degrees);
    let (east, south) = (west + far + degrees, north - far - degrees);
    let frame = Vec::from([(west, north), (east, north), (east, south), (west, south)]);
    rows.push(Vec::from([(Role::Shell, frame), (Role::Hole, coast)]));
    rows
}

#[test]
fn every_polygon_is_valid_neighbours_agree_on_their_edge_and_what_shows_goes_on_showing() {
    let mut rows = coverage(6, 7, -30.0, 40.0, 9.0);
    let mut next = random(5);
    // Routes and small things.
    rows.extend((0..200).map(|_| {
        let at = (next(60.0) - 35.0, next(60.0) - 15.0);
        let mut line = Vec::from([at]);
        crooked(at, (at.0 + next(30.0) - 15.0, at.1 + next(30.0) - 15.0), 6, &mut next, &mut line);
        Vec::from([(Role::Line, line)])
    }));
    rows.extend((0..300).map(|_| {
        let (lon, lat, side) = (next(20.0), next(20.0), next(0.4));
        Vec::from([(
            Role::Shell,
            Vec::from([(lon, lat), (lon + side, lat), (lon + side, lat + side / 2.0), (lon, lat + side)]),
        )])
    }));
    let (set, mut drawing) = (Set::of(&rows), Drawing::default());
    let mut shown: BTreeSet<u32> = BTreeSet::new();
    let mut passed = 0;
    for z in 0..=6u32 {
        let mut ids = BTreeSet::new();
        let tiles: BTreeMap<(u32, u32), Vec<Feature>> = (0..1 << z)
            .flat_map(|x| (0..1 << z).map(move |y| (x, y)))
            .filter(|&(x, y)| {
                z < 5
                    || ((x + 1) << (6 - z)) > 24
                        && (x << (6 - z)) < 40
                        && (y << (6 - z)) < 36
                        && ((y + 1) << (6 - z)) > 22
            })
            .map(|(x, y)| ((x, y), set.tile(TileId::new(z, x, y).expect("valid"), &mut drawing)))
            .collect();
        for (&(x, y), features) in &tiles {
            ids.extend(features.iter().map(|feature| feature.number));
            for feature in features.iter().filter(|feature| feature.kind == Kind::Polygons) {
                assert!(is_valid(&feature.paths), "{z}/{x}/{y}: {}: {:?}", feature.number, feature.paths);
            }
            for (axis, other) in [(0, (x + 1, y)), (1, (x, y + 1))] {
                let Some(other) = tiles.get(&other) else { continue };
                let (here, there) = (passages(features, axis, EXTENT), passages(other, axis, 0));
                assert_eq!(here, there, "{z}/{x}/{y} and its neighbour");
                passed += here.len();
            }
        }
        // At the deepest zooms some tiles are left out.
        assert!(z > 4 || shown.is_subset(&ids), "zoom {z}");
        shown = ids;
    }
    assert!(passed > 2000, "{passed}");
}

#[test]
fn neighbours_have_their_border_in_common_at_every_zoom() {
    // All of it in one tile of zoom 5, and smaller and smaller at zooms before it.
    let rows = coverage(8, 8, 1.4, -1.4, 1.0);
    let sea = rows.len() as u32 - 1;
    let (set, mut drawing) = (Set::of(&rows), Drawing::default());
    for z in 0..=5u8 {
        let tile = TileId::containing(morton::position(set.keys[0]), z);
        let mut edges: BTreeMap<[Point; 2], i32> = BTreeMap::new();
        let features = set.tile(tile, &mut drawing);
        assert!(features.iter().any(|feature| feature.number == sea));
        for feature in features {
            // The outside of the sea has nothing beside it.
            for ring in feature.paths.each().skip(usize::from(feature.number == sea)) {
                for at in 0..ring.len() {
                    let (a, b) = (ring[at], ring[(at + 1) % ring.len()]);
                    *edges.entry([a.min(b), a.max(b)]).or_default() += if a < b { 1 } else { -1 };
                }
            }
        }
        let length = |[a, b]: [Point; 2]| libm::hypot(f64::from(b[0] - a[0]), f64::from(b[1] - a[1]));
        let all: f64 = edges.keys().map(|&edge| length(edge)).sum();
        let alone: f64 = edges.iter().filter(|(_, count)| **count != 0).map(|(&edge, _)| length(edge)).sum();
        assert!(alone <= 0.002 * all, "zoom {z}: {alone} of {all} units have one side");
    }
}

#[test]
fn what_is_drawn_of_small_things_comes_to_what_there_is() {
    let mut next = random(8);
    let rows: Vec<Row> = (0..4000)
        .map(|_| {
            let (lon, lat, side) = (1.0 + next(9.0), 1.0 + next(9.0), 0.003 + next(0.05) * next(1.0));
            let ring = Vec::from([(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)]);
            Vec::from([(Role::Shell, ring)])
        })
        .collect();
    let (set, mut drawing) = (Set::of(&rows), Drawing::default());
    let exact: u128 = (0..rows.len()).map(|row| exact_area(&set, row)).sum();
    for z in 0..=5u8 {
        let tile = TileId::containing(morton::position(set.keys[0]), z);
        let features = set.tile(tile, &mut drawing);
        let drawn: i128 = features.iter().flat_map(|feature| feature.paths.each().map(area)).sum();
        let units = exact >> (2 * (20 - z));
        // Those that are drawn as themselves are off by what lies along their border.
        let whole = features
            .iter()
            .filter(|feature| feature.paths.each().map(area).sum::<i128>() != i128::from(SQUARE * SQUARE));
        let border = whole.map(|feature| SQUARE * SQUARE + 2 * SQUARE * feature.paths.points.len() as i64).sum::<i64>();
        let off = drawn - units.cast_signed();
        assert!(off.abs() <= i128::from(SQUARE * SQUARE + border), "zoom {z}: {drawn} of {units}");
    }
}

mod alike;
mod carried;
mod dust;
mod edges;
mod huge;
mod suites;

#[test]
fn from_the_zoom_that_is_told_on_nothing_is_simplified() {
    let line = [(1.0003, 1.0003), (1.0008, 1.00031), (1.0013, 1.0003)];
    let set = Set::of(&[Vec::from([(Role::Line, line.to_vec())])]);
    let whole = set.built.buffers().whole_from(0);
    assert!((9..15).contains(&whole), "{whole}");
    let (world, mut drawing) = (mercator::project(line[0].0, line[0].1).expect("on the map"), Drawing::default());
    for z in 0..=15 {
        let features = set.tile(TileId::containing(world, z), &mut drawing);
        let vertices: usize = features.iter().flat_map(|feature| feature.paths.each()).map(<[Point]>::len).sum();
        assert_eq!(vertices == 3, z >= whole, "{z}: {vertices}");
    }
    // A quarter of a zoom more of detail has it as much earlier.
    assert_eq!(set.built.buffers().whole_from(8), whole - 2);
}
