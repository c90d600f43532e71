//! No input makes the readers of queries and filters panic, and every complaint points into the text.

mod common;

use common::{Random, Rows, expr, json};
use duotile_core::{Filter, QueryError, TileQuery, Work, filter::Expr, time};

const ROUNDS: usize = if cfg!(debug_assertions) { 20_000 } else { 300_000 };

const SCRAPS: [&str; 72] = [
    " AND ",
    " OR ",
    "NOT ",
    "(",
    ")",
    "BETWEEN",
    " IN (",
    " LIKE ",
    " IS NULL",
    "CASEI(",
    "DATE('",
    "TIMESTAMP('",
    "'",
    "\"",
    "''",
    "=",
    "<>",
    "<=",
    "!",
    "&&",
    "||",
    "==",
    ",",
    "-",
    "+",
    "*",
    "1e",
    "1e309",
    ".",
    "..",
    "0",
    "99999999999999999999999999999999999999999",
    "TRUE",
    "NULL",
    "S_INTERSECTS(geometry,BBOX(",
    "é",
    "日",
    "\u{0}",
    "\\",
    "%",
    "_",
    "%25",
    "%C3",
    "&",
    "filter=",
    "agg=",
    "sum:",
    "bbox=",
    "datetime=",
    "2024-01-01",
    "T00:00",
    "/",
    "{\"op\":",
    "\"args\":[",
    "]}",
    "\\ud83d",
    "\u{301}",
    "NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT ",
    " + ",
    "^",
    " div ",
    "ACCENTI(",
    "coalesce(",
    "hour(",
    "'+05:30'",
    "INTERVAL('",
    "T_MEETS(",
    "S_WITHIN(geometry,",
    "POLYGON((0 0,1 0,1 1,0 0))",
    "MULTIPOINT(",
    "GEOMETRYCOLLECTION(",
    "{\"type\":\"Polygon\",\"coordinates\":[[[",
];

/// Breaks a text: takes out, puts in, repeats, exchanges.
fn mutated(random: &mut Random, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len() + 1);
        let end = (at + random.below(12)).min(chars.len());
        match random.below(6) {
            0 => drop(chars.drain(at..end)),
            1 => drop(chars.splice(at..at, random.pick(&SCRAPS).chars())),
            2 => drop(chars.splice(at..end, random.pick(&SCRAPS).chars())),
            3 => {
                let again: Vec<char> = chars[at..end].to_vec();
                for _ in 0..random.below(40) {
                    chars.splice(at..at, again.iter().copied());
                }
            }
            4 => drop(chars.splice(at..at, char::from_u32(random.next() as u32 % 0x11_0000))),
            _ => chars.truncate(at),
        }
    }
    chars.into_iter().collect()
}

fn noise(random: &mut Random) -> String {
    if random.chance(50) {
        (0..random.below(30)).map(|_| random.pick(&SCRAPS)).collect()
    } else {
        let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.next() as u8).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn check(error: &QueryError, text: &str) {
    assert!(!error.message.is_empty() && !error.to_string().contains(char::is_control), "{error:?}");
    let length = text.chars().count();
    assert!(error.position.is_some_and(|position| position <= length), "{error} in {text:?}");
}

#[test]
fn no_filter_text_makes_the_parser_panic() {
    let mut random = Random(9);
    let rows = Rows::new(&mut random, 70);
    let (mut good, mut bad, mut unfit) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let depth = random.below(4);
        let text = match random.below(4) {
            0 => noise(&mut random),
            1 => expr(&mut random, depth).to_string(),
            _ => {
                let text = expr(&mut random, depth).to_string();
                mutated(&mut random, &text)
            }
        };
        match Expr::parse(&text) {
            Ok(expr) => {
                good += 1;
                let printed = expr.to_string();
                // Normal form may be longer than what was written, and then over the limit.
                if printed.len() <= 4096 {
                    assert_eq!(Expr::parse(&printed).as_ref(), Ok(&expr.clone().normalise()), "{text:?} {printed:?}");
                }
                rows.with(|points| match Filter::bind(&expr, points, &Work::free()) {
                    Ok(filter) => assert!(filter.mask(points, 3..70, &Work::free()).expect("goes on").total() <= 67),
                    Err(error) => {
                        unfit += 1;
                        check(&error, &text);
                    }
                });
            }
            Err(error) => {
                bad += 1;
                check(&error, &text);
            }
        }
    }
    assert!(good > ROUNDS / 5 && bad > ROUNDS / 5 && unfit > ROUNDS / 1000, "{good} {bad} {unfit}");
}

#[test]
fn no_filter_json_makes_the_parser_panic() {
    let mut random = Random(10);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..ROUNDS {
        let depth = random.below(4);
        let text = if random.chance(20) {
            noise(&mut random)
        } else {
            let text = json(&expr(&mut random, depth));
            mutated(&mut random, &text)
        };
        match Expr::parse_json(&text) {
            Ok(expr) => {
                good += 1;
                let printed = expr.to_string();
                if printed.len() <= 4096 {
                    assert_eq!(Expr::parse(&printed).as_ref(), Ok(&expr.normalise()), "{text:?} {printed:?}");
                }
            }
            Err(error) => {
                bad += 1;
                check(&error, &text);
            }
        }
    }
    assert!(good > ROUNDS / 100 && bad > ROUNDS / 5, "{good} {bad}");
}

#[test]
fn no_query_string_token_or_time_makes_the_reader_panic() {
    let mut random = Random(11);
    let whole = "agg=sum:fare,p95:%22a,b%22&bbox=-10,20.5,30,40&by=ts:month&cell=8&datetime=2024-01-01/..&filter=a%20%3E%205&\
                 limit=50&mode=cells&properties=a,%22b%22&shape=polygon&alias=carto";
    let (mut good, mut bad) = (0, 0);
    for _ in 0..ROUNDS {
        let text = match random.below(8) {
            0 => noise(&mut random),
            1 => {
                let cut = whole.split('&').nth(random.below(11)).unwrap_or_default();
                mutated(&mut random, cut)
            }
            _ => mutated(&mut random, whole),
        };
        match TileQuery::parse(&text) {
            Ok(query) => {
                good += 1;
                assert_eq!(TileQuery::parse(&query.to_string()).as_ref(), Ok(&query), "{text:?}");
                assert_eq!(TileQuery::from_token(&query.token()).as_ref(), Ok(&query), "{text:?}");
            }
            Err(error) => {
                bad += 1;
                assert!(error.position.is_none_or(|position| position <= text.chars().count()), "{error} in {text:?}");
            }
        }
        let token = noise(&mut random);
        if let Err(error) = TileQuery::from_token(&token) {
            assert!(error.parameter != "token" || error.position.is_none_or(|at| at < token.chars().count()));
        }
        let instant = mutated(&mut random, "2024-02-29T12:34:56.789+01:00");
        if let Err(error) = time::parse(&instant) {
            assert!(error.position <= instant.chars().count(), "{error} in {instant:?}");
        }
    }
    assert!(good > ROUNDS / 50 && bad > ROUNDS / 5, "{good} {bad}");
}
