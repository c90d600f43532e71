//! From open files to a dataset: read every chunk once, gather, sort, put in order.

use super::{
    Options, Progress, TimeUnit,
    columns::{Gather, Rules},
    plan::{NO_VALUE, Opened, Plan, plan},
    positions::{Place, Positions},
    roles,
    sort::sort,
    times::Zone,
};
use crate::dataset::{Dataset, Parts, Report};
use anyhow::{Context, Result, bail};
use duotile_core::Roles;
use polars_core::prelude::DataFrame;
use rayon::prelude::*;

/// What a dataset is called and which version it is.
#[derive(Debug)]
pub(super) struct Label {
    pub name: String,
    pub title: Option<String>,
    pub attribution: Option<String>,
    pub version: String,
}

/// Sentences for the reader: told at once, and kept.
struct Log<'a> {
    progress: &'a dyn Progress,
    report: Report,
}

impl Log<'_> {
    fn line(&mut self, line: String) {
        self.progress.line(&line);
        self.report.lines.push(line);
    }
}

/// Reads open files as one dataset.
///
/// # Errors
/// When they are damaged, have no usable positions, or an option does not fit them.
pub(super) fn load(
    mut files: Vec<Opened>,
    options: &Options,
    label: Label,
    lines: Vec<String>,
    progress: &dyn Progress,
) -> Result<Dataset> {
    let mut log = Log { progress, report: Report::default() };
    lines.into_iter().for_each(|line| log.line(line));
    let plan = plan(&files, options)?;
    tell_plan(&plan, &mut log);
    let rules =
        Rules { zone: Zone::new(options.timezone.as_deref())?, unit: options.time_unit.or(Some(TimeUnit::Seconds)) };
    let (mut columns, mut positions) = gather(&mut files, &plan, &rules, progress)?;
    log.report.bad_lines = files.iter().map(|file| file.source.left_out()).sum();
    drop(files);
    tell_columns(&columns, &mut log);
    tell_positions(&positions, &plan.choice.place, &mut log)?;
    let mut found = Vec::new();
    let time = roles::time(&mut columns, options, &rules, &mut found)?;
    progress.stage("sort", None);
    sort(&mut positions.keys, &mut positions.rows);
    positions.keys.shrink_to_fit();
    positions.rows.shrink_to_fit();
    let order = &positions.rows;
    let id = roles::id(&columns, order, options, &mut found)?;
    found.into_iter().for_each(|line| log.line(line));
    log.report.time = time.map(|at| columns[at].name.clone());
    log.report.id = id.map(|at| columns[at].name.clone());
    progress.stage("order columns", None);
    let columns = columns.into_par_iter().map(|column| column.finish(order)).collect();
    Dataset::new(Parts {
        name: label.name,
        title: label.title,
        attribution: label.attribution,
        version: label.version,
        keys: positions.keys,
        rows: positions.rows,
        columns,
        roles: Roles { id, time },
        report: log.report,
    })
}

fn gather(
    files: &mut [Opened],
    plan: &Plan,
    rules: &Rules,
    progress: &dyn Progress,
) -> Result<(Vec<Gather>, Positions)> {
    let total: Option<u64> = files.iter().map(|file| file.source.rows()).sum();
    let expected = total.unwrap_or(0).min(u64::from(u32::MAX)) as usize;
    if total.is_some_and(|rows| rows > u64::from(u32::MAX)) {
        bail!("{} rows are more than one dataset can hold ({}); split the files", total.unwrap_or(0), u32::MAX);
    }
    let mut columns: Vec<Gather> = plan.columns.iter().map(|(name, kind)| Gather::new(name, *kind, expected)).collect();
    let mut positions = Positions::new(plan.choice.crs, expected);
    progress.stage("read", total);
    let several = files.len() > 1;
    for file in files {
        let place = &plan.choice.place;
        let wanted: Vec<_> = file
            .source
            .fields()
            .iter()
            .enumerate()
            .filter_map(|(at, field)| {
                let kind = plan.columns.iter().find(|(name, _)| *name == field.name).map(|(_, kind)| *kind);
                (kind.is_some() || place.columns().contains(&field.name.as_str())).then_some((at, kind))
            })
            .collect();
        let (partitions, label) = (&file.partitions, &file.label);
        let mut each = |chunk: DataFrame| {
            positions.append(&chunk, place)?;
            columns.par_iter_mut().try_for_each(|column| append(column, &chunk, partitions, rules))?;
            progress.advance(positions.rows_read);
            Ok(())
        };
        let read = file.source.chunks(&wanted, &mut each);
        if several { read.with_context(|| label.clone()) } else { read }?;
    }
    Ok((columns, positions))
}

