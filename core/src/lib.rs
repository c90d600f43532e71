//! Cuts Mapbox Vector Tiles from columns of points: the same bytes on a server and in a browser.
//!
//! What enters is positions, value columns and a query; what leaves is the bytes of a tile. The modules stand in the
//! order of the pipeline. Nothing here reads files, keeps caches or starts threads; there is no `std`, no `unsafe`.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

// From degrees to keys.
pub mod mercator;
pub mod morton;
mod tile;

// Columns and what is known of them.
mod columns;
mod decimal;
mod dictionary;
mod facts;
mod landmarks;
mod normal;
mod points;
mod small;
mod table;

// Which rows.
mod error;
pub mod filter;
mod mask;
mod query;
mod suggest;
pub mod time;
mod work;

// What they add up to.
mod aggregate;
mod category;
mod cells;
mod exact;
mod measure;
mod profile;
mod spread;
mod summary;
mod sweep;

// The tile.
mod cell_features;
mod mvt;
mod pbf;
mod plan;
mod rows;
mod tiler;
mod values;

// What is told beside tiles.
mod cover;
pub mod frame;
mod legend;
mod page;
mod plain;
mod schema;
pub mod stats;

pub use category::Category;
pub use columns::{BadColumn, Bits, Codes, Column, Kind, Values};
pub use dictionary::{Dictionary, Unsorted};
pub use error::{Complaint, QueryError};
pub use facts::{Facts, MAX_CATEGORIES, MAX_EXACT, Scalar};
pub use filter::Filter;
pub use landmarks::{BadLandmarks, CROWD, Landmarks};
pub use legend::{Legend, Zoom};
pub use mask::Mask;
pub use mercator::World;
pub use normal::normal;
pub use page::{MAX_PAGE, Page, Within, cell_keys};
pub use plain::{Plain, Times};
pub use plan::{Extra, Plan, Property, PropertyKind, Source};
pub use points::{BadPoints, EXTENT_BITS, Points, sort};
pub use profile::Profile;
pub use query::{
    Alias, By, Interval, MAX_LIMIT, MAX_QUERY, Measure, MeasureKind, Mode, Period, Properties, Shape, TileQuery,
};
pub use schema::{ColumnInfo, PropertyInfo, TIME_UNIT, range};
pub use suggest::{nearest, unknown_column};
pub use summary::{Summary, Sums};
pub use sweep::Piece;
pub use table::{BadTable, Roles, Table};
pub use tile::{InvalidTile, MAX_ZOOM, TileId};
pub use tiler::{MAX_TILE_BYTES, Report, Scratch, Selection};
pub use work::{STEP, Stopped, Toll, Work};
