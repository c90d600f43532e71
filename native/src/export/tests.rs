//! Runs that were ended, what they left behind, and what tiles are when one of them cannot be made smaller.

use super::*;
use crate::{
    catalog::Entry,
    read::{self, Options},
    source::archive,
};
use duotile_core::{Stopped, TileId, TileQuery};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

fn places(zooms: std::ops::RangeInclusive<u8>) -> [Layer; 1] {
    let entry = Entry::open(read::builtin("places", &()).expect("it reads"));
    [Layer::new(entry, &TileQuery::default(), zooms).expect("fits")]
}

fn settings(out: &Path) -> Settings {
    let kind = if out.extension().is_none() { Kind::Folder } else { Kind::of(out).expect("a known ending") };
    Settings { out: out.to_owned(), kind, bounds: None, budget: 30_000, overzoom: false, resume: true }
}

/// What is done to an archive that is not whole.
type Lose = fn(&Path);

/// All that an archive has, by its address.
fn content(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    if let Some(ending) = out.extension() {
        if ending == "pmtiles" {
            return [(PathBuf::new(), fs::read(out).expect("read"))].into();
        }
        let database = rusqlite::Connection::open(out).expect("a database");
        let mut all = database.prepare("SELECT zoom_level || '/' || tile_column || '/' || tile_row, tile_data FROM tiles UNION ALL SELECT name, CAST(value AS BLOB) FROM metadata").expect("SQL");
        let all = all.query_map([], |row| Ok((row.get::<_, String>(0)?.into(), row.get(1)?))).expect("SQL");
        return all.collect::<Result<_, _>>().expect("rows");
    }
    let mut found = BTreeMap::new();
    let mut open = vec![out.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(out).expect("within").to_owned(), fs::read(&path).expect("read"));
            }
        }
    }
    found
}

#[test]
fn what_was_lost_of_a_run_that_was_ended_is_made_again() {
    let folder = TempDir::new().expect("a folder");
    let layers = places(0..=5);
    for (name, part) in [("a.pmtiles", "a.pmtiles.part"), ("a.mbtiles", "a.mbtiles.part"), ("a", "a.part")] {
        let (out, part) = (folder.path().join(name), folder.path().join(part));
        export(&layers, &settings(&out), &(), &|| true).expect("written");
        let whole = content(&out);
        let log = folder.path().join(format!("{name}.part.log"));
        let far = |log: &Path| log.metadata().is_ok_and(|log| log.len() > 8000);
        let losses: [Lose; 3] = [
            |_| {},
            // All of it.
            |part| {
                if part.is_dir() {
                    fs::remove_dir_all(part).expect("gone");
                } else {
                    fs::remove_file(part).expect("gone");
                }
            },
            // A part of it.
            |part| {
                if part.is_dir() {
                    let column = fs::read_dir(part.join("3")).expect("tiles").next().expect("one").expect("one").path();
                    fs::remove_dir_all(column).expect("gone");
                } else if part.extension().is_some_and(|_| part.to_string_lossy().contains("mbtiles")) {
                    let database = rusqlite::Connection::open(part).expect("a database");
                    database.execute("UPDATE images SET tile_data = x'00' WHERE tile_id = 20", []).expect("changed");
                } else {
                    let mut bytes = fs::read(part).expect("read");
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 1;
                    fs::write(part, bytes).expect("written");
                }
            },
        ];
        for (at, lose) in losses.into_iter().enumerate() {
            let _ = if out.is_dir() { fs::remove_dir_all(&out) } else { fs::remove_file(&out) };
            let ended = export(&layers, &settings(&out), &(), &|| !far(&log)).expect_err("told to end");
            assert!(ended.is::<Stopped>() && !out.exists() && part.exists(), "{ended:#}");
            lose(&part);
            let mut lines = Lines::default();
            export(&layers, &settings(&out), &lines, &|| true).expect("written");
            assert_eq!(lines.all().contains("not all that was written is there"), at > 0, "{name} {at}");
            assert!(content(&out) == whole, "{name} {at}");
            assert!(!part.exists() && !log.exists());
        }
    }
}

/// What was told.
#[derive(Default)]
struct Lines(std::sync::Mutex<String>);

impl Lines {
    fn all(&mut self) -> String {
        std::mem::take(self.0.get_mut().expect("whole"))
    }
}

