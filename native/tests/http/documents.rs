//! TileJSON, the catalogue and the style: whole, true to the query, and of use to the clients they are for.

use crate::support::{ROWS, Server, dataset, rows};
use axum::http::Method;
use duotile::{
    about::{self, Said},
    catalog::Entry,
    read::Options,
    settings::Settings,
};
use serde_json::Value;

#[tokio::test]
async fn tilejson_is_whole_and_carries_the_query_into_its_tiles() {
    let server = Server::new();
    let query = "filter=kind%20%3D%20%27caf%C3%A9%27%20AND%20fare%20%3E%201&agg=mean:fare";
    let json = server.json(&format!("/tiles/trips/tilejson.json?{query}")).await;
    assert_eq!(json["tilejson"], "3.0.0");
    assert_eq!((&json["minzoom"], &json["maxzoom"]), (&0.into(), &22.into()));
    let template = json["tiles"][0].as_str().expect("a template");
    let tile = template.replace("{z}/{x}/{y}", "0/0/0").replace("http://tiles.example:8080", "");
    let through = server.get(&tile).await;
    let direct = server.get(&format!("/tiles/trips/0/0/0.mvt?{query}")).await;
    assert_eq!((through.status.as_u16(), &through.body), (200, &direct.body));
    assert_eq!(through.header("etag"), direct.header("etag"));
    let fields = json["vector_layers"][0]["fields"].as_object().expect("fields");
    assert_eq!(
        (&fields["point_count"], &fields["fare_mean"], &fields["kind"]),
        (&"Number".into(), &"Number".into(), &"String".into())
    );
}

#[tokio::test]
async fn the_zoom_of_rows_is_where_tiles_turn_into_rows() {
    let server = Server::new();
    for query in ["limit=50", "limit=200&filter=people%3E0", "limit=2"] {
        let json = server.json(&format!("/tiles/trips/tilejson.json?{query}")).await;
        let minzoom = json["points_minzoom"].as_u64();
        for z in 0..=14 {
            let features = server.zoom(z, query).await;
            let rows = features
                .iter()
                .filter(|feature| feature.properties.iter().all(|(key, _)| key != "point_count"))
                .count();
            let shows_rows = minzoom.is_some_and(|minzoom| minzoom <= u64::from(z));
            assert_eq!(rows > 0, shows_rows, "{query}, zoom {z}, {minzoom:?}");
        }
    }
    assert!(server.json("/tiles/trips/tilejson.json?mode=cells").await.get("points_minzoom").is_none());
}

#[tokio::test]
async fn bounds_hold_every_row_and_follow_the_bbox() {
    let server = Server::new();
    let bounds = |json: &Value| -> Vec<f64> {
        json["bounds"].as_array().expect("four").iter().filter_map(Value::as_f64).collect()
    };
    let [west, south, east, north] = bounds(&server.json("/tiles/tilejson.json").await)[..] else { panic!("four") };
    for row in rows() {
        assert!(west <= row.lon && row.lon <= east && south <= row.lat && row.lat <= north, "{row:?}");
    }
    let [west, south, east, north] = bounds(&server.json("/tiles/tilejson.json?bbox=2,48,3,49").await)[..] else {
        panic!("four")
    };
    assert!(west >= 2.0 && south >= 48.0 && east <= 3.0 && north <= 49.0);
}

#[tokio::test]
async fn the_catalogue_tells_what_there_is() {
    let server = Server::new();
    let list = server.json("/datasets").await;
    assert_eq!(list["default"], "trips");
    let one = server.json("/datasets/trips").await;
    assert_eq!(one["rows"], ROWS);
    assert_eq!(one["time_column"], "when");
    let column = |name: &str| {
        one["columns"].as_array().expect("columns").iter().find(|column| column["name"] == name).expect(name).clone()
    };
    assert_eq!(column("kind")["type"], "text");
    assert_eq!(column("kind")["distinct"], 4);
    assert_eq!(column("fare")["nulls"], rows().iter().filter(|row| row.fare.is_none()).count());
    assert_eq!(column("when")["in_tiles"], "milliseconds since 1970-01-01T00:00:00Z");
    assert_eq!(column("wide")["in_tiles"], "text");
    assert_eq!(column("wide")["min"], "9007199254740992");
}

#[tokio::test]
async fn hidden_columns_are_nowhere() {
    let options = Options { hide: vec!["fare".into()], ..Options::default() };
    let server = Server::of(Entry::open(dataset(&options)), Settings::default());
    for path in [
        "/datasets/trips",
        "/tiles/tilejson.json",
        "/tiles/metadata.json?properties=*",
        "/tiles/style.json",
        "/datasets/trips/rows",
        "/datasets/trips/subset.arrow",
        "/tiles/3/4/2.mvt?mode=points&properties=*",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("fare"), "{path}");
    }
    for query in ["filter=fare%3E1", "agg=sum:fare", "properties=fare", "by=fare"] {
        // What is told of it is what is told of a name that is nowhere.
        let problem = server.get(&format!("/tiles/0/0/0.mvt?{query}")).await.problem(400);
        let nowhere = server.get(&format!("/tiles/0/0/0.mvt?{}", query.replace("fare", "zyxw"))).await.problem(400);
        assert_eq!(problem.to_string(), nowhere.to_string().replace("zyxw", "fare"));
    }
    server.get("/datasets/trips/stats?column=fare").await.problem(400);
}

