//! A storage in memory under the real store, which forgets, fails and is frozen on demand.
//!
//! Invariant: only what was synced is certain to survive; of what was written since, a subset drawn
//! from a seed does, in blocks of 512 bytes. After a fault every operation of that opening fails.

use crate::journal::redb::BackendSource;
use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Which operation fails, counted from when the fault is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// The sync after so many more.
    Sync(u64),
    /// The write after so many more.
    Write(u64),
    /// The write after so many more finds the disk full.
    Full(u64),
}

/// A file in memory. A clone is another handle of the same file.
#[derive(Debug, Clone, Default)]
pub struct FaultBackend {
    file: Arc<Mutex<Disk>>,
}

#[derive(Debug, Default)]
struct Disk {
    bytes: Vec<u8>,
    synced: Vec<u8>,
    writes: Vec<(usize, usize)>,
    images: Option<Vec<Image>>,
    fault: Option<DiskFault>,
    failed: bool,
    lies: bool,
    syncs: u64,
}

/// The file at a sync.
#[derive(Debug, Clone)]
pub struct Image {
    /// What was certain to be there just before the sync returned.
    pub before: Vec<u8>,
    /// What was written by then: certain once the sync returned.
    pub after: Vec<u8>,
    /// Where it was written, as offset and length.
    writes: Vec<(usize, usize)>,
}

impl Image {
    /// What a power loss in the middle of the sync leaves: of each sector written since the last
    /// sync, `seed` decides whether it got there.
    #[must_use]
    pub fn torn(&self, seed: u64) -> Vec<u8> {
        tear(&self.before, &self.after, &self.writes, seed)
    }
}

fn tear(before: &[u8], after: &[u8], writes: &[(usize, usize)], seed: u64) -> Vec<u8> {
    let mut image = before.to_vec();
    image.resize(after.len(), 0);
    let sectors =
        writes.iter().flat_map(|(from, len)| from / SECTOR..(from + len).div_ceil(SECTOR));
    for sector in sectors {
        let (from, to) = (sector * SECTOR, ((sector + 1) * SECTOR).min(after.len()));
        let mut draw = blake3::Hasher::new();
        draw.update(&seed.to_le_bytes());
        draw.update(&(sector as u64).to_le_bytes());
        if from < to && draw.finalize().as_bytes()[0] & 1 == 1 {
            image[from..to].copy_from_slice(&after[from..to]);
        }
    }
    image
}

impl FaultBackend {
    /// An empty file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A file with this content, all of it synced.
    #[must_use]
    pub fn from_image(image: Vec<u8>) -> Self {
        let disk = Disk { synced: image.clone(), bytes: image, ..Disk::default() };
        Self { file: Arc::new(Mutex::new(disk)) }
    }

    /// What opens a store on this file, as often as it is asked; an opening ends a fault.
    #[must_use]
    pub fn source(&self) -> BackendSource {
        let file = self.clone();
        Box::new(move || {
            file.disk().failed = false;
            Ok(Box::new(file.clone()))
        })
    }

    /// Lets an operation fail; all after it fail too until the next opening.
    pub fn plant(&self, fault: DiskFault) {
        self.disk().fault = Some(fault);
    }

    /// From now on a sync answers well and does nothing, as some disks do.
    pub fn lie(&self) {
        self.disk().lies = true;
    }

    /// From now on keeps the file at every sync.
    pub fn record_images(&self) {
        self.disk().images = Some(Vec::new());
    }

    /// The images kept so far; keeps no more.
    #[must_use]
    pub fn take_images(&self) -> Vec<Image> {
        self.disk().images.take().unwrap_or_default()
    }

    /// How many syncs succeeded.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.disk().syncs
    }

    /// The content now, synced or not.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        self.disk().bytes.clone()
    }

    /// Puts another content in place of the file's, as a wrong restore does.
    pub fn replace(&self, content: Vec<u8>) {
        let mut disk = self.disk();
        disk.synced.clone_from(&content);
        disk.bytes = content;
        disk.writes.clear();
    }

    /// The power goes: of what was not synced, `seed` decides what survives. The opening that was
    /// in use fails from now on.
    pub fn lose_power(&self, seed: u64) {
        let mut disk = self.disk();
        let image = tear(&disk.synced, &disk.bytes, &disk.writes, seed);
        disk.synced.clone_from(&image);
        disk.bytes = image;
        disk.writes.clear();
        disk.failed = true;
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    /// Counts one operation down to its fault.
    fn strike(&mut self, syncing: bool) -> io::Result<()> {
        let (left, kind) = match &mut self.fault {
            Some(DiskFault::Sync(left)) if syncing => (left, io::ErrorKind::Other),
            Some(DiskFault::Write(left)) if !syncing => (left, io::ErrorKind::Other),
            Some(DiskFault::Full(left)) if !syncing => (left, io::ErrorKind::StorageFull),
            _ => return self.alive(),
        };
        if *left > 0 {
            *left -= 1;
            return self.alive();
        }
        self.fault = None;
        self.failed = true;
        Err(kind.into())
    }

    fn alive(&self) -> io::Result<()> {
        if self.failed { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl StorageBackend for FaultBackend {
    fn len(&self) -> io::Result<u64> {
        let disk = self.disk();
        disk.alive()?;
        Ok(disk.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let disk = self.disk();
        disk.alive()?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let part = from.checked_add(out.len()).and_then(|to| disk.bytes.get(from..to));
        out.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.disk();
        disk.strike(false)?;
        disk.bytes.resize(usize::try_from(len).map_err(io::Error::other)?, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.disk();
        disk.strike(true)?;
        let disk = &mut *disk;
        disk.syncs += 1;
        if disk.lies {
            return Ok(());
        }
        if let Some(images) = &mut disk.images {
            let (before, after) = (disk.synced.clone(), disk.bytes.clone());
            images.push(Image { before, after, writes: disk.writes.clone() });
        }
        disk.synced.resize(disk.bytes.len(), 0);
        for (from, len) in disk.writes.drain(..) {
            let to = (from + len).min(disk.bytes.len());
            if from < to {
                disk.synced[from..to].copy_from_slice(&disk.bytes[from..to]);
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        disk.strike(false)?;
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let to = from.checked_add(data.len()).ok_or(io::ErrorKind::InvalidInput)?;
        disk.bytes.get_mut(from..to).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        disk.writes.push((from, data.len()));
        Ok(())
    }
}
