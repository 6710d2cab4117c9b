//! `ascall member`: customers whom the desk knows by name.

use crate::cli::args::{Change, count, word};
use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Ui};
use crate::desk::Book;
use crate::front::draft::{self, MemberDraft};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::member::MemberJson;
use crate::front::words::Word;
use ascall_engine::domain::command::{Command, MemberCard};
use ascall_engine::domain::ids::{MemberId, Won};
use ascall_engine::domain::refusal::Refusal;
use clap::{ArgGroup, Args, Subcommand};

/// Members: customers whom the desk knows by name.
#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// Make a member known: `member add --name 홍길동 --tel 010-0000-0001 --card tok_4242 --friend-tel 010-0000-0002`.
    Add(Add),
    /// Change what is known of a member. Only what is named changes; calls in flight keep what they were taken with.
    Amend(Amend),
    /// List members.
    List(List),
    /// Show one member.
    Show(One),
}

/// What may be said of a member beside name and number.
#[derive(Debug, Clone, Args)]
pub(crate) struct More {
    /// The payment provider's token of the member's card; never the card's number.
    #[arg(long, value_name = "TOKEN")]
    card: Option<String>,
    /// The name of the friend who is told of rides.
    #[arg(long, value_parser = word, value_name = "NAME")]
    friend_name: Option<String>,
    /// The friend's phone number.
    #[arg(long, value_name = "TEL")]
    friend_tel: Option<String>,
}

/// A new member.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The name.
    #[arg(long, value_parser = word)]
    name: String,
    /// The phone number; no two members share one.
    #[arg(long)]
    tel: String,
    #[command(flatten)]
    more: More,
    #[command(flatten)]
    change: Change,
}

/// What changes of a member.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["name", "tel", "card", "friend_name", "friend_tel"]))]
pub(crate) struct Amend {
    /// The member.
    #[arg(value_name = "M")]
    member: MemberId,
    /// The name.
    #[arg(long, value_parser = word)]
    name: Option<String>,
    /// The phone number.
    #[arg(long)]
    tel: Option<String>,
    #[command(flatten)]
    more: More,
    #[command(flatten)]
    change: Change,
}

/// Which members.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// At most this many, the newest; 0: all. A table has 1000 unless told otherwise, the other forms have all.
    #[arg(long, value_parser = count, allow_hyphen_values = true, value_name = "N")]
    limit: Option<usize>,
}

/// One member.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").required(true).args(["member", "tel"]))]
pub(crate) struct One {
    /// The member.
    #[arg(value_name = "M")]
    member: Option<MemberId>,
    /// The member with this phone number.
    #[arg(long)]
    tel: Option<String>,
}

/// Does it.
pub(crate) async fn run(args: &Member, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Member::Add(add) => self::add(cx, add).await,
        Member::Amend(amend) => self::amend(cx, amend).await,
        Member::List(list) => self::list(cx, list).await,
        Member::Show(one) => show(cx, one).await,
    }
}

async fn add(cx: &mut Cx, args: &Add) -> Result<Exit, UserError> {
    let draft = args.more.draft(Some(&args.name), Some(&args.tel))?;
    cx.with_desk("member add", async |cx: &mut Cx, desk| {
        let new = resolve(cx, &desk.book(), None, &draft)?;
        let receipt = cx.ask(desk, &args.change, Command::AddMember(new)).await?;
        say(cx, &desk.book(), receipt.and_then(|receipt| receipt.member))
    })
    .await
}

async fn amend(cx: &mut Cx, args: &Amend) -> Result<Exit, UserError> {
    let draft = args.more.draft(args.name.as_ref(), args.tel.as_ref())?;
    cx.must_exist()?;
    cx.with_desk("member amend", async |cx: &mut Cx, desk| {
        let change = resolve(cx, &desk.book(), Some(args.member), &draft)?;
        let command = Command::AmendMember { member: args.member, change };
        let receipt = cx.ask(desk, &args.change, command).await?;
        say(cx, &desk.book(), receipt.map(|_| args.member))
    })
    .await
}

