//! Which texts of a dictionary meet conditions that must look at them: LIKE, CASEI and ACCENTI.
//!
//! What enters is a filter and a table; what leaves is a set of codes for each such condition. The texts of a column are
//! gone over once, whatever the number of conditions on it; a pattern that begins with letters is looked up as far as
//! they go. What all of it costs at least is known, and refused where it is too much, before the first text is looked at.

use super::{
    ast::Expr,
    condition::{Condition, Ranges},
    like::Pattern,
};
use crate::{
    formula::{Literal, Property, Value, given_up},
    small::{
        self,
        error::QueryError,
        fold::{Fold, Folder},
        work::{Stopped, Toll, Work},
    },
    table::{dictionary::Dictionary, values::Values, view::Table},
};
use alloc::{format, string::String, vec, vec::Vec};
use core::ops::Range;

/// What looking at a text costs, in looks at rows, beside its bytes.
const TEXT: u64 = 400;
/// What looking at a byte of a text costs.
const BYTE: u64 = 8;

/// The codes that meet each condition of a filter that looks at texts.
#[derive(Debug, Default)]
pub(super) struct Texts<'e> {
    found: Vec<(&'e Expr, Met)>,
}

/// The codes that meet a condition: a bit each, least significant first, from a code on.
#[derive(Debug, Default)]
pub(super) struct Met {
    first: usize,
    bits: Vec<u64>,
}

/// A condition, and the texts it must look at.
struct Asked<'e> {
    expr: &'e Expr,
    column: usize,
    fold: Fold,
    test: Test<'e>,
    codes: Range<usize>,
    met: Met,
}

enum Test<'e> {
    Like(Pattern),
    /// Sorted.
    Among(Vec<&'e str>),
    Folded(Condition<'e>),
}

impl<'e> Texts<'e> {
    /// Looks at the texts for all conditions of a filter.
    ///
    /// # Errors
    /// [`QueryError`] when it would cost more than the work may, or nobody waits any more.
    pub fn of(expr: &'e Expr, table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        let mut asked = Vec::new();
        collect(expr, table, &mut asked);
        let dictionary = |asked: &Asked<'_>| match table.columns()[asked.column].values {
            Values::Text(_, texts) => Some(texts),
            _ => None,
        };
        let prices = asked.iter().filter_map(|asked| Some(asked.price(dictionary(asked)?)));
        let price = prices.fold(0, u64::saturating_add);
        if let Err(Stopped::Dear(limit)) = work.affords(price) {
            let looks: usize = asked.iter().map(|asked| asked.codes.len()).sum();
            let message = format!(
                "LIKE, CASEI and ACCENTI ({} of them) would look at {looks} texts, which costs {price}, expected at most {limit}",
                asked.len()
            );
            let hint = "LIKE 'abc%' without CASEI and ACCENTI is looked up";
            return Err(QueryError::new("filter", message).hint(String::from(hint)).because(Stopped::Dear(limit)));
        }
        for asked in &mut asked {
            asked.met = Met { first: asked.codes.start, bits: vec![0; asked.codes.len().div_ceil(64)] };
        }
        // Those of a column together, and of these those that fold its texts alike.
        let group = |asked: &Asked<'_>| (asked.column, asked.fold.case, asked.fold.accents);
        small::sort_by(&mut asked, |a, b| group(a) < group(b));
        for asked in asked.chunk_by_mut(|a, b| group(a) == group(b)) {
            if let Some(texts) = dictionary(&asked[0]) {
                let place = asked[0].expr.place().0;
                look(texts, asked, work).map_err(|stopped| given_up(stopped, place))?;
            }
        }
        Ok(Self { found: asked.into_iter().map(|asked| (asked.expr, asked.met)).collect() })
    }

    /// The codes that meet a condition; `None` where it looks at no texts.
    pub fn met(&self, expr: &Expr) -> Option<&Met> {
        self.found.iter().find(|(other, _)| core::ptr::eq(*other, expr)).map(|(_, met)| met)
    }
}

impl Met {
    /// The codes as closed ranges, ascending; `None` for more than `most`.
    pub fn ranges(&self, most: usize) -> Option<Ranges> {
        let mut ranges = Ranges::new();
        for code in self.codes() {
            let (code, full) = (code as i128, ranges.len() == most);
            match ranges.last_mut() {
                Some((_, high)) if *high + 1 == code => *high = code,
                _ if full => return None,
                _ => ranges.push((code, code)),
            }
        }
        Some(ranges)
    }

