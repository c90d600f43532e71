use super::*;
use crate::{
    answers::legend::{Legend, Zoom},
    filter::Filter,
    points::{index::Points, profile::Profile, sort::sort},
    query::TileQuery,
    space::morton,
    table::{
        dictionary::Dictionary,
        facts::Facts,
        values::{Bits, Codes},
        view::Roles,
    },
    tile::cut::Selection,
};
use alloc::{collections::BTreeMap, vec};

/// So many rows, crowded in places, so that some blocks of cells end by their rows.
const ROWS: u32 = 90_000;

fn dice(row: u32, salt: u32) -> u32 {
    let mut h = row.wrapping_mul(0x9e37_79b9) ^ salt.wrapping_mul(0x85eb_ca6b);
    h = (h ^ h >> 16).wrapping_mul(0x7feb_352d);
    h = (h ^ h >> 15).wrapping_mul(0x846c_a68b);
    h ^ h >> 16
}

/// What a database would say of a measure of some cells, found as plainly as can be.
fn found(kind: MeasureKind, column: &Column<'_>, cells: &[Vec<usize>]) -> Found {
    let valid = |rows: &[usize]| {
        rows.iter().copied().filter(|&row| column.is_valid(row)).map(|row| column.values.get(row)).collect()
    };
    let all = cells.iter().map(|rows| -> Vec<Scalar> { valid(rows) });
    let sorted = |mut values: Vec<Scalar>| {
        values.sort_by(|a, b| a.compare(*b));
        values
    };
    let whole = |value: &Scalar| match *value {
        Scalar::Integer(value) | Scalar::Time(value) => i128::from(value),
        Scalar::Boolean(value) => value.into(),
        // All of them are multiples of this.
        Scalar::Float(value) => (value * 64.0) as i128,
        Scalar::Text(_) => 0,
    };
    let is_float = matches!(column.values, Values::F32(_) | Values::F64(_));
    match kind {
        MeasureKind::Sum | MeasureKind::Mean if is_float => {
            let sum = |values: &[Scalar]| values.iter().map(whole).sum::<i128>() as f64 / 64.0;
            Found::Floats(all.map(|values| (values.len() as u64, sum(&values))).collect())
        }
        MeasureKind::Sum | MeasureKind::Mean => {
            Found::Integers(all.map(|values| (values.len() as u64, values.iter().map(whole).sum())).collect())
        }
        MeasureKind::Min => Found::Values(all.map(|values| sorted(values).first().copied()).collect()),
        MeasureKind::Max => Found::Values(all.map(|values| sorted(values).last().copied()).collect()),
        MeasureKind::Percentile(hundredths) => {
            let ranks = all.map(sorted).map(|values| {
                let count = values.len() as u64;
                let below = (count.checked_sub(1)? * u64::from(hundredths) / 10_000) as usize;
                Some((count, values[below], values[(below + 1).min(values.len() - 1)]))
            });
            Found::Ranks(ranks.collect())
        }
        MeasureKind::Mode | MeasureKind::Distinct => {
            let counted = all.map(|values| {
                let mut counts: Vec<(Scalar, u32)> = Vec::new();
                for value in sorted(values) {
                    match counts.last_mut().filter(|(last, _)| *last == value) {
                        Some((_, count)) => *count += 1,
                        None => counts.push((value, 1)),
                    }
                }
                counts
            });
            if kind == MeasureKind::Distinct {
                return Found::Counts(counted.map(|counts| counts.len() as u64).collect());
            }
            let most = |counts: Vec<(Scalar, u32)>| {
                let most = counts.iter().map(|&(_, count)| count).max()?;
                counts.into_iter().find(|&(_, count)| count == most).map(|(value, _)| value)
            };
            Found::Values(counted.map(most).collect())
        }
    }
}

