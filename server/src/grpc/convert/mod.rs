//! Between the messages of `rendition.v1` and the engine's plain data, both ways.

mod explain;
mod maintenance;
mod operation;
mod options;
mod output;
mod picture;
mod prewarm;
mod rendition;
mod request;
mod source;
mod spec;

pub use explain::subject;
pub use maintenance::{collect, verify};
pub use operation::{operation, operation_message};
pub use output::{format, output, output_message};
pub use picture::picture_request;
pub use prewarm::prewarm;
pub use rendition::rendition;
pub use request::{ensure, exists, rendition_ref, url};
pub use source::{in_source_request, named_source, put, recipes, selection, source_info};
pub use spec::{named_spec, spec, spec_message};

use std::fmt::Arguments;

use crate::model::{Error, Reason};

/// The error for a field of a spec, by its path below the spec.
fn invalid_spec(field: Arguments<'_>, message: impl Into<String>) -> Error {
    Error::new(Reason::InvalidSpec, message).field(format!("rendition.recipe.spec.{field}"))
}

/// The error for an enum's number that this server does not know.
fn unknown_number(field: Arguments<'_>, number: i32) -> Error {
    invalid_spec(field, format!("{number} is no value of this enum that this server knows: send one that its version of rendition.v1 has"))
        .with("value", number.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rendition_proto::v1::{self as proto, operation::Operation as Kind, output::Output};

    use super::*;

    fn spec_of(kind: Kind) -> proto::Spec {
        let operations = vec![proto::Operation { operation: Some(kind) }];
        proto::Spec { operations, ..options() }
    }

    fn written_as(output: Output) -> proto::Spec {
        proto::Spec { output: Some(proto::Output { output: Some(output) }), ..Default::default() }
    }

    fn options() -> proto::Spec {
        written_as(Output::Gif(proto::Gif::default()))
    }

    #[test]
    fn a_number_that_is_not_known_is_refused_with_its_field_and_value() {
        use proto::{resize_canvas, thumbnail};
        let canvas = Some(resize_canvas::Position::Anchor(99));
        let smart = Some(thumbnail::Position::Smart(99));
        let jpeg = proto::Jpeg { subsampling: 99, ..Default::default() };
        let auto = proto::Auto { formats: vec![1, 99], ..Default::default() };
        let auto_avif = proto::Avif { subsampling: 99, ..Default::default() };
        let auto_avif = proto::Auto { avif: Some(auto_avif), ..Default::default() };
        let rows = [
            (
                spec_of(Kind::Resize(proto::Resize { upscale: 99, ..Default::default() })),
                "operations[0].resize.upscale",
            ),
            (
                spec_of(Kind::ResizeToFit(proto::ResizeToFit { anchor: 99, ..Default::default() })),
                "operations[0].resize_to_fit.anchor",
            ),
            (
                spec_of(Kind::SmartCrop(proto::SmartCrop { mode: 99, ..Default::default() })),
                "operations[0].smart_crop.mode",
            ),
            (
                spec_of(Kind::Thumbnail(proto::Thumbnail { position: smart, ..Default::default() })),
                "operations[0].thumbnail.smart",
            ),
            (
                spec_of(Kind::Trim(proto::Trim { sides: vec![1, 99], ..Default::default() })),
                "operations[0].trim.sides[1]",
            ),
            (
                spec_of(Kind::ResizeCanvas(proto::ResizeCanvas { position: canvas, ..Default::default() })),
                "operations[0].resize_canvas.anchor",
            ),
            (spec_of(Kind::Transpose(proto::Transpose { method: 99 })), "operations[0].transpose.method"),
            (
                spec_of(Kind::Overlay(proto::Overlay { anchor: Some(99), ..Default::default() })),
                "operations[0].overlay.anchor",
            ),
            (written_as(Output::Jpeg(jpeg)), "output.jpeg.subsampling"),
            (written_as(Output::Png(proto::Png { compression: 99 })), "output.png.compression"),
            (written_as(Output::Auto(auto)), "output.auto.formats[1]"),
            (written_as(Output::Auto(auto_avif)), "output.auto.avif.subsampling"),
            (proto::Spec { scaled_decoding: 99, ..options() }, "scaled_decoding"),
            (proto::Spec { animation: 99, ..options() }, "animation"),
            (proto::Spec { light: 99, ..options() }, "light"),
            (proto::Spec { color_profile: 99, ..options() }, "color_profile"),
            (proto::Spec { metadata: 99, ..options() }, "metadata"),
            (proto::Spec { on_damaged: 99, ..options() }, "on_damaged"),
        ];
        for (message, field) in rows {
            let error = spec(&message).unwrap_err();
            assert_eq!(error.reason(), Reason::InvalidSpec, "{field}");
            let told = format!("{error:?}");
            assert!(told.contains(&format!("\"rendition.recipe.spec.{field}\"")), "{field}: {told}");
            assert!(told.contains("\"99\""), "{field}: {told}");
        }
    }

    #[test]
    fn what_must_be_chosen_may_not_be_unspecified() {
        let transpose = spec_of(Kind::Transpose(proto::Transpose::default()));
        assert!(spec(&transpose).is_err());
        let trim = spec_of(Kind::Trim(proto::Trim { sides: vec![0], ..Default::default() }));
        assert!(spec(&trim).is_err());
        // An overlay's anchor may: it is the default then, which is not the centre.
        let overlay = spec_of(Kind::Overlay(proto::Overlay { anchor: Some(0), ..Default::default() }));
        let [rendition_imaging::Operation::Overlay(overlay)] = &spec(&overlay).unwrap().operations[..] else {
            panic!("another operation")
        };
        assert_eq!(overlay.anchor, None);
    }
}
