//! Lines and polygons as tiles of a table: the same queries as points.

use duotile_core::{
    Built, Column, Facts, Gather, Landmarks, Points, Profile, Report, Role, Roles, Scratch, Selection, TileId,
    TileQuery, Values, Work, morton, point_inside, sort,
};

/// What a query shows of three rows in a tile, with the commands of each feature's geometry.
fn tile(query: &str, tile: TileId) -> (Report, Vec<Vec<u64>>) {
    tile_among(query, tile, 0)
}

/// The same among specks, so many.
fn tile_among(query: &str, tile: TileId, specks: usize) -> (Report, Vec<Vec<u64>>) {
    let square = |lon: f64, lat: f64, side: f64| {
        vec![(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side), (lon, lat)]
    };
    let mut rows = vec![
        (Role::Shell, square(0.0, 0.0, 45.0)),
        // Its middle vertex makes a triangle of 1.02 units² at zoom 0: 512 units times 0.004, by two.
        (Role::Line, vec![(-90.0, 0.0), (-67.5, -0.000_352), (-45.0, 0.0)]),
        (Role::Shell, square(-0.001, -0.001, 0.0001)),
    ];
    rows.extend((0..specks).map(|at| (Role::Shell, square(50.0 + at as f64 * 0.01, 20.0, 0.0001))));
    with(&rows.into_iter().map(|part| vec![part]).collect::<Vec<_>>(), |points| {
        let work = Work::free();
        let plan = TileQuery::parse(query).expect("parses").plan(points, &work).expect("fits");
        let mask = plan.filter().map(|filter| filter.mask(points, 0..points.len(), &work).expect("goes on"));
        let profile = Profile::of(points, mask.as_ref(), plan.limit(), &work).expect("goes on");
        let selection = Selection { mask: mask.as_ref(), profile: &profile, summaries: &[] };
        let (scratch, mut out) = (&mut Scratch::default(), Vec::new());
        let report = plan.tile_into(points, selection, tile, &work, scratch, &mut out).expect("goes on");
        (report, geometries(&out))
    })
}

/// A role and positions of each part of a row.
type Row = Vec<(Role, Vec<(f64, f64)>)>;

/// Does something with a table of rows, whose column `size` is ten times their number.
fn with<T>(rows: &[Row], then: impl FnOnce(&Points<'_>) -> T) -> T {
    let mut gather = Gather::default();
    for row in rows {
        row.iter().for_each(|(role, positions)| gather.part(*role, positions.iter().copied()));
        gather.end_row();
    }
    let (flat, _) = gather.finish();
    let points =
        (0..rows.len()).filter_map(|row| point_inside(&flat.view(), row).map(|point| (morton::key(point), row as u32)));
    let (mut keys, mut numbers): (Vec<u64>, Vec<u32>) = points.unzip();
    sort(&mut keys, &mut numbers);
    let words = Landmarks::build(&keys);
    let landmarks = Landmarks::new(&words, keys.len());
    let built = Built::of(flat.pick(&numbers), landmarks, &Work::free()).expect("goes on");
    let values: Vec<i32> = numbers.iter().map(|&number| 10 * number as i32).collect();
    let facts = Facts::of(Values::I32(&values), None);
    let columns = [Column::new("size", Values::I32(&values), None, &facts).expect("fits")];
    let points = Points::new("s", &keys, &numbers, &columns, Roles::default()).expect("fits");
    then(&points.with_landmarks(landmarks).with_shapes(built.view(landmarks)))
}

/// The numbers of the rows that pass a query.
fn passing(rows: &[Row], query: &str) -> Vec<u32> {
    with(rows, |points| {
        let work = Work::free();
        let plan = TileQuery::parse(query).expect("parses").plan(points, &work).expect("fits");
        let mask = plan.filter().expect("a filter").mask(points, 0..points.len(), &work).expect("goes on");
        let passing = points.rows().iter().enumerate().filter(|&(row, _)| mask.get(row));
        let mut numbers: Vec<u32> = passing.map(|(_, &number)| number).collect();
        numbers.sort_unstable();
        numbers
    })
}

/// The integers of field 4 of each field 2 of the one layer, in the plainest way.
fn geometries(tile: &[u8]) -> Vec<Vec<u64>> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let len = bytes.iter().position(|&byte| byte < 0x80).expect("ends") + 1;
        let value = bytes[..len].iter().rev().fold(0, |value, &byte| value << 7 | u64::from(byte & 0x7f));
        *bytes = &bytes[len..];
        value
    }
    fn fields(mut bytes: &[u8], number: u64) -> Vec<&[u8]> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            if key.is_multiple_of(8) {
                varint(&mut bytes);
                continue;
            }
            assert_eq!(key % 8, 2, "no other wire type here");
            let len = varint(&mut bytes) as usize;
            if key >> 3 == number {
                found.push(&bytes[..len]);
            }
            bytes = &bytes[len..];
        }
        found
    }
    let features = fields(tile, 3).into_iter().flat_map(|layer| fields(layer, 2));
    let geometries = features.flat_map(|feature| fields(feature, 4));
    let integers = geometries.map(|mut bytes| {
        let mut integers = Vec::new();
        while !bytes.is_empty() {
            integers.push(varint(&mut bytes));
        }
        integers
    });
    integers.collect()
}

