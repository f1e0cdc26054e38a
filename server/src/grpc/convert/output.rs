//! Outputs, one line for each both ways.

use rendition_imaging as imaging;
use rendition_proto::v1::{self as proto, output::Output as Kind};

use super::{invalid_spec, unknown_number};
use crate::model::Error;

/// The output of a message.
pub fn output(message: Option<&proto::Output>) -> Result<imaging::Output, Error> {
    let kind = message.and_then(|message| message.output.as_ref());
    Ok(
        match kind
            .ok_or_else(|| invalid_spec("output", "no output is set: choose jpeg, png, webp or auto"))?
        {
            Kind::Jpeg(message) => imaging::Output::Jpeg(jpeg(message)),
            Kind::Png(message) => imaging::Output::Png(png(message, "output.png")?),
            Kind::Webp(message) => imaging::Output::Webp(webp(message)),
            Kind::Auto(message) => {
                let formats = message.formats.iter().map(|&number| format(number, "output.auto.formats"));
                imaging::Output::Auto(imaging::Auto {
                    formats: formats.collect::<Result<_, _>>()?,
                    jpeg: message.jpeg.as_ref().map(jpeg),
                    png: message.png.as_ref().map(|message| png(message, "output.auto.png")).transpose()?,
                    webp: message.webp.as_ref().map(webp),
                })
            }
        },
    )
}

/// The message of an output.
pub fn output_message(output: &imaging::Output) -> proto::Output {
    let kind = match output {
        imaging::Output::Jpeg(jpeg) => Kind::Jpeg(jpeg_message(jpeg)),
        imaging::Output::Png(png) => Kind::Png(png_message(png)),
        imaging::Output::Webp(webp) => Kind::Webp(webp_message(webp)),
        imaging::Output::Auto(auto) => Kind::Auto(proto::Auto {
            formats: auto.formats.iter().map(|&format| format_number(format)).collect(),
            jpeg: auto.jpeg.as_ref().map(jpeg_message),
            png: auto.png.as_ref().map(png_message),
            webp: auto.webp.as_ref().map(webp_message),
        }),
    };
    proto::Output { output: Some(kind) }
}

/// The format of a number.
pub fn format(number: i32, field: &str) -> Result<imaging::Format, Error> {
    match proto::OutputFormat::try_from(number) {
        Ok(proto::OutputFormat::Jpeg) => Ok(imaging::Format::Jpeg),
        Ok(proto::OutputFormat::Png) => Ok(imaging::Format::Png),
        Ok(proto::OutputFormat::Webp) => Ok(imaging::Format::Webp),
        Ok(proto::OutputFormat::Unspecified) | Err(_) => Err(unknown_number(field, number)),
    }
}

fn format_number(format: imaging::Format) -> i32 {
    match format {
        imaging::Format::Jpeg => proto::OutputFormat::Jpeg,
        imaging::Format::Png => proto::OutputFormat::Png,
        imaging::Format::Webp => proto::OutputFormat::Webp,
    }
    .into()
}

fn jpeg(message: &proto::Jpeg) -> imaging::Jpeg {
    imaging::Jpeg { quality: message.quality, background: message.background.clone() }
}

fn jpeg_message(jpeg: &imaging::Jpeg) -> proto::Jpeg {
    proto::Jpeg { quality: jpeg.quality, background: jpeg.background.clone() }
}

fn png(message: &proto::Png, field: &str) -> Result<imaging::Png, Error> {
    use imaging::Compression;
    use proto::PngCompression as Wire;
    let compression = match Wire::try_from(message.compression) {
        Ok(Wire::Unspecified | Wire::Fast) => Compression::Fast,
        Ok(Wire::Balanced) => Compression::Balanced,
        Ok(Wire::High) => Compression::High,
        Err(_) => return Err(unknown_number(&format!("{field}.compression"), message.compression)),
    };
    Ok(imaging::Png { compression })
}

fn png_message(png: &imaging::Png) -> proto::Png {
    use imaging::Compression;
    use proto::PngCompression as Wire;
    let compression = match png.compression {
        Compression::Fast => Wire::Fast,
        Compression::Balanced => Wire::Balanced,
        Compression::High => Wire::High,
    };
    proto::Png { compression: compression.into() }
}

fn webp(message: &proto::Webp) -> imaging::Webp {
    imaging::Webp { quality: message.quality, lossless: message.lossless, method: message.method }
}

fn webp_message(webp: &imaging::Webp) -> proto::Webp {
    proto::Webp { quality: webp.quality, lossless: webp.lossless, method: webp.method }
}
