//! The class as JavaScript sees it: typed arrays in, bytes, objects and errors out. Runs in Node and in a browser.
#![cfg(target_arch = "wasm32")]

use duotile_wasm::Tiler;
use js_sys::{Array, JSON, Reflect, Uint16Array, Uint32Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn tiler() -> Tiler {
    let mut tiler = said(Tiler::new("places", &[13.4, 2.35, 0.0], &[52.5, 48.85, 95.0])).expect("fits");
    said(tiler.add_f64("people", &[3.7, f64::NAN, 1.0], None)).expect("fits");
    tiler
}

/// What JavaScript would read in the error.
fn said<T>(result: Result<T, JsValue>) -> Result<T, String> {
    result.map_err(|error| error.unchecked_into::<js_sys::Error>().message().into())
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

/// An object as JSON.
fn json(value: &JsValue) -> String {
    JSON::stringify(value).expect("plain").into()
}

/// JSON as an object.
fn parse(text: &str) -> JsValue {
    JSON::parse(text).expect("JSON")
}

#[wasm_bindgen_test]
fn a_tile_comes_out_and_an_empty_one_is_empty() {
    let mut tiler = tiler();
    let tile = said(tiler.tile(0, 0, 0, "")).expect("a good query");
    assert!(tile.windows(6).any(|bytes| bytes == b"places"), "the layer has the name");
    assert_eq!(json(&tiler.last_report()), r#"{"features":2,"rows":2,"omitted":0,"cells":false}"#);
    assert_eq!(said(tiler.tile(4, 0, 0, "")), Ok(Vec::new()));
    assert_eq!(get(&tiler.last_report(), "rows"), 0.0);
}

#[wasm_bindgen_test]
fn columns_of_every_kind_are_told_as_the_server_tells_them() {
    let mut tiler = said(Tiler::new("p", &[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0])).expect("fits");
    said(tiler.add_i32("id", &[3, 1, 2], None)).expect("fits");
    said(tiler.add_i64("big", &[1 << 60, 0, 0], Some(vec![0b011]))).expect("fits");
    said(tiler.add_f32("small", &[0.1, -0.0, f32::NAN], None)).expect("fits");
    said(tiler.add_bool("open", &[0b101], Some(vec![0b110]))).expect("fits");
    said(tiler.add_time("ts", &[0, 1_704_067_200_500_000, -1], None)).expect("fits");
    let codes = Uint16Array::new_from_slice(&[1, 0, 9]);
    said(tiler.add_text("word", &codes, "ab".as_bytes(), &[0, 1, 2], None)).expect("fits");
    said(tiler.set_roles(Some("id".into()), Some("ts".into()), None)).expect("fit");
    let schema = tiler.schema().expect("told");
    assert_eq!(get(&schema, "rows"), 3.0);
    assert_eq!(get(&schema, "unusable"), 0.0);
    let told: Vec<String> =
        get(&schema, "columns").unchecked_into::<Array>().iter().map(|column| json(&column)).collect();
    assert_eq!(
        told[..3],
        [
            r#"{"name":"id","type":"integer","in_tiles":"number","present":3,"nulls":0,"min":1,"max":3,"distinct":3,"categories":[{"value":1,"count":1},{"value":2,"count":1},{"value":3,"count":1}],"role":"id"}"#,
            r#"{"name":"big","type":"integer","in_tiles":"text","present":2,"nulls":1,"min":0,"max":"1152921504606846976","distinct":2,"categories":[{"value":0,"count":1},{"value":"1152921504606846976","count":1}]}"#,
            r#"{"name":"small","type":"number","in_tiles":"number","present":2,"nulls":1,"min":0,"max":0.1}"#,
        ]
    );
    assert_eq!(
        told[3..],
        [
            r#"{"name":"open","type":"boolean","in_tiles":"boolean","present":2,"nulls":1,"min":false,"max":true,"distinct":2,"categories":[{"value":false,"count":1},{"value":true,"count":1}]}"#,
            r#"{"name":"ts","type":"time","in_tiles":"milliseconds since 1970-01-01T00:00:00Z","present":3,"nulls":0,"min":"1969-12-31T23:59:59.999999Z","max":"2024-01-01T00:00:00.5Z","role":"time"}"#,
            r#"{"name":"word","type":"text","in_tiles":"text","present":2,"nulls":1,"distinct":2,"categories":[{"value":"a","count":1},{"value":"b","count":1}]}"#,
        ]
    );
    let rows = tiler.rows("filter=open&datetime=2024-01-01/..", &parse("{}")).expect("told");
    assert_eq!(get(&rows, "numberMatched"), 0.0);
    let rows =
        tiler.rows("properties=word,big", &parse(r#"{"cell":1,"tile":[0,0,0],"offset":1,"limit":1}"#)).expect("told");
    let feature = get(&rows, "features").unchecked_into::<Array>().get(0);
    assert_eq!(get(&rows, "numberMatched"), 3.0);
    assert_eq!(
        json(&feature),
        r#"{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[2,2]},"properties":{"big":0,"word":"a"}}"#
    );
}

#[wasm_bindgen_test]
fn what_a_query_means_is_told() {
    let mut tiler = tiler();
    let told = tiler.describe("agg=mean:people&filter=people > 3").expect("a good query");
    assert_eq!(get(&told, "canonical"), "agg=mean:people&filter=people%20%3E%203");
    assert_eq!(get(&told, "rows"), 1.0);
    assert_eq!(get(&told, "pointsMinzoom"), 0.0);
    assert_eq!(
        json(&get(&told, "properties")),
        r#"[{"property":"point_count","type":"Number","measure":"count","on":"cells"},{"property":"people_mean","type":"Number","measure":"mean","column":"people","on":"cells"},{"property":"people","type":"Number","column":"people","on":"rows"}]"#
    );
    let [west, _, east, _] = [0, 1, 2, 3].map(|side| get(&told, "bounds").unchecked_into::<Array>().get(side).as_f64());
    assert!(west.is_some_and(|west| (west - 2.35).abs() < 1e-6) && east.is_some_and(|east| (east - 13.4).abs() < 1e-6));
    let told = tiler.stats("people", "", 2).expect("a column");
    assert_eq!(json(&get(&told, "histogram")), r#"{"edges":[3.7,3.7],"counts":[1]}"#);
    assert_eq!((get(&told, "rows"), get(&told, "nulls")), (2.0.into(), 1.0.into()));
    let told = tiler.cells("mode=cells&agg=max:people", "people_max", 3).expect("a measure");
    assert_eq!(
        (get(&told, "z"), get(&told, "cells"), json(&get(&told, "range"))),
        (0.0.into(), 2.0.into(), "[3.7,3.7]".into())
    );
    let legend = tiler.legend("mode=cells", None, None).expect("a good query").unchecked_into::<Array>();
    assert_eq!((legend.length(), get(&legend.get(0), "property")), (1, "point_count".into()));
}

#[wasm_bindgen_test]
fn a_subset_goes_by_the_facts_of_the_full_dataset() {
    let mut tiler = said(Tiler::from_keys("p", &[7, 3], &[10, 20])).expect("fits");
    said(tiler.add_text("w", &Uint32Array::new_from_slice(&[0, 1]), b"ab", &[0, 1, 2], None)).expect("fits");
    let full = parse(
        r#"{"present":9,"nulls":1,"range":["a","b"],"distinct":2,"categories":[["b",5],["a",4]],"text_bytes":9}"#,
    );
    said(tiler.set_facts("w", &full)).expect("fit");
    let told = get(&tiler.describe("by=w&mode=cells").expect("a good query"), "properties").unchecked_into::<Array>();
    let names: Vec<JsValue> = told.iter().map(|info| get(&info, "property")).collect();
    assert_eq!(names, ["point_count", "w_b", "w_a", "w_null"]);
    // Of the rows that are held.
    assert_eq!(get(&tiler.stats("w", "", 20).expect("a column"), "present"), 2.0);
    let rows = tiler.rows("", &JsValue::UNDEFINED).expect("told");
    let ids = get(&rows, "features").unchecked_into::<Array>();
    assert_eq!((get(&ids.get(0), "id"), get(&ids.get(1), "id")), (20.0.into(), 10.0.into()));
    assert_eq!(said(Tiler::covers("filter=a > 1", "filter=a > 2", false, 0, 0, 0)), Ok(true));
    assert_eq!(said(Tiler::covers_all("bbox=0,0,10,10", "")), Ok(false));
}

#[wasm_bindgen_test]
fn errors_carry_the_text_that_says_what_to_do() {
    let wrong = said(Tiler::new("p", &[1.0, 2.0], &[1.0])).expect_err("unequal");
    assert_eq!(wrong, "2 longitudes and 1 latitudes, expected as many of each");
    let wrong = said(Tiler::from_keys("p", &[1, 2], &[1])).expect_err("unequal");
    assert_eq!(wrong, "2 keys and 1 row numbers, expected as many of each");
    let wrong = said(tiler().add_f64("people", &[1.0; 3], None)).expect_err("taken");
    assert_eq!(wrong, "column people is there already, expected another name");
    let wrong = said(tiler().add_f64("more", &[1.0], None)).expect_err("too short");
    assert_eq!(wrong, "column more has 1 values, expected 3, one for each position");
    let wrong = said(tiler().add_text("w", &Array::new(), b"", &[], None)).expect_err("no codes");
    assert_eq!(wrong, "codes must be a Uint8Array, Uint16Array or Uint32Array");
    let wrong = said(tiler().tile(1, 2, 0, "")).expect_err("outside");
    assert_eq!(wrong, "no tile 1/2/0: at zoom 1, x and y are 0 to 1");
    let wrong = said(tiler().stats("people", "", 0).map(|_| ())).expect_err("no bins");
    assert_eq!(wrong, "0 bins, expected 1 to 1000");
    for odd in [r#"{"tile":[1,2]}"#, r#"{"tile":[0,0,1]}"#, r#"{"cell":0}"#, r#"{"limit":-1}"#, r#"{"limit":10001}"#] {
        assert!(tiler().rows("", &parse(odd)).is_err(), "{odd}");
    }
    for odd in ["{}", "3", r#"{"present":1,"nulls":1,"range":[3.7]}"#, r#"{"present":1,"nulls":1,"categories":[1]}"#] {
        assert!(said(tiler().set_facts("people", &parse(odd))).expect_err(odd).contains("present"), "{odd}");
    }
    let wrong = tiler().tile(0, 0, 0, "filter=people > 1 AND peple > 3").expect_err("no such column");
    assert_eq!((get(&wrong, "parameter"), get(&wrong, "position")), ("filter".into(), 15.0.into()));
    assert_eq!(get(&wrong, "hint"), "did you mean \"people\"?");
    let wrong = said(Err::<(), _>(wrong)).expect_err("as above");
    assert!(wrong.contains("peple") && wrong.contains("people"), "{wrong}");
    let mut after = tiler();
    assert!(said(after.tile(0, 0, 0, "colour=red")).is_err());
    assert!(said(after.tile(0, 0, 0, "")).is_ok(), "the tiler goes on after an error");
}
