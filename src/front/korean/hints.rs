//! The next thing to type after a refusal, in Korean.
//!
//! Invariant: the same words to type as `error/refused.rs`; a test compares them.

use crate::front::error::flag_of;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::refusal::Refusal;

/// The next thing to type after a refusal.
#[expect(clippy::too_many_lines, reason = "one arm per refusal")]
pub(crate) fn hint(refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::NoSuchCall(_) => "호출 보기: ascall list --all".to_owned(),
        Refusal::NoSuchWorker(_) => "기사 보기: ascall worker list".to_owned(),
        Refusal::OfferOver(_) => "열린 제안 보기: ascall offer list".to_owned(),
        Refusal::NoSuchNotice { .. } | Refusal::NoticeStays { .. } => {
            "무엇을 어떤 이름으로 보냈는지 보기: ascall inbox --call C-… --tries".to_owned()
        }
        Refusal::NoticeOwed { .. } => {
            "저절로 다시 보냅니다. 진행 보기: ascall inbox --call C-… --tries".to_owned()
        }
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
        Refusal::FieldMissing { field, .. } => format!("{}을(를) 더하세요", flag_of(field)),
        Refusal::FieldNotAllowed { field, .. } => {
            format!("쓸 수 있는 값 중 하나로: {}", flag_of(field))
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
        Refusal::NothingToRetry { call } | Refusal::NoAppointment { call } => {
            format!("상태 보기: ascall status {call}")
        }
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
        Refusal::Stale { call, .. } => {
            format!("다시 보고, 여전히 필요하면 다시 요청하세요: ascall status {call}")
        }
        Refusal::CallTaken { .. } => "고를 수 있는 호출 보기: ascall list --view open".to_owned(),
        Refusal::NotClaimable { call } => format!(
            "고를 수 있는 호출 보기: ascall list --view open, 직접 배정: ascall assign {call} W-1"
        ),
        Refusal::AssignStopped => "다시 시작하기: ascall participant start assign".to_owned(),
        Refusal::WorkerReserved { call, .. } => {
            format!("다른 기사나 다른 시각으로. 그 예약: ascall status {call}")
        }
        Refusal::BadVisit => {
            "더 뒤로: --at 14:00, --at +2h 또는 --at \"2026-11-22 14:00\"".to_owned()
        }
        Refusal::NameTheWorker(offer) => {
            format!("답한 기사를 쓰세요: ascall offer accept {offer} --worker W-1")
        }
        Refusal::NotAsked { .. } => "누구에게 물었는지: ascall offer list".to_owned(),
        Refusal::FareMissing { call } => format!("요금 쓰기: ascall finish {call} --fare 12000"),
        Refusal::PriceFixed { call } => {
            format!("그대로 두세요. 받은 돈 돌려주기: ascall refund {call} --reason …")
        }
        Refusal::OutcomeUnknown { call, .. } => {
            format!("저절로 다시 확인합니다. 지금 확인하기: ascall retry {call}")
        }
        Refusal::RefundTooMuch { call, left } if left.0 > 0 => {
            format!("그 금액까지만: ascall refund {call} --amount {}", left.0)
        }
        Refusal::RefundTooMuch { call, .. } => format!("받은 돈 보기: ascall status {call}"),
        Refusal::AlreadyRated { call, .. } => {
            format!("평가는 바꿀 수 없습니다. 더 적으려면: ascall note {call} …")
        }
        Refusal::UnknownProduct { product, .. } => {
            format!("먼저 입고하세요: ascall stock receive {product} 10")
        }
        Refusal::StockShort { .. } => "재고 보기: ascall stock list".to_owned(),
        Refusal::NotAMember { .. } => {
            "회원으로 등록하기: ascall member add --name … --tel …, 회원이면: --member M-1"
                .to_owned()
        }
        Refusal::NoSuchMember(_) => "회원 보기: ascall member list".to_owned(),
        Refusal::MemberExists(member) => {
            format!("아는 것 바꾸기: ascall member amend {member} --card …")
        }
        Refusal::MemberNeeds { field } => match *field {
            "a name" => "--name …을(를) 더하세요".to_owned(),
            "a phone number" => "--tel 010-0000-0001을 더하세요".to_owned(),
            _ => "--friend-tel 010-0000-0002를 더하세요".to_owned(),
        },
        Refusal::BadCard(_) => "결제사의 토큰을 쓰세요: --card tok_…".to_owned(),
        Refusal::CardMissing(member) => {
            format!("카드 토큰 저장하기: ascall member amend {member} --card tok_…")
        }
        Refusal::ReferenceUsed { call, .. } => {
            format!("그때의 요청: ascall status {call}. 새 요청에는 새 번호를 쓰세요")
        }
        Refusal::CustomerCancelTooLate { call, .. } => {
            format!("데스크에서는: ascall cancel {call}, 또는 --force --reason …")
        }
        Refusal::OnlyOperator { .. }
        | Refusal::StaleAnswer
        | Refusal::DeskAlreadyOpen
        | Refusal::ProfileUnsound { .. } => return None,
    })
}

fn wrong_phase(call: CallId, phase: Phase) -> String {
    match phase {
        Phase::Received | Phase::Gating => format!("접수 확인을 기다리세요: ascall watch {call}"),
        Phase::Parked => format!("지금 다시 확인하기: ascall retry {call}"),
        Phase::Open => format!("먼저 배정하세요: ascall assign {call} W-1"),
        Phase::Assigned => format!(
            "기사가 있습니다: ascall start {call}, ascall reassign {call} W-1, 또는 ascall release {call}"
        ),
        Phase::Scheduled => format!(
            "예약되어 있습니다: ascall start {call}, ascall reschedule {call} --at 14:00, 또는 ascall release {call}"
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
