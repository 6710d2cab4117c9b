//! Stored cards: the payment provider's token, which stands for a card, and never the card's own number.
//!
//! Invariant: no text in which a card's number can be read passes for a token. Knows no provider: which tokens are good
//! is theirs to say.

use super::event::Card;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Tokens that begin so are refused by the desk's own payment ledger, for trying things out.
const DECLINED: &str = "tok_declined";

/// The most characters of a token.
const TOKEN_MAX: usize = 200;

/// Digits of the shortest card number.
const NUMBER_MIN: usize = 12;

/// Digits of the longest card number.
const NUMBER_MAX: usize = 19;

/// Why a text is no token. It never repeats the text: that may be a card's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum BadCard {
    /// It is, or holds, a card's number.
    #[error("that is a card number; only the payment provider's token for it is kept")]
    Number,
    /// It is none of what providers give out.
    #[error("a card token is 1 to {TOKEN_MAX} letters, digits and signs without spaces")]
    NoToken,
}

/// The token in `text`, and what may be journalled of it.
///
/// # Errors
/// A card's number, in groups or not, whether its check digit is right or not; one inside a longer text is known by its
/// check digit. A text of other characters than visible ASCII.
pub fn parse(text: &str) -> Result<(String, Card), BadCard> {
    let text = text.trim();
    if holds_number(text) {
        return Err(BadCard::Number);
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || !plain || text.len() > TOKEN_MAX {
        return Err(BadCard::NoToken);
    }
    let card = if text.starts_with(DECLINED) { Card::Declined } else { Card::Token };
    Ok((text.to_owned(), card))
}

/// Whether a card's number stands in a text that may well hold other numbers: fifteen or sixteen digits, in groups or not,
/// that begin like a card's and have its check digit.
#[must_use]
pub fn stands_in(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && !is_gap(c)).map(digits).any(|run| {
        let issued = match run.len() {
            15 => matches!(run[..2], [3, 4 | 7]),
            16 => matches!(run[0], 3..=6 | 9),
            _ => false,
        };
        issued && checks(&run)
    })
}

fn holds_number(text: &str) -> bool {
    let runs = || text.split(|c: char| !c.is_ascii_digit() && !is_gap(c)).map(digits);
    let bare = !text.contains(|c: char| !c.is_ascii_digit() && !is_gap(c));
    bare && digits(text).len() >= NUMBER_MIN
        || runs().any(|run| (NUMBER_MIN..=NUMBER_MAX).contains(&run.len()) && checks(&run))
}

/// What people write between the groups of a number.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '/')
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// Whether the last digit checks the others (Luhn's formula, ISO/IEC 7812-1).
fn checks(digits: &[u32]) -> bool {
    let doubled = |digit: u32| digit * 2 - if digit > 4 { 9 } else { 0 };
    let weighed = digits.iter().rev().enumerate();
    let sum: u32 =
        weighed.map(|(i, digit)| if i % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_and_only_that_it_is_one_is_journalled() {
        assert_eq!(parse(" tok_visa_1 ").unwrap(), ("tok_visa_1".to_owned(), Card::Token));
        assert_eq!(parse("tok_declined_2").unwrap().1, Card::Declined);
        assert!(parse("cus-9f8e7d6c-5b4a-4c3d-8e2f-1a0b9c8d7e6f").is_ok());
        assert!(parse("12345678901").is_ok(), "too short for a card");
    }

    #[test]
    fn a_card_number_is_refused_however_it_is_written_and_never_repeated() {
        for number in [
            "4111111111111111",
            "4111-1111-1111-1111",
            "4111 1111 1111 1112",
            "123456789012",
            "tok_4111111111111111",
            "card:4111-1111-1111-1111;x",
        ] {
            let bad = parse(number).unwrap_err();
            assert_eq!(bad, BadCard::Number, "{number}");
            assert!(!bad.to_string().contains(|c: char| c.is_ascii_digit()), "{bad}");
        }
    }

    #[test]
    fn a_card_number_is_told_from_other_long_numbers() {
        for card in ["4111 1111 1111 1111", "pay 5555-5555-5555-4444 now", "378282246310005"] {
            assert!(stands_in(card), "{card}");
        }
        for other in [
            "4111111111111112",
            "8801234567890",
            "356938035643809",
            "C-1",
            "010-0000-0001 / 2026-11-21 14:00",
            "",
        ] {
            assert!(!stands_in(other), "{other}");
        }
    }

    #[test]
    fn what_no_provider_gives_out_is_no_token() {
        for text in ["", "  ", "tok a", "토큰", &"t".repeat(TOKEN_MAX + 1)] {
            assert_eq!(parse(text), Err(BadCard::NoToken), "{text}");
        }
    }
}
