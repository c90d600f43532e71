//! Queries with every parameter, as texts.

use super::Random;

/// A condition that a table's columns fit.
fn condition(random: &mut Random) -> String {
    let op = random.pick(&["=", "<>", "<", "<=", ">", ">="]);
    let number = random.below(1200) as i64 - 400;
    let kind = random.pick(&["bus", "Zoo", "cafe\u{301}", "caf\u{e9}", "a|b", "\u{6771}\u{4eac}", "", "no"]);
    let day = 14 + random.below(15);
    match random.below(18) {
        0 => format!("few {op} {}", number % 4),
        1 => format!("big {op} {}", number << (22 * random.below(3))),
        2 => format!("fare {op} {number}.5"),
        3 => format!("speed BETWEEN {} AND {number}", number - 300),
        4 => format!("ts {op} DATE('2023-11-{day}')"),
        5 => format!("ts > TIMESTAMP('2023-12-{day}T03:04:05.5Z')"),
        6 => format!("kind {op} '{kind}'"),
        7 => format!("kind IN ('{kind}','bus','Zoo')"),
        8 => format!("name LIKE 'n{}%'", number.rem_euclid(10)),
        9 => format!("CASEI(kind) = CASEI('{}')", kind.to_uppercase()),
        10 => random.pick(&["open", "NOT open", "open = FALSE"]).into(),
        11 => format!("{} IS {}NULL", random.pick(&["few", "fare", "kind", "open"]), random.pick(&["", "NOT "])),
        12 => format!("lon {op} {}.25", number % 180),
        13 => format!("lat BETWEEN {} AND {}", number % 90 - 20, number % 90 + 20),
        14 => {
            let (west, south) = (number % 170, number % 80);
            format!("S_INTERSECTS(geometry, BBOX({west}, {}, {}, {}))", south - 8, (west + 100) % 180, south + 9)
        }
        15 => format!("few IN (0, 1, {})", number % 3),
        16 => format!("NOT (fare < {number} AND few = 1)"),
        _ => format!("(kind < '{kind}' OR speed >= {number})"),
    }
}

/// A filter of some conditions.
pub fn filter(random: &mut Random) -> String {
    let conditions: Vec<String> = (0..=random.below(2)).map(|_| condition(random)).collect();
    conditions.join(if random.once_in(4) { " OR " } else { " AND " })
}

fn list(random: &mut Random, most: u64, from: &[&str]) -> String {
    let items: Vec<&str> = (0..=random.below(most)).map(|_| random.pick(from)).collect();
    items.join(",")
}

/// A query, with the filter that it is told if any.
pub fn query(random: &mut Random, filter: Option<&str>) -> String {
    let mut pairs = Vec::new();
    let mut pair = |name: &str, value: &str| {
        pairs.push(format!("{name}={}", value.replace('%', "%25").replace('&', "%26").replace('+', "%2B")));
    };
    if let Some(filter) = filter {
        pair("filter", filter);
    }
    if random.once_in(6) {
        pair(
            "datetime",
            random.pick(&["2023-11-20/2024-01-03", "../2023-12-24T12:00:00Z", "2023-12-01/..", "2023-12-05"]),
        );
    }
    if random.once_in(6) {
        pair("bbox", random.pick(&["-180,-85,180,85", "170,-60,-170,60", "-10.5,35,30,71", "0,0,90,85.06"]));
    }
    if random.once_in(2) {
        let measures = [
            "sum:few",
            "mean:few",
            "sum:big",
            "min:big",
            "median:big",
            "mean:fare",
            "sum:fare",
            "p95:fare",
            "max:speed",
            "p12.5:speed",
            "sum:speed",
            "max:ts",
            "median:ts",
            "mean:ts",
            "mode:kind",
            "nunique:name",
            "min:kind",
            "sum:open",
            "max:open",
            "mode:few",
            "nunique:few",
            "log_count",
            "count",
        ];
        pair("agg", &list(random, 4, &measures));
    }
    if random.once_in(4) {
        pair("by", random.pick(&["kind", "few", "open", "ts:day", "ts:month", "ts:year"]));
    }
    let mode = random.pick(&["", "", "points", "cells", "cells"]);
    if !mode.is_empty() {
        pair("mode", mode);
    }
    if random.once_in(2) {
        pair("cell", random.pick(&["1", "2", "8", "16", "64"]));
    }
    if random.once_in(3) {
        pair("shape", random.pick(&["polygon", "centroid", "point"]));
    }
    if random.once_in(3) {
        let columns = list(random, 4, &["few", "big", "fare", "speed", "ts", "kind", "name", "open", "id"]);
        pair("properties", random.pick(&["*", "", &columns]));
    }
    if random.once_in(2) {
        pair("limit", random.pick(&["1", "10", "77", "500", "3000"]));
    }
    if random.once_in(5) {
        pair("alias", &list(random, 2, &["carto", "supercluster", "tippecanoe"]));
    }
    pairs.join("&")
}
