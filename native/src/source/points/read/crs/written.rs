//! Systems by what a file writes of them: well-known text without an EPSG number, as the `.prj` of ESRI's Shapefiles is.
//!
//! `proj4wkt` makes of it what `proj4rs` reads. What it does not decide is the datum, which such texts name and say nothing of: it
//! is one of those that are known here, or the system is refused.

use super::{Crs, Projection, Shift, like_wgs84, shift};
use crate::read::guarded::guarded;
use anyhow::{Result, anyhow, bail};
use std::sync::{Mutex, PoisonError};

/// Bytes of a text that is read, and nodes within each other: each of these is a call within another.
pub(super) const LONGEST: usize = 1 << 16;
const DEEPEST: usize = 16;

/// A system as a file describes it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Written {
    /// Its name there.
    pub name: String,
    /// Its parameters, in the words of PROJ.
    pub definition: String,
}

/// Reads well-known text.
///
/// # Errors
/// When it is damaged, or its datum or projection is not known here.
pub(super) fn read(text: &str) -> Result<Crs> {
    let name = text.split('"').nth(1).unwrap_or("without a name").to_owned();
    if depth(text) > DEEPEST {
        bail!("it is deeper than a description of a system is");
    }
    // What GDAL writes of systems that the rest of the text cannot tell, as the sphere of Web Mercator, goes before it.
    if let Some(told) = extension(text) {
        return of_words(name, told.to_owned());
    }
    let text = if text.starts_with("COMP") { geographic(text).unwrap_or(text) } else { text };
    if let Some(unit) = geographic(text).and_then(odd_unit) {
        bail!("its angles are in {unit}, expected degrees");
    }
    let definition = guarded(|| Ok(proj4wkt::wkt_to_projstring(text)))?
        .map_err(|error| anyhow!("what the file writes of it is not understood ({error})"))?;
    let datum = named(text, &["DATUM[", "ENSEMBLE[", "TRF["]).unwrap_or_default();
    let alike = like_wgs84(datum) || named(text, &["GEOGCS[", "BASEGEOGCRS[", "GEOGCRS["]).is_some_and(like_wgs84);
    let shift = match () {
        // Latitudes on a sphere that is said to lie as WGS 84 does are those of WGS 84.
        () if alike && definition.contains("+R=") => "+nadgrids=@null",
        () if alike => "+towgs84=0,0,0",
        () if text.contains("TOWGS84[") => "",
        () if datum.contains("North_American_1927") || datum.contains("North American Datum 1927") => "+datum=NAD27",
        () => bail!("its datum {datum} is not known here"),
    };
    if alike && definition.starts_with("+proj=webmerc") {
        // ESRI's programs write a latitude of true scale, which nobody has there but 0.
        if number_behind(text, "\"Standard_Parallel_1\"").is_some_and(|latitude| latitude != 0.0) {
            bail!("it is Web Mercator with a standard parallel, which is not known here");
        }
        let own = ["+proj=", "+a=", "+b=", "+rf=", "+R=", "+towgs84="];
        let kept = definition.split_whitespace().filter(|word| !own.iter().any(|name| word.starts_with(name)));
        let words: Vec<&str> = ["+proj=merc", "+R=6378137", "+nadgrids=@null"].into_iter().chain(kept).collect();
        return of_words(name, words.join(" "));
    }
    let plain = |word: &&str| shift.is_empty() || !word.starts_with("+towgs84=") && !word.starts_with("+datum=");
    // A datum that is named brings its ellipsoid along.
    let sphere =
        |word: &&str| !shift.starts_with("+datum") || !["+a=", "+rf=", "+b="].iter().any(|own| word.starts_with(own));
    let words = definition.split_whitespace().filter(plain).filter(sphere).chain([shift]);
    let definition = words.collect::<Vec<_>>().join(" ").trim().to_owned();
    of_words(name, definition)
}

/// A geographic system like WGS 84 whose longitudes count from another meridian.
///
/// # Errors
/// When its mathematics is not known here.
pub(super) fn turned(name: &str, meridian: f64) -> Result<Crs> {
    of_words(name.to_owned(), format!("+proj=longlat +ellps=GRS80 +towgs84=0,0,0 +pm={meridian}"))
}

