//! The page of services: participants and their breakers, and what an operator may do to them.
//!
//! Invariant: every order says in a line what it would mean before it is given; the line of the command line does it.

use super::State;
use super::form::{Field, Form, Manner, Slot};
use super::listed::Listed;
use super::overlay::Overlay;
use crate::desk::live::{Breaker, Participant};
use crate::tui::keys::Action;
use crate::tui::msg::Effect;
use crate::tui::typed::Line;
use crate::tui::words::Label;
use std::ops::ControlFlow;

/// The page of services.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {
    /// The participants, by name.
    pub list: Listed<String>,
}

impl Services {
    /// The list.
    pub(super) fn list(&mut self) -> &mut Listed<String> {
        &mut self.list
    }
}

/// What may be done to a participant: the words of the verb, what it is called, what it would mean.
pub(crate) const ORDERS: [(Action, [&str; 2], Label, Label); 8] = [
    (Action::Stop, ["participant", "stop"], Label::DoStop, Label::MeansStop),
    (Action::Run, ["participant", "start"], Label::DoRun, Label::MeansRun),
    (Action::Slow, ["participant", "slow"], Label::DoSlow, Label::MeansSlow),
    (Action::Fail, ["participant", "fail"], Label::DoFail, Label::MeansFail),
    (Action::BreakerOpen, ["breaker", "open"], Label::DoBreakerOpen, Label::MeansOpen),
    (Action::BreakerClose, ["breaker", "close"], Label::DoBreakerClose, Label::MeansClose),
    (Action::BreakerDisable, ["breaker", "disable"], Label::DoBreakerDisable, Label::MeansDisable),
    (Action::BreakerAuto, ["breaker", "auto"], Label::DoBreakerAuto, Label::MeansAuto),
];

impl State {
    /// Makes the list of participants anew.
    pub(super) fn list_services(&mut self) {
        let filter = &self.pages.services.list.filter;
        let all = self.picture().rest.participants.iter();
        let shown = all.filter(|participant| filter.finds(&[&participant.name]));
        let names = shown.map(|participant| participant.name.clone()).collect();
        self.pages.services.list.list(names);
    }

    /// The participant who is chosen on their page.
    pub(crate) fn participant_here(&self) -> Option<&Participant> {
        let name = self.pages.services.list.chosen()?;
        self.picture().rest.participants.iter().find(|participant| participant.name == *name)
    }

    /// The breaker of a participant; none: it has none, as the stage that finds workers.
    pub(crate) fn breaker_of(&self, name: &str) -> Option<&Breaker> {
        self.picture().rest.breakers.iter().find(|breaker| breaker.participant == name)
    }

    pub(super) fn services_act(&mut self, action: Action) -> ControlFlow<Option<Effect>> {
        let Some(name) = self.participant_here().map(|participant| participant.name.clone()) else {
            return ControlFlow::Continue(());
        };
        let order = ORDERS.iter().find(|(known, ..)| *known == action);
        let Some((_, verb, label, means)) = order else { return ControlFlow::Continue(()) };
        let line = Line::of(verb).word(&name);
        let title = format!("{} · {name}: {}", self.say(*label), self.say(*means));
        let reason = Field::text(self.say(Label::Reason), Slot::Flag("--reason"));
        let fields = match action {
            Action::Slow => vec![
                Field::text(self.say(Label::DelayLeast), Slot::Flag("--fixed"))
                    .with("400ms")
                    .required(),
                Field::text(self.say(Label::DelayMore), Slot::Flag("--random")).with("220ms"),
                reason,
            ],
            Action::Fail => vec![self.how(), reason],
            Action::BreakerOpen => vec![reason.required()],
            _ => vec![reason],
        };
        self.overlay = Some(Overlay::Form(Form::new(title, line, Manner::AtOnce, fields)));
        ControlFlow::Break(None)
    }

    /// How it is to fail.
    fn how(&self) -> Field {
        let hows = [
            ("unavailable", Label::FailsUnavailable),
            ("denied", Label::FailsDenied),
            ("lost", Label::FailsLost),
        ];
        let hows = hows.map(|(typed, label)| (typed.to_owned(), self.say(label).to_owned()));
        Field::choice(self.say(Label::How), Slot::Flag("--as"), hows.into()).with("unavailable")
    }
}
