//! Every long loop of core can be stopped: when nobody waits any more it ends within a few steps of rows, and when it would
//! cost more than it may it says so. What it had looked at is counted by the work itself and by the questions asked.

use duotile_core::{
    Codes, Column, Dictionary, Facts, Filter, Landmarks, Legend, Mask, Plan, Points, Profile, Roles, STEP, Scratch,
    Selection, Stopped, Sums, TileId, TileQuery, Values, Work, stats::Distribution,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Enough rows that every loop asks more than once.
const ROWS: usize = 3 * STEP;

/// A loop that may be long.
type Job<'j> = &'j dyn Fn(&Work<'_>) -> Result<(), Stopped>;

/// Runs a job to its end, then to half of what it cost with nobody waiting from there on, then with half of the budget.
fn stops(name: &str, job: Job<'_>) {
    let asked = AtomicUsize::new(0);
    let counting = || {
        asked.fetch_add(1, Ordering::Relaxed);
        true
    };
    let work = Work::new(&counting, u64::MAX);
    assert_eq!(job(&work), Ok(()), "{name}");
    let (cost, questions) = (work.spent(), asked.load(Ordering::Relaxed));
    assert!(questions >= 2, "{name} asked {questions} times");

    let asked = AtomicUsize::new(0);
    let half = || asked.fetch_add(1, Ordering::Relaxed) + 1 < questions.div_ceil(2);
    let work = Work::new(&half, u64::MAX);
    assert_eq!(job(&work), Err(Stopped::Gone), "{name}");
    let after = asked.load(Ordering::Relaxed) - questions.div_ceil(2);
    assert!(after <= 64, "{name} asked {after} times after the answer was no");
    assert!(work.spent() < cost, "{name} cost {} of {cost} though nobody waited", work.spent());

    let work = Work::new(&|| true, cost / 2);
    assert_eq!(job(&work), Err(Stopped::Dear(cost / 2)), "{name}");
}

#[test]
fn every_long_loop_ends_when_nobody_waits_and_when_it_is_too_dear() {
    // Eight heaps, so that cells have many rows, and many places, so that there are many cells.
    let mut keys: Vec<u64> = (0..ROWS as u64)
        .map(|i| {
            let scattered = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            if i % 2 == 0 { scattered } else { (i % 8) << 61 | scattered >> 40 }
        })
        .collect();
    keys.sort_unstable();
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    let floats: Vec<f64> = rows.iter().map(|&i| f64::from(i.wrapping_mul(0x9e37_79b9)) / 7.0).collect();
    let texts: Vec<String> = (0..70_000).map(|i| format!("text {i:06}")).collect();
    let words = Dictionary::new(texts.iter().map(|text| &**text)).expect("sorted");
    let codes: Vec<u32> = rows.iter().map(|&i| i.wrapping_mul(0x85eb_ca6b) % 70_000).collect();
    let few: Vec<i32> = rows.iter().map(|&i| (i % 5) as i32).collect();
    let valid = vec![0xfe; ROWS / 8 + 1];
    let values = [Values::F64(&floats), Values::Text(Codes::U32(&codes), &words), Values::I32(&few)];
    let facts = values.map(|values| Facts::of(values, Some(&valid)));
    let names = ["f", "t", "few"];
    let columns: Vec<Column<'_>> =
        (0..3).map(|i| Column::new(names[i], values[i], Some(&valid), &facts[i]).expect("fits")).collect();
    let landmarks = Landmarks::build(&keys);
    let points = Points::new("test", &keys, &rows, &columns, Roles::default()).expect("fits");
    let points = points.with_landmarks(Landmarks::new(&landmarks, ROWS));
    let plan =
        |query: &str| -> Plan { TileQuery::parse(query).expect("parses").plan(&points, &Work::free()).expect("fits") };

    let filter = plan("filter=f+>+1000+AND+few+<>+3");
    let filter: &Filter = filter.filter().expect("there is one");
    let mask: Mask = filter.mask(&points, 0..ROWS, &Work::free()).expect("goes on");
    stops("a mask", &|work| filter.mask(&points, 0..ROWS, work).map(drop));
    stops("texts that are looked at", &|work| {
        let fitted = TileQuery::parse("filter=CASEI(t)+LIKE+'%25111%25'").expect("parses").plan(&points, work);
        fitted.map(drop).map_err(|error| error.stopped.expect("it is not wrong"))
    });
    for filter in ["t+%3C+CASEI(t)", "t+%3C+coalesce(t,'a')"] {
        stops("texts that are put in order", &|work| {
            let fitted = TileQuery::parse(&format!("filter={filter}")).expect("parses").plan(&points, work);
            fitted.map(drop).map_err(|error| error.stopped.expect("it is not wrong"))
        });
    }
    stops("facts under a mask", &|work| Facts::under(&columns[1], Some(&mask), work).map(drop));
    // Rows, and every text twice: its length, and how often it occurs.
    let work = Work::free();
    Facts::under(&columns[1], Some(&mask), &work).expect("goes on");
    assert!(work.spent() >= (ROWS + 2 * texts.len()) as u64, "{} looks", work.spent());
    stops("statistics", &|work| Distribution::of(&columns[0], Some(&mask), 20, work).map(drop));
    for (name, mask) in [("all rows", None), ("some rows", Some(&mask))] {
        stops(&format!("a summary of {name}"), &|work| {
            Sums::build(points.landmarks(), &columns[0], mask, work).map(drop)
        });
        let profile = Profile::of(&points, mask, 10_000, &Work::free()).expect("goes on");
        let selection = Selection { mask, profile: &profile, summaries: &[] };
        for query in [
            "mode=cells&agg=sum:f",
            "mode=cells&cell=64&agg=median:f,p95:f",
            "mode=cells&cell=64&agg=mode:t,nunique:t",
            "mode=cells&cell=64&by=few",
            "mode=cells&cell=64&shape=centroid",
            "mode=points&limit=1000000",
            "mode=points&limit=50",
        ] {
            let plan = plan(query);
            stops(&format!("a tile of {name}, {query}"), &|work| {
                let (mut scratch, mut out) = (Scratch::default(), Vec::new());
                plan.tile_into(&points, selection, TileId::WORLD, work, &mut scratch, &mut out).map(drop)
            });
        }
        let plan = plan("mode=cells&agg=median:f");
        stops(&format!("a legend of {name}"), &|work| {
            Legend::of(&plan, &points, selection, work, &mut Scratch::default()).map(drop)
        });
    }
}

#[test]
fn a_profile_of_a_low_limit_costs_what_one_of_32_does() {
    let mut keys: Vec<u64> = (0..8 * STEP as u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    keys.sort_unstable();
    let rows: Vec<u32> = (0..keys.len() as u32).collect();
    let points = Points::new("test", &keys, &rows, &[], Roles::default()).expect("fits");
    for limit in [1, 31] {
        let work = Work::new(&|| true, u64::MAX);
        Profile::of(&points, None, limit, &work).expect("goes on");
        let usual = Work::new(&|| true, u64::MAX);
        Profile::of(&points, None, 32, &usual).expect("goes on");
        assert_eq!(work.spent(), usual.spent(), "limit {limit} costs what 32 does");
    }
}
