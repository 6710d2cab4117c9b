//! Answers in HAL, as Spring Data REST gave them: `_links`, `_embedded`, `page`.
//!
//! Invariant: links are whole addresses, by the host that the client named; a host that no address can have is left out.
//! The form: <https://docs.spring.io/spring-data/rest/reference/paging-and-sorting.html>,
//! <https://datatracker.ietf.org/doc/html/draft-kelly-json-hal>.

use super::surface::Place;
use crate::front::originals::encoded;
use ascall_engine::domain::ids::CallId;
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// The header with the number of the call at the desk.
const ASCALL_CALL: HeaderName = HeaderName::from_static("ascall-call");

/// The media type.
pub(super) const HAL_JSON: &str = "application/hal+json";

/// How many entries a page has when nobody says.
const SIZE: u64 = 20;

/// The most entries of a page.
const SIZE_MAX: u64 = 1_000;

/// The beginning of every link.
#[derive(Debug, Clone, Default)]
pub(super) struct Base(String);

impl Base {
    /// By the host that the client named.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let sane = |host: &&str| {
            !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b))
        };
        Self(host.filter(sane).map(|host| format!("http://{host}")).unwrap_or_default())
    }

    /// The link to one thing.
    pub(super) fn one(&self, place: &Place, key: &str) -> String {
        format!("{}{}/{}", self.0, place.href, encoded(key))
    }

    fn all(&self, href: &str, page: Page) -> String {
        format!("{}{href}?page={}&size={}", self.0, page.number, page.size)
    }
}

#[derive(Serialize)]
struct Link<'a> {
    href: &'a str,
}

#[derive(Serialize)]
struct Itself<'a> {
    #[serde(rename = "self")]
    link: Link<'a>,
}

/// One thing with its members.
pub(super) struct Item<T> {
    /// What is known of it.
    pub facts: T,
    /// Its link.
    pub href: String,
}

/// Something whose members can be written.
pub(super) trait Members {
    /// The call that it is about, when it is about one.
    fn call(&self) -> Option<CallId> {
        None
    }

    /// Writes them.
    fn write<M: SerializeMap>(&self, place: &Place, map: &mut M) -> Result<(), M::Error>;
}

struct Whole<'a, T> {
    item: &'a Item<T>,
    place: &'a Place,
}

impl<T: Members> Serialize for Whole<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        self.item.facts.write(self.place, &mut map)?;
        map.serialize_entry("_links", &Itself { link: Link { href: &self.item.href } })?;
        map.end()
    }
}

impl<T: Members> Item<T> {
    fn body(&self, place: &Place) -> Vec<u8> {
        // Members are texts and numbers, which JSON can say.
        serde_json::to_vec(&Whole { item: self, place }).unwrap_or_default()
    }

    /// It was made.
    pub(super) fn created(&self, place: &Place) -> Response {
        let head = [(CONTENT_TYPE, HAL_JSON), (LOCATION, self.href.as_str())];
        named(self.facts.call(), (StatusCode::CREATED, head, self.body(place)))
    }

    /// It is there.
    pub(super) fn found(&self, place: &Place) -> Response {
        named(self.facts.call(), ([(CONTENT_TYPE, HAL_JSON)], self.body(place)))
    }
}

/// The same answer with the number that the call has at the desk: the numbers in addresses are of each resource's own.
pub(super) fn named(call: Option<CallId>, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Some(name) = call.and_then(|call| HeaderValue::from_str(&call.to_string()).ok()) {
        response.headers_mut().insert(ASCALL_CALL, name);
    }
    response
}

/// Which page of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// From 0.
    pub number: u64,
    /// How many entries it has.
    pub size: u64,
}

impl Page {
    /// As the query asks for it; what is no number is passed over.
    pub(super) fn of(query: Option<&str>) -> Self {
        let pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        let mut page = Self { number: 0, size: SIZE };
        for (name, value) in pairs {
            match (name, value.parse()) {
                ("page", Ok(number)) => page.number = number,
                ("size", Ok(size)) => page.size = u64::clamp(size, 1, SIZE_MAX),
                _ => {}
            }
        }
        page
    }

