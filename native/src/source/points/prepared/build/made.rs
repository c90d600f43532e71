//! Columns made of columns: formulas and settled runs enter, runs with a column more for each leave.
//!
//! What a row gets needs that row alone, so a run is done at a time, with those of its columns that a formula speaks of.

use super::{runs::Runs, spill};
use crate::{
    dataset::Loaded,
    kind::{Codes, Data, Kind},
    made::NewColumn,
    read::{Progress, Size, Whole},
};
use anyhow::Result;
use duotile_core::{Column, Dictionary, Facts, Roles, Table};
use rayon::prelude::*;

/// The position, where no column has these names.
const LON: &str = "lon";
const LAT: &str = "lat";

/// The names of the columns to be made of the columns of a dataset. While it is read kinds may still change, names do not.
///
/// # Errors
/// For what is no formula, a name that is taken, and one of no column.
pub(super) fn names(texts: &[String], dataset: &str, columns: &[(String, Kind)]) -> Result<Vec<String>> {
    let mut all = columns.to_vec();
    let new = NewColumn::all(texts, None)?;
    for column in &new {
        let made = &column.made;
        let is_there = |name: &str| all.iter().any(|(known, _)| known == name);
        // That of latitudes comes when some are found beyond the edge of the map, sizes when there are lines or polygons.
        let added = |name: &str| name.starts_with("latitude") || Size::ALL.iter().any(|size| size.name() == name);
        let known = |name: &&str| is_there(name) || [LON, LAT].contains(name) || added(name);
        if is_there(&made.name) || !made.columns().iter().all(known) {
            kind(column, dataset, &all, None)?;
        }
        all.push((made.name.clone(), Kind::F64));
    }
    Ok(new.into_iter().map(|column| column.made.name).collect())
}

/// Makes columns, one after the other, so that a formula may speak of those before it. Gives their names, and what is
/// told of each.
///
/// # Errors
/// For what is no formula or does not fit; when a file cannot be read or written.
pub(super) fn make(
    runs: &mut Runs<'_>,
    whole: &Whole<'_>,
    texts: &[String],
    progress: &dyn Progress,
) -> Result<Vec<(String, String)>> {
    let (mut all, mut told) = (whole.columns.clone(), Vec::new());
    for column in NewColumn::all(texts, whole.label.zone.as_deref())? {
        let kind = kind(&column, &whole.label.name, &all, whole.latitude)?;
        let spoken = column.made.columns();
        let latitude = whole.latitude.filter(|_| spoken.contains(&LAT));
        let wanted = |at: usize| spoken.contains(&all[at].0.as_str()) || latitude == Some(at);
        let wanted: Vec<usize> = (0..all.len()).filter(|&at| wanted(at)).collect();
        let roles = Roles { latitude: wanted.iter().position(|&at| latitude == Some(at)), ..Roles::default() };
        progress.stage("making columns", Some(runs.rows() as u64));
        let mut done = 0;
        for run in 0..runs.all.len() {
            let named = |&at: &usize| Ok(Loaded { name: all[at].0.clone(), ..runs.column(run, at)? });
            let columns = wanted.iter().map(named).collect::<Result<Vec<_>>>()?;
            let rows = runs.all[run].rows;
            let keys = spill::read::<u64>(&runs.keys(run), 0..rows)?;
            let values = with_table(&whole.label.name, rows, &columns, roles, |table| column.values(table, &keys))?;
            runs.push(run, &values)?;
            done += rows as u64;
            progress.advance(done);
        }
        told.push((column.made.name.clone(), column.line()));
        all.push((column.made.name, kind));
    }
    Ok(told)
}

/// What a formula gives: found out of a table without rows.
fn kind(column: &NewColumn<'_>, dataset: &str, all: &[(String, Kind)], latitude: Option<usize>) -> Result<Kind> {
    let columns = all.iter().map(|(name, kind)| Ok(Loaded { name: name.clone(), data: empty(*kind)?, valid: None }));
    let roles = Roles { latitude, ..Roles::default() };
    let values =
        with_table(dataset, 0, &columns.collect::<Result<Vec<_>>>()?, roles, |table| column.values(table, &[]))?;
    Ok(values.data.kind())
}

fn empty(kind: Kind) -> Result<Data> {
    Ok(match kind {
        Kind::I32 => Data::I32(Vec::new().into()),
        Kind::I64 => Data::I64(Vec::new().into()),
        Kind::F32 => Data::F32(Vec::new().into()),
        Kind::F64 => Data::F64(Vec::new().into()),
        Kind::Time => Data::Time(Vec::new().into()),
        Kind::Bool => Data::Bool(std::iter::empty().collect()),
        Kind::Text => Data::Text(Codes::U8(Vec::new().into()), Dictionary::new([])?),
    })
}

/// Columns as core sees them, with what is known of them.
fn with_table<R>(
    name: &str,
    rows: usize,
    columns: &[Loaded],
    roles: Roles,
    with: impl FnOnce(Table<'_>) -> Result<R>,
) -> Result<R> {
    let facts = columns.par_iter().map(|column| Facts::of(column.data.values(), column.valid()));
    let facts: Vec<Facts> = facts.collect();
    let seen = columns.iter().zip(&facts);
    let seen = seen.map(|(column, facts)| Ok(Column::new(&column.name, column.data.values(), column.valid(), facts)?));
    let seen = seen.collect::<Result<Vec<Column<'_>>>>()?;
    with(Table::new(name, rows, &seen, roles)?)
}
