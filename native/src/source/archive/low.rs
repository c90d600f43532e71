//! Low zooms of a dataset from an archive of it, which has the very bytes that a live tile would have.

use super::Archive;
use crate::source::points::Dataset;
use anyhow::{Context as _, Result, bail, ensure};
use duotile_core::{TILE_FORMAT, TileQuery, Work};
use serde_json::Value;
use std::sync::Arc;

/// An archive that stands in for tiles of a dataset.
#[derive(Debug)]
pub struct Low {
    archive: Arc<Archive>,
    /// The canonical text of the default query.
    query: String,
    /// A bit for each zoom.
    zooms: u32,
}

impl Low {
    /// Looks whether an archive is of a dataset as it is, whole, under its default query.
    ///
    /// # Errors
    /// What it is of instead.
    pub fn of(archive: Archive, dataset: &Dataset) -> Result<Self> {
        let made = archive.facts().made.as_ref();
        let made = made.context("it does not tell what it is made of, as archives of `duotile export` do")?;
        let [layer] = made["layers"].as_array().map(Vec::as_slice).unwrap_or_default() else {
            bail!("it has several layers, expected {} alone", dataset.name());
        };
        let text = |name: &str| layer[name].as_str().unwrap_or_default();
        let same = |what: &str, got: &str, expected: &str| {
            ensure!(got == expected, "it is of {what} {got:?}, expected {expected:?}; `duotile export` makes it anew");
            Ok(())
        };
        same("the dataset", text("layer"), dataset.name())?;
        same("version", text("dataset_version"), dataset.version())?;
        let plan = dataset.fit(&TileQuery::default().in_zone(dataset.zone()), &Work::free())?;
        same("the query", text("query"), plan.canonical())?;
        same("tiles of format", &made["tile_format"].to_string(), &TILE_FORMAT.to_string())?;
        ensure!(made["bounds"].is_null(), "it has the tiles of a box alone (--bounds), expected all");
        let zooms = made["zooms"].as_array().into_iter().flatten();
        // Where a tile was too large, all of the zoom shows less than live tiles do.
        let whole = zooms.filter(|zoom| zoom["reduced"] == Value::Bool(false)).filter_map(|zoom| zoom["z"].as_u64());
        let zooms = whole.filter(|z| *z < 32).fold(0, |zooms, z| zooms | 1 << z);
        ensure!(zooms != 0, "none of its zooms has the tiles of a server: they were made smaller (--tile-size)");
        let query = plan.canonical().to_owned();
        Ok(Self { archive: Arc::new(archive), query, zooms })
    }

    /// The archive, if it has the tiles of a query at a zoom, and is still as it was.
    #[must_use]
    pub fn has(&self, z: u8, query: &str) -> Option<&Arc<Archive>> {
        let known = self.zooms >> z & 1 == 1 && query == self.query;
        (known && self.archive.check().is_ok()).then_some(&self.archive)
    }

    /// The zooms that it has, as people read them.
    #[must_use]
    pub fn told(&self) -> String {
        let all: Vec<String> = (0..32).filter(|z| self.zooms >> z & 1 == 1).map(|z: u32| z.to_string()).collect();
        all.join(", ")
    }
}
