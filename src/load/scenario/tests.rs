//! Scenarios read from their files, and what is refused in them.

use super::{Area, Arrivals, Fault, Flags, Scenario, Target, Traffic, Trouble, read, spelled};
use crate::desk::profiles;
use crate::toml_file::Source;
use ascall_engine::domain::event::{FailKind, Mode};
use ascall_engine::domain::ids::Millis;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios/load")
}

const WHOLE: &str = r#"
title = "all keys"
seed = 3
settle = "90s"
members = 50
stock = { "손소독제" = 70 }
faults = ["at 30s slow payment 400ms+220ms", "at 20s stop manage for 15s", "at 59s fail delivery lost"]
expect = ["p99(request)<2s", "lost==0"]

[[stages]]
for = "30s"
rate = "120/m"
to = 4
arrivals = "constant"

[[stages]]
for = "30s"
times = ["0s", "1500ms"]

[[mix]]
profile = "repair"
weight = 3
area = { around = ["서울 강남구 역삼동", "37.51,127.1"], weights = [2, 1], within_m = 800 }
kinds = ["냉장고", "TV"]
cost = 25_500
patience = ["10s", "1m"]
cancel_pct = 5
looks = 2

[[mix]]
profile = "taxi"
area = { box = ["37.45,126.85", "37.62,127.12"] }
cost = [4_800, 30_000]

[[mix]]
profile = "shop"
area = { nowhere = true }
fields = { product = ["마스크", "손소독제"], qty = "2" }

[[mix]]
profile = "driver"
fields = { transmission = "수동" }

[[workers]]
count = 3
profiles = ["repair", "taxi"]
skills = ["TV", "냉장고", "보일러"]
skills_each = 2
area = { around = ["37.5,127.0"] }
shift = ["10s", "50s"]
answer = ["1s", "2s"]
accept_pct = 90
claim_every = "4s"
travel = "7s"
work = ["10s", "20s"]
no_show_pct = 2

[[workers]]
count = 2
"#;

fn of(text: &str) -> Result<Scenario, Vec<String>> {
    let source = Source::of(Path::new("s.toml"), text);
    read::read(&source, &folder()).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| {
                let near = fault.nearest.as_ref().map(|near| format!(" [{near}]"));
                format!("{fault}{}", near.unwrap_or_default())
            })
            .collect()
    })
}

/// A small scenario with `rest` behind its first lines.
fn small(rest: &str) -> Vec<String> {
    of(&format!("title = 'x'\n{rest}")).unwrap_err()
}

const STAGE: &str = "\n[[stages]]\nfor = '60s'\nrate = 5\n";