impl More {
    /// All that is said of a member. What must not be kept is refused before anything is opened.
    fn draft(&self, name: Option<&String>, tel: Option<&String>) -> Result<MemberDraft, UserError> {
        self.card.as_deref().map(draft::card).transpose()?;
        Ok(MemberDraft {
            name: name.cloned(),
            tel: tel.cloned(),
            card: self.card.clone(),
            friend_name: self.friend_name.clone(),
            friend_tel: self.friend_tel.clone(),
        })
    }
}

/// What is to be known of a member; says of each number that nothing can be sent to it.
fn resolve(
    cx: &mut Cx,
    book: &Book,
    member: Option<MemberId>,
    draft: &MemberDraft,
) -> Result<MemberCard, UserError> {
    let (card, warnings) = draft.resolve(member, &cx.setup, book, &cx.ui.look)?;
    for warning in &warnings {
        cx.ui.warn(warning)?;
    }
    Ok(card)
}

/// Shows a member in the short form; none: a dry run.
fn say(cx: &mut Cx, book: &Book, member: Option<MemberId>) -> Result<Exit, UserError> {
    if let Some(member) = member {
        let row = book.member(member)?.ok_or(Refusal::NoSuchMember(member))?;
        let json = MemberJson::read(book, &row, cx.ui.veil_of_one())?;
        let line = json.line(&cx.ui.look);
        cx.ui.one(&json, &line)?;
    }
    Ok(Exit::Done)
}

async fn list(cx: &mut Cx, args: &List) -> Result<Exit, UserError> {
    let short = if cx.ui.format == Format::Table { super::list::TABLE_LIMIT } else { 0 };
    let limit = args.limit.unwrap_or(short);
    let book = cx.book("member list").await?;
    let mut rows = book.members()?;
    let cut = limit > 0 && rows.len() > limit;
    if cut {
        rows.drain(..rows.len() - limit);
    }
    let veil = cx.ui.veil();
    let all: Result<Vec<MemberJson>, UserError> =
        rows.iter().map(|row| MemberJson::read(&book, row, veil)).collect();
    cx.ui.many(&all?)?;
    if cut {
        let text = cx.ui.look.say(Word::CutNewest, &[&limit.to_string()]);
        cx.ui.note(&text)?;
    }
    Ok(Exit::Done)
}

async fn show(cx: &mut Cx, args: &One) -> Result<Exit, UserError> {
    let tel = args.tel.as_deref().map(|text| draft::read_tel(&cx.setup, text)).transpose()?;
    let json = match (args.member, tel) {
        (Some(member), _) => {
            let book = cx.book("member show").await?;
            let row = book.member(member)?.ok_or(Refusal::NoSuchMember(member))?;
            MemberJson::read(&book, &row, cx.ui.veil_of_one())?
        }
        (None, Some(tel)) => {
            cx.must_exist()?;
            cx.with_desk("member show", async |cx: &mut Cx, desk| {
                let row = desk.member_under(&tel).await?.ok_or_else(UserError::no_member_under)?;
                MemberJson::read(&desk.book(), &row, cx.ui.veil_of_one())
            })
            .await?
        }
        (None, None) => return Err(UserError::usage("name the member")),
    };
    if cx.ui.format == Format::Table {
        at_length(&mut cx.ui, &json)?;
    } else {
        cx.ui.one(&json, "")?;
    }
    Ok(Exit::Done)
}

fn at_length(ui: &mut Ui, member: &MemberJson) -> Result<(), UserError> {
    let look = &ui.look;
    let coupons = member.coupons.iter().map(|won| look.won(Won(*won)));
    let pairs = [
        (Word::Member, member.id.clone()),
        (Word::Name, member.name.clone().unwrap_or_else(|| look.word(Word::Erased))),
        (Word::Phone, member.tel.clone().unwrap_or_default()),
        (Word::Card, member.card.clone().unwrap_or_default()),
        (
            Word::Friend,
            member
                .friend
                .as_ref()
                .map(crate::front::show::member::FriendJson::line)
                .unwrap_or_default(),
        ),
        (Word::Rides, member.rides.to_string()),
        (Word::Coupons, coupons.collect::<Vec<_>>().join(", ")),
    ];
    ui.pairs(&pairs)
}
