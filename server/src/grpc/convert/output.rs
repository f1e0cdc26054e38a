//! Outputs, one line for each both ways.

use std::fmt::Arguments;

use rendition_imaging as imaging;
use rendition_proto::v1::{self as proto, output::Output as Kind};

use super::{invalid_spec, unknown_number};
use crate::model::Error;

/// The output of a message.
pub fn output(message: Option<&proto::Output>) -> Result<imaging::Output, Error> {
    let kind = message.and_then(|message| message.output.as_ref());
    Ok(
        match kind.ok_or_else(|| {
            invalid_spec(
                format_args!("output"),
                "no output is set: choose jpeg, png, webp, avif, gif or auto",
            )
        })? {
            Kind::Jpeg(message) => imaging::Output::Jpeg(jpeg(message, format_args!("output.jpeg"))?),
            Kind::Png(message) => imaging::Output::Png(png(message, format_args!("output.png"))?),
            Kind::Webp(message) => imaging::Output::Webp(webp(message)),
            Kind::Avif(message) => imaging::Output::Avif(avif(message, format_args!("output.avif"))?),
            Kind::Gif(message) => imaging::Output::Gif(gif(message)),
            Kind::Auto(message) => imaging::Output::Auto(auto(message, format_args!("output.auto"))?),
        },
    )
}

/// The message of an output.
pub fn output_message(output: &imaging::Output) -> proto::Output {
    let kind = match output {
        imaging::Output::Jpeg(jpeg) => Kind::Jpeg(jpeg_message(jpeg)),
        imaging::Output::Png(png) => Kind::Png(png_message(png)),
        imaging::Output::Webp(webp) => Kind::Webp(webp_message(webp)),
        imaging::Output::Avif(avif) => Kind::Avif(avif_message(avif)),
        imaging::Output::Gif(gif) => Kind::Gif(gif_message(gif)),
        imaging::Output::Auto(auto) => Kind::Auto(auto_message(auto)),
    };
    proto::Output { output: Some(kind) }
}

/// The format of a number.
pub fn format(number: i32, field: Arguments<'_>) -> Result<imaging::Format, Error> {
    match proto::OutputFormat::try_from(number) {
        Ok(proto::OutputFormat::Jpeg) => Ok(imaging::Format::Jpeg),
        Ok(proto::OutputFormat::Png) => Ok(imaging::Format::Png),
        Ok(proto::OutputFormat::Webp) => Ok(imaging::Format::Webp),
        Ok(proto::OutputFormat::Avif) => Ok(imaging::Format::Avif),
        Ok(proto::OutputFormat::Gif) => Ok(imaging::Format::Gif),
        Ok(proto::OutputFormat::Unspecified) | Err(_) => Err(unknown_number(field, number)),
    }
}

pub(super) fn format_number(format: imaging::Format) -> i32 {
    match format {
        imaging::Format::Jpeg => proto::OutputFormat::Jpeg,
        imaging::Format::Png => proto::OutputFormat::Png,
        imaging::Format::Webp => proto::OutputFormat::Webp,
        imaging::Format::Avif => proto::OutputFormat::Avif,
        imaging::Format::Gif => proto::OutputFormat::Gif,
    }
    .into()
}

fn auto(message: &proto::Auto, field: Arguments<'_>) -> Result<imaging::Auto, Error> {
    let formats = message.formats.iter().enumerate();
    let formats = formats.map(|(index, number)| format(*number, format_args!("{field}.formats[{index}]")));
    let jpeg = message.jpeg.as_ref().map(|message| jpeg(message, format_args!("{field}.jpeg")));
    let png = message.png.as_ref().map(|message| png(message, format_args!("{field}.png")));
    let avif = message.avif.as_ref().map(|message| avif(message, format_args!("{field}.avif")));
    Ok(imaging::Auto {
        formats: formats.collect::<Result<_, _>>()?,
        jpeg: jpeg.transpose()?,
        png: png.transpose()?,
        webp: message.webp.as_ref().map(webp),
        avif: avif.transpose()?,
        gif: message.gif.as_ref().map(gif),
    })
}

