//! A list of a page with one that is chosen, and what is told at length beside it.
//!
//! Invariant: what is chosen is one of the things that are listed, never a place: when the list changes it stays chosen,
//! and when it is gone its neighbour is. Knows nothing of what is listed.

use super::filter::Filter;

/// Where the keys of a page go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Side {
    /// The list.
    #[default]
    List,
    /// What stands beside it.
    Beside,
}

/// A list with one that is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Listed<T> {
    /// What is listed, in order.
    ids: Vec<T>,
    /// What is chosen, and where it stood.
    chosen: Option<(T, usize)>,
    /// Whether the last stands first.
    pub turned: bool,
    /// What is listed at all.
    pub filter: Filter,
    /// Where the keys go.
    pub side: Side,
    /// How far what stands beside it is scrolled.
    pub scroll: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        let (filter, side) = (Filter::default(), Side::default());
        Self { ids: Vec::new(), chosen: None, turned: false, filter, side, scroll: 0 }
    }
}

impl<T: Clone + PartialEq> Listed<T> {
    /// Lists these.
    pub(crate) fn list(&mut self, mut ids: Vec<T>) {
        if self.turned {
            ids.reverse();
        }
        self.ids = ids;
        let Some((id, at)) = self.chosen.take() else {
            self.choose(0);
            return;
        };
        match self.ids.iter().position(|known| *known == id) {
            Some(at) => self.chosen = Some((id, at)),
            None => self.choose(at),
        }
    }

    /// What is listed, in order.
    pub(crate) fn ids(&self) -> &[T] {
        &self.ids
    }

    /// What is chosen.
    pub(crate) fn chosen(&self) -> Option<&T> {
        self.chosen.as_ref().map(|(id, _)| id)
    }

    /// Where the chosen one stands.
    pub(crate) fn at(&self) -> usize {
        self.chosen.as_ref().map_or(0, |(_, at)| *at)
    }

    /// Chooses the one at a place, the nearest there is.
    pub(crate) fn choose(&mut self, at: usize) {
        let at = at.min(self.ids.len().saturating_sub(1));
        let chosen = self.ids.get(at).map(|id| (id.clone(), at));
        if self.chosen != chosen {
            self.scroll = 0;
        }
        self.chosen = chosen;
    }

    /// A sign that the last stands first.
    pub(crate) fn sign(&self) -> &'static str {
        if self.turned { " ↑" } else { "" }
    }

    /// The keys go to the other side.
    pub(crate) fn turn(&mut self) {
        self.side = if self.side == Side::List { Side::Beside } else { Side::List };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_stays_chosen_and_its_neighbour_follows_when_it_is_gone() {
        let mut listed = Listed::default();
        listed.list(vec!["a", "b", "c"]);
        assert_eq!(listed.chosen(), Some(&"a"));
        listed.choose(1);
        listed.scroll = 4;
        listed.list(vec!["z", "a", "b"]);
        assert_eq!((listed.chosen(), listed.at(), listed.scroll), (Some(&"b"), 2, 4));
        listed.list(vec!["z", "a"]);
        assert_eq!((listed.chosen(), listed.scroll), (Some(&"a"), 0));
        listed.turned = true;
        listed.list(vec!["a", "b", "c"]);
        assert_eq!((listed.ids(), listed.at()), (["c", "b", "a"].as_slice(), 2));
        listed.list(Vec::new());
        assert_eq!(listed.chosen(), None);
        listed.choose(usize::MAX);
        assert_eq!((listed.chosen(), listed.at()), (None, 0));
    }
}
