//! One order for the texts of several columns and values, so that texts compare as numbers.
//!
//! What enters is every column and value that stands in a comparison of texts; what leaves is a rank for each code of each
//! column. Every text is looked at once, which is paid for before.

use super::{
    error,
    term::Term,
    value::{Literal, Value},
};
use crate::{
    small::{
        self,
        error::QueryError,
        fold::{Fold, Folder},
        work::{Stopped, Work},
    },
    table::{values::Values, view::Table},
};
use alloc::{borrow::Cow, format, string::String, vec, vec::Vec};

/// What a text costs, in looks at rows, beside its bytes: it is put in order among all others.
const TEXT: u64 = 1000;
const BYTE: u64 = 8;

/// What gives texts.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    Column(usize, Fold),
    Value(String),
}

/// The ranks of the texts of each source.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    sources: Vec<(Source, Vec<u32>)>,
}

impl Ranks {
    /// Puts the texts of all columns and values in some terms in order.
    ///
    /// # Errors
    /// [`QueryError`] when there are too many, or nobody waits any more.
    pub fn of(terms: &[&Term], table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        let mut sources: Vec<Source> = Vec::new();
        for term in terms {
            term.each_leaf(&mut |leaf| {
                let source = source(leaf, table);
                if let Some(source) = source.filter(|source| !sources.contains(source)) {
                    sources.push(source);
                }
            });
        }
        let mut price = 0;
        for source in &sources {
            if let Source::Column(index, _) = source
                && let Values::Text(_, texts) = table.columns()[*index].values
            {
                price += texts.len() as u64 * TEXT + texts.bytes(0..texts.len()) * BYTE;
            }
        }
        let given_up = |stopped| error("it was given up", 0).because(stopped);
        if let Err(stopped @ Stopped::Dear(limit)) = work.affords(price) {
            let message = format!("comparing the texts of columns costs {price}, expected at most {limit}");
            return Err(error(message, terms.first().map_or(0, |term| term.place().0)).because(stopped));
        }
        let mut all: Vec<(Cow<'_, str>, usize, usize)> = Vec::new();
        for (at, source) in sources.iter().enumerate() {
            match source {
                Source::Value(text) => all.push((text.as_str().into(), at, 0)),
                Source::Column(index, fold) => {
                    let Values::Text(_, texts) = table.columns()[*index].values else { continue };
                    let (folder, mut toll) = (Folder::new(*fold), work.toll());
                    for (code, text) in texts.iter().enumerate() {
                        toll.pay((TEXT + text.len() as u64 * BYTE) as usize).map_err(given_up)?;
                        let text = if fold.any() { folder.fold(text).into() } else { text.into() };
                        all.push((text, at, code));
                    }
                }
            }
        }
        small::sort_by(&mut all, |a, b| a.0 < b.0);
        let count = |at: usize| all.iter().filter(|(_, of, _)| *of == at).count();
        let mut ranks: Vec<Vec<u32>> = (0..sources.len()).map(|at| vec![0; count(at)]).collect();
        let (mut rank, mut before) = (0, None);
        for (text, at, code) in &all {
            rank += u32::from(before.is_some_and(|before: &Cow<'_, str>| before != text));
            before = Some(text);
            ranks[*at][*code] = rank;
        }
        Ok(Self { sources: sources.into_iter().zip(ranks).collect() })
    }

    /// The ranks of a column's codes, or of a value.
    pub fn get(&self, leaf: &Term, table: &Table<'_>) -> Option<&[u32]> {
        let source = source(leaf, table)?;
        self.sources.iter().find(|(known, _)| *known == source).map(|(_, ranks)| &ranks[..])
    }
}

fn source(leaf: &Term, table: &Table<'_>) -> Option<Source> {
    match leaf {
        Term::Column(property) => table.column(&property.name).map(|index| Source::Column(index, property.fold)),
        Term::Value(Literal { value: Value::Text(text), .. }) => Some(Source::Value(text.clone())),
        _ => None,
    }
    .filter(|source| match source {
        Source::Column(index, _) => matches!(table.columns()[*index].values, Values::Text(..)),
        Source::Value(_) => true,
    })
}
