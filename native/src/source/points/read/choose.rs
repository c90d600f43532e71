//! Which columns hold the positions, going by the names people use.
//!
//! What enters is the columns of the first look at the files and what the user said; what leaves is one [`Place`] and
//! what to tell about other candidates. The two columns of a pair must be named alike but for longitude and latitude.

use super::{
    Options,
    axes::{is_place, order},
    crs::Crs,
    field::{Field, Pairs, describe},
    geometry::{Declared, Encoding, Nested},
    names::{typed, words},
    pairs::{self, could_be, is_number},
    parted,
    positions::Place,
};
use crate::kind::Kind;
use anyhow::{Result, bail};
use polars_core::prelude::DataType;

/// Where the positions are, in what CRS, and what to tell.
#[derive(Debug, PartialEq)]
pub(super) struct Choice {
    pub place: Place,
    /// `None` where nothing is said of it.
    pub crs: Option<Crs>,
    /// The column of the boxes of geometries.
    pub boxes: Option<String>,
    pub lines: Vec<String>,
}

/// Chooses the position columns.
///
/// # Errors
/// When there are none, or the user named some that cannot be.
pub(super) fn choose(fields: &[Field], declared: Option<&Declared>, options: &Options) -> Result<Choice> {
    let cells = |name: &str| Place::Geometry(name.to_owned(), Encoding::H3);
    if let Some(name) = &options.h3 {
        if options.lon.is_some() || options.lat.is_some() || options.crs.is_some() {
            bail!(
                "--h3 {name}: its cells are the positions, so --lon, --lat and --crs say nothing; leave them or --h3 out"
            );
        }
        let field = find(fields, name, "--h3")?;
        if !Encoding::is_cells(&field.dtype) {
            bail!("--h3 {name}: that column is {}, expected texts or whole numbers of 64 bits", field.type_name());
        }
        let crs = Some(Crs::Degrees);
        return Ok(Choice { place: cells(&field.name), crs, boxes: None, lines: Vec::new() });
    }
    if let Some(choice) = said(fields, declared, options)? {
        return Ok(choice);
    }
    let mut pairs = pairs::pairs(fields, options.crs.is_some());
    let parted = parted::find(fields);
    if let Some((x, y)) = &parted {
        pairs.retain(|pair| pair.0 != x.degrees && pair.1 != y.degrees);
    }
    let mut lines = Vec::new();
    if let Some(declared) = declared
        && let Some(choice) = of_file(fields, declared, pairs.is_empty(), &mut lines)?
    {
        return Ok(choice);
    }
    if let Some(choice) = outlined(fields, &pairs, options) {
        return Ok(choice);
    }
    if let Some((x, y)) = pairs.first() {
        if let [_, others @ ..] = &pairs[..]
            && !others.is_empty()
        {
            let flags: Vec<String> =
                others.iter().map(|(x, y)| format!("--lon {} --lat {}", typed(x), typed(y))).collect();
            lines.push(format!(
                "positions could also come from: {} (with --crs where they are no degrees)",
                flags.join("; ")
            ));
        } else if let Some(field) = fields.iter().find(|field| is_place(field, options)) {
            lines.push(format!(
                "positions could also come from: --lon {}, which holds two numbers each",
                typed(&field.name)
            ));
        }
        let (crs, more) = parts(x, y, fields, options);
        lines.extend(more);
        return Ok(Choice { place: Place::Pair(x.to_string(), y.to_string()), crs, boxes: None, lines });
    }
    if let Some(parted) = parted {
        return Ok(Choice { place: Place::Parted(Box::new(parted)), crs: options.crs, boxes: None, lines });
    }
    let plain = fields.iter().filter(|field| field.pair.is_none());
    if let Some((field, encoding)) = plain.into_iter().find_map(|field| Some((field, Encoding::by_name(field)?))) {
        let place = Place::Geometry(field.name.clone(), encoding);
        return Ok(Choice { place, crs: options.crs, boxes: None, lines });
    }
    if let Some(field) = fields.iter().find(|field| is_place(field, options)) {
        let (lat_first, why) = order(field, options)?;
        let (first, other) = if lat_first { ("latitude", "lon-lat") } else { ("longitude", "lat-lon") };
        lines.push(match field.pair {
            Some(Pairs { lettered: true, .. }) => {
                format!("column {:?} holds two numbers with letters of the compass, by which they go", field.name)
            }
            _ => {
                format!("column {:?} holds two numbers, the {first} first: {why} (else say --axes {other})", field.name)
            }
        });
        let place = Place::Geometry(field.name.clone(), Encoding::Text { lat_first });
        return Ok(Choice { place, crs: options.crs, boxes: None, lines });
    }
    if let Some(field) = fields.iter().find(|field| Encoding::is_named_cells(field)) {
        return Ok(Choice { place: cells(&field.name), crs: Some(Crs::Degrees), boxes: None, lines });
    }
    // Where nothing else could be positions, the name does not matter.
    if let Some(field) = fields.iter().find(|field| field.geometries && Encoding::of(&field.dtype).is_some()) {
        let place = Place::Geometry(field.name.clone(), Encoding::Wkt);
        return Ok(Choice { place, crs: options.crs, boxes: None, lines });
    }
    let aside = pairs::aside(fields).map_or(String::new(), |aside| format!(": {aside}"));
    bail!(
        "found no longitude and latitude columns{aside}; name them with --lon and --lat, or a column of H3 cells with --h3; {}",
        columns(fields)
    )
}

