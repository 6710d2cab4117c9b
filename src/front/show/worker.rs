//! A worker as shown.

use super::PointJson;
use super::call::CallCard;
use super::offer::OfferJson;
use crate::desk::{Book, CallFilter, live};
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::Window;
use ascall_engine::domain::ids::{CallId, Time};
use schemars::JsonSchema;
use serde::Serialize;

/// A worker.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct WorkerCard {
    /// `W-17`.
    pub id: String,
    /// The name; null when erased.
    pub name: Option<String>,
    /// The number; null when erased.
    pub tel: Option<String>,
    /// `available`, `offered`, `committed`, `working`, `break`, `off` or `suspended`.
    pub availability: String,
    /// The call the worker has.
    pub call: Option<String>,
    /// What the worker can do.
    pub skills: Vec<String>,
    /// The services served; empty: any.
    pub services: Vec<String>,
    /// Where the worker starts from.
    pub home: Option<PointJson>,
    /// The freshest known place.
    pub seen: Option<PointJson>,
    /// When it was known.
    pub seen_at: Option<String>,
    /// Since when the worker has been idle.
    pub idle_since: String,
    /// Came along by themselves, over a service's own API; nobody at the desk added them.
    pub self_registered: bool,
    #[serde(skip)]
    pub seen_time: Option<Time>,
}

impl WorkerCard {
    /// A worker, as much of the person as `veil` lets through.
    pub(crate) fn of(worker: &live::Worker, veil: Veil) -> Self {
        Self {
            id: worker.id.to_string(),
            name: worker.person.name.as_deref().map(|n| veil.name(n)),
            tel: worker.person.tel.as_deref().map(|t| veil.tel(t)),
            availability: worker.availability.name().to_owned(),
            call: worker.call.map(|call| call.to_string()),
            skills: worker.skills.clone(),
            services: worker.services.clone(),
            home: worker.home.filter(|_| veil == Veil::Whole).map(PointJson::from),
            seen: worker.seen.map(|(point, _)| point.into()),
            seen_at: worker.seen.map(|(_, at)| iso(at)),
            idle_since: iso(worker.idle_since),
            self_registered: worker.self_registered,
            seen_time: worker.seen.map(|(_, at)| at),
        }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        let skills = self.skills.join(",");
        let parts = [
            Some(self.id.clone()),
            self.name.clone(),
            self.tel.clone(),
            Some(look.availability(&self.availability)),
            self.call.clone(),
            Some(skills).filter(|s| !s.is_empty()),
            self.self_registered.then(|| look.word(Word::SelfRegistered)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
    }
}

/// A worker with everything the worker has before them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct WorkerPage {
    /// The worker.
    #[serde(flatten)]
    pub worker: WorkerCard,
    /// How customers rated the worker; null when none did.
    pub rating: Option<RatingJson>,
    /// Appointments the worker is reserved for, the next one first.
    pub reservations: Vec<ReservationJson>,
    /// Questions that wait for the worker's answer.
    pub offers: Vec<OfferJson>,
    /// The worker's calls that were taken today.
    pub today: Vec<CallCard>,
}

/// How customers rated a worker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub(crate) struct RatingJson {
    /// How many did.
    pub count: u32,
    /// Their stars on average.
    pub average: f64,
}

/// An appointment of a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ReservationJson {
    /// The call.
    pub call: String,
    /// Its begin.
    pub from: String,
    /// Its end.
    pub until: String,
    #[serde(skip)]
    pub time: Time,
}

impl WorkerPage {
    /// The page of a worker with the calls of today: of the worker and of the calls, as much as each veil lets through.
    pub(crate) fn read(
        book: &Book,
        worker: &live::Worker,
        offers: &[live::Offer],
        (of_worker, of_calls): (Veil, Veil),
        look: &Look,
    ) -> Result<Self, UserError> {
        let today = CallFilter {
            worker: Some(worker.id),
            since: Some(look.clock.midnight()),
            ended: true,
            ..CallFilter::default()
        };
        let calls = CallCard::read_all(book, &book.calls(&today)?, of_calls, look)?;
        Ok(Self::of(WorkerCard::of(worker, of_worker), worker, offers, calls))
    }

