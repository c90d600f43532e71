//! Landmarks: the cells that hold many rows, so that most of the way through the rows is known beforehand.
//!
//! What enters is sorted keys; what leaves is every cell, of any level, that holds more than [`CROWD`] rows, as a run of
//! rows. Cells with the same run (all their rows lie in one cell of the next level) are one landmark, so there are fewer
//! than 2 · rows / [`CROWD`], however deep the rows cluster. They stand in the order of their runs, a cell before the
//! cells in it: walking the cells of a level is then walking the list, past what is finer and over what is inside, and
//! only the sparse rows between landmarks are looked for among the keys. An aggregate for each landmark
//! ([`crate::Summary`]) makes that true of measures too. No result depends on any of this, only its time.

use alloc::vec::Vec;
use core::{fmt, ops::Range};

/// Cells with more rows than this are landmarks. A look at so many keys, or at so many values, costs about as much as
/// fetching one landmark from memory; half as many would double their number.
pub const CROWD: usize = 32;

/// Words of a landmark: its first key; its first row and the row after its last; the landmark after those inside it, its
/// finest level and its coarsest.
const WORDS: usize = 3;

/// The cells of some sorted keys that hold many rows. A view of words as [`Landmarks::build`] makes them, which can lie
/// in a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Landmarks<'a> {
    nodes: &'a [[u64; WORDS]],
    rows: usize,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Landmark {
    /// Its first key.
    pub key: u64,
    /// Its rows.
    pub start: usize,
    /// The row after them.
    pub end: usize,
    /// The landmark after all that lie inside it.
    pub skip: usize,
    /// The coarsest level of which it is a cell.
    pub coarsest: u8,
    /// The finest level of which it is a cell.
    pub finest: u8,
}

/// Words that are not landmarks of so many rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLandmarks {
    at: usize,
    rows: usize,
}

impl fmt::Display for BadLandmarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "landmark {} does not fit {} rows and its neighbours", self.at, self.rows)
    }
}

impl core::error::Error for BadLandmarks {}

impl Landmark {
    const fn read(&[key, run, place]: &[u64; WORDS]) -> Self {
        Self {
            key,
            start: run as u32 as usize,
            end: (run >> 32) as usize,
            skip: place as u32 as usize,
            finest: (place >> 32) as u8,
            coarsest: (place >> 40) as u8,
        }
    }

    const fn write(&self) -> [u64; WORDS] {
        let levels = (self.finest as u64) << 32 | (self.coarsest as u64) << 40;
        [self.key, self.start as u64 | (self.end as u64) << 32, self.skip as u64 | levels]
    }

    pub fn run(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether it fits into a landmark that begins at the same row or before it.
    const fn is_inside(&self, outer: &Self) -> bool {
        self.end <= outer.end && self.skip <= outer.skip && outer.finest < self.coarsest && self.key <= outer.last()
    }

    /// The last key that its cell can hold.
    const fn last(&self) -> u64 {
        match u64::MAX.checked_shr(2 * self.finest as u32) {
            Some(inside) => self.key | inside,
            None => self.key,
        }
    }
}

impl<'a> Landmarks<'a> {
    /// The words of the landmarks of sorted keys, at most `u32::MAX`.
    #[must_use]
    pub fn build(keys: &[u64]) -> Vec<u64> {
        let mut nodes = Vec::new();
        grow(keys, 0..keys.len(), 0, &mut nodes);
        nodes.iter().flat_map(Landmark::write).collect()
    }

    /// Takes words that [`Landmarks::build`] made of the keys of so many rows. Words from elsewhere, such as a file, are
    /// to be [checked](Landmarks::checked).
    #[must_use]
    pub fn new(words: &'a [u64], rows: usize) -> Self {
        Self { nodes: words.as_chunks().0, rows }
    }

