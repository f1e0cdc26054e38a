//! The tables of operations and outputs against the API's descriptors: an operation that is in one and not
//! in the other, or whose fields have other names or numbers, fails here.
#![allow(clippy::unwrap_used)]

use prost_reflect::{DescriptorPool, Kind};
use rendition_imaging::{OPERATIONS, OUTPUTS};

/// A row: the name, the number, and the fields by name and number.
type Row = (String, u32, Vec<(String, u32)>);

fn row(name: &str, number: u32, fields: &[(&str, u32)]) -> Row {
    (name.to_owned(), number, fields.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect())
}

/// The members of the message's oneof in ascending order of their numbers.
fn members(message: &str) -> Vec<Row> {
    let pool = DescriptorPool::decode(rendition_proto::FILE_DESCRIPTOR_SET).unwrap();
    let message = pool.get_message_by_name(message).unwrap();
    let mut members: Vec<Row> = message
        .fields()
        .map(|field| {
            let Kind::Message(own) = field.kind() else { panic!("{} is no message", field.full_name()) };
            let mut fields: Vec<_> =
                own.fields().map(|field| (field.name().to_owned(), field.number())).collect();
            fields.sort_by_key(|(_, number)| *number);
            (field.name().to_owned(), field.number(), fields)
        })
        .collect();
    members.sort_by_key(|(_, number, _)| *number);
    members
}

#[test]
fn the_operations_and_their_fields_are_those_of_the_api() {
    let ours: Vec<Row> =
        OPERATIONS.iter().map(|operation| row(operation.name, operation.number, operation.fields)).collect();
    assert_eq!(ours, members("rendition.v1.Operation"));
}

#[test]
fn the_outputs_and_their_fields_are_those_of_the_api() {
    let ours: Vec<Row> =
        OUTPUTS.iter().map(|output| row(output.name, output.number, output.fields)).collect();
    assert_eq!(ours, members("rendition.v1.Output"));
}
