//! Which of many spans hold a number.
//!
//! Spans enter once; for each number, those that may hold it leave. A span stands in the one or two buckets of its size that
//! it reaches, so for a number one bucket of each size is looked at: of many small spans few, however many there are.

use alloc::vec::Vec;

/// Spans in buckets.
#[derive(Debug, Default)]
pub struct Spans {
    /// Size, bucket and number of a span, in order.
    places: Vec<u64>,
    /// Sizes that occur, as bits.
    sizes: u32,
}

/// A bucket in the order of sizes.
fn bucket(at: i16, size: u32) -> u64 {
    let at = u64::from(at.wrapping_sub(i16::MIN).cast_unsigned());
    (u64::from(size) << 16 | at >> size) << 32
}

impl Spans {
    /// Takes spans, from the first to the last number of each.
    pub fn gather(&mut self, spans: impl Iterator<Item = [i16; 2]>) {
        self.places.clear();
        self.sizes = 0;
        for (number, [low, high]) in (0u64..).zip(spans) {
            let size = u16::BITS - high.wrapping_sub(low).cast_unsigned().leading_zeros();
            self.sizes |= 1 << size;
            let [first, last] = [low, high].map(|at| bucket(at, size));
            self.places.push(first | number);
            if last != first {
                self.places.push(last | number);
            }
        }
        self.places.sort_unstable();
    }

    /// Visits the numbers of all spans that hold a number, and of some that do not.
    pub fn each(&self, at: i16, mut visit: impl FnMut(usize)) {
        let mut sizes = self.sizes;
        while sizes > 0 {
            let bucket = bucket(at, sizes.trailing_zeros());
            sizes &= sizes - 1;
            let start = self.places.partition_point(|&place| place < bucket);
            let here = self.places[start..].iter().take_while(|&&place| place >> 32 == bucket >> 32);
            here.for_each(|&place| visit(place as u32 as usize));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_span_that_holds_a_number_is_found_and_few_others() {
        let mut state = 5u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let given: Vec<[i16; 2]> = (0..2000)
            .map(|at| {
                let low = next(4352) as i16 - 128;
                [low, (low + next(if at % 100 == 0 { 4000 } else { 8 }) as i16).min(4224)]
            })
            .collect();
        let mut spans = Spans::default();
        spans.gather(given.iter().copied());
        let mut others = 0;
        for at in -128..=4224 {
            let (mut found, mut visits) = (BTreeSet::new(), 0);
            spans.each(at, |span| {
                found.insert(span);
                visits += 1;
            });
            assert_eq!(found.len(), visits, "once");
            let due: BTreeSet<usize> = (0..given.len()).filter(|&i| given[i][0] <= at && at <= given[i][1]).collect();
            assert!(due.is_subset(&found), "{at}");
            others += visits - due.len();
        }
        assert!(others < 4352 * 30, "{others}");
        spans.gather(core::iter::empty());
        spans.each(7, |span| panic!("{span}"));
    }
}
