//! What addresses mean: the seed addresses, the figures of the gazetteer, and the traps.

use super::gazetteer::{Gazetteer, Level};
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn exact(text: &str) -> String {
    match resolve(text) {
        Resolution::Exact(place) => place.label,
        other => panic!("{text}: {other:?}"),
    }
}

fn coarse(text: &str) -> (String, Coarser) {
    match resolve(text) {
        Resolution::Coarse(place, why) => (place.label, why),
        other => panic!("{text}: {other:?}"),
    }
}

fn candidates(text: &str) -> Vec<String> {
    match resolve(text) {
        Resolution::Ambiguous(places) => places.into_iter().map(|p| p.label).collect(),
        other => panic!("{text}: {other:?}"),
    }
}

fn road(name: &str) -> Coarser {
    Coarser::RoadNotKnown(name.to_owned())
}

fn part(name: &str) -> Coarser {
    Coarser::PartNotKnown(name.to_owned())
}

#[test]
fn a_point_lies_in_the_dong_in_whose_reach_it_is_deepest() {
    for text in ["마포구 공덕동", "서울 중구 태평로1가", "제주시 애월읍"] {
        let place = resolve(text).place().cloned().unwrap();
        assert_eq!(around(place.point).unwrap().label, place.label, "{text}");
    }
    let beside = "37.5440,126.9510".parse().unwrap();
    assert_eq!(around(beside).unwrap().label, "서울특별시 마포구 공덕동");
    for nowhere in ["0,0", "36.0,132.9"] {
        assert_eq!(around(nowhere.parse().unwrap()), None, "{nowhere}");
    }
}

#[test]
fn the_gazetteer_has_the_figures_its_notice_states() {
    let all = Gazetteer::read();
    let mut levels = BTreeMap::new();
    let mut no_radius = BTreeMap::new();
    let (mut by_name, mut by_district) = (BTreeMap::new(), BTreeMap::new());
    let mut districts: BTreeMap<_, u32> = BTreeMap::new();
    for region in all.ids().map(|id| all.region(id)) {
        *levels.entry(region.level as u8).or_insert(0) += 1;
        match region.level {
            Level::Ldong => {
                let name: &mut BTreeSet<_> = by_name.entry(region.emd).or_default();
                name.insert(region.sigungu);
                let district: &mut BTreeSet<_> = by_district.entry(region.emd).or_default();
                district.insert((region.sido, region.sigungu));
            }
            Level::Sigungu => *districts.entry(region.sigungu).or_default() += 1,
            _ => {}
        }
        if region.radius_m.is_none() {
            *no_radius.entry(region.level as u8).or_insert(0) += 1;
        }
    }
    assert_eq!(levels.into_values().collect::<Vec<_>>(), [17, 263, 5_066, 1_479]);
    // No administrative dong has a radius, nor have two legal ones that lack a boundary.
    assert_eq!(no_radius, BTreeMap::from([(Level::Ldong as u8, 2), (Level::Hdong as u8, 1_479)]));
    // 587 names occur under more than one district name; three more (태평로1가, 태평로2가, 선화동)
    // only in two districts that are both called 중구.
    assert_eq!(by_name.values().filter(|d| d.len() > 1).count(), 587);
    assert_eq!(by_district.values().filter(|d| d.len() > 1).count(), 590);
    assert_eq!(by_name["송정동"].len(), 14);
    let several: Vec<_> = districts.into_iter().filter(|&(_, n)| n > 1).collect();
    let expect = [
        ("강서구", 2),
        ("고성군", 2),
        ("남구", 4),
        ("동구", 6),
        ("북구", 4),
        ("서구", 5),
        ("중구", 6),
    ];
    assert_eq!(several, expect);
}

#[test]
fn a_short_name_that_two_levels_share_is_a_question() {
    assert_eq!(candidates("마포"), ["서울특별시 마포구", "서울특별시 마포구 마포동"]);
    assert_eq!(exact("마포구"), "서울특별시 마포구");
    assert_eq!(exact("마포동"), "서울특별시 마포구 마포동");
    assert_eq!(exact("서대문구"), "서울특별시 서대문구");
}

