//! The class as JavaScript sees it: typed arrays in, bytes and errors out. Runs in Node and in a browser.
#![cfg(target_arch = "wasm32")]

use duotile_wasm::Tiler;
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast as _, JsError, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn tiler() -> Tiler {
    let mut tiler = said(Tiler::new("places", &[13.4, 2.35, 0.0], &[52.5, 48.85, 95.0])).expect("fits");
    said(tiler.add_numbers("people", &[3.7, f64::NAN, 1.0])).expect("fits");
    tiler
}

/// What JavaScript would read in the error.
fn said<T>(result: Result<T, JsError>) -> Result<T, String> {
    result.map_err(|error| {
        let error: js_sys::Error = JsValue::from(error).unchecked_into();
        error.message().into()
    })
}

#[wasm_bindgen_test]
fn a_tile_comes_out_and_an_empty_one_is_empty() {
    let mut tiler = tiler();
    let tile = said(tiler.tile(0, 0, 0, "")).expect("a good query");
    assert!(tile.windows(6).any(|bytes| bytes == b"places"), "the layer has the name");
    assert_eq!(said(tiler.tile(4, 0, 0, "")), Ok(Vec::new()));
}

#[wasm_bindgen_test]
fn info_tells_what_is_held() {
    let info = tiler().info().expect("an object");
    let get = |key: &str| Reflect::get(&info, &key.into()).expect("is there");
    assert_eq!(get("name"), "places");
    assert_eq!(get("rows"), 2.0);
    assert_eq!(get("unusable"), 1.0);
    assert_eq!(get("columns").unchecked_into::<Array>().to_vec(), ["people"]);
}

#[wasm_bindgen_test]
fn errors_carry_the_text_that_says_what_to_do() {
    let wrong = said(Tiler::new("p", &[1.0, 2.0], &[1.0])).expect_err("unequal");
    assert_eq!(wrong, "2 longitudes and 1 latitudes, expected as many of each");
    let wrong = said(tiler().add_numbers("people", &[1.0])).expect_err("too short");
    assert_eq!(wrong, "column people has 1 values, expected 3, one for each position");
    let wrong = said(tiler().tile(1, 2, 0, "")).expect_err("outside");
    assert_eq!(wrong, "no tile 1/2/0: at zoom 1, x and y are 0 to 1");
    let wrong = said(tiler().tile(0, 0, 0, "filter=peple > 3")).expect_err("no such column");
    assert!(wrong.contains("peple") && wrong.contains("people"), "{wrong}");
    let mut after = tiler();
    assert!(said(after.tile(0, 0, 0, "colour=red")).is_err());
    assert!(said(after.tile(0, 0, 0, "")).is_ok(), "the tiler goes on after an error");
}
