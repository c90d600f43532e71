//! Against a server that cuts, changes and lies.

mod parquet;

use super::super::{
    Place, Remote,
    served::{Served, Server},
};
use crate::{dataset::Dataset, inspect, load::Load, read::Progress, wanted::Wanted};
use flate2::{Compression, write::GzEncoder};
use std::{fs, io::Write as _, sync::Mutex};

const PLACES: &[u8] = include_bytes!("../../../../data/places.parquet");
const LAYERS: &[u8] = include_bytes!("../../points/read/tests/files/layers.gpkg");
const SHAPES: &[u8] = include_bytes!("../../points/read/tests/files/shapes.zip");
const ROWS: &str = "lon,lat,n\n1,2,3\n4,5,6\n";

/// Keeps what is told.
#[derive(Default)]
struct Lines(Mutex<String>);

impl Progress for Lines {
    fn stage(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn line(&self, text: &str) {
        let mut all = self.0.lock().expect("nobody panicked");
        all.push_str(text);
        all.push('\n');
    }
}

/// What is fetched from an address, and what is told meanwhile.
fn fetched(address: &str) -> (Result<Vec<u8>, String>, String) {
    let lines = Lines::default();
    let spool = Remote::parse(address).and_then(|remote| remote.fetch("x", &lines));
    let bytes = spool.map(|spool| fs::read(spool.path()).expect("there")).map_err(|error| format!("{error:#}"));
    (bytes, lines.0.into_inner().expect("nobody panicked"))
}

fn refused(address: &str) -> String {
    fetched(address).0.expect_err("refused")
}

fn version(address: &str) -> Option<String> {
    Remote::parse(address).and_then(|remote| remote.version("x")).expect("told")
}

fn random(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// All that is told of a dataset but where it lies and its version.
fn facts(dataset: &Dataset) -> String {
    inspect::dataset(dataset).split_once('\n').expect("several lines").1.to_owned()
}

#[test]
fn whatever_is_read_from_a_file_is_read_from_an_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(ROWS.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let json = br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}]}"#;
    let layer = |name: &str| Load { layer: Some(name.into()), ..Load::default() };
    for (local, asked, kind, bytes, load) in [
        ("a.csv", "a.csv", "application/octet-stream", ROWS.as_bytes(), Load::default()),
        ("a.csv.gz", "a.csv.gz", "application/gzip", &gzip, Load::default()),
        ("a.csv", "export?of=a", "text/csv; charset=utf-8", ROWS.as_bytes(), Load::default()),
        ("a.geojson", "v1/items", "application/geo+json", json, Load::default()),
        ("a.parquet", "a", "binary/octet-stream", PLACES, Load::default()),
        ("a.parquet", "a.parquet", "", PLACES, Load::default()),
        ("a.gpkg", "a.gpkg", "", LAYERS, layer("areas")),
        ("a.zip", "a.zip", "application/zip", SHAPES, layer("areas")),
    ] {
        let path = folder.path().join(local);
        fs::write(&path, bytes).expect("written");
        let from = |text: &str| Wanted::parse(text, &load).and_then(|wanted| wanted.read(&()));
        let server = Server::of(bytes);
        server.now().kind = Some(kind.into());
        let (here, there) = (from(&path.display().to_string()), from(&server.url(asked)));
        match (here, there) {
            (Ok(here), Ok(there)) => {
                assert_eq!(facts(&here), facts(&there), "{asked}");
                // The same bytes are the same version, whoever fetches them.
                let again = from(&server.url(asked)).expect("reads");
                assert_eq!(again.version(), there.version(), "{asked}");
            }
            (here, there) => panic!("{asked}: {:?} and {:?}", here.err(), there.err()),
        }
    }
}

#[test]
fn a_cut_connection_goes_on_from_where_it_was() {
    let bytes = random(3_000_000);
    let server = Server::of(&bytes);
    server.now().cuts = vec![0, 900_000, 1_500_000];
    let (whole, lines) = fetched(&server.url("a.zip"));
    assert!(whole.expect("fetched") == bytes);
    let state = server.now();
    assert_eq!(state.sent, bytes.len(), "{lines}");
    let asked: Vec<&str> = state.asked.iter().map(|asked| asked.split(" host").next().expect("one")).collect();
    let rest = |from: usize| format!("/a.zip range=bytes={from}- if-range=\"1\"");
    assert_eq!(asked, ["/a.zip".into(), rest(1_500_000), rest(2_400_000), rest(2_400_000)]);
    assert!(
        lines.contains("it goes on from 1.4 MB") && lines.contains("fetched 2.9 MB from http://127.0.0.1"),
        "{lines}"
    );
}

