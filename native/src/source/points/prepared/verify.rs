//! Looks at every byte of a prepared file: what opening takes on trust.

use super::{
    description::Description,
    mapped,
    open::{Whole, checked, refused},
    view::view,
};
use crate::{
    dataset::{Dataset, Known, Loaded, Parts, Report},
    kind::{Codes, Data},
    read::{Progress, content::Content},
    shapes::Outlines,
};
use anyhow::{Context as _, Result, bail};
use duotile_core::{Facts, Flat, Landmarks, Roles, morton, point_inside};
use rayon::prelude::*;
use std::path::Path;

/// Rows that are looked at together.
const PIECE: usize = 1 << 20;

/// Checks all bytes of a prepared file against their checksums, and that what it tells of its rows is what all of them are
/// found to be: keys ascend, codes have a text, index, facts and summaries are those of the values. Gives how many bytes were
/// looked at.
///
/// # Errors
/// One line that names the file, and what is wrong with it.
pub fn verify(path: &Path, progress: &dyn Progress) -> Result<u64> {
    let Whole { file, mut description, .. } = checked(path, false)?;
    let mut look = || -> Result<u64> {
        let length = file.as_ref().len() as u64;
        progress.stage("verify", Some(length));
        let mut done = 0;
        for (what, stretch) in description.stretches() {
            stretch.whole(file.as_ref(), &what)?;
            done += stretch.bytes;
            progress.advance(done);
        }
        in_order(&view(&file, &description.keys)?, &view(&file, &description.row_numbers)?)?;
        let columns = description.columns.iter().map(|column| mapped::column(&file, column, description.rows));
        let columns: Vec<Loaded> = columns.collect::<Result<_>>()?;
        columns.par_iter().try_for_each(values)?;
        known(&file, &description, columns)?;
        Ok(length)
    };
    look().with_context(|| refused(path))
}

/// Keys ascend, and rows of the same key too.
fn in_order(keys: &[u64], rows: &[u32]) -> Result<()> {
    if keys.len() != rows.len() {
        bail!("it has {} keys for {} rows", keys.len(), rows.len());
    }
    let pair = |at: usize| (keys[at], rows[at]);
    match (1..keys.len()).into_par_iter().find_any(|&at| pair(at - 1) >= pair(at)) {
        Some(at) => bail!("its row {at} is not in order"),
        None => Ok(()),
    }
}

/// Codes have a text, floats are numbers.
fn values(Loaded { name, data, .. }: &Loaded) -> Result<()> {
    fn most<T: Copy + Into<u32> + Send + Sync>(codes: &[T]) -> u32 {
        codes.par_chunks(PIECE).map(|codes| codes.iter().map(|&code| code.into()).max().unwrap_or(0)).max().unwrap_or(0)
    }
    fn finite<T: Copy + Into<f64> + Send + Sync>(values: &[T]) -> bool {
        values.par_chunks(PIECE).all(|values| values.iter().all(|&value| value.into().is_finite()))
    }
    let (most, texts) = match data {
        Data::Text(Codes::U8(codes), texts) => (most(codes), texts),
        Data::Text(Codes::U16(codes), texts) => (most(codes), texts),
        Data::Text(Codes::U32(codes), texts) => (most(codes), texts),
        Data::F32(values) if !finite(values) => bail!("its column {name:?} has values that are no numbers"),
        Data::F64(values) if !finite(values) => bail!("its column {name:?} has values that are no numbers"),
        _ => return Ok(()),
    };
    // Without any text, all rows have code 0 and no value.
    if most as usize >= texts.len().max(1) {
        bail!("its column {name:?} has a code {most} for {} texts", texts.len());
    }
    Ok(())
}

/// What is told of all rows together is found out anew.
fn known(file: &Content, description: &Description, columns: Vec<Loaded>) -> Result<()> {
    let (keys, rows) = (view(file, &description.keys)?, view(file, &description.row_numbers)?);
    let mut found = Known::of(&keys, &columns, description.latitude);
    let told = description.known(file)?;
    // Of what it was made is nothing that values tell.
    found.facts.iter_mut().zip(&told.facts).for_each(|(found, told)| found.measured = told.measured);
    if found.landmarks != told.landmarks {
        bail!("its index is not that of its keys");
    }
    if (found.bounds, found.focus) != (told.bounds, told.focus) {
        bail!("its bounds are not those of its keys");
    }
    if let Some(told) = &description.outlines {
        let told = told.open(file, keys.len(), Landmarks::new(&found.landmarks, keys.len()).len())?;
        outlined(&told, &keys)?;
    }
    let other = |(found, told): (&Facts, &Facts)| found != told;
    if let Some(at) = found.facts.iter().zip(&told.facts).position(other) {
        bail!("what is told of its column {:?} is not what its values are", columns[at].name);
    }
    let parts = Parts {
        name: String::new(),
        title: None,
        attribution: None,
        zone: None,
        version: String::new(),
        keys,
        rows,
        columns,
        outlines: None,
        roles: Roles::default(),
        report: Report::default(),
        known: Some(found),
        ground: None,
    };
    let dataset = Dataset::new(parts)?;
    for (at, words) in told.summaries.iter().enumerate() {
        if words.as_ref().is_some_and(|words| dataset.summarise(at) != words[..]) {
            bail!("the summary of its column {:?} is not that of its values", description.columns[at].name);
        }
    }
    Ok(())
}

/// Outlines lie at the keys of their rows, and what was made of them is made anew.
fn outlined(told: &Outlines, keys: &[u64]) -> Result<()> {
    let of = told.buffers();
    let outlines = of.outlines();
    let place = |row: usize| point_inside(&outlines, row).map(morton::key);
    if let Some(row) = (0..keys.len()).into_par_iter().find_any(|&row| place(row) != Some(keys[row])) {
        bail!("the outline of its row {row} lies elsewhere than its key");
    }
    let flat = Flat {
        rows: of.rows.to_vec(),
        rings: of.rings.to_vec(),
        roles: of.roles.to_vec(),
        x: of.x.to_vec(),
        y: of.y.to_vec(),
    };
    let found = Outlines::of(flat, keys, &())?;
    if found.counts() != told.counts() || found.buffers() != of {
        bail!("what is kept of its outlines is not what is made of them");
    }
    Ok(())
}
