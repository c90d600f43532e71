//! CQL2 text and JSON: what is read, how it prints, what is refused and how.

mod common;

use common::{Random, Rows, expr, json};
use duotile_core::{
    Filter, Work,
    filter::{Expr, Value},
};

fn printed(text: &str) -> String {
    Expr::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

#[test]
fn a_filter_prints_the_same_however_it_is_written() {
    for (canonical, spellings) in [
        (
            "a > 5",
            &["a>5", " a  >\t5 ", "5 < a", "(a > 5)", "((a) > 5.0)", "NOT a <= 5", "not not a > 5e0", "a > +5"][..],
        ),
        ("a <> 5", &["NOT a = 5", "NOT a IN (5)", "a NOT IN (5, 5.0)", "5 <> a"]),
        ("a = 'it''s'", &["a = 'it''s'", "'it''s' = a", "a IN ('it''s')"]),
        ("a > 1 AND b > 2", &["b > 2 AND a > 1", "a > 1 AND (b > 2 AND a > 1)", "NOT (a <= 1 OR b <= 2)"]),
        ("a = 1 OR b = 2 AND c = 3", &["a = 1 OR (b = 2 AND c = 3)", "c = 3 and b = 2 or a = 1"]),
        ("(a = 1 OR b = 2) AND c = 3", &["c = 3 AND (b = 2 OR a = 1)", "NOT (a <> 1 AND b <> 2 OR c <> 3)"]),
        ("a IN (-2,1.5,10)", &["a in (10, 1.5, -2, 10.0)"]),
        ("a NOT IN ('x','y')", &["NOT a IN ('y','x')", "a NOT IN ('y', 'x')"]),
        ("a BETWEEN 1 AND 2", &["a between 1.0 and 2", "NOT a NOT BETWEEN 1 AND 2"]),
        ("a NOT LIKE 'x%'", &["NOT a LIKE 'x%'", "a not like 'x%'"]),
        ("a IS NULL", &["NOT a IS NOT NULL", "a is null"]),
        ("NOT flag", &["not flag", "NOT (flag)"]),
        (
            "t < TIMESTAMP('2024-03-05T09:00:00.5Z')",
            &[
                "t < TIMESTAMP('2024-03-05T10:00:00.500+01:00')",
                "t < timestamp('2024-03-05 09:00:00.5')",
                "t < TIMESTAMP('2024-03-05T10:00:00.5 01:00')",
            ],
        ),
        ("t = DATE('2024-02-29')", &["DATE('2024-02-29') = t"]),
        (
            "CASEI(a) = CASEI('strasse')",
            &["casei(a) = 'STRAßE'", "casei(a) = casei('Straße')", "CASEI('strasse') = CASEI(a)"],
        ),
        ("CASEI(a) LIKE CASEI('é%')", &["CASEI(a) LIKE 'É%'"]),
        ("CASEI(a) IN (CASEI('a'),CASEI('b'))", &["CASEI(a) IN ('B', CASEI('A'), 'a')"]),
        ("S_INTERSECTS(geometry,BBOX(-1,2,3.5,4))", &["s_intersects(geometry, bbox(-1.0, 2, 3.50, 4))"]),
        ("\"odd name\" = 1", &["1 = \"odd name\""]),
        ("plain.name_2 = 1", &["\"plain.name_2\" = 1"]),
        ("\"like\" = 1", &["\"like\" = 1.0"]),
        ("TRUE", &["true", "NOT FALSE", "TRUE AND true", "1 < 2", "'a' = CASEI('A')", "'København' LIKE 'K_benhavn'"]),
        (
            "ACCENTI(CASEI(a)) = ACCENTI(CASEI('chisinau'))",
            &["casei(accenti(a)) = 'CHIȘINĂU'", "accenti(casei('Chișinău')) = accenti(casei(a))"],
        ),
        // Numbers alone are reckoned at once.
        ("a > 7", &["a > 1 + 2 * 3", "1 + 2 * 3 < a", "a > 22 div 3", "a > 2 ^ 3 - 1", "a > -7 * -1", "a > 15 % 8"]),
        ("a IN (1,8)", &["a in (4 - 3, 2 ^ 3)"]),
        ("a * 2 + b > 3", &["3 < a*2+b", "((a * 2) + b) > 3", "NOT a * 2 + b <= 3"]),
        ("b < (a + 1) * c", &["(a + 1) * c > b", "NOT b >= ((a + 1)) * c"]),
        ("a - (b - c) = d", &["d = a - (b - c)", "NOT d <> a - (b - c)"]),
        ("a - b - c = d", &["(a - b) - c = d"]),
        ("a ^ (b ^ c) = d", &["d = a^(b^c)"]),
        ("-1 * a < b", &["-a < b", "b > - a"]),
        ("-3 - a < b", &["-3 - a < b", "-3-a<b"]),
        ("a <= b AND b <= c", &["b BETWEEN a AND c"]),
        ("a < 1 OR b < a", &["a NOT BETWEEN 1 AND b", "NOT a BETWEEN 1 AND b"]),
        ("a = b OR a = c", &["a IN (b, c)", "NOT a NOT IN (c, b)"]),
        ("a + b IS NOT NULL", &["a + b is not null", "NOT a+b IS NULL"]),
        ("coalesce(flag,FALSE) = TRUE", &["coalesce(flag, FALSE)", "COALESCE(flag, false) = true"]),
        ("hour(t,'+05:30') = 1", &["HOUR(t, '+05:30') = 1"]),
        ("abs(c) < least(a,b,3)", &["least(a, b, 3) > abs(c)"]),
        // Spatial predicates are of the position first.
        ("NOT S_INTERSECTS(geometry,BBOX(-1,2,3.5,4))", &["S_DISJOINT(BBOX(-1,2,3.5,4), geom)"]),
        ("S_INTERSECTS(geometry,BBOX(1,2,4,5))", &["S_INTERSECTS(geometry, BBOX(1,2,3,4,5,6))"]),
        (
            "S_WITHIN(geometry,POINT(1.5 -2))",
            &["S_CONTAINS(POINT Z (1.50 -2 7), geometry)", "s_within(geom, MULTIPOINT(1.5 -2))"],
        ),
        (
            "NOT S_INTERSECTS(geometry,MULTIPOINT((1 2),(3 4)))",
            &["S_DISJOINT(geometry, MULTIPOINT(1 2, 3 4))", "NOT S_INTERSECTS(geometry, MULTIPOINT((1 2), 3 4))"],
        ),
        ("S_TOUCHES(geometry,POLYGON((0 0,1 0,1 1,0 0),(0.2 0.1,0.3 0.1,0.3 0.2,0.2 0.1)))", &[]),
        ("S_CROSSES(geometry,GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1)))", &[]),
        // Temporal predicates are comparisons.
        ("t > DATE('2024-02-29')", &["T_AFTER(t, DATE('2024-02-29'))", "t_before(date('2024-02-29'), t)"]),
        (
            "t < DATE('2024-01-01') OR t > DATE('2024-12-31')",
            &[
                "T_DISJOINT(t, INTERVAL('2024-01-01','2024-12-31'))",
                "NOT T_INTERSECTS(INTERVAL('2024-01-01','2024-12-31'), t)",
            ],
        ),
        ("t = t", &["T_INTERSECTS(t, INTERVAL('..','..'))", "NOT T_AFTER(t, INTERVAL('..','..'))"]),
        ("t <= DATE('2024-12-31')", &["T_INTERSECTS(t, INTERVAL('..','2024-12-31'))"]),
        (
            "end > TIMESTAMP('2024-01-02T00:00:00Z') AND start < DATE('2024-01-01')",
            &["T_CONTAINS(INTERVAL(start,end), INTERVAL('2024-01-01','2024-01-02T00:00:00Z'))"],
        ),
    ] {
        for text in spellings {
            assert_eq!(printed(text), canonical, "{text}");
        }
        assert_eq!(printed(canonical), canonical);
    }
}

#[test]
fn numbers_print_shortest_and_come_back_the_same() {
    for (text, canonical) in [
        ("0.10", "0.1"),
        ("-0.0", "0"),
        ("1e3", "1000"),
        ("2.50e-1", "0.25"),
        ("0.0000001", "1e-7"),
        ("123456.789", "123456.789"),
        ("9007199254740993", "9007199254740993"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
        ("9223372036854775808.0", "9.223372036854775808e18"),
        ("1e300", "1e300"),
        ("0.30000000000000004", "0.30000000000000004"),
    ] {
        let ours = printed(&format!("a = {text}"));
        let shortest = canonical.replace("9.223372036854775808e18", "9.223372036854776e18");
        assert_eq!(ours, format!("a = {shortest}"), "{text}");
        assert_eq!(printed(&ours), ours);
    }
    let mut random = Random(5);
    for _ in 0..20_000 {
        let number = f64::from_bits(random.next());
        if number.is_finite() {
            let value = Value::number(number);
            assert_eq!(Value::parse_number(&value.to_string()), Some(value), "{number:e}");
        }
    }
}

#[test]
fn mistakes_are_told_with_place_and_remedy() {
    for (text, position, message, hint) in [
        ("a == 5", 2, "`==`", "single `=`"),
        ("a != 5", 2, "`!=`", "`<>`"),
        ("a => 5", 2, "`=>`", "`>=`"),
        ("a = 1 && b", 6, "`&&`", "AND"),
        ("a = 1 || b", 6, "`||`", "OR"),
        ("a = 1;", 5, "`;`", "AND"),
        ("a = NULL", 4, "NULL", "IS NULL"),
        ("a + 1", 0, "got a + 1, expected a condition", "comparison"),
        ("a + > 2", 4, "got `>`", ""),
        ("a ^ b ^ c > 2", 6, "second `^`", ""),
        ("(a > 2) + 1 > 3", 0, "got a condition", ""),
        ("a > 1 / 0", 4, "1 / 0 is no number", ""),
        ("a > 170141183460469231731687303715 ^ 99", 4, "is no number", ""),
        ("abs(a, b) > 2", 0, "got 2 arguments for abs, expected 1", ""),
        ("least() > 2", 0, "got 0 arguments for least, expected 1 to 16", ""),
        ("a > 5 b", 6, "got b, expected AND, OR or the end", ""),
        ("a 5", 2, "expected a comparison", ""),
        ("a >", 3, "got the end", ""),
        ("(a > 5", 6, "expected `)`", ""),
        ("a > 5)", 5, "got `)`", ""),
        ("a = 'x", 4, "never closed", "''"),
        ("a = ‘x’", 4, "", "straight single quotes"),
        ("a = 5kg", 4, "no number", "'5kg'"),
        ("a = 1e999", 4, "out of range", ""),
        ("a IN 5", 5, "expected `(`", ""),
        ("a IN (5", 7, "expected `,` or `)`", ""),
        ("a IN ()", 6, "got `)`", ""),
        ("a BETWEEN 1, 2", 11, "expected AND", ""),
        ("a NOT = 5", 6, "after NOT", ""),
        ("a IS 5", 5, "expected NULL", ""),
        ("a LIKE 5", 7, "expected a pattern", ""),
        ("a LIKE 'x\\'", 7, "ends with \\", "\\\\"),
        ("a ILIKE 'x'", 2, "ILIKE", "CASEI"),
        ("LOWER(a) = 'x'", 0, "LOWER", "CASEI"),
        ("DAET('2024-01-01') < t", 0, "DAET", "\"DATE\""),
        ("T_AFTER(t, 5)", 11, "got 5, expected a date or a time", "TIMESTAMP"),
        ("T_AFTR(t, DATE('2024-01-01'))", 0, "no function T_AFTR", ""),
        ("T_DURING(t, INTERVAL('2024-01-01','..'))", 9, "T_DURING compares intervals, got an instant", "INTERVAL"),
        ("T_AFTER(t, INTERVAL('2024-01-02','2024-01-01'))", 11, "begins at DATE('2024-01-02') and ends before", ""),
        ("T_AFTER(t, INTERVAL('2024-01-02','x'))", 34, "got 'x', expected a year", ""),
        ("A_CONTAINS(tags, ('a','b'))", 0, "no column holds arrays", ""),
        ("t > DATE '2024-01-01'", 4, "DATE", "DATE('2024-01-01')"),
        ("t > DATE('2023-02-29')", 18, "day of that month", ""),
        ("t > DATE('2024-01-01T00:00:00Z')", 9, "without a time", "TIMESTAMP"),
        ("t > TIMESTAMP('2024-01-01')", 14, "with a time", "DATE"),
        ("CASEI(a) = 5", 11, "beside CASEI", ""),
        ("CASEI(a)", 6, "CASEI gives a text", ""),
        ("CASEI(5) = 'a'", 6, "in CASEI", ""),
        ("5 = 'a'", 4, "got 'a', expected a value of the kind of 5", ""),
        ("5", 0, "got 5, expected a condition", "comparison"),
        ("and = 5", 0, "got and", "\"and\""),
        ("", 0, "got nothing", ""),
        ("   ", 0, "got nothing", ""),
        ("S_INTERSECTS(geometry, BBOX(1,2,3))", 27, "got 3 numbers", ""),
        ("S_INTERSECTS(geometry, BBOX(1,5,3,4))", 23, "south (5) is above north (4)", ""),
        ("S_INTERSECTS(geometry, POINT(90 180))", 23, "got the position 90 180", ""),
        ("S_INTERSECTS(geometry, MULTIPOINT(7 49, 90 180))", 23, "got the position 90 180", ""),
        ("S_INTERSECTS(geometry, LINESTRING(1 2))", 23, "a line has one position", ""),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1)))", 23, "begins at 0 0 and ends at 1 1", ""),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 0 0)))", 23, "a ring has 3 positions", ""),
        ("S_INTERSECTS(geometry, POLYGON(0 0, 1 0))", 31, "expected `(`", ""),
        ("S_INTERSECTS(geometry, POLYGON EMPTY)", 23, "got an empty geometry, expected one that is somewhere", ""),
        ("S_INTERSECTS(geometry, CIRCLE(0 0))", 23, "got CIRCLE, expected geometry or one of POINT", ""),
        ("S_INTERSECTS(geometry, geom)", 0, "on both sides", ""),
        ("S_INTERSECTS(POINT(0 0), POINT(0 0))", 25, "a geometry on both sides", ""),
        ("S_INTERSECT(geometry, POINT(0 0))", 0, "no function S_INTERSECT", "S_INTERSECTS"),
        ("S_INTERSECTS(fare, BBOX(1,2,3,4))", 13, "expected geometry", ""),
        ("a # 5", 2, "'#'", ""),
    ] {
        let error = Expr::parse(text).expect_err(text);
        assert_eq!(error.position, Some(position), "{text}: {error}");
        assert_eq!(error.parameter, "filter");
        assert!(error.message.contains(message), "{text}: {error}");
        assert!(error.hint.as_deref().unwrap_or_default().contains(hint), "{text}: {error}");
    }
}

