//! What the operator decides, as plain data: the command line and the configuration file are written as [`serving`] and
//! read by [`config`], and become the [`Settings`] of which the parts of a server take what is theirs.

pub mod basemap;
pub mod config;
pub mod cors;
pub mod files;
pub mod limits;
mod named;
pub mod origin;
pub mod serving;
pub mod units;
pub mod words;

use basemap::Basemap;
use cors::Cors;
use limits::Limits;
use origin::Origin;

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the public address is known.
    pub origin: Origin,
    /// Who may read from other origins.
    pub cors: Cors,
    /// The base map of the page; its own where there is none.
    pub basemap: Option<Basemap>,
    /// What is bounded, and by how much.
    pub limits: Limits,
    /// Whether `/metrics` is here, not on an address of its own.
    pub metrics_here: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            origin: Origin::default(),
            cors: Cors::Local,
            basemap: None,
            limits: Limits::default(),
            metrics_here: true,
        }
    }
}
