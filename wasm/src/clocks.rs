//! The clocks of zones, as JavaScript's `Intl` knows them: a name and a span of time enter, the changes of its clock leave.

use crate::object::New;
use alloc::vec::Vec;
use duotile_core::{
    Zone,
    time::{DAY, SECOND},
};
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type DateTimeFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(locale: &str, options: &JsValue) -> Result<DateTimeFormat, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn format(this: &DateTimeFormat) -> Function;
}

/// No clock changes twice within so many days: in Freetown in 1939 two changes were four days apart, in Brazil in 2000 seven. A look
/// takes about a microsecond, so that 200 years take 25 ms, and five less than one.
const STEP: i64 = 3 * DAY;
/// Changes are looked for from 1900 to 2100, and after that no more.
const EARLY: i64 = -70 * 365 * DAY;
const LATE: i64 = 130 * 365 * DAY;

/// The clock of a zone over a span of microseconds since 1970; `None` where the browser knows no zone of that name.
pub fn clock(name: &str, (first, last): (i64, i64)) -> Option<Zone> {
    let options = New::default().text("timeZone", name).text("timeZoneName", "longOffset").done();
    let format = DateTimeFormat::new("en-US", &options).ok()?.format();
    // Periods begin before the first time, and end after the last.
    let from = first.saturating_sub(400 * DAY).clamp(EARLY, LATE);
    let to = last.saturating_add(400 * DAY).clamp(EARLY, LATE);
    let mut ahead = ahead(&format, from)?;
    let mut changes = Vec::from([(from, ahead)]);
    let mut at = from;
    while at < to {
        let next = to.min(at.saturating_add(STEP));
        let then = self::ahead(&format, next)?;
        if then != ahead {
            changes.push((change(&format, at, next, then)?, then));
            ahead = then;
        }
        at = next;
    }
    Some(Zone::new(name, changes))
}

/// The second at which a clock is for the first time so far ahead, between one at which it is not and one at which it is.
fn change(format: &Function, before: i64, after: i64, then: i64) -> Option<i64> {
    let (mut low, mut high) = (before.div_euclid(SECOND), after.div_euclid(SECOND));
    while high - low > 1 {
        let middle = low.midpoint(high);
        if ahead(format, middle * SECOND)? == then { high = middle } else { low = middle }
    }
    Some(high * SECOND)
}

/// How far it is ahead of UTC at an instant, in microseconds: what stands in `1/1/2024, GMT+05:30`.
fn ahead(format: &Function, micros: i64) -> Option<i64> {
    let millis = JsValue::from_f64((micros / 1000) as f64);
    let text = format.call1(&JsValue::UNDEFINED, &millis).ok()?.as_string()?;
    let (_, far) = text.split_once("GMT")?;
    let (mut whole, mut unit, mut seconds) = (0, 3600, 0);
    for byte in far.bytes() {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + i64::from(byte - b'0'),
            b':' => (seconds, whole, unit) = (seconds + whole * unit, 0, unit / 60),
            _ => {}
        }
    }
    let seconds = seconds + whole * unit;
    Some(if far.starts_with('+') { seconds } else { -seconds } * SECOND)
}
