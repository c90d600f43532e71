//! The commands but `serve`: a file each, with its arguments, whose comments are the manual, and what it does with them. Data goes to
//! standard output, words to standard error.

pub mod build;
pub mod cache;
pub mod convert;
pub mod export;
pub mod generate;
pub mod inspect;
pub mod tile;
pub mod verify;

use crate::{load::Load, read::BUILTIN, serve, wanted::Wanted};
use anyhow::Result;
use std::path::Path;

/// A file, or the built-in data where no file has that name.
fn source(text: &str, load: &Load) -> Result<Wanted> {
    if BUILTIN.contains(&text) && !Path::new(text).exists() {
        Ok(Wanted::builtin(text))
    } else {
        Wanted::parse(text, load)
    }
}

/// Does something when the process is told to end. Returns when that is heard, so that nothing is begun before.
fn when_told_to_end(then: impl FnOnce() + Send + 'static) {
    let (heard, listening) = std::sync::mpsc::channel::<()>();
    let wait = move || -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let told = serve::told_to_end()?;
            drop(heard);
            told.await;
            Ok(())
        })
    };
    std::thread::spawn(move || {
        if wait().is_ok() {
            then();
        }
    });
    // It is dropped when signals are heard, or cannot be.
    let _ = listening.recv();
}

/// People type queries plainly: a space and a quote need no percent sign here. A `+` stays one.
fn as_query(text: &str) -> String {
    let text = text.trim().trim_start_matches('?');
    if text.contains('%') { text.to_owned() } else { text.replace('+', "%2B").replace(' ', "%20") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_may_be_typed_plainly() {
        assert_eq!(as_query("?filter=a > 1+2"), "filter=a%20>%201%2B2");
        assert_eq!(as_query("filter=a%20%3E+1"), "filter=a%20%3E+1");
    }
}
