//! A spatial index of moving points: who is nearest, and who is next.
//!
//! A grid whose cells split into sixteen where it is crowded and join again where it is not, so a
//! packed depot and an empty province cost the same. A search looks at growing discs around the
//! asking point, the first sized by how crowded it is there, and offers candidates strictly by
//! distance, then by key.
//!
//! Invariant: the cells are a function of the points held, never of the order in which they came;
//! and what a search says does not depend on the cells at all: it is what sorting every point by
//! (metres, key) would say. Knows nothing of what a key stands for.

use super::disc::{Disc, Window, place};
use super::{EARTH_RADIUS_M, Point, Unit, chord, metres, radians, whole};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A cell with more points than this is split (measured: 8 to 24 are alike).
const CROWD: usize = 16;
/// The finest cell is one micro-degree wide and holds points of one place only.
const FINEST_BITS: u32 = 0;
/// The whole earth, 360 million micro-degrees, fits into 2^30.
const ROOT_BITS: u32 = 30;
/// No two points are farther apart: half the earth's girth, rounded up.
const FARTHEST_M: u32 = 20_015_115;

/// Keys at points, with an exact nearest search. Holds each (key, point) pair once.
#[derive(Debug, Clone)]
pub struct Grid<K> {
    root: Cell,
    nodes: Vec<Node>,
    leaves: Vec<Vec<Entry<K>>>,
    free_nodes: Vec<u32>,
    free_leaves: Vec<u32>,
    len: usize,
}

/// What a search found, and how far it had to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<K> {
    /// The accepted, nearest first, ties by key: great-circle metres and the key.
    pub best: Vec<(u32, K)>,
    /// How many candidates were put to the verdict, accepted or not.
    pub visited: usize,
    /// Every candidate closer than this many metres was visited: the distance of the last one when
    /// enough were found, else the limit, else (without a limit) the farthest there is.
    pub radius_m: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Empty,
    Leaf(u32),
    Split(u32),
}

#[derive(Debug, Clone)]
struct Node {
    count: usize,
    cells: [Cell; 16],
}

#[derive(Debug, Clone, Copy)]
struct Entry<K> {
    key: K,
    point: Point,
    unit: Unit,
}

/// A point that waits for its verdict: nearest first, then by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate<K> {
    metres: u32,
    key: K,
    /// Its leaf and its successor there, when the whole leaf is one place; else `u32::MAX`.
    leaf: u32,
    next: u32,
}

impl<K> Default for Grid<K> {
    fn default() -> Self {
        Self {
            root: Cell::Empty,
            nodes: Vec::new(),
            leaves: Vec::new(),
            free_nodes: Vec::new(),
            free_leaves: Vec::new(),
            len: 0,
        }
    }
}

impl<K: Copy + Ord> Grid<K> {
    /// An index that holds nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many pairs are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts `key` at `point`; false when it is there already.
    pub fn insert(&mut self, key: K, point: Point) -> bool {
        let (x, y) = place(point);
        let entry = Entry { key, point, unit: point.unit() };
        let mut trail = Trail::new();
        let (cell, bits) = self.descend(x, y, &mut trail);
        let leaf = if let Cell::Leaf(leaf) = cell {
            leaf
        } else {
            let leaf = self.new_leaf();
            self.hang(&trail, Cell::Leaf(leaf));
            leaf
        };
        let entries = &mut self.leaves[leaf as usize];
        let Err(at) = find(entries, key, point) else { return false };
        entries.insert(at, entry);
        let crowded = entries.len() > CROWD && bits > FINEST_BITS;
        for &(node, _) in trail.steps() {
            self.nodes[node as usize].count += 1;
        }
        self.len += 1;
        if crowded {
            let split = self.split(leaf, bits);
            self.hang(&trail, split);
        }
        true
    }

    /// Takes `key` away from `point`; false when it was not there.
    pub fn remove(&mut self, key: K, point: Point) -> bool {
        let (x, y) = place(point);
        let mut trail = Trail::new();
        let (Cell::Leaf(leaf), _) = self.descend(x, y, &mut trail) else { return false };
        let entries = &mut self.leaves[leaf as usize];
        let Ok(at) = find(entries, key, point) else { return false };
        entries.remove(at);
        let emptied = entries.is_empty();
        self.len -= 1;
        for &(node, _) in trail.steps() {
            self.nodes[node as usize].count -= 1;
        }
        if emptied {
            self.hang(&trail, Cell::Empty);
            self.free_leaf(leaf);
        }
        let roomy = trail.steps().iter().position(|&(n, _)| self.nodes[n as usize].count <= CROWD);
        if let Some(level) = roomy {
            let (node, _) = trail.steps()[level];
            let joined = self.join(node);
            trail.len = level;
            self.hang(&trail, joined);
        }
        true
    }

