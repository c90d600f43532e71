//! The same points and queries give the same bytes on every target: this test runs natively, in Node and in a browser,
//! and each run is held to one file of digests.
//!
//! The file is written by a native run with `DUOTILE_WRITE_DIGESTS=1`; that the tiles are right is for other tests to
//! say.

use duotile_core::TileId;
use duotile_wasm::{Dataset, Given, Words};
use std::fmt::Write as _;
use wasm_bindgen_test::wasm_bindgen_test;

const DIGESTS: &str = include_str!("../../tests/golden/tiles.txt");

const QUERIES: [&str; 18] = [
    "",
    "agg=sum:value,mean:value,min:value,max:value",
    "mode=cells&cell=2&agg=median:value,p95:value,mode:level,nunique:level",
    "mode=cells&cell=1&by=word",
    "filter=word LIKE '%25e%25' AND word < 't'&mode=points&properties=word",
    "mode=cells&cell=16&shape=centroid&agg=mean:level,log_count",
    "mode=cells&shape=polygon&alias=supercluster,tippecanoe",
    "mode=points&limit=500",
    "mode=points&properties=level",
    "filter=value > 500 AND level NOT IN (1,2,3)&agg=mean:value",
    "filter=value IS NULL OR level BETWEEN 10 AND 20",
    "bbox=170,-60,-170,60&mode=cells&agg=sum:value",
    "mode=places&cell=1&shape=centroid",
    "filter=level < 20&mode=places&shape=polygon&agg=mean:value&properties=word,value",
    "mode=cells&cell=h3&agg=mean:value,sum:level",
    "mode=cells&cell=h3&shape=point&agg=median:value,nunique:level&by=word",
    "mode=places&cell=h3&res=2&filter=level < 20&agg=max:value,log_count",
    "cell=h3&res=3&limit=100",
];

const TILES: [(u32, u32, u32); 6] =
    [(0, 0, 0), (1, 1, 0), (4, 15, 7), (8, 135, 80), (14, 8647, 5182), (22, 2_097_152, 2_097_152)];

/// 20,000 points: every fourth anywhere, the others around sixteen places, some of them at one place exactly, and the
/// edges of the world. Made of exact steps only, so that any language can make them.
fn points() -> Dataset {
    let mut state = 1u32;
    let mut fraction = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    let (mut lon, mut lat, mut value, mut level) = (vec![], vec![], vec![], vec![]);
    for row in 0..20_000u32 {
        let (east, south, place) = (fraction(), fraction(), f64::from(row % 16));
        let (x, y) = match row {
            0 => (180.0, 90.0),
            1 => (-180.0, -90.0),
            2 => (0.0, 91.0),
            3 => (f64::NAN, 0.0),
            4 => (0.0, 0.0),
            _ if row % 50 == 0 => (10.0, 55.0),
            _ if row % 4 == 0 => (east * 360.0 - 180.0, south * 170.0 - 85.0),
            _ => (place * 22.0 - 170.0 + east * 0.5, place * 7.0 - 50.0 + south * 0.25),
        };
        lon.push(x);
        lat.push(y);
        value.push(if row % 11 == 0 { f64::NAN } else { fraction() * 1000.0 });
        level.push((fraction() * 50.0).floor());
    }
    let mut points = Dataset::new("points", &lon, &lat).expect("as many of each");
    points.add("value", Given::F64(&value), None).expect("one for each");
    points.add("level", Given::F64(&level), None).expect("one for each");
    let words = Words { bytes: "onetwothreevierfünf".as_bytes(), offsets: &[0, 3, 6, 11, 15, 20, 20] };
    let codes: Vec<u32> = (0..20_000).map(|row| row * row % 7).collect();
    points.add("word", Given::Text { codes: &codes, words }, None).expect("one for each");
    points
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo).
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_points_and_queries_give_the_same_bytes_everywhere() {
    let mut points = points();
    let mut digests = String::from("# tile, bytes, FNV-1a of the bytes, query: see wasm/tests/same_bytes.rs\n");
    for query in QUERIES {
        for (z, x, y) in TILES {
            let tile = TileId::new(z, x, y).expect("in the pyramid");
            let mut bytes = Vec::new();
            points.tile_into(tile, query, &mut bytes).expect("a good query");
            writeln!(digests, "{tile} {} {:016x} {query}", bytes.len(), digest(&bytes)).expect("room");
        }
    }
    if write(&digests) {
        return;
    }
    assert_eq!(digests.lines().count(), DIGESTS.lines().count(), "as many tiles as in the file");
    for (got, expected) in digests.lines().zip(DIGESTS.lines()) {
        assert_eq!(got, expected);
    }
}

#[cfg(target_arch = "wasm32")]
fn write(_: &str) -> bool {
    false
}

#[cfg(not(target_arch = "wasm32"))]
fn write(digests: &str) -> bool {
    let asked = std::env::var_os("DUOTILE_WRITE_DIGESTS").is_some();
    if asked {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/tiles.txt");
        std::fs::write(path, digests).expect("a place to write to");
    }
    asked
}
