//! Rows in and around random geometries, found by cells and edges of cells, are those that a plain winding number finds.

mod common;

use common::{
    Random,
    places::{self, Spot},
    shape,
};
use duotile_core::{
    Filter, Geometry, Points, Roles, Work, World,
    filter::{Expr, Place, Relation},
    mercator, morton,
};

/// A star with this many corners: rays that come and go, so that many edges pass each cell.
fn star(random: &mut Random, corners: usize) -> Geometry {
    let (lon, lat, size) =
        (random.below(200) as f64 - 100.0, random.below(80) as f64 - 40.0, 1.0 + random.below(40) as f64);
    let mut ring: Vec<[f64; 2]> = (0..corners)
        .map(|corner| {
            let angle = corner as f64 / corners as f64 * std::f64::consts::TAU;
            let far = size * (0.2 + random.below(1000) as f64 / 1250.0);
            [lon + far * libm::cos(angle), lat + far * libm::sin(angle)]
        })
        .collect();
    ring.push(ring[0]);
    Geometry::Polygons(vec![vec![ring]])
}

/// All corners.
fn collect(shape: &Geometry, corners: &mut Vec<[f64; 2]>) {
    match shape {
        Geometry::Points(points) => corners.extend(points),
        Geometry::Lines(lines) => corners.extend(lines.iter().flatten()),
        Geometry::Polygons(polygons) => corners.extend(polygons.iter().flatten().flatten()),
        Geometry::Collection(shapes) => shapes.iter().for_each(|shape| collect(shape, corners)),
        Geometry::Box([west, south, east, north]) => corners.extend([[*west, *south], [*east, *north]]),
    }
}

/// Rows at corners, on edges along meridians and parallels, near edges and anywhere.
fn rows(random: &mut Random, shape: &Geometry, count: usize) -> Vec<u64> {
    let mut corners = Vec::new();
    collect(shape, &mut corners);
    let mut keys: Vec<u64> = (0..count)
        .map(|_| {
            let (a, b) = (random.pick(&corners), random.pick(&corners));
            let t = random.below(1001) as f64 / 1000.0;
            let [lon, lat] = match random.below(5) {
                0 => a,
                1 => [a[0], b[1]],
                2 => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t],
                3 => [a[0] + t - 0.5, a[1] + random.below(1000) as f64 / 1000.0 - 0.5],
                _ => [
                    random.below(3_600_000) as f64 / 10_000.0 - 180.0,
                    random.below(1_800_000) as f64 / 10_000.0 - 90.0,
                ],
            };
            let world = mercator::project(lon.clamp(-180.0, 360.0), lat.clamp(-90.0, 90.0)).expect("usable");
            let near = |step: u32, random: &mut Random| step.wrapping_add(random.below(3) as u32).wrapping_sub(1);
            let hair = random.chance(30);
            let World { x, y } = world;
            morton::key(if hair { World { x: near(x, random), y: near(y, random) } } else { world })
        })
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn rows_are_inside_on_the_border_or_outside_as_a_winding_number_says() {
    // Without optimisation, or emulated, each takes far longer.
    let rounds = match (cfg!(target_endian = "big"), cfg!(debug_assertions)) {
        (true, _) => 3,
        (false, true) => 60,
        (false, false) => 300,
    };
    let mut random = Random(12);
    let mut spots = [0usize; 3];
    for round in 0..rounds {
        let shape = match round % 3 {
            0 => {
                let corners = random.pick(&[3, 10, 100, 1000]);
                star(&mut random, corners)
            }
            1 => shape(&mut random, 1),
            _ => {
                // Over the antimeridian, and with edges along meridians and parallels.
                let west = 150.0 + random.below(30) as f64;
                let east = 181.0 + random.below(100) as f64;
                let (south, north) = (-10.0 - random.below(60) as f64, 10.0 + random.below(79) as f64);
                let ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
                let hole = vec![[170.0, -5.0], [180.0, -5.0], [180.0, 5.0], [170.0, -5.0]];
                Geometry::Polygons(vec![if west < 170.0 { vec![ring, hole] } else { vec![ring] }])
            }
        };
        let keys = rows(&mut random, &shape, 2000);
        let numbers: Vec<u32> = (0..keys.len() as u32).collect();
        let points = Points::new("p", &keys, &numbers, &[], Roles::default()).expect("fits");
        let truth: Vec<Spot> = keys
            .iter()
            .map(|&key| {
                let (lon, lat) = mercator::unproject(morton::position(key));
                places::spot(&shape, [lon, lat])
            })
            .collect();
        for spot in &truth {
            spots[*spot as usize] += 1;
        }
        for (relation, wanted) in [
            (Relation::Intersects, &[Spot::Inside, Spot::Border][..]),
            (Relation::Within, &[Spot::Inside]),
            (Relation::Touches, &[Spot::Border]),
            (Relation::Disjoint, &[Spot::Outside]),
        ] {
            let expr = Expr::Spatial(relation, Box::new(shape.clone()), Place(0));
            for (expr, wants) in [(expr.clone(), true), (Expr::Not(Box::new(expr)), false)] {
                let filter = Filter::bind(&expr, &points, &Work::free()).expect("fits");
                let mask = filter.mask(&points, 0..keys.len(), &Work::free()).expect("goes on");
                for (row, spot) in truth.iter().enumerate() {
                    let (lon, lat) = mercator::unproject(morton::position(keys[row]));
                    assert_eq!(
                        mask.get(row),
                        wanted.contains(spot) == wants,
                        "round {round}: {relation:?} {wants} of {lon} {lat}, which is {spot:?}, and {shape}"
                    );
                }
            }
        }
    }
    assert!(spots.iter().all(|&rows| rows > 300), "{spots:?}");
}
