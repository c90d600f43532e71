//! Outlines of runs, brought into the order of all rows, and all that is made of them.
//!
//! Those of a run lie on disk until then. What is made of all of them together takes memory for each vertex, which is asked for
//! beforehand.

use super::{
    merge::Order,
    runs::{Run, Runs},
    spill,
};
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
///
/// # Errors
/// When they cannot be read.
pub(super) fn of(runs: &Runs<'_>, run: usize) -> Result<Flat> {
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

/// Bytes of the outlines of all runs in the file, about: those of the runs themselves lie on disk until these are written.
pub(super) fn bytes(runs: &Runs<'_>) -> u64 {
    /// Of a row its end, box and zooms; of a run of vertices its end and kind; of a vertex its place and level.
    const EACH: [u64; 3] = [24, 5, 9];
    let of = |run: &Run| {
        let [runs, vertices] = run.outlines.unwrap_or([run.rows; 2]);
        [run.rows, runs, vertices].iter().zip(EACH).map(|(&count, each)| count as u64 * each).sum::<u64>()
    };
    runs.all.iter().map(of).sum()
}

/// Refuses what memory does not suffice for.
///
/// # Errors
/// With both figures.
pub(super) fn fits(runs: &Runs<'_>, memory: u64) -> Result<()> {
    // A row of a run of points becomes a vertex.
    let of = |run: &Run| run.outlines.map_or(run.rows, |[_, vertices]| vertices) as u64;
    let vertices: u64 = runs.all.iter().map(of).sum();
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

#[cfg(test)]
mod tests {
    use super::super::folder::Folder;
    use super::*;

    #[test]
    fn the_room_on_disk_is_about_what_is_written() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::beside(&place.path().join("a.arrow")).expect("made");
        let (rows, vertices) = (1000u32, 20u32);
        let keys: Vec<u64> = (0..rows).map(|row| morton::key(World { x: row << 20, y: row << 20 })).collect();
        let ends = |each: u32| (1..=rows).map(|row| row * each).collect::<Vec<u32>>();
        let at: Vec<u32> =
            (0..rows * vertices).map(|vertex| ((vertex / vertices) << 20) + ((vertex % vertices) << 12)).collect();
        let flat =
            Flat { rows: ends(1), rings: ends(vertices), roles: vec![Role::Line; rows as usize], x: at.clone(), y: at };
        let mut runs = Runs::new(&folder);
        let outlines = Some([flat.rings.len(), flat.x.len()]);
        runs.all = vec![Run { rows: rows as usize, marks: Vec::new(), columns: Vec::new(), outlines }];
        let made = Outlines::of(flat, &keys, &()).expect("made");
        let of = made.buffers();
        let frames = size_of_val(of.boxes) + size_of_val(of.block_boxes) + size_of_val(of.landmark_boxes);
        let words = size_of_val(of.rows) + size_of_val(of.rings) + size_of_val(of.x) + size_of_val(of.y);
        let levels = of.levels.len() + of.block_levels.len() + of.firsts.len() + of.wholes.len();
        let all = (frames + words + levels + of.landmark_firsts.len() + of.roles.len()) as u64;
        let told = bytes(&runs);
        assert!(told.abs_diff(all) < all / 10, "{told} told, {all} written");
    }

    #[test]
    fn rows_of_a_run_of_points_need_memory_too() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::beside(&place.path().join("a.arrow")).expect("made");
        let run = |rows, outlines| Run { rows, marks: Vec::new(), columns: Vec::new(), outlines };
        let mut runs = Runs::new(&folder);
        runs.all = vec![run(1_000_000, None), run(1, Some([1, 5]))];
        assert!(fits(&runs, 1_000_005 * VERTEX).is_ok());
        let error = fits(&runs, 1_000_005 * VERTEX - 1).expect_err("too much").to_string();
        assert!(error.contains("1000005 vertices, of which 62 MB"), "{error}");
        runs.all.push(run(u32::MAX as usize, None));
        assert!(fits(&runs, u64::MAX).expect_err("too many").to_string().contains("split the files"));
    }
}
