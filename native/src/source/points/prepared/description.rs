//! What a prepared file says of itself, in JSON: where its buffers are, and everything that is known of the whole of them.

use super::{
    checksum::{Stretch, sample},
    facts::{ColumnFacts, Exact},
    outlines,
    view::view,
};
use crate::{
    dataset::{Known, Report},
    kind::Kind,
    read::content::Content,
};
use anyhow::{Context as _, Result};
use duotile_core::{Codes, Facts, Roles};
use polars_arrow::datatypes::{ArrowDataType, IntegerType, TimeUnit};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::UNIX_EPOCH};

/// The whole of it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Description {
    /// The version of the program that wrote the file.
    pub program: String,
    pub name: String,
    pub title: Option<String>,
    pub attribution: Option<String>,
    #[serde(default)]
    pub zone: Option<String>,
    pub sources: Vec<Origin>,
    pub rows: u64,
    pub keys: Stretch,
    pub row_numbers: Stretch,
    /// Longitudes and latitudes, for other tools.
    pub positions: Option<[Stretch; 2]>,
    /// Words of [`duotile_core::Landmarks`].
    pub landmarks: Stretch,
    /// Of lines and polygons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlines: Option<outlines::Described>,
    pub columns: Vec<Described>,
    /// Column numbers.
    pub id: Option<usize>,
    pub time: Option<usize>,
    #[serde(default)]
    pub latitude: Option<usize>,
    pub bounds: Option<[Exact; 4]>,
    pub focus: [Exact; 4],
    pub report: Report,
}

/// A file that it was made of.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Origin {
    pub path: PathBuf,
    pub bytes: u64,
    /// Nanoseconds from 1970 to its last change.
    pub modified: Option<u64>,
}

/// A value column.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Described {
    pub name: String,
    #[serde(rename = "kind")]
    pub stored: Stored,
    pub values: Stretch,
    /// A bit a row, where some rows have no value.
    pub valid: Option<Stretch>,
    pub dictionary: Option<Words>,
    pub facts: Option<ColumnFacts>,
    /// Words of [`duotile_core::Summary`], where there are some.
    pub summary: Option<Stretch>,
}

/// How the values of a column are stored: what they are, and in how many bytes each.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Stored {
    pub kind: Kind,
    /// Of texts, bytes of a code. Truth values are bits here, and bytes in a run.
    pub width: u64,
}

/// The names that ways of storing have in a description.
const NAMES: [(&str, Stored); 9] = [
    ("i32", Stored::of(Kind::I32, 0)),
    ("i64", Stored::of(Kind::I64, 0)),
    ("f32", Stored::of(Kind::F32, 0)),
    ("f64", Stored::of(Kind::F64, 0)),
    ("bool", Stored::of(Kind::Bool, 0)),
    ("text8", Stored { kind: Kind::Text, width: 1 }),
    ("text16", Stored { kind: Kind::Text, width: 2 }),
    ("text32", Stored { kind: Kind::Text, width: 4 }),
    ("time", Stored::of(Kind::Time, 0)),
];

/// The texts of a column: where each begins, as Arrow has it, and their bytes.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Words {
    pub entries: u64,
    /// Whether offsets have 64 bits.
    pub wide: bool,
    pub offsets: Stretch,
    pub texts: Stretch,
}

impl Stored {
    /// A kind; texts, where there are so many.
    pub const fn of(kind: Kind, texts: usize) -> Self {
        let width = if let Kind::Text = kind { Codes::width(texts) } else { kind.width() };
        Self { kind, width: width as u64 }
    }

