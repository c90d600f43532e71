//! Whole files through the door: what is found, what is kept, what is said, what is refused.

mod arrow;
mod csv;
mod dates;
mod doubt;
mod flatgeobuf;
mod formats;
mod geoarrow;
mod geopackage;
mod habits;
mod parquet;
mod places;
mod roles;
mod several;
mod shapefile;
mod shapes;
mod text;
mod within;

use super::*;
use duotile_core::{Scalar, Values, mercator, morton, time};
use flate2::{Compression, write::GzEncoder};
use polars_core::prelude::{Column, DataFrame, DataType, IntoSeries, NamedFrom, Series, TimeUnit as Unit};
use polars_io::{
    SerWriter,
    ipc::{IpcStreamWriter, IpcWriter},
    parquet::write::{KeyValueMetadata, ParquetWriter},
};
use std::{fs, io::Write};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("inside")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }
}

fn load_with(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> Result<Dataset> {
    let folder = Folder::new();
    let path = folder.put(name, bytes);
    read(&[path], options, &())
}

fn load_csv(text: impl AsRef<[u8]>) -> Dataset {
    load_with("points.csv", text, &Options::default()).expect("reads")
}

fn error_of(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> String {
    format!("{:#}", load_with(name, bytes, options).expect_err("is refused"))
}

/// The values of a column by original row number, as text; "-" for none.
fn values(dataset: &Dataset, name: &str) -> Vec<String> {
    dataset.with_points(|points| {
        let column = points.columns().iter().find(|column| column.name == name).expect("the column");
        let mut rows: Vec<(u32, String)> = (0..points.len())
            .map(|at| {
                let text = match (column.is_valid(at), column.values) {
                    (false, _) => "-".into(),
                    (true, Values::Text(codes, words)) => words.get(codes.get(at)).to_owned(),
                    (true, values) => match values.get(at) {
                        Scalar::Integer(value) => value.to_string(),
                        Scalar::Float(value) => format!("{value:?}"),
                        Scalar::Boolean(value) => value.to_string(),
                        Scalar::Time(value) => time::print(value),
                        Scalar::Text(_) => unreachable!("done above"),
                    },
                };
                (points.rows()[at], text)
            })
            .collect();
        rows.sort();
        rows.into_iter().map(|(_, text)| text).collect()
    })
}

fn kind(dataset: &Dataset, name: &str) -> &'static str {
    dataset.columns().iter().find(|column| column.name == name).map_or("none", |column| column.kind().name())
}

fn says(dataset: &Dataset, part: &str) -> bool {
    dataset.report().lines.iter().any(|line| line.contains(part))
}

fn series(name: &str, values: &[f64]) -> Column {
    Column::new(name.into(), values)
}

fn frame(columns: Vec<Column>) -> DataFrame {
    DataFrame::new_infer_height(columns).expect("one height")
}

fn parquet(mut frame: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(3)).finish(&mut frame).expect("written");
    bytes
}

fn arrow(mut frame: DataFrame, stream: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    if stream {
        IpcStreamWriter::new(&mut bytes).finish(&mut frame).expect("written");
    } else {
        IpcWriter::new(&mut bytes).finish(&mut frame).expect("written");
    }
    bytes
}

fn sample() -> DataFrame {
    frame(vec![
        Column::new("id".into(), [5i64, 3, 9, 7]),
        series("longitude", &[10.0, -20.0, 30.0, 10.0]),
        series("latitude", &[50.0, 40.0, -30.0, 50.0]),
        Column::new("name".into(), [Some("b"), None, Some("a"), Some("b")]),
        Column::new("flag".into(), [true, false, true, true]),
    ])
}
