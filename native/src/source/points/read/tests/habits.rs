//! What exports of portals, banks, receivers and laboratories have in common, each as small as it can be.

use super::*;

#[test]
fn signs_of_money_and_shares_are_left_out_where_all_numbers_have_the_same() {
    let dataset = load_csv(
        "lat,lon,cost,share,mixed,code\n50,8,\"$1,137.00\",12%,$5,5%\n51,9,-$2.5,7 %,5 EUR,x\n52,10,$-3,,€7,y\n",
    );
    assert_eq!(values(&dataset, "cost"), ["1137.0", "-2.5", "-3.0"]);
    assert_eq!(values(&dataset, "share"), ["12", "7", "-"]);
    assert!(says(
        &dataset,
        "column \"cost\": the sign $ is left out, as in \"$1,137.00\" (--type cost=text keeps the texts)"
    ));
    assert_eq!((kind(&dataset, "mixed"), kind(&dataset, "code")), ("text", "text"));
    let two = load_csv("lat,lon,price\n50,8,$5\n51,9,€7\n");
    assert_eq!(values(&two, "price"), ["$5", "€7"]);
    assert!(says(&two, "column \"price\" stays text: its numbers have several signs, the first is \"$5\""));
    let german = load_csv("lat;lon;Umsatz\n50,5;8,5;1.100,50 €\n51,5;9,5;7 €\n");
    assert_eq!(values(&german, "Umsatz"), ["1100.5", "7.0"]);
    let kept = Options { types: vec![("cost".into(), Type::Text)], ..Options::default() };
    let kept = load_with("a.csv", "lat,lon,cost\n50,8,$5\n", &kept).expect("reads");
    assert_eq!(values(&kept, "cost"), ["$5"]);
}

#[test]
fn years_with_a_month_are_times_and_seasons_are_none() {
    let dataset =
        load_csv("lat,lon,Month,Season,Mixed\n50,8,2024-05,2009-10,2024-05\n51,9,2023-12,2010-11,2024-05-07\n");
    assert_eq!(values(&dataset, "Month"), ["2024-05-01T00:00:00Z", "2023-12-01T00:00:00Z"]);
    assert_eq!(kind(&dataset, "Season"), "text");
    assert_eq!(values(&dataset, "Mixed"), ["2024-05-01T00:00:00Z", "2024-05-07T00:00:00Z"]);
    let why = dataset.report().columns.iter().find(|column| column.name == "Month").map(|column| column.why.clone());
    assert_eq!(why.as_deref(), Some("all 2 values are times, of which 2 are months, taken as their day 1"));
}

#[test]
fn a_file_without_names_has_its_first_line_as_a_row() {
    let text = "2000000\tAachen\t50.77\t6.08\t2024-01-05\n2000001\tBonn\t50.73\t7.1\t2024-01-06\n";
    let options = |lon: &str, lat: &str| Options { lon: Some(lon.into()), lat: Some(lat.into()), ..Options::default() };
    let dataset = load_with("DE.txt", text, &options("column_4", "column_3")).expect("reads");
    assert_eq!(values(&dataset, "column_2"), ["Aachen", "Bonn"]);
    assert!(says(
        &dataset,
        "the first line (2000000, Aachen, 50.77, 6.08, 2024-01-05) is a row and has no names: columns are column_1 to column_5"
    ));
    let error = error_of("DE.txt", text, &Options::default());
    assert!(error.contains("name them with --lon and --lat; the columns are: column_1 (integer)"), "{error}");
    // Years are names where they stand beside others.
    let years = load_csv("lat,lon,2019,2020,2021\n50,8,1,2,3\n51,9,4,5,6\n");
    assert_eq!(values(&years, "2020"), ["2", "5"]);
}

#[test]
fn forms_of_columns_beneath_the_names_are_no_row() {
    let text = "# USGS\nsite_no\tdec_lat_va\tdec_long_va\tgage_ht\n15s\t16s\t16s\t14n\n01646500\t38.9\t-77.1\t3.5\n";
    let dataset = load_with("a.rdb.txt", text, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "gage_ht"), ["3.5"]);
    assert_eq!(values(&dataset, "site_no"), ["01646500"]);
    assert!(says(
        &dataset,
        "the line beneath the names holds the forms of columns (15s, 16s, 16s, 14n) and is left out"
    ));
}

#[test]
fn advice_is_given_only_where_it_would_help_most_rows() {
    // Ships without a position have 91, 181: that is no sign of axes that are swapped.
    let ships: String =
        (0..40).map(|row| if row % 8 == 0 { "91,0\n".into() } else { format!("55.{row},10.5\n") }).collect();
    let dataset = load_csv(format!("lat,lon\n{ships}"));
    let line = dataset.report().lines.iter().find(|line| line.contains("no usable position")).expect("told").clone();
    assert!(line.ends_with("5 are out of range, such as 0, 91"), "{line}");
    let swapped = error_of("a.csv", "lat,lon\n113.5,22.2\n114.1,22.4\n", &Options::default());
    assert!(swapped.contains("look swapped"), "{swapped}");
    let receiver = "Lat;Lon\n5030.1234;00815.5\n5031.5;00816.25\n";
    let error = error_of("a.csv", receiver, &Options::default());
    assert!(error.contains("degrees and minutes run together") && !error.contains("EPSG"), "{error}");
    let city = "X Coordinate (State Plane),Y Coordinate (State Plane),Latitude,Longitude\n990000,200000,40.7,-74\n";
    let dataset = load_csv(city);
    assert!(says(
        &dataset,
        "--lon 'X Coordinate (State Plane)' --lat 'Y Coordinate (State Plane)' (with --crs where they are no degrees)"
    ));
    for (lat, lon, expected) in
        [(50_123_456, 8_456_789, "--crs e6 or --crs e7"), (501_234_567, 84_567_890, ": try --crs e7")]
    {
        let error = error_of("a.csv", format!("lat,lon\n{lat},{lon}\n"), &Options::default());
        assert!(error.contains(expected), "{error}");
    }
    for (name, text, expected) in [
        ("a.csv", "\n<!DOCTYPE html>\n<html><body>No, forbidden</body></html>\n", "(HTML) and no data"),
        ("a.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "git lfs pull"),
        ("a.csv", "<?xml version=\"1.0\"?>\n<gpx></gpx>\n", "XML, such as KML, GPX or GML"),
    ] {
        let error = error_of(name, text, &Options::default());
        assert!(error.contains(expected), "{error}");
    }
    let list = error_of("a.json", "[{\"id\":1,\"lat\":50.1,\"lon\":8.6}]", &Options::default());
    assert!(list.contains("JSON but no GeoJSON: it is a list"), "{list}");
}
