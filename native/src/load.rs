//! How to read files, as flags and as a table of the configuration.

use crate::{
    read::{CsvOptions, Options, Order, TimeUnit, says_times},
    settings::words::{Axes, BoxOf, CrsName, NewColumn, Quote, Thousands, TypesOf},
};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use serde::Deserialize;

/// How to read a file. What is not said is found out by itself, and printed.
#[derive(Args, Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[command(next_help_heading = "Reading")]
pub struct Load {
    /// What people call the dataset
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Whom to name on the map
    #[arg(long, value_name = "TEXT")]
    pub attribution: Option<String>,
    /// Column of longitudes (or x), or of point geometries
    #[arg(long, value_name = "COLUMN")]
    pub lon: Option<String>,
    /// Column of latitudes (or y)
    #[arg(long, value_name = "COLUMN")]
    pub lat: Option<String>,
    /// Column of cells of H3, as texts or whole numbers, in place of longitudes and latitudes
    #[arg(long, value_name = "COLUMN")]
    pub h3: Option<String>,
    /// What positions are given in, by its EPSG number: 4326 (degrees), 3857, 25832, 27700 …; e7 for degrees times 10⁷
    #[arg(long, value_name = "EPSG")]
    pub crs: Option<CrsName>,
    /// Which comes first in texts of two numbers
    #[arg(long, value_name = "lat-lon|lon-lat")]
    pub axes: Option<Axes>,
    /// Time column, or DATE+TIME for two columns that are one time
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// What an integer time column counts since 1970
    #[arg(long, value_name = "UNIT")]
    pub time_unit: Option<TimeUnitName>,
    /// Which of day and month comes first in dates such as 05/03/2024
    #[arg(long, value_name = "dmy|mdy")]
    pub dates: Option<Dates>,
    /// The form of times, such as '%d.%m.%Y %H:%M' (as strftime has it)
    #[arg(long, value_name = "FORMAT")]
    pub time_format: Option<String>,
    /// Zone of times that name none, such as Europe/Paris; UTC unless said
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Zone whose days and hours are counted where a query names none; that of --timezone or of the file unless said
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Read only rows in this box, or whose own box meets it, in degrees; west above east runs over 180
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", allow_hyphen_values = true)]
    pub bbox: Option<BoxOf>,
    /// Column of ids: unique whole numbers from 0 to 2^53 - 1
    #[arg(long, value_name = "COLUMN")]
    pub id: Option<String>,
    /// Columns to leave out, for filters too; with commas between
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub hide: Vec<String>,
    /// Columns to keep, all others are left out; with commas between
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// What a column becomes: text, integer, number, boolean or time; with commas between
    #[arg(long = "type", id = "type", value_name = "COLUMN=TYPE")]
    #[serde(rename = "type")]
    pub types: Vec<TypesOf>,
    /// A column made of others, such as 'rate = fare / distance'; once for each
    #[arg(long = "column", id = "column", value_name = "NAME = FORMULA")]
    #[serde(rename = "column")]
    pub made: Vec<NewColumn>,
    /// The layer to read of a file that holds several
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Refuse files with a line or a value that does not fit, where it would be left out and told
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub strict: Option<bool>,
    /// What stands between the fields of a CSV file; "tab" for a tab
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Whether decimals in a CSV file have a comma
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub decimal_comma: Option<bool>,
    /// What stands around fields of a CSV file that hold anything; "none" where quotes are letters
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<Quote>,
    /// What stands between thousands in a CSV file, or none
    #[arg(long, value_name = "CHAR")]
    pub thousands: Option<Thousands>,
    /// Lines to pass over before the names of the columns of a CSV file
    #[arg(long, value_name = "N")]
    pub skip_lines: Option<usize>,
    /// What lines of a CSV file begin with that are comments
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// Encoding of a CSV file or of a Shapefile's table, such as utf-8, windows-1252, utf-16le
    #[arg(long, value_name = "LABEL")]
    pub encoding: Option<String>,
    /// Whether files are copied into memory first, for those that others may cut short or write over in place
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub copy: Option<bool>,
}

/// Orders of day and month.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Dates {
    /// The day first
    Dmy,
    /// The month first
    Mdy,
}

/// Units of integer times.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
pub enum TimeUnitName {
    /// Seconds
    #[serde(rename = "s")]
    S,
    /// Milliseconds
    #[serde(rename = "ms")]
    Ms,
    /// Microseconds
    #[serde(rename = "us")]
    Us,
    /// Nanoseconds
    #[serde(rename = "ns")]
    Ns,
}

