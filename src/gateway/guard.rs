//! The guard before the routes on the network: who may come in, as whom, and for what.
//!
//! Invariant: a page of another site gets nothing, whatever name it calls this machine by; a token counts in the header
//! `Authorization` and nowhere else; without a token somebody comes in only on this machine, and only as long as no token
//! was ever made. Source of the shapes: OWASP's cheat sheets on CSRF and DNS rebinding,
//! <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>, and Fetch
//! Metadata, <https://www.w3.org/TR/fetch-metadata/>.

use super::Http;
use super::attach;
use super::caller::{Caller, Scope};
use super::problem::Problem;
use super::tokens::{PREFIX, Ring};
use crate::desk::Setup;
use crate::front::error::UserError;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

/// Probes: answered to whoever asks.
const PROBES: [&str; 2] = ["/livez", "/readyz"];

/// How the paths of look-ups end that go by POST, because what is looked for belongs in no address.
const LOOKUP: &str = "/search";

/// Names under which tokens are put where they do not belong.
const TOKEN_NAMES: [&str; 6] =
    ["access_token", "token", "api_key", "apikey", "auth", "authorization"];

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The guard.
pub(super) struct Guard {
    ring: Ring,
    /// Whether only processes of this machine can come.
    is_local: bool,
    /// Who somebody without a token is.
    operator: String,
    names: RwLock<Arc<Names>>,
    /// How many changes are under way at most.
    pub changes: usize,
}

/// By which names the gateway is called, and from which sites.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Names {
    /// Names of this machine, besides its addresses and `localhost`.
    pub hosts: Vec<String>,
    /// Sites whose pages may ask: `https://desk.example`.
    pub origins: Vec<String>,
}

/// Who was let in.
#[derive(Debug)]
pub(super) struct Admitted {
    /// As whom.
    pub caller: Caller,
    /// Whether a token says so.
    pub by_token: bool,
    /// The site whose page may read the answer.
    pub origin: Option<HeaderValue>,
}

impl Guard {
    /// The guard of a desk that is served at `http`.
    ///
    /// # Errors
    /// The tokens cannot be read; or others than this machine could come, and there is no token.
    pub(super) fn of(setup: &Setup, http: &Http) -> Result<Self, UserError> {
        let address = http.address();
        let ring = Ring::of(&setup.store)?;
        let is_local = address.ip().to_canonical().is_loopback();
        if !is_local && ring.is_empty() {
            return Err(UserError::needs_token(address));
        }
        let names = RwLock::new(Arc::new(http.names.clone()));
        Ok(Self { ring, is_local, operator: setup.operator.clone(), names, changes: http.changes })
    }

    /// From now on by these names; and the tokens are looked at anew.
    pub(super) fn reload(&self, names: Names) {
        *self.names.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(names);
        self.ring.look();
    }

    /// Lets a request in that came to `to`, or says why not.
    pub(super) fn admit(&self, to: SocketAddr, parts: &Parts) -> Result<Admitted, Problem> {
        let names = Arc::clone(&self.names.read().unwrap_or_else(PoisonError::into_inner));
        host_is_ours(&names, to.ip().to_canonical(), parts)?;
        let origin = site_may_ask(&names, &parts.headers)?;
        no_token_elsewhere(parts)?;
        let (caller, by_token) = self.caller(parts)?;
        if !PROBES.contains(&parts.uri.path()) {
            caller.may(needed(&parts.method, parts.uri.path())?)?;
        }
        Ok(Admitted { caller, by_token, origin })
    }

    fn caller(&self, parts: &Parts) -> Result<(Caller, bool), Problem> {
        let named = |name, scope| Caller { name, scope, trace: None };
        if let Some(token) = bearer(&parts.headers)? {
            let unknown = || unauthorized("this token is not known, or was revoked");
            let (name, scope) = self.ring.bearer(token).ok_or_else(unknown)?;
            return Ok((named(name, scope), true));
        }
        if self.is_local && self.ring.is_open() {
            return Ok((named(self.operator.clone(), Scope::Operate), false));
        }
        if PROBES.contains(&parts.uri.path()) {
            return Ok((named("probe".to_owned(), Scope::Read), false));
        }
        Err(unauthorized("this takes a token"))
    }
}

/// What a request takes: to look, or to change something.
///
/// # Errors
/// Nobody may ask it over the network.
pub(super) fn needed(method: &Method, path: &str) -> Result<Scope, Problem> {
    if let Some(needed) = attach::needed(path) {
        return needed;
    }
    let looks = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    Ok(if looks || path.ends_with(LOOKUP) { Scope::Read } else { Scope::Operate })
}

fn unauthorized(what: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", what)
        .hint("make one: ascall token new --scope operate --name NAME; send it as: Authorization: Bearer TOKEN")
}

/// The token of a request.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(unauthorized("there are two Authorization headers"));
    }
    let value = value.to_str().unwrap_or_default();
    match value.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(unauthorized("only Bearer tokens are taken")),
    }
}

/// Refuses a request that calls this machine by a name that is not its own: the name may be another site's, which had it
/// point here.
fn host_is_ours(names: &Names, to: IpAddr, parts: &Parts) -> Result<(), Problem> {
    let mut all = parts.headers.get_all(HOST).iter();
    let (host, more) = (all.next(), all.next());
    let bad = || Problem::new(StatusCode::BAD_REQUEST, "bad-host", "there must be one Host header");
    let host = host.filter(|_| more.is_none()).ok_or_else(bad)?;
    let host: Authority = host.to_str().ok().and_then(|h| h.parse().ok()).ok_or_else(bad)?;
    for named in std::iter::once(&host).chain(parts.uri.authority()) {
        if named.as_str().contains('@') || !is_ours(names, to, named.host()) {
            let detail = "this machine is not called by that name here";
            let problem = Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown-host", detail);
            return Err(problem.hint("let it be called so: ascall serve --host NAME"));
        }
    }
    Ok(())
}

