//! Points and columns owned by the module, and what the last query needs.
//!
//! Knows nothing of JavaScript, so that native tests cut the very tiles the browser gets.

use core::fmt;
use duotile_core::{
    Codes, Column, Dictionary, Facts, Landmarks, Mask, Plan, Points, Profile, QueryError, Report, Roles, Scratch,
    Selection, Sums, TileId, TileQuery, Values, mercator, morton, normal, sort,
};

/// Points in Morton order with columns in the same order.
#[derive(Debug)]
pub struct Dataset {
    name: String,
    given: usize,
    keys: Vec<u64>,
    rows: Vec<u32>,
    landmarks: Vec<u64>,
    columns: Vec<Stored>,
    selected: Option<Selected>,
    scratch: Scratch,
}

/// A column: what stands where `valid` is unset is never looked at.
#[derive(Debug)]
struct Stored {
    name: String,
    values: Owned,
    valid: Option<Vec<u8>>,
    facts: Facts,
}

#[derive(Debug)]
enum Owned {
    Numbers(Vec<f64>),
    Texts(Vec<u32>, Dictionary),
}

/// The last query, and what was found out for it.
#[derive(Debug)]
struct Selected {
    query: String,
    plan: Plan,
    mask: Option<Mask>,
    profile: Profile,
    /// A summary of each column that is measured, over the rows that pass.
    summaries: Vec<Option<Sums>>,
}

