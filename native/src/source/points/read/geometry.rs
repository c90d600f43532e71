//! Point geometries: WKB, WKT or pairs of numbers in one column become x and y; GeoParquet's metadata says which.

use super::{Crs, field::Field};
use anyhow::{Context, Result, bail};
use polars_core::prelude::{Column, DataType};
use serde_json::Value;

/// How a column holds points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Well-known binary, also `PostGIS`'s with an SRID, also as hexadecimal text.
    Wkb,
    /// Well-known text, `POINT (1 2)`.
    Wkt,
    /// A struct with fields x and y.
    Struct,
    /// A list or array of two numbers or more.
    Pair,
}

/// Coordinates of a chunk; NaN where there is no point.
#[derive(Debug, Default)]
pub(super) struct Points {
    pub xs: Vec<f64>,
    pub ys: Vec<f64>,
    /// Geometries that are something else than a point, or damaged.
    pub others: u64,
}

/// What a file says of its geometry column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub column: String,
    pub crs: Crs,
    /// Types of geometry other than points, where the file names them.
    pub others: Option<String>,
}

/// Reads the `geo` metadata of a GeoParquet file.
///
/// # Errors
/// When it is damaged, or names a coordinate reference system that is not known here (unless one is given).
pub(super) fn declared(geo: &str, crs: Option<Crs>) -> Result<Declared> {
    let geo: Value = serde_json::from_str(geo).context("the \"geo\" metadata is no JSON")?;
    let column = geo["primary_column"].as_str().context("the \"geo\" metadata names no primary column")?.to_owned();
    let about = &geo["columns"][&column];
    let types = about["geometry_types"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let others: Vec<&str> = types.filter(|name| !name.starts_with("Point")).collect();
    let crs = match crs {
        Some(crs) => crs,
        None => reference_system(&about["crs"]).with_context(|| format!("geometry column {column:?}"))?,
    };
    Ok(Declared { column, crs, others: (!others.is_empty()).then(|| others.join(", ")) })
}

/// A PROJJSON object; absent or null means degrees.
fn reference_system(crs: &Value) -> Result<Crs> {
    if crs.is_null() {
        return Ok(Crs::Degrees);
    }
    let authority = crs["id"]["authority"].as_str().unwrap_or_default();
    let code = match &crs["id"]["code"] {
        Value::String(code) => code.clone(),
        code => code.to_string(),
    };
    match (authority, code.as_str()) {
        ("OGC", "CRS84" | "CRS84h") | ("EPSG", "4326" | "4979") => Ok(Crs::Degrees),
        ("EPSG", "3857") => Ok(Crs::Metres),
        _ => {
            let name = crs["name"].as_str().unwrap_or("without a name");
            bail!(
                "its coordinates are in {name} ({authority}:{code}), expected OGC:CRS84, EPSG:4326 or EPSG:3857; \
                 transform the file first, for instance with ogr2ogr -t_srs EPSG:4326"
            )
        }
    }
}

impl Encoding {
    /// How a column could hold points, by its type alone.
    pub fn of(dtype: &DataType) -> Option<Self> {
        match dtype {
            DataType::Binary | DataType::BinaryOffset => Some(Self::Wkb),
            DataType::String => Some(Self::Wkt),
            DataType::Struct(fields) => {
                let has = |name: &str| fields.iter().any(|field| field.name() == name && field.dtype().is_float());
                (has("x") && has("y")).then_some(Self::Struct)
            }
            DataType::Array(inner, width) if *width >= 2 && inner.is_float() => Some(Self::Pair),
            DataType::List(inner) if inner.is_float() => Some(Self::Pair),
            DataType::Extension(_, inner) => Self::of(inner),
            _ => None,
        }
    }

    /// How a column that goes by one of the usual names holds points.
    pub fn by_name(field: &Field) -> Option<Self> {
        const NAMES: [&str; 9] =
            ["geometry", "geom", "the_geom", "wkb_geometry", "wkb", "wkt", "geo", "point", "geometry_wkb"];
        NAMES.contains(&field.name.to_ascii_lowercase().as_str()).then(|| Self::of(&field.dtype)).flatten()
    }

    /// The points of a chunk.
    ///
    /// # Errors
    /// When the column is not of the type this encoding needs.
    pub fn points(self, column: &Column) -> Result<Points> {
        let column = match column.dtype() {
            DataType::Extension(..) => column.to_physical_repr(),
            _ => column.clone(),
        };
        let mut points = Points::default();
        match self {
            Self::Wkb => {
                let column = if matches!(column.dtype(), DataType::BinaryOffset) {
                    column.cast(&DataType::Binary)?
                } else {
                    column
                };
                for bytes in column.binary()?.iter() {
                    points.push(bytes, wkb);
                }
            }
            Self::Wkt => {
                for text in column.str()?.iter() {
                    points.push(text.map(str::trim).filter(|text| !text.is_empty()), |text| {
                        wkt(text).or_else(|| hex(text))
                    });
                }
            }
            Self::Struct => {
                let fields = column.struct_()?;
                let nulls = column.is_null();
                let (x, y) = (fields.field_by_name("x")?, fields.field_by_name("y")?);
                let (x, y) = (x.cast(&DataType::Float64)?, y.cast(&DataType::Float64)?);
                for ((x, y), null) in x.f64()?.iter().zip(y.f64()?.iter()).zip(nulls.iter()) {
                    let point = x.zip(y).filter(|_| null != Some(true));
                    points.push(point, Some);
                }
            }
            Self::Pair => {
                let lists = match column.dtype() {
                    DataType::Array(..) => column.cast(&DataType::List(Box::new(DataType::Float64)))?,
                    _ => column,
                };
                for list in lists.list()?.amortized_iter() {
                    points.push(list, |list| {
                        let list = list.as_ref().cast(&DataType::Float64).ok()?;
                        let values = list.f64().ok()?;
                        values.get(0).zip(values.get(1))
                    });
                }
            }
        }
        Ok(points)
    }
}

impl Points {
    fn push<T>(&mut self, value: Option<T>, read: impl FnOnce(T) -> Option<(f64, f64)>) {
        let point = value.map(read);
        self.others += u64::from(point == Some(None));
        let (x, y) = point.flatten().unwrap_or((f64::NAN, f64::NAN));
        self.xs.push(x);
        self.ys.push(y);
    }
}

/// A point of well-known binary: any byte order, any dimensions, with or without SRID. An empty point is NaN, NaN.
fn wkb(bytes: &[u8]) -> Option<(f64, f64)> {
    let little = match bytes.first()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    let kind: [u8; 4] = bytes.get(1..5)?.try_into().ok()?;
    let kind = if little { u32::from_le_bytes(kind) } else { u32::from_be_bytes(kind) };
    // Z, M and SRID are flags in the top bits (PostGIS) or thousands (ISO).
    if (kind & 0x0fff_ffff) % 1000 != 1 {
        return None;
    }
    let start = if kind & 0x2000_0000 == 0 { 5 } else { 9 };
    let number = |at: usize| -> Option<f64> {
        let eight: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
        Some(if little { f64::from_le_bytes(eight) } else { f64::from_be_bytes(eight) })
    };
    Some((number(start)?, number(start + 8)?))
}

/// `POINT (1 2)`, also `POINT Z (1 2 3)` and with `SRID=4326;` before it.
fn wkt(text: &str) -> Option<(f64, f64)> {
    let text =
        text.split_once(';').filter(|(srid, _)| srid.starts_with("SRID")).map_or(text, |(_, rest)| rest.trim_start());
    let (head, rest) = text.split_at_checked(5)?;
    if !head.eq_ignore_ascii_case("point") {
        return None;
    }
    let rest = rest.trim_start_matches([' ', 'Z', 'M', 'z', 'm']);
    let mut numbers = rest.strip_prefix('(')?.strip_suffix(')')?.split_ascii_whitespace();
    let (x, y) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    numbers.all(|number| number.parse::<f64>().is_ok()).then_some((x, y))
}

/// Well-known binary in hexadecimal digits.
fn hex(text: &str) -> Option<(f64, f64)> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() > 200 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes: Option<Vec<u8>> =
        digits.chunks(2).map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect();
    wkb(&bytes?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_in_every_spelling() {
        let little = [&[1, 1, 0, 0, 0][..], &1.5f64.to_le_bytes(), &(-2.0f64).to_le_bytes()].concat();
        let big = [&[0, 0, 0, 0, 1][..], &1.5f64.to_be_bytes(), &(-2.0f64).to_be_bytes()].concat();
        let with_srid =
            [&[1, 1, 0, 0, 0x20, 0xe6, 0x10, 0, 0][..], &1.5f64.to_le_bytes(), &(-2.0f64).to_le_bytes()].concat();
        let iso_z = [&[1, 0xe9, 3, 0, 0][..], &1.5f64.to_le_bytes(), &(-2.0f64).to_le_bytes(), &[0; 8]].concat();
        for bytes in [little, big, with_srid, iso_z] {
            assert_eq!(wkb(&bytes), Some((1.5, -2.0)), "{bytes:?}");
            let text = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
            assert_eq!(hex(&text), Some((1.5, -2.0)));
            assert_eq!(wkb(&bytes[..20]), None);
        }
        let line = [&[1, 2, 0, 0, 0][..], &[0; 16]].concat();
        assert_eq!(wkb(&line), None);
        for text in ["POINT (1.5 -2)", "POINT(1.5 -2.0)", "point z (1.5 -2 7)", "SRID=4326;POINT (1.5 -2)"] {
            assert_eq!(wkt(text), Some((1.5, -2.0)), "{text}");
        }
        for text in ["LINESTRING (0 0, 1 1)", "POINT EMPTY", "POINT (1)", "", "POINT (1 2 x)"] {
            assert_eq!(wkt(text), None, "{text}");
        }
    }

    #[test]
    fn geoparquet_names_its_column_and_crs() {
        let geo = |crs: &str| {
            format!(
                r#"{{"primary_column":"g","columns":{{"g":{{"encoding":"WKB","geometry_types":["Point"]{crs}}}}}}}"#
            )
        };
        let degrees = declared(&geo(""), None).expect("valid");
        assert_eq!(degrees, Declared { column: "g".into(), crs: Crs::Degrees, others: None });
        let metres = geo(r#","crs":{"id":{"authority":"EPSG","code":3857}}"#);
        assert_eq!(declared(&metres, None).expect("valid").crs, Crs::Metres);
        let utm = geo(r#","crs":{"name":"WGS 84 / UTM zone 33N","id":{"authority":"EPSG","code":32633}}"#);
        let error = format!("{:#}", declared(&utm, None).expect_err("unknown"));
        assert!(error.contains("UTM zone 33N") && error.contains("EPSG:32633"), "{error}");
        assert_eq!(declared(&utm, Some(Crs::Metres)).expect("overridden").crs, Crs::Metres);
        assert!(declared("{", None).is_err());
    }
}
