//! The columns of all files by their names: what one file says of a column is joined with what the others do.

use super::{NO_VALUE, Opened};
use crate::{
    kind::Kind,
    read::{
        field::{Field, finer},
        names::typed,
    },
};
use polars_core::prelude::DataType;
use std::collections::HashMap;

/// The columns of all files by name, in the order they are first met, then the partitions.
pub(super) fn union(files: &[Opened], lines: &mut Vec<String>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    // Files in which there is something else to know of a column.
    let mut others: Vec<usize> = Vec::new();
    for file in files {
        for field in file.reader.fields() {
            match places.get(&field.name) {
                None => {
                    places.insert(field.name.clone(), fields.len());
                    others.push(0);
                    // What was counted was counted in this file.
                    let counted = files.len() > 1 && field.why.contains(" values are ");
                    let why = if counted { format!("{} in {}", field.why, file.label) } else { field.why.clone() };
                    fields.push(Field { why, ..field.clone() });
                }
                Some(&at) => others[at] += join(&mut fields[at], field, &file.label, lines),
            }
        }
    }
    for (field, count) in fields.iter_mut().zip(others).filter(|(_, count)| *count > 0) {
        let files = if count == 1 { "another file".into() } else { format!("{count} other files") };
        field.note = field.note.take().map(|note| format!("{note}; the like is to be told of {files}"));
    }
    for file in files {
        let partitions = file.partitions.iter().map(|(key, _)| key);
        for key in partitions {
            if places.contains_key(key) {
                continue;
            }
            places.insert(key.clone(), fields.len());
            let mut values = files.iter().flat_map(|file| &file.partitions).filter(|(name, _)| name == key);
            let whole = |value: &str| value.parse::<i64>().is_ok_and(|number| number.to_string() == value);
            let kind = if values.all(|(_, value)| value == NO_VALUE || whole(value)) { Kind::I64 } else { Kind::Text };
            lines.push(format!("column {key:?} ({}) comes from the names of folders", kind.name()));
            let why = "it comes from the names of folders".into();
            fields.push(Field { why, ..Field::plain(key, DataType::String, Ok(kind)) });
        }
    }
    let names = |file: &Opened| -> Vec<usize> {
        let own = file.reader.fields().iter().map(|field| &field.name);
        own.chain(file.partitions.iter().map(|(key, _)| key)).filter_map(|name| places.get(name).copied()).collect()
    };
    let mut lacking: Vec<Vec<&str>> = vec![Vec::new(); fields.len()];
    for file in files {
        let mut held = vec![false; fields.len()];
        names(file).into_iter().for_each(|at| held[at] = true);
        let lacks = lacking.iter_mut().zip(held).filter(|(_, held)| !held);
        lacks.for_each(|(files, _)| files.push(&file.label));
    }
    for (field, lacking) in fields.iter().zip(lacking) {
        if let [first, others @ ..] = &lacking[..] {
            let more = if others.is_empty() { String::new() } else { format!(" and {} more files", others.len()) };
            lines.push(format!("column {:?} is not in {first}{more}: its rows have no value there", field.name));
        }
    }
    fields
}

/// Joins a column with that of the same name in another file. 1 if there is more to know of that than was noted.
fn join(known: &mut Field, field: &Field, label: &str, lines: &mut Vec<String>) -> usize {
    known.geometries |= field.geometries;
    known.outlined |= field.outlined;
    known.pair = match (known.pair, field.pair) {
        (Some(one), Some(other)) => Some(one.and(other)),
        (one, other) => one.or(other),
    };
    known.lost = known.lost.take().or_else(|| field.lost.clone());
    match (&known.kind, &field.kind) {
        (Ok(a), Ok(b)) if a.is_number() && b.is_number() && known.sign_differs(field) => {
            let sign = |field: &Field| field.sign().map_or("none".into(), |sign| format!("{sign:?}"));
            lines.push(format!(
                "column {:?} becomes text: its numbers have the sign {} in one file and {} in {label} (--type {} takes them as the same)",
                field.name,
                sign(known),
                sign(field),
                typed(&format!("{}=number", field.name))
            ));
            known.why = format!("its numbers have the sign {} in one file and {} in {label}", sign(known), sign(field));
            known.kind = Ok(Kind::Text);
            known.note = None;
            return 0;
        }
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
            if *a != joined || *b != joined {
                known.why = format!("it is {} in one file and {} in {label}", a.name(), b.name());
            }
            known.kind = Ok(joined);
        }
        // A file where the column has no values and so no type.
        (Err(_), Ok(_)) if known.dtype == DataType::Null => *known = field.clone(),
        (Ok(_), Err(reason)) if field.dtype != DataType::Null => known.kind = Err(reason.clone()),
        _ => {}
    }
    // What a third file has is held against it, too.
    if let (None, Some(sign), Some(spelling)) = (known.sign(), field.sign(), &mut known.spelling) {
        spelling.numbers.mark = Some(sign);
    }
    if let (Some(one), Some(other)) = (known.duration(), field.duration())
        && one != other
    {
        let finest = finer(one, other);
        let counted = Field::new(&field.name, &DataType::Duration(finest));
        lines.push(format!(
            "column {:?} holds durations in several units, in {label} others than before: all become {}",
            field.name,
            counted.note.as_deref().and_then(|note| note.rsplit_once(" of ")).map_or("integers", |(_, unit)| unit)
        ));
        (known.dtype, known.note) = (counted.dtype, counted.note);
        return 0;
    }
    let order = |field: &Field| field.spelling.as_ref().and_then(|spelling| spelling.order);
    if let (Some(one), Some(other), Ok(Kind::Time), true, true) =
        (order(known), order(field), &known.kind, known.note.is_some(), field.note.is_some())
        && one != other
    {
        // Each is read as it has proven; another order would lose the other's.
        let told =
            format!("it has {} in one file and {} in {label}, each as its lines prove", one.name(), other.name());
        lines.push(format!("column {:?} is time: {told}", field.name));
        (known.why, known.note) = (told, None);
        return 0;
    }
    match (&field.note, &known.note) {
        (Some(note), None) => known.note = Some(format!("{note}, in {label}")),
        (Some(note), Some(known)) if !known.starts_with(note) => return 1,
        _ => {}
    }
    0
}
