//! What positions are given in: degrees, Web Mercator metres, or one of the systems in EPSG's tables, and how they become
//! degrees.
//!
//! The tables are `crs-definitions`, the mathematics `proj4rs`. Grids of datum shifts are not among them: where a system needs
//! one, or is shifted by a few parameters, it is said how far off positions may be.

mod checked;
mod esri;
mod json;
mod written;

use anyhow::{Context as _, Result, anyhow, bail};
use proj4rs::{Proj, transform::transform};
use serde_json::Value;
use written::Written;

/// Coordinate reference systems of positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Crs {
    /// EPSG:4326 and what is the same within a metre or two, in degrees: ETRS89, NAD83, GDA2020 and their like.
    #[default]
    Degrees,
    /// Degrees as integers, times so many powers of ten.
    Parts(u8),
    /// Degrees as integers, of which 2³¹ are half a circle.
    Semicircles,
    /// EPSG:3857, Web Mercator metres.
    Metres,
    /// Another system, by its EPSG number.
    Epsg(u16),
    /// A system without a number, by the parameters that a file writes of it.
    Written(&'static Written),
}

/// What to expect where a name is none.
const EXPECTED: &str = "expected 4326 for degrees, 3857 for Web Mercator, another EPSG number such as 25832, or e7 for degrees \
                        times 10⁷ (e6, semicircles)";

