//! What comes out is what went in, whichever way.

use crate::support::{built, inputs, open, refused, small, tiles};
use duotile::{
    Dataset,
    prepared::{Settings, build, verify},
    read::{Options, read},
    wanted,
};
use duotile_core::Scalar;
use polars_core::prelude::{DataType, PlSmallStr};
use polars_io::{SerReader as _, ipc::IpcReader};
use std::{
    fs::{self, File},
    io::Write as _,
};

const QUERIES: [&str; 5] = [
    "agg=mean:fare,sum:passengers,min:size,max:pickup_time&mode=cells",
    "agg=median:fare,nunique:street&by=kind&filter=fare%20>%2040%20AND%20kind%20IN%20('kind%201','kind%203')",
    "mode=points&properties=*",
    "filter=paid%20IS%20NULL%20AND%20street%20LIKE%20'alley%25'%20OR%20big%20=%20'2999'",
    "bbox=9,47,11,49&by=pickup_time:month",
];

fn options() -> Options {
    Options { name: Some("points".into()), time: Some("pickup_time".into()), ..Options::default() }
}

#[test]
fn a_file_built_in_many_parts_is_the_one_built_in_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = inputs(folder.path(), 9000);
    let (one, many) = (folder.path().join("one.arrow"), folder.path().join("many.arrow"));
    // Among these, the integers of one column are times, of another texts, which no part could know by itself.
    let options = options();
    assert_eq!(built(&inputs, &options, &one, 1 << 28).expect("built").runs, 1);
    let parts = built(&inputs, &options, &many, 100_000).expect("built");
    assert!(parts.runs > 8 && parts.rows < 9000, "{parts:?}");
    assert!(fs::read(&one).expect("there") == fs::read(&many).expect("there"), "the files differ");
    verify(&many, &()).expect("undamaged");
}

#[test]
fn a_prepared_file_gives_the_tiles_of_its_source() {
    let folder = tempfile::tempdir().expect("a folder");
    for (rows, memory) in [(9000, 100_000), (70_000, 1_000_000)] {
        let inputs = inputs(folder.path(), rows);
        let options = options();
        let direct = read(&inputs, &options, &()).expect("read");
        let out = folder.path().join("points.arrow");
        assert!(built(&inputs, &options, &out, memory).expect("built").runs > 4);
        let opened = open(&out).expect("opened");
        assert_eq!(opened.report().lines, direct.report().lines);
        assert_eq!(
            (opened.bounds(), opened.focus(), opened.roles()),
            (direct.bounds(), direct.focus(), direct.roles())
        );
        for (opened, direct) in opened.columns().iter().zip(direct.columns()) {
            assert_eq!((opened.name, opened.facts), (direct.name, direct.facts));
            for row in 0..direct.len() {
                assert_eq!(opened.is_valid(row), direct.is_valid(row));
                assert!(!direct.is_valid(row) || opened.values.get(row) == direct.values.get(row));
            }
        }
        assert!(tiles(&opened, &QUERIES) == tiles(&direct, &QUERIES), "tiles differ");
        assert_eq!(opened.version(), open(&out).expect("opened").version());
    }
}

