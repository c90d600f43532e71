//! What may be kept and for how long.

use crate::support::Server;
use axum::http::Method;

/// Tiles cut so far, as the metrics have it.
async fn cut(server: &Server) -> String {
    let text = server.get("/metrics").await.text();
    text.lines().find(|line| line.starts_with("duotile_tile_work_seconds_count")).expect("a count").to_owned()
}

#[tokio::test]
async fn an_unchanged_tile_is_304_and_costs_no_work() {
    let server = Server::new();
    let tile = "/tiles/trips/1/0/0.mvt?filter=people%20%3E%201";
    let first = server.get(tile).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "weak: {etag}");
    let before = cut(&server).await;
    // Another spelling of the same query, and another tile that was never cut.
    let again =
        server.ask(Method::GET, "/tiles/trips/1/0/0.pbf?filter=people%3E1&v=x", &[("if-none-match", &etag)], "").await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), etag);
    assert_eq!(again.header("cache-control"), "no-cache");
    assert!(again.header("vary").contains("Accept-Encoding"));
    let never = server.ask(Method::GET, "/tiles/trips/9/275/167.mvt", &[("if-none-match", "*")], "").await;
    assert_eq!(never.status, 304);
    assert_eq!(cut(&server).await, before);
}

#[tokio::test]
async fn a_tile_says_what_took_how_long_or_that_it_was_there() {
    let server = Server::new();
    let tile = "/tiles/trips/0/0/0.mvt?filter=people%20%3E%202";
    let first = server.get(tile).await.header("server-timing").to_owned();
    assert!(first.contains("tile;dur=") && !first.contains("cache"), "{first}");
    assert_eq!(server.get(tile).await.header("server-timing"), "cache;desc=hit");
}

#[tokio::test]
async fn tags_differ_by_query_and_address() {
    let server = Server::new();
    let mut tags = Vec::new();
    for tile in ["0/0/0.mvt", "1/0/0.mvt", "1/0/1.mvt", "0/0/0.mvt?cell=8", "0/0/0.mvt?filter=people=1"] {
        tags.push(server.get(&format!("/tiles/trips/{tile}")).await.header("etag").to_owned());
    }
    let all = tags.len();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), all);
}

#[tokio::test]
async fn a_wrong_query_is_400_even_for_who_has_the_tile() {
    let server = Server::new();
    let answer =
        server.ask(Method::GET, "/tiles/trips/0/0/0.mvt?filter=nothing=1", &[("if-none-match", "*")], "").await;
    answer.problem(400);
}

#[tokio::test]
async fn only_the_current_version_is_kept_for_good() {
    let server = Server::new();
    let version = server.json("/datasets/trips").await["version"].as_str().expect("a version").to_owned();
    let immutable = "public, max-age=31536000, immutable";
    for (v, expected) in
        [(format!("?v={version}"), immutable), ("?v=0".into(), "no-cache"), (String::new(), "no-cache")]
    {
        let answer = server.get(&format!("/tiles/trips/0/0/0.mvt{v}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, expected), "{v}");
        let empty = server.get(&format!("/tiles/trips/5/0/0.mvt{v}")).await;
        assert_eq!((empty.status.as_u16(), empty.header("cache-control")), (204, expected), "{v}");
    }
    let template = server.json("/tiles/trips/tilejson.json").await["tiles"][0].as_str().expect("a template").to_owned();
    let tile = template.replace("{z}/{x}/{y}", "0/0/0").replace("http://tiles.example:8080", "");
    assert_eq!(server.get(&tile).await.header("cache-control"), immutable);
    let error = server.get(&format!("/tiles/trips/0/0/0.mvt?v={version}&filter=x")).await;
    error.problem(400);
}

#[tokio::test]
async fn documents_and_pages_are_asked_for_again_and_have_tags() {
    let server = Server::new();
    for path in [
        "/tiles/trips/tilejson.json",
        "/tiles/trips/metadata.json",
        "/tiles/style.json",
        "/datasets/trips",
        "/",
        "/docs",
        "/openapi.json",
        "/datasets/trips/stats?column=fare",
        "/datasets/trips/subset.arrow",
    ] {
        let answer = server.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-cache"), "{path}");
        let etag = answer.header("etag").to_owned();
        let again =
            server.ask(Method::GET, path, &[("host", "tiles.example:8080"), ("if-none-match", &etag)], "").await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
    }
}

#[tokio::test]
async fn a_replaced_dataset_has_another_version_and_its_own_tiles() {
    use duotile::{catalog::Entry, read::Options};
    let server = Server::new();
    let before = server.get("/tiles/trips/0/0/0.mvt?mode=cells").await;
    let options = Options { hide: vec!["fare".into()], ..Options::default() };
    server.state.replace(Entry::open(crate::support::dataset(&options)));
    let after = server.get("/tiles/trips/0/0/0.mvt?mode=cells").await;
    assert_ne!(before.header("etag"), after.header("etag"));
    server.get("/tiles/trips/0/0/0.mvt?agg=sum:fare").await.problem(400);
}
