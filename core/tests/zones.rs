//! Functions and periods by the clock of a zone, held against what the clock showed; queries completed with a dataset's zone.

use duotile_core::{
    Column, Facts, Filter, Let, Points, Roles, TileQuery, Values, Work, Zone,
    filter::Expr,
    time::{DAY, HOUR, read},
};

/// Microseconds since 1970 of a text with its zone.
fn at(text: &str) -> i64 {
    read(text.as_bytes()).expect(text).first(|_| panic!("{text} has a zone"))
}

/// New York in 2024, from its law: five hours behind, four from 10 March to 3 November, changing at 2 o'clock.
fn new_york() -> Zone {
    let changes = [("2024-03-10T07:00:00Z", -4), ("2024-11-03T06:00:00Z", -5)];
    let changes = changes.map(|(from, ahead)| (at(from), ahead * HOUR));
    Zone::new("America/New_York", [(at("2023-11-05T06:00:00Z"), -5 * HOUR)].into_iter().chain(changes).collect())
}

/// Instants with what people there saw: day, hour, minute, weekday.
const SEEN: [(&str, [i64; 4]); 8] = [
    ("2024-01-01T04:59:59Z", [31, 23, 59, 0]),
    ("2024-01-01T05:00:00Z", [1, 0, 0, 1]),
    ("2024-03-10T06:59:59.999999Z", [10, 1, 59, 0]),
    ("2024-03-10T07:00:00Z", [10, 3, 0, 0]),
    ("2024-07-05T03:30:00Z", [4, 23, 30, 4]),
    ("2024-11-03T05:30:00Z", [3, 1, 30, 0]),
    ("2024-11-03T06:30:00Z", [3, 1, 30, 0]),
    ("2024-11-04T04:30:00Z", [3, 23, 30, 0]),
];

