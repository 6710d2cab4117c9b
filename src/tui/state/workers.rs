//! The page of workers: in which order they stand, and what is done to the chosen one.
//!
//! Invariant: what is done is a line of the command line. Taking a worker off who has a call is shown before it happens.

use super::filter::Filter;
use super::form::{Field, Form, Manner, Slot};
use super::listed::Listed;
use super::overlay::Overlay;
use super::{Page, State};
use crate::desk::CallRow;
use crate::desk::live::Worker;
use crate::front::words::Word;
use crate::tui::keys::Action;
use crate::tui::msg::{Effect, Job, Then};
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::domain::event::Window;
use ascall_engine::domain::ids::{CallId, WorkerId};
use ascall_engine::domain::worker::Availability;
use std::ops::ControlFlow;

/// The order of the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// Those who can be given a call first, the longest idle of them at the top.
    #[default]
    Free,
    /// By number.
    Number,
    /// The nearest to the chosen call first.
    Near,
}

impl Order {
    /// The next one.
    fn next(self) -> Self {
        match self {
            Self::Free => Self::Number,
            Self::Number => Self::Near,
            Self::Near => Self::Free,
        }
    }
}

/// The page of workers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workers {
    /// The workers.
    pub list: Listed<WorkerId>,
    /// Their order.
    pub order: Order,
}

impl Workers {
    /// The list.
    pub(super) fn list(&mut self) -> &mut Listed<WorkerId> {
        &mut self.list
    }
}

/// Where a worker is, as far as it is known: the last place, or where they start from.
pub(crate) fn place(worker: &Worker) -> Option<ascall_engine::domain::geo::Point> {
    worker.seen.map(|(point, _)| point).or(worker.home)
}

/// The worker's calls: the one they have, then the appointments, the next one first.
pub(crate) fn calls(worker: &Worker) -> impl Iterator<Item = CallId> {
    worker.call.into_iter().chain(appointments(worker).into_iter().map(|(call, _)| call))
}

/// The worker's appointments, the next one first.
pub(crate) fn appointments(worker: &Worker) -> Vec<(CallId, Window)> {
    let mut all = worker.reserved.clone();
    all.sort_unstable_by_key(|(call, window)| (window.from, *call));
    all
}

/// How near a worker is to being given a call.
fn rank(availability: Availability) -> u8 {
    match availability {
        Availability::Available => 0,
        Availability::Offered => 1,
        Availability::Committed => 2,
        Availability::Working => 3,
        Availability::Break => 4,
        Availability::Off => 5,
        Availability::Suspended => 6,
    }
}

impl State {
    /// The call on the board that distances are told to.
    pub(crate) fn call_aimed_at(&self) -> Option<&CallRow> {
        let picture = self.picture();
        picture.calls.get(&self.board.chosen_call(picture)?)
    }

    /// How far a worker is from the chosen call, in metres.
    pub(crate) fn metres_to_call(&self, worker: &Worker) -> Option<u32> {
        let spot = self.call_aimed_at()?.spot()?;
        Some(spot.point.metres_to(place(worker)?))
    }

    /// Makes the list of workers anew.
    pub(super) fn list_workers(&mut self) {
        let filter = &self.pages.workers.list.filter;
        let look = self.look();
        let takes = |worker: &&Worker| {
            if filter.is_empty() {
                return true;
            }
            let state = worker.availability.name();
            let mut words = vec![worker.id.to_string(), state.to_owned(), look.availability(state)];
            words.extend(worker.person.name.clone());
            words.extend(worker.skills.iter().cloned());
            words.extend(worker.services.iter().cloned());
            words.extend(calls(worker).map(|call| call.to_string()));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            filter.finds(&words)
        };
        let mut workers: Vec<&Worker> = self.picture().workers.values().filter(takes).collect();
        match self.pages.workers.order {
            Order::Free => {
                workers.sort_by_key(|w| (rank(w.availability), w.idle_since, w.id));
            }
            Order::Number => {}
            Order::Near => workers.sort_by_cached_key(|worker| {
                let metres = self.metres_to_call(worker);
                (metres.unwrap_or(u32::MAX), rank(worker.availability), worker.id)
            }),
        }
        let ids = workers.into_iter().map(|worker| worker.id).collect();
        self.pages.workers.list.list(ids);
    }

