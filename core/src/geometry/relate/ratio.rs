//! Fractions of the way along an edge, compared exactly.

use core::cmp::Ordering;

/// A fraction from 0 to 1: a numerator and a denominator above zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ratio {
    of: u128,
    by: u128,
}

impl Ratio {
    pub const START: Self = Self { of: 0, by: 1 };
    pub const END: Self = Self { of: 1, by: 1 };

    /// A quotient, cut off at 0 and 1; `by` is not zero.
    pub fn clamped(of: i128, by: i128) -> Self {
        let (of, by) = if by < 0 { (-of, -by) } else { (of, by) };
        if of <= 0 {
            Self::START
        } else if of >= by {
            Self::END
        } else {
            Self { of: of.unsigned_abs(), by: by.unsigned_abs() }
        }
    }

    /// Whether it is neither 0 nor 1.
    pub const fn is_inner(self) -> bool {
        self.of > 0 && self.of < self.by
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        product(self.of, other.by).cmp(&product(other.of, self.by))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

/// A product of numbers below 2⁹⁶ as two words, the higher first.
const fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (low, across) = ((a & LOW) * (b & LOW), (a >> 64) * (b & LOW) + (a & LOW) * (b >> 64));
    let (sum, carry) = low.overflowing_add(across << 64);
    ((a >> 64) * (b >> 64) + (across >> 64) + carry as u128, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_great_numbers_are_told_apart() {
        let great = (1i128 << 66) - 1;
        let [less, more] = [Ratio::clamped(great - 2, great), Ratio::clamped(great - 1, great + 1)];
        // (g − 2)/g < (g − 1)/(g + 1), by 2/(g² + g).
        assert!(less < more && less == Ratio::clamped(2 - great, -great));
        assert_eq!(Ratio::clamped(great, 2 * great), Ratio::clamped(1, 2));
        assert!(
            !Ratio::clamped(-1, 5).is_inner() && !Ratio::clamped(7, 5).is_inner() && Ratio::clamped(1, 5).is_inner()
        );
        assert_eq!(product((1 << 96) - 1, (1 << 96) - 1), ((1 << 64) - 1, 1u128.wrapping_sub(1 << 97)));
    }
}