fn is_ours(names: &Names, to: IpAddr, host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(ip) => ip == to || (ip.is_loopback() && to.is_loopback()),
        Err(_) => {
            host.eq_ignore_ascii_case("localhost")
                || names.hosts.iter().any(|name| name.eq_ignore_ascii_case(host))
        }
    }
}

/// Refuses what a page of another site asks; the site that may read the answer, when it is another one that may ask.
fn site_may_ask(names: &Names, headers: &HeaderMap) -> Result<Option<HeaderValue>, Problem> {
    let refused = || {
        let detail = "pages of other sites may not ask this desk";
        Problem::new(StatusCode::FORBIDDEN, "cross-site", detail)
            .hint("let a site ask: origins = [\"https://desk.example\"] below [http]")
    };
    let mut all = headers.get_all(ORIGIN).iter();
    let (origin, more) = (all.next(), all.next());
    if more.is_some() {
        return Err(refused());
    }
    if let Some(origin) = origin {
        let said = origin.to_str().unwrap_or_default();
        if names.origins.iter().any(|known| known.eq_ignore_ascii_case(said)) {
            return Ok(Some(origin.clone()));
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let site = said.strip_prefix("http://").or_else(|| said.strip_prefix("https://"));
        if !site.is_some_and(|site| site.eq_ignore_ascii_case(host)) {
            return Err(refused());
        }
    }
    // A browser says so even where it sends no Origin.
    let from = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    if from.is_some_and(|from| from != b"same-origin" && from != b"none") {
        return Err(refused());
    }
    Ok(None)
}

/// Refuses a token where it would be logged, kept or sent along by itself.
fn no_token_elsewhere(parts: &Parts) -> Result<(), Problem> {
    let refused = |place: &str| {
        let detail = format!("a token does not belong into {place}");
        Problem::new(StatusCode::BAD_REQUEST, "token-misplaced", detail)
            .hint("revoke it, it has been seen; send the new one as: Authorization: Bearer TOKEN")
    };
    let is_token = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().trim();
        TOKEN_NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)) || pair.contains(PREFIX)
    };
    let query = parts.uri.query().unwrap_or_default();
    if parts.uri.path().contains(PREFIX) || query.split('&').any(is_token) {
        return Err(refused("an address"));
    }
    for cookies in parts.headers.get_all(COOKIE) {
        let text = String::from_utf8_lossy(cookies.as_bytes());
        if text.split(';').any(is_token) {
            return Err(refused("a cookie"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::ask::NEEDS;
    use crate::desk::asker::Needs;
    use crate::desk::wire::{ASK, HELLO};
    use crate::gateway::tokens::Tokens;
    use axum::http::Request;

    fn asks(method: &Method, path: &str, token: Option<&str>) -> Parts {
        let mut request = Request::builder().method(method).uri(path).header(HOST, "localhost");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn each_question_is_asked_over_the_network_by_those_who_may_and_by_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("desk.redb");
        let tokens = Tokens::of(&store);
        let all = [Scope::Read, Scope::Operate, Scope::Admin];
        let bearers = all.map(|scope| (scope, tokens.make(scope.name(), scope).unwrap()));
        let to = SocketAddr::from(([127, 0, 0, 1], 8080));
        let ring = Ring::of(&store).unwrap();
        let names = RwLock::default();
        let guard = Guard { ring, is_local: true, operator: "kim".to_owned(), names, changes: 8 };
        let admit = |method: &Method, path: &str, token: Option<&str>| {
            guard.admit(to, &asks(method, path, token)).map_err(|problem| problem.status)
        };
        for (question, needs) in NEEDS {
            let path = format!("{ASK}{question}");
            for (has, token) in &bearers {
                let admitted =
                    admit(&Method::POST, &path, Some(token)).map(|admitted| admitted.caller.name);
                let may = needs.scope().is_some_and(|needs| *has >= needs);
                let expected =
                    if may { Ok(has.name().to_owned()) } else { Err(StatusCode::FORBIDDEN) };
                assert_eq!(admitted, expected, "{question} {has}");
            }
            for token in [None, Some("ascall_00")] {
                let refused = admit(&Method::POST, &path, token).map(|admitted| admitted.caller);
                assert_eq!(refused, Err(StatusCode::UNAUTHORIZED), "{question}");
            }
        }
        for other in ["%43opy", "copy", "Copy/", "Nothing", ""] {
            let path = format!("{ASK}{other}");
            let refused = admit(&Method::POST, &path, Some(&bearers[2].1)).map(|a| a.caller);
            assert_eq!(refused, Err(StatusCode::NOT_FOUND), "{other}");
        }
        assert!(admit(&Method::GET, HELLO, None).is_err());
        assert!(admit(&Method::GET, HELLO, Some(&bearers[0].1)).is_ok());
    }

    #[test]
    fn what_changes_the_desk_or_is_about_its_machine_is_marked_so() {
        let with = |wanted| {
            let marked = NEEDS.iter().filter(move |(_, needs)| *needs == wanted);
            marked.map(|(name, _)| *name).collect::<Vec<_>>()
        };
        assert_eq!(with(Needs::Operate), ["Check", "Orders", "DryRun", "Position"]);
        assert_eq!(with(Needs::Here), ["Copy", "GiveWay"]);
        assert!(with(Needs::Read).len() > 30);
    }
}
