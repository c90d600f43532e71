//! All rows that pass a query as a file of text, made piece by piece: a file may be larger than memory.

use super::{
    pieces::Pieces,
    row_text::{RowFormat, RowText},
};
use crate::{
    engine::{Fitted, Refusal},
    source::Source,
};
use duotile_core::{Mask, Work};
use std::{ops::Range, sync::Arc};

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
    /// Whether what stands before all rows is written.
    begun: bool,
    /// The first row that was not looked at.
    next: usize,
    /// Rows that were tested, and which of them pass.
    tested: Option<(Range<usize>, Option<Mask>)>,
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
        Self { fitted, text, begun: false, next: 0, tested: None, told: 0 }
    }
}

impl Pieces for RowFile {
    /// About [`PIECE`] bytes of rows. The filter is asked chunk by chunk, so that no large mask is held for a client that
    /// takes hours.
    fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        let Self { fitted, text, begun, next, tested, told } = self;
        let Source::Points(dataset) = &fitted.entry.source;
        let mut out = Vec::with_capacity(PIECE + PIECE / 4);
        dataset.with_points(|points| {
            if !*begun {
                text.start(&mut out);
                *begun = true;
            }
            let (before, stop) = (out.len(), points.len().min(*next + LOOKS));
            while *next < stop && out.len() - before < PIECE {
                work.pay(0)?;
                let (chunk, mask) = if let Some(tested) = tested.take().filter(|(chunk, _)| chunk.contains(next)) {
                    tested
                } else {
                    let chunk = *next..points.len().min(*next + CHUNK);
                    let filter = fitted.plan.filter();
                    let mask = filter.map(|filter| filter.mask(&points, chunk.clone(), work)).transpose()?;
                    (chunk, mask)
                };
                while *next < chunk.end && out.len() - before < PIECE {
                    let row = *next;
                    if mask.as_ref().is_none_or(|mask| mask.get(row)) {
                        text.row(&mut out, &points, row, *told == 0);
                        *told += 1;
                    }
                    *next += 1;
                }
                *tested = Some((chunk, mask));
            }
            let last = *next == points.len();
            if last {
                text.end(&mut out);
            }
            Ok((out, last))
        })
    }
}
