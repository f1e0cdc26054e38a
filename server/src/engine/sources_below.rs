//! The sources of a store that are meant, one after the other in the order of their paths.

use std::{sync::Arc, vec};

use super::stores::storage_error;
use crate::{
    model::{Error, Scope, SourcePath},
    storage::{Store, Walk},
};

/// How many objects are listed at a time: what four answers of a remote store hold, and a folder keeps at a time.
const PAGE: usize = 4000;

/// The sources in their order. Memory holds one page of them.
pub(super) struct SourcesBelow {
    store: Arc<dyn Store>,
    scope: Scope,
    after: String,
    page: vec::IntoIter<SourcePath>,
    is_last: bool,
}

impl SourcesBelow {
    /// Those after a path; empty: all.
    pub fn new(store: Arc<dyn Store>, scope: Scope, after: String) -> Self {
        Self { store, scope, after, page: Vec::new().into_iter(), is_last: false }
    }

    /// The next one. What no source can be called is left out.
    pub async fn next(&mut self) -> Result<Option<SourcePath>, Error> {
        loop {
            if let Some(path) = self.page.next() {
                return Ok(Some(path));
            }
            if self.is_last {
                return Ok(None);
            }
            let walk = Walk { folder: self.scope.folder(), after: &self.after, most: PAGE };
            let found = self.store.walk(walk).await.map_err(|error| storage_error(&error))?;
            self.is_last = found.len() < PAGE;
            if let Some(last) = found.last() {
                self.after.clone_from(&last.path);
            }
            let taken = found.iter().filter(|found| self.scope.takes(&found.path));
            let paths: Vec<SourcePath> =
                taken.filter_map(|found| SourcePath::new(&found.path).ok()).collect();
            self.page = paths.into_iter();
        }
    }
}
