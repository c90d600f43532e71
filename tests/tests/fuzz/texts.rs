//! Texts of queries: filters as text and as JSON, query strings, tokens. What is read is read again from its canonical text.

use crate::run::fuzz;
use duotile_core::{QueryError, TileQuery, filter::Expr};

const FILTERS: [&str; 13] = [
    "fare > 20 AND vendor IN ('a','b')",
    "NOT (a BETWEEN -1.5e3 AND 2 OR b IS NOT NULL) AND CASEI(\"odd name\") LIKE CASEI('%\\_x%')",
    "when >= TIMESTAMP('2024-02-29T12:34:56.789Z') OR when < DATE('1999-12-31')",
    "S_INTERSECTS(geometry,BBOX(-10,-10.5,40,60))",
    "open = TRUE AND kind <> 'caf\u{e9}'",
    "T_DURING(when,INTERVAL('2020-01-01','..'))",
    "((((a = 1))))",
    "a NOT IN (1,2,3) AND b NOT LIKE 'x''y'",
    "TRUE",
    "(a + -2.5) * b ^ 2 div c - d % 7 / 3 < least(abs(x), coalesce(y, 1), round(z))",
    "T_OVERLAPS(INTERVAL(from,to), INTERVAL('2020-01-01','..')) OR hour(when,'+05:30') = weekday(when)",
    "ACCENTI(CASEI(name)) IN (ACCENTI('\u{e9}'), 'x') AND a BETWEEN b AND c + 1",
    "S_TOUCHES(GEOMETRYCOLLECTION(POINT Z (1 2 3),MULTIPOLYGON(((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))),LINESTRING(0 0,9 9)),geometry)",
];
const JSONS: [&str; 9] = [
    r#"{"op":"and","args":[{"op":">","args":[{"property":"fare"},20]},{"op":"in","args":[{"property":"vendor"},["a","b"]]}]}"#,
    r#"{"op":"not","args":[{"op":"between","args":[{"property":"a"},-1.5e3,2]}]}"#,
    r#"{"op":"like","args":[{"op":"casei","args":[{"property":"n"}]},{"op":"casei","args":["%x\u00e9\ud83d\ude00"]}]}"#,
    r#"{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[-10,-10,40,60]}]}"#,
    r#"{"op":">=","args":[{"property":"when"},{"timestamp":"2024-02-29T12:34:56Z"}]}"#,
    r#"{"op":"isNull","args":[{"property":"a"}]}"#,
    r#"{"op":"<","args":[{"op":"+","args":[{"property":"a"},{"op":"abs","args":[{"property":"b"}]}]},{"property":"c"}]}"#,
    r#"{"op":"t_during","args":[{"interval":[{"property":"a"},".."]},{"interval":["2020-01-01","2020-12-31T00:00:00Z"]}]}"#,
    r#"{"op":"s_within","args":[{"property":"geom"},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]}]}"#,
];
const QUERIES: [&str; 5] = [
    "agg=sum:fare,p95:%22a,b%22&bbox=-10,20.5,30,40&by=ts:month&cell=8&datetime=2024-01-01/..",
    "filter=a%20%3E%205&limit=50&mode=cells&properties=a,%22b%22&shape=polygon&alias=carto",
    "filter-lang=cql2-json&filter=%7B%22op%22:%22isNull%22,%22args%22:[%7B%22property%22:%22a%22%7D]%7D",
    "mode=points&limit=1000000&properties=*&v=12ab",
    "",
];
const WORDS: [&str; 56] = [
    " AND ",
    " OR ",
    "NOT ",
    "(",
    ")",
    " BETWEEN ",
    " IN (",
    " LIKE ",
    " IS NULL",
    "CASEI(",
    "DATE('",
    "TIMESTAMP('",
    "'",
    "\"",
    "''",
    "<>",
    "1e309",
    "-0",
    "99999999999999999999",
    "S_INTERSECTS(geometry,BBOX(",
    "\u{0}",
    "%25",
    "%C3",
    "&",
    "filter=",
    "agg=",
    "bbox=",
    "datetime=",
    "..",
    "/",
    "{\"op\":",
    "\"args\":[",
    "]}",
    "\\ud83d",
    "null",
    "[[[[[[[[[[[[",
    "NOT NOT NOT NOT NOT NOT NOT NOT ",
    "((((((((((((((((",
    "\u{301}",
    ":",
    " + ",
    " - ",
    "*",
    "^",
    " div ",
    "ACCENTI(",
    "coalesce(",
    "hour(",
    "INTERVAL('",
    "T_MEETS(",
    "S_WITHIN(geometry,",
    "POLYGON((0 0,1 0,1 1,0 0))",
    "MULTIPOINT(",
    "GEOMETRYCOLLECTION(",
    "{\"interval\":[",
    "{\"type\":\"Polygon\",\"coordinates\":[[[",
];

fn seeds(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// An error says something, and points into the text.
fn fine(error: &QueryError, text: &str) {
    assert!(!error.message.is_empty() && !error.to_string().contains(char::is_control), "{error:?}");
    assert!(error.position.is_none_or(|position| position <= text.chars().count()), "{error} in {text:?}");
}

/// What was read is the same when its own text is read.
fn again(expr: Expr, text: &str) {
    let printed = expr.to_string();
    // Normal form may be longer than what was written, and then over the limit.
    if printed.len() <= 4096 {
        assert_eq!(Expr::parse(&printed).as_ref(), Ok(&expr.normalise()), "{text:?} {printed:?}");
    }
}

#[test]
fn filters_as_text() {
    fuzz("filter-text", &seeds(&FILTERS), &WORDS, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Expr::parse(&text) {
            Ok(expr) => again(expr, &text),
            Err(error) => fine(&error, &text),
        }
    });
}

#[test]
fn filters_as_json() {
    fuzz("filter-json", &seeds(&JSONS), &WORDS, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Expr::parse_json(&text) {
            Ok(expr) => again(expr, &text),
            Err(error) => fine(&error, &text),
        }
    });
}

#[test]
fn query_strings() {
    fuzz("query", &seeds(&QUERIES), &WORDS, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match TileQuery::parse(&text) {
            Ok(query) => {
                assert_eq!(TileQuery::parse(&query.to_string()).as_ref(), Ok(&query), "{text:?}");
                assert_eq!(TileQuery::from_token(&query.token()).as_ref(), Ok(&query), "{text:?}");
            }
            Err(error) => fine(&error, &text),
        }
    });
}

#[test]
fn tokens() {
    let tokens: Vec<Vec<u8>> =
        QUERIES.iter().map(|text| TileQuery::parse(text).expect("a query").token().into_bytes()).collect();
    fuzz("token", &tokens, &["=", "-", "_", "/", "+", "A", "%3D"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(query) = TileQuery::from_token(&text) {
            assert_eq!(TileQuery::from_token(&query.token()).as_ref(), Ok(&query), "{text:?}");
        }
    });
}
