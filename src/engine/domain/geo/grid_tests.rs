//! The grid against the two oracles: sorting everything, and an R-tree. Must not test how cells look,
//! except that they are a function of the points held.

use super::*;
use crate::domain::geo::square;
use proptest::prelude::*;
use rstar::{AABB, PointDistance, RTree, RTreeObject};

fn point(lat: i32, lon: i32) -> Point {
    Point::new(lat, lon).unwrap()
}

/// What the contract says a search returns.
fn oracle(
    held: &[(u32, Point)],
    at: Point,
    max: Option<u32>,
    ok: impl Fn(u32) -> bool,
    want: usize,
) -> Found<u32> {
    let mut all: Vec<_> = held.iter().map(|&(k, p)| (at.metres_to(p), k)).collect();
    all.retain(|&(m, _)| max.is_none_or(|max| m <= max));
    all.sort_unstable();
    let mut found = Found { best: vec![], visited: 0, radius_m: 0 };
    if want == 0 {
        return found;
    }
    for (m, k) in all {
        found.visited += 1;
        found.radius_m = m;
        if ok(k) {
            found.best.push((m, k));
            if found.best.len() == want {
                return found;
            }
        }
    }
    found.radius_m = max.unwrap_or(found.radius_m);
    found
}

/// Places of every kind: a packed depot, a city, Korea, the whole earth, its seams.
fn anywhere() -> impl Strategy<Value = Point> {
    prop_oneof![
        (0i32..3, 0i32..3).prop_map(|(a, b)| point(37_500_000 + a, 127_000_000 + b)),
        (0i32..300_000, 0i32..300_000).prop_map(|(a, b)| point(37_400_000 + a, 126_800_000 + b)),
        (33_000_000i32..38_600_000, 124_600_000i32..131_900_000).prop_map(|(a, b)| point(a, b)),
        (-90_000_000i32..=90_000_000, -180_000_000i32..=180_000_000).prop_map(|(a, b)| point(a, b)),
        (0i32..200_000, -180_000_000i32..=180_000_000).prop_map(|(a, b)| point(90_000_000 - a, b)),
        (0i32..200_000, -180_000_000i32..=180_000_000).prop_map(|(a, b)| point(a - 90_000_000, b)),
        (-60_000_000i32..60_000_000, -90_000i32..=90_000)
            .prop_map(|(a, b)| { point(a, if b < 0 { b + 180_000_000 } else { b - 180_000_000 }) }),
    ]
}

fn cells(grid: &Grid<u32>) -> Vec<(u32, Vec<(u32, Point)>)> {
    fn walk(grid: &Grid<u32>, cell: Cell, depth: u32, out: &mut Vec<(u32, Vec<(u32, Point)>)>) {
        match cell {
            Cell::Empty => {}
            Cell::Leaf(leaf) => {
                let held = grid.leaves[leaf as usize].iter().map(|e| (e.key, e.point)).collect();
                out.push((depth, held));
            }
            Cell::Split(node) => {
                for &cell in &grid.nodes[node as usize].cells {
                    walk(grid, cell, depth + 1, out);
                }
            }
        }
    }
    let mut out = Vec::new();
    walk(grid, grid.root, 0, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_search_says_what_sorting_everything_would_say(
        points in prop::collection::vec(anywhere(), 0..300),
        at in anywhere(),
        max in prop::option::of(0u32..400_000),
        want in 0usize..12,
        busy in 1u32..5,
    ) {
        let mut grid = Grid::new();
        let held: Vec<_> = (0u32..).zip(points).collect();
        for &(k, p) in &held {
            prop_assert!(grid.insert(k, p));
            prop_assert!(!grid.insert(k, p));
        }
        prop_assert_eq!(grid.len(), held.len());
        let ok = |k: u32| k.is_multiple_of(busy);
        let mut order = Vec::new();
        let found = grid.nearest(at, max, |k| { order.push(k); ok(k) }, want);
        prop_assert_eq!(&found, &oracle(&held, at, max, ok, want));
        prop_assert_eq!(order.len(), found.visited);
    }

    #[test]
    fn all_at_once_gives_the_cells_of_one_by_one(
        points in prop::collection::vec(anywhere(), 0..400),
        at in anywhere(),
    ) {
        let held: Vec<_> = (0u32..).zip(points).collect();
        let mut grid = Grid::new();
        for &(k, p) in &held {
            grid.insert(k, p);
        }
        let twice = held.iter().chain(&held).copied();
        let all: Grid<u32> = twice.collect();
        prop_assert_eq!(all.len(), grid.len());
        prop_assert_eq!(all.nearest(at, None, |_| true, 400), grid.nearest(at, None, |_| true, 400));
    }

    #[test]
    fn the_cells_are_a_function_of_the_points_not_of_their_history(
        start in prop::collection::vec(anywhere(), 1..120),
        moves in prop::collection::vec((any::<prop::sample::Index>(), anywhere(), 0u8..4), 0..200),
        at in anywhere(),
    ) {
        let mut grid = Grid::new();
        let mut held: Vec<(u32, Point)> = (0u32..).zip(start).collect();
        for &(k, p) in &held {
            grid.insert(k, p);
        }
        for (which, to, kind) in moves {
            if held.is_empty() {
                break;
            }
            let i = which.index(held.len());
            let (k, from) = held[i];
            match kind {
                0 => {
                    prop_assert!(grid.remove(k, from));
                    prop_assert!(!grid.remove(k, from));
                    held.remove(i);
                }
                1 => {
                    let near = point((from.lat_e6() + 1).min(90_000_000), from.lon_e6());
                    prop_assert!(grid.relocate(k, from, near));
                    held[i].1 = near;
                }
                _ => {
                    prop_assert!(grid.relocate(k, from, to));
                    prop_assert!(from == to || !grid.relocate(k, from, to));
                    held[i].1 = to;
                }
            }
        }
        let mut fresh = Grid::new();
        for &(k, p) in held.iter().rev() {
            fresh.insert(k, p);
        }
        prop_assert_eq!(cells(&grid), cells(&fresh));
        prop_assert_eq!(grid.len(), held.len());
        prop_assert_eq!(grid.nearest(at, None, |_| true, 9), oracle(&held, at, None, |_| true, 9));
    }
}

struct Flat(Point, Unit);

impl RTreeObject for Flat {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.1)
    }
}

