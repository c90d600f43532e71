//! Columns of coordinates or geometries become Morton keys, with the rows they belong to.
//!
//! A row without a usable position gets no key; it is counted, and a sample of such rows tells whether swapped axes or
//! another CRS would help.

use super::{Crs, geometry::Encoding, values};
use anyhow::{Context, Result, bail};
use duotile_core::{World, mercator, morton};
use polars_core::prelude::{Column, DataFrame, DataType};
use rayon::prelude::*;

/// Positions looked at when many rows have none that is usable.
const SAMPLE: usize = 10_000;

/// Positions a thread projects at a time.
const PIECE: usize = 1 << 16;

/// Where positions come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Longitude (or x) and latitude (or y).
    Pair(String, String),
    /// A column of point geometries.
    Geometry(String, Encoding),
}

/// Keys of the rows read so far, and what was found on the way.
#[derive(Debug)]
pub(super) struct Positions {
    crs: Crs,
    /// Keys of the rows since some were taken away.
    pub keys: Vec<u64>,
    /// The row of each of these keys, counted from [`Positions::first`].
    pub rows: Vec<u32>,
    /// The first row since some were taken away, counted over all files.
    pub first: u32,
    pub rows_read: u64,
    /// Rows with a usable position.
    pub kept: u64,
    /// Rows within 361 metres of 0, 0, which degrees taken for metres would be.
    close: u64,
    /// Rows with no coordinates at all.
    pub missing: u64,
    /// Geometries that are not points, or that cannot be read.
    pub not_points: u64,
    /// Rows exactly at 0, 0.
    pub at_zero: u64,
    /// The first text that is no number, and its column.
    pub first_text: Option<(String, String)>,
    sample: Vec<(f64, f64)>,
}

impl Place {
    /// The columns it needs.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Pair(x, y) => vec![x, y],
            Self::Geometry(name, _) => vec![name],
        }
    }
}

impl Positions {
    /// No rows yet.
    pub fn new(crs: Crs, rows: usize) -> Self {
        Self {
            crs,
            keys: Vec::with_capacity(rows),
            rows: Vec::with_capacity(rows),
            first: 0,
            rows_read: 0,
            kept: 0,
            close: 0,
            missing: 0,
            not_points: 0,
            at_zero: 0,
            first_text: None,
            sample: Vec::new(),
        }
    }

    /// Rows without a usable position.
    pub fn unusable(&self) -> u64 {
        self.rows_read - self.kept
    }

    /// Takes away keys and rows; what comes is counted from here.
    pub fn take(&mut self) -> (Vec<u64>, Vec<u32>) {
        self.first = self.rows_read as u32;
        let rows = self.keys.len();
        let keys = std::mem::replace(&mut self.keys, Vec::with_capacity(rows));
        (keys, std::mem::replace(&mut self.rows, Vec::with_capacity(rows)))
    }

    /// Adds the rows of a chunk.
    ///
    /// # Errors
    /// When a column of the place is not there or of a type that holds no positions, and beyond 2³² − 1 rows.
    pub fn append(&mut self, chunk: &DataFrame, place: &Place) -> Result<()> {
        let first = self.rows_read - u64::from(self.first);
        self.rows_read += chunk.height() as u64;
        if self.rows_read > u64::from(u32::MAX) {
            bail!("more than {} rows, which is as many as one dataset can hold; split the files", u32::MAX);
        }
        let (xs, ys) = match place {
            Place::Pair(x, y) => {
                let mut texts = self.first_text.take();
                let both = (coordinates(chunk.column(x)?, &mut texts)?, coordinates(chunk.column(y)?, &mut texts)?);
                self.first_text = texts;
                both
            }
            Place::Geometry(name, encoding) => {
                let points = encoding.points(chunk.column(name)?)?;
                self.not_points += points.others;
                (points.xs, points.ys)
            }
        };
        let crs = self.crs;
        let pieces: Vec<Vec<Option<u64>>> = xs
            .par_chunks(PIECE)
            .zip(ys.par_chunks(PIECE))
            .map(|(xs, ys)| xs.iter().zip(ys).map(|(&x, &y)| project(crs, x, y).map(morton::key)).collect())
            .collect();
        for (at, key) in pieces.into_iter().flatten().enumerate() {
            let (x, y) = (xs[at], ys[at]);
            if let Some(key) = key {
                self.keys.push(key);
                self.rows.push((first + at as u64) as u32);
                self.kept += 1;
                self.close += u64::from(is_close(key));
                self.at_zero += u64::from(x == 0.0 && y == 0.0);
            } else if x.is_nan() || y.is_nan() {
                self.missing += 1;
            } else if self.sample.len() < SAMPLE {
                self.sample.push((x, y));
            }
        }
        Ok(())
    }

