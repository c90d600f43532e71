//! What an archive is made of, as text: all that its bytes depend on; and in what two of them differ.

use super::{layer::Layer, pyramid::Settings};
use anyhow::Result;
use duotile_core::TILE_FORMAT;
use serde_json::{Value, json};

/// What an archive of layers is made of.
///
/// # Errors
/// As [`Layer::new`].
pub fn made(layers: &[Layer], settings: &Settings) -> Result<String> {
    let layers = layers.iter().map(|layer| {
        let source = layer.source();
        let (query, zooms) = (layer.fitted()?.plan.canonical().to_owned(), layer.zooms());
        Ok(json!([source.name(), source.version(), query, [zooms.start(), zooms.end()]]))
    });
    let layers = layers.collect::<Result<Vec<_>>>()?;
    Ok(json!({ "layers": layers, "bounds": settings.bounds, "tile_size": settings.budget, "overzoom": settings.overzoom, "format": TILE_FORMAT, "log": 3, "duotile": env!("CARGO_PKG_VERSION") }).to_string())
}

/// What was otherwise before, and how it is now.
pub fn difference(before: &str, now: &str) -> String {
    let [before, now] = [before, now].map(|text| serde_json::from_str(text).unwrap_or(Value::Null));
    let other = |key: &str| before[key] != now[key];
    let names = |of: &Value| {
        let names: Vec<&str> =
            of["layers"].as_array().into_iter().flatten().filter_map(|layer| layer[0].as_str()).collect();
        names.join(", ")
    };
    let mut all = Vec::new();
    if ["format", "log", "duotile"].into_iter().any(other) {
        all.push("it was made by another version of duotile".to_owned());
    }
    if names(&before) == names(&now) {
        let layers = |of: &Value| of["layers"].as_array().cloned().unwrap_or_default();
        for (before, now) in layers(&before).iter().zip(&layers(&now)) {
            let name = now[0].as_str().unwrap_or_default();
            if before[1] != now[1] {
                all.push(format!("the data of {name} has changed"));
            }
            if before[2] != now[2] {
                all.push(format!("the query of {name} was {}, now {}", before[2], now[2]));
            }
            if before[3] != now[3] {
                let zooms = |of: &Value| format!("{}-{}", of[3][0], of[3][1]);
                all.push(format!("the zooms of {name} were {}, now {}", zooms(before), zooms(now)));
            }
        }
    } else {
        all.push(format!("its layers were {}, now {}", names(&before), names(&now)));
    }
    for (key, flag) in [("bounds", "--bounds"), ("tile_size", "--tile-size"), ("overzoom", "--overzoom")] {
        if other(key) {
            all.push(format!("{flag} was {}, now {}", said(&before[key]), said(&now[key])));
        }
    }
    all.join("; ")
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "not said".into(),
        Value::Bool(is_said) => if *is_said { "said" } else { "not said" }.into(),
        other => other.to_string(),
    }
}
