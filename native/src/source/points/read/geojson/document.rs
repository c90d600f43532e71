//! A text of GeoJSON feature by feature: what it is as a whole is found out first, then its features are visited one by one.

use super::geometry::Geometry;
use anyhow::{Result, anyhow, bail};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use std::fmt;

/// What a text is as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value: a collection, a feature, a geometry.
    Whole,
    /// A value a line.
    Lines,
    /// Values behind record separators, by RFC 8142.
    Records,
}

/// What stands before a record.
const SEPARATOR: u8 = 0x1e;
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A feature, or a geometry in the place of one.
#[derive(Debug, Default)]
pub(super) struct Feature {
    pub id: Option<Value>,
    pub properties: Vec<(String, Value)>,
    pub geometry: Option<Geometry>,
}

/// What is told of a text when all of it was read.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The member that names a coordinate system.
    pub crs: Option<Value>,
    /// Features there are, where they stand in lines.
    pub read: u64,
    /// Lines that are no features, and what is wrong with the first.
    pub broken: u64,
    pub first_broken: Option<String>,
}

impl Told {
    /// What lines were left out.
    pub fn line(&self) -> Option<String> {
        let first = self.first_broken.as_ref()?;
        let (count, all) = (self.broken, self.broken + self.read);
        let what = if count == 1 { "is no feature and is left out" } else { "are no features and are left out" };
        Some(format!("{count} of {all} lines {what}: {first}"))
    }

    /// Refuses a text with lines that are no features, where none may be lost.
    ///
    /// # Errors
    /// When it is one.
    pub fn check(&self, strict: bool) -> Result<()> {
        match &self.first_broken {
            Some(first) if strict => bail!("{} lines are no features, and --strict loses none: {first}", self.broken),
            _ => Ok(()),
        }
    }
}

impl Shape {
    /// Lines are told by the first of them: it is a value of its own, and more follows.
    pub fn of(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(MARK).unwrap_or(bytes).trim_ascii_start();
        if text.first() == Some(&SEPARATOR) {
            return Self::Records;
        }
        let Some(end) = text.iter().position(|&byte| byte == b'\n') else { return Self::Whole };
        let more = !text[end..].trim_ascii().is_empty();
        let alone = || serde_json::from_slice::<IgnoredAny>(&text[..end]).is_ok();
        if more && alone() { Self::Lines } else { Self::Whole }
    }
}

/// Visits all features, with their geometries or without.
///
/// # Errors
/// Those of `visit`; when the text is damaged or no GeoJSON. Of lines only when none of them is a feature.
pub(super) fn each(
    bytes: &[u8],
    shape: Shape,
    geometries: bool,
    visit: &mut dyn FnMut(Feature) -> Result<()>,
) -> Result<Told> {
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let mut told = Told::default();
    if shape == Shape::Whole {
        whole(text, geometries, visit, &mut told)?;
        return Ok(told);
    }
    // Before the first separator there is nothing.
    let (between, word, first) = if shape == Shape::Records { (SEPARATOR, "record", 0) } else { (b'\n', "line", 1) };
    for (number, line) in (first..).zip(text.split(|&byte| byte == between)) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match feature(line, geometries) {
            Ok(feature) => visit(feature)?,
            Err(error) => {
                told.broken += 1;
                told.first_broken.get_or_insert_with(|| format!("{word} {number} {}", wrong(&error)));
                continue;
            }
        }
        told.read += 1;
    }
    match told.first_broken.take() {
        Some(first) if told.read == 0 => bail!("none of its lines is a feature of GeoJSON; {first}"),
        first => told.first_broken = first,
    }
    Ok(told)
}

fn whole(text: &[u8], geometries: bool, visit: &mut dyn FnMut(Feature) -> Result<()>, told: &mut Told) -> Result<()> {
    if text.trim_ascii_start().first() == Some(&b'[') {
        bail!("the file is JSON but no GeoJSON: it is a list, expected a FeatureCollection, or a feature in each line");
    }
    let mut failed = None;
    let mut kind = String::new();
    let mut features = false;
    let seed = Document {
        geometries,
        visit: &mut *visit,
        failed: &mut failed,
        told,
        kind: &mut kind,
        features: &mut features,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    if let Some(error) = failed {
        return Err(error);
    }
    read.map_err(|error| damaged(&error))?;
    match kind.as_str() {
        "FeatureCollection" if features => Ok(()),
        "FeatureCollection" => bail!("the GeoJSON is a collection without a list of features"),
        "" => bail!(
            "the file is JSON but no GeoJSON: it has no \"type\", expected a FeatureCollection, a feature or a geometry"
        ),
        "Topology" => bail!("the file is TopoJSON, which is not read, expected GeoJSON"),
        _ => visit(feature(text, geometries).map_err(|error| damaged(&error))?),
    }
}

/// What is wrong with a line.
fn wrong(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "is cut off within a value".into();
    }
    format!("is damaged: {}", error.to_string().replace(" at line 1 column ", " at letter "))
}

fn damaged(error: &serde_json::Error) -> anyhow::Error {
    if error.is_eof() {
        return anyhow!("the GeoJSON is cut off: it ends in line {}, within a value", error.line());
    }
    anyhow!("the GeoJSON is damaged: {error}")
}

fn feature(text: &[u8], geometries: bool) -> serde_json::Result<Feature> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let feature = One { geometries }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(feature)
}

/// Reads a document, handing on its features as they come.
struct Document<'v> {
    geometries: bool,
    visit: &'v mut dyn FnMut(Feature) -> Result<()>,
    /// What the visitor said.
    failed: &'v mut Option<anyhow::Error>,
    told: &'v mut Told,
    kind: &'v mut String,
    features: &'v mut bool,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of GeoJSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "type" => *self.kind = map.next_value()?,
                "crs" => self.told.crs = map.next_value::<Option<Value>>()?,
                "features" => {
                    *self.features = true;
                    map.next_value_seed(Features(&mut self))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The list of features.
struct Features<'d, 'v>(&'d mut Document<'v>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(feature) = seq.next_element_seed(One { geometries: self.0.geometries })? {
            if let Err(error) = (self.0.visit)(feature) {
                *self.0.failed = Some(error);
                return Err(A::Error::custom("given up"));
            }
        }
        Ok(())
    }
}

/// Reads a feature, or a geometry as one.
#[derive(Clone, Copy)]
struct One {
    geometries: bool,
}

impl<'de> DeserializeSeed<'de> for One {
    type Value = Feature;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Feature, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One {
    type Value = Feature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Feature, A::Error> {
        let (mut feature, mut own) = (Feature::default(), Geometry::default());
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "type" => own.kind = map.next_value()?,
                "id" => feature.id = map.next_value()?,
                "properties" => {
                    feature.properties = map.next_value::<Option<Properties>>()?.map_or(Vec::new(), |all| all.0);
                }
                "geometry" if self.geometries => feature.geometry = map.next_value()?,
                "coordinates" if self.geometries => own.coordinates = Some(map.next_value()?),
                "geometries" if self.geometries => own.geometries = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match own.kind.as_str() {
            "Feature" => Ok(feature),
            "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon"
            | "GeometryCollection" => Ok(Feature { geometry: Some(own), ..Feature::default() }),
            other => Err(A::Error::custom(format!("its type is {other:?}, expected \"Feature\""))),
        }
    }
}

/// Properties in the order in which they are written.
struct Properties(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = map.next_entry()? {
                    all.push(member);
                }
                Ok(Properties(all))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
