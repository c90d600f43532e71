//! Texts of GeoJSON as people have them.

use super::*;
use std::sync::Arc;

fn open(text: &str) -> Result<GeoJson> {
    GeoJson::open(Content::Owned(Arc::new(text.as_bytes().to_vec())), &Options::default(), &mut Vec::new(), &())
}

/// Names and types of the columns, and how many rows with how many bytes of geometry each.
fn read(text: &str) -> (Vec<(String, String)>, Vec<Option<usize>>) {
    let mut file = open(text).expect("opens");
    let fields: Vec<_> = file.fields().iter().map(|field| (field.name.clone(), field.type_name())).collect();
    let wanted: Vec<_> = (0..fields.len()).map(|at| (at, None)).collect();
    let mut sizes = Vec::new();
    let geometry = file.geometry.column.clone();
    file.chunks(&wanted, &mut |chunk| {
        sizes.extend(chunk.column(&geometry)?.binary()?.iter().map(|bytes| bytes.map(<[u8]>::len)));
        Ok(())
    })
    .expect("reads");
    (fields, sizes)
}

const LINE: &str = r#"{"type":"Feature","id":7,"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"b":1,"a":"x"}}"#;
const NONE: &str = r#"{"properties":{"b":2.5,"c":[1]},"geometry":null,"type":"Feature"}"#;