    /// How Arrow calls it.
    pub fn arrow(self, wide: bool) -> ArrowDataType {
        let texts = if wide { ArrowDataType::LargeUtf8 } else { ArrowDataType::Utf8 };
        let codes = match self.width {
            1 => IntegerType::UInt8,
            2 => IntegerType::UInt16,
            _ => IntegerType::UInt32,
        };
        match self.kind {
            Kind::I32 => ArrowDataType::Int32,
            Kind::I64 => ArrowDataType::Int64,
            Kind::F32 => ArrowDataType::Float32,
            Kind::F64 => ArrowDataType::Float64,
            Kind::Bool => ArrowDataType::Boolean,
            Kind::Text => ArrowDataType::Dictionary(codes, Box::new(texts), true),
            Kind::Time => ArrowDataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }

    /// Bytes that so many rows take; more than any file has where the description names nonsense.
    pub const fn bytes(self, rows: u64) -> u64 {
        match self.kind {
            Kind::Bool => bits(rows),
            _ => rows.saturating_mul(self.width),
        }
    }
}

/// Bytes of a bit for each row.
pub(super) const fn bits(rows: u64) -> u64 {
    rows.div_ceil(8)
}

impl TryFrom<String> for Stored {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let found = NAMES.iter().find(|(name, _)| *name == text).map(|(_, stored)| *stored);
        found.ok_or_else(|| format!("there is no kind {text:?}"))
    }
}

impl From<Stored> for String {
    fn from(stored: Stored) -> Self {
        NAMES.iter().find(|(_, named)| *named == stored).map_or("", |(name, _)| name).to_owned()
    }
}

impl Description {
    /// From the bytes in a file.
    ///
    /// # Errors
    /// When they are something else, which cannot be where the seal holds.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).context("its description cannot be read")
    }

    /// All buffers and sections, with what they are.
    pub fn stretches(&mut self) -> Vec<(String, &mut Stretch)> {
        let mut all = vec![
            ("keys".to_owned(), &mut self.keys),
            ("row numbers".to_owned(), &mut self.row_numbers),
            ("index".to_owned(), &mut self.landmarks),
        ];
        all.extend(self.positions.iter_mut().flatten().map(|stretch| ("positions".to_owned(), stretch)));
        all.extend(self.outlines.iter_mut().flat_map(outlines::Described::stretches));
        for column in &mut self.columns {
            all.push((format!("values of column {:?}", column.name), &mut column.values));
            all.extend(column.valid.as_mut().map(|valid| (format!("nulls of column {:?}", column.name), valid)));
            all.extend(column.summary.as_mut().map(|words| (format!("summary of column {:?}", column.name), words)));
        }
        all
    }

    /// Takes the checksums of samples.
    ///
    /// # Errors
    /// When a stretch is not in the file.
    pub fn sample(&mut self, file: &[u8]) -> Result<()> {
        for (_, stretch) in self.stretches() {
            stretch.sample = sample(stretch.of(file)?);
        }
        Ok(())
    }

    /// Takes over what is known of all rows, but for what is in sections of its own.
    pub fn set_known(&mut self, known: &Known, roles: Roles) {
        (self.id, self.time, self.latitude) = (roles.id, roles.time, roles.latitude);
        self.bounds = known.bounds.map(|bounds| bounds.map(Exact));
        self.focus = known.focus.map(Exact);
        for (column, facts) in self.columns.iter_mut().zip(&known.facts) {
            column.facts = Some(ColumnFacts::from(facts));
        }
    }

    /// What is known of all rows.
    ///
    /// # Errors
    /// When a section is not in the file.
    pub fn known(&self, file: &Content) -> Result<Known> {
        let facts = self.columns.iter().map(|column| column.facts.as_ref().map(Facts::from).unwrap_or_default());
        let summaries = self.columns.iter().map(|column| column.summary.map(|words| view(file, &words)).transpose());
        Ok(Known {
            facts: facts.collect(),
            bounds: self.bounds.map(|bounds| bounds.map(|degree| degree.0)),
            focus: self.focus.map(|degree| degree.0),
            landmarks: view(file, &self.landmarks)?,
            summaries: summaries.collect::<Result<_>>()?,
        })
    }
}

impl Origin {
    /// A file as it is now.
    ///
    /// # Errors
    /// When it is gone.
    pub fn of(path: &std::path::Path) -> Result<Self> {
        let facts = path.metadata().with_context(|| format!("cannot look at {}", path.display()))?;
        let modified = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            path: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            bytes: facts.len(),
            modified: modified.and_then(|time| u64::try_from(time.as_nanos()).ok()),
        })
    }

    /// Whether the file is there and not as it was.
    pub fn has_changed(&self) -> bool {
        Self::of(&self.path).is_ok_and(|now| now.bytes != self.bytes || now.modified != self.modified)
    }
}