#[test]
fn every_key_of_a_scenario_is_read() {
    let scenario = of(WHOLE).unwrap();
    assert_eq!((scenario.title.as_str(), scenario.seed), ("all keys", 3));
    assert_eq!((scenario.settle, scenario.members), (Millis::secs(90), 50));
    let stock: Vec<(&str, u32)> = scenario.stock.iter().map(|(n, q)| (n.as_str(), *q)).collect();
    assert_eq!(stock, [("마스크", 1_000_000), ("손소독제", 70)]);
    let Traffic::Open(stages) = &scenario.traffic else { panic!("open") };
    assert_eq!(stages[0].arrivals, Arrivals::Constant(2.0, 4.0));
    assert_eq!(stages[1].arrivals, Arrivals::Recorded(vec![Millis(0), Millis(1_500)]));
    assert_eq!(scenario.traffic.lasts(), Millis::secs(60));
    assert_eq!(scenario.traffic.expected(), Some(92.0));
    let [repair, taxi, shop, driver] = &scenario.mix[..] else { panic!("four") };
    assert_eq!((repair.weight, repair.cancel_pct, repair.looks), (3, 5, 2));
    assert_eq!((repair.cost, repair.kinds.len()), (Some((25_500, 25_500)), 2));
    assert_eq!(repair.patience, Some((Millis::secs(10), Millis::mins(1))));
    let Area::Around(places, 800) = &repair.area else { panic!("{:?}", repair.area) };
    assert_eq!(places.iter().map(|(_, weight)| *weight).collect::<Vec<_>>(), [2, 1]);
    assert!(matches!(taxi.area, Area::Box(..)) && taxi.cost == Some((4_800, 30_000)));
    assert_eq!(shop.area, Area::Nowhere);
    assert_eq!(shop.fields.len(), 2);
    // The field that is the skill is what they ask for.
    assert_eq!((driver.kinds.as_slice(), driver.fields.len()), (&["수동".to_owned()][..], 0));
    let [some, all] = &scenario.crews[..] else { panic!("two") };
    assert_eq!((some.count, some.skills.0.len(), some.skills.1), (3, 3, Some(2)));
    assert_eq!(some.shift, Some((Millis::secs(10), Millis::secs(50))));
    assert_eq!((some.answer, some.accept_pct), ((Millis::secs(1), Millis::secs(2)), 90));
    assert_eq!((some.claim_every, some.no_show_pct), (Some(Millis::secs(4)), 2));
    assert_eq!(
        (some.travel, some.work),
        ((Millis::secs(7), Millis::secs(7)), (Millis::secs(10), Millis::secs(20)))
    );
    assert_eq!(all.profiles, ["repair", "driver", "taxi", "shop"]);
    assert_eq!(all.skills.0, ["TV", "냉장고", "수동"]);
    let faults: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "at 20s stop manage for 15s",
            "at 30s slow payment 400ms+220ms",
            "at 59s fail delivery lost"
        ]
    );
    assert_eq!(scenario.expect.len(), 2);
    assert_eq!(scenario.profiles.len(), 4);
}

#[test]
fn a_closed_load_has_users_and_a_profile_of_its_own_may_stand_beside_the_scenario() {
    let dir = tempfile::tempdir().unwrap();
    let own = profiles::BUILT_IN[0].1.replace("name = \"repair\"", "name = \"own\"");
    std::fs::write(dir.path().join("own.toml"), own).unwrap();
    let text = "title = 'x'\nprofiles = ['own.toml']\n[users]\ncount = 7\nthink = '2s'\nfor = '10s'\n[[mix]]\nprofile = 'own'\n";
    let file = dir.path().join("s.toml");
    std::fs::write(&file, text).unwrap();
    let scenario = Scenario::read(&file).unwrap();
    let closed = Traffic::Closed { users: 7, think: Millis::secs(2), lasts: Millis::secs(10) };
    assert_eq!(scenario.traffic, closed);
    assert_eq!(scenario.profiles[0].name, "own");
    assert!(scenario.crews.is_empty());
    std::fs::write(&file, text.replace("own.toml", "none.toml")).unwrap();
    let faults = Scenario::read(&file).unwrap_err();
    assert!(faults[0].to_string().contains("none.toml"), "{}", faults[0]);
}

#[test]
fn an_unknown_key_profile_participant_and_field_is_named_with_the_nearest() {
    assert_eq!(
        small(
            "sede = 3\n[[stages]]\nfor = '60s'\nrate = 5\n[[mix]]\nprofile = 'repair'\nwieght = 2\n"
        ),
        ["s.toml:2: unknown key `sede` [seed]", "s.toml:8: unknown key `wieght` [weight]"]
    );
    assert_eq!(
        small("[[stages]]\nfor = '60s'\nrat = 5\n[[mix]]\nprofile = 'repair'\n"),
        ["s.toml:4: unknown key `rat` [rate]"]
    );
    let faults = small(&format!(
        "faults = [\n 'at 5s stop mange for 5s',\n 'at 5s stop payment',\n]{STAGE}[[mix]]\nprofile = 'repair'\nfields = {{ kinde = 'TV' }}\n[[mix]]\nprofile = 'repare'\n"
    ));
    assert_eq!(
        faults,
        [
            "s.toml:3: `faults[0]`: nobody is asked for `mange` in this load (assign, manage) [manage]",
            "s.toml:4: `faults[1]`: nobody is asked for `payment` in this load (assign, manage)",
            "s.toml:11: `mix[0].fields.kinde`: there is no field `kinde` (tel, location, cost, visit, kind) [kind]",
            "s.toml:13: `mix[1].profile`: there is no profile `repare` (repair, driver, tutoring, taxi, shop) [repair]",
        ]
    );
}

