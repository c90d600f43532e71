//! `FlatGeobuf` files: a header, an index that is passed over, and features one after another.
//!
//! The layout is read by the format's own crate, which checks every buffer; its readers of properties and geometries are not
//! used, because they take lengths in a file for granted.

mod columns;
mod geometry;
mod properties;

use super::{content::Content, crs::Crs, field::Field, geometry::Declared, names, reader::Reader};
use crate::kind::Kind;
use anyhow::{Context as _, Result, anyhow, bail};
use columns::Gathered;
use flatbuffers::VerifierOptions;
use flatgeobuf::{
    ColumnType, GeometryType, Header, packed_r_tree::PackedRTree, size_prefixed_root_as_feature_with_opts,
    size_prefixed_root_as_header,
};
use polars_core::prelude::{DataFrame, DataType};
use rayon::prelude::*;
use std::ops::Range;

const MAGIC: &[u8] = b"fgb\x03fgb";

/// What the column of geometries is called, where no other column is called so.
const GEOMETRY: &str = "geometry";

/// Bytes of a file and features that become rows together.
const PIECE_BYTES: usize = 4 << 20;
const PIECE_FEATURES: usize = 1 << 14;

/// An open `FlatGeobuf` file.
#[derive(Debug)]
pub(super) struct FlatGeobuf {
    content: Content,
    /// Its columns, and last the geometries.
    fields: Vec<Field>,
    types: Vec<ColumnType>,
    declared: Declared,
    /// What all geometries are, where the header says so.
    kind: GeometryType,
    pieces: Vec<Piece>,
}

/// Features that become rows together.
#[derive(Clone, Debug)]
struct Piece {
    first: u64,
    features: usize,
    bytes: Range<usize>,
}

impl FlatGeobuf {
    /// Looks at the header, and where features begin. What is worth telling is added to `lines`.
    ///
    /// # Errors
    /// When the file is cut off or damaged, or declares an unknown CRS.
    pub fn open(content: &Content, given: Option<Crs>, lines: &mut Vec<String>) -> Result<Self> {
        let bytes = content.as_ref();
        if !bytes.starts_with(MAGIC) {
            bail!("no FlatGeobuf of version 3: it does not begin with \"fgb\", 3, \"fgb\"");
        }
        let prefixed = sized(bytes, 8).context("the header of the FlatGeobuf file is cut off")?;
        let header = size_prefixed_root_as_header(&bytes[prefixed.clone()])
            .map_err(|_| anyhow!("the header of the FlatGeobuf file is damaged"))?;
        let start = prefixed.end + index_size(&header)?;
        let pieces = pieces(bytes, start)?;
        let features: u64 = pieces.iter().map(|piece| piece.features as u64).sum();
        // None may be said where they were not known when the header was written.
        let said = header.features_count();
        if said != 0 && said != features {
            let what = if said > features { "is cut off" } else { "is damaged, or two put together" };
            bail!("the FlatGeobuf file {what}: its header says {said} features, it holds {features}");
        }
        let columns: Vec<_> = header.columns().into_iter().flatten().collect();
        let types: Vec<ColumnType> = columns.iter().map(flatgeobuf::Column::type_).collect();
        let given_names = columns.iter().map(|column| column.name().to_owned()).chain([GEOMETRY.to_owned()]).collect();
        let names = names::distinct(given_names, lines);
        let mut fields: Vec<Field> = names.iter().zip(&types).map(|(name, &of)| field(name, of)).collect();
        let name = names.last().map_or(GEOMETRY, String::as_str);
        fields.push(Field::new(name, &DataType::Binary));
        let crs = match given {
            Some(_) => given,
            None => header.crs().map_or(Ok(None), |said| crs(&said)).context("the FlatGeobuf file")?,
        };
        let kind = header.geometry_type();
        if header.has_z() || header.has_m() {
            lines.push("positions have heights or measures (Z, M), which are left out".into());
        }
        let declared = Declared { column: name.to_owned(), crs, boxes: None, nested: None, is_spherical: false };
        Ok(Self { fields, types, declared, kind, pieces, content: content.clone() })
    }