#[test]
fn parts_of_two_files_are_never_put_together() {
    let (old, new) = (random(400_000), random(500_000).into_iter().rev().collect::<Vec<_>>());
    for (weak, lie) in [
        (false, None),
        (true, None),
        (false, Some("bytes 7-399999/400000")),
        (false, Some("bytes 300000-400000/400001")),
    ] {
        let server = Server::of(&old);
        {
            let mut state = server.now();
            state.cuts = vec![300_000];
            state.then = Some((new.clone(), "\"2\"".into())).filter(|_| lie.is_none());
            state.lie = lie.map(str::to_owned);
            if weak {
                state.etag = Some("W/\"1\"".into());
            }
        }
        let expected = if lie.is_none() { &new } else { &old };
        assert!(&fetched(&server.url("a.csv.gz")).0.expect("fetched") == expected, "{weak} {lie:?}");
    }
}

#[test]
fn what_cannot_go_on_begins_anew_and_what_never_ends_is_an_error() {
    let bytes = random(100_000);
    // It knows no parts; it tells nothing of the file.
    for etag in [Some("\"1\"".to_owned()), None] {
        let server =
            Server::new(Served { bytes: bytes.clone(), etag, cuts: vec![60_000, 40_000], ..Served::default() });
        assert!(fetched(&server.url("a.zip")).0.expect("fetched") == bytes);
        assert_eq!(server.now().sent, 200_000);
    }
    let server = Server::of(&bytes);
    server.now().cuts = vec![0; 50];
    server.now().cuts.push(70_000);
    let error = refused(&server.url("a.zip"));
    assert!(error.contains("5 times in a row nothing more came than 0.1 MB: the connection was cut"), "{error}");
    assert!(server.now().asked.len() < 10);
    server.fails();
    let error = refused(&server.url("a.zip"));
    assert!(error.contains("its server cannot answer now (503)"), "{error}");
}

#[test]
fn a_version_is_the_tag_or_the_time_with_the_size_or_nothing() {
    let server = Server::of(ROWS.as_bytes());
    assert_eq!(version(&server.url("a.csv")).as_deref(), Some("\"1\""));
    // One byte is asked for.
    assert_eq!(server.now().sent, 1);
    server.now().etag = None;
    server.now().modified = Some("Wed, 21 Oct 2026 07:28:00 GMT".into());
    let timed = version(&server.url("a.csv"));
    assert_eq!(timed.as_deref(), Some("Wed, 21 Oct 2026 07:28:00 GMT 22 bytes"));
    server.now().parts = false;
    assert_eq!(version(&server.url("a.csv")), timed);
    server.now().modified = None;
    assert_eq!(version(&server.url("a.csv")), None);
    let remote = Remote::parse(&server.url("a.csv")).expect("fine");
    assert!(remote.untold().contains("it is fetched once"));
    assert!(remote.must_tell() && remote.every().as_secs() == 60);
    let polled = Remote::parse(&server.url("a.csv#poll=5m")).expect("fine");
    assert_eq!(polled.every().as_secs(), 300);
}

