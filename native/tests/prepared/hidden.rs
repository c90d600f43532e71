//! Damage that no checksum tells, because the checksums were made anew: a file is refused, or served without a panic.
//!
//! What is served may be wrong then. `verify` tells what of it is.

use crate::support::{built, dice, inputs, open};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use duotile::{
    catalog::{Catalog, Entry},
    http::State,
    prepared::verify,
    read::Options,
    settings::Settings,
};
use http_body_util::{BodyExt as _, Collected};
use serde_json::{Value, json};
use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};
use tower::ServiceExt as _;

/// Everything that looks at rows, columns or facts.
const ASKED: [&str; 34] = [
    "/datasets/points",
    "/datasets/points/stats?column=fare",
    "/datasets/points/stats?column=seen&filter=passengers > 1",
    "/datasets/points/stats?column=kind",
    "/datasets/points/stats?column=street&filter=fare > 40",
    "/datasets/points/stats?column=paid",
    "/datasets/points/rows?limit=1000",
    "/datasets/points/rows?limit=20&offset=500&filter=kind LIKE 'k%'",
    "/datasets/points/rows.csv",
    "/datasets/points/rows.geojson?filter=paid = TRUE",
    "/datasets/points/subset.arrow",
    "/datasets/points/subset.arrow?filter=street LIKE '%alley%'&properties=street,kind",
    "/tiles/points/tilejson.json",
    "/tiles/points/metadata.json",
    "/tiles/points/metadata.json?agg=mean:fare,max:seen&by=kind",
    "/tiles/points/style.json?agg=sum:passengers&mode=cells",
    "/tiles/points/0/0/0.mvt?mode=points&properties=*",
    "/tiles/points/9/270/177.mvt?mode=points&properties=*",
    "/tiles/points/14/8646/5685.mvt",
    "/tiles/points/0/0/0.mvt?limit=1",
    "/tiles/points/6/33/22.mvt?limit=1",
    "/tiles/points/0/0/0.mvt?agg=mean:fare,sum:passengers,min:size,max:pickup_time&mode=cells",
    "/tiles/points/9/270/177.mvt?agg=mean:fare,sum:passengers,min:size,max:pickup_time&mode=cells",
    "/tiles/points/3/4/2.mvt?agg=median:fare,nunique:street,mode:kind,mode:street&mode=cells",
    "/tiles/points/6/33/22.mvt?agg=median:seen,mode:paid,min:kind,max:street&mode=cells",
    "/tiles/points/3/4/2.mvt?by=kind&mode=cells",
    "/tiles/points/3/4/2.mvt?by=passengers&mode=cells&filter=fare > 40",
    "/tiles/points/3/4/2.mvt?by=pickup_time:month&mode=cells",
    "/tiles/points/3/4/2.mvt?by=paid&mode=cells&shape=centroid",
    "/tiles/points/6/33/22.mvt?filter=street > 'street 5' OR kind IN ('kind 1') AND NOT paid",
    "/tiles/points/6/33/22.mvt?agg=mean:fare,max:big&filter=CASEI(street) LIKE CASEI('%ALLEY%')&mode=cells",
    "/tiles/points/6/33/22.mvt?datetime=2014-07-01/..&filter=seen IS NULL OR size < 1e9",
    "/tiles/points/3/4/2.mvt?bbox=9,47,11,49&agg=mean:pickup_time,sum:id",
    "/tiles/points/3/4/2.mvt?filter=big = '2999' OR kind = 'kind 2'",
];

/// A request for one of them, with what cannot stand in an address written as it must be.
fn request(path: &str) -> Request<Body> {
    let plain = path.replace('%', "%25").replace(' ', "%20").replace('<', "%3C").replace('>', "%3E");
    Request::get(plain).header("host", "localhost").body(Body::empty()).expect("a request")
}

/// Panics since the test began, also of threads that nobody waits for.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::Relaxed);
            before(info);
        }));
    });
}

/// A prepared file taken apart: what stands before its description, that, the seal and what follows it.
struct File {
    path: PathBuf,
    bytes: Vec<u8>,
    description: Value,
    seal: Vec<u8>,
    footer: Vec<u8>,
}

impl File {
    fn read(path: &Path) -> Self {
        const SEAL: usize = 72;
        let bytes = fs::read(path).expect("there");
        let (rest, length) = bytes[..bytes.len() - 6].split_last_chunk::<4>().expect("a length");
        let footer = rest.len() - i32::from_le_bytes(*length) as usize;
        let seal = footer - SEAL;
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight")) as usize;
        let (at, length) = (word(seal + 24), word(seal + 32));
        Self {
            path: path.to_owned(),
            description: serde_json::from_slice(&bytes[at..at + length]).expect("JSON"),
            seal: bytes[seal..footer].to_vec(),
            footer: bytes[footer..].to_vec(),
            bytes: bytes[..at].to_vec(),
        }
    }

