//! Polygons of other libraries' tests, nasty on purpose.

use super::*;

const POLYGONS: &str = include_str!("../../../tests/fixtures/polygons.txt");

/// Degrees that each is made wide or high: as good as a tile of zoom 14, and so near the equator that the map is even.
const SIDE: f64 = 0.02;
/// Units of zoom 14 in a degree.
const UNITS: f64 = 4096.0 * 16_384.0 / 360.0;

/// Each with its name, in degrees east and south of a place in the middle of the map.
fn polygons() -> Vec<(&'static str, Row)> {
    let lines = POLYGONS.lines().filter(|line| !line.starts_with('#'));
    let all = lines.map(|line| {
        let (name, text) = line.split_once('\t').expect("a name");
        let mut row: Row = Vec::new();
        for polygon in text.split(';') {
            for (at, ring) in polygon.split('/').enumerate() {
                let position = |text: &str| {
                    let (x, y) = text.split_once(',').expect("two numbers");
                    (x.parse().expect("a number"), y.parse().expect("a number"))
                };
                let role = if at == 0 { Role::Shell } else { Role::Hole };
                row.push((role, ring.split(' ').map(position).collect()));
            }
        }
        let places = || row.iter().flat_map(|(_, ring)| ring.iter().copied());
        let low = places().fold((f64::MAX, f64::MAX), |low, at: (f64, f64)| (low.0.min(at.0), low.1.min(at.1)));
        let high = places().fold((f64::MIN, f64::MIN), |high, at: (f64, f64)| (high.0.max(at.0), high.1.max(at.1)));
        let scale = SIDE / (high.0 - low.0).max(high.1 - low.1);
        for (_, ring) in &mut row {
            ring.iter_mut().for_each(|at| *at = ((at.0 - low.0) * scale + 1e-3, (low.1 - at.1) * scale - 1e-3));
        }
        (name, row)
    });
    all.collect()
}

/// How often a ring goes round a place, and how far the nearest of its edges is.
fn around(ring: &[(f64, f64)], (x, y): (f64, f64)) -> (i32, f64) {
    let (mut winding, mut near) = (0, f64::MAX);
    for (at, &a) in ring.iter().enumerate() {
        let b = ring[(at + 1) % ring.len()];
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let along = (((x - a.0) * dx + (y - a.1) * dy) / (dx * dx + dy * dy).max(1e-300)).clamp(0.0, 1.0);
        near = near.min(libm::hypot(x - a.0 - along * dx, y - a.1 - along * dy));
        if (a.1 <= y) != (b.1 <= y) {
            let right = (y - a.1) / dy * dx + a.0 > x;
            winding += if !right {
                0
            } else if dy > 0.0 {
                1
            } else {
                -1
            };
        }
    }
    (winding, near)
}

#[test]
fn nasty_polygons_are_valid_at_every_zoom_and_lie_where_their_rings_go_round() {
    let (mut next, mut drawing, mut tried, mut passed) = (random(7), Drawing::default(), 0, 0);
    let all = polygons();
    assert_eq!(all.len(), 177);
    // Without optimisation, or emulated, each takes far longer.
    let every = match (cfg!(target_endian = "big"), cfg!(debug_assertions)) {
        (true, _) => 20,
        (false, true) => 4,
        (false, false) => 1,
    };
    for (name, row) in all.iter().step_by(every) {
        let set = Set::of(core::slice::from_ref(row));
        for z in [4u32, 7, 9, 11, 12, 13, 14, 15, 16].into_iter().filter(|_| !set.keys.is_empty()) {
            let middle = 1u32 << (z - 1);
            let far = middle + if z > 14 { (1 << (z - 14)) - 1 } else { 0 };
            let mut tiles: BTreeMap<(u32, u32), Vec<Feature>> = BTreeMap::new();
            for x in middle..=far {
                for y in middle..=far {
                    let features = set.tile(TileId::new(z, x, y).expect("valid"), &mut drawing);
                    assert!(features.iter().all(|feature| is_valid(&feature.paths)), "{name}: {z}/{x}/{y}");
                    tiles.insert((x, y), features);
                }
            }
            for (&(x, y), features) in &tiles {
                for (axis, other) in [(0, (x + 1, y)), (1, (x, y + 1))] {
                    let Some(other) = tiles.get(&other) else { continue };
                    let here = passages(features, axis, EXTENT);
                    assert_eq!(here, passages(other, axis, 0), "{name}: {z}/{x}/{y} and its neighbour");
                    passed += here.len();
                }
            }
            if z != 14 {
                continue;
            }
            // In units of the one tile.
            let units =
                |ring: &Vec<(f64, f64)>| ring.iter().map(|at| (at.0 * UNITS, -at.1 * UNITS)).collect::<Vec<_>>();
            let source: Vec<(Role, Vec<(f64, f64)>)> = row.iter().map(|(role, ring)| (*role, units(ring))).collect();
            let drawn: Vec<Vec<(f64, f64)>> = tiles[&(middle, middle)]
                .iter()
                .flat_map(|feature| feature.paths.each())
                .map(|ring| ring.iter().map(|&[x, y]| (x.into(), y.into())).collect())
                .collect();
            for _ in 0..100 {
                let at = (next(SIDE * UNITS) + 1e-3 * UNITS, next(SIDE * UNITS) + 1e-3 * UNITS);
                let found = source.iter().map(|(role, ring)| (role, around(ring, at)));
                let (mut inside, mut near) = (0, f64::MAX);
                for (role, (winding, edge)) in found {
                    near = near.min(edge);
                    inside += i32::from(winding != 0) * if *role == Role::Shell { 1 } else { -1 };
                }
                if near > 24.0 {
                    let found: i32 = drawn.iter().map(|ring| around(ring, at).0).sum();
                    assert_eq!(found != 0, inside > 0, "{name} at {at:?}: {found}, {inside}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 5000 / every && passed > 800 / every, "{tried} {passed}");
}
