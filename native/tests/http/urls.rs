//! Addresses that the server writes, behind proxies and without; and pages that need none.

use crate::support::Server;
use axum::{
    body::Body,
    http::{Method, Request},
};
use duotile::settings::{Settings, origin::Origin};

async fn tiles(server: &Server, headers: &[(&str, &str)]) -> String {
    let answer = server.ask(Method::GET, "/tiles/trips/tilejson.json?cell=8", headers, "").await;
    answer.json()["tiles"][0].as_str().expect("a template").to_owned()
}

#[tokio::test]
async fn the_host_the_proxy_and_the_operator_each_have_their_say() {
    let proxied = [
        ("host", "inner:8080"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "example.org"),
        ("x-forwarded-prefix", "/maps"),
    ];
    let plain = Server::new();
    assert!(tiles(&plain, &proxied).await.starts_with("http://inner:8080/tiles/trips/{z}/{x}/{y}.mvt?cell=8&v="));
    let trusting = |base: Option<&str>| {
        let origin = Origin { base: base.map(str::to_owned), trust_proxy: true, local: false };
        Server::with(Settings { origin, ..Settings::default() })
    };
    assert!(tiles(&trusting(None), &proxied).await.starts_with("https://example.org/maps/tiles/trips/{z}"));
    let told = trusting(Some("https://tiles.example/a"));
    assert!(tiles(&told, &proxied).await.starts_with("https://tiles.example/a/tiles/trips/{z}"));
}

/// As HTTP/2 has it.
#[tokio::test]
async fn the_name_in_the_address_is_as_good_as_the_header() {
    let server = Server::new();
    let uri = "http://maps.example:8080/tiles/trips/tilejson.json?cell=8";
    let answer = server.send(Request::get(uri).body(Body::empty()).expect("a request")).await;
    let tiles = answer.json()["tiles"][0].as_str().expect("a template").to_owned();
    assert!(tiles.starts_with("http://maps.example:8080/tiles/trips/{z}/{x}/{y}.mvt?cell=8&v="), "{tiles}");
}

#[tokio::test]
async fn every_document_writes_the_same_base() {
    let origin = Origin { base: Some("https://example.org/maps".into()), ..Origin::default() };
    let server = Server::with(Settings { origin, ..Settings::default() });
    for path in [
        "/tiles/tilejson.json",
        "/tiles/metadata.json",
        "/tiles/style.json",
        "/datasets",
        "/datasets/trips",
        "/datasets/trips/rows?limit=1",
    ] {
        let text = server.get(path).await.text();
        assert!(text.contains("https://example.org/maps/"), "{path}");
        assert!(!text.contains("tiles.example") && !text.contains("localhost"), "{path}");
    }
    let posted = server.ask(Method::POST, "/tiles/trips/q", &[], "cell=8").await.json();
    for name in ["tiles", "tilejson", "metadata", "style"] {
        assert!(
            posted[name].as_str().is_some_and(|url| url.starts_with("https://example.org/maps/tiles/trips/q/")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_one_client_is_told_is_not_kept_for_another() {
    let server = Server::new();
    let first = server.ask(Method::GET, "/tiles/tilejson.json", &[("host", "a.example")], "").await;
    let second = server.ask(Method::GET, "/tiles/tilejson.json", &[("host", "b.example")], "").await;
    assert!(first.text().contains("http://a.example/") && second.text().contains("http://b.example/"));
    assert_ne!(first.header("etag"), second.header("etag"));
}

#[tokio::test]
async fn pages_use_relative_addresses_only() {
    let server = Server::new();
    for path in ["/", "/docs"] {
        let page = server.get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"));
        let text = page.text();
        for absolute in ["src=\"/", "href=\"/", "src=\"http", "fetch(\"/"] {
            assert!(!text.contains(absolute), "{path} has {absolute}");
        }
    }
}

#[tokio::test]
async fn keys_of_a_proxy_are_carried_on() {
    let server = Server::new();
    let template = server.json("/tiles/trips/tilejson.json?key=abc&cell=8&v=1").await["tiles"][0].to_string();
    assert!(template.contains("cell=8&key=abc&v="), "{template}");
}

#[tokio::test]
async fn names_beyond_ascii_work_in_every_address() {
    use duotile::{catalog::Entry, read::Options};
    let options = Options { name: Some("zürich-日本".into()), ..Options::default() };
    let server = Server::of(Entry::open(crate::support::dataset(&options)), Settings::default());
    let list = server.json("/datasets").await;
    let local = |url: &serde_json::Value| {
        url.as_str().expect("an address").replace("http://tiles.example:8080", "").replace("{z}/{x}/{y}", "0/0/0")
    };
    for (name, link) in list["datasets"][0]["links"].as_object().expect("links") {
        let answer = server.get(&local(link)).await;
        assert_eq!(answer.status, 200, "{name} {link}: {}", answer.text());
    }
    let name = "z%C3%BCrich-%E6%97%A5%E6%9C%AC";
    for path in [
        format!("/datasets/{name}/rows"),
        format!("/datasets/{name}/subset.arrow"),
        format!("/tiles/{name}/style.json"),
    ] {
        assert_eq!(server.get(&path).await.status, 200, "{path}");
    }
    server.get("/tiles/z%FCrich/0/0/0.mvt").await.problem(400);
}
