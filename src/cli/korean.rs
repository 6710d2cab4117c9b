//! Refusals, the store's troubles and their hints in Korean.
//!
//! Invariant: what is here says what `Refusal` and `error.rs` say in English, with the same values and the same words to
//! type; what is missing here is shown in English. The labels `error:`, `caused by:` and `hint:` stay as they are, and
//! JSON and CSV carry the English sentence. Decides nothing and prints nothing.

use crate::desk::DeskError;
use ascall_engine::domain::event::{Duty, SettledBy};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::journal::{Corruption, JournalError};

/// A refusal as a sentence.
#[expect(clippy::too_many_lines, reason = "one arm per refusal")]
pub(crate) fn refusal(refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::NoSuchCall(call) => format!("호출 {call}이(가) 없습니다"),
        Refusal::NoSuchWorker(worker) => format!("기사 {worker}이(가) 없습니다"),
        Refusal::OfferOver(offer) => format!("제안 {offer}은(는) 이미 끝났거나 없습니다"),
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
        Refusal::OnlyOperator { .. }
        | Refusal::StaleAnswer
        | Refusal::DeskAlreadyOpen
        | Refusal::ProfileUnsound { .. } => return None,
    })
}

/// The next thing to type after a refusal.
pub(crate) fn hint(refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::NoSuchCall(_) => "호출 보기: ascall list --all".to_owned(),
        Refusal::NoSuchWorker(_) => "기사 보기: ascall worker list".to_owned(),
        Refusal::OfferOver(_) => "열린 제안 보기: ascall offer list".to_owned(),
        Refusal::NoSuchAttention(_) => "확인할 것 보기: ascall attention list".to_owned(),
        Refusal::AttentionStands { call, .. } => {
            format!("원인이 해결되면 저절로 닫힙니다: ascall status {call}")
        }
        Refusal::NoSuchParticipant { .. } => "참여자 보기: ascall participant list".to_owned(),
        Refusal::NotLocal { name } => {
            format!("요청을 막으려면: ascall breaker open {name} --reason …")
        }
        Refusal::NoSuchProfile { .. } => {
            "--profile로 그중 하나를 고르거나, 설정의 `profiles`에 파일을 더하세요".to_owned()
        }
        Refusal::NoSuchStep { call, .. } => format!("단계 보기: ascall status {call}"),
        Refusal::FieldMissing { field, .. } => match field.as_str() {
            "tel" | "location" | "cost" | "kind" => format!("--{field} …을(를) 더하세요"),
            _ => format!("--field {field}=…을(를) 더하세요"),
        },
        Refusal::FieldNotAllowed { field, .. } => {
            format!("쓸 수 있는 값 중 하나로: --field {field}=…")
        }
        Refusal::NoSuchField { .. } => "빼거나, 있는 항목 중 하나로 쓰세요".to_owned(),
        Refusal::OutOfRange { .. } => "범위 안의 수로 쓰세요".to_owned(),
        Refusal::TooLong { what, .. } if what.contains("note") => {
            "여러 메모로 나누어 쓰세요".to_owned()
        }
        Refusal::TooLong { .. } => "줄이고, 긴 글은 메모로: ascall note".to_owned(),
        Refusal::WrongPhase { call, phase, .. } | Refusal::NotClosing { call, phase, .. } => {
            wrong_phase(*call, *phase)
        }
        Refusal::CallInService { call, .. } => {
            format!(
                "먼저 작업을 끝내세요: ascall finish {call}, 또는 ascall abort {call} --reason …"
            )
        }
        Refusal::CancelTooLate { call, .. } => {
            format!("담당자 권한으로: ascall cancel {call} --force --reason …")
        }
        Refusal::AlreadyUnwinding { call, .. } => format!("지켜보기: ascall watch {call}"),
        Refusal::StepNotDone { call, .. } => {
            format!("기다리는 것: ascall status {call}, 지금 다시 시도: ascall retry {call}")
        }
        Refusal::WorkerBusy { call, .. } => {
            format!("다른 기사를 고르거나 (ascall worker list), 먼저: ascall release {call}")
        }
        Refusal::WorkerNotOnDuty { worker, .. } => {
            format!("근무로 바꾸기: ascall worker on {worker}")
        }
        Refusal::WorkerLacksSkill { .. }
        | Refusal::WorkerExcluded { .. }
        | Refusal::WorkerOtherService { .. } => {
            "다른 기사를 고르거나 (ascall worker list), --force --reason …을 더하세요".to_owned()
        }
        Refusal::WorkerWorking { worker, .. } => format!(
            "작업이 끝나면 퇴근: ascall worker off {worker} --after-current, 중단하려면: --abort REASON"
        ),
        Refusal::SameWorker { call, .. } => format!("할 일이 없습니다: ascall status {call}"),
        Refusal::NoWorker { call } => format!("배정하기: ascall assign {call} W-1"),
        Refusal::NothingToRetry { call } => format!("상태 보기: ascall status {call}"),
        Refusal::NothingToWaive { call, .. } => format!("되돌릴 것 보기: ascall status {call}"),
        Refusal::HoldInThePast => "더 뒤로: --until 14:30 또는 --until 30m".to_owned(),
        Refusal::NothingToAmend(call) => {
            format!("바꿀 것을 쓰세요: ascall amend {call} --location … --tel … --kind … --cost …")
        }
        Refusal::ReasonMissing { .. } => "--reason \"…\"을(를) 더하세요".to_owned(),
        Refusal::TryLater { participant, .. } => {
            format!("현황: ascall breaker list, 이유: ascall breaker incidents {participant}")
        }
        Refusal::DeskFull { .. } => "끝난 호출을 정리한 뒤 다시 시도하세요: ascall list".to_owned(),
        Refusal::KeyReused { .. } => {
            "새 요청에는 새 --key를, 같은 요청에는 같은 내용을 쓰세요".to_owned()
        }
        Refusal::OnlyOperator { .. }
        | Refusal::StaleAnswer
        | Refusal::DeskAlreadyOpen
        | Refusal::ProfileUnsound { .. } => return None,
    })
}

