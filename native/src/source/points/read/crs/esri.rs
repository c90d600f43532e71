//! Systems of ESRI's programs whose datum takes a shift, which their texts do not say: by their names, which are one system's each.

/// Name, easting and northing of the origin, and EPSG number.
const NAMED: [(&str, [f64; 2], u32); 7] = [
    ("British_National_Grid", [400_000.0, -100_000.0], 27700),
    ("CH1903+_LV95", [2_600_000.0, 1_200_000.0], 2056),
    ("CH1903_LV03", [600_000.0, 200_000.0], 21781),
    ("DHDN_3_Degree_Gauss_Zone_2", [2_500_000.0, 0.0], 31466),
    ("DHDN_3_Degree_Gauss_Zone_3", [3_500_000.0, 0.0], 31467),
    ("DHDN_3_Degree_Gauss_Zone_4", [4_500_000.0, 0.0], 31468),
    ("DHDN_3_Degree_Gauss_Zone_5", [5_500_000.0, 0.0], 31469),
];

/// The number of the system of a text, where its name is one of these, its origin lies there, and it counts metres.
pub(super) fn code(text: &str) -> Option<u32> {
    let name = text.strip_prefix("PROJCS[\"")?.split('"').next()?;
    let (_, origin, code) = NAMED.iter().find(|(known, ..)| *known == name)?;
    let at = |parameter: &str| {
        let (_, rest) = text.split_once(&format!("\"{parameter}\","))?;
        rest.split(']').next()?.trim().parse::<f64>().ok()
    };
    let metres = text.ends_with("UNIT[\"Meter\",1.0]]");
    (metres && [at("False_Easting")?, at("False_Northing")?] == *origin).then_some(*code)
}

#[cfg(test)]
mod tests {
    use crate::read::Crs;

    /// What pyproj writes for ESRI's programs of EPSG:2056 and 31467.
    const SWISS: &str = r#"PROJCS["CH1903+_LV95",GEOGCS["GCS_CH1903+",DATUM["D_CH1903+",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Hotine_Oblique_Mercator_Azimuth_Center"],PARAMETER["False_Easting",2600000.0],PARAMETER["False_Northing",1200000.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Azimuth",90.0],PARAMETER["Longitude_Of_Center",7.43958333333333],PARAMETER["Latitude_Of_Center",46.9524055555556],UNIT["Meter",1.0]]"#;
    const GERMAN: &str = r#"PROJCS["DHDN_3_Degree_Gauss_Zone_3",GEOGCS["GCS_Deutsches_Hauptdreiecksnetz",DATUM["D_Deutsches_Hauptdreiecksnetz",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",3500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

    #[test]
    fn names_of_esri_are_the_numbers_of_epsg() {
        for (text, code) in [(SWISS, 2056), (GERMAN, 31467)] {
            assert_eq!(Crs::of_text(text).expect(text), Crs::of_code(code).expect("known"));
            // What is another system, or one of another unit, is not taken for it.
            for other in [
                text.replace("600000.0", "600001.0"),
                text.replace("3500000.0", "0.0"),
                text.replace("Meter\",1.0", "Foot\",0.3048"),
            ] {
                assert!(other == text || Crs::of_text(&other).is_err(), "{other}");
            }
        }
    }
}
