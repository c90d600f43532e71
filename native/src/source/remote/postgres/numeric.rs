//! `numeric` as it is sent: digits of base 10,000.

use anyhow::{Context as _, Result, bail};
use std::fmt::Write as _;

/// The signs that numbers have, and what is none.
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xc000;
const INFINITE: u16 = 0xd000;
const MINUS_INFINITE: u16 = 0xf000;

/// A number, taken apart.
struct Parts {
    sign: u16,
    /// Ten thousands to this power for the first of the digits.
    weight: i32,
    digits: Vec<u16>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut words = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let mut next = || words.next().context("a damaged number");
        let (count, weight, sign, _scale) = (next()?, next()?.cast_signed(), next()?, next()?);
        let digits: Vec<u16> = words.collect();
        if digits.len() != usize::from(count) || digits.iter().any(|&digit| digit > 9999) {
            bail!("a damaged number");
        }
        Ok(Self { sign, weight: weight.into(), digits })
    }

    /// Ten thousands to this power for the last.
    fn last(&self) -> i32 {
        self.weight - self.digits.len() as i32 + 1
    }
}

/// The double that is nearest.
pub(super) fn double(bytes: &[u8], text: &mut String) -> Result<f64> {
    let parts = Parts::of(bytes)?;
    match parts.sign {
        NAN => return Ok(f64::NAN),
        INFINITE => return Ok(f64::INFINITY),
        MINUS_INFINITE => return Ok(f64::NEG_INFINITY),
        _ if parts.digits.is_empty() => return Ok(0.0),
        _ => {}
    }
    text.clear();
    if parts.sign == NEGATIVE {
        text.push('-');
    }
    for digit in &parts.digits {
        let _ = write!(text, "{digit:04}");
    }
    let _ = write!(text, "e{}", 4 * parts.last());
    text.parse().context("a damaged number")
}

/// The whole number that it is; `None` for what is no number.
pub(super) fn whole(bytes: &[u8]) -> Result<Option<i64>> {
    let parts = Parts::of(bytes)?;
    if parts.sign & NAN == NAN {
        return Ok(None);
    }
    let all = parts.digits.iter().try_fold(0_i64, |all, &digit| all.checked_mul(10_000)?.checked_add(digit.into()));
    let places = u32::try_from(parts.last()).unwrap_or(if parts.digits.is_empty() { 0 } else { u32::MAX });
    let all = all.and_then(|all| if all == 0 { Some(0) } else { all.checked_mul(10_000_i64.checked_pow(places)?) });
    let all = all.context("a number that is none of 18 digits")?;
    Ok(Some(if parts.sign == NEGATIVE { -all } else { all }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(weight: i16, sign: u16, digits: &[u16]) -> Vec<u8> {
        let head = [digits.len() as u16, weight.cast_unsigned(), sign, 0];
        head.iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn numbers_are_the_nearest_doubles() {
        for (bytes, expected) in [
            (sent(0, 0, &[]), 0.0),
            (sent(0, 0, &[1, 5000]), 1.5),
            (sent(0, NEGATIVE, &[12]), -12.0),
            (sent(2, 0, &[1]), 1e8),
            (sent(-2, 0, &[100]), 1e-6),
            (sent(3, 0, &[9007, 1992, 5474, 993]), 9_007_199_254_740_992.0),
            (sent(100, 0, &[1]), f64::INFINITY),
            (sent(0, INFINITE, &[]), f64::INFINITY),
            (sent(0, MINUS_INFINITE, &[]), f64::NEG_INFINITY),
        ] {
            assert_eq!(double(&bytes, &mut String::new()).expect("a number"), expected, "{bytes:?}");
        }
        assert!(double(&sent(0, NAN, &[]), &mut String::new()).expect("none").is_nan());
        assert!(double(&[0, 3, 0, 0], &mut String::new()).is_err());
        assert!(double(&sent(0, 0, &[10_000]), &mut String::new()).is_err());
    }

    #[test]
    fn whole_numbers_stay_whole() {
        for (bytes, expected) in [
            (sent(0, 0, &[]), Some(0)),
            (sent(4, 0, &[90, 719, 9254, 7409, 93]), Some(900_719_925_474_090_093)),
            (sent(1, NEGATIVE, &[7]), Some(-70_000)),
            (sent(0, NAN, &[]), None),
        ] {
            assert_eq!(whole(&bytes).expect("a number"), expected, "{bytes:?}");
        }
        assert!(whole(&sent(-1, 0, &[5000])).is_err());
        assert!(whole(&sent(9, 0, &[1])).is_err());
    }
}
