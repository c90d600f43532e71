//! Which row groups may have rows in a box: by the least and greatest values that the footer tells of longitudes and latitudes, or of the
//! sides of the boxes of geometries (the covering of `GeoParquet` 1.1).
//!
//! In doubt they may: without such values, and where some row may go over the antimeridian.

use polars_io::parquet::metadata::FileMetadata;
use serde_json::Value;

/// The columns of the western, southern, eastern and northern sides of rows, each by the way to it. Those of points are the same twice.
pub(super) type Sides = [Vec<String>; 4];

/// How far sides may be off, in degrees: floats of 32 bits, rounded.
const OFF: f64 = 2e-5;
/// Latitudes beyond it may be drawn at the edge of the map, which is at 85.05.
const EDGE: f64 = 85.0;
/// Longitudes beyond it may be on the other side of the antimeridian, too.
const NEAR: f64 = 179.99;

/// The columns of sides that the `geo` metadata names.
pub(super) fn covering(geo: &str) -> Option<Sides> {
    let geo: Value = serde_json::from_str(geo).ok()?;
    let covering = &geo["columns"][geo["primary_column"].as_str()?]["covering"]["bbox"];
    let side = |name: &str| -> Option<Vec<String>> {
        covering[name].as_array()?.iter().map(|part| part.as_str().map(str::to_owned)).collect()
    };
    Some([side("xmin")?, side("ymin")?, side("xmax")?, side("ymax")?])
}

/// Whether a row group may have rows in a box of degrees: west, south, east, north.
pub(super) fn may_meet(metadata: &FileMetadata, group: usize, sides: &Sides, area: [f64; 4]) -> bool {
    let [west, south, east, north] = sides.each_ref().map(|path| range(metadata, group, path));
    may(west.zip(east), south.zip(north), area)
}

/// By the least and greatest of western and eastern, and of southern and northern sides.
fn may(x: Option<(Range, Range)>, y: Option<(Range, Range)>, [west, south, east, north]: [f64; 4]) -> bool {
    let high = y.is_none_or(|((low, _), (_, high))| low.min(EDGE) <= north + OFF && high.max(-EDGE) >= south - OFF);
    let wide = x.is_none_or(|((first, start), (end, last))| {
        // No row has its eastern side west of its western one, and none is so wide that it was drawn over the antimeridian.
        let plain = first > -NEAR && last < NEAR && last - first < 180.0 && first <= end && start <= last;
        let turned = |lon: f64| if lon > 180.0 { lon - 360.0 } else { lon };
        let (from, to) = (turned(west), turned(east));
        let (left, right) = (first <= to + OFF, last >= from - OFF);
        !plain || east - west >= 360.0 || if from <= to { left && right } else { left || right }
    });
    high && wide
}

/// The least and the greatest of a column.
type Range = (f64, f64);

fn range(metadata: &FileMetadata, group: usize, path: &[String]) -> Option<Range> {
    let mut columns = metadata.row_groups.get(group)?.columns_under_root_iter(path.first()?)?;
    let column = columns.find(|column| {
        let parts = column.descriptor().path_in_schema.iter();
        parts.map(|part| &part[..]).eq(path.iter().map(String::as_str))
    })?;
    let found = column.statistics(&metadata.footer_buf)?.ok()?;
    let (least, greatest): Range = match found.as_float() {
        Some(found) => (found.min_value?.into(), found.max_value?.into()),
        None => found.as_double().and_then(|found| found.min_value.zip(found.max_value))?,
    };
    (least <= greatest).then_some((least, greatest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points in a box.
    fn points([west, south, east, north]: [f64; 4], area: [f64; 4]) -> bool {
        may(Some(((west, east), (west, east))), Some(((south, north), (south, north))), area)
    }

    #[test]
    fn only_what_is_certain_to_lie_outside_is_left_out() {
        let germany = [5.8, 47.2, 15.1, 55.1];
        for (area, expected) in [
            ([0.0, 0.0, 10.0, 50.0], true),
            ([15.1, 55.1, 20.0, 60.0], true),
            ([15.11, 40.0, 20.0, 60.0], false),
            ([0.0, 0.0, 20.0, 47.1], false),
            ([0.0, 55.2, 20.0, 90.0], false),
            // Over the antimeridian, and around the world.
            ([170.0, 0.0, -170.0, 90.0], false),
            ([170.0, 0.0, 6.0, 90.0], true),
            ([15.0, 0.0, -170.0, 90.0], true),
            ([180.0, 0.0, 200.0, 90.0], false),
            ([-180.0, 0.0, 180.0, 90.0], true),
            ([0.0, 0.0, 360.0, 90.0], true),
        ] {
            assert_eq!(points(germany, area), expected, "{area:?}");
        }
        assert!(may(None, None, [0.0; 4]) && !may(None, Some(((1.0, 2.0), (1.0, 2.0))), [0.0; 4]));
        // Beyond the edge of the map, beyond 180, at 180.
        assert!(points([0.0, 88.0, 1.0, 89.0], [0.0, 80.0, 1.0, 85.06]));
        assert!(points([0.0, -89.0, 1.0, -88.0], [0.0, -85.06, 1.0, 0.0]));
        assert!(points([185.0, 0.0, 190.0, 1.0], [-175.0, 0.0, -170.0, 1.0]));
        assert!(points([170.0, 0.0, 180.0, 1.0], [-180.0, 0.0, -170.0, 1.0]));
    }

    #[test]
    fn of_rows_that_may_go_over_the_antimeridian_nothing_is_certain() {
        let y = Some(((0.0, 1.0), (0.0, 1.0)));
        let fiji = [175.0, 0.0, 179.0, 1.0];
        // From 170 to -170 as GeoParquet has it, alone and beside others; as the box of its vertices.
        for x in
            [((170.0, 170.0), (-170.0, -170.0)), ((0.0, 170.0), (-170.0, 10.0)), ((-170.0, -170.0), (170.0, 170.0))]
        {
            assert!(may(Some(x), y, fiji), "{x:?}");
        }
        assert!(!may(Some(((0.0, 9.0), (1.0, 10.0))), y, fiji));
    }

    #[test]
    fn the_covering_is_found_by_its_name() {
        let geo =
            |bbox: &str| format!(r#"{{"primary_column":"g","columns":{{"g":{{"covering":{{"bbox":{{{bbox}}}}}}}}}}}"#);
        let all = r#""xmin":["b","xmin"],"ymin":["b","ymin"],"xmax":["b","xmax"],"ymax":["b","ymax"]"#;
        assert_eq!(covering(&geo(all)).expect("there")[3], ["b", "ymax"]);
        assert_eq!(covering(&geo(r#""xmin":["b","xmin"]"#)), None);
        assert_eq!(covering("{"), None);
    }
}
