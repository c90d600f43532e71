//! What is kept of answers and of what they are made of, each within a budget of bytes; forgotten with its dataset.
//!
//! What is kept changes no answer, only its time. Every key names the [`Edition`] it is of, so one [`Keeps::forget`] ends
//! all of it, and what finishes later is not kept.

use super::{
    finished::Tile,
    fitted::Fitted,
    hits::Hits,
    keep::{Keep, Weigh},
    lets::Widened,
    pack::{Coding, Packed},
};
use crate::{catalog::Edition, format::Format};
use duotile_core::{Legend, Mask, Profile, Ranks, RowGeometry, Sums, TileId};
use std::sync::Arc;

/// Bytes of finished documents.
const DOCUMENT_BYTES: u64 = 16 << 20;
/// Bytes of legends.
const LEGEND_BYTES: u64 = 16 << 20;
/// Bytes of queries that were fitted. One holds what its filter selects of all distinct texts of a column, which may be tens
/// of megabytes.
const FITTED_BYTES: u64 = 128 << 20;
/// Bytes of profiles.
const PROFILE_BYTES: u64 = 8 << 20;

/// How many bytes may be kept.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// For masks and summaries.
    pub masks: u64,
    /// For finished tiles.
    pub tiles: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { masks: 512 << 20, tiles: 64 << 20 }
    }
}

/// How rows are shown: how many in a tile, as what, and the column that they are ranked by.
pub(super) type Shown = (u32, RowGeometry, Option<usize>);

/// What is known of the rows that pass a filter: which these are, or what a column adds up to over them.
#[derive(Clone, Debug)]
pub(super) enum OfRows {
    Mask(Arc<Mask>),
    Sums(Arc<Sums>),
}

impl Weigh for OfRows {
    fn weight(&self) -> usize {
        match self {
            Self::Mask(mask) => mask.size(),
            Self::Sums(sums) => sums.size(),
        }
    }
}

impl Weigh for Arc<Ranks> {
    fn weight(&self) -> usize {
        self.size()
    }
}

impl Weigh for Arc<Profile> {
    fn weight(&self) -> usize {
        size_of::<Profile>()
    }
}

impl Weigh for Arc<Legend> {
    fn weight(&self) -> usize {
        self.size()
    }
}

/// All that is kept.
#[derive(Debug)]
pub struct Keeps {
    /// Queries that were fitted, by their text.
    pub(super) fitted: Arc<Keep<(), Arc<Fitted>>>,
    /// Sources with columns that queries make, by the text of these.
    pub(super) widened: Arc<Keep<(), Widened>>,
    /// Masks, and summaries each with its column, by the text of their filter.
    pub(super) rows: Arc<Keep<Option<usize>, OfRows>>,
    pub(super) summary_hits: Hits,
    /// By the text of the columns that a query makes, and the column that they are by.
    pub(super) ranks: Arc<Keep<usize, Arc<Ranks>>>,
    /// By the text of their filter and how rows are shown.
    pub(super) profiles: Arc<Keep<Shown, Arc<Profile>>>,
    /// By their query.
    pub(super) legends: Arc<Keep<(), Arc<Legend>>>,
    /// By their query, address and format.
    pub(super) tiles: Arc<Keep<(TileId, Format, Coding), Arc<Tile>>>,
    /// By everything they depend on.
    pub(super) documents: Arc<Keep<Coding, Packed>>,
}

impl Keeps {
    /// Keeps nothing yet.
    #[must_use]
    pub fn new(budget: Budget) -> Self {
        Self {
            // In one part, so that one may be as large as the budget.
            fitted: Keep::new(10_000, FITTED_BYTES, 1),
            widened: Keep::new(100, budget.masks / 2, 1),
            rows: Keep::new(1000, budget.masks, 1),
            summary_hits: Hits::default(),
            ranks: Keep::new(100, budget.masks / 4, 1),
            profiles: Keep::new(10_000, PROFILE_BYTES, 8),
            legends: Keep::new(1000, LEGEND_BYTES, 8),
            tiles: Keep::new(10_000, budget.tiles, 8),
            documents: Keep::new(1000, DOCUMENT_BYTES, 8),
        }
    }

    /// Ends an edition: what was kept of it goes, and what is still being made of it will not be kept.
    pub fn forget(&self, edition: &Edition) {
        edition.end();
        self.fitted.forget(edition);
        self.widened.forget(edition);
        self.rows.forget(edition);
        self.ranks.forget(edition);
        self.profiles.forget(edition);
        self.legends.forget(edition);
        self.tiles.forget(edition);
        self.documents.forget(edition);
    }

    /// Bytes that are kept, by what they are.
    #[must_use]
    pub fn sizes(&self) -> Vec<(&'static str, u64)> {
        vec![
            ("masks", self.rows.size()),
            ("columns", self.widened.size()),
            ("ranks", self.ranks.size()),
            ("profiles", self.profiles.size()),
            ("tiles", self.tiles.size()),
            ("documents", self.documents.size()),
            ("legends", self.legends.size()),
            ("queries", self.fitted.size()),
        ]
    }

    /// How often something was found, and how often not.
    #[must_use]
    pub fn hits(&self) -> Vec<(&'static str, [u64; 2])> {
        vec![
            ("masks", self.rows.hits.told()),
            ("columns", self.widened.hits.told()),
            ("summaries", self.summary_hits.told()),
            ("ranks", self.ranks.hits.told()),
            ("profiles", self.profiles.hits.told()),
            ("tiles", self.tiles.hits.told()),
            ("documents", self.documents.hits.told()),
            ("legends", self.legends.hits.told()),
            ("queries", self.fitted.hits.told()),
        ]
    }
}
