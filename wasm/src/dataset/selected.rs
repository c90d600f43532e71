//! What is found out for a query, and kept for the requests that follow: plan, mask, profile, summaries, legend.

use super::{Dataset, columns::Stored, made::made};
use alloc::{
    rc::Rc,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};
use core::{fmt, ops::RangeInclusive};
use duotile_core::{
    Column, Landmarks, Legend, MAX_ZOOM, Mask, Plan, Points, Profile, QueryError, Ranks, Report, Scratch, Selection,
    Summary, Sums, TileId, TileQuery, Work,
};

/// Queries that are kept: more than a map has layers.
const KEPT: usize = 8;

/// A query fitted to the dataset, with the rows that pass.
#[derive(Debug)]
pub struct Selected {
    text: String,
    /// The query as it was understood.
    pub query: TileQuery,
    /// The columns that it makes.
    made: Vec<Stored>,
    /// The query fitted to the columns.
    pub plan: Plan,
    /// The rows that pass; `None` for all.
    pub mask: Option<Mask>,
    /// How full tiles are.
    pub profile: Profile,
    /// Which rows show first, where a column says so.
    ranks: Option<Rc<Ranks>>,
    /// What each measured column adds up to over the rows that pass; made when cells are cut.
    summaries: Option<Vec<Option<Sums>>>,
    legend: Option<Legend>,
}

/// What is asked of points and of what a query selects of them.
type Asked<'a> = dyn FnMut(&Points<'_>, &mut Selected, &mut Scratch) + 'a;

impl Dataset {
    /// Calls `f` with the points and with what a query selects of them. The query is the text after the `?` of a tile URL.
    ///
    /// # Errors
    /// [`QueryError`] when the query does not parse, or does not fit the columns.
    pub fn with<R>(
        &mut self,
        query: &str,
        f: impl FnOnce(&Points<'_>, &mut Selected, &mut Scratch) -> R,
    ) -> Result<R, QueryError> {
        let (mut f, mut answer) = (Some(f), None);
        self.select(query, &mut |points, selected, scratch| {
            answer = f.take().map(|f| f(points, selected, scratch));
        })?;
        answer.ok_or_else(|| unfit("nothing was asked of it"))
    }

    /// The same for whatever is asked, so that it is in the module once.
    #[inline(never)]
    fn select(&mut self, query: &str, f: &mut Asked<'_>) -> Result<(), QueryError> {
        let Self { name, order, shapes, columns, roles, zone, clocks, recent, scratch } = self;
        let (mut selected, parsed) = match recent.iter().position(|selected| selected.text == query) {
            Some(place) => (Some(recent.remove(place)), None),
            None => (None, Some(TileQuery::parse(query)?.in_zone(zone.as_deref()))),
        };
        let columns = columns.iter().map(Stored::column).collect::<Result<Vec<_>, _>>().map_err(unfit)?;
        let zones = parsed.as_ref().map(|parsed| parsed.clocks(&columns, *clocks)).unwrap_or_default();
        let made = match (&mut selected, &parsed) {
            (Some(selected), _) => core::mem::take(&mut selected.made),
            (None, Some(parsed)) if !parsed.lets.is_empty() => {
                let points = Points::new(name, &order.keys, &order.rows, &columns, *roles).map_err(unfit)?;
                made(&parsed.lets, &points.with_zones(&zones))?
            }
            _ => Vec::new(),
        };
        let more = made.iter().map(Stored::column).collect::<Result<Vec<_>, _>>().map_err(unfit)?;
        let columns: Vec<Column<'_>> = columns.into_iter().chain(more).collect();
        let points = Points::new(name, &order.keys, &order.rows, &columns, *roles).map_err(unfit)?;
        let landmarks = Landmarks::new(&order.landmarks, order.keys.len());
        let points = points.with_landmarks(landmarks).with_zones(&zones);
        let points = match shapes {
            Some((shapes, _)) => points.with_shapes(shapes.view(landmarks)),
            None => points,
        };
        let mut selected = match (selected, parsed) {
            (Some(selected), _) => selected,
            (None, parsed) => {
                // Those of a column that is there for all queries are the same for all.
                let own = columns.len() - made.len();
                let known = |column: usize| {
                    let same = |selected: &&Selected| column < own && selected.plan.rank() == Some(column);
                    recent.iter().find(same).and_then(|selected| selected.ranks.clone())
                };
                Selected::new(query, parsed.unwrap_or_default(), &points, known)?
            }
        };
        let ranks = selected.ranks.take();
        let ranked = ranks.as_ref().map_or(points, |ranks| points.with_ranks(ranks));
        f(&ranked, &mut selected, scratch);
        selected.made = made;
        selected.ranks = ranks;
        recent.truncate(KEPT - 1);
        recent.insert(0, selected);
        Ok(())
    }

    /// Cuts a tile and appends its bytes to `out`.
    ///
    /// # Errors
    /// As [`Dataset::with`].
    pub fn tile_into(&mut self, tile: TileId, query: &str, out: &mut Vec<u8>) -> Result<Report, QueryError> {
        self.with(query, |points, selected, scratch| {
            selected.plan.check_zoom(tile.z())?;
            selected.summarise(points);
            let summaries = selected.summaries();
            selected
                .plan
                .tile_into(points, selected.selection(&summaries), tile, &Work::free(), scratch, out)
                .map_err(unfit)
        })?
    }
}

impl Selected {
    fn new(
        text: &str,
        query: TileQuery,
        points: &Points<'_>,
        known: impl Fn(usize) -> Option<Rc<Ranks>>,
    ) -> Result<Self, QueryError> {
        let work = Work::free();
        let plan = query.plan(points, &work)?;
        let mask =
            plan.filter().map(|filter| filter.mask(points, 0..points.len(), &work)).transpose().map_err(unfit)?;
        let made = |column: usize| Ranks::of(points, column, &work).map(Rc::new);
        let ranks =
            plan.rank().map(|column| known(column).map_or_else(|| made(column), Ok)).transpose().map_err(unfit)?;
        let profile = if plan.needs_profile() {
            let ranked = ranks.as_ref().map_or(*points, |ranks| points.with_ranks(ranks));
            Profile::of(&plan.drawn(&ranked), mask.as_ref(), plan.limit(), &work).map_err(unfit)?
        } else {
            Profile::default()
        };
        let (text, made) = (text.into(), Vec::new());
        Ok(Self { text, query, made, plan, mask, profile, ranks, summaries: None, legend: None })
    }

