//! Too many lines and polygons for a tile: what is large stays, at every deeper zoom too, and the rest is told.

use duotile_core::{
    Built, Column, Facts, Gather, Landmarks, Points, Profile, Ranks, Role, Roles, Scratch, Selection, TileId,
    TileQuery, Values, Work, morton, point_inside, sort,
};
use std::collections::{BTreeMap, BTreeSet};

/// The ids of the features of the one layer of a tile, in the plainest way.
fn ids(tile: &[u8]) -> BTreeSet<u64> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let len = bytes.iter().position(|&byte| byte < 0x80).expect("ends") + 1;
        let value = bytes[..len].iter().rev().fold(0, |value, &byte| value << 7 | u64::from(byte & 0x7f));
        *bytes = &bytes[len..];
        value
    }
    fn each(mut bytes: &[u8], visit: &mut impl FnMut(u64, Option<u64>, &[u8])) {
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let value = varint(&mut bytes);
            let wire = key & 7;
            if wire == 0 {
                visit(key >> 3, Some(value), &[]);
                continue;
            }
            visit(key >> 3, None, &bytes[..value as usize]);
            bytes = &bytes[value as usize..];
        }
    }
    let mut found = BTreeSet::new();
    each(tile, &mut |field, _, layer| {
        assert_eq!(field, 3);
        each(layer, &mut |field, _, feature| {
            if field == 2 {
                each(feature, &mut |field, id, _| found.extend(id.filter(|_| field == 1)));
            }
        });
    });
    found
}

/// Rows of all kinds with their sizes in degrees, 0 for points; and a number for each that has nothing to do with these.
struct Rows {
    keys: Vec<u64>,
    numbers: Vec<u32>,
    words: Vec<u64>,
    built: Built,
    sizes: Vec<f64>,
    worths: Vec<i32>,
}

fn rows() -> Rows {
    let mut state = 9u64;
    let mut next = |below: f64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64 * below
    };
    let mut gather = Gather::default();
    let mut sizes = Vec::new();
    // Lines across a continent, as of flights, polygons of all sizes, and points.
    for row in 0..6000 {
        let (lon, lat) = (next(60.0) - 30.0, next(50.0) - 25.0);
        let size = if row % 7 == 0 { next(20.0) } else { next(0.5) };
        let (role, positions) = match row % 3 {
            0 => (Role::Line, vec![(lon, lat), (lon + size, lat + size / 2.0)]),
            1 => (Role::Shell, vec![(lon, lat), (lon + size, lat), (lon + size / 2.0, lat + size)]),
            _ => (Role::Points, vec![(lon, lat)]),
        };
        sizes.push(if row % 3 == 2 { 0.0 } else { size });
        gather.part(role, positions);
        gather.end_row();
    }
    let (flat, _) = gather.finish();
    let points = (0..sizes.len())
        .filter_map(|row| point_inside(&flat.view(), row).map(|point| (morton::key(point), row as u32)));
    let (mut keys, mut numbers): (Vec<u64>, Vec<u32>) = points.unzip();
    sort(&mut keys, &mut numbers);
    let words = Landmarks::build(&keys);
    let landmarks = Landmarks::new(&words, keys.len());
    let built = Built::of(flat.pick(&numbers), landmarks, &Work::free()).expect("goes on");
    let worths = numbers.iter().map(|&number| (number.wrapping_mul(2_654_435_761) >> 12) as i32).collect();
    Rows { keys, numbers, words, built, sizes, worths }
}

