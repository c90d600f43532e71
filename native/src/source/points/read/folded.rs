//! What several files tell alike is told once, with the number of files.

use std::collections::HashMap;

/// The lines of files in order. Those that differ in what stands in brackets alone are alike, but for those of one file.
pub(super) fn folded(files: Vec<Vec<String>>) -> Vec<String> {
    let mut told: Vec<(String, usize)> = Vec::new();
    let mut known: HashMap<(String, usize), usize> = HashMap::new();
    for lines in files {
        let mut own: HashMap<String, usize> = HashMap::new();
        for line in lines {
            let plain = plain(&line);
            let number = own.entry(plain.clone()).or_default();
            let at = *known.entry((plain, *number)).or_insert(told.len());
            *number += 1;
            match told.get_mut(at) {
                Some((_, more)) => *more += 1,
                None => told.push((line, 0)),
            }
        }
    }
    let line = |(line, more): (String, usize)| match more {
        0 => line,
        1 => format!("{line}; and so in another file"),
        _ => format!("{line}; and so in {more} more files"),
    };
    told.into_iter().map(line).collect()
}

/// A line without what stands in brackets, unless that is in quotes.
fn plain(line: &str) -> String {
    let (mut quoted, mut depth) = (false, 0usize);
    let keep = |letter: &char| {
        quoted ^= *letter == '"';
        depth += usize::from(!quoted && *letter == '(');
        let kept = depth == 0;
        depth = depth.saturating_sub(usize::from(!quoted && *letter == ')'));
        kept
    };
    line.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_tell_alike_is_told_once_and_nothing_of_one_file_is_left_out() {
        let file = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
        let files = vec![
            file(&[
                "the first line (a, 1) is a row",
                "column \"x (m)\" is odd",
                "column \"x (s)\" is odd",
                "same",
                "same",
            ]),
            file(&["the first line (b, 2) is a row", "column \"x (s)\" is odd", "other"]),
            file(&["the first line (c, 3) is a row", "same"]),
        ];
        let expected = [
            "the first line (a, 1) is a row; and so in 2 more files",
            "column \"x (m)\" is odd",
            "column \"x (s)\" is odd; and so in another file",
            "same; and so in another file",
            "same",
            "other",
        ];
        assert_eq!(folded(files), expected);
    }
}
