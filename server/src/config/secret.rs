//! Secrets: read from files, and shown to nobody by accident.
//!
//! A `Secret` prints as `[secret]` in every form, and its bytes are had only by asking for them by
//! name, so that a look for `expose` finds every use.

use std::{fmt, fs, path::Path, sync::Arc};

use super::problem::Complaint;

/// The fewest bytes that a secret may have.
pub const SHORTEST_SECRET: usize = 16;
/// A file larger than this is no secret, and is not read whole.
const LARGEST_FILE: u64 = 64 * 1024;

/// Bytes that must not be printed. Clones share them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// Takes the bytes, without white space at either end; the complaint says when they are too few.
    pub fn new(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.trim_ascii();
        if bytes.len() < SHORTEST_SECRET {
            return Err(format!("has {} bytes where a secret needs at least {SHORTEST_SECRET}", bytes.len()));
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes, for the one who computes with them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Reads the secret that lies in a file.
    pub(crate) fn read(file: &Path) -> Result<Self, Complaint> {
        let remedy = || {
            format!(
                "put a secret there that only the server can read, for instance: \
                 head -c 32 /dev/urandom | base64 > {}",
                file.display()
            )
        };
        let complain = |error: std::io::Error| {
            Complaint::new(format!("the secret file {} can't be read: {error}", file.display()), remedy())
        };
        let size = fs::metadata(file).map_err(complain)?.len();
        if size > LARGEST_FILE {
            return Err(Complaint::new(
                format!(
                    "the secret file {} has {size} bytes, which is too large for a secret",
                    file.display()
                ),
                remedy(),
            ));
        }
        let bytes = fs::read(file).map_err(complain)?;
        Self::new(&bytes)
            .map_err(|short| Complaint::new(format!("the secret file {} {short}", file.display()), remedy()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_secret_is_printed_in_no_form() {
        let secret = Secret::new(b"correct horse battery staple").unwrap();
        assert_eq!(format!("{secret} {secret:?} {secret:#?}"), "[secret] [secret] [secret]");
    }

    #[test]
    fn white_space_around_a_secret_is_no_part_of_it() {
        assert_eq!(Secret::new(b" 0123456789abcdef\r\n").unwrap().expose(), b"0123456789abcdef");
    }

    #[test]
    fn a_secret_below_sixteen_bytes_is_refused() {
        assert_eq!(
            Secret::new(b"0123456789abcde\n").unwrap_err(),
            "has 15 bytes where a secret needs at least 16"
        );
    }

    #[test]
    fn a_complaint_about_a_secret_file_names_the_file_and_not_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("short");
        fs::write(&file, "hunter2").unwrap();
        let complaint = Secret::read(&file).unwrap_err();
        assert!(complaint.message.contains(file.to_str().unwrap()), "{complaint:?}");
        assert!(!complaint.message.contains("hunter2"));
        fs::write(&file, vec![b'a'; 65 * 1024]).unwrap();
        assert!(Secret::read(&file).unwrap_err().message.contains("too large for a secret"));
        assert!(Secret::read(&folder.path().join("absent")).unwrap_err().message.contains("can't be read"));
    }
}
