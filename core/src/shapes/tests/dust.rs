//! Parts and rows that are too small for a zoom.

use super::*;
use crate::shapes::dust;

/// Squares in degrees, each with its north-western corner and its side.
fn squares(given: &[(f64, f64, f64)]) -> Row {
    let ring =
        |&(x, y, side): &(f64, f64, f64)| Vec::from([(x, y), (x + side, y), (x + side, y - side), (x, y - side)]);
    given.iter().map(|square| (Role::Shell, ring(square))).collect()
}

/// What is drawn of all rows in the tiles of a zoom that a box in degrees about the middle of the map comes to, each place once.
fn drawn(set: &Set, z: u8, degrees: f64, drawing: &mut Drawing) -> f64 {
    let side = 1u32 << z;
    let far = (degrees / 360.0 * f64::from(side)) as u32 + 1;
    let (west, east) = ((side / 2).saturating_sub(far), (side / 2 + far).min(side));
    let mut sum = 0.0;
    for (x, y) in (west..east).flat_map(|x| (west..east).map(move |y| (x, y))) {
        for feature in set.tile(TileId::new(z.into(), x, y).expect("valid"), drawing) {
            assert!(feature.kind != Kind::Polygons || is_valid(&feature.paths), "{z}/{x}/{y}: {:?}", feature.paths);
            // Within the tile alone, where edges lie along its axes.
            let clamped = |ring: &[Point]| -> Vec<Point> {
                ring.iter().map(|point| point.map(|at| at.clamp(0, EXTENT as i16))).collect()
            };
            sum += feature.paths.each().map(|ring| area(&clamped(ring)) as f64).sum::<f64>();
        }
    }
    sum
}

#[test]
fn of_a_row_of_many_small_parts_as_much_is_drawn_as_of_as_many_rows() {
    let mut next = random(6);
    // A town of four thousand houses, some with the street between them and a few large ones.
    let houses: Vec<(f64, f64, f64)> = (0..4000)
        .map(|at| {
            let side = if at % 50 == 0 { 0.02 } else { 0.001 + next(0.002) };
            (next(3.0) - 1.5, next(3.0) - 1.5, side)
        })
        .collect();
    let (one, mut drawing) = (Set::of(&[squares(&houses)]), Drawing::default());
    let whole = exact_area(&one, 0);
    for z in 4..=12u8 {
        let units = (whole >> (2 * (20 - z))) as f64;
        let found = drawn(&one, z, 1.7, &mut drawing);
        // What is drawn as itself is off by what lies along its border, squares by those that lie on one another.
        let off = (found / units - 1.0).abs();
        assert!(off < 0.12 || (found - units).abs() < 300.0, "zoom {z}: {found} for {units}");
    }
}

#[test]
fn parts_far_from_a_tile_are_passed_over_and_nothing_is_missing() {
    let mut next = random(8);
    // Islands of all sizes, in rows of hundreds, and a row of lines.
    let mut islands = |count| -> Vec<(f64, f64, f64)> {
        (0..count).map(|_| (next(40.0) - 20.0, next(40.0) - 20.0, 0.0002 * libm::exp(next(8.0)))).collect()
    };
    let rows: Vec<Row> = (0..6).map(|at| squares(&islands(100 * at + 1))).collect();
    let lines = squares(&islands(300)).into_iter().map(|(_, path)| (Role::Line, path));
    let set = Set::of(&[&rows[..], &[lines.collect()]].concat());
    let (mut drawing, mut some) = (Drawing::default(), 0);
    let known = set.view();
    // As if nothing were known of blocks.
    let blind = Shapes { levelled: outline::Levelled { blocks: (&[], &[]), ..known.levelled }, ..known };
    for z in 0..=11u8 {
        for _ in 0..40 {
            let at = [0; 2].map(|_| ((next(44.0) - 22.0) / 360.0 + 0.5) * f64::from(1u32 << z));
            let tile = TileId::new(z.into(), at[0] as u32, at[1] as u32).expect("valid");
            let features = set.tile(tile, &mut drawing);
            assert_eq!(features, set.tile_of(&blind, tile, &mut drawing), "{tile}");
            some += usize::from(!features.is_empty());
        }
    }
    assert!(some > 200, "{some}");
}

