//! A decimal as text to the double nearest to it, ties to even: what `str::parse` does, without the ten kilobytes of tables
//! that make it quick. It reads the few numbers of a query, and the many of a polygon, which are short.
//!
//! The value is a fraction of two whole numbers of any length; their quotient to 63 bits or more, and whether anything is
//! left over, decide the last bit.

use alloc::{vec, vec::Vec};

/// Reads `12`, `-1.5`, `.5`, `5.`, `1e-7`. `None` for anything else; a number beyond all doubles is infinite.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let (negative, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, whole(exponent)?),
        None => (text, 0),
    };
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    let digits = before.bytes().chain(after.bytes());
    if number.len() - usize::from(number.contains('.')) == 0 || !digits.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(value) = short(digits.clone(), exponent - after.len() as i64) {
        return Some(if negative { -value } else { value });
    }
    let mut above = Large(vec![0]);
    digits.for_each(|digit| above.times_plus(10, u32::from(digit - b'0')));
    let value = fraction(above, exponent - after.len() as i64);
    Some(if negative { -value } else { value })
}

/// Powers of ten that doubles hold exactly.
const TENS: i64 = 22;
/// Digits of whole numbers that doubles hold exactly.
const SHORT: usize = 15;

/// A number of few digits times a small power of ten: both are doubles, so that their product or quotient is the nearest one
/// (Clinger, *How to read floating point numbers accurately*, 1990).
fn short(digits: impl Iterator<Item = u8> + Clone, power: i64) -> Option<f64> {
    if digits.clone().count() > SHORT || power.abs() > TENS {
        return None;
    }
    let whole = digits.fold(0u64, |whole, digit| whole * 10 + u64::from(digit - b'0')) as f64;
    let ten = (0..power.abs()).fold(1.0, |ten, _| ten * 10.0);
    Some(if power < 0 { whole / ten } else { whole * ten })
}

/// An exponent beyond all that matter.
const HUGE: i64 = 1 << 40;

/// A whole number with a sign, at most [`HUGE`].
fn whole(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.bytes().fold(0i64, |number, digit| (number * 10 + i64::from(digit - b'0')).min(HUGE));
    Some(if negative { -number } else { number })
}

/// The double nearest to a whole number times a power of ten.
fn fraction(mut above: Large, power: i64) -> f64 {
    let mut below = Large(vec![1]);
    let bits = above.bits();
    // A digit is more than 3 bits and less than 4.
    if bits == 0 || bits / 3 + power + 1 < -400 {
        return 0.0;
    }
    if bits / 4 + power > 400 {
        return f64::INFINITY;
    }
    let scaled = if power < 0 { &mut below } else { &mut above };
    (0..power.unsigned_abs()).for_each(|_| scaled.times_plus(10, 0));
    // So that the quotient has 63 or 64 bits.
    let shift = 63 - (above.bits() - below.bits());
    if shift > 0 {
        above.shift(shift.unsigned_abs());
    } else {
        below.shift(shift.unsigned_abs());
    }
    let mut quotient = 0u64;
    below.shift(63);
    for _ in 0..64 {
        quotient = quotient << 1 | u64::from(above.take(&below));
        below.halve();
    }
    let left = above.bits() > 0;
    // Doubles have 53 bits, fewer below 2⁻¹⁰²².
    let len = i64::from(64 - quotient.leading_zeros());
    let kept = (len - shift + 1074).min(53);
    let drop = len - kept;
    let Ok(dropped @ 1..=64) = u32::try_from(drop) else { return 0.0 };
    let (mantissa, rest) = (quotient.checked_shr(dropped).unwrap_or(0), quotient << (64 - dropped));
    let up = rest > 1 << 63 || (rest == 1 << 63 && (left || mantissa % 2 == 1));
    libm::scalbn((mantissa + u64::from(up)) as f64, (drop - shift) as i32)
}

/// A whole number of any length, the lowest 32 bits first.
struct Large(Vec<u32>);

impl Large {
    fn bits(&self) -> i64 {
        let top = self.0.iter().rposition(|&word| word > 0);
        top.map_or(0, |top| top as i64 * 32 + i64::from(32 - self.0[top].leading_zeros()))
    }

    fn times_plus(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for word in &mut self.0 {
            carry += u64::from(*word) * u64::from(factor);
            *word = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Times two to a power.
    fn shift(&mut self, bits: u64) {
        self.times_plus(1 << (bits % 32), 0);
        self.0.splice(0..0, (0..bits / 32).map(|_| 0));
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for word in self.0.iter_mut().rev() {
            (*word, carry) = (*word >> 1 | carry << 31, *word & 1);
        }
    }

    /// Less another, and true, if that is not larger.
    fn take(&mut self, other: &Self) -> bool {
        let len = self.0.len().max(other.0.len());
        let word = |large: &Self, at: usize| large.0.get(at).copied().unwrap_or(0);
        if (0..len).rev().map(|at| word(self, at)).lt((0..len).rev().map(|at| word(other, at))) {
            return false;
        }
        let mut borrow = false;
        for at in 0..self.0.len() {
            let (less, under) = self.0[at].overflowing_sub(word(other, at));
            let (less, again) = less.overflowing_sub(borrow.into());
            (self.0[at], borrow) = (less, under || again);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    fn same(text: &str) {
        let expected = text.parse::<f64>().ok().filter(|value| !value.is_nan() && !text.contains(['n', 'N']));
        assert_eq!(parse(text).map(f64::to_bits), expected.map(f64::to_bits), "{text}");
    }

    #[test]
    fn every_number_is_the_one_that_the_library_reads() {
        for text in [
            "0",
            "-0",
            "1",
            "+1.5",
            ".5",
            "5.",
            "-.25e2",
            "1e5",
            "1E-7",
            "9007199254740993",
            "9007199254740992.9",
            "1e308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1.8e308",
            "1e309",
            "1e99999999999999999999",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.5e-324",
            "1e-400",
            "-1e-99999999999999999999",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "0e999999",
            "0.000",
            "3.5e-310",
            "123456789012345678901234567890",
        ] {
            same(text);
        }
        for text in [
            "", ".", "-", "e5", ".e5", "1e", "1e+", "1.2.3", "1 ", " 1", "0x10", "1_0", "--1", "1e5.5", "٣", "inf",
            "NaN",
        ] {
            same(text);
        }
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            state ^ state >> 29
        };
        for _ in 0..1000 {
            let value = f64::from_bits(next());
            if value.is_finite() {
                same(&format!("{value:e}"));
                same(&format!("{value:.3e}"));
                // Half way to the next double, and a hair beyond.
                let half = format!("{:.800}", f64::from_bits(value.to_bits() >> 12 | 0x3ff << 52));
                same(&(half.clone() + "00000000000000011102230246251565404236316680908203125"));
            }
            same(&format!("{}.{}e{}", next() % 1000, next(), (next() % 700) as i64 - 350));
            same(&format!("{}{:019}e-{}", next(), next() >> 2, next() % 360));
            same(&format!("-{}.{:05}", next() % 1_000_000, next() % 100_000));
            same(&format!("{}.{:04}e{}", next() % 1_000_000_000_000, next() % 10_000, (next() % 50) as i64 - 25));
        }
        same(&(String::from("0.") + &"0".repeat(2000) + &"123".repeat(600)));
        same(&("9".repeat(3000) + "e-2900"));
    }
}
