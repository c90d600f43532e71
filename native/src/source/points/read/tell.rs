//! What is worth telling while files are read: what was chosen, and what could not be kept.

use super::{
    Options, Progress,
    columns::Gather,
    crs::Crs,
    geometry::{Encoding, Odd},
    layout::{Layout, Opened},
    names::typed,
    parted::Parted,
    positions::{Place, Positions},
};
use crate::dataset::{Chosen, Report};
use crate::kind::Kind;
use anyhow::{Result, bail};
use duotile_core::Told;

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
        Place::Parted(parted) => {
            let (x, y) = &**parted;
            let list =
                |parted: &Parted| parted.columns().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
            let line = format!("positions are put together from degrees with their parts: {}; {}", list(x), list(y));
            (line, (x.degrees.clone(), y.degrees.clone()))
        }
        Place::Geometry(name, Encoding::H3) => {
            (format!("positions are the middles of the cells of H3 in {name:?}"), (name.clone(), name.clone()))
        }
        Place::Geometry(name, _) => {
            (format!("positions come from the geometries in {name:?}"), (name.clone(), name.clone()))
        }
    };
    log.line(line);
    layout.lines.iter().for_each(|line| log.line(line.clone()));
    log.report.position = position;
    log.report.dropped.clone_from(&layout.dropped);
}

/// What files tell when all of their rows were read.
pub(super) fn files(files: &[Opened], log: &mut Log<'_>) {
    log.report.bad_lines = files.iter().map(|file| file.reader.left_out()).sum();
    files.iter().flat_map(|file| file.reader.told()).for_each(|line| log.line(line));
}

/// What became of the columns, and what of them could not be kept.
///
/// # Errors
/// When some value could not, and none may be lost.
pub(super) fn columns(columns: &[Gather], whys: &[String], options: &Options, log: &mut Log<'_>) -> Result<()> {
    for (column, why) in columns.iter().zip(whys) {
        let name = &column.name;
        let kind = column.kind().name();
        log.report.columns.push(Chosen {
            name: name.clone(),
            why: why.clone(),
            unit: None,
            misfits: column.unreadable,
            examples: column.examples.clone(),
        });
        if column.non_finite > 0 {
            log.report.non_finite += column.non_finite;
            let are = match column.kind() {
                // Databases have these before and behind all others; to pandas they are its first and last time.
                Kind::Time => "times are infinite, or the first or last that 64 bits hold,",
                _ => "values are NaN or infinite",
            };
            let what = format!("column {name:?}: {} {are} and become no value", column.non_finite);
            strictly(&what, options)?;
            log.line(what);
        }
        if !column.examples.is_empty() {
            let count = column.unreadable;
            let shown: Vec<String> = column.examples.iter().map(|text| format!("{text:?}")).collect();
            let numbers = column.examples.iter().any(|text| text.parse::<f64>().is_ok());
            let unit = if column.kind() == Kind::Time && numbers && options.time_unit.is_none() {
                " (--time-unit says what numbers count)"
            } else {
                ""
            };
            let what = format!(
                "column {name:?}: {count} of {} values are no {kind}, such as {}{unit}",
                column.present + count,
                shown.join(", ")
            );
            if options.strict {
                bail!("{what}, and --strict loses none (--type {} keeps all as texts)", typed(&format!("{name}=text")));
            }
            log.line(format!(
                "{what}; they have no value (--type {} keeps all as texts)",
                typed(&format!("{name}=text"))
            ));
        }
        // Of others it was told when their type was chosen.
        if column.missing > 0 && why.starts_with("it was said") {
            let first = column.first_missing.as_deref().unwrap_or("NA");
            log.line(format!("column {name:?}: {} fields such as {first} are taken as no value", column.missing));
        }
        if !why.starts_with("it was said") && column.looks_like_times() {
            log.line(format!(
                "column {name:?} is text, though its values are times (else say --type {}, or --time {} where they are those of the rows)",
                typed(&format!("{name}=time")),
                typed(name)
            ));
        }
        if column.trimmed > 0 {
            let what =
                format!("column {name:?}: times are kept to the microsecond, {} had a finer part", column.trimmed);
            strictly(&what, options)?;
            log.line(what);
        }
        if let Some(first) = &column.first_rounded {
            let count = column.rounded;
            let what =
                format!("column {name:?}: {count} numbers have more digits than are kept of them, such as {first}");
            let flag = typed(&format!("{name}=text"));
            if options.strict {
                bail!("{what}, and --strict loses none (--type {flag} keeps all as texts)");
            }
            log.line(format!("{what} (--type {flag} keeps all as texts)"));
        }
        if column.overflowed {
            log.line(format!("column {name:?} becomes text: some of its integers are above {}", i64::MAX));
        }
    }
    Ok(())
}

/// # Errors
/// When none may be lost.
fn strictly(what: &str, options: &Options) -> Result<()> {
    if options.strict {
        bail!("{what}, and --strict loses none");
    }
    Ok(())
}

