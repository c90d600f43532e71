//! Columns that a query makes of others, held against the rows; and what can be filtered, as a schema.

use crate::support::{Row, Server, dataset, rows, sum};
use duotile::{catalog::Entry, read::Options, settings::Settings};
use serde_json::json;

/// A value in an address.
fn escaped(text: &str) -> String {
    duotile::percent::encode(text)
}

#[tokio::test]
async fn a_made_column_is_filtered_measured_counted_and_shown() {
    let server = Server::new();
    let shares: Vec<f64> = rows()
        .iter()
        .filter_map(|row| row.fare.map(|fare| fare / row.people as f64))
        .filter(|share| share.is_finite() && *share > 3.0)
        .collect();
    let made = format!("let={}&filter={}", escaped("share:fare/people"), escaped("share > 3"));
    let stats = server.json(&format!("/datasets/trips/stats?column=share&{made}")).await;
    assert_eq!((&stats["rows"], &stats["nulls"]), (&shares.len().into(), &0.into()));
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((stats["mean"].as_f64().expect("a mean") - mean).abs() < 1e-9);

    let features = server.zoom(0, &format!("mode=cells&agg=sum:share&{made}")).await;
    assert!((sum(&features, "share_sum") - shares.iter().sum::<f64>()).abs() < 1e-6);
    assert_eq!(sum(&features, "point_count"), shares.len() as f64);

    // Counted by a column of few values; whole numbers are told as such.
    let by = format!("mode=cells&let={}&by=left", escaped("left:people % 2"));
    let odd = rows().iter().filter(|row| row.people % 2 == 1).count();
    assert_eq!(sum(&server.zoom(0, &by).await, "left_1"), odd as f64);

    // Rows show it, and TileJSON names it.
    let page = server.json(&format!("/datasets/trips/rows?f=json&limit=5&{made}")).await;
    assert!(page.to_string().contains("\"share\":"), "{page}");
    let tilejson = server.json(&format!("/tiles/trips/tilejson.json?{made}")).await;
    assert_eq!(tilejson["vector_layers"][0]["fields"]["share"], "Number");

    // The same under other names is another column, though all else of the query is the same.
    let twice = |by: &str| format!("mode=cells&agg=sum:made&let={}", escaped(&format!("made:people * {by}")));
    let [two, three] = [server.zoom(0, &twice("2")).await, server.zoom(0, &twice("3")).await];
    assert_eq!(sum(&two, "made_sum") * 1.5, sum(&three, "made_sum"));
}

#[tokio::test]
async fn what_makes_no_column_says_why() {
    let server = Server::new();
    for (text, says) in [
        ("fare:people", "a column \"fare\" already"),
        ("a:fair * 2", "did you mean"),
        ("a:kind", "is text, expected a number"),
        ("a", "a name, a colon and a formula"),
    ] {
        let answer = server.get(&format!("/tiles/trips/0/0/0.mvt?let={}", escaped(text))).await;
        let problem = answer.problem(400);
        assert_eq!(problem["parameter"], "let", "{problem}");
        assert!(problem.to_string().replace("\\\"", "\"").contains(says), "{text}: {problem}");
    }
}

#[tokio::test]
async fn what_can_be_filtered_is_a_schema() {
    let server = Server::new();
    let answer = server.get("/datasets/trips/queryables").await;
    assert_eq!(answer.header("content-type"), "application/schema+json");
    let schema = answer.json();
    let of = |name: &str| &schema["properties"][name];
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["$id"].as_str().expect("an address").ends_with("/datasets/trips/queryables"));
    assert_eq!(of("kind")["enum"], json!(["bus", "café", "taxi", "tram, old"]));
    let fares: Vec<f64> = rows().iter().filter_map(|row| row.fare).collect();
    let most = fares.iter().copied().fold(f64::MIN, f64::max);
    assert_eq!((&of("fare")["type"], of("fare")["maximum"].as_f64()), (&json!("number"), Some(most)));
    assert_eq!((&of("people")["type"], &of("people")["minimum"]), (&json!("integer"), &json!(-2)));
    assert_eq!(of("open")["type"], "boolean");
    assert_eq!(of("geometry")["x-ogc-role"], "primary-geometry");
    assert_eq!(schema["additionalProperties"], false);
    // Every property that is no geometry stands in a filter.
    for name in schema["properties"].as_object().expect("properties").keys().filter(|name| *name != "geometry") {
        let filter = escaped(&format!("\"{name}\" IS NOT NULL"));
        assert_eq!(server.get(&format!("/datasets/trips/rows?limit=1&filter={filter}")).await.status, 200, "{name}");
    }
    server.get("/datasets/nowhere/queryables").await.problem(404);
}