impl Crs {
    /// What people, files and programs call a system: `25832`, `EPSG:25832`, an address or URN of OGC's, `srid:25832`.
    ///
    /// # Errors
    /// When it is none, or not known here.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let name = text.to_ascii_lowercase();
        match name.as_str() {
            "degrees" => return Ok(Self::Degrees),
            "metres" | "meters" => return Ok(Self::Metres),
            "e7" => return Ok(Self::Parts(7)),
            "e6" => return Ok(Self::Parts(6)),
            "semicircles" => return Ok(Self::Semicircles),
            _ if name.ends_with("crs84") || name.ends_with("crs84h") => return Ok(Self::Degrees),
            _ => {}
        }
        let code = match name.rsplit_once([':', '/']) {
            Some((head, code)) if head.contains("epsg") || head == "srid" => code,
            Some(_) => bail!("{text:?} is no coordinate system known here, {EXPECTED}"),
            None => &name,
        };
        let code: u32 = code.parse().map_err(|_| anyhow!("{text:?} is no coordinate system known here, {EXPECTED}"))?;
        Self::of_code(code)
    }

    /// The system of an EPSG number.
    ///
    /// # Errors
    /// When it is not known here.
    pub fn of_code(code: u32) -> Result<Self> {
        let known = u16::try_from(code).ok().and_then(crs_definitions::from_code);
        match code {
            // The last three are not EPSG's, but everybody's.
            3857 | 3785 | 900_913 | 102_100 | 102_113 => return Ok(Self::Metres),
            _ => {}
        }
        let known = known.with_context(|| format!("EPSG:{code} is not in the tables here, {EXPECTED}"))?;
        let wrong = checked::WRONG.binary_search(&known.code).is_ok();
        if !wrong
            && known.proj4.contains("+proj=longlat")
            && shift(known.proj4) == Shift::None
            && !known.proj4.contains("+pm=")
        {
            return Ok(Self::Degrees);
        }
        if wrong {
            bail!(
                "EPSG:{code} is not as it should be in the tables here; transform the file first, for instance with ogr2ogr -t_srs EPSG:4326"
            );
        }
        let crs = Self::Epsg(known.code);
        Projection::of(crs)?;
        Ok(crs)
    }

    /// What a text in a file says: PROJJSON, well-known text, or a name.
    ///
    /// # Errors
    /// When that is not known here.
    pub fn of_text(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with('{') {
            let json: Value = serde_json::from_str(text).context("the coordinate system is damaged JSON")?;
            return Ok(Self::of_json(&json)?.unwrap_or_default());
        }
        if text.contains('[') {
            // Heights may have a system of their own behind that of positions, and are not kept.
            let text = written::first(text);
            if text.len() > written::LONGEST {
                bail!(
                    "the coordinate system is described in {} bytes, expected {} at most; say it with --crs",
                    text.len(),
                    written::LONGEST
                );
            }
            if let Some(code) = code_of_wkt(text) {
                return Self::of_code(code);
            }
            if let Some(code) = esri::code(text) {
                return Self::of_code(code);
            }
            let name = text.split('"').nth(1).unwrap_or("without a name");
            if text.starts_with("GEOG") && like_wgs84(name) && written::is_plain(text) {
                return Ok(Self::Degrees);
            }
            return written::read(text).with_context(|| {
                format!(
                    "the coordinate system {name} has no EPSG number; say it with --crs, or transform the file first"
                )
            });
        }
        Self::parse(text)
    }

    /// How many of it are a degree, where it counts parts of degrees.
    pub(super) fn parts(self) -> Option<f64> {
        match self {
            Self::Parts(power) => Some(10f64.powi(power.into())),
            Self::Semicircles => Some(super::degrees::SEMICIRCLES),
            _ => None,
        }
    }

    /// Whether positions are metres or feet of a grid, and no degrees.
    #[must_use]
    pub fn is_grid(self) -> bool {
        match self {
            Self::Degrees | Self::Parts(_) | Self::Semicircles => false,
            Self::Metres => true,
            Self::Epsg(_) | Self::Written(_) => {
                self.definition().is_some_and(|definition| !definition.contains("+proj=longlat"))
            }
        }
    }

    /// What PROJ would be told of it.
    fn definition(self) -> Option<&'static str> {
        match self {
            Self::Epsg(code) => crs_definitions::from_code(code).map(|known| known.proj4),
            Self::Written(written) => Some(&written.definition),
            _ => None,
        }
    }

    /// Its name in messages.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Degrees => "degrees (EPSG:4326)".into(),
            Self::Parts(power) => format!("degrees times 10^{power}"),
            Self::Semicircles => "semicircles (degrees times 2^31 / 180)".into(),
            Self::Metres => "Web Mercator metres (EPSG:3857)".into(),
            Self::Epsg(code) => format!("EPSG:{code}"),
            Self::Written(written) => format!("{} (as the file describes it)", written.name),
        }
    }

    /// How far off positions may be, where that is more than a metre or two.
    #[must_use]
    pub fn doubt(self) -> Option<&'static str> {
        let code = if let Self::Epsg(code) = self { code } else { 0 };
        match shift(self.definition()?) {
            Shift::None => None,
            _ if checked::ROUGH.binary_search(&code).is_ok() => Some(
                "its datum is shifted by parameters that do not hold everywhere, so that positions may be off by some hundred metres",
            ),
            Shift::Parameters => {
                Some("its datum is shifted by parameters, so that positions may be off by some metres")
            }
            Shift::Grid => Some(
                "its datum would be shifted by grids that are not here, so that positions may be off by 10 to 30 metres",
            ),
            Shift::Unknown => Some(
                "how its datum lies is not in the tables here, so that positions may be off by some hundred metres",
            ),
        }
    }
}

/// Geographic systems that are the same as WGS 84 within a metre or two, by the words of their names.
fn like_wgs84(name: &str) -> bool {
    const NAMES: [&str; 24] = [
        "wgs84",
        "wgs1984",
        "etrs89",
        "etrs1989",
        "nad83",
        "nad1983",
        "northamerican1983",
        "gda94",
        "gda1994",
        "gda2020",
        "crs84",
        "itrf",
        "sirgas2000",
        "rgf93",
        "rgf1993",
        "nzgd2000",
        "jgd2000",
        "jgd2011",
        "cgcs2000",
        "china2000",
        // The names of datums.
        "worldgeodeticsystem1984",
        "europeanterrestrialreferencesystem1989",
        "northamericandatum1983",
        "geocentricdatumofaustralia",
    ];
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.iter().any(|known| plain.contains(known))
}

