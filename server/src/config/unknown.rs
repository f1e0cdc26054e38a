//! Finding the keys that have no row, and tables that are none.

use super::{
    document::Table,
    key::Kind,
    problem::Complaint,
    reference,
    section::{Reader, Shown, join},
    suggestion::nearest,
    value::wrong_type,
};

/// Notes every key below a table that has no row, and every value where a table must stand.
pub(crate) fn refuse(reader: &Reader<'_>, table: &Table<'_>) {
    walk(reader, table, "", "");
}

fn walk(reader: &Reader<'_>, table: &Table<'_>, pattern: &str, path: &str) {
    let children = reference::children(pattern);
    for (key, node) in table {
        let name: &str = key.get_ref();
        let path = join(path, name);
        let Some(child) = children.iter().find(|child| **child == name || child.starts_with('<')) else {
            let remedy = match nearest(name, children.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("the keys here are {}", children.join(", ")),
            };
            reader.complain(
                path,
                Some(key.span()),
                Shown::No,
                Complaint::new("there is no such key", remedy),
            );
            continue;
        };
        let pattern = join(pattern, child);
        match (reference::row(&pattern), node.get_ref().as_table()) {
            (Some(row), _) => {
                if let (Kind::Records, Some(items)) = (row.kind, node.get_ref().as_array()) {
                    for (index, item) in items.iter().enumerate() {
                        if let Some(record) = item.get_ref().as_table() {
                            walk(reader, record, &format!("{pattern}[]"), &format!("{path}[{index}]"));
                        }
                    }
                }
            }
            (None, Some(table)) => walk(reader, table, &pattern, &path),
            (None, None) => {
                let complaint = wrong_type(node.get_ref(), &format!("write a table: [{path}]"));
                reader.complain(path, Some(node.span()), Shown::No, complaint);
            }
        }
    }
}
