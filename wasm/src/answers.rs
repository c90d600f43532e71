//! What is told beside tiles, as objects: the same answers as the server's documents give, from the same code in core.

use crate::{
    dataset::{Frames, Selected},
    given,
    object::{New, error, list, plain, query_error, set},
    tiler::Tiler,
};
use alloc::{format, string::String, vec::Vec};
use duotile_core::{
    ColumnInfo, Facts, Kind, Legend, MAX_PAGE, MAX_ZOOM, Page, Plain, Points, PropertyInfo, QueryError, RowGeometry,
    Scratch, Times, Work, range,
    stats::{Distribution, MAX_BINS, PROBABILITIES},
    unknown_column,
};
use js_sys::Object;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Tiler {
    /// What a query means: `{ canonical, properties, pointsMinzoom?, rows, rowsDrawn?, bounds?, focus, center, geometryTypes }`. `rows` pass
    /// the query; bounds, focus and the first view, center, are of all rows, and of the whole of their outlines.
    ///
    /// # Errors
    /// When the query does not parse or does not fit the columns.
    pub fn describe(&mut self, query: &str) -> Result<JsValue, JsValue> {
        let (Frames { bounds, focus, center }, geometries) = (self.dataset.frames(), self.dataset.geometries());
        self.answer(query, |points, selected, _| {
            let minzoom = selected.plan.needs_profile().then(|| selected.profile.points_minzoom()).flatten();
            let told = New::default().text("canonical", selected.plan.canonical());
            let told = told.with("properties", list(selected.plan.describe(points).map(|info| property(&info))));
            let told = told.with("pointsMinzoom", minzoom.map_or(JsValue::UNDEFINED, JsValue::from));
            let told = told.count("rows", selected.rows(points));
            let told = bounds.iter().fold(told, |told, bounds| told.numbers("bounds", bounds));
            let drawn = selected.plan.needs_profile().then(|| selected.profile.drawn()).flatten();
            let told = drawn
                .iter()
                .fold(told, |told, drawn| told.with("rowsDrawn", list(drawn.iter().map(|&rows| rows as f64))));
            let told = told.numbers("focus", &focus).numbers("center", &center);
            let types = match selected.plan.geometry() {
                RowGeometry::Outline => &geometries[..],
                RowGeometry::Point => &["Point"],
            };
            Ok(told.with("geometryTypes", list(types.iter().copied())).done())
        })
    }

    /// Statistics of a column over the rows that pass, as `GET /datasets/{id}/stats?column=` gives them.
    ///
    /// # Errors
    /// When there is no such column, the query does not fit, or `bins` is not from 1 to 1000.
    pub fn stats(&mut self, column: &str, query: &str, bins: u32) -> Result<JsValue, JsValue> {
        if !(1..=MAX_BINS).contains(&(bins as usize)) {
            return Err(error(&format!("{bins} bins, expected 1 to {MAX_BINS}")));
        }
        self.answer(query, |points, selected, _| {
            let index = points.column(column).ok_or_else(|| unknown_column(points, "column", column))?;
            Ok(statistics(points, index, selected, bins as usize))
        })
    }

    /// Quantiles of what the cells of a zoom carry, as `GET /datasets/{id}/stats?measure=&z=` gives them. A zoom beyond
    /// those that were walked is told as the deepest of them, with its number.
    ///
    /// # Errors
    /// When there is no such measure or zoom, or the query does not fit.
    pub fn cells(&mut self, query: &str, measure: &str, z: u32) -> Result<JsValue, JsValue> {
        if z > MAX_ZOOM.into() {
            return Err(error(&format!("zoom {z}, expected 0 to {MAX_ZOOM}")));
        }
        self.answer(query, |points, selected, scratch| {
            let property = selected.plan.properties().iter().position(|property| property.name == measure);
            let property = property.ok_or_else(|| {
                let names: Vec<&str> = selected.plan.shown().map(|(_, property)| property.name.as_str()).collect();
                QueryError::new("measure", format!("there is no measure \"{measure}\"; there are {}", names.join(", ")))
            })?;
            let legend = selected.legend(points, scratch);
            let (asked, told) = (z as usize, (z as usize).min(legend.zooms.len().saturating_sub(1)));
            let cells = legend.zooms.get(told).map_or(0, |zoom| zoom.cells);
            let answer = New::default().text("measure", measure).count("z", told).count("asked", asked);
            let answer = answer.count("cells", cells).numbers("probabilities", &PROBABILITIES);
            let answer = match (legend.quantiles(told, property), legend.range(property)) {
                (Some(quantiles), Some((min, max))) => {
                    answer.numbers("quantiles", quantiles).numbers("range", &[min, max])
                }
                _ => answer.with("quantiles", JsValue::NULL).with("range", JsValue::NULL),
            };
            Ok(answer.done())
        })
    }

    /// Range and quantiles of everything that is a number on cells, for each zoom, as `measures` in a server's metadata; of some zooms, as
    /// in those of an archive that has them.
    ///
    /// # Errors
    /// When the query does not parse or does not fit the columns.
    pub fn legend(&mut self, query: &str, first: Option<u8>, last: Option<u8>) -> Result<JsValue, JsValue> {
        self.answer(query, |points, selected, scratch| {
            let legend = match (first, last) {
                (Some(first), Some(last)) => selected.legend_within(first..=last, points, scratch),
                _ => selected.legend(points, scratch).clone(),
            };
            Ok(list(selected.plan.measured().filter_map(|(index, property)| measure(&legend, index, &property.name))))
        })
    }

    /// Rows that pass, a page at a time, as GeoJSON: `{ tile?: [z, x, y], cell?: id, h3?: index, offset?, limit? }` says
    /// which.
    ///
    /// # Errors
    /// When an option is odd, or the query does not fit.
    pub fn rows(&mut self, query: &str, options: &JsValue) -> Result<JsValue, JsValue> {
        let within = given::within(options)?;
        let (offset, limit) =
            (given::count(options, "offset", 0, usize::MAX)?, given::count(options, "limit", 100, MAX_PAGE)?);
        self.answer(query, |points, selected, _| {
            let page = Page::of(points, selected.mask.as_ref(), within, (offset, limit), &Work::free());
            let page = page.unwrap_or_default();
            let columns = selected.query.told_columns(&selected.plan, points);
            let told = New::default().text("type", "FeatureCollection");
            let told = told.with("features", features(points, &columns, &page.rows));
            Ok(told.count("numberMatched", page.matched).count("numberReturned", page.rows.len()).done())
        })
    }

    /// The columns: `{ rows, unusable, columns }`, as `GET /datasets/{id}` tells them. What is told of a column with
    /// facts is of the full dataset; `rows` are those held, and `unusable` rows had no position on the map.
    ///
    /// # Errors
    /// None that is known.
    pub fn schema(&mut self) -> Result<JsValue, JsValue> {
        let unusable = self.dataset.unusable();
        self.answer("", |points, _, _| {
            let columns = (0..points.columns().len()).filter_map(|index| ColumnInfo::of(points, index));
            let told = New::default().count("rows", points.len()).count("unusable", unusable);
            Ok(told.with("columns", list(columns.map(|info| column(&info)))).done())
        })
    }

    /// The name of the layer in tiles.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn name(&self) -> String {
        self.dataset.name().into()
    }
}