    /// Moves `key` from one point to another; false, and nothing changes, when it was not at
    /// `from`.
    pub fn relocate(&mut self, key: K, from: Point, to: Point) -> bool {
        let (x, y) = place(from);
        let (to_x, to_y) = place(to);
        let mut trail = Trail::new();
        let (Cell::Leaf(leaf), bits) = self.descend(x, y, &mut trail) else { return false };
        let entries = &mut self.leaves[leaf as usize];
        let Ok(at) = find(entries, key, from) else { return false };
        if from == to {
            return true;
        }
        // Most moves stay inside their cell: then only the entry changes.
        let stays = x >> bits == to_x >> bits && y >> bits == to_y >> bits;
        if !stays {
            self.remove(key, from);
            self.insert(key, to);
            return true;
        }
        match find(entries, key, to) {
            // The same key was at both points (a pair is held once).
            Ok(_) => {
                self.remove(key, from);
            }
            Err(slot) => {
                entries[at] = Entry { key, point: to, unit: to.unit() };
                if slot > at + 1 {
                    entries[at..slot].rotate_left(1);
                } else if slot < at {
                    entries[slot..=at].rotate_right(1);
                }
            }
        }
        true
    }

    /// The `want` nearest keys within `max_metres` of `at` that `verdict` accepts.
    ///
    /// Candidates are put to `verdict` one by one, nearest first, ties by key, until enough are
    /// accepted or none is left; so the verdicts of a search are reproducible from the points alone.
    pub fn nearest(
        &self,
        at: Point,
        max_metres: Option<u32>,
        mut verdict: impl FnMut(K) -> bool,
        want: usize,
    ) -> Found<K> {
        let limit = max_metres.unwrap_or(u32::MAX).min(FARTHEST_M);
        let mut found = Found { best: Vec::new(), visited: 0, radius_m: 0 };
        if want == 0 {
            return found;
        }
        let unit = at.unit();
        let mut radius = self.first_radius(at, want).min(limit);
        let mut step = radius;
        let mut seen = None;
        let mut ring = Vec::with_capacity(32);
        loop {
            let disc = Disc { at, unit, metres: radius, beyond: seen };
            // Seen from far away a whole city lies in one ring: then the ring is made narrower.
            let room = found.visited.saturating_add(want.saturating_mul(4)).saturating_add(64);
            let narrowest = radius <= seen.map_or(0, |seen| seen + 1);
            if !self.collect(&disc, if narrowest { usize::MAX } else { room }, &mut ring) {
                ring.clear();
                let inner = seen.unwrap_or(0);
                step = (radius - inner) / 2;
                radius = inner + step;
                continue;
            }
            let mut heap = BinaryHeap::from(std::mem::take(&mut ring));
            while let Some(Reverse(candidate)) = heap.pop() {
                found.visited += 1;
                found.radius_m = candidate.metres;
                if verdict(candidate.key) {
                    found.best.push((candidate.metres, candidate.key));
                    if found.best.len() == want {
                        return found;
                    }
                }
                let leaf = self.leaves.get(candidate.leaf as usize);
                if let Some(entry) = leaf.and_then(|leaf| leaf.get(candidate.next as usize)) {
                    let next = candidate.next + 1;
                    heap.push(Reverse(Candidate { key: entry.key, next, ..candidate }));
                }
            }
            if radius >= limit || found.visited == self.len {
                found.radius_m = max_metres.unwrap_or(found.radius_m);
                return found;
            }
            ring = heap.into_vec();
            seen = Some(radius);
            step = step.max(1);
            radius = radius.saturating_add(step).min(limit);
            step = step.saturating_mul(2);
        }
    }

