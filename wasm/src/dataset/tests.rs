use super::*;
use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};
use duotile_core::{Codes, TileId, Values};

fn dataset() -> Dataset {
    Dataset::new("p", &[10.0, f64::NAN, -10.0], &[50.0, 0.0, -50.0]).expect("as many of each")
}

fn tile(dataset: &mut Dataset, query: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    dataset.tile_into(TileId::WORLD, query, &mut bytes).expect("a good query");
    bytes
}

#[test]
fn values_follow_their_positions_and_nan_is_null() {
    let mut dataset = dataset();
    dataset.add("v", Given::F64(&[1.5, 7.0, f64::NAN]), None).expect("one for each");
    assert_eq!((dataset.keys().len(), dataset.unusable()), (2, 1));
    let east = "filter=v = 1.5&mode=points";
    assert_eq!(tile(&mut dataset, east), tile(&mut dataset, "filter=lon > 0&mode=points"));
    assert_eq!(tile(&mut dataset, "filter=v IS NULL"), tile(&mut dataset, "filter=lon < 0"));
    assert!(tile(&mut dataset, "filter=v = 7").is_empty(), "a row without a position is in no tile");
}

#[test]
fn texts_are_what_their_words_say_in_whatever_order_words_come() {
    let mut dataset = dataset();
    let words = Words { bytes: b"bab", offsets: &[0, 1, 2, 3] };
    dataset.add("w", Given::Text { codes: &[1, 0, 2], words }, None).expect("one for each");
    let east = tile(&mut dataset, "filter=lon > 0");
    assert_eq!(tile(&mut dataset, "filter=w = 'a'"), east);
    assert_eq!(tile(&mut dataset, "filter=w < 'b'"), east);
    assert_ne!(tile(&mut dataset, "filter=w = 'b'"), east);
    let words = Words { bytes: b"", offsets: &[] };
    dataset.add("nulls", Given::Text { codes: &[0, 1, u32::MAX], words }, None).expect("one for each");
    assert!(tile(&mut dataset, "filter=nulls IS NOT NULL").is_empty());
}

#[test]
fn a_new_column_is_seen_by_a_query_that_was_cut_before() {
    let mut dataset = dataset();
    let before = tile(&mut dataset, "mode=points");
    dataset.add("v", Given::I32(&[1, 2, 3]), None).expect("one for each");
    assert_ne!(tile(&mut dataset, "mode=points"), before);
}

