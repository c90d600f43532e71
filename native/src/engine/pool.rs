//! CPU work off the async threads: a few jobs at once, a bounded queue, and nothing done for a client that has gone.
//!
//! A job enters as a closure that pays for what it looks at to a [`Work`], by which it hears that nobody waits any more or
//! that it costs too much; its result leaves, or a [`Refusal`]. Jobs that
//! may take long get half of the processors, so that tiles never wait for statistics and downloads alone.

use super::refusal::Refusal;
use duotile_core::Work;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs jobs on as many threads as there are processors.
#[derive(Debug)]
pub struct Pool {
    threads: Arc<Semaphore>,
    /// Those that jobs which may take long can have of them.
    long: Arc<Semaphore>,
    queued: AtomicUsize,
    most_queued: usize,
    patience: Duration,
    budget: AtomicU64,
}

/// How long a job may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// About as long as a tile.
    Short,
    /// Seconds, on a large dataset.
    Long,
}

/// Takes one from a counter when dropped.
struct Queued<'p>(&'p AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Says that the client has gone when dropped, which is what happens to a request whose connection closes.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Pool {
    /// A pool of `threads` with room for `most_queued` waiting jobs, none of which waits longer than `patience` or looks at
    /// more rows than `budget`.
    #[must_use]
    pub fn new(threads: usize, most_queued: usize, patience: Duration, budget: u64) -> Self {
        let threads = threads.max(1);
        Self {
            threads: Arc::new(Semaphore::new(threads)),
            long: Arc::new(Semaphore::new((threads / 2).max(1))),
            queued: AtomicUsize::new(0),
            most_queued,
            patience,
            budget: AtomicU64::new(budget),
        }
    }

    /// Lets jobs that begin from now on look at so many rows.
    pub fn set_budget(&self, budget: u64) {
        self.budget.store(budget, Ordering::Relaxed);
    }

    /// Jobs that wait for a thread.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Runs a job.
    ///
    /// # Errors
    /// What the job says; [`Refusal::Busy`] when the queue is full, [`Refusal::Late`] when no thread becomes free in time;
    /// [`Refusal::Failed`] when the job panics, after which the pool goes on.
    pub async fn run<T: Send + 'static>(
        &self,
        size: Size,
        job: impl FnOnce(&Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.turn(size).await?;
        let gone = Arc::new(AtomicBool::new(false));
        let _waiting = Waiting(gone.clone());
        let budget = self.budget.load(Ordering::Relaxed);
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let go_on = || !gone.load(Ordering::Relaxed);
            let work = Work::new(&go_on, budget);
            // It may have waited for long.
            work.pay(0)?;
            job(&work)
        });
        task.await.unwrap_or_else(|panic| Err(Refusal::failed(&panic)))
    }

    /// A thread to run on. A client that goes away meanwhile leaves the queue with the future of this.
    async fn turn(&self, size: Size) -> Result<Turn, Refusal> {
        let now = |of: &Arc<Semaphore>| of.clone().try_acquire_owned().ok();
        let long = match size {
            Size::Short => Some(None),
            Size::Long => now(&self.long).map(Some),
        };
        let long = match long.map(|long| (long, now(&self.threads))) {
            Some((long, Some(thread))) => return Ok(Turn { _thread: thread, _long: long }),
            Some((long, None)) => Some(long),
            None => None,
        };
        if self.queued.fetch_add(1, Ordering::Relaxed) >= self.most_queued {
            self.queued.fetch_sub(1, Ordering::Relaxed);
            return Err(Refusal::Busy);
        }
        let _queued = Queued(&self.queued);
        let wait = async {
            let long = match long {
                Some(long) => long,
                None => Some(self.long.clone().acquire_owned().await.ok()?),
            };
            Some(Turn { _thread: self.threads.clone().acquire_owned().await.ok()?, _long: long })
        };
        tokio::time::timeout(self.patience, wait).await.ok().flatten().ok_or(Refusal::Late)
    }
}

/// A thread, and a share of those for long jobs where one is needed; both given back when dropped.
struct Turn {
    _thread: OwnedSemaphorePermit,
    _long: Option<OwnedSemaphorePermit>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const PATIENCE: Duration = Duration::from_mins(1);