#[test]
fn mistakes_in_json_are_told_with_their_place() {
    for (text, position, message) in [
        ("", 0, "got the end"),
        ("{", 1, "a name in double quotes"),
        ("[1]", 0, "got a list"),
        (r#"{"op":"="}"#, 0, "both \"op\" and \"args\""),
        (r#"{"op":"=","args":[]}"#, 0, "got 0 arguments for =, expected 2"),
        (r#"{"op":"=","args":[{"property":"a"},null]}"#, 35, "equals nothing"),
        (r#"{"op":"=","args":[{"property":"a"},01]}"#, 35, "leading zero"),
        (r#"{"op":"=","args":[{"property":"a"},"\ud800"]}"#, 36, "surrogate"),
        (r#"{"op":"=","args":[{"property":"a"},"\ud800\u0041"]}"#, 36, "surrogate"),
        (r#"{"op":"=","args":[{"property":"a"},"\x"]}"#, 36, "unknown escape"),
        (r#"{"op":"=","args":[{"op":"+","args":[1]},2]}"#, 18, "got 1 arguments for +, expected 2"),
        (r#"{"op":"=","args":[{"op":"/","args":[1,0]},2]}"#, 18, "1 / 0 is no number"),
        (r#"{"op":"t_during","args":[{"property":"a"},{"interval":["..",".."]}]}"#, 25, "compares intervals"),
        (r#"{"op":"t_after","args":[{"property":"a"},{"interval":["x",".."]}]}"#, 55, "got 'x'"),
        (r#"{"op":"a_equals","args":[{"property":"a"},[1]]}"#, 0, "no column holds arrays"),
        (r#"{"op":"t_aftr","args":[]}"#, 0, "did you mean \"T_AFTER\""),
        (r#"{"op":"in","args":[{"property":"a"},[]]}"#, 36, "got 0 values"),
        (r#"{"op":"and","args":[]}"#, 0, "no arguments"),
        (r#"{"op":"lik","args":[]}"#, 0, "did you mean \"like\""),
        (r#"{"op":"=","args":[{"date":"2024-13-01"},{"property":"a"}]}"#, 32, "a month"),
        (r#"{"op":"t_after","args":[{"property":"a"},"2024-13-01"]}"#, 47, "a month"),
        (r#"{"op":"t_after","args":[{"property":"a"},{"timestamp":"2024-01-01T25:00:00Z"}]}"#, 66, "an hour"),
        (r#"{"op":"t_after","args":[{"property":"a"},{"interval":["..","2024-13-01"]}]}"#, 65, "a month"),
        (r#"{"op":"=","op":"<"}"#, 10, "twice"),
        (r#"{"op":"=","args":[],"x":1}"#, 24, "\"x\""),
        (r#"{"property":"a"} 5"#, 17, "expected the end"),
        ("\"a\"", 0, "expected a condition"),
    ] {
        let error = Expr::parse_json(text).expect_err(text);
        assert_eq!(error.position, Some(position), "{text}: {error}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }
}

#[test]
fn limits_hold_and_what_is_within_them_is_read() {
    let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert!(Expr::parse(&deep(32)).is_ok());
    assert_eq!(Expr::parse(&deep(33)).expect_err("too deep").position, Some(33));
    assert!(Expr::parse(&deep(2000)).is_err());
    assert!(Expr::parse(&format!("{}a", "NOT ".repeat(32))).is_ok());
    assert!(Expr::parse(&format!("{}a", "NOT ".repeat(33))).is_err());
    assert!(Expr::parse(&format!("{}a{} = 'x'", "CASEI(".repeat(33), ")".repeat(33))).is_err());
    let deep = |n: usize| format!("{}true{}", r#"{"op":"not","args":["#.repeat(n), "]}".repeat(n));
    assert!(Expr::parse_json(&deep(32)).is_ok());
    assert!(Expr::parse_json(&deep(33)).expect_err("too deep").message.contains("32 levels"));
    assert!(Expr::parse_json(&"[".repeat(32 << 10)).expect_err("too deep").message.contains("32 levels"));

    let many = |n: usize| vec!["a"; n].join(" OR ");
    assert!(Expr::parse(&many(256)).is_ok());
    assert!(Expr::parse(&many(257)).expect_err("too many").message.contains("256 conditions"));
    let list = |n: usize| format!("a IN ({})", vec!["1"; n].join(","));
    assert!(Expr::parse(&list(1000)).is_ok());
    assert!(Expr::parse(&list(1001)).expect_err("too many").message.contains("1000 values"));

    // A formula is compared with each value by itself, and is not to be written a thousand times for it.
    let formula = |words: usize, values: usize| {
        let values: Vec<String> = (0..values).map(|value| value.to_string()).collect();
        format!("{}+1 IN ({})", "x".repeat(words), values.join(","))
    };
    assert!(Expr::parse(&formula(30, 900)).is_ok());
    let error = Expr::parse(&formula(20_000, 900)).expect_err("too long");
    assert!(error.position == Some(0) && error.message.contains("900 values are compared with the formula"), "{error}");
    let column = Expr::parse(&format!("{} IN (1,2,3)", "x".repeat(20_000)));
    assert!(column.is_ok());
    let sum = format!(r#"{{"op":"+","args":[{{"property":"{}"}},1]}}"#, "x".repeat(20_000));
    let json = format!(r#"{{"op":"in","args":[{sum},[1,2]]}}"#);
    assert!(Expr::parse_json(&json).expect_err("too long").message.contains("2 values are compared"));

    let long = |n: usize| format!("a = '{}'", "x".repeat(n - 6));
    assert!(Expr::parse(&long(32 << 10)).is_ok());
    assert!(Expr::parse(&long((32 << 10) + 1)).expect_err("too long").message.contains("at most 32768"));
    assert!(Expr::parse_json(&format!("{}true", " ".repeat(32 << 10))).is_err());
}

#[test]
fn random_trees_survive_printing_and_json_and_do_not_mind_their_order() {
    let rounds = if cfg!(debug_assertions) { 4000 } else { 40_000 };
    let mut random = Random(6);
    let mut negated = 0;
    for _ in 0..rounds {
        let depth = random.below(6);
        let expr = expr(&mut random, depth);
        let text = expr.to_string();
        let normal = expr.clone().normalise();
        assert_eq!(normal.clone().normalise(), normal, "{text}");
        if text.len() <= 4096 {
            let again = Expr::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(again, normal, "{text}");
            assert_eq!(again.to_string(), text);
        }
        let json = json(&expr);
        if json.len() <= 4096 {
            assert_eq!(Expr::parse_json(&json).unwrap_or_else(|error| panic!("{json}: {error}")), expr, "{json}");
        }
        assert_eq!(shuffled(&mut random, expr.clone()).to_string(), text);
        let opposite = Expr::Not(Box::new(expr)).to_string();
        negated += usize::from(opposite != text);
        assert_eq!(Expr::Not(Box::new(Expr::Not(Box::new(normal)))).to_string(), text);
    }
    assert_eq!(negated, rounds);
}

/// The same filter with operands and values in another order, some of them twice.
fn shuffled(random: &mut Random, expr: Expr) -> Expr {
    fn shuffle<T: Clone>(random: &mut Random, mut list: Vec<T>) -> Vec<T> {
        if random.chance(30) {
            list.push(random.pick(&list));
        }
        for i in (1..list.len()).rev() {
            list.swap(i, random.below(i + 1));
        }
        list
    }
    match expr {
        Expr::And(list) => {
            let list = shuffle(random, list);
            Expr::And(list.into_iter().map(|expr| shuffled(random, expr)).collect())
        }
        Expr::Or(list) => {
            let list = shuffle(random, list);
            Expr::Or(list.into_iter().map(|expr| shuffled(random, expr)).collect())
        }
        Expr::Not(inner) => Expr::Not(Box::new(shuffled(random, *inner))),
        Expr::In(property, items) => Expr::In(property, shuffle(random, items)),
        other => other,
    }
}

#[test]
fn a_filter_that_does_not_fit_the_columns_says_so() {
    let rows = Rows::new(&mut Random(7), 10);
    rows.with(|points| {
        for (text, position, message, hint) in [
            ("i > 1 AND singel > 5", 10, "no column \"singel\", expected one of i, big, single", "\"single\""),
            ("latt > 5", 0, "no column", "\"lat\""),
            ("Kind = 'a'", 0, "no column", "\"kind\""),
            ("i = '5'", 4, "the column \"i\" is integer, got '5', expected a number", "5 without quotes"),
            ("i = 'x'", 4, "expected a number", ""),
            ("f = TRUE", 4, "the column \"f\" is number, got TRUE", ""),
            ("kind = 5", 7, "the column \"kind\" is text, got 5", "'5'"),
            ("kind < DATE('2024-01-01')", 7, "is text", "'2024-01-01'"),
            ("flag = 'true'", 7, "is boolean, got 'true'", "TRUE without quotes"),
            ("flag = 1", 7, "expected TRUE or FALSE", "write TRUE"),
            ("ts > 5", 5, "the column \"ts\" is time, got 5", "TIMESTAMP("),
            ("ts > 'yesterday'", 5, "is time, got 'yesterday'", "TIMESTAMP("),
            ("i LIKE 'a'", 0, "LIKE expects a text column", ""),
            ("CASEI(i) = 'a'", 6, "CASEI expects a text column", ""),
            ("i", 0, "only a boolean column stands alone", ""),
            ("i > 5 OR NOT kind", 13, "only a boolean column stands alone", ""),
            ("lon", 0, "expected a comparison", ""),
            ("i = x", 4, "no column \"x\"", ""),
            ("kind = \"Paris\"", 7, "no column \"Paris\"", "'Paris'"),
            ("i + kind > 5", 4, "kind is text, + expects numbers", ""),
            ("ts + 1 > i", 0, "ts is time, + expects numbers", "epoch(ts)"),
            ("i = kind", 4, "i is integer, got kind, which is text", ""),
            ("flag = ts", 7, "flag is boolean, got ts, which is time", ""),
            ("hour(i) = 5", 5, "i is integer, hour expects a time", ""),
            ("hour(ts, 'Europe/Berlin') = 5", 9, "a distance from UTC", ""),
            ("coalesce(i, kind) = 5", 12, "kind is text, coalesce expects integer, as i", ""),
            ("coalesce(ts, ts) > 5", 19, "is time, got 5", ""),
            ("CASEI(i) = kind", 6, "CASEI expects a text column", ""),
            ("lon = 'a'", 6, "got 'a', expected a number", ""),
            ("lat LIKE 'a'", 0, "LIKE expects a text column", ""),
            // Of two complaints the first in the text comes first, though the operands are sorted.
            ("zzz = 1 OR aaa = 1", 0, "zzz", ""),
        ] {
            let error =
                Filter::bind(&Expr::parse(text).expect(text).normalise(), points, &Work::free()).expect_err(text);
            assert_eq!(error.position, Some(position), "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
            assert!(error.hint.as_deref().unwrap_or_default().contains(hint), "{text}: {error}");
        }
    });
}
