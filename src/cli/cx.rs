//! What a verb works with: the set-up, the screen, and the ways to the desk.
//!
//! Invariant: a desk that was opened here is closed here, whatever the verb in between did.

use super::args::Change;
use super::config::Configured;
use super::error::CliError;
use super::exit::Exit;
use super::show::call::CallCard;
use super::show::event::{NamesOf, WouldJson};
use super::ui::{Format, Ui};
use super::words::Word;
use crate::desk::{Asking, Book, Desk, DeskError, Remaining, Setup};
use ascall_engine::domain::command::{Command, Receipt};
use ascall_engine::domain::event::{Event, call_of};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::{Phase, Target};
use std::sync::Arc;

/// What a verb works with.
pub(crate) struct Cx {
    pub configured: Configured,
    pub setup: Setup,
    pub ui: Ui,
    /// Whether something was asked that changes the desk.
    changed: bool,
}

impl Cx {
    /// Reads the profiles that the configuration names. On failure the screen is given back.
    pub(crate) fn new(configured: Configured, ui: Ui) -> Result<Self, (CliError, Ui)> {
        match configured.setup() {
            Ok(setup) => Ok(Self { configured, setup, ui, changed: false }),
            Err(error) => Err((error, ui)),
        }
    }

    /// Opens the desk, lets `work` use it, and closes it. Says what work remains when something was changed.
    pub(crate) async fn with_desk<T>(
        &mut self,
        verb: &str,
        work: impl AsyncFnOnce(&mut Self, &Desk) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let desk = Desk::open(&self.setup, verb).await?;
        let worked = self.revealed(&desk, verb).await;
        let worked = match worked {
            Ok(()) => work(self, &desk).await,
            Err(error) => Err(error),
        };
        // What is out may take a moment to come back; nobody waits for that to read the answer.
        let shown = self.ui.flush();
        let closed = desk.close().await;
        let value = worked?;
        let remaining = closed?;
        shown?;
        let told = self.changed && self.ui.format == Format::Table;
        if let Some(text) = self.left(&remaining).filter(|_| told) {
            self.ui.note(&text)?;
        }
        Ok(value)
    }

    /// What waits for a host, in a sentence; none when nothing does.
    fn left(&self, remaining: &Remaining) -> Option<String> {
        let look = &self.ui.look;
        let (calls, notices) = (remaining.calls.to_string(), remaining.notices.to_string());
        let at = remaining.next_due.map(|at| look.clock.exact(at));
        Some(match (remaining.calls, remaining.notices, at) {
            (0, 0, _) => return None,
            (0, _, _) => look.say(Word::NoticesWait, &[&notices]),
            (_, 0, Some(at)) => look.say(Word::WaitsNext, &[&calls, &at]),
            (_, _, Some(at)) => look.say(Word::BothWait, &[&calls, &notices, &at]),
            (_, _, None) => look.say(Word::Waits, &[&calls]),
        })
    }

    async fn revealed(&self, desk: &Desk, verb: &str) -> Result<(), CliError> {
        if self.ui.look.reveal {
            let command = Command::Reveal { what: verb.to_owned() };
            desk.handle(Asking::default(), command).await?;
        }
        Ok(())
    }

    /// Opens the rows for reading. Showing personal data is journalled first, which takes the whole desk.
    pub(crate) async fn book(&mut self, verb: &str) -> Result<Book, CliError> {
        if self.ui.look.reveal {
            // A desk that is not there yet has nothing to reveal and must not come into being by being read.
            self.must_exist()?;
            let desk = Desk::open(&self.setup, verb).await?;
            let said = self.revealed(&desk, verb).await;
            desk.close().await?;
            said?;
        }
        Ok(Book::open(&self.setup, verb).await?)
    }

    /// Refuses to go on where there is no desk yet: for verbs that only look, and need the live state to do so.
    pub(crate) fn must_exist(&self) -> Result<(), CliError> {
        let store = &self.setup.store;
        if store.exists() {
            return Ok(());
        }
        Err(DeskError::Missing { store: store.clone() }.into())
    }

    /// Asks for one change; with `--dry-run` prints what would happen, and answers nothing.
    pub(crate) async fn ask(
        &mut self,
        desk: &Desk,
        change: &Change,
        command: Command,
    ) -> Result<Option<Receipt>, CliError> {
        self.ask_all(desk, vec![(change.clone(), command)]).await
    }

