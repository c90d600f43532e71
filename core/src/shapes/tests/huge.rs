//! Rows that are larger than any that are meant: they are drawn, soon.

use super::*;

/// A tile of one row, with what became of it.
fn drawn(row: &Row, tile: TileId) -> (Drawn, Pieces) {
    let set = Set::of(core::slice::from_ref(row));
    let (grid, mut drawing) = (Grid::of(tile), Drawing::default());
    let point = morton::position(set.keys[0]);
    let drawn = drawing.draw(&set.view(), 0, point, &grid, tile.z(), &mut Work::free().toll()).expect("goes on");
    let paths = if drawn == Drawn::Paths { Some(drawing.paths(0)) } else { None };
    (drawn, paths.map(|paths| Pieces { points: paths.points.into(), ends: paths.ends.into() }).unwrap_or_default())
}

/// Squares of some units of zoom 5 in rows and columns, from one place to the next a number of units.
fn squares(side: usize, units: f64, step: f64) -> Row {
    let unit = 360.0 / f64::from(1 << 17);
    let square = |x: f64, y: f64| {
        let far = units * unit;
        Vec::from([(x, y), (x + far, y), (x + far, y - far), (x, y - far)])
    };
    let at = |at: usize| at as f64 * step * unit + 0.01;
    (0..side * side).map(|i| (Role::Shell, square(at(i % side), -at(i / side)))).collect()
}

#[test]
fn a_polygon_of_very_many_parts_is_drawn_with_each_of_them() {
    let tile = TileId::new(5, 16, 16).expect("valid");
    // The judge looks at every pair; without optimisation, or emulated, that takes far longer.
    let judged = if cfg!(debug_assertions) { 30 } else { 80 };
    for (side, holes) in [(120, false), (judged, true)] {
        let mut row = squares(side, 12.0, 20.0);
        if holes {
            let hole = squares(side, 7.0, 20.0)
                .into_iter()
                .map(|(_, ring)| (Role::Hole, ring.iter().map(|&(x, y)| (x + 0.005, y - 0.005)).collect::<Vec<_>>()));
            row = row.into_iter().zip(hole).flat_map(|(shell, hole)| [shell, hole]).collect();
        }
        let rings = row.len();
        let (drawn, paths) = drawn(&row, tile);
        assert_eq!((drawn, paths.ends.len()), (Drawn::Paths, rings));
        assert!(!holes || is_valid(&paths));
    }
    // Some that touch one another become one.
    let (drawn, paths) = drawn(&squares(100, 8.0, 8.0), tile);
    assert_eq!(drawn, Drawn::Paths);
    assert!(paths.ends.len() < 200, "{}", paths.ends.len());
}

#[test]
fn parts_that_lie_on_one_another_a_thousandfold_are_drawn_to_the_pixel() {
    let unit = 360.0 / f64::from(1 << 17);
    let part = squares(1, 900.0, 0.0);
    let [wide, high] = [173, 89];
    let row: Row = (0..30_000)
        .map(|at| {
            let off = [at % wide, at % high].map(|at| f64::from(at) * 0.01);
            (Role::Shell, part[0].1.iter().map(|&(x, y)| (x + off[0], y - off[1])).collect())
        })
        .collect();
    let (drawn, paths) = drawn(&row, TileId::new(5, 16, 16).expect("valid"));
    assert_eq!((drawn, paths.ends.len()), (Drawn::Paths, 1));
    assert!(is_valid(&paths));
    // Each pair of offsets occurs: together they are one square and what it is moved by, to a pixel on each side.
    let sides = [wide, high].map(|count| 900.0 + f64::from(count - 1) * 0.01 / unit);
    let (found, border) = (paths.each().map(area).sum::<i128>() as f64, 2.0 * (sides[0] + sides[1]));
    assert!((found - sides[0] * sides[1]).abs() < border * 8.0, "{found} {sides:?}");
}

#[test]
fn a_ring_of_thousands_of_edges_that_all_cross_is_drawn_to_the_pixel() {
    let mut state = 5u32;
    let mut next = |far: f64| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state) / 4_294_967_296.0 - 0.5) * far
    };
    let ring: Vec<(f64, f64)> = (0..2500).map(|_| (next(170.0), next(120.0))).collect();
    let row = Vec::from([(Role::Shell, ring)]);
    let (drawn, paths) = drawn(&row, TileId::new(3, 4, 3).expect("valid"));
    assert_eq!(drawn, Drawn::Paths);
    // All corners are those of pixels.
    assert!(paths.points.iter().flatten().all(|at| at % 8 == 0));
    assert!(is_valid(&paths) && paths.each().map(area).sum::<i128>() > 1 << 20);
}

