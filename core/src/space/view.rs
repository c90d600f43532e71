//! The first view: where a map opens, and how close.
//!
//! A frame enters, or keys in Morton order with the frame of most of them; a centre and a zoom leave. Where rows lie in parts far
//! from each other (Europe and Oceania), the middle of all of them may be an ocean: the view is then of the part that has most.

use super::{
    frame::{Extent, Frame},
    mercator::{self, World},
    morton,
};
use alloc::vec::Vec;
use core::f64::consts::PI;

/// Rows that are looked at: so many, evenly along the order of the map, so that each stands for as many as any other.
const SAMPLE: usize = 512;
/// Parts are parts of parts, so often at most.
const ROUNDS: usize = 8;

/// Longitude, latitude, and a whole zoom.
pub type View = [f64; 3];

/// The centre of a frame, and a whole zoom at which a map of usual size holds it.
#[must_use]
pub fn of([west, south, east, north]: Frame) -> View {
    let y = |latitude: f64| {
        let sin = libm::sin(latitude.clamp(-mercator::MAX_LATITUDE, mercator::MAX_LATITUDE).to_radians());
        0.5 - libm::log((1.0 + sin) / (1.0 - sin)) / (4.0 * PI)
    };
    let (top, bottom) = (y(north), y(south));
    // A map of 1024 × 768 pixels shows two tiles by one and a half.
    let (wide, high) = (2.0 * 360.0 / (east - west).abs().max(1e-9), 1.5 / (bottom - top).abs().max(1e-12));
    let zoom = libm::log2(wide).min(libm::log2(high));
    let latitude = libm::atan(libm::sinh(PI * (1.0 - (top + bottom)))).to_degrees();
    let longitude = f64::midpoint(west, east);
    let longitude = if longitude > 180.0 { longitude - 360.0 } else { longitude };
    [round(longitude), round(latitude), libm::floor(zoom).clamp(0.0, 16.0)]
}

/// The first view of rows, of which `focus` holds most: of all of it, or where nothing is near its middle, of its heaviest part.
#[must_use]
pub fn first(keys: &[u64], focus: Frame) -> View {
    let [west, south, east, north] = focus;
    let (Some(low), Some(high)) = (mercator::project(west, north), mercator::project(east.min(360.0), south)) else {
        return of(focus);
    };
    // Steps from the west of the focus, which may lie before the antimeridian.
    let (wide, top, bottom) = (high.x.wrapping_sub(low.x), low.y, high.y);
    let step = keys.len().div_ceil(SAMPLE).max(1);
    let sample = keys.iter().skip(step / 2).step_by(step);
    let inside = sample.map(|&key| morton::position(key)).filter_map(|World { x, y }| {
        let x = x.wrapping_sub(low.x);
        // The focus of the whole world begins where it ends.
        ((wide == 0 || x <= wide) && (top..=bottom).contains(&y)).then_some([x, y])
    });
    let all: Vec<[u32; 2]> = inside.collect();
    let mut part = all.clone();
    for _ in 0..ROUNDS {
        match heavier(&mut part) {
            Some(heavy) => part = heavy,
            None => break,
        }
    }
    if part.len() == all.len() {
        return of(focus);
    }
    let keys: Vec<u64> = part.iter().map(|&[x, y]| morton::key(World { x: x.wrapping_add(low.x), y })).collect();
    of(Extent::of(&keys).degrees().unwrap_or(focus))
}

/// Of places that leave the middle of their frame empty, those on the side of their widest gap where most are.
fn heavier(places: &mut [[u32; 2]]) -> Option<Vec<[u32; 2]>> {
    let ends = [0, 1].map(|axis| {
        let along = places.iter().map(|place| place[axis]);
        along.fold((u32::MAX, 0), |(low, high), at| (low.min(at), high.max(at)))
    });
    let size = ends.iter().map(|&(low, high)| high.saturating_sub(low)).max()?;
    // Near is a sixth of the frame's longer side from its middle.
    let middle = ends.map(|(low, high)| low + high.saturating_sub(low) / 2);
    let near = |place: &&[u32; 2]| (0..2).all(|axis| place[axis].abs_diff(middle[axis]) <= size / 6);
    if places.iter().filter(near).count() * 100 > places.len() {
        return None;
    }
    let gap = |axis: usize, places: &mut [[u32; 2]]| {
        places.sort_unstable_by_key(|place| place[axis]);
        let gaps = places.windows(2).enumerate().map(|(at, pair)| (pair[1][axis] - pair[0][axis], at + 1));
        gaps.max_by_key(|&(width, at)| (width, usize::MAX - at)).map(|(width, at)| (width, axis, at))
    };
    let [across, down] = [0, 1].map(|axis| gap(axis, places));
    let (width, axis, at) = across.max(down)?;
    if width < size / 4 {
        return None;
    }
    places.sort_unstable_by_key(|place| place[axis]);
    let (before, after) = places.split_at(at);
    Some(if before.len() >= after.len() { before } else { after }.to_vec())
}

