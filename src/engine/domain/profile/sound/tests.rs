//! Every rule of a sound profile, broken once.
//!
//! Invariant: each case changes one thing of a sound profile and names the only place that is then wrong.

use crate::domain::breaker::BreakerSettings;
use crate::domain::ids::{Millis, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{
    AppointmentRule, CancelUntil, Column, Does, Fallback, Field, FieldKind, NoticeOn, NoticeRule,
    OnDenied, PaymentRule, Position, Price, Profile, Repeat, RequiredBefore, Resource, ResourceOf,
    RewardRule, Role, Stage, StepSpec, StockRule, Transport, UnknownProduct, ViewSpec, Words,
};
use crate::domain::testing::repair;

fn words(text: &str) -> Words {
    Words { ko: text.to_owned(), en: text.to_owned() }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        label: words(name),
        kind,
        required: false,
        default: None,
        skill: false,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    }
}

fn notice(on: NoticeOn, to: Role) -> NoticeRule {
    NoticeRule { on, to, transport: Transport::Inbox, text: words("{call}"), repeat: None }
}

fn resource(path: &str, of: ResourceOf) -> Resource {
    Resource { path: path.to_owned(), of, aliases: Vec::new() }
}

/// A line like the taxis: members, rings, a fare at the end.
fn ride() -> Profile {
    let mut charge = StepSpec::new("payment", Position::BeforeComplete);
    charge.does = Does::Charge;
    charge.breaker = Some(BreakerSettings::default());
    let still = Some(Repeat { every_ms: Millis::mins(1), most: 10 });
    let searching = NoticeRule { repeat: still, ..notice(NoticeOn::Searching, Role::Customer) };
    let rings_m = vec![1_000, 3_000];
    let (ring_ms, most) = (Millis::secs(20), 20);
    let mut tier = field("tier", FieldKind::Text);
    tier.skill = true;
    tier.one_of = names(&["plain", "black"]);
    tier.no_skill = names(&["plain"]);
    tier.default = Some("plain".to_owned());
    let mut calls = resource("rides", ResourceOf::Calls);
    calls.aliases = names(&["택시호출s"]);
    Profile {
        name: "ride".to_owned(),
        noun: words("ride"),
        fields: vec![field("tel", FieldKind::Tel), field("to", FieldKind::Place), tier],
        steps: vec![charge],
        plan: vec![
            Stage::Broadcast { rings_m, ring_ms, most, claimable: true },
            Stage::Offer {
                deadline_ms: Millis::secs(30),
                most: Some(3),
                for_ms: None,
                claimable: false,
            },
            Stage::Claim { for_ms: None },
        ],
        notices: vec![searching, notice(NoticeOn::Paid, Role::Customer)],
        payment: Some(PaymentRule { price: Price::Metered, limit: Some(Won(300_000)) }),
        membership: crate::domain::profile::MembershipRule { required: true },
        dispositions: names(&["done", "empty"]),
        rewards: vec![RewardRule { every: 10, coupon: Won(3_000) }],
        views: vec![
            ViewSpec {
                name: "all".to_owned(),
                title: words("all"),
                columns: vec![Column::Call, Column::Field("to".to_owned())],
                phases: vec![Phase::Open, Phase::Completed],
            },
            ViewSpec {
                name: "open".to_owned(),
                title: words("open"),
                columns: vec![Column::Call],
                phases: Vec::new(),
            },
        ],
        resources: vec![
            calls,
            resource("money", ResourceOf::Payments),
            resource("open", ResourceOf::OpenList),
        ],
        ..repair()
    }
}