impl Load {
    /// As the reader wants it.
    ///
    /// # Errors
    /// For a delimiter that is no single character, a form of times that says none, and positions of one column twice.
    pub fn options(&self, name: &str) -> Result<Options> {
        let delimiter = match self.delimiter.as_deref() {
            None => None,
            Some("tab" | "\\t" | "\t") => Some(b'\t'),
            Some(text) => match text.as_bytes() {
                &[byte] => Some(byte),
                _ => bail!("--delimiter is \"{text}\", expected one character, or tab"),
            },
        };
        if let Some(lon) = self.lon.as_ref().filter(|lon| Some(*lon) == self.lat.as_ref()) {
            bail!("--lon and --lat are both {lon:?}, expected two columns, or --lon alone for positions in one");
        }
        if let Some(format) = self.time_format.as_deref().filter(|format| !says_times(format)) {
            bail!(
                "--time-format {format:?} says no time, expected a form with a day at least, such as '%d.%m.%Y %H:%M'"
            );
        }
        Ok(Options {
            name: Some(name.into()),
            title: self.title.clone(),
            attribution: self.attribution.clone(),
            lon: self.lon.clone(),
            lat: self.lat.clone(),
            h3: self.h3.clone(),
            crs: self.crs.as_ref().map(|crs| crs.0),
            bbox: self.bbox.map(|bbox| bbox.0),
            lat_first: self.axes.map(|axes| axes.0),
            time: self.time.clone(),
            time_unit: self.time_unit.map(|unit| match unit {
                TimeUnitName::S => TimeUnit::Seconds,
                TimeUnitName::Ms => TimeUnit::Milliseconds,
                TimeUnitName::Us => TimeUnit::Microseconds,
                TimeUnitName::Ns => TimeUnit::Nanoseconds,
            }),
            timezone: self.timezone.clone(),
            zone: self.zone.clone(),
            id: self.id.clone(),
            hide: self.hide.clone(),
            keep: self.columns.clone(),
            types: self.types.iter().flat_map(|said| said.0.clone()).collect(),
            made: self.made.iter().map(|made| made.0.clone()).collect(),
            layer: self.layer.clone(),
            strict: self.strict.unwrap_or(false),
            csv: CsvOptions {
                delimiter,
                decimal_comma: self.decimal_comma,
                encoding: self.encoding.clone(),
                quote: self.quote.map(|quote| quote.0),
                comment: self.comment.clone().filter(|comment| !comment.is_empty()),
                skip_lines: self.skip_lines.unwrap_or(0),
                thousands: self.thousands.map(|thousands| thousands.0),
                dates: self.dates.map(|dates| match dates {
                    Dates::Dmy => Order::DayFirst,
                    Dates::Mdy => Order::MonthFirst,
                }),
                time_format: self.time_format.as_deref().map(Into::into),
            },
            copy: self.copy.unwrap_or(false),
            fetched: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_single_characters() {
        let with = |text: &str| Load { delimiter: Some(text.into()), ..Load::default() }.options("a");
        assert_eq!(with("tab").expect("fine").csv.delimiter, Some(b'\t'));
        assert!(with(";;").is_err());
    }

    #[test]
    fn forms_of_times_say_times_and_positions_have_two_columns() {
        let with = |format: &str| Load { time_format: Some(format.into()), ..Load::default() }.options("a");
        for format in
            ["%d.%m.%Y %H:%M", "%Y%m%d", "%d/%b/%Y:%H:%M:%S %z", "%s", "%e %B %y %l:%M %p", "%Y-%m-%dT%H:%M:%S%.f"]
        {
            assert!(with(format).is_ok(), "{format}");
        }
        for format in ["%Q", "%H:%M", "", "day", "%Y-%m-%d %", "%!"] {
            let error = with(format).expect_err(format).to_string();
            assert!(error.contains("says no time"), "{error}");
        }
        let of = |lon: &str, lat: &str| Load { lon: Some(lon.into()), lat: Some(lat.into()), ..Load::default() };
        let error = of("lat", "lat").options("a").expect_err("one column").to_string();
        assert!(error.contains("--lon and --lat are both \"lat\""), "{error}");
        assert!(of("lon", "lat").options("a").is_ok());
    }
}
