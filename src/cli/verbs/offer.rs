//! `ascall offer`: questions to workers.

use crate::cli::args::Change;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::offer::OfferJson;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::{OfferId, WorkerId};
use ascall_engine::domain::refusal::Refusal;
use clap::{Args, Subcommand};

/// Questions to workers that wait for an answer.
#[derive(Debug, Subcommand)]
pub(crate) enum Offer {
    /// List the open ones: to one worker, or to several at once.
    List(List),
    /// The worker says yes.
    Accept(Answer),
    /// The worker says no.
    Decline(Answer),
}

/// Which offers.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those that ask this worker.
    #[arg(long, value_name = "W")]
    worker: Option<WorkerId>,
}

/// An answer to an offer.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The offer.
    #[arg(value_name = "O")]
    offer: OfferId,
    /// Who answers; needed when several were asked.
    #[arg(long, value_name = "W")]
    worker: Option<WorkerId>,
    #[command(flatten)]
    change: Change,
}

/// Lists or answers.
pub(crate) async fn run(args: &Offer, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Offer::List(list) => {
            cx.must_exist()?;
            let to = list.worker;
            let offers = cx
                .with_desk("offer list", async |_: &mut Cx, desk| {
                    if let Some(worker) = to {
                        desk.worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
                    }
                    Ok(desk.offers(to).await?)
                })
                .await?;
            let offers: Vec<OfferJson> = offers.iter().map(OfferJson::of).collect();
            cx.ui.many(&offers)?;
            Ok(Exit::Done)
        }
        Offer::Accept(answer) => {
            let command = Command::AcceptOffer { offer: answer.offer, worker: answer.worker };
            reply(cx, answer, "offer accept", command).await
        }
        Offer::Decline(answer) => {
            let command = Command::DeclineOffer { offer: answer.offer, worker: answer.worker };
            reply(cx, answer, "offer decline", command).await
        }
    }
}

async fn reply(
    cx: &mut Cx,
    answer: &Answer,
    verb: &str,
    command: Command,
) -> Result<Exit, UserError> {
    cx.must_exist()?;
    cx.with_desk(verb, async |cx: &mut Cx, desk| {
        let call = desk.call_of_offer(answer.offer).await?;
        let Some(receipt) = cx.ask(desk, &answer.change, command).await? else {
            return Ok(Exit::Done);
        };
        let call = receipt.call.or(call).ok_or(Refusal::OfferOver(answer.offer))?;
        desk.settle(call).await?;
        cx.show_call(&desk.book(), call)?;
        Ok(Exit::Done)
    })
    .await
}
