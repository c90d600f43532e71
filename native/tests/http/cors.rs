//! Who may read from other origins.

use crate::support::{Answer, Server};
use axum::http::Method;
use duotile::settings::{Settings, cors::Cors};

fn server(cors: Cors) -> Server {
    Server::with(Settings { cors, ..Settings::default() })
}

async fn from(server: &Server, origin: &str, path: &str) -> Answer {
    server.ask(Method::GET, path, &[("origin", origin)], "").await
}

#[tokio::test]
async fn on_this_machine_local_pages_and_kepler_may_read_and_others_not() {
    let server = server(Cors::Local);
    for origin in ["http://localhost:3000", "http://127.0.0.1:8080", "https://kepler.gl"] {
        let answer = from(&server, origin, "/tiles/trips/0/0/0.mvt").await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert!(
            answer.header("vary").contains("Origin") || answer.headers.get_all("vary").iter().any(|v| v == "Origin")
        );
    }
    let answer = from(&server, "https://example.org", "/tiles/trips/0/0/0.mvt").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn errors_are_readable_too_and_say_what_is_exposed() {
    let server = server(Cors::Any);
    for (path, status) in [
        ("/tiles/trips/0/0/0.mvt", 200),
        ("/tiles/trips/5/0/0.mvt", 204),
        ("/tiles/trips/0/0/0.mvt?filter=x", 400),
        ("/tiles/nowhere/metadata.json", 404),
        ("/nothing", 404),
    ] {
        let answer = from(&server, "https://example.org", path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        for exposed in ["ETag", "Server-Timing", "Duotile-Features", "Duotile-Omitted"] {
            assert!(answer.header("access-control-expose-headers").contains(exposed), "{path} {exposed}");
        }
    }
    let post = server.ask(Method::POST, "/datasets", &[("origin", "https://example.org")], "").await;
    assert_eq!((post.status.as_u16(), post.header("access-control-allow-origin")), (405, "*"));
}

#[tokio::test]
async fn preflights_are_answered() {
    let server = server(Cors::Local);
    let ask = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
            ("access-control-request-private-network", "true"),
        ];
        server.ask(Method::OPTIONS, "/tiles/trips/q", &headers, "").await
    };
    let answer = ask("https://kepler.gl").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "https://kepler.gl");
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    assert_eq!(answer.header("access-control-allow-headers"), "content-type");
    assert_eq!(answer.header("access-control-allow-private-network"), "true");
    // What anybody may read is no reason to let any page into a private network.
    let open = Server::with(Settings { cors: Cors::Any, ..Settings::default() });
    let headers = [
        ("origin", "https://example.org"),
        ("access-control-request-method", "GET"),
        ("access-control-request-private-network", "true"),
    ];
    let any = open.ask(Method::OPTIONS, "/datasets", &headers, "").await;
    assert_eq!(any.header("access-control-allow-origin"), "*");
    assert!(!any.headers.contains_key("access-control-allow-private-network"));
    let answer = ask("https://example.org").await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    assert!(!answer.headers.contains_key("access-control-allow-methods"));
}

#[tokio::test]
async fn an_own_list_and_off_are_obeyed() {
    let only = server(Cors::Only(vec!["https://maps.example".into()]));
    assert_eq!(
        from(&only, "https://maps.example", "/datasets").await.header("access-control-allow-origin"),
        "https://maps.example"
    );
    assert_eq!(from(&only, "http://localhost", "/datasets").await.header("access-control-allow-origin"), "");
    let off = server(Cors::Off);
    let answer = from(&off, "http://localhost", "/datasets").await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
}