#[tokio::test]
async fn days_of_a_zone_are_those_of_its_calendar() {
    let server = Server::new();
    let zone = jiff::tz::TimeZone::get("America/New_York").expect("known");
    let mut expected = std::collections::BTreeMap::new();
    for row in rows() {
        let at = jiff::Timestamp::from_second(row.time).expect("of ours").to_zoned(zone.clone());
        *expected.entry(at.date().to_string()).or_insert(0.0) += 1.0;
    }
    let features = server.zoom(0, "mode=cells&by=when:day:America/New_York").await;
    for (date, count) in &expected {
        assert_eq!(sum(&features, &format!("point_count|{date}")), *count, "{date}");
    }
    assert!(expected.len() > 300, "{}", expected.len());
    let problem = server.get("/tiles/trips/0/0/0.mvt?by=when:day:Europe/Nowhere").await.problem(400);
    assert!(problem.to_string().contains("is not known here"), "{problem}");
}

/// With a zone of its own, days, hours and weekdays are those of a dataset's people, unless a query names another.
#[tokio::test]
async fn a_dataset_has_the_clock_of_its_people() {
    let options = Options { zone: Some("America/New_York".into()), ..Options::default() };
    let server = Server::of(Entry::open(dataset(&options)), Settings::default());
    assert_eq!(server.json("/datasets/trips").await["zone"], "America/New_York");
    let zone = jiff::tz::TimeZone::get("America/New_York").expect("known");
    let shown = |row: &Row, zone: &jiff::tz::TimeZone| {
        jiff::Timestamp::from_second(row.time).expect("of ours").to_zoned(zone.clone())
    };
    let all = rows();
    let count = |of: &dyn Fn(&Row) -> bool| all.iter().filter(|row| of(row)).count();
    let matched = async |filter: &str| {
        let page = server.json(&format!("/datasets/trips/rows?f=json&limit=1&filter={}", escaped(filter))).await;
        page["numberMatched"].as_u64().expect("a count") as usize
    };
    let late = |row: &Row, zone: &jiff::tz::TimeZone| shown(row, zone).hour() >= 22;
    assert_eq!(matched("hour(when) >= 22").await, count(&|row| late(row, &zone)));
    for name in ["UTC", "Europe/Paris", "Asia/Kolkata"] {
        let zone = jiff::tz::TimeZone::get(name).expect("known");
        assert_eq!(matched(&format!("hour(when,'{name}') >= 22")).await, count(&|row| late(row, &zone)), "{name}");
    }
    let sundays = count(&|row| shown(row, &zone).weekday() == jiff::civil::Weekday::Sunday);
    assert_eq!(matched("weekday(when) = 0").await, sundays);

    // Columns that a query makes, and periods.
    let made = format!("mode=cells&let={}&by=h", escaped("h:hour(when)"));
    let noon = count(&|row| shown(row, &zone).hour() == 12);
    assert_eq!(sum(&server.zoom(0, &made).await, "h_12"), noon as f64);
    for (by, zone) in [("when:day", &zone), ("when:day:UTC", &jiff::tz::TimeZone::UTC)] {
        let features = server.zoom(0, &format!("mode=cells&by={by}")).await;
        for day in ["2024-03-10", "2024-11-03", "2024-07-04"] {
            let rows = count(&|row| shown(row, zone).date().to_string() == day);
            assert_eq!(sum(&features, &format!("point_count|{day}")), rows as f64, "{by} {day}");
        }
    }
    // The whole query stands in what is told of it: a link means the same elsewhere.
    let tilejson = server.json("/tiles/trips/tilejson.json?mode=cells&by=when:day").await;
    assert!(tilejson["tiles"].to_string().contains("when:day:America/New_York"), "{}", tilejson["tiles"]);
    let problem =
        server.get(&format!("/datasets/trips/rows?filter={}", escaped("hour(when,'Mars/Olympus') = 1"))).await;
    assert!(problem.problem(400).to_string().contains("'Mars/Olympus', which is not known here"));
}
