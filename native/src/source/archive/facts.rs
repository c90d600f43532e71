//! What an archive says of itself, as far as it makes sense.

use anyhow::{Result, ensure};
use duotile_core::{MAX_ZOOM, view};
use serde_json::{Map, Value, json};

/// Layers that metadata may have, and bytes of what is told of them: they are in TileJSON, which every map reads.
const LAYERS: usize = 1000;
const LAYER_BYTES: usize = 1 << 20;
/// Bytes of a text, which is there as well.
const TEXT_BYTES: usize = 1 << 16;
/// Bytes of their statistics.
const STATS_BYTES: usize = 4 << 20;

/// The frame of the world as maps show it.
const WORLD: [f64; 4] = [-180.0, -85.051_129, 180.0, 85.051_129];

/// What an archive says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What people call it.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Whom to name on the map.
    pub attribution: Option<String>,
    /// What tiles are: `pbf` for vector tiles.
    pub kind: String,
    /// The first and the last zoom.
    pub zooms: [u8; 2],
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// The first view: longitude, latitude, zoom.
    pub center: (f64, f64, u8),
    /// How many tiles it has, where that is known.
    pub tiles: Option<u64>,
    /// Its layers, as TileJSON has them: each with an `id` and `fields`.
    pub vector_layers: Vec<Value>,
    /// Statistics of its layers, as tippecanoe has them.
    pub tilestats: Option<Value>,
    /// How it was made, where Duotile made it.
    pub made: Option<Value>,
}

impl Facts {
    /// What metadata say.
    ///
    /// # Errors
    /// Where they say too much.
    pub fn of(metadata: Value) -> Result<Self> {
        let Value::Object(mut map) = metadata else { return Ok(Self::default()) };
        let mut text = |name: &str| match map.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let (title, description, attribution) = (text("name"), text("description"), text("attribution"));
        let layers = match map.remove("vector_layers") {
            Some(Value::Array(layers)) => layers,
            _ => Vec::new(),
        };
        ensure!(layers.len() <= LAYERS, "its metadata name {} layers, expected at most {LAYERS}", layers.len());
        let stats = map.remove("tilestats").filter(|stats| stats["layers"].is_array());
        let within = |what: &str, bytes: usize, most: usize| {
            ensure!(bytes <= most, "{what} in its metadata: {bytes} bytes, expected at most {most}");
            Ok(())
        };
        for (what, text) in [("name", &title), ("description", &description), ("attribution", &attribution)] {
            within(what, text.as_ref().map_or(0, String::len), TEXT_BYTES)?;
        }
        within("vector_layers", json!(layers).to_string().len(), LAYER_BYTES)?;
        within("tilestats", stats.as_ref().map_or(0, |stats| stats.to_string().len()), STATS_BYTES)?;
        Ok(Self {
            title,
            description,
            attribution,
            vector_layers: layers.into_iter().filter_map(layer).collect(),
            tilestats: stats,
            made: map.remove("duotile").filter(Value::is_object),
            ..Self::default()
        })
    }

    /// What metadata say by their names, numbers as such or as texts; `filled` finds the zooms where they are not
    /// said.
    ///
    /// # Errors
    /// Where they say too much, or nothing can be found out.
    pub fn named(mut told: Map<String, Value>, filled: impl FnOnce() -> Result<[u8; 2]>) -> Result<Self> {
        let numbers = |value: Option<&Value>| -> Vec<f64> {
            match value {
                Some(Value::String(text)) => text.split(',').filter_map(|number| number.trim().parse().ok()).collect(),
                Some(Value::Array(all)) => all.iter().take(4).filter_map(Value::as_f64).collect(),
                other => other.and_then(Value::as_f64).into_iter().collect(),
            }
        };
        let bounds = <[f64; 4]>::try_from(numbers(told.get("bounds"))).unwrap_or_default();
        let center = match numbers(told.get("center"))[..] {
            [lon, lat] => (lon, lat, 0),
            [lon, lat, zoom] => (lon, lat, zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8),
            _ => (0.0, 0.0, 0),
        };
        let zoom = |name: &str| numbers(told.get(name)).first().map(|zoom| zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8);
        let zooms = match (zoom("minzoom"), zoom("maxzoom")) {
            (Some(first), Some(last)) if first <= last => [first, last],
            _ => filled()?,
        };
        // What is no text by itself is one text of JSON.
        if let Some(Value::String(text)) = told.remove("json")
            && let Ok(Value::Object(more)) = serde_json::from_str(&text)
        {
            for (name, value) in more {
                told.entry(name).or_insert(value);
            }
        }
        Ok(Self { zooms, bounds, center, ..Self::of(Value::Object(told))? })
    }

