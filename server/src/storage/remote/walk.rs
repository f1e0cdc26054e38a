//! Walking through a bucket: a listing without a delimiter, which object stores give in the order of whole paths.

use futures_util::TryStreamExt;
use opendal::options::ListOptions;
use opendal::{ErrorKind, Operator, Result};

use super::super::{Found, Walk};

/// The most objects that these stores list in one answer.
const PAGE: usize = 1000;

pub(super) async fn walk(operator: &Operator, walk: Walk<'_>) -> Result<Vec<Found>> {
    let prefix = if walk.folder.is_empty() { String::new() } else { format!("{}/", walk.folder) };
    // Where a store cannot begin in the middle, what comes before is listed and left out.
    let begins = !walk.after.is_empty() && operator.info().capability().list_with_start_after;
    let options = ListOptions {
        recursive: true,
        limit: Some(walk.most.clamp(1, PAGE)),
        start_after: begins.then(|| walk.after.to_owned()),
        ..ListOptions::default()
    };
    let path = if prefix.is_empty() { "/" } else { prefix.as_str() };
    let mut entries = match operator.lister_options(path, options).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    while found.len() < walk.most {
        let Some(entry) = entries.try_next().await? else { break };
        let path = entry.path();
        // Some consoles make an object for a folder.
        if path.ends_with('/') || !path.starts_with(&prefix) || path <= walk.after {
            continue;
        }
        let metadata = entry.metadata();
        let modified = metadata.last_modified().map(Into::into);
        found.push(Found { path: path.to_owned(), size: Some(metadata.content_length()), modified });
    }
    Ok(found)
}
