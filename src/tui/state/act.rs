//! What each action does.
//!
//! Invariant: one arm per action. What changes the desk is a line, given to [`State::carry_out`]; everything else changes
//! the state and nothing outside.

use super::board::{Order, Pane};
use super::form::{Field, Form, Manner, Slot};
use super::forms::spec_of;
use super::overlay::{Choose, Overlay, opened_by};
use super::prompt::Prompt;
use super::reading::Part;
use super::{Page, State, moves};
use crate::desk::CallRow;
use crate::desk::live::Worker;
use crate::front::show::attention::AttentionJson;
use crate::tui::keys::Action;
use crate::tui::msg::{Effect, Job, Then, Want};
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::domain::event::Concern;
use ascall_engine::domain::ids::{CallId, WorkerId};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use std::ops::ControlFlow;

impl State {
    /// Does what a key is bound to.
    pub(crate) fn act(&mut self, action: Action) -> Option<Effect> {
        if moves(action) {
            self.step(action);
            return None;
        }
        if let Some(overlay) = opened_by(action, self) {
            self.overlay = Some(overlay);
            return None;
        }
        let leaving = std::mem::take(&mut self.leaving);
        if let ControlFlow::Break(effect) = self.page_act(action) {
            return effect;
        }
        match action {
            Action::Quit if !self.pending.is_empty() && !leaving => {
                self.leaving = true;
                self.tell(Label::StillToSend, false);
            }
            Action::Quit => return Some(Effect::Quit),
            Action::Suspend => return Some(Effect::Suspend),
            Action::PageBoard => self.go(Page::Board),
            Action::PageWorkers => self.go(Page::Workers),
            Action::PageServices => self.go(Page::Services),
            Action::PageMessages => self.go(Page::Messages),
            Action::PageJournal => self.go(Page::Journal),
            Action::PageProfiles => self.go(Page::Profiles),
            Action::PageStock => self.go(Page::Stock),
            Action::PageMembers => self.go(Page::Members),
            Action::Left | Action::Right if self.reads_call() => self.turn(action == Action::Left),
            Action::Open if self.page == Page::Journal => {
                self.journal.is_open = !self.journal.is_open;
            }
            Action::Open | Action::Why => {
                let part = match (action, self.page) {
                    (Action::Why, _) => Part::Why,
                    (_, Page::Messages) => Part::Told,
                    _ => Part::default(),
                };
                if let Some(call) = self.chosen_call() {
                    self.open(call, part);
                }
            }
            Action::Resend => return self.resend(),
            Action::Sort if self.page == Page::Messages => self.sort_messages(),
            Action::Back => self.back(),
            Action::Undo => self.undo(),
            Action::Mark => self.mark(),
            Action::MarkAll => self.mark_all(),
            Action::Left | Action::PreviousPane => {
                self.board.next_pane(true, self.shows_detail());
            }
            Action::Right | Action::NextPane => self.board.next_pane(false, self.shows_detail()),
            Action::Sort => self.sort_by(self.board.order.next()),
            Action::Earlier | Action::Later => self.stride(action == Action::Earlier),
            Action::Language => self.other_language(),
            Action::Mouse => return Some(self.other_mouse()),
            Action::Reveal => return Some(Effect::Reveal),
            Action::Copy => return self.copy(),
            Action::NewCall => self.new_call(),
            Action::Assign => self.assign(),
            Action::Offer => self.answer_offer(),
            Action::Fix => return self.fix(),
            Action::Take => return self.on_item("take"),
            Action::Done => return self.on_item("done"),
            action => match spec_of(action) {
                Some(spec) => return self.fill_in(spec),
                None => self.tell(Label::NotPossibleNow, false),
            },
        }
        None
    }

