//! All formats: the same data, types that do not fit, damage, folders, the built-in data.

use super::*;

#[test]
fn every_format_gives_the_same_dataset() {
    let csv = "id,longitude,latitude,name,flag\n5,10,50,b,true\n3,-20,40,,false\n9,30,-30,a,True\n7,10,50,b,TRUE\n";
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(csv.as_bytes()).expect("compressed");
    let files = [
        ("a.csv", csv.as_bytes().to_vec()),
        ("a.csv.gz", gzip.finish().expect("compressed")),
        ("a.csv.zst", zstd::encode_all(csv.as_bytes(), 1).expect("compressed")),
        ("a.parquet", parquet(sample())),
        ("a.arrow", arrow(sample(), false)),
        ("a.feather", arrow(sample(), false)),
        ("a.arrows", arrow(sample(), true)),
    ];
    for (name, bytes) in files {
        let dataset = load_with(name, bytes, &Options::default()).expect(name);
        assert_eq!(dataset.name(), "a");
        assert_eq!(values(&dataset, "id"), ["5", "3", "9", "7"], "{name}");
        assert_eq!(values(&dataset, "name"), ["b", "-", "a", "b"], "{name}");
        assert_eq!(values(&dataset, "flag"), ["true", "false", "true", "true"], "{name}");
        assert_eq!(dataset.report().id.as_deref(), Some("id"), "{name}");
        let positions = [(10.0, 50.0), (-20.0, 40.0), (30.0, -30.0), (10.0, 50.0)];
        let mut expected: Vec<(u64, u32)> = positions
            .iter()
            .zip(0..)
            .map(|(&(lon, lat), row)| (morton::key(mercator::project(lon, lat).expect("usable")), row))
            .collect();
        expected.sort_unstable();
        dataset.with_points(|points| {
            let found: Vec<_> = points.keys().iter().copied().zip(points.rows().iter().copied()).collect();
            assert_eq!(found, expected, "{name}");
            assert_eq!(points.columns().iter().map(|column| column.name).collect::<Vec<_>>(), ["id", "name", "flag"]);
        });
    }
}

#[test]
fn minus_zero_becomes_zero() {
    let columns = vec![series("lon", &[1.0, 2.0]), series("lat", &[1.0, 2.0]), series("v", &[-0.0, f64::NEG_INFINITY])];
    let dataset = load_with("a.parquet", parquet(frame(columns)), &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "v"), ["0.0", "-"]);
}

#[test]
fn what_tiles_cannot_carry_is_cast_or_left_out_with_a_line() {
    let list = Series::new("tags".into(), [Series::new("".into(), ["a", "b"]), Series::new("".into(), ["c"])]);
    let binary = Series::new("blob".into(), [b"x".as_slice(), b"y".as_slice()]);
    let big = Series::new("big".into(), [u64::MAX, 5]);
    let fits = Series::new("fits".into(), [7u64, 5]);
    let decimal = series("price", &[1.25, 2.5]).cast(&DataType::Decimal(10, 2)).expect("cast");
    let small = Series::new("small".into(), [200u8, 5]);
    let columns = vec![
        list.into(),
        binary.into(),
        big.into(),
        fits.into(),
        decimal,
        small.into(),
        series("lon", &[1.0, 2.0]),
        series("lat", &[1.0, 2.0]),
    ];
    for (name, bytes) in [("a.parquet", parquet(frame(columns.clone()))), ("a.arrow", arrow(frame(columns), false))] {
        let dataset = load_with(name, bytes, &Options::default()).expect(name);
        assert_eq!(values(&dataset, "big"), ["18446744073709551615", "5"]);
        assert_eq!((kind(&dataset, "fits"), kind(&dataset, "small")), ("integer", "integer"));
        assert_eq!(values(&dataset, "price"), ["1.25", "2.5"]);
        let dropped: Vec<&str> = dataset.report().dropped.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(dropped, ["tags", "blob"]);
        assert!(says(&dataset, "column \"tags\" is left out: list of str is nested"));
        assert!(says(&dataset, "column \"price\" (decimal(10, 2)) becomes a 64-bit float"));
        assert!(says(&dataset, "column \"big\" becomes text"));
    }
}

