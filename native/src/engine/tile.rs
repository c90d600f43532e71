//! A tile: its rows are selected, it is cut and compressed, and it is kept as it is sent.

use super::{
    Engine, Fitted, Refusal, Size,
    finished::{Tile, Times},
    pack::Coding,
    select::{Selected, is_few},
};
use crate::{format::Format, source::points::Dataset};
use duotile_core::{Plan, Report, Scratch, TileId, Work};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How an answer came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was kept, or somebody else had begun it.
    Found,
    /// It was made.
    Made,
}

/// A tile that was made with nothing that was kept, and is not compressed.
#[derive(Clone, Debug)]
pub struct Bare {
    /// Its bytes; none for an empty tile.
    pub bytes: Vec<u8>,
    /// What is in it.
    pub report: Report,
    /// To find out which rows pass, and what they add up to.
    pub select: Duration,
    /// To write it.
    pub cut: Duration,
}

impl Bare {
    /// A tile of a dataset.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    pub fn of(dataset: &Dataset, plan: &Plan, tile: TileId, work: &Work<'_>) -> Result<Self, Refusal> {
        plan.check_zoom(tile.z())?;
        let start = Instant::now();
        let range = dataset.with_points(|points| points.range(tile));
        let selected = if is_few(plan, range.len()) {
            Selected::few(dataset, plan, range, work)?
        } else {
            let mut selected = Selected::of(dataset, plan, work)?;
            selected.summarise(dataset, plan, range.len(), work)?;
            selected
        };
        let (select, mut bytes) = (start.elapsed(), Vec::new());
        let report = selected.cut(dataset, plan, tile, work, (&mut Scratch::default(), &mut bytes))?;
        Ok(Self { bytes, report, select, cut: start.elapsed().saturating_sub(select) })
    }
}

impl Engine {
    /// A tile, compressed as the client can take it.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn tile(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        (tile, format): (TileId, Format),
        coding: Coding,
    ) -> Result<(Arc<Tile>, Came), Refusal> {
        fitted.plan.check_zoom(tile.z())?;
        let make = || {
            let (engine, fitted) = (self.clone(), fitted.clone());
            async move { engine.cut(&fitted, (tile, format), coding).await.map(Arc::new) }
        };
        if !self.keeps_tiles {
            return make().await.map(|tile| (tile, Came::Made));
        }
        let (tile, found) = self.keeps.tiles.get_or_make(fitted.whole((tile, format, coding)), make).await?;
        Ok((tile, if found { Came::Found } else { Came::Made }))
    }

    async fn cut(
        self: Arc<Self>,
        fitted: &Arc<Fitted>,
        (tile, format): (TileId, Format),
        coding: Coding,
    ) -> Result<Tile, Refusal> {
        // Another is written by another writer, here.
        let Format::Mvt = format;
        if let Some(live) = fitted.live() {
            return self.ask(fitted, live.clone(), tile, coding).await;
        }
        let start = Instant::now();
        let dataset = &fitted.dataset;
        let range = dataset.with_points(|points| points.range(tile));
        let selected = if is_few(&fitted.plan, range.len()) && !self.has_mask(fitted) {
            None
        } else {
            let mut selected = self.select(fitted).await?;
            self.summarise(fitted, &mut selected, range.len()).await?;
            Some(selected)
        };
        let (mut select, asked) = (start.elapsed(), Instant::now());
        let (engine, fitted) = (self.clone(), fitted.clone());
        let job = move |work: &Work<'_>| {
            let wait = asked.elapsed();
            let dataset = &fitted.dataset;
            let start = Instant::now();
            let selected = match selected {
                Some(selected) => selected,
                None => Selected::few(dataset, &fitted.plan, range, work)?,
            };
            select += start.elapsed();
            work.pay(0)?;
            let (start, mut out) = (Instant::now(), Vec::new());
            let report = engine
                .scratches
                .with(|scratch| selected.cut(dataset, &fitted.plan, tile, work, (scratch, &mut out)))?;
            let (cut, size) = (start.elapsed(), out.len());
            work.pay(0)?;
            let start = Instant::now();
            let packed = coding.pack(out, 1, work)?;
            Ok(Tile { packed, report, size, times: Times { wait, select, cut, pack: start.elapsed() } })
        };
        self.pool.run(Size::Short, job).await
    }
}
