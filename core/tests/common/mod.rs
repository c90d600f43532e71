//! Random filters and points for tests: deterministic, and every kind of column with and without nulls.
#![allow(dead_code, reason = "each test file uses its own part of it")]

pub mod places;

use duotile_core::{
    Bits, Codes, Column, Dictionary, Facts, Geometry, Points, Roles, Values, World,
    filter::{Comparison, Expr, Fold, Function, Literal, Place, Property, Relation, Term, Value},
    mercator, morton,
    time::Moment,
};

/// The `SplitMix64` generator.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// The value of a row in a column, for the naive interpreter.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Text(String),
    Time(i64),
}

/// A column of a test: its name, its values, and the buffers the library sees.
pub struct Data {
    pub name: &'static str,
    pub cells: Vec<Option<Cell>>,
    pub store: Store,
    pub valid: Option<Vec<u8>>,
}

pub enum Store {
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bool(Vec<u8>),
    Text8(Vec<u8>, Dictionary),
    Text16(Vec<u16>, Dictionary),
    Text32(Vec<u32>, Dictionary),
    Time(Vec<i64>),
}

/// Points with a column of every kind.
pub struct Rows {
    pub keys: Vec<u64>,
    pub numbers: Vec<u32>,
    pub columns: Vec<Data>,
}

pub const NAMES: [&str; 10] =
    ["i", "big", "single", "f", "flag", "kind", "many words", "ts", "AND", "odd \"name\", é:%"];

const TEXTS: [&str; 22] = [
    "",
    "a",
    "A",
    "ab",
    "abc",
    "aB",
    "b",
    "ba",
    "%",
    "_",
    "\\",
    "a%b",
    "a_b",
    "it's",
    "é",
    "É",
    "Straße",
    "STRASSE",
    "日本",
    "İ",
    "Σίσυφος",
    "a\nb",
];

const INTEGERS: [i64; 12] =
    [0, 1, -1, 2, 3, 10, -10, i64::MAX, i64::MIN, i64::MAX - 1, 9_007_199_254_740_993, -9_007_199_254_740_993];

const FLOATS: [f64; 16] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.5,
    0.1,
    1e-300,
    5e-324,
    -5e-324,
    1e300,
    f64::MAX,
    f64::MIN,
    9_007_199_254_740_992.0,
    9_223_372_036_854_775_808.0,
    1e22,
];

const DAY: i64 = 86_400_000_000;

pub fn texts(random: &mut Random) -> String {
    random.pick(&TEXTS).to_string()
}

fn cell(random: &mut Random, column: usize) -> Cell {
    match column {
        0 => Cell::Integer(random.below(9) as i64 - 4),
        1 => Cell::Integer(if random.chance(50) { random.pick(&INTEGERS) } else { random.next() as i64 }),
        2 => Cell::Float(f64::from(random.below(100) as f32 / 7.0 - 5.0)),
        3 => Cell::Float(if random.chance(60) { random.pick(&FLOATS) } else { random.below(1000) as f64 / 8.0 - 60.0 }),
        4 => Cell::Boolean(random.chance(50)),
        5 | 6 | 8 => Cell::Text(texts(random)),
        7 => {
            let micros = random.below(5) as i64 * DAY - 2 * DAY;
            Cell::Time(match random.below(4) {
                0 => micros,
                1 => micros - 1,
                2 => micros + DAY / 3,
                _ => random.next() as i64 % (20 * DAY),
            })
        }
        _ => Cell::Integer(random.below(3) as i64),
    }
}

impl Rows {
    pub fn new(random: &mut Random, rows: usize) -> Self {
        let mut keys: Vec<u64> = (0..rows)
            .map(|_| {
                let lon = random.below(3_600_000) as f64 / 10_000.0 - 180.0;
                let lat = random.below(1_800_000) as f64 / 10_000.0 - 90.0;
                morton::key(mercator::project(lon, lat).expect("usable"))
            })
            .collect();
        keys.sort_unstable();
        let columns = NAMES.iter().enumerate().map(|(index, name)| Data::new(random, index, name, rows)).collect();
        Self { keys, numbers: (0..rows as u32).collect(), columns }
    }

