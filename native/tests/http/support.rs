//! A small dataset whose rows are known, a server of it, and requests to that.

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use duotile::{
    catalog::{Catalog, Entry},
    http::{Shared, State},
    mvt_reader::{self, Feature, Value as Mvt},
    read::{self, Options},
    settings::Settings,
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::{fmt::Write as _, io::Write as _};
use tower::ServiceExt as _;

/// A row as it was written to the file.
#[derive(Clone, Debug)]
pub struct Row {
    pub number: u64,
    pub lon: f64,
    pub lat: f64,
    pub kind: Option<&'static str>,
    pub fare: Option<f64>,
    pub people: i64,
    pub open: bool,
    /// Seconds since 1970.
    pub time: i64,
}

pub const ROWS: u64 = 3000;
const KINDS: [&str; 4] = ["bus", "café", "taxi", "tram, old"];

/// Rows around three towns, some at one place, from a fixed sequence.
pub fn rows() -> Vec<Row> {
    (0..ROWS)
        .map(|number| {
            let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def0;
            let mut next = |below: u64| {
                state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) ^ state >> 13;
                (state >> 20) % below
            };
            let (lon, lat) = [(13.4, 52.5), (2.35, 48.85), (-74.0, 40.7)][(number % 3) as usize];
            let spread = if number % 10 == 0 { 0.0 } else { 0.4 };
            let mut around = |centre: f64| centre + spread * (next(2001) as f64 / 1000.0 - 1.0);
            let (lon, lat) = (around(lon), around(lat));
            Row {
                number,
                lon: (lon * 1e6).round() / 1e6,
                lat: (lat * 1e6).round() / 1e6,
                kind: (number % 11 != 0).then(|| KINDS[next(4) as usize]),
                fare: (number % 7 != 0).then(|| next(10_000) as f64 / 100.0),
                people: next(9) as i64 - 2,
                open: next(2) == 0,
                // The year 2024.
                time: 1_704_067_200 + next(366 * 86_400) as i64,
            }
        })
        .collect()
}

/// Seconds since 1970 as text, by a library that the answers are not made with.
pub fn iso(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).expect("a year of ours").to_string()
}

/// The rows as a file.
fn csv() -> String {
    let mut text = String::from("lon,lat,kind,fare,people,open,when,wide\n");
    for row in rows() {
        let kind = row.kind.map_or(String::new(), |kind| format!("\"{kind}\""));
        let fare = row.fare.map_or(String::new(), |fare| format!("{fare:.2}"));
        let when = iso(row.time);
        let wide = (1i64 << 53) + row.number as i64;
        let Row { lon, lat, people, open, .. } = row;
        writeln!(text, "{lon:.6},{lat:.6},{kind},{fare},{people},{open},{when},{wide}").expect("in memory");
    }
    text
}

/// The rows as a dataset.
pub fn dataset(options: &Options) -> duotile::Dataset {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trips.csv");
    std::fs::File::create(&path).and_then(|mut file| file.write_all(csv().as_bytes())).expect("a file");
    read::read(&[path], options, &()).expect("it reads")
}

/// A server of them.
pub struct Server {
    pub state: Shared,
    pub app: Router,
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Server {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        Self::of(Entry::open(dataset(&Options::default())), settings)
    }

    pub fn of(entry: Entry, settings: Settings) -> Self {
        let state = State::new(Catalog::new([entry]), settings);
        Self { app: duotile::app(state.clone()), state }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.expect("the service cannot fail");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body is in memory").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn ask(&self, method: Method, uri: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub async fn get(&self, uri: &str) -> Answer {
        self.ask(Method::GET, uri, &[("host", "tiles.example:8080")], "").await
    }

    /// The body of a 200 as JSON.
    pub async fn json(&self, uri: &str) -> Value {
        let answer = self.get(uri).await;
        assert_eq!(answer.status, 200, "{uri}: {}", answer.text());
        answer.json()
    }

    /// The features of a tile; none for 204.
    pub async fn features(&self, uri: &str) -> Vec<Feature> {
        let answer = self.get(uri).await;
        match answer.status.as_u16() {
            200 => answer.features(),
            204 => Vec::new(),
            status => panic!("{uri}: {status} {}", answer.text()),
        }
    }

    /// The features of all tiles of a zoom that have any.
    pub async fn zoom(&self, z: u8, query: &str) -> Vec<Feature> {
        let mut tiles: Vec<String> = rows()
            .iter()
            .filter_map(|row| duotile_core::mercator::project(row.lon, row.lat))
            .map(|world| duotile_core::TileId::containing(world, z).to_string())
            .collect();
        tiles.sort();
        tiles.dedup();
        let mut all = Vec::new();
        for tile in tiles {
            all.extend(self.features(&format!("/tiles/trips/{tile}.mvt?{query}")).await);
        }
        all
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn features(&self) -> Vec<Feature> {
        let layers = mvt_reader::read(&self.body).expect("a valid tile");
        assert_eq!(layers.len(), 1, "one layer");
        assert_eq!(layers[0].name, "trips");
        layers.into_iter().flat_map(|layer| layer.features).collect()
    }

    /// Asserts a problem document of a status, with CORS left to others, and gives it.
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        problem
    }
}

/// A property as a number.
pub fn number(feature: &Feature, name: &str) -> Option<f64> {
    feature.properties.iter().find(|(key, _)| key == name).and_then(|(_, value)| match value {
        Mvt::Uint(value) => Some(*value as f64),
        Mvt::Sint(value) | Mvt::Int(value) => Some(*value as f64),
        Mvt::Float(value) => Some(f64::from(*value)),
        Mvt::Double(value) => Some(*value),
        Mvt::Text(_) | Mvt::Bool(_) => None,
    })
}

/// The value of a property that is a text.
pub fn text<'f>(feature: &'f Feature, name: &str) -> Option<&'f str> {
    feature.properties.iter().find(|(key, _)| key == name).and_then(|(_, value)| match value {
        Mvt::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// The sum of a property.
pub fn sum(features: &[Feature], name: &str) -> f64 {
    features.iter().filter_map(|feature| number(feature, name)).sum()
}
