//! What a file says of its geometry column: the `geo` metadata of `GeoParquet` 1.0, 1.1 and 2.0, or Parquet's own types.

use super::nested::Nested;
use crate::read::crs::Crs;
use anyhow::{Context, Result};
use serde_json::Value;

/// What a file says of its geometry column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source::points::read) struct Declared {
    pub column: String,
    /// In what its coordinates are; `None` where nothing is said.
    pub crs: Option<Crs>,
    /// The column that holds the boxes of the geometries, which say nothing that these do not.
    pub boxes: Option<String>,
    /// What its geometries are, where they are lists of positions.
    pub nested: Option<Nested>,
    /// Whether its edges are the shortest ways on a sphere.
    pub is_spherical: bool,
}

/// Reads the `geo` metadata of a `GeoParquet` file. Where a system is given, what the file says of it does not matter.
///
/// # Errors
/// When it is damaged, or names a coordinate reference system that is not known here (unless one is given).
pub(in crate::source::points::read) fn declared(geo: &str, given: Option<Crs>) -> Result<Declared> {
    let geo: Value = serde_json::from_str(geo).context("the \"geo\" metadata is no JSON")?;
    let column = geo["primary_column"].as_str().context("the \"geo\" metadata names no primary column")?.to_owned();
    let about = &geo["columns"][&column];
    let boxes = about["covering"]["bbox"]["xmin"][0].as_str().map(str::to_owned);
    let crs = match given {
        Some(_) => given,
        None => Crs::of_json(&about["crs"])
            .with_context(|| format!("geometry column {column:?}; transform the file first, or say --crs"))?,
    };
    let nested = about["encoding"].as_str().and_then(Nested::named);
    let is_spherical = about["edges"] == "spherical";
    Ok(Declared { column, crs, boxes, nested, is_spherical })
}

impl Declared {
    /// What a geometry type of Parquet itself says; `value` finds what is written elsewhere in the file.
    ///
    /// # Errors
    /// When it names a coordinate reference system that is not known here (unless one is given).
    pub fn of_type(
        column: &str,
        crs: Option<&str>,
        given: Option<Crs>,
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let crs = match (given, crs) {
            (Some(_), _) | (_, None | Some("")) => given,
            (None, Some(text)) => {
                let elsewhere = text.strip_prefix("projjson:").and_then(value);
                let read = Crs::of_text(elsewhere.as_deref().unwrap_or(text));
                Some(read.with_context(|| format!("geometry column {column:?}"))?)
            }
        };
        Ok(Self { column: column.to_owned(), crs, boxes: None, nested: None, is_spherical: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geoparquet_names_its_column_and_crs() {
        let geo = |crs: &str| {
            format!(
                r#"{{"primary_column":"g","columns":{{"g":{{"encoding":"WKB","geometry_types":["Point","MultiPoint Z"],
                "covering":{{"bbox":{{"xmin":["box","xmin"]}}}}{crs}}}}}}}"#
            )
        };
        let plain = declared(&geo(""), None).expect("valid");
        assert_eq!(
            plain,
            Declared { column: "g".into(), crs: None, boxes: Some("box".into()), nested: None, is_spherical: false }
        );
        assert!(declared(&geo(r#","edges":"spherical""#), None).expect("valid").is_spherical);
        let crs = |text: &str| declared(&geo(&format!(r#","crs":{text}"#)), None).map(|declared| declared.crs);
        assert_eq!(crs(r#"{"id":{"authority":"EPSG","code":3857}}"#).expect("valid"), Some(Crs::Metres));
        let utm = r#"{"name":"WGS 84 / UTM zone 33N","id":{"authority":"EPSG","code":32633}}"#;
        assert_eq!(crs(utm).expect("valid"), Some(Crs::Epsg(32633)));
        let other = r#"{"name":"My grid","type":"ProjectedCRS"}"#;
        let error = format!("{:#}", crs(other).expect_err("unknown"));
        assert!(error.contains("My grid") && error.contains("--crs"), "{error}");
        let given = declared(&geo(&format!(r#","crs":{other}"#)), Some(Crs::Metres)).expect("overridden");
        assert_eq!(given.crs, Some(Crs::Metres));
        assert!(declared("{", None).is_err());
    }

    #[test]
    fn types_of_parquet_name_their_crs_in_every_form() {
        let of = |text: &str| {
            Declared::of_type("g", Some(text), None, |key| {
                (key == "k").then(|| r#"{"id":{"authority":"EPSG","code":2154}}"#.into())
            })
        };
        for (text, expected) in [
            ("", None),
            ("OGC:CRS84", Some(Crs::Degrees)),
            ("srid:4326", Some(Crs::Degrees)),
            ("EPSG:25832", Some(Crs::Epsg(25832))),
            ("projjson:k", Some(Crs::Epsg(2154))),
            (r#"{"id":{"authority":"EPSG","code":4258}}"#, Some(Crs::Degrees)),
        ] {
            assert_eq!(of(text).expect(text).crs, expected, "{text}");
        }
        assert!(of("elsewhere").is_err());
    }
}
