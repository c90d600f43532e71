//! Sums that do not depend on the order of adding, and an order of floats as integers.
//!
//! Integers are summed in 128 bits. Floats are summed as a pair of doubles, the running sum and the sum of its exact
//! rounding errors (Knuth's two-sum, Neumaier 1974), and rounded once. Wherever the values of a cell span fewer than about
//! 106 bits, which is to say nearly always, the pair is exact, so every path to it gives the same bits.

/// A running total.
pub trait Total: Copy {
    /// Nothing added yet.
    const ZERO: Self;
    /// Adds another total.
    fn merge(&mut self, other: Self);
    /// The total, rounded once.
    fn rounded(self) -> f64;
    /// All of it in two words.
    fn to_words(self) -> [u64; 2];
    /// The total of two words.
    fn from_words(words: [u64; 2]) -> Self;
}

impl Total for i128 {
    const ZERO: Self = 0;

    #[inline]
    fn merge(&mut self, other: Self) {
        *self += other;
    }

    // A function call, which would be made for floats too if it were taken for an instruction.
    #[inline(never)]
    fn rounded(self) -> f64 {
        self as f64
    }

    fn to_words(self) -> [u64; 2] {
        [self as u64, (self >> 64) as u64]
    }

    fn from_words([low, high]: [u64; 2]) -> Self {
        i128::from(high.cast_signed()) << 64 | i128::from(low)
    }
}

/// The unevaluated sum of two doubles.
///
/// Only the first is on the critical path of adding: one addition a value.
#[derive(Clone, Copy, Debug)]
pub struct DoubleDouble {
    sum: f64,
    errors: f64,
}

impl DoubleDouble {
    /// Adds one double.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let (sum, error) = two_sum(self.sum, value);
        self.sum = sum;
        self.errors += error;
    }
}

impl Total for DoubleDouble {
    const ZERO: Self = Self { sum: 0.0, errors: 0.0 };

    #[inline]
    fn merge(&mut self, other: Self) {
        self.add(other.sum);
        self.errors += other.errors;
    }

    fn rounded(self) -> f64 {
        self.sum + self.errors
    }

    fn to_words(self) -> [u64; 2] {
        [self.sum.to_bits(), self.errors.to_bits()]
    }

    fn from_words([sum, errors]: [u64; 2]) -> Self {
        Self { sum: f64::from_bits(sum), errors: f64::from_bits(errors) }
    }
}

#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// Maps a float without NaN to an integer of the same order.
#[inline]
pub const fn ordered(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The float of an integer made by [`ordered`].
#[inline]
pub const fn unordered(order: i64) -> f64 {
    f64::from_bits((order ^ ((order >> 63).cast_unsigned() >> 1).cast_signed()).cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn order_and_back() {
        let floats = [f64::MIN, -1.5, -f64::MIN_POSITIVE, 0.0, 5e-324, 1.0, f64::MAX];
        assert!(floats.map(ordered).is_sorted());
        assert_eq!(floats.map(|v| unordered(ordered(v))), floats);
    }

    /// Cents as integers are the independent truth: their sum is exact.
    #[test]
    fn sums_of_prices_do_not_depend_on_order_or_grouping() {
        let cents: Vec<i64> = (0..10_000i64).map(|i| (i * 7919) % 1_000_003 - 200_000).collect();
        let values: Vec<f64> = cents.iter().map(|&c| c as f64 / 64.0).collect();
        let truth = cents.iter().sum::<i64>() as f64 / 64.0;
        let sum = |values: &[f64]| {
            let mut total = DoubleDouble::ZERO;
            values.iter().for_each(|&v| total.add(v));
            total
        };
        assert_eq!(sum(&values).rounded(), truth);
        let tenths: Vec<f64> = cents.iter().map(|&c| c as f64 / 10.0).collect();
        let reversed: Vec<f64> = tenths.iter().rev().copied().collect();
        for block in [1, 3, 128, 5000] {
            let mut merged = DoubleDouble::ZERO;
            tenths.chunks(block).for_each(|chunk| merged.merge(sum(chunk)));
            assert_eq!(merged.rounded(), sum(&tenths).rounded());
            assert_eq!(merged.rounded(), sum(&reversed).rounded());
        }
    }

    #[test]
    fn small_parts_survive_large_ones() {
        let mut total = DoubleDouble::ZERO;
        [1e17, 1.0, -1e17, 1.0].iter().for_each(|&v| total.add(v));
        assert_eq!(total.rounded(), 2.0);
    }
}
