//! Every tile equals a brute-force computation, feature by feature, and no row is lost or counted twice.

use duotile_core::{
    By, Mask, Measure, MeasureKind, Mode, Plan, Points, Profile, Properties, Scratch, Selection, Shape, Summary, Sums,
    TileId, TileQuery, Work,
};
use duotile_tests::{Feature, Property, Random, Row, Table, cells, decode, interleave, local};
use std::collections::{BTreeMap, BTreeSet};

/// Sizes below and above every threshold: none, one, the rows of a landmark and one more, a word, a rank
/// block, many landmarks in each other.
const SIZES: [usize; 10] = [0, 1, 2, 32, 33, 63, 500, 700, 3000, 9000];

fn everything() -> TileQuery {
    let measure = |column: &str, kind| Measure { column: column.into(), kind };
    let mut measures = vec![
        measure("fare", MeasureKind::Sum),
        measure("fare", MeasureKind::Mean),
        measure("fare", MeasureKind::Min),
        measure("fare", MeasureKind::Max),
        measure("fare", MeasureKind::Percentile(5000)),
        measure("fare", MeasureKind::Percentile(9500)),
        measure("few", MeasureKind::Min),
        measure("few", MeasureKind::Mode),
        measure("few", MeasureKind::Distinct),
        measure("big", MeasureKind::Sum),
        measure("big", MeasureKind::Percentile(5000)),
        measure("speed", MeasureKind::Max),
        measure("ts", MeasureKind::Max),
        measure("kind", MeasureKind::Mode),
        measure("open", MeasureKind::Sum),
    ];
    measures.sort();
    TileQuery {
        measures,
        by: Some(By { column: "kind".into(), period: None, zone: None }),
        mode: Mode::Cells,
        ..TileQuery::default()
    }
}

/// The tiles of a zoom that hold rows, and one that may not.
fn occupied<'t>(rows: impl Iterator<Item = &'t Row>, z: u32) -> BTreeSet<(u32, u32, u32)> {
    let column = |v: u32| ((u64::from(v) * (1 << z)) >> 32) as u32;
    rows.map(|row| (z, column(row.x), column(row.y))).chain([(z, 0, 0)]).collect()
}

fn cut(
    plan: &Plan,
    points: &Points<'_>,
    selection: Selection<'_>,
    (z, x, y): (u32, u32, u32),
) -> (Vec<u8>, duotile_core::Report) {
    let mut out = Vec::new();
    let tile = TileId::new(z, x, y).expect("a tile");
    let report =
        plan.tile_into(points, selection, tile, &Work::free(), &mut Scratch::default(), &mut out).expect("goes on");
    (out, report)
}

/// A mask of rows by their original number, as any filter would make it.
fn mask(points: &Points<'_>, keep: &dyn Fn(usize) -> bool) -> Mask {
    let mut words = vec![0u64; points.len().div_ceil(64)];
    for (i, _) in points.rows().iter().enumerate().filter(|&(_, &row)| keep(row as usize)) {
        words[i / 64] |= 1 << (i % 64);
    }
    Mask::new(0..points.len(), words)
}

fn assert_close(got: &BTreeMap<String, Property>, expected: &BTreeMap<String, Property>) {
    assert_eq!(got.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, value) in got {
        match (value, &expected[name]) {
            (Property::Double(a), Property::Double(b)) if name.ends_with("_sum") || name.ends_with("_mean") => {
                assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{name}: {a} is not {b}");
            }
            // p95 by an independent formula differs in the last place of the fraction.
            (Property::Double(a), Property::Double(b)) if name.ends_with("_p95") => {
                assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{name}: {a} is not {b}");
            }
            (a, b) => assert_eq!(a, b, "{name}"),
        }
    }
}

