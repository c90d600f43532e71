//! What an archive tells of itself: layers with their fields and statistics, as TileJSON has them, and how it was made.

use super::{layer::Layer, pyramid::Settings, report::Report};
use crate::{
    engine::{Budget, Engine, Fitted, Limits, Refusal},
    read::Progress,
    told::{links::Links, metadata},
};
use anyhow::Result;
use duotile_core::{TILE_FORMAT, Work};
use serde_json::{Map, Value, json};
use std::{ops::RangeInclusive, pin::pin, sync::Arc, time::Duration};

/// How often it is asked whether to go on.
const MOMENT: Duration = Duration::from_millis(50);

/// What is told of all layers.
///
/// # Errors
/// When memory is short; [`Stopped`](duotile_core::Stopped) when it was told to end.
pub fn of(
    layers: &[Layer],
    settings: &Settings,
    report: &Report,
    progress: &dyn Progress,
    work: &Work<'_>,
) -> Result<Value> {
    progress.stage("describing", Some(layers.len() as u64));
    let engine = Engine::new(Limits {
        budget: Budget::default(),
        threads: 0,
        queue: usize::MAX >> 8,
        patience: Duration::MAX,
        work: u64::MAX,
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut vector_layers, mut stats, mut made) = (Vec::new(), Vec::new(), Vec::new());
    let mut attributions: Vec<&str> = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        progress.advance(at as u64);
        let fitted = Arc::new(layer.fitted()?);
        // The last may be one before that which was asked for.
        let last = report.zooms.last().map_or(*layer.zooms().end(), |zoom| zoom.has.z.min(*layer.zooms().end()));
        let zooms = *layer.zooms().start()..=last;
        let mut told = runtime.block_on(while_wanted(of_layer(&engine, &fitted, zooms.clone()), work))?;
        if let Some(Value::Array(all)) = told.remove("vector_layers") {
            vector_layers.extend(all.into_iter().map(|mut told| {
                told["minzoom"] = json!(zooms.start());
                told["maxzoom"] = json!(zooms.end());
                told
            }));
        }
        if let Some(Value::Array(all)) = told.get_mut("tilestats").map(|stats| stats["layers"].take()) {
            stats.extend(all);
        }
        attributions.extend(layer.source().attribution().filter(|text| !attributions.contains(text)));
        made.push(json!({
            "layer": layer.source().name(),
            "dataset_version": layer.source().version(),
            "query": fitted.plan.canonical(),
            "rows": told["rows"],
            "rows_total": told["rows_total"],
            "geometry": told["geometry"],
            "geometry_types": told["geometry_types"],
            "measures": told["measures"],
            "categories": told["categories"],
            "properties": told["properties"],
        }));
    }
    let titles: Vec<&str> =
        layers.iter().map(|layer| layer.source().title().unwrap_or(layer.source().name())).collect();
    let mut map = Map::new();
    map.insert("name".into(), json!(titles.join(", ")));
    map.insert("format".into(), json!("pbf"));
    map.insert("type".into(), json!("overlay"));
    map.insert("version".into(), json!("1.0.0"));
    map.insert("generator".into(), json!(concat!("duotile ", env!("CARGO_PKG_VERSION"))));
    if !attributions.is_empty() {
        map.insert("attribution".into(), json!(attributions.join(", ")));
    }
    map.insert("tilestats".into(), json!({ "layerCount": stats.len(), "layers": stats }));
    map.insert("vector_layers".into(), json!(vector_layers));
    let zooms = report.zooms.iter().map(|zoom| zoom.has).map(|zoom| {
        json!({
            "z": zoom.z, "tiles": zoom.tiles, "features": zoom.features, "rows": zoom.rows, "omitted": zoom.omitted,
            "cells": zoom.cells, "reduced": zoom.reduced,
        })
    });
    let mut how = json!({
        "layers": made, "zooms": zooms.collect::<Vec<_>>(), "tile_format": TILE_FORMAT, "bounds": settings.bounds,
    });
    if let Some(zoom) = report.overzoom {
        how["overzoom"] = json!(zoom);
    }
    map.insert("duotile".into(), how);
    Ok(Value::Object(map))
}

/// An answer, as long as the work is to go on: what is dropped is ended.
async fn while_wanted<T>(answer: impl Future<Output = Result<T, Refusal>>, work: &Work<'_>) -> Result<T> {
    let mut answer = pin!(answer);
    loop {
        work.pay(0)?;
        if let Ok(answered) = tokio::time::timeout(MOMENT, &mut answer).await {
            return Ok(answered?);
        }
    }
}

async fn of_layer(
    engine: &Arc<Engine>,
    fitted: &Arc<Fitted>,
    zooms: RangeInclusive<u8>,
) -> Result<Map<String, Value>, Refusal> {
    let selected = engine.select(fitted).await?;
    let facts = engine.facts(fitted).await?;
    let legend = engine.legend_within(fitted, zooms).await?;
    let profile = fitted.plan.needs_profile().then_some(&*selected.profile);
    Ok(metadata::of(fitted, profile, &facts, &legend, &Links::of_source("", &fitted.entry.source)))
}
