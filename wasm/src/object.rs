//! What crosses to JavaScript beside bytes: plain objects, values, errors.

use alloc::string::ToString as _;
use duotile_core::{Plain, QueryError};
use js_sys::{Array, Error, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

/// A new object, property by property.
#[derive(Debug, Default)]
pub struct New(Object);

impl New {
    /// With another property; left out where that is `undefined`.
    #[expect(clippy::needless_pass_by_value, reason = "values are made for this and needed no longer")]
    #[inline(never)]
    pub fn with(self, name: &str, value: JsValue) -> Self {
        if !value.is_undefined() {
            set(&self.0, &JsValue::from_str(name), &value);
        }
        self
    }

    /// With a number.
    #[inline(never)]
    pub fn number(self, name: &str, number: f64) -> Self {
        self.with(name, JsValue::from_f64(number))
    }

    /// With a count, which is far below 2⁵³.
    #[inline(never)]
    pub fn count(self, name: &str, count: usize) -> Self {
        self.number(name, count as f64)
    }

    /// With a text.
    #[inline(never)]
    pub fn text(self, name: &str, text: &str) -> Self {
        self.with(name, JsValue::from_str(text))
    }

    /// With a text, where there is one.
    #[inline(never)]
    pub fn perhaps(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// With a list of numbers.
    #[inline(never)]
    pub fn numbers(self, name: &str, numbers: &[f64]) -> Self {
        self.with(name, list(numbers.iter().copied()))
    }

    /// With a value as JSON would have it, where there is one.
    #[inline(never)]
    pub fn plain(self, name: &str, value: Option<&Plain<'_>>) -> Self {
        self.with(name, value.map_or(JsValue::UNDEFINED, plain))
    }

    /// The object.
    pub fn done(self) -> JsValue {
        self.0.into()
    }
}

/// Sets a property. Of an object made here, that does not fail.
#[inline(never)]
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

/// A value as JSON would have it.
#[inline(never)]
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
#[inline(never)]
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An `Error`.
#[inline(never)]
pub fn error(text: &str) -> JsValue {
    Error::new(text).into()
}

/// An `Error` with what the server puts into a problem document: `detail`, `parameter`, `position`, `hint`.
#[inline(never)]
pub fn query_error(error: &QueryError) -> JsValue {
    let thrown = New(Error::new(&error.to_string()).unchecked_into());
    let thrown = thrown.text("detail", &error.message).text("parameter", &error.parameter);
    let thrown = thrown.perhaps("hint", error.hint.as_deref());
    thrown.with("position", error.position.map_or(JsValue::UNDEFINED, |at| JsValue::from_f64(at as f64))).done()
}

/// A list that was given.
pub fn as_list(value: &JsValue) -> Option<&Array> {
    value.dyn_ref()
}
