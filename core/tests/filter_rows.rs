//! Filters keep the rows that an interpreter of three-valued logic keeps, which knows nothing of ranges, codes or normal
//! forms: it takes the CQL2 standard at its word, row by row.

mod common;

use common::{Random, Rows, expr, naive::Naive};
use duotile_core::{
    Codes, Column, Facts, Filter, Points, Roles, TileQuery, Values, Work, World,
    filter::{Comparison, Expr},
    mercator, morton,
};

#[test]
fn random_filters_keep_the_rows_that_three_valued_logic_keeps() {
    // Without optimisation, or emulated, each takes far longer.
    let rounds = match (cfg!(target_endian = "big"), cfg!(debug_assertions)) {
        (true, _) => 15,
        (false, true) => 60,
        (false, false) => 1500,
    };
    let mut random = Random(1);
    let (mut kept, mut looked_at) = (0, 0);
    for round in 0..rounds {
        let size = random.pick(&[0, 1, 63, 64, 65, 200, 300]);
        let rows = Rows::new(&mut random, size);
        for _ in 0..20 {
            let depth = random.below(5);
            let expr = expr(&mut random, depth);
            rows.with(|points| {
                let filter =
                    Filter::bind(&expr, points, &Work::free()).unwrap_or_else(|error| panic!("{expr}: {error}"));
                let again = Filter::bind(&Expr::parse(&expr.to_string()).expect("printed"), points, &Work::free())
                    .expect("bound");
                let (a, b) = (random.below(size + 1), random.below(size + 1));
                let span = if random.chance(50) { 0..size } else { a.min(b)..a.max(b) };
                let (mask, other) = (
                    filter.mask(points, span.clone(), &Work::free()).expect("goes on"),
                    again.mask(points, span.clone(), &Work::free()).expect("goes on"),
                );
                assert_eq!(mask.span(), span);
                for row in span {
                    let expected = Naive { rows: &rows, row }.truth(&expr) == Some(true);
                    kept += usize::from(expected);
                    looked_at += 1;
                    let about = || format!("round {round}, row {row}: {expr:?}\nprinted: {expr}\nbound: {filter:?}");
                    assert_eq!(mask.get(row), expected, "{}", about());
                    assert_eq!(other.get(row), expected, "after printing: {}", about());
                }
            });
        }
    }
    // The filters neither keep nor drop nearly everything.
    assert!(kept * 10 > looked_at && kept * 10 < looked_at * 9, "{kept} of {looked_at}");
}

#[test]
fn a_filter_and_its_negation_share_no_row_and_together_miss_only_the_unknown() {
    let mut random = Random(2);
    let rows = Rows::new(&mut random, 500);
    for _ in 0..500 {
        let expr = expr(&mut random, 3);
        let negated = Expr::Not(Box::new(expr.clone()));
        rows.with(|points| {
            let yes = Filter::bind(&expr, points, &Work::free())
                .expect("bound")
                .mask(points, 0..500, &Work::free())
                .expect("goes on");
            let no = Filter::bind(&negated, points, &Work::free())
                .expect("bound")
                .mask(points, 0..500, &Work::free())
                .expect("goes on");
            for row in 0..500 {
                let truth = Naive { rows: &rows, row }.truth(&expr);
                assert_eq!((yes.get(row), no.get(row)), (truth == Some(true), truth == Some(false)), "{expr}");
            }
        });
    }
}

#[test]
fn time_and_box_of_a_query_join_its_filter() {
    let mut random = Random(3);
    let rows = Rows::new(&mut random, 400);
    let texts = [
        ("datetime=1970-01-02/1970-01-03", "ts BETWEEN DATE('1970-01-02') AND DATE('1970-01-03')"),
        ("datetime=../1970-01-02T08:00:00Z", "ts <= TIMESTAMP('1970-01-02T08:00:00Z')"),
        ("datetime=1970-01-01/..", "ts >= DATE('1970-01-01')"),
        ("datetime=1969-12-31", "ts = DATE('1969-12-31')"),
        ("bbox=170,-30,-170,80", "S_INTERSECTS(geometry, BBOX(170,-30,-170,80))"),
        ("bbox=-10,-90,100,10&filter=i%3E0", "i > 0 AND S_INTERSECTS(geometry, BBOX(-10,-90,100,10))"),
        ("datetime=../..", "TRUE"),
        ("", "TRUE"),
    ];
    rows.with(|points| {
        for (query, text) in texts {
            let filter = Filter::of(&TileQuery::parse(query).expect("valid"), points, &Work::free()).expect("bound");
            let mask = filter.mask(points, 0..400, &Work::free()).expect("goes on");
            let expr = Expr::parse(text).expect("valid");
            let expected: Vec<usize> =
                (0..400).filter(|&row| Naive { rows: &rows, row }.truth(&expr) == Some(true)).collect();
            assert!(mask.rows(0..400).eq(expected), "{query}");
        }
    });
}