    /// The codes, ascending.
    pub fn codes(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().enumerate().flat_map(|(at, &word)| {
            let first = self.first + at * 64;
            (0..64).filter(move |bit| word >> bit & 1 != 0).map(move |bit| first + bit)
        })
    }
}

impl Asked<'_> {
    /// What it costs to look at its texts once.
    fn price(&self, texts: &Dictionary) -> u64 {
        let looks = if let Test::Like(pattern) = &self.test { pattern.looks() } else { 1 };
        self.codes.len() as u64 * TEXT + (texts.bytes(self.codes.clone()) * BYTE).saturating_mul(looks as u64)
    }
}

/// Goes over the texts of a column.
fn look(texts: &Dictionary, asked: &mut [Asked<'_>], work: &Work<'_>) -> Result<(), Stopped> {
    let first = asked.iter().map(|asked| asked.codes.start).min().unwrap_or(0);
    let last = asked.iter().map(|asked| asked.codes.end).max().unwrap_or(0);
    let mut toll = work.toll();
    let (without, mut buffer) = (Folder::new(asked.first().map_or(Fold::NONE, |asked| asked.fold)), String::new());
    for code in first..last {
        // Also where no condition wants it: each has to be asked.
        toll.pay(1 + asked.len())?;
        let whole = texts.get(code);
        let text = without.fold(whole, &mut buffer);
        for asked in asked.iter_mut().filter(|asked| asked.codes.contains(&code)) {
            toll.pay((TEXT + whole.len() as u64 * BYTE) as usize)?;
            let at = code - asked.met.first;
            asked.met.bits[at / 64] |= u64::from(asked.test.holds(text, &mut toll)?) << (at % 64);
        }
    }
    Ok(())
}

impl Test<'_> {
    fn holds(&self, text: &str, toll: &mut Toll<'_>) -> Result<bool, Stopped> {
        Ok(match self {
            Self::Like(pattern) => pattern.matches_while(text, toll)?,
            Self::Among(items) => items.binary_search(&text).is_ok(),
            Self::Folded(Condition::Compare(op, literal)) => op.holds(text.cmp(of(literal))),
            Self::Folded(Condition::Between(low, high)) => (of(low)..=of(high)).contains(&text),
            Self::Folded(_) => false,
        })
    }
}

fn of(literal: &Literal) -> &str {
    if let Value::Text(text) = &literal.value { text } else { "" }
}

/// Adds the conditions that look at texts.
fn collect<'e>(expr: &'e Expr, table: &Table<'_>, asked: &mut Vec<Asked<'e>>) {
    let mut ask = |property: &Property, test: Test<'e>| {
        let Some(column) = table.column(&property.name) else { return };
        let Values::Text(_, texts) = table.columns()[column].values else { return };
        let codes = match &test {
            Test::Like(pattern) if !property.fold.any() => {
                let prefix = pattern.prefix();
                let start = texts.partition_point(|text| text < prefix.as_str());
                start..texts.partition_point(|text| text < prefix.as_str() || text.starts_with(prefix.as_str()))
            }
            _ => 0..texts.len(),
        };
        asked.push(Asked { expr, column, fold: property.fold, test, codes, met: Met::default() });
    };
    match expr {
        Expr::Not(inner) => collect(inner, table, asked),
        Expr::And(list) | Expr::Or(list) => list.iter().for_each(|expr| collect(expr, table, asked)),
        Expr::Like(property, pattern) => {
            // The parser let only whole patterns through; half of one matches nothing.
            if let Some(pattern) = Pattern::new(pattern) {
                ask(property, Test::Like(pattern));
            }
        }
        Expr::Compare(property, op, literal) if property.fold.any() => {
            ask(property, Test::Folded(Condition::Compare(*op, literal)));
        }
        Expr::Between(property, low, high) if property.fold.any() => {
            ask(property, Test::Folded(Condition::Between(low, high)));
        }
        Expr::In(property, items) if property.fold.any() => {
            let mut items: Vec<&str> = items.iter().map(of).collect();
            small::sort(&mut items);
            ask(property, Test::Among(items));
        }
        _ => {}
    }
}
