//! Places of the map on the unit sphere.

use core::f64::consts::PI;

/// A place, or a direction.
pub type Vector = [f64; 3];

/// Steps of the map.
pub const SIZE: f64 = 4_294_967_296.0;

/// The place at so many steps east and south.
pub fn of_map(x: f64, y: f64) -> Vector {
    let (sin, cos) = libm::sincos((x / SIZE * 2.0 - 1.0) * PI);
    // e to twice the Mercator ordinate: sine and cosine of the latitude are its hyperbolic tangent and secant.
    let grown = libm::exp(PI * (1.0 - 2.0 * (y / SIZE)));
    let square = grown * grown;
    let level = 2.0 * grown / (square + 1.0);
    [level * cos, level * sin, (square - 1.0) / (square + 1.0)]
}

/// The cosine of the latitude of such a place.
pub fn level(place: Vector) -> f64 {
    libm::sqrt((1.0 - place[2] * place[2]).max(0.0))
}

/// The place of a latitude and a longitude in radians.
pub fn of_angles(latitude: f64, longitude: f64) -> Vector {
    let ((north, level), (east, front)) = (libm::sincos(latitude), libm::sincos(longitude));
    [level * front, level * east, north]
}

pub fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
