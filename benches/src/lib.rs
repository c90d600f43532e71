//! What the benches share: points made the same way each time, which tiles are timed, and a clock that tells the median.

pub mod tiles;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// A deterministic stream of numbers: `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A stream; the same seed gives the same stream.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// The next fraction in 0..1.
    pub fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, mean 0 and standard deviation 1: the sum of twelve fractions less six.
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0
    }
}

/// Positions and values in the order in which a file may hold them: no order at all.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Longitudes in degrees.
    pub lon: Vec<f64>,
    /// Latitudes in degrees.
    pub lat: Vec<f64>,
    /// Values with a long tail, all above 0.
    pub value: Vec<f64>,
}

impl Sample {
    /// Points around 30,000 places of very different size: 68 % in towns (0.02°), 25 % around them (0.3°), 5 % in one
    /// street (0.0005°), 2 % anywhere.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        const PLACES: usize = 30_000;
        let mut random = Random::new(42);
        let mut place = || (random.fraction() * 360.0 - 180.0, random.bell() * 25.0);
        let places: Vec<(f64, f64)> = (0..PLACES).map(|_| place()).collect();
        let mut sample = Self::default();
        for _ in 0..rows {
            // Cubed, so that the first places are by far the largest.
            let (lon, lat) = places[(random.fraction().powi(3) * PLACES as f64) as usize];
            let spread = match random.bits() % 100 {
                0..68 => 0.02,
                68..93 => 0.3,
                93..98 => 0.000_5,
                _ => 60.0,
            };
            let (lon, lat) = (lon + random.bell() * spread, lat + random.bell() * spread / 2.0);
            sample.lon.push((lon + 540.0).rem_euclid(360.0) - 180.0);
            sample.lat.push(lat.clamp(-85.0, 85.0));
            sample.value.push((random.bell() * 1.2).exp());
        }
        sample
    }
}

/// The median of up to nine runs, or of as many as fit into a few seconds; at least one. What a run makes is dropped
/// after the clock has stopped.
pub fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let began = Instant::now();
    let mut times = Vec::new();
    while times.is_empty() || (times.len() < 9 && began.elapsed() < Duration::from_secs(5)) {
        let start = Instant::now();
        let made = black_box(work());
        times.push(start.elapsed());
        drop(made);
    }
    times.sort_unstable();
    times[times.len() / 2]
}
