//! Some rows with what is carried for them.

use super::*;

fn bytes(set: &Set, row: u32) -> Vec<u8> {
    let words = Landmarks::build(&set.keys);
    let mut out = Vec::new();
    set.built.view(Landmarks::new(&words, set.keys.len())).carry(row as usize, &mut out);
    out
}

#[test]
fn rows_that_were_carried_away_are_drawn_as_among_all_others() {
    let set = Set::of(&coverage(5, 6, -12.0, 20.0, 5.0));
    let rows: Vec<u32> = (0..set.keys.len() as u32).filter(|row| row % 3 != 1).collect();
    let mut carried = Carried::default();
    rows.iter().for_each(|&row| carried.push(&bytes(&set, row)).expect("its own bytes"));
    let keys: Vec<u64> = rows.iter().map(|&row| set.keys[row as usize]).collect();
    let words = Landmarks::build(&keys);
    let built = carried.build(Landmarks::new(&words, keys.len()), &Work::free()).expect("goes on");
    let numbers = rows.iter().map(|&row| set.numbers[row as usize]).collect();
    let some = Set { keys, words, built, numbers };
    for (at, &row) in (0..).zip(&rows) {
        assert_eq!(bytes(&some, at), bytes(&set, row), "carried on");
    }
    let (mut drawing, mut drawn) = (Drawing::default(), 0);
    for z in 0..=7u8 {
        for at in [0, 7, 11] {
            let tile = TileId::containing(morton::position(some.keys[at]), z);
            let of = |set: &Set, drawing: &mut Drawing| -> BTreeMap<u32, Pieces> {
                set.tile(tile, drawing).into_iter().map(|feature| (feature.number, feature.paths)).collect()
            };
            let (mut all, some) = (of(&set, &mut drawing), of(&some, &mut drawing));
            all.retain(|number, _| rows.iter().any(|&row| set.numbers[row as usize] == *number));
            assert_eq!(all, some, "{tile}");
            drawn += some.len();
        }
    }
    assert!(drawn > 50, "{drawn}");
}

#[test]
fn bytes_that_are_no_outline_are_refused() {
    let said = |bytes: &[u8]| {
        let mut carried = Carried::default();
        carried.push(&[0, 0]).expect("a row without an outline");
        alloc::string::ToString::to_string(&carried.push(bytes).expect_err("is broken"))
    };
    assert_eq!(said(&[1]), "the outline of row 1 has no zooms, expected two bytes of them");
    assert!(said(&[0, 0, 0x80]).ends_with("ends within a number"));
    // A shell of two vertices; a line of three, of which there are two; one to the west of the world.
    assert!(said(&[0, 0, 2 << 2 | 2, 0, 0, 0, 0, 0, 0]).ends_with("fewer vertices than its kind has"));
    assert!(said(&[0, 0, 3 << 2 | 1, 0, 0, 0, 2, 2, 0]).ends_with("fewer vertices than it tells of"));
    assert!(said(&[0, 0, 2 << 2 | 1, 0, 0, 0, 1, 0, 0]).ends_with("outside of the world"));
    // Whatever is broken in bytes that are right is refused or is another outline, and nothing panics.
    let set = Set::of(&coverage(2, 3, -12.0, 20.0, 5.0));
    let whole = bytes(&set, 0);
    assert!(whole.len() > 20);
    for at in 0..whole.len() {
        let _ = Carried::default().push(&whole[..at]);
        for bit in 0..8 {
            let mut broken = whole.clone();
            broken[at] ^= 1 << bit;
            let mut carried = Carried::default();
            if carried.push(&broken).is_ok() {
                carried.build(Landmarks::new(&[], 1), &Work::free()).expect("goes on");
            }
        }
    }
}
