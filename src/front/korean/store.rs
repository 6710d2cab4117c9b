//! The store's troubles in Korean.
//!
//! Invariant: says what `error/store.rs` says; what is missing here is shown in English.

use crate::desk::DeskError;
use crate::desk::wire::PROTOCOL;
use ascall_engine::journal::{Corruption, JournalError};

/// What is wrong with the store, and what to do.
#[expect(clippy::too_many_lines, reason = "one arm per trouble")]
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
        DeskError::Foreign { socket, owner } => (
            format!("{}은(는) 다른 사용자(uid {owner})의 것입니다", socket.display()),
            "데스크를 가진 사용자로 ascall을 실행하세요. 누구의 것인지 보기: ls -la",
        ),
        DeskError::OtherProtocol { holder, release, protocol } => (
            format!(
                "데스크를 {holder}가 열고 있습니다. ascall {release}, 규약 {protocol}(이쪽은 {PROTOCOL})"
            ),
            "그 버전을 쓰거나, 그것을 끝내고 이 버전으로 다시 시작하세요",
        ),
        DeskError::NotUnderstood { socket } => (
            format!("{}에서 듣는 것은 데스크의 호스트처럼 답하지 않습니다", socket.display()),
            "거기서 듣는 것을 끝내세요. 호스트 시작: ascall serve",
        ),
        DeskError::FileThere { file } => (
            format!("{} 파일이 이미 있습니다", file.display()),
            "다른 이름을 쓰거나, 바꾸려면: --force",
        ),
        DeskError::StoreThere { store } => (
            format!("데스크가 이미 있습니다: {}", store.display()),
            "다른 곳에 되살리려면 --store OTHER, 있던 것을 날짜 붙은 이름으로 두려면: --force",
        ),
        DeskError::OwnFile { file } => (
            format!("{}은(는) 데스크 자신의 파일입니다", file.display()),
            "다른 파일을 쓰세요. 아무것도 바꾸지 않았습니다",
        ),
        DeskError::BadCopy { file, why } => (
            format!("사본 {}이(가) 온전하지 않습니다: {why}", file.display()),
            "사본을 남기지 않았습니다. 데스크를 확인하세요: ascall verify",
        ),
        DeskError::BadBackup { file, why } => (
            format!("사본 {}이(가) 온전하지 않습니다: {why}", file.display()),
            "아무것도 바꾸지 않았습니다. 더 오래된 사본을 쓰세요",
        ),
        DeskError::File { file, .. } => (
            format!("{} 파일을 쓸 수 없습니다", file.display()),
            "있고 쓸 수 있는 폴더와 파일을 지정하세요",
        ),
        DeskError::Unreachable { url } => (
            format!("{url}에서 답하는 데스크가 없습니다"),
            "거기서 실행 중인지 보세요(ascall serve --listen ADDR:PORT). 더 기다리려면: --lock-timeout 30s",
        ),
        DeskError::TurnedAway { url, wants_token: true, .. } => (
            format!("{url} 데스크는 아는 토큰이 있어야 들어갈 수 있습니다"),
            "ASCALL_TOKEN이나 --token-file FILE로 주세요. 거기서 만들기: ascall token new --scope operate --name NAME",
        ),
        DeskError::NotAllowed { needs: Some(needs), has } => {
            let text = format!("`{needs}` 권한이 필요합니다 (토큰의 권한: `{has}`)");
            let hint =
                format!("그 권한의 토큰 만들기: ascall token new --scope {needs} --name NAME");
            return Some((text, Some(hint)));
        }
        DeskError::NotAllowed { needs: None, .. } => (
            "데스크가 있는 컴퓨터에서만 할 수 있습니다".to_owned(),
            "그 컴퓨터에서 --url 없이 하세요",
        ),
        DeskError::Overloaded { url, .. } => {
            return Some((format!("{url} 데스크가 지금 너무 바쁩니다"), None));
        }
        DeskError::Socket { socket, .. } => {
            let text = format!("소켓 {}을(를) 쓸 수 없습니다", socket.display());
            return Some((text, Some(format!("무엇이 있는지 보기: ls -la {}", socket.display()))));
        }
        DeskError::Unknown { key, .. } | DeskError::HostGone { key } => {
            let text = match error {
                DeskError::HostGone { .. } => {
                    "답하기 전에 데스크의 호스트가 사라졌습니다. 처리되었는지 알 수 없습니다"
                }
                _ => "처리되었는지 알 수 없습니다",
            };
            let text = text.to_owned();
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
        DeskError::TurnedAway { .. }
        | DeskError::Refused(_)
        | DeskError::Closing
        | DeskError::Participant(_)
        | DeskError::Courier(_) => return None,
    };
    Some((text, Some(hint.to_owned())))
}
