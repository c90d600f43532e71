//! What crosses to JavaScript beside bytes: plain objects, values, errors.

use duotile_core::{Plain, QueryError};
use js_sys::{Array, Error, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

/// An object with some properties; those that are `undefined` are left out.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        if !value.is_undefined() {
            set(&object, &JsValue::from_str(name), value);
        }
    }
    object.into()
}

/// Sets a property. Of an object made here, that does not fail.
pub fn set(object: &JsValue, name: &JsValue, value: &JsValue) {
    let set = Reflect::set(object, name, value);
    debug_assert!(set.is_ok(), "a new object takes every property");
}

/// A list of values.
pub fn list<T: Into<JsValue>>(values: impl IntoIterator<Item = T>) -> JsValue {
    let list = Array::new();
    values.into_iter().for_each(|value| {
        list.push(&value.into());
    });
    list.into()
}

/// A number. Counts of rows are far below 2⁵³.
pub fn number(count: usize) -> JsValue {
    JsValue::from_f64(count as f64)
}

/// A value as JSON would have it.
pub fn plain(value: &Plain<'_>) -> JsValue {
    match value {
        Plain::Null => JsValue::NULL,
        Plain::Integer(value) => JsValue::from_f64(*value as f64),
        Plain::Number(value) => JsValue::from_f64(*value),
        Plain::Boolean(value) => JsValue::from_bool(*value),
        Plain::Text(text) => JsValue::from_str(text),
    }
}

/// A property of an object that was given; `undefined` where it is none, or has it not.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An `Error`.
pub fn error(text: &str) -> JsValue {
    Error::new(text).into()
}

/// An `Error` with what the server puts into a problem document: `detail`, `parameter`, `position`, `hint`.
pub fn query_error(error: &QueryError) -> JsValue {
    let thrown: JsValue = Error::new(&error.to_string()).into();
    set(&thrown, &"detail".into(), &JsValue::from_str(&error.message));
    set(&thrown, &"parameter".into(), &JsValue::from_str(&error.parameter));
    if let Some(position) = error.position {
        set(&thrown, &"position".into(), &number(position));
    }
    if let Some(hint) = &error.hint {
        set(&thrown, &"hint".into(), &JsValue::from_str(hint));
    }
    thrown
}

/// A list that was given.
pub fn as_list(value: &JsValue) -> Option<&Array> {
    value.dyn_ref()
}
