//! Duotile in the browser: typed arrays of positions and values enter, the bytes of a tile leave.
//!
//! This crate only carries: every decision that shapes a byte is in `duotile-core`, which the server shares. No object is
//! made for a feature, and none crosses the boundary; a tile is copied out once.

mod dataset;

pub use dataset::{BadInput, Dataset};

use duotile_core::TileId;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// Points in the memory of the module, and tiles cut from them.
///
/// Give it positions, then columns, then ask for tiles.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Tiler {
    dataset: Dataset,
}

#[wasm_bindgen]
impl Tiler {
    /// Takes positions in degrees and sorts them. `name` is the layer in tiles.
    ///
    /// # Errors
    /// When the arrays differ in length, or hold more rows than row numbers can tell apart.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, lon: &[f64], lat: &[f64]) -> Result<Self, JsError> {
        Ok(Self { dataset: Dataset::new(name, lon, lat)? })
    }

    /// Adds a column of numbers, a value for each position that was given. NaN and the infinities are nulls.
    ///
    /// # Errors
    /// When the length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addNumbers)]
    pub fn add_numbers(&mut self, name: &str, values: &[f64]) -> Result<(), JsError> {
        Ok(self.dataset.add_numbers(name, values)?)
    }

    /// Adds a column of texts: for each position that was given, the place of its text among `words`. A place beyond them
    /// is a null.
    ///
    /// # Errors
    /// When the length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addTexts)]
    #[expect(clippy::needless_pass_by_value, reason = "a list of texts cannot be borrowed from JavaScript")]
    pub fn add_texts(&mut self, name: &str, words: Vec<String>, codes: &[u32]) -> Result<(), JsError> {
        Ok(self.dataset.add_texts(name, &words, codes)?)
    }

    /// Cuts a tile: a Mapbox Vector Tile, empty where no row passes. `query` is what a tile URL has after its `?`.
    ///
    /// # Errors
    /// When there is no such tile, or the query does not parse or does not fit the columns.
    pub fn tile(&mut self, z: u32, x: u32, y: u32, query: &str) -> Result<Vec<u8>, JsError> {
        let mut bytes = Vec::new();
        self.dataset.tile_into(TileId::new(z, x, y)?, query, &mut bytes)?;
        Ok(bytes)
    }

    /// What is held: `{ name, rows, unusable, columns }`. `unusable` rows had no position on the map and are left out.
    ///
    /// # Errors
    /// None that is known: building the object does not fail.
    pub fn info(&self) -> Result<Object, JsValue> {
        let info = Object::new();
        let set = |key: &str, value: JsValue| Reflect::set(&info, &key.into(), &value).map(|_| ());
        set("name", self.dataset.name().into())?;
        set("rows", (self.dataset.rows() as f64).into())?;
        set("unusable", (self.dataset.unusable() as f64).into())?;
        set("columns", self.dataset.columns().map(JsValue::from).collect::<Array>().into())?;
        Ok(info)
    }
}
