//! CPU work off the async threads: a few jobs at once, a bounded queue, and nothing done for a client that has gone.
//!
//! A job enters as a closure with a [`Cancel`] to look at between its steps; its result leaves, or a [`Problem`].

use super::problem::Problem;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// Runs jobs on as many threads as there are processors.
#[derive(Debug)]
pub struct Pool {
    permits: Arc<Semaphore>,
    queued: AtomicUsize,
    most_queued: usize,
}

/// Whether anybody still waits for a job.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the job when nobody waits for it.
    ///
    /// # Errors
    /// [`Gone`] when the client has gone.
    pub fn check(&self) -> Result<(), Gone> {
        if self.0.load(Ordering::Relaxed) { Err(Gone) } else { Ok(()) }
    }
}

/// The client has gone; nobody will read this.
#[derive(Clone, Copy, Debug)]
pub struct Gone;

impl From<Gone> for Problem {
    fn from(_: Gone) -> Self {
        Self::busy()
    }
}

/// Takes one from a counter when dropped.
struct Queued<'p>(&'p AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Says that the client has gone when dropped, which is what happens to a request whose connection closes.
struct Waiting(Cancel);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

impl Pool {
    /// A pool of `threads` with room for `most_queued` waiting jobs.
    #[must_use]
    pub fn new(threads: usize, most_queued: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(threads.max(1))), queued: AtomicUsize::new(0), most_queued }
    }

    /// Jobs that wait for a thread.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Runs a job.
    ///
    /// # Errors
    /// What the job says; 503 when the queue is full; 500 when the job panics, after which the pool goes on.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Cancel) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = if let Ok(permit) = self.permits.clone().try_acquire_owned() {
            permit
        } else {
            if self.queued.fetch_add(1, Ordering::Relaxed) >= self.most_queued {
                self.queued.fetch_sub(1, Ordering::Relaxed);
                return Err(Problem::busy());
            }
            let _queued = Queued(&self.queued);
            self.permits.clone().acquire_owned().await.map_err(|_| Problem::busy())?
        };
        let cancel = Cancel::default();
        let _waiting = Waiting(cancel.clone());
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            cancel.check()?;
            job(&cancel)
        });
        task.await.unwrap_or_else(|panic| Err(Problem::internal(&panic)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn a_full_queue_answers_503_and_a_panic_500_and_the_pool_goes_on() {
        let pool = Arc::new(Pool::new(1, 0));
        let (release, wait) = mpsc::channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move {
                pool.run(move |_| {
                    let _ = started.send(());
                    let _ = wait.recv();
                    Ok(1)
                })
                .await
            }
        });
        running.await.expect("it runs");
        let refused = pool.run(|_| Ok(2)).await.expect_err("no room");
        assert_eq!(refused.status(), 503);
        release.send(()).expect("it waits");
        assert_eq!(first.await.expect("no panic"), Ok(1));
        let broken = pool.run::<u8>(|_| panic!("on purpose")).await.expect_err("it panics");
        assert_eq!(broken.status(), 500);
        assert_eq!(pool.run(|_| Ok(3)).await, Ok(3));
    }

    #[tokio::test]
    async fn a_job_sees_that_its_client_has_gone() {
        let pool = Arc::new(Pool::new(1, 10));
        let (started, running) = tokio::sync::oneshot::channel();
        let (told, tell) = mpsc::channel();
        let request = tokio::spawn({
            let pool = pool.clone();
            async move {
                pool.run(move |cancel| {
                    let _ = started.send(());
                    while cancel.check().is_ok() {
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
}
