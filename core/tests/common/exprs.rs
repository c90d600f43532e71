//! Random filters as trees, and their CQL2 JSON, which shares no code with the library's.

use super::*;
use duotile_core::{
    Geometry,
    filter::{Comparison, Expr, Fold, Function, Literal, Place, Property, Relation, Term, Value},
    time::Moment,
};

const SPOT: Place = Place(0);

fn literal(value: Value) -> Literal {
    Literal { value, place: SPOT }
}

fn number(random: &mut Random, column: usize) -> Value {
    let exact = match cell(random, column) {
        Cell::Integer(whole) => Value::Integer(whole.into()),
        Cell::Float(number) => Value::number(number),
        _ => Value::Integer(0),
    };
    match (random.below(6), exact) {
        (0, Value::Integer(whole)) => Value::Integer(whole + random.below(3) as i128 - 1),
        (1, Value::Integer(whole)) => Value::number(whole as f64 + 0.5),
        (2, _) => Value::number(random.pick(&FLOATS)),
        (3, _) => Value::Integer(random.pick(&INTEGERS).into()),
        (4, _) if random.chance(20) => Value::Integer(i128::from(random.next()) * 3),
        (_, exact) => exact,
    }
}

/// A literal that goes with a column; `NAMES.len()` and after are the coordinates.
fn value(random: &mut Random, column: usize, fold: Fold) -> Literal {
    literal(match column {
        0..=3 | 9 => number(random, column),
        4 => Value::Boolean(random.chance(50)),
        7 => {
            let Cell::Time(micros) = cell(random, 7) else { unreachable!("times are times") };
            let day = Moment::Date(micros.div_euclid(DAY) as i32);
            let instant = Moment::Instant(micros + random.below(3) as i64 - 1);
            match random.below(4) {
                0 => Value::Time(day),
                1 => Value::Text(day.to_string()),
                2 => Value::Text(instant.to_string()),
                _ => Value::Time(instant),
            }
        }
        5 | 6 | 8 => Value::Text(text(random, fold)),
        10 => Value::number(random.below(3600) as f64 / 8.0 - 200.0),
        _ => Value::number(random.below(1600) as f64 / 8.0 - 100.0),
    })
}

fn text(random: &mut Random, fold: Fold) -> String {
    fold.of(&texts(random))
}

fn pattern(random: &mut Random, fold: Fold) -> String {
    let mut pattern = String::new();
    for _ in 0..random.below(5) {
        match random.below(6) {
            0 | 1 => pattern.push('%'),
            2 => pattern.push('_'),
            3 => pattern += random.pick(&["\\%", "\\_", "\\\\", "\\a"]),
            _ => pattern += &random.pick(&TEXTS).replace('\\', "\\\\"),
        }
    }
    fold.of(&pattern)
}

fn op(op: &str, args: &[String]) -> String {
    format!("{{\"op\": {op:?}, \"args\": [{}]}}", args.join(", "))
}

fn json_fold(fold: Fold, plain: String) -> String {
    let plain = if fold.case { op("casei", &[plain]) } else { plain };
    if fold.accents { op("accenti", &[plain]) } else { plain }
}

fn json_value(value: &Value) -> String {
    match value {
        Value::Integer(whole) => whole.to_string(),
        Value::Decimal(number) => format!("{number:e}"),
        Value::Text(text) => json_text(text),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Time(moment @ Moment::Date(_)) => format!("{{\"date\": \"{moment}\"}}"),
        Value::Time(moment) => format!("{{\"timestamp\": \"{moment}\"}}"),
    }
}

fn json_term(term: &Term) -> String {
    match term {
        Term::Column(property) => json_fold(property.fold, format!("{{\"property\":{}}}", json_text(&property.name))),
        Term::Value(literal) => json_value(&literal.value),
        Term::Call(function, arguments, _) => op(function.name(), &arguments.iter().map(json_term).collect::<Vec<_>>()),
    }
}