    /// A radius in metres that should hold a few more than `want`, going by the smallest crowded
    /// cell around `at`. Only a guess: a wrong one costs time, never a candidate.
    fn first_radius(&self, at: Point, want: usize) -> u32 {
        let (x, y) = place(at);
        let mut trail = Trail::new();
        let (_, bits) = self.descend(x, y, &mut trail);
        let Some(&(node, _)) = trail.steps().last() else { return FARTHEST_M };
        let share =
            float(want.saturating_add(want / 2 + 2)) / float(self.nodes[node as usize].count);
        let width = radians(1 << (bits + 2)) * EARTH_RADIUS_M * unit_cosine(at).sqrt();
        whole(width * (share / std::f64::consts::PI).sqrt())
    }

    /// Adds every point of the disc's new ring to `ring`; false when there are more than `room`,
    /// and `ring` then holds only some of them.
    fn collect(&self, disc: &Disc, room: usize, ring: &mut Vec<Reverse<Candidate<K>>>) -> bool {
        let chord_max = disc.chord_max();
        let mut take = |leaf: u32, bits: u32, window: &Window| {
            let entries = &self.leaves[leaf as usize];
            // All of one place share one distance and are sorted by key: the first stands for
            // all, so a depot of thousands costs nothing until it is asked.
            let one_place = bits == FINEST_BITS;
            let shown = if one_place { 1 } else { entries.len() };
            for entry in &entries[..shown] {
                if chord(disc.unit, entry.unit) <= chord_max {
                    let metres = metres(disc.unit, entry.unit);
                    // A cell may lie in both windows of a disc across the date line, a point in one.
                    let here =
                        disc.beyond.is_none_or(|seen| metres > seen) && window.holds(entry.point);
                    if here && metres <= disc.metres {
                        let leaf = if one_place { leaf } else { u32::MAX };
                        ring.push(Reverse(Candidate { metres, key: entry.key, leaf, next: 1 }));
                    }
                }
            }
            ring.len() <= room
        };
        disc.windows().iter().flatten().all(|window| {
            let mut take = |leaf: u32, bits: u32| take(leaf, bits, window);
            self.visit(self.root, ROOT_BITS, 0, 0, (disc, window), &mut take)
        })
    }

    /// Gives `take` every leaf that a window touches, until it says false.
    fn visit(
        &self,
        cell: Cell,
        bits: u32,
        west: i32,
        south: i32,
        look: (&Disc, &Window),
        take: &mut impl FnMut(u32, u32) -> bool,
    ) -> bool {
        let node = match cell {
            Cell::Empty => return true,
            Cell::Leaf(leaf) => return take(leaf, bits),
            Cell::Split(node) => &self.nodes[node as usize],
        };
        let (disc, window) = look;
        // Worth its price only where the disc is much larger than the cell.
        if (window.north - window.south) >> bits >= 2 && disc.misses(west, south, 1 << bits) {
            return true;
        }
        let bits = bits - 2;
        let slots = |low: i32, high: i32, start: i32| {
            ((low - start) >> bits).max(0)..=((high - start) >> bits).min(3)
        };
        for row in slots(window.south, window.north, south) {
            for column in slots(window.west, window.east, west) {
                let (x, y) = (west + (column << bits), south + (row << bits));
                let cell = node.cells[slot_of(x, y, bits)];
                if !self.visit(cell, bits, x, y, look, take) {
                    return false;
                }
            }
        }
        true
    }

    /// Goes down to the leaf or the gap where a place belongs, noting the way.
    fn descend(&self, x: i32, y: i32, trail: &mut Trail) -> (Cell, u32) {
        let mut cell = self.root;
        let mut bits = ROOT_BITS;
        while let Cell::Split(node) = cell {
            bits -= 2;
            let slot = slot_of(x, y, bits);
            trail.push(node, slot);
            cell = self.nodes[node as usize].cells[slot];
        }
        (cell, bits)
    }

    /// Puts `cell` at the end of the trail.
    fn hang(&mut self, trail: &Trail, cell: Cell) {
        match trail.steps().last() {
            Some(&(node, slot)) => self.nodes[node as usize].cells[slot] = cell,
            None => self.root = cell,
        }
    }

