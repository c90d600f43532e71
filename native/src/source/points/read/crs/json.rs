//! Systems as PROJJSON has them: by their number, as degrees, or, where they have none, as the well-known text that says the same.

use super::{Crs, like_wgs84, written};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fmt::Write as _;

impl Crs {
    /// What a PROJJSON object says; `None` where it says nothing.
    ///
    /// # Errors
    /// When that is not known here.
    pub fn of_json(crs: &Value) -> Result<Option<Self>> {
        if crs.is_null() {
            return Ok(None);
        }
        if let Some(text) = crs.as_str() {
            return Self::of_text(text).map(Some);
        }
        let inner = [&crs["source_crs"], &crs["components"][0]].into_iter().find(|inner| inner.is_object());
        let id = &crs["id"];
        let code = match &id["code"] {
            Value::String(code) => code.clone(),
            code => code.to_string(),
        };
        match id["authority"].as_str() {
            Some("OGC") if code.starts_with("CRS84") => Ok(Some(Self::Degrees)),
            Some("EPSG") => Self::parse(&code).map(Some).with_context(|| named(crs)),
            _ if inner.is_some() => inner.map_or(Ok(None), Self::of_json),
            _ if crs["type"] == "GeographicCRS" && like_wgs84(crs["name"].as_str().unwrap_or_default()) => {
                angles(crs).map(Some).with_context(|| named(crs))
            }
            _ => {
                let lost = || format!("{} has no EPSG number; say it with --crs", named(crs));
                let text = projected(crs).with_context(lost)?;
                written::read(&text).map(Some).with_context(lost)
            }
        }
    }
}

fn named(crs: &Value) -> String {
    format!("the coordinate system {}", crs["name"].as_str().unwrap_or("without a name"))
}

/// What a geographic system of PROJJSON that lies as WGS 84 does counts its angles in, and from where.
fn angles(crs: &Value) -> Result<Crs> {
    let factor = |unit: &Value| match unit {
        Value::Null => Some(1.0),
        Value::String(name) => (name == "degree").then_some(1.0),
        unit => unit["conversion_factor"].as_f64().map(f64::to_degrees),
    };
    let axes = crs["coordinate_system"]["axis"].as_array().map_or(&[][..], |axes| &axes[..axes.len().min(2)]);
    for unit in axes.iter().map(|axis| &axis["unit"]) {
        if factor(unit).is_none_or(|degrees| (degrees - 1.0).abs() > 1e-6) {
            let name = unit["name"].as_str().or_else(|| unit.as_str()).unwrap_or("a unit without a name");
            bail!("its angles are in {name}, expected degrees");
        }
    }
    let datum = if crs["datum"].is_object() { &crs["datum"] } else { &crs["datum_ensemble"] };
    let longitude = &datum["prime_meridian"]["longitude"];
    let meridian = match longitude {
        Value::Null => Some(0.0),
        Value::Object(_) => {
            longitude["value"].as_f64().zip(factor(&longitude["unit"])).map(|(value, unit)| value * unit)
        }
        plain => plain.as_f64(),
    };
    match meridian.context("its prime meridian is no number")? {
        0.0 => Ok(Crs::Degrees),
        meridian => written::turned(crs["name"].as_str().unwrap_or("without a name"), meridian),
    }
}

/// A projected system as well-known text; `None` where something is missing of it.
fn projected(crs: &Value) -> Option<String> {
    let (base, conversion) = (&crs["base_crs"], &crs["conversion"]);
    let datum = if base["datum"].is_object() { &base["datum"] } else { &base["datum_ensemble"] };
    let ellipsoid = &datum["ellipsoid"];
    let meridian = &datum["prime_meridian"];
    let mut text = format!(
        "PROJCRS[{},BASEGEOGCRS[{},DATUM[{},ELLIPSOID[{},{},{}]],PRIMEM[{},{}{}]],CONVERSION[{},METHOD[{}]",
        name(crs)?,
        name(base)?,
        name(datum)?,
        name(ellipsoid)?,
        number(&ellipsoid["semi_major_axis"])?,
        flattening(ellipsoid)?,
        name(meridian).unwrap_or_else(|| "\"Greenwich\"".into()),
        number(&meridian["longitude"]).unwrap_or(0.0),
        unit(&meridian["longitude"]["unit"]),
        name(conversion)?,
        name(&conversion["method"])?,
    );
    for parameter in conversion["parameters"].as_array()? {
        let (name, value) = (name(parameter)?, parameter["value"].as_f64()?);
        let _ = write!(text, ",PARAMETER[{name},{value}{}]", unit(&parameter["unit"]));
    }
    text.push_str("],CS[Cartesian,2]");
    for axis in crs["coordinate_system"]["axis"].as_array()?.iter().take(2) {
        let direction =
            axis["direction"].as_str().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
        let _ = write!(text, ",AXIS[{},{direction}{}]", name(axis)?, unit(&axis["unit"]));
    }
    Some(text + "]")
}

/// A name in quotes, without any in it.
fn name(of: &Value) -> Option<String> {
    of["name"].as_str().map(|name| format!("\"{}\"", name.replace('"', "'")))
}

/// A number that may have a unit; that of lengths is believed to be the metre.
fn number(of: &Value) -> Option<f64> {
    of.as_f64().or_else(|| of["value"].as_f64())
}

/// By how much of its radius an ellipsoid is flatter than a sphere, one over that; 0 for a sphere.
fn flattening(ellipsoid: &Value) -> Option<f64> {
    if let Some(inverse) = number(&ellipsoid["inverse_flattening"]) {
        return Some(inverse);
    }
    let (long, short) = (number(&ellipsoid["semi_major_axis"])?, number(&ellipsoid["semi_minor_axis"])?);
    Some(if long > short { long / (long - short) } else { 0.0 })
}

