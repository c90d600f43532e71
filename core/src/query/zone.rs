//! Zones of a query: which it names, and that of the dataset wherever it names none.
//!
//! A query is completed before it is fitted, so that its text says which clock is meant: what is kept, and tagged, goes by it.

use super::{Let, TileQuery};
use crate::{
    filter::{Expr, Literal, Term, Value},
    table::{columns::Column, facts::Scalar, values::Kind},
    time::{UTC, Zone},
};
use alloc::{string::String, vec::Vec};

impl TileQuery {
    /// The same by the clock of a dataset: its zone stands wherever the calendar or the clock is asked and none is named.
    /// Without one that is UTC, which is then not written.
    #[must_use]
    pub fn in_zone(mut self, zone: Option<&str>) -> Self {
        let zone = zone.filter(|zone| *zone != UTC);
        if let Some(by) = self.by.as_mut().filter(|by| by.period.is_some()) {
            match zone {
                Some(zone) => by.zone = by.zone.take().or_else(|| Some(zone.into())),
                None => by.zone = by.zone.take().filter(|zone| zone != UTC),
            }
        }
        if let Some(zone) = zone {
            self.each_term(&mut |term| term.in_zone(zone));
        }
        self
    }

    /// The names of the zones whose clocks it asks, each once; UTC is none of them.
    #[must_use]
    pub fn zones(&self) -> Vec<String> {
        let by = self.by.as_ref().and_then(|by| by.zone.clone());
        let mut names: Vec<String> = by.into_iter().filter(|zone| zone != UTC).collect();
        self.clone().each_term(&mut |term| term.zones(&mut names));
        crate::small::sort(&mut names);
        names.dedup();
        names
    }

    /// The clocks that it asks, each as `clock` tells it over all times that it may be asked for: those of columns, and those that
    /// are written in the query. Names of no zone are left out.
    #[must_use]
    pub fn clocks(&self, columns: &[Column<'_>], clock: impl Fn(&str, (i64, i64)) -> Option<Zone>) -> Vec<Zone> {
        let names = self.zones();
        let mut span = held(columns);
        self.clone().each_term(&mut |term| written(term, &mut span));
        told(&names, span, clock)
    }

    /// Every term of its filter and of the columns that it makes.
    fn each_term(&mut self, of: &mut dyn FnMut(&mut Term)) {
        self.lets.iter_mut().for_each(|made| of(&mut made.term));
        self.filter.iter_mut().for_each(|filter| each_term(filter, of));
    }
}

impl Let {
    /// The same by the clock of a dataset.
    #[must_use]
    pub fn in_zone(mut self, zone: Option<&str>) -> Self {
        zone.filter(|zone| *zone != UTC).into_iter().for_each(|zone| self.term.in_zone(zone));
        self
    }

    /// The names of the zones in it.
    #[must_use]
    pub fn zones(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.term.zones(&mut names);
        names
    }

    /// The clocks that it asks, as [`TileQuery::clocks`] are.
    #[must_use]
    pub fn clocks(&self, columns: &[Column<'_>], clock: impl Fn(&str, (i64, i64)) -> Option<Zone>) -> Vec<Zone> {
        let mut span = held(columns);
        written(&self.term, &mut span);
        told(&self.zones(), span, clock)
    }
}

/// The first and the last of some times.
type Span = Option<(i64, i64)>;

/// The times that columns hold.
fn held(columns: &[Column<'_>]) -> Span {
    let times = columns.iter().filter(|column| column.kind() == Kind::Time).filter_map(|column| column.facts.range);
    let micros = |scalar: Scalar| if let Scalar::Time(micros) = scalar { micros } else { 0 };
    let ends = times.map(|(first, last)| (micros(first), micros(last)));
    ends.reduce(|all, more| (all.0.min(more.0), all.1.max(more.1)))
}

/// Adds the times that are written in a term.
fn written(term: &Term, span: &mut Span) {
    term.each_leaf(&mut |leaf| {
        if let Term::Value(Literal { value: Value::Time(moment), .. }) = leaf {
            let (first, last) = span.unwrap_or((moment.first(), moment.first()));
            *span = Some((first.min(moment.first()), last.max(moment.first())));
        }
    });
}

fn told(names: &[String], span: Span, clock: impl Fn(&str, (i64, i64)) -> Option<Zone>) -> Vec<Zone> {
    names.iter().filter_map(|name| clock(name, span.unwrap_or_default())).collect()
}

fn each_term(expr: &mut Expr, of: &mut dyn FnMut(&mut Term)) {
    match expr {
        Expr::And(list) | Expr::Or(list) => list.iter_mut().for_each(|expr| each_term(expr, of)),
        Expr::Not(inner) => each_term(inner, of),
        Expr::Relate(left, _, right) => {
            of(left);
            of(right);
        }
        Expr::Missing(term) => of(term),
        _ => {}
    }
}
