//! Refusals, the store's troubles and their hints in Korean.
//!
//! Invariant: what is here says what `Refusal` and `error.rs` say in English, with the same values and the same words to
//! type; what is missing here is shown in English. The labels `error:`, `caused by:` and `hint:` stay as they are, and
//! JSON and CSV carry the English sentence. Decides nothing and prints nothing.

mod hints;
mod store;

pub(crate) use hints::hint;
pub(crate) use store::desk;

use crate::front::words;
use ascall_engine::domain::card::BadCard;
use ascall_engine::domain::event::{Duty, SettledBy};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::refusal::Refusal;

/// A refusal as a sentence.
#[expect(clippy::too_many_lines, reason = "one arm per refusal")]
pub(crate) fn refusal(refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::NoSuchCall(call) => format!("호출 {call}이(가) 없습니다"),
        Refusal::NoSuchWorker(worker) => format!("기사 {worker}이(가) 없습니다"),
        Refusal::OfferOver(offer) => format!("제안 {offer}은(는) 이미 끝났거나 없습니다"),
        Refusal::NoSuchNotice { notice } => format!("알림 {notice}을(를) 보낸 적이 없습니다"),
        Refusal::NoticeOwed { notice } => format!("알림 {notice}은(는) 보내는 중입니다"),
        Refusal::NoticeStays { notice } => {
            format!("알림 {notice}은(는) 데스크에 남는 것이라 어디로도 보내지 않습니다")
        }
        Refusal::NoSuchAttention(item) => format!("확인 항목 {item}은(는) 열려 있지 않습니다"),
        Refusal::AttentionStands { attention, call } => {
            format!("{call} 상태가 그대로인 동안 확인 항목 {attention}을(를) 닫을 수 없습니다")
        }
        Refusal::NoSuchParticipant { name, known } => {
            format!("참여자 `{name}`이(가) 없습니다 (있는 것: {known})")
        }
        Refusal::NotLocal { name } => {
            format!("참여자 `{name}`은(는) 데스크 밖에 있어 여기서 멈출 수 없습니다")
        }
        Refusal::NoSuchProfile { name, known } => {
            format!("프로필 `{name}`이(가) 없습니다 (있는 것: {known})")
        }
        Refusal::NoSuchStep { call, step, known } => {
            format!("호출 {call}에 `{step}` 단계가 없습니다 (있는 것: {known})")
        }
        Refusal::FieldMissing { profile, field } => {
            format!("프로필 `{profile}`에는 `{field}` 값이 필요합니다")
        }
        Refusal::FieldNotAllowed { field, value, allowed } => {
            format!("`{field}`에 `{value}`은(는) 쓸 수 없습니다 (쓸 수 있는 값: {allowed})")
        }
        Refusal::NoSuchField { profile, field, known } => {
            format!("프로필 `{profile}`에 `{field}` 항목이 없습니다 (있는 것: {known})")
        }
        Refusal::OutOfRange { what, value, min, max } => {
            format!("{what}은(는) {min}에서 {max} 사이여야 합니다 (입력: {value})")
        }
        Refusal::TooLong { what, max } => format!("{what}이(가) {max}자보다 깁니다"),
        Refusal::WrongPhase { call, phase, verb } => {
            format!("호출 {call}은(는) {} 상태라서 할 수 없습니다 ({verb})", phase_word(*phase))
        }
        Refusal::CallInService { call, worker } => {
            format!("호출 {call}은(는) 이미 {worker} 기사가 작업 중입니다")
        }
        Refusal::CancelTooLate { call, worker, profile } => format!(
            "호출 {call}은(는) {worker} 기사가 배정되어 취소할 수 없습니다 (`{profile}`은 배정 전까지만 취소)"
        ),
        Refusal::AlreadyUnwinding { call, target } => {
            format!("호출 {call}은(는) 이미 {} 상태로 가고 있습니다", phase_word(target.phase()))
        }
        Refusal::StepNotDone { call, step } => {
            format!("호출 {call}은(는) 먼저 `{step}` 단계가 끝나야 합니다")
        }
        Refusal::WorkerBusy { worker, call } => {
            format!("기사 {worker}은(는) {call} 호출을 맡고 있습니다")
        }
        Refusal::WorkerNotOnDuty { worker, duty } => {
            format!("기사 {worker}은(는) 근무 중이 아닙니다 ({})", duty_word(*duty))
        }
        Refusal::WorkerLacksSkill { worker, skill } => {
            format!("기사 {worker}은(는) `{skill}` 기술이 없습니다")
        }
        Refusal::WorkerOtherService { worker, service } => {
            format!("기사 {worker}은(는) `{service}` 서비스를 맡지 않습니다")
        }
        Refusal::WorkerExcluded { worker, call } => {
            format!("기사 {worker}은(는) {call} 호출을 거절했거나 배정에서 빠졌습니다")
        }
        Refusal::WorkerWorking { worker, call } => {
            format!("기사 {worker}은(는) {call} 작업 중입니다")
        }
        Refusal::SameWorker { call, worker } => {
            format!("호출 {call}은(는) 이미 {worker} 기사가 맡고 있습니다")
        }
        Refusal::NoWorker { call } => format!("호출 {call}에 기사가 없습니다"),
        Refusal::NothingToRetry { call } => {
            format!("호출 {call}에 다시 시도할 것이 없습니다")
        }
        Refusal::NothingToWaive { call, step } => {
            format!("호출 {call}의 `{step}` 단계에는 되돌릴 것이 없습니다")
        }
        Refusal::NotClosing { call, phase, by } => format!(
            "호출 {call}은(는) 정산 중이 아니라 {} 상태라서 정산할 수 없습니다 ({})",
            phase_word(*phase),
            match by {
                SettledBy::Cash => "현금",
                SettledBy::Card => "카드",
                SettledBy::Waive => "면제",
                SettledBy::Nothing => "받을 것 없음",
            }
        ),
        Refusal::HoldInThePast => "보류 기한은 앞으로의 시각이어야 합니다".to_owned(),
        Refusal::NothingToAmend(call) => format!("{call}에서 바꿀 것이 없습니다"),
        Refusal::ReasonMissing { verb } => format!("사유가 필요합니다 ({verb})"),
        Refusal::TryLater { participant, .. } => {
            format!("지금은 `{participant}`에 요청할 수 없습니다")
        }
        Refusal::DeskFull { max, .. } => {
            format!("진행 중인 호출이 {max}건으로 가득 차 더 받을 수 없습니다")
        }
        Refusal::KeyReused { key, differ } => {
            format!("키 `{key}`은(는) 다른 요청에 이미 쓰였습니다. 다른 항목: {differ}")
        }
        Refusal::Stale { call, seen, now } => {
            format!(
                "호출 {call}이(가) 그 사이 바뀌었습니다 (지금 기록 {now}, 요청은 기록 {seen} 기준)"
            )
        }
        Refusal::CallTaken { call, worker } => {
            format!("호출 {call}은(는) 이미 {worker} 기사가 맡았습니다")
        }
        Refusal::NotClaimable { call } => {
            format!("호출 {call}은(는) 기사가 직접 고를 수 있는 목록에 없습니다")
        }
        Refusal::AssignStopped => "`assign`이 중지되어 있어 목록에서 고를 수 없습니다".to_owned(),
        Refusal::WorkerReserved { worker, call } => {
            format!("기사 {worker}은(는) 그 시각에 {call} 예약이 있습니다")
        }
        Refusal::BadVisit => "예약은 앞으로 1년 안의 시각이어야 합니다".to_owned(),
        Refusal::NoAppointment { call } => format!("호출 {call}에는 예약이 없습니다"),
        Refusal::NameTheWorker(offer) => {
            format!("제안 {offer}은(는) 여러 기사에게 갔으므로 답한 기사를 밝혀야 합니다")
        }
        Refusal::NotAsked { offer, worker } => {
            format!("제안 {offer}은(는) 기사 {worker}에게 가지 않았습니다")
        }
        Refusal::FareMissing { call } => {
            format!("호출 {call}은(는) 미터 요금이라서 끝낼 때 요금이 필요합니다")
        }
        Refusal::PriceFixed { call } => {
            format!("호출 {call}의 가격은 정해져 있어 바꿀 수 없습니다")
        }
        Refusal::OutcomeUnknown { call, step } => {
            format!("호출 {call}의 `{step}` 단계가 처리되었는지 아직 알 수 없습니다")
        }
        Refusal::RefundTooMuch { call, left } => {
            format!("호출 {call}에서 더 돌려줄 수 있는 금액은 {}원입니다", left.0)
        }
        Refusal::AlreadyRated { call, stars } => {
            format!("호출 {call}은(는) 이미 {stars}점으로 평가되었습니다")
        }
        Refusal::UnknownProduct { product, known } => {
            format!("상품 `{product}`이(가) 없습니다 (있는 것: {known})")
        }
        Refusal::StockShort { product, available } => {
            format!("`{product}` 재고는 {available}개만 남아 있습니다")
        }
        Refusal::NotAMember { profile } => {
            format!("`{profile}` 호출은 회원만 할 수 있습니다")
        }
        Refusal::NoSuchMember(member) => format!("회원 {member}이(가) 없습니다"),
        Refusal::MemberExists(member) => format!("이 번호는 이미 회원 {member}의 것입니다"),
        Refusal::MemberNeeds { field } => match *field {
            "a name" => "회원에는 이름이 필요합니다".to_owned(),
            "a phone number" => "회원에는 전화번호가 필요합니다".to_owned(),
            _ => "안심 연락처에는 전화번호가 필요합니다".to_owned(),
        },
        Refusal::BadCard(BadCard::Number) => {
            "카드 번호는 저장하지 않습니다. 결제사의 토큰만 저장합니다".to_owned()
        }
        Refusal::BadCard(BadCard::NoToken) => {
            "카드 토큰은 빈칸 없는 영문자, 숫자, 기호 1~200자입니다".to_owned()
        }
        Refusal::CardMissing(member) => {
            format!("회원 {member}에게 저장된 카드가 없습니다")
        }
        Refusal::ReferenceUsed { reference, call } => {
            format!("`{reference}`은(는) 이미 호출 {call}에 쓰였고, 그때의 요청과 다릅니다")
        }
        Refusal::CustomerCancelTooLate { call, phase, profile } => format!(
            "호출 {call}은(는) {} 상태라서 고객이 취소할 수 없습니다 (`{profile}` 규칙)",
            phase_word(*phase)
        ),
        Refusal::OnlyOperator { .. }
        | Refusal::StaleAnswer
        | Refusal::DeskAlreadyOpen
        | Refusal::ProfileUnsound { .. } => return None,
    })
}

