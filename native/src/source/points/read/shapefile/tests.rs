use super::*;
use crate::read::archive::Archive;

const SHAPES: &[u8] = include_bytes!("../tests/files/shapes.zip");

fn parts(layer: &str) -> Parts {
    Parts::zipped(&Archive::open(Content::Static(SHAPES)).expect("opens"), Some(layer), None).expect("there")
}

fn all(parts: Parts) -> Result<usize> {
    let mut file = Shapefile::open(parts, &Options::default(), &mut Vec::new())?;
    let columns: Vec<_> = (0..file.fields().len()).map(|at| (at, None)).collect();
    let mut rows = 0;
    file.chunks(&columns, &mut |frame| {
        rows += frame.height();
        Ok(())
    })?;
    Ok(rows)
}

type Part = fn(&mut Parts) -> &mut Content;

/// The files that are broken.
const PARTS: [Part; 3] = [
    |parts| &mut parts.shapes,
    |parts| parts.index.as_mut().expect("there"),
    |parts| parts.table.as_mut().expect("there"),
];

#[test]
fn what_is_cut_off_or_broken_is_an_error_and_never_a_panic() {
    let layers = [("areas", 4), ("points", 3), ("several", 1)];
    for (layer, rows) in layers {
        assert_eq!(all(parts(layer)).expect("reads"), rows);
        for (number, part) in PARTS.into_iter().enumerate() {
            let whole = part(&mut parts(layer)).as_ref().to_vec();
            let with = |bytes: Vec<u8>| {
                let mut parts = parts(layer);
                *part(&mut parts) = Content::Owned(std::sync::Arc::new(bytes));
                all(parts)
            };
            for end in 0..whole.len() {
                let read = with(whole[..end].to_vec());
                // Rows beyond a shorter index have a table still; a mark at the table's end may be missing.
                assert!(number > 0 || read.is_err(), "{layer} cut at {end}");
            }
            for at in 0..whole.len() {
                for bits in [0xff, 0x80, 1] {
                    let mut bytes = whole.clone();
                    bytes[at] ^= bits;
                    let _ = with(bytes);
                }
            }
        }
    }
}

#[test]
fn a_broken_archive_is_an_error_and_never_a_panic() {
    let open = |bytes: Vec<u8>| {
        let archive = Archive::open(Content::Owned(std::sync::Arc::new(bytes)))?;
        Parts::zipped(&archive, Some("areas"), None).map(|_| ())
    };
    for end in 0..SHAPES.len() {
        assert!(open(SHAPES[..end].to_vec()).is_err(), "cut at {end}");
    }
    for at in 0..SHAPES.len() {
        let mut bytes = SHAPES.to_vec();
        bytes[at] ^= 0xff;
        let _ = open(bytes);
    }
}
