//! Makes a large, realistic set of points: deterministic, in chunks, so that any size fits in memory.
//!
//! Points are scattered around the cities of the built-in data by population: 68 % within 0.02°, 25 % within 0.3°, 5 %
//! on nearly the same spot, 2 % anywhere. Every row follows from the seed and its number alone.

use crate::read::{self, Progress};
use anyhow::{Context, Result, bail};
use duotile_core::{Values, mercator, morton};
use polars_arrow::io::ipc::IpcField;
use polars_core::prelude::{
    Column, CompatLevel, DataFrame, DataType, IntoColumn, NamedFrom, Series, StringChunked, StringChunkedBuilder,
    TimeUnit, TimeZone,
};
use polars_io::{
    SerWriter,
    csv::write::{self as csv, CsvWriter},
    ipc::{self, IpcWriter},
    parquet::write::{self as parquet, ParquetWriter},
};
use rayon::prelude::*;
use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
};

/// Rows written at a time.
const CHUNK: u64 = 1 << 19;

/// The values of `category` with their shares, in thousandths.
const CATEGORIES: [(&str, u64); 8] = [
    ("food", 380),
    ("shop", 240),
    ("transport", 150),
    ("office", 95),
    ("leisure", 60),
    ("health", 40),
    ("school", 25),
    ("culture", 10),
];

/// Beginning of the year that times lie in, 2025, and its length, in milliseconds.
const YEAR: i64 = 1_735_689_600_000;
const DAYS: u64 = 365;

/// Writes `rows` points to a `.parquet`, `.csv` or `.arrow` file. The same rows and seed give the same points, and fewer
/// rows are the beginning of more.
///
/// # Errors
/// When the ending is another one or the file cannot be written.
pub fn generate(rows: u64, seed: u64, out: &Path, progress: &dyn Progress) -> Result<()> {
    let cities = Cities::new()?;
    // Written beside and moved into place, so that a file that is there is whole.
    let part = part(out);
    let written =
        write(rows, seed, out, &part, &cities, progress).with_context(|| format!("cannot write {}", out.display()));
    match written.and_then(|()| fs::rename(&part, out).with_context(|| format!("cannot write {}", out.display()))) {
        Ok(()) => Ok(()),
        Err(error) => {
            // What is left of it is of no use; that it is there is no further error.
            let _ = fs::remove_file(&part);
            Err(error)
        }
    }
}

fn part(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    out.with_file_name(name)
}

fn write(rows: u64, seed: u64, out: &Path, part: &Path, cities: &Cities, progress: &dyn Progress) -> Result<()> {
    let chunk = |first: u64| chunk(first..rows.min(first + CHUNK), seed, cities);
    let schema = chunk(rows)?.schema().clone();
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !["parquet", "csv", "arrow"].contains(&ending.as_str()) {
        bail!("the ending {ending:?} is not known, expected .parquet, .csv or .arrow");
    }
    let file = BufWriter::with_capacity(1 << 20, File::create(part)?);
    let mut writer = match ending.as_str() {
        "parquet" => Writer::Parquet(Box::new(ParquetWriter::new(file).batched(&schema)?)),
        "csv" => {
            let format = Some("%Y-%m-%dT%H:%M:%SZ".into());
            Writer::Csv(Box::new(CsvWriter::new(file).with_datetime_format(format).batched(&schema)?))
        }
        _ => {
            let plain = vec![IpcField { fields: Vec::new(), dictionary_id: None }; schema.len()];
            let writer = IpcWriter::new(file).with_compat_level(CompatLevel::oldest());
            Writer::Arrow(Box::new(writer.batched(&schema, plain)?))
        }
    };
    progress.stage("generate", Some(rows));
    for first in (0..rows).step_by(CHUNK as usize) {
        writer.write(&chunk(first)?)?;
        progress.advance(rows.min(first + CHUNK));
    }
    writer.finish()
}

enum Writer {
    Parquet(Box<parquet::BatchedWriter<BufWriter<File>>>),
    Csv(Box<csv::BatchedWriter<BufWriter<File>>>),
    Arrow(Box<ipc::BatchedWriter<BufWriter<File>>>),
}

impl Writer {
    fn write(&mut self, chunk: &DataFrame) -> Result<()> {
        match self {
            Self::Parquet(writer) => writer.write_batch(chunk)?,
            Self::Csv(writer) => writer.write_batch(chunk)?,
            Self::Arrow(writer) => writer.write_batch(chunk)?,
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        match &mut self {
            Self::Parquet(writer) => {
                writer.finish()?;
            }
            Self::Csv(writer) => writer.finish()?,
            Self::Arrow(writer) => writer.finish()?,
        }
        Ok(())
    }
}

/// Places to scatter points around, with running sums of their people.
struct Cities {
    places: Vec<(f64, f64)>,
    people: Vec<u64>,
}

impl Cities {
    fn new() -> Result<Self> {
        let places = read::builtin("places", &())?;
        places.with_points(|points| {
            let column = points.column("population").and_then(|at| points.columns().get(at));
            let Some(Values::I64(population)) = column.map(|column| column.values) else {
                bail!("the built-in places have no population");
            };
            let mut cities = Self { places: Vec::new(), people: Vec::new() };
            let mut total = 0;
            for (&key, &people) in points.keys().iter().zip(population).filter(|(_, people)| **people >= 15_000) {
                total += people.unsigned_abs();
                cities.places.push(mercator::unproject(morton::position(key)));
                cities.people.push(total);
            }
            Ok(cities)
        })
    }

