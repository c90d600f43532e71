//! A fitted filter becomes Polars expressions, and these a mask in Morton order.
//!
//! What enters is a dataset and a filter fitted to it; what leaves has a bit set for each row that passes. Polars compares
//! values and looks them up in sets; positions and sets of texts with gaps, which are tests on the bits of keys and
//! codes, go to core's evaluator. Rows are done in blocks of whole words, in parallel.

use crate::dataset::Dataset;
use anyhow::{Context, Result, bail};
use duotile_core::{Codes, Column, Filter, Mask, Values, filter::Test};
use polars_core::prelude::{BooleanChunked, DataFrame, DataType, NamedFrom, Series};
use polars_lazy::prelude::{Expr, IntoLazy, Literal, col, lit};
use rayon::prelude::*;

/// Rows in a block: whole words, large enough for Polars to be at its best, small enough for all threads to have some.
const BLOCK: usize = 1 << 18;

/// Runs of a set of codes up to which comparing is quicker than looking up.
const RUNS: usize = 1;

/// Which rows of a dataset pass a filter.
///
/// # Errors
/// When the filter does not fit the dataset: a column that is not there, or a test of another type.
pub fn mask(dataset: &Dataset, filter: &Filter) -> Result<Mask> {
    let columns = dataset.columns();
    let words = Evaluation { dataset, columns: &columns }.words(filter)?;
    Ok(Mask::new(0..dataset.len(), words))
}

struct Evaluation<'d> {
    dataset: &'d Dataset,
    columns: &'d [Column<'d>],
}