    /// A job that runs until it is let go, and what lets it go.
    async fn hold(pool: &Arc<Pool>, size: Size) -> (tokio::task::JoinHandle<Result<u8, Refusal>>, mpsc::Sender<()>) {
        let (release, wait) = mpsc::channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel();
        let pool = pool.clone();
        let job = tokio::spawn(async move {
            pool.run(size, move |_| {
                let _ = started.send(());
                let _ = wait.recv();
                Ok(1)
            })
            .await
        });
        running.await.expect("it runs");
        (job, release)
    }

    #[tokio::test]
    async fn a_full_queue_and_a_panic_are_refusals_and_the_pool_goes_on() {
        let pool = Arc::new(Pool::new(1, 0, PATIENCE, u64::MAX));
        let (first, release) = hold(&pool, Size::Short).await;
        let refused = pool.run(Size::Short, |_| Ok(2)).await.expect_err("no room");
        assert_eq!(refused, Refusal::Busy);
        release.send(()).expect("it waits");
        assert_eq!(first.await.expect("no panic"), Ok(1));
        let broken = pool.run::<u8>(Size::Short, |_| panic!("on purpose")).await.expect_err("it panics");
        assert_eq!(broken, Refusal::Failed);
        assert_eq!(pool.run(Size::Short, |_| Ok(3)).await, Ok(3));
    }

    #[tokio::test]
    async fn a_job_sees_that_its_client_has_gone() {
        let pool = Arc::new(Pool::new(1, 10, PATIENCE, u64::MAX));
        let (started, running) = tokio::sync::oneshot::channel();
        let (told, tell) = mpsc::channel();
        let request = tokio::spawn({
            let pool = pool.clone();
            async move {
                pool.run(Size::Short, move |work| {
                    let _ = started.send(());
                    while work.pay(1).is_ok() {
                        std::thread::yield_now();
                    }
                    let _ = told.send("gone");
                    Ok(())
                })
                .await
            }
        });
        running.await.expect("it runs");
        request.abort();
        assert!(request.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(tell.recv(), Ok("gone"));
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_so_and_who_goes_away_leaves_the_queue() {
        let pool = Arc::new(Pool::new(1, 10, Duration::from_millis(20), u64::MAX));
        let (first, release) = hold(&pool, Size::Short).await;
        let late = pool.run(Size::Short, |_| Ok(2)).await.expect_err("no thread");
        assert_eq!((late, pool.queued()), (Refusal::Late, 0));
        let mut waiting = Box::pin(pool.run(Size::Short, |_| Ok(3)));
        assert!(ask_once(&mut waiting).await.is_none());
        assert_eq!(pool.queued(), 1);
        drop(waiting);
        assert_eq!(pool.queued(), 0);
        release.send(()).expect("it waits");
        assert_eq!(first.await.expect("no panic"), Ok(1));
    }

    #[tokio::test]
    async fn what_costs_more_than_it_may_is_refused() {
        let pool = Pool::new(1, 0, PATIENCE, 100 << 16);
        assert_eq!(pool.run(Size::Short, |work| Ok(work.pay(100 << 16)?)).await, Ok(()));
        let dear = pool.run(Size::Short, |work| Ok(work.pay(101 << 16)?)).await;
        assert_eq!(dear, Err(Refusal::Dear { cost: None, limit: 100 << 16 }));
        pool.set_budget(200 << 16);
        assert_eq!(pool.run(Size::Short, |work| Ok(work.pay(101 << 16)?)).await, Ok(()));
    }

    /// What a future gives when it is asked once.
    async fn ask_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(cx) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }

    #[tokio::test]
    async fn long_jobs_leave_threads_to_short_ones() {
        let pool = Arc::new(Pool::new(2, 0, PATIENCE, u64::MAX));
        let (first, release) = hold(&pool, Size::Long).await;
        assert_eq!(pool.run(Size::Long, |_| Ok(2)).await.expect_err("no share"), Refusal::Busy);
        assert_eq!(pool.run(Size::Short, |_| Ok(3)).await, Ok(3));
        release.send(()).expect("it waits");
        assert_eq!(first.await.expect("no panic"), Ok(1));
        assert_eq!(pool.run(Size::Long, |_| Ok(4)).await, Ok(4));
    }
}
