//! `ascall token`: who may come in over the network.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use crate::gateway::{Scope, Token, Tokens};
use ascall_engine::domain::ids::Time;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

/// Tokens for programs that ask over HTTP. They are kept as hashes in a file beside the store.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token and print it, this one time: `token new --scope operate --name phone-app`.
    New(New),
    /// List the tokens.
    List,
    /// Take a token back; a running desk knows it no more a second later.
    Revoke(Revoke),
}

/// A new token.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// What its bearer may do.
    #[arg(long, value_enum)]
    scope: Permitted,
    /// Under which name its bearer is journalled.
    #[arg(long, value_name = "NAME")]
    name: String,
}

/// One that is taken back.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Its name.
    #[arg(value_name = "NAME")]
    name: String,
}

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Permitted {
    /// Look.
    Read,
    /// Take calls and look after them, too.
    Operate,
    /// Change how the desk runs, too: participants, breakers, profiles.
    Admin,
}

impl From<Permitted> for Scope {
    fn from(permitted: Permitted) -> Self {
        match permitted {
            Permitted::Read => Self::Read,
            Permitted::Operate => Self::Operate,
            Permitted::Admin => Self::Admin,
        }
    }
}

/// A token as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct TokenJson {
    name: String,
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<String>,
    /// Only when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip)]
    made: Option<Time>,
}

impl TokenJson {
    fn of(token: &Token) -> Self {
        let ms = i64::try_from(token.made_s).unwrap_or_default().saturating_mul(1_000);
        let made = Time(ms);
        let (name, scope) = (token.name.clone(), token.scope);
        Self { name, scope, made_at: Some(iso(made)), token: None, made: Some(made) }
    }
}

impl Show for TokenJson {
    fn id(&self) -> String {
        self.token.clone().unwrap_or_else(|| self.name.clone())
    }
    const CSV: &'static [&'static str] = &["name", "scope", "made_at", "token"];
    const HEADS: &'static [Word] = &[Word::Name, Word::Scope, Word::Time];
    fn cells(&self, look: &Look) -> Vec<String> {
        let made = self.made.map(|at| look.clock.exact(at)).unwrap_or_default();
        vec![self.name.clone(), self.scope.to_string(), made]
    }
}

/// Does it.
pub(crate) fn run(args: &TokenVerb, cx: &mut Cx) -> Result<Exit, UserError> {
    let tokens = Tokens::of(&cx.setup.store);
    match args {
        TokenVerb::New(new) => {
            let scope = new.scope.into();
            let secret = tokens.make(&new.name, scope)?;
            let (name, token) = (new.name.clone(), Some(secret.clone()));
            let made = TokenJson { name, scope, made_at: None, token, made: None };
            cx.ui.one(&made, &secret)?;
            if cx.ui.format == Format::Table {
                let text = cx.ui.look.word(Word::TokenOnce);
                cx.ui.note(&text)?;
            }
        }
        TokenVerb::List => {
            let all = tokens.read()?.unwrap_or_default();
            let all: Vec<TokenJson> = all.iter().map(TokenJson::of).collect();
            cx.ui.many(&all)?;
        }
        TokenVerb::Revoke(revoke) => {
            tokens.revoke(&revoke.name)?;
            let text = cx.ui.look.say(Word::TokenRevoked, &[&revoke.name]);
            cx.ui.line(&text)?;
        }
    }
    Ok(Exit::Done)
}
