//! Made-up cases of lines and polygons (rows, query, tile): each tile, or the complaint about the query, has the digest that a
//! native run wrote down. Runs natively, in Node and in a browser.
//!
//! The file is written by a native run with `DUOTILE_WRITE_DIGESTS=1`; that the tiles are right is for other tests to
//! say.

mod cases;
#[path = "cases/outlined.rs"]
mod outlined;

use cases::{Random, Table, filter, query, tile};
use duotile_core::Report;
use outlined::outlined;
use wasm_bindgen_test::wasm_bindgen_test;

const DIGESTS: &str = include_str!("../../tests/golden/shapes.txt");

/// Tables, and tiles of each.
const TABLES: u64 = 60;
const CASES: usize = 40;
/// Rows of a table.
const ROWS: [usize; 6] = [0, 1, 40, 300, 900, 2000];

/// The first half of FNV-1a, 64 bits (Fowler, Noll and Vo).
fn digest(bytes: &[u8]) -> u32 {
    let fold = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    (bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold) >> 32) as u32
}

/// The digests of all tiles of a table, each with what it is of.
fn cut(seed: u64) -> Vec<(u32, String)> {
    let table = Table::random(ROWS[seed as usize % ROWS.len()], seed);
    let mut dataset = outlined(&table, seed);
    let mut random = Random::new(!seed);
    let cases = (0..CASES).map(|_| {
        let filter = match random.below(4) {
            0 => None,
            1 => Some(random.pick(&["area > 1000000", "length BETWEEN 10 AND 100000", "area = 0"]).to_owned()),
            _ => Some(filter(&mut random)),
        };
        let (mut query, tile) = (query(&mut random, filter.as_deref()), tile(&table, &mut random));
        // Mostly outlines, and not cells.
        if !random.once_in(3) {
            let rest = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("mode="));
            query = rest.chain(["mode=points"]).collect::<Vec<_>>().join("&");
        }
        if random.once_in(5) {
            query += "&geometry=point";
        }
        if random.once_in(3) {
            query += random.pick(&["&detail=-16", "&detail=-3", "&detail=5", "&detail=16"]);
        }
        let mut bytes = Vec::new();
        let told = match dataset.tile_into(tile, &query, &mut bytes) {
            // What was told when the digests were made.
            Ok(Report { features, rows, omitted, cells, .. }) => {
                let told = format!("features: {features}, rows: {rows}, omitted: {omitted}, cells: {cells}");
                format!("{} bytes, Report {{ {told} }}", bytes.len())
            }
            Err(error) => error.to_string(),
        };
        bytes.extend(told.as_bytes());
        (digest(&bytes), format!("table {seed}, {tile}, {query}: {told}"))
    });
    cases.collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn every_case_gives_the_same_bytes_everywhere() {
    if write() {
        return;
    }
    assert_eq!(DIGESTS.lines().count() as u64, 1 + TABLES, "a line for each table");
    for (seed, line) in DIGESTS.lines().skip(1).enumerate() {
        let expected: Vec<&str> = line.split(' ').collect();
        assert_eq!(expected.len(), CASES, "line {seed}");
        for (expected, (got, what)) in expected.into_iter().zip(cut(seed as u64)) {
            assert_eq!(format!("{got:08x}"), expected, "{what}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_cases_are_worth_comparing() {
    let (mut tiles, mut filled, mut outlines) = (0, 0, 0);
    for (_, what) in (0..12).flat_map(cut) {
        tiles += 1;
        filled += usize::from(what.contains("Report {") && !what.contains("features: 0,"));
        outlines += usize::from(what.contains("cells: false") && !what.contains("features: 0,"));
    }
    assert!(filled * 3 > tiles && outlines * 5 > tiles, "{filled} of {tiles} tiles have features, {outlines} outlines");
}

#[cfg(target_arch = "wasm32")]
fn write() -> bool {
    false
}

#[cfg(not(target_arch = "wasm32"))]
fn write() -> bool {
    let asked = std::env::var_os("DUOTILE_WRITE_DIGESTS").is_some();
    if asked {
        let mut text = String::from(
            "# a line for each table, half an FNV-1a of each of its tiles: see wasm/tests/generated_shapes.rs\n",
        );
        for seed in 0..TABLES {
            let line: Vec<String> = cut(seed).into_iter().map(|(digest, _)| format!("{digest:08x}")).collect();
            text += &(line.join(" ") + "\n");
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/shapes.txt");
        std::fs::write(path, text).expect("a place to write to");
    }
    asked
}
