//! Absolute addresses of a source and of a query: of tiles, and of the documents beside them.

use crate::{engine::Fitted, format::Format, percent, source::Source};

/// A document beside the tiles of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// `tilejson.json`.
    TileJson,
    /// `metadata.json`.
    Metadata,
    /// `style.json`.
    Style,
}

impl Document {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TileJson, Self::Metadata, Self::Style];

    /// The document of a file name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.file() == name)
    }

    /// Its file name.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::TileJson => "tilejson.json",
            Self::Metadata => "metadata.json",
            Self::Style => "style.json",
        }
    }

    /// What links to it are called.
    #[must_use]
    pub const fn rel(self) -> &'static str {
        match self {
            Self::TileJson => "tilejson",
            Self::Metadata => "metadata",
            Self::Style => "style",
        }
    }
}

/// Absolute addresses of a query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Links {
    /// Up to the source, or the token: `https://host/tiles/places`.
    folder: String,
    /// The query string that every address carries; empty for a token.
    query: String,
    version: String,
    format: Format,
}

impl Links {
    /// Addresses of a whole source under a base.
    #[must_use]
    pub fn of_source(base: &str, source: &Source) -> Self {
        Self {
            folder: format!("{base}/tiles/{}", percent::encode(source.name())),
            query: String::new(),
            version: source.version().into(),
            format: source.format(),
        }
    }

    /// Addresses of a query under a base, as a query string or as a token in the path. Parameters in `query` that are
    /// not ours but a proxy's (`key`, `access_token`) are carried on.
    #[must_use]
    pub fn new(base: &str, fitted: &Fitted, by_token: bool, query: Option<&str>) -> Self {
        let mut links = Self::of_source(base, &fitted.entry.source);
        let mut pairs: Vec<&str> = Vec::new();
        let token = if by_token { fitted.query.token() } else { String::new() };
        // The empty query has an empty token, which no path can hold.
        if !token.is_empty() {
            links.folder = format!("{}/q/{token}", links.folder);
        } else if !fitted.plan.canonical().is_empty() {
            pairs.push(fitted.plan.canonical());
        }
        pairs.extend(passed(query));
        links.query = pairs.join("&");
        links
    }

    /// The same with what of a query is a proxy's.
    #[must_use]
    pub fn passing(self, query: Option<&str>) -> Self {
        Self { query: passed(query).collect::<Vec<_>>().join("&"), ..self }
    }

    /// What tiles are.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The template of tiles.
    #[must_use]
    pub fn tiles(&self) -> String {
        let Self { folder, query, version, format } = self;
        let and = if query.is_empty() { "" } else { "&" };
        format!("{folder}/{{z}}/{{x}}/{{y}}.{}?{query}{and}v={version}", format.ending())
    }

    /// The template without the version, for clients that append to it or cut its query off, with an ending of their
    /// choice.
    #[must_use]
    pub fn bare(&self, ending: &str) -> String {
        let ask = if self.query.is_empty() { "" } else { "?" };
        format!("{}/{{z}}/{{x}}/{{y}}.{ending}{ask}{}", self.folder, self.query)
    }

    /// A document beside the tiles.
    #[must_use]
    pub fn document(&self, document: Document) -> String {
        let ask = if self.query.is_empty() { "" } else { "?" };
        format!("{}/{}{ask}{}", self.folder, document.file(), self.query)
    }
}

/// Parameters of a query that are not ours but a proxy's.
fn passed(query: Option<&str>) -> impl Iterator<Item = &str> {
    let all = query.unwrap_or("").split('&');
    all.filter(|pair| pair.starts_with("key=") || pair.starts_with("access_token="))
}
