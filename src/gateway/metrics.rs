//! What is counted and measured, in the form of `OpenMetrics`.
//!
//! Invariant: labels are names of the configuration and of this program, never what a person wrote or is. Calls are counted
//! from the journal's records, since this process began; what stands now is asked of the desk when somebody looks.
//! Source of the form: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

use crate::desk::tally::Tally;
use crate::desk::vitals::Vitals;
use crate::desk::{Desk, DeskError};
use crate::front::show::name_of;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::{CallId, ProfileId, Seq, Time};
use ascall_engine::domain::phase::Phase;
use axum::extract::MatchedPath;
use axum::http::StatusCode;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The media type of what is printed.
pub(super) const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How often the journal is followed: counting does not slow the commits down.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// The states of a breaker, as labels.
const BREAKER_STATES: [&str; 5] = ["closed", "open", "half_open", "forced_open", "disabled"];

macro_rules! labels {
    ($($name:ident { $($label:ident: $type:ty),* })*) => {
        $(#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $name {
            $($label: $type,)*
        })*
    };
}

labels! {
    Ended { profile: String, end: &'static str }
    Standing { profile: String, phase: &'static str }
    BreakerIs { participant: String, state: &'static str }
    By { transport: String }
    About { concern: String }
    Asked { route: Route, code: u16 }
}

/// A route's pattern; none: there is no such route.
#[derive(Debug, Clone)]
struct Route(Option<MatchedPath>);

impl Route {
    fn pattern(&self) -> &str {
        self.0.as_ref().map_or("none", MatchedPath::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.pattern() == other.pattern()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pattern().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(self.pattern())
    }
}

/// Everything that is counted.
pub(super) struct Metrics {
    registry: Registry,
    ended: Family<Ended, Counter>,
    live: Family<Standing, Gauge>,
    assign_s: Histogram,
    seq: Gauge,
    breakers: Family<BreakerIs, Gauge>,
    notices: Family<By, Gauge>,
    attention: Family<About, Gauge>,
    requests: Family<Asked, Counter>,
    request_s: Histogram,
    connections: Gauge,
    overload: Counter,
    /// One look at a time: what stands now is set anew for each.
    looking: Mutex<()>,
}

impl Metrics {
    /// Nothing counted yet, beside what the desk counts.
    pub(super) fn new(tally: &Tally) -> Self {
        let mut registry = Registry::default();
        let seconds = |from| Histogram::new(exponential_buckets(from, 2.0, 16));
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let metrics = Self {
            ended: Family::default(),
            live: Family::default(),
            assign_s: seconds(0.05),
            seq: Gauge::default(),
            breakers: Family::default(),
            notices: Family::default(),
            attention: Family::default(),
            requests: Family::default(),
            request_s: seconds(0.000_25),
            connections: Gauge::default(),
            overload: Counter::default(),
            registry: Registry::default(),
            looking: Mutex::new(()),
        };
        registry.register("ascall_calls", "Calls that ended", metrics.ended.clone());
        registry.register("ascall_calls_live", "Calls that have not ended", metrics.live.clone());
        let help = "From when a call was taken to when somebody had it, in seconds";
        registry.register("ascall_call_assign_seconds", help, metrics.assign_s.clone());
        let help = "Commands that the desk was asked, by whatever way";
        registry.register("ascall_commands", help, tally.commands.clone());
        let help = "From when a command was put to the desk to when it was durable, in seconds";
        registry.register("ascall_commit_seconds", help, tally.commit_s.clone());
        registry.register("ascall_journal_seq", "The newest record", metrics.seq.clone());
        let help = "1 for the state that a participant's breaker is in, 0 for the others";
        registry.register("ascall_breaker_state", help, metrics.breakers.clone());
        let help = "Notices that are still to be delivered";
        registry.register("ascall_notices_waiting", help, metrics.notices.clone());
        let help = "What a human must decide";
        registry.register("ascall_attention_open", help, metrics.attention.clone());
        let help = "Requests over HTTP that were answered";
        registry.register("ascall_http_requests", help, metrics.requests.clone());
        let help = "From the head of a request to the head of its answer, in seconds";
        registry.register("ascall_http_request_seconds", help, metrics.request_s.clone());
        let help = "Open connections of the network";
        registry.register("ascall_http_connections", help, metrics.connections.clone());
        let help = "Requests that were sent away because too much was under way";
        registry.register("ascall_overload", help, metrics.overload.clone());
        // The form of an `Info` would call it `ascall_build_info` and so does this.
        registry.register("ascall_build", "This program", version);
        Self { registry, ..metrics }
    }

    /// A request was answered.
    pub(super) fn count_request(
        &self,
        route: Option<MatchedPath>,
        code: StatusCode,
        took: Duration,
    ) {
        let asked = Asked { route: Route(route), code: code.as_u16() };
        self.requests.get_or_create(&asked).inc();
        self.request_s.observe(took.as_secs_f64());
    }

    /// A request was sent away.
    pub(super) fn count_overload(&self) {
        self.overload.inc();
    }

    /// The open connections of the network.
    pub(super) fn connections(&self) -> &Gauge {
        &self.connections
    }

    /// Everything, with what stands now.
    pub(super) fn text(&self, vitals: &Vitals) -> Option<String> {
        let _one = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        self.set(vitals);
        let mut text = String::with_capacity(16 << 10);
        encode(&mut text, &self.registry).ok()?;
        Some(text)
    }

    fn set(&self, vitals: &Vitals) {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.seq.set(whole(vitals.seq.0));
        self.live.clear();
        for ((profile, phase), count) in &vitals.calls {
            let standing = Standing { profile: profile.clone(), phase: phase.name() };
            self.live.get_or_create(&standing).set(whole(*count));
        }
        self.breakers.clear();
        for (participant, kind) in &vitals.breakers {
            let is = name_of(kind);
            for state in BREAKER_STATES {
                let breaker = BreakerIs { participant: participant.clone(), state };
                self.breakers.get_or_create(&breaker).set(i64::from(state == is));
            }
        }
        self.notices.clear();
        for (transport, count) in &vitals.notices {
            let by = By { transport: name_of(transport) };
            self.notices.get_or_create(&by).set(whole(*count));
        }
        self.attention.clear();
        for (concern, count) in &vitals.attention {
            let about = About { concern: name_of(concern) };
            self.attention.get_or_create(&about).set(whole(*count));
        }
    }

    /// Counts what the journal says from here on, until the desk closes.
    pub(super) async fn follow(&self, desk: Desk) {
        let Ok(mut after) = head(&desk).await else { return };
        let mut followed = Followed { taken: BTreeMap::new() };
        loop {
            match desk.follow(after).await {
                Ok(records) => {
                    for record in &records {
                        after = record.seq;
                        self.count(&mut followed, record, &desk);
                    }
                    // A full answer means that there is more.
                    if records.len() < 128 {
                        tokio::time::sleep(FOLLOW_EVERY).await;
                    }
                }
                Err(DeskError::Closing) => return,
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be followed for counting");
                    tokio::time::sleep(FOLLOW_EVERY * 10).await;
                }
            }
        }
    }

    fn count(&self, followed: &mut Followed, record: &Record, desk: &Desk) {
        for event in &record.events {
            match event {
                Event::CallReceived { call, profile, .. } => {
                    followed.taken.insert(*call, (*profile, Some(record.at)));
                }
                Event::AssignmentCommitted { call, .. }
                | Event::AssignmentReserved { call, .. } => {
                    let taken = followed.taken.get_mut(call).and_then(|(_, at)| at.take());
                    if let Some(at) = taken {
                        self.assign_s
                            .observe(Duration::from_millis(record.at.since(at).0).as_secs_f64());
                    }
                }
                Event::CallCompleted { call } => {
                    self.end(followed, *call, Phase::Completed, desk);
                }
                Event::CallEnded { call, end } => self.end(followed, *call, end.phase(), desk),
                _ => {}
            }
        }
    }

    fn end(&self, followed: &mut Followed, call: CallId, end: Phase, desk: &Desk) {
        let book = desk.book();
        let profile = match followed.taken.remove(&call) {
            Some((profile, _)) => book.profile(profile).ok().flatten().map(|spec| spec.name),
            // Taken before this process began.
            None => book.call(call).ok().flatten().map(|row| row.profile_name),
        };
        let ended = Ended { profile: profile.unwrap_or_default(), end: end.name() };
        self.ended.get_or_create(&ended).inc();
    }
}

/// What is remembered of the records that were followed: of live calls only.
struct Followed {
    /// Under which profile a call was taken, and when, as long as nobody has it.
    taken: BTreeMap<CallId, (ProfileId, Option<Time>)>,
}

async fn head(desk: &Desk) -> Result<Seq, DeskError> {
    let book = desk.book();
    let head = tokio::task::spawn_blocking(move || book.head()).await;
    head.map_err(|_| DeskError::Closing)?
}
