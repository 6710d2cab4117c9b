//! What can be wrong with serving on the network: addresses and tokens.
//!
//! Invariant: each says what to type next; no token stands in a text.

use super::{Exit, UserError};
use std::io;
use std::net::SocketAddr;
use std::path::Path;

impl UserError {
    /// What should be an address to listen on is none.
    pub(crate) fn bad_address(text: &str, source: &str) -> Self {
        Self::said(
            Exit::Usage,
            format!("{source}: `{text}` is no address with a port"),
            Some("write it as 127.0.0.1:8080 or [::1]:8080".to_owned()),
        )
    }

    /// Programs on the network cannot be served at this address.
    pub(crate) fn cannot_listen(address: SocketAddr, why: &io::Error) -> Self {
        let mut error = Self::said(
            Exit::Usage,
            format!("{address} cannot be listened on"),
            Some("take another address: ascall serve --listen 127.0.0.1:8081".to_owned()),
        );
        if let Self::Said(said) = &mut error {
            said.causes.push(why.to_string());
        }
        error
    }

    /// Others than this machine could come in, and nobody would be asked who they are.
    pub(crate) fn needs_token(address: SocketAddr) -> Self {
        Self::said(
            Exit::Usage,
            format!("{address} can be reached from other machines, and this desk has no token"),
            Some(
                "make one: ascall token new --scope operate --name NAME; or listen on 127.0.0.1"
                    .to_owned(),
            ),
        )
    }

    /// The file of the tokens cannot be used.
    pub(crate) fn bad_tokens(file: &Path, what: &str) -> Self {
        Self::said(
            Exit::Storage,
            format!("{}: {what}", file.display()),
            Some(format!("see whose it is: ls -l {}; lost tokens are made anew", file.display())),
        )
    }

    /// A token cannot be called so.
    pub(crate) fn bad_token_name(name: &str, max: usize) -> Self {
        let name: String = name.chars().take(40).collect();
        Self::said(
            Exit::Usage,
            format!("`{name}` is no name of a token"),
            Some(format!("take up to {max} letters, digits, hyphens and dots: --name phone-app")),
        )
    }

    /// Another token is called so.
    pub(crate) fn token_name_taken(name: &str) -> Self {
        Self::said(
            Exit::Refused,
            format!("there is a token `{name}` already"),
            Some(format!("take it back first: ascall token revoke {name}")),
        )
    }

    /// No token is called so.
    pub(crate) fn no_token(name: &str) -> Self {
        let name: String = name.chars().take(40).collect();
        Self::said(
            Exit::Refused,
            format!("there is no token `{name}`"),
            Some("see the tokens: ascall token list".to_owned()),
        )
    }
}
