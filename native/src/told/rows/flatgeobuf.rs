//! Rows as `FlatGeobuf`, version 3: a header, an index of boxes, and a feature for each row.
//!
//! <https://flatgeobuf.org/>. The index stands before the features and names where each begins, so rows are gone through twice: once to
//! see how large they are, then to write them. Rows are in the order of the map, where the format asks for that of a Hilbert curve:
//! readers take any, and boxes next to each other are near each other either way.

use super::{PIECE, flat::Flat, passing::Passing};
use crate::{
    engine::{Fitted, Refusal},
    wkb::Kind,
};
use duotile_core::{Plain, Points, Times, Values, Work};
use flatbuffers::{FlatBufferBuilder, WIPOffset};
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature, FeatureArgs, Geometry, GeometryArgs, GeometryType, Header,
    HeaderArgs,
    packed_r_tree::{NodeItem, PackedRTree},
};
use std::{fmt, mem, sync::Arc};

const MAGIC: &[u8] = b"fgb\x03fgb\x00";
/// Boxes of a node of the index.
const NODE: u16 = 16;
/// Bytes of a box in the index, with those above it and while it is made.
const BOX: u64 = 3 * mem::size_of::<NodeItem>() as u64;

/// How far a file is written.
pub(super) struct FlatGeobuf {
    fitted: Arc<Fitted>,
    encoder: Encoder,
    rows: usize,
    stage: Stage,
    pub passing: Passing,
}

enum Stage {
    /// Rows are looked at for the index.
    Measuring(Measured),
    /// What stands before the rows is to be written.
    Head(Option<Measured>),
    Features,
}

/// What the header and the index say of rows.
#[derive(Default)]
struct Measured {
    boxes: Vec<NodeItem>,
    kinds: Vec<Kind>,
    bytes: u64,
}

impl fmt::Debug for FlatGeobuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlatGeobuf").field("rows", &self.rows).field("passing", &self.passing).finish_non_exhaustive()
    }
}

impl FlatGeobuf {
    /// Nothing is written yet. There is an index where `memory` has room for that of so many rows.
    pub fn new(fitted: Arc<Fitted>, rows: usize, memory: u64) -> Self {
        let columns = fitted.dataset.with_points(|points| fitted.query.told_columns(&fitted.plan, &points));
        let indexed = rows > 0 && rows as u64 * BOX <= memory;
        let stage = if indexed { Stage::Measuring(Measured::default()) } else { Stage::Head(None) };
        Self { fitted, encoder: Encoder::new(columns), rows, stage, passing: Passing::default() }
    }

    /// About how many bytes its index takes.
    pub fn holds(&self) -> u64 {
        if matches!(self.stage, Stage::Measuring(_)) { self.rows as u64 * BOX } else { PIECE as u64 }
    }

    /// What stands before the rows, or some rows; nothing while rows are looked at.
    pub fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        let fitted = self.fitted.clone();
        let dataset = &fitted.dataset;
        dataset.with_points(|points| {
            let Self { encoder, stage, passing, rows, .. } = self;
            let mut toll = work.toll();
            match stage {
                Stage::Measuring(measured) => {
                    let mut bytes = 0;
                    let last = passing.each(&fitted, &points, work, |row| {
                        let length = encoder.feature(&points, row).len();
                        toll.pay(encoder.price())?;
                        bytes += length;
                        measured.add(&points, row, &encoder.flat, length);
                        Ok(bytes < 16 * PIECE)
                    })?;
                    if last {
                        *stage = Stage::Head(Some(mem::take(measured)));
                    }
                    Ok((Vec::new(), false))
                }
                Stage::Head(measured) => {
                    let head = head(&fitted, &points, &encoder.columns, *rows, measured.take());
                    *passing = Passing::default();
                    *stage = Stage::Features;
                    head.map(|head| (head, false)).map_err(|error| Refusal::failed(&error))
                }
                Stage::Features => {
                    let mut out = Vec::with_capacity(PIECE + PIECE / 4);
                    let last = passing.each(&fitted, &points, work, |row| {
                        out.extend_from_slice(encoder.feature(&points, row));
                        toll.pay(encoder.price())?;
                        Ok(out.len() < PIECE)
                    })?;
                    Ok((out, last))
                }
            }
        })
    }
}

impl Measured {
    fn add(&mut self, points: &Points<'_>, row: usize, flat: &Flat, length: usize) {
        let [min_x, min_y, max_x, max_y] = if flat.xy.is_empty() {
            let (lon, lat) = points.degrees(row);
            [lon, lat, lon, lat]
        } else {
            flat.bounds()
        };
        self.boxes.push(NodeItem { min_x, min_y, max_x, max_y, offset: self.bytes });
        self.bytes += length as u64;
        if !flat.xy.is_empty() && !self.kinds.contains(&flat.kind) {
            self.kinds.push(flat.kind);
        }
    }
}

