//! Arrow: dictionaries that grow or are replaced, names that are the same, numbers that Polars is not built for.
//!
//! The files are small ones that pyarrow wrote, whole and by their bytes.

use super::*;
use polars_core::prelude::Categories;
use polars_io::ipc::IpcCompression;
use polars_utils::compression::ZstdLevel;

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/points/read/tests/files/");

fn load_file(name: &str) -> Dataset {
    read(&[PathBuf::from(format!("{FILES}{name}"))], &Options::default(), &()).expect(name)
}

#[test]
fn dictionaries_that_grow_or_are_replaced_are_read() {
    for name in ["delta.arrow", "delta.arrows"] {
        assert_eq!(values(&load_file(name), "word"), ["a", "b", "a", "c", "a", "-", "d", "b", "c"], "{name}");
    }
    assert_eq!(values(&load_file("replaced.arrows"), "word"), ["a", "b", "a", "y", "x", "y"]);
}

#[test]
fn columns_of_one_name_are_told_apart_and_wide_decimals_are_numbers() {
    let bytes = fs::read(format!("{FILES}twice.arrow")).expect("there");
    // The file is a stream with a mark before it and a footer behind it.
    let end = bytes.len() - 10 - u32::from_le_bytes(*bytes[bytes.len() - 10..].first_chunk().expect("four")) as usize;
    let stream = load_with("twice.arrows", &bytes[8..end], &Options::default()).expect("reads");
    for dataset in [load_file("twice.arrow"), stream] {
        assert_eq!(
            (values(&dataset, "v"), values(&dataset, "v_2")),
            (["1", "2", "3"].map(String::from).to_vec(), ["x", "y", "z"].map(String::from).to_vec())
        );
        assert!(says(&dataset, "two columns are called \"v\"; the second is \"v_2\" here"));
        assert_eq!(values(&dataset, "wide"), ["1.2345678901234568e43", "-", "-0.25"]);
        assert_eq!(values(&dataset, "half"), ["1.5", "-", "-2.0"]);
        assert!(says(&dataset, "column \"wide\": 1 numbers have more digits than are kept of them, such as 12345678"));
    }
}

#[test]
fn wide_decimals_keep_all_digits_as_texts_and_none_is_lost_where_none_may_be() {
    let path = [PathBuf::from(format!("{FILES}twice.arrow"))];
    let texts = Options { types: vec![("wide".into(), Type::Text)], ..Options::default() };
    let dataset = read(&path, &texts, &()).expect("reads");
    let [wide, none, quarter] = &values(&dataset, "wide")[..] else { panic!("three rows") };
    // The nearest double to it is 12345678901234567xxx….
    assert!(wide.starts_with("12345678901234567") && wide.len() > 40 && none == "-", "{wide}");
    assert_eq!(quarter.trim_end_matches('0'), "-0.25");
    let error = read(&path, &Options { strict: true, ..Options::default() }, &()).expect_err("is refused");
    assert!(error.to_string().contains("--strict loses none (--type wide=text"), "{error}");
}

#[test]
fn what_is_cut_off_or_damaged_says_so_and_never_panics() {
    for name in ["delta.arrow", "delta.arrows"] {
        let bytes = fs::read(format!("{FILES}{name}")).expect("there");
        let error = error_of(name, &bytes[..bytes.len() * 2 / 3], &Options::default());
        assert!(error.contains("cut off"), "{name}: {error}");
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << (at % 8);
            let _ = load_with(name, bad, &Options::default());
        }
    }
}

/// Polars makes room for what a packed buffer says it unpacks to: 2^60 bytes ended the program.
#[test]
fn buffers_that_say_they_unpack_to_more_than_data_does_are_refused() {
    let rows = 0..1000;
    let words: Vec<Option<String>> =
        rows.clone().map(|row| (row % 3 > 0).then(|| format!("word {}", row % 50))).collect();
    let words = Column::new("word".into(), words);
    let category = words.cast(&DataType::from_categories(Categories::global())).expect("categories");
    let numbers: Vec<Option<f64>> = rows.map(|row| (row % 7 > 0).then(|| f64::from(row) / 100.0)).collect();
    let number = |name: &str| Column::new(name.into(), &numbers);
    let mut table = frame(vec![number("lon"), number("lat"), words, category.with_name("category".into())]);
    for (packing, mark) in [
        (IpcCompression::LZ4, [4, 0x22, 0x4d, 0x18]),
        (IpcCompression::ZSTD(ZstdLevel::default()), [0x28, 0xb5, 0x2f, 0xfd]),
    ] {
        let mut bytes = Vec::new();
        IpcWriter::new(&mut bytes).with_compression(Some(packing)).finish(&mut table).expect("written");
        let whole = load_with("a.arrow", &bytes, &Options::default()).expect("reads");
        assert_eq!(values(&whole, "category"), values(&whole, "word"));
        let packed: Vec<usize> = (8..bytes.len()).filter(|&at| bytes[at..].starts_with(&mark)).collect();
        // Bits and values of all columns, and those of the dictionary.
        assert!(packed.len() > 6, "{packed:?}");
        for at in packed {
            for said in [1i64 << 60, 3_000_000_000] {
                let mut bad = bytes.clone();
                bad[at - 8..at].copy_from_slice(&said.to_le_bytes());
                let error = error_of("a.arrow", bad, &Options::default());
                assert!(error.contains("its data unpacks to more than 250 times its length"), "{at}: {error}");
            }
        }
    }
}

#[test]
fn buffers_that_lie_beyond_the_data_of_their_message_are_refused() {
    let bytes = arrow(sample(), false);
    // The lengths of both columns of positions, and whatever is as long.
    let lengths: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&32i64.to_le_bytes())).collect();
    let mut refused = 0;
    for at in lengths {
        for said in [1i64 << 50, -1, i64::MAX] {
            let mut bad = bytes.clone();
            bad[at..at + 8].copy_from_slice(&said.to_le_bytes());
            let done = load_with("a.arrow", bad, &Options::default()).map_err(|error| format!("{error:#}"));
            refused += usize::from(done.is_err_and(|error| error.contains("a buffer of it lies beyond its data")));
        }
    }
    assert!(refused >= 6, "{refused}");
}
