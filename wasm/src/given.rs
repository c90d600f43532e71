//! Facts, places and codes as JavaScript gives them.

use crate::{
    dataset::{GivenFacts, GivenScalar},
    object::{as_list, error, get},
};
use alloc::{format, string::ToString as _, vec::Vec};
use duotile_core::{TileId, Within, cell_keys, h3};
use js_sys::{Uint8Array, Uint16Array, Uint32Array};
use wasm_bindgen::{JsCast as _, JsValue};

/// Codes of any width.
pub fn codes(codes: &JsValue) -> Result<Vec<u32>, JsValue> {
    if let Some(codes) = codes.dyn_ref::<Uint8Array>() {
        return Ok(codes.to_vec().into_iter().map(u32::from).collect());
    }
    if let Some(codes) = codes.dyn_ref::<Uint16Array>() {
        return Ok(codes.to_vec().into_iter().map(u32::from).collect());
    }
    let codes = codes.dyn_ref::<Uint32Array>();
    codes.map(Uint32Array::to_vec).ok_or_else(|| error("codes must be a Uint8Array, Uint16Array or Uint32Array"))
}

/// The facts of a column, as a subset's metadata has them, with `nulls`.
pub fn facts(facts: &JsValue) -> Result<GivenFacts, JsValue> {
    let count = |name: &str| {
        let value = get(facts, name);
        whole(&value).ok_or_else(|| error(&format!("facts have no whole number {name}, expected one: {FACTS}")))
    };
    let optional = |name: &str| Some(get(facts, name)).filter(|value| !value.is_undefined() && !value.is_null());
    let range = match optional("range") {
        None => None,
        Some(range) => match as_list(&range) {
            Some(ends) if ends.length() == 2 => Some([scalar(&ends.get(0))?, scalar(&ends.get(1))?]),
            _ => return Err(error(&format!("facts have a range that is no pair, expected one: {FACTS}"))),
        },
    };
    let mut categories = Vec::new();
    if let Some(told) = optional("categories") {
        let told = as_list(&told).cloned().unwrap_or_default();
        for entry in told.iter() {
            let pair = as_list(&entry).and_then(|pair| Some((pair.get(0), whole(&pair.get(1))?)));
            let Some((value, count)) = pair else {
                return Err(error(&format!("facts have a category that is no value with a count: {FACTS}")));
            };
            categories.push((scalar(&value)?, count));
        }
    }
    Ok(GivenFacts {
        present: count("present")?,
        nulls: count("nulls")?,
        range,
        distinct: optional("distinct").map(|_| count("distinct")).transpose()?,
        categories,
        text_bytes: optional("text_bytes").map_or(Ok(0), |_| count("text_bytes"))?,
        measured: optional("measured").is_some_and(|measured| measured.is_truthy()),
    })
}

const FACTS: &str =
    "{ present, nulls, range: [min, max] | null, distinct: number | null, categories: [[value, count]], text_bytes }";

fn scalar(value: &JsValue) -> Result<GivenScalar, JsValue> {
    if let Some(number) = value.as_f64() {
        return Ok(GivenScalar::Number(number));
    }
    if let Some(truth) = value.as_bool() {
        return Ok(GivenScalar::Boolean(truth));
    }
    let text = value.as_string();
    text.map(GivenScalar::Text).ok_or_else(|| error("facts have a value that is no number, text or truth value"))
}

/// A whole number that is not negative.
fn whole(value: &JsValue) -> Option<u64> {
    value.as_f64().filter(|number| *number >= 0.0 && *number == *number as u64 as f64).map(|number| number as u64)
}

/// Where rows are asked for: `tile` as `[z, x, y]`, `cell` as the id of a cell, `h3` as the index of one of H3.
pub fn within(options: &JsValue) -> Result<Within, JsValue> {
    let (tile, cell) = (get(options, "tile"), get(options, "cell"));
    let tile = if tile.is_undefined() || tile.is_null() {
        None
    } else {
        let parts = as_list(&tile).map(|list| list.iter().map(|part| whole(&part)).collect::<Vec<_>>());
        let Some([Some(z), Some(x), Some(y)]) = parts.as_deref() else {
            return Err(error("tile must be [z, x, y], three whole numbers"));
        };
        let part = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Some(TileId::new(part(*z), part(*x), part(*y)).map_err(|bad| error(&bad.to_string()))?)
    };
    let keys = if cell.is_undefined() || cell.is_null() {
        None
    } else {
        let id = whole(&cell).or_else(|| u64::try_from(cell).ok());
        Some(id.and_then(cell_keys).ok_or_else(|| error("cell must be the id of a cell in a tile"))?)
    };
    let hexagon = get(options, "h3");
    let hexagon = if hexagon.is_undefined() || hexagon.is_null() {
        None
    } else {
        let cell = hexagon.as_string().and_then(|text| h3::Cell::parse(&text));
        Some(cell.ok_or_else(|| error("h3 must be the index of a cell of H3, such as \"8928308280fffff\""))?)
    };
    Ok(Within { tile, keys, hexagon })
}

/// A whole number of some options, up to a largest.
pub fn count(options: &JsValue, name: &str, default: usize, most: usize) -> Result<usize, JsValue> {
    let value = get(options, name);
    if value.is_undefined() {
        return Ok(default);
    }
    whole(&value)
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number <= most)
        .ok_or_else(|| error(&format!("{name} must be a whole number from 0 to {most}")))
}
