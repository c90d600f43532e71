//! Lines and polygons in prepared files: the same rows, the same tiles, mapped; in parts as in one.

use crate::support::{built, dice, open, tiles};
use duotile::{prepared::verify, read::Options, wanted};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

const QUERIES: [&str; 7] = [
    "mode=points&properties=*",
    "mode=auto&agg=mean:lanes",
    "mode=cells&agg=max:lanes",
    "filter=lanes%20>%202&mode=points",
    "bbox=9,47,11,49&mode=points",
    "filter=area%20>%201e8&mode=points&properties=length,long",
    "filter=S_INTERSECTS(geometry,POLYGON((9%2047,11%2047,11%2049,9%2047)))",
];

/// Points first, then lines and polygons with holes, small and large, rows of nothing, and a few over the antimeridian.
fn input(folder: &Path, rows: u64) -> PathBuf {
    // Many columns, so that rows fill memory before their vertices do.
    let columns: Vec<String> = (0..20).map(|at| format!("c{at}")).collect();
    let mut text = format!("id,lanes,{},wkt\n", columns.join(","));
    for row in 0..rows {
        let unit = |salt| (dice(row, salt) % 20_001) as f64 / 10_000.0 - 1.0;
        let spread = [0.01, 1.0, 40.0][dice(row, 1) as usize % 3];
        let (x, y) = (if row % 50 == 49 { 179.9 } else { 10.0 } + unit(2) * spread, 48.0 + unit(3) * spread * 0.5);
        let size = 0.001 + spread * 0.2;
        let ring = |size: f64| {
            let corners = if row % 40 == 7 { 50 } else { 3 + dice(row, 4) % 5 };
            let place = |at: u64| {
                let turn = at as f64 / corners as f64 * std::f64::consts::TAU;
                let far = size * (0.5 + dice(row, at + 10) as f64 / u64::MAX as f64 / 2.0);
                format!("{:.6} {:.6}", x + far * turn.cos(), y + far * turn.sin())
            };
            let places: Vec<String> = (0..corners).chain([0]).map(place).collect();
            format!("({})", places.join(","))
        };
        let geometry = match dice(row, 5) % 8 {
            _ if row < rows / 4 => format!("POINT ({x} {y})"),
            0 => String::new(),
            1 => format!("POINT ({x} {y})"),
            2 | 3 => format!("LINESTRING {}", ring(size)),
            4 => format!("POLYGON ({},{})", ring(size), ring(size / 4.0)),
            _ => format!("POLYGON ({})", ring(size)),
        };
        let numbers: Vec<String> = (0..20).map(|at| format!("{}.5", dice(row, 100 + at) % 1000)).collect();
        writeln!(text, "{row},{},{},\"{geometry}\"", dice(row, 6) % 6, numbers.join(",")).expect("in memory");
    }
    let path = folder.join("shapes.csv");
    fs::write(&path, text).expect("written");
    path
}

#[test]
fn a_prepared_file_of_shapes_gives_the_tiles_of_its_source_built_in_one_part_or_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = vec!["long = length / 1000".into()];
    let options = Options { name: Some("points".into()), made, ..Options::default() };
    let inputs = [input(folder.path(), 4000)];
    let direct = wanted::open(&inputs, &options, &()).expect("read");
    let (one, many) = (folder.path().join("one.arrow"), folder.path().join("many.arrow"));
    assert_eq!(built(&inputs, &options, &one, 1 << 28).expect("built").runs, 1);
    let parts = built(&inputs, &options, &many, 1_400_000).expect("built");
    assert!(parts.runs > 1, "{parts:?}");
    assert!(fs::read(&one).expect("there") == fs::read(&many).expect("there"), "the files differ");
    let opened = open(&many).expect("opened");
    assert_eq!((opened.len(), opened.bounds(), opened.focus()), (direct.len(), direct.bounds(), direct.focus()));
    assert_eq!(opened.report().lines, direct.report().lines);
    assert_eq!(opened.view(), direct.view());
    assert!(tiles(&opened, &QUERIES) == tiles(&direct, &QUERIES), "tiles differ");
    verify(&many, &()).expect("undamaged");
}

#[test]
fn what_memory_does_not_suffice_for_and_what_parquet_would_lose_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = [input(folder.path(), 4000)];
    let said = |out: &str, memory| {
        let error = built(&inputs, &Options::default(), &folder.path().join(out), memory).expect_err("refused");
        format!("{error:#}")
    };
    assert!(said("a.arrow", 100_000).contains("vertices, of which "), "{}", said("a.arrow", 100_000));
    assert!(said("a.parquet", 1 << 28).contains("would have the positions alone"), "{}", said("a.parquet", 1 << 28));
    assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 1, "nothing is left behind");
}

#[test]
fn a_changed_byte_of_outlines_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("a.arrow");
    built(&[input(folder.path(), 1000)], &Options::default(), &out, 1 << 28).expect("built");
    let whole = fs::read(&out).expect("there");
    // Sections are behind the columns; each is at least in part behind the middle of the file.
    let (mut found, mut tried) = (0, 0);
    for at in (whole.len() / 2..whole.len()).step_by(whole.len() / 300) {
        let mut broken = whole.clone();
        broken[at] ^= 0x10;
        fs::write(&out, &broken).expect("written");
        tried += 1;
        found += usize::from(verify(&out, &()).is_err());
        // Whatever opens can be looked at.
        if let Ok(opened) = open(&out) {
            let _ = tiles(&opened, &QUERIES[..1]);
        }
    }
    assert!(tried > 140 && found > tried * 9 / 10, "{found} of {tried}");
}