fn with_points<R>(test: impl FnOnce(&Points<'_>) -> R) -> R {
    // As many rows as go through more than one word.
    let times: Vec<i64> = SEEN.iter().cycle().take(200).map(|(text, _)| at(text)).collect();
    let facts = Facts::of(Values::Time(&times), None);
    let columns = [Column::new("t", Values::Time(&times), None, &facts).expect("fits")];
    let (keys, rows): (Vec<u64>, Vec<u32>) = (vec![0; times.len()], (0..times.len() as u32).collect());
    let roles = Roles { time: Some(0), ..Roles::default() };
    let zones = [new_york()];
    test(&Points::new("seen", &keys, &rows, &columns, roles).expect("fits").with_zones(&zones))
}

#[test]
fn a_clock_shows_what_people_saw() {
    with_points(|points| {
        for (place, function) in ["day", "hour", "minute", "weekday"].into_iter().enumerate() {
            for value in 0..60 {
                let filter = format!("{function}(t,'America/New_York') = {value}");
                let filter = Expr::parse(&filter).expect("parses");
                let filter = Filter::bind(&filter, points, &Work::free()).expect("fits");
                let mask = filter.mask(points, 0..points.len(), &Work::free()).expect("goes on");
                for row in 0..points.len() {
                    let (text, seen) = SEEN[row % SEEN.len()];
                    assert_eq!(mask.get(row), seen[place] == value, "{function} {value} {text}");
                }
            }
        }
        let unknown = Expr::parse("hour(t,'Mars/Olympus') = 1").expect("parses");
        let error = Filter::bind(&unknown, points, &Work::free()).expect_err("no zone");
        assert!(error.message.contains("'Mars/Olympus', which is not known here"), "{error}");
    });
}

#[test]
fn periods_are_those_of_utc_where_that_is_said() {
    with_points(|points| {
        let labels = |by: &str| {
            let query = TileQuery::parse(&format!("mode=cells&by={by}")).expect("parses");
            let plan = query.plan(points, &Work::free()).expect("fits");
            plan.properties().iter().map(|property| property.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(labels("t:day:UTC"), labels("t:day"));
        assert_ne!(labels("t:day:America/New_York"), labels("t:day"));
        assert!(labels("t:day:America/New_York").contains(&"point_count|2023-12-31".into()));
    });
    assert_eq!(at("1970-01-02T00:00:00Z"), DAY);
}

#[test]
fn a_query_is_completed_with_the_zone_of_its_dataset() {
    let paris = |text: &str| TileQuery::parse(text).expect(text).in_zone(Some("Europe/Paris")).to_string();
    for (text, complete) in [
        ("by=t:day", "by=t:day:Europe/Paris"),
        ("by=t:day:UTC", "by=t:day:UTC"),
        ("by=t:day:Asia/Tokyo", "by=t:day:Asia/Tokyo"),
        ("by=kind", "by=kind"),
        ("filter=hour(t)=5 AND NOT (x > 1)", "filter=5%20=%20hour(t,'Europe/Paris')%20AND%20x%20%3C=%201"),
        ("filter=hour(t,'%2B02:00')=5", "filter=5%20=%20hour(t,'%2B02:00')"),
        ("filter=hour(t,'UTC')=5", "filter=5%20=%20hour(t,'UTC')"),
        ("filter=epoch(t)=5", "filter=5%20=%20epoch(t)"),
        ("let=h:abs(hour(t)-weekday(t))", "let=h:abs(hour(t,'Europe/Paris')%20-%20weekday(t,'Europe/Paris'))"),
    ] {
        let of = paris(text);
        let again = TileQuery::parse(&of).expect("printed");
        assert_eq!(again.clone().in_zone(Some("Europe/Paris")), again, "{text}");
        let expected = TileQuery::parse(complete).expect(complete).to_string();
        assert_eq!(of, expected, "{text}");
        let plain = TileQuery::parse(text).expect(text);
        let unsaid = plain.clone().in_zone(None);
        assert_eq!(unsaid == plain, !text.contains(":UTC"), "{text}");
        assert_eq!(plain.clone().in_zone(Some("UTC")), unsaid, "{text}");
    }
    let zones = |text: &str| TileQuery::parse(text).expect(text).zones();
    assert_eq!(zones("by=t:day:UTC&filter=hour(t,'UTC')=1 OR hour(t,'Z')=2"), Vec::<String>::new());
    assert_eq!(
        zones("by=t:day:Asia/Tokyo&let=a:hour(t,'Europe/Paris')&filter=hour(t,'Asia/Tokyo')=1 AND day(t,'-03')=2"),
        ["Asia/Tokyo", "Europe/Paris"]
    );
    let made = Let::parse("late = hour(t)").expect("parses").in_zone(Some("Europe/Paris"));
    assert_eq!(made.to_string(), "late:hour(t,'Europe/Paris')");
    assert_eq!(made.zones(), ["Europe/Paris"]);
}

#[test]
fn a_clock_is_known_over_all_times_that_it_may_be_asked_for() {
    with_points(|points| {
        let asked = |query: &str| {
            let query = TileQuery::parse(query).expect(query);
            let zones = query
                .clocks(points.columns(), |name, (first, last)| Some(Zone::new(name, vec![(first, 1), (last, 2)])));
            zones.iter().map(|zone| zone.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(asked("filter=hour(t)=1"), Vec::<String>::new());
        assert_eq!(asked("by=t:day:Asia/Tokyo"), ["Asia/Tokyo"]);
        let span = std::cell::Cell::new((0, 0));
        let see = |_: &str, ends: (i64, i64)| -> Option<Zone> {
            span.set(ends);
            None
        };
        let (first, last) = (at(SEEN[0].0), at("2024-11-04T04:30:00Z"));
        let early = "year(least(t,DATE('1950-07-01')),'Asia/Tokyo')";
        for (query, ends) in [
            ("by=t:day:Asia/Tokyo".to_owned(), (first, last)),
            (format!("filter={early}=1950"), (at("1950-07-01T00:00:00Z"), last)),
            (format!("let=a:{early}"), (at("1950-07-01T00:00:00Z"), last)),
            (
                "filter=hour(TIMESTAMP('2199-01-01T00:00:00Z'),'Asia/Tokyo')=9".into(),
                (first, at("2199-01-01T00:00:00Z")),
            ),
        ] {
            let query = TileQuery::parse(&query).expect(&query);
            assert!(query.clocks(points.columns(), see).is_empty());
            assert_eq!(span.get(), ends, "{query}");
        }
        let made = Let::parse(&format!("a = {early}")).expect("parses");
        assert!(made.clocks(points.columns(), see).is_empty());
        assert_eq!(span.get(), (at("1950-07-01T00:00:00Z"), last));
    });
}

#[test]
fn formulas_that_are_compared_with_one_another_are_paid_for() {
    let times: Vec<i64> = (0..100).map(|row| row * 7 * HOUR).collect();
    let facts = Facts::of(Values::Time(&times), None);
    let columns = [Column::new("t", Values::Time(&times), None, &facts).expect("fits")];
    let (keys, rows): (Vec<u64>, Vec<u32>) = (vec![0; 100], (0..100).collect());
    // As many changes as a clock has until 9999.
    let zones = [Zone::new("Far/Away", (0..16_000).map(|at| (at * 180 * DAY, at % 2 * HOUR)).collect())];
    let points = Points::new("seen", &keys, &rows, &columns, Roles::default()).expect("fits").with_zones(&zones);
    let bind = |text: &str, work: &Work<'_>| Filter::bind(&Expr::parse(text).expect("parses"), &points, work);
    let conditions: Vec<String> = (0..60).map(|hour| format!("hour(t,'Far/Away') > {hour}")).collect();
    let conditions = conditions.join(" OR ");
    let work = Work::new(&|| true, u64::MAX);
    bind(&conditions, &work).expect("goes on");
    assert!(work.spent() > 60 * 59 / 2 * 16_000, "{}", work.spent());
    let error = bind(&conditions, &Work::new(&|| true, 1 << 20)).expect_err("too dear");
    assert!(error.message.contains("more than 1048576 looks at rows"), "{error}");
    assert!(bind(&conditions, &Work::new(&|| false, u64::MAX)).is_err());
    // One formula that is among values is fitted once.
    let hours: Vec<String> = (0..60).map(|hour| hour.to_string()).collect();
    let all =
        bind(&format!("hour(t,'Far/Away') IN ({})", hours.join(", ")), &Work::new(&|| true, 1 << 10)).expect("cheap");
    assert!(all.size() < 16_000 * 17, "{}", all.size());
    assert_eq!(all.mask(&points, 0..100, &Work::free()).expect("goes on").rows(0..100).count(), 100);
}
