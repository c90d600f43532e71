use super::*;
use std::sync::Arc;

/// Written by GDAL 3.12 with every kind of geometry, without an index, in EPSG:25832; and the same as GDAL and GEOS have them.
const SHAPES: &[u8] = include_bytes!("../tests/files/shapes.fgb");
const EXPECTED: &str = include_str!("../tests/files/shapes.wkb");

fn open(bytes: &[u8]) -> Result<FlatGeobuf> {
    FlatGeobuf::open(&Content::Owned(Arc::new(bytes.to_vec())), None, &mut Vec::new())
}

fn geometries(file: &mut FlatGeobuf) -> Result<Vec<Option<String>>> {
    let last = file.fields().len() - 1;
    let mut found = Vec::new();
    file.chunks(&[(last, None)], &mut |frame| {
        let column = frame.columns().last().context("a column")?.binary()?.clone();
        let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
        found.extend(column.iter().map(|bytes| bytes.map(hex)));
        Ok(())
    })?;
    Ok(found)
}

#[test]
fn geometries_are_what_other_readers_have() {
    let mut file = open(SHAPES).expect("opens");
    assert_eq!((file.rows(), file.declared.crs), (Some(10), Some(Crs::Epsg(25832))));
    let expected: Vec<Option<String>> = EXPECTED.lines().map(|line| (line != "-").then(|| line.to_owned())).collect();
    assert_eq!(geometries(&mut file).expect("reads"), expected);
}

#[test]
fn what_is_cut_off_or_broken_is_an_error_and_never_a_panic() {
    for end in 0..SHAPES.len() {
        let what = open(&SHAPES[..end]).and_then(|mut file| geometries(&mut file));
        assert!(what.is_err(), "cut at {end}");
    }
    // Its features twice behind one header.
    let header = 12 + u32::from_le_bytes(SHAPES[8..12].try_into().expect("four bytes")) as usize;
    let error = format!("{:#}", open(&[SHAPES, &SHAPES[header..]].concat()).expect_err("too many"));
    assert!(error.contains("two put together: its header says 10 features, it holds 20"), "{error}");
    for at in 0..SHAPES.len() {
        for bits in [0xff, 0x80, 1] {
            let mut bytes = SHAPES.to_vec();
            bytes[at] ^= bits;
            if let Ok(mut file) = open(&bytes) {
                let all: Vec<_> = (0..file.fields().len()).map(|at| (at, None)).collect();
                let _ = file.chunks(&all, &mut |_| Ok(()));
            }
        }
    }
}

/// More parts than the format's crate takes in a buffer by itself: here all of them are one and the same.
#[test]
fn a_geometry_may_have_a_million_parts() {
    const PARTS: usize = 1_000_001;
    let mut builder = flatbuffers::FlatBufferBuilder::new();
    let part = flatgeobuf::Geometry::create(&mut builder, &flatgeobuf::GeometryArgs::default());
    let parts = builder.create_vector(&vec![part; PARTS]);
    let whole = flatgeobuf::GeometryArgs {
        type_: GeometryType::MultiPolygon,
        parts: Some(parts),
        ..flatgeobuf::GeometryArgs::default()
    };
    let geometry = flatgeobuf::Geometry::create(&mut builder, &whole);
    let feature = flatgeobuf::FeatureArgs { geometry: Some(geometry), ..flatgeobuf::FeatureArgs::default() };
    let feature = flatgeobuf::Feature::create(&mut builder, &feature);
    builder.finish_size_prefixed(feature, None);
    let mut header = flatbuffers::FlatBufferBuilder::new();
    let about = flatgeobuf::HeaderArgs { index_node_size: 0, ..flatgeobuf::HeaderArgs::default() };
    let about = flatgeobuf::Header::create(&mut header, &about);
    header.finish_size_prefixed(about, None);
    let bytes = [MAGIC, &[0], header.finished_data(), builder.finished_data()].concat();
    let mut file = open(&bytes).expect("opens");
    let mut sizes = Vec::new();
    file.chunks(&[(0, None)], &mut |frame| {
        sizes.extend(frame.columns()[0].binary()?.iter().map(|bytes| bytes.map(<[u8]>::len)));
        Ok(())
    })
    .expect("reads");
    assert_eq!(sizes, [Some(9 + 9 * PARTS)]);
}