impl Evaluation<'_> {
    fn words(&self, filter: &Filter) -> Result<Vec<u64>> {
        match filter {
            Filter::Constant(pass) => Ok(vec![if *pass { u64::MAX } else { 0 }; self.dataset.len().div_ceil(64)]),
            Filter::All(parts) => self.join(parts, true),
            Filter::Any(parts) => self.join(parts, false),
            Filter::X(..) | Filter::Y(..) => self.core(filter),
            Filter::Column(_, Test::Codes(_)) if is_core(filter) => self.core(filter),
            Filter::Column(at, test) => self.polars(&self.test(*at, test)?, &[*at]),
        }
    }

    /// All or any of several filters: what Polars can do in one expression, what core does in one pass, then the rest.
    fn join(&self, parts: &[Filter], all: bool) -> Result<Vec<u64>> {
        let (simple, others): (Vec<&Filter>, Vec<&Filter>) = parts.iter().partition(|part| is_simple(part));
        let (leaves, others): (Vec<&Filter>, Vec<&Filter>) = others.into_iter().partition(|part| is_core(part));
        let mut words = vec![if all { u64::MAX } else { 0 }; self.dataset.len().div_ceil(64)];
        let mut merge = |other: Vec<u64>| {
            words.iter_mut().zip(other).for_each(|(word, other)| if all { *word &= other } else { *word |= other });
        };
        let mut used = Vec::new();
        let exprs: Vec<Expr> = simple.iter().map(|part| self.expr(part, &mut used)).collect::<Result<_>>()?;
        let joined = exprs.into_iter().reduce(|a, b| if all { a.and(b) } else { a.or(b) });
        if let Some(expr) = joined {
            merge(self.polars(&expr, &used)?);
        }
        if !leaves.is_empty() {
            let leaves: Vec<Filter> = leaves.into_iter().cloned().collect();
            merge(self.core(&if all { Filter::All(leaves) } else { Filter::Any(leaves) })?);
        }
        for part in others {
            merge(self.words(part)?);
        }
        Ok(words)
    }

    /// The expression of a filter that [`is_simple`]; notes the columns it needs.
    fn expr(&self, filter: &Filter, used: &mut Vec<usize>) -> Result<Expr> {
        let all = matches!(filter, Filter::All(_));
        match filter {
            Filter::Column(at, test) => {
                used.push(*at);
                self.test(*at, test)
            }
            Filter::All(parts) | Filter::Any(parts) => {
                let exprs: Vec<Expr> = parts.iter().map(|part| self.expr(part, used)).collect::<Result<_>>()?;
                let joined = exprs.into_iter().reduce(|a, b| if all { a.and(b) } else { a.or(b) });
                joined.context("a filter joins nothing")
            }
            _ => bail!("a filter is not what it was"),
        }
    }

    /// The expression of a test on one column.
    fn test(&self, at: usize, test: &Test) -> Result<Expr> {
        let column = self.columns.get(at).with_context(|| format!("a filter names column {at}, which is not there"))?;
        let this = col(name(at).as_str());
        // Single floats are compared as doubles, as in core.
        let float =
            if matches!(column.values, Values::F32(_)) { this.clone().cast(DataType::Float64) } else { this.clone() };
        Ok(match (test, column.values) {
            (Test::Null, _) => this.is_null(),
            (Test::Present, _) => this.is_not_null(),
            (Test::Boolean(true), Values::Bool(_)) => this,
            (Test::Boolean(false), Values::Bool(_)) => this.not(),
            (Test::Integers { min, max, not }, Values::I32(_)) => {
                // In the column's own width; a bound beyond it holds for every value.
                let narrow = |bound: i64| i32::try_from(bound).ok();
                let low = (*min > i64::from(i32::MIN)).then(|| {
                    narrow(*min).map_or_else(|| this.clone().lt(this.clone()), |min| this.clone().gt_eq(lit(min)))
                });
                let high = (*max < i64::from(i32::MAX)).then(|| {
                    narrow(*max).map_or_else(|| this.clone().lt(this.clone()), |max| this.clone().lt_eq(lit(max)))
                });
                inside(this, low, high, *not)
            }
            (Test::Integers { min, max, not }, Values::I64(_) | Values::Time(_)) => {
                let low = (*min > i64::MIN).then(|| this.clone().gt_eq(lit(*min)));
                let high = (*max < i64::MAX).then(|| this.clone().lt_eq(lit(*max)));
                inside(this, low, high, *not)
            }
            (Test::Floats { min, max, not }, Values::F32(_) | Values::F64(_)) => {
                let low = (*min > f64::NEG_INFINITY).then(|| float.clone().gt_eq(lit(*min)));
                let high = (*max < f64::INFINITY).then(|| float.lt_eq(lit(*max)));
                inside(this, low, high, *not)
            }
            (Test::IntegerSet { values, not }, Values::I32(_)) => {
                let narrow: Vec<i32> = values.iter().filter_map(|&value| i32::try_from(value).ok()).collect();
                among(&this, &narrow, *not)
            }
            (Test::IntegerSet { values, not }, Values::I64(_) | Values::Time(_)) => among(&this, values, *not),
            (Test::FloatSet { values, not }, Values::F32(_) | Values::F64(_)) => among(&float, values, *not),
            (Test::Codes(bits), Values::Text(codes, _)) => {
                let run = |(first, last): (u32, u32)| match codes {
                    Codes::U8(_) => between(&this, lit(first.min(0xff) as u8), lit(last.min(0xff) as u8)),
                    Codes::U16(_) => between(&this, lit(first.min(0xffff) as u16), lit(last.min(0xffff) as u16)),
                    Codes::U32(_) => between(&this, lit(first), lit(last)),
                };
                let width = match codes {
                    Codes::U8(_) => 0xff,
                    Codes::U16(_) => 0xffff,
                    Codes::U32(_) => u32::MAX,
                };
                let runs = runs(bits).filter(|&(first, _)| first <= width).map(run);
                runs.reduce(Expr::or).unwrap_or_else(|| this.clone().lt(this))
            }
            _ => {
                bail!("a filter tests column {:?} ({}) as something else: {test:?}", column.name, column.kind().name())
            }
        })
    }

    /// An expression over blocks of rows. Columns go by number, as names may be patterns to Polars.
    fn polars(&self, expr: &Expr, used: &[usize]) -> Result<Vec<u64>> {
        let rows = self.dataset.len();
        let mut used = used.to_vec();
        used.sort_unstable();
        used.dedup();
        let columns = used.iter().map(|&at| {
            let column = self.dataset.frame().select_at_idx(at).context("a column is not there")?;
            Ok(column.clone().with_name(name(at).as_str().into()))
        });
        let frame = DataFrame::new(rows, columns.collect::<Result<_>>()?)?;
        let block = |start: usize| -> Result<Vec<u64>> {
            let len = BLOCK.min(rows - start);
            let chunk = frame.slice(start as i64, len);
            let result = chunk.lazy().select([expr.clone().alias("pass")]).collect()?;
            let column = result.column("pass")?;
            if column.len() != len {
                bail!("a filter gave {} answers for {len} rows", column.len());
            }
            let mut words = Vec::with_capacity(len.div_ceil(64));
            bits(column.bool()?, &mut words);
            Ok(words)
        };
        let starts: Vec<usize> = (0..rows).step_by(BLOCK).collect();
        let blocks: Vec<Vec<u64>> = starts.into_par_iter().map(block).collect::<Result<_>>()?;
        Ok(blocks.concat())
    }

    /// What core's evaluator does best: block by block, in parallel.
    fn core(&self, filter: &Filter) -> Result<Vec<u64>> {
        self.check_codes(filter)?;
        let rows = self.dataset.len();
        let starts: Vec<usize> = (0..rows).step_by(BLOCK).collect();
        let blocks: Vec<Mask> = self.dataset.with_points(|points| {
            starts.into_par_iter().map(|start| filter.mask(&points, start..rows.min(start + BLOCK))).collect()
        });
        Ok(blocks.iter().flat_map(Mask::words).copied().collect())
    }

    /// Core takes a filter as fitted; here it is looked at once more.
    fn check_codes(&self, filter: &Filter) -> Result<()> {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().try_for_each(|part| self.check_codes(part)),
            Filter::Column(at, test) => {
                let column =
                    self.columns.get(*at).with_context(|| format!("a filter names column {at}, which is not there"))?;
                if !matches!((test, column.values), (Test::Codes(_), Values::Text(..))) {
                    bail!("a filter tests column {:?} ({}) as a text", column.name, column.kind().name());
                }
                Ok(())
            }
            Filter::Constant(_) | Filter::X(..) | Filter::Y(..) => Ok(()),
        }
    }
}