    /// The parts of the file that the description names, with what they are.
    fn stretches(&self) -> Vec<(String, Range<usize>)> {
        let mut found = Vec::new();
        walk(&self.description, "", &mut |name, value| {
            if let (Some(at), Some(bytes)) = (value["at"].as_u64(), value["bytes"].as_u64()) {
                found.push((name.to_owned(), at as usize..(at + bytes) as usize));
            }
        });
        found.retain(|(_, range)| !range.is_empty());
        found
    }

    /// Writes it with the checksums that its bytes have now.
    fn write(&self) {
        let mut description = self.description.clone();
        seal_stretches(&mut description, &self.bytes);
        let description = serde_json::to_vec(&description).expect("JSON");
        let mut out = self.bytes.clone();
        let mut seal = self.seal.clone();
        let head = u64::from_le_bytes(seal[16..24].try_into().expect("eight")) as usize;
        seal[12..16].copy_from_slice(&crc32fast::hash(&out[..head]).to_le_bytes());
        seal[24..32].copy_from_slice(&(out.len() as u64).to_le_bytes());
        seal[32..40].copy_from_slice(&(description.len() as u64).to_le_bytes());
        seal[40..44].copy_from_slice(&crc32fast::hash(&description).to_le_bytes());
        out.extend(&description);
        out.resize(out.len().next_multiple_of(64), 0);
        let length = (out.len() + seal.len() + self.footer.len()) as u64;
        seal[48..56].copy_from_slice(&length.to_le_bytes());
        let crc = crc32fast::hash(&seal[..68]);
        seal[68..].copy_from_slice(&crc.to_le_bytes());
        out.extend(seal);
        out.extend(&self.footer);
        fs::write(&self.path, out).expect("written");
    }
}

/// Every value in a value, with the names on the way to it.
fn walk(value: &Value, name: &str, each: &mut impl FnMut(&str, &Value)) {
    each(name, value);
    let inside = |key: &str| format!("{name}/{key}");
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &inside(key), each)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| walk(value, &inside(&at.to_string()), each));
        }
        _ => {}
    }
}

fn seal_stretches(value: &mut Value, file: &[u8]) {
    if let (Some(at), Some(bytes)) = (value["at"].as_u64(), value["bytes"].as_u64()) {
        let range = at as usize..at.saturating_add(bytes) as usize;
        if let Some(bytes) = file.get(range) {
            value["crc"] = json!(crc32fast::hash(bytes));
            value["sample"] = json!(sample(bytes));
        }
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| seal_stretches(value, file)),
        Value::Array(list) => list.iter_mut().for_each(|value| seal_stretches(value, file)),
        _ => {}
    }
}

/// 64 pages from first to last, of all where that is no more.
fn sample(bytes: &[u8]) -> u32 {
    const PAGE: usize = 4096;
    if bytes.len() <= 64 * PAGE {
        return crc32fast::hash(bytes);
    }
    let mut hasher = crc32fast::Hasher::new();
    (0..64).for_each(|page| hasher.update(&bytes[page * (bytes.len() - PAGE) / 63..][..PAGE]));
    hasher.finalize()
}

/// Opens the file and, where that can be done, asks for everything. Whether it opened.
async fn asked(path: &Path, what: &str) -> bool {
    let before = PANICS.load(Ordering::Relaxed);
    let opened = match open(path) {
        Ok(dataset) => {
            let app = duotile::app(State::new(Catalog::new([Entry::open(dataset)]), Settings::default()));
            for path in ASKED {
                let answer = app.clone().oneshot(request(path)).await.expect("the service cannot fail");
                let status = answer.status();
                // A body that breaks off is an error of the answer, not of the server.
                let body = answer.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
                let told = String::from_utf8_lossy(&body[..body.len().min(300)]);
                assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{what}: {path}: {told}");
            }
            true
        }
        Err(error) => {
            let line = format!("{error:#}");
            assert!(!line.contains('\n') && line.contains("points.arrow"), "{what}: {line}");
            false
        }
    };
    // A panic in verify is one, too; what it finds is of no matter here.
    let _ = verify(path, &());
    assert_eq!(PANICS.load(Ordering::Relaxed), before, "{what}: a panic");
    opened
}

