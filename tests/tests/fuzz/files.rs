//! Files: CSV of all sorts, prepared files whose parts were exchanged. Either they are refused in one line, or what was read
//! of them answers every kind of request.

use crate::{run::fuzz, sealed::Sealed, served::Served};
use axum::http::Method;
use duotile::{
    Dataset,
    prepared::{Settings, build},
    read::Options,
    wanted,
};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

pub const TRIPS: &str = "lon,lat,kind,fare,when,open,id
13.4,52.5,bus,12.5,2024-02-29T12:00:00Z,true,1
2.35,48.85,\"tram, old\",,2024-03-01T00:00:00Z,false,2
-74.0,40.7,,7.25,,,3
-74.0,40.7,caf\u{e9},-1e3,1969-12-31T23:59:59Z,true,18446744073709551615
180,90,bus,0.1,2024-02-29T12:00:00+01:00,false,5
,,taxi,1,,maybe,6
";
const OTHERS: [&[u8]; 7] = [
    b"x;y;n\n1,5;2,5;a\n-1,5;-2,5;b\n",
    b"latitude\tlongitude\ttime\n1\t2\t2024/02/29 23:59\n3\t4\t24:00\n",
    b"\xef\xbb\xbflat,lng,name\r\n1,2,\"a\"\"b\r\nc\"\r\n3,4,\r\n",
    b"\xff\xfel\0a\0t\0,\0l\0o\0n\0\n\x001\x00,\x002\x00\n\x00",
    b"lon,lat,v\n1,2,0x10\n3,4,NaN\n5,6,inf\n7,8,1_000\n",
    b"geometry,v\nPOINT(1 2),3\nPOINT EMPTY,4\n",
    b"lon,lat,lon,\n1,2,3,\n",
];
const WORDS: [&str; 20] = [
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "lon",
    "lat",
    "\u{0}",
    "2024-02-29",
    "24:00",
    "9999-12-31T23:59:60Z",
    "NaN",
    "-0",
    "1e999",
    "true",
    "18446744073709551616",
    "-9223372036854775808",
    "POINT(1 2)",
];
/// One of each kind of request.
const ASKED: [&str; 8] = [
    "/tiles/0/0/0.mvt?agg=mean:fare,median:fare,mode:kind,nunique:id&by=kind",
    "/tiles/9/275/167.mvt?mode=points&properties=*",
    "/tiles/3/4/2.mvt?limit=1",
    "/tiles/0/0/0.mvt?filter=kind%20LIKE%20'b%25'%20OR%20fare%20%3E%201%20OR%20when%20%3E%20DATE('2024-01-01')",
    "/tiles/metadata.json?agg=max:when",
    "/datasets/fuzz/stats?column=fare",
    "/datasets/fuzz/rows?limit=1000",
    "/datasets/fuzz/subset.arrow",
];

fn opened(path: &Path) -> Option<Dataset> {
    opened_as(path, &Options { name: Some("fuzz".into()), ..Options::default() })
}

/// What is read of a file; nothing where it is refused, which takes one line.
pub fn opened_as(path: &Path, options: &Options) -> Option<Dataset> {
    match wanted::open(&[path.to_owned()], options, &()) {
        Ok(dataset) => Some(dataset),
        Err(error) => {
            let line = format!("{error:#}");
            assert!(!line.is_empty() && !line.contains('\n'), "{line:?}");
            None
        }
    }
}

#[test]
fn csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fuzz.csv");
    let seeds: Vec<Vec<u8>> = OTHERS.iter().map(|seed| seed.to_vec()).chain([TRIPS.into()]).collect();
    fuzz("csv", &seeds, &WORDS, |bytes| {
        fs::write(&path, bytes).expect("written");
        if let Some(dataset) = opened(&path) {
            let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
            assert!(dataset.len() <= lines + 1, "{} rows of {lines} lines", dataset.len());
        }
    });
}

/// A small prepared file, with landmarks.
fn prepared() -> (TempDir, PathBuf, Sealed) {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, path) = (folder.path().join("fuzz.csv"), folder.path().join("fuzz.arrow"));
    let mut text = String::from(TRIPS);
    for row in 0..400 {
        let (lon, lat) = (13 + row % 3, 52.0 + f64::from(row % 50) / 500.0);
        writeln!(text, "{lon},{lat},kind {},{row}.5,2024-02-{:02},true,{row}", row % 9, 1 + row % 28)
            .expect("in memory");
    }
    fs::write(&input, text).expect("written");
    let settings = Settings { memory: 1 << 26, positions: false };
    build(&[input], &Options::default(), &path, settings, &()).expect("built");
    let sealed = Sealed::of(&fs::read(&path).expect("there"));
    assert!(sealed.landmarks().len() > 100 && opened(&path).is_some());
    (folder, path, sealed)
}

/// Opens it if it lets itself be opened, and asks for everything.
fn used(path: &Path, file: &[u8]) {
    // Beside it, then in its place: what is mapped is not written over.
    let next = path.with_extension("next");
    fs::write(&next, file).and_then(|()| fs::rename(&next, path)).expect("written");
    if let Some(dataset) = opened(path) {
        let served = Served::new(dataset);
        for asked in ASKED {
            served.ask(Method::GET, asked, Vec::new());
        }
    }
}

#[test]
fn files_as_they_are() {
    let (_folder, path, sealed) = prepared();
    fuzz("prepared", &[sealed.file()], &["ARROW1", "DUOTILE"], |bytes| used(&path, bytes));
}

#[test]
fn descriptions() {
    let (_folder, path, sealed) = prepared();
    let words = [
        "null",
        "0",
        "1",
        "-1",
        "18446744073709551615",
        "4294967296",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        "true",
        "1e300",
        "64",
    ];
    fuzz("description", std::slice::from_ref(&sealed.description), &words, |bytes| {
        used(&path, &sealed.with_description(bytes).file());
    });
}

#[test]
fn landmarks() {
    let (_folder, path, sealed) = prepared();
    let words = sealed.body[sealed.landmarks()].to_vec();
    fuzz("landmarks", &[words], &[], |bytes| used(&path, &sealed.with_landmarks(bytes).file()));
}