#[test]
fn coordinates_compare_exactly_at_the_steps_of_the_world() {
    let mut random = Random(4);
    for _ in 0..200 {
        let (x, y) = (random.next() as u32, random.next() as u32);
        let spots =
            [(x, y), (x.wrapping_add(1), y), (x.wrapping_sub(1), y), (x, y.wrapping_add(1)), (x, y.wrapping_sub(1))];
        let mut keys: Vec<u64> = spots.iter().map(|&(x, y)| morton::key(World { x, y })).collect();
        keys.sort_unstable();
        let rows = Rows { numbers: (0..keys.len() as u32).collect(), keys, columns: Vec::new() };
        let points = Points::new("test", &rows.keys, &rows.numbers, &[], Roles::default()).expect("fits");
        for op in Comparison::ALL {
            for (name, degrees) in [("lon", mercator::longitude(x)), ("lat", mercator::latitude(y))] {
                let expr = Expr::parse(&format!("{name} {} {degrees}", op.symbol())).expect("valid");
                let mask = Filter::bind(&expr, &points, &Work::free())
                    .expect("bound")
                    .mask(&points, 0..5, &Work::free())
                    .expect("goes on");
                for row in 0..5 {
                    assert_eq!(
                        Some(mask.get(row)),
                        Naive { rows: &rows, row }.truth(&expr),
                        "{expr} {:?}",
                        rows.position(row)
                    );
                }
            }
        }
    }
}

#[test]
fn a_row_is_met_by_the_degrees_that_are_shown_of_it() {
    let position = mercator::project(7.5, 46.5).expect("usable");
    let (keys, numbers) = ([morton::key(position)], [0]);
    let points = Points::new("test", &keys, &numbers, &[], Roles::default()).expect("fits");
    let meets = |text: &str| {
        let filter = Filter::bind(&Expr::parse(text).expect("valid"), &points, &Work::free()).expect("bound");
        filter.mask(&points, 0..1, &Work::free()).expect("goes on").get(0)
    };
    for text in ["lat = 46.5", "lat >= 46.5", "lat <= 46.5", "lat BETWEEN 46.5 AND 46.5", "lon IN (7.5)", "lon <= 180"]
    {
        assert!(meets(text), "{text}");
    }
    for text in ["lat > 46.5", "lat < 46.5", "lon <> 7.5", "lon < 7.5", "lon > 7.5", "lat > 46.500001", "lon >= 180"] {
        assert!(!meets(text), "{text}");
    }
}

