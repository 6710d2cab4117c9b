//! Who gets whom when several calls and several workers meet: the assignment that serves most, at the least cost.
//!
//! Shortest augmenting paths with potentials over lists of options, after Jonker and Volgenant, "A shortest augmenting
//! path algorithm for dense and sparse linear assignment problems", Computing 38 (1987).
//!
//! Invariant: costs are whole numbers and ties go to the smaller column, so the answer is the same on every machine.
//! Knows neither calls nor workers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What it costs to leave a row with nobody: more than any path of options, so that as many rows as possible get one.
const NOBODY: i64 = 1 << 50;

/// An option of a row: a column and what it costs, from 0 to [`COST_MAX`].
pub(in crate::domain) type Choice = (usize, i64);

/// The greatest cost of one option.
pub(in crate::domain) const COST_MAX: i64 = 1 << 37;

/// The column of each row; none: it is left with nobody. As many rows as possible have one, and the sum of their costs is
/// the least there is. At most 2^11 rows, so that no path of options costs as much as leaving a row out.
pub(in crate::domain) fn assign(rows: &[Vec<Choice>], columns: usize) -> Vec<Option<usize>> {
    let mut state = Matched {
        rows,
        of_row: vec![None; rows.len()],
        of_column: vec![None; columns],
        price: vec![0; columns],
        search: Search { reached: vec![None; columns], touched: Vec::new(), closed: Vec::new() },
    };
    for row in 0..rows.len() {
        state.augment(row);
    }
    state.of_row.into_iter().map(|choice| choice.map(|(column, _)| column)).collect()
}

struct Matched<'a> {
    rows: &'a [Vec<Choice>],
    /// The option each row has.
    of_row: Vec<Option<Choice>>,
    of_column: Vec<Option<usize>>,
    /// The potential of each column, 0 or less: what others would pay for it.
    price: Vec<i64>,
    search: Search,
}

/// One search for a path: how each column was reached.
struct Search {
    /// The distance, the row it was reached from, and the cost of that option.
    reached: Vec<Option<(i64, usize, i64)>>,
    touched: Vec<usize>,
    /// Columns whose distance is final and whose rows were asked on.
    closed: Vec<usize>,
}

/// Where a path ends: at a free column, or at a row that is left with nobody.
#[derive(Clone, Copy)]
enum End {
    Column(usize),
    Row(usize),
}

impl Matched<'_> {
    /// Finds the cheapest way to give `first` something, moving others if need be.
    fn augment(&mut self, first: usize) {
        let mut heap = BinaryHeap::new();
        let mut left = (NOBODY, first);
        self.ask(first, 0, &mut heap);
        let (length, end) = loop {
            let Some(Reverse((distance, column))) = heap.pop() else {
                break (left.0, End::Row(left.1));
            };
            if distance >= left.0 {
                break (left.0, End::Row(left.1));
            }
            let is_newest = self.search.reached[column].is_some_and(|(d, ..)| d == distance);
            if !is_newest {
                continue;
            }
            let Some(row) = self.of_column[column] else {
                break (distance, End::Column(column));
            };
            self.search.closed.push(column);
            let worth = distance - self.worth(row);
            if worth + NOBODY < left.0 {
                left = (worth + NOBODY, row);
            }
            self.ask(row, worth, &mut heap);
        };
        for &column in &self.search.closed {
            if let Some((distance, ..)) = self.search.reached[column] {
                self.price[column] += distance - length;
            }
        }
        self.walk_back(end, first);
        for column in self.search.touched.drain(..) {
            self.search.reached[column] = None;
        }
        self.search.closed.clear();
    }

    /// What the option that a row has costs, at the present prices.
    fn worth(&self, row: usize) -> i64 {
        self.of_row[row].map_or(0, |(column, cost)| cost - self.price[column])
    }

    /// Notes what `row` could have, from `base` on.
    fn ask(&mut self, row: usize, base: i64, heap: &mut BinaryHeap<Reverse<(i64, usize)>>) {
        for &(column, cost) in &self.rows[row] {
            let distance = base + cost - self.price[column];
            let old = self.search.reached[column];
            if old.is_none_or(|(known, ..)| distance < known) {
                if old.is_none() {
                    self.search.touched.push(column);
                }
                self.search.reached[column] = Some((distance, row, cost));
                heap.push(Reverse((distance, column)));
            }
        }
    }

    /// Gives each row on the path the column it was reached by; the last row of it may lose its own.
    fn walk_back(&mut self, end: End, first: usize) {
        let mut column = match end {
            End::Column(column) => column,
            End::Row(row) if row == first => return,
            End::Row(row) => match self.of_row[row].take() {
                Some((column, _)) => column,
                None => return,
            },
        };
        while let Some((_, row, cost)) = self.search.reached[column] {
            let before = self.of_row[row].replace((column, cost));
            self.of_column[column] = Some(row);
            match before {
                Some((other, _)) if row != first => column = other,
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tries everything: how many are served, and the least cost of it.
    fn best(rows: &[Vec<Choice>], taken: u32) -> (usize, i64) {
        let Some((first, rest)) = rows.split_first() else { return (0, 0) };
        let mut top = best(rest, taken);
        for &(column, cost) in first.iter().filter(|(column, _)| taken & (1 << column) == 0) {
            let (served, sum) = best(rest, taken | (1 << column));
            if (served + 1, -(sum + cost)) > (top.0, -top.1) {
                top = (served + 1, sum + cost);
            }
        }
        top
    }

    #[test]
    fn a_row_gives_way_when_all_are_better_off() {
        let rows = vec![vec![(0, 1), (1, 2)], vec![(0, 1)]];
        assert_eq!(assign(&rows, 2), [Some(1), Some(0)]);
        let rows = vec![vec![(0, 5)], vec![(0, 3)], vec![]];
        assert_eq!(assign(&rows, 1), [None, Some(0), None], "the cheaper one is served");
    }

    proptest! {
        #[test]
        fn it_is_what_trying_everything_finds(
            rows in prop::collection::vec(
                prop::collection::btree_map(0usize..6, 0i64..40, 0..6), 0..7),
        ) {
            let rows: Vec<Vec<Choice>> = rows.into_iter().map(|r| r.into_iter().collect()).collect();
            let given = assign(&rows, 6);
            let mut taken = std::collections::BTreeSet::new();
            let (mut served, mut sum) = (0, 0);
            for (row, column) in given.iter().enumerate() {
                let Some(column) = column else { continue };
                prop_assert!(taken.insert(*column), "{column} is given twice");
                let option = rows[row].iter().find(|(option, _)| option == column);
                prop_assert!(option.is_some(), "row {row} cannot have {column}");
                served += 1;
                sum += option.map_or(0, |(_, cost)| *cost);
            }
            prop_assert_eq!((served, sum), best(&rows, 0));
        }
    }
}
