//! Zones of a query: which it names, and that of the dataset wherever it names none.
//!
//! A query is completed before it is fitted, so that its text says which clock is meant: what is kept, and tagged, goes by it.

use super::{Let, TileQuery};
use crate::{
    filter::{Expr, Term},
    time::UTC,
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