#[test]
fn a_made_column_is_what_a_query_would_make() {
    let mut dataset = dataset();
    dataset.add("v", Given::I32(&[6, 2, 3]), None).expect("one for each");
    let asked = tile(&mut dataset, "let=half:v/2,north:lat&mode=points&filter=half > 2");
    dataset.make("half = v / 2").expect("a formula");
    dataset.make("north = lat").expect("a formula");
    assert_eq!(tile(&mut dataset, "mode=points&filter=half > 2"), asked);
    assert_eq!(tile(&mut dataset, "mode=points&filter=half=3"), asked);
    for (text, expected) in
        [("half = v", "a column \"half\" already"), ("x = w", "no column \"w\""), ("x", "expected a name")]
    {
        let error = dataset.make(text).expect_err("none");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn codes_are_as_narrow_as_their_words_allow() {
    let words: Vec<String> = (0..70_000).map(|word| format!("{word:05}")).collect();
    for (count, width) in [(3usize, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)] {
        let bytes = words[..count].concat();
        let offsets: Vec<u32> = (0..=count as u32).map(|word| word * 5).collect();
        let mut dataset = Dataset::new("t", &[0.0, 1.0], &[0.0, 1.0]).expect("as many of each");
        let words = Words { bytes: bytes.as_bytes(), offsets: &offsets };
        dataset.add("w", Given::Text { codes: &[count as u32 - 1, 0], words }, None).expect("fits");
        let held = dataset.with("", |points, _, _| match points.columns()[0].values {
            Values::Text(Codes::U8(_), words) => (1, words.len()),
            Values::Text(Codes::U16(_), words) => (2, words.len()),
            Values::Text(Codes::U32(_), words) => (4, words.len()),
            _ => unreachable!("texts"),
        });
        assert_eq!(held, Ok((width, count)));
    }
}

#[test]
fn keys_in_any_order_are_the_same_dataset() {
    let (keys, rows) = ([9, 3, 9, 3, 70, 0], [5, 4, 2, 8, 0, 7]);
    let values = keys.map(|key| key as i32 * 10);
    let mut given = Dataset::from_keys("p", &keys, &rows).expect("as many of each");
    given.add("v", Given::I32(&values), Some(&[0b10_1111])).expect("fits");
    let mut pairs: Vec<(u64, u32)> = keys.into_iter().zip(rows).collect();
    pairs.sort_unstable();
    let (keys, rows): (Vec<u64>, Vec<u32>) = pairs.into_iter().unzip();
    let values: Vec<i32> = keys.iter().map(|&key| key as i32 * 10).collect();
    let mut sorted = Dataset::from_keys("p", &keys, &rows).expect("as many of each");
    // The last has no value.
    sorted.add("v", Given::I32(&values), Some(&[0b01_1111])).expect("fits");
    assert_eq!(given.keys(), keys);
    for query in ["", "mode=cells&agg=sum:v", "filter=v IS NULL"] {
        assert_eq!(tile(&mut given, query), tile(&mut sorted, query), "{query}");
    }
}

#[test]
fn a_query_of_before_is_answered_as_before() {
    let mut dataset = dataset();
    dataset.add("v", Given::I32(&[1, 2, 3]), None).expect("one for each");
    let queries: Vec<String> = (0..20).map(|least| format!("filter=v > {least}&mode=cells")).collect();
    let first: Vec<Vec<u8>> = queries.iter().map(|query| tile(&mut dataset, query)).collect();
    for (query, first) in queries.iter().zip(&first).rev().chain(queries.iter().zip(&first)) {
        assert_eq!(tile(&mut dataset, query), *first, "{query}");
    }
}

#[test]
fn arrays_that_do_not_fit_are_refused_with_the_numbers() {
    let said = |result: Result<(), BadInput>| result.expect_err("does not fit").to_string();
    assert_eq!(
        said(Dataset::new("p", &[1.0], &[]).map(drop)),
        "1 longitudes and 0 latitudes, expected as many of each"
    );
    assert_eq!(
        said(Dataset::from_keys("p", &[1], &[]).map(drop)),
        "1 keys and 0 row numbers, expected as many of each"
    );
    let mut dataset = dataset();
    let mut add = |given: Given<'_>, valid: Option<&[u8]>| said(dataset.add("v", given, valid));
    let expected = "expected 3, one for each position";
    assert_eq!(add(Given::F64(&[1.0]), None), format!("column v has 1 values, {expected}"));
    assert_eq!(add(Given::I64(&[1; 4]), None), format!("column v has 4 values, {expected}"));
    assert_eq!(add(Given::Bool(&[]), None), format!("column v has 0 bits of values, {expected}"));
    assert_eq!(add(Given::I32(&[1; 3]), Some(&[])), format!("column v has 0 bits of validity, {expected}"));
    let mut text =
        |bytes: &[u8], offsets: &[u32]| add(Given::Text { codes: &[0; 3], words: Words { bytes, offsets } }, None);
    let ascending = "expected ascending offsets";
    assert_eq!(text(b"ab", &[0, 2, 1]), format!("column v: word 1 lies at 2..1 of 2 bytes, {ascending}"));
    assert_eq!(text(b"ab", &[0, 3]), format!("column v: word 0 lies at 0..3 of 2 bytes, {ascending}"));
    assert_eq!(text(b"\xff", &[0, 1]), "column v: word 0 is not UTF-8, expected UTF-8");
    dataset.add("v", Given::I32(&[1; 3]), None).expect("one for each");
    assert_eq!(dataset.add("v", Given::I32(&[1; 3]), None), Err(BadInput::Taken("v".into())));
}

#[test]
fn columns_that_cannot_be_ids_or_times_are_refused() {
    let mut dataset = Dataset::new("p", &[1.0, 2.0], &[1.0, 2.0]).expect("as many of each");
    dataset.add("twice", Given::I32(&[7, 7]), None).expect("fits");
    dataset.add("below", Given::I64(&[7, -1]), None).expect("fits");
    dataset.add("gap", Given::I32(&[7, 8]), Some(&[1])).expect("fits");
    dataset.add("float", Given::F64(&[7.0, 8.0]), None).expect("fits");
    for (name, says) in [
        ("twice", "it has 7 more than once"),
        ("below", "it has -1, outside 0 to 9007199254740991"),
        ("gap", "some rows have no value"),
        ("float", "it is not of integers"),
        ("none", "there is no column none, expected one of twice, below, gap, float"),
    ] {
        let error = dataset.set_roles(Some(name), None, None).expect_err(name).to_string();
        assert!(error.contains(says), "{error}");
        assert!(dataset.set_roles(None, Some(name), None).is_err(), "{name} is not of times");
    }
}

#[test]
fn facts_of_another_column_are_refused() {
    let mut dataset = Dataset::new("p", &[1.0, 2.0], &[1.0, 2.0]).expect("as many of each");
    dataset.add("n", Given::I32(&[3, 5]), None).expect("fits");
    let words = Words { bytes: b"ab", offsets: &[0, 1, 2] };
    dataset.add("w", Given::Text { codes: &[0, 9], words }, None).expect("fits");
    let number = |value: i32| GivenScalar::Number(value.into());
    let good = GivenFacts {
        present: 9,
        nulls: 1,
        range: Some([number(1), number(7)]),
        distinct: Some(3),
        categories: vec![(number(5), 6), (number(3), 2)],
        text_bytes: 0,
        measured: false,
    };
    assert_eq!(dataset.set_facts("n", &good), Ok(()));
    let text = |text: &str| GivenScalar::Text(text.into());
    let mut refused = |name: &str, facts: GivenFacts, says: &str| {
        let error = dataset.set_facts(name, &facts).expect_err(says).to_string();
        assert!(error.contains(says), "{error}, expected {says}");
    };
    refused("x", good.clone(), "there is no column x");
    refused("n", GivenFacts { present: 1, ..good.clone() }, "tell of 1 values, expected at least the 2");
    refused("w", GivenFacts { nulls: 0, ..good.clone() }, "tell of 0 nulls, expected at least the 1");
    refused("n", GivenFacts { range: None, ..good.clone() }, "expected a range");
    refused("n", GivenFacts { range: Some([number(4), number(7)]), ..good.clone() }, "leaves out rows");
    refused("n", GivenFacts { range: Some([text("a"), number(7)]), ..good.clone() }, "\"a\", expected a whole number");
    refused("n", GivenFacts { distinct: None, ..good.clone() }, "2 categories of 0 distinct values");
    refused("n", GivenFacts { distinct: Some(10), ..good.clone() }, "of 10 distinct values of 9");
    refused("n", GivenFacts { categories: vec![(GivenScalar::Boolean(true), 1)], ..good.clone() }, "name true");
    refused("w", good.clone(), "name 1, expected a text");
    let range = Some([text("a"), text("z")]);
    refused("w", GivenFacts { range, categories: Vec::new(), ..good }, "\"z\", expected it among the words");
    // The column goes by what it had.
    let names = dataset.with("by=n&mode=cells", |_, selected, _| {
        selected.plan.shown().map(|(_, property)| property.name.clone()).collect::<Vec<_>>()
    });
    assert_eq!(names.expect("a good query"), ["point_count", "n_5", "n_3", "n_other", "n_null"]);
}

#[test]
fn a_query_has_columns_of_its_own_which_others_do_not_see() {
    let mut dataset = dataset();
    dataset.add("v", Given::F64(&[1.5, 7.0, 4.0]), None).expect("one for each");
    let east = tile(&mut dataset, "filter=v * 2 = 3&properties=");
    // Again and again, with others between.
    for _ in 0..2 {
        assert_eq!(tile(&mut dataset, "let=twice:v*2&filter=twice = 3&properties="), east);
        assert_eq!(tile(&mut dataset, "let=twice:v/2&filter=twice = 0.75&properties="), east);
        let refused = dataset.tile_into(TileId::WORLD, "filter=twice = 3", &mut Vec::new()).expect_err("unknown");
        assert!(refused.to_string().contains("no column \"twice\""), "{refused}");
        let taken = dataset.tile_into(TileId::WORLD, "let=v:v*2", &mut Vec::new()).expect_err("taken");
        assert!(taken.to_string().contains("a column \"v\" already"), "{taken}");
    }
    let names = dataset.with("let=twice:v*2&agg=max:twice", |points, selected, _| {
        assert_eq!(points.columns().len(), 2);
        selected.plan.properties().iter().map(|property| property.name.clone()).collect::<Vec<_>>()
    });
    assert_eq!(names.expect("a good query"), ["point_count", "twice_max", "v", "twice"]);
    assert_eq!(dataset.columns.len(), 1);
}
