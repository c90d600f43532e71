//! The real program: what it prints, how it ends, how it serves, and that nothing it is given makes it panic.

mod again;
mod commands;
#[cfg(unix)]
mod load;
mod serving;
mod support;
