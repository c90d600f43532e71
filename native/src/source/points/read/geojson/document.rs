//! A text of GeoJSON feature by feature: what it is as a whole is found out first, then its features are visited one by one.

use super::{
    endless,
    geometry::Geometry,
    list::List,
    wrong::{damaged, damaged_at, place, wrong},
};
use anyhow::{Result, bail};
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
    /// Members that are no value, as no double holds what stands there.
    endless: u64,
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
    /// Numbers that are taken as no value.
    endless: u64,
}

impl Default for Told {
    fn default() -> Self {
        Self { crs: None, what: "lines", read: 0, broken: 0, first_broken: None, endless: 0 }
    }
}

impl Told {
    /// What lines were left out, and what numbers.
    pub fn lines(&self) -> Vec<String> {
        let endless = (self.endless > 0).then(|| format!("{} and become no value", self.endless()));
        self.line().into_iter().chain(endless).collect()
    }

    fn endless(&self) -> String {
        format!("{} numbers of properties are NaN, infinite or beyond 1.8e308", self.endless)
    }

    fn line(&self) -> Option<String> {
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
                self.endless += feature.endless;
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
            _ if strict && self.endless > 0 => bail!("{}, and --strict loses none", self.endless()),
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
        let is_value = |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text).is_ok();
        let alone = || is_value(&text[..end]) || is_value(&endless::without(&text[..end]).0);
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
            _ => {
                let feature = feature(text, geometries).map_err(|error| damaged(&error))?;
                told.endless += feature.endless;
                visit(feature)
            }
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

/// A feature, where such numbers as no double holds are no values.
fn feature(text: &[u8], geometries: bool) -> serde_json::Result<Feature> {
    let read = |text: &[u8]| {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let feature = One { geometries }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(feature)
    };
    read(text).or_else(|error| {
        let (text, endless) = endless::without(text);
        read(&text).map(|feature| Feature { endless, ..feature }).map_err(|_| error)
    })
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
