//! The systems of the tables against PROJ: positions by pyproj 3.7.2, without its grids.

use super::*;

/// EPSG number, x and y in that system, and the degrees pyproj gives for them.
#[rustfmt::skip]
const PLACES: [(u32, f64, f64, f64, f64); 54] = [
    (25832, 543_560.05, 5_994_585.88, 9.666_100_02, 54.097_600_01), // ETRS89 / UTM zone 32N
    (32633, 562_955.59, 3_438_655.19, 15.659_999_96, 31.080_000_01), // WGS 84 / UTM zone 33N
    (31983, 569_379.83, 7_876_147.8, -44.340_000_03, -19.206_899_99), // SIRGAS 2000 / UTM zone 23S
    (32755, 546_906.47, 4_416_685.76, 147.659_999_99, -50.400_000_01), // WGS 84 / UTM zone 55S
    (28355, 560_429.24, 6_073_986.58, 147.666_100_05, -35.475_800_03), // GDA94 / MGA zone 55
    (7855, 560_429.24, 6_073_986.58, 147.666_100_05, -35.475_800_03), // GDA2020 / MGA zone 55
    (26915, 549_975.82, 5_229_190.19, -92.339_999_96, 47.214_300_00), // NAD83 / UTM zone 15N
    (2263, 1_327_835.28, 224_828.37, -72.759_400_01, 40.777_100_00), // NAD83 / New York Long Island (ftUS)
    (2154, 659_530.15, 6_433_739.41, 2.486_399_94, 45.001_699_99), // RGF93 v1 / Lambert-93
    (3035, 4_585_800.3, 2_643_375.1, 13.470_100_03, 46.848_099_99), // ETRS89-extended / LAEA Europe
    (31466, 2_561_065.23, 5_635_206.51, 6.866_500_01, 50.848_999_97), // DHDN / 3-degree Gauss-Kruger zone 2
    (28992, 173_262.2, 428_134.88, 5.652_200_07, 51.841_500_05), // Amersfoort / RD New
    (2056, 2_698_510.73, 1_156_918.78, 8.723_300_06, 46.556_299_97), // CH1903+ / LV95
    (21781, 698_510.73, 156_918.78, 8.723_300_06, 46.556_299_97), // CH1903 / LV03
    (3067, 485_367.76, 6_985_900.63, 26.711_099_91, 63.002_500_02), // ETRS89 / TM35FIN(E,N)
    (3006, 702_707.28, 6_677_148.56, 18.655_399_96, 60.180_700_00), // SWEREF99 TM
    (2193, 1_742_542.36, 5_437_647.53, 174.699_999_97, -41.200_000_02), // NZGD2000 / New Zealand Transverse Mercator 2000
    (3577, 1_158_851.52, -4_103_034.67, 144.999_999_99, -36.999_999_99), // GDA94 / Australian Albers
    (27700, 381_194.05, 446_711.1, -2.287_799_97, 53.916_199_98), // OSGB36 / British National Grid
    (31370, 186_395.88, 103_751.16, 4.879_000_00, 50.243_700_04), // BD72 / Belgian Lambert 72
    (23700, 741_953.92, 161_430.36, 20.251_899_97, 46.790_800_02), // HD72 / EOV
    (2180, 586_346.36, 411_579.07, 20.246_099_96, 51.564_100_04), // ETRF2000-PL / CS92
    (3031, 1_053_389.56, 1_255_380.79, 40.000_000_06, -75.000_000_03), // WGS 84 / Antarctic Polar Stereographic
    (3413, 1_182_286.17, -551_309.09, 20.000_000_21, 77.999_999_97), // WGS 84 / NSIDC Sea Ice Polar Stereographic North
    (3857, 4_408_251.84, -2_525_410.06, 39.600_000_04, -22.115_599_96), // WGS 84 / Pseudo-Mercator
    (6668, 143.8947, 27.8052, 143.894_700_00, 27.805_200_00), // JGD2011
    (22171, 1_522_786.57, 4_890_365.07, -71.705_100_00, -46.139_199_98), // POSGAR 98 / Argentina 1
    (32198, 174_189.65, 836_326.05, -65.972_499_97, 51.513_100_03), // NAD83 / Quebec Lambert
    (3347, 6_928_839.91, 2_274_810.54, -79.839_200_05, 56.062_500_02), // NAD83 / Statistics Canada Lambert
    (2326, 840_454.32, 817_508.73, 114.217_500_02, 22.296_499_97), // Hong Kong 1980 Grid System
    (3414, 33_506.93, 26_485.56, 103.882_799_97, 1.255_800_02), // SVY21 / Singapore TM
    (5070, 599_770.31, 1_196_319.49, -89.483_200_03, 33.648_900_00), // NAD83 / Conus Albers
    (4314, 10.729_095_1, 50.164_557_7, 10.727_799_96, 50.163_399_96), // DHDN
    (3978, 915_485.03, 886_331.65, -79.839_199_99, 56.062_499_97), // NAD83 / Canada Atlas Lambert
    (2100, 579_069.63, 4_141_764.67, 24.895_299_95, 37.421_899_98), // GGRS87 / Greek Grid
    (3763, 54_565.29, -87_580.4, -7.504_299_98, 38.877_700_00), // ETRS89 / Portugal TM06
    (29902, 217_841.56, 181_541.3, -7.735_699_98, 52.884_800_00), // TM65 / Irish Grid
    (20790, 254_565.0, 212_418.19, -7.504_299_96, 38.877_700_02), // Lisbon (Lisbon) / Portuguese National Grid
    (3765, 547_401.12, 4_861_727.59, 17.090_000_06, 43.894_000_00), // HTRS96 / Croatia TM
    (2443, 6464.71, -350_489.08, 129.566_900_04, 29.838_600_00), // JGD2000 / Japan Plane Rectangular CS I
    (6690, 565_552.14, 2_973_337.11, 135.660_000_04, 26.880_200_00), // JGD2011 / UTM zone 53N
    (5179, 1_212_057.9, 1_438_651.63, 129.767_699_95, 32.917_900_02), // KGD2002 / Unified CS
    (4490, 110.9215, 30.3382, 110.921_500_00, 30.338_200_00), // China Geodetic Coordinate System 2000
    (22234, 646_588.59, 7_390_647.88, 22.436_100_02, -23.590_699_97), // Cape / UTM zone 34S
    (2048, -20_314.01, 3_594_546.22, 19.216_099_95, -32.475_000_02), // Hartebeesthoek94 / Lo19
    (32632, 562_955.59, 3_438_655.19, 9.659_999_96, 31.080_000_01), // WGS 84 / UTM zone 32N
    (4326, 39.6, -23.4, 39.600_000_00, -23.400_000_00), // WGS 84
    (4258, 16.9071, 52.3039, 16.907_100_00, 52.303_900_00), // ETRS89
    (7844, 142.1673, -41.2804, 142.167_300_00, -41.280_400_00), // GDA2020
    (4269, 170.5, 41.3861, 170.500_000_00, 41.386_100_00), // NAD83
    (4807, 0.048_286_03, 51.361_159_67, 2.38, 46.225), // NTF (Paris), in grads
    (4811, 0.817_128_75, 38.406_460_98, 3.070_000_02, 34.565_000_01), // Voirol 1875 (Paris)
    (4816, 8.002_484_61, 37.570_428_21, 9.54, 33.815), // Carthage (Paris)
    (3395, 4_408_251.84, -2_178_517.49, 39.600_000_04, -19.320_000_04), // WGS 84 / World Mercator
];

