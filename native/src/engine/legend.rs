//! The range and the quantiles of what cells carry, walked by core and kept for each query.

use super::{Engine, Fitted, Refusal, Size};
use duotile_core::{Legend, MAX_ZOOM, Work};
use std::{ops::RangeInclusive, sync::Arc};

impl Engine {
    /// The legend of a query, walked at the first time.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn legend(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<Arc<Legend>, Refusal> {
        let make = || {
            let (engine, fitted) = (self.clone(), fitted.clone());
            async move { engine.legend_within(&fitted, 0..=MAX_ZOOM).await.map(Arc::new) }
        };
        self.keeps.legends.get_or_make(fitted.whole(()), make).await.map(|(legend, _)| legend)
    }

    /// That of some zooms, walked each time. Of rows that are elsewhere it is that of all.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn legend_within(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        zooms: RangeInclusive<u8>,
    ) -> Result<Legend, Refusal> {
        if let Some(live) = fitted.live() {
            return self.asked(fitted, live).await;
        }
        let mut selected = self.select(fitted).await?;
        self.summarise(fitted, &mut selected, fitted.dataset.len()).await?;
        let (engine, fitted) = (self.clone(), fitted.clone());
        let job = move |work: &Work<'_>| {
            let dataset = &fitted.dataset;
            let legend = selected.with(dataset, &fitted.plan, |points, selection| {
                engine.scratches.with(|scratch| Legend::within(&fitted.plan, &points, selection, zooms, work, scratch))
            });
            Ok(legend?)
        };
        self.pool.run(Size::Long, job).await
    }
}
