//! Telephone numbers: the desk's policy for each of the recorded cases, and the rules behind it.

use super::*;
use proptest::prelude::*;

/// The policy, row by row of the cases: the kind and canonical text, or why it is refused.
const POLICY: [&str; 103] = [
    "Mobile 01012345678",
    "Mobile 01056789012",
    "Mobile 01023456789",
    "Unrecognised 0101231234",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Mobile 01000000000",
    "Unrecognised 010-1234-567",
    "Unrecognised 010-1234-56789",
    "Retired 0112345678",
    "Retired 01192345678",
    "Retired 0162345678",
    "Retired 0172345678",
    "Retired 0182345678",
    "Retired 0192345678",
    "Unrecognised 012-2123-4567",
    "Unrecognised 013-1234-5678",
    "Unrecognised 02-123-4567",
    "Landline 0221234567",
    "Landline 023123456",
    "Landline 0221234567",
    "Landline 0221234567",
    "Landline 0221234567",
    "Landline 0312345678",
    "Landline 03180123456",
    "Landline 0322345678",
    "Landline 0332345678",
    "Landline 0412345678",
    "Landline 0422345678",
    "Landline 0432345678",
    "Landline 0448681234",
    "Landline 0512345678",
    "Landline 0522345678",
    "Landline 0532345678",
    "Landline 0542345678",
    "Landline 0552345678",
    "Landline 0612345678",
    "Landline 0622345678",
    "Landline 0632345678",
    "Landline 0642345678",
    "Unrecognised 2123-4567",
    "Service 15880000",
    "Service 15770000",
    "Service 15441234",
    "Service 16000000",
    "Service 16610000",
    "Service 16880000",
    "Service 18000000",
    "Service 18990000",
    "Service 15330000",
    "Service 15660000",
    "Unrecognised 02-1588-0000",
    "Service 15880000",
    "Unrecognised 1588-000",
    "Virtual 05021234567",
    "Virtual 050312345678",
    "Virtual 050412345678",
    "Virtual 05051234567",
    "Virtual 050712345678",
    "Virtual 050812345678",
    "Unrecognised 050-1234-5678",
    "Voip 07071234567",
    "Unrecognised 070-712-3456",
    "Service 0801234567",
    "Unrecognised 060-234-5678",
    "Unrecognised 112",
    "Unrecognised 119",
    "Unrecognised 114",
    "Unrecognised 120",
    "Unrecognised 02-120",
    "Unrecognised 031-119",
    "Unrecognised 010-1234-5678 / 02-2123-4567",
    "Unrecognised 010-1234-5678(부재시 문자)",
    "NoDigits",
    "Unrecognised O1O-1234-5678",
    "Unrecognised 010-****-5678",
    "Empty",
    "Empty",
    "NoDigits",
    "NoDigits",
    "International +14155550132",
    "International +819012345678",
    "International +8613123456789",
    "Unrecognised 1.0123456789E+10",
    "Mobile 01012345678",
    "Mobile 01012345678",
    "Unrecognised =010-1234-5678",
];

struct Case {
    raw: String,
    expect: String,
    valid: bool,
    national: String,
}

fn cases() -> Vec<Case> {
    // No quoted field stands before the note, which is the last one.
    include_str!("../../../fixtures/data/kr_phone_cases.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.splitn(9, ',').collect();
            Case {
                raw: cells[0].to_owned(),
                expect: cells[2].to_owned(),
                valid: cells[4] == "1",
                national: cells[7].to_owned(),
            }
        })
        .collect()
}

#[test]
fn every_recorded_case_is_read_as_the_policy_says() {
    let cases = cases();
    assert_eq!(cases.len(), POLICY.len());
    for (case, policy) in cases.iter().zip(POLICY) {
        let got = match Tel::parse(&case.raw) {
            Ok(tel) => format!("{:?} {}", tel.kind(), tel.as_str()),
            Err(bad) => format!("{bad:?}"),
        };
        assert_eq!(got, policy, "{}", case.raw);
    }
}

#[test]
fn agreement_with_the_expected_column_and_with_libphonenumber_is_counted() {
    let (mut accepted, mut refused, mut open) = (0, 0, (0, 0));
    let (mut same, mut only_us, mut only_lpn, mut neither, mut as_printed) = (0, 0, 0, 0, 0);
    for case in cases() {
        let read = Tel::strict(&case.raw);
        match case.expect.as_str() {
            "accept" => accepted += usize::from(read.is_ok()),
            "reject" => refused += usize::from(read.is_err()),
            "policy" if read.is_ok() => open.0 += 1,
            _ => open.1 += 1,
        }
        match (&read, case.valid) {
            (Ok(tel), true) => {
                same += 1;
                as_printed += usize::from(tel.to_string() == case.national);
            }
            (Ok(_), false) => only_us += 1,
            (Err(_), true) => only_lpn += 1,
            (Err(_), false) => neither += 1,
        }
    }
    // All rows that must be taken or refused are; of those left to the desk, 24 are taken.
    assert_eq!((accepted, refused, open), (50, 18, (24, 11)));
    // libphonenumber 9.0.43 disagrees on whether a number is valid, and prints virtual and foreign
    // numbers in another way.
    assert_eq!((same, only_us, only_lpn, neither, as_printed), (73, 1, 10, 19, 64));
}

