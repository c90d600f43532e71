//! At the antimeridian and the poles.

use super::*;

/// What tiles of the last and the first column have at the line between them.
fn both_sides(set: &Set, z: u32, y: u32, drawing: &mut Drawing) -> [Vec<Feature>; 2] {
    let last = (1 << z) - 1;
    [last, 0].map(|x| set.tile(TileId::new(z, x, y).expect("valid"), drawing))
}

#[test]
fn tiles_on_both_sides_of_the_antimeridian_agree_as_any_others_do() {
    let mut rows = coverage(6, 5, 177.05, 3.0, 0.9);
    // The sea about them all would go round the world.
    rows.pop();
    let mut next = random(4);
    rows.extend((0..300).map(|_| {
        let at = (177.0 + next(6.0), 3.0 - next(6.0));
        let mut line = Vec::from([at]);
        crooked(at, (at.0 + next(4.0) - 2.0, at.1 + next(4.0) - 2.0), 5, &mut next, &mut line);
        Vec::from([(Role::Line, line)])
    }));
    let (set, mut drawing, mut passed) = (Set::of(&rows), Drawing::default(), 0);
    for z in 0..=8u32 {
        let middle = (1u32 << z) / 2;
        for y in middle.saturating_sub(1)..=middle.min((1 << z) - 1) {
            let [west, east] = both_sides(&set, z, y, &mut drawing);
            let (here, there) = (passages(&west, 0, EXTENT), passages(&east, 0, 0));
            assert_eq!(here, there, "{z}/{y}");
            passed += here.len();
            for feature in west.iter().chain(&east).filter(|feature| feature.kind == Kind::Polygons) {
                assert!(is_valid(&feature.paths));
            }
        }
    }
    assert!(passed > 150, "{passed}");
}

#[test]
fn an_island_near_the_antimeridian_is_drawn_on_both_sides_of_it_and_a_line_over_it_is_one() {
    // At zoom 8 a unit is 360 / 2^20 degrees: the island lies 20 to 60 units west of the antimeridian.
    let unit = 360.0 / f64::from(1 << 20);
    let [west, east] = [180.0 - 60.0 * unit, 180.0 - 20.0 * unit];
    let island = Vec::from([(west, -0.1), (east, -0.1), (east, -0.1 - unit * 40.0), (west, -0.1 - unit * 40.0)]);
    let line = Vec::from([(180.0 - 50.0 * unit, -0.2), (-180.0 + 50.0 * unit, -0.2 - unit * 100.0)]);
    let set = Set::of(&[Vec::from([(Role::Shell, island)]), Vec::from([(Role::Line, line)])]);
    let mut drawing = Drawing::default();
    let [here, there] = both_sides(&set, 8, 128, &mut drawing);
    let moved = |features: &[Feature], by: i16| -> Vec<Vec<Point>> {
        let paths = features.iter().flat_map(|feature| feature.paths.each().map(<[Point]>::to_vec));
        let moved = paths.map(|path| path.iter().map(|&[x, y]| [x + by, y]).filter(|p| p[0] != 0).collect());
        let mut moved: Vec<Vec<Point>> = moved.collect();
        moved.iter_mut().for_each(|path| path.sort_unstable());
        moved.sort_unstable();
        moved
    };
    assert_eq!(here.len(), 2);
    assert!(here.iter().all(|feature| feature.paths.ends.len() == 1), "one piece each");
    assert_eq!(moved(&here, -4096), moved(&there, 0));
}

#[test]
fn what_goes_over_the_antimeridian_or_round_the_pole_fills_its_tiles_to_the_edge() {
    let fiji =
        Vec::from([(Role::Shell, Vec::from([(170.0, -10.0), (-170.0, -10.0), (-170.0, -20.0), (170.0, -20.0)]))]);
    let coast = (0..72).map(|at| (f64::from(at) * 5.0 - 177.5, -70.0 + f64::from(at % 3)));
    let antarctica = Vec::from([(Role::Shell, coast.collect::<Vec<_>>())]);
    let set = Set::of(&[fiji, antarctica]);
    let mut drawing = Drawing::default();
    for z in [0u32, 1, 3, 5] {
        let last = (1 << z) - 1;
        for y in 0..=last {
            let mut sides = Vec::new();
            for (x, line, out) in [(0, 0, -128), (last, EXTENT, 4224)] {
                let features = set.tile(TileId::new(z, x, y).expect("valid"), &mut drawing);
                assert!(features.iter().all(|feature| is_valid(&feature.paths)));
                // Filled to the edge of the buffer, with no edge along the world's.
                let mut reached = Vec::new();
                for feature in &features {
                    for ring in feature.paths.each() {
                        for at in 0..ring.len() {
                            let (a, b) = (ring[at], ring[(at + 1) % ring.len()]);
                            let inside = |point: Point| (0..=EXTENT).contains(&i64::from(point[1]));
                            let along = i64::from(a[0]) == line && i64::from(b[0]) == line && inside(a) && inside(b);
                            assert!(!along, "{z}/{x}/{y}: {ring:?}");
                            if a[0] == out && b[0] == out {
                                reached.extend([(feature.number, a[1].min(b[1]), a[1].max(b[1]))]);
                            }
                        }
                    }
                }
                reached.sort_unstable();
                // What another part of the row ends within the buffer is not told apart.
                reached.dedup_by(|next, before| {
                    let goes_on = before.0 == next.0 && before.2 == next.1;
                    before.2 = if goes_on { next.2 } else { before.2 };
                    goes_on
                });
                sides.push(reached);
            }
            if z > 0 {
                assert_eq!(sides[0], sides[1], "{z}/{y}");
            }
        }
    }
}

#[test]
fn points_beside_polygons_are_in_one_tile_each_at_the_ends_of_the_world_too() {
    let places = [(0.0, -90.0), (10.0, -85.051_128_779_806_6), (20.0, 90.0), (180.0, 5.0), (179.999_999_99, 15.0)];
    let mut rows: Vec<Row> = places.iter().map(|&at| Vec::from([(Role::Points, Vec::from([at]))])).collect();
    rows.push(Vec::from([(Role::Points, places.to_vec())]));
    // And more than are drawn one by one.
    rows.push(Vec::from([(Role::Points, (0..1200).map(|at| (f64::from(at) * 0.1, -90.0)).collect())]));
    rows.push(Vec::from([(Role::Shell, Vec::from([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)]))]));
    let (set, mut drawing) = (Set::of(&rows), Drawing::default());
    for z in 0..=4u32 {
        let mut found: BTreeMap<u32, usize> = BTreeMap::new();
        for (x, y) in (0..1 << z).flat_map(|x| (0..1 << z).map(move |y| (x, y))) {
            for feature in set.tile(TileId::new(z, x, y).expect("valid"), &mut drawing) {
                *found.entry(feature.number).or_default() += feature.paths.points.len();
                let inside = feature.paths.points.iter().flatten().all(|&at| (0..EXTENT).contains(&at.into()));
                assert!(feature.kind != Kind::Points || inside);
            }
        }
        let counts: Vec<usize> = (0..6).map(|row| found.get(&row).copied().unwrap_or(0)).collect();
        assert_eq!(counts, [1, 1, 1, 1, 1, 5], "zoom {z}");
        assert!(found[&6] > 80, "zoom {z}: {}", found[&6]);
    }
}