/// The system of PROJ's words.
fn of_words(name: String, definition: String) -> Result<Crs> {
    let word = |name: &str| definition.split_whitespace().find_map(|word| word.strip_prefix(name));
    let zero = |names: &[&str]| names.iter().all(|name| word(name).is_none_or(|value| value.parse() == Ok(0.0)));
    let is = |name: &str, wanted: f64| word(name).is_none_or(|value| value.parse() == Ok(wanted));
    let lies = shift(&definition);
    if lies == Shift::Unknown {
        bail!("how its datum lies is not said: {definition}");
    }
    if word("+proj=") == Some("longlat") && lies == Shift::None && zero(&["+pm="]) && word("+axis=").is_none() {
        return Ok(Crs::Degrees);
    }
    let sphere = word("+R=").is_some() || word("+a=").is_some() && word("+b=").is_some();
    let radius = ["+R=", "+a=", "+b="].iter().all(|name| is(name, 6_378_137.0));
    let metres = is("+to_meter=", 1.0) && word("+units=").is_none_or(|units| units == "m") && word("+axis=").is_none();
    let whole = ["+k=", "+k_0="].iter().all(|name| is(name, 1.0));
    let plain = zero(&["+lat_ts=", "+lat_0=", "+lon_0=", "+x_0=", "+y_0=", "+pm="]);
    if word("+proj=") == Some("merc")
        && word("+nadgrids=") == Some("@null")
        && sphere
        && radius
        && metres
        && whole
        && plain
    {
        return Ok(Crs::Metres);
    }
    let crs = Crs::Written(kept(Written { name, definition }));
    Projection::of(crs)?;
    Ok(crs)
}

/// The words for PROJ that GDAL adds to well-known text.
fn extension(text: &str) -> Option<&str> {
    text.split("EXTENSION[").skip(1).find_map(|rest| {
        let mut quoted = rest.split('"').skip(1);
        quoted.next().filter(|name| *name == "PROJ4")?;
        quoted.nth(1)
    })
}

/// Whether the angles of a geographic system are degrees from Greenwich, as far as its text says anything of them.
pub(super) fn is_plain(text: &str) -> bool {
    let text = geographic(text).unwrap_or(text);
    let meridian = text.split_once("PRIMEM[").or_else(|| text.split_once("PRIMEMERIDIAN["));
    let greenwich = meridian.is_none_or(|(_, rest)| second(rest) == Some(0.0));
    greenwich && odd_unit(text).is_none() && extension(text).is_none()
}

/// The node of the geographic system in a text.
fn geographic(text: &str) -> Option<&str> {
    const NODES: [&str; 5] = ["GEOGCS[", "GEOGCRS[", "GEOGRAPHICCRS[", "GEODCRS[", "GEODETICCRS["];
    if ["PROJCS[", "PROJCRS[", "PROJECTEDCRS["].iter().any(|node| text.contains(node)) {
        return None;
    }
    let start = NODES.iter().filter_map(|node| text.find(node)).min()?;
    Some(&text[start..end(text, start)?])
}

/// Where the node ends that begins at a place.
fn end(text: &str, start: usize) -> Option<usize> {
    let (mut open, mut quoted) = (0, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            b'[' if !quoted => open += 1,
            b']' if !quoted => {
                open -= 1;
                if open == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The first system of a text: all of it, unless another follows.
pub(super) fn first(text: &str) -> &str {
    end(text, 0).map_or(text, |end| &text[..end])
}

/// The unit of angles in a geographic system that is no degree.
fn odd_unit(text: &str) -> Option<&str> {
    // Lengths, of the ellipsoid and of heights, are no angles.
    let angular = |&(at, _): &(usize, &str)| !text[..at].ends_with("LENGTH");
    let units = text.match_indices("UNIT[").filter(angular).map(|(at, node)| &text[at + node.len()..]);
    let degree = 1f64.to_radians();
    let mut angles = units.filter(|rest| !rest.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("\"met")));
    let odd = angles.find(|rest| second(rest).is_none_or(|factor| (factor / degree - 1.0).abs() > 1e-6));
    odd.map(|rest| rest.split('"').nth(1).unwrap_or("a unit without a name"))
}

/// The number behind the name with which a node begins.
fn second(rest: &str) -> Option<f64> {
    let name = rest.split('"').nth(1)?;
    number_behind(rest, &format!("\"{name}\""))
}

/// The number behind a name in quotes.
fn number_behind(text: &str, name: &str) -> Option<f64> {
    let (_, rest) = text.split_once(name)?;
    rest.trim_start_matches([',', ' ']).split([',', ']']).next()?.trim().parse().ok()
}

/// How many nodes are open at most.
fn depth(text: &str) -> usize {
    let open = text.bytes().scan(0usize, |open, byte| {
        match byte {
            b'[' | b'(' => *open += 1,
            b']' | b')' => *open = open.saturating_sub(1),
            _ => {}
        }
        Some(*open)
    });
    open.max().unwrap_or(0)
}

/// The name of the first node of one of these kinds.
fn named<'t>(text: &'t str, nodes: &[&str]) -> Option<&'t str> {
    let (_, rest) = nodes.iter().find_map(|node| text.split_once(node))?;
    rest.split('"').nth(1)
}