    /// Looks at every word.
    ///
    /// # Errors
    /// [`BadLandmarks`] when they cannot be of so many rows. Whether they are of these keys is not looked at.
    pub fn checked(self) -> Result<Self, BadLandmarks> {
        let bad = |at| BadLandmarks { at, rows: self.rows };
        if self.nodes.is_empty() && self.rows > CROWD {
            return Err(bad(0));
        }
        let mut before: Option<Landmark> = None;
        // Those that the next one may lie in, from the outermost; each is of a finer level than the one around it.
        let mut around: Vec<Landmark> = Vec::with_capacity(33);
        for at in 0..self.nodes.len() {
            let here = self.get(at);
            while around.pop_if(|outer| outer.skip <= at).is_some() {}
            let fits = here.end.checked_sub(here.start).is_some_and(|rows| rows > CROWD)
                && here.end <= self.rows
                && (at < here.skip && here.skip <= self.nodes.len())
                && here.coarsest <= here.finest
                && here.finest <= 32
                && before.is_none_or(|before| before.start <= here.start && before.key <= here.key)
                && self.find(here.skip).is_none_or(|next| here.end <= next.start)
                && around.last().is_none_or(|outer| here.is_inside(outer));
            if !fits {
                return Err(bad(at));
            }
            before = Some(here);
            around.push(here);
        }
        Ok(self)
    }

    /// None known, of so many rows.
    pub(crate) const fn unknown(rows: usize) -> Self {
        Self { nodes: &[], rows }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The rows they are of.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// A landmark that is there.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Landmark {
        Landmark::read(&self.nodes[at])
    }

    /// A landmark, if it is there.
    #[inline]
    pub(crate) fn find(&self, at: usize) -> Option<Landmark> {
        self.nodes.get(at).map(Landmark::read)
    }

    /// The first landmark that begins at a row or behind it.
    pub(crate) fn from(&self, row: usize) -> usize {
        self.nodes.partition_point(|node| Landmark::read(node).start < row)
    }

    /// The rows among which the first key above `last` stands, or which it follows.
    pub(crate) fn around(&self, last: u64) -> Range<usize> {
        let above = self.nodes.partition_point(|&[key, ..]| key <= last);
        let end = self.find(above).map_or(self.rows, |above| above.start);
        let start = above.checked_sub(1).map_or(0, |at| {
            let below = self.get(at);
            if below.last() <= last { below.end } else { below.start }
        });
        start..end
    }
}

/// Sorted keys with their landmarks, as far as they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys<'a> {
    pub keys: &'a [u64],
    pub landmarks: Landmarks<'a>,
}

impl Keys<'_> {
    /// The first row whose key is above `last`; the number of rows if there is none.
    pub fn after(&self, last: u64) -> usize {
        let around = self.landmarks.around(last);
        around.start + self.keys.get(around).map_or(0, |keys| keys.partition_point(|&key| key <= last))
    }
}

/// Adds the landmarks of the cell that is a run of rows and, from `coarsest` on, nothing else.
fn grow(keys: &[u64], run: Range<usize>, coarsest: u8, nodes: &mut Vec<Landmark>) {
    if run.len() <= CROWD {
        return;
    }
    let Range { start, end } = run;
    let (first, last) = (keys[start], keys[end - 1]);
    // What the first and the last of sorted keys share at the top, all share.
    let finest = ((first ^ last).leading_zeros() / 2) as u8;
    let at = nodes.len();
    nodes.push(Landmark { key: first, start, end, skip: 0, coarsest, finest });
    let mut child = start;
    while finest < 32 && child < end {
        let last = keys[child] | u64::MAX.checked_shr(2 * u32::from(finest) + 2).unwrap_or(0);
        let next = child + gallop(&keys[child..end], last);
        grow(keys, child..next, finest + 1, nodes);
        child = next;
    }
    nodes[at].skip = nodes.len();
}

