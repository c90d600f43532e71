//! Tiles of rows that are elsewhere: a database is asked, off the processors, and what it gives is cut on one.

use super::{
    Engine, Fitted, Refusal, Size,
    finished::{Tile, Times},
    pack::Coding,
};
use crate::{
    catalog::{Edition, Entry},
    source::{
        Source,
        live::{Brought, Live},
    },
};
use duotile_core::{Legend, Page, Profile, TileId, Within, Work, Zoom};
use std::{sync::Arc, time::Instant};

impl Engine {
    /// How full tiles are under a query of rows that are elsewhere; nothing where its tiles do not depend on that.
    pub(super) async fn crowds(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        live: &Arc<Live>,
    ) -> Result<Arc<Profile>, Refusal> {
        Live::takes(&fitted.plan)?;
        if !fitted.plan.needs_profile() {
            return Ok(Arc::default());
        }
        let make = || {
            let (live, fitted) = (live.clone(), fitted.clone());
            async move { live.profile(&fitted.plan).await.map(Arc::new) }
        };
        let shown = (fitted.plan.limit(), fitted.plan.geometry(), None);
        Ok(self.keeps.profiles.get_or_make(fitted.of_rows(shown), make).await?.0)
    }

    /// The legend of a query of rows that are elsewhere: as many zooms as have not too many cells.
    pub(super) async fn asked(self: &Arc<Self>, fitted: &Arc<Fitted>, live: &Arc<Live>) -> Result<Legend, Refusal> {
        let profile = self.crowds(fitted, live).await?;
        let (mut legend, deepest) = (Legend::default(), Legend::deepest(&fitted.plan, &profile));
        for z in 0..deepest.map_or(0, |deepest| deepest + 1) {
            let Some(given) = live.world(&fitted.plan, z).await?.filter(|given| !given.cells.is_empty()) else { break };
            // Deeper cells would be the same ones.
            let last = given.cells.iter().all(|&(_, rows)| rows == 1);
            let (schema, fitted) = (live.schema().clone(), fitted.clone());
            let job = move |work: &Work<'_>| {
                schema.with_points(|points| {
                    given.check(&fitted.plan, &points).map_err(|bad| Refusal::failed(&bad))?;
                    Ok(Zoom::given(&fitted.plan, &points, &given, work)?)
                })
            };
            legend.zooms.push(self.pool.run(Size::Long, job).await?);
            if last {
                break;
            }
        }
        Ok(legend)
    }

    /// A query with its rows here: itself, but where they are elsewhere with a dataset of those that pass. Nothing is fetched where
    /// there are more than `most`.
    ///
    /// # Errors
    /// [`Refusal::Rows`] for more than `most`; when a database does not answer.
    pub async fn here(self: &Arc<Self>, fitted: &Arc<Fitted>, most: usize) -> Result<Arc<Fitted>, Refusal> {
        let Some(live) = fitted.live() else { return Ok(fitted.clone()) };
        let got = usize::try_from(live.matched(&fitted.plan, Within::default()).await?).unwrap_or(usize::MAX);
        if got > most {
            return Err(Refusal::Rows { got, most });
        }
        // Those that come meanwhile are left.
        let brought = live.bring(&fitted.plan, Within::default(), (0, got)).await?;
        self.brought(fitted, live.clone(), brought).await
    }

    /// A page of rows that are elsewhere: with these, and how many there are in all.
    pub(super) async fn page_of(
        self: &Arc<Self>,
        (fitted, live): (&Arc<Fitted>, &Arc<Live>),
        within: Within,
        (skip, most): (usize, usize),
    ) -> Result<(Arc<Fitted>, Page), Refusal> {
        let matched = usize::try_from(live.matched(&fitted.plan, within).await?).unwrap_or(usize::MAX);
        let brought = live.bring(&fitted.plan, within, (skip, most)).await?;
        let fitted = self.brought(fitted, live.clone(), brought).await?;
        let rows = (0..fitted.dataset.len()).collect();
        Ok((fitted, Page { rows, matched }))
    }

    /// A query of a dataset of rows that were brought.
    async fn brought(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        live: Arc<Live>,
        brought: Brought,
    ) -> Result<Arc<Fitted>, Refusal> {
        let fitted = fitted.clone();
        let job = move |_: &Work<'_>| {
            let dataset = Arc::new(live.dataset(&brought)?);
            let Entry { rows, subset, ref about, .. } = *fitted.entry;
            // Of an edition of its own: what is kept of it is of no other rows.
            let (source, edition) = (Source::Points(dataset.clone()), Edition::default());
            let entry = Arc::new(Entry { source, rows, subset, about: about.clone(), low: None, edition });
            let Fitted { query, plan, key, .. } = &*fitted;
            Ok(Arc::new(Fitted { entry, dataset, query: query.clone(), plan: plan.clone(), key: key.clone() }))
        };
        self.pool.run(Size::Long, job).await
    }

    /// A tile, compressed as the client can take it.
    pub(super) async fn ask(
        self: Arc<Self>,
        fitted: &Arc<Fitted>,
        live: Arc<Live>,
        tile: TileId,
        coding: Coding,
    ) -> Result<Tile, Refusal> {
        let start = Instant::now();
        let profile = self.crowds(fitted, &live).await?;
        let shown = live.tile(&fitted.plan, &profile, tile).await?;
        let (select, asked) = (start.elapsed(), Instant::now());
        let (engine, fitted) = (self.clone(), fitted.clone());
        let job = move |work: &Work<'_>| {
            let (wait, start, mut out) = (asked.elapsed(), Instant::now(), Vec::new());
            let report = engine
                .scratches
                .with(|scratch| live.cut(&shown, (&fitted.plan, &profile, tile), work, (scratch, &mut out)))?;
            let (cut, size, start) = (start.elapsed(), out.len(), Instant::now());
            work.pay(0)?;
            let packed = coding.pack(out, 1, work)?;
            Ok(Tile { packed, report, size, times: Times { wait, select, cut, pack: start.elapsed() } })
        };
        self.pool.run(Size::Short, job).await
    }
}
