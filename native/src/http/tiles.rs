//! Everything under `/tiles`: which dataset, which query, and which tile or document a path speaks of.
//!
//! The last segment is taken whole, so `.mvt` and `.pbf` need no routes of their own, and a token may stand before it.

use super::{Problem, Shared, archived, caching, datasets, document, params, query, tile};
use crate::{cache::Place, catalog::Entry, format::Format, percent, source::Source, told::links::Document};
use axum::{
    extract::{Request, State as With},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use duotile_core::TileId;
use std::borrow::Cow;

/// The paths, as the API's description has them.
pub const PATHS: [&str; 18] = [
    "/tiles/{z}/{x}/{y}.mvt",
    "/tiles/tilejson.json",
    "/tiles/metadata.json",
    "/tiles/style.json",
    "/tiles/q",
    "/tiles/q/{token}/{z}/{x}/{y}.mvt",
    "/tiles/q/{token}/tilejson.json",
    "/tiles/q/{token}/metadata.json",
    "/tiles/q/{token}/style.json",
    "/tiles/{dataset}/{z}/{x}/{y}.mvt",
    "/tiles/{dataset}/tilejson.json",
    "/tiles/{dataset}/metadata.json",
    "/tiles/{dataset}/style.json",
    "/tiles/{dataset}/q",
    "/tiles/{dataset}/q/{token}/{z}/{x}/{y}.mvt",
    "/tiles/{dataset}/q/{token}/tilejson.json",
    "/tiles/{dataset}/q/{token}/metadata.json",
    "/tiles/{dataset}/q/{token}/style.json",
];

/// What a path speaks of.
#[derive(Debug, PartialEq, Eq)]
struct Target<'p> {
    dataset: Option<&'p str>,
    token: Option<&'p str>,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Tile(TileId, Format),
    Document(Document),
    /// Where queries are posted.
    Query,
}

impl What {
    /// The methods that it answers, as the header says them.
    const fn allowed(&self) -> HeaderValue {
        HeaderValue::from_static(if matches!(self, Self::Query) { "POST" } else { "GET, HEAD" })
    }

    /// 405 for any other.
    fn refuse(&self, method: &Method) -> Problem {
        let detail = match self {
            Self::Query => format!("got {method}, expected POST: a query is sent here"),
            Self::Tile(..) | Self::Document(_) => {
                format!("got {method}, expected GET; POST is for a path that ends in /q")
            }
        };
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).header(header::ALLOW, self.allowed())
    }
}

/// Reads a path after `/tiles/`, decoded.
fn target(path: &str) -> Result<Target<'_>, Problem> {
    let nothing = || Problem::not_found(format!("nothing is at /tiles/{path}; /docs lists what there is"));
    // An empty name is none, and not the first dataset's.
    if path.starts_with('/') || path.contains("//") {
        return Err(nothing());
    }
    let (rest, last) = path.rsplit_once('/').unwrap_or(("", path));
    let mut parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let what = if let Some(document) = Document::of(last) {
        What::Document(document)
    } else if last == "q" {
        What::Query
    } else {
        let (y, format) = Format::split(last).ok_or_else(nothing)?;
        let (Some(x), Some(z)) = (parts.pop(), parts.pop()) else { return Err(nothing()) };
        What::Tile(params::tile_id(z, x, y)?, format)
    };
    let (dataset, token) = match (&parts[..], &what) {
        ([], _) => (None, None),
        (&[dataset], _) => (Some(dataset), None),
        (&["q", token], What::Tile(..) | What::Document(_)) => (None, Some(token)),
        (&[dataset, "q", token], What::Tile(..) | What::Document(_)) => (Some(dataset), Some(token)),
        _ => return Err(nothing()),
    };
    Ok(Target { dataset, token, what })
}

/// The path after `/tiles/`, decoded; copied only where there is something to decode.
fn path(uri: &Uri) -> Result<Cow<'_, str>, Problem> {
    let path = uri.path().strip_prefix("/tiles/").unwrap_or_default();
    percent::decode(path)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "the percent signs of the path do not make UTF-8"))
}

/// Refuses a tile of data that was replaced, where older tiles are kept as files: a map is of one version or told.
fn one_version(state: &Shared, entry: &Entry, query: Option<&str>) -> Result<(), Problem> {
    let current = entry.source.version();
    let kept = state.files.get().is_some() && entry.source.ages().is_none();
    match caching::other(query, current).filter(|_| kept) {
        None => Ok(()),
        Some(other) => {
            let name = entry.source.name();
            let detail = format!(
                "the data of {name} was replaced: it is of version {current} now, not {other}; what was opened before is to be opened \
                 again, its TileJSON has the addresses of today's tiles"
            );
            Err(Problem::new(StatusCode::GONE, detail).about("v"))
        }
    }
}