fn prepared(folder: &Path) -> File {
    count_panics();
    let path = folder.join("points.arrow");
    let options = Options { time: Some("pickup_time".into()), ..Options::default() };
    built(&inputs(folder, 3000), &options, &path, 1 << 26).expect("built");
    File::read(&path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_sealed_anew_is_the_same_and_everything_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = prepared(folder.path());
    file.write();
    verify(&file.path, &()).expect("undamaged");
    let app =
        duotile::app(State::new(Catalog::new([Entry::open(open(&file.path).expect("it opens"))]), Settings::default()));
    for path in ASKED {
        let answer = app.clone().oneshot(request(path)).await.expect("the service cannot fail");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_in_a_section_are_refused_or_served_without_a_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = prepared(folder.path());
    let whole = file.bytes.clone();
    let (mut opened, mut refused) = (0, 0);
    for (number, (name, range)) in file.stretches().into_iter().enumerate() {
        for round in 0..8u64 {
            let dice = |salt: u64| dice(number as u64 * 100 + round, salt) as usize;
            let bytes = &mut file.bytes[range.clone()];
            let start = dice(20) % bytes.len();
            let some = &mut bytes[start..];
            let length = some.len().min(1 << (dice(21) % 12));
            let some = &mut some[..length];
            match round {
                0 => some.fill(0xff),
                1 => some.fill(0),
                2 => some[0] ^= 1 << (dice(22) % 8),
                // Out of order, but all from there.
                3 => some.reverse(),
                4 => some.iter_mut().enumerate().for_each(|(at, byte)| *byte = dice(30 + at as u64) as u8),
                // The largest that are still of a sign, or an infinite float.
                5 => some.iter_mut().enumerate().for_each(|(at, byte)| *byte = if at % 8 == 7 { 0x7f } else { 0xff }),
                6 => {
                    let (from, step) = (dice(23) % bytes.len() / 8 * 8, dice(24) % bytes.len() / 8 * 8);
                    let word: Vec<u8> = bytes[from..].iter().copied().take(8).collect();
                    let to = step.min(bytes.len() - word.len());
                    bytes[to..to + word.len()].copy_from_slice(&word);
                }
                _ => bytes.fill(dice(25) as u8),
            }
            if file.bytes != whole {
                file.write();
                let what = format!("{name}, round {round}");
                if asked(&file.path, &what).await { opened += 1 } else { refused += 1 }
            }
            file.bytes.clone_from(&whole);
        }
    }
    assert!(opened > 50 && refused > 50, "{opened} opened, {refused} refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_description_is_refused_or_served_without_a_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = prepared(folder.path());
    let whole = file.description.clone();
    let odd = [
        json!(0),
        json!(1),
        json!(63),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(4_000_000_000u32),
        json!("NaN"),
        json!("inf"),
        json!("-1e308"),
        json!(""),
        json!(null),
        json!([]),
        json!(true),
        json!({"text": 4_000_000_000u32}),
        json!({"integer": i64::MAX}),
        json!({"float": "1e300"}),
        json!({"time": i64::MIN}),
        json!("f64"),
        json!("text32"),
        json!("time"),
    ];
    let mut places = Vec::new();
    walk(&whole, "", &mut |name, _| places.push(name.to_owned()));
    let (mut opened, mut refused) = (0, 0);
    for (number, place) in places.iter().enumerate() {
        // Of hundreds of frequent values a few will do.
        if place.contains("/categories/") && number % 17 != 0 {
            continue;
        }
        for round in 0..3 {
            let value = &odd[dice(number as u64, 40 + round) as usize % odd.len()];
            let Some(there) = file.description.pointer_mut(place).filter(|there| *there != value) else { continue };
            *there = value.clone();
            file.write();
            let what = format!("{place} is {value}");
            if asked(&file.path, &what).await {
                opened += 1;
            } else {
                refused += 1;
            }
            file.description.clone_from(&whole);
        }
    }
    assert!(opened > 20 && refused > 200, "{opened} opened, {refused} refused");
}

#[test]
fn verifying_tells_what_is_told_of_rows_and_is_not_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = prepared(folder.path());
    let (bytes, description) = (file.bytes.clone(), file.description.clone());
    let stretches = file.stretches();
    let stretch = |end: &str| stretches.iter().find(|(name, _)| name.ends_with(end)).expect(end).1.clone();
    let column = |name: &str| {
        let columns = description["columns"].as_array().expect("columns");
        columns.iter().position(|column| column["name"] == name).expect(name)
    };
    let (fare, street, kind) = (column("fare"), column("street"), column("kind"));
    let mut told = |expected: &str, change: &mut dyn FnMut(&mut File)| {
        change(&mut file);
        file.write();
        let line = format!("{:#}", verify(&file.path, &()).expect_err(expected));
        assert!(line.contains(expected), "{line}");
        file.bytes.clone_from(&bytes);
        file.description.clone_from(&description);
    };
    let keys = stretch("/keys");
    told("is not in order", &mut |file| file.bytes[keys.clone()][80..88].fill(0xff));
    let landmarks = stretch("/landmarks");
    told("its index is not that of its keys", &mut |file| file.bytes[landmarks.clone()][0] ^= 1);
    let values = stretch(&format!("/columns/{fare}/values"));
    told("what is told of its column \"fare\"", &mut |file| file.bytes[values.clone()][..64].fill(0x41));
    told("has values that are no numbers", &mut |file| file.bytes[values.clone()][..8].fill(0xff));
    let summary = stretch(&format!("/columns/{fare}/summary"));
    told("the summary of its column \"fare\"", &mut |file| file.bytes[summary.clone()][8] ^= 1);
    let codes = stretch(&format!("/columns/{street}/values"));
    told("its column \"street\" has a code 65535", &mut |file| file.bytes[codes.clone()][..2].fill(0xff));
    told("its column \"kind\"", &mut |file| file.description["columns"][kind]["facts"]["text_bytes"] = json!(1));
    told("its bounds are not", &mut |file| file.description["bounds"][0] = json!("1.5"));
}
