//! A [`TileQuery`] as its canonical text, and the words for its parts.
//!
//! The text leaves out defaults, names parameters in alphabetical order and is percent-encoded, so it goes into a URL as
//! it is. Two queries that mean the same print the same: it is the cache key.

use super::{
    Alias, Hexagons, Measure, MeasureKind, Mode, Properties, RowGeometry, Shape, TileQuery,
    text::{Encoded, quote},
};
use crate::{filter::Value, small, time::Moment};
use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

impl fmt::Display for TileQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (name, value) in self.parameters() {
            write!(f, "{}{name}={}", if first { "" } else { "&" }, Encoded(&value))?;
            first = false;
        }
        Ok(())
    }
}

impl TileQuery {
    /// The parameters that are not at their default, in alphabetical order, with their canonical values.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let default = Self::default();
        let list = |mut items: Vec<String>| {
            small::sort(&mut items);
            items.dedup();
            items.join(",")
        };
        let agg = {
            let mut measures = self.measures.clone();
            small::sort(&mut measures);
            measures.dedup();
            let measures = measures.iter().map(ToString::to_string);
            self.log_count.then(|| "log_count".to_string()).into_iter().chain(measures).collect::<Vec<_>>().join(",")
        };
        let parameters = [
            ("agg", Some(agg).filter(|agg| !agg.is_empty())),
            (
                "alias",
                Some(list(self.aliases.iter().map(|a| a.name().to_string()).collect())).filter(|a| !a.is_empty()),
            ),
            ("bbox", self.bbox.map(|sides| sides.map(|side| Value::number(side).to_string()).join(","))),
            (
                "by",
                self.by.as_ref().map(|by| match (by.period, &by.zone) {
                    (Some(period), Some(zone)) => format!("{}:{}:{zone}", quote(&by.column), period.name()),
                    (Some(period), None) => format!("{}:{}", quote(&by.column), period.name()),
                    _ => quote(&by.column),
                }),
            ),
            (
                "cell",
                match self.hexagons {
                    Some(_) => Some("h3".to_string()),
                    None => (self.cell != default.cell).then(|| self.cell.to_string()),
                },
            ),
            (
                "datetime",
                self.datetime.filter(|interval| interval.start.is_some() || interval.end.is_some()).map(|interval| {
                    let end =
                        |end: Option<i64>| end.map_or("..".to_string(), |micros| Moment::Instant(micros).to_string());
                    format!("{}/{}", end(interval.start), end(interval.end))
                }),
            ),
            ("detail", (self.detail != default.detail).then(|| self.detail.to_string())),
            ("filter", self.filter.as_ref().map(ToString::to_string)),
            ("geometry", (self.geometry != default.geometry).then(|| self.geometry.name().to_string())),
            ("let", Some(list(self.lets.iter().map(ToString::to_string).collect())).filter(|lets| !lets.is_empty())),
            ("limit", (self.limit != default.limit).then(|| self.limit.to_string())),
            ("mode", (self.mode != default.mode).then(|| self.mode.name().to_string())),
            (
                "properties",
                match &self.properties {
                    Properties::Default => None,
                    Properties::All => Some("*".to_string()),
                    Properties::Columns(columns) => Some(list(columns.iter().map(|column| quote(column)).collect())),
                },
            ),
            ("rank", self.rank.as_ref().map(|column| quote(column))),
            (
                "res",
                self.hexagons.and_then(|hexagons| match hexagons {
                    Hexagons::ByZoom => None,
                    Hexagons::Of(resolution) => Some(resolution.to_string()),
                }),
            ),
            ("shape", (self.shape != Shape::of(self.hexagons)).then(|| self.shape.name().to_string())),
        ];
        parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl MeasureKind {
    /// The word in `agg` and the last part of the property's name: `sum`, `median`, `p95`, `p99.9`, `nunique`.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::Percentile(5000) => "median",
            Self::Percentile(hundredths) => return Cow::Owned(format!("p{}", f64::from(hundredths) / 100.0)),
            Self::Mode => "mode",
            Self::Distinct => "nunique",
        })
    }

    /// The measure of a word, also of `avg` and `average`; percentiles from `p1` to `p99`, with up to two decimals to
    /// `p99.99`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "mean" | "avg" | "average" => Self::Mean,
            "min" => Self::Min,
            "max" => Self::Max,
            "median" => Self::Percentile(5000),
            "mode" => Self::Mode,
            "nunique" => Self::Distinct,
            _ => {
                let (whole, decimals) =
                    name.strip_prefix('p')?.split_once('.').unwrap_or((name.strip_prefix('p')?, "0"));
                let digits =
                    |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
                if !digits(whole) || !digits(decimals) {
                    return None;
                }
                let decimals = decimals.parse::<u16>().ok()? * if decimals.len() == 1 { 10 } else { 1 };
                let hundredths = whole.parse::<u16>().ok()? * 100 + decimals;
                return (hundredths > 0).then_some(Self::Percentile(hundredths));
            }
        })
    }
}

/// As `agg` writes it: `mean:fare`.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), quote(&self.column))
    }
}

impl Mode {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Points, Self::Cells, Self::Places];

    /// The word in `mode`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Points => "points",
            Self::Cells => "cells",
            Self::Places => "places",
        }
    }
}

impl Shape {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Point, Self::Polygon, Self::Centroid];

    /// What is drawn for a cell unless it is said.
    #[must_use]
    pub const fn of(hexagons: Option<Hexagons>) -> Self {
        if hexagons.is_some() { Self::Polygon } else { Self::Point }
    }

    /// The word in `shape`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Polygon => "polygon",
            Self::Centroid => "centroid",
        }
    }
}

impl RowGeometry {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Outline, Self::Point];

    /// The word in `geometry`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outline => "outline",
            Self::Point => "point",
        }
    }
}

impl Alias {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Carto, Self::Quadbin, Self::Supercluster, Self::Tippecanoe];

    /// The word in `alias`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Carto => "carto",
            Self::Quadbin => "quadbin",
            Self::Supercluster => "supercluster",
            Self::Tippecanoe => "tippecanoe",
        }
    }
}
