//! A heap whose items can change: each keeps its slot, so that what changes is moved where it is and nothing stale is left behind.

use alloc::vec::Vec;

/// Items numbered from 0, of which some are in the heap.
#[derive(Default)]
pub(crate) struct Heap {
    /// Each item's rank is not above those of the two at twice its place and one or two more.
    items: Vec<(u64, u32)>,
    /// Where each item is.
    slots: Vec<u32>,
    /// For each item what decides between it and others of its rank.
    ties: Vec<u64>,
}

impl Heap {
    /// Begins anew.
    pub fn begin(&mut self) {
        self.items.clear();
        self.slots.clear();
        self.ties.clear();
    }

    /// Numbers the next item, with what decides where ranks are equal.
    pub fn tie(&mut self, tie: u64) {
        self.slots.push(0);
        self.ties.push(tie);
    }

    /// Adds an item that is in no order yet: [`Heap::order`] follows.
    pub fn add(&mut self, item: u32, rank: u64) {
        self.slots[item as usize] = self.items.len() as u32;
        self.items.push((rank, item));
    }

    /// Orders what was added.
    pub fn order(&mut self) {
        for at in (0..self.items.len() / 2).rev() {
            self.sink(at);
        }
    }

    /// Takes the least item; of equal ones that with the lowest number.
    pub fn pop(&mut self) -> Option<(u64, u32)> {
        let end = self.items.pop()?;
        let Some(first) = self.items.first_mut() else { return Some(end) };
        let least = core::mem::replace(first, end);
        // What was last mostly belongs at the bottom: it goes all the way down, and back up as far as it must.
        let at = self.descend(0);
        self.put(at, end);
        self.rise(at);
        Some(least)
    }

    /// Gives an item that is in the heap another rank.
    pub fn change(&mut self, item: u32, rank: u64) {
        let at = self.slots[item as usize] as usize;
        let before = core::mem::replace(&mut self.items[at].0, rank);
        if rank < before {
            self.rise(at);
        } else {
            self.sink(at);
        }
    }

    fn rise(&mut self, mut at: usize) {
        let moved = self.items[at];
        while at > 0 && self.is_less(moved, self.items[(at - 1) / 2]) {
            self.put(at, self.items[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        self.put(at, moved);
    }

    fn sink(&mut self, at: usize) {
        let moved = self.items[at];
        let mut at = at;
        while let Some(from) = self.less(at).filter(|&from| self.is_less(self.items[from], moved)) {
            self.put(at, self.items[from]);
            at = from;
        }
        self.put(at, moved);
    }

    /// Moves what is below a slot up, always the less of two, and says which slot at the bottom is free then.
    fn descend(&mut self, mut at: usize) -> usize {
        while let Some(from) = self.less(at) {
            self.put(at, self.items[from]);
            at = from;
        }
        at
    }

    /// The slot of the less of the two items below one.
    fn less(&self, at: usize) -> Option<usize> {
        let below = 2 * at + 1;
        match self.items.get(below..)? {
            [one, other, ..] => Some(below + usize::from(self.is_less(*other, *one))),
            [_] => Some(below),
            [] => None,
        }
    }

    fn put(&mut self, at: usize, item: (u64, u32)) {
        self.slots[item.1 as usize] = at as u32;
        self.items[at] = item;
    }

    /// Which is less is anyone's guess, but seldom are ranks equal.
    #[inline]
    fn is_less(&self, (a, at): (u64, u32), (b, other): (u64, u32)) -> bool {
        if a == b {
            return (self.ties[at as usize], at) < (self.ties[other as usize], other);
        }
        a < b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn the_least_comes_first_whatever_changes() {
        let mut state = 5u64;
        let mut next = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut heap = Heap::default();
        for count in [0usize, 1, 2, 3, 10, 500] {
            heap.begin();
            let ties: Vec<u64> = (0..count).map(|_| next(3)).collect();
            ties.iter().for_each(|&tie| heap.tie(tie));
            let mut ranks: Vec<u64> = (0..count).map(|_| next(20)).collect();
            let mut sorted: BTreeSet<(u64, u64, u32)> = BTreeSet::new();
            for (item, &rank) in (0..).zip(&ranks).filter(|(item, _)| item % 5 != 4) {
                heap.add(item, rank);
                sorted.insert((rank, ties[item as usize], item));
            }
            heap.order();
            while let Some((rank, _, item)) = sorted.pop_first() {
                assert_eq!(heap.pop(), Some((rank, item)));
                for _ in 0..next(3) {
                    let Some(&(rank, tie, item)) = sorted.iter().nth(next(1 + sorted.len() as u64) as usize) else {
                        continue;
                    };
                    ranks[item as usize] = next(40);
                    sorted.remove(&(rank, tie, item));
                    sorted.insert((ranks[item as usize], tie, item));
                    heap.change(item, ranks[item as usize]);
                }
            }
            assert_eq!(heap.pop(), None);
        }
    }
}