fn auto_message(auto: &imaging::Auto) -> proto::Auto {
    proto::Auto {
        formats: auto.formats.iter().map(|&format| format_number(format)).collect(),
        jpeg: auto.jpeg.as_ref().map(jpeg_message),
        png: auto.png.as_ref().map(png_message),
        webp: auto.webp.as_ref().map(webp_message),
        avif: auto.avif.as_ref().map(avif_message),
        gif: auto.gif.as_ref().map(gif_message),
    }
}

fn jpeg(message: &proto::Jpeg, field: Arguments<'_>) -> Result<imaging::Jpeg, Error> {
    Ok(imaging::Jpeg {
        quality: message.quality,
        background: message.background.clone(),
        progressive: message.progressive,
        subsampling: subsampling(message.subsampling, format_args!("{field}.subsampling"))?,
        max_bytes: message.max_bytes,
    })
}

fn jpeg_message(jpeg: &imaging::Jpeg) -> proto::Jpeg {
    proto::Jpeg {
        quality: jpeg.quality,
        background: jpeg.background.clone(),
        progressive: jpeg.progressive,
        subsampling: subsampling_number(jpeg.subsampling),
        max_bytes: jpeg.max_bytes,
    }
}

fn subsampling(number: i32, field: Arguments<'_>) -> Result<imaging::Subsampling, Error> {
    use imaging::Subsampling;
    use proto::Subsampling as Wire;
    match Wire::try_from(number) {
        Ok(Wire::Unspecified) => Ok(Subsampling::Unspecified),
        Ok(Wire::Subsampling420) => Ok(Subsampling::Quarter),
        Ok(Wire::Subsampling422) => Ok(Subsampling::Half),
        Ok(Wire::Subsampling444) => Ok(Subsampling::Whole),
        Err(_) => Err(unknown_number(field, number)),
    }
}

fn subsampling_number(subsampling: imaging::Subsampling) -> i32 {
    use imaging::Subsampling;
    use proto::Subsampling as Wire;
    match subsampling {
        Subsampling::Unspecified => Wire::Unspecified,
        Subsampling::Quarter => Wire::Subsampling420,
        Subsampling::Half => Wire::Subsampling422,
        Subsampling::Whole => Wire::Subsampling444,
    }
    .into()
}

fn png(message: &proto::Png, field: Arguments<'_>) -> Result<imaging::Png, Error> {
    use imaging::Compression;
    use proto::PngCompression as Wire;
    let compression = match Wire::try_from(message.compression) {
        Ok(Wire::Unspecified | Wire::Fast) => Compression::Fast,
        Ok(Wire::Balanced) => Compression::Balanced,
        Ok(Wire::High) => Compression::High,
        Err(_) => return Err(unknown_number(format_args!("{field}.compression"), message.compression)),
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
    imaging::Webp {
        quality: message.quality,
        lossless: message.lossless,
        method: message.method,
        sharp_yuv: message.sharp_yuv,
        max_bytes: message.max_bytes,
    }
}

fn webp_message(webp: &imaging::Webp) -> proto::Webp {
    proto::Webp {
        quality: webp.quality,
        lossless: webp.lossless,
        method: webp.method,
        sharp_yuv: webp.sharp_yuv,
        max_bytes: webp.max_bytes,
    }
}

fn avif(message: &proto::Avif, field: Arguments<'_>) -> Result<imaging::Avif, Error> {
    Ok(imaging::Avif {
        quality: message.quality,
        speed: message.speed,
        subsampling: subsampling(message.subsampling, format_args!("{field}.subsampling"))?,
        max_bytes: message.max_bytes,
    })
}

fn avif_message(avif: &imaging::Avif) -> proto::Avif {
    proto::Avif {
        quality: avif.quality,
        speed: avif.speed,
        subsampling: subsampling_number(avif.subsampling),
        max_bytes: avif.max_bytes,
    }
}

fn gif(message: &proto::Gif) -> imaging::Gif {
    imaging::Gif { dither: message.dither }
}

fn gif_message(gif: &imaging::Gif) -> proto::Gif {
    proto::Gif { dither: gif.dither }
}
