//! Columns of coordinates or geometries become Morton keys, with the rows they belong to.
//!
//! A row without a usable position gets no key; it is counted, and a sample of such rows tells whether swapped axes or
//! another CRS would help.

mod outlined;
mod systems;

use super::{
    coordinates::{Texts, coordinates},
    crs::{Crs, Projection},
    degrees,
    geometry::{Encoding, Odd, Outlined},
    longitudes::Longitudes,
    numbers::Numbers,
    parted::Parted,
    reader::room,
    spot::{Spot, latitude, project},
};
use anyhow::{Result, bail};
use duotile_core::{World, mercator, morton};
use polars_core::prelude::DataFrame;
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
    /// Longitude and latitude, whose minutes stand in columns of their own.
    Parted(Box<(Parted, Parted)>),
    /// A column of geometries.
    Geometry(String, Encoding),
}

/// Keys of the rows read so far, and what was found on the way.
#[derive(Debug)]
pub(super) struct Positions {
    crs: Crs,
    /// What leads from there to degrees, where the core does not know it.
    projection: Option<Projection>,
    /// Whether the system was said; else geometries may name theirs.
    said: bool,
    /// All systems so far.
    systems: Vec<Crs>,
    /// That of the geometries so far; 0 where they say none.
    srid: Option<u32>,
    /// How numbers are written in the file that is read, where a sign in them may stand between thousands.
    pub numbers: Option<Numbers>,
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
    /// Rows beyond the edge of the map, which are drawn at it.
    pub beyond_edge: u64,
    /// The latitudes of these since some rows were taken away, each with its row.
    beyond: Vec<(u32, f64)>,
    /// Rows whose position is more than a number: degrees with minutes, or a letter of the compass.
    pub dressed: u64,
    pub longitudes: Longitudes,
    /// Rows with no coordinates at all.
    pub missing: u64,
    /// Geometries that give no position, or that cannot be read.
    pub not_points: u64,
    /// Outlines of all rows since some were taken away, as soon as one is a line, a polygon or several points.
    pub outlined: Option<Outlined>,
    /// The first of these.
    pub first_other: Option<Odd>,
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
            Self::Parted(parted) => parted.0.columns().chain(parted.1.columns()).collect(),
            Self::Geometry(name, _) => vec![name],
        }
    }
}

impl Positions {
    /// No rows yet, of so many.
    pub fn new(rows: usize) -> Self {
        Self {
            crs: Crs::default(),
            projection: None,
            said: false,
            systems: Vec::new(),
            srid: None,
            numbers: None,
            keys: room(rows),
            rows: room(rows),
            first: 0,
            rows_read: 0,
            kept: 0,
            close: 0,
            beyond_edge: 0,
            beyond: Vec::new(),
            dressed: 0,
            longitudes: Longitudes::default(),
            missing: 0,
            not_points: 0,
            outlined: None,
            first_other: None,
            at_zero: 0,
            first_text: None,
            sample: Vec::new(),
        }
    }

    /// Rows without a usable position.
    pub fn unusable(&self) -> u64 {
        self.rows_read - self.kept
    }

    /// Decides what longitudes above 180 are.
    pub fn settle(&mut self) {
        let gone = self.longitudes.settle(&mut self.keys, &mut self.rows);
        self.kept -= gone;
        self.missing += gone;
    }

