//! Exact sums of floats, of whole numbers that a database adds up.
//!
//! Every float of a column is a whole multiple of a power of two, and smaller than another. So it is cut into digits of 30 bits,
//! each of which is found exactly in a double and added up exactly in 64 bits, in any order and over any number of nodes. Here the
//! digits are put together again, and rounded once.

/// Bits of a digit.
const BITS: i32 = 30;
/// Digits at most: doubles of all sizes there are would take 70.
const MOST: usize = 8;

/// Between which powers of two the values of a column lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limbs {
    /// All values are below 2 to this.
    pub top: i32,
    /// All are multiples of 2 to this.
    pub low: i32,
}

impl Limbs {
    /// How many digits a value has. `None` for more than are added up.
    pub fn len(self) -> Option<usize> {
        let digits = usize::try_from((self.top - self.low).max(1)).ok()?.div_ceil(BITS as usize);
        (digits <= MOST && self.top < 990 && self.low > -990).then_some(digits)
    }

    /// The digits of a value as integers of 64 bits; then what is left of it, which is 0 unless rows came that nobody had counted.
    pub fn digits(self, value: &str) -> Option<(Vec<String>, String)> {
        let mut rest = format!("({value}) * {}", power(BITS - self.top));
        let mut digits = Vec::new();
        for _ in 0..self.len()? {
            digits.push(format!("toInt64({rest})"));
            rest = format!("(({rest}) - trunc({rest})) * {}", power(BITS));
        }
        Some((digits, rest))
    }

    /// The double nearest to what sums of digits, the highest first, make together.
    pub fn total(self, sums: &[i64]) -> f64 {
        let (negative, digits) = carried(sums.iter().map(|&sum| i128::from(sum)));
        let (negative, digits) =
            if negative { (true, carried(sums.iter().map(|&sum| -i128::from(sum))).1) } else { (false, digits) };
        // Three digits behind the first that is not 0 are more than a double holds; of the rest it matters whether there is any.
        let first = digits.iter().position(|&digit| digit != 0).unwrap_or(0);
        let (mut whole, mut exponent) = (0u128, 0);
        for (at, &digit) in digits.iter().enumerate().skip(first) {
            if at < first + 3 {
                whole = whole << BITS | digit;
                exponent = self.top - BITS * (at as i32 + 1);
            } else if digit != 0 {
                whole |= 1;
            }
        }
        let value = libm::scalbn(whole as f64, exponent);
        if negative { -value } else { value }
    }
}

/// Sums of digits as digits again: but for the first none is below 0 or has more bits than a digit. Whether all of it is below 0.
fn carried(sums: impl DoubleEndedIterator<Item = i128>) -> (bool, Vec<u128>) {
    let mut carry = 0;
    let mut digits: Vec<i128> = sums
        .rev()
        .map(|sum| {
            let all = sum + carry;
            carry = all >> BITS;
            all & ((1 << BITS) - 1)
        })
        .collect();
    // What is over goes before the first.
    if let Some(first) = digits.last_mut() {
        *first += carry << BITS;
    }
    digits.reverse();
    let negative = digits.first().is_some_and(|&first| first < 0);
    (negative, digits.into_iter().map(|digit| digit.max(0).cast_unsigned()).collect())
}

/// A power of two as SQL has it: by its bits, so that no digits are read.
fn power(exponent: i32) -> String {
    format!("reinterpretAsFloat64(toUInt64({}))", libm::exp2(f64::from(exponent)).to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a database does with the digits of a value.
    fn cut(limbs: Limbs, value: f64) -> (Vec<i64>, f64) {
        let mut rest = value * libm::exp2(f64::from(BITS - limbs.top));
        let digits = (0..limbs.len().expect("few")).map(|_| {
            let digit = rest as i64;
            rest = (rest - rest.trunc()) * libm::exp2(f64::from(BITS));
            digit
        });
        (digits.collect(), rest)
    }

    #[test]
    fn digits_that_are_added_up_are_the_sum_that_is_rounded_once() {
        let mut seed = 7u64;
        let mut dice = || {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            seed >> 11
        };
        for spread in [1, 20, 60] {
            let limbs = Limbs { top: 40, low: 40 - 53 - spread };
            let wholes: Vec<i128> = (0..1000)
                .map(|_| {
                    let size = (i128::from(dice()) << (dice() % spread as u64 + 1)) >> 1;
                    if dice() % 2 == 0 { size } else { -size }
                })
                .collect();
            let mut sums = vec![0; limbs.len().expect("few")];
            for &whole in &wholes {
                let value = libm::scalbn(whole as f64, limbs.low);
                let (digits, rest) = cut(limbs, value);
                assert_eq!((value.abs() < libm::exp2(40.0), rest), (true, 0.0));
                digits.iter().zip(&mut sums).for_each(|(digit, sum)| *sum += digit);
                assert_eq!(limbs.total(&digits), value);
            }
            // Below 2¹²⁷, so that the compiler's rounding of integers is the judge.
            let exact = wholes.iter().map(|&whole| (whole as f64) as i128).sum::<i128>();
            assert_eq!(limbs.total(&sums), libm::scalbn(exact as f64, limbs.low), "{spread}");
        }
        let limbs = Limbs { top: 1, low: -80 };
        assert_eq!((limbs.total(&[0, 0, 0]), limbs.total(&[1 << 29, 0, -1])), (0.0, 1.0));
        assert_eq!(Limbs { top: 300, low: -300 }.len(), None);
    }
}