/// The geometry that a file declares, if it is read; one that is not, and `is_alone`, is an error.
fn of_file(fields: &[Field], declared: &Declared, is_alone: bool, lines: &mut Vec<String>) -> Result<Option<Choice>> {
    let field = find(fields, &declared.column, "the geometry that the file declares")?;
    match Encoding::declared(&field.dtype, declared) {
        Some(encoding) => {
            if declared.nested.and_then(|nested| nested.dimensions(&field.dtype)) > Some(2) {
                lines.push("positions have heights or measures (Z, M), which are left out".into());
            }
            if declared.is_spherical {
                lines.push(
                    "the file says that edges are the shortest ways on a sphere; they are straight on the map".into(),
                );
            }
            let place = Place::Geometry(field.name.clone(), encoding);
            return Ok(Some(Choice {
                place,
                crs: declared.crs,
                boxes: declared.boxes.clone(),
                lines: core::mem::take(lines),
            }));
        }
        None if is_alone && declared.nested.is_some() && Encoding::of(&field.dtype).is_some() => bail!(
            "the geometry column {:?} is {}, but the file declares its encoding as {}",
            field.name,
            describe(&field.dtype),
            declared.nested.map_or_else(String::new, Nested::name),
        ),
        None if is_alone => bail!(
            "the geometry column {:?} is {}, which is not read; expected WKB, WKT or an encoding of GeoArrow for points, lines or \
             polygons; there are no longitude and latitude columns either",
            field.name,
            describe(&field.dtype)
        ),
        None => lines.push(format!(
            "the geometry column {:?} ({}) is not used, longitude and latitude columns are",
            field.name,
            describe(&field.dtype)
        )),
    }
    Ok(None)
}

/// What `--lon` and `--lat` name; `None` where they name nothing.
///
/// # Errors
/// When what they name cannot be positions.
fn said(fields: &[Field], declared: Option<&Declared>, options: &Options) -> Result<Option<Choice>> {
    let chosen = |place, crs, lines| Ok(Some(Choice { place, crs, boxes: None, lines }));
    match (&options.lon, &options.lat) {
        (Some(lon), Some(lat)) => {
            let (x, y) = (numbers(fields, lon, "--lon")?, numbers(fields, lat, "--lat")?);
            let (crs, mut lines) = parts(&x, &y, fields, options);
            if parted::find(fields).is_some_and(|(lon, lat)| lon.degrees == x && lat.degrees == y) {
                lines.push(format!(
                    "the degrees in {x:?} and {y:?} are taken as said, without the minutes beside them (which they have without --lon and --lat)"
                ));
            }
            chosen(Place::Pair(x, y), crs, lines)
        }
        (Some(name), None) => {
            let field = find(fields, name, "--lon")?;
            if field.pair.is_some() || options.lat_first.is_some() && matches!(field.dtype, DataType::String) {
                let (lat_first, _) = order(field, options)?;
                return chosen(
                    Place::Geometry(field.name.clone(), Encoding::Text { lat_first }),
                    options.crs,
                    Vec::new(),
                );
            }
            if let Some(declared) = declared.filter(|declared| declared.column == field.name)
                && let Some(encoding) = Encoding::declared(&field.dtype, declared)
            {
                return chosen(Place::Geometry(field.name.clone(), encoding), declared.crs, Vec::new());
            }
            if let Some(encoding) = Encoding::of(&field.dtype).filter(|_| !is_number(field)) {
                return chosen(Place::Geometry(field.name.clone(), encoding), options.crs, Vec::new());
            }
            let pairs = pairs::pairs(fields, true);
            if let Some((x, y)) = pairs.iter().find(|pair| pair.0 == field.name) {
                let (crs, lines) = parts(x, y, fields, options);
                return chosen(Place::Pair(x.to_string(), y.to_string()), crs, lines);
            }
            bail!("--lon {name} needs --lat with the column of latitudes; {}", columns(fields));
        }
        (None, Some(name)) => bail!("--lat {name} needs --lon with the column of longitudes; {}", columns(fields)),
        (None, None) => Ok(None),
    }
}

