//! What a verb works with: the set-up, the screen, and the ways to the desk.
//!
//! Invariant: a desk that was opened here is closed here, whatever the verb in between did.

use super::args::Change;
use super::config::Configured;
use super::stop::Staying;
use super::ui::{Format, Ui};
use super::works::Works;
use crate::desk::{Asking, Book, Desk, DeskError, Remaining, Setup};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::call::CallCard;
use crate::front::show::event::WouldJson;
use crate::front::words::Word;
use crate::gateway::Stay;
use ascall_engine::domain::command::{Command, Receipt};
use ascall_engine::domain::event::Event;
use ascall_engine::domain::ids::CallId;
use std::time::{Duration, Instant};

/// How long somebody who gave way keeps away from the lock.
const AFTER_YOU: Duration = Duration::from_secs(2);

/// Puts the configuration together again, as at the start.
pub(crate) type Reread = Box<dyn Fn() -> Result<Configured, UserError>>;

/// What a verb works with.
pub(crate) struct Cx {
    pub configured: Configured,
    pub setup: Setup,
    pub ui: Ui,
    /// Who looks after signals.
    pub staying: Staying,
    /// Reads the configuration again.
    pub reread: Option<Reread>,
    /// What is wrong with the configuration, for the verb that tells of it.
    pub faults: Vec<UserError>,
    /// Whether something was asked that changes the desk.
    changed: bool,
}

impl Cx {
    /// Reads the profiles that the configuration names. On failure the screen is given back.
    pub(crate) fn new(configured: Configured, ui: Ui) -> Result<Self, (UserError, Ui)> {
        match configured.setup() {
            Ok(setup) => {
                let (staying, faults) = (Staying::default(), Vec::new());
                Ok(Self { configured, setup, ui, staying, reread: None, faults, changed: false })
            }
            Err(error) => Err((error, ui)),
        }
    }

    /// Gets ready for a verb that works there. A desk on the network is asked for its service lines: its configuration
    /// counts, and not that of this machine.
    pub(crate) async fn go_to(&mut self, works: Works) -> Result<(), UserError> {
        let Some(remote) = &self.setup.remote else { return Ok(()) };
        match works {
            Works::Apart => return Ok(()),
            Works::Machine(verb) => {
                let source = self.configured.way.source().to_string();
                return Err(UserError::needs_machine(verb, &remote.url(), &source));
            }
            Works::Desk => {}
        }
        if remote.is_overheard() {
            let text = self.ui.look.say(Word::Overheard, &[&remote.url()]);
            self.ui.warn(&text)?;
        }
        let book = Book::open(&self.setup, "profile").await?;
        let ours = &mut self.setup.profiles;
        // Newer versions come later.
        for (_, profile) in book.profiles()? {
            ours.retain(|known| known.name != profile.name);
            ours.push(profile);
        }
        Ok(())
    }

