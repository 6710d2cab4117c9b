//! The address of a desk that is asked over the network, and what is shown there to be let in.
//!
//! Invariant: the token stands in a header of a request and nowhere else: not in an address, not in an error, not in what
//! `Debug` prints. Knows nothing of what is said.

use hyper::Uri;
use hyper::header::HeaderValue;
use rustix::net::sockopt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpStream;

/// How long a connection may take to come about, the look-up of the name included.
const CONNECT: Duration = Duration::from_secs(3);

/// A machine that says nothing for so long is asked whether it is there still, so often, so many times: a question that may
/// take long does not wait for one that has lost its power.
const QUIET: Duration = Duration::from_secs(10);
const PROBE_EVERY: Duration = Duration::from_secs(5);
const PROBES: u32 = 4;

/// A desk on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remote {
    /// Name or address, an IPv6 one in brackets, and the port when one was said.
    authority: String,
    host: String,
    port: u16,
    bearer: Option<HeaderValue>,
}

/// Why something is no address of a desk. The text is not repeated: it may hold what nobody should read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum BadRemote {
    /// No address at all.
    #[error("that is no address of a desk")]
    Form,
    /// Encrypted.
    #[error("https is not spoken here")]
    Tls,
    /// A name, a password or a token before the host.
    #[error("a name or a token does not belong into an address")]
    Secret,
    /// A token that no header can hold.
    #[error("that is no token")]
    Token,
}

impl Remote {
    /// The desk at `url`: `http://HOST:PORT`.
    ///
    /// # Errors
    /// It is something else, or the token is none.
    pub(crate) fn at(url: &str, token: Option<&str>) -> Result<Self, BadRemote> {
        if url.contains('@') || url.contains('?') {
            return Err(BadRemote::Secret);
        }
        let uri: Uri = url.parse().map_err(|_| BadRemote::Form)?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(BadRemote::Tls),
            _ => return Err(BadRemote::Form),
        }
        let authority = uri.authority().filter(|_| uri.path() == "/").ok_or(BadRemote::Form)?;
        let bare = authority.host().strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bare.unwrap_or(authority.host());
        let port = match authority.as_str().rsplit_once(':') {
            Some((_, port)) if !port.ends_with(']') => port.parse().map_err(|_| BadRemote::Form)?,
            _ => 80,
        };
        if host.is_empty() || port == 0 {
            return Err(BadRemote::Form);
        }
        let bearer = |token: &str| {
            let plain = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value = value.ok().filter(|_| plain).ok_or(BadRemote::Token)?;
            value.set_sensitive(true);
            Ok(value)
        };
        let bearer = token.map(bearer).transpose()?;
        Ok(Self { authority: authority.to_string(), host: host.to_owned(), port, bearer })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// How it is called in a request.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether others may read along on the way.
    pub(crate) fn is_overheard(&self) -> bool {
        let here = self.host.eq_ignore_ascii_case("localhost");
        !here && !self.host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }

    /// What is shown to be let in.
    pub(crate) fn bearer(&self) -> Option<&HeaderValue> {
        self.bearer.as_ref()
    }

    /// A connection, in bounded time.
    pub(crate) async fn connect(&self) -> io::Result<TcpStream> {
        let connected = TcpStream::connect((self.host.as_str(), self.port));
        let stream = tokio::time::timeout(CONNECT, connected).await??;
        stream.set_nodelay(true)?;
        sockopt::set_socket_keepalive(&stream, true)?;
        sockopt::set_tcp_keepidle(&stream, QUIET)?;
        sockopt::set_tcp_keepintvl(&stream, PROBE_EVERY)?;
        sockopt::set_tcp_keepcnt(&stream, PROBES)?;
        Ok(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port_and_nothing_else() {
        for (url, host, port) in [
            ("http://127.0.0.1:8080", "127.0.0.1", 8080),
            ("http://127.0.0.1:8080/", "127.0.0.1", 8080),
            ("http://desk.example", "desk.example", 80),
            ("http://[::1]:9", "::1", 9),
            ("http://[::1]", "::1", 80),
        ] {
            let remote = Remote::at(url, None).unwrap();
            assert_eq!((remote.host.as_str(), remote.port), (host, port), "{url}");
            assert_eq!(remote.url(), url.trim_end_matches('/'));
        }
        for (url, why) in [
            ("", BadRemote::Form),
            ("desk.example:8080", BadRemote::Form),
            ("ftp://desk.example", BadRemote::Form),
            ("http://", BadRemote::Form),
            ("http://desk.example/v1", BadRemote::Form),
            ("http://desk.example:0", BadRemote::Form),
            ("http://desk.example:99999", BadRemote::Form),
            ("https://desk.example", BadRemote::Tls),
            ("http://kim:ascall_00@desk.example", BadRemote::Secret),
            ("http://desk.example/?token=ascall_00", BadRemote::Secret),
        ] {
            assert_eq!(Remote::at(url, None), Err(why), "{url}");
        }
    }

    #[test]
    fn a_token_is_never_printed() {
        let remote = Remote::at("http://127.0.0.1:1", Some("ascall_00ff")).unwrap();
        assert!(!format!("{remote:?} {}", remote.url()).contains("00ff"));
        for bad in ["", "a b", "a\nb", "토큰"] {
            assert_eq!(Remote::at("http://127.0.0.1:1", Some(bad)), Err(BadRemote::Token));
        }
    }

    #[test]
    fn only_what_stays_on_this_machine_is_not_overheard() {
        let overheard = |url| Remote::at(url, None).unwrap().is_overheard();
        for url in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
            assert!(!overheard(url), "{url}");
        }
        for url in ["http://192.0.2.1:1", "http://desk.example", "http://localhost.example"] {
            assert!(overheard(url), "{url}");
        }
    }
}
