//! Positions become integers here, and nowhere else.
//!
//! Degrees (or Web Mercator metres) enter, a [`World`] position leaves: 2³² steps per axis over the square world of
//! EPSG:3857, about 9 mm at the equator, x growing east from −180°, y growing south from 85.05°. All tile arithmetic
//! after this is integer shifts. The trigonometry is `libm`'s on every target, so every target gets the same bits.

use core::f64::consts::PI;

/// The latitude where the square Web Mercator world ends, in degrees. Latitudes beyond it are clamped to it.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// Circumference of the EPSG:3857 sphere in metres: 2π · 6,378,137.
pub const CIRCUMFERENCE: f64 = 40_075_016.685_578_49;

/// Steps per axis, 2³².
const SIZE: f64 = 4_294_967_296.0;

/// A position in the world: both axes half-open in `0..2³²`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// Steps east of the antimeridian.
    pub x: u32,
    /// Steps south of latitude 85.05°.
    pub y: u32,
}

/// Degrees (WGS 84) to a world position.
///
/// Longitudes in −180…360 wrap half-open, so +180 is x = 0. Latitudes are clamped to ±[`MAX_LATITUDE`].
/// Anything else (NaN, infinite, |lat| > 90, longitude out of range) has no position: `None`.
///
/// ```
/// use duotile_core::{World, mercator::project};
/// assert_eq!(project(0.0, 0.0), Some(World { x: 1 << 31, y: 1 << 31 }));
/// assert_eq!(project(180.0, 0.0), project(-180.0, 0.0));
/// assert_eq!(project(0.0, 91.0), None);
/// ```
#[must_use]
pub fn project(lon: f64, lat: f64) -> Option<World> {
    if !((-180.0..=360.0).contains(&lon) && (-90.0..=90.0).contains(&lat)) {
        return None;
    }
    let sin = libm::sin(lat.clamp(-MAX_LATITUDE, MAX_LATITUDE) * (PI / 180.0));
    let north = libm::log((1.0 + sin) / (1.0 - sin)) / (4.0 * PI);
    Some(World { x: wrap((lon + 180.0) / 360.0), y: clamp(0.5 - north) })
}

/// Degrees that the last digits of a longitude may be off by, after it was moved and turned: a ten thousandth of a step.
pub(crate) const NOISE: f64 = 1e-11;

/// Degrees (WGS 84) to steps that neither wrap nor end one step short of the world's far edges: for outlines, which go over
/// the antimeridian and reach the poles. Longitudes are taken in −540…540, those within a [`NOISE`] of ±180 as these; anything else as
/// with [`project`].
pub(crate) fn project_free(lon: f64, lat: f64) -> Option<[i64; 2]> {
    if !((-540.0..=540.0).contains(&lon) && (-90.0..=90.0).contains(&lat)) {
        return None;
    }
    let border = if lon < 0.0 { -180.0 } else { 180.0 };
    let lon = if (lon - border).abs() < NOISE { border } else { lon };
    let x = libm::floor((lon + 180.0) / 360.0 * SIZE) as i64;
    Some([x, if lat <= -MAX_LATITUDE { SIZE as i64 } else { i64::from(project(0.0, lat)?.y) }])
}

/// Web Mercator metres (EPSG:3857) to a world position, with the same wrapping and clamping as [`project`].
///
/// Northings beyond the square world, up to twice its height, are clamped; anything else is `None`.
#[must_use]
pub fn project_metres(easting: f64, northing: f64) -> Option<World> {
    let (x, y) = (easting / CIRCUMFERENCE + 0.5, 0.5 - northing / CIRCUMFERENCE);
    // A hair of tolerance: writers print half the circumference with few digits.
    if !((-1e-9..=1.5).contains(&x) && (-0.5..=1.5).contains(&y)) {
        return None;
    }
    Some(World { x: wrap(x.max(0.0)), y: clamp(y) })
}

/// A world position to degrees `(lon, lat)`: the centre of the step, so projecting it again gives the same position.
#[must_use]
pub fn unproject(world: World) -> (f64, f64) {
    (longitude(world.x), latitude(world.y))
}

