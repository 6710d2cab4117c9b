//! The pages of workers, services, service lines, goods and members: their lists, and which keys go where.
//!
//! Invariant: each page has one list and one thing beside it; what an action does to the chosen one is in the page's own
//! file. Nothing in here draws.

use super::filter::Filter;
use super::listed::{Listed, Side};
use super::members::Members;
use super::services::Services;
use super::stock::Stock;
use super::workers::Workers;
use super::{Page, State};
use crate::tui::keys::Action;
use crate::tui::msg::{Effect, Want};
use std::ops::ControlFlow;

/// The pages that have a list of their own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pages {
    /// Workers.
    pub workers: Workers,
    /// Participants and breakers.
    pub services: Services,
    /// Service lines, by name.
    pub profiles: Listed<String>,
    /// Goods.
    pub stock: Stock,
    /// Members.
    pub members: Members,
}

/// Does the same with the list of whatever page is shown.
macro_rules! with_list {
    ($pages:expr, $page:expr, $list:ident => $does:expr) => {
        match $page {
            Page::Workers => {
                let $list = $pages.workers.list();
                Some($does)
            }
            Page::Services => {
                let $list = $pages.services.list();
                Some($does)
            }
            Page::Profiles => {
                let $list = $pages.profiles();
                Some($does)
            }
            Page::Stock => {
                let $list = $pages.stock.list();
                Some($does)
            }
            Page::Members => {
                let $list = $pages.members.list();
                Some($does)
            }
            Page::Board | Page::Call(_) | Page::Messages | Page::Journal => None,
        }
    };
}

impl Pages {
    fn profiles(&mut self) -> &mut Listed<String> {
        &mut self.profiles
    }

    /// Which of a page's things are listed; none: it has no list of its own.
    pub(crate) fn filter(&mut self, page: Page) -> Option<&mut Filter> {
        with_list!(self, page, list => &mut list.filter)
    }

    /// Chooses what stands at a place of the list of a page; the keys go there.
    pub(crate) fn choose(&mut self, page: Page, at: usize) {
        with_list!(self, page, list => {
            list.side = Side::List;
            list.choose(at);
        });
    }

    /// The keys go to what stands beside the list of a page.
    pub(crate) fn look_beside(&mut self, page: Page) {
        with_list!(self, page, list => list.side = Side::Beside);
    }

    fn turn(&mut self, page: Page, to: Option<Side>) -> Option<()> {
        with_list!(self, page, list => match to {
            Some(side) => list.side = side,
            None => list.turn(),
        })
    }

    /// The last of a list stands first from now on, or the first again.
    fn turn_round(&mut self, page: Page) -> Option<()> {
        with_list!(self, page, list => list.turned = !list.turned)
    }

    fn is_beside(&mut self, page: Page) -> bool {
        with_list!(self, page, list => list.side == Side::Beside).unwrap_or(false)
    }

    /// Moves the chosen one, or what stands beside the list.
    fn step(&mut self, page: Page, go: impl Fn(usize) -> usize) -> Option<()> {
        with_list!(self, page, list => {
            // On the map it is still the worker who is chosen.
            if list.side == Side::Beside && page != Page::Workers {
                list.scroll = go(list.scroll).min(SCROLL_MOST);
            } else {
                list.choose(go(list.at()));
            }
        })
    }
}

/// No text is longer than this.
const SCROLL_MOST: usize = 10_000;

impl State {
    /// Moves about on one of these pages; false: it is another page.
    pub(super) fn page_step(&mut self, go: impl Fn(usize) -> usize) -> bool {
        self.pages.step(self.page, go).is_some()
    }

    /// Does what an action means on one of these pages; otherwise goes on to what it means everywhere.
    pub(super) fn page_act(&mut self, action: Action) -> ControlFlow<Option<Effect>> {
        let page = self.page;
        let turned = match action {
            Action::NextPane | Action::PreviousPane => self.pages.turn(page, None),
            Action::Left => self.pages.turn(page, Some(Side::List)),
            Action::Right => self.pages.turn(page, Some(Side::Beside)),
            Action::Open if page != Page::Workers => self.pages.turn(page, Some(Side::Beside)),
            Action::Sort if page != Page::Workers => {
                let turned = self.pages.turn_round(page);
                self.list_page();
                turned
            }
            Action::Back if self.pages.is_beside(page) => self.pages.turn(page, Some(Side::List)),
            Action::Back if self.pages.filter(page).is_some_and(|filter| !filter.is_empty()) => {
                self.narrow(Filter::default());
                Some(())
            }
            _ => None,
        };
        if turned.is_some() {
            return ControlFlow::Break(None);
        }
        match page {
            Page::Workers => self.workers_act(action),
            Page::Services => self.services_act(action),
            Page::Stock => self.stock_act(action),
            Page::Members => self.members_act(action),
            _ => ControlFlow::Continue(()),
        }
    }

    /// What narrows down the list of the page that is shown.
    pub(crate) fn narrowed(&self) -> &Filter {
        match self.page {
            Page::Workers => &self.pages.workers.list.filter,
            Page::Services => &self.pages.services.list.filter,
            Page::Profiles => &self.pages.profiles.filter,
            Page::Stock => &self.pages.stock.list.filter,
            Page::Members => &self.pages.members.list.filter,
            _ => &self.board.filter,
        }
    }

    /// Narrows down the list of the page that is shown.
    pub(crate) fn narrow(&mut self, to: Filter) {
        match self.pages.filter(self.page) {
            Some(filter) => *filter = to,
            None => self.board.filter = to,
        }
        self.listed();
    }

    /// Makes the list of the page that is shown anew.
    pub(super) fn list_page(&mut self) {
        match self.page {
            Page::Workers => self.list_workers(),
            Page::Services => self.list_services(),
            Page::Profiles => self.list_profiles(),
            Page::Stock => self.list_stock(),
            Page::Members => self.list_members(),
            Page::Board | Page::Call(_) | Page::Messages | Page::Journal => {}
        }
    }

    fn list_profiles(&mut self) {
        let lang = self.look().lang;
        let filter = &self.pages.profiles.filter;
        let all = self.setting.profiles.iter();
        let shown = all.filter(|line| filter.finds(&[&line.name, line.title.in_lang(lang)]));
        let names = shown.map(|line| line.name.clone()).collect();
        self.pages.profiles.list(names);
    }

    /// What the page that is shown lacks.
    pub(super) fn page_lacks(&self) -> Option<Want> {
        match self.page {
            Page::Stock => self.stock_lacks(),
            Page::Members => self.members_lack(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