    /// How many rows pass.
    #[must_use]
    pub fn rows(&self, points: &Points<'_>) -> usize {
        self.mask.as_ref().map_or(points.len(), Mask::total)
    }

    /// What the cells of the query carry.
    pub fn legend(&mut self, points: &Points<'_>, scratch: &mut Scratch) -> &Legend {
        let legend = self.legend.take().unwrap_or_else(|| self.legend_within(0..=MAX_ZOOM, points, scratch));
        self.legend.insert(legend)
    }

    /// What those of some zooms carry.
    pub fn legend_within(&mut self, zooms: RangeInclusive<u8>, points: &Points<'_>, scratch: &mut Scratch) -> Legend {
        self.summarise(points);
        let summaries = self.summaries();
        let selection = self.selection(&summaries);
        Legend::within(&self.plan, points, selection, zooms, &Work::free(), scratch).unwrap_or_default()
    }

    pub(super) fn summarise(&mut self, points: &Points<'_>) {
        if self.summaries.is_none() {
            let mut summaries = vec![None; points.columns().len()];
            for column in self.plan.summaries() {
                let place = &mut summaries[column];
                let column = &points.columns()[column];
                *place = Sums::build(points.landmarks(), column, self.mask.as_ref(), &Work::free()).ok();
            }
            self.summaries = Some(summaries);
        }
    }

    pub(super) fn summaries(&self) -> Vec<Option<Summary<'_>>> {
        self.summaries.iter().flatten().map(|sums| sums.as_ref().map(Sums::view)).collect()
    }

    pub(super) fn selection<'a>(&'a self, summaries: &'a [Option<Summary<'a>>]) -> Selection<'a> {
        Selection { mask: self.mask.as_ref(), profile: &self.profile, summaries }
    }
}

/// The parts fit by construction; should they not, it is told like any other error.
pub(super) fn unfit(error: impl fmt::Display) -> QueryError {
    QueryError::new("dataset", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Given;

    #[test]
    fn queries_that_rank_by_one_column_share_its_ranks() {
        let mut dataset = Dataset::new("p", &[10.0, 20.0, -10.0], &[50.0, 0.0, -50.0]).expect("as many of each");
        dataset.add("v", Given::F64(&[1.5, 7.0, 3.0]), None).expect("one for each");
        dataset.add("w", Given::F64(&[2.5, 1.0, 3.0]), None).expect("one for each");
        for query in
            ["rank=v&mode=points", "rank=v&limit=5&mode=points", "rank=w", "let=u:v*2&rank=u", "let=u:w*2&rank=u"]
        {
            dataset.tile_into(TileId::WORLD, query, &mut vec![]).expect(query);
        }
        let ranks: Vec<_> = dataset.recent.iter().rev().filter_map(|selected| selected.ranks.as_ref()).collect();
        let same: Vec<bool> = ranks[1..].iter().map(|each| Rc::ptr_eq(each, ranks[0])).collect();
        // A column that a query makes is its own.
        assert_eq!(same, [true, false, false, false]);
        assert!(!Rc::ptr_eq(ranks[3], ranks[4]));
    }
}