#[test]
fn features_are_read_however_they_stand_in_a_file() {
    let expected = ["id", "b", "a", "c", "geometry"];
    let collection = format!(r#"{{"features":[{LINE},{NONE}],"bbox":[1,2,3,4],"type":"FeatureCollection"}}"#);
    let pretty = collection.replace(',', ",\n  ");
    let lines = format!("\u{feff}{LINE}\r\n\r\n{NONE}\n");
    let records = format!("\u{1e}{LINE}\n\u{1e}{NONE}\n");
    for text in [collection, pretty, lines, records] {
        let (fields, sizes) = read(&text);
        assert_eq!(fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), expected, "{text}");
        assert_eq!((fields[1].1.as_str(), fields[2].1.as_str(), fields[3].1.as_str()), ("number", "text", "text"));
        assert_eq!(sizes, [Some(9 + 32), None]);
    }
    assert_eq!(read(LINE).1, [Some(41)]);
    assert_eq!(read(r#"{"type":"Point","coordinates":[1,2,3]}"#).1, [Some(5 + 24)]);
    assert_eq!(read(r#"{"type":"FeatureCollection","features":[]}"#).1, []);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    for (text, expected) in [
        ("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",", "cut off"),
        ("{\"type\":\"FeatureCollection\",\"features\":[1]}", "damaged"),
        ("{\"type\":\"FeatureCollection\"}", "without a list of features"),
        ("{\"a\":1}", "no \"type\""),
        ("{\"type\":\"Topology\",\"objects\":{}}", "TopoJSON"),
        ("{\"geometryType\":\"esriGeometryPoint\",\"features\":[]}", "JSON of Esri"),
        ("{\"features\":[],\"geometryType\":\"esriGeometryPoint\"}", "JSON of Esri"),
        ("{\"type\":\"Sphere\"}", "its type is \"Sphere\""),
        ("{\"a\":1}\n{\"a\":2}\n", "none of its lines is a feature"),
        ("[1,2]", "it is a list, expected a FeatureCollection"),
        ("{\0\"\0", "written in UTF-16"),
    ] {
        let error = format!("{:#}", open(text).expect_err(text));
        assert!(error.contains(expected), "{text}: {error}");
    }
}

/// Where a collection is damaged around its features: the places are those of the file.
#[test]
fn places_behind_the_features_are_those_of_the_file() {
    for (before, behind, expected) in [
        ("", ",\n \"crs\": nul}", "damaged: expected ident at line 6 column 12"),
        ("", " x", "damaged: expected `,` or `}` at line 5 column 3"),
        ("", "} {", "damaged: trailing characters at line 5 column 4"),
        ("", ",\n\n", "cut off: it ends in line 7"),
        ("\"n\": 01,\n", "}", "damaged: invalid number at line 1 column 8"),
        ("", ", \"features\": []}", "has 2 members \"features\", expected one"),
        ("\"features\": 7,", "}", "has 2 members \"features\", expected one"),
    ] {
        let text =
            format!("{{{before}\"type\": \"FeatureCollection\", \"features\": [\n{LINE},\n{NONE},\n{LINE}\n]{behind}");
        let error = format!("{:#}", open(&text).expect_err(behind));
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn lines_that_are_no_features_are_counted_and_the_first_is_named() {
    let point = |coordinates: &str| format!(r#"{{"type":"Point","coordinates":{coordinates}}}"#);
    for (bad, expected) in [
        (
            "{broken",
            "2 of 4 lines are no features and are left out: line 2 is damaged: key must be a string at letter 2",
        ),
        ("{\"type\":\"Feature\",", "line 2 is cut off within a value"),
        (r#"{"type":"Feature","properties":{"a":"\ud800"}}"#, "line 2 is damaged: unexpected end of hex escape"),
        (r#"{"type":"Sphere"}"#, "line 2 is damaged: its type is \"Sphere\""),
        // Told by the geometry alone.
        (&point("[1e999,2]"), "line 2 is damaged: number out of range"),
        (&point("[NaN,2]"), "line 2 is damaged: NaN is no JSON"),
        (&point("[\"1\",2]"), "line 2 is damaged: invalid type: string \"1\""),
    ] {
        let lines = format!("{LINE}\n{bad}\n{NONE}\n\n{bad}\n");
        let mut file = open(&lines).expect("opens");
        let mut rows = 0;
        file.chunks(&[], &mut |chunk| {
            rows += chunk.height();
            Ok(())
        })
        .expect("reads");
        assert_eq!((rows, file.left_out()), (2, 2), "{bad}");
        let told = file.told().concat();
        assert!(told.contains(expected), "{told}");
        let strict = Options { strict: true, ..Options::default() };
        let file = GeoJson::open(Content::Owned(Arc::new(lines.into_bytes())), &strict, &mut Vec::new(), &());
        let refused = file.and_then(|mut file| file.chunks(&[], &mut |_| Ok(()))).expect_err("is refused");
        assert!(format!("{refused:#}").contains("--strict loses none: line 2"), "{refused:#}");
    }
    let mut records = open(&format!("\u{1e}{LINE}\n\u{1e}{{\n")).expect("opens");
    records.chunks(&[], &mut |_| Ok(())).expect("reads");
    assert_eq!(records.told(), ["1 of 2 lines is no feature and is left out: record 2 is cut off within a value"]);
}

#[test]
fn a_feature_of_a_collection_that_cannot_be_read_is_lost_alone() {
    let point = |coordinates: &str| format!(r#"{{"type":"Point","coordinates":{coordinates}}}"#);
    for (bad, expected) in [
        ("1", "invalid type: integer `1`"),
        ("null", "invalid type: null"),
        (r#"{"type":"Feature","properties":{"a":"\ud800 ]"}}"#, "unexpected end of hex escape"),
        (r#"{"type":"Feature","properties":{"a":[NaN]}}"#, "NaN is no JSON"),
        (&point("[1e999,2]"), "number out of range"),
        (&point("[\"1\",2]"), "invalid type: string \"1\""),
    ] {
        let text = format!("{{\"features\":[\n{LINE},\n{bad},\n{NONE},{bad}],\"type\":\"FeatureCollection\"}}");
        let mut file = open(&text).expect("opens");
        let mut rows = 0;
        file.chunks(&[], &mut |chunk| {
            rows += chunk.height();
            Ok(())
        })
        .expect("reads");
        assert_eq!((rows, file.left_out()), (2, 2), "{bad}");
        let told = file.told().concat();
        assert!(
            told.starts_with("2 of 4 features cannot be read and are left out: feature 2, in line 3, is damaged: "),
            "{told}"
        );
        assert!(told.contains(expected), "{told}");
        let strict = Options { strict: true, ..Options::default() };
        let file = GeoJson::open(Content::Owned(Arc::new(text.into_bytes())), &strict, &mut Vec::new(), &());
        let refused = file.and_then(|mut file| file.chunks(&[], &mut |_| Ok(()))).expect_err("is refused");
        assert!(format!("{refused:#}").contains("--strict loses none: feature 2"), "{refused:#}");
    }
}

/// As Python writes them, or beyond what a double holds: the row is not lost for them.
#[test]
fn numbers_that_no_double_holds_are_no_values() {
    let texts = ["NaN", "7", "-Infinity", "1e400"];
    let lines: Vec<String> = texts
        .iter()
        .map(|text| format!(r#"{{"type":"Feature","geometry":null,"properties":{{"v": {text}}}}}"#))
        .collect();
    let collection = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, lines.join(","));
    for (text, told) in [(lines.join("\n"), 3), (collection, 3), (lines[3].clone(), 1)] {
        let mut file = open(&text).expect("opens");
        let (mut rows, mut values) = (0, Vec::new());
        file.chunks(&[(0, Some(Kind::F64))], &mut |chunk| {
            rows += chunk.height();
            values.extend(chunk.column("v")?.cast(&DataType::Float64)?.f64()?.iter().flatten());
            Ok(())
        })
        .expect("reads");
        assert_eq!((rows - values.len(), file.left_out()), (told, 0), "{text}");
        let line = format!("{told} numbers of properties are NaN, infinite or beyond 1.8e308 and become no value");
        assert_eq!(file.told(), [line]);
        let strict = Options { strict: true, ..Options::default() };
        let file = GeoJson::open(Content::Owned(Arc::new(text.into_bytes())), &strict, &mut Vec::new(), &());
        assert!(format!("{:#}", file.expect_err("is refused")).contains("and --strict loses none"));
    }
}

#[test]
fn whole_numbers_that_a_double_does_not_keep_are_told() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"n":9007199254740993}},{"type":"Feature","geometry":null,"properties":{"n":0.5}}]}"#;
    let mut file = open(text).expect("opens");
    let note = file.fields()[0].note.clone().unwrap_or_default();
    assert!(note.contains("whole numbers beyond 2^53 lose digits"), "{note}");
    file.chunks(&[(0, Some(Kind::Text))], &mut |chunk| {
        let texts: Vec<_> = chunk.column("n")?.str()?.iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(texts, [Some("9007199254740993".to_owned()), Some("0.5".into())]);
        Ok(())
    })
    .expect("reads");
}

#[test]
fn an_old_file_names_its_coordinate_system() {
    let of = |name: &str| {
        let crs = format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#);
        let text = format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[]}}"#);
        open(&text).map(|file| file.geometry.crs)
    };
    assert_eq!(of("urn:ogc:def:crs:OGC:1.3:CRS84").expect("known"), Some(Crs::Degrees));
    assert_eq!(of("urn:ogc:def:crs:EPSG::25832").expect("known"), Some(Crs::Epsg(25832)));
    let written = |crs: &str| {
        let text = format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[]}}"#);
        open(&text).map(|file| file.geometry.crs)
    };
    for code in [
        r#"{"type":"EPSG","properties":{"code":25832}}"#,
        r#"{"type":"EPSG","properties":{"code":"25832"}}"#,
        r#""EPSG:25832""#,
    ] {
        assert_eq!(written(code).expect(code), Some(Crs::Epsg(25832)));
    }
    let link = r#"{"type":"link","properties":{"href":"http://example.com/crs/42","type":"proj4"}}"#;
    let error = format!("{:#}", written(link).expect_err("a link"));
    assert!(error.contains("\"http://example.com/crs/42\" describes, which is not fetched; say --crs"), "{error}");
    let error = format!("{:#}", written(r#"{"type":"other"}"#).expect_err("nothing"));
    assert!(error.contains("other"), "{error}");
    assert_eq!(of("EPSG:3857").expect("known"), Some(Crs::Metres));
    assert!(of("my grid").is_err());
}

#[test]
fn of_members_of_one_name_the_last_counts_and_null_is_a_position_without_a_place() {
    let features = format!(r#"{{"type":"Nothing","features":[{LINE}],"type":"FeatureCollection","crs":null}}"#);
    assert_eq!(read(&features).1, [Some(41)]);
    assert_eq!(
        read(&LINE.replacen("\"type\":\"Feature\"", "\"type\":\"Other\",\"type\":\"Feature\"", 1)).1,
        [Some(41)]
    );
    // However many stand before the first that is one: each is a point of 21 bytes.
    for nulls in 1..5 {
        let several = format!(r#"{{"type":"MultiPoint","coordinates":[{}[1,1]]}}"#, "null,".repeat(nulls));
        assert_eq!(read(&several).1, [Some(9 + 21 * (nulls + 1))]);
    }
    assert_eq!(read(r#"{"type":"MultiPoint","coordinates":[null,null]}"#).1, [Some(9 + 21 * 2)]);
    assert_eq!(read(r#"{"type":"LineString","coordinates":[null,null]}"#).1, [Some(9 + 16 * 2)]);
}

#[test]
fn numbers_that_are_none_are_named() {
    let text = format!("{LINE}\n{}\n", LINE.replace("[1,2]", "[NaN,2]"));
    let line = open(&text).expect("opens").told().join("\n");
    assert_eq!(
        line,
        "1 of 2 lines is no feature and is left out: line 2 is damaged: NaN is no JSON, expected a number or null at letter 74"
    );
}

#[test]
fn numbers_of_seventeen_digits_are_the_nearest_doubles() {
    // Rust's own reading is correctly rounded; so is that of browsers.
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let numbers: Vec<String> = (0..2000).map(|_| format!("{:.17}", next() * 180.0 - 90.0)).collect();
    let places: Vec<String> = numbers.chunks(2).map(|pair| format!("[{}]", pair.join(","))).collect();
    let text = format!(r#"{{"type":"LineString","coordinates":[{}]}}"#, places.join(","));
    let mut found = Vec::new();
    let mut file = open(&text).expect("opens");
    let last = file.fields().len() - 1;
    file.chunks(&[(last, None)], &mut |chunk| {
        let bytes = chunk.columns()[0].binary()?.get(0).expect("a line").to_vec();
        found.extend(bytes[9..].chunks(8).map(|eight| f64::from_le_bytes(eight.try_into().expect("eight bytes"))));
        Ok(())
    })
    .expect("reads");
    let expected: Vec<f64> = numbers.iter().map(|number| number.parse().expect("a number")).collect();
    assert_eq!(found, expected);
}
