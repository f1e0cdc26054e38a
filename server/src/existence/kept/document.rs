//! The file as a whole: a line that names its form, a head, the entries, and the BLAKE3 hash of all that stands before it.
//!
//! It is read twice, once for the hash and once for what it says, so that memory holds one entry at a time and nothing of a
//! damaged file is believed.

use std::{
    fmt,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::{
    Identities,
    entry::{Cursor, Entry, text},
};
use crate::model::{StoreName, Timestamp};

/// The first line. Another form gets another number, and is then foreign to servers that know this one.
const FORM: &[u8] = b"rendition existence 1\n";
const HASH: u64 = 32;
/// Stands where an entry's length would, after the last one.
const END: u32 = 0;
/// No entry and no head comes near it.
const LONGEST: u32 = 1 << 20;

/// Why a file is not believed.
#[derive(Debug)]
pub enum Unreadable {
    /// It is none of ours, or of a form that this server does not know.
    Foreign,
    /// Its hash is not that of its bytes, or they do not say what they should.
    Damaged,
    /// The disk says no.
    Disk(io::Error),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("it is not in the form that this server writes"),
            Self::Damaged => f.write_str("it is damaged"),
            Self::Disk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Disk(error),
        }
    }
}

/// What stands before the entries.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) saved_at: Timestamp,
    pub(super) identities: Identities,
}

/// Opens a file, checks that it is whole, and gives its head and its entries in the order of their writing; none if there is
/// no file.
pub(super) fn open(path: &Path) -> Result<Option<(Head, Entries)>, Unreadable> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Unreadable::Disk(error)),
    };
    check(&mut file)?;
    file.seek(io::SeekFrom::Start(FORM.len() as u64))?;
    let mut rest = BufReader::new(file);
    let head = block(&mut rest)?.ok_or(Unreadable::Damaged)?;
    let head = read_head(&head).ok_or(Unreadable::Damaged)?;
    Ok(Some((head, Entries(rest))))
}

/// The entries that are still to be read.
#[derive(Debug)]
pub(super) struct Entries(BufReader<File>);

impl Iterator for Entries {
    type Item = Result<Entry, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        match block(&mut self.0) {
            Ok(None) => None,
            Ok(Some(bytes)) => Some(Entry::read(&bytes).ok_or(Unreadable::Damaged)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Compares the hash at the end with the bytes before it.
fn check(file: &mut File) -> Result<(), Unreadable> {
    let length = file.metadata()?.len();
    let mut reader = BufReader::new(file);
    let mut form = [0; FORM.len()];
    if length < (FORM.len() as u64) + HASH || reader.read_exact(&mut form).is_err() || form != FORM {
        return Err(Unreadable::Foreign);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(FORM);
    let body = length - FORM.len() as u64 - HASH;
    hasher.update_reader((&mut reader).take(body))?;
    let mut hash = [0; HASH as usize];
    reader.read_exact(&mut hash)?;
    if blake3::Hash::from(hash) == hasher.finalize() { Ok(()) } else { Err(Unreadable::Damaged) }
}

/// The next bytes that have their length before them; none at the end.
fn block(from: &mut impl Read) -> Result<Option<Vec<u8>>, Unreadable> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    match u32::from_le_bytes(length) {
        END => Ok(None),
        length if length > LONGEST => Err(Unreadable::Damaged),
        length => {
            let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
            from.read_exact(&mut bytes)?;
            Ok(Some(bytes))
        }
    }
}

fn write_head(saved_at: Timestamp, identities: &Identities) -> Vec<u8> {
    let mut out = saved_at.millis().to_le_bytes().to_vec();
    match &identities.renditions {
        None => out.push(0),
        Some(identity) => {
            out.push(1);
            text(&mut out, identity);
        }
    }
    for (name, identity) in &identities.sources {
        text(&mut out, name.as_str());
        text(&mut out, identity);
    }
    out
}

fn read_head(bytes: &[u8]) -> Option<Head> {
    let mut from = Cursor(bytes);
    let saved_at = Timestamp::from_millis(from.u64()?);
    let mut identities = Identities::default();
    if from.byte()? != 0 {
        identities.renditions = Some(from.text()?.to_owned());
    }
    while !from.0.is_empty() {
        let name = StoreName::new(from.text()?).ok()?;
        identities.sources.insert(name, from.text()?.to_owned());
    }
    Some(Head { saved_at, identities })
}

/// A file being written beside its place.
pub(super) struct Writer {
    path: PathBuf,
    beside: PathBuf,
    out: BufWriter<File>,
    hasher: blake3::Hasher,
    written: u64,
    block: Vec<u8>,
}

impl Writer {
    pub(super) fn begin(path: &Path, saved_at: Timestamp, identities: &Identities) -> io::Result<Self> {
        let beside = path.with_extension("new");
        let out = BufWriter::new(File::create(&beside)?);
        let (path, hasher) = (path.to_owned(), blake3::Hasher::new());
        let mut writer = Self { path, beside, out, hasher, written: 0, block: Vec::new() };
        writer.put(FORM)?;
        writer.put_block(&write_head(saved_at, identities))?;
        Ok(writer)
    }

    /// Bytes so far.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn add(&mut self, entry: &Entry) -> io::Result<()> {
        let mut block = std::mem::take(&mut self.block);
        block.clear();
        entry.write(&mut block);
        let put = self.put_block(&block);
        self.block = block;
        put
    }

    /// Puts the file in its place, whole and on the disk.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.put(&END.to_le_bytes())?;
        let hash = self.hasher.finalize();
        self.out.write_all(hash.as_bytes())?;
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&self.beside, &self.path)
    }

    fn put_block(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or_else(|| io::Error::other("an entry is too long to be kept"))?;
        self.put(&length.to_le_bytes())?;
        self.put(bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}
