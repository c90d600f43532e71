//! What is told beside tiles, as objects: the same answers as the server's documents give, from the same code in core.

use crate::{
    dataset::Selected,
    given,
    object::{error, list, number, object, plain, query_error, set},
    tiler::Tiler,
};
use duotile_core::{
    ColumnInfo, Facts, Kind, Legend, MAX_PAGE, MAX_ZOOM, Mask, Page, Plain, Points, PropertyInfo, QueryError, Scratch,
    Times,
    frame::{self, Extent},
    range,
    stats::{self, Distribution, MAX_BINS, PROBABILITIES},
    unknown_column,
};
use js_sys::Object;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Tiler {
    /// What a query means: `{ canonical, properties, pointsMinzoom?, rows, bounds?, focus }`. `rows` pass the query;
    /// bounds and focus are of all rows.
    ///
    /// # Errors
    /// When the query does not parse or does not fit the columns.
    pub fn describe(&mut self, query: &str) -> Result<JsValue, JsValue> {
        let keys = self.dataset.keys();
        let bounds = Extent::of(keys).bounds();
        let focus = frame::focus(keys, |runs| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join));
        self.answer(query, |points, selected, _| {
            let minzoom = selected.plan.needs_profile().then(|| selected.profile.points_minzoom()).flatten();
            Ok(object(&[
                ("canonical", selected.plan.canonical().into()),
                ("properties", list(selected.plan.describe(points).map(|info| property(&info)))),
                ("pointsMinzoom", minzoom.map_or(JsValue::UNDEFINED, JsValue::from)),
                ("rows", number(selected.rows(points))),
                ("bounds", bounds.map_or(JsValue::UNDEFINED, list)),
                ("focus", list(focus)),
            ]))
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
            Ok(object(&[
                ("measure", measure.into()),
                ("z", number(told)),
                ("asked", number(asked)),
                ("cells", number(cells)),
                ("probabilities", list(PROBABILITIES)),
                ("quantiles", legend.quantiles(told, property).map_or(JsValue::NULL, |all| list(*all))),
                ("range", legend.range(property).map_or(JsValue::NULL, |(min, max)| list([min, max]))),
            ]))
        })
    }

    /// Range and quantiles of everything that is a number on cells, for each zoom, as `measures` in a server's metadata.
    ///
    /// # Errors
    /// When the query does not parse or does not fit the columns.
    pub fn legend(&mut self, query: &str) -> Result<JsValue, JsValue> {
        self.answer(query, |points, selected, scratch| {
            let legend = selected.legend(points, scratch).clone();
            Ok(list(selected.plan.measured().filter_map(|(index, property)| measure(&legend, index, &property.name))))
        })
    }

    /// Rows that pass, a page at a time, as GeoJSON: `{ tile?: [z, x, y], cell?: id, offset?, limit? }` says which.
    ///
    /// # Errors
    /// When an option is odd, or the query does not fit.
    pub fn rows(&mut self, query: &str, options: &JsValue) -> Result<JsValue, JsValue> {
        let within = given::within(options)?;
        let (offset, limit) =
            (given::count(options, "offset", 0, usize::MAX)?, given::count(options, "limit", 100, MAX_PAGE)?);
        self.answer(query, |points, selected, _| {
            let page = Page::of(points, selected.mask.as_ref(), within, offset, limit);
            let columns = selected.query.told_columns(&selected.plan, points);
            Ok(object(&[
                ("type", "FeatureCollection".into()),
                ("features", features(points, &columns, &page.rows)),
                ("numberMatched", number(page.matched)),
                ("numberReturned", number(page.rows.len())),
            ]))
        })
    }

    /// The columns: `{ rows, unusable, columns }`, as `GET /datasets/{id}` tells them. What is told of a column with
    /// facts is of the full dataset; `rows` are those held, and `unusable` rows had no position on the map.
    ///
    /// # Errors
    /// None that is known.
    pub fn schema(&mut self) -> Result<JsValue, JsValue> {
        let unusable = number(self.dataset.unusable());
        self.answer("", |points, _, _| {
            let columns = (0..points.columns().len()).filter_map(|index| ColumnInfo::of(points, index));
            Ok(object(&[
                ("rows", number(points.len())),
                ("unusable", unusable),
                ("columns", list(columns.map(|info| column(&info)))),
            ]))
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
    object(&[
        ("property", info.name.into()),
        ("type", info.kind.into()),
        ("measure", info.measure.as_deref().map_or(JsValue::UNDEFINED, JsValue::from)),
        ("column", info.column.map_or(JsValue::UNDEFINED, JsValue::from)),
        ("alias", if info.alias { JsValue::TRUE } else { JsValue::UNDEFINED }),
        ("on", info.on.into()),
        ("unit", info.unit.map_or(JsValue::UNDEFINED, JsValue::from)),
    ])
}

fn column(info: &ColumnInfo<'_>) -> JsValue {
    let [min, max] = info.range.as_ref().map_or([JsValue::UNDEFINED; 2], |ends| ends.each_ref().map(plain));
    object(&[
        ("name", info.name.into()),
        ("type", info.kind.into()),
        ("in_tiles", info.in_tiles.into()),
        ("present", number(info.present as usize)),
        ("nulls", number(info.nulls as usize)),
        ("min", min),
        ("max", max),
        ("distinct", info.distinct.map_or(JsValue::UNDEFINED, |distinct| number(distinct as usize))),
        ("categories", info.distinct.map_or(JsValue::UNDEFINED, |_| categories(&info.categories))),
        ("role", info.role.map_or(JsValue::UNDEFINED, JsValue::from)),
    ])
}

fn categories(told: &[(Plain<'_>, u64)]) -> JsValue {
    list(told.iter().map(|(value, count)| object(&[("value", plain(value)), ("count", number(*count as usize))])))
}

fn statistics(points: &Points<'_>, index: usize, selected: &Selected, bins: usize) -> JsValue {
    let column = &points.columns()[index];
    let all = || Mask::new(0..points.len(), vec![u64::MAX; points.len().div_ceil(64)]);
    // The facts that a column carries may be those of a larger dataset.
    let facts = Facts::under(column, selected.mask.as_ref().unwrap_or(&all()));
    let rows = selected.rows(points);
    let told: Vec<_> =
        facts.categories.iter().map(|&(value, count)| (Plain::of(column, value, Times::Iso), count)).collect();
    let mut numbers = stats::numbers(column, selected.mask.as_ref()).unwrap_or_default();
    stats::sort(&mut numbers);
    let spread = Distribution::of(&numbers, bins);
    let time = column.kind() == Kind::Time;
    // Times are milliseconds here, which a double holds exactly.
    let tell = |value: f64| if time { plain(&Plain::iso((value * 1000.0) as i64)) } else { value.into() };
    let ends = range(column, &facts, Times::Iso).filter(|_| spread.is_some());
    let [min, max] = ends.map_or([JsValue::UNDEFINED; 2], |ends| ends.each_ref().map(plain));
    let of = |told: &dyn Fn(&Distribution) -> JsValue| spread.as_ref().map_or(JsValue::UNDEFINED, told);
    object(&[
        ("column", column.name.into()),
        ("type", column.kind().name().into()),
        ("rows", number(rows)),
        ("present", number(facts.present as usize)),
        ("nulls", number(rows.saturating_sub(facts.present as usize))),
        ("distinct", facts.distinct.map_or(JsValue::UNDEFINED, |distinct| number(distinct as usize))),
        ("categories", facts.distinct.map_or(JsValue::UNDEFINED, |_| categories(&told))),
        ("min", min),
        ("max", max),
        ("mean", of(&|spread| tell(spread.mean))),
        ("probabilities", of(&|_| list(PROBABILITIES))),
        ("quantiles", of(&|spread| list(spread.quantiles.map(tell)))),
        (
            "histogram",
            of(&|spread| {
                let edges = list(spread.edges.iter().map(|&edge| tell(edge)));
                object(&[("edges", edges), ("counts", list(spread.counts.iter().map(|&count| number(count))))])
            }),
        ),
    ])
}

fn measure(legend: &Legend, index: usize, name: &str) -> Option<JsValue> {
    let (min, max) = legend.range(index)?;
    let zooms = legend.zooms.iter().enumerate().filter_map(|(z, zoom)| {
        let quantiles = zoom.quantiles.get(index)?.as_ref()?;
        Some(object(&[("z", number(z)), ("cells", number(zoom.cells)), ("quantiles", list(*quantiles))]))
    });
    Some(object(&[
        ("property", name.into()),
        ("min", min.into()),
        ("max", max.into()),
        ("probabilities", list(PROBABILITIES)),
        ("zooms", list(zooms)),
    ]))
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
        object(&[
            ("type", "Feature".into()),
            ("id", JsValue::from_f64(points.id(row) as f64)),
            ("geometry", object(&[("type", "Point".into()), ("coordinates", list([lon, lat]))])),
            ("properties", properties),
        ])
    }))
}