#[test]
fn one_number_has_one_canonical_form_however_typed() {
    let one = Tel::parse("010-0000-1234").unwrap();
    for typed in [
        "01000001234",
        " 010 0000 1234 ",
        "010.0000.1234",
        "(010) 0000-1234",
        "+82 10 0000 1234",
        "+82 (0)10-0000-1234",
        "0082 10 0000 1234",
        "00700-82-10-0000-1234",
        "821000001234",
        "tel:+82-10-0000-1234",
        "０１０－００００－１２３４",
        "＋８２ １０ ００００ １２３４",
        "010\u{2011}0000\u{2013}1234",
        "\u{202a}010-0000-1234\u{202c}",
        "'01000001234",
    ] {
        assert_eq!(Tel::parse(typed).as_ref(), Ok(&one), "{typed}");
        assert_eq!(Tel::strict(typed).as_ref(), Ok(&one), "{typed}");
    }
    assert_eq!(one.as_str(), "01000001234");
    assert_eq!(one.to_string(), "010-0000-1234");
    assert!(one.recognised() && one.takes_texts() && one.kind() == Kind::Mobile);
}

#[test]
fn a_number_of_no_known_form_is_kept_as_typed_marked_and_refused_when_strict() {
    let tel = Tel::parse("1234567890").unwrap();
    assert_eq!(
        (tel.as_str(), tel.kind(), tel.recognised()),
        ("1234567890", Kind::Unrecognised, false)
    );
    assert!(!tel.takes_texts());
    assert_eq!(tel, Tel::unrecognised(" 1234567890").unwrap());
    assert_eq!(
        Tel::strict("1234567890").unwrap_err().to_string(),
        "`********90` is not a telephone number of a known form (expected one like `010-0000-1234`)"
    );
}

#[test]
fn empty_endless_and_digitless_text_is_refused_even_leniently() {
    for blank in ["", "  ", "\u{3164}", "\u{200b}"] {
        assert_eq!(Tel::parse(blank), Err(BadTel::Empty), "{blank:?}");
    }
    assert_eq!(Tel::parse("없음"), Err(BadTel::NoDigits));
    assert_eq!(Tel::parse(&"1".repeat(65)), Err(BadTel::TooLong { chars: 65 }));
    assert!(Tel::parse(&"1".repeat(64)).is_ok());
    assert!(matches!(Tel::unrecognised(""), Err(BadTel::Empty)));
}

#[test]
fn a_masked_number_never_shows_its_middle() {
    let masked = |text: &str| Tel::parse(text).unwrap().masked();
    assert_eq!(masked("01000001234"), "010-****-1234");
    assert_eq!(masked("02-312-3456"), "02-***-3456");
    assert_eq!(masked("0503-1234-5678"), "0503-****-5678");
    assert_eq!(masked("1588-0000"), "1588-**00");
    assert_eq!(masked("+1 415 555 0132"), "+*********32");
    assert_eq!(masked("1234567890"), "********90");
    assert_eq!(masked("홍길동 12-34"), "**34");
    assert_eq!(masked("112"), "***");
    assert_eq!(format!("{:?}", Tel::parse("01000001234").unwrap()), "Tel(010-****-1234, Mobile)");
}

#[test]
fn a_number_is_serialised_as_a_plain_string_and_comes_back_equal() {
    for case in cases() {
        if let Ok(tel) = Tel::parse(&case.raw) {
            let json = serde_json::to_string(&tel).unwrap();
            assert_eq!(json, serde_json::to_string(tel.as_str()).unwrap());
            assert_eq!(serde_json::from_str::<Tel>(&json).unwrap(), tel);
        }
    }
    assert!(serde_json::from_str::<Tel>("\"\"").is_err());
}

proptest! {
    #[test]
    fn whatever_is_taken_prints_reads_back_and_stays_masked(text in "[-0-9+() .]{0,20}|\\PC{0,70}") {
        if let Ok(tel) = Tel::parse(&text) {
            prop_assert_eq!(&Tel::parse(&tel.to_string()).unwrap(), &tel);
            prop_assert_eq!(&Tel::parse(tel.as_str()).unwrap(), &tel);
            let digits = |s: &str| s.bytes().filter(u8::is_ascii_digit).count();
            let hidden = digits(&tel.to_string()) - digits(&tel.masked());
            prop_assert!(hidden >= 2 || digits(tel.as_str()) < 2);
        }
    }

    #[test]
    fn every_mobile_number_is_normalised(subscriber in 0u32..100_000_000) {
        let digits = format!("010{subscriber:08}");
        let tel = Tel::strict(&format!("+82{}", &digits[1..])).unwrap();
        prop_assert_eq!(tel.as_str(), digits.as_str());
        prop_assert_eq!(&Tel::strict(&tel.to_string()).unwrap(), &tel);
    }
}