#[test]
fn what_is_large_stays_at_every_zoom_and_no_tile_has_more_than_the_limit() {
    let Rows { keys, numbers, words, built, sizes, .. } = &rows();
    let landmarks = Landmarks::new(words, keys.len());
    let all = Points::new("s", keys, numbers, &[], Roles::default()).expect("fits").with_shapes(built.view(landmarks));
    let work = Work::free();
    for (limit, geometry) in
        [(40, "outline"), (200, "outline"), (100_000, "outline"), (200, "point"), (100_000, "point")]
    {
        let query = format!("mode=points&limit={limit}&geometry={geometry}");
        let plan = TileQuery::parse(&query).expect("parses").plan(&all, &work).expect("fits");
        let drawn = plan.drawn(&all);
        let profile = Profile::of(&drawn, None, plan.limit(), &work).expect("goes on");
        // Whether landmarks are known makes no difference.
        assert_eq!(profile, Profile::of(&drawn.with_landmarks(landmarks), None, plan.limit(), &work).expect("goes on"));
        let selection = Selection { mask: None, profile: &profile, summaries: &[] };
        let mut before = BTreeSet::new();
        for z in 0..=8u32 {
            let mut shown = BTreeSet::new();
            let tiles: BTreeSet<_> =
                keys.iter().map(|&key| TileId::containing(morton::position(key), z as u8)).collect();
            for tile in tiles {
                let (mut scratch, mut out) = (Scratch::default(), Vec::new());
                let report = plan.tile_into(&all, selection, tile, &work, &mut scratch, &mut out).expect("goes on");
                assert!(report.rows - report.omitted <= limit, "{tile}: {report:?}");
                let found = ids(&out);
                assert_eq!(found.len() as u64, u64::from(report.features));
                shown.extend(found);
            }
            assert!(before.is_subset(&shown), "zoom {z} of limit {limit}");
            if limit < 1000 && z == 0 {
                let mean = |rows: &mut dyn Iterator<Item = u64>| {
                    let sizes: Vec<f64> = rows.map(|row| sizes[row as usize]).filter(|&size| size > 0.0).collect();
                    sizes.iter().sum::<f64>() / sizes.len() as f64
                };
                let some = mean(&mut shown.iter().copied());
                assert!(shown.len() > 10 && some > 3.0 * mean(&mut (0..6000)), "{some} of {}", shown.len());
            }
            // All of them as points where they fit, and of each once.
            assert!(limit < 1000 || geometry == "outline" || shown.len() == 6000);
            before = shown;
        }
        let by: BTreeMap<usize, usize> = before.iter().fold(BTreeMap::new(), |mut by, row| {
            *by.entry(*row as usize % 3).or_default() += 1;
            by
        });
        assert_eq!(by.len(), 3, "some of each kind: {by:?}");
    }
}

#[test]
fn where_rows_take_over_from_cells_no_tile_has_more_than_the_limit_either() {
    let mut state = 4u64;
    let mut next = |below: f64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64 * below
    };
    // Squares all over, and one in a hundred on one heap: too few to hold up the others, too many for a tile.
    let mut gather = Gather::default();
    for row in 0..20_000 {
        let (lon, lat) = if row % 100 == 0 { (1.0 + next(0.001), 1.0 + next(0.001)) } else { (next(40.0), next(40.0)) };
        let side = 0.001 + next(0.02);
        gather.part(Role::Shell, [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)]);
        gather.end_row();
    }
    let (flat, _) = gather.finish();
    let points = (0..20_000).filter_map(|row| Some((morton::key(point_inside(&flat.view(), row)?), row as u32)));
    let (mut keys, mut numbers): (Vec<u64>, Vec<u32>) = points.unzip();
    sort(&mut keys, &mut numbers);
    let words = Landmarks::build(&keys);
    let landmarks = Landmarks::new(&words, keys.len());
    let work = Work::free();
    let built = Built::of(flat.pick(&numbers), landmarks, &work).expect("goes on");
    let all = Points::new("s", &keys, &numbers, &[], Roles::default()).expect("fits").with_landmarks(landmarks);
    let all = all.with_shapes(built.view(landmarks));
    let limit = 150;
    let plan = TileQuery::parse(&format!("limit={limit}")).expect("parses").plan(&all, &work).expect("fits");
    let profile = Profile::of(&all, None, plan.limit(), &work).expect("goes on");
    let from = profile.points_minzoom().expect("rows take over");
    let selection = Selection { mask: None, profile: &profile, summaries: &[] };
    let (mut before, mut thinned) = (BTreeSet::new(), 0);
    for z in from..=from + 2 {
        let mut shown = BTreeSet::new();
        let tiles: BTreeSet<_> = keys.iter().map(|&key| TileId::containing(morton::position(key), z)).collect();
        for tile in tiles {
            let (mut scratch, mut out) = (Scratch::default(), Vec::new());
            let report = plan.tile_into(&all, selection, tile, &work, &mut scratch, &mut out).expect("goes on");
            assert!(!report.cells && report.rows - report.omitted <= limit, "{tile}: {report:?}");
            thinned += u64::from(report.omitted > 0);
            shown.extend(ids(&out));
        }
        assert!(before.is_subset(&shown), "zoom {z}");
        before = shown;
    }
    assert!(from > 0 && thinned > 0 && before.len() > 10_000, "{from} {thinned} {}", before.len());
}

