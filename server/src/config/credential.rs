//! Lists of secrets with names, as tokens and signing keys are written.

use std::path::PathBuf;

use super::{problem::Complaint, secret::Secret, section::Section};

/// The most bytes of a credential's id.
const LONGEST_ID: usize = 32;

/// A secret and the name by which it is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its name: 1 to 32 letters, digits, `_` and `-`.
    pub id: String,
    /// The secret.
    pub secret: Secret,
}

/// Reads the list `name = [{ id = "…", secret_file = "…" }]`; the ids differ from each other.
pub(crate) fn credentials(section: &Section<'_, '_>, name: &str) -> Vec<Credential> {
    let mut read: Vec<Credential> = Vec::new();
    for record in section.records(name) {
        let id: Option<String> = record.require("id", "give it a name, such as \"k1\"");
        let file: Option<PathBuf> = record.require("secret_file", "name the file that holds the secret");
        if let Some(id) = &id {
            if !is_id(id) {
                let remedy = format!("write 1 to {LONGEST_ID} letters, digits, \"_\" and \"-\"");
                record.complain("id", Complaint::new("can't be an id", remedy));
            } else if read.iter().any(|other| other.id == *id) {
                record.complain(
                    "id",
                    Complaint::new("stands twice in the list", "give each entry an id of its own"),
                );
            }
        }
        let secret = file.and_then(|file| {
            Secret::read(&file).map_err(|complaint| record.complain("secret_file", complaint)).ok()
        });
        if let (Some(id), Some(secret)) = (id, secret) {
            read.push(Credential { id, secret });
        }
    }
    read
}

fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