/// The tree as CQL2 JSON.
pub fn json(expr: &Expr) -> String {
    let list = |list: &[Expr]| list.iter().map(json).collect::<Vec<_>>();
    let column =
        |property: &Property| json_fold(property.fold, format!("{{\"property\":{}}}", json_text(&property.name)));
    let value = |property: &Property, literal: &Literal| json_fold(property.fold, json_value(&literal.value));
    match expr {
        Expr::Constant(constant) => constant.to_string(),
        Expr::And(operands) => op("and", &list(operands)),
        Expr::Or(operands) => op("or", &list(operands)),
        Expr::Not(inner) => op("not", &[json(inner)]),
        Expr::Holds(property) => column(property),
        Expr::IsNull(property) => op("isNull", &[column(property)]),
        Expr::Compare(property, symbol, literal) => op(symbol.symbol(), &[column(property), value(property, literal)]),
        Expr::Between(property, low, high) => {
            op("between", &[column(property), value(property, low), value(property, high)])
        }
        Expr::In(property, items) => {
            let items: Vec<_> = items.iter().map(|item| value(property, item)).collect();
            op("in", &[column(property), format!("[{}]", items.join(","))])
        }
        Expr::Like(property, pattern) => {
            op("like", &[column(property), value(property, &literal(Value::Text(pattern.clone())))])
        }
        Expr::Relate(left, symbol, right) => op(symbol.symbol(), &[json_term(left), json_term(right)]),
        Expr::Missing(term) => op("isNull", &[json_term(term)]),
        Expr::Spatial(relation, shape, _) => {
            op(&relation.name().to_ascii_lowercase(), &[r#"{"property":"geometry"}"#.into(), json_shape(shape)])
        }
        Expr::Inside([west, south, east, north], _) => op(
            "s_intersects",
            &[r#"{"property":"geometry"}"#.into(), format!("{{\"bbox\":[{west},{south},{east},{north}]}}")],
        ),
    }
}

/// A JSON text, with some characters as `\u` escapes.
fn json_text(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_string(),
            '\\' => "\\\\".to_string(),
            'a'..='z' | ' ' | 'é' => c.to_string(),
            c => {
                let units: Vec<String> =
                    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
                units.concat()
            }
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A random filter over the columns of [`Rows`].
pub fn expr(random: &mut Random, depth: usize) -> Expr {
    if depth > 0 && random.chance(65) {
        let list = |random: &mut Random| (0..=random.below(4)).map(|_| expr(random, depth - 1)).collect();
        return match random.below(5) {
            0 | 1 => Expr::And(list(random)),
            2 | 3 => Expr::Or(list(random)),
            _ => Expr::Not(Box::new(expr(random, depth - 1))),
        };
    }
    let column = random.below(NAMES.len() + 2);
    let textual = matches!(column, 5 | 6 | 8);
    let fold = if textual && random.chance(40) { fold(random) } else { Fold::NONE };
    let name = NAMES.get(column).copied().unwrap_or(if column == 10 { "lon" } else { "lat" }).to_string();
    let property = Property { name, fold, place: SPOT };
    match random.below(18) {
        17 => spatial(random),
        12..=15 => related(random),
        16 => {
            let kind = random.below(4);
            match term(random, kind, 2) {
                Term::Column(property) => Expr::IsNull(Property { fold: Fold::NONE, ..property }),
                Term::Value(_) => Expr::Constant(false),
                call @ Term::Call(..) => Expr::Missing(Box::new(call)),
            }
        }
        0 => Expr::Constant(random.chance(50)),
        1 => {
            let mut side = |from: f64, to: f64| from + (random.below(1000) as f64 + 0.37) / 1000.0 * (to - from);
            let (west, east, a, b) = (side(-180.0, 180.0), side(-180.0, 180.0), side(-90.0, 90.0), side(-90.0, 90.0));
            Expr::Inside([west, a.min(b), east, a.max(b)], SPOT)
        }
        2 => Expr::IsNull(Property { fold: Fold::NONE, ..property }),
        3 if column == 4 => Expr::Holds(property),
        4 | 5 => Expr::Between(property, value(random, column, fold), value(random, column, fold)),
        6 | 7 => Expr::In(property, (0..=random.below(6)).map(|_| value(random, column, fold)).collect()),
        8 | 9 if textual => Expr::Like(property, pattern(random, fold)),
        _ => {
            let op = random.pick(&Comparison::ALL);
            Expr::Compare(property, op, value(random, column, fold))
        }
    }
}

fn fold(random: &mut Random) -> Fold {
    random.pick(&[(true, false), (false, true), (true, true)].map(|(case, accents)| Fold { case, accents }))
}

/// Two terms of one kind compared, not a column with a value and no two values.
fn related(random: &mut Random) -> Expr {
    let kind = random.below(4);
    loop {
        let (left, right) = (term(random, kind, 3), term(random, kind, 2));
        let plain = |term: &Term| matches!(term, Term::Column(_) | Term::Value(_));
        let value = |term: &Term| matches!(term, Term::Value(_));
        if plain(&left) && plain(&right) && (value(&left) || value(&right)) {
            continue;
        }
        return Expr::Relate(Box::new(left), random.pick(&Comparison::ALL), Box::new(right));
    }
}

/// A random term: of numbers, texts, times or truth values.
pub fn term(random: &mut Random, kind: usize, depth: usize) -> Term {
    let columns: &[usize] = [&[0, 1, 2, 3, 9, 10, 11][..], &[5, 6, 8], &[7], &[4]][kind];
    let column = random.pick(columns);
    if depth == 0 || random.chance(25) {
        if random.chance(35) {
            let text = Value::Text(texts(random));
            return Term::Value(if kind == 1 {
                literal(text)
            } else {
                let plain = value(random, column, Fold::NONE);
                match plain.value {
                    // A text that is a time is one only beside a column.
                    Value::Text(text) => literal(Value::Time(duotile_core::time::parse(&text).expect("a time"))),
                    _ => plain,
                }
            });
        }
        let name = NAMES.get(column).copied().unwrap_or(if column == 10 { "lon" } else { "lat" }).to_string();
        let fold = if kind == 1 && random.chance(40) { fold(random) } else { Fold::NONE };
        return Term::Column(Property { name, fold, place: SPOT });
    }
    let call = |function, arguments| Term::Call(function, arguments, SPOT);
    if kind > 0 || random.chance(20) {
        let function = random.pick(&[Function::Least, Function::Greatest, Function::Coalesce]);
        // Not of values alone.
        let mut arguments: Vec<Term> = (0..=random.below(3)).map(|_| term(random, kind, depth - 1)).collect();
        if arguments.iter().all(|argument| matches!(argument, Term::Value(_))) {
            arguments.push(column_of(random, columns));
        }
        return call(function, arguments);
    }
    match random.below(12) {
        0 => {
            let part = random.pick(&[
                Function::Year,
                Function::Month,
                Function::Day,
                Function::Hour,
                Function::Minute,
                Function::Second,
                Function::Weekday,
                Function::Epoch,
            ]);
            let mut arguments = vec![term(random, 2, depth - 1)];
            if part != Function::Epoch && random.chance(40) {
                arguments.push(Term::Value(literal(Value::Text(random.pick(&["+05:30", "-11:00", "Z"]).into()))));
            }
            call(part, arguments)
        }
        1 | 2 => {
            let function =
                random.pick(&[Function::Abs, Function::Sqrt, Function::Floor, Function::Ceil, Function::Round]);
            let mut of = term(random, 0, depth - 1);
            if matches!(of, Term::Value(_)) {
                of = column_of(random, columns);
            }
            call(function, vec![of])
        }
        _ => {
            let function = random.pick(&[
                Function::Add,
                Function::Subtract,
                Function::Multiply,
                Function::Divide,
                Function::Remainder,
                Function::Quotient,
                Function::Power,
            ]);
            let (left, mut right) = (term(random, 0, depth - 1), term(random, 0, depth - 1));
            if matches!(left, Term::Value(_)) && matches!(right, Term::Value(_)) {
                right = column_of(random, columns);
            }
            call(function, vec![left, right])
        }
    }
}

fn column_of(random: &mut Random, columns: &[usize]) -> Term {
    let column = random.pick(columns);
    let name = NAMES.get(column).copied().unwrap_or(if column == 10 { "lon" } else { "lat" }).to_string();
    Term::Column(Property { name, fold: Fold::NONE, place: SPOT })
}

/// A spatial predicate that no other says in simpler words.
fn spatial(random: &mut Random) -> Expr {
    let relation = random.pick(&[
        Relation::Intersects,
        Relation::Within,
        Relation::Touches,
        Relation::Equals,
        Relation::Contains,
        Relation::Overlaps,
        Relation::Crosses,
    ]);
    let shape = match shape(random, 1) {
        Geometry::Box(sides) if relation == Relation::Intersects => return Expr::Inside(sides, SPOT),
        shape => shape,
    };
    Expr::Spatial(relation, Box::new(shape), SPOT)
}

/// A random geometry.
pub fn shape(random: &mut Random, depth: usize) -> Geometry {
    let position = |random: &mut Random| {
        [random.below(3_600_000) as f64 / 10_000.0 - 180.0, random.below(1_800_000) as f64 / 10_000.0 - 90.0]
    };
    let line = |random: &mut Random| (0..2 + random.below(4)).map(|_| position(random)).collect::<Vec<_>>();
    let ring = |random: &mut Random| {
        let mut ring: Vec<_> = (0..3 + random.below(9)).map(|_| position(random)).collect();
        ring.push(ring[0]);
        ring
    };
    let some = 1 + random.below(3);
    match random.below(5) {
        0 => Geometry::Points((0..some).map(|_| position(random)).collect()),
        1 => Geometry::Lines((0..some).map(|_| line(random)).collect()),
        2 if depth > 0 => Geometry::Collection((0..some).map(|_| shape(random, 0)).collect()),
        3 if depth > 0 => {
            let ([west, a], [east, b]) = (position(random), position(random));
            Geometry::Box([west, a.min(b), east, a.max(b)])
        }
        _ => Geometry::Polygons((0..some).map(|_| (0..=random.below(2)).map(|_| ring(random)).collect()).collect()),
    }
}

fn json_shape(shape: &Geometry) -> String {
    fn list<T>(items: &[T], one: impl Fn(&T) -> String) -> String {
        format!("[{}]", items.iter().map(one).collect::<Vec<_>>().join(","))
    }
    let position = |[lon, lat]: &[f64; 2]| format!("[{lon},{lat}]");
    let line = |line: &Vec<[f64; 2]>| list(line, position);
    let polygon = |rings: &Vec<Vec<[f64; 2]>>| list(rings, line);
    let typed = |name: &str, coordinates: String| format!("{{\"type\":{name:?},\"coordinates\":{coordinates}}}");
    match shape {
        Geometry::Points(points) if points.len() == 1 => typed("Point", position(&points[0])),
        Geometry::Points(points) => typed("MultiPoint", list(points, position)),
        Geometry::Lines(lines) if lines.len() == 1 => typed("LineString", line(&lines[0])),
        Geometry::Lines(lines) => typed("MultiLineString", list(lines, line)),
        Geometry::Polygons(polygons) if polygons.len() == 1 => typed("Polygon", polygon(&polygons[0])),
        Geometry::Polygons(polygons) => typed("MultiPolygon", list(polygons, polygon)),
        Geometry::Collection(shapes) => {
            format!("{{\"type\":\"GeometryCollection\",\"geometries\":{}}}", list(shapes, json_shape))
        }
        Geometry::Box([west, south, east, north]) => format!("{{\"bbox\":[{west},{south},{east},{north}]}}"),
    }
}
