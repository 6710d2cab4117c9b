//! `ascall stock`: goods.

use crate::cli::args::{Change, count, quantity, word};
use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Show as _};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::stock::{MovementJson, StockJson, StockPage, product};
use crate::front::words::Word;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::text::nfc;
use clap::{Args, Subcommand};

/// Goods: what is in the storeroom, and what of it calls hold.
#[derive(Debug, Subcommand)]
pub(crate) enum Stock {
    /// List all goods.
    List,
    /// Goods came in: `stock receive 마스크 100`.
    Receive(Move),
    /// Goods were lost, broken or miscounted. Needs a reason.
    WriteOff(Move),
    /// Show one product and its movements, the newest last.
    Show(One),
}

/// Goods that move.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// The product's name.
    #[arg(value_name = "P", value_parser = word)]
    product: String,
    /// How many.
    #[arg(value_name = "N", value_parser = quantity, allow_hyphen_values = true)]
    qty: u32,
    #[command(flatten)]
    change: Change,
}

/// One product.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The product's name.
    #[arg(value_name = "P")]
    product: String,
    /// At most this many movements, the newest; 0: all. A table has 1000 unless told otherwise, the other forms have all.
    #[arg(long, value_parser = count, allow_hyphen_values = true, value_name = "N")]
    limit: Option<usize>,
}

/// Does it.
pub(crate) async fn run(args: &Stock, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Stock::List => {
            let book = cx.book("stock list").await?;
            let all: Vec<StockJson> = book.stock()?.iter().map(StockJson::of).collect();
            cx.ui.many(&all)?;
            Ok(Exit::Done)
        }
        Stock::Receive(goods) => {
            let command = Command::ReceiveStock { product: nfc(&goods.product), qty: goods.qty };
            moved(cx, "stock receive", goods, command).await
        }
        Stock::WriteOff(goods) => {
            let command = Command::WriteOffStock { product: nfc(&goods.product), qty: goods.qty };
            cx.must_exist()?;
            moved(cx, "stock write-off", goods, command).await
        }
        Stock::Show(one) => show(cx, one).await,
    }
}

async fn moved(cx: &mut Cx, verb: &str, args: &Move, command: Command) -> Result<Exit, UserError> {
    cx.with_desk(verb, async |cx: &mut Cx, desk| {
        if cx.ask(desk, &args.change, command).await?.is_some() {
            let json = StockJson::of(&product(&desk.book(), &nfc(&args.product))?);
            let line = json.line(&cx.ui.look);
            cx.ui.one(&json, &line)?;
        }
        Ok(Exit::Done)
    })
    .await
}

async fn show(cx: &mut Cx, args: &One) -> Result<Exit, UserError> {
    let short = if cx.ui.format == Format::Table { super::list::TABLE_LIMIT } else { 0 };
    let limit = args.limit.unwrap_or(short);
    let book = cx.book("stock show").await?;
    let row = product(&book, &nfc(&args.product))?;
    let (moves, cut) = book.stock_moves(&row.product, None, limit)?;
    let page = StockPage {
        stock: StockJson::of(&row),
        moves: moves.iter().map(MovementJson::of).collect(),
    };
    if cx.ui.format != Format::Table {
        cx.ui.one(&page, "")?;
        return Ok(Exit::Done);
    }
    let line = page.stock.line(&cx.ui.look);
    let rows: Vec<Vec<String>> = page.moves.iter().map(|m| m.cells(&cx.ui.look)).collect();
    cx.ui.line(&line)?;
    cx.ui.table(MovementJson::HEADS, &rows)?;
    if cut {
        let text = cx.ui.look.say(Word::CutNewest, &[&limit.to_string()]);
        cx.ui.note(&text)?;
    }
    Ok(Exit::Done)
}
