//! All rows that pass a query as a file of text, made piece by piece: a file may be larger than memory.

use super::{
    pieces::Pieces,
    row_text::{RowFormat, RowText},
};
use crate::{
    engine::{Fitted, Refusal},
    source::Source,
};
use duotile_core::Work;
use std::sync::Arc;

/// About how many bytes a piece has.
const PIECE: usize = 64 << 10;
/// Rows that are tested at once.
const CHUNK: usize = 1 << 12;
/// Rows that a piece looks at, should none of them pass.
const LOOKS: usize = 1 << 22;

/// How far a file is written.
#[derive(Debug)]
pub struct RowFile {
    fitted: Arc<Fitted>,
    text: RowText,
    /// The first row that was not looked at.
    next: usize,
    /// Rows that were written.
    told: usize,
}

impl RowFile {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(fitted: Arc<Fitted>, format: RowFormat) -> Self {
        let text = fitted.entry.source.with_points(|points| {
            let columns = fitted.query.told_columns(&fitted.plan, &points);
            RowText::new(format, &points, columns)
        });
        Self { fitted, text, next: 0, told: 0 }
    }
}

impl Pieces for RowFile {
    /// About [`PIECE`] bytes. The filter is asked again for each chunk, so that no mask is held for a client that takes hours.
    fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        let Self { fitted, text, next, told } = self;
        let Source::Points(dataset) = &fitted.entry.source;
        let mut out = Vec::with_capacity(PIECE + PIECE / 4);
        dataset.with_points(|points| {
            if *next == 0 {
                text.start(&mut out);
            }
            let stop = points.len().min(*next + LOOKS);
            while *next < stop && out.len() < PIECE {
                work.pay(0)?;
                let chunk = *next..stop.min(*next + CHUNK);
                let filter = fitted.plan.filter();
                let mask = filter.map(|filter| filter.mask(&points, chunk.clone(), work)).transpose()?;
                for row in chunk {
                    if out.len() >= PIECE {
                        break;
                    }
                    if mask.as_ref().is_none_or(|mask| mask.get(row)) {
                        text.row(&mut out, &points, row, *told == 0);
                        *told += 1;
                    }
                    *next = row + 1;
                }
            }
            let last = *next == points.len();
            if last {
                text.end(&mut out);
            }
            Ok((out, last))
        })
    }
}
