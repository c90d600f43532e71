//! Calls into decoders: what they do on damaged input is an error like any other.

use anyhow::{Result, anyhow};
use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A call that may panic on damaged input: a panic is an error, and prints nothing.
pub(super) fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // The decoders' own threads panic too, so it goes by where the panic comes from: they, or the standard library for them.
            let theirs =
                info.location().is_some_and(|at| ["polars-", "/rustc/"].iter().any(|part| at.file().contains(part)));
            if !theirs || GUARDED.load(Ordering::Relaxed) == 0 {
                before(info);
            }
        }));
    });
    GUARDED.fetch_add(1, Ordering::Relaxed);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    GUARDED.fetch_sub(1, Ordering::Relaxed);
    let result = result.map(|result| {
        // Decoders give advice for their own callers over several lines.
        result.map_err(|error| match format!("{error:#}").split_once('\n') {
            Some((first, _)) => anyhow!("{}", first.trim_end()),
            None => error,
        })
    });
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(anyhow!("the file is damaged ({})", text.lines().next().unwrap_or("the decoder gave up")))
    })
}

/// Calls that are under way.
static GUARDED: AtomicUsize = AtomicUsize::new(0);
