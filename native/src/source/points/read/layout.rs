//! What becomes of every column of every file, decided before a value is read.
//!
//! Files may differ: columns go by name, a column that one file lacks is empty there, and types that differ are joined.

mod union;

use super::{
    Area, Options, Type,
    choose::{self, Choice, find},
    civil::Order,
    crs::Crs,
    field::Field,
    geometry::Encoding,
    names::{listed, typed},
    positions::Place,
    reader::Reader,
    sizes::Size,
};
use crate::kind::Kind;
use anyhow::{Result, bail};
use duotile_core::InBox;
use polars_core::prelude::TimeUnit;
use std::collections::{HashMap, HashSet};
use union::union;

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
    /// Where positions of each file come from, and in what they are; `None` where nothing is said of it.
    pub places: Vec<(Place, Option<Crs>)>,
    /// Value columns in the order of the files.
    pub columns: Vec<(String, Kind)>,
    /// On what evidence each of these becomes what it does.
    pub whys: Vec<String>,
    /// The zones that files name with their times, by column.
    pub zones: Vec<(String, String)>,
    /// What durations count, by column: the finest unit that some file has.
    durations: HashMap<String, TimeUnit>,
    /// Whether it was said how numbers are written.
    pub grouped: bool,
    /// The box in which rows are read.
    pub within: Option<InBox>,
    /// Columns that were said to be left out.
    hidden: HashSet<String>,
    /// Columns that were said to be kept; all if there are none.
    kept: HashSet<String>,
    /// Columns left out, with the reason.
    pub dropped: Vec<(String, String)>,
    pub lines: Vec<String>,
}

/// The folder name that stands for no value.
pub(super) const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// Most columns that are read: more than any spreadsheet has that people draw on a map, and few enough to be looked for by name.
pub(super) const MOST_COLUMNS: usize = 16_384;

/// Columns that may come to those of the files.
const ADDED: [&str; 3] = ["latitude", Size::Area.name(), Size::Length.name()];

/// Where all files with rows have no names for them, a file of one line with as many fields has none either, unless it is one of names.
///
/// # Errors
/// When an option does not fit a file then.
pub(super) fn unname(files: &mut [Opened]) -> Result<()> {
    let (lone, others): (Vec<_>, Vec<_>) = files.iter_mut().partition(|file| file.reader.rows() == Some(0));
    let Some(width) = others.first().and_then(|file| file.reader.unnamed()) else { return Ok(()) };
    if others.iter().any(|file| file.reader.unnamed() != Some(width)) {
        return Ok(());
    }
    lone.into_iter().filter(|file| file.reader.fields().len() == width).try_for_each(|file| file.reader.unname())
}

