//! The range and the quantiles of what cells carry, for each zoom: what legends and colour breaks are made of.
//!
//! All cells of the world are walked, zoom by zoom, until rows take over or a fixed amount of work is done; the zooms
//! that are told are whole, and the first always is.

use crate::{
    answers::stats::{PROBABILITIES, Quantiles, quantiles},
    filter::mask::Mask,
    plan::Plan,
    points::{index::Points, profile::Profile},
    query::{MeasureKind, Mode},
    small::work::{STEP, Stopped, Work},
    space::tile::MAX_ZOOM,
    sums::exact::ordered,
    table::view::Table,
    tile::{cut::Selection, given::Given, tiler::Scratch},
};
use alloc::{vec, vec::Vec};
use core::ops::RangeInclusive;

/// Work after which no further zoom is told: a number of a cell costs [`NUMBER`], a row that must be looked at costs 1.
const BUDGET: u64 = 60_000_000;
const NUMBER: u64 = 12;
/// What a walk over cells of H3 pays for looks, for 1 of that.
const LOOKS: u64 = 24;

/// What the cells of a query carry.
#[derive(Clone, Debug, Default)]
pub struct Legend {
    /// The first zoom that is told.
    pub first: u8,
    /// It and those behind it, as far as they were walked.
    pub zooms: Vec<Zoom>,
}

/// What the cells of a zoom carry.
#[derive(Clone, Debug)]
pub struct Zoom {
    /// Cells in the world.
    pub cells: usize,
    /// For each property of the plan, the values at [`PROBABILITIES`]; `None` where no cell has a number.
    pub quantiles: Vec<Option<Quantiles>>,
}

impl Legend {
    /// Walks the cells of a plan.
    ///
    /// # Errors
    /// [`Stopped`], as [`Plan::tile_into`].
    pub fn of(
        plan: &Plan,
        points: &Points<'_>,
        selection: Selection<'_>,
        work: &Work<'_>,
        scratch: &mut Scratch,
    ) -> Result<Self, Stopped> {
        Self::within(plan, points, selection, 0..=MAX_ZOOM, work, scratch)
    }

    /// Walks those of some zooms.
    ///
    /// # Errors
    /// [`Stopped`], as [`Plan::tile_into`].
    pub fn within(
        plan: &Plan,
        points: &Points<'_>,
        selection: Selection<'_>,
        zooms: RangeInclusive<u8>,
        work: &Work<'_>,
        scratch: &mut Scratch,
    ) -> Result<Self, Stopped> {
        Self::bounded((plan, points, selection), zooms, BUDGET, work, scratch)
    }

    fn bounded(
        (plan, points, selection): (&Plan, &Points<'_>, Selection<'_>),
        zooms: RangeInclusive<u8>,
        budget: u64,
        work: &Work<'_>,
        scratch: &mut Scratch,
    ) -> Result<Self, Stopped> {
        let first = *zooms.start();
        let deepest = Self::deepest(plan, selection.profile).map(|deepest| deepest.min(*zooms.end()));
        let slow =
            |kind: &MeasureKind| matches!(kind, MeasureKind::Percentile(_) | MeasureKind::Mode | MeasureKind::Distinct);
        let kinds = plan.measures.iter().flat_map(|measures| &measures.kinds);
        let looks = kinds.filter(|(kind, _)| slow(kind)).count() + usize::from(plan.categories.is_some());
        let rows = selection.mask.map_or(points.len(), Mask::total);
        // Cells of H3 of one resolution are the same at each zoom.
        let same = |z: u8| z > first && plan.resolution(z).is_some_and(|own| plan.resolution(z - 1) == Some(own));
        let (mut legend, mut spent) = (Self { first, ..Self::default() }, 0);
        for z in first..deepest.map_or(first, |deepest| deepest + 1) {
            if (z..=MAX_ZOOM).all(same) {
                break;
            }
            if let Some(before) = legend.zooms.last().filter(|_| same(z)).cloned() {
                legend.zooms.push(before);
                continue;
            }
            spent += rows as u64 * looks as u64;
            if z > first && spent > budget {
                break;
            }
            let left = if z > first { budget - spent } else { u64::MAX };
            let (mut values, mut cells, mut numbered) = (vec![Vec::new(); plan.properties().len()], 0usize, 0);
            let visit = |more: usize, numbers: &[(usize, f64)]| {
                for &(property, number) in numbers {
                    values[property].push(ordered(number));
                }
                cells += more;
                numbered += numbers.len() as u64 * NUMBER;
                numbered <= left
            };
            if plan.resolution(z).is_none() {
                plan.each_cell(points, selection, z, work, scratch, visit)?;
            } else {
                // Most of the work is to find the cells, so it is what is bounded.
                let pays = || work.pay(STEP).is_ok();
                let own = Work::new(&pays, left.saturating_mul(LOOKS));
                match plan.each_cell(points, selection, z, &own, scratch, visit) {
                    Ok(()) => spent += own.spent() / LOOKS,
                    Err(Stopped::Dear(_)) => break,
                    Err(Stopped::Gone) => return work.pay(0).and(Err(Stopped::Gone)),
                }
            }
            if numbered > left || cells == 0 {
                break;
            }
            spent += numbered;
            let mut toll = work.toll();
            let quantiles = values.into_iter().map(|values| quantiles(values, &mut toll));
            legend.zooms.push(Zoom { cells, quantiles: quantiles.collect::<Result<_, _>>()? });
            // Deeper cells would be the same ones.
            if cells == rows {
                break;
            }
        }
        Ok(legend)
    }

