//! A file of text, made piece by piece.

use super::{
    passing::Passing,
    text::{Form, RowText},
};
use crate::engine::{Fitted, Refusal};
use duotile_core::Work;
use std::sync::Arc;

/// About how many bytes a piece has.
pub(super) const PIECE: usize = 64 << 10;

/// How far a file is written.
#[derive(Debug)]
pub(super) struct TextFile {
    fitted: Arc<Fitted>,
    text: RowText,
    /// Whether what stands before all rows is written.
    begun: bool,
    pub passing: Passing,
    /// Rows that were written.
    told: usize,
}

impl TextFile {
    /// Nothing is written yet.
    pub fn new(fitted: Arc<Fitted>, form: Form) -> Self {
        let text = fitted.dataset.with_points(|points| {
            let columns = fitted.query.told_columns(&fitted.plan, &points);
            RowText::new(form, &points, columns)
        });
        Self { fitted, text, begun: false, passing: Passing::default(), told: 0 }
    }

    /// About [`PIECE`] bytes of rows, and whether these are the last.
    pub fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        let Self { fitted, text, begun, passing, told } = self;
        let dataset = &fitted.dataset;
        let mut out = Vec::with_capacity(PIECE + PIECE / 4);
        dataset.with_points(|points| {
            if !*begun {
                text.start(&mut out);
                *begun = true;
            }
            let before = out.len();
            let last = passing.each(fitted, &points, work, |row| {
                text.row(&mut out, &points, row, *told == 0);
                *told += 1;
                Ok(out.len() - before < PIECE)
            })?;
            if last {
                text.end(&mut out);
            }
            Ok((out, last))
        })
    }
}