/// Arrays that do not make a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadInput {
    /// Longitudes and latitudes differ in number.
    Positions {
        /// Longitudes.
        lon: usize,
        /// Latitudes.
        lat: usize,
    },
    /// More positions than row numbers can tell apart.
    TooMany(usize),
    /// A column is longer or shorter than the positions.
    Length {
        /// Its name.
        name: String,
        /// Values it has.
        got: usize,
        /// Positions.
        expected: usize,
    },
    /// A column of that name is there.
    Taken(String),
    /// Words that make no dictionary.
    Words(String),
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Positions { lon, lat } => {
                write!(f, "{lon} longitudes and {lat} latitudes, expected as many of each")
            }
            Self::TooMany(got) => write!(f, "{got} positions, expected at most {}", u32::MAX),
            Self::Length { name, got, expected } => {
                write!(f, "column {name} has {got} values, expected {expected}, one for each position")
            }
            Self::Taken(name) => write!(f, "column {name} is there already, expected another name"),
            Self::Words(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for BadInput {}

impl Dataset {
    /// Projects positions (degrees) and sorts them. Rows without a position on the map are left out and counted.
    ///
    /// # Errors
    /// [`BadInput`] when the slices differ in length or are too long.
    pub fn new(name: &str, lon: &[f64], lat: &[f64]) -> Result<Self, BadInput> {
        if lon.len() != lat.len() {
            return Err(BadInput::Positions { lon: lon.len(), lat: lat.len() });
        }
        let given = u32::try_from(lon.len()).map_err(|_| BadInput::TooMany(lon.len()))?;
        let (mut keys, mut rows) = (Vec::with_capacity(lon.len()), Vec::with_capacity(lon.len()));
        for (row, (&lon, &lat)) in (0..given).zip(lon.iter().zip(lat)) {
            if let Some(world) = mercator::project(lon, lat) {
                keys.push(morton::key(world));
                rows.push(row);
            }
        }
        sort(&mut keys, &mut rows);
        Ok(Self {
            name: name.into(),
            given: lon.len(),
            landmarks: Landmarks::build(&keys),
            keys,
            rows,
            columns: Vec::new(),
            selected: None,
            scratch: Scratch::default(),
        })
    }

    /// Adds a column of numbers, in the order in which positions were given. NaN and the infinities are nulls.
    ///
    /// # Errors
    /// [`BadInput`] when its length is not that of the positions, or its name is taken.
    pub fn add_numbers(&mut self, name: &str, values: &[f64]) -> Result<(), BadInput> {
        self.check(name, values.len())?;
        let (values, valid) = self.in_order(0.0, |row| normal(values[row]));
        self.add(name, Owned::Numbers(values), valid);
        Ok(())
    }

    /// Adds a column of texts, in the order in which positions were given: `codes` are positions among `words`, which may
    /// be in any order. A code beyond them is a null.
    ///
    /// # Errors
    /// [`BadInput`] when its length is not that of the positions, or its name is taken.
    pub fn add_texts(&mut self, name: &str, words: &[String], codes: &[u32]) -> Result<(), BadInput> {
        self.check(name, codes.len())?;
        let mut sorted: Vec<&str> = words.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let place = |word: &String| sorted.partition_point(|other| *other < word.as_str()) as u32;
        let places: Vec<u32> = words.iter().map(place).collect();
        let (codes, valid) = self.in_order(0, |row| places.get(codes[row] as usize).copied());
        let words = Dictionary::new(sorted).map_err(|error| BadInput::Words(error.to_string()))?;
        self.add(name, Owned::Texts(codes, words), valid);
        Ok(())
    }

    fn check(&self, name: &str, got: usize) -> Result<(), BadInput> {
        if got != self.given {
            return Err(BadInput::Length { name: name.into(), got, expected: self.given });
        }
        if self.columns().any(|taken| taken == name) {
            return Err(BadInput::Taken(name.into()));
        }
        Ok(())
    }

    /// The values of all points in Morton order, `empty` for a null, and which have one; `None` if all have.
    fn in_order<T: Copy>(&self, empty: T, value: impl Fn(usize) -> Option<T>) -> (Vec<T>, Option<Vec<u8>>) {
        let mut valid = vec![0u8; self.rows.len().div_ceil(8)];
        let mut full = true;
        let values = self.rows.iter().enumerate().map(|(place, &row)| {
            let value = value(row as usize);
            valid[place / 8] |= u8::from(value.is_some()) << (place % 8);
            full &= value.is_some();
            value.unwrap_or(empty)
        });
        let values = values.collect();
        (values, (!full).then_some(valid))
    }

    fn add(&mut self, name: &str, values: Owned, valid: Option<Vec<u8>>) {
        let facts = Facts::of(values.view(), valid.as_deref());
        self.columns.push(Stored { name: name.into(), values, valid, facts });
        // A plan made before may now mean something else.
        self.selected = None;
    }

    /// Cuts a tile and appends its bytes to `out`. The query is the text after the `?` of a tile URL.
    ///
    /// # Errors
    /// [`QueryError`] when the query does not parse, or does not fit the columns.
    pub fn tile_into(&mut self, tile: TileId, query: &str, out: &mut Vec<u8>) -> Result<Report, QueryError> {
        let columns = columns(&self.columns)?;
        let points = Points::new(&self.name, &self.keys, &self.rows, &columns, Roles::default()).map_err(unfit)?;
        let points = points.with_landmarks(Landmarks::new(&self.landmarks, self.keys.len()));
        let selected = match self.selected.take() {
            Some(selected) if selected.query == query => selected,
            _ => Selected::new(query, &points)?,
        };
        let summaries: Vec<_> = selected.summaries.iter().map(|sums| sums.as_ref().map(Sums::view)).collect();
        let selection = Selection { mask: selected.mask.as_ref(), profile: &selected.profile, summaries: &summaries };
        let report = selected.plan.tile_into(&points, selection, tile, &mut self.scratch, out);
        self.selected = Some(selected);
        Ok(report)
    }

    /// The name of the layer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rows on the map.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.keys.len()
    }

    /// Rows that were given but have no position on the map.
    #[must_use]
    pub const fn unusable(&self) -> usize {
        self.given - self.keys.len()
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

impl Selected {
    fn new(query: &str, points: &Points<'_>) -> Result<Self, QueryError> {
        let plan = TileQuery::parse(query)?.plan(points)?;
        let mask = plan.filter().map(|filter| filter.mask(points, 0..points.len()));
        let profile =
            if plan.needs_profile() { Profile::of(points, mask.as_ref(), plan.limit()) } else { Profile::default() };
        let mut summaries = vec![None; points.columns().len()];
        for column in plan.summaries() {
            summaries[column] = Some(Sums::build(points.landmarks(), &points.columns()[column], mask.as_ref()));
        }
        Ok(Self { query: query.into(), plan, mask, profile, summaries })
    }
}

impl Owned {
    fn view(&self) -> Values<'_> {
        match self {
            Self::Numbers(values) => Values::F64(values),
            Self::Texts(codes, words) => Values::Text(Codes::U32(codes), words),
        }
    }
}

/// Columns as core sees them. They fit by construction; should they not, it is told like any other error.
fn columns(columns: &[Stored]) -> Result<Vec<Column<'_>>, QueryError> {
    columns
        .iter()
        .map(|column| Column::new(&column.name, column.values.view(), column.valid.as_deref(), &column.facts))
        .collect::<Result<_, _>>()
        .map_err(unfit)
}