/// The column of lines or polygons that goes before columns of longitude and latitude.
fn outlined(fields: &[Field], pairs: &[(&str, &str)], options: &Options) -> Option<Choice> {
    let ((x, y), field) =
        (pairs.first()?, fields.iter().find(|field| field.outlined && Encoding::by_name(field).is_some())?);
    let line = format!(
        "{:?} holds lines or polygons and goes before {x:?} and {y:?} (else say --lon {} --lat {})",
        field.name,
        typed(x),
        typed(y)
    );
    let place = Place::Geometry(field.name.clone(), Encoding::Wkt);
    Some(Choice { place, crs: options.crs, boxes: None, lines: vec![line] })
}

/// Names say that their integers are degrees times a power of ten.
fn parts(x: &str, y: &str, fields: &[Field], options: &Options) -> (Option<Crs>, Vec<String>) {
    let of = |name: &str| {
        let whole = |field: &&Field| field.name == name && matches!(field.kind, Ok(Kind::I32 | Kind::I64));
        fields.iter().find(whole)?;
        let words = words(name);
        [(7, "e7"), (6, "e6"), (6, "microdeg"), (6, "microdegrees")]
            .into_iter()
            .find(|(_, word)| words.iter().any(|own| own == word))
            .map(|(power, _)| power)
    };
    let is_whole =
        |name: &str| fields.iter().any(|field| field.name == name && matches!(field.kind, Ok(Kind::I32 | Kind::I64)));
    if options.crs.is_none()
        && words(x) == ["position", "long"]
        && words(y) == ["position", "lat"]
        && is_whole(x)
        && is_whole(y)
    {
        let line = format!(
            "{x:?} and {y:?} are semicircles, as Garmin's devices count, going by their names (else say --crs 4326)"
        );
        return (Some(Crs::Semicircles), vec![line]);
    }
    match (options.crs, of(x), of(y)) {
        (None, Some(a), Some(b)) if a == b => {
            let line = format!("{x:?} and {y:?} are degrees times 10^{a}, going by their names (else say --crs 4326)");
            (Some(Crs::Parts(a)), vec![line])
        }
        (crs, ..) => (crs, Vec::new()),
    }
}

/// The column of the boxes of geometries, as Overture and others have it beside them without saying so: `bbox` with its four
/// sides.
pub(super) fn boxes(fields: &[Field]) -> Option<String> {
    let has = |side: &str| fields.iter().any(|field| field.name.strip_prefix("bbox.") == Some(side));
    ["xmin", "xmax", "ymin", "ymax"].into_iter().all(has).then(|| "bbox".to_owned())
}

fn numbers(fields: &[Field], name: &str, flag: &str) -> Result<String> {
    let field = find(fields, name, flag)?;
    if let (Err(reason), false) = (&field.kind, could_be(field)) {
        bail!("{flag} {name}: that column cannot be read: {reason}");
    }
    if !could_be(field) {
        bail!("{flag} {name}: that column is {}, expected numbers", field.type_name());
    }
    Ok(field.name.clone())
}

