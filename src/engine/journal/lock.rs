//! The lock of a store: one engine per file.
//!
//! Invariant: the operating system's lock on `<store>.lock` is the truth; the text in it only tells
//! a loser who won, and the next one who died. The file is never removed, and the lock is kept while the store is opened
//! again. That somebody died is not forgotten until the store was found whole.
//! Knows nothing of what the store contains.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The longest holder text that is read.
const TEXT_MAX: u64 = 256;

/// Who holds a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// What it is doing, such as `serve`.
    pub verb: String,
    /// Since when, in milliseconds since the Unix epoch.
    pub since_ms: i64,
}

impl Holder {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let pid = words.next()?.parse().ok()?;
        let since_ms = words.next()?.parse().ok()?;
        let verb: String = words.next()?.chars().filter(char::is_ascii_graphic).take(40).collect();
        Some(Self { pid, verb, since_ms })
    }

    fn text(&self) -> String {
        let verb: String = self.verb.chars().filter(char::is_ascii_graphic).take(40).collect();
        let verb = if verb.is_empty() { "-" } else { &verb };
        format!("{} {} {verb}\n", self.pid, self.since_ms)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (process {})", self.verb, self.pid)
    }
}

/// Why the lock was not got.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody has it.
    #[error("the store is in use{}", holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Busy {
        /// Who, if the file says so; it may have just changed.
        holder: Option<Holder>,
    },
    /// The lock file could not be made, read or locked.
    #[error("the lock file could not be used: {0}")]
    Io(#[from] io::Error),
}

/// The right to open the store, until it is dropped.
#[derive(Debug)]
pub struct StoreLock {
    file: File,
    path: PathBuf,
    died: Option<Holder>,
    whole: Arc<AtomicBool>,
}

/// What a look at a lock found. While it is kept, nobody can take the store.
#[derive(Debug)]
pub struct Peek {
    /// Holds the shared lock; none: the store was never opened.
    _file: Option<File>,
    /// Who left without letting go, and nobody has found the store whole since.
    pub died: Option<Holder>,
}

impl StoreLock {
    /// Takes the lock of the store at `store` without waiting.
    ///
    /// # Errors
    /// [`LockError::Busy`] when another process or another handle of this one has it.
    pub fn try_acquire(store: &Path, holder: &Holder) -> Result<Self, LockError> {
        let path = Self::path_for(store);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Busy { holder: read_holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let died = read_holder(&mut file);
        let mut lock = Self { file, path, died, whole: Arc::default() };
        lock.write(&holder.text())?;
        Ok(lock)
    }

    /// Looks at the lock of the store at `store` without writing anything.
    ///
    /// # Errors
    /// [`LockError::Busy`] when somebody has it.
    pub fn peek(store: &Path) -> Result<Peek, LockError> {
        let mut file = match File::open(Self::path_for(store)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Peek { _file: None, died: None });
            }
            other => other?,
        };
        let holder = read_holder(&mut file);
        match file.try_lock_shared() {
            Ok(()) => Ok(Peek { _file: Some(file), died: holder }),
            Err(TryLockError::WouldBlock) => Err(LockError::Busy { holder }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Where the lock of a store lies.
    #[must_use]
    pub fn path_for(store: &Path) -> PathBuf {
        let mut name = store.file_name().unwrap_or_default().to_os_string();
        name.push(".lock");
        store.with_file_name(name)
    }

    /// The lock file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who had the store before and left without letting go: the store was closed uncleanly and
    /// deserves a check in the background.
    #[must_use]
    pub fn died(&self) -> Option<&Holder> {
        self.died.as_ref()
    }

    /// To be set once the whole store was verified: what the one before left behind is then settled.
    #[must_use]
    pub fn whole(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.whole)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        // An empty file says: left cleanly, and nothing to look into. The lock itself goes with the handle.
        let unsettled = self.died.take().filter(|_| !self.whole.load(Ordering::Acquire));
        if let Err(error) = self.write(&unsettled.map(|died| died.text()).unwrap_or_default()) {
            tracing::warn!(%error, "the holder's name stays in the lock file");
        }
    }
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(TEXT_MAX).read_to_string(&mut text).ok()?;
    Holder::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: u32) -> Holder {
        Holder { pid, verb: "serve".into(), since_ms: 1_700_000_000_000 }
    }

    #[test]
    fn the_loser_learns_who_holds_the_store() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("desk.redb");
        let lock = StoreLock::try_acquire(&store, &holder(7)).unwrap();
        assert!(lock.died().is_none());
        let Err(LockError::Busy { holder: Some(seen) }) =
            StoreLock::try_acquire(&store, &holder(8))
        else {
            panic!("taken twice");
        };
        assert_eq!(seen, holder(7));
        drop(lock);
        assert!(StoreLock::path_for(&store).exists(), "never removed");
        assert!(StoreLock::try_acquire(&store, &holder(8)).unwrap().died().is_none());
    }

    #[test]
    fn a_holder_that_died_is_known_to_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("desk.redb");
        std::fs::write(StoreLock::path_for(&store), holder(7).text()).unwrap();
        for _ in 0..2 {
            let lock = StoreLock::try_acquire(&store, &holder(8)).unwrap();
            assert_eq!(lock.died(), Some(&holder(7)), "until somebody has looked");
        }
        let lock = StoreLock::try_acquire(&store, &holder(8)).unwrap();
        lock.whole().store(true, Ordering::Release);
        drop(lock);
        assert!(StoreLock::try_acquire(&store, &holder(8)).unwrap().died().is_none());
    }

    #[test]
    fn a_look_changes_nothing_and_keeps_others_out() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("desk.redb");
        assert!(StoreLock::peek(&store).unwrap().died.is_none());
        assert!(!StoreLock::path_for(&store).exists(), "a look makes nothing");
        std::fs::write(StoreLock::path_for(&store), holder(7).text()).unwrap();
        let peek = StoreLock::peek(&store).unwrap();
        assert_eq!(peek.died, Some(holder(7)));
        assert!(StoreLock::peek(&store).is_ok(), "two may look");
        assert!(StoreLock::try_acquire(&store, &holder(8)).is_err());
        drop(peek);
        let lock = StoreLock::try_acquire(&store, &holder(8)).unwrap();
        let Err(LockError::Busy { holder: Some(seen) }) = StoreLock::peek(&store) else {
            panic!("somebody has it");
        };
        assert_eq!(seen, holder(8));
        drop(lock);
    }

    #[test]
    fn a_lock_file_with_anything_in_it_is_harmless() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("desk.redb");
        std::fs::write(StoreLock::path_for(&store), b"\xff\x00 nonsense".repeat(100)).unwrap();
        assert!(StoreLock::try_acquire(&store, &holder(8)).unwrap().died().is_none());
    }
}
