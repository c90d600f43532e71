//! What Kepler.gl does with a tileset, rule by rule, as read in its source: each rule is a test.

use crate::support::{Server, number};
use axum::http::Method;
use duotile::{mvt_reader::Value as Mvt, percent};
use serde_json::Value;

/// Queries that a person might bring to Kepler.gl.
const QUERIES: [&str; 8] = [
    "",
    "mode=cells",
    "mode=cells&agg=mean:fare,sum:people,median:fare,mode:kind,nunique:kind,min:when,log_count",
    "mode=cells&by=kind&shape=polygon",
    "limit=50&agg=count,log_count&by=when:month",
    "mode=cells&filter=kind = 'café' AND fare > 50&alias=supercluster,tippecanoe",
    "filter=people > 100",
    "mode=points&properties=*",
];

/// What Kepler.gl is given: the address of the tiles and that of the metadata.
async fn given(server: &Server, query: &str) -> (String, String) {
    let answer = server.ask(Method::POST, "/tiles/trips/q", &[("host", "tiles.example:8080")], query).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    let kepler = answer.json()["kepler"].clone();
    let text = |name: &str| kepler[name].as_str().expect("an address").to_owned();
    (text("tileset"), text("metadata"))
}

fn local(url: &str) -> String {
    url.replace("http://tiles.example:8080", "")
}

async fn metadata(server: &Server, query: &str) -> Value {
    server.json(&local(&given(server, query).await.1)).await
}

fn attributes(metadata: &Value) -> &Vec<Value> {
    metadata["tilestats"]["layers"][0]["attributes"].as_array().expect("attributes")
}

#[tokio::test]
async fn the_metadata_is_where_kepler_guesses_it() {
    let server = Server::new();
    for query in QUERIES {
        let (tileset, metadata) = given(&server, query).await;
        // getMetaUrlTippecanoe: everything before {z}, then metadata.json; what follows is lost.
        let guess = format!("{}/metadata.json", tileset.split("/{z}").next().expect("a start"));
        assert_eq!(guess, metadata);
        server.json(&local(&guess)).await;
    }
    // The same for the plain address of a dataset.
    server.json("/tiles/trips/metadata.json").await;
}

#[tokio::test]
async fn addresses_survive_being_decoded() {
    let server = Server::new();
    for query in QUERIES {
        let (tileset, metadata) = given(&server, query).await;
        for url in [tileset, metadata] {
            assert_eq!(percent::decode(&url).as_deref(), Some(url.as_str()), "{query}");
            assert!(!url.contains('?'), "{url}");
        }
    }
}

