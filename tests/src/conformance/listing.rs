//! Listing one level.

use futures_util::future::join_all;
use rendition_server::storage::{Entry, Store, Walk};

use super::{Place, put};

async fn names(store: &std::sync::Arc<dyn Store>, folder: &str) -> Vec<String> {
    store.list(folder).await.unwrap().into_iter().map(|entry| entry.name).collect()
}

pub async fn a_listing_is_exactly_one_level(Place { store, .. }: &Place) {
    for path in ["top", "a/1", "a/2", "a/b/3", "a/b/c/4", "z/5"] {
        put(store, path, path).await;
    }
    let object = |name: &str, size| Entry {
        name: name.to_owned(),
        is_folder: false,
        size: Some(size),
        modified: None,
    };
    let folder = |name: &str| Entry { name: name.to_owned(), is_folder: true, size: None, modified: None };
    let listed = |mut entries: Vec<Entry>| {
        // A store need not tell sizes in a listing.
        for entry in entries.iter_mut().filter(|entry| !entry.is_folder && entry.size.is_none()) {
            entry.size = Some(3);
        }
        for entry in &mut entries {
            let written = entry.modified.take();
            assert!(written.is_some() != entry.is_folder, "when {:?} was written", entry.name);
        }
        entries
    };
    assert_eq!(listed(store.list("").await.unwrap()), [folder("a"), object("top", 3), folder("z")]);
    assert_eq!(listed(store.list("a").await.unwrap()), [object("1", 3), object("2", 3), folder("b")]);
    assert_eq!(names(store, "a/b").await, ["3", "c"]);
    assert_eq!(names(store, "a/b/c").await, ["4"]);
}

pub async fn a_missing_folder_is_empty(Place { store, .. }: &Place) {
    assert_eq!(store.list("").await.unwrap(), []);
    put(store, "a/object", "x").await;
    assert_eq!(store.list("nothing").await.unwrap(), []);
    assert_eq!(store.list("a/nothing/at/all").await.unwrap(), []);
    assert_eq!(store.list("a/object").await.unwrap(), []);
}

pub async fn names_that_begin_alike_are_kept_apart(Place { store, .. }: &Place) {
    for path in ["cat.jpg/avatar", "cat.jpg.bak/avatar", "cat.jpg-2/avatar", "cat/avatar", "cat.jp/avatar"] {
        put(store, path, path).await;
    }
    assert_eq!(names(store, "cat.jpg").await, ["avatar"]);
    assert_eq!(names(store, "cat").await, ["avatar"]);
    assert_eq!(names(store, "cat.j").await, Vec::<String>::new());
    assert_eq!(names(store, "").await, ["cat", "cat.jp", "cat.jpg", "cat.jpg-2", "cat.jpg.bak"]);
}

pub async fn a_folder_goes_with_its_last_object(Place { store, .. }: &Place) {
    put(store, "a/b/c", "x").await;
    put(store, "a/d", "x").await;
    store.delete("a/b/c").await.unwrap();
    assert_eq!(names(store, "a").await, ["d"]);
    store.delete("a/d").await.unwrap();
    assert_eq!(store.list("").await.unwrap(), []);
}

pub async fn a_large_folder_is_listed_whole(Place { store, .. }: &Place) {
    // More than a page of S3.
    let mut expected: Vec<String> = (0..1100).map(|number| format!("object-{number:04}")).collect();
    for some in expected.chunks(50) {
        join_all(some.iter().map(|name| async move { put(store, &format!("a/{name}"), "x").await })).await;
    }
    put(store, "a/folder/object", "x").await;
    expected.push("folder".to_owned());
    expected.sort();
    assert_eq!(names(store, "a").await, expected);
}

/// All paths below a folder, by walks of so many objects at a time.
async fn walked(store: &std::sync::Arc<dyn Store>, folder: &str, from: &str, most: usize) -> Vec<String> {
    let (mut paths, mut after) = (Vec::new(), from.to_owned());
    loop {
        let found = store.walk(Walk { folder, after: &after, most }).await.unwrap();
        assert!(found.len() <= most);
        let is_last = found.len() < most;
        paths.extend(found.into_iter().map(|found| found.path));
        match paths.last() {
            Some(last) if !is_last => after.clone_from(last),
            _ => return paths,
        }
    }
}

pub async fn a_walk_gives_every_object_at_any_depth_in_the_order_of_whole_paths(Place { store, .. }: &Place) {
    // A folder comes where its slash puts it: after "a.b" and "a-b", before "a0".
    let mut paths = vec!["a-b/x", "a.b", "a/1", "a/b.c/1", "a/b/1", "a/b/c/d/e", "a0/x", "top", "z/5", "ü/é"];
    for path in &paths {
        put(store, path, *path).await;
    }
    paths.sort_unstable();
    for most in [1, 2, 3, 100] {
        assert_eq!(walked(store, "", "", most).await, paths, "{most} at a time");
        assert_eq!(walked(store, "a", "", most).await, ["a/1", "a/b.c/1", "a/b/1", "a/b/c/d/e"]);
        assert_eq!(walked(store, "a/b", "", most).await, ["a/b/1", "a/b/c/d/e"]);
    }
    assert_eq!(walked(store, "nothing", "", 10).await, Vec::<String>::new());
    for after in ["", "a", "a/", "a/b", "a/b.", "a/b/", "a/b/c/d", "a/b0", "top", "zz", "a.b/x"] {
        let rest: Vec<&str> = paths.iter().copied().filter(|path| *path > after).collect();
        assert_eq!(walked(store, "", after, 3).await, rest, "after {after:?}");
        let rest: Vec<&str> = rest.into_iter().filter(|path| path.starts_with("a/")).collect();
        assert_eq!(walked(store, "a", after, 3).await, rest, "in a, after {after:?}");
    }
    let found = store.walk(Walk { folder: "z", after: "", most: 10 }).await.unwrap();
    assert_eq!(found[0].size.unwrap_or(3), 3);
    assert!(found[0].modified.is_some());
}
