//! Columns made of columns hold what their formulas say, and a query that names one means what it means with the formula in its
//! place.

use duotile_core::{Column, Facts, Let, Made, MadeValues, Points, Roles, Scalar, TileQuery, Values, Work};

const ROWS: usize = 1000;

/// What a formula gives a row.
type Says<'a> = Box<dyn Fn(usize) -> Option<Scalar> + 'a>;

struct Sample {
    keys: Vec<u64>,
    rows: Vec<u32>,
    fare: Vec<f64>,
    distance: Vec<f64>,
    count: Vec<i64>,
    at: Vec<i64>,
    valid: Vec<u8>,
    facts: Vec<Facts>,
}

impl Sample {
    fn new() -> Self {
        let rows = 0..ROWS as i64;
        let mut sample = Self {
            keys: rows.clone().map(|i| i.cast_unsigned() << 40).collect(),
            rows: (0..ROWS as u32).collect(),
            fare: rows.clone().map(|i| (i * 37 % 101) as f64 / 4.0).collect(),
            distance: rows.clone().map(|i| (i * 13 % 7) as f64).collect(),
            count: rows.clone().map(|i| i64::MAX - i * i).collect(),
            at: rows.map(|i| i * 3_600_000_000 * 7).collect(),
            valid: (0..ROWS.div_ceil(8)).map(|i| if i % 3 == 0 { 0b1011_0111 } else { 0xff }).collect(),
            facts: Vec::new(),
        };
        sample.facts = vec![
            Facts::of(Values::F64(&sample.fare), Some(&sample.valid)),
            Facts::of(Values::F64(&sample.distance), None),
            Facts::of(Values::I64(&sample.count), None),
            Facts::of(Values::Time(&sample.at), None),
        ];
        sample
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let column = |name, values, valid, facts| Column::new(name, values, valid, facts).expect("fits");
        vec![
            column("fare", Values::F64(&self.fare), Some(&self.valid), &self.facts[0]),
            column("distance", Values::F64(&self.distance), None, &self.facts[1]),
            column("count", Values::I64(&self.count), None, &self.facts[2]),
            column("at", Values::Time(&self.at), None, &self.facts[3]),
        ]
    }

    fn fare(&self, row: usize) -> Option<f64> {
        (self.valid[row / 8] >> (row % 8) & 1 != 0).then_some(self.fare[row])
    }
}

fn made(points: &Points<'_>, text: &str) -> Made {
    let formula = Let::parse(text).expect(text).fit(points, &Work::free()).expect(text);
    // In pieces, as a server makes it.
    let piece = |rows| formula.values(points, points.keys(), rows, &Work::free()).expect("goes on");
    let mut all = piece(0..64);
    all.append(piece(64..640));
    all.append(piece(640..ROWS));
    all
}

fn value(made: &Made, row: usize) -> Option<Scalar> {
    (made.valid[row / 8] >> (row % 8) & 1 != 0).then(|| made.view().get(row))
}

#[test]
fn a_column_holds_what_its_formula_says() {
    let sample = Sample::new();
    let columns = sample.columns();
    let points = Points::new("p", &sample.keys, &sample.rows, &columns, Roles::default()).expect("fits");
    let cases: Vec<(&str, Says<'_>)> = vec![
        (
            "rate = fare / distance",
            Box::new(|row| {
                let rate = sample.fare(row)? / sample.distance[row];
                rate.is_finite().then_some(Scalar::Float(rate))
            }),
        ),
        ("\"odd = name\" = coalesce(fare, -1)", Box::new(|row| Some(Scalar::Float(sample.fare(row).unwrap_or(-1.0))))),
        ("minus = 0 * (0 - fare)", Box::new(|row| sample.fare(row).map(|_| Scalar::Float(0.0)))),
        ("less = count - 1", Box::new(|row| Some(Scalar::Integer(sample.count[row] - 1)))),
        ("more = count + 1000", Box::new(|row| sample.count[row].checked_add(1000).map(Scalar::Integer))),
        ("hour = hour(at)", Box::new(|row| Some(Scalar::Integer(row as i64 * 7 % 24)))),
        ("first = least(at, TIMESTAMP('1970-01-01T10:00:00Z'))", {
            Box::new(|row| Some(Scalar::Time(sample.at[row].min(36_000_000_000))))
        }),
        ("same = fare", Box::new(|row| sample.fare(row).map(Scalar::Float))),
    ];
    for (text, says) in cases {
        let made = made(&points, text);
        for row in 0..ROWS {
            assert_eq!(value(&made, row), says(row), "row {row} of {text}");
        }
        if let MadeValues::Floats(values) = &made.values {
            assert!(values.iter().all(|value| value.to_bits() != 1 << 63), "{text}");
        }
        assert_eq!(made.is_full(), (0..ROWS).all(|row| says(row).is_some()), "{text}");
    }
}

#[test]
fn a_name_means_what_its_formula_means() {
    let sample = Sample::new();
    let columns = sample.columns();
    let points = Points::new("p", &sample.keys, &sample.rows, &columns, Roles::default()).expect("fits");
    let made = made(&points, "rate = fare / distance");
    let facts = Facts::of(made.view(), Some(&made.valid));
    let mut wide = sample.columns();
    wide.push(Column::new("rate", made.view(), Some(&made.valid), &facts).expect("fits"));
    let wider = Points::new("p", &sample.keys, &sample.rows, &wide, Roles::default()).expect("fits");
    for filter in ["# > 3", "NOT # > 3", "# IS NULL", "# + 1 BETWEEN fare AND 9", "# IN (2, 3.5) OR # < distance"] {
        let masks = [("rate", &wider), ("(fare / distance)", &points)].map(|(name, points)| {
            let text = filter.replace('#', name);
            let query = TileQuery::from_pairs([("filter", text.as_str())]).expect("parses");
            let plan = query.plan(points, &Work::free()).expect("fits");
            let filter = plan.filter().expect("there is one");
            filter.mask(points, 0..ROWS, &Work::free()).expect("goes on").words().to_vec()
        });
        assert_eq!(masks[0], masks[1], "{filter}");
    }
    let query = TileQuery::parse("let=rate:fare/distance&agg=mean:rate&filter=rate>1").expect("parses");
    let plan = query.plan(&wider, &Work::free()).expect("fits");
    assert!(plan.filter_text().contains("let="), "{}", plan.filter_text());
    assert!(plan.properties().iter().any(|property| property.name == "rate_mean"));
    // Who has not made the column hears that it is not there.
    assert!(query.plan(&points, &Work::free()).is_err());
}

#[test]
fn what_makes_no_column_is_told() {
    let sample = Sample::new();
    let columns = sample.columns();
    let points = Points::new("p", &sample.keys, &sample.rows, &columns, Roles::default()).expect("fits");
    for (text, says) in [
        ("fare = distance * 2", "has a column \"fare\" already"),
        ("a = fair * 2", "did you mean \"fare\""),
        ("a = coalesce('x', 'y')", "is text, expected a number"),
        ("a = sqrt(at)", "expects numbers"),
    ] {
        let error = Let::parse(text).expect(text).fit(&points, &Work::free()).expect_err(text);
        assert!(error.to_string().contains(says) && error.parameter == "let", "{text}: {error}");
    }
    assert!(Let::parse("fare / distance").is_err());
    let scarce = Work::new(&|| true, 10);
    let formula = Let::parse("a = fare ^ 2").expect("parses").fit(&points, &scarce).expect("fits");
    assert!(formula.values(&points, &sample.keys, 0..ROWS, &scarce).is_err());
}