fn unfit(error: impl fmt::Display) -> QueryError {
    QueryError::new("dataset", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset() -> Dataset {
        Dataset::new("p", &[10.0, f64::NAN, -10.0], &[50.0, 0.0, -50.0]).expect("as many of each")
    }

    fn tile(dataset: &mut Dataset, query: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        dataset.tile_into(TileId::WORLD, query, &mut bytes).expect("a good query");
        bytes
    }

    #[test]
    fn values_follow_their_positions_and_nan_is_null() {
        let mut dataset = dataset();
        dataset.add_numbers("v", &[1.5, 7.0, f64::NAN]).expect("one for each");
        assert_eq!((dataset.rows(), dataset.unusable()), (2, 1));
        let east = "filter=v = 1.5&mode=points";
        assert_eq!(tile(&mut dataset, east), tile(&mut dataset, "filter=lon > 0&mode=points"));
        assert_eq!(tile(&mut dataset, "filter=v IS NULL"), tile(&mut dataset, "filter=lon < 0"));
        assert!(tile(&mut dataset, "filter=v = 7").is_empty(), "a row without a position is in no tile");
    }

    #[test]
    fn texts_are_what_their_words_say_in_whatever_order_words_come() {
        let mut dataset = dataset();
        dataset.add_texts("w", &["b".into(), "a".into(), "b".into()], &[1, 0, 2]).expect("one for each");
        let east = tile(&mut dataset, "filter=lon > 0");
        assert_eq!(tile(&mut dataset, "filter=w = 'a'"), east);
        assert_eq!(tile(&mut dataset, "filter=w < 'b'"), east);
        assert_ne!(tile(&mut dataset, "filter=w = 'b'"), east);
        dataset.add_texts("nulls", &[], &[0, 1, u32::MAX]).expect("one for each");
        assert!(tile(&mut dataset, "filter=nulls IS NOT NULL").is_empty());
    }

    #[test]
    fn a_new_column_is_seen_by_a_query_that_was_cut_before() {
        let mut dataset = dataset();
        let before = tile(&mut dataset, "mode=points");
        dataset.add_numbers("v", &[1.0, 2.0, 3.0]).expect("one for each");
        assert_ne!(tile(&mut dataset, "mode=points"), before);
    }

    #[test]
    fn arrays_that_do_not_fit_are_refused_with_the_numbers() {
        assert_eq!(Dataset::new("p", &[1.0], &[]).map(|_| ()), Err(BadInput::Positions { lon: 1, lat: 0 }));
        let mut dataset = dataset();
        let short = dataset.add_numbers("v", &[1.0]).expect_err("too short");
        assert_eq!(short.to_string(), "column v has 1 values, expected 3, one for each position");
        dataset.add_numbers("v", &[1.0; 3]).expect("one for each");
        assert_eq!(dataset.add_numbers("v", &[1.0; 3]), Err(BadInput::Taken("v".into())));
        assert_eq!(dataset.columns().collect::<Vec<_>>(), ["v"]);
    }
}
