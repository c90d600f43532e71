//! The box in which rows are read.

use anyhow::{Context as _, Error, Result, ensure};
use duotile_core::InBox;
use std::str::FromStr;

/// A box of the map: west, south, east and north in degrees, by their bits; west above east runs over the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Area([u64; 4]);

impl FromStr for Area {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        const EXPECTED: &str = "expected west,south,east,north in degrees";
        let sides: Vec<f64> =
            text.split(',').map(|side| side.trim().parse()).collect::<Result<_, _>>().context(EXPECTED)?;
        let sides: [f64; 4] = sides.try_into().ok().context(EXPECTED)?;
        ensure!(sides.iter().all(|side| side.is_finite()), EXPECTED);
        InBox::of(sides).map_err(Error::msg)?;
        Ok(Self(sides.map(f64::to_bits)))
    }
}

impl Area {
    /// Its sides.
    pub(super) fn degrees(self) -> [f64; 4] {
        self.0.map(f64::from_bits)
    }

    /// Which rows are in it.
    pub(super) fn within(self) -> Result<InBox> {
        InBox::of(self.degrees()).map_err(Error::msg)
    }
}
