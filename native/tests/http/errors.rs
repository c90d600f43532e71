//! Bad input at every door gets the right status and a problem document, and the server goes on.

use crate::support::Server;
use axum::http::Method;

async fn goes_on(server: &Server) {
    assert_eq!(server.get("/tiles/trips/0/0/0.mvt").await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let server = Server::new();
    for path in [
        "/tiles/nowhere/0/0/0.mvt",
        "/tiles/trips/23/0/0.mvt",
        "/tiles/trips/3/8/0.mvt",
        "/tiles/trips/0/0/1.mvt",
        "/tiles/trips/0/0/0.png",
        "/tiles/trips",
        "/tiles/nowhere/tilejson.json",
        "/datasets/nowhere",
        "/datasets/nowhere/rows",
        "/datasets/nowhere/stats?column=fare",
        "/datasets/nowhere/subset.arrow",
        "/nothing",
        "/..%2f..%2fetc%2fpasswd",
    ] {
        server.get(path).await.problem(404);
    }
    let near = server.get("/tiles/trip/0/0/0.mvt").await.problem(404);
    assert_eq!(near["hint"], "did you mean trips?");
    goes_on(&server).await;
}

#[tokio::test]
async fn what_is_said_wrongly_is_400_and_names_its_parameter() {
    let server = Server::new();
    let deep = format!("filter={}people=1{}", "(".repeat(2000), ")".repeat(2000));
    let long = format!("filter=people%20IN%20({}1)", "1,".repeat(4000));
    for (query, parameter) in [
        ("filter=people%20%3D%3D%201", "filter"),
        ("filter=people%20%3D%20%27x%27", "filter"),
        ("filter=fair%20%3E%201", "filter"),
        ("filter=people=1&filter=people=2", "filter"),
        (&deep, "filter"),
        (&long, "filter"),
        ("agg=mean:fair", "agg"),
        ("agg=mean:kind", "agg"),
        ("agg=nothing:fare", "agg"),
        ("by=fair", "by"),
        ("mode=both", "mode"),
        ("cell=3", "cell"),
        ("shape=round", "shape"),
        ("properties=fair", "properties"),
        ("limit=-1", "limit"),
        ("alias=google", "alias"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,north", "bbox"),
        ("datetime=yesterday", "datetime"),
        ("nonsense=1", "nonsense"),
    ] {
        for place in
            ["/tiles/trips/0/0/0.mvt", "/tiles/trips/tilejson.json", "/tiles/metadata.json", "/tiles/style.json"]
        {
            let problem = server.get(&format!("{place}?{query}")).await.problem(400);
            assert_eq!(problem["parameter"], parameter, "{query}: {problem}");
        }
    }
    let near = server.get("/tiles/trips/0/0/0.mvt?filter=fares%20%3E%201").await.problem(400);
    assert!(near["hint"].as_str().is_some_and(|hint| hint.contains("fare")), "{near}");
    assert_eq!(near["position"], 0);
    goes_on(&server).await;
}

#[tokio::test]
async fn odd_addresses_and_tokens_are_400() {
    let server = Server::new();
    for path in [
        "/tiles/trips/a/0/0.mvt",
        "/tiles/trips/0/-1/0.mvt",
        "/tiles/trips/0/0/0.5.mvt",
        "/tiles/trips/99999999999999999999/0/0.mvt",
        "/tiles/trips/q/!!!/0/0/0.mvt",
        "/tiles/trips/q/AAAA/0/0/0.mvt",
        "/tiles/trips/q/ZmlsdGVyPSg/tilejson.json",
    ] {
        server.get(path).await.problem(400);
    }
    // A token and a query beside it would be two queries.
    let token =
        server.ask(Method::POST, "/tiles/q", &[], "cell=8").await.json()["token"].as_str().expect("one").to_owned();
    server.get(&format!("/tiles/q/{token}/0/0/0.mvt?cell=16")).await.problem(400);
    assert_eq!(server.get(&format!("/tiles/q/{token}/0/0/0.mvt?v=1&key=a")).await.status, 200);
    goes_on(&server).await;
}

#[tokio::test]
async fn what_is_too_long_is_refused() {
    let server = Server::new();
    let giant = format!("/tiles/trips/0/0/0.mvt?filter=people%3D1{}", "%20".repeat(21_000));
    server.get(&giant).await.problem(414);
    let body = format!("filter=people=1{}", " ".repeat(100_000));
    server.ask(Method::POST, "/tiles/trips/q", &[], &body).await.problem(413);
    goes_on(&server).await;
}

#[tokio::test]
async fn posted_nonsense_is_400() {
    let server = Server::new();
    for body in ["filter=(", "{", "[1]", "{\"agg\": {\"a\": 1}}", "{\"filter\": 1}", "\u{0}"] {
        server.ask(Method::POST, "/tiles/trips/q", &[], body).await.problem(400);
    }
    goes_on(&server).await;
}

#[tokio::test]
async fn other_methods_are_405_and_told_what_is_allowed() {
    let server = Server::new();
    for (method, path, allowed) in [
        (Method::DELETE, "/tiles/trips/0/0/0.mvt", "GET"),
        (Method::POST, "/tiles/trips/0/0/0.mvt", "GET"),
        (Method::GET, "/tiles/trips/q", "POST"),
        (Method::POST, "/datasets", "GET"),
        (Method::PUT, "/", "GET"),
    ] {
        let answer = server.ask(method.clone(), path, &[], "").await;
        answer.problem(405);
        assert!(answer.header("allow").starts_with(allowed), "{method} {path}: {}", answer.header("allow"));
    }
    for (path, allowed) in [
        ("/datasets", "GET,HEAD"),
        ("/tiles/trips/0/0/0.mvt", "GET, HEAD"),
        ("/tiles/style.json", "GET, HEAD"),
        ("/tiles/trips/q", "POST"),
    ] {
        let options = server.ask(Method::OPTIONS, path, &[], "").await;
        assert_eq!((options.status.as_u16(), options.header("allow")), (204, allowed), "{path}");
    }
    assert_eq!(server.ask(Method::PATCH, "/tiles/trips/q", &[], "").await.header("allow"), "POST");
    server.ask(Method::OPTIONS, "/tiles/trips/nothing", &[], "").await.problem(404);
}

#[tokio::test]
async fn a_server_without_datasets_is_alive_but_not_ready() {
    use duotile::{catalog::Catalog, http::State, settings::Settings};
    let state = State::new(Catalog::default(), Settings::default());
    let server = Server { app: duotile::app(state.clone()), state };
    assert_eq!(server.get("/health").await.status, 200);
    server.get("/ready").await.problem(503);
    server.get("/tiles/0/0/0.mvt").await.problem(404);
    assert_eq!(server.json("/datasets").await["default"], serde_json::Value::Null);
}
