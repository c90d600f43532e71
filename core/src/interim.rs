//! Stands in for the query language until it lands with the next commits, so that what is above it compiles. To be
//! deleted then, whole.
#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "to be deleted with the next commits")]
use crate::*;
use alloc::string::String;
impl core::fmt::Display for TileQuery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{self:?}")
    }
}
impl Filter {
    pub fn of(_q: &TileQuery, _p: &Points<'_>) -> Result<Self, QueryError> {
        Ok(Self::Constant(true))
    }
}
impl MeasureKind {
    pub fn name(self) -> String {
        match self {
            Self::Sum => "sum".into(),
            Self::Mean => "mean".into(),
            Self::Min => "min".into(),
            Self::Max => "max".into(),
            Self::Percentile(5000) => "median".into(),
            Self::Percentile(p) => alloc::format!("p{}", p / 100),
            Self::Mode => "mode".into(),
            Self::Distinct => "nunique".into(),
        }
    }
}
impl Period {
    pub fn name(self) -> &'static str {
        "month"
    }
    pub fn floor(self, t: i64) -> i64 {
        t.div_euclid(86_400_000_000) * 86_400_000_000
    }
    pub fn next(self, t: i64) -> i64 {
        t + 86_400_000_000
    }
    pub fn label(self, t: i64) -> String {
        time::print(t)
    }
}
pub mod time {
    pub fn print(t: i64) -> alloc::string::String {
        alloc::format!("{t}")
    }
}
pub mod suggest {
    use crate::*;
    pub fn unknown_column(_p: &Points<'_>, par: &str, n: &str) -> QueryError {
        QueryError::new(par, n)
    }
}
