//! What is measured of many rows takes memory that does not grow with them: medians, modes, distinct counts and statistics
//! of twelve million rows (in release runs), with an allocator that counts.

use duotile_core::{
    Codes, Column, Dictionary, Facts, Landmarks, Legend, Plan, Points, Profile, Roles, Scratch, Selection, TileId,
    TileQuery, Values, Work, stats::Distribution,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static COUNTED: PeakAlloc = PeakAlloc;

/// A copy of the values alone would take 96 MB; without optimisation so many rows would take too long.
const ROWS: u32 = if cfg!(debug_assertions) { 300_000 } else { 12_000_000 };
const MOST: usize = 64 << 20;

/// What a job takes beside what is held already.
fn extra<R>(name: &str, job: impl FnOnce() -> R) -> R {
    COUNTED.reset_peak_usage();
    let before = COUNTED.current_usage();
    let result = job();
    let extra = COUNTED.peak_usage().saturating_sub(before);
    assert!(extra <= MOST, "{name} took {} MB", extra >> 20);
    result
}

#[test]
fn measures_and_statistics_of_many_rows_take_little_memory() {
    // All rows in one heap: one cell of a low zoom holds them all.
    let mut keys: Vec<u64> = (0..ROWS).map(|i| u64::from(i.wrapping_mul(0x9e37_79b9)) | 3 << 60).collect();
    keys.sort_unstable();
    let rows: Vec<u32> = (0..ROWS).collect();
    let floats: Vec<f64> = rows.iter().map(|&i| f64::from(i.wrapping_mul(0x85eb_ca6b)) / 3.0).collect();
    let texts: Vec<String> = (0..200_000).map(|i| format!("text {i:06}")).collect();
    let words = Dictionary::new(texts.iter().map(|text| &**text)).expect("sorted");
    let codes: Vec<u32> = rows.iter().map(|&i| i.wrapping_mul(0x85eb_ca6b) % 200_000).collect();
    let values = [Values::F64(&floats), Values::Text(Codes::U32(&codes), &words)];
    let facts = values.map(|values| extra("facts", || Facts::of(values, None)));
    let columns = [0, 1].map(|i| Column::new(["f", "t"][i], values[i], None, &facts[i]).expect("fits"));
    let landmarks = Landmarks::build(&keys);
    let points = Points::new("test", &keys, &rows, &columns, Roles::default()).expect("fits");
    let points = points.with_landmarks(Landmarks::new(&landmarks, keys.len()));
    let work = Work::free();

    // The values of a column by rank are known from sorting it once.
    let mut sorted = floats.clone();
    sorted.sort_by(f64::total_cmp);
    let median = f64::midpoint(sorted[sorted.len() / 2 - 1], sorted[sorted.len() / 2]);
    drop(sorted);

    let spread = extra("statistics", || Distribution::of(&columns[0], None, 100, &work)).expect("goes on");
    assert_eq!(spread.expect("there are numbers").quantiles[6], median);
    extra("facts under a mask", || Facts::under(&columns[1], None, &work)).expect("goes on");
    let profile = Profile::of(&points, None, 10_000, &work).expect("goes on");
    let selection = Selection { mask: None, profile: &profile, summaries: &[] };
    for query in ["agg=median:f,p99:f", "agg=mode:f", "agg=nunique:f", "agg=mode:t,nunique:t"] {
        let query = TileQuery::parse(&format!("mode=cells&cell=64&{query}")).expect("parses");
        let plan: Plan = query.plan(&points, &work).expect("fits");
        let (mut scratch, mut out) = (Scratch::default(), Vec::new());
        let report = extra(&query.to_string(), || {
            plan.tile_into(&points, selection, TileId::WORLD, &work, &mut scratch, &mut out)
        });
        assert_eq!(report.expect("goes on").features, 1, "{query}");
    }
    let plan = TileQuery::parse("mode=cells&agg=median:f").expect("parses").plan(&points, &work).expect("fits");
    let mut scratch = Scratch::default();
    let legend = extra("a legend", || Legend::of(&plan, &points, selection, &work, &mut scratch)).expect("goes on");
    assert_eq!(legend.zooms[0].quantiles[1].expect("a median")[6], median);
}