    /// Turns a crowded leaf of width `2^bits` into a node; goes on while a part is crowded.
    fn split(&mut self, leaf: u32, bits: u32) -> Cell {
        let entries = std::mem::take(&mut self.leaves[leaf as usize]);
        self.free_leaf(leaf);
        let bits = bits - 2;
        let mut cells = [Cell::Empty; 16];
        let count = entries.len();
        for entry in entries {
            let (x, y) = place(entry.point);
            let slot = slot_of(x, y, bits);
            let part = if let Cell::Leaf(part) = cells[slot] {
                part
            } else {
                let part = self.new_leaf();
                cells[slot] = Cell::Leaf(part);
                part
            };
            // The parts of a sorted leaf are sorted.
            self.leaves[part as usize].push(entry);
        }
        for cell in &mut cells {
            if let Cell::Leaf(part) = *cell
                && self.leaves[part as usize].len() > CROWD
                && bits > FINEST_BITS
            {
                *cell = self.split(part, bits);
            }
        }
        let node = Node { count, cells };
        Cell::Split(if let Some(free) = self.free_nodes.pop() {
            self.nodes[free as usize] = node;
            free
        } else {
            self.nodes.push(node);
            index(self.nodes.len() - 1)
        })
    }

    /// Turns a node that is no longer crowded into one leaf.
    fn join(&mut self, node: u32) -> Cell {
        let mut gathered = Vec::with_capacity(CROWD + 1);
        self.gather(node, &mut gathered);
        if gathered.is_empty() {
            return Cell::Empty;
        }
        gathered.sort_unstable_by_key(|e: &Entry<K>| (e.key, e.point));
        let leaf = self.new_leaf();
        self.leaves[leaf as usize] = gathered;
        Cell::Leaf(leaf)
    }

    fn gather(&mut self, node: u32, into: &mut Vec<Entry<K>>) {
        let cells = self.nodes[node as usize].cells;
        self.free_nodes.push(node);
        for cell in cells {
            match cell {
                Cell::Empty => {}
                Cell::Leaf(leaf) => {
                    into.append(&mut self.leaves[leaf as usize]);
                    self.free_leaf(leaf);
                }
                Cell::Split(inner) => self.gather(inner, into),
            }
        }
    }

    fn new_leaf(&mut self) -> u32 {
        if let Some(free) = self.free_leaves.pop() {
            return free;
        }
        self.leaves.push(Vec::new());
        index(self.leaves.len() - 1)
    }

    fn free_leaf(&mut self, leaf: u32) {
        self.leaves[leaf as usize].clear();
        self.free_leaves.push(leaf);
    }
}

/// All at once, which costs a fraction of one by one: each level of cells is cut in one go.
impl<K: Copy + Ord> FromIterator<(K, Point)> for Grid<K> {
    fn from_iter<I: IntoIterator<Item = (K, Point)>>(points: I) -> Self {
        let entry = |(key, point): (K, Point)| Entry { key, point, unit: point.unit() };
        let mut entries: Vec<Entry<K>> = points.into_iter().map(entry).collect();
        entries.sort_unstable_by_key(|e| (e.key, e.point));
        entries.dedup_by_key(|e| (e.key, e.point));
        let mut grid = Self { len: entries.len(), ..Self::default() };
        if grid.len > 0 {
            let leaf = grid.new_leaf();
            grid.leaves[leaf as usize] = entries;
            grid.root =
                if grid.len > CROWD { grid.split(leaf, ROOT_BITS) } else { Cell::Leaf(leaf) };
        }
        grid
    }
}

/// Cells are fewer than points, and points fewer than 2^32.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn find<K: Copy + Ord>(entries: &[Entry<K>], key: K, point: Point) -> Result<usize, usize> {
    entries.binary_search_by_key(&(key, point), |e| (e.key, e.point))
}

#[expect(clippy::cast_sign_loss, reason = "places on the grid are never negative")]
fn slot_of(x: i32, y: i32, bits: u32) -> usize {
    (((y >> bits) & 3) << 2 | (x >> bits) & 3) as usize
}

/// The nodes passed on the way down, each with the slot taken.
struct Trail {
    steps: [(u32, usize); 15],
    len: usize,
}

impl Trail {
    fn new() -> Self {
        Self { steps: [(0, 0); 15], len: 0 }
    }

    fn push(&mut self, node: u32, slot: usize) {
        self.steps[self.len] = (node, slot);
        self.len += 1;
    }

    fn steps(&self) -> &[(u32, usize)] {
        &self.steps[..self.len]
    }
}

fn unit_cosine(at: Point) -> f64 {
    radians(at.lat_e6()).cos().clamp(0.01, 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
#[path = "grid_tests.rs"]
mod tests;