/// What is wrong with the store, and what to do.
pub(crate) fn desk(
    error: &DeskError,
    english_hint: Option<&str>,
) -> Option<(String, Option<String>)> {
    let (text, hint) = match error {
        DeskError::Busy { store, holder } => {
            let by = holder.as_deref().map(|h| format!(": {h}")).unwrap_or_default();
            let text = format!("저장소 {}을(를) 다른 곳에서 쓰고 있습니다{by}", store.display());
            (text, "더 기다리려면 --lock-timeout 30s, 아니면 쓰고 있는 것을 끝내세요")
        }
        DeskError::Missing { store } => (
            format!("아직 데스크가 없습니다: {}", store.display()),
            "첫 호출을 받으세요: ascall request --tel 010-0000-1234",
        ),
        DeskError::Full { store } => (
            format!("디스크에 저장소 {}을(를) 쓸 자리가 없습니다", store.display()),
            "자리를 만들고 다시 시도하세요",
        ),
        DeskError::Damaged { store, source } => (
            format!("저장소 {}이(가) 손상되었습니다", store.display()),
            match source {
                JournalError::Corrupt(Corruption::NotAJournal) => {
                    "데스크의 파일을 지정하세요: ascall --store FILE …"
                }
                JournalError::Corrupt(Corruption::Structure) => {
                    "먼저 파일을 따로 복사해 두고, 마지막으로 온전했던 사본을 그 자리에 두세요"
                }
                _ => "먼저 파일을 따로 복사해 둔 다음: ascall verify",
            },
        ),
        DeskError::Newer { store, .. } => (
            format!("저장소 {}은(는) 더 새로운 버전이 썼습니다", store.display()),
            "그 파일을 쓴 새 버전의 ascall을 쓰세요",
        ),
        DeskError::Unknown { key, .. } => {
            let text = "처리되었는지 알 수 없습니다".to_owned();
            let hint = match key {
                Some(key) => format!(
                    "같은 내용으로 --key {key}을(를) 붙여 다시 요청하세요. 한 번만 처리됩니다"
                ),
                None => "다시 요청하기 전에 확인하세요: ascall list".to_owned(),
            };
            return Some((text, Some(hint)));
        }
        DeskError::Storage { store, .. } => {
            let text = format!("저장소 {}을(를) 쓸 수 없습니다", store.display());
            return Some((text, english_hint.map(str::to_owned)));
        }
        DeskError::Refused(_) | DeskError::Closing | DeskError::Participant(_) => return None,
    };
    Some((text, Some(hint.to_owned())))
}

fn wrong_phase(call: CallId, phase: Phase) -> String {
    match phase {
        Phase::Received | Phase::Gating => format!("접수 확인을 기다리세요: ascall watch {call}"),
        Phase::Parked => format!("지금 다시 확인하기: ascall retry {call}"),
        Phase::Open => format!("먼저 배정하세요: ascall assign {call} W-1"),
        Phase::Assigned => format!(
            "기사가 있습니다: ascall start {call}, ascall reassign {call} W-1, 또는 ascall release {call}"
        ),
        Phase::InService => format!("먼저 작업을 끝내세요: ascall finish {call}"),
        Phase::Closing => {
            format!("정산 중입니다: ascall retry {call}, 또는 ascall settle {call} --by cash")
        }
        Phase::Unwinding => format!("되돌리는 중입니다: ascall status {call}"),
        Phase::Completed | Phase::Canceled | Phase::Unfilled | Phase::Rejected => {
            format!("끝난 호출은 그대로 둡니다. 이어서 새로 받기: ascall reopen {call}")
        }
    }
}

/// A phase when no service has given it a word of its own.
fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Received => "접수",
        Phase::Gating => "접수 확인 중",
        Phase::Parked => "대기접수",
        Phase::Open => "배정 대기",
        Phase::Assigned => "배정",
        Phase::InService => "작업 중",
        Phase::Closing => "정산 중",
        Phase::Unwinding => "되돌리는 중",
        Phase::Completed => "완료",
        Phase::Canceled => "취소",
        Phase::Unfilled => "미배정",
        Phase::Rejected => "접수불가",
    }
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
    use crate::cli::error;

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
        ]);
        for refused in all {
            let korean = hint(&refused).unwrap();
            let english = error::hint(&refused).unwrap();
            assert_eq!(typed(&korean), typed(&english), "{refused}");
            assert!(refusal(&refused).unwrap().chars().any(|c| ('가'..='힣').contains(&c)));
        }
    }
}