    fn step(&mut self, action: Action) {
        let page = usize::from(self.size.1.saturating_sub(8)).max(1);
        let go = |at: usize| match action {
            Action::Down => at + 1,
            Action::Up => at.saturating_sub(1),
            Action::PageDown => at + page,
            Action::PageUp => at.saturating_sub(page),
            Action::Bottom => usize::MAX,
            _ => 0,
        };
        if self.page_step(go) {
            return;
        }
        match (self.page, self.board.pane) {
            (Page::Board, Pane::Calls) => {
                let at = self.board.call_at().unwrap_or(0);
                self.board.choose_call(go(at));
            }
            (Page::Board, Pane::Attention) => {
                let at = self.board.item_at().unwrap_or(0);
                self.board.choose_item(go(at));
            }
            (Page::Messages, _) => {
                let at = self.messages.at();
                self.messages.choose(go(at));
            }
            (Page::Journal, _) => {
                let at = self.journal.at();
                self.journal.choose(go(at));
            }
            _ => self.scroll(action, page),
        }
    }

    /// Whether the keys go to a call's page, or to the pane that shows it.
    fn reads_call(&self) -> bool {
        match self.page {
            Page::Call(_) => true,
            Page::Board => self.board.pane == Pane::Detail,
            _ => false,
        }
    }

    fn back(&mut self) {
        if self.past.is_some() {
            self.leave_past();
        } else if self.page == Page::Journal && self.journal.is_open {
            self.journal.is_open = false;
        } else if let Some(page) = self.before.pop() {
            self.page = page;
            self.board.scroll = 0;
            self.listed();
        } else if !self.board.filter.is_empty() {
            self.board.filter = super::filter::Filter::default();
            self.listed();
        } else {
            self.marked.clear();
        }
    }

    fn mark(&mut self) {
        let Some(call) = self.chosen_call() else { return };
        if !self.marked.remove(&call) {
            self.marked.insert(call);
        }
        if self.page == Page::Board && self.board.pane == Pane::Calls {
            self.step(Action::Down);
        }
    }

    /// Marks every call that is shown, or none when all are.
    fn mark_all(&mut self) {
        let all = self.board.calls.iter().all(|call| self.marked.contains(call));
        if all {
            self.marked.clear();
        } else {
            self.marked.extend(&self.board.calls);
        }
    }

    /// The console takes the mouse, or leaves it to the terminal.
    fn other_mouse(&mut self) -> Effect {
        self.mouse = !self.mouse;
        let key = self.setting.keys.shown(Action::Mouse);
        let label = if self.mouse { Label::MouseOn } else { Label::MouseOff };
        self.news(label.fill(self.look().lang, &[&key]), true, None);
        Effect::Mouse(self.mouse)
    }

    /// The calls stand in this order from now on.
    fn sort_by(&mut self, order: Order) {
        self.board.order = order;
        self.listed();
    }

    fn copy(&mut self) -> Option<Effect> {
        let line = self.news.as_ref().and_then(|news| news.line.clone());
        let line = line.or_else(|| Some(Line::of(&["status"]).word(self.chosen_call()?)))?;
        self.news(self.say(Label::Copied).to_owned(), true, Some(line.clone()));
        Some(Effect::Copy(line.shell()))
    }

    /// The calls that an action is about: those that are marked, or else the chosen one.
    pub(super) fn calls(&self) -> Vec<CallId> {
        if self.marked.is_empty() {
            return self.chosen_call().into_iter().collect();
        }
        self.marked.iter().copied().collect()
    }

    /// A verb on a call, which is refused when the call has moved on since it was seen.
    pub(super) fn on_call(&self, verb: &str, call: CallId) -> Line {
        let line = Line::of(&[verb]).word(call);
        let listed = self.live.calls.get(&call).map(CallRow::seq);
        // What has ended is seen on its page only.
        let page = self.call.as_ref().map(|(want, _)| want);
        let shown = page.and_then(|want| match want {
            Want::Call { call: shown, seq, .. } if *shown == call && seq.0 > 0 => Some(*seq),
            _ => None,
        });
        match listed.or(shown) {
            Some(seen) => line.flag("--seen", seen.0),
            None => line,
        }
    }

    /// A verb on the attention item that is chosen.
    fn on_item(&mut self, verb: &str) -> Option<Effect> {
        let item = self.chosen_attention()?.id;
        let line = Line::of(&["attention", verb]).word(item);
        self.carry_out(vec![line], Manner::AtOnce)
    }

