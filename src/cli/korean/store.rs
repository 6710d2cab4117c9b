//! The store's troubles in Korean.
//!
//! Invariant: says what `error/store.rs` says; what is missing here is shown in English.

use crate::desk::DeskError;
use ascall_engine::journal::{Corruption, JournalError};

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