/// The EPSG number of the outermost system of well-known text, old or new.
fn code_of_wkt(text: &str) -> Option<u32> {
    let (mut depth, mut quoted, mut code) = (0, false, None);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth -= 1,
            'A' | 'I' if !quoted && depth == 1 => {
                let rest = &text[at..];
                let id = rest.strip_prefix("AUTHORITY[").or_else(|| rest.strip_prefix("ID["));
                if let Some(id) = id.and_then(|id| id.strip_prefix("\"EPSG\",")) {
                    let digits = id.trim_start_matches([' ', '"']);
                    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
                    code = digits[..end].parse().ok();
                }
            }
            _ => {}
        }
    }
    code
}

/// How a datum is led to that of WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shift {
    /// It is the same.
    None,
    Parameters,
    Grid,
    Unknown,
}

fn shift(definition: &str) -> Shift {
    let word = |name: &str| definition.split_whitespace().find_map(|word| word.strip_prefix(name));
    match (word("+datum="), word("+nadgrids="), word("+towgs84=")) {
        (Some("WGS84" | "NAD83"), ..) | (_, Some("@null"), _) => Shift::None,
        (Some("NAD27"), ..) | (None, Some(_), _) => Shift::Grid,
        (None, None, Some(shift)) if shift.split(',').all(|part| part.parse() == Ok(0.0)) => Shift::None,
        (Some(_), ..) | (None, None, Some(_)) => Shift::Parameters,
        (None, None, None) if matches!(word("+ellps="), Some("GRS80" | "WGS84")) => Shift::None,
        _ => Shift::Unknown,
    }
}

/// What leads from a system to degrees.
#[derive(Clone)]
pub(super) struct Projection {
    from: Proj,
    to: Proj,
    /// The angle that a coordinate counts, in radians, where coordinates are angles.
    angle: Option<f64>,
}

impl Projection {
    /// The way from a system; `None` where the core knows it.
    ///
    /// # Errors
    /// When its mathematics is not known here.
    pub fn of(crs: Crs) -> Result<Option<Self>> {
        if !matches!(crs, Crs::Epsg(_) | Crs::Written(_)) {
            return Ok(None);
        }
        let name = crs.name();
        let known = crs.definition().with_context(|| format!("{name} is not in the tables here"))?;
        let unknown = |error| anyhow!("the projection of {name} is not known here ({error})");
        // The mean shift of North America takes the place of its grids.
        let definition = known.replace("+datum=NAD27", "+ellps=clrk66 +towgs84=-8,160,176");
        let definition: Vec<&str> =
            definition.split_whitespace().filter(|word| !word.starts_with("+nadgrids=")).collect();
        let from = Proj::from_proj_string(&definition.join(" ")).map_err(unknown)?;
        let to = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(unknown)?;
        if !from.has_inverse() {
            bail!("the projection of {name} cannot be undone here");
        }
        let grads = matches!(crs, Crs::Epsg(code) if checked::GRADS.contains(&code));
        let unit = if grads { std::f64::consts::PI / 200.0 } else { 1f64.to_radians() };
        let angle = known.contains("+proj=longlat").then_some(unit);
        Ok(Some(Self { from, to, angle }))
    }

    /// Degrees of a position, `None` for one that the system does not have.
    pub fn degrees(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let angle = self.angle.unwrap_or(1.0);
        let mut point = (x * angle, y * angle, 0.0);
        transform(&self.from, &self.to, &mut point).ok()?;
        Some((point.0.to_degrees(), point.1.to_degrees())).filter(|(lon, lat)| lon.is_finite() && lat.is_finite())
    }
}

impl std::fmt::Debug for Projection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Projection({})", self.from.projname())
    }
}

#[cfg(test)]
mod tests;
