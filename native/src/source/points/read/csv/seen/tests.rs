//! What is seen of a column hangs on its fields alone.

use super::*;

/// What is known of fields in pieces of these lengths, each text asked or as it is done.
fn seen(fields: &[&str], pieces: usize, thorough: bool) -> Seen {
    let look = Look { numbers: Numbers { thousands: Some(','), ..Numbers::default() }, thorough, ..Look::default() };
    let mut all = Seen::default();
    for (at, piece) in fields.chunks(pieces).enumerate() {
        let mut part = Seen::default();
        for (line, field) in piece.iter().enumerate() {
            part.add(Raw { bytes: field.as_bytes(), ..Raw::default() }, line as u64, &look);
        }
        all.merge(part, (at * pieces) as u64);
    }
    all
}

#[test]
fn where_pieces_begin_decides_nothing() {
    let (plain, date, other) = ("12 Main St", "25/03/2024", "x");
    for (texts, what, others) in [
        (70, date, 30),
        (9, date, 400),
        (150, date, 10_000),
        (900, "$5", 9000),
        (90, "50.1, 8.2", 5000),
        (200, "1'000", 90),
        (300, "7:05", 3000),
        (5000, date, 1),
    ] {
        let leading = [vec![plain; texts], vec![what; others]].concat();
        let trailing: Vec<&str> = leading.iter().rev().copied().collect();
        let mixed: Vec<&str> = (0..texts + others)
            .map(|row| if row * texts / (texts + others) < (row + 1) * texts / (texts + others) { other } else { what })
            .collect();
        for fields in [leading, trailing, mixed] {
            let sure = seen(&fields, fields.len(), true);
            let fate = |seen: &Seen| seen.fate("a", None, None, false);
            for pieces in [1, 7, 64, 65, 100, 3000, fields.len()] {
                let first = seen(&fields, pieces, false);
                let found = if first.is_unsure() { seen(&fields, pieces, true) } else { first };
                assert_eq!(fate(&found), fate(&sure), "{texts} {what} {others} {pieces}");
                let is_pair = |seen: &Seen| seen.pairs * 10 >= seen.values() * 9;
                assert_eq!(is_pair(&found), is_pair(&sure), "{texts} {what} {others} {pieces}");
            }
        }
    }
    // Of a column of addresses one in eight is asked, once.
    let addresses = seen(&vec![plain; 80_000], 20_000, false);
    assert!(!addresses.is_unsure() && addresses.plain < 11_000, "{}", addresses.plain);
}

#[test]
fn numbers_that_lose_digits_are_seen() {
    let fields = [
        "12,345,678,901,234.56",
        "99,999,999,999,999.99",
        "$99,999,999,999,999.07",
        "1,234.50",
        "0.1234567890123456789",
    ];
    let seen = seen(&fields, 2, false);
    assert_eq!((seen.long, seen.first_long.as_deref()), (2, Some("99,999,999,999,999.99")));
}
