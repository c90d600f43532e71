//! Cuts Mapbox Vector Tiles from columns of points: the same bytes on a server and in a browser.
//!
//! What enters is positions, value columns and a query; what leaves is the bytes of a tile. The modules stand in the
//! order of the pipeline. Nothing here reads files, keeps caches or starts threads; there is no `std`, no `unsafe`.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

// Below everything: what knows nothing of tiles; where things are; when.
mod small;
mod space;
pub mod time;

// Columns, what is made of them, and which rows of them.
pub mod filter;
mod formula;
mod geometry;
mod outlines;
mod query;
mod table;

// The index, and what rows add up to.
mod points;
mod sums;

// Lines and polygons: rows with an outline.
mod shapes;

// Cells of H3.
mod hex;

// What a query means for a table.
mod measure;
mod plan;

// What leaves.
mod answers;
mod tile;

// Tiles together in one file.
pub mod archive;

pub use answers::{
    legend::{Legend, Zoom},
    page::{MAX_PAGE, Page, Within},
    stats,
};
pub use filter::{Filter, InBox, mask::Mask};
pub use formula::{Formula, Made, MadeValues};
pub use geometry::{Position, Shape as Geometry};
pub use hex::index as h3;
pub use measure::category::Category;
pub use outlines::geometries_of;
pub use plan::{Extra, Plan, Property, PropertyInfo, PropertyKind, Source};
pub use points::{
    cells::cell_keys,
    index::{BadPoints, Points},
    landmarks::{BadLandmarks, CROWD, Landmarks},
    profile::Profile,
    ranks::{ROW as RANKED_ROW, Ranks},
    sort::sort,
};
pub use query::{
    Alias, By, Hexagons, Let, MAX_DETAIL, MAX_LIMIT, MAX_QUERY, Measure, MeasureKind, Mode, PARAMETERS, Properties,
    RowGeometry, Shape, TileQuery,
};
pub use shapes::{
    BadBuffers, BadOutline, Buffers, Built, Carried, Flat, Outlines, Role, Shapes,
    gather::{Gather, Told},
    inside::point as point_inside,
    is_jump,
    levels::settle as settle_levels,
    sizes::Sizes,
};
pub use small::{
    error::{Complaint, QueryError},
    nearest::nearest,
    work::{STEP, Stopped, Toll, Work},
};
pub use space::{
    boxes, frame, mercator,
    mercator::World,
    morton,
    tile::{EXTENT_BITS, InvalidTile, MAX_ZOOM, TileId},
    view,
};
pub use sums::{
    summary::{Summary, Sums},
    sweep::Piece,
};
pub use table::{
    columns::{BadColumn, Column},
    dictionary::{Dictionary, Unsorted},
    facts::{Facts, MAX_CATEGORIES, MAX_DISTINCT_INTEGERS, MAX_EXACT, Scalar},
    normal::normal,
    plain::{Plain, Times},
    schema::{ColumnInfo, TIME_UNIT, range},
    unknown::unknown_column,
    values::{Bits, Codes, Kind, Values},
    view::{BadTable, Roles, Table},
};
pub use tile::{
    cut::{MAX_TILE_BYTES, Selection, TILE_FORMAT},
    given::{BadGiven, Found, Given},
    tiler::{Report, Scratch},
};
pub use time::{Interval, Period, Zone};
