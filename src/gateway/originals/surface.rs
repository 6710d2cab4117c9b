//! What there is: every resource that a profile names, under its path and its aliases.
//!
//! Invariant: made once, from the profiles that the desk was opened with. A path that several lines have stands for all of
//! them, and each is also found under the name of its line: `/taxi/payments`.

use crate::front::originals::{
    Act, COMMON, COMMON_WORDS, Dialect, Slot, encoded, members, slot_of,
};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Field, Lang, Price, Profile, ResourceOf};
use ascall_engine::domain::text::{composed, nfc};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A service line as its clients speak of it.
#[derive(Debug)]
pub(super) struct Line {
    /// Its newest profile.
    pub profile: Profile,
    /// How it speaks.
    pub dialect: &'static Dialect,
    /// What each word in a status means.
    acts: BTreeMap<String, Act>,
    /// The words that a new call may come with.
    first_words: BTreeSet<String>,
    /// What each member stands for, in whichever resource.
    slots: BTreeMap<String, Slot>,
}

impl Line {
    fn of(profile: &Profile) -> Self {
        let dialect = Dialect::of(&profile.name);
        let (mut acts, mut first_words) = (BTreeMap::new(), BTreeSet::new());
        for (phase, words) in &profile.phases {
            let names = [words.ko.as_str(), words.en.as_str(), phase.name()];
            for word in names.into_iter().filter(|word| !word.is_empty()) {
                if matches!(phase, Phase::Received | Phase::Gating) {
                    first_words.insert(nfc(word));
                }
                if let Some(act) = act_of(*phase) {
                    acts.insert(nfc(word), act);
                }
            }
        }
        first_words.extend(dialect.first_words.iter().map(|word| nfc(word)));
        acts.extend(dialect.words.iter().map(|(word, act)| (nfc(word), *act)));
        for (word, act) in COMMON_WORDS {
            acts.entry(word.to_owned()).or_insert(act);
        }
        let faces = dialect.faces.iter().flat_map(|face| face.members).chain(dialect.also);
        let fields = profile.fields.iter().flat_map(|field| {
            [field.name.as_str(), field.label.ko.as_str()].map(|name| (name, slot_of(field)))
        });
        let all = faces.chain(&COMMON).map(|(name, slot)| (*name, slot.clone()));
        let mut slots = BTreeMap::new();
        for (name, slot) in all.chain(fields) {
            slots.entry(nfc(name)).or_insert(slot);
        }
        Self { profile: profile.clone(), dialect, acts, first_words, slots }
    }

    /// What a word in a status means.
    pub(super) fn act(&self, word: &str) -> Option<Act> {
        self.acts.get(word).copied()
    }

    /// The words that mean something.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.acts.keys().map(String::as_str)
    }

    /// Whether a new call may come with this word.
    pub(super) fn is_first_word(&self, word: &str) -> bool {
        self.first_words.contains(word)
    }

    /// A phase in the words of the line. The originals speak Korean.
    pub(super) fn word(&self, phase: Phase) -> &str {
        let word = self.profile.phases.get(&phase).map(|words| words.in_lang(Lang::Ko));
        word.filter(|word| !word.is_empty()).unwrap_or(phase.name())
    }

    /// Whether a word is the one for this phase.
    pub(super) fn is_word(&self, phase: Phase, word: &str) -> bool {
        let english = self.profile.phases.get(&phase).map(|words| words.in_lang(Lang::En));
        composed(self.word(phase)) == word || english == Some(word) || phase.name() == word
    }

    /// Whether the price is reported when the work is over.
    pub(super) fn is_metered(&self) -> bool {
        self.profile.payment.is_some_and(|payment| payment.price == Price::Metered)
    }

    /// The field by which calls are known, when it is not by the how manyth they are.
    pub(super) fn reference(&self) -> Option<&Field> {
        self.profile.reference_field().filter(|_| self.dialect.by_reference)
    }

    /// The field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.profile.fields.iter().find(|field| field.name == name)
    }
}

/// What is to be done so that a call gets to a phase; none: it gets there by itself.
fn act_of(phase: Phase) -> Option<Act> {
    match phase {
        Phase::Canceled => Some(Act::Cancel),
        Phase::Assigned | Phase::Scheduled => Some(Act::Claim),
        Phase::InService => Some(Act::Start),
        Phase::Completed => Some(Act::Finish),
        _ => None,
    }
}

