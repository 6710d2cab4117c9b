//! What becomes of a notice on its way: the name under which people ask for it, and what its transport said.
//!
//! Invariant: nothing in here repeats a word of a sentence, a number or a name: a provider's answer is kept as its code.

use super::values::NoticeKey;
use crate::domain::ids::{Seq, SubjectId};
use crate::domain::profile::Transport;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A notice as people and programs name it, printed `42/1/S-7/webhook`: record, rule, recipient, transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoticeName {
    /// The record that caused it.
    pub seq: Seq,
    /// The rule of the call's profile, counted from 0.
    pub rule: u8,
    /// The subject it goes to.
    pub to: SubjectId,
    /// By what.
    pub transport: Transport,
}

impl NoticeKey {
    /// Its name: the key without the call, which follows from the record.
    #[must_use]
    pub fn name(&self) -> NoticeName {
        let Self { seq, rule, to, transport, .. } = *self;
        NoticeName { seq, rule, to, transport }
    }
}

impl fmt::Display for NoticeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.seq, self.rule, self.to, self.transport.name())
    }
}

/// Why a text names no notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a notice is named as in 42/1/S-7/webhook; ascall inbox --call C-… -o csv shows the names")]
pub struct BadNoticeName;

impl FromStr for NoticeName {
    type Err = BadNoticeName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.trim().split('/');
        let mut next = || parts.next().ok_or(BadNoticeName);
        let seq = next()?.parse().map(Seq).map_err(|_| BadNoticeName)?;
        let rule = next()?.parse().map_err(|_| BadNoticeName)?;
        let to = next()?.parse().map_err(|_| BadNoticeName)?;
        let by = next()?;
        let transport = Transport::ALL.into_iter().find(|transport| transport.name() == by);
        match (transport, parts.next()) {
            (Some(transport), None) => Ok(Self { seq, rule, to, transport }),
            _ => Err(BadNoticeName),
        }
    }
}

/// What came back from one try of a notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// An answer with this HTTP status.
    Status(u16),
    /// A provider's own code, as made by [`Said::code`].
    Code(String),
    /// The program ended with this exit code.
    Exit(i32),
    /// The program was ended by a signal.
    Killed,
    /// It could not be begun: the program does not start, or what it says cannot be read.
    NotStarted,
    /// No answer in time.
    Timeout,
    /// Nobody could be reached: nothing was sent.
    Unreached,
    /// The connection broke before there was an answer.
    Broken,
    /// An answer that makes no sense.
    Unreadable,
    /// The host ended before there was an answer.
    Abandoned,
    /// A provider accepted it and never told what became of it.
    Unconfirmed,
    /// The receiver had said before that it wants no more.
    Gone,
    /// The configuration names nobody who would carry it.
    NotConfigured,
    /// The configuration has no template for it.
    NoTemplate,
    /// The recipient has no number any more.
    NoNumber,
}

impl Said {
    /// The longest code that is kept, in characters.
    const CODE_MAX: usize = 40;

    /// A provider's code. What may be anything else, a phone number for one, is only kept as unreadable.
    #[must_use]
    pub fn code(code: &str) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let digits = code.chars().filter(char::is_ascii_digit).count();
        if code.is_empty() || code.len() > Self::CODE_MAX || digits > 8 || !code.chars().all(plain)
        {
            return Self::Unreadable;
        }
        Self::Code(code.to_owned())
    }

    /// Whether it may have been taken all the same.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        matches!(self, Self::Timeout | Self::Broken | Self::Unreadable | Self::Abandoned)
    }

    /// The name used in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Code(_) => "code",
            Self::Exit(_) => "exit",
            Self::Killed => "killed",
            Self::NotStarted => "not_started",
            Self::Timeout => "timeout",
            Self::Unreached => "unreached",
            Self::Broken => "broken",
            Self::Unreadable => "unreadable",
            Self::Abandoned => "abandoned",
            Self::Unconfirmed => "unconfirmed",
            Self::Gone => "gone",
            Self::NotConfigured => "not_configured",
            Self::NoTemplate => "no_template",
            Self::NoNumber => "no_number",
        }
    }

    /// The status or code itself, where there is one.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Status(status) => Some(status.to_string()),
            Self::Code(code) => Some(code.clone()),
            Self::Exit(code) => Some(code.to_string()),
            _ => None,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail() {
            Some(detail) => write!(f, "{} {detail}", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_named_as_it_is_printed() {
        for transport in Transport::ALL {
            let name = NoticeName { seq: Seq(42), rule: 1, to: SubjectId(7), transport };
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        for bad in ["", "42", "42/1/S-7", "42/1/S-7/pigeon", "x/1/S-7/sms", "4/1/S-7/sms/1"] {
            assert_eq!(bad.parse::<NoticeName>(), Err(BadNoticeName), "{bad}");
        }
    }

    #[test]
    fn a_code_that_could_be_a_number_is_not_kept() {
        assert_eq!(Said::code("3104"), Said::Code("3104".to_owned()));
        assert_eq!(Said::code("-1027"), Said::Code("-1027".to_owned()));
        assert_eq!(Said::code("ValidationError"), Said::Code("ValidationError".to_owned()));
        for bad in ["", "01000000001", "010-0000-0001", "to 1", "{}", &"x".repeat(41)] {
            assert_eq!(Said::code(bad), Said::Unreadable, "{bad}");
        }
    }
}