/// The node of a unit, with a comma before it; nothing where none is said.
fn unit(of: &Value) -> String {
    let (node, name, factor) = match of {
        Value::String(name) if name == "degree" => ("ANGLEUNIT", "degree", 1f64.to_radians()),
        Value::String(name) if name == "metre" => ("LENGTHUNIT", "metre", 1.0),
        Value::String(_) => ("SCALEUNIT", "unity", 1.0),
        of => {
            let node = match of["type"].as_str() {
                Some("AngularUnit") => "ANGLEUNIT",
                Some("LinearUnit") => "LENGTHUNIT",
                Some(_) => "SCALEUNIT",
                None => return String::new(),
            };
            (node, of["name"].as_str().unwrap_or("unknown"), of["conversion_factor"].as_f64().unwrap_or(1.0))
        }
    };
    format!(",{node}[\"{}\",{factor}]", name.replace('"', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::crs::Projection;
    use serde_json::json;

    /// A system without a number, as pyproj writes it.
    fn system(datum: &str, method: &str, parameters: &[(&str, f64, &Value)], unit: &Value) -> Value {
        let ellipsoid =
            json!({"name": "GRS 1980", "semi_major_axis": 6_378_137, "inverse_flattening": 298.257_222_101});
        let parameter =
            |&(name, value, unit): &(&str, f64, &Value)| json!({"name": name, "value": value, "unit": unit});
        json!({
            "type": "ProjectedCRS",
            "name": "a grid",
            "base_crs": {"name": "base", "datum": {"type": "GeodeticReferenceFrame", "name": datum, "ellipsoid": ellipsoid}},
            "conversion": {
                "name": "conversion",
                "method": {"name": method},
                "parameters": parameters.iter().map(parameter).collect::<Vec<_>>(),
            },
            "coordinate_system": {"subtype": "Cartesian", "axis": [
                {"name": "Easting", "abbreviation": "E", "direction": "east", "unit": unit},
                {"name": "Northing", "abbreviation": "N", "direction": "north", "unit": unit},
            ]},
        })
    }

    #[test]
    fn systems_without_a_number_are_those_of_pyproj() {
        let (degree, metre, unity) = (&json!("degree"), &json!("metre"), &json!("unity"));
        let foot = &json!({"type": "LinearUnit", "name": "US survey foot", "conversion_factor": 0.304_800_609_601_219});
        let conic = |values: [f64; 6], unit| {
            let angles = [
                "Latitude of false origin",
                "Longitude of false origin",
                "Latitude of 1st standard parallel",
                "Latitude of 2nd standard parallel",
            ];
            let names = angles.into_iter().chain(["Easting at false origin", "Northing at false origin"]);
            let all = names.zip(values).enumerate();
            all.map(|(at, (name, value))| (name, value, if at < 4 { degree } else { unit })).collect::<Vec<_>>()
        };
        let areas = [
            ("Latitude of natural origin", 52.0, degree),
            ("Longitude of natural origin", 10.0, degree),
            ("False easting", 4_321_000.0, metre),
            ("False northing", 3_210_000.0, metre),
        ];
        let utm = [
            ("Latitude of natural origin", 0.0, degree),
            ("Longitude of natural origin", 9.0, degree),
            ("Scale factor at natural origin", 0.9996, unity),
            ("False easting", 500_000.0, metre),
            ("False northing", 0.0, metre),
        ];
        let york =
            conic([40.166_666_666_666_7, -74.0, 41.033_333_333_333_3, 40.666_666_666_666_7, 984_250.0, 0.0], foot);
        let albers = conic([0.0, 132.0, -18.0, -36.0, 0.0, 0.0], metre);
        let (north, europe) = ("North American Datum 1983", "European Terrestrial Reference System 1989 ensemble");
        // By pyproj, of EPSG:3035, 25832, 2263 and 3577.
        for (datum, method, parameters, unit, (x, y), (lon, lat)) in [
            (europe, "Lambert Azimuthal Equal Area", &areas[..], metre, (4_321_000.0, 3_210_000.0), (10.0, 52.0)),
            (europe, "Transverse Mercator", &utm, metre, (447_834.12, 5_531_000.5), (8.273_173_223, 49.929_095_743)),
            (
                north,
                "Lambert Conic Conformal (2SP)",
                &york,
                foot,
                (990_000.0, 200_000.0),
                (-73.979_258_038, 40.715_628_63),
            ),
            (
                "Geocentric Datum of Australia 1994",
                "Albers Equal Area",
                &albers,
                metre,
                (100_000.0, -3_900_000.0),
                (133.105_876_155, -35.696_762_771),
            ),
        ] {
            let json = system(datum, method, parameters, unit);
            let crs = Crs::of_json(&json).unwrap_or_else(|error| panic!("{method}: {error:#}")).expect("said");
            let projection = Projection::of(crs).expect("known").expect("a grid");
            let found = projection.degrees(x, y).expect("a place");
            assert!((found.0 - lon).abs() < 1e-6 && (found.1 - lat).abs() < 1e-6, "{method}: {found:?}");
            assert_eq!(crs.doubt(), None, "{method}");
        }
        for (datum, method) in [("Mars 2000", "Transverse Mercator"), (europe, "Bonne")] {
            let error = format!("{:#}", Crs::of_json(&system(datum, method, &utm, metre)).expect_err("is refused"));
            assert!(error.contains("a grid") && error.contains("--crs"), "{error}");
        }
    }
}