/// Every expression of a style, wherever it stands.
fn each_expression<'v>(value: &'v Value, visit: &mut dyn FnMut(&'v [Value])) {
    match value {
        Value::Array(list) => {
            visit(list);
            list.iter().for_each(|value| each_expression(value, visit));
        }
        Value::Object(map) => map.values().for_each(|value| each_expression(value, visit)),
        _ => {}
    }
}

#[tokio::test]
async fn a_style_is_complete_and_its_steps_ascend() {
    let server = Server::new();
    for query in [
        "",
        "shape=polygon&agg=mean:fare",
        "mode=points",
        "mode=cells&cell=1",
        "filter=people%20%3E%20100",
        "filter=fare=1&agg=max:people",
    ] {
        let style = server.json(&format!("/tiles/trips/style.json?{query}")).await;
        assert_eq!(style["version"], 8, "{query}");
        assert!(style.get("glyphs").is_none() && style.get("sprite").is_none());
        let source = &style["sources"]["trips"];
        assert!(source["tiles"][0].as_str().is_some_and(|url| url.starts_with("http://tiles.example:8080/")));
        let layers = style["layers"].as_array().expect("layers");
        assert_eq!(layers[0]["type"], "background");
        for layer in &layers[1..] {
            assert_eq!((&layer["source"], &layer["source-layer"]), (&"trips".into(), &"trips".into()), "{query}");
        }
        let ids: Vec<&str> = layers.iter().filter_map(|layer| layer["id"].as_str()).collect();
        assert_eq!(ids.contains(&"cells"), !query.contains("mode=points"), "{query}");
        assert_eq!(ids.contains(&"rows"), !query.contains("mode=cells"), "{query}");
        each_expression(&style["layers"], &mut |list| {
            if list.first().is_some_and(|name| name == "step") {
                let stops: Vec<f64> = list[3..].iter().step_by(2).filter_map(Value::as_f64).collect();
                assert!(!stops.is_empty() && stops.len() * 2 == list.len() - 3, "{list:?}");
                assert!(stops.windows(2).all(|pair| pair[0] < pair[1]), "{stops:?}");
            } else if list.first().is_some_and(|name| name == "interpolate") {
                let stops: Vec<f64> = list[3..].iter().step_by(2).filter_map(Value::as_f64).collect();
                assert!(stops.windows(2).all(|pair| pair[0] < pair[1]), "{stops:?}");
            }
        });
    }
}

#[tokio::test]
async fn a_posted_query_comes_back_as_addresses_that_work() {
    let server = Server::new();
    let body =
        r#"{"filter": "kind = 'tram, old' AND fare > 5", "agg": ["count", "mean:fare"], "cell": 8, "mode": "cells"}"#;
    let answer = server
        .ask(
            Method::POST,
            "/tiles/trips/q",
            &[("host", "tiles.example:8080"), ("content-type", "application/json")],
            body,
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let path = |url: &Value| {
        url.as_str().expect("an address").replace("http://tiles.example:8080", "").replace("{z}/{x}/{y}", "0/0/0")
    };
    let expected =
        rows().iter().filter(|row| row.kind == Some("tram, old") && row.fare.is_some_and(|fare| fare > 5.0)).count()
            as f64;
    for url in [&answer["tiles"], &answer["kepler"]["tileset"], &answer["plain"]["tiles"]] {
        assert_eq!(crate::support::sum(&server.features(&path(url)).await, "point_count"), expected, "{url}");
    }
    for url in [&answer["tilejson"], &answer["metadata"], &answer["style"], &answer["plain"]["tilejson"]] {
        server.json(&path(url)).await;
    }
    // The canonical query is a fixed point: posted again, it gives the same token.
    let again = server.ask(Method::POST, "/tiles/trips/q", &[], answer["query"].as_str().expect("text")).await.json();
    assert_eq!(again["token"], answer["token"]);
}

#[tokio::test]
async fn what_is_said_of_columns_is_told_with_them() {
    let said = Said { unit: Some("EUR".into()), description: Some("What was paid".into()) };
    let about = [("fare".to_owned(), said)].into_iter().collect();
    let entry = Entry { about, ..Entry::open(dataset(&Options::default())) };
    let json = Server::of(entry, Settings::default()).json("/datasets/trips").await;
    let columns = json["columns"].as_array().expect("columns");
    let fare = columns.iter().find(|column| column["name"] == "fare").expect("fare");
    assert_eq!((&fare["unit"], &fare["description"]), (&"EUR".into(), &"What was paid".into()));
    assert!(columns.iter().all(|column| column["name"] == "fare" || column.get("unit").is_none()));

    let fair = [("fair".to_owned(), Said::default())].into_iter().collect();
    let error = about::check(&fair, &dataset(&Options::default()).into()).expect_err("no such column").to_string();
    assert!(error.contains("no column \"fair\"") && error.ends_with("did you mean fare?"), "{error}");
}
