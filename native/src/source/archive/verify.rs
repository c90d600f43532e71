//! Whether an archive is what it should be, all of it: as a reader that trusts nothing goes through it.
//!
//! What is wrong with how it is built ends the walk, because nothing behind it is certain; what is wrong with tiles is gathered.

mod database;
mod directories;
mod files;

use super::{Archive, Lying, Reader};
use crate::{mvt_reader, read::Progress};
use anyhow::{Result, bail};
use duotile_core::{Stopped, TileId};
use rayon::prelude::*;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Tiles that are looked at together, on all cores, and bytes of them: fewer where they are large.
const BATCH: usize = 256;
const WAITING: usize = 64 << 20;
/// Bytes of a tile, unpacked, and its features, keys and values, beyond which one is looked at after the other: decoded they are many more
/// bytes.
const LARGE: u64 = 8 << 20;
const MANY: usize = 1 << 18;
/// Layers that a fault names.
const NAMED: usize = 10;
/// Faults that are told one by one.
const TOLD: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Tiles.
    pub tiles: u64,
    /// Tiles of other bytes than any before.
    pub distinct: u64,
    /// What is wrong, of the first faults.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub count: u64,
}

impl Found {
    fn fault(&mut self, text: impl Into<String>) {
        self.count += 1;
        if self.faults.len() < TOLD {
            self.faults.push(text.into());
        }
    }
}

/// Looks at every byte of an archive; `go_on` is asked every moment.
///
/// # Errors
/// When it cannot be opened or read; [`Stopped`] when it was told to end.
pub fn verify(path: &Path, progress: &dyn Progress, go_on: &dyn Fn() -> bool) -> Result<Found> {
    let archive = Archive::open("verified", path)?;
    let known = archive.facts.layers().collect();
    let mut look = Look {
        archive: &archive,
        known,
        found: Found::default(),
        zooms: None,
        waiting: Vec::new(),
        bytes: 0,
        progress,
        go_on,
    };
    look.described();
    match &archive.reader {
        Reader::PmTiles(reader) => look.directories(reader)?,
        Reader::MbTiles(reader) => look.database(reader)?,
        Reader::Folder(reader) => look.files(reader)?,
    }
    Ok(look.found)
}

/// An archive that is looked at.
struct Look<'a> {
    archive: &'a Archive,
    /// The layers that `vector_layers` names.
    known: BTreeSet<&'a str>,
    found: Found,
    /// The first and the last zoom of tiles.
    zooms: Option<[u8; 2]>,
    /// Tiles whose bytes are to be looked at.
    waiting: Vec<(TileId, Lying)>,
    /// How many these are.
    bytes: usize,
    progress: &'a dyn Progress,
    go_on: &'a dyn Fn() -> bool,
}

impl Look<'_> {
    /// What vector tiles have to tell of themselves.
    fn described(&mut self) {
        if self.archive.facts.vector_layers.is_empty() {
            self.found.fault("metadata: no vector_layers, expected the layers of its tiles with their fields");
        }
    }

    fn goes_on(&self) -> Result<(), Stopped> {
        if (self.go_on)() { Ok(()) } else { Err(Stopped::Gone) }
    }

    /// There is a tile of a zoom.
    fn at(&mut self, z: u8) {
        let [first, last] = self.zooms.unwrap_or([z, z]);
        self.zooms = Some([first.min(z), last.max(z)]);
    }

    /// All tiles were met. A map that is told of deeper zooms asks for tiles of these, and draws nothing.
    fn done(&mut self) -> Result<()> {
        self.tiles()?;
        let [first, last] = self.archive.facts.zooms;
        if let Some([from, to]) = self.zooms.filter(|[from, to]| first < *from || last > *to) {
            self.found
                .fault(format!("zooms: {first} to {last} are told, expected {from} to {to}, at which there are tiles"));
        }
        Ok(())
    }

    /// A tile whose bytes no one before it had.
    fn tile(&mut self, tile: TileId, lying: Lying) -> Result<()> {
        self.found.distinct += 1;
        self.bytes += lying.bytes.len();
        self.waiting.push((tile, lying));
        if self.waiting.len() >= BATCH || self.bytes >= WAITING { self.tiles() } else { Ok(()) }
    }

    /// Looks at the tiles that wait.
    fn tiles(&mut self) -> Result<()> {
        self.goes_on()?;
        let (known, one) = (&self.known, &Mutex::new(()));
        let look = |(tile, lying): &(TileId, Lying)| {
            sound(lying, known, one).err().map(|error| format!("tile {tile}: {error:#}"))
        };
        let faults: Vec<String> = self.waiting.par_iter().filter_map(look).collect();
        self.waiting.clear();
        self.bytes = 0;
        faults.into_iter().for_each(|fault| self.found.fault(fault));
        self.progress.advance(self.found.tiles);
        Ok(())
    }
}

