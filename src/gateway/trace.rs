//! Traces across programs: W3C Trace Context, taken from a request or begun here, answered and journalled.
//!
//! Invariant: whoever sends a sound `traceparent` finds its trace again in the answer and in the record; one that makes no
//! sense is as none. Source: <https://www.w3.org/TR/trace-context/>.

use ascall_engine::domain::trace::Trace;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use rustix::rand::{GetRandomFlags, getrandom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The header.
pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Makes the numbers of traces and their steps.
pub(super) struct Tracer {
    seed: [u8; 32],
    made: AtomicU64,
}

/// The step of a trace that one request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// Trace and step.
    pub trace: Trace,
    /// Whether somebody keeps it, in the lowest bit.
    flags: u8,
}

impl Tracer {
    /// One whose numbers no other one makes.
    pub(super) fn new() -> Self {
        let mut seed = [0; 32];
        let got = getrandom(&mut seed, GetRandomFlags::empty());
        if got.ok() != Some(seed.len()) {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let at = format!("{} {}", now.as_nanos(), std::process::id());
            seed = *blake3::hash(at.as_bytes()).as_bytes();
        }
        Self { seed, made: AtomicU64::new(0) }
    }

    /// The step that a request with these headers is.
    pub(super) fn step(&self, headers: &HeaderMap) -> Step {
        let mut all = headers.get_all(TRACEPARENT).iter();
        let parent = all.next().and_then(|value| parse(value.to_str().ok()?));
        let parent = parent.filter(|_| all.next().is_none());
        loop {
            let made = self.made.fetch_add(1, Ordering::Relaxed);
            let numbers = blake3::keyed_hash(&self.seed, &made.to_le_bytes());
            let (fresh, span) = split(numbers.as_bytes());
            let step = match parent {
                Some(Step { trace, flags }) => trace.step(span).map(|trace| Step { trace, flags }),
                None => Trace::new(fresh, span).map(|trace| Step { trace, flags: 0 }),
            };
            // A number that is 0 is made again.
            if let Some(step) = step {
                return step;
            }
        }
    }
}

fn split(bytes: &[u8; 32]) -> (u128, u64) {
    let (mut trace, mut span) = ([0; 16], [0; 8]);
    trace.copy_from_slice(&bytes[..16]);
    span.copy_from_slice(&bytes[16..24]);
    (u128::from_be_bytes(trace), u64::from_be_bytes(span))
}

/// What a `traceparent` says. Later versions may say more after it.
fn parse(text: &str) -> Option<Step> {
    let mut parts = text.splitn(4, '-');
    let (version, trace, span) = (hex(parts.next()?)?, parts.next()?, parts.next()?);
    let rest = parts.next()?;
    let flags = match version {
        0 => rest,
        0xff => return None,
        _ => rest.split_once('-').map_or(rest, |(flags, _)| flags),
    };
    let trace = format!("{trace}-{span}").parse().ok()?;
    // Only what is known of the flags is handed on.
    Some(Step { trace, flags: hex(flags)? & 1 })
}

fn hex(text: &str) -> Option<u8> {
    let lower = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (lower && text.len() == 2).then(|| u8::from_str_radix(text, 16).ok())?
}

impl Step {
    /// The header of the answer.
    pub(super) fn header(self) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("00-{}-{:02x}", self.trace, self.flags)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn with(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_request_is_a_new_step_of_the_trace_that_it_names() {
        let step = Tracer::new().step(&with(PARENT));
        let answered = step.header().unwrap();
        let answered = answered.to_str().unwrap();
        assert_eq!(&answered[..36], &PARENT[..36]);
        assert_ne!(&answered[36..52], &PARENT[36..52]);
        assert!(answered.ends_with("-01"), "{answered}");
    }

    #[test]
    fn a_request_without_a_sound_trace_begins_one() {
        let tracer = Tracer::new();
        let none = tracer.step(&HeaderMap::new());
        assert_ne!(none, tracer.step(&HeaderMap::new()));
        let upper = PARENT.to_uppercase();
        let later = PARENT.replacen("00-", "cc-", 1) + "-what-may-come";
        for bad in [
            "",
            "00",
            &upper,
            &PARENT.replacen("00-", "ff-", 1),
            &format!("{PARENT}-00"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            &PARENT[..54],
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert!(parse(PARENT).is_some() && parse(&later).is_some());
        let mut two = with(PARENT);
        two.append(TRACEPARENT, HeaderValue::from_static(PARENT));
        let answered = tracer.step(&two).header().unwrap();
        assert_ne!(&answered.to_str().unwrap()[..36], &PARENT[..36]);
    }
}
