//! What a nearest search and a move cost: the grid against an R-tree and against looking at all,
//! in one run on one machine. Also what the gazetteer costs to load and to ask.
//!
//! `cargo bench -p ascall-engine --bench geo`
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use ascall_engine::domain::geo::{Grid, Point};
use ascall_engine::places::{resolve, suggest};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use std::hint::black_box;
use std::time::Instant;

const POINTS: u32 = 100_000;

/// A small generator, so that every run measures the same points.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> i32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i32::try_from((self.0 >> 33) % n).unwrap_or(0)
    }
}

fn at(lat_e6: i32, lon_e6: i32) -> Point {
    Point::new(lat_e6, lon_e6).expect("a point in Korea")
}

/// Around a centre, crowded in the middle, `width` micro-degrees across.
fn crowd(draw: &mut Draw, width: u64) -> Point {
    let mut lean = || (0..4).map(|_| draw.below(width / 4)).sum::<i32>();
    at(37_400_000 + lean(), 126_800_000 + lean())
}

fn step(draw: &mut Draw, from: Point, width: u64) -> Point {
    let half = i32::try_from(width / 2).unwrap_or(0);
    at(from.lat_e6() + draw.below(width) - half, from.lon_e6() + draw.below(width) - half)
}

/// Nanoseconds for each of `times` runs.
fn each(times: u32, mut run: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..times {
        run();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

/// The R-tree is flat: longitudes are shrunk by the cosine of the middle latitude.
fn flat(p: Point) -> [f64; 2] {
    [f64::from(p.lat_e6()), f64::from(p.lon_e6()) * 0.793]
}

fn measure(name: &str, width: u64) {
    let mut draw = Draw(42);
    let mut held: Vec<Point> = (0..POINTS).map(|_| crowd(&mut draw, width)).collect();
    let asks: Vec<Point> = (0..4_096).map(|_| crowd(&mut draw, width)).collect();
    let mut next = asks.iter().cycle().copied();

    let mut grid = Grid::new();
    let mut keyed = (0u32..).zip(held.iter().copied());
    let insert = each(POINTS, || {
        if let Some((k, p)) = keyed.next() {
            grid.insert(k, p);
        }
    });
    let mut tree = RTree::bulk_load(
        (0u32..).zip(&held).map(|(k, &p)| GeomWithData::new(flat(p), k)).collect(),
    );

    let mut ask = || next.next().unwrap_or(asks[0]);
    let one = each(200_000, || {
        black_box(grid.nearest(ask(), None, |_| true, 1));
    });
    let nine = each(100_000, || {
        black_box(grid.nearest(ask(), None, |_| true, 9));
    });
    let busy = each(100_000, || {
        black_box(grid.nearest(ask(), None, |k| k % 10 == 0, 1));
    });
    let rare = each(2_000, || {
        black_box(grid.nearest(ask(), None, |k| k % 1_000 == 0, 1));
    });
    let far = at(35_100_000, 129_000_000);
    let distant = each(2_000, || {
        black_box(grid.nearest(far, None, |_| true, 1));
    });
    let tree_one = each(200_000, || {
        black_box(tree.nearest_neighbor(flat(ask())));
    });
    let tree_nine = each(100_000, || {
        black_box(tree.nearest_neighbor_iter(flat(ask())).take(9).last());
    });
    let all = each(100, || {
        let from = ask();
        black_box((0u32..).zip(&held).map(|(k, p)| (from.metres_to(*p), k)).min());
    });

    let plan: Vec<(u32, Point)> = (0..200_000u32)
        .map(|i| {
            let k = (i * 7_919) % POINTS;
            let from = held[k as usize];
            let to = step(&mut draw, from, 1_000);
            held[k as usize] = to;
            (k, to)
        })
        .collect();
    // Undo the plan's last places, so that both indexes start where they stand.
    let mut draw = Draw(42);
    let mut here: Vec<Point> = (0..POINTS).map(|_| crowd(&mut draw, width)).collect();
    let mut moves = plan.iter();
    let shift = each(200_000, || {
        if let Some(&(k, to)) = moves.next() {
            black_box(grid.relocate(k, here[k as usize], to));
            here[k as usize] = to;
        }
    });
    let mut draw = Draw(42);
    let mut here: Vec<Point> = (0..POINTS).map(|_| crowd(&mut draw, width)).collect();
    let mut moves = plan.iter();
    let tree_shift = each(50_000, || {
        if let Some(&(k, to)) = moves.next() {
            tree.remove(&GeomWithData::new(flat(here[k as usize]), k));
            tree.insert(GeomWithData::new(flat(to), k));
            here[k as usize] = to;
        }
    });

    println!("{name}: {POINTS} points");
    println!("  insert                {insert:>9.0} ns");
    println!(
        "  nearest               {one:>9.0} ns   rstar {tree_one:>8.0} ns ({:.1}x)   all {all:>11.0} ns ({:.0}x)",
        tree_one / one,
        all / one
    );
    println!(
        "  nearest 9             {nine:>9.0} ns   rstar {tree_nine:>8.0} ns ({:.1}x)",
        tree_nine / nine
    );
    println!("  nearest, 9 of 10 busy {busy:>9.0} ns");
    println!("  nearest, 1 of 1000    {rare:>9.0} ns");
    println!("  from 300 km away      {distant:>9.0} ns");
    println!(
        "  move (about 50 m)     {shift:>9.0} ns   rstar {tree_shift:>8.0} ns ({:.1}x)",
        tree_shift / shift
    );
}

fn main() {
    measure("a city (40 km)", 400_000);
    measure("a packed quarter (2 km)", 20_000);

    let first = each(1, || {
        black_box(resolve("마포"));
    });
    println!("gazetteer");
    println!("  first question        {:>9.2} ms (reads all regions)", first / 1e6);
    for text in ["서울시 양천구 목동서로 400", "마포", "송정동"] {
        let ns = each(10_000, || {
            black_box(resolve(text));
        });
        println!("  {ns:>9.0} ns  {text}");
    }
    for prefix in ["ㅁㅍㄱ", "서울 ㅁㅍ"] {
        let ns = each(200, || {
            black_box(suggest(prefix, 8));
        });
        println!("  {ns:>9.0} ns  suggest {prefix}");
    }
}
