//! Outlines of runs, brought into the order of all rows, and all that is made of them.
//!
//! Those of a run lie on disk until then. What is made of all of them together takes memory for each vertex, which is asked for
//! beforehand.

use super::{merge::Order, runs::Runs, spill};
use crate::{
    prepared::{outlines::Described, writer::Writer},
    read::Progress,
    shapes::Outlines,
};
use anyhow::{Result, bail};
use duotile_core::{Flat, Role, World, morton};

/// Bytes of a vertex while nodes are looked for, which takes most: place, key, neighbours, order, and the room to sort.
const VERTEX: u64 = 64;

/// Writes the outlines of a run; those of a run of points where there are none.
///
/// # Errors
/// When they cannot be written.
pub(super) fn put(runs: &Runs<'_>, run: usize, flat: &Flat) -> Result<()> {
    let [rows, rings, roles, x, y] = runs.outlines(run);
    spill::write(&rows, &flat.rows)?;
    spill::write(&rings, &flat.rings)?;
    spill::write(&roles, &flat.roles.iter().map(|&role| role as u8).collect::<Vec<u8>>())?;
    spill::write(&x, &flat.x)?;
    spill::write(&y, &flat.y)
}

/// The outlines of a run.
fn of(runs: &Runs<'_>, run: usize) -> Result<Flat> {
    let rows = runs.all[run].rows;
    let Some([runs_of, vertices]) = runs.all[run].outlines else {
        let mut flat = Flat::default();
        for key in spill::read::<u64>(&runs.keys(run), 0..rows)? {
            let World { x, y } = morton::position(key);
            flat.x.push(x);
            flat.y.push(y);
            flat.roles.push(Role::Points);
            flat.rings.push(flat.x.len() as u32);
            flat.rows.push(flat.rings.len() as u32);
        }
        return Ok(flat);
    };
    let [ends, rings, roles, x, y] = runs.outlines(run);
    Ok(Flat {
        rows: spill::read(&ends, 0..rows)?,
        rings: spill::read(&rings, 0..runs_of)?,
        roles: spill::read::<u8>(&roles, 0..runs_of)?
            .into_iter()
            .map(|role| Role::ALL[usize::from(role & 3)])
            .collect(),
        x: spill::read(&x, 0..vertices)?,
        y: spill::read(&y, 0..vertices)?,
    })
}

/// Refuses what memory does not suffice for.
///
/// # Errors
/// With both figures.
pub(super) fn fits(runs: &Runs<'_>, memory: u64) -> Result<()> {
    let vertices: u64 = runs.all.iter().filter_map(|run| run.outlines).map(|[_, vertices]| vertices as u64).sum();
    let needed = vertices * VERTEX;
    if vertices > u64::from(u32::MAX) {
        bail!("{vertices} vertices are more than one dataset can hold ({}); split the files", u32::MAX);
    }
    if needed > memory {
        bail!(
            "its outlines have {vertices} vertices, of which {} MB are made before they are written; give that much with \
             --memory, or split the files",
            needed.div_ceil(1 << 20)
        );
    }
    Ok(())
}

/// Brings the outlines of all runs into order, makes what tiles need of them, and writes it.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn write(
    runs: &Runs<'_>,
    order: &Order,
    keys: &[u64],
    out: &mut Writer,
    progress: &dyn Progress,
) -> Result<Described> {
    progress.stage("order outlines", Some(keys.len() as u64));
    let parts = (0..runs.all.len()).map(|run| of(runs, run)).collect::<Result<Vec<Flat>>>()?;
    let mut flat = Flat::default();
    order.follow(
        |run, rows| Ok(rows.map(|row| [run as u32, row as u32]).collect()),
        |places: &[[u32; 2]]| {
            // Rows of one run that are next to each other are taken together.
            for same in places.chunk_by(|a, b| a[0] == b[0]) {
                let rows: Vec<u32> = same.iter().map(|&[_, row]| row).collect();
                flat.append(&parts[same[0][0] as usize].pick(&rows));
            }
            progress.advance(flat.rows.len() as u64);
            Ok(())
        },
    )?;
    drop(parts);
    Described::write(&Outlines::of(flat, keys, progress)?, out)
}
