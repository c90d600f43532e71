//! The class that makes archives: batches of tiles leave it, to be packed and stored by JavaScript.

use crate::{
    dataset::{Batch, Pyramid as Made, Taken, Wanted},
    object::{New, list, query_error},
    tiler::Tiler,
};
use alloc::vec::Vec;
use duotile_core::{
    TILE_FORMAT,
    archive::{FRONT, HEADER, Zoom},
};
use js_sys::{Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// An archive of the tiles of a query that is being made.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Pyramid {
    made: Made,
}

#[wasm_bindgen]
impl Tiler {
    /// Begins an archive of some zooms, within a box (west, south, east, north in degrees), of tiles that have so many bytes when
    /// packed; or a `sample`, which only estimates its size.
    ///
    /// # Errors
    /// When the query does not parse, or does not fit the columns or the first zoom.
    pub fn pyramid(
        &mut self,
        query: &str,
        first: u8,
        last: u8,
        within: Option<Vec<f64>>,
        budget: u32,
        sample: bool,
    ) -> Result<Pyramid, JsValue> {
        let within = within.and_then(|sides| <[f64; 4]>::try_from(sides).ok());
        let wanted = Wanted { zooms: [first, last], within, budget: budget as usize, sample };
        let made = Made::new(&mut self.dataset, query, wanted).map_err(|error| query_error(&error))?;
        Ok(Pyramid { made })
    }
}

#[wasm_bindgen]
impl Pyramid {
    /// The next tiles, `{ z, done, count, bytes, ends }`: of its zoom so many tiles were cut of so many, as far as they are known; the
    /// bytes of some, one after the other, and where each ends. `undefined` behind the last.
    ///
    /// # Errors
    /// As `tile`.
    #[wasm_bindgen(
        unchecked_return_type = "{ z: number, done: number, count: number, bytes: Uint8Array<ArrayBuffer>, ends: Uint32Array } | undefined"
    )]
    pub fn next(&mut self, tiler: &mut Tiler) -> Result<JsValue, JsValue> {
        let batch = self.made.next(&mut tiler.dataset).map_err(|error| query_error(&error))?;
        let Some(Batch { z, done, count, bytes, ends }) = batch else { return Ok(JsValue::UNDEFINED) };
        let told = New::default().count("z", z.into()).count("done", done as usize).count("count", count as usize);
        let told = told.with("bytes", Uint8Array::from(&*bytes).into());
        Ok(told.with("ends", Uint32Array::from(&*ends).into()).done())
    }

    /// Takes how many bytes the tiles of the last batch have when packed, 0 for those that are empty. Says whether they are to be
    /// stored: `true`, then their places are told by `place`; `false` if not; `undefined` where in addition all that was stored of the
    /// zoom is to be forgotten, as it begins anew with less in its tiles.
    #[must_use]
    pub fn take(&mut self, lengths: &[u32]) -> Option<bool> {
        match self.made.take(lengths) {
            Taken::On => Some(false),
            Taken::Keep => Some(true),
            Taken::Back => None,
        }
    }

    /// Takes where the tiles of the last batch begin among the bytes of all.
    pub fn place(&mut self, offsets: &[f64], lengths: &[u32]) {
        self.made.place(offsets, lengths);
    }

    /// What was made by whom: `{ generator, tileFormat, zooms }`, of each zoom that is whole `{ z, tiles, features, rows, omitted, bytes,
    /// largest, beyond, cells, reduced }`.
    #[must_use]
    pub fn told(&self) -> JsValue {
        let told = New::default().text("generator", concat!("duotile ", env!("CARGO_PKG_VERSION")));
        let told = told.count("tileFormat", TILE_FORMAT as usize);
        told.with("zooms", list(self.made.zooms().iter().map(zoom))).done()
    }

    /// A directory that is to be packed and given to `packed`, after all tiles; `undefined` when there is none any more.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array<ArrayBuffer> | undefined")]
    pub fn directory(&mut self) -> Option<Vec<u8>> {
        self.made.directories().next()
    }

    /// Takes the last directory, packed.
    pub fn packed(&mut self, directory: &[u8]) {
        self.made.directories().packed(directory);
    }

    /// What the file ends with, behind tiles and metadata.
    #[must_use]
    pub fn leaves(&mut self) -> Vec<u8> {
        self.made.directories().leaves().to_vec()
    }

    /// What the file begins with, where so many bytes of tiles and of metadata follow.
    #[must_use]
    pub fn front(&mut self, of: &Tiler, tiles: f64, metadata: f64) -> Vec<u8> {
        let mut front = self.made.header(&of.dataset, tiles as u64, metadata as u64).bytes();
        debug_assert_eq!(front.len(), HEADER, "a header has one size");
        front.extend_from_slice(self.made.directories().root());
        front.resize(FRONT as usize, 0);
        front
    }
}

fn zoom(zoom: &Zoom) -> JsValue {
    let told = New::default().count("z", zoom.z.into()).number("tiles", zoom.tiles as f64);
    let told = told.number("features", zoom.features as f64).number("rows", zoom.rows as f64);
    let told = told.number("omitted", zoom.omitted as f64).number("bytes", zoom.bytes as f64);
    let told = told.count("largest", zoom.largest as usize).number("beyond", zoom.beyond as f64);
    told.with("cells", zoom.cells.into()).with("reduced", zoom.reduced.into()).done()
}
