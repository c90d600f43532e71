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
        work::{STEP, Stopped, Toll, Work},
    },
    table::{dictionary::Dictionary, values::Values, view::Table},
};
use alloc::{borrow::Cow, boxed::Box, format, string::String, vec, vec::Vec};

/// What a text costs, in looks at rows, beside its bytes: it is put in order among all others.
const TEXT: u64 = 1000;
const BYTE: u64 = 8;

/// What gives texts.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    Column(usize, Fold),
    Value(String),
}

/// A text with its source and its code there.
type Entry<'t> = (Cow<'t, str>, usize, usize);

/// Texts in order.
type Run<'t> = Box<dyn Iterator<Item = Entry<'t>> + 't>;

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
        let place = terms.first().map_or(0, |term| term.place().0);
        let given_up = |stopped| super::given_up(stopped, place);
        if let Err(stopped @ Stopped::Dear(limit)) = work.affords(price) {
            let message = format!("comparing the texts of columns costs {price}, expected at most {limit}");
            return Err(error(message, place).because(stopped));
        }
        let mut values: Vec<Entry<'_>> = Vec::new();
        let mut ranks: Vec<Vec<u32>> = Vec::with_capacity(sources.len());
        let mut runs: Vec<Run<'_>> = Vec::new();
        for (at, source) in sources.iter().enumerate() {
            let count = match source {
                Source::Value(text) => {
                    values.push((text.as_str().into(), at, 0));
                    1
                }
                Source::Column(index, fold) => {
                    let Values::Text(_, texts) = table.columns()[*index].values else {
                        ranks.push(Vec::new());
                        continue;
                    };
                    runs.push(if fold.any() {
                        Box::new(folded(texts, *fold, at, work).map_err(given_up)?.into_iter())
                    } else {
                        // A dictionary is in order as it is.
                        Box::new((0..texts.len()).map(move |code| (Cow::Borrowed(texts.get(code)), at, code)))
                    });
                    texts.len()
                }
            };
            ranks.push(vec![0; count]);
        }
        small::sort_by(&mut values, |a, b| a.0 < b.0);
        runs.push(Box::new(values.into_iter()));
        merged(runs, &mut ranks, &mut work.toll()).map_err(given_up)?;
        Ok(Self { sources: sources.into_iter().zip(ranks).collect() })
    }

    /// The ranks of a column's codes, or of a value.
    pub fn get(&self, leaf: &Term, table: &Table<'_>) -> Option<&[u32]> {
        let source = source(leaf, table)?;
        self.sources.iter().find(|(known, _)| *known == source).map(|(_, ranks)| &ranks[..])
    }
}

/// The texts of a column as they are compared, in order. What it costs to put them in order is paid by who reads them.
fn folded<'t>(texts: &'t Dictionary, fold: Fold, at: usize, work: &Work<'_>) -> Result<Vec<Entry<'t>>, Stopped> {
    let (folder, mut buffer, mut toll) = (Folder::new(fold), String::new(), work.toll());
    let mut all: Vec<Entry<'t>> = Vec::with_capacity(texts.len());
    for (code, text) in texts.iter().enumerate() {
        toll.pay(text.len() * BYTE as usize)?;
        let compared = folder.fold(text, &mut buffer);
        let same = core::ptr::eq(compared, text);
        all.push((if same { Cow::Borrowed(text) } else { Cow::Owned(compared.into()) }, at, code));
    }
    let (mut looks, mut asked) = (0usize, Ok(()));
    small::sort_by(&mut all, |a, b| {
        looks += 1;
        if looks.is_multiple_of(STEP) && asked.is_ok() {
            asked = work.pay(0);
        }
        // With nobody waiting it runs to its end without looking.
        asked.is_ok() && a.0 < b.0
    });
    asked.map(|()| all)
}

/// Gives each text of all runs its rank: the same to equal ones.
fn merged(mut runs: Vec<Run<'_>>, ranks: &mut [Vec<u32>], toll: &mut Toll<'_>) -> Result<(), Stopped> {
    let mut heads: Vec<Option<Entry<'_>>> = runs.iter_mut().map(Iterator::next).collect();
    let (mut rank, mut before) = (0, None);
    loop {
        let texts = heads.iter().enumerate().filter_map(|(run, head)| Some((&head.as_ref()?.0, run)));
        let Some((_, run)) = texts.min() else { return Ok(()) };
        let Some((text, at, code)) = core::mem::replace(&mut heads[run], runs[run].next()) else { return Ok(()) };
        toll.pay((TEXT + text.len() as u64 * BYTE) as usize)?;
        rank += u32::from(before.is_some_and(|before: Cow<'_, str>| before != text));
        ranks[at][code] = rank;
        before = Some(text);
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