/// The same for good, each once: a process meets few systems.
fn kept(written: Written) -> &'static Written {
    static ALL: Mutex<Vec<&Written>> = Mutex::new(Vec::new());
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.iter().find(|known| ***known == written) {
        return known;
    }
    let written: &'static Written = Box::leak(Box::new(written));
    all.push(written);
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::mercator;

    /// Positions by pyproj, and what it writes for ESRI's programs of the system: `x|y|lon|lat|WKT`.
    const ESRI: &str = include_str!("esri.txt");

    #[test]
    fn systems_without_a_number_are_those_of_pyproj() {
        for line in ESRI.lines() {
            let parts: Vec<&str> = line.splitn(5, '|').collect();
            let number = |at: usize| parts[at].parse::<f64>().expect("a number");
            let name = parts[4].split('"').nth(1).expect("a name");
            let crs = read(parts[4]).unwrap_or_else(|error| panic!("{name}: {error:#}"));
            let found = match Projection::of(crs).expect("known") {
                Some(projection) => projection.degrees(number(0), number(1)),
                None => mercator::project_metres(number(0), number(1)).map(mercator::unproject),
            };
            let (lon, lat) = found.expect(name);
            let off = ((lon - number(2)) * number(3).to_radians().cos()).hypot(lat - number(3)) * 111_320.0;
            assert!(off < 0.1, "{name}: {off} metres, {crs:?}");
            assert_eq!(crs.doubt(), None, "{name}");
            assert!(crs.is_grid(), "{name}");
        }
    }

    const GRID: &str = r#"PROJCS["Grid_Of_Mine",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",SPHEROID["Airy_1830",6377563.396,299.3249646]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],PARAMETER["Central_Meridian",-2.0],PARAMETER["Scale_Factor",0.9996012717],PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let refused = |text: &str| format!("{:#}", Crs::of_text(text).expect_err("refused"));
        let line = refused(GRID);
        assert!(line.contains("Grid_Of_Mine") && line.contains("its datum D_OSGB_1936"), "{line}");
        assert!(line.contains("--crs"), "{line}");
        let odd = GRID.replace("Transverse_Mercator", "Bonne").replace("D_OSGB_1936", "D_WGS_1984");
        assert!(refused(&odd).contains("Bonne"), "{}", refused(&odd));
        refused(&GRID[..200]);
        assert!(refused(&"PROJCS[\"a\",".repeat(900)).contains("deeper than"));
        let long = refused(&format!("GEOGCS[\"WGS 84\"{}]", ",UNIT[\"metre\",1]".repeat(200_000)));
        assert!(long.contains("3200016 bytes, expected 65536 at most"), "{long}");
        refused(&"PROJCS[\"a\",".repeat(DEEPEST));
        refused(&format!("PROJCS[\"a\"{}]", ",GEOGCS[\"b\",1]".repeat(4000)));
        // Where the text says how its datum lies, that holds.
        let said =
            GRID.replace("299.3249646]", "299.3249646],TOWGS84[446.448,-125.157,542.06,0.15,0.247,0.842,-20.489]");
        let crs = Crs::of_text(&said).expect("known");
        assert!(crs.doubt().is_some_and(|doubt| doubt.contains("parameters")));
        let projection = Projection::of(crs).expect("known").expect("a grid");
        let (lon, lat) = projection.degrees(530_000.0, 180_000.0).expect("in London");
        // By pyproj, with these parameters: -0.128 354 0, 51.503 990 8.
        assert!((lon + 0.128_354).abs() < 1e-5 && (lat - 51.503_991).abs() < 1e-5, "{lon} {lat}");
        let geographic = r#"GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
        assert_eq!(Crs::of_text(geographic).expect("degrees"), Crs::Degrees);
        let old =
            GRID.replace("D_OSGB_1936", "D_North_American_1927").replace("GCS_OSGB_1936", "GCS_North_American_1927");
        assert!(Crs::of_text(&old).expect("known").doubt().is_some_and(|doubt| doubt.contains("grids")));
    }

    /// Degrees of a position in the system of a text.
    fn degrees(text: &str, x: f64, y: f64) -> (f64, f64) {
        let crs = Crs::of_text(text).unwrap_or_else(|error| panic!("{text}: {error:#}"));
        assert_eq!(crs.doubt(), None, "{text}");
        Projection::of(crs).expect("known").expect("a projection").degrees(x, y).expect("a place")
    }

    fn near(found: (f64, f64), lon: f64, lat: f64) {
        assert!((found.0 - lon).abs() < 1e-7 && (found.1 - lat).abs() < 1e-7, "{found:?} where PROJ has {lon} {lat}");
    }

    const GOOGLE: &str = r#"PROJCS["Google Maps Global Mercator",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_2SP"],PARAMETER["standard_parallel_1",0],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",0],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["Meter",1],EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0.0 +lon_0=0.0 +x_0=0.0 +y_0=0 +k=1.0 +units=m +nadgrids=@null +wktext  +no_defs"]]"#;

    #[test]
    fn what_gdal_adds_for_proj_goes_before_the_rest() {
        assert_eq!(Crs::of_text(GOOGLE).expect("known"), Crs::Metres);
        // By pyproj.
        let other = GOOGLE.replace("+lon_0=0.0", "+lon_0=10").replace("+units=m", "+to_meter=0.3048");
        near(degrees(&other, 1e6, 2e7), 12.738_064_986, 47.934_711_382);
        let odd = GOOGLE.replace("+nadgrids=@null", "");
        assert!(format!("{:#}", Crs::of_text(&odd).expect_err("no datum")).contains("datum"));
    }

    const SPHERE: &str = r#"PROJCS["WM",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn web_mercator_of_another_meridian_or_unit_is_none() {
        assert_eq!(Crs::of_text(SPHERE).expect("known"), Crs::Metres);
        // By pyproj.
        let turned = SPHERE.replace("Central_Meridian\",0.0", "Central_Meridian\",180.0");
        near(degrees(&turned, 1e6, 1e6), -171.016_847_159, 8.946_573_851);
        let feet = SPHERE.replace("UNIT[\"Meter\",1.0]", "UNIT[\"Foot\",0.3048]");
        near(degrees(&feet, 3_652_214.9, 21_149_198.2), 10.000_001_739, 49.999_998_674);
        // ESRI's 102113, as older programs of it wrote it.
        let old = SPHERE.replace("Mercator_Auxiliary_Sphere", "Mercator").replace("298.257223563", "0.0");
        let old = old.replace("D_WGS_1984", "D_WGS_1984_Major_Auxiliary_Sphere");
        assert_eq!(Crs::of_text(&old).expect("known"), Crs::Metres);
        Crs::of_text(&SPHERE.replace("Parallel_1\",0.0", "Parallel_1\",40.0")).expect_err("true at 40 degrees");
    }

    #[test]
    fn degrees_are_told_from_grads_and_from_those_of_other_meridians() {
        let plain = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
        let wkt2 = r#"GEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble",MEMBER["World Geodetic System 1984 (G2139)"],ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]],ENSEMBLEACCURACY[2.0]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["longitude",east,ANGLEUNIT["degree",0.0174532925199433]],AXIS["latitude",north,ANGLEUNIT["degree",0.0174532925199433]]]"#;
        let compound = format!(
            r#"COMPD_CS["both",{plain},VERT_CS["NAVD88",VERT_DATUM["NAVD88",2005],UNIT["Foot_US",0.3048006]]]"#
        );
        for text in [plain, wkt2, &format!("{plain},VERTCS[\"x\",VDATUM[\"x\"],UNIT[\"Meter\",1.0]]"), &compound] {
            assert_eq!(Crs::of_text(text).expect(text), Crs::Degrees, "{text}");
        }
        let paris = plain.replace("\"Greenwich\",0.0", "\"Paris\",2.337229166666667");
        near(degrees(&paris, 0.0, 48.8), 2.337_229_167, 48.8);
        // By pyproj.
        near(degrees(&plain.replace("\"Greenwich\",0.0", "\"Mine\",180.0"), -170.0, 10.0), 10.0, 10.0);
        for text in [plain, &paris, &compound] {
            let grads = text.replace("\"Degree\",0.0174532925199433", "\"Grad\",0.01570796326794897");
            let line = format!("{:#}", Crs::of_text(&grads).expect_err("grads"));
            assert!(line.contains("in Grad, expected degrees"), "{line}");
        }
        let json = |longitude: &str, unit: &str| {
            let axis = format!(r#"{{"name":"x","unit":{unit}}}"#);
            format!(
                r#"{{"type":"GeographicCRS","name":"RGF93 (Paris)","datum":{{"prime_meridian":{{"longitude":{longitude}}}}},"coordinate_system":{{"axis":[{axis},{axis}]}}}}"#
            )
        };
        let grad = r#"{"type":"AngularUnit","name":"grad","conversion_factor":0.015707963267949}"#;
        assert_eq!(Crs::of_text(&json("0", "\"degree\"")).expect("known"), Crs::Degrees);
        let paris = json(&format!(r#"{{"value":2.596921296296296,"unit":{grad}}}"#), "\"degree\"");
        near(degrees(&paris, 0.0, 48.8), 2.337_229_167, 48.8);
        let line = format!("{:#}", Crs::of_text(&json("0", grad)).expect_err("grads"));
        assert!(line.contains("in grad, expected degrees"), "{line}");
    }
}