/// A line like the shop: a fixed price, goods, nobody needed.
fn sale() -> Profile {
    let mut charge = StepSpec::new("payment", Position::BeforeOpen);
    charge.does = Does::Charge;
    let mut reserve = StepSpec::new("stock", Position::AfterOpen);
    reserve.does = Does::Reserve;
    reserve.required_before = Some(RequiredBefore::Start);
    let mut cost = field("cost", FieldKind::Won);
    cost.required = true;
    let mut product = field("product", FieldKind::Text);
    product.required = true;
    Profile {
        name: "sale".to_owned(),
        fields: vec![
            cost,
            product,
            field("qty", FieldKind::Count),
            field("order", FieldKind::Reference),
        ],
        steps: vec![charge, reserve],
        plan: vec![Stage::None { promise_ms: Millis::hours(24), claimable: false }],
        notices: vec![notice(NoticeOn::Short, Role::Customer)],
        payment: Some(PaymentRule { price: Price::Fixed, limit: None }),
        stock: Some(StockRule {
            product: "product".to_owned(),
            quantity: "qty".to_owned(),
            unknown: UnknownProduct::Refuse,
        }),
        ..repair()
    }
}

/// One thing that somebody may get wrong.
type Slip = fn(&mut Profile);

/// What is wrong after `slip`, as `place: sentence`.
fn wrong(mut profile: Profile, slip: Slip) -> Vec<String> {
    slip(&mut profile);
    profile.faults().into_iter().map(|fault| fault.to_string()).collect()
}

fn each(good: fn() -> Profile, cases: &[(Slip, &str)]) {
    assert_eq!(good().faults(), []);
    for (slip, said) in cases {
        let found = wrong(good(), *slip);
        assert_eq!(found.len(), 1, "{said}: {found:?}");
        assert!(found[0].starts_with(said), "{said}: {found:?}");
    }
}

#[test]
fn the_names_and_the_words_of_a_line_are_there() {
    each(
        ride,
        &[
            (|p| p.name = "Ride".to_owned(), "`name` is `Ride`, which is no name"),
            (|p| p.name = String::new(), "`name` is ``, which is no name"),
            (|p| p.name = "a".repeat(41), "`name` is"),
            (|p| p.title.ko = " ".to_owned(), "`title.ko` is empty"),
            (|p| p.worker.en = String::new(), "`worker.en` is empty"),
            (|p| p.noun.en = String::new(), "`noun.en` is empty"),
            (|p| p.title.en = "x".repeat(41), "`title.en` is longer than 40 characters"),
            (
                |p| {
                    p.phases.insert(Phase::InService, Words { en: String::new(), ..words("운행") });
                },
                "`phases.in_service.en` is empty",
            ),
            (|p| p.park_max_ms = Millis(0), "`park_max_ms` is 0, not from 1 to"),
            (
                |p| p.appointment = AppointmentRule { lead_ms: Millis(0), ..p.appointment },
                "`appointment.lead_ms` is 0",
            ),
            (
                |p| p.appointment = AppointmentRule { duration_ms: Millis(0), ..p.appointment },
                "`appointment.duration_ms` is 0",
            ),
            (|p| p.dispositions[1] = String::new(), "`dispositions[1]` is empty"),
            (|p| p.dispositions[1] = "done".to_owned(), "`dispositions[1]` is `done`, as `dispo"),
            (
                |p| p.dispositions = (0..65).map(|n| n.to_string()).collect(),
                "`dispositions` has 65 entries; at most 64",
            ),
        ],
    );
}

