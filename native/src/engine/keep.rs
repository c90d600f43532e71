//! Values of one kind within a budget of bytes. Each is made once however many ask, and goes on being made while one of
//! them still waits.

use super::{hits::Hits, refusal::Refusal};
use crate::catalog::Edition;
use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared, WeakShared},
};
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// What a value goes by: an edition of a dataset, a text, and what else tells values of its kind apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key<P> {
    edition: Edition,
    text: Arc<str>,
    part: P,
}

impl<P> Key<P> {
    pub fn new(edition: &Edition, text: impl Into<Arc<str>>, part: P) -> Self {
        Self { edition: edition.clone(), text: text.into(), part }
    }
}

/// What has a size.
pub(super) trait Weigh {
    /// Bytes held.
    fn weight(&self) -> usize;
}

/// Weighs a value with its key.
#[derive(Clone, Copy, Debug)]
struct BySize;

impl<P, V: Weigh> Weighter<Key<P>, V> for BySize {
    fn weight(&self, key: &Key<P>, value: &V) -> u64 {
        (value.weight() + key.text.len() + 200) as u64
    }
}

type Making<V> = Shared<BoxFuture<'static, Result<V, Refusal>>>;
type List<P, V> = HashMap<Key<P>, (u64, WeakShared<BoxFuture<'static, Result<V, Refusal>>>)>;

/// Values of one kind, and those that are being made. These are held by whoever waits for them alone: with the last one
/// their making ends.
pub(super) struct Keep<P, V: Clone> {
    held: Cache<Key<P>, V, BySize>,
    /// Each with a number, by which it knows that it is still itself.
    making: Mutex<List<P, V>>,
    numbers: AtomicU64,
    /// How often something was found.
    pub hits: Hits,
}

impl<P, V: Clone> std::fmt::Debug for Keep<P, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keep").field("hits", &self.hits).finish_non_exhaustive()
    }
}

impl<P, V> Keep<P, V>
where
    P: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Weigh + Send + Sync + 'static,
{
    /// Of about so many values and at most so many bytes, in so many parts: the largest value is as large as one of them.
    pub fn new(values: usize, bytes: u64, parts: usize) -> Arc<Self> {
        let options =
            OptionsBuilder::new().estimated_items_capacity(values).weight_capacity(bytes).shards(parts).build();
        let held = match options {
            Ok(options) => {
                Cache::with_options(options, BySize, DefaultHashBuilder::default(), DefaultLifecycle::default())
            }
            Err(_) => Cache::with_weighter(values, bytes, BySize),
        };
        Arc::new(Self { held, making: Mutex::default(), numbers: AtomicU64::new(0), hits: Hits::default() })
    }

    /// Bytes that are kept.
    pub fn size(&self) -> u64 {
        self.held.weight()
    }

    /// Bytes that may be kept.
    pub fn capacity(&self) -> u64 {
        self.held.capacity()
    }

    /// What is kept under a key.
    pub fn get(&self, key: &Key<P>) -> Option<V> {
        self.held.get(key)
    }

    /// Drops what is of an edition, which has ended.
    pub fn forget(&self, edition: &Edition) {
        self.held.retain(|key, _| key.edition != *edition);
    }

    /// What is kept under a key, else what is being made, else what `make` makes; and whether it was found.
    pub async fn get_or_make<F>(self: &Arc<Self>, key: Key<P>, make: impl FnOnce() -> F) -> Result<(V, bool), Refusal>
    where
        F: Future<Output = Result<V, Refusal>> + Send + 'static,
    {
        self.counted(key, &self.hits, make).await
    }

    /// The same, counted elsewhere.
    pub async fn counted<F>(
        self: &Arc<Self>,
        key: Key<P>,
        hits: &Hits,
        make: impl FnOnce() -> F,
    ) -> Result<(V, bool), Refusal>
    where
        F: Future<Output = Result<V, Refusal>> + Send + 'static,
    {
        if let Some(value) = self.held.get(&key) {
            hits.count(true);
            return Ok((value, true));
        }
        let (making, found) = self.join(key, make);
        hits.count(found);
        Ok((making.await?, found))
    }

    /// The making of a value, begun where nobody else has, and whether somebody had.
    fn join<F>(self: &Arc<Self>, key: Key<P>, make: impl FnOnce() -> F) -> (Making<V>, bool)
    where
        F: Future<Output = Result<V, Refusal>> + Send + 'static,
    {
        let mut all = self.making();
        // It is kept before it is taken off the list, so what is on neither was not there.
        if let Some(value) = self.held.get(&key) {
            return (futures_util::future::ready(Ok(value)).boxed().shared(), true);
        }
        if let Some(making) = all.get(&key).and_then(|(_, making)| making.upgrade()) {
            return (making, true);
        }
        let listed =
            Listed { keep: self.clone(), key: key.clone(), number: self.numbers.fetch_add(1, Ordering::Relaxed) };
        let number = listed.number;
        let value = make();
        let making = async move {
            let value = value.await?;
            listed.keep.insert(&listed.key, &value);
            Ok(value)
        };
        let making = making.boxed().shared();
        if let Some(weak) = making.downgrade() {
            all.insert(key, (number, weak));
        }
        (making, false)
    }

    /// Keeps a value, unless what it is of has ended. Looked at after it is there: an edition ends before it is forgotten.
    fn insert(&self, key: &Key<P>, value: &V) {
        if key.edition.has_ended() {
            return;
        }
        self.held.insert(key.clone(), value.clone());
        if key.edition.has_ended() {
            self.held.remove(key);
        }
    }
}