    /// The deepest zoom whose cells are told; `None` where tiles show rows alone.
    #[must_use]
    pub fn deepest(plan: &Plan, profile: &Profile) -> Option<u8> {
        match plan.mode() {
            Mode::Points => None,
            Mode::Cells | Mode::Places => Some(MAX_ZOOM),
            // Where rows are shown from z0 on there may still be overfull tiles, so z0 is walked all the same.
            Mode::Auto => Some(profile.points_minzoom().map_or(MAX_ZOOM, |minzoom| minzoom.saturating_sub(1))),
        }
    }

    /// What is told of each zoom, with its number.
    pub fn each(&self) -> impl Iterator<Item = (u8, &Zoom)> {
        (self.first..).zip(&self.zooms)
    }

    /// The least and the most that any cell of any zoom carries.
    #[must_use]
    pub fn range(&self, property: usize) -> Option<(f64, f64)> {
        let all = self.zooms.iter().filter_map(|zoom| *zoom.quantiles.get(property)?);
        all.map(|quantiles| (quantiles[0], quantiles[PROBABILITIES.len() - 1]))
            .reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
    }

    /// What a zoom carries; of the deepest that was walked, for those deeper.
    #[must_use]
    pub fn quantiles(&self, z: usize, property: usize) -> Option<&Quantiles> {
        let zoom = self.zooms.get(z.saturating_sub(self.first.into())).or(self.zooms.last())?;
        zoom.quantiles.get(property)?.as_ref()
    }

    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        let of = |zoom: &Zoom| size_of::<Zoom>() + size_of_val(&zoom.quantiles[..]);
        self.zooms.iter().map(of).sum()
    }
}

impl Zoom {
    /// Of the cells of a zoom, over the whole world, that somebody else has grouped; they must have been
    /// [checked](Given::check).
    ///
    /// # Errors
    /// [`Stopped`], as [`Plan::tile_into`].
    pub fn given(plan: &Plan, table: &Table<'_>, given: &Given, work: &Work<'_>) -> Result<Self, Stopped> {
        let (mut values, mut toll) = (vec![Vec::new(); plan.properties().len()], work.toll());
        given.numbers(plan, table, &mut toll, |property, number| values[property].push(ordered(number)))?;
        let quantiles = values.into_iter().map(|values| quantiles(values, &mut toll));
        Ok(Self { cells: given.cells.len(), quantiles: quantiles.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hex::crowds::{expected, scattered},
        query::TileQuery,
        table::view::Roles,
    };

    #[test]
    fn hexagons_of_one_resolution_are_told_alike_at_each_of_its_zooms() {
        let (keys, rows) = scattered();
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let (work, profile) = (Work::free(), Profile::default());
        let told = |query: &str| {
            let plan = TileQuery::parse(query).expect("a query").plan(&points, &work).expect("fits");
            let selection = Selection { mask: None, profile: &profile, summaries: &[] };
            Legend::of(&plan, &points, selection, &work, &mut Scratch::default()).expect("free").zooms
        };
        let cells = |resolution| expected(&keys, None, resolution).len();
        let most = |resolution| expected(&keys, None, resolution).values().map(Vec::len).max();
        let by_zoom = told("mode=cells&cell=h3");
        assert!(by_zoom.len() > 5);
        for (zoom, resolution) in by_zoom.iter().zip([1, 1, 2, 3, 4, 4]) {
            let last = zoom.quantiles[0].map(|of| of[PROBABILITIES.len() - 1] as usize);
            assert_eq!((zoom.cells, last), (cells(resolution), most(resolution)));
        }
        let of_one = told("mode=cells&cell=h3&res=3");
        assert_eq!((of_one.len(), of_one[0].cells), (1, cells(3)));
    }

    #[test]
    fn some_zooms_are_told_as_among_all_and_no_more_of_them_than_may_be_looked_at() {
        let (keys, rows) = scattered();
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let profile = Profile::default();
        let selection = Selection { mask: None, profile: &profile, summaries: &[] };
        for query in ["mode=cells&cell=h3", "mode=cells&cell=32"] {
            let plan = TileQuery::parse(query).expect("a query").plan(&points, &Work::free()).expect("fits");
            let told = |zooms, budget| {
                let work = Work::new(&|| true, u64::MAX);
                let legend =
                    Legend::bounded((&plan, &points, selection), zooms, budget, &work, &mut Scratch::default());
                (legend.expect("goes on"), work.spent())
            };
            let of = |legend: &Legend| {
                legend.each().map(|(z, zoom)| (z, zoom.cells, zoom.quantiles.clone())).collect::<Vec<_>>()
            };
            let (all, _) = told(0..=MAX_ZOOM, u64::MAX);
            let (some, _) = told(2..=4, u64::MAX);
            assert_eq!(of(&some), of(&all)[2..5], "{query}");
            assert_eq!((some.quantiles(3, 0), some.quantiles(20, 0)), (all.quantiles(3, 0), all.quantiles(4, 0)));
            let (least, spent) = told(2..=4, 1);
            let (only, alone) = told(2..=2, 1);
            assert_eq!((of(&least), of(&only)), (of(&all)[2..3].to_vec(), of(&all)[2..3].to_vec()), "{query}");
            assert!(spent <= alone + 4 * STEP as u64, "{query}: {spent} looks, {alone} of the first zoom");
        }
    }
}
