//! A verified copy of a desk, and a desk from such a copy.
//!
//! Invariant: a file under the asked-for name is always whole and verified; what is unfinished lies under another name
//! beside it. No store is ever deleted: one that gives way to a restored one stays under a dated name, and at no moment
//! is there none. The copy is written by whoever has the desk open, at one committed state, and verified by whoever asked.

use super::check::{self, Checked};
use super::{Book, DeskError, Setup, door, fresh_key};
use ascall_engine::domain::ids::Time;
use ascall_engine::engine;
use ascall_engine::journal::Journal as _;
use ascall_engine::journal::lock::StoreLock;
use ascall_engine::journal::redb::{Options, RedbJournal};
use ascall_engine::journal::{Head, JournalError};
use ascall_engine::views::{self, Store};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Where it lies.
    pub file: PathBuf,
    pub bytes: u64,
    pub head: Head,
    pub epoch: u64,
    pub checked: Checked,
}

/// What a restore came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restored {
    /// What the desk is made of now.
    pub copy: Copied,
    /// Where the store lies that was there before.
    pub aside: Option<PathBuf>,
}

/// Writes a verified copy of the desk to `to`.
///
/// # Errors
/// There is no desk; a file is there already and `force` is not said; the copy has faults or cannot be written.
pub(crate) async fn backup(setup: &Setup, to: &Path, force: bool) -> Result<Copied, DeskError> {
    let to = &std::path::absolute(to).map_err(|e| unusable(to, e))?;
    not_its_own(setup, to)?;
    if !force && fs::symlink_metadata(to).is_ok() {
        return Err(DeskError::FileThere { file: to.clone() });
    }
    let copy = Unfinished::beside(to, "unverified");
    let book = Book::open(setup, "backup").await?;
    book.copy_to(&copy.path).map_err(|error| match error {
        // The desk itself stands; it is the copy that found no room, or no folder.
        DeskError::Full { .. } => DeskError::Full { store: to.clone() },
        DeskError::Storage { source, .. } => DeskError::Storage { store: to.clone(), source },
        other => other,
    })?;
    // Others need not wait for the check.
    drop(book);
    let copied = verified(&copy.path, to)?;
    let copied = copied.map_err(|why| DeskError::BadCopy { file: to.clone(), why })?;
    if force {
        copy.replace(to)?;
    } else {
        copy.publish(to)?;
    }
    Ok(copied)
}

/// Makes the desk what the copy at `from` says, in a new epoch that is at least `now`. A store that is there is kept under
/// its name and `stamp` when `force` is said.
///
/// # Errors
/// Somebody has the desk open; there is one and `force` is not said; the copy has faults or cannot be read.
pub(crate) async fn restore(
    setup: &Setup,
    from: &Path,
    force: bool,
    now: Time,
    stamp: &str,
) -> Result<Restored, DeskError> {
    let store = &std::path::absolute(&setup.store).map_err(|e| unusable(&setup.store, e))?;
    let from = &std::path::absolute(from).map_err(|e| unusable(from, e))?;
    not_its_own(setup, from)?;
    let mut source = File::open(from).map_err(|e| unusable(from, e))?;
    let take = || Ok(engine::lock(store, "restore")?);
    let lock: StoreLock = door::wait(setup.lock_timeout, take).await?;
    let is_there = fs::symlink_metadata(store).is_ok();
    if is_there && !force {
        return Err(DeskError::StoreThere { store: store.clone() });
    }
    // What is verified is what will be used, and the copy itself is not touched.
    let new = Unfinished::beside(store, "restoring");
    let mut file = new.create()?;
    io::copy(&mut source, &mut file).map_err(|e| unusable(store, e))?;
    drop(file);
    let copy = verified(&new.path, from)?;
    let mut copy = copy.map_err(|why| DeskError::BadBackup { file: from.clone(), why })?;
    let at_least = u64::try_from(now.0).unwrap_or_default();
    let begun = views::begin_epoch(&new.path, at_least);
    copy.epoch = begun.map_err(|e| DeskError::from_journal(store, e))?;
    let aside = if is_there {
        let aside = put_aside(store, stamp)?;
        new.replace(store)?;
        Some(aside)
    } else {
        new.publish(store)?;
        None
    };
    lock.whole().store(true, Ordering::Release);
    Ok(Restored { copy, aside })
}

