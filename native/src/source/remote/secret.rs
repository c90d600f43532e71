//! Passwords: from the environment under the dataset's name, and never printed.

use anyhow::{Context as _, Result};
use std::{env, fmt, fs};

/// A text that is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The password that is known for a dataset: `DUOTILE_SOURCE_<NAME>_PASSWORD`, or what is in the file that
/// `DUOTILE_SOURCE_<NAME>_PASSWORD_FILE` names.
///
/// # Errors
/// When that file cannot be read.
pub(super) fn of(dataset: &str) -> Result<Option<Secret>> {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let own = format!("DUOTILE_SOURCE_{}_PASSWORD", dataset.chars().map(plain).collect::<String>());
    Ok(match (env::var(&own), env::var(format!("{own}_FILE"))) {
        (Ok(password), _) => Some(Secret(password)),
        (_, Ok(path)) => {
            let text = fs::read_to_string(&path).with_context(|| format!("{own}_FILE: cannot read {path}"))?;
            Some(Secret(text.trim_end_matches(['\n', '\r']).to_owned()))
        }
        _ => None,
    })
}