    /// Opens the desk, lets `work` use it, and closes it. Says what work remains when something was changed.
    pub(crate) async fn with_desk<T>(
        &mut self,
        verb: &str,
        work: impl AsyncFnOnce(&mut Self, &Desk) -> Result<T, UserError>,
    ) -> Result<T, UserError> {
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

    /// Stays at the desk while `work` goes on, as its host when there is none; leaves in order whatever ends it, a signal
    /// too. When the host leaves, or this one gives way to another, `work` is begun again with the next one, which may be
    /// this process; it keeps for itself how far it is. Gives up looking for the next host at `end`.
    pub(crate) async fn stay<T>(
        &mut self,
        verb: &str,
        end: Option<Instant>,
        mut work: impl AsyncFnMut(&mut Self, &Desk) -> Result<T, UserError>,
    ) -> Result<T, UserError> {
        let mut stop = self.staying.begin()?;
        let mut stayed = false;
        let mut not_before = Instant::now();
        loop {
            let begun = tokio::select! {
                begun = Stay::begin(&self.setup, verb, not_before) => begun,
                _ = stop.asked() => return Err(UserError::interrupted()),
            };
            let stay = match begun {
                // Somebody is just leaving or coming: one of those who wait here is next.
                Err(DeskError::Busy { .. })
                    if stayed && end.is_none_or(|end| Instant::now() < end) =>
                {
                    continue;
                }
                begun => begun?,
            };
            stayed = true;
            let worked = tokio::select! {
                worked = work(self, stay.desk()) => Some(worked),
                _ = stop.asked() => Some(Err(UserError::interrupted())),
                () = stay.asked_to_give_way() => None,
            };
            let has_left = stay.desk().host_has_left();
            let left = stay.end().await;
            match worked {
                // The one who asked is given the time to take what we let go.
                None => not_before = Instant::now() + AFTER_YOU,
                // Whoever wants to leave leaves, with or without a host.
                Some(Err(UserError::Said(said))) if has_left && said.exit != Exit::Interrupted => {}
                Some(worked) => {
                    left?;
                    return worked;
                }
            }
        }
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

    async fn revealed(&self, desk: &Desk, verb: &str) -> Result<(), UserError> {
        if self.ui.look.reveal {
            let command = Command::Reveal { what: verb.to_owned() };
            desk.handle(Asking::default(), command).await?;
        }
        Ok(())
    }

    /// Opens the rows for reading. Showing personal data is journalled first, which takes the whole desk.
    pub(crate) async fn book(&mut self, verb: &str) -> Result<Book, UserError> {
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
    pub(crate) fn must_exist(&self) -> Result<(), UserError> {
        if self.is_there() {
            return Ok(());
        }
        Err(DeskError::Missing { store: self.setup.store.clone() }.into())
    }

    /// Whether there is a desk already.
    pub(crate) fn is_there(&self) -> bool {
        self.setup.remote.is_some() || self.setup.store.exists()
    }

    /// Asks for one change; with `--dry-run` prints what would happen, and answers nothing.
    pub(crate) async fn ask(
        &mut self,
        desk: &Desk,
        change: &Change,
        command: Command,
    ) -> Result<Option<Receipt>, UserError> {
        self.ask_all(desk, vec![(change.clone(), command)]).await
    }

    /// Asks for several changes that belong together, in order; each has a key of its own, so that all of it may be asked
    /// again. None is done when one of them would be refused. Answers what the last one came to.
    pub(crate) async fn ask_all(
        &mut self,
        desk: &Desk,
        asked: Vec<(Change, Command)>,
    ) -> Result<Option<Receipt>, UserError> {
        let dry = asked.iter().any(|(change, _)| change.dry_run);
        // What the first one changes was not there when the call was seen.
        let seen = |at: usize, change: Change| {
            if at == 0 { change } else { Change { seen: None, ..change } }
        };
        let asked = asked.into_iter().enumerate();
        let asked = asked.map(|(at, (change, command))| (seen(at, change).asking(), command));
        let asked = asked.collect();
        if dry {
            let events = desk.dry_run_all(asked).await?;
            self.show_dry(desk, &events)?;
            return Ok(None);
        }
        self.changed = true;
        let last = desk.handle_all(asked).await?;
        let Some(receipt) = last else { return Ok(None) };
        if receipt.replayed {
            let text = self.ui.look.word(Word::Replayed);
            self.ui.note(&text)?;
        }
        Ok(Some(receipt))
    }

    /// What would happen.
    fn show_dry(&mut self, desk: &Desk, events: &[Event]) -> Result<(), UserError> {
        let would = WouldJson::all(&desk.book(), events, &self.ui.look);
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
    ) -> Result<Exit, UserError> {
        self.change_call_by(verb, call, vec![(change.clone(), command)]).await
    }

    /// As [`Cx::change_call`], by several changes that belong together.
    pub(crate) async fn change_call_by(
        &mut self,
        verb: &str,
        call: CallId,
        asked: Vec<(Change, Command)>,
    ) -> Result<Exit, UserError> {
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
    pub(crate) fn show_call(&mut self, book: &Book, call: CallId) -> Result<CallCard, UserError> {
        let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
        let card = CallCard::read(book, &row, self.ui.veil_of_one(), &self.ui.look)?;
        let line = card.line(&self.ui.look);
        self.ui.one(&card, &line)?;
        Ok(card)
    }
}
