//! What people and programs see of it: notices, lists, resources.

use super::{Check, PARTS_MAX, SENTENCE_MAX, WORD_MAX};
use crate::domain::ids::Millis;
use crate::domain::phase::Phase;
use crate::domain::profile::{
    Column, NoticeOn, NoticeRule, OnDenied, Position, ResourceOf, Stage, ViewSpec, Wrong,
};

/// The most times that a sentence is said again.
const SAID_MAX: u64 = 1_000;

impl Check<'_> {
    pub(super) fn notices(&mut self) {
        let rules = &self.profile.notices;
        self.few("notices", rules.len());
        for (i, rule) in rules.iter().enumerate() {
            let at = format!("notices[{i}]");
            self.words(&format!("{at}.text"), &rule.text, SENTENCE_MAX);
            self.blanks(&format!("{at}.text.ko"), &rule.text.ko);
            self.blanks(&format!("{at}.text.en"), &rule.text.en);
            self.repeat(&at, rule);
            if let Some(what) = self.missing_for(rule.on) {
                self.say(format!("{at}.on"), Wrong::Needs(what));
            }
            let same = |other: &NoticeRule| {
                (other.on, other.to, other.transport) == (rule.on, rule.to, rule.transport)
            };
            if let Some(first) = rules.iter().take(i).position(same) {
                let of = "the same news to the same person".to_owned();
                self.say(at, Wrong::Twice { of, first: format!("notices[{first}]") });
            }
        }
    }

    /// What is filled in must be known: a field of the profile, or something of the call.
    fn blanks(&mut self, at: &str, text: &str) {
        for part in text.split('{').skip(1) {
            let name = part.split_once('}').map_or(part, |(name, _)| name);
            let known = self.with_own(NoticeRule::BLANKS);
            if known.contains(&name) && part.contains('}') {
                continue;
            }
            let known = known.into_iter().map(str::to_owned).collect();
            let name = name.chars().take(WORD_MAX).collect();
            self.say(at, Wrong::Unknown { name, known });
        }
    }

    /// Only what lasts is said again, and all who are told of it are told together.
    fn repeat(&mut self, at: &str, rule: &NoticeRule) {
        let place = format!("{at}.repeat");
        match (rule.on == NoticeOn::Searching, rule.repeat) {
            (false, None) => {}
            (false, Some(_)) => {
                self.say(place, Wrong::Idle("only what is said on = \"searching\" is said again"));
            }
            (true, None) => {
                let what = "repeat = { every_ms = …, most = … }: it is said at intervals";
                self.say(at, Wrong::Needs(what));
            }
            (true, Some(repeat)) => {
                self.span(&format!("{place}.every_ms"), repeat.every_ms, Millis::hours(24));
                self.range(&format!("{place}.most"), repeat.most.into(), 1, SAID_MAX);
                let first = self.profile.notices.iter().position(|other| other.repeat.is_some());
                if let Some(first) = first
                    && self.profile.notices[first].repeat != Some(repeat)
                {
                    let because = "one timer tells all who are told that nobody has the call yet";
                    let other = format!("notices[{first}].repeat");
                    self.say(place, Wrong::Differs { other, because });
                }
            }
        }
    }

    /// What must be there for a notice about money or goods ever to be given; none: it is. The gates are left out: whoever
    /// changes what a gate does when it is down should not have to take its notices out.
    fn missing_for(&self, on: NoticeOn) -> Option<&'static str> {
        let profile = self.profile;
        let (there, what) = match on {
            NoticeOn::Paid | NoticeOn::Refunded => (profile.payment.is_some(), "a table [payment]"),
            NoticeOn::Coupon => (!profile.rewards.is_empty(), "an entry of [[rewards]]"),
            NoticeOn::Short => {
                let waits = profile.steps.iter().any(|step| {
                    step.position == Position::AfterOpen && step.on_denied == OnDenied::Wait
                });
                (waits, "a step with position = \"after_open\" and on_denied = \"wait\"")
            }
            _ => return None,
        };
        (!there).then_some(what)
    }

    pub(super) fn views(&mut self) {
        let views = &self.profile.views;
        self.few("views", views.len());
        let names = views.iter().enumerate();
        self.once(names.map(|(i, view)| (format!("views[{i}].name"), &view.name)));
        for (i, view) in views.iter().enumerate() {
            let at = format!("views[{i}]");
            self.name(&format!("{at}.name"), &view.name);
            self.words(&format!("{at}.title"), &view.title, WORD_MAX);
            self.columns(&at, view);
            self.phases(&at, view);
        }
    }

    fn columns(&mut self, at: &str, view: &ViewSpec) {
        let at = format!("{at}.columns");
        if view.columns.is_empty() {
            self.say(at.clone(), Wrong::Empty);
        }
        self.few(&at, view.columns.len());
        let names: Vec<String> = view.columns.iter().map(|c| c.name().to_owned()).collect();
        self.once(names.iter().enumerate().map(|(i, name)| (format!("{at}[{i}]"), name)));
        let known = self.with_own(Column::ALL.iter().map(Column::name));
        for (i, column) in view.columns.iter().enumerate() {
            let name = column.name();
            if !known.contains(&name) {
                let known = known.iter().map(|name| (*name).to_owned()).collect();
                self.say(format!("{at}[{i}]"), Wrong::Unknown { name: name.to_owned(), known });
            }
        }
    }

    /// The desk's own names, and those of the fields that only this profile has.
    fn with_own<'n>(&self, desks: impl IntoIterator<Item = &'n str>) -> Vec<&'n str>
    where
        Self: 'n,
    {
        let mut known: Vec<&str> = desks.into_iter().collect();
        for field in self.profile.fields.iter().filter(|field| field.is_own()) {
            if !known.contains(&field.name.as_str()) {
                known.push(&field.name);
            }
        }
        known
    }

    fn phases(&mut self, at: &str, view: &ViewSpec) {
        let at = format!("{at}.phases");
        let names: Vec<String> = view.phases.iter().map(|p| p.name().to_owned()).collect();
        self.once(names.iter().enumerate().map(|(i, name)| (format!("{at}[{i}]"), name)));
        let other = view.phases.iter().position(|phase| *phase != Phase::Open);
        if let (true, Some(i)) = (view.name == ViewSpec::OPEN_LIST, other) {
            let because = "the view `open` shows the calls that may be claimed";
            self.say(format!("{at}[{i}]"), Wrong::Must { be: "`open`", because });
        }
    }

    pub(super) fn resources(&mut self) {
        let resources = &self.profile.resources;
        self.few("resources", resources.len());
        let mut paths: Vec<(String, &String)> = Vec::new();
        for (i, resource) in resources.iter().enumerate() {
            let at = format!("resources[{i}]");
            paths.push((format!("{at}.path"), &resource.path));
            let aliases = resource.aliases.iter().take(PARTS_MAX).enumerate();
            paths.extend(aliases.map(|(a, path)| (format!("{at}.aliases[{a}]"), path)));
            self.few(&format!("{at}.aliases"), resource.aliases.len());
            if let Some(what) = self.missing_of(resource.of) {
                self.say(format!("{at}.of"), Wrong::Needs(what));
            }
            let same = resources.iter().take(i).position(|other| other.of == resource.of);
            if let Some(first) = same {
                let of = "the same; another path is an alias".to_owned();
                let first = format!("resources[{first}].of");
                self.say(format!("{at}.of"), Wrong::Twice { of, first });
            }
        }
        for (at, path) in &paths {
            let fits = |c: char| c.is_alphanumeric() || "_-".contains(c);
            if path.is_empty() || !path.chars().all(fits) || path.chars().count() > WORD_MAX {
                self.say(at, Wrong::NoPath(path.chars().take(WORD_MAX).collect()));
            }
        }
        self.once(paths);
    }

    /// What must be there for a resource to hold anything; none: it is.
    fn missing_of(&self, of: ResourceOf) -> Option<&'static str> {
        let profile = self.profile;
        let gate = profile.steps.iter().any(|step| step.position == Position::BeforeOpen);
        let (there, what) = match of {
            ResourceOf::Gates => (gate, "a gate with position = \"before_open\""),
            ResourceOf::Payments => (profile.payment.is_some(), "a table [payment]"),
            ResourceOf::Stock => (profile.stock.is_some(), "a table [stock]"),
            ResourceOf::Members => (profile.membership.required, "membership.required = true"),
            ResourceOf::OpenList => (
                profile.plan.iter().any(Stage::is_claimable),
                "a stage that workers may claim from",
            ),
            ResourceOf::Calls
            | ResourceOf::Assignments
            | ResourceOf::Workers
            | ResourceOf::Notices
            | ResourceOf::CustomerPage
            | ResourceOf::ServiceView => return None,
        };
        (!there).then_some(what)
    }
}
