//! The class that JavaScript sees: typed arrays in, tiles out.

use crate::{
    clocks,
    dataset::{BadInput, Dataset, Given, GivenOutlines, Words},
    given,
    object::{New, error, query_error},
};
use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};
use duotile_core::{Report, TileId, TileQuery};
use wasm_bindgen::prelude::*;

/// Points in the memory of the module, and tiles cut from them.
///
/// Give it positions, then columns, then ask for tiles.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Tiler {
    pub(crate) dataset: Dataset,
    report: Report,
}

#[wasm_bindgen]
impl Tiler {
    /// Takes positions in degrees and sorts them. `name` is the layer in tiles.
    ///
    /// # Errors
    /// When the arrays differ in length, or hold more rows than row numbers can tell apart.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, lon: &[f64], lat: &[f64]) -> Result<Self, JsValue> {
        Self::of(Dataset::new(name, lon, lat))
    }

    /// Takes rows that are cells of H3, by their indices; 0 for a row without one. Each is in the middle of its cell.
    ///
    /// # Errors
    /// When no number is that of a cell, or there are more rows than row numbers can tell apart.
    #[wasm_bindgen(js_name = ofCells)]
    pub fn of_cells(name: &str, cells: &[u64]) -> Result<Self, JsValue> {
        Self::of(Dataset::of_cells(name, cells))
    }

    /// Takes rows of a dataset that was projected elsewhere, such as a subset: Morton keys, and the row number of each
    /// there, which is the id of its feature.
    ///
    /// # Errors
    /// When the arrays differ in length, or hold more rows than row numbers can tell apart.
    #[wasm_bindgen(js_name = fromKeys)]
    pub fn from_keys(name: &str, keys: &[u64], rows: &[u32]) -> Result<Self, JsValue> {
        Self::of(Dataset::from_keys(name, keys, rows))
    }

    /// Takes lines and polygons: for each row the part after its last, for each part the position after its last and what it
    /// is (0 positions, 1 a line, 2 the outer ring of a polygon, 3 a hole in the polygon before it), and positions in degrees.
    ///
    /// # Errors
    /// When arrays do not fit one another, or hold more rows than row numbers can tell apart.
    #[wasm_bindgen(js_name = ofOutlines)]
    pub fn of_outlines(
        name: &str,
        rows: &[u32],
        parts: &[u32],
        kinds: &[u8],
        lon: &[f64],
        lat: &[f64],
    ) -> Result<Self, JsValue> {
        Self::of(Dataset::of_outlines(name, GivenOutlines { rows, parts, kinds, lon, lat }))
    }

    /// Takes the outlines of a subset whose keys were given: the bytes of all rows, and for each row where they end.
    ///
    /// # Errors
    /// When they are not those of as many rows, or no outlines.
    pub fn carry(&mut self, bytes: &[u8], ends: &[u32]) -> Result<(), JsValue> {
        self.dataset.carry(bytes, ends).map_err(bad)
    }

    /// Adds columns of the sizes of lines and polygons on the ground, in square metres and metres, by these names.
    ///
    /// # Errors
    /// When there are no outlines, or a name is taken.
    #[wasm_bindgen(js_name = addSizes)]
    #[expect(clippy::needless_pass_by_value, reason = "an optional text cannot be borrowed from JavaScript")]
    pub fn add_sizes(&mut self, area: Option<String>, length: Option<String>) -> Result<(), JsValue> {
        self.dataset.add_sizes(area.as_deref(), length.as_deref()).map_err(bad)
    }

    /// What was met while outlines were taken: `{ empty, unusable, short, lower, untied, tangled, crossing, beyond }`.
    #[wasm_bindgen(
        unchecked_return_type = "{ empty: number, unusable: number, short: number, lower: number, untied: number, tangled: number, crossing: number, beyond: number }"
    )]
    #[must_use]
    pub fn gathered(&self) -> JsValue {
        let told = self.dataset.gathered().copied().unwrap_or_default();
        let all = [
            ("empty", told.empty),
            ("unusable", told.unusable),
            ("short", told.short),
            ("lower", told.lower),
            ("untied", told.untied),
            ("tangled", told.tangled),
            ("crossing", told.crossing),
            ("beyond", told.beyond),
        ];
        all.into_iter().fold(New::default(), |object, (name, count)| object.count(name, count as usize)).done()
    }

    fn of(dataset: Result<Dataset, BadInput>) -> Result<Self, JsValue> {
        let mut dataset = dataset.map_err(bad)?;
        dataset.clocks = clocks::clock;
        Ok(Self { dataset, report: Report::default() })
    }

    /// Adds a column of 32-bit integers, a value for each position that was given. `valid` has a bit for each position,
    /// least significant first, set where there is a value; without it, all have one.
    ///
    /// # Errors
    /// When a length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addI32)]
    pub fn add_i32(&mut self, name: &str, values: &[i32], valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.add(name, Given::I32(values), valid)
    }

    /// Adds a column of 64-bit integers; see `addI32`.
    ///
    /// # Errors
    /// When a length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addI64)]
    pub fn add_i64(&mut self, name: &str, values: &[i64], valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.add(name, Given::I64(values), valid)
    }

    /// Adds a column of single floats; see `addI32`. NaN and the infinities are nulls.
    ///
    /// # Errors
    /// When a length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addF32)]
    pub fn add_f32(&mut self, name: &str, values: &[f32], valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.add(name, Given::F32(values), valid)
    }

    /// Adds a column of numbers; see `addI32`. NaN and the infinities are nulls.
    ///
    /// # Errors
    /// When a length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addF64)]
    pub fn add_f64(&mut self, name: &str, values: &[f64], valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.add(name, Given::F64(values), valid)
    }

    /// Adds a column of truth values, a bit for each position, least significant first; see `addI32`.
    ///
    /// # Errors
    /// When there are fewer bits than positions, or the name is taken.
    #[wasm_bindgen(js_name = addBool)]
    pub fn add_bool(&mut self, name: &str, bits: &[u8], valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.add(name, Given::Bool(bits), valid)
    }

    /// Adds a column of points in time, in microseconds since 1970 UTC; see `addI32`.
    ///
    /// # Errors
    /// When a length is not that of the positions, or the name is taken.
    #[wasm_bindgen(js_name = addTime)]
    pub fn add_time(&mut self, name: &str, micros: &[i64], valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.add(name, Given::Time(micros), valid)
    }

    /// Adds a column of texts: for each position the place of its text among some words, which lie in `bytes` as UTF-8,
    /// each from its offset to the next. Words may be in any order, and repeat; a code beyond them is a null.
    ///
    /// # Errors
    /// When a length is not that of the positions, the name is taken, or words and offsets do not fit.
    #[wasm_bindgen(js_name = addText)]
    pub fn add_text(
        &mut self,
        name: &str,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Uint16Array | Uint32Array")] codes: &JsValue,
        bytes: &[u8],
        offsets: &[u32],
        valid: Option<Vec<u8>>,
    ) -> Result<(), JsValue> {
        let codes = given::codes(codes)?;
        self.add(name, Given::Text { codes: &codes, words: Words { bytes, offsets } }, valid)
    }

    /// Takes what the full dataset knows of a column, as a subset's metadata tells it, so that tiles of the subset have
    /// the same properties: `{ present, nulls, range, distinct, categories, text_bytes }`.
    ///
    /// # Errors
    /// When there is no such column, or the facts cannot be those of a dataset that holds these rows.
    #[wasm_bindgen(js_name = setFacts)]
    pub fn set_facts(&mut self, name: &str, facts: &JsValue) -> Result<(), JsValue> {
        self.dataset.set_facts(name, &given::facts(facts)?).map_err(bad)
    }

    /// Says which column gives feature ids, which the time that `datetime` speaks of, and which the latitudes of rows that are
    /// drawn at the edge of the map.
    ///
    /// # Errors
    /// When there is no such column, or it is not fit for that.
    #[wasm_bindgen(js_name = setRoles)]
    #[expect(clippy::needless_pass_by_value, reason = "an optional text cannot be borrowed from JavaScript")]
    pub fn set_roles(
        &mut self,
        id: Option<String>,
        time: Option<String>,
        latitude: Option<String>,
    ) -> Result<(), JsValue> {
        self.dataset.set_roles(id.as_deref(), time.as_deref(), latitude.as_deref()).map_err(bad)
    }

    /// Says by which zone's clock days and hours go, where a query names none; UTC's until then.
    #[wasm_bindgen(js_name = setZone)]
    pub fn set_zone(&mut self, zone: &str) {
        self.dataset.set_zone(zone);
    }

    /// Adds a column made of those that are there, such as `rate = fare / distance`. Roles and zone are said before.
    ///
    /// # Errors
    /// For what is no formula or does not fit, and for a name that is taken.
    pub fn make(&mut self, column: &str) -> Result<(), JsValue> {
        self.dataset.make(column).map_err(|error| query_error(&error.of_parameter("column")))
    }

    /// Cuts a tile: a Mapbox Vector Tile, empty where no row passes. `query` is what a tile URL has after its `?`.
    ///
    /// # Errors
    /// When there is no such tile, or the query does not parse or does not fit the columns.
    pub fn tile(&mut self, z: u32, x: u32, y: u32, query: &str) -> Result<Vec<u8>, JsValue> {
        let mut bytes = Vec::new();
        self.report = self.dataset.tile_into(tile(z, x, y)?, query, &mut bytes).map_err(|error| query_error(&error))?;
        Ok(bytes)
    }

    /// What is in the last tile: `{ features, rows, omitted, cells }`.
    #[wasm_bindgen(js_name = lastReport, unchecked_return_type = "{ features: number, rows: number, omitted: number, cells: boolean }")]
    #[must_use]
    pub fn last_report(&self) -> JsValue {
        let Report { features, rows, omitted, cells, .. } = self.report;
        let told = New::default().count("features", features as usize).count("rows", rows as usize);
        told.count("omitted", omitted as usize).with("cells", cells.into()).done()
    }

    /// Whether every row that a tile of `query` needs is in a subset that was cut with `subset`, for certain; `outlined`: of lines and
    /// polygons, which are in the tiles beside theirs, too.
    ///
    /// # Errors
    /// When there is no such tile, or a query does not parse.
    pub fn covers(subset: &str, query: &str, outlined: bool, z: u32, x: u32, y: u32) -> Result<bool, JsValue> {
        let parse = |text| TileQuery::parse(text).map_err(|error| query_error(&error));
        Ok(parse(subset)?.covers_tile(&parse(query)?, tile(z, x, y)?, outlined))
    }

    /// Whether every row that passes `query` is in a subset that was cut with `subset`, for certain: then every tile of
    /// it is the one that the full dataset gives.
    ///
    /// # Errors
    /// When a query does not parse.
    #[wasm_bindgen(js_name = coversAll)]
    pub fn covers_all(subset: &str, query: &str) -> Result<bool, JsValue> {
        let parse = |text| TileQuery::parse(text).map_err(|error| query_error(&error));
        Ok(parse(subset)?.covers(&parse(query)?))
    }
}

impl Tiler {
    #[expect(clippy::needless_pass_by_value, reason = "optional bytes cannot be borrowed from JavaScript")]
    fn add(&mut self, name: &str, given: Given<'_>, valid: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.dataset.add(name, given, valid.as_deref()).map_err(bad)
    }
}

fn tile(z: u32, x: u32, y: u32) -> Result<TileId, JsValue> {
    TileId::new(z, x, y).map_err(|bad| error(&bad.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn bad(input: BadInput) -> JsValue {
    error(&input.to_string())
}