    /// Begins the one remedy of the chosen attention item.
    fn fix(&mut self) -> Option<Effect> {
        let item = self.chosen_attention()?.clone();
        let action = match item.concern {
            Concern::PlanExhausted | Concern::NeedsDispatcher => Some(Action::Assign),
            Concern::UndoDenied => Some(Action::Waive),
            Concern::ClosingDenied => Some(Action::Settle),
            Concern::StepDenied if item.short_of.is_none() => Some(Action::Retry),
            Concern::RefundDenied => Some(Action::Retry),
            Concern::PromisePassed => Some(Action::Start),
            Concern::LateOk => Some(Action::Open),
            _ => None,
        };
        if let Some(action) = action.filter(|_| self.chosen_call().is_some()) {
            // It is about this call, whatever else is marked.
            let marked = std::mem::take(&mut self.marked);
            let effect = self.act(action);
            self.marked = marked;
            return effect;
        }
        let remedy = AttentionJson::of(&item).remedy;
        let line = Line::parse(&remedy)?;
        if let Some(product) = &item.short_of {
            let count = Field::text(self.say(Label::Quantity), Slot::Word).required();
            let line = Line::of(&["stock", "receive"]).word(product);
            let form = Form::new(line.shell(), line, Manner::AtOnce, vec![count]);
            self.overlay = Some(Overlay::Form(form));
            return None;
        }
        if remedy.contains('…') {
            // What only a human knows is left to be typed.
            let known = line.0.iter().take_while(|word| !word.contains('…') && *word != "STEP");
            let text = Line(known.cloned().collect()).shell();
            let text = text.strip_prefix("ascall ").unwrap_or_default();
            self.overlay = Some(Overlay::Command(Prompt::with(&format!("{text} "))));
            return None;
        }
        Some(Effect::Run(vec![Job { line, then: Then::Show }]))
    }

    /// Answers the question about the chosen call for whoever was asked.
    fn answer_offer(&mut self) {
        let Some(asked) = self.chosen_call().and_then(|call| self.live.asked(call)) else {
            self.tell(Label::NobodyAsked, false);
            return;
        };
        let answers = [("accept", Label::Accept), ("decline", Label::Decline)];
        let answers = answers.map(|(typed, label)| (typed.to_owned(), self.say(label).to_owned()));
        let offer = asked.offer.to_string();
        let number = Field::choice(
            self.say(Label::Number),
            Slot::Word,
            vec![(offer.clone(), offer.clone())],
        );
        let mut fields = vec![
            Field::choice(self.say(Label::Answer), Slot::Word, answers.into())
                .with("accept")
                .required(),
            number.with(&offer).required(),
        ];
        let worker = Slot::Flag("--worker");
        let label = self.say(Label::Worker);
        fields.push(if let Some(one) = asked.worker {
            Field::text(label, worker).with(&one.to_string())
        } else {
            // Several were asked: it must be said who answers.
            let row = self.live.calls.get(&asked.call);
            let known = row.map(|row| self.suitable(row)).unwrap_or_default();
            let known = known.into_iter().map(|(id, shown, _)| (id.to_string(), shown)).collect();
            Field::known(label, worker, known).required()
        });
        let title = format!("{} · {}", self.say(Label::DoOffer), asked.call);
        let form = Form::new(title, Line::of(&["offer"]), Manner::AfterDryRun, fields);
        self.overlay = Some(Overlay::Form(form));
    }

    /// Begins to give the chosen call, or all that are marked, to a worker.
    fn assign(&mut self) {
        let rows: Vec<&CallRow> =
            self.calls().iter().filter_map(|call| self.live.calls.get(call)).collect();
        let Some(first) = rows.first() else { return };
        let anew = rows.iter().any(|row| row.worker_now().is_some());
        let manner = if anew { Manner::AfterDryRun } else { Manner::AtOnce };
        let item = |(worker, shown, _): (WorkerId, String, bool)| {
            // Whoever has one of them already keeps it.
            let others = rows.iter().filter(|row| row.worker_now().map(|(w, _)| w) != Some(worker));
            (shown, others.map(|row| self.assignment(row, worker)).collect())
        };
        let items = self.suitable(first).into_iter().map(item).collect();
        let about = match rows.len() {
            1 => first.call.to_string(),
            several => Label::Marked.fill(self.look().lang, &[&several.to_string()]),
        };
        let title = format!("{} · {about}", self.say(Label::DoAssign));
        let choose = Choose { title, items, input: tui_input::Input::default(), at: 0, manner };
        self.overlay = Some(Overlay::Choose(choose));
    }

