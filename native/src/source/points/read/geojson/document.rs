//! A text of GeoJSON feature by feature: what it is as a whole is found out first, then its features are visited one by one.

use super::{geometry::Geometry, list::List};
use anyhow::{Result, anyhow, bail};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
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
#[derive(Debug)]
pub(super) struct Told {
    /// The member that names a coordinate system.
    pub crs: Option<Value>,
    /// What should be features: lines, or the elements of a list.
    what: &'static str,
    /// Features there are.
    read: u64,
    /// Lines or elements that are none, and what is wrong with the first.
    pub broken: u64,
    first_broken: Option<String>,
}

impl Default for Told {
    fn default() -> Self {
        Self { crs: None, what: "lines", read: 0, broken: 0, first_broken: None }
    }
}

impl Told {
    /// What lines were left out.
    pub fn line(&self) -> Option<String> {
        let first = self.first_broken.as_ref()?;
        let (count, all) = (self.broken, self.broken + self.read);
        let what = match (self.what, count) {
            ("features", 1) => "cannot be read and is left out",
            ("features", _) => "cannot be read and are left out",
            (_, 1) => "is no feature and is left out",
            _ => "are no features and are left out",
        };
        Some(format!("{count} of {all} {} {what}: {first}", self.what))
    }

    /// Hands on a feature, or counts what is none and keeps what is wrong with the first.
    fn take(
        &mut self,
        read: serde_json::Result<Feature>,
        visit: &mut dyn FnMut(Feature) -> Result<()>,
        wrong: impl FnOnce(u64, &serde_json::Error) -> String,
    ) -> Result<()> {
        match read {
            Ok(feature) => {
                self.read += 1;
                visit(feature)
            }
            Err(error) => {
                self.broken += 1;
                let number = self.read + self.broken;
                self.first_broken.get_or_insert_with(|| wrong(number, &error));
                Ok(())
            }
        }
    }

    /// Itself, unless nothing of it is a feature.
    fn checked(self) -> Result<Self> {
        match &self.first_broken {
            Some(first) if self.read == 0 && self.what == "features" => {
                bail!("none of its features can be read; {first}")
            }
            Some(first) if self.read == 0 => bail!("none of its lines is a feature of GeoJSON; {first}"),
            _ => Ok(self),
        }
    }

    /// Refuses a text with lines that are no features, where none may be lost.
    ///
    /// # Errors
    /// When it is one.
    pub fn check(&self, strict: bool) -> Result<()> {
        match &self.first_broken {
            Some(first) if strict => {
                bail!("{} {} cannot be read, and --strict loses none: {first}", self.broken, self.what)
            }
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
    // A mark, or a letter of two bytes as the first.
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [_, 0, ..] | [0, _, ..]) {
        bail!("the file is written in UTF-16, expected UTF-8, which GeoJSON is by its standard");
    }
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let mut told = Told::default();
    if shape == Shape::Whole {
        whole(text, geometries, visit, &mut told)?;
        return told.checked();
    }
    // Before the first separator there is nothing.
    let (between, word, first) = if shape == Shape::Records { (SEPARATOR, "record", 0) } else { (b'\n', "line", 1) };
    for (number, line) in (first..).zip(text.split(|&byte| byte == between)) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        told.take(feature(line, geometries), visit, |_, error| format!("{word} {number} {}", wrong(error, line)))?;
    }
    told.checked()
}