#[test]
fn the_fields_of_a_request_fit_their_types_and_each_other() {
    each(
        ride,
        &[
            (|p| p.fields[2].name = "Tier".to_owned(), "`fields[2].name` is `Tier`, which is no"),
            (|p| p.fields.push(field("tel", FieldKind::Tel)), "`fields[3].name` is `tel`, as"),
            (|p| p.fields[0].label.ko.clear(), "`fields[0].label.ko` is empty"),
            (|p| p.fields[0].kind = FieldKind::Text, "`fields[0].type` must be `tel`"),
            (|p| p.fields.push(field("location", FieldKind::Text)), "`fields[3].type` must be `pl"),
            (|p| p.fields.push(field("cost", FieldKind::Count)), "`fields[3].type` must be `won`"),
            (|p| p.fields.push(field("visit", FieldKind::Text)), "`fields[3].type` must be `time`"),
            (|p| p.fields.push(field("phone", FieldKind::Tel)), "`fields[3].type` must be another"),
            (|p| p.fields.push(field("at", FieldKind::Time)), "`fields[3].type` must be another"),
            (
                |p| p.fields[2].default = Some("gold".to_owned()),
                "`fields[2].default` is `gold`, wh",
            ),
            (|p| p.fields[2].required = true, "`fields[2].required` has no effect"),
            (|p| p.fields[2].one_of[1].clear(), "`fields[2].one_of[1]` is empty"),
            (|p| p.fields[2].one_of.push("black".to_owned()), "`fields[2].one_of[2]` is `black`"),
            (|p| p.fields[2].no_skill[0] = "gold".to_owned(), "`fields[2].no_skill[0]` is `gold`"),
            (|p| p.fields[2].skill = false, "`fields[2].no_skill` has no effect"),
            (
                |p| p.fields.push(Field { skill: true, ..field("car", FieldKind::Text) }),
                "`fields[3].skill` is the skill, as `fields[2].skill` is already",
            ),
            (|p| p.fields[1].one_of = names(&["x"]), "`fields[1].one_of` has no effect"),
        ],
    );
    each(
        sale,
        &[
            (
                |p| {
                    let price = Field { required: false, ..p.fields[0].clone() };
                    p.fields[0] = Field { default: Some("cheap".to_owned()), ..price };
                },
                "`fields[0].default` is `cheap`, which is no whole won",
            ),
            (
                |p| p.fields[2].default = Some("0".to_owned()),
                "`fields[2].default` is `0`, which is no whole number",
            ),
            (|p| p.fields[2].one_of = names(&["1", "x"]), "`fields[2].one_of[1]` is `x`, which is"),
            (|p| p.fields[3].default = Some("1".to_owned()), "`fields[3].default` has no effect"),
            (
                |p| p.fields.push(field("ref", FieldKind::Reference)),
                "`fields[4].type` is the reference, as `fields[3].type` is already",
            ),
            (
                |p| p.fields[3] = Field { skill: true, ..p.fields[3].clone() },
                "`fields[3].type` must be `text`: a skill is a word",
            ),
        ],
    );
}

#[test]
fn steps_have_an_answerer_a_limit_and_a_breaker_that_can_open() {
    each(
        sale,
        &[
            (
                |p| p.steps[1].name = "payment".to_owned(),
                "`steps[1].name` is `payment`, as `steps[0",
            ),
            (|p| p.steps[0].name = "assign".to_owned(), "`steps[0].name` is `assign`, a name of"),
            (
                |p| p.steps[0].participant = Some("assign".to_owned()),
                "`steps[0].participant` is `assign`, a name of",
            ),
            (|p| p.steps[0].name = "Pay".to_owned(), "`steps[0].name` is `Pay`, which is no name"),
            (|p| p.steps[0].deadline_ms = Millis(0), "`steps[0].deadline_ms` is 0, not from 1"),
            (|p| p.steps[0].bulkhead = Some(0), "`steps[0].bulkhead` is 0, not from 1 to 10000"),
            (
                |p| {
                    let probes = 0;
                    p.steps[0].breaker = Some(BreakerSettings { probes, ..Default::default() });
                },
                "`steps[0].breaker.probes` is 0, not from 1",
            ),
            (
                |p| {
                    p.steps[0].breaker = Some(BreakerSettings {
                        consecutive_failures: None,
                        failure_rate_pct: None,
                        slow_rate_pct: None,
                        ..Default::default()
                    });
                },
                "`steps[0].breaker` has no rule that could open it",
            ),
            (|p| p.steps[1].fallback = Fallback::Reject, "`steps[1].fallback` has no effect"),
            (|p| p.steps[0].on_denied = OnDenied::End, "`steps[0].on_denied` has no effect"),
            (
                |p| p.steps[0].required_before = Some(RequiredBefore::Finish),
                "`steps[0].required_before` has no effect",
            ),
            (|p| p.steps[0].undo = false, "`steps[0].undo` must be true"),
            (
                |p| p.steps[1].required_before = Some(RequiredBefore::Finish),
                "`steps[1].required_before` must be `start`: goods leave",
            ),
            (
                |p| {
                    p.steps[1].required_before = None;
                    p.steps[1].position = Position::BeforeComplete;
                    p.notices.clear();
                },
                "`steps[1].position` must be `before_open` or `after_open`: goods leave",
            ),
            (
                |p| {
                    let twin = StepSpec { name: "more".to_owned(), ..p.steps[1].clone() };
                    p.steps.push(twin);
                },
                "`steps[2].does` is `reserve`, as `steps[1].does` is already",
            ),
            (
                |p| {
                    p.steps[1].participant = Some("payment".to_owned());
                    p.steps[1].bulkhead = Some(3);
                },
                "`steps[1].bulkhead` is not the same as `steps[0].bulkhead`",
            ),
            (
                |p| {
                    p.steps[1].participant = Some("payment".to_owned());
                    p.steps[1].breaker = Some(BreakerSettings::default());
                },
                "`steps[1].breaker` is not the same as `steps[0].breaker`",
            ),
        ],
    );
}

