//! One operation has one name and one number everywhere: in the proto, in imaging's table, in the configuration's TOML, in
//! JSON and in the client. A table that lacks one fails here.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value,
};
use rendition_imaging::{OPERATIONS, OUTPUTS};
use rendition_proto::{FILE_DESCRIPTOR_SET, v1};
use rendition_server::grpc::convert;
use serde::de::DeserializeOwned;

fn message(name: &str) -> MessageDescriptor {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    pool.get_message_by_name(&format!("rendition.v1.{name}")).unwrap()
}

/// A choice's name, its number, and the fields of its message.
type Row = (String, u32, Vec<(String, u32)>);

/// The fields of a message by name and number, in ascending order.
fn fields(message: &MessageDescriptor) -> Vec<(String, u32)> {
    message.fields().map(|field| (field.name().to_owned(), field.number())).collect()
}

/// What the proto says of a message with one choice in it.
fn choices(name: &str) -> Vec<Row> {
    let message = message(name);
    let choices = message.fields().map(|field| {
        assert!(field.containing_oneof().is_some(), "{}", field.full_name());
        let Kind::Message(chosen) = field.kind() else { panic!("{} is no message", field.full_name()) };
        (field.name().to_owned(), field.number(), fields(&chosen))
    });
    choices.collect()
}

fn row(name: &str, number: u32, fields: &[(&str, u32)]) -> Row {
    (name.into(), number, fields.iter().map(|(name, number)| ((*name).into(), *number)).collect())
}

#[test]
fn imagings_table_of_operations_is_the_protos() {
    let ours: Vec<Row> = OPERATIONS.iter().map(|info| row(info.name, info.number, info.fields)).collect();
    assert_eq!(ours, choices("Operation"));
    assert!(OPERATIONS.iter().all(|info| info.revision >= 1));
}

#[test]
fn imagings_table_of_outputs_is_the_protos() {
    let ours: Vec<Row> = OUTPUTS.iter().map(|info| row(info.name, info.number, info.fields)).collect();
    assert_eq!(ours, choices("Output"));
    assert!(OUTPUTS.iter().all(|info| info.revision >= 1));
}

#[test]
fn the_clients_table_of_operations_is_the_protos() {
    let proto: Vec<String> = choices("Operation").into_iter().map(|(name, ..)| name).collect();
    assert_eq!(rendition_client::Operation::NAMES, proto);
}

