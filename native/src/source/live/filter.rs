//! A fitted filter as a condition in SQL.
//!
//! It is in negation normal form already: no NOT stands above a test, and every test is false, or NULL, where there is no value, which
//! both exclude. Every value is bound.

use super::{columns::Column, place, values::Values};
use crate::engine::Refusal;
use crate::kind::Kind;
use duotile_core::{Dictionary, Filter, QueryError, Values as CoreValues, filter::Test};

/// Bytes of all values together: an address has 1 MiB.
const MOST: usize = 600 << 10;
/// Texts that are told one by one, before it is looked whether ranges of them are fewer.
const FEW: usize = 200;

/// What a condition speaks of.
pub(super) struct Of<'c> {
    /// The columns of the table, in the order of the dataset's.
    pub columns: &'c [Column],
    /// The same as core has them, with the texts that there are.
    pub known: &'c [duotile_core::Column<'c>],
}

/// The condition of a filter, in brackets where it needs them.
///
/// # Errors
/// For what is not asked of a database.
pub(super) fn condition(filter: &Filter, of: &Of<'_>, values: &mut Values) -> Result<String, Refusal> {
    let condition = part(filter, of, values)?;
    if values.size() > MOST {
        let detail = format!("so many texts pass that telling them takes more than {MOST} bytes; expected fewer");
        return Err(QueryError::new("filter", detail).into());
    }
    Ok(condition)
}

fn part(filter: &Filter, of: &Of<'_>, values: &mut Values) -> Result<String, Refusal> {
    let mut group = |parts: &[Filter], word: &str| {
        let parts: Vec<String> = parts.iter().map(|inner| part(inner, of, values)).collect::<Result<_, _>>()?;
        Ok::<_, Refusal>(format!("({})", parts.join(word)))
    };
    Ok(match filter {
        Filter::Constant(constant) => u8::from(*constant).to_string(),
        Filter::All(parts) => group(parts, " AND ")?,
        Filter::Any(parts) => group(parts, " OR ")?,
        Filter::X(first, last) => place::x((*first, *last)),
        Filter::Y(first, last) => place::y((*first, *last)),
        Filter::Column(index, test) => {
            let column = of.columns.get(*index).ok_or_else(|| Refusal::failed(&"a filter of no column"))?;
            let texts = match of.known.get(*index).map(|column| column.values) {
                Some(CoreValues::Text(_, texts)) => Some(texts),
                _ => None,
            };
            leaf(column, texts, test, values)
        }
        Filter::Relate(_) => return Err(Refusal::NotLive("a filter with a formula")),
        Filter::Lies(_) | Filter::Outlined(_) | Filter::Meets { .. } => {
            return Err(Refusal::NotLive("a filter by a geometry other than a box"));
        }
    })
}

/// A test on a column.
fn leaf(column: &Column, texts: Option<&Dictionary>, test: &Test, values: &mut Values) -> String {
    let present = column.present();
    match test {
        Test::Null => format!("NOT ({present})"),
        Test::Present => present,
        Test::Boolean(truth) => format!("{} = {truth}", column.value()),
        &Test::Integers { min, max, not } => {
            if let Some(texts) = texts {
                let codes = min.max(0)..=max.min(texts.len() as i64 - 1);
                let met = (0..texts.len() as i64).filter(|code| codes.contains(code) != not);
                coded(column, texts, met.map(|code| code as usize), values)
            } else {
                let (compared, bound) = column.compared();
                let mut ends = Vec::new();
                let (least, most) = if not { ("<", ">") } else { (">=", "<=") };
                if min > i64::MIN {
                    ends.push(format!("{compared} {least} {}", bound(values.integer(min))));
                }
                if max < i64::MAX {
                    ends.push(format!("{compared} {most} {}", bound(values.integer(max))));
                }
                match (ends.is_empty(), not) {
                    (true, true) => "0".into(),
                    (true, false) => present,
                    (false, true) => format!("({})", ends.join(" OR ")),
                    (false, false) => format!("({})", ends.join(" AND ")),
                }
            }
        }
        Test::IntegerSet { values: set, not } => {
            if let Some(texts) = texts {
                let met = (0..texts.len()).filter(|&code| set.binary_search(&(code as i64)).is_ok() != *not);
                coded(column, texts, met, values)
            } else {
                let list = values.integers(set.iter().copied());
                format!("({} {}IN {list} AND {present})", column.value(), if *not { "NOT " } else { "" })
            }
        }
        &Test::Floats { min, max, not } => {
            let (value, low, high) = (column.value(), values.float(min), values.float(max));
            if not {
                format!("(({value} < {low} OR {value} > {high}) AND {present})")
            } else {
                format!("({value} >= {low} AND {value} <= {high} AND {present})")
            }
        }
        Test::FloatSet { values: set, not } => {
            let list = values.floats(set.iter().map(|value| value + 0.0));
            format!("({} {}IN ({list}) AND {present})", column.value(), if *not { "NOT " } else { "" })
        }
        Test::Codes(bits) => match texts {
            Some(texts) => {
                let met = (0..texts.len())
                    .filter(|&code| bits.get(code / 64).is_some_and(|word| word >> (code % 64) & 1 != 0));
                coded(column, texts, met, values)
            }
            None => "0".into(),
        },
    }
}

/// The rows whose text is one of some, which are told by their codes, ascending: in a list, or as ranges where these are fewer.
fn coded(column: &Column, texts: &Dictionary, met: impl Iterator<Item = usize>, values: &mut Values) -> String {
    let (value, present) = (column.value(), column.present());
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut all = 0;
    for code in met {
        all += 1;
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == code => *last = code,
            _ => runs.push((code, code)),
        }
    }
    debug_assert!(column.kind == Kind::Text, "only texts have codes");
    if all == 0 {
        return "0".into();
    }
    if all <= FEW || runs.len() * 2 > all {
        let list = values.texts(runs.iter().flat_map(|&(first, last)| first..=last).map(|code| texts.get(code)));
        return format!("({value} IN {list} AND {present})");
    }
    let mut range = |&(first, last): &(usize, usize)| {
        let (low, high) = (values.text(texts.get(first)), values.text(texts.get(last)));
        format!("{value} BETWEEN {low} AND {high}")
    };
    let ranges: Vec<String> = runs.iter().map(&mut range).collect();
    format!("(({}) AND {present})", ranges.join(" OR "))
}