    /// The line that gives a call to a worker, against the rules when the worker cannot do it.
    fn assignment(&self, row: &CallRow, worker: WorkerId) -> Line {
        let verb = if row.worker_now().is_some() { "reassign" } else { "assign" };
        let line = self.on_call(verb, row.call).word(worker);
        let known = self.live.workers.get(&worker);
        if known.is_some_and(|known| is_able(known, row)) { line } else { line.word("--force") }
    }

    /// Workers for a call, the nearest free one first: who, as people read it, and whether they have the skill.
    pub(super) fn suitable(&self, row: &CallRow) -> Vec<(WorkerId, String, bool)> {
        let metres = |worker: &Worker| {
            let at = worker.seen.map(|(point, _)| point).or(worker.home);
            row.spot().zip(at).map(|(spot, at)| spot.point.metres_to(at))
        };
        let serves = |worker: &&Worker| {
            worker.services.is_empty() || worker.services.contains(&row.profile_name)
        };
        let able = |worker: &Worker| is_able(worker, row);
        let has = row.worker_now().map(|(worker, _)| worker);
        let mut workers: Vec<_> = self.live.workers.values().filter(serves).collect();
        workers.retain(|worker| Some(worker.id) != has);
        workers.sort_by_key(|worker| {
            let free = worker.availability.name() == "available";
            (!free, !able(worker), metres(worker).unwrap_or(u32::MAX), worker.id)
        });
        let look = self.look();
        let veil = self.veil();
        let item = |worker: &Worker| {
            let name =
                worker.person.name.as_deref().map(|name| veil.name(name)).unwrap_or_default();
            let far = metres(worker).map(|metres| look.metres(metres)).unwrap_or_default();
            let state = look.term(worker.availability.name());
            let skills = worker.skills.join(",");
            let parts = [worker.id.to_string(), name, state, far, skills];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let mark = if able(worker) { "" } else { "  ✗" };
            (worker.id, format!("{}{mark}", parts.join("  ")), able(worker))
        };
        workers.into_iter().map(item).collect()
    }

    /// The mouse: the wheel moves, a click chooses.
    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> Option<Effect> {
        if self.overlay.is_some() {
            return None;
        }
        match mouse.kind {
            MouseEventKind::ScrollDown => self.step(Action::Down),
            MouseEventKind::ScrollUp => self.step(Action::Up),
            MouseEventKind::Down(MouseButton::Left) => {
                let spot = crate::tui::view::at(self, mouse.column, mouse.row);
                if let Some(spot) = spot {
                    self.click(spot);
                }
            }
            _ => {}
        }
        None
    }

    fn click(&mut self, spot: crate::tui::view::Spot) {
        use crate::tui::view::Spot;
        match spot {
            Spot::Call(at) => {
                self.board.pane = Pane::Calls;
                self.board.choose_call(at);
            }
            Spot::Item(at) => {
                self.board.pane = Pane::Attention;
                self.board.choose_item(at);
            }
            Spot::Page(page) => self.go(page),
            Spot::Message(at) => self.messages.choose(at),
            Spot::Record(at) => self.journal.choose(at),
            Spot::Row(at) => self.pages.choose(self.page, at),
            Spot::Head => drop(self.act(Action::Sort)),
            Spot::Order(order) => self.sort_by(order),
            Spot::Beside => self.pages.look_beside(self.page),
            Spot::Detail => self.board.pane = Pane::Detail,
        }
    }
}

/// Whether a worker has the skill that a call asks for.
fn is_able(worker: &Worker, row: &CallRow) -> bool {
    row.kind.as_ref().is_none_or(|kind| worker.skills.contains(kind))
}
