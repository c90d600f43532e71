//! Spans of a file, from a byte to before another: those near each other as one, and what of some is not in others.

use std::ops::Range;

/// In order, each as far as the next but for more than so many bytes between.
pub(super) fn joined(mut spans: Vec<Range<u64>>, gap: u64) -> Vec<Range<u64>> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable_by_key(|span| span.start);
    let mut all: Vec<Range<u64>> = Vec::with_capacity(spans.len());
    for span in spans {
        match all.last_mut() {
            Some(last) if span.start <= last.end.saturating_add(gap) => last.end = last.end.max(span.end),
            _ => all.push(span),
        }
    }
    all
}

/// What of some spans is not in others; these are in order and apart.
pub(super) fn without(spans: Vec<Range<u64>>, others: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut left = Vec::with_capacity(spans.len());
    for Range { mut start, end } in spans {
        for other in others {
            if other.end <= start || other.start >= end {
                continue;
            }
            if other.start > start {
                left.push(start..other.start);
            }
            start = other.end;
        }
        if start < end {
            left.push(start..end);
        }
    }
    left
}

/// Bytes of all of them.
pub(super) fn length(spans: &[Range<u64>]) -> u64 {
    spans.iter().map(|span| span.end - span.start).sum()
}

/// The same in pieces of so many bytes at most.
pub(super) fn pieces(spans: &[Range<u64>], most: u64) -> Vec<Range<u64>> {
    let of = |span: &Range<u64>| {
        let end = span.end;
        (span.start..end).step_by(most as usize).map(move |start| start..end.min(start.saturating_add(most)))
    };
    spans.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "lists of one span")]
    fn spans_are_joined_cut_and_taken_apart() {
        let spans = vec![90..100, 0..10, 12..20, 5..8, 30..30];
        assert_eq!(joined(spans.clone(), 0), [0..10, 12..20, 90..100]);
        assert_eq!(joined(spans.clone(), 2), [0..20, 90..100]);
        assert_eq!(joined(spans, 70), [0..100]);
        assert_eq!(without(vec![0..100], &[0..4, 10..20, 90..200]), [4..10, 20..90]);
        assert_eq!(without(vec![5..9, 12..13], &[0..10, 11..12]), [12..13]);
        assert!(without(vec![5..9, 3..3], &[0..10]).is_empty());
        assert_eq!(pieces(&[0..10, 20..23], 4), [0..4, 4..8, 8..10, 20..23]);
        assert_eq!(length(&[0..10, 20..23]), 13);
    }
}