impl Tiler {
    fn answer(
        &mut self,
        query: &str,
        f: impl FnOnce(&Points<'_>, &mut Selected, &mut Scratch) -> Result<JsValue, QueryError>,
    ) -> Result<JsValue, JsValue> {
        self.dataset.with(query, f).flatten().map_err(|error| query_error(&error))
    }
}

fn property(info: &PropertyInfo<'_>) -> JsValue {
    let told = New::default().text("property", info.name).text("type", info.kind);
    let told = told.perhaps("measure", info.measure.as_deref()).perhaps("column", info.column);
    let told = told.with("alias", if info.alias { JsValue::TRUE } else { JsValue::UNDEFINED });
    told.text("on", info.on).perhaps("unit", info.unit).done()
}

fn column(info: &ColumnInfo<'_>) -> JsValue {
    let [min, max] = info.range.as_ref().map_or([None, None], |ends| ends.each_ref().map(Some));
    let told = New::default().text("name", info.name).text("type", info.kind).text("in_tiles", info.in_tiles);
    let told = told.count("present", info.present as usize).count("nulls", info.nulls as usize);
    let told = told.plain("min", min).plain("max", max);
    categories(told, info.distinct, &info.categories).perhaps("role", info.role).done()
}

fn categories(told: New, distinct: Option<u64>, all: &[(Plain<'_>, u64)]) -> New {
    let Some(distinct) = distinct else { return told };
    let one = |(value, count): &(Plain<'_>, u64)| {
        New::default().plain("value", Some(value)).count("count", *count as usize).done()
    };
    told.count("distinct", distinct as usize).with("categories", list(all.iter().map(one)))
}

fn statistics(points: &Points<'_>, index: usize, selected: &Selected, bins: usize) -> JsValue {
    let column = &points.columns()[index];
    let (mask, work) = (selected.mask.as_ref(), Work::free());
    // The facts that a column carries may be those of a larger dataset.
    let facts = Facts::under(column, mask, &work).unwrap_or_default();
    let (rows, present) = (selected.rows(points), facts.present as usize);
    let counted: Vec<_> =
        facts.categories.iter().map(|&(value, count)| (Plain::of(column, value, Times::Iso), count)).collect();
    let told = New::default().text("column", column.name).text("type", column.kind().name());
    let told = told.count("rows", rows).count("present", present).count("nulls", rows.saturating_sub(present));
    let told = categories(told, facts.distinct, &counted);
    let spread = Distribution::of(column, mask, bins, &work).ok().flatten();
    let Some((spread, [min, max])) = spread.zip(range(column, &facts, Times::Iso)) else {
        return told.done();
    };
    let time = column.kind() == Kind::Time;
    // Times are milliseconds here, which a double holds exactly.
    let tell = |value: f64| if time { plain(&Plain::iso((value * 1000.0) as i64)) } else { value.into() };
    let tell_all = |values: &[f64]| list(values.iter().map(|&value| tell(value)));
    let counts: Vec<f64> = spread.counts.iter().map(|&count| count as f64).collect();
    let histogram = New::default().with("edges", tell_all(&spread.edges)).numbers("counts", &counts);
    let told = told.plain("min", Some(&min)).plain("max", Some(&max)).with("mean", tell(spread.mean));
    let told = told.numbers("probabilities", &PROBABILITIES).with("quantiles", tell_all(&spread.quantiles));
    told.with("histogram", histogram.done()).done()
}

fn measure(legend: &Legend, index: usize, name: &str) -> Option<JsValue> {
    let (min, max) = legend.range(index)?;
    let zooms = legend.each().filter_map(|(z, zoom)| {
        let quantiles = zoom.quantiles.get(index)?.as_ref()?;
        Some(New::default().count("z", z.into()).count("cells", zoom.cells).numbers("quantiles", quantiles).done())
    });
    let told = New::default().text("property", name).number("min", min).number("max", max);
    Some(told.numbers("probabilities", &PROBABILITIES).with("zooms", list(zooms)).done())
}

fn features(points: &Points<'_>, columns: &[usize], rows: &[usize]) -> JsValue {
    let columns: Vec<_> = columns.iter().map(|&index| &points.columns()[index]).collect();
    let names: Vec<JsValue> = columns.iter().map(|column| column.name.into()).collect();
    list(rows.iter().map(|&row| {
        let (lon, lat) = points.degrees(row);
        let properties: JsValue = Object::new().into();
        for (column, name) in columns.iter().zip(&names) {
            set(&properties, name, &plain(&Plain::cell(column, row, Times::Iso)));
        }
        let geometry = New::default().text("type", "Point").numbers("coordinates", &[lon, lat]).done();
        let feature = New::default().text("type", "Feature").number("id", points.id(row) as f64);
        feature.with("geometry", geometry).with("properties", properties).done()
    }))
}
