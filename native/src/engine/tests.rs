//! Work that is told to stop, and work that would cost too much, over more rows than are looked at between two questions.

use super::{Budget, Engine, Limits, Refusal, select::Selected, tile::Bare};
use crate::{
    catalog::Entry,
    engine::Fitted,
    source::points::{
        Dataset, Report,
        dataset::{Loaded, Parts},
        kind::Data,
    },
    told::{
        pieces::Pieces as _,
        rows::{RowFile, RowFormat},
        subset::{Contents, Subset},
    },
};
use duotile_core::{Dictionary, Roles, STEP, Stopped, TileId, TileQuery, Work, sort};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

const ROWS: usize = 5 * STEP;

fn dataset() -> Dataset {
    of_rows(ROWS)
}

fn of_rows(count: usize) -> Dataset {
    let mut keys: Vec<u64> = (0..count as u64).map(|row| row.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    let mut rows = (0..count as u32).collect();
    sort(&mut keys, &mut rows);
    let words = Dictionary::new(["a", "b", "c"]).expect("sorted");
    let column = |name: &str, data| Loaded { name: name.into(), data, valid: None };
    let columns = vec![
        column("n", Data::F64((0..count).map(|row| (row % 1000) as f64).collect())),
        column("t", Data::texts((0..count).map(|row| (row % 3) as u32), words)),
    ];
    Dataset::new(Parts {
        name: "many".into(),
        title: None,
        attribution: None,
        zone: None,
        version: "0".into(),
        keys: keys.into(),
        rows: rows.into(),
        columns,
        outlines: None,
        roles: Roles::default(),
        report: Report::default(),
        known: None,
        ground: None,
    })
    .expect("fits")
}

#[test]
fn every_step_stops_when_nobody_waits_any_more() {
    let entry = Arc::new(Entry::open(dataset()));
    let dataset = entry.source.dataset().expect("rows");
    let gone = Work::new(&|| false, u64::MAX);
    let fit = |query: &str| {
        let query = TileQuery::parse(query).expect("parses");
        Arc::new(Fitted::new(entry.clone(), query, &Work::free()).expect("fits"))
    };
    let filtered = fit("mode=cells&cell=8&agg=sum:n,median:n,mode:t&filter=n>10");
    assert_eq!(Selected::of(dataset, &filtered.plan, &gone).err(), Some(Refusal::Gone), "mask");
    let bare = Bare::of(dataset, &fit("mode=cells&agg=median:n").plan, TileId::WORLD, &gone);
    assert_eq!(bare.err(), Some(Refusal::Gone), "tile");
    let mut selected = Selected::of(dataset, &filtered.plan, &Work::free()).expect("goes on");
    let summaries = selected.summarise(dataset, &filtered.plan, ROWS, &gone);
    assert_eq!(summaries, Err(Refusal::Gone), "summary");
    let stats = |work: &Work<'_>| {
        dataset
            .with_points(|points| super::stats::of(&points.columns()[0], &selected, 10, work))
            .map(|stats| stats.rows)
    };
    assert_eq!(stats(&gone), Err(Refusal::Gone), "statistics");
    assert!(stats(&Work::free()).is_ok_and(|rows| rows > STEP));
    let contents = |work: &Work<'_>| Contents::of(&filtered, &selected, work);
    assert_eq!(contents(&gone).err(), Some(Refusal::Gone), "texts of a subset");
    let mut subset = Subset::new(filtered.clone(), contents(&Work::free()).expect("goes on"));
    assert_eq!(subset.piece(&gone).err(), Some(Refusal::Gone), "subset");
    let none = fit("filter=n<0");
    assert_eq!(RowFile::new(none, RowFormat::Csv, 0, 0).piece(&gone).err(), Some(Refusal::Gone), "download");
}

#[test]
fn what_costs_too_much_is_refused_before_it_begins_with_its_cost() {
    let dataset = dataset();
    let asked = AtomicUsize::new(0);
    let go_on = || asked.fetch_add(1, Ordering::Relaxed) < usize::MAX;
    let query = TileQuery::parse("filter=n>1 AND n<>5 AND t='a'").expect("parses");
    let plan = dataset.with_points(|points| query.plan(&points, &Work::free())).expect("fits");
    let limit = 2 * ROWS as u64;
    let refused = Selected::of(&dataset, &plan, &Work::new(&go_on, limit)).err();
    assert_eq!(refused, Some(Refusal::Dear { cost: Some(3 * ROWS as u64), limit }));
    assert_eq!(asked.into_inner(), 0, "nothing was looked at");
    assert_eq!(Refusal::from(Stopped::Gone), Refusal::Gone);
}

/// A query may make columns of 64 MiB: sixteen of eight bytes for so many rows; of more where more may be kept.
#[tokio::test]
async fn columns_of_a_query_that_take_too_many_bytes_are_refused_with_their_bytes() {
    const FIT: usize = (64 << 20) / 8 / 16;
    let asked = async |masks: u64, rows: usize, columns: usize| {
        let budget = Budget { masks, ..Budget::default() };
        let limits = Limits { budget, threads: 1, queue: 8, patience: Duration::from_mins(1), work: u64::MAX };
        let lets: Vec<String> = (0..columns).map(|at| format!("c{at}:n*{at}")).collect();
        let entry = Arc::new(Entry::open(of_rows(rows)));
        Engine::new(limits).fit_text(&entry, None, &format!("let={}", lets.join(","))).await.map(|_| ())
    };
    assert_eq!(asked(1 << 20, FIT, 16).await, Ok(()));
    assert_eq!(asked(1 << 20, FIT + 1, 15).await, Ok(()));
    assert_eq!(asked(1 << 30, FIT + 1, 16).await, Ok(()));
    let Err(Refusal::Query(error)) = asked(1 << 20, FIT + 1, 16).await else { panic!("it was made") };
    let says = format!("{} bytes, expected at most {} (half of --mask-memory)", 16 * 8 * (FIT + 1), 64 << 20);
    assert!(error.parameter == "let" && error.message.contains(&says), "{}", error.message);
}