#[test]
fn a_square_a_line_and_a_speck_are_what_they_are_in_the_tile_of_the_world() {
    let (report, shown) = tile("mode=points", TileId::WORLD);
    assert_eq!((report.features, report.rows, report.omitted, report.cells), (2, 3, 1, false));
    // In the order of their points: the line from a quarter of the world to three eighths of it along the equator; the square from
    // the middle to the north and east, where 45 degrees are 512 units of longitude and 575 of latitude.
    assert!(shown.contains(&vec![9, 2048, 4096, 10, 1024, 0]), "{shown:?}");
    let square = shown.iter().find(|commands| commands.len() == 11).expect("a square");
    assert_eq!((square[0], square[3], square[10]), (9, 26, 15));
    let sides: Vec<u64> = square[4..10].iter().copied().filter(|&side| side != 0).collect();
    assert!(sides.iter().all(|&side| [1024, 1023, 1149, 1150, 1148, 1147].contains(&side)), "{square:?}");
}

#[test]
fn what_lies_within_a_polygon_is_written_after_it() {
    let square = |west: f64, south: f64, side: f64| {
        vec![(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
    };
    // One in another in another, in every order of the file and with their points in unlike orders on the map; one beside them; and a line
    // and a point within all.
    for (at, corner) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        .into_iter()
        .zip([-30.0, -9.0, 5.0].into_iter().cycle())
    {
        let nested = [square(corner, -9.0, 40.0), square(corner + 2.0, -7.0, 30.0), square(corner + 3.0, -5.0, 8.0)];
        let mut rows: Vec<Row> = vec![
            vec![(Role::Line, vec![(corner + 4.0, -4.0), (corner + 9.0, -3.0)])],
            vec![(Role::Points, vec![(corner + 5.0, -2.0)])],
        ];
        rows.extend(at.map(|at| vec![(Role::Shell, nested[at].clone())]));
        rows.push(vec![(Role::Shell, square(-80.0, 0.0, 20.0))]);
        for query in ["mode=points", "mode=points&rank=size"] {
            let shown = with(&rows, |points| {
                let work = Work::free();
                let plan = TileQuery::parse(query).expect("parses").plan(points, &work).expect("fits");
                let profile = Profile::of(points, None, plan.limit(), &work).expect("goes on");
                let selection = Selection { mask: None, profile: &profile, summaries: &[] };
                let (scratch, mut out) = (&mut Scratch::default(), Vec::new());
                plan.tile_into(points, selection, TileId::WORLD, &work, scratch, &mut out).expect("goes on");
                geometries(&out)
            });
            // A ring of four corners is a move, three lines and its end; its sides are twice their length, in zigzag.
            let length = |commands: &Vec<u64>| if commands.len() == 11 { commands[4..10].iter().sum() } else { 0 };
            let lengths: Vec<u64> = shown.iter().map(length).collect();
            assert_eq!(lengths.len(), 6);
            assert!(lengths[3] > 0 && lengths[4] == 0 && lengths.is_sorted_by(|a, b| a >= b), "{at:?}: {lengths:?}");
        }
    }
}

#[test]
fn as_points_all_rows_are_seen_from_afar_each_in_the_one_tile_of_its_point() {
    let (report, shown) = tile("mode=points&geometry=point", TileId::WORLD);
    assert_eq!((report.features, report.rows, report.omitted, report.cells), (3, 3, 0, false));
    // Halfway along the line, within the square, and the speck that no zoom near this one draws.
    assert!(shown.iter().all(|commands| commands.len() == 3 && commands[0] == 9), "{shown:?}");
    assert!(shown.contains(&vec![9, 2 * 1280, 2 * 2048]) && shown.contains(&vec![9, 2 * 2047, 2 * 2048]), "{shown:?}");
    assert!(shown.iter().any(|at| (4096..5120).contains(&at[1]) && (2900..4096).contains(&at[2])), "{shown:?}");
    assert_eq!(tile("geometry=point", TileId::WORLD).0, report);
    // The square covers this tile, but its point lies in another.
    let within = TileId::new(7, 65, 61).expect("valid");
    assert_eq!(tile("mode=points&geometry=point", within).0, Report::default());
    let tiles = (0..4).map(|at| TileId::new(1, at % 2, at / 2).expect("valid"));
    assert_eq!(tiles.map(|at| tile("mode=points&geometry=point", at).0.features).sum::<u32>(), 3);
    // What is asked of outlines is asked of them, whatever is drawn.
    let query = "mode=points&geometry=point&filter=S_INTERSECTS(geometry,POINT(40+1))";
    assert_eq!(tile(query, TileId::WORLD).0.features, 1);
    // Cells are what they were.
    assert_eq!(tile("mode=cells&geometry=point", TileId::WORLD), tile("mode=cells", TileId::WORLD));
}

#[test]
fn a_vertex_is_drawn_from_the_quarter_of_a_zoom_at_which_its_triangle_is_sixteen_units() {
    // 16 / 1.02 is 4 to the power of 1.98: two zooms, eight quarters.
    for (detail, line) in [
        (-16, vec![9, 2048, 4096, 10, 1024, 0]),
        (7, vec![9, 2048, 4096, 10, 1024, 0]),
        (8, vec![9, 2048, 4096, 18, 512, 0, 512, 0]),
        (16, vec![9, 2048, 4096, 18, 512, 0, 512, 0]),
    ] {
        let (report, shown) = tile(&format!("mode=points&detail={detail}"), TileId::WORLD);
        assert_eq!((report.features, report.omitted), (2, 1));
        assert!(shown.contains(&line), "{detail}: {shown:?}");
    }
}

#[test]
fn queries_select_and_count_shapes_as_they_do_points() {
    let near = TileId::new(18, 131_071, 131_072).expect("valid");
    let (report, shown) = tile("mode=points&filter=size+%3D+20", near);
    assert_eq!((report.features, report.rows), (1, 1), "{shown:?}");
    let (report, _) = tile("mode=points&filter=size+%3E+15", TileId::WORLD);
    assert_eq!((report.features, report.rows, report.omitted), (0, 1, 1));
    let (report, shown) = tile("mode=cells&agg=sum:size", TileId::WORLD);
    assert_eq!((report.features, report.cells), (3, true));
    assert!(shown.iter().all(|commands| commands[0] == 9 && commands.len() == 3), "{shown:?}");
    // Two of three are seen in the tile of the world; of the speck alone nothing is, so it is counted until it is seen.
    assert!(!tile("mode=auto", TileId::WORLD).0.cells);
    let (report, shown) = tile("filter=size+%3D+20", TileId::WORLD);
    assert_eq!((report.features, report.rows, report.cells, shown[0].len()), (1, 1, true, 3));
    assert!(!tile("filter=size+%3D+20", near).0.cells);
    // Specks that join them, however many, hold nothing up.
    assert!(!tile_among("mode=auto", TileId::WORLD, 500).0.cells);
    // The box of a query meets the square whose point lies outside it, and no row of another place.
    for (bbox, rows) in
        [("1,1,2,2", 1), ("-60,-1,-50,1", 1), ("-91,-1,1,1", 3), ("100,0,170,50", 0), ("170,-1,-80,1", 1)]
    {
        let (report, _) = tile(&format!("mode=cells&bbox={bbox}"), TileId::WORLD);
        assert_eq!(report.rows, rows, "{bbox}");
    }
    // A tile that the square covers and in which its point does not lie.
    let (report, shown) = tile("mode=points", TileId::new(7, 65, 61).expect("valid"));
    assert_eq!((report.features, report.rows), (1, 0));
    assert_eq!(shown[0].len(), 11);
}

#[test]
fn what_ends_at_the_antimeridian_is_found_there() {
    let shell = |west: f64, east: f64| vec![(Role::Shell, vec![(west, 0.0), (east, 0.0), (east, 9.0), (west, 9.0)])];
    let line = |positions: &[(f64, f64)]| vec![(Role::Line, positions.to_vec())];
    let rows = [
        shell(170.0, 180.0),
        shell(-180.0, -170.0),
        shell(171.0, 179.0),
        line(&[(170.0, 0.0), (180.0, 0.0)]),
        line(&[(-180.0, 0.0), (-170.0, 0.0)]),
        // Cut at ±180°; and along it.
        shell(175.0, 185.0),
        line(&[(180.0, -9.0), (180.0, 5.0)]),
    ];
    for (filter, expected) in [
        ("S_INTERSECTS(geometry,POINT(180 3))", &[0, 1, 5, 6][..]),
        ("S_INTERSECTS(geometry,POINT(-180 3))", &[0, 1, 5, 6]),
        ("S_INTERSECTS(geometry,POINT(180 0))", &[0, 1, 3, 4, 5, 6]),
        ("S_INTERSECTS(geometry,MULTIPOINT((0 0),(180 0)))", &[0, 1, 3, 4, 5, 6]),
        ("S_INTERSECTS(geometry,LINESTRING(180 3,180 4))", &[0, 1, 5, 6]),
        ("S_INTERSECTS(geometry,LINESTRING(-180 3,-180 4))", &[0, 1, 5, 6]),
        ("S_DISJOINT(geometry,POINT(180 0))", &[2]),
        ("NOT S_TOUCHES(geometry,POINT(180 3))", &[2, 3, 4, 6]),
        ("S_CONTAINS(geometry,POINT(180 3))", &[6]),
    ] {
        assert_eq!(passing(&rows, &format!("filter={}", filter.replace(' ', "+"))), expected, "{filter}");
    }
}

#[test]
fn a_box_asks_of_what_goes_over_the_antimeridian_for_its_parts() {
    let shell = |west: f64, east: f64| (Role::Shell, vec![(west, 60.0), (east, 60.0), (east, 70.0), (west, 70.0)]);
    let rows = [
        vec![shell(30.0, 190.0)],
        vec![shell(-25.0, -13.0)],
        vec![shell(-50.0, -20.0)],
        // The whole round, and one on both sides that has a part between.
        vec![shell(-180.0, 180.0)],
        vec![shell(170.0, 190.0), shell(-24.0, -23.0)],
        vec![shell(-60.0, -58.0), shell(10.0, 12.0)],
    ];
    for (sides, expected) in [
        ("-25,63,-13,67", &[1, 2, 3, 4, 5][..]),
        ("-20,63,-13,67", &[1, 2, 3, 5]),
        ("-175,63,-171,67", &[0, 3, 4]),
        ("100,63,110,67", &[0, 3]),
        ("179,63,-179,67", &[0, 3, 4]),
        ("-180,63,180,67", &[0, 1, 2, 3, 4, 5]),
        ("-175,71,180,72", &[]),
    ] {
        assert_eq!(passing(&rows, &format!("bbox={sides}")), expected, "{sides}");
    }
}
