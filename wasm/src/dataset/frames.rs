//! Where all rows lie, as a server tells it: of points their positions, of lines and polygons the whole of their outlines.

use super::Dataset;
use alloc::{vec, vec::Vec};
use duotile_core::{
    boxes,
    frame::{self, Extent, Frame},
    geometries_of,
    view::{self, View},
};

/// Frames of all rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frames {
    /// That of all; `None` for no rows.
    pub bounds: Option<Frame>,
    /// That of the densest 99 %.
    pub focus: Frame,
    /// The first view.
    pub center: View,
}

impl Dataset {
    /// Where all rows lie.
    #[must_use]
    pub fn frames(&self) -> Frames {
        let keys = self.keys();
        let focus = frame::focus(keys, |runs| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join));
        let Some((shapes, _)) = &self.shapes else {
            return Frames { bounds: Extent::of(keys).bounds(), focus, center: view::first(keys, focus) };
        };
        let all = shapes.buffers().boxes;
        let bounds = boxes::frame(all.iter().copied().fold(boxes::NOTHING, boxes::join));
        let most = all.iter().zip(keys).filter(|&(&of, &key)| boxes::is_among(of, key, focus)).map(|(&of, _)| of);
        let focus = boxes::focus(most.fold(boxes::NOTHING, boxes::join), focus, bounds);
        Frames { bounds, focus, center: view::of(focus) }
    }

    /// What its rows are, that of most first: `Point`, `LineString`, `Polygon`.
    #[must_use]
    pub fn geometries(&self) -> Vec<&'static str> {
        self.shapes.as_ref().map_or_else(|| vec!["Point"], |(shapes, _)| geometries_of(shapes.outlines().kinds()))
    }
}