#[test]
fn a_skipped_level_is_found_when_only_one_place_fits() {
    assert_eq!(exact("경기도 분당구 정자동"), "경기도 성남시 분당구 정자동");
    assert_eq!(exact("경기 성남시 분당구 정자동"), "경기도 성남시 분당구 정자동");
    assert_eq!(exact("정자동 분당구"), "경기도 성남시 분당구 정자동");
    assert_eq!(
        candidates("정자동"),
        ["울산광역시 북구 정자동", "경기도 수원시 장안구 정자동", "경기도 성남시 분당구 정자동"]
    );
    assert_eq!(
        candidates("경기도 정자동"),
        ["경기도 수원시 장안구 정자동", "경기도 성남시 분당구 정자동"]
    );
}

#[test]
fn a_road_address_gives_its_district_and_never_a_dong_guessed_from_the_road() {
    let district = "서울특별시 양천구".to_owned();
    assert_eq!(coarse("서울시 양천구 목동서로 400"), (district.clone(), road("목동서로")));
    assert_eq!(coarse("서울시양천구 목동서로400"), (district, road("목동서로400")));
    // The dong in brackets is named, not guessed.
    assert_eq!(
        coarse("서울시 양천구 목동서로 400 (목동, 어느아파트)"),
        ("서울특별시 양천구 목동".to_owned(), road("목동서로"))
    );
    assert_eq!(resolve("목동서로 400"), Resolution::Unknown);
    assert_eq!(
        coarse("서울 강남구 역삼동 736-1"),
        ("서울특별시 강남구 역삼동".to_owned(), part("736-1"))
    );
    assert_eq!(coarse("분당구 판교역로146번길 20").1, road("판교역로146번길"));
}

#[test]
fn a_name_of_many_places_gives_them_all() {
    assert_eq!(candidates("중구").len(), 6);
    assert_eq!(candidates("동구").len(), 6);
    assert_eq!(candidates("송정동").len(), 14);
    assert_eq!(exact("부산 중구"), "부산광역시 중구");
    assert_eq!(candidates("광주 송정동"), ["광주광역시 광산구 송정동", "경기도 광주시 송정동"]);
    // Four cities of their own rank, and the one inside 포항시.
    assert_eq!(candidates("남구").len(), 5);
    assert_eq!(exact("포항 남구"), "경상북도 포항시 남구");
    assert_eq!(exact("포항시 남구 송정동"), "경상북도 포항시 남구 송정동");
}

#[test]
fn every_alias_leads_to_its_province_alone_except_the_two_that_are_cities_too() {
    let aliases = include_str!("kr_region_aliases.csv").lines().skip(1);
    let mut seen = 0;
    for line in aliases {
        let cells: Vec<&str> = line.split(',').collect();
        match cells[0] {
            "광주" => assert_eq!(candidates("광주"), ["광주광역시", "경기도 광주시"]),
            "제주" => {
                assert_eq!(candidates("제주"), ["제주특별자치도", "제주특별자치도 제주시"]);
            }
            alias => assert_eq!(exact(alias), cells[1]),
        }
        seen += 1;
    }
    assert_eq!(seen, 27);
    assert_eq!(exact("강원도 고성군"), "강원특별자치도 고성군");
    assert_eq!(exact("광주시"), "경기도 광주시");
    assert_eq!(exact("세종시 나성동"), "세종특별자치시 나성동");
}

#[test]
fn administrative_dongs_are_found_in_every_usual_spelling() {
    for text in ["은평구 불광제1동", "은평구 불광1동"] {
        assert_eq!(exact(text), "서울특별시 은평구 불광제1동");
    }
    for text in ["종로1·2·3·4가동", "종로1.2.3.4가동", "서울 종로구 종로1ㆍ2ㆍ3ㆍ4가동"]
    {
        assert_eq!(exact(text), "서울특별시 종로구 종로1.2.3.4가동");
    }
    assert_eq!(exact("홍제1동"), "서울특별시 서대문구 홍제제1동");
    assert_eq!(exact("목1동"), "서울특별시 양천구 목1동");
    assert_eq!(exact("목제1동"), "서울특별시 양천구 목1동");
}

