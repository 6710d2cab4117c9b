//! The pages of service lines, goods and members; and where on these and the pages beside them something is clicked.

use super::list::{self, Halves, Parted, Table, columns};
use super::{Spot, services, workers};
use crate::front::look::Look;
use crate::front::show::Show as _;
use crate::front::show::member::{FriendJson, MemberJson};
use crate::front::show::profile::{Sections, summary};
use crate::front::show::stock::MovementJson;
use crate::front::words::Word;
use crate::tui::state::listed::{Listed, Side};
use crate::tui::state::{Page, State};
use crate::tui::text::{fit, fit_right, width};
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ascall_engine::domain::ids::Won;
use ascall_engine::domain::profile::Profile;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

#[cfg(test)]
mod tests;

/// Draws the page that is shown, when it is one of these.
pub(super) fn draw(state: &State, page: Rect, buffer: &mut Buffer) {
    match state.page {
        Page::Workers => workers::draw(state, page, buffer),
        Page::Services => services::draw(state, page, buffer),
        Page::Profiles => profiles(state, page, buffer),
        Page::Stock => stock(state, page, buffer),
        Page::Members => members(state, page, buffer),
        Page::Board | Page::Call(_) | Page::Messages | Page::Journal => {}
    }
}

/// What stands at a spot of the page that is shown.
pub(super) fn at(state: &State, page: Rect, spot: Position) -> Option<Spot> {
    let pages = &state.pages;
    let (halves, count, at) = match state.page {
        Page::Workers => {
            let list = &pages.workers.list;
            (workers::halves(state, page), list.ids().len(), list.at())
        }
        Page::Services => {
            let list = &pages.services.list;
            (services::halves(state, page), list.ids().len(), list.at())
        }
        Page::Profiles => {
            (halves(&pages.profiles, page), pages.profiles.ids().len(), pages.profiles.at())
        }
        Page::Stock => {
            let list = &pages.stock.list;
            (halves(list, page), list.ids().len(), list.at())
        }
        Page::Members => {
            let list = &pages.members.list;
            (halves(list, page), list.ids().len(), list.at())
        }
        Page::Board | Page::Call(_) | Page::Messages | Page::Journal => return None,
    };
    if halves.beside.contains(spot) {
        return Some(Spot::Beside);
    }
    if halves.list.contains(spot) && spot.y == halves.list.y + 1 && count > 0 {
        return Some(Spot::Head);
    }
    list::row_at(halves.list, spot, count, at).map(Spot::Row)
}

/// Where a list and the chosen one stand: of short lists both are shown wherever there is room.
fn halves<T: Clone + PartialEq>(listed: &Listed<T>, page: Rect) -> Halves {
    Halves::of(page, listed.side, 2, Parted::Stacked(listed.ids().len()))
}

/// The name of a list, how many there are, how many of them are shown, whether it is turned round.
fn titled<T: Clone + PartialEq>(
    state: &State,
    label: Label,
    listed: &Listed<T>,
    all: usize,
) -> String {
    let shown = listed.ids().len();
    let count = if shown == all { all.to_string() } else { format!("{shown}/{all}") };
    format!("{} {count}{}", state.say(label), listed.sign())
}

fn profiles(state: &State, page: Rect, buffer: &mut Buffer) {
    let look = state.look();
    let listed = &state.pages.profiles;
    let halves = halves(listed, page);
    let all = &state.setting.profiles;
    let title = titled(state, Label::DoProfiles, listed, all.len());
    let columns = columns(
        halves.list.width,
        &[
            (look.word(Word::Service), 10, false, 0),
            (look.word(Word::Title), 0, false, 0),
            (state.say(Label::Calls).to_owned(), 6, true, 0),
        ],
    );
    let table = Table {
        title: &title,
        empty: state.say(Label::NothingFound),
        focus: listed.side == Side::List,
        columns: &columns,
        count: listed.ids().len(),
        at: listed.at(),
    };
    let find = |name: &String| all.iter().find(|line| line.name == *name);
    let row = |at: usize| {
        let Some(line) = listed.ids().get(at).and_then(find) else { return Vec::new() };
        let under_way =
            state.picture().calls.values().filter(|row| row.profile_name == line.name).count();
        vec![
            (line.name.clone(), Role::Head),
            (line.title.in_lang(look.lang).to_owned(), Role::Text),
            (under_way.to_string(), Role::Dim),
        ]
    };
    list::draw(state, halves.list, &table, row, buffer);
    let chosen = listed.chosen().and_then(find);
    let title = chosen.map(|line| line.title.in_lang(look.lang).to_owned()).unwrap_or_default();
    let lines = chosen.map(|line| profile_lines(state, line)).unwrap_or_default();
    let focus = listed.side == Side::Beside;
    list::paper(state, halves.beside, &title, focus, listed.scroll, &lines, buffer);
}

