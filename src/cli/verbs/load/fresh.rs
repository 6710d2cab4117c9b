//! Files that a load leaves: made before it begins, so that nobody learns at its end that they cannot be.

use crate::front::error::UserError;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A file to be filled.
pub(super) struct Fresh {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Fresh {
    /// Makes it; one that is there is written over.
    pub(super) fn new(path: &Path) -> Result<Self, UserError> {
        let file = File::create(path).map_err(|error| UserError::cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// One object, for people too.
    pub(super) fn json<T: Serialize>(&mut self, item: &T) -> Result<(), UserError> {
        let text = serde_json::to_string_pretty(item).map_err(std::io::Error::from)?;
        self.text(&text)
    }

    /// One object per line.
    pub(super) fn lines<T: Serialize>(&mut self, items: &[T]) -> Result<(), UserError> {
        let lines = items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        self.text(&lines.map_err(std::io::Error::from)?.join("\n"))
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), UserError> {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let written = write!(self.file, "{text}{end}").and_then(|()| self.file.flush());
        written.map_err(|error| UserError::cannot_write(&self.path, &error))
    }
}
