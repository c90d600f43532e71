//! The order of all rows, from runs that are in order: found once, then followed by every column.
//!
//! The rows are divided by (key, row) into pieces that fit into memory, by marks that were kept of every run. In a piece
//! the runs' rows are laid one after the other and sorted by key: stable, so that ties stay in the order of their rows.
//! What is kept of a piece is the run of each of its rows: with that, a column is a zip of its runs, read and written from
//! first to last.

use super::{
    folder::Folder,
    runs::{Run, Runs, STEP},
    spill::{self, Spill},
};
use anyhow::Result;
use bytemuck::Pod;
use rayon::prelude::*;
use std::{ops::Range, path::PathBuf};

/// The order of all rows.
pub(super) struct Order {
    pieces: Vec<Piece>,
    /// The run of each row; a byte or two each.
    file: PathBuf,
    wide: bool,
}

/// Rows that are next to each other.
struct Piece {
    /// Of each run, the rows that are in it.
    runs: Vec<Range<usize>>,
    /// The first of them among all rows.
    first: usize,
}

impl Piece {
    fn rows(&self) -> usize {
        self.runs.iter().map(Range::len).sum()
    }
}

/// Merges the runs in pieces of about `most` rows; gives their keys to `each`, in order.
///
/// # Errors
/// When a file cannot be read or written, and those of `each`.
pub(super) fn merge(
    runs: &Runs<'_>,
    folder: &Folder,
    most: usize,
    mut each: impl FnMut(&[u64]) -> Result<()>,
) -> Result<Order> {
    let order = Order { pieces: pieces(runs, most)?, file: folder.file("order"), wide: runs.all.len() > 256 };
    let mut out = Spill::create(&order.file)?;
    order.in_turn(
        |piece| {
            let (mut keys, mut places) = (Vec::with_capacity(piece.rows()), Vec::with_capacity(piece.rows()));
            let mut from: Vec<u16> = Vec::with_capacity(piece.rows());
            for (run, rows) in piece.runs.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
                keys.extend(spill::read::<u64>(&runs.keys(run), rows.clone())?);
                from.resize(keys.len(), run as u16);
            }
            places.extend(0..keys.len() as u32);
            duotile_core::sort(&mut keys, &mut places);
            Ok((keys, places.into_iter().map(|place| from[place as usize]).collect::<Vec<u16>>()))
        },
        |(keys, from)| {
            each(&keys)?;
            if order.wide {
                return out.put(&from);
            }
            out.put(&from.iter().map(|&run| run as u8).collect::<Vec<u8>>())
        },
    )?;
    out.finish()?;
    Ok(order)
}

impl Order {
    /// Brings values of runs into the order of all rows. `read` gives some of a run's; `each` takes them in order.
    ///
    /// # Errors
    /// When a file cannot be read, and those of `each`.
    pub fn follow<T: Pod + Send>(
        &self,
        read: impl Fn(usize, Range<usize>) -> Result<Vec<T>> + Sync,
        mut each: impl FnMut(&[T]) -> Result<()>,
    ) -> Result<()> {
        self.in_turn(
            |piece| {
                let sources: Vec<Vec<T>> = piece
                    .runs
                    .iter()
                    .enumerate()
                    .map(|(run, rows)| if rows.is_empty() { Ok(Vec::new()) } else { read(run, rows.clone()) })
                    .collect::<Result<_>>()?;
                let mut next: Vec<std::slice::Iter<'_, T>> = sources.iter().map(|source| source.iter()).collect();
                let runs = self.runs(piece)?;
                // As many as there are, by how the order was made.
                Ok(runs.into_iter().filter_map(|run| next[run as usize].next().copied()).collect::<Vec<T>>())
            },
            |values| each(&values),
        )
    }

    /// Pieces, worked on in parallel a few at a time, and taken in order.
    fn in_turn<R: Send>(
        &self,
        work: impl Fn(&Piece) -> Result<R> + Sync,
        mut take: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        for pieces in self.pieces.chunks(rayon::current_num_threads()) {
            let done: Vec<R> = pieces.par_iter().map(&work).collect::<Result<_>>()?;
            done.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    fn runs(&self, piece: &Piece) -> Result<Vec<u16>> {
        let range = piece.first..piece.first + piece.rows();
        if self.wide {
            return spill::read(&self.file, range);
        }
        Ok(spill::read::<u8>(&self.file, range)?.into_iter().map(u16::from).collect())
    }
}

/// Divides all rows into pieces.
fn pieces(runs: &Runs<'_>, most: usize) -> Result<Vec<Piece>> {
    let mut marks: Vec<(u64, u32)> = runs.all.iter().flat_map(|run| run.marks.iter().copied()).collect();
    marks.par_sort_unstable();
    let bounds = marks.into_iter().step_by((most / STEP).max(1)).skip(1).map(Some).chain([None]);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut starts = vec![0; runs.all.len()];
    let mut first = 0;
    for bound in bounds {
        let ends = (0..runs.all.len()).into_par_iter().map(|run| match bound {
            Some(bound) => before(runs, run, bound),
            None => Ok(runs.all[run].rows),
        });
        let ends: Vec<usize> = ends.collect::<Result<_>>()?;
        let piece = Piece { runs: starts.iter().zip(&ends).map(|(&start, &end)| start..end).collect(), first };
        first += piece.rows();
        starts = ends;
        pieces.push(piece);
    }
    Ok(pieces)
}

/// How many rows of a run are below a bound.
fn before(runs: &Runs<'_>, number: usize, bound: (u64, u32)) -> Result<usize> {
    let Run { rows, marks, .. } = &runs.all[number];
    let Some(mark) = marks.partition_point(|mark| *mark < bound).checked_sub(1) else { return Ok(0) };
    let block = mark * STEP..((mark + 1) * STEP).min(*rows);
    let keys = spill::read::<u64>(&runs.keys(number), block.clone())?;
    let numbers = spill::read::<u32>(&runs.row_numbers(number), block.clone())?;
    let pairs: Vec<(u64, u32)> = keys.into_iter().zip(numbers).collect();
    Ok(block.start + pairs.partition_point(|pair| *pair < bound))
}
