//! Prepared files from outside: what is built, what opens, what is refused.

mod build;
mod changed;
mod damage;
mod hidden;
mod made;
mod round_trip;
mod shapes;
mod support;
