//! Parameters of a path of its own beside those of a query: taken out of the query string, each at most once.

use super::Problem;
use crate::percent;
use duotile_core::{MAX_ZOOM, PARAMETERS, TileId, TileQuery, nearest};
use std::collections::BTreeMap;

/// A query string taken apart.
#[derive(Debug)]
pub struct Params {
    own: BTreeMap<&'static str, String>,
    /// What is left, for [`duotile_core::TileQuery::parse`].
    pub rest: String,
}

impl Params {
    /// Takes the parameters named `own` out of a query string.
    ///
    /// # Errors
    /// 400 for one that is there twice, or that nothing takes.
    pub fn new(query: Option<&str>, own: &[&'static str]) -> Result<Self, Problem> {
        let (mut taken, mut rest) = (BTreeMap::new(), Vec::new());
        for pair in query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = percent::decode_query(name);
            let Some(&name) = own.iter().find(|own| decoded.as_deref() == Some(**own)) else {
                if let Some(name) = decoded.filter(|name| !TileQuery::takes(name)) {
                    return Err(unknown(&name, own));
                }
                rest.push(pair);
                continue;
            };
            let value = percent::decode_query(value)
                .ok_or_else(|| Problem::parameter(name, "its percent signs do not make UTF-8"))?;
            if taken.insert(name, value).is_some() {
                return Err(Problem::parameter(name, "is there twice, expected once"));
            }
        }
        Ok(Self { own: taken, rest: rest.join("&") })
    }

    /// The text of a parameter; an empty one counts as not there.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A whole number in a range.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn number(&self, name: &str, default: usize, range: std::ops::RangeInclusive<usize>) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let detail = format!("got \"{text}\", expected a whole number from {} to {}", range.start(), range.end());
            Problem::parameter(name, detail)
        })
    }

    /// A tile as `z/x/y`.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn tile(&self, name: &str) -> Result<Option<TileId>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let parts: Vec<&str> = text.split('/').collect();
        let &[z, x, y] = &parts[..] else {
            return Err(Problem::parameter(name, format!("got \"{text}\", expected z/x/y")));
        };
        tile_id(z, x, y).map(Some).map_err(|problem| Problem::parameter(name, problem.detail()))
    }

    /// Any parameter of ours, as it would stand in a query string, but for one.
    #[must_use]
    pub fn without(&self, left_out: &str) -> String {
        let own = self.own.iter().filter(|(name, _)| **name != left_out);
        let own = own.map(|(name, value)| format!("{name}={}", percent::encode(value)));
        own.chain((!self.rest.is_empty()).then(|| self.rest.clone())).collect::<Vec<_>>().join("&")
    }
}

/// A parameter that neither the path takes nor a query.
fn unknown(name: &str, own: &[&'static str]) -> Problem {
    let others = PARAMETERS.iter().filter(|name| !own.contains(name));
    let known: Vec<&str> = own.iter().chain(others).copied().collect();
    let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
    Problem::parameter(name, format!("unknown parameter, expected one of {}", known.join(", "))).hint(near)
}

/// Reads a tile address.
///
/// # Errors
/// 400 for what is no number, 404 for a tile outside the pyramid.
pub fn tile_id(z: &str, x: &str, y: &str) -> Result<TileId, Problem> {
    let number = |name: &str, text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| digits).ok_or_else(|| {
            let detail = format!("\"{text}\" is no {name} of a tile; expected a whole number, z from 0 to {MAX_ZOOM}");
            Problem::parameter(name, detail)
        })
    };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    TileId::new(z, x, y).map_err(|error| Problem::not_found(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_parameters_are_taken_out_and_decoded() {
        let params = Params::new(Some("filter=a%3D1&limit=5&tile=3%2F1%2F2&by=x"), &["limit", "tile"]).expect("fine");
        assert_eq!(params.rest, "filter=a%3D1&by=x");
        assert_eq!(params.number("limit", 100, 1..=10), Ok(5));
        assert_eq!(params.tile("tile").expect("a tile").map(|tile| tile.to_string()), Some("3/1/2".into()));
        assert_eq!(params.without("limit"), "tile=3%2F1%2F2&filter=a%3D1&by=x");
    }

    #[test]
    fn odd_values_and_repetitions_are_refused() {
        assert!(Params::new(Some("a=1&a=2"), &["a"]).is_err());
        assert!(Params::new(Some("a=%ff"), &["a"]).is_err());
        let problem = Params::new(Some("columns=a"), &["column", "bins"]).expect_err("unknown").detail().to_owned();
        assert!(problem.contains("expected one of column, bins, agg, "), "{problem}");
        assert!(Params::new(Some("_=1&v=2&filter=a"), &["column"]).is_ok());
        let params = Params::new(Some("n=11&t=1/2"), &["n", "t"]).expect("fine");
        assert!(params.number("n", 1, 0..=10).is_err() && params.tile("t").is_err());
    }
}
