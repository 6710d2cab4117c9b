//! What thresholds mean, and what is said about those that mean nothing.

use super::*;
use crate::load::meter::Meter;
use crate::load::meter::tests::{closing, stalled};

fn judged(text: &str) -> Judged {
    let expect = [text.parse::<Expectation>().unwrap()];
    stalled(2_000_000).finish(closing(&expect)).expect.remove(0)
}

#[test]
fn a_threshold_holds_or_not() {
    for text in [
        "p99(request)<2s",
        "p99(sent:request) < 2ms",
        "p99(sent:request)<2000us",
        "max(request)>=1.9s",
        "mean(assign)<1m",
        "p99.9(open)<=2001ms",
        "lost==0",
        "refused<1%",
        "assigned>=100%",
        "assigned == 1000",
        "dropped<1",
        "rate>90",
        "p50(request)>=1ms",
    ] {
        let judged = judged(text);
        assert!(judged.held, "{judged:?}");
    }
    for text in [
        "p99(request)<1s",
        "max(sent:request)<1s",
        "accepted<100%",
        "assigned<1000",
        "rate>200",
        "intended==999",
    ] {
        let judged = judged(text);
        assert!(!judged.held && judged.measured.is_some(), "{judged:?}");
    }
}

#[test]
fn what_was_not_measured_does_not_hold() {
    for text in ["p99(claim)<1h", "p99(claim)<1s", "max(late)<1s"] {
        let Ok(expect) = text.parse::<Expectation>() else {
            assert_eq!(text, "p99(claim)<1h", "hours are no unit");
            continue;
        };
        let report = stalled(0).finish(closing(&[expect]));
        assert!(!report.held);
        assert_eq!(report.failings, [format!("{text} does not hold: it was not measured")]);
    }
    let expect = ["refused<1%".parse().unwrap()];
    let report = Meter::default().finish(closing(&expect));
    assert_eq!(report.expect[0].measured, None);
    assert!(!report.held);
}

#[test]
fn a_failing_threshold_says_what_was_measured() {
    let expect = ["assigned<50%".parse().unwrap(), "max(sent:request)<1s".parse().unwrap()];
    let report = stalled(2_000_000).finish(closing(&expect));
    assert_eq!(
        report.failings,
        [
            "assigned<50% does not hold: it is 100%",
            "max(sent:request)<1s does not hold: it is 2.00 s",
        ]
    );
}

#[test]
fn a_slip_is_told_with_the_nearest_word() {
    let fault = |text: &str| {
        let fault = text.parse::<Expectation>().unwrap_err();
        assert_eq!(fault.text, text);
        (fault.what, fault.nearest)
    };
    let near = |what: &str, near: &str| (what.to_owned(), Some(near.to_owned()));
    let far = |what: &str| (what.to_owned(), None);
    assert_eq!(fault("p99(asign)<2s"), near("unknown latency `asign`", "assign"));
    assert_eq!(fault("p98(assign)<2s"), near("unknown statistic `p98`", "p90"));
    assert_eq!(
        fault("p99(sent:late)<1s"),
        near("`late` is until it was sent: there is no `sent:late`", "late")
    );
    assert_eq!(fault("refusd<1%"), near("unknown count `refusd`", "refused"));
    assert_eq!(fault("raet>3"), near("unknown count `raet`", "rate"));
    assert_eq!(fault("xyzzy(assign)<2s"), far("unknown statistic `xyzzy`"));
    assert_eq!(fault("p99(assign)<2"), far("`2` is no time (like 250us, 40ms, 2s, 1m)"));
    assert_eq!(fault("p99(assign)"), far("one of < <= == >= > is expected"));
    assert_eq!(fault("lost=0"), far("one of < <= == >= > is expected"));
    assert_eq!(fault("lost<-1"), far("`-1` is no number (like 5, 1%)"));
    assert_eq!(fault("rate>5%"), far("`5%` is no number (like 200)"));
    assert_eq!(fault("lost<"), far("`` is no number (like 5, 1%)"));
    assert_eq!(fault("p99(assign)<infs"), far("`infs` is no time (like 250us, 40ms, 2s, 1m)"));
}
