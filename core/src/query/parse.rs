//! A query string to a [`TileQuery`].
//!
//! Decoding first, then one reader a parameter. Nothing is passed over in silence but `v`, `key`, `access_token`
//! and `_`, which belong to caches and gateways.

use super::{
    Alias, By, Hexagons, Measure, MeasureKind, Mode, Properties, RowGeometry, Shape, TileQuery,
    lets::lets,
    text::{Item, decode, split},
};
use crate::{
    filter::{Expr, check_box},
    small::{self, decimal, error::QueryError, nearest::did_you_mean},
    time::{self, Interval, Moment, Period},
};
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Most bytes of the canonical text.
pub const MAX_QUERY: usize = 32 << 10;

/// Most bytes of a query string as it comes: percent-encoding takes three for one, other spellings some more.
const MAX_RAW: usize = 4 * MAX_QUERY;

/// Most rows that `limit` takes.
pub const MAX_LIMIT: u32 = 1_000_000;

/// Most quarters of a zoom that `detail` takes, of more and of less.
pub const MAX_DETAIL: i8 = 16;

/// The parameters of a query, in the order of its canonical text.
pub const PARAMETERS: [&str; 17] = [
    "agg",
    "alias",
    "bbox",
    "by",
    "cell",
    "datetime",
    "detail",
    "filter",
    "filter-lang",
    "geometry",
    "let",
    "limit",
    "mode",
    "properties",
    "rank",
    "res",
    "shape",
];

/// The finest resolution of H3.
const FINEST: u8 = 15;

/// Most letters of the name of a zone.
const MAX_ZONE: usize = 64;

/// Parameters that are others' business.
const PASSED_BY: [&str; 4] = ["v", "key", "access_token", "_"];

const MEASURES: [&str; 12] =
    ["count", "log_count", "sum", "mean", "avg", "average", "min", "max", "median", "mode", "nunique", "p95"];

impl TileQuery {
    /// Whether a parameter of this name may stand in a query, or is passed by.
    #[must_use]
    pub fn takes(name: &str) -> bool {
        PARAMETERS.contains(&name) || PASSED_BY.contains(&name)
    }

    /// Reads a query string: what stands behind the `?` of a URL, form-encoded.
    ///
    /// # Errors
    /// [`QueryError`] naming the parameter, where it can the character, and what was expected: for unknown and repeated
    /// parameters, values that are none, broken encoding, and queries whose canonical text is over 32 KiB.
    ///
    /// ```
    /// use duotile_core::TileQuery;
    /// let query = TileQuery::parse("cell=4&agg=avg:fare,count&filter=fare+%3E+2.50").unwrap();
    /// assert_eq!(query.to_string(), "agg=mean:fare&filter=fare%20%3E%202.5");
    /// assert_eq!(TileQuery::parse("agg=men:fare").unwrap_err().hint.as_deref(), Some("did you mean \"mean\"?"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.len() > MAX_RAW {
            return Err(too_long(text.len(), MAX_RAW));
        }
        let pairs = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let name = decode(name, name)?;
                let value = decode(&name, value)?;
                Ok((name, value))
            })
            .collect::<Result<Vec<_>, QueryError>>()?;
        Self::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// Reads decoded pairs of parameter and value.
    ///
    /// # Errors
    /// As [`TileQuery::parse`].
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, QueryError> {
        let mut query = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        let (mut filter, mut language) = (None, "cql2-text");
        let (mut res, mut shape) = (None, None);
        for (name, value) in pairs {
            if PASSED_BY.contains(&name) {
                continue;
            }
            if seen.contains(&name) {
                return Err(QueryError::new(name, "the parameter stands here twice, expected it once"));
            }
            seen.push(name);
            match name {
                "agg" => (query.measures, query.log_count) = measures(value)?,
                "alias" => query.aliases = aliases(value)?,
                "bbox" => query.bbox = Some(bbox(value)?),
                "by" => query.by = Some(by(value)?),
                "cell" if value.trim() == "h3" => query.hexagons = Some(Hexagons::ByZoom),
                "cell" => query.cell = cell(value)?,
                "datetime" => query.datetime = datetime(value)?,
                "detail" => query.detail = detail(value)?,
                // An empty box of a form.
                "filter" => filter = Some(value).filter(|value| !value.trim().is_empty()),
                "filter-lang" => language = value,
                "geometry" => {
                    query.geometry = choice(name, value, &RowGeometry::ALL.map(|it| (it.name().to_string(), it)))?;
                }
                "let" => query.lets = lets(value)?,
                "limit" => query.limit = limit(value)?,
                "mode" => query.mode = choice(name, value, &Mode::ALL.map(|mode| (mode.name().to_string(), mode)))?,
                "properties" => query.properties = properties(value)?,
                "rank" => query.rank = rank(value)?,
                "res" => res = Some(resolution(value)?),
                "shape" => {
                    shape = Some(choice(name, value, &Shape::ALL.map(|shape| (shape.name().to_string(), shape)))?);
                }
                _ => {
                    let message = format!("unknown parameter, expected one of {}", PARAMETERS.join(", "));
                    return Err(QueryError::new(name, message).hint(did_you_mean(name, PARAMETERS)));
                }
            }
        }
        if let Some(resolution) = res {
            if query.hexagons.is_none() {
                return Err(QueryError::new("res", format!("got {resolution} with squares, expected it with cell=h3")));
            }
            query.hexagons = Some(Hexagons::Of(resolution));
        }
        query.shape = shape.unwrap_or(Shape::of(query.hexagons));
        let read = match language {
            "cql2-text" => Expr::parse,
            "cql2-json" => Expr::parse_json,
            _ => return Err(not_one_of("filter-lang", language, &["cql2-text", "cql2-json"])),
        };
        query.filter = filter.map(read).transpose()?.map(Expr::normalise);
        let length = query.to_string().len();
        if length > MAX_QUERY { Err(too_long(length, MAX_QUERY)) } else { Ok(query) }
    }
}