#[test]
fn what_is_paid_and_shipped_has_its_rule_its_step_and_its_fields() {
    each(
        ride,
        &[
            (|p| p.steps[0].does = Does::Confirm, "`payment` needs a step with does = \"charge\""),
            (
                |p| p.steps[0].position = Position::BeforeOpen,
                "`steps[0].position` must be `before_",
            ),
            (
                |p| p.payment = Some(PaymentRule { limit: Some(Won(0)), ..p.payment.unwrap() }),
                "`payment.limit` is 0, not from 1",
            ),
            (|p| p.rewards[0].every = 0, "`rewards[0].every` is 0"),
            (|p| p.rewards[0].coupon = Won(-1), "`rewards[0].coupon` is 0"),
        ],
    );
    each(
        sale,
        &[
            (|p| p.payment = None, "`steps[0].does` needs a table [payment]"),
            (|p| p.fields[0].required = false, "`payment.price` needs a field `cost`"),
            (|p| p.stock = None, "`steps[1].does` needs a table [stock]"),
            (
                |p| {
                    p.steps[1].does = Does::Confirm;
                },
                "`stock` needs a step with does = \"reserve\"",
            ),
            (
                |p| p.stock.as_mut().unwrap().product = "prodct".to_owned(),
                "`stock.product` names `prodct`, which is not there (known: `product`)",
            ),
            (
                |p| p.fields[2].kind = FieldKind::Text,
                "`fields[2].type` must be `count`: `stock.quantity` names it",
            ),
            (|p| p.fields[1].required = false, "`fields[1].required` must be true"),
            (
                |p| p.rewards = vec![RewardRule { every: 5, coupon: Won(1) }],
                "`rewards` needs payment.price = \"metered\"",
            ),
        ],
    );
}

#[test]
fn a_fixed_price_may_be_charged_at_any_time() {
    for position in [Position::BeforeOpen, Position::AfterOpen, Position::BeforeComplete] {
        let mut profile = sale();
        profile.steps[0].position = position;
        assert_eq!(profile.faults(), [], "{position:?}");
    }
}

#[test]
fn members_earn_rewards_where_strangers_may_call_too() {
    let mut profile = ride();
    profile.membership.required = false;
    assert_eq!(profile.faults(), []);
}