    /// The places of its entries among all, from 0.
    pub(super) fn entries(self) -> std::ops::Range<u64> {
        let from = self.number.saturating_mul(self.size);
        from..from.saturating_add(self.size)
    }
}

/// A page of a collection.
pub(super) struct Collection<T> {
    /// Which.
    pub page: Page,
    /// How many entries there are in all.
    pub total: u64,
    /// Its entries, each with the resource it is of.
    pub items: Vec<(std::sync::Arc<Place>, Item<T>)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageOut {
    size: u64,
    total_elements: u64,
    total_pages: u64,
    number: u64,
}

impl<T: Members> Collection<T> {
    /// The answer under this name, found at `href`.
    pub(super) fn found(&self, name: &str, href: &str, base: &Base) -> Response {
        let body = serde_json::to_vec(&Out { all: self, name, href, base }).unwrap_or_default();
        ([(CONTENT_TYPE, HAL_JSON)], body).into_response()
    }

    fn links(&self, href: &str, base: &Base) -> Vec<(&'static str, String)> {
        let Page { number, size } = self.page;
        let last = self.total.div_ceil(size).saturating_sub(1);
        let at = |number| base.all(href, Page { number, size });
        let mut links = vec![("self", at(number))];
        if last > 0 {
            links.push(("first", at(0)));
            links.extend((number > 0).then(|| ("prev", at(last.min(number - 1)))));
            links.extend((number < last).then(|| ("next", at(number + 1))));
            links.push(("last", at(last)));
        }
        links
    }
}

struct Out<'a, T> {
    all: &'a Collection<T>,
    name: &'a str,
    href: &'a str,
    base: &'a Base,
}

impl<T: Members> Serialize for Out<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        let Collection { page, total, items } = self.all;
        let items: Vec<_> = items.iter().map(|(place, item)| Whole { item, place }).collect();
        map.serialize_entry("_embedded", &One(self.name, &items))?;
        map.serialize_entry("_links", &Links(&self.all.links(self.href, self.base)))?;
        let pages = total.div_ceil(page.size);
        let (size, number) = (page.size, page.number);
        let page = PageOut { size, total_elements: *total, total_pages: pages, number };
        map.serialize_entry("page", &page)?;
        map.end()
    }
}

struct One<'a, T>(&'a str, &'a T);

impl<T: Serialize> Serialize for One<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

struct Links<'a>(&'a [(&'static str, String)]);

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, href) in self.0 {
            map.serialize_entry(name, &Link { href })?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_asked_for_within_limits() {
        let page = |query| Page::of(Some(query));
        assert_eq!(Page::of(None), Page { number: 0, size: 20 });
        assert_eq!(page("page=2&size=5"), Page { number: 2, size: 5 });
        assert_eq!(page("size=0&page=x&sort=id,desc"), Page { number: 0, size: 1 });
        assert_eq!(page("size=99999"), Page { number: 0, size: 1_000 });
        assert_eq!(page("page=2&size=5").entries(), 10..15);
        let far = page("page=18446744073709551615&size=1000").entries();
        assert!(far.start > 1 << 40 && far.end >= far.start);
    }

    #[test]
    fn links_begin_with_the_host_that_was_named_when_an_address_can_have_it() {
        let base = |host: &[u8]| {
            Base::of(&HeaderMap::from_iter([(HOST, HeaderValue::from_bytes(host).unwrap())])).0
        };
        assert_eq!(base(b"localhost:8080"), "http://localhost:8080");
        assert_eq!(base(b"[::1]:8080"), "http://[::1]:8080");
        for bad in ["", "a/b", "a\"b", "a b"] {
            assert_eq!(base(bad.as_bytes()), "", "{bad}");
        }
        assert_eq!(Base::of(&HeaderMap::new()).0, "");
    }
}