fn append(column: &mut Gather, chunk: &DataFrame, partitions: &[(String, String)], rules: &Rules) -> Result<()> {
    if let Ok(values) = chunk.column(&column.name) {
        return column.append(values, rules);
    }
    match partitions.iter().find(|(key, _)| *key == column.name) {
        Some((_, value)) => {
            let value = Some(value.as_str()).filter(|value| *value != NO_VALUE);
            column.append_constant(value, chunk.height(), rules);
        }
        None => column.append_nulls(chunk.height()),
    }
    Ok(())
}

fn tell_plan(plan: &Plan, log: &mut Log<'_>) {
    let (line, position) = match &plan.choice.place {
        Place::Pair(x, y) => (format!("positions come from {x:?} and {y:?}"), (x.clone(), y.clone())),
        Place::Geometry(name, _) => {
            (format!("positions come from the geometries in {name:?}"), (name.clone(), name.clone()))
        }
    };
    log.line(line);
    plan.lines.iter().for_each(|line| log.line(line.clone()));
    log.report.position = position;
    log.report.dropped.clone_from(&plan.dropped);
}

fn tell_columns(columns: &[Gather], log: &mut Log<'_>) {
    for column in columns {
        let name = &column.name;
        if column.non_finite > 0 {
            log.report.non_finite += column.non_finite;
            log.line(format!("column {name:?}: {} values are NaN or infinite and become no value", column.non_finite));
        }
        if let Some(text) = &column.first_unreadable {
            let kind = column.kind().name();
            log.line(format!(
                "column {name:?}: {} values are no {kind} and are left out, the first is {text:?}",
                column.unreadable
            ));
        }
        if column.trimmed > 0 {
            log.line(format!(
                "column {name:?}: times are kept to the microsecond, {} had a finer part",
                column.trimmed
            ));
        }
        if column.overflowed {
            log.line(format!("column {name:?} becomes text: some of its integers are above {}", i64::MAX));
        }
    }
}

fn tell_positions(positions: &Positions, place: &Place, log: &mut Log<'_>) -> Result<()> {
    let (all, unusable) = (positions.rows_read, positions.unusable());
    log.report.rows_read = all;
    log.report.unusable = unusable;
    let hint = || positions.hint().map_or(String::new(), |hint| format!("; {hint}"));
    if all > 0 && unusable == all {
        let columns = place.columns().join(" and ");
        let texts = positions.first_text.as_ref();
        let texts = texts.map_or(String::new(), |(name, text)| format!("; {name} holds texts such as {text:?}"));
        bail!("none of the {all} rows has a usable position in {columns}{texts}{}", hint());
    }
    if unusable > 0 {
        let mut parts = Vec::new();
        if positions.missing > positions.not_points {
            parts.push(format!("{} have none", positions.missing - positions.not_points));
        }
        if positions.not_points > 0 {
            parts.push(format!("{} are no points", positions.not_points));
        }
        if unusable > positions.missing {
            parts.push(format!("{} are out of range", unusable - positions.missing));
        }
        // Only where it matters: a few odd rows need no advice.
        let hint = if unusable * 100 > all { hint() } else { String::new() };
        log.line(format!(
            "{unusable} of {all} rows have no usable position and are left out: {}{hint}",
            parts.join(", ")
        ));
    }
    if positions.at_zero > 0 && positions.at_zero < positions.keys.len() as u64 {
        log.line(format!("{} rows lie exactly at 0, 0; they are kept", positions.at_zero));
    }
    if positions.look_like_degrees() {
        log.line("all positions lie within 360 metres of 0, 0: they look like degrees; try without --crs 3857".into());
    }
    if all == 0 {
        log.line("the data has no rows".into());
    }
    Ok(())
}