impl read::Progress for Lines {
    fn stage(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn line(&self, text: &str) {
        *self.0.lock().expect("whole") += text;
    }
}

#[test]
fn a_tile_that_cannot_be_smaller_leaves_the_others_within_the_budget() {
    let folder = TempDir::new().expect("a folder");
    let (data, out) = (folder.path().join("a.csv"), folder.path().join("a.pmtiles"));
    let mut state = 1u64;
    let mut random = |bytes: usize| {
        let letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + (state >> 59) as u8 % 26)
        };
        std::iter::repeat_with(letter).take(bytes).collect::<String>()
    };
    let mut text = format!("lon,lat,n,t\n-100,40,900,{}\n", random(100_000));
    for at in 0..200 {
        let _ = writeln!(text, "{},50,{at},{}", 100.0 + f64::from(at) / 100.0, random(1000));
    }
    fs::write(&data, text).expect("written");
    let dataset = read::read(&[data], &Options::default(), &()).expect("it reads");
    let query = |text| TileQuery::parse(text).expect("a query");
    let layer = Layer::new(Entry::open(dataset), &query("mode=points&properties=*&rank=n"), 2..=2).expect("fits");
    let report = export(&[layer], &settings(&out), &(), &|| true).expect("written");
    let [zoom] = &report.zooms[..] else { panic!("one zoom") };
    assert_eq!(zoom.has.rows + zoom.has.omitted, 201);
    assert_eq!((zoom.has.tiles, zoom.has.beyond, zoom.bounded.len()), (2, 1, 1), "{zoom}");
    let archive = archive::Archive::open("a", &out).expect("it opens");
    let size =
        |x, y| archive.tile(TileId::new(2, x, y).expect("valid")).expect("sound").map_or(0, |tile| tile.bytes.len());
    assert!(size(0, 1) > 30_000 && (5000..30_000).contains(&size(3, 1)), "{} {}", size(0, 1), size(3, 1));
}

#[test]
fn rows_that_are_left_out_of_tiles_in_which_no_other_is_are_told() {
    let folder = TempDir::new().expect("a folder");
    let query = TileQuery::parse("mode=points&limit=50").expect("a query");
    let layer = Layer::new(Entry::open(read::builtin("places", &()).expect("it reads")), &query, 3..=3).expect("fits");
    let total = layer.source().dataset().expect("rows").len() as u64;
    let report = export(&[layer], &settings(&folder.path().join("a.pmtiles")), &(), &|| true).expect("written");
    let zoom = &report.zooms[0];
    // Somewhere the few that there are stay behind others elsewhere.
    assert!(zoom.has.tiles < 37, "{zoom}");
    assert_eq!(zoom.has.rows + zoom.has.omitted, total);
}

#[test]
fn what_has_the_name_already_and_is_of_another_kind_is_told_before_anything_is_done() {
    let folder = TempDir::new().expect("a folder");
    let layers = places(0..=1);
    let (file, other) = (folder.path().join("a.pmtiles"), folder.path().join("b"));
    fs::create_dir(&file).expect("made");
    fs::write(&other, "mine").expect("written");
    for (out, expected) in [(&file, "a folder has that name, expected a file"), (&other, "a file has that name")] {
        let error = export(&layers, &settings(out), &(), &|| true).expect_err("taken").to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(fs::read(&other).expect("there"), b"mine");
    assert_eq!(fs::read_dir(&folder).expect("there").count(), 2);
}

#[test]
fn what_others_left_beside_a_name_is_told_and_left_alone() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let layers = places(0..=1);
    let told = |out: &str| {
        export(&layers, &settings(&path(out)), &(), &|| true).map(|_| ()).map_err(|error| error.to_string())
    };
    fs::write(path("a.mbtiles-wal"), "rows of another database").expect("written");
    fs::write(path("b.pmtiles.part"), "mine").expect("written");
    fs::create_dir(path("c.part")).expect("made");
    fs::write(path("c.part/mine"), "mine").expect("written");
    assert!(told("a.mbtiles").is_err_and(|error| error.contains("a.mbtiles-wal: it lies beside the database")));
    for out in ["b.pmtiles", "c/"] {
        assert!(told(out).is_err_and(|error| error.contains("no export's")), "{out}");
    }
    assert_eq!(["b.pmtiles.part", "c.part/mine"].map(|name| fs::read(path(name)).expect("there")), [b"mine", b"mine"]);
    // Of other kinds nothing is put into what has the name.
    fs::rename(path("a.mbtiles-wal"), path("a.pmtiles-wal")).expect("moved");
    assert_eq!(told("a.pmtiles"), Ok(()));
}

#[test]
fn where_the_largest_layer_has_nothing_to_give_the_next_gives() {
    let folder = TempDir::new().expect("a folder");
    let layer = |name: &str, rows: usize, letters: usize| {
        let path = folder.path().join(format!("{name}.csv"));
        let mut text = String::from("lon,lat,n,t\n");
        for at in 0..rows {
            let words: String =
                (0..letters).map(|letter| char::from(b'a' + ((at * 7919 + letter * letter * 31) % 23) as u8)).collect();
            let _ = writeln!(text, "{},50,{at},{words}", 10.0 + at as f64 / 1e5);
        }
        fs::write(&path, text).expect("written");
        let dataset = read::read(&[path], &Options::default(), &()).expect("it reads");
        let query = TileQuery::parse("mode=points&properties=*").expect("a query");
        Layer::new(Entry::open(dataset), &query, 4..=4).expect("fits")
    };
    let layers = [layer("one", 1, 30_000), layer("many", 500, 30)];
    let wanted = Settings { budget: 20_000, ..settings(&folder.path().join("a")) };
    let report = export(&layers, &wanted, &(), &|| true).expect("written");
    let [zoom] = &report.zooms[..] else { panic!("one zoom") };
    assert_eq!(zoom.bounded.first().map(|(name, _)| name.as_str()), Some("many"), "{zoom}");
}

