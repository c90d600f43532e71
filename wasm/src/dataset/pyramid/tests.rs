//! Zooms that begin anew, samples, and nothing at all; packing is said by each test.

use super::*;
use alloc::vec;

/// A point in each of many tiles, and many in a few.
fn points() -> Dataset {
    let (mut lon, mut lat) = (Vec::new(), Vec::new());
    for at in 0..2000u32 {
        lon.push(f64::from(at * 37 % 340) - 170.0);
        lat.push(f64::from(at * 17 % 160) - 80.0);
        lon.push(10.0 + f64::from(at) / 1e4);
        lat.push(50.0);
    }
    Dataset::new("p", &lon, &lat).expect("as many of each")
}

fn pyramid(dataset: &mut Dataset, query: &str, zooms: [u8; 2], sample: bool) -> Pyramid {
    Pyramid::new(dataset, query, Wanted { zooms, within: None, budget: 200_000, sample }).expect("fits")
}

/// Makes all of it; what tiles weigh is said by `packed`. Tells how often a zoom began anew.
fn made(dataset: &mut Dataset, pyramid: &mut Pyramid, packed: impl Fn(&Pyramid, usize, u32) -> u32) -> usize {
    let (mut backs, mut end) = (0, 0.0);
    while let Some(batch) = pyramid.next(dataset).expect("fits") {
        let starts = core::iter::once(0).chain(batch.ends.iter().copied());
        let lengths: Vec<u32> = starts.zip(&batch.ends).map(|(start, end)| end - start).collect();
        let lengths: Vec<u32> = lengths.iter().enumerate().map(|(at, &of)| packed(pyramid, at, of)).collect();
        match pyramid.take(&lengths) {
            Taken::On => {}
            Taken::Back => backs += 1,
            Taken::Keep => {
                let place = |&of: &u32| {
                    end += f64::from(of);
                    end - f64::from(of)
                };
                let offsets: Vec<f64> = lengths.iter().map(place).collect();
                pyramid.place(&offsets, &lengths);
            }
        }
    }
    backs
}

#[test]
fn a_zoom_begins_anew_where_a_tile_is_too_large_that_was_not_tried() {
    let mut dataset = points();
    let mut first = pyramid(&mut dataset, "mode=points", [0, 5], false);
    assert_eq!(made(&mut dataset, &mut first, |_, _, of| of), 0);
    assert!(first.zooms().iter().all(|zoom| zoom.largest <= 200_000 || zoom.beyond > 0));
    let whole: Vec<(u64, u64)> = first.zooms().iter().map(|zoom| (zoom.tiles, zoom.features)).collect();
    // The last tile of zoom 5 weighs much, as long as it has as many rows as the query says.
    let mut again = pyramid(&mut dataset, "mode=points", [0, 5], false);
    let heavy = |pyramid: &Pyramid, at: usize, of: u32| {
        let last = pyramid.count == pyramid.looked + at as u64 + 1;
        let full = pyramid.bounds.limit == pyramid.query.limit && matches!(pyramid.step, Step::Cut(_));
        if pyramid.zoom.z == 5 && last && full { 300_000 } else { of }
    };
    let backs = made(&mut dataset, &mut again, heavy);
    let now: Vec<(u64, u64)> = again.zooms().iter().map(|zoom| (zoom.tiles, zoom.features)).collect();
    // That tile has one row, and nothing to give up: it stays, and is counted.
    assert_eq!((backs, now == whole, again.zooms()[5].beyond), (0, true, first.zooms()[5].beyond + 1));
    // Any other has: nothing of what was written before is there twice.
    let full = |pyramid: &Pyramid, at: usize, of: u32| {
        let rows = pyramid.batch[at].1.features;
        let full = pyramid.bounds.limit == pyramid.query.limit && matches!(pyramid.step, Step::Cut(_));
        if pyramid.zoom.z == 4 && rows > 1 && full { 300_000 } else { of }
    };
    let mut less = pyramid(&mut dataset, "mode=points", [0, 5], false);
    assert_eq!(made(&mut dataset, &mut less, full), 1);
    let zoom = &less.zooms()[4];
    assert!(zoom.reduced && zoom.omitted > 0 && zoom.rows + zoom.omitted == 4000, "{zoom:?}");
    let numbers: Vec<u64> = less.runs.all().iter().flat_map(|run| run.id..run.id + run.count).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(numbers.len() as u64, less.zooms().iter().map(|zoom| zoom.tiles).sum::<u64>());
}

#[test]
fn a_sample_tells_about_how_much_all_of_it_is_and_of_nothing_there_is_nothing() {
    let mut dataset = points();
    let sizes = |pyramid: &Pyramid| pyramid.zooms().iter().map(|zoom| (zoom.tiles, zoom.bytes)).collect::<Vec<_>>();
    let mut whole = pyramid(&mut dataset, "mode=points", [0, 6], false);
    made(&mut dataset, &mut whole, |_, _, of| of.min(200_000));
    let mut some = pyramid(&mut dataset, "mode=points", [0, 6], true);
    made(&mut dataset, &mut some, |_, _, of| of);
    for ((tiles, bytes), (likely, size)) in sizes(&whole).into_iter().zip(sizes(&some)) {
        assert_eq!(tiles, likely);
        assert!(size * 2 > bytes && size < bytes * 2, "{size} {bytes}");
    }
    for sample in [false, true] {
        let mut none = pyramid(&mut dataset, "filter=lat > 88", [2, 4], sample);
        assert_eq!(made(&mut dataset, &mut none, |_, _, of| of), 0);
        assert_eq!(sizes(&none), vec![(0, 0); 3]);
        assert!(none.runs.all().is_empty() && none.directories().count() == 0);
    }
}
