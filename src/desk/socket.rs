//! The socket of a host: where it lies, whose it must be, and who may speak on it.
//!
//! Invariant: the socket is 0600 in a folder that is 0700 and ours, whatever the umask; an old one is replaced only by
//! who holds the store's lock; nobody of another user is spoken to, on either side. Knows nothing of what is said.

use super::DeskError;
use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream};

/// The longest path that every system takes for a socket, with room for the end mark.
const PATH_MAX: usize = 100;

/// The file's name where it has a folder of its own.
const NAME: &str = "socket";

/// The user of this process.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Where the socket of the store at `store` may lie, the best place first: beside the store, or, where such a path is
/// too long, in the user's folder of the running system, or in one below `/tmp`.
pub(crate) fn places(store: &Path, runtime_dir: Option<&Path>) -> Vec<PathBuf> {
    let store = resolved(store);
    let mut name = store.file_name().unwrap_or_default().to_os_string();
    name.push(".attach");
    let beside = store.with_file_name(name).join(NAME);
    if fits(&beside) {
        return vec![beside];
    }
    let mark = blake3::hash(store.as_os_str().as_encoded_bytes()).to_hex();
    let tmp = PathBuf::from(format!("/tmp/ascall-{}", user()));
    let folders = runtime_dir.map(|dir| dir.join("ascall")).into_iter().chain([tmp]);
    folders.map(|folder| folder.join(&mark[..16])).filter(|place| fits(place)).collect()
}

fn fits(place: &Path) -> bool {
    place.as_os_str().len() <= PATH_MAX
}

/// The store's path without links and dots, so that whoever names it otherwise finds the same socket.
fn resolved(store: &Path) -> PathBuf {
    let in_folder = || {
        let folder = store.parent().filter(|f| !f.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(store.file_name()?))
    };
    fs::canonicalize(store).ok().or_else(in_folder).unwrap_or_else(|| store.to_owned())
}

/// Whether a socket of ours lies at `place`.
///
/// # Errors
/// What lies there is somebody else's, or no socket.
pub(crate) fn is_there(place: &Path) -> Result<bool, DeskError> {
    let found = match fs::symlink_metadata(place) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(foreign_folder(place).unwrap_or_else(|| unusable(place, error)));
        }
        // No such file, or no folder to have one.
        Err(_) => return Ok(false),
    };
    owned(place, &found, user())?;
    if found.file_type().is_socket() {
        return Ok(true);
    }
    Err(unusable(place, io::Error::other("what lies there is no socket")))
}

/// The error of a folder that may not even be looked into because it is another user's.
fn foreign_folder(place: &Path) -> Option<DeskError> {
    let folder = place.parent()?;
    let found = fs::symlink_metadata(folder).ok()?;
    owned(folder, &found, user()).err()
}

fn owned(place: &Path, found: &Metadata, user: u32) -> Result<(), DeskError> {
    if found.uid() == user {
        return Ok(());
    }
    Err(DeskError::Foreign { socket: place.to_owned(), owner: found.uid() })
}

fn unusable(place: &Path, source: io::Error) -> DeskError {
    DeskError::Socket { socket: place.to_owned(), source }
}

/// Connects to the host that listens at `place`; none: nobody does.
///
/// # Errors
/// The host is another user's process, or the socket cannot be used.
pub(crate) async fn connect(place: &Path) -> Result<Option<UnixStream>, DeskError> {
    let stream = match UnixStream::connect(place).await {
        Ok(stream) => stream,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(unusable(place, error));
        }
        // Left by a process that is gone, gone meanwhile, or with more callers than wait in line.
        Err(_) => return Ok(None),
    };
    let Ok(host) = stream.peer_cred() else { return Ok(None) };
    if host.uid() != user() {
        return Err(DeskError::Foreign { socket: place.to_owned(), owner: host.uid() });
    }
    Ok(Some(stream))
}