/// A resource under one of its paths.
#[derive(Debug)]
pub(super) struct Place {
    /// Whose.
    pub line: Arc<Line>,
    /// What is found there.
    pub of: ResourceOf,
    /// Its path, which is also its name in a collection.
    pub path: String,
    /// Its members, in their order.
    pub members: Vec<(String, Slot)>,
    /// Where it is found, as it stands in a link.
    pub href: String,
}

impl Place {
    /// What a member that a client sends stands for.
    pub(super) fn slot(&self, name: &str) -> Option<&Slot> {
        let own = self.members.iter().find(|(own, _)| own == name).map(|(_, slot)| slot);
        own.or_else(|| self.line.slots.get(name))
    }

    /// Whether this is shown.
    pub(super) fn shows(&self, slot: &Slot) -> bool {
        self.members.iter().any(|(_, shown)| shown == slot)
    }

    /// Whether there is an entry for each call, or for some of them.
    pub(super) fn is_of_calls(&self) -> bool {
        !matches!(self.of, ResourceOf::Members | ResourceOf::Stock)
    }
}

/// Everything that there is.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Surface {
    places: BTreeMap<String, Vec<Arc<Place>>>,
    lines: BTreeMap<String, Vec<Arc<Place>>>,
}

/// What an address stands for.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// The resources: several when lines share the path.
    pub places: &'a [Arc<Place>],
    /// Which of them; none: all.
    pub id: Option<String>,
}

impl Surface {
    /// What these lines name.
    pub(in crate::gateway) fn of(profiles: &[Profile]) -> Self {
        let mut all: Vec<Place> = Vec::new();
        for profile in profiles {
            let line = Arc::new(Line::of(profile));
            for resource in &profile.resources {
                for path in std::iter::once(&resource.path).chain(&resource.aliases) {
                    let path = nfc(path);
                    let members = members(profile, resource.of, &path);
                    let line = Arc::clone(&line);
                    let href = format!("/{}", encoded(&path));
                    all.push(Place { line, of: resource.of, path, members, href });
                }
            }
        }
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for place in &all {
            *times.entry(place.path.clone()).or_default() += 1;
        }
        let mut surface = Self::default();
        for mut place in all {
            let line = nfc(&place.line.profile.name);
            if times.get(&place.path).is_some_and(|times| *times > 1) {
                place.href = format!("/{}{}", encoded(&line), place.href);
            }
            let place = Arc::new(place);
            surface.places.entry(place.path.clone()).or_default().push(Arc::clone(&place));
            surface.lines.entry(line).or_default().push(place);
        }
        surface
    }

    /// Every resource with its address and the service line whose it is, by line.
    pub(in crate::gateway) fn listed(&self) -> impl Iterator<Item = (&str, &str)> {
        let places = self.lines.values().flatten();
        places.map(|place| (place.href.as_str(), place.line.profile.name.as_str()))
    }

    /// What is at this path of an address: `/orders`, `/orders/1`, `/shop/orders/1`, each with a slash behind it or not.
    pub(super) fn find(&self, path: &str) -> Option<Found<'_>> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let mut next = || parts.next().map(decoded);
        let first = next()??;
        let (places, id) = if let Some(places) = self.places.get(&first) {
            (places.as_slice(), next())
        } else {
            let of_line = self.lines.get(&first)?;
            let path = next()??;
            let at = of_line.iter().position(|place| place.path == path)?;
            (&of_line[at..=at], next())
        };
        let id = match id {
            None => None,
            Some(id) => Some(id?).filter(|id| !id.is_empty()),
        };
        // A slash may stand at the end, and nothing behind it.
        let (rest, more) = (next(), next());
        let ends = more.is_none() && rest.is_none_or(|rest| rest.as_deref() == Some(""));
        ends.then_some(Found { places, id })
    }
}

/// A part of a path as text; none: it is not UTF-8, or a sign is missing behind a percent sign.
fn decoded(part: &str) -> Option<String> {
    let bytes = unescaped(part.as_bytes(), false)?;
    let text = String::from_utf8(bytes).ok()?;
    Some(match composed(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(composed) => composed,
    })
}

