//! What can be wrong with serving on the network: addresses and tokens.
//!
//! Invariant: each says what to type next; no token stands in a text.

use super::{Exit, UserError};
use crate::desk::remote::BadRemote;
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

    /// What should be the address of a desk is none, or its token is none.
    pub(crate) fn bad_remote(source: &str, why: BadRemote) -> Self {
        let hint = match why {
            BadRemote::Form => "write it as http://127.0.0.1:8080",
            BadRemote::Tls => {
                "go through a tunnel: ssh -N -L 8080:127.0.0.1:8080 HOST, then --url http://127.0.0.1:8080"
            }
            BadRemote::Secret => {
                "revoke it if it was a token, it has been seen; give the new one by ASCALL_TOKEN or --token-file"
            }
            BadRemote::Token => "a token is what `ascall token new` printed, and nothing else",
        };
        Self::said(Exit::Usage, format!("{source}: {why}"), Some(hint.to_owned()))
    }

    /// The file with a token cannot be used.
    pub(crate) fn bad_token_file(file: &Path, what: &str) -> Self {
        let file = file.display();
        let hint = format!("it holds one token and is yours alone: chmod 600 {file}");
        Self::said(Exit::Usage, format!("{file}: {what}"), Some(hint))
    }

    /// Two desks are meant at once.
    pub(crate) fn two_desks() -> Self {
        Self::said(
            Exit::Usage,
            "--store and --url name two desks",
            Some("leave one of them out".to_owned()),
        )
        .in_korean("--store와 --url은 함께 쓸 수 없습니다".to_owned(), "둘 중 하나만 쓰세요")
    }

    /// A verb that works on the desk's own machine, where another is meant.
    pub(crate) fn needs_machine(verb: &str, url: &str, source: &str) -> Self {
        Self::said(
            Exit::Usage,
            format!("`{verb}` works on the desk's own machine, and {source} names {url}"),
            Some(format!(
                "log in there: ascall {verb} …; for a desk of this machine: --store FILE"
            )),
        )
        .in_korean(
            format!("`{verb}`은(는) 데스크가 있는 컴퓨터에서만 됩니다 ({source}: {url})"),
            format!("그 컴퓨터에서: ascall {verb} …, 이 컴퓨터의 데스크라면: --store FILE"),
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
