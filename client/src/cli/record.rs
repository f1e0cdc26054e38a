//! Results as JSON: the API's names in snake_case, enumerations by the API's names, times in
//! RFC 3339. Numbers are JSON numbers. What is not known is left out.

use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::STANDARD};
use rendition_client::{
    Ensured, Error, Existence, Failure, ImageInfo, NamedSpec, OutputFormat, Picture, Placeholder, Rendition,
    Source, SourceInfo, StoredRendition, Strategy,
};
use serde_json::{Map, Value, json};

/// `google.rpc.Code` name, reason, fields and when to try again.
pub(crate) fn error(error: &Error) -> Value {
    let mut record = Map::new();
    let message = error.status().map_or_else(|| error.to_string(), |status| status.message.clone());
    record.insert("code".to_owned(), error.code_name().into());
    set(&mut record, "reason", error.reason().map(|reason| reason.as_str().into()));
    record.insert("message".to_owned(), message.into());
    let violations: Vec<_> = error
        .violations()
        .iter()
        .map(|violation| json!({ "field": violation.field, "description": violation.description }))
        .collect();
    set(&mut record, "field_violations", (!violations.is_empty()).then(|| violations.into()));
    let delay = error.retry_after().map(|delay| format!("{}s", delay.as_secs_f64()).into());
    set(&mut record, "retry_delay", delay);
    record.into()
}

/// A source as it was asked for.
pub(crate) fn source(source: &Source) -> Value {
    let mut record = Map::new();
    set(&mut record, "store", source.store_name().map(Value::from));
    record.insert("path".to_owned(), source.path().into());
    set(&mut record, "version", source.version_tag().map(Value::from));
    record.into()
}

/// What is known of a rendition.
pub(crate) fn rendition(rendition: &Rendition) -> Value {
    let mut record = Map::new();
    record.insert("key".to_owned(), rendition.key().into());
    record.insert("store".to_owned(), rendition.store().into());
    record.insert("state".to_owned(), rendition.state().wire_name().into());
    record.insert("evidence".to_owned(), rendition.evidence().wire_name().into());
    set(&mut record, "checked_at", rendition.checked_at().map(time));
    set(&mut record, "image", rendition.image().map(image));
    set(&mut record, "placeholder", rendition.placeholder().map(placeholder));
    record.insert("url".to_owned(), rendition.url().into());
    set(&mut record, "url_expire_time", rendition.url_expire_time().map(time));
    set(&mut record, "failure", rendition.failure().map(failure));
    record.into()
}

/// What came of a rendition, or of a family's members.
pub(crate) fn ensured(ensured: &Ensured) -> Map<String, Value> {
    let members: Vec<Value> = ensured
        .members()
        .map(|member| match member {
            Ok(member) => self::ensured(&member).into(),
            Err(failed) => json!({ "error": error(&failed) }),
        })
        .collect();
    let mut record = Map::new();
    record.insert("outcome".to_owned(), ensured.outcome().wire_name().into());
    record.insert("rendition".to_owned(), rendition(ensured.rendition()));
    set(&mut record, "members", (!members.is_empty()).then(|| members.into()));
    record
}

/// What an HTML page needs.
pub(crate) fn picture(picture: &Picture) -> Value {
    let sources = picture.sources().map(|source| {
        let entries = source.entries().map(|(width, height, shown)| {
            let mut entry = Map::new();
            entry.insert("width".to_owned(), width.into());
            set(&mut entry, "height", height.map(Value::from));
            entry.insert("rendition".to_owned(), rendition(&shown));
            Value::from(entry)
        });
        json!({
            "media_type": source.media_type(),
            "srcset": source.srcset(),
            "entries": entries.collect::<Vec<_>>(),
        })
    });
    let mut record = Map::new();
    record.insert("sources".to_owned(), sources.collect::<Vec<_>>().into());
    record.insert("src".to_owned(), picture.src().into());
    set(&mut record, "width", picture.dimensions().map(|(width, _)| width.into()));
    set(&mut record, "height", picture.dimensions().map(|(_, height)| height.into()));
    set(&mut record, "sizes", picture.sizes().map(Value::from));
    set(&mut record, "placeholder", picture.placeholder().map(placeholder));
    set(&mut record, "failure", picture.failure().map(failure));
    record.into()
}

