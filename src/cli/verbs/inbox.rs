//! `ascall inbox`: what somebody was told, how it got there, and sending it again.

use crate::cli::args::{Change, count};
use crate::cli::cx::Cx;
use crate::desk::letters::Whose;
use crate::front::draft;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::letter::{LetterJson, TryJson};
use crate::front::words::Word;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::NoticeName;
use ascall_engine::domain::ids::{CallId, MemberId, WorkerId};
use ascall_engine::domain::refusal::Refusal;
use clap::{ArgGroup, Args, Subcommand};

/// Read what a customer, a member's friend or a worker was told, oldest first; see each try of it; send it again.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(group = ArgGroup::new("whose").required(true))]
pub(crate) struct Inbox {
    #[command(subcommand)]
    again: Option<Again>,
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
    /// What was tried for each of them: when, by what, with what answer.
    #[arg(long)]
    tries: bool,
}

/// What can be done about a notice.
#[derive(Debug, Subcommand)]
pub(crate) enum Again {
    /// Send a notice again that was delivered or given up; `--tries` and `-o csv` show the names.
    Resend(Resend),
}

/// Which notice.
#[derive(Debug, Args)]
pub(crate) struct Resend {
    /// The notice, e.g. 42/1/S-7/webhook.
    #[arg(value_name = "NOTICE")]
    notice: NoticeName,
    #[command(flatten)]
    change: Change,
}

/// Shows it.
pub(crate) async fn run(args: &Inbox, cx: &mut Cx) -> Result<Exit, UserError> {
    if let Some(Again::Resend(resend)) = &args.again {
        return self::resend(cx, resend).await;
    }
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
                    desk.book().call(call)?.ok_or_else(|| UserError::no_call(call))?;
                    Whose::Call(call)
                }
                (None, None, None, None) => return Err(UserError::usage("name whose inbox")),
            };
            Ok(desk.inbox(whose, args.limit).await?)
        })
        .await?;
    if args.tries {
        cx.ui.many(&TryJson::all(&letters))?;
        return Ok(Exit::Done);
    }
    let veil = cx.ui.veil();
    let letters: Vec<LetterJson> = letters.iter().map(|l| LetterJson::of(l, veil)).collect();
    cx.ui.many(&letters)?;
    Ok(Exit::Done)
}

async fn resend(cx: &mut Cx, args: &Resend) -> Result<Exit, UserError> {
    cx.must_exist()?;
    cx.with_desk("inbox resend", async |cx: &mut Cx, desk| {
        let name = args.notice;
        let known = desk.notice(name).await?;
        let (notice, worker) = known.ok_or(Refusal::NoSuchNotice { notice: name })?;
        let command = Command::ResendNotice { notice, worker };
        if cx.ask(desk, &args.change, command).await?.is_none() {
            return Ok(Exit::Done);
        }
        let letters = desk.inbox(Whose::Call(notice.call), usize::MAX).await?;
        if let Some(letter) = letters.iter().find(|letter| letter.notice == name) {
            let json = LetterJson::of(letter, cx.ui.veil());
            let line = cx.ui.look.say(Word::NoticeGoes, &[&json.notice, &json.text]);
            cx.ui.one(&json, &line)?;
        }
        Ok(Exit::Done)
    })
    .await
}
