//! A tile of an archive: its bytes as they lie there where the client can take them, else unpacked, off the async threads.

use super::{
    Engine, Refusal, Size,
    pack::{Accepted, Coding, Packed},
};
use crate::source::archive::{Archive, Lying, Packing};
use duotile_core::{TileId, Work};
use std::sync::Arc;

impl Engine {
    /// A tile; `None` where the archive has none.
    ///
    /// # Errors
    /// When too much waits; [`Refusal::Failed`] where the archive is damaged.
    pub async fn archived(
        &self,
        archive: &Arc<Archive>,
        tile: TileId,
        accepted: Accepted,
    ) -> Result<Option<Packed>, Refusal> {
        let (archive, elsewhere) = (archive.clone(), archive.is_elsewhere());
        let job = move |work: &Work<'_>| {
            let found = archive.tile(tile).map_err(|error| Refusal::failed(&format!("{error:#}")))?;
            let Some(Lying { bytes, packing }) = found else { return Ok(None) };
            let coding = match packing {
                Packing::Gzip if accepted.gzip => Some(Coding::Gzip),
                Packing::Zstd if accepted.zstd => Some(Coding::Zstd),
                _ => None,
            };
            if let Some(coding) = coding {
                return Ok(Some(Packed { bytes: bytes.into(), coding }));
            }
            let plain = packing.unpack(&bytes);
            let plain = plain
                .map_err(|error| Refusal::failed(&format!("{}: tile {tile}: {error:#}", archive.path().display())))?;
            work.pay(0)?;
            Ok(Some(accepted.best.pack(plain, 1, work)?))
        };
        let pool = if elsewhere { &self.elsewhere } else { &self.pool };
        pool.run(Size::Short, job).await
    }
}