#[test]
fn a_plan_comes_to_each_of_its_stages_and_no_timer_has_no_length() {
    let quiet = || Profile { resources: Vec::new(), ..ride() };
    each(
        quiet,
        &[
            (|p| p.plan = vec![], "`plan` is empty"),
            (|p| p.plan = vec![auto(Some(0))], "`plan[0].for_ms` is 0, not from 1"),
            (
                |p| p.plan = vec![auto(None), Stage::Manual { claimable: false }],
                "`plan[1]` is never reached: `plan[0]` goes on for ever",
            ),
            (
                |p| p.plan = vec![Stage::Claim { for_ms: None }, auto(None)],
                "`plan[1]` is never reached",
            ),
            (|p| p.plan = vec![rings(&[])], "`plan[0].rings_m` is empty"),
            (|p| p.plan = vec![rings(&[0])], "`plan[0].rings_m[0]` is 0, not from 1"),
            (|p| p.plan = vec![rings(&[3, 3])], "`plan[0].rings_m[1]` must be more than the one"),
            (|p| p.plan = vec![ring_of(0, 1)], "`plan[0].ring_ms` is 0"),
            (|p| p.plan = vec![ring_of(1, 0)], "`plan[0].most` is 0, not from 1 to 1000"),
            (|p| p.plan = vec![ring_of(1, 1_001)], "`plan[0].most` is 1001, not from 1 to 1000"),
            (|p| p.plan = vec![offer(0, None)], "`plan[0].deadline_ms` is 0"),
            (|p| p.plan = vec![offer(1, Some(0))], "`plan[0].most` is 0"),
            (
                |p| p.plan = vec![Stage::None { promise_ms: Millis(0), claimable: true }],
                "`plan[0].promise_ms` is 0",
            ),
            (|p| p.dispatch.search_ms = Millis(0), "`dispatch.search_ms` is 0"),
            (|p| p.dispatch.max_metres = Some(0), "`dispatch.max_metres` is 0"),
            (|p| p.dispatch.travel.metres_per_min = 0, "`dispatch.travel.metres_per_min` is 0"),
            (|p| p.dispatch.travel.factor_pct = 0, "`dispatch.travel.factor_pct` is 0"),
            (|p| p.dispatch.travel.fixed_s = 90_000, "`dispatch.travel.fixed_s` is 90000"),
            (
                |p| {
                    p.cancel.until = CancelUntil::Open;
                    p.cancel.customer = Some(CancelUntil::Assigned);
                },
                "`cancel.customer` has no effect",
            ),
        ],
    );
    let many = Profile { plan: vec![offer(1, None); 65], ..ride() };
    assert!(many.faults().iter().any(|f| f.to_string().starts_with("`plan` has 65 entries")));
}

fn auto(ms: Option<u64>) -> Stage {
    Stage::Auto { for_ms: ms.map(Millis), claimable: true }
}

fn rings(metres: &[u32]) -> Stage {
    Stage::Broadcast { rings_m: metres.to_vec(), ring_ms: Millis(1), most: 1, claimable: true }
}

fn ring_of(ms: u64, most: u32) -> Stage {
    Stage::Broadcast { rings_m: vec![1], ring_ms: Millis(ms), most, claimable: true }
}

fn offer(ms: u64, most: Option<u32>) -> Stage {
    Stage::Offer { deadline_ms: Millis(ms), most, for_ms: None, claimable: true }
}

#[test]
fn a_notice_has_a_sentence_that_can_be_filled_in_and_is_said_as_often_as_it_lasts() {
    each(
        ride,
        &[
            (|p| p.notices[1].text.en.clear(), "`notices[1].text.en` is empty"),
            (|p| p.notices[1].text.ko = "{cal}".to_owned(), "`notices[1].text.ko` names `cal`, wh"),
            (|p| p.notices[1].text.ko = "{call".to_owned(), "`notices[1].text.ko` names `call`, w"),
            (|p| p.notices[1].text.ko = "x".repeat(501), "`notices[1].text.ko` is longer than 500"),
            (|p| p.notices[1].repeat = p.notices[0].repeat, "`notices[1].repeat` has no effect"),
            (|p| p.notices[0].repeat = None, "`notices[0]` needs repeat = "),
            (|p| again(p, 0, 10), "`notices[0].repeat.every_ms` is 0, not from 1"),
            (|p| again(p, 60_000, 0), "`notices[0].repeat.most` is 0, not from 1 to 1000"),
            (|p| again(p, 60_000, 1_001), "`notices[0].repeat.most` is 1001"),
            (
                |p| {
                    let rule = NoticeRule { to: Role::Friend, ..p.notices[0].clone() };
                    p.notices.push(rule);
                    again(p, 30_000, 10);
                },
                "`notices[2].repeat` is not the same as `notices[0].repeat`",
            ),
            (
                |p| p.notices.push(p.notices[1].clone()),
                "`notices[2]` is the same news to the same person, as `notices[1]` is already",
            ),
            (|p| p.notices[1].on = NoticeOn::Short, "`notices[1].on` needs a step with"),
        ],
    );
    each(
        sale,
        &[
            (|p| p.notices[0].on = NoticeOn::Coupon, "`notices[0].on` needs an entry of [[rew"),
            (
                |p| {
                    p.notices[0].on = NoticeOn::Refunded;
                    p.payment = None;
                    p.steps.remove(0);
                },
                "`notices[0].on` needs a table [payment]",
            ),
        ],
    );
    let own = Profile { notices: vec![notice(NoticeOn::Opened, Role::Customer)], ..sale() };
    let mut own = own;
    own.notices[0].text = words("{product} {qty} {order} {name}");
    assert_eq!(own.faults(), [], "a field of the profile's own is filled in by its name");
}

