//! A subset of a dataset, with the facts of the whole, in place of it: where one query is known to cover another, its
//! tiles are those of the full dataset, byte for byte. Runs natively, in Node and in a browser.

mod cases;

use cases::{Random, Table, filter, query, tile};
use duotile_core::{Column, Scalar, TileId, TileQuery, Values};
use duotile_wasm::{Dataset, Given, GivenFacts, GivenScalar, Words};
use wasm_bindgen_test::wasm_bindgen_test;

/// The rows that pass a query, as the server hands them out (native/src/subset.rs).
fn subset(full: &mut Dataset, query: &str) -> Dataset {
    let mut names = [None, None];
    let mut subset = full
        .with(query, |points, selected, _| {
            let all = 0..points.len();
            let rows: Vec<usize> = match &selected.mask {
                Some(mask) => mask.rows(all).collect(),
                None => all.collect(),
            };
            let keys: Vec<u64> = rows.iter().map(|&row| points.keys()[row]).collect();
            let numbers: Vec<u32> = rows.iter().map(|&row| points.rows()[row]).collect();
            let mut subset = Dataset::from_keys("t", &keys, &numbers).expect("as many of each");
            for column in points.columns() {
                add(&mut subset, column, &rows);
            }
            let roles = points.roles();
            names = [roles.id, roles.time].map(|role| role.map(|index| points.columns()[index].name.to_owned()));
            subset
        })
        .expect("a good query");
    let [id, time] = names;
    subset.set_roles(id.as_deref(), time.as_deref(), None).expect("fit");
    subset
}

fn add(subset: &mut Dataset, column: &Column<'_>, rows: &[usize]) {
    let mut valid = vec![0u8; rows.len().div_ceil(8)];
    for (place, &row) in rows.iter().enumerate() {
        valid[place / 8] |= u8::from(column.is_valid(row)) << (place % 8);
    }
    let valid = (!column.is_full()).then_some(&valid[..]);
    let name = column.name;
    let result = match column.values {
        Values::I32(v) => subset.add(name, Given::I32(&of(rows, |row| v[row])), valid),
        Values::I64(v) => subset.add(name, Given::I64(&of(rows, |row| v[row])), valid),
        Values::F32(v) => subset.add(name, Given::F32(&of(rows, |row| v[row])), valid),
        Values::F64(v) => subset.add(name, Given::F64(&of(rows, |row| v[row])), valid),
        Values::Time(v) => subset.add(name, Given::Time(&of(rows, |row| v[row])), valid),
        Values::Bool(bits) => {
            let mut bytes = vec![0u8; rows.len().div_ceil(8)];
            rows.iter()
                .enumerate()
                .for_each(|(place, &row)| bytes[place / 8] |= u8::from(bits.get(row)) << (place % 8));
            subset.add(name, Given::Bool(&bytes), valid)
        }
        Values::Text(codes, words) => {
            let named = column.facts.categories.iter().map(|&(value, _)| value);
            let named = named.chain(column.facts.range.into_iter().flat_map(|(min, max)| [min, max]));
            let mut kept: Vec<usize> = named
                .filter_map(|value| if let Scalar::Text(code) = value { Some(code as usize) } else { None })
                .collect();
            kept.extend(rows.iter().filter(|&&row| column.is_valid(row)).map(|&row| codes.get(row)));
            kept.sort_unstable();
            kept.dedup();
            let (mut bytes, mut offsets) = (String::new(), vec![0]);
            for &code in &kept {
                bytes += words.get(code);
                offsets.push(bytes.len() as u32);
            }
            let codes = of(rows, |row| kept.binary_search(&codes.get(row)).unwrap_or(0) as u32);
            subset.add(
                name,
                Given::Text { codes: &codes, words: Words { bytes: bytes.as_bytes(), offsets: &offsets } },
                valid,
            )
        }
    };
    result.expect("fits");
    subset.set_facts(name, &facts(column)).expect("those of a dataset with these rows");
}

fn of<T>(rows: &[usize], value: impl Fn(usize) -> T) -> Vec<T> {
    rows.iter().map(|&row| value(row)).collect()
}

