//! The values of 64 rows, and what functions make of them, number by number.
//!
//! A value is the bits of a double, which also holds whole numbers up to 2⁵³, or an integer of 64 bits where a column or a
//! result may be larger. Where there is no value anything may stand.

use super::function::Function;
use core::cmp::Ordering;

/// Rows at a time: the bits of a word.
pub(crate) const LANES: usize = 64;

/// Values of up to 64 rows.
#[derive(Clone, Debug)]
pub(crate) struct Lanes {
    pub bits: [u64; LANES],
    /// Which rows have a value.
    pub valid: u64,
}

impl Lanes {
    pub const NONE: Self = Self { bits: [0; LANES], valid: 0 };

    /// Fills the first rows.
    #[inline]
    pub fn fill<T: Copy>(&mut self, values: &[T], valid: u64, bits: impl Fn(T) -> u64) {
        self.valid = valid;
        match values.first_chunk::<LANES>() {
            // Of a fixed length, so that the loop can be unrolled.
            Some(full) => self.bits.iter_mut().zip(full).for_each(|(lane, value)| *lane = bits(*value)),
            None => self.bits.iter_mut().zip(values).for_each(|(lane, value)| *lane = bits(*value)),
        }
    }

    /// Each value made another one.
    #[inline]
    pub fn map(&mut self, of: impl Fn(u64) -> u64) {
        self.bits.iter_mut().for_each(|lane| *lane = of(*lane));
    }

    /// Each number made another one.
    #[inline]
    pub fn floats(&mut self, of: impl Fn(f64) -> f64) {
        self.map(|bits| of(f64::from_bits(bits)).to_bits());
    }

    /// Two numbers made one; missing where either is.
    #[inline]
    pub fn with_floats(&mut self, other: &Self, of: impl Fn(f64, f64) -> f64) {
        let pairs = self.bits.iter_mut().zip(&other.bits);
        pairs.for_each(|(a, b)| *a = of(f64::from_bits(*a), f64::from_bits(*b)).to_bits());
        self.valid &= other.valid;
    }

    /// Two integers made one; missing where either is, or where there is none.
    pub fn with_integers(&mut self, other: &Self, of: fn(i64, i64) -> Option<i64>) {
        self.valid &= other.valid;
        for (row, (a, b)) in self.bits.iter_mut().zip(&other.bits).enumerate() {
            match of(a.cast_signed(), b.cast_signed()) {
                Some(made) => *a = made.cast_unsigned(),
                None => self.valid &= !(1 << row),
            }
        }
    }

    /// One of two values: what `second` says of both, or the one there is.
    pub fn choose(&mut self, other: &Self, second: impl Fn(u64, u64) -> bool) {
        for (row, (a, b)) in self.bits.iter_mut().zip(&other.bits).enumerate() {
            let (has, has_other) = (self.valid >> row & 1 != 0, other.valid >> row & 1 != 0);
            if !has || has_other && second(*a, *b) {
                *a = *b;
            }
        }
        self.valid |= other.valid;
    }

    /// Which rows have a value of this kind, as bits.
    #[inline]
    pub fn test(&self, test: impl Fn(u64) -> bool) -> u64 {
        word(|row| test(self.bits[row]))
    }

    /// Which rows have values of this kind in both, as bits.
    #[inline]
    pub fn test_with(&self, other: &Self, test: impl Fn(u64, u64) -> bool) -> u64 {
        word(|row| test(self.bits[row], other.bits[row]))
    }
}

/// The bit of each row.
const BITS: [u64; LANES] = {
    let mut bits = [0; LANES];
    let mut row = 0;
    while row < LANES {
        bits[row] = 1 << row;
        row += 1;
    }
    bits
};

/// A bit for each of 64, in a loop without a step that waits for the one before.
#[inline]
fn word(test: impl Fn(usize) -> bool) -> u64 {
    BITS.iter().enumerate().fold(0, |word, (row, bit)| word | u64::from(test(row)).wrapping_neg() & bit)
}

/// An integer of at most [`NEAR`] in size as a double, by its bits alone, which is many at a time: added to a double that is so
/// large that its last bit counts ones.
#[inline]
pub(crate) fn near(whole: i64) -> f64 {
    const ONES: f64 = (3 * NEAR) as f64;
    f64::from_bits(whole.wrapping_add_unsigned(ONES.to_bits()).cast_unsigned()) - ONES
}

/// See [`near`].
pub(crate) const NEAR: i64 = 1 << 51;

/// A function of one number that gives a decimal.
pub(crate) fn float_of_one(function: Function) -> Option<fn(f64) -> f64> {
    Some(match function {
        Function::Abs => f64::abs,
        Function::Sqrt => libm::sqrt,
        Function::Ln => libm::log,
        Function::Floor => libm::floor,
        Function::Ceil => libm::ceil,
        Function::Round => libm::round,
        _ => return None,
    })
}

/// A function of two numbers that gives a decimal.
pub(crate) fn float_of_two(function: Function) -> Option<fn(f64, f64) -> f64> {
    Some(match function {
        Function::Add => |a, b| a + b,
        Function::Subtract => |a, b| a - b,
        Function::Multiply => |a, b| a * b,
        Function::Divide => |a, b| a / b,
        Function::Quotient => |a, b| libm::trunc(a / b),
        Function::Remainder => libm::fmod,
        Function::Power => libm::pow,
        _ => return None,
    })
}

/// A function of two integers that gives one.
pub(crate) fn integer_of_two(function: Function) -> Option<fn(i64, i64) -> Option<i64>> {
    Some(match function {
        Function::Add => i64::checked_add,
        Function::Subtract => i64::checked_sub,
        Function::Multiply => i64::checked_mul,
        Function::Quotient => i64::checked_div,
        Function::Remainder => |a, b| if b == -1 { Some(0) } else { a.checked_rem(b) },
        _ => return None,
    })
}

/// Whether a whole number is below, at or above a finite number, exactly.
pub(crate) fn order(whole: i128, number: f64) -> Ordering {
    let cut = libm::trunc(number);
    // The cast saturates, which is beyond all whole numbers here.
    whole.cmp(&(cut as i128)).then_with(|| cut.partial_cmp(&number).unwrap_or(Ordering::Equal))
}