    /// Asks for several changes that belong together, in order; each has a key of its own, so that all of it may be asked
    /// again. None is done when one of them would be refused. Answers what the last one came to.
    pub(crate) async fn ask_all(
        &mut self,
        desk: &Desk,
        asked: Vec<(Change, Command)>,
    ) -> Result<Option<Receipt>, CliError> {
        let dry = asked.iter().any(|(change, _)| change.dry_run);
        if dry || asked.len() > 1 {
            let mut events = Vec::new();
            for (change, command) in &asked {
                events.extend(desk.dry_run(change.asking(), command.clone()).await?);
            }
            if dry {
                self.show_dry(desk, &events)?;
                return Ok(None);
            }
        }
        self.changed = true;
        let mut last = None;
        for (change, command) in asked {
            last = Some(desk.handle(change.asking(), command).await?);
        }
        let Some(receipt) = last else { return Ok(None) };
        if receipt.replayed {
            let text = self.ui.look.word(Word::Replayed);
            self.ui.note(&text)?;
        }
        Ok(Some(receipt))
    }

    /// What would happen.
    fn show_dry(&mut self, desk: &Desk, events: &[Event]) -> Result<(), CliError> {
        let look = &self.ui.look;
        let book = desk.book();
        let mut names = NamesOf::new(&book);
        // A call that is not there yet has its profile in the event that would take it.
        let mut taken = None;
        let mut would: Vec<WouldJson> = Vec::new();
        for event in events {
            if let Event::CallReceived { call, profile, .. } = event {
                taken = Some((*call, names.of_profile(*profile)));
            }
            let of_call = match (call_of(event), &taken) {
                (Some(call), Some((new, names))) if call == *new => Arc::clone(names),
                (Some(call), _) => names.of_call(call),
                (None, _) => Arc::default(),
            };
            would.push(WouldJson::of(event, &of_call, &mut names, look));
        }
        if self.ui.format == Format::Table {
            let head = if would.is_empty() { Word::NothingHappens } else { Word::DryRun };
            let head = self.ui.look.word(head);
            self.ui.note(&head)?;
            for event in &would {
                self.ui.line(&event.line)?;
            }
        } else {
            self.ui.many(&would)?;
        }
        Ok(())
    }

    /// Asks for one change to a call and shows the call as it stands after its first answers.
    pub(crate) async fn change_call(
        &mut self,
        verb: &str,
        change: &Change,
        call: CallId,
        command: Command,
    ) -> Result<Exit, CliError> {
        self.change_call_by(verb, call, vec![(change.clone(), command)]).await
    }

    /// As [`Cx::change_call`], by several changes that belong together.
    pub(crate) async fn change_call_by(
        &mut self,
        verb: &str,
        call: CallId,
        asked: Vec<(Change, Command)>,
    ) -> Result<Exit, CliError> {
        self.with_desk(verb, async |cx: &mut Self, desk: &Desk| {
            if cx.ask_all(desk, asked).await?.is_none() {
                return Ok(Exit::Done);
            }
            desk.settle(call).await?;
            cx.show_call(&desk.book(), call)?;
            Ok(Exit::Done)
        })
        .await
    }

    /// Shows one call in its short form.
    pub(crate) fn show_call(&mut self, book: &Book, call: CallId) -> Result<CallCard, CliError> {
        let row = book.call(call)?.ok_or_else(|| CliError::no_call(call))?;
        let card = CallCard::read(book, &row, self.ui.veil_of_one(), &self.ui.look)?;
        let line = card.line(&self.ui.look);
        self.ui.one(&card, &line)?;
        Ok(card)
    }
}

/// How a request ends, by where its call stands: a gate may have refused it or not answered.
pub(crate) fn accepted(call: CallId, card: &CallCard) -> Result<Exit, CliError> {
    let rejected = Target::Rejected.phase();
    let turned_away =
        card.phase == rejected || (card.phase == Phase::Unwinding && card.target == Some(rejected));
    match (turned_away, card.times.retry) {
        (false, _) => Ok(Exit::Done),
        (true, Some(at)) => Err(CliError::held_off(call, Some(at))),
        (true, None) => Err(CliError::denied(call, card.refused.as_deref())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::show::call::{Times, tests::card};
    use ascall_engine::domain::ids::Time;

    #[test]
    fn a_parked_call_is_done_and_a_rejected_one_is_not() {
        let mut card = card();
        for phase in Phase::ALL {
            card.phase = phase;
            let ended = accepted(CallId(1), &card);
            assert_eq!(ended.is_err(), phase == Phase::Rejected, "{phase}");
        }
        card.phase = Phase::Rejected;
        assert_eq!(accepted(CallId(1), &card).unwrap_err().exit(), Exit::Refused);
        card.times = Times { retry: Some(Time(5)), ..Times::default() };
        assert_eq!(accepted(CallId(1), &card).unwrap_err().exit(), Exit::HeldOff);
        card.phase = Phase::Unwinding;
        card.target = Some(Phase::Rejected);
        assert_eq!(accepted(CallId(1), &card).unwrap_err().exit(), Exit::HeldOff);
        card.target = Some(Phase::Canceled);
        assert!(accepted(CallId(1), &card).is_ok());
    }
}
