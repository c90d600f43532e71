//! How full the tiles of each zoom are under a filter: what decides where rows take over from cells, and how much
//! `mode=points` thins.
//!
//! Overfull tiles are found among the landmarks, or, where these are not known, by descending from the world into overfull
//! tiles only: at most rows / max(limit, 32) tiles a zoom, two ranks each. A tile with no more than [`CROWD`] rows is never
//! overfull, however low the limit: to find those, every row would have to be looked at.

use crate::{
    filter::mask::Mask,
    points::{
        index::Points,
        landmarks::{CROWD, Landmarks},
        steps::{Most, STEPS, scramble, step},
    },
    small::{
        self,
        work::{Stopped, Toll, Work},
    },
    space::tile::{MAX_ZOOM, TileId},
};
use alloc::{vec, vec::Vec};
use core::ops::Range;

const ZOOMS: usize = MAX_ZOOM as usize + 1;

/// Facts of each zoom under a filter and a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    limit: u64,
    /// Rows that pass.
    total: u64,
    /// Rows in overfull tiles.
    overfull: [u64; ZOOMS],
    /// Rows in the fullest tile, where that is overfull.
    fullest: [u64; ZOOMS],
    /// How large rows are together, where they have a size, and those of them that do not show yet.
    size: u128,
    hidden: [u128; ZOOMS],
    /// How many steps of rows fit, where rows have a rank.
    fit: [u16; ZOOMS],
    /// Rows with outlines that `mode=points` draws; none for points.
    drawn: Option<[u64; ZOOMS]>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            limit: 0,
            total: 0,
            overfull: [0; ZOOMS],
            fullest: [0; ZOOMS],
            size: 0,
            hidden: [0; ZOOMS],
            fit: [STEPS as u16; ZOOMS],
            drawn: None,
        }
    }
}

