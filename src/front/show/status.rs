//! A call at length: what `status` shows of it beside its card.
//!
//! Invariant: everything here is read from rows and records; what is guessed (a travel time) is marked by its model.

use super::call::{CallCard, WorkerRef};
use super::event::{HappeningJson, Names, NamesOf, actor_json};
use super::{PointJson, name_of};
use crate::desk::{Book, CallRow};
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::call::AssignmentState;
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{OfferId, Time, Won, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Profile;
use ascall_engine::views::StepMark;
use schemars::JsonSchema;
use serde::Serialize;

/// A call at length: what `status` shows.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct StatusCard {
    /// The call.
    #[serde(flatten)]
    pub call: CallCard,
    /// How far each gate and step is, in the profile's order; refunds behind them.
    pub steps: Vec<StepJson>,
    /// The question to several workers that is out.
    pub broadcast: Option<BroadcastJson>,
    /// Where the worker was last known to be, while the worker has the call.
    pub place: Option<PlaceJson>,
    /// Who had it last and why no longer; null while somebody has it, or when nobody ever had.
    pub released: Option<ReleasedJson>,
    /// What was written down about it, oldest first.
    pub notes: Vec<NoteJson>,
    /// What happened, oldest first.
    pub timeline: Vec<HappeningJson>,
}

/// A gate or step of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StepJson {
    /// Its name; `refund-1` for the first one that gives money back.
    pub name: String,
    /// `idle`, `asked`, `waiting`, `unknown`, `done`, `denied`, `settled`, `undoing`, `undo_denied`, `undone` or `waived`.
    pub state: &'static str,
}

/// A question to several workers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BroadcastJson {
    /// `O-3`.
    pub offer: String,
    /// How many were asked so far.
    pub asked: u32,
    /// The ring of the search, from 1.
    pub ring: u32,
    /// When the ring widens or the question is over.
    pub until: String,
    #[serde(skip)]
    pub until_time: Time,
}

/// Where a worker is, and how far from the call.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct PlaceJson {
    /// The last known place.
    #[serde(flatten)]
    pub point: PointJson,
    /// When it was known.
    pub at: String,
    /// How long ago that was.
    pub age_s: u64,
    /// Metres to the call as the crow flies, until the worker is there.
    pub metres: Option<u32>,
    /// The way in seconds, by the travel model of the profile.
    pub eta_s: Option<u32>,
    #[serde(skip)]
    pub time: Time,
}