impl PointDistance for Flat {
    fn distance_2(&self, to: &[f64; 3]) -> f64 {
        self.1.iter().zip(to).map(|(a, b)| square(a - b)).sum()
    }
}

/// A small generator: the test must print the same on every machine.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn below(state: &mut u64, n: u64) -> i32 {
    i32::try_from(next(state) % n).unwrap()
}

#[test]
fn twenty_thousand_clustered_points_are_found_as_an_r_tree_finds_them() {
    let mut seed = 7;
    let mut grid = Grid::new();
    let mut flat = Vec::new();
    for k in 0..20_000u32 {
        // The sum of draws crowds the middle, as a city does.
        let lat = (0..4).map(|_| below(&mut seed, 75_000)).sum::<i32>();
        let lon = (0..4).map(|_| below(&mut seed, 75_000)).sum::<i32>();
        let p = point(37_400_000 + lat, 126_800_000 + lon);
        grid.insert(k, p);
        flat.push(Flat(p, p.unit()));
    }
    let tree = RTree::bulk_load(flat);
    for _ in 0..500 {
        let at =
            point(37_300_000 + below(&mut seed, 500_000), 126_700_000 + below(&mut seed, 500_000));
        let found = grid.nearest(at, None, |_| true, 9);
        let expect: Vec<u32> =
            tree.nearest_neighbor_iter(at.unit()).take(9).map(|f| at.metres_to(f.0)).collect();
        assert_eq!(found.best.iter().map(|b| b.0).collect::<Vec<_>>(), expect);
        assert!(found.best.is_sorted() && found.visited == 9);
    }
}

#[test]
fn a_depot_of_thousands_at_one_place_is_asked_one_by_one_in_key_order() {
    let depot = point(37_500_000, 127_000_000);
    let mut grid = Grid::new();
    for k in (0..5_000u32).rev() {
        grid.insert(k, depot);
    }
    let found = grid.nearest(depot, None, |k| k >= 40, 2);
    assert_eq!(found, Found { best: vec![(0, 40), (0, 41)], visited: 42, radius_m: 0 });
    let far = grid.nearest(point(37_600_000, 127_000_000), Some(11_000), |_| true, 1);
    assert_eq!(far, Found { best: vec![], visited: 0, radius_m: 11_000 });
}

#[test]
fn a_city_asked_from_far_away_gives_its_nearest_in_order() {
    let mut seed = 11;
    let mut grid = Grid::new();
    let mut held = Vec::new();
    for k in 0..5_000u32 {
        let p =
            point(37_400_000 + below(&mut seed, 20_000), 126_800_000 + below(&mut seed, 20_000));
        grid.insert(k, p);
        held.push((k, p));
    }
    for at in
        [point(35_100_000, 129_000_000), point(-37_400_000, -53_000_000), point(90_000_000, 0)]
    {
        for (want, one_in) in [(1, 1), (9, 1), (3, 700), (5_001, 1)] {
            let ok = |k: u32| k.is_multiple_of(one_in);
            let expect = oracle(&held, at, None, ok, want);
            assert_eq!(grid.nearest(at, None, ok, want), expect);
        }
    }
}

#[test]
fn the_only_worker_is_found_across_an_empty_country_and_across_the_date_line() {
    let mut grid = Grid::new();
    grid.insert(1u32, point(33_400_000, 126_500_000));
    let found = grid.nearest(point(38_600_000, 128_400_000), None, |_| true, 1);
    assert_eq!(found.best, vec![(602_904, 1)]);
    grid.insert(2, point(10_000_000, -179_999_000));
    grid.insert(3, point(10_000_000, 179_000_000));
    let found = grid.nearest(point(10_000_000, 179_999_000), None, |_| true, 1);
    assert_eq!(found.best, vec![(219, 2)]);
}

#[test]
fn a_key_may_be_held_at_two_points_and_a_move_onto_itself_joins_them() {
    let (a, b) = (point(1, 1), point(1, 2));
    let mut grid = Grid::new();
    assert!(grid.insert(7u32, a) && grid.insert(7, b));
    assert_eq!(grid.nearest(a, None, |_| true, 9).visited, 2);
    assert!(grid.relocate(7, a, b));
    assert_eq!(grid.len(), 1);
    assert!(!grid.relocate(7, a, b) && grid.remove(7, b) && grid.is_empty());
}
