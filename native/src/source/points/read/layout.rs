//! What becomes of every column of every file, decided before a value is read.
//!
//! Files may differ: columns go by name, a column that one file lacks is empty there, and types that differ are joined.

use super::{
    Options, Type,
    choose::{self, Choice, find},
    field::Field,
    positions::Place,
    reader::Reader,
};
use crate::kind::Kind;
use anyhow::{Result, bail};
use polars_core::prelude::DataType;

/// An open file.
pub(super) struct Opened {
    pub label: String,
    pub reader: Box<dyn Reader>,
    pub partitions: Vec<(String, String)>,
}

/// What is read.
#[derive(Debug)]
pub(super) struct Layout {
    pub choice: Choice,
    /// Value columns in the order of the files.
    pub columns: Vec<(String, Kind)>,
    /// On what evidence each of these becomes what it does.
    pub whys: Vec<String>,
    /// The zones that files name with their times, by column.
    pub zones: Vec<(String, String)>,
    /// Whether it was said how numbers are written.
    pub grouped: bool,
    /// Columns left out, with the reason.
    pub dropped: Vec<(String, String)>,
    pub lines: Vec<String>,
}

/// The folder name that stands for no value.
pub(super) const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// Most columns that are read: more than any spreadsheet has that people draw on a map, and few enough to be looked for by name.
pub(super) const MOST_COLUMNS: usize = 16_384;

/// Looks at all files together.
///
/// # Errors
/// When there are no positions, or an option names a column that is not there.
pub(super) fn layout(files: &[Opened], options: &Options) -> Result<Layout> {
    for Opened { label, reader, .. } in files {
        let count = reader.fields().len();
        if count > MOST_COLUMNS {
            bail!("{label} has {count} columns, expected {MOST_COLUMNS} at most");
        }
    }
    let mut lines = Vec::new();
    let fields = union(files, &mut lines);
    let declared = files.iter().find_map(|file| file.reader.geometry());
    let mut choice = choose::choose(&fields, declared, options)?;
    if matches!(choice.place, Place::Geometry(..)) {
        choice.boxes = choice.boxes.or_else(|| choose::boxes(&fields));
    }
    lines.append(&mut choice.lines);
    for (names, flag) in [(&options.hide, "--hide"), (&options.keep, "--columns")] {
        for name in names {
            find(&fields, name, flag)?;
        }
    }
    if let Some(name) = &options.id {
        find(&fields, name, "--id")?;
    }
    for (name, _) in &options.types {
        find(&fields, name, "--type")?;
    }
    let time = options.time.as_deref().map(|name| date_of(&fields, name));
    if let Some(name) = time {
        find(&fields, name, "--time")?;
    }
    let positions = choice.place.columns();
    let mut layout = Layout {
        columns: Vec::new(),
        whys: Vec::new(),
        zones: fields.iter().filter_map(|field| Some((field.name.clone(), field.zone()?))).collect(),
        grouped: options.csv.thousands.is_some() || options.csv.decimal_comma.is_some(),
        dropped: Vec::new(),
        lines: Vec::new(),
        choice: choice.clone_place(),
    };
    for field in &fields {
        let name = &field.name;
        let is_time = time == Some(name.as_str());
        let kept =
            options.keep.is_empty() || options.keep.contains(name) || options.id.as_ref() == Some(name) || is_time;
        if positions.contains(&name.as_str()) || options.hide.contains(name) || !kept {
            continue;
        }
        if choice
            .boxes
            .as_deref()
            .is_some_and(|boxes| name == boxes || name.strip_prefix(boxes).is_some_and(|rest| rest.starts_with('.')))
        {
            layout.dropped.push((name.clone(), "it is the box of the geometry".into()));
            continue;
        }
        let said = options.types.iter().find(|(known, _)| known == name).map(|(_, kind)| kind.kind());
        let formatted = options.csv.time_format.is_some();
        match &field.kind {
            // Numbers are gathered as such: what they count is known when all are there.
            Ok(Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64) if said == Some(Kind::Time) && !formatted => {
                layout.take(name, Kind::I64, "it was said with --type");
            }
            Ok(_) if said.is_some() => layout.take(name, said.unwrap_or(Kind::Text), "it was said with --type"),
            // A text that the user says is the time.
            Ok(Kind::Text) if is_time => layout.take(name, Kind::Time, "it was said with --time"),
            Ok(Kind::I32 | Kind::I64 | Kind::F64) if is_time && formatted => {
                layout.take(name, Kind::Time, "it was said with --time");
            }
            Ok(kind) => {
                layout.take(name, *kind, &field.why);
                lines.extend(field.note.clone());
            }
            Err(reason) => {
                layout.dropped.push((name.clone(), reason.clone()));
                lines.push(format!("column {name:?} is left out: {reason}"));
            }
        }
    }
    layout.lines = lines;
    Ok(layout)
}

