//! Texts of two numbers, such as `50.51, -8.25`: whether they are positions, and which of the two is the latitude.

use super::{
    Options,
    field::{Field, Pairs},
    names::find_name,
};
use anyhow::{Result, bail};
use polars_core::prelude::DataType;

/// Names of columns of two numbers in a text, and which comes first where the name says so.
const PLACES: [(&str, Option<bool>); 20] = [
    ("latlon", Some(true)),
    ("latlng", Some(true)),
    ("latlong", Some(true)),
    ("lat lon", Some(true)),
    ("lat lng", Some(true)),
    ("lat long", Some(true)),
    ("latitude longitude", Some(true)),
    ("lonlat", Some(false)),
    ("lon lat", Some(false)),
    ("lnglat", Some(false)),
    ("geo point 2d", Some(true)),
    ("geo point", Some(true)),
    ("location", None),
    ("coordinates", None),
    ("coords", None),
    ("position", None),
    ("gps", None),
    ("coordinate", None),
    ("geolocation", None),
    ("point", None),
];

/// Whether a column of texts holds positions of two numbers: by its name, and by its values where they were looked at.
pub(super) fn is_place(field: &Field, options: &Options) -> bool {
    let known = find_name(&field.name, |words| {
        let name = words.join(" ");
        PLACES.iter().any(|(known, _)| name == *known || name.ends_with(&format!(" {known}")))
    });
    let unseen = field.spelling.is_none() && (options.lat_first.is_some() || said(field).is_some());
    known && matches!(field.dtype, DataType::String) && (field.pair.is_some() || unseen)
}

/// Whether the latitude comes first, where the name of a column says so.
fn said(field: &Field) -> Option<bool> {
    PLACES.iter().find_map(|(known, first)| {
        let same = find_name(&field.name, |words| words.join(" ").ends_with(known));
        first.filter(|_| same)
    })
}

/// Whether the latitude comes first in a column of texts of two numbers, and why.
///
/// # Errors
/// When nothing says which.
pub(super) fn order(field: &Field, options: &Options) -> Result<(bool, String)> {
    if let Some(lat_first) = options.lat_first {
        return Ok((lat_first, "as was said".into()));
    }
    match (field.pair, said(field)) {
        // Wherever they stand, they go before that.
        (Some(Pairs { lettered: true, .. }), _) => Ok((true, "letters of the compass say so".into())),
        (Some(Pairs { over: (0, over), .. }), _) if over > 0 => {
            Ok((true, format!("{over} of the second ones are above 90")))
        }
        (Some(Pairs { over: (over, 0), .. }), _) if over > 0 => {
            Ok((false, format!("{over} of the first ones are above 90")))
        }
        (_, Some(lat_first)) => Ok((lat_first, "so is its name".into())),
        _ => bail!(
            "column {:?} holds two numbers each, and nothing proves which is the latitude; say --axes lat-lon or lon-lat",
            field.name
        ),
    }
}
