//! Tokens: who may come in over the network, and for what.
//!
//! Invariant: what is kept of a token is its hash, in a file that only the desk's user may write; a token is compared in
//! constant time. Once there is such a file nobody comes in without one of its tokens, even when none is left.

use super::caller::Scope;
use crate::front::error::UserError;
use rustix::rand::{GetRandomFlags, getrandom};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// What every token begins with, so that one that leaked is recognised.
pub(super) const PREFIX: &str = "ascall_";

/// How many bytes of a token are random.
const RANDOM_BYTES: usize = 24;

/// The longest name of a token.
const NAME_MAX: usize = 64;

/// How often a running desk looks whether the file has changed, in milliseconds.
const LOOK_EVERY_MS: u64 = 1_000;

/// One token, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// Under which name its bearer is journalled.
    pub name: String,
    /// What its bearer may do.
    pub scope: Scope,
    /// When it was made, in seconds since 1970.
    pub made_s: u64,
    /// The hash of the token.
    hash: String,
}

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(default, rename = "token")]
    tokens: Vec<Token>,
}

/// The tokens of the store at a path, in a file beside it.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    file: PathBuf,
}

impl Tokens {
    /// Those of `store`.
    pub(crate) fn of(store: &Path) -> Self {
        let mut name = store.file_name().unwrap_or_default().to_os_string();
        name.push(".tokens");
        Self { file: store.with_file_name(name) }
    }

    /// All of them, oldest first; none: nobody has ever made one.
    ///
    /// # Errors
    /// The file cannot be read, makes no sense, or may be written by others.
    pub(crate) fn read(&self) -> Result<Option<Vec<Token>>, UserError> {
        let found = match fs::metadata(&self.file) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.bad(&error.to_string())),
        };
        if found.mode() & 0o022 != 0 {
            return Err(self.bad("others may write it, so it proves nothing"));
        }
        let text = fs::read_to_string(&self.file).map_err(|e| self.bad(&e.to_string()))?;
        let kept: Kept = toml::from_str(&text).map_err(|e| self.bad(e.message()))?;
        Ok(Some(kept.tokens))
    }

    /// Makes a token and says it: the only time that it can be read.
    ///
    /// # Errors
    /// The name is taken or makes no sense, or the file cannot be read or written.
    pub(crate) fn make(&self, name: &str, scope: Scope) -> Result<String, UserError> {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.chars().count() > NAME_MAX || !name.chars().all(plain) {
            return Err(UserError::bad_token_name(name, NAME_MAX));
        }
        let _lock = self.locked()?;
        let mut tokens = self.read()?.unwrap_or_default();
        if tokens.iter().any(|token| token.name == name) {
            return Err(UserError::token_name_taken(name));
        }
        let secret = secret().map_err(|e| self.bad(&e.to_string()))?;
        let made_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let hash = blake3::hash(secret.as_bytes()).to_hex().to_string();
        tokens.push(Token { name: name.to_owned(), scope, made_s, hash });
        self.write(tokens)?;
        Ok(secret)
    }

    /// Takes a token back.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be read or written.
    pub(crate) fn revoke(&self, name: &str) -> Result<(), UserError> {
        let _lock = self.locked()?;
        let mut tokens = self.read()?.unwrap_or_default();
        let before = tokens.len();
        tokens.retain(|token| token.name != name);
        if tokens.len() == before {
            return Err(UserError::no_token(name));
        }
        self.write(tokens)
    }

    /// Keeps others from changing the file at the same time.
    fn locked(&self) -> Result<File, UserError> {
        let folder = self.file.parent().filter(|f| !f.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let locked = fs::create_dir_all(folder).and_then(|()| File::open(folder)).and_then(|f| {
            f.lock()?;
            Ok(f)
        });
        locked.map_err(|e| self.bad(&e.to_string()))
    }

    fn write(&self, tokens: Vec<Token>) -> Result<(), UserError> {
        let text = toml::to_string(&Kept { tokens }).map_err(|e| self.bad(&e.to_string()))?;
        let text =
            format!("# Made by `ascall token`. Only hashes: a lost token is made anew.\n\n{text}");
        let mut new = self.file.clone().into_os_string();
        new.push(".new");
        // One that a killed process left.
        drop(fs::remove_file(&new));
        let private = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new);
        let written = private.and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.file)
        });
        written.map_err(|e| self.bad(&e.to_string()))
    }

    fn bad(&self, what: &str) -> UserError {
        UserError::bad_tokens(&self.file, what)
    }
}

/// Something that nobody can guess.
fn secret() -> io::Result<String> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    let mut filled = 0;
    while filled < RANDOM_BYTES {
        let got = getrandom(&mut bytes[filled..], GetRandomFlags::empty());
        filled += got?;
    }
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    Ok(std::iter::once(PREFIX.to_owned()).chain(digits).collect())
}

/// The tokens as a running desk knows them: a change of the file counts within [`LOOK_EVERY_MS`].
pub(super) struct Ring {
    tokens: Tokens,
    begun: Instant,
    looked_ms: AtomicU64,
    known: RwLock<Known>,
}

/// What is known of the file.
struct Known {
    stamp: Option<Stamp>,
    bearers: Option<Arc<[Bearer]>>,
}

/// By what a change of the file is seen.
type Stamp = (u64, i64, i64);

/// A token in the form in which it is compared.
struct Bearer {
    name: String,
    scope: Scope,
    hash: blake3::Hash,
}

