//! Files that hold several tables: the one that is read.

use anyhow::{Result, bail};

/// Which of some layers is read: the only one, or the one that was named. `about` says more of each.
///
/// # Errors
/// When there are several and none was named, or none is called so.
pub(super) fn choose(file: &str, what: &str, names: &[&str], about: &[String], wanted: Option<&str>) -> Result<usize> {
    /// So many are listed.
    const LISTED: usize = 30;
    let list = || {
        let mut list: Vec<String> = names
            .iter()
            .enumerate()
            .take(LISTED)
            .map(|(at, name)| about.get(at).map_or_else(|| (*name).to_owned(), |about| format!("{name} ({about})")))
            .collect();
        if names.len() > LISTED {
            list.push(format!("and {} more", names.len() - LISTED));
        }
        list.join(", ")
    };
    let Some(wanted) = wanted else {
        return match names {
            [_] => Ok(0),
            [first, ..] => {
                bail!("{file} holds {} {what}: {}; say which, such as --layer {first:?}", names.len(), list())
            }
            [] => bail!("{file} holds no {what}"),
        };
    };
    if let Some(at) = names.iter().position(|name| *name == wanted) {
        return Ok(at);
    }
    let near = names.iter().find(|name| strsim::jaro_winkler(&name.to_lowercase(), &wanted.to_lowercase()) > 0.8);
    let near = near.map_or(String::new(), |name| format!(" (did you mean {name:?}?)"));
    bail!("--layer: {file} holds no layer {wanted:?}{near}; it holds {}", list())
}
