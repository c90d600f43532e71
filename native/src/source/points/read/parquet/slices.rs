//! Row groups, and how many rows of them are read at a time.

/// A row group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Which it is.
    pub at: usize,
    /// The first of its rows.
    pub first: usize,
    pub rows: usize,
    /// Bytes when unpacked.
    pub bytes: usize,
}

/// Row groups one behind the other, each of so many rows and bytes.
pub(super) fn groups(sizes: impl Iterator<Item = (usize, usize)>) -> Vec<Group> {
    let mut first = 0_usize;
    let group = |(at, (rows, bytes))| {
        let group = Group { at, first, rows, bytes };
        first = first.saturating_add(rows);
        group
    };
    sizes.enumerate().map(group).collect()
}

/// First row and number of the rows that are read together.
pub(super) fn parts(groups: &[Group]) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    for run in groups.chunk_by(|one, next| one.at + 1 == next.at) {
        let sizes: Vec<_> = run.iter().map(|group| (group.rows, group.bytes)).collect();
        let mut start = run.first().map_or(0, |group| group.first);
        for rows in slices(&sizes) {
            parts.push((start, rows));
            start += rows;
        }
    }
    parts
}

/// How many rows are read together, one slice after the other: small row groups are put together, large ones taken apart.
fn slices(groups: &[(usize, usize)]) -> Vec<usize> {
    /// Rows and bytes of a slice; what a packed file unpacks to is told by its footer.
    const ROWS: usize = 1 << 20;
    const BYTES: usize = 256 << 20;
    let mut slices = Vec::new();
    let (mut rows, mut bytes) = (0, 0);
    for (at, &(group, size)) in groups.iter().enumerate() {
        rows += group;
        bytes += size;
        let fits = |&(more, size): &(usize, usize)| rows + more <= ROWS && bytes.saturating_add(size) <= BYTES;
        if groups.get(at + 1).is_some_and(fits) {
            continue;
        }
        let each = rows.div_ceil(bytes.div_ceil(BYTES).clamp(1, rows.max(1)));
        let mut left = rows;
        while left > each {
            slices.push(each);
            left -= each;
        }
        slices.push(left);
        (rows, bytes) = (0, 0);
    }
    slices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_bounded_by_rows_and_by_bytes() {
        let row = 5000;
        let of =
            |groups: &[usize], row: usize| slices(&groups.iter().map(|&rows| (rows, rows * row)).collect::<Vec<_>>());
        assert_eq!(of(&[3, 3, 1], row), [7]);
        assert_eq!(of(&[1 << 20, 1, 1 << 20], 1), [1 << 20, 1, 1 << 20]);
        for groups in [&[1 << 20][..], &[40_000; 30], &[100, 2_000_000, 100], &[0]] {
            let all = of(groups, row);
            assert_eq!(all.iter().sum::<usize>(), groups.iter().sum::<usize>());
            assert!(all.iter().all(|&rows| rows * row <= 257 << 20), "{all:?}");
        }
        // One row may weigh more, and a footer may say anything.
        assert_eq!(slices(&[(2, usize::MAX)]), [1, 1]);
        assert!(slices(&[]).is_empty());
    }

    #[test]
    fn rows_are_read_past_row_groups_that_are_left_out() {
        let mut all = groups([(10, 1), (20, 1), (30, 1), (5, 1)].into_iter());
        assert_eq!(parts(&all), [(0, 65)]);
        all.remove(1);
        assert_eq!(parts(&all), [(0, 10), (30, 35)]);
        assert!(parts(&[]).is_empty());
    }
}
