//! One opened file: its facts, and its bytes as long as it stays what it was.
//!
//! A file that is replaced (renamed over) stays whole for those who have it open. One that is rewritten in place does
//! not, and somebody else's program may do that to a source: so the facts are compared before and after reading.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use rustix::fs::{FileType, OFlags, fstat};

use super::super::{Object, ReadOptions, Stat, StorageErrorKind};
use super::cached;
use super::failure::{Failure, found};
use super::root::Root;

/// Non-blocking, or opening a named pipe would wait for its writer.
pub(super) const READ: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

/// How often a file that changes under the reader is read again.
const ATTEMPTS: usize = 3;

pub(super) struct OpenFile {
    file: File,
    pub(super) stat: Stat,
    seen: Seen,
}

/// What changes with a file's bytes: when it was last written, in nanoseconds since 1970, and how long it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    nanoseconds: i128,
    size: u64,
}

impl Seen {
    /// `None` if it is no regular file.
    pub(super) fn of(file: &File) -> io::Result<Option<Self>> {
        // The standard library asks for more (statx), which takes longer.
        let stat = fstat(file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(None);
        }
        let nanoseconds = i128::from(stat.st_mtime) * NANOSECONDS + i128::from(stat.st_mtime_nsec);
        Ok(Some(Self { nanoseconds, size: u64::try_from(stat.st_size).unwrap_or(0) }))
    }

    /// As the store tells them.
    pub(super) fn facts(self) -> Stat {
        Stat { size: self.size, version: Some(self.version()), modified: self.modified() }
    }

    fn modified(self) -> Option<SystemTime> {
        let since = |nanoseconds: i128| {
            let seconds = u64::try_from(nanoseconds / NANOSECONDS).ok()?;
            Some(Duration::new(seconds, u32::try_from(nanoseconds % NANOSECONDS).ok()?))
        };
        match self.nanoseconds {
            0.. => SystemTime::UNIX_EPOCH.checked_add(since(self.nanoseconds)?),
            _ => SystemTime::UNIX_EPOCH.checked_sub(since(-self.nanoseconds)?),
        }
    }

    /// Both in hexadecimal: the version of the file.
    fn version(self) -> String {
        let Self { nanoseconds, size } = self;
        match u64::try_from(nanoseconds) {
            Ok(nanoseconds) => {
                // At every read of a file that many ask for; the formatter takes five times as long.
                let mut version = String::with_capacity(2 * HEX_DIGITS + 1);
                push_hex(&mut version, nanoseconds);
                version.push('-');
                push_hex(&mut version, size);
                version
            }
            Err(_) => format!("{nanoseconds:x}-{size:x}"),
        }
    }
}

/// In a second.
const NANOSECONDS: i128 = 1_000_000_000;

/// The most hexadecimal digits of 64 bits.
const HEX_DIGITS: usize = 16;

fn push_hex(text: &mut String, number: u64) {
    let digits = HEX_DIGITS - number.leading_zeros() as usize / 4;
    for digit in (0..digits.max(1)).rev() {
        let digit = number >> (4 * digit) & 0xf;
        text.push(char::from(b"0123456789abcdef"[digit as usize]));
    }
}

impl OpenFile {
    /// `None` if there is no regular file at `path`.
    pub(super) fn open(root: &Root, path: &str) -> Result<Option<Self>, Failure> {
        let Some(handle) = found(root.resolve(path, READ))? else { return Ok(None) };
        Ok(Self::of(File::from(handle))?)
    }

    /// `None` if it is no regular file.
    pub(super) fn of(file: File) -> io::Result<Option<Self>> {
        let Some(seen) = Seen::of(&file)? else { return Ok(None) };
        Ok(Some(Self { file, stat: seen.facts(), seen }))
    }

    /// Bytes from `offset` that are in memory already; none if they are not, or the file has changed since it was opened.
    pub(super) fn read_cached(&self, length: usize, offset: u64) -> Option<Bytes> {
        cached::read(&self.file, length, offset).filter(|_| matches!(self.unchanged(), Ok(true)))
    }

    fn unchanged(&self) -> io::Result<bool> {
        Ok(Seen::of(&self.file)? == Some(self.seen))
    }

    /// Fills `buffer` from `offset`; an error if the file has changed since it was opened.
    pub(super) fn read_at(&self, length: usize, offset: u64) -> Result<Bytes, Failure> {
        let mut buffer = buffer(length);
        let read = self.file.read_exact_at(&mut buffer, offset);
        match read {
            Ok(()) if self.unchanged()? => Ok(buffer.into()),
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error.into()),
            _ => Err(changed()),
        }
    }

    /// The part of `range` that the file has.
    pub(super) fn clamp(&self, range: Option<Range<u64>>) -> Range<u64> {
        let size = self.stat.size;
        let range = range.unwrap_or(0..size);
        let end = range.end.min(size);
        range.start.min(end)..end
    }
}

/// So many bytes to be read over. They are no zeros, because zeros are asked of the allocator, and that gives a large block back to
/// the system to have it zeroed: each page then comes back by a fault.
pub(super) fn buffer(length: usize) -> Vec<u8> {
    vec![0xff; length]
}

/// The file whole, all of one version.
pub(super) fn read(root: &Root, path: &str, options: &ReadOptions) -> Result<Option<Object>, Failure> {
    for _ in 0..ATTEMPTS {
        let Some(open) = OpenFile::open(root, path)? else { return Ok(None) };
        if options.if_version.is_some() && options.if_version != open.stat.version {
            return Err(Failure::Kind(StorageErrorKind::VersionMismatch, "the file is of another version"));
        }
        let size = open.stat.size;
        if let Some(max) = options.max_bytes.filter(|max| size > *max) {
            return Err(Failure::Kind(StorageErrorKind::TooLarge { size, max }, "the file is too large"));
        }
        let mut bytes = Vec::new();
        let room = usize::try_from(size).unwrap_or(usize::MAX);
        bytes.try_reserve_exact(room).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        (&open.file).take(size).read_to_end(&mut bytes)?;
        if bytes.len() == room && open.unchanged()? {
            return Ok(Some(Object { bytes: bytes.into(), stat: open.stat }));
        }
    }
    Err(changed())
}

fn changed() -> Failure {
    Failure::Kind(StorageErrorKind::VersionMismatch, "the file changed while it was read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_both_numbers_in_hexadecimal() {
        for (nanoseconds, size) in [
            (0, 0),
            (1, 15),
            (1_764_100_000_123_456_789, 30_211),
            (i128::from(u64::MAX), u64::MAX),
            (-5, 16),
            (1 << 70, 1),
        ] {
            assert_eq!(Seen { nanoseconds, size }.version(), format!("{nanoseconds:x}-{size:x}"));
        }
    }

    #[test]
    fn the_facts_are_those_of_the_standard_library() -> io::Result<()> {
        let file = tempfile::tempfile()?;
        for (seconds, nanoseconds) in [(1_764_100_000_i64, 123_456_789), (0, 0), (-2, 500_000_000)] {
            let at = match u64::try_from(seconds) {
                Ok(seconds) => SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds),
                Err(_) => SystemTime::UNIX_EPOCH - Duration::new(1, nanoseconds),
            };
            file.set_len(7)?;
            file.set_modified(at)?;
            let facts = Seen::of(&file)?.map(Seen::facts);
            let known = facts.as_ref().map(|facts| (facts.size, facts.modified));
            assert_eq!(known, Some((7, file.metadata()?.modified().ok())));
        }
        Ok(())
    }
}
