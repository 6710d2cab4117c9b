//! The page of members: who they are, masked, and what is to be known of them.
//!
//! Invariant: persons are shown masked unless all are shown whole. Members are rows, so the past has none: of them only
//! the present is known.

use super::form::{Field, Form, Manner, Slot};
use super::listed::Listed;
use super::overlay::Overlay;
use super::{Page, State};
use crate::front::show::member::MemberJson;
use crate::front::words::Word;
use crate::tui::keys::Action;
use crate::tui::msg::{Effect, Want};
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::domain::event::Event;
use ascall_engine::domain::ids::Seq;
use std::ops::ControlFlow;

/// The page of members.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members {
    /// The members, `M-1`.
    pub list: Listed<String>,
    /// What was fetched, and what for.
    pub had: Option<(Want, Company)>,
}

/// Members as they were fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Company {
    /// The newest ones, oldest first.
    pub members: Vec<MemberJson>,
    /// How many there are.
    pub all: usize,
}

impl Members {
    /// The list.
    pub(super) fn list(&mut self) -> &mut Listed<String> {
        &mut self.list
    }
}

impl State {
    /// Who was fetched, unless they are whole and are not to be shown so any more.
    pub(crate) fn company(&self) -> Option<&Company> {
        let (want, company) = self.pages.members.had.as_ref()?;
        let may = matches!(want, Want::Members { reveal, .. } if !reveal || self.is_revealed());
        may.then_some(company)
    }

    /// A member by number.
    pub(crate) fn member(&self, id: &str) -> Option<&MemberJson> {
        self.company()?.members.iter().find(|member| member.id == id)
    }

    /// Makes the list of members anew, the newest first.
    pub(super) fn list_members(&mut self) {
        let filter = &self.pages.members.list.filter;
        let takes = |member: &&MemberJson| {
            let friend = member.friend.as_ref().and_then(|friend| friend.name.as_deref());
            let words = [member.name.as_deref(), member.tel.as_deref(), friend];
            let words = words.into_iter().flatten().chain([member.id.as_str()]);
            filter.finds(&words.collect::<Vec<_>>())
        };
        let all = self.company().map_or(&[] as &[_], |company| &company.members);
        let shown = all.iter().rev().filter(takes);
        let ids = shown.map(|member| member.id.clone()).collect();
        self.pages.members.list.list(ids);
    }

    /// Members as they are known now.
    pub(super) fn members_lack(&self) -> Option<Want> {
        if self.past.is_some() {
            return None;
        }
        let speaks = |event: &Event| {
            matches!(
                event,
                Event::MemberAdded { .. }
                    | Event::MemberChanged { .. }
                    | Event::CouponGranted { .. }
                    | Event::CouponUsed { .. }
                    | Event::CallCompleted { .. }
            )
        };
        let changed = self.live.records.iter().rev().find(|r| r.events.iter().any(speaks));
        let changed = changed.map_or(Seq(0), |record| record.seq);
        let want = Want::Members { changed, reveal: self.is_revealed() };
        let has = self.pages.members.had.as_ref().map(|(had, _)| had);
        (has != Some(&want)).then_some(want)
    }

    /// Members were fetched.
    pub(super) fn got_members(&mut self, want: Want, company: Company) {
        self.pages.members.had = Some((want, company));
        self.list_members();
    }

    /// The member who is chosen on their page.
    pub(crate) fn chosen_member(&self) -> Option<&MemberJson> {
        let chosen = self.pages.members.list.chosen().filter(|_| self.page == Page::Members)?;
        self.member(chosen)
    }

    pub(super) fn members_act(&mut self, action: Action) -> ControlFlow<Option<Effect>> {
        let chosen = self.chosen_member().map(|member| member.id.clone());
        let (title, line, must) = match (action, chosen) {
            (Action::MemberAdd, _) => {
                (self.say(Label::DoMemberAdd).to_owned(), Line::of(&["member", "add"]), true)
            }
            (Action::MemberAmend, Some(member)) => {
                let title = format!("{} {member}", self.say(Label::DoMemberAmend));
                (title, Line::of(&["member", "amend"]).word(member), false)
            }
            _ => return ControlFlow::Continue(()),
        };
        let named = |word, flag| Field::text(self.look().word(word), Slot::Flag(flag));
        let field = |label, flag| Field::text(self.say(label), Slot::Flag(flag));
        let fields = vec![
            Field { required: must, ..named(Word::Name, "--name") },
            Field { required: must, ..named(Word::Phone, "--tel") },
            field(Label::CardToken, "--card"),
            field(Label::FriendName, "--friend-name"),
            field(Label::FriendTel, "--friend-tel"),
        ];
        self.overlay = Some(Overlay::Form(Form::new(title, line, Manner::AtOnce, fields)));
        ControlFlow::Break(None)
    }
}
