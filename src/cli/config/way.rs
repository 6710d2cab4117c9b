//! Which desk is meant: a file of this machine, or one on the network; and the token that is shown there.
//!
//! Invariant: what is said in a higher place wins, and between equals the desk on the network. A token is read from its
//! variable or from a file that nobody else may read, and only when a desk on the network is meant; it is never shown.

use super::spoken::TOKEN;
use super::{Env, File, Flags, Known, Source};
use crate::desk::remote::{BadRemote, Remote};
use crate::front::error::UserError;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The longest file with a token, in bytes.
const TOKEN_FILE_MAX: u64 = 4_096;

/// The desk on the network, as far as one was named.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Where it is, without a token.
    pub url: Known<Option<Remote>>,
    /// Where the token is, when it is in a file.
    pub token_file: Known<Option<PathBuf>>,
    /// What the variable says.
    token: Option<String>,
}

impl Way {
    /// What flags, variables and file say of it; `base` is the folder of the file, `of` knows where each key was said.
    pub(super) fn of(
        flags: &Flags,
        env: &Env,
        file: &File,
        base: &Path,
        of: impl Fn(&str) -> Source,
    ) -> Result<Self, UserError> {
        if flags.url.is_some() && flags.store.is_some() {
            return Err(UserError::two_desks());
        }
        let said = [
            flags.url.clone().map(|url| (url, Source::Flag("--url"))),
            file.url.clone().map(|url| (url, of("url"))),
        ];
        let url = match said.into_iter().flatten().next() {
            Some((url, source)) => {
                let bad = |why| UserError::bad_remote(&source.to_string(), why);
                let remote = Remote::at(&url, None).map_err(bad)?;
                Known { value: Some(remote), source }
            }
            None => Known { value: None, source: Source::Default },
        };
        let in_file = file.token_at.clone().map(|path| match of("token_file") {
            Source::File(at, line) => (Some(base.join(path)), Source::File(at, line)),
            variable => (Some(path), variable),
        });
        let flag = flags.token_file.clone().map(|path| (Some(path), Source::Flag("--token-file")));
        let token_file = Known::first([flag, in_file], None);
        Ok(Self { url, token_file, token: env.var(TOKEN).map(str::to_owned) })
    }

    /// Where the desk on the network was named.
    pub(crate) fn source(&self) -> &Source {
        &self.url.source
    }

    /// The desk on the network with its token, when it is the one that is meant.
    ///
    /// # Errors
    /// The token cannot be read, or is none.
    pub(super) fn remote(&self, store: &Source) -> Result<Option<Remote>, UserError> {
        let Some(remote) =
            self.url.value.as_ref().filter(|_| rank(&self.url.source) >= rank(store))
        else {
            return Ok(None);
        };
        let by_flag = matches!(self.token_file.source, Source::Flag(_));
        let (token, source) = match (&self.token, &self.token_file.value) {
            (Some(token), _) if !by_flag => (Some(token.clone()), TOKEN.to_owned()),
            (_, Some(file)) => (Some(token_in(file)?), file.display().to_string()),
            (_, None) => (None, String::new()),
        };
        let remote = Remote::at(&remote.url(), token.as_deref());
        remote.map(Some).map_err(|why: BadRemote| UserError::bad_remote(&source, why))
    }
}

/// The desk's file, as flags, variables and file say.
pub(super) fn store(
    flags: &Flags,
    env: &Env,
    file: &File,
    base: &Path,
    of: impl Fn(&str) -> Source,
) -> Result<Known<PathBuf>, UserError> {
    let in_file = file.store.clone().map(|store| match of("store") {
        Source::File(path, line) => (base.join(store), Source::File(path, line)),
        variable => (store, variable),
    });
    let said = [
        flags.store.clone().map(|store| (store, Source::Flag("--store"))),
        in_file,
        env.data_dir.as_ref().map(|dir| (dir.join("desk.redb"), Source::Default)),
    ];
    let (value, source) = said.into_iter().flatten().next().ok_or_else(UserError::no_home)?;
    Ok(Known { value, source })
}

/// How much a place counts.
fn rank(source: &Source) -> u8 {
    match source {
        Source::Default => 0,
        Source::File(..) => 1,
        Source::Env(_) => 2,
        Source::Flag(_) => 3,
    }
}

fn token_in(file: &Path) -> Result<String, UserError> {
    let bad = |what: &str| UserError::bad_token_file(file, what);
    let found = fs::metadata(file).map_err(|error| bad(&error.to_string()))?;
    if found.mode() & 0o077 != 0 {
        return Err(bad("others may read or write it"));
    }
    if !found.is_file() || found.len() > TOKEN_FILE_MAX {
        return Err(bad("that is no file with a token"));
    }
    let text = fs::read_to_string(file).map_err(|error| bad(&error.to_string()))?;
    Ok(text.trim().to_owned())
}
