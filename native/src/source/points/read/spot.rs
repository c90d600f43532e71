//! Coordinates of one row become its key: by the core where it knows the system, else by way of degrees.

use super::crs::{Crs, Projection};
use duotile_core::{
    mercator::{self, MAX_LATITUDE},
    morton,
};

/// Where a row is drawn, and whether it lies beyond the edge of the map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub key: u64,
    pub is_beyond: bool,
}

/// The place of a row; `None` where it has none.
#[inline]
pub(super) fn project(crs: Crs, projection: Option<&Projection>, x: f64, y: f64) -> Option<Spot> {
    let spot = |lon: f64, lat: f64| {
        mercator::project(lon, lat).map(|world| Spot { key: morton::key(world), is_beyond: lat.abs() > MAX_LATITUDE })
    };
    match (crs, projection) {
        (_, Some(projection)) => projection.degrees(x, y).and_then(|(lon, lat)| spot(lon, lat)),
        (Crs::Metres, None) => mercator::project_metres(x, y).map(|world| {
            // Half the circumference, and what writers round it by.
            let is_beyond = y.abs() > mercator::CIRCUMFERENCE / 2.0 + 0.01;
            Spot { key: morton::key(world), is_beyond }
        }),
        (_, None) => match crs.parts() {
            Some(parts) => spot(x / parts, y / parts),
            None => spot(x, y),
        },
    }
}

/// The latitude of a row.
pub(super) fn latitude(crs: Crs, projection: Option<&Projection>, x: f64, y: f64) -> Option<f64> {
    match (crs, projection) {
        (_, Some(projection)) => projection.degrees(x, y).map(|(_, lat)| lat),
        (Crs::Metres, None) => Some((y / mercator::CIRCUMFERENCE * std::f64::consts::TAU).sinh().atan().to_degrees()),
        (_, None) => Some(y / crs.parts().unwrap_or(1.0)),
    }
}

/// The degrees of a position, longitude first and not wrapped; NaN for one that the system does not have.
pub(super) fn degrees(crs: Crs, projection: Option<&Projection>, x: f64, y: f64) -> (f64, f64) {
    match (crs, projection) {
        (_, Some(projection)) => projection.degrees(x, y).unwrap_or((f64::NAN, f64::NAN)),
        (Crs::Metres, None) => (x / mercator::CIRCUMFERENCE * 360.0, latitude(crs, None, x, y).unwrap_or(f64::NAN)),
        (_, None) => {
            let parts = crs.parts().unwrap_or(1.0);
            (x / parts, y / parts)
        }
    }
}
