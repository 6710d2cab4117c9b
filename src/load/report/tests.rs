//! What a report promises: its schema, its pages, and what is made of two of them.

use super::compare::{Verdict, compare};
use super::*;
use crate::front::exit::tests::page;
use crate::load::meter::tests::{closing, stalled};
use ascall_engine::domain::profile::Lang;

/// A load with an outage, with a name that would be markup.
fn disturbed(title: &str) -> Report {
    let mut meter = stalled(2_000_000);
    meter.fault(0, "stop <manage>", true, 3_000_000);
    meter.fault(0, "stop <manage>", false, 6_500_000);
    let expect = ["p99(assign)<1s".parse().unwrap(), "lost==0".parse().unwrap()];
    let mut report = meter.finish(closing(&expect));
    title.clone_into(&mut report.title);
    let moves = [(3.5, "closed", "open"), (7.0, "open", "half-open"), (7.5, "half-open", "closed")];
    report.breakers.extend(moves.map(|(at_s, from, to)| Move {
        participant: "manage".to_owned(),
        at_s,
        from: from.to_owned(),
        to: to.to_owned(),
        why: "failure rate".to_owned(),
    }));
    report.incidents.push(Incident {
        participant: "manage".to_owned(),
        opened_s: 3.5,
        closed_s: Some(7.5),
        why: "failure rate".to_owned(),
        parked: 12,
    });
    report
}

#[test]
fn the_schema_is_the_promised_one() {
    let schema = schemars::schema_for!(Report);
    let text = serde_json::to_string_pretty(&schema).unwrap();
    page("load-report.schema.json", &(text + "\n"));
}

#[test]
fn a_report_is_read_back_as_it_was_written() {
    let report = disturbed("an outage");
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    for key in ["intended", "sent", "accepted", "parked", "refused", "rate", "verify"] {
        assert!(!json[key].is_null(), "{key}");
    }
    assert!(json["latency"]["assign"]["intended"]["p99_ms"].as_f64().unwrap() > 1_000.0);
}

