//! Times the stages of core one by one, on one thread, with nothing cached: `cargo bench --bench stages -- ROWS`.
//!
//! Tiles are the fullest of their zoom. Rates are per point for what looks at every point, per feature for tiles.
#![expect(clippy::print_stdout, reason = "a table is what a bench is for")]

use duotile_benches::{Sample, median, tiles::ranked};
use duotile_core::{
    Codes, Column, Dictionary, Facts, Landmarks, Measure, MeasureKind, Mode, Plan, Points, Profile, Roles, Scratch,
    Selection, Sums, TileId, TileQuery, Values, Work, World, mercator, morton, sort,
};
use std::time::Duration;

fn main() {
    // Cargo passes --bench; the one number is ours.
    let rows = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let sample = Sample::new(rows);
    println!("{rows} points, one thread, median of up to 9 runs\n");
    println!("{:34} {:>12} {:>10}  of what", "stage", "ms", "ns each");

    let project = || -> Vec<World> {
        let positions = sample.lon.iter().zip(&sample.lat);
        positions.filter_map(|(&lon, &lat)| mercator::project(lon, lat)).collect()
    };
    let worlds = project();
    line("project", median(project), rows, "points");

    let keyed = || worlds.iter().map(|&world| morton::key(world)).collect::<Vec<u64>>();
    line("interleave", median(keyed), rows, "points");

    let numbered = || (0..).take(worlds.len()).collect::<Vec<u32>>();
    let sorted = || {
        let (mut keys, mut rows) = (keyed(), numbered());
        sort(&mut keys, &mut rows);
        (keys, rows)
    };
    let (keys, rows_of) = sorted();
    line("interleave and sort", median(sorted), rows, "points");

    let values: Vec<f64> = rows_of.iter().map(|&row| sample.value[row as usize]).collect();
    let facts = Facts::of(Values::F64(&values), None);
    let column = Column::new("value", Values::F64(&values), None, &facts).expect("as long as it is");
    line("landmarks", median(|| Landmarks::build(&keys)), rows, "points");
    let crowds = Landmarks::build(&keys);
    let landmarks = Landmarks::new(&crowds, keys.len());
    println!("{:34} {:>12} {:>10}  {} landmarks, {} bytes", "", "", "", landmarks.len(), crowds.len() * 8);
    let summarise = || Sums::build(landmarks, &column, None, &Work::free()).expect("goes on");
    line("summary of a column", median(summarise), rows, "points");
    let summed = summarise();
    let summary = summed.view();
    let ids: Vec<i64> = rows_of.iter().map(|&row| row.into()).collect();
    let texts = Dictionary::new(["culture", "food", "health", "shop"]).expect("in order");
    let codes: Vec<u8> = rows_of.iter().map(|&row| (row % 7 % 4) as u8).collect();
    let times: Vec<i64> = rows_of.iter().map(|&row| i64::from(row) * 3_000_017 % 31_536_000_000_000).collect();
    let more = [
        ("id", Values::I64(&ids)),
        ("category", Values::Text(Codes::U8(&codes), &texts)),
        ("ts", Values::Time(&times)),
    ];
    let more = more.map(|(name, values)| (name, values, Facts::of(values, None)));
    let more = more.iter().map(|(name, values, facts)| Column::new(name, *values, None, facts).expect("as long"));
    let columns: Vec<Column<'_>> = [column].into_iter().chain(more).collect();
    line("facts of a column", median(|| Facts::of(Values::F64(&values), None)), rows, "points");
    let points = Points::new("points", &keys, &rows_of, &columns, Roles::default()).expect("of one length");
    let points = points.with_landmarks(landmarks);

    let fullest: Vec<TileId> = (0..=14).map(|z| ranked(&points, z)[0].tile).collect();
    let ranges = median(|| fullest.iter().map(|&tile| points.range(tile).len()).sum::<usize>());
    line("range of a tile", ranges, fullest.len(), "tiles");
    let profile = Profile::of(&points, None, 10_000, &Work::free()).expect("goes on");
    line("profile", median(|| Profile::of(&points, None, 10_000, &Work::free()).expect("goes on")), rows, "points");

    let formula = "filter=value * 2 %2B value > id";
    for text in ["filter=value > 2", "filter=category IN ('culture','shop')", formula, "bbox=-10,30,30,60"] {
        let plan = plan(&points, &TileQuery::parse(text).expect("a good query"));
        let filter = plan.filter().expect("there is one");
        line(
            &format!("mask of {text}"),
            median(|| filter.mask(&points, 0..points.len(), &Work::free()).expect("goes on")),
            rows,
            "points",
        );
    }

    folded_texts();

    let cells = |kinds: &[MeasureKind]| {
        let measures = kinds.iter().map(|&kind| Measure { column: "value".into(), kind }).collect();
        plan(&points, &TileQuery { mode: Mode::Cells, cell: 2, measures, ..TileQuery::default() })
    };
    let (count, sum) = (cells(&[]), cells(&[MeasureKind::Sum, MeasureKind::Mean]));
    let exact = cells(&[MeasureKind::Percentile(5000)]);
    let all = Selection { mask: None, profile: &profile, summaries: &[Some(summary)] };
    for z in [0, 4, 8, 12] {
        let tile = fullest[z];
        cut(&format!("z{z} cells 256², count"), &count, &points, all, tile);
        cut(&format!("z{z} cells 256², count, sum, mean"), &sum, &points, all, tile);
        cut(&format!("z{z} cells 256², median"), &exact, &points, all, tile);
    }
    world(&points, all, [&count, &sum]);
    for (name, columns) in [("one column", "value"), ("four columns", "value,id,category,ts")] {
        let query = TileQuery::parse(&format!("mode=points&properties={columns}")).expect("a good query");
        let raw = plan(&points, &TileQuery { limit: u32::MAX, ..query });
        let profile = Profile::of(&points, None, raw.limit(), &Work::free()).expect("goes on");
        for z in [8, 12, 14] {
            let all = Selection { profile: &profile, ..all };
            cut(&format!("z{z} rows, {name}"), &raw, &points, all, fullest[z]);
        }
    }
}