#[tokio::test]
async fn errors_of_the_metadata_can_be_read_from_kepler() {
    let server = Server::new();
    let origin = ("origin", "https://kepler.gl");
    for (path, status) in [
        ("/tiles/nowhere/metadata.json", 404),
        ("/tiles/trips/q/!/metadata.json", 400),
        ("/tiles/trips/metadata.json", 200),
    ] {
        let answer = server.ask(Method::GET, path, &[origin], "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("access-control-allow-origin")),
            (status, "https://kepler.gl"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn bounds_center_and_zooms_are_what_its_parser_takes() {
    let server = Server::new();
    for query in QUERIES {
        let json = metadata(&server, query).await;
        let numbers =
            |name: &str| -> Vec<f64> { json[name].as_array().expect(name).iter().filter_map(Value::as_f64).collect() };
        let [west, south, east, north] = numbers("bounds")[..] else { panic!("bounds are four numbers") };
        assert!(-180.0 <= west && west < east && east <= 180.0 && -90.0 <= south && south < north && north <= 90.0);
        let [lon, lat, zoom] = numbers("center")[..] else { panic!("center is three numbers") };
        assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0 && (0.0..=22.0).contains(&zoom));
        // Clients keep these, so they never move.
        assert_eq!((json["minzoom"].as_u64(), json["maxzoom"].as_u64()), (Some(0), Some(22)), "{query}");
        assert!(json["name"].is_string());
    }
}

#[tokio::test]
async fn there_is_one_layer_and_its_names_agree() {
    let server = Server::new();
    for query in QUERIES {
        let json = metadata(&server, query).await;
        assert_eq!(json["vector_layers"].as_array().map(Vec::len), Some(1));
        let stats = &json["tilestats"];
        assert_eq!((stats["layerCount"].as_u64(), stats["layers"].as_array().map(Vec::len)), (Some(1), Some(1)));
        assert_eq!(stats["layers"][0]["layer"], json["vector_layers"][0]["id"]);
        assert_eq!(stats["layers"][0]["attributeCount"], attributes(&json).len());
        let fields = json["vector_layers"][0]["fields"].as_object().expect("fields");
        assert_eq!(fields.len(), attributes(&json).len());
        for attribute in attributes(&json) {
            assert!(fields.contains_key(attribute["attribute"].as_str().expect("a name")), "{attribute}");
        }
    }
}

#[tokio::test]
async fn every_attribute_has_a_type_it_knows_values_and_numbers_a_range() {
    let server = Server::new();
    for query in QUERIES {
        let json = metadata(&server, query).await;
        assert!(!attributes(&json).is_empty());
        for attribute in attributes(&json) {
            let kind = attribute["type"].as_str().expect("a type, or its parser throws");
            assert!(["number", "string", "boolean"].contains(&kind), "{attribute}");
            assert!(attribute["count"].is_u64() && attribute["values"].is_array(), "{attribute}");
            if kind == "number" {
                let (min, max) = (attribute["min"].as_f64(), attribute["max"].as_f64());
                let (Some(min), Some(max)) = (min, max) else { panic!("its scale would be NaN: {query} {attribute}") };
                assert!(min <= max, "{attribute}");
            }
        }
    }
}

#[tokio::test]
async fn categories_are_listed_as_values_under_the_filter() {
    let server = Server::new();
    let json = server.json("/tiles/trips/metadata.json?filter=kind%20%3C%3E%20%27taxi%27").await;
    let kind = attributes(&json).iter().find(|attribute| attribute["attribute"] == "kind").expect("kind");
    let mut values: Vec<&str> = kind["values"].as_array().expect("values").iter().filter_map(Value::as_str).collect();
    values.sort_unstable();
    assert_eq!(values, ["bus", "café", "tram, old"]);
}

#[tokio::test]
async fn everything_in_a_tile_is_in_the_statistics_and_within_them() {
    let server = Server::new();
    for query in QUERIES {
        let (tileset, _) = given(&server, query).await;
        let json = metadata(&server, query).await;
        for z in [0u8, 2, 5, 9] {
            for (x, y) in [(0.5367, 0.3283), (0.5065, 0.3438), (0.2944, 0.3761)] {
                let side = f64::from(1u32 << z);
                let tile = format!("{z}/{}/{}", (x * side) as u32, (y * side) as u32);
                for feature in server.features(&local(&tileset.replace("{z}/{x}/{y}", &tile))).await {
                    for (name, value) in &feature.properties {
                        let attribute =
                            attributes(&json).iter().find(|attribute| attribute["attribute"] == name.as_str());
                        let attribute = attribute.unwrap_or_else(|| panic!("{query}: {name} is in a tile only"));
                        let kind = match value {
                            Mvt::Text(_) => "string",
                            Mvt::Bool(_) => "boolean",
                            _ => "number",
                        };
                        assert_eq!(attribute["type"], kind, "{query}: {name}");
                        if let Some(number) = number(&feature, name) {
                            let (min, max) =
                                (attribute["min"].as_f64().expect("min"), attribute["max"].as_f64().expect("max"));
                            assert!(min <= number && number <= max, "{query}: {name} is {number}, told {min} to {max}");
                        }
                    }
                    assert!(feature.id.is_none_or(|id| id < 1 << 53));
                }
            }
        }
    }
}

#[tokio::test]
async fn the_json_text_says_the_same_as_the_document() {
    let server = Server::new();
    for query in QUERIES {
        let json = metadata(&server, query).await;
        let inner: Value = serde_json::from_str(json["json"].as_str().expect("a text")).expect("JSON in it");
        assert_eq!((&inner["tilestats"], &inner["vector_layers"]), (&json["tilestats"], &json["vector_layers"]));
    }
}

#[tokio::test]
async fn periods_are_named_so_that_kepler_animates_them() {
    let server = Server::new();
    let json = metadata(&server, "by=when:month").await;
    let months: Vec<&str> = attributes(&json)
        .iter()
        .filter_map(|attribute| attribute["attribute"].as_str()?.strip_prefix("point_count|"))
        .collect();
    assert_eq!(months.len(), 12, "{months:?}");
    for (i, month) in months.iter().enumerate() {
        assert!(month.starts_with(&format!("2024-{:02}", i + 1)), "{month}");
    }
    // Kepler.gl takes them for one number, and the range of the first for its range.
    let counts = server.zoom(0, "by=when:month&mode=cells").await;
    let most = months
        .iter()
        .flat_map(|month| counts.iter().filter_map(move |cell| number(cell, &format!("point_count|{month}"))));
    let most = most.fold(0.0, f64::max);
    for attribute in
        attributes(&json).iter().filter(|one| one["attribute"].as_str().is_some_and(|name| name.contains('|')))
    {
        assert_eq!(attribute["max"].as_f64(), Some(most), "{attribute}");
    }
    let categories = json["categories"].as_array().expect("categories");
    assert!(categories.iter().all(|category| category["column"] == "when" && category["property"].is_string()));
    assert_eq!(categories[0]["value"], "2024-01-01T00:00:00Z");
}

#[tokio::test]
async fn an_empty_tile_is_no_error() {
    let server = Server::new();
    let (tileset, _) = given(&server, "").await;
    let answer = server.get(&local(&tileset.replace("{z}/{x}/{y}", "9/0/0"))).await;
    assert_eq!(answer.status, 204);
    assert!(tileset.ends_with("{y}.pbf"), "{tileset}");
}

#[tokio::test]
async fn quantiles_of_each_zoom_are_those_of_its_cells() {
    let server = Server::new();
    let json = server.json("/tiles/trips/metadata.json?mode=cells&cell=16&agg=max:fare").await;
    for name in ["point_count", "fare_max"] {
        let measures = json["measures"].as_array().expect("measures");
        let measure = measures.iter().find(|measure| measure["property"] == name).expect(name);
        let probabilities: Vec<f64> =
            measure["probabilities"].as_array().expect("some").iter().filter_map(Value::as_f64).collect();
        let zooms = measure["zooms"].as_array().expect("zooms");
        assert!(zooms.len() > 5);
        for (z, zoom) in zooms.iter().take(8).enumerate() {
            let features = server.zoom(z as u8, "mode=cells&cell=16&agg=max:fare").await;
            let mut values: Vec<f64> = features.iter().filter_map(|feature| number(feature, name)).collect();
            values.sort_by(f64::total_cmp);
            assert_eq!((zoom["z"].as_u64(), zoom["cells"].as_u64()), (Some(z as u64), Some(features.len() as u64)));
            for (p, told) in probabilities.iter().zip(zoom["quantiles"].as_array().expect("quantiles")) {
                let place = p * (values.len() - 1) as f64;
                let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
                let told = told.as_f64().expect("a number");
                assert!(low - 1e-9 <= told && told <= high + 1e-9, "{name}, zoom {z}, {p}: {told} in {low}..{high}");
            }
        }
    }
}