    /// Takes away keys and rows, and the latitudes of rows beyond the edge of the map; what comes is counted from here.
    pub fn take(&mut self) -> (Vec<u64>, Vec<u32>, Vec<(u32, f64)>) {
        self.settle();
        self.first = self.rows_read as u32;
        let rows = self.keys.len();
        let keys = std::mem::replace(&mut self.keys, Vec::with_capacity(rows));
        (keys, std::mem::replace(&mut self.rows, Vec::with_capacity(rows)), std::mem::take(&mut self.beyond))
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
            Place::Pair(x, y) => self.read(|met| {
                Ok((coordinates(chunk.column(x)?, false, met)?, coordinates(chunk.column(y)?, true, met)?))
            })?,
            Place::Parted(parted) => {
                let (x, y) = &**parted;
                self.read(|met| Ok((x.coordinates(chunk, false, met)?, y.coordinates(chunk, true, met)?)))?
            }
            Place::Geometry(name, encoding) => {
                let points = encoding.points(chunk.column(name)?, self.outlined.is_some())?;
                points.srids.iter().try_for_each(|&srid| self.meet(srid))?;
                if points.outlines || self.outlined.is_some() && encoding.has_outlines() {
                    return self.outline(chunk.column(name)?, *encoding, first as u32);
                }
                self.not_points += points.others;
                self.see(points.first_other, first + u64::from(self.first));
                (points.xs, points.ys)
            }
        };
        let (crs, projection) = (self.crs, self.projection.as_ref());
        let pieces: Vec<Vec<Option<Spot>>> = xs
            .par_chunks(PIECE)
            .zip(ys.par_chunks(PIECE))
            .map(|(xs, ys)| xs.iter().zip(ys).map(|(&x, &y)| project(crs, projection, x, y)).collect())
            .collect();
        let first = first as u32;
        for (row, (spot, (&x, &y))) in (first..).zip(pieces.into_iter().flatten().zip(xs.iter().zip(&ys))) {
            self.put(row, (x, y), spot);
        }
        // A file of points after one with lines.
        if self.outlined.is_some() {
            let points = Outlined { flat: self.points_of(first..first + xs.len() as u32), ..Outlined::default() };
            self.outlined.get_or_insert_default().append(points)?;
        }
        Ok(())
    }

    /// Reads coordinates, and keeps what was met in their texts.
    fn read<T>(&mut self, read: impl FnOnce(&mut Texts) -> Result<T>) -> Result<T> {
        let mut met = Texts { first: self.first_text.take(), dressed: 0, numbers: self.numbers };
        let both = read(&mut met)?;
        self.dressed += met.dressed;
        self.first_text = met.first;
        Ok(both)
    }

    /// Adds a row that is a point, with the spot where it is drawn if it has one.
    fn put(&mut self, row: u32, (x, y): (f64, f64), spot: Option<Spot>) {
        if let Some(Spot { key, is_beyond }) = spot {
            if self.crs == Crs::Degrees {
                self.longitudes.see(x, self.keys.len());
            }
            if is_beyond {
                self.beyond_edge += 1;
                self.beyond.extend(latitude(self.crs, self.projection.as_ref(), x, y).map(|lat| (row, lat)));
            }
            self.at_zero += u64::from(x == 0.0 && y == 0.0);
            self.push(row, key);
        } else if x.is_nan() || y.is_nan() {
            self.missing += 1;
        } else if self.sample.len() < SAMPLE {
            self.sample.push((x, y));
        }
    }

    /// Keeps the first geometry that gives no position, with so many rows before those that it is counted in.
    fn see(&mut self, first: Option<Odd>, before: u64) {
        self.first_other = self.first_other.take().or(first.map(|first| first.behind(before)));
    }

    /// Adds the key of a row.
    fn push(&mut self, row: u32, key: u64) {
        self.keys.push(key);
        self.rows.push(row);
        self.kept += 1;
        self.close += u64::from(is_close(key));
    }

    /// What would give most of the unusable rows a position.
    pub fn hint(&self) -> Option<&'static str> {
        // Where most rows are fine as they are, something else is wrong with the others.
        if self.unusable() - self.missing < self.kept {
            return None;
        }
        let most = |test: fn(f64, f64) -> bool| {
            let helped = self.sample.iter().filter(|&&(x, y)| test(x, y)).count();
            !self.sample.is_empty() && helped * 10 >= self.sample.len() * 9
        };
        match self.crs {
            Crs::Degrees if most(|x, y| mercator::project(y, x).is_some()) => {
                Some("longitude and latitude look swapped: swap --lon and --lat")
            }
            Crs::Degrees if most(degrees::run_together) => Some(
                "they look like degrees and minutes run together (5030.5 for 50° 30.5'), as GPS receivers write them, which is not \
                 read: make degrees of them first",
            ),
            Crs::Degrees if most(degrees::in_parts) => {
                let beyond = |lon: f64, lat: f64| self.sample.iter().any(|&(x, y)| x.abs() > lon || y.abs() > lat);
                Some(if beyond(1.8e9, 9e8) {
                    "they look like semicircles, as Garmin's devices count: try --crs semicircles"
                } else if beyond(1.8e8, 9e7) {
                    "they look like degrees times 10⁷, or like semicircles, as Garmin's devices count: try --crs e7 or --crs semicircles"
                } else {
                    "they look like degrees times 10⁶ or 10⁷, or like semicircles, as Garmin's devices count: try --crs e6, e7 or semicircles"
                })
            }
            Crs::Degrees if most(|x, y| x.abs().max(y.abs()) > 1000.0 && x.abs().max(y.abs()) < 1e8) => Some(
                "they are no degrees but metres or feet of some grid, and nothing here says of which: say its EPSG number, such as \
                 --crs 25832 (UTM zone 32 north), 27700 (Great Britain), 2154 (France) or 3857 (Web Mercator)",
            ),
            Crs::Epsg(_) | Crs::Written(_) => Some("are they given in that system, and x and y not swapped?"),
            _ => None,
        }
    }

    /// A position that is none, as an example.
    pub fn first_wild(&self) -> Option<(f64, f64)> {
        self.sample.first().copied()
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

#[cfg(test)]
mod tests {
    use super::*;
    use polars_core::prelude::Column;

    fn positions(crs: Crs, xs: &[f64], ys: &[f64]) -> Positions {
        let place = Place::Pair("x".into(), "y".into());
        let columns = vec![Column::new("x".into(), xs), Column::new("y".into(), ys)];
        let mut positions = Positions::new(0);
        positions.enter(Some(crs)).expect("known");
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
    fn a_grid_is_led_to_degrees() {
        // Mainz by pyproj: 447834.12, 5531000.5 in EPSG:25832.
        let utm = positions(Crs::Epsg(25832), &[447_834.12], &[5_531_000.5]);
        let (lon, lat) = mercator::unproject(morton::position(utm.keys[0]));
        assert!((lon - 8.273_173_2).abs() < 1e-6 && (lat - 49.929_095_7).abs() < 1e-6, "{lon} {lat}");
        // Mainz: 50 and 8.2 degrees times 2^31 / 180, by Python.
        let semicircles = positions(Crs::Semicircles, &[97_829_810.0], &[596_523_235.0]);
        let (lon, lat) = mercator::unproject(morton::position(semicircles.keys[0]));
        assert!((lon - 8.2).abs() < 1e-6 && (lat - 50.0).abs() < 1e-6, "{lon} {lat}");
        let sevenths = positions(Crs::Parts(7), &[85_000_000.0], &[505_000_000.0]);
        assert_eq!(sevenths.keys[0], morton::key(mercator::project(8.5, 50.5).expect("usable")));
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
        assert!(metres.hint().expect("a hint").contains("say its EPSG number"));
        let sevenths = positions(Crs::Degrees, &[85_000_000.0], &[505_000_000.0]);
        assert!(sevenths.hint().expect("a hint").contains("--crs e7"));
        let semicircles = positions(Crs::Degrees, &[-1_473_641_546.0], &[486_258_098.0]);
        assert!(semicircles.hint().expect("a hint").ends_with("try --crs e7 or --crs semicircles"));
        let beyond = positions(Crs::Degrees, &[2_100_000_000.0], &[-400_000_000.0]);
        assert!(beyond.hint().expect("a hint").ends_with("try --crs semicircles"));
        assert_eq!(positions(Crs::Degrees, &[1e9], &[1.1e9]).hint(), None);
        assert!(positions(Crs::Metres, &[10.0], &[50.0]).look_like_degrees());
        assert!(!positions(Crs::Metres, &[1_113_194.9], &[6_446_275.8]).look_like_degrees());
    }
}