#[test]
fn other_readers_see_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = inputs(folder.path(), 3000);
    let out = folder.path().join("points.arrow");
    let settings = Settings { memory: 100_000, positions: true };
    build(&inputs, &Options::default(), &out, settings, &()).expect("built");
    let frame = IpcReader::new(File::open(&out).expect("there")).finish().expect("an Arrow file");
    let dataset = open(&out).expect("opened");
    let keys = frame.column("_key").expect("there").u64().expect("keys");
    assert!(keys.into_no_null_iter().eq(dataset.keys().iter().copied()));
    let names: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    let own: Vec<&str> = dataset.columns().iter().map(|column| column.name).collect();
    assert_eq!(names, [&["_key", "_row", "lon", "lat"], &own[..]].concat());
    let (west, east) = (dataset.bounds().expect("rows")[0], dataset.bounds().expect("rows")[2]);
    assert!(
        frame.column("lon").expect("there").f64().expect("degrees").into_no_null_iter().all(|x| x > west && x < east)
    );
    for held in dataset.columns() {
        let name = held.name;
        let seen = frame.column(name).expect("there");
        let cast = |dtype: DataType| seen.to_physical_repr().cast(&dtype).expect(name);
        let here = |row: usize| held.is_valid(row).then(|| held.values.get(row));
        match held.values {
            duotile_core::Values::Text(_, words) => {
                let text =
                    |value| if let Scalar::Text(code) = value { words.get(code as usize) } else { panic!("{name}") };
                let seen = seen.cast(&DataType::String).expect("texts");
                let seen = seen.str().expect("texts").iter();
                assert!(seen.enumerate().all(|(row, seen)| seen == here(row).map(text)), "{name}");
            }
            duotile_core::Values::Bool(_) => {
                let seen = cast(DataType::Boolean);
                let seen = seen.bool().expect("booleans").iter();
                assert!(seen.enumerate().all(|(row, seen)| seen.map(Scalar::Boolean) == here(row)), "{name}");
            }
            duotile_core::Values::F32(_) | duotile_core::Values::F64(_) => {
                let seen = cast(DataType::Float64);
                let seen = seen.f64().expect("floats").iter();
                assert!(seen.enumerate().all(|(row, seen)| seen.map(Scalar::Float) == here(row)), "{name}");
            }
            values => {
                let time = matches!(values, duotile_core::Values::Time(_));
                let scalar = if time { Scalar::Time } else { Scalar::Integer };
                let seen = cast(DataType::Int64);
                let seen = seen.i64().expect("integers").iter();
                assert!(seen.enumerate().all(|(row, seen)| seen.map(scalar) == here(row)), "{name}");
            }
        }
    }
}

#[test]
fn the_parquet_twin_holds_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = inputs(folder.path(), 3000);
    let options = options();
    let twin = folder.path().join("points.parquet");
    let rows = built(&inputs, &options, &twin, 100_000).expect("built").rows;
    let direct = read(&inputs, &options, &()).expect("read");
    let again = read(&[twin], &Options { hide: vec!["_row".into()], ..options }, &()).expect("read");
    assert_eq!(again.len() as u64, rows);
    assert_eq!(again.keys(), direct.keys());
    assert!(tiles(&again, &QUERIES[..2]) == tiles(&direct, &QUERIES[..2]), "tiles differ");
}

#[test]
fn what_only_all_rows_decide_is_so_in_parts_too() {
    let folder = tempfile::tempdir().expect("a folder");
    // What is a mark of ships to the first part is one of many places in the whole, and the last row alone is beyond the edge.
    let row = |row: u64| match row {
        5 => (181.0, 54.0),
        2900 => (190.5, 54.0),
        2999 => (20.0, 89.5),
        _ => (row as f64 / 100.0, 50.0),
    };
    let lines = (0..3000).map(|at| (at, row(at))).map(|(at, (lon, lat))| format!("{at},{lon},{lat},text {at}\n"));
    let input = folder.path().join("ships.csv");
    fs::write(&input, lines.fold(String::from("id,lon,lat,name\n"), |text, line| text + &line)).expect("written");
    let (out, options) = (folder.path().join("ships.arrow"), Options::default());
    let runs = built(std::slice::from_ref(&input), &options, &out, 100_000).expect("built").runs;
    assert!(runs > 1, "{runs}");
    let direct = read(std::slice::from_ref(&input), &options, &()).expect("read");
    let opened = open(&out).expect("opened");
    assert_eq!((opened.len(), direct.len()), (3000, 3000));
    assert_eq!(opened.keys(), direct.keys());
    assert_eq!(opened.bounds(), direct.bounds());
    assert!(opened.bounds().is_some_and(|bounds| (bounds[3] - 89.5).abs() < 1e-9));
    let latitude = |dataset: &Dataset| {
        dataset.with_points(|points| (0..points.len()).map(|at| points.degrees(at).1).fold(f64::MIN, f64::max))
    };
    assert_eq!((latitude(&opened), latitude(&direct)), (89.5, 89.5));
    assert!(opened.report().lines.iter().any(|line| line.contains("2 above 180 are taken as west")));
    verify(&out, &()).expect("undamaged");
    // A mark alone is one in parts, too.
    let lines = (0..3000).map(|at| format!("{at},{},50,text {at}\n", if at % 7 == 0 { 181 } else { 10 }));
    fs::write(&input, lines.fold(String::from("id,lon,lat,name\n"), |text, line| text + &line)).expect("written");
    built(std::slice::from_ref(&input), &options, &out, 100_000).expect("built");
    assert_eq!(open(&out).expect("opened").len(), 3000 - 3000_usize.div_ceil(7));
}

