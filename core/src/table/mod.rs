//! Columns and what is known of them; all of them together are a table, which a query is fitted to.

// Values of one column.
pub mod dictionary;
pub mod normal;
pub mod values;

// What is known of it.
pub mod columns;
pub mod facts;

// All columns, and what is told of them.
pub mod plain;
pub mod schema;
pub mod unknown;
pub mod view;
