//! What the operating system tells a server: to stop, or to read its files again.

#[cfg(unix)]
use anyhow::Context as _;
use anyhow::Result;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// To stop.
    Stop,
    /// To read the files again.
    Again,
}

/// The signals that are heard.
#[cfg(unix)]
pub(super) struct Signals {
    end: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let end = signal(SignalKind::terminate()).context("cannot hear SIGTERM")?;
        Ok(Self { end, hang_up: signal(SignalKind::hangup()).context("cannot hear SIGHUP")? })
    }

    pub async fn next(&mut self) -> Told {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Told::Stop,
            _ = self.end.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Again,
        }
    }
}

/// The signals that are heard.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub fn new() -> Result<Self> {
        Ok(Self)
    }

    pub async fn next(&mut self) -> Told {
        let _ = tokio::signal::ctrl_c().await;
        Told::Stop
    }
}

/// Listens from now on, and resolves when the process is told to end. Needs a runtime of tokio around it.
///
/// # Errors
/// When signals cannot be heard.
#[cfg(unix)]
pub(crate) fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut end, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {},
            _ = end.recv() => {},
        }
    })
}

/// Listens, and resolves when the process is told to end. Needs a runtime of tokio around it.
///
/// # Errors
/// When signals cannot be heard.
#[cfg(not(unix))]
pub(crate) fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