impl<P, V: Clone> Keep<P, V> {
    fn making(&self) -> MutexGuard<'_, List<P, V>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a making off the list when it is done, or when nobody waits for it any more.
struct Listed<P: Eq + Hash, V: Clone> {
    keep: Arc<Keep<P, V>>,
    key: Key<P>,
    number: u64,
}

impl<P: Eq + Hash, V: Clone> Drop for Listed<P, V> {
    fn drop(&mut self) {
        let mut all = self.keep.making();
        if all.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            all.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::atomic::AtomicUsize, time::Duration};
    use tokio::sync::oneshot;

    impl Weigh for u32 {
        fn weight(&self) -> usize {
            4
        }
    }

    fn keep() -> Arc<Keep<(), u32>> {
        Keep::new(10, 10_000, 1)
    }

    fn key(edition: &Edition) -> Key<()> {
        Key::new(edition, "a", ())
    }

    #[tokio::test]
    async fn what_many_ask_for_is_made_once_and_goes_on_when_the_first_of_them_leaves() {
        let (keep, edition) = (keep(), Edition::default());
        let (release, wait) = oneshot::channel::<u32>();
        let made = Arc::new(AtomicUsize::new(0));
        let ask = |wait: Option<oneshot::Receiver<u32>>| {
            let (keep, key, made) = (keep.clone(), key(&edition), made.clone());
            tokio::spawn(async move {
                keep.get_or_make(key, || async move {
                    made.fetch_add(1, Ordering::Relaxed);
                    match wait {
                        Some(wait) => Ok(wait.await.expect("it is sent")),
                        None => Ok(0),
                    }
                })
                .await
            })
        };
        let first = ask(Some(wait));
        while made.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        let second = ask(None);
        tokio::time::sleep(Duration::from_millis(20)).await;
        first.abort();
        assert!(first.await.is_err_and(|error| error.is_cancelled()));
        release.send(7).expect("somebody waits");
        assert_eq!(second.await.expect("no panic"), Ok((7, true)));
        assert_eq!(made.load(Ordering::Relaxed), 1);
        assert_eq!(keep.get(&key(&edition)), Some(7));
        assert!(keep.making().is_empty());
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends_and_is_made_anew_for_the_next() {
        let (keep, edition) = (keep(), Edition::default());
        let dropped = Arc::new(());
        let held = dropped.clone();
        let mut asked = Box::pin(keep.get_or_make(key(&edition), || async move {
            let () = std::future::pending().await;
            drop(held);
            Ok(0)
        }));
        assert!(asked.as_mut().now_or_never().is_none());
        assert_eq!((Arc::strong_count(&dropped), keep.making().len()), (2, 1));
        drop(asked);
        assert_eq!((Arc::strong_count(&dropped), keep.making().len()), (1, 0));
        assert_eq!(keep.get_or_make(key(&edition), || async { Ok(3) }).await, Ok((3, false)));
    }

    #[tokio::test]
    async fn a_refusal_is_told_to_all_and_not_kept() {
        let (keep, edition) = (keep(), Edition::default());
        let refused = keep.get_or_make(key(&edition), || async { Err(Refusal::Busy) }).await;
        assert_eq!(refused, Err(Refusal::Busy));
        assert_eq!(keep.get_or_make(key(&edition), || async { Ok(4) }).await, Ok((4, false)));
    }

    #[tokio::test]
    async fn what_finishes_after_its_edition_has_ended_is_given_but_not_kept() {
        let (keep, edition, other) = (keep(), Edition::default(), Edition::default());
        assert_eq!(keep.get_or_make(key(&other), || async { Ok(1) }).await, Ok((1, false)));
        let ended = edition.clone();
        let late = keep.get_or_make(key(&edition), || async move {
            ended.end();
            Ok(2)
        });
        assert_eq!(late.await, Ok((2, false)));
        assert_eq!((keep.get(&key(&edition)), keep.get(&key(&other))), (None, Some(1)));
        keep.forget(&other);
        assert_eq!(keep.get(&key(&other)), None);
    }
}
