//! Inputs that reach every decision of the loader, and what two datasets are compared by.

use anyhow::Result;
use duotile::{
    Dataset,
    engine::tile::Bare,
    prepared::{Built, Settings, build},
    read::Options,
    wanted,
};
use duotile_core::{TileId, TileQuery, Work};
use polars_core::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit, TimeZone};
use polars_io::parquet::write::ParquetWriter;
use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
};

/// Numbers that look random and are the same each time.
pub fn dice(row: u64, salt: u64) -> u64 {
    let mut z = (row.wrapping_mul(0xd1b5_4a32_d192_ed03) ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ z >> 29
}

fn position(row: u64) -> (f64, f64) {
    let spread = [0.001, 1.0, 60.0][dice(row, 1) as usize % 3];
    let unit = |salt| (dice(row, salt) % 20_001) as f64 / 10_000.0 - 1.0;
    (10.0 + unit(2) * spread, 48.0 + unit(3) * spread * 0.5)
}

/// Files with columns of every kind, with and without nulls, rows without a position, a time that is only told by its range,
/// an unsigned column that becomes text in the last file, a column that one file lacks.
pub fn inputs(folder: &Path, rows: u64) -> Vec<PathBuf> {
    let csv = |name: &str, rows: std::ops::Range<u64>| {
        let mut text = String::from("id,lon,lat,kind,street,fare,passengers,paid,pickup_time,big\n");
        for row in rows {
            let (lon, lat) = position(row);
            let lat = if row % 97 == 0 { String::new() } else { lat.to_string() };
            let kind = if row % 5 == 0 { String::new() } else { format!("kind {}", dice(row, 4) % 7) };
            let fare = if row % 11 == 0 { String::new() } else { format!("{}.5", dice(row, 5) % 100) };
            let paid = ["true", "false", ""][dice(row, 6) as usize % 3];
            let (street, seats) = (dice(row, 7) % 900, dice(row, 8) % 6);
            let time = 1_400_000_000 + dice(row, 9) % 30_000_000;
            writeln!(text, "{row},{lon},{lat},{kind},street {street},{fare},{seats},{paid},{time},{}", row * 3)
                .expect("in memory");
        }
        let path = folder.join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let parquet = |name: &str, rows: std::ops::Range<u64>| {
        let height = rows.clone().count();
        let (lons, lats): (Vec<f64>, Vec<f64>) = rows.clone().map(position).unzip();
        let seen = Series::new("seen".into(), rows.clone().map(|row| dice(row, 10) as i64 >> 20).collect::<Vec<_>>())
            .cast(&DataType::Datetime(TimeUnit::Nanoseconds, Some(TimeZone::UTC)))
            .expect("a time");
        let each = |value: &dyn Fn(u64) -> u64| rows.clone().map(value).collect::<Vec<u64>>();
        let columns = vec![
            Column::new("id".into(), each(&|row| row)),
            Column::new("lon".into(), lons),
            Column::new("lat".into(), lats),
            Column::new("big".into(), each(&|row| if row % 1000 == 999 { u64::MAX - row } else { row })),
            Column::new(
                "street".into(),
                each(&|row| dice(row, 7) % 3).iter().map(|n| format!("alley {n}")).collect::<Vec<_>>(),
            ),
            Column::new("size".into(), rows.clone().map(|row| dice(row, 11) as f32).collect::<Vec<_>>()),
            seen.into(),
        ];
        let path = folder.join(name);
        let mut frame = DataFrame::new(height, columns).expect("one height");
        ParquetWriter::new(File::create(&path).expect("writable")).finish(&mut frame).expect("written");
        path
    };
    let third = rows / 3;
    vec![csv("a.csv", 0..third), csv("b.csv", third..2 * third), parquet("c.parquet", 2 * third..rows)]
}

/// Builds with the memory of a small machine, or of a tiny one.
pub fn built(inputs: &[PathBuf], options: &Options, out: &Path, memory: u64) -> Result<Built> {
    build(inputs, options, out, Settings { memory, positions: false }, &())
}

/// A small prepared file.
pub fn small(folder: &Path) -> PathBuf {
    let out = folder.join("small.arrow");
    built(&inputs(folder, 600), &Options::default(), &out, 1 << 26).expect("built");
    out
}

/// A dataset by its path.
pub fn open(path: &Path) -> Result<Dataset> {
    wanted::open(&[path.to_owned()], &Options { name: Some("points".into()), ..Options::default() }, &())
}

/// One line about why a file cannot be opened.
pub fn refused(path: &Path) -> String {
    match open(path) {
        Ok(_) => String::from("it opens"),
        Err(error) => {
            let line = format!("{error:#}");
            assert!(!line.contains('\n'), "{line}");
            line
        }
    }
}

/// Tiles of a dataset under several queries at several zooms.
pub fn tiles(dataset: &Dataset, queries: &[&str]) -> Vec<Vec<u8>> {
    let mut tiles = Vec::new();
    for query in queries {
        let query = TileQuery::parse(query).expect("a query");
        let plan = dataset.with_points(|points| query.plan(&points, &Work::free())).expect("it fits");
        for (z, x, y) in [(0, 0, 0), (3, 4, 2), (6, 33, 22), (9, 270, 177), (14, 8646, 5685)] {
            let tile = TileId::new(z, x, y).expect("a tile");
            tiles.push(Bare::of(dataset, &plan, tile, &Work::free()).expect("it is cut").bytes);
        }
    }
    tiles
}