#[test]
fn an_address_is_one_at_which_the_profile_takes_calls() {
    let asks = |profile: &str, path: &str| {
        of(&format!("title = 'x'{STAGE}[[mix]]\nprofile = '{profile}'\npath = '{path}'\n"))
    };
    let address = |profile: &str, path: &str| {
        let address = asks(profile, path).unwrap().mix.remove(0).address.unwrap();
        let names: Vec<String> = address.members.iter().map(|(name, _)| name.clone()).collect();
        (address.path.clone(), names.join(" "))
    };
    assert_eq!(
        address("repair", "/ascalls"),
        ("/ascalls".to_owned(), "tel location kind cost".to_owned())
    );
    // Decomposed, as some systems write it; the skill is one of the members.
    let korean = address("driver", "/\u{1110}\u{1162}\u{11a8}\u{1109}\u{1175}호출s");
    assert_eq!(
        korean,
        (
            "/%ED%83%9D%EC%8B%9C%ED%98%B8%EC%B6%9Cs".to_owned(),
            "휴대폰번호 호출위치 예상요금 운전형태".to_owned()
        )
    );
    assert_eq!(address("tutoring", "/matches").1, "id price");
    let refused = |profile: &str, path: &str| asks(profile, path).unwrap_err().join("\n");
    assert_eq!(
        refused("repair", "/ascall"),
        "s.toml:7: `mix[0].path`: there is no address for calls `/ascall` (/ascalls) [/ascalls]"
    );
    // What is there and takes no calls, and the address without its first sign.
    assert!(refused("repair", "/asmanages").contains("(/ascalls)"));
    assert!(refused("shop", "orders").ends_with("[/orders]"));
    let scenario = asks("repair", "/ascalls").unwrap();
    assert!(scenario.fits(Target::Http).is_ok());
    for target in [Target::Engine, Target::Embedded, Target::Attached] {
        let why = scenario.fits(target).unwrap_err();
        assert!(why.starts_with("`/ascalls` is an address over HTTP"), "{why}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_where_it_stands() {
    let mix = "[[mix]]\nprofile = 'repair'\n";
    let one = |rest: &str| {
        let faults = small(rest);
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].split_once(": ").unwrap().1.to_owned()
    };
    let says = |rest: &str, words: &str| {
        let said = one(rest);
        assert!(said.contains(words), "{said}");
    };
    says(mix, "nobody ever comes");
    says(&format!("[[stages]]\nfor = '1s'\nrate = 0.1\n{mix}"), "nobody ever comes");
    says(&format!("[users]\ncount = 0\nfor = '1s'\n{mix}"), "`users.count`");
    says(&format!("[users]\ncount = 1\nfor = '1s'\n{STAGE}{mix}"), "not both");
    says(&format!("{STAGE}times = ['1s']\n{mix}"), "recorded times have no rate");
    says(&format!("[[stages]]\ntimes = ['2s', '1s']\n{mix}"), "rising times");
    says(&format!("[[stages]]\nfor = '1s'\ntimes = ['2s']\n{mix}"), "rising times");
    says(&format!("[[stages]]\nfor = '1m'\n{mix}"), "`rate` is missing");
    says(&format!("[[stages]]\nrate = 3\n{mix}"), "`for` is missing");
    says(&format!("[[stages]]\nfor = '1m'\nrate = '3/d'\n{mix}"), "a rate is");
    says(&format!("[[stages]]\nfor = '1m'\nrate = -3\n{mix}"), "a rate is");
    says(&format!("[[stages]]\nfor = '0s'\nrate = 3\n{mix}"), "no time at all");
    says(&format!("[[stages]]\nfor = 'soon'\nrate = 3\n{mix}"), "not a span of time");
    says(&format!("mix = []\n{STAGE}"), "nobody asks");
    let share = |keys: &str| format!("{STAGE}{mix}{keys}\n");
    says(&share("weight = 0"), "a weight of nothing");
    says(&share("cancel_pct = 101"), "of a hundred");
    says(&share("patience = ['2s', '1s']"), "the least is more than the most");
    says(&share("patience = ['1s', '2s', '3s']"), "the least and the most");
    says(&share("cost = [5, 4]"), "the least and the most");
    says(&share("cost = 0"), "a price of `repair`");
    says(&share("area = { within_m = 5 }"), "one of `box`, `around` and `nowhere`");
    says(&share("area = { box = ['37.6,127.1', '37.4,126.8'] }"), "south-west corner comes first");
    says(&share("area = { box = ['37.6,127.1'] }"), "two corners");
    says(&share("area = { around = ['37.5,127'], weights = [0] }"), "weight of at least 1");
    says(&share("area = { around = ['37.5,127'], within_m = 0 }"), "metres are expected");
    says(&share("area = { around = ['달나라'] }"), "no place that is known");
    says(&share("area = { around = ['중구'] }"), "could be");
    says(&share("area = { nowhere = true, within_m = 5 }"), "belong to `around`");
    says(&share("fields = { kind = 'TV' }\nkinds = ['TV']"), "what `kinds` says already");
    says(&share("fields = { cost = '3' }"), "by the key `cost`");
    says(&share("fields = { location = '서울' }"), "by the key `area`");
    says(&share("fields = { visit = '14:00' }"), "no appointments");
    let other =
        |profile: &str, keys: &str| format!("{STAGE}[[mix]]\nprofile = '{profile}'\n{keys}\n");
    says(
        &other("taxi", "area = { nowhere = true }"),
        "every call of `taxi` needs `location` and `to`",
    );
    says(&other("shop", ""), "every call of `shop` needs `product`");
    says(&other("tutoring", "kinds = ['a']"), "ask for no skill");
    says(&other("tutoring", "fields = { reference = '1' }"), "a number of their own");
    says(&other("driver", "kinds = ['반자동']"), "there is no value `반자동`");
    says(&other("taxi", "cost = 600_000"), "a price of `taxi` is 1 to 500000 won");
    says(&format!("members = 5\n{STAGE}{mix}"), "for members only");
    says(&format!("members = 0\n{}", other("taxi", "")), "members are expected");
    says(
        &format!("stock = {{ '빵' = 1 }}\n{}", other("shop", "fields = { product = '마스크' }")),
        "nobody of the mix asks",
    );
    let crew = |keys: &str| format!("{STAGE}{mix}[[workers]]\n{keys}\n");
    says(&crew("count = 0"), "workers are expected");
    says(&crew("count = 1\nprofiles = ['taxi']"), "nobody of the mix asks for `taxi`");
    says(&crew("count = 1\nskills = ['a']\nskills_each = 2"), "at most all of them");
    says(&crew("count = 1\nshift = ['20s', '10s']"), "the least is more");
    says(&crew("count = 1\nshift = ['60s', '70s']"), "a shift is two times");
    let taxi = |keys: &str| format!("{STAGE}[[mix]]\nprofile = 'taxi'\n[[workers]]\n{keys}\n");
    says(&taxi("count = 1\nclaim_every = '0s'"), "no time at all");
    says(&taxi("count = 1\naccept_pct = 200"), "of a hundred");
    says(&crew("count = 1\nno_show_pct = 200"), "of a hundred");
    let fault = |text: &str| format!("faults = ['{text}']\n{STAGE}{mix}");
    says(&fault("at 60s stop manage"), "comes after the end of the load");
    says(&fault("at 5s fail assign"), "it cannot fail");
    says(&fault("at 5s break manage"), "is not a fault");
    says(&format!("expect = ['']\n{STAGE}{mix}"), "`expect[0]`");
}

#[test]
fn a_key_about_what_never_happens_to_these_workers_is_refused() {
    let works = |profile: &str, key: &str| {
        let more = if profile == "shop" { "fields = { product = '마스크' }\n" } else { "" };
        let mix = format!("[[mix]]\nprofile = '{profile}'\n{more}");
        of(&format!("title = 'x'\n{STAGE}{mix}[[workers]]\ncount = 3\n{key}\n"))
    };
    // What each service has: who is asked, who takes calls, who is sent.
    let services: [(&str, bool, bool, bool); 5] = [
        ("repair", false, false, true),
        ("driver", false, false, true),
        ("tutoring", false, true, true),
        ("taxi", true, true, true),
        ("shop", false, false, false),
    ];
    for (profile, asked, takes, sent) in services {
        for (key, happens) in [
            ("answer = '1s'", asked),
            ("accept_pct = 90", asked),
            ("claim_every = '3s'", takes),
            ("no_show_pct = 2", sent),
        ] {
            let read = works(profile, key);
            assert_eq!(read.is_ok(), happens, "{profile}: {key}");
            let name = key.split(' ').next().unwrap();
            for fault in read.err().iter().flatten() {
                let said =
                    fault.contains(&format!("`workers[0].{name}`: for calls of `{profile}`"));
                assert!(said && fault.ends_with("this has no effect"), "{fault}");
            }
        }
    }
}

#[test]
fn a_fault_that_is_added_is_checked_like_those_of_the_file() {
    let mut scenario = Scenario::read(&folder().join("breaker.toml")).unwrap();
    let add = |scenario: &mut Scenario, text: &str| scenario.add_fault(text.parse().unwrap());
    add(&mut scenario, "at 1s slow manage 5ms").unwrap();
    assert_eq!(scenario.faults[0].at, Millis::secs(1));
    let slip = add(&mut scenario, "at 5s stop mange").unwrap_err();
    assert_eq!(slip.nearest.as_deref(), Some("manage"));
    let slip = add(&mut scenario, "at 500h stop manage").unwrap_err();
    assert!(slip.what.contains("after the end"), "{}", slip.what);
    assert_eq!(scenario.faults.len(), 2);
}

#[test]
fn a_fault_is_read_and_written_back() {
    for text in [
        "at 20s stop manage for 15s",
        "at 1m slow payment 800ms for 30s",
        "at 1m slow payment 400ms+220ms",
        "at 40s fail manage denied for 10s",
        "at 40s fail manage lost",
        "at 1500ms start manage",
        "at 30s kill host",
        "at 1h restart host",
    ] {
        assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
    }
    // At the keyboard nobody says when.
    let typed: Fault = "fail manage for 90s".parse().unwrap();
    let unavailable = Mode::Failing(FailKind::Unavailable);
    let meant = Fault {
        at: Millis(0),
        what: Trouble::Mode("manage".to_owned(), unavailable),
        lasts: Some(Millis::secs(90)),
    };
    assert_eq!(typed, meant);
    for text in [
        "",
        "at 20s",
        "stop",
        "at soon stop manage",
        "stop manage for a while",
        "stop manage for 0s",
        "slow manage",
        "slow manage quickly",
        "fail manage badly",
        "kill manage",
        "kill host for 5s",
        "start manage for 5s",
        "stop manage now",
    ] {
        assert!(text.parse::<Fault>().is_err(), "{text}");
    }
    let spans = [0, 1_500, 2_000, 90_000, 120_000, 7_200_000].map(|ms| spelled(Millis(ms)));
    assert_eq!(spans, ["0s", "1500ms", "2s", "90s", "2m", "2h"]);
}

#[test]
fn only_a_desk_in_a_process_of_its_own_can_be_killed() {
    let scenario = Scenario::read(&folder().join("rolling-restart.toml")).unwrap();
    assert!(scenario.fits(Target::Engine).unwrap_err().contains("restart host"));
    assert!(scenario.fits(Target::Embedded).is_err());
    assert!(scenario.fits(Target::Attached).is_ok() && scenario.fits(Target::Http).is_ok());
    let scenario = Scenario::read(&folder().join("breaker.toml")).unwrap();
    let targets = [Target::Engine, Target::Embedded, Target::Attached, Target::Http];
    assert!(targets.into_iter().all(|target| scenario.fits(target).is_ok()));
}

#[test]
fn every_shipped_scenario_is_right() {
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let scenario = Scenario::read(&path).unwrap_or_else(|faults| panic!("{}", faults[0]));
        assert!(scenario.expect.iter().any(|e| e.text == "lost==0"), "{}", path.display());
        assert!(!scenario.crews.is_empty(), "{}", path.display());
        names.push(path.file_stem().unwrap().to_string_lossy().into_owned());
    }
    for (profile, _) in profiles::BUILT_IN {
        assert!(names.contains(&format!("{profile}-siege")), "{profile}");
        let path = folder().join(format!("{profile}-siege.toml"));
        let Traffic::Closed { users, lasts, .. } = Scenario::read(&path).unwrap().traffic else {
            panic!("{profile}: siege has users")
        };
        assert_eq!((users, lasts), (200, Millis::secs(60)), "{profile}");
    }
}