/// Whether it exists, and what is known of it.
pub(crate) fn existence(existence: &Existence) -> Map<String, Value> {
    let mut record = Map::new();
    record.insert("exists".to_owned(), existence.exists().into());
    record.insert("rendition".to_owned(), rendition(existence.rendition()));
    record
}

/// A named spec; its content is in the shape of the configuration.
pub(crate) fn named_spec(named: &NamedSpec) -> Value {
    let spec = named.spec().ok().and_then(|spec| serde_json::to_value(spec).ok());
    let mut record = Map::new();
    record.insert("id".to_owned(), named.id().into());
    record.insert("spec".to_owned(), spec.into());
    record.insert(
        "policy".to_owned(),
        json!({
            "strategy": strategy(named.strategy()),
            "sources": named.sources(),
            "public": named.is_public(),
        }),
    );
    set(&mut record, "digest", named.digest().map(Value::from));
    record.into()
}

fn strategy(strategy: Option<Strategy>) -> String {
    let word = strategy.map_or("unspecified", Strategy::as_str);
    format!("STRATEGY_{}", word.to_ascii_uppercase())
}

fn image(image: ImageInfo<'_>) -> Value {
    let mut record = Map::new();
    set(&mut record, "media_type", image.media_type().map(Value::from));
    set(&mut record, "width", image.dimensions().map(|(width, _)| width.into()));
    set(&mut record, "height", image.dimensions().map(|(_, height)| height.into()));
    set(&mut record, "size_bytes", image.size_bytes().map(Value::from));
    set(&mut record, "etag", image.etag().map(Value::from));
    set(&mut record, "frames", image.frames().map(Value::from));
    set(&mut record, "damaged", image.is_damaged().then_some(true.into()));
    record.into()
}

/// What a source is.
pub(crate) fn source_info(info: &SourceInfo) -> Value {
    let mut record = Map::new();
    record.insert("store".to_owned(), info.store().into());
    record.insert("path".to_owned(), info.path().into());
    set(&mut record, "version", info.version().map(Value::from));
    set(&mut record, "media_type", info.media_type().map(Value::from));
    set(&mut record, "width", info.dimensions().map(|(width, _)| width.into()));
    set(&mut record, "height", info.dimensions().map(|(_, height)| height.into()));
    record.insert("size_bytes".to_owned(), info.size_bytes().into());
    set(&mut record, "frames", info.frames().map(Value::from));
    set(&mut record, "placeholder", info.placeholder().map(placeholder));
    set(&mut record, "failure", info.failure().map(failure));
    record.into()
}

/// A rendition as it lies in its store.
pub(crate) fn stored_rendition(stored: &StoredRendition) -> Value {
    let mut record = Map::new();
    record.insert("key".to_owned(), stored.key().into());
    set(&mut record, "spec_id", stored.spec_id().map(Value::from));
    set(&mut record, "source_version", stored.source_version().map(Value::from));
    set(&mut record, "format", stored.format().map(OutputFormat::as_str).map(Value::from));
    set(&mut record, "size_bytes", stored.size_bytes().map(Value::from));
    set(&mut record, "modified_at", stored.modified_at().map(time));
    record.insert("stale".to_owned(), stored.is_stale().into());
    record.into()
}

/// The hash in base64, as the JSON of the API has bytes.
fn placeholder(placeholder: Placeholder<'_>) -> Value {
    json!({
        "thumbhash": STANDARD.encode(placeholder.thumbhash()),
        "dominant_color": placeholder.dominant_color(),
    })
}

fn failure(failure: Failure<'_>) -> Value {
    let mut record = Map::new();
    record.insert("reason".to_owned(), failure.reason().as_str().into());
    record.insert("message".to_owned(), failure.message().into());
    set(&mut record, "retry_time", failure.retry_time().map(time));
    record.insert("attempts".to_owned(), failure.attempts().into());
    record.into()
}

/// A time in RFC 3339.
pub(crate) fn time(time: SystemTime) -> Value {
    humantime::format_rfc3339_millis(time).to_string().into()
}

fn set(record: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        record.insert(name.to_owned(), value);
    }
}

/// Adds what is known to a record that is an object.
pub(crate) fn set_all<const N: usize>(record: &mut Value, fields: [(&str, Option<Value>); N]) {
    if let Value::Object(record) = record {
        for (name, value) in fields {
            set(record, name, value);
        }
    }
}
