//! Positions as other tools are told them: of all the degrees that are a row's step on the grid, those with the fewest digits.
//!
//! A file said 8.9, the centre of its step is 8.899999964: who wrote up to seven digits finds them again, and what is read from
//! them is the same position.

use duotile_core::{World, mercator};

/// Degrees of half a step along the equator, and a hair more: which step a number on the edge is on, projecting it tells.
const HALF: f64 = 180.0 / 4_294_967_296.0 * (1.0 + 1e-6);

/// The degrees of a position, longitude first.
pub(super) fn degrees(world: World) -> (f64, f64) {
    let (lon, lat) = mercator::unproject(world);
    // A step is as high as it is wide on the ground.
    let high = HALF * lat.to_radians().cos();
    (
        rounded(lon, HALF, |lon| mercator::project(lon, 0.0).is_some_and(|found| found.x == world.x)),
        rounded(lat, high, |lat| mercator::project(0.0, lat).is_some_and(|found| found.y == world.y)),
    )
}

/// A number with as few digits as one that is at most so far from it, and passes, has; itself if it takes too many.
fn rounded(number: f64, off: f64, passes: impl Fn(f64) -> bool) -> f64 {
    let scales = (0..12).map(|digits| 10f64.powi(digits));
    let mut found = scales.map(|scale| (number * scale).round() / scale);
    // Without −0.0.
    found.find(|near| (near - number).abs() <= off && passes(*near)).unwrap_or(number) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_with_few_digits_is_found_again_and_all_else_stays_on_its_step() {
        let mut seed = 7u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / f64::from(1u32 << 31)
        };
        for turn in 0..20_000 {
            let scale = 10f64.powi(turn % 7);
            let (lon, lat) = (random().mul_add(359.9, -179.9), random().mul_add(169.0, -84.5));
            let written = ((lon * scale).round() / scale, (lat * scale).round() / scale);
            let (lon, lat) = written;
            if (-180.0..180.0).contains(&lon) && lat.abs() < 85.0 {
                let world = mercator::project(lon, lat).expect("a position");
                let told = degrees(world);
                assert_eq!(mercator::project(told.0, told.1), Some(world), "{written:?} {told:?}");
                assert_eq!(told, written);
            }
        }
        for edge in [0, 1, u32::MAX - 1, u32::MAX] {
            let world = World { x: edge, y: edge };
            let (lon, lat) = degrees(world);
            assert_eq!(mercator::project(lon, lat), Some(world), "{lon} {lat}");
        }
    }
}