    /// The page of a worker.
    pub(crate) fn of(
        card: WorkerCard,
        worker: &live::Worker,
        offers: &[live::Offer],
        today: Vec<CallCard>,
    ) -> Self {
        let (count, stars) = worker.rated;
        let average = (f64::from(stars) / f64::from(count.max(1)) * 100.0).round() / 100.0;
        let mut visits = worker.reserved.clone();
        visits.sort_unstable_by_key(|(_, window)| window.from);
        let reservation = |(call, window): &(CallId, Window)| ReservationJson {
            call: call.to_string(),
            from: iso(window.from),
            until: iso(window.until),
            time: window.from,
        };
        Self {
            worker: card,
            rating: (count > 0).then_some(RatingJson { count, average }),
            reservations: visits.iter().map(reservation).collect(),
            offers: offers.iter().map(OfferJson::of).collect(),
            today,
        }
    }
}

impl Show for WorkerPage {
    fn id(&self) -> String {
        self.worker.id()
    }
    const CSV: &'static [&'static str] = WorkerCard::CSV;
    const HEADS: &'static [Word] = WorkerCard::HEADS;
    fn cells(&self, look: &Look) -> Vec<String> {
        self.worker.cells(look)
    }
}

impl Show for WorkerCard {
    fn id(&self) -> String {
        self.id.clone()
    }

    const CSV: &'static [&'static str] = &[
        "id",
        "name",
        "tel",
        "availability",
        "call",
        "skills",
        "services",
        "seen.lat",
        "seen.lon",
        "seen_at",
        "idle_since",
    ];

    const HEADS: &'static [Word] = &[
        Word::Worker,
        Word::Name,
        Word::Phone,
        Word::State,
        Word::Call,
        Word::Skills,
        Word::Services,
        Word::Seen,
    ];

    fn cells(&self, look: &Look) -> Vec<String> {
        let seen = match (&self.seen, self.seen_time) {
            (Some(point), Some(at)) => {
                format!("{:.4},{:.4} {}", point.lat, point.lon, look.clock.short(at))
            }
            _ => String::new(),
        };
        vec![
            self.id.clone(),
            self.name.clone().unwrap_or_else(|| look.word(Word::Erased)),
            self.tel.clone().unwrap_or_default(),
            look.availability(&self.availability),
            self.call.clone().unwrap_or_default(),
            self.skills.join(","),
            self.services.join(","),
            seen,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::command::Person;
    use ascall_engine::domain::ids::{SubjectId, WorkerId};
    use ascall_engine::domain::profile::Lang;

    fn worker() -> live::Worker {
        live::Worker {
            id: WorkerId(3),
            subject: SubjectId(9),
            person: Person {
                name: Some("홍길동".to_owned()),
                tel: Some("01000000003".to_owned()),
                address: None,
                card: None,
            },
            services: vec![],
            skills: vec!["냉장고".to_owned()],
            home: "37.5,127.0".parse().ok(),
            seen: None,
            availability: ascall_engine::domain::worker::Availability::Available,
            call: None,
            idle_since: Time(0),
            reserved: vec![],
            rated: (0, 0),
            self_registered: false,
        }
    }

    #[test]
    fn lists_mask_the_person_and_their_home() {
        let card = WorkerCard::of(&worker(), Veil::Masked);
        assert_eq!(card.line(&look(Lang::En)), "W-3  홍*동  010-****-0003  available  냉장고");
        assert_eq!(card.home, None);
        let whole = WorkerCard::of(&worker(), Veil::Whole);
        assert_eq!(whole.tel.as_deref(), Some("010-0000-0003"));
    }

    #[test]
    fn a_page_has_the_next_appointment_first_and_the_mean_of_the_stars() {
        let window = |from| Window { from: Time(from), until: Time(from + 1) };
        let known = live::Worker {
            reserved: vec![(CallId(1), window(9)), (CallId(2), window(4))],
            rated: (3, 14),
            ..worker()
        };
        let card = WorkerCard::of(&known, Veil::Masked);
        let page = WorkerPage::of(card, &known, &[], vec![]);
        assert_eq!(page.rating, Some(RatingJson { count: 3, average: 4.67 }));
        let calls: Vec<&str> = page.reservations.iter().map(|r| r.call.as_str()).collect();
        assert_eq!(calls, ["C-2", "C-1"]);
        let unrated =
            WorkerPage::of(WorkerCard::of(&worker(), Veil::Masked), &worker(), &[], vec![]);
        assert_eq!(unrated.rating, None);
    }

    #[test]
    fn every_head_has_a_cell() {
        let card = WorkerCard::of(&worker(), Veil::Masked);
        assert_eq!(card.cells(&look(Lang::Ko)).len(), WorkerCard::HEADS.len());
    }
}
