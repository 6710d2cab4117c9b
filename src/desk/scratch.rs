//! A place for a store that nobody needs afterwards: of a demonstration, or of a load.
//!
//! Invariant: nobody else may look into it, and it is gone with this, unless somebody named a file that is to stay. What
//! one leaves that was killed the next one removes: a lock in the folder says that somebody is there.

use super::fresh_key;
use super::socket::user;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// The file in a folder that is locked as long as somebody needs it.
const MARK: &str = "in-use";

/// Where a store is, until this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The store's file.
    pub store: PathBuf,
    /// The folder that goes with it, and the lock on its mark.
    folder: Option<(PathBuf, File)>,
}

impl Scratch {
    /// A folder of its own, named after `verb`; or the file that is to stay, which nobody may have made yet.
    ///
    /// # Errors
    /// The folder cannot be made, or the file is there.
    pub(crate) fn new(verb: &str, keep: Option<&Path>) -> io::Result<Self> {
        if let Some(store) = keep {
            if store.exists() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            return Ok(Self { store: store.to_owned(), folder: None });
        }
        let parent = std::env::temp_dir();
        sweep(&parent, verb);
        let folder = parent.join(format!("ascall-{verb}-{}", fresh_key()));
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let mark = File::create_new(folder.join(MARK))?;
        mark.lock()?;
        Ok(Self { store: folder.join("desk.redb"), folder: Some((folder, mark)) })
    }
}

/// Removes what those left who were killed.
fn sweep(parent: &Path, verb: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let prefix = format!("ascall-{verb}-");
    for entry in entries.flatten() {
        let is_one = entry.file_name().to_string_lossy().starts_with(&prefix);
        // Not that of a link: the folder for such files is everybody's.
        let is_ours = entry.metadata().is_ok_and(|file| file.is_dir() && file.uid() == user());
        if is_one
            && is_ours
            && let Ok(mark) = File::open(entry.path().join(MARK))
            && mark.try_lock().is_ok()
        {
            // Whoever comes first removes it.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some((folder, _)) = &self.folder {
            // What cannot be removed from the folder for such files is removed by the system.
            drop(fs::remove_dir_all(folder));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_left_who_was_killed_is_removed_by_the_next_one() {
        let verb = format!("test-{}", fresh_key());
        let alive = Scratch::new(&verb, None).unwrap();
        let left = std::env::temp_dir().join(format!("ascall-{verb}-left"));
        fs::create_dir(&left).unwrap();
        fs::write(left.join(MARK), "").unwrap();
        fs::write(left.join("desk.redb"), "").unwrap();
        drop(Scratch::new(&verb, None).unwrap());
        assert!(!left.exists());
        let folder = alive.store.parent().unwrap().to_owned();
        assert!(folder.exists());
        drop(alive);
        assert!(!folder.exists());
    }
}