/// Bytes without the escapes of addresses; in forms a plus sign stands for a space.
pub(super) fn unescaped(text: &[u8], is_form: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            b'+' if is_form => b' ',
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::profiles;

    fn surface() -> Surface {
        Surface::of(&profiles::load(&[]).unwrap())
    }

    /// What is found: lines, path and number.
    fn found(path: &str) -> Option<(Vec<String>, String, Option<String>)> {
        let surface = surface();
        let found = surface.find(path)?;
        let lines = found.places.iter().map(|place| place.line.profile.name.clone()).collect();
        Some((lines, found.places[0].path.clone(), found.id))
    }

    fn one(line: &str, path: &str, id: Option<&str>) -> (Vec<String>, String, Option<String>) {
        (vec![line.to_owned()], path.to_owned(), id.map(str::to_owned))
    }

    #[test]
    fn a_resource_is_found_with_and_without_a_number_and_a_slash_behind_it() {
        assert_eq!(found("/ascalls"), Some(one("repair", "ascalls", None)));
        assert_eq!(found("/ascalls/"), Some(one("repair", "ascalls", None)));
        assert_eq!(found("/ascalls/17"), Some(one("repair", "ascalls", Some("17"))));
        assert_eq!(found("/ascalls/17/"), Some(one("repair", "ascalls", Some("17"))));
        assert_eq!(found("/shop/orders/1"), Some(one("shop", "orders", Some("1"))));
        for nothing in
            ["/", "", "/ascall", "/ascalls/1/2", "/shop", "/shop/ascalls", "/ascalls/1//", "/%zz"]
        {
            assert!(found(nothing).is_none(), "{nothing}");
        }
    }

    #[test]
    fn korean_paths_are_found_composed_decomposed_and_percent_encoded() {
        let decomposed =
            "/\u{1110}\u{1162}\u{11a8}\u{1109}\u{1175}\u{1112}\u{1169}\u{110e}\u{116e}\u{11af}s/1";
        let escaped = format!("/{}/1", encoded("택시호출s"));
        let wanted = Some(one("driver", "택시호출s", Some("1")));
        for path in ["/택시호출s/1", decomposed, &escaped, &escaped.to_lowercase()] {
            assert_eq!(found(path), wanted, "{path}");
        }
    }

    #[test]
    fn a_path_that_two_lines_have_stands_for_both_and_for_each_under_its_name() {
        let (lines, path, _) = found("/payments").unwrap();
        assert_eq!((lines.len(), path.as_str()), (2, "payments"));
        assert_eq!(found("/taxi/payments/3"), Some(one("taxi", "payments", Some("3"))));
        let surface = surface();
        let hrefs = |path: &str| -> Vec<String> {
            surface.find(path).unwrap().places.iter().map(|place| place.href.clone()).collect()
        };
        assert_eq!(hrefs("/taxi/payments"), ["/taxi/payments"]);
        assert_eq!(hrefs("/calls"), ["/calls"]);
    }

    #[test]
    fn every_face_of_a_dialect_is_a_path_of_its_profile() {
        let surface = surface();
        for line in ["repair", "driver", "tutoring", "taxi", "shop"] {
            for face in Dialect::of(line).faces {
                let path = format!("/{line}/{}", encoded(face.path));
                assert!(surface.find(&path).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn the_page_names_every_resource_and_every_member() {
        let page = include_str!("../../../docs/originals.md");
        for line in ["repair", "driver", "tutoring", "taxi", "shop"] {
            let dialect = Dialect::of(line);
            let words = dialect.words.iter().map(|(word, _)| *word);
            let members = dialect.faces.iter().flat_map(|face| face.members).chain(dialect.also);
            for name in members
                .map(|(name, _)| *name)
                .chain(words)
                .chain(dialect.first_words.iter().copied())
            {
                assert!(page.contains(&format!("`{name}`")), "{line}: {name}");
            }
            for face in dialect.faces {
                assert!(page.contains(&format!("`/{}`", face.path)), "{}", face.path);
            }
        }
    }

    #[test]
    fn a_line_that_is_no_original_speaks_by_the_names_of_its_profile() {
        let mut profile = profiles::load(&[]).unwrap().remove(0);
        profile.name = "plumbing".to_owned();
        profile.resources[0].path = "jobs".to_owned();
        let surface = Surface::of(&[profile]);
        let found = surface.find("/jobs").unwrap();
        let names: Vec<&str> = found.places[0].members.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(
            names,
            ["tel", "location", "cost", "visit", "kind", "status", "worker", "workerTel"]
        );
        assert_eq!(found.places[0].slot("방문 위치"), Some(&Slot::Location), "by its label, too");
        assert_eq!(found.places[0].line.act("호출취소"), Some(Act::Cancel));
        assert_eq!(found.places[0].line.act("호출중"), None, "nobody makes a call open");
    }
}