/// The names that a deserialiser says it expects where it was given one that it can't know.
fn expected<T: DeserializeOwned>(json: &str) -> BTreeSet<String> {
    let error =
        serde_json::from_str::<T>(json).err().unwrap_or_else(|| panic!("{json} was taken")).to_string();
    if error.contains("there are no fields") {
        return BTreeSet::new();
    }
    let (_, names) = error.split_once("expected ").unwrap_or_else(|| panic!("{json}: {error}"));
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn the_words_are_the_protos<O: DeserializeOwned>(choice: &str) {
    let rows = choices(choice);
    let names: BTreeSet<String> = rows.iter().map(|(name, ..)| name.clone()).collect();
    assert_eq!(expected::<O>(r#"{"no_such_name": {}}"#), names);
    for (name, _, fields) in rows {
        let fields: BTreeSet<String> = fields.into_iter().map(|(name, _)| name).collect();
        assert_eq!(expected::<O>(&format!(r#"{{"{name}": {{"no_such_field": 1}}}}"#)), fields, "{name}");
    }
}

#[test]
fn configuration_and_json_use_the_protos_words() {
    the_words_are_the_protos::<rendition_imaging::Operation>("Operation");
    the_words_are_the_protos::<rendition_imaging::Output>("Output");
}

/// The words of a spec's own fields: the configuration's policies are not among them.
#[test]
fn a_specs_own_fields_are_the_protos() {
    let proto: BTreeSet<String> = fields(&message("Spec")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(expected::<rendition_imaging::Spec>(r#"{"no_such_field": 1}"#), proto);
    assert_eq!(expected::<rendition_client::Spec>(r#"{"no_such_field": 1}"#), proto);
}

#[test]
fn the_clients_json_uses_the_protos_words() {
    the_words_are_the_protos::<rendition_client::Operation>("Operation");
    the_words_are_the_protos::<rendition_client::Output>("Output");
}

/// The `turn`th value of an enum that says something.
fn number(values: &EnumDescriptor, turn: usize) -> i32 {
    let numbers: Vec<i32> =
        values.values().map(|value| value.number()).filter(|number| *number != 0).collect();
    numbers[turn % numbers.len()]
}

/// A value of its own for a field, other than its default.
fn value(field: &FieldDescriptor, turn: usize) -> Value {
    let one = match field.kind() {
        Kind::Uint32 => Value::U32(5),
        Kind::Double => Value::F64(0.25),
        Kind::Bool => Value::Bool(true),
        Kind::String => Value::String("#123456".into()),
        Kind::Enum(values) => Value::EnumNumber(number(&values, turn)),
        Kind::Message(message) => Value::Message(sample(&message, turn)),
        kind => panic!("{}: no sample of a {kind:?}", field.full_name()),
    };
    if field.is_list() { Value::List(vec![one]) } else { one }
}

/// A message with every field set; of a oneof's fields the `turn`th.
fn sample(of: &MessageDescriptor, turn: usize) -> DynamicMessage {
    let mut sample = DynamicMessage::new(of.clone());
    for field in of.fields() {
        let chosen = match field.containing_oneof() {
            Some(oneof) if oneof.fields().len() > 1 => {
                oneof.fields().nth(turn % oneof.fields().len()).as_ref() == Some(&field)
            }
            _ => true,
        };
        if chosen {
            sample.set_field(&field, value(&field, turn));
        }
    }
    sample
}

/// Every choice of a message, in as many turns as show each enum's value and each oneof's field once.
fn samples<M: prost::Message + Default>(name: &str) -> Vec<M> {
    const TURNS: usize = 9;
    let outer = message(name);
    let mut samples = Vec::new();
    for field in outer.fields() {
        for turn in 0..TURNS {
            let mut chosen = DynamicMessage::new(outer.clone());
            chosen.set_field(&field, value(&field, turn));
            samples.push(M::decode(chosen.encode_to_vec().as_slice()).unwrap());
        }
    }
    samples
}

#[test]
fn every_operation_survives_the_way_into_the_model_and_back() {
    let samples = samples::<v1::Operation>("Operation");
    assert_eq!(samples.len(), OPERATIONS.len() * 9);
    for sent in samples {
        let model = convert::operation(&sent, format_args!("operation")).unwrap();
        assert_eq!(convert::operation_message(&model), sent);
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<rendition_imaging::Operation>(&json).unwrap(), model, "{json}");
        let client = rendition_client::Operation::try_from(sent.clone()).unwrap();
        assert_eq!(v1::Operation::from(client), sent);
    }
}

#[test]
fn every_output_survives_the_way_into_the_model_and_back() {
    let samples = samples::<v1::Output>("Output");
    assert_eq!(samples.len(), OUTPUTS.len() * 9);
    for sent in samples {
        let model = convert::output(Some(&sent)).unwrap();
        assert_eq!(convert::output_message(&model), sent);
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<rendition_imaging::Output>(&json).unwrap(), model, "{json}");
        let client = rendition_client::Output::try_from(sent.clone()).unwrap();
        assert_eq!(v1::Output::from(client), sent);
    }
}

#[test]
fn a_spec_means_the_same_to_the_client_and_to_the_server() {
    for operation in samples::<v1::Operation>("Operation") {
        for output in samples::<v1::Output>("Output").into_iter().step_by(9) {
            let sent = v1::Spec {
                operations: vec![operation.clone()],
                output: Some(output),
                scaled_decoding: 2,
                device_pixel_ratio: Some(1.5),
                animation: 2,
                light: 2,
                color_profile: 2,
                metadata: 3,
                on_damaged: 2,
            };
            let server = convert::spec(&sent).unwrap();
            let client = rendition_client::Spec::try_from(sent.clone()).unwrap();
            let json = serde_json::to_value(&client).unwrap();
            assert_eq!(serde_json::from_value::<rendition_imaging::Spec>(json).unwrap(), server);
            assert_eq!(v1::Spec::from(client), sent);
        }
    }
}