#[test]
fn boxes_are_closed_on_the_steps_of_their_corners_and_cross_the_antimeridian() {
    let at = |lon: f64, lat: f64| mercator::project(lon, lat).expect("usable");
    let kept = |west: f64, south: f64, east: f64, north: f64, world: World| {
        let (keys, numbers) = ([morton::key(world)], [0]);
        let points = Points::new("test", &keys, &numbers, &[], Roles::default()).expect("fits");
        let query = TileQuery::parse(&format!("bbox={west},{south},{east},{north}")).expect("valid");
        let inside = Filter::of(&query, &points, &Work::free())
            .expect("bound")
            .mask(&points, 0..1, &Work::free())
            .expect("goes on")
            .get(0);
        let text = format!("NOT S_INTERSECTS(geometry, BBOX({west},{south},{east},{north}))");
        let outside = Filter::bind(&Expr::parse(&text).expect("valid"), &points, &Work::free()).expect("bound");
        assert_ne!(inside, outside.mask(&points, 0..1, &Work::free()).expect("goes on").get(0), "{text}");
        inside
    };
    let (south_west, north_east) = (at(10.0, 20.0), at(30.0, 40.0));
    for (world, expected) in [
        (south_west, true),
        (north_east, true),
        (World { x: south_west.x - 1, ..south_west }, false),
        (World { y: south_west.y + 1, ..south_west }, false),
        (World { x: north_east.x + 1, ..north_east }, false),
        (World { y: north_east.y - 1, ..north_east }, false),
    ] {
        assert_eq!(kept(10.0, 20.0, 30.0, 40.0, world), expected, "{world:?}");
    }
    // Both ends of a box over the antimeridian, written in three ways, and what lies between them the other way round.
    for (west, east) in [(170.0, -170.0), (170.0, 190.0), (-190.0 + 360.0, 190.0)] {
        for (lon, expected) in
            [(170.0, true), (180.0, true), (-170.0, true), (169.9, false), (-169.9, false), (0.0, false)]
        {
            assert_eq!(kept(west, -10.0, east, 10.0, at(lon, 0.0)), expected, "{west} {east}: {lon}");
        }
    }
    // +180 is −180: a box that ends there holds what lies there.
    for (west, east) in [(-180.0, -170.0), (170.0, 180.0), (180.0, 180.0), (180.0, -170.0)] {
        assert!(kept(west, -10.0, east, 10.0, at(180.0, 0.0)), "{west} {east}");
        assert!(!kept(west, -10.0, east, 10.0, at(100.0, 0.0)), "{west} {east}");
    }
    // The whole round, in every way to write it.
    for (west, east) in [(-180.0, 180.0), (0.0, 360.0), (-10.0, 350.0), (-180.0, 360.0)] {
        for lon in [-180.0, -90.0, -10.000_001, 0.0, 90.0, 179.999_999] {
            assert!(kept(west, -90.0, east, 90.0, at(lon, 88.0)), "{west} {east}: {lon}");
        }
    }
    // Latitudes beyond the square world are at its edge.
    assert!(kept(-180.0, 86.0, 180.0, 90.0, at(0.0, 89.0)));
    assert!(!kept(-180.0, 86.0, 180.0, 90.0, at(0.0, 84.0)));
}

#[test]
fn a_single_float_is_met_by_what_it_is_shown_as() {
    let values = [0.1f32, 0.2, 16_777_216.0, f32::MAX, -0.3];
    let facts = duotile_core::Facts::default();
    let column = duotile_core::Column::new("v", duotile_core::Values::F32(&values), None, &facts).expect("fits");
    let (columns, keys, numbers) = ([column], [0; 5], [0, 1, 2, 3, 4]);
    let points = Points::new("test", &keys, &numbers, &columns, Roles::default()).expect("fits");
    let kept = |text: &str| -> Vec<usize> {
        let filter = Filter::bind(&Expr::parse(text).expect("valid"), &points, &Work::free()).expect("bound");
        filter.mask(&points, 0..5, &Work::free()).expect("goes on").rows(0..5).collect()
    };
    assert_eq!(kept("v = 0.1"), [0]);
    assert_eq!(kept("v IN (0.1, 0.2, -0.3)"), [0, 1, 4]);
    assert_eq!(kept("v <= 0.1"), [0, 4]);
    assert_eq!(kept("v > 0.1"), [1, 2, 3]);
    // Neither is what any of them is shown as; both are between 0.1 and its neighbours.
    assert_eq!(kept("v > 0.09999999999 AND v < 0.10000000001"), [0]);
    assert_eq!(kept("v = 16777216"), [2]);
    assert_eq!(kept("v = 16777217"), Vec::<usize>::new());
    assert_eq!(kept("v > 1e39"), Vec::<usize>::new());
    assert_eq!(kept("v < -1e39 OR v <= 1e39"), [0, 1, 2, 3, 4]);
}

