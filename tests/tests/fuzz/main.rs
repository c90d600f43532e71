//! Nothing that comes from outside makes the program panic, whatever its bytes: texts of queries, paths, files.
//!
//! Each test breaks good inputs at random for some seconds, `DUOTILE_FUZZ_SECONDS` for longer (`make fuzz MINUTES=10`). What
//! failed once is a file in `found`, which is asked first from then on.

mod files;
mod paths;
mod run;
mod sealed;
mod served;
mod shapes;
mod texts;
