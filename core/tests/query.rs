//! The query string: one canonical text, whatever way it is written, and clear words for what is wrong.

mod common;

use common::{NAMES, Random, expr};
use duotile_core::{
    Alias, By, Hexagons, Interval, Let, MAX_LIMIT, MAX_QUERY, Measure, MeasureKind, Mode, Period, Properties,
    RowGeometry, Shape, TileQuery,
};

fn printed(text: &str) -> String {
    TileQuery::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

#[test]
fn a_query_prints_the_same_however_it_is_written() {
    for (text, canonical) in [
        ("", ""),
        ("&&", ""),
        ("agg=count", ""),
        ("agg=", ""),
        (
            "agg=count,sum:b,count,sum:a,log_count,avg:a,average:a,p50:a,sum:a",
            "agg=log_count,sum:a,mean:a,median:a,sum:b",
        ),
        ("agg=p99.90:a,p9.5:a,p05:a,p99.99:a", "agg=p5:a,p9.5:a,p99.9:a,p99.99:a"),
        ("agg=sum:%22a,b%22,sum:%22c:d%22,sum:%22e%22", "agg=sum:%22a,b%22,sum:%22c:d%22,sum:e"),
        ("agg=sum:%22q%22%22q%22, max:two+words", "agg=sum:%22q%22%22q%22,max:two%20words"),
        ("by=kind", "by=kind"),
        ("by=ts:month", "by=ts:month"),
        ("by=%22ts:month%22", "by=%22ts:month%22"),
        ("by=ts:day:UTC", "by=ts:day:UTC"),
        ("filter=&agg=", ""),
        ("by=%22a:b%22:week:Etc/GMT%2B5", "by=%22a:b%22:week:Etc/GMT%2B5"),
        ("mode=auto&cell=4&shape=point&limit=10000", ""),
        ("mode=places&cell=1&properties=b,a", "cell=1&mode=places&properties=a,b"),
        ("shape=centroid&mode=cells&limit=5&cell=64", "cell=64&limit=5&mode=cells&shape=centroid"),
        ("shape=polygon&geometry=point", "geometry=point&shape=polygon"),
        ("geometry=outline", ""),
        ("detail=%2B4&geometry=outline", "detail=4"),
        ("detail=-16", "detail=-16"),
        ("detail=0", ""),
        ("rank=people&limit=5", "limit=5&rank=people"),
        ("rank=%22a,b%22", "rank=%22a,b%22"),
        ("rank=a+b", "rank=a%20b"),
        ("rank=", ""),
        ("properties=", "properties="),
        ("properties=*", "properties=*"),
        ("properties=b,a,b", "properties=a,b"),
        ("properties=%22*%22", "properties=%22*%22"),
        ("alias=tippecanoe,carto,carto", "alias=carto,tippecanoe"),
        ("alias=supercluster,quadbin,carto", "alias=carto,quadbin,supercluster"),
        ("bbox=-180.0,-0.0,1e1,2.50", "bbox=-180,0,10,2.5"),
        ("datetime=2024-02-28/2024-02-29", "datetime=2024-02-28T00:00:00Z/2024-02-29T23:59:59.999999Z"),
        ("datetime=2024-01-01T00:00:00%2B01:00/..", "datetime=2023-12-31T23:00:00Z/.."),
        ("datetime=2024-01-01T00:00:00+01:00/", "datetime=2023-12-31T23:00:00Z/.."),
        ("datetime=/2024-01-01", "datetime=../2024-01-01T23:59:59.999999Z"),
        ("datetime=2024-01-01T10:00:00Z", "datetime=2024-01-01T10:00:00Z/2024-01-01T10:00:00Z"),
        ("datetime=../..", ""),
        ("filter=a+%3e+2.50", "filter=a%20%3E%202.5"),
        ("filter=a='50%25'", "filter=a%20=%20'50%25'"),
        ("filter=a='x%2By%26z'", "filter=a%20=%20'x%2By%26z'"),
        ("filter=%C3%A9='日'", "filter=%C3%A9%20=%20'%E6%97%A5'"),
        ("filter-lang=cql2-json&filter={\"op\":\"<\",\"args\":[{\"property\":\"a\"},1]}", "filter=a%20%3C%201"),
        ("filter={\"op\":\"<\",\"args\":[{\"property\":\"a\"},1]}&filter-lang=cql2-json", "filter=a%20%3C%201"),
        ("filter-lang=cql2-text", ""),
        ("let=", ""),
        ("let=rate:fare/distance", "let=rate:fare%20/%20distance"),
        ("let=b:least(x,+y),a:1%2B2*z", "let=a:1%20%2B%202%20*%20z,b:least(x,y)"),
        (
            "let=%22a,b%22:abs(\"c,d\"),c:coalesce(x,DATE('2024-01-01'))",
            "let=%22a,b%22:abs(%22c,d%22),c:coalesce(x,DATE('2024-01-01'))",
        ),
        ("let=%22q%22%22q:%22: -x&limit=3", "let=%22q%22%22q:%22:-1%20*%20x&limit=3"),
        ("v=1&key=x&access_token=y&_=17&v=2&limit=7", "limit=7"),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
        assert_eq!(printed(canonical), canonical);
    }
}

#[test]
fn the_parts_of_a_query_are_read() {
    let query = TileQuery::parse(
        "agg=p99.9:fare,log_count&by=ts:hour&mode=points&cell=8&shape=polygon&geometry=point&detail=-3&rank=%22a:b%22&properties=a&limit=9\
         &alias=supercluster&bbox=170,-10,-170,10&datetime=1970-01-02/..",
    );
    let expected = TileQuery {
        filter: None,
        lets: Vec::new(),
        datetime: Some(Interval { start: Some(86_400_000_000), end: None }),
        bbox: Some([170.0, -10.0, -170.0, 10.0]),
        measures: vec![Measure { column: "fare".into(), kind: MeasureKind::Percentile(9990) }],
        log_count: true,
        by: Some(By { column: "ts".into(), period: Some(Period::Hour), zone: None }),
        mode: Mode::Points,
        cell: 8,
        hexagons: None,
        shape: Shape::Polygon,
        geometry: RowGeometry::Point,
        detail: -3,
        rank: Some("a:b".into()),
        properties: Properties::Columns(vec!["a".into()]),
        limit: 9,
        aliases: vec![Alias::Supercluster],
    };
    assert_eq!(query, Ok(expected));
}

#[test]
fn measures_have_the_names_that_clients_expect() {
    for (word, name) in [
        ("sum", "sum"),
        ("avg", "mean"),
        ("average", "mean"),
        ("p50", "median"),
        ("p95", "p95"),
        ("p99.9", "p99.9"),
        ("p99.90", "p99.9"),
        ("p2.25", "p2.25"),
        ("nunique", "nunique"),
        ("mode", "mode"),
    ] {
        assert_eq!(MeasureKind::parse(word).map(|kind| kind.name().into_owned()), Some(name.to_string()), "{word}");
    }
    for word in ["p", "p0", "p00", "p100", "p-1", "p1.", "p.5", "p1.234", "p1e1", "p+5", "Sum", "", "count"] {
        assert_eq!(MeasureKind::parse(word), None, "{word}");
    }
    for hundredths in 1..10_000 {
        let kind = MeasureKind::Percentile(hundredths);
        assert_eq!(MeasureKind::parse(&kind.name()), Some(kind));
    }
}

#[test]
fn mistakes_are_told_with_parameter_and_remedy() {
    for (text, parameter, position, says) in [
        ("fliter=a", "fliter", None, "did you mean \"filter\""),
        ("?cell=4", "?cell", None, "did you mean \"cell\""),
        ("x=1", "x", None, "expected one of agg, alias"),
        ("cell=4&cell=8", "cell", None, "twice"),
        ("agg=men:a", "agg", Some(0), "did you mean \"mean\""),
        ("agg=sum:a,sum", "agg", Some(6), "expected sum:column"),
        ("agg=sum:a,sum:", "agg", Some(6), "expected sum:column"),
        ("agg=sum:a:b", "agg", Some(4), "double quotes"),
        ("agg=count:a", "agg", Some(0), "nunique:column"),
        ("agg=sum:%22a", "agg", Some(4), "never closed"),
        ("agg=sum:%22a%22b", "agg", Some(7), "after a quoted name"),
        ("agg=sum:a,,sum:b", "agg", Some(6), "got \"\""),
        ("by=", "by", None, "expected a column"),
        ("by=ts:mnth", "by", Some(3), "did you mean \"month\""),
        ("by=a:day:c:d", "by", None, "double quotes"),
        ("by=a:day:Paris!", "by", Some(6), "the name of a zone"),
        ("mode=cels", "mode", None, "expected one of auto, points, cells, places (did you mean \"cells\"?)"),
        ("shape=square", "shape", None, "point, polygon, centroid"),
        ("geometry=polygon", "geometry", None, "outline, point"),
        ("detail=17", "detail", None, "got \"17\", expected a whole number from -16 to 16"),
        ("detail=-17", "detail", None, "from -16 to 16"),
        ("detail=high", "detail", None, "got \"high\""),
        ("detail=0.5", "detail", None, "(quarters of a zoom)"),
        ("cell=3", "cell", None, "1, 2, 4, 8, 16, 32 or 64"),
        ("cell=128", "cell", None, "got \"128\""),
        ("limit=0", "limit", None, "from 1 to 1000000"),
        ("limit=1000001", "limit", None, "from 1 to 1000000"),
        ("limit=ten", "limit", None, "got \"ten\""),
        ("properties=a,,b", "properties", Some(2), "got \"\""),
        ("properties=a,*", "properties", Some(2), "got \"*\""),
        ("alias=carto,kepler", "alias", Some(6), "carto, quadbin, supercluster, tippecanoe"),
        ("bbox=1,2,3", "bbox", None, "got 3 numbers"),
        ("bbox=1,2,3,x", "bbox", Some(6), "got \"x\""),
        ("bbox=1,2,3,inf", "bbox", Some(6), "expected degrees"),
        ("bbox=1,5,3,4", "bbox", None, "south (5) is above north (4)"),
        ("bbox=-181,5,3,6", "bbox", None, "west is -181"),
        ("bbox=1,-91,3,6", "bbox", None, "south is -91"),
        ("datetime=2024", "datetime", Some(4), "hyphen"),
        ("datetime=..", "datetime", Some(0), "expected a date"),
        ("datetime=2024-01-02/2024-01-01", "datetime", Some(11), "ends before it starts"),
        ("datetime=2024-01-01/2024-01-32", "datetime", Some(19), "day of that month"),
        ("filter=a%20==%205", "filter", Some(2), "`==`"),
        ("filter-lang=sql&filter=a", "filter-lang", None, "cql2-text, cql2-json"),
        ("let=fare/distance", "let", Some(0), "expected a name, a colon and a formula"),
        ("res=5", "res", None, "with cell=h3"),
        ("cell=h3&res=16", "res", None, "from 0 to 15"),
        ("cell=h4", "cell", None, "or h3"),
        ("let=a:x,b", "let", Some(4), "got \"b\""),
        ("let=a:x%2B", "let", Some(4), "got the end"),
        ("let=a:x%20y", "let", Some(4), "expected an operator or the end"),
        ("let=a:x,a:y", "let", Some(4), "twice"),
        ("let=:x", "let", Some(0), "got no name"),
        ("let=lon:x", "let", Some(4), "is the position"),
        ("filter=a%2", "filter", Some(1), "%25"),
        ("filter=%zz", "filter", Some(0), "hexadecimal"),
        ("filter=a%FFb", "filter", Some(1), "not UTF-8"),
    ] {
        let error = TileQuery::parse(text).expect_err(text);
        assert_eq!((error.parameter.as_str(), error.position), (parameter, position), "{text}: {error}");
        assert!(error.to_string().contains(says), "{text}: {error}");
    }
}

#[test]
fn a_query_that_is_too_long_is_refused() {
    let longest = MAX_QUERY - "filter=a%20=%20''".len();
    assert!(TileQuery::parse(&format!("filter=a='{}'", "x".repeat(longest))).is_ok());
    let error = TileQuery::parse(&format!("filter=a='{}'", "x".repeat(longest + 1))).expect_err("too long");
    assert!(error.message.contains("32769 bytes long, expected at most 32768"), "{error}");
    assert!(TileQuery::parse(&"&".repeat(200_000)).is_err());
    assert!(TileQuery::parse(&format!("v={}", "x".repeat(200_000))).is_err());
}

fn name(random: &mut Random) -> String {
    match random.below(4) {
        0 => random.pick(&NAMES).to_string(),
        1 => random.pick(&["*", "", " a", "a ", "a,b", "a:b", "\"", "%", "+", "a&b=c", "日本", ":"]).to_string(),
        _ => random.pick(&["fare", "tip", "ts"]).to_string(),
    }
}

fn query(random: &mut Random) -> TileQuery {
    let time = |random: &mut Random| (random.next() % 253_402_300_800_000_000) as i64;
    let (a, b) = (time(random), time(random));
    let mut measures: Vec<Measure> = (0..random.below(4))
        .map(|_| {
            let kinds = [
                MeasureKind::Sum,
                MeasureKind::Mean,
                MeasureKind::Min,
                MeasureKind::Max,
                MeasureKind::Mode,
                MeasureKind::Distinct,
                MeasureKind::Percentile(1 + random.below(9999) as u16),
            ];
            Measure { column: name(random), kind: random.pick(&kinds) }
        })
        .collect();
    measures.sort();
    measures.dedup();
    let mut columns: Vec<String> = (0..random.below(4)).map(|_| name(random)).collect();
    columns.sort();
    columns.dedup();
    let mut aliases: Vec<Alias> = (0..random.below(3)).map(|_| random.pick(&Alias::ALL)).collect();
    aliases.sort();
    aliases.dedup();
    let interval =
        Interval { start: random.chance(70).then_some(a.min(b)), end: random.chance(70).then_some(a.max(b)) };
    let hexagons = random.chance(30).then(|| random.pick(&[Hexagons::ByZoom, Hexagons::Of(0), Hexagons::Of(15)]));
    TileQuery {
        filter: random.chance(50).then(|| expr(random, 2).normalise()),
        lets: if random.chance(30) {
            let texts =
                ["a b = x + 1", "\"a,b\" = least(y,'it''s')", "c = hour(t,'+01:00')", "\"q\"\"(\" = -z % 2 ^ 3"];
            texts.iter().filter(|_| random.chance(50)).map(|text| Let::parse(text).expect(text)).collect()
        } else {
            Vec::new()
        },
        datetime: (interval.start.is_some() || interval.end.is_some()).then_some(interval),
        bbox: random.chance(50).then(|| {
            let mut side = |of: f64| (random.next() >> 11) as f64 / (1u64 << 53) as f64 * 2.0 * of - of;
            let (south, north) = (side(90.0), side(90.0));
            [side(180.0), south.min(north), side(180.0), south.max(north)]
        }),
        measures,
        log_count: random.chance(30),
        by: random.chance(50).then(|| {
            let period = random.chance(80).then(|| random.pick(&Period::ALL));
            let zone = period.filter(|_| random.chance(40)).map(|_| "America/Port-au-Prince".to_owned());
            By { column: name(random), period, zone }
        }),
        mode: random.pick(&Mode::ALL),
        // Cells of H3 have no size.
        cell: if hexagons.is_some() { 4 } else { 1 << random.below(7) },
        hexagons,
        shape: random.pick(&Shape::ALL),
        geometry: random.pick(&RowGeometry::ALL),
        detail: random.pick(&[0, 0, 1, -7, 16, -16]),
        rank: random.chance(30).then(|| name(random)),
        properties: match random.below(3) {
            0 => Properties::Default,
            1 => Properties::All,
            _ => Properties::Columns(columns),
        },
        limit: random.pick(&[1, 10_000, MAX_LIMIT]),
        aliases,
    }
}

#[test]
fn random_queries_survive_text_and_token() {
    let rounds = if cfg!(debug_assertions) { 3000 } else { 50_000 };
    let mut random = Random(8);
    let mut read = 0;
    for _ in 0..rounds {
        let query = query(&mut random);
        let text = query.to_string();
        assert!(
            text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>#%\\^`{|}[]+".contains(&byte) || byte == b'%')
        );
        if text.len() > MAX_QUERY {
            assert!(TileQuery::parse(&text).is_err());
            continue;
        }
        read += 1;
        assert_eq!(TileQuery::parse(&text).as_ref(), Ok(&query), "{text}");
        assert_eq!(TileQuery::from_token(&query.token()).as_ref(), Ok(&query), "{text}");
        // What form encoding writes instead is read the same.
        assert_eq!(TileQuery::parse(&text.replace("%20", "+").replace("%2C", ",")).as_ref(), Ok(&query), "{text}");
    }
    assert!(read * 10 > rounds * 9);
}

#[test]
fn tokens_are_base64url_and_every_query_has_one_only() {
    // "cell=8" and two longer ones as `basenc --base64url` gives them, without padding.
    for (text, token) in [("", ""), ("cell=8", "Y2VsbD04"), ("limit=7", "bGltaXQ9Nw"), ("cell=16", "Y2VsbD0xNg")] {
        assert_eq!(TileQuery::parse(text).expect(text).token(), token);
        assert_eq!(TileQuery::from_token(token).expect(token).to_string(), text);
    }
    for (token, says) in [
        ("Y2VsbD04=", "got '='"),
        ("Y2Vs bD04", "got ' '"),
        ("Y2VsbD0+", "got '+'"),
        ("bGltaXQ9N", "cut off"),
        ("bGltaXQ9Nx", "cut off"),
        ("_w", "not UTF-8"),
        ("é", "got 'é'"),
    ] {
        let error = TileQuery::from_token(token).expect_err(token);
        assert!(error.parameter == "token" && error.message.contains(says), "{token}: {error}");
    }
    assert_eq!(TileQuery::from_token("Y2VsbD0z").expect_err("cell=3").parameter, "cell");
}
