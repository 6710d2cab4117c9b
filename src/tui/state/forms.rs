//! What each action on a call asks before its line is made: one table.
//!
//! Invariant: a line of the table is all there is to an action that only fills in a verb. What cannot be taken back is
//! carried out after a dry run. Knows the flags of the verbs, and nothing of what they do.

use super::State;
use super::form::{Field, Form, Manner, Slot};
use super::overlay::Overlay;
use crate::desk::CallRow;
use crate::tui::keys::Action;
use crate::tui::msg::Effect;
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::profile::Profile;
use ascall_engine::views::StepMark;
use std::collections::BTreeSet;

/// What an action asks, and how it is carried out.
#[derive(Debug)]
pub(crate) struct Spec {
    /// The action.
    pub action: Action,
    /// Its verb.
    pub verb: &'static str,
    /// What it is called.
    pub title: Label,
    /// How it is carried out.
    pub manner: Manner,
    /// Whether the verb takes `--seen`, and is refused when the call has moved on.
    seen: bool,
    /// What it asks, in order.
    asks: &'static [Ask],
}

/// One thing that is asked.
#[derive(Debug, Clone, Copy)]
struct Ask {
    label: Label,
    /// The flag whose value it is; none: a word by itself, or a flag without a value.
    flag: Option<&'static str>,
    of: Of,
    must: bool,
}

/// What may be answered.
#[derive(Debug, Clone, Copy)]
enum Of {
    Text,
    Place,
    Kind,
    Cost,
    Worker,
    Priority,
    Outcome,
    Disposition,
    Payment,
    /// A step that is to be undone.
    Step,
    Stars,
    Amount,
    /// The flag, or not.
    Switch(&'static str),
}

const fn ask(label: Label, flag: &'static str, of: Of) -> Ask {
    Ask { label, flag: Some(flag), of, must: false }
}

const fn word(label: Label, of: Of) -> Ask {
    Ask { label, flag: None, of, must: true }
}

const fn switch(label: Label, flag: &'static str) -> Ask {
    Ask { label, flag: None, of: Of::Switch(flag), must: false }
}

const fn must(ask: Ask) -> Ask {
    Ask { must: true, ..ask }
}

const WHY: Ask = ask(Label::Reason, "--reason", Of::Text);
const MUST_WHY: Ask = must(ask(Label::Reason, "--reason", Of::Text));

const fn spec(
    action: Action,
    verb: &'static str,
    title: Label,
    manner: Manner,
    asks: &'static [Ask],
) -> Spec {
    Spec { action, verb, title, manner, seen: true, asks }
}

/// Every action on calls that fills in a verb.
pub(crate) const SPECS: &[Spec] = &[
    spec(Action::Start, "start", Label::DoStart, Manner::AtOnce, &[]),
    spec(Action::Depart, "depart", Label::DoDepart, Manner::AtOnce, &[]),
    spec(Action::Arrive, "arrive", Label::DoArrive, Manner::AtOnce, &[]),
    spec(Action::Retry, "retry", Label::DoRetry, Manner::AtOnce, &[]),
    spec(
        Action::Finish,
        "finish",
        Label::DoFinish,
        Manner::AfterDryRun,
        &[
            ask(Label::Outcome, "--outcome", Of::Outcome),
            ask(Label::Fare, "--fare", Of::Cost),
            ask(Label::Disposition, "--disposition", Of::Disposition),
        ],
    ),
    spec(
        Action::Cancel,
        "cancel",
        Label::DoCancel,
        Manner::AfterDryRunWithUndo,
        &[WHY, switch(Label::Force, "--force")],
    ),
    spec(
        Action::Amend,
        "amend",
        Label::DoAmend,
        Manner::AfterDryRun,
        &[
            ask(Label::Place, "--location", Of::Place),
            ask(Label::Kind, "--kind", Of::Kind),
            ask(Label::Cost, "--cost", Of::Cost),
            ask(Label::Tel, "--tel", Of::Text),
            ask(Label::Name, "--name", Of::Text),
        ],
    ),
    spec(
        Action::Reschedule,
        "reschedule",
        Label::DoReschedule,
        Manner::AfterDryRun,
        &[must(ask(Label::ToTime, "--at", Of::Text)), WHY],
    ),
    spec(
        Action::Priority,
        "priority",
        Label::DoPriority,
        Manner::AtOnce,
        &[word(Label::DoPriority, Of::Priority)],
    ),
    spec(
        Action::Hold,
        "hold",
        Label::DoHold,
        Manner::AtOnce,
        &[must(ask(Label::UntilTime, "--until", Of::Text)), WHY],
    ),
    spec(
        Action::Release,
        "release",
        Label::DoRelease,
        Manner::AfterDryRun,
        &[switch(Label::NoShow, "--no-show"), WHY],
    ),
    spec(
        Action::Claim,
        "claim",
        Label::DoClaim,
        Manner::AtOnce,
        &[must(ask(Label::Worker, "--worker", Of::Worker)), ask(Label::ToTime, "--at", Of::Text)],
    ),
    spec(Action::Note, "note", Label::DoNote, Manner::AtOnce, &[word(Label::Text, Of::Text)]),
    spec(
        Action::Rate,
        "rate",
        Label::DoRate,
        Manner::AfterDryRun,
        &[word(Label::Stars, Of::Stars), ask(Label::Text, "--text", Of::Text)],
    ),
    spec(
        Action::Settle,
        "settle",
        Label::DoSettle,
        Manner::AfterDryRun,
        &[must(ask(Label::By, "--by", Of::Payment)), MUST_WHY],
    ),
    spec(
        Action::Waive,
        "waive",
        Label::DoWaive,
        Manner::AfterDryRun,
        &[word(Label::Step, Of::Step), MUST_WHY],
    ),
    spec(
        Action::Refund,
        "refund",
        Label::DoRefund,
        Manner::AfterDryRun,
        &[ask(Label::Amount, "--amount", Of::Amount), MUST_WHY],
    ),
    spec(Action::Abort, "abort", Label::DoAbort, Manner::AfterDryRun, &[MUST_WHY]),
    Spec {
        seen: false,
        ..spec(
            Action::Reopen,
            "reopen",
            Label::DoReopen,
            Manner::AtOnce,
            &[
                ask(Label::Place, "--location", Of::Place),
                ask(Label::Kind, "--kind", Of::Kind),
                ask(Label::Cost, "--cost", Of::Cost),
                ask(Label::DoPriority, "--priority", Of::Priority),
                ask(Label::ToTime, "--at", Of::Text),
            ],
        )
    },
];

/// What an action asks.
pub(crate) fn spec_of(action: Action) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.action == action)
}