impl Profile {
    /// Looks at the rows that pass a mask; a tile with more than `limit` of them, and more than [`CROWD`], is overfull.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn of(points: &Points<'_>, mask: Option<&Mask>, limit: u32, work: &Work<'_>) -> Result<Self, Stopped> {
        let count = |range: Range<usize>| mask.map_or(range.len(), |mask| mask.count(range)) as u64;
        let mut profile = Self { limit: limit.into(), total: count(0..points.len()), ..Self::default() };
        let full = profile.limit.max(CROWD as u64);
        if let Some(shapes) = points.shapes() {
            let ranked = (|row| shapes.first(row), |row| shapes.rank(row), |row| shapes.size(row));
            profile.look_at_ranked(points, ranked, mask, full, &mut work.toll())?;
        } else if let Some(ranks) = points.ranks() {
            let ranked = (|_| 0, |row: usize| ranks[row], |_| 0);
            profile.look_at_ranked(points, ranked, mask, full, &mut work.toll())?;
        } else if points.landmarks().is_empty() {
            profile.descend(points, full, count, &mut work.toll())?;
        } else {
            profile.look_at(points.landmarks(), full, count, &mut work.toll())?;
        }
        Ok(profile)
    }

    /// That of rows which somebody else has counted: how many pass, and for each zoom from 0 on those in overfull tiles, and those in
    /// the fullest of these. Of zooms that are not told no tile is overfull.
    #[must_use]
    pub fn counted(limit: u32, total: u64, zooms: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let mut profile = Self { limit: limit.into(), total, ..Self::default() };
        for (z, (overfull, fullest)) in zooms.into_iter().take(ZOOMS).enumerate() {
            (profile.overfull[z], profile.fullest[z]) = (overfull, fullest);
        }
        profile
    }

    /// Overfull tiles are among the landmarks: a landmark is the tile of each of its levels.
    fn look_at(
        &mut self,
        landmarks: Landmarks<'_>,
        full: u64,
        count: impl Fn(Range<usize>) -> u64,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let mut at = 0;
        while let Some(landmark) = landmarks.find(at) {
            toll.pay(1)?;
            let rows = count(landmark.run());
            if rows <= full {
                at = landmark.skip;
                continue;
            }
            (landmark.coarsest..=landmark.finest.min(MAX_ZOOM)).for_each(|z| self.add(z, rows));
            at += 1;
        }
        Ok(())
    }

    /// Of rows that have a first zoom and a rank, those count at a zoom that show at it. How many of each step there are in
    /// overfull tiles says which of them `mode=points` leaves out.
    fn look_at_ranked(
        &mut self,
        points: &Points<'_>,
        (first, rank, size): (impl Fn(usize) -> u8, impl Fn(usize) -> u8, impl Fn(usize) -> u64),
        mask: Option<&Mask>,
        full: u64,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let step = |row: usize| step(rank(row), points.rows()[row]);
        // For each zoom so many rows of each step that show from there on.
        let (mut firsts, mut counts) = ([0u128; ZOOMS], vec![0u32; ZOOMS * STEPS]);
        // Of points all show.
        let sized = if points.shapes().is_some() { 0..points.len() } else { 0..0 };
        toll.each_step(sized, |rows| {
            let passing = rows.filter(|&row| mask.is_none_or(|mask| mask.get(row)));
            passing.for_each(|row| {
                let first = usize::from(first(row).min(MAX_ZOOM));
                firsts[first] += u128::from(size(row));
                counts[first * STEPS + step(row)] += 1;
            });
        })?;
        self.size = firsts.iter().sum();
        let mut shown = 0;
        for (hidden, first) in self.hidden.iter_mut().zip(firsts) {
            shown += first;
            *hidden = self.size - shown;
        }
        let mut fit = [STEPS as u16; ZOOMS];
        // The tile of each zoom that is being counted with its rows, and these by step.
        let (mut open, mut steps) = ([(0u64, 0u64); ZOOMS], vec![0u32; ZOOMS * STEPS]);
        let mut close = |profile: &mut Self, z: usize, rows: u64, steps: &[u32]| {
            if rows > full {
                profile.add(z as u8, rows);
                let mut sum = 0;
                let fits = steps.iter().take_while(|&&rows| {
                    sum += u64::from(rows);
                    sum <= full
                });
                fit[z] = fit[z].min(fits.count() as u16);
            }
        };
        // What lies in no overfull landmark lies in no overfull tile.
        let (landmarks, mut at, mut around) = (points.landmarks(), 0, Vec::<(usize, u8)>::new());
        let mut row = 0;
        while row < points.len() {
            toll.pay(2)?;
            while around.pop_if(|&mut (end, _)| end <= row).is_some() {}
            while let Some(landmark) = landmarks.find(at).filter(|landmark| landmark.start <= row) {
                let rows = mask.map_or(landmark.run().len(), |mask| mask.count(landmark.run())) as u64;
                if rows > full {
                    around.push((landmark.end, landmark.finest.min(MAX_ZOOM)));
                    at += 1;
                } else {
                    at = landmark.skip;
                }
                toll.pay(1)?;
            }
            let deepest = match around.last() {
                Some(&(_, deepest)) => deepest,
                None if landmarks.is_empty() => MAX_ZOOM,
                None => {
                    row = landmarks.find(at).map_or(points.len(), |next| next.start);
                    continue;
                }
            };
            let (step, first) = (step(row), first(row));
            if first <= deepest && mask.is_none_or(|mask| mask.get(row)) {
                toll.pay(usize::from(deepest - first) / 4)?;
                for z in first..=deepest {
                    let tile = points.keys()[row].checked_shr(64 - 2 * u32::from(z)).unwrap_or(0);
                    let (of, rows) = &mut open[usize::from(z)];
                    let steps = &mut steps[usize::from(z) * STEPS..][..STEPS];
                    if *of != tile {
                        toll.pay(STEPS / 32)?;
                        close(self, z.into(), *rows, steps);
                        steps.fill(0);
                        (*of, *rows) = (tile, 0);
                    }
                    *rows += 1;
                    steps[step] += 1;
                }
            }
            row += 1;
        }
        for (z, (&(_, rows), steps)) in open.iter().zip(steps.chunks_exact(STEPS)).enumerate() {
            close(self, z, rows, steps);
        }
        // What shows at a zoom shows at every deeper one.
        for z in (1..ZOOMS).rev() {
            fit[z - 1] = fit[z - 1].min(fit[z]);
        }
        self.fit = fit;
        // What fits at a zoom fits at each deeper one: so many rows more that show or fit from there on.
        let kept =
            |z: usize, steps: Range<usize>| counts[z * STEPS..][steps].iter().map(|&rows| u64::from(rows)).sum::<u64>();
        let (mut before, mut drawn) = (0, [0; ZOOMS]);
        for z in 0..ZOOMS {
            let fit = usize::from(fit[z]);
            let more = kept(z, 0..fit) + (0..z).map(|shown| kept(shown, before..fit)).sum::<u64>();
            drawn[z] = more + z.checked_sub(1).map_or(0, |z| drawn[z]);
            before = fit;
        }
        self.drawn = points.shapes().map(|_| drawn);
        Ok(())
    }

    /// Overfull tiles hold all overfull tiles of the next zoom.
    fn descend(
        &mut self,
        points: &Points<'_>,
        full: u64,
        count: impl Fn(Range<usize>) -> u64,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let mut stack = alloc::vec![(TileId::WORLD, 0..points.len())];
        while let Some((tile, range)) = stack.pop() {
            toll.pay(1)?;
            let rows = count(range.clone());
            if rows <= full {
                continue;
            }
            self.add(tile.z(), rows);
            let mut rest = range.start;
            for child in tile.children().into_iter().flatten() {
                // Within the tile around it, also where a file's keys were damaged: or there would be no end of tiles.
                let end = points.sorted().after(crate::space::morton::range(child).1).clamp(rest, range.end);
                stack.push((child, rest..end));
                rest = end;
            }
        }
        Ok(())
    }

    /// Adds an overfull tile.
    fn add(&mut self, z: u8, rows: u64) {
        let z = usize::from(z);
        self.overfull[z] += rows;
        self.fullest[z] = self.fullest[z].max(rows);
    }

    /// Rows that pass the filter.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The zoom from which `mode=auto` shows rows: the first whose overfull tiles together hold at most 1 % of the rows, and of
    /// rows with outlines, the first at which half of them show, each counted as often as it is large. Before it a city's houses would
    /// be a few squares; a few specks among countries hold up nothing.
    #[must_use]
    pub fn points_minzoom(&self) -> Option<u8> {
        (0..=MAX_ZOOM).find(|&z| {
            let z = usize::from(z);
            self.overfull[z] * 100 <= self.total && self.hidden[z] * 2 <= self.size
        })
    }

    /// How many rows with outlines the tiles of each zoom draw in `mode=points`; `None` for points.
    #[must_use]
    pub fn drawn(&self) -> Option<&[u64]> {
        self.drawn.as_ref().map(<[u64; ZOOMS]>::as_slice)
    }

    /// The last step of rows that `mode=points` keeps at a zoom where rows have a rank, so that none of its tiles has more of them
    /// (by their points) than the limit; `None` where not even those of the first are few enough.
    #[must_use]
    pub(crate) fn most(&self, z: u8) -> Option<Most> {
        self.fit.get(usize::from(z)).copied().and_then(Most::of)
    }

    /// Which rows of a tile `mode=points` keeps: those whose scrambled original number is below this. `rows` are the
    /// original numbers of those of the tile that pass.
    ///
    /// At a zoom with overfull tiles, these are limit / fullest of all rows, as a fraction of 2³². The fullest tile can
    /// only empty with zoom, so a row shown at one zoom is shown at every deeper one, and neighbouring tiles agree. Where
    /// no tile is overfull but this one has more rows than a low limit, as many as the limit are kept, and those that
    /// any zoom with overfull tiles could have kept.
    #[must_use]
    pub fn bound(&self, z: u8, rows: impl Iterator<Item = u32>) -> u64 {
        let share = |of: u64| (self.limit << 32).div_ceil(of);
        match self.fullest.get(usize::from(z)) {
            Some(&fullest) if fullest > 0 => share(fullest),
            _ if self.limit >= CROWD as u64 => ALL,
            _ => {
                let mut few: Vec<u32> = rows.map(scramble).take(CROWD).collect();
                small::sort(&mut few);
                few.get(self.limit as usize).map_or(ALL, |&first| share(CROWD as u64 + 1).max(first.into()))
            }
        }
    }
}

