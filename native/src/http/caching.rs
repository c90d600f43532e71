//! What may be kept, and how it is asked for again: weak `ETag`s, `If-None-Match`, `Cache-Control` by version.
//!
//! An `ETag` is made of core's `TILE_FORMAT`, the number that changes with the bytes of tiles, and of what the caller gives;
//! for a tile (`tile.rs`) the dataset's version, the canonical query, the address and its format. It is known before any
//! work is done, so an unchanged tile costs nothing. A tile URL with the current version in `v` never changes.

use crate::cache::place::is_version;
use crate::catalog::Entry;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use duotile_core::TILE_FORMAT;
use std::{fmt::Write as _, time::Duration};

/// Which version of the data an answer is of, so that who has asked before knows whether two answers go together.
const VERSION: HeaderName = HeaderName::from_static("duotile-version");

/// Says of which version an answer is.
pub fn versioned(entry: &Entry, headers: &mut HeaderMap) {
    if let Ok(version) = HeaderValue::try_from(entry.source.version()) {
        headers.insert(VERSION, version);
    }
}

/// Kept for a year, never asked for again.
pub const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Kept, but asked for again each time.
pub const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// The policy for a request that says `v=` in its query: immutable if it is the current one.
#[must_use]
pub fn policy(query: Option<&str>, version: &str) -> HeaderValue {
    let said = query.unwrap_or("").split('&').find_map(|pair| pair.strip_prefix("v="));
    if said == Some(version) { IMMUTABLE } else { REVALIDATE }
}

/// The policy for what may be as old as this, and is asked for again while it is shown a little longer.
#[must_use]
pub fn aging(most: Duration) -> HeaderValue {
    let seconds = most.as_secs().max(1);
    let text = format!("public, max-age={seconds}, stale-while-revalidate={}", seconds.saturating_mul(10));
    HeaderValue::try_from(text).unwrap_or(REVALIDATE)
}

/// The version of other data than that of a version, where a request says one in its query. What is none at all is let pass.
#[must_use]
pub fn other<'q>(query: Option<&'q str>, version: &str) -> Option<&'q str> {
    let mut said = query.unwrap_or("").split('&').filter_map(|pair| pair.strip_prefix("v="));
    said.find(|said| *said != version && is_version(said))
}

/// A weak `ETag` over texts, in which each is told from the next.
#[must_use]
pub fn etag(parts: &[&str]) -> HeaderValue {
    let mut text = String::with_capacity(22);
    let mut hash = Fnv::new(u64::from(TILE_FORMAT));
    for part in parts {
        hash.write(part.as_bytes());
        hash.write(&[0xff]);
    }
    let _ = write!(text, "W/\"{:016x}\"", hash.0);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

/// Whether the client has what this `ETag` names (weak comparison, RFC 9110).
#[must_use]
pub fn is_fresh(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(ours) = etag.to_str().map(bare) else { return false };
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| tag.trim() == "*" || bare(tag) == ours)
}

/// FNV-1a, 64 bits: the same on every machine and in every build, and short.
struct Fnv(u64);

impl Fnv {
    fn new(seed: u64) -> Self {
        let mut hash = Self(0xcbf2_9ce4_8422_2325);
        hash.write(&seed.to_le_bytes());
        hash
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_parts_from_each_other() {
        assert_ne!(etag(&["ab", "c"]), etag(&["a", "bc"]));
        assert_eq!(etag(&["ab", "c"]), etag(&["ab", "c"]));
    }

    #[test]
    fn if_none_match_compares_weakly_and_takes_lists() {
        let tag = etag(&["x"]);
        let strong = tag.to_str().expect("text").trim_start_matches("W/").to_owned();
        for (list, expected) in [
            (tag.to_str().expect("text").to_owned(), true),
            (strong.clone(), true),
            (format!("\"other\", {strong}"), true),
            ("*".into(), true),
            ("\"other\"".into(), false),
        ] {
            let headers =
                [(header::IF_NONE_MATCH, HeaderValue::from_str(&list).expect("a header"))].into_iter().collect();
            assert_eq!(is_fresh(&headers, &tag), expected, "{list}");
        }
        assert!(!is_fresh(&HeaderMap::new(), &tag));
    }

    #[test]
    fn what_is_no_version_is_none_of_other_data() {
        let (current, before) = ("0123456789abcdef", "fedcba9876543210");
        assert_eq!(other(Some("a=b&v=fedcba9876543210"), current), Some(before));
        for query in [None, Some("v=0123456789abcdef"), Some("v=1"), Some("v="), Some("a=fedcba9876543210")] {
            assert_eq!(other(query, current), None, "{query:?}");
        }
    }

    #[test]
    fn only_the_current_version_is_immutable() {
        assert_eq!(policy(Some("a=b&v=12"), "12"), IMMUTABLE);
        assert_eq!(policy(Some("v=11"), "12"), REVALIDATE);
        assert_eq!(policy(None, "12"), REVALIDATE);
    }
}