/// The column of a name.
///
/// # Errors
/// When there is none, with near names and all names.
pub(super) fn find<'f>(fields: &'f [Field], name: &str, flag: &str) -> Result<&'f Field> {
    if let Some(field) = fields.iter().find(|field| field.name == name) {
        return Ok(field);
    }
    let similar = |field: &&Field| strsim::jaro_winkler(&field.name.to_lowercase(), &name.to_lowercase()) > 0.8;
    let near = fields.iter().find(similar).map_or(String::new(), |field| format!(" (did you mean {:?}?)", field.name));
    bail!("{flag}: there is no column {name:?}{near}; {}", columns(fields))
}

/// All columns with their types.
fn columns(fields: &[Field]) -> String {
    let mut names: Vec<String> =
        fields.iter().take(40).map(|field| format!("{} ({})", field.name, field.type_name())).collect();
    if fields.len() > names.len() {
        names.push(format!("and {} more", fields.len() - names.len()));
    }
    format!("the columns are: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[&str]) -> Vec<Field> {
        names.iter().map(|name| Field::new(name, &DataType::Float64)).collect()
    }

    fn pair(names: &[&str]) -> Option<(String, String)> {
        match choose(&fields(names), None, &Options::default()).ok()?.place {
            Place::Pair(x, y) => Some((x, y)),
            Place::Parted(..) | Place::Geometry(..) => None,
        }
    }

    #[test]
    fn the_names_people_use_are_found() {
        for (lat, lon) in [
            ("lat", "lon"),
            ("latitude", "longitude"),
            ("Lat", "Lng"),
            ("LAT", "LONG"),
            ("y", "x"),
            ("Y", "X"),
            ("pickup_latitude", "pickup_longitude"),
            ("start_lat", "start_lng"),
            ("decimalLatitude", "decimalLongitude"),
            ("Start Lat", "Start Lon"),
            ("lat_deg", "lon_deg"),
            ("startlat", "startlon"),
            ("Breite", "Länge"),
            ("start_breite", "start_laenge"),
            ("szerokość", "długość"),
            ("纬度", "经度"),
            ("centroid_y", "centroid_x"),
            ("latDest", "lonDest"),
            ("Latitude (deg)", "Longitude (deg)"),
            ("YCoord", "XCoord"),
            ("Breitengrad", "Längengrad"),
            ("LATITUDE N/S", "LONGITUDE E/W"),
        ] {
            assert_eq!(pair(&["id", lat, lon, "value"]), Some((lon.into(), lat.into())), "{lon} {lat}");
        }
    }

    #[test]
    fn pairs_must_match_and_names_that_only_look_alike_do_not() {
        assert_eq!(pair(&["pickup_longitude", "dropoff_latitude"]), None);
        assert_eq!(pair(&["salon", "plate"]), None);
        assert_eq!(pair(&["x", "size_y"]), None);
        assert_eq!(pair(&["x_start", "start_y"]), None);
        let error = choose(&fields(&["a", "b"]), None, &Options::default()).expect_err("none").to_string();
        assert!(error.contains("--lon") && error.contains("a (number), b (number)"), "{error}");
    }

    #[test]
    fn of_several_pairs_the_plain_one_is_taken_and_the_others_are_told() {
        let names = ["x", "y", "dropoff_longitude", "dropoff_latitude", "lon", "lat"];
        let choice = choose(&fields(&names), None, &Options::default()).expect("found");
        assert_eq!(choice.place, Place::Pair("lon".into(), "lat".into()));
        let line = &choice.lines[0];
        assert!(line.contains("--lon dropoff_longitude --lat dropoff_latitude; --lon x --lat y"), "{line}");
    }

    #[test]
    fn what_the_user_says_comes_first_and_is_checked() {
        let mut fields = fields(&["lon", "lat", "gx", "gy"]);
        fields.push(Field::new("flag", &DataType::Boolean));
        let options = |lon: &str, lat: &str| Options {
            lon: Some(lon.into()),
            lat: (!lat.is_empty()).then(|| lat.into()),
            ..Options::default()
        };
        let choice = choose(&fields, None, &options("gx", "gy")).expect("there");
        assert_eq!(choice.place, Place::Pair("gx".into(), "gy".into()));
        for (lon, lat, expected) in
            [("lonn", "lat", "did you mean \"lon\"?"), ("flag", "lat", "expected numbers"), ("gx", "", "needs --lat")]
        {
            let error = choose(&fields, None, &options(lon, lat)).expect_err("wrong").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