#[test]
fn folders_are_one_dataset_with_their_partitions() {
    let folder = Folder::new();
    folder.put("trips/year=2023/a.csv", "lon,lat,n\n1,2,1\n");
    folder.put("trips/year=2024/b.csv", "lon,lat,n,extra\n3,4,2.5,x\n5,6,3,y\n");
    folder.put("trips/year=__HIVE_DEFAULT_PARTITION__/c.csv", "lon,lat,n\n1,2,7\n");
    let dataset = read(&[folder.0.path().join("trips")], &Options::default(), &()).expect("reads");
    assert_eq!(dataset.name(), "trips");
    assert_eq!(values(&dataset, "n"), ["1.0", "2.5", "3.0", "7.0"]);
    assert_eq!(values(&dataset, "year"), ["2023", "2024", "2024", "-"]);
    assert_eq!(kind(&dataset, "year"), "integer");
    assert_eq!(values(&dataset, "extra"), ["-", "x", "y", "-"]);
    assert!(says(&dataset, "column \"extra\" is not in"));
    let globbed = read(&[folder.0.path().join("trips/*/*.csv")], &Options::default(), &()).expect("reads");
    assert_eq!((globbed.len(), globbed.name()), (4, "trips"));
    folder.put("mixed/a.csv", "lon,lat,n\n1,2,007\n");
    folder.put("mixed/b.csv", "lon,lat,n\n1,2,1.50\n");
    let mixed = read(&[folder.0.path().join("mixed")], &Options::default(), &()).expect("reads");
    assert_eq!(values(&mixed, "n"), ["007", "1.50"]);
}

#[test]
fn damaged_files_are_refused_with_one_line() {
    let good = parquet(sample());
    let none = Options::default();
    for (name, bytes, expected) in [
        ("a.csv", Vec::new(), "is empty"),
        ("a.csv", b"\n \n".to_vec(), "holds no lines"),
        ("a.csv", b"1.5,2.5\n3,4\n".to_vec(), "the columns are: column_1 (number), column_2 (number)"),
        (
            "a.csv",
            b"a,b\n3,4\n".to_vec(),
            "name them with --lon and --lat, or a column of H3 cells with --h3; the columns are: a ",
        ),
        ("a.csv", b"a,b\n3,\0\0\n".to_vec(), "no text"),
        ("a.csv.gz", vec![0x1f, 0x8b, 8, 0, 1, 2, 3], "damaged or cut off"),
        ("a.parquet", good[..good.len() / 2].to_vec(), "cut off"),
        ("a.parquet", b"PAR1PAR1PAR1".to_vec(), "footer"),
        ("a.parquet", b"lon,lat\n1,2\n".to_vec(), "does not begin with PAR1"),
        ("a.arrow", b"ARROW1\0\0abc".to_vec(), "Arrow"),
        ("a.feather", b"FEA1abcdefgh".to_vec(), "Feather version 1"),
        ("a.geojson", b"{}".to_vec(), "JSON but no GeoJSON"),
        ("a.kml", b"{}".to_vec(), "no format that is read"),
    ] {
        let error = error_of(name, &bytes, &none);
        assert!(error.contains(expected) && !error.contains('\n'), "{name}: {error}");
    }
    for (lon, lat) in [("name", "latitude"), ("flag", "latitude")] {
        let options = Options { lon: Some(lon.into()), lat: Some(lat.into()), ..Options::default() };
        assert!(load_with("a.parquet", &good, &options).is_err(), "{lon}");
    }
}

#[test]
fn bytes_changed_anywhere_are_an_error_or_data_but_never_a_panic() {
    let mut step = 1u64;
    for good in [parquet(sample()), arrow(sample(), false), arrow(sample(), true)] {
        let name = if good.starts_with(b"PAR1") { "a.parquet" } else { "a.arrow" };
        for _ in 0..150 {
            step = step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut bad = good.clone();
            let at = (step >> 33) as usize % bad.len();
            bad[at] ^= 1 << (step >> 20 & 7);
            let _ = load_with(name, &bad, &Options::default());
            let _ = load_with(name, &good[..at], &Options::default());
        }
    }
}

