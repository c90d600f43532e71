//! "Did you mean": the known name nearest to one that is not known.

use alloc::{format, string::String, vec::Vec};

/// Longer names are compared by their beginning only.
const LONGEST: usize = 64;

/// The candidate fewest edits away from `name`, not minding case; `None` if even that is more than a third of it away (rounded up for
/// one that begins alike), or if `name` is a candidate itself.
///
/// ```
/// use duotile_core::nearest;
/// assert_eq!(nearest("Fair", ["fare", "tip"]), Some("fare"));
/// assert_eq!(nearest("colour", ["fare", "tip"]), None);
/// assert_eq!(nearest("zone", ["mode", "z"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let near = |candidate: &'a str| {
        let other = fold(candidate);
        let alike = other.first() == folded.first();
        let most = if alike { folded.len().div_ceil(3) } else { folded.len() / 3 };
        Some((edits(&folded, &other), candidate)).filter(|&(edits, _)| edits <= most)
    };
    candidates
        .into_iter()
        .filter_map(near)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
        .filter(|&candidate| candidate != name)
}

/// [`nearest`] as a hint.
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean \"{near}\"?"))
}

fn fold(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).filter(|c| !matches!(c, '_' | '-' | ' ')).take(LONGEST).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours from one text to the other, by rows of the usual table.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i);
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = core::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let columns = ["pickup_longitude", "fare_amount", "tip", "passenger_count"];
        for (typed, meant) in [
            ("fare_amuont", Some("fare_amount")),
            ("FareAmount", Some("fare_amount")),
            ("pickup longitude", Some("pickup_longitude")),
            ("tipp", Some("tip")),
            ("colour", None),
            ("tip", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, columns), meant, "{typed}");
        }
    }

    #[test]
    fn edits_of_known_pairs() {
        for (a, b, expected) in [("kitten", "sitting", 3), ("ab", "ba", 1), ("", "abc", 3), ("same", "same", 0)] {
            assert_eq!(edits(&fold(a), &fold(b)), expected, "{a} {b}");
        }
    }
}