    /// The worker who is chosen on their page.
    pub(crate) fn worker_here(&self) -> Option<&Worker> {
        self.picture().workers.get(self.pages.workers.list.chosen()?)
    }

    pub(super) fn workers_act(&mut self, action: Action) -> ControlFlow<Option<Effect>> {
        if action == Action::WorkerAdd {
            self.overlay = Some(Overlay::Form(self.new_worker()));
            return ControlFlow::Break(None);
        }
        if action == Action::Sort {
            let order = &mut self.pages.workers.order;
            *order = order.next();
            self.list_workers();
            return ControlFlow::Break(None);
        }
        let Some(worker) = self.worker_here().cloned() else { return ControlFlow::Continue(()) };
        ControlFlow::Break(match action {
            Action::Open => self.open_calls(&worker),
            Action::WorkerOn => {
                let line = Line::of(&["worker", "on"]).word(worker.id);
                self.carry_out(vec![line], Manner::AtOnce)
            }
            Action::WorkerOff => self.leave(&worker, "off", Label::DoWorkerOff),
            Action::WorkerBreak => self.leave(&worker, "break", Label::DoWorkerBreak),
            Action::WorkerMove => {
                let place = Field::place(self.say(Label::Place), Slot::Word).required();
                let line = Line::of(&["worker", "at"]).word(worker.id);
                let title = format!("{} {}", self.say(Label::DoWorkerMove), worker.id);
                self.overlay =
                    Some(Overlay::Form(Form::new(title, line, Manner::AtOnce, vec![place])));
                None
            }
            _ => return ControlFlow::Continue(()),
        })
    }

    /// Opens the worker's call; with several the board shows them, without one everything about the worker is told.
    fn open_calls(&mut self, worker: &Worker) -> Option<Effect> {
        let mut calls = calls(worker);
        match (calls.next(), calls.next()) {
            (Some(call), None) => {
                self.go(Page::Call(call));
                None
            }
            (Some(_), Some(_)) => {
                self.go(Page::Board);
                self.narrow(Filter::of(&format!("worker:{}", worker.id)));
                None
            }
            (None, _) => {
                let line = Line::of(&["worker", "show"]).word(worker.id);
                Some(Effect::Run(vec![Job { line, then: Then::Show }]))
            }
        }
    }

    /// Off shift or on a break. Who works leaves once the work is done, unless a reason is given to break it off; what a
    /// call would come to is shown first.
    fn leave(&mut self, worker: &Worker, verb: &str, label: Label) -> Option<Effect> {
        let line = Line::of(&["worker", verb]).word(worker.id);
        if worker.availability == Availability::Working {
            let slot = Slot::Either { given: "--abort", empty: "--after-current" };
            let reason = Field::text(self.say(Label::AbortWhy), slot);
            let title = format!("{} {}", self.say(label), worker.id);
            let form = Form::new(title, line, Manner::AfterDryRun, vec![reason]);
            self.overlay = Some(Overlay::Form(form));
            return None;
        }
        let has_something = worker.call.is_some() || !worker.reserved.is_empty();
        let manner = if has_something { Manner::AfterDryRun } else { Manner::AtOnce };
        self.carry_out(vec![line], manner)
    }

    fn new_worker(&self) -> Form {
        let look = self.look();
        let mut services = vec![(String::new(), self.say(Label::AnyService).to_owned())];
        services.extend(
            self.setting
                .profiles
                .iter()
                .map(|line| (line.name.clone(), line.title.in_lang(look.lang).to_owned())),
        );
        let fields = vec![
            Field::text(look.word(Word::Name), Slot::Flag("--name")).required(),
            Field::text(look.word(Word::Phone), Slot::Flag("--tel")).required(),
            Field::place(self.say(Label::Place), Slot::Flag("--at")),
            Field::known(look.word(Word::Skills), Slot::Flag("--skill"), self.skills(None)),
            Field::choice(look.word(Word::Services), Slot::Flag("--service"), services),
        ];
        let line = Line::of(&["worker", "add"]);
        Form::new(self.say(Label::DoWorkerAdd), line, Manner::AtOnce, fields)
    }
}
