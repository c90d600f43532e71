//! A file that is not as it was written is refused in one line, or the change is of no account. Nothing panics.

use crate::support::{built, inputs, open, refused, small, tiles};
use duotile::{prepared::verify, read::Options};
use std::{fs, path::Path};

const QUERIES: [&str; 2] = ["agg=mean:fare,max:pickup_time&by=kind", "mode=points&properties=*"];

/// Length of the seal, which ends where the footer begins.
const SEAL: usize = 72;

fn footer(bytes: &[u8]) -> usize {
    let (rest, _) = bytes.split_at(bytes.len() - 6);
    let (rest, length) = rest.split_last_chunk::<4>().expect("a length");
    rest.len() - i32::from_le_bytes(*length) as usize
}

#[test]
fn a_file_that_was_cut_is_refused_at_any_length() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(small(folder.path())).expect("there");
    let cut = folder.path().join("cut.arrow");
    let lengths = (0..bytes.len()).step_by(97).chain([1, 6, 8, bytes.len() - 1, bytes.len() - 6, bytes.len() - 10]);
    for length in lengths.chain((1..300).map(|back| bytes.len() - back)) {
        fs::write(&cut, &bytes[..length]).expect("written");
        let line = refused(&cut);
        assert!(line.contains("cut.arrow") || line.contains("cut off"), "{length} bytes: {line}");
        // The rest as a copy that was broken off leaves it.
        let mut padded = bytes[..length].to_vec();
        padded.resize(bytes.len(), 0);
        fs::write(&cut, &padded).expect("written");
        let line = refused(&cut);
        assert!(padded == bytes || line != "it opens", "{length} bytes, then zeros");
    }
    fs::write(&cut, [&bytes[..], b"more"].concat()).expect("written");
    assert!(refused(&cut).contains("cut off, or its end has changed"), "{}", refused(&cut));
}

#[test]
fn a_changed_byte_is_refused_or_of_no_account() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(small(folder.path())).expect("there");
    let path = folder.path().join("small.arrow");
    let expected = tiles(&open(&path).expect("whole"), &QUERIES);
    let seal = footer(&bytes) - SEAL;
    let mut harmless = 0;
    let everywhere = (0..bytes.len()).step_by(61).chain(0..700).chain(seal - 300..bytes.len());
    for at in everywhere {
        for flip in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            fs::write(&path, &changed).expect("written");
            match open(&path) {
                Err(error) => assert!(!format!("{error:#}").contains('\n'), "{error:#}"),
                Ok(dataset) => {
                    assert!(tiles(&dataset, &QUERIES) == expected, "byte {at} changes tiles");
                    harmless += 1;
                }
            }
        }
    }
    assert!(harmless < 400, "only what fills up buffers is of no account: {harmless}");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = small(folder.path());
    let bytes = fs::read(&path).expect("there");
    let seal = footer(&bytes) - SEAL;
    let with = |at: usize, value: &[u8]| {
        let mut changed = bytes.clone();
        changed[at..at + value.len()].copy_from_slice(value);
        fs::write(&path, &changed).expect("written");
        refused(&path)
    };
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight")) as usize;
    let (head, description) = (word(seal + 16), word(seal + 24));
    for (at, value, expected) in [
        (seal + 8, &7u32.to_le_bytes()[..], "it is of format 7, this program reads formats 1 and 2; build it anew"),
        (seal + 16, &[0xff; 3], "its seal has changed"),
        (200, b"#", "its schema or dictionaries have changed"),
        (head, b"\xff\xff\xff", "its keys have changed"),
        (description + 20, b"#", "its description has changed"),
        (seal + SEAL + 30, b"##", "its footer has changed"),
        (bytes.len() - 8, b"\x7f", "cut off, or its end has changed"),
    ] {
        let line = with(at, value);
        let expected = expected.split("; ").collect::<Vec<_>>();
        assert!(expected.iter().all(|part| line.contains(part)), "{line}");
        assert!(line.contains("small.arrow is a prepared file that cannot be used"), "{line}");
    }
    assert_eq!(with(0, b"A"), "it opens");
}

#[test]
fn a_change_that_opening_does_not_look_for_is_found_by_verifying_and_is_no_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("large.arrow");
    built(&inputs(folder.path(), 200_000), &Options::default(), &out, 1 << 28).expect("built");
    verify(&out, &()).expect("undamaged");
    let mut bytes = fs::read(&out).expect("there");
    let seal = footer(&bytes) - SEAL;
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight")) as usize;
    let (at, length) = (word(seal + 24), word(seal + 32));
    let description: serde_json::Value = serde_json::from_slice(&bytes[at..at + length]).expect("JSON");
    let column = description["columns"].as_array().expect("columns").iter().find(|column| column["name"] == "street");
    let values = column.expect("there")["values"]["at"].as_u64().expect("a place") as usize;
    // Between the first and the second page of the sample: a code that no text has.
    bytes[values + 5000..values + 5100].fill(0xff);
    fs::write(&out, &bytes).expect("written");
    tiles(&open(&out).expect("opens"), &["by=street&mode=cells", "mode=points&properties=*&limit=100000"]);
    let line = format!("{:#}", verify(&out, &()).expect_err("damaged"));
    assert!(line.contains("large.arrow") && line.contains("its values of column \"street\" have changed"), "{line}");
}

#[test]
fn other_arrow_files_are_read_as_before_and_prepared_ones_only_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let foreign = folder.path().join("foreign.arrow");
    duotile::generate::generate(1000, 1, &foreign, &()).expect("written");
    assert_eq!(open(&foreign).expect("read").len(), 1000);
    let prepared = small(folder.path());
    let both = duotile::wanted::open(&[foreign, prepared.clone()], &Options::default(), &());
    let line = format!("{:#}", both.expect_err("refused"));
    assert!(line.contains("small.arrow is a prepared file"), "{line}");
    let again = built(&[prepared], &Options::default(), &folder.path().join("b.arrow"), 1 << 20);
    assert!(format!("{:#}", again.expect_err("refused")).contains("is a prepared file"));
    let line = format!("{:#}", verify(Path::new("nothing.arrow"), &()).expect_err("refused"));
    assert!(line.contains("cannot open nothing.arrow"), "{line}");
}
