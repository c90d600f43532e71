//! What a server tells of a file, in the head of an answer.

use super::ask::Answer;
use hyper::header::HeaderMap;

/// What is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Which bytes it is, as the server has it.
    etag: Option<String>,
    /// When it was changed.
    modified: Option<String>,
    /// How many bytes there are of all of it.
    pub size: Option<u64>,
    /// Where the bytes of this answer begin.
    pub start: u64,
    /// What they are, in lower case and without parameters.
    pub kind: String,
}

impl Told {
    /// By an answer.
    pub fn of(answer: &Answer) -> Self {
        let text = |name: &str| text(&answer.headers, name);
        let (start, size) = match answer.status.as_u16() {
            200 => (0, text("content-length").and_then(|length| length.parse().ok())),
            _ => text("content-range").as_deref().map_or((0, None), range),
        };
        let kind = text("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self { etag: text("etag"), modified: text("last-modified"), size, start, kind }
    }

    /// What differs where the file does.
    pub fn version(&self) -> Option<String> {
        let size = self.size.map_or(String::new(), |size| format!(" {size} bytes"));
        self.etag.clone().or_else(|| self.modified.as_ref().map(|time| format!("{time}{size}")))
    }

    /// By what a part of the same file can be asked for: not by a weak tag, which other bytes may have, too.
    pub fn same(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| !tag.starts_with("W/")).or(self.modified.as_deref())
    }

    /// Whether another answer is of the same file.
    pub fn is(&self, other: &Self) -> bool {
        let sizes = self.size.zip(other.size).is_none_or(|(size, other)| size == other);
        sizes && (&self.etag, &self.modified) == (&other.etag, &other.modified)
    }

    /// The ending of a name, for what is of this kind and is not known by its first bytes.
    pub fn ending(&self) -> &'static str {
        match self.kind.as_str() {
            "text/csv" | "text/plain" | "application/csv" => ".csv",
            "text/tab-separated-values" => ".tsv",
            "application/geo+json" | "application/json" | "application/vnd.geo+json" => ".geojson",
            "application/geo+json-seq" | "application/x-ndjson" | "application/jsonl" => ".geojsonl",
            "application/geopackage+sqlite3" | "application/vnd.sqlite3" => ".gpkg",
            _ => "",
        }
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// `bytes 10-19/100` or `bytes */100`: where a part begins, and how much there is.
fn range(text: &str) -> (u64, Option<u64>) {
    let (part, size) = text.trim_start_matches("bytes").trim().split_once('/').unwrap_or((text, ""));
    let start = part.split('-').next().and_then(|start| start.trim().parse().ok());
    (start.unwrap_or(0), size.trim().parse().ok())
}