/// A service line: the paragraph, then part by part.
fn profile_lines(state: &State, line: &Profile) -> Vec<(String, Role)> {
    let look = state.look();
    let told = Sections::of(line, look);
    let mut lines = vec![(summary(line, look), Role::Text)];
    let parts = [
        (Label::SectionFields, told.fields),
        (Label::SectionWay, told.way),
        (Label::SectionNotices, told.notices),
        (Label::SectionViews, told.views),
    ];
    for (head, told) in parts.into_iter().filter(|(_, told)| !told.is_empty()) {
        lines.push((String::new(), Role::Text));
        lines.push((state.say(head).to_owned(), Role::Head));
        lines.extend(told.into_iter().map(|line| (line, Role::Text)));
    }
    lines
}

fn stock(state: &State, page: Rect, buffer: &mut Buffer) {
    let look = state.look();
    let listed = &state.pages.stock.list;
    let halves = halves(listed, page);
    let all = state.goods().map(|goods| goods.products.len());
    let title = titled(state, Label::DoStock, listed, all.unwrap_or(0));
    let columns = columns(
        halves.list.width,
        &[
            (look.word(Word::Product), 0, false, 0),
            (look.word(Word::OnHand), 8, true, 0),
            (look.word(Word::GoodsReserved), 9, true, 0),
            (look.word(Word::Free), 8, true, 0),
        ],
    );
    let label = match all {
        None => Label::Fetching,
        Some(0) => Label::NoGoods,
        Some(_) => Label::NothingFound,
    };
    let table = Table {
        title: &title,
        empty: state.say(label),
        focus: listed.side == Side::List,
        columns: &columns,
        count: listed.ids().len(),
        at: listed.at(),
    };
    let row = |at: usize| {
        let stock = listed.ids().get(at).and_then(|name| state.product(name));
        let Some(stock) = stock else { return Vec::new() };
        let free = if stock.available == 0 { Role::Warn } else { Role::Good };
        vec![
            (stock.product.clone(), Role::Text),
            (stock.on_hand.to_string(), Role::Text),
            (stock.reserved.to_string(), Role::Dim),
            (stock.available.to_string(), free),
        ]
    };
    list::draw(state, halves.list, &table, row, buffer);
    let title = match listed.chosen() {
        Some(product) => format!("{product} · {}", state.say(Label::Movements)),
        None => state.say(Label::Movements).to_owned(),
    };
    let lines = match state.movements() {
        None if listed.chosen().is_none() => Vec::new(),
        None => vec![(state.say(Label::Fetching).to_owned(), Role::Dim)],
        Some([]) => vec![(state.say(Label::NoMoves).to_owned(), Role::Dim)],
        Some(moves) => movement_lines(moves, look),
    };
    let focus = listed.side == Side::Beside;
    list::paper(state, halves.beside, &title, focus, listed.scroll, &lines, buffer);
}

/// Movements, the newest first, in columns as wide as what stands in them.
fn movement_lines(moves: &[MovementJson], look: &Look) -> Vec<(String, Role)> {
    let heads: Vec<String> = MovementJson::HEADS.iter().map(|head| look.word(*head)).collect();
    let rows: Vec<Vec<String>> =
        std::iter::once(heads).chain(moves.iter().rev().map(|one| one.cells(look))).collect();
    let wide =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| width(c)).max();
    let line = |(at, row): (usize, &Vec<String>)| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let wide = wide(column).unwrap_or(0);
            // Numbers stand to the right: how many, what was there, what was free.
            if matches!(column, 3 | 5 | 6) { fit_right(cell, wide) } else { fit(cell, wide) }
        });
        let text = cells.collect::<Vec<_>>().join(" ");
        (text.trim_end().to_owned(), if at == 0 { Role::Dim } else { Role::Text })
    };
    rows.iter().enumerate().map(line).collect()
}