/// The name of a column inside an expression.
fn name(at: usize) -> String {
    format!("c{at}")
}

/// Whether Polars can do all of it in one expression.
fn is_simple(filter: &Filter) -> bool {
    match filter {
        Filter::Column(_, Test::Codes(bits)) => runs(bits).nth(RUNS).is_none(),
        Filter::Column(..) => true,
        Filter::All(parts) | Filter::Any(parts) => !parts.is_empty() && parts.iter().all(is_simple),
        Filter::Constant(_) | Filter::X(..) | Filter::Y(..) => false,
    }
}

/// Whether it is a test that core does best: on the bits of keys or codes.
fn is_core(filter: &Filter) -> bool {
    match filter {
        Filter::X(..) | Filter::Y(..) => true,
        Filter::Column(_, Test::Codes(_)) => !is_simple(filter),
        _ => false,
    }
}

/// Inside both bounds, or outside either; a missing bound holds for all.
fn inside(this: Expr, low: Option<Expr>, high: Option<Expr>, not: bool) -> Expr {
    let both = match (low, high) {
        (Some(low), Some(high)) => low.and(high),
        (Some(one), None) | (None, Some(one)) => one,
        // Any value, but a null stays null under NOT.
        (None, None) => this.clone().eq(this),
    };
    if not { both.not() } else { both }
}

fn between(this: &Expr, first: Expr, last: Expr) -> Expr {
    this.clone().gt_eq(first).and(this.clone().lt_eq(last))
}

/// Equal to one of some values, or to none: a few are compared one by one, more are looked up.
fn among<T: Literal + Copy>(this: &Expr, values: &[T], not: bool) -> Expr
where
    Series: for<'v> NamedFrom<&'v [T], [T]>,
{
    let found = if let 1..=4 = values.len() {
        values.iter().map(|&value| this.clone().eq(lit(value))).reduce(Expr::or)
    } else {
        None
    };
    let found = found.unwrap_or_else(|| this.clone().is_in(lit(Series::new("".into(), values)).implode(true), false));
    if not { found.not() } else { found }
}

/// First and last code of each run of a set.
fn runs(bits: &[u64]) -> impl Iterator<Item = (u32, u32)> {
    let set = |code: usize| bits.get(code / 64).is_some_and(|word| word >> (code % 64) & 1 != 0);
    let end = bits.len() * 64;
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < end && !set(at) {
            at += if at % 64 == 0 && bits[at / 64] == 0 { 64 } else { 1 };
        }
        let first = at;
        while at < end && set(at) {
            at += if at % 64 == 0 && bits[at / 64] == u64::MAX { 64 } else { 1 };
        }
        (first < at).then(|| (first as u32, at as u32 - 1))
    })
}

/// True and not null, as words.
fn bits(passes: &BooleanChunked, words: &mut Vec<u64>) {
    let passes = passes.rechunk();
    for array in passes.downcast_iter() {
        let values = array.values().chunks::<u64>();
        let rest = values.remainder();
        let start = words.len();
        words.extend(values);
        if array.len() % 64 != 0 {
            words.push(rest);
        }
        if let Some(valid) = array.validity() {
            let valid = valid.chunks::<u64>();
            let rest = valid.remainder();
            let all = valid.chain(std::iter::once(rest));
            words[start..].iter_mut().zip(all).for_each(|(word, valid)| *word &= valid);
        }
    }
}

#[cfg(test)]
mod tests;
