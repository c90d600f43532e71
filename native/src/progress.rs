//! Tells on standard error how far loading is: a bar where a person looks, plain lines elsewhere.

use crate::{read::Progress, shown::shown};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{io::IsTerminal as _, io::Write as _, time::Duration};

/// Progress on standard error.
#[derive(Debug)]
pub struct Terminal {
    /// What the lines are about; nothing where that is plain.
    about: String,
    bar: Option<ProgressBar>,
}

impl Terminal {
    /// For one dataset; `about` stands before its lines.
    #[must_use]
    pub fn new(about: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { about: shown(about).into(), bar }
    }
}

impl Progress for Terminal {
    fn stage(&self, name: &str, total: Option<u64>) {
        let Some(bar) = &self.bar else { return };
        let template = match total {
            Some(_) => "{prefix}: {msg} {wide_bar} {percent}% {eta}",
            None => "{prefix}: {msg} {spinner} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(self.about.clone());
        bar.set_message(shown(name).into_owned());
        bar.set_position(0);
        match total {
            Some(total) => bar.set_length(total),
            None => bar.unset_length(),
        }
    }

    fn advance(&self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
    }

    fn line(&self, text: &str) {
        let text = shown(text);
        let text = if self.about.is_empty() { text.into_owned() } else { format!("{}: {text}", self.about) };
        match &self.bar {
            Some(bar) => bar.println(text),
            None => drop(writeln!(std::io::stderr(), "{text}")),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