/// Listens at the best of `places`. Only for who holds the store's lock: a socket that lies there is replaced.
///
/// # Errors
/// A place is somebody else's, or cannot be used.
pub(crate) fn listen(places: &[PathBuf]) -> Result<(UnixListener, PathBuf), DeskError> {
    let mut failed = None;
    for place in places {
        match listen_at(place) {
            Ok(listener) => return Ok((listener, place.clone())),
            // A folder of the running system that is not there is no reason to stay deaf.
            Err(error @ DeskError::Socket { .. }) => failed = Some(error),
            Err(other) => return Err(other),
        }
    }
    let none = || unusable(Path::new("/tmp"), io::Error::other("no path is short enough"));
    Err(failed.unwrap_or_else(none))
}

fn listen_at(place: &Path) -> Result<UnixListener, DeskError> {
    private_folder(place.parent().unwrap_or(Path::new("/")))?;
    if is_there(place)? {
        fs::remove_file(place).map_err(|error| unusable(place, error))?;
    }
    let listener = UnixListener::bind(place).map_err(|error| unusable(place, error))?;
    let private = Permissions::from_mode(0o600);
    fs::set_permissions(place, private).map_err(|error| unusable(place, error))?;
    Ok(listener)
}

/// Makes the folder of a socket, or makes sure that the one that is there is ours and nobody else's.
fn private_folder(folder: &Path) -> Result<(), DeskError> {
    let bad = |error| unusable(folder, error);
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(bad(error)),
        _ => {}
    }
    let found = fs::symlink_metadata(folder).map_err(bad)?;
    owned(folder, &found, user())?;
    if !found.is_dir() {
        return Err(bad(io::Error::other("what lies there is no folder")));
    }
    if found.permissions().mode() & 0o777 != 0o700 {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(bad)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_lies_beside_the_store_in_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        let store = folder.path().join("desk.redb");
        assert_eq!(places(&store, None), [real.join("desk.redb.attach/socket")]);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert_eq!(places(&link.join("desk.redb"), None), places(&store, None));
    }

    #[test]
    fn a_long_path_is_replaced_by_a_short_one_that_only_depends_on_the_store() {
        let long = PathBuf::from("/nowhere").join("x".repeat(120)).join("desk.redb");
        let found = places(&long, Some(Path::new("/run/user/1000")));
        assert!(found[0].starts_with("/run/user/1000/ascall"), "{found:?}");
        assert!(found[1].starts_with(format!("/tmp/ascall-{}", user())), "{found:?}");
        assert!(found.iter().all(|place| fits(place)), "{found:?}");
        assert_eq!(places(&long, None), found[1..]);
        assert_ne!(places(&long.with_file_name("other.redb"), None), found[1..]);
    }

    #[tokio::test]
    async fn folder_and_socket_are_private_and_a_stale_socket_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(&folder.path().join("desk.redb"), None);
        let own = places[0].parent().unwrap();
        fs::create_dir(own).unwrap();
        fs::set_permissions(own, Permissions::from_mode(0o755)).unwrap();
        for _ in 0..2 {
            // Dropped without being removed, as by a process that was killed.
            let (listener, place) = listen(&places).unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(own), mode(&place)), (0o700, 0o600));
            assert!(connect(&place).await.unwrap().is_some());
            drop(listener);
        }
        assert!(is_there(&places[0]).unwrap());
        assert!(connect(&places[0]).await.unwrap().is_none(), "nobody listens");
    }

    #[test]
    fn what_is_no_socket_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(&folder.path().join("desk.redb"), None);
        assert!(!is_there(&places[0]).unwrap());
        fs::create_dir(places[0].parent().unwrap()).unwrap();
        fs::write(&places[0], "precious").unwrap();
        assert!(matches!(listen(&places), Err(DeskError::Socket { .. })));
        assert_eq!(fs::read_to_string(&places[0]).unwrap(), "precious");
    }

    #[test]
    fn what_is_another_users_is_refused_and_the_user_named() {
        let folder = tempfile::tempdir().unwrap();
        let found = fs::metadata(folder.path()).unwrap();
        assert!(owned(folder.path(), &found, user()).is_ok());
        let error = owned(folder.path(), &found, user() + 1).unwrap_err();
        assert!(matches!(error, DeskError::Foreign { owner, .. } if owner == user()), "{error}");
    }
}
