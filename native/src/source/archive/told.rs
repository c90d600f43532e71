//! An archive as text for people.

use super::{Archive, Reader};
use crate::shown::shown;
use std::fmt;

/// Packings by the numbers of PMTiles.
const PACKED: [&str; 5] = ["in a way that is not told", "not", "with gzip", "with brotli", "with Zstandard"];

impl fmt::Display for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.facts();
        let [shallow, deep] = facts.zooms;
        let kind = match &self.reader {
            Reader::PmTiles(_) => "PMTiles, version 3",
            Reader::MbTiles(_) => "MBTiles",
            Reader::Folder(_) => "a folder",
        };
        let size = self.size().map_or(String::new(), |bytes| format!(", {bytes} bytes"));
        let path = self.path().display().to_string();
        writeln!(f, "{}: {kind}, vector tiles of zooms {shallow} to {deep}{size}", shown(&path))?;
        let texts = [("name", &facts.title), ("description", &facts.description), ("attribution", &facts.attribution)];
        for (what, text) in texts.into_iter().filter_map(|(what, text)| Some((what, text.as_ref()?))) {
            writeln!(f, "{what} {}", shown(text))?;
        }
        let [west, south, east, north] = facts.bounds;
        let (lon, lat, zoom) = facts.center;
        writeln!(f, "bounds {west},{south},{east},{north}")?;
        writeln!(f, "center {lon},{lat}, zoom {zoom}")?;
        if let Reader::PmTiles(reader) = &self.reader {
            let header = reader.header();
            let [tiles, entries, contents] = header.counts;
            let packed = |number: u8| PACKED.get(usize::from(number)).copied().unwrap_or("in an unknown way");
            if tiles > 0 {
                writeln!(f, "{tiles} tiles, {contents} distinct, named by {entries} entries")?;
            }
            let order = if header.clustered { "in the order of their numbers" } else { "in any order" };
            writeln!(
                f,
                "tiles lie {order}, packed {}; directories packed {}",
                packed(header.packing),
                packed(header.inner)
            )?;
            for (what, span) in header.spans() {
                writeln!(f, "  {what:<8} {:>12} bytes from {}", span.length, span.offset)?;
            }
        }
        for layer in &facts.vector_layers {
            let zoom = |name: &str, otherwise: u8| layer[name].as_u64().unwrap_or(otherwise.into());
            let name = layer["id"].as_str().unwrap_or_default();
            writeln!(f, "layer {name:?}: zooms {} to {}", zoom("minzoom", shallow), zoom("maxzoom", deep))?;
            for (field, kind) in layer["fields"].as_object().into_iter().flatten() {
                let kind = kind.as_str().unwrap_or_default().to_lowercase();
                writeln!(f, "  {} ({})", shown(field), shown(&kind))?;
            }
        }
        for made in facts.made.iter().filter_map(|made| made["layers"].as_array()).flatten() {
            let text = |name: &str| shown(made[name].as_str().unwrap_or_default()).into_owned();
            writeln!(
                f,
                "made of {} (version {}) by the query \"{}\"",
                text("layer"),
                text("dataset_version"),
                text("query")
            )?;
        }
        Ok(())
    }
}
