//! Sorting of short lists. The library's sorts are made for long ones: every copy of them is several kilobytes of code,
//! which browsers would load.

/// Sorts in place, in n · log n steps whatever the order was. Equal items end up in any order.
///
/// This is heapsort (Williams 1964).
pub fn sort_by<T>(items: &mut [T], mut below: impl FnMut(&T, &T) -> bool) {
    let len = items.len();
    // First all parents are put in order, last to first; then the largest goes to the end, again and again.
    for step in (0..len + len / 2).rev() {
        let (mut parent, end) = if step < len {
            items.swap(0, step);
            (0, step)
        } else {
            (step - len, len)
        };
        loop {
            let mut child = 2 * parent + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && below(&items[child], &items[child + 1]) {
                child += 1;
            }
            if !below(&items[parent], &items[child]) {
                break;
            }
            items.swap(parent, child);
            parent = child;
        }
    }
}

/// Sorts by the order of the items themselves.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, |a, b| a < b);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_order_is_that_of_the_library() {
        for len in (0..70).chain([1000]) {
            let items: Vec<u64> = (0..len).map(|i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20 & 0x1f).collect();
            let (mut ours, mut expected) = (items.clone(), items);
            sort(&mut ours);
            expected.sort_unstable();
            assert_eq!(ours, expected, "{len} items");
        }
    }
}
