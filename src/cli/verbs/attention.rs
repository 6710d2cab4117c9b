//! `ascall attention`: what a human must decide.

use crate::cli::args::Change;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::attention::AttentionJson;
use crate::front::words::Word;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::AttentionId;
use clap::{Args, Subcommand};

/// What a human must decide, each with its reason and its remedy.
#[derive(Debug, Subcommand)]
pub(crate) enum Attention {
    /// List what is open, oldest first.
    List,
    /// Look after one.
    Take(Item),
    /// One is dealt with.
    Done(Item),
}

/// One item.
#[derive(Debug, Args)]
pub(crate) struct Item {
    /// The item.
    #[arg(value_name = "A")]
    item: AttentionId,
    #[command(flatten)]
    change: Change,
}

/// Lists or answers.
pub(crate) async fn run(args: &Attention, cx: &mut Cx) -> Result<Exit, UserError> {
    cx.must_exist()?;
    let (item, command, verb) = match args {
        Attention::List => {
            let open = cx
                .with_desk("attention list", async |_: &mut Cx, desk| Ok(desk.attention().await?))
                .await?;
            let open: Vec<AttentionJson> = open.iter().map(AttentionJson::of).collect();
            cx.ui.many(&open)?;
            return Ok(Exit::Done);
        }
        Attention::Take(item) => {
            (item, Command::TakeAttention { attention: item.item }, "attention take")
        }
        Attention::Done(item) => {
            (item, Command::CloseAttention { attention: item.item }, "attention done")
        }
    };
    cx.with_desk(verb, async |cx: &mut Cx, desk| {
        let before = desk.attention().await?.into_iter().find(|a| a.id == item.item);
        let Some(receipt) = cx.ask(desk, &item.change, command).await? else {
            return Ok(Exit::Done);
        };
        let after = desk.attention().await?.into_iter().find(|a| a.id == item.item);
        if let Some(found) = after.or(before) {
            let json = AttentionJson::of(&found);
            let line = json.line(&cx.ui.look);
            cx.ui.one(&json, &line)?;
        } else {
            let text = cx.ui.look.say(Word::DoneSeq, &[&receipt.seq.to_string()]);
            cx.ui.line(&text)?;
        }
        Ok(Exit::Done)
    })
    .await
}