    fn read(&self, piece: &Piece, wanted: &[usize]) -> Result<DataFrame> {
        let bytes = self.content.as_ref();
        let dtype = |at: usize| &self.fields[at].dtype;
        let mut gathered: Vec<Option<Gathered>> = (0..self.fields.len()).map(|_| None).collect();
        for &at in wanted {
            gathered[at] = Some(Gathered::new(&self.fields[at].name, dtype(at), piece.features));
        }
        let (mut at, mut number) = (piece.bytes.start, piece.first);
        let (mut seen, mut outline) = (vec![false; self.types.len()], Vec::new());
        while at < piece.bytes.end {
            let place = sized(bytes, at).context("the FlatGeobuf file has changed")?;
            at = place.end;
            // A part takes four bytes at least, the place that names it.
            let options = VerifierOptions { max_tables: place.len() / 4, ..VerifierOptions::default() };
            let feature = size_prefixed_root_as_feature_with_opts(&options, &bytes[place])
                .map_err(|_| anyhow!("feature {number} of the FlatGeobuf file is damaged"))?;
            seen.fill(false);
            properties::read(&feature, &self.types, &mut gathered, &mut seen)
                .with_context(|| format!("the properties of feature {number} of the FlatGeobuf file"))?;
            for (column, _) in gathered.iter_mut().zip(&seen).filter(|(_, seen)| !**seen) {
                column.iter_mut().for_each(Gathered::null);
            }
            if let Some(Some(Gathered::Binary(values))) = gathered.last_mut() {
                match feature.geometry() {
                    Some(geometry) => {
                        geometry::write(geometry, self.kind, &mut outline);
                        values.append_value(&outline);
                    }
                    None => values.append_null(),
                }
            }
            number += 1;
        }
        let columns = gathered.into_iter().enumerate().filter_map(|(at, column)| Some((at, column?)));
        let columns = columns.map(|(at, column)| column.finish(dtype(at))).collect::<Result<_>>()?;
        Ok(DataFrame::new(piece.features, columns)?)
    }
}

impl Reader for FlatGeobuf {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.pieces.iter().map(|piece| piece.features as u64).sum())
    }

    fn geometry(&self) -> Option<&Declared> {
        Some(&self.declared)
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let wanted: Vec<usize> = columns.iter().map(|&(at, _)| at).collect();
        for pieces in self.pieces.chunks(2 * rayon::current_num_threads()) {
            let frames: Vec<DataFrame> =
                pieces.par_iter().map(|piece| self.read(piece, &wanted)).collect::<Result<_>>()?;
            frames.into_iter().try_for_each(&mut *each)?;
        }
        self.content.let_go();
        Ok(())
    }
}

/// The bytes of a buffer with its size before it; `None` where these are not all there.
fn sized(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let size = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
    let end = at.checked_add(4)?.checked_add(size)?;
    (end <= bytes.len()).then_some(at..end)
}

fn index_size(header: &Header<'_>) -> Result<usize> {
    let (features, node) = (header.features_count(), header.index_node_size());
    if features == 0 || node == 0 {
        return Ok(0);
    }
    // So many would not fit into a file; their tree's size could not be told.
    if node == 1 || features > 1 << 48 {
        bail!("the header of the FlatGeobuf file is damaged: {features} features in an index of nodes of {node}");
    }
    Ok(PackedRTree::index_size(features as usize, node))
}

/// All features from a place on.
fn pieces(bytes: &[u8], start: usize) -> Result<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut at, mut features) = (start, 0);
    if start > bytes.len() {
        bail!("the FlatGeobuf file is cut off within its index");
    }
    while at < bytes.len() {
        let Some(place) = sized(bytes, at) else {
            bail!("the FlatGeobuf file is cut off within feature {features}");
        };
        match pieces.last_mut() {
            Some(piece) if piece.features < PIECE_FEATURES && place.end - piece.bytes.start <= PIECE_BYTES => {
                piece.features += 1;
                piece.bytes.end = place.end;
            }
            _ => pieces.push(Piece { first: features, features: 1, bytes: place.clone() }),
        }
        at = place.end;
        features += 1;
    }
    Ok(pieces)
}

fn field(name: &str, of: ColumnType) -> Field {
    let dtype = match of {
        ColumnType::Byte | ColumnType::UByte | ColumnType::Short | ColumnType::UShort | ColumnType::Int => {
            DataType::Int32
        }
        ColumnType::UInt | ColumnType::Long => DataType::Int64,
        ColumnType::ULong => DataType::UInt64,
        ColumnType::Float => DataType::Float32,
        ColumnType::Double => DataType::Float64,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::String | ColumnType::Json => DataType::String,
        // ISO 8601, as a text.
        ColumnType::DateTime => {
            let why = "the file says DateTime".into();
            return Field { why, ..Field::plain(name, DataType::String, Ok(Kind::Time)) };
        }
        other => {
            return Field::left_out(name, format!("{} cannot be shown", other.variant_name().unwrap_or("its type")));
        }
    };
    Field::new(name, &dtype)
}

/// What a header says of the coordinates; `None` where it says nothing.
fn crs(said: &flatgeobuf::Crs<'_>) -> Result<Option<Crs>> {
    let code = said.code().max(0).to_string();
    let code = said.code_string().unwrap_or(if code == "0" { "" } else { &code });
    match (said.org().unwrap_or("EPSG"), code, said.wkt()) {
        (_, "", None | Some("")) => Ok(None),
        (_, "", Some(wkt)) => Crs::of_text(wkt).map(Some),
        (org, code, wkt) => {
            let named = Crs::parse(&format!("{org}:{code}"));
            match (named, wkt) {
                (Err(_), Some(wkt)) if !wkt.is_empty() => Crs::of_text(wkt).map(Some),
                (named, _) => named.map(Some),
            }
        }
    }
}

#[cfg(test)]
mod tests;