    pub fn position(&self, row: usize) -> World {
        morton::position(self.keys[row])
    }

    /// Runs a test on the points as the library sees them.
    pub fn with<T>(&self, test: impl FnOnce(&Points<'_>) -> T) -> T {
        let facts = Facts::default();
        let columns: Vec<Column<'_>> = self
            .columns
            .iter()
            .map(|data| Column::new(data.name, data.values(), data.valid.as_deref(), &facts).expect("fits"))
            .collect();
        let roles = Roles { time: Some(7), ..Roles::default() };
        test(&Points::new("test", &self.keys, &self.numbers, &columns, roles).expect("fits"))
    }
}

impl Data {
    fn new(random: &mut Random, index: usize, name: &'static str, rows: usize) -> Self {
        let nulls = random.pick(&[0, 0, 20, 100]);
        let cells: Vec<Option<Cell>> =
            (0..rows).map(|_| (!random.chance(nulls)).then(|| cell(random, index))).collect();
        // What stands where there is no value must not matter: any value may stand there.
        let stored: Vec<Cell> =
            cells.iter().map(|known| known.clone().unwrap_or_else(|| cell(random, index))).collect();
        let valid = (nulls > 0 || random.chance(30)).then(|| {
            let mut bits = vec![0u8; rows.div_ceil(8)];
            for (row, _) in cells.iter().enumerate().filter(|(_, cell)| cell.is_some()) {
                bits[row / 8] |= 1 << (row % 8);
            }
            bits
        });
        let integers = || stored.iter().map(|cell| if let Cell::Integer(i) | Cell::Time(i) = cell { *i } else { 0 });
        let floats = || stored.iter().map(|cell| if let Cell::Float(f) = cell { *f } else { 0.0 });
        let store = match index {
            0 | 9 => Store::I32(integers().map(|i| i as i32).collect()),
            1 => Store::I64(integers().collect()),
            2 => Store::F32(floats().map(|f| f as f32).collect()),
            3 => Store::F64(floats().collect()),
            4 => {
                let mut bits = vec![0u8; rows.div_ceil(8)];
                for (row, _) in stored.iter().enumerate().filter(|(_, cell)| **cell == Cell::Boolean(true)) {
                    bits[row / 8] |= 1 << (row % 8);
                }
                Store::Bool(bits)
            }
            7 => Store::Time(integers().collect()),
            _ => {
                let mut words: Vec<&str> =
                    stored.iter().map(|cell| if let Cell::Text(text) = cell { text } else { "" }).collect();
                let all = words.clone();
                words.sort_unstable();
                words.dedup();
                let words = Dictionary::new(words).expect("sorted");
                let codes = all.iter().map(|text| words.code(text).expect("there"));
                match index {
                    5 => Store::Text8(codes.map(|code| code as u8).collect(), words),
                    6 => Store::Text16(codes.map(|code| code as u16).collect(), words),
                    _ => Store::Text32(codes.map(|code| code as u32).collect(), words),
                }
            }
        };
        Self { name, cells, store, valid }
    }

    fn values(&self) -> Values<'_> {
        match &self.store {
            Store::I32(v) => Values::I32(v),
            Store::I64(v) => Values::I64(v),
            Store::F32(v) => Values::F32(v),
            Store::F64(v) => Values::F64(v),
            Store::Bool(bytes) => Values::Bool(Bits { bytes, len: self.cells.len() }),
            Store::Text8(v, words) => Values::Text(Codes::U8(v), words),
            Store::Text16(v, words) => Values::Text(Codes::U16(v), words),
            Store::Text32(v, words) => Values::Text(Codes::U32(v), words),
            Store::Time(v) => Values::Time(v),
        }
    }
}

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