impl PlaceJson {
    /// In words: the place, its age, the way left.
    pub(crate) fn line(&self, look: &Look) -> String {
        let point = format!("{:.4},{:.4}", self.point.lat, self.point.lon);
        let age = look.say(Word::Ago, &[&look.seconds(self.age_s)]);
        let metres = self.metres.map(|metres| look.metres(metres));
        let eta = self.eta_s.map(|s| look.say(Word::Eta, &[&look.seconds(s.into())]));
        let parts = [Some(format!("{point} ({age})")), metres, eta];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Who had a call, and why no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ReleasedJson {
    /// Who.
    pub worker: WorkerRef,
    /// Why, e.g. `canceled`, `worker_off`, `aborted`.
    pub why: String,
    /// Since when no longer.
    pub at: String,
    #[serde(skip)]
    pub time: Time,
}

/// The last one who lost the call, as its records tell.
fn released(
    book: &Book,
    records: &[Record],
    names: &Names,
    veil: Veil,
) -> Result<Option<ReleasedJson>, UserError> {
    let lost = |record: &Record, event: &Event| match event {
        Event::AssignmentReleased { worker, why, .. } => Some((*worker, name_of(why), record.at)),
        Event::WorkAborted { worker: Some(worker), .. } => {
            Some((*worker, "aborted".to_owned(), record.at))
        }
        _ => None,
    };
    let all = records.iter().flat_map(|r| r.events.iter().map(move |event| (r, event)));
    let Some((worker, why, time)) = all.rev().find_map(|(r, event)| lost(r, event)) else {
        return Ok(None);
    };
    // Whoever had it was told so: the notice knows the person.
    let told = records.iter().flat_map(|record| &record.events).find_map(|event| match event {
        Event::NoticeIssued { notice, worker: Some(of) } if *of == worker => {
            let to = names.notices.get(usize::from(notice.rule));
            to.filter(|(_, to)| to == "worker").map(|_| notice.to)
        }
        _ => None,
    });
    let known = match told {
        Some(subject) => book.person(subject)?.unwrap_or_default(),
        None => Person::default(),
    };
    let worker = WorkerRef {
        id: worker.to_string(),
        name: known.name.map(|n| veil.name(&n)),
        tel: known.tel.map(|t| veil.tel(&t)),
    };
    Ok(Some(ReleasedJson { worker, why, at: iso(time), time }))
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct NoteJson {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who wrote it.
    pub by: String,
    /// The text; null when erased.
    pub text: Option<String>,
}

impl StatusCard {
    /// A call with everything that is known of it. `live` is where its worker is, when somebody knows better than the
    /// rows.
    pub(crate) fn read(
        book: &Book,
        row: &CallRow,
        live: Option<(Point, Time)>,
        veil: Veil,
        look: &Look,
    ) -> Result<Self, UserError> {
        let call = CallCard::read(book, row, veil, look)?;
        let records = book.timeline(row)?;
        let mut desk = NamesOf::new(book);
        let names = desk.of_profile(row.profile);
        let profile = book.profile(row.profile)?;
        let released = match call.worker {
            Some(_) => None,
            None => released(book, &records, &names, veil)?,
        };
        let (notes, timeline) = (Vec::new(), Vec::new());
        let mut card = Self {
            call,
            steps: steps(row, &names),
            broadcast: row.broadcast.and_then(|asked| broadcast(&records, asked)),
            place: place(book, row, profile.as_ref(), live, look)?,
            released,
            notes,
            timeline,
        };
        for record in &records {
            for event in &record.events {
                // A rating without words brings no note.
                let text = match event {
                    Event::NoteAdded { .. } => Some(book.note(record.seq)?),
                    Event::CallRated { .. } => book.note(record.seq)?.map(Some),
                    _ => None,
                };
                card.notes.extend(text.map(|text| NoteJson {
                    seq: record.seq.0,
                    at: iso(record.at),
                    by: actor_json(&record.actor),
                    text,
                }));
                card.timeline.push(HappeningJson::of(record, event, &names, &mut desk, look));
            }
        }
        Ok(card)
    }
}

impl StatusCard {
    /// What the call is, as words and values; what is not known or not worth saying is empty.
    pub(crate) fn facts(&self, look: &Look) -> Vec<(Word, String)> {
        let call = &self.call;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let time = |value: Option<Time>| value.map(|at| look.clock.short(at)).unwrap_or_default();
        let customer = [call.name.clone(), call.tel.clone()];
        let within = call.within_m.map(|m| format!(" (± {})", look.metres(m))).unwrap_or_default();
        let target = call.target_word.as_ref().map(|target| format!(" → {target}"));
        let mut facts = vec![
            (Word::Call, call.id.clone()),
            (Word::Phase, format!("{}{}", call.phase_word, target.unwrap_or_default())),
            (Word::InPhaseSince, look.clock.short(call.times.phase)),
            (Word::Service, call.profile.clone()),
            (Word::Kind, text(&call.kind)),
            (Word::Place, format!("{}{within}", text(&call.location))),
            (Word::Visit, time(call.times.visit)),
        ];
        facts.extend(self.money(look));
        facts.extend([
            (Word::Priority, priority(call.priority, look)),
            (Word::Customer, customer.into_iter().flatten().collect::<Vec<_>>().join(" ")),
            (Word::Member, text(&call.member)),
            (Word::Worker, call.worker.as_ref().map(WorkerRef::line).unwrap_or_default()),
            (Word::WorkerPlace, self.place.as_ref().map(|p| p.line(look)).unwrap_or_default()),
            (Word::Asked, self.broadcast.as_ref().map(|b| b.line(look)).unwrap_or_default()),
            (Word::HadBy, self.released.as_ref().map(|r| r.line(look)).unwrap_or_default()),
            (Word::Received, look.clock.short(call.times.received)),
            (Word::HeldUntil, time(call.times.held)),
            (Word::RetryAt, time(call.times.retry)),
            (Word::Outcome, call.outcome.as_ref().map(|o| look.term(o)).unwrap_or_default()),
            (Word::Disposition, text(&call.disposition)),
            (
                Word::Rating,
                call.rating.map(|n| look.say(Word::Stars, &[&n.to_string()])).unwrap_or_default(),
            ),
            (Word::Follows, text(&call.parent)),
            (Word::Steps, self.steps_line(look)),
            (Word::Attention, call.concerns(look).join(", ")),
        ]);
        for note in &self.notes {
            let body = note.text.clone().unwrap_or_else(|| look.word(Word::Erased));
            facts.push((Word::Note, format!("{body} ({})", note.by)));
        }
        facts
    }

    /// Its money, as words and values; what never moved is no news, and empty.
    pub(crate) fn money(&self, look: &Look) -> Vec<(Word, String)> {
        let call = &self.call;
        let won = |won: i64| if won == 0 { String::new() } else { look.won(Won(won)) };
        vec![
            (Word::Cost, call.cost.map(|won| look.won(Won(won))).unwrap_or_default()),
            (Word::Discount, won(call.money.discount)),
            (
                Word::Due,
                if call.phase.is_terminal() { String::new() } else { won(call.money.open()) },
            ),
            (Word::Paid, won(call.money.captured)),
            (Word::SettledByHand, won(call.money.settled)),
            (Word::GivenBack, won(call.money.refunded)),
        ]
    }

    /// The values of its service's own fields, by what the service calls them.
    pub(crate) fn fields(&self, names: &Names, look: &Look) -> Vec<(String, String)> {
        let fields = self.call.fields.iter();
        fields.map(|(name, value)| (names.field(name, look), value.clone())).collect()
    }

    /// Each gate and step with its mark.
    fn steps_line(&self, look: &Look) -> String {
        let said = self.steps.iter();
        let said = said.map(|s| format!("{} {}", look.step(&s.name), look.mark(s.state)));
        said.collect::<Vec<_>>().join(" · ")
    }
}

impl BroadcastJson {
    fn line(&self, look: &Look) -> String {
        let (asked, ring) = (self.asked.to_string(), self.ring.to_string());
        look.say(Word::AskedUntil, &[&asked, &ring, &look.clock.exact(self.until_time)])
    }
}

impl ReleasedJson {
    fn line(&self, look: &Look) -> String {
        let (why, at) = (look.why(&self.why), look.clock.short(self.time));
        format!("{} ({why}, {at})", self.worker.line())
    }
}

fn priority(name: &str, look: &Look) -> String {
    match name {
        // Said only when it is not the usual one.
        "normal" => String::new(),
        "low" => look.word(Word::Low),
        "high" => look.word(Word::High),
        _ => look.word(Word::Urgent),
    }
}

impl Show for StatusCard {
    fn id(&self) -> String {
        self.call.id.clone()
    }
    const CSV: &'static [&'static str] = CallCard::CSV;
    const HEADS: &'static [Word] = CallCard::HEADS;
    fn cells(&self, look: &Look) -> Vec<String> {
        self.call.cells(look)
    }
}

fn steps(row: &CallRow, names: &Names) -> Vec<StepJson> {
    let of = |(at, mark): (usize, &StepMark)| StepJson { name: names.step(at), state: mark.name() };
    row.steps.iter().enumerate().map(of).collect()
}

/// The question that is out, as its newest record tells.
fn broadcast(records: &[Record], (id, asked): (OfferId, u32)) -> Option<BroadcastJson> {
    let events = records.iter().flat_map(|record| &record.events);
    events.rev().find_map(|event| match event {
        Event::BroadcastSent { offer, ring, deadline, .. } if *offer == id => Some(BroadcastJson {
            offer: id.to_string(),
            asked,
            ring: u32::from(*ring) + 1,
            until: iso(*deadline),
            until_time: *deadline,
        }),
        _ => None,
    })
}

/// Where the worker of a call is; none when nobody has it, or nobody knows.
fn place(
    book: &Book,
    row: &CallRow,
    profile: Option<&Profile>,
    live: Option<(Point, Time)>,
    look: &Look,
) -> Result<Option<PlaceJson>, UserError> {
    let Some(worker) = under_way(row) else { return Ok(None) };
    let kept = book.place(worker)?;
    let Some((point, at)) = live.into_iter().chain(kept).max_by_key(|(_, at)| *at) else {
        return Ok(None);
    };
    // Once there, the worker is no longer on the way to the call.
    let coming = matches!(
        row.work,
        Some(
            AssignmentState::Reserved
                | AssignmentState::Due
                | AssignmentState::Committed
                | AssignmentState::EnRoute
        )
    );
    let metres = row.spot().filter(|_| coming).map(|spot| spot.point.metres_to(point));
    let eta_s = metres.zip(profile).map(|(metres, p)| p.dispatch.travel.seconds(metres));
    let age_s = look.clock.again().now().since(at).0 / 1_000;
    Ok(Some(PlaceJson { point: point.into(), at: iso(at), age_s, metres, eta_s, time: at }))
}

/// The worker who has the call now, or is reserved for it.
pub(crate) fn under_way(row: &CallRow) -> Option<WorkerId> {
    let has = matches!(row.phase, Phase::Scheduled | Phase::Assigned | Phase::InService);
    row.worker.filter(|_| has).map(|(worker, _)| worker)
}