#[test]
fn a_part_that_has_a_square_has_one_at_the_next_zoom_or_is_seen() {
    let mut next = random(7);
    // Far enough from one another that none touches another.
    let given: Vec<(f64, f64, f64)> =
        (0..900).map(|at| (f64::from(at % 30) * 0.9 - 13.0, f64::from(at / 30) * 0.9 - 13.0, next(0.2))).collect();
    let (set, mut drawing) = (Set::of(&[squares(&given)]), Drawing::default());
    let mut before: BTreeSet<usize> = BTreeSet::new();
    for z in 4..=9u8 {
        let mut shown = BTreeSet::new();
        let side = 1u32 << z;
        let far = (15.0 / 360.0 * f64::from(side)) as u32 + 1;
        for (x, y) in
            (side / 2 - far..side / 2 + far).flat_map(|x| (side / 2 - far..side / 2 + far).map(move |y| (x, y)))
        {
            let grid = Grid::of(TileId::new(z.into(), x, y).expect("valid"));
            let outlines = set.view().outlines();
            for feature in set.tile(TileId::new(z.into(), x, y).expect("valid"), &mut drawing) {
                for ring in feature.paths.each() {
                    // The box of the ring comes to the part's place.
                    let of = |axis: usize| ring.iter().map(move |point| i64::from(point[axis]));
                    let ends = [0, 1].map(|axis| [of(axis).min(), of(axis).max()].map(Option::unwrap_or_default));
                    let near = |part: &usize| {
                        let place = grid.local(dust::place(&outlines, *part));
                        (0..2).all(|axis| (ends[axis][0] - 4..=ends[axis][1] + 4).contains(&place[axis]))
                    };
                    shown.extend((0..given.len()).find(near));
                }
            }
        }
        assert!(before.is_subset(&shown), "zoom {z}: {:?}", before.difference(&shown).collect::<Vec<_>>());
        before = shown;
    }
    assert!(before.len() > 800, "{}", before.len());
}

