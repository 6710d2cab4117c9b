//! Short names for things, made by hashing: in letters only.
//!
//! Invariant: no digit stands in a mark, so that it can never look like a phone number in the journal.

/// Sixteen letters that stand for `text`: equal texts have equal marks.
pub(crate) fn mark(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes());
    let letters = hash.as_bytes()[..8].iter().flat_map(|byte| [byte >> 4, byte & 15]);
    letters.map(|half| char::from(b'a' + half)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_sixteen_letters_and_the_same_each_time() {
        for text in ["", "010-0000-1234", "가"] {
            let mark = mark(text);
            assert!(mark.len() == 16 && mark.bytes().all(|b| b.is_ascii_lowercase()), "{mark}");
            assert_eq!(mark, super::mark(text));
        }
        assert_ne!(mark("a"), mark("b"));
    }
}