    /// A city, by population.
    fn pick(&self, dice: &mut Dice) -> (f64, f64) {
        let person = dice.below(self.people.last().copied().unwrap_or(1));
        let at = self.people.partition_point(|&sum| sum <= person);
        self.places.get(at).copied().unwrap_or_default()
    }
}

/// One point.
struct Row {
    lon: f64,
    lat: f64,
    category: usize,
    value: f64,
    time: i64,
}

impl Row {
    fn new(number: u64, seed: u64, cities: &Cities) -> Self {
        let mut dice = Dice::new(seed, number);
        let share = dice.below(100);
        let (lon, lat) = if share < 2 {
            (dice.unit() * 360.0 - 180.0, dice.unit() * 170.0 - 85.0)
        } else {
            let spread = match share {
                2..70 => 0.02,
                70..95 => 0.3,
                _ => 0.0005,
            };
            let (lon, lat) = cities.pick(&mut dice);
            (lon + dice.normal() * spread, lat + dice.normal() * spread)
        };
        let mut share = dice.below(1000);
        let mut category = 0;
        while share >= CATEGORIES[category].1 {
            share -= CATEGORIES[category].1;
            category += 1;
        }
        // More by day than by night.
        let day = dice.below(DAYS) as i64;
        let second = (dice.unit() + dice.unit()) * 43_200.0;
        Self {
            lon: rounded((lon + 540.0) % 360.0 - 180.0, 1e6),
            lat: rounded(lat.clamp(-85.0, 85.0), 1e6),
            category,
            value: rounded(libm::exp(2.5 + 0.8 * dice.normal()), 100.0),
            time: YEAR + day * 86_400_000 + second as i64 * 1000,
        }
    }
}

fn rounded(value: f64, steps: f64) -> f64 {
    libm::round(value * steps) / steps
}

fn chunk(span: std::ops::Range<u64>, seed: u64, cities: &Cities) -> Result<DataFrame> {
    let rows: Vec<Row> = span.clone().into_par_iter().map(|number| Row::new(number, seed, cities)).collect();
    let mut category = StringChunkedBuilder::new("category".into(), rows.len());
    rows.iter().for_each(|row| category.append_value(CATEGORIES[row.category].0));
    let category: StringChunked = category.finish();
    let numbers = |name: &str, value: fn(&Row) -> f64| -> Column {
        Series::new(name.into(), rows.iter().map(value).collect::<Vec<f64>>()).into_column()
    };
    let times = Series::new("ts".into(), rows.iter().map(|row| row.time).collect::<Vec<i64>>());
    let times = times.cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)))?;
    let ids = Series::new("id".into(), span.map(|number| number as i64 + 1).collect::<Vec<i64>>());
    let columns = vec![
        ids.into_column(),
        numbers("lon", |row| row.lon),
        numbers("lat", |row| row.lat),
        category.into_column(),
        numbers("value", |row| row.value),
        times.into_column(),
    ];
    Ok(DataFrame::new(rows.len(), columns)?)
}

/// Random numbers of one row: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, row: u64) -> Self {
        let mut dice = Self(seed ^ row.wrapping_mul(0xd1b5_4a32_d192_ed03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// In `0..1`.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In `0..bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// Normally distributed around 0 with deviation 1 (after Box and Muller; the second number is not used).
    fn normal(&mut self) -> f64 {
        let (a, b) = (1.0 - self.unit(), self.unit());
        libm::sqrt(-2.0 * libm::log(a)) * libm::cos(2.0 * std::f64::consts::PI * b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Options;

    #[test]
    fn every_format_holds_the_same_points_and_fewer_rows_are_the_beginning_of_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let dataset = |name: &str, rows: u64, seed: u64| {
            let path = folder.path().join(name);
            generate(rows, seed, &path, &()).expect(name);
            read::read(&[path], &Options::default(), &()).expect(name)
        };
        let first = dataset("a.parquet", 20_000, 1);
        assert_eq!(first.len(), 20_000);
        assert_eq!((first.report().id.as_deref(), first.report().time.as_deref()), (Some("id"), Some("ts")));
        let names: Vec<String> = first.columns().iter().map(|column| column.name.to_owned()).collect();
        assert_eq!(names, ["id", "category", "value", "ts"]);
        assert_eq!(first.columns()[1].facts.distinct, Some(8));
        for name in ["b.csv", "c.arrow"] {
            let other = dataset(name, 20_000, 1);
            assert!(first.keys() == other.keys(), "{name}");
            for (a, b) in first.columns().iter().zip(other.columns()) {
                let same = |row| a.is_valid(row) == b.is_valid(row) && a.values.get(row) == b.values.get(row);
                assert!(a.name == b.name && a.facts == b.facts && (0..20_000).all(same), "{name} {}", a.name);
            }
        }
        let less = dataset("d.parquet", 100, 1);
        let beginning: Vec<u64> = first.with_points(|points| {
            points.keys().iter().zip(points.rows()).filter(|(_, row)| **row < 100).map(|(key, _)| *key).collect()
        });
        assert_eq!(less.keys(), beginning);
        assert_ne!(dataset("e.parquet", 100, 2).keys(), beginning);
        assert!(dataset("f.parquet", 0, 1).is_empty());
    }

    #[test]
    fn an_unknown_ending_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = generate(10, 1, &folder.path().join("a.xls"), &()).expect_err("unknown");
        assert!(format!("{error:#}").contains("expected .parquet, .csv or .arrow"), "{error:#}");
        assert!(generate(10, 1, &folder.path().join("no/such/a.csv"), &()).is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
    }
}