/// The header, and the index where there is one.
fn head(
    fitted: &Fitted,
    points: &Points<'_>,
    columns: &[usize],
    rows: usize,
    measured: Option<Measured>,
) -> Result<Vec<u8>, flatgeobuf::Error> {
    let mut out = MAGIC.to_vec();
    let mut builder = FlatBufferBuilder::new();
    let fields: Vec<_> = columns
        .iter()
        .map(|&index| {
            let column = &points.columns()[index];
            let name = Some(builder.create_string(column.name));
            Column::create(&mut builder, &ColumnArgs { name, type_: type_of(&column.values), ..ColumnArgs::default() })
        })
        .collect();
    let extent = measured.as_ref().map(|measured| flatgeobuf::packed_r_tree::calc_extent(&measured.boxes));
    let geometry_type = match measured.as_ref().map(|measured| &measured.kinds[..]) {
        None if points.shapes().is_none() => GeometryType::Point,
        Some([only]) => GeometryType(*only as u8),
        _ => GeometryType::Unknown,
    };
    let org = Some(builder.create_string("EPSG"));
    let arguments = HeaderArgs {
        name: Some(builder.create_string(fitted.entry.source.name())),
        envelope: extent.as_ref().map(|at| builder.create_vector(&[at.min_x, at.min_y, at.max_x, at.max_y])),
        geometry_type,
        columns: Some(builder.create_vector(&fields)),
        features_count: rows as u64,
        index_node_size: if measured.is_some() { NODE } else { 0 },
        crs: Some(Crs::create(&mut builder, &CrsArgs { org, code: 4326, ..CrsArgs::default() })),
        ..HeaderArgs::default()
    };
    let header = Header::create(&mut builder, &arguments);
    builder.finish_size_prefixed(header, None);
    out.extend_from_slice(builder.finished_data());
    if let (Some(Measured { boxes, .. }), Some(extent)) = (measured, extent) {
        PackedRTree::build(&boxes, &extent, NODE)?.stream_write(&mut out)?;
    }
    Ok(out)
}

/// What values of a column are.
fn type_of(values: &Values<'_>) -> ColumnType {
    match values {
        Values::I32(_) => ColumnType::Int,
        Values::I64(_) => ColumnType::Long,
        Values::F32(_) => ColumnType::Float,
        Values::F64(_) => ColumnType::Double,
        Values::Bool(_) => ColumnType::Bool,
        Values::Text(..) => ColumnType::String,
        Values::Time(_) => ColumnType::DateTime,
    }
}

/// Makes features, each in the room of the one before.
struct Encoder {
    columns: Vec<usize>,
    builder: FlatBufferBuilder<'static>,
    flat: Flat,
    properties: Vec<u8>,
}

impl Encoder {
    fn new(columns: Vec<usize>) -> Self {
        Self { columns, builder: FlatBufferBuilder::new(), flat: Flat::default(), properties: Vec::new() }
    }

    /// What the last feature cost, in looks at rows.
    fn price(&self) -> usize {
        1 + self.columns.len() + self.flat.positions() / 8
    }

    /// A row as a feature, with its length before it.
    fn feature(&mut self, points: &Points<'_>, row: usize) -> &[u8] {
        self.builder.reset();
        self.gather(points, row);
        let properties = Some(self.builder.create_vector(&self.properties));
        let geometry = self.flat.take(points, row).then(|| geometry(&mut self.builder, &self.flat));
        let feature = Feature::create(&mut self.builder, &FeatureArgs { geometry, properties, columns: None });
        self.builder.finish_size_prefixed(feature, None);
        self.builder.finished_data()
    }

    /// The values there are, each behind the number of its column.
    fn gather(&mut self, points: &Points<'_>, row: usize) {
        self.properties.clear();
        for (number, &index) in (0u16..).zip(&self.columns) {
            let column = &points.columns()[index];
            if !column.is_valid(row) {
                continue;
            }
            let out = &mut self.properties;
            out.extend_from_slice(&number.to_le_bytes());
            let mut text = |text: &str| {
                out.extend_from_slice(&(text.len() as u32).to_le_bytes());
                out.extend_from_slice(text.as_bytes());
            };
            match column.values {
                Values::Text(codes, words) => text(words.get(codes.get(row))),
                Values::Time(_) => {
                    if let Plain::Text(time) = Plain::cell(column, row, Times::Iso) {
                        text(&time);
                    }
                }
                Values::I32(values) => out.extend_from_slice(&values[row].to_le_bytes()),
                Values::I64(values) => out.extend_from_slice(&values[row].to_le_bytes()),
                Values::F32(values) => out.extend_from_slice(&values[row].to_le_bytes()),
                Values::F64(values) => out.extend_from_slice(&values[row].to_le_bytes()),
                Values::Bool(bits) => out.push(bits.get(row).into()),
            }
        }
    }
}

fn geometry<'b>(builder: &mut FlatBufferBuilder<'b>, flat: &Flat) -> WIPOffset<Geometry<'b>> {
    let type_ = GeometryType(flat.kind as u8);
    if flat.kind == Kind::MultiPolygon {
        let parts: Vec<_> = flat
            .rings()
            .map(|rings| {
                let start = rings.start.checked_sub(1).map_or(0, |before| flat.ends[before]);
                let ends: Vec<u32> = flat.ends[rings].iter().map(|end| end - start).collect();
                let stop = start + ends.last().copied().unwrap_or(0);
                let xy = Some(builder.create_vector(&flat.xy[2 * start as usize..2 * stop as usize]));
                let ends = (ends.len() > 1).then(|| builder.create_vector(&ends));
                let type_ = GeometryType::Polygon;
                Geometry::create(builder, &GeometryArgs { xy, ends, type_, ..GeometryArgs::default() })
            })
            .collect();
        let parts = Some(builder.create_vector(&parts));
        return Geometry::create(builder, &GeometryArgs { parts, type_, ..GeometryArgs::default() });
    }
    let xy = Some(builder.create_vector(&flat.xy));
    let named = flat.kind == Kind::MultiLineString || flat.kind == Kind::Polygon && flat.ends.len() > 1;
    let ends = named.then(|| builder.create_vector(&flat.ends));
    Geometry::create(builder, &GeometryArgs { xy, ends, type_, ..GeometryArgs::default() })
}