/// Bytes of tiles are known by where they begin and how many they are: none of the others hides behind what was looked at already.
#[test]
fn an_entry_that_begins_where_another_does_is_looked_at() {
    let folder = TempDir::new().expect("a folder");
    let (path, made) = (folder.path().join("a.pmtiles"), folder.path().join("b.pmtiles"));
    export(&places(0..=0), &settings(&path), &(), &|| true).expect("written");
    let world = archive::Archive::open("a", &path)
        .expect("it opens")
        .tile(TileId::WORLD)
        .expect("sound")
        .expect("a tile")
        .bytes;
    let length = world.len() as u32;
    let faults = |second: duotile_core::archive::Place| {
        let mut archive = super::archive::Archive::open(Kind::PmTiles, &made, true).expect("made");
        let first = archive.store(&world).expect("written");
        let mut runs = duotile_core::archive::Runs::default();
        for (id, place) in [(1, first), (2, second), (4, first)] {
            runs.note(duotile_core::archive::Run { id, count: 1, place });
        }
        let metadata = serde_json::json!({ "vector_layers": [{ "id": "places", "fields": {} }] });
        let summary = super::archive::Summary {
            zooms: [1, 1],
            bounds: [-180.0, -85.0, 180.0, 85.0],
            center: (0.0, 0.0, 1),
            metadata,
        };
        archive.finish(&runs, &summary).expect("written");
        archive::verify(&made, &(), &|| true).expect("it opens").faults.join("\n")
    };
    let place = |offset, length| duotile_core::archive::Place { offset, length };
    assert_eq!(faults(place(0, length)), "");
    assert!(faults(place(0, length / 2)).contains("tile 1/0/1: "));
    assert!(faults(place(0, 4_000_000_000)).contains("tile 1/0/1: 4000000000 bytes"));
}

#[test]
fn it_ends_while_it_is_described() {
    let folder = TempDir::new().expect("a folder");
    let layers = places(0..=1);
    let work = duotile_core::Work::new(&|| false, u64::MAX);
    let report = Report::default();
    let ended = metadata::of(&layers, &settings(&folder.path().join("a.pmtiles")), &report, &(), &work);
    assert!(ended.expect_err("told to end").is::<Stopped>());
}

#[test]
fn an_archive_tells_the_frame_of_what_it_has() {
    let folder = TempDir::new().expect("a folder");
    let (data, out) = (folder.path().join("a.geojson"), folder.path().join("a.pmtiles"));
    let exported = |data: &str, query: &str, bounds: Option<[f64; 4]>| {
        let dataset = match data {
            "places" => read::builtin("places", &()).expect("it reads"),
            path => read::read(&[path.into()], &Options::default(), &()).expect("it reads"),
        };
        let layer = Layer::new(Entry::open(dataset), &TileQuery::parse(query).expect("a query"), 0..=6).expect("fits");
        export(&[layer], &Settings { bounds, budget: 1 << 20, ..settings(&out) }, &(), &|| true).expect("written");
        archive::Archive::open("a", &out).expect("it opens").facts().clone()
    };
    // Points are within the box that is asked for.
    let facts = exported("places", "bbox=5,45,10,50", None);
    assert_eq!((facts.bounds, facts.center.0, facts.center.2), ([5.0, 45.0, 10.0, 50.0], 7.5, 6));
    // The first view is of the tiles that there are.
    let facts = exported("places", "", Some([5.0, 45.0, 10.0, 50.0]));
    assert_eq!((facts.bounds, facts.center.0, facts.center.2), ([5.0, 45.0, 10.0, 50.0], 7.5, 6));
    let facts = exported("places", "", Some([170.0, -50.0, -170.0, -10.0]));
    assert_eq!((facts.bounds[1], facts.bounds[3]), (-50.0, -10.0));
    assert!(facts.center.0 > 179.0, "{:?}", facts.center);
    // What comes into a box goes on beyond it, and so do its tiles.
    let shape = r#"{"type":"Feature","properties":{"n":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[60,0],[60,30],[0,30],[0,0]]]}}"#;
    fs::write(&data, shape).expect("written");
    let facts = exported(data.to_str().expect("text"), "bbox=5,5,10,10", None);
    let near = |a: [f64; 4], b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    assert!(near(facts.bounds, [0.0, 0.0, 60.0, 30.0]), "{:?}", facts.bounds);
}