#[test]
fn no_rows_are_a_dataset_too() {
    let dataset = load_csv("lon,lat,n\n");
    assert!(dataset.is_empty() && dataset.bounds().is_none() && says(&dataset, "the data has no rows"));
    let empty = load_with("a.parquet", parquet(sample().slice(0, 0)), &Options::default()).expect("reads");
    assert_eq!((empty.len(), empty.columns().len()), (0, 3));
}

#[test]
fn the_version_changes_with_content_and_options() {
    let folder = Folder::new();
    let path = folder.put("a.csv", "lon,lat\n1,2\n");
    let version =
        |options: &Options| read(std::slice::from_ref(&path), options, &()).expect("reads").version().to_owned();
    let first = version(&Options::default());
    assert_eq!(first, version(&Options::default()));
    assert_ne!(first, version(&Options { attribution: Some("me".into()), ..Options::default() }));
    folder.put("a.csv", "lon,lat\n1,2\n3,4\n");
    assert_ne!(first, version(&Options::default()));
    // Other bytes of tiles are another version of the same rows.
    let of_tiles = |format| Version::of_tiles(&Options::default(), format).text();
    assert_eq!(of_tiles(duotile_core::TILE_FORMAT), Version::new(&Options::default()).text());
    assert_ne!(of_tiles(duotile_core::TILE_FORMAT), of_tiles(duotile_core::TILE_FORMAT + 1));
}

#[test]
fn the_built_in_places_are_what_they_were() {
    let dataset = builtin("places", &()).expect("reads");
    assert_eq!(dataset.len(), 234_908);
    assert_eq!((dataset.name(), dataset.attribution()), ("places", Some("GeoNames (CC BY 4.0)")));
    assert_eq!(dataset.report().id.as_deref(), Some("geonameid"));
    assert_eq!(dataset.report().unusable, 0);
    dataset.with_points(|points| {
        let column = |name: &str| points.columns().iter().find(|column| column.name == name).expect("there").values;
        let Values::Text(names, words) = column("name") else { panic!("text") };
        let Values::I64(population) = column("population") else { panic!("integers") };
        let largest = (0..points.len()).max_by_key(|&row| population[row]).expect("rows");
        assert_eq!(words.get(names.get(largest)), "Shanghai");
        let (lon, lat) = mercator::unproject(morton::position(points.keys()[largest]));
        assert!((lon - 121.46).abs() < 0.1 && (lat - 31.22).abs() < 0.1, "{lon} {lat}");
    });
}

#[test]
fn the_built_in_countries_are_what_they_were() {
    let dataset = builtin("countries", &()).expect("reads");
    assert_eq!((dataset.len(), dataset.name(), dataset.report().unusable), (241, "countries", 0));
    let outlines = dataset.outlines().expect("polygons");
    assert_eq!(outlines.kinds(), ["Polygon"]);
    dataset.with_points(|points| {
        let text = |name: &str, row: usize| {
            let column = points.columns().iter().find(|column| column.name == name).expect("there");
            let Values::Text(codes, words) = column.values else { panic!("text") };
            column.is_valid(row).then(|| words.get(codes.get(row)).to_owned())
        };
        let row = |name: &str| (0..points.len()).find(|&row| text("name", row).as_deref() == Some(name)).expect(name);
        let codes = |name: &str| [text("iso_a2", row(name)), text("iso_a3", row(name))].map(Option::unwrap_or_default);
        assert_eq!(codes("Switzerland"), ["CH", "CHE"]);
        assert_eq!(codes("Fiji"), ["FJ", "FJI"]);
        assert_eq!(codes("Kosovo"), ["", ""]);
        // Each is where it is: a point of it, in degrees.
        for (name, [west, south, east, north]) in [
            ("Switzerland", [5.9, 45.8, 10.5, 47.9]),
            ("Fiji", [176.8, -19.2, 180.0, -16.0]),
            ("Chile", [-76.0, -56.0, -66.4, -17.4]),
        ] {
            let (lon, lat) = points.degrees(row(name));
            assert!((west..=east).contains(&lon) && (south..=north).contains(&lat), "{name}: {lon} {lat}");
        }
    });
    assert!(
        builtin("rivers", &()).is_err_and(|error| error.to_string().ends_with("expected one of places, countries"))
    );
}