fn too_long(got: usize, most: usize) -> QueryError {
    QueryError::new("query", format!("the query is {got} bytes long, expected at most {most}"))
}

fn not_one_of(parameter: &str, got: &str, expected: &[&str]) -> QueryError {
    QueryError::new(parameter, format!("got {got:?}, expected one of {}", expected.join(", ")))
        .hint(did_you_mean(got, expected.iter().copied()))
}

/// The value of a word.
fn choice<T: Copy>(parameter: &str, got: &str, known: &[(String, T)]) -> Result<T, QueryError> {
    known.iter().find(|(name, _)| name == got.trim()).map(|&(_, value)| value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        not_one_of(parameter, got, &names)
    })
}

fn cell(text: &str) -> Result<u8, QueryError> {
    text.trim().parse().ok().filter(|cell: &u8| cell.is_power_of_two() && *cell <= 64).ok_or_else(|| {
        QueryError::new("cell", format!("got {text:?}, expected 1, 2, 4, 8, 16, 32 or 64 (pixels), or h3"))
    })
}

fn resolution(text: &str) -> Result<u8, QueryError> {
    text.trim()
        .parse()
        .ok()
        .filter(|resolution| *resolution <= FINEST)
        .ok_or_else(|| QueryError::new("res", format!("got {text:?}, expected a resolution of H3 from 0 to {FINEST}")))
}

fn detail(text: &str) -> Result<i8, QueryError> {
    text.trim().parse().ok().filter(|detail| (-MAX_DETAIL..=MAX_DETAIL).contains(detail)).ok_or_else(|| {
        let range = format!("a whole number from {} to {MAX_DETAIL} (quarters of a zoom)", -MAX_DETAIL);
        QueryError::new("detail", format!("got {text:?}, expected {range}"))
    })
}

fn limit(text: &str) -> Result<u32, QueryError> {
    text.trim()
        .parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| QueryError::new("limit", format!("got {text:?}, expected a whole number from 1 to {MAX_LIMIT}")))
}

fn bbox(text: &str) -> Result<[f64; 4], QueryError> {
    let mut sides = Vec::new();
    let mut place = 0;
    for part in text.split(',') {
        let side = decimal::parse(part.trim()).and_then(crate::normal);
        sides.push(side.ok_or_else(|| QueryError::new("bbox", format!("got {part:?}, expected degrees")).at(place))?);
        place += part.chars().count() + 1;
    }
    let sides: [f64; 4] = sides.try_into().map_err(|sides: Vec<f64>| {
        QueryError::new("bbox", format!("got {} numbers, expected west,south,east,north", sides.len()))
    })?;
    check_box(sides).map_err(|message| QueryError::new("bbox", message))?;
    Ok(sides)
}

/// An OGC interval: `a/b`, `../b`, `a/..`, or a single date or time. A date is its whole day.
fn datetime(text: &str) -> Result<Option<Interval>, QueryError> {
    let error = |message: String, place: usize| QueryError::new("datetime", message).at(place);
    let moment = |part: &str, place: usize| -> Result<Option<Moment>, QueryError> {
        let skipped = part.chars().take_while(|c| *c == ' ').count();
        match part.trim_matches(' ') {
            "" | ".." => Ok(None),
            part => time::parse(part).map(Some).map_err(|bad| {
                error(format!("got {part:?}, expected {}", bad.expected), place + skipped + bad.position)
            }),
        }
    };
    let Some((start, end)) = text.split_once('/') else {
        return match moment(text, 0)? {
            Some(only) => Ok(Some(Interval { start: Some(only.first()), end: Some(only.last()) })),
            None => Err(error("got nothing, expected a date, a time, or an interval such as 2024-01-01/..".into(), 0)),
        };
    };
    let place = start.chars().count() + 1;
    let (first, last) = (moment(start, 0)?.map(Moment::first), moment(end, place)?.map(Moment::last));
    match (first, last) {
        (None, None) => Ok(None),
        (Some(first), Some(last)) if first > last => {
            Err(error(format!("the interval ends before it starts: {start} is after {end}"), place))
        }
        (start, end) => Ok(Some(Interval { start, end })),
    }
}