/// To about a centimetre, which is all that a view needs.
fn round(degrees: f64) -> f64 {
    libm::round(degrees * 1e7) / 1e7
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::frame::{self, keys};

    fn opened(keys: &[u64]) -> View {
        let alone = |runs: &[&[u64]]| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join);
        first(keys, frame::focus(keys, alone))
    }

    /// A square of so many points with this middle and width.
    fn square(count: u32, lon: f64, lat: f64, width: f64) -> impl Iterator<Item = (f64, f64)> {
        let across = f64::from(count).sqrt() as u32;
        (0..across * across).map(move |i| {
            let at = |step: u32| width * (f64::from(step) / f64::from(across) - 0.5);
            (lon + at(i % across), lat + at(i / across))
        })
    }

    #[test]
    fn a_view_is_centred_and_holds_its_frame() {
        assert_eq!(of([-180.0, -85.0, 180.0, 85.0]), [0.0, 0.0, 0.0]);
        let [lon, lat, zoom] = of([13.0, 52.3, 13.8, 52.7]);
        assert!((lon - 13.4).abs() < 1e-6 && (lat - 52.5).abs() < 0.01, "{lon} {lat}");
        assert_eq!(zoom, 9.0);
        assert_eq!(of([170.0, -10.0, 200.0, 10.0])[0], -175.0);
        assert_eq!(of([5.0, 5.0, 5.0, 5.0])[2], 16.0);
    }

    #[test]
    fn rows_in_europe_and_oceania_open_where_most_are_and_not_in_the_ocean_between() {
        let parts = |france: u32, australia: u32| {
            let oceania = square(australia, 145.0, -33.0, 12.0).chain(square(5_000, 174.0, -41.0, 4.0));
            keys(square(france, 2.0, 47.0, 8.0).chain(oceania))
        };
        let [lon, lat, zoom] = opened(&parts(40_000, 10_000));
        assert!((lon - 2.0).abs() < 0.5 && (lat - 47.0).abs() < 0.5 && zoom >= 4.0, "{lon} {lat} {zoom}");
        let [lon, lat, _] = opened(&parts(10_000, 40_000));
        assert!((lon - 145.0).abs() < 0.5 && (lat + 33.0).abs() < 0.8, "{lon} {lat}");
    }

    #[test]
    fn rows_on_both_sides_of_the_antimeridian_are_looked_at_together() {
        // Fiji on both sides of it, and fewer rows in Peru.
        let fiji =
            square(10_000, 180.0, -17.0, 6.0).map(|(lon, lat)| (if lon >= 180.0 { lon - 360.0 } else { lon }, lat));
        let [lon, lat, _] = opened(&keys(fiji.chain(square(900, -76.0, -10.0, 4.0))));
        assert!((lon.abs() - 180.0).abs() < 0.5 && (lat + 17.0).abs() < 0.5, "{lon} {lat}");
    }

    #[test]
    fn what_hangs_together_or_lies_around_its_middle_is_seen_whole() {
        let ring = (0..20_000).map(|i| {
            let turn = f64::from(i) * 0.01;
            (10.0 + 5.0 * libm::cos(turn), 5.0 * libm::sin(turn))
        });
        for keys in [keys(square(10_000, 10.0, 45.0, 9.0)), keys(ring), keys(square(100, -60.0, 0.0, 1e-6))] {
            let alone = |runs: &[&[u64]]| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join);
            assert_eq!(opened(&keys), of(frame::focus(&keys, alone)));
        }
        assert_eq!(opened(&[]), [0.0, 0.0, 0.0]);
        // Two rows: at one of them.
        let [lon, lat, _] = opened(&keys([(5.0, 6.0), (-70.0, 40.0)]));
        assert!((lon + 70.0).abs() < 1e-6 && (lat - 40.0).abs() < 1e-6, "{lon} {lat}");
    }
}