/// Refuses a file that is the desk's own, under whatever name.
fn not_its_own(setup: &Setup, file: &Path) -> Result<(), DeskError> {
    let number = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    let own = [setup.store.clone(), StoreLock::path_for(&setup.store)];
    let is_own = |path: &PathBuf| {
        let same = std::path::absolute(path).is_ok_and(|path| path == file);
        same || number(path).is_some_and(|own| number(file) == Some(own))
    };
    if own.iter().any(is_own) {
        return Err(DeskError::OwnFile { file: file.to_owned() });
    }
    Ok(())
}

/// Checks the store at `path`, which nobody else knows, and leaves it closed in order; `name` is what it is called. Says
/// why when it does not hold.
fn verified(path: &Path, name: &Path) -> Result<Result<Copied, String>, DeskError> {
    match checked(path, name) {
        Ok(copied) => Ok(match copied.checked.faults.first() {
            None => Ok(copied),
            Some(fault) => Err(format!("at record {}: {}", fault.seq.0, fault.what)),
        }),
        Err(JournalError::Corrupt(damage)) => Ok(Err(damage.to_string())),
        Err(error) => Err(DeskError::from_journal(name, error)),
    }
}

fn checked(path: &Path, name: &Path) -> Result<Copied, JournalError> {
    let journal = RedbJournal::open(path, Options::default())?;
    let head = journal.head();
    let store = Store::new(journal.reader().into());
    let checked = check::store(&store)?;
    let epoch = store.epoch()?;
    drop(store);
    journal.close()?;
    let bytes = fs::metadata(path)?.len();
    Ok(Copied { file: name.to_owned(), bytes, head, epoch, checked })
}

/// Gives the store a second, dated name, so that it stays when its own name is given to another.
fn put_aside(store: &Path, stamp: &str) -> Result<PathBuf, DeskError> {
    let mut tries = 1;
    loop {
        let mut name = store.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".before-{stamp}"));
        if tries > 1 {
            name.push(format!("-{tries}"));
        }
        let aside = store.with_file_name(name);
        match fs::hard_link(store, &aside) {
            Ok(()) => return Ok(aside),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < 100 => tries += 1,
            Err(error) => return Err(unusable(&aside, error)),
        }
    }
}

/// A file that is not finished; it goes unless it gets its name.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Under a name nobody has, beside `file`.
    fn beside(file: &Path, what: &str) -> Self {
        let mut name = file.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{what}-{}", fresh_key().trim_start_matches("cli-")));
        Self { path: file.with_file_name(name) }
    }

    fn create(&self) -> Result<File, DeskError> {
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(&self.path);
        made.map_err(|e| unusable(&self.path, e))
    }

    /// Gives it its name, which must be free.
    fn publish(self, name: &Path) -> Result<(), DeskError> {
        self.synced(name)?;
        match fs::hard_link(&self.path, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(DeskError::FileThere { file: name.to_owned() });
            }
            // Memory sticks know no second names; nobody else is expected to choose this one just now.
            Err(_) if fs::symlink_metadata(name).is_err() => return self.replace(name),
            linked => linked.map_err(|e| unusable(name, e))?,
        }
        self.settled(name)
    }

    /// Gives it its name, whoever has it.
    fn replace(self, name: &Path) -> Result<(), DeskError> {
        self.synced(name)?;
        fs::rename(&self.path, name).map_err(|e| unusable(name, e))?;
        self.settled(name)
    }

    fn synced(&self, name: &Path) -> Result<(), DeskError> {
        let synced = File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(|e| unusable(name, e))
    }

    fn settled(self, name: &Path) -> Result<(), DeskError> {
        let folder = name.parent().unwrap_or(Path::new("/")).to_owned();
        drop(self);
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|e| unusable(name, e))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(file = %self.path.display(), %error, "an unfinished copy stays behind");
            }
            _ => {}
        }
    }
}

fn unusable(file: &Path, error: io::Error) -> DeskError {
    match JournalError::from(error) {
        JournalError::Storage(source) => DeskError::File { file: file.to_owned(), source },
        full => DeskError::from_journal(file, full),
    }
}