/// Settles the dates of all files by the order of day and month that some of them prove, where none of these proves another.
///
/// # Errors
/// When an option does not fit a file then.
pub(super) fn settle(files: &mut [Opened]) -> Result<()> {
    let proven: HashSet<Order> = files.iter().filter_map(|file| file.reader.order()).collect();
    let Some(&order) = proven.iter().next().filter(|_| proven.len() == 1) else { return Ok(()) };
    files.iter_mut().filter(|file| file.reader.order().is_none()).try_for_each(|file| file.reader.settle(order))
}

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
    let all: HashSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let known = |name: &str| all.contains(name) || ADDED.contains(&name);
    let listed = |names: &[String], flag: &str| match listed(names, known) {
        Ok(names) => Ok(names.into_iter().collect::<HashSet<String>>()),
        Err(name) => find(&fields, name, flag).map(|_| HashSet::new()),
    };
    let (hide, keep) = (listed(&options.hide, "--hide")?, listed(&options.keep, "--columns")?);
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
    lacking(files, &positions)?;
    let places: Vec<(Place, Option<Crs>)> =
        files.iter().map(|file| place_in(file, &choice, declared.is_some(), options.crs)).collect();
    lines.extend(systems(files, &places));
    let mut layout = Layout {
        places,
        columns: Vec::new(),
        whys: Vec::new(),
        zones: fields.iter().filter_map(|field| Some((field.name.clone(), field.zone()?))).collect(),
        durations: fields.iter().filter_map(|field| Some((field.name.clone(), field.duration()?))).collect(),
        grouped: options.csv.thousands.is_some() || options.csv.decimal_comma.is_some(),
        within: options.bbox.map(Area::within).transpose()?,
        hidden: hide.clone(),
        kept: keep.clone(),
        dropped: Vec::new(),
        lines: Vec::new(),
        choice: choice.clone_place(),
    };
    for field in &fields {
        let name = &field.name;
        let is_time = time == Some(name.as_str());
        let kept = keep.is_empty() || keep.contains(name.as_str()) || options.id.as_ref() == Some(name) || is_time;
        if positions.contains(&name.as_str()) || hide.contains(name.as_str()) || !kept {
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
        if let (Some(what), true, Ok(Kind::F64)) = (&field.lost, options.strict, said.map_or(field.kind.clone(), Ok)) {
            let flag = typed(&format!("{name}=text"));
            bail!("column {name:?}: {what}, and --strict loses none (--type {flag} keeps all as texts)");
        }
        match &field.kind {
            // Numbers are gathered as such: what they count is known when all are there.
            Ok(kind @ (Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64)) if said == Some(Kind::Time) && !formatted => {
                let wide = if matches!(kind, Kind::I32 | Kind::I64) { Kind::I64 } else { Kind::F64 };
                layout.take(name, wide, "it was said with --type");
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

    /// What the durations of a column count.
    pub fn duration(&self, column: &str) -> Option<TimeUnit> {
        self.durations.get(column).copied()
    }

    /// Whether it was said that a column is left out.
    pub fn hides(&self, name: &str) -> bool {
        self.hidden.contains(name)
    }

    /// Whether a column of a name is added: there is none yet, and it was not said to be left out.
    pub fn adds(&self, name: &str) -> bool {
        let is_free = self.columns.iter().all(|(known, _)| known != name);
        is_free && !self.hides(name) && (self.kept.is_empty() || self.kept.contains(name))
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

/// Where positions of a file come from. The column is that of all files; how it holds geometries, and in what system, is what each
/// says itself, as if it were read alone.
fn place_in(file: &Opened, choice: &Choice, declared: bool, said: Option<Crs>) -> (Place, Option<Crs>) {
    let all = (choice.place.clone(), choice.crs);
    let Place::Geometry(name, usual) = &choice.place else { return all };
    let field = file.reader.fields().iter().find(|field| field.name == *name);
    let Some(field) = field.filter(|_| declared && !matches!(usual, Encoding::Text { .. } | Encoding::H3)) else {
        return all;
    };
    let own = file.reader.geometry().filter(|own| own.column == *name);
    let encoding = own.map_or_else(|| Encoding::of(&field.dtype), |own| Encoding::declared(&field.dtype, own));
    (Place::Geometry(name.clone(), encoding.unwrap_or(*usual)), own.map_or(said, |own| own.crs))
}

/// Refuses files of which one has not the columns that positions come from.
///
/// # Errors
/// When some file with rows has not.
fn lacking(files: &[Opened], positions: &[&str]) -> Result<()> {
    let names = |file: &Opened| -> Vec<String> {
        file.reader.fields().iter().take(40).map(|field| format!("{:?}", field.name)).collect()
    };
    let lacks = |file: &Opened, name: &str| file.reader.fields().iter().all(|field| field.name != name);
    for file in files.iter().filter(|file| file.reader.rows() != Some(0)) {
        let Some(name) = positions.iter().find(|name| lacks(file, name)) else { continue };
        let from = files.iter().find(|other| positions.iter().all(|name| !lacks(other, name)));
        let as_in = from.map_or(String::new(), |from| format!(" as in {}", from.label));
        bail!(
            "{} has no column {name:?}; positions come from {}{as_in}, and its columns are {} (files of other names are datasets of \
             their own)",
            file.label,
            positions.join(" and "),
            names(file).join(", ")
        );
    }
    Ok(())
}

/// Tells of systems that differ, with the first file of each.
fn systems(files: &[Opened], places: &[(Place, Option<Crs>)]) -> Option<String> {
    let mut found: Vec<(Crs, &str)> = Vec::new();
    for (file, (_, crs)) in files.iter().zip(places) {
        let crs = crs.unwrap_or_default();
        if !found.iter().any(|(known, _)| *known == crs) {
            found.push((crs, &file.label));
        }
    }
    let all: Vec<String> = found.iter().map(|(crs, label)| format!("{} ({label})", crs.name())).collect();
    (found.len() > 1).then(|| format!("files are in different systems, each is read by its own: {}", all.join(", ")))
}

/// The column of `DATE+TIME` that becomes the time; the name itself, where there is such a column.
fn date_of<'n>(fields: &[Field], name: &'n str) -> &'n str {
    match name.split_once('+') {
        Some((date, _)) if !fields.iter().any(|field| field.name == name) => date.trim(),
        _ => name,
    }
}

impl Choice {
    fn clone_place(&self) -> Self {
        Self { place: self.place.clone(), crs: self.crs, boxes: self.boxes.clone(), lines: Vec::new() }
    }
}