/// How many of sorted keys are at most `last`: a few are looked at without a guess, more by exponential, then binary
/// search.
#[inline]
pub(crate) fn gallop(keys: &[u64], last: u64) -> usize {
    const LINE: usize = 8;
    let mut low = 0;
    while low < CROWD {
        let line = &keys[low..keys.len().min(low + LINE)];
        let inside = line.iter().map(|&key| usize::from(key <= last)).sum::<usize>();
        low += inside;
        if inside < LINE {
            return low;
        }
    }
    let mut step = 1;
    while keys.get(low + step - 1).is_some_and(|&key| key <= last) {
        low += step;
        step *= 2;
    }
    let high = (low + step - 1).min(keys.len());
    low + keys[low..high].partition_point(|&key| key <= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    /// Keys of very different density, with many equal ones.
    fn keys(n: u64) -> Vec<u64> {
        let mut keys: Vec<u64> = (0..n).map(|i| (i * i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 60)).collect();
        keys.extend([7; 100]);
        keys.extend([u64::MAX; 40]);
        keys.sort_unstable();
        keys
    }

    #[test]
    fn they_are_the_cells_with_many_rows_and_no_others() {
        let keys = keys(5000);
        let words = Landmarks::build(&keys);
        let landmarks = Landmarks::new(&words, keys.len());
        let mut seen = BTreeMap::new();
        for at in 0..landmarks.len() {
            let landmark = landmarks.get(at);
            for level in landmark.coarsest..=landmark.finest {
                let shift = 64 - 2 * u32::from(level);
                let code = landmark.key.checked_shr(shift).unwrap_or(0);
                assert_eq!(seen.insert((level, code), landmark.run().len()), None);
            }
            for inside in at + 1..landmark.skip {
                assert!(landmarks.get(inside).end <= landmark.end && landmarks.get(inside).coarsest > landmark.finest);
            }
        }
        let mut expected = BTreeMap::new();
        for level in 0..=32 {
            for &key in &keys {
                *expected.entry((level, key.checked_shr(64 - 2 * u32::from(level)).unwrap_or(0))).or_insert(0) += 1;
            }
        }
        expected.retain(|_, rows| *rows > CROWD);
        assert_eq!(seen, expected);
        assert!(landmarks.len() * CROWD < 2 * keys.len());
    }

    #[test]
    fn searching_around_finds_the_place_in_all_keys() {
        for n in [0, 10, 31, 500, 3000] {
            let keys = keys(n);
            let words = Landmarks::build(&keys);
            let landmarks = Landmarks::new(&words, keys.len());
            let ends = keys.iter().flat_map(|&key| [key.saturating_sub(1), key, key.saturating_add(1)]);
            for last in ends.chain([0, 1 << 62, u64::MAX]) {
                let around = landmarks.around(last);
                let place = keys.partition_point(|&key| key <= last);
                assert!(around.start <= place && place <= around.end, "{last} in {around:?}, not {place}");
            }
        }
    }

    #[test]
    fn galloping_finds_the_place() {
        for n in [0usize, 1, 7, 8, 9, 31, 32, 33, 40, 41, 300] {
            let keys: Vec<u64> = (0..n as u64).map(|i| i * 2).collect();
            for last in 0..=2 * n as u64 {
                assert_eq!(gallop(&keys, last), keys.iter().take_while(|&&key| key <= last).count());
            }
        }
    }

    #[test]
    fn words_that_do_not_fit_are_refused() {
        let keys = keys(2000);
        let words = Landmarks::build(&keys);
        let check = |words: &[u64], rows| Landmarks::new(words, rows).checked().map(|_| ());
        assert_eq!(check(&words, keys.len()), Ok(()));
        assert!(check(&words, keys.len() - 1).is_err());
        assert!(check(&words[..words.len() - 3], keys.len()).is_err());
        assert!(check(&words[3..], keys.len()).is_err());
        assert!(check(&[], keys.len()).is_err() && check(&[], CROWD).is_ok());
        assert_eq!(check(&[u64::MAX; 3], 9), Err(BadLandmarks { at: 0, rows: 9 }));
        // One that reaches out of the one around it: in rows, in the list, in level, in keys.
        let landmark = |key: u64, start: usize, end: usize, skip: usize, levels: [u8; 2]| Landmark {
            key,
            start,
            end,
            skip,
            coarsest: levels[0],
            finest: levels[1],
        };
        let check = |inner: Landmark| {
            let last = landmark(u64::MAX, 200, 240, 3, [1, 32]);
            let words = [landmark(0, 0, 100, 2, [0, 1]), inner, last].map(|landmark| landmark.write()).concat();
            Landmarks::new(&words, 240).checked().map(|_| ())
        };
        assert_eq!(check(landmark(7, 10, 90, 2, [2, 5])), Ok(()));
        for odd in [
            landmark(7, 10, 101, 2, [2, 5]),
            landmark(7, 10, 90, 3, [2, 5]),
            landmark(7, 10, 90, 2, [1, 5]),
            landmark(1 << 62, 10, 90, 2, [2, 5]),
            landmark(7, 10, 10 + CROWD, 2, [2, 5]),
        ] {
            assert!(check(odd).is_err(), "{odd:?}");
        }
    }
}