/// What of the positions could not be used.
///
/// # Errors
/// When none could.
pub(super) fn positions(
    positions: &Positions,
    place: &Place,
    latitudes: Option<&str>,
    strict: bool,
    log: &mut Log<'_>,
) -> Result<()> {
    for crs in positions.systems().iter().filter(|crs| **crs != Crs::Degrees) {
        let doubt = crs.doubt().map_or(String::new(), |doubt| format!("; {doubt}"));
        log.line(format!("positions are given in {}{doubt}", crs.name()));
    }
    let (all, unusable) = (positions.rows_read, positions.unusable());
    log.report.rows_read = all;
    log.report.unusable = unusable;
    let hint = || positions.hint().map_or(String::new(), |hint| format!("; {hint}"));
    if all > 0 && unusable == all {
        let columns = place.columns().join(" and ");
        let texts = positions.first_text.as_ref();
        let texts = texts.map_or(String::new(), |(name, text)| format!("; {name} holds texts such as {text:?}"));
        if let Some(Odd { row, what }) = positions.first_other.as_ref().filter(|_| positions.missing == all) {
            bail!("the geometries in {columns} give no positions, the first is {what} in row {}", row + 1);
        }
        bail!("none of the {all} rows has a usable position in {columns}{texts}{}", hint());
    }
    if unusable > 0 {
        let mut parts = Vec::new();
        let marks = positions.longitudes.marks;
        if positions.missing > positions.not_points + marks {
            parts.push(format!("{} have none", positions.missing - positions.not_points - marks));
        }
        if let Some(first) = positions.longitudes.first().filter(|_| marks > 0) {
            let why =
                if positions.longitudes.is_mixed() { "beside others below 0" } else { "which stands for no position" };
            parts.push(format!("{marks} have a longitude above 180, {why}, such as {first}"));
        }
        if positions.not_points > 0 {
            let first = positions.first_other.as_ref();
            let other =
                first.map_or(String::new(), |odd| format!(", the first is {} in row {}", odd.what, odd.row + 1));
            let what = if positions.outlined.is_some() { "cannot be read" } else { "are no points" };
            parts.push(format!("{} {what}{other}", positions.not_points));
        }
        if unusable > positions.missing {
            let what = if positions.outlined.is_some() {
                "are empty, out of range, or too short to be a line or ring"
            } else {
                "are out of range"
            };
            let wild = positions.first_wild().map_or(String::new(), |(x, y)| format!(", such as {x}, {y}"));
            parts.push(format!("{} {what}{wild}", unusable - positions.missing));
        }
        // Only where it matters: a few odd rows need no advice.
        let hint = if unusable * 100 > all { hint() } else { String::new() };
        let line =
            format!("{unusable} of {all} rows have no usable position and are left out: {}{hint}", parts.join(", "));
        // Without a position rows may well be, but not with a text that is none.
        if let (Some((name, text)), true) = (&positions.first_text, strict) {
            bail!("{line}; {name} holds {text:?}, which is no position, and --strict loses none");
        }
        if strict && (positions.not_points > 0 || positions.first_wild().is_some()) {
            bail!("{line}, and --strict loses none");
        }
        log.line(line);
    }
    if let Some(outlined) = &positions.outlined {
        outlines(&outlined.told, outlined.deep, strict, log)?;
    }
    // Of outlines it is part of drawing them.
    if positions.longitudes.turned > 0 && !positions.longitudes.shaped {
        let how = if positions.longitudes.is_mixed() { "lie on both sides of 180" } else { "run from 0 to 360" };
        let turned = positions.longitudes.turned;
        log.line(format!("longitudes {how}: {turned} above 180 are taken as west of Greenwich"));
    }
    if positions.dressed > 0 {
        log.line("positions are read from degrees with minutes, or with letters of the compass".into());
    }
    if positions.beyond_edge > 0 {
        let kept = latitudes.map_or(String::new(), |name| format!(", with their latitude in column {name:?}"));
        log.line(format!(
            "{} beyond 85.05 degrees, which is the edge of the map: drawn there{kept}",
            lie(positions.beyond_edge)
        ));
    }
    if positions.at_zero > 0 && positions.at_zero < positions.kept {
        log.line(format!("{} exactly at 0, 0; kept all the same", lie(positions.at_zero)));
    }
    if positions.look_like_degrees() {
        log.line("all positions lie within 360 metres of 0, 0: they look like degrees; try without --crs 3857".into());
    }
    if all == 0 {
        log.line("the data has no rows".into());
    }
    Ok(())
}

/// So many rows lie somewhere.
fn lie(rows: u64) -> String {
    if rows == 1 { "1 row lies".into() } else { format!("{rows} rows lie") }
}

/// What of lines and polygons could not be kept as it was.
///
/// # Errors
/// When something was left out or mended, and none may be.
fn outlines(told: &Told, deep: u64, strict: bool, log: &mut Log<'_>) -> Result<()> {
    let counted = |count: u64, one: &str, several: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
    };
    let all = [
        (
            told.unusable,
            "part of a geometry",
            "parts of geometries",
            "left out: with a position that is none, or beyond the world",
        ),
        (
            told.short,
            "part of a geometry",
            "parts of geometries",
            "left out: lines of one position, or rings of less than three",
        ),
        (
            told.lower,
            "part of a collection",
            "parts of collections",
            "left out: points beside lines, or lines beside polygons",
        ),
        (
            told.untied,
            "ring",
            "rings",
            "mended where crossing itself: inside is what is gone round more often one way than the other",
        ),
        (
            told.tangled,
            "ring",
            "rings",
            "kept as drawn, too large to be looked at for crossings or crossing itself too often: some of what is gone round may be left out",
        ),
        (told.crossing, "geometry", "geometries", "cut at the antimeridian, which it goes over"),
        (told.beyond, "geometry", "geometries", "moved to the edge of the map where beyond 85.05 degrees"),
        (deep, "geometry", "geometries", "drawn flat: heights and measures (Z, M) are not kept"),
    ];
    // What is there otherwise than it was drawn stands first.
    let strictly = if strict { 5 } else { 0 };
    for (at, (count, one, several, what)) in all.into_iter().enumerate() {
        if count > 0 {
            let verb = if count == 1 { "is" } else { "are" };
            let what = if count == 1 { what.to_owned() } else { what.replace("which it goes", "which they go") };
            let line = format!("{} {verb} {what}", counted(count, one, several));
            if at < strictly {
                bail!("{line}, and --strict takes geometries as they are");
            }
            log.line(line);
        }
    }
    Ok(())
}
