//! Reads a folder of tiles: z/x/y.mvt or .pbf, packed or not, and metadata.json beside them, as `duotile export`, tippecanoe and
//! mbutil write it. Paths are made of numbers alone.

use super::{Facts, Lying, MOST, Packing};
use anyhow::{Context as _, Result, bail, ensure};
use duotile_core::{MAX_ZOOM, TileId};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

/// The file that tells of the tiles.
pub const METADATA: &str = "metadata.json";
/// Bytes that it may have.
const MOST_METADATA: u64 = 16 << 20;
/// How files of tiles end.
const ENDINGS: [&str; 2] = ["mvt", "pbf"];

/// A folder that is open.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Whether a path is a folder of tiles: with metadata, and the folder of a zoom.
    pub fn is_one(path: &Path) -> bool {
        path.join(METADATA).is_file() && (0..=MAX_ZOOM).any(|z| zoom(path, z).is_dir())
    }

    /// Opens a folder, whose metadata are a file of so many bytes.
    ///
    /// # Errors
    /// What is wrong with these.
    pub fn open(path: &Path, file: &File, size: u64) -> Result<(Self, Facts)> {
        ensure!(size <= MOST_METADATA, "its {METADATA} has {size} bytes, expected at most {MOST_METADATA}");
        let mut text = Vec::new();
        file.take(MOST_METADATA).read_to_end(&mut text).with_context(|| format!("its {METADATA} cannot be read"))?;
        let told = serde_json::from_slice(&text).with_context(|| format!("its {METADATA}: expected JSON"))?;
        let Value::Object(told) = told else { bail!("its {METADATA} is no object of JSON") };
        let format = told.get("format").and_then(Value::as_str).map_or_else(|| "pbf".into(), str::to_ascii_lowercase);
        let facts = Facts::named(told, || Ok(filled(path)))?;
        Ok((Self { path: path.to_owned() }, Facts { kind: super::kind(&format), ..facts }.sound()))
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// When its file is damaged, or no file.
    pub fn tile(&self, tile: TileId) -> Result<Option<Lying>> {
        let column = zoom(&self.path, tile.z()).join(tile.x().to_string());
        for ending in ENDINGS {
            let path = column.join(format!("{}.{ending}", tile.y()));
            match fs::metadata(&path) {
                Ok(about) => {
                    ensure!(about.is_file(), "{} is no file", path.display());
                    return lying(&path);
                }
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(error).with_context(|| path.display().to_string()),
            }
        }
        Ok(None)
    }

    /// The tile that a file is by its name: its column and row are those of its folder and of itself.
    pub fn named(z: u8, x: u32, file: &Path) -> Option<TileId> {
        ENDINGS.contains(&file.extension()?.to_str()?).then_some(())?;
        TileId::new(z.into(), x, number(file.file_stem()?.to_str()?)?).ok()
    }
}

/// A number as it stands in a path, which is written in one way.
pub fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}

/// The bytes of a file of a tile; none where it is empty.
///
/// # Errors
/// When it cannot be read, or has too many.
pub fn lying(path: &Path) -> Result<Option<Lying>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes));
    read.with_context(|| path.display().to_string())?;
    ensure!(bytes.len() as u64 <= MOST, "{} has more than {MOST} bytes, which is the most", path.display());
    let packing = Packing::seen(&bytes);
    Ok((!bytes.is_empty()).then_some(Lying { bytes, packing }))
}

fn zoom(path: &Path, z: u8) -> PathBuf {
    path.join(z.to_string())
}

/// The first and the last zoom that has a folder.
fn filled(path: &Path) -> [u8; 2] {
    let some: Vec<u8> = (0..=MAX_ZOOM).filter(|&z| zoom(path, z).is_dir()).collect();
    [some.first().copied().unwrap_or(0), some.last().copied().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::archive::{Archive, verify};

    #[test]
    fn tiles_are_read_as_they_lie_there_whatever_packs_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let put = |name: &str, bytes: &[u8]| {
            let file = path.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            fs::write(file, bytes).expect("written");
        };
        // A layer "a" without features.
        let plain = [0x1a, 5, 0x78, 2, 0x0a, 1, b'a'];
        let packed = crate::export::packed::gzip(&plain);
        assert!(!Archive::is_one(path));
        put("metadata.json", br#"{"minzoom":"0","maxzoom":"1","json":"{\"vector_layers\":[{\"id\":\"a\"}]}"}"#);
        assert!(!Archive::is_one(path));
        put("0/0/0.mvt", &plain);
        put("1/0/1.pbf", &packed);
        put("1/1/1.pbf", &[]);
        assert!(Archive::is_one(path));
        let archive = Archive::open("a", path).expect("it opens");
        let tile = |z, x, y| archive.tile(TileId::new(z, x, y).expect("valid")).expect("sound");
        assert_eq!(tile(0, 0, 0), Some(Lying { bytes: plain.to_vec(), packing: Packing::Plain }));
        assert_eq!(tile(1, 0, 1), Some(Lying { bytes: packed, packing: Packing::Gzip }));
        assert_eq!([tile(1, 1, 1), tile(1, 0, 0), tile(9, 0, 0)], [None, None, None]);
        assert_eq!((archive.facts().zooms, archive.facts().layers().collect::<Vec<_>>()), ([0, 1], vec!["a"]));
        let found = verify(path, &(), &|| true).expect("it opens");
        assert_eq!((found.tiles, found.distinct, found.count), (3, 2, 0), "{found:?}");

        put("1/0/01.pbf", &plain);
        put("1/0/1.mvt", &plain);
        put("1/2/0.mvt", &plain);
        put("2/0/0.mvt", &[1]);
        put("1/notes.txt", b"");
        let told = verify(path, &(), &|| true).expect("it opens").faults.join("\n");
        for part in [
            "1/0/01.pbf: ",
            "tile 1/0/1: it comes again, as ",
            "1/2: ",
            "1/notes.txt: ",
            "tile 2/0/0: zoom 2, expected 0 to 1",
            "tile 2/0/0: no vector",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        fs::remove_file(path.join("0/0/0.mvt")).expect("gone");
        fs::create_dir(path.join("0/0/0.mvt")).expect("made");
        let error = format!("{:#}", archive.tile(TileId::WORLD).expect_err("a folder"));
        assert!(error.contains("0.mvt is no file"), "{error}");
    }
}
