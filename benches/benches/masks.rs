//! Times filters from their text to the mask of all rows: `cargo bench --bench masks -- FILE`, where the file is of
//! `duotile generate`. Fitting is part of it, nothing is kept; masks are made on all processors. Filters of texts are asked of a
//! million different ones, which are written beside the file.
//!
//! What leaves is a JSON object a line, with the same question in SQL for the rival of `benches/peers/masks.py`.
#![expect(clippy::print_stdout, reason = "lines for the report are what it is for")]

use duotile::{Dataset, engine::mask::mask as rows_of, read, wanted};
use duotile_benches::{Random, median};
use duotile_core::{TileQuery, Work};
use std::{error::Error, path::PathBuf};

type Failed = Box<dyn Error + Send + Sync>;

/// Corners of each polygon.
const CORNERS: usize = 1000;

/// Different texts.
const TEXTS: usize = 1_000_000;

/// A filter with its name, and the same in SQL.
struct Asked {
    name: String,
    filter: String,
    sql: String,
}

fn main() -> Result<(), Failed> {
    let file = std::env::args().skip(1).find(|argument| argument != "--bench");
    let file = file.ok_or("which file? cargo bench --bench masks -- FILE")?;
    let dataset = wanted::open(&[PathBuf::from(&file)], &read::Options::default(), &())?;
    println!(r#"{{"what":"load","rows":{}}}"#, dataset.len());
    let same = |name: &str, text: &str| Asked { name: name.into(), filter: text.into(), sql: text.into() };
    let mut asked = vec![
        same("a column and a value", "value > 3"),
        same("a formula of three columns", "value * 2 + value > id"),
        same("a quotient", "value / id < 0.000001"),
    ];
    // Around a row in the middle of the order: a place with many.
    let centre = dataset.with_points(|points| points.degrees(points.len() / 2));
    for (place, size) in [("a city", 0.2), ("a country", 5.0), ("half of the world", 60.0)] {
        for (kind, jagged) in [("a coast", false), ("a star", true)] {
            let wkt = polygon(centre, size, jagged);
            asked.push(Asked {
                name: format!("{kind} of {CORNERS} corners around {place}"),
                filter: format!("S_INTERSECTS(geometry,{wkt})"),
                sql: format!("ST_Intersects(ST_GeomFromText('{wkt}'), place)"),
            });
        }
    }
    for asked in asked {
        line(&dataset, &asked, "points")?;
    }
    let path = PathBuf::from(file).with_extension("names.csv");
    std::fs::write(&path, names())?;
    println!(r#"{{"what":"names","path":"{}"}}"#, path.display());
    let dataset = wanted::open(&[path], &read::Options::default(), &())?;
    for (pattern, name) in [("%nord 19%", "a piece of a text"), ("%Zürich 19%", "another, with an accent")] {
        for function in ["", "ACCENTI", "CASEI"] {
            let (ours, theirs) = match function {
                "ACCENTI" => (format!("ACCENTI(name) LIKE ACCENTI('{pattern}')"), "strip_accents"),
                "CASEI" => (format!("CASEI(name) LIKE CASEI('{pattern}')"), "lower"),
                _ => (format!("name LIKE '{pattern}'"), ""),
            };
            let name = [function, name].join(" ").trim().to_owned();
            let sql = format!("{theirs}(name) LIKE {theirs}('{pattern}')");
            line(&dataset, &Asked { name, filter: ours, sql }, "names")?;
        }
    }
    Ok(())
}

/// A table of texts such as places have: three in seven of the words with letters that are not ASCII.
fn names() -> String {
    let words = ["a", "é", "Straße", "o", "Zürich", "nord", "X"];
    let rows = (0..TEXTS).map(|at| format!("{} {} {at:06},{},0\n", words[at % 7], words[at / 7 % 7], at % 180));
    rows.fold(String::from("name,lon,lat\n"), |text, row| text + &row)
}

/// A ring around a place: smooth but for small steps, or of rays that come and go.
fn polygon((lon, lat): (f64, f64), size: f64, jagged: bool) -> String {
    let mut random = Random::new(12);
    let mut corners: Vec<String> = (0..CORNERS)
        .map(|corner| {
            let angle = corner as f64 / CORNERS as f64 * std::f64::consts::TAU;
            let near = if jagged { 0.2 + 0.8 * random.fraction() } else { 0.9 + 0.1 * (angle * 7.0).sin() };
            let far = size * (near + 0.01 * random.fraction());
            let (east, north) = (lon + far * angle.cos(), lat + far * angle.sin() * 0.7);
            format!("{:.6} {:.6}", east.clamp(-179.9, 179.9), north.clamp(-84.9, 84.9))
        })
        .collect();
    corners.push(corners[0].clone());
    format!("POLYGON(({}))", corners.join(","))
}

fn line(dataset: &Dataset, asked: &Asked, from: &str) -> Result<(), Failed> {
    let mask = || {
        let query = TileQuery::from_pairs([("filter", asked.filter.as_str())])?;
        let plan = dataset.with_points(|points| query.plan(&points, &Work::free()))?;
        let filter = plan.filter().ok_or("the filter is none")?;
        Ok::<_, Failed>(rows_of(dataset, filter, &Work::free())?.total())
    };
    let rows = mask()?;
    let time = median(mask);
    println!(
        r#"{{"what":"mask","from":"{from}","name":"{}","sql":"{}","rows":{rows},"ms":{}}}"#,
        asked.name,
        asked.sql,
        time.as_secs_f64() * 1e3,
    );
    Ok(())
}
