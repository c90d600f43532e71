//! On which side of a line a position lies, exactly.
//!
//! The error bound and the exact sum are those of Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust
//! Geometric Predicates" (1997): nearly always the plain determinant is far enough from zero.

use super::{Position, parts::Edge};
use core::cmp::Ordering;

/// The relative error that the plain determinant may have.
pub(super) const ERROR: f64 = 4.0 * f64::EPSILON;

/// Greater where `p` lies to the left of the line from `a` to `b`, less to its right, equal on it.
pub(super) fn side(a: Position, b: Position, p: Position) -> Ordering {
    let (left, right) = ((a[0] - p[0]) * (b[1] - p[1]), (a[1] - p[1]) * (b[0] - p[0]));
    let plain = left - right;
    if plain.abs() > ERROR * (left.abs() + right.abs()) {
        return plain.partial_cmp(&0.0).unwrap_or(Ordering::Equal);
    }
    // All six products, each as two doubles that are it exactly; the product of p's coordinates is in it twice.
    let products = [(a[0], b[1]), (-a[0], p[1]), (-p[0], b[1]), (-a[1], b[0]), (a[1], p[0]), (p[1], b[0])];
    let mut sum = [0.0; 13];
    let mut used = 0;
    for (x, y) in products {
        let (high, low) = product(x, y);
        for more in [low, high] {
            // Added from the smallest part on, each step keeps what it rounds off.
            let mut carry = more;
            for part in &mut sum[..used] {
                let (rounded, rest) = two_sum(carry, *part);
                (*part, carry) = (rest, rounded);
            }
            sum[used] = carry;
            used += 1;
        }
    }
    // The parts do not overlap, so the largest decides.
    sum[..used]
        .iter()
        .rev()
        .find(|part| **part != 0.0)
        .map_or(Ordering::Equal, |part| part.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
}

/// A sum and what is rounded off it.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let virtual_b = sum - a;
    (sum, (a - (sum - virtual_b)) + (b - virtual_b))
}

/// A product and what is rounded off it (Dekker, Veltkamp).
fn product(a: f64, b: f64) -> (f64, f64) {
    let split = |value: f64| {
        let large = 134_217_729.0 * value;
        let high = large - (large - value);
        (high, value - high)
    };
    let made = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    (made, ((a_high * b_high - made) + a_high * b_low + a_low * b_high) + a_low * b_low)
}

/// Whether an edge that crosses the parallel of a position does so to the west of it. An edge through the position counts by
/// where it is a hair above.
pub(super) fn west_of(&Edge { a, b, .. }: &Edge, p: Position) -> bool {
    let up = a[1] < b[1];
    match side(a, b, p) {
        Ordering::Equal => (a[0] < b[0]) != up,
        side => (side == Ordering::Less) == up,
    }
}

/// Whether a position on a meridian that an edge crosses is below the edge.
pub(super) fn below(&Edge { a, b, .. }: &Edge, p: Position) -> bool {
    side(a, b, p) == if a[0] < b[0] { Ordering::Less } else { Ordering::Greater }
}

/// Whether a position is on an edge.
pub(super) fn on(&Edge { a, b, .. }: &Edge, p: Position) -> bool {
    let within = (0..2).all(|axis| a[axis].min(b[axis]) <= p[axis] && p[axis] <= a[axis].max(b[axis]));
    within && side(a, b, p) == Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In whole numbers, for positions that are multiples of 2⁻⁴⁰.
    fn whole([x, y]: Position) -> (i128, i128) {
        let scale = |value: f64| (value * 1_099_511_627_776.0) as i128;
        (scale(x), scale(y))
    }

    #[test]
    fn the_side_is_exact_where_the_plain_determinant_is_not() {
        let mut state = 1u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 20) as i64 as f64 / 1_099_511_627_776.0 - 8.0
        };
        let mut on = 0;
        for round in 0..20_000 {
            let (a, b) = ([next(), next()], [next(), next()]);
            // On the line or a hair beside it.
            let t = [0.5, 0.25, 2.0, -1.0][round % 4];
            let hair = [0.0, 1.0, -1.0][round % 3] / 1_099_511_627_776.0;
            let p = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t + hair];
            let ((ax, ay), (bx, by), (px, py)) = (whole(a), whole(b), whole(p));
            if [a, b, p].iter().flatten().any(|v| (v * 1_099_511_627_776.0).fract() != 0.0) {
                continue;
            }
            let expected = ((ax - px) * (by - py) - (ay - py) * (bx - px)).cmp(&0);
            on += usize::from(expected == Ordering::Equal);
            assert_eq!(side(a, b, p), expected, "{a:?} {b:?} {p:?}");
        }
        assert!(on > 1000, "{on}");
    }
}