#[test]
fn coordinates_are_a_place_and_impossible_ones_are_not() {
    let place = resolve(" 37.5663, 126.9779 ").place().cloned().unwrap();
    assert_eq!(place.label, "37.566300,126.977900");
    assert_eq!((place.precision, place.radius_m, place.code), (Precision::Point, None, None));
    for bad in ["126.9779,37.5663", "37.5", "400", ",", ""] {
        assert_eq!(resolve(bad), Resolution::Unknown, "{bad}");
    }
}

#[test]
fn words_written_together_or_decomposed_or_odd_are_read() {
    assert_eq!(exact("서울시마포구공덕동"), "서울특별시 마포구 공덕동");
    assert_eq!(exact("경기도성남시분당구"), "경기도 성남시 분당구");
    assert_eq!(
        exact("\u{1106}\u{1161}\u{1111}\u{1169}\u{1100}\u{116e}\u{3000}공덕동"),
        "서울특별시 마포구 공덕동"
    );
    assert_eq!(exact("\u{feff}마\u{200b}포구"), "서울특별시 마포구");
    assert_eq!(coarse("중구청 마포구").0, "서울특별시 마포구");
    assert_eq!(resolve("어디인지 모름"), Resolution::Unknown);
}

#[test]
fn a_place_carries_point_radius_and_code() {
    let place = resolve("마포구").place().cloned().unwrap();
    assert_eq!(place.point.to_string(), "37.559900,126.900790");
    assert_eq!(place.radius_m, Some(5_200));
    assert_eq!(place.code.unwrap().to_string(), "1144000000");
    let json = serde_json::to_value(&place).unwrap();
    assert_eq!(json["precision"], "sigungu");
    assert_eq!(resolve("목1동").place().unwrap().radius_m, None);
}

#[test]
fn every_region_is_found_by_its_own_label() {
    let all = gazetteer::get();
    for id in all.ids() {
        let place = all.place(id);
        assert_eq!(resolve(&place.label), Resolution::Exact(place));
    }
}

#[test]
fn a_prefix_or_initial_consonants_suggest_larger_places_first() {
    let labels = |prefix: &str, limit| -> Vec<String> {
        suggest(prefix, limit).into_iter().map(|p| p.label).collect()
    };
    assert_eq!(labels("ㅁㅍㄱ", 1), ["서울특별시 마포구"]);
    assert_eq!(labels("마포", 2), ["서울특별시 마포구", "서울특별시 마포구 마포동"]);
    assert_eq!(labels("마ㅍㄱ", 5), ["서울특별시 마포구"]);
    assert_eq!(labels("서울 ㅁㅍ", 2), ["서울특별시 마포구", "서울특별시 마포구 마포동"]);
    assert_eq!(labels("서울시", 1), ["서울특별시"]);
    assert_eq!(labels("성남시 분", 9), ["경기도 성남시 분당구", "경기도 성남시 분당구 분당동"]);
    assert_eq!(labels("ㄱ", 3).len(), 3);
    assert!(labels("", 9).is_empty() && labels("없는곳 ㅁ", 9).is_empty());
    assert!(labels("마포", 0).is_empty());
}

proptest! {
    #[test]
    fn nothing_typed_is_fatal(text in "\\PC{0,40}|[가-힣 ,.()0-9시도군구동로길ㄱ-ㅎ]{0,40}") {
        let first = resolve(&text);
        prop_assert_eq!(&first, &resolve(&text));
        if let Resolution::Ambiguous(places) = &first {
            prop_assert!(places.len() > 1);
        }
        prop_assert!(suggest(&text, 5).len() <= 5);
    }
}
