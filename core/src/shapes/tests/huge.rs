//! Rows that are larger than any that are meant: they end soon, and are told where they cannot be drawn.

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
    for (side, holes) in [(120, false), (80, true)] {
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
fn parts_that_lie_on_one_another_a_thousandfold_are_given_up() {
    let part = squares(1, 900.0, 0.0);
    let row: Row = (0..30_000)
        .map(|at| {
            let ring = part[0].1.iter().map(|&(x, y)| (x + f64::from(at % 173) * 0.01, y - f64::from(at % 89) * 0.01));
            (Role::Shell, ring.collect())
        })
        .collect();
    assert_eq!(drawn(&row, TileId::new(5, 16, 16).expect("valid")).0, Drawn::GivenUp);
}

#[test]
fn a_ring_of_very_many_vertices_round_the_pole_is_drawn_at_every_zoom() {
    let ring: Vec<(f64, f64)> = (0..50_000)
        .map(|at| {
            let lon = f64::from(at) / 50_000.0 * 360.0 - 180.0;
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
