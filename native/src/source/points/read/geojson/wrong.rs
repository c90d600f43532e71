//! What is said of GeoJSON that is damaged, and where in its file that is.

use anyhow::anyhow;

/// What is wrong with a line.
pub(super) fn wrong(error: &serde_json::Error, text: &[u8]) -> String {
    if error.is_eof() {
        return "is cut off within a value".into();
    }
    let said = error.to_string();
    let told = said.rsplit_once(" at line ").map_or(said.as_str(), |(told, _)| told);
    if told.starts_with("its type is \"\"") {
        return "is no feature but plain JSON, of which rows are not read: write them as CSV with columns of longitude and \
                latitude, or as features of GeoJSON"
            .into();
    }
    let line = text.split(|&byte| byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let rest = line.get(error.column().saturating_sub(1)..).unwrap_or_default();
    let told = if rest.starts_with(b"NaN") { "NaN is no JSON, expected a number or null" } else { told };
    // Over several lines, a letter of one says little.
    if error.line() == 1 {
        format!("is damaged: {told} at letter {}", error.column())
    } else {
        format!("is damaged: {told}")
    }
}

/// What is wrong with a whole text.
pub(super) fn damaged(error: &serde_json::Error) -> anyhow::Error {
    if error.is_eof() {
        return anyhow!("the GeoJSON is cut off: it ends in line {}, within a value", error.line());
    }
    anyhow!("the GeoJSON is damaged: {error}")
}

/// The same where what was read is not all of the text: `at` is where in that it is damaged.
pub(super) fn damaged_at(error: &serde_json::Error, text: &[u8], at: usize) -> anyhow::Error {
    let before = &text[..at.min(text.len())];
    let line = before.split(|&byte| byte == b'\n').count();
    if error.is_eof() {
        return anyhow!("the GeoJSON is cut off: it ends in line {line}, within a value");
    }
    let column = before.len() - before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let said = error.to_string();
    let told = said.rsplit_once(" at line ").map_or(said.as_str(), |(told, _)| told);
    anyhow!("the GeoJSON is damaged: {told} at line {line} column {column}")
}

/// Behind the letter that an error names.
pub(super) fn place(text: &[u8], line: usize, column: usize) -> usize {
    let before = text.split_inclusive(|&byte| byte == b'\n').take(line.saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + column
}
