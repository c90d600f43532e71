//! What is worth telling while files are read: what was chosen, and what could not be kept.

use super::{
    Progress,
    columns::Gather,
    layout::Layout,
    positions::{Place, Positions},
};
use crate::dataset::Report;
use anyhow::{Result, bail};

/// Sentences for the reader: told at once, and kept.
pub(super) struct Log<'a> {
    pub progress: &'a dyn Progress,
    pub report: Report,
}

impl Log<'_> {
    pub fn line(&mut self, line: String) {
        self.progress.line(&line);
        self.report.lines.push(line);
    }
}

/// Where positions come from, and what becomes of columns.
pub(super) fn layout(layout: &Layout, log: &mut Log<'_>) {
    let (line, position) = match &layout.choice.place {
        Place::Pair(x, y) => (format!("positions come from {x:?} and {y:?}"), (x.clone(), y.clone())),
        Place::Geometry(name, _) => {
            (format!("positions come from the geometries in {name:?}"), (name.clone(), name.clone()))
        }
    };
    log.line(line);
    layout.lines.iter().for_each(|line| log.line(line.clone()));
    log.report.position = position;
    log.report.dropped.clone_from(&layout.dropped);
}

/// What of the columns could not be kept.
pub(super) fn columns(columns: &[Gather], log: &mut Log<'_>) {
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

/// What of the positions could not be used.
///
/// # Errors
/// When none could.
pub(super) fn positions(positions: &Positions, place: &Place, log: &mut Log<'_>) -> Result<()> {
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
    if positions.at_zero > 0 && positions.at_zero < positions.kept {
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