/// A tile unpacked, unless it is so large that it waits for its turn.
fn beside_others(lying: &Lying) -> Option<Vec<u8>> {
    let plain = lying.packing.unpack_within(&lying.bytes, LARGE).ok()?;
    mvt_reader::counted(&plain).is_ok_and(|parts| parts <= MANY).then_some(plain)
}

/// Whether a tile unpacks, is a vector tile, and has layers that are known.
fn sound(lying: &Lying, known: &BTreeSet<&str>, one: &Mutex<()>) -> Result<()> {
    let (_alone, plain) = match beside_others(lying) {
        Some(plain) => (None, plain),
        None => (Some(one.lock().unwrap_or_else(PoisonError::into_inner)), lying.packing.unpack(&lying.bytes)?),
    };
    let layers = mvt_reader::read(&plain)?;
    if let Some(other) = layers.iter().find(|layer| !known.is_empty() && !known.contains(layer.name.as_str())) {
        let named: Vec<&str> = known.iter().copied().take(NAMED).collect();
        let more = if known.len() > NAMED { ", …" } else { "" };
        bail!("it has a layer \"{}\", expected those of vector_layers: {}{more}", other.name, named.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::Entry,
        export::{self, Kind, Layer, Settings},
        pmtiles::{FRONT, HEADER},
        read,
        source::archive::Packing,
    };
    use duotile_core::TileQuery;

    fn exported(out: &Path) {
        let layer =
            Layer::new(Entry::open(read::builtin("places", &()).expect("it reads")), &TileQuery::default(), 0..=3);
        let kind = Kind::of(out).expect("a known ending");
        let settings =
            Settings { out: out.to_owned(), kind, bounds: None, budget: 1 << 20, overzoom: false, resume: false };
        export::export(&[layer.expect("fits")], &settings, &(), &|| true).expect("written");
    }

    fn verified(path: &Path) -> Found {
        verify(path, &(), &|| true).expect("it opens")
    }

    #[test]
    fn what_was_exported_is_sound_and_what_was_changed_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other) = (folder.path().join("a.pmtiles"), folder.path().join("a.mbtiles"));
        exported(&path);
        exported(&other);
        let (found, same) = (verified(&path), verified(&other));
        assert!(found.tiles > 50 && found.count == 0, "{found:?}");
        assert_eq!(found, same);
        assert!(verify(&path, &(), &|| false).expect_err("told to end").is::<Stopped>());

        let bytes = std::fs::read(&path).expect("read");
        let with = |at: usize, value: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            std::fs::write(&path, bytes).expect("written");
            verified(&path).faults.join("\n")
        };
        // The counts of tiles, entries and contents; the zooms; what tiles are packed with; the bytes of the first.
        assert!(with(72, bytes[72] ^ 1).contains(&format!("tiles, expected {}", found.tiles)));
        assert!(with(80, bytes[80] ^ 1).contains("entries"));
        assert!(with(88, bytes[88] ^ 1).contains("contents"));
        assert!(with(101, 2).contains("tile 3/"));
        assert!(with(101, 5).contains("zooms: 0 to 5 are told, expected 0 to 3"));
        assert!(with(98, 4).contains("tile 0/0/0: its zstd is damaged"));
        assert!(with(FRONT as usize + 30, bytes[FRONT as usize + 30] ^ 0xff).contains("tile 0/0/0: "));
        // Without a root there is nothing to look at.
        let mut rootless = bytes.clone();
        rootless[HEADER] = 0;
        std::fs::write(&path, rootless).expect("written");
        assert!(format!("{:#}", verify(&path, &(), &|| true).expect_err("no root")).contains("its root"));
    }

    #[test]
    fn a_database_with_odd_tiles_is_told_tile_by_tile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.mbtiles");
        exported(&path);
        let database = rusqlite::Connection::open(&path).expect("a database");
        database
            .execute_batch(
                "UPDATE images SET tile_data = x'1a05' WHERE tile_id = 0;
                 INSERT INTO map VALUES (3, 8, 0, 1);
                 INSERT INTO map VALUES (9, 0, 0, 1);
                 INSERT INTO map VALUES ('x', 0, 0, 1);
                 UPDATE metadata SET value = '12' WHERE name = 'maxzoom';",
            )
            .expect("changed");
        let parts = [
            "tile 0/0/0: no vector tile",
            "zoom 3, column 8, row 0",
            "zooms: 0 to 12 are told, expected 0 to 9",
            "zoom \"x\", column 0, row 0, expected integers",
        ];
        let told = verified(&path).faults.join("\n");
        for part in parts {
            assert!(told.contains(part), "{part}: {told}");
        }
        database.execute_batch("UPDATE metadata SET value = '3' WHERE name = 'maxzoom'").expect("changed");
        assert!(verified(&path).faults.join("\n").contains("zoom 9, expected 0 to 3"));
        // An index that lets an address come again, also where it is in another order and by columns without a type.
        let odd = "DROP VIEW tiles; CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data);
             CREATE INDEX i ON tiles (tile_row, tile_column, zoom_level);
             INSERT INTO tiles SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id) WHERE zoom_level < 3;
             INSERT INTO tiles SELECT * FROM tiles WHERE zoom_level = 1 AND tile_column = 1;
             INSERT INTO tiles VALUES ('2', '1', '1', x'1a00');";
        database.execute_batch(odd).expect("changed");
        let twice: i64 = database
            .query_row("SELECT count(*) FROM tiles WHERE zoom_level = 1 AND tile_column = 1", [], |row| row.get(0))
            .expect("SQL");
        drop(database);
        let told = verified(&path).faults.join("\n");
        assert_eq!(told.matches("tile 1/1/").count() as i64, twice / 2, "{told}");
        assert!(
            told.contains(": it comes again")
                && told.contains("zoom \"2\", column \"1\", row \"1\", expected integers"),
            "{told}"
        );
    }

    #[test]
    fn tiles_of_very_many_features_are_looked_at_one_after_the_other() {
        let packed = |features: usize| {
            let layer = [&[0x0a, 1, b'a', 0x78, 2][..], &[0x12u8, 0].repeat(features)].concat();
            let mut tile = Vec::new();
            prost::encoding::bytes::encode(3, &layer, &mut tile);
            Lying { bytes: export::packed::gzip(&tile), packing: Packing::Gzip }
        };
        assert!(beside_others(&packed(1000)).is_some());
        let many = packed(MANY);
        assert!(many.bytes.len() < 10_000 && beside_others(&many).is_none());
        // Their faults are told as those of others.
        let told = sound(&many, &BTreeSet::from(["b"]), &Mutex::new(())).expect_err("another layer");
        assert!(told.to_string().contains("it has a layer \"a\", expected"), "{told}");
    }

    #[test]
    fn tiles_that_are_large_do_not_wait_for_many_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.pmtiles");
        exported(&path);
        let archive = Archive::open("a", &path).expect("it opens");
        let mut look = Look {
            archive: &archive,
            known: BTreeSet::new(),
            found: Found::default(),
            zooms: None,
            waiting: Vec::new(),
            bytes: 0,
            progress: &(),
            go_on: &|| true,
        };
        for at in 1..=5 {
            let lying = Lying { bytes: vec![0; WAITING / 3 + 1], packing: Packing::Plain };
            look.tile(TileId::WORLD, lying).expect("goes on");
            assert_eq!(look.waiting.len(), at % 3);
        }
        look.tiles().expect("goes on");
        assert_eq!((look.found.distinct, look.found.count), (5, 5));
    }
}
