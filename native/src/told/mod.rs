//! Documents and texts about a dataset and a query.

pub mod facts;
pub mod metadata;
pub mod row_text;
pub mod style;
pub mod subset;
pub mod tilejson;
