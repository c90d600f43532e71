use super::*;
use duotile_core::TileId;

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