/// The longitude in degrees at the centre of step `x`; grows with `x`.
#[must_use]
pub fn longitude(x: u32) -> f64 {
    (f64::from(x) + 0.5) / SIZE * 360.0 - 180.0
}

/// The latitude in degrees at the centre of step `y`; falls as `y` grows.
#[must_use]
pub fn latitude(y: u32) -> f64 {
    let north = PI * (1.0 - 2.0 * ((f64::from(y) + 0.5) / SIZE));
    libm::atan(libm::sinh(north)) * (180.0 / PI)
}

/// A fraction of the world in `0..=1.5`, wrapped half-open.
fn wrap(fraction: f64) -> u32 {
    (fraction * SIZE) as u64 as u32
}

fn clamp(fraction: f64) -> u32 {
    (fraction * SIZE) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positions of known EPSG:3857 coordinates (metres), from the EPSG guidance note 7-2 example for 3857.
    #[test]
    fn a_published_point_lands_where_it_should() {
        // 24°22'54.433"N 100°20'00.000"W → X −11169055.58 m, Y 2800000.00 m.
        let lat = 24.0 + 22.0 / 60.0 + 54.433 / 3600.0;
        let lon = -(100.0 + 20.0 / 60.0);
        let ours = project(lon, lat).expect("usable");
        let published = project_metres(-11_169_055.58, 2_800_000.00).expect("usable");
        // Published to a centimetre in degrees' last digit (0.03 m).
        assert!(ours.x.abs_diff(published.x) <= 2 && ours.y.abs_diff(published.y) <= 4, "{ours:?} {published:?}");
    }

    #[test]
    fn edges_wrap_and_clamp() {
        assert_eq!(project(-180.0, 90.0), Some(World { x: 0, y: 0 }));
        assert_eq!(project(-180.0, MAX_LATITUDE), Some(World { x: 0, y: 0 }));
        assert_eq!(project(180.0, -90.0), Some(World { x: 0, y: u32::MAX }));
        assert_eq!(project(360.0, 0.0), project(0.0, 0.0));
        assert_eq!(project(190.0, 0.0), project(-170.0, 0.0));
        for (lon, lat) in
            [(f64::NAN, 0.0), (0.0, f64::NAN), (-180.1, 0.0), (360.1, 0.0), (0.0, 90.1), (f64::INFINITY, 0.0)]
        {
            assert_eq!(project(lon, lat), None, "{lon} {lat}");
        }
        assert_eq!(project_metres(0.0, 0.0), project(0.0, 0.0));
        assert_eq!(project_metres(-20_037_508.34, 20_037_508.35), Some(World { x: 0, y: 0 }));
        assert_eq!(project_metres(1e9, 0.0), None);
    }

    #[test]
    fn outlines_reach_the_far_edges_and_lie_where_points_do() {
        assert_eq!(project_free(180.0, -86.0), Some([1 << 32, 1 << 32]));
        assert_eq!(project_free(-180.0, 86.0), Some([0, 0]));
        assert_eq!(
            project_free(190.0, 0.0).map(|[x, _]| x - (1 << 32)),
            project(-170.0, 0.0).map(|world| world.x.into())
        );
        assert_eq!(
            project_free(-190.0, 0.0).map(|[x, _]| x + (1 << 32)),
            project(170.0, 0.0).map(|world| world.x.into())
        );
        assert_eq!(project_free(13.4, 52.5), project(13.4, 52.5).map(|world| [world.x.into(), world.y.into()]));
        assert_eq!(project_free(541.0, 0.0).or(project_free(f64::NAN, 0.0)).or(project_free(0.0, f64::NAN)), None);
    }

    #[test]
    fn unprojecting_and_projecting_again_is_the_identity() {
        let mut step = 0x9e37_79b9_u32;
        for _ in 0..20_000 {
            step = step.wrapping_mul(0x85eb_ca6b).rotate_left(13).wrapping_add(0xc2b2_ae35);
            let world = World { x: step, y: step.rotate_left(16) };
            let (lon, lat) = unproject(world);
            assert_eq!(project(lon, lat), Some(world));
        }
    }
}
