//! Compression as the client takes it.

use crate::support::Server;
use axum::http::Method;
use std::io::Read as _;

#[tokio::test]
async fn every_encoding_holds_the_same_tile() {
    let server = Server::new();
    for path in [
        "/tiles/trips/0/0/0.mvt",
        "/tiles/trips/metadata.json",
        "/datasets/trips/rows?limit=500",
        "/datasets/trips/subset.arrow",
        "/",
    ] {
        let plain = server.get(path).await;
        assert!(!plain.headers.contains_key("content-encoding"), "{path}");
        for (accept, expected) in [("gzip, deflate, br, zstd", "zstd"), ("gzip, br", "gzip"), ("br", "")] {
            let host = ("host", "tiles.example:8080");
            let answer = server.ask(Method::GET, path, &[host, ("accept-encoding", accept)], "").await;
            assert_eq!(answer.header("content-encoding"), expected, "{path} {accept}");
            assert!(answer.header("vary").contains("Accept-Encoding"), "{path}");
            let body = match expected {
                "zstd" => zstd::decode_all(&answer.body[..]).expect("zstd"),
                "gzip" => {
                    let mut body = Vec::new();
                    flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut body).expect("gzip");
                    body
                }
                _ => answer.body.to_vec(),
            };
            assert!(body == plain.body, "{path} {accept}");
        }
    }
}
