//! Tiles of rows that are elsewhere: a database is asked, off the processors, and what it gives is cut on one.

use super::{
    Engine, Fitted, Refusal, Size,
    finished::{Tile, Times},
    pack::Coding,
};
use crate::source::live::Live;
use duotile_core::{Profile, TileId, Work};
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
