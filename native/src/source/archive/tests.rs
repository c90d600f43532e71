//! Archives that lie elsewhere, beside the same on this disk.

use super::*;
use crate::{
    catalog::Entry,
    engine::{
        Budget, Engine, Limits,
        pack::{Accepted, Coding},
    },
    export::{self, Layer},
    load::Load,
    read,
    source::{Source, remote::served::Server},
    wanted::Wanted,
};
use duotile_core::TileQuery;

/// The places as PMTiles with leaves, and the path of it.
fn places(folder: &Path) -> (PathBuf, Vec<u8>) {
    let out = folder.join("a.pmtiles");
    let entry = Entry::open(read::builtin("places", &()).expect("it reads"));
    let layer = Layer::new(entry, &TileQuery::default(), 0..=8).expect("fits");
    let kind = export::Kind::of(&out).expect("a known ending");
    let settings =
        export::Settings { out: out.clone(), kind, bounds: None, budget: 1 << 20, overzoom: false, resume: false };
    export::export(&[layer], &settings, &(), &|| true).expect("written");
    let bytes = std::fs::read(&out).expect("read");
    (out, bytes)
}

fn opened(address: &str) -> Result<Archive> {
    Wanted::parse(address, &Load::default())?.opened()
}

/// Tiles of all zooms, with some that there are none of.
fn tiles() -> impl Iterator<Item = TileId> {
    let id = |z: u32, x: u32, y: u32| TileId::new(z, x, y).expect("valid");
    (0..=8).flat_map(move |z| {
        [(0.52, 0.33), (0.29, 0.38), (0.8, 0.43), (0.01, 0.99)].map(|(x, y)| {
            let side = f64::from(1_u32 << z);
            id(z, (x * side) as u32, (y * side) as u32)
        })
    })
}

#[test]
fn an_archive_that_lies_elsewhere_is_read_by_parts_and_never_of_two_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, bytes) = places(folder.path());
    let here = Archive::open("a", &path).expect("it opens");
    let server = Server::of(&bytes);
    let there = opened(&server.url("a.pmtiles")).expect("it opens");
    assert_eq!(there.facts().text(), here.facts().text());
    assert_eq!(there.version(), opened(&server.url("a.pmtiles")).expect("it opens").version());
    assert!(there.to_string().starts_with(&server.url("a.pmtiles")), "{there}");
    let before = server.now().clone();
    // The header and the root come at once, what else it says of itself by itself.
    assert!(before.asked.len() <= 6 && before.sent < 40_000, "{} bytes, {:?}", before.sent, before.asked);
    let (mut found, mut length) = (0, 0);
    for tile in tiles() {
        let (lying, same) = (there.tile(tile).expect("sound"), here.tile(tile).expect("sound"));
        assert_eq!(lying, same, "{tile}");
        found += usize::from(lying.is_some());
        length += lying.map_or(0, |lying| lying.bytes.len());
    }
    assert!(found > 20);
    let after = server.now().clone();
    // Each tile by its bytes, and a few leaves once.
    let leaves = after.sent - before.sent - length;
    assert!(leaves > 0 && leaves < bytes.len() / 20 && after.sent < bytes.len() / 5, "{leaves} of {}", bytes.len());
    assert!(after.asked.len() - before.asked.len() <= found + 8, "{:?}", after.asked);
    assert_eq!(after.connections, before.connections, "one is kept");
    assert!(after.asked.iter().skip(6).all(|asked| asked.contains("if-match=\"1\"")), "{:?}", after.asked);
    // A connection that is cut is made anew.
    server.now().cuts = vec![5];
    assert_eq!(there.tile(TileId::WORLD).expect("sound"), here.tile(TileId::WORLD).expect("sound"));
    // Another file in its place is another archive.
    assert!(there.check().is_ok());
    server.now().etag = Some("\"2\"".into());
    let error = format!("{:#}", there.tile(TileId::WORLD).expect_err("another"));
    assert!(error.contains("the file is another than that which was opened"), "{error}");
    assert!(there.check().is_err());
    assert_ne!(opened(&server.url("a.pmtiles")).expect("it opens").version(), there.version());
    // By a time, if there is no tag.
    (server.now().etag, server.now().modified) = (None, Some("Wed, 21 Oct 2026 07:28:00 GMT".into()));
    let timed = opened(&server.url("a.pmtiles")).expect("it opens");
    assert_eq!(timed.tile(TileId::WORLD).expect("sound"), here.tile(TileId::WORLD).expect("sound"));
    server.now().modified = Some("Wed, 21 Oct 2026 07:28:01 GMT".into());
    assert!(timed.tile(TileId::WORLD).is_err());
}

#[test]
fn what_cannot_be_an_archive_elsewhere_says_why() {
    let server = Server::of(b"PMTiles and nothing else");
    let error = |address: &str| format!("{:#}", opened(address).expect_err("refused"));
    assert!(error(&server.url("a.pmtiles")).contains("it is cut off: 24 bytes"));
    server.now().parts = false;
    assert!(error(&server.url("a.pmtiles")).contains("its server knows no parts of files (Range)"));
    (server.now().parts, server.now().etag) = (true, None);
    assert!(error(&server.url("a.pmtiles")).contains("by what the file is the same"));
    server.now().instead = Some((404, String::new(), String::new()));
    assert!(error(&server.url("a.pmtiles")).contains("there is no such file (404)"));
    assert!(error("https://example.org/a.mbtiles").contains("MBTiles are read where they lie on a disk"));
    let rows = Wanted::parse(&server.url("a.pmtiles"), &Load::default()).and_then(|wanted| wanted.read(&()));
    assert!(format!("{:#}", rows.expect_err("no rows")).contains("is an archive of finished tiles"));
}

#[test]
fn tiles_that_come_from_elsewhere_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, bytes) = places(folder.path());
    let server = Server::of(&bytes);
    let wanted = Wanted::parse(&server.url("a.pmtiles"), &Load::default()).expect("fine");
    let entry = wanted.entry(&()).expect("it opens");
    let Source::Archive(archive) = entry.source else { panic!("an archive") };
    let patience = std::time::Duration::from_mins(1);
    let limits = Limits { budget: Budget::default(), threads: 1, queue: 8, patience, work: u64::MAX };
    let engine = Engine::new(limits);
    let expected = Archive::open("a", &path).and_then(|here| here.tile(TileId::WORLD)).expect("sound").expect("there");
    let accepted = Accepted { gzip: true, zstd: false, best: Coding::Identity };
    let tile = engine.archived(&archive, TileId::WORLD, accepted);
    let tile = tokio::runtime::Runtime::new().expect("threads").block_on(tile).expect("sound").expect("there");
    assert_eq!(tile.bytes, expected.bytes);
}