#[test]
fn a_column_says_who_shows_first_and_who_stays_whatever_the_filter() {
    let Rows { keys, numbers, words, built, worths, .. } = &rows();
    let landmarks = Landmarks::new(words, keys.len());
    let facts = Facts::of(Values::I32(worths), None);
    let columns = [Column::new("worth", Values::I32(worths), None, &facts).expect("fits")];
    let places = Points::new("s", keys, numbers, &columns, Roles::default()).expect("fits").with_landmarks(landmarks);
    let outlined = places.with_shapes(built.view(landmarks));
    let work = Work::free();
    let worth: BTreeMap<u64, i32> =
        numbers.iter().zip(worths).map(|(&number, &worth)| (number.into(), worth)).collect();
    let best = *worth.iter().max_by_key(|(_, worth)| **worth).expect("some").0;
    let mean = |ids: &BTreeSet<u64>| ids.iter().map(|id| f64::from(worth[id])).sum::<f64>() / ids.len() as f64;
    let everyone: BTreeSet<u64> = worth.keys().copied().collect();
    for (points, geometry) in [(outlined, "outline"), (outlined, "point"), (places, "outline")] {
        // What is shown of all tiles of a zoom that have a row's point.
        let shown = |limit: u32, filter: &str| -> Vec<BTreeSet<u64>> {
            let query = format!("mode=points&rank=worth&limit={limit}&geometry={geometry}&filter={filter}");
            let plan = TileQuery::parse(&query).expect("parses").plan(&points, &work).expect("fits");
            let ranks = Ranks::of(&points, plan.rank().expect("a column"), &work).expect("goes on");
            let ranked = points.with_ranks(&ranks);
            let mask = plan.filter().map(|filter| filter.mask(&ranked, 0..keys.len(), &work).expect("goes on"));
            let profile = Profile::of(&plan.drawn(&ranked), mask.as_ref(), plan.limit(), &work).expect("goes on");
            let selection = Selection { mask: mask.as_ref(), profile: &profile, summaries: &[] };
            let zoom = |z: u8| {
                let places = keys.iter().map(|&key| TileId::containing(morton::position(key), z));
                let mut found = BTreeSet::new();
                for tile in places.collect::<BTreeSet<_>>() {
                    let (mut scratch, mut out) = (Scratch::default(), Vec::new());
                    let report = plan.tile_into(&ranked, selection, tile, &work, &mut scratch, &mut out);
                    let report = report.expect("goes on");
                    assert!(report.rows - report.omitted <= limit.into(), "{tile}: {report:?}");
                    found.extend(ids(&out));
                }
                found
            };
            (0..=4).map(zoom).collect()
        };
        for limit in [50, 700] {
            let zooms = shown(limit, "");
            assert!(zooms.iter().all(|ids| ids.contains(&best)), "the first of all");
            assert!(zooms.windows(2).all(|two| two[0].is_subset(&two[1])), "what shows goes on showing");
            let few = &zooms[0];
            assert!(few.len() > 10 && mean(few) > 1.5 * mean(&everyone), "{geometry}: {} of {}", mean(few), few.len());
        }
        let (all, some) = (shown(100_000, ""), shown(100_000, "worth%3E400000"));
        for (all, some) in all.iter().zip(some) {
            let expected: BTreeSet<u64> = all.iter().copied().filter(|id| worth[id] > 400_000).collect();
            assert_eq!(some, expected, "a filter makes no other row show");
        }
        assert!(geometry == "outline" || all[0].len() == 6000);
    }
}