    /// What would give most of the unusable rows a position.
    pub fn hint(&self) -> Option<&'static str> {
        let most = |test: fn(f64, f64) -> bool| {
            let helped = self.sample.iter().filter(|&&(x, y)| test(x, y)).count();
            !self.sample.is_empty() && helped * 10 >= self.sample.len() * 9
        };
        match self.crs {
            Crs::Degrees if most(|x, y| mercator::project(y, x).is_some()) => {
                Some("longitude and latitude look swapped: swap --lon and --lat")
            }
            Crs::Degrees if most(|x, y| mercator::project_metres(x, y).is_some() && x.abs().max(y.abs()) > 1000.0) => {
                Some("they look like Web Mercator metres: try --crs 3857")
            }
            _ => None,
        }
    }

    /// Whether positions said to be metres look like degrees.
    pub fn look_like_degrees(&self) -> bool {
        self.crs == Crs::Metres && self.kept > 0 && self.close == self.kept
    }
}

fn is_close(key: u64) -> bool {
    let World { x, y } = morton::position(key);
    x.abs_diff(1 << 31).max(y.abs_diff(1 << 31)) < (361.0 / mercator::CIRCUMFERENCE * 4_294_967_296.0) as u32
}

fn project(crs: Crs, x: f64, y: f64) -> Option<World> {
    match crs {
        Crs::Degrees => mercator::project(x, y),
        Crs::Metres => mercator::project_metres(x, y),
    }
}

/// A column of numbers, or of texts that are numbers; NaN where there is none. Notes the first text that is no number.
fn coordinates(column: &Column, first_text: &mut Option<(String, String)>) -> Result<Vec<f64>> {
    let name = column.name();
    if let DataType::String = column.dtype() {
        let texts = column.str()?;
        let mut read = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty())?;
            let value = values::coordinate(text);
            if value.is_none() {
                first_text.get_or_insert_with(|| (name.to_string(), text.chars().take(40).collect()));
            }
            value
        };
        return Ok(texts.iter().map(|text| read(text).unwrap_or(f64::NAN)).collect());
    }
    if let DataType::Null = column.dtype() {
        return Ok(vec![f64::NAN; column.len()]);
    }
    if !column.dtype().is_numeric() && !matches!(column.dtype(), DataType::Decimal(..)) {
        bail!("column {name:?} is {}, expected numbers as coordinates", column.dtype());
    }
    let floats = column.cast(&DataType::Float64).with_context(|| format!("column {name:?}"))?;
    let mut values = Vec::with_capacity(floats.len());
    for array in floats.f64()?.downcast_iter() {
        if array.validity().is_none() {
            values.extend_from_slice(array.values());
        } else {
            values.extend(array.iter().map(|value| value.copied().unwrap_or(f64::NAN)));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(crs: Crs, xs: &[f64], ys: &[f64]) -> Positions {
        let place = Place::Pair("x".into(), "y".into());
        let columns = vec![Column::new("x".into(), xs), Column::new("y".into(), ys)];
        let mut positions = Positions::new(crs, 0);
        positions.append(&DataFrame::new(xs.len(), columns).expect("fits"), &place).expect("numbers");
        positions
    }

    #[test]
    fn rows_without_a_position_are_counted_and_keep_their_number() {
        let positions = positions(Crs::Degrees, &[10.0, f64::NAN, 0.0, 500.0], &[50.0, 1.0, 0.0, 1.0]);
        assert_eq!(positions.rows, [0, 2]);
        assert_eq!(positions.kept, 2);
        assert_eq!((positions.unusable(), positions.missing, positions.at_zero), (2, 1, 1));
        assert_eq!(positions.keys[0], morton::key(mercator::project(10.0, 50.0).expect("usable")));
    }

    #[test]
    fn what_was_taken_away_still_counts() {
        let mut positions = positions(Crs::Degrees, &[10.0, f64::NAN], &[50.0, 1.0]);
        assert_eq!(positions.take().1, [0]);
        let columns = vec![Column::new("x".into(), [f64::NAN, 20.0]), Column::new("y".into(), [0.0, 1.0])];
        positions
            .append(&DataFrame::new(2, columns).expect("fits"), &Place::Pair("x".into(), "y".into()))
            .expect("numbers");
        assert_eq!((positions.first, positions.take().1), (2, vec![1]));
        assert_eq!((positions.rows_read, positions.kept, positions.unusable()), (4, 2, 2));
    }

    #[test]
    fn unusable_positions_tell_what_would_help() {
        let swapped = positions(Crs::Degrees, &[-33.0, -34.0], &[151.0, 150.0]);
        assert!(swapped.hint().expect("a hint").contains("swapped"));
        let metres = positions(Crs::Degrees, &[1_113_194.9], &[6_446_275.8]);
        assert!(metres.hint().expect("a hint").contains("--crs 3857"));
        assert_eq!(positions(Crs::Degrees, &[1e9], &[1e9]).hint(), None);
        assert!(positions(Crs::Metres, &[10.0], &[50.0]).look_like_degrees());
        assert!(!positions(Crs::Metres, &[1_113_194.9], &[6_446_275.8]).look_like_degrees());
    }
}
