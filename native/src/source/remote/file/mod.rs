//! Files that lie elsewhere: `https://host/trips.parquet`, `s3://bucket/trips.parquet`. A [`Link`] says where one is; it is [`fetch`]ed whole, and goes on where a
//! connection was cut, or in the [`parts`] that are read, or [`Ranged`] parts of it are asked for; what its server tells of it ([`told`]) is its
//! version.

mod ask;
mod fetch;
mod link;
mod parts;
mod ranged;
mod s3;
mod spans;
#[cfg(test)]
mod tests;
mod told;

use super::secret::Secret;
use anyhow::Result;
pub(super) use fetch::fetch;
pub use link::Link;
pub(super) use link::{is_link, parse};
pub use parts::Parts;
pub(super) use ranged::Other;
pub(crate) use ranged::Ranged;
use told::Told;

/// What changes when the file does; `None` where its server does not tell.
///
/// One byte is asked for, and not the head of the answer alone: an address that was signed for one is good for that alone.
///
/// # Errors
/// When the server does not answer, or refuses.
pub(super) async fn version(link: &Link) -> Result<Option<String>> {
    let answer = ask::ask(link, &[("range", "bytes=0-0")]).await?;
    match answer.status.as_u16() {
        // An empty file has no first byte.
        200 | 206 | 416 => Ok(Told::of(&answer).version()),
        _ => Err(answer.refused(link).await),
    }
}