#[test]
fn a_load_without_a_file_has_what_is_usual() {
    let shipped = profiles::load(&[]).unwrap();
    let flags = |rate, users| Flags {
        profile: "repair".to_owned(),
        rate,
        users,
        lasts: Millis::secs(20),
        workers: None,
        seed: 1,
        faults: Vec::new(),
        expect: Vec::new(),
    };
    let open = Scenario::from_flags(&flags(Some(20.0), None), &shipped).unwrap();
    assert_eq!(open.traffic.expected(), Some(400.0));
    assert_eq!(open.crews[0].count, 900);
    let Area::Around(places, _) = &open.mix[0].area else { panic!("around") };
    assert_eq!(places.len(), 6);
    let closed = Scenario::from_flags(&flags(None, Some(200)), &shipped).unwrap();
    assert!(matches!(closed.traffic, Traffic::Closed { users: 200, .. }));
    assert_eq!(closed.traffic.expected(), None);
    for profile in &shipped {
        let flags = Flags { profile: profile.name.clone(), ..flags(Some(5.0), None) };
        let scenario = Scenario::from_flags(&flags, &shipped).unwrap();
        assert_eq!(scenario.profiles, std::slice::from_ref(profile));
        let claims = scenario.crews[0].claim_every.is_some();
        assert_eq!(claims, profile.name == "tutoring", "{}", profile.name);
        let waits = match profile.name.as_str() {
            "taxi" => 8,
            "tutoring" => 5,
            _ => 0,
        };
        assert_eq!(scenario.until_answered(), Millis::secs(waits), "{}", profile.name);
    }
    let nobody = Flags { workers: Some(0), ..flags(Some(5.0), None) };
    assert!(Scenario::from_flags(&nobody, &shipped).unwrap().crews.is_empty());
    let late =
        Flags { faults: vec!["at 20s stop manage".parse().unwrap()], ..flags(Some(5.0), None) };
    for wrong in [
        flags(None, None),
        flags(Some(5.0), Some(5)),
        flags(Some(0.0), None),
        flags(Some(f64::NAN), None),
        flags(None, Some(0)),
        flags(None, Some(u32::MAX)),
        flags(Some(1e300), None),
        flags(Some(1e-300), None),
        flags(Some(-5.0), None),
        Flags { workers: Some(u32::MAX), ..flags(Some(5.0), None) },
        Flags { lasts: Millis(0), ..flags(Some(5.0), None) },
        Flags { profile: "repare".to_owned(), ..flags(Some(5.0), None) },
        late,
    ] {
        assert!(Scenario::from_flags(&wrong, &shipped).is_err(), "{wrong:?}");
    }
}
