//! Longitudes above 180: those of a whole that runs from 0 to 360, or marks of rows without a position, such as the 181 of
//! ships. Which of the two is decided for a column as a whole.

/// What a longitude may lie above 180 by rounding alone: 32 bits keep it to a hundred-thousandth.
const ROUNDED: f64 = 1e-4;

/// Longitudes that were seen so far.
#[derive(Debug, Default)]
pub(super) struct Longitudes {
    /// Places of rows above 180 among the keys.
    beyond: Vec<usize>,
    /// The first such longitude, and whether others differ.
    first: Option<f64>,
    differ: bool,
    /// Whether there are longitudes below 0.
    west: bool,
    /// Whether some rows are more than points: whoever draws those has no marks among them.
    pub shaped: bool,
    /// Whether they are marks, as it was decided when rows were first taken away, or is known from before.
    pub decided: Option<bool>,
    /// Rows that were taken as lying in the west.
    pub turned: u64,
    /// Rows that have no position.
    pub marks: u64,
}

impl Longitudes {
    /// Sees the longitude of a row that has a key at this place.
    pub fn see(&mut self, lon: f64, place: usize) {
        if lon > 180.0 + ROUNDED {
            self.differ |= *self.first.get_or_insert(lon) != lon;
            self.beyond.push(place);
        } else if lon < 0.0 {
            self.west = true;
        }
    }

    /// The first longitude above 180.
    pub const fn first(&self) -> Option<f64> {
        self.first
    }

    /// Whether there are both, those above 180 and those below 0.
    pub const fn is_mixed(&self) -> bool {
        self.west && self.first.is_some()
    }

    /// Whether those above 180 are marks, by all that were seen; `None` where there are none.
    pub fn verdict(&self) -> Option<bool> {
        // A mark is one value: that of ships, or one beside others that are west as such. Different ones are places.
        self.first.map(|first| !self.shaped && !self.differ && (self.west || first == 181.0))
    }

    /// Takes rows out of the keys whose longitudes are marks. Gives how many.
    pub fn settle(&mut self, keys: &mut Vec<u64>, rows: &mut Vec<u32>) -> u64 {
        let beyond = std::mem::take(&mut self.beyond);
        if beyond.is_empty() {
            return 0;
        }
        let verdict = self.verdict() == Some(true);
        let marks = *self.decided.get_or_insert(verdict);
        if !marks {
            self.turned += beyond.len() as u64;
            return 0;
        }
        self.marks += beyond.len() as u64;
        let mut next = beyond.iter().copied().peekable();
        let mut place = 0;
        let mut keep = || {
            let goes = next.next_if_eq(&place).is_some();
            place += 1;
            !goes
        };
        let kept: Vec<bool> = keys.iter().map(|_| keep()).collect();
        let mut here = kept.iter();
        keys.retain(|_| here.next() == Some(&true));
        let mut here = kept.iter();
        rows.retain(|_| here.next() == Some(&true));
        beyond.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(all: &[f64]) -> (Vec<u32>, u64, u64) {
        let mut longitudes = Longitudes::default();
        all.iter().enumerate().for_each(|(place, &lon)| longitudes.see(lon, place));
        let mut rows: Vec<u32> = (0..all.len() as u32).collect();
        let mut keys: Vec<u64> = rows.iter().map(|&row| row.into()).collect();
        let gone = longitudes.settle(&mut keys, &mut rows);
        assert_eq!(gone, longitudes.marks);
        assert!(keys.iter().zip(&rows).all(|(&key, &row)| key == u64::from(row)));
        (rows, longitudes.turned, longitudes.marks)
    }

    #[test]
    fn a_column_from_0_to_360_is_turned_and_marks_are_left_out() {
        assert_eq!(settled(&[170.0, 180.1, 359.0, 0.0]), (vec![0, 1, 2, 3], 2, 0));
        assert_eq!(settled(&[10.0, 181.0, 11.0, 181.0]), (vec![0, 2], 0, 2));
        assert_eq!(settled(&[-10.0, 190.0, 11.0]), (vec![0, 2], 0, 1));
        assert_eq!(settled(&[-10.0, 190.0, 185.0]), (vec![0, 1, 2], 2, 0));
        assert_eq!(settled(&[-10.0, 11.0]), (vec![0, 1], 0, 0));
        assert_eq!(settled(&[-10.0, 180.000_02]), (vec![0, 1], 0, 0));
    }
}