#[test]
fn a_polygon_that_is_seen_elsewhere_has_no_square_where_it_is_thin() {
    // A tee: its bar is a strip of a tenth of a unit of zoom 8, in which its point lies, its foot is a square that is seen.
    let unit = 360.0 / f64::from(1 << 20);
    let (thin, foot) = (0.1 * unit, 100.0 * unit);
    let far = 5000.0 * unit;
    let tee = [(1.0, 1.0), (1.0 + far, 1.0), (1.0 + far, 1.0 - foot), (1.0 + far - foot, 1.0 - foot)];
    let tee = [&tee[..], &[(1.0 + far - foot, 1.0 - thin), (1.0, 1.0 - thin)]].concat();
    let (set, mut drawing) = (Set::of(&[Vec::from([(Role::Shell, tee)])]), Drawing::default());
    let point = morton::position(set.keys[0]);
    let own = TileId::containing(point, 8);
    assert!(
        TileId::containing(World { x: point.x + (1 << 23), y: point.y }, 8) != own,
        "its point is far from its foot"
    );
    let mut seen = 0;
    for (x, y) in (0..4).flat_map(|dx| (0..2).map(move |dy| (own.x() - 1 + dx, own.y() + dy))) {
        for feature in set.tile(TileId::new(8, x, y).expect("valid"), &mut drawing) {
            let (west, east) =
                feature.paths.points.iter().fold((i16::MAX, i16::MIN), |(w, e), p| (w.min(p[0]), e.max(p[0])));
            assert!(
                east - west > SQUARE as i16 || i64::from(west) == EXTENT || east == 0,
                "{x} {y}: {:?}",
                feature.paths
            );
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn whatever_the_detail_a_row_that_shows_goes_on_showing() {
    let rows = coverage(12, 3, -8.0, 8.0, 0.35);
    let (set, mut drawing) = (Set::of(&rows), Drawing::default());
    let (shapes, work) = (set.view(), Work::free());
    for detail in [-16, -8, -4, 0, 8] {
        let mut before: BTreeSet<usize> = BTreeSet::new();
        for z in 0..=8u8 {
            let mut shown = BTreeSet::new();
            for (row, &key) in set.keys.iter().enumerate() {
                let point = morton::position(key);
                let grid = Grid::of(TileId::containing(point, z)).detailed(detail);
                drawing.clear();
                let due = shapes.first(row) <= z;
                if due && drawing.draw(&shapes, row, point, &grid, z, &mut work.toll()) == Ok(Drawn::Paths) {
                    shown.insert(row);
                }
            }
            assert!(before.is_subset(&shown), "detail {detail}, zoom {z}");
            before = shown;
        }
        assert_eq!(before.len(), rows.len(), "detail {detail}");
    }
}

#[test]
fn thin_polygons_with_holes_and_crooked_strips_go_on_showing() {
    let mut next = random(9);
    let mut thin = |kind: usize, parts: usize| -> Row {
        let middle = (next(2.0) + 0.1, next(2.0) + 0.1);
        let size = libm::exp(-2.0 - next(9.0));
        let far = if parts > 1 { 2.0 * size } else { 0.0 };
        let mut row = Row::new();
        for _ in 0..parts {
            let (x, y) = (middle.0 + next(far), middle.1 + next(far));
            // Between a ten thousandth of its size and a tenth.
            let wall = size * libm::exp(-2.3 - next(7.0));
            let frame = |off: f64| {
                let [west, east, south, north] = [x + off, x + size - off, y + off, y + size - off];
                Vec::from([(west, south), (east, south), (east, north), (west, north)])
            };
            // A wave of five to sixty vertices, and the same back.
            let wave = |count: usize, size: f64| -> Vec<(f64, f64)> {
                let at = |at: usize| {
                    let along = at as f64 / count as f64;
                    (x + size * along, y + size / 9.0 * libm::sin(9.0 * along))
                };
                let there = (0..=count).map(at);
                let back = (0..=count).rev().map(at).map(|(x, y)| (x, y + wall));
                there.chain(back).collect()
            };
            match kind {
                0 => row.extend([(Role::Shell, frame(0.0)), (Role::Hole, frame(wall))]),
                1 => row.push((Role::Shell, wave(5 + next(20.0) as usize, size))),
                // A ring of a wave about another.
                2 => {
                    let round = |off: f64| -> Vec<(f64, f64)> {
                        let corner = |at: u32| {
                            let turn = f64::from(at) / 40.0 * core::f64::consts::TAU;
                            let far = (size - off) / 2.0 * (1.0 + libm::sin(5.0 * turn) / 9.0);
                            (x + far * libm::sin(turn), y + far * libm::cos(turn))
                        };
                        (0..40).map(corner).collect()
                    };
                    row.extend([(Role::Shell, round(0.0)), (Role::Hole, round(wall))]);
                }
                _ => row.push((Role::Shell, wave(40 + next(200.0) as usize, size))),
            }
        }
        row
    };
    let rows: Vec<Row> = (0..240).map(|at| thin(at % 4, [1, 1, 3, 9][at / 4 % 4])).collect();
    let (set, mut drawing) = (Set::of(&rows), Drawing::default());
    let (shapes, work) = (set.view(), Work::free());
    for detail in [-16, 0, 8] {
        let mut before: BTreeSet<usize> = BTreeSet::new();
        for z in 0..=14u8 {
            let mut shown = BTreeSet::new();
            for (row, &key) in set.keys.iter().enumerate() {
                let point = morton::position(key);
                let frame = shapes.boxes()[row];
                let [first, last] =
                    [[frame[0], frame[1]], [frame[2], frame[3]]].map(|[x, y]| TileId::containing(World { x, y }, z));
                let tiles = (first.x()..=last.x()).flat_map(|x| (first.y()..=last.y()).map(move |y| (x, y)));
                let own = TileId::containing(point, z);
                let due = shapes.first(row) <= z;
                let mut seen = |x, y| {
                    let grid = Grid::of(TileId::new(z.into(), x, y).expect("valid")).detailed(detail);
                    drawing.clear();
                    drawing.draw(&shapes, row, point, &grid, z, &mut work.toll()) == Ok(Drawn::Paths)
                };
                if due && (seen(own.x(), own.y()) || tiles.clone().any(|(x, y)| seen(x, y))) {
                    shown.insert(row);
                }
            }
            let gone: Vec<usize> = before.difference(&shown).copied().collect();
            assert!(gone.is_empty(), "detail {detail}, zoom {z}: {gone:?}");
            before = shown;
        }
        assert!(before.len() > 150, "detail {detail}: {}", before.len());
    }
}

#[test]
fn a_part_whose_holes_overlap_is_drawn_where_they_are_not() {
    // Two holes, each six tenths of their shell, that lie on one another; and the same crosswise. Nothing is left of the sum.
    let square = |x: f64, y: f64, side: f64| Vec::from([(x, y), (x + side, y), (x + side, y + side), (x, y + side)]);
    let part = |x: f64| {
        let hole = (Role::Hole, square(x + 0.02, 0.02, 0.155));
        [(Role::Shell, square(x, 0.01, 0.2)), hole.clone(), hole]
    };
    let set = Set::of(&[part(0.1).into_iter().chain(part(0.4)).collect()]);
    let mut drawing = Drawing::default();
    for z in [7, 9] {
        let unit = 360.0 / (f64::from(1u32 << z) * EXTENT as f64);
        let units = (0.2 * 0.2 - 0.155 * 0.155) * 2.0 / (unit * unit);
        let found = drawn(&set, z, 0.7, &mut drawing);
        assert!((found / units - 1.0).abs() < 0.02, "zoom {z}: {found} for {units}");
    }
}