fn slot(column: &Column<'_>, categories: &[Source], row: usize) -> usize {
    use crate::measure::category::Category;
    let is = |category: &Category| match (category, column.is_valid(row).then(|| column.values.get(row))) {
        (Category::Null, value) => value.is_none(),
        (Category::Value(own), Some(value)) => *own == value,
        _ => false,
    };
    let own = |source: &Source| if let Source::Category(_, category) = source { is(category) } else { false };
    let other = |source: &Source| matches!(source, Source::Category(_, Category::Other));
    categories.iter().position(own).or_else(|| categories.iter().position(other)).expect("a slot for every row")
}

/// As of a database: no rows are here.
fn without_rows<'a>(columns: &[Column<'a>]) -> Vec<Column<'a>> {
    columns
        .iter()
        .map(|column| {
            let values = match column.values {
                Values::I32(_) => Values::I32(&[]),
                Values::I64(_) => Values::I64(&[]),
                Values::F32(_) => Values::F32(&[]),
                Values::F64(_) => Values::F64(&[]),
                Values::Time(_) => Values::Time(&[]),
                Values::Bool(_) => Values::Bool(Bits { bytes: &[], len: 0 }),
                Values::Text(_, words) => Values::Text(Codes::U8(&[]), words),
            };
            Column::new(column.name, values, Some(&[]), column.facts).expect("fits")
        })
        .collect()
}

