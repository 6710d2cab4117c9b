//! What a human must decide, as it is shown: why, and the one thing to type.

use super::{call::concern_word, name_of};
use crate::desk::live;
use crate::front::clock::iso;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::{About, Concern};
use ascall_engine::domain::ids::Time;
use schemars::JsonSchema;
use serde::Serialize;

/// An attention item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AttentionJson {
    /// `A-5`.
    pub id: String,
    /// The call or participant it is about; `desk` for the desk itself.
    pub about: String,
    /// Why a human must look.
    pub concern: String,
    /// When it was raised.
    pub raised_at: String,
    /// Who looks after it.
    pub taken_by: Option<String>,
    /// The product the call waits for, when that is why.
    pub short_of: Option<String>,
    /// The next thing to type.
    pub remedy: String,
    #[serde(skip)]
    pub raised: Time,
}

impl AttentionJson {
    /// An attention item.
    pub(crate) fn of(item: &live::Attention) -> Self {
        let about = match (&item.about, &item.participant) {
            (About::Call(call), _) => call.to_string(),
            (About::Participant(_), Some(name)) => name.clone(),
            (About::Participant(id), None) => id.to_string(),
            (About::Desk, _) => "desk".to_owned(),
        };
        let remedy = match (&item.short_of, &item.dead) {
            // The call goes on by itself when the goods are there.
            (Some(product), _) => format!("ascall stock receive {product} N"),
            (None, Some(notice)) => format!("ascall inbox resend {notice}"),
            (None, None) => remedy(item.concern, &about),
        };
        Self {
            id: item.id.to_string(),
            about,
            concern: name_of(&item.concern),
            raised_at: iso(item.raised_at),
            taken_by: item.taken_by.clone(),
            short_of: item.short_of.clone(),
            remedy,
            raised: item.raised_at,
        }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        format!("{}  {}  {}", self.id, self.about, self.why(look))
    }

    /// Why, in words.
    fn why(&self, look: &Look) -> String {
        match &self.short_of {
            Some(product) => look.say(Word::ShortOf, &[product]),
            None => concern_word(&self.concern, look),
        }
    }
}

/// The one remedy of each concern.
fn remedy(concern: Concern, about: &str) -> String {
    match concern {
        Concern::PlanExhausted | Concern::NeedsDispatcher => format!("ascall assign {about} W-…"),
        Concern::UndoDenied => format!("ascall waive {about} STEP --reason …"),
        Concern::ClosingDenied => format!("ascall settle {about} --by cash --reason …"),
        Concern::StepDenied | Concern::RefundDenied => format!("ascall retry {about}"),
        Concern::Misconfigured => "ascall config show".to_owned(),
        Concern::NoticeDead => format!("ascall inbox --call {about} --tries"),
        Concern::ClockStepped => "ascall tail".to_owned(),
        Concern::LateOk => format!("ascall status {about}"),
        Concern::PromisePassed => format!("ascall start {about}"),
    }
}

impl Show for AttentionJson {
    fn id(&self) -> String {
        self.id.clone()
    }
    const CSV: &'static [&'static str] =
        &["id", "about", "concern", "raised_at", "taken_by", "remedy", "short_of"];
    const HEADS: &'static [Word] =
        &[Word::Number, Word::About, Word::Why, Word::Since, Word::Taken, Word::Remedy];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            self.id.clone(),
            self.about.clone(),
            self.why(look),
            look.clock.short(self.raised),
            self.taken_by.clone().unwrap_or_default(),
            self.remedy.clone(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::ids::CallId;
    use ascall_engine::domain::profile::Lang;

    #[test]
    fn every_concern_has_a_remedy_that_can_be_typed() {
        for concern in Concern::ALL {
            assert!(remedy(concern, &CallId(1).to_string()).starts_with("ascall "));
            let words = concern_word(&name_of(&concern), &look(Lang::Ko));
            assert!(words.chars().any(|c| ('가'..='힣').contains(&c)), "{words}");
        }
    }
}
