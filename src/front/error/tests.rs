//! Every kind of trouble with its exit code and the next thing to type.
//!
//! Invariant: nothing is printed here; what is said is looked at as a value.

use super::refused::wrong_phase;
use super::*;
use crate::desk::DeskError;
use ascall_engine::domain::ids::WorkerId;
use ascall_engine::journal::JournalError;
use std::path::PathBuf;

fn said(error: impl Into<UserError>) -> Said {
    match error.into() {
        UserError::Said(said) => *said,
        UserError::Closed => panic!("nothing was said"),
    }
}

fn unknown() -> DeskError {
    let source = std::sync::Arc::new(JournalError::NoSpace);
    DeskError::Unknown { key: Some("k1".to_owned()), source }
}

#[test]
fn a_refusal_ends_with_1_and_names_the_next_thing_to_type() {
    let said = said(Refusal::CallInService { call: CallId(1042), worker: WorkerId(17) });
    assert_eq!(said.exit, Exit::Refused);
    assert_eq!(said.text, "call C-1042 is already in service with W-17");
    assert_eq!(
        said.hint.as_deref(),
        Some("end the work first: ascall finish C-1042, or ascall abort C-1042 --reason …")
    );
}

#[test]
fn being_held_off_ends_with_4_and_keeps_the_time_to_come_back() {
    let said = said(Refusal::TryLater { participant: "manage".to_owned(), at: Time(7) });
    assert_eq!((said.exit, said.retry_at), (Exit::HeldOff, Some(Time(7))));
}

#[test]
fn every_phase_has_a_way_on() {
    for phase in Phase::ALL {
        assert!(wrong_phase(CallId(3), phase).contains("ascall "), "{phase}");
    }
}

#[test]
fn each_kind_of_store_trouble_has_its_exit_code() {
    let store = || PathBuf::from("/nowhere/desk.redb");
    let storage = JournalError::Storage(io::Error::from(io::ErrorKind::NotFound));
    let cases = [
        (DeskError::Busy { store: store(), holder: None }, Exit::Busy),
        (DeskError::Missing { store: store() }, Exit::Refused),
        (DeskError::Full { store: store() }, Exit::Storage),
        (DeskError::Storage { store: store(), source: storage }, Exit::Storage),
        (unknown(), Exit::Unknown),
        (
            DeskError::Newer {
                store: store(),
                source: JournalError::NewerFormat { found: 2, supported: 1 },
            },
            Exit::Storage,
        ),
    ];
    for (error, exit) in cases {
        let said = said(error);
        assert_eq!(said.exit, exit, "{}", said.text);
        assert!(said.hint.is_some(), "{}", said.text);
    }
}

#[test]
fn an_unknown_outcome_prints_its_key() {
    let said = said(unknown());
    assert!(said.hint.unwrap().contains("--key k1"));
}

#[test]
fn a_storage_error_names_its_causes_and_the_missing_folder() {
    let source = JournalError::Storage(io::Error::from(io::ErrorKind::NotFound));
    let said = said(DeskError::Storage { store: PathBuf::from("/nowhere/at/all.redb"), source });
    assert!(!said.causes.is_empty());
    assert_eq!(
        said.hint.as_deref(),
        Some("there is no folder /nowhere/at; make it: mkdir -p /nowhere/at")
    );
}

#[test]
fn a_closed_pipe_says_nothing_and_is_no_failure() {
    let error = UserError::from(io::Error::from(io::ErrorKind::BrokenPipe));
    assert!(matches!(error, UserError::Closed));
    assert_eq!(error.exit(), Exit::Done);
}

#[test]
fn an_ambiguous_place_lists_its_candidates_and_is_a_usage_error() {
    let said = said(UserError::ambiguous_place(
        "중구",
        &["서울특별시 중구".to_owned(), "부산광역시 중구".to_owned()],
    ));
    assert_eq!(said.exit, Exit::Usage);
    assert!(said.text.contains("\n  서울특별시 중구\n  부산광역시 중구"));
}
