//! Files that a load leaves: begun before it, so that nobody learns at its end that they cannot be, and put in their place
//! when they are whole.
//!
//! Invariant: what was there before stays until the new one is whole; of one that does not come to that nothing is left.

use crate::desk::fresh_key;
use crate::front::error::UserError;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A file to be filled.
pub(super) struct Fresh {
    /// As it was named.
    path: PathBuf,
    file: BufWriter<File>,
    /// Where it is written, and where it goes when it is whole; none: it is written where it is.
    moves: Option<(PathBuf, PathBuf)>,
}

impl Fresh {
    /// Begins it, beside the one that is there.
    pub(super) fn new(path: &Path) -> Result<Self, UserError> {
        let (file, moves) = begun(path).map_err(|error| UserError::cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), moves })
    }

    /// One object, for people too.
    pub(super) fn json<T: Serialize>(self, item: &T) -> Result<(), UserError> {
        let text = serde_json::to_string_pretty(item).map_err(io::Error::from)?;
        self.text(&text)
    }

    /// One object per line.
    pub(super) fn lines<T: Serialize>(self, items: &[T]) -> Result<(), UserError> {
        let lines = items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        self.text(&lines.map_err(io::Error::from)?.join("\n"))
    }

    /// A text.
    pub(super) fn text(mut self, text: &str) -> Result<(), UserError> {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let written = write!(self.file, "{text}{end}").and_then(|()| self.file.flush());
        let moved = written.and_then(|()| match self.moves.take() {
            Some((from, to)) => fs::rename(from, to),
            None => Ok(()),
        });
        moved.map_err(|error| UserError::cannot_write(&self.path, &error))
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some((from, _)) = &self.moves {
            // It is in nobody's way but for its room.
            drop(fs::remove_file(from));
        }
    }
}

type Begun = (File, Option<(PathBuf, PathBuf)>);

fn begun(path: &Path) -> io::Result<Begun> {
    // A link leads to what is to be written over; a device or a pipe is written where it is.
    let to = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match fs::metadata(&to) {
        Ok(there) if !there.is_file() => return Ok((File::create(&to)?, None)),
        // Whoever may not write it may not put another in its place.
        Ok(_) => drop(File::options().write(true).open(&to)?),
        Err(_) => {}
    }
    let Some(name) = to.file_name() else { return Err(io::ErrorKind::IsADirectory.into()) };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}", fresh_key()));
    let from = to.with_file_name(hidden);
    Ok((File::create_new(&from)?, Some((from, to))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "before").unwrap();
        let many = || fs::read_dir(folder.path()).unwrap().count();
        let broken_off = Fresh::new(&path).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), many()), ("before", 2));
        drop(broken_off);
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), many()), ("before", 1));
        Fresh::new(&path).unwrap().text("after").unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), many()), ("after\n", 1));
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        Fresh::new(&link).unwrap().text("linked").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "linked\n");
        assert!(link.is_symlink());
    }

    #[test]
    fn what_is_no_file_is_written_where_it_is_and_a_folder_is_refused() {
        Fresh::new(Path::new("/dev/null")).unwrap().text("gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let folder = tempfile::tempdir().unwrap();
        assert!(Fresh::new(folder.path()).is_err());
        assert!(Fresh::new(&folder.path().join("missing/report.json")).is_err());
    }
}
