//! Filters keep the rows that an interpreter of three-valued logic keeps, which knows nothing of ranges, codes or normal
//! forms: it takes the CQL2 standard at its word, row by row.

mod common;

use common::{Cell, NAMES, Random, Rows, expr};
use duotile_core::{
    Filter, Points, Roles, TileQuery, Work, World,
    filter::{Comparison, Expr, Function, Literal, Property, Term, Value},
    mercator, morton, time,
};
use std::cmp::Ordering;

/// True, false, or unknown.
type Truth = Option<bool>;

/// Kleene's AND: false wins over unknown.
fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Kleene's OR: true wins over unknown.
fn or(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

struct Naive<'a> {
    rows: &'a Rows,
    row: usize,
}

impl Naive<'_> {
    fn truth(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::Constant(constant) => Some(*constant),
            Expr::And(list) => list.iter().map(|expr| self.truth(expr)).reduce(and).expect("not empty"),
            Expr::Or(list) => list.iter().map(|expr| self.truth(expr)).reduce(or).expect("not empty"),
            Expr::Not(inner) => self.truth(inner).map(|truth| !truth),
            Expr::Holds(property) => self.cell(property).map(|cell| cell == Cell::Boolean(true)),
            Expr::IsNull(property) => Some(self.cell(property).is_none()),
            Expr::Compare(property, op, literal) => {
                self.cell(property).map(|cell| compare(property, &cell, *op, literal))
            }
            // A BETWEEN b AND c is A >= b AND A <= c; A IN (b, c) is A = b OR A = c.
            Expr::Between(property, low, high) => self.cell(property).map(|cell| {
                compare(property, &cell, Comparison::GreaterOrEqual, low)
                    && compare(property, &cell, Comparison::LessOrEqual, high)
            }),
            Expr::In(property, items) => self
                .cell(property)
                .map(|cell| items.iter().any(|item| compare(property, &cell, Comparison::Equal, item))),
            Expr::Like(property, pattern) => self.cell(property).map(|cell| {
                let Cell::Text(text) = cell else { panic!("LIKE on {property}") };
                let text = property.fold.of(&text);
                like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
            }),
            Expr::Spatial(relation, shape, _) => {
                let (lon, lat) = mercator::unproject(self.rows.position(self.row));
                Some(common::places::holds(*relation, shape, [lon, lat]))
            }
            Expr::Missing(term) => Some(self.value(term).is_none()),
            Expr::Relate(left, op, right) => self.related(left, *op, right),
            Expr::Inside([west, south, east, north], _) => {
                let (lon, lat) = mercator::unproject(self.rows.position(self.row));
                let lon_in = if west <= east { lon >= *west && lon <= *east } else { lon >= *west || lon <= *east };
                let clamp = |lat: f64| lat.clamp(-mercator::MAX_LATITUDE, mercator::MAX_LATITUDE);
                // A row at the edge of the square world stands for all latitudes beyond it.
                let step = 1e-8;
                Some(lon_in && lat >= clamp(*south) - step && lat <= clamp(*north) + step)
            }
        }
    }

    /// A comparison of two terms: a date beside another term is the interval of its day.
    fn related(&self, left: &Term, op: Comparison, right: &Term) -> Truth {
        let date = |term: &Term| match term {
            Term::Value(Literal { value: Value::Time(moment @ time::Moment::Date(_)), .. }) => Some(*moment),
            _ => None,
        };
        let (a, b) = (self.value(left)?, self.value(right)?);
        let order = match (&a, &b) {
            (Cell::Integer(a), Cell::Integer(b)) | (Cell::Time(a), Cell::Time(b))
                if date(left).is_none() && date(right).is_none() =>
            {
                a.cmp(b)
            }
            (Cell::Time(a), Cell::Time(b)) => match (date(left), date(right)) {
                (None, Some(day)) if (day.first()..=day.last()).contains(a) => Ordering::Equal,
                (Some(day), None) if (day.first()..=day.last()).contains(b) => Ordering::Equal,
                _ => a.cmp(b),
            },
            (Cell::Integer(a), Cell::Float(b)) => exact((*a).into(), *b),
            (Cell::Float(a), Cell::Integer(b)) => exact((*b).into(), *a).reverse(),
            (Cell::Float(a), Cell::Float(b)) => a.partial_cmp(b)?,
            (Cell::Text(a), Cell::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Cell::Boolean(a), Cell::Boolean(b)) => a.cmp(b),
            (a, b) => panic!("{a:?} against {b:?}"),
        };
        Some(op.holds(order))
    }

    /// The value of a term, from the definitions of its functions.
    #[expect(clippy::too_many_lines, reason = "a line for each function")]
    fn value(&self, term: &Term) -> Option<Cell> {
        let (function, arguments) = match term {
            Term::Value(literal) => {
                return Some(match &literal.value {
                    Value::Integer(whole) => i64::try_from(*whole).map_or(Cell::Float(*whole as f64), Cell::Integer),
                    Value::Decimal(number) => Cell::Float(*number),
                    Value::Text(text) => Cell::Text(text.clone()),
                    Value::Boolean(boolean) => Cell::Boolean(*boolean),
                    Value::Time(moment) => Cell::Time(moment.first()),
                });
            }
            Term::Column(property) => {
                let cell = match NAMES.iter().position(|name| *name == property.name) {
                    Some(column) => self.rows.columns[column].cells[self.row].clone(),
                    None => self.cell(property),
                };
                return cell.map(|cell| match cell {
                    Cell::Text(text) => Cell::Text(property.fold.of(&text)),
                    cell => cell,
                });
            }
            Term::Call(function, arguments, _) => (*function, arguments),
        };
        let values: Vec<Option<Cell>> = arguments.iter().map(|argument| self.value(argument)).collect();
        let real = |cell: &Cell| match cell {
            Cell::Integer(whole) => *whole as f64,
            Cell::Float(float) => *float,
            other => panic!("{other:?} as a number"),
        };
        if let Function::Least | Function::Greatest | Function::Coalesce = function {
            // One decimal among them makes all of them decimals.
            let decimal = arguments.iter().any(Self::is_decimal);
            let present = values.into_iter().flatten().map(|cell| match cell {
                Cell::Integer(whole) if decimal => Cell::Float(whole as f64),
                cell => cell,
            });
            let below = |a: &Cell, b: &Cell| match (a, b) {
                (Cell::Integer(a), Cell::Integer(b)) | (Cell::Time(a), Cell::Time(b)) => a < b,
                (Cell::Float(a), Cell::Float(b)) => a < b,
                (Cell::Text(a), Cell::Text(b)) => a < b,
                (Cell::Boolean(a), Cell::Boolean(b)) => !a & b,
                (a, b) => panic!("{a:?} against {b:?}"),
            };
            return present.reduce(|a, b| match function {
                Function::Least if below(&b, &a) => b,
                Function::Greatest if below(&a, &b) => b,
                _ => a,
            });
        }
        let present: Vec<Cell> = values.into_iter().collect::<Option<_>>()?;
        let finite = |number: f64| number.is_finite().then_some(Cell::Float(number));
        match (function, &present[..]) {
            (Function::Add, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_add(*b).map(Cell::Integer),
            (Function::Subtract, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_sub(*b).map(Cell::Integer),
            (Function::Multiply, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_mul(*b).map(Cell::Integer),
            (Function::Quotient, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_div(*b).map(Cell::Integer),
            (Function::Remainder, [Cell::Integer(a), Cell::Integer(b)]) => {
                (*b != 0).then(|| Cell::Integer((i128::from(*a) % i128::from(*b)) as i64))
            }
            (Function::Abs, [Cell::Integer(a)]) => a.checked_abs().map(Cell::Integer),
            (Function::Floor | Function::Ceil | Function::Round, [Cell::Integer(a)]) => Some(Cell::Integer(*a)),
            (Function::Add, [a, b]) => finite(real(a) + real(b)),
            (Function::Subtract, [a, b]) => finite(real(a) - real(b)),
            (Function::Multiply, [a, b]) => finite(real(a) * real(b)),
            (Function::Divide, [a, b]) => finite(real(a) / real(b)),
            (Function::Quotient, [a, b]) => finite((real(a) / real(b)).trunc()),
            (Function::Remainder, [a, b]) => finite(real(a) % real(b)),
            // Its last digit is the library's.
            (Function::Power, [a, b]) => finite(libm::pow(real(a), real(b))),
            (Function::Abs, [a]) => finite(real(a).abs()),
            (Function::Sqrt, [a]) => finite(real(a).sqrt()),
            (Function::Floor, [a]) => finite(real(a).floor()),
            (Function::Ceil, [a]) => finite(real(a).ceil()),
            (Function::Round, [a]) => finite(real(a).round()),
            (Function::Epoch, [Cell::Time(micros)]) => finite(*micros as f64 / 1e6),
            (part, [Cell::Time(micros), zone @ ..]) => {
                let ahead = match zone {
                    [Cell::Text(zone)] if zone == "+05:30" => 330,
                    [Cell::Text(zone)] if zone == "-11:00" => -660,
                    _ => 0,
                };
                // From the printed time, which has its own tests.
                let text = time::print(micros.saturating_add(ahead * 60_000_000));
                let (date, clock) = text.split_once('T').expect("a time");
                let (year, rest) = date.split_at(date.len() - 6);
                let days = time::parse(&format!("2000{rest}")).is_ok();
                assert!(days || rest == "-02-29");
                let number = |text: &str| text.parse::<i64>().expect("a number");
                Some(Cell::Integer(match part {
                    Function::Year => number(year),
                    Function::Month => number(&rest[1..3]),
                    Function::Day => number(&rest[4..6]),
                    Function::Hour => number(&clock[..2]),
                    Function::Minute => number(&clock[3..5]),
                    Function::Second => number(&clock[6..8]),
                    // Zeller's congruence, from Saturday on.
                    _ => {
                        let (year, month, day) = (number(year), number(&rest[1..3]), number(&rest[4..6]));
                        let (year, month) = if month < 3 { (year - 1, month + 12) } else { (year, month) };
                        let h = day + 13 * (month + 1) / 5 + year + year.div_euclid(4) - year.div_euclid(100)
                            + year.div_euclid(400);
                        (h + 6).rem_euclid(7)
                    }
                }))
            }
            (function, cells) => panic!("{function:?} of {cells:?}"),
        }
    }

    /// Whether a term is of decimals, whatever its values are.
    fn is_decimal(term: &Term) -> bool {
        match term {
            Term::Column(property) => matches!(property.name.as_str(), "single" | "f" | "lon" | "lat"),
            Term::Value(literal) => match literal.value {
                Value::Integer(whole) => i64::try_from(whole).is_err(),
                Value::Decimal(_) => true,
                _ => false,
            },
            Term::Call(function, arguments, _) => match function {
                Function::Divide | Function::Power | Function::Sqrt | Function::Epoch => true,
                Function::Year
                | Function::Month
                | Function::Day
                | Function::Hour
                | Function::Minute
                | Function::Second
                | Function::Weekday => false,
                _ => arguments.iter().any(Self::is_decimal),
            },
        }
    }

    fn cell(&self, property: &Property) -> Option<Cell> {
        let world = self.rows.position(self.row);
        match NAMES.iter().position(|name| *name == property.name) {
            Some(column) => match self.rows.columns[column].cells[self.row].clone() {
                // A single float is the number that it is shown as.
                Some(Cell::Float(value)) if property.name == "single" => {
                    Some(Cell::Float(format!("{}", value as f32).parse().expect("a number")))
                }
                cell => cell,
            },
            None if property.name == "lon" => Some(Cell::Float(mercator::longitude(world.x))),
            None => Some(Cell::Float(mercator::latitude(world.y))),
        }
    }
}

/// A value against a literal; a date is the interval of its day.
fn compare(property: &Property, cell: &Cell, op: Comparison, literal: &Literal) -> bool {
    match (cell, &literal.value) {
        (Cell::Integer(a), Value::Integer(b)) => op.holds(i128::from(*a).cmp(b)),
        (Cell::Integer(a), Value::Decimal(b)) => op.holds(exact((*a).into(), *b)),
        // A single float is also met by the double that it widens to.
        (Cell::Float(a), Value::Decimal(b)) if property.name == "single" && f64::from(*a as f32) == *b => {
            op.holds(Ordering::Equal)
        }
        (Cell::Float(a), Value::Integer(b)) => op.holds(exact(*b, *a).reverse()),
        (Cell::Float(a), Value::Decimal(b)) => op.holds(a.partial_cmp(b).expect("finite")),
        (Cell::Boolean(a), Value::Boolean(b)) => op.holds(a.cmp(b)),
        (Cell::Text(a), Value::Text(b)) if property.fold.any() => op.holds(property.fold.of(a).as_str().cmp(b)),
        (Cell::Text(a), Value::Text(b)) => op.holds(a.as_bytes().cmp(b.as_bytes())),
        (Cell::Time(a), value) => {
            let moment = match value {
                Value::Time(moment) => *moment,
                Value::Text(text) => time::parse(text).expect("a time"),
                other => panic!("a time against {other}"),
            };
            let (first, last) = (moment.first(), moment.last());
            let order = if *a < first {
                Ordering::Less
            } else if *a > last {
                Ordering::Greater
            } else {
                Ordering::Equal
            };
            op.holds(order)
        }
        (cell, value) => panic!("{cell:?} against {value}"),
    }
}

/// A whole number against a float, by whole part and fraction.
fn exact(whole: i128, float: f64) -> Ordering {
    if float.abs() >= 1e38 {
        return if float > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    whole.cmp(&(float.trunc() as i128)).then_with(|| 0.0.partial_cmp(&float.fract()).expect("finite"))
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        ['_', rest @ ..] => !text.is_empty() && like(rest, &text[1..]),
        ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && like(rest, &text[1..]),
    }
}

#[test]
fn random_filters_keep_the_rows_that_three_valued_logic_keeps() {
    let rounds = if cfg!(debug_assertions) { 60 } else { 1500 };
    let mut random = Random(1);
    let (mut kept, mut looked_at) = (0, 0);
    for round in 0..rounds {
        let size = random.pick(&[0, 1, 63, 64, 65, 200, 300]);
        let rows = Rows::new(&mut random, size);
        for _ in 0..20 {
            let depth = random.below(5);
            let expr = expr(&mut random, depth);
            rows.with(|points| {
                let filter =
                    Filter::bind(&expr, points, &Work::free()).unwrap_or_else(|error| panic!("{expr}: {error}"));
                let again = Filter::bind(&Expr::parse(&expr.to_string()).expect("printed"), points, &Work::free())
                    .expect("bound");
                let (a, b) = (random.below(size + 1), random.below(size + 1));
                let span = if random.chance(50) { 0..size } else { a.min(b)..a.max(b) };
                let (mask, other) = (
                    filter.mask(points, span.clone(), &Work::free()).expect("goes on"),
                    again.mask(points, span.clone(), &Work::free()).expect("goes on"),
                );
                assert_eq!(mask.span(), span);
                for row in span {
                    let expected = Naive { rows: &rows, row }.truth(&expr) == Some(true);
                    kept += usize::from(expected);
                    looked_at += 1;
                    let about = || format!("round {round}, row {row}: {expr:?}\nprinted: {expr}\nbound: {filter:?}");
                    assert_eq!(mask.get(row), expected, "{}", about());
                    assert_eq!(other.get(row), expected, "after printing: {}", about());
                }
            });
        }
    }
    // The filters neither keep nor drop nearly everything.
    assert!(kept * 10 > looked_at && kept * 10 < looked_at * 9, "{kept} of {looked_at}");
}

#[test]
fn a_filter_and_its_negation_share_no_row_and_together_miss_only_the_unknown() {
    let mut random = Random(2);
    let rows = Rows::new(&mut random, 500);
    for _ in 0..500 {
        let expr = expr(&mut random, 3);
        let negated = Expr::Not(Box::new(expr.clone()));
        rows.with(|points| {
            let yes = Filter::bind(&expr, points, &Work::free())
                .expect("bound")
                .mask(points, 0..500, &Work::free())
                .expect("goes on");
            let no = Filter::bind(&negated, points, &Work::free())
                .expect("bound")
                .mask(points, 0..500, &Work::free())
                .expect("goes on");
            for row in 0..500 {
                let truth = Naive { rows: &rows, row }.truth(&expr);
                assert_eq!((yes.get(row), no.get(row)), (truth == Some(true), truth == Some(false)), "{expr}");
            }
        });
    }
}

#[test]
fn time_and_box_of_a_query_join_its_filter() {
    let mut random = Random(3);
    let rows = Rows::new(&mut random, 400);
    let texts = [
        ("datetime=1970-01-02/1970-01-03", "ts BETWEEN DATE('1970-01-02') AND DATE('1970-01-03')"),
        ("datetime=../1970-01-02T08:00:00Z", "ts <= TIMESTAMP('1970-01-02T08:00:00Z')"),
        ("datetime=1970-01-01/..", "ts >= DATE('1970-01-01')"),
        ("datetime=1969-12-31", "ts = DATE('1969-12-31')"),
        ("bbox=170,-30,-170,80", "S_INTERSECTS(geometry, BBOX(170,-30,-170,80))"),
        ("bbox=-10,-90,100,10&filter=i%3E0", "i > 0 AND S_INTERSECTS(geometry, BBOX(-10,-90,100,10))"),
        ("datetime=../..", "TRUE"),
        ("", "TRUE"),
    ];
    rows.with(|points| {
        for (query, text) in texts {
            let filter = Filter::of(&TileQuery::parse(query).expect("valid"), points, &Work::free()).expect("bound");
            let mask = filter.mask(points, 0..400, &Work::free()).expect("goes on");
            let expr = Expr::parse(text).expect("valid");
            let expected: Vec<usize> =
                (0..400).filter(|&row| Naive { rows: &rows, row }.truth(&expr) == Some(true)).collect();
            assert!(mask.rows(0..400).eq(expected), "{query}");
        }
    });
}

#[test]
fn coordinates_compare_exactly_at_the_steps_of_the_world() {
    let mut random = Random(4);
    for _ in 0..200 {
        let (x, y) = (random.next() as u32, random.next() as u32);
        let spots =
            [(x, y), (x.wrapping_add(1), y), (x.wrapping_sub(1), y), (x, y.wrapping_add(1)), (x, y.wrapping_sub(1))];
        let mut keys: Vec<u64> = spots.iter().map(|&(x, y)| morton::key(World { x, y })).collect();
        keys.sort_unstable();
        let rows = Rows { numbers: (0..keys.len() as u32).collect(), keys, columns: Vec::new() };
        let points = Points::new("test", &rows.keys, &rows.numbers, &[], Roles::default()).expect("fits");
        for op in Comparison::ALL {
            for (name, degrees) in [("lon", mercator::longitude(x)), ("lat", mercator::latitude(y))] {
                let expr = Expr::parse(&format!("{name} {} {degrees}", op.symbol())).expect("valid");
                let mask = Filter::bind(&expr, &points, &Work::free())
                    .expect("bound")
                    .mask(&points, 0..5, &Work::free())
                    .expect("goes on");
                for row in 0..5 {
                    assert_eq!(
                        Some(mask.get(row)),
                        Naive { rows: &rows, row }.truth(&expr),
                        "{expr} {:?}",
                        rows.position(row)
                    );
                }
            }
        }
    }
}

#[test]
fn boxes_are_closed_on_the_steps_of_their_corners_and_cross_the_antimeridian() {
    let at = |lon: f64, lat: f64| mercator::project(lon, lat).expect("usable");
    let kept = |west: f64, south: f64, east: f64, north: f64, world: World| {
        let (keys, numbers) = ([morton::key(world)], [0]);
        let points = Points::new("test", &keys, &numbers, &[], Roles::default()).expect("fits");
        let query = TileQuery::parse(&format!("bbox={west},{south},{east},{north}")).expect("valid");
        let inside = Filter::of(&query, &points, &Work::free())
            .expect("bound")
            .mask(&points, 0..1, &Work::free())
            .expect("goes on")
            .get(0);
        let text = format!("NOT S_INTERSECTS(geometry, BBOX({west},{south},{east},{north}))");
        let outside = Filter::bind(&Expr::parse(&text).expect("valid"), &points, &Work::free()).expect("bound");
        assert_ne!(inside, outside.mask(&points, 0..1, &Work::free()).expect("goes on").get(0), "{text}");
        inside
    };
    let (south_west, north_east) = (at(10.0, 20.0), at(30.0, 40.0));
    for (world, expected) in [
        (south_west, true),
        (north_east, true),
        (World { x: south_west.x - 1, ..south_west }, false),
        (World { y: south_west.y + 1, ..south_west }, false),
        (World { x: north_east.x + 1, ..north_east }, false),
        (World { y: north_east.y - 1, ..north_east }, false),
    ] {
        assert_eq!(kept(10.0, 20.0, 30.0, 40.0, world), expected, "{world:?}");
    }
    // Both ends of a box over the antimeridian, written in three ways, and what lies between them the other way round.
    for (west, east) in [(170.0, -170.0), (170.0, 190.0), (-190.0 + 360.0, 190.0)] {
        for (lon, expected) in
            [(170.0, true), (180.0, true), (-170.0, true), (169.9, false), (-169.9, false), (0.0, false)]
        {
            assert_eq!(kept(west, -10.0, east, 10.0, at(lon, 0.0)), expected, "{west} {east}: {lon}");
        }
    }
    // +180 is −180: a box that ends there holds what lies there.
    for (west, east) in [(-180.0, -170.0), (170.0, 180.0), (180.0, 180.0), (180.0, -170.0)] {
        assert!(kept(west, -10.0, east, 10.0, at(180.0, 0.0)), "{west} {east}");
        assert!(!kept(west, -10.0, east, 10.0, at(100.0, 0.0)), "{west} {east}");
    }
    // The whole round, in every way to write it.
    for (west, east) in [(-180.0, 180.0), (0.0, 360.0), (-10.0, 350.0), (-180.0, 360.0)] {
        for lon in [-180.0, -90.0, -10.000_001, 0.0, 90.0, 179.999_999] {
            assert!(kept(west, -90.0, east, 90.0, at(lon, 88.0)), "{west} {east}: {lon}");
        }
    }
    // Latitudes beyond the square world are at its edge.
    assert!(kept(-180.0, 86.0, 180.0, 90.0, at(0.0, 89.0)));
    assert!(!kept(-180.0, 86.0, 180.0, 90.0, at(0.0, 84.0)));
}

#[test]
fn a_single_float_is_met_by_what_it_is_shown_as() {
    let values = [0.1f32, 0.2, 16_777_216.0, f32::MAX, -0.3];
    let facts = duotile_core::Facts::default();
    let column = duotile_core::Column::new("v", duotile_core::Values::F32(&values), None, &facts).expect("fits");
    let (columns, keys, numbers) = ([column], [0; 5], [0, 1, 2, 3, 4]);
    let points = Points::new("test", &keys, &numbers, &columns, Roles::default()).expect("fits");
    let kept = |text: &str| -> Vec<usize> {
        let filter = Filter::bind(&Expr::parse(text).expect("valid"), &points, &Work::free()).expect("bound");
        filter.mask(&points, 0..5, &Work::free()).expect("goes on").rows(0..5).collect()
    };
    assert_eq!(kept("v = 0.1"), [0]);
    assert_eq!(kept("v IN (0.1, 0.2, -0.3)"), [0, 1, 4]);
    assert_eq!(kept("v <= 0.1"), [0, 4]);
    assert_eq!(kept("v > 0.1"), [1, 2, 3]);
    // Neither is what any of them is shown as; both are between 0.1 and its neighbours.
    assert_eq!(kept("v > 0.09999999999 AND v < 0.10000000001"), [0]);
    assert_eq!(kept("v = 16777216"), [2]);
    assert_eq!(kept("v = 16777217"), Vec::<usize>::new());
    assert_eq!(kept("v > 1e39"), Vec::<usize>::new());
    assert_eq!(kept("v < -1e39 OR v <= 1e39"), [0, 1, 2, 3, 4]);
}
