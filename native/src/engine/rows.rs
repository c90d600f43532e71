//! The rows that pass: a page of them, or all, for whoever writes them.

use super::{Engine, Fitted, Refusal, Size, select::Selected};
use duotile_core::{Page, Within, Work};
use std::sync::Arc;

impl Engine {
    /// What `tell` makes of a page of rows, so many after so many, on a processor.
    ///
    /// # Errors
    /// What `tell` says; when too much waits.
    pub async fn page<T: Send + 'static>(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        within: Within,
        skip: (usize, usize),
        tell: impl FnOnce(&Fitted, &Page, &Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        if let Some(live) = fitted.live() {
            let (fitted, page) = self.page_of((fitted, live), within, skip).await?;
            return self.pool.run(Size::Short, move |work| tell(&fitted, &page, work)).await;
        }
        let job = move |fitted: &Fitted, selected: &Selected, work: &Work<'_>| {
            let dataset = &fitted.dataset;
            let mask = selected.mask.as_deref();
            let page = dataset.with_points(|points| Page::of(&points, mask, within, skip, work))?;
            tell(fitted, &page, work)
        };
        self.rows(fitted, Size::Short, job).await
    }

    /// What `tell` makes of all rows that pass, on a processor. Where there are more of them than `most`, nothing.
    ///
    /// # Errors
    /// [`Refusal::Rows`] for more than `most`; what `tell` says; when too much waits.
    pub async fn all_rows<T: Send + 'static>(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        most: usize,
        tell: impl FnOnce(&Fitted, &Selected, usize, &Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let job = move |fitted: &Fitted, selected: &Selected, work: &Work<'_>| {
            let dataset = &fitted.dataset;
            let got = selected.total(dataset);
            if got > most { Err(Refusal::Rows { got, most }) } else { tell(fitted, selected, got, work) }
        };
        self.rows(fitted, Size::Long, job).await
    }

    async fn rows<T: Send + 'static>(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        size: Size,
        job: impl FnOnce(&Fitted, &Selected, &Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let selected = self.select_rows(fitted).await?;
        let fitted = fitted.clone();
        self.pool.run(size, move |work| job(&fitted, &selected, work)).await
    }
}
