//! Arrow: dictionaries that grow or are replaced, names that are the same, numbers that Polars is not built for.
//!
//! The files are small ones that pyarrow wrote, whole and by their bytes.

use super::*;

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
