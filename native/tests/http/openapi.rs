//! The API's description lists what the router has, and the router has what it lists.

use crate::support::Server;
use axum::http::Method;
use duotile::{
    http::{operation::OPENAPI, paths},
    settings::Settings,
};
use serde_json::Value;
use std::collections::BTreeSet;

fn api() -> Value {
    serde_json::from_str(OPENAPI).expect("JSON")
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    [("{dataset}", "trips"), ("{id}", "trips"), ("{token}", "Y2VsbD04"), ("{z}", "0"), ("{x}", "0"), ("{y}", "0")]
        .iter()
        .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let api = api();
    let described: BTreeSet<&str> = api["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    assert_eq!(described, paths(&Settings::default()).into_iter().collect());
}

#[tokio::test]
async fn every_described_operation_is_answered() {
    let (server, _folder) = crate::basemap::server();
    for (path, operations) in api()["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let mut uri = filled(path);
            if uri.ends_with("/stats") {
                uri += "?column=fare";
            }
            let answer = server
                .ask(Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method"), &uri, &[], "")
                .await;
            assert_eq!(answer.status, 200, "{method} {uri}: {}", answer.text());
            let kinds = operation["responses"]["200"]["content"].as_object().expect("a body");
            assert!(
                kinds.keys().any(|kind| answer.header("content-type").starts_with(kind.as_str())),
                "{method} {uri}"
            );
        }
    }
}

#[tokio::test]
async fn every_described_parameter_is_taken() {
    let server = Server::new();
    let api = api();
    let values = [
        ("filter", "people%20%3E%201"),
        ("filter-lang", "cql2-text"),
        ("let", "twice:people*2"),
        ("datetime", "2024-01-01/.."),
        ("bbox", "0,40,20,60"),
        ("agg", "mean:fare"),
        ("by", "kind"),
        ("mode", "auto"),
        ("cell", "8"),
        ("res", "1"),
        ("shape", "polygon"),
        ("geometry", "point"),
        ("detail", "-4"),
        ("rank", "fare"),
        ("properties", "kind"),
        ("limit", "100"),
        ("alias", "carto"),
        ("v", "1"),
        ("bins", "5"),
        ("z", "1"),
        ("offset", "1"),
        ("f", "json"),
        ("tile", "0/0/0"),
        ("h3", "8928308280fffff"),
        ("column", "fare"),
        ("measure", "point_count"),
    ];
    let mut seen = 0;
    for (path, operations) in api["paths"].as_object().expect("paths") {
        let Some(parameters) = operations["get"]["parameters"].as_array() else { continue };
        for parameter in parameters {
            let named =
                parameter["$ref"].as_str().and_then(|at| api.pointer(at.trim_start_matches('#'))).unwrap_or(parameter);
            if named["in"] == "path" {
                continue;
            }
            let name = named["name"].as_str().expect("a name");
            let value =
                values.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no value for {name}")).1;
            // The cell of rows is an id, not a size; statistics want one of two things.
            let value = if path.ends_with("/rows") && name == "cell" { "1" } else { value };
            let mut more = String::new();
            if name == "res" {
                more += "&cell=h3";
            }
            if name == "filter-lang" {
                more += "&filter=people%3D1";
            }
            if path.ends_with("/stats") && !["column", "measure"].contains(&name) {
                more += "&column=fare";
            }
            let answer = server.get(&format!("{}?{name}={value}{more}", filled(path))).await;
            assert!([200, 204].contains(&answer.status.as_u16()), "{path} {name}: {}", answer.text());
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
    // And a parameter that is not described is not taken.
    server.get("/tiles/trips/0/0/0.mvt?fliter=x").await.problem(400);
}

#[tokio::test]
async fn metrics_can_live_elsewhere() {
    let server = Server::with(Settings { metrics_here: false, ..Settings::default() });
    server.get("/metrics").await.problem(404);
    assert!(!paths(&server.state.settings()).contains(&"/metrics"));
    let own = Server { app: duotile::http::metrics_app(server.state.clone()), state: server.state.clone() };
    let text = own.get("/metrics").await.text();
    assert!(
        text.contains("duotile_dataset_rows{dataset=\"trips\"} 3000") && text.trim_end().ends_with("# EOF"),
        "{text}"
    );
}
