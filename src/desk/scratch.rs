//! A place for a store that nobody needs afterwards: of a demonstration, or of a load.
//!
//! Invariant: nobody else may look into it, and it is gone with this, unless somebody named a file that is to stay.

use super::fresh_key;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Where a store is, until this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The store's file.
    pub store: PathBuf,
    /// The folder that goes with it.
    folder: Option<PathBuf>,
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
        let folder = std::env::temp_dir().join(format!("ascall-{verb}-{}", fresh_key()));
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self { store: folder.join("desk.redb"), folder: Some(folder) })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What cannot be removed from the folder for such files is removed by the system.
            drop(std::fs::remove_dir_all(folder));
        }
    }
}
