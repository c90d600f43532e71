//! Some rows with what is carried for them.

use super::*;

#[test]
fn rows_that_were_carried_away_are_drawn_as_among_all_others() {
    let set = Set::of(&coverage(5, 6, -12.0, 20.0, 5.0));
    let rows: Vec<u32> = (0..set.keys.len() as u32).filter(|row| row % 3 != 1).collect();
    let carried = Carried::of(&set.built, &rows);
    carried.check(rows.len()).expect("fits");
    let keys: Vec<u64> = rows.iter().map(|&row| set.keys[row as usize]).collect();
    let words = Landmarks::build(&keys);
    let built = carried.clone().build(Landmarks::new(&words, keys.len()), &Work::free()).expect("goes on");
    assert_eq!(Carried::of(&built, &(0..rows.len() as u32).collect::<Vec<_>>()), carried);
    let numbers = rows.iter().map(|&row| set.numbers[row as usize]).collect();
    let some = Set { keys, words, built, numbers };
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
fn buffers_that_do_not_fit_are_refused_with_the_numbers() {
    let set = Set::of(&coverage(2, 3, -12.0, 20.0, 5.0));
    let whole = Carried::of(&set.built, &[0, 1, 2]);
    let refused = |break_it: &dyn Fn(&mut Carried)| {
        let mut broken = whole.clone();
        break_it(&mut broken);
        alloc::string::ToString::to_string(&broken.check(3).expect_err("is broken"))
    };
    assert_eq!(refused(&|carried| _ = carried.firsts.pop()), "outlines with 2 first zooms, expected 3");
    assert!(refused(&|carried| _ = carried.levels.pop()).contains("levels, expected"));
    assert!(refused(&|carried| _ = carried.outlines.y.pop()).contains("coordinates in the south"));
    assert!(refused(&|carried| _ = carried.outlines.roles.pop()).contains("kinds of runs"));
    assert!(refused(&|carried| carried.outlines.rows.swap(0, 1)).contains("runs in order"));
    assert!(refused(&|carried| carried.outlines.rings[0] = 2).contains("2 vertices of a run, expected 3"));
    assert!(refused(&|carried| carried.outlines.rows[2] += 1).contains("runs of rows"));
    assert!(whole.check(4).is_err());
}
