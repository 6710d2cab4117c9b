//! `ascall report`: what the desk was used for, and its books.

use crate::cli::cx::Cx;
use crate::cli::ui::Format;
use crate::desk::{Book, CallFilter, usage};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::report::{AccountJson, UsageJson};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::Spot;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::MemberId;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::places;
use clap::{Args, Subcommand};
use std::collections::BTreeMap;

/// What the desk was used for, and its books.
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// What each member uses the desk for: calls, spend, busiest hours, places most often.
    Usage(Used),
    /// The books: the balance of each account; all together are zero.
    Money,
}

/// Which calls count.
#[derive(Debug, Args)]
pub(crate) struct Used {
    /// Only this member.
    #[arg(long, value_name = "M")]
    member: Option<MemberId>,
    /// Only calls taken since: `14:30`, `2h` ago, or `2026-11-21 14:30`.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only calls of this service line.
    #[arg(long)]
    profile: Option<String>,
}

/// Shows it.
pub(crate) async fn run(args: &Report, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Report::Usage(used) => usage(cx, used).await,
        Report::Money => money(cx).await,
    }
}

async fn usage(cx: &mut Cx, args: &Used) -> Result<Exit, UserError> {
    let since = args.since.as_deref().map(|text| cx.ui.look.clock.parse_past(text));
    let since = since.transpose().map_err(UserError::bad_time)?;
    let book = cx.book("report usage").await?;
    if let Some(member) = args.member {
        book.member(member)?.ok_or(Refusal::NoSuchMember(member))?;
    }
    let filter = CallFilter {
        member: args.member,
        since,
        profile: args.profile.clone(),
        ended: true,
        ..CallFilter::default()
    };
    let (clock, mut places) = (cx.ui.look.clock, Places::default());
    let all = usage::usage(&book, &filter, |at| clock.hour(at), |spot| places.name(spot))?;
    if let (true, Some(name)) = (all.is_empty(), &args.profile) {
        cx.setup.must_know(name)?;
    }
    // One member asked for by number is shown whole, as one of whom a list is made is not.
    let veil = if args.member.is_some() { cx.ui.veil_of_one() } else { cx.ui.veil() };
    let lines: Result<Vec<UsageJson>, UserError> = all
        .iter()
        .map(|(member, usage)| {
            let (person, coupons) = known(&book, *member)?;
            Ok(UsageJson::of(*member, person, coupons, usage, veil))
        })
        .collect();
    cx.ui.many(&lines?)?;
    Ok(Exit::Done)
}

/// Who a member is, and how many coupons are left.
fn known(book: &Book, member: Option<MemberId>) -> Result<(Person, usize), UserError> {
    let Some(row) = member.map(|member| book.member(member)).transpose()?.flatten() else {
        return Ok((Person::default(), 0));
    };
    Ok((book.person(row.subject)?.unwrap_or_default(), row.coupons.len()))
}

/// The names of places, each cell of the map looked up once.
#[derive(Default)]
struct Places(BTreeMap<(i32, i32), String>);

impl Places {
    /// A cell is about a hundred metres wide: fine enough for a dong, and coarse enough to name nobody's house.
    const CELL_E6: i32 = 1_000;

    fn name(&mut self, spot: Spot) -> String {
        let cell = |e6: i32| e6.div_euclid(Self::CELL_E6);
        let key = (cell(spot.point.lat_e6()), cell(spot.point.lon_e6()));
        self.0.entry(key).or_insert_with(|| Self::looked_up(key)).clone()
    }

    fn looked_up((lat, lon): (i32, i32)) -> String {
        let middle = |cell: i32| cell * Self::CELL_E6 + Self::CELL_E6 / 2;
        let dong = Point::new(middle(lat), middle(lon)).ok().and_then(places::around);
        let rounded = |cell: i32| f64::from(cell.div_euclid(10)) / 100.0;
        dong.map_or_else(|| format!("{:.2},{:.2}", rounded(lat), rounded(lon)), |place| place.label)
    }
}

async fn money(cx: &mut Cx) -> Result<Exit, UserError> {
    cx.must_exist()?;
    let books =
        cx.with_desk("report money", async |_: &mut Cx, desk| Ok(desk.books().await?)).await?;
    let mut all: Vec<AccountJson> =
        books.into_iter().map(|(account, balance)| AccountJson::of(account, balance)).collect();
    // A program adds up by itself; a reader wants to see that nothing is left over.
    if cx.ui.format == Format::Table && !all.is_empty() {
        all.push(AccountJson::sum(&all));
    }
    cx.ui.many(&all)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(at: &str) -> String {
        Places::default().name(Spot { point: at.parse().unwrap(), within_m: None })
    }

    #[test]
    fn a_place_is_named_by_its_dong_or_by_a_point_that_is_nobodys_house() {
        assert_eq!(named("37.5440,126.9510"), "서울특별시 마포구 공덕동");
        assert_eq!(named("0.123456,-0.123456"), "0.12,-0.13");
    }

    #[test]
    fn two_calls_of_one_street_are_one_place() {
        assert_eq!(named("37.544010,126.951010"), named("37.544900,126.951900"));
    }
}
