//! The frame of an archive, and where a map of it opens.

use crate::{
    query::TileQuery,
    space::{
        frame::{Frame, WORLD},
        view::{self, View},
    },
};

/// What two frames have in common. Of one over the antimeridian, which cannot be said in TileJSON, nothing is taken away from east or west.
#[must_use]
pub fn common(a: Frame, b: Frame) -> Option<Frame> {
    let [west, east] = if b[0] <= b[2] { [a[0].max(b[0]), a[2].min(b[2])] } else { [a[0], a[2]] };
    let [south, north] = [a[1].max(b[1]), a[3].min(b[3])];
    (west < east && south < north).then_some([west, south, east, north])
}

/// The frame of what a query may show, and its first view, of rows that have these; `outlined` are lines and polygons.
#[must_use]
pub fn of_query(query: &TileQuery, rows: Option<Frame>, view: View, outlined: bool) -> (Frame, View) {
    let bounds = rows.map_or(WORLD, |[w, s, e, n]| [w.max(-180.0), s, e.min(180.0), n]);
    let Some(within) = query.bbox else { return (bounds, view) };
    // Outlines that come into a box go on beyond it.
    let narrowed = common(bounds, within).filter(|_| !outlined);
    let view = if within[0] < within[2] { view::of(within) } else { view };
    (narrowed.unwrap_or(bounds), view)
}

/// The frame and the first view of an archive of these zooms, whose layers have this frame and whose first has this view, `within` a box.
#[must_use]
pub fn of_archive(
    all: Frame,
    view: Option<View>,
    within: Option<Frame>,
    [first, deepest]: [u8; 2],
) -> (Frame, (f64, f64, u8)) {
    let mut bounds = within.and_then(|within| common(all, within)).unwrap_or(all);
    for axis in 0..2 {
        bounds[axis] = bounds[axis].clamp(WORLD[axis], WORLD[axis + 2]);
        bounds[axis + 2] = bounds[axis + 2].clamp(WORLD[axis], WORLD[axis + 2]);
        // A frame without any extent is none to clients.
        if bounds[axis] >= bounds[axis + 2] {
            bounds[axis] = (bounds[axis] - 1e-6).max(WORLD[axis]);
            bounds[axis + 2] = (bounds[axis + 2] + 1e-6).min(WORLD[axis + 2]);
        }
    }
    let inside = |[lon, lat, _]: &View| (bounds[0]..=bounds[2]).contains(lon) && (bounds[1]..=bounds[3]).contains(lat);
    let [lon, lat, zoom] = match within {
        Some([west, south, east, north]) if west > east => view::of([west, south, east + 360.0, north]),
        Some(_) => view::of(bounds),
        None => view.filter(inside).unwrap_or_else(|| view::of(bounds)),
    };
    let (lon, lat) = (lon.clamp(bounds[0], bounds[2]), lat.clamp(bounds[1], bounds[3]));
    (bounds, (lon, lat, (libm::round(zoom).max(0.0) as u8).clamp(first, deepest.max(first))))
}