#[test]
fn what_is_said_when_opening_is_kept_and_the_rest_was_decided_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = small(folder.path());
    let with = |options: Options| wanted::open(std::slice::from_ref(&out), &options, &());
    let plain = with(Options::default()).expect("opened");
    assert_eq!((plain.name(), plain.title()), ("small", None));
    assert_eq!(plain.report().id.as_deref(), Some("id"));
    let less = with(Options { title: Some("T".into()), hide: vec!["id".into(), "kind".into()], ..Options::default() })
        .expect("opened");
    assert_eq!((less.title(), less.report().id.as_deref(), less.roles().id), (Some("T"), None, None));
    assert_eq!(less.columns().len() + 2, plain.columns().len());
    assert_eq!(less.report().time, plain.report().time);
    assert_ne!(less.version(), plain.version());
    for (options, expected) in [
        (Options { time: Some("seen".into()), ..Options::default() }, "--time was decided when"),
        (Options { lon: Some("x".into()), ..Options::default() }, "--lon was decided when"),
        (Options { hide: vec!["nothing".into()], ..Options::default() }, "there is no column \"nothing\""),
    ] {
        let line = format!("{:#}", with(options).expect_err("refused"));
        assert!(line.contains(expected) && line.contains("small.arrow"), "{line}");
    }
}

#[test]
fn a_source_that_has_changed_since_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = small(folder.path());
    let changed =
        |path| open(path).expect("opened").report().lines.iter().any(|line| line.contains("has changed since"));
    assert!(!changed(&out));
    let source = folder.path().join("a.csv");
    let text = fs::read_to_string(&source).expect("there");
    fs::write(&source, text + "900000,1,1,,,,,,,\n").expect("written");
    assert!(changed(&out));
    // A source that is gone is none that has changed.
    fs::remove_file(&source).expect("there");
    assert!(!changed(&out));
}

#[test]
fn a_file_without_rows_is_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, out) = (folder.path().join("none.csv"), folder.path().join("none.arrow"));
    fs::write(&input, "lon,lat,name,n\n").expect("written");
    assert_eq!(built(&[input], &Options::default(), &out, 1 << 20).expect("built").rows, 0);
    let dataset = open(&out).expect("opened");
    assert!(dataset.is_empty() && dataset.bounds().is_none());
    verify(&out, &()).expect("undamaged");
    assert_eq!(refused(&out), "it opens");
}

#[test]
fn compressed_input_is_unpacked_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = inputs(folder.path(), 300).remove(0);
    let text = fs::read(&input).expect("there");
    let (gzip, zstd) = (folder.path().join("a.csv.gz"), folder.path().join("a.csv.zst"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&text).expect("in memory");
    fs::write(&gzip, packed.finish().expect("in memory")).expect("written");
    fs::write(&zstd, zstd::encode_all(&text[..], 1).expect("in memory")).expect("written");
    let out = folder.path().join("points.arrow");
    for path in [input, gzip.clone(), zstd] {
        assert_eq!(built(&[path], &Options::default(), &out, 10_000).expect("built").rows, 98);
    }
    let whole = fs::read(&gzip).expect("there");
    fs::write(&gzip, &whole[..whole.len() / 2]).expect("written");
    let line = format!("{:#}", built(&[gzip], &Options::default(), &out, 10_000).expect_err("cut off"));
    assert!(line.contains("gzip data is damaged or cut off"), "{line}");
}