#[test]
fn a_formula_among_values_is_one_that_equals_some_of_them() {
    let mut random = Random(7);
    let size = 200;
    let wide: Vec<i64> = (0..size).map(|row| i64::MAX - row % 9 * (1 << 9)).collect();
    let small: Vec<i32> = (0..size as i32).map(|row| row % 11 - 5).collect();
    let floats: Vec<f64> = (0..size).map(|row| (row % 13 - 6) as f64 / 2.0).collect();
    let words = duotile_core::Dictionary::new(["a", "b", "d", "e"]).expect("sorted");
    let codes: Vec<u8> = (0..size as usize).map(|row| (row % 4) as u8).collect();
    let valid: Vec<u8> =
        (0..size.unsigned_abs().div_ceil(8)).map(|at| if at % 3 == 0 { 0b1010_1110 } else { 0xff }).collect();
    let values = [
        ("wide", Values::I64(&wide)),
        ("small", Values::I32(&small)),
        ("float", Values::F64(&floats)),
        ("text", Values::Text(Codes::U8(&codes), &words)),
    ];
    let facts = values.map(|(_, values)| Facts::of(values, Some(&valid)));
    let columns: Vec<Column<'_>> = (values.iter().zip(&facts))
        .map(|((name, values), facts)| Column::new(name, *values, Some(&valid), facts).expect("fits"))
        .collect();
    let (keys, numbers): (Vec<u64>, Vec<u32>) = (vec![0; size as usize], (0..size as u32).collect());
    let points = Points::new("test", &keys, &numbers, &columns, Roles::default()).expect("fits");
    let bound = |text: &str| Filter::bind(&Expr::parse(text).expect(text), &points, &Work::free()).expect(text);
    let kept = |text: &str| -> Vec<usize> {
        let mask = bound(text).mask(&points, 0..size as usize, &Work::free()).expect("goes on");
        mask.rows(0..size as usize).collect()
    };
    let numbers = [
        "0",
        "-0.0",
        "1",
        "-2",
        "2.5",
        "-1.5",
        "9223372036854775807",
        "9223372036854774783",
        "9.223372036854775807e18",
        "1e300",
        "36893488147419103232",
    ];
    let texts = ["'a'", "'c'", "'d'", "'z'", "''"];
    for (formula, all) in [
        ("wide - 0", &numbers[..]),
        ("abs(small) - 1", &numbers[..]),
        ("sqrt(float) * 2", &numbers[..]),
        ("1 / small", &numbers[..]),
        ("coalesce(float, 1)", &numbers[..]),
        ("coalesce(text, 'c')", &texts[..]),
        ("least(text, 'd')", &texts[..]),
    ] {
        for _ in 0..12 {
            let items: Vec<&str> = (0..2 + random.below(5)).map(|_| random.pick(all)).collect();
            let (mut any, mut none) = (vec![false; size as usize], vec![true; size as usize]);
            for item in &items {
                kept(&format!("{formula} = {item}")).into_iter().for_each(|row| any[row] = true);
                let others = kept(&format!("{formula} <> {item}"));
                none.iter_mut().enumerate().for_each(|(row, none)| *none &= others.contains(&row));
            }
            let rows = |bits: &[bool]| (0..size as usize).filter(|&row| bits[row]).collect::<Vec<_>>();
            let list = items.join(", ");
            assert_eq!(kept(&format!("{formula} IN ({list})")), rows(&any), "{formula} IN ({list})");
            assert_eq!(kept(&format!("{formula} NOT IN ({list})")), rows(&none), "{formula} NOT IN ({list})");
        }
    }
    assert_eq!(
        kept("sqrt(float) * 2 IN (0, 2)"),
        (0..200).filter(|row| valid[row / 8] >> (row % 8) & 1 != 0 && [6, 8].contains(&(row % 13))).collect::<Vec<_>>()
    );
    // However many they are, the formula is there once.
    let many: Vec<String> = (0..500).map(|value| format!("'{value}'")).collect();
    let (one, all) = (
        bound("coalesce(text, 'c') = 'd'").size(),
        bound(&format!("coalesce(text, 'c') IN ({})", many.join(", "))).size(),
    );
    assert!(all < one + 500 * 8 + 500, "{one} {all}");
    let error = Filter::bind(&Expr::parse("coalesce(text, 'c') IN ('a', 5)").expect("parses"), &points, &Work::free());
    assert!(error.expect_err("a number").message.contains("got 5, which is integer"));
}