/// Degrees by what is here.
fn here(crs: Crs, x: f64, y: f64) -> (f64, f64) {
    match (crs, Projection::of(crs).expect("known")) {
        (_, Some(projection)) => projection.degrees(x, y).expect("a place of it"),
        (Crs::Metres, None) => {
            duotile_core::mercator::unproject(duotile_core::mercator::project_metres(x, y).expect("in the world"))
        }
        (_, None) => (x, y),
    }
}

#[test]
fn positions_lie_within_a_metre_of_those_of_proj() {
    for (code, x, y, lon, lat) in PLACES {
        let (east, north) = here(Crs::of_code(code).expect("known"), x, y);
        let off = ((east - lon) * lat.to_radians().cos()).hypot(north - lat).to_radians() * 6_371_000.0;
        assert!(off < 1.0, "EPSG:{code}: {off} metres, at {east} {north} where PROJ has {lon} {lat}");
    }
}

#[test]
fn what_is_degrees_is_degrees() {
    for code in [4326, 4258, 4269, 4283, 7844, 6318, 4674, 4490, 6668, 4979] {
        assert_eq!(Crs::of_code(code).ok(), Some(Crs::Degrees), "{code}");
    }
}

#[test]
fn doubt_is_told_and_what_is_wrong_in_the_tables_is_refused() {
    assert_eq!(Crs::Epsg(25832).doubt(), None);
    assert!(Crs::Epsg(31466).doubt().is_some_and(|doubt| doubt.contains("some metres")));
    assert!(Crs::Epsg(26711).doubt().is_some_and(|doubt| doubt.contains("grids")));
    assert!(Crs::Epsg(4267).doubt().is_some_and(|doubt| doubt.contains("hundred")));
    assert!(Crs::Epsg(2040).doubt().is_some_and(|doubt| doubt.contains("hundred")));
    let error = Crs::of_code(3973).expect_err("it comes out 13 km off").to_string();
    assert!(error.contains("3973"), "{error}");
    assert!(Crs::of_code(26591).is_err(), "it comes out in another country");
    assert!(checked::WRONG.is_sorted() && checked::ROUGH.is_sorted());
}