fn members(state: &State, page: Rect, buffer: &mut Buffer) {
    let look = state.look();
    let listed = &state.pages.members.list;
    let halves = Halves::of(page, listed.side, 3, Parted::Stacked(listed.ids().len()));
    let company = state.company();
    let known = company.map_or(0, |company| company.members.len());
    let mut title = titled(state, Label::DoMembers, listed, known);
    if let Some(company) = company.filter(|company| company.all > known) {
        let numbers = [company.all.to_string(), known.to_string()];
        title =
            format!("{title} · {}", Label::NewestOf.fill(look.lang, &[&numbers[0], &numbers[1]]));
    }
    let columns = columns(
        halves.list.width,
        &[
            (look.word(Word::Member), 7, false, 0),
            (look.word(Word::Name), 0, false, 0),
            (look.word(Word::Phone), 14, false, 0),
            (look.word(Word::Card), 10, false, 60),
            (look.word(Word::Rides), 6, true, 50),
            (look.word(Word::Coupons), 8, true, 60),
        ],
    );
    let is_past = state.past.is_some();
    let label = match company {
        _ if is_past => Label::MembersNotThen,
        None => Label::Fetching,
        Some(company) if company.members.is_empty() => Label::NoMembers,
        Some(_) => Label::NothingFound,
    };
    let table = Table {
        title: &title,
        empty: state.say(label),
        focus: listed.side == Side::List,
        columns: &columns,
        count: if is_past { 0 } else { listed.ids().len() },
        at: listed.at(),
    };
    let row = |at: usize| {
        let member = listed.ids().get(at).and_then(|id| state.member(id));
        member.map(|member| member_cells(member, look)).unwrap_or_default()
    };
    list::draw(state, halves.list, &table, row, buffer);
    let chosen = listed.chosen().filter(|_| !is_past).and_then(|id| state.member(id));
    let title = chosen.map(|member| member.id.clone()).unwrap_or_default();
    let lines = chosen.map(|member| member_lines(member, look)).unwrap_or_default();
    let focus = listed.side == Side::Beside;
    list::paper(state, halves.beside, &title, focus, listed.scroll, &lines, buffer);
}

fn member_cells(member: &MemberJson, look: &Look) -> Vec<(String, Role)> {
    let coupons =
        if member.coupons.is_empty() { String::new() } else { member.coupons.len().to_string() };
    vec![
        (member.id.clone(), Role::Head),
        (member.name.clone().unwrap_or_else(|| look.word(Word::Erased)), Role::Text),
        (member.tel.clone().unwrap_or_default(), Role::Text),
        (member.card.clone().unwrap_or_default(), Role::Dim),
        (member.rides.to_string(), Role::Text),
        (coupons, Role::Good),
    ]
}

/// Everything about a member, a line each.
fn member_lines(member: &MemberJson, look: &Look) -> Vec<(String, Role)> {
    let coupons =
        member.coupons.iter().map(|won| look.won(Won(*won))).collect::<Vec<_>>().join(", ");
    let pairs = [
        (Word::Name, member.name.clone().unwrap_or_else(|| look.word(Word::Erased))),
        (Word::Phone, member.tel.clone().unwrap_or_default()),
        (Word::Card, member.card.clone().unwrap_or_default()),
        (Word::Friend, member.friend.as_ref().map(FriendJson::line).unwrap_or_default()),
        (Word::Rides, member.rides.to_string()),
        (Word::Coupons, coupons),
    ];
    let wide = pairs.iter().map(|(word, _)| width(&look.word(*word))).max().unwrap_or(0);
    let known = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    known
        .map(|(word, value)| (format!("{}  {value}", fit(&look.word(word), wide)), Role::Text))
        .collect()
}
