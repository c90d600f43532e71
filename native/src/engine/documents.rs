//! Documents about a query: made once, compressed, and kept until their source changes.

use super::{
    Engine, Refusal, Size,
    keep::Key,
    pack::{Coding, Packed},
};
use crate::catalog::Entry;
use std::sync::Arc;

/// How much is tried to make a document smaller: it is made once, and sent often.
const LEVEL: u32 = 3;

impl Engine {
    /// What is kept under a key, which names everything the document depends on; else what `make` makes.
    ///
    /// # Errors
    /// What `make` says; when too much waits.
    pub async fn document<F>(
        self: &Arc<Self>,
        entry: &Entry,
        key: &str,
        coding: Coding,
        make: impl FnOnce(Arc<Self>) -> F,
    ) -> Result<Packed, Refusal>
    where
        F: Future<Output = Result<Vec<u8>, Refusal>> + Send + 'static,
    {
        let make = || {
            let (engine, body) = (self.clone(), make(self.clone()));
            async move {
                let body = body.await?;
                engine.pool.run(Size::Short, move |work| Ok(coding.pack(body, LEVEL, work)?)).await
            }
        };
        let key = Key::new(&entry.edition, key, coding);
        self.keeps.documents.get_or_make(key, make).await.map(|(packed, _)| packed)
    }
}
