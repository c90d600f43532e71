//! Tiles: what is in them, and what their answers say.

use crate::support::{ROWS, Server, number, rows, sum};
use axum::http::Method;

#[tokio::test]
async fn counts_of_all_tiles_of_a_zoom_are_the_rows_that_pass() {
    let server = Server::new();
    let cheap = rows().iter().filter(|row| row.fare.is_some_and(|fare| fare < 30.0)).count() as f64;
    for z in 0..=9 {
        assert_eq!(sum(&server.zoom(z, "mode=cells").await, "point_count"), ROWS as f64, "zoom {z}");
        let filtered = server.zoom(z, "mode=cells&filter=fare%20%3C%2030").await;
        assert_eq!(sum(&filtered, "point_count"), cheap, "zoom {z}");
    }
}

#[tokio::test]
async fn a_filter_is_the_same_in_the_query_and_in_the_token() {
    let server = Server::new();
    let posted = server.ask(Method::POST, "/tiles/trips/q", &[], "filter=kind = 'taxi'&agg=mean:fare&mode=cells").await;
    assert_eq!(posted.status, 200, "{}", posted.text());
    let token = posted.json()["token"].as_str().expect("a token").to_owned();
    let by_token = server.get(&format!("/tiles/trips/q/{token}/0/0/0.mvt")).await;
    let by_default = server.get(&format!("/tiles/q/{token}/0/0/0.pbf")).await;
    let by_query = server.get("/tiles/trips/0/0/0.mvt?mode=cells&agg=mean:fare&filter=kind%20=%20%27taxi%27").await;
    assert_eq!(by_token.status, 200, "{}", by_token.text());
    assert_eq!(by_token.body, by_query.body);
    assert_eq!(by_token.body, by_default.body);
    let expected = rows().iter().filter(|row| row.kind == Some("taxi")).count() as f64;
    assert_eq!(sum(&by_token.features(), "point_count"), expected);
}

#[tokio::test]
async fn measures_are_those_of_the_rows() {
    let server = Server::new();
    let features = server.features("/tiles/0/0/0.mvt?mode=cells&cell=64&agg=sum:people,min:fare,max:fare").await;
    assert_eq!(sum(&features, "people_sum"), rows().iter().map(|row| row.people).sum::<i64>() as f64);
    let fares: Vec<f64> = rows().iter().filter_map(|row| row.fare).collect();
    let least = features.iter().filter_map(|feature| number(feature, "fare_min")).fold(f64::INFINITY, f64::min);
    let most = features.iter().filter_map(|feature| number(feature, "fare_max")).fold(0.0, f64::max);
    assert_eq!(least, fares.iter().copied().fold(f64::INFINITY, f64::min));
    assert_eq!(most, fares.iter().copied().fold(0.0, f64::max));
}

#[tokio::test]
async fn an_answer_says_what_it_is() {
    let server = Server::new();
    let answer = server.get("/tiles/trips/0/0/0.mvt?mode=cells").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/vnd.mapbox-vector-tile");
    assert_eq!(answer.header("duotile-features"), answer.features().len().to_string());
    assert_eq!(answer.header("duotile-rows"), ROWS.to_string());
    assert_eq!(answer.header("duotile-omitted"), "0");
    assert_eq!(answer.header("duotile-kind"), "cells");
    assert!(answer.headers.contains_key("server-timing"));
}

#[tokio::test]
async fn thinned_tiles_say_what_they_left_out() {
    let server = Server::new();
    let answer = server.get("/tiles/trips/0/0/0.mvt?mode=points&limit=100").await;
    let shown = answer.features().len();
    assert!(shown > 20 && shown < 400, "{shown} of about 100");
    assert_eq!(answer.header("duotile-kind"), "rows");
    assert_eq!(answer.header("duotile-omitted"), (ROWS as usize - shown).to_string());
}

#[tokio::test]
async fn a_tile_without_rows_is_204_without_a_body() {
    let server = Server::new();
    for uri in ["/tiles/trips/5/0/0.mvt", "/tiles/trips/0/0/0.mvt?filter=people%20%3E%20100"] {
        let answer = server.get(uri).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0), "{uri}");
        assert!(!answer.headers.contains_key("content-type") && answer.headers.contains_key("etag"), "{uri}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::new();
    let get = server.get("/tiles/trips/0/0/0.mvt").await;
    let head = server.ask(Method::HEAD, "/tiles/trips/0/0/0.mvt", &[], "").await;
    assert_eq!((head.status, head.body.len()), (get.status, 0));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn many_at_once_get_the_same_and_masks_are_made_once() {
    let server = std::sync::Arc::new(Server::new());
    let asked: Vec<_> = (0..40)
        .map(|i| {
            let server = server.clone();
            let z = i % 4;
            tokio::spawn(async move { (z, server.zoom(z, "mode=auto&filter=people%20%3E%200").await) })
        })
        .collect();
    let expected = rows().iter().filter(|row| row.people > 0).count();
    let mut first: [Option<usize>; 4] = [None; 4];
    for task in asked {
        let (z, features) = task.await.expect("no panic");
        assert_eq!(*first[usize::from(z)].get_or_insert(features.len()), features.len());
        assert!(sum(&features, "point_count") as usize <= expected);
    }
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.contains("duotile_cache_looks_total{cache=\"masks\",found=\"miss\"} 1\n"), "{metrics}");
}

#[tokio::test]
async fn ids_of_rows_are_their_row_numbers_and_times_are_milliseconds() {
    let server = Server::new();
    let features = server.zoom(9, "mode=points").await;
    assert_eq!(features.len(), ROWS as usize);
    let rows = rows();
    for feature in features {
        let row = &rows[feature.id.expect("an id") as usize];
        assert_eq!(number(&feature, "when"), Some(row.time as f64 * 1000.0));
        assert_eq!(number(&feature, "fare"), row.fare);
        assert!(number(&feature, "point_count").is_none());
    }
}
