//! The module where pages run it: in a worker of a browser.
#![cfg(target_arch = "wasm32")]

use duotile_wasm::Tiler;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::DedicatedWorkerGlobalScope;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().dyn_into().expect("the scope of a worker")
}

#[wasm_bindgen_test]
fn a_worker_cuts_tiles_without_a_page() {
    let scope = scope();
    assert!(!scope.navigator().user_agent().expect("a browser").is_empty());
    let rows = 100_000u32;
    let lon: Vec<f64> =
        (0..rows).map(|row| f64::from(row.wrapping_mul(0x9e37_79b9)) / 4_294_967_296.0 * 360.0 - 180.0).collect();
    let lat: Vec<f64> = (0..rows).map(|row| f64::from(row % 1600) / 10.0 - 80.0).collect();
    let clock = scope.performance().expect("a clock");
    let start = clock.now();
    let mut tiler = Tiler::new("p", &lon, &lat).expect("fits");
    let tile = tiler.tile(0, 0, 0, "mode=cells").expect("a good query");
    assert!(clock.now() >= start);
    assert!(tile.len() > 10_000, "{} bytes", tile.len());
    // What a page would be sent: bytes of their own, which can be transferred.
    let sent = js_sys::Uint8Array::new_from_slice(&tile);
    scope.post_message_with_transfer(&sent, &js_sys::Array::of1(&sent.buffer())).expect("sent");
    assert_eq!(JsValue::from(sent.length()), 0, "transferred, not copied");
}
