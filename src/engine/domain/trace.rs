//! The mark of a distributed trace: by it a record is found from the request, in whatever program, that led to it.
//!
//! Invariant: neither number is 0. As text it reads as in W3C Trace Context, 32 and 16 hexadecimal digits; in the journal it
//! takes 24 bytes. Decides nothing.

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A trace and the step of it that this desk did.
///
/// Source: <https://www.w3.org/TR/trace-context/#traceparent-header>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace: u128,
    span: u64,
}

/// What should be a trace is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a trace is 32 and 16 hexadecimal digits, neither all zero, with a hyphen between")]
pub struct BadTrace;

impl Trace {
    /// A step of a trace; none: a number is 0.
    #[must_use]
    pub fn new(trace: u128, span: u64) -> Option<Self> {
        (trace != 0 && span != 0).then_some(Self { trace, span })
    }

    /// Another step of the same trace; none: 0 is no step.
    #[must_use]
    pub fn step(self, span: u64) -> Option<Self> {
        Self::new(self.trace, span)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (trace, span) = bytes.split_at_checked(16)?;
        let (trace, span) = (trace.try_into().ok()?, span.try_into().ok()?);
        Self::new(u128::from_be_bytes(trace), u64::from_be_bytes(span))
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}-{:016x}", self.trace, self.span)
    }
}

impl FromStr for Trace {
    type Err = BadTrace;

    fn from_str(text: &str) -> Result<Self, BadTrace> {
        let (trace, span) = text.split_once('-').ok_or(BadTrace)?;
        let lower = |t: &str| t.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if trace.len() != 32 || span.len() != 16 || !lower(trace) || !lower(span) {
            return Err(BadTrace);
        }
        let trace = u128::from_str_radix(trace, 16).map_err(|_| BadTrace)?;
        let span = u64::from_str_radix(span, 16).map_err(|_| BadTrace)?;
        Self::new(trace, span).ok_or(BadTrace)
    }
}

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.collect_str(self);
        }
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&self.trace.to_be_bytes());
        bytes[16..].copy_from_slice(&self.span.to_be_bytes());
        to.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            from.deserialize_str(Read)
        } else {
            from.deserialize_bytes(Read)
        }
    }
}

struct Read;

impl Visitor<'_> for Read {
    type Value = Trace;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a trace")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Trace, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Trace, E> {
        Trace::from_bytes(bytes).ok_or_else(|| E::custom(BadTrace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    #[test]
    fn a_trace_is_the_same_after_its_way_through_text_and_bytes() {
        let trace: Trace = TEXT.parse().unwrap();
        assert_eq!(trace.to_string(), TEXT);
        let bytes = rmp_serde::to_vec(&trace).unwrap();
        assert_eq!(bytes.len(), 26);
        assert_eq!(rmp_serde::from_slice::<Trace>(&bytes).unwrap(), trace);
        assert_eq!(serde_json::to_string(&trace).unwrap(), format!("\"{TEXT}\""));
    }

    #[test]
    fn what_is_no_trace_is_not_taken_for_one() {
        let zero = format!("{:032x}-{:016x}", 0, 1);
        let upper = TEXT.to_uppercase();
        for bad in [
            "",
            "x",
            &TEXT[1..],
            &zero,
            &upper,
            "+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(bad.parse::<Trace>(), Err(BadTrace), "{bad}");
        }
        assert!(rmp_serde::from_slice::<Trace>(&rmp_serde::to_vec(&[1_u8; 24]).unwrap()).is_err());
    }
}