fn again(profile: &mut Profile, every: u64, most: u32) {
    profile.notices[0].repeat = Some(Repeat { every_ms: Millis(every), most });
}

#[test]
fn lists_and_resources_name_what_is_there_and_each_has_a_name_of_its_own() {
    each(
        ride,
        &[
            (|p| p.views[0].name = "All".to_owned(), "`views[0].name` is `All`, which is no name"),
            (
                |p| p.views[1].name = "all".to_owned(),
                "`views[1].name` is `all`, as `views[0].name`",
            ),
            (|p| p.views[0].title.ko.clear(), "`views[0].title.ko` is empty"),
            (|p| p.views[0].columns.clear(), "`views[0].columns` is empty"),
            (
                |p| p.views[0].columns[1] = Column::Field("too".to_owned()),
                "`views[0].columns[1]` names `too`, which is not there (known: `call`, `phase`",
            ),
            (
                |p| p.views[0].columns[1] = Column::Field("location".to_owned()),
                "`views[0].columns[1]` names `location`",
            ),
            (
                |p| p.views[0].columns[1] = Column::Call,
                "`views[0].columns[1]` is `call`, as `views",
            ),
            (
                |p| p.views[0].phases[1] = Phase::Open,
                "`views[0].phases[1]` is `open`, as `views[0]",
            ),
            (|p| p.views[1].phases = vec![Phase::Parked], "`views[1].phases[0]` must be `open`"),
            (
                |p| p.resources[0].path = "a b".to_owned(),
                "`resources[0].path` is `a b`, which is no",
            ),
            (|p| p.resources[0].path.clear(), "`resources[0].path` is ``, which is no path"),
            (|p| p.resources[0].aliases[0] = "/x".to_owned(), "`resources[0].aliases[0]` is `/x`"),
            (|p| p.resources[1].path = "rides".to_owned(), "`resources[1].path` is `rides`, as"),
            (|p| p.resources[1].of = ResourceOf::Calls, "`resources[1].of` is the same; another"),
            (|p| p.resources[1].of = ResourceOf::Stock, "`resources[1].of` needs a table [stock]"),
            (|p| p.resources[1].of = ResourceOf::Gates, "`resources[1].of` needs a gate"),
            (|p| p.plan = vec![auto_only()], "`resources[2].of` needs a stage that workers"),
        ],
    );
}

fn auto_only() -> Stage {
    Stage::Auto { for_ms: None, claimable: false }
}

#[test]
fn all_faults_are_found_and_not_only_the_first() {
    let mut profile = ride();
    profile.name.clear();
    profile.plan.clear();
    profile.resources.clear();
    profile.views[0].columns.clear();
    let places: Vec<String> = profile.faults().into_iter().map(|fault| fault.at).collect();
    assert_eq!(places, ["name", "plan", "views[0].columns"]);
    assert_eq!(profile.sound().unwrap_err().at, "name");
}

#[test]
fn a_slip_of_the_pen_knows_what_could_have_been_meant() {
    let mut profile = ride();
    profile.views[0].columns[1] = Column::Field("phse".to_owned());
    let fault = profile.sound().unwrap_err();
    let (name, known) = fault.wrong.unknown().unwrap();
    assert_eq!(name, "phse");
    assert!(known.iter().any(|known| known == "phase") && known.iter().any(|k| k == "to"));
}
