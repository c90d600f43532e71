//! Time: text to microseconds since 1970 UTC and back; calendar periods and intervals.

mod moment;
mod period;
mod zone;

pub(crate) use moment::clock;
pub use moment::{BadTime, DAY, HOUR, Moment, SECOND, Written, parse, print, read};
pub use period::{Interval, Period};
pub(crate) use zone::UTC;
pub use zone::Zone;