impl Layout {
    /// A column with the zone that its file names with its times.
    pub fn zone_of(&self, column: &str) -> Option<(&str, &str)> {
        let mut zones = self.zones.iter().map(|(column, zone)| (column.as_str(), zone.as_str()));
        zones.find(|(known, _)| *known == column)
    }

    fn take(&mut self, name: &str, kind: Kind, why: &str) {
        self.columns.push((name.to_owned(), kind));
        self.whys.push(why.to_owned());
    }
}

impl Type {
    const fn kind(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Integer => Kind::I64,
            Self::Number => Kind::F64,
            Self::Boolean => Kind::Bool,
            Self::Time => Kind::Time,
        }
    }
}

/// The column of `DATE+TIME` that becomes the time; the name itself, where there is such a column.
fn date_of<'n>(fields: &[Field], name: &'n str) -> &'n str {
    match name.split_once('+') {
        Some((date, _)) if !fields.iter().any(|field| field.name == name) => date.trim(),
        _ => name,
    }
}

/// The columns of all files by name, in the order they are first met, then the partitions.
fn union(files: &[Opened], lines: &mut Vec<String>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for file in files {
        for field in file.reader.fields() {
            match fields.iter_mut().find(|known| known.name == field.name) {
                None => fields.push(field.clone()),
                Some(known) => join(known, field, &file.label, lines),
            }
        }
    }
    for file in files {
        let partitions = file.partitions.iter().map(|(key, _)| key);
        for key in partitions {
            if fields.iter().any(|field| &field.name == key) {
                continue;
            }
            let mut values = files.iter().flat_map(|file| &file.partitions).filter(|(name, _)| name == key);
            let whole = |value: &str| value.parse::<i64>().is_ok_and(|number| number.to_string() == value);
            let kind = if values.all(|(_, value)| value == NO_VALUE || whole(value)) { Kind::I64 } else { Kind::Text };
            lines.push(format!("column {key:?} ({}) comes from the names of folders", kind.name()));
            let why = "it comes from the names of folders".into();
            fields.push(Field { why, ..Field::plain(key, DataType::String, Ok(kind)) });
        }
    }
    for field in &fields {
        let holds = |file: &&Opened| {
            let has = file.reader.fields().iter().any(|other| other.name == field.name);
            has || file.partitions.iter().any(|(key, _)| *key == field.name)
        };
        let lacking: Vec<&str> = files.iter().filter(|file| !holds(file)).map(|file| file.label.as_str()).collect();
        if let [first, others @ ..] = &lacking[..] {
            let more = if others.is_empty() { String::new() } else { format!(" and {} more files", others.len()) };
            lines.push(format!("column {:?} is not in {first}{more}: its rows have no value there", field.name));
        }
    }
    fields
}

fn join(known: &mut Field, field: &Field, label: &str, lines: &mut Vec<String>) {
    match (&known.kind, &field.kind) {
        (Ok(a), Ok(b)) => {
            let joined = a.join(*b);
            if a.name() != joined.name() || b.name() != joined.name() {
                lines.push(format!(
                    "column {:?} is {} in one file and {} in {label}: it becomes {}",
                    field.name,
                    a.name(),
                    b.name(),
                    joined.name()
                ));
            }
            known.kind = Ok(joined);
        }
        // A file where the column has no values and so no type.
        (Err(_), Ok(_)) if known.dtype == DataType::Null => *known = field.clone(),
        (Ok(_), Err(reason)) if field.dtype != DataType::Null => known.kind = Err(reason.clone()),
        _ => {}
    }
}

impl Choice {
    fn clone_place(&self) -> Self {
        Self { place: self.place.clone(), crs: self.crs, boxes: self.boxes.clone(), lines: Vec::new() }
    }
}
