//! A service line at length, part by part.
//!
//! Invariant: says the same as the paragraph of the line, and besides what it asks, tells and lists.

use super::{beside, end, gate, stage};
use crate::front::look::Look;
use crate::front::show::name_of;
use ascall_engine::domain::profile::{
    Column, Field, NoticeRule, Position, Profile, Transport, ViewSpec,
};

/// A service line in lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sections {
    /// What a call is asked for, in the order it is asked; `*` must be given.
    pub fields: Vec<String>,
    /// Gates, stages of the plan, steps beside it and at the end, in the order a call meets them.
    pub way: Vec<String>,
    /// What is told to whom.
    pub notices: Vec<String>,
    /// The lists of its calls, with their columns.
    pub views: Vec<String>,
}

impl Sections {
    /// Of a line.
    pub(crate) fn of(line: &Profile, look: &Look) -> Self {
        let at = |position| line.steps.iter().filter(move |step| step.position == position);
        let gates = at(Position::BeforeOpen).map(|step| gate(line, step, look));
        let plan = line.plan.iter().enumerate();
        let plan = plan.map(|(at, one)| format!("{}. {}", at + 1, stage(line, one, look)));
        let besides = at(Position::AfterOpen).map(|step| beside(step, look));
        let ends = at(Position::BeforeComplete).map(|step| end(line, step, look));
        Self {
            fields: line.fields.iter().map(|field| asked(field, look)).collect(),
            way: gates.chain(plan).chain(besides).chain(ends).collect(),
            notices: line.notices.iter().map(|rule| told(rule, look)).collect(),
            views: line.views.iter().map(|view| listed(view, look)).collect(),
        }
    }
}

fn asked(field: &Field, look: &Look) -> String {
    let must = if field.required { "*" } else { "" };
    let default = field.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
    let one_of = field.one_of.join(" | ");
    let of = if one_of.is_empty() { String::new() } else { format!(" [{one_of}]") };
    let label = field.label.in_lang(look.lang);
    format!("{label}{must}  {}: {}{default}{of}", field.name, name_of(&field.kind))
}

fn told(rule: &NoticeRule, look: &Look) -> String {
    let by = match rule.transport {
        Transport::Inbox => String::new(),
        transport => format!(" ({})", look.transport(&name_of(&transport))),
    };
    let (on, to) = (look.term(&name_of(&rule.on)), look.term(&name_of(&rule.to)));
    format!("{on} → {to}{by}: {}", rule.text.in_lang(look.lang))
}

fn listed(view: &ViewSpec, look: &Look) -> String {
    let columns: Vec<&str> = view.columns.iter().map(Column::name).collect();
    format!("{} ({}): {}", view.title.in_lang(look.lang), view.name, columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::profiles;
    use crate::front::look::tests::look;
    use ascall_engine::domain::profile::Lang;

    #[test]
    fn every_part_of_the_shipped_lines_is_told_in_both_languages() {
        for line in profiles::load(&[]).unwrap() {
            for lang in [Lang::Ko, Lang::En] {
                let told = Sections::of(&line, &look(lang));
                assert_eq!(told.fields.len(), line.fields.len());
                assert_eq!(told.way.len(), line.steps.len() + line.plan.len());
                assert_eq!(told.notices.len(), line.notices.len());
                assert_eq!(told.views.len(), line.views.len());
            }
        }
    }

    #[test]
    fn a_field_says_its_name_its_type_and_whether_it_must_be_given() {
        let lines = profiles::load(&[]).unwrap();
        let shop = lines.iter().find(|line| line.name == "shop").unwrap();
        let told = Sections::of(shop, &look(Lang::En));
        assert_eq!(told.fields[0], "product*  product: text");
        assert_eq!(told.fields[1], "quantity  qty: count = 1");
        assert_eq!(
            told.views[0],
            "Deliveries (delivery): call, phase, age, product, qty, worker, attention"
        );
    }
}