fn measures(text: &str) -> Result<(Vec<Measure>, bool), QueryError> {
    let (mut measures, mut log_count) = (Vec::new(), false);
    let error = |message: String, place: usize| QueryError::new("agg", message).at(place);
    if text.trim_matches(' ').is_empty() {
        return Ok((measures, log_count));
    }
    let mut items = split("agg", text, &[',', ':'])?.into_iter();
    while let Some(Item { text: name, place, end, .. }) = items.next() {
        match (name.as_str(), end) {
            ("count", None | Some(',')) => continue,
            ("log_count", None | Some(',')) => {
                log_count = true;
                continue;
            }
            ("count" | "log_count", _) => {
                return Err(error(format!("got a column after {name}, which counts rows"), place)
                    .hint("nunique:column counts distinct values".to_string()));
            }
            _ => {}
        }
        let Some(kind) = MeasureKind::parse(&name) else {
            let message = format!("got {name:?}, expected one of {}", MEASURES.join(", "));
            return Err(error(message, place).hint(did_you_mean(&name, MEASURES)));
        };
        let column = (end == Some(':')).then(|| items.next()).flatten();
        match column {
            Some(item) if item.end == Some(':') => {
                return Err(error("got a second colon, expected a comma or the end".into(), item.place)
                    .hint("a column whose name has a colon is written in double quotes".to_string()));
            }
            Some(Item { text: column, quoted, .. }) if quoted || !column.is_empty() => {
                measures.push(Measure { column, kind });
            }
            _ => return Err(error(format!("got {name} without a column, expected {name}:column"), place)),
        }
    }
    small::sort(&mut measures);
    measures.dedup();
    Ok((measures, log_count))
}

fn by(text: &str) -> Result<By, QueryError> {
    match &split("by", text, &[':'])?[..] {
        [column] if column.quoted || !column.text.is_empty() => {
            Ok(By { column: column.text.clone(), period: None, zone: None })
        }
        [column, period, zone @ ..] if zone.len() < 2 && (column.quoted || !column.text.is_empty()) => {
            let period = choice("by", &period.text, &Period::ALL.map(|period| (period.name().to_string(), period)))
                .map_err(|error| error.at(period.place))?;
            let zone = zone.first().map(|zone| zone_name(&zone.text).map_err(|error| error.at(zone.place)));
            Ok(By { column: column.text.clone(), period: Some(period), zone: zone.transpose()? })
        }
        _ => Err(QueryError::new(
            "by",
            format!("got {text:?}, expected a column, or a time column as in ts:month or ts:day:Europe/Paris"),
        )
        .hint("a column whose name has a colon is written in double quotes".to_string())),
    }
}

fn rank(text: &str) -> Result<Option<String>, QueryError> {
    match &split("rank", text, &[])?[..] {
        [column] if !column.quoted && column.text.is_empty() => Ok(None),
        [column] => Ok(Some(column.text.clone())),
        _ => Err(QueryError::new("rank", format!("got {text:?}, expected a column"))),
    }
}

/// The name of a zone.
fn zone_name(text: &str) -> Result<String, QueryError> {
    let fine = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-' | '/'));
    if !fine || text.is_empty() || text.len() > MAX_ZONE {
        return Err(QueryError::new("by", format!("got {text:?}, expected the name of a zone such as Europe/Paris")));
    }
    Ok(text.into())
}

fn aliases(text: &str) -> Result<Vec<Alias>, QueryError> {
    if text.trim_matches(' ').is_empty() {
        return Ok(Vec::new());
    }
    let known = Alias::ALL.map(|alias| (alias.name().to_string(), alias));
    let mut aliases = split("alias", text, &[','])?
        .into_iter()
        .map(|item| choice("alias", &item.text, &known).map_err(|error| error.at(item.place)))
        .collect::<Result<Vec<_>, _>>()?;
    small::sort(&mut aliases);
    aliases.dedup();
    Ok(aliases)
}

fn properties(text: &str) -> Result<Properties, QueryError> {
    match text.trim_matches(' ') {
        "" => return Ok(Properties::Columns(Vec::new())),
        "*" => return Ok(Properties::All),
        _ => {}
    }
    let mut columns = Vec::new();
    for item in split("properties", text, &[','])? {
        if !item.quoted && (item.text.is_empty() || item.text == "*") {
            let message = format!("got {:?} among names, expected a column", item.text);
            return Err(QueryError::new("properties", message).at(item.place));
        }
        columns.push(item.text);
    }
    small::sort(&mut columns);
    columns.dedup();
    Ok(Properties::Columns(columns))
}