#[test]
fn cells_are_brute_force_feature_by_feature() {
    let mut compared = 0;
    for (case, &size) in SIZES.iter().enumerate() {
        let table = Table::random(size, case as u64);
        let owned = table.owned();
        let columns = owned.columns();
        let (bare, points) = (owned.bare(&columns), owned.points(&columns));
        let mut random = Random::new(7 + case as u64);
        for filtered in [false, true] {
            let passes = |row: usize| !filtered || !(row * 7 + row / 13).is_multiple_of(3);
            let rows = || table.rows.iter().enumerate().filter(|&(i, _)| passes(i)).map(|(_, row)| row);
            for z in [0, 1, 2, 7, 14, 17, 22] {
                let cell = *random.pick(&[1u8, 4, 16, 64]);
                let query = TileQuery { cell, ..everything() };
                let plan = query.plan(&points, &Work::free()).expect("fits");
                let mask = filtered.then(|| mask(&points, &passes));
                let sums = columns.iter().map(|column| {
                    Sums::build(points.landmarks(), column, mask.as_ref(), &Work::free()).expect("goes on")
                });
                let sums: Vec<Sums> = sums.collect();
                let summaries: Vec<Option<Summary<'_>>> = sums.iter().map(|sums| Some(sums.view())).collect();
                for (points, summaries) in [(&bare, &[][..]), (&points, &[]), (&points, &summaries)] {
                    let selection = Selection { mask: mask.as_ref(), profile: &Profile::default(), summaries };
                    for tile in occupied(rows(), z).into_iter().take(40) {
                        let grid = 512 / u64::from(cell);
                        let (bytes, report) = cut(&plan, points, selection, tile);
                        let mut got = decode(&bytes);
                        let mut expected = cells(rows(), tile, grid);
                        assert_eq!(got.len(), expected.len());
                        assert_eq!(report.features as usize, got.len());
                        assert_eq!(
                            (report.rows, report.omitted),
                            (expected.iter().map(|c| c.rows.len() as u64).sum(), 0)
                        );
                        got.sort_by_key(|f| f.vertices.clone());
                        expected.sort_by_key(|c| (c.square.0, c.square.1));
                        for (feature, cell) in got.iter().zip(&expected) {
                            let (x, y, side) = cell.square;
                            assert_eq!(feature.vertices, [(x + side / 2, y + side / 2)]);
                            assert_eq!(feature.id, (z + grid.ilog2() <= 26).then_some(cell.id));
                            assert_close(&feature.properties, &cell.properties());
                            compared += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(compared > 20_000, "compared {compared} cells");
}

#[test]
fn shapes_are_the_square_the_centre_and_the_mean_position() {
    let table = Table::random(800, 42);
    let owned = table.owned();
    let columns = owned.columns();
    let points = owned.points(&columns);
    for z in [0, 3, 12] {
        for tile in occupied(table.rows.iter(), z).into_iter().take(20) {
            let by_id = |shape| {
                let query = TileQuery { mode: Mode::Cells, cell: 8, shape, ..TileQuery::default() };
                let plan = query.plan(&points, &Work::free()).expect("fits");
                let selection = Selection { mask: None, profile: &Profile::default(), summaries: &[] };
                let features = decode(&cut(&plan, &points, selection, tile).0);
                features.into_iter().map(|f| (f.id, f.vertices)).collect::<BTreeMap<_, _>>()
            };
            let (squares, centroids) = (by_id(Shape::Polygon), by_id(Shape::Centroid));
            for cell in cells(table.rows.iter(), tile, 64) {
                let (x, y, s) = cell.square;
                let ring = [(x, y), (x + s, y), (x + s, y + s), (x, y + s), (x, y)];
                assert_eq!(squares[&Some(cell.id)], ring);
                let n = cell.rows.len() as u64;
                let mean = |v: fn(&Row) -> u32| (cell.rows.iter().map(|row| u64::from(v(row))).sum::<u64>() / n) as u32;
                let centre = Row { x: mean(|row| row.x), y: mean(|row| row.y), ..table.rows[0].clone() };
                assert_eq!(centroids[&Some(cell.id)], [local(&centre, tile)]);
            }
        }
    }
}

/// What a row must carry.
fn row_properties(row: &Row) -> BTreeMap<String, Property> {
    let values = [
        ("big", row.big.map(|v| Property::Text(v.to_string()))),
        ("few", row.few.map(|v| Property::Integer(v.into()))),
        ("fare", row.fare.map(Property::Double)),
        ("speed", row.speed.map(Property::Float)),
        ("open", row.open.map(Property::Boolean)),
        ("kind", row.kind.clone().map(Property::Text)),
        ("ts", row.ts.map(|v| Property::Integer(v.div_euclid(1000)))),
    ];
    values.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?))).collect()
}

#[test]
fn rows_are_brute_force_with_every_value() {
    for (case, &size) in SIZES.iter().enumerate() {
        let table = Table::random(size, 100 + case as u64);
        let owned = table.owned();
        let columns = owned.columns();
        let points = owned.points(&columns);
        let query =
            TileQuery { mode: Mode::Points, properties: Properties::All, limit: 1_000_000, ..TileQuery::default() };
        let plan = query.plan(&points, &Work::free()).expect("fits");
        for filtered in [false, true] {
            let passes = |row: usize| !filtered || row.is_multiple_of(5);
            let mask = filtered.then(|| mask(&points, &passes));
            let profile = fullness(&points, mask.as_ref(), plan.limit());
            let selection = Selection { mask: mask.as_ref(), profile: &profile, summaries: &[] };
            for z in [0, 5, 14, 21, 22] {
                let mut seen = 0;
                let rows = || table.rows.iter().enumerate().filter(|&(i, _)| passes(i));
                for tile in occupied(rows().map(|(_, row)| row), z) {
                    for feature in decode(&cut(&plan, &points, selection, tile).0) {
                        let row = &table.rows[feature.id.expect("rows have ids") as usize];
                        assert!(passes(feature.id.expect("rows have ids") as usize));
                        assert_eq!(feature.vertices, [local(row, tile)]);
                        assert_eq!(feature.properties, row_properties(row));
                        seen += 1;
                    }
                }
                assert_eq!(seen, rows().count(), "every row once at zoom {z}");
            }
        }
    }
}

#[test]
fn a_place_is_a_cell_and_with_one_row_carries_what_the_row_does() {
    let (mut alone, mut together) = (0, 0);
    for (case, &size) in SIZES.iter().enumerate() {
        let table = Table::random(size, 300 + case as u64);
        let owned = table.owned();
        let columns = owned.columns();
        let points = owned.points(&columns);
        let query = TileQuery {
            mode: Mode::Places,
            cell: 1,
            shape: Shape::Centroid,
            properties: Properties::All,
            ..TileQuery::default()
        };
        let plan = query.plan(&points, &Work::free()).expect("fits");
        assert!(!plan.needs_profile());
        for filtered in [false, true] {
            let passes = |row: usize| !filtered || row.is_multiple_of(3);
            let rows = || table.rows.iter().enumerate().filter(|&(i, _)| passes(i)).map(|(_, row)| row);
            let mask = filtered.then(|| mask(&points, &passes));
            let selection = Selection { mask: mask.as_ref(), profile: &Profile::default(), summaries: &[] };
            for z in [0, 2, 9, 15, 22] {
                for tile in occupied(rows(), z).into_iter().take(40) {
                    let (bytes, report) = cut(&plan, &points, selection, tile);
                    let (mut got, mut expected) = (decode(&bytes), cells(rows(), tile, 512));
                    assert_eq!((report.features as usize, report.omitted), (expected.len(), 0));
                    expected.sort_by_key(|cell| interleave(cell.square.0 as u64, cell.square.1 as u64));
                    got.sort_by_key(|feature| {
                        let (x, y) = feature.vertices[0];
                        interleave(x as u64 / 8, y as u64 / 8)
                    });
                    assert_eq!(got.len(), expected.len());
                    for (feature, cell) in got.into_iter().zip(expected) {
                        let mut properties = match &cell.rows[..] {
                            [row] => {
                                assert_eq!(feature.vertices, [local(row, tile)]);
                                row_properties(row)
                            }
                            _ => BTreeMap::new(),
                        };
                        if cell.rows.len() == 1 {
                            alone += 1;
                        } else {
                            together += 1;
                        }
                        properties.insert("point_count".into(), Property::Integer(cell.rows.len() as i64));
                        assert_eq!(feature.properties, properties);
                        assert_eq!(feature.id, (z + 9 <= 26).then_some(cell.id));
                    }
                }
            }
        }
    }
    assert!(alone > 5000 && together > 500, "{alone} rows alone, {together} places of more");
}

#[test]
fn the_count_of_all_tiles_of_a_zoom_is_the_count_of_rows_that_pass() {
    let tables = SIZES.iter().enumerate().map(|(case, &size)| Table::random(size, 200 + case as u64));
    let one_place = Table { rows: vec![Table::random(1, 5).rows[0].clone(); 4000] };
    for table in tables.chain([one_place]) {
        let owned = table.owned();
        let columns = owned.columns();
        let points = owned.points(&columns);
        for (mode, limit) in [
            (Mode::Auto, 10_000),
            (Mode::Auto, 50),
            (Mode::Cells, 10_000),
            (Mode::Points, 100_000),
            (Mode::Places, 10_000),
        ] {
            let plan = TileQuery { mode, limit, ..TileQuery::default() }.plan(&points, &Work::free()).expect("fits");
            for every in [1, 3, usize::MAX] {
                let mask = mask(&points, &|row| row.is_multiple_of(every));
                let profile = fullness(&points, Some(&mask), limit);
                let selection = Selection { mask: Some(&mask), profile: &profile, summaries: &[] };
                let rows =
                    || table.rows.iter().enumerate().filter(|(i, _)| i.is_multiple_of(every)).map(|(_, row)| row);
                for z in 0..=14 {
                    let mut total = 0;
                    for tile in occupied(rows(), z) {
                        let (bytes, report) = cut(&plan, &points, selection, tile);
                        total += decode(&bytes).iter().map(count).sum::<i64>();
                        assert_eq!(report.omitted, 0);
                    }
                    assert_eq!(total, rows().count() as i64, "{mode:?} limit {limit} zoom {z}");
                }
            }
        }
    }
}

/// The rows a feature stands for.
fn count(feature: &Feature) -> i64 {
    match feature.properties.get("point_count") {
        None => 1,
        Some(Property::Integer(count)) => *count,
        Some(other) => panic!("point_count is {other:?}"),
    }
}

#[test]
fn auto_switches_every_tile_at_one_zoom_and_overfull_tiles_show_the_finest_cells_that_fit() {
    let table = Table::random(9000, 77);
    let owned = table.owned();
    let columns = owned.columns();
    let points = owned.points(&columns);
    let limit = 60;
    let plan = TileQuery { limit, ..TileQuery::default() }.plan(&points, &Work::free()).expect("fits");
    let profile = fullness(&points, None, limit);
    let selection = Selection { mask: None, profile: &profile, summaries: &[] };
    let minzoom = (0..=22u32).find(|&z| {
        let tiles = occupied(table.rows.iter(), z);
        let rows =
            |&(z, x, y): &(u32, u32, u32)| cells(table.rows.iter(), (z, x, y), 1).first().map_or(0, |c| c.rows.len());
        tiles.iter().map(rows).filter(|&n| n > limit as usize).sum::<usize>() * 100 <= table.rows.len()
    });
    assert_eq!(profile.points_minzoom().map(u32::from), minzoom);
    for z in [0, 4, 10, 16, 22] {
        for tile in occupied(table.rows.iter(), z) {
            let features = decode(&cut(&plan, &points, selection, tile).0);
            let is_cell = |feature: &Feature| feature.properties.contains_key("point_count");
            let rows: i64 = features.iter().map(count).sum();
            if minzoom.is_none_or(|minzoom| z < minzoom) {
                assert!(features.iter().all(|f| is_cell(f) && (f.id.is_some() || z + 7 > 26)));
            } else if rows <= limit.into() {
                assert!(!features.iter().any(is_cell));
            } else {
                assert!(features.iter().all(|f| is_cell(f) && f.id.is_none()));
                assert!(features.len() <= limit as usize);
            }
        }
    }
}

#[test]
fn thinning_has_no_seams_and_hides_nothing_on_zooming_in() {
    let table = Table::random(9000, 78);
    let owned = table.owned();
    let columns = owned.columns();
    let points = owned.points(&columns);
    for limit in [400, 20, 5, 1] {
        let query = TileQuery { mode: Mode::Points, limit, ..TileQuery::default() };
        let plan = query.plan(&points, &Work::free()).expect("fits");
        let profile = fullness(&points, None, limit);
        let selection = Selection { mask: None, profile: &profile, summaries: &[] };
        let mut before: BTreeSet<u64> = BTreeSet::new();
        for z in 0..=22 {
            let mut shown = BTreeSet::new();
            let mut told = 0;
            let tiles: Vec<_> = occupied(table.rows.iter(), z).into_iter().collect();
            let cut: Vec<_> = tiles.into_iter().map(|tile| cut(&plan, &points, selection, tile)).collect();
            let fullest = cut.iter().map(|(_, report)| report.rows).max().expect("there are tiles");
            for (bytes, report) in cut {
                let features = decode(&bytes);
                assert_eq!(report.rows, report.omitted + features.len() as u64);
                // Binomial with a mean of at most the limit: six standard deviations more.
                let most = f64::from(limit) + 6.0 * f64::from(limit).sqrt();
                assert!(features.len() as f64 <= most, "{} rows at zoom {z}, limit {limit}", features.len());
                if fullest <= u64::from(limit.max(32)) {
                    assert!(features.len() as u64 >= report.rows.min(limit.into()), "limit {limit} zoom {z}");
                }
                told += report.rows;
                shown.extend(features.iter().map(|f| f.id.expect("rows have ids")));
            }
            assert_eq!(told, table.rows.len() as u64);
            assert!(before.is_subset(&shown), "a row vanished at zoom {z}, limit {limit}");
            before = shown;
        }
    }
}

fn fullness(points: &Points<'_>, mask: Option<&Mask>, limit: u32) -> Profile {
    Profile::of(points, mask, limit, &Work::free()).expect("goes on")
}