#[test]
fn systems_are_named_in_every_form() {
    for text in [
        "25832",
        "EPSG:25832",
        "epsg:25832",
        "urn:ogc:def:crs:EPSG::25832",
        "http://www.opengis.net/def/crs/EPSG/0/25832",
        "srid:25832",
    ] {
        assert_eq!(Crs::parse(text).ok(), Some(Crs::Epsg(25832)), "{text}");
    }
    for (text, crs) in [
        ("4326", Crs::Degrees),
        ("OGC:CRS84", Crs::Degrees),
        ("degrees", Crs::Degrees),
        ("3857", Crs::Metres),
        ("e7", Crs::Parts(7)),
        ("semicircles", Crs::Semicircles),
    ] {
        assert_eq!(Crs::parse(text).ok(), Some(crs), "{text}");
    }
    for text in ["", "north", "EPSG:1", "99999999999", "ESRI:102003"] {
        let error = Crs::parse(text).expect_err(text).to_string();
        assert!(error.contains("expected 4326"), "{error}");
    }
}

#[test]
fn what_files_declare_is_understood() {
    let wkt = r#"PROJCS["ETRS89 / UTM zone 32N",GEOGCS["ETRS89",AUTHORITY["EPSG","4258"]],UNIT["metre",1],AUTHORITY["EPSG","25832"]]"#;
    let wkt2 =
        r#"PROJCRS["RGF93 v1 / Lambert-93",BASEGEOGCRS["RGF93 v1",ID["EPSG",4171]],CS[Cartesian,2],ID["EPSG",2154]]"#;
    let json = r#"{"type":"BoundCRS","source_crs":{"name":"a","id":{"authority":"EPSG","code":28992}}}"#;
    for (text, crs) in [
        (wkt, Crs::Epsg(25832)),
        (wkt2, Crs::Epsg(2154)),
        (r#"GEOGCS["WGS 84",DATUM["WGS_1984"]]"#, Crs::Degrees),
        (json, Crs::Epsg(28992)),
        (r#"{"type":"GeographicCRS","name":"NAD83(2011)"}"#, Crs::Degrees),
        (r#"{"type":"CompoundCRS","components":[{"id":{"authority":"EPSG","code":4979}}]}"#, Crs::Degrees),
        (r#"{"id":{"authority":"OGC","code":"CRS84h"}}"#, Crs::Degrees),
    ] {
        assert_eq!(Crs::of_text(text).ok(), Some(crs), "{text}");
    }
    // The system of heights that ESRI's programs write behind it.
    let heights = r#",VERTCS["EGM96_Geoid",VDATUM["EGM96_Geoid"],PARAMETER["Vertical_Shift",0.0],PARAMETER["Direction",1.0],UNIT["Meter",1.0]]"#;
    assert_eq!(Crs::of_text(&[wkt, heights].concat()).ok(), Some(Crs::Epsg(25832)));
    for text in [r#"PROJCS["Lo29",UNIT["metre",1]]"#, r#"{"type":"ProjectedCRS","name":"Lo29"}"#] {
        let error = format!("{:#}", Crs::of_text(text).expect_err(text));
        assert!(error.contains("Lo29") && error.contains("--crs"), "{error}");
    }
    assert!(Crs::of_text("{").is_err());
}