/// A bound that every row is below.
pub(crate) const ALL: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{space::mercator::World, space::morton, table::view::Roles};
    use alloc::collections::BTreeMap;

    fn of(points: &Points<'_>, mask: Option<&Mask>, limit: u32) -> Profile {
        Profile::of(points, mask, limit, &Work::free()).expect("goes on")
    }

    fn keys() -> Vec<u64> {
        let mut keys: Vec<u64> = (0..6000u32)
            .map(|i| {
                let spread = i % 5 * 6;
                let (x, y) = (i.wrapping_mul(0x9e37_79b9) >> spread, i.wrapping_mul(0x85eb_ca6b) >> spread);
                morton::key(World { x, y })
            })
            .chain(core::iter::repeat_n(77, 30))
            .collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn a_profile_is_what_counting_every_tile_gives() {
        let keys = keys();
        let rows: Vec<u32> = (0..keys.len() as u32).collect();
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let mask = Mask::new(0..keys.len(), alloc::vec![0x5a5a_5a5a_0ff0_ffff; keys.len() / 64 + 1]);
        let words = Landmarks::build(&keys);
        let known = points.with_landmarks(Landmarks::new(&words, keys.len()));
        for mask in [None, Some(&mask)] {
            for limit in [1, 20, 29, 31, 32, 33, 100, 10_000] {
                let profile = of(&points, mask, limit);
                assert_eq!(profile, of(&known, mask, limit));
                let (mut minzoom, mut told) = (None, Vec::new());
                for z in 0..=MAX_ZOOM {
                    let mut tiles = BTreeMap::new();
                    for row in (0..keys.len()).filter(|&row| mask.is_none_or(|mask| mask.get(row))) {
                        *tiles.entry(TileId::containing(morton::position(keys[row]), z)).or_insert(0u64) += 1;
                    }
                    let overfull: u64 = tiles.values().filter(|&&n| n > limit.max(32).into()).sum();
                    let total: u64 = tiles.values().sum();
                    assert_eq!((profile.overfull[usize::from(z)], profile.total()), (overfull, total));
                    told.push((overfull, tiles.into_values().filter(|&n| n > limit.max(32).into()).max().unwrap_or(0)));
                    assert_eq!(profile.fullest[usize::from(z)] == 0, overfull == 0);
                    if minzoom.is_none() && overfull as f64 <= 0.01 * total as f64 {
                        minzoom = Some(z);
                    }
                }
                assert_eq!(profile.points_minzoom(), minzoom, "limit {limit}");
                assert_eq!(Profile::counted(limit, profile.total(), told), profile);
            }
        }
    }

    #[test]
    fn thinning_keeps_about_the_limit_and_never_hides_on_zooming_in() {
        let keys = keys();
        let rows: Vec<u32> = (0..keys.len() as u32).collect();
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let profile = of(&points, None, 500);
        let keeps = |profile: &Profile, row, z| u64::from(scramble(row)) < profile.bound(z, core::iter::empty());
        let kept = |z| rows.iter().filter(|&&row| keeps(&profile, row, z)).count();
        // Binomial with mean 500: six standard deviations are 134.
        assert!(kept(0).abs_diff(500) < 134, "{}", kept(0));
        for z in 0..MAX_ZOOM {
            assert!(rows.iter().all(|&row| !keeps(&profile, row, z) || keeps(&profile, row, z + 1)));
        }
        let roomy = of(&points, None, 3000);
        assert!(roomy.fullest[0] > 3000 && roomy.fullest[13] == 0);
        assert!(rows.iter().all(|&row| keeps(&roomy, row, 13)));
    }
}
