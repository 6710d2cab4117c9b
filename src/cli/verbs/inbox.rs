//! `ascall inbox`: what somebody was told.

use crate::cli::args::count;
use crate::cli::cx::Cx;
use crate::cli::draft;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::letter::LetterJson;
use crate::desk::letters::{self, Whose};
use ascall_engine::domain::ids::{CallId, MemberId, WorkerId};
use ascall_engine::domain::refusal::Refusal;
use clap::{ArgGroup, Args};

/// Read what a customer, a member's friend or a worker was told, oldest first.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whose").required(true))]
pub(crate) struct Inbox {
    /// The phone number of the customer, or of a member's friend.
    #[arg(long, group = "whose")]
    tel: Option<String>,
    /// The worker.
    #[arg(long, group = "whose", value_name = "W")]
    worker: Option<WorkerId>,
    /// The member and the member's friend.
    #[arg(long, group = "whose", value_name = "M")]
    member: Option<MemberId>,
    /// Everybody, about this call.
    #[arg(long, group = "whose", value_name = "C")]
    call: Option<CallId>,
    /// At most this many, the newest.
    #[arg(long, value_parser = count, allow_hyphen_values = true, default_value = "200", value_name = "N")]
    limit: usize,
}

/// Shows it.
pub(crate) async fn run(args: &Inbox, cx: &mut Cx) -> Result<Exit, CliError> {
    let tel = args.tel.as_deref().map(|text| draft::read_tel(&cx.setup, text)).transpose()?;
    cx.must_exist()?;
    let letters = cx
        .with_desk("inbox", async |_: &mut Cx, desk| {
            let whose = match (tel, args.worker, args.member, args.call) {
                (Some(tel), ..) => Whose::Tel(tel),
                (None, Some(worker), ..) => {
                    let known = desk.worker(worker).await?;
                    let known = known.ok_or(Refusal::NoSuchWorker(worker))?;
                    Whose::Worker(worker, known.subject)
                }
                (None, None, Some(member), _) => {
                    desk.book().member(member)?.ok_or(Refusal::NoSuchMember(member))?;
                    Whose::Member(member)
                }
                (None, None, None, Some(call)) => {
                    desk.book().call(call)?.ok_or_else(|| CliError::no_call(call))?;
                    Whose::Call(call)
                }
                (None, None, None, None) => return Err(CliError::usage("name whose inbox")),
            };
            Ok(letters::inbox(desk, whose, args.limit).await?)
        })
        .await?;
    let veil = cx.ui.veil();
    let letters: Vec<LetterJson> = letters.iter().map(|l| LetterJson::of(l, veil)).collect();
    cx.ui.many(&letters)?;
    Ok(Exit::Done)
}