impl Ring {
    /// The tokens of `store`.
    ///
    /// # Errors
    /// As [`Tokens::read`].
    pub(super) fn of(store: &Path) -> Result<Self, UserError> {
        let tokens = Tokens::of(store);
        let known = Known { stamp: stamp(&tokens.file), bearers: bearers(&tokens)? };
        let (begun, looked_ms) = (Instant::now(), AtomicU64::new(0));
        Ok(Self { tokens, begun, looked_ms, known: RwLock::new(known) })
    }

    /// Whether somebody without a token may come in, as far as tokens are concerned.
    pub(super) fn is_open(&self) -> bool {
        self.bearers().is_none()
    }

    /// Whether nobody could come in with a token.
    pub(super) fn is_empty(&self) -> bool {
        self.bearers().is_none_or(|bearers| bearers.is_empty())
    }

    /// The name and scope of a token; none: it is not one of ours.
    pub(super) fn bearer(&self, token: &str) -> Option<(String, Scope)> {
        let bearers = self.bearers()?;
        let hash = blake3::hash(token.as_bytes());
        // All are compared, and each in constant time.
        let mut found = None;
        for bearer in bearers.iter() {
            if bearer.hash == hash {
                found = Some((bearer.name.clone(), bearer.scope));
            }
        }
        found
    }

    fn bearers(&self) -> Option<Arc<[Bearer]>> {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let looked = self.looked_ms.load(Ordering::Relaxed);
        let is_due = now.saturating_sub(looked) >= LOOK_EVERY_MS;
        let mine = Ordering::Relaxed;
        if is_due && self.looked_ms.compare_exchange(looked, now, mine, mine).is_ok() {
            self.look();
        }
        self.known.read().unwrap_or_else(PoisonError::into_inner).bearers.clone()
    }

    /// Reads the file again if it has changed. A file that makes no sense changes nothing.
    pub(super) fn look(&self) {
        let stamp = stamp(&self.tokens.file);
        if self.known.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return;
        }
        let read = bearers(&self.tokens);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.stamp = stamp;
        let Ok(bearers) = read else {
            let file = self.tokens.file.display();
            tracing::error!(%file, "the tokens cannot be read; those from before count");
            return;
        };
        let tokens = bearers.as_ref().map_or(0, |bearers| bearers.len());
        tracing::info!(tokens, "the tokens were read anew");
        known.bearers = bearers;
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let found = fs::metadata(file).ok()?;
    Some((found.ino(), found.mtime(), found.mtime_nsec()))
}

fn bearers(tokens: &Tokens) -> Result<Option<Arc<[Bearer]>>, UserError> {
    let bearer = |token: Token| {
        let hash = blake3::Hash::from_hex(&token.hash)
            .map_err(|_| tokens.bad(&format!("the hash of `{}` is none", token.name)))?;
        Ok(Bearer { name: token.name, scope: token.scope, hash })
    };
    let all = tokens.read()?.map(|all| all.into_iter().map(bearer).collect());
    all.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn tokens() -> (tempfile::TempDir, Tokens, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("desk.redb");
        (folder, Tokens::of(&store), store)
    }

    #[test]
    fn a_token_is_kept_as_a_hash_in_a_private_file() {
        let (_folder, tokens, _) = tokens();
        assert_eq!(tokens.read().unwrap(), None);
        let secret = tokens.make("phone-app", Scope::Operate).unwrap();
        assert!(secret.starts_with(PREFIX) && secret.len() == PREFIX.len() + 2 * RANDOM_BYTES);
        let text = fs::read_to_string(&tokens.file).unwrap();
        assert!(!text.contains(&secret) && text.contains("phone-app"), "{text}");
        assert_eq!(fs::metadata(&tokens.file).unwrap().mode() & 0o777, 0o600);
        assert_ne!(secret, tokens.make("other", Scope::Read).unwrap());
    }

    #[test]
    fn a_running_desk_knows_a_token_by_its_hash_and_a_revoked_one_no_more() {
        let (_folder, tokens, store) = tokens();
        let secret = tokens.make("phone-app", Scope::Operate).unwrap();
        let ring = Ring::of(&store).unwrap();
        assert_eq!(ring.bearer(&secret), Some(("phone-app".to_owned(), Scope::Operate)));
        assert_eq!(ring.bearer(&secret[..secret.len() - 1]), None);
        assert_eq!(ring.bearer(""), None);
        tokens.revoke("phone-app").unwrap();
        ring.look();
        assert_eq!(ring.bearer(&secret), None);
        assert!(ring.is_empty() && !ring.is_open(), "the last token does not take the lock along");
    }

    #[test]
    fn a_file_that_others_may_write_or_that_makes_no_sense_is_refused() {
        let (_folder, tokens, store) = tokens();
        let secret = tokens.make("a", Scope::Read).unwrap();
        let ring = Ring::of(&store).unwrap();
        fs::set_permissions(&tokens.file, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(tokens.read().is_err() && Ring::of(&store).is_err());
        fs::set_permissions(&tokens.file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&tokens.file, "[[token]]\nname = 1\n").unwrap();
        assert!(tokens.read().is_err());
        ring.look();
        assert!(ring.bearer(&secret).is_some(), "what was known before counts");
    }

    #[test]
    fn a_name_is_plain_and_taken_once() {
        let (_folder, tokens, _) = tokens();
        for bad in ["", "a b", "a\nb", "a/b", &"x".repeat(NAME_MAX + 1)] {
            assert!(tokens.make(bad, Scope::Read).is_err(), "{bad:?}");
        }
        tokens.make("전화-앱", Scope::Read).unwrap();
        assert!(tokens.make("전화-앱", Scope::Admin).is_err());
        assert!(tokens.revoke("phone").is_err());
    }
}
