//! Systems by what a file writes of them: well-known text without an EPSG number, as the `.prj` of ESRI's Shapefiles is.
//!
//! `proj4wkt` makes of it what `proj4rs` reads. What it does not decide is the datum, which such texts name and say nothing of: it
//! is one of those that are known here, or the system is refused.

use super::{Crs, Projection, like_wgs84};
use crate::read::guarded::guarded;
use anyhow::{Result, anyhow, bail};
use std::sync::{Mutex, PoisonError};

/// Bytes of a text that is read, and nodes within each other: each of these is a call within another.
const LONGEST: usize = 1 << 16;
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
    if text.contains("\"Mercator_Auxiliary_Sphere\"") || text.contains("\"Popular Visualisation Pseudo Mercator\"") {
        return Ok(Crs::Metres);
    }
    if text.len() > LONGEST || depth(text) > DEEPEST {
        bail!("it is longer or deeper than a description of a system is");
    }
    let definition = guarded(|| Ok(proj4wkt::wkt_to_projstring(text)))?
        .map_err(|error| anyhow!("what the file writes of it is not understood ({error})"))?;
    let datum = named(text, &["DATUM[", "ENSEMBLE[", "TRF["]).unwrap_or_default();
    let alike = like_wgs84(datum) || named(text, &["GEOGCS[", "BASEGEOGCRS[", "GEOGCRS["]).is_some_and(like_wgs84);
    let shift = match () {
        () if alike => "+towgs84=0,0,0",
        () if text.contains("TOWGS84[") => "",
        () if datum.contains("North_American_1927") => "+datum=NAD27",
        () => bail!("its datum {datum} is not known here"),
    };
    let plain = |word: &&str| shift.is_empty() || !word.starts_with("+towgs84=") && !word.starts_with("+datum=");
    // A datum that is named brings its ellipsoid along.
    let sphere =
        |word: &&str| !shift.starts_with("+datum") || !["+a=", "+rf=", "+b="].iter().any(|own| word.starts_with(own));
    let words = definition.split_whitespace().filter(plain).filter(sphere).chain([shift]);
    let definition = words.collect::<Vec<_>>().join(" ").trim().to_owned();
    if alike && definition.contains("+proj=longlat") {
        return Ok(Crs::Degrees);
    }
    let crs = Crs::Written(kept(Written { name, definition }));
    Projection::of(crs)?;
    Ok(crs)
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

    const GRID: &str = r#"PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",SPHEROID["Airy_1830",6377563.396,299.3249646]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],PARAMETER["Central_Meridian",-2.0],PARAMETER["Scale_Factor",0.9996012717],PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let refused = |text: &str| format!("{:#}", Crs::of_text(text).expect_err("refused"));
        let line = refused(GRID);
        assert!(line.contains("British_National_Grid") && line.contains("its datum D_OSGB_1936"), "{line}");
        assert!(line.contains("--crs"), "{line}");
        let odd = GRID.replace("Transverse_Mercator", "Bonne").replace("D_OSGB_1936", "D_WGS_1984");
        assert!(refused(&odd).contains("Bonne"), "{}", refused(&odd));
        refused(&GRID[..200]);
        assert!(refused(&"PROJCS[\"a\",".repeat(900)).contains("deeper than"));
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
}
