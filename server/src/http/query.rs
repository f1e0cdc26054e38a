//! The query of a media URL.

use percent_encoding::percent_decode_str;

use crate::engine::urls::Query;

/// The parts of a query that we know; of one that comes twice the first counts.
pub fn query(text: &str) -> Query {
    let mut query = Query::default();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let slot = match name {
            "expires" => &mut query.expires,
            "key" => &mut query.key,
            "signature" => &mut query.signature,
            "spec" => &mut query.spec,
            "download" => &mut query.download,
            _ => continue,
        };
        if slot.is_none() {
            *slot = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
        }
    }
    query
}
