//! The catalogue: what sources there are, and what is in each.

use super::{
    links::{Document, Links},
    values,
};
use crate::{
    about::About,
    catalog::Entry,
    percent,
    source::{Source, points::Dataset},
};
use duotile_core::ColumnInfo;
use serde_json::{Map, Value, json};

/// A source in the list of all, with absolute addresses under a base.
#[must_use]
pub fn summary(entry: &Entry, base: &str) -> Map<String, Value> {
    let source = &entry.source;
    let mut map = Map::new();
    map.insert("id".into(), json!(source.name()));
    map.insert("title".into(), json!(source.title().unwrap_or(source.name())));
    map.insert("attribution".into(), json!(source.attribution()));
    map.insert("version".into(), json!(source.version()));
    map.insert("rows".into(), json!(source.len()));
    map.insert("geometry".into(), json!(source.geometry()));
    map.insert("geometry_types".into(), json!(source.geometries()));
    match source {
        Source::Points(dataset) => {
            if let Some(outlines) = dataset.outlines() {
                map.insert("vertices".into(), json!(outlines.vertices()));
            }
            described(dataset, &mut map);
        }
        Source::Live(live) => {
            map.insert("live".into(), json!({ "seconds": live.every().as_secs() }));
            described(live.schema(), &mut map);
        }
        Source::Archive(archive) => {
            let facts = archive.facts();
            map.insert(
                "archive".into(),
                json!({ "zooms": facts.zooms, "tiles": facts.tiles, "layers": facts.layers().collect::<Vec<_>>() }),
            );
            for name in ["id_column", "time_column", "time_range"] {
                map.insert(name.into(), Value::Null);
            }
            map.insert("rows_without_position".into(), json!(0));
        }
    }
    map.insert("bounds".into(), json!(source.bounds()));
    map.insert("focus".into(), json!(source.focus()));
    map.insert("center".into(), json!(source.view()));
    map.insert("rows_open".into(), json!(entry.rows));
    map.insert("subset_open".into(), json!(entry.subset));
    let tiles = Links::of_source(base, source);
    let mut links = Map::new();
    links.insert("self".into(), json!(format!("{base}/datasets/{}", percent::encode(source.name()))));
    links.insert("tiles".into(), json!(tiles.tiles()));
    for document in Document::ALL {
        links.insert(document.rel().into(), json!(tiles.document(document)));
    }
    map.insert("links".into(), Value::Object(links));
    map
}

/// What is known of a dataset as a whole.
fn described(dataset: &Dataset, map: &mut Map<String, Value>) {
    dataset.describe(|told| {
        map.insert("rows_without_position".into(), json!(told.unusable));
        map.insert("id_column".into(), json!(told.id));
        map.insert("time_column".into(), json!(told.time));
        map.insert("time_range".into(), json!(told.time_range.map(|ends| ends.map(values::plain))));
        map.insert("zone".into(), json!(dataset.zone().unwrap_or("UTC")));
    });
}

/// A source alone, with its columns.
#[must_use]
pub fn whole(entry: &Entry, base: &str) -> Map<String, Value> {
    let mut map = summary(entry, base);
    let columns = entry.source.schema().map(|dataset| {
        dataset.describe(|told| told.columns.into_iter().map(|info| column(info, &entry.about)).collect::<Vec<Value>>())
    });
    map.insert("columns".into(), Value::Array(columns.unwrap_or_default()));
    map
}

/// What is known of a column over all rows, and said of it.
fn column(info: ColumnInfo<'_>, about: &About) -> Value {
    let mut map = Map::new();
    map.insert("name".into(), json!(info.name));
    map.insert("type".into(), json!(info.kind));
    map.insert("in_tiles".into(), json!(info.in_tiles));
    map.insert("present".into(), json!(info.present));
    map.insert("nulls".into(), json!(info.nulls));
    if let Some([min, max]) = info.range {
        map.insert("min".into(), values::plain(min));
        map.insert("max".into(), values::plain(max));
    }
    if let Some(distinct) = info.distinct {
        map.insert("distinct".into(), json!(distinct));
        map.insert("categories".into(), values::counted(info.categories));
    }
    if let Some(said) = about.get(info.name) {
        said.unit.as_ref().map(|unit| map.insert("unit".into(), json!(unit)));
        said.description.as_ref().map(|text| map.insert("description".into(), json!(text)));
    }
    info.role.map(|role| map.insert("role".into(), json!(role)));
    Value::Object(map)
}