#[test]
fn a_ring_of_very_many_vertices_round_the_pole_is_drawn_at_every_zoom() {
    let vertices = if cfg!(debug_assertions) { 15_000 } else { 50_000 };
    let ring: Vec<(f64, f64)> = (0..vertices)
        .map(|at| {
            let lon = f64::from(at) / f64::from(vertices) * 360.0 - 180.0;
            (lon, -70.0 + 3.0 * libm::sin(f64::from(at) * 0.37) * libm::cos(lon))
        })
        .collect();
    let row = Vec::from([(Role::Shell, ring)]);
    for (z, x, y) in [(0, 0, 0), (3, 0, 6), (9, 0, 400), (14, 5, 12_500)] {
        let (drawn, paths) = drawn(&row, TileId::new(z, x, y).expect("valid"));
        assert!(drawn == Drawn::Paths || z > 8, "{z}");
        assert!(is_valid(&paths));
    }
}

#[test]
fn of_very_many_positions_each_square_of_a_tile_has_the_first() {
    let mut next = random(3);
    let positions: Vec<(f64, f64)> = (0..50_000).map(|_| (next(360.0) - 180.0, next(160.0) - 80.0)).collect();
    let row = Vec::from([(Role::Points, positions)]);
    let set = Set::of(core::slice::from_ref(&row));
    let outlines = set.view().outlines();
    for (z, x, y) in [(0, 0, 0), (1, 1, 0), (4, 3, 7)] {
        let (drawn, paths) = drawn(&row, TileId::new(z, x, y).expect("valid"));
        // In units of the tile, in the order of the row.
        let unit = |at: u32, tile: u32| (i64::from(at) >> (20 - z)) - i64::from(tile) * EXTENT;
        let local = outlines.x.iter().zip(outlines.y).map(|(&at, &down)| [unit(at, x), unit(down, y)]);
        let mut squares: BTreeSet<[i64; 2]> = BTreeSet::new();
        let inside = local.filter(|at| at.iter().all(|at| (0..EXTENT).contains(at)));
        let first = inside.filter(|at| squares.insert(at.map(|at| at / 16)));
        let expected: Vec<Point> = first.map(|at| at.map(|at| at as i16)).collect();
        assert_eq!((drawn, paths.ends.len()), (Drawn::Paths, 1));
        assert!(paths.points == expected, "{z}/{x}/{y}: {} of {}", paths.points.len(), expected.len());
        assert!(expected.len() > 100 && expected.len() <= 65_536);
    }
}

#[test]
fn a_nation_of_islands_with_a_border_keeps_its_square_until_it_is_seen() {
    // Twelve times twelve islands of a unit of zoom 5: as large together as the square of zoom 6, and none is seen before zoom 7.
    let islands = squares(12, 1.0, 3.0);
    // Land that has a border in common with the last of them: both are to be drawn as themselves from zoom 3 on.
    let [a, b] = [islands[143].1[2], islands[143].1[3]];
    let land = Vec::from([(Role::Shell, Vec::from([a, (a.0, a.1 - 1e-3), (b.0, b.1 - 1e-3), b]))]);
    let (set, mut drawing) = (Set::of(&[islands, land]), Drawing::default());
    let row = set.numbers.iter().position(|&number| number == 0).expect("there");
    let (first, whole) = (set.view().rank(row), set.view().whole(row));
    assert_eq!((first, whole), (0, 3));
    for z in 0..=10u8 {
        let tile = TileId::containing(morton::position(set.keys[row]), z);
        let features = set.tile(tile, &mut drawing);
        let paths = &features.iter().find(|feature| feature.number == 0).expect("it shows at every zoom").paths;
        let area: i128 = paths.each().map(area).sum();
        match z {
            // Together two squares and a quarter.
            6 => assert_eq!((paths.ends.len(), area), (2, 512)),
            0..6 => assert_eq!((paths.ends.len(), area), (1, 256), "zoom {z}"),
            9.. => assert!(paths.ends.len() > 100, "zoom {z}: {}", paths.ends.len()),
            _ => {}
        }
    }
}

#[test]
fn a_nation_of_small_islands_and_a_thin_river_are_seen_from_afar() {
    // Each square is far smaller than a unit of zoom 0, all together are larger than the square that is drawn for them.
    let islands = squares(60, 20.0, 60.0);
    let river = [(10.0, 10.0), (60.0, 11.0), (60.0, 11.02), (10.0, 10.02)];
    // 3600 of them are as large as five squares and a half.
    for (row, squares) in [(islands, 5), (Vec::from([(Role::Shell, Vec::from(river))]), 1)] {
        let (drawn, paths) = drawn(&row, TileId::new(0, 0, 0).expect("valid"));
        let area: i128 = paths.each().map(area).sum();
        assert_eq!((drawn, paths.ends.len(), area), (Drawn::Paths, squares, 256 * squares as i128));
    }
}