/// Facts as they travel: texts as themselves, large integers as texts.
fn facts(column: &Column<'_>) -> GivenFacts {
    let scalar = |value: Scalar| match (value, column.values) {
        (Scalar::Integer(value) | Scalar::Time(value), _) if value.unsigned_abs() > 1 << 53 => {
            GivenScalar::Text(value.to_string())
        }
        (Scalar::Integer(value) | Scalar::Time(value), _) => GivenScalar::Number(value as f64),
        (Scalar::Float(value), _) => GivenScalar::Number(value),
        (Scalar::Boolean(value), _) => GivenScalar::Boolean(value),
        (Scalar::Text(code), Values::Text(_, words)) => GivenScalar::Text(words.get(code as usize).into()),
        (Scalar::Text(code), _) => unreachable!("code {code} without words"),
    };
    let facts = column.facts;
    GivenFacts {
        present: facts.present,
        nulls: facts.nulls,
        range: facts.range.map(|(min, max)| [scalar(min), scalar(max)]),
        distinct: facts.distinct,
        categories: facts.categories.iter().map(|&(value, count)| (scalar(value), count)).collect(),
        text_bytes: facts.text_bytes,
        measured: facts.measured,
    }
}

fn cut(dataset: &mut Dataset, tile: TileId, query: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    dataset.tile_into(tile, query, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_covered_is_cut_from_a_subset_as_from_the_whole() {
    let (mut all, mut part, mut none) = (0, 0, 0);
    for seed in 1000..1120 {
        let table = Table::random([300, 900, 3000][seed as usize % 3], seed);
        let mut random = Random::new(!seed);
        let ours = filter(&mut random);
        // What decides which rows: no more of a query than that makes a subset.
        let mut pairs = vec![format!("filter={}", ours.replace('%', "%25"))];
        if random.once_in(4) {
            pairs.push(random.pick(&["datetime=2023-11-20/2024-01-03", "datetime=../2023-12-24T12:00:00Z"]).into());
        }
        if random.once_in(3) {
            pairs.push(
                random
                    .pick(&["bbox=-180,-85,180,85", "bbox=170,-60,-170,60", "bbox=-10.5,35,30,71", "bbox=0,0,90,85.06"])
                    .into(),
            );
        }
        let selecting = TileQuery::parse(&pairs.join("&")).expect("a good query");
        let mut full = table.dataset(None);
        let mut some = subset(&mut full, &selecting.to_string());
        for _ in 0..30 {
            let theirs = match random.below(6) {
                0 => None,
                1 => Some(filter(&mut random)),
                2 => Some(format!("({ours}) AND ({})", filter(&mut random))),
                3 => Some(format!("({}) AND ({ours})", filter(&mut random))),
                _ => Some(ours.clone()),
            };
            let (query, tile) = (query(&mut random, theirs.as_deref()), tile(&table, &mut random));
            let asked = TileQuery::parse(&query).expect("a good query");
            let what = || format!("table {seed}, {tile}, {query}, of the rows of {selecting}");
            if selecting.covers(&asked) {
                all += 1;
                assert!(selecting.covers_tile(&asked, tile, false), "{}", what());
                assert_eq!(cut(&mut some, tile, &query), cut(&mut full, tile, &query), "{}", what());
            } else if selecting.covers_tile(&asked, tile, false) {
                part += 1;
                // Which zoom rows start at is for all rows to say, so that is left out of it.
                let cells = TileQuery { mode: duotile_core::Mode::Cells, ..asked }.to_string();
                assert_eq!(cut(&mut some, tile, &cells), cut(&mut full, tile, &cells), "{}", what());
            } else {
                none += 1;
            }
        }
    }
    assert!(all > 500 && part > 60 && none > 500, "{all} queries and {part} tiles are covered, {none} not");
}

/// Whatever is said to be covered is, for queries that have nothing to do with each other.
#[wasm_bindgen_test(unsupported = test)]
fn a_query_that_covers_another_passes_each_of_its_rows() {
    let table = Table::random(2000, 7);
    let mut dataset = table.dataset(None);
    let mut random = Random::new(77);
    let simple = |random: &mut Random| {
        let number = random.below(30) as i64 - 10;
        let op = random.pick(&["=", "<>", "<", "<=", ">", ">="]);
        match random.below(8) {
            0..=2 => format!("few {op} {}", number % 3),
            3 => format!("few IN ({}, {})", number % 3, number % 2),
            4 => format!("few BETWEEN {} AND {}", number % 3, number % 3 + 1),
            5 => format!("few {op} {}.5", number % 3),
            6 => random.pick(&["few IS NOT NULL", "few IS NULL", "kind = 'bus'", "kind IN ('bus', 'Zoo')"]).into(),
            _ => {
                let (west, south) = (number * 5, number * 2);
                format!(
                    "S_INTERSECTS(geometry, BBOX({west}, {south}, {}, {}))",
                    west + 20 + 10 * (number & 7),
                    south + 30
                )
            }
        }
    };
    let mut covered = 0;
    for _ in 0..4000 {
        let [ours, mut theirs] = [simple(&mut random), simple(&mut random)];
        if random.once_in(3) {
            theirs = format!("{theirs} {} {}", random.pick(&["AND", "OR"]), simple(&mut random));
        }
        let parse = |filter: &str| TileQuery::parse(&format!("mode=cells&filter={filter}")).expect("a good query");
        if !parse(&ours).covers(&parse(&theirs)) {
            continue;
        }
        covered += 1;
        let both = format!("mode=cells&filter=({ours}) AND ({theirs})");
        let mut rows =
            |query: &str| dataset.with(query, |points, selected, _| selected.rows(points)).expect("a good query");
        assert_eq!(rows(&both), rows(&format!("mode=cells&filter={theirs}")), "{ours} is said to cover {theirs}");
    }
    assert!(covered > 300, "{covered} are covered");
}

/// A polygon covers what lies in it, and only that.
#[wasm_bindgen_test(unsupported = test)]
fn a_polygon_covers_what_lies_in_it() {
    let inside = |wkt: &str| TileQuery::parse(&format!("filter=S_INTERSECTS(geometry,{wkt})")).expect("a good query");
    let square = |low: i32, high: i32| format!("({low} {low},{high} {low},{high} {high},{low} {high},{low} {low})");
    let ring = |low, high| format!("POLYGON({})", square(low, high));
    let outer = inside(&ring(-40, 40));
    for (theirs, covered) in [
        (ring(-30, 30), true),
        (ring(-40, 40), true),
        (ring(-30, 41), false),
        (ring(50, 60), false),
        (ring(-50, 50), false),
        (format!("MULTIPOLYGON(({}),({}))", square(-30, -20), square(20, 30)), true),
        (format!("MULTIPOLYGON(({}),({}))", square(-30, -20), square(50, 60)), false),
        ("BBOX(-30,-30,30,30)".into(), true),
        ("BBOX(-30,-30,30,50)".into(), false),
        ("BBOX(30,-30,-30,30)".into(), false),
        ("POINT(0 0)".into(), false),
    ] {
        assert_eq!(outer.covers(&inside(&theirs)), covered, "{theirs}");
    }
    let holed = inside(&format!("POLYGON({},{})", square(-40, 40), square(-10, 10)));
    for (theirs, covered) in [(ring(-30, 30), false), (ring(-5, 5), false), (ring(15, 30), true)] {
        assert_eq!(holed.covers(&inside(&theirs)), covered, "{theirs} in what has a hole");
    }
    let tile = TileId::new(3, 4, 4).expect("there is one");
    assert!(!outer.covers_tile(&TileQuery::default(), tile, false), "45 degrees are not within 40");
    assert!(outer.covers_tile(&TileQuery::default(), TileId::new(4, 8, 8).expect("there is one"), false));

    let table = Table::random(2000, 7);
    let mut dataset = table.dataset(None);
    let mut random = Random::new(78);
    let star = |random: &mut Random| {
        let (lon, lat) = (random.below(300) as f64 - 150.0, random.below(80) as f64 - 40.0);
        let (size, corners) = (1.0 + random.below(40) as f64, 3 + random.below(9));
        let mut all: Vec<String> = (0..corners)
            .map(|corner| {
                let angle = corner as f64 / corners as f64 * std::f64::consts::TAU;
                let far = size * (0.4 + random.below(60) as f64 / 100.0);
                let (x, y) = (lon + far * libm::cos(angle), lat + far * libm::sin(angle));
                format!("{:.3} {y:.3}", x.clamp(-179.0, 179.0))
            })
            .collect();
        all.push(all[0].clone());
        format!("POLYGON(({}))", all.join(","))
    };
    let mut covered = 0;
    for _ in 0..6000 {
        let [ours, theirs] = [star(&mut random), star(&mut random)];
        if !inside(&ours).covers(&inside(&theirs)) {
            continue;
        }
        covered += 1;
        let (ours, theirs) = (format!("S_INTERSECTS(geometry,{ours})"), format!("S_INTERSECTS(geometry,{theirs})"));
        let mut rows =
            |query: &str| dataset.with(query, |points, selected, _| selected.rows(points)).expect("a good query");
        let [both, alone] =
            [format!("{ours} AND {theirs}"), theirs.clone()].map(|filter| rows(&format!("mode=cells&filter={filter}")));
        assert_eq!(both, alone, "{ours} is said to cover {theirs}");
    }
    assert!(covered > 20, "{covered} are covered");
}