fn phase_word(phase: Phase) -> &'static str {
    words::phase(phase, Lang::Ko)
}

fn duty_word(duty: Duty) -> &'static str {
    match duty {
        Duty::On => "근무",
        Duty::Off => "퇴근",
        Duty::Break => "휴식",
        Duty::Suspended => "정지",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::error;
    use ascall_engine::domain::ids::{CallId, MemberId, OfferId, Seq, Won, WorkerId};

    /// The words to type in a hint: from `ascall` or `--` on, as far as they are plain.
    fn typed(text: &str) -> Vec<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "- ".contains(c);
        let found = text.match_indices("ascall ").map(|(at, _)| {
            let rest: String = text[at..].chars().take_while(|c| plain(*c)).collect();
            rest.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
        });
        found.collect()
    }

    #[test]
    fn both_languages_tell_the_same_words_to_type() {
        let call = CallId(3);
        let mut all: Vec<Refusal> = Phase::ALL
            .into_iter()
            .map(|phase| Refusal::WrongPhase { call, phase, verb: "started" })
            .collect();
        all.extend([
            Refusal::NoSuchCall(call),
            Refusal::NoWorker { call },
            Refusal::NothingToAmend(call),
            Refusal::NothingToRetry { call },
            Refusal::HoldInThePast,
            Refusal::Stale { call, seen: Seq(3), now: Seq(7) },
            Refusal::CallTaken { call, worker: WorkerId(1) },
            Refusal::NotClaimable { call },
            Refusal::AssignStopped,
            Refusal::WorkerReserved { worker: WorkerId(1), call },
            Refusal::BadVisit,
            Refusal::NoAppointment { call },
            Refusal::NameTheWorker(OfferId(2)),
            Refusal::NotAsked { offer: OfferId(2), worker: WorkerId(1) },
            Refusal::FareMissing { call },
            Refusal::PriceFixed { call },
            Refusal::OutcomeUnknown { call, step: "payment".to_owned() },
            Refusal::RefundTooMuch { call, left: Won(5) },
            Refusal::RefundTooMuch { call, left: Won(0) },
            Refusal::AlreadyRated { call, stars: 4 },
            Refusal::UnknownProduct { product: "mask".to_owned(), known: String::new() },
            Refusal::StockShort { product: "mask".to_owned(), available: 3 },
            Refusal::NotAMember { profile: "taxi".to_owned() },
            Refusal::NoSuchMember(MemberId(1)),
            Refusal::MemberExists(MemberId(1)),
            Refusal::CardMissing(MemberId(1)),
            Refusal::BadCard(BadCard::Number),
            Refusal::MemberNeeds { field: "a name" },
            Refusal::ReferenceUsed { reference: "a".to_owned(), call },
            Refusal::CustomerCancelTooLate {
                call,
                phase: Phase::Assigned,
                profile: "taxi".to_owned(),
            },
        ]);
        for refused in all {
            let korean = hint(&refused).unwrap();
            let english = error::hint(&refused).unwrap();
            assert_eq!(typed(&korean), typed(&english), "{refused}");
            assert!(refusal(&refused).unwrap().chars().any(|c| ('가'..='힣').contains(&c)));
        }
    }
}