/// What a database would give of cells.
fn given(plan: &Plan, columns: &[Column<'_>], keys: &[u64], cells: &BTreeMap<u64, Vec<usize>>) -> Given {
    let of_cells: Vec<Vec<usize>> = cells.values().cloned().collect();
    let sources: Vec<Source> = plan.properties().iter().map(|property| property.source.clone()).collect();
    let measured = sources.iter().filter_map(|source| match *source {
        Source::Measure(column, kind) => Some(found(kind, &columns[column], &of_cells)),
        _ => None,
    });
    let by: Vec<Source> = sources.iter().filter(|source| matches!(source, Source::Category(..))).cloned().collect();
    let mut counts = vec![0; by.len() * of_cells.len()];
    if let Some(&Source::Category(column, _)) = by.first() {
        for (at, rows) in of_cells.iter().enumerate() {
            rows.iter().for_each(|&row| counts[at * by.len() + slot(&columns[column], &by, row)] += 1);
        }
    }
    let mean = |rows: &Vec<usize>| {
        let all = rows.iter().map(|&row| morton::position(keys[row]));
        let (x, y) = all.fold((0u64, 0u64), |(x, y), at| (x + u64::from(at.x), y + u64::from(at.y)));
        World { x: (x / rows.len() as u64) as u32, y: (y / rows.len() as u64) as u32 }
    };
    Given {
        cells: cells.iter().map(|(&code, rows)| (code, rows.len() as u64)).collect(),
        found: measured.collect(),
        counts,
        means: if plan.shape() == Shape::Centroid { of_cells.iter().map(mean).collect() } else { Vec::new() },
    }
}

#[test]
fn cells_that_somebody_else_has_grouped_are_the_same_bytes() {
    let mut keys: Vec<u64> = (0..ROWS)
        .map(|row| {
            let spread = dice(row, 1) % 4 * 7;
            morton::key(World {
                x: 0x4000_0000u32.wrapping_add(dice(row, 2) >> spread),
                y: 0x7000_0000 ^ dice(row, 3) >> spread,
            })
        })
        .collect();
    let mut rows: Vec<u32> = (0..ROWS).collect();
    sort(&mut keys, &mut rows);
    let of = |salt: u32| rows.iter().map(move |&row| dice(row, salt));
    let small: Vec<i32> = of(4).map(|n| (n % 40) as i32 - 20).collect();
    let wide: Vec<i64> = of(5).map(|n| i64::from(n as i32) << (n % 32)).collect();
    let price: Vec<f64> = of(6).map(|n| f64::from((n >> 8) as i32 - (1 << 22)) / 64.0 + 0.0).collect();
    let single: Vec<f32> = of(7).map(|n| (n >> 12) as f32 / 64.0).collect();
    let time: Vec<i64> = of(8).map(|n| i64::from(n) * 1_000_003 - (1 << 50)).collect();
    let codes: Vec<u8> = of(9).map(|n| (n % 30).min(n / 7 % 30) as u8).collect();
    let bits: Vec<u8> = of(10).take(ROWS as usize / 8 + 1).map(|n| n as u8).collect();
    let valid: Vec<u8> = of(11).take(ROWS as usize / 8 + 1).map(|n| (n | n >> 8) as u8).collect();
    let texts: Vec<alloc::string::String> = (0..30).map(|n| alloc::format!("t{n:02}")).collect();
    let words = Dictionary::new(texts.iter().map(|text| &**text)).expect("sorted");
    let bits = Bits { bytes: &bits, len: ROWS as usize };
    let values = [
        ("small", Values::I32(&small)),
        ("wide", Values::I64(&wide)),
        ("price", Values::F64(&price)),
        ("single", Values::F32(&single)),
        ("at", Values::Time(&time)),
        ("kind", Values::Text(Codes::U8(&codes), &words)),
        ("flag", Values::Bool(bits)),
    ];
    let facts = values.map(|(_, values)| Facts::of(values, Some(&valid)));
    let columns: Vec<Column<'_>> = values
        .iter()
        .zip(&facts)
        .map(|(&(name, values), facts)| Column::new(name, values, Some(&valid), facts).expect("fits"))
        .collect();
    let points = Points::new("p", &keys, &rows, &columns, Roles::default()).expect("fits");
    let (work, mut scratch) = (Work::free(), Scratch::default());
    let crowded = TileId::containing(morton::position(keys[ROWS as usize / 2]), 9);
    let tiles = [TileId::WORLD, crowded, TileId::containing(crowded.corner(), 5), TileId::new(3, 0, 7).expect("valid")];
    let mut features = 0;
    for query in [
        "mode=cells",
        "mode=cells&agg=sum:small,mean:small,min:wide,max:wide,sum:wide&shape=centroid&alias=supercluster,quadbin",
        "mode=cells&agg=sum:price,mean:price,max:single,sum:single,mean:single&by=kind&filter=price>100",
        "mode=cells&agg=median:price,p95:small,p25:single,mode:kind,nunique:kind,min:kind&cell=8",
        "mode=cells&agg=mean:at,median:at,max:at,sum:flag,mode:flag,p99.9:wide,mode:price,nunique:wide&by=flag",
        "mode=cells&by=small&shape=point&filter=kind<>'t03' AND small IS NOT NULL&alias=tippecanoe&agg=mode:small",
    ] {
        let plan = TileQuery::parse(query).expect(query).plan(&points, &work).expect(query);
        let mask = plan.filter().map(|filter: &Filter| filter.mask(&points, 0..points.len(), &work).expect("free"));
        for tile in tiles {
            let selection = Selection { mask: mask.as_ref(), profile: &Profile::default(), summaries: &[] };
            let mut expected = Vec::new();
            let report = plan.tile_into(&points, selection, tile, &work, &mut scratch, &mut expected).expect("free");

            let level = tile.z() + plan.grid();
            let mut cells: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
            for row in points.range(tile).filter(|&row| mask.as_ref().is_none_or(|mask| mask.get(row))) {
                cells.entry(keys[row] >> (64 - 2 * level)).or_default().push(row);
            }
            let given = given(&plan, &columns, &keys, &cells);
            let bare = without_rows(&columns);
            let table = Table::new("p", 0, &bare, Roles::default()).expect("fits");
            let plan = TileQuery::parse(query).expect(query).plan(&table, &work).expect(query);
            given.check(&plan, &table).expect(query);
            let mut got = Vec::new();
            let told =
                plan.cells_into(&table, &given, (tile, level, true), &work, &mut scratch, &mut got).expect("free");
            assert_eq!((told, got == expected), (report, true), "{query} {tile}");
            // Walking all zooms of one is enough.
            if tile == TileId::WORLD && query.contains("by=kind") {
                let zoom = Zoom::given(&plan, &table, &given, &work).expect("free");
                let legend = Legend::of(&plan, &points, selection, &work, &mut scratch).expect("free");
                assert_eq!((zoom.cells, zoom.quantiles), (legend.zooms[0].cells, legend.zooms[0].quantiles.clone()));
            }
            features += told.features;
        }
    }
    assert!(features > 20_000, "{features}");
}

#[test]
fn what_is_missing_is_told_and_not_left_out() {
    let facts = Facts::default();
    let columns = [Column::new("v", Values::F64(&[]), None, &facts).expect("fits")];
    let table = Table::new("p", 0, &columns, Roles::default()).expect("fits");
    let check = |query: &str, given: Given| {
        let plan = TileQuery::parse(query).expect(query).plan(&table, &Work::free()).expect(query);
        given.check(&plan, &table).map_err(|bad| alloc::format!("{bad}"))
    };
    let cells = vec![(1, 1), (2, 5)];
    let with = |found| Given { cells: cells.clone(), found, ..Given::default() };
    assert_eq!(check("mode=cells", with(vec![])), Ok(()));
    assert_eq!(check("mode=cells&agg=sum:v", with(vec![Found::Floats(vec![(1, 2.0); 2])])), Ok(()));
    for (query, given, expected) in [
        ("mode=cells&agg=sum:v", with(vec![]), "got 0 measures, expected 1"),
        ("mode=cells&agg=sum:v", with(vec![Found::Floats(vec![(1, 2.0)])]), "got 1 cells of a measure, expected 2"),
        ("mode=cells&agg=sum:v", with(vec![Found::Integers(vec![(1, 2); 2])]), "got 0 kinds of a measure that fit it"),
        ("mode=cells&shape=centroid", with(vec![]), "got 0 mean positions, expected 2"),
        ("mode=places", with(vec![]), "got 1 columns of single rows, expected 0"),
        ("mode=cells&cell=h3", with(vec![]), "got 1 resolutions of H3, expected 0"),
    ] {
        let bad = check(query, given).expect_err(query);
        assert!(bad.starts_with(expected), "{query}: {bad}");
    }
    let turned = Given { cells: vec![(2, 1), (1, 1)], ..Given::default() };
    assert!(check("mode=cells", turned).is_err());
}

#[test]
fn rows_of_a_database_are_named_by_a_column_or_not_at_all() {
    let (keys, rows, ids, facts) = ([7u64 << 40], [5u32], [300i64], Facts::default());
    let columns = [Column::new("id", Values::I64(&ids), None, &facts).expect("fits")];
    let cut = |roles: Roles, numbered: bool| {
        let points = Points::new("p", &keys, &rows, &columns, roles).expect("fits");
        let points = if numbered { points } else { points.without_numbers() };
        let plan = TileQuery::parse("mode=points").expect("fine").plan(&points, &Work::free()).expect("fits");
        let profile = Profile::of(&points, None, plan.limit(), &Work::free()).expect("free");
        let selection = Selection { mask: None, profile: &profile, summaries: &[] };
        let mut out = Vec::new();
        let cut = plan.tile_into(&points, selection, TileId::WORLD, &Work::free(), &mut Scratch::default(), &mut out);
        (cut.expect("free").features, out)
    };
    let by_column = Roles { id: Some(0), ..Roles::default() };
    assert_eq!(cut(by_column, true), cut(by_column, false));
    let ((one, numbered), (_, bare)) = (cut(Roles::default(), true), cut(Roles::default(), false));
    // The field of the id, and its number.
    let id = numbered.windows(2).position(|pair| pair == [0x08, 5]).expect("its number");
    assert_eq!((one, numbered.len()), (1, bare.len() + 2));
    assert_eq!(numbered[id + 2..], bare[id..]);
}
