//! The names of spatial predicates.

pub use crate::geometry::Relation;

use Relation as R;

const NAMES: [(&str, Relation); 8] = [
    ("S_INTERSECTS", R::Intersects),
    ("S_EQUALS", R::Equals),
    ("S_DISJOINT", R::Disjoint),
    ("S_TOUCHES", R::Touches),
    ("S_WITHIN", R::Within),
    ("S_OVERLAPS", R::Overlaps),
    ("S_CROSSES", R::Crosses),
    ("S_CONTAINS", R::Contains),
];

impl Relation {
    /// The predicate of a name, in whatever case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, relation)| relation)
    }

    /// As CQL2 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|&&(_, relation)| relation == self).map_or("", |&(name, _)| name)
    }

    /// All names.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|&(name, _)| name)
    }

    /// The one that says the same with its sides exchanged.
    pub(super) const fn turn(self) -> Self {
        match self {
            Self::Within => Self::Contains,
            Self::Contains => Self::Within,
            same => same,
        }
    }
}