/// How a verb on calls is carried out; after a dry run when it is in no table.
pub(crate) fn manner_of(verb: &str) -> Manner {
    let spec = SPECS.iter().find(|spec| spec.verb == verb);
    spec.map_or(Manner::AfterDryRun, |spec| spec.manner)
}

/// How urgent a call is: what is typed, and what people read.
const PRIORITIES: [(&str, Label); 4] = [
    ("low", Label::Low),
    ("normal", Label::Normal),
    ("high", Label::High),
    ("urgent", Label::Urgent),
];

impl State {
    /// Does an action of the table to the calls that are meant: at once, or by a form.
    pub(super) fn fill_in(&mut self, spec: &Spec) -> Option<Effect> {
        let calls = self.calls();
        let lines: Vec<Line> = calls.iter().map(|call| self.line_on(spec, *call)).collect();
        let first = *calls.first()?;
        if spec.asks.is_empty() {
            return self.carry_out(lines, spec.manner);
        }
        let about = match calls.as_slice() {
            [one] => one.to_string(),
            several => Label::Marked.fill(self.look().lang, &[&several.len().to_string()]),
        };
        let title = format!("{} · {about}", self.say(spec.title));
        let fields = spec.asks.iter().map(|ask| self.field(ask, first)).collect();
        let form = Form::new(title, Line::default(), spec.manner, fields).over(lines);
        self.overlay = Some(Overlay::Form(form));
        None
    }

    fn line_on(&self, spec: &Spec, call: CallId) -> Line {
        if spec.seen { self.on_call(spec.verb, call) } else { Line::of(&[spec.verb]).word(call) }
    }