#[test]
fn nothing_of_a_hostile_name_is_markup() {
    let hostile =
        "<script>alert(1)</script>\"'><img src=x onerror=y> | `x` \u{202e}[a](b)\u{1b}[31m";
    let mut report = disturbed(hostile);
    report.verify.faults.push(hostile.to_owned());
    report.breakers[0].participant = hostile.to_owned();
    report.incidents[0].why = hostile.to_owned();
    hostile.clone_into(&mut report.expect[0].text);
    report.expect[0].held = false;
    report.steps.insert(hostile.to_owned(), Step::default());
    for lang in [Lang::Ko, Lang::En] {
        let page = html(&report, lang);
        for word in ["<script", "<img", "\u{1b}", "\u{202e}"] {
            assert!(!page.contains(word), "{word:?}");
        }
        assert!(page.contains("&lt;script&gt;"));
        let text = markdown(&report, lang);
        for word in ["<script", "<img", "\u{1b}", "\u{202e}", " | `x`", "[a](b)"] {
            assert!(!text.contains(word), "{word:?} in {text}");
        }
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let page = html(&disturbed("an outage"), Lang::En);
    for word in ["http://", "https://", "src=", "href=", "url(", "@import", "<script"] {
        assert!(!page.contains(word), "{word}");
    }
    // Every chart is there, and the outage is behind each of them.
    assert_eq!(page.matches("<svg ").count(), 4);
    assert_eq!(page.matches("<rect class=\"fault\"").count(), 3);
    assert_eq!(page.matches("<svg ").count(), page.matches("</svg>").count());
    assert!(!page.contains("NaN") && !page.contains("inf"), "a number that is none");
}

#[test]
fn faults_that_overlap_have_a_lane_each_and_those_that_follow_share_one() {
    let lanes = |spans: &[(u64, u64)]| {
        let mut report = disturbed("an outage");
        report.faults.clear();
        for (from, to) in spans {
            let at = |s: &u64| std::time::Duration::from_secs(*s).as_secs_f64();
            let (began_s, ended_s) = (at(from), Some(at(to)));
            report.faults.push(Band { label: "slow manage".to_owned(), began_s, ended_s });
        }
        let page = html(&report, Lang::En);
        let bars = page.lines().filter(|line| line.contains("class=\"bar fault\""));
        let y = |line: &str| {
            line.split("y=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
        };
        bars.map(y).collect::<Vec<_>>()
    };
    let [first, second] = &lanes(&[(1, 5), (3, 8)])[..] else { panic!("two bars") };
    assert_ne!(first, second);
    let [first, second] = &lanes(&[(1, 3), (3, 8)])[..] else { panic!("two bars") };
    assert_eq!(first, second);
}

#[test]
fn steps_that_were_tried_again_show_their_tries() {
    let mut report = disturbed("an outage");
    let request = report.steps.get_mut("request").unwrap();
    request.counts.retried = 17;
    request.tries.sent = 1_017;
    request.tries.failed = 17;
    report.asked.retried = 17;
    for page in [markdown(&report, Lang::En), html(&report, Lang::En)] {
        for text in ["tried again", "request: tries", "1,017"] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
}

#[test]
fn a_load_in_which_nothing_happened_has_a_page_too() {
    let report = crate::load::meter::Meter::default().finish(closing(&[]));
    for lang in [Lang::Ko, Lang::En] {
        assert!(html(&report, lang).contains("</html>"));
        assert!(markdown(&report, lang).contains("# a load"));
    }
}

#[test]
fn markdown_tells_the_outage_in_the_order_of_time() {
    let text = markdown(&disturbed("an outage"), Lang::En);
    let lines: Vec<&str> =
        text.lines().filter(|line| line.contains(" s: ") || line.contains(" – ")).collect();
    assert_eq!(
        &lines[lines.iter().position(|line| line.starts_with("- 3 s")).unwrap()..][..4],
        [
            "- 3 s – 6.5 s: stop &lt;manage>",
            "- 3.5 s: manage closed → open (failure rate)",
            "- 7 s: manage open → half-open (failure rate)",
            "- 7.5 s: manage half-open → closed (failure rate)",
        ]
    );
    assert!(text.contains("| p99(assign)&lt;1s |"), "{text}");
}

/// A report whose requests took these milliseconds.
fn took(all: impl Iterator<Item = u64>) -> Report {
    let mut report = stalled(0).finish(closing(&[]));
    let mut histogram = Histogram::default();
    all.for_each(|ms| histogram.record(ms * 1_000));
    let latency = report.latency.get_mut("request").unwrap();
    latency.intended = Latency::of(histogram);
    report
}

/// Waits between 10 and 110 ms, each as often, without order.
fn waits(seed: u64) -> impl Iterator<Item = u64> {
    (0..5_000_u64).map(move |n| {
        10 + (n.wrapping_mul(2_654_435_761).wrapping_add(seed).wrapping_mul(40_503) >> 7) % 100
    })
}

#[test]
fn the_same_load_twice_is_the_same() {
    let (a, b) = (took(waits(1)), took(waits(99)));
    for comparison in [compare(&a, &a), compare(&a, &b)] {
        assert_eq!(comparison.verdict, Verdict::Same, "{comparison:?}");
        assert!(comparison.notes.is_empty());
        assert_eq!(comparison.latency.len(), 3 * 4);
    }
}

#[test]
fn a_load_that_waits_longer_is_worse_and_the_other_way_round_better() {
    let (a, b) = (took(waits(1)), took(waits(99).map(|ms| ms + ms / 5)));
    let there = compare(&a, &b);
    assert_eq!(there.verdict, Verdict::Worse);
    let p99 = there.latency.iter().find(|change| change.name == "p99(request)").unwrap();
    assert_eq!(p99.verdict, Verdict::Worse);
    assert!((15.0..25.0).contains(&p99.change_pct.unwrap()), "{p99:?}");
    assert_eq!(compare(&b, &a).verdict, Verdict::Better);
}

#[test]
fn few_measurements_tell_little() {
    let (a, b) = (took([10, 12, 11].into_iter()), took([30, 32, 31].into_iter()));
    let comparison = compare(&a, &b);
    let p99 = comparison.latency.iter().find(|change| change.name == "p99(request)").unwrap();
    assert_eq!(p99.verdict, Verdict::Same);
}

#[test]
fn a_load_that_sends_customers_away_is_worse_however_fast_it_is() {
    let a = took(waits(1));
    let mut b = took(waits(1).map(|ms| ms / 2));
    (b.calls.accepted, b.asked.refused) = (600, 400);
    let comparison = compare(&a, &b);
    assert_eq!(comparison.verdict, Verdict::Worse);
    let refused = comparison.shares.iter().find(|change| change.name == "refused").unwrap();
    assert!(refused.a < 0.1 && refused.verdict == Verdict::Worse);
    assert!((refused.b - 40.0).abs() < 0.1, "{refused:?}");
    let text = super::comparison(&comparison, Lang::En);
    assert!(text.starts_with("**worse**"));
    assert!(text.contains("| refused | 0.00% | 40.00% | – | worse |"), "{text}");
}

#[test]
fn a_load_that_loses_a_call_is_worse_than_any() {
    let a = took(waits(1));
    let b = Report { lost: 1, ..took(waits(1).map(|ms| ms / 2)) };
    assert_eq!(compare(&a, &b).verdict, Verdict::Worse);
    assert_eq!(compare(&b, &a).verdict, Verdict::Better);
    let other = Report { seed: 8, ..a.clone() };
    assert_eq!(compare(&a, &other).notes, ["not the same seed: 7, 8"]);
}

#[test]
fn each_line_of_the_calls_is_an_object() {
    let lines = stalled(0).lines();
    assert_eq!(lines.len(), 1_000);
    for kept in &lines {
        let value = serde_json::to_value(kept).unwrap();
        assert_eq!(value["key"], kept.key);
        assert_eq!(value["outcome"], "assigned");
        for field in ["call", "intended_ms", "sent_ms", "answered_ms", "opened_ms", "assigned_ms"] {
            assert!(!value[field].is_null(), "{field}");
        }
        assert!(value["ended_ms"].is_null());
    }
}

#[test]
fn a_load_that_did_nothing_is_worse_than_any() {
    let (a, mut b) = (took(waits(1)), crate::load::meter::Meter::default().finish(closing(&[])));
    let comparison = compare(&a, &b);
    assert_eq!(comparison.verdict, Verdict::Worse);
    assert!(comparison.notes.contains(&"in the second nobody asked for anything".to_owned()));
    assert_eq!(compare(&b, &a).verdict, Verdict::Better);
    // Absurd counts are no slip either.
    (b.lost, b.doubled, b.calls.accepted, b.asked.intended) = (u64::MAX, u64::MAX, u64::MAX, 1);
    assert_eq!(compare(&a, &b).verdict, Verdict::Worse);
}

#[test]
fn who_still_waits_makes_a_load_worse_and_is_shown_as_such() {
    let mut a = took(waits(1));
    let mut b = a.clone();
    let waits = |count: u64, ms: u64| {
        let mut histogram = Histogram::default();
        (0..count).for_each(|_| histogram.record(ms * 1_000));
        histogram
    };
    let assign = |report: &mut Report, latency: Latency| {
        report.latency.get_mut("assign").unwrap().intended = latency;
    };
    assign(&mut a, Latency::of(waits(5_000, 20)));
    assign(&mut b, Latency::with(waits(4_000, 20), waits(1_000, 9_000)));
    let comparison = compare(&a, &b);
    let of = |name: &str| comparison.latency.iter().find(|change| change.name == name).unwrap();
    assert_eq!(
        (of("p50(assign)").verdict, of("p99(assign)").verdict),
        (Verdict::Same, Verdict::Worse)
    );
    assert!(of("p99(assign)").b_at_least && of("p99(assign)").change_pct.is_none());
    assert_eq!(compare(&b, &a).verdict, Verdict::Better);
    let text = super::comparison(&comparison, Lang::En);
    assert!(text.contains("| p99(assign) | 20 ms | ≥ 8.9"), "{text}");
    let text = markdown(&b, Lang::En);
    let line = text.lines().find(|line| line.starts_with("| assign |")).unwrap();
    assert!(line.starts_with("| assign | 4,000 | 1,000 | 20 ms | ≥ 8.9"), "{line}");
    assert!(html(&b, Lang::Ko).contains("≥ 8.9"));
}

#[test]
fn the_axis_of_time_ends_with_the_load() {
    let mut report = disturbed("an outage");
    report.faults[0].ended_s = None;
    assert_eq!((report.lasted_s, report.series.rows.len()), (20.0, 20));
    let page = html(&report, Lang::En);
    let last = page.lines().rfind(|line| line.contains("class=\"tick mid\"")).unwrap();
    assert!(last.contains("x=\"946.0\"") && last.ends_with(">20 s</text>"), "{last}");
}
