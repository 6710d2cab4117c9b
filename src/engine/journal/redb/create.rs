//! Making a new store so that it is there whole or not at all.
//!
//! Invariant: a file under the store's name is always a complete journal; it is never replaced, so
//! of two first runs at once both end up with the same one.

use crate::journal::JournalError;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Makes sure there is a store at `path`; `make_empty` writes an empty journal into a new file.
pub(super) fn ensure(
    path: &Path,
    make_empty: impl FnOnce(File) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    if path.try_exists()? {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let (temporary, file) = open_temporary(path)?;
    let outcome = make_empty(file).and_then(|()| {
        OpenOptions::new().write(true).open(&temporary)?.sync_all()?;
        match fs::hard_link(&temporary, path) {
            // Somebody else was first: theirs is complete as well.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => Ok(other?),
        }
    });
    let removed = fs::remove_file(&temporary);
    outcome?;
    removed?;
    Ok(File::open(folder)?.sync_all()?)
}

fn open_temporary(path: &Path) -> Result<(PathBuf, File), JournalError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut attempt = 0_u32;
    loop {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".new-{}-{attempt}", std::process::id()));
        let temporary = path.with_file_name(name);
        match options.open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1_000 => {
                attempt += 1;
            }
            other => return Ok((temporary, other?)),
        }
    }
}
