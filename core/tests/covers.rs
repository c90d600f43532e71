//! Where one query is said to cover another, every row that passes the other passes it: tried on floats of both widths that
//! lie next to each other and next to the numbers in the filters.

use duotile_core::{Column, Facts, Points, Roles, TileId, TileQuery, Values, Work};

#[test]
fn covered_rows_are_among_the_rows_whatever_the_width_of_a_float() {
    let numbers = [0.1, f64::from(0.1f32), 0.2, f64::from(0.3f32), 5.0, 16_777_217.0, 123_456_792.0, 123_456_790.0];
    let near = numbers.map(|number| number as f32);
    let singles: Vec<f32> = near.iter().flat_map(|&x| [x.next_down(), x, x.next_up(), -x]).collect();
    let doubles: Vec<f64> = (0..singles.len())
        .map(|row| match row % 4 {
            0 => numbers[row / 4].next_down(),
            1 => numbers[row / 4],
            2 => numbers[row / 4].next_up(),
            _ => singles[row - 2].into(),
        })
        .collect();
    let keys: Vec<u64> = (0..singles.len() as u64).collect();
    let rows: Vec<u32> = (0..singles.len() as u32).collect();
    let mut filters: Vec<String> = Vec::new();
    for number in numbers {
        filters.extend(["<", "<=", "=", ">=", ">"].map(|op| format!("x {op} {number}")));
        filters.extend([format!("x BETWEEN 0.1 AND {number}"), format!("x IN (0.1,{number})")]);
    }
    let query = |filter: &String| {
        let pair = [("filter", filter.as_str())];
        TileQuery::from_pairs(pair).unwrap_or_else(|error| panic!("{filter}: {error}"))
    };
    let queries: Vec<TileQuery> = filters.iter().map(query).collect();
    let passing = |values: Values<'_>| -> Vec<Vec<bool>> {
        let facts = Facts::of(values, None);
        let columns = [Column::new("x", values, None, &facts).expect("fits")];
        let points = Points::new("test", &keys, &rows, &columns, Roles::default()).expect("fits");
        let pass = |query: &TileQuery| {
            let plan = query.plan(&points, &Work::free()).expect("fits");
            let filter = plan.filter().expect("there is one");
            let mask = filter.mask(&points, 0..rows.len(), &Work::free()).expect("goes on");
            (0..rows.len()).map(|row| mask.get(row)).collect()
        };
        queries.iter().map(pass).collect()
    };
    let passes = [passing(Values::F32(&singles)), passing(Values::F64(&doubles))];
    let mut covering = 0;
    for (ours, outer) in queries.iter().enumerate() {
        for (theirs, inner) in queries.iter().enumerate() {
            if !outer.covers(inner) {
                continue;
            }
            covering += 1;
            for passes in &passes {
                let lost = (0..rows.len()).find(|&row| passes[theirs][row] && !passes[ours][row]);
                assert_eq!(lost, None, "{} covers {}", filters[ours], filters[theirs]);
            }
        }
    }
    // It is not enough to say no.
    assert!(covering > 2 * queries.len(), "{covering}");
    let at = |filter: &str| &queries[filters.iter().position(|known| known == filter).expect("there")];
    assert!(at("x < 0.2").covers(at("x <= 0.1")) && at("x <= 0.1").covers(at("x < 0.1")));
    assert!(!at("x < 0.10000000149011612").covers(at("x <= 0.1")));
}

#[test]
fn rows_are_ranked_among_all_rows_so_only_all_rows_will_do() {
    let query = |text: &str| TileQuery::parse(text).expect("parses");
    let covers = |ours, theirs| query(ours).covers(&query(theirs));
    assert!(covers("filter=a>1", "filter=a>2"));
    assert!(!covers("filter=a>1", "filter=a>2&rank=b"));
    assert!(!covers("bbox=0,0,9,9", "bbox=1,1,2,2&rank=b"));
    assert!(covers("mode=points", "filter=a>2&rank=b") && covers("", "rank=b"));
}

#[test]
fn a_shape_covers_another_where_edges_are_straight_in_degrees_and_on_the_map() {
    let query = |ring: &str| {
        let filter = format!("S_INTERSECTS(geometry,POLYGON(({ring})))");
        TileQuery::from_pairs([("filter", filter.as_str())]).expect("parses")
    };
    let triangle = query("0 0,60 60,0 60,0 0");
    // Its diagonal is at 30 degrees north there in degrees, at 34 to 36 on the map.
    let between = query("29 31.5,31 31.5,31 33.5,29 33.5,29 31.5");
    assert!(!triangle.covers(&between));
    assert!(triangle.covers(&query("29 40,31 40,31 45,29 45,29 40")));
}

#[test]
fn a_tile_of_outlines_wants_what_comes_into_its_buffer() {
    let tile = TileId::new(6, 33, 21).expect("valid");
    let [west, south, east, north] = tile.bounds();
    let boxed = |by: f64| {
        let sides = [west - by, south - by, east + by, north + by].map(|side| side.to_string()).join(",");
        TileQuery::from_pairs([("bbox", sides.as_str())]).expect("parses")
    };
    let all = TileQuery::default();
    assert!(boxed(0.0).covers_tile(&all, tile, false) && !boxed(0.0).covers_tile(&all, tile, true));
    // A thirty-second of a tile and a little more.
    assert!(boxed((east - west) / 12.0).covers_tile(&all, tile, true));
}
