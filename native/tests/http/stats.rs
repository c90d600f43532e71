//! Statistics, held against the rows.

use crate::support::{Server, iso, number, rows};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().filter_map(Value::as_f64).collect()
}

#[tokio::test]
async fn a_column_of_numbers_under_a_filter() {
    let server = Server::new();
    let json = server.json("/datasets/trips/stats?column=fare&bins=10&filter=people%20%3E%201").await;
    let passing: Vec<_> = rows().into_iter().filter(|row| row.people > 1).collect();
    let mut fares: Vec<f64> = passing.iter().filter_map(|row| row.fare).collect();
    fares.sort_by(f64::total_cmp);
    assert_eq!((&json["rows"], &json["present"]), (&passing.len().into(), &fares.len().into()));
    assert_eq!(json["nulls"], passing.len() - fares.len());
    assert_eq!((json["min"].as_f64(), json["max"].as_f64()), (fares.first().copied(), fares.last().copied()));
    let mean = fares.iter().sum::<f64>() / fares.len() as f64;
    assert!((json["mean"].as_f64().expect("a mean") - mean).abs() < 1e-9);
    let (edges, counts) = (numbers(&json["histogram"]["edges"]), numbers(&json["histogram"]["counts"]));
    assert_eq!((edges.len(), counts.len(), counts.iter().sum::<f64>()), (11, 10, fares.len() as f64));
    for (i, count) in counts.iter().enumerate() {
        let last = i == 9;
        let within = fares.iter().filter(|&&fare| edges[i] <= fare && (fare < edges[i + 1] || last)).count();
        assert_eq!(*count, within as f64, "bin {i}");
    }
    let median = numbers(&json["probabilities"]).iter().position(|&p| p == 0.5).expect("the median");
    let expected = f64::midpoint(fares[(fares.len() - 1) / 2], fares[fares.len() / 2]);
    assert!((numbers(&json["quantiles"])[median] - expected).abs() < 1e-9);
}

#[tokio::test]
async fn texts_have_categories_and_times_are_iso() {
    let server = Server::new();
    let json = server.json("/datasets/trips/stats?column=kind").await;
    for category in json["categories"].as_array().expect("categories") {
        let expected = rows().iter().filter(|row| row.kind == category["value"].as_str()).count();
        assert_eq!(category["count"], expected, "{category}");
    }
    let json = server.json("/datasets/trips/stats?column=when&bins=3").await;
    let first = rows().iter().map(|row| row.time).min().expect("some");
    assert_eq!(json["min"], iso(first));
    assert_eq!(json["histogram"]["edges"].as_array().map(Vec::len), Some(4));
    assert!(json["quantiles"][6].as_str().is_some_and(|time| time.starts_with("2024-")));
}

#[tokio::test]
async fn a_filter_that_nothing_passes_has_no_range() {
    let server = Server::new();
    let json = server.json("/datasets/trips/stats?column=fare&filter=people%20%3E%20100").await;
    assert_eq!((&json["rows"], &json["present"]), (&0.into(), &0.into()));
    assert!(json.get("histogram").is_none());
}

#[tokio::test]
async fn what_cells_carry_is_told_for_a_zoom() {
    let server = Server::new();
    let json = server.json("/datasets/trips/stats?measure=fare_mean&z=3&agg=mean:fare&mode=cells").await;
    let features = server.zoom(3, "agg=mean:fare&mode=cells").await;
    assert_eq!(json["cells"], features.len());
    let values: Vec<f64> = features.iter().filter_map(|feature| number(feature, "fare_mean")).collect();
    let quantiles = numbers(&json["quantiles"]);
    assert_eq!(quantiles.first().copied(), values.iter().copied().reduce(f64::min));
    assert_eq!(quantiles.last().copied(), values.iter().copied().reduce(f64::max));
}

#[tokio::test]
async fn what_cannot_be_told_is_refused() {
    let server = Server::new();
    for (query, parameter) in [
        ("", "column"),
        ("column=fare&measure=point_count", "column"),
        ("column=fair", "column"),
        ("measure=fare_mean", "measure"),
        ("column=fare&bins=0", "bins"),
        ("measure=point_count&z=23", "z"),
        ("column=fare&filter=(", "filter"),
    ] {
        let problem = server.get(&format!("/datasets/trips/stats?{query}")).await.problem(400);
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    assert_eq!(server.get("/datasets/trips/stats?column=fair").await.json()["hint"], "did you mean fare?");
}