    /// The same with a frame, zooms and a view that clients can use.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.zooms = self.zooms.map(|zoom| zoom.min(MAX_ZOOM));
        let [west, south, east, north] = self.bounds;
        let fits = self.bounds.iter().all(|side| side.is_finite()) && west < east && south < north;
        self.bounds =
            if fits { [west.max(WORLD[0]), south.max(-90.0), east.min(WORLD[2]), north.min(90.0)] } else { WORLD };
        let [west, south, east, north] = self.bounds;
        let (lon, lat, zoom) = self.center;
        let inside = (west..=east).contains(&lon) && (south..=north).contains(&lat);
        // Many that are at 0 in the sea were never set.
        if !inside || (lon, lat, zoom) == (0.0, 0.0, 0) {
            let [lon, lat, zoom] = view::of(self.bounds);
            self.center = (lon, lat, zoom.max(0.0) as u8);
        }
        self.center.2 = self.center.2.clamp(self.zooms[0], self.zooms[1]);
        self
    }

    /// The names of its layers.
    pub fn layers(&self) -> impl Iterator<Item = &str> {
        self.vector_layers.iter().filter_map(|layer| layer["id"].as_str())
    }

    /// Which kinds of geometry a layer has, by the names of GeoJSON; all that there are where statistics do not tell.
    #[must_use]
    pub fn geometries(&self, layer: &str) -> Vec<&'static str> {
        let stats = self.tilestats.as_ref().and_then(|stats| stats["layers"].as_array());
        let told = stats.into_iter().flatten().find(|stats| stats["layer"] == layer);
        match told.and_then(|stats| stats["geometry"].as_str()) {
            Some("Polygon" | "MultiPolygon") => vec!["Polygon"],
            Some("LineString" | "MultiLineString") => vec!["LineString"],
            Some("Point" | "MultiPoint") => vec!["Point"],
            _ => vec!["Polygon", "LineString", "Point"],
        }
    }

    /// All of it as text, which differs where it does.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{self:?}")
    }
}

/// A layer as TileJSON 3.0 wants it; `None` for what has no name.
fn layer(told: Value) -> Option<Value> {
    let Value::Object(mut map) = told else { return None };
    map.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())?;
    if !map.get("fields").is_some_and(Value::is_object) {
        map.insert("fields".into(), Value::Object(Map::new()));
    }
    for name in ["minzoom", "maxzoom"] {
        // Some write numbers as texts.
        if let Some(text) = map.get(name).and_then(Value::as_str) {
            let number = text.parse::<u8>().ok();
            map.insert(name.into(), json!(number));
        }
        if !map.get(name).is_some_and(Value::is_u64) {
            map.remove(name);
        }
    }
    Some(Value::Object(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_put_right_or_left_out() {
        let told = json!({
            "name": "City", "attribution": 5, "tilestats": { "layers": [{ "layer": "a", "geometry": "Polygon" }] },
            "vector_layers": [
                { "id": "a", "minzoom": "3", "maxzoom": -1 }, { "fields": {} }, "b", { "id": "" }, { "id": "c", "fields": { "n": "Number" } },
            ],
        });
        let facts =
            Facts { zooms: [0, 30], bounds: [10.0, 0.0, 10.0, 5.0], ..Facts::of(told).expect("not much") }.sound();
        assert_eq!((facts.title.as_deref(), facts.attribution.as_deref()), (Some("City"), None));
        assert_eq!((facts.zooms, facts.bounds), ([0, MAX_ZOOM], WORLD));
        assert_eq!(facts.layers().collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(facts.vector_layers[0], json!({ "id": "a", "fields": {}, "minzoom": 3 }));
        assert_eq!((facts.geometries("a"), facts.geometries("c").len()), (vec!["Polygon"], 3));
        for odd in [Value::Null, json!([]), json!({ "vector_layers": {}, "tilestats": [] })] {
            assert_eq!(Facts::of(odd).expect("not much").sound().layers().count(), 0);
        }
        let there =
            Facts { bounds: [5.0, 45.0, 6.0, 46.0], zooms: [2, 9], center: (5.5, 45.5, 12), ..Facts::default() };
        assert_eq!(there.sound().center, (5.5, 45.5, 9));
    }

    #[test]
    fn numbers_are_such_or_texts() {
        let texts = json!({ "minzoom": "2", "maxzoom": "9", "bounds": "5,45,6,46", "center": "5.5,45.5,3", "json": "{\"vector_layers\":[{\"id\":\"a\"}]}" });
        let plain = json!({ "minzoom": 2, "maxzoom": 9, "bounds": [5, 45, 6.0, 46], "center": [5.5, 45.5, 3], "vector_layers": [{ "id": "a" }] });
        let of = |told: Value| {
            let Value::Object(told) = told else { panic!("an object") };
            Facts::named(told, || Ok([7, 7])).expect("not much")
        };
        assert_eq!(of(texts), of(plain));
        assert_eq!((of(json!({})).zooms, of(json!({ "minzoom": 3, "maxzoom": 2 })).zooms), ([7, 7], [7, 7]));
    }

    #[test]
    fn more_than_maps_can_read_is_refused_with_its_figures() {
        let refused = |told: Value| Facts::of(told).expect_err("too much").to_string();
        let many: Vec<Value> = (0..1001).map(|at| json!({ "id": at.to_string() })).collect();
        assert_eq!(refused(json!({ "vector_layers": many })), "its metadata name 1001 layers, expected at most 1000");
        let long = json!([{ "id": "a", "description": "x".repeat(1 << 20) }]);
        assert!(refused(json!({ "vector_layers": long })).starts_with("vector_layers in its metadata: 1048"));
        let text = "x".repeat((1 << 16) + 1);
        for name in ["name", "description", "attribution"] {
            assert_eq!(
                refused(json!({ name: text })),
                format!("{name} in its metadata: 65537 bytes, expected at most 65536")
            );
        }
        let stats = json!({ "layers": ["x".repeat(4 << 20)] });
        assert!(refused(json!({ "tilestats": stats })).ends_with("expected at most 4194304"));
    }
}
