//! The regions of Korea in memory, and their names in order.
//!
//! Invariant: read once, never changed; every list it gives is in the order of level, then code.
//! Knows nothing of addresses: it answers single names.

use crate::domain::geo::{Point, micro_degrees};
use std::sync::OnceLock;

static REGIONS: &str = include_str!("kr_gazetteer.csv");
static ALIASES: &str = include_str!("kr_region_aliases.csv");

/// The position of a region; the order is level, then code.
pub(super) type Id = u16;

/// The level of a region, largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Sido,
    Sigungu,
    Ldong,
    Hdong,
}

#[derive(Debug)]
pub(super) struct Region {
    pub level: Level,
    pub code: u64,
    pub sido: &'static str,
    pub sigungu: &'static str,
    pub emd: &'static str,
    pub point: Point,
    pub radius_m: Option<u32>,
}

#[derive(Debug)]
pub(super) struct Gazetteer {
    regions: Vec<Region>,
    /// Short name to official name of a province.
    aliases: Vec<(&'static str, &'static str)>,
    /// Every name, sorted, with its region.
    names: Vec<(&'static str, Id)>,
    /// Names of administrative dongs without their counting syllable, sorted.
    plain: Vec<(String, Id)>,
    /// Every name of a 시, 군, 구, 읍, 면 or 동 without that last syllable, sorted.
    stems: Vec<(&'static str, Id)>,
}

/// The gazetteer, read at the first call.
pub(super) fn get() -> &'static Gazetteer {
    static READ: OnceLock<Gazetteer> = OnceLock::new();
    READ.get_or_init(Gazetteer::read)
}

impl Region {
    /// The name of its own level: `분당구`, `정자동`.
    pub(super) fn name(&self) -> &'static str {
        match self.level {
            Level::Sido => self.sido,
            Level::Sigungu => self.sigungu.rsplit(' ').next().unwrap_or(self.sigungu),
            Level::Ldong | Level::Hdong => self.emd,
        }
    }

    /// Its own name, and for a 구 inside a 시 both together.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let whole = self.level == Level::Sigungu && self.sigungu.contains(' ');
        std::iter::once(self.name()).chain(whole.then_some(self.sigungu))
    }
}

impl Gazetteer {
    pub(super) fn read() -> Self {
        let mut regions: Vec<Region> = REGIONS.lines().skip(1).filter_map(region).collect();
        regions.sort_unstable_by_key(|r| (r.level, r.code));
        let aliases: Vec<_> = ALIASES
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.splitn(3, ',');
                Some((cells.next()?, cells.next()?))
            })
            .collect();
        let mut names = Vec::with_capacity(regions.len());
        let mut plain = Vec::with_capacity(512);
        let mut stems = Vec::with_capacity(regions.len());
        for (id, region) in (0..).zip(&regions) {
            let name = region.name();
            names.push((name, id));
            if let Some(name) = self::plain(name) {
                plain.push((name, id));
            }
            if matches!(region.level, Level::Sigungu | Level::Ldong)
                && let Some(stem) = name.strip_suffix(['시', '군', '구', '읍', '면', '동'])
                && stem.chars().nth(1).is_some()
            {
                stems.push((stem, id));
            }
        }
        names.sort_unstable();
        plain.sort_unstable();
        stems.sort_unstable();
        Self { regions, aliases, names, plain, stems }
    }

    pub(super) fn region(&self, id: Id) -> &Region {
        &self.regions[usize::from(id)]
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        (0..).take(self.regions.len())
    }

    pub(super) fn aliases_of(&self, sido: &'static str) -> impl Iterator<Item = &'static str> {
        self.aliases.iter().filter(move |(_, official)| *official == sido).map(|(alias, _)| *alias)
    }

    /// The regions one word can mean: by full name; else by a province's short name together with
    /// cities and districts of that stem (`광주`); else by stem (`마포` → 마포구, 마포동).
    pub(super) fn lookup(&self, word: &str) -> Vec<Id> {
        let word = word.replace(['·', 'ㆍ', '‧', '・'], ".");
        let mut found = self.named(&word);
        if found.is_empty() {
            found.extend(equal(&self.plain, &word));
        }
        if found.is_empty()
            && let Some(plain) = plain(&word)
        {
            found = self.named(&plain);
        }
        let alias = self.aliases.iter().find(|(alias, _)| *alias == word);
        if let Some((_, official)) = alias {
            found.extend(self.named(official));
            found.extend(
                equal(&self.stems, &word).filter(|&id| self.region(id).level == Level::Sigungu),
            );
        } else if found.is_empty() {
            found.extend(equal(&self.stems, &word));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn named(&self, word: &str) -> Vec<Id> {
        equal(&self.names, word).collect()
    }

    /// Whether `inner` lies in `outer` and is not the same.
    pub(super) fn inside(&self, inner: Id, outer: Id) -> bool {
        let (inner, outer) = (self.region(inner), self.region(outer));
        if inner.level <= outer.level && inner.level != Level::Sigungu || inner.sido != outer.sido {
            return false;
        }
        match outer.level {
            Level::Sido => inner.level > Level::Sido,
            Level::Sigungu => match inner.sigungu.strip_prefix(outer.sigungu) {
                Some("") => inner.level > Level::Sigungu,
                Some(rest) => inner.level >= Level::Sigungu && rest.starts_with(' '),
                None => false,
            },
            Level::Ldong | Level::Hdong => false,
        }
    }

    /// Whether `inner` is a dong of the district `outer` itself, with no level between.
    pub(super) fn directly(&self, inner: Id, outer: Id) -> bool {
        let (inner, outer) = (self.region(inner), self.region(outer));
        outer.level == Level::Sigungu
            && inner.level > Level::Sigungu
            && (inner.sido, inner.sigungu) == (outer.sido, outer.sigungu)
    }
}

/// The ids of the entries with this very name in a sorted list.
fn equal<'a, S: AsRef<str>>(list: &'a [(S, Id)], word: &'a str) -> impl Iterator<Item = Id> + 'a {
    let start = list.partition_point(|(name, _)| name.as_ref() < word);
    list[start..].iter().take_while(move |(name, _)| name.as_ref() == word).map(|&(_, id)| id)
}

/// An administrative dong without its counting syllable: `불광제1동` is `불광1동` to most people.
fn plain(name: &str) -> Option<String> {
    let (at, _) = name.match_indices('제').find(|(at, syllable)| {
        name.as_bytes().get(at + syllable.len()).is_some_and(u8::is_ascii_digit)
    })?;
    Some(format!("{}{}", &name[..at], &name[at + '제'.len_utf8()..]))
}

fn region(line: &'static str) -> Option<Region> {
    let mut cells = line.split(',');
    let level = match cells.next()? {
        "sido" => Level::Sido,
        "sigungu" => Level::Sigungu,
        "ldong" => Level::Ldong,
        "hdong" => Level::Hdong,
        _ => return None,
    };
    let code = cells.next()?.parse().ok()?;
    let (sido, sigungu, emd) = (cells.next()?, cells.next()?, cells.next()?);
    let mut degrees = || i32::try_from(micro_degrees(cells.next()?)?).ok();
    let point = Point::new(degrees()?, degrees()?).ok()?;
    // A millionth of a kilometre is a millimetre: the same reader serves.
    let radius_m =
        micro_degrees(cells.next()?).and_then(|mm| u32::try_from((mm + 999) / 1_000).ok());
    Some(Region { level, code, sido, sigungu, emd, point, radius_m })
}