#[test]
fn of_an_even_coverage_about_as_many_are_drawn_as_fit_however_wide_the_filter() {
    // Parcels side by side, all of one size: 6,000 in one tile up to zoom 4, from which on all are drawn as themselves.
    let (across, side) = (100, 0.02);
    let mut gather = Gather::default();
    for at in 0..6000 {
        let (west, south) = (1.0 + f64::from(at % across) * side, 1.0 + f64::from(at / across) * side);
        let (east, north) = (west + side, south + side);
        gather.part(Role::Shell, [(west, south), (east, south), (east, north), (west, north)]);
        gather.end_row();
    }
    let (flat, _) = gather.finish();
    let points = (0..6000).filter_map(|row| Some((morton::key(point_inside(&flat.view(), row)?), row as u32)));
    let (mut keys, mut numbers): (Vec<u64>, Vec<u32>) = points.unzip();
    sort(&mut keys, &mut numbers);
    let (words, work) = (Landmarks::build(&keys), Work::free());
    let landmarks = Landmarks::new(&words, keys.len());
    let built = Built::of(flat.pick(&numbers), landmarks, &work).expect("goes on");
    let values: Vec<i32> = numbers.iter().map(|&number| number as i32).collect();
    let facts = Facts::of(Values::I32(&values), None);
    let columns = [Column::new("n", Values::I32(&values), None, &facts).expect("fits")];
    let all = Points::new("s", &keys, &numbers, &columns, Roles::default()).expect("fits").with_landmarks(landmarks);
    let all = all.with_shapes(built.view(landmarks));
    for (limit, below) in
        [(300, 6000), (1500, 6000), (2500, 2500), (2500, 2600), (2500, 6000), (5900, 6000), (6000, 6000)]
    {
        let query = format!("mode=points&limit={limit}&filter=n%3C{below}");
        let plan = TileQuery::parse(&query).expect("parses").plan(&all, &work).expect("fits");
        let mask = plan.filter().map(|filter| filter.mask(&all, 0..keys.len(), &work).expect("goes on"));
        let profile = Profile::of(&all, mask.as_ref(), plan.limit(), &work).expect("goes on");
        let selection = Selection { mask: mask.as_ref(), profile: &profile, summaries: &[] };
        let told = profile.drawn().expect("of outlines");
        let mut before = BTreeSet::new();
        for z in 0..=8u8 {
            let (mut shown, mut fullest) = (BTreeSet::new(), 0);
            for tile in keys.iter().map(|&key| TileId::containing(morton::position(key), z)).collect::<BTreeSet<_>>() {
                let (mut scratch, mut out) = (Scratch::default(), Vec::new());
                let report = plan.tile_into(&all, selection, tile, &work, &mut scratch, &mut out).expect("goes on");
                let drawn = report.rows - report.omitted;
                assert!(drawn <= limit, "{tile}: {report:?}");
                fullest = fullest.max(drawn);
                shown.extend(ids(&out));
            }
            assert!(before.is_subset(&shown), "zoom {z} of {limit} of {below}");
            assert_eq!(shown.len() as u64, told[usize::from(z)], "zoom {z} of {limit} of {below}");
            // A step is a sixteenth of a rank, which is three quarters of all rows at most.
            assert!(z != 4 || below <= limit || fullest * 10 > limit * 7, "{fullest} of {limit} of {below}");
            assert!(z < 4 || below > limit || shown.len() as u64 == below, "all that fit");
            before = shown;
        }
    }
}
