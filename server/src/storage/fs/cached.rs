//! Reading what the kernel holds in memory already, on the spot: no thread is woken for a file that everybody asks for.
//!
//! Nothing here waits for a disk or a network: the kernel is asked to look into its caches alone (`RESOLVE_CACHED`,
//! `RWF_NOWAIT`), and that only on file systems of this machine. Whatever it cannot tell at once, an absent file
//! included, is asked for in the usual way.

use std::fs::File;
use std::ops::Range;
use std::os::fd::AsFd;

use bytes::Bytes;

use super::super::object::CHUNK;
use super::file::OpenFile;
use super::root::Root;

/// A file that was opened, and its first piece.
pub(super) struct Begun {
    pub(super) file: OpenFile,
    /// The first bytes that are wanted, at most [`CHUNK`].
    pub(super) first: Bytes,
    /// Where what is wanted goes on.
    pub(super) rest: Range<u64>,
}

/// Opens a file and reads the first piece of a range, if both can be done without waiting.
pub(super) fn begin(root: &Root, path: &str, range: Option<Range<u64>>) -> Option<Begun> {
    let file = OpenFile::of(File::from(root.resolve_cached(path)?)).ok()??;
    let range = file.clamp(range);
    let end = range.end.min(range.start + CHUNK as u64);
    let length = usize::try_from(end - range.start).ok()?;
    let first = if length == 0 { Bytes::new() } else { file.read_cached(length, range.start)? };
    Some(Begun { file, first, rest: end..range.end })
}

/// The same in the usual way.
pub(super) fn begin_blocking(
    root: &Root,
    path: &str,
    range: Option<Range<u64>>,
) -> Result<Option<Begun>, super::failure::Failure> {
    let Some(file) = OpenFile::open(root, path)? else { return Ok(None) };
    let range = file.clamp(range);
    let end = range.end.min(range.start + CHUNK as u64);
    let length = usize::try_from(end - range.start).unwrap_or(CHUNK);
    let first = if length == 0 { Bytes::new() } else { file.read_at(length, range.start)? };
    Ok(Some(Begun { file, first, rest: end..range.end }))
}

/// Whether a folder lies on a file system of this machine, which answers from its caches at once.
#[cfg(target_os = "linux")]
pub(super) fn is_local(folder: impl AsFd) -> bool {
    /// The numbers of ext2 to ext4, XFS, Btrfs, F2FS, tmpfs and overlayfs in `linux/magic.h`.
    const LOCAL: [u64; 6] = [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x0102_1994, 0x794c_7630];
    rustix::fs::fstatfs(folder).is_ok_and(|facts| {
        // A number of 32 bits, whatever type the platform gives it.
        LOCAL.contains(&(facts.f_type as u64 & 0xffff_ffff))
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_local(_folder: impl AsFd) -> bool {
    false
}

/// Reads from the page cache; none if a byte of it is not there.
#[cfg(target_os = "linux")]
pub(super) fn read(file: &File, length: usize, offset: u64) -> Option<Bytes> {
    use std::io::IoSliceMut;

    use rustix::io::{ReadWriteFlags, preadv2};

    let mut buffer = super::file::buffer(length);
    let read = preadv2(file, &mut [IoSliceMut::new(&mut buffer)], offset, ReadWriteFlags::NOWAIT).ok()?;
    (read == length).then(|| buffer.into())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn read(_file: &File, _length: usize, _offset: u64) -> Option<Bytes> {
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn both_ways_give_the_same_and_links_out_of_the_root_are_followed_by_neither() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        let inside = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| at as u8).collect();
        std::fs::create_dir(inside.path().join("a")).unwrap();
        std::fs::write(inside.path().join("a/b"), &bytes).unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("out")).unwrap();
        let root = Root::open(inside.path()).unwrap();
        for range in [None, Some(0..10), Some(100..70_000), Some(199_990..300_000), Some(300_000..300_001)] {
            let usual = begin_blocking(&root, "a/b", range.clone()).unwrap().unwrap();
            let start = range.as_ref().map_or(0, |range| range.start.min(200_000)) as usize;
            assert_eq!(usual.first, bytes[start..start + usual.first.len()], "{range:?}");
            // Just written, it is in memory; but a sandbox may forbid to ask.
            if let Some(begun) = begin(&root, "a/b", range.clone()) {
                assert_eq!((begun.first, begun.rest), (usual.first, usual.rest), "{range:?}");
                assert_eq!(begun.file.stat, usual.file.stat);
            }
        }
        assert!(begin(&root, "out/secret", None).is_none());
        assert!(begin(&root, "a/absent", None).is_none());
        assert!(begin(&root, "a", None).is_none(), "a folder is no object");
        assert!(begin_blocking(&root, "out/secret", None).is_err());
    }
}
