//! The sources that a plan looks at.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Setting;
use crate::{
    engine::storage_error,
    model::{Error, Glob, Reason, SourcePath, StoreName},
};

/// How many folders are listed at a time.
const AT_A_TIME: usize = 16;

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    pub store: StoreName,
    pub path: SourcePath,
}

/// A glob as it is written, or everything under a prefix.
pub(super) fn glob(text: &str) -> Result<Glob, Error> {
    let text = text.trim_end_matches('/');
    let glob = if text.contains(['*', '?']) { text.to_owned() } else { format!("{text}/**") };
    Glob::new(&glob).map_err(|why| {
        Error::new(
            Reason::InvalidArgument,
            format!("{text:?} {why}: write a prefix, or a glob such as photos/**/*.jpg"),
        )
        .field("sources")
    })
}

/// All sources that are wanted, in the order of their names. What can be no source's path is passed over.
pub(super) async fn sources(setting: &Setting<'_>) -> Result<Vec<Source>, Error> {
    let wanted = setting.options.sources.as_ref();
    let mut sources = Vec::new();
    for (name, store) in &setting.stores.sources {
        let mut folders = vec![wanted.map(literal).unwrap_or_default()];
        while !folders.is_empty() {
            let listed: Vec<_> = stream::iter(std::mem::take(&mut folders))
                .map(|folder| async move { store.list(&folder).await.map(|entries| (folder, entries)) })
                .buffer_unordered(AT_A_TIME)
                .try_collect()
                .await
                .map_err(|error| storage_error(&error))?;
            for (folder, entries) in listed {
                for entry in entries {
                    let path =
                        if folder.is_empty() { entry.name } else { format!("{folder}/{}", entry.name) };
                    if entry.is_folder {
                        folders.push(path);
                    } else if wanted.is_none_or(|glob| glob.matches(&path))
                        && let Ok(path) = SourcePath::new(&path)
                    {
                        sources.push(Source { store: name.clone(), path });
                    }
                }
            }
        }
    }
    sources.sort();
    Ok(sources)
}

/// The folder that everything lies in that a glob matches.
fn literal(glob: &Glob) -> String {
    let mut segments: Vec<&str> = glob.as_str().split('/').collect();
    segments.pop();
    let plain = segments.iter().take_while(|segment| !segment.contains(['*', '?'])).copied();
    plain.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_prefix_is_everything_below_it_and_a_glob_is_itself() {
        assert_eq!(glob("photos/").unwrap().as_str(), "photos/**");
        assert_eq!(glob("photos/*.jpg").unwrap().as_str(), "photos/*.jpg");
        assert_eq!(glob("/photos").unwrap_err().at_field(), Some("sources"));
    }

    #[test]
    fn a_walk_begins_as_deep_as_a_glob_allows() {
        for (text, folder) in
            [("a/b/**", "a/b"), ("a/*/c.jpg", "a"), ("*.jpg", ""), ("a/b.jpg", "a"), ("**", "")]
        {
            assert_eq!(literal(&Glob::new(text).unwrap()), folder, "{text}");
        }
    }
}
