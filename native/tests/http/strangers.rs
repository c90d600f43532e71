//! Pages of others: by which names the server answers, and what browsers are told of its answers.

use crate::support::{Answer, Server};
use axum::{
    body::Body,
    http::{Method, Request},
};
use duotile::settings::{Settings, origin::Origin};

async fn asked_as(server: &Server, host: &str, path: &str) -> Answer {
    server.ask(Method::GET, path, &[("host", host)], "").await
}

#[tokio::test]
async fn a_server_of_this_machine_is_asked_by_its_own_names_only() {
    let origin = Origin { local: true, ..Origin::default() };
    let server = Server::with(Settings { origin, ..Settings::default() });
    for host in ["localhost:8080", "127.0.0.1", "127.9.9.9:1", "[::1]:8080", "maps.localhost"] {
        assert_eq!(asked_as(&server, host, "/datasets").await.status, 200, "{host}");
    }
    // Whatever is asked for; the answer says what to do about it.
    for path in ["/", "/datasets", "/datasets/trips/rows.csv", "/tiles/trips/0/0/0.mvt", "/health", "/nothing"] {
        let refused = asked_as(&server, "rebound.example:8080", path).await;
        let detail = refused.problem(421)["detail"].to_string();
        assert!(detail.contains("rebound.example:8080") && detail.contains("--base-url"), "{path}: {detail}");
    }
    let post = server.ask(Method::POST, "/tiles/trips/q", &[("host", "rebound.example")], "cell=8").await;
    post.problem(421);
    // As HTTP/2 has it, and with two names of which one is ours.
    let request = Request::get("http://rebound.example/datasets").body(Body::empty()).expect("a request");
    server.send(request).await.problem(421);
    let two = [("host", "localhost"), ("host", "rebound.example")];
    server.ask(Method::GET, "/datasets", &two, "").await.problem(421);
}

#[tokio::test]
async fn one_that_others_reach_is_asked_by_any_name() {
    let server = Server::new();
    assert_eq!(asked_as(&server, "tiles.example", "/datasets").await.status, 200);
}

#[tokio::test]
async fn browsers_guess_no_types_and_run_nothing_of_what_is_no_page() {
    let server = Server::new();
    for path in
        ["/", "/docs", "/openapi.json", "/datasets", "/tiles/trips/0/0/0.mvt", "/nothing", "/datasets/trips/rows"]
    {
        assert_eq!(server.get(path).await.header("x-content-type-options"), "nosniff", "{path}");
    }
    for path in ["/openapi.json", "/datasets", "/tiles/trips/style.json", "/nothing", "/datasets/trips/rows.geojson"] {
        let policy = server.get(path).await.header("content-security-policy").to_owned();
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}");
    }
    assert!(server.get("/docs").await.header("content-security-policy").contains("connect-src 'self'"));
    // The page brings its own, and scripts of its workers would be held to this one.
    assert_eq!(server.get("/").await.header("content-security-policy"), "");
}