/// Fitting conditions that look at each different text of a column.
fn folded_texts() {
    const TEXTS: usize = 200_000;
    let letters = ["a", "é", "Straße", "o", "ŝ", "nord", "X"];
    let mut words: Vec<String> =
        (0..TEXTS).map(|i| format!("{}{} {i:06}", letters[i % 7], letters[i / 7 % 7])).collect();
    words.sort_unstable();
    let texts = Dictionary::new(words.iter().map(String::as_str)).expect("in order");
    let codes: Vec<u32> = (0..TEXTS as u32).collect();
    let facts = Facts::default();
    let name = Column::new("name", Values::Text(Codes::U32(&codes), &texts), None, &facts).expect("as long");
    let columns = [name];
    let (keys, rows): (Vec<u64>, Vec<u32>) = (vec![0; TEXTS], codes.clone());
    let points = Points::new("texts", &keys, &rows, &columns, Roles::default()).expect("of one length");
    for text in [
        "name LIKE '%nord 19%'",
        "ACCENTI(name) LIKE ACCENTI('%nord 19%')",
        "CASEI(name) LIKE CASEI('%nord 19%')",
        "ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('%nord 19%'))",
        "ACCENTI(name) = ACCENTI('noŕd 000019')",
    ] {
        let query = TileQuery::from_pairs([("filter", text)]).expect("a good query");
        line(&format!("fit {text}"), median(|| plan(&points, &query)), TEXTS, "texts");
    }
}

/// The whole world: its steps apart, other measures, a filter.
fn world(points: &Points<'_>, all: Selection<'_>, [count, sum]: [&Plan; 2]) {
    for (name, plan) in [("z0 walk from cell to cell", count), ("z0 walk and measure sum, mean", sum)] {
        let mut scratch = Scratch::default();
        let mut visit = || {
            let mut cells = 0;
            let visit = |more: usize, _: &[(usize, f64)]| {
                cells += more;
                true
            };
            plan.each_cell(points, all, 0, &Work::free(), &mut scratch, visit).expect("goes on");
            cells
        };
        let cells = visit();
        line(name, median(visit), cells, "cells");
    }
    let planned = |query: &str| plan(points, &TileQuery::parse(query).expect("a good query"));
    cut("z0 cells 256², by category", &planned("mode=cells&cell=2&by=category"), points, all, TileId::WORLD);
    cut("z0 cells 256², extremes", &planned("mode=cells&cell=2&agg=min:value,max:value"), points, all, TileId::WORLD);
    cut(
        "z0 cells 256², p95, mode",
        &planned("mode=cells&cell=2&agg=p95:value,mode:category"),
        points,
        all,
        TileId::WORLD,
    );
    let filtered = planned("mode=cells&cell=2&agg=sum:value,mean:value&filter=value > 2");
    let mask = filtered.filter().expect("there is one").mask(points, 0..points.len(), &Work::free()).expect("goes on");
    let some = Selection { mask: Some(&mask), summaries: &[], ..all };
    cut("z0 filtered, no summary of it", &filtered, points, some, TileId::WORLD);
    let passing = Sums::build(points.landmarks(), &points.columns()[0], Some(&mask), &Work::free()).expect("goes on");
    let some = Selection { summaries: &[Some(passing.view())], ..some };
    cut("z0 filtered, with a summary", &filtered, points, some, TileId::WORLD);
}

fn plan(points: &Points<'_>, query: &TileQuery) -> Plan {
    query.plan(points, &Work::free()).expect("fits the columns above")
}

/// Cuts a tile again and again into the same space, as a server does.
fn cut(name: &str, plan: &Plan, points: &Points<'_>, selection: Selection<'_>, tile: TileId) {
    let (mut scratch, mut bytes) = (Scratch::default(), Vec::new());
    let mut features = 0;
    let elapsed = median(|| {
        bytes.clear();
        let report = plan.tile_into(points, selection, tile, &Work::free(), &mut scratch, &mut bytes).expect("goes on");
        features = report.features;
        bytes.len()
    });
    line(name, elapsed, features as usize, &format!("features, {} bytes", bytes.len()));
}

fn line(stage: &str, time: Duration, items: usize, of: &str) {
    let each = time.as_secs_f64() * 1e9 / items.max(1) as f64;
    println!("{stage:34} {:>12.4} {each:>10.2}  {items} {of}", time.as_secs_f64() * 1e3);
}