#[test]
fn redirects_are_followed_as_far_as_is_safe_and_no_password_goes_along() {
    let (far, near) = (Server::of(ROWS.as_bytes()), Server::of(b"x"));
    let lead = |to: &str| near.now().instead = Some((302, format!("location: {to}\r\n"), String::new()));
    lead(&far.url("b/a.csv?signature=hunter2"));
    let address = near.url("a.csv").replacen("127", "me:hunter2@127", 1);
    let (bytes, lines) = fetched(&address);
    assert_eq!(bytes.expect("fetched"), ROWS.as_bytes());
    assert!(near.now().asked[0].contains("authorization=Basic bWU6aHVudGVyMg=="), "{:?}", near.now().asked);
    assert_eq!(far.now().asked, [format!("/b/a.csv?signature=hunter2 host=127.0.0.1:{}", far.port)]);
    assert!(!lines.contains("hunter2") && !lines.contains("me@"), "{lines}");
    for (to, expected) in [
        ("/a.csv", "it leads elsewhere more than 5 times, at last to http://127.0.0.1"),
        (
            "http://example.org/a.csv?key=hunter2",
            "http://example.org/a.csv?…: others on the way could read and change it",
        ),
        ("file:///etc/passwd", "file:///etc/passwd: expected https://"),
        ("http://[", "it leads to what is no address"),
    ] {
        lead(to);
        let error = refused(&address);
        assert!(error.contains(expected) && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn what_is_refused_is_a_sentence_without_secrets() {
    let server = Server::of(ROWS.as_bytes());
    let address = server.url("a.csv?X-Amz-Signature=hunter2").replacen("127", "me:hunter2@127", 1);
    let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    for (status, body, expected) in [
        (404, "", "there is no such file (404)"),
        (410, "", "there is no such file (410)"),
        (403, xml, "it is refused (403): a signed address may have ended: AccessDenied, Request has expired"),
        (401, "", "or the password is wrong (401)"),
        (204, "", "its server answers with 204 No Content, expected the file"),
        (418, "", "its server answers with 418 I'm a teapot"),
    ] {
        server.now().instead = Some((status, String::new(), body.into()));
        let error = refused(&address);
        assert!(error.starts_with("http://127.0.0.1:") && error.contains("/a.csv?…: "), "{error}");
        assert!(error.contains(expected) && !error.contains("hunter2"), "{error}");
        let remote = Remote::parse(&address).expect("fine");
        let asked = format!("{:#}", remote.version("x").expect_err("refused"));
        assert!(asked.contains(expected) && !format!("{remote:?}").contains("hunter2"), "{asked}");
    }
    server.now().instead = None;
    for (bytes, expected) in [
        ("<!DOCTYPE html><title>Log in</title>", "it is a page for browsers (HTML) and no data"),
        ("", "the file is empty"),
    ] {
        server.now().bytes = bytes.into();
        let error = refused(&address);
        assert!(error.contains(expected), "{error}");
    }
    let Place::File(link) = Remote::parse(&address).expect("fine").place else { panic!("a file") };
    assert_eq!((link.name(), format!("{link:?}").contains("me")), ("a.csv", false));
    // What is no file of a format that is read says so of the address.
    server.now().bytes = b"hello".into();
    let error = Wanted::parse(&server.url("notes.md"), &Load::default()).and_then(|wanted| wanted.read(&()));
    let error = format!("{:#}", error.expect_err("refused"));
    assert!(error.contains(&format!("{} is of no format that is read", server.url("notes.md"))), "{error}");
}

#[test]
fn addresses_are_refused_where_they_say_nothing_or_too_much() {
    for (text, expected) in [
        ("http://example.org/a.csv", "http://example.org/a.csv: others on the way could read and change it"),
        ("https://example.org/", "https://example.org/ names no file"),
        ("https://example.org/a/*.csv", "patterns are for files of this machine"),
        ("https://example.org/a.shp", "a Shapefile is several files, expected a .zip"),
        (
            "https://example.org/a.csv#pol=1m",
            "\"pol=1m\" behind # is not known (did you mean poll?), expected poll, insecure",
        ),
        ("https://example.org/a.csv#poll=often", "poll: "),
        ("https://", "expected https://host/file or s3://bucket/file"),
        ("s3:///a.csv", "it names no bucket"),
        ("s3://b/", "s3://b/ names no file"),
        ("s3://b/a.csv?regoin=x", "(did you mean region?), expected poll, insecure, region, endpoint, anonymous"),
        ("s3://b/a.csv?endpoint=http://example.org", "http://example.org/: others on the way"),
        ("s3://b/a.csv?endpoint=x", "endpoint=x: "),
        ("https://u:%zz@h/a.csv", "a percent sign that stands for nothing"),
        ("ftp://example.org/a.csv", "expected postgres://…, clickhouse://…, https://… or s3://…"),
    ] {
        let error = Remote::parse(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    for (text, name) in [
        ("https://example.org/d/NYC%20Pickups.csv.gz?v=1", "nyc-pickups"),
        ("HTTPS://example.org/a.parquet#poll=1h", "a"),
        ("http://example.org/a.csv#insecure", "a"),
        ("http://[::1]:8000/b.csv", "b"),
        ("s3://bucket/y=2026/Some%20rows.parquet?region=eu-central-1&poll=1d", "some-rows"),
        ("town=https://example.org/a=b.csv", "town"),
    ] {
        assert_eq!(Wanted::parse(text, &Load::default()).expect(text).name, name);
    }
}

#[test]
fn objects_are_asked_for_by_a_signature_and_anonymously() {
    let server = Server::of(ROWS.as_bytes());
    let endpoint = server.url("");
    let of = |query: &str| format!("s3://my.bucket/a%20b/x.csv?endpoint={endpoint}&{query}");
    let (bytes, lines) = fetched(&of("anonymous"));
    assert_eq!(bytes.expect("fetched"), ROWS.as_bytes());
    assert_eq!(server.now().asked, [format!("/my.bucket/a%20b/x.csv host=127.0.0.1:{}", server.port)]);
    assert!(lines.contains("from s3://my.bucket/a%20b/x.csv in"), "{lines}");
    server.now().asked.clear();
    let signed = of("region=eu-central-1").replace("s3://", "s3://AKIDEXAMPLE:hunter2%2F@");
    assert_eq!(fetched(&signed).0.expect("fetched"), ROWS.as_bytes());
    let asked = server.now().asked.join(" ");
    for part in [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        "%2Feu-central-1%2Fs3%2Faws4_request",
        "X-Amz-Signature=",
        "X-Amz-SignedHeaders=host",
    ] {
        assert!(asked.contains(part), "{asked}");
    }
    assert!(!asked.contains("hunter2") && !asked.contains("authorization"), "{asked}");
    let error = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is wrong</Message></Error>";
    for (status, expected) in [(400, "400 Bad Request"), (301, "301 Moved Permanently")] {
        server.now().instead = Some((status, "x-amz-bucket-region: us-west-2\r\n".into(), error.into()));
        let said = refused(&signed);
        let told = said.contains("the region is wrong; the bucket is in us-west-2 (?region=us-west-2)");
        assert!(said.contains(expected) && told && !said.contains("hunter2") && !said.contains("AKID"), "{said}");
    }
    assert!(refused(&of("").replace("s3://", "s3://AKID@")).contains("there is a key and no secret"));
}
