//! The base map that the operator names: what the catalogue tells of it, and its file by ranges.

use crate::support::{Answer, Server};
use axum::http::Method;
use duotile::settings::{Settings, basemap::Basemap, origin::Origin};
use serde_json::json;

/// A file that begins as PMTiles do, of more than one piece.
fn bytes() -> Vec<u8> {
    let rest = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
    b"PMTiles\x03".iter().copied().chain(rest).collect()
}

/// A server of it, and the folder it is in.
pub fn server() -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("city.pmtiles");
    std::fs::write(&path, bytes()).expect("a file");
    let basemap = Some(Basemap::parse(&path.to_string_lossy()).expect("PMTiles"));
    (Server::with(Settings { basemap, ..Settings::default() }), folder)
}

async fn ask(server: &Server, method: Method, headers: &[(&str, &str)]) -> Answer {
    server.ask(method, "/basemap.pmtiles", headers, "").await
}

#[tokio::test]
async fn the_catalogue_tells_it() {
    assert_eq!(Server::new().json("/datasets").await["basemap"], json!(null));
    let (of_file, _folder) = server();
    let told = of_file.json("/datasets").await["basemap"].clone();
    assert_eq!(told, json!({ "pmtiles": "http://tiles.example:8080/basemap.pmtiles" }));
    let origin = Origin { base: Some("https://example.org/maps".into()), ..Origin::default() };
    for (named, expected) in [
        ("https://a.example/style.json", json!({ "style": "https://a.example/style.json" })),
        ("https://a.example/b.pmtiles", json!({ "pmtiles": "https://a.example/b.pmtiles" })),
    ] {
        let basemap = Some(Basemap::parse(named).expect("an address"));
        let server = Server::with(Settings { basemap, origin: origin.clone(), ..Settings::default() });
        assert_eq!(server.json("/datasets").await["basemap"], expected);
        server.get("/basemap.pmtiles").await.problem(404);
    }
    let prefixed = Server::with(Settings { origin, ..(*of_file.state.settings()).clone() });
    let told = prefixed.json("/datasets").await["basemap"]["pmtiles"].clone();
    assert_eq!(told, "https://example.org/maps/basemap.pmtiles");
}

#[tokio::test]
async fn the_file_comes_whole_and_in_ranges() {
    let (server, _folder) = server();
    let whole = bytes();
    let answer = ask(&server, Method::GET, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("accept-ranges")), (200, "bytes"));
    assert_eq!(answer.header("content-length"), whole.len().to_string());
    assert!(answer.body == whole);
    let etag = answer.header("etag").to_owned();
    assert!(etag.starts_with('"'), "a strong one: {etag}");
    let last = whole.len() - 1;
    for (asked, from, to) in [
        ("bytes=0-7".to_owned(), 0, 7),
        ("bytes=65530-150000".to_owned(), 65_530, 150_000),
        (format!("bytes={last}-"), last, last),
        ("bytes=-10".to_owned(), last - 9, last),
    ] {
        let answer = ask(&server, Method::GET, &[("range", &asked), ("if-range", &etag)]).await;
        assert_eq!(answer.status, 206, "{asked}");
        assert_eq!(answer.header("content-range"), format!("bytes {from}-{to}/{}", whole.len()));
        assert_eq!(answer.header("content-length"), (to + 1 - from).to_string());
        assert!(answer.body == whole[from..=to], "{asked}");
    }
    let other = ask(&server, Method::GET, &[("range", "bytes=0-7"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status.as_u16(), other.body.len()), (200, whole.len()));
    assert_eq!(ask(&server, Method::GET, &[("if-none-match", &etag)]).await.status, 304);
    let head = ask(&server, Method::HEAD, &[]).await;
    assert_eq!((head.status.as_u16(), head.header("content-length"), head.body.len()), (200, "200008", 0));
    let beyond = ask(&server, Method::GET, &[("range", "bytes=200008-")]).await;
    beyond.problem(416);
    assert_eq!(beyond.header("content-range"), "bytes */200008");
    drop((head, beyond, other));
    assert_eq!(server.state.outgoing.held(), 0);
}

#[tokio::test]
async fn a_file_that_takes_its_place_has_another_tag_and_one_that_is_gone_is_told() {
    let (server, folder) = server();
    let before = ask(&server, Method::HEAD, &[]).await.header("etag").to_owned();
    let path = folder.path().join("city.pmtiles");
    let next = folder.path().join("next");
    std::fs::write(&next, b"PMTiles\x03 another").expect("a file");
    std::fs::rename(&next, &path).expect("moved");
    let after = ask(&server, Method::GET, &[("range", "bytes=0-6"), ("if-range", &before)]).await;
    assert_eq!((after.status.as_u16(), after.text().as_str()), (200, "PMTiles\u{3} another"));
    assert_ne!(after.header("etag"), before);
    std::fs::remove_file(&path).expect("removed");
    ask(&server, Method::GET, &[]).await.problem(500);
}