    fn field(&self, ask: &Ask, call: CallId) -> Field {
        let row = self.live.calls.get(&call);
        let profile = row.and_then(|row| self.profile(&row.profile_name));
        let label = self.say(ask.label);
        let slot = match (ask.flag, ask.of) {
            (Some(flag), _) => Slot::Flag(flag),
            (None, Of::Switch(_)) => Slot::Switch,
            (None, _) => Slot::Word,
        };
        let field = match ask.of {
            Of::Text => Field::text(label, slot),
            Of::Place => {
                let customer = row.and_then(|row| self.live.customer(row));
                let address = customer.and_then(|person| person.address.clone());
                let veil = self.veil();
                let hint = address.map(|text| veil.address(&text)).unwrap_or_default();
                Field::place(label, slot).hinted(hint)
            }
            Of::Kind => {
                let hint = row.and_then(|row| row.kind.clone()).unwrap_or_default();
                Field::known(label, slot, self.skills(profile)).hinted(hint)
            }
            Of::Cost => Field::text(label, slot).hinted(self.won(row.and_then(|row| row.cost))),
            Of::Amount => {
                let left = row.map(|row| row.money.kept()).filter(|won| won.0 > 0);
                Field::text(label, slot).hinted(self.won(left))
            }
            Of::Worker => Field::known(label, slot, self.workers_for(row)),
            Of::Priority => Field::choice(label, slot, self.priorities()),
            Of::Outcome => {
                let words = [
                    ("done", Label::OutcomeDone),
                    ("partial", Label::OutcomePartial),
                    ("no_show", Label::NoShow),
                ];
                Field::choice(label, slot, self.named(&words)).with("done")
            }
            Of::Payment => {
                let words = [("cash", Label::Cash), ("card", Label::Card), ("waive", Label::LetGo)];
                Field::choice(label, slot, self.named(&words)).with("cash")
            }
            Of::Disposition => {
                let codes = profile.map(|profile| profile.dispositions.clone()).unwrap_or_default();
                if codes.is_empty() {
                    Field::text(label, slot)
                } else {
                    Field::choice(label, slot, or_nothing(plain(codes)))
                }
            }
            Of::Step => {
                let steps = row.zip(profile).map(|(row, profile)| to_undo(row, profile));
                let steps = steps.unwrap_or_default();
                let first = steps.first().cloned().unwrap_or_default();
                Field::known(label, slot, plain(steps)).with(&first)
            }
            Of::Stars => {
                let stars = |n: usize| (n.to_string(), "★".repeat(n));
                Field::choice(label, slot, (1..=5).rev().map(stars).collect()).with("5")
            }
            Of::Switch(flag) => {
                let yes = (flag.to_owned(), self.say(Label::Yes).to_owned());
                Field::choice(label, slot, or_nothing(vec![yes]))
            }
        };
        Field { required: ask.must, ..field }
    }

    /// A service line by name.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.setting.profiles.iter().find(|profile| profile.name == name)
    }

    pub(super) fn priorities(&self) -> Vec<(String, String)> {
        or_nothing(self.named(&PRIORITIES))
    }

    fn named(&self, words: &[(&str, Label)]) -> Vec<(String, String)> {
        words
            .iter()
            .map(|(typed, label)| ((*typed).to_owned(), self.say(*label).to_owned()))
            .collect()
    }

    fn won(&self, won: Option<ascall_engine::domain::ids::Won>) -> String {
        won.map(|won| self.look().won(won)).unwrap_or_default()
    }

    /// What the workers of a service line can do.
    pub(super) fn skills(&self, profile: Option<&Profile>) -> Vec<(String, String)> {
        let serves = |services: &[String]| {
            services.is_empty() || profile.is_none_or(|profile| services.contains(&profile.name))
        };
        let workers = self.live.workers.values().filter(|worker| serves(&worker.services));
        let skills: BTreeSet<&String> = workers.flat_map(|worker| &worker.skills).collect();
        plain(skills.into_iter().cloned())
    }

    /// Workers for a call, those who suit it first.
    fn workers_for(&self, row: Option<&CallRow>) -> Vec<(String, String)> {
        let Some(row) = row else { return Vec::new() };
        let workers = self.suitable(row).into_iter();
        workers.map(|(worker, shown, _)| (worker.to_string(), shown)).collect()
    }
}

/// Steps that are to be undone and are not yet, those that were refused first.
fn to_undo(row: &CallRow, profile: &Profile) -> Vec<String> {
    let marks = row.steps.iter().zip(&profile.steps);
    let of = |wanted: StepMark| {
        let steps = marks.clone().filter(move |(mark, _)| **mark == wanted);
        steps.map(|(_, step)| step.name.clone())
    };
    of(StepMark::UndoDenied).chain(of(StepMark::Undoing)).collect()
}

fn plain(words: impl IntoIterator<Item = String>) -> Vec<(String, String)> {
    words.into_iter().map(|word| (word.clone(), word)).collect()
}

/// With nothing as the first choice.
pub(super) fn or_nothing(mut choices: Vec<(String, String)>) -> Vec<(String, String)> {
    choices.insert(0, (String::new(), "·".to_owned()));
    choices
}