fn whole(text: &[u8], geometries: bool, visit: &mut dyn FnMut(Feature) -> Result<()>, told: &mut Told) -> Result<()> {
    if text.trim_ascii_start().first() == Some(&b'[') {
        bail!("the file is JSON but no GeoJSON: it is a list, expected a FeatureCollection, or a feature in each line");
    }
    let Some(mut list) = List::of(text, "features") else {
        let head: Head = serde_json::from_slice(text).map_err(|error| damaged(&error))?;
        told.crs = head.crs;
        return match head.kind.as_str() {
            "FeatureCollection" => bail!("the GeoJSON is a collection without a list of features"),
            "" if is_esri(text) => bail!("{ESRI}"),
            "" => bail!(
                "the file is JSON but no GeoJSON: it has no \"type\", expected a FeatureCollection, a feature or a geometry"
            ),
            "Topology" => bail!("the file is TopoJSON, which is not read, expected GeoJSON"),
            _ => visit(feature(text, geometries).map_err(|error| damaged(&error))?),
        };
    };
    told.what = "features";
    while let Some((at, element)) = list.next() {
        told.take(feature(element, geometries), visit, |number, error| {
            format!("feature {number}, in line {}, {}", list.line(at), wrong(error, element))
        })?;
    }
    let Some(end) = list.end else {
        bail!("the GeoJSON is cut off: it ends in line {}, within a value", list.line(text.len()));
    };
    // What is not the list is read as if that were empty.
    let around = [&text[..list.start], b"]", &text[end..]].concat();
    let head: Head = serde_json::from_slice(&around).map_err(|error| {
        let at = place(&around, error.line(), error.column());
        damaged_at(&error, text, if at > list.start { at - list.start - 1 + end } else { at })
    })?;
    if head.lists > 1 {
        bail!("the GeoJSON has {} members \"features\", expected one", head.lists);
    }
    told.crs = head.crs;
    match head.kind.as_str() {
        "FeatureCollection" => Ok(()),
        "" if is_esri(&text[..list.start]) || is_esri(&text[end..]) => bail!("{ESRI}"),
        other => bail!("the file is JSON but no GeoJSON: its type is {other:?}, expected \"FeatureCollection\""),
    }
}

const ESRI: &str = "the file is JSON of Esri, which is not read, expected GeoJSON";

/// Whether what has no type of GeoJSON has one of Esri's.
fn is_esri(text: &[u8]) -> bool {
    text.windows(b"\"esriGeometry".len()).any(|some| some == b"\"esriGeometry")
}

/// What is wrong with a line.
fn wrong(error: &serde_json::Error, text: &[u8]) -> String {
    if error.is_eof() {
        return "is cut off within a value".into();
    }
    let said = error.to_string();
    let told = said.rsplit_once(" at line ").map_or(said.as_str(), |(told, _)| told);
    if told.starts_with("its type is \"\"") {
        return "is no feature but plain JSON, of which rows are not read: write them as CSV with columns of longitude and \
                latitude, or as features of GeoJSON"
            .into();
    }
    let line = text.split(|&byte| byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let rest = line.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let told = if rest.starts_with(b"NaN") { "NaN is no JSON, expected a number or null" } else { told };
    // Over several lines, a letter of one says little.
    if error.line() == 1 {
        format!("is damaged: {told} at letter {}", error.column())
    } else {
        format!("is damaged: {told}")
    }
}

fn damaged(error: &serde_json::Error) -> anyhow::Error {
    if error.is_eof() {
        return anyhow!("the GeoJSON is cut off: it ends in line {}, within a value", error.line());
    }
    anyhow!("the GeoJSON is damaged: {error}")
}

/// The same where what was read is not all of the text: `at` is where in that it is damaged.
fn damaged_at(error: &serde_json::Error, text: &[u8], at: usize) -> anyhow::Error {
    let before = &text[..at.min(text.len())];
    let line = before.split(|&byte| byte == b'\n').count();
    if error.is_eof() {
        return anyhow!("the GeoJSON is cut off: it ends in line {line}, within a value");
    }
    let column = before.len() - before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let said = error.to_string();
    let told = said.rsplit_once(" at line ").map_or(said.as_str(), |(told, _)| told);
    anyhow!("the GeoJSON is damaged: {told} at line {line} column {column}")
}

/// Behind the letter that an error names.
fn place(text: &[u8], line: usize, column: usize) -> usize {
    let before = text.split_inclusive(|&byte| byte == b'\n').take(line.saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + column
}

fn feature(text: &[u8], geometries: bool) -> serde_json::Result<Feature> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let feature = One { geometries }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(feature)
}

/// What a document says of itself. Of members of one name the last counts.
#[derive(Debug, Default)]
struct Head {
    kind: String,
    crs: Option<Value>,
    /// Members that are called as the list of features.
    lists: usize,
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Head;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of GeoJSON")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Head, A::Error> {
                let mut head = Head::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "type" => head.kind = map.next_value()?,
                        "crs" => head.crs = map.next_value()?,
                        name => {
                            head.lists += usize::from(name == "features");
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(head)
            }
        }
        deserializer.deserialize_map(Members)
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
