//! The console's part of the configuration: its colours and its keys.
//!
//! Invariant: a key that two actions would share at once is refused when the file is read, not when it is pressed.

use super::spoken::Spoken;
use super::{Env, Known, Source};
use crate::front::error::UserError;
use crate::toml_file::nearest;
use crate::tui::keys::{BadKey, Keymap, TABLE};
use crate::tui::theme::Theme;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The table of the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Console {
    theme: Option<ThemeName>,
    #[serde(default)]
    keys: BTreeMap<String, String>,
}

/// A theme by name.
#[derive(Debug, Clone, Copy, Deserialize)]
enum ThemeName {
    #[serde(rename = "dark")]
    Dark,
    #[serde(rename = "light")]
    Light,
    #[serde(rename = "16")]
    Sixteen,
    #[serde(rename = "none")]
    Plain,
}

impl From<ThemeName> for Theme {
    fn from(name: ThemeName) -> Self {
        match name {
            ThemeName::Dark => Self::Dark,
            ThemeName::Light => Self::Light,
            ThemeName::Sixteen => Self::Sixteen,
            ThemeName::Plain => Self::Plain,
        }
    }
}

/// The colours: as said, else as the terminal says of itself (<https://no-color.org>, `COLORTERM`).
pub(super) fn theme(said: &Console, env: &Env, of: impl Fn(&str) -> Source) -> Known<Theme> {
    let from = |name: &str| Source::Env(name.to_owned());
    let many = |value: &&str| ["truecolor", "24bit"].contains(value);
    let places = [
        said.theme.map(|name| (name.into(), of("console.theme"))),
        env.var("NO_COLOR").map(|_| (Theme::Plain, from("NO_COLOR"))),
        env.var("COLORTERM").filter(many).map(|_| (Theme::Dark, from("COLORTERM"))),
    ];
    Known::first(places, Theme::Sixteen)
}

/// The keys: those that are said, and the usual ones for everything else.
pub(super) fn keys(said: &Console, spoken: &Spoken) -> Result<Keymap, UserError> {
    Keymap::with(&said.keys).map_err(|bad| {
        let (name, what, near) = fault(bad, &said.keys);
        UserError::from(spoken.fault(&format!("console.keys.{name}"), what, near))
    })
}

/// The action that is wrong, what is wrong with it, and what was meant.
fn fault(bad: BadKey, said: &BTreeMap<String, String>) -> (String, String, Option<String>) {
    match bad {
        BadKey::NoSuchAction(name) => {
            let names: Vec<String> =
                TABLE.iter().map(crate::tui::keys::Binding::key_name).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let near = nearest(&name, &names).map(str::to_owned);
            (name.clone(), format!("console.keys: there is no action `{name}`"), near)
        }
        BadKey::NoSuchKey { action, key } => {
            let what = format!("console.keys.{action}: `{key}` is no key (`x`, `ctrl-x`, `f5`)");
            (action, what, None)
        }
        BadKey::Taken { key, one, other } => {
            // The one that was said is the one to be mended.
            let (at, holds) = if said.contains_key(&one) { (one, other) } else { (other, one) };
            let what = format!("console.keys.{at}: `{key}` is the key of `{holds}` already");
            (at, what, None)
        }
    }
}