/// Where a tile is written as a file, if an address is one that a web server finds files by: with the dataset's name, its version
/// and nothing else, and asked for by nobody in particular.
fn place(
    entry: &Entry,
    (name, token): (Option<&str>, &str),
    query: Option<&str>,
    headers: &HeaderMap,
) -> Option<Place> {
    let version = entry.source.version();
    let plain = name.is_some() && entry.source.ages().is_none() && query?.strip_prefix("v=") == Some(version);
    (plain && !headers.contains_key(header::AUTHORIZATION)).then(|| Place::of(entry.source.name(), version, token))?
}

/// A tile, or a document beside it.
///
/// # Errors
/// 410 for a tile of data that was replaced, where files are kept;
/// 400 for what the query says wrongly, 404 for what is not there.
pub async fn get(With(state): With<Shared>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let (path, text, headers) = (path(&parts.uri)?, parts.uri.query(), &parts.headers);
    let Target { dataset: name, token, what } = target(&path)?;
    let entry = datasets::named(&state, name)?;
    if matches!(what, What::Tile(..)) {
        one_version(&state, &entry, text)?;
    }
    if let (Source::Archive(archive), What::Tile(..) | What::Document(_)) = (&entry.source, &what) {
        archived::plain(archive, token, text)?;
        return match what {
            What::Tile(id, format) => {
                let place = place(&entry, (name, ""), text, headers);
                archived::tile(&state, &entry, archive, (id, format), (text, headers), place).await
            }
            What::Document(kind) => archived::document(&state, &entry, archive, kind, text, headers).await,
            What::Query => Err(what.refuse(&parts.method)),
        };
    }
    let fitted = async || state.engine.fit_text(&entry, token, text.unwrap_or("")).await;
    match what {
        What::Tile(id, format) => {
            let fitted = fitted().await?;
            // By no other spelling of a query than the one that is told.
            let told = fitted.query.token();
            let place = place(&entry, (name, &told), text, headers).filter(|_| token.unwrap_or("") == told);
            tile::answer(&state, fitted, (id, format), (text, headers), place).await
        }
        What::Document(kind) => document::answer(&state, kind, fitted().await?, token.is_some(), text, headers).await,
        What::Query => Err(what.refuse(&parts.method)),
    }
}

/// A query in, its token and URLs out.
///
/// # Errors
/// As [`get`], and 413 for a body that is too large.
pub async fn post(With(state): With<Shared>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let path = path(&parts.uri)?;
    let Target { dataset: name, what, .. } = target(&path)?;
    if what != What::Query {
        return Err(what.refuse(&parts.method));
    }
    let entry = datasets::named(&state, name)?;
    query::answer(&state, &entry, &parts.headers, body).await
}

/// Any other method: the route takes both GET and POST, a path of it only one of them.
///
/// # Errors
/// 405 with the methods that there are, 404 for what is not there.
pub async fn other(method: Method, uri: Uri) -> Result<Response, Problem> {
    let path = path(&uri)?;
    let Target { what, .. } = target(&path)?;
    if method == Method::OPTIONS {
        return Ok((StatusCode::NO_CONTENT, [(header::ALLOW, what.allowed())]).into_response());
    }
    Err(what.refuse(&method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_path_is_told_apart() {
        let id = TileId::new(3, 4, 5).expect("valid");
        for (path, dataset, token, what) in [
            ("3/4/5.mvt", None, None, What::Tile(id, Format::Mvt)),
            ("a/3/4/5.pbf", Some("a"), None, What::Tile(id, Format::Mvt)),
            ("q/tok/3/4/5.mvt", None, Some("tok"), What::Tile(id, Format::Mvt)),
            ("a/q/tok/3/4/5.mvt", Some("a"), Some("tok"), What::Tile(id, Format::Mvt)),
            ("q/q/tok/3/4/5.mvt", Some("q"), Some("tok"), What::Tile(id, Format::Mvt)),
            ("tilejson.json", None, None, What::Document(Document::TileJson)),
            ("a/metadata.json", Some("a"), None, What::Document(Document::Metadata)),
            ("a/q/tok/style.json", Some("a"), Some("tok"), What::Document(Document::Style)),
            ("q", None, None, What::Query),
            ("a/q", Some("a"), None, What::Query),
        ] {
            assert_eq!(target(path).expect(path), Target { dataset, token, what }, "{path}");
        }
    }

    #[test]
    fn other_paths_are_404_and_odd_numbers_400() {
        for path in [
            "",
            "a",
            "a/b/c/3/4/5.mvt",
            "3/4/5.png",
            "4/5.mvt",
            "a/q/tok/q",
            "23/0/0.mvt",
            "0/1/0.mvt",
            "/0/0/0.mvt",
            "a//q",
            "/q",
        ] {
            assert_eq!(target(path).expect_err(path).status(), 404, "{path}");
        }
        for path in ["a/b/4/5.mvt", "1/-1/0.mvt", "1/1.5/0.mvt", "1/0/.mvt", "99999999999/0/0.mvt"] {
            assert_eq!(target(path).expect_err(path).status(), 400, "{path}");
        }
    }
}
